//! Copies the write-ahead log into the database while the writer goes on.
//!
//! A checkpoint of some thousand pages ends with an fsync of the database, which takes tens of
//! milliseconds on a large store; on the writer's thread every send of that moment would wait for it.
//! It also begins with an fsync of the log. When that fails here, the writer's next fsync fails too
//! and nothing is acknowledged: Linux tells each open file of a lost write once (since 4.13), and the
//! two connections have each their own. The faulty disk of the tests does the same.
//! Deliberately absent: resetting the log, which is the writer's (it copies what came meanwhile first).

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use rusqlite::config::DbConfig as Switch;
use rusqlite::{Connection, ErrorCode};

use super::super::DbError;
use super::{Access, SqliteConfig, open_connection, translate};

/// A thread with a connection of its own that runs one checkpoint whenever it is asked.
pub(super) struct Copier {
    ask: Option<SyncSender<()>>,
    done: Receiver<()>,
    busy: Cell<bool>,
    thread: Option<JoinHandle<()>>,
}

impl Copier {
    /// Opens the connection and starts the thread.
    pub(super) fn new(config: &SqliteConfig, poisoned: Arc<AtomicBool>) -> Result<Self, DbError> {
        let connection = open_connection(config, Access::Write)?;
        connection
            .pragma_update_and_check(None, "wal_autocheckpoint", 0, |_| Ok(()))
            .and_then(|()| connection.pragma_update(None, "synchronous", config.synchronous()))
            .and_then(|()| connection.set_db_config(Switch::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true))
            .map_err(|error| translate(&error))?;
        let (ask, asked) = sync_channel(1);
        let (finished, done) = sync_channel(1);
        let thread = std::thread::Builder::new()
            .name("sqlite-copier".to_owned())
            .spawn(move || {
                while asked.recv().is_ok() && !poisoned.load(Ordering::Acquire) {
                    checkpoint(&connection, &poisoned);
                    if finished.send(()).is_err() {
                        break;
                    }
                }
            })
            .map_err(|error| DbError::other(format!("cannot start the copier: {error}")))?;
        Ok(Self { ask: Some(ask), done, busy: Cell::new(false), thread: Some(thread) })
    }

    /// Asks for a checkpoint, unless one is running.
    pub(super) fn start(&self) {
        if !self.busy.get()
            && let Some(ask) = &self.ask
        {
            self.busy.set(ask.try_send(()).is_ok());
        }
    }

    /// Whether a checkpoint has ended that was not heard of yet.
    pub(super) fn has_finished(&self) -> bool {
        let finished = self.busy.get() && self.done.try_recv().is_ok();
        if finished {
            self.busy.set(false);
        }
        finished
    }

    /// Waits for the checkpoint that is running, if one is.
    pub(super) fn wait(&self) {
        if self.busy.replace(false) {
            // An error means that the thread has ended, and nothing is running.
            let _ = self.done.recv();
        }
    }
}

impl Drop for Copier {
    fn drop(&mut self) {
        self.ask = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the copier of the log ended by a panic");
        }
    }
}

/// A passive checkpoint: it waits for no reader and readers do not wait for it. One that fails, but for
/// a full disk, leaves the disk's content unknown: nothing more may be acknowledged.
pub(super) fn checkpoint(connection: &Connection, poisoned: &AtomicBool) {
    let done = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
    if let Err(error) = done {
        tracing::error!(%error, "a checkpoint failed");
        if error.sqlite_error_code() != Some(ErrorCode::DiskFull) {
            poisoned.store(true, Ordering::Release);
        }
    }
}
