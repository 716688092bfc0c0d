//! The passes of a conversation from team to team, and how often it went back and forth.
//!
//! A bounce is a row without person and patient, for the leads of the teams. Deliberately absent: the
//! pass itself, which is a step of custody (`work_item`).

use domain::ids::{CareTeamId, PersonId, WorkEventId};
use domain::time::Timestamp;

use crate::access::{AssignWork, Permit, ReadThread};
use crate::db::{DbError, Tx};
use crate::sql;

/// One pass of a conversation.
#[derive(Debug, Clone)]
pub struct PassRow {
    /// The team that passed it on.
    pub from: CareTeamId,
    /// The team that got it.
    pub to: CareTeamId,
    /// Who did it.
    pub by: Option<PersonId>,
    /// When.
    pub at: Timestamp,
}

/// The passes of the permit's conversation that were not taken back, in order.
pub fn list<'t>(tx: &mut Tx<'t>, permit: &Permit<'t, AssignWork>) -> Result<Vec<PassRow>, DbError> {
    tx.query(
        sql!(
            "SELECT w.team_id, e.to_team_id, e.actor_id, e.happened_at FROM work_event e \
             JOIN work_item w ON w.id = e.work_item_id \
             WHERE e.thread_id = $1 AND e.kind = 'passed' AND e.to_team_id IS NOT NULL \
             AND NOT EXISTS (SELECT 1 FROM work_event u WHERE u.undoes = e.id) \
             ORDER BY e.happened_at, e.id"
        ),
        &[&permit.thread()],
    )?
    .iter()
    .map(|row| Ok(PassRow { from: row.get(0)?, to: row.get(1)?, by: row.get(2)?, at: row.get(3)? }))
    .collect()
}

/// Notes that the permit's conversation went back to a team.
pub fn add_bounce<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, AssignWork>,
    id: WorkEventId,
    from: CareTeamId,
    to: CareTeamId,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "INSERT INTO pass_bounce (id, thread_id, from_team_id, to_team_id, at) \
             VALUES ($1, $2, $3, $4, $5)"
        ),
        &[&id, &permit.thread(), &from, &to, &permit.now()],
    )
}

/// How often the permit's conversation went back to a team that had passed it on.
pub fn count_of<'t>(tx: &mut Tx<'t>, permit: &Permit<'t, ReadThread>) -> Result<i64, DbError> {
    let count = sql!("SELECT count(*) FROM pass_bounce WHERE thread_id = $1");
    tx.query_one(count, &[&permit.thread()])?.get(0)
}

/// How many conversations' passes since a moment went back to a team, or away from it again: a number for
/// its leads.
pub fn count_bounces(tx: &mut Tx<'_>, team: CareTeamId, since: Timestamp) -> Result<i64, DbError> {
    tx.query_one(
        sql!(
            "SELECT count(*) FROM pass_bounce WHERE (from_team_id = $1 OR to_team_id = $1) \
             AND at >= $2"
        ),
        &[&team, &since],
    )?
    .get(0)
}
