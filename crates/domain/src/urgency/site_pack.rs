//! What a site adds to the rules that ship: rules of its own, rules raised to a higher level, and languages in which
//! texts are not checked.
//!
//! ```text
//! rule site.pump-alarm sameday
//!   title: The insulin pump gives an alarm
//!   title_es: La bomba de insulina da una alarma
//!   source: Riverside Clinic, policy 12
//!   address: https://…            (may be left out)
//!   only: @pregnant & age>12      (may be left out: in the chart or in the text)
//!   even: past resolved           (may be left out: fires for what was, or is gone again)
//!   en: pump (_3) (alarm*|beep*) | <chest> _2 alarm*
//!   es: bomba (_3) (alarma*|pita*)
//!   yes en: my pump keeps beeping             (three that fire at least)
//!   no en: the pump came in the mail          (two that do not at least)
//! raise X50c emergency
//! language es off
//! ```
//!
//! A text is read twice: by the rules that ship, untouched, and by the site's own rules beside the same words. What
//! the second reading finds is only ever added, so nothing that a site writes can take away what ships, lower it, or
//! change how a word is read there. A text of a site is checked wholly before it is used: every pattern has a bounded
//! shape, and every example is held. Deliberately absent: classes, masks and aliases of a site's own.

mod read;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::pack::{Example, Rule, RulePack};
use super::{ASK, Assessment, Hit, Lang, Level, PatientFacts};

/// What the name of a site's own rule begins with.
pub const PREFIX: &str = "site.";
/// The longest text of a site, in characters.
pub const TEXT_MAX: usize = 20_000;
/// Most rules of a site's own.
pub const RULES_MAX: usize = 40;
/// Most rules that a site raises.
pub const RAISES_MAX: usize = 200;
/// Fewest examples that must fire.
pub const YES_MIN: usize = 3;
/// Fewest examples that must not.
pub const NO_MIN: usize = 2;

crate::code::codes! {
    /// What is wrong with a line of a site's text.
    FaultKind {
        /// The text is longer than it may be; the word is the most.
        TooLong = "too-long",
        /// There are more rules, or more raised ones, than there may be; the word is the most.
        TooMany = "too-many",
        /// The line is no line of such a text.
        Line = "line",
        /// The line belongs to no rule.
        Nowhere = "nowhere",
        /// The name of the rule is none that a site may give.
        Name = "name",
        /// The name is there twice.
        Twice = "twice",
        /// The word is no level.
        Level = "level",
        /// The word is no language of the check.
        Language = "language",
        /// The rule has no such line (the word), or an empty one.
        Missing = "missing",
        /// The value is longer than it may be; the word is the most.
        LongLine = "long-line",
        /// The address is none.
        Address = "address",
        /// The pattern cannot be understood; the word says why, in English.
        Pattern = "pattern",
        /// The pattern names a concept (the word) that the rules do not have.
        Concept = "concept",
        /// The pattern is nested more deeply, or leaves more open, than it may.
        Wide = "wide",
        /// The condition cannot be understood.
        Only = "only",
        /// The word is nothing that may be said about a mention.
        Even = "even",
        /// The rule has fewer examples than it must; the word is the line that lacks.
        Examples = "examples",
        /// The example must fire and does not.
        Silent = "silent",
        /// The example must not fire and does.
        Fires = "fires",
        /// There is no rule of this name to raise.
        NoRule = "no-rule",
        /// The rule has that level or a higher one already.
        NotHigher = "not-higher",
        /// No language would be left: the check is switched off for a site, not here.
        NoLanguage = "no-language",
    }
}

/// What is wrong, and in which line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteFault {
    /// The line, from 1; 0 for the text as a whole.
    pub line: usize,
    /// What.
    pub kind: FaultKind,
    /// The word it is about, as the kind says; may be empty.
    pub word: String,
}

/// A rule of a site, as it was read.
#[derive(Debug, Clone)]
struct Own {
    line: usize,
    id: String,
    level: Level,
    title: String,
    title_es: String,
    source: String,
    address: String,
    only: String,
    even: String,
    /// Patterns with the language they are in.
    patterns: Vec<(Lang, String)>,
    /// Examples with their lines.
    examples: Vec<(usize, Example)>,
}

/// A site's text, read and checked but for its examples.
#[derive(Debug, Clone, Default)]
struct Lines {
    own: Vec<Own>,
    raised: BTreeMap<String, Level>,
    off: Vec<Lang>,
}

/// What a site adds, ready to assess messages beside the pack that it was checked against.
#[derive(Debug)]
pub struct SitePack {
    /// Only the site's own rules, with the concepts that ship to read by; none when there are none.
    own: Option<RulePack>,
    raised: BTreeMap<String, Level>,
    off: Vec<Lang>,
}

impl SitePack {
    /// Reads a site's text against the pack that ships and holds every rule to its examples. An empty text adds
    /// nothing.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of the lines; then nothing of the text may be used.
    pub fn read(text: &str, shipped: &RulePack) -> Result<Self, Vec<SiteFault>> {
        let pack = Self::build(read::lines(text, shipped)?)?;
        Ok(pack)
    }

    /// The same without holding the examples, for a text that was checked when it was kept. A rule that ships no
    /// more is raised no more; what cannot be read any more is left out, and the others stand.
    #[must_use]
    pub fn kept(text: &str, shipped: &RulePack) -> Self {
        let lines = read::kept(text, shipped);
        let own = compile(&lines.own).ok().flatten();
        Self { own, raised: lines.raised, off: lines.off }
    }

    fn build(lines: Lines) -> Result<Self, Vec<SiteFault>> {
        let own = compile(&lines.own)
            .map_err(|(line, word)| vec![SiteFault { line, kind: FaultKind::Pattern, word }])?;
        let pack = Self { own, raised: lines.raised, off: lines.off };
        let faults: Vec<SiteFault> = lines.own.iter().flat_map(|rule| pack.held(rule)).collect();
        if faults.is_empty() { Ok(pack) } else { Err(faults) }
    }

    /// The examples of a rule that do not hold.
    fn held(&self, rule: &Own) -> Vec<SiteFault> {
        let facts = PatientFacts::default();
        let wrong = |(line, example): &(usize, Example)| {
            let found = self.found(&example.text, Some(example.lang), &facts);
            let fired = found.iter().any(|hit| hit.rule == rule.id);
            let kind = if example.fires { FaultKind::Silent } else { FaultKind::Fires };
            (fired != example.fires).then(|| SiteFault {
                line: *line,
                kind,
                word: example.text.clone(),
            })
        };
        rule.examples.iter().filter_map(wrong).collect()
    }

    /// What the site's own rules find.
    fn found(&self, text: &str, lang: Option<Lang>, facts: &PatientFacts) -> Vec<Hit> {
        let Some(own) = &self.own else { return Vec::new() };
        let found = super::assess(text, lang, facts, own);
        found.hits.into_iter().filter(|hit| hit.rule.starts_with(PREFIX)).collect()
    }

    /// Assesses a text with the pack that ships and with what the site adds to it. `name` is what the site's
    /// version is called behind the pack's own.
    pub fn assess(
        &self,
        (text, lang): (&str, Option<Lang>),
        facts: &PatientFacts,
        shipped: &RulePack,
        name: &str,
    ) -> Assessment {
        let mut assessed = super::assess(text, lang, facts, shipped);
        for hit in &mut assessed.hits {
            if let Some(raised) = self.raised.get(&hit.rule) {
                hit.level = hit.level.max(*raised);
            }
        }
        let found = self.found(text, lang, facts);
        if !found.is_empty() {
            // The question is for texts in which nothing else was recognised.
            assessed.hits.retain(|hit| hit.rule != ASK);
            assessed.hits.extend(found);
        }
        assessed.hits.sort_by_key(|hit| std::cmp::Reverse(hit.level));
        assessed.level = assessed.hits.iter().map(|hit| hit.level).max().unwrap_or_default();
        let _ = write!(assessed.pack, "+{name}");
        assessed
    }

    /// Whether texts of a writer with this language are checked; those of a language that the check does not know
    /// always are.
    pub fn checks(&self, lang: Option<Lang>) -> bool {
        lang.is_none_or(|lang| !self.off.contains(&lang))
    }

    /// The site's own rules, in the order of its text.
    pub fn rules(&self) -> &[Rule] {
        self.own.as_ref().map_or(&[], RulePack::rules)
    }

    /// The rules that the site raised, with the level they have there.
    pub fn raised(&self) -> impl Iterator<Item = (&str, Level)> {
        self.raised.iter().map(|(id, level)| (id.as_str(), *level))
    }

    /// The languages in which texts are not checked.
    pub fn off(&self) -> &[Lang] {
        &self.off
    }
}

/// A pack of the concepts that ship and of these rules alone.
fn compile(own: &[Own]) -> Result<Option<RulePack>, (usize, String)> {
    if own.is_empty() {
        return Ok(None);
    }
    // Each line of the text that is written here, by the line of the site's text that it comes from.
    let mut origin = Vec::new();
    let mut text = String::new();
    let mut put = |line: usize, written: &str| {
        text.push_str(written);
        text.push('\n');
        origin.push(line);
    };
    for (n, rule) in own.iter().enumerate() {
        put(rule.line, &format!("class site_{n}"));
        for (lang, pattern) in &rule.patterns {
            put(rule.line, &format!("{}: {pattern}", lang.as_str()));
        }
        put(rule.line, &format!("rule {} {}", rule.id, rule.level.as_str()));
        put(rule.line, &format!("title: {}", rule.title));
        put(rule.line, &format!("title_es: {}", rule.title_es));
        put(rule.line, &format!("source: {}", rule.source));
        put(rule.line, &format!("address: {}", rule.address));
        let only = if rule.only.is_empty() { String::new() } else { format!(" & {}", rule.only) };
        let even =
            if rule.even.is_empty() { String::new() } else { format!(" {{even {}}}", rule.even) };
        put(rule.line, &format!("when: site_{n}{only}{even}"));
    }
    RulePack::with_rules_of_site(&text).map(Some).map_err(|error| {
        let line = error.line.checked_sub(1).and_then(|at| origin.get(at)).copied();
        (line.unwrap_or_default(), error.why)
    })
}

#[cfg(test)]
mod tests;
