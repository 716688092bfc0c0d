-- What leads need: figures of a team, how groups of patients wait, saved replies, and announcements.

-- Opening a conversation by the team, for the time to the first reading.
CREATE INDEX audit_event_team_read ON audit_event (object_id, at)
    WHERE action = 'read_thread' AND basis IN ('team_clinician', 'team_nurse');

-- The steps of custody that figures count; rare beside the others.
CREATE INDEX work_event_figures ON work_event (happened_at)
    WHERE kind IN ('escalated', 'returned', 'expired', 'covered');

-- How groups of each team's patients waited: domain::equity::Summary, counts and sums only, and sealed all
-- the same: a group of one would say something of a patient beside the times that stand plain elsewhere.
CREATE TABLE equity_summary (
    team_id UUID PRIMARY KEY REFERENCES care_team (id),
    summary_sealed BYTEA NOT NULL,
    version BIGINT NOT NULL,
    made_at BIGINT NOT NULL
);

-- Saved replies, of a team or of a person. Changed in place; what was sent is in the messages.
CREATE TABLE saved_reply (
    id UUID PRIMARY KEY,
    team_id UUID REFERENCES care_team (id),
    owner_id UUID REFERENCES person (id),
    content_sealed BYTEA NOT NULL,
    version BIGINT NOT NULL,
    changed_by UUID,
    updated_at BIGINT NOT NULL,
    CHECK ((team_id IS NULL) <> (owner_id IS NULL))
);
CREATE INDEX saved_reply_team ON saved_reply (team_id) WHERE team_id IS NOT NULL;
CREATE INDEX saved_reply_owner ON saved_reply (owner_id) WHERE owner_id IS NOT NULL;

-- Announcements: one text for many of a team's patients. language is a primary language tag, '' for everybody.
CREATE TABLE announcement (
    id UUID PRIMARY KEY,
    team_id UUID NOT NULL REFERENCES care_team (id),
    made_by UUID NOT NULL REFERENCES person (id),
    language TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'sending', 'done', 'stopped')),
    content_sealed BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    ended_at BIGINT,
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX announcement_team ON announcement (team_id, created_at);
CREATE INDEX announcement_sending ON announcement (started_at) WHERE state = 'sending';

-- Who gets an announcement. A row leaves 'queued' in the transaction that delivers it.
CREATE TABLE announcement_recipient (
    announcement_id UUID NOT NULL REFERENCES announcement (id),
    patient_id UUID NOT NULL REFERENCES patient (id),
    state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'skipped')),
    thread_id UUID REFERENCES thread (id),
    done_at BIGINT,
    PRIMARY KEY (announcement_id, patient_id)
);
CREATE INDEX announcement_recipient_queued ON announcement_recipient (announcement_id, patient_id)
    WHERE state = 'queued';
