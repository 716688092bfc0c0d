//! Repair of misspelt words, towards the words of the pack only.
//!
//! A word is repaired when it is neither in the pack nor in the guard list and one word of the pack is
//! near: one letter added, lost, changed or swapped for words of five to eight letters, two for longer
//! ones, with the same first letter. In Spanish, letters that sound alike (b and v, s, c and z, ll and y,
//! a silent h) are one. The guard list holds the words of a large dictionary that stand near a word of the
//! pack and are right as they are; without it, "drooling" became "drooping".
//! Deliberately absent: repair of short words, where a guess is as often wrong as right.

use std::collections::{HashMap, HashSet};

use super::text::Token;

/// Fewest letters of a word that is repaired.
const LETTERS_MIN: usize = 5;
/// Fewest letters of a word in which two letters may be wrong.
const TWO_WRONG_MIN: usize = 9;

/// The words of a pack and those that are never touched.
#[derive(Debug, Default)]
pub(super) struct Speller {
    known: HashSet<String>,
    prefixes: HashSet<String>,
    guard: HashSet<String>,
    /// Words of the pack by themselves with up to two letters left out.
    near: HashMap<u64, Vec<u32>>,
    /// Words of the pack by how they sound.
    sounds: HashMap<String, u32>,
    words: Vec<String>,
}

impl Speller {
    /// A speller for the words of a pack.
    pub(super) fn new(
        words: Vec<String>,
        prefixes: HashSet<String>,
        guard: impl Iterator<Item = String>,
    ) -> Self {
        let mut speller = Self { guard: guard.collect(), prefixes, ..Self::default() };
        for word in words {
            if !speller.known.insert(word.clone()) || word.len() < LETTERS_MIN {
                continue;
            }
            let Ok(place) = u32::try_from(speller.words.len()) else { continue };
            for less in lessened(&word) {
                let places = speller.near.entry(hash(&less)).or_default();
                if places.last() != Some(&place) {
                    places.push(place);
                }
            }
            speller.sounds.entry(sound(&word)).or_insert(place);
            speller.words.push(word);
        }
        speller
    }

    /// Whether a word is one of the pack's, or begins as one of its words with a `*` does.
    fn knows(&self, word: &str) -> bool {
        self.known.contains(word)
            || word
                .char_indices()
                .skip(3)
                .any(|(cut, _)| word.get(..cut).is_some_and(|begin| self.prefixes.contains(begin)))
    }

    /// What a word is repaired to, if it is.
    pub(super) fn repaired(&self, form: &str) -> Option<&str> {
        let right = form.len() < LETTERS_MIN || self.knows(form) || self.guard.contains(form);
        if right { None } else { self.nearest(form) }
    }

    /// Writes misspelt words of a message as the pack spells them, and parts words run together.
    pub(super) fn repair(&self, tokens: &mut Vec<Token>) {
        let mut whole = Vec::with_capacity(tokens.len());
        for mut token in tokens.drain(..) {
            if token.number.is_some() {
                whole.push(token);
            } else if let Some(word) = self.repaired(&token.form).map(str::to_owned) {
                token.form = word;
                whole.push(token);
            } else if let Some((first, second)) = self.parted(&token.form) {
                let behind = Token {
                    form: second.to_owned(),
                    gap: super::text::Gap::Space,
                    ..token.clone()
                };
                first.to_owned().clone_into(&mut token.form);
                whole.push(token);
                whole.push(behind);
            } else {
                whole.push(token);
            }
        }
        *tokens = whole;
    }

    /// The word of the pack that is meant, if there is one.
    fn nearest(&self, form: &str) -> Option<&str> {
        if let Some(place) = self.sounds.get(&sound(form)) {
            return self.word(*place);
        }
        let allowed = if form.chars().count() < TWO_WRONG_MIN { 1 } else { 2 };
        let mut best: Option<(usize, &str)> = None;
        for less in lessened(form) {
            for place in self.near.get(&hash(&less)).into_iter().flatten() {
                let Some(word) = self.word(*place) else { continue };
                if word.chars().next() != form.chars().next() {
                    continue;
                }
                let wrong = distance(form, word, allowed);
                // Of words equally near, the first in the alphabet, so that the answer never changes.
                if wrong <= allowed && best.is_none_or(|known| (wrong, word) < known) {
                    best = Some((wrong, word));
                }
            }
        }
        best.map(|(_, word)| word)
    }

    fn word(&self, place: u32) -> Option<&str> {
        self.words.get(usize::try_from(place).ok()?).map(String::as_str)
    }

    /// Two words of the pack written as one.
    fn parted<'a>(&self, form: &'a str) -> Option<(&'a str, &'a str)> {
        if form.len() < 8 || self.knows(form) || self.guard.contains(form) {
            return None;
        }
        form.char_indices().map(|(at, _)| form.split_at(at)).find(|(first, second)| {
            first.len() >= 4
                && second.len() >= 4
                && self.known.contains(*first)
                && self.known.contains(*second)
        })
    }
}

/// The word, and the word with one or (when it is long) two letters left out.
fn lessened(word: &str) -> Vec<String> {
    let letters: Vec<char> = word.chars().take(24).collect();
    let without = |letters: &[char], at: usize| -> Vec<char> {
        letters.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, c)| *c).collect()
    };
    let mut all = vec![letters.iter().collect::<String>()];
    let two = letters.len() >= TWO_WRONG_MIN - 1;
    for at in 0..letters.len() {
        let one = without(&letters, at);
        if two {
            all.extend((at..one.len()).map(|second| without(&one, second).into_iter().collect()));
        }
        all.push(one.into_iter().collect());
    }
    all
}

/// FNV-1a: the same on every machine.
fn hash(word: &str) -> u64 {
    word.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// A word as it sounds in Spanish.
fn sound(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    let mut letters = word.chars().peekable();
    while let Some(c) = letters.next() {
        let next = letters.peek().copied();
        let heard = match (c, next) {
            ('h', _) if !out.ends_with(['c', 's', 'p', 't', 'g']) => continue,
            ('v', _) => 'b',
            ('z', _) | ('c', Some('e' | 'i')) => 's',
            ('q', Some('u')) => {
                letters.next();
                'k'
            }
            ('l', Some('l')) => {
                letters.next();
                'y'
            }
            ('r', Some('r')) => {
                letters.next();
                'r'
            }
            ('g', Some('e' | 'i')) => 'j',
            (c, _) => c,
        };
        out.push(heard);
    }
    out
}

/// Letters added, lost, changed or swapped between two words; more than allowed is `allowed + 1`.
fn distance(a: &str, b: &str, allowed: usize) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > allowed {
        return allowed.saturating_add(1);
    }
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut next = Vec::with_capacity(row.len());
        next.push(i.saturating_add(1));
        for (j, y) in b.iter().enumerate() {
            let at = |list: &[usize], k: usize| list.get(k).copied().unwrap_or(usize::MAX / 2);
            let mut best = (at(&row, j).saturating_add(usize::from(x != y)))
                .min(at(&row, j.saturating_add(1)).saturating_add(1))
                .min(at(&next, j).saturating_add(1));
            let swapped = i > 0
                && j > 0
                && a.get(i.saturating_sub(1)) == Some(y)
                && b.get(j.saturating_sub(1)) == Some(x);
            if swapped {
                best = best.min(at(&before, j.saturating_sub(1)).saturating_add(1));
            }
            next.push(best);
        }
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repaired(text: &str) -> Vec<String> {
        let words = [
            "breathe", "drooping", "chest", "pressure", "respirar", "hinchada", "cant", "vomiting",
        ];
        let speller = Speller::new(
            words.map(str::to_owned).to_vec(),
            HashSet::from(["squeez".to_owned()]),
            ["drooling", "cheat", "pleasure"].map(str::to_owned).into_iter(),
        );
        let mut tokens = super::super::text::tokens(text);
        speller.repair(&mut tokens);
        tokens.into_iter().map(|t| t.form).collect()
    }

    #[test]
    fn misspelt_words_are_repaired_and_right_ones_are_not() {
        assert_eq!(
            repaired("breathee chset presure vomitting"),
            ["breathe", "chest", "pressure", "vomiting"]
        );
        assert_eq!(repaired("drooling cheat pleasure"), ["drooling", "cheat", "pleasure"]);
        assert_eq!(repaired("rrespirar inchada"), ["respirar", "hinchada"]);
        assert_eq!(repaired("cantbreathe"), ["cant", "breathe"]);
    }
}
