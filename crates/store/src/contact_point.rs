//! Where notices go: sealed addresses of a person (FHIR ContactPoint).
//!
//! `value_sealed` is sealed under the person's own key, row `contact_point.id`, at the row's
//! version. Deliberately absent: what a notice says, and sending.

use domain::ids::{ContactPointId, PersonId};
use domain::time::Timestamp;

use crate::access::{Administer, ChangeCredentials, Permit, UseOwn};
use crate::db::{DbError, Tx};
use crate::seal::Sealed;
use crate::sql;

/// An address as stored.
#[derive(Debug, Clone)]
pub struct ContactPointRow {
    /// Its id.
    pub id: ContactPointId,
    /// `email`, `sms`, `phone` or `letter`.
    pub kind: String,
    /// The address; sealed.
    pub value: Sealed,
    /// Since when it is known to be the person's.
    pub verified_at: Option<Timestamp>,
    /// Whether somebody else may read what arrives there.
    pub is_unsafe: bool,
    /// Whether notices go there.
    pub notices: bool,
    /// The version its value is sealed at.
    pub version: i64,
}

/// The addresses of a person, in the order they were added. They open only with the person's key.
pub fn list(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<ContactPointRow>, DbError> {
    tx.query(
        sql!(
            "SELECT id, kind, value_sealed, verified_at, is_unsafe, notices, version \
             FROM contact_point WHERE person_id = $1 ORDER BY id"
        ),
        &[&person],
    )?
    .iter()
    .map(|row| {
        Ok(ContactPointRow {
            id: row.get(0)?,
            kind: row.get(1)?,
            value: row.get(2)?,
            verified_at: row.get(3)?,
            is_unsafe: row.get(4)?,
            notices: row.get(5)?,
            version: row.get(6)?,
        })
    })
    .collect()
}

/// An address to be added; its value is sealed at version 1.
#[derive(Debug)]
pub struct NewContactPoint<'a> {
    /// Its id.
    pub id: ContactPointId,
    /// `email`, `sms`, `phone` or `letter`.
    pub kind: &'a str,
    /// The address; sealed.
    pub value: &'a Sealed,
    /// Whether staff or a code proved it to be the person's.
    pub verified: bool,
}

fn insert(
    tx: &mut Tx<'_>,
    person: PersonId,
    new: &NewContactPoint<'_>,
    at: Timestamp,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "INSERT INTO contact_point (id, person_id, kind, value_sealed, verified_at, is_unsafe, \
             notices, version, updated_at) VALUES ($1, $2, $3, $4, $5, FALSE, TRUE, 1, $6)"
        ),
        &[&new.id, &person, &new.kind, new.value, &new.verified.then_some(at), &at],
    )
}

/// Adds an address that the permit's person gave.
pub fn add_own<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ChangeCredentials>,
    new: &NewContactPoint<'_>,
) -> Result<(), DbError> {
    insert(tx, permit.object().person, new, permit.now())
}

/// Adds an address that staff have checked.
pub fn add<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Administer>,
    person: PersonId,
    new: &NewContactPoint<'_>,
) -> Result<(), DbError> {
    insert(tx, person, new, permit.now())
}

/// Takes the addresses of one kind of the permit's person away; how many there were.
pub fn remove_kind<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ChangeCredentials>,
    kind: &str,
) -> Result<u64, DbError> {
    tx.execute(
        sql!("DELETE FROM contact_point WHERE person_id = $1 AND kind = $2"),
        &[&permit.object().person, &kind],
    )
}

/// Turns notices to the permit's person's addresses on or off.
pub fn set_notices<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, UseOwn>,
    notices: bool,
) -> Result<(), DbError> {
    tx.execute(
        sql!("UPDATE contact_point SET notices = $2, updated_at = $3 WHERE person_id = $1"),
        &[&permit.object().person, &notices, &permit.now()],
    )
    .map(|_| ())
}
