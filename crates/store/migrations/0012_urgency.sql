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

-- What the urgency check recognised in a text of the patient's side, once there was something: of a draft whose
-- card was shown, or of the message it became, with the team that got it. Level, rules, places, words, card, answer
-- and what clinicians said of it are sealed under the patient's key, at the row's version. `waits`: the card of a draft
-- waits for an answer. Of an answer in an imported record the author is null, and so is the team: it is no text that
-- rules were tried on.
CREATE TABLE urgency_check (
    id UUID PRIMARY KEY,
    author_id UUID REFERENCES person (id),
    draft_id UUID REFERENCES draft (id),
    thread_id UUID REFERENCES thread (id),
    message_id UUID REFERENCES message (id),
    team_id UUID REFERENCES care_team (id),
    waits BOOLEAN NOT NULL,
    pack TEXT NOT NULL,
    detail_sealed BYTEA NOT NULL,
    made_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    CHECK ((draft_id IS NULL) <> (message_id IS NULL))
);
CREATE UNIQUE INDEX urgency_check_draft ON urgency_check (draft_id) WHERE draft_id IS NOT NULL;
CREATE UNIQUE INDEX urgency_check_message ON urgency_check (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX urgency_check_thread ON urgency_check (thread_id) WHERE thread_id IS NOT NULL;
CREATE INDEX urgency_check_team ON urgency_check (team_id, made_at, id) WHERE team_id IS NOT NULL;
