//! Log-ins: role, organization, and the sealed profile (name, title, phone).
//!
//! `profile_sealed` is sealed under the person's own key, row `person.id`, at the row's `version`.

use domain::access::Role;
use domain::ids::{OrganizationId, PersonId};
use domain::time::Timestamp;

use crate::access::{Administer, Permit, UseOwn};
use crate::db::{DbError, Tx};
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
            "SELECT role, organization_id, profile_sealed, language, theme, single_keys, \
             status = 'active', version FROM person WHERE id = $1"
        ),
        &[&id],
    )?
    .map(|row| {
        Ok(PersonRow {
            id,
            role: code(&row, 0, Role::from_code)?,
            organization: row.get(1)?,
            profile: row.get(2)?,
            language: row.get(3)?,
            theme: row.get(4)?,
            single_keys: row.get(5)?,
            active: row.get(6)?,
            version: row.get(7)?,
        })
    })
    .transpose()
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
