//! Who may act for whom: the patients somebody helps, and the people who may read a thread.

use domain::ids::{PatientId, PersonId};

use crate::access::{Action, PatientObject, Permit, ReadCircle, ReadThread, UseOwn};
use crate::db::{DbError, Tx};
use crate::sql;

/// A patient whom the permit's person may act for now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acting {
    /// The patient.
    pub patient: PatientId,
    /// `self`, `helper` or `representative`.
    pub basis: String,
    /// `read`, `draft` or `write`.
    pub rights: String,
    /// Whether conversations are included.
    pub threads: bool,
}

/// The patients whom the permit's person may act for now and whose name they may see, oneself first.
pub fn patients_of<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, UseOwn>,
) -> Result<Vec<Acting>, DbError> {
    tx.query(
        sql!(
            "SELECT patient_id, tie, rights, threads FROM patient_access \
             WHERE person_id = $1 AND from_at <= $2 AND until_at > $2 \
             AND tie IN ('self', 'helper', 'representative') AND demographics \
             ORDER BY tie DESC, patient_id"
        ),
        &[&permit.object().person, &permit.now()],
    )?
    .iter()
    .map(|row| {
        Ok(Acting {
            patient: row.get(0)?,
            basis: row.get(1)?,
            rights: row.get(2)?,
            threads: row.get(3)?,
        })
    })
    .collect()
}

/// The people on the patient's side who may read the permit's thread now, with their basis.
pub fn readers<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ReadThread>,
) -> Result<Vec<(PersonId, String)>, DbError> {
    tx.query(
        sql!(
            "SELECT DISTINCT a.person_id, a.tie FROM thread_access a \
             JOIN person p ON p.id = a.person_id AND p.status = 'active' \
                 AND p.role IN ('patient', 'helper') \
             WHERE a.thread_id = $1 AND a.from_at <= $2 AND a.until_at > $2 \
             AND a.tie IN ('self', 'helper', 'representative') ORDER BY a.tie, a.person_id"
        ),
        &[&permit.thread(), &permit.now()],
    )?
    .iter()
    .map(|row| Ok((row.get(0)?, row.get(1)?)))
    .collect()
}

/// The people on the patient's side who may read the patient's conversations now, with their basis.
/// Names only; what each may see is theirs and the patient's.
pub fn people_of<'t, A: Action<Object = PatientObject>>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, A>,
) -> Result<Vec<(PersonId, String)>, DbError> {
    tx.query(
        sql!(
            "SELECT DISTINCT a.person_id, a.tie FROM patient_access a \
             JOIN person p ON p.id = a.person_id AND p.status = 'active' \
                 AND p.role IN ('patient', 'helper') \
             WHERE a.patient_id = $1 AND a.from_at <= $2 AND a.until_at > $2 AND a.threads \
             AND a.tie IN ('self', 'helper', 'representative') ORDER BY a.tie, a.person_id"
        ),
        &[&permit.patient(), &permit.now()],
    )?
    .iter()
    .map(|row| Ok((row.get(0)?, row.get(1)?)))
    .collect()
}

/// Somebody on the patient's side, as the circle shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CircleRow {
    /// Who.
    pub person: PersonId,
    /// `self`, `helper` or `representative`.
    pub basis: String,
    /// `read`, `draft` or `write`.
    pub rights: String,
}

/// Everybody who may act for the permit's patient now, oneself included.
pub fn list<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ReadCircle>,
) -> Result<Vec<CircleRow>, DbError> {
    tx.query(
        sql!(
            "SELECT DISTINCT a.person_id, a.tie, a.rights FROM patient_access a \
             JOIN person p ON p.id = a.person_id AND p.status = 'active' \
                 AND p.role IN ('patient', 'helper') \
             WHERE a.patient_id = $1 AND a.from_at <= $2 AND a.until_at > $2 \
             AND a.tie IN ('self', 'helper', 'representative') \
             ORDER BY a.tie, a.person_id, a.rights"
        ),
        &[&permit.patient(), &permit.now()],
    )?
    .iter()
    .map(|row| Ok(CircleRow { person: row.get(0)?, basis: row.get(1)?, rights: row.get(2)? }))
    .collect()
}
