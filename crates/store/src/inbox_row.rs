//! The inbox: one derived row per party and thread, rewritten with every message.
//!
//! `preview_sealed` is sealed under the thread's owner key at row `thread.id`, version `last_seq`:
//! the parties of a thread share one ciphertext. Lists walk the index (party, last_at, thread) by
//! keyset and ask `thread_access` for each row, so that they cost the same at any size. A patient's list
//! shows words, so a row counts only on a tie that shows words and whose interval holds its message.

use domain::callback::There;
use domain::ids::{CareTeamId, PatientId, PersonId, ThreadId};
use domain::message::Side;
use domain::thread::{AboutKind, Category, ItemFacts};
use domain::time::Timestamp;
use domain::work_item::{Outcome, WorkState};

use crate::access::{
    Action, CloseThread, ListQueue, ListThreads, PatientObject, Permit, ReadThread, Reply, Scope,
};
use crate::db::{DbError, Row, Tx};
use crate::seal::Sealed;
use crate::thread::{About, PassRight, SendRight};
use crate::work_item::{Asked, asked};
use crate::{code, sql};

/// What the rows of a thread's parties say after a message.
#[derive(Debug)]
pub struct InboxEntry<'a> {
    /// The message's sequence number.
    pub last_seq: i64,
    /// When it was sent; who takes part then gets a row.
    pub last_at: Timestamp,
    /// Which side wrote it.
    pub last_side: Side,
    /// Its first words, sealed.
    pub preview: &'a Sealed,
    /// What the patient's side owes.
    pub patient: Owed,
    /// What teams and single people of the clinic owe.
    pub clinic: Owed,
    /// Whether the thread is open.
    pub is_open: bool,
}

/// What a message leaves a party with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owed {
    /// Whether the party owes an answer.
    pub needs_reply: bool,
    /// Whether the other side has asked something that is open.
    pub asked: bool,
}

/// Writes the row of every party that takes part now: in one statement, since each send does this. What the
/// team asked stays asked when the team writes again.
pub fn put<'t>(
    tx: &mut Tx<'t>,
    right: &impl SendRight<'t>,
    entry: &InboxEntry<'_>,
) -> Result<(), DbError> {
    tx.execute(
        sql!(
            "INSERT INTO inbox_row (party_kind, party_id, thread_id, last_seq, last_at, last_side, \
             preview_sealed, needs_reply, asked, is_open) \
             SELECT p.party_kind, p.party_id, $1, $2, $3, $4, $5, \
             CASE WHEN p.party_kind = 'patient' THEN CAST($6 AS BOOLEAN) ELSE CAST($8 AS BOOLEAN) END, \
             CASE WHEN p.party_kind = 'patient' THEN CAST($7 AS BOOLEAN) ELSE CAST($9 AS BOOLEAN) END, \
             $10 FROM (SELECT DISTINCT party_kind, party_id FROM participation \
                 WHERE thread_id = $1 AND from_at <= $3 AND until_at > $3 AND to_seq = $11) AS p \
             WHERE TRUE ON CONFLICT (party_kind, party_id, thread_id) DO UPDATE SET \
             last_seq = excluded.last_seq, last_at = excluded.last_at, \
             last_side = excluded.last_side, preview_sealed = excluded.preview_sealed, \
             needs_reply = excluded.needs_reply OR (inbox_row.asked AND excluded.is_open \
                 AND inbox_row.party_kind = 'patient' AND excluded.last_side = 'team'), \
             asked = excluded.asked OR (inbox_row.asked AND excluded.is_open \
                 AND inbox_row.party_kind = 'patient' AND excluded.last_side = 'team'), \
             is_open = excluded.is_open"
        ),
        &[
            &right.thread(),
            &entry.last_seq,
            &entry.last_at,
            &entry.last_side.code(),
            entry.preview,
            &entry.patient.needs_reply,
            &entry.patient.asked,
            &entry.clinic.needs_reply,
            &entry.clinic.asked,
            &entry.is_open,
            &i64::MAX,
        ],
    )
    .map(|_| ())
}

/// Rewrites the preview of a thread's rows after a correction of the message they show: the newest, or
/// for who has left the last they saw.
pub fn put_preview<'t>(
    tx: &mut Tx<'t>,
    right: &impl SendRight<'t>,
    last_seq: i64,
    preview: &Sealed,
) -> Result<(), DbError> {
    tx.execute(
        sql!("UPDATE inbox_row SET preview_sealed = $3 WHERE thread_id = $1 AND last_seq = $2"),
        &[&right.thread(), &last_seq, preview],
    )
    .map(|_| ())
}

/// Gives the team that work was passed to the row the passing team has; a row of its own, from when it
/// had the work before, becomes that one.
pub fn copy_for_team<'t>(
    tx: &mut Tx<'t>,
    right: &impl PassRight<'t>,
    from: CareTeamId,
    to: CareTeamId,
) -> Result<(), DbError> {
    tx.execute(
        sql!(
            "INSERT INTO inbox_row (party_kind, party_id, thread_id, last_seq, last_at, last_side, \
             preview_sealed, needs_reply, asked, is_open) \
             SELECT party_kind, $3, thread_id, last_seq, last_at, last_side, preview_sealed, \
             needs_reply, asked, is_open FROM inbox_row \
             WHERE party_kind = 'team' AND party_id = $2 AND thread_id = $1 \
             ON CONFLICT (party_kind, party_id, thread_id) DO UPDATE SET \
             last_seq = excluded.last_seq, last_at = excluded.last_at, \
             last_side = excluded.last_side, preview_sealed = excluded.preview_sealed, \
             needs_reply = excluded.needs_reply, asked = excluded.asked, is_open = excluded.is_open"
        ),
        &[&SendRight::thread(right), &from, &to],
    )
    .map(|_| ())
}

/// What a team that passed the work on is left with: its row stays at what it saw and owes nothing.
pub fn settle_passed<'t>(
    tx: &mut Tx<'t>,
    right: &impl PassRight<'t>,
    team: CareTeamId,
) -> Result<(), DbError> {
    tx.execute(
        sql!(
            "UPDATE inbox_row SET needs_reply = FALSE, asked = FALSE \
             WHERE party_kind = 'team' AND party_id = $2 AND thread_id = $1"
        ),
        &[&SendRight::thread(right), &team],
    )
    .map(|_| ())
}

/// Shows the thread as open or closed to every party. Closing settles what was owed.
pub fn set_open<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, CloseThread>,
    open: bool,
) -> Result<(), DbError> {
    tx.execute(
        sql!(
            "UPDATE inbox_row SET is_open = $2, needs_reply = needs_reply AND $2, asked = asked AND $2 \
             WHERE thread_id = $1"
        ),
        &[&permit.thread(), &open],
    )
    .map(|_| ())
}

/// The patient's side owes nothing more of what the team asked.
pub fn clear_asked<'t>(tx: &mut Tx<'t>, permit: &Permit<'t, Reply>) -> Result<(), DbError> {
    tx.execute(
        sql!(
            "UPDATE inbox_row SET needs_reply = FALSE, asked = FALSE \
             WHERE thread_id = $1 AND party_kind = 'patient'"
        ),
        &[&permit.thread()],
    )
    .map(|_| ())
}

/// A row of a list of threads.
#[derive(Debug, Clone)]
pub struct InboxRow {
    /// The thread.
    pub thread: ThreadId,
    /// Whom it is about.
    pub patient: Option<PatientId>,
    /// Its category.
    pub category: Category,
    /// What it is about.
    pub about: About,
    /// Its headline, sealed.
    pub headline: Sealed,
    /// The newest message's sequence number.
    pub last_seq: i64,
    /// When that was sent.
    pub last_at: Timestamp,
    /// Which side wrote it.
    pub last_side: Side,
    /// Its first words, sealed.
    pub preview: Sealed,
    /// Whether the reader's side owes an answer.
    pub needs_reply: bool,
    /// Whether the other side has asked something that is open.
    pub asked: bool,
    /// The owner team's newest work item, for state and ladder.
    pub item: Option<ItemFacts>,
    /// What that team was asked and has not answered, with the latest moment for an answer.
    pub waits: Option<(Asked, Timestamp)>,
    /// How far this reader has read.
    pub read_seq: i64,
    /// Whether the reader has marked it unread.
    pub unread_flag: bool,
    /// When the thread began.
    pub created_at: Timestamp,
    /// The call that is waited for.
    pub call: Option<ListedCall>,
}

/// What a list says of a call that is waited for.
#[derive(Debug, Clone, Copy)]
pub struct ListedCall {
    /// How the team stood when it was asked for.
    pub there: There,
    /// When its clock has run out.
    pub due_at: Timestamp,
    /// Who said last that they are calling, and when.
    pub calling: Option<(PersonId, Timestamp)>,
}

impl InboxRow {
    /// Whether there is something the reader has not seen, or has marked so.
    pub const fn is_unread(&self) -> bool {
        self.unread_flag || self.read_seq < self.last_seq
    }
}

/// Where a list goes on: the last row of the page before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct After {
    /// Its time.
    pub last_at: Timestamp,
    /// Its thread.
    pub thread: ThreadId,
}

impl After {
    /// The beginning of a list, newest first.
    pub fn start() -> Self {
        use domain::ids::Id;
        Self { last_at: Timestamp::FOREVER, thread: ThreadId::from_uuid(uuid::Uuid::max()) }
    }
}

/// Which threads a list holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// All.
    All,
    /// All, those too that go on in another that the reader may read: for programs, which read each by
    /// itself.
    Each,
    /// Open ones.
    Open,
    /// Open ones in which the reader's side owes an answer.
    Turn,
    /// Closed ones.
    Closed,
}

/// A page of a patient's threads, newest first, that the permit's scope reaches.
pub fn list_for_patient<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ListThreads>,
    filter: Filter,
    after: After,
    limit: i64,
) -> Result<Vec<InboxRow>, DbError> {
    let scope: Scope<'t> = permit.scope();
    let open = filter != Filter::Closed;
    let closed = matches!(filter, Filter::All | Filter::Each | Filter::Closed);
    let each = filter == Filter::Each;
    let turn = filter == Filter::Turn;
    tx.query(
        sql!(
            "SELECT r.thread_id, t.patient_id, t.category, t.about_kind, t.headline_sealed, r.last_seq, \
             r.last_at, r.last_side, r.preview_sealed, r.needs_reply, r.asked, w.team_id, w.state, \
             w.assignee_id, w.opened_at, w.outcome, coalesce(k.read_seq, 0), \
             coalesce(k.unread_flag, FALSE), t.created_at, t.about_id, w.asked_at, w.asked_level, \
             w.said_half_by, w.said_most_by, w.said_per_person, w.due_at, c.there, c.due_at, \
             c.caller_id, c.calling_at FROM inbox_row r JOIN thread t ON t.id = r.thread_id \
             LEFT JOIN callback c ON c.thread_id = r.thread_id AND c.state = 'open' \
             LEFT JOIN work_item w ON w.id = (SELECT w2.id FROM work_item w2 \
                 WHERE w2.thread_id = r.thread_id AND w2.team_id = t.owner_team_id \
                 ORDER BY w2.opened_at DESC, w2.id DESC LIMIT 1) \
             LEFT JOIN read_mark k ON k.person_id = $2 AND k.thread_id = r.thread_id \
             WHERE r.party_kind = 'patient' AND r.party_id = $1 \
             AND (r.last_at < $4 OR (r.last_at = $4 AND r.thread_id < $5)) \
             AND ((r.is_open AND $6) OR (NOT r.is_open AND $7)) AND (r.needs_reply OR NOT $9) \
             AND ($11 OR t.merged_into IS NULL OR NOT EXISTS (SELECT 1 FROM thread_access b \
                 WHERE b.person_id = $2 AND b.thread_id = t.merged_into \
                 AND b.from_at <= $3 AND b.until_at > $3 \
                 AND b.tie <> 'team_desk' AND b.patient_side = $10)) \
             AND EXISTS (SELECT 1 FROM thread_access a WHERE a.person_id = $2 \
                 AND a.thread_id = r.thread_id AND a.from_at <= $3 AND a.until_at > $3 \
                 AND a.tie <> 'team_desk' AND a.patient_side = $10 \
                 AND r.last_seq >= a.from_seq AND r.last_seq <= a.to_seq) \
             ORDER BY r.last_at DESC, r.thread_id DESC LIMIT $8"
        ),
        &[
            &permit.patient(),
            &scope.person(),
            &scope.now(),
            &after.last_at,
            &after.thread,
            &open,
            &closed,
            &limit,
            &turn,
            &scope.patient_side(),
            &each,
        ],
    )?
    .iter()
    .map(read)
    .collect()
}

/// The patient's row of the permit's thread, with the reader's own mark; `None` when the thread has no
/// patient among its parties.
pub fn get_for_patient<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ReadThread>,
) -> Result<Option<InboxRow>, DbError> {
    let scope = permit.scope();
    tx.query_opt(
        sql!(
            "SELECT r.thread_id, t.patient_id, t.category, t.about_kind, t.headline_sealed, r.last_seq, \
             r.last_at, r.last_side, r.preview_sealed, r.needs_reply, r.asked, w.team_id, w.state, \
             w.assignee_id, w.opened_at, w.outcome, coalesce(k.read_seq, 0), \
             coalesce(k.unread_flag, FALSE), t.created_at, t.about_id, w.asked_at, w.asked_level, \
             w.said_half_by, w.said_most_by, w.said_per_person, w.due_at, c.there, c.due_at, \
             c.caller_id, c.calling_at FROM thread t JOIN inbox_row r ON r.party_kind = 'patient' \
                 AND r.party_id = t.patient_id AND r.thread_id = t.id \
             LEFT JOIN work_item w ON w.id = (SELECT w2.id FROM work_item w2 \
                 WHERE w2.thread_id = t.id AND w2.team_id = t.owner_team_id \
                 ORDER BY w2.opened_at DESC, w2.id DESC LIMIT 1) \
             LEFT JOIN callback c ON c.thread_id = t.id AND c.state = 'open' \
             LEFT JOIN read_mark k ON k.person_id = $2 AND k.thread_id = t.id \
             WHERE t.id = $1"
        ),
        &[&permit.thread(), &scope.person()],
    )?
    .as_ref()
    .map(read)
    .transpose()
}

/// A row of a list of conversations between staff.
#[derive(Debug, Clone)]
pub struct StaffThreadRow {
    /// The thread.
    pub thread: ThreadId,
    /// Whom it is about; private, so that a shown row cannot be forged.
    patient: Option<PatientId>,
    /// Its category.
    pub category: Category,
    /// Its headline, sealed.
    pub headline: Sealed,
    /// The newest message's sequence number.
    pub last_seq: i64,
    /// When that was sent.
    pub last_at: Timestamp,
    /// Its first words, sealed.
    pub preview: Sealed,
    /// The team it was sent to.
    pub team: Option<CareTeamId>,
    /// Whether the reader has not seen it, or has marked it so.
    pub unread: bool,
}

impl StaffThreadRow {
    /// Whom it is about.
    pub const fn patient(&self) -> Option<PatientId> {
        self.patient
    }
}

/// A page of the conversations between staff in which the permit's team or its person takes part,
/// newest first, within the permit's scope.
pub fn list_between_staff<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ListQueue>,
    after: After,
    limit: i64,
) -> Result<Vec<StaffThreadRow>, DbError> {
    let scope: Scope<'t> = permit.scope();
    let found: Vec<StaffThreadRow> = tx
        .query(
            sql!(
                "SELECT r.thread_id, t.patient_id, t.category, t.headline_sealed, r.last_seq, r.last_at, \
                 r.preview_sealed, t.owner_team_id, coalesce(k.read_seq, 0) < r.last_seq \
                 OR coalesce(k.unread_flag, FALSE) \
                 FROM inbox_row r JOIN thread t ON t.id = r.thread_id AND t.kind = 'staff' \
                 LEFT JOIN read_mark k ON k.person_id = $2 AND k.thread_id = r.thread_id \
                 WHERE ((r.party_kind = 'team' AND r.party_id = $1) \
                     OR (r.party_kind = 'person' AND r.party_id = $2 AND NOT EXISTS ( \
                         SELECT 1 FROM inbox_row o WHERE o.party_kind = 'team' AND o.party_id = $1 \
                         AND o.thread_id = r.thread_id))) \
                 AND (r.last_at < $4 OR (r.last_at = $4 AND r.thread_id < $5)) \
                 AND EXISTS (SELECT 1 FROM thread_access a WHERE a.person_id = $2 \
                     AND a.thread_id = r.thread_id AND a.from_at <= $3 AND a.until_at > $3 \
                     AND a.tie <> 'team_desk' AND a.patient_side = $7 \
                     AND r.last_seq >= a.from_seq AND r.last_seq <= a.to_seq) \
                 ORDER BY r.last_at DESC, r.thread_id DESC LIMIT $6"
            ),
            &[
                &permit.team(),
                &scope.person(),
                &scope.now(),
                &after.last_at,
                &after.thread,
                &limit,
                &scope.patient_side(),
            ],
        )?
        .iter()
        .map(|row| {
            Ok(StaffThreadRow {
                thread: row.get(0)?,
                patient: row.get(1)?,
                category: code(row, 2, Category::from_code)?,
                headline: row.get(3)?,
                last_seq: row.get(4)?,
                last_at: row.get(5)?,
                preview: row.get(6)?,
                team: row.get(7)?,
                unread: row.get(8)?,
            })
        })
        .collect::<Result<_, DbError>>()?;
    tx.audit_subjects(permit, found.iter().filter_map(|row| row.patient));
    Ok(found)
}

/// A conversation between staff about one patient, as a line of that patient's page.
#[derive(Debug, Clone)]
pub struct StaffThreadAbout {
    /// The thread.
    pub thread: ThreadId,
    /// Its headline, sealed.
    pub headline: Sealed,
    /// When the newest message that the reader may see was sent.
    pub last_at: Timestamp,
    /// The team it was sent to.
    pub team: Option<CareTeamId>,
}

/// The conversations between staff about the permit's patient that the permit's scope reaches, those
/// with the newest message first; `limit` is the most rows.
pub fn list_between_staff_about<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ListThreads>,
    limit: i64,
) -> Result<Vec<StaffThreadAbout>, DbError> {
    let scope: Scope<'t> = permit.scope();
    tx.query(
        sql!(
            "SELECT t.id, t.headline_sealed, max(r.last_at), t.owner_team_id \
             FROM thread t JOIN inbox_row r ON r.thread_id = t.id AND r.party_kind <> 'patient' \
             WHERE t.patient_id = $1 AND t.kind = 'staff' \
             AND EXISTS (SELECT 1 FROM thread_access a WHERE a.person_id = $2 \
                 AND a.thread_id = t.id AND a.from_at <= $3 AND a.until_at > $3 \
                 AND a.tie <> 'team_desk' AND a.patient_side = $5 \
                 AND r.last_seq >= a.from_seq AND r.last_seq <= a.to_seq) \
             GROUP BY t.id, t.headline_sealed, t.owner_team_id \
             ORDER BY max(r.last_at) DESC, t.id DESC LIMIT $4"
        ),
        &[&permit.patient(), &scope.person(), &scope.now(), &limit, &scope.patient_side()],
    )?
    .iter()
    .map(|row| {
        Ok(StaffThreadAbout {
            thread: row.get(0)?,
            headline: row.get(1)?,
            last_at: row.get(2)?,
            team: row.get(3)?,
        })
    })
    .collect()
}

fn read(row: &Row) -> Result<InboxRow, DbError> {
    let team: Option<CareTeamId> = row.get(11)?;
    let item = match team {
        None => None,
        Some(team) => Some(ItemFacts {
            team,
            owner: true,
            state: code(row, 12, WorkState::from_code)?,
            assignee: row.get::<Option<PersonId>>(13)?,
            opened_at: row.get(14)?,
            outcome: row.get::<Option<String>>(15)?.as_deref().and_then(Outcome::from_code),
        }),
    };
    Ok(InboxRow {
        thread: row.get(0)?,
        patient: row.get(1)?,
        category: code(row, 2, Category::from_code)?,
        about: About { kind: code(row, 3, AboutKind::from_code)?, id: row.get(19)? },
        headline: row.get(4)?,
        last_seq: row.get(5)?,
        last_at: row.get(6)?,
        last_side: code(row, 7, Side::from_code)?,
        preview: row.get(8)?,
        needs_reply: row.get(9)?,
        asked: row.get(10)?,
        item,
        read_seq: row.get(16)?,
        unread_flag: row.get(17)?,
        created_at: row.get(18)?,
        waits: match asked(row, 20)? {
            Some(asked) => Some((asked, row.get(25)?)),
            None => None,
        },
        call: match row.get::<Option<String>>(26)? {
            Some(_) => Some(ListedCall {
                there: code(row, 26, There::from_code)?,
                due_at: row.get(27)?,
                calling: row.get::<Option<PersonId>>(28)?.zip(row.get::<Option<Timestamp>>(29)?),
            }),
            None => None,
        },
    })
}

/// How many open threads of a patient within the scope wait for the patient's side; at most 100.
pub fn count_turn<'t>(tx: &mut Tx<'t>, permit: &Permit<'t, ListThreads>) -> Result<i64, DbError> {
    let scope = permit.scope();
    tx.query_one(
        sql!(
            "SELECT count(*) FROM (SELECT 1 FROM inbox_row r \
             WHERE r.party_kind = 'patient' AND r.party_id = $1 AND r.is_open AND r.needs_reply \
             AND EXISTS (SELECT 1 FROM thread_access a WHERE a.person_id = $2 \
                 AND a.thread_id = r.thread_id AND a.from_at <= $3 AND a.until_at > $3 \
                 AND a.tie <> 'team_desk' AND a.patient_side = $4 \
                 AND r.last_seq >= a.from_seq AND r.last_seq <= a.to_seq) \
             LIMIT 100) AS turn"
        ),
        &[&permit.patient(), &scope.person(), &scope.now(), &scope.patient_side()],
    )?
    .get(0)
}

/// When the permit's patient and each team last wrote, for the teams that own a conversation which is not
/// confidential.
pub fn last_by_team<'t, A: Action<Object = PatientObject>>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, A>,
) -> Result<Vec<(CareTeamId, Timestamp)>, DbError> {
    tx.query(
        sql!(
            "SELECT t.owner_team_id, max(r.last_at) FROM inbox_row r JOIN thread t ON t.id = r.thread_id \
             WHERE r.party_kind = 'patient' AND r.party_id = $1 AND NOT t.confidential \
             AND t.owner_team_id IS NOT NULL GROUP BY t.owner_team_id"
        ),
        &[&permit.patient()],
    )?
    .iter()
    .map(|row| Ok((row.get(0)?, row.get(1)?)))
    .collect()
}

/// How many of a patient's threads within the scope hold something the reader has not seen; counts at
/// most 100.
pub fn count_unread<'t>(tx: &mut Tx<'t>, permit: &Permit<'t, ListThreads>) -> Result<i64, DbError> {
    let scope = permit.scope();
    tx.query_one(
        sql!(
            "SELECT count(*) FROM (SELECT 1 FROM inbox_row r \
             JOIN thread t ON t.id = r.thread_id AND t.merged_into IS NULL \
             LEFT JOIN read_mark k ON k.person_id = $2 AND k.thread_id = r.thread_id \
             WHERE r.party_kind = 'patient' AND r.party_id = $1 \
             AND (coalesce(k.read_seq, 0) < r.last_seq OR coalesce(k.unread_flag, FALSE)) \
             AND EXISTS (SELECT 1 FROM thread_access a WHERE a.person_id = $2 \
                 AND a.thread_id = r.thread_id AND a.from_at <= $3 AND a.until_at > $3 \
                 AND a.tie <> 'team_desk' AND a.patient_side = $4 \
                 AND r.last_seq >= a.from_seq AND r.last_seq <= a.to_seq) \
             LIMIT 100) AS unread"
        ),
        &[&permit.patient(), &scope.person(), &scope.now(), &scope.patient_side()],
    )?
    .get(0)
}
