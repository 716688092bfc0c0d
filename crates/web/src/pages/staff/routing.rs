//! The routing rules of practices: the list, one practice's rules, one rule, and the dry run.

use askama::Template;

use super::{Choice, Desk, sample};
use crate::i18n::{Locale, When};
use crate::pages::{Chrome, Page};

/// A practice in the list.
#[derive(Debug, Clone)]
pub struct PracticeRow {
    /// Its rules.
    pub href: String,
    /// Its name.
    pub name: String,
    /// How many rules it has.
    pub rules: u64,
    /// The version of its rules; 0 when none were ever saved.
    pub version: i64,
    /// Whether it has a triage desk.
    pub has_triage: bool,
}

/// `GET /admin/routing`
#[derive(Debug, Clone, Template)]
#[template(path = "staff/routing_list.html")]
pub struct RoutingListPage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// The practices, by name.
    pub rows: Vec<PracticeRow>,
}

/// A rule in plain words.
#[derive(Debug, Clone)]
pub struct RuleLine {
    /// Its number, from 1.
    pub n: usize,
    /// What must hold, all of it; empty is always.
    pub when: Vec<String>,
    /// Where it sends.
    pub to: String,
    /// Who takes it first, and how urgent it is then.
    pub more: Vec<String>,
    /// What is wrong with it today, because teams changed since it was saved.
    pub wrong: Vec<String>,
    /// Where it is changed; none on an old version.
    pub edit: Option<String>,
}

/// A saved version.
#[derive(Debug, Clone)]
pub struct VersionRow {
    /// Its number.
    pub version: i64,
    /// Its page.
    pub href: String,
    /// When it was saved.
    pub at: When,
    /// By whom.
    pub by: String,
    /// Why.
    pub reason: String,
    /// The one that is shown.
    pub current: bool,
}

/// `GET /admin/routing/{id}`
#[derive(Debug, Clone, Template)]
#[template(path = "staff/routing.html")]
pub struct RoutingPage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// This page; its forms are under it.
    pub address: String,
    /// The practice.
    pub title: String,
    /// The version that is shown; 0 when none was ever saved.
    pub version: i64,
    /// Whether it is the one in force.
    pub newest: bool,
    /// The rules, in order.
    pub rules: Vec<RuleLine>,
    /// The sentence that says where a message goes when no rule fires.
    pub otherwise: String,
    /// The saved versions, the newest first.
    pub versions: Vec<VersionRow>,
}

/// `GET /admin/routing/{id}/rules/{n}` and `…/rules/new`
#[derive(Debug, Clone, Template)]
#[template(path = "staff/routing_rule.html")]
pub struct RulePage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// Where the form posts.
    pub action: String,
    /// The practice's rules: address and name.
    pub back: (String, String),
    /// The rule's number; none for a new one.
    pub n: Option<usize>,
    /// The version the rule was read from.
    pub version: i64,
    /// The matters.
    pub categories: Vec<Choice>,
    /// What it can refer to.
    pub about: Vec<Choice>,
    /// How urgent it is.
    pub levels: Vec<Choice>,
    /// What a team is to the patient; the first is anything.
    pub known: Vec<Choice>,
    /// Whether the target is at work; the first is anything.
    pub hours: Vec<Choice>,
    /// The days.
    pub days: Vec<Choice>,
    /// The time so far, such as `17:00-24:00`.
    pub time: String,
    /// Where it sends.
    pub targets: Vec<Choice>,
    /// Who takes it first; the first is anybody.
    pub first: Vec<Choice>,
    /// The level it has then; the first leaves it.
    pub raise: Vec<Choice>,
    /// Why it is changed, so far.
    pub reason: String,
}

/// What became of one rule in a dry run.
#[derive(Debug, Clone)]
pub struct TriedRule {
    /// Its number, from 1.
    pub n: usize,
    /// The rule in one line.
    pub text: String,
    /// What became of it.
    pub outcome: String,
    /// Whether it fired.
    pub fired: bool,
}

/// What a dry run found.
#[derive(Debug, Clone)]
pub struct TrialResult {
    /// The team it goes to.
    pub team: String,
    /// Why, in a sentence.
    pub why: String,
    /// Who takes it first, and how urgent it is: title, value.
    pub facts: Vec<(String, String)>,
    /// What became of each rule.
    pub rules: Vec<TriedRule>,
}

/// `GET /admin/routing/{id}/try`
#[derive(Debug, Clone, Template)]
#[template(path = "staff/routing_try.html")]
pub struct RoutingTryPage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// Where the form posts.
    pub action: String,
    /// The practice's rules: address and name.
    pub back: (String, String),
    /// What was found; none before it was asked, and when no team could take the message.
    pub result: Option<TrialResult>,
    /// Whether it was asked and no team could take the message.
    pub nobody: bool,
    /// The matters.
    pub categories: Vec<Choice>,
    /// What it can refer to.
    pub about: Vec<Choice>,
    /// How urgent it is.
    pub levels: Vec<Choice>,
    /// The team the patient chooses; the first is "not sure".
    pub chosen: Vec<Choice>,
    /// The team of the visit; the first is none.
    pub visits: Vec<Choice>,
    /// The teams that treat the patient.
    pub treats: Vec<Choice>,
    /// The teams with a clinician who saw the patient.
    pub clinicians: Vec<Choice>,
    /// The day so far, as YYYY-MM-DD.
    pub day: String,
    /// The time so far, as HH:MM.
    pub time: String,
}

fn choices(words: &[&str]) -> Vec<Choice> {
    let choice = |(n, text): (usize, &&str)| Choice {
        value: n.to_string(),
        text: (*text).to_owned(),
        chosen: n == 0,
    };
    words.iter().enumerate().map(choice).collect()
}

fn office(locale: Locale) -> Desk {
    sample::sites(locale).desk
}

impl Page for RoutingListPage {
    const NAME: &'static str = "staff-routing-list";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let row = |name: &str, rules, version, has_triage| PracticeRow {
            href: "/admin/routing/o".to_owned(),
            name: name.to_owned(),
            rules,
            version,
            has_triage,
        };
        let page = |rows| Self { chrome: sample::chrome(locale), desk: office(locale), rows };
        vec![
            ("typical", page(vec![row("Riverside", 3, 7, true), row("Lakeside", 0, 0, false)])),
            ("longest", page(vec![row(sample::LONG_NAME, 50, 1_000, true)])),
            ("empty", page(Vec::new())),
        ]
    }
}

fn rule_lines(locale: Locale) -> Vec<RuleLine> {
    let team = "Heart <b>clinic</b>";
    vec![
        RuleLine {
            n: 1,
            when: vec![
                locale.t1("routing-when-category", "what", locale.t("staff-category-refill")),
                locale.t1("routing-when-treats", "team", team),
            ],
            to: locale.t1("routing-to-team", "team", team),
            more: vec![locale.t1("routing-first", "role", locale.t("routing-role-nurse"))],
            wrong: Vec::new(),
            edit: Some("/admin/routing/o/rules/1".to_owned()),
        },
        RuleLine {
            n: 2,
            when: Vec::new(),
            to: locale.t1("routing-to-team", "team", "Foot care"),
            more: Vec::new(),
            wrong: vec![locale.t1("routing-wrong-ended", "team", "Foot care")],
            edit: Some("/admin/routing/o/rules/2".to_owned()),
        },
    ]
}

impl Page for RoutingPage {
    const NAME: &'static str = "staff-routing";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let version = |version: i64, by: &str, reason: &str| VersionRow {
            version,
            href: format!("/admin/routing/o?version={version}"),
            at: When { iso: "2026-11-20".to_owned(), text: "11/20/2026".to_owned() },
            by: by.to_owned(),
            reason: reason.to_owned(),
            current: version == 2,
        };
        let typical = Self {
            chrome: sample::chrome(locale),
            desk: office(locale),
            address: "/admin/routing/o".to_owned(),
            title: "Riverside <i>Clinic</i>".to_owned(),
            version: 2,
            newest: true,
            rules: rule_lines(locale),
            otherwise: locale.t1("routing-otherwise", "desk", "Nurse line"),
            versions: vec![
                version(2, "Ada Novak", "Nurses & refills"),
                version(1, &locale.t("routing-by-command"), "First rules"),
            ],
        };
        let mut refused = typical.clone();
        let text = locale.t2("routing-fault-shadowed", "n", 2, "by", 1);
        refused.chrome.problems.push(crate::pages::Problem { field: "rule-2".to_owned(), text });
        let mut old = Self { newest: false, version: 1, ..typical.clone() };
        for rule in &mut old.rules {
            rule.edit = None;
        }
        let mut long = typical.clone();
        long.title = sample::LONG_NAME.into();
        for rule in &mut long.rules {
            rule.when = vec![sample::LONG.to_owned(); 5];
            rule.to = sample::LONG.into();
        }
        for line in &mut long.versions {
            line.reason = sample::LONG.into();
        }
        let empty = Self { rules: Vec::new(), versions: Vec::new(), version: 0, ..typical.clone() };
        vec![
            ("typical", typical),
            ("error", refused),
            ("old", old),
            ("longest", long),
            ("empty", empty),
        ]
    }
}

impl Page for RulePage {
    const NAME: &'static str = "staff-routing-rule";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let teams = ["-", "Diabetes team", "Heart <b>clinic</b>"];
        let typical = Self {
            chrome: sample::chrome(locale),
            desk: office(locale),
            action: "/admin/routing/o/rules/new".to_owned(),
            back: ("/admin/routing/o".to_owned(), "Riverside".to_owned()),
            n: None,
            version: 2,
            categories: choices(&["New symptom", "Refill", "Form or letter"]),
            about: choices(&["A visit", "A medicine"]),
            levels: choices(&["1 Now", "2 Today"]),
            known: choices(&teams),
            hours: choices(&["-", "Open", "Closed"]),
            days: choices(&["Monday", "Tuesday", "Saturday"]),
            time: "17:00-24:00".to_owned(),
            targets: choices(&teams),
            first: choices(&["-", "Nurse"]),
            raise: choices(&["-", "2 Today"]),
            reason: String::new(),
        };
        let mut wrong = Self { n: Some(2), time: "noon".to_owned(), ..typical.clone() };
        let fields = [
            ("to", "routing-fault-alone"),
            ("time", "staff-fault-time"),
            ("reason", "staff-fault-reason"),
        ];
        for (field, key) in fields {
            let text = locale.t1(key, "n", 2);
            wrong.chrome.problems.push(crate::pages::Problem { field: field.to_owned(), text });
        }
        let long = Self {
            known: sample::long_choices(),
            targets: sample::long_choices(),
            ..typical.clone()
        };
        vec![("typical", typical), ("error", wrong), ("longest", long)]
    }
}

impl Page for RoutingTryPage {
    const NAME: &'static str = "staff-routing-try";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let teams = ["Diabetes team", "Heart <b>clinic</b>"];
        let empty = Self {
            chrome: sample::chrome(locale),
            desk: office(locale),
            action: "/admin/routing/o/try".to_owned(),
            back: ("/admin/routing/o".to_owned(), "Riverside".to_owned()),
            result: None,
            nobody: false,
            categories: choices(&["New symptom", "Refill"]),
            about: choices(&["Nothing", "A visit"]),
            levels: choices(&["3 Soon", "2 Today"]),
            chosen: choices(&teams),
            visits: choices(&teams),
            treats: choices(&teams),
            clinicians: choices(&teams),
            day: "2026-11-22".to_owned(),
            time: "18:30".to_owned(),
        };
        let line = |n, outcome: String, fired| TriedRule {
            n,
            text: format!("Refill → Heart <b>clinic</b> {n}"),
            outcome,
            fired,
        };
        let result = TrialResult {
            team: "Heart <b>clinic</b>".to_owned(),
            why: locale.t1("routing-via-rule", "n", 2),
            facts: vec![(locale.t("routing-first-title"), locale.t("routing-role-nurse"))],
            rules: vec![
                line(1, locale.t("routing-failed-hours"), false),
                line(2, locale.t("routing-fired"), true),
                line(3, locale.t("routing-not-asked"), false),
            ],
        };
        let typical = Self { result: Some(result), ..empty.clone() };
        let nobody = Self { nobody: true, ..empty.clone() };
        let mut wrong = empty.clone();
        wrong.chrome =
            wrong.chrome.with_problems(&[("day", "staff-fault-day"), ("time", "staff-fault-time")]);
        let mut long = typical.clone();
        if let Some(result) = &mut long.result {
            result.team = sample::LONG_NAME.into();
            for rule in &mut result.rules {
                rule.text = sample::LONG.into();
            }
        }
        vec![
            ("typical", typical),
            ("empty", empty),
            ("nobody", nobody),
            ("error", wrong),
            ("longest", long),
        ]
    }
}
