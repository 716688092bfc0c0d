//! Organizations and their sites: a directory that holds no patient data.

use domain::ids::{OrganizationId, SiteId};

use crate::access::{KeepsDirectory, Permit};
use crate::db::{DbError, Row, Tx};
use crate::sql;

/// An organization as stored.
#[derive(Debug, Clone)]
pub struct OrganizationRow {
    /// Its id.
    pub id: OrganizationId,
    /// Its name.
    pub name: String,
    /// Its phone.
    pub phone: String,
}

/// All organizations, by name.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<OrganizationRow>, DbError> {
    tx.query(sql!("SELECT id, name, phone FROM organization ORDER BY name, id"), &[])?
        .iter()
        .map(|row| Ok(OrganizationRow { id: row.get(0)?, name: row.get(1)?, phone: row.get(2)? }))
        .collect()
}

/// Adds an organization.
pub fn add<'t, A: KeepsDirectory>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, A>,
    id: OrganizationId,
    name: &str,
    phone: &str,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "INSERT INTO organization (id, name, phone, version, updated_at) \
             VALUES ($1, $2, $3, 1, $4)"
        ),
        &[&id, &name, &phone, &permit.now()],
    )
}

/// One organization; `None` when there is none of that id.
pub fn get(tx: &mut Tx<'_>, id: OrganizationId) -> Result<Option<OrganizationRow>, DbError> {
    tx.query_opt(sql!("SELECT id, name, phone FROM organization WHERE id = $1"), &[&id])?
        .map(|row| Ok(OrganizationRow { id: row.get(0)?, name: row.get(1)?, phone: row.get(2)? }))
        .transpose()
}

/// Gives an organization another name and phone; `RowCount` when there is none of that id.
pub fn update<'t, A: KeepsDirectory>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, A>,
    id: OrganizationId,
    name: &str,
    phone: &str,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "UPDATE organization SET name = $2, phone = $3, version = version + 1, updated_at = $4 \
             WHERE id = $1"
        ),
        &[&id, &name, &phone, &permit.now()],
    )
}

/// A place with a phone and hours.
#[derive(Debug, Clone)]
pub struct SiteRow {
    /// Its id.
    pub id: SiteId,
    /// Whose it is.
    pub organization: OrganizationId,
    /// The name people know.
    pub name: String,
    /// The number people call.
    pub phone: String,
    /// Opening hours, as they were entered.
    pub hours: String,
    /// IANA time zone.
    pub time_zone: String,
    /// ISO 3166-1 alpha-2 country code.
    pub country: String,
    /// The emergency number.
    pub emergency_phone: String,
    /// The crisis line.
    pub crisis_phone: String,
    /// Today's nurse line.
    pub nurse_phone: String,
}

fn read(row: &Row) -> Result<SiteRow, DbError> {
    Ok(SiteRow {
        id: row.get(0)?,
        organization: row.get(1)?,
        name: row.get(2)?,
        phone: row.get(3)?,
        hours: row.get(4)?,
        time_zone: row.get(5)?,
        country: row.get(6)?,
        emergency_phone: row.get(7)?,
        crisis_phone: row.get(8)?,
        nurse_phone: row.get(9)?,
    })
}

/// All sites, by name.
pub fn list_sites(tx: &mut Tx<'_>) -> Result<Vec<SiteRow>, DbError> {
    tx.query(
        sql!(
            "SELECT id, organization_id, name, phone, hours, time_zone, country, emergency_phone, \
             crisis_phone, nurse_phone FROM site ORDER BY name, id"
        ),
        &[],
    )?
    .iter()
    .map(read)
    .collect()
}

/// The sites of an organization, by name.
pub fn list_sites_of(
    tx: &mut Tx<'_>,
    organization: OrganizationId,
) -> Result<Vec<SiteRow>, DbError> {
    tx.query(
        sql!(
            "SELECT id, organization_id, name, phone, hours, time_zone, country, emergency_phone, \
             crisis_phone, nurse_phone FROM site WHERE organization_id = $1 ORDER BY name, id"
        ),
        &[&organization],
    )?
    .iter()
    .map(read)
    .collect()
}

/// One site; `None` when there is none of that id.
pub fn get_site(tx: &mut Tx<'_>, id: SiteId) -> Result<Option<SiteRow>, DbError> {
    tx.query_opt(
        sql!(
            "SELECT id, organization_id, name, phone, hours, time_zone, country, emergency_phone, \
             crisis_phone, nurse_phone FROM site WHERE id = $1"
        ),
        &[&id],
    )?
    .as_ref()
    .map(read)
    .transpose()
}

/// Adds a site, its texts not yet checked for urgency: `site_safety::set` says what its check needs.
pub fn add_site<'t, A: KeepsDirectory>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, A>,
    new: &SiteRow,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "INSERT INTO site (id, organization_id, name, phone, hours, time_zone, country, \
             emergency_phone, crisis_phone, nurse_phone, poison_phone, maternal_phone, nurse_hours, \
             urgency_check, has_duty, version, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', '', '', FALSE, FALSE, 1, $11)"
        ),
        &[
            &new.id,
            &new.organization,
            &new.name,
            &new.phone,
            &new.hours,
            &new.time_zone,
            &new.country,
            &new.emergency_phone,
            &new.crisis_phone,
            &new.nurse_phone,
            &permit.now(),
        ],
    )
}
