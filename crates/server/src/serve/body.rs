//! Counts what a connection is doing, from a request's head to the end of its response body, so
//! that only an idle connection is closed and a live page is not. An event stream, which has no end of
//! its own, ends when the server stops; browsers then ask again by themselves.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use hyper::body::{Body as HttpBody, Bytes, Frame, SizeHint};
use tokio::sync::watch;

use super::Shutdown;

/// The number of exchanges that are under way on one connection.
#[derive(Debug, Clone)]
pub(super) struct Activity(Arc<watch::Sender<usize>>);

impl Default for Activity {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }
}

impl Activity {
    /// Counts an exchange until the guard is dropped.
    pub(super) fn begin(&self) -> Guard {
        self.0.send_modify(|running| *running = running.saturating_add(1));
        Guard(self.clone())
    }

    /// Returns when nothing has been under way for `period`.
    pub(super) async fn idle_for(&self, period: Duration) {
        let mut running = self.0.subscribe();
        loop {
            // An error would mean that the sender is gone, and `self` holds it.
            let _ = running.wait_for(|running| *running == 0).await;
            if tokio::time::timeout(period, running.changed()).await.is_err() {
                return;
            }
        }
    }
}

/// One exchange under way.
#[derive(Debug)]
pub(super) struct Guard(Activity);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.0.send_modify(|running| *running = running.saturating_sub(1));
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
