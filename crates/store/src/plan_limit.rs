//! Limits of patients' plans: from which number on a patient is to tell.
//!
//! `plan_limit.limit_sealed` holds what is measured, the side, the value, the unit and the days: sealed under
//! the patient's key, row `plan_limit.id`, version 1. A row is written once; only its end is set later.

use domain::ids::{PatientId, PersonId, PlanLimitId};
use domain::time::Timestamp;

use crate::access::{Permit, ReadChart, SetPlan};
use crate::db::{DbError, Row, Tx};
use crate::seal::Sealed;
use crate::sql;

/// A limit as stored.
#[derive(Debug, Clone)]
pub struct PlanLimitRow {
    /// Its id.
    pub id: PlanLimitId,
    /// What is limited, sealed.
    pub limit: Sealed,
    /// Who set it.
    pub set_by: PersonId,
    /// Since when.
    pub from_at: Timestamp,
}

fn read(row: &Row) -> Result<PlanLimitRow, DbError> {
    Ok(PlanLimitRow {
        id: row.get(0)?,
        limit: row.get(1)?,
        set_by: row.get(2)?,
        from_at: row.get(3)?,
    })
}

/// A patient's limits in force at a moment, the oldest first.
pub(crate) fn in_force(
    tx: &mut Tx<'_>,
    patient: PatientId,
    now: Timestamp,
) -> Result<Vec<PlanLimitRow>, DbError> {
    tx.query(
        sql!(
            "SELECT id, limit_sealed, set_by, from_at FROM plan_limit \
             WHERE patient_id = $1 AND from_at <= $2 AND until_at > $2 ORDER BY id"
        ),
        &[&patient, &now],
    )?
    .iter()
    .map(read)
    .collect()
}

/// The permit's patient's limits that are in force, the oldest first.
pub fn list<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ReadChart>,
) -> Result<Vec<PlanLimitRow>, DbError> {
    in_force(tx, permit.patient(), permit.now())
}

/// The same for whoever is about to change them.
pub fn list_to_set<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, SetPlan>,
) -> Result<Vec<PlanLimitRow>, DbError> {
    in_force(tx, permit.patient(), permit.now())
}

/// Whether a patient has limits in force: for a link to the page that then asks the policy.
pub fn has_any(tx: &mut Tx<'_>, patient: PatientId, now: Timestamp) -> Result<bool, DbError> {
    tx.query_one(
        sql!(
            "SELECT EXISTS (SELECT 1 FROM plan_limit \
             WHERE patient_id = $1 AND from_at <= $2 AND until_at > $2)"
        ),
        &[&patient, &now],
    )?
    .get(0)
}

/// Adds a limit of the permit's patient, in force from now on.
pub fn add<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, SetPlan>,
    id: PlanLimitId,
    limit: &Sealed,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "INSERT INTO plan_limit (id, patient_id, limit_sealed, set_by, from_at, until_at) \
             VALUES ($1, $2, $3, $4, $5, $6)"
        ),
        &[&id, &permit.patient(), limit, &permit.person(), &permit.now(), &Timestamp::FOREVER],
    )
}

/// Ends a limit of the permit's patient now; whether it was in force.
pub fn end<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, SetPlan>,
    id: PlanLimitId,
) -> Result<bool, DbError> {
    let written = tx.execute(
        sql!(
            "UPDATE plan_limit SET until_at = $3, ended_by = $4 \
             WHERE id = $1 AND patient_id = $2 AND from_at <= $3 AND until_at > $3"
        ),
        &[&id, &permit.patient(), &permit.now(), &permit.person()],
    )?;
    Ok(written == 1)
}
