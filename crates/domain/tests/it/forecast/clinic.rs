//! Teams that answer messages, simulated minute by minute: patients write by hour and weekday, people with
//! shifts take the most urgent or the oldest message, pass some on to a second tier, put some aside until a
//! result is there. Nothing here knows how a forecast is made.

use domain::calendar::{Calendar, Day, Week};
use domain::forecast::Load;
use domain::time::Timestamp;
use domain::work_item::Level;
use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;

pub const ZONE: &str = "America/New_York";
const DAY: i64 = 1_440;
/// Weeks until everything that was asked is answered.
const TAIL: i64 = 4;

/// A generator of its own (SplitMix64), so that a table can be made again anywhere.
pub struct Dice(u64);

impl Dice {
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Between 0 and 1.
    pub fn part(&mut self) -> f64 {
        f64::from(u32::try_from(self.next() >> 32).unwrap()) / 4_294_967_296.0
    }

    /// About normal: twelve parts.
    fn bell(&mut self) -> f64 {
        (0..12).map(|_| self.part()).sum::<f64>() - 6.0
    }

    /// Around `middle`, skewed as durations are.
    fn about(&mut self, middle: f64, spread: f64) -> f64 {
        middle * (spread * self.bell()).exp()
    }

    /// How many of many small chances came true (Poisson).
    fn count(&mut self, mean: f64) -> usize {
        let (mut left, mut count) = ((-mean).exp(), 0);
        loop {
            left /= self.part().max(1e-12);
            if left >= 1.0 {
                return count;
            }
            count += 1;
        }
    }
}

/// Somebody who answers.
#[derive(Clone)]
pub struct Person {
    /// When they see to messages.
    pub shifts: Week,
    /// Minutes for one message.
    pub minutes: f64,
    /// Whether they take what the first tier passed on, instead of what comes in.
    pub second: bool,
    /// The weeks in which they are away, and from which week on they work here.
    pub away: std::ops::Range<i64>,
    pub from_week: i64,
}

/// A style of team.
pub struct Style {
    pub name: &'static str,
    pub hours: &'static str,
    /// Days on which the team is closed, counted from the first Monday.
    pub holidays: Vec<i64>,
    /// Messages by weekday, Monday first.
    pub messages: [f64; 7],
    /// The demand of a week, as a factor.
    pub demand: fn(i64) -> f64,
    pub people: Vec<Person>,
    /// The share passed to the second tier, and the share put aside for a result.
    pub passed: f64,
    pub aside: f64,
}

/// A message of the simulated history.
#[derive(Debug, Clone, Copy)]
pub struct Sent {
    pub asked_at: Timestamp,
    pub answered_at: Timestamp,
    pub level: Level,
    pub load: Load,
    /// The weekday of asking, Monday is 0, and the week.
    pub weekday: usize,
    pub week: i64,
}

#[derive(Clone, Copy)]
struct Item {
    asked: i64,
    level: i64,
    second: bool,
    id: usize,
}

/// Chances of a message by hour of the day.
const HOURS: [f64; 24] = [
    4.0, 2.0, 1.0, 1.0, 2.0, 5.0, 15.0, 35.0, 65.0, 85.0, 90.0, 80.0, 65.0, 65.0, 70.0, 65.0, 55.0,
    45.0, 40.0, 45.0, 45.0, 35.0, 20.0, 10.0,
];

const WORKDAYS: [f64; 7] = [1.15, 1.05, 1.0, 1.0, 0.9, 0.35, 0.35];

pub fn workdays(messages: f64) -> [f64; 7] {
    WORKDAYS.map(|part| part * messages)
}

fn whole(number: f64) -> i64 {
    #[expect(
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        reason = "small and positive"
    )]
    let whole = number.round() as i64;
    whole
}

fn person(shifts: &'static str, minutes: f64) -> Person {
    let shifts = Week::parse(shifts).unwrap();
    Person { shifts, minutes, second: false, away: 0..0, from_week: 0 }
}

const ALL_DAY: &str = "mon 08:00-12:30 13:00-17:00; tue 08:00-12:30 13:00-17:00; wed 08:00-12:30 13:00-17:00; \
    thu 08:00-12:30 13:00-17:00; fri 08:00-12:30 13:00-16:30";
const NINE_TO_FIVE: &str =
    "mon 08:00-17:00; tue 08:00-17:00; wed 08:00-17:00; thu 08:00-17:00; fri 08:00-17:00";
const BETWEEN_VISITS: &str = "mon 07:40-08:10 12:15-13:00 16:30-18:15; tue 07:40-08:10 12:15-13:00 16:30-18:15; \
    wed 07:40-08:10 12:15-13:00; thu 07:40-08:10 12:15-13:00 16:30-18:15; fri 07:40-08:10 12:15-14:00";

fn even(_: i64) -> f64 {
    1.0
}

fn plain(name: &'static str, messages: f64, people: Vec<Person>) -> Style {
    Style {
        name,
        hours: NINE_TO_FIVE,
        holidays: vec![21, 144],
        messages: workdays(messages),
        demand: even,
        people,
        passed: 0.0,
        aside: 0.06,
    }
}

/// Four more, thought of when the model was finished: what it does with teams it was not made for.
pub fn others() -> Vec<Style> {
    let clinic = "tue 13:00-17:00; thu 13:00-17:00";
    vec![
        plain("tiny", 4.0, vec![person(BETWEEN_VISITS, 9.0)]),
        plain("large", 160.0, vec![person(ALL_DAY, 17.0); 8]),
        Style {
            demand: |week| if week < 20 { 1.0 } else { 0.4 },
            ..plain("shrinking", 20.0, vec![person(ALL_DAY, 19.0)])
        },
        Style {
            messages: [14.0, 12.0, 12.0, 10.0, 10.0, 0.5, 0.5],
            ..plain(
                "new habit",
                0.0,
                vec![
                    Person { away: 20..99, ..person(ALL_DAY, 18.0) },
                    Person { from_week: 20, ..person(clinic, 5.0) },
                ],
            )
        },
    ]
}

/// The styles of team.
pub fn styles() -> Vec<Style> {
    let second = |shifts, minutes| Person { second: true, ..person(shifts, minutes) };
    let sevens = "mon 08:00-18:00; tue 08:00-18:00; wed 08:00-18:00; thu 08:00-18:00; fri 08:00-18:00; \
        sat 09:00-14:00; sun 09:00-14:00";
    let mut mondays = [19.0; 7];
    mondays[0] = 46.0;
    mondays[5..].fill(6.0);
    vec![
        plain("one physician", 14.0, vec![person(BETWEEN_VISITS, 5.5)]),
        Style {
            passed: 0.3,
            ..plain(
                "pooled nurses",
                42.0,
                vec![
                    person(ALL_DAY, 14.0),
                    person(ALL_DAY, 14.0),
                    second(
                        "mon 12:15-13:00 16:00-17:30; tue 12:15-13:00 16:00-17:30; wed 12:15-13:00; \
                        thu 12:15-13:00 16:00-17:30; fri 12:15-13:00 15:00-16:30",
                        4.0,
                    ),
                ],
            )
        },
        plain(
            "slow specialist",
            12.0,
            vec![person("tue 13:00-16:00; thu 13:00-16:00; fri 09:00-11:00", 5.5)],
        ),
        Style {
            hours: sevens,
            messages: [32.0, 30.0, 30.0, 28.0, 28.0, 18.0, 18.0],
            ..plain(
                "weekend duty",
                0.0,
                vec![
                    person(ALL_DAY, 18.0),
                    person(ALL_DAY, 18.0),
                    person("sat 09:00-14:00; sun 09:00-14:00", 12.0),
                ],
            )
        },
        Style { messages: mondays, ..plain("busy Mondays", 0.0, vec![person(ALL_DAY, 17.0)]) },
        Style {
            passed: 0.1,
            ..plain(
                "two weeks away",
                22.0,
                vec![
                    person(ALL_DAY, 24.0),
                    Person { away: 18..20, ..person(ALL_DAY, 24.0) },
                    second("mon 16:00-17:00; wed 16:00-17:00; fri 12:00-13:00", 6.0),
                ],
            )
        },
        Style {
            holidays: vec![21, 112, 113, 114, 115, 116, 119, 144],
            demand: |week| if week == 16 { 0.6 } else { 1.0 },
            ..plain("holiday week", 20.0, vec![person(ALL_DAY, 19.0)])
        },
        Style {
            demand: |week| 1.0 + 0.05 * f64::from(i32::try_from((week - 8).clamp(0, 13)).unwrap()),
            ..plain(
                "growing demand",
                20.0,
                vec![person(ALL_DAY, 16.0), Person { from_week: 21, ..person(ALL_DAY, 24.0) }],
            )
        },
        plain(
            "twice a day",
            24.0,
            vec![person(
                "mon 11:15-12:15 15:45-17:00; tue 11:15-12:15 15:45-17:00; wed 11:15-12:15 15:45-17:00; \
                 thu 11:15-12:15 15:45-17:00; fri 11:15-12:15 15:00-16:15",
                3.6,
            )],
        ),
    ]
}

fn first_monday() -> Date {
    jiff::civil::date(2026, 1, 5)
}

impl Style {
    /// The calendar that the team has told the system.
    pub fn calendar(&self) -> Calendar {
        let closed = self.holidays.iter().map(|day| (first_monday() + day.days(), Day::default()));
        Calendar::new(ZONE, Week::parse(self.hours).unwrap(), closed).unwrap()
    }

    /// What happened in so many weeks, in the order in which it was asked. All of it is answered.
    pub fn history(&self, weeks: i64, seed: u64) -> Vec<Sent> {
        let mut dice = Dice::new(seed);
        let mut sent = self.arrivals(weeks, &mut dice);
        let mut answered = vec![None; sent.len()];
        let mut loads = vec![0_u32; sent.len()];
        let mut queue: Vec<Item> = Vec::new();
        let mut aside: Vec<(i64, Item)> = Vec::new();
        let mut busy = vec![0_i64; self.people.len()];
        let (mut next, mut open) = (0, 0_u32);
        for day in 0..(weeks + TAIL) * 7 {
            let shifts = self
                .people
                .iter()
                .map(|person| self.shift(person, day, &mut dice))
                .collect::<Vec<_>>();
            for minute in day * DAY..(day + 1) * DAY {
                while let Some(item) = sent.get(next).filter(|item| item.asked <= minute) {
                    loads[next] = open;
                    open += 1;
                    queue.push(*item);
                    next += 1;
                }
                if queue.is_empty() && aside.is_empty() {
                    continue;
                }
                aside.retain(|(until, item)| {
                    if *until <= minute {
                        queue.push(*item);
                    }
                    *until > minute
                });
                for ((person, shift), busy) in self.people.iter().zip(&shifts).zip(&mut busy) {
                    if *busy > minute
                        || !shift.iter().any(|(from, to)| (*from..*to).contains(&minute))
                    {
                        continue;
                    }
                    let Some(mut item) = take(&mut queue, person.second, minute, &mut dice) else {
                        continue;
                    };
                    *busy = minute + whole(dice.about(person.minutes * 0.85, 0.55)).max(1);
                    let fate = dice.part();
                    if !item.second && fate < self.passed {
                        item.second = true;
                        queue.push(item);
                    } else if fate > 1.0 - self.aside && minute - item.asked < 2 * DAY {
                        aside.push((*busy + whole(dice.about(1_100.0, 0.7)), item));
                    } else {
                        answered[item.id] = Some(*busy);
                        open -= 1;
                    }
                }
            }
        }
        sent.drain(..)
            .zip(answered)
            .zip(loads)
            .map(|((item, at), open)| self.sent(item, at.unwrap(), open))
            .collect()
    }

    fn arrivals(&self, weeks: i64, dice: &mut Dice) -> Vec<Item> {
        let all = HOURS.iter().sum::<f64>();
        let mut sent = Vec::new();
        for day in 0..weeks * 7 {
            let weekday = usize::try_from(day % 7).unwrap();
            let today = self.messages[weekday] * (self.demand)(day / 7) * dice.about(0.97, 0.2);
            for (hour, part) in (0..).zip(HOURS) {
                for _ in 0..dice.count(today * part / all) {
                    let asked = day * DAY + hour * 60 + whole(dice.part() * 59.0);
                    let level = match dice.part() {
                        part if part < 0.01 => 1,
                        part if part < 0.12 => 2,
                        part if part < 0.65 => 3,
                        _ => 4,
                    };
                    sent.push(Item { asked, level, second: false, id: 0 });
                }
            }
        }
        sent.sort_by_key(|item| item.asked);
        for (id, item) in sent.iter_mut().enumerate() {
            item.id = id;
        }
        sent
    }

    fn works(&self, person: &Person, day: i64) -> bool {
        let week = day / 7;
        let weekday = usize::try_from(day % 7).unwrap();
        !self.holidays.contains(&day)
            && !person.away.contains(&week)
            && week >= person.from_week
            && !person.shifts.days()[weekday].is_closed()
    }

    /// The minutes in which a person sees to messages; some days begin late or end early.
    fn shift(&self, person: &Person, day: i64, dice: &mut Dice) -> Vec<(i64, i64)> {
        let lost = dice.part() * 0.25;
        if !self.works(person, day) {
            return Vec::new();
        }
        let weekday = usize::try_from(day % 7).unwrap();
        let minutes = |hours: &domain::calendar::Hours| {
            let (from, to) = (i64::from(hours.from()), i64::from(hours.to()));
            let late = whole(lost * f64::from(hours.to() - hours.from()));
            (day * DAY + from + late, day * DAY + to)
        };
        person.shifts.days()[weekday].hours().iter().map(minutes).collect()
    }

    fn sent(&self, item: Item, answered: i64, open: u32) -> Sent {
        let day = item.asked / DAY;
        let on = |day: i64| self.people.iter().filter(|person| self.works(person, day)).count();
        let people = (day..day + 14).map(on).find(|people| *people > 0).unwrap_or(0);
        let here = self.people.iter().filter(|person| person.from_week <= day / 7).count();
        Sent {
            asked_at: at(item.asked, i64::try_from(item.id % 60).unwrap()),
            answered_at: at(answered, 59),
            level: Level::new(item.level).unwrap(),
            load: Load {
                open_items_now: open,
                people_on_duty_now: u32::try_from(people).unwrap(),
                people_usually: u32::try_from(here).unwrap(),
            },
            weekday: usize::try_from(day % 7).unwrap(),
            week: day / 7,
        }
    }
}

/// The moment of a minute counted from the first Monday by the clock on the wall.
pub fn at(minute: i64, second: i64) -> Timestamp {
    let wall = first_monday().to_datetime(jiff::civil::Time::midnight())
        + (minute / DAY).days().hours(minute % DAY / 60).minutes(minute % 60);
    let zone = TimeZone::get(ZONE).unwrap();
    Timestamp::from(zone.to_ambiguous_timestamp(wall).compatible().unwrap()).plus_seconds(second)
}

/// Mostly the most urgent and then the oldest, now and then simply the oldest.
fn take(queue: &mut Vec<Item>, second: bool, minute: i64, dice: &mut Dice) -> Option<Item> {
    let by_age = dice.part() < 0.25;
    let place = |item: &Item| {
        let old = minute - item.asked > 3 * DAY;
        (if by_age || old { 2 } else { item.level }, item.asked)
    };
    let mine = queue.iter().enumerate().filter(|(_, item)| item.second == second);
    let (index, _) = mine.min_by_key(|(_, item)| place(item))?;
    Some(queue.swap_remove(index))
}
