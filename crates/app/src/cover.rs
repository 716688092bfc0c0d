//! Who stands in: absences are entered, work with somebody who is away moves on and comes back, and a
//! claim that nobody works on runs out.
//!
//! The rules are `domain::cover`'s and `domain::deadline`'s. [`move_work`] is called by workers of every
//! node and moves each item by compare-and-set. Deliberately absent: rosters of duty.

use domain::access::Actor;
use domain::cover::{Absence, AbsenceError, Cover, Holder, check, resolve};
use domain::deadline::Tier;
use domain::ids::{AbsenceId, CareTeamId, PersonId};
use domain::time::Timestamp;
use domain::work_item::WorkEventKind;
use store::absence;
use store::access::{Administer, UseOwn};
use store::care_team;
use store::change::Change;
use store::clockwork::{self, Handed, Running};

pub use store::absence::AbsenceRow;

use crate::cx::{App, Cx};
use crate::deadline;
use crate::error::{Error, Result};
use crate::notice;
use crate::thread::Names;

/// Items looked at in one round.
const BATCH: i64 = 100;
/// Whoever wrote in the thread so many seconds ago or less still works on it.
const ALIVE_S: i64 = 30 * 60;
/// An absence may be as long as two years.
const ABSENCE_S_MAX: i64 = 2 * 366 * 86_400;

/// An absence with the names of its people.
#[derive(Debug, Clone)]
pub struct ShownAbsence {
    /// Its id.
    pub id: AbsenceId,
    /// Who is away.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// From when.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// Who stands in, by name; `None` is the team's queue.
    pub cover: Option<String>,
    /// Whether it is the reader's own.
    pub own: bool,
}

/// The absences, running and coming, of everybody in the reader's teams.
pub fn list(cx: &mut Cx<'_, '_>) -> Result<Vec<ShownAbsence>> {
    let me = cx.person()?;
    cx.authorize::<UseOwn>(me)?;
    let now = cx.now();
    let mut rows: Vec<AbsenceRow> = Vec::new();
    for (team, _) in care_team::list_of_person(cx.tx(), me, now)? {
        for row in absence::list_of_team(cx.tx(), team.id, now)? {
            if !rows.contains(&row) {
                rows.push(row);
            }
        }
    }
    rows.sort_by_key(|row| (row.absence.from, row.id));
    let mut names = Names::default();
    let mut shown = Vec::with_capacity(rows.len());
    for AbsenceRow { id, absence } in rows {
        let cover = match absence.cover {
            Cover::Person(person) => Some(names.person(cx, person)?),
            Cover::Team => None,
        };
        shown.push(ShownAbsence {
            id,
            person: absence.person,
            name: names.person(cx, absence.person)?,
            from: absence.from,
            until: absence.until,
            cover,
            own: absence.person == me,
        });
    }
    Ok(shown)
}

/// Who could stand in for the reader: the colleagues of their teams who may answer, by name.
pub fn colleagues(cx: &mut Cx<'_, '_>) -> Result<Vec<(PersonId, String)>> {
    let me = cx.person()?;
    cx.authorize::<UseOwn>(me)?;
    let mut names = Names::default();
    let mut found: Vec<(PersonId, String)> = Vec::new();
    for person in colleagues_of(cx, me)? {
        let name = names.person(cx, person)?;
        found.push((person, name));
    }
    found.sort_by(|a, b| a.1.cmp(&b.1));
    Ok(found)
}

fn colleagues_of(cx: &mut Cx<'_, '_>, person: PersonId) -> Result<Vec<PersonId>> {
    let now = cx.now();
    let mut found = Vec::new();
    for (team, _) in care_team::list_of_person(cx.tx(), person, now)? {
        for member in care_team::members(cx.tx(), team.id, now)? {
            if member.person != person && member.role != "desk" && !found.contains(&member.person) {
                found.push(member.person);
            }
        }
    }
    Ok(found)
}

/// Enters an absence of one's own, `[from, until)`; without a colleague the team's queue has the work.
///
/// Errors: `Invalid` on `until` when it ends before it begins, is over, or is longer than two years; on
/// `from` when one is away then already; on `cover` when they are no colleague, or would lead back.
pub fn add(
    cx: &mut Cx<'_, '_>,
    from: Timestamp,
    until: Timestamp,
    cover: Option<PersonId>,
) -> Result<AbsenceId> {
    let me = cx.person()?;
    let permit = cx.authorize::<UseOwn>(me)?;
    let now = cx.now();
    if until <= now || until.seconds_since(from) > ABSENCE_S_MAX {
        return Err(Error::field("until", "range"));
    }
    let cover = match cover {
        Some(person) if !colleagues_of(cx, me)?.contains(&person) => {
            return Err(Error::field("cover", "unknown"));
        }
        Some(person) => Cover::Person(person),
        None => Cover::Team,
    };
    let new = Absence { person: me, from, until, cover };
    let known: Vec<Absence> =
        absence::list(cx.tx(), now)?.into_iter().map(|row| row.absence).collect();
    check(&new, &known).map_err(|error| match error {
        AbsenceError::Dates => Error::field("until", "range"),
        AbsenceError::Overlap => Error::field("from", "taken"),
        AbsenceError::Circle(_) => Error::field("cover", "circle"),
    })?;
    let id = cx.new_id()?;
    absence::add(cx.tx(), &permit, id, &new, Some(me))?;
    Ok(id)
}

/// Ends an absence of one's own now, or takes it back. `NotFound` when there is none of that id.
pub fn end(cx: &mut Cx<'_, '_>, id: AbsenceId) -> Result<()> {
    let me = cx.person()?;
    let permit = cx.authorize::<UseOwn>(me)?;
    if absence::end(cx.tx(), &permit, id, me)? { Ok(()) } else { Err(Error::NotFound) }
}

/// Ends an absence of a member of staff now, for an administrator. `NotFound` when there is none.
pub fn end_for(cx: &mut Cx<'_, '_>, id: AbsenceId, person: PersonId) -> Result<()> {
    let permit = cx.authorize::<Administer>(())?;
    if absence::end(cx.tx(), &permit, id, person)? { Ok(()) } else { Err(Error::NotFound) }
}

/// Who has the work of `person` in a team now: themselves while they are there, else who stands in, if
/// that is somebody of the team who may answer; `None` is the team's queue.
pub(crate) fn holder(
    cx: &mut Cx<'_, '_>,
    team: CareTeamId,
    person: PersonId,
) -> Result<Option<PersonId>> {
    let now = cx.now();
    let known: Vec<Absence> =
        absence::list(cx.tx(), now)?.into_iter().map(|row| row.absence).collect();
    let Holder::Person(found) = resolve(person, now, &known).holder else { return Ok(None) };
    let members = care_team::members(cx.tx(), team, now)?;
    let able = members.iter().any(|member| member.person == found && member.role != "desk");
    Ok(able.then_some(found))
}

/// Moves what lies with somebody who is away, brings back what was covered, and returns claims that ran
/// out to their queue; how many items were moved.
pub fn move_work(app: &App) -> Result<usize> {
    let now = app.now();
    let away = app.db().read(|tx| clockwork::list_of_absent(tx, now, BATCH))?;
    let back = app.db().read(|tx| clockwork::list_to_return(tx, now, BATCH))?;
    let over = app.db().read(|tx| clockwork::list_expired(tx, now, BATCH))?;
    let mut moved = 0;
    for item in away {
        moved += usize::from(run(app, move |cx| hand_over(cx, &item))?);
    }
    for (item, person) in back {
        moved += usize::from(run(app, move |cx| give_back(cx, &item, person))?);
    }
    for item in over {
        moved += usize::from(run(app, move |cx| expire(cx, &item))?);
    }
    Ok(moved)
}

fn run(
    app: &App,
    op: impl for<'t> Fn(&mut Cx<'_, 't>) -> Result<bool> + Send + Sync + 'static,
) -> Result<bool> {
    app.write_reserved(&Actor::system(), op)
}

fn hand_over(cx: &mut Cx<'_, '_>, item: &Running) -> Result<bool> {
    let Some(absent) = item.assignee else { return Ok(false) };
    let to = holder(cx, item.team, absent)?;
    if to == Some(absent) {
        return Ok(false);
    }
    // Who stood in and is away too stood in for somebody else, and that one gets it back.
    let covered_for = clockwork::covered_for(cx.tx(), item.id)?.unwrap_or(absent);
    hand(cx, item, WorkEventKind::Covered, to, Some(covered_for))
}

fn give_back(cx: &mut Cx<'_, '_>, item: &Running, person: PersonId) -> Result<bool> {
    let to = holder(cx, item.team, person)?;
    // Who has left the team meanwhile gets nothing back: it stays where it is.
    if to != Some(person) || item.assignee == Some(person) {
        return clockwork::keep(cx.tx(), item).map_err(Error::from);
    }
    hand(cx, item, WorkEventKind::Returned, to, None)
}

fn expire(cx: &mut Cx<'_, '_>, item: &Running) -> Result<bool> {
    let now = cx.now();
    if clockwork::is_writing(cx.tx(), item, now.plus_seconds(-ALIVE_S))? {
        let until = deadline::lease(cx, item.team, item.owed.level)?;
        return clockwork::renew(cx.tx(), item, until).map(|_| false).map_err(Error::from);
    }
    if !hand(cx, item, WorkEventKind::Expired, None, None)? {
        return Ok(false);
    }
    for person in clockwork::list_tier(cx.tx(), item.team, Tier::Leads, now)? {
        if Some(person) != item.assignee {
            let key = format!("returned:{}:{}:{person}", item.id, item.version);
            notice::add(cx, person, "returned", &key, None, None)?;
        }
    }
    Ok(true)
}

fn hand(
    cx: &mut Cx<'_, '_>,
    item: &Running,
    kind: WorkEventKind,
    to: Option<PersonId>,
    covered_for: Option<PersonId>,
) -> Result<bool> {
    let lease_until = match to {
        Some(_) => Some(deadline::lease(cx, item.team, item.owed.level)?),
        None => None,
    };
    let handed = Handed { kind, to, covered_for, lease_until, event: cx.new_id()?, at: cx.now() };
    if !clockwork::hand(cx.tx(), item, &handed)? {
        return Ok(false);
    }
    cx.note_change(&Change {
        kind: "work".to_owned(),
        patient: item.patient,
        thread: Some(item.thread),
        team: Some(item.team),
        person: to,
    })?;
    Ok(true)
}
