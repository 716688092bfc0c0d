//! The context of an operation: one transaction, its actor, its clock, its ids, and the audit rows it
//! owes.
//!
//! `App::write` runs an operation as one transaction and writes its audit rows in it. `App::read` runs
//! it in a snapshot and holds the result until its audit rows are durable and the actor's epoch has
//! been checked again, so that nothing leaves unrecorded. A refused access is written after the
//! rollback; the same refusal again within a minute is counted, not written.
//!
//! Deliberately absent: async. An operation blocks; `web` runs it on a blocking thread.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use domain::access::Actor;
use domain::ids::{Id, PatientId, PersonId, WorkActId};
use domain::time::Timestamp;
use store::access::{self, Action, Object, Permit};
use store::audit_event::{self, AuditEntry};
use store::change::{Change, Numbered};
use store::db::{Db, DbError, Tx};
use store::seal::{KeyOwner, Keys, Place, Sealed};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::clock::Clock;
use crate::credential::Breached;
use crate::deadline::TeamClocks;
use crate::error::{Error, Result};
use crate::forecast::TeamForecasts;
use crate::live::{Hub, Listener, Topic};
use crate::random::Randomness;
use crate::room::{Level, Room};

/// How the deployment behaves.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The fixed address of the portal, for notices: `https://…` without a path.
    pub public_url: String,
    /// Seconds a sent message can still be taken back; 0 sends at once.
    pub hold_seconds: i64,
    /// Whether this is the demo: plain cookies, loopback only.
    pub demo: bool,
    /// The service's name on every page.
    pub site_name: String,
    /// The phone on every page that has no site of its own.
    pub site_phone: String,
    /// The time zone of pages that have no site of their own (IANA).
    pub time_zone: String,
    /// Whether mail can be sent.
    pub mail: bool,
    /// How long sessions last.
    pub sessions: SessionLimits,
}

/// How long sessions last: NIST SP 800-63B-4, 2.2.3, and shorter for staff, who see many records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionLimits {
    /// Seconds without activity after which a patient or helper is signed out.
    pub patient_idle_s: i64,
    /// Seconds after which a patient or helper signs in again.
    pub patient_s: i64,
    /// Seconds without activity on a device that others use too.
    pub shared_idle_s: i64,
    /// Seconds without activity after which staff are signed out.
    pub staff_idle_s: i64,
    /// Seconds after which staff sign in again.
    pub staff_s: i64,
}

impl Default for SessionLimits {
    fn default() -> Self {
        Self {
            patient_idle_s: 30 * 60,
            patient_s: 24 * 3_600,
            shared_idle_s: 10 * 60,
            staff_idle_s: 15 * 60,
            staff_s: 12 * 3_600,
        }
    }
}

/// Everything an operation needs; cheap to clone.
#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
}

struct Inner {
    db: Db,
    keys: Keys,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Randomness>,
    settings: Settings,
    live: Arc<Hub>,
    written: Notify,
    denials: Mutex<HashMap<DenialKey, Denials>>,
    ids: AtomicU32,
    breached: OnceLock<Breached>,
    room: OnceLock<Room>,
    team_clocks: TeamClocks,
    team_forecasts: TeamForecasts,
}

type DenialKey = (Option<PersonId>, &'static str, Option<Uuid>, &'static str);

struct Denials {
    entry: AuditEntry,
    since: Timestamp,
    unwritten: i64,
}

/// The same refusal within this many seconds is one row with a count.
const DENIAL_WINDOW_S: i64 = 60;
/// Most refusals remembered at once; beyond it each is written.
const DENIALS_MAX: usize = 10_000;
/// How often one transaction is given more of the reserve.
const GIVEN_MAX: u32 = 3;

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App").field("settings", &self.inner.settings).finish_non_exhaustive()
    }
}

/// Why a transaction's closure gave up, with the refusals to write after the rollback.
struct Failure {
    error: Error,
    denied: Vec<AuditEntry>,
    missing_key: Option<KeyOwner>,
}

impl From<DbError> for Failure {
    fn from(error: DbError) -> Self {
        Self { error: error.into(), denied: Vec::new(), missing_key: None }
    }
}

impl App {
    /// Puts the parts together. The database is migrated and the keys are loaded.
    pub fn new(
        db: Db,
        keys: Keys,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Randomness>,
        settings: Settings,
    ) -> Self {
        let denials = Mutex::new(HashMap::new());
        Self {
            inner: Arc::new(Inner {
                db,
                keys,
                clock,
                random,
                settings,
                live: Arc::default(),
                written: Notify::new(),
                denials,
                ids: AtomicU32::new(0),
                breached: OnceLock::new(),
                room: OnceLock::new(),
                team_clocks: TeamClocks::default(),
                team_forecasts: TeamForecasts::default(),
            }),
        }
    }

    /// How the deployment behaves.
    pub fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// What is known of teams' recent answers.
    pub(crate) fn team_forecasts(&self) -> &TeamForecasts {
        &self.inner.team_forecasts
    }

    /// Asks this list of breached passwords too. It is set once, when the deployment starts; later calls
    /// change nothing.
    pub fn use_breached(&self, list: Breached) {
        let _ = self.inner.breached.set(list);
    }

    /// The breached passwords in force: the operator's list when there is one, else the one that ships.
    pub(crate) fn breached(&self) -> &Breached {
        self.inner.breached.get_or_init(Breached::builtin)
    }

    /// Watches the disk from now on. It is set once, when the server starts; without it every write is
    /// tried.
    pub fn use_room(&self, room: Room) {
        let _ = self.inner.room.set(room);
    }

    /// The watch over the disk, if there is one.
    pub fn room(&self) -> Option<&Room> {
        self.inner.room.get()
    }

    /// The database, for the few commands that work on it as a whole (backup, verify, check).
    pub fn db(&self) -> &Db {
        &self.inner.db
    }

    /// The keys.
    pub fn keys(&self) -> &Keys {
        &self.inner.keys
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    /// Random bytes.
    pub fn random(&self) -> &dyn Randomness {
        &*self.inner.random
    }

    /// A new id.
    pub fn new_id<T: Id>(&self) -> Result<T> {
        new_id(&self.inner, self.now())
    }

    /// Listens for changes of these topics as they are numbered, for a live page.
    pub fn listen(&self, topics: Vec<Topic>) -> Listener {
        self.inner.live.listen(topics)
    }

    /// Passes a numbered change on to the live pages it concerns.
    pub fn publish(&self, numbered: &Numbered) {
        self.inner.live.publish(&numbered.change);
    }

    /// Wakes the worker that numbers rows and passes changes on.
    pub fn wake(&self) {
        self.inner.written.notify_one();
    }

    /// Returns once something has been written since the last call; for the worker that numbers rows.
    pub async fn written(&self) {
        self.inner.written.notified().await;
    }

    /// Runs an operation that writes, as one transaction with its audit rows, retried whole when the
    /// engine asks for it. `op` may run several times and must have no effect but on its `Cx`.
    /// Refused with [`Error::Full`] as soon as the disk is below its low-water mark.
    pub fn write<T, F>(&self, actor: &Actor, op: F) -> Result<T>
    where
        F: for<'t> Fn(&mut Cx<'_, 't>) -> Result<T> + Send + Sync + 'static,
        T: Send + 'static,
    {
        if self.room().is_some_and(|room| room.level() != Level::Enough) {
            return Err(Error::Full);
        }
        self.run_write(false, actor, op)
    }

    /// Like [`App::write`], for the little that goes on when the disk is nearly full, from the reserve
    /// if need be: signing in and out, marking as read, what was accepted before, administration.
    pub fn write_reserved<T, F>(&self, actor: &Actor, op: F) -> Result<T>
    where
        F: for<'t> Fn(&mut Cx<'_, 't>) -> Result<T> + Send + Sync + 'static,
        T: Send + 'static,
    {
        self.run_write(true, actor, op)
    }

    fn run_write<T, F>(&self, reserved: bool, actor: &Actor, op: F) -> Result<T>
    where
        F: for<'t> Fn(&mut Cx<'_, 't>) -> Result<T> + Send + Sync + 'static,
        T: Send + 'static,
    {
        let op = Arc::new(op);
        // A missing data key is made outside the transaction, in its own store, and the operation
        // runs again: a key is durable before its first use.
        for _ in 0..4 {
            let (app, actor, op) = (self.clone(), actor.clone(), Arc::clone(&op));
            let outcome = self.commit(reserved, move |tx| {
                let mut cx = Cx::new(&app, &actor, tx);
                match cx.run(&*op) {
                    Ok(value) => {
                        cx.write_audit()?;
                        Ok(value)
                    }
                    Err(error) => Err(cx.fail(error)),
                }
            });
            match outcome {
                Ok(value) => {
                    self.inner.written.notify_one();
                    return Ok(value);
                }
                Err(failure) => {
                    self.after_failure(&failure);
                    match failure.missing_key {
                        Some(owner) => self.inner.keys.ensure(owner, self.now())?,
                        None => return Err(failure.error),
                    }
                }
            }
        }
        Err(Error::Internal("an operation kept asking for new keys".to_owned()))
    }

    /// One writing transaction. When the disk is full a `reserved` one is given room and run again;
    /// any other makes the watch look at once.
    fn commit<T, F>(&self, reserved: bool, f: F) -> std::result::Result<T, Failure>
    where
        F: for<'t> Fn(&mut Tx<'t>) -> std::result::Result<T, Failure> + Send + Sync + 'static,
        T: Send + 'static,
    {
        let f = Arc::new(f);
        let mut given = 0;
        loop {
            let f = Arc::clone(&f);
            let outcome = self.inner.db.write(move |tx| f(tx));
            if let (Err(Failure { error: Error::Full, .. }), Some(room)) = (&outcome, self.room()) {
                if reserved && given < GIVEN_MAX && room.give(given > 0) {
                    given += 1;
                    continue;
                }
                room.look();
            }
            return outcome;
        }
    }

    /// Runs an operation that reads, in one snapshot; the result leaves only after its audit rows are
    /// durable and the actor's epoch is still the same, else `SignedOut` or `Unavailable`.
    pub fn read<T, F>(&self, actor: &Actor, op: F) -> Result<T>
    where
        F: for<'t> Fn(&mut Cx<'_, 't>) -> Result<T>,
    {
        let outcome = self
            .inner
            .db
            .read(|tx| Cx::new(self, actor, tx).read(&|cx: &mut Cx<'_, '_>| cx.run(&op)));
        self.hold(actor, outcome)
    }

    /// [`App::read`] for an actor who is looked up in the snapshot that is read, so that the look-up
    /// costs no snapshot of its own: `find` must answer only for somebody who may act at that moment.
    /// The actor with the operation's outcome; `SignedOut` when `find` finds nobody.
    pub(crate) fn read_as<T, G, F>(&self, find: G, op: F) -> Result<(Actor, Result<T>)>
    where
        G: for<'t> Fn(&mut Tx<'t>, Timestamp) -> Result<Option<Actor>>,
        F: for<'t> Fn(&mut Cx<'_, 't>) -> Result<T>,
    {
        let (actor, outcome) = self.inner.db.read(|tx| {
            let actor = find(tx, self.now())?.ok_or(Error::SignedOut)?;
            let outcome = Cx::new(self, &actor, tx).read(&op);
            Ok::<_, Error>((actor, outcome))
        })?;
        let outcome = self.hold(&actor, outcome);
        Ok((actor, outcome))
    }

    /// Holds what was read until its audit rows are durable.
    fn hold<T>(
        &self,
        actor: &Actor,
        outcome: std::result::Result<(T, Vec<AuditEntry>), Failure>,
    ) -> Result<T> {
        match outcome {
            Ok((value, entries)) => {
                self.write_read_audit(actor, entries)?;
                Ok(value)
            }
            Err(failure) => {
                self.after_failure(&failure);
                Err(failure.error)
            }
        }
    }

    fn write_read_audit(&self, actor: &Actor, entries: Vec<AuditEntry>) -> Result<()> {
        if entries.is_empty() {
            return Ok(());
        }
        let (app, actor) = (self.clone(), actor.clone());
        let outcome = self.commit(true, move |tx| {
            let mut cx = Cx::new(&app, &actor, tx);
            if let Err(error) = access::check_actor(cx.tx, &actor) {
                return Err(cx.fail(error.into()));
            }
            cx.write_entries(&entries)
        });
        self.inner.written.notify_one();
        outcome.map_err(|failure: Failure| failure.error)
    }

    fn after_failure(&self, failure: &Failure) {
        for entry in &failure.denied {
            if let Err(error) = self.note_denial(entry) {
                tracing::error!(%error, "a refusal could not be written to the access log");
            }
        }
    }

    /// Writes a refusal, or counts it when the same one was written within the last minute.
    fn note_denial(&self, entry: &AuditEntry) -> Result<()> {
        let now = self.now();
        let mut counted = None;
        {
            let mut denials = self.inner.denials.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(known) = denials.get_mut(&entry.denial_key()) {
                if now.seconds_since(known.since) < DENIAL_WINDOW_S {
                    known.unwritten += 1;
                    return Ok(());
                }
                // A new minute begins: what the last one counted is written before it is forgotten.
                if known.unwritten > 0 {
                    counted = Some(known.entry.clone().repeated(known.unwritten));
                }
                *known = Denials { entry: entry.clone(), since: now, unwritten: 0 };
            } else if denials.len() < DENIALS_MAX {
                let first = Denials { entry: entry.clone(), since: now, unwritten: 0 };
                denials.insert(entry.denial_key(), first);
            }
        }
        if let Some(counted) = counted {
            self.write_denial(counted)?;
        }
        self.write_denial(entry.clone())
    }

    fn write_denial(&self, entry: AuditEntry) -> Result<()> {
        let app = self.clone();
        let outcome = self.commit(true, move |tx| {
            let system = Actor::system();
            let mut cx = Cx::new(&app, &system, tx);
            cx.write_entries(std::slice::from_ref(&entry))
        });
        outcome.map_err(|failure: Failure| failure.error)
    }

    /// Writes the counts of refusals whose minute is over; for a worker, and at shutdown with `all`.
    pub fn flush_denials(&self, all: bool) -> Result<()> {
        let now = self.now();
        let mut over = Vec::new();
        {
            let mut denials = self.inner.denials.lock().unwrap_or_else(PoisonError::into_inner);
            denials.retain(|_, known| {
                let keep = !all && now.seconds_since(known.since) < DENIAL_WINDOW_S;
                if !keep && known.unwritten > 0 {
                    over.push(known.entry.clone().repeated(known.unwritten));
                }
                keep
            });
        }
        over.into_iter().try_for_each(|entry| self.write_denial(entry))
    }
}

/// A UUIDv7 whose first 26 bits after the milliseconds count up within this process (RFC 9562, section
/// 6.2, method 1), so that ids made in one millisecond sort in the order they were made.
fn new_id<T: Id>(inner: &Inner, now: Timestamp) -> Result<T> {
    let mut bytes = [0_u8; 10];
    inner.random.fill(&mut bytes)?;
    let n = inner.ids.fetch_add(1, Ordering::Relaxed);
    // 12 bits beside the version, then 6 beside the variant, then 8.
    let [_, _, _, low] = n.to_be_bytes();
    let [_, _, _, six] = ((n >> 8) & 0x3f).to_be_bytes();
    let [_, _, high, mid] = ((n >> 14) & 0x0fff).to_be_bytes();
    let [first, second, third, fourth, ..] = &mut bytes;
    (*first, *second, *third, *fourth) = (high, mid, six, low);
    let millis = u64::try_from(now.micros() / 1_000).unwrap_or(0);
    Ok(T::from_uuid(uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()))
}

/// One operation's context, branded with its transaction.
pub struct Cx<'c, 't> {
    app: &'c App,
    actor: &'c Actor,
    tx: &'c mut Tx<'t>,
    now: Timestamp,
    missing_key: Option<KeyOwner>,
    act: Option<WorkActId>,
}

impl std::fmt::Debug for Cx<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cx").field("now", &self.now).finish_non_exhaustive()
    }
}

impl<'c, 't> Cx<'c, 't> {
    fn new(app: &'c App, actor: &'c Actor, tx: &'c mut Tx<'t>) -> Self {
        Self { app, actor, tx, now: app.now(), missing_key: None, act: None }
    }

    /// The clocks of teams as they were last read.
    pub(crate) fn team_clocks(&self) -> &'c TeamClocks {
        &self.app.inner.team_clocks
    }

    fn run<T>(&mut self, op: &impl Fn(&mut Self) -> Result<T>) -> Result<T> {
        access::check_actor(self.tx, self.actor)?;
        op(self)
    }

    /// Runs an operation that reads; its value with the audit rows that it owes.
    fn read<T>(
        &mut self,
        op: &impl Fn(&mut Self) -> Result<T>,
    ) -> std::result::Result<(T, Vec<AuditEntry>), Failure> {
        match op(self) {
            Ok(value) => Ok((value, self.tx.take_audit())),
            Err(error) => Err(self.fail(error)),
        }
    }

    fn fail(&mut self, error: Error) -> Failure {
        let denied = self.tx.take_audit().into_iter().filter(AuditEntry::is_denied).collect();
        Failure { error, denied, missing_key: self.missing_key.take() }
    }

    fn write_audit(&mut self) -> std::result::Result<(), Failure> {
        let entries = self.tx.take_audit();
        self.write_entries(&entries)
    }

    fn write_entries(&mut self, entries: &[AuditEntry]) -> std::result::Result<(), Failure> {
        for entry in entries {
            let mut salt = [0_u8; 16];
            let id = match self.app.inner.random.fill(&mut salt) {
                Ok(()) => self.new_id(),
                Err(error) => Err(error.into()),
            };
            match id {
                Ok(id) => audit_event::add(self.tx, id, &salt, entry)?,
                Err(error) => return Err(self.fail(error)),
            }
        }
        Ok(())
    }

    /// The deployment.
    pub const fn app(&self) -> &'c App {
        self.app
    }

    /// The transaction, for store functions.
    pub const fn tx(&mut self) -> &mut Tx<'t> {
        self.tx
    }

    /// Who acts.
    pub const fn actor(&self) -> &'c Actor {
        self.actor
    }

    /// The person who acts; `SignedOut` for the system, which has no things of its own.
    pub fn person(&self) -> Result<PersonId> {
        self.actor.person.ok_or(Error::SignedOut)
    }

    /// The moment of the operation: one for the whole of it.
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// The act that the steps of the operation belong to and can be taken back by ([`crate::act`]).
    pub(crate) const fn act(&self) -> Option<WorkActId> {
        self.act
    }

    /// Says which act the next steps belong to; `None` when they are not to be taken back.
    pub(crate) const fn set_act(&mut self, act: Option<WorkActId>) {
        self.act = act;
    }

    /// A new id, ordered by time.
    pub fn new_id<T: Id>(&self) -> Result<T> {
        new_id(&self.app.inner, self.now)
    }

    /// Asks for an action on a thing; notes the audit row either way.
    pub fn authorize<A: Action>(
        &mut self,
        key: <A::Object as Object>::Key,
    ) -> Result<Permit<'t, A>> {
        Ok(access::authorize(self.tx, self.actor, key, self.now)?)
    }

    /// Whether an action would be allowed, so that a page leaves out quietly what its reader may not
    /// see. Records nothing and permits nothing.
    pub fn may<A: Action>(&mut self, key: <A::Object as Object>::Key) -> Result<bool> {
        Ok(access::may::<A>(self.tx, self.actor, key, self.now)?)
    }

    /// Seals a text for its owner and place. When the owner has no key yet the operation is run again
    /// after one has been made.
    pub fn seal(&mut self, owner: KeyOwner, place: &Place<'_>, text: &[u8]) -> Result<Sealed> {
        match self.app.inner.keys.seal(owner, place, text) {
            Err(store::seal::SealError::Missing) => {
                self.missing_key = Some(owner);
                Err(Error::Internal("an owner has no data key yet".to_owned()))
            }
            other => Ok(other?),
        }
    }

    /// Opens a sealed value as text.
    pub fn open(&self, owner: KeyOwner, place: &Place<'_>, sealed: &Sealed) -> Result<String> {
        Ok(self.app.inner.keys.open_text(owner, place, sealed)?)
    }

    /// Writes to the outbox what live pages and notices need to know; no content.
    pub fn note_change(&mut self, change: &Change) -> Result<()> {
        let id = self.new_id()?;
        store::change::add(self.tx, id, self.now, change)?;
        Ok(())
    }

    /// Tells live pages of a person that something of theirs has ended: each checks itself again and stops
    /// when it must.
    pub fn note_revoked(&mut self, person: PersonId) -> Result<()> {
        self.note_change(&Change {
            kind: "revoked".to_owned(),
            patient: None,
            thread: None,
            team: None,
            person: Some(person),
        })
    }

    /// Adds the patients that a list shows to the audit entry of the permit it rests on.
    pub fn audit_subjects<A: Action>(
        &mut self,
        permit: &Permit<'_, A>,
        patients: impl IntoIterator<Item = PatientId>,
    ) {
        self.tx.audit_subjects(permit, patients);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ids::MessageId;

    #[test]
    fn ids_of_one_moment_sort_in_their_order() {
        let db = store::testing::TestDb::sqlite();
        let keys_db = store::testing::TestDb::sqlite();
        let now = Timestamp::from_seconds(1_795_342_500);
        let store = store::seal::KeyDb::open(keys_db.db.clone(), now).unwrap();
        let root = store::seal::RootKey::from_bytes([1; 32]);
        let keys = Keys::load(root, Box::new(store), now).unwrap();
        let app = App::new(
            db.db.clone(),
            keys,
            Arc::new(crate::clock::SetClock::new(now)),
            Arc::new(crate::random::SystemRandomness::default()),
            Settings {
                public_url: String::new(),
                hold_seconds: 0,
                demo: true,
                site_name: String::new(),
                site_phone: String::new(),
                time_zone: "UTC".to_owned(),
                mail: false,
                sessions: SessionLimits::default(),
            },
        );
        let ids: Vec<MessageId> = (0..20_000).map(|_| app.new_id().unwrap()).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]), "ids sort in the order of making");
        let first = ids[0].as_uuid();
        assert_eq!(first.get_version_num(), 7);
    }
}
