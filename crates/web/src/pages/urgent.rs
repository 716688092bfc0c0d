//! What the urgency check shows a writer: the page that comes before an urgent text is sent, and the card beside a
//! text that may need care sooner.
//!
//! Words like the best public services: what was recognised in the writer's own words, one clear thing to do, whom
//! to call. Never that something is not urgent, never a score, never a diagnosis, never blame.

use askama::Template;

use super::common::Text;
use super::{Chrome, Page, Phone, Place, Sample, render};
use crate::i18n::Locale;

/// How urgent a text may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// Something was said that may matter; one question is asked.
    Ask,
    /// Today.
    Today,
    /// Now.
    Emergency,
    /// Now, for somebody in danger from themselves or others.
    Crisis,
}

/// Whom to call, what was recognised, and when somebody will look.
#[derive(Clone, Debug)]
pub struct Card {
    /// How urgent it may be.
    pub level: Urgency,
    /// Whom it is about, when the reader writes for somebody.
    pub whose: Option<String>,
    /// The writer's own words.
    pub words: Vec<String>,
    /// The emergency number.
    pub emergency: Phone,
    /// The crisis line.
    pub crisis: Phone,
    /// Poison control, where the site has its number.
    pub poison: Option<Phone>,
    /// The line for pregnancy and the time after birth, where the site has its number.
    pub maternal: Option<Phone>,
    /// The nurse line.
    pub nurse: Phone,
    /// When it is answered, in words; may be empty.
    pub nurse_hours: String,
    /// When somebody will look at a message, as a sentence.
    pub look: String,
    /// The text was sent: it is on top of the team's list.
    pub sent: bool,
    /// Where the answer that is still owed for a card of what is urgent now is given.
    pub owed: Option<String>,
    /// Where the writer says yes to the question, while it is asked. Posts `said`: `yes` for one of the signs, `harm`
    /// for thoughts of harm.
    pub yes: Option<String>,
}

impl Card {
    /// Whether it is about danger to life.
    pub fn is_now(&self) -> bool {
        matches!(self.level, Urgency::Emergency | Urgency::Crisis)
    }

    /// The key with which a question or sentence begins, for the writer or for whom they write.
    pub fn key(&self, base: &str) -> String {
        if self.whose.is_some() { format!("{base}-of") } else { base.to_owned() }
    }

    /// The name of whom it is about; empty for the writer.
    pub fn name(&self) -> &str {
        self.whose.as_deref().unwrap_or_default()
    }

    /// The signs of the question, as keys. Thoughts of harm are no line of the list where they have a button of their own.
    pub fn signs(&self) -> Vec<&'static str> {
        let mut signs = vec![
            "urgent-sign-chest",
            "urgent-sign-breath",
            "urgent-sign-stroke",
            "urgent-sign-head",
            "urgent-sign-blood",
            "urgent-sign-faint",
            "urgent-sign-swelling",
        ];
        if self.yes.is_none() {
            signs.push("urgent-sign-harm");
        }
        signs
    }

    /// A card for samples.
    pub fn sample(locale: Locale, level: Urgency, whose: Option<&str>) -> Self {
        Self {
            level,
            whose: whose.map(str::to_owned),
            words: vec![
                "an elephant on my <b>chest</b>".to_owned(),
                "since 4 this \"morning\"".to_owned(),
            ],
            emergency: Phone::new("911"),
            crisis: Phone::new("988"),
            poison: Some(Phone::new("1-800-222-1222")),
            maternal: Some(Phone::new("1-833-852-6262")),
            nurse: Phone::new("555-0101"),
            nurse_hours: "8–20".to_owned(),
            look: locale.t1("urgent-look-closed", "when", "8:00 am"),
            sent: false,
            owed: None,
            yes: None,
        }
    }
}

/// `GET /drafts/{id}/urgent`: before an urgent text is sent. Posts `version` and `answer` to itself.
#[derive(Template)]
#[template(path = "patient/urgent.html")]
pub struct Urgent {
    /// Layout.
    pub chrome: Chrome,
    /// The card.
    pub card: Card,
    /// Where the form posts.
    pub action: String,
    /// The version of the draft.
    pub version: i64,
    /// What the writer said yes to: `yes` for one of the signs, `harm` for thoughts of harm; empty when not asked.
    pub asked: &'static str,
    /// The answer asks for a call, too.
    pub calls: bool,
    /// The title of a new message; empty for a reply.
    pub headline: String,
    /// The text as it stands: it is kept.
    pub body: Text,
    /// Where the text is changed.
    pub edit: String,
    /// The writer may only prepare: it is handed to this patient instead of sent.
    pub hand_to: Option<String>,
}

/// `GET /drafts/{id}/urgent/beside`: the card of what is typed, for the script to put beside the field; empty when there
/// is none. A piece of a page.
#[derive(Template)]
#[template(path = "patient/urgent_beside.html")]
pub struct Beside {
    /// The words of the card.
    pub chrome: Chrome,
    /// The card.
    pub card: Option<Card>,
}

impl Page for Urgent {
    const NAME: &'static str = "urgent";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let page = |chrome, card: Card| Self {
            chrome,
            card,
            action: "/drafts/d1/urgent".to_owned(),
            version: 4,
            asked: "",
            calls: false,
            headline: "My <i>refill</i>".to_owned(),
            body: Text::new(
                "Refill please.\nSince 4 this \"morning\" an elephant on my <b>chest</b>.",
            ),
            edit: "/drafts/d1/write?edit=true".to_owned(),
            hand_to: None,
        };
        let own = || Chrome::sample(locale, Place::Drafts);
        let helper = || Chrome::sample_helper(locale, Place::Drafts);
        let ana = Some("Ana <b>Reyes</b>");
        let bare = Card {
            words: Vec::new(),
            poison: None,
            maternal: None,
            ..Card::sample(locale, Urgency::Emergency, None)
        };
        let asked =
            Self { asked: "yes", calls: true, headline: String::new(), ..page(own(), bare) };
        let crisis = Card { words: Vec::new(), ..Card::sample(locale, Urgency::Crisis, None) };
        let harm = Self { asked: "harm", headline: String::new(), ..page(own(), crisis) };
        let preparing = Self {
            hand_to: Some("Ana <b>Reyes</b>".to_owned()),
            ..page(helper(), Card::sample(locale, Urgency::Emergency, ana))
        };
        vec![
            ("emergency", page(own(), Card::sample(locale, Urgency::Emergency, None))),
            ("crisis", page(own(), Card::sample(locale, Urgency::Crisis, None))),
            ("helper", page(helper(), Card::sample(locale, Urgency::Emergency, ana))),
            ("helper-crisis", page(helper(), Card::sample(locale, Urgency::Crisis, ana))),
            ("asked", asked),
            ("asked-harm", harm),
            ("hand-over", preparing),
        ]
    }
}

/// Renders the samples of this file.
pub fn gallery(locale: Locale, out: &mut Vec<Sample>) {
    render::<Urgent>(locale, out);
}
