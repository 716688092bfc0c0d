//! How the rules of the urgency check did: what the count reads, and the summary that is kept.
//!
//! `check_summary.summary_sealed` is sealed under the key of the team's organization, row
//! `check_summary.team_id`, at the row's version. What is opened of patients stays in the memory of the count.
//! Deliberately absent: the statistics (`domain::precision`).

use domain::ids::{CareTeamId, OrganizationId, PatientId, UrgencyCheckId};
use domain::time::Timestamp;

use crate::access::{MeasureCheck, Permit, ReadTeamFigures};
use crate::db::{DbError, Tx};
use crate::seal::Sealed;
use crate::sql;

/// The active teams whose summary is missing or older than a moment, each with its organization, in order.
pub fn list_due(
    tx: &mut Tx<'_>,
    made_before: Timestamp,
) -> Result<Vec<(CareTeamId, OrganizationId)>, DbError> {
    tx.query(
        sql!(
            "SELECT c.id, c.organization_id FROM care_team c \
             LEFT JOIN check_summary s ON s.team_id = c.id \
             WHERE c.status = 'active' AND (s.made_at IS NULL OR s.made_at < $1) ORDER BY c.id"
        ),
        &[&made_before],
    )?
    .iter()
    .map(|row| Ok((row.get(0)?, row.get(1)?)))
    .collect()
}

/// What was recognised in one message.
#[derive(Debug, Clone)]
pub struct CheckedRow {
    /// The row's id.
    pub id: UrgencyCheckId,
    /// Whom the message is about; their key seals the detail.
    pub patient: PatientId,
    /// The version of the rules.
    pub pack: String,
    /// What was recognised, shown and answered; sealed at `version`.
    pub detail: Sealed,
    /// When the message was sent.
    pub made_at: Timestamp,
    /// The row's version.
    pub version: i64,
    /// When somebody of a team first opened the conversation after it; `None` when nobody has.
    pub first_read_at: Option<Timestamp>,
}

/// What was recognised in messages to a team from `after` on (a moment, and the last row of it that was read) and
/// before `until`, in order, at most `limit`. Patients that are for tests are left out.
pub fn list_checked<'t>(
    tx: &mut Tx<'t>,
    _permit: &Permit<'t, MeasureCheck>,
    team: CareTeamId,
    (after, last): (Timestamp, UrgencyCheckId),
    until: Timestamp,
    limit: i64,
) -> Result<Vec<CheckedRow>, DbError> {
    tx.query(
        sql!(
            "SELECT c.id, t.patient_id, c.pack, c.detail_sealed, c.made_at, c.version, \
             (SELECT min(e.at) FROM audit_event e WHERE e.object_id = c.thread_id \
                 AND e.at >= c.made_at AND e.action = 'read_thread' \
                 AND e.basis IN ('team_clinician', 'team_nurse')) \
             FROM urgency_check c JOIN thread t ON t.id = c.thread_id \
             JOIN patient p ON p.id = t.patient_id \
             WHERE c.team_id = $1 AND c.made_at >= $2 AND (c.made_at > $2 OR c.id > $3) \
             AND c.made_at < $4 AND p.status <> 'test' ORDER BY c.made_at, c.id LIMIT $5"
        ),
        &[&team, &after, &last, &until, &limit],
    )?
    .iter()
    .map(|row| {
        Ok(CheckedRow {
            id: row.get(0)?,
            patient: row.get(1)?,
            pack: row.get(2)?,
            detail: row.get(3)?,
            made_at: row.get(4)?,
            version: row.get(5)?,
            first_read_at: row.get(6)?,
        })
    })
    .collect()
}

/// The version of a team's kept summary; 0 when there is none.
pub fn version<'t>(
    tx: &mut Tx<'t>,
    _permit: &Permit<'t, MeasureCheck>,
    team: CareTeamId,
) -> Result<i64, DbError> {
    let row =
        tx.query_opt(sql!("SELECT version FROM check_summary WHERE team_id = $1"), &[&team])?;
    Ok(row.map(|row| row.get(0)).transpose()?.unwrap_or(0))
}

/// Keeps a team's summary, sealed at `version`, in place of the one before it; `false` when another node was
/// faster.
pub fn put<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, MeasureCheck>,
    team: CareTeamId,
    summary: &Sealed,
    version: i64,
) -> Result<bool, DbError> {
    let written = tx.execute(
        sql!(
            "INSERT INTO check_summary (team_id, summary_sealed, version, made_at) \
             VALUES ($1, $2, $3, $4) ON CONFLICT (team_id) DO UPDATE SET \
             summary_sealed = excluded.summary_sealed, version = excluded.version, \
             made_at = excluded.made_at WHERE check_summary.version = excluded.version - 1"
        ),
        &[&team, &summary, &version, &permit.now()],
    )?;
    Ok(written == 1)
}

/// The kept summary of the permit's team with its version and when it was made; `None` before the first.
pub fn get<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ReadTeamFigures>,
) -> Result<Option<(Sealed, i64, Timestamp)>, DbError> {
    tx.query_opt(
        sql!("SELECT summary_sealed, version, made_at FROM check_summary WHERE team_id = $1"),
        &[&permit.team()],
    )?
    .map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
    .transpose()
}
