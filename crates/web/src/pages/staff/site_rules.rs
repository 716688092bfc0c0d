//! What a site adds to the rules of the urgency check: the text, its versions, a text that was tried.

use askama::Template;

use super::{Desk, VersionRow, sample};
use crate::i18n::{Locale, When};
use crate::pages::{Chrome, Page, Problem};

/// A rule that fired on a text that was tried.
#[derive(Debug, Clone)]
pub struct FiredLine {
    /// The rule's name.
    pub rule: String,
    /// What it is about; may be empty.
    pub title: String,
    /// Its level, in words.
    pub level: String,
    /// The words that made it.
    pub words: String,
}

/// What became of a text that was tried.
#[derive(Debug, Clone)]
pub struct TriedText {
    /// The level, in words.
    pub level: String,
    /// The level without what the site adds, in words, when it is another.
    pub without: Option<String>,
    /// Whether texts in this language are not checked.
    pub off: bool,
    /// What fired, the highest level first.
    pub fired: Vec<FiredLine>,
}

/// `GET /admin/sites/{id}/rules`
#[derive(Debug, Clone, Template)]
#[template(path = "staff/site_rules.html")]
pub struct SiteRulesPage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// This page; its form posts to it.
    pub address: String,
    /// The site's name.
    pub title: String,
    /// The version that is shown; 0 when none was kept.
    pub version: i64,
    /// The newest version, from which the form is filled.
    pub latest: i64,
    /// Whether the version that is shown is in force.
    pub newest: bool,
    /// The text so far.
    pub rules: String,
    /// Why, so far.
    pub reason: String,
    /// What is tried, so far.
    pub sample: String,
    /// Whether it is tried as if its writer spoke Spanish.
    pub spanish: bool,
    /// What became of it.
    pub tried: Option<TriedText>,
    /// The kept versions, the newest first.
    pub versions: Vec<VersionRow>,
}

const RULES: &str = "rule site.pump-alarm sameday\n  title: The insulin pump gives an alarm\n  \
    title_es: La bomba de insulina da una alarma\n  source: Riverside Clinic, policy 12\n  en: pump (_3) (alarm*|beep*)\n  \
    es: bomba (_3) (alarma*|pita*)\n  yes en: My pump keeps beeping.\n  yes en: the pump gave an alarm twice\n  \
    yes es: La bomba pita todo el rato.\n  no en: The pump came in the mail.\n  no en: No pump alarm today.\n\
    raise X50c emergency\n";

impl Page for SiteRulesPage {
    const NAME: &'static str = "staff-site-rules";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let version = |n: i64, current| VersionRow {
            version: n,
            href: format!("/admin/sites/s/rules?version={n}"),
            at: When {
                iso: "2026-11-22T10:15:00-05:00".to_owned(),
                text: "Nov 22, 10:15".to_owned(),
            },
            by: "Ada Novak".to_owned(),
            reason: "Policy 12".to_owned(),
            current,
        };
        let typical = Self {
            chrome: sample::chrome(locale),
            desk: sample::sites(locale).desk,
            address: "/admin/sites/s/rules".to_owned(),
            title: "Riverside".to_owned(),
            version: 2,
            latest: 2,
            newest: true,
            rules: RULES.to_owned(),
            reason: String::new(),
            sample: String::new(),
            spanish: false,
            tried: None,
            versions: vec![version(2, true), version(1, false)],
        };
        let fired = FiredLine {
            rule: "site.pump-alarm".to_owned(),
            title: "The insulin pump gives an alarm".to_owned(),
            level: locale.t("recognised-level-sameday"),
            words: "pump beeps".to_owned(),
        };
        let tried = Self {
            sample: "My pump beeps since noon.".to_owned(),
            tried: Some(TriedText {
                level: locale.t("recognised-level-sameday"),
                without: Some(locale.t("site-rules-level-none")),
                off: false,
                fired: vec![fired.clone()],
            }),
            ..typical.clone()
        };
        let mut error = typical.clone();
        for key in ["site-rules-fault-wide", "site-rules-fault-no-language"] {
            let text = format!("{} {}", locale.t1("site-rules-line", "n", 5), locale.t(key));
            error.chrome.problems.push(Problem { field: "rules".to_owned(), text });
        }
        let empty = Self {
            version: 0,
            latest: 0,
            rules: String::new(),
            versions: Vec::new(),
            ..typical.clone()
        };
        let quiet = TriedText {
            level: locale.t("site-rules-level-none"),
            without: None,
            off: true,
            fired: Vec::new(),
        };
        let nothing = Self { tried: Some(quiet), spanish: true, ..tried.clone() };
        let old = Self { version: 1, newest: false, ..typical.clone() };
        let long = Self {
            desk: sample::long_desk(locale),
            title: sample::LONG_NAME.to_owned(),
            rules: RULES.repeat(9),
            reason: sample::LONG.to_owned(),
            tried: Some(TriedText {
                level: locale.t("recognised-level-crisis"),
                without: None,
                off: false,
                fired: vec![
                    FiredLine {
                        title: sample::LONG.to_owned(),
                        words: sample::LONG.to_owned(),
                        ..fired
                    };
                    9
                ],
            }),
            ..typical.clone()
        };
        vec![
            ("typical", typical),
            ("tried", tried),
            ("nothing", nothing),
            ("error", error),
            ("empty", empty),
            ("old", old),
            ("longest", long),
        ]
    }
}
