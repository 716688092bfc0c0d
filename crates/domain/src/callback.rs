//! The clock of a call that somebody who is not sure asked for: who is told when.
//!
//! It runs in wall time. Whoever is on duty hears at once, the team's leads at two thirds of the time, the last
//! resort at its end; when nobody is there, the clock begins when the team opens. Deliberately absent: what a site
//! sets (`site`), and who is on duty (`roster`).

use crate::calendar::Opening;
use crate::time::Timestamp;

crate::code::codes! {
    /// How the team stands when a call is asked for.
    There {
        /// Somebody is there.
        Now = "now",
        /// Nobody is; the team opens later.
        Later = "later",
        /// Nobody is, and nothing says when somebody will be.
        Unknown = "unknown",
    }
}

crate::code::codes! {
    /// Who is told of a call that is asked for, in the order in which it happens.
    Step {
        /// Those on duty.
        Duty = "duty",
        /// The leads: two thirds of the time are over.
        Leads = "leads",
        /// The last resort: nobody has called in time.
        LastResort = "last_resort",
    }
}

/// Somebody who said that they are calling is believed for so many seconds: nobody else is told meanwhile.
pub const CALLING_S: i64 = 600;

/// How a team stands that is open or not, whose roster names somebody now or nobody (`None`: it has no roster), and
/// whose site has somebody on duty around the clock or not; and from when the clock runs.
pub fn standing(
    now: Timestamp,
    opening: Opening,
    on_roster: Option<bool>,
    around_the_clock: bool,
) -> (There, Timestamp) {
    let open = matches!(opening, Opening::Always | Opening::Until(_));
    if on_roster.unwrap_or(around_the_clock || open) {
        return (There::Now, now);
    }
    match opening {
        Opening::From(at) => (There::Later, at),
        Opening::Always | Opening::Until(_) | Opening::Never => (There::Unknown, now),
    }
}

/// The next step after `told` and when it is due; `None` when everybody was told. `from` is when the clock began
/// or begins, `due` when it has run out.
pub fn next(told: Option<Step>, from: Timestamp, due: Timestamp) -> Option<(Step, Timestamp)> {
    match told {
        None => Some((Step::Duty, from)),
        Some(Step::Duty) => {
            let whole = due.seconds_since(from).max(0);
            Some((Step::Leads, from.plus_seconds(whole.saturating_mul(2) / 3)))
        }
        Some(Step::Leads) => Some((Step::LastResort, due)),
        Some(Step::LastResort) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_795_342_500);

    fn later(minutes: i64) -> Timestamp {
        NOW.plus_seconds(minutes * 60)
    }

    #[test]
    fn those_on_duty_hear_at_once_the_leads_at_ten_the_last_resort_at_fifteen() {
        let due = later(15);
        assert_eq!(next(None, NOW, due), Some((Step::Duty, NOW)));
        assert_eq!(next(Some(Step::Duty), NOW, due), Some((Step::Leads, later(10))));
        assert_eq!(next(Some(Step::Leads), NOW, due), Some((Step::LastResort, due)));
        assert_eq!(next(Some(Step::LastResort), NOW, due), None);
        // A clock that was set backwards tells at once and never overflows.
        assert_eq!(next(Some(Step::Duty), due, NOW), Some((Step::Leads, due)));
        let forever = next(Some(Step::Duty), NOW, Timestamp::FOREVER);
        assert!(forever.is_some_and(|(_, at)| at > NOW));
    }

    #[test]
    fn nobody_is_promised_who_is_not_there() {
        let (open, shut) = (Opening::Until(later(60)), Opening::From(later(600)));
        let of = |opening, roster, clock| standing(NOW, opening, roster, clock);
        assert_eq!(of(open, None, false), (There::Now, NOW));
        assert_eq!(of(open, Some(true), false), (There::Now, NOW));
        assert_eq!(of(open, Some(false), false), (There::Unknown, NOW));
        assert_eq!(of(shut, None, false), (There::Later, later(600)));
        assert_eq!(of(shut, Some(false), true), (There::Later, later(600)));
        assert_eq!(of(shut, Some(true), false), (There::Now, NOW));
        assert_eq!(of(shut, None, true), (There::Now, NOW));
        assert_eq!(of(Opening::Never, None, false), (There::Unknown, NOW));
    }
}
