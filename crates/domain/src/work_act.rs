//! Steps with work that may be taken back for some seconds: which, how long, and how many at once.
//!
//! A step takes effect at once and whoever took it may take it back: what the team and the patient read is
//! true at every moment, and nothing has to be remembered for a step to happen. Deliberately absent: messages,
//! which are held instead, because what was read cannot be unread (`draft`).

use crate::code::codes;
use crate::time::Timestamp;

/// Seconds in which a step may be taken back, as pages say it.
pub const UNDO_S: i64 = 10;
/// Seconds beyond that in which the taking back is still heard: the page, the hand and the way take time.
pub const GRACE_S: i64 = 3;
/// Most conversations in one act.
pub const ITEMS_MAX: usize = 100;
/// Seconds after its time in which what an act needs to be taken back is kept.
pub const KEPT_S: i64 = 60;

codes! {
    /// A step that may be taken back.
    ActKind {
        /// Taken by whoever did it.
        Claim = "claim",
        /// Given back to the queue.
        Release = "release",
        /// Given to a member of the team.
        Assign = "assign",
        /// Passed to another team.
        Pass = "pass",
        /// Said to wait for the patient.
        Wait = "wait",
        /// Put off until a moment.
        Snooze = "snooze",
        /// Taken back into the list.
        Unsnooze = "unsnooze",
        /// Closed with an outcome.
        Close = "close",
        /// Given another level.
        Level = "level",
    }
}

/// Until when a step of `at` may be taken back.
pub const fn undo_until(at: Timestamp) -> Timestamp {
    at.plus_seconds(UNDO_S)
}

/// Whether a step that may be taken back `until` then is still taken back `now`.
pub fn is_in_time(until: Timestamp, now: Timestamp) -> bool {
    now <= until.plus_seconds(GRACE_S)
}

/// Whole seconds left to take it back, as pages count them down; 0 when the time is over.
pub fn seconds_left(until: Timestamp, now: Timestamp) -> u32 {
    let micros = until.micros().saturating_sub(now.micros()).max(0);
    u32::try_from(micros.saturating_add(999_999) / 1_000_000).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_seconds_and_the_way_there() {
        let at = Timestamp::from_seconds(1_795_348_800);
        let until = undo_until(at);
        assert_eq!(seconds_left(until, at), 10);
        assert_eq!(seconds_left(until, Timestamp::from_micros(at.micros() + 1)), 10);
        assert_eq!(seconds_left(until, at.plus_seconds(9)), 1);
        assert_eq!(seconds_left(until, at.plus_seconds(11)), 0);
        assert!(is_in_time(until, at.plus_seconds(UNDO_S + GRACE_S)));
        assert!(!is_in_time(until, at.plus_seconds(UNDO_S + GRACE_S + 1)));
    }
}
