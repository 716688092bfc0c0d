//! Imported records: how they are recognised again, and their originals in every version.
//!
//! `original_sealed` is sealed under the key of the patient it belongs to, else the deployment's: row
//! `imported_version.resource_id`, at its version. Keys are kept as keyed hashes only, since an
//! identifier of a person is health data.

use domain::ids::{PatientId, ResourceId};
use uuid::Uuid;

use crate::access::{ImportRecords, Permit, ReadChart};
use crate::db::{DbError, Row, Tx};
use crate::seal::Sealed;
use crate::sql;

/// A record that an earlier import brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// Its id.
    pub id: ResourceId,
    /// The row it is shown from, where there is one.
    pub target: Option<Uuid>,
    /// Whose it is.
    pub patient: Option<PatientId>,
    /// Its newest version.
    pub version: i64,
}

fn read(row: &Row) -> Result<Known, DbError> {
    Ok(Known { id: row.get(0)?, target: row.get(1)?, patient: row.get(2)?, version: row.get(3)? })
}

/// What a key leads to: nothing, one record, or (then the key is ambiguous) two.
pub fn find<'t>(
    tx: &mut Tx<'t>,
    _permit: &Permit<'t, ImportRecords>,
    alias: &[u8; 16],
) -> Result<Vec<Known>, DbError> {
    tx.query(
        sql!(
            "SELECT r.id, r.target_id, r.patient_id, r.version FROM imported_alias a \
             JOIN imported_resource r ON r.id = a.resource_id WHERE a.alias_key = $1 \
             ORDER BY r.id LIMIT 2"
        ),
        &[&alias.as_slice()],
    )?
    .iter()
    .map(read)
    .collect()
}

/// Whether this content is the newest version, or the newest one of its track.
pub fn is_current<'t>(
    tx: &mut Tx<'t>,
    _permit: &Permit<'t, ImportRecords>,
    known: &Known,
    track: &[u8; 16],
    content_mac: &[u8; 32],
) -> Result<bool, DbError> {
    let found = tx.query_opt(
        sql!(
            "SELECT 1 FROM imported_version v WHERE v.resource_id = $1 AND v.content_mac = $2 \
             AND (v.version = $3 OR v.version = (SELECT max(t.version) FROM imported_version t \
             WHERE t.resource_id = $1 AND t.track = $4)) LIMIT 1"
        ),
        &[&known.id, &content_mac.as_slice(), &known.version, &track.as_slice()],
    )?;
    Ok(found.is_some())
}

/// Adds a record with its first version still to come.
pub fn add<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ImportRecords>,
    known: &Known,
    resource_type: &str,
    key: &[u8; 16],
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "INSERT INTO imported_resource (id, resource_type, resource_key, target_id, patient_id, \
             version, updated_at) VALUES ($1, $2, $3, $4, $5, 0, $6)"
        ),
        &[
            &known.id,
            &resource_type,
            &key.as_slice(),
            &known.target,
            &known.patient,
            &permit.now(),
        ],
    )
}

/// Adds a key that may name the record; a known one is left as it is. How many rows were added.
pub fn add_alias<'t>(
    tx: &mut Tx<'t>,
    _permit: &Permit<'t, ImportRecords>,
    id: ResourceId,
    alias: &[u8; 16],
) -> Result<u64, DbError> {
    tx.execute(
        sql!(
            "INSERT INTO imported_alias (alias_key, resource_id) VALUES ($1, $2) \
             ON CONFLICT (alias_key, resource_id) DO NOTHING"
        ),
        &[&alias.as_slice(), &id],
    )
}

/// A version to be added.
#[derive(Debug)]
pub struct NewVersion<'a> {
    /// The record.
    pub id: ResourceId,
    /// One more than the newest one.
    pub version: i64,
    /// Who said it.
    pub track: &'a [u8; 16],
    /// The digest of the original.
    pub content_mac: &'a [u8; 32],
    /// The original, sealed at this version.
    pub original: &'a Sealed,
}

/// Adds the next version; `RowCount` when it is not the next one.
pub fn add_version<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ImportRecords>,
    new: &NewVersion<'_>,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "UPDATE imported_resource SET version = $2, updated_at = $3 \
             WHERE id = $1 AND version = $2 - 1"
        ),
        &[&new.id, &new.version, &permit.now()],
    )?;
    tx.execute_one(
        sql!(
            "INSERT INTO imported_version (resource_id, version, track, content_mac, \
             original_sealed, imported_at) VALUES ($1, $2, $3, $4, $5, $6)"
        ),
        &[
            &new.id,
            &new.version,
            &new.track.as_slice(),
            &new.content_mac.as_slice(),
            new.original,
            &permit.now(),
        ],
    )
}

/// The original of a version of what the permit's patient's chart shows as `target`, with the record's
/// id, which it is sealed at.
pub fn original<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ReadChart>,
    target: Uuid,
    version: i64,
) -> Result<Option<(ResourceId, Sealed)>, DbError> {
    tx.query_opt(
        sql!(
            "SELECT r.id, v.original_sealed FROM imported_resource r JOIN imported_version v \
             ON v.resource_id = r.id WHERE r.target_id = $1 AND r.patient_id = $2 AND v.version = $3"
        ),
        &[&target, &permit.patient(), &version],
    )?
    .map(|row| Ok((row.get(0)?, row.get(1)?)))
    .transpose()
}
