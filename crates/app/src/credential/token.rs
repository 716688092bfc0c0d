//! Opaque tokens and paper codes. The database keeps SHA-256 digests only: a stolen database signs
//! nobody in. A plain digest is enough because what is digested is random and long (OWASP ASVS 5.0,
//! 11.4); passwords are hashed slowly, in `password`.

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::random::{NoRandomness, Randomness, bytes};

/// What a token is good for. The kind is part of the text, so that secret scanners can tell one,
/// and of the digest, so that one kind never passes for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// A signed-in browser.
    Session,
    /// A browser that still owes its second factor. It is no session.
    PendingFactor,
    /// A program's access.
    Access,
    /// What a program gets a new access token with.
    Refresh,
    /// An invitation to make an account.
    Invite,
    /// A link to choose a new password.
    Reset,
    /// A link that puts a replaced mail address back.
    Undo,
    /// A browser that somebody has signed in from; it opens nothing.
    Device,
    /// A form shown before anybody is signed in; it opens nothing.
    Visit,
}

impl TokenKind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::Session,
        Self::PendingFactor,
        Self::Access,
        Self::Refresh,
        Self::Invite,
        Self::Reset,
        Self::Undo,
        Self::Device,
        Self::Visit,
    ];

    /// The first three characters of a token of this kind.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Session => "ps_",
            Self::PendingFactor => "pp_",
            Self::Access => "at_",
            Self::Refresh => "rt_",
            Self::Invite => "iv_",
            Self::Reset => "rs_",
            Self::Undo => "ua_",
            Self::Device => "dv_",
            Self::Visit => "vs_",
        }
    }
}

/// A token of 256 random bits: its kind's prefix and 43 characters of base64url (RFC 4648, 5).
/// Whoever holds it has what it stands for.
pub struct Token {
    kind: TokenKind,
    text: Zeroizing<String>,
}

impl Token {
    /// A new token.
    pub fn new(kind: TokenKind, random: &dyn Randomness) -> Result<Self, NoRandomness> {
        let secret = Zeroizing::new(bytes::<32>(random)?);
        Ok(Self::of(kind, &secret))
    }

    /// The token whose 256 bits are these: random, or a keyed digest.
    pub(crate) fn of(kind: TokenKind, secret: &[u8; 32]) -> Self {
        let mut text = Zeroizing::new(String::with_capacity(46));
        text.push_str(kind.prefix());
        URL_SAFE_NO_PAD.encode_string(secret.as_slice(), &mut text);
        Self { kind, text }
    }

    /// Reads a token of this kind as a browser or program sent it; `None` when it is not one in
    /// exactly the form [`Token::new`] makes.
    pub fn parse(kind: TokenKind, text: &str) -> Option<Self> {
        let secret = text.strip_prefix(kind.prefix())?;
        if secret.len() != 43 {
            return None;
        }
        let mut decoded = Zeroizing::new([0; 33]);
        let length = URL_SAFE_NO_PAD.decode_slice(secret, decoded.as_mut_slice()).ok()?;
        (length == 32).then(|| Self { kind, text: Zeroizing::new(text.to_owned()) })
    }

    /// What the token is good for.
    pub const fn kind(&self) -> TokenKind {
        self.kind
    }

    /// The text to hand out, once. It is not kept anywhere.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// What is stored and looked up.
    pub fn digest(&self) -> TokenDigest {
        TokenDigest::of(self.text.as_bytes())
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Token({}…)", self.kind.prefix())
    }
}

/// The SHA-256 of a token or paper code, prefix included. Compared in constant time.
#[derive(Clone, Copy)]
pub struct TokenDigest([u8; 32]);

impl TokenDigest {
    fn of(text: &[u8]) -> Self {
        let mut out = [0; 32];
        for (to, from) in out.iter_mut().zip(digest::digest(&digest::SHA256, text).as_ref()) {
            *to = *from;
        }
        Self(out)
    }

    /// Takes a stored digest.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes to store.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PartialEq for TokenDigest {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for TokenDigest {}

impl std::fmt::Debug for TokenDigest {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("TokenDigest(…)")
    }
}

/// Crockford's base 32 alphabet: no I, L, O or U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Random characters of a paper code: 95 bits.
const CODE_RANDOM: usize = 19;
/// All characters of a paper code, the last of which checks the others.
const CODE_LEN: usize = CODE_RANDOM + 1;
/// Characters between two dashes.
const CODE_GROUP: usize = 5;

/// A code printed on paper and typed in once: four groups of five characters, 95 random bits and
/// a check character that finds any one wrong character and any two swapped ones.
pub struct EnrolmentCode(Zeroizing<Vec<u8>>);

/// Why a typed code is not one. It says nothing about whether a right one exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// Too many or too few characters.
    #[error("a code has twenty characters")]
    Length,
    /// A character that no code contains.
    #[error("a character that no code contains")]
    Character,
    /// The check character does not fit: a mistyped or swapped character.
    #[error("mistyped")]
    Check,
}

impl EnrolmentCode {
    /// A new code.
    pub fn new(random: &dyn Randomness) -> Result<Self, NoRandomness> {
        let random = Zeroizing::new(bytes::<CODE_RANDOM>(random)?);
        // 256 is a multiple of 32, so the low five bits are as random as the byte.
        let mut values: Zeroizing<Vec<u8>> = Zeroizing::new(Vec::with_capacity(CODE_LEN));
        values.extend(random.iter().map(|byte| byte & 31));
        let check = check_value(&values);
        values.push(check);
        Ok(Self(values))
    }

    /// Reads what somebody typed: either case, O for 0, I and L for 1, any spaces and dashes.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let mut values = Zeroizing::new(Vec::with_capacity(CODE_LEN));
        for c in text.chars() {
            if c.is_whitespace()
                || matches!(c, '-' | '.' | '_' | '\u{2010}'..='\u{2015}' | '\u{2212}')
            {
                continue;
            }
            if values.len() == CODE_LEN {
                return Err(CodeError::Length);
            }
            values.push(value_of(c).ok_or(CodeError::Character)?);
        }
        if values.len() != CODE_LEN {
            return Err(CodeError::Length);
        }
        match values.split_last() {
            Some((last, rest)) if *last == check_value(rest) => Ok(Self(values)),
            _ => Err(CodeError::Check),
        }
    }

    /// The code as it is printed, `7KQ2M-…`.
    pub fn expose(&self) -> Zeroizing<String> {
        let mut out = Zeroizing::new(String::with_capacity(CODE_LEN + 3));
        for (index, value) in self.0.iter().enumerate() {
            if index > 0 && index.is_multiple_of(CODE_GROUP) {
                out.push('-');
            }
            out.extend(ALPHABET.get(usize::from(*value)).copied().map(char::from));
        }
        out
    }

    /// What is stored and looked up: the same however the code was typed.
    pub fn digest(&self) -> TokenDigest {
        let mut text = Zeroizing::new(b"ec_".to_vec());
        text.extend_from_slice(self.expose().as_bytes());
        TokenDigest::of(&text)
    }
}

impl std::fmt::Debug for EnrolmentCode {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("EnrolmentCode(…)")
    }
}

/// The value of a typed character.
fn value_of(c: char) -> Option<u8> {
    let c = match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let at = ALPHABET.iter().position(|letter| char::from(*letter) == c)?;
    u8::try_from(at).ok()
}

/// The check value: the values as coefficients of a polynomial over GF(32), at a generator of the
/// field. Every place weighs differently, so one change or one swap of unequal characters shows.
fn check_value(values: &[u8]) -> u8 {
    values.iter().fold(0, |sum, value| times_generator(sum ^ value))
}

/// Multiplication by x in GF(2)[x] / (x^5 + x^2 + 1), in which x generates all 31 non-zero values.
fn times_generator(value: u8) -> u8 {
    let shifted = value << 1;
    if shifted & 0b10_0000 == 0 { shifted } else { shifted ^ 0b10_0101 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SystemRandomness;
    use crate::random::testing::{Counting, Dry, hex};
    use proptest::prelude::*;

    fn token(kind: TokenKind) -> Token {
        Token::new(kind, &SystemRandomness::default()).unwrap()
    }

    #[test]
    fn a_token_reads_back_as_its_own_kind_only() {
        for kind in TokenKind::ALL {
            let token = token(kind);
            assert_eq!(token.expose().len(), 46);
            for other in TokenKind::ALL {
                let read = Token::parse(other, token.expose());
                assert_eq!(read.is_some(), other == kind);
            }
            let read = Token::parse(kind, token.expose()).unwrap();
            assert!(read.digest() == token.digest() && read.kind() == kind);
        }
    }

    #[test]
    fn a_token_has_one_spelling() {
        let token = Token::new(TokenKind::Session, &Counting::default()).unwrap();
        let text = token.expose();
        assert_eq!(text, "ps_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8");
        for other in [
            "",
            "ps_",
            "ps",
            &text[..45],
            &format!("{text}="),
            &format!("{text}A"),
            &format!(" {text}"),
            &text.replace("ps_", "PS_"),
            &text.replace('A', "+"),
            // The last character carries two bits that must be zero.
            &format!("{}9", &text[..45]),
            "ps_é234567890123456789012345678901234567890ab",
        ] {
            assert!(Token::parse(TokenKind::Session, other).is_none(), "{other:?}");
        }
    }

    #[test]
    fn digests_are_sha_256_of_the_whole_text() {
        // FIPS 180-4: SHA-256 of "abc".
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hex(TokenDigest::of(b"abc").as_bytes()), abc);
        let token = token(TokenKind::Access);
        assert!(token.digest() == TokenDigest::of(token.expose().as_bytes()));
        let mut changed = *token.digest().as_bytes();
        changed[31] ^= 1;
        assert!(TokenDigest::from_bytes(changed) != token.digest());
    }

    #[test]
    fn nothing_secret_shows_when_printed() {
        let token = token(TokenKind::Reset);
        let code = EnrolmentCode::new(&Counting::default()).unwrap();
        let text = format!("{token:?} {:?} {code:?}", token.digest());
        assert_eq!(text, "Token(rs_…) TokenDigest(…) EnrolmentCode(…)");
    }

    #[test]
    fn without_randomness_there_is_no_token() {
        assert!(Token::new(TokenKind::Session, &Dry).is_err());
        assert!(EnrolmentCode::new(&Dry).is_err());
    }

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let code = EnrolmentCode::new(&Counting::default()).unwrap();
        let shown = code.expose();
        assert_eq!(&shown[..18], "01234-56789-ABCDE-");
        let digest = code.digest();
        for typed in [
            shown.to_lowercase(),
            shown.replace('-', ""),
            shown.replace('-', " "),
            shown.replace('-', "\u{2013}"),
            format!("  {} ", shown.replace('-', " - ")),
            shown.replace('0', "o").replace('1', "l"),
            shown.replace('0', "O").replace('1', "I"),
        ] {
            assert!(EnrolmentCode::parse(&typed).unwrap().digest() == digest, "{typed:?}");
        }
    }

    #[test]
    fn any_one_wrong_character_and_any_swap_is_found() {
        for _ in 0..20 {
            let code = EnrolmentCode::new(&SystemRandomness::default()).unwrap();
            let shown: Vec<char> = code.expose().replace('-', "").chars().collect();
            for at in 0..CODE_LEN {
                for letter in ALPHABET {
                    let mut typed = shown.clone();
                    typed[at] = char::from(*letter);
                    let same = typed == shown;
                    let typed: String = typed.into_iter().collect();
                    let read = EnrolmentCode::parse(&typed).map(|_| ());
                    assert_eq!(read, if same { Ok(()) } else { Err(CodeError::Check) });
                }
                for other in 0..at {
                    let mut typed = shown.clone();
                    typed.swap(at, other);
                    let same = typed == shown;
                    let typed: String = typed.into_iter().collect();
                    assert_eq!(EnrolmentCode::parse(&typed).is_ok(), same);
                }
            }
        }
    }

    #[test]
    fn what_is_no_code_is_told_why() {
        for (typed, why) in [
            ("", CodeError::Length),
            ("01234-56789", CodeError::Length),
            ("01234-56789-ABCDE-FGHJK-M", CodeError::Length),
            ("U1234-56789-ABCDE-FGHJK", CodeError::Character),
            ("ﬀ234-56789-ABCDE-FGHJK", CodeError::Character),
        ] {
            assert_eq!(EnrolmentCode::parse(typed).unwrap_err(), why, "{typed:?}");
        }
    }

    proptest! {
        #[test]
        fn hostile_text_never_panics(text in ".{0,80}") {
            let _ = EnrolmentCode::parse(&text);
            prop_assert!(Token::parse(TokenKind::Session, &text).is_none());
        }
    }
}
