//! The model of the disk: what is on the platter, what is only in the cache, and who holds locks.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use rusqlite::ffi;

use crate::random::Random;
use crate::vfs::Memory;

/// The unit in which writes reach the platter, in bytes.
const SECTOR: usize = 512;

/// How a call can be made to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The device reports an I/O error. A sync that fails so leaves its sectors off the platter for
    /// good, though reads still see them, as the page cache of Linux does.
    Eio,
    /// No space is left.
    Full,
    /// Half of a write arrives, then the device reports an error; as [`Fault::Eio`] for other calls.
    Short,
}

/// What a call wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    Read,
    Change,
    Sync,
}

/// An SQLite result code that is not OK.
pub(crate) type Code = i32;

/// One file's content.
#[derive(Debug, Default)]
pub(crate) struct Inode {
    /// What survives a cut for sure.
    platter: Vec<u8>,
    /// What a read sees.
    pub current: Vec<u8>,
    /// Every version of every sector written since the last sync.
    pending: BTreeMap<usize, Vec<Vec<u8>>>,
    /// How many syncs have failed. Linux tells each open file of such a failure once (since 4.13), so that
    /// what one of them lost no other can take for written.
    pub failed_syncs: u64,
    pub locks: Locks,
    pub memory: Option<Arc<Memory>>,
}

/// Who holds SQLite's five-level lock on a file.
#[derive(Debug, Default)]
pub(crate) struct Locks {
    shared: BTreeSet<u64>,
    reserved: Option<u64>,
    pending: Option<u64>,
    exclusive: Option<u64>,
}

#[derive(Debug, Clone)]
enum Entry {
    Created(String, u64),
    Deleted(String),
}

/// Everything about the disk.
#[derive(Debug, Default)]
pub(crate) struct State {
    inodes: HashMap<u64, Inode>,
    names: HashMap<String, u64>,
    /// The directory as it is on the platter.
    platter_names: HashMap<String, u64>,
    /// Changes of the directory since it was last synced, in order.
    entries: Vec<Entry>,
    next: u64,
    /// Grows at every cut: handles of an earlier one are dead.
    pub generation: u64,
    off: bool,
    changes: u64,
    calls: u64,
    syncs: u64,
    off_at: Option<u64>,
    fail_at: Option<(u64, Fault)>,
    failed: bool,
    sync_failed: bool,
    capacity: Option<usize>,
}

impl State {
    pub fn power_off_at(&mut self, n: u64) {
        self.off_at = Some(self.changes + n);
    }

    pub fn power_off(&mut self) {
        self.off = true;
    }

    pub fn is_on(&self) -> bool {
        !self.off
    }

    pub fn fail_at(&mut self, n: u64, fault: Fault) {
        self.fail_at = Some((self.calls + n, fault));
        self.failed = false;
        self.sync_failed = false;
    }

    pub fn has_failed(&self) -> bool {
        self.failed
    }

    pub fn sync_has_failed(&self) -> bool {
        self.sync_failed
    }

    pub fn calls(&self) -> u64 {
        self.calls
    }

    pub fn syncs(&self) -> u64 {
        self.syncs
    }

    pub fn changes(&self) -> u64 {
        self.changes
    }

    pub fn used(&self) -> usize {
        self.inodes.values().map(|inode| inode.current.len()).sum()
    }

    pub fn set_capacity(&mut self, bytes: Option<usize>) {
        self.capacity = bytes;
    }

    /// A number no other handle or inode has.
    pub fn fresh(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Counts a call; the fault it has to meet, if any. `Err` when the power is off.
    pub fn arrive(&mut self, call: Call) -> Result<Option<Fault>, Code> {
        self.calls += 1;
        self.syncs += u64::from(call == Call::Sync);
        if call != Call::Read {
            self.changes += 1;
            if self.off_at.is_some_and(|at| self.changes >= at) {
                self.off = true;
            }
        }
        if self.off {
            return Err(ffi::SQLITE_IOERR);
        }
        match self.fail_at {
            Some((at, fault)) if self.calls >= at => {
                self.fail_at = None;
                self.failed = true;
                self.sync_failed |= call == Call::Sync;
                Ok(Some(fault))
            }
            _ => Ok(None),
        }
    }

    pub fn find(&self, name: &str) -> Option<u64> {
        self.names.get(name).copied()
    }

    pub fn inode(&mut self, ino: u64) -> Option<&mut Inode> {
        self.inodes.get_mut(&ino)
    }

    /// Makes an empty file; without a name it has no directory entry.
    pub fn create(&mut self, name: Option<&str>) -> u64 {
        let ino = self.fresh();
        self.inodes.insert(ino, Inode::default());
        if let Some(name) = name {
            self.names.insert(name.to_owned(), ino);
            self.entries.push(Entry::Created(name.to_owned(), ino));
        }
        ino
    }

    /// Removes a name. The content stays for those who have it open, and for a cut that forgets
    /// the removal.
    pub fn delete(&mut self, name: &str) -> bool {
        let known = self.names.remove(name).is_some();
        if known {
            self.entries.push(Entry::Deleted(name.to_owned()));
        }
        known
    }

    pub fn sync_directory(&mut self) {
        self.platter_names = self.names.clone();
        self.entries.clear();
    }

    /// Whether a write that makes file `ino` end at `end` still fits.
    pub fn fits(&self, ino: u64, end: usize) -> bool {
        let Some(capacity) = self.capacity else { return true };
        let now = self.inodes.get(&ino).map_or(0, |inode| inode.current.len());
        end <= now || self.used() - now + end <= capacity
    }

    /// Lets chance decide what the platter holds, and starts a new life from that.
    pub fn power_cut(&mut self, random: &mut Random) {
        // A directory's changes reach the platter in order, up to some point.
        let reached = random.below(self.entries.len() + 1);
        let mut names = std::mem::take(&mut self.platter_names);
        for entry in self.entries.drain(..).take(reached) {
            match entry {
                Entry::Created(name, ino) => names.insert(name, ino),
                Entry::Deleted(name) => names.remove(&name),
            };
        }
        let mut inodes = HashMap::new();
        // In the order of the numbers, so that one seed gives one outcome.
        let kept: BTreeSet<u64> = names.values().copied().collect();
        for ino in kept {
            let image = self.inodes.remove(&ino).unwrap_or_default().after_cut(random);
            let inode = Inode { current: image.clone(), platter: image, ..Inode::default() };
            inodes.insert(ino, inode);
        }
        self.inodes = inodes;
        self.platter_names = names.clone();
        self.names = names;
        self.generation += 1;
        self.off = false;
        self.off_at = None;
        self.fail_at = None;
    }
}

impl Inode {
    /// Writes `data` at `offset`, extending the file with zeros if need be.
    pub fn write(&mut self, data: &[u8], offset: usize) {
        let end = offset + data.len();
        if self.current.len() < end {
            self.current.resize(end, 0);
        }
        self.current[offset..end].copy_from_slice(data);
        if data.is_empty() {
            return;
        }
        for sector in offset / SECTOR..=(end - 1) / SECTOR {
            let version = piece(&self.current, sector).to_vec();
            self.pending.entry(sector).or_default().push(version);
        }
    }

    pub fn truncate(&mut self, size: usize) {
        self.current.resize(size, 0);
        self.pending.retain(|sector, _| sector * SECTOR < size);
    }

    /// Puts everything on the platter.
    pub fn sync(&mut self) {
        self.platter.resize(self.current.len(), 0);
        for sector in std::mem::take(&mut self.pending).into_keys() {
            let new = piece(&self.current, sector);
            let start = (sector * SECTOR).min(self.platter.len());
            let end = (start + new.len()).min(self.platter.len());
            self.platter[start..end].copy_from_slice(&new[..end - start]);
        }
    }

    /// A sync that failed: the cache forgets that these sectors were ever to be written.
    pub fn lose_pending(&mut self) {
        self.pending.clear();
        self.failed_syncs += 1;
    }

    /// The content after a power cut.
    fn after_cut(self, random: &mut Random) -> Vec<u8> {
        let mut image = self.platter;
        if self.current.len() < image.len() && random.coin() {
            image.truncate(self.current.len());
        }
        if self.current.len() > image.len() && random.coin() {
            // The new size arrived before the data: zeros, or what the blocks held before.
            let junk = random.coin();
            let size = self.current.len();
            while image.len() < size {
                image.push(if junk { random.next() as u8 } else { 0 });
            }
        }
        for (sector, versions) in &self.pending {
            let old = piece(&image, *sector).to_vec();
            let chosen = match random.below(4) {
                0 => continue,
                1 => versions[versions.len() - 1].clone(),
                2 => versions[random.below(versions.len())].clone(),
                _ => torn(&old, &versions[random.below(versions.len())], random),
            };
            let start = sector * SECTOR;
            if image.len() < start + chosen.len() {
                image.resize(start + chosen.len(), 0);
            }
            image[start..start + chosen.len()].copy_from_slice(&chosen);
        }
        image
    }
}

/// The bytes of one sector, fewer at the end of the file.
fn piece(content: &[u8], sector: usize) -> &[u8] {
    let start = (sector * SECTOR).min(content.len());
    let end = (start + SECTOR).min(content.len());
    &content[start..end]
}

/// A sector of which one part arrived: its beginning or its end.
fn torn(old: &[u8], new: &[u8], random: &mut Random) -> Vec<u8> {
    let at = random.below(new.len());
    let beginning = random.coin();
    let old_byte = |index: usize| old.get(index).copied().unwrap_or(0);
    (0..new.len())
        .map(|index| if (index < at) == beginning { new[index] } else { old_byte(index) })
        .collect()
}

impl Locks {
    /// Raises the lock of `handle` to `level`; the level reached, which is lower when busy.
    pub fn raise(&mut self, handle: u64, level: i32) -> Result<i32, i32> {
        let others = |owner: Option<u64>| owner.is_some_and(|owner| owner != handle);
        if level >= ffi::SQLITE_LOCK_SHARED && !self.shared.contains(&handle) {
            if others(self.pending) || others(self.exclusive) {
                return Err(ffi::SQLITE_LOCK_NONE);
            }
            self.shared.insert(handle);
        }
        if level >= ffi::SQLITE_LOCK_RESERVED {
            if others(self.reserved) || others(self.pending) || others(self.exclusive) {
                return Err(ffi::SQLITE_LOCK_SHARED);
            }
            self.reserved = Some(handle);
        }
        if level >= ffi::SQLITE_LOCK_EXCLUSIVE {
            self.pending = Some(handle);
            if self.shared.iter().any(|other| *other != handle) {
                return Err(ffi::SQLITE_LOCK_PENDING);
            }
            self.exclusive = Some(handle);
        }
        Ok(level)
    }

    /// Lowers the lock of `handle` to SHARED or NONE.
    pub fn lower(&mut self, handle: u64, level: i32) {
        for owner in [&mut self.reserved, &mut self.pending, &mut self.exclusive] {
            if *owner == Some(handle) {
                *owner = None;
            }
        }
        if level == ffi::SQLITE_LOCK_NONE {
            self.shared.remove(&handle);
        }
    }

    /// Whether anybody is about to write.
    pub fn is_reserved(&self) -> bool {
        self.reserved.is_some() || self.pending.is_some() || self.exclusive.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn platter(state: &mut State, ino: u64) -> Vec<u8> {
        state.inode(ino).unwrap().current.clone()
    }

    #[test]
    fn what_was_synced_stays_and_what_was_not_may_go() {
        let (mut dropped, mut kept, mut torn) = (0, 0, 0);
        for seed in 0..200 {
            let mut state = State::default();
            let ino = state.create(Some("f"));
            let file = state.inode(ino).unwrap();
            file.write(&[1; 1024], 0);
            file.sync();
            file.write(&[2; 512], 512);
            state.sync_directory();
            state.power_cut(&mut Random::new(seed));
            let found = platter(&mut state, ino);
            assert_eq!(&found[..512], [1; 512], "seed {seed}");
            let twos = found[512..].iter().filter(|byte| **byte == 2).count();
            assert!(found[512..].iter().all(|byte| [1, 2].contains(byte)), "seed {seed}");
            match twos {
                0 => dropped += 1,
                512 => kept += 1,
                _ => torn += 1,
            }
        }
        assert!(dropped > 20 && kept > 20 && torn > 20, "{dropped} {kept} {torn}");
    }

    #[test]
    fn a_failed_sync_never_reaches_the_platter_even_if_repeated() {
        let mut state = State::default();
        let ino = state.create(Some("f"));
        state.sync_directory();
        let file = state.inode(ino).unwrap();
        file.write(&[1; 512], 0);
        file.sync();
        file.write(&[2; 512], 0);
        file.lose_pending();
        file.sync();
        assert_eq!(file.current, [2; 512]);
        state.power_cut(&mut Random::new(1));
        assert_eq!(platter(&mut state, ino), [1; 512]);
    }

    #[test]
    fn names_come_and_go_in_order() {
        let mut seen = BTreeSet::new();
        for seed in 0..100 {
            let mut state = State::default();
            state.create(Some("a"));
            state.sync_directory();
            state.create(Some("b"));
            state.delete("a");
            state.power_cut(&mut Random::new(seed));
            seen.insert((state.find("a").is_some(), state.find("b").is_some()));
        }
        let possible = BTreeSet::from([(true, false), (true, true), (false, true)]);
        assert_eq!(seen, possible);
    }
}
