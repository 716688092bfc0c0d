//! What a team owes on a thread, and which steps it may take.
//!
//! Deliberately absent: when an answer is due (`deadline`).

use crate::code::codes;

codes! {
    /// Where a piece of work stands.
    WorkState {
        /// In the team's queue.
        Queued = "queued",
        /// Somebody holds it.
        Claimed = "claimed",
        /// The team waits for the patient.
        Waiting = "waiting",
        /// Answered; nothing more is owed unless the patient writes again.
        Answered = "answered",
        /// Ended with an outcome.
        Closed = "closed",
    }
}

codes! {
    /// How a piece of work ended.
    Outcome {
        /// Answered in writing.
        Answered = "answered",
        /// By a call.
        Callback = "callback",
        /// An appointment was asked for.
        Appointment = "appointment",
        /// A refill was asked for.
        Refill = "refill",
        /// Something was ordered.
        Order = "order",
        /// Another team or clinician has it.
        HandedOver = "handed_over",
        /// Answered somewhere else.
        AnsweredElsewhere = "answered_elsewhere",
        /// No answer was needed.
        NoAnswerNeeded = "no_answer_needed",
    }
}

/// What has to be said with an outcome, so that the patient reads what happened and what comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// Nothing: its own sentence says it.
    Nothing,
    /// What was asked for, to whom it went, or where it was answered.
    What,
    /// The record of the call.
    Call,
}

impl Outcome {
    /// What has to be said with it.
    pub const fn said(self) -> Said {
        match self {
            Self::Answered | Self::NoAnswerNeeded => Said::Nothing,
            Self::Callback => Said::Call,
            Self::Appointment
            | Self::Refill
            | Self::Order
            | Self::HandedOver
            | Self::AnsweredElsewhere => Said::What,
        }
    }

    /// Whether it says that what was asked has its answer, so that no question may be left open.
    pub const fn settles_questions(self) -> bool {
        matches!(self, Self::Answered | Self::Callback | Self::AnsweredElsewhere)
    }

    /// Whether whoever asked has heard from the team with it, in writing or not.
    pub const fn is_answer(self) -> bool {
        !matches!(self, Self::HandedOver | Self::NoAnswerNeeded)
    }
}

codes! {
    /// One step in the custody of a piece of work.
    WorkEventKind {
        /// It arrived.
        Opened = "opened",
        /// Somebody took it.
        Claimed = "claimed",
        /// They gave it back to the queue.
        Released = "released",
        /// It was given to somebody.
        Assigned = "assigned",
        /// It went to another team or person, with a reason.
        Passed = "passed",
        /// The team waits for the patient.
        Waiting = "waiting",
        /// An answer went out.
        Answered = "answered",
        /// It ended.
        Closed = "closed",
        /// It came back.
        Reopened = "reopened",
        /// A clinician set the level.
        Level = "level",
        /// The next tier was told that it is late or nearly late.
        Escalated = "escalated",
        /// Its holder is away: somebody stands in, or the queue.
        Covered = "covered",
        /// Whoever was away is back and has it again.
        Returned = "returned",
        /// The claim ran out, and it went back to the queue.
        Expired = "expired",
        /// The conversation came here out of the record of another patient.
        Refiled = "refiled",
        /// The conversation was joined with another.
        Merged = "merged",
        /// It left the list until a moment, or came back to it by hand.
        Snoozed = "snoozed",
        /// Whoever took the step before took it back.
        Undone = "undone",
    }
}

/// Urgency for people: 1 now, 2 today, 3 soon, 4 whenever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Level(i64);

impl Level {
    /// Now.
    pub const NOW: Self = Self(1);
    /// Today.
    pub const TODAY: Self = Self(2);
    /// Soon.
    pub const SOON: Self = Self(3);
    /// Whenever.
    pub const WHENEVER: Self = Self(4);

    /// Reads 1 to 4; anything else is `None`.
    pub const fn new(level: i64) -> Option<Self> {
        if level >= 1 && level <= 4 { Some(Self(level)) } else { None }
    }

    /// 1 to 4.
    pub const fn number(self) -> i64 {
        self.0
    }

    /// The level that counts: the most urgent of what patient and rules say, unless a clinician has
    /// set one. Only a clinician lowers it (MODEL: UrgencyCheck).
    pub fn effective(patient: Option<Self>, rules: Option<Self>, clinician: Option<Self>) -> Self {
        clinician.unwrap_or_else(|| patient.into_iter().chain(rules).min().unwrap_or(Self::SOON))
    }
}

/// Whether somebody may take the item by compare-and-set. A closed item is opened again first.
pub const fn can_claim(state: WorkState) -> bool {
    matches!(state, WorkState::Queued | WorkState::Waiting | WorkState::Answered)
}

/// The state after the team's answer went out: waiting when the team asked for something back.
pub const fn after_answer(waits_for_patient: bool) -> WorkState {
    if waits_for_patient { WorkState::Waiting } else { WorkState::Answered }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clinician_lowers_a_level() {
        let (now, soon, whenever) = (Some(Level::NOW), Some(Level::SOON), Some(Level::WHENEVER));
        assert_eq!(Level::effective(whenever, now, None), Level::NOW);
        assert_eq!(Level::effective(now, soon, whenever), Level::WHENEVER);
        assert_eq!(Level::effective(None, None, None), Level::SOON);
        assert_eq!(Level::new(0), None);
        assert_eq!(Level::new(5), None);
    }
}
