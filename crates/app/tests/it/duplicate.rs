//! The same question again is offered as one conversation; two that exist are joined, and nobody reads more.

use app::draft::{self, AfterRelease, DraftKind, Target};
use app::message;
use app::{Conflict, Error, duplicate, inbox, merge, note, thread, verify, work};
use domain::access::Actor;
use domain::ids::ThreadId;
use domain::message::{Body, Channel, ClientMsgId};
use domain::thread::Category;
use domain::work_item::{Level, Outcome, WorkState};
use store::inbox_row::{After, Filter};
use store::sql;

use crate::told::text;
use crate::world::World;

const SAME: &str = "My new water pill makes me dizzy in the morning. May I stop taking it?";

impl World {
    fn begins(&self, headline: &str, body: &str) -> (domain::ids::DraftId, i64) {
        let (actor, typed) = (self.actor(self.ana), self.typed_new(headline, body));
        self.app.write(&actor, move |cx| draft::save(cx, None, 0, &typed)).unwrap()
    }

    fn shown(&self, who: &Actor) -> Vec<ThreadId> {
        let patient = self.ana_patient;
        let read =
            |cx: &mut app::Cx<'_, '_>| inbox::list(cx, patient, Filter::All, After::start(), 25);
        self.app.read(who, read).unwrap().items.iter().map(|item| item.thread).collect()
    }

    /// Joins one conversation with another, as somebody's page shows them.
    pub fn joins(&self, who: &Actor, from: ThreadId, into: ThreadId) -> app::Result<()> {
        let seen = self.app.read(who, move |cx| merge::plan(cx, from, into))?.seen;
        self.app.write(who, move |cx| merge::merge(cx, from, into, &seen))
    }

    fn holds(&self) {
        let findings = verify::run(&self.app, |_| {}).unwrap().findings;
        assert_eq!(findings, Vec::<verify::Finding>::new(), "{:?}", self.app.db().engine());
    }
}

#[test]
fn the_same_question_again_is_offered_and_never_blocked() {
    for world in World::all() {
        let id = world.ana_writes("Dizzy", SAME).thread;
        let ana = world.actor(world.ana);
        let (again, version) = world.begins("Pill", &format!("{SAME} Thank you."));
        let found = world.app.read(&ana, move |cx| duplicate::find(cx, again)).unwrap().unwrap();
        assert_eq!((found.thread, found.headline.as_str()), (id, "Dizzy"));
        assert_eq!(found.text, SAME);
        let (other, _) = world.begins("Foot", "My left foot is swollen since Tuesday and hurts.");
        let (short, _) = world.begins("Thanks", "Thank you very much!");
        for draft in [other, short] {
            assert!(world.app.read(&ana, move |cx| duplicate::find(cx, draft)).unwrap().is_none());
        }
        // It is added where it was said before, behind what was begun there; its draft is gone.
        let begun = World::typed_reply(id, "And now", 1, AfterRelease::Nothing);
        world.app.write(&ana, move |cx| draft::save(cx, None, 0, &begun)).unwrap();
        world.app.write(&ana, move |cx| duplicate::join(cx, again, version, id)).unwrap();
        let kept = world
            .app
            .read(&ana, move |cx| draft::find_in_thread(cx, id, DraftKind::Reply))
            .unwrap()
            .unwrap();
        assert_eq!(kept.content.body, format!("And now\n\n{SAME} Thank you."));
        assert_eq!(kept.content.questions.len(), 1);
        assert!(matches!(
            world.app.read(&ana, move |cx| draft::get(cx, again)),
            Err(Error::NotFound)
        ));
        // After 72 hours it is news again, and sending as a new one goes on working.
        let (late, version) = world.begins("Pill", SAME);
        assert!(world.app.read(&ana, move |cx| duplicate::find(cx, late)).unwrap().is_some());
        world.app.write(&ana, move |cx| draft::send(cx, late, version, None)).unwrap();
        world.pass_seconds(72 * 3_600 + 12);
        draft::release_due(&world.app).unwrap();
        let (old, _) = world.begins("Pill", SAME);
        let found = world.app.read(&ana, move |cx| duplicate::find(cx, old)).unwrap();
        assert!(found.is_none_or(|found| found.thread != id));
    }
}

#[test]
fn a_helper_is_offered_only_what_they_may_read() {
    for world in World::all() {
        let id = world.ana_writes("Dizzy", SAME).thread;
        let pia = world.helps("Pia Alvarez", "helper", "write");
        world.run(move |tx| {
            tx.execute_one(
                sql!(
                    "INSERT INTO care_grant_excluded_thread (grant_id, thread_id) \
                     SELECT id, $2 FROM care_grant WHERE person_id = $1"
                ),
                &[&pia, &id],
            )
        });
        let pia = world.actor(pia);
        let typed = world.typed_new("Dizzy", SAME);
        let (draft, version) =
            world.app.write(&pia, move |cx| draft::save(cx, None, 0, &typed)).unwrap();
        assert!(world.app.read(&pia, move |cx| duplicate::find(cx, draft)).unwrap().is_none());
        let joined = world.app.write(&pia, move |cx| duplicate::join(cx, draft, version, id));
        assert!(matches!(joined, Err(Error::NotFound)));
    }
}

#[test]
fn two_become_one_to_read_to_answer_and_to_work_on() {
    for world in World::all() {
        let (ana, nils) = (world.actor(world.ana), world.actor(world.nils));
        let (dora, eve) = (world.actor(world.dora), world.actor(world.eve));
        let first = world.ana_writes("Dizzy", SAME).thread;
        world.pass_seconds(600);
        let second = world.ana_writes("Pill", &format!("{SAME} Please tell me.")).thread;
        let due = world.app.read(&nils, |cx| thread::view(cx, first, i64::MAX, 9)).unwrap();
        let due = due.items[0].due_at;
        world
            .app
            .write(&nils, move |cx| {
                work::set_level(cx, first, Level::TODAY, None, None)?;
                let body = Body::parse("Called, no answer").expect("a text");
                note::add(cx, first, &body, &ClientMsgId::parse("n-1").expect("an id"))
            })
            .unwrap();
        // Ana has an answer on its way in the one that will end, Nils a text.
        let hers = World::typed_reply(first, "It is worse", 1, AfterRelease::Nothing);
        world
            .app
            .write(&ana, move |cx| {
                let (id, version) = draft::save(cx, None, 0, &hers)?;
                draft::send(cx, id, version, None)
            })
            .unwrap();
        let his = World::typed_reply(first, "Please stop it", 1, AfterRelease::Nothing);
        let (kept, _) = world.app.write(&nils, move |cx| draft::save(cx, None, 0, &his)).unwrap();

        assert!(matches!(world.joins(&eve, first, second), Err(Error::NotFound)));
        assert!(matches!(world.joins(&ana, first, second), Err(Error::Forbidden)));
        assert!(matches!(world.joins(&nils, first, first), Err(Error::Invalid(_))));
        let found = world.app.read(&nils, |cx| merge::candidates(cx, first)).unwrap();
        assert_eq!(found.iter().map(|one| one.thread).collect::<Vec<_>>(), [second]);
        world.joins(&nils, first, second).unwrap();
        assert!(matches!(
            world.joins(&nils, first, second),
            Err(Error::Conflict(Conflict::Changed))
        ));

        // One row in Ana's list, one piece of work with the earlier clock and the more urgent level.
        assert_eq!(world.shown(&ana), [second]);
        let view = world.app.read(&nils, |cx| thread::view(cx, second, i64::MAX, 50)).unwrap();
        assert_eq!(view.items.len(), 1);
        assert!(view.items[0].due_at <= due);
        assert_eq!(view.items[0].level(), Level::TODAY);
        assert_eq!(view.joined[0].thread, first);
        assert_eq!(view.joined[0].messages[0].letter.body, SAME);
        assert!(view.lines.iter().any(|line| line.kind == "absorbed" && line.detail.is_empty()));
        let ended = world.app.read(&ana, |cx| thread::view(cx, first, i64::MAX, 50)).unwrap();
        assert_eq!(ended.goes_on_in, Some(second));
        assert!(ended.items.is_empty(), "no work is left there");
        let page = world.app.read(&dora, |cx| app::staff::conversation(cx, second, i64::MAX, 50));
        assert_eq!(page.unwrap().notes[0].letter.body, "Called, no answer");
        world.holds();

        // What was on its way lands in the one that goes on; texts in the making are there too.
        world.pass_seconds(20);
        assert_eq!(draft::release_due(&world.app).unwrap(), 1);
        let view = world.app.read(&ana, |cx| thread::view(cx, second, i64::MAX, 50)).unwrap();
        assert_eq!(view.messages.last().unwrap().letter.body, "It is worse");
        let kept = world.app.read(&nils, move |cx| draft::get(cx, kept)).unwrap();
        assert_eq!(kept.row.thread, Some(second));
        // A page that stayed open, and a program that sends again what it sent before.
        let out = text("From an old page", Channel::Portal, &[], "old-page");
        let sent = out.clone();
        let landed = world.app.write(&ana, move |cx| message::reply(cx, first, &sent)).unwrap();
        assert_eq!(landed.thread, second);
        let again = world.app.write(&ana, move |cx| message::reply(cx, first, &out)).unwrap();
        assert!(again.repeated && again.id == landed.id, "its key is kept");
        let found = app::search::run(&world.app, &ana, world.ana_patient, "dizzy").unwrap();
        let patient = world.ana_patient;
        let found = world.app.read(&ana, move |cx| app::search::get(cx, patient, found)).unwrap();
        assert!(found.hits.iter().any(|hit| hit.thread == first), "it is found still");
        world.holds();
    }
}

#[test]
fn nobody_reads_through_the_joining_what_they_could_not() {
    for world in World::all() {
        let (ana, nils) = (world.actor(world.ana), world.actor(world.nils));
        let open = world.ana_writes("Dizzy", SAME).thread;
        // The other is about something confidential, which Pia may not see.
        let typed = world.typed_new("Private", &format!("{SAME} It is about the test."));
        let target = Target::New {
            patient: world.ana_patient,
            kind: domain::thread::ThreadKind::Care,
            team: Some(world.team),
            category: Category::ALL
                .iter()
                .copied()
                .find(|category| category.is_confidential())
                .expect("a confidential category"),
            about: store::thread::About::NOTHING,
        };
        let typed = draft::Typed { target, ..typed };
        world
            .app
            .write(&ana, move |cx| {
                let (id, version) = draft::save(cx, None, 0, &typed)?;
                draft::send(cx, id, version, None)
            })
            .unwrap();
        world.pass_seconds(11);
        assert_eq!(draft::release_due(&world.app).unwrap(), 1);
        let private = world.shown(&ana)[0];
        assert_ne!(private, open);
        let pia = world.helps("Pia Alvarez", "helper", "write");
        world.run(move |tx| {
            tx.execute_one(
                sql!("UPDATE care_grant SET confidential = FALSE WHERE person_id = $1"),
                &[&pia],
            )
        });
        let pia = world.actor(pia);
        world.joins(&nils, private, open).unwrap();
        // Pia reads the one she could, with a line and no word of the other.
        let view = world.app.read(&pia, |cx| thread::view(cx, open, i64::MAX, 50)).unwrap();
        assert!(view.joined.is_empty());
        assert!(matches!(
            world.app.read(&pia, |cx| thread::view(cx, private, i64::MAX, 50)),
            Err(Error::NotFound)
        ));
        let view = world.app.read(&ana, |cx| thread::view(cx, open, i64::MAX, 50)).unwrap();
        assert_eq!(view.joined[0].messages.len(), 1);
        world.holds();
    }
}

#[test]
fn who_may_write_only_in_the_one_that_ended_still_lands() {
    for world in World::all() {
        let nils = world.actor(world.nils);
        let first = world.ana_writes("Dizzy", SAME).thread;
        let second = world.ana_writes("Pill", SAME).thread;
        let pia = world.helps("Pia Alvarez", "helper", "write");
        world.run(move |tx| {
            tx.execute_one(
                sql!(
                    "INSERT INTO care_grant_excluded_thread (grant_id, thread_id) \
                     SELECT id, $2 FROM care_grant WHERE person_id = $1"
                ),
                &[&pia, &second],
            )
        });
        let pia = world.actor(pia);
        // The one that goes on is closed, and opens again with the work that comes.
        world
            .app
            .write(&nils, move |cx| work::close(cx, second, Outcome::NoAnswerNeeded, None, None))
            .unwrap();
        world.joins(&nils, first, second).unwrap();
        let view = world.app.read(&nils, |cx| thread::view(cx, second, i64::MAX, 50)).unwrap();
        assert_eq!(view.items[0].state, WorkState::Queued);
        world.holds();
        assert_eq!(world.shown(&pia), [first], "what she could read she finds");
        let out = text("She is worse", Channel::Portal, &[], "worse");
        let landed = world.app.write(&pia, move |cx| message::reply(cx, first, &out)).unwrap();
        assert_eq!(landed.thread, first, "it lands where she may write, and the two are parted");
        let view = world.app.read(&nils, |cx| thread::view(cx, first, i64::MAX, 50)).unwrap();
        assert_eq!(view.goes_on_in, None);
        assert_eq!(view.items.len(), 1, "somebody owes an answer to it");
        world.holds();
    }
}

#[test]
fn a_reply_that_repeats_is_found_and_joined_with_its_text() {
    for world in World::all() {
        let first = world.ana_writes("Dizzy", SAME).thread;
        let other =
            world.ana_writes("Foot", "My left foot is swollen since Tuesday and hurts.").thread;
        let (ana, nils) = (world.actor(world.ana), world.actor(world.nils));
        let replies = |who: &Actor, thread: ThreadId, body: &str| {
            let typed = World::typed_reply(thread, body, 1, AfterRelease::Nothing);
            world.app.write(who, move |cx| draft::save(cx, None, 0, &typed)).unwrap()
        };
        let (again, version) = replies(&ana, other, &format!("{SAME} Thanks."));
        let found = world.app.read(&ana, move |cx| duplicate::find(cx, again)).unwrap().unwrap();
        assert_eq!((found.thread, found.headline.as_str()), (first, "Dizzy"));
        // Its own conversation is no place to be joined with, nor is an older version of it.
        for (version, to) in [(version, other), (version + 1, first)] {
            let tried = world.app.write(&ana, move |cx| duplicate::join(cx, again, version, to));
            assert!(matches!(tried, Err(Error::NotFound | Error::Conflict(_))), "{tried:?}");
        }
        world.app.write(&ana, move |cx| duplicate::join(cx, again, version, first)).unwrap();
        let kept = |thread: ThreadId| {
            let find =
                move |cx: &mut app::Cx<'_, '_>| draft::find_in_thread(cx, thread, DraftKind::Reply);
            world.app.read(&ana, find).unwrap().map(|draft| draft.content.body)
        };
        assert_eq!(kept(first), Some(format!("{SAME} Thanks.")));
        assert_eq!(kept(other), None);
        // In the conversation where it was said it is found too; a colleague is never asked.
        let (there, _) = replies(&ana, first, SAME);
        let found = world.app.read(&ana, move |cx| duplicate::find(cx, there)).unwrap();
        assert_eq!(found.map(|found| found.thread), Some(first));
        let (theirs, _) = replies(&nils, first, SAME);
        assert!(world.app.read(&nils, move |cx| duplicate::find(cx, theirs)).unwrap().is_none());
        world.holds();
    }
}
