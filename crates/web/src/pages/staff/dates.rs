//! Dates whose hours differ from the week's.

use askama::Template;

use super::{Desk, sample};
use crate::i18n::{Locale, When};
use crate::pages::{Chrome, Page};

/// A date with its hours.
#[derive(Debug, Clone)]
pub struct DateLine {
    /// The date.
    pub day: When,
    /// Its hours; closed when empty.
    pub hours: String,
    /// What it is called; may be empty.
    pub name: String,
}

/// What came of an imported calendar.
#[derive(Debug, Clone)]
pub struct ImportReport {
    /// Days that are closed now.
    pub added: u64,
    /// Days that were set before and stayed.
    pub kept: u64,
    /// Events that were left out: line, name and why.
    pub left_out: Vec<String>,
}

/// `GET /admin/sites/{id}/dates` and `GET /admin/teams/{id}/dates`
#[derive(Debug, Clone, Template)]
#[template(path = "staff/dates.html")]
pub struct DatesPage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// This page; its forms are under it.
    pub address: String,
    /// Where it came from: address and name.
    pub back: (String, String),
    /// The site's or team's name.
    pub title: String,
    /// It is one team's page: its dates win over the site's.
    pub of_team: bool,
    /// From today on.
    pub dates: Vec<DateLine>,
    /// The day to be added so far, as YYYY-MM-DD.
    pub day: String,
    /// Its hours so far.
    pub hours: String,
    /// Its name so far.
    pub date_name: String,
    /// The iCalendar text so far.
    pub calendar: String,
    /// Where the switch posts, and whether somebody is on duty around the clock; a site's page only.
    pub duty: Option<(String, bool)>,
    /// What came of the calendar that was just imported.
    pub report: Option<ImportReport>,
}

impl Page for DatesPage {
    const NAME: &'static str = "staff-dates";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let typical = sample::dates(locale);
        let wrong = Self {
            chrome: sample::chrome(locale).with_problems(&[
                ("day", "staff-fault-day"),
                ("hours", "staff-fault-hours"),
                ("calendar", "staff-fault-calendar"),
            ]),
            hours: "noon".to_owned(),
            calendar: "Happy holidays".to_owned(),
            ..typical.clone()
        };
        let mut long = typical.clone();
        long.title = sample::LONG_NAME.into();
        for date in &mut long.dates {
            date.name = sample::LONG.into();
        }
        let team =
            Self { of_team: true, duty: None, dates: Vec::new(), report: None, ..typical.clone() };
        vec![("typical", typical), ("error", wrong), ("longest", long), ("empty", team)]
    }
}
