//! The rule pack: concept classes and rules as data, read from text.
//!
//! ```text
//! class chest plain            (flags: plain (no assertion), symptom (may ask), mask X Y: hides X, Y)
//!   en: chest | breast bone
//!   es: pecho
//!   any: …                     (both languages)
//! rule RF01 emergency never_miss
//!   title: Chest pain, pressure or tightness
//!   title_es: …
//!   source: AHA Warning Signs of a Heart Attack
//!   address: https://…
//!   checked: no
//!   when: chest ~6 discomfort & !costochondritis {even resolved}
//!   yes en: an elephant sits on my chest
//!   no en: no chest pain
//! ```
//!
//! A line `alias: cnat = cant | b4 = before` stands anywhere and has such words read as others.
//! In `when`, `~6` puts two things within six words of each other in either order, `>6` in this order, `&`
//! asks for both anywhere, `!` for the absence, `/` for either of two classes; `@pregnant` is the context
//! class `ctx_pregnant` in the chart or the text, `sbp>180` a number with its quantity, `age<2` years.
//! Deliberately absent: files (the caller gives the text) and the reading of messages.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::concept::{Adding, Atoms, ClassId, Tree};
use super::number::{Comparison, Quantity};
use super::pattern::{Phrase, Step, each_step};
use super::spelling::Speller;
use super::{Lang, Level, Statuses};

/// What is wrong with a pack, and in which line of which file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}, line {line}: {why}")]
pub struct PackError {
    /// The file's name.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub why: String,
}

/// A concept class.
#[derive(Debug, Clone)]
pub(super) struct Class {
    pub name: String,
    /// Its mentions have no assertion of their own (a body part, a moment, a severity).
    pub plain: bool,
    /// An affirmed mention is reason to ask when no rule fires.
    pub symptom: bool,
    /// Classes whose mentions it hides where they overlap; "*" hides all that are not plain.
    pub masks: Vec<ClassId>,
    pub masks_all: bool,
}

/// One thing a rule looks for.
#[derive(Debug, Clone)]
pub(super) enum Operand {
    /// A mention of one of these classes.
    Classes(Vec<ClassId>),
    /// A number of this quantity.
    Number(Quantity, Comparison, f64),
    /// This context in the chart or in the text.
    Context(ClassId),
    /// The age of whom the message is about, in years.
    Age(Comparison, f64),
}

/// How far from the one before, in words, and whether behind it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Near {
    pub words: usize,
    pub ordered: bool,
}

/// Things that stand near each other, or whose absence is asked for.
#[derive(Debug, Clone)]
pub(super) struct Term {
    pub absent: bool,
    pub first: Operand,
    pub rest: Vec<(Near, Operand)>,
}

/// One way in which a rule fires.
#[derive(Debug, Clone)]
pub(super) struct When {
    pub terms: Vec<Term>,
    /// Statuses of a mention that do not stop it here.
    pub even: Statuses,
}

/// An example of a rule, which a test holds it to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// Its language.
    pub lang: Lang,
    /// What somebody wrote.
    pub text: String,
    /// Whether the rule's level or a higher one is due.
    pub fires: bool,
}

/// A published warning sign, and how it is recognised.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its name in logs and reports.
    pub id: String,
    /// What it asks for.
    pub level: Level,
    /// No site may take it away.
    pub never_miss: bool,
    /// What it is about, in English.
    pub title: String,
    /// What it is about, in Spanish.
    pub title_es: String,
    /// Who published the sign.
    pub source: String,
    /// Where.
    pub address: String,
    /// Whether somebody compared the wording with the source, when, and what was found.
    pub checked: String,
    /// Cases it is held to.
    pub examples: Vec<Example>,
    pub(super) whens: Vec<When>,
}

/// Classes, rules and the words they know, ready to assess messages.
#[derive(Debug)]
pub struct RulePack {
    pub(super) version: String,
    pub(super) classes: Vec<Class>,
    pub(super) names: BTreeMap<String, ClassId>,
    /// Trees by language, then by depth.
    pub(super) trees: BTreeMap<Lang, Vec<Tree>>,
    pub(super) rules: Vec<Rule>,
    pub(super) atoms: Atoms,
    /// Words read as another.
    pub(super) aliases: HashMap<String, String>,
    /// What was learned from cases, and can only raise.
    pub(super) model: super::learned::Model,
    pub(super) speller: Speller,
    pub(super) cues: super::assertion::Cues,
}

/// A class while its lines are being read.
#[derive(Debug, Default)]
struct Draft {
    file: String,
    line: usize,
    masks: Vec<String>,
    phrases: Vec<(Vec<Lang>, Phrase)>,
}

#[derive(Default)]
struct Reader {
    classes: Vec<Class>,
    drafts: Vec<Draft>,
    names: BTreeMap<String, ClassId>,
    rules: Vec<Rule>,
    aliases: HashMap<String, String>,
    whens: Vec<(usize, String, usize, String)>,
    open: Open,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Open {
    #[default]
    Nothing,
    Class(ClassId),
    Rule(usize),
}

impl RulePack {
    /// Reads a pack from its files: (name, text) each, the words that are never repaired, one per line,
    /// and further whole words that a repair may lead to.
    ///
    /// # Errors
    /// The first line that cannot be understood.
    pub fn read(
        version: &str,
        files: &[(&str, &str)],
        guard: &str,
        words: &str,
    ) -> Result<Self, PackError> {
        let mut reader = Reader::default();
        for (file, text) in files {
            for (at, line) in text.lines().enumerate() {
                reader.line(file, at.saturating_add(1), line).map_err(|why| PackError {
                    file: (*file).to_owned(),
                    line: at.saturating_add(1),
                    why,
                })?;
            }
            reader.open = Open::Nothing;
        }
        reader.finish(version, guard, words)
    }

    /// The pack with a learned model; `weights` as `learned` reads them.
    ///
    /// # Errors
    /// A sentence, when they are no weights.
    pub fn with_weights(mut self, weights: &[u8]) -> Result<Self, PackError> {
        let fail = |why| PackError { file: "weights".to_owned(), line: 0, why };
        self.model = super::learned::Model::read(weights).map_err(fail)?;
        Ok(self)
    }

    /// The rules, in the order of the pack.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rule of this name.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// What a word of a message is repaired to, if it is: for the script that writes the guard list.
    pub fn repaired(&self, word: &str) -> Option<&str> {
        self.speller.repaired(word)
    }

    /// Its version.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The class of this name.
    pub(super) fn class(&self, name: &str) -> Option<ClassId> {
        self.names.get(name).copied()
    }
}

impl Reader {
    fn line(&mut self, file: &str, number: usize, line: &str) -> Result<(), String> {
        if line.trim().is_empty() || line.starts_with('#') {
            return Ok(());
        }
        if let Some(head) = line.strip_prefix("class ") {
            return self.class(file, number, head);
        }
        if let Some(head) = line.strip_prefix("rule ") {
            return self.rule(head);
        }
        let (key, value) = line.trim().split_once(':').ok_or("no key before a colon")?;
        let (key, value) = (key.trim(), value.trim());
        if key == "alias" {
            return self.aliases(value);
        }
        match self.open {
            Open::Nothing => Err(format!("\"{key}\" belongs to no class and no rule")),
            Open::Class(id) => self.phrases(id, key, value),
            Open::Rule(id) => self.rule_line(id, (file, number), key, value),
        }
    }

    /// Words that are read as another: `cnat = cant | b4 = before`.
    fn aliases(&mut self, value: &str) -> Result<(), String> {
        for pair in value.split('|') {
            let (from, to) = pair.split_once('=').ok_or("an alias needs a =")?;
            self.aliases.insert(from.trim().to_owned(), to.trim().to_owned());
        }
        Ok(())
    }

    fn class(&mut self, file: &str, line: usize, head: &str) -> Result<(), String> {
        let mut words = head.split_whitespace();
        let name = words.next().ok_or("a class needs a name")?;
        // A class goes on in another file.
        let known = self.names.get(name).copied();
        let id = known.unwrap_or(self.classes.len());
        if known.is_none() {
            self.classes.push(Class {
                name: name.to_owned(),
                plain: false,
                symptom: false,
                masks: Vec::new(),
                masks_all: false,
            });
            self.drafts.push(Draft { file: file.to_owned(), line, ..Draft::default() });
            self.names.insert(name.to_owned(), id);
        }
        let class = self.classes.get_mut(id).ok_or("no such class")?;
        while let Some(flag) = words.next() {
            match flag {
                "plain" => class.plain = true,
                "symptom" => class.symptom = true,
                "mask" => {
                    let masked: Vec<String> = words.by_ref().map(str::to_owned).collect();
                    class.masks_all |= masked.iter().any(|m| m == "*");
                    if let Some(draft) = self.drafts.get_mut(id) {
                        draft.masks.extend(masked.into_iter().filter(|m| m != "*"));
                    }
                }
                _ => return Err(format!("\"{flag}\" is no flag of a class")),
            }
        }
        self.open = Open::Class(id);
        Ok(())
    }

    fn phrases(&mut self, id: ClassId, key: &str, value: &str) -> Result<(), String> {
        let langs = match key {
            "any" => vec![Lang::En, Lang::Es],
            _ => vec![Lang::parse(key).ok_or_else(|| format!("\"{key}\" is no language"))?],
        };
        let phrases = super::pattern::read(value)?;
        if let Some(draft) = self.drafts.get_mut(id) {
            draft.phrases.extend(phrases.into_iter().map(|phrase| (langs.clone(), phrase)));
        }
        Ok(())
    }

    fn rule(&mut self, head: &str) -> Result<(), String> {
        let mut words = head.split_whitespace();
        let id = words.next().ok_or("a rule needs a name")?.to_owned();
        let level = words.next().and_then(Level::parse).ok_or("a rule needs a level")?;
        let never_miss = match words.next() {
            None => false,
            Some("never_miss") => true,
            Some(flag) => return Err(format!("\"{flag}\" is no flag of a rule")),
        };
        if self.rules.iter().any(|rule| rule.id == id) {
            return Err(format!("rule {id} is there twice"));
        }
        self.rules.push(Rule {
            id,
            level,
            never_miss,
            title: String::new(),
            title_es: String::new(),
            source: String::new(),
            address: String::new(),
            checked: String::new(),
            examples: Vec::new(),
            whens: Vec::new(),
        });
        self.open = Open::Rule(self.rules.len().saturating_sub(1));
        Ok(())
    }

    fn rule_line(
        &mut self,
        id: usize,
        (file, line): (&str, usize),
        key: &str,
        value: &str,
    ) -> Result<(), String> {
        let rule = self.rules.get_mut(id).ok_or("no such rule")?;
        let words: Vec<&str> = key.split_whitespace().collect();
        match words.as_slice() {
            ["title"] => value.clone_into(&mut rule.title),
            ["title_es"] => value.clone_into(&mut rule.title_es),
            ["source"] => value.clone_into(&mut rule.source),
            ["address"] => value.clone_into(&mut rule.address),
            ["checked"] => value.clone_into(&mut rule.checked),
            ["when"] => self.whens.push((id, file.to_owned(), line, value.to_owned())),
            [sign @ ("yes" | "no"), lang] => {
                let lang = Lang::parse(lang).ok_or_else(|| format!("\"{lang}\" is no language"))?;
                let (text, fires) = (value.to_owned(), *sign == "yes");
                rule.examples.push(Example { lang, text, fires });
            }
            _ => return Err(format!("\"{key}\" is no line of a rule")),
        }
        Ok(())
    }

    fn finish(mut self, version: &str, guard: &str, words: &str) -> Result<RulePack, PackError> {
        for (id, file, line, text) in std::mem::take(&mut self.whens) {
            let when = self.when(&text).map_err(|why| PackError { file, line, why })?;
            if let Some(rule) = self.rules.get_mut(id) {
                rule.whens.push(when);
            }
        }
        let depths = self.depths();
        let deepest = depths.iter().copied().max().unwrap_or_default();
        let mut trees: BTreeMap<Lang, Vec<Tree>> = BTreeMap::new();
        let names = self.names.clone();
        let resolve = |name: &str| names.get(name).copied();
        let mut atoms = Atoms::default();
        let mut adding = Adding { atoms: &mut atoms, resolve: &resolve };
        let mut prefixes = HashSet::new();
        let mut vocabulary: Vec<String> = words.lines().map(str::to_owned).collect();
        for lang in [Lang::En, Lang::Es] {
            let list = trees.entry(lang).or_default();
            list.resize_with(deepest.saturating_add(1), Tree::default);
        }
        for (id, draft) in self.drafts.iter().enumerate() {
            let depth = depths.get(id).copied().unwrap_or_default();
            let fail = |why| PackError { file: draft.file.clone(), line: draft.line, why };
            for (langs, phrase) in &draft.phrases {
                each_step(phrase, &mut |step| match step {
                    Step::Word(word) => vocabulary.push(word.clone()),
                    Step::Prefix(begin) => _ = prefixes.insert(begin.clone()),
                    Step::Class(_) | Step::Number | Step::Any(_) => {}
                });
                for lang in langs {
                    let tree = trees.get_mut(lang).and_then(|list| list.get_mut(depth));
                    if let Some(tree) = tree {
                        tree.add(id, phrase, &mut adding).map_err(fail)?;
                    }
                }
            }
            for mask in &draft.masks {
                let masked = resolve(mask).ok_or_else(|| fail(format!("no class {mask}")))?;
                if let Some(class) = self.classes.get_mut(id) {
                    class.masks.push(masked);
                }
            }
        }
        vocabulary.extend(self.aliases.keys().cloned());
        let speller = Speller::new(vocabulary, prefixes, guard.lines().map(str::to_owned));
        let cues = super::assertion::Cues::of(&self.names);
        let Self { classes, names, rules, aliases, .. } = self;
        let version = version.to_owned();
        let model = super::learned::Model::default();
        Ok(RulePack { version, classes, names, trees, rules, atoms, aliases, model, speller, cues })
    }

    /// How many classes deep the phrases of each class are.
    fn depths(&self) -> Vec<usize> {
        let mut depths = vec![0_usize; self.drafts.len()];
        let inner: Vec<HashSet<ClassId>> = self.drafts.iter().map(|d| self.inner(d)).collect();
        // A circle of classes would rise for ever; nothing sensible is deeper than this.
        for _ in 0..8 {
            for id in 0..self.drafts.len() {
                let inner = inner.get(id).into_iter().flatten();
                let deepest = inner.filter_map(|id| depths.get(*id)).max();
                let depth = deepest.map_or(0, |depth| depth.saturating_add(1)).min(8);
                if let Some(place) = depths.get_mut(id) {
                    *place = depth;
                }
            }
        }
        depths
    }

    /// The classes that a class's phrases are made of.
    fn inner(&self, draft: &Draft) -> HashSet<ClassId> {
        let mut found = HashSet::new();
        for (_, phrase) in &draft.phrases {
            each_step(phrase, &mut |step| {
                if let Step::Class(name) = step {
                    found.extend(self.names.get(name).copied());
                }
            });
        }
        found
    }

    fn when(&self, text: &str) -> Result<When, String> {
        let (body, even) = match text.split_once('{') {
            None => (text, Statuses::default()),
            Some((body, rest)) => {
                let inside = rest.trim_end().strip_suffix('}').ok_or("a { is not closed")?;
                let words = inside.trim().strip_prefix("even ").ok_or("after { comes even")?;
                let mut even = Statuses::default();
                for word in words.split_whitespace() {
                    even = even
                        .with(Statuses::parse(word).ok_or_else(|| format!("no status {word}"))?);
                }
                (body, even)
            }
        };
        let terms = body.split('&').map(|term| self.term(term)).collect::<Result<Vec<_>, _>>()?;
        if terms.iter().all(|term| term.absent) {
            return Err("a rule needs something that is there".to_owned());
        }
        Ok(When { terms, even })
    }

    fn term(&self, text: &str) -> Result<Term, String> {
        let text = text.trim();
        let (absent, text) = match text.strip_prefix('!') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let mut words = text.split_whitespace();
        let first = self.operand(words.next().ok_or("an empty term")?)?;
        let mut rest = Vec::new();
        while let Some(link) = words.next() {
            let ordered = link.starts_with('>');
            let near = link
                .strip_prefix(['~', '>'])
                .and_then(|n| n.parse().ok())
                .ok_or_else(|| format!("\"{link}\" is neither ~N nor >N"))?;
            let operand = self.operand(words.next().ok_or("nothing after ~N")?)?;
            rest.push((Near { words: near, ordered }, operand));
        }
        Ok(Term { absent, first, rest })
    }

    fn operand(&self, word: &str) -> Result<Operand, String> {
        if let Some(name) = word.strip_prefix('@') {
            let class = format!("ctx_{name}");
            let id = self.names.get(&class).ok_or_else(|| format!("no class {class}"))?;
            return Ok(Operand::Context(*id));
        }
        if let Some((quantity, comparison, value)) = super::number::comparison(word) {
            return match Quantity::parse(quantity) {
                Some(quantity) => Ok(Operand::Number(quantity, comparison, value)),
                None if quantity == "age" => Ok(Operand::Age(comparison, value)),
                None => Err(format!("\"{quantity}\" is no quantity")),
            };
        }
        let ids = word
            .split('/')
            .map(|name| self.names.get(name).copied().ok_or_else(|| format!("no class {name}")));
        Ok(Operand::Classes(ids.collect::<Result<_, _>>()?))
    }
}
