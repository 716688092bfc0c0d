//! `/live` and `/threads/{id}/live`: server-sent events that carry states only.
//!
//! Every event is authorised anew, and the session with it; when either has ended the stream says `end`
//! and stops. Nothing is done while nothing happens, but for a look at the session every 20 seconds.
//! A stream is no activity: it never keeps a session alive. Deliberately absent: any text.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use app::session;
use axum::extract::{Path, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use domain::ids::{Id, ThreadId};
use futures_util::stream::unfold;
use http::{HeaderValue, header};
use serde::Deserialize;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::subject::Subject;
use super::words::ladder;
use crate::error::{Fault, Result};
use crate::run::WebState;

/// How often a stream looks whether its session is still good.
const LOOK: Duration = Duration::from_secs(20);
/// Streams of one node at once; more are told to come back (SECURITY 14: per user it is the browser's
/// own limit of connections that counts).
const STREAMS_MAX: usize = 20_000;
static STREAMS: AtomicUsize = AtomicUsize::new(0);

/// Counts a stream while it is open.
struct Open;

impl Open {
    fn new() -> Result<Self> {
        if STREAMS.fetch_add(1, Ordering::Relaxed) >= STREAMS_MAX {
            STREAMS.fetch_sub(1, Ordering::Relaxed);
            return Err(Fault::Unavailable);
        }
        Ok(Self)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        STREAMS.fetch_sub(1, Ordering::Relaxed);
    }
}

/// How many event streams this node has open, for metrics.
pub fn open_streams() -> usize {
    STREAMS.load(Ordering::Relaxed)
}

struct Stream {
    state: WebState,
    subject: Subject,
    only: Option<ThreadId>,
    changes: Receiver<app::Numbered>,
    over: bool,
    _open: Open,
}

/// The conversation of the address; `{patient}` is read by [`Subject`].
#[derive(Debug, Deserialize)]
pub struct LivePath {
    id: String,
}

/// `GET /live`
pub async fn inbox(State(state): State<WebState>, subject: Subject) -> Result<Response> {
    stream(state, subject, None)
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
    stream(state, subject, Some(id))
}

fn stream(state: WebState, subject: Subject, only: Option<ThreadId>) -> Result<Response> {
    let changes = state.app().subscribe();
    let first = Stream { state, subject, only, changes, over: false, _open: Open::new()? };
    let events = unfold(first, |mut stream| async move {
        let event = stream.next().await?;
        Some((Ok::<Event, Infallible>(event), stream))
    });
    let mut response = Sse::new(events)
        .keep_alive(KeepAlive::new().interval(Duration::from_secs(25)))
        .into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

impl Stream {
    /// The next event, or `None` when the stream is over.
    async fn next(&mut self) -> Option<Event> {
        if self.over {
            return None;
        }
        loop {
            let change = match tokio::time::timeout(LOOK, self.changes.recv()).await {
                Ok(Ok(numbered)) => numbered.change,
                // Behind by more than the backlog: the page looks again by itself.
                Ok(Err(RecvError::Lagged(_))) | Err(_) => {
                    if self.is_good().await {
                        continue;
                    }
                    return Some(self.end());
                }
                Ok(Err(RecvError::Closed)) => return None,
            };
            if change.kind == "revoked" {
                if change.person == Some(self.subject.session.person) && !self.is_good().await {
                    return Some(self.end());
                }
                continue;
            }
            let Some(thread) = change.thread else { continue };
            let ours = match self.only {
                Some(only) => only == thread,
                None => change.patient == Some(self.subject.patient),
            };
            if !ours {
                continue;
            }
            if !self.is_good().await {
                return Some(self.end());
            }
            let patient = self.subject.patient;
            let read = self
                .state
                .read(&self.subject.session.actor, move |cx| app::thread::live(cx, patient, thread))
                .await;
            match read {
                Ok(live) => return Some(self.event(thread, &live)),
                Err(app::Error::NotFound | app::Error::Forbidden) if self.only.is_none() => {}
                Err(app::Error::Unavailable | app::Error::Full) => {}
                Err(_) => return Some(self.end()),
            }
        }
    }

    async fn is_good(&self) -> bool {
        let Some(current) = self.subject.session.current().cloned() else { return false };
        let current = Arc::new(current);
        self.state
            .block(move |app| session::still_good(app, &current))
            .await
            // A database that does not answer ends no stream; the next event is asked for again.
            .unwrap_or(true)
    }

    fn end(&mut self) -> Event {
        self.over = true;
        Event::default().event("end").data("")
    }

    fn event(&self, thread: ThreadId, live: &app::thread::Live) -> Event {
        let locale = self.subject.session.locale();
        let words = ladder(&live.ladder, &live.team, None, false).tag(&locale);
        let data = serde_json::json!({
            "thread": thread.to_string(),
            "seq": live.last_seq,
            "words": words,
        });
        Event::default().event("state").data(data.to_string())
    }
}
