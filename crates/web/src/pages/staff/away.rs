//! Who is away and who stands in.

use askama::Template;

use super::{Choice, Desk, sample};
use crate::i18n::{Locale, When};
use crate::pages::{Chrome, Page};

/// An absence in the list.
#[derive(Debug, Clone)]
pub struct AwayRow {
    /// Who.
    pub name: String,
    /// Whether they are away now.
    pub now: bool,
    /// From when.
    pub from: When,
    /// The first day back.
    pub until: When,
    /// Who stands in; `None` is the team's list.
    pub cover: Option<String>,
    /// Where the form that ends it posts to; only one's own.
    pub end: Option<String>,
}

/// `GET /work/away`
#[derive(Debug, Clone, Template)]
#[template(path = "staff/away.html")]
pub struct AwayPage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// Running and coming absences of the reader's teams.
    pub rows: Vec<AwayRow>,
    /// Who could stand in; the first is the team's list.
    pub covers: Vec<Choice>,
    /// The first day away so far, `YYYY-MM-DD`.
    pub from: String,
    /// The first day back so far, `YYYY-MM-DD`.
    pub until: String,
}

impl Page for AwayPage {
    const NAME: &'static str = "staff-away";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let choice =
            |value: &str, text: String| Choice { value: value.to_owned(), text, chosen: false };
        let day = |iso: &str, text: &str| When { iso: iso.to_owned(), text: text.to_owned() };
        let row = AwayRow {
            name: "Nils Berg".to_owned(),
            now: true,
            from: day("2026-11-21", "Nov 21"),
            until: day("2026-11-30", "Nov 30"),
            cover: Some("Dora Feldman".to_owned()),
            end: Some("/work/away/0/end".to_owned()),
        };
        let other = AwayRow { now: false, cover: None, end: None, ..row.clone() };
        let typical = Self {
            chrome: sample::chrome(locale),
            desk: sample::desk_elsewhere(locale),
            rows: vec![row, other],
            covers: vec![
                choice("", locale.t("staff-away-team")),
                choice("d", "Dora Feldman".to_owned()),
            ],
            from: String::new(),
            until: String::new(),
        };
        let empty = Self { rows: Vec::new(), ..typical.clone() };
        let wrong = Self {
            chrome: sample::chrome(locale).with_problems(&[
                ("away_from", "staff-fault-away-from"),
                ("until", "staff-fault-until"),
                ("cover", "staff-fault-cover"),
            ]),
            from: "2026-12-24".to_owned(),
            until: "2026-12-20".to_owned(),
            ..typical.clone()
        };
        let mut long = typical.clone();
        for row in &mut long.rows {
            sample::LONG_NAME.clone_into(&mut row.name);
            row.cover = Some(sample::LONG_NAME.to_owned());
        }
        long.covers = sample::long_choices();
        vec![("typical", typical), ("empty", empty), ("error", wrong), ("longest", long)]
    }
}
