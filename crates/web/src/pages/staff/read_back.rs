//! Within which time the answers of a team are to be opened.

use askama::Template;

use super::{Desk, sample};
use crate::i18n::Locale;
use crate::pages::{Chrome, Page};

/// `GET /admin/teams/{id}/read-back`
#[derive(Debug, Clone, Template)]
#[template(path = "staff/read_back.html")]
pub struct ReadBackPage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// The team's page; this page is under it.
    pub team: String,
    /// The team's name.
    pub title: String,
    /// Hours for what is due now or today, so far.
    pub urgent: String,
    /// Hours for results and medicines, so far.
    pub prompt: String,
    /// Hours for everything else, so far.
    pub ordinary: String,
}

impl Page for ReadBackPage {
    const NAME: &'static str = "staff-read-back";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let typical = Self {
            chrome: sample::chrome(locale),
            desk: sample::desk_elsewhere(locale),
            team: "/admin/teams/t".to_owned(),
            title: sample::FAMILY.to_owned(),
            urgent: "4".to_owned(),
            prompt: "24".to_owned(),
            ordinary: "72".to_owned(),
        };
        let wrong = Self {
            chrome: sample::chrome(locale).with_problems(&[
                ("urgent", "staff-fault-urgent"),
                ("prompt", "staff-fault-prompt"),
                ("ordinary", "staff-fault-ordinary"),
            ]),
            urgent: "soon".to_owned(),
            ..typical.clone()
        };
        let long = Self {
            desk: sample::long_desk(locale),
            title: sample::LONG_NAME.to_owned(),
            ..typical.clone()
        };
        vec![("typical", typical), ("error", wrong), ("longest", long)]
    }
}
