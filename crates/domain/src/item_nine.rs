//! Item 9 of the PHQ-9 ("thoughts that you would be better off dead, or of hurting yourself", LOINC 44260-8) as an
//! imported record answers it: when an answer is somebody's work, and when it is history.
//!
//! An answer above zero (LOINC answer list LL358-3: 0 not at all, 1 several days, 2 more than half the days, 3 nearly
//! every day) asks for a clinician, whatever the sum of the nine says (Kroenke, Spitzer, Williams 2001). Deliberately
//! absent: what a record looks like (`app::fhir`), and any lowering: an answer of zero takes nothing back.

use crate::time::Timestamp;

/// Seconds for which an answer is somebody's work: thirty days. The item asks about the last two weeks, and an import
/// may come some time after the visit; what is older was seen by whoever asked it.
pub const RECENT_S: i64 = 30 * 86_400;

/// The highest answer of the scale.
pub const HIGHEST: u8 = 3;

/// One answer above zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Above {
    /// 1 to 3; 0 for a number above zero that is none of the scale's.
    pub answer: u8,
    /// The earliest moment it may have been given at.
    pub from: Timestamp,
    /// The latest: a day without a time of day ends a day later.
    pub until: Timestamp,
}

impl Above {
    /// Whether it is recent enough to be somebody's work. One that says a moment to come is taken for recent: a wrong
    /// clock must not silence it.
    pub fn is_recent(&self, now: Timestamp) -> bool {
        self.until >= now.plus_seconds(-RECENT_S)
    }

    /// Whether it says more than an answer that became work before: it was given later, or at the same time and higher.
    /// The same questionnaire often comes twice, as an observation and as a form.
    pub fn is_news_after(&self, known: &Self) -> bool {
        let higher = self.answer > known.answer || (self.answer == 0 && known.answer != 0);
        self.from > known.until || (self.until >= known.from && higher)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;
    const NOW: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);

    fn at(days: i64, answer: u8) -> Above {
        let at = NOW.plus_seconds(days * DAY);
        Above { answer, from: at, until: at }
    }

    #[test]
    fn thirty_days_are_recent_and_so_is_a_moment_to_come() {
        for (days, recent) in [(0, true), (-29, true), (-30, true), (-31, false), (400, true)] {
            assert_eq!(at(days, 1).is_recent(NOW), recent, "{days}");
        }
        let whole_day = Above { until: NOW.plus_seconds(-30 * DAY), ..at(-31, 1) };
        assert!(whole_day.is_recent(NOW), "the day may have ended within the thirty");
    }

    #[test]
    fn what_is_later_or_higher_is_news_and_the_same_again_is_not() {
        let known = at(-2, 2);
        assert!(at(-1, 1).is_news_after(&known), "later and lower is still above zero");
        assert!(at(-2, 3).is_news_after(&known));
        assert!(at(-2, 0).is_news_after(&known), "a number beyond the scale");
        for old in [at(-2, 2), at(-2, 1), at(-3, 3)] {
            assert!(!old.is_news_after(&known), "{old:?}");
        }
        let day = Above { until: NOW.plus_seconds(-DAY), ..at(-2, 2) };
        let same_day = Above { answer: 2, ..at(-2, 2) };
        assert!(!same_day.is_news_after(&day), "the day says it already");
        assert!(!day.is_news_after(&Above { from: day.until, until: day.until, answer: 2 }));
    }
}
