//! Writing a new message: `/new`, then `/drafts/{id}/who|about|write|check|sent`. What is typed is in a
//! draft from the first step on.

use app::circle::Audience;
use app::content::DraftContent;
use app::draft::{self, Draft, DraftKind, Offer, Sent, Target, Typed};
use app::thread::About;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use domain::ids::{CareTeamId, DraftId, Id};
use domain::message::Ask;
use domain::thread::{AboutKind, Category};
use http::{HeaderName, HeaderValue, StatusCode};
use serde::Deserialize;

use super::prepared::offered_at;
use super::routed::{direct_choices, routed};
use super::subject::Subject;
use super::topics::{self, Topic};
use super::words::{reader_names, reads_first, safety_for_writing, safety_of, site_time};
use super::{call, duplicate, problems, see, urgent};
use crate::error::{Fault, Result};
use crate::extract::Form;
use crate::pages::common::Text;
use crate::pages::compose::{ComposeAbout, ComposeCheck, ComposeSent, ComposeWrite};
use crate::pages::shelf::Confirm;
use crate::pages::{self, Chrome, Place};
use crate::run::WebState;

/// The draft of the address; `{patient}` is read by [`Subject`].
#[derive(Debug, Deserialize)]
pub struct DraftPath {
    id: String,
}

impl DraftPath {
    pub(super) fn id(&self) -> Result<DraftId> {
        DraftId::parse(&self.id).map_err(|_| Fault::NotFound)
    }
}

/// The patient's own draft of a new message; another patient's, or a reply, is not found here.
pub(super) async fn open(state: &WebState, subject: &Subject, path: &DraftPath) -> Result<Draft> {
    let id = path.id()?;
    let draft = state.read(&subject.session.actor, move |cx| draft::get(cx, id)).await?;
    let is_new = draft.row.kind == DraftKind::New;
    if draft.row.patient == Some(subject.patient) && is_new {
        Ok(draft)
    } else {
        Err(Fault::NotFound)
    }
}

async fn audience(state: &WebState, subject: &Subject, category: Category) -> Result<Audience> {
    let patient = subject.patient;
    let read = move |cx: &mut app::Cx<'_, '_>| app::circle::audience(cx, patient, category);
    Ok(state.read(&subject.session.actor, read).await?)
}

/// The stored draft as something that can be saved again with a change.
pub(super) fn typed_of(draft: &Draft) -> Result<Typed> {
    let target = draft::target_of(&draft.row)?;
    Ok(Typed {
        target,
        ask: draft.row.ask,
        content: draft.content.clone(),
        base_seq: draft.row.base_seq,
    })
}

pub(super) async fn save(
    state: &WebState,
    subject: &Subject,
    draft: &Draft,
    typed: Typed,
) -> Result<i64> {
    let (id, version) = (draft.row.id, draft.row.version);
    let saved = state
        .write(&subject.session.actor, move |cx| draft::save(cx, Some(id), version, &typed))
        .await?;
    Ok(saved.1)
}

/// `GET /drafts/{id}/about`
pub async fn about(
    State(state): State<WebState>,
    subject: Subject,
    Path(path): Path<DraftPath>,
) -> Result<Response> {
    let draft = open(&state, &subject, &path).await?;
    about_page(&state, &subject, &draft, None).await
}

async fn about_page(
    state: &WebState,
    subject: &Subject,
    draft: &Draft,
    problem: Option<&'static str>,
) -> Result<Response> {
    let chrome = subject.chrome(Place::Drafts);
    let locale = chrome.locale;
    let topics = topics::load(state, subject, locale).await?;
    let chosen = topics::value(draft.row.about, draft.row.category);
    let id = draft.row.id;
    let page = ComposeAbout {
        chrome: match problem {
            Some(key) => chrome.with_problems(&[("about", key)]),
            None => chrome,
        },
        action: subject.at(&format!("/drafts/{id}/about")),
        back: subject.at(&format!("/drafts/{id}/who")),
        groups: topics::groups(topics, locale, &chosen),
        // Chosen once before and left at that; a fresh draft has chosen nothing yet.
        nothing: draft.row.version > 1
            && draft.row.about == About::NOTHING
            && draft.row.category == Category::Other,
    };
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(pages::respond(status, &page))
}

/// What it is about: `KIND:ID`, `category:CODE` or `nothing`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AboutForm {
    #[serde(default)]
    about: String,
}

/// `POST /drafts/{id}/about`
pub async fn set_about(
    State(state): State<WebState>,
    subject: Subject,
    Path(path): Path<DraftPath>,
    Form(form): Form<AboutForm>,
) -> Result<Response> {
    let draft = open(&state, &subject, &path).await?;
    let locale = subject.session.locale();
    let topics = topics::load(&state, &subject, locale).await?;
    let Some(topic) = topics::choose(&topics, &form.about) else {
        return about_page(&state, &subject, &draft, Some("problem-about")).await;
    };
    let before = topics::find(&topics, draft.row.about, draft.row.category);
    let mut typed = typed_of(&draft)?;
    retitle(&mut typed.content, before, &topic);
    if let Target::New { category, about, .. } = &mut typed.target {
        *category = topic.category;
        *about = topic.about;
    }
    save(&state, &subject, &draft, typed).await?;
    Ok(see(&subject.at(&format!("/drafts/{}/write", draft.row.id))))
}

/// The topic fills the headline unless the writer has made one of their own.
fn retitle(content: &mut DraftContent, before: Option<&Topic>, now: &Topic) {
    let untouched = content.headline.is_empty()
        || before.is_some_and(|topic| topic.headline == content.headline);
    if untouched {
        content.headline.clone_from(&now.headline);
    }
}

/// `?edit=…`: the writer goes back to a text whose card waits for an answer.
#[derive(Debug, Default, Deserialize)]
pub struct WriteQuery {
    edit: Option<String>,
}

/// `GET /drafts/{id}` and `GET /drafts/{id}/write`
pub async fn write(
    State(state): State<WebState>,
    subject: Subject,
    Path(path): Path<DraftPath>,
    Query(query): Query<WriteQuery>,
) -> Result<Response> {
    let draft = open(&state, &subject, &path).await?;
    let id = draft.row.id;
    if query.edit.is_none()
        && state.read(&subject.session.actor, move |cx| app::urgency::waits(cx, id)).await?
    {
        return Ok(see(&urgent::at(&subject, id)));
    }
    if draft.row.release_at.is_some() {
        return Ok(see(&subject.at(&format!("/drafts/{}/sent", draft.row.id))));
    }
    if draft.row.offer != Offer::None {
        return Ok(see(&offered_at(&subject, draft.row.id)));
    }
    let chrome = subject.chrome(Place::Drafts);
    write_page(&state, &subject, chrome, &draft).await
}

async fn write_page(
    state: &WebState,
    subject: &Subject,
    chrome: Chrome,
    draft: &Draft,
) -> Result<Response> {
    let all = audience(state, subject, draft.row.category).await?;
    let time = site_time(state);
    let locale = chrome.locale;
    let goes = routed(state, subject, draft, locale).await?;
    let team = goes.team.as_ref();
    let id = draft.row.id;
    let status =
        if chrome.problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let begun = draft.row.version > 1 && !draft.content.body.is_empty();
    let page = ComposeWrite {
        action: subject.at(&format!("/drafts/{id}/write")),
        back: subject.at(&format!("/drafts/{id}/about")),
        autosave: subject.at(&format!("/drafts/{id}/autosave")),
        beside: urgent::beside_at(subject, &id.to_string()),
        delete: subject.at(&format!("/drafts/{id}/delete")),
        version: draft.row.version,
        ask: if begun { draft.row.ask.code().to_owned() } else { String::new() },
        headline: draft.content.headline.clone(),
        body: draft.content.body.clone(),
        questions: draft.content.questions.clone(),
        direct: direct_choices(state, subject, draft, locale).await?,
        readers: reader_names(subject, team.map(|team| team.name.as_str()), &all.readers),
        hear: goes.hear,
        saved: begun.then(|| time.clock(locale, draft.row.updated_at.micros())),
        safety: safety_for_writing(state, subject, team).await?,
        unsure: unsure(state, subject, team.map(|team| team.id)).await?,
        chrome,
    };
    Ok(pages::respond(status, &page))
}

/// The words of the button of who is not sure, where the team's site offers a call.
async fn unsure(
    state: &WebState,
    subject: &Subject,
    team: Option<CareTeamId>,
) -> Result<Option<String>> {
    let read = move |cx: &mut app::Cx<'_, '_>| app::callback::is_offered(cx, team);
    let offered = state.read(&subject.session.actor, read).await?;
    Ok(call::button(subject).filter(|_| offered))
}

/// What was typed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WriteForm {
    #[serde(default)]
    ask: String,
    #[serde(default)]
    headline: String,
    #[serde(default)]
    body: String,
    #[serde(default)]
    question: Vec<String>,
    #[serde(default)]
    direct: String,
    version: i64,
    #[serde(default)]
    intent: String,
}

impl WriteForm {
    fn onto(self, draft: &mut Draft) {
        draft.row.version = self.version;
        if let Some(ask) = Ask::from_code(&self.ask) {
            draft.row.ask = ask;
        }
        draft.content.headline = self.headline;
        draft.content.body = self.body;
        draft.content.direct = self.direct;
        // Whoever goes on writing presses the button of their choice again.
        draft.content.call = None;
        draft.content.questions =
            self.question.into_iter().filter(|question| !question.trim().is_empty()).collect();
    }
}

/// `POST /drafts/{id}/write`
pub async fn set_text(
    State(state): State<WebState>,
    subject: Subject,
    Path(path): Path<DraftPath>,
    Form(form): Form<WriteForm>,
) -> Result<Response> {
    let mut draft = open(&state, &subject, &path).await?;
    let (saves, calls) = (form.intent == "save", form.intent == "call");
    let asked = calls || Ask::from_code(&form.ask).is_some();
    form.onto(&mut draft);
    if calls && draft.content.headline.trim().is_empty() {
        draft.content.headline = subject.session.locale().t("call-headline");
    }
    let typed = typed_of(&draft)?;
    match save(&state, &subject, &draft, typed).await {
        Ok(version) => draft.row.version = version,
        Err(Fault::Conflict) => return changed(&state, &subject, &path).await,
        Err(fault) => return Err(fault),
    }
    if saves {
        return Ok(see(&subject.at("/drafts?done=draft-saved")));
    }
    let mut faults = draft::problems(&draft);
    if !asked {
        faults.insert(0, app::FieldError::new("ask", "empty"));
    }
    if faults.is_empty() {
        let id = draft.row.id;
        if calls {
            return call::pressed(&state, &subject, id).await;
        }
        let asks = state
            .write(&subject.session.actor, move |cx| app::urgency::interrupts_draft(cx, id))
            .await?;
        let check = subject.at(&format!("/drafts/{id}/check"));
        return Ok(see(&if asks { urgent::at(&subject, id) } else { check }));
    }
    let chrome = problems(subject.chrome(Place::Drafts), &faults);
    write_page(&state, &subject, chrome, &draft).await
}

/// Another window saved meanwhile: the newest text is shown and said to be so.
pub(super) async fn changed(
    state: &WebState,
    subject: &Subject,
    path: &DraftPath,
) -> Result<Response> {
    let draft = open(state, subject, path).await?;
    if draft.row.offer != Offer::None {
        // It was handed to the patient meanwhile.
        return Ok(see(&offered_at(subject, draft.row.id)));
    }
    let chrome = subject.chrome(Place::Drafts).with_problems(&[("body", "problem-changed")]);
    write_page(state, subject, chrome, &draft).await
}

/// The text again, with what is wrong with it.
pub(super) async fn wrong(
    state: &WebState,
    subject: &Subject,
    path: &DraftPath,
    faults: &[app::FieldError],
) -> Result<Response> {
    let draft = open(state, subject, path).await?;
    let chrome = problems(subject.chrome(Place::Drafts), faults);
    write_page(state, subject, chrome, &draft).await
}

/// `POST /drafts/{id}/autosave`: the sentence to show, and the draft's version in a header.
pub async fn autosave(
    State(state): State<WebState>,
    subject: Subject,
    Path(path): Path<DraftPath>,
    Form(form): Form<WriteForm>,
) -> Result<Response> {
    let mut draft = open(&state, &subject, &path).await?;
    form.onto(&mut draft);
    let typed = typed_of(&draft)?;
    let version = save(&state, &subject, &draft, typed).await?;
    Ok(saved_line(&state, &subject, version))
}

/// "Saved at 9:12. Find it under Drafts."
pub(super) fn saved_line(state: &WebState, subject: &Subject, version: i64) -> Response {
    let locale = subject.session.locale();
    let at = site_time(state).clock(locale, state.app().now().micros());
    let mut response = locale.t1("saved-at", "time", &at.text).into_response();
    let name = HeaderName::from_static("draft-version");
    response.headers_mut().insert(name, HeaderValue::from(version));
    response
}

/// `GET /drafts/{id}/check`
pub async fn check(
    State(state): State<WebState>,
    subject: Subject,
    Path(path): Path<DraftPath>,
) -> Result<Response> {
    check_page(&state, &subject, &path, StatusCode::OK).await
}

/// The page that shows a message before it is sent.
pub(super) async fn check_page(
    state: &WebState,
    subject: &Subject,
    path: &DraftPath,
    status: StatusCode,
) -> Result<Response> {
    let draft = open(state, subject, path).await?;
    if draft.row.offer != Offer::None {
        return Ok(see(&offered_at(subject, draft.row.id)));
    }
    let faults = draft::problems(&draft);
    if !faults.is_empty() {
        let chrome = problems(subject.chrome(Place::Drafts), &faults);
        return write_page(state, subject, chrome, &draft).await;
    }
    let taken = draft.clone();
    let prepared_by =
        state.read(&subject.session.actor, move |cx| draft::prepared_by(cx, &taken)).await?;
    let hands_over = subject.rights == "draft";
    let all = audience(state, subject, draft.row.category).await?;
    let chrome = subject.chrome(Place::Drafts);
    let locale = chrome.locale;
    let goes = routed(state, subject, &draft, locale).await?;
    let team = goes.team.as_ref();
    let topics = topics::load(state, subject, locale).await?;
    let topic = topics::find(&topics, draft.row.about, draft.row.category);
    let id = draft.row.id;
    let page = ComposeCheck {
        action: subject.at(&format!("/drafts/{id}/{}", if hands_over { "offer" } else { "send" })),
        hand_to: hands_over.then(|| subject.name.clone()),
        prepared_by,
        back: subject.at(&format!("/drafts/{id}/write")),
        version: draft.row.version,
        client_msg_id: id.to_string(),
        team: goes.name(),
        routed: goes.moved(locale),
        about: topic
            .filter(|topic| topic.about.kind != AboutKind::Nothing)
            .map(|t| t.label.clone()),
        ask: draft.row.ask.code().to_owned(),
        headline: draft.content.headline.clone(),
        text: Text::new(&draft.content.body),
        questions: draft.content.questions.clone(),
        readers: reader_names(subject, team.map(|team| team.name.as_str()), &all.readers),
        reads_first: goes.first.clone().or_else(|| team.map(|team| reads_first(locale, team))),
        hear: goes.hear,
        again: if hands_over { None } else { duplicate::offer(state, subject, id).await? },
        urgency: urgent::card_of(state, subject, id).await?,
        unsure: unsure(state, subject, team.map(|team| team.id))
            .await?
            .map(|words| (words, call::at(subject, id))),
        change_who: subject.at(&format!("/drafts/{id}/who")),
        change_about: subject.at(&format!("/drafts/{id}/about")),
        change_text: subject.at(&format!("/drafts/{id}/write")),
        chrome,
    };
    Ok(pages::respond(status, &page))
}

/// The send button.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SendForm {
    pub(super) version: i64,
    /// The draft's id again; the draft itself is the key of the send.
    #[serde(default, rename = "client_msg_id")]
    _client_msg_id: String,
    /// The conversation in which nearly the same was said, when the sender was shown it.
    #[serde(default)]
    anyway: String,
}

/// `POST /drafts/{id}/send`
pub async fn send(
    State(state): State<WebState>,
    subject: Subject,
    Path(path): Path<DraftPath>,
    Form(form): Form<SendForm>,
) -> Result<Response> {
    let id = path.id()?;
    if duplicate::stops(&state, &subject, id, &form.anyway).await? {
        return check_page(&state, &subject, &path, StatusCode::CONFLICT).await;
    }
    let sent = state
        .write(&subject.session.actor, move |cx| draft::send(cx, id, form.version, None))
        .await;
    match sent {
        Ok(Sent::Held(_)) => Ok(see(&subject.at(&format!("/drafts/{id}/sent")))),
        Ok(Sent::Delivered(delivered)) => {
            Ok(see(&subject.at(&format!("/threads/{}/sent", delivered.thread))))
        }
        Ok(Sent::Asked) => Ok(see(&urgent::at(&subject, id))),
        Err(app::Error::Invalid(faults)) => wrong(&state, &subject, &path, &faults).await,
        Err(app::Error::Conflict(_)) => changed(&state, &subject, &path).await,
        // A second press after it left: what it became is shown.
        Err(app::Error::NotFound) => went(&state, &subject, id).await,
        Err(error) => Err(error.into()),
    }
}

/// The thread a draft became, when it has left already.
pub(super) async fn went(state: &WebState, subject: &Subject, id: DraftId) -> Result<Response> {
    let thread = state.read(&subject.session.actor, move |cx| draft::became(cx, id)).await?;
    Ok(see(&subject.at(&format!("/threads/{thread}/sent"))))
}

/// `GET /drafts/{id}/sent`
pub async fn sent(
    State(state): State<WebState>,
    subject: Subject,
    Path(path): Path<DraftPath>,
) -> Result<Response> {
    let draft = match open(&state, &subject, &path).await {
        Ok(draft) => draft,
        Err(Fault::NotFound) => return went(&state, &subject, path.id()?).await,
        Err(fault) => return Err(fault),
    };
    let Some(release_at) = draft.row.release_at else {
        return Ok(see(&subject.at(&format!("/drafts/{}/check", draft.row.id))));
    };
    let chrome = subject.chrome(Place::Inbox);
    let locale = chrome.locale;
    let goes = routed(&state, &subject, &draft, locale).await?;
    let now = state.app().now();
    let left = u32::try_from(release_at.seconds_since(now).max(0) + 1).unwrap_or(0);
    let page = ComposeSent {
        undo: Some((subject.at(&format!("/drafts/{}/undo", draft.row.id)), left)),
        team: goes.name(),
        at: site_time(&state).full(locale, release_at.micros()),
        receipt: receipt(&draft.row.id.to_string()),
        hear: goes.hear,
        next: subject.at("/"),
        urgency: urgent::card_of(&state, &subject, draft.row.id).await?.filter(shown_after),
        safety: safety_of(&state, goes.team.as_ref()),
        chrome,
    };
    Ok(pages::respond(StatusCode::OK, &page))
}

/// Whether a card still stands beside what was sent: the question is asked before.
pub(super) fn shown_after(card: &crate::pages::urgent::Card) -> bool {
    card.level != crate::pages::urgent::Urgency::Ask
}

/// A short number to say on the phone: the last letters of an id.
pub(super) fn receipt(id: &str) -> String {
    let tail: Vec<char> = id.chars().rev().take(6).collect();
    tail.into_iter().rev().collect::<String>().to_ascii_uppercase()
}

/// `POST /drafts/{id}/undo`
pub async fn undo(
    State(state): State<WebState>,
    subject: Subject,
    Path(path): Path<DraftPath>,
) -> Result<Response> {
    let id = path.id()?;
    match state.write_reserved(&subject.session.actor, move |cx| draft::undo(cx, id)).await {
        Ok(()) => {}
        Err(app::Error::Conflict(_)) => return went(&state, &subject, id).await,
        Err(error) => return Err(error.into()),
    }
    let draft = state.read(&subject.session.actor, move |cx| draft::get(cx, id)).await?;
    match draft.row.thread.filter(|_| draft.row.kind == DraftKind::Reply) {
        Some(thread) => Ok(see(&subject.at(&format!("/threads/{thread}?done=taken-back#body")))),
        None => Ok(see(&subject.at(&format!("/drafts/{id}/write?done=taken-back")))),
    }
}

/// `GET /drafts/{id}/delete`
pub async fn ask_delete(
    State(state): State<WebState>,
    subject: Subject,
    Path(path): Path<DraftPath>,
) -> Result<Response> {
    let id = path.id()?;
    let draft = state.read(&subject.session.actor, move |cx| draft::get(cx, id)).await?;
    if draft.row.patient != Some(subject.patient) {
        return Err(Fault::NotFound);
    }
    let chrome = subject.chrome(Place::Drafts);
    let page = Confirm {
        title: chrome.t("confirm-delete-title"),
        text: chrome.t("confirm-delete-text"),
        action: subject.at(&format!("/drafts/{id}/delete")),
        fields: Vec::new(),
        reason: None,
        button: chrome.t("confirm-delete-button"),
        back: subject.at("/drafts"),
        chrome,
    };
    Ok(pages::respond(StatusCode::OK, &page))
}

/// `POST /drafts/{id}/delete`
pub async fn delete(
    State(state): State<WebState>,
    subject: Subject,
    Path(path): Path<DraftPath>,
) -> Result<Response> {
    let id = path.id()?;
    state.write(&subject.session.actor, move |cx| draft::remove(cx, id)).await?;
    Ok(see(&subject.at("/drafts?done=draft-deleted")))
}
