//! The limits of a patient's plan, for those who treat the patient.

use askama::Template;

use super::{Choice, Desk, PatientLine, sample};
use crate::i18n::{Locale, When};
use crate::pages::{Chrome, Page};

/// A limit in force.
#[derive(Debug, Clone)]
pub struct LimitLine {
    /// What it is, in the words the patient reads.
    pub text: String,
    /// Who set it.
    pub by: String,
    /// Since when.
    pub since: When,
    /// Where the form that ends it posts to; absent for who may not.
    pub end: Option<String>,
}

/// `GET /patients/{id}/plan`
#[derive(Debug, Clone, Template)]
#[template(path = "staff/plan.html")]
pub struct PlanPage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// Who.
    pub patient: PatientLine,
    /// The limits in force, the oldest first.
    pub limits: Vec<LimitLine>,
    /// Whether the reader may set limits: then the form is there.
    pub may_set: bool,
    /// What can be measured, with its unit.
    pub what: Vec<Choice>,
    /// On which side.
    pub side: Vec<Choice>,
    /// The value so far.
    pub value: String,
    /// The days so far.
    pub days: String,
}

impl Page for PlanPage {
    const NAME: &'static str = "staff-plan";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let line = |text: String, end: bool| LimitLine {
            text,
            by: sample::DORA.to_owned(),
            since: sample::short(locale, 90),
            end: end.then(|| format!("/patients/{}/plan/l1/end", sample::PATIENT)),
        };
        let pulse = locale.t2("plan-line-ge", "what", locale.t("plan-heart-rate"), "value", "120");
        let sugar =
            locale.t2("plan-line-le", "what", locale.t("plan-glucose"), "value", "70 mg/dL");
        let choice =
            |value: &str, text: String| Choice { value: value.to_owned(), text, chosen: false };
        let typical = Self {
            chrome: sample::chrome(locale),
            desk: sample::desk_elsewhere(locale),
            patient: sample::patient(locale),
            limits: vec![line(pulse.clone(), true), line(sugar, true)],
            may_set: true,
            what: vec![
                choice("weight_gain [lb_av]", format!("{} (lb)", locale.t("plan-weight-gain"))),
                choice("systolic mm[Hg]", format!("{} (mmHg)", locale.t("plan-systolic"))),
            ],
            side: vec![
                choice("ge", locale.t("plan-side-ge")),
                choice("le", locale.t("plan-side-le")),
            ],
            value: String::new(),
            days: String::new(),
        };
        let wrong = Self {
            chrome: sample::chrome(locale).with_problems(&[
                ("what", "staff-fault-plan-what"),
                ("value", "staff-fault-plan-value"),
                ("days", "staff-fault-plan-days"),
            ]),
            value: "<b>high</b>".to_owned(),
            ..typical.clone()
        };
        let empty = Self { limits: Vec::new(), ..typical.clone() };
        let reader = Self { limits: vec![line(pulse, false)], may_set: false, ..typical.clone() };
        let mut long = Self { patient: sample::patient_long(locale), ..typical.clone() };
        for limit in &mut long.limits {
            sample::LONG_NAME.clone_into(&mut limit.by);
        }
        vec![
            ("typical", typical),
            ("error", wrong),
            ("empty", empty),
            ("reader", reader),
            ("longest", long),
        ]
    }
}
