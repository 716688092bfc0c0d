//! Professionals named in imported records. They are not log-ins.
//!
//! `profile_sealed` is sealed under the deployment's key, row `practitioner.id`, at the row's version.

use domain::ids::{OrganizationId, PersonId, PractitionerId};

use crate::access::{Administer, ImportRecords, Permit};
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

/// A professional with the log-in that they are, if that is known.
#[derive(Debug, Clone)]
pub struct LinkedRow {
    /// The professional.
    pub row: PractitionerRow,
    /// Their log-in.
    pub person: Option<PersonId>,
}

/// All professionals, for administration.
pub fn list<'t>(
    tx: &mut Tx<'t>,
    _permit: &Permit<'t, Administer>,
) -> Result<Vec<LinkedRow>, DbError> {
    tx.query(
        sql!(
            "SELECT id, organization_id, profile_sealed, version, person_id FROM practitioner \
             ORDER BY id"
        ),
        &[],
    )?
    .iter()
    .map(|row| {
        let person = row.get(4)?;
        let row = PractitionerRow {
            id: row.get(0)?,
            organization: row.get(1)?,
            profile: row.get(2)?,
            version: row.get(3)?,
        };
        Ok(LinkedRow { row, person })
    })
    .collect()
}

/// Says which log-in a professional of the records is; `None` takes it back. `RowCount` when there is no
/// such professional.
pub fn link<'t>(
    tx: &mut Tx<'t>,
    _permit: &Permit<'t, Administer>,
    id: PractitionerId,
    person: Option<PersonId>,
) -> Result<(), DbError> {
    // The profile is sealed at the row's version, which therefore stays.
    tx.execute_one(sql!("UPDATE practitioner SET person_id = $2 WHERE id = $1"), &[&id, &person])
}
