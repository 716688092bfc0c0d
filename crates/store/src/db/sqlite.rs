//! SQLite: one writer thread with group commit, and a pool of read-only connections.
//!
//! Operations queue up while the writer waits for the disk; it then runs up to 256 of them in one
//! shared transaction, and releases *every* outcome, refusals included, only after that transaction's
//! fsync: a refusal may rest on a neighbour's write. When an operation has to be undone the group is
//! run again with each operation in a savepoint of its own: a savepoint copies every page that its
//! operation changes, and nearly all operations are kept. Checkpoints run between groups and on a
//! thread of their own ([`copier`]) instead of inside SQLite's commit, because SQLite swallows their
//! errors, and an fsync that failed once may "succeed" the second time without having written anything.
//!
//! Deliberately absent: a second writer, `synchronous` below FULL, retries after a lost race (a closure
//! cannot lose one here).

mod copier;
mod readers;

use std::cell::{Cell, OnceCell};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig as Switch;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::{DbError, Param, Row, Tx, Value, run_caught};
use copier::Copier;
use readers::Readers;

/// The most operations in one commit.
const GROUP_MAX: usize = 256;
/// No further operation joins a group that has been running this long.
const GROUP_TIME_MAX: Duration = Duration::from_millis(20);
/// Prepared statements kept per connection: more than the sources hold.
const STATEMENTS_MAX: usize = 1024;

/// Settings of an SQLite database. [`SqliteConfig::new`] gives those for production.
#[derive(Debug, Clone)]
pub struct SqliteConfig {
    /// The database file; created with mode 0600 when absent. Its `-wal` and `-shm` lie beside it.
    pub path: PathBuf,
    /// The name of an SQLite VFS other than the system's, for fault tests.
    pub vfs: Option<String>,
    /// How many reads can run at once.
    pub readers: usize,
    /// How long a read waits for a free reader, in milliseconds, before it is refused.
    pub reader_wait_ms_max: u64,
    /// How many operations may wait for the writer; more are refused at once.
    pub queue_max: usize,
    /// Page cache of each reader, in KiB. It is of use within one snapshot only, since every commit throws it away; so
    /// it would a map of the file, which costs more to make anew than reading the pages does.
    pub cache_kib: i64,
    /// Page cache of the writer, in KiB. It stays good from commit to commit, and a send touches a dozen
    /// pages anywhere in the file.
    pub writer_cache_kib: i64,
    /// A checkpoint is due when the write-ahead log has grown by this many pages of 4 KiB.
    pub checkpoint_pages: i32,
    /// Test-only: `synchronous=NORMAL`, to show that the power-cut test can fail.
    #[cfg(any(test, feature = "testing"))]
    pub weak_sync: bool,
}

impl SqliteConfig {
    /// The settings for production, for the file at `path`.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            vfs: None,
            readers: 4,
            reader_wait_ms_max: 1_000,
            queue_max: 1_024,
            cache_kib: 4 * 1_024,
            writer_cache_kib: 32 * 1_024,
            checkpoint_pages: 2_000,
            #[cfg(any(test, feature = "testing"))]
            weak_sync: false,
        }
    }

    /// What `PRAGMA synchronous` must read back: 2 (FULL) outside that one test.
    #[cfg_attr(
        not(any(test, feature = "testing")),
        allow(clippy::unused_self, reason = "only tests weaken it")
    )]
    const fn synchronous(&self) -> i64 {
        #[cfg(any(test, feature = "testing"))]
        if self.weak_sync {
            return 1;
        }
        2
    }
}

/// An open SQLite database.
#[derive(Debug)]
pub(super) struct Sqlite {
    queue: Option<SyncSender<Job>>,
    writer: Option<JoinHandle<()>>,
    poisoned: Arc<AtomicBool>,
    readers: Readers,
}

impl Sqlite {
    /// Opens (creates) the file and starts the writer thread.
    pub(super) fn open(config: SqliteConfig) -> Result<Self, DbError> {
        if config.vfs.is_none() {
            create_private(&config)?;
        }
        let connection = open_connection(&config, Access::Write)?;
        prepare_writer(&connection, &config)?;
        let readers = Readers::open(&config)?;
        let poisoned = Arc::new(AtomicBool::new(false));
        let (queue, operations) = sync_channel(config.queue_max.max(1));
        let writer = Writer::new(connection, &config, Arc::clone(&poisoned))?;
        let thread = std::thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || writer.run(&operations))
            .map_err(|error| DbError::other(format!("cannot start the writer: {error}")))?;
        Ok(Self { queue: Some(queue), writer: Some(thread), poisoned, readers })
    }

    pub(super) fn poisoned(&self) -> bool {
        self.poisoned.load(Ordering::Acquire)
    }

    pub(super) fn write<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: for<'t> Fn(&mut Tx<'t>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        if self.on_writer_thread() {
            // Waiting for oneself would be for ever.
            return Err(E::from(DbError::other("a write inside a write")));
        }
        let Some(queue) = self.queue.as_ref().filter(|_| !self.poisoned()) else {
            return Err(E::from(DbError::Unavailable));
        };
        let (reply, outcome) = sync_channel(1);
        match queue.try_send(Job::Run(Box::new(Operation { f, reply, outcome: None }))) {
            Ok(()) => {}
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {
                return Err(E::from(DbError::Unavailable));
            }
        }
        outcome.recv().unwrap_or_else(|_| Err(E::from(DbError::Unavailable)))
    }

    /// Rebuilds the file from what it still holds, so that nothing deleted is left in the free space of
    /// its pages or in its log.
    pub(super) fn compact(&self) -> Result<(), DbError> {
        let queue = self.queue.as_ref().filter(|_| !self.poisoned());
        let queue = queue.filter(|_| !self.on_writer_thread()).ok_or(DbError::Unavailable)?;
        let (reply, outcome) = sync_channel(1);
        queue.try_send(Job::Compact(reply)).map_err(|_| DbError::Unavailable)?;
        outcome.recv().unwrap_or(Err(DbError::Unavailable))
    }

    pub(super) fn read<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: for<'t> Fn(&mut Tx<'t>) -> Result<T, E>,
        E: From<DbError>,
    {
        let reader = self.readers.take()?;
        let result = read_on(&reader, f);
        // A reader whose snapshot cannot be ended is closed rather than handed on.
        self.readers.give_back(if reader.is_autocommit() { Some(reader) } else { None });
        result
    }

    fn on_writer_thread(&self) -> bool {
        self.writer.as_ref().is_some_and(|w| w.thread().id() == std::thread::current().id())
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        self.queue = None;
        // The writer closes last and checkpoints, so readers go first.
        self.readers.close();
        let on_writer = self.on_writer_thread();
        if let Some(writer) = self.writer.take()
            && !on_writer
            && writer.join().is_err()
        {
            tracing::error!("the writer thread ended by a panic");
        }
    }
}

fn read_on<T, E, F>(reader: &Connection, f: F) -> Result<T, E>
where
    F: for<'t> Fn(&mut Tx<'t>) -> Result<T, E>,
    E: From<DbError>,
{
    let fsync_failed = Cell::new(false);
    step(reader, "BEGIN DEFERRED").map_err(|error| translate(&error))?;
    let wrote = Cell::new(false);
    let link = Link { connection: reader, fsync_failed: &fsync_failed, wrote: &wrote };
    let result = run_caught(&f, &mut Tx::new(super::Link::Sqlite(link)));
    if !reader.is_autocommit()
        && let Err(error) = step(reader, "COMMIT")
    {
        // A read has nothing to lose; only the snapshot has to go.
        tracing::warn!(%error, "a reader could not end its snapshot");
        let _ = step(reader, "ROLLBACK");
    }
    result
}

/// What the writer is asked for.
enum Job {
    /// Run an operation, with others in one commit.
    Run(Box<dyn Op>),
    /// Rebuild the file, alone.
    Compact(SyncSender<Result<(), DbError>>),
}

/// One queued operation, its types hidden.
trait Op: Send {
    /// Runs the closure and keeps its outcome; whether its writes are to be kept.
    fn run(&mut self, tx: &mut Tx<'_>) -> bool;
    /// Answers the caller: the kept outcome if the group was committed, else the group's error.
    fn release(self: Box<Self>, group: Result<(), DbError>);
}

struct Operation<T, E, F> {
    f: F,
    reply: SyncSender<Result<T, E>>,
    outcome: Option<Result<T, E>>,
}

impl<T, E, F> Op for Operation<T, E, F>
where
    F: for<'t> Fn(&mut Tx<'t>) -> Result<T, E> + Send,
    T: Send,
    E: From<DbError> + Send,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        let outcome = run_caught(&self.f, tx);
        let keep = outcome.is_ok();
        self.outcome = Some(outcome);
        keep
    }

    fn release(self: Box<Self>, group: Result<(), DbError>) {
        let answer = match (group, self.outcome) {
            (Ok(()), Some(outcome)) => outcome,
            (Ok(()), None) => Err(E::from(DbError::Unavailable)),
            (Err(error), _) => Err(E::from(error)),
        };
        // A caller that is gone has lost only the answer, not the write.
        let _ = self.reply.send(answer);
    }
}

/// How an operation of a group ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ended {
    /// What it wrote, if anything, stands.
    Kept,
    /// It has to be undone, and wrote something that only the whole group's rollback takes back.
    Spoilt,
}

/// The writer thread's own things.
struct Writer {
    /// Before the connection: it closes first, and the writer's checkpoint at the end is the last.
    copier: OnceCell<Option<Copier>>,
    config: SqliteConfig,
    connection: Connection,
    poisoned: Arc<AtomicBool>,
    /// Pages in the write-ahead log after the last commit.
    wal_pages: Arc<AtomicI32>,
    /// Pages in the log when the last checkpoint ran.
    checkpointed: Cell<i32>,
    fsync_failed: Cell<bool>,
    /// Whether the running operation has changed anything.
    wrote: Cell<bool>,
}

impl Writer {
    fn new(
        mut connection: Connection,
        config: &SqliteConfig,
        poisoned: Arc<AtomicBool>,
    ) -> Result<Self, DbError> {
        let wal_pages = Arc::new(AtomicI32::new(0));
        let seen = Arc::clone(&wal_pages);
        connection
            .wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, pages| {
                seen.store(pages, Ordering::Relaxed);
                Ok(())
            }))
            .map_err(|error| translate(&error))?;
        Ok(Self {
            copier: OnceCell::new(),
            config: config.clone(),
            connection,
            poisoned,
            wal_pages,
            checkpointed: Cell::new(0),
            fsync_failed: Cell::new(false),
            wrote: Cell::new(false),
        })
    }

    fn run(self, jobs: &Receiver<Job>) {
        let mut next = None;
        while let Some(job) = next.take().or_else(|| jobs.recv().ok()) {
            match job {
                Job::Run(first) => next = self.group(first, jobs),
                Job::Compact(reply) => {
                    // Whoever asked and is gone has lost only the answer.
                    let _ = reply.send(self.compact());
                }
            }
            self.checkpoint_if_due();
            if self.poisoned.load(Ordering::Acquire) {
                break;
            }
        }
        if let Some(copier) = self.copier.get().and_then(Option::as_ref) {
            copier.wait();
        }
        if self.poisoned.load(Ordering::Acquire) {
            // Closing must not copy pages of which nobody knows whether the log really has them.
            let _ = self.connection.set_db_config(Switch::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
            while let Some(job) = next.take().or_else(|| jobs.recv().ok()) {
                match job {
                    Job::Run(operation) => operation.release(Err(DbError::Unavailable)),
                    Job::Compact(reply) => {
                        let _ = reply.send(Err(DbError::Unavailable));
                    }
                }
            }
        }
    }

    /// Runs a group, commits it, and only then answers everybody in it. The job behind the group, if it
    /// was taken and could not join.
    fn group(&self, first: Box<dyn Op>, jobs: &Receiver<Job>) -> Option<Job> {
        let mut done = Vec::with_capacity(8);
        let mut behind = None;
        let ran = self.run_group(first, jobs, &mut done, &mut behind);
        let outcome = ran.and_then(|()| self.commit());
        if !self.connection.is_autocommit()
            && let Err(error) = step(&self.connection, "ROLLBACK")
        {
            tracing::error!(%error, "the writer cannot roll back and stops");
            self.poison();
        }
        let outcome = if self.fsync_failed.get() {
            self.poison();
            Err(DbError::Unavailable)
        } else {
            outcome
        };
        for operation in done {
            operation.release(outcome.clone());
        }
        behind
    }

    /// Runs `first` and whatever waits behind it. An error means the whole group is lost.
    fn run_group(
        &self,
        first: Box<dyn Op>,
        jobs: &Receiver<Job>,
        done: &mut Vec<Box<dyn Op>>,
        behind: &mut Option<Job>,
    ) -> Result<(), DbError> {
        let started = Instant::now();
        let begun = self.step("BEGIN IMMEDIATE");
        let mut apart = false;
        let mut next = Some(first);
        while let Some(mut operation) = next.take() {
            let ran = begun.clone().and_then(|()| self.run_one(operation.as_mut(), apart));
            done.push(operation);
            if ran? == Ended::Spoilt {
                apart = true;
                self.run_apart(done)?;
            }
            if done.len() < GROUP_MAX && started.elapsed() < GROUP_TIME_MAX {
                match jobs.try_recv() {
                    Ok(Job::Run(operation)) => next = Some(operation),
                    Ok(other) => *behind = Some(other),
                    Err(_) => {}
                }
            }
        }
        Ok(())
    }

    /// Undoes the group and runs it again, each operation in a savepoint of its own. One that was alone
    /// keeps its outcome: nothing else hangs on it.
    fn run_apart(&self, done: &mut [Box<dyn Op>]) -> Result<(), DbError> {
        self.step("ROLLBACK")?;
        self.step("BEGIN IMMEDIATE")?;
        if let [_] = done {
            return Ok(());
        }
        done.iter_mut().try_for_each(|operation| self.run_one(operation.as_mut(), true).map(|_| ()))
    }

    /// Runs one operation, `apart` in its savepoint. An error means the shared transaction is gone or
    /// no longer to be trusted, not that the operation refused.
    fn run_one(&self, operation: &mut dyn Op, apart: bool) -> Result<Ended, DbError> {
        if apart {
            self.step("SAVEPOINT operation")?;
        }
        self.wrote.set(false);
        let (connection, fsync_failed) = (&self.connection, &self.fsync_failed);
        let link = Link { connection, fsync_failed, wrote: &self.wrote };
        let mut tx = Tx::new(super::Link::Sqlite(link));
        let keep = operation.run(&mut tx);
        if let Some(error @ (DbError::Full | DbError::Unavailable)) = tx.failed() {
            return Err(error.clone());
        }
        if self.connection.is_autocommit() {
            tracing::error!("the shared transaction ended under an operation");
            return Err(DbError::Unavailable);
        }
        if !apart {
            return Ok(if keep || !self.wrote.get() { Ended::Kept } else { Ended::Spoilt });
        }
        if !keep {
            self.step("ROLLBACK TO operation")?;
        }
        self.step("RELEASE operation").map(|()| Ended::Kept)
    }

    fn commit(&self) -> Result<(), DbError> {
        step(&self.connection, "COMMIT").map_err(|error| {
            let meaning = translate(&error);
            if meaning == DbError::Unavailable {
                tracing::error!(%error, "a commit failed and nothing more will be acknowledged");
                self.poison();
            }
            meaning
        })
    }

    /// When the log has grown, has it copied beside the writer; when that is done, copies the little
    /// that was written meanwhile, after which the log can begin anew.
    fn checkpoint_if_due(&self) {
        let pages = self.wal_pages.load(Ordering::Relaxed);
        if pages < self.checkpointed.get() {
            self.checkpointed.set(0);
        }
        if self.copier.get().and_then(Option::as_ref).is_some_and(Copier::has_finished) {
            copier::checkpoint(&self.connection, &self.poisoned);
            return;
        }
        let grown = pages.saturating_sub(self.checkpointed.get());
        if grown < self.config.checkpoint_pages.max(1) {
            return;
        }
        self.checkpointed.set(pages);
        match self.copier() {
            Some(copier) => copier.start(),
            None => copier::checkpoint(&self.connection, &self.poisoned),
        }
    }

    /// The copier, started at its first use; `None` when it cannot be, and the writer copies itself.
    fn copier(&self) -> Option<&Copier> {
        let start = || {
            Copier::new(&self.config, Arc::clone(&self.poisoned))
                .inspect_err(|error| tracing::warn!(%error, "checkpoints hold up the writer"))
                .ok()
        };
        self.copier.get_or_init(start).as_ref()
    }

    /// Rebuilds the file and empties the log: until the log is copied and cut, what was deleted is still
    /// in one of them.
    fn compact(&self) -> Result<(), DbError> {
        if let Some(copier) = self.copier.get().and_then(Option::as_ref) {
            copier.wait();
        }
        self.step("VACUUM")?;
        let cut = self
            .connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
        match cut {
            Ok(0) => Ok(()),
            Ok(_) => Err(DbError::Unavailable),
            Err(error) => {
                note_fsync(&error, &self.fsync_failed);
                self.poison();
                Err(translate(&error))
            }
        }
    }

    fn step(&self, sql: &str) -> Result<(), DbError> {
        step(&self.connection, sql).map_err(|error| {
            note_fsync(&error, &self.fsync_failed);
            translate(&error)
        })
    }

    fn poison(&self) {
        self.poisoned.store(true, Ordering::Release);
    }
}

/// A transaction on one connection.
pub(super) struct Link<'t> {
    connection: &'t Connection,
    fsync_failed: &'t Cell<bool>,
    wrote: &'t Cell<bool>,
}

impl Link<'_> {
    pub(super) fn execute(&self, sql: &str, params: &[Param<'_>]) -> Result<u64, DbError> {
        self.checked(self.bound(sql, params).and_then(|mut statement| {
            let changed = statement.raw_execute()?;
            Ok(u64::try_from(changed).unwrap_or(u64::MAX))
        }))
    }

    pub(super) fn query(&self, sql: &str, params: &[Param<'_>]) -> Result<Vec<Row>, DbError> {
        self.checked(self.bound(sql, params).and_then(|mut statement| {
            let columns = statement.column_count();
            let mut answer = Vec::new();
            let mut rows = statement.raw_query();
            while let Some(row) = rows.next()? {
                let values = (0..columns).map(|column| row.get_ref(column).and_then(owned));
                answer.push(Row::new(values.collect::<Result<_, _>>()?));
            }
            Ok(answer)
        }))
    }

    pub(super) fn execute_batch(&self, text: &str) -> Result<(), DbError> {
        self.wrote.set(true);
        self.checked(self.connection.execute_batch(text))
    }

    fn bound(
        &self,
        sql: &str,
        params: &[Param<'_>],
    ) -> Result<rusqlite::CachedStatement<'_>, rusqlite::Error> {
        let mut statement = self.connection.prepare_cached(sql)?;
        if !statement.readonly() {
            self.wrote.set(true);
        }
        let wanted = statement.parameter_count();
        if wanted != params.len() {
            return Err(rusqlite::Error::InvalidParameterCount(params.len(), wanted));
        }
        for (index, param) in (1_usize..).zip(params) {
            statement.raw_bind_parameter(index, bindable(param))?;
        }
        Ok(statement)
    }

    fn checked<T>(&self, result: Result<T, rusqlite::Error>) -> Result<T, DbError> {
        result.map_err(|error| {
            note_fsync(&error, self.fsync_failed);
            translate(&error)
        })
    }
}

fn bindable<'p>(param: &'p Param<'_>) -> ToSqlOutput<'p> {
    ToSqlOutput::Borrowed(match param {
        Param::Null => ValueRef::Null,
        Param::Bool(flag) => ValueRef::Integer(i64::from(*flag)),
        Param::Int(number) => ValueRef::Integer(*number),
        Param::Text(text) => ValueRef::Text(text.as_bytes()),
        Param::Bytes(bytes) => ValueRef::Blob(bytes),
        Param::Uuid(id) => ValueRef::Blob(id.as_bytes()),
    })
}

fn owned(value: ValueRef<'_>) -> Result<Value, rusqlite::Error> {
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Int(number),
        ValueRef::Text(text) => Value::Text(
            std::str::from_utf8(text)
                .map_err(|error| rusqlite::Error::Utf8Error(0, error))?
                .to_owned(),
        ),
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
        ValueRef::Real(_) => {
            return Err(rusqlite::Error::InvalidColumnType(
                0,
                "REAL is not one of the shared types".to_owned(),
                rusqlite::types::Type::Real,
            ));
        }
    })
}

fn step(connection: &Connection, sql: &str) -> Result<(), rusqlite::Error> {
    connection.prepare_cached(sql)?.raw_execute().map(|_| ())
}

/// Remembers that the disk refused to promise durability, whichever statement met it.
fn note_fsync(error: &rusqlite::Error, fsync_failed: &Cell<bool>) {
    let fsync = [rusqlite::ffi::SQLITE_IOERR_FSYNC, rusqlite::ffi::SQLITE_IOERR_DIR_FSYNC];
    if error.sqlite_error().is_some_and(|e| fsync.contains(&e.extended_code)) {
        fsync_failed.set(true);
    }
}

/// SQLite's error in the shared words.
fn translate(error: &rusqlite::Error) -> DbError {
    let Some(failure) = error.sqlite_error() else {
        return DbError::other(error.to_string());
    };
    match failure.code {
        ErrorCode::DiskFull => DbError::Full,
        ErrorCode::ConstraintViolation => conflict_or_other(failure.extended_code, error),
        ErrorCode::SystemIoFailure
        | ErrorCode::DatabaseBusy
        | ErrorCode::DatabaseLocked
        | ErrorCode::DatabaseCorrupt
        | ErrorCode::NotADatabase
        | ErrorCode::CannotOpen
        | ErrorCode::OutOfMemory
        | ErrorCode::FileLockingProtocolFailed => {
            tracing::error!(%error, code = failure.extended_code, "SQLite failed");
            DbError::Unavailable
        }
        _ => DbError::other(error.to_string()),
    }
}

fn conflict_or_other(code: i32, error: &rusqlite::Error) -> DbError {
    let unique = [
        rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE,
        rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY,
        rusqlite::ffi::SQLITE_CONSTRAINT_ROWID,
    ];
    let text = error.to_string();
    if !unique.contains(&code) {
        return DbError::Other(text);
    }
    let what = text.strip_prefix("UNIQUE constraint failed: ").unwrap_or(&text);
    DbError::Conflict(what.replace('\'', ""))
}

/// Creates the file for its owner alone; SQLite gives `-wal` and `-shm` the same mode.
fn create_private(config: &SqliteConfig) -> Result<(), DbError> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(&config.path)
        .map(|_| ())
        .map_err(|error| DbError::other(format!("cannot open {}: {error}", config.path.display())))
}

/// What a connection is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    /// Reading.
    Read,
    /// Writing, or copying the log into the database.
    Write,
}

fn open_connection(config: &SqliteConfig, access: Access) -> Result<Connection, DbError> {
    let (access, cache_kib) = match access {
        Access::Read => (OpenFlags::SQLITE_OPEN_READ_ONLY, config.cache_kib),
        Access::Write => (
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
            config.writer_cache_kib,
        ),
    };
    let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opened = match &config.vfs {
        Some(vfs) => Connection::open_with_flags_and_vfs(&config.path, flags, vfs.as_str()),
        None => Connection::open_with_flags(&config.path, flags),
    };
    let connection = opened.map_err(|error| {
        DbError::other(format!("cannot open {}: {error}", config.path.display()))
    })?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    let settings = connection
        .busy_timeout(Duration::from_secs(5))
        .and_then(|()| connection.pragma_update(None, "foreign_keys", true))
        .and_then(|()| connection.pragma_update(None, "trusted_schema", false))
        .and_then(|()| connection.pragma_update(None, "temp_store", "MEMORY"))
        .and_then(|()| connection.pragma_update(None, "cache_size", -cache_kib))
        // One plan for all parameters. Without this (SQLite is built with STAT4) a statement whose
        // parameters might change its plan is compiled anew at every use.
        .and_then(|()| connection.set_db_config(Switch::SQLITE_DBCONFIG_ENABLE_QPSG, true));
    settings.map_err(|error| translate(&error))?;
    Ok(connection)
}

fn open_reader(config: &SqliteConfig) -> Result<Connection, DbError> {
    let reader = open_connection(config, Access::Read)?;
    let settings = reader
        .pragma_update(None, "query_only", true)
        // Only the writer may copy the log into the database when it closes.
        .and_then(|()| reader.set_db_config(Switch::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true));
    settings.map_err(|error| translate(&error))?;
    Ok(reader)
}

/// The text in the last row of a statement that is run to its very end: SQLite answers
/// "wal" *before* it commits the switch, and whoever stops at the row never hears that it failed.
fn last_text(connection: &Connection, sql: &str) -> Result<Option<String>, rusqlite::Error> {
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    let mut text = None;
    while let Some(row) = rows.next()? {
        text = Some(row.get(0)?);
    }
    Ok(text)
}

/// Sets the writer to WAL and FULL, and insists on reading that back.
fn prepare_writer(connection: &Connection, config: &SqliteConfig) -> Result<(), DbError> {
    let read = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    // Looks over each page as it comes in. Readers do without: with every commit their pages come anew.
    connection.pragma_update(None, "cell_size_check", true).map_err(|e| translate(&e))?;
    let mode = last_text(connection, "PRAGMA journal_mode = WAL").map_err(|e| translate(&e))?;
    if mode.as_deref() != Some("wal") {
        return Err(DbError::other("SQLite cannot use a write-ahead log on this file system"));
    }
    let wanted = config.synchronous();
    let settings = connection
        .pragma_update(None, "synchronous", wanted)
        .and_then(|()| {
            connection.pragma_update_and_check(None, "wal_autocheckpoint", 0, |_| Ok(()))
        })
        .and_then(|()| Ok((read("synchronous")?, read("foreign_keys")?)));
    match settings.map_err(|error| translate(&error))? {
        (synchronous, 1) if synchronous == wanted => Ok(()),
        _ => Err(DbError::other("SQLite did not take synchronous=FULL or foreign_keys=ON")),
    }
}
