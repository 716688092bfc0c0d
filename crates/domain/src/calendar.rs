//! Business hours: when a team is at work, and working time reckoned from them.
//!
//! A calendar is a week of opening hours, dates that differ from it (holidays, short days) and a time
//! zone. An instant is open when the clock on the wall there stands inside the hours of its date, so a
//! day on which the clocks change has as much working time as the wall showed: an hour that is skipped
//! is not worked, one that comes twice is worked twice. Deliberately absent: whose calendar it is, and
//! what is due (`deadline`).

use std::collections::BTreeMap;
use std::fmt;

use jiff::ToSpan as _;
use jiff::civil::{DateTime, Weekday};
use jiff::tz::{Offset, TimeZone};

use crate::time::Timestamp;

mod holidays;
mod opening;

pub use jiff::civil::Date;

pub use holidays::{Holiday, HolidayProblem, Unreadable, holidays};
pub use opening::Opening;

/// Minutes in a day.
const DAY_MINUTES: u16 = 1_440;

/// How many days a search for working time walks at most: twenty years, far beyond any target.
const DAYS_MAX: u16 = 7_305;

/// Why a calendar cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// No day of the week has opening hours: nothing would ever be due.
    #[error("the calendar never opens")]
    NeverOpens,
    /// The time zone is none of the IANA database.
    #[error("unknown time zone {0}")]
    Zone(String),
    /// A day is none of mon, tue, wed, thu, fri, sat, sun, or stands twice.
    #[error("unknown or repeated day {0}")]
    Day(String),
    /// Hours are not written as 08:00-17:00, end before they begin, or overlap.
    #[error("hours that cannot be read: {0}")]
    Hours(String),
}

/// Opening hours of one day: minutes after midnight, `from` inclusive and `to` exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hours {
    from: u16,
    to: u16,
}

impl Hours {
    /// Takes minutes after midnight; `None` unless `from < to <= 1440`.
    pub const fn new(from: u16, to: u16) -> Option<Self> {
        if from < to && to <= DAY_MINUTES { Some(Self { from, to }) } else { None }
    }

    /// The first open minute after midnight.
    pub const fn from(self) -> u16 {
        self.from
    }

    /// The first minute after midnight that is closed again; 1440 is midnight.
    pub const fn to(self) -> u16 {
        self.to
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (a, b) = (self.from, self.to);
        write!(f, "{:02}:{:02}-{:02}:{:02}", a / 60, a % 60, b / 60, b % 60)
    }
}

/// The hours of one day, in order and apart; empty is closed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Day(Vec<Hours>);

impl Day {
    /// Takes hours in any order. Errors: `Hours` when two overlap.
    pub fn new(mut hours: Vec<Hours>) -> Result<Self, CalendarError> {
        hours.sort_unstable();
        let overlap = hours.iter().zip(hours.iter().skip(1)).find(|(a, b)| a.to > b.from);
        match overlap {
            Some((_, late)) => Err(CalendarError::Hours(late.to_string())),
            None => Ok(Self(hours)),
        }
    }

    /// Reads `08:00-12:00 13:00-17:00`; an empty text is a closed day.
    pub fn parse(text: &str) -> Result<Self, CalendarError> {
        let hours = text
            .split_whitespace()
            .map(|part| parse_hours(part).ok_or_else(|| CalendarError::Hours(part.to_owned())))
            .collect::<Result<Vec<_>, _>>()?;
        Self::new(hours)
    }

    /// The hours, in order.
    pub fn hours(&self) -> &[Hours] {
        &self.0
    }

    /// Whether nobody is there all day.
    pub const fn is_closed(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, hours) in self.0.iter().enumerate() {
            write!(f, "{}{hours}", if n == 0 { "" } else { " " })?;
        }
        Ok(())
    }
}

fn parse_hours(text: &str) -> Option<Hours> {
    let (from, to) = text.split_once('-')?;
    Hours::new(parse_minutes(from)?, parse_minutes(to)?)
}

fn parse_minutes(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let digits = |part: &str| {
        let plain = matches!(part.len(), 1 | 2) && part.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| part.parse::<u16>().ok()).flatten()
    };
    let (hour, minute) = (digits(hour)?, digits(minute)?);
    let total = hour.checked_mul(60)?.checked_add(minute)?;
    (minute < 60 && total <= DAY_MINUTES).then_some(total)
}

/// The days of a week, Monday first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Week([Day; 7]);

/// How the days are written, Monday first.
pub const DAY_CODES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl Week {
    /// Takes the days, Monday first. Errors: `NeverOpens` when all are closed.
    pub fn new(days: [Day; 7]) -> Result<Self, CalendarError> {
        if days.iter().all(Day::is_closed) {
            return Err(CalendarError::NeverOpens);
        }
        Ok(Self(days))
    }

    /// Reads `mon 08:00-17:00; tue 08:00-12:00 13:00-17:00`; days left out are closed.
    pub fn parse(text: &str) -> Result<Self, CalendarError> {
        let mut days: [Option<Day>; 7] = Default::default();
        for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
            let (name, hours) = part.split_once(char::is_whitespace).unwrap_or((part, ""));
            let slot = DAY_CODES
                .iter()
                .position(|code| *code == name)
                .and_then(|at| days.get_mut(at))
                .filter(|slot| slot.is_none())
                .ok_or_else(|| CalendarError::Day(name.to_owned()))?;
            *slot = Some(Day::parse(hours)?);
        }
        Self::new(days.map(Option::unwrap_or_default))
    }

    /// The hours of a weekday.
    pub fn day(&self, weekday: Weekday) -> &Day {
        let at = usize::try_from(weekday.to_monday_zero_offset()).unwrap_or(0);
        self.0.get(at).unwrap_or(&self.0[0])
    }

    /// The days, Monday first.
    pub const fn days(&self) -> &[Day; 7] {
        &self.0
    }
}

impl fmt::Display for Week {
    /// The form that [`Week::parse`] reads; closed days are left out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let open = DAY_CODES.iter().zip(&self.0).filter(|(_, day)| !day.is_closed());
        for (n, (code, day)) in open.enumerate() {
            write!(f, "{}{code} {day}", if n == 0 { "" } else { "; " })?;
        }
        Ok(())
    }
}

/// A stretch of open time, `[from, until)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Open {
    /// When it opens.
    pub from: Timestamp,
    /// When it closes.
    pub until: Timestamp,
}

/// When a team is at work.
#[derive(Debug, Clone)]
pub struct Calendar {
    zone: TimeZone,
    week: Week,
    /// Dates whose hours differ from the week's.
    dates: BTreeMap<Date, Day>,
}

impl Calendar {
    /// Takes an IANA time zone name, the week and the dates that differ from it.
    /// Errors: `Zone` when the name is unknown.
    pub fn new(
        zone: &str,
        week: Week,
        dates: impl IntoIterator<Item = (Date, Day)>,
    ) -> Result<Self, CalendarError> {
        let zone = TimeZone::get(zone).map_err(|_| CalendarError::Zone(zone.to_owned()))?;
        Ok(Self { zone, week, dates: dates.into_iter().collect() })
    }

    /// The date that the clock on the wall shows at an instant.
    pub fn date_of(&self, at: Timestamp) -> Date {
        self.zone.to_datetime(at.to_jiff()).date()
    }

    /// What the clock on the wall shows at an instant.
    pub fn wall(&self, at: Timestamp) -> DateTime {
        self.zone.to_datetime(at.to_jiff())
    }

    /// The hours of a date.
    pub fn hours_on(&self, date: Date) -> &Day {
        self.dates.get(&date).unwrap_or_else(|| self.week.day(date.weekday()))
    }

    /// Whether the team is at work at an instant.
    pub fn is_open(&self, at: Timestamp) -> bool {
        let local = self.zone.to_datetime(at.to_jiff());
        let time = local.time();
        let minute = u16::try_from(time.hour()).unwrap_or(0) * 60
            + u16::try_from(time.minute()).unwrap_or(0);
        self.hours_on(local.date()).0.iter().any(|hours| (hours.from..hours.to).contains(&minute))
    }

    /// The first open instant at or after `at`; `FOREVER` when twenty years pass without one.
    pub fn next_open(&self, at: Timestamp) -> Timestamp {
        self.open_from(at).next().map_or(Timestamp::FOREVER, |open| open.from)
    }

    /// The instant at which `seconds` of working time have passed since `from`; `FOREVER` when twenty
    /// years do not hold as many. No working time (or less than none) is over at the first open instant.
    pub fn plus_working(&self, from: Timestamp, seconds: i64) -> Timestamp {
        let mut left = seconds.max(0).saturating_mul(crate::time::MICROS_PER_SECOND);
        for open in self.open_from(from) {
            let length = open.until.micros().saturating_sub(open.from.micros());
            if left <= length {
                return Timestamp::from_micros(open.from.micros().saturating_add(left));
            }
            left = left.saturating_sub(length);
        }
        Timestamp::FOREVER
    }

    /// The same dates, each of those on which the team works at all from midnight to midnight: for what runs by
    /// day and night and stands still on a weekend or holiday.
    #[must_use]
    pub fn whole_days(&self) -> Self {
        let all_day = Day(vec![Hours { from: 0, to: 1_440 }]);
        let whole = |day: &Day| if day.is_closed() { Day::default() } else { all_day.clone() };
        Self {
            zone: self.zone.clone(),
            week: Week(self.week.0.each_ref().map(whole)),
            dates: self.dates.iter().map(|(date, day)| (*date, whole(day))).collect(),
        }
    }

    /// Seconds of working time in `[from, until)`, rounded down; 0 when `until` is not later.
    pub fn working_seconds(&self, from: Timestamp, until: Timestamp) -> i64 {
        let micros = self
            .open_from(from)
            .take_while(|open| open.from < until)
            .map(|open| open.until.min(until).micros().saturating_sub(open.from.micros()))
            .fold(0_i64, i64::saturating_add);
        micros.div_euclid(crate::time::MICROS_PER_SECOND)
    }

    /// The open stretches from `at` on, in order and apart, cut at `at`.
    pub fn open_from(&self, at: Timestamp) -> impl Iterator<Item = Open> + '_ {
        let first = self.date_of(at);
        (0..DAYS_MAX)
            .map_while(move |n| first.checked_add(i64::from(n).days()).ok())
            .flat_map(move |date| self.open_on(date))
            .filter(move |open| open.until > at)
            .map(move |open| Open { from: open.from.max(at), until: open.until })
    }

    /// The open stretches of one date. The date is cut where the zone's offset changes; inside such a
    /// part the wall runs evenly and the hours are moved by its offset.
    fn open_on(&self, date: Date) -> Vec<Open> {
        let day = self.hours_on(date);
        if day.is_closed() {
            return Vec::new();
        }
        let Some(next) = date.tomorrow().ok() else { return Vec::new() };
        let (Some(begins), Some(ends)) = (self.midnight(date), self.midnight(next)) else {
            return Vec::new();
        };
        let mut open = Vec::with_capacity(day.0.len());
        let mut from = begins;
        let (offset, last) = (self.zone.to_offset(begins), self.zone.to_offset(ends));
        let turns = (offset != last).then(|| self.zone.following(begins));
        let mut now = offset;
        for turn in turns.into_iter().flatten().take_while(|turn| turn.timestamp() < ends) {
            add_open(&mut open, day, date, now, (from, turn.timestamp()));
            (from, now) = (turn.timestamp(), turn.offset());
        }
        add_open(&mut open, day, date, now, (from, ends));
        open
    }

    fn midnight(&self, date: Date) -> Option<jiff::Timestamp> {
        self.zone
            .to_ambiguous_timestamp(date.to_datetime(jiff::civil::Time::midnight()))
            .compatible()
            .ok()
    }
}

/// Adds the hours of `date` that lie inside `part`, in which the wall stands `offset` from UTC.
fn add_open(
    open: &mut Vec<Open>,
    day: &Day,
    date: Date,
    offset: Offset,
    part: (jiff::Timestamp, jiff::Timestamp),
) {
    for hours in &day.0 {
        let (Some(from), Some(until)) =
            (instant(date, hours.from, offset), instant(date, hours.to, offset))
        else {
            continue;
        };
        let (from, until) = (from.max(part.0), until.min(part.1));
        if from < until {
            open.push(Open { from: from.into(), until: until.into() });
        }
    }
}

fn instant(date: Date, minute: u16, offset: Offset) -> Option<jiff::Timestamp> {
    let midnight: DateTime = date.to_datetime(jiff::civil::Time::midnight());
    offset.to_timestamp(midnight.checked_add(i64::from(minute).minutes()).ok()?).ok()
}

#[cfg(test)]
mod tests;
