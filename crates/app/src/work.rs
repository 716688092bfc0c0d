//! What staff do with work: see the queue, claim, release, assign, pass, wait, close, reopen, level.
//!
//! Every step is a compare-and-set on the item and a row of custody; the patient reads those steps that
//! concern them. Deliberately absent: the clock of an item and how long a claim holds (`deadline`).

use std::collections::HashMap;

use domain::deadline::Owed;
use domain::ids::{CareTeamId, PatientId, PersonId, ThreadId, WorkItemId};
use domain::message::{Line, Side};
use domain::thread::{Category, ThreadKind};
use domain::time::Timestamp;
use domain::work_item::{Level, Outcome, WorkEventKind, WorkState, can_claim};
use store::access::{AssignWork, CloseThread, HandleWork, ListEnvelopes, ListQueue, Permit};
use store::answers;
use store::care_team;
use store::change::Change;
use store::seal::Place;
use store::thread::SendRight;
use store::work_item::{
    self as rows, ClockStep, Moved, NewWorkEvent, NewWorkItem, QueueRow, WorkRight,
};

pub use store::answers::Marks;
pub use store::work_item::{QueueAfter, QueueCounts, QueueList, WorkItemRow};

use crate::closing::{self, Closing};
use crate::content::{Preview, thread_owner};
use crate::cx::Cx;
use crate::error::{Conflict, Error, Result};
use crate::patient::Demographics;
use crate::succession::{self, Of, Reads};
use crate::thread::Names;
use crate::{act, cover, deadline, pass, urgency};

/// A row of a queue, opened for its reader.
#[derive(Debug, Clone)]
pub struct QueueEntry {
    /// The item.
    pub item: WorkItemRow,
    /// Whom the thread is about.
    pub patient: Option<PatientId>,
    /// The patient's name; empty for a thread without one.
    pub patient_name: String,
    /// The patient's birth date.
    pub birth_date: String,
    /// FHIR administrative gender.
    pub gender: String,
    /// The patient's record number.
    pub record_number: String,
    /// The thread's category.
    pub category: Category,
    /// Its headline; empty for the desk.
    pub headline: String,
    /// The newest message's first words; empty for the desk, and when it stands outside what the reader
    /// is shown.
    pub preview: String,
    /// Who wrote it; empty where the words are.
    pub from: String,
    /// Which side wrote it.
    pub last_side: Side,
    /// Its number.
    pub last_seq: i64,
    /// When it was sent.
    pub last_at: Timestamp,
    /// Whether the reader has not seen it.
    pub unread: bool,
    /// Who holds the item, by name.
    pub holder: Option<String>,
    /// Open questions, and calls that reached nobody.
    pub marks: Marks,
    /// The flag of the urgency check on what is not answered; `None` without one, and for the desk.
    pub flag: Option<urgency::flag::Mark>,
    /// Who of the team shall take it first; `None` is anybody, and what somebody holds.
    pub first: Option<domain::routing::FirstRole>,
}

/// A page of a queue.
#[derive(Debug, Clone)]
pub struct QueuePage {
    /// By level, then time left.
    pub entries: Vec<QueueEntry>,
    /// Where the next page begins.
    pub next: Option<QueueAfter>,
    /// How many items are in each part.
    pub counts: QueueCounts,
}

/// The teams the actor belongs to now, with their role in each.
pub fn my_teams(cx: &mut Cx<'_, '_>) -> Result<Vec<(care_team::TeamRow, String)>> {
    let person = cx.person()?;
    let now = cx.now();
    Ok(care_team::list_of_person(cx.tx(), person, now)?)
}

/// A page of a team's queue with words, for those who do clinical work in it.
pub fn queue(
    cx: &mut Cx<'_, '_>,
    team: CareTeamId,
    list: QueueList,
    after: QueueAfter,
    limit: i64,
) -> Result<QueuePage> {
    let permit = cx.authorize::<ListQueue>(team)?;
    queue_of(cx, &permit, list, after, limit)
}

/// The same, for the permit's team.
pub(crate) fn queue_of<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, ListQueue>,
    list: QueueList,
    after: QueueAfter,
    limit: i64,
) -> Result<QueuePage> {
    let found = rows::list_queue(cx.tx(), permit, list, after, limit.saturating_add(1))?;
    let counts = rows::count(cx.tx(), permit)?;
    let mut flags = urgency::flag::marks(cx, permit, &found)?;
    let mut page = page(cx, found, counts, limit, true)?;
    for entry in &mut page.entries {
        entry.flag = flags.remove(&entry.item.thread);
    }
    Ok(page)
}

/// A page of a team's queue without words, for the desk: the permit's team.
pub(crate) fn envelopes_of<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, ListEnvelopes>,
    list: QueueList,
    after: QueueAfter,
    limit: i64,
) -> Result<QueuePage> {
    let found = rows::list_queue(cx.tx(), permit, list, after, limit.saturating_add(1))?;
    let counts = rows::count(cx.tx(), permit)?;
    page(cx, found, counts, limit, false)
}

fn page(
    cx: &mut Cx<'_, '_>,
    mut found: Vec<QueueRow>,
    counts: QueueCounts,
    limit: i64,
    words: bool,
) -> Result<QueuePage> {
    let wanted = usize::try_from(limit).unwrap_or(0);
    let more = found.len() > wanted;
    found.truncate(wanted);
    let next = found.last().filter(|_| more).map(|row| QueueAfter {
        level: row.item.level,
        due_at: match row.item.state {
            WorkState::Answered | WorkState::Closed => row.last_at,
            WorkState::Queued | WorkState::Claimed | WorkState::Waiting => row.item.due_at,
        },
        item: Some(row.item.id),
    });
    let mut names = Names::default();
    let mut marks = answers::marks(cx.tx(), &found)?;
    let mut patients = HashMap::new();
    // The thread itself is the tie here: whoever may see the row may see whom it is about.
    for (id, row) in store::patient::list_shown(cx.tx(), &found)? {
        patients.insert(id, crate::patient::open(cx, row)?.demographics);
    }
    let mut entries = Vec::with_capacity(found.len());
    for row in found {
        let marked = marks.remove(&row.item.thread).unwrap_or_default();
        let who = row.patient().and_then(|id| patients.get(&id)).cloned().unwrap_or_default();
        entries.push(QueueEntry { marks: marked, ..entry_about(cx, row, words, who, &mut names)? });
    }
    Ok(QueuePage { entries, next, counts })
}

/// One row of a list, opened for its reader.
pub(crate) fn entry(
    cx: &mut Cx<'_, '_>,
    row: QueueRow,
    words: bool,
    names: &mut Names,
) -> Result<QueueEntry> {
    let found = store::patient::list_shown(cx.tx(), std::slice::from_ref(&row))?;
    let who = match found.into_values().next() {
        Some(found) => crate::patient::open(cx, found)?.demographics,
        None => Demographics::default(),
    };
    entry_about(cx, row, words, who, names)
}

fn entry_about(
    cx: &mut Cx<'_, '_>,
    row: QueueRow,
    words: bool,
    who: Demographics,
    names: &mut Names,
) -> Result<QueueEntry> {
    let patient = row.patient();
    let owner = thread_owner(patient, None);
    let (mut headline, mut shown) =
        (String::new(), Preview { from: String::new(), text: String::new() });
    if words {
        let thread = row.item.thread;
        let place = Place::new("thread", &thread, "headline_sealed", 1);
        headline = cx.open(owner, &place, &row.headline)?;
        if let Some(sealed) = &row.preview {
            let place = Place::new("inbox_row", &thread, "preview_sealed", row.last_seq);
            shown = cx.open_json(owner, &place, sealed)?;
        }
    }
    let holder = row.item.assignee.map(|id| names.person(cx, id)).transpose()?;
    Ok(QueueEntry {
        unread: row.read_seq < row.last_seq,
        item: row.item,
        patient,
        patient_name: who.name,
        birth_date: who.birth_date,
        gender: who.gender,
        record_number: who.record_number,
        category: Category::from_code(&row.category).unwrap_or(Category::Other),
        headline,
        preview: shown.text,
        from: shown.from,
        last_side: Side::from_code(&row.last_side).unwrap_or(Side::Team),
        last_seq: row.last_seq,
        last_at: row.last_at,
        holder,
        marks: Marks::default(),
        flag: None,
        first: row.first,
    })
}

/// Whether a conversation is, or ever was, somebody's work: care always, another one when something made it so (an
/// answer to an announcement, an answer in an imported record).
pub(crate) fn has_work<'t>(
    cx: &mut Cx<'_, 't>,
    right: &impl SendRight<'t>,
    kind: ThreadKind,
) -> Result<bool> {
    Ok(kind == ThreadKind::Care || rows::count_all(cx.tx(), right)? > 0)
}

/// Whether a conversation is care: it began as such, or as an announcement that was answered and so became
/// somebody's work.
pub(crate) fn is_care<'t>(
    cx: &mut Cx<'_, 't>,
    right: &impl SendRight<'t>,
    kind: ThreadKind,
) -> Result<bool> {
    Ok(kind.with_patient() && has_work(cx, right, kind)?)
}

/// The owning team's open item of a thread; `Conflict(Changed)` when there is none any more.
pub(crate) fn open_item<'t, A>(cx: &mut Cx<'_, 't>, permit: &Permit<'t, A>) -> Result<WorkItemRow>
where
    A: store::access::Action<Object = store::access::ThreadObject>,
{
    let team = permit.object().owner_team;
    rows::list_shown(cx.tx(), permit)?
        .into_iter()
        .find(|item| Some(item.team) == team)
        .ok_or(Error::Conflict(Conflict::Changed))
}

/// One step: moves the item and writes its custody and the change. `version` is what the page showed;
/// `None` takes the item as it is.
pub(crate) struct Step<'a> {
    pub(crate) kind: WorkEventKind,
    pub(crate) moved: Moved,
    pub(crate) to_person: Option<PersonId>,
    pub(crate) to_team: Option<CareTeamId>,
    pub(crate) reason: Option<&'a str>,
    pub(crate) patient_sees: bool,
}

pub(crate) fn step<'t>(
    cx: &mut Cx<'_, 't>,
    right: &impl WorkRight<'t>,
    patient: Option<PatientId>,
    item: &WorkItemRow,
    step: &Step<'_>,
) -> Result<()> {
    let lease_until = match (step.moved.state, step.moved.assignee) {
        (WorkState::Claimed, Some(_)) => Some(deadline::lease(cx, item.team, item.level())?),
        _ => None,
    };
    act::keep(cx, right, item)?;
    if !rows::update(cx.tx(), right, item, &Moved { lease_until, ..step.moved })? {
        return Err(Error::Conflict(Conflict::Changed));
    }
    add_custody(cx, right, patient, item.id, step)?;
    let taken = matches!(step.kind, WorkEventKind::Claimed | WorkEventKind::Assigned);
    tell(cx, if taken { "claimed" } else { "work" }, patient, right.thread(), item.team)
}

/// Tells live pages that a team's work changed.
pub(crate) fn tell(
    cx: &mut Cx<'_, '_>,
    kind: &str,
    patient: Option<PatientId>,
    thread: ThreadId,
    team: CareTeamId,
) -> Result<()> {
    cx.note_change(&Change {
        kind: kind.to_owned(),
        patient,
        thread: Some(thread),
        team: Some(team),
        person: cx.actor().person,
    })
}

pub(crate) fn add_custody<'t>(
    cx: &mut Cx<'_, 't>,
    right: &impl WorkRight<'t>,
    patient: Option<PatientId>,
    item: WorkItemId,
    step: &Step<'_>,
) -> Result<()> {
    let id = cx.new_id()?;
    let reason = match step.reason {
        Some(reason) => {
            let place = Place::new("work_event", &id, "reason_sealed", 1);
            Some(cx.seal(thread_owner(patient, None), &place, reason.as_bytes())?)
        }
        None => None,
    };
    let event = NewWorkEvent {
        id,
        item,
        kind: step.kind,
        actor: cx.actor().person,
        to_person: step.to_person,
        to_team: step.to_team,
        reason: reason.as_ref(),
        patient_sees: step.patient_sees,
    };
    Ok(rows::add_event(cx.tx(), right, &event)?)
}

pub(crate) fn at_version(item: &WorkItemRow, version: Option<i64>) -> Result<()> {
    match version {
        Some(version) if version != item.version => Err(Error::Conflict(Conflict::Changed)),
        _ => Ok(()),
    }
}

pub(crate) const fn moved(state: WorkState, assignee: Option<PersonId>) -> Moved {
    let (answered_at, outcome, lease_until) = (None, None, None);
    Moved { state, assignee, clock: ClockStep::Keep, answered_at, outcome, lease_until }
}

/// Takes the item. `Conflict(Changed)` when somebody else holds it or moved it meanwhile; taking what
/// one holds already changes nothing.
pub fn claim(cx: &mut Cx<'_, '_>, thread: ThreadId, version: Option<i64>) -> Result<()> {
    let permit = cx.authorize::<HandleWork>(thread)?;
    let person = cx.person()?;
    let item = open_item(cx, &permit)?;
    if item.state == WorkState::Claimed && item.assignee == Some(person) {
        return Ok(());
    }
    at_version(&item, version)?;
    if !can_claim(item.state) {
        return Err(Error::Conflict(Conflict::Changed));
    }
    let patient = permit.object().patient;
    let claim = Step {
        kind: WorkEventKind::Claimed,
        moved: moved(WorkState::Claimed, Some(person)),
        to_person: Some(person),
        to_team: None,
        reason: None,
        patient_sees: true,
    };
    step(cx, &permit, patient, &item, &claim)
}

/// Gives the item back to the queue, in its place.
pub fn release(cx: &mut Cx<'_, '_>, thread: ThreadId, version: Option<i64>) -> Result<()> {
    let permit = cx.authorize::<HandleWork>(thread)?;
    let item = open_item(cx, &permit)?;
    at_version(&item, version)?;
    if item.state != WorkState::Claimed {
        return Err(Error::Conflict(Conflict::Changed));
    }
    let patient = permit.object().patient;
    let released = Step {
        kind: WorkEventKind::Released,
        moved: moved(WorkState::Queued, None),
        to_person: None,
        to_team: Some(item.team),
        reason: None,
        patient_sees: true,
    };
    step(cx, &permit, patient, &item, &released)
}

/// Gives the item to a member of its team. Errors: `Invalid` when they are no member now.
pub fn assign(
    cx: &mut Cx<'_, '_>,
    thread: ThreadId,
    to: PersonId,
    reason: Option<&Line>,
    version: Option<i64>,
) -> Result<()> {
    let permit = cx.authorize::<AssignWork>(thread)?;
    let item = open_item(cx, &permit)?;
    at_version(&item, version)?;
    let now = cx.now();
    let members = care_team::members(cx.tx(), item.team, now)?;
    if !members.iter().any(|member| member.person == to && member.role != "desk") {
        return Err(Error::field("to", "unknown"));
    }
    let patient = permit.object().patient;
    // Who is away gets nothing: whoever stands in does, and without anybody the queue keeps it.
    let to = cover::holder(cx, item.team, to)?;
    let state = if to.is_some() { WorkState::Claimed } else { WorkState::Queued };
    let assigned = Step {
        kind: WorkEventKind::Assigned,
        moved: moved(state, to),
        to_person: to,
        to_team: if to.is_some() { None } else { Some(item.team) },
        reason: reason.map(Line::as_str),
        patient_sees: true,
    };
    step(cx, &permit, patient, &item, &assigned)
}

/// Passes the thread on with a reason in own words, without asking what it did before ([`crate::pass`]).
pub fn pass(
    cx: &mut Cx<'_, '_>,
    thread: ThreadId,
    to: CareTeamId,
    reason: &Line,
    version: Option<i64>,
) -> Result<()> {
    let reason = pass::Reason::Own(reason.clone());
    let passing = pass::Passing { to, reason, note: None, confirmed: true };
    pass::pass(cx, thread, &passing, version).map(|_| ())
}

/// Says that the team waits for the patient.
pub fn wait(cx: &mut Cx<'_, '_>, thread: ThreadId, version: Option<i64>) -> Result<()> {
    let permit = cx.authorize::<HandleWork>(thread)?;
    let item = open_item(cx, &permit)?;
    at_version(&item, version)?;
    let patient = permit.object().patient;
    let waiting = Step {
        kind: WorkEventKind::Waiting,
        moved: moved(WorkState::Waiting, item.assignee.or(cx.actor().person)),
        to_person: None,
        to_team: None,
        reason: None,
        patient_sees: true,
    };
    step(cx, &permit, patient, &item, &waiting)
}

/// What is said at the end, and to whom.
#[derive(Debug, Clone)]
pub enum Remark {
    /// To everybody in the conversation, with the line that says that it was closed.
    Patient(Line),
    /// To colleagues: it is kept as a note, which no page of the patient's reads.
    Colleagues(Line),
}

/// Closes the thread with an outcome and no message, without more words than a remark.
///
/// Errors: as [`closing::close`], but that the outcome's words may be missing.
pub fn close(
    cx: &mut Cx<'_, '_>,
    thread: ThreadId,
    outcome: Outcome,
    remark: Option<&Remark>,
    version: Option<i64>,
) -> Result<()> {
    let closing = Closing { outcome, what: None, on: None, remark: remark.cloned() };
    let permit = cx.authorize::<CloseThread>(thread)?;
    closing::close_with(cx, &permit, &closing, version)
}

/// Opens a closed thread again, for the team that owned it.
pub fn reopen(cx: &mut Cx<'_, '_>, thread: ThreadId) -> Result<()> {
    let permit = cx.authorize::<CloseThread>(thread)?;
    let Some(team) = permit.object().owner_team else {
        return Err(Error::Conflict(Conflict::Changed));
    };
    let patient = permit.object().patient;
    if rows::list_shown(cx.tx(), &permit)?.iter().any(|item| item.team == team) {
        return Err(Error::Conflict(Conflict::Changed));
    }
    // A team that has ended does no more work: what its people open again is the next one's.
    let of = Of { thread, patient, category: permit.object().category, owner: team };
    let handed = match succession::who_reads(cx, &permit, &of)? {
        Reads::Next(handed) => Some(handed),
        Reads::Owner | Reads::LastResort(_) => None,
    };
    let me = cx.actor().person;
    let (team, holder) = match &handed {
        Some(handed) if !succession::may_hold(cx, handed.to, me)? => (handed.to, None),
        Some(handed) => (handed.to, me),
        None => (team, me),
    };
    let state = if holder.is_some() { WorkState::Claimed } else { WorkState::Queued };
    let now = cx.now();
    // Whoever opens it again owes the next step.
    let owed = Owed::new(now, Level::SOON);
    let clock = deadline::clock_of(cx, team, permit.object().category, owed)?;
    let lease_until = match holder {
        Some(_) => Some(deadline::lease(cx, team, Level::SOON)?),
        None => None,
    };
    let new = NewWorkItem {
        id: cx.new_id()?,
        team,
        level_patient: None,
        level_rules: None,
        level_base: None,
        clock,
        at: now,
        assignee: holder,
        state,
        lease_until,
    };
    rows::add(cx.tx(), &permit, &new)?;
    let opened = Step {
        kind: WorkEventKind::Reopened,
        moved: moved(state, holder),
        to_person: None,
        to_team: Some(team),
        reason: None,
        patient_sees: true,
    };
    add_custody(cx, &permit, patient, new.id, &opened)?;
    tell(cx, "work", patient, thread, team)?;
    set_open(cx, &permit, patient, true, "")?;
    match &handed {
        Some(handed) => succession::leave(cx, handed, None),
        None => Ok(()),
    }
}

pub(crate) fn set_open<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, CloseThread>,
    patient: Option<PatientId>,
    open: bool,
    detail: &str,
) -> Result<()> {
    let id = cx.new_id()?;
    let place = Place::new("thread_event", &id, "detail_sealed", 1);
    let sealed = cx.seal(thread_owner(patient, None), &place, detail.as_bytes())?;
    let kind = if open { "reopened" } else { "closed" };
    let (person, now) = (cx.actor().person, cx.now());
    store::message::add_event(cx.tx(), permit, id, kind, person, &sealed, now)?;
    Ok(store::inbox_row::set_open(cx.tx(), permit, open)?)
}

/// Whether the actor may give the item this level, with the reason they say.
pub(crate) fn may_level(
    cx: &Cx<'_, '_>,
    item: &WorkItemRow,
    level: Level,
    reason: Option<&Line>,
) -> Result<()> {
    let lowers = level.number() > item.level;
    if lowers && cx.actor().role != domain::access::Role::Clinician {
        return Err(Error::Forbidden);
    }
    if lowers && reason.is_none() {
        return Err(Error::field("reason", "empty"));
    }
    Ok(())
}

/// Sets the level as a clinician; only a clinician lowers it, and says why.
///
/// Errors: `Invalid` when a lower urgency comes without a reason; `Forbidden` for who is no clinician
/// or nurse of the team.
pub fn set_level(
    cx: &mut Cx<'_, '_>,
    thread: ThreadId,
    level: Level,
    reason: Option<&Line>,
    version: Option<i64>,
) -> Result<()> {
    let permit = cx.authorize::<HandleWork>(thread)?;
    let item = open_item(cx, &permit)?;
    at_version(&item, version)?;
    may_level(cx, &item, level, reason)?;
    let clock = match item.owed {
        Some(owed) => {
            let owed = owed.levelled(level, cx.now(), item.due_at);
            Some(deadline::clock_of(cx, item.team, permit.object().category, owed)?)
        }
        None => None,
    };
    act::keep(cx, &permit, &item)?;
    let set = (level, rows::LevelBy::Clinician);
    if !rows::set_level(cx.tx(), &permit, &item, set, clock.as_ref())? {
        return Err(Error::Conflict(Conflict::Changed));
    }
    let patient = permit.object().patient;
    let levelled = Step {
        kind: WorkEventKind::Level,
        moved: moved(item.state, item.assignee),
        to_person: None,
        to_team: None,
        reason: reason.map(Line::as_str),
        patient_sees: false,
    };
    add_custody(cx, &permit, patient, item.id, &levelled)?;
    tell(cx, "work", patient, thread, item.team)
}
