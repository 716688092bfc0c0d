//! The teams a patient can write to, as tiles: who is there, where, until when, when one met them last,
//! and who reads what comes from somebody who is not sure.
//!
//! Deliberately absent: choosing for the patient. Their own category or a visit's team only orders the
//! tiles.

use std::collections::HashMap;

use domain::calendar::Opening;
use domain::forecast::Forecast;
use domain::ids::{CareTeamId, PatientId};
use domain::thread::Category;
use domain::time::Timestamp;
use store::access::DraftThread;
use store::care_team::{self, TeamRow};
use store::{inbox_row, team_settings};

use crate::chart::{self, Encounter};
use crate::cx::Cx;
use crate::error::{Error, Result};
use crate::thread::Names;
use crate::{circle, deadline, forecast};

/// At most so many clinicians are named on a tile.
const NAMED: usize = 3;

/// Who of a team reads, as its settings say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// The clinicians, by name: those who met the patient, else those of the team.
    Named(Vec<String>),
    /// The roles, most learned first: codes of memberships.
    Roles(Vec<&'static str>),
}

/// When a visit is or was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Met {
    /// For sorting.
    pub at: Timestamp,
    /// As exactly as it was written.
    pub said: String,
}

/// A visit with somebody of a team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Visit {
    /// The next one.
    Next(Met),
    /// The last one.
    Last(Met),
}

impl Visit {
    const fn at(&self) -> Timestamp {
        match self {
            Self::Next(met) | Self::Last(met) => met.at,
        }
    }
}

/// A team to write to.
#[derive(Debug, Clone)]
pub struct Tile {
    /// The team and its place.
    pub team: TeamRow,
    /// Who reads.
    pub who: Who,
    /// Whether it is at work now, and until or from when.
    pub opening: Opening,
    /// The next visit with its people, else the last; `None` when none is known to the reader.
    pub visit: Option<Visit>,
    /// When the patient and the team last wrote; `None` when they have not.
    pub wrote_at: Option<Timestamp>,
    /// When it would answer a message that came now.
    pub hear: Forecast,
}

/// What the page shows on which one chooses whom to write to.
#[derive(Debug, Clone)]
pub struct Picker {
    /// The teams that treat the patient, those met last first.
    pub tiles: Vec<Tile>,
    /// The triage desk that reads what comes from somebody who is not sure; `None` when there is none.
    pub desk: Option<Tile>,
}

/// The tiles of a patient for a message of a category.
pub fn open(cx: &mut Cx<'_, '_>, patient: PatientId, category: Category) -> Result<Picker> {
    let permit = cx.authorize::<DraftThread>(patient)?;
    let teams = care_team::list_for_patient(cx.tx(), &permit)?;
    let wrote: HashMap<CareTeamId, Timestamp> =
        inbox_row::last_by_team(cx.tx(), &permit)?.into_iter().collect();
    let visits = match chart::encounters(cx, patient) {
        Ok(visits) => visits,
        // Whoever may not see the chart chooses without it.
        Err(Error::NotFound | Error::Forbidden) => Vec::new(),
        Err(error) => return Err(error),
    };
    let mut names = Names::default();
    let mut tiles = Vec::with_capacity(teams.len());
    for team in teams {
        let wrote_at = wrote.get(&team.id).copied();
        tiles.push(tile(cx, team, wrote_at, &visits, category, &mut names)?);
    }
    // Whom one met or wrote to last comes first; a coming visit counts as today.
    let now = cx.now();
    tiles.sort_by_key(|tile| std::cmp::Reverse(met_at(tile, now)));
    let desk = match circle::desk(cx, &permit, tiles.first().map(|tile| &tile.team))? {
        Some(team) => Some(tile(cx, team, None, &visits, category, &mut names)?),
        None => None,
    };
    Ok(Picker { tiles, desk })
}

fn met_at(tile: &Tile, now: Timestamp) -> Option<Timestamp> {
    tile.wrote_at.max(tile.visit.as_ref().map(|visit| visit.at().min(now)))
}

fn tile(
    cx: &mut Cx<'_, '_>,
    team: TeamRow,
    wrote_at: Option<Timestamp>,
    visits: &[Encounter],
    category: Category,
    names: &mut Names,
) -> Result<Tile> {
    let now = cx.now();
    let shows = team_settings::get(cx.tx(), team.id)?.is_some_and(|set| set.show_names);
    let members = care_team::members(cx.tx(), team.id, now)?;
    let mut clinicians = Vec::new();
    let mut people = Vec::new();
    for member in &members {
        let name = names.person(cx, member.person)?;
        if member.role == "clinician" {
            clinicians.push(name.clone());
        }
        people.push(name);
    }
    let with = |visit: &&Encounter, who: &[String]| {
        let mut seen = visit.detail.practitioners.iter();
        seen.any(|seen| who.iter().any(|name| is_same(seen, name)))
    };
    let own: Vec<&Encounter> = visits.iter().filter(|visit| with(visit, &people)).collect();
    let met: Vec<String> = clinicians
        .iter()
        .filter(|name| own.iter().any(|visit| with(visit, std::slice::from_ref(*name))))
        .cloned()
        .collect();
    let who = if shows && !clinicians.is_empty() {
        let mut named = if met.is_empty() { clinicians } else { met };
        named.truncate(NAMED);
        Who::Named(named)
    } else {
        let has = |role: &&&'static str| members.iter().any(|member| member.role == **role);
        Who::Roles(["clinician", "nurse", "desk"].iter().filter(has).copied().collect())
    };
    let clock = deadline::team_clock(cx, team.id)?;
    Ok(Tile {
        who,
        opening: clock.calendar.opening(now),
        visit: visit_of(&own, now),
        wrote_at,
        hear: forecast::before_sending(cx, team.id, category)?,
        team,
    })
}

/// The next of some visits, else the last one that took place.
fn visit_of(visits: &[&Encounter], now: Timestamp) -> Option<Visit> {
    let called_off = ["cancelled", "entered-in-error", "noshow", "proposed"];
    let stands = |visit: &&&Encounter| {
        !called_off.contains(&visit.status.as_str()) && !visit.detail.began.is_empty()
    };
    let standing = || visits.iter().filter(stands);
    let met = |visit: &&Encounter| Met { at: visit.started_at, said: visit.detail.began.clone() };
    let next =
        standing().filter(|visit| visit.started_at > now).min_by_key(|visit| visit.started_at);
    let last =
        || standing().filter(|visit| visit.started_at <= now).max_by_key(|visit| visit.started_at);
    next.map(|visit| Visit::Next(met(visit)))
        .or_else(|| last().map(|visit| Visit::Last(met(visit))))
}

/// Whether two names are one person's: every word of the shorter is a word of the longer, titles apart.
fn is_same(a: &str, b: &str) -> bool {
    let words = |name: &str| -> Vec<String> {
        name.split(|c: char| !c.is_alphanumeric() && c != '-' && c != '\'')
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .filter(|word| !matches!(word.as_str(), "dr" | "md" | "rn" | "do" | "np" | "pa"))
            .collect()
    };
    let (a, b) = (words(a), words(b));
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    short.len() > 1 && short.iter().all(|word| long.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_matched_without_their_titles() {
        assert!(is_same("Dr. Dora Park", "Dora Park"));
        assert!(is_same("Park, Dora, MD", "Dr. Dora Park"));
        assert!(!is_same("Dr. Park", "Dora Park"), "a family name alone is anybody's");
        assert!(!is_same("Dora Lind", "Dora Park"));
        assert!(!is_same("", ""));
    }
}
