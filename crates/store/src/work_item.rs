//! What teams owe: one open item per thread and team, and its append-only custody.
//!
//! `work_event.reason_sealed` is sealed under the thread's owner key, row `work_event.id`, version 1.

mod listed;
mod queue;

use domain::deadline::{Deadline, Owed};
use domain::forecast::Said;
use domain::ids::{CareTeamId, PersonId, ThreadId, WorkEventId, WorkItemId};
use domain::time::Timestamp;
use domain::work_item::{Level, Outcome, WorkEventKind, WorkState};

use crate::access::closed::Closed;
use crate::access::{Action, AssignWork, CloseThread, HandleWork, MergeThread, MoveThread, Permit};
use crate::access::{ReadThread, TakeFlagBack, ThreadObject};
use crate::db::{DbError, Row, Tx};
use crate::seal::Sealed;
use crate::thread::SendRight;
use crate::urgency_check::SettlesLevel;
use crate::{code, sql};

pub use listed::{LastStep, get_listed};
pub use queue::{ListsTeam, QueueAfter, QueueCounts, QueueList, QueueRow, count, list_queue};

/// A work item as stored.
#[derive(Debug, Clone)]
pub struct WorkItemRow {
    /// Its id.
    pub id: WorkItemId,
    /// Its thread.
    pub thread: ThreadId,
    /// The team that owes it.
    pub team: CareTeamId,
    /// Who holds it.
    pub assignee: Option<PersonId>,
    /// Where it stands.
    pub state: WorkState,
    /// 1 now … 4 whenever.
    pub level: i64,
    /// What the level would be without what the urgency check recognised; `None` when the check raised nothing, and
    /// in queues, which do not read it.
    pub level_base: Option<Level>,
    /// What the rules and the urgency check said; `None` when nothing, and in queues, which do not read it.
    pub level_rules: Option<Level>,
    /// What a clinician said last, unless the check has raised it since; `None` also in queues, which do not read it.
    pub level_clinician: Option<Level>,
    /// The latest moment for an answer.
    pub due_at: Timestamp,
    /// What is owed, for its clock; `None` when nothing is.
    pub owed: Option<Owed>,
    /// What the patient's side waits to hear about; `None` when nothing, and in queues, which do not read it.
    pub asked: Option<Asked>,
    /// When it arrived.
    pub opened_at: Timestamp,
    /// When it was first answered.
    pub first_answer_at: Option<Timestamp>,
    /// How it ended.
    pub outcome: Option<String>,
    /// Its version, for compare-and-set.
    pub version: i64,
}

const fn columns() -> crate::db::Sql {
    sql!(
        "SELECT id, thread_id, team_id, assignee_id, state, level, due_at, opened_at, first_answer_at, \
         outcome, version, owed_since, clock_from, promised_by, asked_at, asked_level, said_half_by, \
         said_most_by, said_per_person, level_base, level_rules, level_clinician FROM work_item \
         WHERE thread_id = $1 AND state <> 'closed' ORDER BY opened_at"
    )
}

fn read(row: &Row) -> Result<WorkItemRow, DbError> {
    let state = code(row, 4, WorkState::from_code)?;
    Ok(WorkItemRow {
        id: row.get(0)?,
        thread: row.get(1)?,
        team: row.get(2)?,
        assignee: row.get(3)?,
        state,
        level: row.get(5)?,
        level_base: None,
        level_rules: None,
        level_clinician: None,
        due_at: row.get(6)?,
        owed: owed(row, 11, state)?,
        asked: None,
        opened_at: row.get(7)?,
        first_answer_at: row.get(8)?,
        outcome: row.get(9)?,
        version: row.get(10)?,
    })
}

/// An item from the columns of [`columns`].
fn read_asked(row: &Row) -> Result<WorkItemRow, DbError> {
    let level = |at| row.get::<Option<i64>>(at)?.map(code_level).transpose();
    Ok(WorkItemRow {
        asked: asked(row, 14)?,
        level_base: level(19)?,
        level_rules: level(20)?,
        level_clinician: level(21)?,
        ..read(row)?
    })
}

/// What is owed, from the columns `owed_since, clock_from, promised_by` at `first` and the level at 5.
fn owed(row: &Row, first: usize, state: WorkState) -> Result<Option<Owed>, DbError> {
    let Some(since) = row.get::<Option<Timestamp>>(first)? else { return Ok(None) };
    Ok(Some(Owed {
        since,
        from: row.get(first.saturating_add(1))?,
        level: code_level(row.get(5)?)?,
        promised_by: row.get(first.saturating_add(2))?,
        waiting: state == WorkState::Waiting,
    }))
}

/// What the patient's side asked of a team, and what was said about the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// When it reached the team.
    pub at: Timestamp,
    /// The level it had then.
    pub level: Level,
    /// What was said; `None` when nothing was.
    pub said: Option<Said>,
}

/// What was asked, from the columns `asked_at, asked_level, said_half_by, said_most_by, said_per_person`
/// at `first`.
pub(crate) fn asked(row: &Row, first: usize) -> Result<Option<Asked>, DbError> {
    let Some(at) = row.get::<Option<Timestamp>>(first)? else { return Ok(None) };
    let level: Option<i64> = row.get(first.saturating_add(1))?;
    let level = code_level(level.unwrap_or_else(|| Level::SOON.number()))?;
    Ok(Some(Asked { at, level, said: said(row, first.saturating_add(2))? }))
}

/// What was said, from the columns of `half_by, most_by, per_person` at `first`.
pub(crate) fn said(row: &Row, first: usize) -> Result<Option<Said>, DbError> {
    let half_by: Option<Timestamp> = row.get(first)?;
    let most_by: Option<Timestamp> = row.get(first.saturating_add(1))?;
    let per_person: Option<i64> = row.get(first.saturating_add(2))?;
    let (Some(half_by), Some(most_by)) = (half_by, most_by) else { return Ok(None) };
    let per_person = u32::try_from(per_person.unwrap_or(0)).unwrap_or(u32::MAX);
    Ok(Some(Said { half_by, most_by, per_person }))
}

fn code_level(number: i64) -> Result<Level, DbError> {
    Level::new(number).ok_or_else(|| DbError::Decode("a level out of range".to_owned()))
}

/// The open items of a thread, for whoever sends in it.
pub fn list_open<'t>(
    tx: &mut Tx<'t>,
    right: &impl SendRight<'t>,
) -> Result<Vec<WorkItemRow>, DbError> {
    tx.query(columns(), &[&right.thread()])?.iter().map(read_asked).collect()
}

/// The open items of a thread, for whoever may see it.
pub fn list_shown<'t, A: Action<Object = ThreadObject>>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, A>,
) -> Result<Vec<WorkItemRow>, DbError> {
    tx.query(columns(), &[&permit.thread()])?.iter().map(read_asked).collect()
}

/// How many items the thread has had, closed ones included.
pub fn count_all<'t>(tx: &mut Tx<'t>, right: &impl SendRight<'t>) -> Result<i64, DbError> {
    tx.query_one(sql!("SELECT count(*) FROM work_item WHERE thread_id = $1"), &[&right.thread()])?
        .get(0)
}

impl WorkItemRow {
    /// Its level.
    pub fn level(&self) -> Level {
        Level::new(self.level).unwrap_or(Level::SOON)
    }
}

/// The clock of an item as it is written.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    /// What is owed; `None` when nothing is.
    pub owed: Option<Owed>,
    /// Its moments; for an item that owes nothing, those it would have had.
    pub deadline: Deadline,
    /// By which version of the team's settings.
    pub policy_version: i64,
    /// What the patient's side waits to hear about; `None` when nothing.
    pub asked: Option<Asked>,
}

impl Clock {
    /// What was said when it was asked.
    fn said(&self) -> Option<Said> {
        self.asked.and_then(|asked| asked.said)
    }
}

/// A work item to be opened.
#[derive(Debug)]
pub struct NewWorkItem {
    /// Its id.
    pub id: WorkItemId,
    /// The team that owes it.
    pub team: CareTeamId,
    /// What the patient said about urgency.
    pub level_patient: Option<Level>,
    /// What the rules of the practice make of it, or the urgency check.
    pub level_rules: Option<Level>,
    /// What the level would be without what the urgency check recognised, when the check raised it.
    pub level_base: Option<Level>,
    /// Its clock.
    pub clock: Clock,
    /// When it arrived.
    pub at: Timestamp,
    /// Who gets it at once (a clinician who starts a thread keeps it).
    pub assignee: Option<PersonId>,
    /// Where it stands at the beginning.
    pub state: WorkState,
    /// Until when its holder's claim holds; `None` while nobody holds it.
    pub lease_until: Option<Timestamp>,
}

/// Opens a work item; `Conflict` when the team has an open one on the thread.
pub fn add<'t>(
    tx: &mut Tx<'t>,
    right: &impl SendRight<'t>,
    new: &NewWorkItem,
) -> Result<(), DbError> {
    let level = Level::effective(new.level_patient, new.level_rules, None);
    tx.execute_one(
        sql!(
            "INSERT INTO work_item (id, thread_id, team_id, assignee_id, state, level, level_patient, \
             owed_since, clock_from, promised_by, due_at, escalate_at, told, policy_version, opened_at, \
             lease_until, version, updated_at, asked_at, asked_level, said_half_by, said_most_by, \
             said_per_person, level_rules, level_base) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'nobody', $13, $14, $15, 1, $14, \
             $16, $17, $18, $19, $20, $21, $22)"
        ),
        &[
            &new.id,
            &right.thread(),
            &new.team,
            &new.assignee,
            &new.state.code(),
            &level.number(),
            &new.level_patient.map(Level::number),
            &new.clock.owed.map(|owed| owed.since),
            &new.clock.owed.map_or(new.at, |owed| owed.from),
            &new.clock.owed.map_or(Timestamp::FOREVER, |owed| owed.promised_by),
            &new.clock.deadline.due_at,
            &new.clock.deadline.escalate_at,
            &new.clock.policy_version,
            &new.at,
            &new.lease_until,
            &new.clock.asked.map(|asked| asked.at),
            &new.clock.asked.map(|asked| asked.level.number()),
            &new.clock.said().map(|said| said.half_by),
            &new.clock.said().map(|said| said.most_by),
            &new.clock.said().map(|said| i64::from(said.per_person)),
            &new.level_rules.map(Level::number),
            &new.level_base.map(Level::number),
        ],
    )
}

/// What a step does to the clock of an item.
#[derive(Debug, Clone, Copy)]
pub enum ClockStep {
    /// Nothing: notes, claims and passing round never touch it.
    Keep,
    /// Nothing is owed any more.
    Stop,
    /// It runs anew, and nobody has been told yet that it is late.
    Start(Clock),
}

/// How a message moves an open item. `None` leaves a column as it is.
#[derive(Debug, Clone, Copy)]
pub struct Moved {
    /// Where it stands now.
    pub state: WorkState,
    /// Who holds it now.
    pub assignee: Option<PersonId>,
    /// What becomes of its clock.
    pub clock: ClockStep,
    /// Set when the team answered.
    pub answered_at: Option<Timestamp>,
    /// How it ended, when it is closed.
    pub outcome: Option<Outcome>,
    /// Until when its holder's claim holds; `None` while nobody holds it.
    pub lease_until: Option<Timestamp>,
}

/// Moves an item by compare-and-set on its version; `false` when somebody moved it meanwhile.
pub fn update<'t>(
    tx: &mut Tx<'t>,
    right: &impl WorkRight<'t>,
    item: &WorkItemRow,
    moved: &Moved,
) -> Result<bool, DbError> {
    let closed_at = (moved.state == WorkState::Closed).then_some(right.at());
    let clock = match moved.clock {
        ClockStep::Start(clock) => Some(clock),
        ClockStep::Keep | ClockStep::Stop => None,
    };
    let owed = clock.and_then(|clock| clock.owed);
    let asked = clock.and_then(|clock| clock.asked);
    let said = asked.and_then(|asked| asked.said);
    let written = tx.execute(
        sql!(
            "UPDATE work_item SET state = $3, assignee_id = $4, due_at = coalesce($5, due_at), \
             owed_since = CASE WHEN $11 THEN owed_since ELSE $12 END, \
             clock_from = coalesce($13, clock_from), promised_by = coalesce($14, promised_by), \
             escalate_at = coalesce($15, escalate_at), policy_version = coalesce($16, policy_version), \
             told = CASE WHEN $11 THEN told ELSE 'nobody' END, lease_until = $17, \
             covered_for = CASE WHEN assignee_id IS NOT DISTINCT FROM $4 THEN covered_for END, \
             snoozed_until = NULL, \
             asked_at = CASE WHEN $11 THEN asked_at ELSE $18 END, \
             asked_level = CASE WHEN $11 THEN asked_level ELSE $19 END, \
             said_half_by = CASE WHEN $11 THEN said_half_by ELSE $20 END, \
             said_most_by = CASE WHEN $11 THEN said_most_by ELSE $21 END, \
             said_per_person = CASE WHEN $11 THEN said_per_person ELSE $22 END, \
             first_answer_at = coalesce(first_answer_at, $6), closed_at = $7, \
             outcome = coalesce($8, outcome), version = version + 1, updated_at = $9 \
             WHERE id = $1 AND thread_id = $2 AND version = $10"
        ),
        &[
            &item.id,
            &right.thread(),
            &moved.state.code(),
            &moved.assignee,
            &clock.map(|clock| clock.deadline.due_at),
            &moved.answered_at,
            &closed_at,
            &moved.outcome.map(Outcome::code),
            &right.at(),
            &item.version,
            &matches!(moved.clock, ClockStep::Keep),
            &owed.map(|owed| owed.since),
            &owed.map(|owed| owed.from),
            &owed.map(|owed| owed.promised_by),
            &clock.map(|clock| clock.deadline.escalate_at),
            &clock.map(|clock| clock.policy_version),
            &moved.lease_until,
            &asked.map(|asked| asked.at),
            &asked.map(|asked| asked.level.number()),
            &said.map(|said| said.half_by),
            &said.map(|said| said.most_by),
            &said.map(|said| i64::from(said.per_person)),
        ],
    )?;
    Ok(written == 1)
}

/// The right to move work on one thread: permits to handle, assign or close it, and the proof of a
/// send ([`Sending`]). Closed: no other crate adds one.
pub trait WorkRight<'t>: Closed {
    /// The thread.
    fn thread(&self) -> ThreadId;
    /// The moment of the act.
    fn at(&self) -> Timestamp;
}

macro_rules! work_rights {
    ($($action:ident)*) => {
        $(
            impl<'t> WorkRight<'t> for Permit<'t, $action> {
                fn thread(&self) -> ThreadId {
                    Permit::thread(self)
                }
                fn at(&self) -> Timestamp {
                    self.now()
                }
            }
        )*
    };
}
work_rights! { HandleWork AssignWork CloseThread MoveThread MergeThread TakeFlagBack }

/// A send moves the work on its thread: the patient's message brings it back, the team's answers it.
#[derive(Debug)]
pub struct Sending<'a, R>(pub &'a R, pub Timestamp);

impl<R> Closed for Sending<'_, R> {}

impl<'t, R: SendRight<'t>> WorkRight<'t> for Sending<'_, R> {
    fn thread(&self) -> ThreadId {
        self.0.thread()
    }
    fn at(&self) -> Timestamp {
        self.1
    }
}

/// Who takes back what raised the level of work settles it anew.
#[derive(Debug)]
pub struct Settling<'a, 't, A: SettlesLevel>(pub &'a Permit<'t, A>);

impl<A: SettlesLevel> Closed for Settling<'_, '_, A> {}

impl<'t, A: SettlesLevel> WorkRight<'t> for Settling<'_, 't, A> {
    fn thread(&self) -> ThreadId {
        self.0.thread()
    }
    fn at(&self) -> Timestamp {
        self.0.now()
    }
}

/// Whose word a level is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LevelBy {
    /// A clinician's or nurse's: it stands, whatever the urgency check recognised before.
    Clinician,
    /// The urgency check's, about something new: what a clinician said of the messages before does not hold against
    /// it, and nobody has been told yet that it is late.
    Check,
    /// What is left of it once a clinician took a flag back; with what it would be without the flags that still
    /// stand, when some do.
    TakenBack(Option<Level>),
}

/// Sets the level of an item that is not closed, and the clock that follows from it; `false` when somebody moved the
/// item meanwhile.
pub fn set_level<'t>(
    tx: &mut Tx<'t>,
    right: &impl WorkRight<'t>,
    item: &WorkItemRow,
    (level, by): (Level, LevelBy),
    clock: Option<&Clock>,
) -> Result<bool, DbError> {
    let owed = clock.and_then(|clock| clock.owed);
    let base = match by {
        LevelBy::Clinician => None,
        LevelBy::Check => item.level_base.or_else(|| Level::new(item.level)),
        LevelBy::TakenBack(base) => base,
    };
    let written = tx.execute(
        sql!(
            "UPDATE work_item SET level = $3, \
             level_rules = CASE WHEN $11 THEN $3 ELSE level_rules END, \
             level_clinician = CASE WHEN $11 THEN NULL ELSE $3 END, level_base = $12, \
             told = CASE WHEN $13 THEN 'nobody' ELSE told END, version = version + 1, \
             updated_at = $4, clock_from = coalesce($6, clock_from), \
             promised_by = coalesce($7, promised_by), due_at = coalesce($8, due_at), \
             escalate_at = coalesce($9, escalate_at), policy_version = coalesce($10, policy_version), \
             snoozed_until = NULL WHERE id = $1 AND thread_id = $2 AND version = $5 AND state <> 'closed'"
        ),
        &[
            &item.id,
            &right.thread(),
            &level.number(),
            &right.at(),
            &item.version,
            &owed.map(|owed| owed.from),
            &owed.map(|owed| owed.promised_by),
            &clock.map(|clock| clock.deadline.due_at),
            &clock.map(|clock| clock.deadline.escalate_at),
            &clock.map(|clock| clock.policy_version),
            &matches!(by, LevelBy::Check),
            &base.map(Level::number),
            &!matches!(by, LevelBy::Clinician),
        ],
    )?;
    Ok(written == 1)
}

/// When the last round of work on the permit's thread ended: what is open now was asked since. The beginning of time
/// when none has. Passing on ends nothing.
pub fn round_began<'t, A: SettlesLevel>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, A>,
) -> Result<Timestamp, DbError> {
    tx.query_one(
        sql!(
            "SELECT coalesce(max(closed_at), 0) FROM work_item WHERE thread_id = $1 \
             AND state = 'closed' AND coalesce(outcome, '') <> 'handed_over'"
        ),
        &[&permit.thread()],
    )?
    .get(0)
}

/// A step of custody to be written.
#[derive(Debug)]
pub struct NewWorkEvent<'a> {
    /// Its id.
    pub id: WorkEventId,
    /// The item.
    pub item: WorkItemId,
    /// What happened.
    pub kind: WorkEventKind,
    /// Who did it; `None` is the system.
    pub actor: Option<PersonId>,
    /// To whom it went.
    pub to_person: Option<PersonId>,
    /// To which team it went.
    pub to_team: Option<CareTeamId>,
    /// Why, sealed.
    pub reason: Option<&'a Sealed>,
    /// Whether the patient reads this step.
    pub patient_sees: bool,
}

/// Adds a step of custody.
pub fn add_event<'t>(
    tx: &mut Tx<'t>,
    right: &impl WorkRight<'t>,
    new: &NewWorkEvent<'_>,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "INSERT INTO work_event (id, work_item_id, thread_id, kind, actor_id, to_person_id, \
             to_team_id, reason_sealed, patient_sees, happened_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        ),
        &[
            &new.id,
            &new.item,
            &right.thread(),
            &new.kind.code(),
            &new.actor,
            &new.to_person,
            &new.to_team,
            &new.reason,
            &new.patient_sees,
            &right.at(),
        ],
    )
}

/// A step of custody as stored.
#[derive(Debug, Clone)]
pub struct WorkEventRow {
    /// Its id.
    pub id: WorkEventId,
    /// What happened.
    pub kind: WorkEventKind,
    /// Who did it; `None` is the system.
    pub actor: Option<PersonId>,
    /// To whom it went.
    pub to_person: Option<PersonId>,
    /// To which team it went.
    pub to_team: Option<CareTeamId>,
    /// The team that owes the item.
    pub team: CareTeamId,
    /// Why, sealed.
    pub reason: Option<Sealed>,
    /// When.
    pub at: Timestamp,
}

/// The custody of a thread, oldest first. The patient's side gets the steps that patients see, but for
/// those that were taken back within seconds and are said by no line of the thread; who is
/// shown a part of the conversation gets the steps taken during that part.
pub fn list_events<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ReadThread>,
) -> Result<Vec<WorkEventRow>, DbError> {
    let patient_side = permit.allowed().patient_side;
    let times = times_shown(tx, permit)?;
    let mut found = tx
        .query(
            sql!(
                "SELECT e.id, e.kind, e.actor_id, e.to_person_id, e.to_team_id, e.reason_sealed, \
             e.happened_at, w.team_id FROM work_event e JOIN work_item w ON w.id = e.work_item_id \
             WHERE e.thread_id = $1 AND (NOT $2 OR (e.patient_sees AND (e.kind IN ('passed', 'closed') \
             OR NOT EXISTS (SELECT 1 FROM work_event u WHERE u.undoes = e.id)))) \
             ORDER BY e.happened_at, e.id"
            ),
            &[&permit.thread(), &patient_side],
        )?
        .iter()
        .map(|row| {
            Ok(WorkEventRow {
                id: row.get(0)?,
                kind: code(row, 1, WorkEventKind::from_code)?,
                actor: row.get(2)?,
                to_person: row.get(3)?,
                to_team: row.get(4)?,
                reason: row.get(5)?,
                at: row.get(6)?,
                team: row.get(7)?,
            })
        })
        .collect::<Result<Vec<WorkEventRow>, DbError>>()?;
    if let Some(times) = times {
        found.retain(|step| times.iter().any(|(from, to)| (*from..=*to).contains(&step.at)));
    }
    Ok(found)
}

/// The times, first and last, of what the permit shows of its thread; `None` when that is all of it.
fn times_shown<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ReadThread>,
) -> Result<Option<Vec<(Timestamp, Timestamp)>>, DbError> {
    let shown = &permit.allowed().shown;
    if shown.is_whole() {
        return Ok(None);
    }
    let mut times = Vec::new();
    for (first, last) in shown.intervals() {
        let row = tx.query_one(
            sql!(
                "SELECT min(at), max(at) FROM ( \
                 SELECT sent_at AS at FROM message WHERE thread_id = $1 AND seq >= $2 AND seq <= $3 \
                 UNION ALL SELECT happened_at FROM thread_event \
                 WHERE thread_id = $1 AND seq >= $2 AND seq <= $3) AS entry"
            ),
            &[&permit.thread(), &first, &last],
        )?;
        let (from, to): (Option<Timestamp>, Option<Timestamp>) = (row.get(0)?, row.get(1)?);
        if let (Some(from), Some(to)) = (from, to) {
            let from = if first <= 1 { Timestamp::EPOCH } else { from };
            times.push((from, if last == i64::MAX { Timestamp::FOREVER } else { to }));
        }
    }
    Ok(Some(times))
}
