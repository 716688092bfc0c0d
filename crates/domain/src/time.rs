//! Points in time: microseconds since 1970 UTC, set by the server's clock and never by a client's.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A point in time in microseconds since 1970-01-01T00:00:00Z.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Timestamp(i64);

/// Microseconds in a second.
pub const MICROS_PER_SECOND: i64 = 1_000_000;

impl Timestamp {
    /// The open end of an interval: intervals are `[from_at, until_at)` and `until_at` is never null.
    pub const FOREVER: Self = Self(i64::MAX);
    /// The beginning of time as far as intervals are concerned.
    pub const EPOCH: Self = Self(0);

    /// Takes microseconds since 1970 UTC.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Takes seconds since 1970 UTC; saturates at the ends of time.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(MICROS_PER_SECOND))
    }

    /// Microseconds since 1970 UTC.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970 UTC, rounded down.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(MICROS_PER_SECOND)
    }

    /// This moment moved by `seconds` (negative moves back); saturates, so `FOREVER` stays forever.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        if self.0 == i64::MAX {
            return self;
        }
        Self(self.0.saturating_add(seconds.saturating_mul(MICROS_PER_SECOND)))
    }

    /// Seconds from `earlier` to this moment, rounded down; negative when `earlier` is later.
    pub const fn seconds_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0).div_euclid(MICROS_PER_SECOND)
    }

    /// The same moment as a `jiff` timestamp; moments outside its range become its ends.
    pub fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_microsecond(self.0).unwrap_or(if self.0 < 0 {
            jiff::Timestamp::MIN
        } else {
            jiff::Timestamp::MAX
        })
    }
}

impl From<jiff::Timestamp> for Timestamp {
    fn from(at: jiff::Timestamp) -> Self {
        Self(at.as_microsecond())
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC, as FHIR's `instant` wants it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_jiff().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forever_stays_forever_and_nothing_wraps() {
        assert_eq!(Timestamp::FOREVER.plus_seconds(-5), Timestamp::FOREVER);
        assert_eq!(Timestamp::from_micros(i64::MAX - 1).plus_seconds(9), Timestamp::FOREVER);
        assert_eq!(Timestamp::from_seconds(2).plus_seconds(-3).seconds(), -1);
    }

    #[test]
    fn reads_as_an_instant() {
        assert_eq!(Timestamp::from_seconds(1_795_342_500).to_string(), "2026-11-22T10:15:00Z");
    }
}
