//! How groups of a team's patients waited: what the count reads, and the summary that is kept.
//!
//! `equity_summary.summary_sealed` is sealed under the key of the team's organization, row
//! `equity_summary.team_id`, at the row's version. What is read of patients stays in the memory of the count.
//! Deliberately absent: the statistics (`domain::equity`).

use domain::ids::{AnswerTimeId, CareTeamId, OrganizationId, PatientId, ResourceId};
use domain::time::Timestamp;

use crate::access::{MeasureEquity, Permit, ReadEquity};
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
             LEFT JOIN equity_summary e ON e.team_id = c.id \
             WHERE c.status = 'active' AND (e.made_at IS NULL OR e.made_at < $1) ORDER BY c.id"
        ),
        &[&made_before],
    )?
    .iter()
    .map(|row| Ok((row.get(0)?, row.get(1)?)))
    .collect()
}

/// One answered question.
#[derive(Debug, Clone, Copy)]
pub struct ClockRow {
    /// Its id.
    pub id: AnswerTimeId,
    /// Who asked.
    pub patient: PatientId,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// When somebody of the team first opened it; `None` where that is not known.
    pub first_read_at: Option<Timestamp>,
    /// When it was answered.
    pub answered_at: Timestamp,
}

/// What was asked of a team from `after` on (a moment, and the last row of it that was read) and before
/// `until`, in order, at most `limit`. Patients that are for tests are left out.
pub fn list_clocks<'t>(
    tx: &mut Tx<'t>,
    _permit: &Permit<'t, MeasureEquity>,
    team: CareTeamId,
    (after, last): (Timestamp, AnswerTimeId),
    until: Timestamp,
    limit: i64,
) -> Result<Vec<ClockRow>, DbError> {
    tx.query(
        sql!(
            "SELECT a.id, t.patient_id, a.asked_at, a.first_read_at, a.answered_at \
             FROM answer_time a JOIN thread t ON t.id = a.thread_id \
             JOIN patient p ON p.id = t.patient_id \
             WHERE a.team_id = $1 AND a.asked_at >= $2 AND (a.asked_at > $2 OR a.id > $3) \
             AND a.asked_at < $4 AND p.status <> 'test' ORDER BY a.asked_at, a.id LIMIT $5"
        ),
        &[&team, &after, &last, &until, &limit],
    )?
    .iter()
    .map(|row| {
        Ok(ClockRow {
            id: row.get(0)?,
            patient: row.get(1)?,
            asked_at: row.get(2)?,
            first_read_at: row.get(3)?,
            answered_at: row.get(4)?,
        })
    })
    .collect()
}

/// What of a patient the count opens.
#[derive(Debug, Clone)]
pub struct FactsRow {
    /// Preferred language, a BCP 47 tag.
    pub language: String,
    /// Name, birth date and race; sealed at `version`.
    pub demographics: Sealed,
    /// The row's version.
    pub version: i64,
    /// The newest insurance in force, sealed at its version.
    pub coverage: Option<(ResourceId, Sealed, i64)>,
}

/// A patient's facts; `None` when there is no such patient.
pub fn facts<'t>(
    tx: &mut Tx<'t>,
    _permit: &Permit<'t, MeasureEquity>,
    patient: PatientId,
) -> Result<Option<FactsRow>, DbError> {
    let Some(row) = tx.query_opt(
        sql!("SELECT language, demographics_sealed, version FROM patient WHERE id = $1"),
        &[&patient],
    )?
    else {
        return Ok(None);
    };
    let coverage = tx
        .query_opt(
            sql!(
                "SELECT id, detail_sealed, version FROM chart_item WHERE patient_id = $1 \
                 AND kind = 'coverage' AND status = 'active' ORDER BY effective_at DESC, id DESC LIMIT 1"
            ),
            &[&patient],
        )?
        .map(|row| Ok::<_, DbError>((row.get(0)?, row.get(1)?, row.get(2)?)))
        .transpose()?;
    Ok(Some(FactsRow {
        language: row.get(0)?,
        demographics: row.get(1)?,
        version: row.get(2)?,
        coverage,
    }))
}

/// The version of a team's kept summary; 0 when there is none.
pub fn version<'t>(
    tx: &mut Tx<'t>,
    _permit: &Permit<'t, MeasureEquity>,
    team: CareTeamId,
) -> Result<i64, DbError> {
    let row =
        tx.query_opt(sql!("SELECT version FROM equity_summary WHERE team_id = $1"), &[&team])?;
    Ok(row.map(|row| row.get(0)).transpose()?.unwrap_or(0))
}

/// Keeps a team's summary, sealed at `version`, in place of the one before it; `false` when another node was
/// faster.
pub fn put<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, MeasureEquity>,
    team: CareTeamId,
    summary: &Sealed,
    version: i64,
) -> Result<bool, DbError> {
    let written = tx.execute(
        sql!(
            "INSERT INTO equity_summary (team_id, summary_sealed, version, made_at) \
             VALUES ($1, $2, $3, $4) ON CONFLICT (team_id) DO UPDATE SET \
             summary_sealed = excluded.summary_sealed, version = excluded.version, \
             made_at = excluded.made_at WHERE equity_summary.version = excluded.version - 1"
        ),
        &[&team, &summary, &version, &permit.now()],
    )?;
    Ok(written == 1)
}

/// The kept summary of the permit's team with its version and when it was made; `None` before the first.
pub fn get<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ReadEquity>,
) -> Result<Option<(Sealed, i64, Timestamp)>, DbError> {
    tx.query_opt(
        sql!("SELECT summary_sealed, version, made_at FROM equity_summary WHERE team_id = $1"),
        &[&permit.team()],
    )?
    .map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
    .transpose()
}
