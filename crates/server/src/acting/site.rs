//! `tidings admin site`: sites, their holidays and short days, and who is on duty around the clock.

use app::admin::dates::{self, Owner};
use app::admin::safety::{self, SafetyRow};
use app::{App, admin};

use domain::calendar::{Date, Day, HolidayProblem};
use domain::ids::SiteId;
use domain::site::Safety;
use serde_json::{Value, json};
use store::organization::SiteRow;
use store::team_clock::SpecialDate;

use super::admin::{Outcome, ended, stays};
use super::find;
use crate::cli::admin::{DateSet, Holidays, OwnerOfDates, SiteAdd, SiteSet, SiteVerb, Verb};
use crate::command::Failure;

/// What texts are not checked for urgency without.
pub(super) const NEEDED: [&str; 3] = ["country", "emergency", "crisis"];
/// For an operator who switched the check on without it.
pub(super) const CHECK_NEEDS: &str = "the urgency check tells people whom to call, so it needs the \
    country, the emergency number and the crisis line of the site; set them with \
    `tidings admin site set SITE --country … --emergency … --crisis …`";

/// Carries out one command.
pub(super) fn act(app: &App, verb: SiteVerb) -> Outcome {
    match verb {
        SiteVerb::Usual(Verb::Add(new)) => add(app, new),
        SiteVerb::Usual(Verb::List(_)) => list(app, None),
        SiteVerb::Usual(Verb::Show(which)) => list(app, Some(find::site(app, &which.id)?)),
        SiteVerb::Usual(Verb::End(_)) => Err(stays("a site")),
        SiteVerb::Dates(of) => {
            let owner = owner(app, &of)?;
            let known = find::run(app, "the dates", move |cx| dates::list(cx, owner))?;
            Ok(known.dates.iter().map(date_line).collect())
        }
        SiteVerb::Date(set) => put(app, &set),
        SiteVerb::Holidays(holidays) => import(app, &holidays),
        SiteVerb::Duty(set) => {
            let (site, on) = (find::site(app, &set.site)?, set.duty == "on");
            find::run(app, "the site", move |cx| dates::set_duty(cx, site, on))?;
            Ok(json!({ "site": site.to_string(), "duty": on }))
        }
        SiteVerb::Set(set) => put_safety(app, *set),
        SiteVerb::Rules(verb) => super::site_rules::act(app, &verb),
    }
}

/// Country, numbers and switch; what is not named stays.
fn put_safety(app: &App, set: SiteSet) -> Outcome {
    let site = find::site(app, &set.site)?;
    let SafetyRow { mut safety, version, .. } =
        find::run(app, "the site", move |cx| safety::get(cx, site))?;
    let given = [
        (&mut safety.country, set.country),
        (&mut safety.emergency, set.emergency),
        (&mut safety.crisis, set.crisis),
        (&mut safety.poison, set.poison),
        (&mut safety.maternal, set.maternal),
        (&mut safety.nurse, set.nurse),
        (&mut safety.nurse_hours, set.nurse_hours),
    ];
    for (kept, given) in given {
        if let Some(text) = given {
            *kept = text;
        }
    }
    if let Some(minutes) = set.call_minutes {
        safety.call_minutes = minutes;
    }
    if let Some(switch) = set.urgency_check {
        safety.urgency_check = switch == "on";
    }
    find::run(app, "the site", move |cx| safety::set(cx, site, &safety, version))?;
    let set = find::run(app, "the site", move |cx| safety::get(cx, site))?;
    Ok(safety_line(&set.safety))
}

fn safety_line(safety: &Safety) -> Value {
    json!({
        "country": safety.country, "urgency_check": safety.urgency_check,
        "emergency": safety.emergency, "crisis": safety.crisis, "poison": safety.poison,
        "maternal": safety.maternal, "nurse": safety.nurse, "nurse_hours": safety.nurse_hours,
        "call_minutes": safety.call_minutes,
    })
}

fn owner(app: &App, of: &OwnerOfDates) -> Result<Owner, Failure> {
    match (&of.site, &of.team) {
        (Some(site), _) => Ok(Owner::Site(find::site(app, site)?)),
        (None, Some(team)) => Ok(Owner::Team(find::team(app, team)?)),
        (None, None) => Err(Failure::misused("name a site, or a team with --team")),
    }
}

fn date_line(date: &SpecialDate) -> Value {
    let hours = if date.hours.is_closed() { "closed".to_owned() } else { date.hours.to_string() };
    json!({ "day": date.day.to_string(), "hours": hours, "name": date.name })
}

fn put(app: &App, set: &DateSet) -> Outcome {
    let owner = owner(app, &set.of)?;
    let day: Date = set.day.parse().map_err(|_| {
        Failure::misused(format!("{} is no date; write it like 2026-12-24", set.day))
    })?;
    if set.remove {
        find::run(app, "the date", move |cx| dates::remove(cx, owner, day))?;
        return Ok(ended(&day.to_string()));
    }
    let hours = Day::parse(&set.hours).map_err(|_| {
        Failure::misused("hours are written like 08:00-12:00 13:00-17:00; none is closed")
    })?;
    let name = set.name.clone();
    let date = SpecialDate { day, hours: hours.clone(), name: name.clone() };
    find::run(app, "the date", move |cx| dates::put(cx, owner, day, &hours, &name))?;
    Ok(date_line(&date))
}

fn import(app: &App, holidays: &Holidays) -> Outcome {
    let owner = owner(app, &holidays.of)?;
    let text = holidays.text.clone();
    let done = find::run(app, "the calendar", move |cx| dates::import(cx, owner, &text))?;
    let left_out = |problem: &HolidayProblem| {
        json!({
            "line": problem.line, "name": problem.name, "why": problem.why.to_string(),
        })
    };
    Ok(json!({
        "added": done.added.iter().map(date_line).collect::<Value>(),
        "kept": done.kept.iter().map(date_line).collect::<Value>(),
        "left_out": done.left_out.iter().map(left_out).collect::<Value>(),
    }))
}

fn add(app: &App, new: SiteAdd) -> Outcome {
    let row = SiteRow {
        // The operation makes the site's own id.
        id: app.new_id().map_err(|error| super::said("the site", error))?,
        organization: find::organization(app, &new.organization)?,
        name: new.name,
        phone: new.phone,
        hours: new.hours,
        time_zone: new.time_zone.unwrap_or_else(|| app.settings().time_zone.clone()),
        country: new.country,
        emergency_phone: new.emergency,
        crisis_phone: new.crisis,
        nurse_phone: new.nurse,
    };
    let id = find::run(app, "the site", move |cx| admin::add_site(cx, &row))?;
    Ok(json!({ "id": id.to_string() }))
}

fn list(app: &App, only: Option<SiteId>) -> Outcome {
    let list = find::run(app, "sites", admin::list_sites)?;
    let shown = list.iter().filter(|row| only.is_none_or(|id| row.id == id));
    let mut lines = Vec::new();
    for row in shown {
        let id = row.id;
        let known = find::run(app, "the site", move |cx| safety::get(cx, id))?;
        let mut line = json!({
            "id": row.id.to_string(), "organization": row.organization.to_string(),
            "name": row.name, "phone": row.phone, "hours": row.hours,
            "time_zone": row.time_zone,
        });
        if let (Some(line), Value::Object(more)) =
            (line.as_object_mut(), safety_line(&known.safety))
        {
            line.extend(more);
        }
        lines.push(line);
    }
    Ok(lines.into_iter().collect())
}
