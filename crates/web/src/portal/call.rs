//! "I'm not sure": `/drafts/{id}/call` sends the draft unchanged and asks for a call, and what is done about a call that
//! is waited for. Everything is there without JavaScript.

use app::callback::{self, Preview, Waiting};
use app::draft::{self, Draft, DraftKind, Offer, Sent};
use app::{Conflict, Error};
use axum::extract::{Path, State};
use axum::response::Response;
use domain::callback::There;
use domain::ids::{DraftId, ThreadId};
use domain::site::Safety;
use domain::time::Timestamp;
use http::StatusCode;
use serde::Deserialize;

use super::compose::DraftPath;
use super::prepared::offered_at;
use super::subject::Subject;
use super::thread::ThreadPath;
use super::words::site_time;
use super::{problems, see, urgent};
use crate::error::{Fault, Result};
use crate::extract::Form;
use crate::i18n::{Locale, SiteTime};
use crate::pages::call::{CallCard, CallNumber, CallPage, Numbers, RowCall};
use crate::pages::common::Text;
use crate::pages::{self, Chrome, Phone, Place};
use crate::run::WebState;

/// The words of the button; `None` where the reader may not send.
pub(super) fn button(subject: &Subject) -> Option<String> {
    let locale = subject.session.locale();
    let words = || {
        if subject.helps() {
            locale.t1("call-button-of", "name", &subject.name)
        } else {
            locale.t("call-button")
        }
    };
    (subject.rights == "write").then(words)
}

/// Where the page of a draft is.
pub(super) fn at(subject: &Subject, draft: DraftId) -> String {
    subject.at(&format!("/drafts/{draft}/call"))
}

/// The card in a conversation.
fn card_at(subject: &Subject, thread: ThreadId) -> String {
    subject.at(&format!("/threads/{thread}#call"))
}

/// The same again, at an address of its own: a link to where the reader is already would only scroll.
fn again_at(subject: &Subject, thread: ThreadId, now: Timestamp) -> String {
    subject.at(&format!("/threads/{thread}?at={}#call", now.micros()))
}

/// The button was pressed and the draft is saved: a card of the urgency check comes first.
pub(super) async fn pressed(state: &WebState, subject: &Subject, id: DraftId) -> Result<Response> {
    let interrupts = state.write(&subject.session.actor, move |cx| callback::wish(cx, id)).await?;
    Ok(see(&if interrupts { urgent::at(subject, id) } else { at(subject, id) }))
}

fn numbers(state: &WebState, safety: &Safety) -> Numbers {
    let fallback = &state.app().settings().site_phone;
    let phone = |text: &String| Phone::new(if text.is_empty() { fallback } else { text });
    Numbers {
        emergency: phone(&safety.emergency),
        nurse: phone(&safety.nurse),
        nurse_hours: safety.nurse_hours.clone(),
        crisis: phone(&safety.crisis),
    }
}

/// By when somebody is asked to call: the hour alone while somebody is there, else the day too.
fn by(time: &SiteTime, locale: Locale, there: There, due_at: Timestamp) -> String {
    match there {
        There::Now => time.clock(locale, due_at.micros()).text,
        There::Later | There::Unknown => time.coming(locale, due_at.micros()).text,
    }
}

/// The reader's own draft, which they may send; the response for anything else.
async fn open(
    state: &WebState,
    subject: &Subject,
    id: DraftId,
) -> Result<std::result::Result<Draft, Response>> {
    let draft = match urgent::open(state, subject, id).await {
        Ok(draft) => draft,
        Err(Fault::NotFound) => return went(state, subject, id).await.map(Err),
        Err(fault) => return Err(fault),
    };
    if draft.row.offer != Offer::None {
        return Ok(Err(see(&offered_at(subject, id))));
    }
    if draft.row.release_at.is_some() {
        let there = match draft.row.thread.filter(|_| draft.row.kind == DraftKind::Reply) {
            Some(thread) => subject.at(&format!("/threads/{thread}#held-title")),
            None => subject.at(&format!("/drafts/{id}/sent")),
        };
        return Ok(Err(see(&there)));
    }
    if subject.rights != "write" || !draft::problems(&draft).is_empty() {
        return Ok(Err(see(&urgent::edit(subject, &draft))));
    }
    Ok(Ok(draft))
}

/// The conversation that a draft became, when it has left already.
async fn went(state: &WebState, subject: &Subject, id: DraftId) -> Result<Response> {
    let thread = state.read(&subject.session.actor, move |cx| draft::became(cx, id)).await?;
    Ok(see(&card_at(subject, thread)))
}

/// `GET /drafts/{id}/call`
pub async fn show(
    State(state): State<WebState>,
    subject: Subject,
    Path(path): Path<DraftPath>,
) -> Result<Response> {
    match open(&state, &subject, path.id()?).await? {
        Ok(draft) => {
            let chrome = subject.chrome(Place::Drafts);
            page(&state, &subject, &draft, (chrome, StatusCode::OK), None).await
        }
        Err(elsewhere) => Ok(elsewhere),
    }
}

async fn page(
    state: &WebState,
    subject: &Subject,
    draft: &Draft,
    (chrome, status): (Chrome, StatusCode),
    typed: Option<&CallForm>,
) -> Result<Response> {
    let id = draft.row.id;
    let found = state.read(&subject.session.actor, move |cx| callback::preview(cx, id)).await?;
    let Some(Preview { promise, phones, chosen, seen, newer, joins }) = found else {
        // The site offers no call: the message is sent like any other.
        return Ok(see(&urgent::edit(subject, draft)));
    };
    let (locale, time) = (chrome.locale, site_time(state));
    let team = promise.team.as_str();
    let hour = by(&time, locale, promise.there, promise.due_at);
    let when = match promise.there {
        There::Now => locale.t2("call-when-now", "team", team, "time", hour),
        There::Later => locale.t2("call-when-later", "team", team, "time", hour),
        There::Unknown => locale.t1("call-when-unknown", "team", team),
    };
    let known = typed.map(|typed| typed.known.clone()).or(chosen).unwrap_or_default();
    let known =
        if phones.contains(&known) { known } else { phones.first().cloned().unwrap_or_default() };
    let reply = draft.row.thread.filter(|_| draft.row.kind == DraftKind::Reply);
    let shown = CallPage {
        action: at(subject, id),
        version: draft.row.version,
        seen,
        whose: subject.helps().then(|| subject.name.clone()),
        when,
        there: promise.there == There::Now,
        numbers: numbers(state, &promise.safety),
        phones: phones.into_iter().map(|phone| (phone.clone(), phone == known)).collect(),
        typed: typed.map(|typed| typed.phone.clone()).unwrap_or_default(),
        joins,
        newer: reply.filter(|_| newer > 0).map(|thread| subject.at(&format!("/threads/{thread}"))),
        headline: draft.content.headline.clone(),
        body: Text::new(&draft.content.body),
        edit: urgent::edit(subject, draft),
        chrome,
    };
    Ok(pages::respond(status, &shown))
}

/// Which number to call.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallForm {
    version: i64,
    #[serde(default)]
    seen: i64,
    /// A number on record.
    #[serde(default)]
    known: String,
    /// Another one, which wins.
    #[serde(default)]
    phone: String,
}

/// `POST /drafts/{id}/call`: sends at once and asks for the call.
pub async fn ask(
    State(state): State<WebState>,
    subject: Subject,
    Path(path): Path<DraftPath>,
    Form(form): Form<CallForm>,
) -> Result<Response> {
    let id = path.id()?;
    let draft = match open(&state, &subject, id).await? {
        Ok(draft) => draft,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let (version, seen) = (form.version, form.seen);
    let phone = if form.phone.trim().is_empty() { &form.known } else { &form.phone }.clone();
    let sent = state
        .write(&subject.session.actor, move |cx| callback::send(cx, id, version, &phone, seen))
        .await;
    match sent {
        Ok(Sent::Delivered(sent)) => Ok(see(&card_at(&subject, sent.thread))),
        Ok(Sent::Asked) => Ok(see(&urgent::at(&subject, id))),
        Ok(Sent::Held(_)) | Err(Error::NotFound) => went(&state, &subject, id).await,
        Err(Error::Invalid(faults)) if faults.iter().all(|fault| fault.field == "phone") => {
            let chrome = problems(subject.chrome(Place::Drafts), &faults);
            let shown = (chrome, StatusCode::UNPROCESSABLE_ENTITY);
            page(&state, &subject, &draft, shown, Some(&form)).await
        }
        Err(Error::Invalid(_)) => Ok(see(&urgent::edit(&subject, &draft))),
        Err(Error::Conflict(Conflict::NewerMessages { .. })) => {
            let shown = (subject.chrome(Place::Drafts), StatusCode::CONFLICT);
            page(&state, &subject, &draft, shown, Some(&form)).await
        }
        // Another window saved meanwhile: the newest text is shown.
        Err(Error::Conflict(_)) => Ok(see(&at(&subject, id))),
        Err(error) => Err(error.into()),
    }
}

/// The card of the call that is waited for in a conversation.
pub(super) async fn card(
    state: &WebState,
    subject: &Subject,
    thread: ThreadId,
) -> Result<Option<CallCard>> {
    let found = state.read(&subject.session.actor, move |cx| callback::waiting(cx, thread)).await?;
    Ok(found.map(|found| shown(state, subject, thread, &found)))
}

fn shown(state: &WebState, subject: &Subject, thread: ThreadId, found: &Waiting) -> CallCard {
    let (locale, time) = (subject.session.locale(), site_time(state));
    let hour = by(&time, locale, found.there, found.due_at);
    let keep = found.mine.then_some("call-card-keep");
    let (title, text) = match (&found.calling, found.late, found.there) {
        (Some(who), ..) if who.is_empty() => (locale.t("call-card-calling-team"), keep),
        (Some(who), ..) => (locale.t1("call-card-calling", "who", who), keep),
        (None, true, _) => (locale.t("call-card-late"), Some("call-card-late-text")),
        // Who did not ask is not told that they did, nor to wait beside a phone.
        (None, false, There::Unknown) if !found.mine => (locale.t("inbox-call-unknown"), None),
        (None, false, _) if !found.mine => (locale.t1("inbox-call-by", "time", hour), None),
        (None, false, There::Now) => (locale.t1("call-card-by", "time", hour), keep),
        (None, false, There::Later) => (locale.t1("call-card-later", "time", hour), None),
        (None, false, There::Unknown) => (locale.t("call-card-unknown"), None),
    };
    let number = || match found.phone.as_str() {
        "" => locale.t("call-card-no-number"),
        phone => locale.t1("call-card-number", "phone", phone),
    };
    let writes = subject.rights == "write";
    let safety = found.safety.clone().unwrap_or_default();
    CallCard {
        title,
        text: text.map(|key| locale.t(key)),
        taken_back: found.taken_back,
        late: found.late && found.calling.is_none(),
        numbers: numbers(state, &safety),
        number: found.mine.then(number),
        change: (found.mine && writes)
            .then(|| subject.at(&format!("/threads/{thread}/call/number"))),
        off: writes.then(|| subject.at(&format!("/threads/{thread}/call/off"))),
        again: again_at(subject, thread, state.app().now()),
    }
}

/// What the row of a conversation says of its call.
pub(super) fn on_row(state: &WebState, locale: Locale, found: &callback::Listed) -> RowCall {
    let fallback = &state.app().settings().site_phone;
    let nurse = if found.nurse.is_empty() { fallback } else { &found.nurse };
    let hour = || by(&site_time(state), locale, found.there, found.due_at);
    let row = |text| RowCall { text, nurse: None };
    match (&found.calling, found.late, found.there) {
        (Some(who), ..) if who.is_empty() => row(locale.t("call-card-calling-team")),
        (Some(who), ..) => row(locale.t1("call-card-calling", "who", who)),
        (None, true, _) => {
            RowCall { nurse: Some(Phone::new(nurse)), ..row(locale.t("call-card-late")) }
        }
        (None, false, There::Unknown) => row(locale.t("inbox-call-unknown")),
        (None, false, There::Now | There::Later) => row(locale.t1("inbox-call-by", "time", hour())),
    }
}

/// The call that is waited for, in a conversation of the patient of the address.
async fn waiting(state: &WebState, subject: &Subject, thread: ThreadId) -> Result<Option<Waiting>> {
    let patient = subject.patient;
    let found = state
        .read(&subject.session.actor, move |cx| {
            app::thread::live(cx, patient, thread)?;
            callback::waiting(cx, thread)
        })
        .await?;
    Ok(found)
}

/// `GET /threads/{id}/call/number`
pub async fn show_number(
    State(state): State<WebState>,
    subject: Subject,
    Path(path): Path<ThreadPath>,
) -> Result<Response> {
    let thread = path.id()?;
    let found = waiting(&state, &subject, thread).await?;
    let Some(found) = found.filter(|found| found.mine) else {
        return Ok(see(&card_at(&subject, thread)));
    };
    let chrome = subject.chrome(Place::Inbox);
    Ok(pages::respond(StatusCode::OK, &number_page(&subject, thread, chrome, found.phone)))
}

fn number_page(subject: &Subject, thread: ThreadId, chrome: Chrome, typed: String) -> CallNumber {
    CallNumber {
        action: subject.at(&format!("/threads/{thread}/call/number")),
        back: card_at(subject, thread),
        typed,
        chrome,
    }
}

/// Another number.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumberForm {
    #[serde(default)]
    phone: String,
}

/// `POST /threads/{id}/call/number`
pub async fn set_number(
    State(state): State<WebState>,
    subject: Subject,
    Path(path): Path<ThreadPath>,
    Form(form): Form<NumberForm>,
) -> Result<Response> {
    let thread = path.id()?;
    waiting(&state, &subject, thread).await?;
    let phone = form.phone.clone();
    let set =
        state.write(&subject.session.actor, move |cx| callback::renumber(cx, thread, &phone)).await;
    match set {
        Ok(()) => Ok(see(&card_at(&subject, thread))),
        Err(Error::Invalid(faults)) => {
            let chrome = problems(subject.chrome(Place::Inbox), &faults);
            let page = number_page(&subject, thread, chrome, form.phone);
            Ok(pages::respond(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /threads/{id}/call/off`: the call is not needed any more; the message stays.
pub async fn off(
    State(state): State<WebState>,
    subject: Subject,
    Path(path): Path<ThreadPath>,
) -> Result<Response> {
    let thread = path.id()?;
    waiting(&state, &subject, thread).await?;
    state.write(&subject.session.actor, move |cx| callback::withdraw(cx, thread)).await?;
    Ok(see(&subject.at(&format!("/threads/{thread}"))))
}
