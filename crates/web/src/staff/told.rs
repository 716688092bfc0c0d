//! Entering a phone call or a letter as the words of the patient or a helper.

use app::draft::AfterRelease;
use app::message::Outgoing;
use app::staff::PatientDesk;
use app::thread::{About, NewConversation};
use app::told::{self, Into, Speaker};
use app::{Error, FieldError};
use axum::extract::{Path, State};
use axum::response::Response;
use domain::ids::{CareTeamId, DraftId, Id as _, PatientId, PersonId, ThreadId};
use domain::message::{Ask, Body, Channel, ClientMsgId, Line};
use domain::thread::{Category, ThreadKind};
use serde::Deserialize;

use super::compose::PatientPath;
use super::{Rail, Staff, desk, id, is_stale, see, status, thread_address, with_faults, words};
use crate::error::{Fault, Result};
use crate::extract::Form;
use crate::pages::staff::{Choice, ToldPage};
use crate::pages::{self, Chrome};
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
}

/// `GET /patients/{id}/told`
pub async fn show(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<PatientPath>,
) -> Result<Response> {
    let form = ToldForm {
        client_msg_id: state.app().new_id::<DraftId>()?.to_string(),
        channel: Channel::Phone.code().to_owned(),
        category: Category::Other.code().to_owned(),
        ask: Ask::Action.code().to_owned(),
        ..ToldForm::default()
    };
    page(&state, &staff, id(&path.id)?, form, staff.chrome()).await
}

async fn page(
    state: &WebState,
    staff: &Staff,
    patient: PatientId,
    form: ToldForm,
    chrome: Chrome,
) -> Result<Response> {
    let (frame, starting, found) = state
        .read(staff.actor(), move |cx| {
            let starting = app::staff::starting(cx, patient, ThreadKind::Care)?;
            Ok((app::staff::frame(cx)?, starting, app::staff::patient_desk(cx, patient)?))
        })
        .await?;
    let locale = staff.locale();
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
            .map(|item| choice(&item.thread.to_string(), item.headline.clone(), &form.thread))
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
        chrome,
    };
    Ok(pages::respond(status(&page.chrome), &page))
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
            let thread = ThreadId::parse(text).ok().map(Into::Thread);
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
        base_seq: None,
        after: AfterRelease::Nothing,
        outcome: None,
    };
    Ok((speaker, into, out))
}

/// `POST /patients/{id}/told`
pub async fn enter(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<PatientPath>,
    Form(form): Form<ToldForm>,
) -> Result<Response> {
    let patient: PatientId = id(&path.id)?;
    // Whoever may not write about this patient learns nothing of its fields.
    state
        .read(staff.actor(), move |cx| app::staff::starting(cx, patient, ThreadKind::Care))
        .await?;
    let (speaker, into, out) = match read(&form, staff.locale().lang()) {
        Ok(read) => read,
        Err(faults) => {
            let chrome = with_faults(staff.chrome(), &faults);
            return page(&state, &staff, patient, form, chrome).await;
        }
    };
    let entered =
        state.write(staff.actor(), move |cx| told::enter(cx, patient, speaker, &into, &out)).await;
    match entered {
        Ok(done) => Ok(see(&thread_address(done.thread, "", "told"))),
        Err(Error::Invalid(faults)) => {
            let chrome = with_faults(staff.chrome(), &faults);
            page(&state, &staff, patient, form, chrome).await
        }
        Err(error) if is_stale(&error) => Err(Fault::Conflict),
        Err(error) => Err(error.into()),
    }
}
