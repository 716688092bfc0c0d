//! Answers that leave the channel: a call is a message in its place, a try is no answer, and nothing ends
//! without saying what comes next.

use app::closing::{self, Closing};
use app::contact::{self, Attempt, Call, Delivery, With};
use app::thread::ThreadView;
use app::{Conflict, Cx, Error, thread, work};
use domain::contact::{Brought, Tried};
use domain::ids::{PersonId, ThreadId};
use domain::message::{Body, Channel, ClientMsgId, Line, Side};
use domain::thread::ThreadState;
use domain::work_item::{Outcome, WorkEventKind};
use store::sql;
use store::work_item::{QueueAfter, QueueList};

use crate::world::World;

fn line(text: &str) -> Line {
    Line::parse(text).unwrap()
}

fn spoke(world: &World, with: With, said: &str, id: &str) -> Call {
    Call {
        with,
        at: world.app.now().plus_seconds(-600),
        said: Body::parse(said).unwrap(),
        answers: Vec::new(),
        language: "en".to_owned(),
        client_msg_id: ClientMsgId::parse(id).unwrap(),
    }
}

fn view(world: &World, person: PersonId, id: ThreadId) -> ThreadView {
    world.app.read(&world.actor(person), |cx| thread::view(cx, id, i64::MAX, 50)).unwrap()
}

fn field(outcome: app::Result<()>) -> &'static str {
    match outcome {
        Err(Error::Invalid(faults)) => faults[0].field,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_call_back_is_a_message_in_its_place_and_closes() {
    for world in World::all() {
        let id = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        let (nils, dora) = (world.actor(world.nils), world.actor(world.dora));
        let version = view(&world, world.nils, id).items[0].version;
        let mut call = spoke(&world, With::Patient, "Take it at night.", "call-1");
        let open = call.clone();
        let by = move |cx: &mut Cx<'_, '_>| contact::call(cx, id, &open, true, None).map(|_| ());
        assert_eq!(field(world.app.write(&nils, by)), "questions", "hers is not answered yet");
        call.answers = vec![view(&world, world.nils, id).messages[0].questions[0].id];
        let first = call.clone();
        let by = move |cx: &mut Cx<'_, '_>| contact::call(cx, id, &first, true, Some(version));
        let done = world.app.write(&nils, by.clone()).unwrap();
        let again = world.app.write(&nils, by).unwrap();
        assert_eq!((again.seq, again.repeated), (done.seq, true), "a retry is one call");
        let seen = view(&world, world.ana, id);
        assert_eq!(seen.state, ThreadState::Closed);
        let said = seen.messages.last().unwrap();
        assert_eq!((said.side, said.channel), (Side::Team, Channel::Phone));
        assert_eq!(said.letter.author, "Nils Lee");
        assert_eq!(said.letter.spoke_with, "Ana Alvarez");
        assert_eq!(said.letter.spoke_at, call.at.micros());
        assert_eq!(said.letter.body, "Take it at night.");
        assert_eq!(seen.lines.last().unwrap().detail, "callback");
        assert!(seen.lines.last().unwrap().seq > said.seq, "closed after what was said");
        assert!(seen.custody.iter().any(|step| step.kind == WorkEventKind::Closed));
        let answers = sql!("SELECT count(*) FROM answer_time");
        let count: i64 = world.app.db().read(|tx| tx.query_one(answers, &[])?.get(0)).unwrap();
        assert_eq!(count, 1, "a call is an answer");
        let findings = app::verify::run(&world.app, |_| {}).unwrap().findings;
        assert!(findings.is_empty(), "{findings:?}");
        // Another text under the same id is refused; a page of before is stopped.
        let other = spoke(&world, With::Patient, "Other words.", "call-1");
        let reused = world.app.write(&nils, move |cx| contact::call(cx, id, &other, true, None));
        assert!(matches!(reused, Err(Error::Conflict(Conflict::ClientIdReused { .. }))));
        let late = spoke(&world, With::Patient, "Me too.", "call-2");
        let late =
            world.app.write(&dora, move |cx| contact::call(cx, id, &late, true, Some(version)));
        assert!(matches!(late, Err(Error::Conflict(Conflict::Changed))), "{late:?}");
    }
}

#[test]
fn a_call_that_reached_nobody_stops_no_clock_and_closes_nothing() {
    for world in World::all() {
        let id = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        let (nils, team) = (world.actor(world.nils), world.team);
        let before = view(&world, world.nils, id).items[0].clone();
        for (how, said) in [(Tried::Nobody, None), (Tried::Voicemail, Some(line("Please call.")))] {
            let event = world.app.new_id().unwrap();
            let attempt = Attempt { how, at: world.app.now(), said, id: event };
            for _ in 0..2 {
                let attempt = attempt.clone();
                world.app.write(&nils, move |cx| contact::tried(cx, id, &attempt)).unwrap();
            }
        }
        let seen = view(&world, world.ana, id);
        assert_eq!(seen.state, ThreadState::WaitingTeam);
        let now = &view(&world, world.nils, id).items[0];
        assert_eq!((now.due_at, now.owed), (before.due_at, before.owed), "the clock runs on");
        let tried: Vec<_> = seen.lines.iter().filter(|line| line.kind == "tried").collect();
        assert_eq!(tried.len(), 2, "a form that was sent twice is one try");
        assert_eq!(
            (tried[1].detail.as_str(), tried[1].more.by.as_str()),
            ("voicemail", "Nils Lee")
        );
        assert_eq!(tried[1].more.remark, "Please call.");
        let queue = |world: &World| {
            let start = QueueAfter::START;
            let page = world
                .app
                .read(&nils, |cx| work::queue(cx, team, QueueList::Team, start, 50))
                .unwrap();
            page.entries.first().map(|entry| entry.marks.tried)
        };
        assert_eq!(queue(&world), Some(2));
        // An answer ends the count; what the patient writes next begins a new one.
        world.replies(world.nils, id, "Reached you at last.");
        world.replies(world.ana, id, "Thank you. And the pill?");
        assert_eq!(queue(&world), Some(0));
        let findings = app::verify::run(&world.app, |_| {}).unwrap().findings;
        assert!(findings.is_empty(), "{findings:?}");
    }
}

#[test]
fn an_outcome_says_in_plain_words_what_was_asked_for() {
    for world in World::all() {
        let id = world.ana_writes("Pills", "My pills run out.").thread;
        let nils = world.actor(world.nils);
        let close = |outcome, what: Option<&str>, on: Option<&str>| {
            let closing = Closing {
                outcome,
                what: what.map(line),
                on: on.map(|on| on.parse().unwrap()),
                remark: None,
            };
            world.app.write(&nils, move |cx| closing::close(cx, id, &closing, None))
        };
        for outcome in [
            Outcome::Appointment,
            Outcome::Refill,
            Outcome::Order,
            Outcome::HandedOver,
            Outcome::AnsweredElsewhere,
        ] {
            assert_eq!(field(close(outcome, None, None)), "what", "{outcome:?}");
        }
        assert_eq!(field(close(Outcome::Callback, Some("x"), None)), "said", "a call has a record");
        let bare =
            world.app.write(&nils, move |cx| work::close(cx, id, Outcome::Callback, None, None));
        assert_eq!(field(bare), "said");
        assert_eq!(field(close(Outcome::Refill, Some("metformin"), Some("2036-01-01"))), "on");
        close(Outcome::Refill, Some("metformin"), Some("2026-11-25")).unwrap();
        let seen = view(&world, world.ana, id);
        let last = seen.lines.last().unwrap();
        assert_eq!(last.detail, "refill");
        assert_eq!((last.more.what.as_str(), last.more.on.as_str()), ("metformin", "2026-11-25"));
    }
}

#[test]
fn only_whoever_may_answer_records_and_only_what_can_have_been() {
    for world in World::all() {
        let id = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        let (nils, dora) = (world.actor(world.nils), world.dora);
        let call = |with: With, ago: i64| {
            let at = world.app.now().plus_seconds(-ago);
            let call = Call { at, ..spoke(&world, with, "Words.", "call-x") };
            world.app.write(&nils, move |cx| contact::call(cx, id, &call, false, None).map(|_| ()))
        };
        assert_eq!(field(call(With::Patient, -3_600)), "at", "a call that is to come");
        assert_eq!(field(call(With::Patient, 40 * 86_400)), "at");
        assert_eq!(field(call(With::Helper(dora), 0)), "with", "no reader of the patient's side");
        call(With::Other(line("Neighbor Kim")), 0).unwrap();
        let seen = view(&world, world.nils, id);
        assert_eq!(seen.messages.last().unwrap().letter.spoke_with, "Neighbor Kim");
        assert_eq!(seen.state, ThreadState::Open, "answered, not closed");
        for stranger in [world.ana, world.ben, world.eve] {
            let delivery = Delivery {
                how: Brought::ReadOut,
                to: With::Patient,
                at: world.app.now(),
                id: world.app.new_id().unwrap(),
            };
            let refused = world
                .app
                .write(&world.actor(stranger), move |cx| contact::brought(cx, id, &delivery));
            assert!(matches!(refused, Err(Error::NotFound)), "{refused:?}");
        }
    }
}

#[test]
fn an_announcement_is_care_once_it_was_answered() {
    for world in World::all() {
        crate::leads::make_lead(&world, world.nils);
        let id = crate::announcement::announced(&world);
        let nils = world.actor(world.nils);
        let early = spoke(&world, With::Patient, "She asks about the shot.", "early");
        let refused = world.app.write(&nils, move |cx| contact::call(cx, id, &early, false, None));
        assert!(matches!(refused, Err(Error::NotFound)), "nothing is owed there");
        world.replies(world.ana, id, "Can I come on Tuesday?");
        let call = spoke(&world, With::Patient, "Yes, at nine.", "call");
        world.app.write(&nils, move |cx| contact::call(cx, id, &call, true, None)).unwrap();
        let hers = view(&world, world.ana, id);
        assert_eq!(hers.state, ThreadState::Closed);
        assert_eq!(hers.messages.last().unwrap().letter.body, "Yes, at nine.");
        // Her words come by phone, and the team's answer lies over a net as any answer does.
        let (patient, out) =
            (world.ana_patient, crate::told::text("At ten?", Channel::Phone, &[], "told"));
        world
            .app
            .write(&nils, move |cx| {
                let into = app::told::Into::Thread(id);
                app::told::enter(cx, patient, app::told::Speaker::Patient, &into, &out)
            })
            .unwrap();
        world.replies(world.nils, id, "Ten is fine.");
        let nets = sql!("SELECT count(*) FROM read_back WHERE thread_id = $1");
        let count: Result<i64, store::db::DbError> =
            world.app.db().read(|tx| tx.query_one(nets, &[&id])?.get(0));
        assert_eq!(count.unwrap(), 1);
        let findings = app::verify::run(&world.app, |_| {}).unwrap().findings;
        assert!(findings.is_empty(), "{findings:?}");
    }
}
