//! Mentions of concept classes in a message: walks through the nets of the pack's phrases.
//!
//! Classes that name other classes in their phrases are looked for after those, so a phrase can be made
//! of concepts ("<chest> feels <tight>"). A walk never leaves its sentence.

use std::collections::HashMap;

use super::pattern::{Part, Step};
use super::text::{Gap, Token};

/// A class of the pack by its place in it.
pub(super) type ClassId = usize;

/// Where a class was found: tokens from `start` to before `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mention {
    /// First token.
    pub start: usize,
    /// First token behind it.
    pub end: usize,
    /// What was found.
    pub class: ClassId,
}

/// One place of a net: where each step leads, and which class ends here.
#[derive(Debug, Default)]
struct Node {
    /// By the number of a word or of a prefix.
    atoms: Vec<(u32, usize)>,
    classes: Vec<(ClassId, usize)>,
    number: Option<usize>,
    any: Option<(usize, usize)>,
    /// Places reached without a step: a group's end.
    free: Vec<usize>,
    accepts: Option<ClassId>,
}

/// The phrases of one language and depth: nets that begin at one root.
#[derive(Debug, Default)]
pub(super) struct Tree {
    nodes: Vec<Node>,
    /// First steps by the number of a word or prefix.
    first_atoms: HashMap<u32, Vec<usize>>,
    first_classes: HashMap<ClassId, Vec<usize>>,
    first_numbers: Vec<usize>,
}

/// Numbers of the words and prefixes that a pack's phrases use.
#[derive(Debug, Default)]
pub(super) struct Atoms {
    words: HashMap<String, u32>,
    prefixes: HashMap<String, u32>,
}

impl Atoms {
    fn next(&self) -> u32 {
        u32::try_from(self.words.len() + self.prefixes.len()).unwrap_or(u32::MAX)
    }

    fn word(&mut self, word: &str) -> u32 {
        let next = self.next();
        *self.words.entry(word.to_owned()).or_insert(next)
    }

    fn prefix(&mut self, prefix: &str) -> u32 {
        let next = self.next();
        *self.prefixes.entry(prefix.to_owned()).or_insert(next)
    }

    /// The numbers that a word of a message has: its own, and those of prefixes it begins with.
    pub(super) fn of(&self, form: &str) -> Vec<u32> {
        let whole = self.words.get(form).into_iter();
        let ends = form.char_indices().map(|(at, c)| at + c.len_utf8()).skip(2);
        let begins = ends.filter_map(|end| self.prefixes.get(form.get(..end)?));
        whole.chain(begins).copied().collect()
    }
}

/// What a phrase is added with: how names and words become numbers.
pub(super) struct Adding<'a> {
    pub atoms: &'a mut Atoms,
    pub resolve: &'a dyn Fn(&str) -> Option<ClassId>,
}

impl Tree {
    /// Adds a phrase of a class.
    pub(super) fn add(
        &mut self,
        class: ClassId,
        phrase: &[Part],
        adding: &mut Adding<'_>,
    ) -> Result<(), String> {
        let root = self.place();
        let end = self.parts(root, phrase, adding)?;
        if let Some(node) = self.nodes.get_mut(end) {
            node.accepts = Some(class);
        }
        // The phrase's first steps go to the root of all.
        let mut firsts = vec![root];
        let mut seen = 0_usize;
        while let Some(at) = firsts.get(seen).copied() {
            seen += 1;
            let Some(node) = self.nodes.get(at) else { continue };
            firsts.extend(node.free.iter().copied());
            for (atom, to) in &node.atoms {
                self.first_atoms.entry(*atom).or_default().push(*to);
            }
            for (class, to) in &node.classes {
                self.first_classes.entry(*class).or_default().push(*to);
            }
            self.first_numbers.extend(node.number);
            if node.any.is_some() {
                return Err("a phrase cannot begin with _N".to_owned());
            }
        }
        Ok(())
    }

    fn place(&mut self) -> usize {
        self.nodes.push(Node::default());
        self.nodes.len().saturating_sub(1)
    }

    /// Adds parts behind a place; the place where they end.
    fn parts(
        &mut self,
        from: usize,
        parts: &[Part],
        adding: &mut Adding<'_>,
    ) -> Result<usize, String> {
        let mut at = from;
        for part in parts {
            let end = self.place();
            match part {
                Part::Step(step) => self.step(at, step, end, adding)?,
                Part::Group { ways, optional } => {
                    for way in ways {
                        let way_end = match way.as_slice() {
                            [Part::Step(step)] => {
                                self.step(at, step, end, adding)?;
                                continue;
                            }
                            way => self.parts(at, way, adding)?,
                        };
                        self.free(way_end, end);
                    }
                    if *optional {
                        self.free(at, end);
                    }
                }
            }
            at = end;
        }
        Ok(at)
    }

    fn free(&mut self, from: usize, to: usize) {
        if let Some(node) = self.nodes.get_mut(from) {
            node.free.push(to);
        }
    }

    fn step(
        &mut self,
        from: usize,
        step: &Step,
        to: usize,
        adding: &mut Adding<'_>,
    ) -> Result<(), String> {
        let Some(node) = self.nodes.get_mut(from) else { return Ok(()) };
        match step {
            Step::Word(word) => node.atoms.push((adding.atoms.word(word), to)),
            Step::Prefix(prefix) => node.atoms.push((adding.atoms.prefix(prefix), to)),
            Step::Number => node.number = Some(to),
            Step::Any(most) => node.any = Some((*most, to)),
            Step::Class(name) => {
                let class = (adding.resolve)(name).ok_or_else(|| format!("no class <{name}>"))?;
                node.classes.push((class, to));
            }
        }
        Ok(())
    }
}

/// All mentions of a message, by class and by place.
#[derive(Debug, Clone)]
pub(super) struct Mentions {
    by_class: Vec<Vec<Mention>>,
    by_start: Vec<Vec<Mention>>,
}

impl Mentions {
    pub(super) fn new(classes: usize, tokens: usize) -> Self {
        Self { by_class: vec![Vec::new(); classes], by_start: vec![Vec::new(); tokens] }
    }

    /// The mentions of a class in the order of the text.
    pub(super) fn of(&self, class: ClassId) -> &[Mention] {
        self.by_class.get(class).map_or(&[], Vec::as_slice)
    }

    /// The mentions that begin with a token.
    pub(super) fn at(&self, token: usize) -> &[Mention] {
        self.by_start.get(token).map_or(&[], Vec::as_slice)
    }

    /// Every mention, in the order of the text.
    pub(super) fn all(&self) -> impl Iterator<Item = Mention> + '_ {
        self.by_start.iter().flatten().copied()
    }

    /// Adds the longest mention of a class from a token.
    fn add(&mut self, mention: Mention) {
        let Some(list) = self.by_start.get_mut(mention.start) else { return };
        match list.iter_mut().find(|m| m.class == mention.class) {
            Some(known) => known.end = known.end.max(mention.end),
            None => list.push(mention),
        }
    }

    /// Writes the lists by class anew.
    fn index(&mut self) {
        self.by_class.iter_mut().for_each(Vec::clear);
        for mention in self.by_start.iter().flatten() {
            if let Some(list) = self.by_class.get_mut(mention.class) {
                list.push(*mention);
            }
        }
    }

    /// Takes out the mentions for which the test says so.
    pub(super) fn remove(&mut self, gone: &dyn Fn(&Mention) -> bool) {
        self.by_start.iter_mut().for_each(|list| list.retain(|m| !gone(m)));
        self.index();
    }
}

/// Adds what the net finds in the tokens to the mentions; `atoms` are those of each token, and what `begins` says no
/// to is not looked at.
pub(super) fn find(
    tree: &Tree,
    tokens: &[Token],
    atoms: &[Vec<u32>],
    begins: &dyn Fn(&Token) -> bool,
    mentions: &mut Mentions,
) {
    for (start, token) in tokens.iter().enumerate().filter(|(_, token)| begins(token)) {
        let mut walk = Walk { tree, tokens, atoms, mentions, start, steps: 0, found: Vec::new() };
        for atom in atoms.get(start).into_iter().flatten() {
            for to in tree.first_atoms.get(atom).into_iter().flatten() {
                walk.from(*to, start + 1);
            }
        }
        for mention in mentions.at(start) {
            for to in tree.first_classes.get(&mention.class).into_iter().flatten() {
                walk.from(*to, mention.end);
            }
        }
        if token.number.is_some() {
            for to in &tree.first_numbers {
                walk.from(*to, start + 1);
            }
        }
        for (class, end) in walk.found {
            mentions.add(Mention { start, end, class });
        }
    }
    mentions.index();
}

/// Most steps from one token: hostile texts of cue words cost no more.
const STEPS_MAX: usize = 20_000;

/// A walk through a net from one token.
struct Walk<'w> {
    tree: &'w Tree,
    tokens: &'w [Token],
    atoms: &'w [Vec<u32>],
    mentions: &'w Mentions,
    start: usize,
    steps: usize,
    found: Vec<(ClassId, usize)>,
}

impl Walk<'_> {
    /// Goes on from a place with the next token.
    fn from(&mut self, node: usize, at: usize) {
        self.steps += 1;
        let Some(here) = self.tree.nodes.get(node).filter(|_| self.steps < STEPS_MAX) else {
            return;
        };
        self.found.extend(here.accepts.map(|class| (class, at)));
        for to in &here.free {
            self.from(*to, at);
        }
        let Some(token) = self.tokens.get(at) else { return };
        if at > self.start && token.gap == Gap::Sentence {
            return;
        }
        if !here.atoms.is_empty() {
            let mine = self.atoms.get(at).map_or(&[][..], Vec::as_slice);
            for (_, to) in here.atoms.iter().filter(|(atom, _)| mine.contains(atom)) {
                self.from(*to, at + 1);
            }
        }
        if let Some(to) = here.number.filter(|_| token.number.is_some()) {
            self.from(to, at + 1);
        }
        if !here.classes.is_empty() {
            for mention in self.mentions.at(at) {
                for (_, to) in here.classes.iter().filter(|(class, _)| *class == mention.class) {
                    self.from(*to, mention.end);
                }
            }
        }
        if let Some((most, to)) = here.any {
            self.from(to, at);
            for skipped in 1..=most {
                let inside = self.tokens.get(at + skipped).is_some_and(|t| t.gap != Gap::Sentence);
                if !inside {
                    break;
                }
                self.from(to, at + skipped);
            }
        }
    }
}
