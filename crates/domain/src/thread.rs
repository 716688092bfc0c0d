//! Conversations: their kinds, and the state that everybody reads, derived from the work on them.
//!
//! Deliberately absent: a stored state. `state` and `ladder` are pure functions of the work items,
//! so that what the patient reads can never disagree with what the team owes.

use crate::code::codes;
use crate::ids::{CareTeamId, PersonId};
use crate::time::Timestamp;
use crate::work_item::{Outcome, WorkState};

codes! {
    /// Whom a thread is between.
    ThreadKind {
        /// A patient and their teams.
        Care = "care",
        /// Staff among themselves; never shown to a patient.
        Staff = "staff",
        /// Two organizations.
        Interorg = "interorg",
        /// An announcement.
        Broadcast = "broadcast",
    }
}

impl ThreadKind {
    /// Whether a patient takes part: care, and what began as an announcement.
    pub const fn with_patient(self) -> bool {
        matches!(self, Self::Care | Self::Broadcast)
    }

    /// Whether it is to be moved to another patient, by whether it ever was somebody's work: an announcement that
    /// nobody answered is one of many, and what an import made of a patient's record is that patient's.
    pub const fn moves(self, has_work: bool) -> bool {
        self.with_patient() == has_work
    }
}

codes! {
    /// What a conversation is about, in the words a person would pick.
    Category {
        /// A new problem or symptom.
        Symptom = "symptom",
        /// A known problem.
        Condition = "condition",
        /// A medicine.
        Medication = "medication",
        /// A refill.
        Refill = "refill",
        /// A test result.
        Result = "result",
        /// Something left over from a visit.
        AfterVisit = "after_visit",
        /// A form or letter.
        Form = "form",
        /// An appointment.
        Appointment = "appointment",
        /// A bill or insurance.
        Billing = "billing",
        /// Sexual health; confidential.
        SexualHealth = "sexual_health",
        /// Mental health; confidential.
        MentalHealth = "mental_health",
        /// Alcohol or drugs; confidential (42 CFR Part 2 in the United States).
        SubstanceUse = "substance_use",
        /// Anything else.
        Other = "other",
    }
}

impl Category {
    /// Whether threads of this category are hidden from helpers without the confidential right.
    pub const fn is_confidential(self) -> bool {
        matches!(self, Self::SexualHealth | Self::MentalHealth | Self::SubstanceUse)
    }
}

codes! {
    /// The kind of thing a thread refers to.
    AboutKind {
        /// Nothing in the record.
        Nothing = "nothing",
        /// A visit.
        Encounter = "encounter",
        /// A medicine.
        Medication = "medication",
        /// A test result.
        Result = "result",
        /// A problem on the list.
        Problem = "problem",
        /// A coming appointment.
        Appointment = "appointment",
    }
}

codes! {
    /// Whose move it is.
    ThreadState {
        /// The team owes the next step.
        WaitingTeam = "waiting_team",
        /// The patient owes the next step.
        WaitingPatient = "waiting_patient",
        /// Answered, nothing is owed, not closed.
        Open = "open",
        /// Closed with an outcome.
        Closed = "closed",
    }
}

/// What a work item says about its thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemFacts {
    /// The team that owes it.
    pub team: CareTeamId,
    /// Whether this team owns the thread.
    pub owner: bool,
    /// Where the item stands.
    pub state: WorkState,
    /// Who holds it.
    pub assignee: Option<PersonId>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// How it ended.
    pub outcome: Option<Outcome>,
}

/// Whose move it is, from the thread's newest item of each team.
///
/// The thread closes when the owner's item closes (MODEL: Thread). A thread without items (an
/// announcement, or staff among themselves) is open.
pub fn state(items: &[ItemFacts]) -> ThreadState {
    let Some(owner) = newest_owner(items) else { return ThreadState::Open };
    match owner.state {
        WorkState::Closed => ThreadState::Closed,
        WorkState::Queued | WorkState::Claimed => ThreadState::WaitingTeam,
        WorkState::Waiting => ThreadState::WaitingPatient,
        WorkState::Answered => ThreadState::Open,
    }
}

/// The patient's status ladder: Received → With team → Being handled → Answered / Closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ladder {
    /// It has arrived and no team holds it yet.
    Received,
    /// It waits in a team's queue.
    WithTeam(CareTeamId),
    /// Somebody of the team holds it.
    BeingHandled(CareTeamId, Option<PersonId>),
    /// The team has asked something and waits.
    WaitingForYou(CareTeamId),
    /// The team has answered.
    Answered(CareTeamId),
    /// It ended with this outcome.
    Closed(CareTeamId, Outcome),
}

/// Where the patient's message stands, from the thread's work items.
pub fn ladder(items: &[ItemFacts]) -> Ladder {
    let Some(owner) = newest_owner(items) else { return Ladder::Received };
    match owner.state {
        WorkState::Queued => Ladder::WithTeam(owner.team),
        WorkState::Claimed => Ladder::BeingHandled(owner.team, owner.assignee),
        WorkState::Waiting => Ladder::WaitingForYou(owner.team),
        WorkState::Answered => Ladder::Answered(owner.team),
        WorkState::Closed => Ladder::Closed(owner.team, owner.outcome.unwrap_or(Outcome::Answered)),
    }
}

fn newest_owner(items: &[ItemFacts]) -> Option<&ItemFacts> {
    items.iter().filter(|item| item.owner).max_by_key(|item| item.opened_at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Id;
    use uuid::Uuid;

    fn item(owner: bool, state: WorkState, opened: i64) -> ItemFacts {
        ItemFacts {
            team: CareTeamId::from_uuid(Uuid::from_u128(7)),
            owner,
            state,
            assignee: None,
            opened_at: Timestamp::from_seconds(opened),
            outcome: (state == WorkState::Closed).then_some(Outcome::Callback),
        }
    }

    #[test]
    fn the_owners_newest_item_decides() {
        let items = [
            item(true, WorkState::Closed, 1),
            item(true, WorkState::Queued, 2),
            item(false, WorkState::Closed, 3),
        ];
        assert_eq!(state(&items), ThreadState::WaitingTeam);
        assert_eq!(ladder(&items), Ladder::WithTeam(items[0].team));
    }

    #[test]
    fn another_teams_item_never_closes_the_thread() {
        let items = [item(true, WorkState::Claimed, 1), item(false, WorkState::Closed, 2)];
        assert_eq!(state(&items), ThreadState::WaitingTeam);
        assert_eq!(state(&[item(true, WorkState::Closed, 1)]), ThreadState::Closed);
        assert_eq!(
            ladder(&[item(true, WorkState::Closed, 1)]),
            Ladder::Closed(items[0].team, Outcome::Callback)
        );
        assert_eq!(ladder(&[]), Ladder::Received);
    }
}
