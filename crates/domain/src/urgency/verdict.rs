//! From mentions and numbers to the rules that fire, and to the level.

use super::assertion::Reading;
use super::concept::{ClassId, Mention, Mentions};
use super::number::{Measured, Numbers};
use super::pack::{Near, Operand, RulePack, Term, When};
use super::{Hit, Level, PatientFacts, Statuses};

/// Words that a sentence's end counts for in "near".
const SENTENCE_END_WORDS: usize = 2;

/// A message read to the end, and the chart beside it.
pub(super) struct Case<'c> {
    pub pack: &'c RulePack,
    pub facts: &'c PatientFacts,
    pub context: &'c [ClassId],
    pub mentions: &'c Mentions,
    pub numbers: &'c Numbers,
    pub reading: &'c Reading<'c>,
}

/// A span of tokens that something was found in.
type Span = (usize, usize);

/// That something is so, and where the text says it.
#[derive(Clone, Copy)]
enum Found {
    /// In these words.
    Here(Span),
    /// In the chart, or nowhere in particular.
    Somewhere,
}

impl Case<'_> {
    /// Every rule that fires, with the tokens that made it: highest level first, then in the pack's order.
    pub(super) fn fired(&self) -> Vec<(usize, Span)> {
        let fires = |(place, rule): (usize, &super::Rule)| {
            let span = rule.whens.iter().find_map(|when| self.when(when))?;
            Some((place, span))
        };
        let mut fired: Vec<_> = self.pack.rules.iter().enumerate().filter_map(fires).collect();
        let level = |place: usize| self.pack.rules.get(place).map(|rule| rule.level);
        fired.sort_by(|(a, _), (b, _)| level(*b).cmp(&level(*a)).then(a.cmp(b)));
        fired
    }

    /// An affirmed symptom, for the question that is asked when no rule fired.
    pub(super) fn symptom(&self) -> Option<Span> {
        let symptom = |m: &Mention| self.pack.classes.get(m.class).is_some_and(|c| c.symptom);
        let affirmed = |m: &Mention| self.reading.status(m).is_empty();
        self.mentions.all().find(|m| symptom(m) && affirmed(m)).map(|m| (m.start, m.end))
    }

    fn when(&self, when: &When) -> Option<Span> {
        let mut span: Option<Span> = None;
        for term in when.terms.iter().filter(|term| !term.absent) {
            // The first thing that has a place in the text is what is shown.
            if let Found::Here(place) = self.term(term, when.even)? {
                span = span.or(Some(place));
            }
        }
        let span = span.unwrap_or((0, 0));
        // What another paragraph says is another matter and takes nothing away.
        let contradicts = |found: Found| match found {
            Found::Here((start, _)) => {
                self.reading.paragraph(start) == self.reading.paragraph(span.0)
            }
            Found::Somewhere => true,
        };
        let mut absent = when.terms.iter().filter(|term| term.absent);
        let contradicted = absent.any(|term| self.term(term, when.even).is_some_and(contradicts));
        (!contradicted).then_some(span)
    }

    /// Whether a term holds, and where.
    fn term(&self, term: &Term, even: Statuses) -> Option<Found> {
        match &term.first {
            Operand::Context(class) => return self.in_context(*class).then_some(Found::Somewhere),
            Operand::Age(comparison, years) => {
                let in_text =
                    self.numbers.ages.iter().any(|(age, _)| comparison.holds(*age, *years));
                let in_chart =
                    self.facts.age_years.is_some_and(|age| comparison.holds(age, *years));
                return (in_text || in_chart).then_some(Found::Somewhere);
            }
            Operand::Classes(_) | Operand::Number(..) => {}
        }
        let mut firsts = self.places(&term.first, even);
        firsts.find_map(|first| self.chain(first, &term.rest, even)).map(Found::Here)
    }

    /// Follows "near" from a place to the end of the chain.
    fn chain(&self, from: Span, rest: &[(Near, Operand)], even: Statuses) -> Option<Span> {
        let Some(((near, operand), rest)) = rest.split_first() else { return Some(from) };
        let places = self.places(operand, even);
        places.filter(|to| self.is_near(from, *to, *near)).find_map(|to| {
            let joined = (from.0.min(to.0), from.1.max(to.1));
            self.chain(joined, rest, even)
        })
    }

    fn is_near(&self, from: Span, to: Span, near: Near) -> bool {
        let overlap = from.0 < to.1 && to.0 < from.1;
        if overlap {
            return !near.ordered || to.0 >= from.0;
        }
        let (first, second) = if from.0 < to.0 { (from, to) } else { (to, from) };
        if near.ordered && first != from {
            return false;
        }
        let ends = self.reading.sentence(second.0).saturating_sub(self.reading.sentence(first.0));
        let clauses = self.reading.clause(second.0).saturating_sub(self.reading.clause(first.0));
        let words = second.0.saturating_sub(first.1);
        ends <= 1 && clauses <= 2 && words + ends * SENTENCE_END_WORDS <= near.words
    }

    /// Where an operand is found, affirmed.
    fn places<'s>(
        &'s self,
        operand: &'s Operand,
        even: Statuses,
    ) -> Box<dyn Iterator<Item = Span> + 's> {
        match operand {
            Operand::Classes(classes) => {
                let mentions = classes.iter().flat_map(|class| self.mentions.of(*class));
                Box::new(mentions.filter(move |m| self.affirmed(m, even)).map(|m| (m.start, m.end)))
            }
            Operand::Number(quantity, comparison, limit) => {
                let numbers = self.numbers.measured.iter();
                let so = move |n: &&Measured| {
                    n.quantity == *quantity
                        && comparison.holds(n.value, *limit)
                        && self.measured(n, even)
                };
                Box::new(numbers.filter(so).map(|n| (n.start, n.end)))
            }
            Operand::Context(_) | Operand::Age(..) => Box::new(std::iter::empty()),
        }
    }

    /// Whether a number was measured, now and of the person. "I feel fine" takes no number back.
    fn measured(&self, n: &Measured, even: Statuses) -> bool {
        let place = Mention { start: n.start, end: n.end, class: 0 };
        self.reading.status(&place).without(even).without(Statuses::RESOLVED).is_empty()
    }

    fn affirmed(&self, m: &Mention, even: Statuses) -> bool {
        let plain = self.pack.classes.get(m.class).is_none_or(|class| class.plain);
        plain || self.reading.status(m).without(even).is_empty()
    }

    /// Whether the chart or the text says so of the person.
    fn in_context(&self, class: ClassId) -> bool {
        let stops = Statuses::NEGATED.with(Statuses::SUPPOSED).with(Statuses::FAMILY);
        self.context.contains(&class)
            || self.mentions.of(class).iter().any(|m| !self.reading.status(m).any_of(stops))
    }

    /// Numbers beyond a limit that the patient's clinician has set.
    pub(super) fn beyond_limits(&self) -> Vec<Span> {
        let beyond = |n: &Measured| {
            let over = self
                .facts
                .limits
                .iter()
                .any(|limit| super::facts::reaches(limit, n.quantity, n.value));
            over && self.measured(n, Statuses::default())
        };
        self.numbers.measured.iter().filter(|n| beyond(n)).map(|n| (n.start, n.end)).collect()
    }
}

/// A hit of a rule in the bytes of the text.
pub(super) fn hit(
    id: &str,
    level: Level,
    (first, end): Span,
    tokens: &[super::text::Token],
) -> Hit {
    let start = tokens.get(first).map_or(0, |t| t.start);
    let end = end.checked_sub(1).and_then(|last| tokens.get(last)).map_or(start, |t| t.end);
    Hit { rule: id.to_owned(), level, start, end: end.max(start) }
}
