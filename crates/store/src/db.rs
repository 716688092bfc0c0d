//! The executor: one SQL text, two engines, one operation per transaction.
//!
//! An operation is a closure over a [`Tx`]; [`Db::write`] commits it durably and [`Db::read`] gives
//! it a snapshot. Both block, so they are called from blocking threads and never from a worker of
//! an async runtime. On SQLite one writer thread runs operations in groups ([`sqlite`]); on
//! PostgreSQL a pool runs them SERIALIZABLE and repeats them whole ([`postgres`]).
//!
//! Deliberately absent: statements made at run time, nested transactions, floats, dates and JSON
//! as column types, and any way to hold a transaction open outside its closure.

mod error;
mod postgres;
mod sql;
mod sqlite;
mod value;

use std::marker::PhantomData;
use std::sync::Arc;

pub use error::DbError;
pub(crate) use postgres::TableShape;
pub use postgres::{Listening, PostgresConfig};
pub use sql::Sql;
pub use sqlite::SqliteConfig;
pub use value::{FromValue, Param, Row, ToParam, Value};

/// Which database engine answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// SQLite in this process.
    Sqlite,
    /// A PostgreSQL server, version 15 or later.
    Postgres,
}

/// Where the data are and how they are reached.
#[derive(Debug, Clone)]
pub enum DbConfig {
    /// One file on this machine.
    Sqlite(SqliteConfig),
    /// A server.
    Postgres(PostgresConfig),
}

/// A handle on the database, cheap to clone. The last one dropped waits for the writer to finish.
#[derive(Debug, Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

#[derive(Debug)]
enum Inner {
    Sqlite(sqlite::Sqlite),
    Postgres(postgres::Postgres),
}

/// How a writing transaction of the rarer kinds runs; the default is [`Db::write`]'s.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct WriteMode {
    /// PostgreSQL: READ COMMITTED behind this advisory lock, taken before the first snapshot.
    /// SQLite's only writer needs none.
    pub lock: Option<i64>,
    /// PostgreSQL: the longest one statement may take, in milliseconds, instead of the usual.
    pub statement_ms_max: Option<u64>,
}

impl Db {
    /// Opens the database; it may be empty. Refuses ([`DbError::Other`], in words) settings under
    /// which an acknowledged write could be lost or text would sort differently: SQLite not in WAL
    /// with synchronous FULL; PostgreSQL before 15, not collated as `C`, or with
    /// `synchronous_commit` or `fsync` off.
    pub fn open(config: DbConfig) -> Result<Self, DbError> {
        let inner = match config {
            DbConfig::Sqlite(config) => Inner::Sqlite(sqlite::Sqlite::open(config)?),
            DbConfig::Postgres(config) => Inner::Postgres(postgres::Postgres::open(config)?),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Runs `f` in a writing transaction and returns its outcome, a refusal too, only after what
    /// it saw and wrote is durable. An `Err` undoes everything `f` wrote. `f` may run several times
    /// (so it has no effects but on `tx`), and on SQLite it runs on the writer thread.
    ///
    /// Errors beside `f`'s own: [`DbError::Unavailable`] when the outcome is unknown or the queue is
    /// full, [`DbError::Full`], [`DbError::Serialization`], and [`DbError::Other`] when `f` panics.
    /// A statement that failed fails the transaction, whatever `f` returns.
    pub fn write<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: for<'t> Fn(&mut Tx<'t>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        self.write_as(WriteMode::default(), f)
    }

    /// Like [`Db::write`], for the sequencer: on PostgreSQL in READ COMMITTED and one at a time per
    /// `lock`, because a serializable numbering would abort whoever writes the rows it numbers.
    pub fn write_alone<T, E, F>(&self, lock: i64, f: F) -> Result<T, E>
    where
        F: for<'t> Fn(&mut Tx<'t>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        self.write_as(WriteMode { lock: Some(lock), ..WriteMode::default() }, f)
    }

    /// [`Db::write`] in a rarer way.
    pub(crate) fn write_as<T, E, F>(&self, mode: WriteMode, f: F) -> Result<T, E>
    where
        F: for<'t> Fn(&mut Tx<'t>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        match &*self.inner {
            Inner::Sqlite(engine) => engine.write(f),
            Inner::Postgres(engine) => engine.write(mode, f),
        }
    }

    /// Runs `f` in one read-only snapshot of what is committed. Statements that write are refused
    /// ([`DbError::Other`]).
    pub fn read<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: for<'t> Fn(&mut Tx<'t>) -> Result<T, E>,
        E: From<DbError>,
    {
        match &*self.inner {
            Inner::Sqlite(engine) => engine.read(f),
            Inner::Postgres(engine) => engine.read(f),
        }
    }

    /// Runs `f` once in a snapshot that no writer can make inconsistent, on a connection of its own
    /// without the usual time limits, for a backup. PostgreSQL only ([`DbError::Other`]).
    pub(crate) fn snapshot_apart<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: for<'t> FnMut(&mut Tx<'t>) -> Result<T, E>,
        E: From<DbError>,
    {
        match &*self.inner {
            Inner::Sqlite(_) => Err(E::from(only_postgres())),
            Inner::Postgres(engine) => engine.snapshot_apart(f),
        }
    }

    /// Runs `f` once in a writing transaction behind the advisory lock `lock`, on a connection of its
    /// own without the usual time limits, for a restore. PostgreSQL only ([`DbError::Other`]).
    pub(crate) fn load_apart<T, E, F>(&self, lock: i64, f: F) -> Result<T, E>
    where
        F: for<'t> FnMut(&mut Tx<'t>) -> Result<T, E>,
        E: From<DbError>,
    {
        match &*self.inner {
            Inner::Sqlite(_) => Err(E::from(only_postgres())),
            Inner::Postgres(engine) => engine.load_apart(lock, f),
        }
    }

    /// Rebuilds the files from what they still hold, so that what was deleted is nowhere in them.
    /// SQLite: VACUUM and an emptied log, while nothing else is written. PostgreSQL does this by its own
    /// vacuum. [`DbError::Unavailable`] when a reader held the log; nothing is lost, call again.
    pub fn compact(&self) -> Result<(), DbError> {
        match &*self.inner {
            Inner::Sqlite(engine) => engine.compact(),
            Inner::Postgres(_) => Ok(()),
        }
    }

    /// Calls `heard` whenever any node says something on `channel` ([`Tx::notify`]), until what is
    /// returned is dropped; also when the connection was made anew, because something may have been
    /// missed. `heard` must not block. `None` on SQLite, which has no other nodes.
    #[must_use]
    pub fn listen(
        &self,
        channel: &'static str,
        heard: impl Fn() + Send + Sync + 'static,
    ) -> Option<Listening> {
        match &*self.inner {
            Inner::Sqlite(_) => None,
            Inner::Postgres(engine) => Some(engine.listen(channel, heard)),
        }
    }

    /// Which engine answers.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match &*self.inner {
            Inner::Sqlite(_) => Engine::Sqlite,
            Inner::Postgres(_) => Engine::Postgres,
        }
    }

    /// Whether a commit or a checkpoint of SQLite failed in a way that leaves the disk's content
    /// unknown (an fsync error must not be tried again, because the kernel forgets the pages).
    /// From then on nothing is acknowledged and the process has to end and start anew.
    #[must_use]
    pub fn poisoned(&self) -> bool {
        match &*self.inner {
            Inner::Sqlite(engine) => engine.poisoned(),
            Inner::Postgres(_) => false,
        }
    }
}

/// What the rest of this crate keeps beside a transaction while its closure runs; the audit ledger
/// fills it. It starts empty at every run of the closure and goes away with it.
pub(crate) type TxExt = crate::audit_event::Ledger;

/// A transaction while its closure runs. The brand `'t` is invariant and chosen by the executor, so
/// nothing that carries it (a permit, a scope) can leave its closure or enter another.
pub struct Tx<'t> {
    link: Link<'t>,
    failed: Option<DbError>,
    pub(crate) ext: TxExt,
    brand: PhantomData<fn(&'t ()) -> &'t ()>,
}

/// The engine's side of a transaction.
enum Link<'t> {
    Sqlite(sqlite::Link<'t>),
    Postgres(postgres::Link<'t>),
}

impl std::fmt::Debug for Tx<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tx").field("failed", &self.failed).finish_non_exhaustive()
    }
}

impl<'t> Tx<'t> {
    fn new(link: Link<'t>) -> Self {
        Self { link, failed: None, ext: TxExt::default(), brand: PhantomData }
    }

    /// Which engine answers; for the few places where behaviour, not SQL, differs (NOTIFY).
    #[must_use]
    pub const fn engine(&self) -> Engine {
        match self.link {
            Link::Sqlite(_) => Engine::Sqlite,
            Link::Postgres(_) => Engine::Postgres,
        }
    }

    /// Runs a statement that returns no rows; the number of rows it changed.
    pub fn execute(&mut self, sql: Sql, params: &[&dyn ToParam]) -> Result<u64, DbError> {
        self.run(params, |link, params| match link {
            Link::Sqlite(link) => link.execute(sql.sqlite(), params),
            Link::Postgres(link) => link.execute(sql.postgres(), params),
        })
    }

    /// Runs a statement that must change exactly one row, else [`DbError::RowCount`] (after which
    /// the closure may go on or, by returning the error, undo it).
    pub fn execute_one(&mut self, sql: Sql, params: &[&dyn ToParam]) -> Result<(), DbError> {
        match self.execute(sql, params)? {
            1 => Ok(()),
            found => Err(DbError::RowCount { found }),
        }
    }

    /// Runs a statement and returns its rows (SELECT, or RETURNING).
    pub fn query(&mut self, sql: Sql, params: &[&dyn ToParam]) -> Result<Vec<Row>, DbError> {
        self.run(params, |link, params| match link {
            Link::Sqlite(link) => link.query(sql.sqlite(), params),
            Link::Postgres(link) => link.query(sql.postgres(), params),
        })
    }

    /// The only row, or `None`; [`DbError::RowCount`] when there are more.
    pub fn query_opt(&mut self, sql: Sql, params: &[&dyn ToParam]) -> Result<Option<Row>, DbError> {
        let mut rows = self.query(sql, params)?;
        match rows.len() {
            0 | 1 => Ok(rows.pop()),
            more => Err(DbError::RowCount { found: u64::try_from(more).unwrap_or(u64::MAX) }),
        }
    }

    /// The only row; [`DbError::NotFound`] when there is none, [`DbError::RowCount`] when more.
    pub fn query_one(&mut self, sql: Sql, params: &[&dyn ToParam]) -> Result<Row, DbError> {
        self.query_opt(sql, params)?.ok_or(DbError::NotFound)
    }

    /// Tells other processes that listen on `channel` that something changed, once this commits
    /// (PostgreSQL's NOTIFY, `payload` under 8,000 bytes). Nothing on SQLite, which has no others.
    pub fn notify(&mut self, channel: &str, payload: &str) -> Result<(), DbError> {
        match self.engine() {
            Engine::Sqlite => Ok(()),
            Engine::Postgres => self
                .query(crate::sql!("SELECT CAST(pg_notify($1, $2) AS TEXT)"), &[&channel, &payload])
                .map(|_| ()),
        }
    }

    /// Runs one statement of a migration file, which is the only text that is not a literal.
    pub(crate) fn execute_migration(&mut self, text: &str) -> Result<(), DbError> {
        self.run(&[], |link, _| match link {
            Link::Sqlite(link) => link.execute_batch(text),
            Link::Postgres(link) => link.execute_batch(text),
        })
    }

    /// The tables of the schema with their columns, in no order. PostgreSQL only.
    pub(crate) fn table_shapes(&mut self) -> Result<Vec<TableShape>, DbError> {
        self.run(&[], |link, _| match link {
            Link::Sqlite(_) => Err(only_postgres()),
            Link::Postgres(link) => link.table_shapes(),
        })
    }

    /// How many tables, indexes, views and the like the schema holds, an extension's own left out.
    /// PostgreSQL only.
    pub(crate) fn count_relations(&mut self) -> Result<u64, DbError> {
        self.run(&[], |link, _| match link {
            Link::Sqlite(_) => Err(only_postgres()),
            Link::Postgres(link) => link.count_relations(),
        })
    }

    /// How many rows a table has, counted one by one. PostgreSQL only.
    pub(crate) fn count_rows(&mut self, table: &TableShape) -> Result<u64, DbError> {
        self.run(&[], |link, _| match link {
            Link::Sqlite(_) => Err(only_postgres()),
            Link::Postgres(link) => link.count_rows(table),
        })
    }

    /// Takes every row out of these tables, which nothing else refers to. PostgreSQL only.
    pub(crate) fn empty_tables(&mut self, tables: &[TableShape]) -> Result<(), DbError> {
        self.run(&[], |link, _| match link {
            Link::Sqlite(_) => Err(only_postgres()),
            Link::Postgres(link) => link.empty_tables(tables),
        })
    }

    /// Gives the rows of a table to `to`, piece by piece, as PostgreSQL's binary COPY writes them.
    /// PostgreSQL only.
    pub(crate) fn copy_out(
        &mut self,
        table: &TableShape,
        to: &mut dyn FnMut(&[u8]) -> Result<(), DbError>,
    ) -> Result<(), DbError> {
        self.run(&[], |link, _| match link {
            Link::Sqlite(_) => Err(only_postgres()),
            Link::Postgres(link) => link.copy_out(table, to),
        })
    }

    /// Fills a table with what [`Tx::copy_out`] gave, taken from `from` until it has no more; brings
    /// the planner's figures up to date and returns the number of rows. PostgreSQL only.
    pub(crate) fn copy_in(
        &mut self,
        table: &TableShape,
        from: &mut dyn FnMut() -> Result<Option<Vec<u8>>, DbError>,
    ) -> Result<u64, DbError> {
        self.run(&[], |link, _| match link {
            Link::Sqlite(_) => Err(only_postgres()),
            Link::Postgres(link) => link.copy_in(table, from),
        })
    }

    /// Both engines behave as PostgreSQL does after an error: nothing more happens in this
    /// transaction, so a closure that swallows an error is caught on either.
    fn run<R>(
        &mut self,
        params: &[&dyn ToParam],
        statement: impl FnOnce(&Link<'t>, &[Param<'_>]) -> Result<R, DbError>,
    ) -> Result<R, DbError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let params: Vec<Param<'_>> = params.iter().map(|param| param.to_param()).collect();
        let result = if params.iter().any(has_nul) {
            // PostgreSQL's TEXT cannot hold U+0000, so neither engine's may.
            Err(DbError::other("a text parameter holds U+0000"))
        } else {
            statement(&self.link, &params)
        };
        if let Err(error) = &result {
            self.failed = Some(error.clone());
        }
        result
    }

    /// The error that ended the transaction, if a statement failed.
    const fn failed(&self) -> Option<&DbError> {
        self.failed.as_ref()
    }
}

fn only_postgres() -> DbError {
    DbError::other("only a PostgreSQL database is copied table by table")
}

fn has_nul(param: &Param<'_>) -> bool {
    matches!(param, Param::Text(text) if text.as_bytes().contains(&0))
}

/// Runs an operation so that its panic ends nothing but itself. The payload is dropped: it may quote
/// what somebody wrote.
fn run_caught<'t, T, E, F>(f: &F, tx: &mut Tx<'t>) -> Result<T, E>
where
    F: Fn(&mut Tx<'t>) -> Result<T, E>,
    E: From<DbError>,
{
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| f(tx)));
    let result = caught.unwrap_or_else(|_| {
        tracing::error!("a database operation panicked");
        Err(E::from(DbError::other("the operation panicked")))
    });
    match (result, tx.failed()) {
        (Ok(_), Some(error)) => Err(E::from(error.clone())),
        (result, _) => result,
    }
}
