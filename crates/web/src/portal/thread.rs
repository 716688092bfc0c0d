//! `/threads/{id}`: reading a conversation and answering in it.

use app::circle::Reader as CircleReader;
use app::draft::{self, DraftKind};
use app::message;
use app::prepared;
use app::thread::{self, Shown, ThreadView, open_questions};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::ids::{Id, MessageId, ThreadId};
use domain::message::{Body, CorrectionKind, Side};
use domain::time::Timestamp;
use http::StatusCode;
use serde::Deserialize;

use super::compose::receipt;
use super::custody;
use super::lines;
use super::prepared::notes as prepared_notes;
use super::subject::Subject;
use super::words::{self, hear, ladder, reader_role, safety_of, site_time};
use super::{call, problems, reply, see, urgent};
use crate::error::{Fault, Result};
use crate::extract::Form;
use crate::i18n::{Locale, SiteTime};
use crate::pages::common::{Hear, Text};
use crate::pages::compose::ComposeSent;
use crate::pages::shelf::Confirm;
use crate::pages::thread::{
    Asked, Correct, Correction, Entry, Held, Letter, Line, Reader, ReplyForm, Retraction, Thread,
};
use crate::pages::{self, Chrome, Place};
use crate::run::WebState;

/// Messages on a page.
pub(super) const PAGE: i64 = 50;
/// A conversation closed longer than this, in days, is continued in a linked one.
const OLD_DAYS: i64 = 90;

/// The conversation of the address; `{patient}` is read by [`Subject`].
#[derive(Debug, Deserialize)]
pub struct ThreadPath {
    id: String,
    #[serde(default)]
    message: String,
}

impl ThreadPath {
    pub(super) fn id(&self) -> Result<ThreadId> {
        ThreadId::parse(&self.id).map_err(|_| Fault::NotFound)
    }

    fn message(&self) -> Result<MessageId> {
        MessageId::parse(&self.message).map_err(|_| Fault::NotFound)
    }
}

/// `?before=SEQ` for older messages.
#[derive(Debug, Default, Deserialize)]
pub struct PageQuery {
    before: Option<i64>,
}

/// All that a page of a conversation shows.
pub(super) struct Opened {
    pub(super) view: ThreadView,
    pub(super) readers: Vec<CircleReader>,
    pub(super) draft: Option<draft::Draft>,
    prepared_by: Option<String>,
    waiting: Vec<prepared::Prepared>,
    handed: Vec<draft::Draft>,
    about: Option<app::chart::Label>,
    calls: bool,
    /// Messages in the reader's language are not checked for urgency.
    pub(super) left_out: bool,
}

impl Opened {
    /// The words of the button of who is not sure, where a call is offered.
    pub(super) fn unsure(&self, subject: &Subject) -> Option<String> {
        call::button(subject).filter(|_| self.calls)
    }
}

pub(super) async fn open(
    state: &WebState,
    subject: &Subject,
    id: ThreadId,
    before: i64,
) -> Result<Opened> {
    let (patient, helps) = (subject.patient, subject.helps());
    let opened = state
        .read(&subject.session.actor, move |cx| {
            let view = thread::view(cx, id, before, PAGE)?;
            // The address names the patient; a conversation of another is not found under it.
            if view.patient != Some(patient) {
                return Err(app::Error::NotFound);
            }
            let readers = app::circle::readers(cx, id)?;
            let draft = draft::find_in_thread(cx, id, DraftKind::Reply)?;
            let prepared_by = match &draft {
                Some(draft) => draft::prepared_by(cx, draft)?,
                None => None,
            };
            let waiting = if helps { Vec::new() } else { prepared::list_if_allowed(cx, patient)? };
            let handed = if helps { prepared::handed_over(cx, id)? } else { Vec::new() };
            let about = app::chart::label(cx, patient, view.about)?;
            let team = reads(&view).map(|team| team.id);
            let calls = app::callback::is_offered(cx, team)?;
            let left_out = match team {
                Some(team) => app::urgency::leaves_out(cx, team)?,
                None => false,
            };
            Ok(Opened {
                view,
                readers,
                draft,
                prepared_by,
                waiting,
                handed,
                about,
                calls,
                left_out,
            })
        })
        .await?;
    Ok(opened)
}

/// `GET /threads/{id}`
pub async fn show(
    State(state): State<WebState>,
    subject: Subject,
    Path(path): Path<ThreadPath>,
    Query(query): Query<PageQuery>,
) -> Result<Response> {
    let id = path.id()?;
    let opened = match open(&state, &subject, id, query.before.unwrap_or(i64::MAX)).await {
        Err(Fault::NotFound) => return elsewhere(&state, &subject, id).await,
        opened => opened?,
    };
    if let Some(into) = opened.view.goes_on_in {
        return Ok(see(&subject.at(&format!("/threads/{into}"))));
    }
    let mut chrome = subject.chrome(Place::Inbox);
    chrome.live = Some(subject.at(&format!("/threads/{id}/live")));
    let seen = opened.view.last_seq;
    let marked = opened.view.marked;
    let urgency = urgent::on_thread(&state, &subject, &opened.view, opened.draft.as_ref()).await?;
    let mut page = page(&state, &subject, chrome, opened, query.before.is_some());
    page.urgency = urgency;
    page.call = call::card(&state, &subject, id).await?;
    // One moment is enough: that of the call comes first.
    page.hear = page.hear.filter(|_| page.call.is_none());
    if !marked && query.before.is_none() {
        state
            .write_reserved(&subject.session.actor, move |cx| thread::mark_read(cx, id, seen))
            .await?;
    }
    Ok(pages::respond(StatusCode::OK, &page))
}

/// What is not found here: the list says so of a conversation that was taken out of this record, to who
/// had seen it.
async fn elsewhere(state: &WebState, subject: &Subject, id: ThreadId) -> Result<Response> {
    let patient = subject.patient;
    let removed = state
        .read(&subject.session.actor, move |cx| app::refile::was_removed(cx, patient, id))
        .await?;
    if removed { Ok(see(&subject.at("/"))) } else { Err(Fault::NotFound) }
}

pub(super) fn page(
    state: &WebState,
    subject: &Subject,
    chrome: Chrome,
    opened: Opened,
    in_the_past: bool,
) -> Thread {
    let unsure = opened.unsure(subject);
    let Opened { view, readers, draft, prepared_by, waiting, handed, about, left_out, .. } = opened;
    let id = view.id;
    let locale = chrome.locale;
    let time = site_time(state);
    let team = team_name(&view);
    let asked = open_questions(view.said(), Side::Team).0 > 0;
    let (open, all) = open_questions(view.said(), Side::Patient);
    let waits = view.messages.iter().any(|message| message.side == Side::Team);
    let owed = matches!(view.state, domain::thread::ThreadState::WaitingTeam);
    let older = view.messages.first().filter(|_| view.older).map(|first| first.seq);
    let held = draft.as_ref().filter(|draft| draft.row.release_at.is_some());
    let now = state.app().now();
    let held_page = held.map(|draft| Held {
        text: Text::new(&draft.content.body),
        undo: subject.at(&format!("/drafts/{}/undo", draft.row.id)),
        seconds: draft
            .row
            .release_at
            .and_then(|at| u32::try_from(at.seconds_since(now).max(0) + 1).ok())
            .unwrap_or(1),
    });
    let closed_long = view.state == domain::thread::ThreadState::Closed
        && view
            .messages
            .last()
            .is_some_and(|last| now.seconds_since(last.sent_at) > OLD_DAYS * 86_400);
    let may_write = subject.rights != "read";
    let reply = (may_write && held.is_none() && !in_the_past && !closed_long)
        .then(|| reply::form(state, subject, &view, &readers, draft.as_ref(), locale))
        .map(|form| ReplyForm { prepared_by, unsure, left_out, ..form });
    let mut shown_readers = vec![Reader { name: team.clone(), role: locale.t("reader-team") }];
    shown_readers.extend(readers.iter().map(|reader| Reader {
        name: reader.name.clone(),
        role: if reader.person == subject.session.person {
            locale.t("reader-you")
        } else if reader.basis == "self" {
            locale.t("reader-patient")
        } else {
            reader_role(locale, &reader.basis)
        },
    }));
    Thread {
        id: id.to_string(),
        last_seq: view.last_seq,
        back: subject.at("/"),
        headline: view.headline.clone(),
        patient: subject.name.clone(),
        printed: time.dated(locale, now.micros()),
        about: about.map(|label| words::about(locale, &time, &label)),
        ladder: ladder(&view.ladder, &team, (view.holder.as_deref(), view.holder_role), asked),
        since: custody::since(&view, &time, locale),
        hear: if owed { hear_of(state, &time, locale, &view) } else { None },
        still_open: (open > 0 && waits)
            .then(|| locale.t2("thread-questions-open", "n", open, "all", all)),
        older: older.map(|seq| subject.at(&format!("/threads/{id}?before={seq}"))),
        entries: entries(subject, &view, &time, locale),
        held: held_page,
        urgency: None,
        call: None,
        prepared: prepared_notes(subject, locale, id, &waiting, &handed),
        readers: shown_readers,
        reply,
        continues: view.continues.map(|before| subject.at(&format!("/threads/{before}"))),
        follow_up: (may_write && closed_long)
            .then(|| subject.at(&format!("/threads/{id}/follow-up"))),
        unread: Some(subject.at(&format!("/threads/{id}/unread"))),
        close: None,
        chrome,
    }
}

/// When the patient's side will hear, from the item whose promise comes first.
fn hear_of(state: &WebState, time: &SiteTime, locale: Locale, view: &ThreadView) -> Option<Hear> {
    let item = view.items.iter().min_by_key(|item| item.due_at)?;
    let now = state.app().now();
    match item.asked {
        Some(asked) => hear(time, locale, app::forecast::still(asked.said, item.due_at), now),
        // The team itself opened it again: there is a promise and nothing to compare it with.
        None => Some(Hear::Promise(time.until(locale, item.due_at.micros()))),
    }
}

/// The team that reads what is written here now.
pub(super) fn reads(view: &ThreadView) -> Option<&app::circle::TeamRow> {
    view.team.as_ref().or_else(|| view.follows.as_ref()?.team.as_ref())
}

/// The name of the team whose conversation it is, also of one that has ended.
fn team_name(view: &ThreadView) -> String {
    let ended = || view.follows.as_ref().map(|follows| follows.ended.clone());
    view.team.as_ref().map(|team| team.name.clone()).or_else(ended).unwrap_or_default()
}

/// The letters and lines of a conversation, oldest first.
pub(super) fn entries(
    subject: &Subject,
    view: &ThreadView,
    time: &SiteTime,
    locale: Locale,
) -> Vec<Entry> {
    let mut all: Vec<(i64, Timestamp, Entry)> = Vec::new();
    let (first, last) = (
        view.messages.first().map_or(0, |message| if view.older { message.seq } else { 0 }),
        view.messages.last().map_or(i64::MAX, |_| i64::MAX),
    );
    for message in &view.messages {
        let mut letter = letter(subject, view.id, message, time, locale);
        // A closed conversation is a record: who wants to add something writes back. The links on every
        // old message would only ask to be pressed.
        if view.state == domain::thread::ThreadState::Closed {
            (letter.correct, letter.retract) = (None, None);
        }
        all.push((message.seq, message.sent_at, Entry::Letter(Box::new(letter))));
    }
    for line in view.lines.iter().filter(|line| (first..=last).contains(&line.seq)) {
        let Some(what) = lines::happening(locale, time, view, line) else { continue };
        let shown = Entry::Line(Line { what, when: time.full(locale, line.at.micros()) });
        all.push((line.seq, line.at, shown));
    }
    all.extend(custody::lines(view, time, locale));
    all.sort_by_key(|(seq, ..)| *seq);
    // What was said in a joined conversation stands by its time, before what came later; it keeps its own
    // numbers, so those of the page must differ.
    for (n, joined) in (1_i64..).zip(&view.joined) {
        for message in &joined.messages {
            let mut letter = letter(subject, joined.thread, message, time, locale);
            letter.seq = message.seq.saturating_add(n.saturating_mul(1_000_000));
            let later = all.iter().position(|(_, at, _)| *at > message.sent_at);
            let shown = Entry::Letter(Box::new(letter));
            all.insert(later.unwrap_or(all.len()), (0, message.sent_at, shown));
        }
    }
    all.into_iter().map(|(_, _, entry)| entry).collect()
}

fn letter(
    subject: &Subject,
    thread: ThreadId,
    message: &Shown,
    time: &SiteTime,
    locale: Locale,
) -> Letter {
    let mine = message.author == subject.session.person;
    let ours = message.side == Side::Patient;
    let text = |body: &str| {
        if message.language == locale.lang() {
            Text::new(body)
        } else {
            Text::in_language(body, &message.language)
        }
    };
    let retracted =
        message.corrections.iter().find(|(kind, _, _)| *kind == CorrectionKind::Retraction);
    let clerk = Some(message.letter.written_by.clone()).filter(|name| !name.is_empty());
    let by = || (!mine).then(|| clerk.clone().unwrap_or_else(|| message.letter.author.clone()));
    // What a patient told is the patient's, whoever wrote it down.
    let own = mine || (clerk.is_some() && message.on_behalf_of.is_none() && !subject.helps());
    let mut corrections = Vec::new();
    for (kind, content, at) in &message.corrections {
        if *kind == CorrectionKind::Correction {
            corrections.push(Correction {
                by: by(),
                when: time.full(locale, at.micros()),
                text: text(&content.body),
                reason: (!content.reason.is_empty()).then(|| content.reason.clone()),
            });
        }
    }
    let doing = |what: &str| {
        (mine && retracted.is_none())
            .then(|| subject.at(&format!("/threads/{thread}/messages/{}/{what}", message.id)))
    };
    Letter {
        seq: message.seq,
        ours,
        author: (!own).then(|| message.letter.author.clone()),
        role: (!ours && !message.letter.title.is_empty()).then(|| message.letter.title.clone()),
        on_behalf_of: message.on_behalf_of.map(|_| subject.name.clone()),
        channel: message.channel.code().to_owned(),
        entered_by: clerk
            .clone()
            .or_else(|| Some(message.letter.prepared_by.clone()).filter(|name| !name.is_empty())),
        call: lines::call(locale, time, &message.letter),
        when: time.full(locale, message.sent_at.micros()),
        text: text(&message.letter.body),
        questions: message
            .questions
            .iter()
            .map(|asked| Asked {
                text: asked.text.clone(),
                state: asked.state.code().to_owned(),
                reason: Some(asked.reason.clone()).filter(|reason| !reason.is_empty()),
            })
            .collect(),
        corrections,
        retraction: retracted.map(|(_, content, at)| Retraction {
            by: by(),
            when: time.full(locale, at.micros()),
            reason: (!content.reason.is_empty()).then(|| content.reason.clone()),
        }),
        correct: doing("correct"),
        retract: doing("retract"),
    }
}

/// `POST /threads/{id}/unread`
pub async fn unread(
    State(state): State<WebState>,
    subject: Subject,
    Path(path): Path<ThreadPath>,
) -> Result<Response> {
    let id = path.id()?;
    state.write(&subject.session.actor, move |cx| thread::mark_unread(cx, id)).await?;
    Ok(see(&subject.at("/?done=unread")))
}

/// `GET /threads/{id}/sent`
pub async fn sent(
    State(state): State<WebState>,
    subject: Subject,
    Path(path): Path<ThreadPath>,
) -> Result<Response> {
    let id = path.id()?;
    let opened = open(&state, &subject, id, i64::MAX).await?;
    let mine = |message: &&Shown| message.author == subject.session.person;
    let Some(message) = opened.view.messages.iter().rev().find(mine) else {
        return Ok(see(&subject.at(&format!("/threads/{id}"))));
    };
    let chrome = subject.chrome(Place::Inbox);
    let (locale, time) = (chrome.locale, site_time(&state));
    let page = ComposeSent {
        undo: None,
        team: reads(&opened.view).map(|team| team.name.clone()).unwrap_or_default(),
        at: time.full(locale, message.sent_at.micros()),
        receipt: receipt(&message.client_msg_id),
        hear: hear_of(&state, &time, locale, &opened.view),
        next: subject.at(&format!("/threads/{id}")),
        urgency: urgent::on_thread(&state, &subject, &opened.view, None).await?,
        safety: safety_of(&state, reads(&opened.view)),
        chrome,
    };
    Ok(pages::respond(StatusCode::OK, &page))
}

/// `POST /threads/{id}/follow-up`: a new conversation that goes on from an old one.
pub async fn follow_up(
    State(state): State<WebState>,
    subject: Subject,
    Path(path): Path<ThreadPath>,
) -> Result<Response> {
    let (id, patient) = (path.id()?, subject.patient);
    let (draft, _) =
        state.write(&subject.session.actor, move |cx| draft::follow_up(cx, patient, id)).await?;
    Ok(see(&subject.at(&format!("/drafts/{draft}/write"))))
}

/// One's own message, for correcting it or taking it back.
async fn own_message(state: &WebState, subject: &Subject, path: &ThreadPath) -> Result<Shown> {
    let (id, message) = (path.id()?, path.message()?);
    let opened = open(state, subject, id, i64::MAX).await?;
    let own = |shown: &Shown| shown.id == message && shown.author == subject.session.person;
    opened.view.messages.into_iter().find(own).ok_or(Fault::NotFound)
}

/// `GET /threads/{id}/messages/{message}/correct`
pub async fn show_correct(
    State(state): State<WebState>,
    subject: Subject,
    Path(path): Path<ThreadPath>,
) -> Result<Response> {
    let message = own_message(&state, &subject, &path).await?;
    let latest = message
        .corrections
        .iter()
        .rfind(|(kind, _, _)| *kind == CorrectionKind::Correction)
        .map_or(message.letter.body.as_str(), |(_, content, _)| content.body.as_str());
    let page = correct_page(subject.chrome(Place::Inbox), &subject, &path, latest, "");
    Ok(pages::respond(StatusCode::OK, &page))
}

fn correct_page(
    chrome: Chrome,
    subject: &Subject,
    path: &ThreadPath,
    body: &str,
    reason: &str,
) -> Correct {
    let thread = &path.id;
    Correct {
        chrome,
        action: subject.at(&format!("/threads/{thread}/messages/{}/correct", path.message)),
        back: subject.at(&format!("/threads/{thread}")),
        body: body.to_owned(),
        reason: reason.to_owned(),
    }
}

/// A better wording, or a reason for taking a message back.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CorrectForm {
    #[serde(default)]
    body: String,
    #[serde(default)]
    reason: String,
}

/// `POST /threads/{id}/messages/{message}/correct`
pub async fn correct(
    State(state): State<WebState>,
    subject: Subject,
    Path(path): Path<ThreadPath>,
    Form(form): Form<CorrectForm>,
) -> Result<Response> {
    let (id, message) = (path.id()?, path.message()?);
    let body = match Body::parse(&form.body) {
        Ok(body) => body,
        Err(error) => {
            let faults = [app::FieldError::text("body", error)];
            let chrome = problems(subject.chrome(Place::Inbox), &faults);
            let page = correct_page(chrome, &subject, &path, &form.body, &form.reason);
            return Ok(pages::respond(StatusCode::UNPROCESSABLE_ENTITY, &page));
        }
    };
    own_message(&state, &subject, &path).await?;
    state
        .write(&subject.session.actor, move |cx| {
            message::correct(cx, id, message, CorrectionKind::Correction, Some(&body), &form.reason)
        })
        .await?;
    Ok(see(&subject.at(&format!("/threads/{id}?done=corrected"))))
}

/// `GET /threads/{id}/messages/{message}/retract`
pub async fn ask_retract(
    State(state): State<WebState>,
    subject: Subject,
    Path(path): Path<ThreadPath>,
) -> Result<Response> {
    own_message(&state, &subject, &path).await?;
    let chrome = subject.chrome(Place::Inbox);
    let page = Confirm {
        title: chrome.t("confirm-retract-title"),
        text: chrome.t("confirm-retract-text"),
        action: subject.at(&format!("/threads/{}/messages/{}/retract", path.id, path.message)),
        fields: Vec::new(),
        reason: Some(chrome.t("confirm-retract-reason")),
        button: chrome.t("confirm-retract-button"),
        back: subject.at(&format!("/threads/{}", path.id)),
        chrome,
    };
    Ok(pages::respond(StatusCode::OK, &page))
}

/// `POST /threads/{id}/messages/{message}/retract`
pub async fn retract(
    State(state): State<WebState>,
    subject: Subject,
    Path(path): Path<ThreadPath>,
    Form(form): Form<CorrectForm>,
) -> Result<Response> {
    let (id, message) = (path.id()?, path.message()?);
    own_message(&state, &subject, &path).await?;
    state
        .write(&subject.session.actor, move |cx| {
            message::correct(cx, id, message, CorrectionKind::Retraction, None, &form.reason)
        })
        .await?;
    Ok(see(&subject.at(&format!("/threads/{id}?done=retracted"))))
}
