//! Professionals named in imported records. They are not log-ins.
//!
//! `profile_sealed` is sealed under the deployment's key, row `practitioner.id`, at the row's version.

use domain::ids::{OrganizationId, PractitionerId};

use crate::access::{ImportRecords, Permit};
use crate::db::{DbError, Tx};
use crate::seal::Sealed;
use crate::sql;

/// A professional as stored.
#[derive(Debug, Clone)]
pub struct PractitionerRow {
    /// Its id.
    pub id: PractitionerId,
    /// For whom the professional works, when that is known.
    pub organization: Option<OrganizationId>,
    /// Name, title, phone; sealed.
    pub profile: Sealed,
    /// The row's version, which the profile is sealed at.
    pub version: i64,
}

/// Adds a professional (`row.version` 1) or replaces one (one more than the stored version; another
/// stored version is `RowCount`). A known organization is not forgotten.
pub fn put<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ImportRecords>,
    row: &PractitionerRow,
) -> Result<(), DbError> {
    if row.version == 1 {
        return tx.execute_one(
            sql!(
                "INSERT INTO practitioner (id, organization_id, profile_sealed, version, updated_at) \
                 VALUES ($1, $2, $3, 1, $4)"
            ),
            &[&row.id, &row.organization, &row.profile, &permit.now()],
        );
    }
    tx.execute_one(
        sql!(
            "UPDATE practitioner SET organization_id = coalesce($2, organization_id), \
             profile_sealed = $3, version = $4, updated_at = $5 WHERE id = $1 AND version = $4 - 1"
        ),
        &[&row.id, &row.organization, &row.profile, &row.version, &permit.now()],
    )
}

/// A professional, for the import.
pub fn get_for_import<'t>(
    tx: &mut Tx<'t>,
    _permit: &Permit<'t, ImportRecords>,
    id: PractitionerId,
) -> Result<Option<PractitionerRow>, DbError> {
    tx.query_opt(
        sql!("SELECT organization_id, profile_sealed, version FROM practitioner WHERE id = $1"),
        &[&id],
    )?
    .map(|row| {
        Ok(PractitionerRow {
            id,
            organization: row.get(0)?,
            profile: row.get(1)?,
            version: row.get(2)?,
        })
    })
    .transpose()
}
