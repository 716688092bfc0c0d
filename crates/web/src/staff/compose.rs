//! Starting a conversation about a patient: with the patient, or between colleagues.

use app::content::DraftContent;
use app::draft::{self, Draft, DraftKind, Target, Typed as DraftTyped};
use app::staff::Starting;
use app::thread::About;
use app::{Error, FieldError, chart};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::ids::{CareTeamId, DraftId, EncounterId, Id, PatientId};
use domain::message::Ask;
use domain::thread::{AboutKind, Category, ThreadKind};
use serde::Deserialize;

use super::conversation::shown_as;
use super::messages::{Kept, keep};
use super::{Rail, Staff, desk, id, see, status, with_faults, words};
use crate::error::{Fault, Result};
use crate::extract::Form;
use crate::pages::staff::{Choice, StartKind, StartPage};
use crate::pages::{self, Chrome};
use crate::run::WebState;

/// Visits offered.
const VISITS_MAX: usize = 12;

/// The patient of the address.
#[derive(Debug, Deserialize)]
pub struct PatientPath {
    pub(super) id: String,
}

/// `?kind=care|staff`, or `?draft=…` to go on with one.
#[derive(Debug, Default, Deserialize)]
pub struct StartQuery {
    kind: Option<String>,
    draft: Option<String>,
}

/// What was typed so far.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StartForm {
    kind: String,
    client_msg_id: String,
    #[serde(default)]
    version: i64,
    #[serde(default)]
    team: String,
    #[serde(default)]
    encounter: String,
    #[serde(default)]
    category: String,
    #[serde(default)]
    headline: String,
    #[serde(default)]
    body: String,
}

fn kind(code: &str) -> Result<ThreadKind> {
    match code {
        "care" => Ok(ThreadKind::Care),
        "staff" => Ok(ThreadKind::Staff),
        _ => Err(Fault::NotFound),
    }
}

/// A draft of the reader's as the form that made it.
fn form_of(draft: &Draft) -> StartForm {
    let kind = if draft.row.thread_kind == ThreadKind::Staff { "staff" } else { "care" };
    StartForm {
        kind: kind.to_owned(),
        client_msg_id: draft.row.id.to_string(),
        version: draft.row.version,
        team: draft.row.team.map(|team| team.to_string()).unwrap_or_default(),
        encounter: draft.row.about.encounter().map(|id| id.to_string()).unwrap_or_default(),
        category: draft.row.category.code().to_owned(),
        headline: draft.content.headline.clone(),
        body: draft.content.body.clone(),
    }
}

/// `GET /patients/{id}/threads/new`
pub async fn show(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<PatientPath>,
    Query(query): Query<StartQuery>,
) -> Result<Response> {
    let patient: PatientId = id(&path.id)?;
    let form = match query.draft.as_deref() {
        Some(text) => {
            let draft_id: DraftId = id(text)?;
            let found = state.read(staff.actor(), move |cx| draft::get(cx, draft_id)).await?;
            let kind = found.row.kind;
            if found.row.patient != Some(patient)
                || found.row.thread.is_some()
                || kind != DraftKind::New
            {
                return Err(Fault::NotFound);
            }
            form_of(&found)
        }
        None => StartForm {
            kind: query.kind.unwrap_or_else(|| "care".to_owned()),
            client_msg_id: state.app().new_id::<DraftId>()?.to_string(),
            category: Category::Other.code().to_owned(),
            ..StartForm::default()
        },
    };
    page(&state, &staff, patient, form, staff.chrome()).await
}

async fn page(
    state: &WebState,
    staff: &Staff,
    patient: PatientId,
    form: StartForm,
    chrome: Chrome,
) -> Result<Response> {
    let kind = kind(&form.kind)?;
    let (frame, starting, visits) = state
        .read(staff.actor(), move |cx| {
            let starting = app::staff::starting(cx, patient, kind)?;
            let visits =
                if starting.reads_chart { chart::encounters(cx, patient)? } else { Vec::new() };
            Ok((app::staff::frame(cx)?, starting, visits))
        })
        .await?;
    let Starting { patient: who, teams, readers, .. } = starting;
    let time = staff.time(state, &frame);
    let (locale, now) = (staff.locale(), state.app().now());
    let choice =
        |value: String, text: String, chosen: &str| Choice { chosen: value == chosen, value, text };
    let visits = visits
        .into_iter()
        .take(VISITS_MAX)
        .map(|visit| {
            let (said, at) = (&visit.detail.began, visit.started_at.micros());
            let day = time.recorded_day(locale, said, at).text;
            let text = if visit.detail.type_text.is_empty() {
                day
            } else {
                format!("{day}, {}", visit.detail.type_text)
            };
            choice(visit.id.to_string(), text, &form.encounter)
        })
        .collect();
    let categories = Category::ALL
        .iter()
        .map(|category| {
            let text = locale.t(&format!("staff-category-{}", category.code()));
            choice(category.code().to_owned(), text, &form.category)
        })
        .collect();
    let teams =
        teams.into_iter().map(|team| choice(team.id.to_string(), team.name, &form.team)).collect();
    let page = StartPage {
        desk: desk(staff, &frame, Rail::On("")),
        kind: if kind == ThreadKind::Staff { StartKind::Staff } else { StartKind::Care },
        patient: words::patient(locale, &who, now),
        readers: readers.into_iter().map(|reader| reader.name).collect(),
        teams,
        visits,
        categories,
        headline: form.headline,
        body: form.body,
        shown_as: shown_as(&frame),
        client_msg_id: form.client_msg_id,
        version: form.version,
        chrome,
    };
    Ok(pages::respond(status(&page.chrome), &page))
}

/// `POST /patients/{id}/threads`
pub async fn start(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<PatientPath>,
    Form(form): Form<StartForm>,
) -> Result<Response> {
    let patient: PatientId = id(&path.id)?;
    let draft_id: DraftId = id(&form.client_msg_id)?;
    let typed = typed(&form, patient)?;
    if let Target::New { about, .. } = &typed.target
        && let Some(visit) = about.encounter()
        && !is_visit(&state, &staff, patient, visit).await?
    {
        let faults = [FieldError::new("encounter", "unknown")];
        let chrome = with_faults(staff.chrome(), &faults);
        return page(&state, &staff, patient, form, chrome).await;
    }
    let held = format!("/patients/{patient}?held={draft_id}");
    let version = match keep(&state, &staff, draft_id, form.version, &typed).await? {
        Kept::At(version) => version,
        Kept::Gone => return Ok(see(&held)),
        Kept::Changed => return Err(Fault::Conflict),
    };
    let sent = state
        .write(staff.actor(), move |cx| {
            draft::may_send(cx, &typed.target)?;
            draft::send(cx, draft_id, version, None)
        })
        .await;
    match sent {
        Ok(_) => Ok(see(&held)),
        Err(Error::Invalid(faults)) => {
            let chrome = with_faults(staff.chrome(), &faults);
            page(&state, &staff, patient, StartForm { version, ..form }, chrome).await
        }
        Err(error) => Err(error.into()),
    }
}

fn typed(form: &StartForm, patient: PatientId) -> Result<DraftTyped> {
    let encounter = match form.encounter.as_str() {
        "" => None,
        text => Some(id::<EncounterId>(text)?),
    };
    let about = encounter.map_or(About::NOTHING, |visit| About {
        kind: AboutKind::Encounter,
        id: Some(visit.as_uuid()),
    });
    Ok(DraftTyped {
        target: Target::New {
            patient,
            kind: kind(&form.kind)?,
            team: CareTeamId::parse(&form.team).ok(),
            category: Category::from_code(&form.category).unwrap_or(Category::Other),
            about,
        },
        ask: Ask::Inform,
        content: DraftContent {
            headline: form.headline.clone(),
            body: form.body.clone(),
            ..DraftContent::default()
        },
        base_seq: 0,
    })
}

async fn is_visit(
    state: &WebState,
    staff: &Staff,
    patient: PatientId,
    visit: EncounterId,
) -> Result<bool> {
    let found = state.read(staff.actor(), move |cx| chart::encounter(cx, patient, visit)).await;
    match found {
        Ok(_) => Ok(true),
        Err(Error::NotFound) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
