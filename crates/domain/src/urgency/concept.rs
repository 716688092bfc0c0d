//! Mentions of concept classes in a message: a walk through the trees of the pack's phrases.
//!
//! Classes that name other classes in their phrases are looked for after those, so a phrase can be made
//! of concepts ("<chest> feels <tight>"). A walk never leaves its sentence.

use std::collections::HashMap;

use super::pattern::Step;
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

/// One place of a tree: where each step leads, and which classes end here.
#[derive(Debug, Default)]
struct Node {
    words: HashMap<String, usize>,
    prefixes: HashMap<String, usize>,
    classes: Vec<(ClassId, usize)>,
    number: Option<usize>,
    any: Vec<(usize, usize)>,
    accepts: Vec<ClassId>,
}

/// The phrases of one language and depth as a tree.
#[derive(Debug)]
pub(super) struct Tree {
    nodes: Vec<Node>,
}

impl Default for Tree {
    fn default() -> Self {
        Self { nodes: vec![Node::default()] }
    }
}

impl Tree {
    /// Adds a phrase of a class; `resolve` gives the place of a class by its name.
    pub(super) fn add(
        &mut self,
        class: ClassId,
        phrase: &[Step],
        resolve: &dyn Fn(&str) -> Option<ClassId>,
    ) -> Result<(), String> {
        let mut at = 0_usize;
        for step in phrase {
            let fresh = self.nodes.len();
            let class_of = |name: &str| resolve(name).ok_or_else(|| format!("no class <{name}>"));
            let Some(node) = self.nodes.get_mut(at) else { break };
            let next = match step {
                Step::Word(word) => *node.words.entry(word.clone()).or_insert(fresh),
                Step::Prefix(word) => *node.prefixes.entry(word.clone()).or_insert(fresh),
                Step::Number => *node.number.get_or_insert(fresh),
                Step::Class(name) => edge(&mut node.classes, class_of(name)?, fresh),
                Step::Any(most) => edge(&mut node.any, *most, fresh),
            };
            if next == fresh {
                self.nodes.push(Node::default());
            }
            at = next;
        }
        if let Some(node) = self.nodes.get_mut(at)
            && !node.accepts.contains(&class)
        {
            node.accepts.push(class);
        }
        Ok(())
    }
}

/// The edge with this label, made when it is not there.
fn edge(edges: &mut Vec<(usize, usize)>, label: usize, fresh: usize) -> usize {
    if let Some((_, to)) = edges.iter().find(|(l, _)| *l == label) {
        return *to;
    }
    edges.push((label, fresh));
    fresh
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

/// Adds what the tree finds in the tokens to the mentions.
pub(super) fn find(tree: &Tree, tokens: &[Token], mentions: &mut Mentions) {
    for start in 0..tokens.len() {
        let mut found = Vec::new();
        walk(tree, tokens, mentions, (0, start, start), &mut found);
        for (class, end) in found {
            mentions.add(Mention { start, end, class });
        }
    }
    mentions.index();
}

/// Follows the tree from (node, first token, next token).
fn walk(
    tree: &Tree,
    tokens: &[Token],
    mentions: &Mentions,
    (node, start, at): (usize, usize, usize),
    found: &mut Vec<(ClassId, usize)>,
) {
    let Some(here) = tree.nodes.get(node) else { return };
    found.extend(here.accepts.iter().map(|class| (*class, at)));
    let Some(token) = tokens.get(at) else { return };
    if at > start && token.gap == Gap::Sentence {
        return;
    }
    if let Some(next) = here.words.get(token.form.as_str()) {
        walk(tree, tokens, mentions, (*next, start, at + 1), found);
    }
    if !here.prefixes.is_empty() {
        for (cut, _) in token.form.char_indices().skip(3) {
            let next = token.form.get(..cut).and_then(|begin| here.prefixes.get(begin));
            if let Some(next) = next {
                walk(tree, tokens, mentions, (*next, start, at + 1), found);
            }
        }
        if let Some(next) = here.prefixes.get(token.form.as_str()) {
            walk(tree, tokens, mentions, (*next, start, at + 1), found);
        }
    }
    if token.number.is_some()
        && let Some(next) = here.number
    {
        walk(tree, tokens, mentions, (next, start, at + 1), found);
    }
    if !here.classes.is_empty() {
        for mention in mentions.at(at) {
            if let Some((_, next)) = here.classes.iter().find(|(c, _)| *c == mention.class) {
                walk(tree, tokens, mentions, (*next, start, mention.end), found);
            }
        }
    }
    for (most, next) in &here.any {
        for skipped in 0..=*most {
            let to = at + skipped;
            let crossed =
                (at + 1..=to).any(|i| tokens.get(i).is_none_or(|t| t.gap == Gap::Sentence));
            if crossed {
                break;
            }
            walk(tree, tokens, mentions, (*next, start, to), found);
        }
    }
}
