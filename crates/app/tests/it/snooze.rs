//! Work that is put off leaves the list and comes back to its place; its clock never hears of it.

use app::{Error, deadline, message, snooze, thread, work};
use domain::access::Actor;
use domain::ids::ThreadId;
use domain::message::Channel;
use domain::work_item::Level;
use store::work_item::{QueueAfter, QueueList};

use crate::told::text;
use crate::world::World;

impl World {
    fn queue_of(&self, who: &Actor, list: QueueList) -> Vec<ThreadId> {
        let team = self.team;
        let read =
            move |cx: &mut app::Cx<'_, '_>| work::queue(cx, team, list, QueueAfter::START, 50);
        let page = self.app.read(who, read).unwrap();
        page.entries.iter().map(|entry| entry.item.thread).collect()
    }

    fn counts(&self, who: &Actor) -> (i64, i64) {
        let team = self.team;
        let read = move |cx: &mut app::Cx<'_, '_>| {
            work::queue(cx, team, QueueList::Team, QueueAfter::START, 50)
        };
        let counts = self.app.read(who, read).unwrap().counts;
        (counts.team, counts.snoozed)
    }
}

#[test]
fn it_leaves_the_list_and_returns_to_its_place() {
    for world in World::all() {
        let first = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        let second = world.ana_writes("Foot", "My foot hurts.").thread;
        let (nils, dora) = (world.actor(world.nils), world.actor(world.dora));
        let (ana, eve) = (world.actor(world.ana), world.actor(world.eve));
        let order = world.queue_of(&nils, QueueList::Team);
        let due = |who: &Actor| {
            let view = world.app.read(who, |cx| thread::view(cx, first, i64::MAX, 9)).unwrap();
            (view.items[0].due_at, view.items[0].owed, view.items[0].version)
        };
        let (before, owed, version) = due(&nils);
        let until = world.app.now().plus_seconds(7_200);
        for stranger in [&eve, &ana] {
            let refused =
                world.app.write(stranger, move |cx| snooze::put_off(cx, first, until, None));
            assert!(matches!(refused, Err(Error::NotFound | Error::Forbidden)), "{refused:?}");
        }
        let put = move |cx: &mut app::Cx<'_, '_>| snooze::put_off(cx, first, until, Some(version));
        world.app.write(&nils, put).unwrap();
        assert!(matches!(world.app.write(&dora, put), Err(Error::Conflict(_))), "an old page");
        // For everybody of the team, and the clock stays.
        assert_eq!(world.queue_of(&dora, QueueList::Team), [second]);
        assert_eq!(world.queue_of(&dora, QueueList::Snoozed), [first]);
        assert_eq!(world.counts(&dora), (1, 1));
        let (after, still, version) = due(&nils);
        assert_eq!((after, still), (before, owed));
        assert_eq!(world.app.read(&dora, |cx| snooze::until(cx, first)).unwrap(), Some(until));
        let view = world.app.read(&ana, |cx| thread::view(cx, first, i64::MAX, 9)).unwrap();
        assert_eq!(view.custody.len(), 1, "the patient hears nothing of it");
        // By hand, and by time: in the same place as before.
        let back = move |cx: &mut app::Cx<'_, '_>| snooze::take_back(cx, first, Some(version));
        world.app.write(&dora, back).unwrap();
        assert_eq!(world.queue_of(&nils, QueueList::Team), order);
        world.app.write(&nils, move |cx| snooze::put_off(cx, first, until, None)).unwrap();
        world.pass_seconds(7_200);
        assert_eq!(world.queue_of(&nils, QueueList::Team), order);
        assert!(world.queue_of(&nils, QueueList::Snoozed).is_empty());
        assert_eq!(world.counts(&nils), (2, 0));
    }
}

#[test]
fn the_patients_word_brings_it_back_and_urgency_is_not_put_off() {
    for world in World::all() {
        let id = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        let (nils, ana) = (world.actor(world.nils), world.actor(world.ana));
        let until = world.app.now().plus_seconds(3_600);
        world.app.write(&nils, move |cx| snooze::put_off(cx, id, until, None)).unwrap();
        assert!(world.queue_of(&nils, QueueList::Team).is_empty());
        let out = text("It is worse", Channel::Portal, &[], "worse");
        world.app.write(&ana, move |cx| message::reply(cx, id, &out)).unwrap();
        assert_eq!(world.queue_of(&nils, QueueList::Team), [id]);
        // So does any other step with it.
        world.app.write(&nils, move |cx| snooze::put_off(cx, id, until, None)).unwrap();
        world.app.write(&nils, move |cx| work::claim(cx, id, None)).unwrap();
        assert_eq!(world.queue_of(&nils, QueueList::Team), [id]);
        // What is for today is not put off beyond its moment; escalation goes on meanwhile.
        world
            .app
            .write(&nils, move |cx| work::set_level(cx, id, Level::TODAY, None, None))
            .unwrap();
        let view = world.app.read(&nils, |cx| thread::view(cx, id, i64::MAX, 9)).unwrap();
        let due = view.items[0].due_at;
        let far = due.plus_seconds(1);
        let refused = world.app.write(&nils, move |cx| snooze::put_off(cx, id, far, None));
        match refused {
            Err(Error::Invalid(faults)) => assert_eq!(faults[0].problem, "past-due"),
            other => panic!("{other:?}"),
        }
        world.app.write(&nils, move |cx| snooze::put_off(cx, id, due, None)).unwrap();
        world.clock.set(due.plus_seconds(-1));
        assert!(deadline::escalate_due(&world.app).unwrap() > 0, "somebody is told in time");
        let past = world.app.now().plus_seconds(-5);
        let refused = world.app.write(&nils, move |cx| snooze::put_off(cx, id, past, None));
        assert!(matches!(refused, Err(Error::Invalid(_))));
    }
}
