-- Steps with work that may be taken back for some seconds (domain::work_act), with what they were taken
-- from. Rows go away a minute after their time.

-- One step, or the same step with several conversations. A form's own key with a digest of what it asked
-- for: the same again is the same act.
CREATE TABLE work_act (
    id UUID PRIMARY KEY,
    person_id UUID NOT NULL REFERENCES person (id),
    kind TEXT NOT NULL CHECK (kind IN ('claim', 'release', 'assign', 'pass', 'wait', 'snooze', 'unsnooze',
        'close', 'level')),
    is_bulk BOOLEAN NOT NULL,
    client_key TEXT NOT NULL,
    request_mac BYTEA NOT NULL,
    undo_until BIGINT NOT NULL,
    UNIQUE (person_id, client_key, request_mac)
);
CREATE INDEX work_act_old ON work_act (undo_until);

-- What became of each conversation: 'done', or why it was not; 'undone', or why it could not be taken back.
-- thread_id is what somebody asked for and may be no conversation.
CREATE TABLE work_act_item (
    act_id UUID NOT NULL REFERENCES work_act (id),
    thread_id UUID NOT NULL,
    n BIGINT NOT NULL,
    result TEXT NOT NULL,
    undo_result TEXT,
    PRIMARY KEY (act_id, thread_id)
);

-- The item as it was before the step, and what shows that nobody has moved anything since.
CREATE TABLE work_before (
    act_id UUID NOT NULL REFERENCES work_act (id),
    thread_id UUID NOT NULL REFERENCES thread (id),
    work_item_id UUID NOT NULL REFERENCES work_item (id),
    happened_at BIGINT NOT NULL,
    version_after BIGINT NOT NULL,
    last_seq_after BIGINT NOT NULL,
    -- The step's row of custody; the item that a pass opened.
    work_event_id UUID,
    next_item_id UUID,
    assignee_id UUID,
    lease_until BIGINT,
    covered_for UUID,
    state TEXT NOT NULL,
    level BIGINT NOT NULL,
    level_clinician BIGINT,
    level_base BIGINT,
    owed_since BIGINT,
    clock_from BIGINT NOT NULL,
    promised_by BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    escalate_at BIGINT NOT NULL,
    told TEXT NOT NULL,
    policy_version BIGINT NOT NULL,
    asked_at BIGINT,
    asked_level BIGINT,
    said_half_by BIGINT,
    said_most_by BIGINT,
    said_per_person BIGINT,
    snoozed_until BIGINT,
    first_answer_at BIGINT,
    outcome TEXT,
    PRIMARY KEY (act_id, thread_id)
);
CREATE INDEX work_before_item ON work_before (work_item_id);

-- What the parties' inbox rows said before a step that settles them. The newest message is a team's that had
-- the conversation once, for a pass that goes back to it; preview_sealed as in inbox_row.
CREATE TABLE inbox_before (
    act_id UUID NOT NULL REFERENCES work_act (id),
    thread_id UUID NOT NULL REFERENCES thread (id),
    party_kind TEXT NOT NULL,
    party_id UUID NOT NULL,
    needs_reply BOOLEAN NOT NULL,
    asked BOOLEAN NOT NULL,
    is_open BOOLEAN NOT NULL,
    last_seq BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    last_side TEXT NOT NULL,
    preview_sealed BYTEA NOT NULL,
    PRIMARY KEY (act_id, thread_id, party_kind, party_id)
);
