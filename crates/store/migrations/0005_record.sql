-- The record of every access, the outbox, and later work.

-- position is null until the sequencer has numbered the row.
CREATE TABLE audit_event (
    id UUID PRIMARY KEY,
    at BIGINT NOT NULL,
    actor_id UUID,
    actor_role TEXT NOT NULL,
    acting_for UUID,
    session_id UUID,
    device_id UUID,
    actor_epoch BIGINT NOT NULL,
    basis TEXT NOT NULL,
    basis_id UUID,
    purpose TEXT NOT NULL,
    action TEXT NOT NULL,
    object_kind TEXT NOT NULL,
    object_id UUID,
    outcome TEXT NOT NULL CHECK (outcome IN ('allowed', 'not_found', 'forbidden')),
    repeats BIGINT NOT NULL,
    salt BYTEA NOT NULL,
    encoding BIGINT NOT NULL,
    position BIGINT UNIQUE
);
CREATE INDEX audit_event_unnumbered ON audit_event (id) WHERE position IS NULL;

-- One row per patient shown; position counts within the patient's own log.
CREATE TABLE audit_subject (
    event_id UUID NOT NULL,
    patient_id UUID NOT NULL,
    position BIGINT,
    PRIMARY KEY (event_id, patient_id)
);
CREATE INDEX audit_subject_patient ON audit_subject (patient_id, event_id);

-- How many rows each patient's own log has; the sequencer alone writes it.
CREATE TABLE patient_audit (
    patient_id UUID PRIMARY KEY,
    value BIGINT NOT NULL
);

CREATE TABLE change (
    id UUID PRIMARY KEY,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    patient_id UUID,
    thread_id UUID,
    team_id UUID,
    person_id UUID,
    position BIGINT UNIQUE
);
CREATE INDEX change_unnumbered ON change (id) WHERE position IS NULL;

-- One row per counter; the sequencer alone writes it.
CREATE TABLE counter (
    name TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO counter (name, value) VALUES ('audit', 0);
INSERT INTO counter (name, value) VALUES ('change', 0);

CREATE TABLE notice (
    id UUID PRIMARY KEY,
    person_id UUID NOT NULL REFERENCES person (id),
    channel TEXT NOT NULL CHECK (channel IN ('email')),
    dedupe_key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    -- The address it is about, when that is not the person's proved one: to be proved, or kept in
    -- address_undo.
    contact_point_id UUID,
    -- An address that is in use no more, sealed; emptied when the notice is done.
    to_sealed BYTEA,
    state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'failed', 'dropped', 'expired')),
    attempts BIGINT NOT NULL,
    run_at BIGINT NOT NULL,
    lease_until BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    sent_at BIGINT
);
CREATE INDEX notice_due ON notice (run_at) WHERE state = 'queued';

CREATE TABLE job (
    id UUID PRIMARY KEY,
    kind TEXT NOT NULL,
    job_key TEXT NOT NULL UNIQUE,
    payload TEXT NOT NULL,
    run_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    lease_until BIGINT NOT NULL,
    done_at BIGINT
);
CREATE INDEX job_due ON job (run_at) WHERE done_at IS NULL;
