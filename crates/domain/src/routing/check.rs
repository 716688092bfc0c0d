//! What a rule set is refused for: each fault names the rule and what is wrong with it.
//!
//! Told from the rules and the teams alone. Deliberately absent: rules that hours of teams or several
//! earlier rules together make useless; the dry run shows those.

use std::collections::BTreeSet;

use super::{Conditions, Practice, Rule, RuleSet, Target};
use crate::care_team::TeamStatus;
use crate::code::codes;
use crate::ids::CareTeamId;
use crate::thread::AboutKind;
use crate::work_item::Level;

/// Most rules of a practice: more than that nobody can look through.
pub const RULES_MAX: usize = 50;

codes! {
    /// Why a rule routes nowhere.
    Nowhere {
        /// The team is none of the practice's.
        Foreign = "foreign",
        /// The team is not open yet.
        Draft = "draft",
        /// The team has ended.
        Ended = "ended",
        /// The practice has no triage desk.
        NoTriage = "no-triage",
    }
}

codes! {
    /// Why a rule can never fire, or asks for nothing.
    Never {
        /// Only what is about a visit or an appointment has a team of the visit.
        NoVisit = "no-visit",
        /// The team it asks about is none of the practice's open teams: the answer is always the same.
        NoSuchTeam = "no-such-team",
    }
}

/// What is wrong with a rule set. Rules are counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// There are more than [`RULES_MAX`].
    TooMany,
    /// The matter, as the patient calls it, decides alone.
    CategoryAlone {
        /// The rule.
        rule: usize,
    },
    /// The rule's team cannot take a message.
    RoutesNowhere {
        /// The rule.
        rule: usize,
        /// Why.
        why: Nowhere,
    },
    /// No message ever meets the rule.
    NeverFires {
        /// The rule.
        rule: usize,
        /// Why.
        why: Never,
    },
    /// An earlier rule fires for all that this one would.
    Shadowed {
        /// The rule.
        rule: usize,
        /// The earlier one.
        by: usize,
    },
    /// The level it gives is no more urgent than any message it fires for.
    RaisesNothing {
        /// The rule.
        rule: usize,
    },
}

impl Fault {
    /// The rule that is wrong; `None` when it is the set.
    pub const fn rule(&self) -> Option<usize> {
        match self {
            Self::TooMany => None,
            Self::CategoryAlone { rule }
            | Self::RoutesNowhere { rule, .. }
            | Self::NeverFires { rule, .. }
            | Self::Shadowed { rule, .. }
            | Self::RaisesNothing { rule } => Some(*rule),
        }
    }
}

impl RuleSet {
    /// Checks rules against the teams of their practice as they are now. A condition that always holds
    /// is left out. Errors: every fault there is, in the order of the rules.
    pub fn new(rules: Vec<Rule>, practice: &Practice) -> Result<Self, Vec<Fault>> {
        if rules.len() > RULES_MAX {
            return Err(vec![Fault::TooMany]);
        }
        let rules: Vec<Rule> = rules.into_iter().map(Rule::tidied).collect();
        let mut faults = Vec::new();
        for (index, rule) in rules.iter().enumerate() {
            faults.extend(alone(rule, practice, index));
            let by = rules.iter().take(index).position(|earlier| shadows(earlier, rule));
            faults.extend(by.map(|by| Fault::Shadowed { rule: index, by }));
        }
        if faults.is_empty() { Ok(Self(rules)) } else { Err(faults) }
    }
}

/// What is wrong with a rule by itself.
fn alone(rule: &Rule, practice: &Practice, index: usize) -> Vec<Fault> {
    let when = &rule.when;
    let mut faults = Vec::new();
    let named = matches!(rule.to, Target::Team(_) | Target::Visit);
    if named && when.count() == 1 && !when.categories.is_empty() {
        faults.push(Fault::CategoryAlone { rule: index });
    }
    faults.extend(nowhere(rule.to, practice).map(|why| Fault::RoutesNowhere { rule: index, why }));
    let visits = [AboutKind::Encounter, AboutKind::Appointment];
    let visit = when.about.is_empty() || visits.iter().any(|kind| when.about.contains(kind));
    if rule.to == Target::Visit && !visit {
        faults.push(Fault::NeverFires { rule: index, why: Never::NoVisit });
    }
    let unknown = |team: CareTeamId| practice.active(team).is_none();
    if when.known.is_some_and(|known| unknown(known.team)) {
        faults.push(Fault::NeverFires { rule: index, why: Never::NoSuchTeam });
    }
    let least = when.levels.last().copied().unwrap_or(Level::WHENEVER);
    if rule.raise.is_some_and(|raise| raise >= least) {
        faults.push(Fault::RaisesNothing { rule: index });
    }
    faults
}

fn nowhere(target: Target, practice: &Practice) -> Option<Nowhere> {
    match target {
        Target::Team(team) => match practice.teams.get(&team).map(|found| found.state) {
            Some(TeamStatus::Active) => None,
            Some(TeamStatus::Draft) => Some(Nowhere::Draft),
            Some(TeamStatus::Ended) => Some(Nowhere::Ended),
            None => Some(Nowhere::Foreign),
        },
        Target::Triage => practice.triage().is_none().then_some(Nowhere::NoTriage),
        Target::Visit | Target::Chosen => None,
    }
}

/// Whether the earlier rule fires for every message that the later one would fire for.
fn shadows(earlier: &Rule, later: &Rule) -> bool {
    let (a, b): (&Conditions, &Conditions) = (&earlier.when, &later.when);
    // A rule for the team of the visit, or the chosen one, fires only where there is one.
    let target = match earlier.to {
        Target::Team(_) | Target::Triage => true,
        Target::Visit | Target::Chosen => earlier.to == later.to,
    };
    let hours = a.hours.is_none() || (a.hours == b.hours && earlier.to == later.to);
    let window = match (&a.window, &b.window) {
        (None, _) => true,
        (Some(a), Some(b)) => a.covers(b),
        (Some(_), None) => false,
    };
    target
        && within(&a.categories, &b.categories)
        && within(&a.about, &b.about)
        && within(&a.levels, &b.levels)
        && (a.known.is_none() || a.known == b.known)
        && hours
        && window
}

/// Whether what `later` lets pass, `earlier` does too; an empty set lets everything pass.
fn within<T: Ord>(earlier: &BTreeSet<T>, later: &BTreeSet<T>) -> bool {
    earlier.is_empty() || (!later.is_empty() && later.is_subset(earlier))
}
