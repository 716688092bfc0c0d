//! When will I hear: a team's own answers are noted as they happen, and what is said follows from them.

use app::{forecast, thread, work};
use domain::access::Actor;
use domain::forecast::Forecast;
use domain::ids::{AnswerTimeId, CareTeamId, Id as _, ThreadId};
use domain::message::Line;
use domain::thread::Category;
use domain::time::Timestamp;
use domain::work_item::{Level, Outcome};
use store::db::DbError;
use store::team_forecast;
use store::{sql, work_item::Asked};

use crate::deadline::by_day;
use crate::world::World;

/// Monday, 23 November 2026, 10 o'clock in New York.
const MONDAY: Timestamp = Timestamp::from_seconds(1_795_446_000);
const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;

/// Question number `n` of the story: two on each working day, answered within two and a half hours.
fn asked_and_answered(world: &World, n: i64) {
    let day = n / 2;
    let at = MONDAY.plus_seconds((day / 5 * 7 + day % 5) * DAY + n % 2 * 3 * HOUR);
    world.clock.set(at);
    let thread = world.ana_writes("Sugar", "My sugar is high.").thread;
    world.clock.set(at.plus_seconds(HOUR + n % 7 * 900));
    world.replies(world.dora, thread, "Please drink water.");
}

fn before_sending(world: &World, team: CareTeamId) -> Forecast {
    let ana = world.actor(world.ana);
    world.app.read(&ana, |cx| forecast::before_sending(cx, team, Category::Other)).unwrap()
}

fn answers(world: &World, team: CareTeamId) -> Vec<domain::forecast::Answer> {
    world
        .app
        .db()
        .read(|tx| team_forecast::list_answers(tx, team, MONDAY.plus_seconds(-DAY), 100))
        .unwrap_or_else(|error: DbError| panic!("{error}"))
}

fn asked(world: &World, thread: ThreadId, by: Actor) -> Option<Asked> {
    let view = world.app.read(&by, |cx| thread::view(cx, thread, i64::MAX, 50)).unwrap();
    view.items.first().and_then(|item| item.asked)
}

#[test]
fn a_team_with_few_answers_is_new_and_one_with_many_says_what_is_usual() {
    for world in World::all() {
        by_day(&world);
        let team = world.team;
        assert!(matches!(before_sending(&world, team), Forecast::NewTeam { .. }), "nothing known");
        for n in 0..19 {
            asked_and_answered(&world, n);
        }
        world.pass_seconds(2 * HOUR);
        assert_eq!(forecast::rebuild(&world.app).unwrap(), 3, "one summary per team");
        assert_eq!(forecast::rebuild(&world.app).unwrap(), 0, "they are fresh");
        assert!(matches!(before_sending(&world, team), Forecast::NewTeam { .. }), "19 answers");
        for n in 19..25 {
            asked_and_answered(&world, n);
        }
        world.pass_seconds(2 * HOUR);
        assert_eq!(forecast::rebuild(&world.app).unwrap(), 3);
        let now = world.app.now();
        match before_sending(&world, team) {
            Forecast::Usual { half_by, most_by, latest } => {
                assert!(now < half_by, "{half_by}");
                assert!(half_by <= most_by && most_by <= latest, "{half_by} {most_by} {latest}");
            }
            other => panic!("{other:?}"),
        }
        let other = before_sending(&world, world.other_team);
        assert!(matches!(other, Forecast::NewTeam { .. }), "a team learns from its own answers");
    }
}

#[test]
fn what_was_said_is_kept_with_the_work_and_comes_back_with_the_answer() {
    for world in World::all() {
        by_day(&world);
        for n in 0..25 {
            asked_and_answered(&world, n);
        }
        assert!(answers(&world, world.team).iter().all(|answer| answer.said.is_none()));
        world.pass_seconds(2 * HOUR);
        forecast::rebuild(&world.app).unwrap();
        let told = before_sending(&world, world.team).lines().unwrap();
        let thread = world.ana_writes("Sugar", "And now?").thread;
        let kept = asked(&world, thread, world.actor(world.nils)).unwrap();
        let said = kept.said.unwrap();
        // The message is held for ten seconds; lines are rounded up to five minutes.
        let near =
            |said: Timestamp, told: Timestamp| (0..=1_800).contains(&said.seconds_since(told));
        assert!(near(said.half_by, told.0) && near(said.most_by, told.1), "{said:?} {told:?}");
        // Writing again changes nothing of what was said.
        world.pass_seconds(HOUR);
        world.replies(world.ana, thread, "Please.");
        assert_eq!(asked(&world, thread, world.actor(world.nils)), Some(kept));
        world.replies(world.dora, thread, "Drink water.");
        assert_eq!(asked(&world, thread, world.actor(world.nils)), None, "nothing is asked now");
        let newest = answers(&world, world.team);
        let newest = newest.first().unwrap();
        assert_eq!((newest.asked_at, newest.level, newest.said), (kept.at, kept.level, kept.said));
        assert_eq!(newest.answered_at, world.app.now());
        // More words of the team's answer nothing.
        world.replies(world.dora, thread, "And rest.");
        assert_eq!(answers(&world, world.team).len(), 26);
    }
}

#[test]
fn somebody_away_never_makes_it_earlier() {
    for world in World::all() {
        by_day(&world);
        // The second half is asked when there is something to say, so that the load of then is known.
        for n in 0..40 {
            if n == 20 {
                forecast::rebuild(&world.app).unwrap();
            }
            asked_and_answered(&world, n);
        }
        world.pass_seconds(2 * HOUR);
        forecast::rebuild(&world.app).unwrap();
        for _ in 0..4 {
            world.ana_writes("Sugar", "And now?");
        }
        world.pass_seconds(61);
        let (half, most) = before_sending(&world, world.team).lines().unwrap();
        let (now, dora) = (world.app.now(), world.dora);
        world
            .app
            .write(&Actor::system(), move |cx| {
                let id: AnswerTimeId = cx.new_id()?;
                cx.tx().execute_one(
                    sql!(
                        "INSERT INTO absence (id, person_id, from_at, until_at, made_at) \
                         VALUES ($1, $2, $3, $4, $3)"
                    ),
                    &[&id, &dora, &now.plus_seconds(-DAY), &now.plus_seconds(9 * DAY)],
                )?;
                Ok(())
            })
            .unwrap();
        let load = |at| {
            let read = world.app.db().read(|tx| team_forecast::load(tx, world.team, at));
            read.unwrap_or_else(|error: DbError| panic!("{error}"))
        };
        assert_eq!((load(now).people_on_duty_now, load(now).people_usually), (1, 2));
        assert_eq!(load(now).open_items_now, 4);
        assert_eq!(load(now.plus_seconds(10 * DAY)).people_on_duty_now, 2);
        // What was read holds for a minute; a moment earlier it is read anew.
        world.clock.set(Timestamp::from_micros(now.micros() - 1));
        let (half_after, most_after) = before_sending(&world, world.team).lines().unwrap();
        assert!(half <= half_after && most <= most_after, "{half_after} {most_after}");
        assert!((half, most) != (half_after, most_after), "half the people make a difference");
    }
}

#[test]
fn a_call_is_an_answer_and_handing_over_is_none() {
    for world in World::all() {
        by_day(&world);
        world.clock.set(MONDAY);
        let called = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        let passed = world.ana_writes("Heart", "It beats fast.").thread;
        let (nils, other) = (world.actor(world.nils), world.other_team);
        world.pass_seconds(HOUR);
        world
            .app
            .write(&nils, move |cx| {
                work::close(cx, called, Outcome::Order, None, None)?;
                let reason = Line::parse("Heart medicine").unwrap();
                work::pass(cx, passed, other, &reason, None)
            })
            .unwrap();
        let known = answers(&world, world.team);
        assert_eq!(known.len(), 1, "the call");
        let open = |team| {
            let read =
                world.app.db().read(|tx| team_forecast::list_unanswered(tx, team, MONDAY, 9));
            read.unwrap_or_else(|error: DbError| panic!("{error}"))
        };
        assert!(open(world.team).is_empty());
        let theirs = open(other);
        let theirs = theirs.first().unwrap();
        assert_eq!(theirs.asked_at, world.app.now(), "for the other team it begins here");
        world.pass_seconds(HOUR);
        world.replies(world.eve, passed, "Come in today.");
        assert_eq!(answers(&world, other).len(), 1);
    }
}

#[test]
fn raised_urgency_keeps_what_was_said_and_brings_the_promise_forward() {
    for world in World::all() {
        by_day(&world);
        world.clock.set(MONDAY);
        let thread = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        let before = asked(&world, thread, world.actor(world.nils));
        let nils = world.actor(world.nils);
        world
            .app
            .write(&nils, move |cx| work::set_level(cx, thread, Level::TODAY, None, None))
            .unwrap();
        assert!(before.is_some());
        assert_eq!(asked(&world, thread, world.actor(world.nils)), before);
        // A line that the promise has overtaken is not shown as usual any more.
        let said = domain::forecast::Said {
            half_by: MONDAY.plus_seconds(2 * HOUR),
            most_by: MONDAY.plus_seconds(6 * HOUR),
            per_person: 100,
        };
        let late = forecast::still(Some(said), MONDAY.plus_seconds(9 * HOUR));
        assert!(matches!(late, Forecast::Usual { .. }), "{late:?}");
        let early = forecast::still(Some(said), MONDAY.plus_seconds(4 * HOUR));
        assert!(matches!(early, Forecast::Behind { .. }), "{early:?}");
    }
}

#[test]
fn nothing_kept_names_a_patient() {
    for world in World::all() {
        by_day(&world);
        let mut threads = Vec::new();
        for n in 0..3 {
            asked_and_answered(&world, n);
            threads.push(world.ana_writes("Sugar", "quetzal-body").thread);
        }
        world.pass_seconds(2 * HOUR);
        forecast::rebuild(&world.app).unwrap();
        let kept: Vec<String> = world
            .app
            .db()
            .read(|tx| {
                let rows = tx.query(sql!("SELECT summary FROM team_forecast"), &[])?;
                rows.iter().map(|row| row.get(0)).collect::<Result<_, _>>()
            })
            .unwrap_or_else(|error: DbError| panic!("{error}"));
        assert_eq!(kept.len(), 3);
        let ids = [world.ana.as_uuid(), world.ana_patient.as_uuid(), world.dora.as_uuid()];
        let ids = ids.into_iter().map(|id| id.to_string());
        let ids = ids.chain(threads.iter().map(ToString::to_string));
        let secrets = ids.chain(["Ana", "quetzal", "Sugar"].map(str::to_owned));
        for secret in secrets {
            assert!(kept.iter().all(|text| !text.contains(&secret)), "{secret}");
        }
        // No answer is tied to a thread by an id that stands elsewhere.
        let tied: i64 = world
            .app
            .db()
            .read(|tx| {
                tx.query_one(
                    sql!(
                        "SELECT count(*) FROM answer_time a WHERE EXISTS \
                         (SELECT 1 FROM work_event e WHERE e.id = a.id) OR EXISTS \
                         (SELECT 1 FROM message m WHERE m.id = a.id)"
                    ),
                    &[],
                )?
                .get(0)
            })
            .unwrap_or_else(|error: DbError| panic!("{error}"));
        assert_eq!(tied, 0);
    }
}
