//! Whether a team is at work at an instant, and until or from when: what a patient reads on a tile.

use super::Calendar;
use crate::time::Timestamp;

/// Hours without a gap longer than this are "always".
const ALWAYS_S: i64 = 7 * 86_400;

/// How a team stands at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// At work until then, without a gap.
    Until(Timestamp),
    /// At work for a week and more without a gap.
    Always,
    /// Closed, and at work again from then on.
    From(Timestamp),
    /// Closed for twenty years.
    Never,
}

impl Calendar {
    /// How the team stands at `at`. Hours that touch, at midnight for instance, are one stretch.
    pub fn opening(&self, at: Timestamp) -> Opening {
        let mut stretches = self.open_from(at);
        let Some(first) = stretches.next() else { return Opening::Never };
        if first.from > at {
            return Opening::From(first.from);
        }
        let mut until = first.until;
        for next in stretches {
            if until.seconds_since(at) >= ALWAYS_S {
                return Opening::Always;
            }
            if next.from > until {
                break;
            }
            until = next.until;
        }
        Opening::Until(until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::{Day, Week};

    fn at(text: &str) -> Timestamp {
        let moment: jiff::Timestamp = text.parse().unwrap();
        Timestamp::from_micros(moment.as_microsecond())
    }

    fn calendar(week: &str, dates: &[(&str, &str)]) -> Calendar {
        let dates =
            dates.iter().map(|(day, hours)| (day.parse().unwrap(), Day::parse(hours).unwrap()));
        Calendar::new("America/New_York", Week::parse(week).unwrap(), dates.collect::<Vec<_>>())
            .unwrap()
    }

    #[test]
    fn a_day_ends_and_another_begins() {
        let office =
            calendar("mon 08:00-12:00 13:00-17:00; tue 08:00-17:00", &[("2026-11-24", "")]);
        // Monday the 23rd, half past ten in New York.
        assert_eq!(
            office.opening(at("2026-11-23T15:30:00Z")),
            Opening::Until(at("2026-11-23T17:00:00Z"))
        );
        assert_eq!(
            office.opening(at("2026-11-23T17:10:00Z")),
            Opening::From(at("2026-11-23T18:00:00Z"))
        );
        // Tuesday is a holiday.
        assert_eq!(
            office.opening(at("2026-11-24T15:00:00Z")),
            Opening::From(at("2026-11-30T13:00:00Z"))
        );
    }

    #[test]
    fn nights_are_one_stretch_and_a_whole_week_is_always() {
        let night = calendar("fri 20:00-24:00; sat 00:00-06:00", &[]);
        assert_eq!(
            night.opening(at("2026-11-28T02:00:00Z")),
            Opening::Until(at("2026-11-28T11:00:00Z"))
        );
        let whole = "mon 00:00-24:00; tue 00:00-24:00; wed 00:00-24:00; thu 00:00-24:00; \
                     fri 00:00-24:00; sat 00:00-24:00; sun 00:00-24:00";
        assert_eq!(calendar(whole, &[]).opening(at("2026-11-28T02:00:00Z")), Opening::Always);
    }

    #[test]
    fn a_stretch_is_open_and_what_comes_before_it_is_not() {
        let office =
            calendar("mon 08:00-12:00; wed 22:00-24:00; thu 00:00-03:00; sun 01:00-02:30", &[]);
        let mut now = at("2026-10-30T00:00:00Z");
        for _ in 0..1_000 {
            match office.opening(now) {
                Opening::Until(until) => {
                    assert!(office.is_open(now) && office.is_open(until.plus_seconds(-60)));
                    assert!(!office.is_open(until));
                }
                Opening::From(from) => {
                    assert!(!office.is_open(now) && office.is_open(from));
                    assert!(!office.is_open(from.plus_seconds(-60)));
                }
                other => panic!("{other:?}"),
            }
            now = now.plus_seconds(1_620);
        }
    }
}
