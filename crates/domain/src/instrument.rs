//! Questions about suicide of published instruments, as an imported record answers them: which answer is somebody's work,
//! at which level, and when it is history.
//!
//! Item 9 of the PHQ-9 (LOINC 44260-8; answer list LL358-3: 0 not at all, 1 several days, 2 more than half the days,
//! 3 nearly every day) asks for a clinician above zero, whatever the sum of the nine says (Kroenke, Spitzer, Williams
//! 2001). Of the Columbia scale's screener (C-SSRS, answers yes and no) a yes about the past month, or about behavior of
//! the past three months, asks for one at once; behavior that is older asks for one today: the scale's own triage calls
//! the recent answers the most worrisome. Deliberately absent: what a record looks like (`app::fhir`), a level of risk of a
//! patient, and any lowering: an answer of zero or no takes nothing back.

use crate::time::Timestamp;
use crate::urgency::Level;

/// Seconds for which an answer is somebody's work: thirty days. The questions are about the last weeks, and an import
/// may come some time after the visit; what is older was seen by whoever asked it.
pub const RECENT_S: i64 = 30 * 86_400;

/// Seconds within which what is less urgent belongs to the same asking.
const SAME_S: i64 = 86_400;

/// The highest answer of the PHQ-9's scale.
pub const HIGHEST: u8 = 3;

/// A published set of questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instrument {
    /// Patient Health Questionnaire, nine items.
    Phq9,
    /// Columbia Suicide Severity Rating Scale, screener with the past month.
    Columbia,
}

impl Instrument {
    /// Its name, the same in every language.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Phq9 => "PHQ-9",
            Self::Columbia => "C-SSRS",
        }
    }
}

/// A question whose answer may be somebody's work; of one instrument, what is worse comes later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Item {
    /// PHQ-9, item 9.
    PhqNine,
    /// Screener, 6: preparatory acts or suicidal behavior, at any time in life.
    EverActed,
    /// Screener, 1: wish to be dead.
    Wish,
    /// Screener, 2: non-specific active suicidal thoughts.
    Thoughts,
    /// Screener, 3: with any methods, without intent to act.
    Method,
    /// Screener, 4: with some intent to act, without a plan.
    Intent,
    /// Screener, 5: with a plan and intent.
    Plan,
    /// Screener, 6: preparatory acts or suicidal behavior within three months.
    Acted,
}

impl Item {
    /// Every question.
    pub const ALL: [Self; 8] = [
        Self::PhqNine,
        Self::EverActed,
        Self::Wish,
        Self::Thoughts,
        Self::Method,
        Self::Intent,
        Self::Plan,
        Self::Acted,
    ];

    /// Its code in LOINC.
    pub const fn loinc(self) -> &'static str {
        match self {
            Self::PhqNine => "44260-8",
            Self::EverActed => "93267-3",
            Self::Wish => "93246-7",
            Self::Thoughts => "93247-5",
            Self::Method => "93248-3",
            Self::Intent => "93249-1",
            Self::Plan => "93250-9",
            Self::Acted => "93269-9",
        }
    }

    /// The question of a code of LOINC.
    pub fn from_loinc(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|item| item.loinc() == code)
    }

    /// The number that it has in its instrument.
    pub const fn number(self) -> u8 {
        match self {
            Self::PhqNine => 9,
            Self::Wish => 1,
            Self::Thoughts => 2,
            Self::Method => 3,
            Self::Intent => 4,
            Self::Plan => 5,
            Self::EverActed | Self::Acted => 6,
        }
    }

    /// The instrument.
    pub const fn instrument(self) -> Instrument {
        match self {
            Self::PhqNine => Instrument::Phq9,
            Self::EverActed
            | Self::Wish
            | Self::Thoughts
            | Self::Method
            | Self::Intent
            | Self::Plan
            | Self::Acted => Instrument::Columbia,
        }
    }

    /// How urgent an answer is that says so.
    pub const fn level(self) -> Level {
        match self {
            Self::EverActed => Level::Sameday,
            Self::PhqNine
            | Self::Wish
            | Self::Thoughts
            | Self::Method
            | Self::Intent
            | Self::Plan
            | Self::Acted => Level::Crisis,
        }
    }
}

/// One answer that may be somebody's work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Above {
    /// To which question.
    pub item: Item,
    /// Of the PHQ-9 1 to 3, and 0 for a number above zero that is none of the scale's; of the screener 1 for yes, and 0
    /// for what is neither yes nor no.
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

    /// Whether it says more than an answer that became work before: it is of another instrument or more urgent, or it was
    /// given later, or at the same time and is worse; one that is less urgent only a day later. The same questionnaire
    /// often comes twice, as an observation and as a form, and a screener as an observation for each of its questions.
    pub fn is_news_after(&self, known: &Self) -> bool {
        let (level, before) = (self.item.level(), known.item.level());
        if self.item.instrument() != known.item.instrument() || level > before {
            return true;
        }
        if level < before {
            return self.from > known.until.plus_seconds(SAME_S);
        }
        let worse = self.weight() > known.weight();
        self.from > known.until || (self.until >= known.from && worse)
    }

    /// How bad it is among answers of its instrument.
    pub const fn weight(&self) -> (Item, u8) {
        weight(self.item, self.answer)
    }
}

/// How bad an answer is among those of its instrument: what the scale does not have is above all of it.
pub const fn weight(item: Item, answer: u8) -> (Item, u8) {
    (item, if answer == 0 { u8::MAX } else { answer })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;
    const NOW: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);

    fn at(days: i64, answer: u8) -> Above {
        let at = NOW.plus_seconds(days * DAY);
        Above { item: Item::PhqNine, answer, from: at, until: at }
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
        assert!(!day.is_news_after(&Above { from: day.until, until: day.until, ..day }));
    }

    #[test]
    fn a_screener_is_one_piece_of_work_unless_it_says_worse_and_never_hides_a_more_urgent_answer() {
        let of = |item, days| Above { item, ..at(days, 1) };
        let known = of(Item::Intent, -2);
        for less in [Item::EverActed, Item::Wish, Item::Method, Item::Intent] {
            assert!(!of(less, -2).is_news_after(&known), "{less:?}");
            assert!(!of(less, -3).is_news_after(&known), "{less:?}");
            assert!(of(less, 0).is_news_after(&known), "{less:?} again, later");
        }
        assert!(of(Item::Wish, -1).is_news_after(&known));
        assert!(!of(Item::EverActed, -1).is_news_after(&known), "less urgent, of the same asking");
        for worse in [Item::Plan, Item::Acted] {
            assert!(of(worse, -2).is_news_after(&known), "{worse:?}");
            assert!(!of(worse, -3).is_news_after(&known), "{worse:?}");
        }
        // What is long ago came last: what is recent and was said before it is work all the same.
        let ever = of(Item::EverActed, -1);
        for item in Item::ALL {
            let urgent = item.level() > ever.item.level();
            assert_eq!(of(item, -5).is_news_after(&ever), urgent, "{item:?}");
        }
        // Another instrument asked something else.
        assert!(of(Item::PhqNine, -9).is_news_after(&known));
        assert!(of(Item::Wish, -9).is_news_after(&at(-2, 3)));
    }

    #[test]
    fn every_question_has_a_code_of_its_own() {
        for item in Item::ALL {
            assert_eq!(Item::from_loinc(item.loinc()), Some(item));
        }
        assert_eq!(Item::from_loinc("93374-7"), None, "a level of risk is no answer");
    }
}
