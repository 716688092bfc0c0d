//! What clinicians say of a flag that the urgency check put on a message: that it is taken back and why, and
//! whether it was right.
//!
//! Deliberately absent: what is recognised (`urgency`), and how the answers are counted (`precision`).

use crate::code::codes;

codes! {
    /// Why a flag is taken back.
    FlagReason {
        /// The words mean something else here.
        NotMeant = "not_meant",
        /// It is over, long ago, or somebody else's.
        NotNow = "not_now",
        /// It is known of this patient and watched.
        Known = "known",
        /// Somebody has seen to it.
        SeenTo = "seen_to",
        /// Something else, which has to be said.
        Other = "other",
    }
}

impl FlagReason {
    /// Whether it says nothing without words beside it.
    pub const fn needs_words(self) -> bool {
        matches!(self, Self::Other)
    }
}

codes! {
    /// Whether a flag was right.
    Rating {
        /// Somebody had to look sooner.
        Right = "right",
        /// Nobody had to.
        NotRight = "not_right",
        /// It cannot be said any more.
        TooLate = "too_late",
    }
}

codes! {
    /// What was done with a flag.
    FlagActKind {
        /// It was taken back.
        Back = "back",
        /// It was raised again.
        Again = "again",
    }
}
