//! Encryption at rest: what a sealed value is, where it belongs, and who owns its key.
//!
//! A root key (a file, mode 0600) wraps the deployment key, which wraps one data key per owner; a
//! data key seals the fields of that owner with AES-256-GCM (NIST SP 800-38D). The associated data
//! of every value names the suite, the key, the table, the row, the field and the version, so that
//! a ciphertext copied to another place, or an old one put back under a new version, does not open.
//! Wrapped data keys live in a database of their own ([`KeyDb`]): erasing a patient's keys there
//! erases the patient everywhere else, backups included.
//!
//! Nonces and keys come from the operating system's generator through aws-lc-rs and from nowhere
//! else. The caller's randomness is deliberately not used here: a seeded generator (the demo
//! clinic, a test) would repeat a nonce, and a repeated nonce gives the plaintext away.
//! With 96-bit random nonces one key seals at most 2^32 values (SP 800-38D, 8.3); a patient's
//! record stays many orders of magnitude below that.
//!
//! Deliberately absent: streams (files are sealed in chunks by the blob module, each chunk a place
//! of its own), compression (it would leak length relations), and any list of what is sealed: the
//! modules that own the tables know that.

mod cache;
mod cipher;
mod key_db;
mod key_store;
mod keys;
mod purpose;
mod ring;
mod root;
#[cfg(test)]
mod tests;

pub use key_db::KeyDb;
pub use key_store::{DataKeyRow, DeploymentKeyRow, KeyStore};
pub use keys::{Keys, Rotation};
pub use purpose::Purpose;
pub use root::{RootKey, RootKeyError};

use domain::ids::{Id, OrganizationId, PatientId, PersonId};
use uuid::Uuid;

use crate::db::{DbError, FromValue, Param, ToParam, Value};

/// The format of [`Sealed`], and with it the cipher suite: AES-256-GCM, HKDF-SHA-256.
const FORMAT: u8 = 1;

/// Whose data key seals a value: the party whose erasure must make the value unreadable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyOwner {
    /// Everything about one patient, drafts included.
    Patient(PatientId),
    /// What a person writes or keeps that is about no patient.
    Person(PersonId),
    /// Staff threads without a patient.
    Organization(OrganizationId),
    /// What belongs to the installation as a whole, such as secrets of its mail account.
    Deployment,
}

/// An owner as the key store writes it: a [`KeyOwner`], or the owner of the secret behind blind
/// indexes and keyed digests, which no caller can name. That one is never renewed, because digests
/// cannot be recomputed from digests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OwnerRef {
    pub(crate) kind: OwnerKind,
    pub(crate) id: Uuid,
}

/// The kinds of owner, with their codes in the key store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum OwnerKind {
    Patient,
    Person,
    Organization,
    Deployment,
    Purposes,
}

impl OwnerKind {
    const ALL: [Self; 5] =
        [Self::Patient, Self::Person, Self::Organization, Self::Deployment, Self::Purposes];

    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Patient => "patient",
            Self::Person => "person",
            Self::Organization => "organization",
            Self::Deployment => "deployment",
            Self::Purposes => "purposes",
        }
    }

    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

impl OwnerRef {
    pub(crate) const PURPOSES: Self = Self { kind: OwnerKind::Purposes, id: Uuid::nil() };
}

impl From<KeyOwner> for OwnerRef {
    fn from(owner: KeyOwner) -> Self {
        let (kind, id) = match owner {
            KeyOwner::Patient(id) => (OwnerKind::Patient, id.as_uuid()),
            KeyOwner::Person(id) => (OwnerKind::Person, id.as_uuid()),
            KeyOwner::Organization(id) => (OwnerKind::Organization, id.as_uuid()),
            KeyOwner::Deployment => (OwnerKind::Deployment, Uuid::nil()),
        };
        Self { kind, id }
    }
}

/// The primary key of the row a sealed value stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKey<'a> {
    /// A row found by its id.
    Id(Uuid),
    /// A row found by a text, such as a composite key the caller has joined unambiguously.
    Text(&'a str),
}

impl<I: Id> From<&I> for RowKey<'_> {
    fn from(id: &I) -> Self {
        Self::Id(id.as_uuid())
    }
}

impl<'a> From<&'a str> for RowKey<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

/// Where a sealed value belongs. Opening it anywhere else is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// The table's name.
    pub table: &'static str,
    /// The row's primary key.
    pub row: RowKey<'a>,
    /// The column's name.
    pub field: &'static str,
    /// The version of the row that this value was written for; 1 where rows never change.
    pub version: i64,
}

impl<'a> Place<'a> {
    /// A place in `table`, at the row with this key, in column `field`, as of `version`.
    pub fn new(
        table: &'static str,
        row: impl Into<RowKey<'a>>,
        field: &'static str,
        version: i64,
    ) -> Self {
        Self { table, row: row.into(), field, version }
    }

    /// Appends this place to associated data. Every part is preceded by its length, so that no two
    /// places share an encoding however their names are cut.
    fn encode(&self, out: &mut Vec<u8>) {
        push_part(out, self.table.as_bytes());
        match &self.row {
            RowKey::Id(id) => {
                out.push(1);
                push_part(out, id.as_bytes());
            }
            RowKey::Text(text) => {
                out.push(2);
                push_part(out, text.as_bytes());
            }
        }
        push_part(out, self.field.as_bytes());
        out.extend_from_slice(&self.version.to_be_bytes());
    }
}

/// Appends a part with its length in front, 8 bytes big-endian.
fn push_part(out: &mut Vec<u8>, part: &[u8]) {
    let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(part);
}

/// A value as it stands in the database: format version (1 byte), key id (16), nonce (12),
/// ciphertext, tag (16). It costs 45 bytes more than the plaintext.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(Vec<u8>);

impl Sealed {
    /// The bytes to store.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for Sealed {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Sealed({} bytes)", self.0.len())
    }
}

/// Takes stored bytes as they are: [`Keys::open`] is what judges them.
impl From<Vec<u8>> for Sealed {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl ToParam for Sealed {
    fn to_param(&self) -> Param<'_> {
        self.0.to_param()
    }
}

impl FromValue for Sealed {
    fn from_value(value: &Value) -> Result<Self, DbError> {
        Vec::from_value(value).map(Self)
    }
}

impl From<Sealed> for Vec<u8> {
    fn from(sealed: Sealed) -> Self {
        sealed.0
    }
}

/// Why something could not be sealed, opened, or done to a key. No variant carries plaintext or
/// key material.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The owner has no key (`ensure` was not called), the key is unknown, or it was erased.
    #[error("no such data key")]
    Missing,
    /// The bytes are not what was sealed at this place for this owner.
    #[error("a sealed value does not belong where it stands")]
    Tampered,
    /// The bytes are not a sealed value of a known format, or the plaintext is not the text asked
    /// for.
    #[error("not a sealed value of a known format")]
    Format,
    /// The key store is under another root key than the one offered. Both are named by their
    /// public ids.
    #[error("the key store is under root key {in_force}, the one offered is {offered}")]
    WrongRoot {
        /// The id of the root key that the store names.
        in_force: String,
        /// The id of the root key that was given.
        offered: String,
    },
    /// The operating system gave no randomness, or the cipher refused to run.
    #[error("the cipher could not run")]
    Cipher,
    /// The key store did not answer.
    #[error("the key store did not answer")]
    Store(#[from] DbError),
}
