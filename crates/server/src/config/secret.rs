//! Secrets are read from files that only the service can read, and are wiped when dropped.
//!
//! Deliberately absent: secrets from the environment or the command line, which other processes
//! and crash reports can see.

use std::fmt;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use base64::Engine as _;
use zeroize::Zeroizing;

use super::{Config, ConfigError};

/// Longest secret file that is read, in bytes.
const LENGTH_MAX: u64 = 16 * 1024;

/// A 256-bit key, wiped on drop and never printed.
#[derive(Clone)]
pub struct SecretKey(Zeroizing<[u8; 32]>);

impl SecretKey {
    /// Takes the 32 bytes of a key.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The 32 bytes.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(..)")
    }
}

/// A secret text, wiped on drop and never printed.
#[derive(Clone)]
pub struct SecretText(Zeroizing<String>);

impl SecretText {
    /// The text itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(..)")
    }
}

/// All secrets of a configuration.
#[derive(Debug, Clone)]
pub struct Secrets {
    /// The root key that wraps the deployment key.
    pub root_key: SecretKey,
    /// The key of backups, when it is not derived from the root key.
    pub backup_key: Option<SecretKey>,
    /// The PostgreSQL address.
    pub database_url: Option<SecretText>,
    /// The PostgreSQL address of the key store, when it is not a file.
    pub key_store_url: Option<SecretText>,
    /// The password at the mail server.
    pub mail_password: Option<SecretText>,
}

impl Secrets {
    /// Reads all secret files that `config` names, and looks at the TLS key's permissions.
    ///
    /// # Errors
    /// [`ConfigError`] when a file is missing, readable by others, or holds an example or default.
    pub fn load(config: &Config) -> Result<Self, ConfigError> {
        let text = |key: &str, file: Option<&Path>| file.map(|f| read_text(key, f)).transpose();
        if let Some(tls) = &config.tls {
            drop(read("tls.key_file", &tls.key_file)?);
        }
        let secrets = Self {
            root_key: read_key("keys.root_key_file", &config.keys.root_key_file)?,
            backup_key: config
                .backup
                .key_file
                .as_deref()
                .map(|file| read_key("backup.key_file", file))
                .transpose()?,
            database_url: match config.database.engine {
                super::Engine::Sqlite => None,
                super::Engine::Postgres => {
                    text("database.url_file", config.database.url_file.as_deref())?
                }
            },
            key_store_url: text("keys.url_file", config.keys.url_file.as_deref())?,
            mail_password: text(
                "mail.password_file",
                config.mail.as_ref().and_then(|mail| mail.password_file.as_deref()),
            )?,
        };
        if let (Some(record), Some(keys)) = (&secrets.database_url, &secrets.key_store_url)
            && record.reveal() == keys.reveal()
        {
            return Err(ConfigError::new(
                "configuration",
                "keys.url_file",
                "the key store must be a database of its own, or erased keys live on in backups",
            ));
        }
        Ok(secrets)
    }
}

/// Reads a 256-bit key: 32 raw bytes, 64 hexadecimal digits, or base64.
///
/// # Errors
/// [`ConfigError`] as [`Secrets::load`].
pub fn read_key(key: &str, file: &Path) -> Result<SecretKey, ConfigError> {
    let bytes = read(key, file)?;
    let refuse = |advice: &str| Err(ConfigError::new(file.display(), key, advice));
    let Some(found) = decode_key(&bytes) else {
        return refuse("holds no 256-bit key; make one with `openssl rand -hex 32`");
    };
    if is_example(&found) {
        return refuse(
            "holds an example key that everybody knows; make one with `openssl rand -hex 32`",
        );
    }
    Ok(found)
}

fn decode_key(bytes: &[u8]) -> Option<SecretKey> {
    if let Ok(raw) = <[u8; 32]>::try_from(bytes) {
        return Some(SecretKey::new(raw));
    }
    let text = std::str::from_utf8(bytes).ok()?.trim();
    let decoded = if text.len() == 64 {
        let digits: Option<Vec<u8>> = text
            .as_bytes()
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
            .collect();
        Zeroizing::new(digits?)
    } else {
        Zeroizing::new(base64::engine::general_purpose::STANDARD.decode(text).ok()?)
    };
    <[u8; 32]>::try_from(decoded.as_slice()).ok().map(SecretKey::new)
}

/// Keys that appear in examples: repetitions, counting sequences, readable text. A random key has
/// fewer than 12 distinct bytes with a chance below 2^-90.
fn is_example(key: &SecretKey) -> bool {
    let bytes = key.bytes();
    let distinct = bytes.iter().collect::<std::collections::BTreeSet<_>>().len();
    let steps: std::collections::BTreeSet<u8> = bytes
        .windows(2)
        .map(|pair| pair.iter().fold(0u8, |step, byte| byte.wrapping_sub(step)))
        .collect();
    distinct < 12 || steps.len() == 1 || bytes.iter().all(|byte| matches!(byte, b' '..=b'~'))
}

/// Reads a secret text, without the final line end.
///
/// # Errors
/// [`ConfigError`] as [`Secrets::load`].
pub fn read_text(key: &str, file: &Path) -> Result<SecretText, ConfigError> {
    let bytes = read(key, file)?;
    let refuse = |advice: &str| Err(ConfigError::new(file.display(), key, advice));
    let Ok(text) = std::str::from_utf8(&bytes) else {
        return refuse("is not text; write the secret as one line of UTF-8");
    };
    let text = text.trim_end_matches(['\r', '\n']);
    if text.is_empty() || text.contains('\n') {
        return refuse("must hold the secret as its one line");
    }
    let lower = text.to_ascii_lowercase();
    let known = [
        "password",
        "secret",
        "changeme",
        "change-me",
        "example",
        "default",
        "tidings",
        "postgres",
        "admin",
    ];
    if known.contains(&lower.as_str())
        || ["changeme", "change-me", "<", ":password@", ":postgres@", ":tidings@"]
            .iter()
            .any(|mark| lower.contains(mark))
    {
        return refuse("holds a default or example secret; choose one of your own");
    }
    Ok(SecretText(Zeroizing::new(text.to_owned())))
}

/// Reads a secret file whose permissions keep everybody else out.
fn read(key: &str, file: &Path) -> Result<Zeroizing<Vec<u8>>, ConfigError> {
    let refuse = |advice: String| ConfigError::new(file.display(), key, advice);
    let unreadable = |error: std::io::Error| {
        refuse(format!("cannot be read ({error}); create it for the service's user"))
    };
    let opened = std::fs::File::open(file).map_err(unreadable)?;
    let metadata = opened.metadata().map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(refuse("is not a file".into()));
    }
    let mode = metadata.permissions().mode();
    // A systemd credential shows its access list as group bits, in a folder only the service sees.
    let credential = std::env::var_os("CREDENTIALS_DIRECTORY")
        .is_some_and(|folder| !folder.is_empty() && file.starts_with(Path::new(&folder)));
    let forbidden = if credential { 0o007 } else { 0o077 };
    if mode & forbidden != 0 {
        return Err(refuse(format!(
            "others can read this secret (mode {:04o}); run `chmod 600 {}`",
            mode & 0o7777,
            file.display()
        )));
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(4096));
    opened.take(LENGTH_MAX + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > LENGTH_MAX {
        return Err(refuse("is longer than any secret; check the path".into()));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(folder: &tempfile::TempDir, content: &[u8], mode: u32) -> std::path::PathBuf {
        let path = folder.path().join(format!("{mode:o}-{}", content.len()));
        std::fs::write(&path, content).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        path
    }

    #[test]
    fn a_key_is_read_in_three_forms() {
        let folder = tempfile::tempdir().unwrap();
        let key: [u8; 32] = std::array::from_fn(|i| u8::try_from((i * i * 7 + 13) % 251).unwrap());
        let hex = key.iter().fold(String::new(), |all, byte| format!("{all}{byte:02x}"));
        let base64 = base64::engine::general_purpose::STANDARD.encode(key) + "\n";
        for content in [&key[..], hex.as_bytes(), base64.as_bytes()] {
            let found = read_key("k", &file(&folder, content, 0o600)).unwrap();
            assert_eq!(found.bytes(), &key);
        }
        assert!(read_key("k", &file(&folder, b"short", 0o600)).is_err());
    }

    #[test]
    fn examples_and_defaults_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let counting: [u8; 32] = std::array::from_fn(|i| u8::try_from(i).unwrap());
        for key in [[0u8; 32], [0xff; 32], counting, *b"this-is-an-example-key-32-bytes!"] {
            let error = read_key("k", &file(&folder, &key, 0o600)).unwrap_err();
            assert!(error.to_string().contains("example key"), "{error}");
        }
        for text in
            ["changeme", "password\n", "postgres://tidings:password@db/tidings", "<your password>"]
        {
            let error = read_text("k", &file(&folder, text.as_bytes(), 0o600)).unwrap_err();
            assert!(error.to_string().contains("default or example"), "{error}");
        }
        assert_eq!(read_text("k", &file(&folder, b"kJ3-x9\n", 0o600)).unwrap().reveal(), "kJ3-x9");
    }

    #[test]
    fn a_secret_others_can_read_is_refused_and_the_sentence_says_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        for mode in [0o640, 0o604, 0o644, 0o660] {
            let path = file(&folder, b"kJ3-x9", mode);
            let error = read_text("mail.password_file", &path).unwrap_err().to_string();
            assert!(error.contains("chmod 600") && error.contains("mail.password_file"), "{error}");
        }
        assert!(read_text("k", &folder.path().join("none")).is_err());
        assert!(read_text("k", folder.path()).is_err());
    }

    #[test]
    fn secrets_do_not_print() {
        let key = SecretKey::new([7; 32]);
        assert_eq!(format!("{key:?}"), "SecretKey(..)");
    }
}
