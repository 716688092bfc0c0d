//! The root key: 32 bytes that the operator keeps outside every database and backup.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use zeroize::Zeroizing;

use super::SealError;
use super::cipher::{Cipher, derive};

/// The length of a root key in bytes.
const LENGTH: usize = 32;

/// The key that wraps the deployment key. Wiped from memory when dropped; never printed.
#[derive(Clone)]
pub struct RootKey(Zeroizing<[u8; LENGTH]>);

/// Why a root key file was refused.
#[derive(Debug, thiserror::Error)]
pub enum RootKeyError {
    /// The file could not be opened, read or written.
    #[error("root key file: {0}")]
    Io(#[from] std::io::Error),
    /// Others than its owner may read the file.
    #[error("root key file may be read by others (mode {mode:03o}): set mode 0600")]
    Permissions {
        /// The permission bits found.
        mode: u32,
    },
    /// The file is not 32 bytes long.
    #[error("root key file must hold exactly 32 bytes")]
    Length,
    /// The operating system gave no randomness.
    #[error("no randomness")]
    Randomness,
}

impl RootKey {
    /// Takes 32 bytes that the caller got from somewhere safe, such as a key service.
    pub fn from_bytes(bytes: [u8; LENGTH]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Reads a root key from a file of exactly 32 bytes that only its owner may read.
    pub fn from_file(path: &Path) -> Result<Self, RootKeyError> {
        Self::read(path, 0o077)
    }

    /// Reads a root key that systemd placed as a credential. Such a file carries an access list,
    /// whose mask shows as a group permission (systemd.exec(5), `LoadCredential=`), so only access
    /// for everybody is refused.
    pub fn from_credential(path: &Path) -> Result<Self, RootKeyError> {
        Self::read(path, 0o007)
    }

    /// Makes a new random root key and writes it to a file that must not exist yet, mode 0600,
    /// flushed to the disk before it is returned.
    pub fn create(path: &Path) -> Result<Self, RootKeyError> {
        let mut bytes = Zeroizing::new([0; LENGTH]);
        aws_lc_rs::rand::fill(bytes.as_mut_slice()).map_err(|_| RootKeyError::Randomness)?;
        let mut options = File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path)?;
        file.write_all(bytes.as_slice())?;
        file.sync_all()?;
        // The name of the new file is durable only once its folder is.
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            File::open(folder)?.sync_all()?;
        }
        Ok(Self(bytes))
    }

    /// A public name for this key: the first 16 bytes of a derived value, in hexadecimal. It tells
    /// two root keys apart and nothing about either.
    pub fn id(&self) -> Result<String, SealError> {
        let derived = derive(self.0.as_slice(), b"root key id")?;
        Ok(hex(derived.get(..16).unwrap_or_default()))
    }

    /// The cipher that wraps deployment keys.
    pub(super) fn cipher(&self) -> Result<Cipher, SealError> {
        Cipher::derived(self.0.as_slice(), b"wrap deployment key")
    }

    fn read(path: &Path, refused: u32) -> Result<Self, RootKeyError> {
        let file = File::open(path)?;
        check_mode(&file, refused)?;
        let mut bytes = Zeroizing::new(Vec::with_capacity(LENGTH + 1));
        // One byte more than a key: enough to notice that the file is too long.
        file.take(u64::try_from(LENGTH + 1).unwrap_or(u64::MAX)).read_to_end(&mut bytes)?;
        let key = <[u8; LENGTH]>::try_from(bytes.as_slice()).map_err(|_| RootKeyError::Length)?;
        Ok(Self::from_bytes(key))
    }
}

impl std::fmt::Debug for RootKey {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("RootKey(…)")
    }
}

/// Looks at the open file, not at its name, so that it cannot be swapped in between.
#[cfg(unix)]
fn check_mode(file: &File, refused: u32) -> Result<(), RootKeyError> {
    use std::os::unix::fs::PermissionsExt;
    let mode = file.metadata()?.permissions().mode() & 0o777;
    if mode & refused == 0 { Ok(()) } else { Err(RootKeyError::Permissions { mode }) }
}

#[cfg(not(unix))]
fn check_mode(_: &File, _: u32) -> Result<(), RootKeyError> {
    Ok(())
}

/// Lower-case hexadecimal.
fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
