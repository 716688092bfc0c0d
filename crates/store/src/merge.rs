//! Joining two threads of one patient: one goes on in the other.
//!
//! No message moves. Each keeps its thread, its number, its key of idempotency and its seal, and is shown
//! to exactly those to whom its own thread shows it; the thread that goes on names those joined with it
//! (`thread.merged_into`, one step deep), and pages read them together. Deliberately absent: undoing it,
//! but for a message that can land only in the joined thread, which parts the two again ([`part`]).

use domain::ids::ThreadId;

use crate::access::{Action, MergeThread, Permit, ReadThread, ThreadObject};
use crate::db::{DbError, Tx};
use crate::sql;
use crate::thread::SendRight;

/// The other care threads of the permit's patient that could be joined with it, the newest message first,
/// at most 50; the caller asks for the right over each.
pub fn list_others<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, MergeThread>,
) -> Result<Vec<ThreadId>, DbError> {
    tx.query(
        sql!(
            "SELECT t.id FROM thread t WHERE t.patient_id = $1 AND t.id <> $2 AND t.kind = 'care' \
             AND t.merged_into IS NULL ORDER BY t.updated_at DESC, t.id DESC LIMIT 50"
        ),
        &[&permit.object().patient, &permit.thread()],
    )?
    .iter()
    .map(|row| row.get(0))
    .collect()
}

/// The threads that go on in the permit's, oldest first; the caller asks for the right to read each.
pub fn list_joined<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ReadThread>,
) -> Result<Vec<ThreadId>, DbError> {
    tx.query(
        sql!("SELECT id FROM thread WHERE merged_into = $1 ORDER BY created_at, id"),
        &[&permit.thread()],
    )?
    .iter()
    .map(|row| row.get(0))
    .collect()
}

/// The thread in which the permit's goes on; `None` when it stands for itself.
pub fn goes_on_in<'t, A: Action<Object = ThreadObject>>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, A>,
) -> Result<Option<ThreadId>, DbError> {
    tx.query_one(sql!("SELECT merged_into FROM thread WHERE id = $1"), &[&permit.thread()])?.get(0)
}

/// Makes one thread go on in the other: whoever had something unread in it has the other unread, texts
/// begun or on their way in it by people who may come near the other are begun there, and nobody's row
/// waits in it any more. `false` when either was joined meanwhile.
pub fn settle<'t>(
    tx: &mut Tx<'t>,
    from: &Permit<'t, MergeThread>,
    into: &Permit<'t, MergeThread>,
) -> Result<bool, DbError> {
    let (one, other, now) = (from.thread(), into.thread(), from.now());
    let written = tx.execute(
        sql!(
            "UPDATE thread SET merged_into = $2, version = version + 1, updated_at = $3 WHERE id = $1 \
             AND merged_into IS NULL AND EXISTS (SELECT 1 FROM thread o WHERE o.id = $2 \
                 AND o.merged_into IS NULL AND o.patient_id = thread.patient_id)"
        ),
        &[&one, &other, &now],
    )?;
    if written != 1 {
        return Ok(false);
    }
    tx.execute(sql!("UPDATE thread SET merged_into = $2 WHERE merged_into = $1"), &[&one, &other])?;
    tx.execute(
        sql!(
            "INSERT INTO read_mark (person_id, thread_id, read_seq, unread_flag, updated_at) \
             SELECT DISTINCT a.person_id, o.id, CAST(0 AS BIGINT), CAST(TRUE AS BOOLEAN), \
             CAST($3 AS BIGINT) FROM thread_access a JOIN thread o ON o.id = $2 \
             LEFT JOIN read_mark k ON k.person_id = a.person_id AND k.thread_id = a.thread_id \
             WHERE a.thread_id = $1 AND a.from_at <= $3 AND a.until_at > $3 \
             AND EXISTS (SELECT 1 FROM thread_access b WHERE b.person_id = a.person_id \
                 AND b.thread_id = o.id AND b.from_at <= $3 AND b.until_at > $3) \
             AND (coalesce(k.unread_flag, FALSE) OR coalesce(k.read_seq, 0) < \
                 (SELECT coalesce(max(m.seq), 0) FROM message m WHERE m.thread_id = $1)) \
             ON CONFLICT (person_id, thread_id) DO UPDATE SET unread_flag = TRUE, \
             updated_at = excluded.updated_at"
        ),
        &[&one, &other, &now],
    )?;
    tx.execute(
        sql!(
            "UPDATE draft SET thread_id = $2, base_seq = 0 WHERE thread_id = $1 \
             AND kind IN ('reply', 'note') AND EXISTS (SELECT 1 FROM thread_access a \
                 WHERE a.person_id = draft.owner_id AND a.thread_id = $2 \
                 AND a.from_at <= $3 AND a.until_at > $3)"
        ),
        &[&one, &other, &now],
    )?;
    tx.execute(
        sql!(
            "UPDATE inbox_row SET is_open = FALSE, needs_reply = FALSE, asked = FALSE \
             WHERE thread_id = $1"
        ),
        &[&one],
    )?;
    crate::callback::take_along(tx, from, into)?;
    Ok(true)
}

/// Opens a thread for every party again, when work of a joined one goes on in it.
pub fn show_open<'t>(tx: &mut Tx<'t>, into: &Permit<'t, MergeThread>) -> Result<(), DbError> {
    tx.execute(sql!("UPDATE inbox_row SET is_open = TRUE WHERE thread_id = $1"), &[&into.thread()])
        .map(|_| ())
}

/// Parts a joined thread from the one it goes on in, since somebody who may not come near that one writes
/// here: a message always lands where its writer and the team both see it.
pub fn part<'t>(tx: &mut Tx<'t>, right: &impl SendRight<'t>) -> Result<(), DbError> {
    tx.execute(
        sql!("UPDATE thread SET merged_into = NULL WHERE id = $1 AND merged_into IS NOT NULL"),
        &[&right.thread()],
    )
    .map(|_| ())
}
