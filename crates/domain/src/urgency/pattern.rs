//! The little language of the rule pack's phrases.
//!
//! A phrase is words with spaces between. `squeez*` stands for every word that begins so, `(a|b c)` for
//! one of several, `word?` and `(a|b)?` for one that may be missing, `pills?` for `pill` and `pills`, `<chest>` for a mention of another
//! class, `#` for a number, `_3` for up to three words of any kind.

/// One step of a phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// This word.
    Word(String),
    /// Any word that begins so.
    Prefix(String),
    /// A mention of the class of this name.
    Class(String),
    /// Any number.
    Number,
    /// Up to this many words of any kind.
    Any(usize),
}

/// A part of a phrase: a step, or one of several ways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// This step.
    Step(Step),
    /// One of these, or nothing when it is optional.
    Group {
        /// The ways, each a phrase.
        ways: Vec<Phrase>,
        /// Whether nothing does as well.
        optional: bool,
    },
}

/// Parts one behind the other.
pub(super) type Phrase = Vec<Part>;

/// Fewest letters before a `*`.
const PREFIX_MIN: usize = 3;

/// Reads phrases separated by `|`; the error says what is wrong with which.
pub(super) fn read(line: &str) -> Result<Vec<Phrase>, String> {
    let mut all = Vec::new();
    for text in alternatives(line)?.into_iter().map(str::trim).filter(|text| !text.is_empty()) {
        let phrase = phrase(text)?;
        if phrase.iter().all(|part| matches!(part, Part::Group { optional: true, .. })) {
            return Err(format!("\"{text}\" may be nothing at all"));
        }
        all.push(phrase);
    }
    Ok(all)
}

/// Calls a function for every step of a phrase, those in groups included.
pub(super) fn each_step<'p>(phrase: &'p [Part], see: &mut dyn FnMut(&'p Step)) {
    for part in phrase {
        match part {
            Part::Step(step) => see(step),
            Part::Group { ways, .. } => ways.iter().for_each(|way| each_step(way, see)),
        }
    }
}

/// Splits at the bars outside parentheses.
fn alternatives(line: &str) -> Result<Vec<&str>, String> {
    let mut parts = Vec::new();
    let (mut depth, mut from) = (0_usize, 0_usize);
    for (at, c) in line.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => {
                depth = depth.checked_sub(1).ok_or_else(|| format!("\"{line}\": a ) too many"))?;
            }
            '|' if depth == 0 => {
                parts.push(line.get(from..at).unwrap_or_default());
                from = at.saturating_add(1);
            }
            _ => {}
        }
    }
    if depth != 0 {
        return Err(format!("\"{line}\": a ( is not closed"));
    }
    parts.push(line.get(from..).unwrap_or_default());
    Ok(parts)
}

/// Reads parts one behind the other.
fn phrase(text: &str) -> Result<Phrase, String> {
    let mut parts = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (unit, after) = unit(rest)?;
        let (unit, optional) = match unit.strip_suffix('?') {
            Some(unit) => (unit, true),
            None => (unit, false),
        };
        let group = unit.strip_prefix('(').and_then(|u| u.strip_suffix(')'));
        let plural = unit.strip_suffix('s').filter(|stem| optional && !stem.is_empty());
        parts.push(match (group, plural) {
            (Some(inside), _) => Part::Group { ways: read(inside)?, optional },
            (None, Some(singular)) => {
                let ways = [unit, singular].map(|word| step(word).map(|s| vec![Part::Step(s)]));
                let ways = ways.into_iter().collect::<Result<_, _>>()?;
                Part::Group { ways, optional: false }
            }
            (None, None) if optional => {
                Part::Group { ways: vec![vec![Part::Step(step(unit)?)]], optional }
            }
            (None, None) => Part::Step(step(unit)?),
        });
        rest = after.trim_start();
    }
    Ok(parts)
}

/// The first word or group of a phrase, and what follows it.
fn unit(phrase: &str) -> Result<(&str, &str), String> {
    let mut depth = 0_usize;
    for (at, c) in phrase.char_indices() {
        match c {
            '(' => depth = depth.saturating_add(1),
            ')' => depth = depth.saturating_sub(1),
            c if c.is_whitespace() && depth == 0 => return Ok(phrase.split_at(at)),
            _ => {}
        }
    }
    if depth == 0 { Ok((phrase, "")) } else { Err(format!("\"{phrase}\": a ( is not closed")) }
}

fn step(word: &str) -> Result<Step, String> {
    if word == "#" {
        return Ok(Step::Number);
    }
    if let Some(class) = word.strip_prefix('<').and_then(|w| w.strip_suffix('>')) {
        return Ok(Step::Class(class.to_owned()));
    }
    if let Some(most) = word.strip_prefix('_') {
        return most.parse().map(Step::Any).map_err(|_| format!("\"{word}\": _ needs a number"));
    }
    let (letters, prefix) = match word.strip_suffix('*') {
        Some(letters) => (letters, true),
        None => (word, false),
    };
    // A word of the pack gets the plain form that words of a message get.
    let tokens = super::text::tokens(letters);
    match tokens.as_slice() {
        [one] if prefix && one.form.len() < PREFIX_MIN => {
            Err(format!("\"{word}\": fewer than {PREFIX_MIN} letters before the *"))
        }
        [one] if prefix => Ok(Step::Prefix(one.form.clone())),
        [one] if one.number.is_some() => Ok(Step::Word(one.form.clone())),
        [one] => Ok(Step::Word(one.form.clone())),
        _ => Err(format!("\"{word}\" is not one word")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(word: &str) -> Part {
        Part::Step(Step::Word(word.to_owned()))
    }

    #[test]
    fn phrases_are_read() {
        let my = Part::Group { ways: vec![vec![word("my")], vec![word("the")]], optional: true };
        let tight = vec![Part::Step(Step::Prefix("tight".to_owned()))];
        assert_eq!(read("(my|the)? chest | tight*").unwrap(), [vec![my, word("chest")], tight]);
        let steps = [Step::Any(2), Step::Class("breathe".to_owned()), Step::Number];
        let phrase = [vec![word("cant")], steps.map(Part::Step).to_vec()].concat();
        assert_eq!(read("can't _2 <breathe> #").unwrap(), [phrase]);
        let pills = vec![vec![word("pills")], vec![word("pill")]];
        assert_eq!(read("pills?").unwrap(), [[Part::Group { ways: pills, optional: false }]]);
    }

    #[test]
    fn what_is_wrong_is_said() {
        for line in ["(a", "a)", "_x", "ab*", "a?", "two-words"] {
            assert!(read(line).is_err(), "{line}");
        }
    }
}
