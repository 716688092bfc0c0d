//! When will I hear: what a team's own recent answers say about the next one.
//!
//! A nightly or hourly job builds a [`Summary`] of one team from its answers of the last 28 days and keeps
//! it; [`Summary::forecast`] tells from it, without reading the answers again, by when half of the messages
//! like this one are answered and by when nine of ten are. Times are counted as working time of the team's
//! calendar, so nights and holidays do not blur them. `docs/forecast.md` has the method, its sources, how
//! well it held and what it does not know.
//!
//! What the caller keeps: the summary per team, and with each work item the [`Said`] of the forecast that
//! was shown when the message was sent. Both come back into the next [`Summary::build`]; that is how a
//! forecast learns from its own mistakes. Deliberately absent: the deadline itself (`latest` is passed
//! through) and words for the screen.

use serde::{Deserialize, Serialize};

use crate::calendar::Calendar;
use crate::time::Timestamp;
use crate::work_item::Level;

mod estimate;
mod friendly;
mod summary;
mod tune;

pub use summary::Summary;

/// How far back answers count, in seconds: 28 days.
pub const WINDOW: i64 = 28 * 86_400;

/// Fewer answers than this in the window make a team a new one.
pub const ENOUGH: usize = 20;

/// The team's load at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Load {
    /// Open work items of the team.
    pub open_items_now: u32,
    /// People on duty, absences taken off; while the team is closed, those of the next opening.
    pub people_on_duty_now: u32,
    /// People on duty on a usual day; 0 when there is no roster.
    pub people_usually: u32,
}

impl Load {
    /// Work per person in hundredths of an item, the new message included. Nobody on duty counts as half
    /// a person; without a roster the team counts as one person.
    pub const fn per_person(self) -> u32 {
        let work = self.open_items_now.saturating_add(1);
        match (self.people_on_duty_now, self.people_usually) {
            (0, 0) => work.saturating_mul(100),
            (0, _) => work.saturating_mul(200),
            (people, _) => work.saturating_mul(100) / people,
        }
    }
}

/// What was said to the sender when the message went out; kept with the work item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The half line.
    pub half_by: Timestamp,
    /// The nine-of-ten line.
    pub most_by: Timestamp,
    /// [`Load::per_person`] at that moment.
    pub per_person: u32,
}

/// A message and its first answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// When it was sent to the team.
    pub asked_at: Timestamp,
    /// When the first answer went out.
    pub answered_at: Timestamp,
    /// The level it had when it was sent.
    pub level: Level,
    /// What was said then; `None` when nothing was (a new team, an import).
    pub said: Option<Said>,
}

/// A message without an answer yet. Leaving these out would make the forecast too hopeful: the slow ones
/// are the ones still open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unanswered {
    /// When it was sent to the team.
    pub asked_at: Timestamp,
    /// The level it had when it was sent.
    pub level: Level,
    /// What was said then.
    pub said: Option<Said>,
}

/// The message about which is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asking {
    /// Now, the moment at which it is sent.
    pub now: Timestamp,
    /// Its level.
    pub level: Level,
    /// The team's load now.
    pub load: Load,
    /// The dated promise: the deadline of the answer clock, before which the item escalates.
    pub latest: Timestamp,
}

/// When the sender will hear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forecast {
    /// What usually happens, inside the promise.
    Usual {
        /// Half of such messages are answered by then.
        half_by: Timestamp,
        /// Nine of ten are; never before `half_by`, never after `latest`.
        most_by: Timestamp,
        /// The promise.
        latest: Timestamp,
    },
    /// The team is behind: left to itself, one in ten or more would hear only after the promise. The
    /// promise stands, because the item goes to the next tier before it; the screen names `latest` first
    /// and says that the team is busy.
    Behind {
        /// Half of such messages are answered by then, perhaps also after `latest`.
        half_by: Timestamp,
        /// Nine of ten would be answered by then; after `latest`.
        most_by: Timestamp,
        /// The promise.
        latest: Timestamp,
    },
    /// Too few answers to say what is usual (or no opening within a year): only the promise.
    NewTeam {
        /// The promise.
        latest: Timestamp,
    },
}

impl Forecast {
    /// `half_by` and `most_by`; `None` for a new team.
    pub const fn lines(self) -> Option<(Timestamp, Timestamp)> {
        match self {
            Self::Usual { half_by, most_by, .. } | Self::Behind { half_by, most_by, .. } => {
                Some((half_by, most_by))
            }
            Self::NewTeam { .. } => None,
        }
    }

    /// What to keep with the work item, given the load that the forecast was made from; `None` for a new
    /// team.
    pub const fn said(self, load: Load) -> Option<Said> {
        match self.lines() {
            Some((half_by, most_by)) => {
                Some(Said { half_by, most_by, per_person: load.per_person() })
            }
            None => None,
        }
    }

    /// The promise.
    pub const fn latest(self) -> Timestamp {
        match self {
            Self::Usual { latest, .. } | Self::Behind { latest, .. } | Self::NewTeam { latest } => {
                latest
            }
        }
    }
}

/// Builds a summary and asks it once; for tests and small callers. See [`Summary::build`].
pub fn forecast(
    answers: &[Answer],
    unanswered: &[Unanswered],
    calendar: &Calendar,
    asking: &Asking,
) -> Forecast {
    Summary::build(answers, unanswered, calendar, asking.now, None).forecast(calendar, asking)
}

#[cfg(test)]
mod tests;
