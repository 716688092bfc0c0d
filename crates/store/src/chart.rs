//! What was imported about a patient: visits, problems, medicines, observations, coverages.
//!
//! Sealed under the patient's key: `encounter.detail_sealed` (row id, the row's version) and
//! `chart_item.detail_sealed` (row id, the row's version).

use domain::ids::{EncounterId, OrganizationId, ResourceId};
use domain::thread::AboutKind;
use domain::time::Timestamp;

use crate::access::{Action, PatientObject, Permit, ReadChart};
use crate::db::{DbError, Tx};
use crate::seal::Sealed;
use crate::sql;

/// A visit as stored.
#[derive(Debug, Clone)]
pub struct EncounterRow {
    /// Its id.
    pub id: EncounterId,
    /// Where.
    pub organization: Option<OrganizationId>,
    /// FHIR encounter status.
    pub status: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Its type, reason and people, sealed.
    pub detail: Sealed,
    /// The row's version, which the detail is sealed at.
    pub version: i64,
}

/// The permit's patient's visits, newest first, at most `limit`.
pub fn list_encounters<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ReadChart>,
    limit: i64,
) -> Result<Vec<EncounterRow>, DbError> {
    tx.query(
        sql!(
            "SELECT id, organization_id, status, started_at, ended_at, detail_sealed, version \
             FROM encounter WHERE patient_id = $1 ORDER BY started_at DESC, id DESC LIMIT $2"
        ),
        &[&permit.patient(), &limit],
    )?
    .iter()
    .map(|row| {
        Ok(EncounterRow {
            id: row.get(0)?,
            organization: row.get(1)?,
            status: row.get(2)?,
            started_at: row.get(3)?,
            ended_at: row.get(4)?,
            detail: row.get(5)?,
            version: row.get(6)?,
        })
    })
    .collect()
}

/// A problem, medicine, observation or coverage as stored.
#[derive(Debug, Clone)]
pub struct ChartItemRow {
    /// Its id.
    pub id: ResourceId,
    /// FHIR status.
    pub status: String,
    /// When it began or was measured.
    pub effective_at: Timestamp,
    /// Code, text, value; sealed.
    pub detail: Sealed,
    /// The row's version, which the detail is sealed at.
    pub version: i64,
}

/// The permit's patient's items of a kind (`condition`, `medication`, `observation`, `coverage`),
/// newest first, at most `limit`.
pub fn list_items<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ReadChart>,
    kind: &str,
    limit: i64,
) -> Result<Vec<ChartItemRow>, DbError> {
    tx.query(
        sql!(
            "SELECT id, status, effective_at, detail_sealed, version FROM chart_item \
             WHERE patient_id = $1 AND kind = $2 ORDER BY effective_at DESC, id DESC LIMIT $3"
        ),
        &[&permit.patient(), &kind, &limit],
    )?
    .iter()
    .map(|row| {
        Ok(ChartItemRow {
            id: row.get(0)?,
            status: row.get(1)?,
            effective_at: row.get(2)?,
            detail: row.get(3)?,
            version: row.get(4)?,
        })
    })
    .collect()
}

/// Whether the thing belongs to the permit's patient: a thread never refers to another's.
pub fn belongs<'t, A: Action<Object = PatientObject>>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, A>,
    kind: AboutKind,
    id: uuid::Uuid,
) -> Result<bool, DbError> {
    let id = id.to_string();
    let found = match kind {
        AboutKind::Nothing => return Ok(false),
        AboutKind::Encounter | AboutKind::Appointment => tx.query_opt(
            sql!("SELECT 1 FROM encounter WHERE id = $1 AND patient_id = $2"),
            &[&id, &permit.patient()],
        )?,
        AboutKind::Medication | AboutKind::Result | AboutKind::Problem => tx.query_opt(
            sql!("SELECT 1 FROM chart_item WHERE id = $1 AND patient_id = $2"),
            &[&id, &permit.patient()],
        )?,
    };
    Ok(found.is_some())
}
