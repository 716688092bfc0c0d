//! Who is on duty is told first, and is named to colleagues; a roster that cannot be is refused.

use app::admin::team::{self, SettingsInput};
use app::roster::{self, Now};
use app::{Cx, Error, deadline, thread};
use domain::access::{Actor, Role};
use domain::calendar::Day;
use domain::ids::PersonId;
use domain::roster::{On, Shift};
use domain::work_item::WorkEventKind;

use crate::world::World;

fn shift(person: PersonId, on: &str, hours: &str) -> Shift {
    Shift { person, on: On::parse(on).unwrap(), hours: Day::parse(hours).unwrap() }
}

fn add(world: &World, actor: &Actor, shift: Shift) -> app::Result<()> {
    let team = world.team;
    world.app.write(actor, move |cx| roster::add(cx, team, &shift))
}

#[test]
fn those_on_duty_are_named_and_told_first() {
    for world in World::all() {
        let ada = world.actor(world.add_person(Role::Administrator, "Ada Novak"));
        let (team, nils, dora) = (world.team, world.nils, world.dora);
        let now = |who| world.app.read(&world.actor(who), |cx| roster::now(cx, team)).unwrap();
        assert_eq!(now(dora), Now::default(), "no roster is everybody");
        // Sunday noon in London is seven in the morning in New York.
        add(&world, &ada, shift(nils, "sun", "06:00-23:00")).unwrap();
        add(&world, &ada, shift(dora, "mon", "08:00-17:00")).unwrap();
        assert_eq!(now(dora).names, Some(vec!["Nils Lee".to_owned()]));
        let id = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        world.pass_seconds(8 * 3_600 - 60);
        assert_eq!(deadline::escalate_due(&world.app).unwrap(), 1);
        let view = world.app.read(&world.actor(dora), |cx| thread::view(cx, id, i64::MAX, 50));
        let told = view.unwrap().custody.into_iter().filter(|s| s.kind == WorkEventKind::Escalated);
        let told: Vec<Option<String>> = told.map(|step| step.to_person).collect();
        assert_eq!(told, [Some("Nils Lee".to_owned())], "no lead is named: whoever is on duty");
        // That Sunday is changed: nobody is on duty, and a date counts in place of the weekday.
        add(&world, &ada, shift(nils, "2026-11-22", "")).unwrap();
        assert_eq!(now(dora).names, Some(Vec::new()));
        let away = move |cx: &mut Cx<'_, '_>| {
            roster::remove(cx, team, nils, On::parse("2026-11-22").unwrap())
        };
        world.app.write(&ada, away).unwrap();
        assert_eq!(now(dora).names, Some(vec!["Nils Lee".to_owned()]));
        assert!(matches!(world.app.write(&ada, away), Err(Error::NotFound)));
    }
}

#[test]
fn a_roster_is_kept_by_leads_and_administrators_and_never_by_others() {
    for world in World::all() {
        let (team, nils, dora, eve) = (world.team, world.nils, world.dora, world.eve);
        let lead = move |cx: &mut Cx<'_, '_>| {
            let known = team::settings(cx, team)?.input();
            team::set(cx, team, &SettingsInput { leads: [dora].into(), ..known })
        };
        world.app.write(&Actor::system(), lead).unwrap();
        for stranger in [nils, eve, world.ana] {
            let actor = world.actor(stranger);
            let tried = add(&world, &actor, shift(nils, "sun", "06:00-23:00"));
            assert!(matches!(tried, Err(Error::NotFound | Error::Forbidden)), "{tried:?}");
            let seen = world.app.read(&actor, |cx| roster::view(cx, team));
            assert!(matches!(seen, Err(Error::NotFound | Error::Forbidden)), "{seen:?}");
        }
        let dora = world.actor(dora);
        add(&world, &dora, shift(nils, "sun", "06:00-23:00")).unwrap();
        let problem = |result: app::Result<()>| match result {
            Err(Error::Invalid(faults)) => (faults[0].field, faults[0].problem),
            other => panic!("{other:?}"),
        };
        let tries = [
            (shift(eve, "sun", "06:00-23:00"), ("person", "unknown")),
            (shift(nils, "sun", "23:00-24:00"), ("day", "taken")),
            (shift(nils, "2026-11-21", "06:00-23:00"), ("day", "past")),
            (shift(nils, "mon", ""), ("hours", "never")),
        ];
        for (wrong, expected) in tries {
            assert_eq!(problem(add(&world, &dora, wrong)), expected);
        }
        let seen = world.app.read(&dora, |cx| roster::view(cx, team)).unwrap();
        assert_eq!(seen.shifts.len(), 1);
        assert_eq!(seen.on_duty, ["Nils Lee"]);
    }
}
