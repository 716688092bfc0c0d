//! The one home of randomness: ids, salts, tokens and codes all come from here.

use aws_lc_rs::rand::{SecureRandom, SystemRandom};

/// A source of random bytes.
pub trait Randomness: Send + Sync {
    /// Fills `bytes`. Fails when the operating system has none to give.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness>;
}

/// The operating system gave no random bytes.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the operating system gave no random bytes")]
pub struct NoRandomness;

/// The operating system's generator.
#[derive(Debug, Default)]
pub struct SystemRandomness(SystemRandom);

impl Randomness for SystemRandomness {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        self.0.fill(bytes).map_err(|_| NoRandomness)
    }
}
