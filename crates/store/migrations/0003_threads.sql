-- Conversations: what was said, to whom it shows, and what is not yet sent.

CREATE TABLE thread (
    id UUID PRIMARY KEY,
    patient_id UUID REFERENCES patient (id),
    kind TEXT NOT NULL CHECK (kind IN ('care', 'staff', 'interorg', 'broadcast')),
    category TEXT NOT NULL,
    confidential BOOLEAN NOT NULL,
    headline_sealed BYTEA NOT NULL,
    about_kind TEXT NOT NULL CHECK (about_kind IN ('nothing', 'encounter', 'medication', 'result',
        'problem', 'appointment')),
    about_id UUID,
    owner_team_id UUID REFERENCES care_team (id),
    retention_class TEXT NOT NULL,
    legal_hold BOOLEAN NOT NULL,
    last_seq BIGINT NOT NULL,
    -- Null: the server itself, for an answer in an imported record.
    created_by UUID REFERENCES person (id),
    created_at BIGINT NOT NULL,
    continues UUID REFERENCES thread (id),
    merged_into UUID REFERENCES thread (id),
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX thread_patient ON thread (patient_id, created_at);

-- An interval, never deleted. Sequence numbers are inclusive; to_seq is the largest BIGINT while open.
CREATE TABLE participation (
    id UUID PRIMARY KEY,
    thread_id UUID NOT NULL REFERENCES thread (id),
    party_kind TEXT NOT NULL CHECK (party_kind IN ('patient', 'person', 'team')),
    party_id UUID NOT NULL,
    acting_for UUID,
    from_seq BIGINT NOT NULL,
    to_seq BIGINT NOT NULL,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    added_by UUID,
    reason TEXT NOT NULL
);
CREATE INDEX participation_thread ON participation (thread_id, party_kind, party_id);
CREATE INDEX participation_party ON participation (party_kind, party_id, thread_id);

-- Immutable. content_sealed holds the text and the author's name, role and phone as they were then. The author of what
-- no person wrote is the nil id.
CREATE TABLE message (
    id UUID PRIMARY KEY,
    thread_id UUID NOT NULL REFERENCES thread (id),
    seq BIGINT NOT NULL,
    author_id UUID NOT NULL,
    on_behalf_of UUID,
    side TEXT NOT NULL CHECK (side IN ('patient', 'team')),
    channel TEXT NOT NULL CHECK (channel IN ('portal', 'phone', 'letter', 'api')),
    entered_by UUID,
    kind TEXT NOT NULL CHECK (kind IN ('person', 'automatic', 'system')),
    client_msg_id TEXT NOT NULL,
    request_mac BYTEA NOT NULL,
    in_reply_to UUID,
    language TEXT NOT NULL,
    ask TEXT NOT NULL CHECK (ask IN ('fact', 'opinion', 'action', 'inform')),
    content_sealed BYTEA NOT NULL,
    sent_at BIGINT NOT NULL,
    UNIQUE (thread_id, seq),
    UNIQUE (author_id, client_msg_id)
);

CREATE TABLE correction (
    id UUID PRIMARY KEY,
    message_id UUID NOT NULL REFERENCES message (id),
    thread_id UUID NOT NULL REFERENCES thread (id),
    n BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('correction', 'retraction')),
    author_id UUID NOT NULL,
    content_sealed BYTEA NOT NULL,
    made_at BIGINT NOT NULL,
    UNIQUE (message_id, n)
);
CREATE INDEX correction_thread ON correction (thread_id);

CREATE TABLE question (
    id UUID PRIMARY KEY,
    message_id UUID NOT NULL REFERENCES message (id),
    thread_id UUID NOT NULL REFERENCES thread (id),
    n BIGINT NOT NULL,
    side TEXT NOT NULL CHECK (side IN ('patient', 'team')),
    text_sealed BYTEA NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'answered', 'set_aside')),
    decided_by UUID,
    decided_at BIGINT,
    -- Why it was set aside; null while it was not.
    reason_sealed BYTEA,
    UNIQUE (message_id, n)
);
CREATE INDEX question_thread ON question (thread_id);

CREATE TABLE thread_event (
    id UUID PRIMARY KEY,
    thread_id UUID NOT NULL REFERENCES thread (id),
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('opened', 'joined', 'left', 'moved', 'closed', 'reopened',
        'refiled', 'merged', 'absorbed', 'tried', 'brought', 'call')),
    actor_id UUID,
    detail_sealed BYTEA NOT NULL,
    happened_at BIGINT NOT NULL,
    UNIQUE (thread_id, seq)
);

-- Staff-only lines and notes: other tables, so that no patient-scoped statement can select them.
CREATE TABLE staff_event (
    id UUID PRIMARY KEY,
    thread_id UUID NOT NULL REFERENCES thread (id),
    kind TEXT NOT NULL,
    actor_id UUID,
    detail_sealed BYTEA NOT NULL,
    happened_at BIGINT NOT NULL
);
CREATE INDEX staff_event_thread ON staff_event (thread_id);

CREATE TABLE staff_note (
    id UUID PRIMARY KEY,
    thread_id UUID NOT NULL REFERENCES thread (id),
    author_id UUID NOT NULL,
    content_sealed BYTEA NOT NULL,
    written_at BIGINT NOT NULL,
    promoted_to UUID REFERENCES message (id),
    client_msg_id TEXT NOT NULL,
    UNIQUE (author_id, client_msg_id)
);
CREATE INDEX staff_note_thread ON staff_note (thread_id);

-- What is not yet sent. A row with release_at is held: it becomes a message at that moment.
CREATE TABLE draft (
    id UUID PRIMARY KEY,
    owner_id UUID NOT NULL REFERENCES person (id),
    kind TEXT NOT NULL CHECK (kind IN ('new', 'reply', 'note', 'told')),
    patient_id UUID REFERENCES patient (id),
    thread_id UUID REFERENCES thread (id),
    team_id UUID REFERENCES care_team (id),
    thread_kind TEXT NOT NULL,
    category TEXT NOT NULL,
    about_kind TEXT NOT NULL,
    about_id UUID,
    ask TEXT NOT NULL,
    content_sealed BYTEA NOT NULL,
    base_seq BIGINT NOT NULL,
    release_at BIGINT,
    -- When its hold ended without its leaving; cleared by whatever its owner does with it next.
    unsent_at BIGINT,
    after_release TEXT NOT NULL CHECK (after_release IN ('nothing', 'wait', 'close')),
    outcome TEXT,
    -- What a helper prepared is shown to the patient only once it was handed over.
    offer TEXT NOT NULL CHECK (offer IN ('none', 'offered', 'taken', 'declined')),
    offered_at BIGINT,
    prepared_by UUID REFERENCES person (id),
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX draft_thread ON draft (thread_id, updated_at) WHERE thread_id IS NOT NULL;
CREATE INDEX draft_owner ON draft (owner_id, updated_at);
CREATE INDEX draft_offered ON draft (patient_id, offered_at) WHERE offer = 'offered';
CREATE INDEX draft_release ON draft (release_at) WHERE release_at IS NOT NULL;

CREATE TABLE read_mark (
    person_id UUID NOT NULL REFERENCES person (id),
    thread_id UUID NOT NULL REFERENCES thread (id),
    read_seq BIGINT NOT NULL,
    unread_flag BOOLEAN NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (person_id, thread_id)
);

-- Derived: one row per party and thread, rebuilt by verify when it differs from the record.
CREATE TABLE inbox_row (
    party_kind TEXT NOT NULL CHECK (party_kind IN ('patient', 'person', 'team')),
    party_id UUID NOT NULL,
    thread_id UUID NOT NULL REFERENCES thread (id),
    last_seq BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    last_side TEXT NOT NULL CHECK (last_side IN ('patient', 'team')),
    preview_sealed BYTEA NOT NULL,
    needs_reply BOOLEAN NOT NULL,
    asked BOOLEAN NOT NULL,
    is_open BOOLEAN NOT NULL,
    PRIMARY KEY (party_kind, party_id, thread_id)
);
CREATE INDEX inbox_row_recent ON inbox_row (party_kind, party_id, last_at, thread_id);
CREATE INDEX inbox_row_thread ON inbox_row (thread_id, party_kind);

CREATE TABLE blob (
    id UUID PRIMARY KEY,
    owner_kind TEXT NOT NULL,
    owner_id UUID NOT NULL,
    byte_size BIGINT NOT NULL,
    media_type TEXT NOT NULL,
    content_mac BYTEA NOT NULL,
    scan_state TEXT NOT NULL CHECK (scan_state IN ('not_scanned', 'clean', 'refused')),
    created_at BIGINT NOT NULL
);

CREATE TABLE attachment (
    id UUID PRIMARY KEY,
    blob_id UUID NOT NULL REFERENCES blob (id),
    message_id UUID REFERENCES message (id),
    draft_id UUID,
    name_sealed BYTEA NOT NULL,
    n BIGINT NOT NULL,
    CHECK (message_id IS NULL OR draft_id IS NULL)
);
CREATE INDEX attachment_message ON attachment (message_id);
CREATE INDEX attachment_draft ON attachment (draft_id);

-- A search is posted; its words and hits are sealed under an expiring id.
CREATE TABLE search_result (
    id UUID PRIMARY KEY,
    person_id UUID NOT NULL REFERENCES person (id),
    patient_id UUID NOT NULL REFERENCES patient (id),
    result_sealed BYTEA NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX search_result_expiry ON search_result (expires_at);
