//! The question before a reply that names a symptom and no sign of danger: once, in front of the reply as it was typed.

use axum::response::Response;
use domain::ids::ThreadId;
use http::StatusCode;

use super::reply::ReplyPost;
use super::subject::Subject;
use super::thread::open;
use super::{reply, urgent};
use crate::error::Result;
use crate::pages::reply::ThreadAsk;
use crate::pages::thread::ReplyForm;
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
    let reply = ReplyForm {
        asked: true,
        ..reply::again(state, subject, &opened, (post, version), chrome.locale)
    };
    let page = ThreadAsk { back: subject.at(&format!("/threads/{thread}")), card, reply, chrome };
    Ok(Some(pages::respond(StatusCode::OK, &page)))
}
