//! Saved replies: kept by a team or a person, put in with their words filled, and never sent half filled.

use app::content::LevelPress;
use app::saved_reply::{self, Typed};
use app::{Error, draft};
use domain::access::Actor;
use domain::ids::{DraftId, PersonId, SavedReplyId, ThreadId};
use domain::saved_reply::{Act, End};
use domain::thread::ThreadState;
use domain::work_item::{Level, Outcome};
use store::draft::AfterRelease;
use store::sql;

use crate::world::World;

const WAIT: Act = Act { level: None, end: End::Wait };
const REFILL: Act = Act { level: None, end: End::Close(Outcome::Refill) };

fn typed(world: &World, of_team: bool, english: &str, spanish: &str) -> Typed {
    Typed {
        team: of_team.then_some(world.team),
        title: "Bring your meter".to_owned(),
        texts: [english.to_owned(), spanish.to_owned()],
        act: WAIT,
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
        assert_eq!((teams[0].1[0].id, teams[0].1[0].act), (id, WAIT));
        let thread = world.ana_writes("Sugar", "My sugar is high.").thread;
        let filled =
            |who| world.app.read(&world.actor(who), move |cx| saved_reply::filled(cx, thread, id));
        let found = filled(dora).unwrap();
        assert_eq!(found.text, "Hello Ana, call Diabetes team at 555-0100. Dora Park");
        assert_eq!((found.language.as_str(), found.act), ("en", WAIT));
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
        better.act = REFILL;
        let (first, second) = (better.clone(), better);
        world
            .app
            .write(&world.actor(dora), move |cx| saved_reply::save(cx, id, 1, &first))
            .unwrap();
        let late =
            world.app.write(&world.actor(nils), move |cx| saved_reply::save(cx, id, 1, &second));
        assert!(matches!(late, Err(Error::Conflict(_))), "{late:?}");
        assert_eq!(filled(nils).unwrap().act, REFILL);
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
        levelled.act = Act { level: Some(Level::TODAY), end: End::Nothing };
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

/// A reply whose press sets a level, as the page of a writer at level 3 makes it.
fn pressed(
    world: &World,
    thread: ThreadId,
    (level, why): (i64, &str),
    after: AfterRelease,
) -> draft::Typed {
    let dora = world.actor(world.dora);
    let view = world.app.read(&dora, move |cx| app::thread::view(cx, thread, i64::MAX, 9)).unwrap();
    let asked = view.messages.iter().flat_map(|message| &message.questions);
    let asked = asked.map(|question| question.id.to_string()).collect();
    let mut typed = World::typed_reply(thread, "It is at the pharmacy.", 9, after);
    let why = why.to_owned();
    typed.content.answers = asked;
    typed.content.press = Some(LevelPress { level, shown: 3, why });
    typed
}

fn press(world: &World, who: PersonId, typed: draft::Typed) -> app::Result<DraftId> {
    world.app.write(&world.actor(who), move |cx| {
        let (id, version) = draft::save(cx, None, 0, &typed)?;
        draft::send(cx, id, version, None).map(|_| id)
    })
}

/// Level and outcome of the work of a conversation, and how many texts it holds; level 0 once none is open.
fn stands(world: &World, thread: ThreadId) -> (i64, bool, usize) {
    let dora = world.actor(world.dora);
    let view = world.app.read(&dora, move |cx| app::thread::view(cx, thread, i64::MAX, 9)).unwrap();
    let level = view.items.first().map_or(0, |item| item.level);
    (level, view.state == ThreadState::Closed, view.messages.len())
}

#[test]
fn one_press_sends_sets_the_level_and_closes_when_the_text_leaves() {
    for world in World::all() {
        let (ana, nils, dora) = (world.ana, world.nils, world.dora);
        let thread = world.ana_writes("Refill", "Please refill my pills.").thread;
        assert_eq!(stands(&world, thread), (3, false, 1));
        // What is not answered is not closed, by this press as by any other.
        let mut silent = pressed(&world, thread, (4, "It is routine."), AfterRelease::Close);
        silent.content.answers.clear();
        match press(&world, dora, silent) {
            Err(Error::Invalid(faults)) => assert_eq!(faults[0].field, "questions"),
            other => panic!("{other:?}"),
        }
        // Less urgent is a clinician's to say, with a reason; so it is in one press.
        let low = |why: &str| pressed(&world, thread, (4, why), AfterRelease::Close);
        assert!(matches!(press(&world, nils, low("It is routine.")), Err(Error::Forbidden)));
        match press(&world, dora, low("")) {
            Err(Error::Invalid(faults)) => assert_eq!(faults[0].field, "level_why"),
            other => panic!("{other:?}"),
        }
        let mut old = low("It is routine.");
        old.content.press.as_mut().unwrap().shown = 2;
        let changed = press(&world, dora, old);
        assert!(matches!(changed, Err(Error::Conflict(_))), "{changed:?}");
        assert_eq!(stands(&world, thread), (3, false, 1), "nothing was done by halves");
        // While it is held nothing has happened, and taking it back leaves nothing behind.
        let id = press(&world, dora, low("It is routine.")).unwrap();
        assert_eq!(stands(&world, thread), (3, false, 1));
        world.app.write(&world.actor(dora), move |cx| draft::undo(cx, id)).unwrap();
        world.pass_seconds(11);
        assert_eq!(draft::release_due(&world.app).unwrap(), 0);
        assert_eq!(stands(&world, thread), (3, false, 1));
        // What the patient writes meanwhile is read first: the text waits as a draft, the level stays.
        let mut late = low("It is routine.");
        late.base_seq = 1;
        let id = press(&world, dora, late).unwrap();
        let held = world.app.now();
        let typed = World::typed_reply(thread, "One more thing.", 1, AfterRelease::Nothing);
        world
            .app
            .write(&world.actor(ana), move |cx| {
                let (id, _) = draft::save(cx, None, 0, &typed)?;
                draft::release(cx, id)
            })
            .unwrap();
        assert_eq!(world.app.now(), held, "inside the hold");
        world.pass_seconds(11);
        assert_eq!(draft::release_due(&world.app).unwrap(), 0);
        assert_eq!(stands(&world, thread), (3, false, 2));
        let unsent = world.app.read(&world.actor(dora), draft::list_unsent).unwrap();
        assert_eq!(unsent.iter().map(|one| one.named.draft.row.id).collect::<Vec<_>>(), [id]);
        // Read, and pressed again: message, level and end together.
        press(&world, dora, low("It is routine.")).unwrap();
        world.pass_seconds(11);
        assert_eq!(draft::release_due(&world.app).unwrap(), 1);
        assert_eq!(stands(&world, thread), (0, true, 3));
        let levels = world
            .app
            .read(&world.actor(dora), move |cx| {
                let asked = sql!("SELECT level, outcome FROM work_item WHERE thread_id = $1");
                let row = cx.tx().query_one(asked, &[&thread])?;
                Ok((row.get::<i64>(0)?, row.get::<Option<String>>(1)?))
            })
            .unwrap();
        assert_eq!(levels, (4, Some("answered".to_owned())));
    }
}

#[test]
fn a_level_that_rises_while_a_press_is_held_stops_it() {
    for world in World::all() {
        let (nils, dora) = (world.nils, world.dora);
        let thread = world.ana_writes("Refill", "Please refill my pills.").thread;
        press(&world, dora, pressed(&world, thread, (4, "It is routine."), AfterRelease::Close))
            .unwrap();
        world
            .app
            .write(&world.actor(nils), move |cx| {
                app::work::set_level(cx, thread, Level::TODAY, None, None)
            })
            .unwrap();
        world.pass_seconds(11);
        assert_eq!(draft::release_due(&world.app).unwrap(), 0);
        assert_eq!(stands(&world, thread), (2, false, 1));
        // More urgent is anybody's of the team to say.
        let mut up = pressed(&world, thread, (1, ""), AfterRelease::Wait);
        up.content.press.as_mut().unwrap().shown = 2;
        press(&world, nils, up).unwrap();
        world.pass_seconds(11);
        assert_eq!(draft::release_due(&world.app).unwrap(), 1);
        assert_eq!(stands(&world, thread), (1, false, 2));
    }
}
