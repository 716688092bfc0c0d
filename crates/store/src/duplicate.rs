//! What a patient's side sent lately, for finding that a text says the same again.

use domain::ids::{MessageId, ThreadId};
use domain::time::Timestamp;

use crate::access::{DraftThread, Permit};
use crate::db::{DbError, Tx};
use crate::seal::Sealed;
use crate::sql;

/// A message of the patient's side, to open and compare.
#[derive(Debug, Clone)]
pub struct Recent {
    /// Its id.
    pub id: MessageId,
    /// Its thread.
    pub thread: ThreadId,
    /// Its number there.
    pub seq: i64,
    /// Author's name and text, sealed.
    pub content: Sealed,
    /// When it was sent.
    pub sent_at: Timestamp,
}

/// The messages that the permit's patient's side sent since `since` in care threads in which the permit's
/// person may read them and write now, newest first. What was corrected or taken back is left out: its
/// first wording is no text to offer anybody.
pub fn list_recent<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, DraftThread>,
    since: Timestamp,
    limit: i64,
) -> Result<Vec<Recent>, DbError> {
    let scope = permit.scope();
    tx.query(
        sql!(
            "SELECT m.id, m.thread_id, m.seq, m.content_sealed, m.sent_at FROM inbox_row r \
             JOIN thread t ON t.id = r.thread_id AND t.kind = 'care' AND t.merged_into IS NULL \
             JOIN message m ON m.thread_id = r.thread_id AND m.side = 'patient' AND m.sent_at >= $4 \
             WHERE r.party_kind = 'patient' AND r.party_id = $1 AND r.last_at >= $4 \
             AND NOT EXISTS (SELECT 1 FROM correction c WHERE c.message_id = m.id) \
             AND EXISTS (SELECT 1 FROM thread_access a WHERE a.person_id = $2 \
                 AND a.thread_id = r.thread_id AND a.from_at <= $3 AND a.until_at > $3 \
                 AND a.tie <> 'team_desk' AND a.patient_side = $5 AND a.rights <> 'read' \
                 AND m.seq >= a.from_seq AND m.seq <= a.to_seq) \
             ORDER BY m.sent_at DESC, m.id DESC LIMIT $6"
        ),
        &[
            &permit.patient(),
            &scope.person(),
            &scope.now(),
            &since,
            &scope.patient_side(),
            &limit,
        ],
    )?
    .iter()
    .map(|row| {
        Ok(Recent {
            id: row.get(0)?,
            thread: row.get(1)?,
            seq: row.get(2)?,
            content: row.get(3)?,
            sent_at: row.get(4)?,
        })
    })
    .collect()
}
