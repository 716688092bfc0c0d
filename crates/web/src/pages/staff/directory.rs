//! Adding a team and a site.

use askama::Template;

use super::{Choice, DayField, Desk, sample};
use crate::i18n::Locale;
use crate::pages::{Chrome, Page};

/// `GET /admin/teams/new`
#[derive(Debug, Clone, Template)]
#[template(path = "staff/new_team.html")]
pub struct NewTeamPage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// Where it can be; none before the first site.
    pub sites: Vec<Choice>,
    /// Care, nurses who sort, or the front desk.
    pub kinds: Vec<Choice>,
    /// Its plain name so far.
    pub name: String,
    /// The kind of care so far.
    pub care_type: String,
    /// What it is for, so far.
    pub purpose: String,
    /// The days, Monday first.
    pub days: Vec<DayField>,
    /// Hours within which it answers, so far.
    pub hours: String,
}

impl Page for NewTeamPage {
    const NAME: &'static str = "staff-new-team";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let choice =
            |value: &str, text: String| Choice { value: value.to_owned(), text, chosen: false };
        let kinds = ["care", "triage", "desk"];
        let typical = Self {
            chrome: sample::chrome(locale),
            desk: sample::teams(locale).desk,
            sites: vec![choice("s", "Riverside".to_owned())],
            kinds: kinds
                .map(|kind| choice(kind, locale.t(&format!("staff-team-kind-{kind}"))))
                .into(),
            name: String::new(),
            care_type: String::new(),
            purpose: String::new(),
            days: sample::days(locale),
            hours: "8".to_owned(),
        };
        let wrong = Self {
            chrome: sample::chrome(locale).with_problems(&[
                ("name", "staff-fault-name"),
                ("hours_mon", "staff-fault-never-opens"),
                ("answer_minutes", "staff-fault-answer-minutes"),
            ]),
            ..typical.clone()
        };
        let long = Self {
            name: sample::LONG_NAME.to_owned(),
            purpose: sample::LONG.to_owned(),
            sites: sample::long_choices(),
            ..typical.clone()
        };
        let empty = Self { sites: Vec::new(), ..typical.clone() };
        vec![("typical", typical), ("error", wrong), ("longest", long), ("empty", empty)]
    }
}

/// `GET /admin/sites/new`
#[derive(Debug, Clone, Template)]
#[template(path = "staff/new_site.html")]
pub struct NewSitePage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// Whose it can be; none before the first organization.
    pub organizations: Vec<Choice>,
    /// Its name so far.
    pub name: String,
    /// The phone of its error and late pages, so far.
    pub phone: String,
    /// Its hours in words, so far.
    pub hours: String,
    /// The IANA zone so far.
    pub time_zone: String,
    /// The country's code so far (ISO 3166-1).
    pub country: String,
    /// The emergency number so far.
    pub emergency: String,
    /// The crisis line so far.
    pub crisis: String,
    /// The nurse line so far.
    pub nurse: String,
}

impl Page for NewSitePage {
    const NAME: &'static str = "staff-new-site";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let organization =
            Choice { value: "o".to_owned(), text: "Riverside Clinic".to_owned(), chosen: true };
        let typical = Self {
            chrome: sample::chrome(locale),
            desk: sample::sites(locale).desk,
            organizations: vec![organization],
            name: String::new(),
            phone: String::new(),
            hours: String::new(),
            time_zone: "America/New_York".to_owned(),
            country: "US".to_owned(),
            emergency: "911".to_owned(),
            crisis: "988".to_owned(),
            nurse: String::new(),
        };
        let wrong = Self {
            time_zone: "Somewhere".to_owned(),
            chrome: sample::chrome(locale).with_problems(&[
                ("name", "staff-fault-name"),
                ("phone", "staff-fault-phone"),
                ("time_zone", "staff-fault-time-zone"),
            ]),
            ..typical.clone()
        };
        let long = Self {
            name: sample::LONG_NAME.to_owned(),
            hours: sample::LONG.to_owned(),
            organizations: sample::long_choices(),
            ..typical.clone()
        };
        let empty = Self { organizations: Vec::new(), ..typical.clone() };
        vec![("typical", typical), ("error", wrong), ("longest", long), ("empty", empty)]
    }
}
