//! The limits of a patient's plan: a clinician who treats the patient sets and ends them, whoever may read the
//! chart reads them, the patient in plain words on a page of their own.
//!
//! Deliberately absent: what is plausible (`domain::plan_limit`), and what the urgency check makes of them.

use domain::ids::{PatientId, PersonId, PlanLimitId};
use domain::plan_limit::{Limit, Written};
use domain::time::Timestamp;
use store::access::{ListThreads, ReadChart, SetPlan};
use store::care_team::{self, TeamRow};
use store::plan_limit::{self as rows, PlanLimitRow};
use store::seal::{KeyOwner, Place};

use crate::cx::Cx;
use crate::error::{Error, Result};

/// Most limits of one patient at a time.
pub const LIMITS_MAX: usize = 20;

/// A limit in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanLimit {
    /// Its id.
    pub id: PlanLimitId,
    /// What it is.
    pub limit: Limit,
    /// Who set it.
    pub set_by: PersonId,
    /// Their name.
    pub set_by_name: String,
    /// Since when.
    pub from: Timestamp,
}

/// A patient's limits, the oldest first, for whoever may read the chart.
pub fn list(cx: &mut Cx<'_, '_>, patient: PatientId) -> Result<Vec<PlanLimit>> {
    let permit = cx.authorize::<ReadChart>(patient)?;
    let found = rows::list(cx.tx(), &permit)?;
    let mut limits = Vec::with_capacity(found.len());
    for row in found {
        let set_by_name = cx.profile_of(row.set_by)?.name;
        let limit = open(cx, patient, &row)?;
        limits.push(PlanLimit {
            id: row.id,
            limit,
            set_by: row.set_by,
            set_by_name,
            from: row.from_at,
        });
    }
    Ok(limits)
}

/// Whether there is something to read for the actor; shows nothing and records nothing.
pub fn has_any(cx: &mut Cx<'_, '_>, patient: PatientId) -> Result<bool> {
    let now = cx.now();
    Ok(rows::has_any(cx.tx(), patient, now)? && cx.may::<ReadChart>(patient)?)
}

/// A team that treats the patient, whose site's numbers a page shows to whoever sees the conversations too.
pub fn team_to_call(cx: &mut Cx<'_, '_>, patient: PatientId) -> Result<Option<TeamRow>> {
    if !cx.may::<ListThreads>(patient)? {
        return Ok(None);
    }
    let permit = cx.authorize::<ListThreads>(patient)?;
    Ok(care_team::list_for_patient(cx.tx(), &permit)?.into_iter().next())
}

/// Whether the actor may set and end them.
pub fn may_set(cx: &mut Cx<'_, '_>, patient: PatientId) -> Result<bool> {
    cx.may::<SetPlan>(patient)
}

/// `Forbidden` or `NotFound` for whoever may not set limits of this patient.
pub fn check_set(cx: &mut Cx<'_, '_>, patient: PatientId) -> Result<()> {
    cx.authorize::<SetPlan>(patient).map(|_| ())
}

/// Sets a limit from now on. `Invalid` on `quantity`: `already` when one on the same thing, side and days is in
/// force, `too-many` beyond [`LIMITS_MAX`].
pub fn add(cx: &mut Cx<'_, '_>, patient: PatientId, limit: &Limit) -> Result<PlanLimitId> {
    let permit = cx.authorize::<SetPlan>(patient)?;
    let known = rows::list_to_set(cx.tx(), &permit)?;
    if known.len() >= LIMITS_MAX {
        return Err(Error::field("quantity", "too-many"));
    }
    for row in &known {
        if open(cx, patient, row)?.same_matter(limit) {
            return Err(Error::field("quantity", "already"));
        }
    }
    let id: PlanLimitId = cx.new_id()?;
    let place = Place::new("plan_limit", &id, "limit_sealed", 1);
    let sealed = cx.seal_json(KeyOwner::Patient(patient), &place, &limit.written())?;
    rows::add(cx.tx(), &permit, id, &sealed)?;
    Ok(id)
}

/// Ends a limit now. `NotFound` when it is not the patient's or has ended.
pub fn end(cx: &mut Cx<'_, '_>, patient: PatientId, id: PlanLimitId) -> Result<()> {
    let permit = cx.authorize::<SetPlan>(patient)?;
    if !rows::end(cx.tx(), &permit, id)? {
        return Err(Error::NotFound);
    }
    Ok(())
}

/// A limit as it was set. What does not read as one any more is a fault of ours.
pub(crate) fn open(cx: &Cx<'_, '_>, patient: PatientId, row: &PlanLimitRow) -> Result<Limit> {
    let place = Place::new("plan_limit", &row.id, "limit_sealed", 1);
    let written: Written = cx.open_json(KeyOwner::Patient(patient), &place, &row.limit)?;
    Limit::read(&written).map_err(|problem| Error::Internal(problem.to_string()))
}
