//! The keys of a running installation: sealing, opening, and the life of a key.

use std::sync::Arc;

use domain::ids::{Id, KeyId};
use domain::time::Timestamp;
use uuid::Uuid;

use super::cipher::{Cipher, OVERHEAD};
use super::purpose::Digests;
use super::ring::Ring;
use super::{
    FORMAT, KeyOwner, KeyStore, OwnerRef, Place, Purpose, RootKey, SealError, Sealed, push_part,
};

/// Bytes before the nonce: the format and the key's id.
const HEADER: usize = 1 + 16;
/// Unwrapped data keys kept in memory; one takes under 1 kB.
const CACHE_KEYS: usize = 8192;
/// Data keys rewrapped in one transaction of a rotation.
const CHUNK: i64 = 500;

/// What a rotation of the deployment key has done so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// Data keys rewrapped by this call.
    pub rewrapped: u64,
    /// Whether the old deployment key is gone. If not, call again: it goes on where it stopped.
    pub finished: bool,
}

/// The keys of an installation. Cheap to clone; clones share one cache.
///
/// Methods that take no `at` never write. Those that do ([`Keys::ensure`] and the ones about
/// a key's life) commit to the key store and must not be called inside a transaction of the record.
#[derive(Clone)]
pub struct Keys(Arc<Inner>);

struct Inner {
    ring: Ring,
    digests: Digests,
    results: Cipher,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Keys(…)")
    }
}

impl Keys {
    /// Opens the keys of an installation. An empty key store gets its deployment key, the
    /// deployment's data key and the key behind blind indexes at time `at`.
    ///
    /// `WrongRoot` when the store is under another root key.
    pub fn load(root: RootKey, store: Box<dyn KeyStore>, at: Timestamp) -> Result<Self, SealError> {
        Self::load_with_cache(root, store, at, CACHE_KEYS)
    }

    pub(super) fn load_with_cache(
        root: RootKey,
        store: Box<dyn KeyStore>,
        at: Timestamp,
        cache: usize,
    ) -> Result<Self, SealError> {
        let ring = Ring::load(root, store, cache, at)?;
        ring.ensure(&[OwnerRef::PURPOSES, KeyOwner::Deployment.into()], at)?;
        let secret = ring.purposes_secret()?;
        let digests = Digests::derived(&secret)?;
        let results = Cipher::derived(secret.as_slice(), b"sealed result ids")?;
        Ok(Self(Arc::new(Inner { ring, digests, results })))
    }

    /// Makes sure that the owner has a data key, durable in the key store before this returns.
    /// Two nodes that do so at once end with the same key. `Missing` when the owner was erased.
    pub fn ensure(&self, owner: KeyOwner, at: Timestamp) -> Result<(), SealError> {
        self.0.ring.ensure(&[owner.into()], at)
    }

    /// [`Keys::ensure`] for many owners in one transaction, as an import wants it.
    pub fn ensure_all(&self, owners: &[KeyOwner], at: Timestamp) -> Result<(), SealError> {
        let owners: Vec<OwnerRef> = owners.iter().copied().map(OwnerRef::from).collect();
        self.0.ring.ensure(&owners, at)
    }

    /// Seals a value with the owner's current key, for this place only.
    /// `Missing` when [`Keys::ensure`] was not called for the owner, or the owner was erased.
    pub fn seal(
        &self,
        owner: KeyOwner,
        place: &Place<'_>,
        plaintext: &[u8],
    ) -> Result<Sealed, SealError> {
        let key = self.0.ring.current_key(owner.into())?;
        let mut out = Vec::with_capacity(HEADER + OVERHEAD + plaintext.len());
        out.push(FORMAT);
        out.extend_from_slice(key.id.as_uuid().as_bytes());
        key.cipher.seal(&associated(key.id, place), plaintext, &mut out)?;
        Ok(Sealed::from(out))
    }

    /// Opens a value sealed for this owner and this place. Works with retired keys too.
    /// `Tampered` when it was sealed for anybody or anything else, or changed; `Missing` when its
    /// key is unknown or erased; `Format` when it is no sealed value.
    pub fn open(
        &self,
        owner: KeyOwner,
        place: &Place<'_>,
        sealed: &Sealed,
    ) -> Result<Vec<u8>, SealError> {
        let (&format, rest) = sealed.as_bytes().split_first().ok_or(SealError::Format)?;
        let (id, body) = rest.split_first_chunk::<16>().ok_or(SealError::Format)?;
        if format != FORMAT || body.len() < OVERHEAD {
            return Err(SealError::Format);
        }
        let key = self.0.ring.key(KeyId::from_uuid(Uuid::from_bytes(*id)))?;
        if key.owner != OwnerRef::from(owner) {
            return Err(SealError::Tampered);
        }
        key.cipher.open(&associated(key.id, place), body)
    }

    /// [`Keys::open`] for text; `Format` when the value is not UTF-8.
    pub fn open_text(
        &self,
        owner: KeyOwner,
        place: &Place<'_>,
        sealed: &Sealed,
    ) -> Result<String, SealError> {
        String::from_utf8(self.open(owner, place, sealed)?).map_err(|_| SealError::Format)
    }

    /// The blind index of a text: the first 16 bytes of a keyed digest (HMAC-SHA-256, RFC 2104).
    /// Equal texts give equal bytes, and nobody without the key can try texts. Fold names first
    /// (`domain::fold`). 128 bits leave chance collisions below 10^-20 for a billion tokens.
    pub fn blind(&self, purpose: Purpose, text: &str) -> [u8; 16] {
        let digest = self.mac(purpose, text.as_bytes());
        digest.first_chunk().copied().unwrap_or_default()
    }

    /// A keyed digest of some bytes (HMAC-SHA-256).
    pub fn mac(&self, purpose: Purpose, bytes: &[u8]) -> [u8; 32] {
        self.0.digests.mac(purpose, bytes)
    }

    /// Seals what a search result's id must carry, bound to a context such as the session that may
    /// use it. The caller puts the expiry inside.
    pub fn seal_result(&self, context: &[u8], content: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut out = vec![FORMAT];
        self.0.results.seal(&result_context(context), content, &mut out)?;
        Ok(out)
    }

    /// Opens what [`Keys::seal_result`] made in the same context; `Tampered` or `Format` otherwise.
    pub fn open_result(&self, context: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        match sealed.split_first() {
            Some((&FORMAT, body)) => self.0.results.open(&result_context(context), body),
            _ => Err(SealError::Format),
        }
    }

    /// Replaces the owner's key for what is sealed from now on; what was sealed before still
    /// opens. `Missing` when the owner has no key or was erased.
    pub fn renew(&self, owner: KeyOwner, at: Timestamp) -> Result<(), SealError> {
        self.0.ring.renew(owner.into(), at)
    }

    /// Erases every key of the owner, and with them everything sealed under these. There is no way
    /// back other than a backup of the key store. Returns how many keys were erased by this call.
    /// Other nodes notice within 60 seconds, or at once with [`Keys::forget`].
    ///
    /// The key of the deployment cannot be erased: `Missing`.
    pub fn erase(&self, owner: KeyOwner, at: Timestamp) -> Result<u64, SealError> {
        if owner == KeyOwner::Deployment {
            return Err(SealError::Missing);
        }
        self.0.ring.erase(owner.into(), at)
    }

    /// Forgets what is in memory of the owner's keys, so that the next use asks the key store.
    pub fn forget(&self, owner: KeyOwner) {
        self.0.ring.forget(owner.into());
    }

    /// Puts the key store under another root key: rewraps the deployment keys, in one transaction.
    /// Data keys and values are not touched. A call that was already carried out does nothing.
    /// Other nodes keep working and need the new root key when they start again.
    pub fn rotate_root(&self, old: &RootKey, new: &RootKey) -> Result<(), SealError> {
        self.0.ring.rotate_root(old, new)
    }

    /// Makes a new deployment key and rewraps every data key with it, in transactions of 500; then
    /// deletes the old one. `go_on` is asked after each transaction with the number done so far;
    /// when it says no, or the process dies, the next call goes on where this one stopped.
    pub fn rotate_deployment(
        &self,
        at: Timestamp,
        mut go_on: impl FnMut(u64) -> bool,
    ) -> Result<Rotation, SealError> {
        self.0.ring.begin_rotation(at)?;
        let mut rewrapped = 0;
        loop {
            let done = self.0.ring.rewrap_some(CHUNK)?;
            if done == 0 && self.0.ring.end_rotation()? {
                return Ok(Rotation { rewrapped, finished: true });
            }
            rewrapped += done;
            if !go_on(rewrapped) {
                return Ok(Rotation { rewrapped, finished: false });
            }
        }
    }

    /// The public id of the root key in force, which the operator may print.
    pub fn root_id(&self) -> Result<String, SealError> {
        self.0.ring.root_id()
    }

    #[cfg(test)]
    pub(super) fn cached(&self) -> usize {
        self.0.ring.cached()
    }

    #[cfg(test)]
    pub(super) fn clear_cache(&self) {
        self.0.ring.forget_all();
    }
}

/// Associated data of a sealed value.
fn associated(key: KeyId, place: &Place<'_>) -> Vec<u8> {
    let mut out = Vec::with_capacity(128);
    out.extend_from_slice(b"Tidings value");
    out.push(FORMAT);
    out.extend_from_slice(key.as_uuid().as_bytes());
    place.encode(&mut out);
    out
}

/// Associated data of a sealed result id.
fn result_context(context: &[u8]) -> Vec<u8> {
    let mut out = b"Tidings result".to_vec();
    out.push(FORMAT);
    push_part(&mut out, context);
    out
}
