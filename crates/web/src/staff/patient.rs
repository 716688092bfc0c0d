//! `/patients`: finding one by what is exact; `/patients/{id}`: one patient's page.

use app::patient::Patient;
use app::staff::PatientDesk;
use app::{Error, FieldError, chart, draft, patient as patients, plan_limit};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::access::Role;
use domain::ids::{DraftId, PatientId};
use domain::time::Timestamp;
use http::StatusCode;
use serde::Deserialize;

use super::compose::PatientPath;
use super::conversation::chart_cards;
use super::{Rail, Staff, desk, id, status, with_faults, words};
use crate::error::Result;
use crate::extract::Form;
use crate::i18n::{Locale, SiteTime};
use crate::pages::staff::{
    FindPatientPage, FoundPatient, HelperLine, StaffPatientPage, ThreadLine, VisitLine,
};
use crate::pages::{self, Chrome, Flash, FlashKind};
use crate::run::WebState;

/// Visits on a patient's page.
const VISITS_MAX: usize = 20;

/// What is asked for: a record number, or a name with the birth date.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FindForm {
    #[serde(default)]
    pub(super) identifier: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) birth_date: String,
}

impl FindForm {
    /// The patients asked for.
    pub(super) fn ask(&self, cx: &mut app::Cx<'_, '_>) -> app::Result<Vec<Patient>> {
        match (self.identifier.trim(), self.name.trim()) {
            ("", "") => Err(Error::field("identifier", "empty")),
            ("", name) => patients::find_by_name(cx, name, &self.birth_date),
            (identifier, _) => patients::find_by_identifier(cx, identifier),
        }
    }
}

/// `GET /patients`
pub async fn find(State(state): State<WebState>, staff: Staff) -> Result<Response> {
    // The permit is asked for here already, so that who may not search sees no form either.
    state.read(staff.actor(), patients::may_find).await?;
    found_page(&state, &staff, staff.chrome(), FindForm::default(), None).await
}

async fn found_page(
    state: &WebState,
    staff: &Staff,
    chrome: Chrome,
    form: FindForm,
    found: Option<Vec<Patient>>,
) -> Result<Response> {
    let frame = state.read(staff.actor(), app::staff::frame).await?;
    let (locale, now) = (staff.locale(), state.app().now());
    let opens = staff.0.role() != Role::Desk;
    let found = found.map(|found| {
        found
            .iter()
            .map(|one| FoundPatient {
                patient: words::patient(locale, one, now),
                href: opens.then(|| format!("/patients/{}", one.row.id)),
            })
            .collect()
    });
    let page = FindPatientPage {
        desk: desk(staff, &frame, Rail::On("/patients")),
        identifier: form.identifier,
        name: form.name,
        birth_date: form.birth_date,
        found,
        purpose: None,
        chrome,
    };
    Ok(pages::respond(status(&page.chrome), &page))
}

/// `POST /patients`
pub async fn search(
    State(state): State<WebState>,
    staff: Staff,
    Form(form): Form<FindForm>,
) -> Result<Response> {
    let asked = form.clone();
    match state.read(staff.actor(), move |cx| asked.ask(cx)).await {
        Ok(found) => found_page(&state, &staff, staff.chrome(), form, Some(found)).await,
        Err(Error::Invalid(faults)) => {
            let faults: Vec<FieldError> = faults;
            let chrome = with_faults(staff.chrome(), &faults);
            found_page(&state, &staff, chrome, form, None).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `?held=…`: a conversation that was just sent and can still be taken back.
#[derive(Debug, Default, Deserialize)]
pub struct PatientQuery {
    held: Option<String>,
}

/// `GET /patients/{id}`
pub async fn show(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<PatientPath>,
    Query(query): Query<PatientQuery>,
) -> Result<Response> {
    let patient: PatientId = id(&path.id)?;
    let (frame, found, visits, limits) = state
        .read(staff.actor(), move |cx| {
            let found = app::staff::patient_desk(cx, patient)?;
            let (visits, limits) = if found.reads_chart {
                (chart::encounters(cx, patient)?, Some(plan_limit::list(cx, patient)?))
            } else {
                (Vec::new(), None)
            };
            Ok((app::staff::frame(cx)?, found, visits, limits))
        })
        .await?;
    let time = staff.time(&state, &frame);
    let mut cards = Vec::new();
    if found.reads_chart {
        cards = chart_cards(&state, &staff, &time, patient).await?;
        // The visits stand on this page in full.
        cards.truncate(3);
    }
    let chrome = with_held(&state, &staff, query.held.as_deref()).await?;
    let (locale, now) = (staff.locale(), state.app().now());
    let page = StaffPatientPage {
        desk: desk(&staff, &frame, Rail::On("")),
        patient: words::patient(locale, &found.patient, now),
        facts: facts(locale, &found.patient),
        has_account: found
            .circle
            .as_ref()
            .map(|circle| circle.iter().any(|member| member.basis == "self")),
        circle: circle(locale, &found),
        threads: threads(locale, &time, &found),
        visits: visits
            .iter()
            .take(VISITS_MAX)
            .map(|visit| visit_line(locale, &time, visit))
            .collect(),
        chart: cards,
        chart_as_of: None,
        plan: limits.map(|limits| {
            limits.iter().map(|limit| crate::plan::line(locale, &limit.limit)).collect()
        }),
        may_write: found.may_write,
        told_begun: found.told_begun,
        chrome,
    };
    Ok(pages::respond(StatusCode::OK, &page))
}

/// The notice of a text on its way, with the button that takes it back.
async fn with_held(state: &WebState, staff: &Staff, held: Option<&str>) -> Result<Chrome> {
    let mut chrome = staff.chrome();
    let Some(text) = held else { return Ok(chrome) };
    let draft_id: DraftId = id(text)?;
    let now = state.app().now();
    let found = state.read(staff.actor(), move |cx| draft::get(cx, draft_id)).await;
    let left = match found {
        Ok(draft) => draft.row.release_at.map(|at| at.seconds_since(now).max(0) + 1),
        Err(Error::NotFound) => {
            let text = chrome.t("staff-done-sent");
            chrome.flash = Some(Flash { kind: FlashKind::Good, text, undo: None });
            None
        }
        Err(error) => return Err(error.into()),
    };
    if let Some(seconds) = left {
        let undo = (format!("/work/drafts/{draft_id}/undo"), u32::try_from(seconds).unwrap_or(1));
        let text = chrome.t("staff-held");
        chrome.flash = Some(Flash { kind: FlashKind::Info, text, undo: Some(undo) });
    }
    Ok(chrome)
}

fn facts(locale: Locale, found: &Patient) -> Vec<(String, String)> {
    let mut facts = Vec::new();
    let reads = found.row.language.split('-').next().unwrap_or_default();
    let key = format!("staff-language-{reads}");
    let mut language = if locale.has(&key) { locale.t(&key) } else { found.row.language.clone() };
    if found.row.interpreter {
        language = format!("{language} · {}", locale.t("staff-interpreter"));
    }
    facts.push((locale.t("staff-fact-language"), language));
    for phone in &found.demographics.phones {
        facts.push((locale.t("staff-fact-phone"), phone.clone()));
    }
    if found.row.status != "active" {
        let key = format!("staff-patient-{}", found.row.status);
        let words = if locale.has(&key) { locale.t(&key) } else { found.row.status.clone() };
        facts.push((locale.t("staff-col-state"), words));
    }
    facts
}

fn circle(locale: Locale, found: &PatientDesk) -> Vec<HelperLine> {
    found
        .circle
        .iter()
        .flatten()
        .filter(|member| member.basis != "self")
        .map(|member| HelperLine {
            name: member.name.clone(),
            relation: words::relation(locale, &member.basis),
            rights: locale.t(&format!("staff-rights-{}", member.rights)),
        })
        .collect()
}

/// The conversations with the patient and those between staff, in one list by their newest message.
fn threads(locale: Locale, time: &SiteTime, found: &PatientDesk) -> Vec<ThreadLine> {
    let with_patient = found.threads.iter().map(|item| {
        let line = ThreadLine {
            href: format!("/work/threads/{}", item.thread),
            headline: item.headline.clone(),
            team: item.team.clone(),
            step: Some(words::step(&item.ladder)),
            last: time.short(locale, item.last_at.micros()),
        };
        (item.last_at, line)
    });
    let between_staff = found.between_staff.iter().map(|item| {
        let line = ThreadLine {
            href: format!("/work/threads/{}", item.thread),
            headline: item.headline.clone(),
            team: item.team.clone(),
            step: None,
            last: time.short(locale, item.last_at.micros()),
        };
        (item.last_at, line)
    });
    let mut lines: Vec<(Timestamp, ThreadLine)> = with_patient.chain(between_staff).collect();
    lines.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    lines.into_iter().map(|(_, line)| line).collect()
}

fn visit_line(locale: Locale, time: &SiteTime, visit: &chart::Encounter) -> VisitLine {
    let detail = &visit.detail;
    let text = match (detail.type_text.as_str(), detail.reason.as_str()) {
        ("", reason) => reason.to_owned(),
        (kind, "") => kind.to_owned(),
        (kind, reason) => format!("{kind}: {reason}"),
    };
    let with = detail.practitioners.first().cloned().into_iter();
    let place = Some(detail.organization.clone()).filter(|name| !name.is_empty());
    let with: Vec<String> = with.chain(place).collect();
    let at = if visit.started_at > Timestamp::EPOCH {
        time.recorded_day(locale, &detail.began, visit.started_at.micros())
    } else {
        crate::i18n::When { iso: detail.began.clone(), text: detail.began.clone() }
    };
    VisitLine { at, text, with: with.join(", ") }
}
