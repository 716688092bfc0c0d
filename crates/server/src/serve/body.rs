//! Counts what a connection is doing, from a request's head to the end of its response body, so
//! that only an idle connection is closed and a live page is not. An event stream, which has no end of
//! its own, ends when the server stops; browsers then ask again by themselves.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use hyper::body::{Body as HttpBody, Bytes, Frame, SizeHint};
use tokio::time::Instant;

use super::Shutdown;

/// What is under way on one connection. It wakes nobody: a connection that was woken at the beginning and
/// the end of each exchange would be polled thrice for one request.
#[derive(Debug, Clone)]
pub(super) struct Activity(Arc<State>);

#[derive(Debug)]
struct State {
    running: AtomicUsize,
    opened: Instant,
    /// When the last exchange ended, in milliseconds since the connection was opened.
    ended_ms: AtomicU64,
}

impl Default for Activity {
    fn default() -> Self {
        Self(Arc::new(State {
            running: AtomicUsize::new(0),
            opened: Instant::now(),
            ended_ms: AtomicU64::new(0),
        }))
    }
}

impl Activity {
    /// Counts an exchange until the guard is dropped.
    pub(super) fn begin(&self) -> Guard {
        self.0.running.fetch_add(1, Ordering::AcqRel);
        Guard(self.clone())
    }

    /// Returns when nothing has been under way for `period`.
    pub(super) async fn idle_for(&self, period: Duration) {
        let mut wait = period;
        loop {
            tokio::time::sleep(wait).await;
            wait = period;
            if self.0.running.load(Ordering::Acquire) == 0 {
                let ended = Duration::from_millis(self.0.ended_ms.load(Ordering::Acquire));
                let idle = self.0.opened.elapsed().saturating_sub(ended);
                wait = period.saturating_sub(idle);
                if wait.is_zero() {
                    return;
                }
            }
        }
    }
}

/// One exchange under way.
#[derive(Debug)]
pub(super) struct Guard(Activity);

impl Drop for Guard {
    fn drop(&mut self) {
        let state = &*self.0.0;
        let now = u64::try_from(state.opened.elapsed().as_millis()).unwrap_or(u64::MAX);
        state.ended_ms.store(now, Ordering::Release);
        state.running.fetch_sub(1, Ordering::AcqRel);
    }
}

/// A response body that keeps its exchange counted until it is dropped.
pub(super) struct Guarded {
    inner: Body,
    end: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    _guard: Guard,
}

impl Guarded {
    pub(super) fn new(inner: Body, guard: Guard) -> Self {
        Self { inner, end: None, _guard: guard }
    }

    /// A body that is cut off when `shutdown` begins.
    pub(super) fn until(inner: Body, guard: Guard, shutdown: Shutdown) -> Self {
        let end = Box::pin(async move { shutdown.triggered().await });
        Self { inner, end: Some(end), _guard: guard }
    }
}

impl HttpBody for Guarded {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if let Some(end) = &mut self.end
            && end.as_mut().poll(cx).is_ready()
        {
            return Poll::Ready(None);
        }
        Pin::new(&mut self.inner).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
