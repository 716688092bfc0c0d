//! Words told by phone count as the patient's own wherever it matters who wrote last.

use app::draft::AfterRelease;
use app::message::{self, Outgoing};
use app::told::{self, Into, Speaker};
use app::{verify, work};
use domain::ids::ThreadId;
use domain::message::{Ask, Body, Channel, ClientMsgId, Line};
use domain::work_item::Outcome;
use store::sql;

use crate::world::World;

pub fn text(body: &str, channel: Channel, questions: &[&str], id: &str) -> Outgoing {
    Outgoing {
        body: Body::parse(body).unwrap(),
        ask: Ask::Inform,
        questions: questions.iter().map(|text| Line::parse(text).unwrap()).collect(),
        answers: Vec::new(),
        language: "en".to_owned(),
        channel,
        prepared_by: None,
        client_msg_id: ClientMsgId::parse(id).unwrap(),
        base_seq: None,
        answers_up_to: None,
        after: AfterRelease::Nothing,
        outcome: None,
    }
}

fn findings(world: &World) -> Vec<&'static str> {
    let found = verify::run(&world.app, |_| {}).unwrap().findings;
    found.into_iter().map(|finding| finding.rule).collect()
}

/// Who owes an answer, by the inbox rows: the patient, the team.
fn owes(world: &World, thread: ThreadId) -> (bool, bool) {
    let of = |party: &'static str| {
        world.app.db().read(move |tx| {
            tx.query_one(
                sql!("SELECT needs_reply FROM inbox_row WHERE thread_id = $1 AND party_kind = $2"),
                &[&thread, &party],
            )?
            .get(0)
        })
    };
    (of("patient").unwrap(), of("team").unwrap())
}

#[test]
fn what_was_told_by_phone_is_the_patients_turn_for_verify_too() {
    for world in World::all() {
        let thread = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        let (nils, patient) = (world.actor(world.nils), world.ana_patient);
        let asks = text("Since when?", Channel::Portal, &["Since when?"], "asks");
        world.app.write(&nils, move |cx| message::reply(cx, thread, &asks)).unwrap();
        assert_eq!(owes(&world, thread), (true, false));
        assert!(findings(&world).is_empty());

        let tell = |body: &str, id: &str| {
            let out = text(body, Channel::Phone, &[], id);
            let into = Into::Thread(thread);
            let told = move |cx: &mut app::Cx<'_, '_>| {
                told::enter(cx, patient, Speaker::Patient, &into, &out)
            };
            world.app.write(&nils, told).unwrap();
        };
        // Nils wrote it down, and yet it is Ana's side that wrote last.
        tell("Since Monday.", "call-1");
        assert_eq!(owes(&world, thread), (false, true));
        assert_eq!(findings(&world), Vec::<&str>::new());

        let close = move |cx: &mut app::Cx<'_, '_>| {
            work::close(cx, thread, Outcome::NoAnswerNeeded, None, None)
        };
        world.app.write(&nils, close).unwrap();
        assert_eq!(owes(&world, thread), (false, false));
        assert_eq!(findings(&world), Vec::<&str>::new());
        tell("It is back.", "call-2");
        assert_eq!(owes(&world, thread), (false, true));
        assert_eq!(findings(&world), Vec::<&str>::new());

        // A row that says otherwise is found.
        let turn = |patient: bool, team: bool| {
            world
                .app
                .db()
                .write(move |tx| {
                    let set = sql!(
                        "UPDATE inbox_row SET needs_reply = $2 WHERE thread_id = $1 AND party_kind = $3"
                    );
                    tx.execute_one(set, &[&thread, &patient, &"patient"])?;
                    tx.execute_one(set, &[&thread, &team, &"team"])
                })
                .unwrap();
        };
        turn(true, true);
        assert_eq!(findings(&world), ["who wrote last owes no answer"]);
        turn(false, false);
        assert_eq!(findings(&world), ["what the other side asks wants an answer"]);
    }
}
