//! The routing rules of a practice: every saved set stays readable, and a message can be tried out.
//!
//! Saving checks the whole set (`domain::routing::RuleSet::new`) and makes the next version. Holds no
//! health data. Deliberately absent: changing or deleting a saved version.

use std::collections::BTreeSet;

use domain::ids::{CareTeamId, OrganizationId, PersonId, PractitionerId, RoutingVersionId};
use domain::message::Line;
use domain::routing::{Asked, Decision, Facts, Fault, Rule, RuleSet, Tie, route};
use domain::thread::{AboutKind, Category};
use domain::time::Timestamp;
use domain::work_item::Level;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use store::access::Administer;
use store::organization::{self, OrganizationRow};
use store::routing::{self as rows, NewVersion};
use store::seal::{KeyOwner, Place};
use store::{care_team, practitioner};

pub use store::routing::TeamLine;

use super::one;
use crate::content::Profile;
use crate::cx::Cx;
use crate::error::{Conflict, Error, Result};
use crate::routing;

/// Most saved versions that a page shows.
const VERSIONS_MAX: i64 = 50;

/// A practice in the list of rules.
#[derive(Debug, Clone)]
pub struct PracticeLine {
    /// The practice.
    pub organization: OrganizationRow,
    /// The version of its rules; 0 when none were ever saved.
    pub version: i64,
    /// How many rules there are.
    pub rules: usize,
    /// Whether it has a triage desk.
    pub has_triage: bool,
}

/// All practices, by name.
pub fn list(cx: &mut Cx<'_, '_>) -> Result<Vec<PracticeLine>> {
    cx.authorize::<Administer>(())?;
    let mut lines = Vec::new();
    for organization in organization::list(cx.tx())? {
        let version = rows::latest(cx.tx(), organization.id)?;
        let rules = rows::list_rules(cx.tx(), organization.id, version)?.len();
        let has_triage = care_team::triage_desk(cx.tx(), organization.id)?.is_some();
        lines.push(PracticeLine { organization, version, rules, has_triage });
    }
    Ok(lines)
}

/// A saved version without its rules.
#[derive(Debug, Clone)]
pub struct VersionLine {
    /// Its number.
    pub version: i64,
    /// Who saved it, by name; `None` at the machine's command line.
    pub by: Option<String>,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// The rules of a practice.
#[derive(Debug, Clone)]
pub struct PracticeRules {
    /// The practice.
    pub organization: OrganizationRow,
    /// The version that is shown; 0 when none was ever saved.
    pub version: i64,
    /// The newest version.
    pub latest: i64,
    /// The rules, in order.
    pub rules: Vec<Rule>,
    /// All teams of the practice, by name.
    pub teams: Vec<TeamLine>,
    /// The team that sorts messages.
    pub triage: Option<CareTeamId>,
    /// What the newest version would be refused for today, because teams changed since it was saved.
    pub faults: Vec<Fault>,
    /// The saved versions, the newest first.
    pub versions: Vec<VersionLine>,
}

/// The rules of a practice at a version, the newest when none is named. `NotFound` when there is no such
/// practice or version.
pub fn show(
    cx: &mut Cx<'_, '_>,
    organization: OrganizationId,
    version: Option<i64>,
) -> Result<PracticeRules> {
    let permit = cx.authorize::<Administer>(())?;
    let practice = organization::get(cx.tx(), organization)?.ok_or(Error::NotFound)?;
    let latest = rows::latest(cx.tx(), organization)?;
    let version = version.unwrap_or(latest);
    if !(0..=latest).contains(&version) || (version == 0 && latest > 0) {
        return Err(Error::NotFound);
    }
    let rules = rows::list_rules(cx.tx(), organization, version)?;
    let mut versions = Vec::new();
    for row in rows::list_versions(cx.tx(), &permit, organization, VERSIONS_MAX)? {
        let place = Place::new("routing_version", &row.id, "reason_sealed", 1);
        let reason = cx.open(KeyOwner::Organization(organization), &place, &row.reason)?;
        let by = row.author.map(|by| cx.profile_of(by)).transpose()?.map(|profile| profile.name);
        versions.push(VersionLine { version: row.version, by, reason, at: row.at });
    }
    Ok(PracticeRules {
        organization: practice,
        version,
        latest,
        faults: check(cx, organization, &rules)?,
        rules,
        teams: rows::list_teams(cx.tx(), organization)?,
        triage: care_team::triage_desk(cx.tx(), organization)?,
        versions,
    })
}

/// What a rule set would be refused for now; empty when it could be saved.
fn check(cx: &mut Cx<'_, '_>, organization: OrganizationId, rules: &[Rule]) -> Result<Vec<Fault>> {
    let now = cx.now();
    let practice = routing::practice(cx, organization, &RuleSet::default(), now)?;
    Ok(RuleSet::new(rules.to_vec(), &practice).err().unwrap_or_default())
}

/// What saving did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saved {
    /// The rules are in force as this version.
    As(i64),
    /// Nothing was saved: what is wrong, in the order of the rules.
    Refused(Vec<Fault>),
}

/// Saves the rules of a practice as its next version, in force from the next message on.
///
/// Errors: `NotFound` when there is no such practice; `Conflict(Changed)` when `version` is not the newest
/// any more.
pub fn save(
    cx: &mut Cx<'_, '_>,
    organization: OrganizationId,
    version: i64,
    rules: &[Rule],
    reason: &Line,
) -> Result<Saved> {
    let permit = cx.authorize::<Administer>(())?;
    organization::get(cx.tx(), organization)?.ok_or(Error::NotFound)?;
    if rows::latest(cx.tx(), organization)? != version {
        return Err(Error::Conflict(Conflict::Changed));
    }
    let now = cx.now();
    let practice = routing::practice(cx, organization, &RuleSet::default(), now)?;
    let set = match RuleSet::new(rules.to_vec(), &practice) {
        Ok(set) => set,
        Err(faults) => return Ok(Saved::Refused(faults)),
    };
    let id: RoutingVersionId = cx.new_id()?;
    let place = Place::new("routing_version", &id, "reason_sealed", 1);
    let owner = KeyOwner::Organization(organization);
    let reason = cx.seal(owner, &place, reason.as_str().as_bytes())?;
    let version = version.saturating_add(1);
    let new = NewVersion { id, organization, version, reason: &reason, rules: set.rules() };
    rows::add_version(cx.tx(), &permit, &new)?;
    Ok(Saved::As(version))
}

/// A message that nobody wrote.
#[derive(Debug, Clone)]
pub struct Trial {
    /// The matter, as a patient would call it.
    pub category: Category,
    /// What it refers to in the record.
    pub about: AboutKind,
    /// How urgent it is.
    pub level: Level,
    /// What teams are to the patient.
    pub ties: BTreeSet<(CareTeamId, Tie)>,
    /// The team of the visit.
    pub visit: Option<CareTeamId>,
    /// The team that the patient chose; `None` for who is not sure.
    pub chosen: Option<CareTeamId>,
    /// When, by the clock of the chosen team's place.
    pub at: DateTime,
}

/// What became of a trial.
#[derive(Debug, Clone)]
pub struct Tried {
    /// The rules it was tried with.
    pub rules: PracticeRules,
    /// Where it would go; `None` when the practice has no team that could take it.
    pub decision: Option<Decision>,
}

/// Tries a message out with the newest rules of a practice: nothing is written, nobody is asked.
pub fn try_out(cx: &mut Cx<'_, '_>, organization: OrganizationId, trial: &Trial) -> Result<Tried> {
    let rules = show(cx, organization, None)?;
    let set = RuleSet::stored(rules.rules.clone());
    let place = trial.chosen.or(rules.triage);
    let place = rules.teams.iter().find(|team| Some(team.id) == place).or(rules.teams.first());
    let zone = match place {
        Some(team) => TimeZone::get(&team.time_zone),
        None => Ok(TimeZone::UTC),
    };
    let zone = zone.map_err(|error| Error::Internal(error.to_string()))?;
    let instant = zone.to_timestamp(trial.at).map_err(|_| Error::field("day", "unknown"))?;
    let practice = routing::practice(cx, organization, &set, Timestamp::from(instant))?;
    let asked = Asked {
        category: trial.category,
        about: trial.about,
        level: trial.level,
        ties: trial.ties.clone(),
        visit: trial.visit,
        chosen: trial.chosen.filter(|chosen| Some(*chosen) != rules.triage),
        wall: trial.at,
    };
    let decision = Facts::new(practice, asked).ok().map(|facts| route(&set, &facts));
    Ok(Tried { rules, decision })
}

/// A professional named in the records, and the log-in that they are.
#[derive(Debug, Clone)]
pub struct ProfessionalLine {
    /// The professional.
    pub id: PractitionerId,
    /// The name in the records.
    pub name: String,
    /// The log-in.
    pub person: Option<PersonId>,
}

/// The professionals named in imported records: who sees a patient at a visit is found in a team through
/// the log-in that they are.
pub fn list_professionals(cx: &mut Cx<'_, '_>) -> Result<Vec<ProfessionalLine>> {
    let permit = cx.authorize::<Administer>(())?;
    let mut lines = Vec::new();
    for found in practitioner::list(cx.tx(), &permit)? {
        let place = Place::new("practitioner", &found.row.id, "profile_sealed", found.row.version);
        let owner = KeyOwner::Deployment;
        let profile: Profile = cx.open_json(owner, &place, &found.row.profile)?;
        lines.push(ProfessionalLine { id: found.row.id, name: profile.name, person: found.person });
    }
    Ok(lines)
}

/// Says which log-in of the staff a professional of the records is; `None` takes it back. `NotFound` when
/// either is unknown, `Invalid` on `person` for who is no clinician or nurse.
pub fn link(
    cx: &mut Cx<'_, '_>,
    professional: PractitionerId,
    person: Option<PersonId>,
) -> Result<()> {
    let permit = cx.authorize::<Administer>(())?;
    if let Some(person) = person {
        let row = store::person::get(cx.tx(), person)?.ok_or(Error::NotFound)?;
        if !row.role.is_clinical() {
            return Err(Error::field("person", "role"));
        }
    }
    one(practitioner::link(cx.tx(), &permit, professional, person))
}
