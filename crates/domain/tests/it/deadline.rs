//! Deadlines told a second time: every promise made is kept on a list, each is counted minute by minute,
//! and the earliest one counts.

use domain::calendar::{Calendar, Week};
use domain::deadline::{Event, Policy, Targets, deadline, replay};
use domain::thread::Category;
use domain::time::Timestamp;
use domain::work_item::Level;
use jiff::tz::TimeZone;
use proptest::collection::vec;
use proptest::prelude::*;

const MINUTE: i64 = 60;
const WEEK: &str = "mon 08:00-12:00 13:00-17:00; tue 08:00-17:00; wed 08:00-17:00; \
                    thu 08:00-17:00; fri 08:00-15:30; sun 00:00-04:00";
/// Two days before the clocks go back in New York, on a Friday.
const START: &str = "2026-10-30T12:00:00Z";

fn is_open(second: i64) -> bool {
    let zone = TimeZone::get("America/New_York").unwrap();
    let local = zone.to_datetime(jiff::Timestamp::from_second(second).unwrap());
    let minute = i64::from(local.hour()) * 60 + i64::from(local.minute());
    let day = local.date().weekday().to_monday_zero_offset();
    match day {
        0 => (480..720).contains(&minute) || (780..1_020).contains(&minute),
        1..=3 => (480..1_020).contains(&minute),
        4 => (480..930).contains(&minute),
        6 => (0..240).contains(&minute),
        _ => false,
    }
}

/// When so many minutes are over, counted one by one.
fn over(from: i64, minutes: i64, around_the_clock: bool) -> i64 {
    let (mut at, mut left) = (from, minutes);
    while left > 0 {
        if around_the_clock || is_open(at) {
            left -= 1;
        }
        at += MINUTE;
    }
    at
}

/// The slow telling: what is owed since when, and every promise (from when, by which level) that holds.
fn due_slowly(
    first: Level,
    events: &[(i64, Event)],
    minutes: impl Fn(Level) -> i64,
    duty: bool,
) -> Option<i64> {
    let mut promises: Vec<(i64, Level)> = Vec::new();
    let (mut level, mut waiting, mut now) = (first, false, i64::MIN);
    let mut since = 0;
    for (at, event) in events {
        now = now.max(*at);
        match event {
            Event::PatientWrote if promises.is_empty() || waiting => {
                (promises, since, waiting) = (vec![(now, level)], now, false);
            }
            Event::Reopened if promises.is_empty() => {
                (promises, since, waiting) = (vec![(now, level)], now, false);
            }
            Event::Answered | Event::Closed => promises.clear(),
            Event::Waiting => waiting = !promises.is_empty(),
            Event::Resumed => waiting = false,
            Event::Levelled(to) => {
                if !promises.is_empty() && *to < level {
                    promises.push((now, *to));
                } else if !promises.is_empty() && *to > level {
                    promises = vec![(since, *to)];
                }
                level = *to;
            }
            _ => {}
        }
    }
    promises
        .iter()
        .map(|(from, level)| over(*from, minutes(*level), duty && *level == Level::NOW))
        .min()
}

fn events() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => Just(Event::PatientWrote),
        1 => Just(Event::Answered),
        1 => Just(Event::Waiting),
        1 => Just(Event::Resumed),
        1 => Just(Event::Closed),
        1 => Just(Event::Reopened),
        3 => (1_i64..=4).prop_map(|n| Event::Levelled(Level::new(n).unwrap())),
        1 => Just(Event::Held),
        1 => Just(Event::Passed),
        1 => Just(Event::Noted),
        1 => Just(Event::AutoReplied),
        1 => Just(Event::Snoozed),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn a_deadline_is_the_earliest_promise_that_holds(
        first in 1_i64..=4,
        // A gap below zero is a clock that was set back between two events.
        told in vec((-90_i64..600, events()), 1..9),
        targets in vec(1_i64..700, 4),
        normal in 1_i64..900,
        percent in 1_i64..=99,
        duty in any::<bool>(),
    ) {
        let first = Level::new(first).unwrap();
        let start = START.parse::<jiff::Timestamp>().unwrap().as_second();
        let mut at = start;
        let told: Vec<(i64, Event)> = told
            .into_iter()
            .map(|(gap, event)| {
                at += gap * MINUTE;
                (at, event)
            })
            .collect();
        let special = (1_i64..).map(|n| (None, Level::new(n).unwrap())).zip(targets);
        let targets = Targets::new(normal, special.take(4));
        let minutes = |level| targets.minutes(Category::Symptom, level);
        let slow = due_slowly(first, &told, minutes, duty);

        let week = Week::parse(WEEK).unwrap();
        let calendar = Calendar::new("America/New_York", week, []).unwrap();
        let policy = Policy { version: 1, targets: targets.clone(), escalate_percent: percent, duty };
        let events: Vec<_> =
            told.iter().map(|(at, event)| (Timestamp::from_seconds(*at), *event)).collect();
        let owed = replay(first, &events, Category::Symptom, &calendar, &policy);
        let found = owed.map(|owed| deadline(&owed, Category::Symptom, &calendar, &policy));
        prop_assert_eq!(found.map(|found| found.due_at.seconds()), slow);
        if let (Some(owed), Some(found)) = (owed, found) {
            prop_assert!(found.escalate_at <= found.due_at);
            prop_assert!(found.escalate_at >= owed.since);
            // The same record gives the same deadline, whenever and wherever it is asked.
            let again = replay(first, &events, Category::Symptom, &calendar, &policy);
            prop_assert_eq!(again, Some(owed));
        }
    }
}
