//! Notes that only staff see: another table and other permits than messages, so that no
//! patient-scoped statement can select them.
//!
//! `content_sealed` is sealed under the thread's owner key, row `staff_note.id`, version 1.

use domain::ids::{MessageId, PersonId, StaffNoteId};
use domain::time::Timestamp;

use crate::access::{Permit, ReadNotes, WriteNote};
use crate::db::{DbError, Tx};
use crate::seal::Sealed;
use crate::sql;

/// A note as stored.
#[derive(Debug, Clone)]
pub struct StaffNoteRow {
    /// Its id.
    pub id: StaffNoteId,
    /// Who wrote it.
    pub author: PersonId,
    /// Author's name and text, sealed.
    pub content: Sealed,
    /// When.
    pub at: Timestamp,
    /// The message it was copied into, if it was promoted.
    pub promoted_to: Option<MessageId>,
}

/// Adds a note; the same client id again adds nothing and answers `false`.
pub fn add<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, WriteNote>,
    id: StaffNoteId,
    author: PersonId,
    client_msg_id: &str,
    content: &Sealed,
) -> Result<bool, DbError> {
    let written = tx.execute(
        sql!(
            "INSERT INTO staff_note (id, thread_id, author_id, content_sealed, written_at, \
             client_msg_id) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (author_id, client_msg_id) DO NOTHING"
        ),
        &[&id, &permit.thread(), &author, content, &permit.now(), &client_msg_id],
    )?;
    Ok(written == 1)
}

/// The notes of a thread, oldest first.
pub fn list<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ReadNotes>,
) -> Result<Vec<StaffNoteRow>, DbError> {
    tx.query(
        sql!(
            "SELECT id, author_id, content_sealed, written_at, promoted_to FROM staff_note \
             WHERE thread_id = $1 ORDER BY written_at, id"
        ),
        &[&permit.thread()],
    )?
    .iter()
    .map(|row| {
        Ok(StaffNoteRow {
            id: row.get(0)?,
            author: row.get(1)?,
            content: row.get(2)?,
            at: row.get(3)?,
            promoted_to: row.get(4)?,
        })
    })
    .collect()
}

/// Notes that a note was copied into a message of the same thread.
pub fn set_promoted<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, WriteNote>,
    id: StaffNoteId,
    message: MessageId,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!("UPDATE staff_note SET promoted_to = $3 WHERE id = $1 AND thread_id = $2"),
        &[&id, &permit.thread(), &message],
    )
}
