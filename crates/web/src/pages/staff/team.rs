//! A team's settings.

use askama::Template;

use super::{Choice, Desk, sample};
use crate::i18n::Locale;
use crate::pages::{Chrome, Page};

/// One day of the week with its hours.
#[derive(Debug, Clone)]
pub struct DayField {
    /// The field: `hours_mon` to `hours_sun`.
    pub field: &'static str,
    /// The day's name in the reader's language.
    pub name: String,
    /// Its hours so far, such as "08:00-12:00 13:00-17:00"; closed when empty.
    pub hours: String,
}

/// An answer time that differs from the ordinary one.
#[derive(Debug, Clone)]
pub struct TargetLine {
    /// What: "Refill, 3 Soon".
    pub what: String,
    /// How long, in hours.
    pub hours: String,
    /// The category's code; empty is any.
    pub category: String,
    /// The level's number.
    pub level: i64,
}

/// `GET /admin/teams/{id}/settings`
#[derive(Debug, Clone, Template)]
#[template(path = "staff/team_settings.html")]
pub struct TeamSettingsPage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// The team's page; this page and its forms are under it.
    pub team: String,
    /// The team's name as it stands.
    pub title: String,
    /// Its plain name so far.
    pub name: String,
    /// The kind of care so far.
    pub care_type: String,
    /// What it is for, so far.
    pub purpose: String,
    /// The days, Monday first.
    pub days: Vec<DayField>,
    /// Where its clock is: an IANA zone.
    pub zone: String,
    /// Hours of working time within which it answers, so far.
    pub hours: String,
    /// The part of the clock at which the leads are told, so far.
    pub percent: String,
    /// Its members who may answer; leads are chosen.
    pub leads: Vec<Choice>,
    /// Who may stand in when all are away; the first is nobody.
    pub covers: Vec<Choice>,
    /// Which team may follow; the first is none.
    pub successors: Vec<Choice>,
    /// Answer times that differ.
    pub targets: Vec<TargetLine>,
    /// What one can be about; the first is anything.
    pub categories: Vec<Choice>,
    /// How soon somebody has to look.
    pub levels: Vec<Choice>,
    /// Whether patients may write to one of its clinicians.
    pub direct: bool,
    /// The hours of the answer time to be added, so far.
    pub target_hours: String,
    /// Whether patients read the names of its people, so far.
    pub show_names: bool,
    /// The version of the settings shown, as a hidden field.
    pub version: i64,
    /// What the reader had typed while somebody else set something: what of, and what.
    pub lost: Vec<(String, String)>,
}

impl Page for TeamSettingsPage {
    const NAME: &'static str = "staff-team-settings";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let typical = sample::team_settings(locale);
        let wrong = Self {
            chrome: sample::chrome(locale).with_problems(&[
                ("name", "staff-fault-name"),
                ("hours_mon", "staff-fault-hours"),
                ("answer_minutes", "staff-fault-answer-minutes"),
                ("escalate_percent", "staff-fault-escalate-percent"),
                ("leads", "staff-fault-leads"),
                ("last_resort", "staff-fault-leads"),
                ("target_hours", "staff-fault-answer-minutes"),
            ]),
            ..typical.clone()
        };
        let mut late = typical.clone();
        late.chrome = sample::chrome(locale).with_problems(&[("", "staff-settings-changed")]);
        late.lost = vec![
            (locale.t("staff-team-purpose"), "Sugar, feet <b>and eyes</b>".to_owned()),
            (locale.t("weekday-2"), "09:00-12:00".to_owned()),
        ];
        let mut long = typical.clone();
        long.name = sample::LONG_NAME.into();
        long.purpose = sample::LONG.into();
        long.leads = sample::long_choices();
        long.covers = sample::long_choices();
        for target in &mut long.targets {
            target.what = sample::LONG.into();
        }
        let empty =
            Self { leads: Vec::new(), targets: Vec::new(), ..sample::team_settings(locale) };
        vec![
            ("typical", typical),
            ("error", wrong),
            ("late", late),
            ("longest", long),
            ("empty", empty),
        ]
    }
}
