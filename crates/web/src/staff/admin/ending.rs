//! `/admin/teams/{id}/end`: what ending a team would do, what stops it, and doing it.

use app::Error;
use app::admin::ending::{self, Plan};
use axum::extract::{Path, State};
use axum::response::Response;
use domain::care_team::TeamStatus;
use domain::ids::CareTeamId;
use http::StatusCode;
use serde::Deserialize;

use super::PersonPath;
use crate::error::Result;
use crate::extract::Form;
use crate::i18n::Locale;
use crate::pages::staff::TeamEndPage;
use crate::pages::{self, Flash, FlashKind};
use crate::run::WebState;
use crate::staff::{Rail, Staff, desk, id, see};

/// Portions of what it leaves that are moved before the page answers; a worker moves the rest.
const PORTIONS: usize = 10;

/// `GET …/end`
pub async fn show(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<PersonPath>,
) -> Result<Response> {
    page(&state, &staff, id(&path.id)?, StatusCode::OK).await
}

/// What the page posts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndForm {
    #[serde(default)]
    confirm: String,
    /// The team that takes over, as the page said; empty for none.
    #[serde(default)]
    to: String,
}

/// `POST …/end`
pub async fn end(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<PersonPath>,
    Form(form): Form<EndForm>,
) -> Result<Response> {
    let team: CareTeamId = id(&path.id)?;
    if form.confirm != "yes" {
        return page(&state, &staff, team, StatusCode::OK).await;
    }
    let said = form.to.clone();
    let done = state
        .write(staff.actor(), move |cx| {
            let plan = ending::plan(cx, team)?;
            if plan.to.as_ref().map(|to| to.id.to_string()).unwrap_or_default() != said {
                return Err(Error::Conflict(app::error::Conflict::Changed));
            }
            ending::end(cx, team)
        })
        .await;
    match done {
        Ok(_) => {}
        Err(Error::Invalid(_) | Error::Conflict(_)) => {
            return page(&state, &staff, team, StatusCode::CONFLICT).await;
        }
        // A second press, after it has ended and nothing is left.
        Err(Error::NotFound) => return Ok(see(&format!("/admin/teams/{team}"))),
        Err(error) => return Err(error.into()),
    }
    for _ in 0..PORTIONS {
        if state.write(staff.actor(), move |cx| ending::move_some(cx, team)).await?.is_nothing() {
            break;
        }
    }
    Ok(see(&format!("/admin/teams/{team}#ended")))
}

async fn page(
    state: &WebState,
    staff: &Staff,
    team: CareTeamId,
    status: StatusCode,
) -> Result<Response> {
    let (frame, plan) = state
        .read(staff.actor(), move |cx| Ok((app::staff::frame(cx)?, ending::plan(cx, team)?)))
        .await?;
    let locale = staff.locale();
    let mut chrome = staff.chrome();
    if status == StatusCode::CONFLICT {
        let text = locale.t("staff-team-end-changed");
        chrome.flash = Some(Flash { kind: FlashKind::Attention, text, undo: None });
    }
    let name = &plan.known.team.name;
    let finishes = plan.known.status == TeamStatus::Ended;
    let key = if finishes { "staff-team-end-finish-title" } else { "staff-team-end-title" };
    let stop = |stop: &ending::Stop| locale.t(&format!("staff-team-end-stop-{}", stop.code()));
    let page = TeamEndPage {
        desk: desk(staff, &frame, Rail::On("/admin/teams")),
        team: format!("/admin/teams/{team}"),
        name: name.clone(),
        title: locale.t1(key, "team", name),
        follows: sentences(locale, &plan),
        stops: plan.stops.iter().map(stop).collect(),
        to: plan.to.as_ref().map(|to| to.id.to_string()).unwrap_or_default(),
        button: locale.t(if finishes { "staff-team-end-rest" } else { "staff-team-end-go" }),
        chrome,
    };
    Ok(pages::respond(status, &page))
}

/// What follows from it, in sentences.
fn sentences(locale: Locale, plan: &Plan) -> Vec<String> {
    let (name, open, calls) = (&plan.known.team.name, plan.open, plan.calls);
    let mut said = Vec::new();
    let to = plan.to.as_ref().map(|to| to.name.as_str());
    said.push(match to {
        Some(to) if plan.succeeds => locale.t1("staff-team-end-successor", "to", to),
        Some(to) => locale.t1("staff-team-end-desk", "to", to),
        None => locale.t("staff-team-end-nobody"),
    });
    said.push(locale.t1("staff-team-end-open", "n", open));
    if calls > 0 {
        said.push(locale.t1("staff-team-end-calls", "n", calls));
    }
    if plan.patients > 0 {
        let (n, to) = (plan.patients, to.unwrap_or_default());
        said.push(if plan.succeeds {
            locale.t2("staff-team-end-patients", "n", n, "to", to)
        } else {
            locale.t1("staff-team-end-patients-left", "n", n)
        });
    }
    if let Some(to) = to {
        if open > 0 {
            said.push(locale.t1("staff-team-end-told", "to", to));
        }
        said.push(locale.t1("staff-team-end-old", "to", to));
    }
    if !plan.followed.is_empty() {
        said.push(locale.t1("staff-team-end-followed", "names", plan.followed.join(", ")));
    }
    said.push(locale.t1("staff-team-end-for-good", "team", name));
    said
}

/// What became of what a team left, in sentences.
pub(super) fn became(locale: Locale, left: &ending::Left) -> Vec<String> {
    let Some(to) = &left.to else { return vec![locale.t("staff-team-ended-nobody")] };
    let mut said = vec![
        locale.t1("staff-team-ended-to", "to", to),
        locale.t1("staff-team-ended-gone", "n", left.gone),
    ];
    if left.waiting > 0 {
        said.push(locale.t1("staff-team-ended-waiting", "n", left.waiting));
    }
    said
}
