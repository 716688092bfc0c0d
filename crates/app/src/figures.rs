//! How a team does: open work by age and level, load by member, how long reading and answering took.
//!
//! For whoever leads the team, and for administrators: counts, times and the names of the team's own people,
//! no patient. Deliberately absent: comparing people by their speed; who answers much may hold the hard ones.

use std::collections::BTreeMap;

use domain::ids::{CareTeamId, PersonId};
use domain::time::Timestamp;
use store::access::{ReadEquity, ReadTeamFigures};
use store::care_team::{self, TeamRow};
use store::figures::{self as rows, Took};

pub use store::figures::OpenRow;

use crate::cx::Cx;
use crate::error::{Error, Result};
use crate::thread::Names;

/// Seconds of the window of all that is counted over time.
pub const WINDOW_S: i64 = 28 * 86_400;
/// The shorter window of who answered.
const WEEK_S: i64 = 7 * 86_400;
/// Answers to what was asked so long ago or less are looked at for who answered in the window.
const ASKED_S: i64 = 2 * WINDOW_S;
/// Most questions whose times are read, the newest first.
const TOOK_MAX: i64 = 10_000;

/// A typical and a long time in seconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Times {
    /// Of how many.
    pub n: usize,
    /// Half took no longer.
    pub half: i64,
    /// Nine in ten took no longer.
    pub most: i64,
}

impl Times {
    /// The median and the 90% point, by the nearest rank; `None` of nothing.
    fn of(mut seconds: Vec<i64>) -> Option<Self> {
        seconds.sort_unstable();
        let n = seconds.len();
        let rank = |percent: usize| {
            let at = (n * percent).div_ceil(100).saturating_sub(1);
            seconds.get(at).copied()
        };
        Some(Self { n, half: rank(50)?, most: rank(90)? })
    }
}

/// What one member has to do and has done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberLoad {
    /// The name.
    pub name: String,
    /// `clinician` or `nurse`; empty for who has left the team.
    pub role: String,
    /// Held now.
    pub held: i64,
    /// Answered in the last 7 days.
    pub week: i64,
    /// Answered in the last 28 days.
    pub month: i64,
    /// Until when they are away, if they are.
    pub away_until: Option<Timestamp>,
}

/// How a team does.
#[derive(Debug, Clone)]
pub struct Overview {
    /// The team.
    pub team: TeamRow,
    /// Open work by level.
    pub open: Vec<OpenRow>,
    /// Items that wait for the patient.
    pub waiting: i64,
    /// Load by member, by name.
    pub members: Vec<MemberLoad>,
    /// From the question to its first reading.
    pub read: Option<Times>,
    /// From the question to its answer.
    pub answered: Option<Times>,
    /// Brought to leads or the last resort in 28 days.
    pub escalated: i64,
    /// Claims that ran out.
    pub expired: i64,
    /// Work that went to whoever stood in.
    pub covered: i64,
    /// Work that came back with its holder.
    pub returned: i64,
    /// Conversations that went back to a team that had passed them on, from or to this one.
    pub bounces: i64,
}

/// The teams whose figures the actor may see, by name: those they lead, or every active one.
pub fn teams(cx: &mut Cx<'_, '_>) -> Result<Vec<TeamRow>> {
    let all = care_team::list_active(cx.tx())?;
    let mut found = Vec::new();
    for team in all {
        if cx.may::<ReadTeamFigures>(team.id)? {
            found.push(team);
        }
    }
    Ok(found)
}

/// The teams of whose patients the actor may see how groups wait, by name.
pub fn equity_teams(cx: &mut Cx<'_, '_>) -> Result<Vec<TeamRow>> {
    let all = care_team::list_active(cx.tx())?;
    let mut found = Vec::new();
    for team in all {
        if cx.may::<ReadEquity>(team.id)? {
            found.push(team);
        }
    }
    Ok(found)
}

/// How a team does now. `NotFound`/`Forbidden` by policy, `NotFound` for a team that is not active.
pub fn overview(cx: &mut Cx<'_, '_>, id: CareTeamId) -> Result<Overview> {
    let permit = cx.authorize::<ReadTeamFigures>(id)?;
    let team = care_team::get(cx.tx(), id)?.ok_or(Error::NotFound)?;
    let now = cx.now();
    let since = now.plus_seconds(-WINDOW_S);
    let open = rows::open(cx.tx(), &permit)?;
    let waiting = rows::waiting(cx.tx(), &permit)?;
    let took = rows::took(cx.tx(), &permit, since, TOOK_MAX)?;
    let happened: BTreeMap<String, i64> =
        rows::happened(cx.tx(), &permit, since)?.into_iter().collect();
    let times = |kind: &str| happened.get(kind).copied().unwrap_or(0);
    let held = rows::held(cx.tx(), &permit)?;
    let windows = (now.plus_seconds(-ASKED_S), since, now.plus_seconds(-WEEK_S));
    let answers = rows::answered_by(cx.tx(), &permit, windows)?;
    Ok(Overview {
        team,
        open,
        waiting,
        members: members(cx, id, &held, &answers)?,
        read: Times::of(took.iter().filter_map(|took: &Took| took.read).collect()),
        answered: Times::of(took.iter().map(|took| took.answered).collect()),
        escalated: times("escalated"),
        expired: times("expired"),
        covered: times("covered"),
        returned: times("returned"),
        bounces: store::pass::count_bounces(cx.tx(), id, since)?,
    })
}

/// Everybody who may answer for the team, and who has left it but holds or answered something.
fn members(
    cx: &mut Cx<'_, '_>,
    team: CareTeamId,
    held: &[(PersonId, i64)],
    answers: &[(PersonId, i64, i64)],
) -> Result<Vec<MemberLoad>> {
    let now = cx.now();
    let mut people: BTreeMap<PersonId, MemberLoad> = BTreeMap::new();
    let empty = |role: &str| MemberLoad {
        name: String::new(),
        role: role.to_owned(),
        held: 0,
        week: 0,
        month: 0,
        away_until: None,
    };
    for member in care_team::members(cx.tx(), team, now)? {
        if member.role != "desk" {
            people.insert(member.person, empty(&member.role));
        }
    }
    for (person, n) in held {
        people.entry(*person).or_insert_with(|| empty("")).held = *n;
    }
    for (person, week, month) in answers {
        let load = people.entry(*person).or_insert_with(|| empty(""));
        (load.week, load.month) = (*week, *month);
    }
    for row in store::absence::list_of_team(cx.tx(), team, now)? {
        if row.absence.from <= now
            && let Some(load) = people.get_mut(&row.absence.person)
        {
            load.away_until = Some(row.absence.until);
        }
    }
    let mut names = Names::default();
    let mut loads = Vec::with_capacity(people.len());
    for (person, mut load) in people {
        load.name = names.person(cx, person)?;
        loads.push(load);
    }
    loads.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(loads)
}

#[cfg(test)]
mod tests {
    use super::Times;

    #[test]
    fn the_median_and_the_ninetieth_percent_are_nearest_ranks() {
        assert_eq!(Times::of(Vec::new()), None);
        assert_eq!(Times::of(vec![7]), Some(Times { n: 1, half: 7, most: 7 }));
        let ten: Vec<i64> = (1..=10).rev().collect();
        assert_eq!(Times::of(ten), Some(Times { n: 10, half: 5, most: 9 }));
        let eleven: Vec<i64> = (1..=11).collect();
        assert_eq!(Times::of(eleven), Some(Times { n: 11, half: 6, most: 10 }));
    }
}
