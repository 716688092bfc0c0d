//! The net under answers that nobody on the patient's side has opened: a second notice, a helper, a call.
//!
//! An answer of a team is to be opened within the limit of its class. When nobody who may read it has by
//! then, the patient hears again by another proved address, then a helper who may read it does, and in the
//! end the team finds it on its call list. A step without a road is passed over at once. Limits run by day and
//! night, since patients have no office hours; on dates on which the team does not work they stand still, since
//! nobody is there to call. Urgent ones run on.
//! Published figure behind it: 3% of clinical replies are still unread at 21 days (PRODUCT, section 2).
//! Deliberately absent: who may read (the policy), and how a notice is worded.

use crate::calendar::Calendar;
use crate::code::codes;
use crate::thread::Category;
use crate::time::Timestamp;
use crate::work_item::Level;

codes! {
    /// How soon an answer is to be opened.
    Class {
        /// What is due now or today.
        Urgent = "urgent",
        /// A result, a medicine.
        Prompt = "prompt",
        /// Everything else.
        Ordinary = "ordinary",
    }
}

codes! {
    /// What is done about an answer that stays unopened, in this order.
    Step {
        /// The patient hears again, by another proved address.
        Second = "second",
        /// A helper who may read it hears.
        Helper = "helper",
        /// It stands on the team's call list.
        Calls = "calls",
    }
}

/// Hours within which an answer is to be opened, where a team sets nothing else.
pub const HOURS: Limits = Limits { urgent: 4 * 60, prompt: 24 * 60, ordinary: 72 * 60 };

/// Shortest and longest limit, in minutes: a quarter of an hour, thirty days.
pub const MINUTES: std::ops::RangeInclusive<i64> = 15..=30 * 1_440;

/// The limits of a team, in minutes by day and night.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For what is due now or today.
    pub urgent: i64,
    /// For results and medicines.
    pub prompt: i64,
    /// For everything else.
    pub ordinary: i64,
}

impl Limits {
    /// The limit of a class in minutes. Never longer than that of a less urgent one.
    pub fn minutes(&self, class: Class) -> i64 {
        let fit = |minutes: i64| minutes.clamp(*MINUTES.start(), *MINUTES.end());
        let ordinary = fit(self.ordinary);
        let prompt = fit(self.prompt).min(ordinary);
        match class {
            Class::Urgent => fit(self.urgent).min(prompt),
            Class::Prompt => prompt,
            Class::Ordinary => ordinary,
        }
    }
}

/// The class of an answer: by the level the work had, then by what the conversation is about.
pub const fn class(category: Category, level: Level) -> Class {
    match (level.number(), category) {
        (1 | 2, _) => Class::Urgent,
        (_, Category::Result | Category::Medication | Category::Refill) => Class::Prompt,
        _ => Class::Ordinary,
    }
}

/// When a limit runs out.
#[derive(Clone, Debug)]
pub struct Limit {
    minutes: i64,
    /// The dates on which it runs; `None` for one that runs on all.
    days: Option<Calendar>,
}

impl Limit {
    /// The limit of a class for answers of a team that works by `calendar`.
    pub fn new(limits: &Limits, class: Class, calendar: &Calendar) -> Self {
        let days = (class != Class::Urgent).then(|| calendar.whole_days());
        Self { minutes: limits.minutes(class), days }
    }

    /// The moment at which `parts` of it, a half each, are over from `from` on.
    fn halves_after(&self, from: Timestamp, parts: i64) -> Timestamp {
        let seconds = self.minutes.saturating_mul(30).saturating_mul(parts);
        match &self.days {
            Some(days) => days.plus_working(from, seconds),
            None => from.plus_seconds(seconds),
        }
    }
}

/// By which roads the patient's side can be reached without a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Roads {
    /// Somebody on the patient's side can open the conversation here at all.
    pub portal: bool,
    /// The patient has another proved, safe address that notices may go to.
    pub second: bool,
    /// A helper who may read the conversation has one.
    pub helper: bool,
}

/// The next step and when it is due, after `done` (`None`: nothing yet). `None` when everything was done.
///
/// The first step is due at the limit, each later one half a limit after the one before it; steps without
/// a road are passed over. Whom nobody can reach here is called at once.
pub fn next(
    sent_at: Timestamp,
    limit: &Limit,
    done: Option<(Step, Timestamp)>,
    roads: Roads,
) -> Option<(Step, Timestamp)> {
    if matches!(done, Some((Step::Calls, _))) {
        return None;
    }
    if !roads.portal {
        return Some((Step::Calls, sent_at));
    }
    let at = match done {
        None => limit.halves_after(sent_at, 2),
        Some((_, at)) => limit.halves_after(at, 1),
    };
    let after = |step: Step| done.is_none_or(|(last, _)| step > last);
    let step = match (roads.second && after(Step::Second), roads.helper && after(Step::Helper)) {
        (true, _) => Step::Second,
        (false, true) => Step::Helper,
        (false, false) => Step::Calls,
    };
    Some((step, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENT: Timestamp = Timestamp::from_seconds(1_795_342_500);
    const ALL: Roads = Roads { portal: true, second: true, helper: true };

    fn hour() -> Limit {
        Limit { minutes: 60, days: None }
    }

    fn later(minutes: i64) -> Timestamp {
        SENT.plus_seconds(minutes * 60)
    }

    #[test]
    fn a_more_urgent_answer_is_to_be_opened_sooner() {
        assert_eq!(class(Category::Other, Level::TODAY), Class::Urgent);
        assert_eq!(class(Category::Result, Level::SOON), Class::Prompt);
        assert_eq!(class(Category::Result, Level::NOW), Class::Urgent);
        assert_eq!(class(Category::Other, Level::WHENEVER), Class::Ordinary);
        assert_eq!(HOURS.minutes(Class::Prompt), 24 * 60);
        let odd = Limits { urgent: 9_999, prompt: 100, ordinary: 1 };
        assert_eq!((odd.minutes(Class::Urgent), odd.minutes(Class::Ordinary)), (15, 15));
    }

    #[test]
    fn each_step_waits_for_the_one_before_it() {
        let first = next(SENT, &hour(), None, ALL).unwrap();
        assert_eq!(first, (Step::Second, later(60)));
        let second = next(SENT, &hour(), Some(first), ALL).unwrap();
        assert_eq!(second, (Step::Helper, later(90)));
        let third = next(SENT, &hour(), Some(second), ALL).unwrap();
        assert_eq!(third, (Step::Calls, later(120)));
        assert_eq!(next(SENT, &hour(), Some(third), ALL), None);
    }

    #[test]
    fn steps_without_a_road_are_passed_over() {
        let helper = Roads { second: false, ..ALL };
        assert_eq!(next(SENT, &hour(), None, helper), Some((Step::Helper, later(60))));
        let alone = Roads { second: false, helper: false, ..ALL };
        assert_eq!(next(SENT, &hour(), None, alone), Some((Step::Calls, later(60))));
        let told = Some((Step::Second, later(61)));
        assert_eq!(next(SENT, &hour(), told, alone), Some((Step::Calls, later(91))));
        // A road that came back late is not gone back to.
        let told = Some((Step::Helper, later(60)));
        assert_eq!(next(SENT, &hour(), told, ALL), Some((Step::Calls, later(90))));
    }

    #[test]
    fn whom_nobody_can_reach_here_is_called_at_once() {
        let roads = Roads { portal: false, ..ALL };
        assert_eq!(next(SENT, &hour(), None, roads), Some((Step::Calls, SENT)));
        assert_eq!(
            next(SENT, &Limit { minutes: i64::MAX, days: None }, None, ALL).map(|(step, _)| step),
            Some(Step::Second)
        );
    }

    #[test]
    fn a_weekend_does_not_count_but_for_what_is_urgent() {
        let week =
            "mon 09:00-17:00; tue 09:00-17:00; wed 09:00-17:00; thu 09:00-17:00; fri 09:00-12:00";
        let week = crate::calendar::Week::parse(week).unwrap();
        let office = Calendar::new("UTC", week, []).unwrap();
        let at = |text: &str| -> Timestamp { text.parse::<jiff::Timestamp>().unwrap().into() };
        let due = |class, sent: &str, done: Option<(Step, Timestamp)>| {
            let limit = Limit::new(&HOURS, class, &office);
            next(at(sent), &limit, done, ALL).unwrap()
        };
        // Friday 15:00, after they went home: nine hours of Friday, then Monday.
        let friday = "2026-11-20T15:00:00Z";
        let second = due(Class::Prompt, friday, None);
        assert_eq!(second, (Step::Second, at("2026-11-23T15:00:00Z")));
        let helper = due(Class::Prompt, friday, Some(second));
        assert_eq!(helper, (Step::Helper, at("2026-11-24T03:00:00Z")));
        assert_eq!(due(Class::Ordinary, friday, None).1, at("2026-11-25T15:00:00Z"));
        assert_eq!(due(Class::Urgent, friday, None).1, at("2026-11-20T19:00:00Z"));
        let sunday = "2026-11-22T10:00:00Z";
        assert_eq!(due(Class::Prompt, sunday, None).1, at("2026-11-24T00:00:00Z"));
        assert_eq!(due(Class::Urgent, sunday, None).1, at("2026-11-22T14:00:00Z"));
    }
}
