//! The one cipher suite: AES-256-GCM with random nonces, keys separated by HKDF-SHA-256.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hkdf;
use zeroize::{Zeroize, Zeroizing};

use super::SealError;

/// Bytes of a key of this suite.
pub(super) const KEY_LEN: usize = 32;
/// Bytes of an authentication tag.
pub(super) const TAG_LEN: usize = 16;
/// Bytes that sealing adds: a nonce before the ciphertext and a tag after it.
pub(super) const OVERHEAD: usize = NONCE_LEN + TAG_LEN;

/// Salt of every derivation: it names the product and the version of the scheme (RFC 5869, 3.1).
const SALT: &[u8] = b"Tidings encryption at rest, scheme 1";

/// A 32-byte secret that is wiped when dropped.
pub(super) type Secret = Zeroizing<[u8; KEY_LEN]>;

/// A fresh secret from the operating system.
pub(super) fn fresh() -> Result<Secret, SealError> {
    let mut secret = Zeroizing::new([0; KEY_LEN]);
    fill(secret.as_mut_slice())?;
    Ok(secret)
}

/// Fills a buffer from the operating system's generator.
pub(super) fn fill(out: &mut [u8]) -> Result<(), SealError> {
    aws_lc_rs::rand::fill(out).map_err(|_| SealError::Cipher)
}

/// Derives a secret for one purpose from another secret (HKDF-SHA-256, RFC 5869). Secrets of two
/// purposes tell nothing about each other.
pub(super) fn derive(secret: &[u8], purpose: &[u8]) -> Result<Secret, SealError> {
    let mut out = Zeroizing::new([0; KEY_LEN]);
    hkdf::Salt::new(hkdf::HKDF_SHA256, SALT)
        .extract(secret)
        .expand(&[purpose], hkdf::HKDF_SHA256)
        .and_then(|okm| okm.fill(out.as_mut_slice()))
        .map_err(|_| SealError::Cipher)?;
    Ok(out)
}

/// A key ready to seal and open. aws-lc wipes its key schedule when it is freed.
pub(super) struct Cipher(LessSafeKey);

impl Cipher {
    /// The cipher of one purpose of a secret.
    pub(super) fn derived(secret: &[u8], purpose: &[u8]) -> Result<Self, SealError> {
        let key = derive(secret, purpose)?;
        let key = UnboundKey::new(&AES_256_GCM, key.as_slice()).map_err(|_| SealError::Cipher)?;
        Ok(Self(LessSafeKey::new(key)))
    }

    /// Appends nonce, ciphertext and tag to `out`.
    pub(super) fn seal(
        &self,
        associated: &[u8],
        plaintext: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), SealError> {
        let mut nonce = [0; NONCE_LEN];
        fill(&mut nonce)?;
        out.reserve(OVERHEAD + plaintext.len());
        out.extend_from_slice(&nonce);
        let start = out.len();
        out.extend_from_slice(plaintext);
        let nonce = Nonce::assume_unique_for_key(nonce);
        let body = out.get_mut(start..).ok_or(SealError::Cipher)?;
        let tag = self
            .0
            .seal_in_place_separate_tag(nonce, Aad::from(associated), body)
            .map_err(|_| SealError::Cipher)?;
        out.extend_from_slice(tag.as_ref());
        Ok(())
    }

    /// Opens nonce, ciphertext and tag. Anything that was not sealed with this key and this
    /// associated data is `Tampered`; too few bytes to be a sealed value are `Format`.
    pub(super) fn open(&self, associated: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (nonce, rest) = sealed.split_first_chunk::<NONCE_LEN>().ok_or(SealError::Format)?;
        let (body, tag) = rest.split_last_chunk::<TAG_LEN>().ok_or(SealError::Format)?;
        let mut plaintext = vec![0; body.len()];
        let nonce = Nonce::from(nonce);
        self.0
            .open_separate_gather(nonce, Aad::from(associated), body, tag, &mut plaintext)
            .map_err(|_| {
                // aws-lc may have decrypted before it compared the tag.
                plaintext.zeroize();
                SealError::Tampered
            })?;
        Ok(plaintext)
    }

    /// Opens a wrapped secret.
    pub(super) fn unwrap(&self, associated: &[u8], wrapped: &[u8]) -> Result<Secret, SealError> {
        let opened = Zeroizing::new(self.open(associated, wrapped)?);
        let secret = <[u8; KEY_LEN]>::try_from(opened.as_slice()).map_err(|_| SealError::Format)?;
        Ok(Zeroizing::new(secret))
    }

    /// Wraps a secret.
    pub(super) fn wrap(&self, associated: &[u8], secret: &Secret) -> Result<Vec<u8>, SealError> {
        let mut out = Vec::new();
        self.seal(associated, secret.as_slice(), &mut out)?;
        Ok(out)
    }
}

impl std::fmt::Debug for Cipher {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Cipher(…)")
    }
}
