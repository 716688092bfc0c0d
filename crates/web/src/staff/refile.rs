//! Moving a conversation to the right patient: find the patient, see what follows, confirm with a reason.

use app::refile::{self, Named, Plan};
use app::{Error, FieldError, patient as patients};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::access::Role;
use domain::ids::{Id, PatientId, ThreadId};
use domain::message::Line;
use domain::time::Timestamp;
use serde::Deserialize;

use super::conflict::conflict;
use super::conversation::ThreadPath;
use super::patient::FindForm;
use super::{Rail, Staff, desk, see, status, with_faults, words};
use crate::error::{Fault, Result};
use crate::extract::Form;
use crate::i18n::Locale;
use crate::pages::staff::{
    ConfirmPage, ConflictKind, FindFor, FindPatientPage, FoundPatient, Hidden,
};
use crate::pages::{self, Chrome, Problem};
use crate::run::WebState;

/// `?to=…`: the patient who was chosen.
#[derive(Debug, Default, Deserialize)]
pub struct ToQuery {
    to: Option<String>,
}

/// Where the reader came from: the conversation, or its envelope at the desk.
fn back(staff: &Staff, thread: ThreadId) -> String {
    match staff.0.role() {
        Role::Desk => format!("/work/envelopes/{thread}"),
        _ => format!("/work/threads/{thread}"),
    }
}

/// `GET /work/threads/{id}/move`
pub async fn show(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<ThreadPath>,
    Query(query): Query<ToQuery>,
) -> Result<Response> {
    let thread = path.id()?;
    match query.to.as_deref() {
        None => find_page(&state, &staff, thread, staff.chrome(), FindForm::default(), None).await,
        Some(to) => {
            let to: PatientId = super::id(to)?;
            let asked = state.read(staff.actor(), move |cx| refile::plan(cx, thread, to)).await;
            match asked {
                Ok(plan) => confirm(&state, &staff, &plan, staff.chrome(), "").await,
                Err(error) => refused(&state, &staff, thread, error).await,
            }
        }
    }
}

/// The page that finds the right patient, with what is wrong with the one who was chosen.
async fn find_page(
    state: &WebState,
    staff: &Staff,
    thread: ThreadId,
    chrome: Chrome,
    form: FindForm,
    found: Option<Vec<patients::Patient>>,
) -> Result<Response> {
    let (frame, from) = state
        .read(staff.actor(), move |cx| {
            let from = refile::begin(cx, thread)?;
            Ok((app::staff::frame(cx)?, from))
        })
        .await?;
    let (locale, now) = (staff.locale(), state.app().now());
    let found = found.map(|found| {
        let others = found.iter().filter(|one| one.row.id != from.row.id);
        let row = |one: &patients::Patient| FoundPatient {
            patient: words::patient(locale, one, now),
            href: Some(format!("/work/threads/{thread}/move?to={}", one.row.id)),
        };
        others.map(row).collect()
    });
    let page = FindPatientPage {
        desk: desk(staff, &frame, Rail::On("")),
        identifier: form.identifier,
        name: form.name,
        birth_date: form.birth_date,
        found,
        purpose: Some(FindFor {
            action: format!("/work/threads/{thread}/move/find"),
            title: locale.t("staff-move-find"),
            about: locale.t1("staff-move-find-about", "name", &from.demographics.name),
            back: back(staff, thread),
        }),
        chrome,
    };
    Ok(pages::respond(status(&page.chrome), &page))
}

/// `POST /work/threads/{id}/move/find`: words searched for never stand in an address.
pub async fn find(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<ThreadPath>,
    Form(form): Form<FindForm>,
) -> Result<Response> {
    let thread = path.id()?;
    // Who may not move it does not search for it either.
    state.read(staff.actor(), move |cx| refile::begin(cx, thread).map(|_| ())).await?;
    let asked = form.clone();
    match state.read(staff.actor(), move |cx| asked.ask(cx)).await {
        Ok(found) => find_page(&state, &staff, thread, staff.chrome(), form, Some(found)).await,
        Err(Error::Invalid(faults)) => {
            let chrome = with_faults(staff.chrome(), &faults);
            find_page(&state, &staff, thread, chrome, form, None).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Why it cannot go there, on the page that finds another.
async fn refused(
    state: &WebState,
    staff: &Staff,
    thread: ThreadId,
    error: Error,
) -> Result<Response> {
    let Error::Invalid(faults) = error else { return Err(error.into()) };
    let locale = staff.locale();
    let mut chrome = staff.chrome();
    for FieldError { problem, .. } in faults {
        let known = ["same", "team", "merged", "files"].contains(&problem);
        let key =
            if known { format!("staff-move-no-{problem}") } else { "staff-fault-other".into() };
        chrome.problems.push(Problem { field: "identifier".to_owned(), text: locale.t(&key) });
    }
    find_page(state, staff, thread, chrome, FindForm::default(), None).await
}

fn names(locale: Locale, people: &[Named]) -> String {
    let people: Vec<String> = people
        .iter()
        .map(|one| match one.basis.as_str() {
            "self" => locale.t1("staff-move-own", "name", &one.name),
            basis => format!("{} ({})", one.name, words::relation(locale, basis)),
        })
        .collect();
    people.join("; ")
}

/// What follows, in sentences, before it happens.
fn consequences(locale: Locale, plan: &Plan, now: Timestamp) -> Vec<String> {
    let (from, to) = (&plan.from.demographics, &plan.to.demographics);
    let category = locale.t(&format!("staff-category-{}", plan.category.code()));
    let who = |name: &str, number: &str| {
        if number.is_empty() {
            name.to_owned()
        } else {
            locale.t2("staff-move-who", "name", name, "number", number)
        }
    };
    let what = plan.headline.clone().unwrap_or(category);
    let mut all = vec![
        locale.t2("staff-move-what", "what", what, "name", who(&from.name, &from.record_number)),
        locale.t2(
            "staff-move-to",
            "name",
            who(&to.name, &to.record_number),
            "born",
            words::patient(locale, &plan.to, now).birth_date.text,
        ),
        if plan.losing.is_empty() {
            locale.t("staff-move-loses-nobody")
        } else {
            locale.t1("staff-move-loses", "names", names(locale, &plan.losing))
        },
        if plan.gaining.is_empty() {
            locale.t("staff-move-gains-nobody")
        } else {
            locale.t1("staff-move-gains", "names", names(locale, &plan.gaining))
        },
    ];
    if !plan.leaving.is_empty() {
        let leaving = plan.leaving.join("; ");
        all.push(locale.t2("staff-move-leaving", "names", leaving, "patient", &to.name));
    }
    if !plan.foreign.is_empty() {
        let foreign = plan.foreign.join("; ");
        all.push(locale.t2("staff-move-foreign", "names", foreign, "patient", &to.name));
    }
    all.push(locale.t("staff-move-texts"));
    all.push(locale.t("staff-move-logs"));
    all
}

async fn confirm(
    state: &WebState,
    staff: &Staff,
    plan: &Plan,
    chrome: Chrome,
    reason: &str,
) -> Result<Response> {
    let frame = state.read(staff.actor(), app::staff::frame).await?;
    let locale = staff.locale();
    let thread = plan.thread;
    let hidden = |name: &str, value: String| Hidden { name: name.to_owned(), value };
    let page = ConfirmPage {
        desk: desk(staff, &frame, Rail::On("")),
        title: locale.t1("staff-move-title", "name", &plan.to.demographics.name),
        consequences: consequences(locale, plan, state.app().now()),
        action: format!("/work/threads/{thread}/move"),
        hidden: vec![hidden("to", plan.to.row.id.to_string()), hidden("seen", plan.seen.clone())],
        button: locale.t("staff-move-go"),
        grave: true,
        asks_reason: true,
        reason: reason.to_owned(),
        back: back(staff, thread),
        chrome,
    };
    Ok(pages::respond(status(&page.chrome), &page))
}

/// To whom, why, and what the page showed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MoveForm {
    #[serde(default)]
    to: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    seen: String,
    #[serde(default)]
    confirm: String,
}

/// `POST /work/threads/{id}/move`
pub async fn submit(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<ThreadPath>,
    Form(form): Form<MoveForm>,
) -> Result<Response> {
    let thread = path.id()?;
    let to = PatientId::parse(&form.to).map_err(|_| Fault::NotFound)?;
    let reason = match Line::parse(&form.reason) {
        Ok(reason) if form.confirm == "yes" => reason,
        parsed => {
            let plan = state.read(staff.actor(), move |cx| refile::plan(cx, thread, to)).await;
            let plan = match plan {
                Ok(plan) => plan,
                Err(error) => return refused(&state, &staff, thread, error).await,
            };
            let faults: Vec<FieldError> =
                parsed.err().map(|error| FieldError::text("reason", error)).into_iter().collect();
            let chrome = with_faults(staff.chrome(), &faults);
            return confirm(&state, &staff, &plan, chrome, &form.reason).await;
        }
    };
    let seen = form.seen;
    let act = move |cx: &mut app::Cx<'_, '_>| refile::refile(cx, thread, to, &reason, &seen);
    match state.write(staff.actor(), act).await {
        Ok(()) => Ok(see(&format!("{}?done=refiled", back(&staff, thread)))),
        Err(Error::Conflict(_)) => {
            let again = format!("/work/threads/{thread}/move?to={to}");
            conflict(&state, &staff, ConflictKind::Changed, Some(form.reason), again).await
        }
        Err(error) => refused(&state, &staff, thread, error).await,
    }
}
