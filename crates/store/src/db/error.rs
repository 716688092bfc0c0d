//! What can go wrong between an operation and its database, in words both engines share.
//!
//! Messages never hold a bound value: SQLite's name columns only, and of PostgreSQL's the parts
//! that may quote a value (message outside class 42, detail) are dropped.

/// Why a statement or a transaction did not happen (or, for [`DbError::Unavailable`], may not have).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DbError {
    /// The database cannot be reached, is overloaded, or lost the answer to a commit. The outcome
    /// is unknown, so the caller must say "try again" and rely on idempotent requests.
    #[error("the database is not available")]
    Unavailable,
    /// The disk is full; nothing was written.
    #[error("the disk of the database is full")]
    Full,
    /// A unique constraint refused the row. Reads `table.column, table.column` on both engines
    /// (`index name` when the constraint is over an expression).
    #[error("a row with the same {0} exists")]
    Conflict(String),
    /// [`Tx::execute_one`](super::Tx::execute_one) or `query_one` met another number of rows than one.
    #[error("a statement for one row met {found}")]
    RowCount {
        /// How many rows there were.
        found: u64,
    },
    /// No such row.
    #[error("no such row")]
    NotFound,
    /// PostgreSQL gave the transaction up in favour of others, more often than the retries allow.
    #[error("the transaction lost to others too often")]
    Serialization,
    /// A column held another type than the code asked for, or did not exist.
    #[error("cannot read a column: {0}")]
    Decode(String),
    /// Anything else: a statement that is wrong, a check or foreign key that refused, a panic.
    #[error("database error: {0}")]
    Other(String),
}

impl DbError {
    /// An error in words of ours.
    pub(crate) fn other(text: impl Into<String>) -> Self {
        Self::Other(text.into())
    }
}
