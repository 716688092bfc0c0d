//! Mail addresses that were replaced and can be put back, for a few days, by a link mailed to them.
//!
//! `value_sealed` is sealed under the person's own key, row `address_undo.id`, version 1. Only the
//! SHA-256 of a link's token is kept. A row is gone once its link was used or is too old. Deliberately
//! absent: the token, and what the mail says.

use domain::ids::{ContactPointId, PersonId};
use domain::time::Timestamp;

use crate::access::{ChangeCredentials, Permit};
use crate::db::{DbError, Tx};
use crate::seal::Sealed;
use crate::sql;

/// An address that can be put back.
#[derive(Debug, Clone)]
pub struct AddressUndoRow {
    /// Its id, which becomes that of the contact point when it is put back.
    pub id: ContactPointId,
    /// Whose address it was.
    pub person: PersonId,
    /// The address; sealed.
    pub value: Sealed,
    /// Whether notices of messages went there.
    pub notices: bool,
    /// When it was replaced.
    pub created_at: Timestamp,
}

/// An address that was replaced, with what puts it back.
#[derive(Debug)]
pub struct NewAddressUndo<'a> {
    /// A new id.
    pub id: ContactPointId,
    /// The SHA-256 of the link's token.
    pub token_hash: &'a [u8; 32],
    /// The address; sealed.
    pub value: &'a Sealed,
    /// Whether notices of messages went there.
    pub notices: bool,
    /// Until when the link works.
    pub until: Timestamp,
}

/// Keeps an address that the permit's person replaced.
pub fn add<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ChangeCredentials>,
    new: &NewAddressUndo<'_>,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "INSERT INTO address_undo (id, token_hash, person_id, value_sealed, notices, created_at, \
             expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)"
        ),
        &[
            &new.id,
            &new.token_hash.as_slice(),
            &permit.object().person,
            new.value,
            &new.notices,
            &permit.now(),
            &new.until,
        ],
    )
}

/// The address whose link's token has this hash, if the link works at `now` and its person may act.
pub fn find(
    tx: &mut Tx<'_>,
    token_hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<AddressUndoRow>, DbError> {
    tx.query_opt(
        sql!(
            "SELECT u.id, u.person_id, u.value_sealed, u.notices, u.created_at \
             FROM address_undo u JOIN person p ON p.id = u.person_id \
             WHERE u.token_hash = $1 AND u.expires_at > $2 AND p.status = 'active'"
        ),
        &[&token_hash.as_slice(), &now],
    )?
    .map(|row| {
        Ok(AddressUndoRow {
            id: row.get(0)?,
            person: row.get(1)?,
            value: row.get(2)?,
            notices: row.get(3)?,
            created_at: row.get(4)?,
        })
    })
    .transpose()
}

/// Ends the links of the permit's person for addresses replaced at `since` or later; how many there
/// were. An address put back outlives what came after it, never what was there before.
pub fn remove_since<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ChangeCredentials>,
    since: Timestamp,
) -> Result<u64, DbError> {
    tx.execute(
        sql!("DELETE FROM address_undo WHERE person_id = $1 AND created_at >= $2"),
        &[&permit.object().person, &since],
    )
}

/// Forgets addresses whose links work no more; how many. For a worker.
pub fn remove_old(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64, DbError> {
    tx.execute(sql!("DELETE FROM address_undo WHERE expires_at <= $1"), &[&now])
}
