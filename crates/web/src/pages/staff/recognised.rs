//! What the urgency check recognised in a message, as staff read it at the message.

use super::flag::Judged;
use crate::i18n::When;
use crate::pages::urgent::Urgency;

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// What it says.
    pub text: String,
    /// Whether it was recognised.
    pub marked: bool,
}

/// A warning sign that was recognised.
#[derive(Debug, Clone)]
pub struct Sign {
    /// What it is about, in the reader's language.
    pub title: String,
    /// The words of the text that made it.
    pub words: Vec<String>,
    /// Who published the sign; empty when nobody did.
    pub source: String,
    /// Where, as an address a browser opens; empty when there is none.
    pub address: String,
}

/// What was recognised in a message, shown and answered.
#[derive(Debug, Clone)]
pub struct Recognised {
    /// The highest level.
    pub level: Urgency,
    /// The signs, the highest level first.
    pub signs: Vec<Sign>,
    /// What the writer was shown and answered, as sentences.
    pub said: Vec<String>,
    /// When it was answered.
    pub at: Option<When>,
    /// The version of the rules; empty for an answer in an imported record, which no rule recognised.
    pub pack: String,
    /// The text in paragraphs with the words marked; empty where the text shown is not the one that was read.
    pub text: Vec<Vec<Piece>>,
    /// What clinicians said of it.
    pub judged: Judged,
}

impl Recognised {
    /// Whether it is about danger to life.
    pub fn is_now(&self) -> bool {
        matches!(self.level, Urgency::Emergency | Urgency::Crisis)
    }

    /// Whether it stands open: while it is a flag about danger to life.
    pub fn is_open(&self) -> bool {
        self.is_now() && !self.judged.back
    }

    /// The key of what stands above it.
    pub fn title(&self) -> &'static str {
        if self.pack.is_empty() { "record-recognised" } else { "recognised-title" }
    }

    /// The key of the level's word.
    pub fn key(&self) -> &'static str {
        match self.level {
            Urgency::Ask => "recognised-level-ask",
            Urgency::Today => "recognised-level-sameday",
            Urgency::Emergency => "recognised-level-emergency",
            Urgency::Crisis => "recognised-level-crisis",
        }
    }
}
