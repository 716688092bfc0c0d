//! Choosing the conversation that another goes on in.

use askama::Template;

use super::{Desk, sample};
use crate::i18n::{Locale, When};
use crate::pages::{Chrome, Page};

/// A conversation that can be chosen.
#[derive(Debug, Clone)]
pub struct MergeLine {
    /// The page that asks for it.
    pub href: String,
    /// Its headline.
    pub headline: String,
    /// Its team.
    pub team: String,
    /// When it began.
    pub began: When,
}

/// `GET /work/threads/{id}/merge`
#[derive(Debug, Clone, Template)]
#[template(path = "staff/merge.html")]
pub struct MergePage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// The conversations of the same patient.
    pub rows: Vec<MergeLine>,
    /// Back to the conversation.
    pub back: String,
}

impl Page for MergePage {
    const NAME: &'static str = "staff-merge";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let line = |headline: &str| MergeLine {
            href: "/work/threads/t1/merge?into=t2".to_owned(),
            headline: headline.to_owned(),
            team: "Heart clinic".to_owned(),
            began: sample::short(locale, 125),
        };
        let typical = Self {
            chrome: sample::chrome(locale),
            desk: sample::desk_elsewhere(locale),
            rows: vec![line("Tingling <b>feet</b>"), line("Refill: metformin")],
            back: "/work/threads/t1".to_owned(),
        };
        let empty = Self { rows: Vec::new(), ..typical.clone() };
        let long = Self { rows: vec![line(sample::LONG)], ..typical.clone() };
        vec![("typical", typical), ("empty", empty), ("longest", long)]
    }
}
