//! Passwords: what is accepted (NIST SP 800-63B-4, 3.1.1.2) and how it is kept (Argon2id, RFC 9106,
//! with the parameters of the OWASP Password Storage Cheat Sheet: 46 MiB, one pass, one lane).
//!
//! A password is any text of up to 256 characters, spaces and all, taken whole. It is brought into
//! Unicode normalisation form C first (as RFC 8265's OpaqueString profile does), so that "é" from
//! two keyboards is one password; a password of ASCII is never altered. There are no composition
//! rules, no hints and no expiry.
//!
//! Hashing takes 46 MiB and tens of milliseconds of one core. Whoever calls it limits how many run
//! at once (the web crate owns that semaphore) and never does so inside a transaction.

use argon2::password_hash::phc::{Output, PasswordHash};
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use domain::fold::fold;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::Breached;
use crate::random::{Randomness, bytes};

/// The fewest characters of a password that is the only factor.
pub const LENGTH_MIN_ALONE: usize = 15;
/// The fewest characters of a password beside a second factor.
pub const LENGTH_MIN_SECOND: usize = 8;
/// The most characters of any password.
pub const LENGTH_MAX: usize = 256;
/// Memory one hashing takes, in KiB: 46 MiB.
pub const MEMORY_KIB: u32 = 46 * 1024;
/// Passes over the memory.
const PASSES: u32 = 1;
/// Lanes.
const LANES: u32 = 1;
/// Bytes of a salt (RFC 9106, 3.1).
const SALT_LEN: usize = 16;
/// A password made of a name known to the site must have this many characters beside it.
const BESIDE_CONTEXT_MIN: usize = 6;

/// A password as somebody typed it, normalised. Wiped when dropped; never printed.
pub struct Password(Zeroizing<String>);

/// The text is longer than any password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a password has at most {LENGTH_MAX} characters")]
pub struct TooLong;

/// Why a new password was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordRefusal {
    /// Fewer characters than this.
    TooShort {
        /// The fewest characters accepted.
        min: usize,
    },
    /// It is in a list of passwords that attackers try first.
    Breached,
    /// It is hardly more than the user's, the site's or the service's name.
    Context,
    /// It repeats one short piece, or counts up or down.
    Repetitive,
}

/// Why hashing or checking could not be carried out.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// The stored hash is not one of ours, or asks for far more memory or passes than ours do.
    #[error("not a password hash of this system")]
    Stored,
    /// There was no memory or no randomness. Answer "try again".
    #[error("a password could not be hashed")]
    Resources,
    /// The operator's list of breached passwords could not be read.
    #[error("the list of breached passwords could not be read")]
    List(#[source] std::io::Error),
}

/// What a check of a password found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the password.
    Right,
    /// It is the password, hashed with parameters that are no longer in use: hash it again.
    RightButOutdated,
    /// It is not the password, or there is no such user.
    Wrong,
}

impl Password {
    /// Takes what was typed. Longer texts are refused before any work is done on them.
    pub fn parse(typed: &str) -> Result<Self, TooLong> {
        // Normalising to form C makes a text at most three times as long in UTF-8 (UAX 15), and a
        // character takes at most four bytes.
        if typed.len() > LENGTH_MAX * 4 {
            return Err(TooLong);
        }
        // Reserved in full, so that growing leaves no copy behind.
        let mut normal = Zeroizing::new(String::with_capacity(typed.len() * 3));
        normal.extend(typed.nfc());
        if normal.chars().count() > LENGTH_MAX { Err(TooLong) } else { Ok(Self(normal)) }
    }

    /// Makes the string to store (PHC format), with a salt of its own.
    pub fn hash(&self, random: &dyn Randomness) -> Result<String, PasswordError> {
        let salt: [u8; SALT_LEN] = bytes(random).map_err(|_| PasswordError::Resources)?;
        let hash = argon2()?
            .hash_password_with_salt(self.0.as_bytes(), &salt)
            .map_err(|_| PasswordError::Resources)?;
        Ok(hash.to_string())
    }

    /// Compares with the stored string, in constant time. `None` stands for a user that does not
    /// exist or has no password: it costs the same and is always `Wrong`.
    pub fn verify(&self, stored: Option<&str>) -> Result<Verdict, PasswordError> {
        let Some(stored) = stored else {
            let mut out = Zeroizing::new([0; Output::MAX_LENGTH / 2]);
            argon2()?
                .hash_password_into(self.0.as_bytes(), &[0; SALT_LEN], out.as_mut_slice())
                .map_err(|_| PasswordError::Resources)?;
            std::hint::black_box(&out);
            return Ok(Verdict::Wrong);
        };
        let hash = PasswordHash::new(stored).map_err(|_| PasswordError::Stored)?;
        let found = Params::try_from(&hash).map_err(|_| PasswordError::Stored)?;
        // A hash written by somebody else must not make this process take all memory.
        if found.m_cost() > 4 * MEMORY_KIB || found.t_cost() > 16 || found.p_cost() > 16 {
            return Err(PasswordError::Stored);
        }
        match argon2()?.verify_password(self.0.as_bytes(), &hash) {
            Ok(()) if is_current(&hash, &found) => Ok(Verdict::Right),
            Ok(()) => Ok(Verdict::RightButOutdated),
            Err(argon2::password_hash::Error::PasswordInvalid) => Ok(Verdict::Wrong),
            Err(argon2::password_hash::Error::OutOfMemory) => Err(PasswordError::Resources),
            Err(_) => Err(PasswordError::Stored),
        }
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Password(…)")
    }
}

/// How many hashes were begun on this thread, so that tests can tell a try that costs one from a try
/// that costs none.
#[cfg(feature = "testing")]
pub(crate) mod counted {
    use std::cell::Cell;

    thread_local! {
        pub(crate) static HASHES: Cell<u64> = const { Cell::new(0) };
    }
}

/// Argon2id version 1.3 with today's parameters.
fn argon2() -> Result<Argon2<'static>, PasswordError> {
    #[cfg(feature = "testing")]
    counted::HASHES.with(|count| count.set(count.get() + 1));
    let params = Params::new(MEMORY_KIB, PASSES, LANES, Some(Output::MAX_LENGTH / 2))
        .map_err(|_| PasswordError::Resources)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Whether a hash was made with today's parameters.
fn is_current(hash: &PasswordHash, params: &Params) -> bool {
    hash.algorithm == Algorithm::Argon2id.ident()
        && hash.version == Some(Version::V0x13.into())
        && (params.m_cost(), params.t_cost(), params.p_cost()) == (MEMORY_KIB, PASSES, LANES)
        && hash.salt.as_ref().map(|salt| salt.as_ref().len()) == Some(SALT_LEN)
}

/// What a new password must satisfy.
#[derive(Clone, Copy, Debug)]
pub struct PasswordRules<'a> {
    /// Whether the account has a second factor, which allows a shorter password.
    pub second_factor: bool,
    /// Names that attackers would try for this account: the user name, the person's names, the
    /// e-mail address, the clinic's name.
    pub context: &'a [&'a str],
    /// The lists of breached passwords.
    pub breached: &'a Breached,
}

impl PasswordRules<'_> {
    /// Whether a new password is accepted: `Ok(None)`, or why not.
    pub fn refusal(&self, password: &Password) -> Result<Option<PasswordRefusal>, PasswordError> {
        let text = password.0.as_str();
        let min = if self.second_factor { LENGTH_MIN_SECOND } else { LENGTH_MIN_ALONE };
        if text.chars().count() < min {
            return Ok(Some(PasswordRefusal::TooShort { min }));
        }
        if self.breached.contains(text).map_err(PasswordError::List)? {
            return Ok(Some(PasswordRefusal::Breached));
        }
        if self.is_repetitive(text)? {
            return Ok(Some(PasswordRefusal::Repetitive));
        }
        if is_context(text, self.context) {
            return Ok(Some(PasswordRefusal::Context));
        }
        Ok(None)
    }

    /// One piece over and over (short, or itself in a list), or a run such as 12345… or zyxw….
    fn is_repetitive(&self, text: &str) -> Result<bool, PasswordError> {
        let chars: Zeroizing<Vec<char>> = Zeroizing::new(text.to_lowercase().chars().collect());
        let Some(piece) = repeated_piece(&chars) else { return Ok(is_run(&chars)) };
        if piece.len() <= 4 || is_run(piece) {
            return Ok(true);
        }
        let piece = Zeroizing::new(piece.iter().collect::<String>());
        self.breached.contains(&piece).map_err(PasswordError::List)
    }
}

/// The shortest piece that, repeated at least twice, makes the whole text (the last time perhaps
/// cut short).
fn repeated_piece(chars: &[char]) -> Option<&[char]> {
    (1..=chars.len() / 2)
        .filter_map(|length| chars.get(..length))
        .find(|piece| chars.iter().zip(piece.iter().cycle()).all(|(a, b)| a == b))
}

/// Whether every character follows the one before by one step up or down, digits going round.
fn is_run(chars: &[char]) -> bool {
    let steps = |down: bool| {
        chars.iter().zip(chars.iter().skip(1)).all(|(a, b)| {
            let (a, b) = if down { (*b, *a) } else { (*a, *b) };
            u32::from(a).checked_add(1) == Some(u32::from(b)) || (a, b) == ('9', '0')
        })
    };
    chars.len() > 1 && (steps(false) || steps(true))
}

/// Whether little is left of a password when the names are taken out of it. Both are folded, so
/// accents, case and punctuation hide nothing.
fn is_context(text: &str, context: &[&str]) -> bool {
    let mut rest = Zeroizing::new(fold(text).concat());
    let before = rest.len();
    let mut names: Vec<String> = context
        .iter()
        .flat_map(|name| {
            let words = fold(name);
            let whole = words.concat();
            words.into_iter().chain([whole])
        })
        .filter(|name| name.chars().count() >= 3)
        .collect();
    // The longest first: a whole name before its parts.
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    for name in names {
        *rest = rest.replace(&name, "");
    }
    rest.len() < before && rest.chars().count() < BESIDE_CONTEXT_MIN
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SystemRandomness;
    use crate::random::testing::{Counting, Dry, hex};

    fn password(text: &str) -> Password {
        Password::parse(text).unwrap()
    }

    fn refusal(text: &str, second_factor: bool) -> Option<PasswordRefusal> {
        let breached = Breached::builtin();
        let context =
            ["anna.kowalska", "Anna Kowalska", "anna@example.org", "Riverbend Clinic", "Tidings"];
        let rules = PasswordRules { second_factor, context: &context, breached: &breached };
        rules.refusal(&password(text)).unwrap()
    }

    /// A hash with small parameters, so that the test of outdated ones costs nothing.
    fn cheap(text: &str) -> String {
        let params = Params::new(64, 1, 1, Some(32)).unwrap();
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        argon2.hash_password_with_salt(text.as_bytes(), b"sixteen bytes ok").unwrap().to_string()
    }

    #[test]
    fn argon2id_gives_the_value_of_the_reference_implementation() {
        // The reference implementation's test.c: Argon2id, version 19, t=2, m=2^16, p=1.
        let mut out = [0; 32];
        let params = Params::new(1 << 16, 2, 1, Some(32)).unwrap();
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(b"password", b"somesalt", &mut out)
            .unwrap();
        assert_eq!(hex(&out), "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7");
    }

    #[test]
    fn a_password_is_kept_as_argon2id_with_a_salt_of_its_own() {
        let random = SystemRandomness::default();
        let one = password("correct horse battery staple").hash(&random).unwrap();
        assert!(one.starts_with("$argon2id$v=19$m=47104,t=1,p=1$"), "{one}");
        assert!(!one.contains("horse"));
        let two = password("correct horse battery staple").hash(&random).unwrap();
        assert_ne!(one, two);
        let verify = |typed: &str| password(typed).verify(Some(&one)).unwrap();
        assert_eq!(verify("correct horse battery staple"), Verdict::Right);
        for typed in ["", "correct horse battery stapl", "Correct horse battery staple", " "] {
            assert_eq!(verify(typed), Verdict::Wrong, "{typed:?}");
        }
        assert!(password("x").hash(&Dry).is_err());
    }

    #[test]
    fn two_keyboards_make_one_password() {
        let stored = cheap("mañana será otro día");
        let typed = password("man\u{303}ana sera\u{301} otro di\u{301}a");
        assert_eq!(typed.verify(Some(&stored)).unwrap(), Verdict::RightButOutdated);
    }

    #[test]
    fn ascii_is_never_altered() {
        let typed: String = (1_u8..128).map(char::from).collect();
        assert_eq!(password(&typed).0.as_str(), typed);
        assert_eq!(password("  spaces stay  ").0.as_str(), "  spaces stay  ");
    }

    #[test]
    fn an_unknown_user_costs_a_hash_and_is_wrong() {
        // Both ways run the one `argon2()`; a stored hash has its parameters, so neither is cheaper.
        // (Timings are the benchmark's business: they decide no test.)
        let stored = password("correct horse battery staple").hash(&Counting::default()).unwrap();
        let written = Params::try_from(&PasswordHash::new(&stored).unwrap()).unwrap();
        let dummy = argon2().unwrap();
        assert_eq!(
            (written.m_cost(), written.t_cost(), written.p_cost()),
            (dummy.params().m_cost(), dummy.params().t_cost(), dummy.params().p_cost())
        );
        assert_eq!(dummy.params().m_cost(), MEMORY_KIB);
        assert_eq!(password("wrong").verify(None).unwrap(), Verdict::Wrong);
        assert_eq!(password("wrong").verify(Some(&stored)).unwrap(), Verdict::Wrong);
    }

    #[test]
    fn a_hash_of_old_parameters_asks_to_be_made_anew() {
        let stored = cheap("correct horse battery staple");
        let verify = |typed: &str| password(typed).verify(Some(&stored)).unwrap();
        assert_eq!(verify("correct horse battery staple"), Verdict::RightButOutdated);
        assert_eq!(verify("wrong"), Verdict::Wrong);
    }

    #[test]
    fn a_stored_string_that_is_not_ours_is_an_error_and_takes_no_memory() {
        let good = cheap("x");
        for stored in [
            String::new(),
            "x".to_owned(),
            "$2b$12$abcdefghijklmnopqrstuv".to_owned(),
            good.replace("m=64", "m=4294967295"),
            good.replace("t=1", "t=4294967295"),
            good.replace("m=64", "m=1"),
        ] {
            let result = password("x").verify(Some(&stored));
            assert!(matches!(result, Err(PasswordError::Stored)), "{stored}: {result:?}");
        }
    }

    #[test]
    fn long_passwords_are_taken_whole_and_endless_ones_refused() {
        let long = "ab c".repeat(64);
        assert_eq!(password(&long).0.chars().count(), 256);
        assert_eq!(password(&"\u{1f600}".repeat(256)).0.chars().count(), 256);
        for text in
            ["a".repeat(257), "a".repeat(10_000), "\u{1f600}".repeat(257), "e\u{301}".repeat(9000)]
        {
            assert!(Password::parse(&text).is_err());
        }
        // The last of 256 characters counts.
        let stored = cheap(&long);
        let other = format!("{}d", &long[..255]);
        assert_eq!(password(&other).verify(Some(&stored)).unwrap(), Verdict::Wrong);
    }

    #[test]
    fn length_depends_on_the_second_factor() {
        assert_eq!(refusal("vQ7 mnop xrtw zq", false), None);
        assert_eq!(refusal("vQ7 mnop xrtwz", false), Some(PasswordRefusal::TooShort { min: 15 }));
        assert_eq!(refusal("vQ7 mnop", true), None);
        assert_eq!(refusal("vQ7 mno", true), Some(PasswordRefusal::TooShort { min: 8 }));
        // Characters are counted, not bytes.
        assert_eq!(refusal("ñandúes", true), Some(PasswordRefusal::TooShort { min: 8 }));
        assert_eq!(refusal("日本語の長い合言葉", true), None);
    }

    #[test]
    fn what_attackers_try_first_is_refused() {
        for text in ["password", "PASSWORD", "iloveyou", "1qaz2wsx", "princess"] {
            assert_eq!(refusal(text, true), Some(PasswordRefusal::Breached), "{text}");
        }
        for text in [
            "aaaaaaaaaaaaaaaa",
            "abcabcabcabcabcabc",
            "trustno1trustno1",
            "Trustno1trustNO1",
            "iloveyouiloveyou",
            "12345678901234567",
            "zyxwvutsrqponmlk",
            "98765432109876543",
        ] {
            assert_eq!(refusal(text, false), Some(PasswordRefusal::Repetitive), "{text}");
        }
    }

    #[test]
    fn names_alone_are_no_password() {
        for text in [
            "Riverbend Clinic 26",
            "riverbend-clinic!!",
            "anna.kowalska.1961",
            "ANNA.KOWALSKA@example.org",
            "Tidings-Tidings-Riverbend",
            "Ánna Kowálska 2026",
        ] {
            assert_eq!(refusal(text, false), Some(PasswordRefusal::Context), "{text}");
        }
        // A long phrase may mention a name.
        for text in ["the clinic cat sleeps on the radiator", "savannah grows behind the river"] {
            assert_eq!(refusal(text, false), None, "{text}");
        }
    }

    #[test]
    fn nothing_secret_shows_when_printed() {
        assert_eq!(format!("{:?}", password("hunter2")), "Password(…)");
    }
}
