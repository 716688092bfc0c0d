//! A patient writes, the team answers, and nothing is lost, doubled or shown to the wrong person.

use app::draft::{self, Sent};
use app::{Conflict, Error, inbox, message, thread};
use domain::thread::ThreadState;
use store::draft::AfterRelease;
use store::inbox_row::{After, Filter};

use crate::world::World;

#[test]
fn a_patient_writes_and_the_team_answers() {
    for world in World::all() {
        let sent = world.ana_writes("Dizzy in the morning", "I feel dizzy when I get up.");
        let nils = world.actor(world.nils);
        let id = sent.thread;
        let view = world.app.read(&nils, |cx| thread::view(cx, id, i64::MAX, 50)).unwrap();
        assert_eq!(view.headline, "Dizzy in the morning");
        assert_eq!(view.messages[0].letter.author, "Ana Alvarez");
        assert_eq!(view.messages[0].questions[0].text, "Should I stop the pill?");
        assert_eq!(view.state, ThreadState::WaitingTeam);
        assert!(!view.patient_side);

        let reply =
            World::typed_reply(id, "Please sit down slowly.", view.last_seq, AfterRelease::Wait);
        let (draft_id, version) =
            world.app.write(&nils, move |cx| draft::save(cx, None, 0, &reply)).unwrap();
        world.app.write(&nils, move |cx| draft::send(cx, draft_id, version, None)).unwrap();
        let ana = world.actor(world.ana);
        let view = world.app.read(&ana, |cx| thread::view(cx, id, i64::MAX, 50)).unwrap();
        assert_eq!(view.messages.len(), 1, "a held message shows to its author only");
        world.pass_seconds(11);
        assert_eq!(draft::release_due(&world.app).unwrap(), 1);
        let view = world.app.read(&ana, |cx| thread::view(cx, id, i64::MAX, 50)).unwrap();
        assert_eq!(view.messages[1].letter.body, "Please sit down slowly.");
        assert_eq!(view.state, ThreadState::WaitingPatient);
        let patient = world.ana_patient;
        let page = world
            .app
            .read(&ana, |cx| inbox::list(cx, patient, Filter::Turn, After::start(), 25))
            .unwrap();
        assert_eq!(page.items.len(), 1);
        assert!(page.items[0].unread && page.items[0].asked);
        assert_eq!(page.turn, 1);
    }
}

#[test]
fn a_stranger_finds_nothing() {
    for world in World::all() {
        let sent = world.ana_writes("Private", "Nobody else may read this.");
        let (id, patient) = (sent.thread, world.ana_patient);
        for stranger in [world.ben, world.eve] {
            let actor = world.actor(stranger);
            let view = world.app.read(&actor, |cx| thread::view(cx, id, i64::MAX, 50));
            assert!(matches!(view, Err(Error::NotFound)));
            let list = world
                .app
                .read(&actor, |cx| inbox::list(cx, patient, Filter::All, After::start(), 25));
            assert!(matches!(list, Err(Error::NotFound)));
            let typed = World::typed_reply(id, "Let me in", 0, AfterRelease::Nothing);
            let draft = world.app.write(&actor, move |cx| draft::save(cx, None, 0, &typed));
            assert!(matches!(draft, Err(Error::NotFound)));
        }
        let denied: i64 = world
            .app
            .db()
            .read(|tx| {
                tx.query_one(
                    store::sql!("SELECT count(*) FROM audit_event WHERE outcome = 'not_found'"),
                    &[],
                )?
                .get(0)
            })
            .map_err(|error: store::db::DbError| error)
            .unwrap();
        assert!(denied >= 6, "every refusal leaves a row, found {denied}");
    }
}

#[test]
fn a_held_message_can_be_taken_back_once() {
    for world in World::all() {
        let ana = world.actor(world.ana);
        let typed = world.typed_new("Mistake", "I did not mean to send this.");
        let (id, version) =
            world.app.write(&ana, move |cx| draft::save(cx, None, 0, &typed)).unwrap();
        world.app.write(&ana, move |cx| draft::send(cx, id, version, None)).unwrap();
        world.app.write(&ana, move |cx| draft::undo(cx, id)).unwrap();
        world.pass_seconds(60);
        assert_eq!(draft::release_due(&world.app).unwrap(), 0);
        let kept = world.app.read(&ana, |cx| draft::get(cx, id)).unwrap();
        assert_eq!(kept.content.body, "I did not mean to send this.");
        world.app.write(&ana, move |cx| draft::send(cx, id, version, None)).unwrap();
        world.pass_seconds(60);
        assert_eq!(draft::release_due(&world.app).unwrap(), 1);
        let late = world.app.write(&ana, move |cx| draft::undo(cx, id));
        assert!(matches!(late, Err(Error::Conflict(Conflict::AlreadySent))));
    }
}

#[test]
fn newer_messages_are_shown_before_a_reply_goes_out() {
    for world in World::all() {
        let id = world.ana_writes("Dose", "Which dose?").thread;
        let (nils, dora) = (world.actor(world.nils), world.actor(world.dora));
        for (actor, body) in [(&dora, "Take one."), (&nils, "Take two.")] {
            let typed = World::typed_reply(id, body, 1, AfterRelease::Nothing);
            let (draft_id, version) =
                world.app.write(actor, move |cx| draft::save(cx, None, 0, &typed)).unwrap();
            let sent = world.app.write(actor, move |cx| draft::send(cx, draft_id, version, None));
            if body == "Take one." {
                assert!(matches!(sent, Ok(Sent::Held(_))));
                world.pass_seconds(11);
                draft::release_due(&world.app).unwrap();
                continue;
            }
            let Err(Error::Conflict(Conflict::NewerMessages { last_seq, count })) = sent else {
                panic!("expected the newer-message stop, got {sent:?}");
            };
            assert_eq!((last_seq, count), (2, 1));
            let again = world
                .app
                .write(actor, move |cx| draft::send(cx, draft_id, version, Some(last_seq)));
            assert!(matches!(again, Ok(Sent::Held(_))), "confirmed with the number shown");
        }
    }
}

#[test]
fn a_retry_is_one_message() {
    for world in World::all() {
        let id = world.ana_writes("Refill", "I need a refill.").thread;
        let ana = world.actor(world.ana);
        let out = |body: &str| message::Outgoing {
            body: domain::message::Body::parse(body).unwrap(),
            ask: domain::message::Ask::Inform,
            questions: Vec::new(),
            answers: Vec::new(),
            language: "en".to_owned(),
            channel: domain::message::Channel::Api,
            prepared_by: None,
            client_msg_id: domain::message::ClientMsgId::parse("retry-1").unwrap(),
            base_seq: None,
            answers_up_to: None,
            after: AfterRelease::Nothing,
            outcome: None,
        };
        let first = out("Thank you.");
        let sent = world.app.write(&ana, move |cx| message::reply(cx, id, &first)).unwrap();
        let again = out("Thank you.");
        let retry = world.app.write(&ana, move |cx| message::reply(cx, id, &again)).unwrap();
        assert_eq!((sent.id, sent.seq), (retry.id, retry.seq));
        assert!(retry.repeated);
        let other = out("Something else.");
        let refused = world.app.write(&ana, move |cx| message::reply(cx, id, &other));
        assert!(matches!(refused, Err(Error::Conflict(Conflict::ClientIdReused { .. }))));
    }
}

#[test]
fn closing_ends_the_work_and_a_reply_opens_it_again() {
    for world in World::all() {
        let id = world.ana_writes("Form", "Please sign my form.").thread;
        let (nils, ana) = (world.actor(world.nils), world.actor(world.ana));
        let mut typed = World::typed_reply(id, "It is signed.", 1, AfterRelease::Close);
        let view = world.app.read(&ana, |cx| thread::view(cx, id, i64::MAX, 50)).unwrap();
        typed.content.answers =
            view.messages[0].questions.iter().map(|one| one.id.to_string()).collect();
        let (draft_id, version) =
            world.app.write(&nils, move |cx| draft::save(cx, None, 0, &typed)).unwrap();
        world.app.write(&nils, move |cx| draft::send(cx, draft_id, version, None)).unwrap();
        world.pass_seconds(11);
        draft::release_due(&world.app).unwrap();
        let view = world.app.read(&ana, |cx| thread::view(cx, id, i64::MAX, 50)).unwrap();
        assert_eq!(view.state, ThreadState::Closed);
        let typed = World::typed_reply(id, "One more thing.", view.last_seq, AfterRelease::Nothing);
        let (draft_id, version) =
            world.app.write(&ana, move |cx| draft::save(cx, None, 0, &typed)).unwrap();
        world.app.write(&ana, move |cx| draft::send(cx, draft_id, version, None)).unwrap();
        world.pass_seconds(11);
        assert_eq!(draft::release_due(&world.app).unwrap(), 1);
        let view = world.app.read(&ana, |cx| thread::view(cx, id, i64::MAX, 50)).unwrap();
        assert_eq!(view.state, ThreadState::WaitingTeam);
        let kinds: Vec<&str> = view.lines.iter().map(|line| line.kind.as_str()).collect();
        assert_eq!(kinds, ["closed", "reopened"]);
        let seqs: Vec<i64> = view.messages.iter().map(|m| m.seq).collect();
        assert_eq!(seqs, [1, 2, 5], "numbers are dense over messages and lines");
    }
}
