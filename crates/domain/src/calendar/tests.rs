//! Examples of each rule; the comparison with the slow telling stands in `tests/it/calendar.rs`.

use jiff::civil::{Date, date};

use super::*;

const OFFICE: &str = "mon 08:00-12:00 13:00-17:00; tue 08:00-17:00; wed 08:00-17:00; \
                      thu 08:00-17:00; fri 08:00-15:30";

fn at(text: &str) -> Timestamp {
    text.parse::<jiff::Timestamp>().unwrap().into()
}

fn office(closed: &[Date]) -> Calendar {
    let week = Week::parse(OFFICE).unwrap();
    let dates = closed.iter().map(|date| (*date, Day::default()));
    Calendar::new("America/New_York", week, dates).unwrap()
}

#[test]
fn a_week_reads_what_it_writes_and_refuses_the_rest() {
    let week = Week::parse(OFFICE).unwrap();
    assert_eq!(Week::parse(&week.to_string()).unwrap(), week);
    assert_eq!(week.day(Weekday::Sunday), &Day::default());
    for (text, error) in [
        ("", CalendarError::NeverOpens),
        ("mon", CalendarError::NeverOpens),
        ("lun 08:00-09:00", CalendarError::Day("lun".to_owned())),
        ("mon 08:00-09:00; mon 10:00-11:00", CalendarError::Day("mon".to_owned())),
        ("mon 09:00-08:00", CalendarError::Hours("09:00-08:00".to_owned())),
        ("mon 08:00-10:00 09:00-11:00", CalendarError::Hours("09:00-11:00".to_owned())),
        ("mon 08:00-24:01", CalendarError::Hours("08:00-24:01".to_owned())),
        ("mon 8-9", CalendarError::Hours("8-9".to_owned())),
        ("mon +8:00-09:00", CalendarError::Hours("+8:00-09:00".to_owned())),
        ("mon 08:60-10:00", CalendarError::Hours("08:60-10:00".to_owned())),
    ] {
        assert_eq!(Week::parse(text), Err(error), "{text}");
    }
    let error = Calendar::new("Mars/Olympus", week, []).err();
    assert_eq!(error, Some(CalendarError::Zone("Mars/Olympus".to_owned())));
}

#[test]
fn working_time_passes_over_lunch_nights_weekends_and_holidays() {
    let calendar = office(&[date(2026, 11, 26)]);
    // Wednesday 16:00 in New York: an hour on Wednesday, none on Thanksgiving, an hour on Friday.
    let due = calendar.plus_working(at("2026-11-25T21:00:00Z"), 2 * 3_600);
    assert_eq!(due, at("2026-11-27T14:00:00Z"));
    // Monday's lunch is no work.
    let due = calendar.plus_working(at("2026-11-23T16:30:00Z"), 3_600);
    assert_eq!(due, at("2026-11-23T18:30:00Z"));
    // What comes in the night begins in the morning; no time at all is over then.
    assert_eq!(
        calendar.plus_working(at("2026-11-21T05:00:00Z"), 0),
        at("2026-11-23T13:00:00Z"),
        "Saturday to Monday 08:00"
    );
    assert_eq!(
        calendar.working_seconds(at("2026-11-25T21:00:00Z"), at("2026-11-27T14:00:00Z")),
        7_200
    );
    assert_eq!(calendar.working_seconds(at("2026-11-27T14:00:00Z"), at("2026-11-25T21:00:00Z")), 0);
    assert!(calendar.is_open(at("2026-11-23T13:00:00Z")));
    assert!(!calendar.is_open(at("2026-11-23T17:30:00Z")), "lunch");
}

#[test]
fn a_night_shift_works_what_the_wall_shows_when_the_clocks_change() {
    let week = Week::parse("sun 00:00-06:00; mon 00:00-24:00").unwrap();
    let night = Calendar::new("America/New_York", week, []).unwrap();
    let hours = |from: &str, until: &str| night.working_seconds(at(from), at(until)) / 3_600;
    // 1 November 2026: 01:00 to 02:00 comes twice. 8 March 2026: 02:00 to 03:00 does not come.
    assert_eq!(hours("2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z"), 7);
    assert_eq!(hours("2026-03-08T00:00:00Z", "2026-03-09T00:00:00Z"), 5);
    // From the first 01:30: five hours and a half on Sunday, the rest on Monday.
    let due = night.plus_working(at("2026-11-01T05:30:00Z"), 7 * 3_600);
    assert_eq!(due, at("2026-11-02T06:30:00Z"));
}

#[test]
fn a_calendar_that_does_not_open_again_gives_the_end_of_time() {
    let calendar = office(&[]);
    let late: Timestamp = jiff::Timestamp::MAX.into();
    assert_eq!(calendar.next_open(late), Timestamp::FOREVER);
    assert_eq!(calendar.plus_working(Timestamp::EPOCH, i64::MAX), Timestamp::FOREVER);
    assert_eq!(calendar.next_open(Timestamp::FOREVER), Timestamp::FOREVER);
}

const CALENDAR: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n\
BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20261227\r\n\
SUMMARY:Christmas\\, and\r\n  a day after\r\nEND:VEVENT\r\n\
BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20201126\r\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH\r\n\
SUMMARY:Thanksgiving\r\nBEGIN:VALARM\r\nSUMMARY:not this\r\nEND:VALARM\r\nEND:VEVENT\r\n\
BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20200704\r\nRRULE:FREQ=YEARLY;UNTIL=20270101\r\n\
EXDATE;VALUE=DATE:20250704\r\nSUMMARY:Fourth of July\r\nEND:VEVENT\r\n\
BEGIN:VEVENT\r\nDTSTART:20261110T090000Z\r\nSUMMARY:Meeting\r\nEND:VEVENT\r\n\
BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261109\r\nRRULE:FREQ=WEEKLY\r\nSUMMARY:Mondays\r\nEND:VEVENT\r\n\
BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261101\r\nDTEND;VALUE=DATE:20270301\r\nEND:VEVENT\r\n\
BEGIN:VEVENT\r\nSTATUS:CANCELLED\r\nDTSTART;VALUE=DATE:20261111\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

#[test]
fn holidays_are_read_and_what_is_none_is_reported() {
    let (found, problems) = holidays(CALENDAR, date(2025, 7, 1), date(2027, 12, 31));
    let found: Vec<_> = found.iter().map(|h| (h.date.to_string(), h.name.as_str())).collect();
    assert_eq!(
        found,
        [
            ("2025-11-27".to_owned(), "Thanksgiving"),
            ("2026-07-04".to_owned(), "Fourth of July"),
            ("2026-11-26".to_owned(), "Thanksgiving"),
            ("2026-12-24".to_owned(), "Christmas, and a day after"),
            ("2026-12-25".to_owned(), "Christmas, and a day after"),
            ("2026-12-26".to_owned(), "Christmas, and a day after"),
            ("2027-11-25".to_owned(), "Thanksgiving"),
        ]
    );
    let problems: Vec<_> = problems.iter().map(|p| (p.name.as_str(), p.why)).collect();
    assert_eq!(
        problems,
        [("Meeting", Unreadable::TimeOfDay), ("Mondays", Unreadable::Rule), ("", Unreadable::End)]
    );
    assert_eq!(holidays("hello", date(2026, 1, 1), date(2026, 2, 1)), (vec![], vec![]));
}
