//! Browsers a person has signed in from. A known one is never locked out by strangers who guess.
//!
//! Only the SHA-256 of the browser's token is kept. Deliberately absent: anything that describes the
//! browser, and any right: a device alone opens nothing.

use domain::ids::{DeviceId, PersonId};

use crate::access::{Permit, SignIn};
use crate::db::{DbError, Tx};
use crate::sql;

/// The device with this token, if the person has signed in from it.
pub fn find(
    tx: &mut Tx<'_>,
    person: PersonId,
    token_hash: &[u8; 32],
) -> Result<Option<DeviceId>, DbError> {
    tx.query_opt(
        sql!("SELECT id FROM device WHERE token_hash = $1 AND person_id = $2"),
        &[&token_hash.as_slice(), &person],
    )?
    .map(|row| row.get(0))
    .transpose()
}

/// Adds a device of the permit's person.
pub fn add<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, SignIn>,
    id: DeviceId,
    token_hash: &[u8; 32],
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "INSERT INTO device (id, token_hash, person_id, created_at, last_seen_at) \
             VALUES ($1, $2, $3, $4, $4)"
        ),
        &[&id, &token_hash.as_slice(), &permit.object().person, &permit.now()],
    )
}

/// Notes that the permit's person signed in from it again.
pub fn touch<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, SignIn>,
    id: DeviceId,
) -> Result<(), DbError> {
    tx.execute(
        sql!("UPDATE device SET last_seen_at = $3 WHERE id = $1 AND person_id = $2"),
        &[&id, &permit.object().person, &permit.now()],
    )
    .map(|_| ())
}

/// Forgets every device of a person: after a paper code nobody is known any more.
pub fn remove_all(tx: &mut Tx<'_>, person: PersonId) -> Result<u64, DbError> {
    tx.execute(sql!("DELETE FROM device WHERE person_id = $1"), &[&person])
}
