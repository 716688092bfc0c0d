//! What a team must have before patients can write to it, and opening it.
//!
//! A team starts as a draft. The rule is `domain::care_team::missing`; this module reads its facts, and
//! keeps the last resort that open teams rest on.

use domain::care_team::{Facts, Missing, TeamStatus, missing};
use domain::ids::{CareTeamId, PersonId};
use store::access::Administer;
use store::{care_team, team_settings};

use super::one;
use super::team::{TeamSettings, settings};
use crate::cx::Cx;
use crate::error::{Error, FieldError, Result};

/// Everything a team must have that it lacks, in the order it is set up. `NotFound` when there is no such
/// team.
pub fn lacks(cx: &mut Cx<'_, '_>, team: CareTeamId) -> Result<Vec<Missing>> {
    let known = settings(cx, team)?;
    of(cx, &known)
}

/// The same of settings that are read already.
pub fn of(cx: &mut Cx<'_, '_>, known: &TeamSettings) -> Result<Vec<Missing>> {
    let team = &known.team;
    let (_, desks) = care_team::count_others(cx.tx(), team.organization, team.id)?;
    let answering = known.members.iter().filter(|member| member.role != "desk");
    let answering: Vec<PersonId> = answering.map(|member| member.person).collect();
    Ok(missing(&Facts {
        name: &team.name,
        purpose: &team.purpose,
        opens: known.week.days().iter().any(|day| !day.is_closed()),
        answers: !answering.is_empty(),
        last_resort: known.last_resort.is_some_and(|person| answering.contains(&person)),
        is_triage_desk: team.kind == "triage",
        has_triage_desk: desks > 0,
    }))
}

/// Opens a team, so that its patients can write to it. `NotFound` when it is no draft; `Invalid` with a
/// fault on `activate` for each of [`Missing`], its code as the problem.
pub fn activate(cx: &mut Cx<'_, '_>, team: CareTeamId) -> Result<()> {
    let permit = cx.authorize::<Administer>(())?;
    let known = settings(cx, team)?;
    if known.status != TeamStatus::Draft {
        return Err(Error::NotFound);
    }
    let lacks = of(cx, &known)?;
    if !lacks.is_empty() {
        let fault = |what: &Missing| FieldError::new("activate", what.code());
        return Err(Error::Invalid(lacks.iter().map(fault).collect()));
    }
    one(care_team::activate(cx.tx(), &permit, team))
}

/// Refuses to let somebody go on whom an active team counts when all are away: out of `team`, or out of
/// all teams.
pub(super) fn may_leave(
    cx: &mut Cx<'_, '_>,
    person: PersonId,
    team: Option<CareTeamId>,
) -> Result<()> {
    let permit = cx.authorize::<Administer>(())?;
    let counting = care_team::list_last_resort(cx.tx(), &permit, person)?;
    if counting.iter().any(|(id, _)| team.is_none_or(|team| team == *id)) {
        return Err(Error::field("person", "last-resort"));
    }
    Ok(())
}

/// `NotFound` when there is no such team or it has ended.
pub(crate) fn not_ended(cx: &mut Cx<'_, '_>, team: CareTeamId) -> Result<()> {
    let row = team_settings::get(cx.tx(), team)?;
    row.filter(|row| row.status != TeamStatus::Ended).map(|_| ()).ok_or(Error::NotFound)
}
