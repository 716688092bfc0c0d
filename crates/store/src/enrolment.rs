//! Paper codes: handed over in person, good once, for making or recovering a log-in.
//!
//! Only the SHA-256 of a code is kept. Deliberately absent: the code itself and a person's password.

use domain::ids::PersonId;
use domain::time::Timestamp;

use crate::access::{Administer, Permit};
use crate::db::{DbError, Tx};
use crate::sql;

/// A code that has neither been used nor run out.
#[derive(Debug, Clone, Copy)]
pub struct EnrolmentRow {
    /// Whose log-in it makes.
    pub person: PersonId,
    /// Until when it works.
    pub expires_at: Timestamp,
}

/// Adds a code for a person and ends those handed out before: only the newest paper works.
pub fn add<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Administer>,
    person: PersonId,
    code_hash: &[u8; 32],
    expires_at: Timestamp,
) -> Result<(), DbError> {
    end_open(tx, permit, person)?;
    tx.execute_one(
        sql!(
            "INSERT INTO enrolment (code_hash, person_id, made_by, created_at, expires_at, used_at) \
             VALUES ($1, $2, $3, $4, $5, NULL)"
        ),
        &[&code_hash.as_slice(), &person, &permit.person(), &permit.now(), &expires_at],
    )
}

/// Ends the codes of a person that could still be used; how many there were.
pub fn end_open<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Administer>,
    person: PersonId,
) -> Result<u64, DbError> {
    tx.execute(
        sql!(
            "UPDATE enrolment SET expires_at = $2 WHERE person_id = $1 AND used_at IS NULL \
             AND expires_at > $2"
        ),
        &[&person, &permit.now()],
    )
}

/// The code with this hash, if it works at `now` and its person may act.
pub fn find(
    tx: &mut Tx<'_>,
    code_hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<EnrolmentRow>, DbError> {
    tx.query_opt(
        sql!(
            "SELECT e.person_id, e.expires_at FROM enrolment e JOIN person p ON p.id = e.person_id \
             WHERE e.code_hash = $1 AND e.used_at IS NULL AND e.expires_at > $2 \
             AND p.status = 'active'"
        ),
        &[&code_hash.as_slice(), &now],
    )?
    .map(|row| Ok(EnrolmentRow { person: row.get(0)?, expires_at: row.get(1)? }))
    .transpose()
}

/// Uses a code up; whether it still worked.
pub fn use_up(tx: &mut Tx<'_>, code_hash: &[u8; 32], now: Timestamp) -> Result<bool, DbError> {
    let changed = tx.execute(
        sql!(
            "UPDATE enrolment SET used_at = $2 WHERE code_hash = $1 AND used_at IS NULL \
             AND expires_at > $2"
        ),
        &[&code_hash.as_slice(), &now],
    )?;
    Ok(changed == 1)
}

/// A code without its secret, for lists.
#[derive(Debug, Clone, Copy)]
pub struct IssuedRow {
    /// Whose log-in it makes.
    pub person: PersonId,
    /// When it was handed out.
    pub created_at: Timestamp,
    /// Until when it works.
    pub expires_at: Timestamp,
}

/// The codes that work now, newest first.
pub fn list_open<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Administer>,
) -> Result<Vec<IssuedRow>, DbError> {
    tx.query(
        sql!(
            "SELECT person_id, created_at, expires_at FROM enrolment \
             WHERE used_at IS NULL AND expires_at > $1 ORDER BY created_at DESC, person_id LIMIT 500"
        ),
        &[&permit.now()],
    )?
    .iter()
    .map(|row| {
        Ok(IssuedRow { person: row.get(0)?, created_at: row.get(1)?, expires_at: row.get(2)? })
    })
    .collect()
}
