//! Passing a conversation on: why, in words a patient reads, and when it goes back and forth.

use std::collections::BTreeSet;

use crate::code::codes;
use crate::ids::CareTeamId;

codes! {
    /// Why another team has a conversation now: sentences that are prepared in every language.
    PassReason {
        /// They know this medicine best.
        Medicine = "medicine",
        /// They know this health problem best.
        Problem = "problem",
        /// The visit was with them.
        Visit = "visit",
        /// They take care of this kind of question.
        Question = "question",
        /// They can answer sooner.
        Sooner = "sooner",
        /// The office does this.
        Office = "office",
        /// They find out who can help.
        Sort = "sort",
        /// The team it was with has ended.
        Ended = "ended",
    }
}

impl PassReason {
    /// Whether somebody who passes a conversation on can choose it; else it is only said of what happened by
    /// itself.
    pub const fn is_chosen(self) -> bool {
        !matches!(self, Self::Ended)
    }
}

/// The bounce that is one too many: then somebody has to decide whose it is.
pub const BOUNCES_MAX: usize = 3;

/// How many of the passes of a conversation went back to a team that had passed it on before; each is a
/// pair of teams, from and to, in order.
pub fn bounces(passes: &[(CareTeamId, CareTeamId)]) -> usize {
    let mut before = BTreeSet::new();
    let back = passes.iter().filter(|(from, to)| {
        before.insert(*from);
        before.contains(to)
    });
    back.count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Id;
    use uuid::Uuid;

    #[test]
    fn a_way_back_is_a_bounce_and_a_chain_is_none() {
        let team = |n| CareTeamId::from_uuid(Uuid::from_u128(n));
        let (a, b, c) = (team(1), team(2), team(3));
        assert_eq!(bounces(&[]), 0);
        assert_eq!(bounces(&[(a, b), (b, c)]), 0);
        assert_eq!(bounces(&[(a, b), (b, a)]), 1);
        assert_eq!(bounces(&[(a, b), (b, c), (c, a)]), 1, "round a corner too");
        assert_eq!(bounces(&[(a, b), (b, a), (a, b), (b, a)]), BOUNCES_MAX);
    }
}
