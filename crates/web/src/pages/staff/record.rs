//! An answer in an imported record that is somebody's work, above its conversation.

use super::Sign;
use crate::pages::Phone;

/// What was answered, and what to do.
#[derive(Debug, Clone)]
pub struct RecordBlock {
    /// The answer and when it was given, as sentences.
    pub said: Vec<String>,
    /// What it is about, and who published it.
    pub sign: Sign,
    /// Whom to call, by name.
    pub name: String,
    /// The numbers on record.
    pub phones: Vec<Phone>,
    /// The crisis line where the team is.
    pub crisis: Option<Phone>,
}
