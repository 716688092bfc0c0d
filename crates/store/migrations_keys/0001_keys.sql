-- The key store: wrapped keys only, in a database apart from the record, with its own backup whose
-- retention is short, because erasing a row here is what erases a patient.

-- Keys that wrap data keys, each wrapped by the root key named by root_id.
CREATE TABLE deployment_key (
    id UUID PRIMARY KEY,
    root_id TEXT NOT NULL,
    wrapped BYTEA NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('current', 'retiring')),
    created_at BIGINT NOT NULL
);

-- At most one is current and at most one on its way out.
CREATE UNIQUE INDEX deployment_key_state ON deployment_key (state);

CREATE TABLE data_key (
    id UUID PRIMARY KEY,
    owner_kind TEXT NOT NULL
        CHECK (owner_kind IN ('patient', 'person', 'organization', 'deployment', 'purposes')),
    owner_id UUID NOT NULL,
    wrapped_by UUID REFERENCES deployment_key (id),
    wrapped BYTEA,
    created_at BIGINT NOT NULL,
    retired_at BIGINT,
    erased_at BIGINT,
    CHECK ((wrapped IS NULL) = (wrapped_by IS NULL)),
    CHECK ((wrapped IS NULL) = (erased_at IS NOT NULL))
);

-- One key per owner seals. An erased owner's last key stays in its place, so that no new one follows.
CREATE UNIQUE INDEX data_key_current ON data_key (owner_kind, owner_id) WHERE retired_at IS NULL;
CREATE INDEX data_key_owner ON data_key (owner_kind, owner_id);
CREATE INDEX data_key_wrapped_by ON data_key (wrapped_by);
