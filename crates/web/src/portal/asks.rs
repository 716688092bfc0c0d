//! The question before a reply that names a symptom and no sign of danger: once, in front of the reply as it was typed.

use axum::response::Response;
use domain::ids::ThreadId;
use http::StatusCode;

use super::subject::Subject;
use super::thread::{ReplyPost, open, reply_form};
use super::urgent;
use crate::error::Result;
use crate::pages::reply::ThreadAsk;
use crate::pages::urgent::Urgency;
use crate::pages::{self, Place};
use crate::run::WebState;

/// The page that asks; `None` when there is nothing to ask or the writer was asked. Nothing of what was typed is
/// lost: it is a draft by then.
pub(super) async fn offered(
    state: &WebState,
    subject: &Subject,
    thread: ThreadId,
    post: &ReplyPost,
    version: i64,
) -> Result<Option<Response>> {
    if !post.asked.is_empty() {
        return Ok(None);
    }
    let id = post.draft_id()?;
    let found = urgent::card_of(state, subject, id).await?;
    let Some(card) = found.filter(|card| card.level == Urgency::Ask) else { return Ok(None) };
    // That it was asked is kept with what becomes of it.
    let shown = move |cx: &mut app::Cx<'_, '_>| app::urgency::interrupts_draft(cx, id);
    state.write(&subject.session.actor, shown).await?;
    let opened = open(state, subject, thread, i64::MAX).await?;
    let chrome = subject.chrome(Place::Inbox);
    let kept = opened.draft.as_ref();
    let mut reply = reply_form(state, subject, &opened.view, &opened.readers, kept, chrome.locale);
    reply.unsure = opened.unsure(subject);
    reply.left_out = opened.left_out;
    reply.body.clone_from(&post.body);
    reply.client_msg_id.clone_from(&post.client_msg_id);
    reply.base_seq = post.base_seq;
    reply.version = version;
    reply.anyway.clone_from(&post.anyway);
    reply.asked = true;
    let page = ThreadAsk { back: subject.at(&format!("/threads/{thread}")), card, reply, chrome };
    Ok(Some(pages::respond(StatusCode::OK, &page)))
}
