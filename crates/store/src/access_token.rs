//! Access tokens of programs. Only their SHA-256 is kept; scopes are SMART v2 scopes, space-separated.
//!
//! Deliberately absent: refresh tokens and clients, which come with OAuth.

use domain::ids::{PersonId, TokenId};
use domain::time::Timestamp;

use crate::access::{Administer, Permit};
use crate::db::{DbError, Tx};
use crate::person::{self, PersonRow};
use crate::sql;

/// A token that works, with its person.
#[derive(Debug, Clone)]
pub struct AccessTokenRow {
    /// Its id.
    pub id: TokenId,
    /// What it allows, space-separated.
    pub scopes: String,
    /// The epoch it shares with its person.
    pub epoch: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// Whose it is.
    pub person: PersonRow,
}

/// Adds a token for a person, at the person's epoch. `RowCount` when the person may not act.
pub fn add<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Administer>,
    id: TokenId,
    token_hash: &[u8; 32],
    person: PersonId,
    scopes: &str,
    expires_at: Timestamp,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "INSERT INTO access_token (id, token_hash, person_id, scopes, epoch, created_at, \
             expires_at, revoked_at) SELECT $1, $2, p.id, $4, p.epoch, $5, $6, NULL \
             FROM person p WHERE p.id = $3 AND p.status = 'active'"
        ),
        &[&id, &token_hash.as_slice(), &person, &scopes, &permit.now(), &expires_at],
    )
}

/// The token with this hash, if it works at `now`: not revoked, not run out, its person active and of
/// the same epoch.
pub fn find(
    tx: &mut Tx<'_>,
    token_hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<AccessTokenRow>, DbError> {
    tx.query_opt(
        sql!(
            "SELECT p.id, p.role, p.organization_id, p.profile_sealed, p.language, p.theme, \
             p.single_keys, p.status = 'active', p.version, t.id, t.scopes, t.epoch, t.created_at \
             FROM access_token t JOIN person p ON p.id = t.person_id \
             WHERE t.token_hash = $1 AND t.revoked_at IS NULL AND t.expires_at > $2 \
             AND p.status = 'active' AND p.epoch = t.epoch"
        ),
        &[&token_hash.as_slice(), &now],
    )?
    .map(|row| {
        Ok(AccessTokenRow {
            person: person::read(&row)?,
            id: row.get(9)?,
            scopes: row.get(10)?,
            epoch: row.get(11)?,
            created_at: row.get(12)?,
        })
    })
    .transpose()
}

/// Revokes a token; `RowCount` when there is none that works.
pub fn revoke<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Administer>,
    id: TokenId,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!("UPDATE access_token SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL"),
        &[&id, &permit.now()],
    )
}
