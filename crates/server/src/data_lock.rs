//! One running server owns its data folder (ARCHITECTURE.md, 11).
//!
//! The lock is the operating system's, on the open file `DIR/lock`: it ends with the process, so a
//! crash leaves nothing to clean up. Do not put the data folder on a network file system.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::unix::fs::{
    DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _,
};
use std::path::{Path, PathBuf};

/// The right to write into a data folder, held until it is dropped.
#[derive(Debug)]
pub struct DataLock {
    folder: PathBuf,
    file: File,
}

/// Why the lock was not taken.
#[derive(Debug)]
pub enum LockError {
    /// Another process holds it; with its process id when that could be read.
    Held(Option<u32>),
    /// The folder is not safe or not usable: a sentence that says what to do.
    Unusable(String),
}

impl std::fmt::Display for LockError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Held(Some(pid)) => {
                write!(
                    f,
                    "another tidings (process {pid}) is running on this data folder; stop it first"
                )
            }
            Self::Held(None) => {
                f.write_str("another tidings is running on this data folder; stop it first")
            }
            Self::Unusable(advice) => f.write_str(advice),
        }
    }
}

impl std::error::Error for LockError {}

impl DataLock {
    /// Takes the lock of `folder`, which is made (mode 0700) when it does not exist.
    ///
    /// # Errors
    /// [`LockError`] when somebody else holds it, or others can look into the folder.
    pub fn take(folder: &Path) -> Result<Self, LockError> {
        let unusable = |error: io::Error| {
            LockError::Unusable(format!(
                "{}: {error}; give a data folder that the service's user owns",
                folder.display()
            ))
        };
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(unusable)?;
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(folder.join("lock"))
            .map_err(unusable)?;
        let about = std::fs::metadata(folder).map_err(unusable)?;
        if about.permissions().mode() & 0o077 != 0 {
            return Err(LockError::Unusable(format!(
                "others can look into the data folder; run `chmod 700 {}`",
                folder.display()
            )));
        }
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                let _ = file.read_to_string(&mut text);
                return Err(LockError::Held(text.trim().parse().ok()));
            }
            Err(TryLockError::Error(error)) => return Err(unusable(error)),
        }
        // We just wrote or own the lock file; a folder of somebody else could be swapped under us.
        if about.uid() != file.metadata().map_err(unusable)?.uid() {
            return Err(LockError::Unusable(format!(
                "{}: the data folder and its lock have different owners; run as the folder's owner",
                folder.display()
            )));
        }
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{}", std::process::id()))
            .map_err(unusable)?;
        Ok(Self { folder: folder.to_owned(), file })
    }

    /// The folder that is locked.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for DataLock {
    fn drop(&mut self) {
        let _ = self.file.set_len(0);
        let _ = self.file.unlock();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_holder_and_the_next_after_it() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let first = DataLock::take(&data).unwrap();
        let error = DataLock::take(&data).unwrap_err();
        assert!(
            matches!(error, LockError::Held(Some(pid)) if pid == std::process::id()),
            "{error}"
        );
        drop(first);
        DataLock::take(&data).unwrap();
        assert_eq!(std::fs::metadata(&data).unwrap().permissions().mode() & 0o777, 0o700);
    }

    #[test]
    fn an_open_folder_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o750)).unwrap();
        let error = DataLock::take(folder.path()).unwrap_err();
        assert!(error.to_string().contains("chmod 700"), "{error}");
    }
}
