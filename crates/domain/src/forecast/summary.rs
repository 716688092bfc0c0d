//! The summary of a team's last 28 days, and the forecast made from it.

use serde::{Deserialize, Serialize};

use super::estimate::{WHOLE, Weighed, within};
use super::tune::{Lesson, Line, PerDay, Tune, stretched};
use super::{Answer, Asking, ENOUGH, Forecast, Said, Unanswered, WINDOW, friendly};
use crate::calendar::{Calendar, Open};
use crate::time::Timestamp;
use crate::work_item::Level;

/// How many messages a summary keeps; of more, every second, third … in the order they were sent.
const KEPT_MAX: usize = 1_000;

/// One item per person in the unit of `per_person`.
const ITEM: u64 = 100;

/// What is left of one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Row", into = "Row")]
struct Seen {
    /// Working seconds to the answer, or to the building of the summary.
    took: u32,
    answered: bool,
    /// Whole days since it was sent.
    age: u8,
    /// When the team could first see it.
    slot: Slot,
    /// 1 to 4.
    level: u8,
    /// Work per person then, in hundredths; 0 when not known.
    per_person: u32,
}

/// [`Seen`] as it is stored: took, answered, age, weekday, minute, closed, level, work per person.
type Row = (u32, bool, u8, u8, u16, bool, u8, u32);

impl From<Row> for Seen {
    fn from((took, answered, age, weekday, minute, closed, level, per_person): Row) -> Self {
        Self { took, answered, age, slot: Slot { weekday, minute, closed }, level, per_person }
    }
}

impl From<Seen> for Row {
    fn from(seen: Seen) -> Self {
        let Slot { weekday, minute, closed } = seen.slot;
        (seen.took, seen.answered, seen.age, weekday, minute, closed, seen.level, seen.per_person)
    }
}

/// When in the week a team first can see a message: at once, or when it opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Slot {
    /// 0 is Monday.
    weekday: u8,
    /// Minutes after midnight.
    minute: u16,
    /// Whether it waited for the opening.
    closed: bool,
}

/// What a team's recent answers come to: built by a job from 28 days of answers, kept, and asked by every
/// page. At most 1,000 messages as rows of eight numbers, under 50 kB as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    built_at: Timestamp,
    /// Answers in the window, before thinning.
    answers: u32,
    /// In ascending order of `took`.
    seen: Vec<Seen>,
    tune: Tune,
}

impl Summary {
    /// Takes a team's messages sent in the last 28 days (older ones are ignored), answered and not, its
    /// calendar, the moment, and the summary before this one, whose lessons are carried on. Messages that
    /// cannot be (answered before they were sent, sent later than now) are left out, answers later than
    /// now count as not yet given. Each line that was said is learnt from in the one build whose time since
    /// `previous` holds the moment at which it was kept or missed. Cost: sorting the messages.
    pub fn build(
        answers: &[Answer],
        unanswered: &[Unanswered],
        calendar: &Calendar,
        now: Timestamp,
        previous: Option<&Self>,
    ) -> Self {
        let since = now.plus_seconds(-WINDOW);
        let mut messages = answers
            .iter()
            .filter(|answer| answer.asked_at <= answer.answered_at)
            .map(|answer| {
                Message::new(answer.asked_at, Some(answer.answered_at), answer.level, answer.said)
            })
            .chain(
                unanswered
                    .iter()
                    .map(|open| Message::new(open.asked_at, None, open.level, open.said)),
            )
            .filter(|message| since <= message.asked_at && message.asked_at <= now)
            .map(|message| message.as_known(now))
            .collect::<Vec<_>>();
        messages.sort_by_key(|message| (message.asked_at, message.answered_at, message.level));
        let answers = messages.iter().filter(|message| message.answered_at.is_some()).count();
        let answers = u32::try_from(answers).unwrap_or(u32::MAX);
        let tune = previous
            .map_or_else(Tune::default, |previous| learnt(previous, &messages, calendar, now));
        let week = Stretches::new(calendar, since, now);
        let step = messages.len().div_ceil(KEPT_MAX).max(1);
        let mut seen = messages
            .iter()
            .step_by(step)
            .filter_map(|message| message.seen(&week, now))
            .collect::<Vec<_>>();
        seen.sort_by_key(|one| one.took);
        Self { built_at: now, answers, seen, tune }
    }

    /// When it was built.
    pub const fn built_at(&self) -> Timestamp {
        self.built_at
    }

    /// How many answers it was built from.
    pub const fn answers(&self) -> u32 {
        self.answers
    }

    /// How many messages it holds.
    pub const fn kept(&self) -> usize {
        self.seen.len()
    }

    /// Takes the team's calendar and the message about which is asked. Cost: one pass over at most 1,000
    /// entries and a walk through the calendar up to the line.
    pub fn forecast(&self, calendar: &Calendar, asking: &Asking) -> Forecast {
        self.usual(calendar, asking).unwrap_or(Forecast::NewTeam { latest: asking.latest })
    }

    fn usual(&self, calendar: &Calendar, asking: &Asking) -> Option<Forecast> {
        if usize::try_from(self.answers).unwrap_or(usize::MAX) < ENOUGH {
            return None;
        }
        let opens = calendar.open_from(asking.now).next()?;
        let slot = Slot::of(calendar, opens.from, opens.from > asking.now);
        let weighed = self.weighed(slot, asking.level, asking.load.per_person());
        let weekday = weekday(calendar, asking.now);
        let line = |line: Line, permille: u32| {
            let took = within(&weighed, permille)?.max(60);
            Some(stretched(i64::from(took), self.tune.of(line, weekday)))
        };
        let half = line(Line::Half, 500)?;
        let most = line(Line::Most, 900)?.max(half);
        let (half_by, most_by) = friendly::lines(calendar, asking.now, half, most)?;
        let latest = asking.latest;
        Some(if most_by <= latest {
            Forecast::Usual { half_by, most_by, latest }
        } else {
            Forecast::Behind { half_by, most_by, latest }
        })
    }

    /// The messages with their weights, shortest first. Weight and time depend on that message and the one
    /// asked about only, so that one more slow answer can only make a forecast later.
    fn weighed(&self, slot: Slot, level: Level, per_person: u32) -> Vec<Weighed> {
        let level = u8::try_from(level.number()).unwrap_or(4);
        let mut weighed = self
            .seen
            .iter()
            .map(|one| {
                let weight = u64::from(WHOLE)
                    * u64::from(recent(one.age))
                    * u64::from(alike_level(one.level, level))
                    * u64::from(alike_slot(one.slot, slot))
                    * u64::from(alike_load(one.per_person, per_person))
                    / 1_000_000_000_000;
                let weight = u32::try_from(weight.max(1)).unwrap_or(WHOLE);
                let took = by_load(one.took, one.per_person, per_person);
                Weighed { took, answered: one.answered, weight }
            })
            .collect::<Vec<_>>();
        weighed.sort_unstable_by_key(|one| one.took);
        weighed
    }
}

/// Thousandths by age in days: falling evenly to a sixth at the end of the window.
fn recent(age: u8) -> u32 {
    1_000 - u32::from(age.min(28)) * 30
}

fn alike_level(one: u8, other: u8) -> u32 {
    match one.abs_diff(other) {
        0 => 1_000,
        1 => 150,
        _ => 30,
    }
}

fn alike_slot(one: Slot, other: Slot) -> u32 {
    let hours = match (one.closed == other.closed, one.minute.abs_diff(other.minute)) {
        (true, 0..=60) => 1_000,
        (true, 61..=120) => 700,
        (_, 0..=120) => 400,
        _ => 200,
    };
    if one.weekday == other.weekday { hours } else { hours / 2 }
}

fn alike_load(one: u32, other: u32) -> u32 {
    if one == 0 {
        return 500;
    }
    let (low, high) = (u64::from(one.min(other)).max(1), u64::from(one.max(other)));
    match high.saturating_mul(100) / low {
        0..=130 => 1_000,
        131..=170 => 600,
        171..=250 => 300,
        _ => 100,
    }
}

/// The time stretched when there is more work per person now than there was then: twice the work, twice the
/// time, up to two and a half. Less work shortens nothing; the weights see to that.
fn by_load(took: u32, then: u32, now: u32) -> u32 {
    if then == 0 {
        return took;
    }
    let ratio = (u64::from(now) + ITEM) * 1_000 / (u64::from(then) + ITEM);
    u32::try_from(u64::from(took) * ratio.clamp(1_000, 2_500) / 1_000).unwrap_or(u32::MAX)
}

/// 0 is Monday.
fn weekday(calendar: &Calendar, at: Timestamp) -> usize {
    usize::try_from(calendar.wall(at).weekday().to_monday_zero_offset()).unwrap_or(0)
}

impl Slot {
    fn of(calendar: &Calendar, at: Timestamp, closed: bool) -> Self {
        let wall = calendar.wall(at);
        let part = |part: i8| u16::try_from(part).unwrap_or(0);
        Self {
            weekday: u8::try_from(wall.weekday().to_monday_zero_offset()).unwrap_or(0),
            minute: part(wall.hour()) * 60 + part(wall.minute()),
            closed,
        }
    }
}

/// A message as known at the moment of building.
#[derive(Debug, Clone, Copy)]
struct Message {
    asked_at: Timestamp,
    answered_at: Option<Timestamp>,
    level: Level,
    said: Option<Said>,
}

impl Message {
    const fn new(
        asked_at: Timestamp,
        answered_at: Option<Timestamp>,
        level: Level,
        said: Option<Said>,
    ) -> Self {
        Self { asked_at, answered_at, level, said }
    }

    fn as_known(self, now: Timestamp) -> Self {
        Self { answered_at: self.answered_at.filter(|at| *at <= now), ..self }
    }

    fn seen(&self, week: &Stretches, now: Timestamp) -> Option<Seen> {
        let until = self.answered_at.unwrap_or(now);
        let took = week.passed(until).saturating_sub(week.passed(self.asked_at));
        Some(Seen {
            took: u32::try_from(took.max(0)).unwrap_or(u32::MAX),
            answered: self.answered_at.is_some(),
            age: u8::try_from(now.seconds_since(self.asked_at).div_euclid(86_400))
                .unwrap_or(u8::MAX),
            slot: week.slot(self.asked_at)?,
            level: u8::try_from(self.level.number()).unwrap_or(4),
            per_person: self.said.map_or(0, |said| said.per_person),
        })
    }

    /// When it became known whether a line was kept, and whether the answer came after it.
    fn verdict(&self, line: Timestamp, now: Timestamp) -> Option<(Timestamp, bool)> {
        match self.answered_at {
            Some(at) if at <= line => Some((at, false)),
            _ if line <= now => Some((line, true)),
            _ => None,
        }
    }
}

/// What the lines said since the summary before this one teach, in the order in which it became known.
fn learnt(previous: &Summary, messages: &[Message], calendar: &Calendar, now: Timestamp) -> Tune {
    let mut lessons = Vec::new();
    for message in messages {
        let Some(said) = message.said else { continue };
        for (line, at) in [(Line::Half, said.half_by), (Line::Most, said.most_by)] {
            if let Some((known_at, missed)) = message.verdict(at, now)
                && previous.built_at < known_at
            {
                let weekday = weekday(calendar, message.asked_at);
                lessons.push(Lesson { known_at, line, weekday, missed });
            }
        }
    }
    lessons.sort_unstable();
    let per_day = per_day(messages, calendar, now);
    let mut tune = previous.tune;
    for lesson in lessons {
        tune.learn(lesson, per_day);
    }
    tune
}

/// How many messages a day has, from those of the window.
fn per_day(messages: &[Message], calendar: &Calendar, now: Timestamp) -> PerDay {
    let count = |messages: usize| i64::try_from(messages).unwrap_or(i64::MAX);
    let mut weekdays = [0_i64; 7];
    let mut rest = messages;
    for days in (0..28_i64).rev() {
        let until = now.plus_seconds(-days * 86_400);
        let (these, later) = rest
            .split_at_checked(rest.partition_point(|one| one.asked_at <= until))
            .unwrap_or((rest, &[]));
        // The middle of the day, so that an hour more or less when the clocks change is no matter.
        let day = weekday(calendar, until.plus_seconds(-43_200));
        if let Some(sum) = weekdays.get_mut(day) {
            *sum = sum.saturating_add(count(these.len()));
        }
        rest = later;
    }
    PerDay { all: count(messages.len()) / 20, weekdays: weekdays.map(|sum| sum / 4) }
}

/// The open stretches of the window, with the working time passed before each.
struct Stretches(Vec<(Open, i64, Slot)>);

impl Stretches {
    /// All that begin before `now`, and the next one after it.
    fn new(calendar: &Calendar, since: Timestamp, now: Timestamp) -> Self {
        let mut stretches = Vec::new();
        let mut passed = 0_i64;
        for open in calendar.open_from(since) {
            stretches.push((open, passed, Slot::of(calendar, open.from, true)));
            passed = passed.saturating_add(open.until.seconds_since(open.from));
            if open.from >= now {
                break;
            }
        }
        Self(stretches)
    }

    /// Working seconds of the window up to a moment.
    fn passed(&self, at: Timestamp) -> i64 {
        let begun = self.0.partition_point(|(open, ..)| open.from <= at);
        match begun.checked_sub(1).and_then(|last| self.0.get(last)) {
            Some((open, before, _)) => {
                before.saturating_add(at.min(open.until).seconds_since(open.from))
            }
            None => 0,
        }
    }

    /// When the team could first see a message sent at that moment.
    fn slot(&self, at: Timestamp) -> Option<Slot> {
        let over = self.0.partition_point(|(open, ..)| open.until <= at);
        let (open, _, begins) = self.0.get(over)?;
        if at <= open.from {
            return Some(*begins);
        }
        let minutes = u16::try_from(at.seconds_since(open.from) / 60).unwrap_or(0);
        Some(Slot { minute: begins.minute.saturating_add(minutes), closed: false, ..*begins })
    }
}
