//! Reaching the patient's side in another way than in writing: calls that were tried, answers that were read
//! out, handed over or sent by post.
//!
//! An attempt is no answer: it stops no clock and closes nothing. Deliberately absent: the words of a call,
//! which are a message like any other (`message::Channel::Phone`).

use crate::code::codes;

codes! {
    /// A call that reached nobody.
    Tried {
        /// A voice message was left.
        Voicemail = "voicemail",
        /// Nobody answered.
        Nobody = "nobody",
    }
}

codes! {
    /// How an answer was brought to somebody who does not read it here.
    Brought {
        /// It was read out to them.
        ReadOut = "read_out",
        /// It was handed over on paper.
        HandedOver = "handed_over",
        /// It was sent by post.
        Posted = "posted",
    }
}

/// How long after a call or delivery it may still be recorded, in seconds: thirty days.
pub const RECORDED_WITHIN_S: i64 = 30 * 86_400;

/// How far ahead of the server's clock a typed moment may be, in seconds: clocks on walls differ.
pub const AHEAD_S: i64 = 300;

/// Whether a call or delivery that is said to have happened `ago_s` seconds ago (negative: still to come)
/// may be recorded now.
pub const fn is_recordable(ago_s: i64) -> bool {
    ago_s >= -AHEAD_S && ago_s <= RECORDED_WITHIN_S
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_to_come_or_long_past_is_not_recorded() {
        assert!(is_recordable(0) && is_recordable(-AHEAD_S) && is_recordable(RECORDED_WITHIN_S));
        assert!(!is_recordable(-AHEAD_S - 1) && !is_recordable(RECORDED_WITHIN_S + 1));
    }
}
