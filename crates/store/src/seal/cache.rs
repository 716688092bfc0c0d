//! Data keys that were unwrapped lately. Bounded; each key is wiped when it leaves.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use domain::ids::KeyId;

use super::OwnerRef;
use super::cipher::Cipher;

/// How long a key is trusted without asking the key store again. It bounds how long another node
/// can go on opening the record of a patient whose keys were erased on this one.
const MAX_AGE: Duration = Duration::from_mins(1);

/// An unwrapped data key.
pub(super) struct DataKey {
    pub(super) id: KeyId,
    pub(super) owner: OwnerRef,
    pub(super) current: bool,
    pub(super) cipher: Cipher,
}

struct Entry {
    key: Arc<DataKey>,
    loaded: Instant,
    used: AtomicBool,
}

#[derive(Default)]
struct Entries {
    by_id: HashMap<KeyId, Entry>,
    current: HashMap<OwnerRef, KeyId>,
    /// Raised by every removal, so that a key read before an erasure is not put in after it.
    epoch: u64,
}

/// The cache. Looking up takes a shared lock; putting in and taking out an exclusive one.
pub(super) struct Cache {
    entries: RwLock<Entries>,
    capacity: usize,
}

impl Cache {
    /// A cache of at most `capacity` keys (at least one).
    pub(super) fn new(capacity: usize) -> Self {
        Self { entries: RwLock::default(), capacity: capacity.max(1) }
    }

    /// The key with this id.
    pub(super) fn by_id(&self, id: KeyId) -> Option<Arc<DataKey>> {
        self.read().fresh(id)
    }

    /// The key that seals for this owner.
    pub(super) fn current(&self, owner: OwnerRef) -> Option<Arc<DataKey>> {
        let entries = self.read();
        let id = entries.current.get(&owner)?;
        entries.fresh(*id)
    }

    /// What to hand back to [`Cache::put`]; take it before reading the key store.
    pub(super) fn epoch(&self) -> u64 {
        self.read().epoch
    }

    /// Keeps a key, unless something was taken out since `epoch`.
    pub(super) fn put(&self, epoch: u64, key: Arc<DataKey>) {
        let mut entries = self.write();
        if entries.epoch != epoch {
            return;
        }
        if entries.by_id.len() >= self.capacity && !entries.by_id.contains_key(&key.id) {
            entries.make_room(self.capacity);
        }
        if key.current {
            entries.current.insert(key.owner, key.id);
        } else if entries.current.get(&key.owner) == Some(&key.id) {
            entries.current.remove(&key.owner);
        }
        let entry =
            Entry { key: Arc::clone(&key), loaded: Instant::now(), used: AtomicBool::new(true) };
        entries.by_id.insert(key.id, entry);
    }

    /// Forgets every key of this owner.
    pub(super) fn forget(&self, owner: OwnerRef) {
        let mut entries = self.write();
        entries.epoch = entries.epoch.wrapping_add(1);
        entries.current.remove(&owner);
        entries.by_id.retain(|_, entry| entry.key.owner != owner);
    }

    /// Forgets every key.
    #[cfg(test)]
    pub(super) fn clear(&self) {
        let mut entries = self.write();
        let epoch = entries.epoch.wrapping_add(1);
        *entries = Entries { epoch, ..Entries::default() };
    }

    /// How many keys are held.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.read().by_id.len()
    }

    // A panic cannot leave the maps half changed in a way that matters: at worst a key is missing.
    fn read(&self) -> RwLockReadGuard<'_, Entries> {
        self.entries.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Entries> {
        self.entries.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entries {
    fn fresh(&self, id: KeyId) -> Option<Arc<DataKey>> {
        let entry = self.by_id.get(&id)?;
        if entry.loaded.elapsed() > MAX_AGE {
            return None;
        }
        entry.used.store(true, Ordering::Relaxed);
        Some(Arc::clone(&entry.key))
    }

    /// Second chance: throws out the keys not used since the last round; if all were, every other
    /// one, so that a round is rare whatever the access pattern.
    fn make_room(&mut self, capacity: usize) {
        self.by_id.retain(|_, entry| entry.used.swap(false, Ordering::Relaxed));
        if self.by_id.len() >= capacity {
            let mut keep = false;
            self.by_id.retain(|_, _| {
                keep = !keep && capacity > 1;
                keep
            });
        }
        let by_id = &self.by_id;
        self.current.retain(|_, id| by_id.contains_key(id));
    }
}
