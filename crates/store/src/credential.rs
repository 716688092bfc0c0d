//! What a person proves themselves with: the hash of a password and the sealed secret of an
//! authenticator app.
//!
//! `totp_sealed` is sealed under the person's own key, row `credential.person_id`, version 1.
//! Deliberately absent: passwords and codes themselves, which never come near SQL.

use domain::access::Role;
use domain::ids::PersonId;
use domain::time::Timestamp;

use crate::access::{ChangeCredentials, Permit};
use crate::db::{DbError, Row, Tx};
use crate::seal::Sealed;
use crate::{code, sql};

/// A credential with what signing in needs of its person.
#[derive(Debug, Clone)]
pub struct CredentialRow {
    /// Whose it is.
    pub person: PersonId,
    /// The person's role.
    pub role: Role,
    /// The person's epoch.
    pub epoch: i64,
    /// The password's hash (PHC string).
    pub password_hash: String,
    /// When the password was chosen.
    pub password_changed_at: Timestamp,
    /// The authenticator app's secret, once it was confirmed with a code.
    pub totp: Option<Sealed>,
    /// The last time step a code was used of.
    pub totp_last_step: i64,
}

fn read(row: &Row) -> Result<CredentialRow, DbError> {
    let confirmed: Option<Timestamp> = row.get(6)?;
    let totp: Option<Sealed> = row.get(5)?;
    Ok(CredentialRow {
        person: row.get(0)?,
        role: code(row, 1, Role::from_code)?,
        epoch: row.get(2)?,
        password_hash: row.get(3)?,
        password_changed_at: row.get(4)?,
        totp: totp.filter(|_| confirmed.is_some()),
        totp_last_step: row.get(7)?,
    })
}

/// The credential of the active person with this blind index of a user name.
pub fn find_by_username(
    tx: &mut Tx<'_>,
    username_key: &[u8; 16],
) -> Result<Option<CredentialRow>, DbError> {
    tx.query_opt(
        sql!(
            "SELECT p.id, p.role, p.epoch, c.password_hash, c.password_changed_at, c.totp_sealed, \
             c.totp_confirmed_at, c.totp_last_step \
             FROM person p JOIN credential c ON c.person_id = p.id \
             WHERE p.username_key = $1 AND p.status = 'active'"
        ),
        &[&username_key.as_slice()],
    )?
    .as_ref()
    .map(read)
    .transpose()
}

/// The credential of an active person; `None` before enrolment.
pub fn get(tx: &mut Tx<'_>, person: PersonId) -> Result<Option<CredentialRow>, DbError> {
    tx.query_opt(
        sql!(
            "SELECT p.id, p.role, p.epoch, c.password_hash, c.password_changed_at, c.totp_sealed, \
             c.totp_confirmed_at, c.totp_last_step \
             FROM person p JOIN credential c ON c.person_id = p.id \
             WHERE p.id = $1 AND p.status = 'active'"
        ),
        &[&person],
    )?
    .as_ref()
    .map(read)
    .transpose()
}

/// Sets the first or a new password of the permit's person.
pub fn set_password<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ChangeCredentials>,
    hash: &str,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "INSERT INTO credential (person_id, password_hash, password_changed_at, totp_last_step) \
             VALUES ($1, $2, $3, 0) ON CONFLICT (person_id) DO UPDATE SET \
             password_hash = excluded.password_hash, \
             password_changed_at = excluded.password_changed_at"
        ),
        &[&permit.object().person, &hash, &permit.now()],
    )
}

/// Replaces a hash that was made with parameters of the past by one of the same password; does nothing
/// when the password was changed meanwhile.
pub fn renew_hash(tx: &mut Tx<'_>, person: PersonId, old: &str, new: &str) -> Result<(), DbError> {
    tx.execute(
        sql!(
            "UPDATE credential SET password_hash = $3 WHERE person_id = $1 AND password_hash = $2"
        ),
        &[&person, &old, &new],
    )
    .map(|_| ())
}

/// Sets the authenticator secret of the permit's person, confirmed now by the code of `step`.
pub fn set_totp<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ChangeCredentials>,
    secret: &Sealed,
    step: i64,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "UPDATE credential SET totp_sealed = $2, totp_confirmed_at = $3, totp_last_step = $4 \
             WHERE person_id = $1"
        ),
        &[&permit.object().person, secret, &permit.now(), &step],
    )
}

/// Takes the authenticator app of the permit's person away.
pub fn remove_totp<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ChangeCredentials>,
) -> Result<(), DbError> {
    tx.execute(
        sql!(
            "UPDATE credential SET totp_sealed = NULL, totp_confirmed_at = NULL, \
             totp_last_step = 0 WHERE person_id = $1"
        ),
        &[&permit.object().person],
    )
    .map(|_| ())
}

/// Uses up a time step, so that no code works twice (RFC 6238, 5.2); whether it was still unused.
pub fn use_totp_step(tx: &mut Tx<'_>, person: PersonId, step: i64) -> Result<bool, DbError> {
    let changed = tx.execute(
        sql!(
            "UPDATE credential SET totp_last_step = $2 WHERE person_id = $1 AND totp_last_step < $2"
        ),
        &[&person, &step],
    )?;
    Ok(changed == 1)
}
