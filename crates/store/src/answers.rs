//! What a list of work says beside its rows: how many questions are open, and how many calls were tried.
//!
//! One statement for a page, whatever its size.

use std::collections::HashMap;

use domain::ids::{Id as _, ThreadId};
use domain::time::Timestamp;
use uuid::Uuid;

use crate::db::{DbError, ToParam, Tx};
use crate::sql;
use crate::work_item::QueueRow;

/// Rows looked at with one statement.
const AT_ONCE: usize = 16;

/// What is open about a conversation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Marks {
    /// Numbered questions of the patient's side that are open, in conversations joined with it too.
    pub open: i64,
    /// All questions of the messages that have an open one.
    pub asked: i64,
    /// Calls that reached nobody since the team last answered.
    pub tried: i64,
    /// By when somebody of the patient's side was told that they are called.
    pub call_by: Option<Timestamp>,
}

/// The marks of the rows of a list that its reader has been shown; a conversation without any has none.
pub fn marks(tx: &mut Tx<'_>, rows: &[QueueRow]) -> Result<HashMap<ThreadId, Marks>, DbError> {
    let mut found = HashMap::new();
    for part in rows.chunks(AT_ONCE) {
        let ids: Vec<ThreadId> = part
            .iter()
            .map(|row| row.item.thread)
            .chain(std::iter::repeat(ThreadId::from_uuid(Uuid::nil())))
            .take(AT_ONCE)
            .collect();
        let params: Vec<&dyn ToParam> = ids.iter().map(|id| -> &dyn ToParam { id }).collect();
        let rows = tx.query(
            sql!(
                "SELECT t.id, \
                 (SELECT count(*) FROM question q WHERE q.thread_id = t.id \
                     AND q.side = 'patient' AND q.state = 'open') \
                 + (SELECT count(*) FROM thread j JOIN question q ON q.thread_id = j.id \
                     WHERE j.merged_into = t.id AND q.side = 'patient' AND q.state = 'open'), \
                 (SELECT count(*) FROM question q WHERE q.thread_id = t.id AND q.side = 'patient' \
                     AND EXISTS (SELECT 1 FROM question o WHERE o.message_id = q.message_id \
                         AND o.state = 'open')) \
                 + (SELECT count(*) FROM thread j JOIN question q ON q.thread_id = j.id \
                     WHERE j.merged_into = t.id AND q.side = 'patient' \
                     AND EXISTS (SELECT 1 FROM question o WHERE o.message_id = q.message_id \
                         AND o.state = 'open')), \
                 CASE WHEN EXISTS (SELECT 1 FROM thread_event c WHERE c.thread_id = t.id \
                     AND c.kind = 'tried') THEN (SELECT count(*) FROM thread_event e \
                     WHERE e.thread_id = t.id AND e.kind = 'tried' \
                     AND e.seq > coalesce((SELECT max(m.seq) FROM message m \
                         WHERE m.thread_id = t.id AND m.side = 'team'), 0)) ELSE 0 END, \
                 (SELECT k.due_at FROM callback k WHERE k.thread_id = t.id AND k.state = 'open') \
                 FROM thread t WHERE t.id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, \
                     $13, $14, $15, $16)"
            ),
            &params,
        )?;
        for row in &rows {
            let marks = Marks {
                open: row.get(1)?,
                asked: row.get(2)?,
                tried: row.get(3)?,
                call_by: row.get(4)?,
            };
            if marks != Marks::default() {
                found.insert(row.get(0)?, marks);
            }
        }
    }
    Ok(found)
}
