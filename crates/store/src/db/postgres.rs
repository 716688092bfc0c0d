//! PostgreSQL: a pool of connections, SERIALIZABLE transactions repeated whole, time limits.
//!
//! Writes are SERIALIZABLE, and a transaction the server gave up (40001, 40P01) is run again from
//! its start with a jittered pause. Reads are REPEATABLE READ READ ONLY: one snapshot that can
//! neither fail nor make a writer fail. A serializable read would buy the order of snapshots against
//! writers at the price of predicate locks and aborts; nothing here decides on a read alone, since
//! what a read may show is checked again by the writing transaction that records the access.
//!
//! A commit whose answer is lost is reported as [`DbError::Unavailable`] and never repeated here.
//! Deliberately absent: TLS to the server (it is on this machine or behind a tunnel until the
//! configuration says otherwise), savepoints.

mod copy;
mod listen;

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::time::{Duration, Instant};

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use bytes::BytesMut;
use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime};
use tokio::runtime::Handle;
use tokio_postgres::NoTls;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

pub(crate) use copy::TableShape;
pub use listen::Listening;

use super::{DbError, Param, Row, Tx, Value, WriteMode, run_caught};

/// How often one operation is run before [`DbError::Serialization`] is its answer.
const ATTEMPTS_MAX: u32 = 30;
/// No attempt starts this long after the first.
const RETRY_TIME_MAX: Duration = Duration::from_secs(5);
/// The oldest version whose behaviour is tested.
const VERSION_MIN: i64 = 150_000;

/// Settings of a PostgreSQL database. [`PostgresConfig::new`] gives those for production.
#[derive(Clone)]
pub struct PostgresConfig {
    /// A libpq-style address or key=value string. It may hold a password, so it is never printed.
    pub url: String,
    /// The most connections at once.
    pub pool_max: usize,
    /// The longest wait for a connection with an open transaction on it, in milliseconds.
    pub acquire_ms_max: u64,
    /// The longest one statement or commit may take, in milliseconds.
    pub statement_ms_max: u64,
    /// The runtime that drives the connections; `None` starts a small one of the database's own.
    pub runtime: Option<Handle>,
    /// Test-only: accept a server with `fsync=off`.
    #[cfg(any(test, feature = "testing"))]
    pub accept_fsync_off: bool,
}

impl PostgresConfig {
    /// The settings for production, for the database at `url`.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            pool_max: 16,
            acquire_ms_max: 1_500,
            statement_ms_max: 1_800,
            runtime: None,
            #[cfg(any(test, feature = "testing"))]
            accept_fsync_off: false,
        }
    }

    #[cfg_attr(
        not(any(test, feature = "testing")),
        allow(clippy::unused_self, reason = "only tests weaken it")
    )]
    const fn needs_fsync(&self) -> bool {
        #[cfg(any(test, feature = "testing"))]
        if self.accept_fsync_off {
            return false;
        }
        true
    }
}

impl fmt::Debug for PostgresConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresConfig")
            .field("pool_max", &self.pool_max)
            .field("acquire_ms_max", &self.acquire_ms_max)
            .field("statement_ms_max", &self.statement_ms_max)
            .finish_non_exhaustive()
    }
}

/// An open PostgreSQL database.
pub(super) struct Postgres {
    pool: Pool,
    handle: Handle,
    /// How the server is reached.
    server: Box<tokio_postgres::Config>,
    /// The runtime of our own, if the caller gave none.
    own: Option<tokio::runtime::Runtime>,
    acquire_max: Duration,
    statement_max: Duration,
    random: SystemRandom,
}

impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Postgres").field("pool", &self.pool.status()).finish_non_exhaustive()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.pool.close();
        if let Some(own) = self.own.take() {
            // Dropping it would block, which an async caller may not do.
            own.shutdown_background();
        }
    }
}

/// How one attempt ended.
enum Attempt<T, E> {
    Done(Result<T, E>),
    /// The server gave the transaction up for others; nothing was written.
    Again,
}

impl Postgres {
    /// Connects and checks the server's settings.
    pub(super) fn open(config: PostgresConfig) -> Result<Self, DbError> {
        let (own, handle) = runtime_of(&config)?;
        let acquire_max = Duration::from_millis(config.acquire_ms_max);
        let statement_max = Duration::from_millis(config.statement_ms_max);
        let mut server: tokio_postgres::Config = config.url.parse().map_err(|_| {
            // The parser's message may quote the address, password and all.
            DbError::other("the address of the PostgreSQL server cannot be read")
        })?;
        let options = server.get_options().unwrap_or_default().to_owned();
        server.options(format!(
            "{options} -c statement_timeout={} -c idle_in_transaction_session_timeout=60000",
            config.statement_ms_max
        ));
        server.connect_timeout(acquire_max).tcp_user_timeout(acquire_max);
        if server.get_application_name().is_none() {
            server.application_name("tidings");
        }
        let manager = Manager::from_config(
            server.clone(),
            NoTls,
            ManagerConfig { recycling_method: RecyclingMethod::Fast },
        );
        let pool = Pool::builder(manager)
            .max_size(config.pool_max.max(1))
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(acquire_max))
            .create_timeout(Some(acquire_max))
            .recycle_timeout(Some(acquire_max))
            .build()
            .map_err(|error| DbError::other(error.to_string()))?;
        let random = SystemRandom::new();
        let server = Box::new(server);
        let opened = Self { pool, handle, server, own, acquire_max, statement_max, random };
        opened.read(|tx| check_server(tx, config.needs_fsync()))?;
        Ok(opened)
    }

    pub(super) fn listen(
        &self,
        channel: &'static str,
        heard: impl Fn() + Send + Sync + 'static,
    ) -> Listening {
        listen::start(&self.handle, (*self.server).clone(), channel, heard)
    }

    pub(super) fn write<T, E, F>(&self, mode: WriteMode, f: F) -> Result<T, E>
    where
        F: for<'t> Fn(&mut Tx<'t>) -> Result<T, E>,
        E: From<DbError>,
    {
        let started = Instant::now();
        let statement_max = mode.statement_ms_max.map_or(self.statement_max, Duration::from_millis);
        for attempt in 0..ATTEMPTS_MAX {
            if attempt > 0 {
                if started.elapsed() > RETRY_TIME_MAX {
                    break;
                }
                std::thread::sleep(self.pause(attempt));
            }
            match self.attempt(&begin_writing(mode), statement_max, &f) {
                Attempt::Done(result) => return result,
                Attempt::Again => {}
            }
        }
        Err(E::from(DbError::Serialization))
    }

    pub(super) fn read<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: for<'t> Fn(&mut Tx<'t>) -> Result<T, E>,
        E: From<DbError>,
    {
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        match self.attempt(begin, self.statement_max, &f) {
            Attempt::Done(result) => result,
            // Only a conflict with recovery on a standby ends a snapshot this way.
            Attempt::Again => Err(E::from(DbError::Unavailable)),
        }
    }

    /// Runs `f` once in a transaction of its own.
    fn attempt<T, E, F>(&self, begin: &str, statement_max: Duration, f: &F) -> Attempt<T, E>
    where
        F: for<'t> Fn(&mut Tx<'t>) -> Result<T, E>,
        E: From<DbError>,
    {
        let client = match self.begin(begin, statement_max) {
            Ok(client) => client,
            Err(error) => return Attempt::Done(Err(E::from(error))),
        };
        let link = Link { client: &client, handle: &self.handle, limit: statement_max };
        let mut tx = Tx::new(super::Link::Postgres(link));
        let result = run_caught(f, &mut tx);
        let failed = tx.failed().cloned();
        drop(tx);
        match (result, failed) {
            (Ok(value), None) => match self.commit(client, statement_max) {
                Ok(()) => Attempt::Done(Ok(value)),
                Err(DbError::Serialization) => Attempt::Again,
                Err(error) => Attempt::Done(Err(E::from(error))),
            },
            (result, failed) => {
                self.roll_back(client, failed.as_ref());
                if failed == Some(DbError::Serialization) {
                    Attempt::Again
                } else {
                    Attempt::Done(result)
                }
            }
        }
    }

    /// A connection with an open transaction. A pooled connection that died meanwhile has done
    /// nothing yet, so another is tried while time remains.
    fn begin(&self, begin: &str, statement_max: Duration) -> Result<Object, DbError> {
        let started = Instant::now();
        loop {
            let left = self.acquire_max.saturating_sub(started.elapsed());
            if left.is_zero() {
                return Err(DbError::Unavailable);
            }
            let client = self.limited(left, self.pool.get())?.map_err(|error| {
                tracing::warn!(%error, "no PostgreSQL connection");
                DbError::Unavailable
            })?;
            let left = if begin.contains("pg_advisory_xact_lock") {
                // It waits for whoever holds the lock, which is not the server's fault.
                statement_max
            } else {
                self.acquire_max.saturating_sub(started.elapsed())
            };
            let begun = self.limited(left, client.batch_execute(begin));
            match begun {
                Ok(Ok(())) => return Ok(client),
                Ok(Err(error)) if error.as_db_error().is_some() && !client.is_closed() => {
                    drop(Object::take(client));
                    return Err(translate(&error));
                }
                Ok(Err(_)) => drop(Object::take(client)),
                Err(error) => {
                    drop(Object::take(client));
                    return Err(error);
                }
            }
        }
    }

    fn commit(&self, client: Object, statement_max: Duration) -> Result<(), DbError> {
        let result = match self.limited(statement_max, client.batch_execute("COMMIT")) {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(error)) => translate(&error),
            Err(error) => error,
        };
        // Whatever state the connection is in, nobody else gets it.
        drop(Object::take(client));
        Err(result)
    }

    fn roll_back(&self, client: Object, failed: Option<&DbError>) {
        let gone = failed == Some(&DbError::Unavailable) || client.is_closed();
        let rolled_back = !gone
            && matches!(
                self.limited(self.acquire_max, client.batch_execute("ROLLBACK")),
                Ok(Ok(()))
            );
        if !rolled_back {
            drop(Object::take(client));
        }
    }

    /// Drives `future` from this blocking thread; [`DbError::Unavailable`] when it takes too long.
    fn limited<F: Future>(&self, limit: Duration, future: F) -> Result<F::Output, DbError> {
        block_on(&self.handle, limit, future)
    }

    /// A pause before attempt `attempt`: random between nothing and a bound that doubles up to
    /// 100 ms, so that two transactions that met do not meet again.
    fn pause(&self, attempt: u32) -> Duration {
        let mut bytes = [0_u8; 4];
        // Without randomness the full bound is still a pause.
        let share = match self.random.fill(&mut bytes) {
            Ok(()) => u64::from(u32::from_be_bytes(bytes)),
            Err(_) => u64::from(u32::MAX),
        };
        let bound_us = 1_000_u64.saturating_mul(1 << attempt.min(7)).min(100_000);
        Duration::from_micros(bound_us.saturating_mul(share) >> 32)
    }
}

/// The caller's runtime, or a small one of our own beside its handle.
fn runtime_of(
    config: &PostgresConfig,
) -> Result<(Option<tokio::runtime::Runtime>, Handle), DbError> {
    if let Some(handle) = &config.runtime {
        return Ok((None, handle.clone()));
    }
    let own = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("postgres")
        .enable_all()
        .build()
        .map_err(|error| DbError::other(format!("cannot start a runtime: {error}")))?;
    let handle = own.handle().clone();
    Ok((Some(own), handle))
}

fn block_on<F: Future>(handle: &Handle, limit: Duration, future: F) -> Result<F::Output, DbError> {
    handle.block_on(async {
        tokio::time::timeout(limit, future).await.map_err(|_| DbError::Unavailable)
    })
}

fn begin_writing(mode: WriteMode) -> String {
    let level = if mode.lock.is_some() { "READ COMMITTED" } else { "SERIALIZABLE" };
    let limit = mode.statement_ms_max.map(|ms| format!("; SET LOCAL statement_timeout = {ms}"));
    let lock = mode.lock.map(|lock| format!("; SELECT pg_advisory_xact_lock({lock})"));
    let (limit, lock) = (limit.unwrap_or_default(), lock.unwrap_or_default());
    format!("BEGIN ISOLATION LEVEL {level}{limit}{lock}")
}

/// Refuses servers on which an acknowledged write could be lost or text would sort differently.
fn check_server(tx: &mut Tx<'_>, needs_fsync: bool) -> Result<(), DbError> {
    let row = tx.query_one(
        crate::sql!(
            "SELECT CAST(current_setting('server_version_num') AS BIGINT), d.datcollate, \
             current_setting('synchronous_commit'), current_setting('fsync'), \
             pg_encoding_to_char(d.encoding) \
             FROM pg_database d WHERE d.datname = current_database()"
        ),
        &[],
    )?;
    let version: i64 = row.get(0)?;
    let collation: String = row.get(1)?;
    let synchronous: String = row.get(2)?;
    let fsync: String = row.get(3)?;
    let encoding: String = row.get(4)?;
    if version < VERSION_MIN {
        return Err(DbError::other("PostgreSQL 15 or later is needed"));
    }
    if collation != "C" || encoding != "UTF8" {
        return Err(DbError::other(
            "the PostgreSQL database must be made with LC_COLLATE 'C' and ENCODING 'UTF8'",
        ));
    }
    if synchronous != "on" && synchronous != "remote_apply" {
        return Err(DbError::other("PostgreSQL must run with synchronous_commit = on"));
    }
    if needs_fsync && fsync != "on" {
        return Err(DbError::other("PostgreSQL must run with fsync = on"));
    }
    Ok(())
}

/// A transaction on one connection.
pub(super) struct Link<'t> {
    client: &'t Object,
    handle: &'t Handle,
    limit: Duration,
}

impl Link<'_> {
    pub(super) fn execute(&self, sql: &str, params: &[Param<'_>]) -> Result<u64, DbError> {
        self.drive(async {
            let statement = self.client.prepare_cached(sql).await.map_err(|e| translate(&e))?;
            check_params(statement.params(), params)?;
            self.client.execute_raw(&statement, params).await.map_err(|e| translate(&e))
        })
    }

    pub(super) fn query(&self, sql: &str, params: &[Param<'_>]) -> Result<Vec<Row>, DbError> {
        let rows = self.drive(async {
            let statement = self.client.prepare_cached(sql).await.map_err(|e| translate(&e))?;
            check_params(statement.params(), params)?;
            let params: Vec<&(dyn ToSql + Sync)> =
                params.iter().map(|param| -> &(dyn ToSql + Sync) { param }).collect();
            self.client.query(&statement, &params).await.map_err(|e| translate(&e))
        })?;
        rows.iter().map(owned_row).collect()
    }

    pub(super) fn execute_batch(&self, text: &str) -> Result<(), DbError> {
        self.drive(async { self.client.batch_execute(text).await.map_err(|e| translate(&e)) })
    }

    fn drive<T>(&self, work: impl Future<Output = Result<T, DbError>>) -> Result<T, DbError> {
        block_on(self.handle, self.limit, work)?
    }
}

/// Refuses a parameter that does not fit before anything is sent.
fn check_params(types: &[Type], params: &[Param<'_>]) -> Result<(), DbError> {
    if types.len() != params.len() {
        return Err(DbError::other(format!(
            "the statement takes {} parameters, not {}",
            types.len(),
            params.len()
        )));
    }
    for (index, (ty, param)) in (1..).zip(types.iter().zip(params)) {
        if !fits(ty, param) {
            return Err(DbError::other(format!("parameter {index} does not fit {ty}")));
        }
    }
    Ok(())
}

fn fits(ty: &Type, param: &Param<'_>) -> bool {
    match param {
        Param::Null => true,
        Param::Bool(_) => *ty == Type::BOOL,
        Param::Int(number) => match *ty {
            Type::INT8 => true,
            Type::INT4 => i32::try_from(*number).is_ok(),
            Type::INT2 => i16::try_from(*number).is_ok(),
            _ => false,
        },
        Param::Text(_) => [Type::TEXT, Type::VARCHAR, Type::BPCHAR, Type::NAME].contains(ty),
        Param::Bytes(_) => *ty == Type::BYTEA,
        Param::Uuid(_) => *ty == Type::UUID,
    }
}

impl ToSql for Param<'_> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Bool(flag) => flag.to_sql(ty, out),
            Self::Int(number) => match *ty {
                Type::INT2 => i16::try_from(*number)?.to_sql(ty, out),
                Type::INT4 => i32::try_from(*number)?.to_sql(ty, out),
                _ => number.to_sql(ty, out),
            },
            Self::Text(text) => text.as_ref().to_sql(ty, out),
            Self::Bytes(bytes) => bytes.as_ref().to_sql(ty, out),
            Self::Uuid(id) => {
                out.extend_from_slice(id.as_bytes());
                Ok(IsNull::No)
            }
        }
    }

    fn accepts(_: &Type) -> bool {
        // `check_params` has looked at value and type together.
        true
    }

    to_sql_checked!();
}

/// A UUID as PostgreSQL sends it: its 16 bytes.
struct Id(uuid::Uuid);

impl<'a> FromSql<'a> for Id {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(uuid::Uuid::from_slice(raw)?))
    }

    fn accepts(ty: &Type) -> bool {
        *ty == Type::UUID
    }
}

fn owned_row(row: &tokio_postgres::Row) -> Result<Row, DbError> {
    let values = row.columns().iter().enumerate().map(|(index, column)| {
        let ty = column.type_();
        let value = match *ty {
            Type::BOOL => row.try_get::<_, Option<bool>>(index).map(|v| v.map(Value::Bool)),
            Type::INT2 => {
                row.try_get::<_, Option<i16>>(index).map(|v| v.map(|n| Value::Int(i64::from(n))))
            }
            Type::INT4 => {
                row.try_get::<_, Option<i32>>(index).map(|v| v.map(|n| Value::Int(i64::from(n))))
            }
            Type::INT8 => row.try_get::<_, Option<i64>>(index).map(|v| v.map(Value::Int)),
            Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME => {
                row.try_get::<_, Option<String>>(index).map(|v| v.map(Value::Text))
            }
            Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(index).map(|v| v.map(Value::Bytes)),
            Type::UUID => {
                row.try_get::<_, Option<Id>>(index).map(|v| v.map(|Id(id)| Value::Uuid(id)))
            }
            _ => return Err(DbError::Decode(format!("{ty} is not one of the shared types"))),
        };
        let value = value.map_err(|_| DbError::Decode(format!("column {index} is no {ty}")))?;
        Ok(value.unwrap_or(Value::Null))
    });
    Ok(Row::new(values.collect::<Result<_, DbError>>()?))
}

/// PostgreSQL's error in the shared words. An error without a code is the connection's.
fn translate(error: &tokio_postgres::Error) -> DbError {
    let Some(report) = error.as_db_error() else {
        tracing::warn!(%error, "the PostgreSQL connection failed");
        return DbError::Unavailable;
    };
    let code = report.code();
    if *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED {
        return DbError::Serialization;
    }
    if *code == SqlState::UNIQUE_VIOLATION {
        return DbError::Conflict(conflict(report));
    }
    if *code == SqlState::DISK_FULL {
        tracing::error!("the disk of the PostgreSQL server is full");
        return DbError::Full;
    }
    let class = code.code().get(..2).unwrap_or_default();
    let passing = [SqlState::QUERY_CANCELED, SqlState::LOCK_NOT_AVAILABLE].contains(code);
    // Connection, resources, operator intervention, system and internal errors.
    if passing || matches!(class, "08" | "53" | "57" | "58" | "XX") {
        tracing::warn!(code = code.code(), "PostgreSQL cannot serve");
        return DbError::Unavailable;
    }
    let what = if class == "42" {
        // Syntax and names: quotes the statement, which is a literal.
        report.message()
    } else {
        report.constraint().or_else(|| report.column()).unwrap_or_default()
    };
    DbError::Other(format!("{}: {what}", code.code()))
}

/// The columns of a unique constraint as SQLite names them, taken from "Key (a, b)=(…) already
/// exists" without the values; the index's name when it is over an expression.
fn conflict(report: &tokio_postgres::error::DbError) -> String {
    let columns = report
        .detail()
        .and_then(|detail| detail.split_once('('))
        .and_then(|(_, rest)| rest.split_once(")="))
        .map(|(columns, _)| columns)
        .filter(|columns| !columns.contains('('));
    match (report.table(), columns) {
        (Some(table), Some(columns)) => {
            let named: Vec<String> =
                columns.split(", ").map(|column| format!("{table}.{column}")).collect();
            named.join(", ")
        }
        _ => format!("index {}", report.constraint().unwrap_or_default()),
    }
}
