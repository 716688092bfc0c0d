//! Steps with work that may be taken back for some seconds, and what they were taken from.
//!
//! An act is its person's own: ids, codes and times, read under their own permit. What an item was is
//! copied inside the database by the step itself ([`keep`]) and put back by the permit to take back
//! ([`restore`]); nobody reads it. Nothing here is words but the previews of inbox rows, copied as they are
//! sealed. Deliberately absent: how long
//! (`domain::work_act`), and the step itself (`work_item`).

use domain::ids::{CareTeamId, PersonId, ThreadId, WorkActId, WorkEventId, WorkItemId};
use domain::time::Timestamp;
use domain::work_act::ActKind;
use domain::work_item::WorkState;

use crate::access::{Permit, UndoWork, UseOwn};
use crate::db::{DbError, Tx};
use crate::work_item::WorkRight;
use crate::{code, sql};

/// An act to be written.
#[derive(Debug)]
pub struct NewAct<'a> {
    /// Its id.
    pub id: WorkActId,
    /// Whose it is.
    pub person: PersonId,
    /// Which step.
    pub kind: ActKind,
    /// Whether it may be about several conversations.
    pub is_bulk: bool,
    /// The form's own key.
    pub client_key: &'a str,
    /// A keyed digest of what the form asked for.
    pub request_mac: &'a [u8],
    /// Until when it may be taken back.
    pub undo_until: Timestamp,
}

/// Writes an act of the person who acts.
pub fn add(tx: &mut Tx<'_>, new: &NewAct<'_>) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "INSERT INTO work_act (id, person_id, kind, is_bulk, client_key, request_mac, undo_until) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)"
        ),
        &[
            &new.id,
            &new.person,
            &new.kind.code(),
            &new.is_bulk,
            &new.client_key,
            &new.request_mac,
            &new.undo_until,
        ],
    )
}

/// The act that the same form of the permit's person made before, if it did.
pub fn find<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, UseOwn>,
    client_key: &str,
    request_mac: &[u8],
) -> Result<Option<WorkActId>, DbError> {
    tx.query_opt(
        sql!(
            "SELECT id FROM work_act WHERE person_id = $1 AND client_key = $2 AND request_mac = $3"
        ),
        &[&permit.object().person, &client_key, &request_mac],
    )?
    .map(|row| row.get(0))
    .transpose()
}

/// An act as stored.
#[derive(Debug, Clone)]
pub struct ActRow {
    /// Which step.
    pub kind: ActKind,
    /// Whether it may be about several conversations.
    pub is_bulk: bool,
    /// Until when it may be taken back.
    pub undo_until: Timestamp,
}

/// An act of the permit's person; `None` when there is none, or not any more.
pub fn get<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, UseOwn>,
    id: WorkActId,
) -> Result<Option<ActRow>, DbError> {
    tx.query_opt(
        sql!("SELECT kind, is_bulk, undo_until FROM work_act WHERE id = $1 AND person_id = $2"),
        &[&id, &permit.object().person],
    )?
    .map(|row| {
        Ok(ActRow {
            kind: code(&row, 0, ActKind::from_code)?,
            is_bulk: row.get(1)?,
            undo_until: row.get(2)?,
        })
    })
    .transpose()
}

/// What became of one conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActItem {
    /// The conversation that was asked for.
    pub thread: ThreadId,
    /// `done`, or why it was not.
    pub result: String,
    /// `undone`, or why it could not be taken back; `None` when nobody tried.
    pub undo_result: Option<String>,
    /// Whether there is something to take back: not when nothing had to be done.
    pub kept: bool,
}

/// What became of the conversations of the permit's person's act, in their order.
pub fn items<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, UseOwn>,
    id: WorkActId,
) -> Result<Vec<ActItem>, DbError> {
    tx.query(
        sql!(
            "SELECT i.thread_id, i.result, i.undo_result, EXISTS (SELECT 1 FROM work_before b \
                 WHERE b.act_id = i.act_id AND b.thread_id = i.thread_id) \
             FROM work_act_item i JOIN work_act a ON a.id = i.act_id \
             WHERE i.act_id = $1 AND a.person_id = $2 ORDER BY i.n"
        ),
        &[&id, &permit.object().person],
    )?
    .iter()
    .map(|row| {
        Ok(ActItem {
            thread: row.get(0)?,
            result: row.get(1)?,
            undo_result: row.get(2)?,
            kept: row.get(3)?,
        })
    })
    .collect()
}

/// Whether an act has come to a conversation already.
pub fn has_item(tx: &mut Tx<'_>, act: WorkActId, thread: ThreadId) -> Result<bool, DbError> {
    tx.query_opt(
        sql!("SELECT 1 FROM work_act_item WHERE act_id = $1 AND thread_id = $2"),
        &[&act, &thread],
    )
    .map(|row| row.is_some())
}

/// Notes what became of a conversation, the `n`th of its act; what stands there already stays.
pub fn add_item(
    tx: &mut Tx<'_>,
    act: WorkActId,
    thread: ThreadId,
    n: i64,
    result: &str,
) -> Result<(), DbError> {
    tx.execute(
        sql!(
            "INSERT INTO work_act_item (act_id, thread_id, n, result) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (act_id, thread_id) DO NOTHING"
        ),
        &[&act, &thread, &n, &result],
    )
    .map(|_| ())
}

/// Notes how taking back ended for a conversation.
pub fn set_undo_result(
    tx: &mut Tx<'_>,
    act: WorkActId,
    thread: ThreadId,
    result: &str,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!("UPDATE work_act_item SET undo_result = $3 WHERE act_id = $1 AND thread_id = $2"),
        &[&act, &thread, &result],
    )
}

/// Sets until when an act may be taken back: its time begins when the last of it is done.
pub fn set_until(tx: &mut Tx<'_>, act: WorkActId, until: Timestamp) -> Result<(), DbError> {
    tx.execute_one(sql!("UPDATE work_act SET undo_until = $2 WHERE id = $1"), &[&act, &until])
}

/// Copies an item and what inbox rows say, before the step that moves it.
pub fn keep<'t>(
    tx: &mut Tx<'t>,
    right: &impl WorkRight<'t>,
    act: WorkActId,
    item: WorkItemId,
) -> Result<(), DbError> {
    tx.execute(
        sql!(
            "INSERT INTO work_before (act_id, thread_id, work_item_id, happened_at, version_after, \
             last_seq_after, assignee_id, lease_until, covered_for, state, level, level_clinician, \
             level_base, owed_since, clock_from, promised_by, due_at, escalate_at, told, policy_version, asked_at, \
             asked_level, said_half_by, said_most_by, said_per_person, snoozed_until, first_answer_at, \
             outcome) \
             SELECT $1, w.thread_id, w.id, $4, w.version, 0, w.assignee_id, w.lease_until, \
             w.covered_for, w.state, w.level, w.level_clinician, w.level_base, w.owed_since, w.clock_from, \
             w.promised_by, w.due_at, w.escalate_at, w.told, w.policy_version, w.asked_at, \
             w.asked_level, w.said_half_by, w.said_most_by, w.said_per_person, w.snoozed_until, \
             w.first_answer_at, w.outcome FROM work_item w WHERE w.id = $2 AND w.thread_id = $3 \
             ON CONFLICT (act_id, thread_id) DO NOTHING"
        ),
        &[&act, &item, &right.thread(), &right.at()],
    )?;
    tx.execute(
        sql!(
            "INSERT INTO inbox_before (act_id, thread_id, party_kind, party_id, needs_reply, asked, \
             is_open, last_seq, last_at, last_side, preview_sealed) \
             SELECT $1, r.thread_id, r.party_kind, r.party_id, r.needs_reply, r.asked, r.is_open, \
             r.last_seq, r.last_at, r.last_side, r.preview_sealed FROM inbox_row r WHERE r.thread_id = $2 \
             ON CONFLICT (act_id, thread_id, party_kind, party_id) DO NOTHING"
        ),
        &[&act, &right.thread()],
    )
    .map(|_| ())
}

/// Forgets what was copied of a conversation: its step is not taken back.
pub fn forget(tx: &mut Tx<'_>, act: WorkActId, thread: ThreadId) -> Result<(), DbError> {
    tx.execute(
        sql!("DELETE FROM inbox_before WHERE act_id = $1 AND thread_id = $2"),
        &[&act, &thread],
    )?;
    tx.execute(
        sql!("DELETE FROM work_before WHERE act_id = $1 AND thread_id = $2"),
        &[&act, &thread],
    )
    .map(|_| ())
}

/// Notes how the step left the item, the conversation and its custody; whether anything was copied. At the
/// end of the step, in its transaction.
pub fn settle(tx: &mut Tx<'_>, act: WorkActId, thread: ThreadId) -> Result<bool, DbError> {
    let written = tx.execute(
        sql!(
            "UPDATE work_before SET \
             version_after = (SELECT w.version FROM work_item w WHERE w.id = work_before.work_item_id), \
             last_seq_after = (SELECT t.last_seq FROM thread t WHERE t.id = work_before.thread_id), \
             work_event_id = (SELECT e.id FROM work_event e \
                 WHERE e.work_item_id = work_before.work_item_id \
                 ORDER BY e.happened_at DESC, e.id DESC LIMIT 1), \
             next_item_id = (SELECT n.id FROM work_item n WHERE n.thread_id = work_before.thread_id \
                 AND n.id <> work_before.work_item_id AND n.state <> 'closed' \
                 AND n.opened_at = work_before.happened_at LIMIT 1) \
             WHERE act_id = $1 AND thread_id = $2"
        ),
        &[&act, &thread],
    )?;
    Ok(written == 1)
}

/// Removes an act that left nothing to take back.
pub fn remove(tx: &mut Tx<'_>, act: WorkActId) -> Result<(), DbError> {
    tx.execute(sql!("DELETE FROM work_act_item WHERE act_id = $1"), &[&act])?;
    tx.execute(sql!("DELETE FROM work_act WHERE id = $1"), &[&act]).map(|_| ())
}

/// A step that may be taken back.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Which step.
    pub kind: ActKind,
    /// Until when it may be taken back.
    pub undo_until: Timestamp,
    /// How taking it back ended, when somebody tried.
    pub undo_result: Option<String>,
    /// The item.
    pub item: WorkItemId,
    /// The team that owed it before the step.
    pub team: CareTeamId,
    /// When the step was taken.
    pub at: Timestamp,
    /// Its row of custody.
    pub event: Option<WorkEventId>,
    /// Where the item stood before it.
    pub state: WorkState,
    /// Who held it before it.
    pub assignee: Option<PersonId>,
    /// When what was owed before it was asked.
    pub asked_at: Option<Timestamp>,
    /// The item that a pass opened, with its team.
    pub next: Option<(WorkItemId, CareTeamId)>,
}

/// The step that the permit's person took with the permit's conversation in an act; `None` when there is
/// nothing to take back.
pub fn get_kept<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, UndoWork>,
    act: WorkActId,
) -> Result<Option<Kept>, DbError> {
    tx.query_opt(
        sql!(
            "SELECT a.kind, a.undo_until, i.undo_result, b.work_item_id, w.team_id, b.happened_at, \
             b.work_event_id, b.state, b.assignee_id, b.asked_at, b.next_item_id, n.team_id \
             FROM work_before b JOIN work_act a ON a.id = b.act_id \
             JOIN work_act_item i ON i.act_id = b.act_id AND i.thread_id = b.thread_id \
             JOIN work_item w ON w.id = b.work_item_id \
             LEFT JOIN work_item n ON n.id = b.next_item_id \
             WHERE b.act_id = $1 AND b.thread_id = $2 AND a.person_id = $3"
        ),
        &[&act, &permit.thread(), &permit.person()],
    )?
    .map(|row| {
        let next: Option<WorkItemId> = row.get(10)?;
        Ok(Kept {
            kind: code(&row, 0, ActKind::from_code)?,
            undo_until: row.get(1)?,
            undo_result: row.get(2)?,
            item: row.get(3)?,
            team: row.get(4)?,
            at: row.get(5)?,
            event: row.get(6)?,
            state: code(&row, 7, WorkState::from_code)?,
            assignee: row.get(8)?,
            asked_at: row.get(9)?,
            next: next.map(|next| Ok::<_, DbError>((next, row.get(11)?))).transpose()?,
        })
    })
    .transpose()
}

/// Puts an item back as it was before the step, if nobody has moved it, written in its conversation,
/// corrected a message of it or decided a question since; whether it did.
pub fn restore<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, UndoWork>,
    act: WorkActId,
) -> Result<bool, DbError> {
    let written = tx.execute(
        sql!(
            "UPDATE work_item SET assignee_id = b.assignee_id, lease_until = b.lease_until, \
             covered_for = b.covered_for, state = b.state, level = b.level, \
             level_clinician = b.level_clinician, level_base = b.level_base, \
             owed_since = b.owed_since, clock_from = b.clock_from, \
             promised_by = b.promised_by, due_at = b.due_at, escalate_at = b.escalate_at, told = b.told, \
             policy_version = b.policy_version, asked_at = b.asked_at, asked_level = b.asked_level, \
             said_half_by = b.said_half_by, said_most_by = b.said_most_by, \
             said_per_person = b.said_per_person, snoozed_until = b.snoozed_until, \
             first_answer_at = b.first_answer_at, outcome = b.outcome, closed_at = NULL, \
             version = work_item.version + 1, updated_at = $3 \
             FROM work_before b WHERE b.act_id = $1 AND b.thread_id = $2 \
             AND work_item.id = b.work_item_id AND work_item.version = b.version_after \
             AND EXISTS (SELECT 1 FROM thread t WHERE t.id = b.thread_id \
                 AND t.last_seq = b.last_seq_after) \
             AND NOT EXISTS (SELECT 1 FROM correction c WHERE c.thread_id = b.thread_id \
                 AND c.made_at > b.happened_at) \
             AND NOT EXISTS (SELECT 1 FROM question q WHERE q.thread_id = b.thread_id \
                 AND q.decided_at > b.happened_at)"
        ),
        &[&act, &permit.thread(), &permit.now()],
    )?;
    Ok(written == 1)
}

/// Lets the inbox rows say again what they said before a step that settled them.
pub fn restore_inbox<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, UndoWork>,
    act: WorkActId,
) -> Result<(), DbError> {
    tx.execute(
        sql!(
            "UPDATE inbox_row SET needs_reply = b.needs_reply, asked = b.asked, is_open = b.is_open \
             FROM inbox_before b WHERE b.act_id = $1 AND b.thread_id = $2 \
             AND inbox_row.thread_id = b.thread_id AND inbox_row.party_kind = b.party_kind \
             AND inbox_row.party_id = b.party_id"
        ),
        &[&act, &permit.thread()],
    )
    .map(|_| ())
}

/// Takes a conversation back from the team it was passed to: that team's item is closed and its part
/// ends, the team that passed it on has it and sees on. A team that had it before keeps what it had, and the
/// going to and fro is counted no more. `false`, with nothing to be kept of the transaction, when the other
/// team has done something with it. `line` is the number of the line that says so.
pub fn take_back_pass<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, UndoWork>,
    act: WorkActId,
    kept: &Kept,
    line: i64,
) -> Result<bool, DbError> {
    let Some((item, team)) = kept.next else { return Ok(false) };
    let closed = tx.execute(
        sql!(
            "UPDATE work_item SET state = 'closed', closed_at = $3, outcome = 'handed_over', \
             assignee_id = NULL, lease_until = NULL, owed_since = NULL, asked_at = NULL, \
             version = version + 1, updated_at = $3 \
             WHERE id = $1 AND thread_id = $2 AND version = 1 AND state <> 'closed'"
        ),
        &[&item, &permit.thread(), &permit.now()],
    )?;
    let left = tx.execute(
        sql!(
            "UPDATE participation SET until_at = $4, to_seq = $5 WHERE thread_id = $1 \
             AND party_kind = 'team' AND party_id = $2 AND from_at = $3 AND to_seq = $6"
        ),
        &[&permit.thread(), &team, &kept.at, &permit.now(), &line, &i64::MAX],
    )?;
    let stayed = tx.execute(
        sql!(
            "UPDATE participation SET to_seq = $4 WHERE thread_id = $1 AND party_kind = 'team' \
             AND party_id = $2 AND to_seq = $3"
        ),
        &[&permit.thread(), &kept.team, &line.saturating_sub(1), &i64::MAX],
    )?;
    if (closed, left, stayed) != (1, 1, 1) {
        return Ok(false);
    }
    tx.execute_one(
        sql!(
            "UPDATE thread SET owner_team_id = $2, version = version + 1, updated_at = $3 WHERE id = $1"
        ),
        &[&permit.thread(), &kept.team, &permit.now()],
    )?;
    tx.execute(
        sql!("DELETE FROM pass_bounce WHERE thread_id = $1 AND from_team_id = $2 AND at = $3"),
        &[&permit.thread(), &kept.team, &kept.at],
    )?;
    restore_row(tx, permit, act, team)?;
    Ok(true)
}

/// Puts back the inbox row that a team had before a conversation went back to it; takes it away from one that
/// had none.
fn restore_row<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, UndoWork>,
    act: WorkActId,
    team: CareTeamId,
) -> Result<(), DbError> {
    let had = tx.execute(
        sql!(
            "UPDATE inbox_row SET last_seq = b.last_seq, last_at = b.last_at, last_side = b.last_side, \
             preview_sealed = b.preview_sealed FROM inbox_before b \
             WHERE b.act_id = $1 AND b.thread_id = $2 AND b.party_kind = 'team' AND b.party_id = $3 \
             AND inbox_row.thread_id = b.thread_id AND inbox_row.party_kind = 'team' \
             AND inbox_row.party_id = b.party_id"
        ),
        &[&act, &permit.thread(), &team],
    )?;
    if had == 0 {
        tx.execute(
            sql!(
                "DELETE FROM inbox_row WHERE thread_id = $1 AND party_kind = 'team' AND party_id = $2"
            ),
            &[&permit.thread(), &team],
        )?;
    }
    Ok(())
}

/// Writes into the custody that who was given what a pass opened, if anybody was, has it no more. Patients do
/// not read it, nor what it takes back.
pub fn add_given_back<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, UndoWork>,
    id: WorkEventId,
    kept: &Kept,
) -> Result<(), DbError> {
    let Some((item, _)) = kept.next else { return Ok(()) };
    tx.execute(
        sql!(
            "INSERT INTO work_event (id, work_item_id, thread_id, kind, actor_id, to_person_id, \
             to_team_id, reason_sealed, patient_sees, undoes, happened_at) \
             SELECT $1, e.work_item_id, e.thread_id, 'undone', $3, NULL, $4, NULL, FALSE, e.id, $5 \
             FROM work_event e WHERE e.work_item_id = $2 AND e.kind = 'assigned' \
             ORDER BY e.happened_at, e.id LIMIT 1"
        ),
        &[&id, &item, &permit.person(), &kept.team, &permit.now()],
    )
    .map(|_| ())
}

/// Takes out of a team's answers the one that a step of the permit's conversation counted as given.
pub fn remove_answer<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, UndoWork>,
    kept: &Kept,
) -> Result<(), DbError> {
    tx.execute(
        sql!(
            "DELETE FROM answer_time WHERE team_id = $1 AND asked_at = $2 AND thread_id = $3 \
             AND answered_at = $4"
        ),
        &[&kept.team, &kept.asked_at, &permit.thread(), &kept.at],
    )
    .map(|_| ())
}

/// Writes into the custody that a step was taken back. Patients do not read it: of what was taken back they
/// read nothing, or the line of the thread that says so.
pub fn add_event<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, UndoWork>,
    id: WorkEventId,
    kept: &Kept,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "INSERT INTO work_event (id, work_item_id, thread_id, kind, actor_id, to_person_id, \
             to_team_id, reason_sealed, patient_sees, undoes, happened_at) \
             VALUES ($1, $2, $3, 'undone', $4, $5, $6, NULL, FALSE, $7, $8)"
        ),
        &[
            &id,
            &kept.item,
            &permit.thread(),
            &permit.person(),
            &kept.assignee,
            &kept.team,
            &kept.event,
            &permit.now(),
        ],
    )
}

/// Forgets acts whose time was over at `before`; how many. For a worker.
pub fn remove_old(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, DbError> {
    let acts = tx.query(
        sql!("SELECT id FROM work_act WHERE undo_until < $1 ORDER BY undo_until LIMIT 100"),
        &[&before],
    )?;
    for row in &acts {
        let act: WorkActId = row.get(0)?;
        tx.execute(sql!("DELETE FROM inbox_before WHERE act_id = $1"), &[&act])?;
        tx.execute(sql!("DELETE FROM work_before WHERE act_id = $1"), &[&act])?;
        remove(tx, act)?;
    }
    Ok(u64::try_from(acts.len()).unwrap_or(u64::MAX))
}
