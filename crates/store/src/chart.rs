//! What was imported about a patient: visits, problems, medicines, observations, coverages.
//!
//! Sealed under the patient's key: `encounter.detail_sealed` (row id, the row's version) and
//! `chart_item.detail_sealed` (row id, the row's version).

use domain::ids::{EncounterId, OrganizationId, PatientId, PractitionerId, ResourceId};
use domain::thread::AboutKind;
use domain::time::Timestamp;

use crate::access::{Action, ImportRecords, PatientObject, Permit, ReadChart};
use crate::db::{DbError, Row, Tx};
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
    .map(read_encounter)
    .collect()
}

fn read_encounter(row: &Row) -> Result<EncounterRow, DbError> {
    Ok(EncounterRow {
        id: row.get(0)?,
        organization: row.get(1)?,
        status: row.get(2)?,
        started_at: row.get(3)?,
        ended_at: row.get(4)?,
        detail: row.get(5)?,
        version: row.get(6)?,
    })
}

/// One visit of the permit's patient.
pub fn get_encounter<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ReadChart>,
    id: EncounterId,
) -> Result<Option<EncounterRow>, DbError> {
    tx.query_opt(
        sql!(
            "SELECT id, organization_id, status, started_at, ended_at, detail_sealed, version \
             FROM encounter WHERE id = $1 AND patient_id = $2"
        ),
        &[&id, &permit.patient()],
    )?
    .as_ref()
    .map(read_encounter)
    .transpose()
}

/// Adds a visit of a patient (`row.version` 1) or replaces it (one more than the stored version;
/// another stored version or patient is `RowCount`).
pub fn put_encounter<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ImportRecords>,
    patient: PatientId,
    practitioner: Option<PractitionerId>,
    row: &EncounterRow,
) -> Result<(), DbError> {
    if row.version == 1 {
        return tx.execute_one(
            sql!(
                "INSERT INTO encounter (id, patient_id, organization_id, practitioner_id, status, \
                 started_at, ended_at, detail_sealed, version, updated_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9)"
            ),
            &[
                &row.id,
                &patient,
                &row.organization,
                &practitioner,
                &row.status,
                &row.started_at,
                &row.ended_at,
                &row.detail,
                &permit.now(),
            ],
        );
    }
    tx.execute_one(
        sql!(
            "UPDATE encounter SET organization_id = $3, practitioner_id = $4, status = $5, \
             started_at = $6, ended_at = $7, detail_sealed = $8, version = $9, updated_at = $10 \
             WHERE id = $1 AND patient_id = $2 AND version = $9 - 1"
        ),
        &[
            &row.id,
            &patient,
            &row.organization,
            &practitioner,
            &row.status,
            &row.started_at,
            &row.ended_at,
            &row.detail,
            &row.version,
            &permit.now(),
        ],
    )
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
    .map(read_item)
    .collect()
}

fn read_item(row: &Row) -> Result<ChartItemRow, DbError> {
    Ok(ChartItemRow {
        id: row.get(0)?,
        status: row.get(1)?,
        effective_at: row.get(2)?,
        detail: row.get(3)?,
        version: row.get(4)?,
    })
}

/// One item of the permit's patient, of that kind.
pub fn get_item<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ReadChart>,
    kind: &str,
    id: ResourceId,
) -> Result<Option<ChartItemRow>, DbError> {
    tx.query_opt(
        sql!(
            "SELECT id, status, effective_at, detail_sealed, version FROM chart_item \
             WHERE id = $1 AND patient_id = $2 AND kind = $3"
        ),
        &[&id, &permit.patient(), &kind],
    )?
    .as_ref()
    .map(read_item)
    .transpose()
}

/// Adds an item of a patient (`row.version` 1) or replaces it (one more than the stored version;
/// another stored version or patient is `RowCount`).
pub fn put_item<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ImportRecords>,
    patient: PatientId,
    kind: &str,
    row: &ChartItemRow,
) -> Result<(), DbError> {
    if row.version == 1 {
        return tx.execute_one(
            sql!(
                "INSERT INTO chart_item (id, patient_id, kind, status, effective_at, detail_sealed, \
                 version, updated_at) VALUES ($1, $2, $3, $4, $5, $6, 1, $7)"
            ),
            &[
                &row.id,
                &patient,
                &kind,
                &row.status,
                &row.effective_at,
                &row.detail,
                &permit.now(),
            ],
        );
    }
    tx.execute_one(
        sql!(
            "UPDATE chart_item SET status = $3, effective_at = $4, detail_sealed = $5, version = $6, \
             updated_at = $7 WHERE id = $1 AND patient_id = $2 AND version = $6 - 1"
        ),
        &[
            &row.id,
            &patient,
            &row.status,
            &row.effective_at,
            &row.detail,
            &row.version,
            &permit.now(),
        ],
    )
}

/// The version of a visit or item; `None` when there is none of that id.
pub fn version_for_import<'t>(
    tx: &mut Tx<'t>,
    _permit: &Permit<'t, ImportRecords>,
    id: uuid::Uuid,
) -> Result<Option<i64>, DbError> {
    tx.query_opt(
        sql!(
            "SELECT version FROM encounter WHERE id = $1 \
             UNION ALL SELECT version FROM chart_item WHERE id = $1"
        ),
        &[&id],
    )?
    .map(|row| row.get(0))
    .transpose()
}

/// Whether the thing belongs to the permit's patient: a thread never refers to another's.
pub fn belongs<'t, A: Action<Object = PatientObject>>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, A>,
    kind: AboutKind,
    id: uuid::Uuid,
) -> Result<bool, DbError> {
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
