//! The offer to add a message to the conversation in which nearly the same was said a moment ago.

use app::duplicate;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::ids::{DraftId, Id, ThreadId};
use http::StatusCode;
use serde::Deserialize;

use super::compose::{self, DraftPath};
use super::see;
use super::subject::Subject;
use super::words::site_time;
use crate::error::{Fault, Result};
use crate::extract::Form;
use crate::pages::common::Text;
use crate::pages::compose::Again;
use crate::run::WebState;

/// What was said already, for the page that checks a message before it is sent.
pub(super) async fn offer(
    state: &WebState,
    subject: &Subject,
    draft: DraftId,
) -> Result<Option<Again>> {
    let found = state.read(&subject.session.actor, move |cx| duplicate::find(cx, draft)).await?;
    let locale = subject.session.locale();
    Ok(found.map(|earlier| Again {
        thread: earlier.thread.to_string(),
        headline: earlier.headline,
        by: earlier.author,
        when: site_time(state).full(locale, earlier.sent_at.micros()),
        text: Text::new(&earlier.text),
        join: subject.at(&format!("/drafts/{draft}/join")),
    }))
}

/// Whether the sender has yet to see that it was said already; `anyway` is the conversation the page named.
pub(super) async fn stops(
    state: &WebState,
    subject: &Subject,
    draft: DraftId,
    anyway: &str,
) -> Result<bool> {
    let found = state.read(&subject.session.actor, move |cx| duplicate::find(cx, draft)).await;
    match found {
        Ok(found) => Ok(found.is_some_and(|earlier| earlier.thread.to_string() != anyway)),
        // What has left already is the send's to say.
        Err(app::Error::NotFound) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Into which conversation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JoinForm {
    version: i64,
    #[serde(default)]
    thread: String,
}

/// `POST /drafts/{id}/join`: the text waits as an answer in the earlier conversation.
pub async fn join(
    State(state): State<WebState>,
    subject: Subject,
    Path(path): Path<DraftPath>,
    Form(form): Form<JoinForm>,
) -> Result<Response> {
    let draft = compose::open(&state, &subject, &path).await?.row.id;
    let thread = ThreadId::parse(&form.thread).map_err(|_| Fault::NotFound)?;
    let joined = state
        .write(&subject.session.actor, move |cx| duplicate::join(cx, draft, form.version, thread))
        .await;
    match joined {
        Ok(()) => Ok(see(&subject.at(&format!("/threads/{thread}?done=joined#body")))),
        Err(app::Error::Conflict(_)) => {
            compose::check_page(&state, &subject, &path, StatusCode::CONFLICT).await
        }
        Err(error) => Err(error.into()),
    }
}
