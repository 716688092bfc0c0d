//! The chain of keys: root → deployment → data keys, unwrapped as they are needed.

use std::sync::{Arc, PoisonError, RwLock};

use domain::ids::{Id, KeyId};
use domain::time::Timestamp;

use super::cache::{Cache, DataKey};
use super::cipher::{Cipher, Secret, fill, fresh};
use super::{
    DataKeyRow, DeploymentKeyRow, FORMAT, KeyStore, OwnerRef, RootKey, SealError, push_part,
};

/// The key store with what was unwrapped from it.
pub(super) struct Ring {
    store: Box<dyn KeyStore>,
    root: RwLock<RootKey>,
    deployment: RwLock<Vec<DeploymentKey>>,
    cache: Cache,
}

/// An unwrapped deployment key.
struct DeploymentKey {
    id: KeyId,
    current: bool,
    cipher: Cipher,
}

impl Ring {
    /// Opens a key store, giving an empty one its deployment key. Keeps up to `cache` data keys.
    pub(super) fn load(
        root: RootKey,
        store: Box<dyn KeyStore>,
        cache: usize,
        at: Timestamp,
    ) -> Result<Self, SealError> {
        if store.deployment_keys()?.is_empty() {
            store.add_first_deployment_key(&new_deployment_key(&root, at)?)?;
        }
        let deployment = unwrap_deployment_keys(&root, &store.deployment_keys()?)?;
        Ok(Self {
            store,
            root: RwLock::new(root),
            deployment: RwLock::new(deployment),
            cache: Cache::new(cache),
        })
    }

    /// See [`Keys::ensure`](super::Keys::ensure).
    pub(super) fn ensure(&self, owners: &[OwnerRef], at: Timestamp) -> Result<(), SealError> {
        let mut missing = Vec::new();
        for &owner in owners {
            if self.cache.current(owner).is_some() {
                continue;
            }
            match self.stored_current(owner)? {
                Some(row) if row.wrapped.is_some() => {}
                Some(_) => return Err(SealError::Missing),
                None => missing.push(owner),
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        if self.add_data_keys(&missing, at).is_err() {
            // Another node may have rotated the deployment key away meanwhile.
            self.reload_deployment()?;
            self.add_data_keys(&missing, at)?;
        }
        // The key that counts is the one in the store, whoever won: never the one made here.
        for owner in missing {
            let row = self.stored_current(owner)?.ok_or(SealError::Missing)?;
            row.wrapped.ok_or(SealError::Missing)?;
        }
        Ok(())
    }

    fn add_data_keys(&self, owners: &[OwnerRef], at: Timestamp) -> Result<(), SealError> {
        let rows: Result<Vec<_>, _> =
            owners.iter().map(|owner| self.new_data_key(*owner, at)).collect();
        Ok(self.store.add_data_keys(&rows?)?)
    }

    /// Makes a data key wrapped by the current deployment key. It is nobody's until stored.
    fn new_data_key(&self, owner: OwnerRef, at: Timestamp) -> Result<DataKeyRow, SealError> {
        let id = new_key_id(at)?;
        let wrapped = self.wrap_data_key(id, owner, &fresh()?)?;
        Ok(DataKeyRow {
            id,
            owner,
            wrapped: Some(wrapped),
            created_at: at,
            retired_at: None,
            erased_at: None,
        })
    }

    fn wrap_data_key(
        &self,
        id: KeyId,
        owner: OwnerRef,
        secret: &Secret,
    ) -> Result<(KeyId, Vec<u8>), SealError> {
        let keys = self.deployment.read().unwrap_or_else(PoisonError::into_inner);
        let by = keys.iter().find(|key| key.current).ok_or(SealError::Missing)?;
        let wrapped = by.cipher.wrap(&data_key_context(by.id, id, owner), secret)?;
        Ok((by.id, wrapped))
    }

    fn unwrap_data_key(&self, row: &DataKeyRow) -> Result<Secret, SealError> {
        let (by, wrapped) = row.wrapped.as_ref().ok_or(SealError::Missing)?;
        let context = data_key_context(*by, row.id, row.owner);
        if let Some(secret) = self.unwrap_with(*by, &context, wrapped) {
            return secret;
        }
        // Another node may have made this deployment key since we read them.
        self.reload_deployment()?;
        self.unwrap_with(*by, &context, wrapped).unwrap_or(Err(SealError::Missing))
    }

    fn unwrap_with(
        &self,
        by: KeyId,
        context: &[u8],
        wrapped: &[u8],
    ) -> Option<Result<Secret, SealError>> {
        let keys = self.deployment.read().unwrap_or_else(PoisonError::into_inner);
        let key = keys.iter().find(|key| key.id == by)?;
        Some(key.cipher.unwrap(context, wrapped))
    }

    fn reload_deployment(&self) -> Result<(), SealError> {
        let rows = self.store.deployment_keys()?;
        let root = self.root.read().unwrap_or_else(PoisonError::into_inner).clone();
        let keys = unwrap_deployment_keys(&root, &rows)?;
        *self.deployment.write().unwrap_or_else(PoisonError::into_inner) = keys;
        Ok(())
    }

    fn stored_current(&self, owner: OwnerRef) -> Result<Option<DataKeyRow>, SealError> {
        Ok(self.store.current_data_key(owner)?)
    }

    /// The key that seals for the owner, from memory or the key store.
    pub(super) fn current_key(&self, owner: OwnerRef) -> Result<Arc<DataKey>, SealError> {
        if let Some(key) = self.cache.current(owner) {
            return Ok(key);
        }
        let epoch = self.cache.epoch();
        let row = self.stored_current(owner)?.ok_or(SealError::Missing)?;
        self.keep(epoch, &row)
    }

    /// The key with this id, from memory or the key store.
    pub(super) fn key(&self, id: KeyId) -> Result<Arc<DataKey>, SealError> {
        if let Some(key) = self.cache.by_id(id) {
            return Ok(key);
        }
        let epoch = self.cache.epoch();
        let row = self.store.data_key(id)?.ok_or(SealError::Missing)?;
        self.keep(epoch, &row)
    }

    fn keep(&self, epoch: u64, row: &DataKeyRow) -> Result<Arc<DataKey>, SealError> {
        let secret = self.unwrap_data_key(row)?;
        let key = Arc::new(DataKey {
            id: row.id,
            owner: row.owner,
            current: row.retired_at.is_none(),
            cipher: Cipher::derived(secret.as_slice(), b"seal fields")?,
        });
        self.cache.put(epoch, Arc::clone(&key));
        Ok(key)
    }

    pub(super) fn purposes_secret(&self) -> Result<Secret, SealError> {
        let row = self.stored_current(OwnerRef::PURPOSES)?.ok_or(SealError::Missing)?;
        self.unwrap_data_key(&row)
    }

    /// See [`Keys::renew`](super::Keys::renew).
    pub(super) fn renew(&self, owner: OwnerRef, at: Timestamp) -> Result<(), SealError> {
        let replaced = self.stored_current(owner)?.ok_or(SealError::Missing)?;
        replaced.wrapped.ok_or(SealError::Missing)?;
        let row = self.new_data_key(owner, at)?;
        self.store.replace_data_key(replaced.id, &row)?;
        self.cache.forget(owner);
        Ok(())
    }

    /// See [`Keys::erase`](super::Keys::erase).
    pub(super) fn erase(&self, owner: OwnerRef, at: Timestamp) -> Result<u64, SealError> {
        let erased = self.store.erase(owner, at)?;
        self.cache.forget(owner);
        Ok(erased)
    }

    /// Forgets what is in memory of the owner's keys.
    pub(super) fn forget(&self, owner: OwnerRef) {
        self.cache.forget(owner);
    }

    /// The public id of the root key in force.
    pub(super) fn root_id(&self) -> Result<String, SealError> {
        self.root.read().unwrap_or_else(PoisonError::into_inner).id()
    }

    /// See [`Keys::rotate_root`](super::Keys::rotate_root).
    pub(super) fn rotate_root(&self, old: &RootKey, new: &RootKey) -> Result<(), SealError> {
        let (old_id, new_id) = (old.id()?, new.id()?);
        let rows = self.store.deployment_keys()?;
        if rows.iter().any(|row| row.root_id != new_id) {
            let mut rewrapped = Vec::with_capacity(rows.len());
            for row in &rows {
                let secret = unwrap_deployment_key(old, &old_id, row)?;
                rewrapped.push(wrap_deployment_key(new, row, &secret)?);
            }
            self.store.rewrap_deployment_keys(&old_id, &rewrapped)?;
        }
        *self.root.write().unwrap_or_else(PoisonError::into_inner) = new.clone();
        Ok(())
    }

    /// Starts a rotation, or finds the one that was interrupted.
    pub(super) fn begin_rotation(&self, at: Timestamp) -> Result<(), SealError> {
        let row = {
            let root = self.root.read().unwrap_or_else(PoisonError::into_inner);
            new_deployment_key(&root, at)?
        };
        self.store.begin_rotation(&row)?;
        self.reload_deployment()
    }

    /// Rewraps up to `limit` data keys with the current deployment key; returns how many.
    pub(super) fn rewrap_some(&self, limit: i64) -> Result<u64, SealError> {
        let current = {
            let keys = self.deployment.read().unwrap_or_else(PoisonError::into_inner);
            keys.iter().find(|key| key.current).map(|key| key.id).ok_or(SealError::Missing)?
        };
        let mut rows = self.store.data_keys_not_under(current, limit)?;
        for row in &mut rows {
            let secret = self.unwrap_data_key(row)?;
            row.wrapped = Some(self.wrap_data_key(row.id, row.owner, &secret)?);
        }
        self.store.rewrap_data_keys(&rows)?;
        Ok(u64::try_from(rows.len()).unwrap_or(u64::MAX))
    }

    /// Deletes the old deployment key; false when it still wraps data keys, which other nodes
    /// added meanwhile.
    pub(super) fn end_rotation(&self) -> Result<bool, SealError> {
        let ended = self.store.end_rotation()?;
        self.reload_deployment()?;
        Ok(ended)
    }

    /// How many data keys are in memory.
    #[cfg(test)]
    pub(super) fn cached(&self) -> usize {
        self.cache.len()
    }

    /// Forgets every data key in memory.
    #[cfg(test)]
    pub(super) fn forget_all(&self) {
        self.cache.clear();
    }
}

/// Associated data of a wrapped data key: it cannot be moved to another owner or id.
fn data_key_context(by: KeyId, id: KeyId, owner: OwnerRef) -> Vec<u8> {
    let mut out = b"Tidings data key".to_vec();
    out.push(FORMAT);
    out.extend_from_slice(by.as_uuid().as_bytes());
    out.extend_from_slice(id.as_uuid().as_bytes());
    push_part(&mut out, owner.kind.code().as_bytes());
    out.extend_from_slice(owner.id.as_bytes());
    out
}

/// Associated data of a wrapped deployment key.
fn deployment_key_context(root_id: &str, id: KeyId) -> Vec<u8> {
    let mut out = b"Tidings deployment key".to_vec();
    out.push(FORMAT);
    push_part(&mut out, root_id.as_bytes());
    out.extend_from_slice(id.as_uuid().as_bytes());
    out
}

fn new_deployment_key(root: &RootKey, at: Timestamp) -> Result<DeploymentKeyRow, SealError> {
    let row = DeploymentKeyRow {
        id: new_key_id(at)?,
        root_id: String::new(),
        wrapped: Vec::new(),
        current: true,
        created_at: at,
    };
    wrap_deployment_key(root, &row, &fresh()?)
}

/// The row with its key wrapped by this root key.
fn wrap_deployment_key(
    root: &RootKey,
    row: &DeploymentKeyRow,
    secret: &Secret,
) -> Result<DeploymentKeyRow, SealError> {
    let root_id = root.id()?;
    let wrapped = root.cipher()?.wrap(&deployment_key_context(&root_id, row.id), secret)?;
    Ok(DeploymentKeyRow { root_id, wrapped, ..row.clone() })
}

fn unwrap_deployment_key(
    root: &RootKey,
    root_id: &str,
    row: &DeploymentKeyRow,
) -> Result<Secret, SealError> {
    if row.root_id != root_id {
        return Err(SealError::WrongRoot {
            in_force: row.root_id.clone(),
            offered: root_id.to_owned(),
        });
    }
    root.cipher()?.unwrap(&deployment_key_context(root_id, row.id), &row.wrapped)
}

fn unwrap_deployment_keys(
    root: &RootKey,
    rows: &[DeploymentKeyRow],
) -> Result<Vec<DeploymentKey>, SealError> {
    let root_id = root.id()?;
    rows.iter()
        .map(|row| {
            let secret = unwrap_deployment_key(root, &root_id, row)?;
            let cipher = Cipher::derived(secret.as_slice(), b"wrap data keys")?;
            Ok(DeploymentKey { id: row.id, current: row.current, cipher })
        })
        .collect()
}

/// A UUIDv7 (RFC 9562, 5.7) of this moment. Its random part comes from the system here, since keys
/// are made where no caller's generator may reach.
fn new_key_id(at: Timestamp) -> Result<KeyId, SealError> {
    let mut random = [0; 10];
    fill(&mut random)?;
    let millis = u64::try_from(at.micros().div_euclid(1000)).unwrap_or(0);
    let uuid = uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid();
    Ok(KeyId::from_uuid(uuid))
}
