-- People who can act, how they sign in, and the places they belong to.
-- Times are microseconds UTC; an interval is [from_at, until_at) and its open end is the largest BIGINT.
-- Columns named *_sealed hold ciphertext under a key of the owner named in docs/security-model.md.

CREATE TABLE organization (
    id UUID PRIMARY KEY,
    name TEXT NOT NULL,
    phone TEXT NOT NULL,
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE site (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    name TEXT NOT NULL,
    phone TEXT NOT NULL,
    hours TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    country TEXT NOT NULL,
    emergency_phone TEXT NOT NULL,
    crisis_phone TEXT NOT NULL,
    nurse_phone TEXT NOT NULL,
    poison_phone TEXT NOT NULL,
    maternal_phone TEXT NOT NULL,
    nurse_hours TEXT NOT NULL,
    -- Whether texts are checked for urgency (domain::site::Safety).
    urgency_check BOOLEAN NOT NULL,
    -- Within how many minutes who is not sure is called back; 0 offers no call.
    call_minutes BIGINT NOT NULL DEFAULT 15,
    -- Whether somebody is on duty around the clock: what is due now then runs in wall time.
    has_duty BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE person (
    id UUID PRIMARY KEY,
    role TEXT NOT NULL CHECK (role IN ('patient', 'helper', 'clinician', 'nurse', 'desk', 'billing',
        'administrator', 'privacy_officer')),
    organization_id UUID REFERENCES organization (id),
    username_key BYTEA UNIQUE,
    profile_sealed BYTEA NOT NULL,
    language TEXT NOT NULL,
    theme TEXT NOT NULL CHECK (theme IN ('auto', 'light', 'dark')),
    single_keys BOOLEAN NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('active', 'disabled')),
    epoch BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE credential (
    person_id UUID PRIMARY KEY REFERENCES person (id),
    password_hash TEXT NOT NULL,
    password_changed_at BIGINT NOT NULL,
    totp_sealed BYTEA,
    totp_confirmed_at BIGINT,
    totp_last_step BIGINT NOT NULL
);

CREATE TABLE enrolment (
    code_hash BYTEA PRIMARY KEY,
    person_id UUID NOT NULL REFERENCES person (id),
    made_by UUID,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX enrolment_person ON enrolment (person_id);

CREATE TABLE session (
    id UUID PRIMARY KEY,
    token_hash BYTEA NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('session', 'pending')),
    person_id UUID NOT NULL REFERENCES person (id),
    device_id UUID,
    shared_device BOOLEAN NOT NULL,
    epoch BIGINT NOT NULL,
    auth_time BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    idle_seconds BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    failures BIGINT NOT NULL
);
CREATE INDEX session_person ON session (person_id);

CREATE TABLE device (
    id UUID PRIMARY KEY,
    token_hash BYTEA NOT NULL UNIQUE,
    person_id UUID NOT NULL REFERENCES person (id),
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL
);

CREATE TABLE access_token (
    id UUID PRIMARY KEY,
    token_hash BYTEA NOT NULL UNIQUE,
    person_id UUID NOT NULL REFERENCES person (id),
    scopes TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);

-- Failed sign-ins per account and per address block; the key is a keyed hash of either.
CREATE TABLE sign_in_throttle (
    throttle_key BYTEA PRIMARY KEY,
    failures BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    blocked_until BIGINT NOT NULL
);

CREATE TABLE contact_point (
    id UUID PRIMARY KEY,
    person_id UUID NOT NULL REFERENCES person (id),
    kind TEXT NOT NULL CHECK (kind IN ('email', 'sms', 'phone', 'letter')),
    value_sealed BYTEA NOT NULL,
    verified_at BIGINT,
    is_unsafe BOOLEAN NOT NULL,
    notices BOOLEAN NOT NULL,
    -- The code that proves the address is derived from these, never stored.
    code_made_at BIGINT,
    code_until BIGINT,
    code_failures BIGINT NOT NULL,
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX contact_point_person ON contact_point (person_id);

-- Addresses that were replaced, until the link mailed to them is used or too old.
CREATE TABLE address_undo (
    id UUID PRIMARY KEY,
    token_hash BYTEA NOT NULL UNIQUE,
    person_id UUID NOT NULL REFERENCES person (id),
    value_sealed BYTEA NOT NULL,
    notices BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX address_undo_person ON address_undo (person_id);

CREATE TABLE agreement (
    id UUID PRIMARY KEY,
    person_id UUID NOT NULL REFERENCES person (id),
    document TEXT NOT NULL,
    document_version TEXT NOT NULL,
    language TEXT NOT NULL,
    agreed_at BIGINT NOT NULL
);
CREATE INDEX agreement_person ON agreement (person_id);
