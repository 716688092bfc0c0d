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

/// `N` random bytes.
pub fn bytes<const N: usize>(random: &dyn Randomness) -> Result<[u8; N], NoRandomness> {
    let mut out = [0; N];
    random.fill(&mut out)?;
    Ok(out)
}

#[cfg(test)]
pub(crate) mod testing {
    use super::*;
    use std::sync::atomic::{AtomicU8, Ordering};

    /// Counts upwards: the same every time, for tests that compare texts.
    #[derive(Default)]
    pub(crate) struct Counting(AtomicU8);

    impl Randomness for Counting {
        fn fill(&self, out: &mut [u8]) -> Result<(), NoRandomness> {
            out.fill_with(|| self.0.fetch_add(1, Ordering::Relaxed));
            Ok(())
        }
    }

    /// Lower-case hexadecimal, as published vectors are written.
    pub(crate) fn hex(bytes: &[u8]) -> String {
        bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
    }

    /// A source that has run dry.
    pub(crate) struct Dry;

    impl Randomness for Dry {
        fn fill(&self, _: &mut [u8]) -> Result<(), NoRandomness> {
            Err(NoRandomness)
        }
    }
}
