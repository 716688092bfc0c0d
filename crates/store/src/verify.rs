//! What `verify` reads, in chunks by key: the facts that derived rows are recomputed from, and every
//! sealed value with the place and owner it was sealed for.
//!
//! Nothing here shows a value to anybody: the caller opens it, notes whether it opened, and drops it.
//! Deliberately absent: repairs.

use domain::ids::{PatientId, PersonId, ThreadId};
use domain::message::Side;
use domain::time::Timestamp;
use uuid::Uuid;

use crate::access::{Administer, Permit};
use crate::db::{DbError, Row, Sql, Tx};
use crate::seal::Sealed;
use crate::{code, sql};

/// A thread with what its messages and lines add up to.
#[derive(Debug)]
pub struct ThreadFacts {
    /// The thread.
    pub id: ThreadId,
    /// Whom it is about.
    pub patient: Option<PatientId>,
    /// Whether it is between staff.
    pub staff: bool,
    /// The counter.
    pub last_seq: i64,
    /// How many messages and lines there are.
    pub entries: i64,
    /// How many different numbers they have.
    pub numbers: i64,
    /// The highest number of any of them; 0 without any.
    pub highest: i64,
    /// The highest number of a line that closed it; 0 without any.
    pub closed_seq: i64,
    /// The highest number of a line that opened it again; 0 without any.
    pub reopened_seq: i64,
    /// Parties that take part twice at once.
    pub doubled_parties: i64,
    /// Open work items of the owning team.
    pub open_items: i64,
    /// The newest message.
    pub newest: Option<Newest>,
    /// The parties' rows; a party that takes part and has no row is there without one.
    pub rows: Vec<PartyRow>,
}

/// A thread's newest message.
#[derive(Debug, Clone, Copy)]
pub struct Newest {
    /// Its number.
    pub seq: i64,
    /// When it was sent.
    pub at: Timestamp,
    /// Which side wrote it.
    pub side: Side,
    /// How many of its numbered questions are open.
    pub questions: i64,
    /// Whether it is an answer that crossed with what the patient's side wrote.
    pub crossed: bool,
}

/// A party that takes part now, with its inbox row.
#[derive(Debug)]
pub struct PartyRow {
    /// `patient`, `person` or `team`.
    pub party: String,
    /// The row; none is a finding once there is a message.
    pub row: Option<Shown>,
}

/// What an inbox row says.
#[derive(Debug)]
pub struct Shown {
    /// Number, time and side of the message it shows.
    pub newest: (i64, Timestamp, String),
    /// Its preview, sealed.
    pub preview: Sealed,
    /// Whether it says that the party owes an answer.
    pub needs_reply: bool,
    /// Whether it says that something was asked.
    pub asked: bool,
    /// Whether it says that the thread is open.
    pub is_open: bool,
}

/// The threads after `after`, at most `limit`.
pub fn threads<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Administer>,
    after: ThreadId,
    limit: i64,
) -> Result<Vec<ThreadFacts>, DbError> {
    let rows = tx.query(
        sql!(
            "SELECT t.id, t.patient_id, t.kind, t.last_seq, \
             (SELECT count(*) FROM message m WHERE m.thread_id = t.id), \
             (SELECT count(*) FROM thread_event e WHERE e.thread_id = t.id), \
             (SELECT count(*) FROM message m JOIN thread_event e \
                 ON e.thread_id = m.thread_id AND e.seq = m.seq WHERE m.thread_id = t.id), \
             coalesce((SELECT max(m.seq) FROM message m WHERE m.thread_id = t.id), 0), \
             coalesce((SELECT max(e.seq) FROM thread_event e WHERE e.thread_id = t.id), 0), \
             coalesce((SELECT max(e.seq) FROM thread_event e WHERE e.thread_id = t.id \
                 AND e.kind IN ('closed', 'merged')), 0), \
             coalesce((SELECT max(e.seq) FROM thread_event e WHERE e.thread_id = t.id \
                 AND e.kind = 'reopened'), 0), \
             (SELECT count(*) FROM (SELECT p.party_id FROM participation p \
                 WHERE p.thread_id = t.id AND p.until_at = $3 AND p.to_seq = $4 \
                 GROUP BY p.party_kind, p.party_id HAVING count(*) > 1) AS twice), \
             (SELECT count(*) FROM work_item w WHERE w.thread_id = t.id \
                 AND w.team_id = t.owner_team_id AND w.state <> 'closed') \
             FROM thread t WHERE t.id > $1 ORDER BY t.id LIMIT $2"
        ),
        &[&after, &limit, &Timestamp::FOREVER, &i64::MAX],
    )?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        let mut facts = facts(row)?;
        facts.newest = newest(tx, facts.id)?;
        facts.rows = party_rows(tx, facts.id, permit.now())?;
        found.push(facts);
    }
    Ok(found)
}

fn facts(row: &Row) -> Result<ThreadFacts, DbError> {
    let (messages, lines, shared): (i64, i64, i64) = (row.get(4)?, row.get(5)?, row.get(6)?);
    let (top_message, top_line): (i64, i64) = (row.get(7)?, row.get(8)?);
    Ok(ThreadFacts {
        id: row.get(0)?,
        patient: row.get(1)?,
        staff: row.get::<String>(2)? == "staff",
        last_seq: row.get(3)?,
        entries: messages + lines,
        numbers: messages + lines - shared,
        highest: top_message.max(top_line),
        closed_seq: row.get(9)?,
        reopened_seq: row.get(10)?,
        doubled_parties: row.get(11)?,
        open_items: row.get(12)?,
        newest: None,
        rows: Vec::new(),
    })
}

fn newest(tx: &mut Tx<'_>, thread: ThreadId) -> Result<Option<Newest>, DbError> {
    tx.query_opt(
        sql!(
            "SELECT m.seq, m.sent_at, m.side, \
             (SELECT count(*) FROM question q WHERE q.message_id = m.id AND q.state = 'open'), \
             (SELECT count(*) FROM crossed_answer c WHERE c.thread_id = $1 AND c.seq = m.seq) \
             FROM message m WHERE m.thread_id = $1 ORDER BY m.seq DESC LIMIT 1"
        ),
        &[&thread],
    )?
    .map(|row| {
        Ok(Newest {
            seq: row.get(0)?,
            at: row.get(1)?,
            side: code(&row, 2, Side::from_code)?,
            questions: row.get(3)?,
            crossed: row.get::<i64>(4)? > 0,
        })
    })
    .transpose()
}

fn party_rows(tx: &mut Tx<'_>, thread: ThreadId, now: Timestamp) -> Result<Vec<PartyRow>, DbError> {
    tx.query(
        sql!(
            "SELECT p.party_kind, r.last_seq, r.last_at, r.last_side, r.preview_sealed, \
             r.needs_reply, r.asked, r.is_open \
             FROM (SELECT DISTINCT party_kind, party_id FROM participation \
                 WHERE thread_id = $1 AND from_at <= $2 AND until_at > $2 AND to_seq = $3) AS p \
             LEFT JOIN inbox_row r ON r.thread_id = $1 AND r.party_kind = p.party_kind \
                 AND r.party_id = p.party_id"
        ),
        &[&thread, &now, &i64::MAX],
    )?
    .iter()
    .map(|row| {
        let last_seq: Option<i64> = row.get(1)?;
        let shown = match last_seq {
            None => None,
            Some(last_seq) => Some(Shown {
                newest: (last_seq, row.get(2)?, row.get(3)?),
                preview: row.get(4)?,
                needs_reply: row.get(5)?,
                asked: row.get(6)?,
                is_open: row.get(7)?,
            }),
        };
        Ok(PartyRow { party: row.get(0)?, row: shown })
    })
    .collect()
}

/// A table with a sealed column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of the tables")]
pub enum SealedTable {
    Person,
    ContactPoint,
    Credential,
    Patient,
    Practitioner,
    Encounter,
    ChartItem,
    ImportedVersion,
    Thread,
    Message,
    Correction,
    Question,
    /// Why questions were set aside.
    QuestionReason,
    ThreadEvent,
    StaffNote,
    Draft,
    WorkEvent,
    /// Reasons of administrative ends.
    AdministrativeEnd,
    Notice,
    AddressUndo,
    /// Limits of plans.
    PlanLimit,
    UrgencyCheck,
    /// Numbers of calls that are asked for.
    Callback,
}

impl SealedTable {
    /// All of them. `search_result` is left out: it expires within the hour. Inbox previews are looked
    /// at with their threads.
    pub const ALL: [Self; 23] = [
        Self::Person,
        Self::ContactPoint,
        Self::Credential,
        Self::Patient,
        Self::Practitioner,
        Self::Encounter,
        Self::ChartItem,
        Self::ImportedVersion,
        Self::Thread,
        Self::Message,
        Self::Correction,
        Self::Question,
        Self::QuestionReason,
        Self::ThreadEvent,
        Self::StaffNote,
        Self::Draft,
        Self::WorkEvent,
        Self::AdministrativeEnd,
        Self::Notice,
        Self::AddressUndo,
        Self::PlanLimit,
        Self::UrgencyCheck,
        Self::Callback,
    ];

    /// The names of the table and its sealed column.
    pub const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Person => ("person", "profile_sealed"),
            Self::ContactPoint => ("contact_point", "value_sealed"),
            Self::Credential => ("credential", "totp_sealed"),
            Self::Patient => ("patient", "demographics_sealed"),
            Self::Practitioner => ("practitioner", "profile_sealed"),
            Self::Encounter => ("encounter", "detail_sealed"),
            Self::ChartItem => ("chart_item", "detail_sealed"),
            Self::ImportedVersion => ("imported_version", "original_sealed"),
            Self::Thread => ("thread", "headline_sealed"),
            Self::Message => ("message", "content_sealed"),
            Self::Correction => ("correction", "content_sealed"),
            Self::Question => ("question", "text_sealed"),
            Self::QuestionReason => ("question", "reason_sealed"),
            Self::ThreadEvent => ("thread_event", "detail_sealed"),
            Self::StaffNote => ("staff_note", "content_sealed"),
            Self::Notice => ("notice", "to_sealed"),
            Self::AddressUndo => ("address_undo", "value_sealed"),
            Self::PlanLimit => ("plan_limit", "limit_sealed"),
            Self::UrgencyCheck => ("urgency_check", "detail_sealed"),
            Self::Callback => ("callback", "phone_sealed"),
            Self::Draft => ("draft", "content_sealed"),
            Self::WorkEvent => ("work_event", "reason_sealed"),
            Self::AdministrativeEnd => ("administrative_end", "reason_sealed"),
        }
    }
}

/// A sealed value with what it was sealed for.
#[derive(Debug)]
pub struct SealedRow {
    /// The row's key.
    pub id: Uuid,
    /// The row's version when it was sealed.
    pub version: i64,
    /// The patient whose key seals it.
    pub patient: Option<PatientId>,
    /// Else the person whose key does; else it is the deployment's.
    pub person: Option<PersonId>,
    /// The value.
    pub sealed: Sealed,
}

/// What reads a table's sealed values: id, version, patient, person, value.
const fn statement(table: SealedTable) -> Sql {
    match table {
        SealedTable::Person => sql!(
            "SELECT id, version, NULL, id, profile_sealed FROM person \
             WHERE id > $1 ORDER BY id LIMIT $2"
        ),
        SealedTable::ContactPoint => sql!(
            "SELECT id, version, NULL, person_id, value_sealed FROM contact_point \
             WHERE id > $1 ORDER BY id LIMIT $2"
        ),
        SealedTable::Credential => sql!(
            "SELECT person_id, 1, NULL, person_id, totp_sealed FROM credential \
             WHERE person_id > $1 AND totp_sealed IS NOT NULL ORDER BY person_id LIMIT $2"
        ),
        SealedTable::Patient => sql!(
            "SELECT id, version, id, NULL, demographics_sealed FROM patient \
             WHERE id > $1 ORDER BY id LIMIT $2"
        ),
        SealedTable::Practitioner => sql!(
            "SELECT id, version, NULL, NULL, profile_sealed FROM practitioner \
             WHERE id > $1 ORDER BY id LIMIT $2"
        ),
        SealedTable::Encounter => sql!(
            "SELECT id, version, patient_id, NULL, detail_sealed FROM encounter \
             WHERE id > $1 ORDER BY id LIMIT $2"
        ),
        SealedTable::ChartItem => sql!(
            "SELECT id, version, patient_id, NULL, detail_sealed FROM chart_item \
             WHERE id > $1 ORDER BY id LIMIT $2"
        ),
        SealedTable::ImportedVersion => sql!(
            "SELECT r.id, v.version, r.patient_id, NULL, v.original_sealed \
             FROM imported_resource r JOIN imported_version v ON v.resource_id = r.id \
             WHERE r.id IN (SELECT id FROM imported_resource WHERE id > $1 ORDER BY id LIMIT $2) \
             ORDER BY r.id, v.version"
        ),
        SealedTable::AdministrativeEnd => sql!(
            "SELECT id, 1, NULL, person_id, reason_sealed FROM administrative_end \
             WHERE id > $1 ORDER BY id LIMIT $2"
        ),
        SealedTable::Notice => sql!(
            "SELECT id, 1, NULL, person_id, to_sealed FROM notice \
             WHERE id > $1 AND to_sealed IS NOT NULL ORDER BY id LIMIT $2"
        ),
        SealedTable::AddressUndo => sql!(
            "SELECT id, 1, NULL, person_id, value_sealed FROM address_undo \
             WHERE id > $1 ORDER BY id LIMIT $2"
        ),
        SealedTable::PlanLimit => sql!(
            "SELECT id, 1, patient_id, NULL, limit_sealed FROM plan_limit \
             WHERE id > $1 ORDER BY id LIMIT $2"
        ),
        SealedTable::UrgencyCheck => sql!(
            "SELECT c.id, c.version, coalesce(t.patient_id, d.patient_id), c.author_id, c.detail_sealed \
             FROM urgency_check c LEFT JOIN thread t ON t.id = c.thread_id \
             LEFT JOIN draft d ON d.id = c.draft_id WHERE c.id > $1 ORDER BY c.id LIMIT $2"
        ),
        SealedTable::Callback => sql!(
            "SELECT c.id, c.phone_version, t.patient_id, NULL, c.phone_sealed \
             FROM callback c JOIN thread t ON t.id = c.thread_id WHERE c.id > $1 ORDER BY c.id LIMIT $2"
        ),
        SealedTable::Thread
        | SealedTable::Message
        | SealedTable::Correction
        | SealedTable::Question
        | SealedTable::QuestionReason
        | SealedTable::ThreadEvent
        | SealedTable::StaffNote
        | SealedTable::Draft
        | SealedTable::WorkEvent => in_threads(table),
    }
}

/// The same for what belongs to conversations.
const fn in_threads(table: SealedTable) -> Sql {
    match table {
        SealedTable::Thread => sql!(
            "SELECT id, 1, patient_id, NULL, headline_sealed FROM thread \
             WHERE id > $1 ORDER BY id LIMIT $2"
        ),
        SealedTable::Message => sql!(
            "SELECT m.id, 1, t.patient_id, NULL, m.content_sealed \
             FROM message m JOIN thread t ON t.id = m.thread_id \
             WHERE m.id > $1 ORDER BY m.id LIMIT $2"
        ),
        SealedTable::Correction => sql!(
            "SELECT c.id, 1, t.patient_id, NULL, c.content_sealed \
             FROM correction c JOIN thread t ON t.id = c.thread_id \
             WHERE c.id > $1 ORDER BY c.id LIMIT $2"
        ),
        SealedTable::Question => sql!(
            "SELECT q.id, 1, t.patient_id, NULL, q.text_sealed \
             FROM question q JOIN thread t ON t.id = q.thread_id \
             WHERE q.id > $1 ORDER BY q.id LIMIT $2"
        ),
        SealedTable::QuestionReason => sql!(
            "SELECT q.id, 1, t.patient_id, NULL, q.reason_sealed \
             FROM question q JOIN thread t ON t.id = q.thread_id \
             WHERE q.id > $1 AND q.reason_sealed IS NOT NULL ORDER BY q.id LIMIT $2"
        ),
        SealedTable::ThreadEvent => sql!(
            "SELECT e.id, 1, t.patient_id, NULL, e.detail_sealed \
             FROM thread_event e JOIN thread t ON t.id = e.thread_id \
             WHERE e.id > $1 ORDER BY e.id LIMIT $2"
        ),
        SealedTable::StaffNote => sql!(
            "SELECT n.id, 1, t.patient_id, NULL, n.content_sealed \
             FROM staff_note n JOIN thread t ON t.id = n.thread_id \
             WHERE n.id > $1 ORDER BY n.id LIMIT $2"
        ),
        SealedTable::Draft => sql!(
            "SELECT id, version, patient_id, owner_id, content_sealed FROM draft \
             WHERE id > $1 ORDER BY id LIMIT $2"
        ),
        // The last of them: why work was passed on.
        _ => sql!(
            "SELECT w.id, 1, t.patient_id, NULL, w.reason_sealed \
             FROM work_event w JOIN thread t ON t.id = w.thread_id \
             WHERE w.id > $1 AND w.reason_sealed IS NOT NULL ORDER BY w.id LIMIT $2"
        ),
    }
}

/// The sealed values of `table` whose key is after `after`, those of at most `limit` keys.
pub fn sealed<'t>(
    tx: &mut Tx<'t>,
    _permit: &Permit<'t, Administer>,
    table: SealedTable,
    after: Uuid,
    limit: i64,
) -> Result<Vec<SealedRow>, DbError> {
    tx.query(statement(table), &[&after, &limit])?
        .iter()
        .map(|row| {
            Ok(SealedRow {
                id: row.get(0)?,
                version: row.get(1)?,
                patient: row.get(2)?,
                person: row.get(3)?,
                sealed: row.get(4)?,
            })
        })
        .collect()
}

/// A row that the sequencer numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ledger {
    /// The record of accesses.
    Audit,
    /// The outbox.
    Change,
}

/// The counter of a ledger.
pub fn counter<'t>(
    tx: &mut Tx<'t>,
    _permit: &Permit<'t, Administer>,
    ledger: Ledger,
) -> Result<i64, DbError> {
    let name = match ledger {
        Ledger::Audit => "audit",
        Ledger::Change => "change",
    };
    tx.query_one(sql!("SELECT value FROM counter WHERE name = $1"), &[&name])?.get(0)
}

/// The position before the first that a ledger must still have: the record keeps all of its rows, the
/// outbox forgets its oldest ones.
pub fn forgotten<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Administer>,
    ledger: Ledger,
) -> Result<i64, DbError> {
    if ledger == Ledger::Audit {
        return Ok(0);
    }
    let first: Option<i64> = tx.query_one(sql!("SELECT min(position) FROM change"), &[])?.get(0)?;
    first.map_or_else(|| counter(tx, permit, ledger), |first| Ok(first - 1))
}

/// How many rows of a ledger have a position above `from` and up to `to`.
pub fn numbered<'t>(
    tx: &mut Tx<'t>,
    _permit: &Permit<'t, Administer>,
    ledger: Ledger,
    from: i64,
    to: i64,
) -> Result<i64, DbError> {
    let statement = match ledger {
        Ledger::Audit => {
            sql!("SELECT count(*) FROM audit_event WHERE position > $1 AND position <= $2")
        }
        Ledger::Change => {
            sql!("SELECT count(*) FROM change WHERE position > $1 AND position <= $2")
        }
    };
    tx.query_one(statement, &[&from, &to])?.get(0)
}

/// A patient's own log: its counter, how many different positions it has, and the highest.
#[derive(Debug, Clone, Copy)]
pub struct PatientLog {
    /// The patient.
    pub patient: PatientId,
    /// The counter.
    pub value: i64,
    /// Rows with a position.
    pub rows: i64,
    /// Different positions among them.
    pub positions: i64,
    /// The highest position.
    pub highest: i64,
}

/// The logs of patients after `after`, at most `limit`.
pub fn patient_logs<'t>(
    tx: &mut Tx<'t>,
    _permit: &Permit<'t, Administer>,
    after: PatientId,
    limit: i64,
) -> Result<Vec<PatientLog>, DbError> {
    tx.query(
        sql!(
            "SELECT p.patient_id, p.value, \
             (SELECT count(s.position) FROM audit_subject s WHERE s.patient_id = p.patient_id), \
             (SELECT count(DISTINCT s.position) FROM audit_subject s \
                 WHERE s.patient_id = p.patient_id), \
             coalesce((SELECT max(s.position) FROM audit_subject s \
                 WHERE s.patient_id = p.patient_id), 0) \
             FROM patient_audit p WHERE p.patient_id > $1 ORDER BY p.patient_id LIMIT $2"
        ),
        &[&after, &limit],
    )?
    .iter()
    .map(|row| {
        Ok(PatientLog {
            patient: row.get(0)?,
            value: row.get(1)?,
            rows: row.get(2)?,
            positions: row.get(3)?,
            highest: row.get(4)?,
        })
    })
    .collect()
}
