//! Who is on duty when: a roster of hours by weekday and by date, and who follows from it.
//!
//! A date of somebody's counts in place of their weekday, as a holiday does in a calendar. A team without
//! a roster has all its members on duty. Absences and cover (`crate::cover`) are applied: whoever stands
//! in is on duty, if they belong to the team. Deliberately absent: a team's opening hours; somebody may
//! be on duty while it is closed.

use std::fmt;

use jiff::civil::{Date, DateTime, Weekday};

use crate::calendar::{DAY_CODES, Day};
use crate::cover::{Absence, Holder, resolve};
use crate::ids::PersonId;
use crate::time::Timestamp;

/// The day a shift is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    /// Each week.
    Weekday(Weekday),
    /// One date, in place of the weekday.
    Date(Date),
}

impl On {
    /// Reads `mon` to `sun`, or a date as `2026-11-23`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let mut all = DAY_CODES.iter().zip(Weekday::Monday.cycle_forward());
        let weekday = all.find(|(code, _)| **code == text);
        weekday.map(|(_, day)| Self::Weekday(day)).or_else(|| text.parse().ok().map(Self::Date))
    }
}

impl fmt::Display for On {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Weekday(day) => {
                let at = usize::try_from(day.to_monday_zero_offset()).unwrap_or(0);
                f.write_str(DAY_CODES.get(at).copied().unwrap_or_default())
            }
            Self::Date(date) => write!(f, "{date}"),
        }
    }
}

/// Somebody's hours of duty on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    /// Who.
    pub person: PersonId,
    /// When.
    pub on: On,
    /// From when until when, by the clock of the team's site; empty on a date means not on duty then.
    pub hours: Day,
}

/// Why a shift cannot be entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ShiftError {
    /// Each week at no hour.
    #[error("a weekday without hours")]
    Never,
    /// A date that is over.
    #[error("a date that is over")]
    Past,
    /// They have hours on that day already.
    #[error("hours on that day are there already")]
    Taken,
}

/// Whether a shift can be entered beside those there are; `today` is the date at the team's site.
pub fn check(new: &Shift, known: &[Shift], today: Date) -> Result<(), ShiftError> {
    match new.on {
        On::Weekday(_) if new.hours.is_closed() => return Err(ShiftError::Never),
        On::Date(date) if date < today => return Err(ShiftError::Past),
        On::Weekday(_) | On::Date(_) => {}
    }
    if known.iter().any(|shift| shift.person == new.person && shift.on == new.on) {
        return Err(ShiftError::Taken);
    }
    Ok(())
}

/// Who of `members` is on duty at an instant, of which `wall` is what the clock of the team's site shows:
/// whom the roster names, or all when it is empty; whoever stands in for those who are away. In the order
/// of `members`, each once; empty when nobody is.
pub fn on_duty(
    roster: &[Shift],
    at: Timestamp,
    wall: DateTime,
    members: &[PersonId],
    absences: &[Absence],
) -> Vec<PersonId> {
    let is_named = |person: &PersonId| {
        let own = || roster.iter().filter(|shift| shift.person == *person);
        let date = own().find(|shift| shift.on == On::Date(wall.date()));
        let weekday = || own().find(|shift| shift.on == On::Weekday(wall.date().weekday()));
        date.or_else(weekday).is_some_and(|shift| is_within(&shift.hours, wall))
    };
    let named = members.iter().filter(|person| roster.is_empty() || is_named(person));
    let there: Vec<PersonId> = named
        .filter_map(|person| match resolve(*person, at, absences).holder {
            Holder::Person(holder) => Some(holder),
            Holder::Team => None,
        })
        .collect();
    members.iter().filter(|person| there.contains(person)).copied().collect()
}

fn is_within(day: &Day, wall: DateTime) -> bool {
    let minute = i32::from(wall.hour()) * 60 + i32::from(wall.minute());
    let mut hours = day.hours().iter();
    hours.any(|hours| (i32::from(hours.from())..i32::from(hours.to())).contains(&minute))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cover::Cover;
    use crate::ids::Id as _;
    use proptest::prelude::*;

    fn person(n: u128) -> PersonId {
        PersonId::from_uuid(uuid::Uuid::from_u128(n))
    }

    fn shift(n: u128, on: &str, hours: &str) -> Shift {
        let on = On::parse(on).unwrap();
        Shift { person: person(n), on, hours: Day::parse(hours).unwrap() }
    }

    const AT: Timestamp = Timestamp::from_seconds(1_795_435_200);

    /// Monday the 23rd of November 2026.
    fn wall(hour: i8) -> DateTime {
        jiff::civil::date(2026, 11, 23).at(hour, 0, 0, 0)
    }

    fn duty(roster: &[Shift], hour: i8, absences: &[Absence]) -> Vec<u128> {
        let members = [person(1), person(2), person(3)];
        let found = on_duty(roster, AT, wall(hour), &members, absences);
        found.into_iter().map(|person| person.as_uuid().as_u128()).collect()
    }

    #[test]
    fn an_empty_roster_is_everybody_and_a_date_counts_in_place_of_the_weekday() {
        assert_eq!(duty(&[], 3, &[]), [1, 2, 3]);
        let roster = [shift(2, "mon", "08:00-12:00 13:00-17:00"), shift(1, "tue", "08:00-17:00")];
        assert_eq!(duty(&roster, 8, &[]), [2]);
        assert!(duty(&roster, 12, &[]).is_empty(), "nobody over noon");
        let swap = [
            shift(2, "mon", "08:00-17:00"),
            shift(2, "2026-11-23", ""),
            shift(3, "2026-11-23", "08:00-17:00"),
        ];
        assert_eq!(duty(&swap, 9, &[]), [3], "they changed that Monday");
        // Somebody who is no member any more is not on duty.
        assert!(duty(&[shift(9, "mon", "00:00-24:00")], 9, &[]).is_empty());
    }

    #[test]
    fn whoever_stands_in_is_on_duty() {
        let away = |n, cover| Absence {
            person: person(n),
            from: AT.plus_seconds(-60),
            until: AT.plus_seconds(60),
            cover,
        };
        let roster = [shift(2, "mon", "08:00-17:00"), shift(3, "mon", "08:00-17:00")];
        assert_eq!(duty(&roster, 9, &[away(2, Cover::Person(person(1)))]), [1, 3]);
        assert_eq!(duty(&roster, 9, &[away(2, Cover::Person(person(3)))]), [3], "once");
        assert_eq!(duty(&roster, 9, &[away(2, Cover::Team)]), [3]);
        assert_eq!(duty(&roster, 9, &[away(2, Cover::Person(person(9)))]), [3], "of another team");
        assert_eq!(duty(&[], 9, &[away(2, Cover::Team)]), [1, 3]);
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let today = wall(0).date();
        let known = [shift(1, "mon", "08:00-17:00")];
        assert_eq!(check(&shift(1, "tue", ""), &known, today), Err(ShiftError::Never));
        assert_eq!(
            check(&shift(1, "2026-11-22", "08:00-9:00"), &known, today),
            Err(ShiftError::Past)
        );
        assert_eq!(check(&shift(1, "mon", "18:00-19:00"), &known, today), Err(ShiftError::Taken));
        for good in [shift(2, "mon", "08:00-17:00"), shift(1, "2026-11-23", "")] {
            assert_eq!(check(&good, &known, today), Ok(()));
        }
        for on in ["mon", "sun", "2026-11-23"] {
            assert_eq!(On::parse(on).unwrap().to_string(), on);
        }
        for none in ["", "Monday", "2026-13-01", "x"] {
            assert_eq!(On::parse(none), None, "{none}");
        }
    }

    proptest! {
        #[test]
        fn only_members_are_on_duty_each_once(
            shifts in proptest::collection::vec((0_u128..5, 0_usize..7, 0_u16..24), 0..12),
            hour in 0_i8..24,
        ) {
            let roster: Vec<Shift> = shifts
                .iter()
                .map(|(n, day, from)| shift(*n, DAY_CODES[*day], &format!("{from:02}:00-24:00")))
                .collect();
            let found = duty(&roster, hour, &[]);
            let mut once = found.clone();
            once.dedup();
            prop_assert_eq!(&once, &found);
            prop_assert!(found.iter().all(|n| (1..=3).contains(n)));
            if roster.is_empty() {
                prop_assert_eq!(found.len(), 3);
            }
        }
    }
}
