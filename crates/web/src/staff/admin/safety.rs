//! `/admin/sites/{id}/safety`: what a site says about emergencies, and whether texts are checked for urgency.

use app::Error;
use app::admin::safety;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::ids::SiteId;
use domain::site::Safety;
use serde::Deserialize;

use super::{DoneQuery, PersonPath, saved};
use crate::error::Result;
use crate::extract::Form;
use crate::pages::staff::SafetyPage;
use crate::pages::{self, Chrome, Problem};
use crate::run::WebState;
use crate::staff::{Rail, Staff, desk, id, see, status, with_faults};

/// What was typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SafetyForm {
    version: i64,
    check: String,
    country: String,
    emergency: String,
    crisis: String,
    poison: String,
    maternal: String,
    nurse: String,
    nurse_hours: String,
    call_minutes: String,
}

impl SafetyForm {
    fn read(&self) -> Safety {
        Safety {
            country: self.country.clone(),
            urgency_check: self.check == "on",
            emergency: self.emergency.clone(),
            crisis: self.crisis.clone(),
            poison: self.poison.clone(),
            maternal: self.maternal.clone(),
            nurse: self.nurse.clone(),
            nurse_hours: self.nurse_hours.clone(),
            // What is no number is out of range, and said to be.
            call_minutes: match self.call_minutes.trim() {
                "" => 0,
                text => text.parse().unwrap_or(-1),
            },
        }
    }
}

/// `GET …/safety`
pub async fn show(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<PersonPath>,
    Query(query): Query<DoneQuery>,
) -> Result<Response> {
    page(&state, &staff, id(&path.id)?, None, saved(staff.chrome(), &query)).await
}

/// `POST …/safety`
pub async fn set(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<PersonPath>,
    Form(form): Form<SafetyForm>,
) -> Result<Response> {
    let of: SiteId = id(&path.id)?;
    let (typed, version) = (form.read(), form.version);
    match state.write(staff.actor(), move |cx| safety::set(cx, of, &typed, version)).await {
        Ok(()) => Ok(see(&format!("/admin/sites/{of}/safety?done=saved"))),
        Err(Error::Invalid(faults)) => {
            let chrome = with_faults(staff.chrome(), &faults);
            page(&state, &staff, of, Some(form), chrome).await
        }
        // Somebody was faster: their settings are shown, and nothing of what was typed is set.
        Err(Error::Conflict(_)) => {
            let mut chrome = staff.chrome();
            let text = chrome.t("safety-changed");
            chrome.problems.push(Problem { field: String::new(), text });
            page(&state, &staff, of, None, chrome).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn page(
    state: &WebState,
    staff: &Staff,
    of: SiteId,
    typed: Option<SafetyForm>,
    chrome: Chrome,
) -> Result<Response> {
    let (frame, known) = state
        .read(staff.actor(), move |cx| Ok((app::staff::frame(cx)?, safety::get(cx, of)?)))
        .await?;
    let shown = typed.as_ref().map_or(known.safety, SafetyForm::read);
    let page = SafetyPage {
        desk: desk(staff, &frame, Rail::On("/admin/sites")),
        address: format!("/admin/sites/{of}/safety"),
        rules: format!("/admin/sites/{of}/rules"),
        title: known.name,
        version: known.version,
        check: shown.urgency_check,
        country: shown.country,
        emergency: shown.emergency,
        crisis: shown.crisis,
        poison: shown.poison,
        maternal: shown.maternal,
        nurse: shown.nurse,
        nurse_hours: shown.nurse_hours,
        call_minutes: typed
            .as_ref()
            .map_or_else(|| shown.call_minutes.to_string(), |typed| typed.call_minutes.clone()),
        chrome,
    };
    Ok(pages::respond(status(&page.chrome), &page))
}
