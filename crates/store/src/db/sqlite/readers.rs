//! The pool of read-only connections. Deliberately absent: a thread per reader, and growth under load.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::Connection;

use super::super::DbError;
use super::{SqliteConfig, open_reader};

/// Read-only connections, handed out one by one.
#[derive(Debug)]
pub(super) struct Readers {
    config: SqliteConfig,
    free: Mutex<Vec<Option<Connection>>>,
    freed: Condvar,
    wait_max: Duration,
}

impl Readers {
    pub(super) fn open(config: &SqliteConfig) -> Result<Self, DbError> {
        let mut free = Vec::new();
        for _ in 0..config.readers.max(1) {
            free.push(Some(open_reader(config)?));
        }
        Ok(Self {
            config: config.clone(),
            free: Mutex::new(free),
            freed: Condvar::new(),
            wait_max: Duration::from_millis(config.reader_wait_ms_max),
        })
    }

    /// A free reader, or [`DbError::Unavailable`] when none comes back in time.
    pub(super) fn take(&self) -> Result<Connection, DbError> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut free, _) = self
            .freed
            .wait_timeout_while(free, self.wait_max, |free| free.is_empty())
            .unwrap_or_else(PoisonError::into_inner);
        let reader = free.pop().ok_or(DbError::Unavailable)?;
        drop(free);
        // A place whose reader had to be closed gets a new one.
        match reader {
            Some(reader) => Ok(reader),
            None => open_reader(&self.config).inspect_err(|_| self.give_back(None)),
        }
    }

    pub(super) fn give_back(&self, reader: Option<Connection>) {
        self.free.lock().unwrap_or_else(PoisonError::into_inner).push(reader);
        self.freed.notify_one();
    }

    pub(super) fn close(&self) {
        self.free.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
