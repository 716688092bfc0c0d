//! What a site says about emergencies: country, numbers, and whether texts are checked for urgency.

use askama::Template;

use super::{Desk, sample};
use crate::i18n::Locale;
use crate::pages::{Chrome, Page, Problem};

/// `GET /admin/sites/{id}/safety`
#[derive(Debug, Clone, Template)]
#[template(path = "staff/safety.html")]
pub struct SafetyPage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// This page; its form posts to it.
    pub address: String,
    /// The page of what the site adds to the rules.
    pub rules: String,
    /// The site's name.
    pub title: String,
    /// Of which version of the site the form was filled.
    pub version: i64,
    /// Whether texts are checked, so far.
    pub check: bool,
    /// The country's code so far (ISO 3166-1).
    pub country: String,
    /// The emergency number so far.
    pub emergency: String,
    /// The crisis line so far.
    pub crisis: String,
    /// Poison control so far.
    pub poison: String,
    /// The line for pregnancy and birth so far.
    pub maternal: String,
    /// The nurse line so far.
    pub nurse: String,
    /// When it is answered, so far.
    pub nurse_hours: String,
    /// Within how many minutes who is not sure is called back, so far.
    pub call_minutes: String,
}

impl Page for SafetyPage {
    const NAME: &'static str = "staff-safety";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let typical = Self {
            chrome: sample::chrome(locale),
            desk: sample::sites(locale).desk,
            address: "/admin/sites/s/safety".to_owned(),
            rules: "/admin/sites/s/rules".to_owned(),
            title: "Riverside".to_owned(),
            version: 3,
            check: true,
            country: "US".to_owned(),
            emergency: "911".to_owned(),
            crisis: "988".to_owned(),
            poison: "1-800-222-1222".to_owned(),
            maternal: "1-833-852-6262".to_owned(),
            nurse: "555-0101".to_owned(),
            nurse_hours: "8–20".to_owned(),
            call_minutes: "15".to_owned(),
        };
        let abroad = Self {
            chrome: sample::chrome(locale).with_problems(&[
                ("emergency", "staff-fault-emergency-needed"),
                ("crisis", "staff-fault-crisis-needed"),
                ("poison", "staff-fault-poison"),
                ("call_minutes", "staff-fault-call-minutes"),
            ]),
            country: "ES".to_owned(),
            emergency: String::new(),
            crisis: String::new(),
            poison: "call us".to_owned(),
            maternal: String::new(),
            ..typical.clone()
        };
        let mut late = typical.clone();
        let text = locale.t("safety-changed");
        late.chrome.problems.push(Problem { field: String::new(), text });
        let long = Self {
            desk: sample::long_desk(locale),
            title: sample::LONG_NAME.to_owned(),
            nurse_hours: sample::LONG.to_owned(),
            ..typical.clone()
        };
        let off = Self { check: false, ..typical.clone() };
        vec![
            ("typical", typical),
            ("error", abroad),
            ("conflict", late),
            ("longest", long),
            ("off", off),
        ]
    }
}
