//! Rights to act for a patient (FHIR Consent): the patient's own, helpers' and representatives'.
//!
//! A right is an interval; it is closed, never deleted. Deliberately absent: who may give one (app).

use domain::ids::{GrantId, PatientId, PersonId};
use domain::time::Timestamp;

use crate::access::{Administer, Permit};
use crate::db::{DbError, Row, Tx};
use crate::sql;

/// A right as stored.
#[derive(Debug, Clone)]
pub struct GrantRow {
    /// Its id.
    pub id: GrantId,
    /// Whom it is about.
    pub patient: PatientId,
    /// Who has it.
    pub person: PersonId,
    /// `self`, `helper` or `representative`.
    pub basis: String,
    /// `read`, `draft` or `write`.
    pub rights: String,
    /// Name, birth date, language.
    pub demographics: bool,
    /// Visits, conditions, medicines, observations.
    pub chart: bool,
    /// Conversations.
    pub threads: bool,
    /// From when.
    pub from_at: Timestamp,
    /// Until when; `FOREVER` is open.
    pub until_at: Timestamp,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
    /// Who examined what proves it.
    pub verified_by: Option<String>,
}

fn read(row: &Row) -> Result<GrantRow, DbError> {
    Ok(GrantRow {
        id: row.get(0)?,
        patient: row.get(1)?,
        person: row.get(2)?,
        basis: row.get(3)?,
        rights: row.get(4)?,
        demographics: row.get(5)?,
        chart: row.get(6)?,
        threads: row.get(7)?,
        from_at: row.get(8)?,
        until_at: row.get(9)?,
        revoked_at: row.get(10)?,
        verified_by: row.get(11)?,
    })
}

/// Adds a right to the chosen parts of a record, all topics and the confidential ones included when
/// it covers conversations.
pub fn add<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Administer>,
    new: &GrantRow,
) -> Result<(), DbError> {
    // A helper does not see what the patient marked confidential; the patient and a representative do.
    let confidential = new.basis != "helper";
    tx.execute_one(
        sql!(
            "INSERT INTO care_grant (id, patient_id, person_id, basis, rights, demographics, chart, \
             threads, care_time, confidential, all_topics, paused, from_at, until_at, revoked_at, \
             verified_by, document, version, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, TRUE, FALSE, $11, $12, NULL, $13, NULL, \
             1, $14)"
        ),
        &[
            &new.id,
            &new.patient,
            &new.person,
            &new.basis,
            &new.rights,
            &new.demographics,
            &new.chart,
            &new.threads,
            &false,
            &confidential,
            &new.from_at,
            &new.until_at,
            &new.verified_by,
            &permit.now(),
        ],
    )
}

/// One right; `None` when there is none of that id.
pub fn get<'t>(
    tx: &mut Tx<'t>,
    _permit: &Permit<'t, Administer>,
    id: GrantId,
) -> Result<Option<GrantRow>, DbError> {
    tx.query_opt(
        sql!(
            "SELECT id, patient_id, person_id, basis, rights, demographics, chart, threads, from_at, \
             until_at, revoked_at, verified_by FROM care_grant WHERE id = $1"
        ),
        &[&id],
    )?
    .as_ref()
    .map(read)
    .transpose()
}

/// The rights of a person, the newest first, ended ones too.
pub fn list_of_person<'t>(
    tx: &mut Tx<'t>,
    _permit: &Permit<'t, Administer>,
    person: PersonId,
) -> Result<Vec<GrantRow>, DbError> {
    tx.query(
        sql!(
            "SELECT id, patient_id, person_id, basis, rights, demographics, chart, threads, from_at, \
             until_at, revoked_at, verified_by FROM care_grant WHERE person_id = $1 \
             ORDER BY from_at DESC, id"
        ),
        &[&person],
    )?
    .iter()
    .map(read)
    .collect()
}

/// The rights to act for a patient, the newest first, ended ones too.
pub fn list_of_patient<'t>(
    tx: &mut Tx<'t>,
    _permit: &Permit<'t, Administer>,
    patient: PatientId,
) -> Result<Vec<GrantRow>, DbError> {
    tx.query(
        sql!(
            "SELECT id, patient_id, person_id, basis, rights, demographics, chart, threads, from_at, \
             until_at, revoked_at, verified_by FROM care_grant WHERE patient_id = $1 \
             ORDER BY from_at DESC, id"
        ),
        &[&patient],
    )?
    .iter()
    .map(read)
    .collect()
}

/// Takes a right back now; `RowCount` when it has ended already.
pub fn revoke<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Administer>,
    id: GrantId,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "UPDATE care_grant SET until_at = CASE WHEN from_at > $2 THEN from_at ELSE $2 END, \
             revoked_at = $2, version = version + 1, updated_at = $2 \
             WHERE id = $1 AND until_at > $2"
        ),
        &[&id, &permit.now()],
    )
}

/// Whether there is a patient of this id; it shows nothing else.
pub fn patient_exists(tx: &mut Tx<'_>, patient: PatientId) -> Result<bool, DbError> {
    let row = tx.query_opt(sql!("SELECT id FROM patient WHERE id = $1"), &[&patient])?;
    Ok(row.is_some())
}

/// Says whether the right opens conversations marked confidential; `RowCount` when there is no such
/// right.
pub fn set_confidential<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Administer>,
    id: GrantId,
    confidential: bool,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "UPDATE care_grant SET confidential = $2, version = version + 1, updated_at = $3 \
             WHERE id = $1"
        ),
        &[&id, &confidential, &permit.now()],
    )
}
