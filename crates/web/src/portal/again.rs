//! A reply that says nearly what was said a moment ago: what was said is shown first, with the offer to add
//! it there. Nothing of what was typed is lost: it is a draft by then.

use app::duplicate;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::ids::{DraftId, Id as _, ThreadId};
use http::StatusCode;
use serde::Deserialize;

use super::reply::ReplyPost;
use super::subject::Subject;
use super::thread::{ThreadPath, open};
use super::words::site_time;
use super::{reply, see};
use crate::error::{Fault, Result};
use crate::extract::Form;
use crate::pages::common::Text;
use crate::pages::compose::Again;
use crate::pages::reply::ThreadAgain;
use crate::pages::thread::ReplyForm;
use crate::pages::{self, Place};
use crate::run::WebState;

/// The page that shows what was said before; `None` when there is nothing of that, or the writer was shown
/// it and sends all the same.
pub(super) async fn offered(
    state: &WebState,
    subject: &Subject,
    thread: ThreadId,
    post: &ReplyPost,
    version: i64,
) -> Result<Option<Response>> {
    let draft = post.draft_id()?;
    let found = state.read(&subject.session.actor, move |cx| duplicate::find(cx, draft)).await;
    let earlier = match found {
        Ok(Some(earlier)) if earlier.thread.to_string() != post.anyway => earlier,
        Ok(_) | Err(app::Error::NotFound) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let opened = open(state, subject, thread, i64::MAX).await?;
    let chrome = subject.chrome(Place::Inbox);
    let locale = chrome.locale;
    let reply = ReplyForm {
        anyway: earlier.thread.to_string(),
        ..reply::again(state, subject, &opened, (post, version), locale)
    };
    let page = ThreadAgain {
        back: subject.at(&format!("/threads/{thread}")),
        here: earlier.thread == thread,
        again: Again {
            thread: earlier.thread.to_string(),
            headline: earlier.headline,
            by: earlier.author,
            when: site_time(state).full(locale, earlier.sent_at.micros()),
            text: Text::new(&earlier.text),
            join: subject.at(&format!("/threads/{thread}/join")),
        },
        reply,
        chrome,
    };
    Ok(Some(pages::respond(StatusCode::CONFLICT, &page)))
}

/// Which reply goes into which conversation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JoinForm {
    #[serde(default)]
    draft: String,
    #[serde(default)]
    version: i64,
    #[serde(default)]
    thread: String,
}

/// `POST /threads/{id}/join`: the reply waits as one in the earlier conversation.
pub async fn join(
    State(state): State<WebState>,
    subject: Subject,
    Path(path): Path<ThreadPath>,
    Form(form): Form<JoinForm>,
) -> Result<Response> {
    let from = path.id()?;
    // Whoever may not read the conversation learns nothing of its drafts.
    open(&state, &subject, from, i64::MAX).await?;
    let draft = DraftId::parse(&form.draft).map_err(|_| Fault::NotFound)?;
    let into = ThreadId::parse(&form.thread).map_err(|_| Fault::NotFound)?;
    let joined = state
        .write(&subject.session.actor, move |cx| duplicate::join(cx, draft, form.version, into))
        .await;
    match joined {
        Ok(()) => Ok(see(&subject.at(&format!("/threads/{into}?done=joined#body")))),
        // It was changed in another window, or is on its way: the conversation shows how it stands.
        Err(app::Error::Conflict(_)) => Ok(see(&subject.at(&format!("/threads/{from}#body")))),
        Err(error) => Err(error.into()),
    }
}
