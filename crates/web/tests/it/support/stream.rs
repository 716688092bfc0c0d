//! An event stream as an open page hears it.

use std::time::Duration;

use axum::body::Body;
use http_body_util::BodyExt as _;
use tokio::runtime::Runtime;

/// Longer than any event takes on a busy machine.
const EVENT_WAIT: Duration = Duration::from_secs(10);
/// How long silence is listened to.
const SILENCE: Duration = Duration::from_millis(300);

/// An open stream.
pub struct Stream<'s> {
    runtime: &'s Runtime,
    body: Body,
    heard: String,
}

impl<'s> Stream<'s> {
    pub(super) fn new(runtime: &'s Runtime, body: Body) -> Self {
        Self { runtime, body, heard: String::new() }
    }

    /// The next event as it came, `event: …` and `data: …`; `None` when the stream is over.
    #[track_caller]
    pub fn next(&mut self) -> Option<String> {
        self.within(EVENT_WAIT).expect("an event comes or the stream ends")
    }

    /// Fails when anything comes soon.
    #[track_caller]
    pub fn is_silent(&mut self) {
        let heard = self.within(SILENCE);
        assert!(heard.is_err(), "heard {heard:?}");
    }

    /// Fails unless the stream says `end` and stops.
    #[track_caller]
    pub fn ends(&mut self) {
        let said = self.next();
        assert!(said.as_deref().is_some_and(|event| event.contains("event: end")), "{said:?}");
        assert_eq!(self.next(), None, "nothing comes after the end");
    }

    fn within(&mut self, wait: Duration) -> Result<Option<String>, tokio::time::error::Elapsed> {
        let (body, heard) = (&mut self.body, &mut self.heard);
        self.runtime.block_on(async move {
            tokio::time::timeout(wait, async {
                loop {
                    if let Some((event, rest)) = heard.split_once("\n\n") {
                        let (event, rest) = (event.to_owned(), rest.to_owned());
                        *heard = rest;
                        // Comments keep the line open and say nothing.
                        if event.lines().any(|line| !line.starts_with(':')) {
                            return Some(event);
                        }
                        continue;
                    }
                    let frame = body.frame().await?.unwrap();
                    heard.push_str(std::str::from_utf8(frame.data_ref().unwrap()).unwrap());
                }
            })
            .await
        })
    }
}
