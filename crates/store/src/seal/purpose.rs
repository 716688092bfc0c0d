//! What keyed digests are for: one key per purpose, all from one secret.

use aws_lc_rs::hmac;

use super::SealError;
use super::cipher::{Secret, derive};

/// Writes the enum, the struct with one key per variant and the total match between them, so that
/// no purpose can be without its key.
macro_rules! purposes {
    ($($(#[$doc:meta])* $variant:ident $field:ident $label:literal;)*) => {
        /// What a keyed digest is for. Digests of the same text for two purposes have nothing in
        /// common, so that no table can be joined with another by them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Purpose {
            $($(#[$doc])* $variant,)*
        }

        /// The key of each purpose.
        pub(super) struct Digests {
            $($field: hmac::Key,)*
        }

        impl Digests {
            /// Derives every key from the secret behind them.
            pub(super) fn derived(secret: &Secret) -> Result<Self, SealError> {
                Ok(Self {
                    $($field: hmac::Key::new(
                        hmac::HMAC_SHA256,
                        derive(secret.as_slice(), $label)?.as_slice(),
                    ),)*
                })
            }

            fn key(&self, purpose: Purpose) -> &hmac::Key {
                match purpose {
                    $(Purpose::$variant => &self.$field,)*
                }
            }
        }

        #[cfg(test)]
        impl Purpose {
            pub(super) const ALL: &[Self] = &[$(Self::$variant),*];
        }
    };
}

// A label enters the derivation: changing one makes every digest of its purpose useless.
purposes! {
    /// Blind index over the folded tokens of a patient's names.
    PatientName patient_name b"blind index: patient name";
    /// Blind index over a patient's birth date, `YYYY-MM-DD`.
    BirthDate birth_date b"blind index: birth date";
    /// Blind index over identifiers such as a medical record number.
    Identifier identifier b"blind index: identifier";
    /// Blind index over addresses of contact points.
    ContactPoint contact_point b"blind index: contact point";
    /// Blind index over log-in names.
    LoginName login_name b"blind index: login name";
    /// The digest of a request's content that recognises a retry.
    Request request b"digest: request";
    /// Tokens that name a search result or a page of one.
    ResultToken result_token b"digest: result token";
    /// Counters of attempts by address or device, which must not store the address.
    Throttle throttle b"digest: throttle";
    /// The token in every form, which only pages of the same session know.
    FormToken form_token b"digest: form token";
    /// Blind index over the keys by which imported records are recognised again.
    RecordKey record_key b"blind index: record key";
    /// The digest of an imported record's content that tells whether it changed.
    RecordContent record_content b"digest: record content";
    /// The secret an authenticator app is set up with, until a code confirms it.
    TotpSetup totp_setup b"secret: totp set-up";
    /// The code that proves an e-mail address.
    AddressCode address_code b"secret: address code";
    /// The token of the link that puts a replaced e-mail address back.
    AddressUndo address_undo b"secret: address undo";
}

impl Digests {
    /// HMAC-SHA-256 (RFC 2104) under the purpose's key.
    pub(super) fn mac(&self, purpose: Purpose, bytes: &[u8]) -> [u8; 32] {
        let mut out = [0; 32];
        let tag = hmac::sign(self.key(purpose), bytes);
        for (to, from) in out.iter_mut().zip(tag.as_ref()) {
            *to = *from;
        }
        out
    }
}
