//! The net under answers that nobody on the patient's side has opened: one row per conversation, looked at
//! by a worker, and the call list that it ends in.
//!
//! The worker sees ids, times and codes, never a word, so no permit is asked for. An answer is settled once
//! somebody who may read it on the patient's side has, once it was read out, handed over or sent by post, once
//! the team spoke with somebody by phone, or once it was taken back. Deliberately absent: what is due when
//! (`domain::read_back`).

use domain::ids::{CareTeamId, MessageId, PatientId, PersonId, ThreadId};
use domain::read_back::{Class, HOURS, Limits, Roads, Step};
use domain::time::Timestamp;

use crate::access::{Administer, ListQueue, Permit};
use crate::db::{DbError, Row, Tx};
use crate::seal::Sealed;
use crate::thread::MessageRight;
use crate::{code, sql};

/// An answer that is not known to have been opened.
#[derive(Debug, Clone)]
pub struct Net {
    /// Its conversation.
    pub thread: ThreadId,
    /// Whom that is about.
    pub patient: Option<PatientId>,
    /// The team that owns it.
    pub team: Option<CareTeamId>,
    /// The answer.
    pub message: MessageId,
    /// Its number.
    pub seq: i64,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// How soon it is to be opened.
    pub class: Class,
    /// What was done last, and when.
    pub done: Option<(Step, Timestamp)>,
    /// For compare-and-set.
    pub version: i64,
}

fn read(row: &Row) -> Result<Net, DbError> {
    let step: Option<String> = row.get(7)?;
    let step = match step {
        Some(text) => Some(
            Step::from_code(&text)
                .ok_or_else(|| DbError::Decode("a step of the net".to_owned()))?,
        ),
        None => None,
    };
    Ok(Net {
        thread: row.get(0)?,
        patient: row.get(1)?,
        team: row.get(2)?,
        message: row.get(3)?,
        seq: row.get(4)?,
        sent_at: row.get(5)?,
        class: code(row, 6, Class::from_code)?,
        done: step.zip(row.get::<Option<Timestamp>>(8)?),
        version: row.get(9)?,
    })
}

/// The net under a conversation, if there is one.
pub fn get(tx: &mut Tx<'_>, thread: ThreadId) -> Result<Option<Net>, DbError> {
    tx.query_opt(
        sql!(
            "SELECT r.thread_id, t.patient_id, t.owner_team_id, r.message_id, r.message_seq, r.sent_at, \
             r.class, r.step, r.step_at, r.version \
             FROM read_back r JOIN thread t ON t.id = r.thread_id WHERE r.thread_id = $1"
        ),
        &[&thread],
    )?
    .as_ref()
    .map(read)
    .transpose()
}

/// Spreads the net under an answer that was just sent, in place of a settled one; it is looked at first
/// at `next_at`.
pub fn put<'t>(
    tx: &mut Tx<'t>,
    right: &impl MessageRight<'t>,
    (message, seq, sent_at): (MessageId, i64, Timestamp),
    class: Class,
    next_at: Timestamp,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "INSERT INTO read_back (thread_id, message_id, message_seq, sent_at, class, next_at, version) \
             VALUES ($1, $2, $3, $4, $5, $6, 1) ON CONFLICT (thread_id) DO UPDATE SET \
             message_id = excluded.message_id, message_seq = excluded.message_seq, \
             sent_at = excluded.sent_at, class = excluded.class, step = NULL, step_at = NULL, \
             next_at = excluded.next_at, version = read_back.version + 1"
        ),
        &[&right.thread(), &message, &seq, &sent_at, &class.code(), &next_at],
    )
}

/// What is to be looked at by `now`, the longest waiting first, at most `limit`.
pub fn list_due(tx: &mut Tx<'_>, now: Timestamp, limit: i64) -> Result<Vec<Net>, DbError> {
    tx.query(
        sql!(
            "SELECT r.thread_id, t.patient_id, t.owner_team_id, r.message_id, r.message_seq, r.sent_at, \
             r.class, r.step, r.step_at, r.version \
             FROM read_back r JOIN thread t ON t.id = r.thread_id \
             WHERE r.next_at <= $1 ORDER BY r.next_at, r.thread_id LIMIT $2"
        ),
        &[&now, &limit],
    )?
    .iter()
    .map(read)
    .collect()
}

/// Whether the answer is known to have reached the patient's side, or was taken back.
pub fn is_settled(tx: &mut Tx<'_>, net: &Net, now: Timestamp) -> Result<bool, DbError> {
    tx.query_one(
        sql!(
            "SELECT EXISTS (SELECT 1 FROM read_mark k JOIN thread_access a \
                 ON a.person_id = k.person_id AND a.thread_id = k.thread_id \
                 WHERE k.thread_id = $1 AND k.read_seq >= $2 AND a.patient_side \
                 AND a.from_at <= $4 AND a.until_at > $4) \
             OR EXISTS (SELECT 1 FROM thread_event e WHERE e.thread_id = $1 \
                 AND e.kind = 'brought' AND e.seq > $2) \
             OR EXISTS (SELECT 1 FROM message m WHERE m.thread_id = $1 AND m.seq > $2 \
                 AND m.side = 'team' AND m.channel = 'phone') \
             OR EXISTS (SELECT 1 FROM correction c WHERE c.message_id = $3 AND c.kind = 'retraction')"
        ),
        &[&net.thread, &net.seq, &net.message, &now],
    )?
    .get(0)
}

/// The patient's own log-ins that have a second address, proved and safe, and want notices.
pub fn list_second(
    tx: &mut Tx<'_>,
    thread: ThreadId,
    now: Timestamp,
) -> Result<Vec<PersonId>, DbError> {
    people(
        tx,
        sql!(
            "SELECT DISTINCT a.person_id FROM thread_access a \
             JOIN person p ON p.id = a.person_id AND p.status = 'active' \
             WHERE a.thread_id = $1 AND a.from_at <= $2 AND a.until_at > $2 AND a.tie = 'self' \
             AND EXISTS (SELECT 1 FROM contact_point c WHERE c.person_id = a.person_id \
                 AND c.kind = 'email' AND c.is_second AND c.verified_at IS NOT NULL \
                 AND NOT c.is_unsafe AND c.notices) ORDER BY a.person_id"
        ),
        thread,
        now,
    )
}

/// Those who may read the conversation for the patient now and have a proved and safe address for notices:
/// topics, excluded conversations and pauses are the view's.
pub fn list_helpers(
    tx: &mut Tx<'_>,
    thread: ThreadId,
    now: Timestamp,
) -> Result<Vec<PersonId>, DbError> {
    people(
        tx,
        sql!(
            "SELECT DISTINCT a.person_id FROM thread_access a \
             JOIN person p ON p.id = a.person_id AND p.status = 'active' \
             WHERE a.thread_id = $1 AND a.from_at <= $2 AND a.until_at > $2 \
             AND a.tie IN ('helper', 'representative') \
             AND EXISTS (SELECT 1 FROM contact_point c WHERE c.person_id = a.person_id \
                 AND c.kind = 'email' AND NOT c.is_second AND c.verified_at IS NOT NULL \
                 AND NOT c.is_unsafe AND c.notices) ORDER BY a.person_id"
        ),
        thread,
        now,
    )
}

fn people(
    tx: &mut Tx<'_>,
    statement: crate::db::Sql,
    thread: ThreadId,
    now: Timestamp,
) -> Result<Vec<PersonId>, DbError> {
    tx.query(statement, &[&thread, &now])?.iter().map(|row| row.get(0)).collect()
}

/// By which roads the patient's side can be reached without a call.
pub fn roads(tx: &mut Tx<'_>, thread: ThreadId, now: Timestamp) -> Result<Roads, DbError> {
    let portal = tx.query_opt(
        sql!(
            "SELECT 1 FROM thread_access a \
             JOIN person p ON p.id = a.person_id AND p.status = 'active' \
             JOIN credential c ON c.person_id = p.id \
             WHERE a.thread_id = $1 AND a.from_at <= $2 AND a.until_at > $2 AND a.patient_side LIMIT 1"
        ),
        &[&thread, &now],
    )?;
    Ok(Roads {
        portal: portal.is_some(),
        second: !list_second(tx, thread, now)?.is_empty(),
        helper: !list_helpers(tx, thread, now)?.is_empty(),
    })
}

/// Notes what was done and when the net is looked at again; whether it was still as it was read.
pub fn advance(
    tx: &mut Tx<'_>,
    net: &Net,
    done: Option<(Step, Timestamp)>,
    next_at: Timestamp,
) -> Result<bool, DbError> {
    let written = tx.execute(
        sql!(
            "UPDATE read_back SET step = $3, step_at = $4, next_at = $5, version = version + 1 \
             WHERE thread_id = $1 AND version = $2"
        ),
        &[
            &net.thread,
            &net.version,
            &done.map(|(step, _)| step.code()),
            &done.map(|(_, at)| at),
            &next_at,
        ],
    )?;
    Ok(written == 1)
}

/// Takes the net away; whether it was still as it was read.
pub fn remove(tx: &mut Tx<'_>, net: &Net) -> Result<bool, DbError> {
    let removed = tx.execute(
        sql!("DELETE FROM read_back WHERE thread_id = $1 AND version = $2"),
        &[&net.thread, &net.version],
    )?;
    Ok(removed == 1)
}

/// The limits of a team.
pub fn limits(tx: &mut Tx<'_>, team: CareTeamId) -> Result<Limits, DbError> {
    let row = tx.query_opt(
        sql!(
            "SELECT urgent_minutes, prompt_minutes, ordinary_minutes FROM read_back_limit \
             WHERE team_id = $1"
        ),
        &[&team],
    )?;
    row.map_or(Ok(HOURS), |row| {
        Ok(Limits { urgent: row.get(0)?, prompt: row.get(1)?, ordinary: row.get(2)? })
    })
}

/// Sets the limits of a team.
pub fn set_limits<'t>(
    tx: &mut Tx<'t>,
    _permit: &Permit<'t, Administer>,
    team: CareTeamId,
    limits: Limits,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "INSERT INTO read_back_limit (team_id, urgent_minutes, prompt_minutes, ordinary_minutes) \
             VALUES ($1, $2, $3, $4) ON CONFLICT (team_id) DO UPDATE SET \
             urgent_minutes = excluded.urgent_minutes, prompt_minutes = excluded.prompt_minutes, \
             ordinary_minutes = excluded.ordinary_minutes"
        ),
        &[&team, &limits.urgent, &limits.prompt, &limits.ordinary],
    )
}

/// A row of a team's call list.
#[derive(Debug, Clone)]
pub struct CallRow {
    /// The conversation.
    pub thread: ThreadId,
    /// Whom it is about; private, so that a shown row cannot be forged.
    patient: Option<PatientId>,
    /// Its headline, sealed.
    pub headline: Sealed,
    /// Since when the answer is unopened.
    pub sent_at: Timestamp,
    /// How soon it was to be opened.
    pub class: Class,
    /// Calls that reached nobody since the answer was sent.
    pub tried: i64,
    /// When the last of them was written down.
    pub tried_at: Option<Timestamp>,
}

impl CallRow {
    /// Whom the conversation is about.
    pub const fn patient(&self) -> Option<PatientId> {
        self.patient
    }
}

/// Whom a team is to call, within the permit's scope: the most urgent class first, then the longest
/// unopened. What was opened meanwhile is left out at once.
pub fn list_calls<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ListQueue>,
    limit: i64,
) -> Result<Vec<CallRow>, DbError> {
    let scope = permit.scope();
    let rows = tx.query(
        sql!(
            "SELECT r.thread_id, t.patient_id, t.headline_sealed, r.sent_at, r.class, \
             (SELECT count(*) FROM thread_event e WHERE e.thread_id = r.thread_id \
                 AND e.kind = 'tried' AND e.seq > r.message_seq), \
             (SELECT max(e.happened_at) FROM thread_event e WHERE e.thread_id = r.thread_id \
                 AND e.kind = 'tried' AND e.seq > r.message_seq) \
             FROM read_back r JOIN thread t ON t.id = r.thread_id \
             WHERE r.step = 'calls' AND t.owner_team_id = $1 \
             AND EXISTS (SELECT 1 FROM thread_access a WHERE a.person_id = $2 \
                 AND a.thread_id = r.thread_id AND a.from_at <= $3 AND a.until_at > $3 \
                 AND a.tie <> 'team_desk' AND NOT a.patient_side) \
             AND NOT EXISTS (SELECT 1 FROM read_mark k JOIN thread_access b \
                 ON b.person_id = k.person_id AND b.thread_id = k.thread_id \
                 WHERE k.thread_id = r.thread_id AND k.read_seq >= r.message_seq AND b.patient_side \
                 AND b.from_at <= $3 AND b.until_at > $3) \
             AND NOT EXISTS (SELECT 1 FROM thread_event f WHERE f.thread_id = r.thread_id \
                 AND f.kind = 'brought' AND f.seq > r.message_seq) \
             AND NOT EXISTS (SELECT 1 FROM message m WHERE m.thread_id = r.thread_id \
                 AND m.seq > r.message_seq AND m.side = 'team' AND m.channel = 'phone') \
             AND NOT EXISTS (SELECT 1 FROM correction c WHERE c.message_id = r.message_id \
                 AND c.kind = 'retraction') \
             ORDER BY CASE r.class WHEN 'urgent' THEN 1 WHEN 'prompt' THEN 2 ELSE 3 END, \
             r.sent_at, r.thread_id LIMIT $4"
        ),
        &[&permit.team(), &scope.person(), &scope.now(), &limit],
    )?;
    let found: Vec<CallRow> = rows
        .iter()
        .map(|row| {
            Ok(CallRow {
                thread: row.get(0)?,
                patient: row.get(1)?,
                headline: row.get(2)?,
                sent_at: row.get(3)?,
                class: code(row, 4, Class::from_code)?,
                tried: row.get(5)?,
                tried_at: row.get(6)?,
            })
        })
        .collect::<Result<_, DbError>>()?;
    tx.audit_subjects(permit, found.iter().filter_map(|row| row.patient));
    Ok(found)
}

/// How many calls wait for the teams of somebody who may answer in them: a number for the navigation,
/// counted to at most 100. What was opened within the last hour may still be counted.
pub fn count_calls(tx: &mut Tx<'_>, person: PersonId, now: Timestamp) -> Result<i64, DbError> {
    tx.query_one(
        sql!(
            "SELECT count(*) FROM (SELECT r.thread_id FROM read_back r \
             JOIN thread t ON t.id = r.thread_id \
             JOIN membership m ON m.team_id = t.owner_team_id AND m.person_id = $1 \
                 AND m.role <> 'desk' AND m.from_at <= $2 AND m.until_at > $2 \
             WHERE r.step = 'calls' AND NOT EXISTS (SELECT 1 FROM read_mark k \
                 JOIN thread_access b ON b.person_id = k.person_id AND b.thread_id = k.thread_id \
                 WHERE k.thread_id = r.thread_id AND k.read_seq >= r.message_seq AND b.patient_side \
                 AND b.from_at <= $2 AND b.until_at > $2) \
             AND NOT EXISTS (SELECT 1 FROM thread_event f WHERE f.thread_id = r.thread_id \
                 AND f.kind = 'brought' AND f.seq > r.message_seq) LIMIT 100) AS waiting"
        ),
        &[&person, &now],
    )?
    .get(0)
}
