//! What a site adds to the rules of the urgency check, in every version that was kept.
//!
//! Sealed under the organization's key: `site_rules.text_sealed` and `site_rules.reason_sealed`, row `site_rules.id`,
//! version 1. A row never changes, so its id names its text. Rules name no person and no patient, and reading those
//! in force takes no permit. Deliberately absent: what the text means (`domain::urgency`).

use domain::ids::{CareTeamId, OrganizationId, PersonId, SiteId, SiteRulesId};
use domain::time::Timestamp;

use crate::access::{Administer, Permit};
use crate::db::{DbError, Tx};
use crate::seal::Sealed;
use crate::sql;

/// What is in force at a site, without its text.
#[derive(Debug, Clone, Copy)]
pub struct InForce {
    /// The row.
    pub id: SiteRulesId,
    /// Its number, from 1.
    pub version: i64,
    /// Whose key the text is sealed under.
    pub organization: OrganizationId,
}

/// What is in force at the site of a team; `None` when the site never added anything.
pub fn of_team(tx: &mut Tx<'_>, team: CareTeamId) -> Result<Option<InForce>, DbError> {
    tx.query_opt(
        sql!(
            "SELECT r.id, r.version, s.organization_id FROM care_team c JOIN site s ON s.id = c.site_id \
             JOIN site_rules r ON r.site_id = s.id WHERE c.id = $1 ORDER BY r.version DESC LIMIT 1"
        ),
        &[&team],
    )?
    .map(|row| Ok(InForce { id: row.get(0)?, version: row.get(1)?, organization: row.get(2)? }))
    .transpose()
}

/// The text of a version, sealed; `None` when there is none of this id.
pub fn text(tx: &mut Tx<'_>, id: SiteRulesId) -> Result<Option<Sealed>, DbError> {
    tx.query_opt(sql!("SELECT text_sealed FROM site_rules WHERE id = $1"), &[&id])?
        .map(|row| row.get(0))
        .transpose()
}

/// The number of the newest version of a site; 0 when nothing was ever kept.
pub fn latest(tx: &mut Tx<'_>, site: SiteId) -> Result<i64, DbError> {
    tx.query_one(
        sql!("SELECT coalesce(max(version), 0) FROM site_rules WHERE site_id = $1"),
        &[&site],
    )?
    .get(0)
}

/// A kept version without its text.
#[derive(Debug, Clone)]
pub struct VersionRow {
    /// The row.
    pub id: SiteRulesId,
    /// Its number.
    pub version: i64,
    /// Who kept it; `None` at the machine's command line.
    pub author: Option<PersonId>,
    /// Why, sealed.
    pub reason: Sealed,
    /// When.
    pub at: Timestamp,
}

/// The newest versions of a site, the newest first, at most `limit`.
pub fn list_versions<'t>(
    tx: &mut Tx<'t>,
    _permit: &Permit<'t, Administer>,
    site: SiteId,
    limit: i64,
) -> Result<Vec<VersionRow>, DbError> {
    tx.query(
        sql!(
            "SELECT id, version, author_id, reason_sealed, made_at FROM site_rules \
             WHERE site_id = $1 ORDER BY version DESC LIMIT $2"
        ),
        &[&site, &limit],
    )?
    .iter()
    .map(|row| {
        Ok(VersionRow {
            id: row.get(0)?,
            version: row.get(1)?,
            author: row.get(2)?,
            reason: row.get(3)?,
            at: row.get(4)?,
        })
    })
    .collect()
}

/// The row of a version of a site; `None` when there is none.
pub fn of_version(
    tx: &mut Tx<'_>,
    site: SiteId,
    version: i64,
) -> Result<Option<SiteRulesId>, DbError> {
    tx.query_opt(
        sql!("SELECT id FROM site_rules WHERE site_id = $1 AND version = $2"),
        &[&site, &version],
    )?
    .map(|row| row.get(0))
    .transpose()
}

/// Keeps a version of a site; `Conflict` when that number is taken.
pub fn add<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Administer>,
    (id, site, version): (SiteRulesId, SiteId, i64),
    (text, reason): (&Sealed, &Sealed),
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "INSERT INTO site_rules (id, site_id, version, author_id, text_sealed, reason_sealed, made_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)"
        ),
        &[&id, &site, &version, &permit.person(), text, reason, &permit.now()],
    )
}
