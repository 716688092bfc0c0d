//! `POST /admin/teams/{id}/direct`: whether patients may write to a clinician of the team.

use app::direct;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::ids::CareTeamId;
use serde::Deserialize;

use super::PersonPath;
use crate::error::Result;
use crate::extract::Form;
use crate::run::WebState;
use crate::staff::{Staff, id, see};

/// On or off.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DirectForm {
    direct: bool,
}

/// `POST /admin/teams/{id}/direct`
pub async fn set(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<PersonPath>,
    Form(form): Form<DirectForm>,
) -> Result<Response> {
    let (team, on): (CareTeamId, bool) = (id(&path.id)?, form.direct);
    state.write(staff.actor(), move |cx| direct::allow(cx, team, on)).await?;
    Ok(see(&format!("/admin/teams/{team}/settings?done=saved#direct-title")))
}
