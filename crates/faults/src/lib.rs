//! A disk in memory that loses power, for SQLite. Dev-only: never linked in a release.
//!
//! [`Disk`] registers an SQLite VFS whose files live in memory. What was written since the last sync
//! of a file is kept per sector of 512 bytes, every version of it; at a simulated power cut each
//! such sector is dropped, kept, kept in an earlier version or torn between two, file sizes and
//! directory entries are as unsure as they are after a real cut, and every open handle is dead. The
//! disk can also fail its n-th call, be full, or fail a sync the way Linux does: the pages count as
//! written afterwards and never are.
//!
//! Bytes next to a write keep their value ("powersafe overwrite", which SQLite assumes on every
//! system). Deliberately absent: several directories, several processes, and bit rot.

mod disk;
mod random;
mod vfs;

use std::sync::Arc;

pub use disk::Fault;
pub use random::Random;

/// A disk and the SQLite VFS through which it is reached.
#[derive(Debug)]
pub struct Disk {
    shared: Arc<vfs::Shared>,
}

/// Lets the syncs of a disk go on when it is dropped.
#[derive(Debug)]
pub struct Held {
    shared: Arc<vfs::Shared>,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.shared.hold_syncs(false);
    }
}

impl Disk {
    /// An empty disk that is switched on. `name` names its VFS and must be unique in the process.
    ///
    /// # Panics
    /// When SQLite refuses to register the VFS.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self { shared: vfs::Shared::register(name) }
    }

    /// The power goes off at the `n`-th change (write, sync, truncation, creation, deletion)
    /// counted from now, 1 being the next; that call and all later ones fail.
    pub fn power_off_at(&self, n: u64) {
        self.shared.state().power_off_at(n);
    }

    /// The power goes off now.
    pub fn power_off(&self) {
        self.shared.state().power_off();
    }

    /// Whether the power is on.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.shared.state().is_on()
    }

    /// Decides, by `random`, what of the unsynced changes is there, and switches the power on
    /// again. Handles opened before stay dead.
    pub fn power_cut(&self, random: &mut Random) {
        self.shared.state().power_cut(random);
    }

    /// The `n`-th call (reads too) counted from now fails once, 1 being the next.
    pub fn fail_at(&self, n: u64, fault: Fault) {
        self.shared.state().fail_at(n, fault);
    }

    /// Whether the call of [`Disk::fail_at`] has come and failed.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.shared.state().has_failed()
    }

    /// Whether a sync was made to fail.
    #[must_use]
    pub fn sync_has_failed(&self) -> bool {
        self.shared.state().sync_has_failed()
    }

    /// Makes every sync wait until what is returned is dropped.
    #[must_use]
    pub fn hold_syncs(&self) -> Held {
        self.shared.hold_syncs(true);
        Held { shared: Arc::clone(&self.shared) }
    }

    /// How many syncs wait at this moment.
    #[must_use]
    pub fn waiting_syncs(&self) -> u32 {
        self.shared.waiting_syncs()
    }

    /// How many syncs there were since the disk was made.
    #[must_use]
    pub fn syncs(&self) -> u64 {
        self.shared.state().syncs()
    }

    /// How many calls there were since the disk was made.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.shared.state().calls()
    }

    /// How many changes there were since the disk was made.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.shared.state().changes()
    }

    /// How many bytes all files hold.
    #[must_use]
    pub fn used(&self) -> usize {
        self.shared.state().used()
    }

    /// From now on writes that would make the files hold more than `bytes` fail as "disk full".
    pub fn set_capacity(&self, bytes: Option<usize>) {
        self.shared.state().set_capacity(bytes);
    }
}
