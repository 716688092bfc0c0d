//! `/admin/sites/{id}/dates` and `/admin/teams/{id}/dates`: holidays, short days, and whether somebody
//! is on duty around the clock.

use app::admin::dates::{self, Imported, Owner};
use app::{Cx, Error};
use axum::extract::{OriginalUri, Path, Query, State};
use axum::response::Response;
use domain::calendar::{Date, Day, HolidayProblem, Unreadable};
use serde::Deserialize;

use super::{DoneQuery, PersonPath, saved};
use crate::error::{Fault, Result};
use crate::extract::Form;
use crate::i18n::{Locale, When};
use crate::pages::staff::{DateLine, DatesPage, ImportReport};
use crate::pages::{self, Chrome};
use crate::run::WebState;
use crate::staff::{Rail, Staff, desk, id, see, status, with_faults};

/// Whose dates an address is about: the part after `/admin` says it.
fn owner(uri: &OriginalUri, path: &PersonPath) -> Result<Owner> {
    match uri.path().strip_prefix("/admin/") {
        Some(rest) if rest.starts_with("sites/") => Ok(Owner::Site(id(&path.id)?)),
        Some(rest) if rest.starts_with("teams/") => Ok(Owner::Team(id(&path.id)?)),
        _ => Err(Fault::NotFound),
    }
}

fn address(owner: Owner) -> String {
    match owner {
        Owner::Site(site) => format!("/admin/sites/{site}/dates"),
        Owner::Team(team) => format!("/admin/teams/{team}/dates"),
    }
}

/// What the forms of the page post; each uses its own part.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DatesForm {
    day: String,
    hours: String,
    date_name: String,
    calendar: String,
    /// The content of a file, which goes before what was pasted.
    file: String,
    duty: bool,
}

/// `GET …/dates`
pub async fn list(
    State(state): State<WebState>,
    staff: Staff,
    uri: OriginalUri,
    Path(path): Path<PersonPath>,
    Query(query): Query<DoneQuery>,
) -> Result<Response> {
    let owner = owner(&uri, &path)?;
    page(&state, &staff, owner, saved(staff.chrome(), &query), DatesForm::default(), None).await
}

/// `POST …/dates`: a day with its hours, closed when they are empty.
pub async fn put(
    State(state): State<WebState>,
    staff: Staff,
    uri: OriginalUri,
    Path(path): Path<PersonPath>,
    Form(form): Form<DatesForm>,
) -> Result<Response> {
    let owner = owner(&uri, &path)?;
    let (day, hours, name) = (form.day.parse::<Date>(), Day::parse(&form.hours), &form.date_name);
    let name = name.clone();
    let act = move |cx: &mut Cx<'_, '_>| {
        let day = day.as_ref().map_err(|_| Error::field("day", "unknown"))?;
        let hours = hours.as_ref().map_err(|_| Error::field("hours", "hours"))?;
        dates::put(cx, owner, *day, hours, &name)
    };
    run(&state, &staff, owner, form, act).await
}

/// `POST …/dates/remove`
pub async fn remove(
    State(state): State<WebState>,
    staff: Staff,
    uri: OriginalUri,
    Path(path): Path<PersonPath>,
    Form(form): Form<DatesForm>,
) -> Result<Response> {
    let owner = owner(&uri, &path)?;
    let day = form.day.parse::<Date>();
    let act = move |cx: &mut Cx<'_, '_>| {
        let day = day.as_ref().map_err(|_| Error::field("day", "unknown"))?;
        dates::remove(cx, owner, *day)
    };
    run(&state, &staff, owner, form, act).await
}

/// `POST /admin/sites/{id}/duty`
pub async fn duty(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<PersonPath>,
    Form(form): Form<DatesForm>,
) -> Result<Response> {
    let (site, has_duty) = (id(&path.id)?, form.duty);
    let act = move |cx: &mut Cx<'_, '_>| dates::set_duty(cx, site, has_duty);
    run(&state, &staff, Owner::Site(site), form, act).await
}

/// `POST …/dates/import`: the holidays of an iCalendar text; the page says what came of it.
pub async fn import(
    State(state): State<WebState>,
    staff: Staff,
    uri: OriginalUri,
    Path(path): Path<PersonPath>,
    Form(form): Form<DatesForm>,
) -> Result<Response> {
    let owner = owner(&uri, &path)?;
    let chosen = if form.file.trim().is_empty() { &form.calendar } else { &form.file };
    let text = chosen.clone();
    match state.write(staff.actor(), move |cx| dates::import(cx, owner, &text)).await {
        Ok(done) => {
            let form = DatesForm::default();
            page(&state, &staff, owner, staff.chrome(), form, Some(done)).await
        }
        Err(Error::Invalid(faults)) => {
            let chrome = with_faults(staff.chrome(), &faults);
            page(&state, &staff, owner, chrome, form, None).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn run<F>(
    state: &WebState,
    staff: &Staff,
    owner: Owner,
    form: DatesForm,
    act: F,
) -> Result<Response>
where
    F: for<'t> Fn(&mut Cx<'_, 't>) -> app::Result<()> + Send + Sync + 'static,
{
    // Whoever may not administer learns nothing of the fields.
    state.read(staff.actor(), move |cx| dates::list(cx, owner)).await?;
    match state.write(staff.actor(), act).await {
        Ok(()) => Ok(see(&format!("{}?done=saved", address(owner)))),
        Err(Error::Invalid(faults)) => {
            let chrome = with_faults(staff.chrome(), &faults);
            page(state, staff, owner, chrome, form, None).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn page(
    state: &WebState,
    staff: &Staff,
    owner: Owner,
    chrome: Chrome,
    form: DatesForm,
    done: Option<Imported>,
) -> Result<Response> {
    let (frame, known) = state
        .read(staff.actor(), move |cx| Ok((app::staff::frame(cx)?, dates::list(cx, owner)?)))
        .await?;
    let locale = staff.locale();
    let (back, list, rail) = match owner {
        Owner::Site(_) => {
            let list = locale.t("staff-sites-title");
            ("/admin/sites".to_owned(), list, "/admin/sites")
        }
        Owner::Team(team) => (format!("/admin/teams/{team}"), known.name.clone(), "/admin/teams"),
    };
    let lines = known.dates.iter().map(|date| DateLine {
        day: day_of(locale, date.day),
        hours: date.hours.to_string(),
        name: date.name.clone(),
    });
    let page = DatesPage {
        desk: desk(staff, &frame, Rail::On(rail)),
        address: address(owner),
        back: (back, list),
        of_team: matches!(owner, Owner::Team(_)),
        dates: lines.collect(),
        day: form.day,
        hours: form.hours,
        date_name: form.date_name,
        calendar: form.calendar,
        duty: match owner {
            Owner::Site(site) => known.has_duty.map(|on| (format!("/admin/sites/{site}/duty"), on)),
            Owner::Team(_) => None,
        },
        report: done.map(|done| report(locale, &done)),
        title: known.name,
        chrome,
    };
    Ok(pages::respond(status(&page.chrome), &page))
}

/// "Friday, December 25, 2026".
fn day_of(locale: Locale, date: Date) -> When {
    let weekday = locale.t(&format!("weekday-{}", date.weekday().to_monday_one_offset()));
    let month = locale.t(&format!("month-{}", date.month()));
    let text = locale.t_args(
        "date-weekday-year",
        &[
            ("weekday", &weekday),
            ("month", &month),
            ("day", &i32::from(date.day())),
            ("year", &date.year().to_string()),
        ],
    );
    When { iso: date.to_string(), text }
}

fn report(locale: Locale, done: &Imported) -> ImportReport {
    let count = |list: usize| u64::try_from(list).unwrap_or(u64::MAX);
    ImportReport {
        added: count(done.added.len()),
        kept: count(done.kept.len()),
        left_out: done.left_out.iter().map(|problem| left_out(locale, problem)).collect(),
    }
}

/// "Line 12, Office party: it has a time of day."
fn left_out(locale: Locale, problem: &HolidayProblem) -> String {
    let why = locale.t(match problem.why {
        Unreadable::Start => "staff-ical-start",
        Unreadable::TimeOfDay => "staff-ical-time",
        Unreadable::End => "staff-ical-end",
        Unreadable::Rule => "staff-ical-rule",
    });
    let line = u64::try_from(problem.line).unwrap_or(u64::MAX);
    let name: String = problem.name.chars().filter(|c| !c.is_control()).take(200).collect();
    locale.t_args("staff-ical-left-out", &[("line", &line), ("name", &name), ("why", &why)])
}
