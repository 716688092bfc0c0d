//! Rosters of duty: kept by administrators and by a team's leads, read where somebody has to be told.
//!
//! The rules are `domain::roster`'s. Deliberately absent: opening hours, and absences (`crate::cover`).

use domain::access::Role;
use domain::calendar::Day;
use domain::cover::Absence;
use domain::ids::{CareTeamId, PersonId};
use domain::roster::{self, On, Shift, ShiftError};
use jiff::civil::Date;
use store::access::{Administer, ListQueue, Permit};
use store::care_team::MemberRow;
use store::{absence, care_team, roster as rows, team_settings};

use crate::cx::Cx;
use crate::deadline;
use crate::error::{Error, Result};
use crate::thread::Names;

/// A shift with the name of whose it is.
#[derive(Debug, Clone)]
pub struct ShownShift {
    /// Whose.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// The day.
    pub on: On,
    /// The hours; closed is off duty.
    pub hours: Day,
}

/// A team's roster as its page shows it.
#[derive(Debug, Clone)]
pub struct Roster {
    /// The team's plain name.
    pub team: String,
    /// The weekdays first, then the dates from today on.
    pub shifts: Vec<ShownShift>,
    /// Its members who may answer, by name.
    pub members: Vec<(PersonId, String)>,
    /// Who is on duty now, by name.
    pub on_duty: Vec<String>,
    /// Today at the team's site.
    pub today: Date,
}

/// The right to keep a team's roster.
enum Right<'t> {
    Administrator(Permit<'t, Administer>),
    Lead(Permit<'t, ListQueue>),
}

/// An administrator, or a lead of the team. `NotFound` when the team has ended or is none.
fn right<'t>(cx: &mut Cx<'_, 't>, team: CareTeamId) -> Result<Right<'t>> {
    if matches!(cx.actor().role, Role::Clinician | Role::Nurse) {
        let me = cx.person()?;
        let permit = cx.authorize::<ListQueue>(team)?;
        let now = cx.now();
        let members = care_team::members(cx.tx(), team, now)?;
        let leads = members.iter().any(|member| member.person == me && member.is_lead);
        return if leads { Ok(Right::Lead(permit)) } else { Err(Error::Forbidden) };
    }
    let permit = cx.authorize::<Administer>(())?;
    crate::admin::activation::not_ended(cx, team)?;
    Ok(Right::Administrator(permit))
}

/// Those of a team who may answer.
fn answering(members: &[MemberRow]) -> impl Iterator<Item = PersonId> {
    members.iter().filter(|member| member.role != "desk").map(|member| member.person)
}

/// The roster of a team. Errors as for keeping it.
pub fn view(cx: &mut Cx<'_, '_>, team: CareTeamId) -> Result<Roster> {
    right(cx, team)?;
    let today = today(cx, team)?;
    let mut names = Names::default();
    let mut shifts = Vec::new();
    for shift in rows::list(cx.tx(), team)? {
        if matches!(shift.on, On::Date(date) if date < today) {
            continue;
        }
        let name = names.person(cx, shift.person)?;
        shifts.push(ShownShift { person: shift.person, name, on: shift.on, hours: shift.hours });
    }
    shifts.sort_by_key(|shift| match shift.on {
        On::Weekday(day) => (None, day.to_monday_zero_offset(), shift.name.clone()),
        On::Date(date) => (Some(date), 0, shift.name.clone()),
    });
    let mut members = Vec::new();
    let duty = Duty::read(cx, team)?;
    for person in answering(&duty.members) {
        members.push((person, names.person(cx, person)?));
    }
    members.sort_by(|a, b| a.1.cmp(&b.1));
    let mut there = Vec::new();
    for person in duty.there {
        there.push(names.person(cx, person)?);
    }
    let known = team_settings::get(cx.tx(), team)?.ok_or(Error::NotFound)?;
    Ok(Roster { team: known.name, shifts, members, on_duty: there, today })
}

fn today(cx: &mut Cx<'_, '_>, team: CareTeamId) -> Result<Date> {
    let now = cx.now();
    Ok(deadline::team_clock(cx, team)?.calendar.date_of(now))
}

/// Enters a shift of a member who may answer. `Invalid` on `person` (`unknown`) for anybody else, on
/// `hours` (`never`) for a weekday without hours, on `day`: `past` or `taken`.
pub fn add(cx: &mut Cx<'_, '_>, team: CareTeamId, new: &Shift) -> Result<()> {
    let right = right(cx, team)?;
    let now = cx.now();
    let members = care_team::members(cx.tx(), team, now)?;
    if !answering(&members).any(|person| person == new.person) {
        return Err(Error::field("person", "unknown"));
    }
    let today = today(cx, team)?;
    let known = rows::list(cx.tx(), team)?;
    roster::check(new, &known, today).map_err(|error| match error {
        ShiftError::Never => Error::field("hours", "never"),
        ShiftError::Past => Error::field("day", "past"),
        ShiftError::Taken => Error::field("day", "taken"),
    })?;
    match right {
        Right::Administrator(permit) => rows::add(cx.tx(), &permit, team, new)?,
        Right::Lead(permit) => rows::add(cx.tx(), &permit, team, new)?,
    }
    Ok(())
}

/// Takes a shift away. `NotFound` when there is none.
pub fn remove(cx: &mut Cx<'_, '_>, team: CareTeamId, person: PersonId, on: On) -> Result<()> {
    let removed = match right(cx, team)? {
        Right::Administrator(permit) => rows::remove(cx.tx(), &permit, team, person, on)?,
        Right::Lead(permit) => rows::remove(cx.tx(), &permit, team, person, on)?,
    };
    if removed { Ok(()) } else { Err(Error::NotFound) }
}

/// Who a team is now, read once for a page that asks for it in several places.
pub(crate) struct Duty {
    /// Its members who may act, the desk's too.
    pub members: Vec<MemberRow>,
    /// Who is on duty, cover applied; all who may answer and are there when it has no roster.
    pub there: Vec<PersonId>,
    /// Whether it has a roster.
    has_roster: bool,
}

impl Duty {
    /// Who the team is at the moment of the operation.
    pub fn read(cx: &mut Cx<'_, '_>, team: CareTeamId) -> Result<Self> {
        let now = cx.now();
        let wall = deadline::team_clock(cx, team)?.calendar.wall(now);
        let known = rows::list(cx.tx(), team)?;
        let members = care_team::members(cx.tx(), team, now)?;
        let answering: Vec<PersonId> = answering(&members).collect();
        let absences: Vec<Absence> =
            absence::list(cx.tx(), now)?.into_iter().map(|row| row.absence).collect();
        let there = roster::on_duty(&known, now, wall, &answering, &absences);
        Ok(Self { members, there, has_roster: !known.is_empty() })
    }

    /// Who is on duty, for the list of the team's work as its reader is shown it.
    pub fn now(&self, cx: &mut Cx<'_, '_>, names: &mut Names) -> Result<Now> {
        let me = cx.person()?;
        let keeps = self.members.iter().any(|member| member.person == me && member.is_lead);
        if !self.has_roster {
            return Ok(Now { names: None, keeps });
        }
        let there = self.there.iter().map(|person| names.person(cx, *person));
        Ok(Now { names: Some(there.collect::<Result<_>>()?), keeps })
    }
}

/// Who of a team is on duty now, cover applied; all who may answer and are there when it has no roster.
pub(crate) fn on_duty(cx: &mut Cx<'_, '_>, team: CareTeamId) -> Result<Vec<PersonId>> {
    Ok(Duty::read(cx, team)?.there)
}

/// Who is on duty, for the list of a team's work.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Now {
    /// By name; `None` when the team has no roster.
    pub names: Option<Vec<String>>,
    /// Whether the reader keeps the roster, as a lead of the team.
    pub keeps: bool,
}

/// Who is on duty now, for those who do clinical work in a team.
pub fn now(cx: &mut Cx<'_, '_>, team: CareTeamId) -> Result<Now> {
    cx.authorize::<ListQueue>(team)?;
    Duty::read(cx, team)?.now(cx, &mut Names::default())
}
