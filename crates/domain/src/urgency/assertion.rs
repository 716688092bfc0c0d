//! Whether something that is mentioned is so, now, and of the person: negated, past, supposed, a relative's,
//! gone again, seen by somebody already, from a leaflet, or as always.
//!
//! Cues are classes of the pack (`cue_…`); this file says how far each reaches. All reaches are bounded, so
//! that a long text costs no more than its length. Nothing here depends on who the message is about: the
//! third person never lowers a level.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use super::Statuses;
use super::concept::{ClassId, Mention, Mentions};
use super::text::{Gap, Token};

/// Words that a negation reaches over.
const NEGATION_WORDS: usize = 9;
/// Words between a thing and the negation behind it.
const NEGATION_BEHIND_WORDS: usize = 3;
/// Words between a thing and whoever has it.
const TOLD_WORDS: usize = 6;
/// Words of a quotation that are looked at to find its beginning.
const QUOTED_WORDS: usize = 60;
/// Words between "she wrote" and what is quoted.
const SAID_WORDS: usize = 4;
/// Words of a cue before the mention that it runs into.
const INTO_WORDS: usize = 8;
/// Words that "if", "what are the signs of" and the like reach over.
const SUPPOSED_WORDS: usize = 14;
/// Words that a relative's history reaches over.
const FAMILY_WORDS: usize = 12;
/// Words between a thing and its year.
const PAST_WORDS: usize = 12;
/// Words between a thing and its end.
const RESOLVED_WORDS: usize = 16;
/// Words that a leaflet reaches over.
const LEAFLET_WORDS: usize = 45;
/// Words between a thing and "as always".
const CHRONIC_WORDS: usize = 14;
/// Words between a disease's bare name and somebody who has it.
const BARE_WORDS: usize = 12;
/// Words between a thing and "can it be prevented".
const SUPPOSED_BEHIND_WORDS: usize = 6;
/// Sentences before and behind it for which "nobody is ill" was said.
const NOBODY_SENTENCES: usize = 2;
/// Words that "our dog" reaches over.
const ANIMAL_WORDS: usize = 12;
/// Sentences before and behind it for which a visit was.
const ASSESSED_SENTENCES: usize = 2;

/// Sentences behind it in which "that is what I have now" speaks of it.
const CONFIRMED_SENTENCES: usize = 2;
/// Words between a thing and "that is what I have now".
const CONFIRMED_WORDS: usize = 45;
/// What "that is what I have now" takes back.
const NOT_ONES_OWN: Statuses =
    Statuses::SUPPOSED.with(Statuses::LEAFLET).with(Statuses::FAMILY).with(Statuses::PAST);

/// Words that say of what was told before that it is over.
const POINTS_BACK: [&str; 44] = [
    "it",
    "its",
    "that",
    "thats",
    "this",
    "they",
    "theyre",
    "all",
    "everything",
    "he",
    "hes",
    "she",
    "shes",
    "i",
    "im",
    "ive",
    "we",
    "were",
    "is",
    "was",
    "has",
    "had",
    "have",
    "been",
    "now",
    "but",
    "and",
    "so",
    "then",
    "since",
    "just",
    "today",
    "ya",
    "se",
    "me",
    "le",
    "lo",
    "la",
    "eso",
    "esto",
    "todo",
    "ahora",
    "pero",
    "y",
];

/// Words behind which something is named.
const ARTICLES: [&str; 13] =
    ["la", "el", "los", "las", "lo", "mi", "mis", "su", "sus", "the", "my", "his", "her"];

/// Words by which a writer acts.
const SUBJECTS: [&str; 28] = [
    "i", "im", "ive", "id", "ill", "we", "yo", "estoy", "tengo", "quiero", "tuve", "tome", "ando",
    "traigo", "siento", "llevo", "subi", "perdi", "cai", "amaneci", "vomite", "empece", "necesito",
    "deseo", "pienso", "veo", "oigo", "sangro",
];

/// Words by which a writer speaks of what is theirs.
const FIRST_PERSON: [&str; 3] = ["my", "me", "mi"];

/// Words with which a condition begins.
const CONDITIONS: [&str; 12] =
    ["if", "unless", "in", "should", "when", "what", "whats", "how", "si", "por", "en", "que"];

/// Words with which a list goes on.
const GOES_ON: [&str; 4] = ["or", "nor", "ni", "o"];

/// The places of the cue classes in a pack.
#[derive(Debug, Clone, Default)]
pub(super) struct Cues {
    neg: Option<ClassId>,
    neg_stop: Option<ClassId>,
    neg_after: Option<ClassId>,
    hypo: Option<ClassId>,
    family: Option<ClassId>,
    past: Option<ClassId>,
    resolved: Option<ClassId>,
    assessed: Option<ClassId>,
    cleared: Option<ClassId>,
    leaflet: Option<ClassId>,
    chronic: Option<ClassId>,
    now: Option<ClassId>,
    worse: Option<ClassId>,
    back: Option<ClassId>,
    present: Option<ClassId>,
    clause: Option<ClassId>,
    verb: Option<ClassId>,
    /// "syncope", "anaphylaxis": names that somebody who has them seldom writes alone.
    bare: Option<ClassId>,
    person: Option<ClassId>,
    hypo_after: Option<ClassId>,
    but: Option<ClassId>,
    nobody: Option<ClassId>,
    animal: Option<ClassId>,
    says: Option<ClassId>,
    confirm: Option<ClassId>,
    plea: Option<ClassId>,
    /// "My mom", "mi esposo": whom the writer cares for.
    kin: Option<ClassId>,
}

impl Cues {
    /// Finds the cue classes by their names.
    pub(super) fn of(names: &BTreeMap<String, ClassId>) -> Self {
        let cue = |name: &str| names.get(&format!("cue_{name}")).copied();
        Self {
            neg: cue("neg"),
            neg_stop: cue("neg_stop"),
            neg_after: cue("neg_after"),
            hypo: cue("hypo"),
            family: cue("family"),
            past: cue("past"),
            resolved: cue("resolved"),
            assessed: cue("assessed"),
            cleared: cue("cleared"),
            leaflet: cue("leaflet"),
            chronic: cue("chronic"),
            now: cue("now"),
            worse: cue("worse"),
            back: cue("back"),
            present: cue("present"),
            clause: cue("clause"),
            verb: cue("verb"),
            bare: cue("bare"),
            person: names.get("person").copied(),
            hypo_after: cue("hypo_after"),
            but: cue("but"),
            nobody: cue("nobody"),
            animal: cue("animal"),
            says: cue("says"),
            confirm: cue("confirm"),
            plea: cue("plea"),
            kin: cue("kin"),
        }
    }
}

/// What stands near a mention of when it is.
#[derive(Debug, Clone, Copy)]
struct Near {
    /// Its clause says that it is now, new or worse.
    fresh: bool,
    /// Its sentence says that it is now.
    dated: bool,
    /// Its sentence says that it is now, new or worse.
    current: bool,
    /// Its clause is in the present.
    present: bool,
    /// Its clause says of somebody, in the present, how they are.
    told: bool,
}

/// A message with its cues, ready to be asked about a span.
pub(super) struct Reading<'m> {
    tokens: &'m [Token],
    mentions: &'m Mentions,
    cues: &'m Cues,
    clauses: Vec<usize>,
    /// What was said already about a span: rules and the learned layer ask again and again.
    known: RefCell<HashMap<(usize, usize), Statuses>>,
}

impl<'m> Reading<'m> {
    /// Parts the tokens into clauses.
    pub(super) fn new(tokens: &'m [Token], mentions: &'m Mentions, cues: &'m Cues) -> Self {
        let mut clauses = Vec::with_capacity(tokens.len());
        let mut clause = 0_usize;
        let begins = |class: Option<ClassId>, at: usize| {
            class.is_some_and(|class| mentions.at(at).iter().any(|m| m.class == class))
        };
        for (at, token) in tokens.iter().enumerate() {
            let breaks = match token.gap {
                Gap::Sentence => true,
                Gap::Comma => begins(cues.clause, at) || says_something(tokens, at, &begins, cues),
                Gap::Space | Gap::Slash => begins(cues.clause, at),
            };
            if breaks && at > 0 {
                clause = clause.saturating_add(1);
            }
            clauses.push(clause);
        }
        Self { tokens, mentions, cues, clauses, known: RefCell::default() }
    }

    /// The clause of a token.
    pub(super) fn clause(&self, token: usize) -> usize {
        self.clauses.get(token).copied().unwrap_or_default()
    }

    /// The sentence of a token.
    pub(super) fn sentence(&self, token: usize) -> usize {
        self.tokens.get(token).map_or(0, |t| t.sentence)
    }

    /// The paragraph of a token.
    pub(super) fn paragraph(&self, token: usize) -> usize {
        self.tokens.get(token).map_or(0, |t| t.paragraph)
    }

    /// Sentences between two tokens of a paragraph; another paragraph is another matter.
    fn sentences_between(&self, a: usize, b: usize) -> Option<usize> {
        let same = self.paragraph(a) == self.paragraph(b);
        same.then(|| self.sentence(a).abs_diff(self.sentence(b)))
    }

    /// What is said about the span of a mention.
    pub(super) fn status(&self, m: &Mention) -> Statuses {
        let span = (m.start, m.end);
        let known = self.known.borrow().get(&span).copied();
        known.unwrap_or_else(|| {
            let found = self.find_status(m);
            self.known.borrow_mut().insert(span, found);
            found
        })
    }

    fn find_status(&self, m: &Mention) -> Statuses {
        let near = self.near(m);
        let found = [
            (self.negated(m), Statuses::NEGATED),
            (self.supposed(m, near), Statuses::SUPPOSED),
            (self.of_family(m, near), Statuses::FAMILY),
            (self.past(m, near), Statuses::PAST),
            (self.chronic(m, near), Statuses::CHRONIC),
            (self.gone(m), Statuses::RESOLVED),
            (self.assessed(m), Statuses::ASSESSED),
            (self.quoted(m) || self.on_paper(m, near), Statuses::LEAFLET),
        ];
        let all = found.into_iter().filter(|(holds, _)| *holds);
        let all = all.fold(Statuses::default(), |all, (_, status)| all.with(status));
        if all.any_of(NOT_ONES_OWN) && self.confirmed(m) { all.without(NOT_ONES_OWN) } else { all }
    }

    /// What the clause and the sentence of a mention say of when it is.
    fn near(&self, m: &Mention) -> Near {
        let dated = self.near_in_sentence(self.cues.now, m);
        Near {
            fresh: self.near_in_clause(self.cues.now, m) || self.near_in_clause(self.cues.worse, m),
            dated,
            current: dated || self.near_in_sentence(self.cues.worse, m),
            present: self.near_in_clause(self.cues.present, m),
            told: self.told_now(m),
        }
    }

    fn same_sentence(&self, a: &Mention, b: &Mention) -> bool {
        self.sentence(a.start) == self.sentence(b.start)
    }

    fn same_clause(&self, a: &Mention, b: &Mention) -> bool {
        self.clause(a.start) == self.clause(b.start)
    }

    /// Whether it is asked about, feared or taught. "I teach and my chest hurts": what a clause says of somebody now is
    /// no lesson, and "is it normal that my chest is crushing since an hour ago?" no question for a book. A condition
    /// reaches on.
    fn supposed(&self, m: &Mention, near: Near) -> bool {
        let reaches = |c: &Mention| {
            self.same_sentence(c, m)
                && (!near.told || self.same_clause(c, m) || self.is_condition(c))
                && (!near.dated || self.is_condition(c))
                && !self.cue_between(self.cues.but, c.end, m.start)
        };
        self.before(self.cues.hypo, m, SUPPOSED_WORDS, &reaches)
            || self.into(self.cues.hypo, m)
            || self.behind(self.cues.hypo_after, m, SUPPOSED_BEHIND_WORDS)
            || !near.current && self.of_nobody(m)
    }

    /// Whether it is a relative's history, or an animal's. "I lost my husband and I want to die": a clause of one's own
    /// is not the relative's, nor is one in the present: "my neighbor had a fall and is bleeding".
    fn of_family(&self, m: &Mention, near: Near) -> bool {
        let theirs = |c: &Mention| {
            let other = self.same_sentence(c, m) && !near.present && !self.first_person(m);
            self.same_clause(c, m) || other
        };
        let named = self.before(self.cues.family, m, FAMILY_WORDS, &theirs)
            || self.into(self.cues.family, m);
        let history = named
            && !near.fresh
            && !self.said(m)
            && !self.near_in_sentence(self.cues.plea, m)
            && (!self.goes_on_now(m) || self.gone(m));
        let beside = |c: &Mention| self.same_clause(c, m);
        let animal = self.before(self.cues.animal, m, ANIMAL_WORDS, &beside)
            || self.into(self.cues.animal, m);
        history || animal
    }

    /// Whether it was long ago. "I had a stent in 2019 and my chest hurts": a clause in the present is not past with the
    /// other. "My friend died last year and I took 30 pills": another's past is not one's own; "In 1998, in Cuba, I had
    /// an ulcer" has nobody else.
    fn past(&self, m: &Mention, near: Near) -> bool {
        let ones_own = |c: &Mention| {
            self.same_sentence(c, m)
                && (!self.own_subject(m) || self.own_subject(c) || !self.of_somebody(c))
        };
        let beside = |c: &Mention| self.same_clause(c, m);
        let wide = !near.present && !near.current;
        let long_ago = self.around(self.cues.past, m, PAST_WORDS, &beside)
            || wide && self.around(self.cues.past, m, PAST_WORDS * 2, &ones_own);
        !near.fresh && long_ago
    }

    /// Whether it is as always. "Same cough as always, but today my fingers are blue": what stands behind it is new.
    fn chronic(&self, m: &Mention, near: Near) -> bool {
        let always = |c: &Mention| {
            let on = !near.fresh && !self.cue_between(self.cues.but, c.end, m.start);
            self.same_sentence(c, m) && (self.same_clause(c, m) || on)
        };
        !self.near_in_sentence(self.cues.worse, m)
            && self.around(self.cues.chronic, m, CHRONIC_WORDS, &always)
    }

    /// Whether a paper, the news or an instruction says it: not what comes behind a "but" or a "now", what a clause says
    /// of somebody in the present, and what its writer or whom they care for does.
    fn on_paper(&self, m: &Mention, near: Near) -> bool {
        let lives = near.told || self.own_subject(m) || self.near_in_clause(self.cues.kin, m);
        let reaches = |c: &Mention| {
            self.same_sentence(c, m)
                && (!lives || self.same_clause(c, m))
                && !self.cue_between(self.cues.but, c.end, m.start)
                && !self.now_between(c, m)
        };
        self.before(self.cues.leaflet, m, LEAFLET_WORDS, &reaches)
    }

    /// Whether the writer says in its sentence, or in the next ones, that this is what they have now.
    fn confirmed(&self, m: &Mention) -> bool {
        let says = |c: &Mention| {
            let of_it = match self.sentences_between(c.start, m.start) {
                Some(0) => true,
                Some(n) => c.start >= m.start && n <= CONFIRMED_SENTENCES,
                None => false,
            };
            of_it && !self.negated(c) && !self.condition_before(c)
        };
        self.around(self.cues.confirm, m, CONFIRMED_WORDS, &says)
    }

    /// Whether a condition of the same clause stands before a cue: "call if that is what you have now".
    fn condition_before(&self, cue: &Mention) -> bool {
        let same =
            |c: &Mention| self.clause(c.start) == self.clause(cue.start) && self.is_condition(c);
        self.before(self.cues.hypo, cue, SUPPOSED_WORDS, &same)
    }

    /// Whether it is quoted from a paper. What a person said or wrote is told of that person: "she texted
    /// me 'I want to die'" is as grave as without the marks.
    fn quoted(&self, m: &Mention) -> bool {
        self.tokens.get(m.start).is_some_and(|t| t.quoted) && !self.said(m)
    }

    /// Whether it is quoted from what a person said or wrote.
    fn said(&self, m: &Mention) -> bool {
        let quoted = |at: usize| self.tokens.get(at).is_some_and(|t| t.quoted);
        let first = (0..=m.start).rev().take(QUOTED_WORDS).take_while(|at| quoted(*at)).last();
        first.is_some_and(|first| {
            let near = |c: Mention| c.end <= first && first - c.end <= SAID_WORDS;
            self.window(self.cues.says, first.saturating_sub(SAID_WORDS + 8), first).any(near)
        })
    }

    fn negated(&self, m: &Mention) -> bool {
        let reaches = |c: &Mention| {
            self.clause(c.start) == self.clause(m.start)
                && !self.cue_between(self.cues.neg_stop, c.end, m.start)
        };
        self.before(self.cues.neg, m, NEGATION_WORDS, &reaches)
            || self.into(self.cues.neg, m)
            || self
                .window(self.cues.neg_after, m.end, m.end + NEGATION_BEHIND_WORDS + 1)
                .any(|c| self.sentence(c.start) == self.sentence(m.start) && c.start >= m.end)
    }

    /// Whether the writer says that nobody has it, or asks about a disease with nobody near who could. A
    /// bare name that is no question stays: "seizure, 6 minutes" is how somebody in a hurry writes.
    fn of_nobody(&self, m: &Mention) -> bool {
        let from = m.start.saturating_sub(60);
        let near = |c: &Mention| {
            let apart = self.sentences_between(c.start, m.start);
            apart.is_some_and(|n| n <= NOBODY_SENTENCES)
        };
        let asked = self.tokens.get(m.start).is_some_and(|t| t.asked);
        let bare = asked
            && self
                .window(self.cues.bare, m.start.saturating_sub(4), m.end)
                .any(|c| c.start < m.end && m.start < c.end);
        let in_sentence = |c: &Mention| {
            let inside = c.start >= m.start && c.end <= m.end;
            !inside && self.sentence(c.start) == self.sentence(m.start)
        };
        bare && !self.around(self.cues.person, m, BARE_WORDS, &in_sentence)
            || self.window(self.cues.nobody, from, m.end + 60).any(|c| near(&c))
    }

    /// Whether a cue stands behind the mention in its sentence.
    fn behind(&self, class: Option<ClassId>, m: &Mention, words: usize) -> bool {
        let sentence = self.sentence(m.start);
        self.window(class, m.end, m.end + words + 1).any(|c| self.sentence(c.start) == sentence)
    }

    /// Whether what is mentioned ended, and did not come back.
    fn gone(&self, m: &Mention) -> bool {
        let ends = |c: &Mention| match self.sentences_between(c.start, m.start) {
            Some(0) => c.start >= m.start,
            // "It is gone now." speaks of what was said before; "My son is better now." of something else.
            Some(1) => c.start >= m.start && self.points_back(c),
            _ => false,
        };
        let behind =
            self.window(self.cues.resolved, m.start, m.end + RESOLVED_WORDS).any(|c| ends(&c));
        let before = self
            .before(self.cues.resolved, m, 4, &|c| self.clause(c.start) == self.clause(m.start));
        (behind || before)
            && !self.near_in_sentence(self.cues.back, m)
            && !self.near_in_sentence(self.cues.worse, m)
    }

    /// Whether a cue's sentence names nothing of its own: nothing but words that point back stand before the cue,
    /// and no article behind it.
    fn points_back(&self, cue: &Mention) -> bool {
        let sentence = self.sentence(cue.start);
        let mut before = self.tokens.get(..cue.start).unwrap_or_default().iter().rev();
        let next = self.tokens.get(cue.end).filter(|token| token.sentence == sentence);
        next.is_none_or(|token| !ARTICLES.contains(&token.form.as_str()))
            && before
                .by_ref()
                .take_while(|token| token.sentence == sentence)
                .all(|token| POINTS_BACK.contains(&token.form.as_str()))
    }

    /// Whether a clause between a cue and the mention, or the mention's, begins to speak of now: "I saw it on the
    /// news and now my daughter fainted".
    fn now_between(&self, cue: &Mention, m: &Mention) -> bool {
        let clause = self.clause(cue.start);
        self.window(self.cues.now, cue.end, m.start).any(|now| self.clause(now.start) != clause)
    }

    /// Whether somebody has seen to it already, and nothing is new since.
    fn assessed(&self, m: &Mention) -> bool {
        let from = m.start.saturating_sub(60);
        let present = self.near_in_clause(self.cues.present, m);
        let visit = self.window(self.cues.assessed, from, m.end + 60).find(|c| {
            match self.sentences_between(c.start, m.start) {
                // "On the news they said so, my dad's face is drooping" was seen by nobody.
                Some(0) => {
                    c.start > m.start
                        || !self.cue_between(self.cues.but, c.end, m.start)
                            && (self.clause(c.start) == self.clause(m.start) || !self.told_now(m))
                }
                // In another sentence it must say that all was well, and what is told afterwards as present is new.
                Some(n) if n <= ASSESSED_SENTENCES => {
                    (c.start > m.start || !present) && self.near_in_sentence(self.cues.cleared, c)
                }
                _ => false,
            }
        });
        visit.is_some()
            && !self.near_in_sentence(self.cues.back, m)
            && !self.near_in_sentence(self.cues.worse, m)
            && !self.near_in_clause(self.cues.now, m)
    }

    /// Whether the clause of a mention says of somebody, in the present, how they are.
    fn told_now(&self, m: &Mention) -> bool {
        let same = |c: &Mention| self.clause(c.start) == self.clause(m.start);
        let now =
            self.near_in_clause(self.cues.present, m) || self.near_in_clause(self.cues.now, m);
        now && self.around(self.cues.person, m, TOLD_WORDS, &same)
    }

    /// Whether the clause of a mention is the writer's own.
    fn first_person(&self, m: &Mention) -> bool {
        self.clause_has(m, &FIRST_PERSON) || self.own_subject(m)
    }

    /// Whether the writer is who acts in the clause of a mention: "my friend" is somebody else.
    fn own_subject(&self, m: &Mention) -> bool {
        self.clause_has(m, &SUBJECTS)
    }

    /// Whether the clause of a mention tells something of somebody.
    fn of_somebody(&self, m: &Mention) -> bool {
        self.near_in_clause(self.cues.verb, m) || self.near_in_clause(self.cues.person, m)
    }

    /// Whether one of these words stands in the clause of a mention, up to its end.
    fn clause_has(&self, m: &Mention, words: &[&str]) -> bool {
        let clause = self.clause(m.start);
        let before = self.tokens.get(..m.end).unwrap_or_default().iter().enumerate().rev();
        before
            .take_while(|(at, _)| self.clause(*at) == clause)
            .take(FAMILY_WORDS)
            .any(|(_, token)| words.contains(&token.form.as_str()))
    }

    /// Whether the sentence goes on in the present about somebody else than the writer: "passed out and won't wake".
    fn goes_on_now(&self, m: &Mention) -> bool {
        let behind = |c: &Mention| {
            c.start >= m.end
                && self.sentence(c.start) == self.sentence(m.start)
                && !self.first_person(c)
        };
        self.window(self.cues.present, m.end, m.end + FAMILY_WORDS).any(|c| behind(&c))
    }

    /// Whether a cue is a condition, which reaches over the clauses of its sentence.
    fn is_condition(&self, cue: &Mention) -> bool {
        self.tokens.get(cue.start).is_some_and(|token| CONDITIONS.contains(&token.form.as_str()))
    }

    /// Whether a cue's last words are the mention's first: "no me falta el aire", "my aunt fell on the stairs".
    fn into(&self, class: Option<ClassId>, m: &Mention) -> bool {
        self.window(class, m.start.saturating_sub(INTO_WORDS), m.start)
            .any(|c| c.end > m.start && c.end < m.end)
    }

    /// Whether a cue that ends before the mention reaches it.
    fn before(
        &self,
        class: Option<ClassId>,
        m: &Mention,
        words: usize,
        reaches: &dyn Fn(&Mention) -> bool,
    ) -> bool {
        // A cue may be some words long itself.
        let from = m.start.saturating_sub(words.saturating_add(8));
        self.window(class, from, m.start)
            .any(|c| c.end <= m.start && m.start - c.end <= words && reaches(&c))
    }

    /// Whether a cue stands on either side within so many words.
    fn around(
        &self,
        class: Option<ClassId>,
        m: &Mention,
        words: usize,
        reaches: &dyn Fn(&Mention) -> bool,
    ) -> bool {
        self.window(class, m.start.saturating_sub(words), m.end + words).any(|c| reaches(&c))
    }

    fn near_in_clause(&self, class: Option<ClassId>, m: &Mention) -> bool {
        self.around(class, m, 20, &|c| self.clause(c.start) == self.clause(m.start))
    }

    fn near_in_sentence(&self, class: Option<ClassId>, m: &Mention) -> bool {
        self.around(class, m, 25, &|c| self.sentence(c.start) == self.sentence(m.start))
    }

    fn cue_between(&self, class: Option<ClassId>, from: usize, to: usize) -> bool {
        self.window(class, from, to).next().is_some()
    }

    /// The mentions of a cue that begin from one token to before another.
    fn window(
        &self,
        class: Option<ClassId>,
        from: usize,
        to: usize,
    ) -> impl Iterator<Item = Mention> + '_ {
        let list = class.map_or(&[][..], |class| self.mentions.of(class));
        let first = list.partition_point(|c| c.start < from);
        list.get(first..).unwrap_or_default().iter().copied().take_while(move |c| c.start < to)
    }
}

/// Whether the part behind a comma says something of its own: it has a verb, and does not go on with "or".
fn says_something(
    tokens: &[Token],
    from: usize,
    begins: &dyn Fn(Option<ClassId>, usize) -> bool,
    cues: &Cues,
) -> bool {
    let goes_on = tokens.get(from).is_some_and(|t| GOES_ON.contains(&t.form.as_str()));
    let ends =
        |i: usize| tokens.get(i).is_none_or(|t| t.gap >= Gap::Comma) || begins(cues.clause, i);
    let part = (from..tokens.len()).take(12).take_while(|i| *i == from || !ends(*i));
    let after_number = |i: usize| {
        i.checked_sub(1).and_then(|before| tokens.get(before)).is_some_and(|t| t.number.is_some())
    };
    !goes_on && part.into_iter().any(|i| begins(cues.verb, i) && !after_number(i))
}
