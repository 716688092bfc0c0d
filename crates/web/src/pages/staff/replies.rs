//! Saved replies: the list, and the page on which one is written.

use askama::Template;

use super::{Choice, Desk, sample};
use crate::i18n::Locale;
use crate::pages::{Chrome, Page};

/// A saved reply in the list.
#[derive(Debug, Clone)]
pub struct SavedRow {
    /// Its title.
    pub title: String,
    /// Its first words.
    pub words: String,
    /// The languages it is written in, in words.
    pub languages: String,
    /// What it suggests, in words; may be empty.
    pub act: String,
    /// Where it is changed.
    pub href: String,
}

/// One's own replies, or a team's.
#[derive(Debug, Clone)]
pub struct SavedGroup {
    /// Whose they are.
    pub title: String,
    /// The replies.
    pub rows: Vec<SavedRow>,
    /// Where a new one is written.
    pub add: String,
}

/// `GET /work/replies`
#[derive(Debug, Clone, Template)]
#[template(path = "staff/replies.html")]
pub struct RepliesPage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// One's own, then each team's.
    pub groups: Vec<SavedGroup>,
}

/// `GET /work/replies/new` and `GET /work/replies/{id}`
#[derive(Debug, Clone, Template)]
#[template(path = "staff/reply_edit.html")]
pub struct ReplyEditPage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// Where the form posts to.
    pub action: String,
    /// Whether it is a new one, whose holder is chosen here.
    pub new: bool,
    /// Whose it is, in words.
    pub whose: String,
    /// Whose it may be.
    pub holders: Vec<Choice>,
    /// The id a new one gets.
    pub id: String,
    /// The version that was loaded; 0 for a new one.
    pub version: i64,
    /// Its title.
    pub title: String,
    /// Its English text.
    pub text_en: String,
    /// Its Spanish text.
    pub text_es: String,
    /// The levels it may suggest.
    pub levels: Vec<Choice>,
    /// Where it may suggest that the conversation stands then.
    pub acts: Vec<Choice>,
    /// Placeholders: English name, Spanish name, what is put in.
    pub placeholders: Vec<(String, String, String)>,
    /// Where the form that deletes it posts to.
    pub delete: Option<String>,
}

impl Page for RepliesPage {
    const NAME: &'static str = "staff-replies";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let row = |title: &str, languages: String, act: String| SavedRow {
            title: title.to_owned(),
            words: "Hello {patient first name}, please bring your meter.".to_owned(),
            languages,
            act,
            href: "/work/replies/0198c0de-0000-7000-8000-000000000701".to_owned(),
        };
        let english = locale.t("equity-language-en");
        let typical = Self {
            chrome: sample::chrome(locale),
            desk: sample::desk_elsewhere(locale),
            groups: vec![
                SavedGroup {
                    title: locale.t("replies-own"),
                    rows: vec![row("Bring your meter", english.clone(), String::new())],
                    add: "/work/replies/new".to_owned(),
                },
                SavedGroup {
                    title: "Family medicine".to_owned(),
                    rows: vec![row(
                        "Refill sent",
                        format!("{english}, {}", locale.t("equity-language-es")),
                        locale.t("replies-act-wait"),
                    )],
                    add: "/work/replies/new?team=1".to_owned(),
                },
            ],
        };
        let mut empty = typical.clone();
        for group in &mut empty.groups {
            group.rows.clear();
        }
        let mut long = typical.clone();
        for group in &mut long.groups {
            sample::LONG_NAME.clone_into(&mut group.title);
            for row in &mut group.rows {
                sample::LONG.clone_into(&mut row.title);
                sample::LONG.clone_into(&mut row.words);
            }
        }
        vec![("typical", typical), ("empty", empty), ("longest", long)]
    }
}

impl Page for ReplyEditPage {
    const NAME: &'static str = "staff-reply-edit";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let choice =
            |value: &str, text: String, chosen| Choice { value: value.to_owned(), text, chosen };
        let typical = Self {
            chrome: sample::chrome(locale),
            desk: sample::desk_elsewhere(locale),
            action: "/work/replies/0198c0de-0000-7000-8000-000000000701".to_owned(),
            new: false,
            whose: "Family medicine".to_owned(),
            holders: Vec::new(),
            id: "0198c0de-0000-7000-8000-000000000701".to_owned(),
            version: 3,
            title: "Refill sent".to_owned(),
            text_en: "Hello {patient first name}, your refill is at the pharmacy.".to_owned(),
            text_es: "Hola, {nombre del paciente}: su receta está en la farmacia.".to_owned(),
            levels: vec![
                choice("", locale.t("replies-level-none"), false),
                choice("4", locale.t("staff-level-4"), true),
            ],
            acts: vec![
                choice("", locale.t("replies-end-none"), false),
                choice("wait", locale.t("replies-act-wait"), true),
            ],
            placeholders: vec![(
                "{patient first name}".to_owned(),
                "{nombre del paciente}".to_owned(),
                locale.t("replies-put-patient-first-name"),
            )],
            delete: Some("/work/replies/0198c0de-0000-7000-8000-000000000701/delete".to_owned()),
        };
        let new = Self {
            action: "/work/replies/new".to_owned(),
            new: true,
            holders: vec![
                choice("", locale.t("replies-own"), true),
                choice("1", "Family medicine".to_owned(), false),
            ],
            version: 0,
            title: String::new(),
            text_en: String::new(),
            text_es: String::new(),
            delete: None,
            ..typical.clone()
        };
        let wrong = Self {
            chrome: sample::chrome(locale).with_problems(&[
                ("title", "staff-fault-title"),
                ("text_en", "replies-fault-placeholder"),
                ("text_es", "replies-fault-placeholder"),
            ]),
            text_en: "Hello {patient frist name}".to_owned(),
            ..new.clone()
        };
        let mut long = typical.clone();
        sample::LONG.clone_into(&mut long.title);
        sample::LONG_NAME.clone_into(&mut long.whose);
        long.text_en = sample::LONG.repeat(9);
        vec![("typical", typical), ("new", new), ("error", wrong), ("longest", long)]
    }
}
