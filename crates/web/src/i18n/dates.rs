//! Dates and times in words, in the time zone of the site that cares for the patient.
//!
//! Patterns are Fluent messages (`date-*`), so each language orders day, month and hour its own way.
//! Deliberately absent: the browser's zone. "Answer by 4 pm" means the clinic's 4 pm.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::Locale;

/// A moment as a page shows it: `<time datetime="{iso}">{text}</time>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct When {
    /// RFC 3339 with the site's offset, or a plain date.
    pub iso: String,
    /// The words people read.
    pub text: String,
}

/// A date of the calendar as it is known: "March 5, 1964" for `YYYY-MM-DD`, "March 1964" for `YYYY-MM`. A text of
/// another shape (a year alone) stays as it is.
pub fn calendar_date(locale: Locale, text: &str) -> When {
    let month = |date: Date| locale.t(&format!("month-{}", date.month()));
    let words = match (text.parse::<Date>(), format!("{text}-01").parse::<Date>()) {
        (Ok(date), _) => {
            let (month, day, year) = (month(date), i32::from(date.day()), date.year().to_string());
            locale.t_args("date-day-year", &[("month", &month), ("day", &day), ("year", &year)])
        }
        (Err(_), Ok(first)) => {
            locale.t2("date-month-year", "month", month(first), "year", first.year().to_string())
        }
        (Err(_), Err(_)) => text.to_owned(),
    };
    When { iso: text.to_owned(), text: words }
}

/// How exact a record says when something was.
enum Said {
    Day(Date),
    /// A month or a year.
    Part,
    /// A moment, or nothing that a calendar knows.
    Moment,
}

fn date_of(said: &str) -> Said {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    match (said.len(), said.split_once('-')) {
        (10, _) => said.parse().map_or(Said::Moment, Said::Day),
        (7, Some((year, month))) if digits(year) && digits(month) => Said::Part,
        (4, None) if digits(said) => Said::Part,
        _ => Said::Moment,
    }
}

/// The clock on the wall of a site: its zone, and the moment the page is made.
#[derive(Clone, Debug)]
pub struct SiteTime {
    zone: TimeZone,
    now: Zoned,
}

impl SiteTime {
    /// `zone` is an IANA name ("America/New_York"; an unknown one counts as UTC), `now_micros` is
    /// microseconds since 1970 UTC.
    pub fn new(zone: &str, now_micros: i64) -> Self {
        let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
        let now = zoned(now_micros, &zone);
        Self { zone, now }
    }

    /// In a letter's head: "Monday, November 20, 4:40 pm", "Today, 9:12 am"; with the year when it is
    /// not this year. `micros` is microseconds since 1970 UTC.
    pub fn full(&self, locale: Locale, micros: i64) -> When {
        let at = zoned(micros, &self.zone);
        let time = clock(locale, &at);
        let text = match self.days_ago(&at) {
            0 => locale.t1("date-today-at", "time", time),
            1 => locale.t1("date-yesterday-at", "time", time),
            _ => locale.t2("date-day-at", "day", self.day_words(locale, at.date()), "time", time),
        };
        When { iso: iso(&at), text }
    }

    /// On paper, which may be read in any year: "November 20, 2026, 4:40 pm". `micros` is microseconds
    /// since 1970 UTC.
    pub fn dated(&self, locale: Locale, micros: i64) -> When {
        let at = zoned(micros, &self.zone);
        let month = locale.t(&format!("month-{}", at.month()));
        let day = locale.t_args(
            "date-day-year",
            &[("month", &month), ("day", &i32::from(at.day())), ("year", &at.year().to_string())],
        );
        let text = locale.t2("date-day-at", "day", day, "time", clock(locale, &at));
        When { iso: iso(&at), text }
    }

    /// What a record says of when, as exact as it says it: a moment as [`SiteTime::dated`], a date as
    /// [`calendar_date`].
    pub fn recorded(&self, locale: Locale, text: &str) -> When {
        match text.parse::<Timestamp>() {
            Ok(moment) => self.dated(locale, moment.as_microsecond()),
            Err(_) => calendar_date(locale, text),
        }
    }

    /// The day of what a record says happened, as exact as it says it: a date without a time of day is that date in
    /// every zone, a month or a year stays one. `micros` is the moment where the text names none.
    pub fn recorded_day(&self, locale: Locale, said: &str, micros: i64) -> When {
        match date_of(said) {
            Said::Day(date) => self.day_of(locale, date),
            Said::Part => calendar_date(locale, said),
            Said::Moment => self.day(locale, micros),
        }
    }

    /// [`SiteTime::recorded_day`] for a list: "Yesterday", "Nov 18", "Nov 18, 2025", and of a moment of today its hour.
    pub fn recorded_short(&self, locale: Locale, said: &str, micros: i64) -> When {
        match date_of(said) {
            Said::Day(date) => {
                let at = date.to_zoned(self.zone.clone()).unwrap_or_else(|_| self.now.clone());
                let text = match self.days_ago(&at) {
                    0 => locale.t("date-today"),
                    _ => self.short(locale, at.timestamp().as_microsecond()).text,
                };
                When { iso: said.to_owned(), text }
            }
            Said::Part => calendar_date(locale, said),
            Said::Moment => self.short(locale, micros),
        }
    }

    /// In a list: "9:12 am" today, "Yesterday", "Nov 18", "Nov 18, 2025".
    pub fn short(&self, locale: Locale, micros: i64) -> When {
        let at = zoned(micros, &self.zone);
        let text = match self.days_ago(&at) {
            0 => clock(locale, &at),
            1 => locale.t("date-yesterday"),
            _ => {
                let month = locale.t(&format!("month-short-{}", at.month()));
                let key =
                    if at.year() == self.now.year() { "date-short" } else { "date-short-year" };
                locale.t_args(
                    key,
                    &[
                        ("month", &month),
                        ("day", &i32::from(at.day())),
                        ("year", &at.year().to_string()),
                    ],
                )
            }
        };
        When { iso: iso(&at), text }
    }

    /// The hour alone: "9:12 am", "16:40".
    pub fn clock(&self, locale: Locale, micros: i64) -> When {
        let at = zoned(micros, &self.zone);
        When { iso: iso(&at), text: clock(locale, &at) }
    }

    /// The day alone: "October 28", "October 28, 2025".
    pub fn day(&self, locale: Locale, micros: i64) -> When {
        self.day_of(locale, zoned(micros, &self.zone).date())
    }

    fn day_of(&self, locale: Locale, date: Date) -> When {
        let month = locale.t(&format!("month-{}", date.month()));
        let key = if date.year() == self.now.year() { "date-day" } else { "date-day-year" };
        let text = locale.t_args(
            key,
            &[
                ("month", &month),
                ("day", &i32::from(date.day())),
                ("year", &date.year().to_string()),
            ],
        );
        When { iso: date.to_string(), text }
    }

    /// Since when something has been so, inside a sentence: "9:12 am" today, else "October 28".
    pub fn since(&self, locale: Locale, micros: i64) -> When {
        if self.days_ago(&zoned(micros, &self.zone)) == 0 {
            self.clock(locale, micros)
        } else {
            self.day(locale, micros)
        }
    }

    /// A moment to come, inside a sentence: "4:40 pm today", "4:40 pm tomorrow",
    /// "Monday, November 23, 4:40 pm".
    pub fn until(&self, locale: Locale, micros: i64) -> When {
        let at = zoned(micros, &self.zone);
        let time = clock(locale, &at);
        let text = match self.days_ago(&at) {
            0 => locale.t1("date-until-today", "time", time),
            -1 => locale.t1("date-until-tomorrow", "time", time),
            _ => locale.t2("date-day-at", "day", self.day_words(locale, at.date()), "time", time),
        };
        When { iso: iso(&at), text }
    }

    /// A moment to come on a tile: "today at 8:00 am", "tomorrow at 8:00 am", "Monday at 8:00 am" within
    /// six days, else "Monday, November 30, 8:00 am".
    pub fn coming(&self, locale: Locale, micros: i64) -> When {
        let at = zoned(micros, &self.zone);
        let time = clock(locale, &at);
        let text = match self.days_ago(&at) {
            0 => locale.t1("date-coming-today", "time", time),
            -1 => locale.t1("date-coming-tomorrow", "time", time),
            -6..=-2 => {
                let weekday = at.date().weekday().to_monday_one_offset();
                let weekday = locale.t(&format!("weekday-{weekday}"));
                locale.t2("date-coming-weekday", "weekday", weekday, "time", time)
            }
            _ => locale.t2("date-day-at", "day", self.day_words(locale, at.date()), "time", time),
        };
        When { iso: iso(&at), text }
    }

    /// The day somebody is back, inside a sentence: "tomorrow", "Monday" within six days, else "October 28".
    pub fn back(&self, locale: Locale, micros: i64) -> When {
        let at = zoned(micros, &self.zone);
        let text = match self.days_ago(&at) {
            0 => locale.t("date-back-today"),
            -1 => locale.t("date-back-tomorrow"),
            -6..=-2 => {
                let weekday = at.date().weekday().to_monday_one_offset();
                locale.t1("date-back-weekday", "weekday", locale.t(&format!("weekday-{weekday}")))
            }
            _ => self.day(locale, micros).text,
        };
        When { iso: at.date().to_string(), text }
    }

    /// Whether a moment is on today's date, or at the midnight that ends it.
    pub fn is_today(&self, micros: i64) -> bool {
        self.days_ago(&zoned(micros.saturating_sub(1), &self.zone)) == 0
    }

    /// A deadline in a list: "4:40 pm today", "4:40 pm tomorrow", "Yesterday, 4:40 pm",
    /// "Nov 18, 4:40 pm".
    pub fn deadline(&self, locale: Locale, micros: i64) -> When {
        let at = zoned(micros, &self.zone);
        let day = self.short(locale, micros).text;
        match self.days_ago(&at) {
            0 | -1 => self.until(locale, micros),
            1 => self.full(locale, micros),
            _ => {
                let text = locale.t2("date-day-at", "day", day, "time", clock(locale, &at));
                When { iso: iso(&at), text }
            }
        }
    }

    /// "Monday, November 20", with the year when it is not this year.
    fn day_words(&self, locale: Locale, date: Date) -> String {
        let weekday = locale.t(&format!("weekday-{}", date.weekday().to_monday_one_offset()));
        let month = locale.t(&format!("month-{}", date.month()));
        let key = if date.year() == self.now.year() { "date-weekday" } else { "date-weekday-year" };
        locale.t_args(
            key,
            &[
                ("weekday", &weekday),
                ("month", &month),
                ("day", &i32::from(date.day())),
                ("year", &date.year().to_string()),
            ],
        )
    }

    /// Whole calendar days from `at` to now: 0 today, 1 yesterday, -1 tomorrow.
    fn days_ago(&self, at: &Zoned) -> i32 {
        at.date().until(self.now.date()).map_or(i32::MAX, |span| span.get_days())
    }
}

fn zoned(micros: i64, zone: &TimeZone) -> Zoned {
    // A moment outside jiff's range (years -9999 to 9999) cannot be stored; the epoch stands for it.
    Timestamp::from_microsecond(micros).unwrap_or_default().to_zoned(zone.clone())
}

fn iso(at: &Zoned) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

fn clock(locale: Locale, at: &Zoned) -> String {
    let (hour, half) = match at.hour() {
        0 => (12, "am"),
        hour @ 1..=11 => (hour, "am"),
        12 => (12, "pm"),
        hour => (hour - 12, "pm"),
    };
    locale.t_args(
        "date-clock",
        &[
            ("hour24", &at.hour().to_string()),
            ("hour12", &hour.to_string()),
            ("half", &half),
            ("minute", &format!("{:02}", at.minute())),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_that_date_west_and_east_of_greenwich() {
        let (english, spanish) = (Locale::english(), Locale::by_tag("es").unwrap());
        let at = |text: &str| text.parse::<Timestamp>().map(Timestamp::as_microsecond).unwrap();
        let midnight = at("2026-03-05T00:00:00Z");
        for zone in ["America/Los_Angeles", "America/New_York", "UTC", "Pacific/Auckland"] {
            let time = SiteTime::new(zone, at("2026-11-22T12:00:00Z"));
            let day = |locale, said| time.recorded_day(locale, said, midnight).text;
            let short = |locale, said| time.recorded_short(locale, said, midnight).text;
            assert_eq!(day(english, "2026-03-05"), "March 5", "{zone}");
            assert_eq!(day(english, "2025-03-05"), "March 5, 2025", "{zone}");
            assert_eq!(day(spanish, "2026-03-05"), "5 de marzo", "{zone}");
            assert_eq!(short(english, "2026-03-05"), "Mar 5", "{zone}");
            assert_eq!(
                (day(english, "2026-03"), short(english, "2026")),
                ("March 2026".into(), "2026".into())
            );
        }
        // A moment is that of the site, and a day that is today has no hour.
        let time = SiteTime::new("America/New_York", at("2026-03-05T20:00:00Z"));
        assert_eq!(time.recorded_short(english, "2026-03-05", midnight).text, "Today");
        assert_eq!(time.recorded_short(spanish, "2026-03-04", midnight).text, "Ayer");
        let said = "2026-03-05T03:10:00Z";
        assert_eq!(time.recorded_day(english, said, at(said)).text, "March 4");
        assert_eq!(time.recorded_day(english, "", at(said)).text, "March 4");
        assert_eq!(time.recorded_day(english, "about 1999", at(said)).text, "March 4");
    }
}
