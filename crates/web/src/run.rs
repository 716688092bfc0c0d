//! Running operations, which block, from handlers, which must not.
//!
//! Each runs on a blocking thread that a handler waits for. A request that is dropped meanwhile does
//! not stop its operation: the commit is finished and its room is given back when it ends. Password
//! hashing has a door of its own, two at a time: each takes 46 MiB and a core. Deliberately absent:
//! retries of what was refused, and any queue that grows without bound.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use app::{App, Cx};
use domain::access::Actor;
use domain::ids::PersonId;
use tokio::sync::Semaphore;

use crate::pace::Pace;

/// Operations that may run at once; more wait a little, then are told to come back.
const OPERATIONS_MAX: usize = 128;
/// Passwords that may be hashed at once.
const HASHES_MAX: usize = 2;
/// How long a request waits for room.
const ROOM_WAIT: Duration = Duration::from_secs(2);
/// How long a request waits for room to hash: a clinic's morning is a queue at the door.
const HASH_ROOM_WAIT: Duration = Duration::from_secs(10);
/// How long an operation may take before the request gives up on it.
const RUN_MAX: Duration = Duration::from_secs(20);
/// Looks at a text while it is written that one person has at once, with one more every second: whoever types without
/// a pause saves every two seconds, and may do so on several devices.
const LOOKS: i64 = 20;
/// People whose looks are counted at once.
const LOOKERS_MAX: usize = 10_000;

/// What every handler has at hand; cheap to clone.
#[derive(Clone, Debug)]
pub struct WebState {
    app: App,
    operations: Arc<Semaphore>,
    hashes: Arc<Semaphore>,
    looks: Arc<Mutex<Pace<PersonId>>>,
}

impl WebState {
    /// The site over these operations.
    pub fn new(app: App) -> Self {
        Self {
            app,
            operations: Arc::new(Semaphore::new(OPERATIONS_MAX)),
            hashes: Arc::new(Semaphore::new(HASHES_MAX)),
            looks: Arc::new(Mutex::new(Pace::new(LOOKS, 1, LOOKERS_MAX))),
        }
    }

    /// Whether a text that this person writes may be looked at now. Error: after how many seconds it may.
    pub fn may_look(&self, person: PersonId) -> Result<(), i64> {
        let now = self.app.now();
        self.looks.lock().unwrap_or_else(PoisonError::into_inner).take(person, now)
    }

    /// The operations, for what does not block: settings, the clock, live changes.
    pub const fn app(&self) -> &App {
        &self.app
    }

    /// Runs an operation that reads ([`App::read`]). `Unavailable` when there is no room in time.
    pub async fn read<T, F>(&self, actor: &Actor, op: F) -> app::Result<T>
    where
        F: for<'t> Fn(&mut Cx<'_, 't>) -> app::Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let actor = actor.clone();
        self.block(move |app| app.read(&actor, op)).await
    }

    /// Runs an operation that writes ([`App::write`]). `Unavailable` when there is no room in time; when
    /// it took too long the outcome is unknown, as when the database does not answer.
    pub async fn write<T, F>(&self, actor: &Actor, op: F) -> app::Result<T>
    where
        F: for<'t> Fn(&mut Cx<'_, 't>) -> app::Result<T> + Send + Sync + 'static,
        T: Send + 'static,
    {
        let actor = actor.clone();
        self.block(move |app| app.write(&actor, op)).await
    }

    /// Runs a write that goes on when the disk is nearly full ([`App::write_reserved`]).
    pub async fn write_reserved<T, F>(&self, actor: &Actor, op: F) -> app::Result<T>
    where
        F: for<'t> Fn(&mut Cx<'_, 't>) -> app::Result<T> + Send + Sync + 'static,
        T: Send + 'static,
    {
        let actor = actor.clone();
        self.block(move |app| app.write_reserved(&actor, op)).await
    }

    /// Runs something that blocks.
    pub async fn block<T, F>(&self, op: F) -> app::Result<T>
    where
        F: FnOnce(&App) -> app::Result<T> + Send + 'static,
        T: Send + 'static,
    {
        self.run(&self.operations, ROOM_WAIT, op).await
    }

    /// Runs something that hashes a password.
    pub async fn hash<T, F>(&self, op: F) -> app::Result<T>
    where
        F: FnOnce(&App) -> app::Result<T> + Send + 'static,
        T: Send + 'static,
    {
        self.run(&self.hashes, HASH_ROOM_WAIT, op).await
    }

    async fn run<T, F>(&self, door: &Arc<Semaphore>, wait: Duration, op: F) -> app::Result<T>
    where
        F: FnOnce(&App) -> app::Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let room = match Arc::clone(door).try_acquire_owned() {
            Ok(room) => room,
            // Only who has to wait needs a timer.
            Err(_) => tokio::time::timeout(wait, Arc::clone(door).acquire_owned())
                .await
                .ok()
                .and_then(Result::ok)
                .ok_or(app::Error::Unavailable)?,
        };
        let app = self.app.clone();
        let span = tracing::Span::current();
        let task = tokio::task::spawn_blocking(move || {
            let _room = room;
            span.in_scope(|| op(&app))
        });
        match tokio::time::timeout(RUN_MAX, task).await {
            Ok(Ok(result)) => result,
            // The process is ending and never began it.
            Ok(Err(error)) if error.is_cancelled() => Err(app::Error::Unavailable),
            Ok(Err(_)) => Err(app::Error::Internal("an operation panicked".to_owned())),
            Err(_) => Err(app::Error::Unavailable),
        }
    }
}
