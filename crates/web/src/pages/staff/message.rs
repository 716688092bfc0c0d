//! Pages around writing: starting a conversation, copying a note to the patient, somebody was
//! faster, and the keys.

use askama::Template;

use super::{Choice, Desk, NoteView, PatientLine, sample};
use crate::i18n::{Locale, When};
use crate::pages::{Chrome, Page};

/// Who will see the conversation being started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartKind {
    /// The patient and those who may read with them.
    Care,
    /// Colleagues only.
    Staff,
}

/// `GET /patients/{id}/threads/new?kind=care|staff`
#[derive(Debug, Clone, Template)]
#[template(path = "staff/start.html")]
pub struct StartPage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// With the patient, or between colleagues.
    pub kind: StartKind,
    /// Who it is about.
    pub patient: PatientLine,
    /// Helpers who will be able to read it, in words.
    pub readers: Vec<String>,
    /// Teams it can be owned by (care) or sent to (staff).
    pub teams: Vec<Choice>,
    /// Visits it can be about.
    pub visits: Vec<Choice>,
    /// Topics.
    pub categories: Vec<Choice>,
    /// The headline so far.
    pub headline: String,
    /// The text so far.
    pub body: String,
    /// The author as readers will see it.
    pub shown_as: String,
    /// The id that makes sending twice one conversation.
    pub client_msg_id: String,
    /// The version of the draft that was loaded; 0 before the first save.
    pub version: i64,
}

impl StartPage {
    /// Whether only colleagues will see it.
    pub fn between_staff(&self) -> bool {
        self.kind == StartKind::Staff
    }
}

impl Page for StartPage {
    const NAME: &'static str = "staff-start";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let care = sample::start(locale, StartKind::Care);
        let wrong = Self {
            headline: String::new(),
            body: String::new(),
            chrome: sample::chrome(locale).with_problems(&[
                ("headline", "staff-fault-headline"),
                ("body", "staff-fault-body"),
            ]),
            ..care.clone()
        };
        let long = Self {
            desk: sample::long_desk(locale),
            headline: sample::LONG.to_owned(),
            body: sample::LONG.repeat(9),
            shown_as: sample::LONG_NAME.to_owned(),
            patient: sample::patient_long(locale),
            readers: vec![sample::LONG_NAME.to_owned(); 4],
            teams: sample::long_choices(),
            ..care.clone()
        };
        vec![
            ("typical", care),
            ("between-staff", sample::start(locale, StartKind::Staff)),
            ("error", wrong),
            ("longest", long),
        ]
    }
}

/// `GET /work/threads/{id}/notes/{note}/promote`: asks before a note is copied to the patient.
#[derive(Debug, Clone, Template)]
#[template(path = "staff/promote.html")]
pub struct PromotePage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// The thread it goes into.
    pub thread: String,
    /// The note.
    pub note: NoteView,
    /// Everybody who will be able to read it then.
    pub readers: Vec<String>,
    /// The text that will be sent; it may be changed first.
    pub body: String,
    /// The author as readers will see it.
    pub shown_as: String,
    /// The last message the reader had seen.
    pub base_seq: u64,
    /// The id that makes sending twice one message.
    pub client_msg_id: String,
}

impl Page for PromotePage {
    const NAME: &'static str = "staff-promote";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let typical = sample::promote(locale);
        let wrong = Self {
            body: String::new(),
            chrome: sample::chrome(locale).with_problems(&[("body", "staff-fault-body")]),
            ..typical.clone()
        };
        let long = Self {
            desk: sample::long_desk(locale),
            body: sample::LONG.repeat(12),
            readers: vec![sample::LONG_NAME.to_owned(); 6],
            ..typical.clone()
        };
        vec![("typical", typical), ("error", wrong), ("longest", long)]
    }
}

/// Why an act did not happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConflictKind {
    /// Somebody else claimed it first.
    Claimed,
    /// It moved to another person or team meanwhile.
    Moved,
    /// It was closed meanwhile.
    Closed,
    /// The time for undoing is over.
    TooLate,
    /// The same record was changed by somebody else.
    Changed,
}

impl ConflictKind {
    /// The Fluent key of the heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Claimed => "staff-conflict-claimed",
            Self::Moved => "staff-conflict-moved",
            Self::Closed => "staff-conflict-closed",
            Self::TooLate => "staff-conflict-late",
            Self::Changed => "staff-conflict-changed",
        }
    }

    /// The Fluent key of the advice.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Claimed => "staff-conflict-claimed-advice",
            Self::Moved => "staff-conflict-moved-advice",
            Self::Closed => "staff-conflict-closed-advice",
            Self::TooLate => "staff-conflict-late-advice",
            Self::Changed => "staff-conflict-changed-advice",
        }
    }
}

/// Answered with 409: nothing was changed, and what was written is still here.
#[derive(Debug, Clone, Template)]
#[template(path = "staff/conflict.html")]
pub struct ConflictPage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// Why.
    pub kind: ConflictKind,
    /// Who was faster, and when.
    pub by: Option<(String, When)>,
    /// What the reader had written, so that nothing is lost.
    pub written: Option<String>,
    /// Where to look at the present state.
    pub back: String,
}

impl Page for ConflictPage {
    const NAME: &'static str = "staff-conflict";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let page = |kind| Self {
            chrome: sample::chrome(locale),
            desk: sample::desk_elsewhere(locale),
            kind,
            by: Some((sample::DORA.to_owned(), sample::ago(locale, 8))),
            written: None,
            back: format!("/work/threads/{}", sample::THREAD),
        };
        let long =
            Self { by: None, written: Some(sample::LONG.repeat(6)), ..page(ConflictKind::Changed) };
        vec![
            ("claimed", page(ConflictKind::Claimed)),
            ("moved", page(ConflictKind::Moved)),
            ("closed", page(ConflictKind::Closed)),
            ("too-late", page(ConflictKind::TooLate)),
            ("longest", long),
        ]
    }
}

/// `GET /work/keys`: the keys, and the switch for single letters.
#[derive(Debug, Clone, Template)]
#[template(path = "staff/keys.html")]
pub struct KeysPage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame; `desk.single_keys` is the switch.
    pub desk: Desk,
}

impl Page for KeysPage {
    const NAME: &'static str = "staff-keys";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let on = Self { chrome: sample::chrome(locale), desk: sample::desk_elsewhere(locale) };
        let off = Self {
            desk: Desk { single_keys: false, ..sample::desk_elsewhere(locale) },
            ..on.clone()
        };
        vec![("on", on), ("off", off)]
    }
}
