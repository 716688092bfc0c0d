//! The disk under the data folder: how much is free, and a file that holds some of it back.
//!
//! The reserve is the file `reserve` in the data folder. Its blocks are really allocated, so that no
//! other program can take them; they are given back by making the file shorter. It holds nothing and
//! may be deleted. Deliberately absent: other file systems than the data folder's, and PostgreSQL's
//! disk, which only its own server sees.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use app::room::Disk;
use rustix::fs::{FallocateFlags, fallocate, statvfs};
use rustix::io::Errno;

/// Name of the reserve in the data folder.
pub const RESERVE: &str = "reserve";

/// The disk under a folder.
#[derive(Debug, Clone)]
pub struct FolderDisk {
    folder: PathBuf,
}

impl FolderDisk {
    /// The disk under `folder`, which exists.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    fn file(&self) -> PathBuf {
        self.folder.join(RESERVE)
    }
}

/// Bytes that an ordinary user can still write on the disk under `folder`.
///
/// # Errors
/// When the file system does not say.
pub fn free_bytes(folder: &Path) -> io::Result<u64> {
    let figures = statvfs(folder)?;
    Ok(figures.f_bavail.saturating_mul(figures.f_frsize))
}

impl Disk for FolderDisk {
    fn free(&self) -> io::Result<u64> {
        free_bytes(&self.folder)
    }

    fn held(&self) -> io::Result<u64> {
        match std::fs::metadata(self.file()) {
            Ok(about) => Ok(about.len()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(error),
        }
    }

    fn hold(&self, bytes: u64) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false).mode(0o600);
        let file = options.open(self.file())?;
        let before = file.metadata()?.len();
        if bytes <= before {
            return file.set_len(bytes);
        }
        // A reserve that was not allocated to its end is none: back to what it was.
        allocate(&file, before, bytes).or_else(|error| file.set_len(before).and(Err(error)))
    }
}

fn allocate(file: &File, from: u64, to: u64) -> io::Result<()> {
    match fallocate(file, FallocateFlags::empty(), from, to.saturating_sub(from)) {
        // A file system that cannot: zeros take the same place.
        Err(Errno::OPNOTSUPP | Errno::NOSYS) => fill(file, from, to),
        other => Ok(other?),
    }
}

fn fill(mut file: &File, from: u64, to: u64) -> io::Result<()> {
    use std::io::Seek as _;
    file.seek(io::SeekFrom::Start(from))?;
    let zeros = [0_u8; 8 * 1_024];
    let mut left = to.saturating_sub(from);
    while left > 0 {
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(zeros.len());
        let piece = zeros.get(..most).unwrap_or(&zeros);
        file.write_all(piece)?;
        left = left.saturating_sub(u64::try_from(piece.len()).unwrap_or(left));
    }
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::MetadataExt as _;

    #[test]
    fn the_reserve_takes_and_gives_real_room() {
        let folder = tempfile::tempdir().unwrap();
        let disk = FolderDisk::new(folder.path());
        assert!(disk.free().unwrap() > 0);
        assert_eq!(disk.held().unwrap(), 0);
        disk.hold(3 << 20).unwrap();
        assert_eq!(disk.held().unwrap(), 3 << 20);
        let about = std::fs::metadata(folder.path().join(RESERVE)).unwrap();
        assert!(about.blocks() * 512 >= 3 << 20, "the blocks are allocated");
        assert_eq!(about.mode() & 0o777, 0o600);
        disk.hold(1 << 20).unwrap();
        assert_eq!(disk.held().unwrap(), 1 << 20);
        let more = disk.free().unwrap().saturating_mul(4).max(1 << 50);
        assert!(disk.hold(more).is_err());
        assert_eq!(disk.held().unwrap(), 1 << 20, "what was not to be had leaves nothing behind");
    }

    #[test]
    fn zeros_do_where_nothing_can_be_allocated() {
        let file = tempfile::tempfile().unwrap();
        fill(&file, 0, 200_000).unwrap();
        assert_eq!(file.metadata().unwrap().len(), 200_000);
    }
}
