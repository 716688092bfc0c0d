//! Whether groups of patients wait alike: counts and sums per group, typical times with their intervals, and
//! the comparison of two groups.
//!
//! Waiting times are long-tailed, so they are compared as natural logarithms of minutes: the back-transformed
//! mean is the geometric mean, and a difference of means is a ratio of geometric means (Bland and Altman,
//! BMJ 1996;312:1079 and 1153). Groups differ in size and spread, so their difference is Welch's (Biometrika
//! 1947;34:28) with the degrees of freedom of Welch and Satterthwaite (Biometrics Bulletin 1946;2:110). Both need
//! three numbers of each group and no patient: a count, a sum and a sum of squares.
//!
//! Small groups are not shown: counts from 1 to 10 are withheld, as the cell size suppression policy of the
//! Centers for Medicare & Medicaid Services asks, and of two groups at least, so that no subtraction finds one.
//! Deliberately absent: adjustment for age, illness or urgency (`docs/equity.md`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// The smallest group of which anything is shown.
pub const SHOWN_MIN: u32 = 11;
/// The smallest group that a difference is marked for.
pub const FLAG_MIN: u32 = 30;
/// Most named groups that are told apart in one cut; what comes later counts as other.
pub const GROUPS_MAX: usize = 24;
/// Longest name of a group, in characters.
const NAME_MAX: usize = 60;
/// Beginnings of the age bands in years; the last has no end.
pub const AGES: [u8; 5] = [0, 18, 45, 65, 80];

/// By what patients are grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Dimension {
    /// The language of the record.
    Language,
    /// Age when they asked.
    Age,
    /// Who pays, by the newest insurance in force.
    Payer,
    /// Race as the record words it.
    Race,
}

impl Dimension {
    /// Every cut, in the order of the page.
    pub const ALL: [Self; 4] = [Self::Language, Self::Age, Self::Payer, Self::Race];

    /// Its word in keys.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Language => "language",
            Self::Age => "age",
            Self::Payer => "payer",
            Self::Race => "race",
        }
    }
}

/// A group of one cut.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Group {
    /// An age band, as its place in [`AGES`].
    Age(u8),
    /// As the record words it.
    Named(String),
    /// More than one is recorded.
    Several,
    /// Beyond the groups that are told apart.
    Other,
    /// The record says nothing.
    NotRecorded,
}

/// What is known of a patient for the cuts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// A BCP 47 tag; empty when none is recorded.
    pub language: String,
    /// Whole years of age when they asked; `None` when the day of birth is not recorded.
    pub age: Option<i16>,
    /// Who pays; empty when no insurance is in force.
    pub payer: String,
    /// Race as the sender words it.
    pub race: Vec<String>,
}

impl Facts {
    /// The group of each cut.
    pub fn groups(&self) -> [(Dimension, Group); 4] {
        let language = self.language.split(['-', '_']).next().unwrap_or_default();
        let race = match self.race.as_slice() {
            [] => Group::NotRecorded,
            [one] => named(one),
            _ => Group::Several,
        };
        [
            (Dimension::Language, named(&language.to_lowercase())),
            (Dimension::Age, self.age.map_or(Group::NotRecorded, band)),
            (Dimension::Payer, named(&self.payer)),
            (Dimension::Race, race),
        ]
    }
}

fn named(words: &str) -> Group {
    let name: String = words.trim().chars().take(NAME_MAX).collect();
    if name.is_empty() { Group::NotRecorded } else { Group::Named(name) }
}

/// The band of an age in years; an age below zero is not recorded.
fn band(age: i16) -> Group {
    let below = AGES.iter().filter(|from| age >= i16::from(**from)).count();
    match u8::try_from(below) {
        Ok(0) | Err(_) => Group::NotRecorded,
        Ok(n) => Group::Age(n - 1),
    }
}

/// How many, and the sum and the sum of squares of the natural logarithms of their minutes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Sums {
    n: u32,
    sum: f64,
    squares: f64,
}

/// A typical time in minutes with its 95% interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Typical {
    /// The geometric mean.
    pub minutes: f64,
    /// Where the interval begins.
    pub low: f64,
    /// Where it ends.
    pub high: f64,
}

/// How many times as long one group waits as another, with its 95% interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ratio {
    /// The ratio of the geometric means.
    pub times: f64,
    /// Where the interval begins.
    pub low: f64,
    /// Where it ends.
    pub high: f64,
}

impl Sums {
    /// Adds one wait of so many seconds; less than a minute counts as a minute.
    pub fn add(&mut self, seconds: i64) {
        let seconds = u32::try_from(seconds.max(60)).unwrap_or(u32::MAX);
        let log = (f64::from(seconds) / 60.0).ln();
        self.n = self.n.saturating_add(1);
        self.sum += log;
        self.squares += log * log;
    }

    /// How many.
    pub const fn count(&self) -> u32 {
        self.n
    }

    fn mean(&self) -> f64 {
        self.sum / f64::from(self.n.max(1))
    }

    /// The square of the standard error of the mean, for two or more.
    fn error_squared(&self) -> f64 {
        let n = f64::from(self.n);
        let variance = (self.squares - self.sum * self.sum / n) / (n - 1.0);
        variance.max(0.0) / n
    }

    /// The typical time with its interval; `None` for fewer than two.
    pub fn typical(&self) -> Option<Typical> {
        if self.n < 2 {
            return None;
        }
        let half = t_975(f64::from(self.n) - 1.0) * self.error_squared().sqrt();
        let mean = self.mean();
        Some(Typical { minutes: mean.exp(), low: (mean - half).exp(), high: (mean + half).exp() })
    }

    /// How many times as long these wait as `others`; `None` for fewer than two of either, or when nobody's
    /// wait differs from anybody's of the same group.
    pub fn compared_with(&self, others: &Self) -> Option<Ratio> {
        if self.n < 2 || others.n < 2 {
            return None;
        }
        let (ours, theirs) = (self.error_squared(), others.error_squared());
        let error = ours + theirs;
        if error <= 0.0 {
            return None;
        }
        let freedom = error * error
            / (ours * ours / (f64::from(self.n) - 1.0)
                + theirs * theirs / (f64::from(others.n) - 1.0));
        let half = t_975(freedom) * error.sqrt();
        let difference = self.mean() - others.mean();
        Some(Ratio {
            times: difference.exp(),
            low: (difference - half).exp(),
            high: (difference + half).exp(),
        })
    }
}

impl Ratio {
    /// Whether the interval leaves out "as long as the others".
    pub fn excludes_one(&self) -> bool {
        self.low > 1.0 || self.high < 1.0
    }
}

/// The 97.5% point of Student's t with `freedom` (1 or more) degrees of freedom, by bisection of
/// `I(freedom/2, 1/2)` at `freedom / (freedom + t²)`, which is 0.05 there (DLMF 8.17).
fn t_975(freedom: f64) -> f64 {
    let freedom = freedom.max(1.0);
    let (mut low, mut high) = (1.9, 13.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        let at = freedom / (freedom + middle * middle);
        if incomplete_beta(freedom / 2.0, 0.5, at) > 0.05 {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// The regularized incomplete beta function, by its continued fraction (DLMF 8.17.22).
fn incomplete_beta(a: f64, b: f64, x: f64) -> f64 {
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - incomplete_beta(b, a, 1.0 - x);
    }
    let front = ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * (1.0 - x).ln();
    // Lentz's method; the fraction converges within some dozens of steps on this side of the bend.
    let tiny = 1e-300;
    let away = |value: f64| if value.abs() < tiny { tiny } else { value };
    let mut upper = 1.0;
    let mut lower = 1.0 / away(1.0 - (a + b) * x / (a + 1.0));
    let mut value = lower;
    for step in 1..400_u32 {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        for term in [even, odd] {
            lower = 1.0 / away(1.0 + term * lower);
            upper = away(1.0 + term / upper);
            value *= upper * lower;
        }
        if (upper * lower - 1.0).abs() < 1e-14 {
            break;
        }
    }
    front.exp() * value / a
}

/// The logarithm of the gamma function for a positive number: moved up by eight, then Stirling's series
/// (DLMF 5.11.1).
fn ln_gamma(z: f64) -> f64 {
    let moved: f64 = (0..8_u32).map(|n| (z + f64::from(n)).ln()).sum();
    let up = z + 8.0;
    let series = 1.0 / (12.0 * up) - 1.0 / (360.0 * up.powi(3)) + 1.0 / (1_260.0 * up.powi(5));
    (up - 0.5) * up.ln() - up + 0.5 * std::f64::consts::TAU.ln() + series - moved
}

/// The sums of one group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// By what it is grouped.
    pub dimension: Dimension,
    /// Which group.
    pub group: Group,
    /// Until somebody of the team first read it.
    pub read: Sums,
    /// Until it was answered.
    pub answered: Sums,
}

/// What a team's answers of a stretch of time come to: counts and sums, no patient.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// What was asked from then on.
    pub since: Timestamp,
    /// Until then.
    pub until: Timestamp,
    /// How many were answered.
    pub answers: u32,
    /// The groups in order; at most [`GROUPS_MAX`] named ones a cut.
    pub cells: Vec<Cell>,
}

/// Counts answers into groups, in bounded room.
#[derive(Debug, Default)]
pub struct Tally {
    answers: u32,
    cells: BTreeMap<(Dimension, Group), (Sums, Sums)>,
}

impl Tally {
    /// Counts one answer: seconds until it was read (`None` when that is not known) and until it was
    /// answered.
    pub fn add(&mut self, facts: &Facts, read: Option<i64>, answered: i64) {
        self.answers = self.answers.saturating_add(1);
        for (dimension, group) in facts.groups() {
            let group = self.room_for(dimension, group);
            let (reads, answers) = self.cells.entry((dimension, group)).or_default();
            if let Some(read) = read {
                reads.add(read);
            }
            answers.add(answered);
        }
    }

    fn room_for(&self, dimension: Dimension, group: Group) -> Group {
        let known = (dimension, group);
        if !matches!(known.1, Group::Named(_)) || self.cells.contains_key(&known) {
            return known.1;
        }
        let named = self
            .cells
            .keys()
            .filter(|(of, group)| *of == dimension && matches!(group, Group::Named(_)))
            .count();
        if named < GROUPS_MAX { known.1 } else { Group::Other }
    }

    /// What was counted of what was asked in `[since, until)`.
    pub fn summary(self, since: Timestamp, until: Timestamp) -> Summary {
        let cells = self.cells.into_iter().map(|((dimension, group), (read, answered))| Cell {
            dimension,
            group,
            read,
            answered,
        });
        Summary { since, until, answers: self.answers, cells: cells.collect() }
    }
}

/// A group as it may be shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Which group.
    pub group: Group,
    /// How many answers; `None` when that is withheld, and everything else with it.
    pub n: Option<u32>,
    /// Whether the others are compared with it.
    pub reference: bool,
    /// Until it was first read.
    pub read: Measure,
    /// Until it was answered.
    pub answered: Measure,
}

/// One measure of a group as it may be shown.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Measure {
    /// The typical time; `None` when it is withheld or not known.
    pub typical: Option<Typical>,
    /// Against the reference; `None` of the reference itself.
    pub ratio: Option<Ratio>,
    /// Both groups have 30 or more and the interval of the difference excludes none.
    pub differs: bool,
}

impl Summary {
    /// The groups of one cut, bands of age in their order, else the largest first. The largest group that
    /// says something of its patients is the one that others are compared with.
    pub fn rows(&self, dimension: Dimension) -> Vec<Row> {
        let mut cells: Vec<&Cell> =
            self.cells.iter().filter(|cell| cell.dimension == dimension).collect();
        cells.sort_by(|a, b| {
            let size = if dimension == Dimension::Age {
                std::cmp::Ordering::Equal
            } else {
                b.answered.count().cmp(&a.answered.count())
            };
            let last = |cell: &Cell| matches!(cell.group, Group::Other | Group::NotRecorded);
            last(a).cmp(&last(b)).then(size).then_with(|| a.group.cmp(&b.group))
        });
        let least = shown_from(&cells);
        let telling = |cell: &&&Cell| !matches!(cell.group, Group::Other | Group::NotRecorded);
        let reference = cells
            .iter()
            .filter(telling)
            .filter(|cell| cell.answered.count() >= least)
            .min_by_key(|cell| std::cmp::Reverse(cell.answered.count()))
            .copied();
        cells
            .into_iter()
            .map(|cell| {
                let shown = cell.answered.count() >= least;
                let other = reference.filter(|other| shown && other.group != cell.group);
                let measure = |sums: &Sums, others: Option<&Sums>| {
                    if shown { compared(sums, others) } else { Measure::default() }
                };
                Row {
                    group: cell.group.clone(),
                    n: shown.then(|| cell.answered.count()),
                    reference: reference.is_some_and(|other| other.group == cell.group),
                    read: measure(&cell.read, other.map(|other| &other.read)),
                    answered: measure(&cell.answered, other.map(|other| &other.answered)),
                }
            })
            .collect()
    }
}

/// The smallest count that is shown: at least [`SHOWN_MIN`], and more when a single group would be
/// withheld, whose count the sum of another cut would tell.
fn shown_from(cells: &[&Cell]) -> u32 {
    let counts = || cells.iter().map(|cell| cell.answered.count());
    match counts().filter(|n| *n < SHOWN_MIN).count() {
        1 => {
            let next = counts().filter(|n| *n >= SHOWN_MIN).min();
            next.map_or(SHOWN_MIN, |n| n.saturating_add(1))
        }
        _ => SHOWN_MIN,
    }
}

fn compared(sums: &Sums, others: Option<&Sums>) -> Measure {
    if sums.count() < SHOWN_MIN {
        return Measure::default();
    }
    let others = others.filter(|others| others.count() >= SHOWN_MIN);
    let ratio = others.and_then(|others| sums.compared_with(others));
    let enough =
        sums.count() >= FLAG_MIN && others.is_some_and(|others| others.count() >= FLAG_MIN);
    Measure {
        typical: sums.typical(),
        ratio,
        differs: enough && ratio.is_some_and(|ratio| ratio.excludes_one()),
    }
}

#[cfg(test)]
mod tests;
