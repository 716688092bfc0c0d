//! An administrator changes how a team works, and open work follows; what cannot work is refused.

use app::admin::team::{self, SettingsInput};
use app::{Error, FieldError, deadline};
use domain::access::Role;
use domain::calendar::Week;
use domain::ids::CareTeamId;
use domain::thread::Category;
use domain::work_item::Level;

use crate::world::World;

fn input(world: &World, of: CareTeamId) -> SettingsInput {
    world
        .app
        .read(&domain::access::Actor::system(), |cx| Ok(team::settings(cx, of)?.input()))
        .unwrap()
}

fn faults(result: app::Result<()>) -> Vec<FieldError> {
    match result {
        Err(Error::Invalid(faults)) => faults,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_administrator_changes_a_team_and_open_work_follows() {
    for world in World::all() {
        let ada = world.actor(world.add_person(Role::Administrator, "Ada Novak"));
        let (team, nils) = (world.team, world.nils);
        let thread = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        let due = |of| {
            let view =
                world.app.read(&world.actor(of), |cx| app::thread::view(cx, thread, i64::MAX, 50));
            view.unwrap().items[0].due_at
        };
        let before = due(nils);
        let new = SettingsInput {
            name: "Sugar team".to_owned(),
            week: Week::parse("tue 09:00-12:00").unwrap(),
            answer_minutes: 60,
            escalate_percent: 50,
            leads: [nils].into(),
            last_resort: Some(world.dora),
            successor: Some(world.other_team),
            ..input(&world, team)
        };
        let typed = new.clone();
        world.app.write(&ada, move |cx| team::set(cx, team, &typed)).unwrap();
        world
            .app
            .write(&ada, move |cx| {
                team::set_target(cx, team, ((Some(Category::Symptom), Level::SOON), 120))?;
                team::set_target(cx, team, ((None, Level::WHENEVER), 90))?;
                team::remove_target(cx, team, None, Level::WHENEVER)
            })
            .unwrap();
        let known = world.app.read(&ada, |cx| team::settings(cx, team)).unwrap();
        assert_eq!(known.team.name, "Sugar team");
        assert_eq!(known.input().leads, new.leads);
        assert_eq!((known.last_resort, known.successor), (new.last_resort, new.successor));
        assert_eq!(known.targets, [((Some(Category::Symptom), Level::SOON), 120)]);
        while deadline::follow_settings(&world.app).unwrap() > 0 {}
        let after = due(nils);
        // Sunday noon: two hours of working time are over on Tuesday at 11 in New York.
        assert_ne!(before, after);
        assert_eq!(after.to_jiff().to_string(), "2026-11-24T16:00:00Z");
    }
}

#[test]
fn what_cannot_work_is_refused_and_changes_nothing() {
    for world in World::all() {
        let ada = world.actor(world.add_person(Role::Administrator, "Ada Novak"));
        let fred = world.add_person(Role::Desk, "Fred Moss");
        world.join(world.team, fred, "desk");
        let (team, other, eve) = (world.team, world.other_team, world.eve);
        let good = input(&world, team);
        let set = |of: CareTeamId, input: SettingsInput| {
            world.app.write(&ada, move |cx| team::set(cx, of, &input))
        };
        let wrong = SettingsInput {
            answer_minutes: 0,
            escalate_percent: 100,
            leads: [fred].into(),
            last_resort: Some(eve),
            successor: Some(team),
            ..good.clone()
        };
        let named: Vec<&str> = faults(set(team, wrong)).iter().map(|fault| fault.field).collect();
        let all = ["answer_minutes", "escalate_percent", "leads", "last_resort", "successor"];
        assert_eq!(named, all);
        // A line of successors that comes back leads nowhere.
        set(other, SettingsInput { successor: Some(team), ..input(&world, other) }).unwrap();
        let back = SettingsInput { successor: Some(other), ..good.clone() };
        assert_eq!(faults(set(team, back)), [FieldError::new("successor", "circle")]);
        let empty = SettingsInput { name: " ".to_owned(), ..good.clone() };
        assert_eq!(faults(set(team, empty)), [FieldError::new("name", "empty")]);
        let code = SettingsInput { name: "FAM_MED_2".to_owned(), ..good.clone() };
        assert_eq!(faults(set(team, code)), [FieldError::new("name", "code")]);
        let long = world
            .app
            .write(&ada, move |cx| team::set_target(cx, team, ((None, Level::NOW), 43_201)));
        assert_eq!(faults(long), [FieldError::new("target_hours", "range")]);
        let now = input(&world, team);
        assert_eq!((now.name, now.week, now.leads), (good.name, good.week, good.leads));
        // Hours that never open, or cannot be read, are named day by day.
        let mut days: [String; 7] = Default::default();
        let closed = team::read_days(&days).map(|_| ());
        assert_eq!(faults(closed), [FieldError::new("hours_mon", "never-opens")]);
        (days[1], days[6]) = ("17:00-08:00".to_owned(), "noon".to_owned());
        let unread = faults(team::read_days(&days).map(|_| ()));
        let named: Vec<&str> = unread.iter().map(|fault| fault.field).collect();
        assert_eq!(named, ["hours_tue", "hours_sun"]);
        // Nobody else sees or sets it.
        for stranger in [world.ana, world.nils, world.dora] {
            let actor = world.actor(stranger);
            let seen = world.app.read(&actor, |cx| team::settings(cx, team));
            assert!(matches!(seen, Err(Error::NotFound | Error::Forbidden)), "{seen:?}");
            let input = input(&world, team);
            let set = world.app.write(&actor, move |cx| team::set(cx, team, &input));
            assert!(matches!(set, Err(Error::NotFound | Error::Forbidden)), "{set:?}");
        }
    }
}
