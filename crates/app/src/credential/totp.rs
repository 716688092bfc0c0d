//! Time-based one-time passwords (RFC 6238 on RFC 4226): HMAC-SHA-1, 30 seconds, six digits, which
//! is what every authenticator app implements. One step of clock drift either way is accepted, and
//! no code twice (RFC 6238, 5.2).
//!
//! Deliberately absent: other digests, lengths and periods (apps ignore them), and counting of
//! attempts, which the operation does: a million codes are few.

use aws_lc_rs::hmac;
use domain::time::Timestamp;
use subtle::{ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroizing;

use crate::random::{NoRandomness, Randomness};

/// Seconds a code lives.
const PERIOD: i64 = 30;
/// Digits of a code.
const DIGITS: u32 = 6;
/// Steps of drift accepted on either side.
const DRIFT: i64 = 1;
/// Bytes of a secret: as many as SHA-1 gives (RFC 4226, 4, R6).
const SECRET_LEN: usize = 20;

/// The secret an authenticator app shares with this server. Store it sealed.
pub struct TotpSecret(Zeroizing<[u8; SECRET_LEN]>);

impl TotpSecret {
    /// A new secret of 160 bits.
    pub fn new(random: &dyn Randomness) -> Result<Self, NoRandomness> {
        let mut secret = Zeroizing::new([0; SECRET_LEN]);
        random.fill(secret.as_mut_slice())?;
        Ok(Self(secret))
    }

    /// Takes a stored secret; `None` unless it is 20 bytes long.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        <[u8; SECRET_LEN]>::try_from(bytes).ok().map(|bytes| Self(Zeroizing::new(bytes)))
    }

    /// Takes a secret in the base 32 that [`TotpSecret::shown`] writes, with or without spaces (RFC
    /// 4648, 6); `None` unless it is one of 20 bytes.
    pub fn from_base32(text: &str) -> Option<Self> {
        let mut secret = Zeroizing::new([0_u8; SECRET_LEN]);
        let (mut bits, mut held, mut filled) = (0_u32, 0_u32, 0_usize);
        for c in text.bytes().filter(|c| *c != b' ') {
            let digit = match c.to_ascii_uppercase() {
                letter @ b'A'..=b'Z' => letter - b'A',
                digit @ b'2'..=b'7' => digit - b'2' + 26,
                _ => return None,
            };
            bits = (bits << 5) | u32::from(digit);
            held += 5;
            if held >= 8 {
                held -= 8;
                let byte = (bits >> held) & 0xff;
                *secret.get_mut(filled)? = u8::try_from(byte).ok()?;
                bits &= (1 << held) - 1;
                filled += 1;
            }
        }
        (filled == SECRET_LEN && held == 0).then_some(Self(secret))
    }

    /// The bytes to store, sealed.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    /// The secret to type into an app: base 32 in groups of four.
    pub fn shown(&self) -> Zeroizing<String> {
        let text = Zeroizing::new(base32(self.as_bytes()));
        let mut out = Zeroizing::new(String::with_capacity(40));
        for (index, c) in text.chars().enumerate() {
            if index > 0 && index.is_multiple_of(4) {
                out.push(' ');
            }
            out.push(c);
        }
        out
    }

    /// The address for a QR code, as authenticator apps read it ("Key URI format"): the site's name
    /// and the account's, percent-encoded. It holds the secret.
    pub fn uri(&self, issuer: &str, account: &str) -> Zeroizing<String> {
        let (issuer, account) = (percent_encoded(issuer), percent_encoded(account));
        let secret = Zeroizing::new(base32(self.as_bytes()));
        Zeroizing::new(format!(
            "otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}&algorithm=SHA1&digits={DIGITS}&period={PERIOD}",
            secret.as_str()
        ))
    }

    /// Checks a typed code at `now`. Returns the time step it belongs to, which the caller stores as
    /// `last_step` in the same transaction; a code of that step or an earlier one is refused, so
    /// that a code seen over somebody's shoulder is worth nothing. Spaces in the code are ignored.
    ///
    /// The time it takes does not depend on how much of the code is right.
    pub fn verify(&self, code: &str, now: Timestamp, last_step: Option<i64>) -> Option<i64> {
        let typed = Zeroizing::new(code.chars().filter(|c| !c.is_whitespace()).collect::<String>());
        if typed.len() != 6 || !typed.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let typed: u32 = typed.parse().ok()?;
        let current = now.seconds().div_euclid(PERIOD);
        let mut found = i64::MIN;
        for step in current.saturating_sub(DRIFT)..=current.saturating_add(DRIFT) {
            let equal = hotp(self.as_bytes(), step, DIGITS).ct_eq(&typed);
            found.conditional_assign(&step, equal);
        }
        // No step before 1970 and none that was used or passed over.
        (found >= 0 && last_step.is_none_or(|last| found > last)).then_some(found)
    }

    /// The code an app shows at `now`: for the demo clinic's staff and for tests.
    pub fn code_at(&self, now: Timestamp) -> Zeroizing<String> {
        let step = now.seconds().div_euclid(PERIOD);
        Zeroizing::new(format!("{:06}", hotp(self.as_bytes(), step, DIGITS)))
    }
}

impl std::fmt::Debug for TotpSecret {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("TotpSecret(…)")
    }
}

/// The HOTP value of a counter (RFC 4226, 5.3), as a number below 10^digits.
fn hotp(secret: &[u8], counter: i64, digits: u32) -> u32 {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &counter.to_be_bytes());
    let offset = usize::from(tag.as_ref().last().map_or(0, |byte| byte & 0x0f));
    // Four bytes from an offset of at most 15 are always within the 20 of SHA-1.
    let binary = tag
        .as_ref()
        .iter()
        .skip(offset)
        .take(4)
        .fold(0_u32, |value, byte| (value << 8) | u32::from(*byte));
    (binary & 0x7fff_ffff) % 10_u32.pow(digits)
}

/// Base 32 without padding (RFC 4648, 6).
fn base32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut out = String::with_capacity(bytes.len().div_ceil(5) * 8);
    let mut push = |value: u32| {
        let index = usize::try_from(value & 31).unwrap_or_default();
        out.extend(ALPHABET.get(index).copied().map(char::from));
    };
    let (mut held, mut bits) = (0_u32, 0_u32);
    for byte in bytes {
        held = (held << 8 | u32::from(*byte)) & 0xfff;
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            push(held >> bits);
        }
    }
    if bits > 0 {
        push(held << (5 - bits));
    }
    out
}

/// Everything but the unreserved characters of RFC 3986, 2.3, as percent-encoded UTF-8.
fn percent_encoded(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::testing::Counting;

    /// The secret of the vectors in RFC 4226 and RFC 6238.
    fn rfc() -> TotpSecret {
        TotpSecret::from_bytes(b"12345678901234567890").unwrap()
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    #[test]
    fn a_shown_secret_reads_back() {
        let secret = TotpSecret::from_bytes(b"12345678901234567890").unwrap();
        let back = TotpSecret::from_base32(&secret.shown()).unwrap();
        assert_eq!(back.as_bytes(), secret.as_bytes());
        for wrong in ["", "GEZDGNBVGY3TQOJQ", "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJ1"] {
            assert!(TotpSecret::from_base32(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn hotp_gives_the_values_of_rfc_4226_appendix_d() {
        let expected = [
            755_224, 287_082, 359_152, 969_429, 338_314, 254_676, 287_922, 162_583, 399_871,
            520_489,
        ];
        for (counter, value) in (0..).zip(expected) {
            assert_eq!(hotp(rfc().as_bytes(), counter, 6), value, "counter {counter}");
        }
    }

    #[test]
    fn totp_gives_the_values_of_rfc_6238_appendix_b() {
        for (seconds, value) in [
            (59, 94_287_082),
            (1_111_111_109, 7_081_804),
            (1_111_111_111, 14_050_471),
            (1_234_567_890, 89_005_924),
            (2_000_000_000, 69_279_037),
            (20_000_000_000, 65_353_130),
        ] {
            assert_eq!(hotp(rfc().as_bytes(), seconds / PERIOD, 8), value, "at {seconds}");
        }
        assert_eq!(rfc().code_at(at(1_111_111_109)).as_str(), "081804", "leading zeros stay");
    }

    #[test]
    fn a_code_works_one_step_either_way_and_no_further() {
        let code = rfc().code_at(at(1000 * PERIOD));
        for step in 990..1010 {
            let accepted = rfc().verify(&code, at(step * PERIOD + 29), None);
            assert_eq!(accepted, (999..=1001).contains(&step).then_some(1000), "step {step}");
        }
    }

    #[test]
    fn a_code_works_once_and_older_ones_not_any_more() {
        let now = at(1000 * PERIOD);
        let code = rfc().code_at(now);
        let step = rfc().verify(&code, now, None).unwrap();
        assert_eq!(rfc().verify(&code, now, Some(step)), None);
        assert_eq!(rfc().verify(&rfc().code_at(at(999 * PERIOD)), now, Some(step)), None);
        let next = rfc().code_at(at(1001 * PERIOD));
        assert_eq!(rfc().verify(&next, now, Some(step)), Some(1001));
    }

    #[test]
    fn only_six_digits_are_a_code() {
        let now = at(1_111_111_109);
        assert!(rfc().verify(" 081 804 ", now, None).is_some());
        for wrong in ["", "81804", "0081804", "081805", "+81804", "08180４", "-81804", "08180a"] {
            assert_eq!(rfc().verify(wrong, now, None), None, "{wrong:?}");
        }
    }

    #[test]
    fn a_clock_before_1970_or_at_the_end_of_time_accepts_nothing_twice() {
        let code = rfc().code_at(at(-1));
        assert_eq!(rfc().verify(&code, at(-1), None), None);
        let end = Timestamp::FOREVER;
        let step = rfc().verify(&rfc().code_at(end), end, None).unwrap();
        assert_eq!(rfc().verify(&rfc().code_at(end), end, Some(step)), None);
    }

    #[test]
    fn base_32_gives_the_values_of_rfc_4648() {
        for (bytes, text) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn the_address_and_the_shown_secret_name_the_same() {
        let secret = rfc();
        assert_eq!(secret.shown().as_str(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        assert_eq!(
            secret.uri("Río & Bend: Clinic", "anna@example.org").as_str(),
            "otpauth://totp/R%C3%ADo%20%26%20Bend%3A%20Clinic:anna%40example.org\
             ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=R%C3%ADo%20%26%20Bend%3A%20Clinic\
             &algorithm=SHA1&digits=6&period=30"
        );
    }

    #[test]
    fn a_secret_is_stored_and_read_back_and_not_printed() {
        let secret = TotpSecret::new(&Counting::default()).unwrap();
        let read = TotpSecret::from_bytes(secret.as_bytes()).unwrap();
        assert_eq!(read.code_at(at(5)), secret.code_at(at(5)));
        assert!(TotpSecret::from_bytes(&[0; 19]).is_none());
        assert_eq!(format!("{secret:?}"), "TotpSecret(…)");
    }
}
