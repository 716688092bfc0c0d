//! A team's lists of work, page by page, and how long each list is.
//!
//! What a page costs does not grow with the list: its items are found in the order of an index, and only
//! then is anything else of them read. Lists are counted to [`COUNT_MAX`].

use domain::ids::{CareTeamId, Id as _, PatientId, WorkItemId};
use domain::routing::FirstRole;
use domain::time::Timestamp;
use uuid::Uuid;

use super::{WorkItemRow, read};
use crate::access::{Action, ListEnvelopes, ListQueue, Permit, Scope, TeamObject};
use crate::db::{DbError, Row, ToParam, Tx};
use crate::routing::optional;
use crate::seal::Sealed;
use crate::sql;

/// Items read with one statement.
const AT_ONCE: usize = 16;

/// How far a list is counted: a list of more is counted as one more than this.
pub const COUNT_MAX: i64 = 1_000;

/// Which part of a team's queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueueList {
    /// Queued and claimed.
    Team,
    /// Queued, and for the reader's role in the team first.
    First,
    /// Held by the reader.
    Mine,
    /// Waiting on the patient.
    Waiting,
    /// Put off until a moment.
    Snoozed,
    /// Answered and closed: each conversation once, the newest message first.
    Done,
}

/// The lists of what is open: those of [`QueueList`] that are in the order of levels.
#[derive(Clone, Copy)]
enum OpenList {
    Team,
    First,
    Mine,
    Waiting,
    Snoozed,
}

/// A row of a team's queue.
#[derive(Debug, Clone)]
pub struct QueueRow {
    /// The item.
    pub item: WorkItemRow,
    /// Whom the thread is about; private, so that a shown row cannot be forged.
    patient: Option<PatientId>,
    /// The thread's category, as a code.
    pub category: String,
    /// The thread's headline, sealed.
    pub headline: Sealed,
    /// The newest message's first words, sealed at version `last_seq`; `None` when it stands outside what
    /// the reader is shown.
    pub preview: Option<Sealed>,
    /// The newest message's sequence number.
    pub last_seq: i64,
    /// When that was sent.
    pub last_at: Timestamp,
    /// Which side wrote it, as a code.
    pub last_side: String,
    /// How far the reader has read; 0 when the reader has marked it unread.
    pub read_seq: i64,
    /// Who of the team shall take it first; `None` is anybody.
    pub first: Option<FirstRole>,
}

impl QueueRow {
    /// Whom the thread is about.
    pub const fn patient(&self) -> Option<PatientId> {
        self.patient
    }
}

/// Where a queue page goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueueAfter {
    /// Level of the last row.
    pub level: i64,
    /// Due time of the last row; in the list of what is done, the time of its newest message.
    pub due_at: Timestamp,
    /// Id of the last row.
    pub item: Option<WorkItemId>,
}

impl QueueAfter {
    /// The beginning of a queue.
    pub const START: Self = Self { level: 0, due_at: Timestamp::EPOCH, item: None };

    fn uuid(self) -> Uuid {
        self.item.map_or(Uuid::nil(), |id| id.as_uuid())
    }
}

/// A page of a team's queue, by level, then time left. Works for the desk too, whose caller shows no
/// words: the scope decides which rows, the permit which columns may be opened.
pub fn list_queue<'t, A>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, A>,
    list: QueueList,
    after: QueueAfter,
    limit: i64,
) -> Result<Vec<QueueRow>, DbError>
where
    A: Action<Object = TeamObject> + ListsTeam,
{
    let scope = permit.scope();
    let open = match list {
        QueueList::Team => OpenList::Team,
        QueueList::First => OpenList::First,
        QueueList::Mine => OpenList::Mine,
        QueueList::Waiting => OpenList::Waiting,
        QueueList::Snoozed => OpenList::Snoozed,
        QueueList::Done => return list_done(tx, permit, after, limit),
    };
    let items = find_items(tx, permit.team(), &scope, open, after, limit)?;
    let mut found = Vec::with_capacity(items.len());
    for part in items.chunks(AT_ONCE) {
        let mut rows = read_items(tx, &scope, part)?;
        for item in part {
            if let Some(at) = rows.iter().position(|row| row.item.id == *item) {
                found.push(rows.swap_remove(at));
            }
        }
    }
    tx.audit_subjects(permit, found.iter().filter_map(|row| row.patient));
    Ok(found)
}

/// The items of a list of open work, in its order. Each statement has its own index.
fn find_items(
    tx: &mut Tx<'_>,
    team: CareTeamId,
    scope: &Scope<'_>,
    list: OpenList,
    after: QueueAfter,
    limit: i64,
) -> Result<Vec<WorkItemId>, DbError> {
    let statement = match list {
        OpenList::Team => sql!(
            "SELECT w.id FROM work_item w WHERE w.team_id = $1 AND w.state IN ('queued', 'claimed') \
             AND coalesce(w.snoozed_until, 0) <= $3 AND (w.level, w.due_at, w.id) > ($4, $5, $6) \
             AND EXISTS (SELECT 1 FROM thread_access a WHERE a.person_id = $2 \
                 AND a.thread_id = w.thread_id AND a.from_at <= $3 AND a.until_at > $3 \
                 AND NOT a.patient_side) \
             ORDER BY w.level, w.due_at, w.id LIMIT $7"
        ),
        OpenList::First => sql!(
            "SELECT w.id FROM work_item w WHERE w.team_id = $1 AND w.state = 'queued' \
             AND w.first_role IN (SELECT m.role FROM membership m WHERE m.person_id = $2 \
                 AND m.team_id = $1 AND m.from_at <= $3 AND m.until_at > $3) \
             AND coalesce(w.snoozed_until, 0) <= $3 AND (w.level, w.due_at, w.id) > ($4, $5, $6) \
             AND EXISTS (SELECT 1 FROM thread_access a WHERE a.person_id = $2 \
                 AND a.thread_id = w.thread_id AND a.from_at <= $3 AND a.until_at > $3 \
                 AND NOT a.patient_side) \
             ORDER BY w.level, w.due_at, w.id LIMIT $7"
        ),
        OpenList::Mine => sql!(
            "SELECT w.id FROM work_item w WHERE w.team_id = $1 AND w.assignee_id = $2 \
             AND w.state IN ('claimed', 'waiting') AND coalesce(w.snoozed_until, 0) <= $3 \
             AND (w.level, w.due_at, w.id) > ($4, $5, $6) \
             AND EXISTS (SELECT 1 FROM thread_access a WHERE a.person_id = $2 \
                 AND a.thread_id = w.thread_id AND a.from_at <= $3 AND a.until_at > $3 \
                 AND NOT a.patient_side) \
             ORDER BY w.level, w.due_at, w.id LIMIT $7"
        ),
        OpenList::Waiting => sql!(
            "SELECT w.id FROM work_item w WHERE w.team_id = $1 AND w.state = 'waiting' \
             AND coalesce(w.snoozed_until, 0) <= $3 AND (w.level, w.due_at, w.id) > ($4, $5, $6) \
             AND EXISTS (SELECT 1 FROM thread_access a WHERE a.person_id = $2 \
                 AND a.thread_id = w.thread_id AND a.from_at <= $3 AND a.until_at > $3 \
                 AND NOT a.patient_side) \
             ORDER BY w.level, w.due_at, w.id LIMIT $7"
        ),
        OpenList::Snoozed => sql!(
            "SELECT w.id FROM work_item w WHERE w.team_id = $1 AND w.snoozed_until > $3 \
             AND w.state IN ('queued', 'claimed') AND (w.level, w.due_at, w.id) > ($4, $5, $6) \
             AND EXISTS (SELECT 1 FROM thread_access a WHERE a.person_id = $2 \
                 AND a.thread_id = w.thread_id AND a.from_at <= $3 AND a.until_at > $3 \
                 AND NOT a.patient_side) \
             ORDER BY w.level, w.due_at, w.id LIMIT $7"
        ),
    };
    tx.query(
        statement,
        &[&team, &scope.person(), &scope.now(), &after.level, &after.due_at, &after.uuid(), &limit],
    )?
    .iter()
    .map(|row| row.get(0))
    .collect()
}

/// What a list shows of at most [`AT_ONCE`] items that it found, in no order. The joins are crossed so that
/// SQLite, which keeps no figures about tables here, begins with the items and not with all inboxes.
fn read_items(
    tx: &mut Tx<'_>,
    scope: &Scope<'_>,
    items: &[WorkItemId],
) -> Result<Vec<QueueRow>, DbError> {
    let (person, now) = (scope.person(), scope.now());
    let ids: Vec<WorkItemId> = items
        .iter()
        .copied()
        .chain(std::iter::repeat(WorkItemId::from_uuid(Uuid::nil())))
        .take(AT_ONCE)
        .collect();
    let mut params: Vec<&dyn ToParam> = vec![&person, &now];
    params.extend(ids.iter().map(|id| -> &dyn ToParam { id }));
    tx.query(
        sql!(
            "SELECT w.id, w.thread_id, w.team_id, w.assignee_id, w.state, w.level, w.due_at, \
             w.opened_at, w.first_answer_at, w.outcome, w.version, w.owed_since, w.clock_from, \
             w.promised_by, t.patient_id, t.category, \
             t.headline_sealed, CASE WHEN EXISTS (SELECT 1 FROM thread_access b \
                 WHERE b.person_id = $1 AND b.thread_id = w.thread_id \
                 AND b.from_at <= $2 AND b.until_at > $2 \
                 AND b.tie <> 'team_desk' AND NOT b.patient_side \
                 AND r.last_seq >= b.from_seq AND r.last_seq <= b.to_seq) \
                 THEN r.preview_sealed END, r.last_seq, r.last_at, r.last_side, \
             CASE WHEN k.unread_flag THEN 0 ELSE coalesce(k.read_seq, 0) END, \
             CASE WHEN w.state = 'queued' THEN w.first_role END \
             FROM work_item w CROSS JOIN thread t CROSS JOIN inbox_row r \
             LEFT JOIN read_mark k ON k.person_id = $1 AND k.thread_id = w.thread_id \
             WHERE t.id = w.thread_id AND r.party_kind = 'team' AND r.party_id = w.team_id \
             AND r.thread_id = w.thread_id \
             AND w.id IN ($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)"
        ),
        &params,
    )?
    .iter()
    .map(read_row)
    .collect()
}

/// What a team is done with: each conversation by its newest item, the newest message first. Walks the
/// team's inbox, so that it costs the same after years.
fn list_done<'t, A>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, A>,
    after: QueueAfter,
    limit: i64,
) -> Result<Vec<QueueRow>, DbError>
where
    A: Action<Object = TeamObject> + ListsTeam,
{
    let scope = permit.scope();
    let (at, id) =
        after.item.map_or((Timestamp::FOREVER, Uuid::nil()), |id| (after.due_at, id.as_uuid()));
    let rows = tx.query(
        sql!(
            "SELECT w.id, w.thread_id, w.team_id, w.assignee_id, w.state, w.level, w.due_at, \
             w.opened_at, w.first_answer_at, w.outcome, w.version, w.owed_since, w.clock_from, \
             w.promised_by, t.patient_id, t.category, \
             t.headline_sealed, CASE WHEN EXISTS (SELECT 1 FROM thread_access b \
                 WHERE b.person_id = $2 AND b.thread_id = r.thread_id \
                 AND b.from_at <= $3 AND b.until_at > $3 \
                 AND b.tie <> 'team_desk' AND NOT b.patient_side \
                 AND r.last_seq >= b.from_seq AND r.last_seq <= b.to_seq) \
                 THEN r.preview_sealed END, r.last_seq, r.last_at, r.last_side, \
             CASE WHEN k.unread_flag THEN 0 ELSE coalesce(k.read_seq, 0) END, NULL \
             FROM inbox_row r JOIN thread t ON t.id = r.thread_id \
             JOIN work_item w ON w.id = (SELECT n.id FROM work_item n \
                 WHERE n.thread_id = r.thread_id AND n.team_id = $1 \
                 ORDER BY n.opened_at DESC, n.id DESC LIMIT 1) \
             LEFT JOIN read_mark k ON k.person_id = $2 AND k.thread_id = r.thread_id \
             WHERE r.party_kind = 'team' AND r.party_id = $1 AND w.state IN ('answered', 'closed') \
             AND (r.last_at < $4 OR (r.last_at = $4 AND w.id < $5)) \
             AND EXISTS (SELECT 1 FROM thread_access a WHERE a.person_id = $2 \
                 AND a.thread_id = r.thread_id AND a.from_at <= $3 AND a.until_at > $3 \
                 AND NOT a.patient_side) \
             ORDER BY r.last_at DESC, w.id DESC LIMIT $6"
        ),
        &[&permit.team(), &scope.person(), &scope.now(), &at, &id, &limit],
    )?;
    shown(tx, permit, &rows)
}

/// Reads the rows of a list and notes whom they show.
pub(super) fn shown<A: Action>(
    tx: &mut Tx<'_>,
    permit: &Permit<'_, A>,
    rows: &[Row],
) -> Result<Vec<QueueRow>, DbError> {
    let found = rows.iter().map(read_row).collect::<Result<Vec<QueueRow>, DbError>>()?;
    tx.audit_subjects(permit, found.iter().filter_map(|row| row.patient));
    Ok(found)
}

/// A row of a list.
fn read_row(row: &Row) -> Result<QueueRow, DbError> {
    Ok(QueueRow {
        item: read(row)?,
        patient: row.get(14)?,
        category: row.get(15)?,
        headline: row.get(16)?,
        preview: row.get(17)?,
        last_seq: row.get(18)?,
        last_at: row.get(19)?,
        last_side: row.get(20)?,
        read_seq: row.get(21)?,
        first: optional(row, 22, FirstRole::from_code)?,
    })
}

/// Actions that list a team's work.
pub trait ListsTeam {}
impl ListsTeam for ListQueue {}
impl ListsTeam for ListEnvelopes {}

/// How many items a team has in each part of its queue, each counted to one more than [`COUNT_MAX`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueueCounts {
    /// Queued and claimed.
    pub team: i64,
    /// Held by the reader.
    pub mine: i64,
    /// Waiting on the patient.
    pub waiting: i64,
    /// Put off until a moment; in none of the others.
    pub snoozed: i64,
    /// Queued or claimed and past their time.
    pub late: i64,
}

/// Counts a team's work. Whoever may list it belongs to the team now, and so sees all of it: a team owes
/// only what it takes part in.
pub fn count<'t, A>(tx: &mut Tx<'t>, permit: &Permit<'t, A>) -> Result<QueueCounts, DbError>
where
    A: Action<Object = TeamObject> + ListsTeam,
{
    let scope = permit.scope();
    let row = tx.query_one(
        sql!(
            "SELECT (SELECT count(*) FROM (SELECT 1 FROM work_item w WHERE w.team_id = $1 \
                 AND w.state IN ('queued', 'claimed') AND coalesce(w.snoozed_until, 0) <= $3 \
                 LIMIT 1001) AS open), \
             (SELECT count(*) FROM (SELECT 1 FROM work_item w WHERE w.assignee_id = $2 \
                 AND w.team_id = $1 AND w.state IN ('claimed', 'waiting') \
                 AND coalesce(w.snoozed_until, 0) <= $3 LIMIT 1001) AS mine), \
             (SELECT count(*) FROM (SELECT 1 FROM work_item w WHERE w.team_id = $1 \
                 AND w.state = 'waiting' LIMIT 1001) AS waiting), \
             (SELECT count(*) FROM (SELECT 1 FROM work_item w WHERE w.team_id = $1 AND w.level = 1 \
                 AND w.due_at < $3 AND w.state IN ('queued', 'claimed') \
                 UNION ALL SELECT 1 FROM work_item w WHERE w.team_id = $1 AND w.level = 2 \
                 AND w.due_at < $3 AND w.state IN ('queued', 'claimed') \
                 UNION ALL SELECT 1 FROM work_item w WHERE w.team_id = $1 AND w.level = 3 \
                 AND w.due_at < $3 AND w.state IN ('queued', 'claimed') \
                 UNION ALL SELECT 1 FROM work_item w WHERE w.team_id = $1 AND w.level = 4 \
                 AND w.due_at < $3 AND w.state IN ('queued', 'claimed') \
                 LIMIT 1001) AS late), \
             (SELECT count(*) FROM (SELECT 1 FROM work_item w WHERE w.team_id = $1 \
                 AND w.snoozed_until > $3 AND w.state IN ('queued', 'claimed') LIMIT 1001) AS later)"
        ),
        &[&permit.team(), &scope.person(), &scope.now()],
    )?;
    let late: i64 = row.get(3)?;
    Ok(QueueCounts {
        team: row.get(0)?,
        mine: row.get(1)?,
        waiting: row.get(2)?,
        late: late.min(COUNT_MAX + 1),
        snoozed: row.get(4)?,
    })
}
