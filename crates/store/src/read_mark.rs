//! A reader's own mark in a thread. Reading never equals handling: no other row changes.

use domain::ids::PersonId;
use domain::time::Timestamp;

use crate::access::{MarkRead, Permit};
use crate::db::{DbError, Tx};
use crate::sql;
use crate::thread::SendRight;

/// Moves the reader's mark forward to `seq` and takes back "unread". Never moves it backward.
pub fn put<'t>(tx: &mut Tx<'t>, permit: &Permit<'t, MarkRead>, seq: i64) -> Result<(), DbError> {
    let Some(person) = permit.person() else { return Ok(()) };
    tx.execute(
        sql!(
            "INSERT INTO read_mark (person_id, thread_id, read_seq, unread_flag, updated_at) \
             VALUES ($1, $2, $3, FALSE, $4) \
             ON CONFLICT (person_id, thread_id) DO UPDATE SET \
             read_seq = CASE WHEN read_mark.read_seq > excluded.read_seq THEN read_mark.read_seq \
                        ELSE excluded.read_seq END, \
             unread_flag = FALSE, updated_at = excluded.updated_at"
        ),
        &[&person, &permit.thread(), &seq, &permit.now()],
    )
    .map(|_| ())
}

/// Moves a sender's own mark to the message just sent, which nobody needs to be told of as news.
pub fn put_sent<'t>(
    tx: &mut Tx<'t>,
    right: &impl SendRight<'t>,
    person: PersonId,
    seq: i64,
    at: Timestamp,
) -> Result<(), DbError> {
    tx.execute(
        sql!(
            "INSERT INTO read_mark (person_id, thread_id, read_seq, unread_flag, updated_at) \
             VALUES ($1, $2, $3, FALSE, $4) \
             ON CONFLICT (person_id, thread_id) DO UPDATE SET \
             read_seq = excluded.read_seq, unread_flag = FALSE, updated_at = excluded.updated_at"
        ),
        &[&person, &right.thread(), &seq, &at],
    )
    .map(|_| ())
}

/// Flags the thread as unread for this reader alone.
pub fn flag_unread<'t>(tx: &mut Tx<'t>, permit: &Permit<'t, MarkRead>) -> Result<(), DbError> {
    let Some(person) = permit.person() else { return Ok(()) };
    tx.execute(
        sql!(
            "INSERT INTO read_mark (person_id, thread_id, read_seq, unread_flag, updated_at) \
             VALUES ($1, $2, 0, TRUE, $3) \
             ON CONFLICT (person_id, thread_id) DO UPDATE SET unread_flag = TRUE, \
             updated_at = excluded.updated_at"
        ),
        &[&person, &permit.thread(), &permit.now()],
    )
    .map(|_| ())
}

/// Whether the reader's mark already covers `seq` and no flag is set, so that a second look at the
/// same page writes nothing.
pub fn covers<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, MarkRead>,
    seq: i64,
) -> Result<bool, DbError> {
    Ok(tx
        .query_opt(
            sql!(
                "SELECT 1 FROM read_mark WHERE person_id = $1 AND thread_id = $2 AND read_seq >= $3 \
                 AND NOT unread_flag"
            ),
            &[&permit.person(), &permit.thread(), &seq],
        )?
        .is_some())
}
