//! Whether the patients of a team may write to one of its clinicians. Holds no patient data.

use domain::ids::CareTeamId;

use crate::access::{Administer, Permit};
use crate::db::{DbError, Tx};
use crate::sql;

/// Whether patients may write to a clinician of the team; `false` when there is no such team.
pub fn allows(tx: &mut Tx<'_>, team: CareTeamId) -> Result<bool, DbError> {
    let row = tx.query_opt(
        sql!("SELECT direct_to_clinician FROM care_team WHERE id = $1 AND status <> 'ended'"),
        &[&team],
    )?;
    row.map_or(Ok(false), |row| row.get(0))
}

/// Allows it or not. `RowCount` when there is no such team or it has ended.
pub fn set<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Administer>,
    team: CareTeamId,
    allowed: bool,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "UPDATE care_team SET direct_to_clinician = $2, updated_at = $3 \
             WHERE id = $1 AND status <> 'ended'"
        ),
        &[&team, &allowed, &permit.now()],
    )
}
