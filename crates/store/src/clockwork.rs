//! What the workers do with clocks: bring open deadlines to the settings in force, find what is late or
//! nearly late, and move what lies with somebody who is away or has let a claim run out. They see ids, times and levels, never a word, so no permit is asked for; what they do
//! is a row of custody.
//!
//! Deliberately absent: what a deadline is (`domain::deadline`).

use domain::deadline::{Owed, Tier};
use domain::ids::{CareTeamId, PatientId, PersonId, ThreadId, WorkEventId, WorkItemId};
use domain::thread::Category;
use domain::time::Timestamp;
use domain::work_item::{Level, WorkEventKind, WorkState};

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
    add_step(tx, item, WorkEventKind::Escalated, (None, told.to), told.event, told.at)
        .map(|()| true)
}

/// Writes a step of custody from and to these people. The patient reads who has it, not who was told.
fn add_step(
    tx: &mut Tx<'_>,
    item: &Running,
    kind: WorkEventKind,
    (from, to): (Option<PersonId>, Option<PersonId>),
    event: WorkEventId,
    at: Timestamp,
) -> Result<(), DbError> {
    let patient_sees = kind != WorkEventKind::Escalated;
    tx.execute_one(
        sql!(
            "INSERT INTO work_event (id, work_item_id, thread_id, kind, actor_id, to_person_id, \
             to_team_id, reason_sealed, patient_sees, happened_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, $8, $9)"
        ),
        &[&event, &item.id, &item.thread, &kind.code(), &from, &to, &item.team, &patient_sees, &at],
    )
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

/// Items held by somebody who is away at `now`, at most `limit`.
pub fn list_of_absent(
    tx: &mut Tx<'_>,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Running>, DbError> {
    tx.query(
        sql!(
            "SELECT w.id, w.thread_id, t.patient_id, t.category, w.team_id, w.assignee_id, w.state, \
             w.level, coalesce(w.owed_since, w.opened_at), w.clock_from, w.promised_by, w.due_at, w.told, \
             w.version FROM work_item w JOIN thread t ON t.id = w.thread_id \
             WHERE w.state = 'claimed' AND w.assignee_id IN (SELECT a.person_id FROM absence a \
                 WHERE a.from_at <= $1 AND a.until_at > $1) \
             ORDER BY w.id LIMIT $2"
        ),
        &[&now, &limit],
    )?
    .iter()
    .map(read)
    .collect()
}

/// Items in which somebody stands in for a person who is not away any more, with that person, at most
/// `limit`. What nobody owes an answer to comes back only with the patient's next message.
pub fn list_to_return(
    tx: &mut Tx<'_>,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<(Running, PersonId)>, DbError> {
    tx.query(
        sql!(
            "SELECT w.id, w.thread_id, t.patient_id, t.category, w.team_id, w.assignee_id, w.state, \
             w.level, coalesce(w.owed_since, w.opened_at), w.clock_from, w.promised_by, w.due_at, w.told, \
             w.version, w.covered_for FROM work_item w JOIN thread t ON t.id = w.thread_id \
             WHERE w.covered_for IS NOT NULL AND w.state IN ('queued', 'claimed') \
             AND NOT EXISTS (SELECT 1 FROM absence a WHERE a.person_id = w.covered_for \
                 AND a.from_at <= $1 AND a.until_at > $1) \
             ORDER BY w.covered_for LIMIT $2"
        ),
        &[&now, &limit],
    )?
    .iter()
    .map(|row| Ok((read(row)?, row.get(14)?)))
    .collect()
}

/// Items whose claim has run out at `now`, at most `limit`.
pub fn list_expired(tx: &mut Tx<'_>, now: Timestamp, limit: i64) -> Result<Vec<Running>, DbError> {
    tx.query(
        sql!(
            "SELECT w.id, w.thread_id, t.patient_id, t.category, w.team_id, w.assignee_id, w.state, \
             w.level, coalesce(w.owed_since, w.opened_at), w.clock_from, w.promised_by, w.due_at, w.told, \
             w.version FROM work_item w JOIN thread t ON t.id = w.thread_id \
             WHERE w.state = 'claimed' AND w.lease_until <= $1 ORDER BY w.lease_until, w.id LIMIT $2"
        ),
        &[&now, &limit],
    )?
    .iter()
    .map(read)
    .collect()
}

/// Whether the holder of an item has been writing in its thread since `since`: then the claim is alive.
pub fn is_writing(tx: &mut Tx<'_>, item: &Running, since: Timestamp) -> Result<bool, DbError> {
    let found = tx.query_opt(
        sql!(
            "SELECT 1 FROM draft WHERE owner_id = $1 AND thread_id = $2 AND updated_at >= $3 LIMIT 1"
        ),
        &[&item.assignee, &item.thread, &since],
    )?;
    Ok(found.is_some())
}

/// Lets the claim of an item run on until `until`; whether it was still as it was read.
pub fn renew(tx: &mut Tx<'_>, item: &Running, until: Timestamp) -> Result<bool, DbError> {
    let written = tx.execute(
        sql!("UPDATE work_item SET lease_until = $3 WHERE id = $1 AND version = $2"),
        &[&item.id, &item.version, &until],
    )?;
    Ok(written == 1)
}

/// A piece of work that a worker gives to somebody, or back to the queue.
#[derive(Debug, Clone, Copy)]
pub struct Handed {
    /// Covered, returned or expired.
    pub kind: WorkEventKind,
    /// To whom; `None` is the queue.
    pub to: Option<PersonId>,
    /// For whom they stand in.
    pub covered_for: Option<PersonId>,
    /// Until when they hold it.
    pub lease_until: Option<Timestamp>,
    /// The id of the step of custody.
    pub event: WorkEventId,
    /// Now.
    pub at: Timestamp,
}

/// Gives an item to somebody or back to the queue and writes the step, which the patient reads; whether
/// the item was still as it was read. Its clock runs on.
pub fn hand(tx: &mut Tx<'_>, item: &Running, handed: &Handed) -> Result<bool, DbError> {
    let state = if handed.to.is_some() { WorkState::Claimed } else { WorkState::Queued };
    let written = tx.execute(
        sql!(
            "UPDATE work_item SET state = $3, assignee_id = $4, covered_for = $5, lease_until = $6, \
             version = version + 1, updated_at = $7 WHERE id = $1 AND version = $2"
        ),
        &[
            &item.id,
            &item.version,
            &state.code(),
            &handed.to,
            &handed.covered_for,
            &handed.lease_until,
            &handed.at,
        ],
    )?;
    if written == 0 {
        return Ok(false);
    }
    let people = (item.assignee, handed.to);
    add_step(tx, item, handed.kind, people, handed.event, handed.at).map(|()| true)
}

/// For whom an item is held; `None` when nobody stands in.
pub fn covered_for(tx: &mut Tx<'_>, item: WorkItemId) -> Result<Option<PersonId>, DbError> {
    tx.query_one(sql!("SELECT covered_for FROM work_item WHERE id = $1"), &[&item])?.get(0)
}

/// Leaves an item for good with whoever stands in. Always `false`: nobody was given anything.
pub fn keep(tx: &mut Tx<'_>, item: &Running) -> Result<bool, DbError> {
    tx.execute(
        sql!("UPDATE work_item SET covered_for = NULL WHERE id = $1 AND version = $2"),
        &[&item.id, &item.version],
    )?;
    Ok(false)
}
