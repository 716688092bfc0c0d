//! The call list, and a conversation on paper in large type.

use askama::Template;

use super::{Desk, sample};
use crate::i18n::{Locale, When};
use crate::pages::common::Text;
use crate::pages::{Chrome, Page};

/// Somebody to be called.
#[derive(Debug, Clone)]
pub struct CallLine {
    /// The patient.
    pub patient: String,
    /// The phones on record.
    pub phones: Vec<String>,
    /// The conversation's headline.
    pub headline: String,
    /// How soon it was to be opened, in words.
    pub class: String,
    /// Since when the answer is unopened.
    pub since: When,
    /// For how long that is.
    pub waits: String,
    /// How often a call was tried, and when last.
    pub tried: Option<(String, When)>,
    /// The conversation's address; recording and printing are under it.
    pub thread: String,
}

/// What one team is to call about.
#[derive(Debug, Clone)]
pub struct CallList {
    /// The team.
    pub team: String,
    /// Whom to call, the most urgent first.
    pub lines: Vec<CallLine>,
}

/// `GET /work/calls`
#[derive(Debug, Clone, Template)]
#[template(path = "staff/calls.html")]
pub struct CallsPage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// The lists that are not empty.
    pub lists: Vec<CallList>,
}

impl Page for CallsPage {
    const NAME: &'static str = "staff-calls";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let line = |tried: i64| CallLine {
            patient: "Ana Reyes".to_owned(),
            phones: vec!["555-0142".to_owned()],
            headline: "Blood test & the new dose".to_owned(),
            class: locale.t("staff-class-prompt"),
            since: sample::short(locale, 1_900),
            waits: locale.t2("staff-days-hours", "d", 1, "h", 7),
            tried: (tried > 0)
                .then(|| (locale.t1("staff-tried", "n", tried), sample::short(locale, 60))),
            thread: format!("/work/threads/{}", sample::THREAD),
        };
        let page = |lists| Self {
            chrome: sample::chrome(locale),
            desk: sample::desk_elsewhere(locale),
            lists,
        };
        let list = |lines| CallList { team: sample::FAMILY.to_owned(), lines };
        let long = CallLine {
            patient: sample::LONG_NAME.to_owned(),
            headline: sample::LONG.to_owned(),
            phones: vec!["555-0142".to_owned(); 4],
            ..line(12)
        };
        let none = CallLine { phones: Vec::new(), ..line(0) };
        vec![
            ("typical", page(vec![list(vec![line(2), none])])),
            ("empty", page(Vec::new())),
            (
                "longest",
                Self {
                    desk: sample::long_desk(locale),
                    ..page(vec![list(vec![long.clone(), long])])
                },
            ),
        ]
    }
}

/// One message on paper.
#[derive(Debug, Clone)]
pub struct LargeLetter {
    /// Who wrote it, with role.
    pub author: String,
    /// When it was sent, with the year.
    pub at: When,
    /// What it says.
    pub text: Text,
    /// Its numbered questions.
    pub questions: Vec<String>,
}

/// `GET /work/threads/{id}/large`: one answer or all of a conversation in large type, for somebody who reads
/// it on paper. The frame is in the patient's language.
#[derive(Debug, Clone, Template)]
#[template(path = "staff/large.html")]
pub struct LargePage {
    /// What every page carries, in the patient's language.
    pub chrome: Chrome,
    /// The conversation's address.
    pub back: String,
    /// The words of the controls, in the reader's language, and that language.
    pub controls: LargeControls,
    /// Whose it is.
    pub patient: String,
    /// The headline.
    pub headline: String,
    /// The team's plain name.
    pub team: String,
    /// The phone of the team's site.
    pub phone: String,
    /// The messages, oldest first.
    pub letters: Vec<LargeLetter>,
    /// When it was printed.
    pub printed: When,
}

/// What stands above the sheet and is not printed.
#[derive(Debug, Clone)]
pub struct LargeControls {
    /// The reader's language.
    pub lang: String,
    /// "Back to the conversation".
    pub back: String,
    /// "Print".
    pub print: String,
    /// "Record it as read out, handed over or posted".
    pub record: String,
    /// Other choices of what to print: address and words.
    pub others: Vec<(String, String)>,
}

impl Page for LargePage {
    const NAME: &'static str = "staff-large";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let letter = |text: &str| LargeLetter {
            author: format!("{}, {}", sample::NILS, locale.t("staff-role-nurse")),
            at: sample::ago(locale, 200),
            text: Text::new(text),
            questions: Vec::new(),
        };
        let page = |letters| Self {
            chrome: sample::chrome(locale),
            back: format!("/work/threads/{}", sample::THREAD),
            controls: LargeControls {
                lang: locale.lang().to_owned(),
                back: locale.t("staff-back-thread"),
                print: locale.t("staff-act-print"),
                record: locale.t("staff-large-record"),
                others: vec![("?all=true".to_owned(), locale.t("staff-large-all"))],
            },
            patient: "Ana Reyes".to_owned(),
            headline: "Blood test & the new dose".to_owned(),
            team: sample::FAMILY.to_owned(),
            phone: "555-0100".to_owned(),
            letters,
            printed: sample::ago(locale, 0),
        };
        let mut asking =
            letter("Your kidneys look <b>good</b>.\n\n- one pill in the morning\n- none at night");
        asking.questions = vec!["Do you have 6 pills at home?".to_owned()];
        let long = letter(&format!("{}\n\n", sample::LONG).repeat(12));
        vec![
            ("typical", page(vec![asking])),
            ("longest", page(vec![long.clone(), long])),
            ("empty", page(Vec::new())),
        ]
    }
}
