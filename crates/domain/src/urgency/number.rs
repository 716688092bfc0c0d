//! Numbers with what they measure: pressure, sugar, temperature, oxygen, weight gained, INR, potassium, pulse,
//! and ages.
//!
//! A number is taken for a quantity by its unit or by the nearest word that names one (classes `q_…` and
//! `u_…` of the pack), and only within the range in which a person can live to write about it. Everything
//! is turned into one unit: mmHg, mg/dL, degrees Fahrenheit, percent, pounds, mmol/L (potassium), beats a
//! minute, years.

use super::concept::{Mention, Mentions};
use super::pack::RulePack;
use super::text::{Gap, Token};

/// What a number measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Quantity {
    Systolic,
    Diastolic,
    Glucose,
    Temperature,
    Oxygen,
    GainDay,
    GainWeek,
    Inr,
    Potassium,
    Pulse,
    PeakFlow,
}

impl Quantity {
    /// By its short name in the pack.
    pub(super) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "sbp" => Self::Systolic,
            "dbp" => Self::Diastolic,
            "glucose" => Self::Glucose,
            "temp" => Self::Temperature,
            "spo2" => Self::Oxygen,
            "gain_day" => Self::GainDay,
            "gain_week" => Self::GainWeek,
            "inr" => Self::Inr,
            "potassium" => Self::Potassium,
            "pulse" => Self::Pulse,
            "peak_flow" => Self::PeakFlow,
            _ => return None,
        })
    }

    /// Whether a value is one that a person can have.
    fn plausible(self, value: f64) -> bool {
        let (least, most) = match self {
            Self::Systolic => (50.0, 290.0),
            Self::Diastolic => (25.0, 190.0),
            Self::Glucose => (15.0, 1_200.0),
            Self::Temperature => (85.0, 110.0),
            Self::Oxygen => (50.0, 100.0),
            Self::GainDay | Self::GainWeek => (0.5, 60.0),
            Self::Inr => (0.5, 15.0),
            Self::Potassium => (1.5, 9.5),
            Self::Pulse => (20.0, 260.0),
            Self::PeakFlow => (5.0, 100.0),
        };
        (least..=most).contains(&value)
    }
}

/// How a number is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    /// Below.
    Less,
    /// At most.
    AtMost,
    /// Above.
    More,
    /// At least.
    AtLeast,
}

impl Comparison {
    /// Whether a value is in this relation to a limit.
    pub(super) fn holds(self, value: f64, limit: f64) -> bool {
        match self {
            Self::Less => value < limit,
            Self::AtMost => value <= limit,
            Self::More => value > limit,
            Self::AtLeast => value >= limit,
        }
    }
}

/// Reads `sbp>180`: name, relation and value.
pub(super) fn comparison(word: &str) -> Option<(&str, Comparison, f64)> {
    let signs = [
        (">=", Comparison::AtLeast),
        ("<=", Comparison::AtMost),
        (">", Comparison::More),
        ("<", Comparison::Less),
    ];
    let (sign, comparison) = signs.into_iter().find(|(sign, _)| word.contains(sign))?;
    let (name, value) = word.split_once(sign)?;
    Some((name, comparison, value.parse().ok()?))
}

/// A number of a message with what it measures.
#[derive(Debug, Clone, Copy)]
pub(super) struct Measured {
    pub quantity: Quantity,
    pub value: f64,
    pub start: usize,
    pub end: usize,
}

/// What the numbers of a message say.
#[derive(Debug, Clone, Default)]
pub(super) struct Numbers {
    pub measured: Vec<Measured>,
    /// Ages in years, with their place.
    pub ages: Vec<(f64, usize)>,
}

/// Words between a number and the word that names what it measures.
const NAMED_WORDS: usize = 7;

/// Degrees Fahrenheit that are a fever and are told without a word for it.
const FEVERS: std::ops::RangeInclusive<f64> = 100.4..=106.9;

struct Finder<'m> {
    pack: &'m RulePack,
    tokens: &'m [Token],
    mentions: &'m Mentions,
    found: Numbers,
}

/// Finds the quantities and ages of a message.
pub(super) fn find(pack: &RulePack, tokens: &[Token], mentions: &Mentions) -> Numbers {
    let mut finder = Finder { pack, tokens, mentions, found: Numbers::default() };
    let mut at = 0_usize;
    while at < tokens.len() {
        at = finder.number(at).max(at + 1);
    }
    finder.found
}

impl Finder<'_> {
    /// Reads what begins with a token; the first token behind it.
    fn number(&mut self, at: usize) -> usize {
        let Some(value) = self.tokens.get(at).and_then(|t| t.number) else { return at };
        if let Some(years) = self.age(at, value) {
            self.found.ages.push((years, at));
            return at + 1;
        }
        if let Some(end) = self.pressure(at, value) {
            return end;
        }
        let dated =
            self.tokens.get(at + 1).is_some_and(|t| t.gap == Gap::Slash && t.number.is_some());
        if dated {
            return at + 2;
        }
        if self.gain(at, value) {
            return at + 1;
        }
        if let Some((quantity, value)) = self.named(at, value) {
            let measured = Measured { quantity, value, start: at, end: at + 1 };
            self.found.measured.push(measured);
        }
        at + 1
    }

    /// Whether a class begins with a token.
    fn is(&self, class: &str, at: usize) -> bool {
        let id = self.pack.class(class);
        id.is_some_and(|id| self.mentions.at(at).iter().any(|m| m.class == id))
    }

    /// Whether a class begins behind a number, in its sentence: "85" and a line that begins with "c" are no degrees.
    fn unit(&self, class: &str, at: usize) -> bool {
        let sentence = |i: usize| self.tokens.get(i).map(|t| t.sentence);
        sentence(at) == sentence(at + 1) && self.is(class, at + 1)
    }

    fn age(&self, at: usize, value: f64) -> Option<f64> {
        let units = [
            ("u_years_old", 1.0),
            ("u_months_old", 1.0 / 12.0),
            ("u_weeks_old", 7.0 / 365.0),
            ("u_days_old", 1.0 / 365.0),
        ];
        let (_, years) = units.into_iter().find(|(class, _)| self.unit(class, at))?;
        (0.0..=115.0).contains(&(value * years)).then_some(value * years)
    }

    /// Two numbers as a blood pressure: 180/110, 180 over 110.
    fn pressure(&mut self, at: usize, upper: f64) -> Option<usize> {
        let next = self.tokens.get(at + 1)?;
        let second = match (next.number, next.gap) {
            (Some(_), Gap::Slash) => at + 1,
            (None, _) if self.is("u_over", at + 1) => at + 2,
            _ => return None,
        };
        let lower = self.tokens.get(second)?.number?;
        let dated =
            self.tokens.get(second + 1).is_some_and(|t| t.gap == Gap::Slash && t.number.is_some());
        if dated || upper <= lower || upper < 70.0 {
            return None;
        }
        let end = second + 1;
        for (quantity, value) in [(Quantity::Systolic, upper), (Quantity::Diastolic, lower)] {
            if quantity.plausible(value) {
                self.found.measured.push(Measured { quantity, value, start: at, end });
            }
        }
        Some(end)
    }

    /// A weight that was gained, within a day or a week.
    fn gain(&mut self, at: usize, value: f64) -> bool {
        let pounds = if self.unit("u_lb", at) {
            value
        } else if self.unit("u_kg", at) {
            value * 2.204_62
        } else {
            return false;
        };
        let sentence = self.tokens.get(at).map_or(0, |t| t.sentence);
        let near = |class: &str, words: usize| {
            let list = self.pack.class(class).map_or(&[][..], |id| self.mentions.of(id));
            list.iter().any(|m| {
                let there = self.tokens.get(m.start).map_or(0, |t| t.sentence);
                m.start.abs_diff(at) <= words && there.abs_diff(sentence) <= 1
            })
        };
        if !near("q_gain", 8) {
            return false;
        }
        let quantity = if near("per_day", 12) {
            Quantity::GainDay
        } else if near("per_week", 12) {
            Quantity::GainWeek
        } else {
            return false;
        };
        if quantity.plausible(pounds) {
            self.found.measured.push(Measured { quantity, value: pounds, start: at, end: at + 2 });
        }
        true
    }

    /// A number by its unit, or by the nearest word that names a quantity.
    fn named(&self, at: usize, value: f64) -> Option<(Quantity, f64)> {
        if self.unit("u_other", at) {
            return None;
        }
        // A weight as such says nothing, but is nothing else: "pulse 68, wt 182.4".
        let names = [
            ("q_weight", None),
            ("q_glucose", Some(Quantity::Glucose)),
            ("q_temp", Some(Quantity::Temperature)),
            ("q_spo2", Some(Quantity::Oxygen)),
            ("q_inr", Some(Quantity::Inr)),
            ("q_potassium", Some(Quantity::Potassium)),
            ("q_pulse", Some(Quantity::Pulse)),
            ("q_bp", Some(Quantity::Systolic)),
            ("q_peak_flow", Some(Quantity::PeakFlow)),
        ];
        let nearest = names
            .into_iter()
            .filter_map(|(class, quantity)| Some((self.words_to(class, at)?, quantity)))
            .min();
        let by_unit = if self.unit("u_mgdl", at) {
            Some(Quantity::Glucose)
        } else if self.unit("u_degree_f", at) || self.unit("u_degree_c", at) {
            Some(Quantity::Temperature)
        } else {
            None
        };
        let bare = || nearest.is_none().then(|| self.bare_fever(at, value)).flatten();
        let quantity =
            by_unit.or_else(|| nearest.and_then(|(_, quantity)| quantity)).or_else(bare)?;
        let value = match quantity {
            Quantity::Temperature if value <= 45.0 => value.mul_add(1.8, 32.0),
            Quantity::Glucose if self.unit("u_mmol", at) || value.fract() > 0.0 && value < 40.0 => {
                value * 18.0
            }
            _ => value,
        };
        quantity.plausible(value).then_some((quantity, value))
    }

    /// "101.8 tonight with chills": a number that is written as nobody writes anything but a fever.
    fn bare_fever(&self, at: usize, value: f64) -> Option<Quantity> {
        let form = self.tokens.get(at).map_or("", |t| t.form.as_str());
        let tenths = form.split_once('.').is_some_and(|(_, digits)| digits.len() == 1);
        let fever = tenths && FEVERS.contains(&value);
        fever.then_some(Quantity::Temperature)
    }

    /// Words between a number and the nearest mention of a class in its sentence, those before it first.
    fn words_to(&self, class: &str, at: usize) -> Option<usize> {
        let sentence = |i: usize| self.tokens.get(i).map_or(0, |t| t.sentence);
        let list = self.mentions.of(self.pack.class(class)?);
        let far = |m: &Mention| {
            if m.end <= at { (at - m.end) * 2 } else { m.start.saturating_sub(at) * 3 }
        };
        // "I am 70, bp pills": behind a comma another thing is told.
        let parted = |m: &Mention| {
            let between = self.tokens.get(at + 1..=m.start).unwrap_or_default();
            between.iter().any(|token| token.gap == Gap::Comma)
        };
        list.iter()
            .filter(|m| {
                sentence(m.start) == sentence(at) && m.start.abs_diff(at) <= NAMED_WORDS + 3
            })
            .filter(|m| !parted(m))
            .map(far)
            .filter(|words| *words <= NAMED_WORDS * 2)
            .min()
    }
}
