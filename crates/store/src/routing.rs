//! Rules by which a practice's new messages find their team, and what was decided for each conversation.
//!
//! Rules name teams and codes, never a person or a patient, so reading them takes no permit. Sealed under
//! the organization's key: `routing_version.reason_sealed`, row `routing_version.id`, version 1.
//! Deliberately absent: the decision itself (`domain::routing`).

use std::collections::BTreeSet;

use domain::care_team::TeamStatus;
use domain::ids::{
    CareTeamId, EncounterId, OrganizationId, PersonId, RoutingVersionId, ThreadId, WorkItemId,
};
use domain::routing::{Conditions, FirstRole, Hours, Known, Rule, Target, Tie, Via, Window};
use domain::thread::{AboutKind, Category};
use domain::time::Timestamp;
use domain::work_item::Level;

use crate::access::{Action, Administer, PatientObject, Permit, ReadThread, TeamObject};
use crate::db::{DbError, Row, Tx};
use crate::seal::Sealed;
use crate::thread::SendRight;
use crate::{code, sql};

/// A team of a practice, whatever its state.
#[derive(Debug, Clone)]
pub struct TeamLine {
    /// Its id.
    pub id: CareTeamId,
    /// Its plain name.
    pub name: String,
    /// Where it stands.
    pub state: TeamStatus,
    /// Which team follows it.
    pub successor: Option<CareTeamId>,
    /// The time zone of its site (IANA).
    pub time_zone: String,
}

/// Every team of a practice, by name.
pub fn list_teams(tx: &mut Tx<'_>, organization: OrganizationId) -> Result<Vec<TeamLine>, DbError> {
    tx.query(
        sql!(
            "SELECT c.id, c.plain_name, c.status, c.successor_team_id, s.time_zone \
             FROM care_team c JOIN site s ON s.id = c.site_id \
             WHERE c.organization_id = $1 ORDER BY c.plain_name, c.id"
        ),
        &[&organization],
    )?
    .iter()
    .map(|row| {
        Ok(TeamLine {
            id: row.get(0)?,
            name: row.get(1)?,
            state: code(row, 2, TeamStatus::from_code)?,
            successor: row.get(3)?,
            time_zone: row.get(4)?,
        })
    })
    .collect()
}

/// The version of a practice's newest rules; 0 when none were ever saved.
pub fn latest(tx: &mut Tx<'_>, organization: OrganizationId) -> Result<i64, DbError> {
    tx.query_one(
        sql!("SELECT coalesce(max(version), 0) FROM routing_version WHERE organization_id = $1"),
        &[&organization],
    )?
    .get(0)
}

/// A saved rule set without its rules.
#[derive(Debug, Clone)]
pub struct VersionRow {
    /// Its id.
    pub id: RoutingVersionId,
    /// Its number.
    pub version: i64,
    /// Who saved it; `None` at the machine's command line.
    pub author: Option<PersonId>,
    /// Why, sealed.
    pub reason: Sealed,
    /// When.
    pub at: Timestamp,
}

/// The newest saved rule sets of a practice, the newest first, at most `limit`.
pub fn list_versions<'t>(
    tx: &mut Tx<'t>,
    _permit: &Permit<'t, Administer>,
    organization: OrganizationId,
    limit: i64,
) -> Result<Vec<VersionRow>, DbError> {
    tx.query(
        sql!(
            "SELECT id, version, author_id, reason_sealed, made_at FROM routing_version \
             WHERE organization_id = $1 ORDER BY version DESC LIMIT $2"
        ),
        &[&organization, &limit],
    )?
    .iter()
    .map(|row| {
        Ok(VersionRow {
            id: row.get(0)?,
            version: row.get(1)?,
            author: row.get(2)?,
            reason: row.get(3)?,
            at: row.get(4)?,
        })
    })
    .collect()
}

/// A rule set to be saved.
#[derive(Debug)]
pub struct NewVersion<'a> {
    /// Its id.
    pub id: RoutingVersionId,
    /// Whose it is.
    pub organization: OrganizationId,
    /// Its number: one more than the newest.
    pub version: i64,
    /// Why, sealed.
    pub reason: &'a Sealed,
    /// Its rules, in order.
    pub rules: &'a [Rule],
}

/// Saves a rule set; `Conflict` when that version exists.
pub fn add_version<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Administer>,
    new: &NewVersion<'_>,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "INSERT INTO routing_version (id, organization_id, version, author_id, reason_sealed, \
             made_at) VALUES ($1, $2, $3, $4, $5, $6)"
        ),
        &[&new.id, &new.organization, &new.version, &permit.person(), new.reason, &permit.now()],
    )?;
    (0_i64..).zip(new.rules).try_for_each(|(n, rule)| add_rule(tx, new, n, rule))
}

fn add_rule(tx: &mut Tx<'_>, new: &NewVersion<'_>, n: i64, rule: &Rule) -> Result<(), DbError> {
    let when = &rule.when;
    let (target, team) = match rule.to {
        Target::Team(team) => ("team", Some(team)),
        Target::Visit => ("visit", None),
        Target::Chosen => ("chosen", None),
        Target::Triage => ("triage", None),
    };
    let window = when.window.as_ref();
    tx.execute_one(
        sql!(
            "INSERT INTO routing_rule (organization_id, version, n, categories, about, levels, \
             known_team_id, known_tie, known_is, hours, window_days, window_from, window_to, target, \
             target_team_id, first_role, raise_level) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, \
             $11, $12, $13, $14, $15, $16, $17)"
        ),
        &[
            &new.organization,
            &new.version,
            &n,
            &joined(when.categories.iter().map(|one| one.code().to_owned())),
            &joined(when.about.iter().map(|one| one.code().to_owned())),
            &joined(when.levels.iter().map(|one| one.number().to_string())),
            &when.known.map(|known| known.team),
            &when.known.map(|known| known.tie.code()),
            &when.known.map(|known| known.is),
            &when.hours.map(Hours::code),
            &window.map(|window| joined(window.days().iter().map(ToString::to_string))),
            &window.map(|window| i64::from(window.from())),
            &window.map(|window| i64::from(window.to())),
            &target,
            &team,
            &rule.first.map(FirstRole::code),
            &rule.raise.map(Level::number),
        ],
    )
}

fn joined(codes: impl Iterator<Item = String>) -> String {
    codes.collect::<Vec<_>>().join(" ")
}

/// The rules of a saved version, in order; none for version 0.
pub fn list_rules(
    tx: &mut Tx<'_>,
    organization: OrganizationId,
    version: i64,
) -> Result<Vec<Rule>, DbError> {
    tx.query(
        sql!(
            "SELECT categories, about, levels, known_team_id, known_tie, known_is, hours, window_days, \
             window_from, window_to, target, target_team_id, first_role, raise_level \
             FROM routing_rule WHERE organization_id = $1 AND version = $2 ORDER BY n"
        ),
        &[&organization, &version],
    )?
    .iter()
    .map(read_rule)
    .collect()
}

fn read_rule(row: &Row) -> Result<Rule, DbError> {
    let known = match (row.get(3)?, optional(row, 4, Tie::from_code)?, row.get(5)?) {
        (Some(team), Some(tie), Some(is)) => Some(Known { team, tie, is }),
        _ => None,
    };
    let window = match (row.get(7)?, row.get::<Option<i64>>(8)?, row.get::<Option<i64>>(9)?) {
        (Some(days), Some(from), Some(to)) => Some(read_window(days, from, to)?),
        _ => None,
    };
    let number = |text: &str| Level::new(text.parse().ok()?);
    let to = match (row.get::<String>(10)?.as_str(), row.get(11)?) {
        ("team", Some(team)) => Target::Team(team),
        ("visit", _) => Target::Visit,
        ("chosen", _) => Target::Chosen,
        ("triage", _) => Target::Triage,
        _ => return Err(unreadable("a target")),
    };
    let raise: Option<i64> = row.get(13)?;
    let raise = raise.map(|raise| Level::new(raise).ok_or_else(|| unreadable("a level")));
    Ok(Rule {
        when: Conditions {
            categories: split(row, 0, Category::from_code)?,
            about: split(row, 1, AboutKind::from_code)?,
            levels: split(row, 2, number)?,
            known,
            hours: optional(row, 6, Hours::from_code)?,
            window,
        },
        to,
        first: optional(row, 12, FirstRole::from_code)?,
        raise: raise.transpose()?,
    })
}

fn read_window(days: String, from: i64, to: i64) -> Result<Window, DbError> {
    let days: Option<BTreeSet<i8>> = days.split_whitespace().map(|day| day.parse().ok()).collect();
    let minute = |minute: i64| u16::try_from(minute).ok();
    days.zip(minute(from))
        .zip(minute(to))
        .and_then(|((days, from), to)| Window::new(days, from, to))
        .ok_or_else(|| unreadable("a time of the week"))
}

fn unreadable(what: &str) -> DbError {
    DbError::Decode(format!("{what} of a routing rule"))
}

fn split<T: Ord>(
    row: &Row,
    index: usize,
    from_code: impl Fn(&str) -> Option<T>,
) -> Result<BTreeSet<T>, DbError> {
    let text: String = row.get(index)?;
    let read = |one: &str| from_code(one).ok_or_else(|| unreadable("a condition"));
    text.split_whitespace().map(read).collect()
}

pub(crate) fn optional<T>(
    row: &Row,
    index: usize,
    from_code: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, DbError> {
    let text: Option<String> = row.get(index)?;
    text.map(|text| from_code(&text).ok_or_else(|| unreadable("a code"))).transpose()
}

/// What the teams of a practice are to the permit's patient now.
pub fn ties<'t, A: Action<Object = PatientObject>>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, A>,
    organization: OrganizationId,
) -> Result<BTreeSet<(CareTeamId, Tie)>, DbError> {
    tx.query(
        sql!(
            "SELECT c.id, CAST('treats' AS TEXT) FROM care_relation r \
             JOIN care_team c ON c.id = r.team_id \
             WHERE r.patient_id = $1 AND r.from_at <= $2 AND r.until_at > $2 \
             AND c.organization_id = $3 \
             UNION SELECT c.id, CAST('clinician' AS TEXT) FROM encounter e \
             JOIN practitioner p ON p.id = e.practitioner_id \
             JOIN membership m ON m.person_id = p.person_id AND m.role = 'clinician' \
             JOIN care_team c ON c.id = m.team_id \
             WHERE e.patient_id = $1 AND m.from_at <= $2 AND m.until_at > $2 \
             AND c.organization_id = $3"
        ),
        &[&permit.patient(), &permit.now(), &organization],
    )?
    .iter()
    .map(|row| Ok((row.get(0)?, code(row, 1, Tie::from_code)?)))
    .collect()
}

/// The teams of a practice that a visit of the permit's patient can have been with: active, treating the
/// patient now, and either with the visit's professional among their members, or of the organization
/// that the record names for the visit. The first kind alone, when there is any.
pub fn teams_of_visit<'t, A: Action<Object = PatientObject>>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, A>,
    visit: EncounterId,
    organization: OrganizationId,
) -> Result<Vec<CareTeamId>, DbError> {
    let rows = tx.query(
        sql!(
            "SELECT DISTINCT c.id FROM encounter e JOIN practitioner p ON p.id = e.practitioner_id \
             JOIN membership m ON m.person_id = p.person_id \
             JOIN care_team c ON c.id = m.team_id JOIN care_relation r ON r.team_id = c.id \
             WHERE e.id = $1 AND e.patient_id = $2 AND r.patient_id = $2 \
             AND m.from_at <= $3 AND m.until_at > $3 AND r.from_at <= $3 AND r.until_at > $3 \
             AND c.organization_id = $4 AND c.status = 'active' ORDER BY c.id"
        ),
        &[&visit, &permit.patient(), &permit.now(), &organization],
    )?;
    if !rows.is_empty() {
        return rows.iter().map(|row| row.get(0)).collect();
    }
    tx.query(
        sql!(
            "SELECT DISTINCT c.id FROM encounter e \
             JOIN care_team c ON c.organization_id = e.organization_id \
             JOIN care_relation r ON r.team_id = c.id \
             WHERE e.id = $1 AND e.patient_id = $2 AND r.patient_id = $2 \
             AND r.from_at <= $3 AND r.until_at > $3 \
             AND c.organization_id = $4 AND c.kind = 'care' AND c.status = 'active' ORDER BY c.id"
        ),
        &[&visit, &permit.patient(), &permit.now(), &organization],
    )?
    .iter()
    .map(|row| row.get(0))
    .collect()
}

/// Why a conversation goes where it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Road {
    /// By the rules of the practice, or their end.
    Rules(Via),
    /// The patient chose a clinician.
    Direct,
}

impl Road {
    const fn parts(self) -> (&'static str, Option<usize>) {
        match self {
            Self::Rules(Via::Rule(rule)) => ("rule", Some(rule)),
            Self::Rules(Via::Visit) => ("visit", None),
            Self::Rules(Via::Chosen) => ("chosen", None),
            Self::Rules(Via::Triage) => ("triage", None),
            Self::Direct => ("direct", None),
        }
    }

    fn read(row: &Row, via: usize, rule: usize) -> Result<Self, DbError> {
        let rule = row.get::<Option<i64>>(rule)?.and_then(|rule| usize::try_from(rule).ok());
        match (row.get::<String>(via)?.as_str(), rule) {
            ("rule", Some(rule)) => Ok(Self::Rules(Via::Rule(rule))),
            ("visit", _) => Ok(Self::Rules(Via::Visit)),
            ("chosen", _) => Ok(Self::Rules(Via::Chosen)),
            ("triage", _) => Ok(Self::Rules(Via::Triage)),
            ("direct", _) => Ok(Self::Direct),
            _ => Err(DbError::Decode("the road of a conversation".to_owned())),
        }
    }
}

/// What was decided for a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DecisionRow {
    /// The practice that was written to.
    pub organization: OrganizationId,
    /// The version of its rules; 0 when it had none.
    pub version: i64,
    /// Why it went there.
    pub road: Road,
    /// The team that the patient had chosen.
    pub chosen: CareTeamId,
    /// The team it went to.
    pub team: CareTeamId,
    /// Who of it shall take it first.
    pub first: Option<FirstRole>,
}

/// Keeps what was decided for the conversation that was just opened with this work item.
pub fn add_decision<'t>(
    tx: &mut Tx<'t>,
    right: &impl SendRight<'t>,
    item: WorkItemId,
    made: &DecisionRow,
    at: Timestamp,
) -> Result<(), DbError> {
    let (via, rule) = made.road.parts();
    tx.execute_one(
        sql!(
            "INSERT INTO routing_decision (work_item_id, thread_id, organization_id, version, rule, \
             via, chosen_team_id, team_id, first_role, decided_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        ),
        &[
            &item,
            &right.thread(),
            &made.organization,
            &made.version,
            &rule.and_then(|rule| i64::try_from(rule).ok()),
            &via,
            &made.chosen,
            &made.team,
            &made.first.map(FirstRole::code),
            &at,
        ],
    )?;
    match made.first {
        // Beside the item too, so that a list of what is for one role first is found by its index.
        Some(first) => tx.execute_one(
            sql!("UPDATE work_item SET first_role = $2 WHERE id = $1"),
            &[&item, &first.code()],
        ),
        None => Ok(()),
    }
}

/// Whether the rules in force of the permit's team's organization say anywhere who goes first.
pub fn says_first<'t, A: Action<Object = TeamObject>>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, A>,
) -> Result<bool, DbError> {
    let found = tx.query_opt(
        sql!(
            "SELECT 1 FROM care_team c JOIN routing_rule r ON r.organization_id = c.organization_id \
             WHERE c.id = $1 AND r.first_role IS NOT NULL AND r.version = (SELECT max(v.version) \
                 FROM routing_version v WHERE v.organization_id = c.organization_id) LIMIT 1"
        ),
        &[&permit.team()],
    )?;
    Ok(found.is_some())
}

/// What was decided for the permit's conversation; `None` when nobody had to decide.
pub fn decision<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ReadThread>,
) -> Result<Option<DecisionRow>, DbError> {
    decision_of(tx, permit.thread())
}

fn decision_of(tx: &mut Tx<'_>, thread: ThreadId) -> Result<Option<DecisionRow>, DbError> {
    tx.query_opt(
        sql!(
            "SELECT organization_id, version, via, rule, chosen_team_id, team_id, first_role \
             FROM routing_decision WHERE thread_id = $1 ORDER BY decided_at LIMIT 1"
        ),
        &[&thread],
    )?
    .map(|row| {
        Ok(DecisionRow {
            organization: row.get(0)?,
            version: row.get(1)?,
            road: Road::read(&row, 2, 3)?,
            chosen: row.get(4)?,
            team: row.get(5)?,
            first: optional(&row, 6, FirstRole::from_code)?,
        })
    })
    .transpose()
}
