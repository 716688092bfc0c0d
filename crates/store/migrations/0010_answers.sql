-- The net under answers that nobody on the patient's side has opened (domain::read_back).

-- One row per conversation while an answer in it is not known to have been opened; derived from messages,
-- read marks and records, and gone once it is settled. Ids, times and codes only.
CREATE TABLE read_back (
    thread_id UUID PRIMARY KEY REFERENCES thread (id),
    -- The oldest answer that was not opened when the row was made.
    message_id UUID NOT NULL REFERENCES message (id),
    message_seq BIGINT NOT NULL,
    sent_at BIGINT NOT NULL,
    class TEXT NOT NULL CHECK (class IN ('urgent', 'prompt', 'ordinary')),
    -- What was done last, and when; null while nothing was.
    step TEXT CHECK (step IN ('second', 'helper', 'calls')),
    step_at BIGINT,
    -- When it is looked at again.
    next_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX read_back_next ON read_back (next_at);
CREATE INDEX read_back_calls ON read_back (thread_id) WHERE step = 'calls';

-- Limits of a team that differ from the ordinary ones, in minutes of wall time.
CREATE TABLE read_back_limit (
    team_id UUID PRIMARY KEY REFERENCES care_team (id),
    urgent_minutes BIGINT NOT NULL,
    prompt_minutes BIGINT NOT NULL,
    ordinary_minutes BIGINT NOT NULL
);
