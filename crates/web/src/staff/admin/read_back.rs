//! `/admin/teams/{id}/read-back`: within which time the answers of a team are to be opened.

use app::admin::team;
use app::{Error, read_back};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::ids::CareTeamId;
use domain::read_back::Limits;
use serde::Deserialize;

use super::team::{hours_of, minutes_of};
use super::{DoneQuery, PersonPath, saved};
use crate::error::Result;
use crate::extract::Form;
use crate::pages::staff::ReadBackPage;
use crate::pages::{self, Chrome};
use crate::run::WebState;
use crate::staff::{Rail, Staff, desk, id, see, status, with_faults};

/// Hours, as typed.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsForm {
    urgent: String,
    prompt: String,
    ordinary: String,
}

impl LimitsForm {
    fn of(limits: Limits) -> Self {
        Self {
            urgent: hours_of(limits.urgent),
            prompt: hours_of(limits.prompt),
            ordinary: hours_of(limits.ordinary),
        }
    }

    fn read(&self) -> app::Result<Limits> {
        let read = |field: &'static str, text: &str| {
            minutes_of(text).ok_or_else(|| Error::field(field, "unknown"))
        };
        Ok(Limits {
            urgent: read("urgent", &self.urgent)?,
            prompt: read("prompt", &self.prompt)?,
            ordinary: read("ordinary", &self.ordinary)?,
        })
    }
}

/// `GET …/read-back`
pub async fn show(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<PersonPath>,
    Query(query): Query<DoneQuery>,
) -> Result<Response> {
    let of: CareTeamId = id(&path.id)?;
    let limits = state.read(staff.actor(), move |cx| read_back::limits(cx, of)).await?;
    page(&state, &staff, of, LimitsForm::of(limits), saved(staff.chrome(), &query)).await
}

/// `POST …/read-back`
pub async fn set(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<PersonPath>,
    Form(form): Form<LimitsForm>,
) -> Result<Response> {
    let of: CareTeamId = id(&path.id)?;
    // Whoever may not administer learns nothing of the fields.
    state.read(staff.actor(), move |cx| read_back::limits(cx, of)).await?;
    let set = match form.read() {
        Ok(limits) => {
            state.write(staff.actor(), move |cx| read_back::set_limits(cx, of, limits)).await
        }
        Err(error) => Err(error),
    };
    match set {
        Ok(()) => Ok(see(&format!("/admin/teams/{of}/read-back?done=saved"))),
        Err(Error::Invalid(faults)) => {
            let chrome = with_faults(staff.chrome(), &faults);
            page(&state, &staff, of, form, chrome).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn page(
    state: &WebState,
    staff: &Staff,
    of: CareTeamId,
    form: LimitsForm,
    chrome: Chrome,
) -> Result<Response> {
    let (frame, known) = state
        .read(staff.actor(), move |cx| Ok((app::staff::frame(cx)?, team::settings(cx, of)?)))
        .await?;
    let page = ReadBackPage {
        desk: desk(staff, &frame, Rail::On("/admin/teams")),
        team: format!("/admin/teams/{of}"),
        title: known.team.name,
        urgent: form.urgent,
        prompt: form.prompt,
        ordinary: form.ordinary,
        chrome,
    };
    Ok(pages::respond(status(&page.chrome), &page))
}
