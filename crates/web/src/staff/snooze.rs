//! Putting work off until a moment, and taking it back.

use app::{Error, snooze};
use axum::extract::{Path, State};
use axum::response::Response;
use domain::snooze::{Until, moment};
use domain::time::Timestamp;
use domain::work_act::ActKind;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::Staff;
use super::acts::{ActForm, refused, run_undoable};
use super::conversation::ThreadPath;
use crate::error::Result;
use crate::extract::Form;
use crate::run::WebState;

/// Until when.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SnoozeForm {
    #[serde(default)]
    until: String,
    #[serde(default)]
    date: String,
    version: Option<i64>,
    #[serde(default)]
    list: String,
}

/// `POST …/snooze`
pub async fn put_off(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<ThreadPath>,
    Form(form): Form<SnoozeForm>,
) -> Result<Response> {
    let (id, version) = (path.id()?, form.version);
    let Some(until) = moment_of(&state, &staff, &form.until, &form.date).await? else {
        let error = Error::field("snooze", "empty");
        return refused(&state, &staff, id, &form.list, error).await;
    };
    let act = move |cx: &mut app::Cx<'_, '_>| snooze::put_off(cx, id, until, version);
    run_undoable(&state, &staff, id, &form.list, ("snoozed", ActKind::Snooze), act).await
}

/// The moment that a choice and a day mean where the reader is; `None` when the choice is none, or no date.
pub(super) async fn moment_of(
    state: &WebState,
    staff: &Staff,
    until: &str,
    date: &str,
) -> Result<Option<Timestamp>> {
    let frame = state.read(staff.actor(), app::staff::frame).await?;
    let zone = match frame.teams.first() {
        Some(team) => &team.time_zone,
        None => &state.app().settings().time_zone,
    };
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    Ok(chosen(until, date).and_then(|until| moment(until, state.app().now(), &zone)))
}

/// The choice; `None` when it is none, or no date.
fn chosen(until: &str, date: &str) -> Option<Until> {
    match until {
        "today" => Some(Until::LaterToday),
        "tomorrow" => Some(Until::Tomorrow),
        "monday" => Some(Until::Monday),
        "date" => date.trim().parse().ok().map(Until::Date),
        _ => None,
    }
}

/// `POST …/unsnooze`
pub async fn take_back(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<ThreadPath>,
    Form(form): Form<ActForm>,
) -> Result<Response> {
    let (id, version) = (path.id()?, form.version);
    let act = move |cx: &mut app::Cx<'_, '_>| snooze::take_back(cx, id, version);
    run_undoable(&state, &staff, id, &form.list, ("unsnoozed", ActKind::Unsnooze), act).await
}
