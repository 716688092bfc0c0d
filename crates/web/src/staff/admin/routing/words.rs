//! Rules, faults and decisions in plain words.

use app::admin::routing::{PracticeRules, TeamLine};
use domain::care_team::TeamStatus;
use domain::ids::CareTeamId;
use domain::routing::{
    Decision, Failed, Fault, FirstRole, Hours, Looked, RULES_MAX, Rule, Target, Tie, Via, Window,
};
use domain::work_item::Level;

use crate::i18n::Locale;

/// A rule in words.
pub struct Words {
    /// What must hold.
    pub when: Vec<String>,
    /// Where it sends.
    pub to: String,
    /// Who takes it first, and how urgent it is then.
    pub more: Vec<String>,
}

impl Words {
    /// All of it in one line.
    pub fn line(&self, locale: Locale) -> String {
        let when = if self.when.is_empty() {
            locale.t("routing-always")
        } else {
            self.when.join("; ") + "."
        };
        let rest: Vec<&str> =
            std::iter::once(&self.to).chain(&self.more).map(String::as_str).collect();
        format!("{when} {}", rest.join(" "))
    }
}

/// A team's name; empty when it is none of the practice's.
fn name(teams: &[TeamLine], team: CareTeamId) -> String {
    teams.iter().find(|line| line.id == team).map(|line| line.name.clone()).unwrap_or_default()
}

/// "2 Today".
pub fn level(locale: Locale, level: Level) -> String {
    let n = level.number();
    format!("{n} {}", locale.t(&format!("staff-level-{n}")))
}

/// "a nurse".
pub fn role(locale: Locale, role: FirstRole) -> String {
    locale.t(&format!("routing-role-{}", role.code()))
}

fn or(locale: Locale, words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => {
            locale.t2("routing-or", "first", first.join(", "), "last", last.as_str())
        }
    }
}

/// A rule in words.
pub fn rule(locale: Locale, rule: &Rule, teams: &[TeamLine]) -> Words {
    let mut when = Vec::new();
    let mut among = |key: &str, words: Vec<String>| {
        if !words.is_empty() {
            when.push(locale.t1(key, "what", or(locale, &words)));
        }
    };
    let coded = |key: &str, code: &str| locale.t(&format!("{key}{code}"));
    let set = &rule.when;
    let categories = set.categories.iter().map(|one| coded("staff-category-", one.code()));
    among("routing-when-category", categories.collect());
    among(
        "routing-when-about",
        set.about.iter().map(|one| coded("routing-about-", one.code())).collect(),
    );
    among("routing-when-level", set.levels.iter().map(|one| level(locale, *one)).collect());
    if let Some(known) = set.known {
        let key = match (known.tie, known.is) {
            (Tie::Treats, true) => "routing-when-treats",
            (Tie::Treats, false) => "routing-when-treats-not",
            (Tie::Clinician, true) => "routing-when-clinician",
            (Tie::Clinician, false) => "routing-when-clinician-not",
        };
        when.push(locale.t1(key, "team", name(teams, known.team)));
    }
    if let Some(hours) = set.hours {
        when.push(locale.t(match hours {
            Hours::Open => "routing-when-open",
            Hours::Closed => "routing-when-closed",
        }));
    }
    if let Some(window) = &set.window {
        when.extend(window_words(locale, window));
    }
    let to = match rule.to {
        Target::Team(team) => locale.t1("routing-to-team", "team", name(teams, team)),
        Target::Visit => locale.t("routing-to-visit"),
        Target::Chosen => locale.t("routing-to-chosen"),
        Target::Triage => locale.t("routing-to-triage"),
    };
    let first = rule.first.map(|first| locale.t1("routing-first", "role", role(locale, first)));
    let raise = rule.raise.map(|to| locale.t1("routing-raise", "level", level(locale, to)));
    Words { when, to, more: first.into_iter().chain(raise).collect() }
}

fn window_words(locale: Locale, window: &Window) -> Vec<String> {
    let mut words = Vec::new();
    let days: Vec<String> =
        window.days().iter().map(|day| locale.t(&format!("weekday-{day}"))).collect();
    if !days.is_empty() {
        words.push(locale.t1("routing-when-days", "what", or(locale, &days)));
    }
    if (window.from(), window.to()) != (0, 1_440) {
        let (from, to) = (clock(window.from()), clock(window.to()));
        words.push(locale.t2("routing-when-time", "from", from, "to", to));
    }
    words
}

/// Minutes after midnight as `17:05`.
pub fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// What is wrong with a rule today, because teams changed since it was saved.
pub fn wrong(locale: Locale, known: &PracticeRules, place: usize, rule: &Rule) -> Vec<String> {
    let faults = known.faults.iter().filter(|fault| fault.rule() == Some(place));
    let target = match rule.to {
        Target::Team(team) => known.teams.iter().find(|line| line.id == team),
        Target::Visit | Target::Chosen | Target::Triage => None,
    };
    faults
        .map(|fault| match (fault, target) {
            (Fault::RoutesNowhere { .. }, Some(team)) => {
                let key = match team.state {
                    TeamStatus::Draft => "routing-wrong-draft",
                    TeamStatus::Ended | TeamStatus::Active => "routing-wrong-ended",
                };
                locale.t1(key, "team", team.name.as_str())
            }
            (Fault::NeverFires { .. }, _) => match rule.when.known {
                Some(asks) => {
                    locale.t1("routing-wrong-known", "team", name(&known.teams, asks.team))
                }
                None => locale.t("routing-wrong-other"),
            },
            _ => fault_words(locale, *fault),
        })
        .collect()
}

/// Where a message goes when no rule fits.
pub fn otherwise(locale: Locale, known: &PracticeRules) -> String {
    match known.triage {
        Some(desk) => locale.t1("routing-otherwise", "desk", name(&known.teams, desk)),
        None => locale.t("routing-otherwise-none"),
    }
}

/// What is wrong with a set, and what to change.
pub fn fault(locale: Locale, fault: Fault) -> String {
    fault_words(locale, fault)
}

fn fault_words(locale: Locale, fault: Fault) -> String {
    let key = match fault {
        Fault::TooMany => return locale.t1("routing-fault-too-many", "n", RULES_MAX),
        Fault::Shadowed { rule, by } => {
            return locale.t2("routing-fault-shadowed", "n", rule + 1, "by", by + 1);
        }
        Fault::CategoryAlone { .. } => "routing-fault-alone".to_owned(),
        Fault::RoutesNowhere { why, .. } => format!("routing-fault-{}", why.code()),
        Fault::NeverFires { why, .. } => format!("routing-fault-{}", why.code()),
        Fault::RaisesNothing { .. } => "routing-fault-raises-nothing".to_owned(),
    };
    let n = fault.rule().map_or(0, |place| place + 1);
    locale.t1(&key, "n", n)
}

/// The field of a rule's form that a fault of that rule is about.
pub const fn field(fault: Fault) -> &'static str {
    match fault {
        Fault::TooMany | Fault::RoutesNowhere { .. } => "to",
        Fault::CategoryAlone { .. } | Fault::Shadowed { .. } => "category",
        Fault::NeverFires { why, .. } => match why {
            domain::routing::Never::NoVisit => "about",
            domain::routing::Never::NoSuchTeam => "known",
        },
        Fault::RaisesNothing { .. } => "raise",
    }
}

/// Why a message goes where it goes, in sentences.
pub fn why(locale: Locale, decision: &Decision) -> String {
    let via = match decision.via {
        Via::Rule(place) => locale.t1("routing-via-rule", "n", place + 1),
        Via::Visit => locale.t("routing-via-visit"),
        Via::Chosen => locale.t("routing-via-chosen"),
        Via::Triage => locale.t("routing-via-triage"),
    };
    match decision.instead {
        Some(instead) => {
            format!("{via} {}", locale.t(&format!("routing-instead-{}", instead.code())))
        }
        None => via,
    }
}

/// What became of a rule.
pub fn looked(locale: Locale, looked: Looked) -> String {
    match looked {
        Looked::Fired => locale.t("routing-fired"),
        Looked::NotAsked => locale.t("routing-not-asked"),
        Looked::Failed(failed) => failed_words(locale, failed),
    }
}

fn failed_words(locale: Locale, failed: Failed) -> String {
    locale.t(&format!("routing-failed-{}", failed.code()))
}
