//! Saved replies: kept by a team or a person, put in with their words filled, and never sent half filled.

use app::saved_reply::{self, Typed};
use app::{Error, draft};
use domain::access::Actor;
use domain::ids::{PersonId, SavedReplyId};
use domain::saved_reply::Act;
use domain::work_item::{Level, Outcome};
use store::draft::AfterRelease;
use store::sql;

use crate::world::World;

fn typed(world: &World, of_team: bool, english: &str, spanish: &str) -> Typed {
    Typed {
        team: of_team.then_some(world.team),
        title: "Bring your meter".to_owned(),
        texts: [english.to_owned(), spanish.to_owned()],
        act: Act::Wait,
    }
}

fn save(world: &World, who: PersonId, typed: Typed) -> app::Result<SavedReplyId> {
    let id: SavedReplyId = world.app.new_id().unwrap();
    world.app.write(&world.actor(who), move |cx| saved_reply::save(cx, id, 0, &typed)).map(|()| id)
}

fn field(outcome: app::Result<SavedReplyId>) -> (&'static str, &'static str) {
    match outcome {
        Err(Error::Invalid(faults)) => (faults[0].field, faults[0].problem),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_team_keeps_replies_and_they_are_filled_in_the_patients_language() {
    for world in World::all() {
        let (nils, dora) = (world.nils, world.dora);
        let text = typed(
            &world,
            true,
            "Hello {patient first name}, call {team} at {phone}. {my name}",
            "Hola, {nombre del paciente}: llame al {teléfono}.",
        );
        let id = save(&world, nils, text.clone()).unwrap();
        let list = |who| world.app.read(&world.actor(who), saved_reply::list);
        let (own, teams) = list(dora).unwrap();
        assert!(own.is_empty());
        assert_eq!((teams[0].1[0].id, teams[0].1[0].act), (id, Act::Wait));
        let thread = world.ana_writes("Sugar", "My sugar is high.").thread;
        let filled =
            |who| world.app.read(&world.actor(who), move |cx| saved_reply::filled(cx, thread, id));
        let found = filled(dora).unwrap();
        assert_eq!(found.text, "Hello Ana, call Diabetes team at 555-0100. Dora Park");
        assert_eq!((found.language.as_str(), found.act), ("en", Act::Wait));
        let ana = world.ana_patient;
        world
            .app
            .write(&Actor::system(), move |cx| {
                let spoken = sql!("UPDATE patient SET language = 'es-US' WHERE id = $1");
                Ok(cx.tx().execute_one(spoken, &[&ana])?)
            })
            .unwrap();
        assert_eq!(filled(dora).unwrap().text, "Hola, Ana: llame al 555-0100.");
        // Changed by a colleague; who had the page open from before is told.
        let mut better = text;
        better.act = Act::Close(Outcome::Refill);
        let (first, second) = (better.clone(), better);
        world
            .app
            .write(&world.actor(dora), move |cx| saved_reply::save(cx, id, 1, &first))
            .unwrap();
        let late =
            world.app.write(&world.actor(nils), move |cx| saved_reply::save(cx, id, 1, &second));
        assert!(matches!(late, Err(Error::Conflict(_))), "{late:?}");
        assert_eq!(filled(nils).unwrap().act, Act::Close(Outcome::Refill));
        // Another team, the patient and the desk have none of it.
        for who in [world.eve, world.ana] {
            let got = world.app.read(&world.actor(who), move |cx| saved_reply::get(cx, id));
            assert!(matches!(got, Err(Error::NotFound)), "{got:?}");
            let gone = world.app.write(&world.actor(who), move |cx| saved_reply::remove(cx, id));
            assert!(matches!(gone, Err(Error::NotFound)), "{gone:?}");
            let text = typed(&world, true, "Hello", "");
            assert!(matches!(save(&world, who, text), Err(Error::NotFound)));
        }
        world.app.write(&world.actor(nils), move |cx| saved_reply::remove(cx, id)).unwrap();
        assert!(matches!(filled(dora), Err(Error::NotFound)));
    }
}

#[test]
fn ones_own_replies_are_ones_own() {
    for world in World::all() {
        let text = typed(&world, false, "Hello", "");
        let id = save(&world, world.nils, text).unwrap();
        let offered = |who| {
            let team = Some(world.team);
            world.app.read(&world.actor(who), move |cx| saved_reply::offered(cx, team)).unwrap()
        };
        assert_eq!(offered(world.nils).len(), 1);
        assert!(offered(world.dora).is_empty() && offered(world.ana).is_empty());
        let theirs = world.app.read(&world.actor(world.dora), move |cx| saved_reply::get(cx, id));
        assert!(matches!(theirs, Err(Error::NotFound)));
    }
}

#[test]
fn what_is_wrong_is_refused_at_the_saving_and_a_gap_at_the_sending() {
    for world in World::all() {
        let (nils, dora) = (world.nils, world.dora);
        let say = |english: &str| save(&world, nils, typed(&world, true, english, ""));
        assert_eq!(field(say("Hello {patient frist name}")), ("text_en", "placeholder"));
        assert_eq!(field(say("  ")), ("text_en", "empty"));
        assert_eq!(field(say(&"x".repeat(10_001))), ("text_en", "too-long"));
        let mut untitled = typed(&world, true, "Hello", "");
        untitled.title = " ".to_owned();
        assert_eq!(field(save(&world, nils, untitled)), ("title", "empty"));
        let mut levelled = typed(&world, true, "Take {fill: dose} mg.", "");
        levelled.act = Act::Level(Level::TODAY);
        let id = save(&world, nils, levelled).unwrap();
        let thread = world.ana_writes("Sugar", "How much?").thread;
        let filled = world
            .app
            .read(&world.actor(dora), move |cx| saved_reply::filled(cx, thread, id))
            .unwrap();
        assert_eq!(
            (filled.text.as_str(), filled.act.code()),
            ("Take {fill: dose} mg.", "level-2".into())
        );
        let send = |body: &str| {
            let typed = World::typed_reply(thread, body, 9, AfterRelease::Nothing);
            world.app.write(&world.actor(dora), move |cx| {
                let (id, version) = draft::save(cx, None, 0, &typed)?;
                draft::send(cx, id, version, None)
            })
        };
        match send(&filled.text) {
            Err(Error::Invalid(faults)) => {
                assert_eq!((faults[0].field, faults[0].problem), ("body", "placeholder"));
            }
            other => panic!("{other:?}"),
        }
        send("Take 5 mg. (f = {x})").unwrap();
        world.pass_seconds(11);
        assert_eq!(draft::release_due(&world.app).unwrap(), 1);
        // What the patient writes in braces is hers.
        world.replies(world.ana, thread, "What is {fill: dose}?");
    }
}
