//! The little language of the rule pack's phrases, and what it unfolds to.
//!
//! A phrase is words with spaces between. `squeez*` stands for every word that begins so, `(a|b c)` for
//! one of several, `word?` and `(a|b)?` for one that may be missing, `pills?` for `pill` and `pills`, `<chest>` for a mention of another
//! class, `#` for a number, `_3` for up to three words of any kind. Phrases are unfolded when the pack is
//! read, so that finding them is a walk through a tree.

/// One step of an unfolded phrase.
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

/// Most phrases that one line may unfold to.
const UNFOLDED_MAX: usize = 20_000;
/// Fewest letters before a `*`.
const PREFIX_MIN: usize = 3;

/// Unfolds phrases separated by `|`; the error says what is wrong with which.
pub(super) fn unfold(line: &str) -> Result<Vec<Vec<Step>>, String> {
    let mut all = Vec::new();
    for phrase in alternatives(line)? {
        let phrase = phrase.trim();
        if phrase.is_empty() {
            continue;
        }
        let unfolded = sequence(phrase)?;
        if unfolded.iter().any(Vec::is_empty) {
            return Err(format!("\"{phrase}\" may be nothing at all"));
        }
        all.extend(unfolded);
        if all.len() > UNFOLDED_MAX {
            return Err(format!("\"{phrase}\" unfolds to too many phrases"));
        }
    }
    Ok(all)
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

/// Unfolds words one after the other.
fn sequence(phrase: &str) -> Result<Vec<Vec<Step>>, String> {
    let mut done: Vec<Vec<Step>> = vec![Vec::new()];
    let mut rest = phrase.trim_start();
    while !rest.is_empty() {
        let (unit, after) = unit(rest)?;
        let (unit, optional) = match unit.strip_suffix('?') {
            Some(unit) => (unit, true),
            None => (unit, false),
        };
        let mut ways = match unit.strip_prefix('(').and_then(|u| u.strip_suffix(')')) {
            Some(inside) => unfold(inside)?,
            None => vec![vec![step(unit)?]],
        };
        let plural = unit.strip_suffix('s').filter(|stem| optional && !stem.is_empty());
        if let Some(singular) = plural {
            ways.push(vec![step(singular)?]);
        } else if optional {
            ways.push(Vec::new());
        }
        if done.len().saturating_mul(ways.len()) > UNFOLDED_MAX {
            return Err(format!("\"{phrase}\" unfolds to too many phrases"));
        }
        done = done
            .iter()
            .flat_map(|head| ways.iter().map(move |way| [head.as_slice(), way].concat()))
            .collect();
        rest = after.trim_start();
    }
    Ok(done)
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

    fn unfolded(line: &str) -> Vec<String> {
        let say = |step: &Step| match step {
            Step::Word(w) => w.clone(),
            Step::Prefix(w) => format!("{w}*"),
            Step::Class(c) => format!("<{c}>"),
            Step::Number => "#".to_owned(),
            Step::Any(n) => format!("_{n}"),
        };
        let phrases = unfold(line).unwrap();
        phrases.iter().map(|p| p.iter().map(say).collect::<Vec<_>>().join(" ")).collect()
    }

    #[test]
    fn phrases_unfold() {
        assert_eq!(
            unfolded("(my|the)? chest | tight*"),
            ["my chest", "the chest", "chest", "tight*"]
        );
        assert_eq!(unfolded("can't _2 <breathe> #"), ["cant _2 <breathe> #"]);
    }

    #[test]
    fn what_is_wrong_is_said() {
        for line in ["(a", "a)", "_x", "ab*", "a?", "two-words"] {
            assert!(unfold(line).is_err(), "{line}");
        }
    }
}
