//! `POST /admin/teams/{id}/activate`, and the checklist of a team that is being set up.

use app::Error;
use app::admin::activation;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::care_team::Missing;
use domain::ids::CareTeamId;
use serde::Deserialize;

use super::PersonPath;
use super::directory::team_page;
use crate::error::Result;
use crate::extract::Form;
use crate::i18n::Locale;
use crate::pages::staff::CheckLine;
use crate::run::WebState;
use crate::staff::{Staff, id, see, with_faults};

/// The name of something a team must have.
pub(super) fn need(what: Missing) -> String {
    format!("staff-need-{}", what.code().replace('_', "-"))
}

/// What a team that is being set up has and lacks, each with the page where it is done.
pub(super) fn checklist(locale: Locale, team: CareTeamId, lacks: &[Missing]) -> Vec<CheckLine> {
    let settings = |field: &str| format!("/admin/teams/{team}/settings#{field}");
    let lines = Missing::ALL.iter().map(|what| CheckLine {
        text: locale.t(&need(*what)),
        done: !lacks.contains(what),
        href: match what {
            Missing::Name => settings("name"),
            Missing::Purpose => settings("purpose"),
            Missing::Hours => settings("hours_mon"),
            Missing::LastResort => settings("last_resort"),
            Missing::Member => "/admin".to_owned(),
            Missing::TriageDesk => "/admin/teams".to_owned(),
        },
    });
    lines.collect()
}

/// The form has its button alone.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActivateForm {}

/// `POST /admin/teams/{id}/activate`
pub async fn activate(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<PersonPath>,
    Form(_): Form<ActivateForm>,
) -> Result<Response> {
    let team: CareTeamId = id(&path.id)?;
    match state.write(staff.actor(), move |cx| activation::activate(cx, team)).await {
        Ok(()) => Ok(see(&format!("/admin/teams/{team}?done=saved"))),
        Err(Error::Invalid(faults)) => {
            team_page(&state, &staff, team, with_faults(staff.chrome(), &faults)).await
        }
        Err(error) => Err(error.into()),
    }
}
