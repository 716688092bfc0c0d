//! `/live` and `/threads/{id}/live`: what a patient's open pages are told. Deliberately absent: any text.

use app::live::{Change, Topic};
use axum::extract::{Path, State};
use axum::response::Response;
use axum::response::sse::Event;
use domain::ids::{Id, ThreadId};
use serde::Deserialize;

use super::subject::Subject;
use super::words::ladder;
use crate::error::{Fault, Result};
use crate::extract::Session;
use crate::live::{Page, Say, stream};
use crate::run::WebState;

/// A patient's inbox, or one conversation.
struct Watch {
    subject: Subject,
    only: Option<ThreadId>,
}

/// The conversation of the address; `{patient}` is read by [`Subject`].
#[derive(Debug, Deserialize)]
pub struct LivePath {
    id: String,
}

/// `GET /live`
pub async fn inbox(State(state): State<WebState>, subject: Subject) -> Result<Response> {
    stream(state, Watch { subject, only: None })
}

/// `GET /threads/{id}/live`
pub async fn thread(
    State(state): State<WebState>,
    subject: Subject,
    Path(path): Path<LivePath>,
) -> Result<Response> {
    let id = ThreadId::parse(&path.id).map_err(|_| Fault::NotFound)?;
    let patient = subject.patient;
    state.read(&subject.session.actor, move |cx| app::thread::live(cx, patient, id)).await?;
    stream(state, Watch { subject, only: Some(id) })
}

impl Page for Watch {
    fn session(&self) -> &Session {
        &self.subject.session
    }

    fn topics(&self) -> Vec<Topic> {
        vec![self.only.map_or(Topic::Patient(self.subject.patient), Topic::Thread)]
    }

    async fn say(&self, state: &WebState, change: &Change) -> Say {
        let Some(thread) = change.thread else { return Say::Events(Vec::new()) };
        self.look(state, thread).await
    }

    async fn say_missed(&self, state: &WebState) -> Say {
        match self.only {
            Some(thread) => self.look(state, thread).await,
            None => Say::Events(vec![Event::default().event("state").data("{}")]),
        }
    }
}

impl Watch {
    /// The state of a conversation as its reader may see it now.
    async fn look(&self, state: &WebState, thread: ThreadId) -> Say {
        let patient = self.subject.patient;
        let read = state
            .read(&self.subject.session.actor, move |cx| app::thread::live_now(cx, patient, thread))
            .await;
        match read {
            Ok(Some(live)) => Say::Events(vec![self.event(thread, &live)]),
            // Of a conversation that is not theirs to see, the inbox says nothing.
            Ok(None) if self.only.is_none() => Say::Events(Vec::new()),
            Err(app::Error::Unavailable | app::Error::Full) => Say::Events(Vec::new()),
            Ok(None) | Err(_) => Say::End,
        }
    }

    fn event(&self, thread: ThreadId, live: &app::thread::Live) -> Event {
        let locale = self.subject.session.locale();
        let words = ladder(&live.ladder, &live.team, (None, None), false).tag(&locale);
        let data = serde_json::json!({
            "thread": thread.to_string(),
            "seq": live.last_seq,
            "words": words,
        });
        Event::default().event("state").data(data.to_string())
    }
}
