//! What always holds of a forecast, whatever comes in.

use domain::calendar::{Calendar, Day, Week};
use domain::forecast::{Answer, Asking, Forecast, Load, Said, Summary, Unanswered, forecast};
use domain::time::Timestamp;
use domain::work_item::Level;
use jiff::ToSpan as _;
use proptest::collection::vec;
use proptest::prelude::*;

/// A Wednesday, 14:00 in New York.
const NOW: i64 = 1_777_485_600;
const DAY: i64 = 86_400;
const WEEK: &str = "mon 08:00-12:00 13:00-17:00; tue 08:00-17:00; thu 10:15-18:20; fri 08:00-24:00";

fn calendar(week: &str) -> Calendar {
    Calendar::new(super::clinic::ZONE, Week::parse(week).unwrap(), []).unwrap()
}

fn asking(now: i64, latest: i64) -> Asking {
    Asking {
        now: Timestamp::from_seconds(now),
        level: Level::SOON,
        load: Load { open_items_now: 9, people_on_duty_now: 2, people_usually: 3 },
        latest: Timestamp::from_seconds(latest),
    }
}

fn answer(ago: i64, took: i64, level: i64) -> Answer {
    let asked_at = Timestamp::from_seconds(NOW - ago);
    let answered_at = asked_at.plus_seconds(took);
    Answer { asked_at, answered_at, level: Level::new(level).unwrap(), said: None }
}

prop_compose! {
    /// Mostly plausible.
    fn answers()(rows in vec((1..27 * DAY, 0..5 * DAY, 1..=4_i64), 20..120)) -> Vec<Answer> {
        rows.into_iter().map(|(ago, took, level)| answer(ago, took.min(ago), level)).collect()
    }
}

prop_compose! {
    fn any_time()(seconds in prop_oneof![
        4 => NOW - 40 * DAY..NOW + 10 * DAY,
        1 => Just(0), 1 => Just(i64::MAX), 1 => Just(i64::MIN), 1 => any::<i64>(),
    ], micros in any::<bool>()) -> Timestamp {
        if micros { Timestamp::from_micros(seconds) } else { Timestamp::from_seconds(seconds) }
    }
}

prop_compose! {
    fn any_answer()(asked_at in any_time(), answered_at in any_time(), level in 1..=4_i64,
        said in proptest::option::of((any_time(), any_time(), any::<u32>()))) -> Answer {
        let said = said.map(|(half_by, most_by, per_person)| Said { half_by, most_by, per_person });
        Answer { asked_at, answered_at, level: Level::new(level).unwrap(), said }
    }
}

fn lines(shown: Forecast) -> (Timestamp, Timestamp) {
    shown.lines().unwrap()
}

/// Whether a moment lies in open time or is the moment of closing.
fn in_open_time(calendar: &Calendar, at: Timestamp) -> bool {
    calendar.is_open(at) || calendar.is_open(Timestamp::from_micros(at.micros() - 1))
}

proptest! {
    #[test]
    fn lines_are_ordered_ahead_and_in_open_time(answers in answers(), now in NOW..NOW + 9 * DAY) {
        let calendar = calendar(WEEK);
        let asking = asking(now, now + 3 * DAY);
        let shown = forecast(&answers, &[], &calendar, &asking);
        prop_assert_eq!(shown, forecast(&answers, &[], &calendar, &asking));
        prop_assume!(shown.lines().is_some());
        let (half, most) = lines(shown);
        prop_assert!(asking.now < half && half <= most);
        prop_assert!(in_open_time(&calendar, half) && in_open_time(&calendar, most));
        prop_assert_eq!(half.seconds() % 300, 0);
        prop_assert_eq!(matches!(shown, Forecast::Behind { .. }), most > asking.latest);
        prop_assert_eq!(shown.latest(), asking.latest);
    }

    #[test]
    fn a_slow_answer_never_makes_it_earlier(answers in answers(), ago in 1..27 * DAY, level in 1..=4_i64) {
        let calendar = calendar(WEEK);
        let asking = asking(NOW, NOW);
        let before = lines(forecast(&answers, &[], &calendar, &asking));
        let slowest = answers.iter().map(|one| calendar.working_seconds(one.asked_at, one.answered_at)).max();
        let slow = answer(ago, ago, level);
        prop_assume!(Some(calendar.working_seconds(slow.asked_at, slow.answered_at)) >= slowest);
        let (mut more, open) = (answers.clone(), Unanswered { asked_at: slow.asked_at, level: slow.level, said: None });
        more.push(slow);
        let after = lines(forecast(&more, &[], &calendar, &asking));
        prop_assert!(before.0 <= after.0 && before.1 <= after.1);
        // One that is still open after as long says no less.
        let after = lines(forecast(&answers, &[open], &calendar, &asking));
        prop_assert!(before.0 <= after.0 && before.1 <= after.1);
    }

    #[test]
    fn nothing_that_comes_in_breaks_it(
        answers in vec(any_answer(), 0..60),
        now in any_time(),
        latest in any_time(),
        load in any::<(u32, u32, u32)>(),
    ) {
        let calendar = calendar(WEEK);
        let open = answers
            .iter()
            .map(|one| Unanswered { asked_at: one.answered_at, level: one.level, said: one.said })
            .collect::<Vec<_>>();
        let load = Load { open_items_now: load.0, people_on_duty_now: load.1, people_usually: load.2 };
        let asking = Asking { now, level: Level::NOW, load, latest };
        let first = Summary::build(&answers, &open, &calendar, Timestamp::from_seconds(NOW), None);
        let next = Summary::build(&answers, &open, &calendar, now, Some(&first));
        for summary in [first, next] {
            if let Some((half, most)) = summary.forecast(&calendar, &asking).lines() {
                prop_assert!(now <= half && half <= most);
            }
        }
    }
}

#[test]
fn a_new_team_has_only_its_promise() {
    let calendar = calendar(WEEK);
    let asking = asking(NOW, NOW + DAY);
    let known = (1..=40).map(|n| answer(n * 3 * 3_600, 3_600, 3)).collect::<Vec<_>>();
    let new = Forecast::NewTeam { latest: asking.latest };
    assert_eq!(forecast(&[], &[], &calendar, &asking), new);
    assert_eq!(forecast(&known[..19], &[], &calendar, &asking), new);
    assert!(forecast(&known[..20], &[], &calendar, &asking).lines().is_some());
    // Answers before the window, before their question or after now are none.
    let unreal = known
        .iter()
        .map(|one| Answer { asked_at: Timestamp::from_seconds(NOW - 29 * DAY), ..*one });
    assert_eq!(forecast(&unreal.collect::<Vec<_>>(), &[], &calendar, &asking), new);
    let unreal =
        known.iter().map(|one| Answer { answered_at: one.asked_at.plus_seconds(-1), ..*one });
    assert_eq!(forecast(&unreal.collect::<Vec<_>>(), &[], &calendar, &asking), new);
    let unreal = known.iter().map(|one| Answer { answered_at: Timestamp::FOREVER, ..*one });
    assert_eq!(forecast(&unreal.collect::<Vec<_>>(), &[], &calendar, &asking), new);
}

#[test]
fn open_messages_count_against_hope() {
    let calendar = calendar(
        "mon 00:00-24:00; tue 00:00-24:00; wed 00:00-24:00; thu 00:00-24:00; fri 00:00-24:00",
    );
    let asking = asking(NOW, NOW + DAY);
    let known = (1..=40).map(|n| answer(n * 3_600, 600, 3)).collect::<Vec<_>>();
    let open =
        known.iter().map(|one| Unanswered { asked_at: one.asked_at, level: one.level, said: None });
    let hopeful = lines(forecast(&known, &[], &calendar, &asking));
    let honest = lines(forecast(&known, &open.collect::<Vec<_>>(), &calendar, &asking));
    assert!(hopeful.1 < honest.1, "{hopeful:?} {honest:?}");
}

#[test]
fn a_team_that_never_opens_again_has_only_its_promise() {
    let first = jiff::civil::date(2026, 4, 29);
    let closed = (1..400).map(|n| (first + n.days(), Day::default()));
    let calendar =
        Calendar::new(super::clinic::ZONE, Week::parse("tue 08:00-17:00").unwrap(), closed)
            .unwrap();
    let known = (1..=40).map(|n| answer(n * 3_600, 600, 3)).collect::<Vec<_>>();
    let asking = asking(NOW, NOW + DAY);
    assert_eq!(
        forecast(&known, &[], &calendar, &asking),
        Forecast::NewTeam { latest: asking.latest }
    );
}

#[test]
fn misses_move_the_next_lines_later_and_kept_lines_earlier() {
    let calendar = calendar(
        "mon 00:00-24:00; tue 00:00-24:00; wed 00:00-24:00; thu 00:00-24:00; fri 00:00-24:00",
    );
    let asking = asking(NOW, NOW + 9 * DAY);
    let known = |said: i64| {
        let of = |one: &Answer| Said {
            half_by: one.asked_at.plus_seconds(said),
            most_by: one.asked_at.plus_seconds(said),
            per_person: 0,
        };
        let plain = (1..=200)
            .map(|n| answer(n * 3_600, 1_800 + n * 400, 3))
            .filter(|one| one.answered_at.seconds() <= NOW);
        plain.map(|one| Answer { said: Some(of(&one)), ..one }).collect::<Vec<_>>()
    };
    let after = |said: i64, before: i64| {
        let answers = known(said);
        let before =
            Summary::build(&answers, &[], &calendar, Timestamp::from_seconds(NOW - before), None);
        let summary =
            Summary::build(&answers, &[], &calendar, Timestamp::from_seconds(NOW), Some(&before));
        lines(summary.forecast(&calendar, &asking)).1
    };
    let (missed, plain, kept) = (after(60, 5 * DAY), after(60, 0), after(20 * DAY, 5 * DAY));
    assert!(kept < plain && plain < missed, "{kept} {plain} {missed}");
}

#[test]
fn a_hundred_thousand_answers_are_a_small_summary() {
    let calendar = calendar(WEEK);
    let known = (0..100_000).map(|n| answer(n * 24 + 1, n % 90_000, 1 + n % 4)).collect::<Vec<_>>();
    let summary = Summary::build(&known, &[], &calendar, Timestamp::from_seconds(NOW), None);
    assert!(
        summary.kept() <= 1_000 && summary.answers() > 90_000,
        "{} {}",
        summary.kept(),
        summary.answers()
    );
    assert!(summary.forecast(&calendar, &asking(NOW, NOW)).lines().is_some());
}

/// A job keeps it as a text.
#[test]
fn a_summary_can_be_stored() {
    const fn stored<T: serde::Serialize + serde::de::DeserializeOwned>() {}
    stored::<Summary>();
    stored::<Said>();
}
