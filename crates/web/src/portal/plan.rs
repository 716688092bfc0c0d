//! `/plan` and `/for/{patient}/plan`: from which numbers on the patient tells the team.

use app::plan_limit;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;

use super::subject::Subject;
use super::words::{safety_of, site_time};
use crate::error::Result;
use crate::pages::plan::{Plan, PlanLine};
use crate::pages::{self, Place};
use crate::run::WebState;

/// `GET /plan`
pub async fn show(State(state): State<WebState>, subject: Subject) -> Result<Response> {
    let patient = subject.patient;
    let (limits, team) = state
        .read(&subject.session.actor, move |cx| {
            Ok((plan_limit::list(cx, patient)?, plan_limit::team_to_call(cx, patient)?))
        })
        .await?;
    let chrome = subject.chrome(Place::Elsewhere);
    let (locale, time) = (chrome.locale, site_time(&state));
    let page = Plan {
        whose: subject.helps().then(|| subject.name.clone()),
        limits: limits
            .into_iter()
            .map(|limit| PlanLine {
                text: crate::plan::line(locale, &limit.limit),
                by: limit.set_by_name,
                since: time.day(locale, limit.from.micros()),
            })
            .collect(),
        safety: safety_of(&state, team.as_ref()),
        chrome,
    };
    Ok(pages::respond(StatusCode::OK, &page))
}
