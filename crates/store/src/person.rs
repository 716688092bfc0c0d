//! Log-ins: role, organization, and the sealed profile (name, title, phone).
//!
//! `profile_sealed` is sealed under the person's own key, row `person.id`, at the row's `version`.

use domain::access::Role;
use domain::ids::{OrganizationId, PersonId};
use domain::time::Timestamp;

use crate::access::{Administer, ChangeCredentials, Permit, UseOwn};
use crate::db::{DbError, Row, Tx};
use crate::seal::Sealed;
use crate::{code, sql};

/// A log-in as stored.
#[derive(Debug, Clone)]
pub struct PersonRow {
    /// Its id.
    pub id: PersonId,
    /// What it is for.
    pub role: Role,
    /// Whose staff they are.
    pub organization: Option<OrganizationId>,
    /// Name, title, phone; sealed.
    pub profile: Sealed,
    /// Language of pages and notices, for example `en`.
    pub language: String,
    /// `auto`, `light` or `dark`.
    pub theme: String,
    /// Whether single keys act on staff pages (WCAG 2.1.4).
    pub single_keys: bool,
    /// Whether the log-in may act.
    pub active: bool,
    /// The row's version, which the profile is sealed at.
    pub version: i64,
}

/// Reads a log-in. It holds no patient data and needs no permit; the profile opens only with its key.
pub fn get(tx: &mut Tx<'_>, id: PersonId) -> Result<Option<PersonRow>, DbError> {
    tx.query_opt(
        sql!(
            "SELECT id, role, organization_id, profile_sealed, language, theme, single_keys, \
             status = 'active', version FROM person WHERE id = $1"
        ),
        &[&id],
    )?
    .as_ref()
    .map(read)
    .transpose()
}

/// Reads the nine leading columns of a row: id, role, organization, profile, language, theme, single
/// keys, active, version.
pub(crate) fn read(row: &Row) -> Result<PersonRow, DbError> {
    Ok(PersonRow {
        id: row.get(0)?,
        role: code(row, 1, Role::from_code)?,
        organization: row.get(2)?,
        profile: row.get(3)?,
        language: row.get(4)?,
        theme: row.get(5)?,
        single_keys: row.get(6)?,
        active: row.get(7)?,
        version: row.get(8)?,
    })
}

/// A log-in to be made.
#[derive(Debug)]
pub struct NewPerson<'a> {
    /// Its id.
    pub id: PersonId,
    /// What it is for.
    pub role: Role,
    /// Whose staff they are.
    pub organization: Option<OrganizationId>,
    /// Profile sealed at version 1.
    pub profile: &'a Sealed,
    /// Language of pages and notices.
    pub language: &'a str,
    /// When.
    pub at: Timestamp,
}

/// Adds a log-in without a user name; enrolment gives it one.
pub fn add<'t>(
    tx: &mut Tx<'t>,
    _permit: &Permit<'t, Administer>,
    new: &NewPerson<'_>,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "INSERT INTO person (id, role, organization_id, profile_sealed, language, theme, \
             single_keys, status, epoch, created_at, version, updated_at) \
             VALUES ($1, $2, $3, $4, $5, 'auto', TRUE, 'active', 1, $6, 1, $6)"
        ),
        &[&new.id, &new.role.code(), &new.organization, new.profile, &new.language, &new.at],
    )
}

/// Ends everything the person holds open: sessions, tokens, streams see another epoch and stop.
pub fn raise_epoch<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Administer>,
    person: PersonId,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!("UPDATE person SET epoch = epoch + 1, updated_at = $2 WHERE id = $1"),
        &[&person, &permit.now()],
    )
}

/// Disables a log-in and ends all it holds open.
pub fn disable<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Administer>,
    person: PersonId,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "UPDATE person SET status = 'disabled', epoch = epoch + 1, updated_at = $2 WHERE id = $1"
        ),
        &[&person, &permit.now()],
    )
}

/// Sets the person's own language, theme and single-key setting.
pub fn set_preferences<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, UseOwn>,
    language: &str,
    theme: &str,
    single_keys: bool,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "UPDATE person SET language = $2, theme = $3, single_keys = $4, updated_at = $5 \
             WHERE id = $1"
        ),
        &[&permit.object().person, &language, &theme, &single_keys, &permit.now()],
    )
}

/// Gives the permit's person a user name, found by its blind index, and the profile that shows it,
/// sealed at `version`, one above the row's. `Conflict` when somebody else has the name.
pub fn set_username<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ChangeCredentials>,
    username_key: &[u8; 16],
    profile: &Sealed,
    version: i64,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "UPDATE person SET username_key = $2, profile_sealed = $3, version = $4, updated_at = $5 \
             WHERE id = $1 AND version = $4 - 1"
        ),
        &[&permit.object().person, &username_key.as_slice(), profile, &version, &permit.now()],
    )
}

/// The person who has this blind index of a user name, disabled ones too.
pub fn find_by_username(
    tx: &mut Tx<'_>,
    username_key: &[u8; 16],
) -> Result<Option<PersonId>, DbError> {
    tx.query_opt(
        sql!("SELECT id FROM person WHERE username_key = $1"),
        &[&username_key.as_slice()],
    )?
    .map(|row| row.get(0))
    .transpose()
}

/// Ends everything the permit's person holds open, this session included; the new epoch.
pub fn raise_own_epoch<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ChangeCredentials>,
) -> Result<i64, DbError> {
    tx.query_one(
        sql!("UPDATE person SET epoch = epoch + 1, updated_at = $2 WHERE id = $1 RETURNING epoch"),
        &[&permit.object().person, &permit.now()],
    )?
    .get(0)
}

/// Lets a disabled log-in act again. What it held open stays ended.
pub fn enable<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Administer>,
    person: PersonId,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!("UPDATE person SET status = 'active', updated_at = $2 WHERE id = $1"),
        &[&person, &permit.now()],
    )
}

/// A log-in in a list, with what administration asks about it.
#[derive(Debug, Clone)]
pub struct ListedRow {
    /// The log-in.
    pub person: PersonRow,
    /// Whether it has a user name and password.
    pub enrolled: bool,
    /// Whether an authenticator app is set up.
    pub second_factor: bool,
    /// The last activity of any session.
    pub last_seen_at: Option<Timestamp>,
}

/// Log-ins after `after` in the order they were made, at most `limit`.
pub fn list<'t>(
    tx: &mut Tx<'t>,
    _permit: &Permit<'t, Administer>,
    after: PersonId,
    limit: i64,
) -> Result<Vec<ListedRow>, DbError> {
    tx.query(
        sql!(
            "SELECT p.id, p.role, p.organization_id, p.profile_sealed, p.language, p.theme, \
             p.single_keys, p.status = 'active', p.version, c.person_id IS NOT NULL, \
             c.totp_confirmed_at IS NOT NULL, \
             (SELECT max(s.last_seen_at) FROM session s WHERE s.person_id = p.id \
              AND s.kind = 'session') \
             FROM person p LEFT JOIN credential c ON c.person_id = p.id \
             WHERE p.id > $1 ORDER BY p.id LIMIT $2"
        ),
        &[&after, &limit],
    )?
    .iter()
    .map(|row| {
        Ok(ListedRow {
            person: read(row)?,
            enrolled: row.get(9)?,
            second_factor: row.get(10)?,
            last_seen_at: row.get(11)?,
        })
    })
    .collect()
}
