//! A team's roster of duty.

use askama::Template;

use super::{Choice, Desk, sample};
use crate::i18n::{Locale, calendar_date};
use crate::pages::{Chrome, Page};

/// Somebody's hours on a day.
#[derive(Debug, Clone)]
pub struct RosterRow {
    /// The weekday or date, in words.
    pub day: String,
    /// Whose, by name.
    pub name: String,
    /// "08:00-12:00", or that they are off duty.
    pub hours: String,
    /// The day as the form that takes it away posts it.
    pub value: String,
    /// Whose, as that form posts it.
    pub person: String,
}

/// `GET /admin/teams/{id}/roster`
#[derive(Debug, Clone, Template)]
#[template(path = "staff/roster.html")]
pub struct RosterPage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// The team's page, or its list of work for its leads.
    pub back: String,
    /// The team's name.
    pub team: String,
    /// Where the forms post: this page, and `/remove` under it.
    pub action: String,
    /// "On duty now: …"; none without a roster.
    pub on_duty: Option<String>,
    /// The weekdays first, then dates to come.
    pub rows: Vec<RosterRow>,
    /// Who can be on duty.
    pub people: Vec<Choice>,
    /// The weekdays, and last a date.
    pub days: Vec<Choice>,
    /// The date so far, `YYYY-MM-DD`.
    pub date: String,
    /// The hours so far.
    pub hours: String,
}

impl Page for RosterPage {
    const NAME: &'static str = "staff-roster";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let choice =
            |value: &str, text: String| Choice { value: value.to_owned(), text, chosen: false };
        let row = |day: String, name: &str, hours: String| RosterRow {
            day,
            name: name.to_owned(),
            hours,
            value: "mon".to_owned(),
            person: "p".to_owned(),
        };
        let days = (1..=7).map(|n| choice("mon", locale.t(&format!("weekday-{n}"))));
        let date = choice("date", locale.t("staff-roster-date"));
        let typical = Self {
            chrome: sample::chrome(locale),
            desk: sample::teams(locale).desk,
            back: "/admin/teams/t".to_owned(),
            team: "Diabetes team".to_owned(),
            action: "/admin/teams/t/roster".to_owned(),
            on_duty: Some(locale.t1("staff-on-duty", "names", "Nils Berg")),
            rows: vec![
                row(locale.t("weekday-1"), "Nils Berg", "08:00-12:00 13:00-17:00".to_owned()),
                row(locale.t("weekday-2"), "Dora Feldman", "08:00-17:00".to_owned()),
                row(
                    calendar_date(locale, "2026-12-24").text,
                    "Nils Berg",
                    locale.t("staff-roster-off"),
                ),
            ],
            people: vec![choice("n", "Nils Berg".to_owned())],
            days: days.chain(std::iter::once(date)).collect(),
            date: String::new(),
            hours: String::new(),
        };
        let wrong = Self {
            chrome: sample::chrome(locale).with_problems(&[
                ("person", "staff-fault-person"),
                ("roster_day", "staff-fault-roster-day-taken"),
                ("roster_hours", "staff-fault-hours"),
            ]),
            hours: "17-8".to_owned(),
            ..typical.clone()
        };
        let empty = Self { rows: Vec::new(), on_duty: None, ..typical.clone() };
        let mut long = typical.clone();
        sample::LONG_NAME.clone_into(&mut long.team);
        long.people = sample::long_choices();
        for row in &mut long.rows {
            sample::LONG_NAME.clone_into(&mut row.name);
        }
        vec![("typical", typical), ("error", wrong), ("empty", empty), ("longest", long)]
    }
}
