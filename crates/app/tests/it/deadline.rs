//! An answer is owed by the team's own hours, a holiday moves what is open, and nothing becomes late
//! without somebody being told first.

use app::{deadline, thread, work};
use domain::access::Actor;
use domain::calendar::{Day, Week};
use domain::deadline::Tier;
use domain::ids::{Id as _, ThreadId};
use domain::message::Line;
use domain::time::Timestamp;
use domain::work_item::{Level, WorkEventKind};
use store::access::Administer;
use store::sql;
use store::team_clock::{self, SpecialDate};

use crate::world::World;

pub const OFFICE: &str =
    "mon 08:00-17:00; tue 08:00-17:00; wed 08:00-17:00; thu 08:00-17:00; fri 08:00-17:00";

fn at(text: &str) -> Timestamp {
    text.parse::<jiff::Timestamp>().unwrap().into()
}

/// The first team works from Monday to Friday by day in New York and answers within nine hours.
pub fn by_day(world: &World) {
    let team = world.team;
    world
        .app
        .write(&Actor::system(), move |cx| {
            let permit = cx.authorize::<Administer>(())?;
            let week = Week::parse(OFFICE).unwrap();
            Ok(team_clock::set(cx.tx(), &permit, team, &week, 540, 80)?)
        })
        .unwrap();
}

fn due(world: &World, thread: ThreadId) -> Timestamp {
    let actor = world.actor(world.nils);
    let view = world.app.read(&actor, |cx| thread::view(cx, thread, i64::MAX, 50)).unwrap();
    view.items.iter().map(|item| item.due_at).min().unwrap()
}

fn told(world: &World, thread: ThreadId) -> Vec<Option<String>> {
    let actor = world.actor(world.nils);
    let view = world.app.read(&actor, |cx| thread::view(cx, thread, i64::MAX, 50)).unwrap();
    let steps = view.custody.into_iter().filter(|step| step.kind == WorkEventKind::Escalated);
    steps.map(|step| step.to_person).collect()
}

fn late_notices(world: &World) -> i64 {
    world
        .app
        .db()
        .read(|tx| {
            tx.query_one(sql!("SELECT count(*) FROM notice WHERE kind = 'late'"), &[])?.get(0)
        })
        .unwrap_or_else(|error: store::db::DbError| panic!("{error}"))
}

#[test]
fn an_answer_is_owed_in_the_hours_of_the_team() {
    for world in World::all() {
        by_day(&world);
        // Sunday noon: the clock begins on Monday at 8 and ends at 5.
        let thread = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        assert_eq!(due(&world, thread), at("2026-11-23T22:00:00Z"));
        // Writing again wins and loses nothing.
        world.clock.set(at("2026-11-23T15:00:00Z"));
        world.replies(world.ana, thread, "Still dizzy.");
        assert_eq!(due(&world, thread), at("2026-11-23T22:00:00Z"));
        // Passed on: what was promised stays promised, though the other team never sleeps.
        let (nils, other) = (world.actor(world.nils), world.other_team);
        world
            .app
            .write(&nils, move |cx| {
                work::set_level(cx, thread, Level::TODAY, None, None)?;
                let reason = Line::parse("Heart medicine").unwrap();
                work::pass(cx, thread, other, &reason, None)
            })
            .unwrap();
        let eve = world.actor(world.eve);
        let view = world.app.read(&eve, |cx| thread::view(cx, thread, i64::MAX, 50)).unwrap();
        let found = view.items.iter().map(|item| item.due_at).min().unwrap();
        assert_eq!(found, at("2026-11-23T19:00:11Z"), "four hours from when it was raised");
    }
}

#[test]
fn open_deadlines_follow_a_changed_calendar() {
    for world in World::all() {
        by_day(&world);
        let thread = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        let team = world.team;
        let put = move |day: &'static str, hours: &'static str| {
            move |cx: &mut app::Cx<'_, '_>| {
                let permit = cx.authorize::<Administer>(())?;
                let date = SpecialDate {
                    day: day.parse().unwrap(),
                    hours: Day::parse(hours).unwrap(),
                    name: "Inventory".to_owned(),
                };
                team_clock::put_date(cx.tx(), &permit, team.as_uuid(), &date)?;
                Ok(team_clock::changed(cx.tx(), &permit, team.as_uuid())?)
            }
        };
        world.app.write(&Actor::system(), put("2026-11-23", "")).unwrap();
        assert_eq!(due(&world, thread), at("2026-11-23T22:00:00Z"), "nobody has looked yet");
        assert_eq!(deadline::follow_settings(&world.app).unwrap(), 1);
        assert_eq!(deadline::follow_settings(&world.app).unwrap(), 0);
        assert_eq!(due(&world, thread), at("2026-11-24T22:00:00Z"), "Tuesday");
        world.app.write(&Actor::system(), put("2026-11-23", "08:00-12:00")).unwrap();
        deadline::follow_settings(&world.app).unwrap();
        assert_eq!(due(&world, thread), at("2026-11-24T18:00:00Z"), "half a Monday counts");
    }
}

#[test]
fn the_next_tier_is_told_before_an_answer_is_late_and_each_tier_once() {
    for world in World::all() {
        by_day(&world);
        let thread = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        let (team, dora, nils) = (world.team, world.dora, world.nils);
        world
            .app
            .write(&Actor::system(), move |cx| {
                cx.tx().execute_one(
                    sql!(
                        "UPDATE membership SET is_lead = TRUE WHERE team_id = $1 AND person_id = $2"
                    ),
                    &[&team, &nils],
                )?;
                cx.tx().execute_one(
                    sql!("UPDATE care_team SET last_resort_person_id = $2 WHERE id = $1"),
                    &[&team, &dora],
                )?;
                Ok(())
            })
            .unwrap();
        // 80% of nine hours from 8 o'clock is 15:12.
        world.clock.set(at("2026-11-23T20:11:59Z"));
        assert_eq!(deadline::escalate_due(&world.app).unwrap(), 0);
        world.clock.set(at("2026-11-23T20:12:00Z"));
        assert_eq!(deadline::escalate_due(&world.app).unwrap(), 1);
        assert_eq!(deadline::escalate_due(&world.app).unwrap(), 0, "told once");
        assert_eq!(told(&world, thread), [Some("Nils Lee".to_owned())]);
        world.clock.set(at("2026-11-23T22:00:00Z"));
        assert_eq!(deadline::escalate_due(&world.app).unwrap(), 1);
        assert_eq!(deadline::escalate_due(&world.app).unwrap(), 0);
        let both = [Some("Nils Lee".to_owned()), Some("Dora Park".to_owned())];
        assert_eq!(told(&world, thread), both);
        assert_eq!(late_notices(&world), 2);
        // A clock that is set back tells nobody again.
        world.clock.set(at("2026-11-23T15:00:00Z"));
        assert_eq!(deadline::escalate_due(&world.app).unwrap(), 0);
        // The patient does not read who was told.
        let ana = world.actor(world.ana);
        let view = world.app.read(&ana, |cx| thread::view(cx, thread, i64::MAX, 50)).unwrap();
        assert!(view.custody.iter().all(|step| step.kind != WorkEventKind::Escalated));
    }
}

#[test]
fn an_answer_stops_the_clock_and_a_new_message_starts_another() {
    for world in World::all() {
        by_day(&world);
        let thread = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        world.clock.set(at("2026-11-23T15:00:00Z"));
        world.replies(world.dora, thread, "Sit down first.");
        world.clock.set(at("2026-11-24T22:00:00Z"));
        assert_eq!(deadline::escalate_due(&world.app).unwrap(), 0, "nothing is owed");
        world.replies(world.ana, thread, "Thank you. And now?");
        assert_eq!(due(&world, thread), at("2026-11-25T22:00:00Z"));
        world.clock.set(at("2026-11-25T22:00:00Z"));
        // Without a lead and without a last resort everybody who may answer is told: two people.
        assert_eq!(deadline::escalate_due(&world.app).unwrap(), 1);
        assert_eq!(told(&world, thread), [None]);
        assert_eq!(late_notices(&world), 2);
        assert_eq!(deadline::escalate_due(&world.app).unwrap(), 1, "the last resort, at once");
        assert_eq!(late_notices(&world), 2, "one mail each for one clock");
        let tiers = Tier::ALL.len();
        assert_eq!(told(&world, thread).len(), tiers);
    }
}
