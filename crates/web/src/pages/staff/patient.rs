//! Finding a patient by what is exact, and one patient's page.

use askama::Template;

use super::{ChartCard, Desk, HelperLine, PatientLine, Step, sample};
use crate::i18n::{Locale, When};
use crate::pages::{Chrome, Page};

/// A patient found by exact identifier, or by name and birth date.
#[derive(Debug, Clone)]
pub struct FoundPatient {
    /// Who.
    pub patient: PatientLine,
    /// The address of the page that the reader may open; absent for the front desk.
    pub href: Option<String>,
}

/// `GET /patients` and `POST /patients`: words searched for never stand in an address.
#[derive(Debug, Clone, Template)]
#[template(path = "staff/find_patient.html")]
pub struct FindPatientPage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// The identifier asked for.
    pub identifier: String,
    /// The name asked for.
    pub name: String,
    /// The birth date asked for, as `YYYY-MM-DD`.
    pub birth_date: String,
    /// What was found; absent before the first search.
    pub found: Option<Vec<FoundPatient>>,
    /// For what a patient is looked for; absent for looking at one.
    pub purpose: Option<FindFor>,
}

/// For what a patient is looked for, when it is not to look at one.
#[derive(Debug, Clone)]
pub struct FindFor {
    /// Where the forms post to.
    pub action: String,
    /// The heading.
    pub title: String,
    /// What it is about.
    pub about: String,
    /// Where Cancel leads.
    pub back: String,
}

impl FindPatientPage {
    fn action(&self) -> &str {
        self.purpose.as_ref().map_or("/patients", |purpose| purpose.action.as_str())
    }
}

impl Page for FindPatientPage {
    const NAME: &'static str = "staff-find";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let start = Self {
            chrome: sample::chrome(locale),
            desk: sample::desk_elsewhere(locale),
            identifier: String::new(),
            name: String::new(),
            birth_date: String::new(),
            found: None,
            purpose: None,
        };
        let one = |patient: PatientLine| FoundPatient {
            href: Some(format!("/patients/{}", patient.id)),
            patient,
        };
        let found = Self {
            name: "Reyes".to_owned(),
            birth_date: "1964-03-09".to_owned(),
            found: Some(vec![
                one(sample::patient(locale)),
                one(sample::patient_long(locale)),
                FoundPatient { patient: sample::patient(locale), href: None },
            ]),
            ..start.clone()
        };
        let nobody = Self { found: Some(Vec::new()), ..found.clone() };
        let wrong = Self {
            name: "Reyes".to_owned(),
            chrome: sample::chrome(locale)
                .with_problems(&[("birth_date", "staff-fault-birth-date")]),
            ..start.clone()
        };
        let purpose = FindFor {
            action: "/work/threads/t1/move/find".to_owned(),
            title: locale.t("staff-move-find"),
            about: locale.t1("staff-move-find-about", "name", sample::LONG_NAME),
            back: "/work/threads/t1".to_owned(),
        };
        let moving = Self { purpose: Some(purpose.clone()), ..found.clone() };
        let refused = Self {
            purpose: Some(purpose),
            chrome: sample::chrome(locale).with_problems(&[("identifier", "staff-move-no-team")]),
            ..start.clone()
        };
        vec![
            ("start", start),
            ("found", found),
            ("empty", nobody),
            ("error", wrong),
            ("move", moving),
            ("move-error", refused),
        ]
    }
}

/// One conversation in a patient's list.
#[derive(Debug, Clone)]
pub struct ThreadLine {
    /// Its address.
    pub href: String,
    /// The headline.
    pub headline: String,
    /// The owning team.
    pub team: String,
    /// The step the patient sees; none for what only colleagues see.
    pub step: Option<Step>,
    /// The newest message.
    pub last: When,
}

/// One visit.
#[derive(Debug, Clone)]
pub struct VisitLine {
    /// When.
    pub at: When,
    /// What kind, and why.
    pub text: String,
    /// With whom, and where.
    pub with: String,
}

/// `GET /patients/{id}`
#[derive(Debug, Clone, Template)]
#[template(path = "staff/patient.html")]
pub struct StaffPatientPage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// Who.
    pub patient: PatientLine,
    /// Further lines of the demographics: title in the reader's language, value.
    pub facts: Vec<(String, String)>,
    /// Signs in to the portal; absent when the reader may not know.
    pub has_account: Option<bool>,
    /// Helpers and what they may do.
    pub circle: Vec<HelperLine>,
    /// Conversations the reader may open, newest first.
    pub threads: Vec<ThreadLine>,
    /// Visits, newest first.
    pub visits: Vec<VisitLine>,
    /// Medicines, problems, results.
    pub chart: Vec<ChartCard>,
    /// Where the chart's facts came from and when.
    pub chart_as_of: Option<String>,
    /// The limits of the plan, each as one line; absent for who may not read the chart.
    pub plan: Option<Vec<String>>,
    /// The reader may start a conversation.
    pub may_write: bool,
    /// The reader has begun to enter a call or letter.
    pub told_begun: bool,
}

impl Page for StaffPatientPage {
    const NAME: &'static str = "staff-patient";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let typical = sample::staff_patient(locale);
        let empty = Self {
            has_account: Some(false),
            circle: Vec::new(),
            threads: Vec::new(),
            visits: Vec::new(),
            chart: Vec::new(),
            chart_as_of: None,
            plan: Some(Vec::new()),
            may_write: false,
            ..typical.clone()
        };
        let mut long =
            Self { patient: sample::patient_long(locale), told_begun: true, ..typical.clone() };
        for line in &mut long.threads {
            line.headline = sample::LONG.into();
            line.team = sample::LONG_NAME.into();
        }
        for line in long.chart.iter_mut().flat_map(|card| &mut card.lines) {
            line.name = sample::LONG.into();
        }
        vec![("typical", typical), ("empty", empty), ("longest", long)]
    }
}
