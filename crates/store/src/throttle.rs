//! Failed proofs of identity, counted per account, device and address block.
//!
//! Keys are keyed digests, so that the table names neither people nor addresses. Deliberately
//! absent: how long to wait after how many failures (`app::throttle`).

use domain::time::Timestamp;

use crate::db::{DbError, Tx};
use crate::sql;

/// A counter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ThrottleRow {
    /// Failures in a row.
    pub failures: i64,
    /// The last one.
    pub last_at: Timestamp,
    /// Until when nothing is tried.
    pub blocked_until: Timestamp,
}

/// The counter of a key; zero when there is none.
pub fn get(tx: &mut Tx<'_>, key: &[u8; 32]) -> Result<ThrottleRow, DbError> {
    let row = tx.query_opt(
        sql!(
            "SELECT failures, last_at, blocked_until FROM sign_in_throttle WHERE throttle_key = $1"
        ),
        &[&key.as_slice()],
    )?;
    match row {
        None => Ok(ThrottleRow::default()),
        Some(row) => Ok(ThrottleRow {
            failures: row.get(0)?,
            last_at: row.get(1)?,
            blocked_until: row.get(2)?,
        }),
    }
}

/// Writes the counter of a key.
pub fn set(tx: &mut Tx<'_>, key: &[u8; 32], row: &ThrottleRow) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "INSERT INTO sign_in_throttle (throttle_key, failures, last_at, blocked_until) \
             VALUES ($1, $2, $3, $4) ON CONFLICT (throttle_key) DO UPDATE SET \
             failures = excluded.failures, last_at = excluded.last_at, \
             blocked_until = excluded.blocked_until"
        ),
        &[&key.as_slice(), &row.failures, &row.last_at, &row.blocked_until],
    )
}

/// Forgets a counter.
pub fn remove(tx: &mut Tx<'_>, key: &[u8; 32]) -> Result<(), DbError> {
    tx.execute(sql!("DELETE FROM sign_in_throttle WHERE throttle_key = $1"), &[&key.as_slice()])
        .map(|_| ())
}

/// Forgets counters that have not moved since `before` and block nothing at `now`; how many.
pub fn remove_old(tx: &mut Tx<'_>, before: Timestamp, now: Timestamp) -> Result<u64, DbError> {
    tx.execute(
        sql!("DELETE FROM sign_in_throttle WHERE last_at < $1 AND blocked_until < $2"),
        &[&before, &now],
    )
}
