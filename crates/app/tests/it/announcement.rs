//! Announcements: everybody once and nobody twice, each in their language, and answers that become work.

use app::announcement::{self, Announcement, Progress, State, Typed};
use app::{Error, work};
use domain::access::{Actor, Role};
use domain::ids::{AnnouncementId, PatientId, PersonId, ThreadId};
use store::db::DbError;
use store::sql;

use crate::leads::make_lead;
use crate::world::World;

fn typed(language: &str) -> Typed {
    Typed {
        language: language.to_owned(),
        texts: [
            ("Flu shots".to_owned(), "Hello {patient first name}, call {phone}.".to_owned()),
            ("Vacunas".to_owned(), "Hola, {nombre del paciente}.".to_owned()),
        ],
    }
}

fn write(world: &World, who: PersonId, typed: Typed) -> app::Result<AnnouncementId> {
    let id: AnnouncementId = world.app.new_id().unwrap();
    let team = world.team;
    world
        .app
        .write(&world.actor(who), move |cx| announcement::save(cx, team, id, 0, &typed))
        .map(|()| id)
}

fn get(world: &World, id: AnnouncementId) -> Announcement {
    world.app.read(&world.actor(world.nils), move |cx| announcement::get(cx, id)).unwrap()
}

fn begin(world: &World, id: AnnouncementId, patients: i64) -> app::Result<()> {
    let nils = world.actor(world.nils);
    world.app.write(&nils, move |cx| announcement::begin(cx, id, 1, patients))
}

/// Ana's conversation of an announcement of the team, which Nils leads.
pub(crate) fn announced(world: &World) -> ThreadId {
    let id = write(world, world.nils, typed("")).unwrap();
    begin(world, id, 2).unwrap();
    assert_eq!(announcement::deliver_due(&world.app).unwrap(), 2);
    while announcement::deliver_due(&world.app).unwrap() > 0 {}
    let (ana, patient) = (world.actor(world.ana), world.ana_patient);
    let page = world.app.read(&ana, |cx| {
        let start = store::inbox_row::After::start();
        app::inbox::list(cx, patient, store::inbox_row::Filter::All, start, 9)
    });
    page.unwrap().items[0].thread
}

/// Conversations of announcements: all, and the patients that have one.
fn threads(world: &World) -> (i64, i64) {
    let read = world.app.db().read(|tx| {
        let row = tx.query_one(
            sql!(
                "SELECT count(*), count(DISTINCT patient_id) FROM thread WHERE kind = 'broadcast'"
            ),
            &[],
        )?;
        Ok((row.get(0)?, row.get(1)?))
    });
    read.unwrap_or_else(|error: DbError| panic!("{error}"))
}

fn speaks(world: &World, patient: PatientId, language: &'static str) {
    world
        .app
        .write(&Actor::system(), move |cx| {
            let spoken = sql!("UPDATE patient SET language = $2 WHERE id = $1");
            Ok(cx.tx().execute_one(spoken, &[&patient, &language])?)
        })
        .unwrap();
}

fn more_patients(world: &World, n: usize) {
    for _ in 0..n {
        let person = world.add_person(Role::Patient, "Cy Cole");
        world.add_patient("Cy Cole", "1970-01-01", person);
    }
}

#[test]
fn each_gets_it_in_their_language_and_an_answer_is_work() {
    for world in World::all() {
        let (nils, team) = (world.nils, world.team);
        make_lead(&world, nils);
        speaks(&world, world.ana_patient, "es-MX");
        let reach =
            world.app.read(&world.actor(nils), move |cx| announcement::reach(cx, team)).unwrap();
        let counts: Vec<(&str, i64, i64)> =
            reach.iter().map(|one| (one.language.as_str(), one.patients, one.readers)).collect();
        assert_eq!(counts, [("", 2, 2), ("en", 1, 1), ("es", 1, 1)]);
        let id = write(&world, nils, typed("")).unwrap();
        assert!(
            matches!(begin(&world, id, 3), Err(Error::Conflict(_))),
            "the page said another number"
        );
        assert_eq!(get(&world, id).state, State::Draft);
        begin(&world, id, 2).unwrap();
        assert!(matches!(begin(&world, id, 2), Err(Error::Conflict(_))), "begun once");
        assert_eq!(announcement::deliver_due(&world.app).unwrap(), 2);
        assert_eq!(announcement::deliver_due(&world.app).unwrap(), 0);
        assert_eq!(threads(&world), (2, 2));
        let done = get(&world, id);
        assert_eq!(done.state, State::Done);
        assert_eq!(done.progress, Progress { queued: 0, sent: 2, skipped: 0 });
        let (ana, patient) = (world.actor(world.ana), world.ana_patient);
        let page = world
            .app
            .read(&ana, |cx| {
                let start = store::inbox_row::After::start();
                app::inbox::list(cx, patient, store::inbox_row::Filter::All, start, 9)
            })
            .unwrap();
        assert_eq!(page.items.len(), 1);
        assert_eq!(page.items[0].headline, "Vacunas");
        let thread = page.items[0].thread;
        let view = world.app.read(&ana, |cx| app::thread::view(cx, thread, i64::MAX, 9)).unwrap();
        assert_eq!(view.messages[0].letter.body, "Hola, Ana.");
        assert_eq!(view.messages[0].letter.author, "Nils Lee");
        // Nothing is owed until somebody answers; then it is the team's work like any other.
        let queue = || {
            let (team, list) = (world.team, work::QueueList::Team);
            let dora = world.actor(world.dora);
            let start = work::QueueAfter::START;
            world.app.read(&dora, |cx| work::queue(cx, team, list, start, 9)).unwrap()
        };
        assert!(queue().entries.is_empty());
        world.replies(world.ana, thread, "Can I come on Tuesday?");
        assert_eq!(queue().entries.len(), 1);
        let dora = world.actor(world.dora);
        world.app.write(&dora, move |cx| work::claim(cx, thread, None)).unwrap();
        world.replies(world.dora, thread, "Yes.");
        assert!(queue().entries.is_empty(), "answered");
    }
}

#[test]
fn two_workers_at_once_send_no_one_twice_and_miss_no_one() {
    for world in World::all() {
        make_lead(&world, world.nils);
        more_patients(&world, 10);
        let id = write(&world, world.nils, typed("")).unwrap();
        begin(&world, id, 12).unwrap();
        let (one, two) = (world.app.clone(), world.app.clone());
        let run = |app: app::App| {
            move || (0..5).map(|_| announcement::deliver_due(&app).unwrap_or(0)).sum::<usize>()
        };
        let (one, two) = (std::thread::spawn(run(one)), std::thread::spawn(run(two)));
        let dealt = one.join().unwrap() + two.join().unwrap();
        while announcement::deliver_due(&world.app).unwrap() > 0 {}
        assert!(dealt <= 12);
        assert_eq!(threads(&world), (12, 12));
        assert_eq!(get(&world, id).progress, Progress { queued: 0, sent: 12, skipped: 0 });
    }
}

#[test]
fn a_stopped_sending_goes_no_further_and_only_one_language_is_asked() {
    for world in World::all() {
        make_lead(&world, world.nils);
        more_patients(&world, 55);
        speaks(&world, world.ana_patient, "es-MX");
        let id = write(&world, world.nils, typed("en")).unwrap();
        begin(&world, id, 56).unwrap();
        assert_eq!(announcement::deliver_due(&world.app).unwrap(), 50, "a round");
        let nils = world.actor(world.nils);
        world.app.write(&nils, move |cx| announcement::stop(cx, id)).unwrap();
        assert_eq!(announcement::deliver_due(&world.app).unwrap(), 0);
        assert_eq!(threads(&world), (50, 50));
        let stopped = get(&world, id);
        assert_eq!((stopped.state, stopped.progress.queued), (State::Stopped, 6));
        let again = world.app.write(&nils, move |cx| announcement::stop(cx, id));
        assert!(matches!(again, Err(Error::Conflict(_))));
    }
}

#[test]
fn who_leads_no_more_sends_no_more_and_others_never_could() {
    for world in World::all() {
        let (nils, dora, team) = (world.nils, world.dora, world.team);
        make_lead(&world, nils);
        assert!(matches!(write(&world, dora, typed("")), Err(Error::Forbidden)));
        let ada = world.add_person(Role::Administrator, "Ada Novak");
        for who in [world.eve, world.ana, ada] {
            assert!(matches!(write(&world, who, typed("")), Err(Error::NotFound)));
        }
        let id = write(&world, nils, typed("")).unwrap();
        for who in [world.eve, world.ana] {
            let seen = world.app.read(&world.actor(who), move |cx| announcement::get(cx, id));
            assert!(matches!(seen, Err(Error::NotFound)));
        }
        begin(&world, id, 2).unwrap();
        world
            .app
            .write(&Actor::system(), move |cx| {
                let ended = sql!("UPDATE membership SET is_lead = FALSE WHERE team_id = $1");
                cx.tx().execute(ended, &[&team])?;
                Ok(())
            })
            .unwrap();
        assert_eq!(announcement::deliver_due(&world.app).unwrap(), 0);
        assert_eq!(threads(&world), (0, 0));
        make_lead(&world, nils);
        assert_eq!(get(&world, id).state, State::Stopped, "it does not go on by itself");
    }
}

#[test]
fn a_patient_who_left_meanwhile_is_passed_over_and_wrong_texts_are_refused() {
    for world in World::all() {
        make_lead(&world, world.nils);
        let id = write(&world, world.nils, typed("")).unwrap();
        begin(&world, id, 2).unwrap();
        let (ana, team, now) = (world.ana_patient, world.team, world.app.now());
        world
            .app
            .write(&Actor::system(), move |cx| {
                let ended = sql!(
                    "UPDATE care_relation SET until_at = $3 WHERE patient_id = $1 AND team_id = $2"
                );
                Ok(cx.tx().execute_one(ended, &[&ana, &team, &now])?)
            })
            .unwrap();
        assert_eq!(announcement::deliver_due(&world.app).unwrap(), 2);
        announcement::deliver_due(&world.app).unwrap();
        let done = get(&world, id);
        assert_eq!(done.progress, Progress { queued: 0, sent: 1, skipped: 1 });
        assert_eq!(done.state, State::Done);
        let problem = |change: fn(&mut Typed)| {
            let mut wrong = typed("");
            change(&mut wrong);
            match write(&world, world.nils, wrong) {
                Err(Error::Invalid(faults)) => (faults[0].field, faults[0].problem),
                other => panic!("{other:?}"),
            }
        };
        let unknown = problem(|typed| "Hello {nobody}".clone_into(&mut typed.texts[0].1));
        assert_eq!(unknown, ("text_en", "placeholder"));
        let by_hand = problem(|typed| "Take {fill: dose}".clone_into(&mut typed.texts[1].1));
        assert_eq!(by_hand, ("text_es", "placeholder"), "no worker can fill that");
        let bare = problem(|typed| typed.texts[0].0.clear());
        assert_eq!(bare, ("headline_en", "empty"));
        let none = problem(|typed| typed.texts = Default::default());
        assert_eq!(none, ("headline_en", "empty"));
        assert_eq!(problem(|typed| "EN'".clone_into(&mut typed.language)), ("language", "unknown"));
    }
}
