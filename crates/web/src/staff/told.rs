//! Entering a phone call or a letter as the words of the patient or a helper.

use app::content::{DraftContent, ToldSoFar};
use app::draft::{AfterRelease, Draft, Target, Typed as DraftTyped};
use app::message::Outgoing;
use app::staff::{PatientDesk, TeamRow};
use app::thread::{About, NewConversation};
use app::told::{self, Into, Speaker};
use app::{Conflict, Error, FieldError};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::ids::{CareTeamId, DraftId, Id as _, PatientId, PersonId, ThreadId};
use domain::message::{Ask, Body, Channel, ClientMsgId, Line};
use domain::thread::{Category, ThreadKind};
use domain::time::Timestamp;
use http::StatusCode;
use serde::Deserialize;

use super::compose::PatientPath;
use super::messages::{Kept, keep, saved_line};
use super::{
    Rail, Staff, desk, id, is_stale, see, status, thread_address, with_done, with_faults, words,
};
use crate::error::{Fault, Result};
use crate::extract::Form;
use crate::pages::staff::{Choice, ToldPage};
use crate::pages::{self, Chrome, Flash, FlashKind};
use crate::run::WebState;

/// What was told, as typed.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToldForm {
    client_msg_id: String,
    #[serde(default)]
    channel: String,
    #[serde(default)]
    speaker: String,
    #[serde(default)]
    thread: String,
    #[serde(default)]
    team: String,
    #[serde(default)]
    category: String,
    #[serde(default)]
    ask: String,
    #[serde(default)]
    headline: String,
    #[serde(default)]
    body: String,
    #[serde(default)]
    version: i64,
    #[serde(default)]
    then: String,
}

/// `?done=…`, what was just done.
#[derive(Debug, Default, Deserialize)]
pub struct ToldQuery {
    done: Option<String>,
}

/// A conversation chosen on the page, with the newest number the page knew of.
fn chosen(value: &str) -> Option<(ThreadId, i64)> {
    let (thread, seq) = value.split_once('.')?;
    let seq = seq.parse().ok().filter(|seq| *seq >= 0)?;
    Some((ThreadId::parse(thread).ok()?, seq))
}

/// What is kept of a form. Only what the page offers is: the rest is half a thought.
fn typed(form: &ToldForm, patient: PatientId, teams: &[TeamRow]) -> DraftTyped {
    let into = chosen(&form.thread);
    let team = CareTeamId::parse(&form.team).ok();
    let so_far = ToldSoFar {
        channel: Channel::from_code(&form.channel).unwrap_or(Channel::Phone).code().to_owned(),
        speaker: PersonId::parse(&form.speaker).map(|id| id.to_string()).unwrap_or_default(),
        thread: into.map(|(thread, _)| thread.to_string()).unwrap_or_default(),
    };
    DraftTyped {
        target: Target::Told {
            patient,
            team: team.filter(|id| teams.iter().any(|team| team.id == *id)),
            category: Category::from_code(&form.category).unwrap_or(Category::Other),
        },
        ask: Ask::from_code(&form.ask).unwrap_or(Ask::Inform),
        content: DraftContent {
            headline: form.headline.clone(),
            body: form.body.clone(),
            told: Some(so_far),
            ..DraftContent::default()
        },
        base_seq: into.map_or(0, |(_, seq)| seq),
    }
}

/// A draft of the reader's as the form that made it.
fn form_of(draft: Draft) -> ToldForm {
    let DraftContent { headline, body, told, .. } = draft.content;
    let ToldSoFar { channel, speaker, thread } = told.unwrap_or_default();
    let base_seq = draft.row.base_seq;
    ToldForm {
        client_msg_id: draft.row.id.to_string(),
        version: draft.row.version,
        channel,
        speaker,
        thread: if thread.is_empty() { thread } else { format!("{thread}.{base_seq}") },
        team: draft.row.team.map(|team| team.to_string()).unwrap_or_default(),
        category: draft.row.category.code().to_owned(),
        ask: draft.row.ask.code().to_owned(),
        headline,
        body,
        then: String::new(),
    }
}

/// `GET /patients/{id}/told`: what the reader began, or an empty form.
pub async fn show(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<PatientPath>,
    Query(query): Query<ToldQuery>,
) -> Result<Response> {
    let patient: PatientId = id(&path.id)?;
    let begun = state
        .read(staff.actor(), move |cx| {
            app::staff::starting(cx, patient, ThreadKind::Care)?;
            told::begun(cx, patient)
        })
        .await?;
    let saved = begun.as_ref().map(|draft| draft.row.updated_at);
    let form = match begun {
        Some(draft) => form_of(draft),
        None => ToldForm {
            client_msg_id: state.app().new_id::<DraftId>()?.to_string(),
            channel: Channel::Phone.code().to_owned(),
            category: Category::Other.code().to_owned(),
            ask: Ask::Action.code().to_owned(),
            ..ToldForm::default()
        },
    };
    let chrome = with_done(staff.chrome(), query.done.as_deref());
    page(&state, &staff, patient, (form, saved), (chrome, StatusCode::OK)).await
}

async fn page(
    state: &WebState,
    staff: &Staff,
    patient: PatientId,
    (form, saved): (ToldForm, Option<Timestamp>),
    (chrome, status): (Chrome, StatusCode),
) -> Result<Response> {
    let into = chosen(&form.thread);
    let (frame, starting, found, newer) = state
        .read(staff.actor(), move |cx| {
            let starting = app::staff::starting(cx, patient, ThreadKind::Care)?;
            let found = app::staff::patient_desk(cx, patient)?;
            let behind = into.filter(|(thread, base)| {
                found.threads.iter().any(|item| item.thread == *thread && item.last_seq > *base)
            });
            let newer = match behind {
                Some((thread, base)) => told::newer(cx, thread, base)?,
                None => Vec::new(),
            };
            Ok((app::staff::frame(cx)?, starting, found, newer))
        })
        .await?;
    let locale = staff.locale();
    let time = staff.time(state, &frame);
    let choice = |value: &str, text: String, chosen: &str| Choice {
        value: value.to_owned(),
        text,
        chosen: value == chosen,
    };
    let coded = |prefix: &str, codes: Vec<&'static str>, chosen: &str| {
        codes
            .into_iter()
            .map(|code| choice(code, locale.t(&format!("{prefix}{code}")), chosen))
            .collect()
    };
    let (me, name) = (staff.0.person, found.patient.demographics.name.as_str());
    let page = ToldPage {
        desk: desk(staff, &frame, Rail::On("")),
        patient: words::patient(locale, &starting.patient, state.app().now()),
        channels: coded(
            "staff-told-",
            vec![Channel::Phone.code(), Channel::Letter.code()],
            &form.channel,
        ),
        speakers: speakers(&found, &form.speaker),
        threads: found
            .threads
            .iter()
            .map(|item| Choice {
                value: format!("{}.{}", item.thread, item.last_seq),
                text: item.headline.clone(),
                chosen: into.is_some_and(|(thread, _)| thread == item.thread),
            })
            .collect(),
        teams: starting
            .teams
            .into_iter()
            .map(|team| choice(&team.id.to_string(), team.name, &form.team))
            .collect(),
        categories: coded(
            "staff-category-",
            Category::ALL.iter().map(|category| category.code()).collect(),
            &form.category,
        ),
        asks: coded("staff-ask-", Ask::ALL.iter().map(|ask| ask.code()).collect(), &form.ask),
        headline: form.headline,
        body: form.body,
        client_msg_id: form.client_msg_id,
        version: form.version,
        saved: saved.map(|at| time.short(locale, at.micros())),
        newer: newer
            .iter()
            .map(|shown| words::letter(locale, &time, shown, me, name, true))
            .collect(),
        chrome,
    };
    Ok(pages::respond(status, &page))
}

/// The patient first, then those who may act for the patient.
fn speakers(found: &PatientDesk, chosen: &str) -> Vec<Choice> {
    let patient = Choice {
        value: String::new(),
        text: found.patient.demographics.name.clone(),
        chosen: chosen.is_empty(),
    };
    let helpers = found.circle.iter().flatten().filter(|member| member.basis != "self");
    let helpers = helpers.map(|member| {
        let value = member.person.to_string();
        Choice { chosen: value == chosen, value, text: member.name.clone() }
    });
    std::iter::once(patient).chain(helpers).collect()
}

/// What the form asks for, or what is wrong with its fields.
fn read(
    form: &ToldForm,
    language: &str,
) -> std::result::Result<(Speaker, Into, Outgoing), Vec<FieldError>> {
    let mut faults = Vec::new();
    let mut note = |fault: FieldError| faults.push(fault);
    let channel = Channel::from_code(&form.channel);
    if channel.is_none() {
        note(FieldError::new("channel", "unknown"));
    }
    let speaker = match form.speaker.as_str() {
        "" => Some(Speaker::Patient),
        text => PersonId::parse(text).ok().map(Speaker::Helper),
    };
    if speaker.is_none() {
        note(FieldError::new("speaker", "unknown"));
    }
    let into = match form.thread.as_str() {
        "" => {
            let headline = Line::headline(&form.headline)
                .map_err(|error| note(FieldError::text("headline", error)));
            let team =
                CareTeamId::parse(&form.team).map_err(|_| note(FieldError::new("team", "unknown")));
            headline.ok().zip(team.ok()).map(|(headline, team)| {
                Into::New(NewConversation {
                    kind: ThreadKind::Care,
                    team,
                    category: Category::from_code(&form.category).unwrap_or(Category::Other),
                    about: About::NOTHING,
                    headline,
                    continues: None,
                })
            })
        }
        text => {
            let thread = chosen(text).map(|(thread, _)| Into::Thread(thread));
            if thread.is_none() {
                note(FieldError::new("thread", "unknown"));
            }
            thread
        }
    };
    let body = Body::parse(&form.body).map_err(|error| note(FieldError::text("body", error))).ok();
    let own_id = ClientMsgId::parse(&form.client_msg_id)
        .map_err(|error| note(FieldError::text("client_msg_id", error)))
        .ok();
    let (Some(channel), Some(speaker), Some(into), Some(body), Some(client_msg_id)) =
        (channel, speaker, into, body, own_id)
    else {
        return Err(faults);
    };
    let out = Outgoing {
        body,
        ask: Ask::from_code(&form.ask).unwrap_or(Ask::Inform),
        questions: Vec::new(),
        answers: Vec::new(),
        language: language.to_owned(),
        channel,
        prepared_by: None,
        client_msg_id,
        base_seq: chosen(&form.thread).map(|(_, seq)| seq),
        answers_up_to: None,
        after: AfterRelease::Nothing,
        outcome: None,
    };
    Ok((speaker, into, out))
}

/// The teams a new conversation can belong to. Whoever may not write about this patient learns nothing of
/// the form's fields.
async fn teams(state: &WebState, staff: &Staff, patient: PatientId) -> Result<Vec<TeamRow>> {
    let starting = state
        .read(staff.actor(), move |cx| app::staff::starting(cx, patient, ThreadKind::Care))
        .await?;
    Ok(starting.teams)
}

/// `POST /patients/{id}/told`: keeps the words first, so that whatever stops them loses none.
pub async fn enter(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<PatientPath>,
    Form(form): Form<ToldForm>,
) -> Result<Response> {
    let patient: PatientId = id(&path.id)?;
    let teams = teams(&state, &staff, patient).await?;
    let draft: DraftId = id(&form.client_msg_id)?;
    let now = state.app().now();
    let form =
        match keep(&state, &staff, draft, form.version, &typed(&form, patient, &teams)).await? {
            Kept::At(version) => ToldForm { version, ..form },
            // Entered already: that is found again below, and another text under its id refused.
            Kept::Gone => form,
            Kept::Changed => return apart(&state, &staff, patient, form).await,
        };
    if form.then == "draft" {
        return Ok(see(&format!("/patients/{patient}/told?done=draft")));
    }
    let (speaker, into, out) = match read(&form, staff.locale().lang()) {
        Ok(read) => read,
        Err(faults) => {
            let chrome = with_faults(staff.chrome(), &faults);
            let status = status(&chrome);
            return page(&state, &staff, patient, (form, Some(now)), (chrome, status)).await;
        }
    };
    let entered = state
        .write(staff.actor(), move |cx| told::enter_kept(cx, draft, patient, speaker, &into, &out))
        .await;
    let (chrome, status) = match entered {
        Ok(done) => return Ok(see(&thread_address(done.thread, "", "told"))),
        Err(Error::Invalid(faults)) => {
            let chrome = with_faults(staff.chrome(), &faults);
            let status = status(&chrome);
            (chrome, status)
        }
        Err(Error::Conflict(Conflict::NewerMessages { .. })) => {
            (staff.chrome(), StatusCode::CONFLICT)
        }
        Err(error) if is_stale(&error) => return Err(Fault::Conflict),
        Err(error) => return Err(error.into()),
    };
    page(&state, &staff, patient, (form, Some(now)), (chrome, status)).await
}

/// Another window kept other words under this id: these become a draft of their own.
async fn apart(
    state: &WebState,
    staff: &Staff,
    patient: PatientId,
    form: ToldForm,
) -> Result<Response> {
    let mut chrome = staff.chrome();
    let text = chrome.t("staff-told-changed");
    chrome.flash = Some(Flash { kind: FlashKind::Attention, text, undo: None });
    let client_msg_id = state.app().new_id::<DraftId>()?.to_string();
    let form = ToldForm { client_msg_id, version: 0, ..form };
    page(state, staff, patient, (form, None), (chrome, StatusCode::CONFLICT)).await
}

/// `POST /patients/{id}/told/autosave`
pub async fn autosave(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<PatientPath>,
    Form(form): Form<ToldForm>,
) -> Result<Response> {
    let patient: PatientId = id(&path.id)?;
    let teams = teams(&state, &staff, patient).await?;
    let draft: DraftId = id(&form.client_msg_id)?;
    match keep(&state, &staff, draft, form.version, &typed(&form, patient, &teams)).await? {
        Kept::At(version) => Ok(saved_line(&state, &staff, version)),
        Kept::Gone | Kept::Changed => Err(Fault::Conflict),
    }
}
