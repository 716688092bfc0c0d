//! What is learned from cases, and can only raise a level: a linear model over words and concepts.
//!
//! Rules name what is published; people find words that no list has. The model scores one, two
//! and three sentences in a row, from what the other stages saw: words and pairs of words (marked when
//! they are negated, past, supposed …), concepts and pairs of concepts. Its weights are whole numbers in a
//! file of the pack, trained offline by `packs/train.py`; the same text gets the same score on every machine.
//! Deliberately absent: anything that lowers a level or silences a rule.

use super::Level;
use super::assertion::Reading;
use super::concept::{Mention, Mentions};
use super::pack::RulePack;
use super::text::Token;

/// Weights of one head; features are folded into so many places.
pub(super) const PLACES: usize = 1 << 17;
/// The first bytes of a file of weights.
const MAGIC: &[u8] = b"TDLW1\n";
/// Cues that the model reads beside the concepts: when, and whether it grows.
const TOLD: [&str; 5] = ["cue_now", "cue_worse", "cue_back", "cue_past", "cue_chronic"];
/// Most sentences of a window.
const WINDOW_SENTENCES_MAX: usize = 3;
/// Most features that are counted of one window, so that a long text costs no more than its length.
const WINDOW_FEATURES_MAX: usize = 600;

/// One question that is put to a window: how near is it to what needs this level?
#[derive(Debug, Clone)]
struct Head {
    /// Levels with the thousandths of a weight's unit that the sum must reach, highest level first.
    levels: Vec<(Level, i64)>,
    bias: i64,
    weights: Vec<i8>,
}

/// The model, or none.
#[derive(Debug, Clone, Default)]
pub(super) struct Model {
    heads: Vec<Head>,
}

/// The features of a text, by sentence.
pub(super) type Features = Vec<Vec<u32>>;

impl Model {
    /// Reads weights: `TDLW1`, then for each head a line `bias level threshold`, the last two for each level
    /// that it can give, highest first, and as many bytes as there are places, each a weight from -127 to 127.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, String> {
        if bytes.is_empty() {
            return Ok(Self::default());
        }
        let mut rest = bytes.strip_prefix(MAGIC).ok_or("not a file of weights")?;
        let mut heads = Vec::new();
        while !rest.is_empty() {
            let end = rest.iter().position(|byte| *byte == b'\n').ok_or("no line for a head")?;
            let (line, after) = rest.split_at(end);
            let line = std::str::from_utf8(line).map_err(|_| "a head's line is no text")?;
            let mut words = line.split(' ');
            let number = |word: Option<&str>| {
                word.and_then(|word| word.parse().ok()).ok_or(format!("\"{line}\" is no head"))
            };
            let bias = number(words.next())?;
            let mut levels = Vec::new();
            while let Some(level) = words.next() {
                let level = Level::parse(level).ok_or_else(|| format!("no level {level}"))?;
                levels.push((level, number(words.next())?));
            }
            let body = after.get(1..).unwrap_or_default();
            let weights = body.get(..PLACES).ok_or("too few weights")?;
            let weights = weights.iter().map(|byte| i8::from_le_bytes([*byte])).collect();
            heads.push(Head { levels, bias, weights });
            rest = body.get(PLACES..).unwrap_or_default();
        }
        Ok(Self { heads })
    }

    /// The highest level that a window reaches, with the sentences of the window: first and last.
    pub(super) fn assess(&self, features: &Features) -> Option<(Level, usize, usize)> {
        let mut best: Option<(Level, i64, usize, usize)> = None;
        for (first, last) in windows(features.len()) {
            let sentences = features.get(first..=last).unwrap_or_default();
            let window = window(sentences);
            for head in &self.heads {
                let score = head.score(&window);
                let Some(reached) = head.level(score) else { continue };
                if best.is_none_or(|(level, s, ..)| (reached, score) > (level, s)) {
                    best = Some((reached, score, first, last));
                }
            }
        }
        best.map(|(level, _, first, last)| (level, first, last))
    }
}

impl Head {
    /// The highest level that a score reaches.
    fn level(&self, score: i64) -> Option<Level> {
        self.levels.iter().find(|(_, least)| score >= *least).map(|(level, _)| *level)
    }

    /// Thousandths: the mean weight of the features times the root of their number.
    fn score(&self, window: &[u32]) -> i64 {
        let weight =
            |place: &u32| usize::try_from(*place).ok().and_then(|place| self.weights.get(place));
        let sum: i64 = window.iter().filter_map(weight).map(|w| i64::from(*w)).sum();
        let count = i64::try_from(window.len()).unwrap_or(i64::MAX).max(1);
        // Whole numbers all the way: the root in thousandths.
        let root = (count.saturating_mul(1_000_000)).isqrt().max(1);
        self.bias.saturating_add(sum.saturating_mul(1_000_000) / root)
    }
}

/// The windows of a text: every one, two and three sentences in a row. What is added behind a text leaves
/// its windows as they are, so that it lowers nothing.
pub(super) fn windows(sentences: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..sentences).flat_map(move |first| {
        (first..sentences.min(first.saturating_add(WINDOW_SENTENCES_MAX)))
            .map(move |last| (first, last))
    })
}

/// The features of some sentences together, each once.
pub(super) fn window(sentences: &[Vec<u32>]) -> Vec<u32> {
    let mut all: Vec<u32> =
        sentences.iter().flatten().copied().take(WINDOW_FEATURES_MAX * 8).collect();
    all.sort_unstable();
    all.dedup();
    all.truncate(WINDOW_FEATURES_MAX * 4);
    all
}

/// FNV-1a of the parts of a feature, folded into the places.
fn place(parts: &[&str]) -> u32 {
    let mut hash = 0x811c_9dc5_u32;
    for part in parts {
        for byte in part.bytes().chain([0x1f]) {
            hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        }
    }
    // The low bits of FNV are its weak ones.
    (hash ^ (hash >> 15)) % u32::try_from(PLACES).unwrap_or(u32::MAX)
}

/// What a model sees of a text.
pub(super) fn features(
    pack: &RulePack,
    tokens: &[Token],
    mentions: &Mentions,
    reading: &Reading<'_>,
) -> Features {
    let sentences = tokens.last().map_or(0, |t| t.sentence.saturating_add(1));
    let mut all: Features = vec![Vec::new(); sentences];
    let marks: Vec<&str> = (0..tokens.len())
        .map(|at| mark(reading, &Mention { start: at, end: at + 1, class: 0 }))
        .zip(tokens)
        .map(|(said, token)| if said.is_empty() && token.asked { "q" } else { said })
        .collect();
    let word =
        |at: usize| tokens.get(at).map(|t| if t.number.is_some() { "#" } else { t.form.as_str() });
    for (at, token) in tokens.iter().enumerate() {
        let Some(list) = all.get_mut(token.sentence) else { continue };
        let said = marks.get(at).copied().unwrap_or_default();
        let this = word(at).unwrap_or_default();
        list.push(place(&["w", said, this]));
        list.push(place(&["s", said, stem(this)]));
        let next = tokens.get(at + 1).filter(|t| t.sentence == token.sentence);
        if next.is_some() {
            list.push(place(&["b", said, stem(this), stem(word(at + 1).unwrap_or_default())]));
        }
        if let Some(third) = tokens.get(at + 2).filter(|t| t.sentence == token.sentence) {
            list.push(place(&["k", said, stem(this), stem(&third.form)]));
        }
    }
    let concepts: Vec<(Mention, String)> = mentions
        .all()
        .filter_map(|m| {
            let class = pack.classes.get(m.class)?;
            let told = TOLD.contains(&class.name.as_str());
            if !told && (class.name.starts_with("cue_") || class.name.starts_with("u_")) {
                return None;
            }
            let asked = tokens.get(m.start).is_some_and(|t| t.asked);
            let said = match if class.plain { "" } else { mark(reading, &m) } {
                "" if asked && !told => "q",
                said => said,
            };
            Some((m, format!("{said}{}", class.name)))
        })
        .collect();
    for (index, (m, name)) in concepts.iter().enumerate() {
        let sentence = tokens.get(m.start).map_or(0, |t| t.sentence);
        let Some(list) = all.get_mut(sentence) else { continue };
        list.push(place(&["c", name]));
        for (other, second) in concepts.iter().skip(index + 1).take(12) {
            let there = tokens.get(other.start).map_or(0, |t| t.sentence);
            if there == sentence && other.start.saturating_sub(m.end) <= 12 {
                let (a, b) = if name < second { (name, second) } else { (second, name) };
                list.push(place(&["p", a, b]));
            }
        }
    }
    all
}

/// The first letters of a word, so that its forms are one.
fn stem(word: &str) -> &str {
    word.char_indices().nth(5).and_then(|(cut, _)| word.get(..cut)).unwrap_or(word)
}

/// One letter for what is said about a place: the strongest that takes it back.
fn mark(reading: &Reading<'_>, m: &Mention) -> &'static str {
    use super::Statuses as S;
    let said = reading.status(m);
    let marks = [
        (S::NEGATED, "n"),
        (S::SUPPOSED, "h"),
        (S::LEAFLET, "l"),
        (S::FAMILY, "f"),
        (S::PAST, "p"),
        (S::ASSESSED, "a"),
        (S::RESOLVED, "r"),
        (S::CHRONIC, "k"),
    ];
    marks.into_iter().find(|(status, _)| said.any_of(*status)).map_or("", |(_, mark)| mark)
}
