//! Numbered questions stay open until each is answered or set aside with a reason.

use app::content::DraftContent;
use app::draft::{self, Target, Typed};
use app::inbox::{After, Filter};
use app::thread::{ThreadView, open_questions};
use app::{Cx, Error, inbox, question, thread, work};
use domain::ids::{PersonId, QuestionId, ThreadId};
use domain::message::{Ask, Line, QuestionState, Side};
use domain::thread::ThreadState;
use domain::work_item::Outcome;
use store::draft::AfterRelease;
use store::work_item::{QueueAfter, QueueList};

use crate::world::World;

fn view(world: &World, person: PersonId, id: ThreadId) -> ThreadView {
    world.app.read(&world.actor(person), |cx| thread::view(cx, id, i64::MAX, 50)).unwrap()
}

/// Ana asks three things.
fn asks_three(world: &World) -> ThreadId {
    let ana = world.actor(world.ana);
    let mut typed = world.typed_new("Three things", "Please tell me.");
    typed.content.questions = ["One?", "Two?", "Three?"].map(str::to_owned).to_vec();
    let (id, version) = world.app.write(&ana, move |cx| draft::save(cx, None, 0, &typed)).unwrap();
    world.app.write(&ana, move |cx| draft::send(cx, id, version, None)).unwrap();
    world.pass_seconds(11);
    draft::release_due(&world.app).unwrap();
    let patient = world.ana_patient;
    let list = |cx: &mut Cx<'_, '_>| inbox::list(cx, patient, Filter::All, After::start(), 1);
    world.app.read(&ana, list).unwrap().items[0].thread
}

/// A reply of Nils's, with its questions and the patient's it answers.
fn answers(
    world: &World,
    id: ThreadId,
    after: AfterRelease,
    ticks: &[usize],
    asks: &[&str],
) -> app::Result<()> {
    let nils = world.actor(world.nils);
    let seen = view(world, world.nils, id);
    let ids: Vec<String> =
        ticks.iter().map(|n| seen.messages[0].questions[*n].id.to_string()).collect();
    let typed = Typed {
        target: Target::Reply { thread: id, after, outcome: None },
        ask: if asks.is_empty() { Ask::Inform } else { Ask::Fact },
        content: DraftContent {
            body: "About your questions.".to_owned(),
            answers: ids,
            questions: asks.iter().map(|text| (*text).to_owned()).collect(),
            ..DraftContent::default()
        },
        base_seq: seen.last_seq,
    };
    world.app.write(&nils, move |cx| {
        let (draft, version) = draft::save(cx, None, 0, &typed)?;
        draft::send(cx, draft, version, None).map(|_| ())
    })?;
    world.pass_seconds(11);
    draft::release_due(&world.app).map(|_| ())
}

fn asked(world: &World) -> (bool, bool) {
    let patient = world.ana_patient;
    let list = |cx: &mut Cx<'_, '_>| inbox::list(cx, patient, Filter::All, After::start(), 1);
    let item = world.app.read(&world.actor(world.ana), list).unwrap().items.remove(0);
    (item.asked, item.needs_reply)
}

fn settled(world: &World) {
    let findings = app::verify::run(&world.app, |_| {}).unwrap().findings;
    assert!(findings.is_empty(), "{findings:?}");
}

#[test]
fn an_answer_leaves_open_what_it_does_not_answer() {
    for world in World::all() {
        let id = asks_three(&world);
        let (nils, team) = (world.actor(world.nils), world.team);
        answers(&world, id, AfterRelease::Nothing, &[1], &[]).unwrap();
        let seen = view(&world, world.ana, id);
        assert_eq!(open_questions(&seen.messages, Side::Patient), (2, 3));
        let done = world
            .app
            .read(&nils, |cx| work::queue(cx, team, QueueList::Done, QueueAfter::START, 50))
            .unwrap();
        assert_eq!((done.entries[0].marks.open, done.entries[0].marks.asked), (2, 3));
        // What is open is not called answered, by a message or without.
        let refused = |outcome: app::Result<()>| match outcome {
            Err(Error::Invalid(faults)) => faults[0].field,
            other => panic!("{other:?}"),
        };
        assert_eq!(refused(answers(&world, id, AfterRelease::Close, &[0], &[])), "questions");
        let close =
            |outcome| world.app.write(&nils, move |cx| work::close(cx, id, outcome, None, None));
        assert_eq!(refused(close(Outcome::Answered)), "questions");
        let open = seen.messages[0].questions[0].id;
        let aside = |reason: Option<&str>| {
            let reason = reason.map(|text| Line::parse(text).unwrap());
            world.app.write(&nils, move |cx| {
                question::decide(cx, id, open, QuestionState::SetAside, reason.as_ref())
            })
        };
        assert_eq!(refused(aside(None)), "reason");
        aside(Some("For the visit on Friday.")).unwrap();
        assert!(matches!(aside(Some("Again.")), Err(Error::Conflict(_))), "it is settled");
        let seen = view(&world, world.ana, id);
        assert_eq!(seen.messages[0].questions[0].state, QuestionState::SetAside);
        assert_eq!(seen.messages[0].questions[0].reason, "For the visit on Friday.");
        answers(&world, id, AfterRelease::Close, &[2], &[]).unwrap();
        assert_eq!(view(&world, world.ana, id).state, ThreadState::Closed);
        settled(&world);
    }
}

#[test]
fn questions_of_a_joined_conversation_stay_open_where_it_goes_on() {
    for world in World::all() {
        let (nils, team) = (world.actor(world.nils), world.team);
        let ended = asks_three(&world);
        let id = world.ana_writes("The same", "I asked three things on Monday.").thread;
        world.joins(&nils, ended, id).unwrap();
        let seen = view(&world, world.nils, id);
        // Three there, and the one of the message that goes on.
        assert_eq!(open_questions(seen.said(), Side::Patient), (4, 4));
        let page = world
            .app
            .read(&nils, |cx| work::queue(cx, team, QueueList::Team, QueueAfter::START, 50))
            .unwrap();
        assert_eq!((page.entries[0].marks.open, page.entries[0].marks.asked), (4, 4));
        // What is open there is not called answered here.
        let close =
            |outcome| world.app.write(&nils, move |cx| work::close(cx, id, outcome, None, None));
        let refused = close(Outcome::Answered);
        assert!(matches!(&refused, Err(Error::Invalid(faults)) if faults[0].field == "questions"));
        let asked: Vec<_> = seen.said().iter().flat_map(|one| &one.questions).collect();
        let [first, second, third, own] = asked.as_slice() else { panic!("{asked:?}") };
        let decide = |question: QuestionId, state, reason: Option<&str>| {
            let reason = reason.map(|text| Line::parse(text).unwrap());
            world
                .app
                .write(&nils, move |cx| question::decide(cx, id, question, state, reason.as_ref()))
        };
        decide(first.id, QuestionState::SetAside, Some("For the visit.")).unwrap();
        decide(second.id, QuestionState::Answered, None).unwrap();
        decide(own.id, QuestionState::Answered, None).unwrap();
        assert!(close(Outcome::Answered).is_err(), "one is open still");
        decide(third.id, QuestionState::Answered, None).unwrap();
        let seen = view(&world, world.ana, id);
        assert_eq!(open_questions(seen.said(), Side::Patient), (0, 0));
        close(Outcome::Answered).unwrap();
        settled(&world);
    }
}

#[test]
fn what_the_team_asked_stays_asked_until_she_answers_or_it_is_set_aside() {
    for world in World::all() {
        let id = asks_three(&world);
        answers(&world, id, AfterRelease::Wait, &[0, 1, 2], &["Since when?"]).unwrap();
        assert_eq!(asked(&world), (true, true));
        settled(&world);
        // Another word of the team does not take the question away.
        answers(&world, id, AfterRelease::Nothing, &[], &[]).unwrap();
        assert_eq!(asked(&world), (true, true));
        settled(&world);
        world.replies(world.ana, id, "Since Monday.");
        assert_eq!(asked(&world), (false, false));
        let seen = view(&world, world.nils, id);
        assert_eq!(open_questions(&seen.messages, Side::Team), (0, 0));
        settled(&world);

        answers(&world, id, AfterRelease::Wait, &[], &["How much do you weigh?"]).unwrap();
        let seen = view(&world, world.nils, id);
        assert_eq!(seen.state, ThreadState::WaitingPatient);
        let theirs = seen.messages.last().unwrap().questions[0].id;
        let decide = move |state| {
            move |cx: &mut Cx<'_, '_>| {
                let reason = Line::parse("Seen in clinic.").unwrap();
                question::decide(cx, id, theirs, state, Some(&reason))
            }
        };
        for stranger in [world.ana, world.ben, world.eve] {
            let outcome = world.app.write(&world.actor(stranger), decide(QuestionState::SetAside));
            assert!(matches!(outcome, Err(Error::NotFound)), "{outcome:?}");
        }
        let nils = world.actor(world.nils);
        let own = world.app.write(&nils, decide(QuestionState::Answered));
        assert!(matches!(own, Err(Error::Conflict(_))), "the team does not answer itself");
        world.app.write(&nils, decide(QuestionState::SetAside)).unwrap();
        assert_eq!(asked(&world), (false, false));
        assert_eq!(view(&world, world.nils, id).state, ThreadState::Open, "nobody waits");
        settled(&world);
    }
}
