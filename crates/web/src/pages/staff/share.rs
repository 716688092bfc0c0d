//! Asking a colleague about a reply, and what the colleague sees.

use askama::Template;

use super::{Choice, Desk, sample};
use crate::i18n::Locale;
use crate::pages::{Chrome, Page};

/// `GET /work/threads/{id}/shared/{draft}/ask`
#[derive(Debug, Clone, Template)]
#[template(path = "staff/share_ask.html")]
pub struct ShareAskPage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// The conversation's headline.
    pub headline: String,
    /// The text, as paragraphs.
    pub body: Vec<String>,
    /// The draft's version.
    pub version: i64,
    /// Whom to ask; the first is anyone of the team. Empty when there is nobody else.
    pub people: Vec<Choice>,
    /// What was typed for them.
    pub note: String,
    /// Where the form goes.
    pub action: String,
    /// Back to the conversation.
    pub back: String,
}

/// `GET /work/threads/{id}/shared/{draft}`
#[derive(Debug, Clone, Template)]
#[template(path = "staff/shared.html")]
pub struct SharedPage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// The conversation's headline.
    pub headline: String,
    /// How it stands: "Nils Berg asks you about this reply."
    pub state: String,
    /// The words of the asking; may be empty.
    pub note: String,
    /// The words with which it was given back; may be empty.
    pub answer: String,
    /// The text, as paragraphs.
    pub body: Vec<String>,
    /// The questions to the patient in it.
    pub questions: Vec<String>,
    /// What can be done.
    pub can: SharedActs,
    /// What was typed as an answer.
    pub typed: String,
    /// The asking's version.
    pub share: i64,
    /// The draft's version.
    pub draft: i64,
    /// The address of this page, which its forms go on from.
    pub here: String,
    /// The conversation.
    pub back: String,
}

/// What the reader can do with a draft that somebody asked about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SharedActs {
    /// Take it over or give it back.
    pub decide: bool,
    /// Take the asking back, as its writer.
    pub withdraw: bool,
}

impl Page for ShareAskPage {
    const NAME: &'static str = "staff-share-ask";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let choice = |value: &str, text: &str, chosen| Choice {
            value: value.to_owned(),
            text: text.to_owned(),
            chosen,
        };
        let typical = Self {
            chrome: sample::chrome(locale),
            desk: sample::desk_elsewhere(locale),
            headline: "Ankle swelling".to_owned(),
            body: vec!["Please <b>stop</b> the pill until we have spoken.".to_owned()],
            version: 2,
            people: vec![
                choice("", &locale.t("share-anyone"), true),
                choice("p", "Dora Park", false),
            ],
            note: String::new(),
            action: "/work/threads/t/shared/d/ask".to_owned(),
            back: "/work/threads/t".to_owned(),
        };
        let wrong = Self {
            chrome: sample::chrome(locale).with_problems(&[("note", "share-fault-note")]),
            note: sample::LONG.repeat(3),
            ..typical.clone()
        };
        let empty = Self { people: Vec::new(), ..typical.clone() };
        let long = Self {
            headline: sample::LONG.to_owned(),
            body: vec![sample::LONG.repeat(9)],
            people: sample::long_choices(),
            ..typical.clone()
        };
        vec![("typical", typical), ("error", wrong), ("empty", empty), ("longest", long)]
    }
}

impl Page for SharedPage {
    const NAME: &'static str = "staff-shared";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let typical = Self {
            chrome: sample::chrome(locale),
            desk: sample::desk_elsewhere(locale),
            headline: "Ankle swelling".to_owned(),
            state: locale.t1("share-line-asked", "name", "Nils Berg"),
            note: "Is the dose right?".to_owned(),
            answer: String::new(),
            body: vec!["Please <b>stop</b> the pill until we have spoken.".to_owned()],
            questions: vec!["When did you take it last?".to_owned()],
            can: SharedActs { decide: true, withdraw: false },
            typed: String::new(),
            share: 1,
            draft: 2,
            here: "/work/threads/t/shared/d".to_owned(),
            back: "/work/threads/t".to_owned(),
        };
        let wrong = Self {
            chrome: sample::chrome(locale).with_problems(&[("answer", "share-fault-answer")]),
            ..typical.clone()
        };
        let mine = Self {
            state: locale.t1("share-line-returned", "name", "Dora Park"),
            answer: "Half of it; see the last creatinine.".to_owned(),
            questions: Vec::new(),
            can: SharedActs { decide: false, withdraw: true },
            ..typical.clone()
        };
        let empty = Self { note: String::new(), questions: Vec::new(), ..typical.clone() };
        let long = Self {
            headline: sample::LONG.to_owned(),
            note: sample::LONG.repeat(2),
            body: vec![sample::LONG.repeat(9)],
            ..typical.clone()
        };
        vec![
            ("typical", typical),
            ("error", wrong),
            ("mine", mine),
            ("empty", empty),
            ("longest", long),
        ]
    }
}
