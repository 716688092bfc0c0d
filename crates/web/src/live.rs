//! Server-sent events for pages that stay open: states only, never words.
//!
//! A stream sleeps until a change of its own topics comes; then the session and the right to see are
//! asked for anew, and when either has ended the stream says `end` and stops. It looks by itself only
//! when its session would run out. A stream is no activity: it never keeps a session alive.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use app::live::{Change, Heard, Listener, Topic};
use app::session;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::unfold;
use http::{HeaderValue, header};

use crate::error::{Fault, Result};
use crate::extract::Session;
use crate::run::WebState;

/// How long a stream sleeps at most before it looks whether its session is still good.
const LOOK_MAX: Duration = Duration::from_mins(5);
/// How often a comment keeps proxies from closing an idle stream.
const KEEP_ALIVE: Duration = Duration::from_secs(25);
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

/// What a page says of a change.
pub(crate) enum Say {
    /// These events, or nothing.
    Events(Vec<Event>),
    /// Its reader may see the page no longer.
    End,
}

/// A page that stays open.
pub(crate) trait Page: Send + 'static {
    /// Who reads it.
    fn session(&self) -> &Session;

    /// What it listens for, besides the end of its reader's rights.
    fn topics(&self) -> Vec<Topic>;

    /// What to say of a change, after asking anew whether the reader may know.
    fn say(&self, state: &WebState, change: &Change) -> impl Future<Output = Say> + Send;

    /// The same when changes were missed: that there is news, without which.
    fn say_missed(&self, state: &WebState) -> impl Future<Output = Say> + Send;
}

struct Stream<P> {
    state: WebState,
    page: P,
    heard: Listener,
    ready: VecDeque<Event>,
    look: Duration,
    over: bool,
    _open: Open,
}

/// Answers with the page's stream.
pub(crate) fn stream<P: Page>(state: WebState, page: P) -> Result<Response> {
    let mut topics = page.topics();
    topics.push(Topic::Revoked(page.session().person));
    let heard = state.app().listen(topics);
    let left = page.session().current().map_or(0, |current| current.ends_in_s);
    let first = Stream {
        state,
        page,
        heard,
        ready: VecDeque::new(),
        look: until(left),
        over: false,
        _open: Open::new()?,
    };
    let events = unfold(first, |mut stream| async move {
        let event = stream.next().await?;
        Some((Ok::<Event, Infallible>(event), stream))
    });
    let mut response =
        Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

/// When to look at a session that has `left` seconds: just after its end.
fn until(left: i64) -> Duration {
    Duration::from_secs(u64::try_from(left).unwrap_or(0).saturating_add(1)).min(LOOK_MAX)
}

impl<P: Page> Stream<P> {
    /// The next event, or `None` when the stream is over.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            if self.over {
                return None;
            }
            let heard = tokio::time::timeout(self.look, self.heard.next()).await;
            if !self.is_good().await {
                return Some(self.end());
            }
            let say = match heard {
                Err(_) => continue,
                Ok(Heard::Missed) => self.page.say_missed(&self.state).await,
                Ok(Heard::Change(change)) => self.page.say(&self.state, &change).await,
            };
            match say {
                Say::Events(events) => self.ready.extend(events),
                Say::End => return Some(self.end()),
            }
        }
    }

    async fn is_good(&mut self) -> bool {
        let Some(current) = self.page.session().current().cloned() else { return false };
        match self.state.block(move |app| session::seconds_left(app, &current)).await {
            Ok(Some(left)) => {
                self.look = until(left);
                true
            }
            Ok(None) => false,
            // A database that does not answer ends no stream; the next event is asked for again.
            Err(_) => true,
        }
    }

    fn end(&mut self) -> Event {
        self.over = true;
        Event::default().event("end").data("")
    }
}
