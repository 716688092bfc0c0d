//! Dates whose hours differ from the week's: holidays and short days of a site or of one team, and
//! whether somebody is on duty around the clock.
//!
//! A team's own date wins over its site's. Deliberately absent: what a holiday is called elsewhere; the
//! names are kept as they were typed or as the file gives them.

use domain::calendar::{Date, Day, HolidayProblem, holidays};
use domain::ids::{CareTeamId, Id as _, SiteId};
use domain::time::Timestamp;
use jiff::ToSpan as _;
use store::access::{Administer, Permit};
use store::organization;
use store::team_clock::{self, SpecialDate};
use store::team_settings;
use uuid::Uuid;

use super::{TEXT_MAX, line_or_empty, one};
use crate::cx::Cx;
use crate::error::{Error, FieldError, Result};

/// The longest iCalendar text taken, in bytes.
pub const CALENDAR_MAX: usize = 200_000;
/// How far ahead a date may lie, in years: what an import brings, and what is typed.
const YEARS: i64 = 3;

/// Whose dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// All teams of a site.
    Site(SiteId),
    /// One team.
    Team(CareTeamId),
}

impl Owner {
    fn uuid(self) -> Uuid {
        match self {
            Self::Site(site) => site.as_uuid(),
            Self::Team(team) => team.as_uuid(),
        }
    }
}

/// The dates of a site or a team.
#[derive(Debug, Clone)]
pub struct Dates {
    /// The site's or team's name.
    pub name: String,
    /// The date there now.
    pub today: Date,
    /// From today on, in order.
    pub dates: Vec<SpecialDate>,
    /// Whether somebody is on duty around the clock, for a site.
    pub has_duty: Option<bool>,
}

/// The name and the time zone of a site or of a team that has not ended.
fn place_of(cx: &mut Cx<'_, '_>, owner: Owner) -> Result<(String, String)> {
    match owner {
        Owner::Site(site) => {
            let row = organization::get_site(cx.tx(), site)?.ok_or(Error::NotFound)?;
            Ok((row.name, row.time_zone))
        }
        Owner::Team(team) => {
            let set = team_settings::get(cx.tx(), team)?.ok_or(Error::NotFound)?;
            let row = super::list_teams(cx)?.into_iter().find(|(row, _)| row.id == team);
            let (row, _) = row
                .filter(|_| set.status != domain::care_team::TeamStatus::Ended)
                .ok_or(Error::NotFound)?;
            Ok((row.name, row.time_zone))
        }
    }
}

fn date_at(now: Timestamp, zone: &str) -> Result<Date> {
    let zone = jiff::tz::TimeZone::get(zone).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(zone.to_datetime(now.to_jiff()).date())
}

/// The dates from today on. `NotFound` when there is no such site or team, or it has ended.
pub fn list(cx: &mut Cx<'_, '_>, owner: Owner) -> Result<Dates> {
    cx.authorize::<Administer>(())?;
    let (name, zone) = place_of(cx, owner)?;
    let today = date_at(cx.now(), &zone)?;
    let mut dates = team_clock::list_dates(cx.tx(), owner.uuid())?;
    dates.retain(|date| date.day >= today);
    let has_duty = match owner {
        Owner::Site(site) => Some(team_clock::has_duty(cx.tx(), site)?),
        Owner::Team(_) => None,
    };
    Ok(Dates { name, today, dates, has_duty })
}

/// Sets the hours of a date (closed when empty), in place of what it had. `NotFound` as [`list`];
/// `Invalid` on `day` when it has passed or lies more than three years ahead, and on `name`.
pub fn put(cx: &mut Cx<'_, '_>, owner: Owner, day: Date, hours: &Day, name: &str) -> Result<()> {
    let permit = cx.authorize::<Administer>(())?;
    let today = list(cx, owner)?.today;
    if day < today || day > last_day(today) {
        return Err(Error::field("day", "range"));
    }
    let name = line_or_empty("date_name", name)?;
    let date = SpecialDate { day, hours: hours.clone(), name };
    team_clock::put_date(cx.tx(), &permit, owner.uuid(), &date)?;
    followed(cx, &permit, owner)
}

/// Removes a date, so that the week's hours count. `NotFound` as [`list`], and when it is not set.
pub fn remove(cx: &mut Cx<'_, '_>, owner: Owner, day: Date) -> Result<()> {
    let permit = cx.authorize::<Administer>(())?;
    place_of(cx, owner)?;
    if !team_clock::remove_date(cx.tx(), &permit, owner.uuid(), day)? {
        return Err(Error::NotFound);
    }
    followed(cx, &permit, owner)
}

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// Days that are closed now and were not set before.
    pub added: Vec<SpecialDate>,
    /// Days that were set already and stay as they are.
    pub kept: Vec<SpecialDate>,
    /// Events that were left out.
    pub left_out: Vec<HolidayProblem>,
}

/// Closes the holidays of an iCalendar text (RFC 5545) from today on, three years ahead. A date that is
/// set already stays as it is. All of it or nothing. `NotFound` as [`list`]; `Invalid` on `calendar` when
/// it is longer than [`CALENDAR_MAX`] or holds no event that can be read or is to come.
pub fn import(cx: &mut Cx<'_, '_>, owner: Owner, text: &str) -> Result<Imported> {
    let permit = cx.authorize::<Administer>(())?;
    let known = list(cx, owner)?;
    if text.len() > CALENDAR_MAX {
        let max = Some(CALENDAR_MAX);
        return Err(Error::Invalid(vec![FieldError {
            field: "calendar",
            problem: "too-long",
            max,
        }]));
    }
    let (found, left_out) = holidays(text, known.today, last_day(known.today));
    if found.is_empty() && left_out.is_empty() {
        return Err(Error::field("calendar", "no-events"));
    }
    let mut done = Imported { left_out, ..Imported::default() };
    for holiday in found {
        if let Some(date) = known.dates.iter().find(|date| date.day == holiday.date) {
            done.kept.push(date.clone());
            continue;
        }
        let name = holiday.name.chars().filter(|c| !c.is_control()).take(TEXT_MAX).collect();
        let date = SpecialDate { day: holiday.date, hours: Day::default(), name };
        team_clock::put_date(cx.tx(), &permit, owner.uuid(), &date)?;
        done.added.push(date);
    }
    if !done.added.is_empty() {
        followed(cx, &permit, owner)?;
    }
    Ok(done)
}

/// Says whether somebody is on duty around the clock at a site: then what is due now runs in wall time.
/// `NotFound` when there is no such site.
pub fn set_duty(cx: &mut Cx<'_, '_>, site: SiteId, has_duty: bool) -> Result<()> {
    let permit = cx.authorize::<Administer>(())?;
    one(team_clock::set_duty(cx.tx(), &permit, site, has_duty))
}

fn last_day(today: Date) -> Date {
    today.checked_add(YEARS.years()).unwrap_or(Date::MAX)
}

fn followed<'t>(cx: &mut Cx<'_, 't>, permit: &Permit<'t, Administer>, owner: Owner) -> Result<()> {
    team_clock::changed(cx.tx(), permit, owner.uuid())?;
    Ok(())
}
