//! Search without a plaintext index: pages of sealed messages to open and scan, and sealed results
//! under an expiring id.
//!
//! `search_result.result_sealed` is sealed under the patient's key, row `search_result.id`, version 1.

use domain::ids::{MessageId, PatientId, PersonId, SearchId, ThreadId};
use domain::time::Timestamp;

use crate::access::{Permit, SearchThreads};
use crate::db::{DbError, Tx};
use crate::seal::Sealed;
use crate::sql;

/// A message to open and scan.
#[derive(Debug, Clone)]
pub struct Scanned {
    /// Its thread.
    pub thread: ThreadId,
    /// Its number there.
    pub seq: i64,
    /// Its id.
    pub id: MessageId,
    /// Author's name and text, sealed.
    pub content: Sealed,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// The thread's headline, sealed.
    pub headline: Sealed,
}

/// The permit's patient's messages after (`thread`, `seq`) in that order, within the permit's scope.
pub fn scan<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, SearchThreads>,
    (thread, seq): (ThreadId, i64),
    limit: i64,
) -> Result<Vec<Scanned>, DbError> {
    let scope = permit.scope();
    tx.query(
        sql!(
            "SELECT m.thread_id, m.seq, m.id, m.content_sealed, m.sent_at, t.headline_sealed \
             FROM thread t JOIN message m ON m.thread_id = t.id \
             WHERE t.patient_id = $1 AND t.kind IN ('care', 'broadcast') \
             AND (t.id > $4 OR (t.id = $4 AND m.seq > $5)) \
             AND EXISTS (SELECT 1 FROM thread_access a WHERE a.person_id = $2 AND a.thread_id = t.id \
                 AND a.from_at <= $3 AND a.until_at > $3 \
                 AND a.tie <> 'team_desk' AND a.patient_side = $7 \
                 AND m.seq >= a.from_seq AND m.seq <= a.to_seq) \
             ORDER BY m.thread_id, m.seq LIMIT $6"
        ),
        &[
            &permit.patient(),
            &scope.person(),
            &scope.now(),
            &thread,
            &seq,
            &limit,
            &scope.patient_side(),
        ],
    )?
    .iter()
    .map(|row| {
        Ok(Scanned {
            thread: row.get(0)?,
            seq: row.get(1)?,
            id: row.get(2)?,
            content: row.get(3)?,
            sent_at: row.get(4)?,
            headline: row.get(5)?,
        })
    })
    .collect()
}

/// Whether the permit's scope still reaches this message of a thread.
pub fn still_shown<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, SearchThreads>,
    thread: ThreadId,
    seq: i64,
) -> Result<bool, DbError> {
    let scope = permit.scope();
    Ok(!tx
        .query(
            sql!(
                "SELECT t.id FROM thread t JOIN thread_access a ON a.thread_id = t.id \
                 WHERE t.id = $2 AND t.patient_id = $4 AND a.person_id = $1 AND a.from_at <= $3 AND a.until_at > $3 \
                 AND a.tie <> 'team_desk' AND a.patient_side = $6 \
                 AND $5 >= a.from_seq AND $5 <= a.to_seq"
            ),
            &[
                &scope.person(),
                &thread,
                &scope.now(),
                &permit.patient(),
                &seq,
                &scope.patient_side(),
            ],
        )?
        .is_empty())
}

/// Keeps a result until `expires_at` and removes those that are over.
pub fn add<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, SearchThreads>,
    id: SearchId,
    result: &Sealed,
    expires_at: Timestamp,
) -> Result<(), DbError> {
    tx.execute(sql!("DELETE FROM search_result WHERE expires_at <= $1"), &[&permit.now()])?;
    tx.execute_one(
        sql!(
            "INSERT INTO search_result (id, person_id, patient_id, result_sealed, expires_at) \
             VALUES ($1, $2, $3, $4, $5)"
        ),
        &[&id, &permit.person(), &permit.patient(), result, &expires_at],
    )
}

/// The patient a result of this person is about, for asking the permit; `None` when there is no such
/// result or it is over.
pub fn patient_of(
    tx: &mut Tx<'_>,
    id: SearchId,
    person: PersonId,
    now: Timestamp,
) -> Result<Option<PatientId>, DbError> {
    tx.query_opt(
        sql!(
            "SELECT patient_id FROM search_result WHERE id = $1 AND person_id = $2 AND expires_at > $3"
        ),
        &[&id, &person, &now],
    )?
    .map(|row| row.get(0))
    .transpose()
}

/// A result of the permit's person about the permit's patient.
pub fn get<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, SearchThreads>,
    id: SearchId,
) -> Result<Option<Sealed>, DbError> {
    tx.query_opt(
        sql!(
            "SELECT result_sealed FROM search_result WHERE id = $1 AND person_id = $2 \
             AND patient_id = $3 AND expires_at > $4"
        ),
        &[&id, &permit.person(), &permit.patient(), &permit.now()],
    )?
    .map(|row| row.get(0))
    .transpose()
}
