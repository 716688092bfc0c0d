//! From a deployment's place to its operations: open, look at the schema, unlock the keys.

use std::sync::Arc;

use app::clock::{Clock, SystemClock};
use app::random::SystemRandomness;
use app::{App, SessionLimits, Settings};
use store::db::Db;
use store::migrate::{migrate, pending};
use store::migrations::RECORD;
use store::seal::Keys;

use crate::command::Failure;
use crate::config::Config;
use crate::place::{Located, now};

/// An opened deployment: its database with this version's schema, and its keys.
#[derive(Debug)]
pub struct Opened {
    /// The record's database.
    pub db: Db,
    /// The keys.
    pub keys: Keys,
}

impl Opened {
    /// Opens the deployment. An empty database gets its tables; one of an older version is refused,
    /// because its migration wants a backup first. On SQLite the caller holds the data lock.
    ///
    /// # Errors
    /// [`Failure`] that says what to do.
    pub fn open(place: &Located) -> Result<Self, Failure> {
        let db = place.open_record()?;
        let says =
            |error: &dyn std::fmt::Display| Failure::failed(format!("the database: {error}"));
        let missing = pending(&db, RECORD).map_err(|error| says(&error))?.len();
        if missing == RECORD.files.len() {
            migrate(&db, RECORD, now()).map_err(|error| says(&error))?;
        } else if missing > 0 {
            return Err(Failure::failed(format!(
                "the database lacks {missing} migrations of this version; make a backup, then run \
                 `tidings migrate`"
            )));
        }
        let keys = place.open_keys(now())?;
        Ok(Self { db, keys })
    }

    /// The operations, under the machine's clock.
    pub fn app(&self, settings: Settings) -> App {
        self.app_at(settings, Arc::new(SystemClock))
    }

    /// The operations, under another clock: a seed tells of the past.
    pub fn app_at(&self, settings: Settings, clock: Arc<dyn Clock>) -> App {
        let random = Arc::new(SystemRandomness::default());
        App::new(self.db.clone(), self.keys.clone(), clock, random, settings)
    }
}

/// How the deployment at `place` behaves: what the configuration says, or the demo.
pub fn settings(place: &Located) -> Settings {
    place.config.as_ref().map_or_else(|| demo_settings("http://localhost:8080"), configured)
}

/// How the demo behaves, shown at `url`.
pub fn demo_settings(url: &str) -> Settings {
    Settings {
        public_url: url.to_owned(),
        hold_seconds: 10,
        demo: true,
        site_name: "Riverside Messages".to_owned(),
        site_phone: "555-0100".to_owned(),
        time_zone: "America/New_York".to_owned(),
        mail: false,
        sessions: SessionLimits::default(),
    }
}

fn configured(config: &Config) -> Settings {
    let session = &config.session;
    Settings {
        public_url: config.public_url.clone(),
        hold_seconds: i64::from(config.hold_seconds),
        demo: false,
        site_name: config.site.name.clone(),
        site_phone: config.site.phone.clone(),
        time_zone: config.site.time_zone.clone(),
        mail: config.mail.is_some(),
        sessions: SessionLimits {
            patient_idle_s: i64::from(session.patient_idle_minutes) * 60,
            patient_s: i64::from(session.patient_hours) * 3_600,
            shared_idle_s: i64::from(session.shared_idle_minutes) * 60,
            staff_idle_s: i64::from(session.staff_idle_minutes) * 60,
            staff_s: i64::from(session.staff_hours) * 3_600,
        },
    }
}
