//! Whether a text says what another said already: the same question sent twice, to two teams or because
//! the first seemed lost.
//!
//! The rule is the issue's: a message that shares at least 80% of its words with an earlier one. Words are
//! folded (`fold`), and counted as often as they stand there. Two guards keep it from crying wolf: a text
//! of fewer than eight words is never one ("Thank you very much"), and a text of more than four times as
//! many words holds the common words of anything.
//! Deliberately absent: meaning, order, synonyms, and any consequence: who is told, and of what.

use std::collections::BTreeMap;

use crate::fold::fold;

/// Fewest words of a text that can be a duplicate.
pub const WORDS_MIN: usize = 8;
/// The least share of a text's words that stand in the other, in percent.
pub const SHARE_MIN_PERCENT: usize = 80;
/// How many times as long the other may be.
pub const TIMES_LONGER_MAX: usize = 4;
/// Within how many seconds the other was sent: 72 hours.
pub const WITHIN_S: i64 = 72 * 3_600;

/// The words of a text, counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    counts: BTreeMap<String, usize>,
    total: usize,
}

impl Words {
    /// Counts the folded words of a text.
    pub fn of(text: &str) -> Self {
        let mut counts = BTreeMap::new();
        let mut total = 0_usize;
        for word in fold(text) {
            *counts.entry(word).or_insert(0_usize) += 1;
            total = total.saturating_add(1);
        }
        Self { counts, total }
    }

    /// How many words there are.
    pub const fn total(&self) -> usize {
        self.total
    }

    /// How many of these words stand in the other text too, each as often as in both.
    pub fn shared_with(&self, other: &Self) -> usize {
        let common = |(word, count): (&String, &usize)| {
            other.counts.get(word).map_or(0, |theirs| *count.min(theirs))
        };
        self.counts.iter().map(common).sum()
    }

    /// Whether this text says what the earlier one said.
    pub fn repeats(&self, earlier: &Self) -> bool {
        let longest = self.total.saturating_mul(TIMES_LONGER_MAX);
        if self.total < WORDS_MIN || earlier.total > longest {
            return false;
        }
        let shared = self.shared_with(earlier).saturating_mul(100);
        shared >= self.total.saturating_mul(SHARE_MIN_PERCENT)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn repeats(text: &str, earlier: &str) -> bool {
        Words::of(text).repeats(&Words::of(earlier))
    }

    #[test]
    fn the_same_question_again_is_one_and_a_new_one_is_not() {
        let first = "My new water pill makes me dizzy in the morning. May I stop taking it?";
        assert!(repeats(first, first));
        assert!(repeats(
            "May I stop taking it? My NEW water pill makes me dizzy, in the mornings",
            first
        ));
        assert!(!repeats("My ankle is swollen since Tuesday and the pill is at an end.", first));
        assert!(!repeats("Thank you very much!", "Thank you very much!"), "thanks never fires");
        assert!(!repeats("", "") && !repeats("", first) && !repeats(first, ""));
        // Accents, capitals and punctuation make no other text.
        assert!(repeats(
            "¿Puedo dejar de tomar la pastilla? Me da náuseas",
            "puedo dejar de tomar la pastilla me da nauseas"
        ));
    }

    #[test]
    fn exactly_four_of_five_words_are_enough() {
        let earlier = "one two three four five six seven eight nine ten";
        assert!(repeats("one two three four five six seven eight x y", earlier));
        assert!(!repeats("one two three four five six seven x y z", earlier));
        // A word counts as often as it stands in both.
        assert!(!repeats("one one one one one one one one one one", earlier));
    }

    #[test]
    fn a_long_letter_holds_the_words_of_anything() {
        let text = "may i stop taking the pill in the morning";
        let long = format!("{text} {}", "and so on it went ".repeat(20));
        assert!(!repeats(text, &long));
        assert!(repeats(text, &format!("{text} and so on it went")));
    }

    proptest! {
        /// The share is that of a slow telling: cross each word off the other text once.
        #[test]
        fn the_count_is_that_of_crossing_off(
            text in "([a-d]{1,2} ){0,20}", other in "([a-d]{1,2} ){0,20}"
        ) {
            let (words, theirs) = (fold(&text), fold(&other));
            let mut left = theirs.clone();
            let mut shared = 0;
            for word in &words {
                if let Some(at) = left.iter().position(|one| one == word) {
                    left.remove(at);
                    shared += 1;
                }
            }
            let (counted, earlier) = (Words::of(&text), Words::of(&other));
            prop_assert_eq!(counted.shared_with(&earlier), shared);
            prop_assert_eq!(earlier.shared_with(&counted), shared, "the same both ways");
            let expected = words.len() >= WORDS_MIN
                && theirs.len() <= words.len() * TIMES_LONGER_MAX
                && shared * 5 >= words.len() * 4;
            prop_assert_eq!(counted.repeats(&earlier), expected);
        }

        /// Whatever is written: a text long enough repeats itself, in any order of its words.
        #[test]
        fn a_text_repeats_itself_in_any_order(text in "\\PC{0,200}") {
            let words = fold(&text);
            let mut turned = words.clone();
            turned.reverse();
            prop_assert_eq!(repeats(&text, &turned.join(" ")), words.len() >= WORDS_MIN);
        }
    }
}
