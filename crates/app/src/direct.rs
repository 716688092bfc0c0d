//! Writing to one's own clinician, where the team allows it.
//!
//! The message goes to the team all the same: the clinician gets its work, and who stands in for them
//! while they are away. The routing rules may make it more urgent and send it nowhere else. Deliberately
//! absent: a conversation that only one person can read.

use domain::ids::{CareTeamId, PatientId, PersonId};
use domain::work_item::{WorkEventKind, WorkState};
use store::access::{Action, Administer, DraftThread, PatientObject, Permit};
use store::care_team;
use store::direct as rows;
use store::thread::Opened;
use store::work_item::{self, ClockStep, Moved, NewWorkEvent, Sending};

use crate::cx::Cx;
use crate::error::{Conflict, Error, Result};
use crate::{cover, deadline};

/// Whether patients may write to a clinician of the team, for its administrator.
pub fn allowed(cx: &mut Cx<'_, '_>, team: CareTeamId) -> Result<bool> {
    cx.authorize::<Administer>(())?;
    Ok(rows::allows(cx.tx(), team)?)
}

/// Lets patients write to a clinician of the team, or not. `NotFound` when there is no such team or it
/// has ended.
pub fn allow(cx: &mut Cx<'_, '_>, team: CareTeamId, on: bool) -> Result<()> {
    let permit = cx.authorize::<Administer>(())?;
    crate::admin::one(rows::set(cx.tx(), &permit, team, on))
}

/// The clinicians of a team to whom the permit's patient may write: those of a team that treats the
/// patient and allows it.
fn clinicians<'t, A: Action<Object = PatientObject>>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, A>,
    team: CareTeamId,
) -> Result<Vec<PersonId>> {
    let treats = care_team::list_for_patient(cx.tx(), permit)?.iter().any(|row| row.id == team);
    if !treats || !rows::allows(cx.tx(), team)? {
        return Ok(Vec::new());
    }
    let now = cx.now();
    let members = care_team::members(cx.tx(), team, now)?;
    Ok(members
        .into_iter()
        .filter(|member| member.role == "clinician")
        .map(|member| member.person)
        .collect())
}

/// To whom of a team the patient may write, with their names; empty where the team does not allow it.
pub fn choices(
    cx: &mut Cx<'_, '_>,
    patient: PatientId,
    team: CareTeamId,
) -> Result<Vec<(PersonId, String)>> {
    let permit = cx.authorize::<DraftThread>(patient)?;
    let mut found = Vec::new();
    for person in clinicians(cx, &permit, team)? {
        found.push((person, cx.profile_of(person)?.name));
    }
    found.sort_by(|a, b| a.1.cmp(&b.1));
    Ok(found)
}

/// Refuses a clinician to whom the permit's patient may not write. Errors: `Invalid` on `direct`.
pub(crate) fn check<'t, A: Action<Object = PatientObject>>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, A>,
    team: CareTeamId,
    person: PersonId,
) -> Result<()> {
    if clinicians(cx, permit, team)?.contains(&person) {
        Ok(())
    } else {
        Err(Error::field("direct", "unknown"))
    }
}

/// Who reads a message to a clinician first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum First {
    /// The clinician, by name.
    Clinician(String),
    /// The clinician is away, and this one stands in.
    StandsIn(String, String),
    /// The clinician is away, and the team has it.
    Team(String),
}

/// Who would read a message of the patient to a clinician of the team first, now; `None` when the
/// patient may not write to them.
pub fn first(
    cx: &mut Cx<'_, '_>,
    patient: PatientId,
    team: CareTeamId,
    person: PersonId,
) -> Result<Option<First>> {
    let permit = cx.authorize::<DraftThread>(patient)?;
    if !clinicians(cx, &permit, team)?.contains(&person) {
        return Ok(None);
    }
    let name = cx.profile_of(person)?.name;
    Ok(Some(match cover::holder(cx, team, person)? {
        Some(holder) if holder == person => First::Clinician(name),
        Some(holder) => First::StandsIn(name, cx.profile_of(holder)?.name),
        None => First::Team(name),
    }))
}

/// Gives the work of the conversation that was just opened to a clinician of its team, or to who stands
/// in; without anybody the queue keeps it.
pub(crate) fn assign<'t>(
    cx: &mut Cx<'_, 't>,
    opened: &Opened<'t>,
    team: CareTeamId,
    person: PersonId,
) -> Result<()> {
    let Some(holder) = cover::holder(cx, team, person)? else { return Ok(()) };
    let items = work_item::list_open(cx.tx(), opened)?;
    let item = items.iter().find(|item| item.team == team);
    let item = item.ok_or_else(|| Error::Internal("no work was opened".to_owned()))?;
    let moved = Moved {
        state: WorkState::Claimed,
        assignee: Some(holder),
        clock: ClockStep::Keep,
        answered_at: None,
        outcome: None,
        lease_until: Some(deadline::lease(cx, team, item.level())?),
    };
    let (now, by) = (cx.now(), cx.actor().person);
    let right = Sending(opened, now);
    if !work_item::update(cx.tx(), &right, item, &moved)? {
        return Err(Error::Conflict(Conflict::Changed));
    }
    let event = NewWorkEvent {
        id: cx.new_id()?,
        item: item.id,
        kind: WorkEventKind::Assigned,
        actor: by,
        to_person: Some(holder),
        to_team: None,
        reason: None,
        patient_sees: true,
    };
    Ok(work_item::add_event(cx.tx(), &right, &event)?)
}
