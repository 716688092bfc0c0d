//! What the workers do with clocks: bring open deadlines to the settings in force, and find what is late
//! or nearly late. They see ids, times and levels, never a word, so no permit is asked for; what they do
//! is a row of custody.
//!
//! Deliberately absent: what a deadline is (`domain::deadline`).

use domain::deadline::{Owed, Tier};
use domain::ids::{CareTeamId, PatientId, PersonId, ThreadId, WorkEventId, WorkItemId};
use domain::thread::Category;
use domain::time::Timestamp;
use domain::work_item::{Level, WorkState};

use crate::db::{DbError, Row, Tx};
use crate::{code, sql};

/// An item whose clock runs.
#[derive(Debug, Clone)]
pub struct Running {
    /// Its id.
    pub id: WorkItemId,
    /// Its thread.
    pub thread: ThreadId,
    /// Whom that is about.
    pub patient: Option<PatientId>,
    /// The thread's category.
    pub category: Category,
    /// The team that owes it.
    pub team: CareTeamId,
    /// Who holds it.
    pub assignee: Option<PersonId>,
    /// What is owed.
    pub owed: Owed,
    /// The latest moment for an answer.
    pub due_at: Timestamp,
    /// Who has been told that it is late or nearly late.
    pub told: Option<Tier>,
    /// Its version, for compare-and-set.
    pub version: i64,
}

fn read(row: &Row) -> Result<Running, DbError> {
    let state = code(row, 6, WorkState::from_code)?;
    let told: String = row.get(12)?;
    let level = Level::new(row.get(7)?)
        .ok_or_else(|| DbError::Decode("a level out of range".to_owned()))?;
    Ok(Running {
        id: row.get(0)?,
        thread: row.get(1)?,
        patient: row.get(2)?,
        category: Category::from_code(&row.get::<String>(3)?).unwrap_or(Category::Other),
        team: row.get(4)?,
        assignee: row.get(5)?,
        owed: Owed {
            since: row.get(8)?,
            from: row.get(9)?,
            level,
            promised_by: row.get(10)?,
            waiting: state == WorkState::Waiting,
        },
        due_at: row.get(11)?,
        told: Tier::from_code(&told),
        version: row.get(13)?,
    })
}

/// Items of a team whose clock runs by older settings than `version`, at most `limit`.
pub fn list_stale(
    tx: &mut Tx<'_>,
    team: CareTeamId,
    version: i64,
    limit: i64,
) -> Result<Vec<Running>, DbError> {
    tx.query(
        sql!(
            "SELECT w.id, w.thread_id, t.patient_id, t.category, w.team_id, w.assignee_id, w.state, \
             w.level, w.owed_since, w.clock_from, w.promised_by, w.due_at, w.told, \
             w.version FROM work_item w JOIN thread t ON t.id = w.thread_id \
             WHERE w.team_id = $1 AND w.owed_since IS NOT NULL AND w.policy_version < $2 \
             ORDER BY w.policy_version LIMIT $3"
        ),
        &[&team, &version, &limit],
    )?
    .iter()
    .map(read)
    .collect()
}

/// The teams that owe something by older settings than theirs, with the version in force.
pub fn list_stale_teams(tx: &mut Tx<'_>) -> Result<Vec<(CareTeamId, i64)>, DbError> {
    tx.query(
        sql!(
            "SELECT c.id, c.policy_version FROM care_team c WHERE EXISTS (SELECT 1 FROM work_item w \
             WHERE w.team_id = c.id AND w.owed_since IS NOT NULL \
             AND w.policy_version < c.policy_version) ORDER BY c.id"
        ),
        &[],
    )?
    .iter()
    .map(|row| Ok((row.get(0)?, row.get(1)?)))
    .collect()
}

/// Sets the latest moment for an answer and when the next tier is told, by the settings of `version`; whether it was still as it was read.
pub fn set_deadline(
    tx: &mut Tx<'_>,
    item: &Running,
    due_at: Timestamp,
    escalate_at: Timestamp,
    version: i64,
) -> Result<bool, DbError> {
    let written = tx.execute(
        sql!(
            "UPDATE work_item SET due_at = $3, escalate_at = $4, policy_version = $5 \
             WHERE id = $1 AND version = $2"
        ),
        &[&item.id, &item.version, &due_at, &escalate_at, &version],
    )?;
    Ok(written == 1)
}

/// Items whose next tier is to be told by `now`, the longest overdue first, at most `limit`. What waits
/// for the patient stands still.
pub fn list_due(tx: &mut Tx<'_>, now: Timestamp, limit: i64) -> Result<Vec<Running>, DbError> {
    tx.query(
        sql!(
            "SELECT w.id, w.thread_id, t.patient_id, t.category, w.team_id, w.assignee_id, w.state, \
             w.level, w.owed_since, w.clock_from, w.promised_by, w.due_at, w.told, \
             w.version FROM work_item w JOIN thread t ON t.id = w.thread_id \
             WHERE w.owed_since IS NOT NULL AND w.escalate_at <= $1 \
             AND w.state IN ('queued', 'claimed') \
             ORDER BY w.escalate_at, w.id LIMIT $2"
        ),
        &[&now, &limit],
    )?
    .iter()
    .map(read)
    .collect()
}

/// A tier that is told.
#[derive(Debug, Clone, Copy)]
pub struct Told {
    /// Which.
    pub tier: Tier,
    /// The person it is brought to, when it is one.
    pub to: Option<PersonId>,
    /// When the next tier will be told; `FOREVER` when there is none.
    pub next_at: Timestamp,
    /// The id of the step of custody.
    pub event: WorkEventId,
    /// Now.
    pub at: Timestamp,
}

/// Notes that a tier has been told, and writes the step of custody; whether the item was still as it was
/// read.
pub fn escalate(tx: &mut Tx<'_>, item: &Running, told: &Told) -> Result<bool, DbError> {
    let written = tx.execute(
        sql!(
            "UPDATE work_item SET told = $3, escalate_at = $4, version = version + 1, updated_at = $5 \
             WHERE id = $1 AND version = $2"
        ),
        &[&item.id, &item.version, &told.tier.code(), &told.next_at, &told.at],
    )?;
    if written == 0 {
        return Ok(false);
    }
    tx.execute_one(
        sql!(
            "INSERT INTO work_event (id, work_item_id, thread_id, kind, actor_id, to_person_id, \
             to_team_id, reason_sealed, patient_sees, happened_at) \
             VALUES ($1, $2, $3, 'escalated', NULL, $4, $5, NULL, FALSE, $6)"
        ),
        &[&told.event, &item.id, &item.thread, &told.to, &item.team, &told.at],
    )?;
    Ok(true)
}

/// Whom a tier of a team is: its leads, or its last-resort cover. Only who belongs to the team now and
/// may act, never the desk; empty when nobody is named.
pub fn list_tier(
    tx: &mut Tx<'_>,
    team: CareTeamId,
    tier: Tier,
    now: Timestamp,
) -> Result<Vec<PersonId>, DbError> {
    tx.query(
        sql!(
            "SELECT DISTINCT m.person_id FROM membership m JOIN person p ON p.id = m.person_id \
             JOIN care_team c ON c.id = m.team_id \
             WHERE m.team_id = $1 AND m.from_at <= $2 AND m.until_at > $2 AND p.status = 'active' \
             AND m.role <> 'desk' \
             AND CASE WHEN $3 THEN m.is_lead ELSE m.person_id = c.last_resort_person_id END \
             ORDER BY m.person_id"
        ),
        &[&team, &now, &(tier == Tier::Leads)],
    )?
    .iter()
    .map(|row| row.get(0))
    .collect()
}
