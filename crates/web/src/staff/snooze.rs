//! Putting work off until a moment, and taking it back.

use app::{Error, snooze};
use axum::extract::{Path, State};
use axum::response::Response;
use domain::snooze::{Until, moment};
use domain::time::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::Staff;
use super::acts::{ActForm, refused, run};
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

impl SnoozeForm {
    /// The choice; `None` when it is none, or no date.
    fn until(&self) -> Option<Until> {
        match self.until.as_str() {
            "today" => Some(Until::LaterToday),
            "tomorrow" => Some(Until::Tomorrow),
            "monday" => Some(Until::Monday),
            "date" => self.date.trim().parse().ok().map(Until::Date),
            _ => None,
        }
    }
}

/// `POST …/snooze`
pub async fn put_off(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<ThreadPath>,
    Form(form): Form<SnoozeForm>,
) -> Result<Response> {
    let (id, version) = (path.id()?, form.version);
    let frame = state.read(staff.actor(), app::staff::frame).await?;
    let zone = match frame.teams.first() {
        Some(team) => &team.time_zone,
        None => &state.app().settings().time_zone,
    };
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let at = |until| -> Option<Timestamp> { moment(until, state.app().now(), &zone) };
    let Some(until) = form.until().and_then(at) else {
        let error = Error::field("snooze", "empty");
        return refused(&state, &staff, id, &form.list, error).await;
    };
    let act = move |cx: &mut app::Cx<'_, '_>| snooze::put_off(cx, id, until, version);
    run(&state, &staff, id, &form.list, "snoozed", act).await
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
    run(&state, &staff, id, &form.list, "unsnoozed", act).await
}
