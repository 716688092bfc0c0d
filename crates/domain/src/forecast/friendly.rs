//! From working time to a moment that can be said aloud.

use jiff::civil::DateTime;

use crate::calendar::{Calendar, Open};
use crate::time::{MICROS_PER_SECOND, Timestamp};

const MINUTE: i64 = 60;

/// How many open stretches a line reaches at most: far beyond any habit worth telling.
const STRETCHES_MAX: usize = 400;

/// How far ahead a line may lie: a year.
const HORIZON: i64 = 366 * 86_400;

/// The moments at which the given seconds of working time are over, rounded up to a friendly minute;
/// `half <= most` is expected. `None` when a year does not hold that much working time.
pub(super) fn lines(
    calendar: &Calendar,
    now: Timestamp,
    half: i64,
    most: i64,
) -> Option<(Timestamp, Timestamp)> {
    let horizon = now.plus_seconds(HORIZON);
    let wall = calendar.wall(now);
    let mut half_by = None;
    let mut passed = 0_i64;
    let ahead = calendar.open_from(now).take(STRETCHES_MAX).take_while(|open| open.from < horizon);
    for open in ahead {
        let end = passed.saturating_add(open.until.seconds_since(open.from));
        let line = |seconds: i64| {
            let at = open.from.plus_seconds(seconds.saturating_sub(passed));
            friendly(calendar, (now, wall), at, open)
        };
        if half_by.is_none() && half <= end {
            half_by = Some(line(half));
        }
        if most <= end
            && let Some(half_by) = half_by
        {
            return Some((half_by, line(most).max(half_by)));
        }
        passed = end;
    }
    None
}

/// The next full 5 minutes when that is less than 4 hours away, else the next quarter of an hour today and
/// the next half hour on another day; never past the end of the open stretch it lies in.
fn friendly(
    calendar: &Calendar,
    (now, today): (Timestamp, DateTime),
    at: Timestamp,
    open: Open,
) -> Timestamp {
    let wall = calendar.wall(at);
    let step = if at.seconds_since(now) < 4 * 3_600 {
        5 * MINUTE
    } else if wall.date() == today.date() {
        15 * MINUTE
    } else {
        30 * MINUTE
    };
    let second = i64::from(wall.hour()) * 3_600
        + i64::from(wall.minute()) * MINUTE
        + i64::from(wall.second());
    // Whole seconds first, upwards, so that the moment said is never before the moment meant.
    let whole = at.micros().div_euclid(MICROS_PER_SECOND);
    let begun = i64::from(at.micros().rem_euclid(MICROS_PER_SECOND) > 0);
    let missing = (-(second.saturating_add(begun))).rem_euclid(step).saturating_add(begun);
    Timestamp::from_seconds(whole.saturating_add(missing)).min(open.until)
}
