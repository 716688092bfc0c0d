//! The custody of a conversation as its readers see it: who took it, who stands in, where it went.
//!
//! The patient's side gets the steps that patients see, without any reason but that of passing it on,
//! which is written for them; and roles instead of names where the team's settings say so. Deliberately
//! absent: words; pages choose them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use domain::access::Role;
use domain::ids::{CareTeamId, PersonId};
use domain::pass::PassReason;
use domain::time::Timestamp;
use domain::work_item::{Level, WorkEventKind};
use store::access::{Permit, ReadThread};
use store::seal::{KeyOwner, Place};
use store::team_settings::{self, SettingsRow};
use store::work_item::{self, WorkEventRow, WorkItemRow};
use store::{absence, person};

use crate::cx::Cx;
use crate::error::Result;
use crate::pass;
use crate::thread::Names;

/// A step of custody, opened.
#[derive(Debug, Clone)]
pub struct ShownStep {
    /// What happened.
    pub kind: WorkEventKind,
    /// Who did it, or whose work it was, by name; `None` is the system, or somebody who is not named.
    pub by: Option<String>,
    /// Their role, for the patient's side.
    pub by_role: Option<Role>,
    /// To whom it went, by name; `None` is nobody, or somebody who is not named.
    pub to_person: Option<String>,
    /// Their role, for the patient's side; `None` when it went to nobody.
    pub to_role: Option<Role>,
    /// To which team, by name.
    pub to_team: Option<String>,
    /// The team that owed it, by name.
    pub team: String,
    /// Until when whoever it was taken from is away; only with a step of covering, for the patient's side.
    pub away_until: Option<Timestamp>,
    /// Why, in words somebody wrote.
    pub reason: Option<String>,
    /// Why, as a prepared sentence.
    pub prepared: Option<PassReason>,
    /// When.
    pub at: Timestamp,
}

/// Whose word the level of open work is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LevelSaid {
    /// What the rules and the urgency check said.
    pub rules: Option<Level>,
    /// What a clinician said since, and who.
    pub clinician: Option<(Level, String)>,
}

/// Whose word the level of an item is, by the steps of its conversation, oldest first. What a clinician said before the
/// check raised the level holds no longer; a level that came down with a call is nobody's word.
#[must_use]
pub fn level_said(item: &WorkItemRow, steps: &[ShownStep]) -> LevelSaid {
    let rules = item.level_rules;
    let Some(level) = item.level_clinician else { return LevelSaid { rules, clinician: None } };
    let newest = steps.iter().rev().find(|step| step.kind == WorkEventKind::Level);
    match newest.and_then(|step| step.by.clone()) {
        Some(by) => LevelSaid { rules, clinician: Some((level, by)) },
        None => LevelSaid::default(),
    }
}

/// Opens the steps that the permit shows, oldest first.
pub(crate) fn steps<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, ReadThread>,
    owner: KeyOwner,
    names: &mut Names,
) -> Result<Vec<ShownStep>> {
    let patient_side = permit.allowed().patient_side;
    let mut teams: HashMap<CareTeamId, Option<SettingsRow>> = HashMap::new();
    let mut steps = Vec::new();
    for row in work_item::list_events(cx.tx(), permit)? {
        if let Entry::Vacant(unknown) = teams.entry(row.team) {
            unknown.insert(team_settings::get(cx.tx(), row.team)?);
        }
        // A team that has ended keeps its name here.
        let team = teams.get(&row.team).and_then(Option::as_ref);
        let named = !patient_side || team.is_some_and(|team| team.show_names);
        let name = |cx: &mut Cx<'_, '_>, names: &mut Names, id: Option<PersonId>| {
            id.filter(|_| named).map(|id| names.person(cx, id)).transpose()
        };
        let by = name(cx, names, row.actor)?;
        let to_person = name(cx, names, row.to_person)?;
        let mut step = ShownStep {
            kind: row.kind,
            by,
            by_role: None,
            to_person,
            to_role: None,
            to_team: row.to_team.map(|id| names.team(cx, id)).transpose()?,
            team: team.map(|team| team.name.clone()).unwrap_or_default(),
            away_until: None,
            reason: None,
            prepared: None,
            at: row.at,
        };
        let said = reason(cx, &row, owner, patient_side)?;
        step.prepared = said.as_deref().and_then(pass::Reason::prepared);
        step.reason = said.filter(|_| step.prepared.is_none());
        if patient_side {
            step.by_role = role(cx, row.actor)?;
            step.to_role = role(cx, row.to_person)?;
            step.away_until = away_until(cx, &row)?;
        }
        steps.push(step);
    }
    Ok(steps)
}

/// Whether patients read the names of a team's people.
pub(crate) fn shows_names(cx: &mut Cx<'_, '_>, team: CareTeamId) -> Result<bool> {
    Ok(team_settings::get(cx.tx(), team)?.is_some_and(|set| set.show_names))
}

/// What was said with a step. The reason of an assignment is between colleagues.
fn reason(
    cx: &Cx<'_, '_>,
    row: &WorkEventRow,
    owner: KeyOwner,
    patient_side: bool,
) -> Result<Option<String>> {
    let Some(sealed) = &row.reason else { return Ok(None) };
    if patient_side && row.kind != WorkEventKind::Passed {
        return Ok(None);
    }
    let place = Place::new("work_event", &row.id, "reason_sealed", 1);
    Ok(Some(cx.open(owner, &place, sealed)?))
}

/// What somebody is.
pub(crate) fn role(cx: &mut Cx<'_, '_>, of: Option<PersonId>) -> Result<Option<Role>> {
    let Some(of) = of else { return Ok(None) };
    Ok(person::get(cx.tx(), of)?.map(|row| row.role))
}

/// Until when whoever a step of covering took it from is away; `None` when the absence is over.
fn away_until(cx: &mut Cx<'_, '_>, row: &WorkEventRow) -> Result<Option<Timestamp>> {
    let (WorkEventKind::Covered, Some(away)) = (row.kind, row.actor) else { return Ok(None) };
    let now = cx.now();
    let known = absence::list_of_person(cx.tx(), away, now)?;
    let at_step = known.iter().find(|one| one.absence.from <= row.at && row.at < one.absence.until);
    Ok(at_step.map(|one| one.absence.until))
}
