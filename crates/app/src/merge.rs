//! Joining duplicates: two conversations of one patient become one to read, to answer and to work on.
//!
//! Each message keeps its thread, and with it its readers, its seal and its key of idempotency: whoever
//! could not read one of the two reads it no more now, and sees only the line that says so. One piece of
//! work stays, with the earlier clock and the more urgent level. Deliberately absent: undoing it.

use domain::deadline::Owed;
use domain::ids::{CareTeamId, PatientId, ThreadId};
use domain::thread::ThreadKind;
use domain::time::Timestamp;
use domain::work_item::{Outcome, WorkEventKind, WorkState};
use store::access::{HandleWork, MergeThread, Permit, ReadThread};
use store::care_team;
use store::change::Change;
use store::merge as rows;
use store::seal::Place;
use store::work_item::{
    self, Clock, ClockStep, LevelBy, Moved, NewWorkEvent, NewWorkItem, WorkItemRow, WorkRight,
};

use crate::content::thread_owner;
use crate::cx::Cx;
use crate::deadline;
use crate::error::{Conflict, Error, Result};
use crate::succession::{self, Of, Reads};
use crate::thread::{self, Shown};

/// A conversation that could be joined with another.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The conversation.
    pub thread: ThreadId,
    /// Its headline.
    pub headline: String,
    /// The owning team's plain name.
    pub team: String,
    /// When it began.
    pub created_at: Timestamp,
    /// How many messages and lines it has.
    pub entries: i64,
}

/// The conversations of the same patient that this one could be joined with: those over which the actor
/// has the same right.
pub fn candidates(cx: &mut Cx<'_, '_>, thread: ThreadId) -> Result<Vec<Candidate>> {
    let permit = cx.authorize::<MergeThread>(thread)?;
    check_kind(&permit)?;
    let mut found = Vec::new();
    for other in rows::list_others(cx.tx(), &permit)? {
        if cx.may::<MergeThread>(other)? && cx.may::<ReadThread>(other)? {
            found.push(candidate(cx, other)?);
        }
    }
    Ok(found)
}

fn check_kind(permit: &Permit<'_, MergeThread>) -> Result<()> {
    match (permit.object().kind, permit.object().patient) {
        (ThreadKind::Care, Some(_)) => Ok(()),
        _ => Err(Error::NotFound),
    }
}

fn candidate(cx: &mut Cx<'_, '_>, id: ThreadId) -> Result<Candidate> {
    let permit = cx.authorize::<ReadThread>(id)?;
    let row = store::thread::get(cx.tx(), &permit)?;
    let (headline, owner) = thread::headline(cx, id)?;
    let team = match owner {
        Some(team) => care_team::get(cx.tx(), team)?.map(|team| team.name),
        None => None,
    };
    Ok(Candidate {
        thread: id,
        headline,
        team: team.unwrap_or_default(),
        created_at: row.created_at,
        entries: row.last_seq,
    })
}

/// What joining would be of: the one that ends, the one that goes on, and the version of this state.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The conversation that ends.
    pub from: Candidate,
    /// The conversation that goes on.
    pub into: Candidate,
    /// The numbers of both, to be given back.
    pub seen: String,
}

/// The two conversations as they are now. Errors: as [`merge`].
pub fn plan(cx: &mut Cx<'_, '_>, from: ThreadId, into: ThreadId) -> Result<Plan> {
    both(cx, from, into)?;
    let (from, into) = (candidate(cx, from)?, candidate(cx, into)?);
    let seen = format!("{} {}", from.entries, into.entries);
    Ok(Plan { from, into, seen })
}

type Both<'t> = (Permit<'t, MergeThread>, Permit<'t, MergeThread>, PatientId);

fn both<'t>(cx: &mut Cx<'_, 't>, from: ThreadId, into: ThreadId) -> Result<Both<'t>> {
    let one = cx.authorize::<MergeThread>(from)?;
    let other = cx.authorize::<MergeThread>(into)?;
    check_kind(&one)?;
    check_kind(&other)?;
    let patient = one.object().patient.filter(|patient| other.object().patient == Some(*patient));
    let Some(patient) = patient.filter(|_| from != into) else {
        return Err(Error::field("into", "unknown"));
    };
    let joined = rows::goes_on_in(cx.tx(), &one)?.is_some();
    if joined || rows::goes_on_in(cx.tx(), &other)?.is_some() {
        return Err(Error::Conflict(Conflict::Changed));
    }
    Ok((one, other, patient))
}

/// Joins `from` with `into`, which goes on. `seen` is what [`plan`] gave.
///
/// Errors: `NotFound`/`Forbidden` by policy about either; `Invalid` on `into` for one of another patient or
/// the same; `Conflict(Changed)` when either was joined or written in meanwhile.
pub fn merge(cx: &mut Cx<'_, '_>, from: ThreadId, into: ThreadId, seen: &str) -> Result<()> {
    let (one, other, patient) = both(cx, from, into)?;
    if seen != format!("{} {}", one.object().last_seq, other.object().last_seq) {
        return Err(Error::Conflict(Conflict::Changed));
    }
    if !rows::settle(cx.tx(), &one, &other)? {
        return Err(Error::Conflict(Conflict::Changed));
    }
    // A team that has ended does no more work: what goes on is the next one's.
    let handed = match other.object().owner_team {
        Some(owner) => {
            let category = other.object().category;
            let of = Of { thread: into, patient: Some(patient), category, owner };
            match succession::who_reads(cx, &other, &of)? {
                Reads::Next(handed) => Some(handed),
                Reads::Owner | Reads::LastResort(_) => None,
            }
        }
        None => None,
    };
    let team = handed.as_ref().map(|handed| handed.to).or(other.object().owner_team);
    join_work(cx, &one, &other, team)?;
    line(cx, &one, patient, "merged")?;
    line(cx, &other, patient, "absorbed")?;
    for permit in [&one, &other] {
        cx.note_change(&Change {
            kind: "work".to_owned(),
            patient: Some(patient),
            thread: Some(permit.thread()),
            team: permit.object().owner_team,
            person: cx.actor().person,
        })?;
    }
    match &handed {
        Some(handed) => succession::leave(cx, handed, None),
        None => Ok(()),
    }
}

/// The line that everybody in a thread reads; it names nothing of the other.
fn line<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, MergeThread>,
    patient: PatientId,
    kind: &str,
) -> Result<()> {
    let id = cx.new_id()?;
    let place = Place::new("thread_event", &id, "detail_sealed", 1);
    let sealed = cx.seal(thread_owner(Some(patient), None), &place, b"")?;
    let (person, now) = (cx.actor().person, cx.now());
    store::message::add_event(cx.tx(), permit, id, kind, person, &sealed, now).map(|_| ())?;
    Ok(())
}

/// Whether a team owes the next step on an item.
const fn is_owed(item: &WorkItemRow) -> bool {
    matches!(item.state, WorkState::Queued | WorkState::Claimed)
}

/// Leaves one piece of work on the thread that goes on: its own, or one opened for what the other owed.
fn join_work<'t>(
    cx: &mut Cx<'_, 't>,
    from: &Permit<'t, MergeThread>,
    into: &Permit<'t, MergeThread>,
    team: Option<CareTeamId>,
) -> Result<()> {
    let Some(team) = team else { return Ok(()) };
    let ending = work_item::list_open(cx.tx(), from)?;
    for item in &ending {
        let closing = Moved {
            state: WorkState::Closed,
            assignee: item.assignee,
            clock: ClockStep::Stop,
            answered_at: None,
            outcome: Some(Outcome::HandedOver),
            lease_until: None,
        };
        moved(cx, from, item, &closing)?;
        custody(cx, from, item.id)?;
    }
    let Some(brought) = ending.into_iter().next() else { return Ok(()) };
    let own = work_item::list_open(cx.tx(), into)?.into_iter().find(|item| item.team == team);
    match own {
        Some(own) => keep_own(cx, into, &own, &brought),
        None if is_owed(&brought) => open_for(cx, into, team, &brought),
        None => Ok(()),
    }
}

/// What both owe together: from the earlier first message, at the more urgent level, by the earlier moment.
fn owed_of(own: &WorkItemRow, brought: &WorkItemRow) -> Option<Owed> {
    let of = |item: &WorkItemRow| item.owed.map(|owed| owed.passed(item.due_at));
    match (of(own), of(brought)) {
        (Some(one), Some(other)) => Some(Owed {
            since: one.since.min(other.since),
            from: one.from.min(other.from),
            level: one.level.min(other.level),
            promised_by: one.promised_by.min(other.promised_by),
            waiting: one.waiting && other.waiting,
        }),
        (one, other) => one.or(other).map(|owed| Owed {
            level: own.level().min(brought.level()),
            waiting: owed.waiting && !is_owed(brought),
            ..owed
        }),
    }
}

fn clock_of<'t>(
    cx: &mut Cx<'_, 't>,
    into: &Permit<'t, MergeThread>,
    team: CareTeamId,
    own: Option<&WorkItemRow>,
    brought: &WorkItemRow,
) -> Result<Option<Clock>> {
    let owed = own.map_or_else(
        || brought.owed.map(|owed| owed.passed(brought.due_at)),
        |own| owed_of(own, brought),
    );
    let Some(owed) = owed else { return Ok(None) };
    let clock = deadline::clock_of(cx, team, into.object().category, owed)?;
    let asked = [own.and_then(|own| own.asked), brought.asked];
    Ok(Some(Clock { asked: asked.into_iter().flatten().min_by_key(|asked| asked.at), ..clock }))
}

/// The item of the thread that goes on takes over what the other owed.
fn keep_own<'t>(
    cx: &mut Cx<'_, 't>,
    into: &Permit<'t, MergeThread>,
    own: &WorkItemRow,
    brought: &WorkItemRow,
) -> Result<()> {
    let level = own.level().min(brought.level());
    let clock = clock_of(cx, into, own.team, Some(own), brought)?;
    let assignee = own.assignee.or(brought.assignee.filter(|_| brought.team == own.team));
    let state = match (own.state, is_owed(own) || is_owed(brought)) {
        (_, true) if assignee.is_some() => WorkState::Claimed,
        (_, true) => WorkState::Queued,
        (state, false) => state,
    };
    let lease_until = match state {
        WorkState::Claimed => Some(deadline::lease(cx, own.team, level)?),
        _ => None,
    };
    let step = Moved {
        state,
        assignee,
        clock: clock.map_or(ClockStep::Keep, ClockStep::Start),
        answered_at: None,
        outcome: None,
        lease_until,
    };
    moved(cx, into, own, &step)?;
    // Without what the urgency check recognised in either: so a flag of either can be taken back.
    let without = |item: &WorkItemRow| item.level_base.unwrap_or_else(|| item.level());
    let base = Some(without(own).min(without(brought))).filter(|base| *base > level);
    if level < own.level() || base != own.level_base {
        let handling = cx.authorize::<HandleWork>(into.thread())?;
        let now = WorkItemRow { version: own.version.saturating_add(1), ..own.clone() };
        let by = base.map_or(LevelBy::Clinician, |base| LevelBy::TakenBack(Some(base)));
        let set = (level, by);
        if !work_item::set_level(cx.tx(), &handling, &now, set, None)? {
            return Err(Error::Conflict(Conflict::Changed));
        }
    }
    custody(cx, into, own.id)
}

/// A new item for what the other thread owed, since this one had none open.
fn open_for<'t>(
    cx: &mut Cx<'_, 't>,
    into: &Permit<'t, MergeThread>,
    team: CareTeamId,
    brought: &WorkItemRow,
) -> Result<()> {
    let clock = match clock_of(cx, into, team, None, brought)? {
        Some(clock) => clock,
        None => deadline::at_rest(cx, team, into.object().category)?,
    };
    let holder = brought.assignee.filter(|_| brought.team == team);
    let (state, lease_until) = match holder {
        Some(_) => (WorkState::Claimed, Some(deadline::lease(cx, team, brought.level())?)),
        None => (WorkState::Queued, None),
    };
    let new = NewWorkItem {
        id: cx.new_id()?,
        team,
        level_patient: Some(brought.level()),
        level_rules: None,
        level_base: brought.level_base,
        clock,
        at: cx.now(),
        assignee: holder,
        state,
        lease_until,
    };
    work_item::add(cx.tx(), into, &new)?;
    custody(cx, into, new.id)?;
    // What was closed is open again with the work that came; the line that says so is its own.
    let patient = into.object().patient;
    let id = cx.new_id()?;
    let place = Place::new("thread_event", &id, "detail_sealed", 1);
    let sealed = cx.seal(thread_owner(patient, None), &place, b"")?;
    let (person, now) = (cx.actor().person, cx.now());
    store::message::add_event(cx.tx(), into, id, "reopened", person, &sealed, now)?;
    Ok(rows::show_open(cx.tx(), into)?)
}

fn moved<'t>(
    cx: &mut Cx<'_, 't>,
    right: &impl WorkRight<'t>,
    item: &WorkItemRow,
    step: &Moved,
) -> Result<()> {
    if work_item::update(cx.tx(), right, item, step)? {
        Ok(())
    } else {
        Err(Error::Conflict(Conflict::Changed))
    }
}

fn custody<'t>(
    cx: &mut Cx<'_, 't>,
    right: &impl WorkRight<'t>,
    item: domain::ids::WorkItemId,
) -> Result<()> {
    let event = NewWorkEvent {
        id: cx.new_id()?,
        item,
        kind: WorkEventKind::Merged,
        actor: cx.actor().person,
        to_person: None,
        to_team: None,
        reason: None,
        patient_sees: true,
    };
    Ok(work_item::add_event(cx.tx(), right, &event)?)
}

/// The conversation that goes on in place of the permit's for the actor, who may read both; `None` when this
/// one stands for itself, or the actor reads only this one.
pub(crate) fn goes_on_in<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, ReadThread>,
) -> Result<Option<ThreadId>> {
    match rows::goes_on_in(cx.tx(), permit)? {
        Some(into) if cx.may::<ReadThread>(into)? => Ok(Some(into)),
        _ => Ok(None),
    }
}

/// A conversation that goes on in the one that is read.
#[derive(Debug, Clone)]
pub struct Joined {
    /// The conversation.
    pub thread: ThreadId,
    /// Its messages that the reader may see, oldest first.
    pub messages: Vec<Shown>,
}

/// Messages of a joined conversation that are read at most: the newest ones.
const JOINED_MAX: i64 = 200;

/// The conversations joined with the permit's, as far as the actor may read them by their own ties.
pub(crate) fn joined<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, ReadThread>,
) -> Result<Vec<Joined>> {
    let mut found = Vec::new();
    for thread in rows::list_joined(cx.tx(), permit)? {
        if !cx.may::<ReadThread>(thread)? {
            continue;
        }
        let reading = cx.authorize::<ReadThread>(thread)?;
        let owner = thread_owner(reading.object().patient, None);
        let (messages, _) = thread::messages(cx, &reading, owner, i64::MAX, JOINED_MAX)?;
        found.push(Joined { thread, messages });
    }
    Ok(found)
}
