//! Fresh databases for tests of this and other crates (feature `testing`; never in a release).
//!
//! PostgreSQL is used when the environment variable `TIDINGS_TEST_PG` holds the address of a
//! superuser on a server of this machine, such as `postgres://postgres@127.0.0.1:5432/postgres`.

use std::sync::atomic::{AtomicU32, Ordering};

use tempfile::TempDir;
use tokio_postgres::NoTls;

use crate::db::{Db, DbConfig, DbError, Engine, PostgresConfig, SqliteConfig};

/// Tells the databases of one test process apart.
static COUNT: AtomicU32 = AtomicU32::new(0);

/// An empty database that goes away when this is dropped.
#[derive(Debug)]
pub struct TestDb {
    /// The database.
    pub db: Db,
    config: DbConfig,
    _cleanup: Cleanup,
}

/// Undone after `db`, because fields drop in this order.
#[derive(Debug)]
enum Cleanup {
    Folder(#[allow(dead_code, reason = "deleted by its own drop")] TempDir),
    Database { admin: String, name: String },
}

impl TestDb {
    /// One fresh database per engine; PostgreSQL only when `TIDINGS_TEST_PG` is set, which is said
    /// on standard error otherwise.
    ///
    /// # Panics
    /// When a database cannot be made.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let mut all = vec![Self::sqlite()];
        all.extend(Self::postgres());
        all
    }

    /// A fresh SQLite database in a temporary folder.
    ///
    /// # Panics
    /// When it cannot be made.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a test that cannot start has failed")]
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut config = SqliteConfig::new(folder.path().join("tidings.db"));
        config.readers = 2;
        let config = DbConfig::Sqlite(config);
        let db = Db::open(config.clone()).expect("an SQLite database");
        Self { db, config, _cleanup: Cleanup::Folder(folder) }
    }

    /// A fresh PostgreSQL database, or `None` (said on standard error) without `TIDINGS_TEST_PG`.
    ///
    /// # Panics
    /// When it cannot be made.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a test that cannot start has failed")]
    pub fn postgres() -> Option<Self> {
        let Ok(admin) = std::env::var("TIDINGS_TEST_PG") else {
            #[expect(clippy::print_stderr, reason = "whoever runs the tests must see the gap")]
            {
                eprintln!("LEFT OUT: the PostgreSQL half (TIDINGS_TEST_PG is not set)");
            }
            return None;
        };
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("tidings_test_{}_{count}", std::process::id());
        let create = format!(
            "CREATE DATABASE {name} LC_COLLATE 'C' LC_CTYPE 'C' ENCODING 'UTF8' TEMPLATE template0"
        );
        run_admin(&admin, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            .expect("a left-over database goes away");
        run_admin(&admin, &create).expect("a PostgreSQL database");
        let mut config = PostgresConfig::new(url_of(&admin, &name));
        config.accept_fsync_off = true;
        config.pool_max = 8;
        // A test machine may be slow; the tests of time limits set their own.
        config.acquire_ms_max = 15_000;
        config.statement_ms_max = 15_000;
        let config = DbConfig::Postgres(config);
        let db = Db::open(config.clone()).expect("the PostgreSQL database opens");
        Some(Self { db, config, _cleanup: Cleanup::Database { admin, name } })
    }

    /// Which engine this is, for messages.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.db.engine()
    }

    /// How it was opened, to open it again.
    #[must_use]
    pub const fn config(&self) -> &DbConfig {
        &self.config
    }
}

impl Drop for Cleanup {
    fn drop(&mut self) {
        if let Self::Database { admin, name } = self {
            let _ = run_admin(admin, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

/// Runs one statement on the server of `url`, outside any transaction, from a thread of its own so
/// that it works inside and outside async code.
///
/// # Errors
/// What the server says.
pub fn run_admin(url: &str, statement: &str) -> Result<(), DbError> {
    let (url, statement) = (url.to_owned(), statement.to_owned());
    let worker = std::thread::spawn(move || {
        let failed = |error: &dyn std::fmt::Display| DbError::Other(error.to_string());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| failed(&error))?;
        runtime.block_on(async {
            let (client, connection) =
                tokio_postgres::connect(&url, NoTls).await.map_err(|error| failed(&error))?;
            let driver = tokio::spawn(connection);
            let result = client.batch_execute(&statement).await;
            driver.abort();
            result.map_err(|error| {
                let text = error
                    .as_db_error()
                    .map_or_else(|| error.to_string(), |report| report.message().to_owned());
                DbError::Other(text)
            })
        })
    });
    worker.join().unwrap_or_else(|_| Err(DbError::Other("the admin thread panicked".to_owned())))
}

/// `url` with its database replaced by `name`.
fn url_of(url: &str, name: &str) -> String {
    let (base, query) = url.split_once('?').map_or((url, None), |(b, q)| (b, Some(q)));
    let (scheme, rest) = base.split_once("://").unwrap_or(("postgres", base));
    let host = rest.split('/').next().unwrap_or_default();
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    format!("{scheme}://{host}/{name}{query}")
}
