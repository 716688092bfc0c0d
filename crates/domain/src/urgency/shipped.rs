//! The rule pack that comes with Tidings, compiled in.

use super::{PackError, RulePack};

/// Name and text of one file of the pack.
macro_rules! files {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../../packs/urgency/", $name)))),+]
    };
}

/// The files, in the order in which they are read.
const FILES: &[(&str, &str)] = files![
    "00-cues.pack",
    "01-body.pack",
    "02-alias.pack",
    "cardiac.pack",
    "vascular.pack",
    "neuro.pack",
    "respiratory.pack",
    "allergy.pack",
    "environment.pack",
    "mental.pack",
    "toxic.pack",
    "safety.pack",
    "medicines.pack",
    "blood.pack",
    "injury.pack",
    "urinary.pack",
    "eye.pack",
    "bites.pack",
    "spine.pack",
    "belly.pack",
    "sugar.pack",
    "immune.pack",
    "pregnancy.pack",
    "kidney.pack",
    "child.pack",
    "infection.pack",
    "surgery.pack",
];
/// Words of a dictionary that are never repaired (`packs/README.md` says how they are found).
const GUARD: &str = include_str!("../../packs/urgency/guard.txt");
/// Whole words that the pack's prefixes mean, for repair.
const WORDS: &str = include_str!("../../packs/urgency/words.txt");
/// The weights of the learned layer.
const WEIGHTS: &[u8] = include_bytes!("../../packs/urgency/weights.bin");
/// The day of the last change that clinicians should look at.
const DATE: &str = "2026-11-23";

impl RulePack {
    /// The pack that comes with this version. Its version is a date and a sum of its files.
    ///
    /// # Errors
    /// The first line that cannot be understood; a test reads the pack, so there is none.
    pub fn shipped() -> Result<Self, PackError> {
        let texts = FILES.iter().map(|(_, text)| text.as_bytes());
        let all = texts.chain([GUARD.as_bytes(), WORDS.as_bytes(), WEIGHTS]);
        let sum = all.fold(0xcbf2_9ce4_8422_2325_u64, |sum, bytes| {
            bytes
                .iter()
                .fold(sum, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
        });
        let sum = format!("{sum:016x}");
        let version = format!("{DATE}.{}", sum.get(..8).unwrap_or_default());
        Self::read(&version, FILES, GUARD, WORDS)?.with_weights(WEIGHTS)
    }

    /// The concepts that come with this version and the rules of `text` alone, without anything learned.
    pub(super) fn with_rules_of_site(text: &str) -> Result<Self, PackError> {
        let files: Vec<_> = FILES.iter().copied().chain([("site", text)]).collect();
        let mut pack = Self::read("", &files, GUARD, WORDS)?;
        pack.rules.retain(|rule| rule.id.starts_with(super::PREFIX));
        Ok(pack)
    }
}
