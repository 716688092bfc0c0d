//! `/admin/teams/{id}/roster`: who of a team is on duty when, for administrators and the team's leads.

use app::{Error, FieldError, roster};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::calendar::{DAY_CODES, Day};
use domain::ids::{CareTeamId, Id as _, PersonId};
use domain::roster::{On, Shift};
use serde::Deserialize;

use super::{Rail, Staff, desk, id, see, status, with_faults};
use crate::error::Result;
use crate::extract::Form;
use crate::i18n::{Locale, calendar_date};
use crate::pages::staff::{Choice, RosterPage, RosterRow};
use crate::pages::{self, Chrome, Flash, FlashKind};
use crate::run::WebState;

/// What the choice of a date instead of a weekday posts.
const DATE: &str = "date";

/// The address of a team's roster.
pub(super) fn address(team: CareTeamId) -> String {
    format!("/admin/teams/{team}/roster")
}

/// "On duty now: …"; none without a roster.
pub(super) fn words(locale: Locale, names: Option<&[String]>) -> Option<String> {
    Some(match names? {
        [] => locale.t("staff-on-duty-nobody"),
        names => locale.t1("staff-on-duty", "names", names.join(", ")),
    })
}

/// The team of the address.
#[derive(Debug, Deserialize)]
pub struct RosterPath {
    id: String,
}

/// `?done=…`
#[derive(Debug, Default, Deserialize)]
pub struct RosterQuery {
    done: Option<String>,
}

/// What the forms of the page post: a shift to be added, or the one to be taken away.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RosterForm {
    person: String,
    day: String,
    date: String,
    hours: String,
}

impl RosterForm {
    fn on(&self) -> app::Result<On> {
        let day = if self.day == DATE { &self.date } else { &self.day };
        On::parse(day.trim()).ok_or_else(|| Error::field("day", "unknown"))
    }

    fn person(&self) -> app::Result<PersonId> {
        PersonId::parse(&self.person).map_err(|_| Error::field("person", "unknown"))
    }

    fn shift(&self) -> app::Result<Shift> {
        let hours = Day::parse(&self.hours).map_err(|_| Error::field("hours", "hours"))?;
        Ok(Shift { person: self.person()?, on: self.on()?, hours })
    }
}

/// `GET /admin/teams/{id}/roster`
pub async fn show(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<RosterPath>,
    Query(query): Query<RosterQuery>,
) -> Result<Response> {
    let mut chrome = staff.chrome();
    if query.done.is_some() {
        let text = chrome.t("staff-done-saved");
        chrome.flash = Some(Flash { kind: FlashKind::Good, text, undo: None });
    }
    page(&state, &staff, id(&path.id)?, chrome, RosterForm::default()).await
}

/// `POST /admin/teams/{id}/roster`
pub async fn add(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<RosterPath>,
    Form(form): Form<RosterForm>,
) -> Result<Response> {
    let team: CareTeamId = id(&path.id)?;
    // Whoever may not keep it learns nothing of the fields.
    state.read(staff.actor(), move |cx| roster::view(cx, team)).await?;
    let added = match form.shift() {
        Ok(shift) => state.write(staff.actor(), move |cx| roster::add(cx, team, &shift)).await,
        Err(error) => Err(error),
    };
    done(&state, &staff, team, added, form).await
}

/// `POST /admin/teams/{id}/roster/remove`
pub async fn remove(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<RosterPath>,
    Form(form): Form<RosterForm>,
) -> Result<Response> {
    let team: CareTeamId = id(&path.id)?;
    state.read(staff.actor(), move |cx| roster::view(cx, team)).await?;
    let removed = match form.person().and_then(|person| Ok((person, form.on()?))) {
        Ok((person, on)) => {
            state.write(staff.actor(), move |cx| roster::remove(cx, team, person, on)).await
        }
        Err(error) => Err(error),
    };
    done(&state, &staff, team, removed, form).await
}

async fn done(
    state: &WebState,
    staff: &Staff,
    team: CareTeamId,
    set: app::Result<()>,
    form: RosterForm,
) -> Result<Response> {
    match set {
        Ok(()) => Ok(see(&format!("{}?done=saved", address(team)))),
        Err(Error::Invalid(faults)) => {
            let named = |fault: &FieldError| match fault.field {
                "day" => FieldError { field: "roster_day", ..fault.clone() },
                "hours" => FieldError { field: "roster_hours", ..fault.clone() },
                _ => fault.clone(),
            };
            let faults: Vec<FieldError> = faults.iter().map(named).collect();
            page(state, staff, team, with_faults(staff.chrome(), &faults), form).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn page(
    state: &WebState,
    staff: &Staff,
    team: CareTeamId,
    chrome: Chrome,
    form: RosterForm,
) -> Result<Response> {
    let (frame, known) = state
        .read(staff.actor(), move |cx| Ok((app::staff::frame(cx)?, roster::view(cx, team)?)))
        .await?;
    let locale = staff.locale();
    let administers = staff.0.role() == domain::access::Role::Administrator;
    let (rail, back) = if administers {
        ("/admin/teams", format!("/admin/teams/{team}"))
    } else {
        ("", format!("/work?team={team}"))
    };
    let has_roster = !known.shifts.is_empty();
    let rows = known.shifts.into_iter().map(|shift| RosterRow {
        day: match shift.on {
            On::Weekday(day) => locale.t(&format!("weekday-{}", day.to_monday_one_offset())),
            On::Date(date) => calendar_date(locale, &date.to_string()).text,
        },
        hours: if shift.hours.is_closed() {
            locale.t("staff-roster-off")
        } else {
            shift.hours.to_string()
        },
        value: shift.on.to_string(),
        person: shift.person.to_string(),
        name: shift.name,
    });
    let weekdays = (1..).zip(DAY_CODES).map(|(n, code)| (code, format!("weekday-{n}")));
    let days = weekdays.chain(std::iter::once((DATE, "staff-roster-date".to_owned())));
    let page = RosterPage {
        desk: desk(staff, &frame, Rail::On(rail)),
        back,
        team: known.team,
        action: address(team),
        on_duty: words(locale, has_roster.then_some(known.on_duty.as_slice())),
        rows: rows.collect(),
        people: known
            .members
            .into_iter()
            .map(|(person, name)| choice(person.to_string(), name, &form.person))
            .collect(),
        days: days.map(|(code, key)| choice(code.to_owned(), locale.t(&key), &form.day)).collect(),
        date: form.date,
        hours: form.hours,
        chrome,
    };
    Ok(pages::respond(status(&page.chrome), &page))
}

fn choice(value: String, text: String, chosen: &str) -> Choice {
    Choice { chosen: value == chosen, value, text }
}
