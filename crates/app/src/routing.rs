//! Sending a new message of the patient's side to its team, by the rules of the practice it was written
//! to.
//!
//! The decision is `domain::routing`'s; here are its facts. It is made when a conversation begins, and
//! told before: [`preview`] is what the page says of who will read it. A conversation never leaves the
//! organization of the team that was chosen. Deliberately absent: changing rules (`admin::routing`).

use std::collections::BTreeSet;

use domain::care_team::TeamStatus;
use domain::forecast::Forecast;
use domain::ids::{CareTeamId, OrganizationId, PatientId};
use domain::routing::{
    Asked, Decision, Facts, FirstRole, Practice, RuleSet, TeamFacts, Via, route,
};
use domain::thread::Category;
use domain::time::Timestamp;
use domain::work_item::Level;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use store::access::{Action, DraftThread, PatientObject, Permit, ReadThread};
use store::care_team::{self, TeamRow};
use store::routing::{self as rows, DecisionRow};
use store::thread::{About, SendRight};
use store::work_item;

pub use store::routing::Road;

use crate::cx::Cx;
use crate::error::{Error, Result};
use crate::{deadline, forecast};

/// How urgent a message is before anybody looked at it.
pub(crate) const LEVEL: Level = Level::SOON;

/// Where a message goes, and by which rules.
#[derive(Debug, Clone)]
pub(crate) struct Routed {
    pub organization: OrganizationId,
    pub version: i64,
    pub decision: Decision,
    pub chosen: CareTeamId,
    /// The clinician to whom the patient wrote.
    pub direct: Option<domain::ids::PersonId>,
}

impl Routed {
    /// The same for who wrote to a clinician of the chosen team: there it goes, as urgent as it is.
    pub(crate) fn directly(self, person: domain::ids::PersonId) -> Self {
        let decision = Decision { team: self.chosen, first: None, ..self.decision };
        Self { decision, direct: Some(person), ..self }
    }

    /// The level that the rules give, when it is more urgent than it was.
    pub(crate) fn raised(&self) -> Option<Level> {
        (self.decision.level < LEVEL).then_some(self.decision.level)
    }

    pub(crate) const fn row(&self) -> DecisionRow {
        DecisionRow {
            organization: self.organization,
            version: self.version,
            road: match self.direct {
                Some(_) => Road::Direct,
                None => Road::Rules(self.decision.via),
            },
            chosen: self.chosen,
            team: self.decision.team,
            first: self.decision.first,
        }
    }
}

/// The teams of a practice at a moment. Whether each is at work is looked up only for rules that ask.
pub(crate) fn practice(
    cx: &mut Cx<'_, '_>,
    organization: OrganizationId,
    rules: &RuleSet,
    at: Timestamp,
) -> Result<Practice> {
    let asks = rules.rules().iter().any(|rule| rule.when.hours.is_some());
    let mut practice =
        Practice { triage: care_team::triage_desk(cx.tx(), organization)?, ..Practice::default() };
    for team in rows::list_teams(cx.tx(), organization)? {
        let open = asks
            && team.state == TeamStatus::Active
            && deadline::team_clock(cx, team.id)?.calendar.is_open(at);
        let facts = TeamFacts { state: team.state, successor: team.successor, open };
        practice.teams.insert(team.id, facts);
    }
    Ok(practice)
}

/// The clock on the wall of a zone.
pub(crate) fn wall(at: Timestamp, zone: &str) -> Result<DateTime> {
    let zone = TimeZone::get(zone).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(zone.to_datetime(at.to_jiff()))
}

/// Decides where a message of the permit's patient goes that was written to a team now.
///
/// Errors: `Invalid` on `team` when no team of its practice could take it.
pub(crate) fn decide<'t, A: Action<Object = PatientObject>>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, A>,
    chosen: &TeamRow,
    category: Category,
    about: About,
) -> Result<Routed> {
    let organization = chosen.organization;
    let version = rows::latest(cx.tx(), organization)?;
    let rules = RuleSet::stored(rows::list_rules(cx.tx(), organization, version)?);
    let now = cx.now();
    let practice = practice(cx, organization, &rules, now)?;
    // Who chose the desk that sorts messages has not chosen a team.
    let wanted = (chosen.kind != "triage").then_some(chosen.id);
    let asked = Asked {
        category,
        about: about.kind,
        level: LEVEL,
        ties: ties(cx, permit, organization, &rules)?,
        visit: visit(cx, permit, organization, about, wanted)?,
        chosen: wanted,
        wall: wall(now, &chosen.time_zone)?,
    };
    let facts = Facts::new(practice, asked).map_err(|_| Error::field("team", "unknown"))?;
    let decision = route(&rules, &facts);
    Ok(Routed { organization, version, decision, chosen: chosen.id, direct: None })
}

/// What teams are to the patient, when a rule asks.
fn ties<'t, A: Action<Object = PatientObject>>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, A>,
    organization: OrganizationId,
    rules: &RuleSet,
) -> Result<BTreeSet<(CareTeamId, domain::routing::Tie)>> {
    if rules.rules().iter().all(|rule| rule.when.known.is_none()) {
        return Ok(BTreeSet::new());
    }
    Ok(rows::ties(cx.tx(), permit, organization)?)
}

/// The team of the visit that a message is about: the chosen one when the visit can have been with it,
/// else the only one it can have been with.
fn visit<'t, A: Action<Object = PatientObject>>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, A>,
    organization: OrganizationId,
    about: About,
    chosen: Option<CareTeamId>,
) -> Result<Option<CareTeamId>> {
    let Some(visit) = about.encounter() else { return Ok(None) };
    let found = rows::teams_of_visit(cx.tx(), permit, visit, organization)?;
    let own = chosen.filter(|chosen| found.contains(chosen));
    Ok(own.or(match found.as_slice() {
        [only] => Some(*only),
        _ => None,
    }))
}

/// Keeps why the conversation that was just opened went where it went, beside its work.
pub(crate) fn keep<'t>(
    cx: &mut Cx<'_, 't>,
    opened: &impl SendRight<'t>,
    routed: &Routed,
) -> Result<()> {
    let (row, now) = (routed.row(), cx.now());
    let items = work_item::list_open(cx.tx(), opened)?;
    let item = items.iter().find(|item| item.team == row.team);
    let item = item.ok_or_else(|| Error::Internal("no work was opened".to_owned()))?.id;
    Ok(rows::add_decision(cx.tx(), opened, item, &row, now)?)
}

/// What is said of a message before it is sent.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The team that will read it.
    pub team: TeamRow,
    /// The team that was chosen, when that is another.
    pub instead_of: Option<TeamRow>,
    /// When it will answer.
    pub hear: Forecast,
}

/// Who will read a message of a patient that is written to `team`, as it would be routed now.
///
/// Errors: `NotFound`/`Forbidden` by policy; `Invalid` on `team` when it is not open any more.
pub fn preview(
    cx: &mut Cx<'_, '_>,
    patient: PatientId,
    team: CareTeamId,
    category: Category,
    about: About,
) -> Result<Preview> {
    let permit = cx.authorize::<DraftThread>(patient)?;
    let unknown = || Error::field("team", "unknown");
    let chosen = care_team::get(cx.tx(), team)?.ok_or_else(unknown)?;
    let routed = decide(cx, &permit, &chosen, category, about)?;
    let to = routed.decision.team;
    let hear = forecast::at_level(cx, to, category, routed.decision.level)?;
    if to == chosen.id {
        return Ok(Preview { team: chosen, instead_of: None, hear });
    }
    let team = care_team::get(cx.tx(), to)?.ok_or_else(unknown)?;
    Ok(Preview { team, instead_of: Some(chosen), hear })
}

/// [`preview`] for who wrote to a clinician of the team: it goes to that team, whatever the rules say.
pub fn preview_direct(
    cx: &mut Cx<'_, '_>,
    patient: PatientId,
    team: CareTeamId,
    category: Category,
    about: About,
) -> Result<Preview> {
    let permit = cx.authorize::<DraftThread>(patient)?;
    let unknown = || Error::field("team", "unknown");
    let team = care_team::get(cx.tx(), team)?.ok_or_else(unknown)?;
    let level = decide(cx, &permit, &team, category, about)?.decision.level;
    let hear = forecast::at_level(cx, team.id, category, level)?;
    Ok(Preview { team, instead_of: None, hear })
}

/// Why a conversation went where it went, for staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    /// By which road.
    pub road: Road,
    /// The version of the practice's rules; 0 when it had none.
    pub version: i64,
    /// The team that the patient had chosen, by name, when it went to another.
    pub chosen: Option<String>,
    /// Who of the team shall take it first.
    pub first: Option<FirstRole>,
}

/// Why the permit's conversation went where it went; `None` when staff began it, and when it went where
/// the patient wanted without any rule.
pub(crate) fn why<'t>(cx: &mut Cx<'_, 't>, permit: &Permit<'t, ReadThread>) -> Result<Option<Why>> {
    let Some(row) = rows::decision(cx.tx(), permit)? else { return Ok(None) };
    if row.road == Road::Rules(Via::Chosen) {
        return Ok(None);
    }
    let chosen = if row.chosen == row.team {
        None
    } else {
        care_team::get(cx.tx(), row.chosen)?.map(|team| team.name)
    };
    Ok(Some(Why { road: row.road, version: row.version, chosen, first: row.first }))
}
