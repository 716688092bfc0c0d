-- The two views that say why somebody may come near a patient or a thread. A tie counts only while
-- it is valid: every use carries the predicate  from_at <= now AND until_at > now.
-- A column has the same declared type in every arm (hence the casts): only then does SQLite look up one
-- thread or patient in each arm instead of making the whole world of a person first (its documentation
-- of the query flattener, rule 17h).

CREATE VIEW patient_access AS
SELECT g.person_id AS person_id, g.patient_id AS patient_id, g.basis AS tie, g.id AS tie_id,
       g.rights AS rights, g.demographics AS demographics, g.chart AS chart, g.threads AS threads,
       g.care_time AS care_time, g.from_at AS from_at, g.until_at AS until_at
FROM care_grant g
WHERE NOT g.paused
UNION ALL
SELECT m.person_id, r.patient_id, CAST('treating_' || m.role AS TEXT), r.id, CAST('write' AS TEXT),
       CAST(TRUE AS BOOLEAN), CAST(m.role <> 'desk' AS BOOLEAN), CAST(m.role <> 'desk' AS BOOLEAN),
       CAST(FALSE AS BOOLEAN),
       CAST(CASE WHEN m.from_at > r.from_at THEN m.from_at ELSE r.from_at END AS BIGINT),
       CAST(CASE WHEN m.until_at < r.until_at THEN m.until_at ELSE r.until_at END AS BIGINT)
FROM care_relation r JOIN membership m ON m.team_id = r.team_id;

-- patient_side says on which side a tie stands. It is a constant of each arm, so that a list that asks for
-- one side never runs the other side's arms; and since a participation is always one of a thread, only
-- the first arm looks at the thread.
CREATE VIEW thread_access AS
SELECT g.person_id AS person_id, t.id AS thread_id, g.basis AS tie, CAST(TRUE AS BOOLEAN) AS patient_side,
       g.id AS tie_id, g.rights AS rights, CAST(1 AS BIGINT) AS from_seq,
       CAST(9223372036854775807 AS BIGINT) AS to_seq,
       g.from_at AS from_at, g.until_at AS until_at
FROM care_grant g JOIN thread t ON t.patient_id = g.patient_id
WHERE NOT g.paused AND g.threads AND t.kind IN ('care', 'broadcast')
  AND (g.confidential OR NOT t.confidential)
  AND (g.all_topics OR EXISTS (SELECT 1 FROM care_grant_topic ct
                               WHERE ct.grant_id = g.id AND ct.category = t.category))
  AND NOT EXISTS (SELECT 1 FROM care_grant_excluded_thread x
                  WHERE x.grant_id = g.id AND x.thread_id = t.id)
UNION ALL
SELECT m.person_id, p.thread_id, CAST('team_' || m.role AS TEXT), CAST(FALSE AS BOOLEAN), p.id,
       CAST('write' AS TEXT), p.from_seq, p.to_seq,
       CAST(CASE WHEN m.from_at > p.from_at THEN m.from_at ELSE p.from_at END AS BIGINT),
       CAST(CASE WHEN m.until_at < p.until_at THEN m.until_at ELSE p.until_at END AS BIGINT)
FROM participation p JOIN membership m ON m.team_id = p.party_id
WHERE p.party_kind = 'team'
UNION ALL
SELECT p.party_id, p.thread_id, CAST('participant' AS TEXT), CAST(FALSE AS BOOLEAN), p.id,
       CAST('write' AS TEXT), p.from_seq, p.to_seq,
       p.from_at, p.until_at
FROM participation p WHERE p.party_kind = 'person';
