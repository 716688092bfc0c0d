//! A team's settings: its words, hours, targets, who leads it, who stands in, and which team follows.
//!
//! Open deadlines follow a change by themselves (`crate::deadline::follow_settings`). Deliberately
//! absent: who belongs to a team (`super::add_member`), and dates that differ from the week.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use domain::calendar::{CalendarError, Day, Week};
use domain::care_team::{TeamStatus, plain_name};
use domain::ids::{CareTeamId, PersonId};
use domain::thread::Category;
use domain::work_item::Level;
use store::access::Administer;
use store::care_team::{self, TeamRow};
use store::team_clock::{self, Target};
use store::team_settings::{self, Words};

use super::{MemberLine, line, line_or_empty, one};
use crate::cx::Cx;
use crate::error::{Conflict, Error, FieldError, Result};

/// Minutes of working time an answer may be given: up to thirty days around the clock.
pub const MINUTES: RangeInclusive<i64> = 1..=60 * 24 * 30;
/// Percent of a clock at which the next tier can be told.
pub const PERCENT: RangeInclusive<i64> = 1..=99;
/// The fields of the seven days, Monday first, as faults name them.
pub const DAY_FIELDS: [&str; 7] =
    ["hours_mon", "hours_tue", "hours_wed", "hours_thu", "hours_fri", "hours_sat", "hours_sun"];

/// Reads hours of a week in one text, such as `mon 08:00-12:00 13:00-17:00; tue 08:00-17:00`.
/// `Invalid` on `week`: `hours` when they cannot be read, `never-opens` when every day is closed.
pub fn read_week(text: &str) -> Result<Week> {
    Week::parse(text).map_err(|error| match error {
        CalendarError::NeverOpens => Error::field("week", "never-opens"),
        _ => Error::field("week", "hours"),
    })
}

/// Reads the hours of seven days, Monday first, each such as `08:00-12:00 13:00-17:00`, closed when
/// empty. `Invalid` on each of [`DAY_FIELDS`] that cannot be read (`hours`), and on the first one
/// (`never-opens`) when every day is closed.
pub fn read_days(days: &[String; 7]) -> Result<Week> {
    let (mut read, mut faults) = (Vec::new(), Vec::new());
    for (field, text) in DAY_FIELDS.into_iter().zip(days) {
        match Day::parse(text) {
            Ok(day) => read.push(day),
            Err(_) => faults.push(FieldError::new(field, "hours")),
        }
    }
    let Ok(days) = <[Day; 7]>::try_from(read) else { return Err(Error::Invalid(faults)) };
    Week::new(days).map_err(|_| Error::field("hours_mon", "never-opens"))
}

/// Refuses a name or purpose that is a code (`code`): patients choose by them.
pub(super) fn plain(name: &str, purpose: &str) -> Result<()> {
    let texts = [("name", name), ("purpose", purpose)].into_iter();
    let coded = texts.filter(|(_, text)| plain_name(text).is_err());
    let faults: Vec<FieldError> = coded.map(|(field, _)| FieldError::new(field, "code")).collect();
    if faults.is_empty() { Ok(()) } else { Err(Error::Invalid(faults)) }
}

/// A team as its administrator sees it.
#[derive(Debug, Clone)]
pub struct TeamSettings {
    /// Its words and its place.
    pub team: TeamRow,
    /// Where it stands.
    pub status: TeamStatus,
    /// Opening hours by the clock of its site.
    pub week: Week,
    /// At which part of the clock the next tier is told, in percent.
    pub escalate_percent: i64,
    /// Targets that differ from the ordinary one.
    pub targets: Vec<Target>,
    /// Who belongs to it now, leads marked.
    pub members: Vec<MemberLine>,
    /// Who stands in when all are away.
    pub last_resort: Option<PersonId>,
    /// Which team follows when this one ends.
    pub successor: Option<CareTeamId>,
    /// Whether patients read the names of its people; else their roles.
    pub show_names: bool,
    /// Raised with every change.
    pub version: i64,
}

impl TeamSettings {
    /// What is set now, to be changed in part.
    pub fn input(&self) -> SettingsInput {
        let leads = self.members.iter().filter(|member| member.is_lead);
        SettingsInput {
            name: self.team.name.clone(),
            care_type: self.team.care_type.clone(),
            purpose: self.team.purpose.clone(),
            week: self.week.clone(),
            answer_minutes: self.team.answer_minutes,
            escalate_percent: self.escalate_percent,
            leads: leads.map(|member| member.person).collect(),
            last_resort: self.last_resort,
            successor: self.successor,
            show_names: self.show_names,
            version: self.version,
        }
    }
}

/// The settings of a team, ended ones too. `NotFound` when there is none.
pub fn settings(cx: &mut Cx<'_, '_>, team: CareTeamId) -> Result<TeamSettings> {
    let known = super::list_teams(cx)?.into_iter().find(|(row, _)| row.id == team);
    let (row, _) = known.ok_or(Error::NotFound)?;
    let set = team_settings::get(cx.tx(), team)?.ok_or(Error::NotFound)?;
    let week = Week::parse(&set.week).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(TeamSettings {
        team: row,
        status: set.status,
        week,
        escalate_percent: set.escalate_percent,
        targets: team_clock::list_targets(cx.tx(), team)?,
        members: super::list_members(cx, team)?,
        last_resort: set.last_resort,
        successor: set.successor,
        show_names: set.show_names,
        version: set.version,
    })
}

/// What a team is set to.
#[derive(Debug, Clone)]
pub struct SettingsInput {
    /// Its name in plain words.
    pub name: String,
    /// The kind of care in plain words.
    pub care_type: String,
    /// What it is for.
    pub purpose: String,
    /// Opening hours by the clock of its site.
    pub week: Week,
    /// How long an answer may take, in minutes of working time.
    pub answer_minutes: i64,
    /// At which part of the clock the next tier is told, in percent.
    pub escalate_percent: i64,
    /// Its members who lead it.
    pub leads: BTreeSet<PersonId>,
    /// Its member who stands in when all are away.
    pub last_resort: Option<PersonId>,
    /// Which team of the same organization follows when this one ends.
    pub successor: Option<CareTeamId>,
    /// Whether patients read the names of its people; else their roles.
    pub show_names: bool,
    /// The version of the settings that were changed.
    pub version: i64,
}

/// Sets a team that has not ended. `NotFound` when there is none; `Conflict(Changed)` when somebody
/// changed it since; `Invalid` field by field: a name or purpose is no code (`code`), leads and last
/// resort (`member`) must belong to it and may answer, the successor is another open team of the
/// organization (`unknown`) that does not come back to this one (`circle`), and an active team keeps
/// everything it was opened with (`needed`).
pub fn set(cx: &mut Cx<'_, '_>, team: CareTeamId, new: &SettingsInput) -> Result<()> {
    let permit = cx.authorize::<Administer>(())?;
    let known = settings(cx, team)?;
    if known.status == TeamStatus::Ended {
        return Err(Error::NotFound);
    }
    if known.version != new.version {
        return Err(Error::Conflict(Conflict::Changed));
    }
    let mut faults = Vec::new();
    let mut check = |good: bool, field: &'static str, problem: &'static str| {
        if !good {
            faults.push(FieldError::new(field, problem));
        }
    };
    let answers = |person: &PersonId| {
        known.members.iter().any(|member| member.person == *person && member.role != "desk")
    };
    check(MINUTES.contains(&new.answer_minutes), "answer_minutes", "range");
    check(PERCENT.contains(&new.escalate_percent), "escalate_percent", "range");
    check(new.leads.iter().all(answers), "leads", "member");
    check(new.last_resort.as_ref().is_none_or(answers), "last_resort", "member");
    // What a team was opened with, it keeps.
    let is_open = known.status == TeamStatus::Active;
    check(!is_open || !new.purpose.trim().is_empty(), "purpose", "needed");
    check(!is_open || new.last_resort.is_some(), "last_resort", "needed");
    if let Some(next) = new.successor {
        let problem = successor_problem(cx, &known.team, next)?;
        check(problem.is_none(), "successor", problem.unwrap_or("unknown"));
    }
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let (name, care_type) = (line("name", &new.name)?, line_or_empty("care_type", &new.care_type)?);
    let purpose = line_or_empty("purpose", &new.purpose)?;
    plain(&name, &purpose)?;
    let words = Words {
        name: &name,
        care_type: &care_type,
        purpose: &purpose,
        last_resort: new.last_resort,
        successor: new.successor,
        show_names: new.show_names,
    };
    one(team_settings::set(cx.tx(), &permit, team, &words))?;
    for member in &known.members {
        let leads = new.leads.contains(&member.person);
        team_settings::set_lead(cx.tx(), &permit, team, member.person, leads)?;
    }
    let (minutes, percent) = (new.answer_minutes, new.escalate_percent);
    one(team_clock::set(cx.tx(), &permit, team, &new.week, minutes, percent))
}

/// Why `next` cannot follow a team: it is not active or of another organization (`unknown`), or is the team
/// itself or leads back to it by its own line of successors (`circle`).
fn successor_problem(
    cx: &mut Cx<'_, '_>,
    team: &TeamRow,
    next: CareTeamId,
) -> Result<Option<&'static str>> {
    if next == team.id {
        return Ok(Some("circle"));
    }
    let row = care_team::get(cx.tx(), next)?;
    if row.is_none_or(|row| row.organization != team.organization) {
        return Ok(Some("unknown"));
    }
    let (mut at, mut seen) = (Some(next), BTreeSet::new());
    while let Some(here) = at {
        if here == team.id || !seen.insert(here) {
            return Ok(Some("circle"));
        }
        at = team_settings::get(cx.tx(), here)?.and_then(|row| row.successor);
    }
    Ok(None)
}

/// Sets the target of a category (`None` is any) at a level, in place of what it was. `NotFound` when
/// the team has ended or is none, `Invalid` on `minutes` outside [`MINUTES`].
pub fn set_target(cx: &mut Cx<'_, '_>, team: CareTeamId, target: Target) -> Result<()> {
    if !MINUTES.contains(&target.1) {
        return Err(Error::field("target_hours", "range"));
    }
    change_targets(cx, team, |targets| {
        targets.retain(|known| known.0 != target.0);
        targets.push(target);
    })
}

/// Removes the target of a category (`None` is any) at a level, so that the ordinary one counts; does
/// nothing when there is none. `NotFound` when the team has ended or is none.
pub fn remove_target(
    cx: &mut Cx<'_, '_>,
    team: CareTeamId,
    category: Option<Category>,
    level: Level,
) -> Result<()> {
    change_targets(cx, team, |targets| targets.retain(|known| known.0 != (category, level)))
}

fn change_targets(
    cx: &mut Cx<'_, '_>,
    team: CareTeamId,
    change: impl FnOnce(&mut Vec<Target>),
) -> Result<()> {
    let permit = cx.authorize::<Administer>(())?;
    let set = team_settings::get(cx.tx(), team)?.ok_or(Error::NotFound)?;
    if set.status == TeamStatus::Ended {
        return Err(Error::NotFound);
    }
    let mut targets = team_clock::list_targets(cx.tx(), team)?;
    change(&mut targets);
    Ok(team_clock::set_targets(cx.tx(), &permit, team, &targets)?)
}
