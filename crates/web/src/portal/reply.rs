//! `/threads/{id}/reply`: the form below a conversation, saved while it is written, and what comes before it is sent.

use app::circle::Reader as CircleReader;
use app::content::DraftContent;
use app::draft::{self, AfterRelease, Sent, Target, Typed};
use app::prepared;
use app::thread::{self, ThreadView};
use axum::extract::{Path, State};
use axum::response::Response;
use domain::ids::{DraftId, Id as _, ThreadId};
use domain::message::{Ask, Body};
use http::StatusCode;
use serde::Deserialize;

use super::compose::saved_line;
use super::prepared::offered_at;
use super::subject::Subject;
use super::thread::{Opened, PAGE, ThreadPath, entries, open, page, reads};
use super::words::{reader_names, reads_first, site_time};
use super::{again, asks, call, lines, problems, see, urgent};
use crate::error::{Fault, Result};
use crate::extract::Form;
use crate::i18n::Locale;
use crate::pages::thread::{ReplyForm, ThreadNewer};
use crate::pages::{self, Place};
use crate::run::WebState;

/// The form below a conversation, with the reply as it was kept.
pub(super) fn form(
    state: &WebState,
    subject: &Subject,
    view: &ThreadView,
    readers: &[CircleReader],
    draft: Option<&draft::Draft>,
    locale: Locale,
) -> ReplyForm {
    let id = view.id;
    let team = reads(view);
    let fresh = state.app().new_id::<DraftId>().map(|id| id.to_string()).unwrap_or_default();
    let client_msg_id = draft.map_or(fresh, |draft| draft.row.id.to_string());
    ReplyForm {
        action: subject.at(&format!("/threads/{id}/reply")),
        autosave: subject.at(&format!("/threads/{id}/draft")),
        version: draft.map_or(0, |draft| draft.row.version),
        base_seq: view.last_seq,
        beside: urgent::beside_at(subject, &client_msg_id),
        client_msg_id,
        body: draft.map(|draft| draft.content.body.clone()).unwrap_or_default(),
        saved: draft.map(|draft| site_time(state).clock(locale, draft.row.updated_at.micros())),
        readers: reader_names(subject, team.map(|team| team.name.as_str()), readers),
        reads_first: team.map(|team| match &view.holder {
            Some(name) => locale.t2("direct-first", "name", name, "team", &team.name),
            None => reads_first(locale, team),
        }),
        joined: lines::joined_since(view, subject.session.person),
        ended: view.follows.as_ref().map(|follows| match &follows.team {
            Some(team) => locale.t2("reply-ended", "ended", &follows.ended, "team", &team.name),
            None => locale.t1("reply-ended-nobody", "ended", &follows.ended),
        }),
        anyway: String::new(),
        asked: false,
        hand_to: (subject.rights == "draft").then(|| subject.name.clone()),
        prepared_by: None,
        unsure: None,
        left_out: false,
    }
}

/// The form once more, with what was typed and what its writer was shown and asked before.
pub(super) fn again(
    state: &WebState,
    subject: &Subject,
    opened: &Opened,
    (post, version): (&ReplyPost, i64),
    locale: Locale,
) -> ReplyForm {
    let kept = opened.draft.as_ref();
    ReplyForm {
        body: post.body.clone(),
        base_seq: post.base_seq,
        client_msg_id: post.client_msg_id.clone(),
        version,
        anyway: post.anyway.clone(),
        asked: !post.asked.is_empty(),
        unsure: opened.unsure(subject),
        left_out: opened.left_out,
        ..form(state, subject, &opened.view, &opened.readers, kept, locale)
    }
}

/// The reply form as posted.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplyPost {
    #[serde(default)]
    pub(super) body: String,
    pub(super) base_seq: i64,
    pub(super) client_msg_id: String,
    #[serde(default)]
    version: i64,
    #[serde(default)]
    intent: String,
    /// The conversation in which nearly the same was said, when the sender was shown it.
    #[serde(default)]
    pub(super) anyway: String,
    /// Filled when the writer was asked about the signs of danger.
    #[serde(default)]
    pub(super) asked: String,
}

impl ReplyPost {
    pub(super) fn draft_id(&self) -> Result<DraftId> {
        DraftId::parse(&self.client_msg_id).map_err(|_| Fault::Invalid(Vec::new()))
    }
}

/// Saves the reply as a draft; once sent it answers what the team asked.
async fn save(
    state: &WebState,
    subject: &Subject,
    thread: ThreadId,
    post: &ReplyPost,
) -> app::Result<i64> {
    let Ok(id) = post.draft_id() else {
        return Err(app::Error::field("client_msg_id", "unknown"));
    };
    let (patient, post) = (subject.patient, post.clone());
    state
        .write(&subject.session.actor, move |cx| {
            let view = thread::view(cx, thread, i64::MAX, PAGE)?;
            if view.patient != Some(patient) {
                return Err(app::Error::NotFound);
            }
            let typed = Typed {
                target: Target::Reply { thread, after: AfterRelease::Nothing, outcome: None },
                ask: Ask::Inform,
                content: DraftContent { body: post.body.clone(), ..DraftContent::default() },
                base_seq: post.base_seq,
            };
            draft::save(cx, Some(id), post.version, &typed).map(|(_, version)| version)
        })
        .await
}

/// `POST /threads/{id}/draft`: the sentence to show, and the draft's version in a header.
pub async fn autosave(
    State(state): State<WebState>,
    subject: Subject,
    Path(path): Path<ThreadPath>,
    Form(post): Form<ReplyPost>,
) -> Result<Response> {
    let version = save(&state, &subject, path.id()?, &post).await?;
    Ok(saved_line(&state, &subject, version))
}

/// `POST /threads/{id}/reply`
pub async fn send(
    State(state): State<WebState>,
    subject: Subject,
    Path(path): Path<ThreadPath>,
    Form(post): Form<ReplyPost>,
) -> Result<Response> {
    let thread = path.id()?;
    let here = subject.at(&format!("/threads/{thread}"));
    if post.intent != "save"
        && let Err(error) = Body::parse(&post.body)
    {
        let faults = [app::FieldError::text("body", error)];
        return wrong(&state, &subject, thread, &post, &faults, StatusCode::UNPROCESSABLE_ENTITY)
            .await;
    }
    let version = match save(&state, &subject, thread, &post).await {
        Ok(version) => version,
        // The same page sent twice: it is held or has left already.
        Err(app::Error::Conflict(app::Conflict::AlreadySent)) => return Ok(see(&here)),
        Err(app::Error::Conflict(_)) => {
            let faults = [app::FieldError::new("body", "changed")];
            return wrong(&state, &subject, thread, &post, &faults, StatusCode::CONFLICT).await;
        }
        Err(error) => return Err(error.into()),
    };
    if post.intent == "save" {
        return Ok(see(&subject.at("/drafts?done=draft-saved")));
    }
    let (id, seen) = (post.draft_id()?, post.base_seq);
    if post.intent == "offer" {
        let given =
            state.write(&subject.session.actor, move |cx| prepared::offer(cx, id, version)).await;
        return match given {
            Ok(()) => Ok(see(&offered_at(&subject, id))),
            Err(app::Error::Invalid(faults)) => {
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                wrong(&state, &subject, thread, &post, &faults, status).await
            }
            Err(error) => Err(error.into()),
        };
    }
    if post.intent == "call" {
        return call::pressed(&state, &subject, id).await;
    }
    if let Some(page) = again::offered(&state, &subject, thread, &post, version).await? {
        return Ok(page);
    }
    if let Some(page) = asks::offered(&state, &subject, thread, &post, version).await? {
        return Ok(page);
    }
    let sent = state
        .write(&subject.session.actor, move |cx| draft::send(cx, id, version, Some(seen)))
        .await;
    match sent {
        Ok(Sent::Held(_)) => Ok(see(&format!("{here}#held-title"))),
        Ok(Sent::Delivered(delivered)) => Ok(see(&format!("{here}#m{}", delivered.seq))),
        Ok(Sent::Asked) => Ok(see(&urgent::at(&subject, id))),
        Err(app::Error::Conflict(app::Conflict::NewerMessages { .. })) => {
            newer(&state, &subject, thread, &post, version).await
        }
        Err(app::Error::Invalid(faults)) => {
            wrong(&state, &subject, thread, &post, &faults, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The conversation again, with what was typed and what is wrong with it.
async fn wrong(
    state: &WebState,
    subject: &Subject,
    thread: ThreadId,
    post: &ReplyPost,
    faults: &[app::FieldError],
    status: StatusCode,
) -> Result<Response> {
    let opened = open(state, subject, thread, i64::MAX).await?;
    let newest = opened.draft.as_ref().map(|draft| draft.row.version);
    let chrome = problems(subject.chrome(Place::Inbox), faults);
    let mut page = page(state, subject, chrome, opened, false);
    if let Some(reply) = &mut page.reply {
        reply.body.clone_from(&post.body);
        reply.base_seq = post.base_seq;
        reply.version = newest.unwrap_or(post.version);
    }
    Ok(pages::respond(status, &page))
}

/// What others wrote meanwhile is shown first; sending again from there is the confirmation.
async fn newer(
    state: &WebState,
    subject: &Subject,
    thread: ThreadId,
    post: &ReplyPost,
    version: i64,
) -> Result<Response> {
    let mut opened = open(state, subject, thread, i64::MAX).await?;
    let chrome = subject.chrome(Place::Inbox);
    let locale = chrome.locale;
    opened.view.messages.retain(|message| message.seq > post.base_seq);
    opened.view.lines.retain(|line| line.seq > post.base_seq);
    let page = ThreadNewer {
        back: subject.at(&format!("/threads/{thread}")),
        entries: entries(subject, &opened.view, &site_time(state), locale),
        reply: ReplyForm {
            base_seq: opened.view.last_seq,
            ..again(state, subject, &opened, (post, version), locale)
        },
        headline: opened.view.headline,
        chrome,
    };
    Ok(pages::respond(StatusCode::CONFLICT, &page))
}
