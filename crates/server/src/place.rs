//! Where a command's data is: what a configuration names, or a demo's folder.

use std::path::{Path, PathBuf};

use domain::time::Timestamp;
use store::db::{Db, DbConfig, PostgresConfig, SqliteConfig};
use store::seal::{KeyDb, Keys, RootKey};

use crate::backup::stream::backup_key_of;
use crate::cli::Place;
use crate::command::Failure;
use crate::config::secret::{SecretKey, SecretText, Secrets, read_key};
use crate::config::{Config, Engine};

/// Name of the root key in a demo's folder: a demo makes its own.
pub const DEMO_ROOT_KEY: &str = "root.key";
/// Name of the note in a demo's folder that says who can sign in.
pub const DEMO_NOTE: &str = "demo.json";

/// The places and keys of one deployment.
#[derive(Debug)]
pub struct Located {
    /// The data folder.
    pub data_dir: PathBuf,
    /// The engine of the record's database.
    pub engine: Engine,
    /// The SQLite file of the record's database.
    pub database_file: PathBuf,
    /// The address of the record's database on PostgreSQL.
    pub database_url: Option<SecretText>,
    /// The SQLite file of the key store.
    pub key_store_file: PathBuf,
    /// The address of the key store on PostgreSQL, when it is there.
    pub key_store_url: Option<SecretText>,
    /// The key that wraps the deployment key.
    pub root_key: SecretKey,
    /// The key that seals backups.
    pub backup_key: SecretKey,
    /// The configuration; absent for a demo.
    pub config: Option<Config>,
}

impl Located {
    /// Reads the configuration with its secrets, or looks into the demo's folder.
    ///
    /// # Errors
    /// [`Failure`] that says what is missing.
    pub fn find(place: &Place) -> Result<Self, Failure> {
        match (&place.config, &place.data) {
            (Some(file), _) => Self::configured(Config::load(file).map_err(Failure::failed)?),
            (None, Some(folder)) => Self::demo(folder),
            (None, None) => Err(Failure::misused("give --config FILE, or --data DIR for a demo")),
        }
    }

    /// The deployment that `config` describes.
    ///
    /// # Errors
    /// [`Failure`] when a secret is missing or unsafe.
    pub fn configured(config: Config) -> Result<Self, Failure> {
        let secrets = Secrets::load(&config).map_err(Failure::failed)?;
        let backup_key = match secrets.backup_key {
            Some(key) => key,
            None => backup_key_of(&secrets.root_key).map_err(Failure::failed)?,
        };
        Ok(Self {
            data_dir: config.data_dir.clone(),
            engine: config.database.engine,
            database_file: config.database_file(),
            database_url: secrets.database_url,
            key_store_file: config.key_store_file(),
            key_store_url: secrets.key_store_url,
            root_key: secrets.root_key,
            backup_key,
            config: Some(config),
        })
    }

    fn demo(folder: &Path) -> Result<Self, Failure> {
        let file = folder.join(DEMO_ROOT_KEY);
        if !file.exists() {
            return Err(Failure::failed(format!(
                "{} holds no demo; start one with `tidings demo --data {}`",
                folder.display(),
                folder.display()
            )));
        }
        let root_key = read_key("root key", &file).map_err(Failure::failed)?;
        Ok(Self {
            data_dir: folder.to_owned(),
            engine: Engine::Sqlite,
            database_file: folder.join("tidings.db"),
            database_url: None,
            key_store_file: folder.join("keys.db"),
            key_store_url: None,
            backup_key: backup_key_of(&root_key).map_err(Failure::failed)?,
            root_key,
            config: None,
        })
    }
}

impl Located {
    /// Opens the record's database, which may be empty. On SQLite the caller holds the data lock.
    ///
    /// # Errors
    /// [`Failure`] with what the engine says, such as unsafe settings or another collation.
    pub fn open_record(&self) -> Result<Db, Failure> {
        let config = match (self.engine, &self.database_url) {
            (Engine::Postgres, Some(url)) => DbConfig::Postgres(PostgresConfig::new(url.reveal())),
            _ => DbConfig::Sqlite(SqliteConfig::new(&self.database_file)),
        };
        Db::open(config).map_err(|error| Failure::failed(format!("the database: {error}")))
    }

    /// Opens the key store's database, which may be empty; as [`Located::open_record`].
    ///
    /// # Errors
    /// [`Failure`] with what the engine says.
    pub fn open_key_store(&self) -> Result<Db, Failure> {
        let config = match &self.key_store_url {
            Some(url) => DbConfig::Postgres(PostgresConfig::new(url.reveal())),
            None => DbConfig::Sqlite(SqliteConfig {
                // It is asked rarely: data keys are cached.
                readers: 1,
                cache_kib: 1024,
                writer_cache_kib: 1024,
                ..SqliteConfig::new(&self.key_store_file)
            }),
        };
        Db::open(config).map_err(|error| Failure::failed(format!("the key store: {error}")))
    }

    /// Opens the key store, brings its tables up to date and unlocks it with the root key.
    ///
    /// # Errors
    /// [`Failure`] when the root key is not the store's.
    pub fn open_keys(&self, now: Timestamp) -> Result<Keys, Failure> {
        let says =
            |error: &dyn std::fmt::Display| Failure::failed(format!("the key store: {error}"));
        let store = KeyDb::open(self.open_key_store()?, now).map_err(|error| says(&error))?;
        let root = RootKey::from_bytes(*self.root_key.bytes());
        Keys::load(root, Box::new(store), now).map_err(|error| says(&error))
    }
}

/// The machine's time, for what commands note.
pub fn now() -> Timestamp {
    Timestamp::from_micros(jiff::Timestamp::now().as_microsecond())
}
