//! A nurse claims, notes and passes; a physician answers; the queue and custody tell the truth.

use app::{Conflict, Error, draft, note, staff, thread, work};
use domain::message::{Body, ClientMsgId, Line};
use domain::thread::{Ladder, ThreadState};
use domain::work_item::{Level, Outcome, WorkEventKind};
use store::draft::AfterRelease;
use store::sql;
use store::work_item::{QueueAfter, QueueList};

use crate::world::World;

#[test]
fn a_nurse_passes_work_to_the_physician_with_a_note() {
    for world in World::all() {
        let id = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        let (nils, dora, ana) =
            (world.actor(world.nils), world.actor(world.dora), world.actor(world.ana));
        let team = world.team;
        let page = world
            .app
            .read(&nils, |cx| work::queue(cx, team, QueueList::Team, QueueAfter::START, 50))
            .unwrap();
        assert_eq!(page.entries.len(), 1);
        assert_eq!(page.entries[0].patient_name, "Ana Alvarez");
        assert_eq!(page.counts.team, 1);
        let version = page.entries[0].item.version;
        world.app.write(&nils, move |cx| work::claim(cx, id, Some(version))).unwrap();
        let late = world.app.write(&dora, move |cx| work::claim(cx, id, Some(version)));
        assert!(matches!(late, Err(Error::Conflict(Conflict::Changed))), "one claim wins");
        let view = world.app.read(&ana, |cx| thread::view(cx, id, i64::MAX, 50)).unwrap();
        assert_eq!(view.ladder, Ladder::BeingHandled(team, Some(world.nils)));
        assert_eq!(view.holder.as_deref(), Some("Nils Lee"));

        world
            .app
            .write(&nils, move |cx| {
                let body = Body::parse("Orthostatic? Please look.").expect("a text");
                let key = ClientMsgId::parse("note-1").expect("an id");
                note::add(cx, id, &body, &key)
            })
            .unwrap();
        let to = world.dora;
        world
            .app
            .write(&nils, move |cx| {
                let reason = Line::parse("Needs a physician").expect("a line");
                work::assign(cx, id, to, Some(&reason), None)
            })
            .unwrap();
        let notes = world.app.read(&dora, |cx| note::list(cx, id)).unwrap();
        assert_eq!(notes[0].letter.body, "Orthostatic? Please look.");
        let refused = world.app.read(&ana, |cx| note::list(cx, id));
        assert!(matches!(refused, Err(Error::Forbidden)), "the patient never reads notes");
        let view = world.app.read(&ana, |cx| thread::view(cx, id, i64::MAX, 50)).unwrap();
        let kinds: Vec<WorkEventKind> = view.custody.iter().map(|step| step.kind).collect();
        assert_eq!(kinds, [WorkEventKind::Opened, WorkEventKind::Claimed, WorkEventKind::Assigned]);
        assert_eq!(view.custody[2].reason, None, "said between colleagues");
        let theirs = world.app.read(&dora, |cx| thread::view(cx, id, i64::MAX, 50)).unwrap();
        assert_eq!(theirs.custody[2].reason.as_deref(), Some("Needs a physician"));
        let lower = world.app.write(&nils, move |cx| {
            let reason = Line::parse("Not so bad").expect("a line");
            work::set_level(cx, id, Level::WHENEVER, Some(&reason), None)
        });
        assert!(matches!(lower, Err(Error::Forbidden)), "only a clinician lowers a level");
        world.app.write(&dora, move |cx| work::close(cx, id, Outcome::Order, None, None)).unwrap();
        let view = world.app.read(&ana, |cx| thread::view(cx, id, i64::MAX, 50)).unwrap();
        assert_eq!(view.state, ThreadState::Closed);
        world.app.write(&dora, move |cx| work::reopen(cx, id)).unwrap();
        let view = world.app.read(&ana, |cx| thread::view(cx, id, i64::MAX, 50)).unwrap();
        assert_eq!(view.state, ThreadState::WaitingTeam);
    }
}

#[test]
fn passing_to_another_team_moves_the_thread_and_keeps_the_clock() {
    for world in World::all() {
        let id = world.ana_writes("Heart", "My heart races.").thread;
        let (nils, eve) = (world.actor(world.nils), world.actor(world.eve));
        assert!(matches!(
            world.app.read(&eve, |cx| thread::view(cx, id, i64::MAX, 50)),
            Err(Error::NotFound)
        ));
        let before = world.app.read(&nils, |cx| thread::view(cx, id, i64::MAX, 50)).unwrap();
        world.pass_seconds(600);
        let to = world.other_team;
        world
            .app
            .write(&nils, move |cx| {
                let reason = Line::parse("A question for the heart clinic").expect("a line");
                work::pass(cx, id, to, &reason, None)
            })
            .unwrap();
        let view = world.app.read(&eve, |cx| thread::view(cx, id, i64::MAX, 50)).unwrap();
        assert_eq!(view.ladder, Ladder::WithTeam(to));
        assert_eq!(view.items[0].due_at, before.items[0].due_at, "passing gives no later promise");
        assert_eq!(view.lines[0].kind, "moved");
        let page = world
            .app
            .read(&eve, |cx| work::queue(cx, to, QueueList::Team, QueueAfter::START, 50))
            .unwrap();
        assert_eq!(page.entries[0].headline, "Heart");
    }
}

#[test]
fn colleagues_see_who_is_writing_and_nobody_else_does() {
    for world in World::all() {
        let id = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        let (nils, dora, ana) =
            (world.actor(world.nils), world.actor(world.dora), world.actor(world.ana));
        let typed = World::typed_reply(id, "Sit down and", 1, AfterRelease::Nothing);
        let first = typed.clone();
        let (draft, version) =
            world.app.write(&nils, move |cx| draft::save(cx, None, 0, &first)).unwrap();
        let writers = |actor: &domain::access::Actor| {
            world.app.read(actor, |cx| staff::conversation(cx, id, i64::MAX, 50)).unwrap().writers
        };
        assert_eq!(writers(&dora), ["Nils Lee"]);
        assert!(writers(&nils).is_empty(), "oneself is no news");
        let told = |kind: &'static str| -> i64 {
            let count = sql!("SELECT count(*) FROM change WHERE kind = $1");
            world.app.db().read(|tx| tx.query_one(count, &[&kind])?.get(0)).expect("a count")
        };
        assert_eq!(told("writing"), 1);
        world.pass_seconds(5);
        world.app.write(&nils, move |cx| draft::save(cx, Some(draft), version, &typed)).unwrap();
        assert_eq!(told("writing"), 1, "said once while it goes on");
        world.pass_seconds(91);
        assert!(writers(&dora).is_empty(), "a draft that rests is no writing");
        // What the patient writes is her own business until it is sent.
        let hers = World::typed_reply(id, "Also", 1, AfterRelease::Nothing);
        world.app.write(&ana, move |cx| draft::save(cx, None, 0, &hers)).unwrap();
        assert!(writers(&dora).is_empty());
        assert_eq!(told("writing"), 1);
    }
}

#[test]
fn what_is_late_is_counted_over_all_levels() {
    for world in World::all() {
        let (nils, team) = (world.actor(world.nils), world.team);
        let urgent = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        world.ana_writes("Shaky", "I feel shaky.");
        let raise =
            move |cx: &mut app::Cx<'_, '_>| work::set_level(cx, urgent, Level::NOW, None, None);
        world.app.write(&nils, raise).unwrap();
        let look = || {
            let list = QueueList::Team;
            let read =
                |cx: &mut app::Cx<'_, '_>| work::queue(cx, team, list, QueueAfter::START, 50);
            world.app.read(&nils, read).unwrap()
        };
        let page = look();
        let due: Vec<_> = page.entries.iter().map(|entry| entry.item.due_at).collect();
        assert_eq!((page.counts.late, due.len()), (0, 2));
        assert!(due[0] < due[1], "the levels have clocks of their own");
        for (late, due) in (1..).zip(due) {
            world.clock.set(due);
            assert_eq!(look().counts.late, late - 1, "at the moment itself it is in time");
            world.pass_seconds(1);
            assert_eq!(look().counts.late, late);
        }
    }
}
