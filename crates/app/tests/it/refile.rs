//! A conversation opened in the wrong patient's record goes to the right one, whole, and nobody who has no
//! tie there keeps anything of it; on each engine.

use app::draft::{self, Target};
use app::message;
use app::told::{self, Into, Speaker};
use app::{Conflict, Error, inbox, note, refile, search, thread, verify, work};
use domain::access::Actor;
use domain::ids::{PatientId, PersonId, ThreadId};
use domain::message::{Body, Channel, ClientMsgId, CorrectionKind, Line};
use domain::thread::{Category, ThreadKind};
use domain::work_item::WorkEventKind;
use store::draft::AfterRelease;
use store::inbox_row::{After, Filter};
use store::sql;
use store::thread::About;

use crate::told::text;
use crate::world::World;

impl World {
    fn patient_of(&self, person: PersonId) -> PatientId {
        let self_of =
            sql!("SELECT patient_id FROM care_grant WHERE person_id = $1 AND basis = 'self'");
        self.app.db().read(|tx| tx.query_one(self_of, &[&person])?.get(0)).unwrap()
    }

    fn plan(&self, who: &Actor, thread: ThreadId, to: PatientId) -> app::Result<refile::Plan> {
        self.app.read(who, move |cx| refile::plan(cx, thread, to))
    }

    fn refiles(&self, who: &Actor, thread: ThreadId, to: PatientId) -> app::Result<()> {
        let seen = self.plan(who, thread, to)?.seen;
        self.app.write(who, move |cx| {
            let reason = Line::parse("Ben called, not Ana").expect("a line");
            refile::refile(cx, thread, to, &reason, &seen)
        })
    }

    fn lists(&self, who: &Actor, patient: PatientId) -> Vec<app::inbox::InboxItem> {
        let page = self
            .app
            .read(who, |cx| inbox::list(cx, patient, Filter::All, After::start(), 25))
            .unwrap();
        page.items
    }

    fn is_whole(&self) {
        let findings = verify::run(&self.app, |_| {}).unwrap().findings;
        assert_eq!(findings, Vec::<verify::Finding>::new(), "{:?}", self.app.db().engine());
    }

    /// Nils enters Ben's call in Ana's record.
    fn misfiled(&self) -> ThreadId {
        let (nils, patient, team) = (self.actor(self.nils), self.ana_patient, self.team);
        let out = text("My new pill makes me dizzy.", Channel::Phone, &["May I stop it?"], "call");
        let new = app::thread::NewConversation {
            kind: ThreadKind::Care,
            team,
            category: Category::Symptom,
            about: About::NOTHING,
            headline: Line::parse("Dizzy").unwrap(),
            continues: None,
        };
        let into = Into::New(new);
        self.app
            .write(&nils, move |cx| told::enter(cx, patient, Speaker::Patient, &into, &out))
            .unwrap()
            .thread
    }
}

#[test]
fn a_call_filed_with_the_wrong_patient_goes_to_the_right_one() {
    for world in World::all() {
        let id = world.misfiled();
        let (nils, dora) = (world.actor(world.nils), world.actor(world.dora));
        let (ana, ben) = (world.actor(world.ana), world.actor(world.ben));
        let (hers, his) = (world.ana_patient, world.patient_of(world.ben));
        // Ana has opened it; a colleague noted, answered, corrected and began another answer.
        world.app.write(&ana, move |cx| thread::mark_read(cx, id, 1)).unwrap();
        world
            .app
            .write(&dora, move |cx| {
                let body = Body::parse("Ask about water").expect("a text");
                note::add(cx, id, &body, &ClientMsgId::parse("n-1").expect("an id"))?;
                let answer = text("Please sit down first.", Channel::Portal, &[], "answer");
                let sent = message::reply(cx, id, &answer)?;
                let better = Body::parse("Please sit down at once.").expect("a text");
                message::correct(cx, id, sent.id, CorrectionKind::Correction, Some(&better), "")
            })
            .unwrap();
        let begun = World::typed_reply(id, "And then", 2, AfterRelease::Nothing);
        let (kept, _) = world.app.write(&dora, move |cx| draft::save(cx, None, 0, &begun)).unwrap();
        let found = search::run(&world.app, &ana, hers, "dizzy").unwrap();
        let item = world.app.read(&nils, |cx| thread::view(cx, id, i64::MAX, 50)).unwrap().items;

        let plan = world.plan(&nils, id, his).unwrap();
        assert_eq!(
            plan.losing.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(),
            ["Ana Alvarez"]
        );
        assert_eq!(
            plan.gaining.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(),
            ["Ben Brown"]
        );
        assert!(plan.leaving.is_empty() && plan.foreign.is_empty(), "{plan:?}");
        world.refiles(&nils, id, his).unwrap();

        // Ben has it, as his own words; Ana has a line without a name.
        let view = world.app.read(&ben, |cx| thread::view(cx, id, i64::MAX, 50)).unwrap();
        assert_eq!(view.messages[0].letter.author, "Ben Brown", "the words are his");
        assert_eq!(view.messages[0].questions[0].text, "May I stop it?");
        assert_eq!(view.messages[1].corrections[0].1.body, "Please sit down at once.");
        assert_eq!(view.lines[0].kind, "refiled");
        assert!(view.custody.iter().all(|step| step.kind != WorkEventKind::Refiled));
        assert_eq!(world.lists(&ben, his)[0].preview, "Please sit down at once.");
        let page = world
            .app
            .read(&ana, |cx| inbox::list(cx, hers, Filter::All, After::start(), 25))
            .unwrap();
        assert!(page.items.is_empty() && page.removed.len() == 1);
        let opened = world.app.read(&ana, |cx| thread::view(cx, id, i64::MAX, 50));
        assert!(matches!(opened, Err(Error::NotFound)));
        assert!(world.app.read(&ana, move |cx| refile::was_removed(cx, hers, id)).unwrap());
        let gone = world.app.read(&ana, move |cx| search::get(cx, hers, found));
        assert!(matches!(gone, Err(Error::NotFound)), "what was found with it is gone");

        // The staff keep their work, their clock and their texts, and read why.
        let view = world.app.read(&nils, |cx| thread::view(cx, id, i64::MAX, 50)).unwrap();
        assert_eq!(view.patient, Some(his));
        assert_eq!(view.items[0].due_at, item[0].due_at);
        let step = view.custody.iter().find(|step| step.kind == WorkEventKind::Refiled).unwrap();
        assert_eq!(step.reason.as_deref(), Some("Ben called, not Ana"));
        assert_eq!(world.app.read(&dora, |cx| note::list(cx, id)).unwrap().len(), 1);
        let kept = world.app.read(&dora, move |cx| draft::get(cx, kept)).unwrap();
        assert_eq!(kept.content.body, "And then");
        // Both logs name Nils, neither the other patient.
        app::sequencer::run(&world.app).unwrap();
        for (patient, what) in [(hers, "move_thread"), (his, "receive_thread")] {
            let of = sql!(
                "SELECT count(*) FROM audit_event e JOIN audit_subject s ON s.event_id = e.id \
                 WHERE s.patient_id = $1 AND e.action = $2 AND e.outcome = 'allowed'"
            );
            let rows: i64 =
                world.app.db().read(|tx| tx.query_one(of, &[&patient, &what])?.get(0)).unwrap();
            assert!(rows >= 1, "{what}");
        }
        world.is_whole();
        // And back again: nothing is told of it any more.
        world.refiles(&nils, id, hers).unwrap();
        assert_eq!(world.lists(&ana, hers).len(), 1);
        assert!(!world.app.read(&ana, move |cx| refile::was_removed(cx, hers, id)).unwrap());
        world.is_whole();
    }
}

#[test]
fn who_has_no_tie_to_the_right_patient_keeps_nothing() {
    for world in World::all() {
        let id = world.ana_writes("Fever", "My husband has a fever.").thread;
        let pia = world.helps("Pia Alvarez", "helper", "write");
        let (ana, pia) = (world.actor(world.ana), world.actor(pia));
        let (nils, eve) = (world.actor(world.nils), world.actor(world.eve));
        let (hers, his, team) = (world.ana_patient, world.patient_of(world.ben), world.team);
        // Pia writes along and keeps a text; Ana has an answer on its way; Eve of another team was added.
        world.app.write(&pia, move |cx| thread::mark_read(cx, id, 1)).unwrap();
        let typed = World::typed_reply(id, "He is hot", 1, AfterRelease::Nothing);
        let (kept, version) =
            world.app.write(&pia, move |cx| draft::save(cx, None, 0, &typed)).unwrap();
        let typed = World::typed_reply(id, "Please call", 1, AfterRelease::Nothing);
        let held = world
            .app
            .write(&ana, move |cx| {
                let (id, version) = draft::save(cx, None, 0, &typed)?;
                draft::send(cx, id, version, None).map(|_| id)
            })
            .unwrap();
        let (colleague, clinic) = (world.eve, world.organization);
        world.run(move |tx| {
            tx.execute_one(
                sql!("UPDATE person SET organization_id = $2 WHERE id = $1"),
                &[&colleague, &clinic],
            )
        });
        world.app.write(&nils, move |cx| app::participation::add(cx, id, colleague)).unwrap();
        assert!(world.app.read(&eve, |cx| thread::view(cx, id, i64::MAX, 50)).is_ok());

        let plan = world.plan(&nils, id, his).unwrap();
        let losing: Vec<&str> = plan.losing.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(losing, ["Ana Alvarez", "Pia Alvarez"]);
        assert_eq!(plan.leaving, ["Eve Stone"]);
        assert_eq!(plan.foreign, ["Ana Alvarez"], "her words would show to Ben");
        world.refiles(&nils, id, his).unwrap();

        for gone in [&ana, &pia, &eve] {
            let opened = world.app.read(gone, |cx| thread::view(cx, id, i64::MAX, 50));
            assert!(matches!(opened, Err(Error::NotFound)), "{opened:?}");
            let live = world.app.read(gone, move |cx| thread::live_now(cx, hers, id));
            assert!(matches!(live, Ok(None)), "an open page hears nothing");
            let out = text("Again", Channel::Portal, &[], "again");
            let written = world.app.write(gone, move |cx| message::reply(cx, id, &out));
            assert!(matches!(written, Err(Error::NotFound)));
        }
        // Their texts stay theirs and do not open; what was on its way did not leave.
        let opened = world.app.read(&pia, move |cx| draft::get(cx, kept));
        assert!(matches!(opened, Err(Error::NotFound)));
        let sent = world.app.write(&pia, move |cx| draft::send(cx, kept, version, None));
        assert!(matches!(sent, Err(Error::NotFound)));
        assert!(world.app.read(&pia, draft::list).unwrap().is_empty());
        assert!(world.app.read(&ana, draft::list).unwrap().is_empty());
        world.pass_seconds(20);
        assert_eq!(draft::release_due(&world.app).unwrap(), 0);
        let drafts = sql!("SELECT count(*) FROM draft WHERE id = $1 OR id = $2");
        let left: i64 =
            world.app.db().read(|tx| tx.query_one(drafts, &[&kept, &held])?.get(0)).unwrap();
        assert_eq!(left, 2, "nobody's text is deleted");
        // A search of either side finds nothing of it.
        let none = search::run(&world.app, &ana, hers, "fever").unwrap();
        assert!(
            world.app.read(&ana, move |cx| search::get(cx, hers, none)).unwrap().hits.is_empty()
        );
        // Ana's retry of her first send is still the same send, and shows nothing.
        let ben = world.actor(world.ben);
        let view = world.app.read(&ben, |cx| thread::view(cx, id, i64::MAX, 50)).unwrap();
        assert_eq!(view.messages.len(), 1);
        assert_eq!(view.messages[0].on_behalf_of, Some(his), "she wrote it for him");
        let queue = world
            .app
            .read(&nils, |cx| {
                work::queue(cx, team, work::QueueList::Team, work::QueueAfter::START, 50)
            })
            .unwrap();
        assert_eq!(queue.entries[0].patient_name, "Ben Brown");
        world.is_whole();
    }
}

#[test]
fn moving_needs_a_right_over_both_and_the_state_that_was_shown() {
    for world in World::all() {
        let id = world.misfiled();
        let his = world.patient_of(world.ben);
        let (nils, eve, ana) =
            (world.actor(world.nils), world.actor(world.eve), world.actor(world.ana));
        for stranger in [&eve, &ana] {
            let refused = world.plan(stranger, id, his);
            assert!(matches!(refused, Err(Error::NotFound | Error::Forbidden)), "{refused:?}");
        }
        // A patient whom the team does not treat; the same patient.
        let far = world.add_person(domain::access::Role::Patient, "Cleo Far");
        let far = world.add_patient("Cleo Far", "1990-01-01", far);
        world.run(move |tx| {
            tx.execute(sql!("UPDATE care_relation SET until_at = 1 WHERE patient_id = $1"), &[&far])
                .map(|_| ())
        });
        assert!(matches!(world.plan(&nils, id, far), Err(Error::NotFound)));
        assert!(matches!(world.plan(&nils, id, world.ana_patient), Err(Error::Invalid(_))));
        // Somebody wrote since the page was shown.
        let seen = world.plan(&nils, id, his).unwrap().seen;
        let more = text("More of it", Channel::Portal, &[], "more");
        world.app.write(&ana, move |cx| message::reply(cx, id, &more)).unwrap();
        let late = world.app.write(&nils, move |cx| {
            let reason = Line::parse("Wrong record").expect("a line");
            refile::refile(cx, id, his, &reason, &seen)
        });
        assert!(matches!(late, Err(Error::Conflict(Conflict::Changed))));
        assert!(world.app.read(&ana, |cx| thread::view(cx, id, i64::MAX, 50)).is_ok());
        // A text that goes on from it stays with its patient and can still be sent.
        let continues = Target::New {
            patient: world.ana_patient,
            kind: ThreadKind::Care,
            team: Some(world.team),
            category: Category::Other,
            about: About::NOTHING,
        };
        let typed = draft::Typed { target: continues, ..world.typed_new("After it", "And now?") };
        world
            .app
            .write(&ana, move |cx| {
                let (new, _) = draft::save(cx, None, 0, &typed)?;
                let own = cx.authorize::<store::access::UseOwn>(cx.person()?)?;
                Ok(store::draft::set_continues(cx.tx(), &own, new, id)?)
            })
            .unwrap();
        world.refiles(&nils, id, his).unwrap();
        let drafts = world.app.read(&ana, draft::list).unwrap();
        assert_eq!(drafts.len(), 1);
        assert_eq!(drafts[0].row.thread, None);
        world.is_whole();
    }
}

#[test]
fn an_announcement_moves_only_once_it_was_answered() {
    for world in World::all() {
        crate::leads::make_lead(&world, world.nils);
        let id = crate::announcement::announced(&world);
        let (nils, ben) = (world.actor(world.nils), world.patient_of(world.ben));
        let early = world.plan(&nils, id, ben);
        assert!(matches!(early, Err(Error::NotFound)), "it is one of many, and hers");
        world.replies(world.ana, id, "My husband asks: can he come too?");
        world.refiles(&nils, id, ben).unwrap();
        let his = world.lists(&world.actor(world.ben), ben);
        assert!(his.iter().any(|item| item.thread == id));
        let hers = world.lists(&world.actor(world.ana), world.ana_patient);
        assert!(hers.iter().all(|item| item.thread != id));
        world.is_whole();
    }
}
