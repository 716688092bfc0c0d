//! FHIR R4 `date`, `dateTime` and `instant` (datatypes.html#primitive), as exact as they are written.
//!
//! A partial date stays partial: `1950` is a year, not the first of January. Deliberately absent:
//! today's date, so a birth date in the future is taken (it is valid FHIR).

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{self, Date};
use jiff::tz::{Offset, TimeZone};

/// A FHIR `date`: a year, a month of a year, or a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FhirDate {
    /// Only the year is known.
    Year(i16),
    /// The year and the month (1–12) are known.
    Month(i16, i8),
    /// The whole day is known.
    Day(Date),
}

impl FhirDate {
    /// Reads `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; `None` when it is none of them or no such day is
    /// in the calendar.
    pub fn parse(text: &str) -> Option<FhirDate> {
        let mut parts = text.split('-');
        let year: i16 = digits(parts.next()?, 4)?;
        if year == 0 {
            return None;
        }
        let Some(month) = parts.next() else { return Some(FhirDate::Year(year)) };
        let month: i8 = digits(month, 2)?;
        let Some(day) = parts.next() else {
            return (1..=12).contains(&month).then_some(FhirDate::Month(year, month));
        };
        if parts.next().is_some() {
            return None;
        }
        Date::new(year, month, digits(day, 2)?).ok().map(FhirDate::Day)
    }

    /// The first day it may mean, for sorting and for asking how old somebody is.
    pub fn first_day(self) -> Date {
        match self {
            FhirDate::Year(year) => Date::new(year, 1, 1).unwrap_or(Date::ZERO),
            FhirDate::Month(year, month) => Date::new(year, month, 1).unwrap_or(Date::ZERO),
            FhirDate::Day(day) => day,
        }
    }
}

impl fmt::Display for FhirDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FhirDate::Year(year) => write!(f, "{year:04}"),
            FhirDate::Month(year, month) => write!(f, "{year:04}-{month:02}"),
            FhirDate::Day(day) => write!(f, "{day}"),
        }
    }
}

/// A FHIR `dateTime`: a date of any precision, or a moment with its offset from UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FhirDateTime {
    /// No time of day was given.
    Date(FhirDate),
    /// A moment, and the offset it was written with.
    Moment(Timestamp, Offset),
}

impl FhirDateTime {
    /// Reads a `dateTime`. A time of day needs seconds and an offset; digits below the nanosecond
    /// are dropped, and second 60 (a leap second) is read as second 59.
    pub fn parse(text: &str) -> Option<FhirDateTime> {
        let Some((day, time)) = text.split_once('T') else {
            return FhirDate::parse(text).map(FhirDateTime::Date);
        };
        let FhirDate::Day(day) = FhirDate::parse(day)? else { return None };
        let (clock, offset) = match time.strip_suffix('Z') {
            Some(clock) => (clock, Offset::UTC),
            None => split_offset(time)?,
        };
        let moment = day.to_datetime(parse_clock(clock)?);
        let moment = moment.to_zoned(TimeZone::fixed(offset)).ok()?.timestamp();
        Some(FhirDateTime::Moment(moment, offset))
    }

    /// Reads an `instant`, which is a `dateTime` that must have its time of day.
    pub fn parse_instant(text: &str) -> Option<FhirDateTime> {
        FhirDateTime::parse(text).filter(|read| matches!(read, FhirDateTime::Moment(..)))
    }

    /// The earliest moment it may mean, in microseconds since 1970 in UTC; a date begins at
    /// midnight UTC. For sorting only: show the value itself.
    pub fn earliest_micros(self) -> i64 {
        match self {
            FhirDateTime::Moment(moment, _) => moment.as_microsecond(),
            FhirDateTime::Date(date) => {
                let midnight = date.first_day().to_datetime(civil::Time::midnight());
                TimeZone::UTC.to_timestamp(midnight).map_or(0, Timestamp::as_microsecond)
            }
        }
    }

    /// The earliest moment it may mean where days begin at midnight of `zone`, in microseconds since 1970 in UTC:
    /// it lies on the day that is written. For sorting only, as [`FhirDateTime::earliest_micros`].
    pub fn earliest_micros_in(self, zone: &TimeZone) -> i64 {
        match self {
            FhirDateTime::Moment(moment, _) => moment.as_microsecond(),
            FhirDateTime::Date(date) => {
                let midnight = date.first_day().to_datetime(civil::Time::midnight());
                let earliest = midnight.to_zoned(zone.clone()).map(|at| at.timestamp());
                earliest.map_or(0, Timestamp::as_microsecond)
            }
        }
    }

    /// The calendar day where it was written.
    pub fn day(self) -> Date {
        match self {
            FhirDateTime::Date(date) => date.first_day(),
            FhirDateTime::Moment(moment, offset) => offset.to_datetime(moment).date(),
        }
    }
}

impl fmt::Display for FhirDateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FhirDateTime::Date(date) => date.fmt(f),
            FhirDateTime::Moment(moment, offset) => {
                write!(f, "{}", moment.display_with_offset(*offset))
            }
        }
    }
}

/// The number that is written with exactly `count` ASCII digits.
fn digits<T: std::str::FromStr>(text: &str, count: usize) -> Option<T> {
    (text.len() == count && text.bytes().all(|b| b.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

/// Splits `hh:mm:ss+hh:mm` into the clock and the offset (at most 14 hours).
fn split_offset(time: &str) -> Option<(&str, Offset)> {
    let at = time.rfind(['+', '-'])?;
    let (clock, offset) = time.split_at_checked(at)?;
    let east = offset.starts_with('+');
    let (hours, minutes) = offset.get(1..)?.split_once(':')?;
    let (hours, minutes): (i32, i32) = (digits(hours, 2)?, digits(minutes, 2)?);
    if minutes > 59 || hours > 14 || (hours == 14 && minutes > 0) {
        return None;
    }
    let seconds = hours * 3600 + minutes * 60;
    Some((clock, Offset::from_seconds(if east { seconds } else { -seconds }).ok()?))
}

/// Reads `hh:mm:ss` with an optional fraction.
fn parse_clock(text: &str) -> Option<civil::Time> {
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let mut parts = whole.split(':');
    let hour: i8 = digits(parts.next()?, 2)?;
    let minute: i8 = digits(parts.next()?, 2)?;
    let second: i8 = digits(parts.next()?, 2)?;
    if parts.next().is_some() || second > 60 {
        return None;
    }
    let nanoseconds = match fraction {
        None => 0,
        Some(fraction) => {
            if fraction.is_empty() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            let nine: String = fraction.chars().chain(std::iter::repeat('0')).take(9).collect();
            nine.parse().ok()?
        }
    };
    civil::Time::new(hour, minute, second.min(59), nanoseconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_precision_is_kept_as_written() {
        for text in ["1950", "1950-03", "1950-03-09", "2024-02-29", "9999-12-31"] {
            assert_eq!(FhirDate::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn days_that_are_not_in_the_calendar_are_refused() {
        for text in [
            "2023-02-29",
            "1950-13",
            "1950-00",
            "1950-3-9",
            "0000",
            "50",
            "1950-03-09-01",
            "",
            "+195",
            "1950-03-",
            "１９５０",
        ] {
            assert_eq!(FhirDate::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_moment_keeps_its_offset() {
        let read = FhirDateTime::parse("1985-12-03T20:32:26.5+05:30").unwrap();
        assert_eq!(read.to_string(), "1985-12-03T20:32:26.5+05:30");
        assert_eq!(read.earliest_micros(), 502_470_146_500_000);
        assert_eq!(read.day().to_string(), "1985-12-03");
        let utc = FhirDateTime::parse("1985-12-03T20:32:26Z").unwrap();
        assert_eq!(utc.earliest_micros() - read.earliest_micros(), 19_799_500_000);
    }

    #[test]
    fn a_time_needs_seconds_and_an_offset() {
        for text in [
            "1985-12-03T20:32",
            "1985-12-03T20:32:26",
            "1985-12T20:32:26Z",
            "1985-12-03T24:00:00Z",
            "1985-12-03T20:32:61Z",
            "1985-12-03T20:32:26.Z",
            "1985-12-03T20:32:26+15:00",
            "1985-12-03T20:32:26+05:60",
            "1985-12-03 20:32:26Z",
            "1985-12-03t20:32:26z",
            "T",
            "-T-",
        ] {
            assert_eq!(FhirDateTime::parse(text), None, "{text}");
        }
        assert!(FhirDateTime::parse("2016-12-31T23:59:60Z").is_some());
        assert!(FhirDateTime::parse_instant("1985-12-03").is_none());
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[0-9T:.+Z-]{0,40}|.*") {
            if let Some(read) = FhirDateTime::parse(&text) {
                let again = FhirDateTime::parse(&read.to_string());
                prop_assert_eq!(again.map(FhirDateTime::earliest_micros), Some(read.earliest_micros()));
            }
        }
    }
}
