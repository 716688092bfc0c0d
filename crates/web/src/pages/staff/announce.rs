//! Announcements: the list, the page on which one is written, and the one on which it is sent and followed.

use askama::Template;

use super::{Choice, Desk, sample};
use crate::i18n::{Locale, When};
use crate::pages::{Chrome, Page};

/// An announcement in the list.
#[derive(Debug, Clone)]
pub struct AnnouncementRow {
    /// Its headline.
    pub headline: String,
    /// Where it leads.
    pub href: String,
    /// Where it stands, in words.
    pub state: String,
    /// Who made it.
    pub by: String,
    /// When.
    pub at: When,
}

/// `GET /work/announcements`
#[derive(Debug, Clone, Template)]
#[template(path = "staff/announcements.html")]
pub struct AnnouncementsPage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// The team's name; empty when there is none to write for.
    pub team: String,
    /// The teams to choose from, when there are several.
    pub teams: Vec<Choice>,
    /// Where a new one is written.
    pub add: String,
    /// The announcements, the newest first.
    pub rows: Vec<AnnouncementRow>,
}

/// `GET /work/announcements/new` and `GET /work/announcements/{id}/edit`
#[derive(Debug, Clone, Template)]
#[template(path = "staff/announce_edit.html")]
pub struct AnnounceEditPage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// The team's name.
    pub team: String,
    /// The team's id.
    pub team_id: String,
    /// The announcement's id.
    pub id: String,
    /// The version that was loaded; 0 for a new one.
    pub version: i64,
    /// Who gets it: everybody, or one language, each with how many.
    pub languages: Vec<Choice>,
    /// The English headline.
    pub headline_en: String,
    /// The English text.
    pub text_en: String,
    /// The Spanish headline.
    pub headline_es: String,
    /// The Spanish text.
    pub text_es: String,
}

/// How one language's patients see it.
#[derive(Debug, Clone)]
pub struct PreviewPart {
    /// The language in words.
    pub language: String,
    /// Its code, for the text.
    pub lang: String,
    /// The headline.
    pub headline: String,
    /// The text.
    pub body: String,
}

/// `GET /work/announcements/{id}`
#[derive(Debug, Clone, Template)]
#[template(path = "staff/announcement.html")]
pub struct AnnouncementPage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// The team's name.
    pub team: String,
    /// The address of the page.
    pub href: String,
    /// The headline.
    pub headline: String,
    /// Where it stands, in words.
    pub state: String,
    /// Whether it can still be changed and sent.
    pub draft: bool,
    /// Whether the reader wrote it as it stands; only then they may send it.
    pub own: bool,
    /// Whether it is on its way.
    pub sending: bool,
    /// Who made it.
    pub by: String,
    /// Who gets it, in words.
    pub audience: String,
    /// How many get it.
    pub patients: i64,
    /// How many of them read here.
    pub readers: i64,
    /// The version that is shown.
    pub version: i64,
    /// How it reads in each language.
    pub previews: Vec<PreviewPart>,
    /// Sent, still to be sent, passed over.
    pub progress: (i64, i64, i64),
    /// The length of the bar of those who have it, 0 to 100.
    pub bar: i64,
}

impl Page for AnnouncementsPage {
    const NAME: &'static str = "staff-announcements";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let row = |headline: &str, key: &str| AnnouncementRow {
            headline: headline.to_owned(),
            href: "/work/announcements/0198c0de-0000-7000-8000-000000000801".to_owned(),
            state: locale.t(key),
            by: sample::DORA.to_owned(),
            at: sample::short(locale, 90),
        };
        let typical = Self {
            chrome: sample::chrome(locale),
            desk: sample::desk_elsewhere(locale),
            team: sample::FAMILY.to_owned(),
            teams: Vec::new(),
            add: "/work/announcements/new?team=1".to_owned(),
            rows: vec![
                row("Flu shots from Monday", "announce-state-sending"),
                row("We move to Mill Lane 12", "announce-state-done"),
            ],
        };
        let empty = Self { rows: Vec::new(), ..typical.clone() };
        let none = Self { team: String::new(), ..empty.clone() };
        let mut long = typical.clone();
        sample::LONG_NAME.clone_into(&mut long.team);
        long.teams = sample::long_choices();
        for row in &mut long.rows {
            sample::LONG.clone_into(&mut row.headline);
            sample::LONG_NAME.clone_into(&mut row.by);
        }
        vec![("typical", typical), ("empty", empty), ("none", none), ("longest", long)]
    }
}

impl Page for AnnounceEditPage {
    const NAME: &'static str = "staff-announce-edit";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let choice =
            |value: &str, text: String, chosen| Choice { value: value.to_owned(), text, chosen };
        let typical = Self {
            chrome: sample::chrome(locale),
            desk: sample::desk_elsewhere(locale),
            team: sample::FAMILY.to_owned(),
            team_id: sample::THREAD.to_owned(),
            id: sample::THREAD.to_owned(),
            version: 1,
            languages: vec![
                choice("", locale.t1("announce-everybody", "n", 812_i64), true),
                choice("es", format!("{} (93)", locale.t("equity-language-es")), false),
            ],
            headline_en: "Flu shots from Monday".to_owned(),
            text_en: "Hello {patient first name}, flu shots start on Monday.".to_owned(),
            headline_es: "Vacunas contra la gripe".to_owned(),
            text_es: "Hola, {nombre del paciente}: desde el lunes hay vacunas.".to_owned(),
        };
        let new = Self {
            version: 0,
            headline_en: String::new(),
            text_en: String::new(),
            headline_es: String::new(),
            text_es: String::new(),
            ..typical.clone()
        };
        let wrong = Self {
            chrome: sample::chrome(locale).with_problems(&[
                ("headline_en", "announce-fault-headline"),
                ("text_en", "replies-fault-placeholder"),
                ("text_es", "staff-fault-body"),
            ]),
            ..typical.clone()
        };
        let mut long = typical.clone();
        sample::LONG_NAME.clone_into(&mut long.team);
        long.languages = sample::long_choices();
        long.text_en = sample::LONG.repeat(9);
        vec![("typical", typical), ("new", new), ("error", wrong), ("longest", long)]
    }
}

impl Page for AnnouncementPage {
    const NAME: &'static str = "staff-announcement";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let preview = |key: &str, lang: &str, headline: &str, body: &str| PreviewPart {
            language: locale.t(key),
            lang: lang.to_owned(),
            headline: headline.to_owned(),
            body: body.to_owned(),
        };
        let draft = Self {
            chrome: sample::chrome(locale),
            desk: sample::desk_elsewhere(locale),
            team: sample::FAMILY.to_owned(),
            href: format!("/work/announcements/{}", sample::THREAD),
            headline: "Flu shots from Monday".to_owned(),
            state: locale.t("announce-state-draft"),
            draft: true,
            own: true,
            sending: false,
            by: sample::DORA.to_owned(),
            audience: locale.t1("announce-everybody", "n", 812_i64),
            patients: 812,
            readers: 760,
            version: 2,
            previews: vec![
                preview(
                    "equity-language-en",
                    "en",
                    "Flu shots from Monday",
                    "Hello {patient first name},\nflu shots start on Monday.",
                ),
                preview("equity-language-es", "es", "Vacunas", "Hola, {nombre del paciente}."),
            ],
            progress: (0, 0, 0),
            bar: 0,
        };
        let other = Self { own: false, ..draft.clone() };
        let nobody = Self { patients: 0, readers: 0, ..draft.clone() };
        let sending = Self {
            draft: false,
            sending: true,
            state: locale.t("announce-state-sending"),
            progress: (300, 511, 1),
            bar: 37,
            ..draft.clone()
        };
        let stopped =
            Self { sending: false, state: locale.t("announce-state-stopped"), ..sending.clone() };
        let mut long = sending.clone();
        sample::LONG_NAME.clone_into(&mut long.team);
        sample::LONG.clone_into(&mut long.headline);
        for preview in &mut long.previews {
            preview.body = sample::LONG.repeat(9);
        }
        vec![
            ("draft", draft),
            ("of-another", other),
            ("nobody", nobody),
            ("sending", sending),
            ("stopped", stopped),
            ("longest", long),
        ]
    }
}
