//! What people and programs prove themselves with: passwords, one-time codes, tokens, paper codes.
//!
//! Everything here is a function of its arguments (randomness is passed in): no SQL, no clock, no
//! throttling and no sessions, which belong to the operations that use these. Secrets are wiped from
//! memory when dropped and never printed.

pub mod breached;
pub mod password;
pub mod token;
pub mod totp;

pub use breached::Breached;
pub use password::{Password, PasswordRefusal, PasswordRules};
pub use token::{EnrolmentCode, Token, TokenDigest, TokenKind};
pub use totp::TotpSecret;
