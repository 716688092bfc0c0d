//! The outbox that live pages, notices and other nodes read, and the sequencer that numbers it.
//!
//! Writers leave `position` null; [`sequence`] alone numbers rows, in key order, so that no writer
//! waits for a shared counter.

use domain::ids::{CareTeamId, ChangeId, PatientId, PersonId, ThreadId};
use domain::time::Timestamp;

use crate::db::{DbError, Tx};
use crate::sql;

/// Something that changed, without content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What, as a code: `message_patient`, `message_team`, `claimed`, `work`, `correction`, `question`,
    /// `note`, `revoked`.
    pub kind: String,
    /// About whom.
    pub patient: Option<PatientId>,
    /// In which thread.
    pub thread: Option<ThreadId>,
    /// For which team.
    pub team: Option<CareTeamId>,
    /// For or about which log-in.
    pub person: Option<PersonId>,
}

/// Writes a change, not yet numbered.
pub fn add(tx: &mut Tx<'_>, id: ChangeId, at: Timestamp, change: &Change) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "INSERT INTO change (id, at, kind, patient_id, thread_id, team_id, person_id) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)"
        ),
        &[&id, &at, &change.kind, &change.patient, &change.thread, &change.team, &change.person],
    )
}

/// A numbered change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbered {
    /// Its place in the order of all changes.
    pub position: i64,
    /// What changed.
    pub change: Change,
}

/// Changes after `position`, in order, at most `limit`.
pub fn list_after(tx: &mut Tx<'_>, position: i64, limit: i64) -> Result<Vec<Numbered>, DbError> {
    tx.query(
        sql!(
            "SELECT position, kind, patient_id, thread_id, team_id, person_id FROM change \
             WHERE position > $1 ORDER BY position LIMIT $2"
        ),
        &[&position, &limit],
    )?
    .iter()
    .map(|row| {
        Ok(Numbered {
            position: row.get(0)?,
            change: Change {
                kind: row.get(1)?,
                patient: row.get(2)?,
                thread: row.get(3)?,
                team: row.get(4)?,
                person: row.get(5)?,
            },
        })
    })
    .collect()
}

/// The position of the newest numbered change.
pub fn last_position(tx: &mut Tx<'_>) -> Result<i64, DbError> {
    tx.query_one(sql!("SELECT value FROM counter WHERE name = 'change'"), &[])?.get(0)
}

/// Forgets changes made before `before`, among the `limit` oldest, of which notices have been made; how
/// many. Whoever follows changes has heard of them, and what they told of has its own rows.
pub fn remove_old(tx: &mut Tx<'_>, before: Timestamp, limit: i64) -> Result<u64, DbError> {
    tx.execute(
        sql!(
            "DELETE FROM change WHERE position IN (SELECT oldest.position FROM ( \
                 SELECT position, at FROM change WHERE position IS NOT NULL \
                 ORDER BY position LIMIT $2) AS oldest \
             WHERE oldest.at < $1 AND oldest.position <= \
                 (SELECT value FROM counter WHERE name = 'notice'))"
        ),
        &[&before, &limit],
    )
}

/// The channel on which the sequencer tells other nodes that changes were numbered.
pub const CHANNEL: &str = "tidings_change";

/// What one run of the sequencer did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sequenced {
    /// Audit rows numbered.
    pub audits: i64,
    /// Changes numbered.
    pub changes: i64,
}

/// Numbers up to `limit` rows of the audit record and of the outbox that have no position yet, in key
/// order, gives each patient's own audit rows their gapless counter, and tells other nodes once.
/// Runs alone (`Db::write_alone`).
pub fn sequence(tx: &mut Tx<'_>, limit: i64) -> Result<Sequenced, DbError> {
    let audits = sequence_audit(tx, limit)?;
    let changes = sequence_changes(tx, limit)?;
    if changes > 0 {
        tx.notify(CHANNEL, "")?;
    }
    Ok(Sequenced { audits, changes })
}

/// Whether any row has no position yet.
pub fn is_behind(tx: &mut Tx<'_>) -> Result<bool, DbError> {
    let audit = tx.query(sql!("SELECT id FROM audit_event WHERE position IS NULL LIMIT 1"), &[])?;
    if !audit.is_empty() {
        return Ok(true);
    }
    let change = tx.query(sql!("SELECT id FROM change WHERE position IS NULL LIMIT 1"), &[])?;
    Ok(!change.is_empty())
}

fn sequence_audit(tx: &mut Tx<'_>, limit: i64) -> Result<i64, DbError> {
    let last: i64 =
        tx.query_one(sql!("SELECT value FROM counter WHERE name = 'audit'"), &[])?.get(0)?;
    let numbered = tx.execute(
        sql!(
            "UPDATE audit_event SET position = $2 + next.n FROM ( \
             SELECT id, row_number() OVER (ORDER BY id) AS n FROM ( \
                 SELECT id FROM audit_event WHERE position IS NULL ORDER BY id LIMIT $1) AS rest \
             ) AS next WHERE audit_event.id = next.id"
        ),
        &[&limit, &last],
    )?;
    let numbered = count(numbered)?;
    if numbered == 0 {
        return Ok(0);
    }
    let newest = last + numbered;
    // Each patient's own rows go on from that patient's counter, in the order of the record.
    tx.execute(
        sql!(
            "UPDATE audit_subject SET position = next.n FROM ( \
             SELECT s.event_id, s.patient_id, coalesce(c.value, 0) + row_number() OVER ( \
                 PARTITION BY s.patient_id ORDER BY e.position) AS n \
             FROM audit_event e JOIN audit_subject s ON s.event_id = e.id \
             LEFT JOIN patient_audit c ON c.patient_id = s.patient_id \
             WHERE e.position > $1 AND e.position <= $2) AS next \
             WHERE audit_subject.event_id = next.event_id \
             AND audit_subject.patient_id = next.patient_id"
        ),
        &[&last, &newest],
    )?;
    tx.execute(
        sql!(
            "INSERT INTO patient_audit (patient_id, value) \
             SELECT s.patient_id, count(*) FROM audit_event e \
             JOIN audit_subject s ON s.event_id = e.id \
             WHERE e.position > $1 AND e.position <= $2 GROUP BY s.patient_id \
             ON CONFLICT (patient_id) DO UPDATE SET value = patient_audit.value + excluded.value"
        ),
        &[&last, &newest],
    )?;
    tx.execute_one(sql!("UPDATE counter SET value = $1 WHERE name = 'audit'"), &[&newest])?;
    Ok(numbered)
}

fn sequence_changes(tx: &mut Tx<'_>, limit: i64) -> Result<i64, DbError> {
    let last = last_position(tx)?;
    let numbered = tx.execute(
        sql!(
            "UPDATE change SET position = $2 + next.n FROM ( \
             SELECT id, row_number() OVER (ORDER BY id) AS n FROM ( \
                 SELECT id FROM change WHERE position IS NULL ORDER BY id LIMIT $1) AS rest \
             ) AS next WHERE change.id = next.id"
        ),
        &[&limit, &last],
    )?;
    let numbered = count(numbered)?;
    if numbered > 0 {
        let newest = last + numbered;
        tx.execute_one(sql!("UPDATE counter SET value = $1 WHERE name = 'change'"), &[&newest])?;
    }
    Ok(numbered)
}

fn count(rows: u64) -> Result<i64, DbError> {
    i64::try_from(rows).map_err(|_| DbError::Decode("more rows than there are".to_owned()))
}
