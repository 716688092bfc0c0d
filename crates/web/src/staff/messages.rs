//! What staff write in a conversation: replies, notes, corrections.
//!
//! A reply is kept as a draft before it is sent, so that whatever stops it loses no word.

use app::content::{DraftContent, LevelPress};
use app::draft::{self, AfterRelease, Target, Typed as DraftTyped};
use app::message::{self, Outgoing};
use app::{Conflict, Cx, Error, note, staff as desks};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use domain::ids::{DraftId, MessageId, StaffNoteId, ThreadId};
use domain::message::{Ask, Body, Channel, ClientMsgId, CorrectionKind};
use domain::saved_reply::{Act, End};
use domain::work_item::Outcome;
use http::{HeaderName, HeaderValue};
use serde::Deserialize;

use super::acts::{passed_on, stale};
use super::conflict::conflict;
use super::conversation::{self, ThreadPath, Typed, note_view, shown_as};
use super::{Rail, Staff, desk, id, is_stale, see, status, thread_address, with_faults};
use crate::error::{Fault, Result};
use crate::extract::Form;
use crate::i18n::SiteTime;
use crate::pages::staff::{ConflictKind, PromotePage};
use crate::pages::{self, Chrome};
use crate::run::WebState;

/// A reply as typed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplyForm {
    #[serde(default)]
    pub(super) body: String,
    /// Questions to the patient, one a field.
    #[serde(default)]
    question: Vec<String>,
    /// What the questions are for.
    #[serde(default)]
    ask: String,
    /// The patient's questions that this answers.
    #[serde(default)]
    answers: Vec<String>,
    base_seq: i64,
    pub(super) client_msg_id: String,
    #[serde(default)]
    pub(super) version: i64,
    #[serde(default)]
    then: String,
    #[serde(default)]
    pub(super) list: String,
    /// The saved reply that is chosen; only putting it in reads it.
    #[serde(default)]
    pub(super) saved: String,
    /// The level that the offer of the saved reply was made at.
    #[serde(default)]
    level_shown: i64,
    /// Why the press makes it less urgent.
    #[serde(default)]
    level_why: String,
}

impl ReplyForm {
    /// The questions that were typed.
    fn questions(&self) -> Vec<String> {
        let typed = self.question.iter().map(|text| text.trim());
        typed.filter(|text| !text.is_empty()).map(str::to_owned).collect()
    }

    /// What the button that was pressed does besides sending.
    fn act(&self) -> Act {
        match self.then.as_str() {
            "close" => Act { level: None, end: End::Close(Outcome::Answered) },
            then => Act::from_code(then).unwrap_or_default(),
        }
    }

    /// What goes back into the page when the reply is refused.
    fn again(&self) -> Typed {
        // The buttons that are always there need no offer of their own.
        let offered = Some(self.act()).filter(|_| !matches!(self.then.as_str(), "close" | "wait"));
        let offered = offered.filter(|act| *act != Act::default());
        let offer = offered.map(|act| (act, self.level_why.clone()));
        Typed { body: Some(self.body.clone()), offer, ..Typed::default() }
    }

    pub(super) fn typed(&self, thread: ThreadId) -> DraftTyped {
        let questions = self.questions();
        let asks = !questions.is_empty();
        let act = self.act();
        let (after, outcome) = match act.end {
            End::Close(outcome) => (AfterRelease::Close, Some(outcome)),
            // Whoever asks waits for the answer.
            End::Wait => (AfterRelease::Wait, None),
            End::Nothing if asks => (AfterRelease::Wait, None),
            End::Nothing => (AfterRelease::Nothing, None),
        };
        let press = act.level.map(|level| LevelPress {
            level: level.number(),
            shown: self.level_shown,
            why: self.level_why.clone(),
        });
        let ask = Ask::from_code(&self.ask).filter(|ask| *ask != Ask::Inform);
        DraftTyped {
            target: Target::Reply { thread, after, outcome },
            ask: if asks { ask.unwrap_or(Ask::Fact) } else { Ask::Inform },
            content: DraftContent {
                body: self.body.clone(),
                questions,
                answers: self.answers.clone(),
                press,
                ..DraftContent::default()
            },
            base_seq: self.base_seq,
        }
    }
}

/// How keeping a text went.
pub(super) enum Kept {
    /// It is a draft at this version.
    At(i64),
    /// It has left, or is about to.
    Gone,
    /// Another window kept another text.
    Changed,
}

/// Keeps a text as a draft. The same text again, sent by an impatient hand, is kept already.
pub(super) async fn keep(
    state: &WebState,
    staff: &Staff,
    id: DraftId,
    version: i64,
    typed: &DraftTyped,
) -> Result<Kept> {
    let to_save = typed.clone();
    let saved =
        state.write(staff.actor(), move |cx| draft::save(cx, Some(id), version, &to_save)).await;
    match saved {
        Ok((_, version)) => Ok(Kept::At(version)),
        Err(Error::Conflict(Conflict::AlreadySent)) => Ok(Kept::Gone),
        Err(Error::Conflict(_)) => {
            let known = match state.read(staff.actor(), move |cx| draft::get(cx, id)).await {
                Ok(known) => known,
                Err(Error::NotFound) => return Ok(Kept::Changed),
                Err(error) => return Err(error.into()),
            };
            let same =
                known.content == typed.content && draft::target_of(&known.row)? == typed.target;
            Ok(if same { Kept::At(known.row.version) } else { Kept::Changed })
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST …/reply`
pub async fn reply(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<ThreadPath>,
    Form(form): Form<ReplyForm>,
) -> Result<Response> {
    let thread = path.id()?;
    let draft_id: DraftId = id(&form.client_msg_id)?;
    let typed = form.typed(thread);
    let kept = match keep(&state, &staff, draft_id, form.version, &typed).await {
        Err(Fault::Forbidden) => {
            return passed_on(&state, &staff, thread, &form.list, Some(form.body)).await;
        }
        other => other?,
    };
    let version = match kept {
        Kept::At(version) => version,
        Kept::Gone => return Ok(see(&thread_address(thread, &form.list, "sent"))),
        Kept::Changed => {
            return stale(&state, &staff, thread, &form.list, Some(form.body)).await;
        }
    };
    if form.then == "ask" {
        return Ok(see(&super::share::ask_address(thread, draft_id)));
    }
    if form.then == "draft" {
        return Ok(see(&thread_address(thread, &form.list, "draft")));
    }
    if matches!(form.act().end, End::Close(_)) && !form.questions().is_empty() {
        let chrome = with_faults(staff.chrome(), &[app::FieldError::new("question", "closes")]);
        return conversation::again(&state, &staff, thread, &form.list, chrome, form.again()).await;
    }
    let seen = form.base_seq;
    let sent =
        state.write(staff.actor(), move |cx| draft::send(cx, draft_id, version, Some(seen))).await;
    match sent {
        Ok(_) => Ok(see(&thread_address(thread, &form.list, ""))),
        Err(Error::Conflict(Conflict::NewerMessages { count, .. })) => {
            let typed = Typed { newer: Some((seen, count)), ..form.again() };
            let chrome = staff.chrome();
            conversation::again(&state, &staff, thread, &form.list, chrome, typed).await
        }
        Err(error) if is_stale(&error) => {
            stale(&state, &staff, thread, &form.list, Some(form.body)).await
        }
        Err(Error::Invalid(faults)) => {
            let chrome = with_faults(staff.chrome(), &faults);
            conversation::again(&state, &staff, thread, &form.list, chrome, form.again()).await
        }
        Err(error) => Err(error.into()),
    }
}

/// "Saved at 9:12." and the draft's version in a header.
pub(super) fn saved_line(state: &WebState, staff: &Staff, version: i64) -> Response {
    let app = state.app();
    let time = SiteTime::new(&app.settings().time_zone, app.now().micros());
    let at = time.clock(staff.locale(), app.now().micros()).text;
    let mut response = staff.locale().t1("staff-saved-at", "time", at).into_response();
    let name = HeaderName::from_static("draft-version");
    response.headers_mut().insert(name, HeaderValue::from(version));
    response
}

/// `POST …/reply/autosave`
pub async fn autosave(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<ThreadPath>,
    Form(form): Form<ReplyForm>,
) -> Result<Response> {
    let thread = path.id()?;
    let draft_id: DraftId = id(&form.client_msg_id)?;
    match keep(&state, &staff, draft_id, form.version, &form.typed(thread)).await? {
        Kept::At(version) => Ok(saved_line(&state, &staff, version)),
        Kept::Gone | Kept::Changed => Err(Fault::Conflict),
    }
}

/// A note as typed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoteForm {
    #[serde(default)]
    note: String,
    client_msg_id: String,
    #[serde(default)]
    version: i64,
    #[serde(default)]
    list: String,
}

/// `POST …/notes`
pub async fn add_note(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<ThreadPath>,
    Form(form): Form<NoteForm>,
) -> Result<Response> {
    let thread = path.id()?;
    let key = ClientMsgId::parse(&form.client_msg_id).map_err(|_| Fault::Invalid(Vec::new()))?;
    let body = match Body::parse(&form.note) {
        Ok(body) => body,
        Err(error) => {
            let faults = [app::FieldError::text("note", error)];
            let chrome = with_faults(staff.chrome(), &faults);
            let typed = Typed { note: Some(form.note), ..Typed::default() };
            return conversation::again(&state, &staff, thread, &form.list, chrome, typed).await;
        }
    };
    let added =
        state.write(staff.actor(), move |cx| desks::add_note(cx, thread, &body, &key)).await;
    match added {
        Ok(()) => Ok(see(&thread_address(thread, &form.list, "noted"))),
        Err(error) if is_stale(&error) => {
            stale(&state, &staff, thread, &form.list, Some(form.note)).await
        }
        Err(Error::Forbidden) => {
            passed_on(&state, &staff, thread, &form.list, Some(form.note)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST …/notes/autosave`
pub async fn autosave_note(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<ThreadPath>,
    Form(form): Form<NoteForm>,
) -> Result<Response> {
    let thread = path.id()?;
    let draft_id: DraftId = id(&form.client_msg_id)?;
    let typed = DraftTyped {
        target: Target::Note { thread },
        ask: Ask::Inform,
        content: DraftContent { body: form.note, ..DraftContent::default() },
        base_seq: 0,
    };
    match keep(&state, &staff, draft_id, form.version, &typed).await? {
        Kept::At(version) => Ok(saved_line(&state, &staff, version)),
        Kept::Gone | Kept::Changed => Err(Fault::Conflict),
    }
}

/// The draft of an address.
#[derive(Debug, Deserialize)]
pub struct DraftPath {
    id: String,
}

/// No field but the list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UndoForm {
    #[serde(default)]
    list: String,
}

/// `POST /work/drafts/{id}/undo`: takes a held text back; it is a draft again.
pub async fn undo(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<DraftPath>,
    Form(form): Form<UndoForm>,
) -> Result<Response> {
    let draft_id: DraftId = id(&path.id)?;
    match state.write_reserved(staff.actor(), move |cx| draft::undo(cx, draft_id)).await {
        Ok(()) => {}
        Err(Error::Conflict(Conflict::AlreadySent)) => {
            let thread = state.read(staff.actor(), move |cx| draft::became(cx, draft_id)).await?;
            let back = thread_address(thread, &form.list, "");
            return conflict(&state, &staff, ConflictKind::TooLate, None, back).await;
        }
        Err(error) => return Err(error.into()),
    }
    let back = state.read(staff.actor(), move |cx| draft::get(cx, draft_id)).await?;
    match (back.row.thread, back.row.patient) {
        (Some(thread), _) => Ok(see(&format!("{}#body", thread_address(thread, &form.list, "")))),
        (None, Some(patient)) => {
            Ok(see(&format!("/patients/{patient}/threads/new?draft={draft_id}")))
        }
        (None, None) => Ok(see("/work")),
    }
}

/// `POST /work/drafts/{id}/delete`: throws a text of one's own away that did not leave.
pub async fn throw_away(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<DraftPath>,
    Form(form): Form<UndoForm>,
) -> Result<Response> {
    let draft_id: DraftId = id(&path.id)?;
    let thread = state
        .write(staff.actor(), move |cx| {
            let found = draft::get_kept(cx, draft_id)?;
            draft::remove(cx, draft_id)?;
            Ok(found.thread)
        })
        .await?;
    let back = thread.map(|thread| thread_address(thread, &form.list, "thrown-away"));
    Ok(see(back.as_deref().unwrap_or("/work?done=thrown-away")))
}

/// `GET …/notes/{note}/promote`
pub async fn ask_promote(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<ThreadPath>,
) -> Result<Response> {
    promote_page(&state, &staff, &path, staff.chrome(), None).await
}

async fn promote_page(
    state: &WebState,
    staff: &Staff,
    path: &ThreadPath,
    chrome: Chrome,
    typed: Option<&PromoteForm>,
) -> Result<Response> {
    let thread = path.id()?;
    let note_id: StaffNoteId = id(&path.note)?;
    let opened = conversation::open(state, staff, thread, None, 1).await?;
    let found = opened.conversation.notes.iter().find(|note| note.id == note_id);
    let Some(found) = found else { return Err(Fault::NotFound) };
    let time = staff.time(state, &opened.frame);
    let seen = opened.conversation.view.last_seq;
    let [fresh, _] = &opened.fresh;
    let page = PromotePage {
        desk: desk(staff, &opened.frame, Rail::On("")),
        thread: thread.to_string(),
        note: note_view(staff.locale(), &time, found),
        readers: opened.conversation.readers.iter().map(|reader| reader.name.clone()).collect(),
        body: typed.map_or_else(|| found.letter.body.clone(), |typed| typed.body.clone()),
        shown_as: shown_as(&opened.frame),
        base_seq: u64::try_from(seen).unwrap_or(0),
        client_msg_id: typed.map_or_else(|| fresh.clone(), |typed| typed.client_msg_id.clone()),
        chrome,
    };
    Ok(pages::respond(status(&page.chrome), &page))
}

/// A note on its way to the patient, as confirmed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PromoteForm {
    #[serde(default)]
    body: String,
    base_seq: i64,
    client_msg_id: String,
    #[serde(default)]
    confirm: String,
}

/// `POST …/notes/{note}/promote`
pub async fn promote(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<ThreadPath>,
    Form(form): Form<PromoteForm>,
) -> Result<Response> {
    let thread = path.id()?;
    let note_id: StaffNoteId = id(&path.note)?;
    if form.confirm != "yes" {
        return promote_page(&state, &staff, &path, staff.chrome(), Some(&form)).await;
    }
    let client_msg_id =
        ClientMsgId::parse(&form.client_msg_id).map_err(|_| Fault::Invalid(Vec::new()))?;
    let body = match Body::parse(&form.body) {
        Ok(body) => body,
        Err(error) => {
            let chrome = with_faults(staff.chrome(), &[app::FieldError::text("body", error)]);
            return promote_page(&state, &staff, &path, chrome, Some(&form)).await;
        }
    };
    let out = Outgoing {
        body,
        ask: Ask::Inform,
        questions: Vec::new(),
        answers: Vec::new(),
        language: staff.locale().lang().to_owned(),
        channel: Channel::Portal,
        prepared_by: None,
        client_msg_id,
        base_seq: Some(form.base_seq),
        answers_up_to: None,
        after: AfterRelease::Nothing,
        outcome: None,
    };
    let sent = state
        .write(staff.actor(), move |cx| note::promote(cx, thread, note_id, &out).map(|_| ()))
        .await;
    match sent {
        Ok(()) => Ok(see(&thread_address(thread, "", "sent"))),
        Err(error) if is_stale(&error) => stale(&state, &staff, thread, "", Some(form.body)).await,
        Err(error) => Err(error.into()),
    }
}

/// A better wording, or why a message is taken back.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CorrectForm {
    #[serde(default)]
    body: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    list: String,
}

/// `POST …/messages/{message}/correct`
pub async fn correct(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<ThreadPath>,
    Form(form): Form<CorrectForm>,
) -> Result<Response> {
    let body = match Body::parse(&form.body) {
        Ok(body) => body,
        Err(error) => {
            let chrome = with_faults(staff.chrome(), &[app::FieldError::text("body", error)]);
            let thread = path.id()?;
            return conversation::again(
                &state,
                &staff,
                thread,
                &form.list,
                chrome,
                Typed::default(),
            )
            .await;
        }
    };
    change(&state, &staff, &path, form, Some(body)).await
}

/// `POST …/messages/{message}/retract`
pub async fn retract(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<ThreadPath>,
    Form(form): Form<CorrectForm>,
) -> Result<Response> {
    change(&state, &staff, &path, form, None).await
}

async fn change(
    state: &WebState,
    staff: &Staff,
    path: &ThreadPath,
    form: CorrectForm,
    body: Option<Body>,
) -> Result<Response> {
    let thread = path.id()?;
    let message: MessageId = id(&path.message)?;
    let CorrectForm { reason, list, .. } = form;
    let (kind, done) = match body {
        Some(_) => (CorrectionKind::Correction, "corrected"),
        None => (CorrectionKind::Retraction, "retracted"),
    };
    let act = move |cx: &mut Cx<'_, '_>| {
        message::correct(cx, thread, message, kind, body.as_ref(), &reason)
    };
    match state.write(staff.actor(), act).await {
        Ok(()) => Ok(see(&thread_address(thread, &list, done))),
        Err(Error::Invalid(faults)) => {
            let chrome = with_faults(staff.chrome(), &faults);
            conversation::again(state, staff, thread, &list, chrome, Typed::default()).await
        }
        Err(error) => Err(error.into()),
    }
}
