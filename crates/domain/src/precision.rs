//! How the rules of the urgency check do: how often each was shown, how it was answered, and how often clinicians said
//! that it was right.
//!
//! Counts only, no patient, by rule and version of the rules. The share of answers "right" is shown with Wilson's
//! interval (E. B. Wilson, JASA 1927;22:209–212), which stays within 0 and 1 and holds for small numbers; below
//! [`FEW`] answers no share is given. Times are counted in steps, so that half and nine in ten are known to the step
//! above them. Deliberately absent: sensitivity, which nobody can count from what was recognised (`docs/precision.md`).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::flag::Rating;
use crate::time::Timestamp;

/// Below so many answers no share is given.
pub const FEW: u32 = 20;
/// Most lines of a summary; what comes later is counted in none.
pub const LINES_MAX: usize = 2_000;
/// The ends of the steps in which minutes are counted; what took longer is one step more.
pub const STEPS: [i64; 20] =
    [1, 2, 3, 5, 7, 10, 15, 20, 30, 45, 60, 90, 120, 240, 480, 720, 1_440, 2_880, 4_320, 10_080];
/// What stands for a rule where the writer said that one of the never-miss signs is there.
pub const SAID_YES: &str = "said_yes";

/// What is counted of one message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// The rules that fired in what was sent.
    pub rules: BTreeSet<String>,
    /// The rules whose card was shown of a wording that was changed before it was sent.
    pub earlier: BTreeSet<String>,
    /// The version of the rules.
    pub pack: String,
    /// Whether a card or the question was shown of what was sent.
    pub shown: bool,
    /// What was answered, as a code; empty when nothing was.
    pub answer: String,
    /// Whether a clinician took the flag back.
    pub taken_back: bool,
    /// Whether it was right.
    pub rating: Option<Rating>,
    /// Whole minutes until somebody of the team first opened it; `None` when nobody has.
    pub minutes: Option<i64>,
}

/// What is counted of one rule in one version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Messages in which it fired.
    pub fired: u32,
    /// Cards and questions that were shown of it, those of changed wordings among them.
    pub shown: u32,
    /// Of those, texts that were changed before they were sent.
    pub changed: u32,
    /// What was answered, by code.
    pub answers: BTreeMap<String, u32>,
    /// Flags that clinicians took back.
    pub taken_back: u32,
    /// Answers "right".
    pub right: u32,
    /// Answers "not right".
    pub not_right: u32,
    /// Answers "too late to say".
    pub too_late: u32,
    /// Messages that nobody has opened.
    pub unread: u32,
    /// How many were first opened within each step of [`STEPS`], the longer ones last.
    steps: Vec<u32>,
}

/// How long something took, to the step above.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Within {
    /// So many minutes at most.
    Minutes(i64),
    /// More than the longest step.
    More,
}

/// A share with its 95% interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// The share, 0 to 1.
    pub share: f64,
    /// Where the interval begins.
    pub low: f64,
    /// Where it ends.
    pub high: f64,
}

/// Wilson's interval at 95% of `yes` in `all`; `None` of nothing.
pub fn wilson(yes: u32, all: u32) -> Option<Share> {
    const Z: f64 = 1.959_963_984_540_054;
    if all == 0 {
        return None;
    }
    let n = f64::from(all);
    let share = f64::from(yes.min(all)) / n;
    let z2 = Z * Z;
    let middle = (share + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half =
        Z / (1.0 + z2 / n) * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).max(0.0).sqrt();
    Some(Share { share, low: (middle - half).max(0.0), high: (middle + half).min(1.0) })
}

impl Counts {
    fn add(&mut self, seen: &Seen) {
        bump(&mut self.fired);
        if seen.shown {
            bump(&mut self.shown);
            if !seen.answer.is_empty() {
                bump(self.answers.entry(seen.answer.clone()).or_default());
            }
        }
        if seen.taken_back {
            bump(&mut self.taken_back);
        }
        match seen.rating {
            Some(Rating::Right) => bump(&mut self.right),
            Some(Rating::NotRight) => bump(&mut self.not_right),
            Some(Rating::TooLate) => bump(&mut self.too_late),
            None => {}
        }
        match seen.minutes {
            Some(minutes) => {
                let step = STEPS.iter().filter(|end| **end < minutes).count();
                self.steps.resize(STEPS.len() + 1, 0);
                if let Some(count) = self.steps.get_mut(step) {
                    bump(count);
                }
            }
            None => bump(&mut self.unread),
        }
    }

    /// Answers "right" and "not right".
    pub const fn judged(&self) -> u32 {
        self.right.saturating_add(self.not_right)
    }

    /// The share of "right" with its interval; `None` below [`FEW`] answers.
    pub fn precision(&self) -> Option<Share> {
        if self.judged() < FEW { None } else { wilson(self.right, self.judged()) }
    }

    /// The step within which a part, in percent, of what was opened was first opened; `None` of nothing.
    pub fn read_within(&self, percent: u32) -> Option<Within> {
        let all: u64 = self.steps.iter().copied().map(u64::from).sum();
        let rank = (all * u64::from(percent)).div_ceil(100).max(1);
        let mut below = 0_u64;
        for (step, count) in self.steps.iter().enumerate() {
            below += u64::from(*count);
            if all > 0 && below >= rank {
                return Some(STEPS.get(step).map_or(Within::More, |end| Within::Minutes(*end)));
            }
        }
        None
    }
}

fn bump(count: &mut u32) {
    *count = count.saturating_add(1);
}

/// One rule in one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The rule's name.
    pub rule: String,
    /// The version of the rules.
    pub pack: String,
    /// What was counted.
    pub counts: Counts,
}

/// What is kept of a count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// The beginning of what was counted.
    pub since: Timestamp,
    /// Its end.
    pub until: Timestamp,
    /// Messages that were counted.
    pub messages: u32,
    /// Rules by version: those shown most first, the newest version of each first.
    pub lines: Vec<Line>,
}

/// A count in the making.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    messages: u32,
    counts: BTreeMap<(String, String), Counts>,
}

impl Tally {
    /// Counts one message.
    pub fn add(&mut self, seen: &Seen) {
        bump(&mut self.messages);
        for rule in &seen.rules {
            if let Some(counts) = self.line(rule, &seen.pack) {
                counts.add(seen);
            }
        }
        for rule in seen.earlier.difference(&seen.rules) {
            if let Some(counts) = self.line(rule, &seen.pack) {
                bump(&mut counts.shown);
                bump(&mut counts.changed);
            }
        }
    }

    fn line(&mut self, rule: &str, pack: &str) -> Option<&mut Counts> {
        let key = (rule.to_owned(), pack.to_owned());
        if !self.counts.contains_key(&key) && self.counts.len() >= LINES_MAX {
            return None;
        }
        Some(self.counts.entry(key).or_default())
    }

    /// What is kept of it.
    pub fn summary(self, since: Timestamp, until: Timestamp) -> Summary {
        let mut shown: BTreeMap<String, u32> = BTreeMap::new();
        for ((rule, _), counts) in &self.counts {
            let all = shown.entry(rule.clone()).or_default();
            *all = all.saturating_add(counts.shown.max(counts.fired));
        }
        let of = |rule: &str| shown.get(rule).copied().unwrap_or(0);
        let mut lines: Vec<Line> = self
            .counts
            .into_iter()
            .map(|((rule, pack), counts)| Line { rule, pack, counts })
            .collect();
        lines.sort_by(|a, b| {
            of(&b.rule)
                .cmp(&of(&a.rule))
                .then_with(|| a.rule.cmp(&b.rule))
                .then_with(|| b.pack.cmp(&a.pack))
        });
        Summary { since, until, messages: self.messages, lines }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(rules: &[&str], answer: &str, rating: Option<Rating>, minutes: Option<i64>) -> Seen {
        Seen {
            rules: rules.iter().map(|rule| (*rule).to_owned()).collect(),
            pack: "p1".to_owned(),
            shown: true,
            answer: answer.to_owned(),
            rating,
            minutes,
            ..Seen::default()
        }
    }

    #[test]
    fn wilsons_interval_is_the_published_one() {
        // The four cases of Newcombe, Statistics in Medicine 1998;17:857–872, Table I.
        let near = |share: Share, low: f64, high: f64| {
            assert!(
                (share.low - low).abs() < 5e-4 && (share.high - high).abs() < 5e-4,
                "{share:?}"
            );
        };
        near(wilson(81, 263).unwrap(), 0.255_3, 0.366_2);
        near(wilson(15, 148).unwrap(), 0.062_4, 0.160_5);
        near(wilson(0, 20).unwrap(), 0.0, 0.161_1);
        near(wilson(1, 29).unwrap(), 0.006_1, 0.171_8);
        assert_eq!(wilson(0, 0), None);
    }

    #[test]
    fn a_rule_is_counted_once_a_message_and_no_share_is_given_of_few() {
        let mut tally = Tally::default();
        for n in 0..25_i64 {
            let rating = if n < 15 { Some(Rating::Right) } else { Some(Rating::NotRight) };
            tally.add(&seen(&["a"], "send", rating.filter(|_| n < 20), Some(n)));
        }
        tally.add(&seen(&["a", "b"], "call", Some(Rating::TooLate), None));
        let earlier = ["a", "c"].map(str::to_owned).into();
        tally.add(&Seen { earlier, ..seen(&["a"], "", None, Some(100_000)) });
        let summary = tally.summary(Timestamp::EPOCH, Timestamp::EPOCH);
        assert_eq!(summary.messages, 27);
        let rules: Vec<&str> = summary.lines.iter().map(|line| line.rule.as_str()).collect();
        assert_eq!(rules, ["a", "b", "c"]);
        let a = &summary.lines[0].counts;
        assert_eq!((a.fired, a.shown, a.changed, a.unread), (27, 27, 0, 1));
        assert_eq!((a.answers["send"], a.answers["call"]), (25, 1));
        assert_eq!((a.right, a.not_right, a.too_late), (15, 5, 1));
        assert!((a.precision().unwrap().share - 0.75).abs() < 1e-9);
        assert_eq!(a.read_within(50), Some(Within::Minutes(15)));
        assert_eq!(a.read_within(90), Some(Within::Minutes(30)));
        assert_eq!(a.read_within(100), Some(Within::More));
        let c = &summary.lines[2].counts;
        assert_eq!((c.fired, c.shown, c.changed), (0, 1, 1));
        assert_eq!((c.precision(), c.read_within(50)), (None, None));
        let kept = serde_json::to_string(&summary).unwrap();
        assert_eq!(serde_json::from_str::<Summary>(&kept).unwrap(), summary);
    }
}
