-- What teams owe: one open item per thread and team, and its custody, step by step.

CREATE TABLE work_item (
    id UUID PRIMARY KEY,
    thread_id UUID NOT NULL REFERENCES thread (id),
    team_id UUID NOT NULL REFERENCES care_team (id),
    assignee_id UUID REFERENCES person (id),
    -- Until when a claim holds; null while nobody holds it.
    lease_until BIGINT,
    -- For whom the holder, or the queue, stands in while they are away; null once somebody moved it.
    covered_for UUID REFERENCES person (id),
    state TEXT NOT NULL CHECK (state IN ('queued', 'claimed', 'waiting', 'answered', 'closed')),
    level BIGINT NOT NULL CHECK (level BETWEEN 1 AND 4),
    level_patient BIGINT,
    level_rules BIGINT,
    level_clinician BIGINT,
    -- What the level would be without what the urgency check recognised; null while the check raised nothing, and
    -- once a clinician has set a level.
    level_base BIGINT,
    -- The clock (domain::deadline): the first message nobody answered, null when nothing is owed; from
    -- when the present level counts; the earliest promise made; the latest moment; when the next tier is
    -- told, and which tiers were.
    owed_since BIGINT,
    clock_from BIGINT NOT NULL,
    promised_by BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    escalate_at BIGINT NOT NULL,
    told TEXT NOT NULL CHECK (told IN ('nobody', 'leads', 'last_resort')),
    policy_version BIGINT NOT NULL,
    -- What the patient's side asked of this team and nobody has answered: when it came, its level then,
    -- and what was said about the answer (domain::forecast::Said; null when nothing was).
    asked_at BIGINT,
    asked_level BIGINT,
    said_half_by BIGINT,
    said_most_by BIGINT,
    said_per_person BIGINT,
    opened_at BIGINT NOT NULL,
    -- Until when it is left out of lists; every other step clears it.
    snoozed_until BIGINT,
    -- Whose role in the team it is for first, as routing decided (routing_decision); null is anybody's.
    first_role TEXT CHECK (first_role IN ('nurse', 'clinician', 'desk')),
    first_answer_at BIGINT,
    closed_at BIGINT,
    outcome TEXT,
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX work_item_open ON work_item (thread_id, team_id) WHERE state <> 'closed';
CREATE INDEX work_item_queue ON work_item (team_id, state, level, due_at, id);
-- The team's list in its order, and what of it is put off.
CREATE INDEX work_item_list ON work_item (team_id, level, due_at, id, snoozed_until, state)
    WHERE state IN ('queued', 'claimed');
CREATE INDEX work_item_first ON work_item (team_id, first_role, level, due_at, id)
    WHERE state = 'queued' AND first_role IS NOT NULL;
CREATE INDEX work_item_snoozed ON work_item (team_id, snoozed_until) WHERE snoozed_until IS NOT NULL;
CREATE INDEX work_item_assignee ON work_item (assignee_id, state);
CREATE INDEX work_item_thread ON work_item (thread_id, team_id, opened_at, id);

CREATE INDEX work_item_covered ON work_item (covered_for) WHERE covered_for IS NOT NULL;
CREATE INDEX work_item_lease ON work_item (lease_until) WHERE state = 'claimed';
CREATE INDEX work_item_escalate ON work_item (escalate_at) WHERE owed_since IS NOT NULL;
CREATE INDEX work_item_policy ON work_item (team_id, policy_version) WHERE owed_since IS NOT NULL;

-- How long answers took: one row per clock that an answer stopped. Append-only. What forecasts and figures
-- are made from (docs/forecast.md). The thread, when somebody of the team first opened it, and who answered
-- are null where only the times are known.
CREATE TABLE answer_time (
    id UUID PRIMARY KEY,
    team_id UUID NOT NULL REFERENCES care_team (id),
    level BIGINT NOT NULL CHECK (level BETWEEN 1 AND 4),
    asked_at BIGINT NOT NULL,
    answered_at BIGINT NOT NULL,
    half_by BIGINT,
    most_by BIGINT,
    per_person BIGINT,
    thread_id UUID,
    first_read_at BIGINT,
    answered_by UUID
);
CREATE INDEX answer_time_team ON answer_time (team_id, asked_at);

-- What each team's answers of the last 28 days come to: domain::forecast::Summary as JSON.
CREATE TABLE team_forecast (
    team_id UUID PRIMARY KEY REFERENCES care_team (id),
    summary TEXT NOT NULL,
    answers BIGINT NOT NULL,
    made_at BIGINT NOT NULL
);

-- Append-only. Rows with patient_sees are the custody the patient reads.
CREATE TABLE work_event (
    id UUID PRIMARY KEY,
    work_item_id UUID NOT NULL REFERENCES work_item (id),
    thread_id UUID NOT NULL REFERENCES thread (id),
    kind TEXT NOT NULL CHECK (kind IN ('opened', 'claimed', 'released', 'assigned', 'passed', 'waiting',
        'answered', 'closed', 'reopened', 'level', 'escalated', 'covered', 'returned', 'expired', 'refiled',
        'merged', 'snoozed', 'undone')),
    actor_id UUID,
    to_person_id UUID,
    to_team_id UUID,
    reason_sealed BYTEA,
    patient_sees BOOLEAN NOT NULL,
    -- Which step it takes back; null in every other step.
    undoes UUID,
    happened_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX work_event_undoes ON work_event (undoes) WHERE undoes IS NOT NULL;
CREATE INDEX work_event_item ON work_event (work_item_id);
CREATE INDEX work_event_thread ON work_event (thread_id, happened_at);
