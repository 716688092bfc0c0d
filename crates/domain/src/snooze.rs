//! Putting a piece of work off: until when, and what is refused.
//!
//! It leaves the list and comes back to its place; its clock runs on (MODEL invariant 13). What is due now
//! or today is not put off beyond its moment. Deliberately absent: who may, and where it is kept.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;

use crate::time::Timestamp;
use crate::work_item::Level;

/// The hour at which a morning begins, on the wall of the team's place.
pub const MORNING_HOUR: i8 = 8;
/// How far "later today" is, in seconds: three hours, but not beyond the day.
pub const LATER_S: i64 = 3 * 3_600;
/// The longest time something is put off, in seconds: ninety days.
pub const LONGEST_S: i64 = 90 * 86_400;

/// Until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// In three hours, or at the end of the day.
    LaterToday,
    /// The morning of the next day.
    Tomorrow,
    /// The morning of the next Monday.
    Monday,
    /// The morning of a date.
    Date(Date),
}

/// The moment that is meant at `now` in a time zone; `None` outside of what the calendar knows.
pub fn moment(until: Until, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let today = zone.to_datetime(now.to_jiff()).date();
    let at = |date: Date, hour: i8, minute: i8| {
        let zoned = date.at(hour, minute, 0, 0).to_zoned(zone.clone()).ok()?;
        Some(Timestamp::from(zoned.timestamp()))
    };
    match until {
        Until::LaterToday => Some(now.plus_seconds(LATER_S).min(at(today, 23, 59)?)),
        Until::Tomorrow => at(today.tomorrow().ok()?, MORNING_HOUR, 0),
        Until::Monday => at(today.nth_weekday(1, Weekday::Monday).ok()?, MORNING_HOUR, 0),
        Until::Date(date) => at(date, MORNING_HOUR, 0),
    }
}

/// Why something is not put off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The moment has passed.
    Past,
    /// It is more than ninety days away.
    TooFar,
    /// It is due before, and was for now or today.
    PastDue,
}

impl Refused {
    /// The code of the fault.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Past => "past",
            Self::TooFar => "too-far",
            Self::PastDue => "past-due",
        }
    }
}

/// Whether work of this level that is due at `due` (`None`: nothing is owed) may be put off until then.
pub fn check(
    level: Level,
    due: Option<Timestamp>,
    until: Timestamp,
    now: Timestamp,
) -> Result<(), Refused> {
    if until <= now {
        return Err(Refused::Past);
    }
    if until > now.plus_seconds(LONGEST_S) {
        return Err(Refused::TooFar);
    }
    match due {
        Some(due) if level <= Level::TODAY && until > due => Err(Refused::PastDue),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sunday noon, 22 November 2026, UTC: seven in the morning in New York.
    const NOW: Timestamp = Timestamp::from_seconds(1_795_348_800);

    fn at(until: Until, now: Timestamp) -> String {
        let zone = TimeZone::get("America/New_York").unwrap();
        let found = moment(until, now, &zone).unwrap();
        zone.to_datetime(found.to_jiff()).to_string()
    }

    #[test]
    fn mornings_are_those_of_the_place() {
        assert_eq!(at(Until::LaterToday, NOW), "2026-11-22T10:00:00");
        assert_eq!(at(Until::LaterToday, NOW.plus_seconds(16 * 3_600)), "2026-11-22T23:59:00");
        assert_eq!(at(Until::Tomorrow, NOW), "2026-11-23T08:00:00");
        assert_eq!(at(Until::Monday, NOW), "2026-11-23T08:00:00");
        // On a Monday the next one is meant.
        assert_eq!(at(Until::Monday, NOW.plus_seconds(86_400)), "2026-11-30T08:00:00");
        // The clocks go forward on the night of March 14: eight is eight.
        let march = jiff::civil::date(2027, 3, 14);
        assert_eq!(at(Until::Date(march), NOW), "2027-03-14T08:00:00");
    }

    #[test]
    fn what_is_urgent_is_not_put_off_beyond_its_moment() {
        let due = Some(NOW.plus_seconds(7_200));
        let (before, after) = (NOW.plus_seconds(3_600), NOW.plus_seconds(10_800));
        for level in [Level::NOW, Level::TODAY] {
            assert_eq!(check(level, due, before, NOW), Ok(()));
            assert_eq!(check(level, due, after, NOW), Err(Refused::PastDue));
            assert_eq!(check(level, None, after, NOW), Ok(()), "nothing is owed");
        }
        assert_eq!(check(Level::SOON, due, after, NOW), Ok(()));
        assert_eq!(check(Level::SOON, due, NOW, NOW), Err(Refused::Past));
        let far = NOW.plus_seconds(LONGEST_S + 1);
        assert_eq!(check(Level::WHENEVER, None, far, NOW), Err(Refused::TooFar));
    }
}
