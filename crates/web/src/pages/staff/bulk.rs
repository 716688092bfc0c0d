//! What can be done with several rows of a list of work at once.

use super::Choice;
#[cfg(doc)]
use super::Queue;

/// The bar of a [`Queue`] whose rows have boxes. One form: the boxes, the fields of every act, and a button
/// for each.
#[derive(Debug, Clone)]
pub struct BulkBar {
    /// The form's own key: the same form twice is done once.
    pub key: String,
    /// The list, as forms carry it.
    pub list: String,
    /// Whether the reader does the work; the desk only says who does.
    pub handles: bool,
    /// The members of the team.
    pub members: Vec<Choice>,
    /// The teams that work can be passed to.
    pub passes: Vec<Choice>,
    /// The prepared reasons for passing.
    pub reasons: Vec<Choice>,
    /// The outcomes that need no words.
    pub outcomes: Vec<Choice>,
}
