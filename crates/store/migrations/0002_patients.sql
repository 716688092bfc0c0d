-- Patients, what was imported about them, the teams that care for them, and who may act for them.

CREATE TABLE patient (
    id UUID PRIMARY KEY,
    organization_id UUID REFERENCES organization (id),
    status TEXT NOT NULL CHECK (status IN ('active', 'moved', 'deceased', 'test')),
    merged_into UUID,
    language TEXT NOT NULL,
    interpreter BOOLEAN NOT NULL,
    time_zone TEXT NOT NULL,
    demographics_sealed BYTEA NOT NULL,
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- Keyed hashes of folded name words, birth dates and identifiers: found by equality only.
CREATE TABLE patient_token (
    kind TEXT NOT NULL CHECK (kind IN ('name', 'birth_date', 'identifier')),
    token BYTEA NOT NULL,
    patient_id UUID NOT NULL REFERENCES patient (id),
    PRIMARY KEY (kind, token, patient_id)
);
CREATE INDEX patient_token_patient ON patient_token (patient_id);

CREATE TABLE practitioner (
    id UUID PRIMARY KEY,
    organization_id UUID REFERENCES organization (id),
    person_id UUID REFERENCES person (id),
    profile_sealed BYTEA NOT NULL,
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE encounter (
    id UUID PRIMARY KEY,
    patient_id UUID NOT NULL REFERENCES patient (id),
    organization_id UUID REFERENCES organization (id),
    practitioner_id UUID REFERENCES practitioner (id),
    status TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    detail_sealed BYTEA NOT NULL,
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX encounter_patient ON encounter (patient_id, started_at);

-- Conditions, medicines, observations and coverages as they were imported: shown beside a conversation.
CREATE TABLE chart_item (
    id UUID PRIMARY KEY,
    patient_id UUID NOT NULL REFERENCES patient (id),
    kind TEXT NOT NULL CHECK (kind IN ('condition', 'medication', 'observation', 'coverage')),
    status TEXT NOT NULL,
    effective_at BIGINT NOT NULL,
    detail_sealed BYTEA NOT NULL,
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX chart_item_patient ON chart_item (patient_id, kind, effective_at);

-- Every imported resource keeps its original JSON, sealed, in every version. resource_key is a keyed
-- hash of what it is recognised by; target_id is the row it is shown from, where there is one.
CREATE TABLE imported_resource (
    id UUID PRIMARY KEY,
    resource_type TEXT NOT NULL,
    resource_key BYTEA NOT NULL UNIQUE,
    target_id UUID,
    patient_id UUID REFERENCES patient (id),
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX imported_resource_patient ON imported_resource (patient_id);
CREATE INDEX imported_resource_target ON imported_resource (target_id);

-- Keyed hashes of every key a reference may name the resource by. One that leads to two is ambiguous.
CREATE TABLE imported_alias (
    alias_key BYTEA NOT NULL,
    resource_id UUID NOT NULL REFERENCES imported_resource (id),
    PRIMARY KEY (alias_key, resource_id)
);

-- track tells apart who said it: a list of organizations and a patient's bundle each say what they
-- know of the same organization, and each is compared with what it said last.
CREATE TABLE imported_version (
    resource_id UUID NOT NULL REFERENCES imported_resource (id),
    version BIGINT NOT NULL,
    track BYTEA NOT NULL,
    content_mac BYTEA NOT NULL,
    original_sealed BYTEA NOT NULL,
    imported_at BIGINT NOT NULL,
    PRIMARY KEY (resource_id, version)
);

CREATE TABLE care_team (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    site_id UUID NOT NULL REFERENCES site (id),
    plain_name TEXT NOT NULL,
    care_type TEXT NOT NULL,
    purpose TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('care', 'triage', 'desk')),
    status TEXT NOT NULL CHECK (status IN ('draft', 'active', 'ended')),
    -- Opening hours, as domain::calendar::Week writes them, by the clock of the site.
    week TEXT NOT NULL,
    -- Minutes of working time.
    answer_minutes BIGINT NOT NULL,
    escalate_percent BIGINT NOT NULL,
    -- Raised with every change of hours, dates, targets or duty, so that open deadlines follow.
    policy_version BIGINT NOT NULL,
    last_resort_person_id UUID REFERENCES person (id),
    successor_team_id UUID REFERENCES care_team (id),
    -- Whether its patients may write to one of its clinicians.
    direct_to_clinician BOOLEAN NOT NULL DEFAULT FALSE,
    -- Whether patients read the names of its people; else their roles.
    show_names BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- Answer-time targets that differ from the team's ordinary one; category '' is any.
CREATE TABLE answer_target (
    team_id UUID NOT NULL REFERENCES care_team (id),
    category TEXT NOT NULL,
    level BIGINT NOT NULL CHECK (level BETWEEN 1 AND 4),
    minutes BIGINT NOT NULL,
    PRIMARY KEY (team_id, category, level)
);

-- Dates whose hours differ from the week's: holidays and short days of a site, or of one team, whose own
-- wins. day is YYYY-MM-DD; hours are those of domain::calendar::Day, empty when closed.
CREATE TABLE special_date (
    owner_id UUID NOT NULL,
    day TEXT NOT NULL,
    hours TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (owner_id, day)
);

CREATE TABLE membership (
    id UUID PRIMARY KEY,
    team_id UUID NOT NULL REFERENCES care_team (id),
    person_id UUID NOT NULL REFERENCES person (id),
    role TEXT NOT NULL CHECK (role IN ('clinician', 'nurse', 'desk')),
    is_lead BOOLEAN NOT NULL,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL
);
CREATE INDEX membership_person ON membership (person_id, team_id);
CREATE INDEX membership_team ON membership (team_id, person_id);

-- Why an administrator took something away from a log-in. what: 'disabled', 'membership' (object: the
-- team), 'grant' (object: the right).
CREATE TABLE administrative_end (
    id UUID PRIMARY KEY,
    person_id UUID NOT NULL REFERENCES person (id),
    what TEXT NOT NULL CHECK (what IN ('disabled', 'membership', 'grant')),
    object_id UUID,
    ended_by UUID,
    reason_sealed BYTEA NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX administrative_end_person ON administrative_end (person_id, at);

CREATE TABLE absence (
    id UUID PRIMARY KEY,
    person_id UUID NOT NULL REFERENCES person (id),
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    -- A colleague; null is the queue of the team whose work it is.
    cover_person_id UUID REFERENCES person (id),
    made_by UUID,
    made_at BIGINT NOT NULL
);
CREATE INDEX absence_person ON absence (person_id, until_at);
CREATE INDEX absence_until ON absence (until_at);

-- A team treats a patient: the reason its clinicians may open the chart.
CREATE TABLE care_relation (
    id UUID PRIMARY KEY,
    patient_id UUID NOT NULL REFERENCES patient (id),
    team_id UUID NOT NULL REFERENCES care_team (id),
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL
);
CREATE INDEX care_relation_patient ON care_relation (patient_id, team_id);
CREATE INDEX care_relation_team ON care_relation (team_id, patient_id);

-- A right to act for a patient (FHIR Consent). The patient's own account is the grant of basis 'self'.
CREATE TABLE care_grant (
    id UUID PRIMARY KEY,
    patient_id UUID NOT NULL REFERENCES patient (id),
    person_id UUID NOT NULL REFERENCES person (id),
    basis TEXT NOT NULL CHECK (basis IN ('self', 'helper', 'representative')),
    rights TEXT NOT NULL CHECK (rights IN ('read', 'draft', 'write')),
    demographics BOOLEAN NOT NULL,
    chart BOOLEAN NOT NULL,
    threads BOOLEAN NOT NULL,
    care_time BOOLEAN NOT NULL,
    confidential BOOLEAN NOT NULL,
    all_topics BOOLEAN NOT NULL,
    paused BOOLEAN NOT NULL,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    revoked_at BIGINT,
    verified_by TEXT,
    document TEXT,
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX care_grant_person ON care_grant (person_id, patient_id);
CREATE INDEX care_grant_patient ON care_grant (patient_id, person_id);

CREATE TABLE care_grant_topic (
    grant_id UUID NOT NULL REFERENCES care_grant (id),
    category TEXT NOT NULL,
    PRIMARY KEY (grant_id, category)
);

CREATE TABLE care_grant_excluded_thread (
    grant_id UUID NOT NULL REFERENCES care_grant (id),
    thread_id UUID NOT NULL,
    PRIMARY KEY (grant_id, thread_id)
);
