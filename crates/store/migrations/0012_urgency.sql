-- What the urgency check rests on and what it found.

-- Limits of patients' plans, set by clinicians (domain::plan_limit::Limit). What is measured and from which value
-- on is sealed under the patient's key at version 1: a limit on glucose says something of its patient. A row
-- is never changed but for its end.
CREATE TABLE plan_limit (
    id UUID PRIMARY KEY,
    patient_id UUID NOT NULL REFERENCES patient (id),
    limit_sealed BYTEA NOT NULL,
    set_by UUID NOT NULL REFERENCES person (id),
    ended_by UUID REFERENCES person (id),
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL
);
CREATE INDEX plan_limit_patient ON plan_limit (patient_id, until_at);
