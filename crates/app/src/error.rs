//! The one error of operations. Only `web` knows status codes; only the log sees the chain.

use domain::ids::MessageId;
use domain::message::TextError;
use store::access::AccessError;
use store::db::DbError;
use store::seal::SealError;

/// Why an operation did not happen. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such thing for this actor.
    #[error("no such thing")]
    NotFound,
    /// The input is wrong, field by field.
    #[error("invalid input")]
    Invalid(Vec<FieldError>),
    /// The input is right, the state of things is not.
    #[error("conflict: {0}")]
    Conflict(Conflict),
    /// Known to the actor but not allowed.
    #[error("not allowed")]
    Forbidden,
    /// Nobody is signed in, or not any more.
    #[error("signed out")]
    SignedOut,
    /// Too many tries; come back after so many seconds.
    #[error("too many requests")]
    TooMany {
        /// Seconds to wait.
        retry_after_s: i64,
    },
    /// The disk of the database is full: reading goes on, writing does not.
    #[error("storage is full")]
    Full,
    /// The database does not answer; the outcome is unknown, a retry is safe.
    #[error("unavailable")]
    Unavailable,
    /// A fault of ours. The text goes to the log and to nobody else.
    #[error("internal: {0}")]
    Internal(String),
}

/// What is wrong with one field of a form or resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The field's name.
    pub field: &'static str,
    /// What is wrong, as a code: `empty`, `too-long`, `not-text`, `unknown`, …
    pub problem: &'static str,
    /// The limit, where there is one.
    pub max: Option<usize>,
}

impl FieldError {
    /// An error without a limit.
    pub const fn new(field: &'static str, problem: &'static str) -> Self {
        Self { field, problem, max: None }
    }

    /// The error of a text in `field`.
    pub const fn text(field: &'static str, error: TextError) -> Self {
        match error {
            TextError::Empty => Self::new(field, "empty"),
            TextError::NotText => Self::new(field, "not-text"),
            TextError::TooLong { max } => Self { field, problem: "too-long", max: Some(max) },
        }
    }
}

/// Why the state of things does not allow it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    /// Others wrote since the sender last looked; they see it first and confirm.
    #[error("newer messages")]
    NewerMessages {
        /// The thread's newest sequence number now.
        last_seq: i64,
        /// How many messages others wrote.
        count: i64,
    },
    /// The client message id was used for another text.
    #[error("client message id used before")]
    ClientIdReused {
        /// The message it made.
        first: MessageId,
    },
    /// Somebody saved, claimed or moved it meanwhile.
    #[error("changed meanwhile")]
    Changed,
    /// What a helper prepared was taken back, or its writer may not write for the patient any more.
    #[error("withdrawn meanwhile")]
    Withdrawn,
    /// The time in which it could be taken back is over.
    #[error("too late")]
    TooLate,
    /// The message has left already and cannot be stopped.
    #[error("already sent")]
    AlreadySent,
}

/// The result of an operation.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// One wrong field.
    pub fn field(field: &'static str, problem: &'static str) -> Self {
        Self::Invalid(vec![FieldError::new(field, problem)])
    }

    /// One wrong text.
    pub fn text(field: &'static str, error: TextError) -> Self {
        Self::Invalid(vec![FieldError::text(field, error)])
    }
}

impl From<DbError> for Error {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Unavailable | DbError::Serialization => Self::Unavailable,
            DbError::Full => Self::Full,
            DbError::NotFound => Self::NotFound,
            DbError::Conflict(_) => Self::Conflict(Conflict::Changed),
            other => Self::Internal(other.to_string()),
        }
    }
}

impl From<AccessError> for Error {
    fn from(error: AccessError) -> Self {
        match error {
            AccessError::NotFound => Self::NotFound,
            AccessError::Forbidden => Self::Forbidden,
            AccessError::Revoked => Self::SignedOut,
            AccessError::Db(error) => error.into(),
        }
    }
}

impl From<SealError> for Error {
    fn from(error: SealError) -> Self {
        match error {
            SealError::Store(_) => Self::Unavailable,
            other => Self::Internal(other.to_string()),
        }
    }
}

impl From<crate::random::NoRandomness> for Error {
    fn from(_: crate::random::NoRandomness) -> Self {
        Self::Unavailable
    }
}
