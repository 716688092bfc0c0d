-- Which team of a practice gets a new message: the rules of each practice, every saved set of them, and
-- what was decided for each conversation (domain::routing).

-- A saved rule set. Append-only: saving makes the next version.
CREATE TABLE routing_version (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    version BIGINT NOT NULL,
    -- Null at the machine's command line.
    author_id UUID REFERENCES person (id),
    reason_sealed BYTEA NOT NULL,
    made_at BIGINT NOT NULL,
    UNIQUE (organization_id, version)
);

-- Its rules, in order from 0. Sets are codes with spaces between, and empty when anything will do.
CREATE TABLE routing_rule (
    organization_id UUID NOT NULL,
    version BIGINT NOT NULL,
    n BIGINT NOT NULL,
    categories TEXT NOT NULL,
    about TEXT NOT NULL,
    levels TEXT NOT NULL,
    known_team_id UUID REFERENCES care_team (id),
    known_tie TEXT CHECK (known_tie IN ('treats', 'clinician')),
    known_is BOOLEAN,
    hours TEXT CHECK (hours IN ('open', 'closed')),
    -- Days 1 (Monday) to 7, and minutes after midnight by the clock of the place that was written to.
    window_days TEXT,
    window_from BIGINT,
    window_to BIGINT,
    target TEXT NOT NULL CHECK (target IN ('team', 'visit', 'chosen', 'triage')),
    target_team_id UUID REFERENCES care_team (id),
    first_role TEXT CHECK (first_role IN ('nurse', 'clinician', 'desk')),
    raise_level BIGINT CHECK (raise_level BETWEEN 1 AND 4),
    PRIMARY KEY (organization_id, version, n),
    FOREIGN KEY (organization_id, version) REFERENCES routing_version (organization_id, version)
);

-- Why a conversation went where it went. version 0 is a practice without rules; rule counts from 0 and is
-- null when none fired.
CREATE TABLE routing_decision (
    work_item_id UUID PRIMARY KEY REFERENCES work_item (id),
    thread_id UUID NOT NULL REFERENCES thread (id),
    organization_id UUID NOT NULL REFERENCES organization (id),
    version BIGINT NOT NULL,
    rule BIGINT,
    via TEXT NOT NULL CHECK (via IN ('rule', 'visit', 'chosen', 'triage', 'direct')),
    chosen_team_id UUID NOT NULL REFERENCES care_team (id),
    team_id UUID NOT NULL REFERENCES care_team (id),
    first_role TEXT CHECK (first_role IN ('nurse', 'clinician', 'desk')),
    decided_at BIGINT NOT NULL
);
CREATE INDEX routing_decision_thread ON routing_decision (thread_id);

-- A conversation that went back to a team that had passed it on: a number for leads.
CREATE TABLE pass_bounce (
    id UUID PRIMARY KEY,
    thread_id UUID NOT NULL REFERENCES thread (id),
    from_team_id UUID NOT NULL REFERENCES care_team (id),
    to_team_id UUID NOT NULL REFERENCES care_team (id),
    at BIGINT NOT NULL
);
CREATE INDEX pass_bounce_thread ON pass_bounce (thread_id);
