//! Learning from what was said: how far the lines must be moved so that they keep their share.
//!
//! Each line that was shown to a patient is checked against what happened. Too many answers behind the line
//! stretch the next lines, too few shorten them: adaptive conformal inference (Gibbs and Candès, NeurIPS
//! 2021) in the form of a tracked quantile (Angelopoulos, Candès and Tibshirani, NeurIPS 2023), which keeps
//! its share in the long run whatever the team does.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// Millionths of a doubling.
const DOUBLING: i64 = 1_000_000;

/// A line is never shortened below a quarter and never stretched beyond four times.
const SHORTEST: i64 = -2 * DOUBLING;
const LONGEST: i64 = 2 * DOUBLING;

/// How far a whole day of misses moves the half line, the other line for all weekdays, and for its own.
/// Large steps for the weekday: what was asked on one day is answered or late together, so a weekday has
/// few independent lessons, and only a tracker that answers to each keeps its share over a quarter.
const HALF_PER_DAY: i64 = 300_000;
const TEAM_PER_DAY: i64 = 100_000;
const WEEKDAY_PER_DAY: i64 = 1_000_000;

/// A day counts as at least so many messages, so that one of them never moves a line by leaps.
const MESSAGES_MIN: i64 = 3;

/// How far the lines are stretched, as powers of two in millionths.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tune {
    half: i64,
    most: i64,
    /// By the weekday on which it was asked, Monday first, on top of `most`.
    weekdays: [i64; 7],
}

/// What became of one line that was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Line {
    /// `half_by`.
    Half,
    /// `most_by`.
    Most,
}

/// A lesson: a line that was said and what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Lesson {
    /// When it became known.
    pub known_at: Timestamp,
    /// Which line.
    pub line: Line,
    /// The weekday it was asked on, 0 is Monday.
    pub weekday: usize,
    /// Whether the answer came after the line.
    pub missed: bool,
}

/// How many messages a day has: on average, and by weekday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PerDay {
    pub all: i64,
    pub weekdays: [i64; 7],
}

impl Tune {
    /// Takes a lesson and the usual number of messages, which sets how much one of them counts.
    pub(super) fn learn(&mut self, lesson: Lesson, per_day: PerDay) {
        let Lesson { line, weekday, missed, .. } = lesson;
        let step = |day: i64, allowed_tenths: i64, messages: i64| {
            let part = if missed { 10 - allowed_tenths } else { -allowed_tenths };
            day.saturating_mul(part) / messages.max(MESSAGES_MIN).saturating_mul(10)
        };
        let moved = |at: &mut i64, by: i64| {
            *at = at.saturating_add(by).clamp(SHORTEST, LONGEST);
        };
        match line {
            Line::Half => moved(&mut self.half, step(HALF_PER_DAY, 5, per_day.all)),
            Line::Most => {
                moved(&mut self.most, step(TEAM_PER_DAY, 1, per_day.all));
                let messages = per_day.weekdays.get(weekday).copied().unwrap_or(0);
                if let Some(day) = self.weekdays.get_mut(weekday) {
                    moved(day, step(WEEKDAY_PER_DAY, 1, messages));
                }
            }
        }
    }

    /// How far a line is stretched for messages asked on a weekday.
    pub(super) fn of(&self, line: Line, weekday: usize) -> i64 {
        let by = match line {
            Line::Half => self.half,
            Line::Most => {
                let day = self.weekdays.get(weekday).copied().unwrap_or(0);
                self.most.saturating_add(day)
            }
        };
        by.clamp(SHORTEST, LONGEST)
    }
}

/// `seconds` times two to the power of `by` millionths; between whole powers along a straight line.
pub(super) fn stretched(seconds: i64, by: i64) -> i64 {
    let whole = u32::try_from(by.div_euclid(DOUBLING).saturating_add(8)).unwrap_or(0);
    let part = DOUBLING.saturating_add(by.rem_euclid(DOUBLING));
    seconds.saturating_mul(part).saturating_mul(1_i64 << whole.min(16)) / DOUBLING / 256
}
