//! An answer that nobody opens: a second notice, a helper who may read it, the call list; reading ends it.

use app::contact::{self, Attempt, Delivery, With};
use app::{Cx, Error, read_back, thread};
use domain::access::{Actor, Role};
use domain::contact::{Brought, Tried};
use domain::ids::{ContactPointId, GrantId, PersonId, ThreadId};
use domain::read_back::Limits;
use domain::time::Timestamp;
use store::access::Administer;
use store::contact_point::{NewContactPoint, Slot};
use store::seal::{KeyOwner, Place};
use store::sql;

use crate::world::World;

const HOUR: i64 = 3_600;

/// Gives somebody a way to sign in.
fn signs_in(world: &World, person: PersonId) {
    let add = move |cx: &mut Cx<'_, '_>| {
        let now = cx.now();
        Ok(cx.tx().execute_one(
            sql!(
                "INSERT INTO credential (person_id, password_hash, password_changed_at, \
                 totp_last_step) VALUES ($1, 'x', $2, 0)"
            ),
            &[&person, &now],
        )?)
    };
    world.app.write(&Actor::system(), add).unwrap();
}

/// Gives somebody a mail address, their second one when it says so.
fn address(world: &World, person: PersonId, mail: &'static str, verified: bool, is_unsafe: bool) {
    let id: ContactPointId = world.app.new_id().unwrap();
    world.pass_seconds(1);
    let add = move |cx: &mut Cx<'_, '_>| {
        let permit = cx.authorize::<Administer>(())?;
        let place = Place::new("contact_point", &id, "value_sealed", 1);
        let value = cx.seal(KeyOwner::Person(person), &place, mail.as_bytes())?;
        let slot = if mail.starts_with("second") { Slot::Second } else { Slot::First };
        let new = NewContactPoint { id, kind: "email", slot, value: &value, verified };
        store::contact_point::add(cx.tx(), &permit, person, &new)?;
        Ok(cx.tx().execute_one(
            sql!("UPDATE contact_point SET is_unsafe = $2 WHERE id = $1"),
            &[&id, &is_unsafe],
        )?)
    };
    world.app.write(&Actor::system(), add).unwrap();
}

/// A helper of Ana's with an address, for all topics or for bills only.
fn helper(world: &World, name: &'static str, all_topics: bool, paused: bool) -> PersonId {
    let person = world.add_person(Role::Helper, name);
    signs_in(world, person);
    address(world, person, "helper@example.org", true, false);
    let (grant, patient): (GrantId, _) = (world.app.new_id().unwrap(), world.ana_patient);
    let add = move |cx: &mut Cx<'_, '_>| {
        let now = cx.now();
        cx.tx().execute_one(
            sql!(
                "INSERT INTO care_grant (id, patient_id, person_id, basis, rights, demographics, chart, \
                 threads, care_time, confidential, all_topics, paused, from_at, until_at, version, \
                 updated_at) VALUES ($1, $2, $3, 'helper', 'read', TRUE, TRUE, TRUE, TRUE, TRUE, $4, \
                 $5, $6, $7, 1, $6)"
            ),
            &[&grant, &patient, &person, &all_topics, &paused, &now, &Timestamp::FOREVER],
        )?;
        Ok(cx.tx().execute_one(
            sql!("INSERT INTO care_grant_topic (grant_id, category) VALUES ($1, 'billing')"),
            &[&grant],
        )?)
    };
    world.app.write(&Actor::system(), add).unwrap();
    person
}

/// Ana asks, and Nils answers.
fn answered(world: &World) -> ThreadId {
    let id = world.ana_writes("Dizzy", "I feel dizzy.").thread;
    world.replies(world.nils, id, "Drink more.");
    id
}

/// The people a kind of notice was made for.
fn told(world: &World, kind: &'static str) -> Vec<PersonId> {
    let list = sql!("SELECT person_id FROM notice WHERE kind = $1 ORDER BY created_at, id");
    let rows = world.app.db().read(|tx| tx.query(list, &[&kind])).unwrap();
    rows.iter().map(|row| row.get(0).unwrap()).collect()
}

fn nets(world: &World) -> i64 {
    let count = sql!("SELECT count(*) FROM read_back");
    world.app.db().read(|tx| tx.query_one(count, &[])?.get(0)).unwrap()
}

fn calls(world: &World) -> Vec<(ThreadId, String, i64)> {
    let team = world.team;
    let nils = world.actor(world.nils);
    let found = world.app.read(&nils, |cx| read_back::calls(cx, team)).unwrap();
    let counted = world.app.read(&nils, app::staff::frame).unwrap().calls;
    assert_eq!(counted, i64::try_from(found.len()).unwrap(), "the navigation says the same");
    found.into_iter().map(|entry| (entry.thread, entry.patient, entry.tried)).collect()
}

fn look(world: &World) -> usize {
    read_back::look(&world.app).unwrap()
}

#[test]
fn an_answer_that_nobody_opens_takes_every_road_in_turn() {
    for world in World::all() {
        signs_in(&world, world.ana);
        address(&world, world.ana, "first@example.org", true, false);
        address(&world, world.ana, "second@example.org", true, false);
        let pia = helper(&world, "Pia Alvarez", true, false);
        helper(&world, "Rex Alvarez", false, false);
        helper(&world, "Max Alvarez", true, true);
        let id = answered(&world);
        assert_eq!(look(&world), 0, "its time has not come");
        world.pass_seconds(72 * HOUR);
        assert_eq!((look(&world), look(&world)), (1, 0), "once");
        assert_eq!(told(&world, "second"), [world.ana]);
        assert!(told(&world, "unread").is_empty() && calls(&world).is_empty());
        // The second notice goes to the other address.
        let to: Vec<String> = app::notice::lease(&world.app, 10)
            .unwrap()
            .into_iter()
            .filter(|out| out.kind == "second")
            .map(|out| out.to)
            .collect();
        assert_eq!(to, ["second@example.org"]);
        world.pass_seconds(36 * HOUR);
        look(&world);
        assert_eq!(told(&world, "unread"), [pia], "not who may not read it, not who is paused");
        world.pass_seconds(36 * HOUR);
        look(&world);
        assert_eq!(calls(&world), [(id, "Ana Alvarez".to_owned(), 0)]);
        assert!(
            matches!(
                world.app.read(&world.actor(world.eve), |cx| read_back::calls(cx, world.team)),
                Err(Error::NotFound)
            ),
            "another team's list"
        );
        // A try leaves it there; reading it out settles it at once.
        let nils = world.actor(world.nils);
        let (at, event, record) =
            (world.app.now(), world.app.new_id().unwrap(), world.app.new_id().unwrap());
        let attempt = Attempt { how: Tried::Voicemail, at, said: None, id: event };
        world.app.write(&nils, move |cx| contact::tried(cx, id, &attempt)).unwrap();
        assert_eq!(calls(&world)[0].2, 1);
        let read_out = Delivery { how: Brought::ReadOut, to: With::Helper(pia), at, id: record };
        world.app.write(&nils, move |cx| contact::brought(cx, id, &read_out)).unwrap();
        assert!(calls(&world).is_empty());
        let ana = world.actor(world.ana);
        let seen = world.app.read(&ana, |cx| thread::view(cx, id, i64::MAX, 50)).unwrap();
        let line = seen.lines.last().unwrap();
        assert_eq!((line.kind.as_str(), line.more.to.as_str()), ("brought", "Pia Alvarez"));
        world.pass_seconds(2 * HOUR);
        look(&world);
        assert_eq!(nets(&world), 0, "nothing is left to look at");
        let findings = app::verify::run(&world.app, |_| {}).unwrap().findings;
        assert!(findings.is_empty(), "{findings:?}");
    }
}

#[test]
fn reading_meanwhile_ends_it_wherever_it_stands() {
    for world in World::all() {
        signs_in(&world, world.ana);
        let id = answered(&world);
        let ana = world.actor(world.ana);
        world.app.write(&ana, move |cx| thread::mark_read(cx, id, 99)).unwrap();
        world.pass_seconds(80 * HOUR);
        assert_eq!((look(&world), nets(&world)), (1, 0));
        // The next answer has a net of its own; opened while it stands on the list, it is gone at once.
        world.replies(world.nils, id, "And one thing more.");
        world.pass_seconds(80 * HOUR);
        look(&world);
        assert_eq!(calls(&world).len(), 1, "without another road it is called at the limit");
        world.app.write(&ana, move |cx| thread::mark_read(cx, id, 99)).unwrap();
        assert!(calls(&world).is_empty());
        assert!(told(&world, "second").is_empty() && told(&world, "unread").is_empty());
    }
}

#[test]
fn whom_nobody_can_reach_here_is_called_at_once_and_an_unsafe_address_is_no_road() {
    for world in World::all() {
        let id = answered(&world);
        assert_eq!(look(&world), 1);
        assert_eq!(calls(&world), [(id, "Ana Alvarez".to_owned(), 0)], "she has no log-in");
        signs_in(&world, world.ana);
        address(&world, world.ana, "first@example.org", true, false);
        address(&world, world.ana, "shared@example.org", true, true);
        address(&world, world.ana, "typed@example.org", false, false);
        let other = answered(&world);
        assert_eq!(look(&world), 0);
        world.pass_seconds(73 * HOUR);
        look(&world);
        assert!(told(&world, "second").is_empty(), "one safe address is no second");
        assert!(calls(&world).iter().any(|(thread, ..)| *thread == other));
    }
}

#[test]
fn an_administrator_sets_the_limits_and_a_more_urgent_answer_never_has_more_time() {
    for world in World::all() {
        signs_in(&world, world.ana);
        let (ada, team) = (world.add_person(Role::Administrator, "Ada"), world.team);
        let set = |who: &Actor, urgent: i64, prompt: i64, ordinary: i64| {
            let limits = Limits { urgent, prompt, ordinary };
            world.app.write(who, move |cx| read_back::set_limits(cx, team, limits))
        };
        let ada = world.actor(ada);
        for (urgent, prompt, ordinary) in [(1, 60, 60), (120, 60, 60), (60, 120, 60)] {
            let refused = set(&ada, urgent, prompt, ordinary);
            assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
        }
        assert!(matches!(set(&world.actor(world.nils), 15, 15, 15), Err(Error::Forbidden)));
        set(&ada, 15, 30, 60).unwrap();
        answered(&world);
        world.pass_seconds(59 * 60);
        assert_eq!((look(&world), calls(&world).len()), (0, 0));
        world.pass_seconds(60);
        assert_eq!((look(&world), calls(&world).len()), (1, 1));
    }
}

#[test]
fn a_closed_weekend_and_a_holiday_fill_no_call_list_but_what_is_urgent_runs_on() {
    for world in World::all() {
        signs_in(&world, world.ana);
        // Works from Monday to Friday by day, in New York.
        crate::deadline::by_day(&world);
        let goes_to = |text: &str| {
            let at: Timestamp = text.parse::<jiff::Timestamp>().unwrap().into();
            world.clock.set(at);
            look(&world);
        };
        goes_to("2026-11-27T15:00:00Z");
        let slow = world.ana_writes("A result", "What does the number mean?").thread;
        let fast = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        let nils = world.actor(world.nils);
        let (now, level) = (domain::work_item::Level::NOW, app::work::set_level);
        world.app.write(&nils, move |cx| level(cx, fast, now, None, None)).unwrap();
        world.replies(world.nils, slow, "It is in the middle.");
        world.replies(world.nils, fast, "Sit down and drink.");
        let waiting = || calls(&world).into_iter().map(|call| call.0).collect::<Vec<_>>();
        goes_to("2026-11-27T18:30:00Z");
        assert!(waiting().is_empty());
        goes_to("2026-11-27T19:30:00Z");
        assert_eq!(waiting(), [fast], "four hours by the wall");
        // Three days of the wall are over on Monday morning; of the dates on which the team works, one.
        goes_to("2026-11-30T15:30:00Z");
        assert_eq!(waiting(), [fast], "Saturday and Sunday do not count");
        // The Tuesday becomes a holiday while the answer waits.
        let ada = world.actor(world.add_person(Role::Administrator, "Ada Novak"));
        let (team, day) =
            (app::admin::dates::Owner::Team(world.team), "2026-12-01".parse().unwrap());
        let closed = domain::calendar::Day::parse("").unwrap();
        world
            .app
            .write(&ada, move |cx| app::admin::dates::put(cx, team, day, &closed, "A holiday"))
            .unwrap();
        goes_to("2026-12-02T15:30:00Z");
        assert_eq!(waiting(), [fast], "the holiday does not count either");
        goes_to("2026-12-03T14:30:00Z");
        assert_eq!(waiting(), [fast], "not a minute early");
        goes_to("2026-12-03T15:30:00Z");
        assert_eq!(waiting(), [fast, slow]);
    }
}
