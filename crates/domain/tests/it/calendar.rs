//! Working time told a second time, slowly: minute by minute, each asked what the wall shows.
//!
//! The zones chosen change their clocks by an hour, by half an hour and at midnight, and one left a whole
//! day out (Apia, 30 December 2011).

use domain::calendar::{Calendar, Day, Hours, Week};
use domain::read_back::{Class, Limit, Limits, Roads, Step, next};
use domain::time::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

const MINUTE: i64 = 60;
/// How far a test looks: twelve days hold every kind of week and change.
const MINUTES_MAX: i64 = 12 * 1_440;

/// A zone and the second near which the walk begins: three days before the clocks change.
const TURNS: [(&str, &str); 8] = [
    ("America/New_York", "2026-03-05T00:00:00Z"),
    ("America/New_York", "2026-10-29T00:00:00Z"),
    ("Europe/Madrid", "2026-10-22T00:00:00Z"),
    ("Australia/Lord_Howe", "2026-04-02T00:00:00Z"),
    ("America/Santiago", "2026-09-03T00:00:00Z"),
    ("America/Havana", "2026-10-29T00:00:00Z"),
    ("Pacific/Apia", "2011-12-27T00:00:00Z"),
    ("UTC", "2026-11-22T00:00:00Z"),
];

/// The slow telling.
#[derive(Debug)]
struct Wall {
    zone: TimeZone,
    week: Vec<Vec<(u16, u16)>>,
    dates: Vec<(Date, Vec<(u16, u16)>)>,
}

impl Wall {
    /// The hours of the date that the wall shows, and the minute of it.
    fn shown(&self, second: i64) -> (&[(u16, u16)], u16) {
        let local = self.zone.to_datetime(jiff::Timestamp::from_second(second).unwrap());
        let date = local.date();
        let other = self.dates.iter().find(|(other, _)| *other == date).map(|(_, hours)| hours);
        let weekday = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap();
        let minute =
            u16::try_from(local.hour()).unwrap() * 60 + u16::try_from(local.minute()).unwrap();
        (other.unwrap_or(&self.week[weekday]), minute)
    }

    fn is_open(&self, second: i64) -> bool {
        let (hours, minute) = self.shown(second);
        hours.iter().any(|(from, to)| *from <= minute && minute < *to)
    }

    /// Whether they work at all on the date that the wall shows.
    fn works_on(&self, second: i64) -> bool {
        !self.shown(second).0.is_empty()
    }

    fn working_minutes(&self, from: i64, until: i64) -> i64 {
        let all = (0..(until - from) / MINUTE).filter(|n| self.is_open(from + n * MINUTE));
        i64::try_from(all.count()).unwrap()
    }

    /// When so many working minutes are over, or `None` when the walk ends before.
    fn plus_working(&self, from: i64, minutes: i64) -> Option<i64> {
        Self::plus(from, minutes, |second| self.is_open(second))
    }

    fn plus(from: i64, minutes: i64, counts: impl Fn(i64) -> bool) -> Option<i64> {
        let mut left = minutes;
        for n in 0..MINUTES_MAX {
            let second = from + n * MINUTE;
            if counts(second) {
                if left == 0 {
                    return Some(second);
                }
                left -= 1;
            }
            // What is over when they go home is over then, not the next morning.
            if left == 0 && minutes > 0 {
                return Some(second + MINUTE);
            }
        }
        None
    }
}

fn hours() -> impl Strategy<Value = Vec<(u16, u16)>> {
    vec(0_u16..=1_440, 0..=4).prop_map(|mut ends| {
        ends.sort_unstable();
        ends.dedup();
        ends.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
    })
}

fn day(hours: &[(u16, u16)]) -> Day {
    Day::new(hours.iter().map(|(from, to)| Hours::new(*from, *to).unwrap()).collect()).unwrap()
}

prop_compose! {
    fn walls()(
        turn in 0..TURNS.len(),
        later in 0..(4 * 1_440_i64),
        week in vec(hours(), 7).prop_filter("opens", |week| week.iter().any(|day| !day.is_empty())),
        dates in btree_map(0_i64..10, hours(), 0..3),
    ) -> (Wall, Calendar, i64) {
        let (zone, near) = TURNS[turn];
        let start = near.parse::<jiff::Timestamp>().unwrap();
        let dates: Vec<_> = dates
            .into_iter()
            .map(|(n, hours)| {
                let at = start.checked_add(jiff::Span::new().hours(24 * n)).unwrap();
                (TimeZone::get(zone).unwrap().to_datetime(at).date(), hours)
            })
            .collect();
        let days: Vec<Day> = week.iter().map(|hours| day(hours)).collect();
        let calendar = Calendar::new(
            zone,
            Week::new(days.try_into().unwrap()).unwrap(),
            dates.iter().map(|(date, hours)| (*date, day(hours))),
        )
        .unwrap();
        let mut seen = Vec::new();
        // A date left out of a zone's year meets its neighbour's: the later one counts, as in a map.
        for (date, hours) in dates.into_iter().rev() {
            if !seen.iter().any(|(other, _)| *other == date) {
                seen.push((date, hours));
            }
        }
        let zone = TimeZone::get(zone).unwrap();
        (Wall { zone, week, dates: seen }, calendar, start.as_second() + later * MINUTE)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn working_time_is_what_the_wall_shows(
        (wall, calendar, from) in walls(),
        length in 0..(8 * 1_440_i64),
        minutes in 0..2_000_i64,
    ) {
        let at = Timestamp::from_seconds;
        let until = from + length * MINUTE;
        prop_assert_eq!(
            calendar.working_seconds(at(from), at(until)),
            wall.working_minutes(from, until) * MINUTE
        );
        prop_assert_eq!(calendar.is_open(at(from)), wall.is_open(from));
        if let Some(end) = wall.plus_working(from, minutes) {
            prop_assert_eq!(calendar.plus_working(at(from), minutes * MINUTE), at(end));
        }
    }

    #[test]
    fn the_time_to_open_an_answer_stands_still_on_dates_without_work(
        (wall, calendar, from) in walls(),
        hours in 1..100_i64,
        tried in 0..1_440_i64,
    ) {
        let at = Timestamp::from_seconds;
        let minutes = hours * 60;
        let limits = Limits { urgent: minutes, prompt: minutes, ordinary: minutes };
        let roads = Roads { portal: true, second: true, helper: true };
        let due = |class, done| next(at(from), &Limit::new(&limits, class, &calendar), done, roads);
        for class in [Class::Prompt, Class::Ordinary] {
            if let Some(end) = Wall::plus(from, minutes, |second| wall.works_on(second)) {
                prop_assert_eq!(due(class, None), Some((Step::Second, at(end))));
            }
            let told = from + tried * MINUTE;
            if let Some(end) = Wall::plus(told, minutes / 2, |second| wall.works_on(second)) {
                let done = Some((Step::Second, at(told)));
                prop_assert_eq!(due(class, done), Some((Step::Helper, at(end))));
            }
        }
        let urgent = due(Class::Urgent, None);
        prop_assert_eq!(urgent, Some((Step::Second, at(from + minutes * MINUTE))));
        let late = due(Class::Prompt, None).map(|(_, at)| at);
        prop_assert!(late >= urgent.map(|(_, at)| at), "nothing is sooner than by the wall");
    }

    #[test]
    fn there_and_back_is_the_same(
        (_, calendar, from) in walls(),
        seconds in 1..200_000_i64,
        later in 0..200_000_i64,
    ) {
        let from = Timestamp::from_seconds(from).plus_seconds(later % 61);
        let due = calendar.plus_working(from, seconds);
        // Two minutes a week are 125,280 seconds in twenty years: beyond that there is no way back.
        prop_assume!(due < Timestamp::FOREVER);
        prop_assert_eq!(calendar.working_seconds(from, due), seconds);
        // Who begins later is never done earlier: clocks that jump cannot turn two deadlines round.
        prop_assert!(calendar.plus_working(from.plus_seconds(later), seconds) >= due);
        prop_assert!(calendar.plus_working(from, seconds + later) >= due);
    }
}
