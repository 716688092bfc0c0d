//! The patient's plan: from which numbers on to tell the team.

use askama::Template;

use super::common::Safety;
use super::{Chrome, Page, Place, Sample, render};
use crate::i18n::{Locale, SiteTime, When};

/// One limit of the plan.
#[derive(Clone, Debug)]
pub struct PlanLine {
    /// What it is: "Body weight: up by 3 lb or more in 1 day".
    pub text: String,
    /// Who set it.
    pub by: String,
    /// Since when.
    pub since: When,
}

/// `GET /plan` of a patient, `GET /for/{patient}/plan` of a helper who may see the chart.
#[derive(Template)]
#[template(path = "patient/plan.html")]
pub struct Plan {
    /// Layout.
    pub chrome: Chrome,
    /// The patient's name, on a helper's page.
    pub whose: Option<String>,
    /// The limits.
    pub limits: Vec<PlanLine>,
    /// Whom to call when a message is too slow.
    pub safety: Safety,
}

impl Page for Plan {
    const NAME: &'static str = "plan";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let time = SiteTime::new("America/New_York", 1_795_361_400_000_000);
        let line = |text: String| PlanLine {
            text,
            by: "Dr. Dora \"<b>Lind</b>\"".to_owned(),
            since: time.day(locale, 1_794_000_000_000_000),
        };
        let limits = vec![
            line(locale.t2("plan-line-ge", "what", locale.t("plan-systolic"), "value", "160 mmHg")),
            line(locale.t2("plan-line-le", "what", locale.t("plan-glucose"), "value", "70 mg/dL")),
        ];
        let page = |chrome, whose: Option<&str>, limits| Self {
            chrome,
            whose: whose.map(str::to_owned),
            limits,
            safety: Safety::sample(),
        };
        let own = || Chrome::sample(locale, Place::Elsewhere);
        let helper = Chrome::sample_helper(locale, Place::Elsewhere);
        vec![
            ("typical", page(own(), None, limits.clone())),
            ("empty", page(own(), None, Vec::new())),
            ("helper", page(helper, Some("Ana <b>Reyes</b>"), limits)),
        ]
    }
}

/// Renders the samples of this file.
pub fn gallery(locale: Locale, out: &mut Vec<Sample>) {
    render::<Plan>(locale, out);
}
