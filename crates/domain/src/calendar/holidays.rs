//! Holidays out of an iCalendar file (RFC 5545), as countries and school boards publish them.
//!
//! Only whole days are read: `VEVENT` with `DTSTART` and `DTEND` (or a `DURATION` in days or weeks),
//! `SUMMARY`, `STATUS`, `EXDATE`, and an `RRULE` that comes back every year on a date or on the nth
//! weekday of a month. An event that says more than that is reported with its line and left out, never
//! guessed. Deliberately absent: times of day, alarms, invitations, time zones of events.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};

/// A day on which the team is away, and what it is called.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Holiday {
    /// The date where the team is.
    pub date: Date,
    /// Its name as the file gives it; may be empty.
    pub name: String,
}

/// Why an event was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It has no DTSTART, or one that is no date.
    #[error("no start date")]
    Start,
    /// It has a time of day; only whole days are holidays.
    #[error("not a whole day")]
    TimeOfDay,
    /// Its end is no date, lies before its start, or more than 31 days after it.
    #[error("an end that cannot be used")]
    End,
    /// Its rule of repetition is none of the yearly ones.
    #[error("a repetition other than every year")]
    Rule,
}

/// An event that was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HolidayProblem {
    /// The line of its BEGIN:VEVENT, from 1.
    pub line: usize,
    /// Its name; may be empty.
    pub name: String,
    /// Why.
    pub why: Unreadable,
}

/// Longest holiday taken, in days: a longer one is a mistake or a closed practice.
const DAYS_MAX: i32 = 31;

/// Reads the holidays of `[from, to]`, in order and each once, and the events that were left out.
/// A text without any event gives two empty lists.
pub fn holidays(text: &str, from: Date, to: Date) -> (Vec<Holiday>, Vec<HolidayProblem>) {
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    for event in events(text) {
        if event.value("STATUS") == "CANCELLED" {
            continue;
        }
        let name = unescaped(event.value("SUMMARY"));
        match dates(&event, from, to) {
            Ok(dates) => {
                found.extend(dates.into_iter().map(|date| Holiday { date, name: name.clone() }));
            }
            Err(why) => problems.push(HolidayProblem { line: event.line, name, why }),
        }
    }
    found.sort();
    found.dedup_by(|late, early| late.date == early.date);
    (found, problems)
}

/// The properties of one VEVENT by upper-case name, without their parameters but for `VALUE`.
#[derive(Debug, Default)]
struct Event {
    line: usize,
    values: BTreeMap<String, String>,
}

impl Event {
    fn value(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }
}

fn events(text: &str) -> Vec<Event> {
    let mut found = Vec::new();
    let mut open: Option<Event> = None;
    // Parts of an event, such as its alarms, have properties of the same names.
    let mut inner = 0_usize;
    for (line, content) in unfolded(text) {
        let Some((head, value)) = content.split_once(':') else { continue };
        let name = head.split(';').next().unwrap_or(head).to_ascii_uppercase();
        match (name.as_str(), value.trim().to_ascii_uppercase().as_str(), open.is_some()) {
            ("BEGIN", "VEVENT", _) => {
                (open, inner) = (Some(Event { line, ..Event::default() }), 0);
            }
            ("END", "VEVENT", true) => found.extend(open.take()),
            ("BEGIN", _, true) => inner = inner.saturating_add(1),
            ("END", _, true) => inner = inner.saturating_sub(1),
            (_, _, true) if inner == 0 => {
                if let Some(event) = &mut open {
                    add(event, name, value.trim());
                }
            }
            _ => {}
        }
    }
    found
}

/// Several EXDATE lines are one list; of any other property the first counts.
fn add(event: &mut Event, name: String, value: &str) {
    if name == "EXDATE"
        && let Some(known) = event.values.get_mut(&name)
    {
        known.push(',');
        known.push_str(value);
        return;
    }
    event.values.entry(name).or_insert_with(|| value.to_owned());
}

/// Lines put together again: one that begins with a space or tab continues the one before (RFC 5545 3.1).
fn unfolded(text: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    for (n, line) in text.lines().enumerate() {
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(rest), Some((_, before))) => before.push_str(rest),
            _ => lines.push((n.saturating_add(1), line.to_owned())),
        }
    }
    lines
}

/// TEXT without its escapes (RFC 5545 3.3.11); a line break becomes a space.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some('n' | 'N') => plain.push(' '),
                Some(other) => plain.push(other),
                None => {}
            },
            control if control.is_control() => plain.push(' '),
            other => plain.push(other),
        }
    }
    plain.trim().to_owned()
}

fn dates(event: &Event, from: Date, to: Date) -> Result<Vec<Date>, Unreadable> {
    let start = event.value("DTSTART");
    if start.contains('T') && date(start.split('T').next().unwrap_or("")).is_some() {
        return Err(Unreadable::TimeOfDay);
    }
    let start = date(start).ok_or(Unreadable::Start)?;
    let length = length(event, start)?;
    let starts = match event.value("RRULE") {
        "" => vec![start],
        rule => Rule::parse(rule, start).ok_or(Unreadable::Rule)?.starts(start, to),
    };
    let except: Vec<Date> =
        event.value("EXDATE").split(',').filter_map(|d| date(d.trim())).collect();
    Ok(starts
        .into_iter()
        .filter(|start| !except.contains(start))
        .flat_map(|start| (0..length).filter_map(move |n| start.checked_add(n.days()).ok()))
        .filter(|date| (from..=to).contains(date))
        .collect())
}

/// Days it takes: DTEND is the first day after it, and one day is meant where nothing is said.
fn length(event: &Event, start: Date) -> Result<i32, Unreadable> {
    let days = match (event.value("DTEND"), event.value("DURATION")) {
        ("", "") => 1,
        ("", duration) => duration_days(duration).ok_or(Unreadable::End)?,
        (end, _) => {
            let end = date(end).ok_or(Unreadable::End)?;
            (end - start).get_days()
        }
    };
    // Some publishers write the same day as start and end of a holiday.
    let days = if days == 0 { 1 } else { days };
    if (1..=DAYS_MAX).contains(&days) { Ok(days) } else { Err(Unreadable::End) }
}

fn duration_days(text: &str) -> Option<i32> {
    let body = text.strip_prefix('P')?;
    match (body.strip_suffix('D'), body.strip_suffix('W')) {
        (Some(days), _) => days.parse().ok(),
        (_, Some(weeks)) => weeks.parse::<i32>().ok()?.checked_mul(7),
        _ => None,
    }
}

/// DATE: eight digits (RFC 5545 3.3.4).
fn date(text: &str) -> Option<Date> {
    if text.len() != 8 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (year, rest) = text.split_at_checked(4)?;
    let (month, day) = rest.split_at_checked(2)?;
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// When in a year it comes back.
#[derive(Debug, Clone, Copy)]
enum On {
    Date(i8, i8),
    NthWeekday(i8, i8, Weekday),
}

/// A repetition every `interval` years.
#[derive(Debug)]
struct Rule {
    on: On,
    interval: i16,
    until: Option<Date>,
    count: Option<usize>,
}

impl Rule {
    fn parse(text: &str, start: Date) -> Option<Self> {
        let (mut month, mut day, mut weekday) = (start.month(), None, None);
        let mut rule = Self { on: On::Date(0, 0), interval: 1, until: None, count: None };
        let mut yearly = false;
        for part in text.split(';') {
            let (name, value) = part.split_once('=')?;
            match name {
                "FREQ" => yearly = value == "YEARLY",
                "INTERVAL" => rule.interval = value.parse().ok().filter(|n| *n > 0)?,
                "UNTIL" => rule.until = Some(date(value.split('T').next()?)?),
                "COUNT" => rule.count = Some(value.parse().ok()?),
                "BYMONTH" => month = value.parse().ok()?,
                "BYMONTHDAY" => day = Some(value.parse().ok().filter(|day| *day > 0)?),
                "BYDAY" => weekday = Some(nth_weekday(value)?),
                "WKST" => {}
                _ => return None,
            }
        }
        rule.on = match (weekday, day) {
            (Some((n, weekday)), None) => On::NthWeekday(month, n, weekday),
            (None, day) => On::Date(month, day.unwrap_or_else(|| start.day())),
            (Some(_), Some(_)) => return None,
        };
        yearly.then_some(rule)
    }

    /// The first days, from `start` to `to`. A 29 February comes back only in leap years, as the RFC
    /// says of dates that do not exist.
    fn starts(&self, start: Date, to: Date) -> Vec<Date> {
        let until = self.until.map_or(to, |until| until.min(to));
        let mut found = Vec::new();
        let mut year = start.year();
        while year <= until.year() && self.count.is_none_or(|count| found.len() < count) {
            let next = match self.on {
                On::Date(month, day) => Date::new(year, month, day).ok(),
                On::NthWeekday(month, n, weekday) => Date::new(year, month, 1)
                    .ok()
                    .and_then(|first| first.nth_weekday_of_month(n, weekday).ok()),
            };
            found.extend(next.filter(|date| (start..=until).contains(date)));
            year = year.saturating_add(self.interval);
            if self.interval == i16::MAX {
                break;
            }
        }
        found
    }
}

/// `4TH` is the fourth Thursday, `-1MO` the last Monday. A weekday without a number is every week and
/// none of ours.
fn nth_weekday(text: &str) -> Option<(i8, Weekday)> {
    let at = text.len().checked_sub(2)?;
    let (n, name) = text.split_at_checked(at)?;
    let n = n.parse::<i8>().ok().filter(|n| matches!(n, -5..=-1 | 1..=5))?;
    let weekday = match name {
        "MO" => Weekday::Monday,
        "TU" => Weekday::Tuesday,
        "WE" => Weekday::Wednesday,
        "TH" => Weekday::Thursday,
        "FR" => Weekday::Friday,
        "SA" => Weekday::Saturday,
        "SU" => Weekday::Sunday,
        _ => return None,
    };
    Some((n, weekday))
}
