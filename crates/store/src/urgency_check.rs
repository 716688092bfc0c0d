//! What the urgency check recognised, and what of the chart it looks at.
//!
//! `urgency_check.detail_sealed` holds level, rules with places and words, the card and the answer: sealed under
//! the key of the patient the text is about, row `urgency_check.id`, at the row's version. A row belongs to
//! a draft while its card waits for an answer, and to the message afterwards. What it reads of the chart it shows to
//! nobody, so a writer who may not see the chart has their text read beside it all the same.

use domain::ids::{DraftId, MessageId, PatientId, PersonId, ThreadId, UrgencyCheckId, WorkItemId};
use domain::time::Timestamp;
use domain::work_item::Level;

use crate::access::closed::Closed;
use crate::access::{DraftReply, DraftThread, Permit, ReadThread, Reply, StartThread, UseOwn};
use crate::chart::ChartItemRow;
use crate::db::{DbError, Row, Tx};
use crate::plan_limit::{self, PlanLimitRow};
use crate::seal::Sealed;
use crate::sql;
use crate::thread::{MessageRight, SendRight};
use crate::work_item::Clock;

/// Rights under which a text is checked: to prepare or send it. Closed: no other crate adds one.
pub trait CheckRight: Closed {
    /// Whom the text is about.
    fn patient(&self) -> Option<PatientId>;
    /// The moment of the check.
    fn at(&self) -> Timestamp;
}

macro_rules! check_rights {
    ($($action:ident $patient:expr;)*) => {
        $(
            impl CheckRight for Permit<'_, $action> {
                fn patient(&self) -> Option<PatientId> {
                    $patient(self)
                }
                fn at(&self) -> Timestamp {
                    self.now()
                }
            }
        )*
    };
}
check_rights! {
    Reply |permit: &Permit<'_, Reply>| permit.object().patient;
    DraftReply |permit: &Permit<'_, DraftReply>| permit.object().patient;
    StartThread |permit: &Permit<'_, StartThread>| Some(permit.object().id);
    DraftThread |permit: &Permit<'_, DraftThread>| Some(permit.object().id);
}

/// Name, birth date and gender of the right's patient, sealed, with the version they are sealed at.
pub fn demographics(
    tx: &mut Tx<'_>,
    right: &impl CheckRight,
) -> Result<Option<(Sealed, i64)>, DbError> {
    tx.query_opt(
        sql!("SELECT demographics_sealed, version FROM patient WHERE id = $1"),
        &[&right.patient()],
    )?
    .map(|row| Ok((row.get(0)?, row.get(1)?)))
    .transpose()
}

/// What is current of the right's patient's `condition`s or `medication`s, the newest first, at most `limit`.
pub fn current(
    tx: &mut Tx<'_>,
    right: &impl CheckRight,
    kind: &str,
    limit: i64,
) -> Result<Vec<ChartItemRow>, DbError> {
    tx.query(
        sql!(
            "SELECT id, status, effective_at, detail_sealed, version FROM chart_item \
             WHERE patient_id = $1 AND kind = $2 AND status IN ('active', 'recurrence', 'relapse') \
             ORDER BY effective_at DESC, id DESC LIMIT $3"
        ),
        &[&right.patient(), &kind, &limit],
    )?
    .iter()
    .map(|row| {
        Ok(ChartItemRow {
            id: row.get(0)?,
            status: row.get(1)?,
            effective_at: row.get(2)?,
            detail: row.get(3)?,
            version: row.get(4)?,
        })
    })
    .collect()
}

/// The limits of the right's patient's plan that are in force.
pub fn limits(tx: &mut Tx<'_>, right: &impl CheckRight) -> Result<Vec<PlanLimitRow>, DbError> {
    let Some(patient) = right.patient() else { return Ok(Vec::new()) };
    plan_limit::in_force(tx, patient, right.at())
}

/// A check as stored.
#[derive(Debug, Clone)]
pub struct CheckRow {
    /// Its id.
    pub id: UrgencyCheckId,
    /// Who wrote the text.
    pub author: PersonId,
    /// The message, once it is one.
    pub message: Option<MessageId>,
    /// The version of the rule pack.
    pub pack: String,
    /// What was recognised, shown and answered; sealed.
    pub detail: Sealed,
    /// When the text was checked.
    pub made_at: Timestamp,
    /// The row's version, which the detail is sealed at.
    pub version: i64,
}

fn read(row: &Row) -> Result<CheckRow, DbError> {
    Ok(CheckRow {
        id: row.get(0)?,
        author: row.get(1)?,
        message: row.get(2)?,
        pack: row.get(3)?,
        detail: row.get(4)?,
        made_at: row.get(5)?,
        version: row.get(6)?,
    })
}

/// Keeps what a card shows that waits for an answer, in place of an earlier one of the draft; the detail is sealed
/// at version 1.
pub fn put_shown<'t>(
    tx: &mut Tx<'t>,
    own: &Permit<'t, UseOwn>,
    (id, draft, thread): (UrgencyCheckId, DraftId, Option<ThreadId>),
    pack: &str,
    detail: &Sealed,
) -> Result<(), DbError> {
    forget(tx, own, draft)?;
    tx.execute_one(
        sql!(
            "INSERT INTO urgency_check (id, author_id, draft_id, thread_id, pack, detail_sealed, made_at, \
             version) VALUES ($1, $2, $3, $4, $5, $6, $7, 1)"
        ),
        &[&id, &own.object().person, &draft, &thread, &pack, detail, &own.now()],
    )
}

/// Forgets the card of a draft of the permit's owner.
pub fn forget<'t>(
    tx: &mut Tx<'t>,
    own: &Permit<'t, UseOwn>,
    draft: DraftId,
) -> Result<(), DbError> {
    tx.execute(
        sql!("DELETE FROM urgency_check WHERE draft_id = $1 AND author_id = $2"),
        &[&draft, &own.object().person],
    )?;
    Ok(())
}

/// Whether a card of this draft of the permit's owner was shown and waits for an answer.
pub fn waits<'t>(
    tx: &mut Tx<'t>,
    own: &Permit<'t, UseOwn>,
    draft: DraftId,
) -> Result<bool, DbError> {
    tx.query_one(
        sql!("SELECT EXISTS (SELECT 1 FROM urgency_check WHERE draft_id = $1 AND author_id = $2)"),
        &[&draft, &own.object().person],
    )?
    .get(0)
}

/// Keeps what was recognised in a message that is being sent; the detail is sealed at version 1.
pub fn add<'t>(
    tx: &mut Tx<'t>,
    right: &impl MessageRight<'t>,
    (id, author, message): (UrgencyCheckId, PersonId, MessageId),
    pack: &str,
    (detail, at): (&Sealed, Timestamp),
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "INSERT INTO urgency_check (id, author_id, thread_id, message_id, pack, detail_sealed, made_at, \
             version) VALUES ($1, $2, $3, $4, $5, $6, $7, 1)"
        ),
        &[&id, &author, &right.thread(), &message, &pack, detail, &at],
    )
}

/// The check of a message of `author`'s own, with the patient whose key seals it; `None` when nothing was
/// recognised. For the author alone.
pub fn of_message(
    tx: &mut Tx<'_>,
    author: PersonId,
    message: MessageId,
) -> Result<Option<(CheckRow, Option<PatientId>)>, DbError> {
    tx.query_opt(
        sql!(
            "SELECT c.id, c.author_id, c.message_id, c.pack, c.detail_sealed, c.made_at, c.version, \
             t.patient_id FROM urgency_check c JOIN thread t ON t.id = c.thread_id \
             WHERE c.message_id = $1 AND c.author_id = $2"
        ),
        &[&message, &author],
    )?
    .map(|row| Ok((read(&row)?, row.get(7)?)))
    .transpose()
}

/// The checks of the messages of the permit's thread, oldest first. Who may see which is for the caller: a
/// writer sees their own, staff see all.
pub fn list<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ReadThread>,
) -> Result<Vec<CheckRow>, DbError> {
    tx.query(
        sql!(
            "SELECT id, author_id, message_id, pack, detail_sealed, made_at, version FROM urgency_check \
             WHERE thread_id = $1 AND message_id IS NOT NULL ORDER BY made_at, id"
        ),
        &[&permit.thread()],
    )?
    .iter()
    .map(read)
    .collect()
}

/// Replaces what is known of a message's check; the detail is sealed at one more than the row's version.
pub fn put_answer<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Reply>,
    row: &CheckRow,
    detail: &Sealed,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "UPDATE urgency_check SET detail_sealed = $4, version = version + 1 \
             WHERE id = $1 AND thread_id = $2 AND version = $3"
        ),
        &[&row.id, &permit.thread(), &row.version, detail],
    )
}

/// Raises the level of the work on the right's thread that the rules read a new message to need, with the clock
/// that follows. What a clinician said of the messages before does not hold against a new one. Nothing
/// when the item is as urgent already.
pub fn raise<'t>(
    tx: &mut Tx<'t>,
    right: &impl SendRight<'t>,
    item: WorkItemId,
    (level, at): (Level, Timestamp),
    clock: Option<&Clock>,
) -> Result<(), DbError> {
    let owed = clock.and_then(|clock| clock.owed);
    tx.execute(
        sql!(
            "UPDATE work_item SET level = $3, level_rules = $3, level_clinician = NULL, \
             version = version + 1, updated_at = $4, clock_from = coalesce($5, clock_from), \
             promised_by = coalesce($6, promised_by), due_at = coalesce($7, due_at), \
             escalate_at = coalesce($8, escalate_at), policy_version = coalesce($9, policy_version), \
             told = 'nobody', snoozed_until = NULL \
             WHERE id = $1 AND thread_id = $2 AND level > $3 AND state <> 'closed'"
        ),
        &[
            &item,
            &right.thread(),
            &level.number(),
            &at,
            &owed.map(|owed| owed.from),
            &owed.map(|owed| owed.promised_by),
            &clock.map(|clock| clock.deadline.due_at),
            &clock.map(|clock| clock.deadline.escalate_at),
            &clock.map(|clock| clock.policy_version),
        ],
    )?;
    Ok(())
}
