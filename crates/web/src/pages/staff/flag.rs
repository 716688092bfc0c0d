//! Taking a flag of the urgency check back, and what a message says of it.

use askama::Template;

use super::{Choice, Desk, sample};
use crate::i18n::Locale;
use crate::pages::{Chrome, Page};

/// What clinicians said of a flag, and what the reader may say.
#[derive(Debug, Clone, Default)]
pub struct Judged {
    /// Each taking back and raising again, as sentences.
    pub acts: Vec<String>,
    /// Whether the flag is taken back.
    pub back: bool,
    /// Whether the reader may take it back or raise it again: it makes the work more urgent, and the work is theirs.
    pub flag: bool,
    /// Where the reader judges it; absent for who may not even say whether it was right.
    pub address: Option<String>,
    /// The answers to whether it was right, the reader's own chosen.
    pub ratings: Vec<Choice>,
}

/// `GET …/messages/{message}/flag`: why a flag is taken back.
#[derive(Debug, Clone, Template)]
#[template(path = "staff/flag.html")]
pub struct FlagPage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// Where the form posts to.
    pub action: String,
    /// The list the conversation was opened from.
    pub list: String,
    /// The number of the message on the page it came from.
    pub seq: i64,
    /// The reasons.
    pub reasons: Vec<Choice>,
    /// The words so far.
    pub words: String,
    /// The answers to whether it was right.
    pub ratings: Vec<Choice>,
    /// Where Cancel leads.
    pub back: String,
}

impl Page for FlagPage {
    const NAME: &'static str = "staff-flag";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let choice = |value: &str, key: &str, chosen| Choice {
            value: value.to_owned(),
            text: locale.t(key),
            chosen,
        };
        let typical = Self {
            chrome: sample::chrome(locale),
            desk: sample::desk_elsewhere(locale),
            action: "/work/threads/t1/messages/m1/flag".to_owned(),
            list: String::new(),
            seq: 3,
            reasons: vec![
                choice("", "flag-choose", true),
                choice("not_meant", "flag-why-not_meant", false),
                choice("other", "flag-why-other", false),
            ],
            words: String::new(),
            ratings: vec![
                choice("not_right", "flag-rating-not_right", true),
                choice("right", "flag-rating-right", false),
            ],
            back: "/work/threads/t1".to_owned(),
        };
        let wrong = Self {
            chrome: sample::chrome(locale).with_problems(&[
                ("flag_reason", "staff-fault-flag-reason"),
                ("flag_words", "staff-fault-flag-words"),
            ]),
            words: "<b>\"why\"</b>".to_owned(),
            ..typical.clone()
        };
        let long = Self { words: sample::LONG.to_owned(), ..typical.clone() };
        vec![("typical", typical), ("error", wrong), ("longest", long)]
    }
}
