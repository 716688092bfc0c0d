//! How a conversation ends when its answer left the channel, and the record of a call, a reading out or a
//! letter.

use askama::Template;

use super::{Choice, Desk, PatientLine, sample};
use crate::i18n::Locale;
use crate::pages::thread::closing_words;
use crate::pages::{Chrome, Page};

/// Answers `POST /work/threads/{id}/close` for an outcome that needs its words.
#[derive(Debug, Clone, Template)]
#[template(path = "staff/close.html")]
pub struct ClosePage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// The conversation.
    pub thread: String,
    /// Its headline.
    pub headline: String,
    /// The outcome's code.
    pub outcome: String,
    /// What was asked for, to whom it goes, or where it was answered.
    pub what: String,
    /// The day, as a field of dates takes it.
    pub on: String,
    /// The remark so far.
    pub remark: String,
    /// Whether the patient sees the remark.
    pub tell: bool,
    /// The version the form was made for.
    pub version: Option<i64>,
    /// The list the conversation was opened from.
    pub list: String,
    /// Back to the conversation.
    pub back: String,
}

impl ClosePage {
    /// What the patient will read, with an ellipsis for the words.
    fn preview(&self) -> String {
        closing_words(self.chrome.locale, &self.outcome, Some("…"))
    }
}

impl Page for ClosePage {
    const NAME: &'static str = "staff-close";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let page = |outcome: &str| Self {
            chrome: sample::chrome(locale),
            desk: sample::desk_elsewhere(locale),
            thread: sample::THREAD.to_owned(),
            headline: "Ankle swelling & the new dose".to_owned(),
            outcome: outcome.to_owned(),
            what: String::new(),
            on: String::new(),
            remark: String::new(),
            tell: false,
            version: Some(3),
            list: String::new(),
            back: format!("/work/threads/{}", sample::THREAD),
        };
        let wrong = Self {
            chrome: sample::chrome(locale)
                .with_problems(&[("what", "staff-fault-what"), ("on", "staff-fault-on")]),
            on: "2026-11-25".to_owned(),
            tell: true,
            ..page("refill")
        };
        let long = Self {
            desk: sample::long_desk(locale),
            headline: sample::LONG.to_owned(),
            what: sample::LONG.to_owned(),
            remark: sample::LONG.to_owned(),
            ..page("order")
        };
        vec![
            ("typical", page("refill")),
            ("appointment", page("appointment")),
            ("handed-over", page("handed_over")),
            ("elsewhere", page("answered_elsewhere")),
            ("error", wrong),
            ("longest", long),
        ]
    }
}

/// `GET /work/threads/{id}/contact`
#[derive(Debug, Clone, Template)]
#[template(path = "staff/contact.html")]
pub struct ContactPage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// The conversation.
    pub thread: String,
    /// Its headline.
    pub headline: String,
    /// Whom it is about.
    pub patient: Option<PatientLine>,
    /// The phones on record.
    pub phones: Vec<String>,
    /// What happened.
    pub ways: Vec<Choice>,
    /// With whom: the patient, those who may read it for the patient, somebody else.
    pub people: Vec<Choice>,
    /// The name of somebody else.
    pub who: String,
    /// When, as a field of dates and times takes it.
    pub at: String,
    /// What was said.
    pub said: String,
    /// Open questions of the patient's, ticked when the call answered them.
    pub open: Vec<Choice>,
    /// The record's id, which makes recording twice one record.
    pub client_msg_id: String,
    /// Whether a call in which somebody was reached ends the conversation.
    pub closes: bool,
    /// The version the form was made for.
    pub version: Option<i64>,
    /// Opened from the call list.
    pub calls: bool,
    /// The list the conversation was opened from.
    pub list: String,
    /// Back to where it was opened.
    pub back: String,
}

impl Page for ContactPage {
    const NAME: &'static str = "staff-contact";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let patient = sample::patient(locale);
        let choice =
            |value: &str, text: String, chosen| Choice { value: value.to_owned(), text, chosen };
        let way =
            |code: &str, chosen| choice(code, locale.t(&format!("staff-contact-{code}")), chosen);
        let typical = Self {
            chrome: sample::chrome(locale),
            desk: sample::desk_elsewhere(locale),
            thread: sample::THREAD.to_owned(),
            headline: "Ankle swelling".to_owned(),
            phones: vec!["555-0142".to_owned()],
            ways: vec![
                way("spoke", true),
                way("voicemail", false),
                way("nobody", false),
                way("read_out", false),
                way("handed_over", false),
                way("posted", false),
            ],
            people: vec![
                choice("", patient.name.clone(), true),
                choice("p", "Pia <b>Reyes</b>".to_owned(), false),
                choice("other", locale.t("staff-contact-other"), false),
            ],
            patient: Some(patient),
            who: String::new(),
            at: "2026-11-22T10:15".to_owned(),
            said: String::new(),
            open: vec![choice("q", "Can I fly on <b>Friday</b>?".to_owned(), true)],
            client_msg_id: sample::THREAD.to_owned(),
            closes: false,
            version: Some(3),
            calls: false,
            list: String::new(),
            back: format!("/work/threads/{}", sample::THREAD),
        };
        let mut closing = Self { closes: true, phones: Vec::new(), ..typical.clone() };
        closing.ways.truncate(3);
        let wrong = Self {
            chrome: sample::chrome(locale).with_problems(&[
                ("how", "staff-fault-how"),
                ("who", "staff-fault-who"),
                ("at", "staff-fault-at"),
                ("said", "staff-fault-said"),
                ("questions", "staff-fault-questions"),
            ]),
            at: "2031-01-01T10:15".to_owned(),
            ..typical.clone()
        };
        let long = Self {
            desk: sample::long_desk(locale),
            patient: Some(sample::patient_long(locale)),
            headline: sample::LONG.to_owned(),
            said: sample::LONG.repeat(9),
            people: sample::long_choices(),
            ..typical.clone()
        };
        vec![("typical", typical), ("closing", closing), ("error", wrong), ("longest", long)]
    }
}
