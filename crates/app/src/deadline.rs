//! The clocks of open work: started by what a patient writes, kept by the settings in force, and brought
//! to the next tier before an answer is late.
//!
//! The rules are `domain::deadline`'s. [`follow_settings`] and [`escalate_due`] are called by workers of
//! every node; each item is moved by compare-and-set, so that two nodes tell nobody twice.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::access::Actor;
use domain::deadline::{Deadline, Owed, Tier, deadline, lease_until, next_tier};
use domain::ids::{CareTeamId, PersonId};
use domain::thread::Category;
use domain::time::Timestamp;
use domain::work_item::Level;
use store::change::Change;
use store::clockwork::{self, Running, Told};
use store::team_clock::{self, TeamClock};
use store::work_item::{Clock, WorkItemRow};

use crate::cx::{App, Cx};
use crate::error::{Error, Result};
use crate::{callback, forecast, notice, roster};

/// Deadlines brought to new settings in one transaction, so that the writer is held for moments: 50 ms at
/// most, which `bench/RESULTS.md` measures.
const FOLLOW_BATCH: i64 = 250;
/// Items looked at in one round of escalation.
const ESCALATE_BATCH: i64 = 100;

/// The clocks of teams as they were last read, each with its version.
#[derive(Debug, Default)]
pub(crate) struct TeamClocks(Mutex<HashMap<CareTeamId, Arc<TeamClock>>>);

impl TeamClocks {
    fn known(&self, team: CareTeamId, version: i64) -> Option<Arc<TeamClock>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&team).filter(|clock| clock.policy.version == version).cloned()
    }

    fn keep(&self, team: CareTeamId, clock: &Arc<TeamClock>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(team, Arc::clone(clock));
    }
}

/// How a team's clocks run now. `NotFound` when there is no such team.
pub fn team_clock(cx: &mut Cx<'_, '_>, team: CareTeamId) -> Result<Arc<TeamClock>> {
    let version = team_clock::version(cx.tx(), team)?.ok_or(Error::NotFound)?;
    if let Some(known) = cx.team_clocks().known(team, version) {
        return Ok(known);
    }
    let read = Arc::new(team_clock::get(cx.tx(), team)?.ok_or(Error::NotFound)?);
    cx.team_clocks().keep(team, &read);
    Ok(read)
}

/// The clock of what is owed to a team's patients, by the settings in force.
pub(crate) fn clock_of(
    cx: &mut Cx<'_, '_>,
    team: CareTeamId,
    category: Category,
    owed: Owed,
) -> Result<Clock> {
    let settings = team_clock(cx, team)?;
    let deadline = deadline(&owed, category, &settings.calendar, &settings.policy);
    let policy_version = settings.policy.version;
    Ok(Clock { owed: Some(owed), deadline, policy_version, asked: None })
}

/// The clock of a message of the patient's side that has just come, with what is said about its answer.
pub(crate) fn start(
    cx: &mut Cx<'_, '_>,
    team: CareTeamId,
    category: Category,
    level: Level,
) -> Result<Clock> {
    let now = cx.now();
    start_at(cx, team, category, level, now)
}

/// [`start`] of a message that came at `since`.
pub(crate) fn start_at(
    cx: &mut Cx<'_, '_>,
    team: CareTeamId,
    category: Category,
    level: Level,
    since: Timestamp,
) -> Result<Clock> {
    let owed = Owed::new(since, level);
    let clock = clock_of(cx, team, category, owed)?;
    let asked = forecast::asked(cx, team, level, clock.deadline.due_at)?;
    Ok(Clock { asked: Some(asked), ..clock })
}

/// The clock of what another team passes on with what is owed for it; `asked` says whether the patient's
/// side waits to hear. The promise stays; what is usual is this team's.
pub(crate) fn passed(
    cx: &mut Cx<'_, '_>,
    team: CareTeamId,
    category: Category,
    owed: Owed,
    asked: bool,
) -> Result<Clock> {
    let clock = clock_of(cx, team, category, owed)?;
    let asked =
        asked.then(|| forecast::asked(cx, team, owed.level, clock.deadline.due_at)).transpose()?;
    Ok(Clock { asked, ..clock })
}

/// Notes how long an answer to what the patient's side asked took, in the transaction of the answer.
pub(crate) fn answered(cx: &mut Cx<'_, '_>, item: &WorkItemRow) -> Result<()> {
    let Some(asked) = &item.asked else { return Ok(()) };
    let (id, now) = (cx.new_id()?, cx.now());
    let by = Some((item.thread, cx.actor().person));
    Ok(store::team_forecast::add_answer(cx.tx(), id, item.team, asked, now, by)?)
}

/// Deadlines reckoned by the settings in force and not yet written.
#[derive(Debug, Clone)]
pub struct Chunk {
    team: CareTeamId,
    version: i64,
    /// Each item with its latest moment and when the next tier is told.
    items: Vec<(Running, Timestamp, Timestamp)>,
}

/// Brings open deadlines to the settings in force, one chunk per call; how many items were looked at.
/// 0 when everything follows.
pub fn follow_settings(app: &App) -> Result<usize> {
    match stale_chunk(app)? {
        Some(chunk) => write_chunk(app, chunk),
        None => Ok(0),
    }
}

/// Reckons the next deadlines that do not follow their team's settings, beside the writer; `None` when
/// all do.
pub fn stale_chunk(app: &App) -> Result<Option<Chunk>> {
    app.read(&Actor::system(), |cx| {
        let stale = clockwork::list_stale_teams(cx.tx())?;
        let Some((team, version)) = stale.first().copied() else { return Ok(None) };
        let settings = team_clock(cx, team)?;
        let reckon = |item: Running| {
            let moments = deadline(&item.owed, item.category, &settings.calendar, &settings.policy);
            let next_at = next_tier(item.told, &moments).map_or(Timestamp::FOREVER, |(_, at)| at);
            (item, moments.due_at, next_at)
        };
        let items = clockwork::list_stale(cx.tx(), team, version, FOLLOW_BATCH)?;
        let items = items.into_iter().map(reckon).collect();
        Ok(Some(Chunk { team, version: settings.policy.version, items }))
    })
}

/// Writes a chunk in one transaction; how many items it holds. What changed since it was reckoned stays
/// as it is and is looked at again.
pub fn write_chunk(app: &App, chunk: Chunk) -> Result<usize> {
    app.write_reserved(&Actor::system(), move |cx| {
        for (item, due_at, next_at) in &chunk.items {
            clockwork::set_deadline(cx.tx(), item, *due_at, *next_at, chunk.version)?;
        }
        if !chunk.items.is_empty() {
            cx.note_change(&Change {
                kind: "work".to_owned(),
                patient: None,
                thread: None,
                team: Some(chunk.team),
                person: None,
            })?;
        }
        Ok(chunk.items.len())
    })
}

/// Tells the next tier of what is late or nearly late; how many items were brought to somebody.
pub fn escalate_due(app: &App) -> Result<usize> {
    let now = app.now();
    let due = app.db().read(|tx| clockwork::list_due(tx, now, ESCALATE_BATCH))?;
    let mut told = 0;
    for item in due {
        let moved = app.write_reserved(&Actor::system(), move |cx| escalate(cx, &item))?;
        told += usize::from(moved);
    }
    Ok(told)
}

fn escalate(cx: &mut Cx<'_, '_>, item: &Running) -> Result<bool> {
    // Its moment has come, so only the order of the tiers is asked for.
    let moments = Deadline { due_at: item.due_at, escalate_at: item.due_at };
    let Some((tier, _)) = next_tier(item.told, &moments) else { return Ok(false) };
    let next_at = next_tier(Some(tier), &moments).map_or(Timestamp::FOREVER, |(_, at)| at);
    let now = cx.now();
    let people = tier_of(cx, item.team, tier)?;
    let only = match people.as_slice() {
        [one] => Some(*one),
        _ => None,
    };
    let event = cx.new_id()?;
    let told = Told { tier, to: only, next_at, event, at: now };
    if !clockwork::escalate(cx.tx(), item, &told)? {
        return Ok(false);
    }
    tell_late(cx, item, tier, people)?;
    cx.note_change(&Change {
        kind: "work".to_owned(),
        patient: item.patient,
        thread: Some(item.thread),
        team: Some(item.team),
        person: None,
    })?;
    Ok(true)
}

/// Mails a tier that the work is late or nearly late. While a call is waited for in the conversation it is that of the
/// call's own step to the same people: who was told by either clock does not hear it again from the other.
fn tell_late(cx: &mut Cx<'_, '_>, item: &Running, tier: Tier, people: Vec<PersonId>) -> Result<()> {
    if let Some(call) = store::callback::open_id(cx.tx(), item.thread)? {
        return callback::notify(cx, &call, tier.code(), people);
    }
    for person in people {
        // One mail for each clock is enough, also for who belongs to both tiers.
        let key = format!("late:{}:{}:{person}", item.id, item.owed.since.micros());
        notice::add(cx, person, "late", &key, None, None)?;
    }
    Ok(())
}

/// Who is told: the tier's people; where nobody of it is there, those of the team who are on duty, else
/// everybody of it who may answer. Something late is never told to nobody.
pub(crate) fn tier_of(cx: &mut Cx<'_, '_>, team: CareTeamId, tier: Tier) -> Result<Vec<PersonId>> {
    let now = cx.now();
    let named = clockwork::list_tier(cx.tx(), team, tier, now)?;
    if !named.is_empty() {
        return Ok(named);
    }
    let there = roster::on_duty(cx, team)?;
    if !there.is_empty() {
        return Ok(there);
    }
    let members = store::care_team::members(cx.tx(), team, now)?;
    Ok(members
        .into_iter()
        .filter(|member| member.role != "desk")
        .map(|member| member.person)
        .collect())
}

/// Until when whoever takes an item of this level now holds it.
pub(crate) fn lease(cx: &mut Cx<'_, '_>, team: CareTeamId, level: Level) -> Result<Timestamp> {
    let settings = team_clock(cx, team)?;
    Ok(lease_until(cx.now(), level, &settings.calendar))
}

/// The moments of a clock that does not run: an item that is opened by the team's own words.
pub(crate) fn at_rest(cx: &mut Cx<'_, '_>, team: CareTeamId, category: Category) -> Result<Clock> {
    let clock = clock_of(cx, team, category, Owed::new(cx.now(), Level::SOON))?;
    Ok(Clock { owed: None, ..clock })
}
