//! Which team of a practice gets a new message of the patient's side: the practice's own rules, in order.
//!
//! A rule has conditions, all of which must hold, and a target; the first rule that fires decides. Where
//! none does, a message goes to the team of the visit it is about, else to the team that was chosen, else
//! to the practice's triage desk. [`route`] always ends at an active team: [`Facts`] cannot be made
//! without one. What the patient calls the matter never decides alone, because people who had to choose a
//! subject for their message chose the right one in 44% of cases (`docs/routing.md` names the study);
//! [`RuleSet::new`] refuses such rules. Deliberately absent: who belongs to a team, and any word of the
//! message.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{DateTime, Weekday};

use crate::care_team::TeamStatus;
use crate::code::codes;
use crate::ids::CareTeamId;
use crate::thread::{AboutKind, Category};
use crate::work_item::Level;

mod check;

pub use check::{Fault, Never, Nowhere, RULES_MAX};

codes! {
    /// Who of the team shall take a message first.
    FirstRole {
        /// A nurse.
        Nurse = "nurse",
        /// A clinician.
        Clinician = "clinician",
        /// The desk.
        Desk = "desk",
    }
}

codes! {
    /// What a team can be to the patient.
    Tie {
        /// It treats the patient now.
        Treats = "treats",
        /// A clinician of it saw the patient at a visit.
        Clinician = "clinician",
    }
}

codes! {
    /// Whether the team a rule sends to is at work.
    Hours {
        /// Inside its hours.
        Open = "open",
        /// Outside its hours.
        Closed = "closed",
    }
}

/// What a rule asks of a team and the patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Known {
    /// The team.
    pub team: CareTeamId,
    /// What it is, or is not, to the patient.
    pub tie: Tie,
    /// Whether it must be so, or must not.
    pub is: bool,
}

/// Days of the week and a time of the day, by the clock of the place that the patient wrote to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    days: BTreeSet<i8>,
    from: u16,
    to: u16,
}

/// Minutes in a day.
const DAY: u16 = 1_440;

impl Window {
    /// Takes days (1 is Monday, 7 Sunday; none is all of them) and minutes after midnight, `from`
    /// inclusive and `to` exclusive. `None` for a day outside 1 to 7, and unless `from < to <= 1440`.
    pub fn new(days: BTreeSet<i8>, from: u16, to: u16) -> Option<Self> {
        let good = from < to && to <= DAY && days.iter().all(|day| (1..=7).contains(day));
        good.then_some(Self { days, from, to })
    }

    /// The days; none is all of them.
    pub const fn days(&self) -> &BTreeSet<i8> {
        &self.days
    }

    /// The first minute after midnight.
    pub const fn from(&self) -> u16 {
        self.from
    }

    /// The first minute after midnight that is outside again; 1440 is midnight.
    pub const fn to(&self) -> u16 {
        self.to
    }

    fn all_days(&self) -> bool {
        self.days.is_empty() || self.days.len() == 7
    }

    fn is_always(&self) -> bool {
        self.all_days() && self.from == 0 && self.to == DAY
    }

    fn holds(&self, wall: DateTime) -> bool {
        let minute = u16::try_from(wall.hour()).unwrap_or(0) * 60
            + u16::try_from(wall.minute()).unwrap_or(0);
        let weekday: Weekday = wall.date().weekday();
        (self.all_days() || self.days.contains(&weekday.to_monday_one_offset()))
            && (self.from..self.to).contains(&minute)
    }

    /// Whether every moment of `other` is one of this window's.
    fn covers(&self, other: &Self) -> bool {
        let days = self.all_days() || (!other.all_days() && other.days.is_subset(&self.days));
        days && self.from <= other.from && other.to <= self.to
    }
}

/// What must hold for a rule to fire. An empty set, or `None`, asks for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conditions {
    /// The matter, as the patient calls it.
    pub categories: BTreeSet<Category>,
    /// What it refers to in the record.
    pub about: BTreeSet<AboutKind>,
    /// How urgent it is before any rule.
    pub levels: BTreeSet<Level>,
    /// What a team is to the patient.
    pub known: Option<Known>,
    /// Whether the target is at work.
    pub hours: Option<Hours>,
    /// Weekday and time.
    pub window: Option<Window>,
}

impl Conditions {
    /// How many conditions there are.
    fn count(&self) -> usize {
        [
            !self.categories.is_empty(),
            !self.about.is_empty(),
            !self.levels.is_empty(),
            self.known.is_some(),
            self.hours.is_some(),
            self.window.is_some(),
        ]
        .into_iter()
        .filter(|there| *there)
        .count()
    }
}

/// Where a rule sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// To this team; when it has ended, to its successor, else to the triage desk.
    Team(CareTeamId),
    /// To the team of the visit that the message is about. Without one the rule does not fire.
    Visit,
    /// To the team that the patient chose. For somebody who was not sure the rule does not fire.
    Chosen,
    /// To the practice's triage desk. Without one the rule does not fire.
    Triage,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// What must hold.
    pub when: Conditions,
    /// Where it sends.
    pub to: Target,
    /// Who shall take it first; `None` is anybody of the team.
    pub first: Option<FirstRole>,
    /// The least urgent level it may have afterwards; a rule raises a level and never lowers one.
    pub raise: Option<Level>,
}

impl Rule {
    /// The same rule without conditions that always hold.
    fn tidied(mut self) -> Self {
        if self.when.categories.len() == Category::ALL.len() {
            self.when.categories.clear();
        }
        if self.when.about.len() == AboutKind::ALL.len() {
            self.when.about.clear();
        }
        if self.when.levels.len() == 4 {
            self.when.levels.clear();
        }
        self.when.window = self.when.window.filter(|window| !window.is_always());
        self
    }
}

/// The rules of a practice, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuleSet(Vec<Rule>);

impl RuleSet {
    /// Takes rules that were checked when they were saved. Whatever changed since (a team that ended),
    /// [`route`] still ends at an active team.
    pub fn stored(rules: Vec<Rule>) -> Self {
        Self(rules)
    }

    /// The rules, in order.
    pub fn rules(&self) -> &[Rule] {
        &self.0
    }
}

/// A team of the practice at the moment of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TeamFacts {
    /// Where it stands.
    pub state: TeamStatus,
    /// Which team follows it.
    pub successor: Option<CareTeamId>,
    /// Whether it is at work.
    pub open: bool,
}

/// The teams of one practice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Practice {
    /// All of them, those not open and those ended too.
    pub teams: BTreeMap<CareTeamId, TeamFacts>,
    /// The team that sorts messages.
    pub triage: Option<CareTeamId>,
}

impl Practice {
    fn active(&self, team: CareTeamId) -> Option<CareTeamId> {
        let found = self.teams.get(&team)?;
        (found.state == TeamStatus::Active).then_some(team)
    }

    fn triage(&self) -> Option<CareTeamId> {
        self.triage.and_then(|team| self.active(team))
    }

    /// The team while it is active, else its first active successor.
    fn followed(&self, team: CareTeamId) -> Option<CareTeamId> {
        let (mut at, mut seen) = (Some(team), BTreeSet::new());
        while let Some(here) = at.filter(|here| seen.insert(*here)) {
            if self.active(here).is_some() {
                return Some(here);
            }
            at = self.teams.get(&here).and_then(|found| found.successor);
        }
        None
    }
}

/// What is known of a message before it is sent anywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The matter, as the patient calls it.
    pub category: Category,
    /// What it refers to in the record.
    pub about: AboutKind,
    /// How urgent it is.
    pub level: Level,
    /// What teams of the practice are to the patient.
    pub ties: BTreeSet<(CareTeamId, Tie)>,
    /// The team of the visit it is about.
    pub visit: Option<CareTeamId>,
    /// The team that the patient chose; `None` for who was not sure.
    pub chosen: Option<CareTeamId>,
    /// The clock on the wall of the place that the patient wrote to.
    pub wall: DateTime,
}

/// A message and the practice it was written to, in which at least one team can take it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    practice: Practice,
    asked: Asked,
    last: CareTeamId,
}

/// No active team: neither a triage desk, nor the chosen team, nor that of the visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the practice has no team that could take the message")]
pub struct NoTeam;

impl Facts {
    /// Takes a message and its practice. Errors: [`NoTeam`] when none of the triage desk, the chosen team
    /// and the team of the visit is active there.
    pub fn new(practice: Practice, asked: Asked) -> Result<Self, NoTeam> {
        let active = |team: Option<CareTeamId>| team.and_then(|team| practice.active(team));
        let last = practice.triage().or_else(|| active(asked.chosen));
        let last = last.or_else(|| active(asked.visit)).ok_or(NoTeam)?;
        Ok(Self { practice, asked, last })
    }

    /// The message.
    pub const fn asked(&self) -> &Asked {
        &self.asked
    }

    /// Where a target leads now, and what stands in for a team that has ended.
    fn resolve(&self, target: Target) -> Option<(CareTeamId, Option<Instead>)> {
        let active = |team: Option<CareTeamId>| team.and_then(|team| self.practice.active(team));
        match target {
            Target::Team(team) => match self.practice.followed(team) {
                Some(found) if found == team => Some((found, None)),
                Some(found) => Some((found, Some(Instead::Successor))),
                None => self.practice.triage().map(|desk| (desk, Some(Instead::Triage))),
            },
            Target::Visit => active(self.asked.visit).map(|team| (team, None)),
            Target::Chosen => active(self.asked.chosen).map(|team| (team, None)),
            Target::Triage => self.practice.triage().map(|team| (team, None)),
        }
    }

    fn is_open(&self, team: CareTeamId) -> bool {
        self.practice.teams.get(&team).is_some_and(|found| found.open)
    }
}

codes! {
    /// What stands in for a team that a rule names and that has ended.
    Instead {
        /// Its successor.
        Successor = "successor",
        /// The triage desk.
        Triage = "triage",
    }
}

codes! {
    /// The condition that did not hold.
    Failed {
        /// The matter is another.
        Category = "category",
        /// It refers to something else.
        About = "about",
        /// It is more or less urgent.
        Level = "level",
        /// The team is not, or is, that to the patient.
        Known = "known",
        /// The target does not exist: no visit, no choice, no triage desk.
        Target = "target",
        /// The target is, or is not, at work.
        Hours = "hours",
        /// It is another day or time.
        Window = "window",
    }
}

/// What became of one rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looked {
    /// It fired.
    Fired,
    /// This condition did not hold; those before it, in the order of [`Failed`], did.
    Failed(Failed),
    /// An earlier rule had fired.
    NotAsked,
}

/// Why a message goes where it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    /// By the rule with this index.
    Rule(usize),
    /// No rule fired: to the team of the visit.
    Visit,
    /// No rule fired and there is no visit: to the chosen team.
    Chosen,
    /// Nothing else was left.
    Triage,
}

/// Where a message goes, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The team, which is active.
    pub team: CareTeamId,
    /// Who of it shall take the message first.
    pub first: Option<FirstRole>,
    /// How urgent it is now: never less than it was.
    pub level: Level,
    /// Why.
    pub via: Via,
    /// What stands in for the team that the rule names.
    pub instead: Option<Instead>,
    /// What became of each rule, in order.
    pub looked: Vec<Looked>,
}

/// Sends a message to a team: by the first rule that fires, else to the team of the visit, else to the
/// chosen one, else to the triage desk.
pub fn route(rules: &RuleSet, facts: &Facts) -> Decision {
    let mut looked = Vec::with_capacity(rules.0.len());
    let mut fired = None;
    for (index, rule) in rules.0.iter().enumerate() {
        if fired.is_some() {
            looked.push(Looked::NotAsked);
            continue;
        }
        match look(rule, facts) {
            Ok((team, instead)) => {
                fired = Some((index, rule, team, instead));
                looked.push(Looked::Fired);
            }
            Err(failed) => looked.push(Looked::Failed(failed)),
        }
    }
    let level = facts.asked.level;
    if let Some((index, rule, team, instead)) = fired {
        let level = rule.raise.map_or(level, |raise| raise.min(level));
        return Decision { team, first: rule.first, level, via: Via::Rule(index), instead, looked };
    }
    let chain = [(Target::Visit, Via::Visit), (Target::Chosen, Via::Chosen)];
    let found = chain
        .into_iter()
        .find_map(|(target, via)| facts.resolve(target).map(|(team, _)| (team, via)));
    let (team, via) = found.unwrap_or((facts.last, Via::Triage));
    Decision { team, first: None, level, via, instead: None, looked }
}

/// Where a rule sends, or the condition that does not hold.
fn look(rule: &Rule, facts: &Facts) -> Result<(CareTeamId, Option<Instead>), Failed> {
    let (when, asked) = (&rule.when, &facts.asked);
    let among = |held: bool, failed: Failed| if held { Ok(()) } else { Err(failed) };
    let wants = |empty: bool, holds: bool| empty || holds;
    let category = when.categories.contains(&asked.category);
    among(wants(when.categories.is_empty(), category), Failed::Category)?;
    among(wants(when.about.is_empty(), when.about.contains(&asked.about)), Failed::About)?;
    among(wants(when.levels.is_empty(), when.levels.contains(&asked.level)), Failed::Level)?;
    let known = |known: Known| asked.ties.contains(&(known.team, known.tie)) == known.is;
    among(when.known.is_none_or(known), Failed::Known)?;
    let (team, instead) = facts.resolve(rule.to).ok_or(Failed::Target)?;
    let open = facts.is_open(team);
    among(when.hours.is_none_or(|hours| (hours == Hours::Open) == open), Failed::Hours)?;
    let in_window = when.window.as_ref().is_none_or(|window| window.holds(asked.wall));
    among(in_window, Failed::Window)?;
    Ok((team, instead))
}
