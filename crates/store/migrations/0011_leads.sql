-- What leads need: figures of a team, how groups of patients wait, saved replies, and announcements.

-- Opening a conversation by the team, for the time to the first reading.
CREATE INDEX audit_event_team_read ON audit_event (object_id, at)
    WHERE action = 'read_thread' AND basis IN ('team_clinician', 'team_nurse');

-- The steps of custody that figures count; rare beside the others.
CREATE INDEX work_event_figures ON work_event (happened_at)
    WHERE kind IN ('escalated', 'returned', 'expired', 'covered');

-- How groups of each team's patients waited: domain::equity::Summary, counts and sums only, and sealed all
-- the same: a group of one would say something of a patient beside the times that stand plain elsewhere.
CREATE TABLE equity_summary (
    team_id UUID PRIMARY KEY REFERENCES care_team (id),
    summary_sealed BYTEA NOT NULL,
    version BIGINT NOT NULL,
    made_at BIGINT NOT NULL
);
