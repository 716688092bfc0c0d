//! The time within which a share of messages like this one was answered: a weighted Kaplan-Meier estimate.

/// The weight of a message exactly like the one asked about.
pub(super) const WHOLE: u32 = 10_000;

/// One earlier message as the estimate sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Weighed {
    /// Seconds of working time until the answer, or until now when there is none yet.
    pub took: u32,
    /// Whether it was answered; otherwise all we know is that it takes longer than `took`.
    pub answered: bool,
    /// How much it counts; `WHOLE` is one full message.
    pub weight: u32,
}

/// The shortest time within which the share (in thousandths) was answered; takes messages in ascending
/// order of `took`. The message asked about counts as one more that is never answered, which in the plain
/// case without weights and open messages is the rank `ceil((n + 1) q)` of split conformal prediction.
/// Where the share is not reached, the longest time seen; `None` only when nothing was seen.
///
/// Kaplan and Meier, JASA 1958;53:457 (open messages); Tibshirani et al., NeurIPS 2019 (weights with the
/// new point's own mass at infinity).
pub(super) fn within(seen: &[Weighed], permille: u32) -> Option<u32> {
    let target = 1.0 - f64::from(permille) / 1_000.0 + 1e-9;
    let mut at_risk = seen.iter().fold(WHOLE, |sum, one| sum.saturating_add(one.weight));
    let mut waiting = 1.0_f64;
    // Those of one moment together: how much of them, and how much of that was answered.
    let (mut moment, mut gone, mut answered) = (seen.first()?.took, 0_u32, 0_u32);
    for one in seen {
        if one.took != moment {
            waiting *= 1.0 - f64::from(answered) / f64::from(at_risk.max(1));
            if waiting <= target {
                return Some(moment);
            }
            at_risk = at_risk.saturating_sub(gone);
            (moment, gone, answered) = (one.took, 0, 0);
        }
        gone = gone.saturating_add(one.weight);
        if one.answered {
            answered = answered.saturating_add(one.weight);
        }
    }
    // The last moment is the answer whether it reaches the share or not.
    Some(moment)
}
