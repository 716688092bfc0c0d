//! Values on their way into and out of a statement: the six kinds both engines share.
//!
//! An id is 16 bytes: UUID on PostgreSQL, a BLOB on SQLite, which sorts it as PostgreSQL does. Floats, dates, arrays and JSON are deliberately absent (times are BIGINT microseconds UTC).
//! A `sum` over BIGINT is NUMERIC on PostgreSQL: write `CAST(sum(x) AS BIGINT)`.

use std::borrow::Cow;

use domain::ids::Id as _;
use domain::time::Timestamp;
use uuid::Uuid;

use super::DbError;

/// A value read from a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// NULL of any type.
    Null,
    /// BOOLEAN on PostgreSQL; SQLite has none and answers with [`Value::Int`] 0 or 1.
    Bool(bool),
    /// BIGINT, INTEGER or SMALLINT.
    Int(i64),
    /// TEXT.
    Text(String),
    /// BYTEA (SQLite: BLOB, an id's too).
    Bytes(Vec<u8>),
    /// UUID on PostgreSQL; SQLite has none and answers with [`Value::Bytes`].
    Uuid(Uuid),
}

impl Value {
    /// The kind in a word, for error messages: never the content.
    const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::Bool(_) => "a boolean",
            Self::Int(_) => "an integer",
            Self::Text(_) => "text",
            Self::Bytes(_) => "bytes",
            Self::Uuid(_) => "an id",
        }
    }
}

/// A value bound to a placeholder.
#[derive(Debug, Clone)]
pub enum Param<'a> {
    /// NULL of whatever type the statement wants.
    Null,
    /// For BOOLEAN.
    Bool(bool),
    /// For BIGINT, INTEGER, SMALLINT.
    Int(i64),
    /// For TEXT.
    Text(Cow<'a, str>),
    /// For BYTEA.
    Bytes(Cow<'a, [u8]>),
    /// For UUID.
    Uuid(Uuid),
}

/// What can be bound to a placeholder.
pub trait ToParam {
    /// The value as one of the five kinds.
    fn to_param(&self) -> Param<'_>;
}

/// What can be read from a column.
pub trait FromValue: Sized {
    /// Reads the value; [`DbError::Decode`] when it is of another kind.
    fn from_value(value: &Value) -> Result<Self, DbError>;
}

fn wrong(wanted: &str, value: &Value) -> DbError {
    DbError::Decode(format!("wanted {wanted}, found {}", value.kind()))
}

impl<T: ToParam + ?Sized> ToParam for &T {
    fn to_param(&self) -> Param<'_> {
        (**self).to_param()
    }
}

impl<T: ToParam> ToParam for Option<T> {
    fn to_param(&self) -> Param<'_> {
        self.as_ref().map_or(Param::Null, ToParam::to_param)
    }
}

impl ToParam for str {
    fn to_param(&self) -> Param<'_> {
        Param::Text(Cow::Borrowed(self))
    }
}

impl ToParam for String {
    fn to_param(&self) -> Param<'_> {
        self.as_str().to_param()
    }
}

impl ToParam for bool {
    fn to_param(&self) -> Param<'_> {
        Param::Bool(*self)
    }
}

impl ToParam for i64 {
    fn to_param(&self) -> Param<'_> {
        Param::Int(*self)
    }
}

impl ToParam for i32 {
    fn to_param(&self) -> Param<'_> {
        Param::Int(i64::from(*self))
    }
}

impl ToParam for u32 {
    fn to_param(&self) -> Param<'_> {
        Param::Int(i64::from(*self))
    }
}

impl ToParam for [u8] {
    fn to_param(&self) -> Param<'_> {
        Param::Bytes(Cow::Borrowed(self))
    }
}

impl<const N: usize> ToParam for [u8; N] {
    fn to_param(&self) -> Param<'_> {
        self.as_slice().to_param()
    }
}

impl ToParam for Vec<u8> {
    fn to_param(&self) -> Param<'_> {
        self.as_slice().to_param()
    }
}

impl ToParam for Uuid {
    fn to_param(&self) -> Param<'_> {
        Param::Uuid(*self)
    }
}

impl FromValue for Value {
    fn from_value(value: &Value) -> Result<Self, DbError> {
        Ok(value.clone())
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: &Value) -> Result<Self, DbError> {
        match value {
            Value::Null => Ok(None),
            other => T::from_value(other).map(Some),
        }
    }
}

impl FromValue for String {
    fn from_value(value: &Value) -> Result<Self, DbError> {
        match value {
            Value::Text(text) => Ok(text.clone()),
            other => Err(wrong("text", other)),
        }
    }
}

impl FromValue for bool {
    fn from_value(value: &Value) -> Result<Self, DbError> {
        match value {
            Value::Bool(flag) => Ok(*flag),
            Value::Int(0) => Ok(false),
            Value::Int(1) => Ok(true),
            other => Err(wrong("a boolean", other)),
        }
    }
}

impl FromValue for i64 {
    fn from_value(value: &Value) -> Result<Self, DbError> {
        match value {
            Value::Int(number) => Ok(*number),
            other => Err(wrong("an integer", other)),
        }
    }
}

impl FromValue for i32 {
    fn from_value(value: &Value) -> Result<Self, DbError> {
        let number = i64::from_value(value)?;
        Self::try_from(number).map_err(|_| wrong("a 32-bit integer", value))
    }
}

impl FromValue for u32 {
    fn from_value(value: &Value) -> Result<Self, DbError> {
        let number = i64::from_value(value)?;
        Self::try_from(number).map_err(|_| wrong("an unsigned 32-bit integer", value))
    }
}

impl FromValue for Vec<u8> {
    fn from_value(value: &Value) -> Result<Self, DbError> {
        match value {
            Value::Bytes(bytes) => Ok(bytes.clone()),
            other => Err(wrong("bytes", other)),
        }
    }
}

impl<const N: usize> FromValue for [u8; N] {
    fn from_value(value: &Value) -> Result<Self, DbError> {
        match value {
            Value::Bytes(bytes) => Self::try_from(bytes.as_slice())
                .map_err(|_| DbError::Decode(format!("wanted {N} bytes, found {}", bytes.len()))),
            other => Err(wrong("bytes", other)),
        }
    }
}

impl FromValue for Uuid {
    fn from_value(value: &Value) -> Result<Self, DbError> {
        match value {
            Value::Uuid(id) => Ok(*id),
            Value::Bytes(bytes) => Self::from_slice(bytes).map_err(|_| wrong("an id", value)),
            other => Err(wrong("an id", other)),
        }
    }
}

macro_rules! bind_ids {
    ($($id:ident)*) => {$(
        impl ToParam for domain::ids::$id {
            fn to_param(&self) -> Param<'_> {
                Param::Uuid(self.as_uuid())
            }
        }
        impl FromValue for domain::ids::$id {
            fn from_value(value: &Value) -> Result<Self, DbError> {
                Uuid::from_value(value).map(Self::from_uuid)
            }
        }
    )*};
}
domain::for_each_id!(bind_ids);

impl ToParam for Timestamp {
    fn to_param(&self) -> Param<'_> {
        Param::Int(self.micros())
    }
}

impl FromValue for Timestamp {
    fn from_value(value: &Value) -> Result<Self, DbError> {
        i64::from_value(value).map(Self::from_micros)
    }
}

/// One row of an answer; columns count from 0.
#[derive(Debug, Clone)]
pub struct Row {
    values: Vec<Value>,
}

impl Row {
    pub(super) const fn new(values: Vec<Value>) -> Self {
        Self { values }
    }

    /// Reads column `index`; [`DbError::Decode`] when there is none or it is of another kind.
    pub fn get<T: FromValue>(&self, index: usize) -> Result<T, DbError> {
        let value =
            self.values.get(index).ok_or_else(|| DbError::Decode(format!("no column {index}")))?;
        T::from_value(value).map_err(|error| match error {
            DbError::Decode(text) => DbError::Decode(format!("column {index}: {text}")),
            other => other,
        })
    }

    /// How many columns there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there is no column at all.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}
