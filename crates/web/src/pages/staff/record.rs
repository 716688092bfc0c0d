//! An answer in an imported record that is somebody's work, above its conversation.

use domain::instrument::{Instrument, Item};

use super::Sign;
use crate::i18n::Locale;
use crate::pages::Phone;

/// What was answered, and what to do.
#[derive(Debug, Clone)]
pub struct RecordBlock {
    /// The answer and when it was given, as sentences.
    pub said: Vec<String>,
    /// What it is about, and who published it.
    pub sign: Sign,
    /// What the question is about, and how the answer came.
    pub came: String,
    /// The one thing to do.
    pub act: String,
    /// Whom to call, by name.
    pub name: String,
    /// The numbers on record.
    pub phones: Vec<Phone>,
    /// The crisis line where the team is.
    pub crisis: Option<Phone>,
}

impl RecordBlock {
    /// The key of what a question is about.
    pub const fn came(item: Item) -> &'static str {
        match (item, item.instrument()) {
            (_, Instrument::Phq9) => "record-came",
            (Item::EverActed, Instrument::Columbia) => "record-came-ever",
            (_, Instrument::Columbia) => "record-came-columbia",
        }
    }

    /// The key of what to do.
    pub const fn act(item: Item) -> &'static str {
        match item {
            Item::EverActed => "record-do-today",
            _ => "record-do",
        }
    }
}

impl Sign {
    /// What an answer in an imported record is about, with where LOINC says what is asked.
    pub fn of_record(locale: Locale, item: Item) -> Self {
        let (name, number) = (item.instrument().name(), item.number());
        let named = locale.t2("record-item", "name", name, "n", u32::from(number));
        let title = match item.instrument() {
            Instrument::Phq9 => locale.t("record-sign"),
            Instrument::Columbia => {
                let asks = locale.t(&format!("record-asks-{}", item.loinc()));
                locale.t2("record-sign-columbia", "item", named.as_str(), "asks", asks)
            }
        };
        Self {
            title,
            words: Vec::new(),
            source: format!("{named}: LOINC {}", item.loinc()),
            address: format!("https://loinc.org/{}", item.loinc()),
        }
    }
}
