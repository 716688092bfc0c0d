//! A call that is waited for goes on: when its conversation is joined with another or moved to the right patient, and
//! when its message is taken back; and what is left of the level and the mails when it is not needed any more.

use app::draft::{self, Sent};
use app::message::Delivered;
use app::testing::clinic;
use app::thread;
use app::urgency::{self, Answer};
use app::work::{self, QueueAfter, QueueEntry, QueueList};
use app::{callback, deadline, merge, message, refile, verify};
use domain::access::Role;
use domain::ids::{PersonId, ThreadId};
use domain::message::{CorrectionKind, Line};
use domain::work_item::Level;
use store::draft::AfterRelease;
use store::sql;
use store::work_item::WorkItemRow;

use crate::world::World;

const WORDS: &str = "My cut looks a bit odd. Is that all right?";
const FORM: &str = "Please sign the form for my school.";
const CHEST: &str = "Since 4 this morning a heavy feeling in my chest.";

/// Ana writes, in a conversation or a new one, and asks for a call.
fn asks(world: &World, into: Option<ThreadId>, text: &str, phone: &'static str) -> Delivered {
    let ana = world.actor(world.ana);
    let typed = match into {
        Some(thread) => World::typed_reply(thread, text, 99, AfterRelease::Nothing),
        None => world.typed_new("A question", text),
    };
    let (draft, version) =
        world.app.write(&ana, move |cx| draft::save(cx, None, 0, &typed)).unwrap();
    let sent = world.app.write(&ana, move |cx| callback::send(cx, draft, version, phone, 99));
    match sent.unwrap() {
        Sent::Delivered(delivered) => delivered,
        // The card of an emergency comes first, and its answer sends both.
        Sent::Asked => {
            let version = world.app.read(&ana, |cx| draft::get(cx, draft)).unwrap().row.version;
            let answer = Answer::NotNow;
            world
                .app
                .write(&ana, move |cx| urgency::answer(cx, draft, version, answer, None))
                .unwrap()
        }
        Sent::Held(_) => panic!("a call has no hold"),
    }
}

fn waiting(world: &World, person: PersonId, thread: ThreadId) -> Option<callback::Waiting> {
    world.app.read(&world.actor(person), |cx| callback::waiting(cx, thread)).unwrap()
}

fn withdraws(world: &World, person: PersonId, thread: ThreadId) {
    let who = world.actor(person);
    world.app.write(&who, move |cx| callback::withdraw(cx, thread)).unwrap();
}

fn item(world: &World, thread: ThreadId) -> WorkItemRow {
    let nils = world.actor(world.nils);
    let view = world.app.read(&nils, |cx| thread::view(cx, thread, i64::MAX, 9)).unwrap();
    view.items[0].clone()
}

/// What the team sees of calls in its list.
fn calls(world: &World) -> Vec<QueueEntry> {
    let (nils, team) = (world.actor(world.nils), world.team);
    let page = world
        .app
        .read(&nils, |cx| work::queue(cx, team, QueueList::Team, QueueAfter::START, 50))
        .unwrap();
    page.entries.into_iter().filter(|entry| entry.marks.call_by.is_some()).collect()
}

fn codes(world: &World, person: PersonId, id: ThreadId) -> Vec<String> {
    let who = world.actor(person);
    let view = world.app.read(&who, |cx| thread::view(cx, id, i64::MAX, 50)).unwrap();
    view.lines.into_iter().filter(|line| line.kind == "call").map(|line| line.detail).collect()
}

fn look(world: &World) {
    while callback::look(&world.app).unwrap() > 0 {}
}

/// How many mails of work that is late or of a call each person got, beside the first of the call.
fn mails(world: &World) -> Vec<(PersonId, i64)> {
    let list = sql!(
        "SELECT person_id, count(*) FROM notice WHERE kind IN ('late', 'call') \
         AND dedupe_key NOT LIKE '%:asked:%' GROUP BY person_id ORDER BY person_id"
    );
    let rows = world.app.db().read(|tx| tx.query(list, &[])).unwrap();
    rows.iter().map(|row| (row.get(0).unwrap(), row.get(1).unwrap())).collect()
}

fn holds(world: &World) {
    let findings = verify::run(&world.app, |_| {}).unwrap().findings;
    assert_eq!(findings, Vec::<verify::Finding>::new(), "{:?}", world.app.db().engine());
}

#[test]
fn a_joined_conversation_takes_its_call_along() {
    for world in World::all_checked() {
        let nils = world.actor(world.nils);
        let into = world.ana_writes("A form", FORM).thread;
        let from = asks(&world, None, WORDS, "555-0199").thread;
        let due = waiting(&world, world.ana, from).unwrap().due_at;
        world.pass_seconds(5 * 60);
        let joins = |from: ThreadId, into: ThreadId| {
            let seen = world.app.read(&nils, |cx| merge::plan(cx, from, into)).unwrap().seen;
            world.app.write(&nils, move |cx| merge::merge(cx, from, into, &seen)).unwrap();
        };
        joins(from, into);
        let listed = calls(&world);
        assert_eq!(listed.len(), 1, "staff see it once");
        assert_eq!((listed[0].item.thread, listed[0].item.level), (into, 1));
        assert_eq!(listed[0].marks.call_by, Some(due), "the clock goes on");
        let seen = waiting(&world, world.ana, into).unwrap();
        assert_eq!((seen.due_at, seen.phone.as_str()), (due, "555-0199"));
        assert_eq!(waiting(&world, world.nils, into).unwrap().phone, "555-0199");
        assert!(waiting(&world, world.ana, from).is_none());
        let pia = world.add_person(Role::Helper, "Pia Alvarez");
        clinic::grant(&world.app, world.ana_patient, pia, "helper").unwrap();
        assert_eq!(waiting(&world, pia, into).unwrap().phone, "", "not hers to read");
        world.pass_seconds(5 * 60 + 1);
        look(&world);
        assert_eq!(codes(&world, world.ana, into), ["told"], "where it goes on");

        // Two that are asked for are one: the one whose time runs out first.
        let other = asks(&world, None, WORDS, "555-0142").thread;
        joins(other, into);
        assert_eq!(calls(&world).len(), 1);
        assert_eq!(waiting(&world, world.nils, into).unwrap().phone, "555-0199");
        withdraws(&world, world.ana, into);
        assert!(calls(&world).is_empty());
        assert_eq!(item(&world, into).level, 3, "what it would have been");
        let first = asks(&world, None, WORDS, "555-0143").thread;
        let due = waiting(&world, world.ana, first).unwrap().due_at;
        world.pass_seconds(60);
        asks(&world, Some(into), WORDS, "555-0144");
        joins(first, into);
        let seen = waiting(&world, world.nils, into).unwrap();
        assert_eq!((seen.due_at, seen.phone.as_str()), (due, "555-0143"));
        holds(&world);
    }
}

#[test]
fn a_conversation_that_is_moved_to_the_right_patient_keeps_its_call() {
    for world in World::all_checked() {
        let nils = world.actor(world.nils);
        let ben_person = world.add_person(Role::Patient, "Ben Brown");
        let ben = world.add_patient("Ben Brown", "1950-02-01", ben_person);
        // Ana helps Ben, and wrote under her own name.
        clinic::grant(&world.app, ben, world.ana, "helper").unwrap();
        let id = asks(&world, None, WORDS, "555-0199").thread;
        let due = waiting(&world, world.ana, id).unwrap().due_at;
        let seen = world.app.read(&nils, |cx| refile::plan(cx, id, ben)).unwrap().seen;
        let reason = Line::parse("Ben's cut, not Ana's").unwrap();
        world.app.write(&nils, move |cx| refile::refile(cx, id, ben, &reason, &seen)).unwrap();
        let listed = calls(&world);
        assert_eq!((listed.len(), listed[0].marks.call_by), (1, Some(due)));
        assert_eq!(waiting(&world, world.nils, id).unwrap().phone, "555-0199");
        assert_eq!(waiting(&world, world.ana, id).unwrap().phone, "555-0199", "she gave it");
        assert_eq!(waiting(&world, ben_person, id).unwrap().phone, "", "he did not ask");
        world.pass_seconds(15 * 60 + 1);
        look(&world);
        look(&world);
        assert_eq!(codes(&world, ben_person, id), ["asked", "told", "late"]);
        withdraws(&world, ben_person, id);
        assert!(waiting(&world, world.nils, id).is_none());
        holds(&world);
    }
}

#[test]
fn a_message_that_is_taken_back_leaves_the_wish_to_be_called() {
    for world in World::all_checked() {
        let ana = world.actor(world.ana);
        let sent = asks(&world, None, WORDS, "555-0199");
        let (id, message_id) = (sent.thread, sent.id);
        assert!(!waiting(&world, world.ana, id).unwrap().taken_back);
        let back = move |cx: &mut app::Cx<'_, '_>| {
            message::correct(cx, id, message_id, CorrectionKind::Retraction, None, "")
        };
        world.app.write(&ana, back).unwrap();
        for person in [world.ana, world.nils] {
            let seen = waiting(&world, person, id).unwrap();
            assert!(seen.taken_back);
            assert_eq!(seen.phone, "555-0199");
        }
        assert_eq!(calls(&world).len(), 1, "it stays on top");
        world.pass_seconds(15 * 60 + 1);
        look(&world);
        look(&world);
        assert_eq!(codes(&world, world.ana, id), ["asked", "told", "late"], "and is not forgotten");
        withdraws(&world, world.ana, id);
        assert!(waiting(&world, world.nils, id).is_none());
    }
}

#[test]
fn without_the_call_the_work_has_the_level_and_the_clock_that_are_left() {
    for world in World::all_checked() {
        let (nils, dora) = (world.actor(world.nils), world.actor(world.dora));
        let plain = world.ana_writes("A form", FORM).thread;
        let usual = item(&world, plain).due_at;
        world.pass_seconds(60);
        asks(&world, Some(plain), WORDS, "");
        let raised = item(&world, plain);
        assert_eq!((raised.level, raised.level_base), (1, Some(Level::SOON)));
        assert!(raised.due_at < usual);
        withdraws(&world, world.ana, plain);
        let after = item(&world, plain);
        assert_eq!((after.level, after.level_base, after.due_at), (3, None, usual));
        let view = world.app.read(&nils, |cx| thread::view(cx, plain, i64::MAX, 9)).unwrap();
        let step =
            view.custody.iter().rfind(|step| step.kind == domain::work_item::WorkEventKind::Level);
        assert!(step.is_some_and(|step| step.by.is_none()), "nobody set a level");

        // A flag that stands keeps the work on top; taking it back does not, while a call is waited for.
        let flagged = asks(&world, None, CHEST, "");
        let id = flagged.thread;
        assert_eq!(item(&world, id).level, 1);
        let how = urgency::flag::TakingBack {
            reason: domain::flag::FlagReason::Known,
            words: None,
            rating: None,
        };
        let (message_id, taking) = (flagged.id, how.clone());
        world
            .app
            .write(&dora, move |cx| urgency::flag::take_back(cx, id, message_id, &taking))
            .unwrap();
        assert_eq!(item(&world, id).level, 1, "a call is waited for");
        withdraws(&world, world.ana, id);
        assert_eq!(item(&world, id).level, 3, "nothing is left that raised it");
        let other = asks(&world, None, CHEST, "").thread;
        withdraws(&world, world.ana, other);
        assert_eq!(item(&world, other).level, 1, "the flag stands");

        // What a clinician said of the level stands.
        let set = asks(&world, None, WORDS, "").thread;
        let version = item(&world, set).version;
        let lower = move |cx: &mut app::Cx<'_, '_>| {
            let why = Line::parse("It can wait until noon").expect("a line");
            work::set_level(cx, set, Level::TODAY, Some(&why), Some(version))
        };
        world.app.write(&dora, lower).unwrap();
        withdraws(&world, world.ana, set);
        assert_eq!(item(&world, set).level, 2);
        holds(&world);
    }
}

#[test]
fn the_clock_of_the_work_and_that_of_the_call_mail_nobody_twice_of_one_step() {
    for world in World::all_checked() {
        let id = asks(&world, None, WORDS, "").thread;
        let escalated = || while deadline::escalate_due(&world.app).unwrap() > 0 {};
        // The call's steps come at 10 and 15 minutes, those of the work at 24 and 30.
        for _ in 0..8 {
            world.pass_seconds(5 * 60);
            look(&world);
            escalated();
        }
        assert_eq!(codes(&world, world.ana, id), ["asked", "told", "late"]);
        let count = mails(&world);
        // No lead: those on duty hear in their place. The last resort hears of its own step.
        assert!(count.iter().all(|(_, mails)| *mails <= 2), "{count:?}");
        let steps =
            sql!("SELECT count(*) FROM work_event WHERE kind = 'escalated' AND work_item_id = $1");
        let item_id = item(&world, id).id;
        let written: i64 =
            world.app.db().read(|tx| tx.query_one(steps, &[&item_id])?.get(0)).unwrap();
        assert_eq!(written, 2, "the custody says both steps of the work");
        let late = sql!("SELECT count(*) FROM notice WHERE kind = 'late'");
        let kept = || -> i64 { world.app.db().read(|tx| tx.query_one(late, &[])?.get(0)).unwrap() };
        assert_eq!(kept(), 0, "the call spoke");
        // Work without a call is late by itself.
        asks(&world, None, CHEST, "");
        let other = asks(&world, None, CHEST, "").thread;
        withdraws(&world, world.ana, other);
        world.pass_seconds(3_600);
        escalated();
        assert!(kept() > 0);
    }
}
