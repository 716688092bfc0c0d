//! What ending a team would do.

use askama::Template;

use super::{Desk, sample};
use crate::i18n::Locale;
use crate::pages::{Chrome, Page};

/// `GET /admin/teams/{id}/end`
#[derive(Debug, Clone, Template)]
#[template(path = "staff/team_end.html")]
pub struct TeamEndPage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// The team's page; this page is under it.
    pub team: String,
    /// The team's name.
    pub name: String,
    /// The question as a heading: "End Diabetes team?"
    pub title: String,
    /// What follows from it, in sentences.
    pub follows: Vec<String>,
    /// What stops it, in sentences; nothing can be pressed then.
    pub stops: Vec<String>,
    /// The id of the team that takes over; empty for none.
    pub to: String,
    /// The words of the button, saying the act.
    pub button: String,
}

impl Page for TeamEndPage {
    const NAME: &'static str = "staff-team-end";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let follows = |to: &str, open: i64| {
            vec![
                locale.t1("staff-team-end-successor", "to", to),
                locale.t1("staff-team-end-open", "n", open),
                locale.t2("staff-team-end-patients", "n", 214, "to", to),
                locale.t1("staff-team-end-told", "to", to),
                locale.t1("staff-team-end-old", "to", to),
                locale.t1("staff-team-end-for-good", "team", sample::FAMILY),
            ]
        };
        let typical = Self {
            chrome: sample::chrome(locale),
            desk: sample::desk_elsewhere(locale),
            team: "/admin/teams/t".to_owned(),
            name: sample::FAMILY.to_owned(),
            title: locale.t1("staff-team-end-title", "team", sample::FAMILY),
            follows: follows("Diabetes team", 14),
            stops: Vec::new(),
            to: "t2".to_owned(),
            button: locale.t("staff-team-end-go"),
        };
        let empty = Self {
            follows: vec![
                locale.t1("staff-team-end-desk", "to", "Nurse line"),
                locale.t1("staff-team-end-open", "n", 0),
                locale.t1("staff-team-end-patients-left", "n", 1),
                locale.t1("staff-team-end-for-good", "team", sample::FAMILY),
            ],
            ..typical.clone()
        };
        let stopped = Self {
            follows: vec![locale.t("staff-team-end-nobody")],
            stops: ["last-desk", "announcing", "nobody-follows"]
                .map(|stop| locale.t(&format!("staff-team-end-stop-{stop}")))
                .to_vec(),
            to: String::new(),
            ..typical.clone()
        };
        let longest = Self {
            desk: sample::long_desk(locale),
            name: sample::LONG_NAME.to_owned(),
            title: locale.t1("staff-team-end-finish-title", "team", sample::LONG_NAME),
            follows: [
                follows(sample::LONG_NAME, 1),
                vec![
                    locale.t1("staff-team-end-calls", "n", 2),
                    locale.t1("staff-team-end-followed", "names", sample::LONG_NAME),
                ],
            ]
            .concat(),
            button: locale.t("staff-team-end-rest"),
            ..typical.clone()
        };
        vec![("typical", typical), ("empty", empty), ("error", stopped), ("longest", longest)]
    }
}
