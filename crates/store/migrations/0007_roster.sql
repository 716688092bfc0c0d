-- Who is on duty when: hours of a member of a team on a weekday ('mon' to 'sun') or a date (YYYY-MM-DD),
-- which counts in place of the weekday; written as domain::calendar::Day does, empty when off duty.
CREATE TABLE duty_shift (
    team_id UUID NOT NULL REFERENCES care_team (id),
    person_id UUID NOT NULL REFERENCES person (id),
    day TEXT NOT NULL,
    hours TEXT NOT NULL,
    PRIMARY KEY (team_id, person_id, day)
);
