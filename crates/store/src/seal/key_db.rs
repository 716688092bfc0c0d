//! The key store in SQL: a database of its own, on either engine, through the same executor.

use domain::ids::KeyId;
use domain::time::Timestamp;

use super::{DataKeyRow, DeploymentKeyRow, KeyStore, OwnerKind, OwnerRef};
use crate::db::{Db, DbError, FromValue, Param, Row, ToParam, Tx, Value};
use crate::migrate::{MigrateError, migrate};
use crate::migrations::KEYS;
use crate::sql;

/// A [`KeyStore`] in a database that holds nothing else.
#[derive(Clone, Debug)]
pub struct KeyDb {
    db: Db,
}

impl KeyDb {
    /// Takes the key database and brings its tables up to date; `now` is noted as the time of
    /// a migration. It must not be the database of the record: that would put wrapped keys into the
    /// record's backups, and a lookup inside a transaction would wait for itself.
    pub fn open(db: Db, now: Timestamp) -> Result<Self, MigrateError> {
        migrate(&db, KEYS, now)?;
        Ok(Self { db })
    }
}

impl KeyStore for KeyDb {
    fn deployment_keys(&self) -> Result<Vec<DeploymentKeyRow>, DbError> {
        self.db.read(deployment_keys)
    }

    fn add_first_deployment_key(&self, row: &DeploymentKeyRow) -> Result<(), DbError> {
        let row = row.clone();
        self.db.write(move |tx| {
            if deployment_keys(tx)?.is_empty() {
                // On PostgreSQL another node may be doing the same: the index lets one through.
                tx.execute(
                    sql!(
                        "INSERT INTO deployment_key (id, root_id, wrapped, state, created_at) \
                         VALUES ($1, $2, $3, 'current', $4) ON CONFLICT DO NOTHING"
                    ),
                    &[&row.id, &row.root_id, &row.wrapped, &row.created_at],
                )?;
            }
            Ok(())
        })
    }

    fn begin_rotation(&self, row: &DeploymentKeyRow) -> Result<(), DbError> {
        let row = row.clone();
        self.db.write(move |tx| {
            let found = deployment_keys(tx)?;
            if found.iter().any(|key| !key.current) {
                return Ok(());
            }
            if found.iter().any(|key| key.root_id != row.root_id) {
                return Err(DbError::other("the key store is under another root key"));
            }
            tx.execute_one(
                sql!("UPDATE deployment_key SET state = 'retiring' WHERE state = 'current'"),
                &[],
            )?;
            tx.execute_one(
                sql!(
                    "INSERT INTO deployment_key (id, root_id, wrapped, state, created_at) \
                     VALUES ($1, $2, $3, 'current', $4)"
                ),
                &[&row.id, &row.root_id, &row.wrapped, &row.created_at],
            )
        })
    }

    fn end_rotation(&self) -> Result<bool, DbError> {
        self.db.write(|tx| {
            tx.execute(
                sql!(
                    "DELETE FROM deployment_key WHERE state = 'retiring' AND NOT EXISTS \
                     (SELECT 1 FROM data_key WHERE data_key.wrapped_by = deployment_key.id)"
                ),
                &[],
            )?;
            Ok(deployment_keys(tx)?.iter().all(|key| key.current))
        })
    }

    fn rewrap_deployment_keys(
        &self,
        from_root_id: &str,
        rows: &[DeploymentKeyRow],
    ) -> Result<(), DbError> {
        let (from, rows) = (from_root_id.to_owned(), rows.to_vec());
        self.db.write(move |tx| {
            for row in &rows {
                tx.execute_one(
                    sql!(
                        "UPDATE deployment_key SET root_id = $2, wrapped = $3 \
                         WHERE id = $1 AND root_id = $4"
                    ),
                    &[&row.id, &row.root_id, &row.wrapped, &from],
                )?;
            }
            if deployment_keys(tx)?.len() == rows.len() {
                Ok(())
            } else {
                Err(DbError::other("a deployment key was added meanwhile"))
            }
        })
    }

    fn data_key(&self, id: KeyId) -> Result<Option<DataKeyRow>, DbError> {
        self.db.read(|tx| {
            let row = tx.query_opt(
                sql!(
                    "SELECT id, owner_kind, owner_id, wrapped_by, wrapped, created_at, retired_at, \
                     erased_at FROM data_key WHERE id = $1"
                ),
                &[&id],
            )?;
            row.as_ref().map(data_key_of).transpose()
        })
    }

    fn current_data_key(&self, owner: OwnerRef) -> Result<Option<DataKeyRow>, DbError> {
        self.db.read(|tx| {
            let row = tx.query_opt(
                sql!(
                    "SELECT id, owner_kind, owner_id, wrapped_by, wrapped, created_at, retired_at, \
                     erased_at FROM data_key \
                     WHERE owner_kind = $1 AND owner_id = $2 AND retired_at IS NULL"
                ),
                &[&owner.kind, &owner.id],
            )?;
            row.as_ref().map(data_key_of).transpose()
        })
    }

    fn add_data_keys(&self, rows: &[DataKeyRow]) -> Result<(), DbError> {
        let rows = rows.to_vec();
        self.db.write(move |tx| rows.iter().try_for_each(|row| add_data_key(tx, row)))
    }

    fn replace_data_key(&self, replaced: KeyId, row: &DataKeyRow) -> Result<(), DbError> {
        let row = row.clone();
        self.db.write(move |tx| {
            let retired = tx.execute(
                sql!(
                    "UPDATE data_key SET retired_at = $2 \
                     WHERE id = $1 AND retired_at IS NULL AND erased_at IS NULL"
                ),
                &[&replaced, &row.created_at],
            )?;
            if retired == 1 { add_data_key(tx, &row) } else { Ok(()) }
        })
    }

    fn data_keys_not_under(&self, current: KeyId, limit: i64) -> Result<Vec<DataKeyRow>, DbError> {
        self.db.read(|tx| {
            let rows = tx.query(
                sql!(
                    "SELECT id, owner_kind, owner_id, wrapped_by, wrapped, created_at, retired_at, \
                     erased_at FROM data_key WHERE wrapped_by <> $1 ORDER BY id LIMIT $2"
                ),
                &[&current, &limit],
            )?;
            rows.iter().map(data_key_of).collect()
        })
    }

    fn rewrap_data_keys(&self, rows: &[DataKeyRow]) -> Result<(), DbError> {
        let rows = rows.to_vec();
        self.db.write(move |tx| {
            for row in &rows {
                let (by, wrapped) = halves(row);
                tx.execute(
                    sql!(
                        "UPDATE data_key SET wrapped_by = $2, wrapped = $3 \
                         WHERE id = $1 AND erased_at IS NULL"
                    ),
                    &[&row.id, &by, &wrapped],
                )?;
            }
            Ok(())
        })
    }

    fn erase(&self, owner: OwnerRef, at: Timestamp) -> Result<u64, DbError> {
        let erased = self.db.write(move |tx| {
            tx.execute(
                sql!(
                    "UPDATE data_key SET wrapped = NULL, wrapped_by = NULL, erased_at = $3 \
                     WHERE owner_kind = $1 AND owner_id = $2 AND erased_at IS NULL"
                ),
                &[&owner.kind, &owner.id, &at],
            )
        })?;
        // A page keeps in its free space what was in it once, wherever its rows have gone since.
        self.db.compact()?;
        Ok(erased)
    }
}

fn deployment_keys(tx: &mut Tx<'_>) -> Result<Vec<DeploymentKeyRow>, DbError> {
    let rows = tx.query(
        sql!(
            "SELECT id, root_id, wrapped, state, created_at FROM deployment_key \
             ORDER BY state, id"
        ),
        &[],
    )?;
    rows.iter()
        .map(|row| {
            Ok(DeploymentKeyRow {
                id: row.get(0)?,
                root_id: row.get(1)?,
                wrapped: row.get(2)?,
                current: row.get::<String>(3)? == "current",
                created_at: row.get(4)?,
            })
        })
        .collect()
}

/// Adds a data key unless its owner has one that is not retired.
fn add_data_key(tx: &mut Tx<'_>, row: &DataKeyRow) -> Result<(), DbError> {
    let (by, wrapped) = halves(row);
    tx.execute(
        sql!(
            "INSERT INTO data_key (id, owner_kind, owner_id, wrapped_by, wrapped, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (owner_kind, owner_id) WHERE retired_at IS NULL DO NOTHING"
        ),
        &[&row.id, &row.owner.kind, &row.owner.id, &by, &wrapped, &row.created_at],
    )?;
    Ok(())
}

/// The two columns of a wrapped key.
fn halves(row: &DataKeyRow) -> (Option<KeyId>, Option<&[u8]>) {
    match &row.wrapped {
        Some((by, wrapped)) => (Some(*by), Some(wrapped.as_slice())),
        None => (None, None),
    }
}

/// Columns in the order id, owner_kind, owner_id, wrapped_by, wrapped, created_at, retired_at,
/// erased_at.
fn data_key_of(row: &Row) -> Result<DataKeyRow, DbError> {
    let by: Option<KeyId> = row.get(3)?;
    let wrapped: Option<Vec<u8>> = row.get(4)?;
    Ok(DataKeyRow {
        id: row.get(0)?,
        owner: OwnerRef { kind: row.get(1)?, id: row.get(2)? },
        wrapped: by.zip(wrapped),
        created_at: row.get(5)?,
        retired_at: row.get(6)?,
        erased_at: row.get(7)?,
    })
}

impl ToParam for OwnerKind {
    fn to_param(&self) -> Param<'_> {
        Param::Text(self.code().into())
    }
}

impl FromValue for OwnerKind {
    fn from_value(value: &Value) -> Result<Self, DbError> {
        let code = String::from_value(value)?;
        Self::from_code(&code).ok_or_else(|| DbError::Decode("no kind of owner".to_owned()))
    }
}
