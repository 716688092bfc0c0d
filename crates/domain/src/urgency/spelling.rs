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

/// Letters that two wrong ones can add to a word and take from it.
const FLIPPED_MAX: u32 = 4;

/// The words of a pack and those that are never touched.
#[derive(Debug, Default)]
pub(super) struct Speller {
    known: HashSet<String>,
    prefixes: HashSet<String>,
    guard: HashSet<String>,
    /// Words of the pack by their first letter.
    by_letter: HashMap<char, Vec<Candidate>>,
    /// Words of the pack by how they sound.
    sounds: HashMap<String, String>,
}

/// A word of the pack, with what tells quickly that another is far from it.
#[derive(Debug)]
struct Candidate {
    letters: usize,
    /// A bit for each letter it has.
    has: u32,
    word: String,
}

/// A bit for each letter that a word has.
fn letters_of(word: &str) -> u32 {
    word.bytes().fold(0, |has, byte| has | 1_u32 << (byte % 32))
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
            let Some(first) = word.chars().next() else { continue };
            speller.sounds.entry(sound(&word)).or_insert_with(|| word.clone());
            let (letters, has) = (word.chars().count(), letters_of(&word));
            speller.by_letter.entry(first).or_default().push(Candidate { letters, has, word });
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
        if let Some(word) = self.sounds.get(&sound(form)) {
            return Some(word);
        }
        let letters = form.chars().count();
        let allowed = if letters < TWO_WRONG_MIN { 1 } else { 2 };
        let has = letters_of(form);
        let candidates = self.by_letter.get(&form.chars().next()?)?.iter().filter(|c| {
            c.letters.abs_diff(letters) <= allowed && (c.has ^ has).count_ones() <= FLIPPED_MAX
        });
        // Of words equally near, the first in the alphabet, so that the answer never changes.
        candidates
            .map(|c| (distance(form, &c.word, allowed), c.word.as_str()))
            .filter(|(wrong, _)| *wrong <= allowed)
            .min()
            .map(|(_, word)| word)
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
