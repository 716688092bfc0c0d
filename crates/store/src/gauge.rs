//! Figures for the operator: how long work waits, how far the numbering is behind. Counts and times by
//! team, nothing of a patient, so no permit is asked.

use domain::ids::CareTeamId;
use domain::time::Timestamp;

use crate::db::{DbError, Tx};
use crate::sql;

/// How a team's open work stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TeamLoad {
    /// The team.
    pub team: CareTeamId,
    /// When its oldest waiting item was opened; none waits when absent.
    pub oldest_queued_at: Option<Timestamp>,
    /// Items that nobody has answered and that are past their due time.
    pub late: i64,
}

/// The open work of every team that has any.
pub fn team_loads(tx: &mut Tx<'_>, now: Timestamp) -> Result<Vec<TeamLoad>, DbError> {
    tx.query(
        // By team and state, so that closed work, which only grows, is not walked.
        sql!(
            "SELECT t.id, (SELECT min(q.opened_at) FROM work_item q \
                 WHERE q.team_id = t.id AND q.state = 'queued'), \
             (SELECT count(*) FROM work_item l WHERE l.team_id = t.id \
                 AND l.state IN ('queued', 'claimed') AND l.due_at < $1) \
             FROM care_team t WHERE EXISTS (SELECT 1 FROM work_item o WHERE o.team_id = t.id \
                 AND o.state IN ('queued', 'claimed', 'waiting', 'answered')) ORDER BY t.id"
        ),
        &[&now],
    )?
    .iter()
    .map(|row| Ok(TeamLoad { team: row.get(0)?, oldest_queued_at: row.get(1)?, late: row.get(2)? }))
    .collect()
}

/// Audit rows that have no position yet.
pub fn unsequenced(tx: &mut Tx<'_>) -> Result<i64, DbError> {
    tx.query_one(sql!("SELECT count(*) FROM audit_event WHERE position IS NULL"), &[])?.get(0)
}
