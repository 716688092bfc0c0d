//! Answers that crossed with a message of the patient's side: it came while they were held, and their
//! writers had not read it.
//!
//! Nothing is sealed: a row names a thread, a number and a person. Deliberately absent: what becomes of the
//! work (`work_item`).

use domain::ids::{PersonId, ThreadId};
use domain::message::Side;
use domain::time::Timestamp;

use crate::access::{Permit, ReadThread, Reply, UseOwn};
use crate::db::{DbError, Tx};
use crate::sql;
use crate::thread::MessageRight;

/// When the patient's side first wrote after number `seq`, but for what `but` wrote down; `None` when it did
/// not.
pub fn written_at<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Reply>,
    seq: i64,
    but: PersonId,
) -> Result<Option<Timestamp>, DbError> {
    let first = sql!(
        "SELECT min(sent_at) FROM message \
         WHERE thread_id = $1 AND side = $2 AND seq > $3 AND author_id <> $4"
    );
    tx.query_one(first, &[&permit.thread(), &Side::Patient.code(), &seq, &but])?.get(0)
}

/// Notes that the answer with number `seq` crossed with what the patient's side wrote.
pub fn add<'t>(
    tx: &mut Tx<'t>,
    right: &impl MessageRight<'t>,
    person: PersonId,
    seq: i64,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!("INSERT INTO crossed_answer (thread_id, seq, person_id) VALUES ($1, $2, $3)"),
        &[&right.thread(), &seq, &person],
    )
}

/// The conversations where an answer of the permit's owner crossed, that still wait for one and that they have
/// not opened since, in the order in which they began.
pub fn list<'t>(tx: &mut Tx<'t>, permit: &Permit<'t, UseOwn>) -> Result<Vec<ThreadId>, DbError> {
    tx.query(
        sql!(
            "SELECT c.thread_id FROM crossed_answer c WHERE c.person_id = $1 \
             AND NOT EXISTS (SELECT 1 FROM message m WHERE m.thread_id = c.thread_id \
                 AND m.seq > c.seq AND m.side = $2) \
             AND EXISTS (SELECT 1 FROM work_item w WHERE w.thread_id = c.thread_id \
                 AND w.state IN ('queued', 'claimed')) \
             AND NOT EXISTS (SELECT 1 FROM read_mark r WHERE r.person_id = $1 \
                 AND r.thread_id = c.thread_id AND r.read_seq >= c.seq) \
             ORDER BY c.thread_id"
        ),
        &[&permit.object().person, &Side::Team.code()],
    )?
    .iter()
    .map(|row| row.get(0))
    .collect()
}

/// Whether an answer of `person` in the permit's thread crossed and nobody of the team has written since.
pub fn is_open<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ReadThread>,
    person: PersonId,
) -> Result<bool, DbError> {
    let found = tx.query(
        sql!(
            "SELECT c.seq FROM crossed_answer c WHERE c.thread_id = $1 AND c.person_id = $2 \
             AND NOT EXISTS (SELECT 1 FROM message m WHERE m.thread_id = c.thread_id \
                 AND m.seq > c.seq AND m.side = $3) \
             AND EXISTS (SELECT 1 FROM work_item w WHERE w.thread_id = c.thread_id \
                 AND w.state IN ('queued', 'claimed'))"
        ),
        &[&permit.thread(), &person, &Side::Team.code()],
    )?;
    Ok(!found.is_empty())
}

/// Whether `person` has any answer that crossed, ever: most have none, and are asked nothing more.
pub fn has_any(tx: &mut Tx<'_>, person: PersonId) -> Result<bool, DbError> {
    let any = sql!("SELECT 1 FROM crossed_answer WHERE person_id = $1 LIMIT 1");
    tx.query_opt(any, &[&person]).map(|row| row.is_some())
}
