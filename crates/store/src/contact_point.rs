//! Where notices go: sealed addresses of a person (FHIR ContactPoint).
//!
//! `value_sealed` is sealed under the person's own key, row `contact_point.id`, at the row's
//! version. A code that proves an address is derived by its caller from the row and the moment it was
//! made; here are only that moment, its end and the wrong tries. Deliberately absent: what a notice
//! says, and sending.

use domain::ids::{ContactPointId, PersonId};
use domain::time::Timestamp;

use crate::access::{Administer, ChangeCredentials, Permit, UseOwn};
use crate::db::{DbError, Tx};
use crate::seal::Sealed;
use crate::sql;

/// A code that was made for an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeRow {
    /// When it was made.
    pub made_at: Timestamp,
    /// Until when it works.
    pub until: Timestamp,
    /// Wrong tries so far.
    pub failures: i64,
}

/// Which of a person's addresses of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    /// The one that all notices go to.
    First,
    /// The one beside it, which only hears that an answer has not been opened.
    Second,
}

impl Slot {
    const fn is_second(self) -> bool {
        matches!(self, Self::Second)
    }
}

/// An address as stored.
#[derive(Debug, Clone)]
pub struct ContactPointRow {
    /// Its id.
    pub id: ContactPointId,
    /// `email`, `sms`, `phone` or `letter`.
    pub kind: String,
    /// Which of the person's addresses it is.
    pub slot: Slot,
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
    /// The code that may prove it.
    pub code: Option<CodeRow>,
}

/// The addresses of a person, in the order they were added. They open only with the person's key.
pub fn list(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<ContactPointRow>, DbError> {
    tx.query(
        sql!(
            "SELECT id, kind, value_sealed, verified_at, is_unsafe, notices, version, \
             code_made_at, code_until, code_failures, is_second FROM contact_point \
             WHERE person_id = $1 ORDER BY id"
        ),
        &[&person],
    )?
    .iter()
    .map(|row| {
        let (made_at, until): (Option<Timestamp>, Option<Timestamp>) = (row.get(7)?, row.get(8)?);
        let failures = row.get(9)?;
        let code = made_at.zip(until);
        Ok(ContactPointRow {
            id: row.get(0)?,
            kind: row.get(1)?,
            slot: if row.get(10)? { Slot::Second } else { Slot::First },
            value: row.get(2)?,
            verified_at: row.get(3)?,
            is_unsafe: row.get(4)?,
            notices: row.get(5)?,
            version: row.get(6)?,
            code: code.map(|(made_at, until)| CodeRow { made_at, until, failures }),
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
    /// Which of the person's addresses it is.
    pub slot: Slot,
    /// The address; sealed.
    pub value: &'a Sealed,
    /// Whether it is known to be the person's. What staff typed is not: the person proves it with a
    /// code.
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
             notices, code_failures, version, updated_at, is_second) \
             VALUES ($1, $2, $3, $4, $5, FALSE, TRUE, 0, 1, $6, $7)"
        ),
        &[
            &new.id,
            &person,
            &new.kind,
            new.value,
            &new.verified.then_some(at),
            &at,
            &new.slot.is_second(),
        ],
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

/// Adds an address that staff typed.
pub fn add<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Administer>,
    person: PersonId,
    new: &NewContactPoint<'_>,
) -> Result<(), DbError> {
    insert(tx, person, new, permit.now())
}

/// Takes the addresses of one kind and slot that the permit's person has not proved away; how many there
/// were.
pub fn remove_unverified<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ChangeCredentials>,
    kind: &str,
    slot: Slot,
) -> Result<u64, DbError> {
    tx.execute(
        sql!(
            "DELETE FROM contact_point WHERE person_id = $1 AND kind = $2 AND verified_at IS NULL \
             AND is_second = $3"
        ),
        &[&permit.object().person, &kind, &slot.is_second()],
    )
}

/// Takes an address of the permit's person away.
pub fn remove<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ChangeCredentials>,
    id: ContactPointId,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!("DELETE FROM contact_point WHERE id = $1 AND person_id = $2"),
        &[&id, &permit.object().person],
    )
}

/// Takes the addresses of one kind and slot of the permit's person away but `keep`; how many there were.
pub fn remove_others<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ChangeCredentials>,
    kind: &str,
    slot: Slot,
    keep: ContactPointId,
) -> Result<u64, DbError> {
    tx.execute(
        sql!(
            "DELETE FROM contact_point WHERE person_id = $1 AND kind = $2 AND is_second = $3 \
             AND id <> $4"
        ),
        &[&permit.object().person, &kind, &slot.is_second(), &keep],
    )
}

/// Notes a code made now for an address of the permit's person, good until `until`, without wrong tries.
pub fn set_code<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ChangeCredentials>,
    id: ContactPointId,
    until: Timestamp,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "UPDATE contact_point SET code_made_at = $3, code_until = $4, code_failures = 0 \
             WHERE id = $1 AND person_id = $2 AND verified_at IS NULL"
        ),
        &[&id, &permit.object().person, &permit.now(), &until],
    )
}

/// Counts a wrong try at the code of an address of the permit's person.
pub fn add_code_failure<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ChangeCredentials>,
    id: ContactPointId,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "UPDATE contact_point SET code_failures = code_failures + 1 \
             WHERE id = $1 AND person_id = $2"
        ),
        &[&id, &permit.object().person],
    )
}

/// Marks an address of the permit's person as theirs; its code is used up.
pub fn verify<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ChangeCredentials>,
    id: ContactPointId,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "UPDATE contact_point SET verified_at = $3, updated_at = $3, code_made_at = NULL, \
             code_until = NULL, code_failures = 0 \
             WHERE id = $1 AND person_id = $2 AND verified_at IS NULL"
        ),
        &[&id, &permit.object().person, &permit.now()],
    )
}

/// Marks every address of a person as theirs, without a code; how many were not before.
pub fn verify_all<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Administer>,
    person: PersonId,
) -> Result<u64, DbError> {
    tx.execute(
        sql!(
            "UPDATE contact_point SET verified_at = $2, updated_at = $2 \
             WHERE person_id = $1 AND verified_at IS NULL"
        ),
        &[&person, &permit.now()],
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
