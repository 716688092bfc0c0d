//! Nothing sits with somebody who is away: work moves to whoever stands in, comes back, and a claim that
//! nobody works on runs out.

use app::{Error, cover, deadline, draft, thread, work};
use domain::ids::{PersonId, ThreadId};
use domain::thread::Ladder;
use domain::time::Timestamp;
use domain::work_item::WorkEventKind;
use store::draft::AfterRelease;

use crate::world::{NOON, World};

const DAY: i64 = 86_400;

fn later(seconds: i64) -> Timestamp {
    NOON.plus_seconds(seconds)
}

fn held_by(world: &World, thread: ThreadId) -> Option<PersonId> {
    let ana = world.actor(world.ana);
    let view = world.app.read(&ana, |cx| thread::view(cx, thread, i64::MAX, 50)).unwrap();
    match view.ladder {
        Ladder::BeingHandled(_, person) => person,
        _ => None,
    }
}

fn steps(world: &World, thread: ThreadId) -> Vec<WorkEventKind> {
    let ana = world.actor(world.ana);
    let view = world.app.read(&ana, |cx| thread::view(cx, thread, i64::MAX, 50)).unwrap();
    view.custody.iter().map(|step| step.kind).collect()
}

fn away(
    world: &World,
    who: PersonId,
    days: (i64, i64),
    stands_in: Option<PersonId>,
) -> app::Result<domain::ids::AbsenceId> {
    let (from, until) = (later(days.0 * DAY), later(days.1 * DAY));
    world.app.write(&world.actor(who), move |cx| cover::add(cx, from, until, stands_in))
}

#[test]
fn open_work_moves_to_whoever_stands_in_and_comes_back() {
    for world in World::all() {
        let (nils, dora) = (world.nils, world.dora);
        let id = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        world.app.write(&world.actor(nils), move |cx| work::claim(cx, id, None)).unwrap();
        away(&world, nils, (1, 3), Some(dora)).unwrap();
        assert_eq!(cover::move_work(&world.app).unwrap(), 0, "not away yet");
        world.clock.set(later(DAY));
        assert_eq!(cover::move_work(&world.app).unwrap(), 1);
        assert_eq!(held_by(&world, id), Some(dora));
        // Given to somebody who is away, it goes to whoever stands in.
        let other = world.ana_writes("Shaky", "I feel shaky.").thread;
        let give = move |cx: &mut app::Cx<'_, '_>| work::assign(cx, other, nils, None, None);
        world.app.write(&world.actor(dora), give).unwrap();
        assert_eq!(held_by(&world, other), Some(dora));
        world.clock.set(later(3 * DAY));
        assert_eq!(cover::move_work(&world.app).unwrap(), 2, "one comes back, one claim ran out");
        assert_eq!(held_by(&world, id), Some(nils));
        let kinds = steps(&world, id);
        assert!(kinds.ends_with(&[WorkEventKind::Covered, WorkEventKind::Returned]), "{kinds:?}");
        assert_eq!(cover::move_work(&world.app).unwrap(), 0);
    }
}

#[test]
fn what_the_cover_moved_stays_where_they_put_it() {
    for world in World::all() {
        let (nils, dora) = (world.nils, world.dora);
        let id = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        world.app.write(&world.actor(nils), move |cx| work::claim(cx, id, None)).unwrap();
        away(&world, nils, (1, 3), Some(dora)).unwrap();
        world.clock.set(later(DAY));
        cover::move_work(&world.app).unwrap();
        world.app.write(&world.actor(dora), move |cx| work::release(cx, id, None)).unwrap();
        world.clock.set(later(3 * DAY));
        assert_eq!(cover::move_work(&world.app).unwrap(), 0);
        assert_eq!(held_by(&world, id), None);
    }
}

#[test]
fn an_absence_that_cannot_be_is_refused() {
    for world in World::all() {
        let (nils, dora, eve) = (world.nils, world.dora, world.eve);
        let problem = |outcome: app::Result<domain::ids::AbsenceId>| match outcome {
            Err(Error::Invalid(faults)) => faults[0].field,
            other => panic!("{other:?}"),
        };
        assert_eq!(problem(away(&world, nils, (3, 1), Some(dora))), "until");
        assert_eq!(problem(away(&world, nils, (-3, -1), Some(dora))), "until");
        assert_eq!(problem(away(&world, nils, (1, 900), Some(dora))), "until");
        assert_eq!(problem(away(&world, nils, (1, 3), Some(eve))), "cover", "of another team");
        assert_eq!(problem(away(&world, nils, (1, 3), Some(nils))), "cover");
        let id = away(&world, nils, (1, 3), Some(dora)).unwrap();
        assert_eq!(problem(away(&world, nils, (2, 5), None)), "from");
        assert_eq!(problem(away(&world, dora, (2, 5), Some(nils))), "cover", "a circle");
        away(&world, dora, (2, 5), None).unwrap();
        // Somebody else's absence is not theirs to end.
        let theirs = world.app.write(&world.actor(dora), move |cx| cover::end(cx, id));
        assert!(matches!(theirs, Err(Error::NotFound)));
        world.app.write(&world.actor(nils), move |cx| cover::end(cx, id)).unwrap();
        away(&world, nils, (1, 3), None).unwrap();
        let eve_sees = world.app.read(&world.actor(eve), cover::list).unwrap();
        assert!(eve_sees.is_empty(), "other teams are not her business");
        let nils_sees = world.app.read(&world.actor(nils), cover::list).unwrap();
        assert_eq!(nils_sees.len(), 2);
    }
}

#[test]
fn a_claim_runs_out_unless_its_holder_is_writing() {
    for world in World::all() {
        let nils = world.nils;
        let id = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        world.app.write(&world.actor(nils), move |cx| work::claim(cx, id, None)).unwrap();
        let due = {
            let ana = world.actor(world.ana);
            let view = world.app.read(&ana, |cx| thread::view(cx, id, i64::MAX, 50)).unwrap();
            view.items[0].due_at
        };
        world.pass_seconds(3 * 3_600 + 50 * 60);
        assert_eq!(cover::move_work(&world.app).unwrap(), 0);
        let typed = World::typed_reply(id, "Lie down and", 1, AfterRelease::Nothing);
        world.app.write(&world.actor(nils), move |cx| draft::save(cx, None, 0, &typed)).unwrap();
        world.pass_seconds(20 * 60);
        assert_eq!(cover::move_work(&world.app).unwrap(), 0, "a draft twenty minutes old");
        assert_eq!(held_by(&world, id), Some(nils));
        world.pass_seconds(5 * 3_600);
        assert_eq!(cover::move_work(&world.app).unwrap(), 1);
        assert_eq!(held_by(&world, id), None);
        assert!(steps(&world, id).ends_with(&[WorkEventKind::Expired]));
        let ana = world.actor(world.ana);
        let view = world.app.read(&ana, |cx| thread::view(cx, id, i64::MAX, 50)).unwrap();
        assert_eq!(view.items[0].due_at, due, "the clock ran on");
        assert!(deadline::escalate_due(&world.app).unwrap() <= 1);
    }
}
