//! Calls that somebody who is not sure asked for: one open at most in a conversation, looked at by a worker.
//!
//! `callback.phone_sealed` is the number to call, under the patient's key, row `callback.id`, at `phone_version`;
//! an empty text when none is known. The worker sees ids, times and codes and writes lines that it is handed
//! sealed, so no permit is asked for there. Deliberately absent: what is due when (`domain::callback`).

use domain::callback::{Step, There};
use domain::ids::{
    CallbackId, CareTeamId, MessageId, PatientId, PersonId, ThreadEventId, ThreadId,
};
use domain::time::Timestamp;

use crate::access::{MergeThread, Permit, ReadThread, Reply};
use crate::db::{DbError, Row, Tx};
use crate::seal::Sealed;
use crate::thread::SendRight;
use crate::urgency_check::SettlesLevel;
use crate::{code, sql};

/// A call that is asked for and has not ended.
#[derive(Debug, Clone)]
pub struct CallRow {
    /// Its id.
    pub id: CallbackId,
    /// The message that it came with.
    pub message: MessageId,
    /// Who asked.
    pub asked_by: PersonId,
    /// The number, sealed.
    pub phone: Sealed,
    /// The version it is sealed at.
    pub phone_version: i64,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// How the team stood then.
    pub there: There,
    /// From when the clock runs.
    pub from_at: Timestamp,
    /// When it has run out.
    pub due_at: Timestamp,
    /// Who was told last.
    pub told: Option<Step>,
    /// Who said last that they are calling, and when.
    pub calling: Option<(PersonId, Timestamp)>,
    /// Whether the message that it came with was taken back.
    pub taken_back: bool,
}

fn step(text: Option<String>) -> Result<Option<Step>, DbError> {
    text.map(|text| {
        Step::from_code(&text).ok_or_else(|| DbError::Decode("a step of a call".to_owned()))
    })
    .transpose()
}

fn read(row: &Row) -> Result<CallRow, DbError> {
    let caller: Option<PersonId> = row.get(10)?;
    Ok(CallRow {
        id: row.get(0)?,
        message: row.get(1)?,
        asked_by: row.get(2)?,
        phone: row.get(3)?,
        phone_version: row.get(4)?,
        asked_at: row.get(5)?,
        there: code(row, 6, There::from_code)?,
        from_at: row.get(7)?,
        due_at: row.get(8)?,
        told: step(row.get(9)?)?,
        calling: caller.zip(row.get::<Option<Timestamp>>(11)?),
        taken_back: row.get(12)?,
    })
}

fn find(tx: &mut Tx<'_>, thread: ThreadId) -> Result<Option<CallRow>, DbError> {
    tx.query_opt(
        sql!(
            "SELECT id, message_id, asked_by, phone_sealed, phone_version, asked_at, there, from_at, \
             due_at, told, caller_id, calling_at, EXISTS (SELECT 1 FROM correction x \
                 WHERE x.message_id = callback.message_id AND x.kind = 'retraction') \
             FROM callback WHERE thread_id = $1 AND state = 'open'"
        ),
        &[&thread],
    )?
    .as_ref()
    .map(read)
    .transpose()
}

/// The open call of the permit's thread.
pub fn shown<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ReadThread>,
) -> Result<Option<CallRow>, DbError> {
    find(tx, permit.thread())
}

/// The same for whoever may write there.
pub fn open<'t>(tx: &mut Tx<'t>, permit: &Permit<'t, Reply>) -> Result<Option<CallRow>, DbError> {
    find(tx, permit.thread())
}

/// Whether a call is waited for in the permit's thread.
pub fn is_open<'t, A: SettlesLevel>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, A>,
) -> Result<bool, DbError> {
    Ok(find(tx, permit.thread())?.is_some())
}

/// The call that is waited for in a thread. For the workers.
pub fn open_id(tx: &mut Tx<'_>, thread: ThreadId) -> Result<Option<CallbackId>, DbError> {
    Ok(find(tx, thread)?.map(|row| row.id))
}

/// A call that is being asked for.
#[derive(Debug)]
pub struct NewCall<'a> {
    /// Its id.
    pub id: CallbackId,
    /// The message that it comes with.
    pub message: MessageId,
    /// Who asks.
    pub asked_by: PersonId,
    /// The number, sealed at version 1.
    pub phone: &'a Sealed,
    /// How the team stands.
    pub there: There,
    /// From when the clock runs.
    pub from_at: Timestamp,
    /// When it will have run out.
    pub due_at: Timestamp,
    /// Who has been told.
    pub told: Option<Step>,
    /// When it is looked at first.
    pub next_at: Timestamp,
}

/// Keeps a call that is asked for in the permit's thread. The thread has no open one.
pub fn add<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Reply>,
    new: &NewCall<'_>,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "INSERT INTO callback (id, thread_id, message_id, asked_by, phone_sealed, phone_version, \
             asked_at, there, from_at, due_at, told, next_at, state, version) \
             VALUES ($1, $2, $3, $4, $5, 1, $6, $7, $8, $9, $10, $11, 'open', 1)"
        ),
        &[
            &new.id,
            &permit.thread(),
            &new.message,
            &new.asked_by,
            new.phone,
            &permit.now(),
            &new.there.code(),
            &new.from_at,
            &new.due_at,
            &new.told.map(Step::code),
            &new.next_at,
        ],
    )
}

/// Puts another number to an open call, sealed at one more than the row's version of it.
pub fn set_phone<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Reply>,
    row: &CallRow,
    phone: &Sealed,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "UPDATE callback SET phone_sealed = $3, phone_version = phone_version + 1, \
             version = version + 1 WHERE id = $1 AND thread_id = $2 AND phone_version = $4"
        ),
        &[&row.id, &permit.thread(), phone, &row.phone_version],
    )
}

/// Ends the open call of the right's thread as `state`; whether there was one.
pub fn end<'t>(
    tx: &mut Tx<'t>,
    right: &impl SendRight<'t>,
    state: &'static str,
    at: Timestamp,
) -> Result<bool, DbError> {
    let written = tx.execute(
        sql!(
            "UPDATE callback SET state = $2, ended_at = $3, version = version + 1 \
             WHERE thread_id = $1 AND state = 'open'"
        ),
        &[&right.thread(), &state, &at],
    )?;
    Ok(written == 1)
}

/// Notes that somebody is calling, or that the one who was reached nobody, and when it is looked at next.
pub fn set_calling<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Reply>,
    row: &CallRow,
    calling: Option<(PersonId, Timestamp)>,
    next_at: Timestamp,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "UPDATE callback SET caller_id = $3, calling_at = $4, next_at = $5, version = version + 1 \
             WHERE id = $1 AND thread_id = $2"
        ),
        &[
            &row.id,
            &permit.thread(),
            &calling.map(|(person, _)| person),
            &calling.map(|(_, at)| at),
            &next_at,
        ],
    )
}

/// Takes the open call of a conversation that is joined with another along; where one is open there already, the
/// two are one: the one whose time runs out first.
pub(crate) fn take_along<'t>(
    tx: &mut Tx<'t>,
    from: &Permit<'t, MergeThread>,
    into: &Permit<'t, MergeThread>,
) -> Result<(), DbError> {
    tx.execute(
        sql!(
            "UPDATE callback SET state = 'joined', ended_at = $3, version = version + 1 \
             WHERE thread_id = $2 AND state = 'open' AND EXISTS (SELECT 1 FROM callback o \
                 WHERE o.thread_id = $1 AND o.state = 'open' AND o.due_at < callback.due_at)"
        ),
        &[&from.thread(), &into.thread(), &from.now()],
    )?;
    tx.execute(
        sql!(
            "UPDATE callback SET thread_id = $2, version = version + 1 WHERE thread_id = $1 \
             AND state = 'open' AND NOT EXISTS (SELECT 1 FROM callback o WHERE o.thread_id = $2 \
                 AND o.state = 'open')"
        ),
        &[&from.thread(), &into.thread()],
    )?;
    end(tx, from, "joined", from.now()).map(|_| ())
}

/// A call that a worker looks at.
#[derive(Debug, Clone)]
pub struct DueCall {
    /// Its id.
    pub id: CallbackId,
    /// Its conversation.
    pub thread: ThreadId,
    /// Whom that is about.
    pub patient: Option<PatientId>,
    /// The team that owns it now.
    pub team: Option<CareTeamId>,
    /// From when the clock runs.
    pub from_at: Timestamp,
    /// When it has run out.
    pub due_at: Timestamp,
    /// Who was told last.
    pub told: Option<Step>,
    /// When somebody said last that they are calling.
    pub calling_at: Option<Timestamp>,
    /// For compare-and-set.
    pub version: i64,
}

/// What is to be looked at by `now`, the longest waiting first, at most `limit`.
pub fn list_due(tx: &mut Tx<'_>, now: Timestamp, limit: i64) -> Result<Vec<DueCall>, DbError> {
    tx.query(
        sql!(
            "SELECT c.id, c.thread_id, t.patient_id, t.owner_team_id, c.from_at, c.due_at, c.told, \
             c.calling_at, c.version FROM callback c JOIN thread t ON t.id = c.thread_id \
             WHERE c.next_at <= $1 AND c.state = 'open' ORDER BY c.next_at, c.id LIMIT $2"
        ),
        &[&now, &limit],
    )?
    .iter()
    .map(|row| {
        Ok(DueCall {
            id: row.get(0)?,
            thread: row.get(1)?,
            patient: row.get(2)?,
            team: row.get(3)?,
            from_at: row.get(4)?,
            due_at: row.get(5)?,
            told: step(row.get(6)?)?,
            calling_at: row.get(7)?,
            version: row.get(8)?,
        })
    })
    .collect()
}

/// Notes who has been told and when it is looked at next; whether it was still as it was read.
pub fn advance(
    tx: &mut Tx<'_>,
    call: &DueCall,
    told: Option<Step>,
    next_at: Timestamp,
) -> Result<bool, DbError> {
    let written = tx.execute(
        sql!(
            "UPDATE callback SET told = $3, next_at = $4, version = version + 1 \
             WHERE id = $1 AND version = $2 AND state = 'open'"
        ),
        &[&call.id, &call.version, &told.map(Step::code), &next_at],
    )?;
    Ok(written == 1)
}

/// Writes a line of the worker's into the conversation of a call, at its next number. `detail` is sealed at row
/// `id`, version 1.
pub fn say(
    tx: &mut Tx<'_>,
    call: &DueCall,
    id: ThreadEventId,
    detail: &Sealed,
    at: Timestamp,
) -> Result<(), DbError> {
    let seq: i64 = tx
        .query_one(
            sql!(
                "UPDATE thread SET last_seq = last_seq + 1, updated_at = $2 WHERE id = $1 \
                 RETURNING last_seq"
            ),
            &[&call.thread, &at],
        )?
        .get(0)?;
    tx.execute_one(
        sql!(
            "INSERT INTO thread_event (id, thread_id, seq, kind, actor_id, detail_sealed, happened_at) \
             VALUES ($1, $2, $3, 'call', NULL, $4, $5)"
        ),
        &[&id, &call.thread, &seq, detail, &at],
    )
}
