//! `tidings admin roster`: who of a team is on duty when.

use app::roster::{self, Roster};
use app::{App, Cx, Error};
use domain::calendar::Day;
use domain::ids::CareTeamId;
use domain::roster::{On, Shift};
use serde_json::{Value, json};

use super::admin::Outcome;
use super::find;
use crate::cli::admin::{RosterSet, RosterVerb};
use crate::command::Failure;

/// Why a shift of a weekday needs hours.
pub(super) const NEVER: &str =
    "a weekday needs hours, such as \"08:00-17:00\"; take the day away with --remove";

/// Carries out one command.
pub(super) fn act(app: &App, verb: RosterVerb) -> Outcome {
    match verb {
        RosterVerb::Show(which) => {
            let team = find::team(app, &which.id)?;
            show(app, team)
        }
        RosterVerb::Set(set) => put(app, &set),
    }
}

fn show(app: &App, team: CareTeamId) -> Outcome {
    let known = find::run(app, "the roster", move |cx| roster::view(cx, team))?;
    Ok(of(team, &known))
}

fn of(team: CareTeamId, roster: &Roster) -> Value {
    let shifts: Vec<Value> = roster
        .shifts
        .iter()
        .map(|shift| {
            json!({
                "person": shift.person.to_string(), "name": shift.name,
                "day": shift.on.to_string(), "hours": shift.hours.to_string(),
            })
        })
        .collect();
    json!({
        "team": team.to_string(), "name": roster.team, "shifts": shifts, "on_duty": roster.on_duty,
    })
}

/// Sets the hours of a day: what was entered for it goes first, in the same transaction.
fn put(app: &App, set: &RosterSet) -> Outcome {
    let team = find::team(app, &set.team)?;
    let person = find::person(app, &set.person)?;
    let on = On::parse(&set.day).ok_or_else(|| {
        Failure::misused(format!(
            "{} is no day: give mon to sun, or a date such as 2026-12-24",
            set.day
        ))
    })?;
    let hours = Day::parse(&set.hours).map_err(|_| {
        Failure::misused("hours are written like \"08:00-12:00 13:00-17:00\", each ending later")
    })?;
    let remove = set.remove;
    find::run(app, "the roster", move |cx: &mut Cx<'_, '_>| {
        match roster::remove(cx, team, person, on) {
            Ok(()) => {}
            Err(Error::NotFound) if !remove => {}
            Err(error) => return Err(error),
        }
        if remove {
            return Ok(());
        }
        roster::add(cx, team, &Shift { person, on, hours: hours.clone() })
    })?;
    show(app, team)
}
