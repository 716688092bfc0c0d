//! Room on the disk: a mark below which nothing new is taken, and a reserve from which reading goes on.
//!
//! A disk that fills up must not take reading with it: every read owes an access-log row, and a row
//! needs a place. So new messages are refused while there is still room (the low-water mark), and a
//! reserve is held that other programs cannot take either. Rows that must be written anyway (the
//! access log, signing in and out, a message that was accepted before) get it slice by slice. When
//! room comes back the reserve is filled first, then messages are taken again, without a restart
//! (SECURITY.md, R5). Deliberately absent: how a disk is asked, which is the server's.

use std::fmt::Debug;
use std::io;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, PoisonError};

/// The smallest part of the reserve that is given at once, in bytes.
const SLICE_MIN: u64 = 64 * 1_024;

/// A disk that says how much is free and can hold some of it back.
pub trait Disk: Debug + Send + Sync {
    /// Bytes that this service can still write, without what is held back.
    ///
    /// # Errors
    /// When the disk does not say.
    fn free(&self) -> io::Result<u64>;

    /// Bytes that are held back.
    ///
    /// # Errors
    /// When the disk does not say.
    fn held(&self) -> io::Result<u64>;

    /// Holds back exactly so many bytes, more or fewer than now.
    ///
    /// # Errors
    /// When there is no room for more.
    fn hold(&self, bytes: u64) -> io::Result<()>;
}

/// How much room there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Everything is taken.
    Enough,
    /// New messages are refused; reading goes on.
    Low,
    /// The reserve is used up too; reading ends when its rows find no place.
    Spent,
}

/// The watch over one disk.
#[derive(Debug)]
pub struct Room {
    disk: Box<dyn Disk>,
    low_water: u64,
    reserve: u64,
    level: AtomicU8,
    /// One look at a time: two would both give or both take.
    turn: Mutex<()>,
}

/// What a look found, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figures {
    /// Free, without the reserve.
    pub free: u64,
    /// Held back.
    pub held: u64,
}

impl Room {
    /// A watch that refuses new messages when fewer than `low_water` bytes are free, and holds back
    /// `reserve` bytes. It has not looked yet.
    #[must_use]
    pub const fn new(disk: Box<dyn Disk>, low_water: u64, reserve: u64) -> Self {
        Self { disk, low_water, reserve, level: AtomicU8::new(0), turn: Mutex::new(()) }
    }

    /// What the last look found.
    pub fn level(&self) -> Level {
        match self.level.load(Ordering::Acquire) {
            0 => Level::Enough,
            1 => Level::Low,
            _ => Level::Spent,
        }
    }

    /// The figures now; nothing when the disk does not say.
    pub fn figures(&self) -> Option<Figures> {
        let figures =
            || Ok::<_, io::Error>(Figures { free: self.disk.free()?, held: self.disk.held()? });
        match figures() {
            Ok(figures) => Some(figures),
            Err(error) => {
                tracing::warn!(%error, "the disk does not say how much is free");
                None
            }
        }
    }

    /// Looks at the disk, fills or gives from the reserve as the room there is demands, and notes the
    /// level. To be called about twice a second. A disk that does not answer changes nothing.
    pub fn look(&self) -> Level {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(mut found) = self.figures() else { return self.level() };
        let slice = self.slice();
        if found.free < slice && found.held > 0 {
            self.hold(found.held.saturating_sub(slice));
            found = self.figures().unwrap_or(found);
        } else {
            // A little stays free beside the reserve, so that the two do not chase each other.
            let missing = self.reserve.saturating_sub(found.held);
            let more = missing.min(found.free.saturating_sub(2 * slice));
            if more > 0 && more >= slice.min(missing) {
                self.hold(found.held.saturating_add(more));
                found = self.figures().unwrap_or(found);
            }
        }
        self.judge(found)
    }

    /// Gives a slice of the reserve after a write found no room; whether trying again makes sense.
    /// Unless `anyhow`, nothing is given when somebody else was given room just now.
    pub fn give(&self, anyhow: bool) -> bool {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(found) = self.figures() else { return false };
        let slice = self.slice();
        let given = if found.free >= slice / 2 && !anyhow {
            true
        } else if found.held == 0 {
            false
        } else {
            self.hold(found.held.saturating_sub(slice))
        };
        self.judge(self.figures().unwrap_or(found));
        given
    }

    /// Sixteen slices make the reserve.
    fn slice(&self) -> u64 {
        (self.reserve / 16).max(SLICE_MIN)
    }

    fn hold(&self, bytes: u64) -> bool {
        match self.disk.hold(bytes) {
            Ok(()) => true,
            Err(error) => {
                tracing::warn!(%error, bytes, "the reserve on the disk cannot be changed");
                false
            }
        }
    }

    fn judge(&self, found: Figures) -> Level {
        let was = self.level();
        // Back only when there is an eighth more than the mark: a level that flickers helps nobody.
        let mark = match was {
            Level::Enough => self.low_water,
            Level::Low | Level::Spent => self.low_water.saturating_add(self.low_water / 8),
        };
        let level = if found.free >= mark {
            Level::Enough
        } else if found.held == 0 && found.free < self.slice() {
            Level::Spent
        } else {
            Level::Low
        };
        self.level.store(number(level), Ordering::Release);
        let (free, held) = (found.free, found.held);
        match level {
            _ if level == was => {}
            Level::Enough => tracing::info!(free, held, "there is room again: messages are taken"),
            Level::Low => {
                let mark = self.low_water;
                tracing::error!(
                    free,
                    held,
                    mark,
                    "the disk is nearly full: new messages are refused until there is room"
                );
            }
            Level::Spent => {
                tracing::error!(
                    free,
                    held,
                    "the disk is full and the reserve is spent: reading ends too"
                );
            }
        }
        level
    }
}

const fn number(level: Level) -> u8 {
    match level {
        Level::Enough => 0,
        Level::Low => 1,
        Level::Spent => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    const MB: u64 = 1 << 20;

    /// A disk of so many bytes, of which `used` are somebody's and `held` the reserve.
    #[derive(Debug, Default)]
    struct Counted {
        size: u64,
        used: u64,
        held: u64,
        mute: bool,
    }

    #[derive(Debug, Clone, Default)]
    struct Shared(Arc<Mutex<Counted>>);

    impl Shared {
        fn with<T>(&self, look: impl FnOnce(&mut Counted) -> T) -> T {
            look(&mut self.0.lock().unwrap())
        }
    }

    impl Disk for Shared {
        fn free(&self) -> io::Result<u64> {
            self.with(|d| {
                if d.mute { Err(io::Error::other("mute")) } else { Ok(d.size - d.used - d.held) }
            })
        }

        fn held(&self) -> io::Result<u64> {
            Ok(self.with(|d| d.held))
        }

        fn hold(&self, bytes: u64) -> io::Result<()> {
            self.with(|d| {
                if d.used + bytes > d.size {
                    return Err(io::Error::other("full"));
                }
                d.held = bytes;
                Ok(())
            })
        }
    }

    fn room(size: u64) -> (Shared, Room) {
        let disk = Shared::default();
        disk.with(|d| d.size = size);
        let room = Room::new(Box::new(disk.clone()), 256 * MB, 64 * MB);
        (disk, room)
    }

    #[test]
    fn messages_stop_at_the_mark_and_reading_has_the_reserve() {
        let (disk, room) = room(1_024 * MB);
        assert_eq!(room.look(), Level::Enough);
        assert_eq!(disk.with(|d| d.held), 64 * MB);
        disk.with(|d| d.used = 1_024 * MB - 64 * MB - 256 * MB);
        assert_eq!(room.look(), Level::Enough, "just at the mark");
        disk.with(|d| d.used += 1);
        assert_eq!(room.look(), Level::Low);
        // Another program takes everything that is free.
        disk.with(|d| d.used = 1_024 * MB - 64 * MB);
        let mut slices = 0;
        while room.give(false) {
            slices += 1;
            assert_eq!(room.level(), Level::Low, "after {slices} slices");
            assert!(room.give(false), "a second writer uses what the first was given");
            disk.with(|d| d.used = d.size - d.held);
        }
        assert_eq!(slices, 16);
        assert_eq!(room.level(), Level::Spent);
        assert_eq!(disk.with(|d| d.held), 0);
        // Room for some of the reserve, then for all, then for messages.
        disk.with(|d| d.used = 1_024 * MB - 40 * MB);
        assert_eq!(room.look(), Level::Low);
        assert_eq!(disk.with(|d| d.held), 32 * MB);
        disk.with(|d| d.used = 1_024 * MB - 64 * MB - 270 * MB);
        assert_eq!(room.look(), Level::Low, "an eighth above the mark is wanted");
        assert_eq!(disk.with(|d| d.held), 64 * MB);
        disk.with(|d| d.used = 1_024 * MB - 64 * MB - 288 * MB);
        assert_eq!(room.look(), Level::Enough);
    }

    #[test]
    fn a_look_gives_before_a_write_fails_and_does_not_chase_itself() {
        let (disk, room) = room(1_024 * MB);
        room.look();
        disk.with(|d| d.used = d.size - d.held - 3 * MB);
        for _ in 0..5 {
            assert_eq!(room.look(), Level::Low);
            assert_eq!(disk.with(|d| d.held), 60 * MB);
        }
    }

    #[test]
    fn a_small_disk_holds_what_it_can_and_a_mute_one_changes_nothing() {
        let (disk, room) = room(50 * MB);
        assert_eq!(room.look(), Level::Low);
        assert_eq!(disk.with(|d| d.held), 42 * MB);
        disk.with(|d| d.mute = true);
        assert_eq!(room.look(), Level::Low);
        assert!(!room.give(true));
        assert_eq!(disk.with(|d| d.held), 42 * MB);
    }
}
