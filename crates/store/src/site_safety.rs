//! What a site says about emergencies: its country, its numbers, and whether texts are checked for urgency.
//! A directory that holds no patient data.

use domain::ids::{CareTeamId, SiteId};
use domain::site::Safety;

use crate::access::{KeepsDirectory, Permit};
use crate::db::{DbError, Row, Tx};
use crate::sql;

/// What a site says, as stored.
#[derive(Debug, Clone)]
pub struct SafetyRow {
    /// The site.
    pub site: SiteId,
    /// Its name.
    pub name: String,
    /// What it says.
    pub safety: Safety,
    /// For compare-and-set: the version of the site.
    pub version: i64,
}

fn read(row: &Row) -> Result<SafetyRow, DbError> {
    Ok(SafetyRow {
        site: row.get(0)?,
        name: row.get(1)?,
        safety: Safety {
            country: row.get(2)?,
            urgency_check: row.get(3)?,
            emergency: row.get(4)?,
            crisis: row.get(5)?,
            poison: row.get(6)?,
            maternal: row.get(7)?,
            nurse: row.get(8)?,
            nurse_hours: row.get(9)?,
            call_minutes: row.get(10)?,
        },
        version: row.get(11)?,
    })
}

/// What a site says; `None` when there is no such site.
pub fn get(tx: &mut Tx<'_>, site: SiteId) -> Result<Option<SafetyRow>, DbError> {
    tx.query_opt(
        sql!(
            "SELECT id, name, country, urgency_check, emergency_phone, crisis_phone, poison_phone, \
             maternal_phone, nurse_phone, nurse_hours, call_minutes, version FROM site WHERE id = $1"
        ),
        &[&site],
    )?
    .as_ref()
    .map(read)
    .transpose()
}

/// What the site of a team says; `None` when there is no such team.
pub fn of_team(tx: &mut Tx<'_>, team: CareTeamId) -> Result<Option<SafetyRow>, DbError> {
    tx.query_opt(
        sql!(
            "SELECT s.id, s.name, s.country, s.urgency_check, s.emergency_phone, s.crisis_phone, \
             s.poison_phone, s.maternal_phone, s.nurse_phone, s.nurse_hours, s.call_minutes, \
             s.version \
             FROM care_team c JOIN site s ON s.id = c.site_id WHERE c.id = $1"
        ),
        &[&team],
    )?
    .as_ref()
    .map(read)
    .transpose()
}

/// Sets what a site says in place of what `version` of it said; `false` when somebody changed the site
/// meanwhile or there is none.
pub fn set<'t, A: KeepsDirectory>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, A>,
    site: SiteId,
    safety: &Safety,
    version: i64,
) -> Result<bool, DbError> {
    let written = tx.execute(
        sql!(
            "UPDATE site SET country = $3, urgency_check = $4, emergency_phone = $5, crisis_phone = $6, \
             poison_phone = $7, maternal_phone = $8, nurse_phone = $9, nurse_hours = $10, \
             call_minutes = $12, version = version + 1, updated_at = $11 WHERE id = $1 AND version = $2"
        ),
        &[
            &site,
            &version,
            &safety.country,
            &safety.urgency_check,
            &safety.emergency,
            &safety.crisis,
            &safety.poison,
            &safety.maternal,
            &safety.nurse,
            &safety.nurse_hours,
            &permit.now(),
            &safety.call_minutes,
        ],
    )?;
    Ok(written == 1)
}
