//! What the urgency check recognised, and what of the chart it looks at.
//!
//! `urgency_check.detail_sealed` holds level, rules with places and words, the card, the answer and what clinicians
//! said of it: sealed under the key of the patient the text is about, row `urgency_check.id`, at the row's version. A
//! row belongs to a draft once a card of it was shown or its writer said yes to the question, and to the message
//! afterwards. What it reads of the chart it shows to nobody, so a writer who may not see the chart has their text read
//! beside it all the same.

use domain::ids::{
    CareTeamId, DraftId, Id as _, MessageId, PatientId, PersonId, ThreadId, UrgencyCheckId,
};
use domain::time::Timestamp;
use uuid::Uuid;

use crate::access::closed::Closed;
use crate::access::{Action, DraftReply, DraftThread, Permit, RateFlag, ReadThread, Reply, Scope};
use crate::access::{StartThread, TakeFlagBack, ThreadObject, UseOwn};
use crate::chart::ChartItemRow;
use crate::db::{DbError, Row, ToParam, Tx};
use crate::plan_limit::{self, PlanLimitRow};
use crate::seal::Sealed;
use crate::sql;
use crate::thread::MessageRight;
use crate::work_item::QueueRow;

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
    /// Who wrote the text; `None` for an answer in an imported record.
    pub author: Option<PersonId>,
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

impl CheckRow {
    /// A row of `id, author_id, message_id, pack, detail_sealed, made_at, version`.
    pub(crate) fn read(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            id: row.get(0)?,
            author: row.get(1)?,
            message: row.get(2)?,
            pack: row.get(3)?,
            detail: row.get(4)?,
            made_at: row.get(5)?,
            version: row.get(6)?,
        })
    }
}

fn read(row: &Row) -> Result<CheckRow, DbError> {
    CheckRow::read(row)
}

/// Keeps what a card of a draft shows, in place of an earlier one; the detail is sealed at version 1. `waits`: it waits
/// for an answer.
pub fn put_shown<'t>(
    tx: &mut Tx<'t>,
    own: &Permit<'t, UseOwn>,
    (id, draft, thread): (UrgencyCheckId, DraftId, Option<ThreadId>),
    (pack, waits): (&str, bool),
    detail: &Sealed,
) -> Result<(), DbError> {
    forget(tx, own, draft)?;
    tx.execute_one(
        sql!(
            "INSERT INTO urgency_check (id, author_id, draft_id, thread_id, waits, pack, detail_sealed, \
             made_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1)"
        ),
        &[&id, &own.object().person, &draft, &thread, &waits, &pack, detail, &own.now()],
    )
}

/// What was shown of a draft of the permit's owner; `None` when nothing was.
pub fn shown<'t>(
    tx: &mut Tx<'t>,
    own: &Permit<'t, UseOwn>,
    draft: DraftId,
) -> Result<Option<CheckRow>, DbError> {
    tx.query_opt(
        sql!(
            "SELECT id, author_id, message_id, pack, detail_sealed, made_at, version FROM urgency_check \
             WHERE draft_id = $1 AND author_id = $2"
        ),
        &[&draft, &own.object().person],
    )?
    .map(|row| read(&row))
    .transpose()
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
        sql!(
            "SELECT EXISTS (SELECT 1 FROM urgency_check \
             WHERE draft_id = $1 AND author_id = $2 AND waits)"
        ),
        &[&draft, &own.object().person],
    )?
    .get(0)
}

/// Keeps what was recognised in a message that is being sent to a team; the detail is sealed at version 1.
pub fn add<'t>(
    tx: &mut Tx<'t>,
    right: &impl MessageRight<'t>,
    (id, author, message): (UrgencyCheckId, Option<PersonId>, MessageId),
    (team, pack): (Option<CareTeamId>, &str),
    (detail, at): (&Sealed, Timestamp),
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "INSERT INTO urgency_check (id, author_id, thread_id, message_id, team_id, waits, pack, \
             detail_sealed, made_at, version) VALUES ($1, $2, $3, $4, $5, FALSE, $6, $7, $8, 1)"
        ),
        &[&id, &author, &right.thread(), &message, &team, &pack, detail, &at],
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

/// Rights of clinicians over a flag: to take it back, to say whether it was right.
pub trait JudgesFlag: Action<Object = ThreadObject> {}
impl JudgesFlag for TakeFlagBack {}
impl JudgesFlag for RateFlag {}

/// The check of a message of the permit's thread, or of one that goes on in it; `None` when nothing was recognised in
/// the message.
pub fn get<'t, A: JudgesFlag>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, A>,
    message: MessageId,
) -> Result<Option<CheckRow>, DbError> {
    tx.query_opt(
        sql!(
            "SELECT c.id, c.author_id, c.message_id, c.pack, c.detail_sealed, c.made_at, c.version \
             FROM urgency_check c JOIN thread t ON t.id = c.thread_id \
             WHERE c.message_id = $1 AND (t.id = $2 OR t.merged_into = $2)"
        ),
        &[&message, &permit.thread()],
    )?
    .map(|row| read(&row))
    .transpose()
}

/// Rights under which the level of work goes back to what is left of it: a clinician's who takes a flag back, and the
/// writer's who no longer needs the call.
pub trait SettlesLevel: Action<Object = ThreadObject> {}
impl SettlesLevel for TakeFlagBack {}
impl SettlesLevel for Reply {}

/// The checks of the messages that came into the permit's thread from a moment on, oldest first.
pub fn list_since<'t, A: SettlesLevel>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, A>,
    since: Timestamp,
) -> Result<Vec<CheckRow>, DbError> {
    tx.query(
        sql!(
            "SELECT id, author_id, message_id, pack, detail_sealed, made_at, version FROM urgency_check \
             WHERE thread_id = $1 AND message_id IS NOT NULL AND made_at >= $2 ORDER BY made_at, id"
        ),
        &[&permit.thread(), &since],
    )?
    .iter()
    .map(read)
    .collect()
}

/// The checks of the messages of threads that go on in the permit's, oldest first, as far as their rounds of work have
/// not ended: by what closed them before they were joined, or the permit's since.
pub fn list_joined<'t, A: SettlesLevel>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, A>,
) -> Result<Vec<CheckRow>, DbError> {
    tx.query(
        sql!(
            "SELECT c.id, c.author_id, c.message_id, c.pack, c.detail_sealed, c.made_at, c.version \
             FROM thread j JOIN urgency_check c ON c.thread_id = j.id \
             WHERE j.merged_into = $1 AND c.message_id IS NOT NULL \
             AND c.made_at >= coalesce((SELECT max(w.closed_at) FROM work_item w \
                 WHERE w.thread_id = j.id AND w.state = 'closed' \
                 AND coalesce(w.outcome, '') <> 'handed_over'), 0) \
             AND NOT EXISTS (SELECT 1 FROM work_item o WHERE o.thread_id = $1 AND o.state = 'closed' \
                 AND coalesce(o.outcome, '') <> 'handed_over' AND o.closed_at > \
                 coalesce((SELECT max(e.happened_at) FROM thread_event e \
                     WHERE e.thread_id = j.id AND e.kind = 'merged'), 0)) \
             ORDER BY c.made_at, c.id"
        ),
        &[&permit.thread()],
    )?
    .iter()
    .map(read)
    .collect()
}

/// Rights to change what is known of a message's check: the writer's, by an answer, and a clinician's. Closed: no
/// other crate adds one.
pub trait CheckChange: Closed {
    /// The thread.
    fn thread(&self) -> ThreadId;
}

macro_rules! check_changes {
    ($($action:ident)*) => {
        $(
            impl CheckChange for Permit<'_, $action> {
                fn thread(&self) -> ThreadId {
                    Permit::thread(self)
                }
            }
        )*
    };
}
check_changes! { Reply TakeFlagBack RateFlag }

/// Replaces what is known of a message's check; the detail is sealed at one more than the row's version. `false` when
/// somebody changed it meanwhile.
pub fn put_detail(
    tx: &mut Tx<'_>,
    right: &impl CheckChange,
    row: &CheckRow,
    detail: &Sealed,
) -> Result<bool, DbError> {
    let written = tx.execute(
        sql!(
            "UPDATE urgency_check SET detail_sealed = $4, version = version + 1 \
             WHERE id = $1 AND version = $3 AND EXISTS (SELECT 1 FROM thread t \
                 WHERE t.id = urgency_check.thread_id AND (t.id = $2 OR t.merged_into = $2))"
        ),
        &[&row.id, &right.thread(), &row.version, detail],
    )?;
    Ok(written == 1)
}

/// Rows of a list looked at with one statement.
const AT_ONCE: usize = 16;

/// The checks of what the team has not answered in the conversations of a list and in those that go on in them, with
/// the listed thread and the patient of each: only of messages whose words the scope shows, and of nothing else of the
/// list. What was said in a joined one is answered by a message or an end since they were joined, too. Begins with the
/// messages that came since the team's last, which are few, and not with all checks there ever were.
pub fn list_unanswered(
    tx: &mut Tx<'_>,
    scope: &Scope<'_>,
    rows: &[QueueRow],
) -> Result<Vec<(ThreadId, PatientId, CheckRow)>, DbError> {
    let (person, now) = (scope.person(), scope.now());
    let mut found = Vec::new();
    for part in rows.chunks(AT_ONCE) {
        let ids: Vec<ThreadId> = part
            .iter()
            .map(|row| row.item.thread)
            .chain(std::iter::repeat(ThreadId::from_uuid(Uuid::nil())))
            .take(AT_ONCE)
            .collect();
        let mut params: Vec<&dyn ToParam> = vec![&person, &now];
        params.extend(ids.iter().map(|id| -> &dyn ToParam { id }));
        let rows = tx.query(
            sql!(
                "WITH listed AS (SELECT t.id, t.id AS shown, t.patient_id, t.kind, \
                     CAST(0 AS BIGINT) AS joined_at FROM thread t \
                     WHERE t.id IN ($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, \
                         $17, $18) \
                     UNION ALL SELECT j.id, j.merged_into, j.patient_id, j.kind, \
                     coalesce((SELECT max(e.happened_at) FROM thread_event e \
                         WHERE e.thread_id = j.id AND e.kind = 'merged'), 0) FROM thread j \
                     WHERE j.merged_into IN ($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, \
                         $16, $17, $18)) \
                 SELECT c.id, c.author_id, c.message_id, c.pack, c.detail_sealed, c.made_at, c.version, \
                 l.shown, l.patient_id FROM listed l CROSS JOIN message m CROSS JOIN urgency_check c \
                 WHERE l.patient_id IS NOT NULL AND m.thread_id = l.id AND c.message_id = m.id \
                 AND m.seq > CASE WHEN l.kind = 'staff' THEN 0 ELSE coalesce((SELECT max(a.seq) \
                     FROM message a WHERE a.thread_id = l.id AND a.side = 'team'), 0) END \
                 AND (l.shown = l.id OR NOT (EXISTS (SELECT 1 FROM message a \
                         WHERE a.thread_id = l.shown AND a.side = 'team' AND a.sent_at >= l.joined_at) \
                     OR EXISTS (SELECT 1 FROM work_item w WHERE w.state = 'closed' \
                         AND coalesce(w.outcome, '') <> 'handed_over' \
                         AND ((w.thread_id = l.shown AND w.closed_at > l.joined_at) \
                         OR (w.thread_id = l.id AND w.closed_at > c.made_at))))) \
                 AND EXISTS (SELECT 1 FROM thread_access b WHERE b.person_id = $1 \
                     AND b.thread_id = l.id AND b.from_at <= $2 AND b.until_at > $2 \
                     AND b.tie <> 'team_desk' AND NOT b.patient_side \
                     AND m.seq >= b.from_seq AND m.seq <= b.to_seq) \
                 ORDER BY c.made_at, c.id"
            ),
            &params,
        )?;
        for row in &rows {
            found.push((row.get(7)?, row.get(8)?, read(row)?));
        }
    }
    Ok(found)
}
