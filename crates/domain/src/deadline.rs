//! When an answer is due: a pure function of what happened, the team's calendar and its policy.
//!
//! The clock starts with the first message of the patient that nobody has answered, and stops only when
//! a person of the team answers or closes the thread. Notes, automatic replies, claims, snoozes and
//! passing on never touch it; a promise once made is never moved to later by the system (invariants 6
//! and 13 of ARCHITECTURE.md). Deliberately absent: who is told (`next_tier` only names the step), and
//! what people may expect (`forecast`).

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::calendar::Calendar;
use crate::thread::Category;
use crate::time::Timestamp;
use crate::work_item::Level;

/// Working minutes within which what is due now is answered, where a team sets nothing else.
pub const NOW_MINUTES: i64 = 30;

/// Working minutes within which what is due today is answered, where a team sets nothing else.
pub const TODAY_MINUTES: i64 = 240;

/// Longest target taken: ninety days around the clock.
pub const MINUTES_MAX: i64 = 90 * 1_440;

/// How many working minutes a claim holds before the item goes back to the queue.
pub const LEASE_MINUTES: i64 = 240;

/// How many wall-clock minutes a claim of an emergency holds.
pub const LEASE_NOW_MINUTES: i64 = 15;

/// Answer-time targets of a team, in minutes of working time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Targets {
    normal: i64,
    special: BTreeMap<(Option<Category>, Level), i64>,
}

impl Targets {
    /// Takes the team's ordinary target in minutes and those that differ by category (`None` is any)
    /// and level. Minutes are kept within 1 and [`MINUTES_MAX`].
    pub fn new(
        normal: i64,
        special: impl IntoIterator<Item = ((Option<Category>, Level), i64)>,
    ) -> Self {
        let fit = |minutes: i64| minutes.clamp(1, MINUTES_MAX);
        let special = special.into_iter().map(|(key, minutes)| (key, fit(minutes))).collect();
        Self { normal: fit(normal), special }
    }

    /// Minutes for a category and level: the category's own, else the level's, else what
    /// [`NOW_MINUTES`] and [`TODAY_MINUTES`] say, else the ordinary target; what can wait has the time of
    /// what is due soon. A more urgent level never gets more time than a less urgent one.
    pub fn minutes(&self, category: Category, level: Level) -> i64 {
        (level.number()..=Level::WHENEVER.number())
            .filter_map(Level::new)
            .map(|level| self.own_minutes(category, level))
            .min()
            .unwrap_or(self.normal)
    }

    fn own_minutes(&self, category: Category, level: Level) -> i64 {
        let set = [Some(category), None]
            .into_iter()
            .find_map(|category| self.special.get(&(category, level)).copied());
        set.unwrap_or(match level {
            Level::NOW => self.normal.min(NOW_MINUTES),
            Level::TODAY => self.normal.min(TODAY_MINUTES),
            Level::WHENEVER => self.own_minutes(category, Level::SOON),
            _ => self.normal,
        })
    }
}

/// How a team's clocks run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Which version of the team's settings this is.
    pub version: i64,
    /// How long answers may take.
    pub targets: Targets,
    /// At which part of the clock the next tier is told, in percent, 1 to 99.
    pub escalate_percent: i64,
    /// Whether somebody is on duty around the clock: then what is due now runs in wall time.
    pub duty: bool,
}

/// The part of the clock at which the next tier is told, where a team sets nothing else.
pub const ESCALATE_PERCENT: i64 = 80;

/// Something that happened to a piece of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The patient, or somebody for the patient, wrote.
    PatientWrote,
    /// A person of the team answered.
    Answered,
    /// The team said that it waits for the patient.
    Waiting,
    /// The team took it up again although the patient had not written.
    Resumed,
    /// It was closed with an outcome.
    Closed,
    /// Staff opened it again.
    Reopened,
    /// Its level was set.
    Levelled(Level),
    /// Somebody took it, got it, or gave it back.
    Held,
    /// It went to another team.
    Passed,
    /// A note among staff.
    Noted,
    /// An automatic reply.
    AutoReplied,
    /// It was put aside until later.
    Snoozed,
}

/// An answer that is owed, as far as its deadline is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owed {
    /// The first message nobody has answered.
    pub since: Timestamp,
    /// From when the target of the present level counts: `since`, or when the level was raised.
    pub from: Timestamp,
    /// The present level.
    pub level: Level,
    /// The earliest promise made so far; later rules never give a later answer.
    pub promised_by: Timestamp,
    /// The team waits for the patient: the clock stands.
    pub waiting: bool,
}

impl Owed {
    /// What a first message at `at` owes.
    pub const fn new(at: Timestamp, level: Level) -> Self {
        Self { since: at, from: at, level, promised_by: Timestamp::FOREVER, waiting: false }
    }

    /// What is owed at a level set at `at`. Raising starts the shorter clock now and keeps what was
    /// promised (`due`, by the level before) as the latest; lowering, which only a clinician does, gives
    /// the time of the new level from the beginning.
    #[must_use]
    pub fn levelled(self, level: Level, at: Timestamp, due: Timestamp) -> Self {
        match level.cmp(&self.level) {
            Ordering::Less => {
                Self { level, from: at, promised_by: self.promised_by.min(due), ..self }
            }
            Ordering::Equal => self,
            Ordering::Greater => {
                Self { level, from: self.since, promised_by: Timestamp::FOREVER, ..self }
            }
        }
    }

    /// What is owed after it went to another team: what was promised stays promised.
    #[must_use]
    pub fn passed(self, due: Timestamp) -> Self {
        Self { promised_by: self.promised_by.min(due), ..self }
    }
}

/// The moments of a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    /// The latest moment for an answer.
    pub due_at: Timestamp,
    /// When the next tier is told unless an answer went out; never after `due_at`.
    pub escalate_at: Timestamp,
}

/// The deadline of what is owed.
pub fn deadline(owed: &Owed, category: Category, calendar: &Calendar, policy: &Policy) -> Deadline {
    let seconds = policy.targets.minutes(category, owed.level).saturating_mul(60);
    let percent = policy.escalate_percent.clamp(1, 99);
    if owed.level == Level::NOW && policy.duty {
        let due_at = owed.from.plus_seconds(seconds).min(owed.promised_by);
        let part = due_at.seconds_since(owed.from).max(0).saturating_mul(percent).div_euclid(100);
        return Deadline { due_at, escalate_at: owed.from.plus_seconds(part).min(due_at) };
    }
    let due_at = calendar.plus_working(owed.from, seconds).min(owed.promised_by);
    let length = seconds.min(calendar.working_seconds(owed.from, due_at));
    let part = length.saturating_mul(percent).div_euclid(100);
    Deadline { due_at, escalate_at: calendar.plus_working(owed.from, part).min(due_at) }
}

/// What is owed after the events, oldest first; `None` when nothing is. `first` is the level of the
/// first message. An event that is dated before its forerunner counts as happening with it: the order
/// is the record's, never the clock's.
pub fn replay(
    first: Level,
    events: &[(Timestamp, Event)],
    category: Category,
    calendar: &Calendar,
    policy: &Policy,
) -> Option<Owed> {
    let mut owed: Option<Owed> = None;
    let mut level = first;
    let mut now = Timestamp::from_micros(i64::MIN);
    for (at, event) in events {
        now = now.max(*at);
        let due = |owed: &Owed| deadline(owed, category, calendar, policy).due_at;
        match event {
            Event::PatientWrote => {
                owed = Some(match owed {
                    Some(known) if !known.waiting => known,
                    _ => Owed::new(now, level),
                });
            }
            Event::Reopened => owed = Some(owed.unwrap_or_else(|| Owed::new(now, level))),
            Event::Answered | Event::Closed => owed = None,
            Event::Waiting => owed = owed.map(|known| Owed { waiting: true, ..known }),
            Event::Resumed => owed = owed.map(|known| Owed { waiting: false, ..known }),
            Event::Levelled(to) => {
                owed = owed.map(|known| known.levelled(*to, now, due(&known)));
                level = *to;
            }
            Event::Passed => owed = owed.map(|known| known.passed(due(&known))),
            Event::Held | Event::Noted | Event::AutoReplied | Event::Snoozed => {}
        }
    }
    owed
}

/// Until when a claim made at `at` holds: working time, wall time for what is due now.
pub fn lease_until(at: Timestamp, level: Level, calendar: &Calendar) -> Timestamp {
    if level == Level::NOW {
        return at.plus_seconds(LEASE_NOW_MINUTES * 60);
    }
    calendar.plus_working(at, LEASE_MINUTES * 60)
}

crate::code::codes! {
    /// Whom a late or nearly late answer is brought to, in order; each is told once per clock.
    Tier {
        /// The leads of the team, when the set part of the clock has passed.
        Leads = "leads",
        /// The team's last-resort cover, when it is due.
        LastResort = "last_resort",
    }
}

/// The next tier after those told already, and when it is told; `None` when all were told.
pub const fn next_tier(told: Option<Tier>, deadline: &Deadline) -> Option<(Tier, Timestamp)> {
    match told {
        None => Some((Tier::Leads, deadline.escalate_at)),
        Some(Tier::Leads) => Some((Tier::LastResort, deadline.due_at)),
        Some(Tier::LastResort) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Week;

    fn at(text: &str) -> Timestamp {
        text.parse::<jiff::Timestamp>().unwrap().into()
    }

    fn office() -> Calendar {
        let week = Week::parse(
            "mon 09:00-17:00; tue 09:00-17:00; wed 09:00-17:00; thu 09:00-17:00; fri 09:00-17:00",
        );
        Calendar::new("UTC", week.unwrap(), []).unwrap()
    }

    fn policy(duty: bool) -> Policy {
        let special = [((Some(Category::Refill), Level::SOON), 960), ((None, Level::TODAY), 120)];
        Policy { version: 1, targets: Targets::new(480, special), escalate_percent: 80, duty }
    }

    fn of(events: &[(&str, Event)], category: Category, duty: bool) -> Option<Deadline> {
        let events: Vec<_> = events.iter().map(|(text, event)| (at(text), *event)).collect();
        let (office, policy) = (office(), policy(duty));
        replay(Level::SOON, &events, category, &office, &policy)
            .map(|owed| deadline(&owed, category, &office, &policy))
    }

    #[test]
    fn targets_fall_back_and_urgent_never_waits_longer() {
        let targets = policy(false).targets;
        assert_eq!(targets.minutes(Category::Refill, Level::SOON), 960);
        assert_eq!(targets.minutes(Category::Other, Level::TODAY), 120);
        assert_eq!(targets.minutes(Category::Other, Level::NOW), 30);
        assert_eq!(targets.minutes(Category::Other, Level::WHENEVER), 480);
        let odd = Targets::new(480, [((None, Level::NOW), 9_999), ((None, Level::WHENEVER), 960)]);
        assert_eq!(odd.minutes(Category::Other, Level::NOW), 240);
        assert_eq!(odd.minutes(Category::Other, Level::WHENEVER), 960);
        assert_eq!(Targets::new(-5, []).minutes(Category::Other, Level::SOON), 1);
    }

    #[test]
    fn only_an_answer_stops_the_clock() {
        // Friday 15:00: two hours on Friday, six on Monday.
        let asked = ("2026-11-20T15:00:00Z", Event::PatientWrote);
        let due = at("2026-11-23T15:00:00Z");
        let plain = of(&[asked], Category::Other, false).unwrap();
        assert_eq!(plain.due_at, due);
        assert_eq!(plain.escalate_at, at("2026-11-23T13:24:00Z"), "80% of eight hours");
        let noise = [
            asked,
            ("2026-11-20T15:01:00Z", Event::AutoReplied),
            ("2026-11-20T15:02:00Z", Event::Held),
            ("2026-11-20T15:03:00Z", Event::Noted),
            ("2026-11-20T15:04:00Z", Event::Snoozed),
            ("2026-11-20T16:00:00Z", Event::PatientWrote),
            ("2026-11-20T16:05:00Z", Event::Passed),
        ];
        assert_eq!(of(&noise, Category::Other, false).unwrap().due_at, due);
        let answered = [asked, ("2026-11-20T15:30:00Z", Event::Answered)];
        assert_eq!(of(&answered, Category::Other, false), None);
        let again = [asked, answered[1], ("2026-11-23T09:00:00Z", Event::PatientWrote)];
        let again = of(&again, Category::Other, false).unwrap();
        assert_eq!(again.due_at, at("2026-11-23T17:00:00Z"));
    }

    #[test]
    fn waiting_stands_and_taking_it_up_again_wins_no_time() {
        let asked = ("2026-11-23T09:00:00Z", Event::PatientWrote);
        let waiting = ("2026-11-23T10:00:00Z", Event::Waiting);
        let resumed = [asked, waiting, ("2026-11-24T10:00:00Z", Event::Resumed)];
        let resumed = of(&resumed, Category::Other, false).unwrap();
        assert_eq!(resumed.due_at, at("2026-11-23T17:00:00Z"));
        let wrote = [asked, waiting, ("2026-11-24T10:00:00Z", Event::PatientWrote)];
        let wrote = of(&wrote, Category::Other, false).unwrap();
        assert_eq!(wrote.due_at, at("2026-11-25T10:00:00Z"));
    }

    #[test]
    fn a_raised_level_shortens_from_then_and_a_lowered_one_gives_the_time_back() {
        let asked = ("2026-11-23T09:00:00Z", Event::PatientWrote);
        let raised = ("2026-11-23T16:00:00Z", Event::Levelled(Level::TODAY));
        let due = of(&[asked, raised], Category::Other, false).unwrap().due_at;
        assert_eq!(due, at("2026-11-23T17:00:00Z"), "what was promised is kept");
        let early = ("2026-11-23T10:00:00Z", Event::Levelled(Level::TODAY));
        let due = of(&[asked, early], Category::Other, false).unwrap().due_at;
        assert_eq!(due, at("2026-11-23T12:00:00Z"));
        let lowered = ("2026-11-23T11:00:00Z", Event::Levelled(Level::WHENEVER));
        let due = of(&[asked, early, lowered], Category::Other, false).unwrap().due_at;
        assert_eq!(due, at("2026-11-23T17:00:00Z"));
    }

    #[test]
    fn what_is_due_now_runs_around_the_clock_only_where_somebody_is_on_duty() {
        let night = [
            ("2026-11-21T02:00:00Z", Event::Levelled(Level::NOW)),
            ("2026-11-21T02:00:00Z", Event::PatientWrote),
        ];
        let duty = of(&night, Category::Other, true).unwrap();
        assert_eq!(duty.due_at, at("2026-11-21T02:30:00Z"));
        assert_eq!(duty.escalate_at, at("2026-11-21T02:24:00Z"));
        let none = of(&night, Category::Other, false).unwrap();
        assert_eq!(none.due_at, at("2026-11-23T09:30:00Z"), "Monday morning");
    }

    #[test]
    fn tiers_come_in_order_and_once() {
        let clock = Deadline { escalate_at: Timestamp::EPOCH, due_at: Timestamp::FOREVER };
        assert_eq!(next_tier(None, &clock), Some((Tier::Leads, Timestamp::EPOCH)));
        let last = next_tier(Some(Tier::Leads), &clock);
        assert_eq!(last, Some((Tier::LastResort, Timestamp::FOREVER)));
        assert_eq!(next_tier(Some(Tier::LastResort), &clock), None);
    }

    #[test]
    fn a_claim_holds_in_working_time() {
        let friday = at("2026-11-20T16:00:00Z");
        let until = |level| lease_until(friday, level, &office());
        assert_eq!(until(Level::SOON), at("2026-11-23T12:00:00Z"));
        assert_eq!(until(Level::NOW), at("2026-11-20T16:15:00Z"));
    }
}
