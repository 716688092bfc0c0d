-- How the rules of the urgency check did, by team: domain::precision::Summary, counts only, and sealed all the same
-- under the organization's key: a rule that fired once would say something of a patient beside the times that stand
-- plain elsewhere.
CREATE TABLE check_summary (
    team_id UUID PRIMARY KEY REFERENCES care_team (id),
    summary_sealed BYTEA NOT NULL,
    version BIGINT NOT NULL,
    made_at BIGINT NOT NULL
);
