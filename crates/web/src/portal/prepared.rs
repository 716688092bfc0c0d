//! What a helper prepares and the patient sends: `/drafts/{id}/offer|offered|withdraw` for the helper,
//! `/prepared/{id}` and its two decisions for the patient.

use app::draft::{self, Draft, DraftKind, Named, Offer};
use app::prepared;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::ids::{DraftId, ThreadId};
use http::StatusCode;
use serde::Deserialize;

use super::compose::{self, DraftPath, SendForm};
use super::see;
use super::subject::Subject;
use super::words::site_time;
use crate::error::Result;
use crate::extract::Form;
use crate::i18n::Locale;
use crate::pages::common::Text;
use crate::pages::prepared::{Offered, Prepared, PreparedNote, PreparedText};
use crate::pages::shelf::Confirm;
use crate::pages::{self, Place};
use crate::run::WebState;

/// The reader's own draft about the patient of the address.
async fn own(state: &WebState, subject: &Subject, id: DraftId) -> Result<Named> {
    let patient = subject.patient;
    let named = state
        .read(&subject.session.actor, move |cx| {
            let draft = draft::get(cx, id)?;
            if draft.row.patient == Some(patient) && draft.row.kind != DraftKind::Note {
                draft::named(cx, draft)
            } else {
                Err(app::Error::NotFound)
            }
        })
        .await?;
    Ok(named)
}

/// Where a helper's text stands once it was handed over.
pub(super) fn offered_at(subject: &Subject, id: DraftId) -> String {
    subject.at(&format!("/drafts/{id}/offered"))
}

/// `POST /drafts/{id}/offer`
pub async fn offer(
    State(state): State<WebState>,
    subject: Subject,
    Path(path): Path<DraftPath>,
    Form(form): Form<SendForm>,
) -> Result<Response> {
    let id = path.id()?;
    own(&state, &subject, id).await?;
    let version = form.version;
    let given =
        state.write(&subject.session.actor, move |cx| prepared::offer(cx, id, version)).await;
    match given {
        Ok(()) => Ok(see(&offered_at(&subject, id))),
        Err(app::Error::Invalid(faults)) => compose::wrong(&state, &subject, &path, &faults).await,
        Err(app::Error::Conflict(_)) => compose::changed(&state, &subject, &path).await,
        Err(error) => Err(error.into()),
    }
}

/// `GET /drafts/{id}/offered`
pub async fn offered(
    State(state): State<WebState>,
    subject: Subject,
    Path(path): Path<DraftPath>,
) -> Result<Response> {
    let id = path.id()?;
    let named = own(&state, &subject, id).await?;
    if named.draft.row.offer == Offer::None {
        return Ok(see(&edited(&subject, &named.draft, "")));
    }
    let chrome = subject.chrome(Place::Drafts);
    let page = Offered {
        back: subject.at("/drafts"),
        patient: subject.name.clone(),
        state: named.draft.row.offer.code().to_owned(),
        shown: shown(&state, chrome.locale, &named),
        withdraw: subject.at(&format!("/drafts/{id}/withdraw")),
        delete: subject.at(&format!("/drafts/{id}/delete")),
        chrome,
    };
    Ok(pages::respond(StatusCode::OK, &page))
}

fn shown(state: &WebState, locale: Locale, named: &Named) -> PreparedText {
    let row = &named.draft.row;
    let at = row.offered_at.unwrap_or(row.updated_at);
    PreparedText {
        team: named.team.clone(),
        headline: named.headline.clone(),
        text: Text::new(&named.draft.content.body),
        questions: named.draft.content.questions.clone(),
        when: site_time(state).full(locale, at.micros()),
    }
}

/// Where a draft is written on: its own page, or the conversation it answers in.
fn edited(subject: &Subject, draft: &Draft, done: &str) -> String {
    let said = if done.is_empty() { String::new() } else { format!("?done={done}") };
    match draft.row.thread.filter(|_| draft.row.kind == DraftKind::Reply) {
        Some(thread) => subject.at(&format!("/threads/{thread}{said}#body")),
        None => subject.at(&format!("/drafts/{}/write{said}", draft.row.id)),
    }
}

/// `POST /drafts/{id}/withdraw`
pub async fn withdraw(
    State(state): State<WebState>,
    subject: Subject,
    Path(path): Path<DraftPath>,
) -> Result<Response> {
    let id = path.id()?;
    let named = own(&state, &subject, id).await?;
    state.write(&subject.session.actor, move |cx| prepared::withdraw(cx, id)).await?;
    Ok(see(&edited(&subject, &named.draft, "offer-back")))
}

/// What the patient's shelf says when a text is not there any more.
fn gone(subject: &Subject) -> Response {
    see(&subject.at("/drafts?done=offer-gone"))
}

/// A text that waits for the reader's decision; `None` when it is not there any more.
async fn waiting(
    state: &WebState,
    subject: &Subject,
    id: DraftId,
) -> Result<Option<prepared::Prepared>> {
    let patient = subject.patient;
    let found = state.read(&subject.session.actor, move |cx| prepared::get(cx, patient, id)).await;
    match found {
        Ok(found) => Ok(Some(found)),
        Err(app::Error::Conflict(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// `GET /prepared/{id}`
pub async fn show(
    State(state): State<WebState>,
    subject: Subject,
    Path(path): Path<DraftPath>,
) -> Result<Response> {
    let id = path.id()?;
    let Some(found) = waiting(&state, &subject, id).await? else { return Ok(gone(&subject)) };
    let chrome = subject.chrome(Place::Drafts);
    let row = &found.named.draft.row;
    let thread = row.thread.filter(|_| row.kind == DraftKind::Reply);
    let page = Prepared {
        back: subject.at("/drafts"),
        by: found.by.clone(),
        shown: shown(&state, chrome.locale, &found.named),
        thread: thread.map(|thread| subject.at(&format!("/threads/{thread}"))),
        version: row.version,
        take: subject.at(&format!("/prepared/{id}/take")),
        decline: subject.at(&format!("/prepared/{id}/decline")),
        chrome,
    };
    Ok(pages::respond(StatusCode::OK, &page))
}

/// The version that was looked at.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecideForm {
    version: i64,
}

/// What a decision that did not happen leads to: the text is gone, or it must be read again.
fn undecided(subject: &Subject, id: DraftId, error: app::Error) -> Result<Response> {
    match error {
        app::Error::Conflict(app::Conflict::Withdrawn) => Ok(gone(subject)),
        app::Error::Conflict(_) => {
            Ok(see(&subject.at(&format!("/prepared/{id}?done=offer-changed"))))
        }
        error => Err(error.into()),
    }
}

/// `POST /prepared/{id}/take`
pub async fn take(
    State(state): State<WebState>,
    subject: Subject,
    Path(path): Path<DraftPath>,
    Form(form): Form<DecideForm>,
) -> Result<Response> {
    let (id, patient) = (path.id()?, subject.patient);
    let taken = state
        .write(&subject.session.actor, move |cx| prepared::take(cx, patient, id, form.version))
        .await;
    match taken {
        Ok(taken) => Ok(see(&match taken.thread {
            Some(thread) => subject.at(&format!("/threads/{thread}?done=offer-taken#body")),
            None => subject.at(&format!("/drafts/{}/write?done=offer-taken", taken.draft)),
        })),
        Err(error) => undecided(&subject, id, error),
    }
}

/// `GET /prepared/{id}/decline`
pub async fn ask_decline(
    State(state): State<WebState>,
    subject: Subject,
    Path(path): Path<DraftPath>,
) -> Result<Response> {
    let id = path.id()?;
    let Some(found) = waiting(&state, &subject, id).await? else { return Ok(gone(&subject)) };
    let chrome = subject.chrome(Place::Drafts);
    let page = Confirm {
        title: chrome.t("confirm-decline-title"),
        text: chrome.t1("confirm-decline-text", "name", &found.by),
        action: subject.at(&format!("/prepared/{id}/decline")),
        fields: vec![("version".to_owned(), found.named.draft.row.version.to_string())],
        reason: None,
        button: chrome.t("confirm-decline-button"),
        back: subject.at(&format!("/prepared/{id}")),
        chrome,
    };
    Ok(pages::respond(StatusCode::OK, &page))
}

/// `POST /prepared/{id}/decline`
pub async fn decline(
    State(state): State<WebState>,
    subject: Subject,
    Path(path): Path<DraftPath>,
    Form(form): Form<DecideForm>,
) -> Result<Response> {
    let (id, patient) = (path.id()?, subject.patient);
    let done = state
        .write(&subject.session.actor, move |cx| prepared::decline(cx, patient, id, form.version))
        .await;
    match done {
        Ok(()) => Ok(see(&subject.at("/drafts?done=offer-declined"))),
        Err(error) => undecided(&subject, id, error),
    }
}

/// What became of a text that was handed over, in words; none while it was not.
pub(super) fn state_words(subject: &Subject, locale: Locale, offer: Offer) -> Option<String> {
    let key = format!("offer-state-{}", offer.code());
    (offer != Offer::None).then(|| locale.t1(&key, "patient", &subject.name))
}

/// The lines above the reply form: what helpers prepared for the patient, or what became of the reader's
/// own preparing.
pub(super) fn notes(
    subject: &Subject,
    locale: Locale,
    thread: ThreadId,
    waiting: &[prepared::Prepared],
    handed: &[Draft],
) -> Vec<PreparedNote> {
    let link = || locale.t("prepared-look");
    let ours = waiting.iter().filter(|found| found.named.draft.row.thread == Some(thread));
    let ours = ours.map(|found| PreparedNote {
        text: locale.t1("prepared-note", "name", &found.by),
        href: subject.at(&format!("/prepared/{}", found.named.draft.row.id)),
        link: link(),
    });
    let theirs = handed.iter().filter_map(|draft| {
        state_words(subject, locale, draft.row.offer).map(|text| PreparedNote {
            text,
            href: offered_at(subject, draft.row.id),
            link: link(),
        })
    });
    ours.chain(theirs).collect()
}
