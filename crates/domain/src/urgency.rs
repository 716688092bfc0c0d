//! The urgency check: whether what somebody wrote to their clinic can wait.
//!
//! `assess` is a pure function of the text, the chart's facts and the rule pack: the same input gives the
//! same answer on every machine. Its stages are files of this folder: plain tokens (`text`), repair of
//! misspelt words (`spelling`), mentions of concepts (`concept`), clauses and what is said about a mention
//! (`assertion`), numbers with what they measure (`number`), rules (`verdict`). The rules are data
//! (`pack`), each with the published warning sign it comes from.
//! Deliberately absent: diagnosis, a score, and anything that lowers a level: what is not recognised is
//! never called "not urgent".

mod assertion;
mod concept;
mod facts;
mod learned;
mod number;
mod pack;
mod pattern;
mod shipped;
mod site_pack;
mod spelling;
mod text;
mod verdict;

pub use facts::PatientFacts;
pub use pack::{Example, PackError, Rule, RulePack};
pub use site_pack::{FaultKind, PREFIX, SiteFault, SitePack, TEXT_MAX};

use self::assertion::Reading;
use self::concept::{ClassId, Mentions};
use self::verdict::{Case, hit};

/// How soon somebody must look, lowest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Nothing was recognised: this says nothing about whether it can wait.
    #[default]
    None,
    /// A symptom without a warning sign: one question is asked.
    Ask,
    /// Today.
    Sameday,
    /// Now: an ambulance or the emergency department.
    Emergency,
    /// Now: a person in danger from themselves or others.
    Crisis,
}

impl Level {
    /// Every level, lowest first.
    pub const ALL: [Self; 5] =
        [Self::None, Self::Ask, Self::Sameday, Self::Emergency, Self::Crisis];

    /// Its name in the contract: `none`, `ask`, `sameday`, `emergency`, `crisis`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Ask => "ask",
            Self::Sameday => "sameday",
            Self::Emergency => "emergency",
            Self::Crisis => "crisis",
        }
    }

    /// The level of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == name)
    }

    /// Whether a card is shown for it: the same day or sooner.
    pub fn is_card(self) -> bool {
        self >= Self::Sameday
    }
}

/// A language that a pack speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lang {
    /// English.
    En,
    /// Spanish.
    Es,
}

impl Lang {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::En, Self::Es];

    /// Its tag.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Es => "es",
        }
    }

    /// The language of a tag such as `en`, `es` or `es-MX`.
    pub fn parse(tag: &str) -> Option<Self> {
        match tag.split(['-', '_']).next()? {
            "en" => Some(Self::En),
            "es" => Some(Self::Es),
            _ => None,
        }
    }
}

/// What is said about a mention: a set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Statuses(u16);

impl Statuses {
    const NEGATED: Self = Self(1);
    const SUPPOSED: Self = Self(2);
    const FAMILY: Self = Self(4);
    const PAST: Self = Self(8);
    const RESOLVED: Self = Self(16);
    const ASSESSED: Self = Self(32);
    const LEAFLET: Self = Self(64);
    const CHRONIC: Self = Self(128);

    /// By its name in the pack.
    fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "negated" => Self::NEGATED,
            "supposed" => Self::SUPPOSED,
            "family" => Self::FAMILY,
            "past" => Self::PAST,
            "resolved" => Self::RESOLVED,
            "assessed" => Self::ASSESSED,
            "leaflet" => Self::LEAFLET,
            "chronic" => Self::CHRONIC,
            _ => return None,
        })
    }

    const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    const fn any_of(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl std::fmt::Display for Statuses {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = [
            (Self::NEGATED, "negated"),
            (Self::SUPPOSED, "supposed"),
            (Self::FAMILY, "family"),
            (Self::PAST, "past"),
            (Self::RESOLVED, "resolved"),
            (Self::ASSESSED, "assessed"),
            (Self::LEAFLET, "leaflet"),
            (Self::CHRONIC, "chronic"),
        ];
        for (_, name) in names.iter().filter(|(status, _)| self.any_of(*status)) {
            write!(f, "-{name}")?;
        }
        Ok(())
    }
}

/// A rule that fired, and the words that made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The rule's name; [`PLAN_LIMIT`], [`LEARNED`] or [`ASK`] where there is none.
    pub rule: String,
    /// What it asks for.
    pub level: Level,
    /// First byte of the words.
    pub start: usize,
    /// First byte behind them.
    pub end: usize,
}

/// What the check says about a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assessment {
    /// The highest level of the hits.
    pub level: Level,
    /// What was recognised, highest level first.
    pub hits: Vec<Hit>,
    /// The version of the pack that said so.
    pub pack: String,
}

/// The name of the hit of a patient's own limit.
pub const PLAN_LIMIT: &str = "plan-limit";
/// The name of the hit of the learned model, which raises and never lowers.
pub const LEARNED: &str = "learned";
/// The name of the hit of a symptom without a warning sign.
pub const ASK: &str = "ask";

/// Assesses a text in the light of the chart.
///
/// `lang` is what the writer's account says; the languages of the text itself are read too.
pub fn assess(text: &str, lang: Option<Lang>, facts: &PatientFacts, pack: &RulePack) -> Assessment {
    let (tokens, mentions) = read(text, lang, pack);
    let context = context(facts, pack);
    let numbers = number::find(pack, &tokens, &mentions);
    let reading = Reading::new(&tokens, &mentions, &pack.cues);
    let case = Case {
        pack,
        facts,
        context: &context,
        mentions: &mentions,
        numbers: &numbers,
        reading: &reading,
    };
    let rule = |(place, span): (usize, (usize, usize))| {
        pack.rules.get(place).map(|r| hit(&r.id, r.level, span, &tokens))
    };
    let mut hits: Vec<Hit> = case.fired().into_iter().filter_map(rule).collect();
    let limits = case.beyond_limits();
    hits.extend(limits.into_iter().map(|span| hit(PLAN_LIMIT, Level::Sameday, span, &tokens)));
    let known = hits.iter().map(|hit| hit.level).max().unwrap_or_default();
    let seen = learned::features(pack, &tokens, &mentions, &reading);
    let learned = pack.model.assess(&seen).filter(|(level, ..)| *level > known);
    hits.extend(learned.map(|(level, first, last)| {
        let place = |sentence: usize| tokens.partition_point(|t| t.sentence < sentence);
        hit(LEARNED, level, (place(first), place(last.saturating_add(1))), &tokens)
    }));
    if hits.is_empty() {
        hits.extend(case.symptom().map(|span| hit(ASK, Level::Ask, span, &tokens)));
    }
    hits.sort_by_key(|hit| std::cmp::Reverse(hit.level));
    let level = hits.iter().map(|hit| hit.level).max().unwrap_or_default();
    Assessment { level, hits, pack: pack.version.clone() }
}

/// The tokens of a text, repaired, and the classes mentioned in them.
fn read(text: &str, lang: Option<Lang>, pack: &RulePack) -> (Vec<text::Token>, Mentions) {
    let mut tokens = text::tokens(text);
    pack.speller.repair(&mut tokens);
    for token in &mut tokens {
        if let Some(word) = pack.aliases.get(&token.form) {
            token.form.clone_from(word);
        }
    }
    let spoken = languages(&tokens, lang);
    let atoms: Vec<_> = tokens.iter().map(|token| pack.atoms.of(&token.form)).collect();
    let mut mentions = Mentions::new(pack.classes.len(), tokens.len());
    let depths = pack.trees.values().map(Vec::len).max().unwrap_or_default();
    for depth in 0..depths {
        for lang in pack.trees.keys() {
            if let Some(tree) = pack.trees.get(lang).and_then(|trees| trees.get(depth)) {
                let begins = |token: &text::Token| {
                    spoken.get(token.paragraph).is_some_and(|langs| langs.contains(lang))
                };
                concept::find(tree, &tokens, &atoms, &begins, &mut mentions);
            }
        }
    }
    mask(pack, &mut mentions, tokens.len());
    (tokens, mentions)
}

/// Takes out mentions that stand within words that mean something else.
fn mask(pack: &RulePack, mentions: &mut Mentions, tokens: usize) {
    let masks: Vec<_> = mentions
        .all()
        .filter(|m| pack.classes.get(m.class).is_some_and(|c| c.masks_all || !c.masks.is_empty()))
        .collect();
    if masks.is_empty() {
        return;
    }
    let mut over: Vec<Vec<ClassId>> = vec![Vec::new(); tokens];
    for mask in &masks {
        for token in mask.start..mask.end {
            if let Some(list) = over.get_mut(token) {
                list.push(mask.class);
            }
        }
    }
    mentions.remove(&|m| {
        let Some(class) = pack.classes.get(m.class) else { return false };
        let is_mask = class.masks_all || !class.masks.is_empty();
        let covering = (m.start..m.end).filter_map(|token| over.get(token)).flatten();
        !is_mask
            && covering.filter_map(|id| pack.classes.get(*id)).any(|mask| {
                mask.masks.contains(&m.class)
                    || (mask.masks_all && !class.plain && !class.name.starts_with("cue_"))
            })
    });
}

/// Words that only one language has, to tell which are spoken in a text.
const FUNCTION_WORDS: [(Lang, &[&str]); 2] = [
    (
        Lang::En,
        &[
            "the", "and", "my", "is", "are", "was", "have", "has", "i", "im", "to", "of", "for",
            "with", "it", "that", "this", "you", "can", "cant", "do", "dont", "been", "he", "she",
            "but", "in", "on", "feel", "since", "had", "what", "please", "get", "not", "at", "her",
            "his", "they",
        ],
    ),
    (
        Lang::Es,
        &[
            "el", "la", "los", "las", "de", "que", "y", "en", "mi", "mis", "un", "una", "con",
            "por", "para", "se", "es", "esta", "estoy", "tengo", "tiene", "su", "al", "del",
            "pero", "como", "muy", "desde", "le", "hace", "mucho", "puedo", "ya", "si", "lo",
            "ayer", "hoy", "siento", "duele", "porque", "cuando", "anoche", "nada", "usted",
            "gracias", "necesito",
        ],
    ),
];

/// The languages that each paragraph is read in, by its number: those that it shows itself, so that what is said in another
/// one changes nothing here.
fn languages(tokens: &[text::Token], writer: Option<Lang>) -> Vec<Vec<Lang>> {
    let mut spoken = vec![Vec::new(); tokens.last().map_or(0, |token| token.paragraph + 1)];
    for paragraph in tokens.chunk_by(|a, b| a.paragraph == b.paragraph) {
        let count =
            |words: &[&str]| paragraph.iter().filter(|t| words.contains(&t.form.as_str())).count();
        let counts: Vec<(Lang, usize)> =
            FUNCTION_WORDS.iter().map(|(lang, words)| (*lang, count(words))).collect();
        let most = counts.iter().map(|(_, n)| *n).max().unwrap_or_default();
        // Two words of the other language may be a name or a slip; a fifth of the words is not.
        let speaks = |lang: Lang, n: usize| {
            n == most || n >= 3 && n.saturating_mul(5) >= most || writer == Some(lang) && n > 0
        };
        let shown = counts.into_iter().filter(|(lang, n)| speaks(*lang, *n)).map(|(lang, _)| lang);
        let number = paragraph.first().map_or(0, |token| token.paragraph);
        if let Some(of) = spoken.get_mut(number) {
            of.extend(shown);
        }
    }
    spoken
}

/// The context classes that the chart speaks of.
fn context(facts: &PatientFacts, pack: &RulePack) -> Vec<ClassId> {
    let mut found = Vec::new();
    for words in facts.conditions.iter().chain(&facts.medications) {
        let (_, mentions) = read(words, None, pack);
        found.extend(mentions.all().map(|m| m.class));
    }
    let named = |name: &str| pack.class(name);
    if facts.pregnant {
        found.extend(named("ctx_pregnant"));
    }
    match facts.sex.as_deref() {
        Some("female") => found.extend(named("ctx_female")),
        Some("male") => found.extend(named("ctx_male")),
        _ => {}
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// The places of the learned model's features, by sentence: for the script that trains it.
pub fn features(text: &str, lang: Option<Lang>, pack: &RulePack) -> Vec<Vec<u32>> {
    let (tokens, mentions) = read(text, lang, pack);
    let reading = Reading::new(&tokens, &mentions, &pack.cues);
    learned::features(pack, &tokens, &mentions, &reading)
}

/// What the check sees in a text, line by line, for those who write rules: tokens with sentence and
/// clause, mentions with what is said about them, numbers.
pub fn describe(text: &str, lang: Option<Lang>, facts: &PatientFacts, pack: &RulePack) -> String {
    use std::fmt::Write as _;
    let (tokens, mentions) = read(text, lang, pack);
    let reading = Reading::new(&tokens, &mentions, &pack.cues);
    let mut out = String::new();
    let words = |start: usize, end: usize| {
        let forms = tokens.get(start..end).unwrap_or_default().iter().map(|t| t.form.as_str());
        forms.collect::<Vec<_>>().join(" ")
    };
    let mut clause = usize::MAX;
    for (at, token) in tokens.iter().enumerate() {
        if reading.clause(at) != clause {
            clause = reading.clause(at);
            let _ = write!(out, "\n[{}.{clause}]", token.sentence);
        }
        let _ = write!(out, " {}", token.form);
    }
    out.push('\n');
    for mention in mentions.all() {
        let Some(class) = pack.classes.get(mention.class) else { continue };
        let said = if class.plain { String::new() } else { reading.status(&mention).to_string() };
        let _ = writeln!(out, "  {}: {} {said}", class.name, words(mention.start, mention.end));
    }
    let numbers = number::find(pack, &tokens, &mentions);
    for number in &numbers.measured {
        let _ = writeln!(out, "  {:?} = {}", number.quantity, number.value);
    }
    for (age, _) in &numbers.ages {
        let _ = writeln!(out, "  age = {age}");
    }
    for id in context(facts, pack) {
        let _ = writeln!(out, "  chart: {}", pack.classes.get(id).map_or("", |c| c.name.as_str()));
    }
    out
}
