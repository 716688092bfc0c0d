//! What goes on beside the requests: numbering, releases, deadlines, forecasts, unread answers, notices, counts of
//! refusals, and watches over the disk and the room on it.
//!
//! Each worker is a task that runs one blocking step at a time and stops with the server. A step that
//! fails is logged without its data and tried again after a wait that grows; nothing a worker does is
//! lost when it dies between two steps, because each takes up what the database says is left.
//! Deliberately absent: a scheduler, and work that only this process knows of.

mod notices;

use std::time::Duration;

use app::sequencer::{self, Follower};
use app::{
    App, act, announcement, callback, cover, deadline, draft, equity, forecast, mail::SmtpMailer,
    read_back, succession, urgency,
};
use tokio::task::JoinSet;

use crate::serve::Shutdown;

/// After a write its rows wait so long for company before they are numbered.
const GATHER: Duration = Duration::from_millis(40);
/// How often an idle node looks for what was left to number.
const LOOK: Duration = Duration::from_millis(250);
/// How often it looks where other nodes wake it: their word may be lost with a connection.
const LOOK_HEARD: Duration = Duration::from_secs(5);
/// How often acts whose time to be taken back is over are looked for.
const ACTS_EVERY: Duration = Duration::from_secs(20);
/// How often what is old is looked for.
const CHORES_EVERY: Duration = Duration::from_hours(1);
/// How often held messages whose time has come are looked for.
const RELEASE_EVERY: Duration = Duration::from_millis(250);
/// How often changed settings, late answers, absences, claims that ran out and what ended teams left are
/// looked for.
const DEADLINES_EVERY: Duration = Duration::from_secs(2);
/// How often calls that somebody waits for are looked for.
const CALLS_EVERY: Duration = Duration::from_secs(2);
/// How often answers that nobody has opened are looked for.
const UNREAD_EVERY: Duration = Duration::from_secs(5);
/// How often the next portion of announcements is delivered; writes of people come in between.
const ANNOUNCE_EVERY: Duration = Duration::from_millis(500);
/// How often teams without a summary of their recent answers, or with one an hour old, are looked for.
const FORECASTS_EVERY: Duration = Duration::from_secs(10);
/// How often teams whose nightly count of how groups wait is due are looked for.
const EQUITY_EVERY: Duration = Duration::from_mins(1);
/// How often counts of repeated refusals are written.
const DENIALS_EVERY: Duration = Duration::from_secs(30);
/// How often the room on the disk is looked at.
const ROOM_EVERY: Duration = Duration::from_millis(500);
/// How often changes that nobody needs any more are looked for.
const FORGET_EVERY: Duration = Duration::from_hours(1);
/// How often the watch looks whether the disk has failed.
const WATCH_EVERY: Duration = Duration::from_millis(100);
/// The longest wait of a worker that keeps failing.
const BACKOFF_MAX: Duration = Duration::from_secs(10);
/// Batches numbered before live pages hear of them.
const BATCHES: usize = 16;

/// The running workers.
#[derive(Debug)]
pub struct Workers {
    app: App,
    tasks: JoinSet<()>,
}

/// Starts all workers; they stop with `shutdown`. Without a mailer notices are kept and not sent.
/// Must be called inside a tokio runtime.
///
/// # Errors
/// When the database does not answer.
pub async fn start(
    app: &App,
    mailer: Option<SmtpMailer>,
    shutdown: &Shutdown,
) -> app::Result<Workers> {
    let starting = app.clone();
    let follower = run(move || Follower::start(&starting)).await?;
    let mut tasks = JoinSet::new();
    tasks.spawn(number(app.clone(), follower, shutdown.clone()));
    tasks.spawn(every(app.clone(), "releases", RELEASE_EVERY, shutdown.clone(), |app| {
        draft::release_due(app).map(|_| ())
    }));
    tasks.spawn(every(app.clone(), "deadlines", DEADLINES_EVERY, shutdown.clone(), |app| {
        while deadline::follow_settings(app)? > 0 {}
        while deadline::escalate_due(app)? > 0 {}
        while cover::move_work(app)? > 0 {}
        while !succession::move_left(app)?.is_nothing() {}
        Ok(())
    }));
    tasks.spawn(every(app.clone(), "calls", CALLS_EVERY, shutdown.clone(), |app| {
        while callback::look(app)? > 0 {}
        Ok(())
    }));
    tasks.spawn(every(app.clone(), "announcements", ANNOUNCE_EVERY, shutdown.clone(), |app| {
        announcement::deliver_due(app).map(|_| ())
    }));
    tasks.spawn(every(app.clone(), "forecasts", FORECASTS_EVERY, shutdown.clone(), |app| {
        forecast::rebuild(app).map(|_| ())
    }));
    tasks.spawn(every(app.clone(), "unread answers", UNREAD_EVERY, shutdown.clone(), |app| {
        while read_back::look(app)? > 0 {}
        Ok(())
    }));
    tasks.spawn(every(app.clone(), "equity", EQUITY_EVERY, shutdown.clone(), |app| {
        equity::measure_due(app).map(|_| ())
    }));
    tasks.spawn(every(app.clone(), "precision", EQUITY_EVERY, shutdown.clone(), |app| {
        urgency::precision::measure_due(app).map(|_| ())
    }));
    tasks.spawn(every(app.clone(), "refusals", DENIALS_EVERY, shutdown.clone(), |app| {
        app.flush_denials(false)
    }));
    tasks.spawn(every(app.clone(), "chores", CHORES_EVERY, shutdown.clone(), |app| {
        app::session::remove_old(app).map(|_| ())
    }));
    tasks.spawn(every(app.clone(), "acts", ACTS_EVERY, shutdown.clone(), |app| {
        while act::forget_old(app)? > 0 {}
        Ok(())
    }));
    if app.room().is_some() {
        tasks.spawn(every(app.clone(), "room", ROOM_EVERY, shutdown.clone(), |app| {
            app.room().map(app::room::Room::look);
            Ok(())
        }));
    }
    tasks.spawn(every(app.clone(), "old changes", FORGET_EVERY, shutdown.clone(), |app| {
        while sequencer::forget_old(app)? > 0 {}
        Ok(())
    }));
    tasks.spawn(notices::enqueue(app.clone(), shutdown.clone()));
    if let Some(mailer) = mailer {
        tasks.spawn(notices::send(app.clone(), mailer, shutdown.clone()));
    }
    Ok(Workers { app: app.clone(), tasks })
}

impl Workers {
    /// Waits for the workers after shutdown began, then numbers what the last requests wrote.
    pub async fn finish(mut self) {
        while self.tasks.join_next().await.is_some() {}
        let app = self.app;
        let last = run(move || {
            app.flush_denials(true)?;
            while sequencer::is_full(sequencer::run(&app)?) {}
            Ok(())
        });
        if let Err(error) = last.await {
            tracing::warn!(%error, "the last rows were not numbered; the next start does it");
        }
    }
}

/// Returns when a commit failed in a way that leaves the disk's content unknown. From then on nothing
/// is acknowledged, and the process has to end within a second (SECURITY.md, R4).
pub async fn disk_failed(app: &App) {
    while !app.db().poisoned() {
        tokio::time::sleep(WATCH_EVERY).await;
    }
}

/// Runs something that blocks.
async fn run<T: Send + 'static>(
    step: impl FnOnce() -> app::Result<T> + Send + 'static,
) -> app::Result<T> {
    tokio::task::spawn_blocking(step)
        .await
        .unwrap_or_else(|_| Err(app::Error::Internal("a worker's step panicked".to_owned())))
}

/// The wait after a failure: it doubles until [`BACKOFF_MAX`] and starts anew after a success.
#[derive(Debug, Default)]
struct Backoff(Option<Duration>);

impl Backoff {
    /// Notes how a step ended; how long to wait beyond the usual.
    fn after<T>(&mut self, worker: &'static str, outcome: &app::Result<T>) -> Duration {
        match outcome {
            Ok(_) => {
                self.0 = None;
                Duration::ZERO
            }
            Err(error) => {
                let wait = self.0.map_or(LOOK, |wait| (wait * 2).min(BACKOFF_MAX));
                self.0 = Some(wait);
                let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
                tracing::warn!(worker, %error, wait_ms, "a step failed and will be tried again");
                wait
            }
        }
    }
}

/// Waits, or returns false when the server stops.
async fn pause(shutdown: &Shutdown, wait: Duration) -> bool {
    tokio::select! {
        biased;
        () = shutdown.triggered() => false,
        () = tokio::time::sleep(wait) => true,
    }
}

/// Runs `step` once per `period`.
async fn every(
    app: App,
    worker: &'static str,
    period: Duration,
    shutdown: Shutdown,
    step: fn(&App) -> app::Result<()>,
) {
    let mut backoff = Backoff::default();
    let mut wait = period;
    while pause(&shutdown, wait).await {
        let app = app.clone();
        wait = period + backoff.after(worker, &run(move || step(&app)).await);
    }
}

/// Numbers audit rows and changes soon after they were written and passes changes on to live pages.
async fn number(app: App, mut follower: Follower, shutdown: Shutdown) {
    let mut backoff = Backoff::default();
    let listening = sequencer::listen(&app);
    let look = if listening.is_some() { LOOK_HEARD } else { LOOK };
    let mut wait = Duration::ZERO;
    loop {
        tokio::select! {
            biased;
            () = shutdown.triggered() => return,
            () = app.written() => if !pause(&shutdown, GATHER + wait).await { return },
            () = tokio::time::sleep(look + wait) => {}
        }
        let app = app.clone();
        let outcome = run(move || {
            if sequencer::is_behind(&app)? {
                let mut left = BATCHES;
                while sequencer::is_full(sequencer::run(&app)?) && left > 0 {
                    left -= 1;
                }
            }
            // What other nodes numbered is passed on too.
            follower.publish(&app)?;
            Ok(follower)
        })
        .await;
        wait = backoff.after("numbering", &outcome);
        if let Ok(moved) = outcome {
            follower = moved;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_after_failures_grows_to_ten_seconds_and_starts_anew() {
        let mut backoff = Backoff::default();
        let failed = Err::<(), _>(app::Error::Unavailable);
        let waits: Vec<u128> = (0..8).map(|_| backoff.after("test", &failed).as_millis()).collect();
        assert_eq!(waits, [250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
        assert_eq!(backoff.after("test", &Ok(())), Duration::ZERO);
        assert_eq!(backoff.after("test", &failed), LOOK);
    }
}
