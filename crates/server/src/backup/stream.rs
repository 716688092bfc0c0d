//! The backup file: a readable header, then the content in chunks of AES-256-GCM.
//!
//! ```text
//! "TIDINGSB"  u16 format = 1  u32 header length  header (JSON)  chunk chunk … last chunk
//! ```
//!
//! The file's own key and nonce prefix are derived by HKDF-SHA-256 (RFC 5869) from the backup key
//! and a random salt in the header. Chunks follow the STREAM construction (Hoang, Reyhanitabar,
//! Rogaway, Vizár, CRYPTO 2015): nonce = 7-byte prefix, 32-bit chunk number, last flag; so chunks
//! cannot be cut off, moved, repeated or taken from another file. Every chunk's associated data is
//! the SHA-256 of everything before the first chunk, so the header cannot be changed either.
//!
//! Deliberately absent: compression (it leaks, and sealed text does not shrink) and passwords.

use std::io::{self, Read, Write};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::digest::{Context, SHA256, digest};
use aws_lc_rs::{hkdf, rand};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::config::secret::SecretKey;

const MAGIC: &[u8; 8] = b"TIDINGSB";
const FORMAT: u16 = 1;
const HEADER_MAX: u32 = 64 * 1024;
/// Plain bytes in a chunk.
pub const CHUNK: usize = 64 * 1024;
const TAG: usize = 16;

/// What a backup file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// The database of messages, people and everything else.
    Database,
    /// The store of wrapped data keys.
    Keys,
}

impl Part {
    /// The word for it in files and metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::Keys => "keys",
        }
    }
}

/// The readable head of a backup file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// What the file holds.
    pub part: Part,
    /// The database engine its content is for.
    pub engine: String,
    /// When the copy was begun.
    pub created_at: jiff::Timestamp,
    /// The version of tidings that wrote it.
    pub program: String,
    /// The number of the newest migration in it.
    pub schema: i64,
    /// A random name that the parts of one run share.
    pub set: String,
    /// Bytes of the content.
    pub size: u64,
    /// SHA-256 of the content, hexadecimal.
    pub sha256: String,
    /// Which backup key sealed it: the start of a hash that tells nothing about the key.
    pub key_id: String,
    /// The salt of the file's own key, hexadecimal.
    pub salt: String,
}

/// Why a backup file was refused.
#[derive(Debug)]
pub enum StreamError {
    /// It cannot be read or written.
    Io(io::Error),
    /// It is not what it should be: a sentence.
    Refused(String),
}

impl std::fmt::Display for StreamError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::Refused(sentence) => f.write_str(sentence),
        }
    }
}

impl std::error::Error for StreamError {}

impl From<io::Error> for StreamError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

fn refused<T>(sentence: &str) -> Result<T, StreamError> {
    Err(StreamError::Refused(sentence.to_owned()))
}

fn broken() -> StreamError {
    StreamError::Io(io::Error::other("the cryptographic library failed"))
}

/// Small letters and digits for `bytes`.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// 128 or 256 random bits, hexadecimal.
///
/// # Errors
/// When the operating system gives no randomness.
pub fn random_hex<const BYTES: usize>() -> Result<String, StreamError> {
    let mut bytes = [0; BYTES];
    rand::fill(&mut bytes).map_err(|_| broken())?;
    Ok(hex(&bytes))
}

struct Length(usize);

impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn derive<const BYTES: usize>(
    key: &[u8],
    salt: &[u8],
    info: &[u8],
) -> Result<Zeroizing<[u8; BYTES]>, StreamError> {
    let mut out = Zeroizing::new([0; BYTES]);
    hkdf::Salt::new(hkdf::HKDF_SHA256, salt)
        .extract(key)
        .expand(&[info], Length(BYTES))
        .and_then(|okm| okm.fill(out.as_mut_slice()))
        .map_err(|_| broken())?;
    Ok(out)
}

/// The key of backups that belongs to a root key, for deployments without one of its own.
///
/// # Errors
/// When the cryptographic library fails.
pub fn backup_key_of(root: &SecretKey) -> Result<SecretKey, StreamError> {
    Ok(SecretKey::new(*derive::<32>(root.bytes(), b"tidings", b"tidings backup key v1")?))
}

fn key_id(key: &SecretKey) -> Result<String, StreamError> {
    Ok(hex(derive::<8>(key.bytes(), b"tidings", b"tidings backup key id v1")?.as_slice()))
}

struct Chunks {
    key: LessSafeKey,
    prefix: Zeroizing<[u8; 7]>,
    binding: [u8; 32],
    next: u32,
}

impl Chunks {
    fn new(key: &SecretKey, salt: &str, head: &[u8]) -> Result<Self, StreamError> {
        let derived = derive::<39>(key.bytes(), salt.as_bytes(), b"tidings backup file v1")?;
        let (file_key, prefix) = derived.split_at(32);
        let key = UnboundKey::new(&AES_256_GCM, file_key).map_err(|_| broken())?;
        Ok(Self {
            key: LessSafeKey::new(key),
            prefix: Zeroizing::new(prefix.try_into().map_err(|_| broken())?),
            binding: digest(&SHA256, head).as_ref().try_into().map_err(|_| broken())?,
            next: 0,
        })
    }

    fn nonce(&mut self, last: bool) -> Result<Nonce, StreamError> {
        let [a, b, c, d] = self.next.to_be_bytes();
        let [p0, p1, p2, p3, p4, p5, p6] = *self.prefix;
        let Some(next) = self.next.checked_add(1) else {
            return refused("the content is longer than a backup file can hold (256 TiB)");
        };
        self.next = next;
        let nonce = [p0, p1, p2, p3, p4, p5, p6, a, b, c, d, u8::from(last)];
        Ok(Nonce::assume_unique_for_key(nonce))
    }
}

fn head(header: &Header) -> Result<Vec<u8>, StreamError> {
    let json = serde_json::to_vec(header).map_err(io::Error::from)?;
    let length = u32::try_from(json.len()).map_err(|_| broken())?;
    let mut head = MAGIC.to_vec();
    head.extend_from_slice(&FORMAT.to_be_bytes());
    head.extend_from_slice(&length.to_be_bytes());
    head.extend_from_slice(&json);
    Ok(head)
}

/// Fills `buffer` from `from` as far as the content goes; returns how far.
fn fill(from: &mut impl Read, buffer: &mut Vec<u8>, most: usize) -> io::Result<usize> {
    buffer.clear();
    from.take(u64::try_from(most).unwrap_or(u64::MAX)).read_to_end(buffer)
}

/// Size and SHA-256 (hexadecimal) of a content.
///
/// # Errors
/// When it cannot be read.
pub fn measure(from: &mut impl Read) -> io::Result<(u64, String)> {
    let mut context = Context::new(&SHA256);
    let mut size = 0u64;
    let mut buffer = Vec::with_capacity(CHUNK);
    while fill(from, &mut buffer, CHUNK)? > 0 {
        context.update(&buffer);
        size = size.saturating_add(u64::try_from(buffer.len()).unwrap_or(u64::MAX));
    }
    Ok((size, hex(context.finish().as_ref())))
}

/// Writes a backup file: `content` sealed under `key`. The header's `key_id` and `salt` are set
/// here; its `size` and `sha256` must be those of [`measure`]. Returns the header as written.
///
/// # Errors
/// When reading or writing fails, or the content is not as measured.
pub fn seal(
    key: &SecretKey,
    mut header: Header,
    content: &mut impl Read,
    to: &mut impl Write,
) -> Result<Header, StreamError> {
    header.key_id = key_id(key)?;
    header.salt = random_hex::<32>()?;
    let head = head(&header)?;
    let mut chunks = Chunks::new(key, &header.salt, &head)?;
    to.write_all(&head)?;
    let mut left = header.size;
    let mut hash = Context::new(&SHA256);
    let mut buffer = Vec::with_capacity(CHUNK + TAG);
    loop {
        let length = fill(content, &mut buffer, CHUNK)?;
        hash.update(&buffer);
        let length = u64::try_from(length).unwrap_or(u64::MAX);
        let Some(after) = left.checked_sub(length) else {
            return refused("the copy changed while it was being sealed; run the backup again");
        };
        if length == 0 && left > 0 {
            return refused("the copy changed while it was being sealed; run the backup again");
        }
        left = after;
        let nonce = chunks.nonce(left == 0)?;
        chunks
            .key
            .seal_in_place_append_tag(nonce, Aad::from(&chunks.binding), &mut buffer)
            .map_err(|_| broken())?;
        to.write_all(&buffer)?;
        if left == 0 {
            break;
        }
    }
    if hex(hash.finish().as_ref()) != header.sha256 {
        return refused("the copy changed while it was being sealed; run the backup again");
    }
    Ok(header)
}

/// Reads the header of a backup file, without believing it yet: [`open`] proves it.
///
/// # Errors
/// When the file is none of ours or of a later format.
pub fn read_header(from: &mut impl Read) -> Result<(Header, Vec<u8>), StreamError> {
    let mut fixed = Vec::with_capacity(14);
    fill(from, &mut fixed, 14)?;
    let (Some(magic), Some(format), Some(length)) = (
        fixed.first_chunk::<8>(),
        fixed.get(8..10).and_then(|bytes| bytes.first_chunk::<2>()),
        fixed.get(10..14).and_then(|bytes| bytes.first_chunk::<4>()),
    ) else {
        return refused("this is no backup of tidings; check the path");
    };
    if magic != MAGIC {
        return refused("this is no backup of tidings; check the path");
    }
    if u16::from_be_bytes(*format) != FORMAT {
        return refused("a later version of tidings wrote this backup; restore with that version");
    }
    let length = u32::from_be_bytes(*length);
    if length > HEADER_MAX {
        return refused("the backup's header is damaged; use another copy of this backup");
    }
    let mut json = Vec::new();
    fill(from, &mut json, usize::try_from(length).map_err(|_| broken())?)?;
    let Ok(header) = serde_json::from_slice::<Header>(&json) else {
        return refused("the backup's header is damaged; use another copy of this backup");
    };
    fixed.extend_from_slice(&json);
    Ok((header, fixed))
}

/// Opens a backup file into `to` and proves every byte: nothing in `to` may be used before this
/// returns `Ok`.
///
/// # Errors
/// A sentence that says what is wrong: another key, a changed, cut or rearranged file.
pub fn open(
    key: &SecretKey,
    from: &mut impl Read,
    to: &mut impl Write,
) -> Result<Header, StreamError> {
    let (header, head) = read_header(from)?;
    if header.key_id != key_id(key)? {
        return refused(
            "this backup was sealed with another key; give the root key or backup key of the \
             deployment and the time it comes from",
        );
    }
    let mut chunks = Chunks::new(key, &header.salt, &head)?;
    let chunk = u64::try_from(CHUNK).unwrap_or(u64::MAX);
    let mut left = header.size;
    let mut hash = Context::new(&SHA256);
    let mut buffer = Vec::with_capacity(CHUNK + TAG);
    loop {
        let expected = left.min(chunk);
        let plain = usize::try_from(expected).map_err(|_| broken())?;
        if fill(from, &mut buffer, plain + TAG)? < plain + TAG {
            return refused("the backup is cut off; use another copy of this backup");
        }
        left -= expected;
        let nonce = chunks.nonce(left == 0)?;
        let Ok(opened) = chunks.key.open_in_place(nonce, Aad::from(&chunks.binding), &mut buffer)
        else {
            return refused(
                "the backup was changed or is damaged; use another copy of this backup",
            );
        };
        hash.update(opened);
        to.write_all(opened)?;
        if left == 0 {
            break;
        }
    }
    if fill(from, &mut buffer, 1)? > 0 {
        return refused("the backup has something appended to it; use another copy of this backup");
    }
    if hex(hash.finish().as_ref()) != header.sha256 {
        return refused("the backup's content is not what its header says; use another copy");
    }
    Ok(header)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(seed: u8) -> SecretKey {
        SecretKey::new(std::array::from_fn(|i| seed ^ u8::try_from(i * 7).unwrap()))
    }

    fn content(length: usize) -> Vec<u8> {
        (0..length).map(|i| u8::try_from(i * 31 % 251).unwrap()).collect()
    }

    fn sealed(key: &SecretKey, content: &[u8]) -> Vec<u8> {
        let (size, sha256) = measure(&mut &content[..]).unwrap();
        let header = Header {
            part: Part::Database,
            engine: "sqlite".into(),
            created_at: jiff::Timestamp::UNIX_EPOCH,
            program: "0".into(),
            schema: 6,
            set: "s".into(),
            size,
            sha256,
            key_id: String::new(),
            salt: String::new(),
        };
        let mut file = Vec::new();
        seal(key, header, &mut &content[..], &mut file).unwrap();
        file
    }

    fn opened(key: &SecretKey, file: &[u8]) -> Result<Vec<u8>, String> {
        let mut out = Vec::new();
        open(key, &mut &file[..], &mut out).map(|_| out).map_err(|error| error.to_string())
    }

    fn start_of_chunks(file: &[u8]) -> usize {
        read_header(&mut &file[..]).unwrap().1.len()
    }

    #[test]
    fn contents_of_every_size_come_back() {
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 17] {
            let content = content(length);
            assert_eq!(opened(&key(1), &sealed(&key(1), &content)).unwrap(), content);
        }
    }

    #[test]
    fn two_backups_of_one_content_share_no_bytes_of_it() {
        let content = content(CHUNK);
        let (a, b) = (sealed(&key(1), &content), sealed(&key(1), &content));
        let (start_a, start_b) = (start_of_chunks(&a), start_of_chunks(&b));
        assert_ne!(a[start_a..start_a + 64], b[start_b..start_b + 64]);
        assert!(!a.windows(32).any(|window| content[..32] == *window));
    }

    #[test]
    fn every_changed_byte_is_found() {
        let file = sealed(&key(1), &content(300));
        for at in 0..file.len() {
            let mut changed = file.clone();
            changed[at] ^= 1;
            assert!(opened(&key(1), &changed).is_err(), "byte {at} of {}", file.len());
        }
    }

    #[test]
    fn every_shortening_and_lengthening_is_found() {
        let file = sealed(&key(1), &content(2 * CHUNK + 5));
        let start = start_of_chunks(&file);
        for cut in [
            0,
            1,
            13,
            start - 1,
            start,
            start + CHUNK + TAG,
            start + 2 * (CHUNK + TAG),
            file.len() - 1,
        ] {
            assert!(opened(&key(1), &file[..cut]).is_err(), "cut at {cut}");
        }
        let mut longer = file.clone();
        longer.push(0);
        assert!(opened(&key(1), &longer).unwrap_err().contains("appended"));
    }

    #[test]
    fn moved_repeated_and_foreign_chunks_are_found() {
        let file = sealed(&key(1), &content(3 * CHUNK));
        let other = sealed(&key(1), &content(3 * CHUNK));
        let start = start_of_chunks(&file);
        let (head, body) = file.split_at(start);
        let chunks: Vec<&[u8]> = body.chunks(CHUNK + TAG).collect();
        let foreign: Vec<&[u8]> = other[start_of_chunks(&other)..].chunks(CHUNK + TAG).collect();
        for order in [
            [chunks[1], chunks[0], chunks[2]],
            [chunks[0], chunks[0], chunks[2]],
            [chunks[0], chunks[2], chunks[1]],
            [chunks[0], foreign[1], chunks[2]],
            [foreign[0], foreign[1], foreign[2]],
        ] {
            let forged = [head, &order.concat()].concat();
            assert!(opened(&key(1), &forged).unwrap_err().contains("changed or is damaged"));
        }
    }

    #[test]
    fn another_key_and_another_format_are_told_in_a_sentence() {
        let mut file = sealed(&key(1), &content(10));
        assert!(opened(&key(2), &file).unwrap_err().contains("another key"));
        assert!(opened(&key(1), b"PK\x03\x04 something else").unwrap_err().contains("no backup"));
        file[9] = 2;
        assert!(opened(&key(1), &file).unwrap_err().contains("later version"));
    }

    #[test]
    fn the_derived_backup_key_is_not_the_root_key() {
        let derived = backup_key_of(&key(1)).unwrap();
        assert_ne!(derived.bytes(), key(1).bytes());
        assert_eq!(derived.bytes(), backup_key_of(&key(1)).unwrap().bytes());
    }
}
