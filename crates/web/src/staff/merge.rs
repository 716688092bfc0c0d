//! Joining two conversations of one patient: choose the other, see what follows, confirm.

use app::merge::{self, Plan};
use app::{Error, FieldError};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::ids::{Id, ThreadId};
use http::StatusCode;
use serde::Deserialize;

use super::conflict::conflict;
use super::conversation::ThreadPath;
use super::{Rail, Staff, desk, see};
use crate::error::{Fault, Result};
use crate::extract::Form;
use crate::pages;
use crate::pages::staff::{ConfirmPage, ConflictKind, Hidden, MergeLine, MergePage};
use crate::run::WebState;

/// `?into=…`: the conversation that was chosen.
#[derive(Debug, Default, Deserialize)]
pub struct IntoQuery {
    into: Option<String>,
}

/// `GET /work/threads/{id}/merge`
pub async fn show(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<ThreadPath>,
    Query(query): Query<IntoQuery>,
) -> Result<Response> {
    let from = path.id()?;
    if let Some(into) = query.into.as_deref() {
        let into: ThreadId = super::id(into)?;
        let plan = state.read(staff.actor(), move |cx| merge::plan(cx, from, into)).await;
        return match plan {
            Ok(plan) => confirm(&state, &staff, &plan).await,
            Err(error) => refused(&state, &staff, from, error).await,
        };
    }
    let (frame, found) = state
        .read(staff.actor(), move |cx| {
            let found = merge::candidates(cx, from)?;
            Ok((app::staff::frame(cx)?, found))
        })
        .await?;
    let (locale, time) = (staff.locale(), staff.time(&state, &frame));
    let rows = found.into_iter().map(|one| MergeLine {
        href: format!("/work/threads/{from}/merge?into={}", one.thread),
        headline: one.headline,
        team: one.team,
        began: time.short(locale, one.created_at.micros()),
    });
    let page = MergePage {
        chrome: staff.chrome(),
        desk: desk(&staff, &frame, Rail::On("")),
        rows: rows.collect(),
        back: format!("/work/threads/{from}"),
    };
    Ok(pages::respond(StatusCode::OK, &page))
}

async fn confirm(state: &WebState, staff: &Staff, plan: &Plan) -> Result<Response> {
    let frame = state.read(staff.actor(), app::staff::frame).await?;
    let (locale, time) = (staff.locale(), staff.time(state, &frame));
    let (from, into) = (&plan.from, &plan.into);
    let began = |at: domain::time::Timestamp| time.short(locale, at.micros()).text;
    let named = |key: &str, one: &merge::Candidate| {
        let team = locale.t2("staff-merge-named", "headline", &one.headline, "team", &one.team);
        locale.t2(key, "what", team, "date", began(one.created_at))
    };
    let hidden = |name: &str, value: String| Hidden { name: name.to_owned(), value };
    let page = ConfirmPage {
        chrome: staff.chrome(),
        desk: desk(staff, &frame, Rail::On("")),
        title: locale.t("staff-merge-title"),
        consequences: vec![
            named("staff-merge-from", from),
            named("staff-merge-into", into),
            locale.t("staff-merge-readers"),
            locale.t("staff-merge-work"),
            locale.t("staff-merge-texts"),
            locale.t("staff-merge-no-undo"),
        ],
        action: format!("/work/threads/{}/merge", from.thread),
        hidden: vec![hidden("into", into.thread.to_string()), hidden("seen", plan.seen.clone())],
        button: locale.t("staff-merge-go"),
        grave: true,
        asks_reason: false,
        reason: String::new(),
        back: format!("/work/threads/{}", from.thread),
    };
    Ok(pages::respond(StatusCode::OK, &page))
}

/// Into which, and what the page showed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MergeForm {
    #[serde(default)]
    into: String,
    #[serde(default)]
    seen: String,
    #[serde(default)]
    confirm: String,
}

/// `POST /work/threads/{id}/merge`
pub async fn submit(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<ThreadPath>,
    Form(form): Form<MergeForm>,
) -> Result<Response> {
    let from = path.id()?;
    let into = ThreadId::parse(&form.into).map_err(|_| Fault::NotFound)?;
    if form.confirm != "yes" {
        return Ok(see(&format!("/work/threads/{from}/merge?into={into}")));
    }
    let seen = form.seen;
    match state.write(staff.actor(), move |cx| merge::merge(cx, from, into, &seen)).await {
        Ok(()) => Ok(see(&format!("/work/threads/{into}?done=merged"))),
        Err(error) => refused(&state, &staff, from, error).await,
    }
}

async fn refused(
    state: &WebState,
    staff: &Staff,
    from: ThreadId,
    error: Error,
) -> Result<Response> {
    match error {
        Error::Conflict(_) => {
            let back = format!("/work/threads/{from}/merge");
            conflict(state, staff, ConflictKind::Changed, None, back).await
        }
        Error::Invalid(faults) => {
            let named = faults.into_iter();
            let named = named.map(|fault| FieldError { field: "merge_into", ..fault });
            Err(Fault::Invalid(named.collect()))
        }
        error => Err(error.into()),
    }
}
