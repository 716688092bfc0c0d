//! A fresh installation for tests of this and other crates (feature `testing`; never in a release):
//! a migrated database, keys, and an [`App`] whose clock stands where the test puts it.

pub mod clinic;

use std::sync::Arc;

use domain::access::Actor;
use domain::ids::CareTeamId;
use domain::time::Timestamp;
use domain::work_item::Level;
use store::migrate::migrate;
use store::migrations::RECORD;
use store::seal::{KeyDb, Keys, RootKey};
use store::testing::TestDb;
use store::work_item::Asked;

use crate::clock::SetClock;
use crate::cx::{App, SessionLimits, Settings};
use crate::error::Result;
use crate::forecast;
use crate::random::SystemRandomness;

/// When a test begins: Sunday, 22 November 2026, 10:15 UTC.
pub const START: Timestamp = Timestamp::from_seconds(1_795_342_500);

/// An installation that goes away when this is dropped.
pub struct TestApp {
    /// Its operations.
    pub app: App,
    /// Its clock.
    pub clock: Arc<SetClock>,
    _record: TestDb,
    _keys: TestDb,
}

impl std::fmt::Debug for TestApp {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("TestApp(…)")
    }
}

impl TestApp {
    /// One installation per engine; PostgreSQL only where `TIDINGS_TEST_PG` is set. The settings are
    /// those of production: secure cookies, sessions of the usual length.
    ///
    /// # Panics
    /// When an installation cannot be made.
    #[must_use]
    pub fn all() -> Vec<Self> {
        TestDb::all().into_iter().map(|db| Self::on(db, false)).collect()
    }

    /// An installation on SQLite, for what does not depend on the engine.
    ///
    /// # Panics
    /// When it cannot be made.
    #[must_use]
    pub fn sqlite() -> Self {
        Self::on(TestDb::sqlite(), false)
    }

    /// The same as a demo: plain cookies on loopback.
    ///
    /// # Panics
    /// When it cannot be made.
    #[must_use]
    pub fn demo() -> Self {
        Self::on(TestDb::sqlite(), true)
    }

    #[expect(clippy::expect_used, reason = "a test that cannot start has failed")]
    fn on(record: TestDb, demo: bool) -> Self {
        migrate(&record.db, RECORD, START).expect("migrations apply");
        let keys_db = TestDb::sqlite();
        let key_store = KeyDb::open(keys_db.db.clone(), START).expect("a key store");
        let root = RootKey::from_bytes([7; 32]);
        let keys = Keys::load(root, Box::new(key_store), START).expect("keys");
        let clock = Arc::new(SetClock::new(START));
        let settings = Settings {
            public_url: "https://portal.example.org".to_owned(),
            hold_seconds: 10,
            demo,
            site_name: "Riverside Messages".to_owned(),
            site_phone: "555-0100".to_owned(),
            time_zone: "America/New_York".to_owned(),
            mail: !demo,
            sessions: SessionLimits::default(),
        };
        let random = Arc::new(SystemRandomness::default());
        let app =
            App::new(record.db.clone(), keys, Arc::<SetClock>::clone(&clock), random, settings);
        Self { app, clock, _record: record, _keys: keys_db }
    }

    /// Moves the clock on.
    pub fn pass_seconds(&self, seconds: i64) {
        self.clock.set(self.app.now().plus_seconds(seconds));
    }
}

/// How many password hashes this thread has begun, for comparing what two tries cost.
#[must_use]
pub fn hashes_begun() -> u64 {
    crate::credential::password::counted::HASHES.with(std::cell::Cell::get)
}

/// The actor that a signed-in person is, without a session of their own.
///
/// # Panics
/// When there is no such active person.
#[must_use]
#[expect(clippy::expect_used, reason = "a test that asks for nobody has failed")]
pub fn actor(app: &App, person: domain::ids::PersonId) -> domain::access::Actor {
    let facts = app.db().read(|tx| store::access::actor_facts(tx, person));
    let (role, epoch) = facts.expect("a database").expect("an active person");
    domain::access::Actor {
        person: Some(person),
        role,
        session: None,
        device: None,
        scopes: domain::access::Scopes::Session,
        auth_time: app.now(),
        epoch,
        purpose: crate::session::purpose_of(role),
    }
}

/// Gives a team a habit: notes `answers` answers, one every six hours up to now, given within two hours, and
/// makes its summary. The other teams' summaries are made too.
///
/// # Errors
/// As its operations; in a fresh installation none.
pub fn give_habit(app: &App, team: CareTeamId, answers: i64) -> Result<()> {
    app.write(&Actor::system(), move |cx| {
        for n in 0..answers {
            let at = cx.now().plus_seconds(-(n + 1) * 6 * 3_600);
            let asked = Asked { at, level: Level::SOON, said: None };
            let answered_at = at.plus_seconds(3_600 + n % 5 * 900);
            let id = cx.new_id()?;
            store::team_forecast::add_answer(cx.tx(), id, team, &asked, answered_at, None)?;
        }
        Ok(())
    })?;
    forecast::rebuild(app).map(|_| ())
}
