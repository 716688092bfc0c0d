//! "I'm not sure": the page that asks for a number before the message goes out with a request for a call, and the card of a
//! call that is waited for.
//!
//! Times are times of day, never a count that runs down. Whom to call at once stands on every one of them.

use askama::Template;

use super::common::Text;
use super::{Chrome, Page, Phone, Place, Sample, render};
use crate::i18n::Locale;

/// Whom to call at once.
#[derive(Clone, Debug)]
pub struct Numbers {
    /// The emergency number.
    pub emergency: Phone,
    /// The nurse line.
    pub nurse: Phone,
    /// When it is answered, in words; may be empty.
    pub nurse_hours: String,
    /// The crisis line.
    pub crisis: Phone,
}

impl Numbers {
    fn sample() -> Self {
        Self {
            emergency: Phone::new("911"),
            nurse: Phone::new("555-0101"),
            nurse_hours: "8–20".to_owned(),
            crisis: Phone::new("988"),
        }
    }
}

/// `GET /drafts/{id}/call`. Posts `version`, `seen`, `known` (a number on record) and `phone` (a typed one, which wins) to
/// itself.
#[derive(Template)]
#[template(path = "patient/call.html")]
pub struct CallPage {
    /// Layout.
    pub chrome: Chrome,
    /// Where the form posts.
    pub action: String,
    /// The version of the draft.
    pub version: i64,
    /// The newest number of the conversation that the page tells of.
    pub seen: i64,
    /// Whom it is about, when the reader writes for somebody.
    pub whose: Option<String>,
    /// By when somebody is asked to call, or that nobody is there, in a sentence.
    pub when: String,
    /// Somebody is there.
    pub there: bool,
    /// Whom to call at once.
    pub numbers: Numbers,
    /// The numbers on record, and which is chosen.
    pub phones: Vec<(String, bool)>,
    /// The number that was typed.
    pub typed: String,
    /// A call is asked for in this conversation already.
    pub joins: bool,
    /// Where the reader sees what others wrote meanwhile.
    pub newer: Option<String>,
    /// The title of a new message; empty for a reply.
    pub headline: String,
    /// The text as it stands.
    pub body: Text,
    /// Where the text is changed.
    pub edit: String,
}

impl CallPage {
    fn title_key(&self) -> &'static str {
        if self.whose.is_some() { "call-page-of" } else { "call-page" }
    }

    fn name(&self) -> &str {
        self.whose.as_deref().unwrap_or_default()
    }
}

/// `GET /threads/{id}/call/number`. Posts `phone` to itself.
#[derive(Template)]
#[template(path = "patient/call_number.html")]
pub struct CallNumber {
    /// Layout.
    pub chrome: Chrome,
    /// Where the form posts.
    pub action: String,
    /// The conversation.
    pub back: String,
    /// The number so far.
    pub typed: String,
}

/// A call that is waited for, in its conversation.
#[derive(Clone, Debug)]
pub struct CallCard {
    /// Where it stands, as a heading.
    pub title: String,
    /// What to do, or to know.
    pub text: Option<String>,
    /// Its message was taken back: the wish to be called stands.
    pub taken_back: bool,
    /// Its time is over, and nobody is calling.
    pub late: bool,
    /// Whom to call at once.
    pub numbers: Numbers,
    /// Which number is called, as a sentence, for who asked.
    pub number: Option<String>,
    /// Where that is changed.
    pub change: Option<String>,
    /// Where the request is taken back.
    pub off: Option<String>,
    /// The conversation again.
    pub again: String,
}

impl CallCard {
    /// Every state, for samples: waiting, nobody there, calling, late with its message taken back.
    pub fn samples(locale: Locale) -> Vec<Self> {
        let waiting = Self {
            title: locale.t1("call-card-by", "time", "2:35 pm"),
            text: Some(locale.t("call-card-keep")),
            taken_back: false,
            late: false,
            numbers: Numbers::sample(),
            number: Some(locale.t1("call-card-number", "phone", "555-0199")),
            change: Some("/threads/t1/call/number".to_owned()),
            off: Some("/threads/t1/call/off".to_owned()),
            again: "/threads/t1#call".to_owned(),
        };
        let later = Self {
            title: locale.t1("call-card-later", "time", "8:15 am"),
            text: None,
            number: Some(locale.t("call-card-no-number")),
            ..waiting.clone()
        };
        let calling = Self {
            title: locale.t1("call-card-calling", "who", "Maria <b>Lopez</b>"),
            number: None,
            change: None,
            off: None,
            ..waiting.clone()
        };
        let late = Self {
            title: locale.t("call-card-late"),
            text: Some(locale.t("call-card-late-text")),
            late: true,
            taken_back: true,
            ..waiting.clone()
        };
        vec![waiting, later, calling, late]
    }
}

/// A call that is waited for, on the row of its conversation.
#[derive(Clone, Debug)]
pub struct RowCall {
    /// Where it stands.
    pub text: String,
    /// The nurse line, when nobody has called in time.
    pub nurse: Option<Phone>,
}

impl RowCall {
    /// Waiting, calling, late.
    pub fn samples(locale: Locale) -> Vec<Self> {
        let row = |text| Self { text, nurse: None };
        vec![
            row(locale.t1("inbox-call-by", "time", "2:35 pm")),
            row(locale.t1("call-card-calling", "who", "Maria <b>Lopez</b>")),
            Self { nurse: Some(Phone::new("555-0101")), ..row(locale.t("call-card-late")) },
        ]
    }
}

impl Page for CallPage {
    const NAME: &'static str = "call";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let page = |chrome| Self {
            chrome,
            action: "/drafts/d1/call".to_owned(),
            version: 3,
            seen: 0,
            whose: None,
            when: locale.t2("call-when-now", "team", "Diabetes <b>team</b>", "time", "2:35 pm"),
            there: true,
            numbers: Numbers::sample(),
            phones: vec![
                ("555-0199".to_owned(), true),
                ("(555) 010-0142 ext. 7".to_owned(), false),
            ],
            typed: String::new(),
            joins: false,
            newer: None,
            headline: "My <i>cut</i>".to_owned(),
            body: Text::new("My cut looks a bit odd.\n\nIs that \"all right\"?"),
            edit: "/drafts/d1/write?edit=true".to_owned(),
        };
        let own = || Chrome::sample(locale, Place::Drafts);
        let empty = Self {
            phones: Vec::new(),
            headline: String::new(),
            there: false,
            when: locale.t1("call-when-unknown", "team", "Diabetes team"),
            ..page(own())
        };
        let longest = Self {
            whose: Some("Ana <b>Reyes</b>".to_owned()),
            there: false,
            when: locale.t2("call-when-later", "team", "Diabetes team", "time", "Monday, 8:15 am"),
            joins: true,
            newer: Some("/for/p1/threads/t1".to_owned()),
            ..page(Chrome::sample_helper(locale, Place::Drafts))
        };
        let wrong = own().with_problems(&[("phone", "problem-number")]);
        let error = Self { typed: "call \"me\"".to_owned(), ..page(wrong) };
        vec![("typical", page(own())), ("empty", empty), ("longest", longest), ("error", error)]
    }
}

impl Page for CallNumber {
    const NAME: &'static str = "call-number";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let page = |chrome| Self {
            chrome,
            action: "/threads/t1/call/number".to_owned(),
            back: "/threads/t1#call".to_owned(),
            typed: "555-0199".to_owned(),
        };
        let own = || Chrome::sample(locale, Place::Inbox);
        let wrong = own().with_problems(&[("phone", "problem-number")]);
        vec![
            ("typical", page(own())),
            ("empty", Self { typed: String::new(), ..page(own()) }),
            ("error", page(wrong)),
        ]
    }
}

/// Renders the samples of this file.
pub fn gallery(locale: Locale, out: &mut Vec<Sample>) {
    render::<CallPage>(locale, out);
    render::<CallNumber>(locale, out);
}
