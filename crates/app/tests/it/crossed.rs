//! What a patient writes while the team's answer is held is never closed or called answered unseen.

use app::crossed;
use app::draft;
use domain::ids::{DraftId, PersonId, ThreadId};
use domain::thread::ThreadState;
use domain::time::Timestamp;
use domain::work_item::WorkState;
use store::draft::AfterRelease;
use store::sql;

use crate::world::World;

/// Holds Nils's answer to all that Ana asked up to number `seen`.
fn held(world: &World, thread: ThreadId, seen: i64, after: AfterRelease) -> DraftId {
    let nils = world.actor(world.nils);
    let view = world.app.read(&nils, move |cx| app::thread::view(cx, thread, i64::MAX, 9)).unwrap();
    let asked = view.messages.iter().flat_map(|message| &message.questions);
    let mut typed = World::typed_reply(thread, "Take one in the morning.", 0, after);
    typed.content.answers = asked.map(|question| question.id.to_string()).collect();
    let send = move |cx: &mut app::Cx<'_, '_>| {
        let (id, version) = draft::save(cx, None, 0, &typed)?;
        draft::send(cx, id, version, Some(seen)).map(|_| id)
    };
    world.app.write(&nils, send).unwrap()
}

/// Ana's words, at once, and asking what she asks.
fn ana(world: &World, thread: ThreadId, body: &str, questions: &[&str]) {
    let mut typed = World::typed_reply(thread, body, 99, AfterRelease::Nothing);
    typed.content.questions = questions.iter().map(|&text| text.to_owned()).collect();
    world
        .app
        .write(&world.actor(world.ana), move |cx| {
            let (id, _) = draft::save(cx, None, 0, &typed)?;
            draft::release(cx, id)
        })
        .unwrap();
}

/// State of the conversation, how many messages it holds, and its open work: state, holder, since when owed.
type Stands = (ThreadState, usize, Option<(WorkState, Option<PersonId>, Option<Timestamp>)>);

fn stands(world: &World, thread: ThreadId) -> Stands {
    world
        .app
        .read(&world.actor(world.dora), move |cx| {
            let view = app::thread::view(cx, thread, i64::MAX, 9)?;
            let open = sql!(
                "SELECT state, assignee_id, owed_since FROM work_item \
                 WHERE thread_id = $1 AND state <> 'closed'"
            );
            let item = cx.tx().query_opt(open, &[&thread])?;
            let item = item
                .map(|row| {
                    let state = WorkState::from_code(&row.get::<String>(0)?).expect("a state");
                    Ok::<_, app::Error>((state, row.get(1)?, row.get(2)?))
                })
                .transpose()?;
            Ok((view.state, view.messages.len(), item))
        })
        .unwrap()
}

fn told(world: &World, who: PersonId) -> Vec<ThreadId> {
    let told = world.app.read(&world.actor(who), crossed::list).unwrap();
    told.into_iter().map(|one| one.thread).collect()
}

fn settled(world: &World) {
    let findings = app::verify::run(&world.app, |_| {}).unwrap().findings;
    assert!(findings.is_empty(), "{findings:?}");
}

#[test]
fn what_comes_while_an_answer_that_closes_is_held_stays_open_and_its_writer_is_told() {
    for world in World::all() {
        for questions in [&[][..], &["Shall I come in?"][..]] {
            let thread = world.ana_writes("Dose", "Which dose?").thread;
            held(&world, thread, 1, AfterRelease::Close);
            world.pass_seconds(4);
            ana(&world, thread, "My chest hurts since this morning.", questions);
            let wrote = world.app.now();
            world.pass_seconds(7);
            // The node was down for a while: what she wrote waits since she wrote it.
            world.pass_seconds(3_600);
            assert_eq!(draft::release_due(&world.app).unwrap(), 1, "the answer leaves");
            let owed = (WorkState::Claimed, Some(world.nils), Some(wrote));
            assert_eq!(stands(&world, thread), (ThreadState::WaitingTeam, 3, Some(owed)));
            assert_eq!(told(&world, world.nils), [thread]);
            assert!(told(&world, world.dora).is_empty(), "it was not her answer");
            settled(&world);
            // The conversation says so, after it was opened too; the lists do not any more.
            let nils = world.actor(world.nils);
            let open = |world: &World| {
                let staff = world.actor(world.nils);
                world.app.read(&staff, |cx| app::staff::conversation(cx, thread, i64::MAX, 9))
            };
            assert!(open(&world).unwrap().crossed);
            world.app.write(&nils, move |cx| app::thread::mark_read(cx, thread, 3)).unwrap();
            assert!(told(&world, world.nils).is_empty());
            assert!(open(&world).unwrap().crossed);
            // Read and answered, it closes like any other.
            held(&world, thread, 3, AfterRelease::Close);
            world.pass_seconds(11);
            assert_eq!(draft::release_due(&world.app).unwrap(), 1);
            assert_eq!(stands(&world, thread).0, ThreadState::Closed);
            assert!(!open(&world).unwrap().crossed);
            settled(&world);
        }
    }
}

#[test]
fn what_comes_while_any_answer_is_held_is_not_called_answered() {
    for world in World::all() {
        for after in [AfterRelease::Nothing, AfterRelease::Wait] {
            let thread = world.ana_writes("Dose", "Which dose?").thread;
            held(&world, thread, 1, after);
            ana(&world, thread, "And it bleeds.", &[]);
            let wrote = world.app.now();
            world.pass_seconds(11);
            assert_eq!(draft::release_due(&world.app).unwrap(), 1);
            let owed = (WorkState::Claimed, Some(world.nils), Some(wrote));
            assert_eq!(stands(&world, thread).2, Some(owed));
            assert_eq!(told(&world, world.nils).last(), Some(&thread));
            settled(&world);
        }
    }
}

#[test]
fn what_a_colleague_answered_meanwhile_or_the_writer_was_shown_closes() {
    for world in World::all() {
        // A colleague read and answered what came in the hold.
        let thread = world.ana_writes("Dose", "Which dose?").thread;
        held(&world, thread, 1, AfterRelease::Close);
        ana(&world, thread, "With water?", &[]);
        let quick = World::typed_reply(thread, "With water.", 2, AfterRelease::Nothing);
        world
            .app
            .write(&world.actor(world.dora), move |cx| {
                let (id, _) = draft::save(cx, None, 0, &quick)?;
                draft::send(cx, id, 1, Some(2))?;
                draft::release(cx, id)
            })
            .unwrap();
        world.pass_seconds(11);
        assert_eq!(draft::release_due(&world.app).unwrap(), 1);
        assert_eq!(stands(&world, thread), (ThreadState::Closed, 4, None));
        assert!(told(&world, world.nils).is_empty());
        // What came before the press was shown then, or the press confirmed it.
        let thread = world.ana_writes("Dose again", "Which dose?").thread;
        ana(&world, thread, "With water?", &[]);
        held(&world, thread, 2, AfterRelease::Close);
        world.pass_seconds(11);
        assert_eq!(draft::release_due(&world.app).unwrap(), 1);
        assert_eq!(stands(&world, thread), (ThreadState::Closed, 3, None));
        settled(&world);
    }
}

#[test]
fn what_comes_while_an_answer_is_held_stays_owed_when_the_conversation_is_joined_meanwhile() {
    for world in World::all() {
        for after in [AfterRelease::Close, AfterRelease::Nothing] {
            let first = world.ana_writes("Dose", "Which dose?").thread;
            let second = world.ana_writes("Dose again", "Which dose of it?").thread;
            held(&world, first, 1, after);
            world.pass_seconds(2);
            ana(&world, first, "My chest hurts since this morning.", &[]);
            world.joins(&world.actor(world.dora), first, second).unwrap();
            world.pass_seconds(11);
            draft::release_due(&world.app).unwrap();
            let (state, _, open) = stands(&world, second);
            assert_eq!(state, ThreadState::WaitingTeam, "{after:?}");
            let (_, _, owed) = open.expect("somebody owes an answer");
            assert!(owed.is_some(), "{after:?}");
            settled(&world);
        }
    }
}
