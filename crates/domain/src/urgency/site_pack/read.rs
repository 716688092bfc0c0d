//! A site's text, line by line.

use super::super::pattern::{self, Part, Step, each_step};
use super::super::{Statuses, number};
use super::{
    Example, FaultKind, Lang, Level, Lines, NO_MIN, Own, PREFIX, RAISES_MAX, RULES_MAX, RulePack,
    SiteFault, TEXT_MAX, YES_MIN,
};

/// The longest title, source or address, in characters.
const LINE_MAX: usize = 300;
/// The longest pattern or example, in characters.
const PATTERN_MAX: usize = 1_500;
/// The longest name behind the prefix.
const NAME_MAX: usize = 40;
/// Parentheses within parentheses.
const DEPTH_MAX: usize = 3;
/// Ways in which a walk may go on where a pattern leaves words open.
const WAYS_MAX: usize = 256;

/// Reads a text; every fault there is, in the order of the lines.
pub(super) fn lines(text: &str, shipped: &RulePack) -> Result<Lines, Vec<SiteFault>> {
    let mut reader = Reader::new(shipped);
    reader.all(text);
    reader.faults.sort_by_key(|fault| fault.line);
    if reader.faults.is_empty() { Ok(reader.lines) } else { Err(reader.faults) }
}

/// Reads a text that was kept: what is at fault by now is left out.
pub(super) fn kept(text: &str, shipped: &RulePack) -> Lines {
    let mut reader = Reader::new(shipped);
    reader.all(text);
    let Reader { mut lines, faults, .. } = reader;
    // A rule reaches from its line to that of the next.
    let starts: Vec<usize> = lines.own.iter().map(|rule| rule.line).collect();
    let of = |fault: &SiteFault| starts.iter().rev().find(|start| **start <= fault.line).copied();
    let broken: Vec<usize> = faults.iter().filter_map(of).collect();
    lines.own.retain(|rule| !broken.contains(&rule.line));
    lines
}

struct Reader<'p> {
    shipped: &'p RulePack,
    lines: Lines,
    faults: Vec<SiteFault>,
    /// Whether the last rule is one to which lines belong.
    open: bool,
}

impl<'p> Reader<'p> {
    fn new(shipped: &'p RulePack) -> Self {
        Self { shipped, lines: Lines::default(), faults: Vec::new(), open: false }
    }

    fn fault(&mut self, line: usize, kind: FaultKind, word: impl Into<String>) {
        self.faults.push(SiteFault { line, kind, word: word.into() });
    }

    fn all(&mut self, text: &str) {
        if text.chars().count() > TEXT_MAX {
            self.fault(0, FaultKind::TooLong, TEXT_MAX.to_string());
            return;
        }
        for (at, line) in text.lines().enumerate() {
            self.line(at.saturating_add(1), line.trim());
        }
        self.finish_rule();
        if self.lines.own.len() > RULES_MAX {
            self.fault(0, FaultKind::TooMany, RULES_MAX.to_string());
        }
        if self.lines.raised.len() > RAISES_MAX {
            self.fault(0, FaultKind::TooMany, RAISES_MAX.to_string());
        }
        if self.lines.off.len() >= Lang::ALL.len() {
            self.fault(0, FaultKind::NoLanguage, "");
            self.lines.off.clear();
        }
    }

    fn line(&mut self, n: usize, line: &str) {
        if line.is_empty() || line.starts_with('#') {
            return;
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["rule", id, level] => self.rule(n, id, level),
            ["raise", id, level] => self.raise(n, id, level),
            ["language", lang, "off"] => self.switch(n, lang),
            _ => match line.split_once(':') {
                Some((key, value)) => self.value(n, key.trim(), value.trim()),
                None => self.fault(n, FaultKind::Line, line),
            },
        }
    }

    fn rule(&mut self, n: usize, id: &str, level: &str) {
        self.finish_rule();
        self.open = true;
        let name = id.strip_prefix(PREFIX).unwrap_or_default();
        let shaped = !name.is_empty()
            && name.len() <= NAME_MAX
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !shaped {
            self.fault(n, FaultKind::Name, id);
        } else if self.lines.own.iter().any(|rule| rule.id == id) {
            self.fault(n, FaultKind::Twice, id);
        }
        let parsed = Level::parse(level).filter(|level| *level > Level::None);
        if parsed.is_none() {
            self.fault(n, FaultKind::Level, level);
        }
        self.lines.own.push(Own {
            line: n,
            id: id.to_owned(),
            level: parsed.unwrap_or(Level::Ask),
            title: String::new(),
            title_es: String::new(),
            source: String::new(),
            address: String::new(),
            only: String::new(),
            even: String::new(),
            patterns: Vec::new(),
            examples: Vec::new(),
        });
    }

    fn raise(&mut self, n: usize, id: &str, level: &str) {
        self.finish_rule();
        let Some(to) = Level::parse(level) else { return self.fault(n, FaultKind::Level, level) };
        let Some(rule) = self.shipped.rule(id) else {
            return self.fault(n, FaultKind::NoRule, id);
        };
        if to <= rule.level {
            return self.fault(n, FaultKind::NotHigher, rule.level.as_str());
        }
        if self.lines.raised.insert(id.to_owned(), to).is_some() {
            self.fault(n, FaultKind::Twice, id);
        }
    }

    fn switch(&mut self, n: usize, lang: &str) {
        self.finish_rule();
        match Lang::ALL.into_iter().find(|known| known.as_str() == lang) {
            Some(lang) if self.lines.off.contains(&lang) => {
                self.fault(n, FaultKind::Twice, lang.as_str());
            }
            Some(lang) => self.lines.off.push(lang),
            None => self.fault(n, FaultKind::Language, lang),
        }
    }

    /// A line of the rule that is open.
    fn value(&mut self, n: usize, key: &str, value: &str) {
        let words: Vec<&str> = key.split_whitespace().collect();
        let most = match words.as_slice() {
            ["title" | "title_es" | "source" | "address" | "only" | "even"] => LINE_MAX,
            [lang] | ["yes" | "no", lang] => {
                if Lang::ALL.iter().all(|known| known.as_str() != *lang) {
                    let kind = if words.len() == 1 { FaultKind::Line } else { FaultKind::Language };
                    return self.fault(n, kind, *lang);
                }
                PATTERN_MAX
            }
            _ => return self.fault(n, FaultKind::Line, key),
        };
        if !self.open {
            return self.fault(n, FaultKind::Nowhere, key);
        }
        if value.chars().count() > most {
            return self.fault(n, FaultKind::LongLine, most.to_string());
        }
        if value.is_empty() {
            return self.fault(n, FaultKind::Missing, key);
        }
        let checked = match words.as_slice() {
            ["address"] if !value.starts_with("https://") => {
                Err((FaultKind::Address, value.to_owned()))
            }
            ["only"] => only(value, self.shipped),
            ["even"] => even(value),
            ["en" | "es"] => shape(value, self.shipped),
            _ => Ok(()),
        };
        if let Err((kind, word)) = checked {
            return self.fault(n, kind, word);
        }
        let Some(rule) = self.lines.own.last_mut() else { return };
        let field = match words.as_slice() {
            ["title"] => &mut rule.title,
            ["title_es"] => &mut rule.title_es,
            ["source"] => &mut rule.source,
            ["address"] => &mut rule.address,
            ["only"] => &mut rule.only,
            ["even"] => &mut rule.even,
            ["yes" | "no", lang] => {
                let Some(lang) = Lang::parse(lang) else { return };
                let fires = words.first() == Some(&"yes");
                let example = Example { lang, text: value.to_owned(), fires };
                rule.examples.push((n, example));
                return;
            }
            _ => {
                let lang = words.first().and_then(|lang| Lang::parse(lang));
                rule.patterns.extend(lang.map(|lang| (lang, value.to_owned())));
                return;
            }
        };
        if field.is_empty() {
            value.clone_into(field);
        } else {
            self.fault(n, FaultKind::Twice, key);
        }
    }

    /// Says what the rule that was open lacks.
    fn finish_rule(&mut self) {
        if !std::mem::take(&mut self.open) {
            return;
        }
        let Some(rule) = self.lines.own.last() else { return };
        let line = rule.line;
        let mut lacking: Vec<(FaultKind, &str)> = Vec::new();
        for (text, key) in
            [(&rule.title, "title"), (&rule.title_es, "title_es"), (&rule.source, "source")]
        {
            if text.is_empty() {
                lacking.push((FaultKind::Missing, key));
            }
        }
        if rule.patterns.is_empty() {
            lacking.push((FaultKind::Missing, "en"));
        }
        let yes = rule.examples.iter().filter(|(_, example)| example.fires).count();
        if yes < YES_MIN {
            lacking.push((FaultKind::Examples, "yes"));
        }
        if rule.examples.len().saturating_sub(yes) < NO_MIN {
            lacking.push((FaultKind::Examples, "no"));
        }
        for (kind, word) in lacking {
            self.fault(line, kind, word);
        }
    }
}

type Checked = Result<(), (FaultKind, String)>;

/// A condition is names of contexts and ages, joined by `&`.
fn only(text: &str, shipped: &RulePack) -> Checked {
    let good = |term: &str| match term.strip_prefix('@') {
        Some(name) => {
            let plain =
                name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
            plain && shipped.class(&format!("ctx_{name}")).is_some()
        }
        None => number::comparison(term).is_some_and(|(quantity, ..)| quantity == "age"),
    };
    match text.split('&').map(str::trim).find(|term| !good(term)) {
        None => Ok(()),
        Some(term) => Err((FaultKind::Only, term.to_owned())),
    }
}

fn even(text: &str) -> Checked {
    match text.split_whitespace().find(|word| Statuses::parse(word).is_none()) {
        None => Ok(()),
        Some(word) => Err((FaultKind::Even, word.to_owned())),
    }
}

/// Whether a pattern can be understood and stays within its bounds. The depth is counted before anything walks it.
fn shape(text: &str, shipped: &RulePack) -> Checked {
    let mut depth = 0_usize;
    for c in text.chars() {
        match c {
            '(' => depth = depth.saturating_add(1),
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEPTH_MAX {
            return Err((FaultKind::Wide, String::new()));
        }
    }
    let phrases = pattern::read(text).map_err(|why| (FaultKind::Pattern, why))?;
    if phrases.is_empty() {
        return Err((FaultKind::Pattern, text.to_owned()));
    }
    for phrase in &phrases {
        if begins_open(phrase) {
            return Err((FaultKind::Pattern, "a phrase cannot begin with _N".to_owned()));
        }
        let mut unknown = None;
        each_step(phrase, &mut |step| match step {
            Step::Class(name) if shipped.class(name).is_none() => unknown = Some(name.clone()),
            _ => {}
        });
        if let Some(name) = unknown {
            return Err((FaultKind::Concept, name));
        }
        if ways(phrase) > WAYS_MAX {
            return Err((FaultKind::Wide, String::new()));
        }
    }
    Ok(())
}

/// Whether a phrase may begin with words of any kind.
fn begins_open(phrase: &[Part]) -> bool {
    for part in phrase {
        match part {
            Part::Step(step) => return matches!(step, Step::Any(_)),
            Part::Group { ways, optional } => {
                if ways.iter().any(|way| begins_open(way)) {
                    return true;
                }
                if !optional {
                    return false;
                }
            }
        }
    }
    false
}

/// In how many ways a walk may go on where words are open or may be missing.
fn ways(phrase: &[Part]) -> usize {
    phrase.iter().fold(1, |all: usize, part| {
        all.saturating_mul(match part {
            Part::Step(Step::Any(most)) => most.saturating_add(1),
            Part::Step(_) => 1,
            Part::Group { ways: inner, optional } => {
                let widest = inner.iter().map(|way| ways(way)).max().unwrap_or(1);
                widest.saturating_add(usize::from(*optional))
            }
        })
    })
}
