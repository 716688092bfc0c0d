//! A key store in memory, for the tests of the cipher itself, with switches for what goes wrong.

use std::sync::{Arc, Mutex};

use domain::ids::KeyId;
use domain::time::Timestamp;

use crate::db::DbError;
use crate::seal::{DataKeyRow, DeploymentKeyRow, KeyStore, OwnerRef};

/// What two nodes share.
#[derive(Default)]
pub(super) struct Tables {
    pub(super) deployment: Vec<DeploymentKeyRow>,
    pub(super) data: Vec<DataKeyRow>,
    pub(super) down: bool,
    pub(super) reads: usize,
}

/// Clones are nodes of one installation.
#[derive(Clone, Default)]
pub(super) struct Memory(pub(super) Arc<Mutex<Tables>>);

impl Memory {
    fn with<T>(&self, act: impl FnOnce(&mut Tables) -> Result<T, DbError>) -> Result<T, DbError> {
        let mut tables = self.0.lock().unwrap();
        if tables.down { Err(DbError::Unavailable) } else { act(&mut tables) }
    }
}

impl KeyStore for Memory {
    fn deployment_keys(&self) -> Result<Vec<DeploymentKeyRow>, DbError> {
        self.with(|tables| {
            let mut rows = tables.deployment.clone();
            rows.sort_by_key(|row| !row.current);
            Ok(rows)
        })
    }

    fn add_first_deployment_key(&self, row: &DeploymentKeyRow) -> Result<(), DbError> {
        self.with(|tables| {
            if tables.deployment.is_empty() {
                tables.deployment.push(row.clone());
            }
            Ok(())
        })
    }

    fn begin_rotation(&self, row: &DeploymentKeyRow) -> Result<(), DbError> {
        self.with(|tables| {
            if tables.deployment.iter().any(|old| !old.current) {
                return Ok(());
            }
            if tables.deployment.iter().any(|old| old.root_id != row.root_id) {
                return Err(DbError::Other("another root key is in force".into()));
            }
            tables.deployment.iter_mut().for_each(|old| old.current = false);
            tables.deployment.push(row.clone());
            Ok(())
        })
    }

    fn end_rotation(&self) -> Result<bool, DbError> {
        self.with(|tables| {
            let data = &tables.data;
            let wraps = |id: KeyId| {
                data.iter().any(|key| matches!(&key.wrapped, Some((by, _)) if *by == id))
            };
            tables.deployment.retain(|row| row.current || wraps(row.id));
            Ok(tables.deployment.len() == 1)
        })
    }

    fn rewrap_deployment_keys(
        &self,
        from_root_id: &str,
        rows: &[DeploymentKeyRow],
    ) -> Result<(), DbError> {
        self.with(|tables| {
            let covered = tables
                .deployment
                .iter()
                .all(|old| old.root_id == from_root_id && rows.iter().any(|row| row.id == old.id));
            if !covered {
                return Err(DbError::Other("the deployment keys have changed".into()));
            }
            tables.deployment = rows.to_vec();
            Ok(())
        })
    }

    fn data_key(&self, id: KeyId) -> Result<Option<DataKeyRow>, DbError> {
        self.with(|tables| {
            tables.reads += 1;
            Ok(tables.data.iter().find(|row| row.id == id).cloned())
        })
    }

    fn current_data_key(&self, owner: OwnerRef) -> Result<Option<DataKeyRow>, DbError> {
        self.with(|tables| {
            tables.reads += 1;
            let mut rows = tables.data.iter();
            Ok(rows.find(|row| row.owner == owner && row.retired_at.is_none()).cloned())
        })
    }

    fn add_data_keys(&self, rows: &[DataKeyRow]) -> Result<(), DbError> {
        self.with(|tables| {
            for row in rows {
                let by = row.wrapped.as_ref().map(|(by, _)| *by);
                if !tables.deployment.iter().any(|key| Some(key.id) == by) {
                    return Err(DbError::Other("no such deployment key".into()));
                }
            }
            for row in rows {
                let taken = |old: &DataKeyRow| old.owner == row.owner && old.retired_at.is_none();
                if !tables.data.iter().any(taken) {
                    tables.data.push(row.clone());
                }
            }
            Ok(())
        })
    }

    fn replace_data_key(&self, replaced: KeyId, row: &DataKeyRow) -> Result<(), DbError> {
        self.with(|tables| {
            let old = tables.data.iter_mut().find(|old| {
                old.id == replaced && old.retired_at.is_none() && old.erased_at.is_none()
            });
            if let Some(old) = old {
                old.retired_at = Some(row.created_at);
                tables.data.push(row.clone());
            }
            Ok(())
        })
    }

    fn data_keys_not_under(&self, current: KeyId, limit: i64) -> Result<Vec<DataKeyRow>, DbError> {
        self.with(|tables| {
            let other = |row: &&DataKeyRow| matches!(&row.wrapped, Some((by, _)) if *by != current);
            let limit = usize::try_from(limit).unwrap();
            Ok(tables.data.iter().filter(other).take(limit).cloned().collect())
        })
    }

    fn rewrap_data_keys(&self, rows: &[DataKeyRow]) -> Result<(), DbError> {
        self.with(|tables| {
            for row in rows {
                let old = tables.data.iter_mut().find(|old| old.id == row.id);
                if let Some(old) = old.filter(|old| old.wrapped.is_some()) {
                    old.wrapped.clone_from(&row.wrapped);
                }
            }
            Ok(())
        })
    }

    fn erase(&self, owner: OwnerRef, at: Timestamp) -> Result<u64, DbError> {
        self.with(|tables| {
            let mut erased = 0;
            for row in tables.data.iter_mut().filter(|row| row.owner == owner) {
                erased += u64::from(row.wrapped.take().is_some());
                row.erased_at.get_or_insert(at);
            }
            Ok(erased)
        })
    }
}
