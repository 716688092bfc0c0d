-- What a site adds to the rules of the urgency check (domain::urgency::SitePack): every version that was ever kept,
-- in full. Append-only: keeping makes the next version, and what is in force is the newest. The text and the reason
-- are sealed under the organization's key, at version 1.
CREATE TABLE site_rules (
    id UUID PRIMARY KEY,
    site_id UUID NOT NULL REFERENCES site (id),
    version BIGINT NOT NULL,
    -- Null at the machine's command line.
    author_id UUID REFERENCES person (id),
    text_sealed BYTEA NOT NULL,
    reason_sealed BYTEA NOT NULL,
    made_at BIGINT NOT NULL,
    UNIQUE (site_id, version)
);
