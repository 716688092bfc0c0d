//! Work that was put off until a moment: `work_item.snoozed_until`.
//!
//! Lists leave it out until then. Every other step of its custody clears it ([`crate::work_item::update`]),
//! a message of the patient's side among them; the clock is never touched.

use domain::time::Timestamp;

use crate::access::{HandleWork, Permit, ReadThread};
use crate::db::{DbError, Tx};
use crate::sql;
use crate::work_item::WorkItemRow;

/// Puts an item off, or takes it back (`None`), by compare-and-set; `false` when somebody moved it
/// meanwhile.
pub fn put<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, HandleWork>,
    item: &WorkItemRow,
    until: Option<Timestamp>,
) -> Result<bool, DbError> {
    let written = tx.execute(
        sql!(
            "UPDATE work_item SET snoozed_until = $3, version = version + 1, updated_at = $4 \
             WHERE id = $1 AND thread_id = $2 AND version = $5 AND state IN ('queued', 'claimed')"
        ),
        &[&item.id, &permit.thread(), &until, &permit.now(), &item.version],
    )?;
    Ok(written == 1)
}

/// Until when the owning team's open item of the permit's thread is put off; `None` when it is not, or not
/// any more.
pub fn get<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ReadThread>,
) -> Result<Option<Timestamp>, DbError> {
    tx.query_opt(
        sql!(
            "SELECT snoozed_until FROM work_item WHERE thread_id = $1 AND team_id = $2 \
             AND state <> 'closed' AND snoozed_until > $3"
        ),
        &[&permit.thread(), &permit.object().owner_team, &permit.now()],
    )?
    .map(|row| row.get(0))
    .transpose()
}
