//! A yes to the question before a text with a symptom: kept with the draft until one of the four answers is given, the
//! writer's alone, and counted by whatever way the text is sent. On each engine.

use app::admin::safety;
use app::draft::{self, AfterRelease, Sent, Typed};
use app::urgency::{self, Answer, Card, Detail, Said};
use app::{duplicate, prepared, thread};
use domain::access::Role;
use domain::ids::{DraftId, PersonId, ThreadId};
use domain::site::Safety;
use domain::urgency::Level;

use crate::world::World;

const ASKS: &str = "I have had a headache since Monday.";
const PLAIN: &str = "Please sign the form for my school.";

impl World {
    fn keeps(&self, typed: Typed) -> (DraftId, i64) {
        let save = move |cx: &mut app::Cx<'_, '_>| draft::save(cx, None, 0, &typed);
        self.app.write(&self.actor(self.ana), save).unwrap()
    }

    fn saves(&self, id: DraftId, version: i64, body: &str) -> i64 {
        let typed = self.typed_new("A question", body);
        let save = move |cx: &mut app::Cx<'_, '_>| draft::save(cx, Some(id), version, &typed);
        self.app.write(&self.actor(self.ana), save).unwrap().1
    }

    fn says_yes(&self, id: DraftId, said: Said) -> bool {
        self.app.write(&self.actor(self.ana), move |cx| urgency::say(cx, id, said)).unwrap()
    }

    fn sends(&self, id: DraftId, version: i64) -> Sent {
        let send = move |cx: &mut app::Cx<'_, '_>| draft::send(cx, id, version, Some(9));
        self.app.write(&self.actor(self.ana), send).unwrap()
    }

    fn card(&self, who: PersonId, id: DraftId) -> Option<Card> {
        self.app.read(&self.actor(who), |cx| urgency::look(cx, id)).unwrap()
    }

    fn waits(&self, id: DraftId) -> bool {
        self.app.read(&self.actor(self.ana), |cx| urgency::waits(cx, id)).unwrap()
    }

    /// What the nurse reads of the newest check of a conversation, and the level of its work.
    fn flagged(&self, thread: ThreadId) -> (Option<Detail>, i64) {
        let nils = self.actor(self.nils);
        let mut seen = self.app.read(&nils, |cx| urgency::of_thread(cx, thread)).unwrap();
        let view = self.app.read(&nils, |cx| thread::view(cx, thread, i64::MAX, 9)).unwrap();
        (seen.pop().map(|kept| kept.detail), view.items[0].level)
    }

    fn thread_of(&self, id: DraftId) -> ThreadId {
        self.app.read(&self.actor(self.ana), |cx| draft::became(cx, id)).unwrap()
    }
}

#[test]
fn a_yes_is_kept_while_the_text_is_saved_and_stops_every_sending_until_it_is_answered() {
    for world in World::all_checked() {
        let (id, version) = world.keeps(world.typed_new("A question", ASKS));
        assert_eq!(world.card(world.ana, id).unwrap().said, None);
        assert!(!world.waits(id));
        assert!(world.says_yes(id, Said::Sign), "the page comes before the sending");
        let card = world.card(world.ana, id).unwrap();
        assert_eq!((card.level, card.said), (Level::Emergency, Some(Said::Sign)));
        assert!(card.words.iter().any(|words| words.contains("headache")), "{:?}", card.words);
        assert!(world.waits(id), "opening the draft shows the page again");
        // Another device knows nothing of it and saves what it has: the version is as it was, and the yes stands.
        let version = world.saves(id, version, &format!("{ASKS} It comes and goes."));
        assert!(world.waits(id));
        assert_eq!(world.card(world.ana, id).unwrap().said, Some(Said::Sign));
        assert_eq!(world.sends(id, version), Sent::Asked);
        // What is worse is added, and what is less takes nothing back.
        assert!(world.says_yes(id, Said::Harm));
        assert!(world.says_yes(id, Said::Sign));
        let card = world.card(world.ana, id).unwrap();
        assert_eq!((card.level, card.words), (Level::Crisis, Vec::new()));
        assert_eq!(world.sends(id, version), Sent::Asked);
        // The answer need not say it again, and cannot make it less.
        let answer = move |cx: &mut app::Cx<'_, '_>| {
            urgency::answer(cx, id, version, Answer::HadCare, Some(Said::Sign))
        };
        let sent = world.app.write(&world.actor(world.ana), answer).unwrap();
        assert_eq!(sent.urgency, Level::Crisis);
        let (detail, level) = world.flagged(sent.thread);
        let detail = detail.unwrap();
        assert_eq!((detail.said, detail.level(), level), (Some(Said::Harm), Level::Crisis, 1));
        assert_eq!((detail.card.as_str(), detail.answer.as_str()), ("crisis", "had_care"));
        let report = app::verify::run(&world.app, |_| {}).unwrap();
        assert_eq!(report.findings, Vec::new());
    }
}

#[test]
fn a_yes_said_while_the_text_is_on_its_way_counts_when_it_leaves_by_itself() {
    for world in World::all_checked() {
        for (said, level) in [(Said::Sign, Level::Emergency), (Said::Harm, Level::Crisis)] {
            let (id, version) = world.keeps(world.typed_new("A question", ASKS));
            assert!(matches!(world.sends(id, version), Sent::Held(_)));
            // The question still stands in a second window.
            assert!(world.says_yes(id, said));
            assert!(world.waits(id));
            world.pass_seconds(120);
            assert_eq!(draft::release_due(&world.app).unwrap(), 1);
            let (detail, work) = world.flagged(world.thread_of(id));
            let detail = detail.unwrap();
            assert_eq!((detail.said, detail.level(), work), (Some(said), level, 1));
            assert_eq!((detail.card.as_str(), detail.answer.as_str()), (level.as_str(), ""));
            assert!(detail.is_flag());
        }
    }
}

#[test]
fn a_yes_is_forgotten_with_the_text_that_asked_for_it() {
    for world in World::all_checked() {
        let (id, version) = world.keeps(world.typed_new("A question", ASKS));
        assert!(world.says_yes(id, Said::Harm));
        let version = world.saves(id, version, PLAIN);
        assert!(world.card(world.ana, id).is_none());
        // What is typed on the way forgets nothing; what is checked before it is sent does.
        let version = world.saves(id, version, ASKS);
        assert_eq!(world.card(world.ana, id).unwrap().level, Level::Crisis);
        let version = world.saves(id, version, PLAIN);
        assert!(matches!(world.sends(id, version), Sent::Held(_)));
        assert!(!world.waits(id));
        world.app.write(&world.actor(world.ana), move |cx| draft::undo(cx, id)).unwrap();
        let version = world.app.read(&world.actor(world.ana), |cx| draft::get(cx, id));
        let version = world.saves(id, version.unwrap().row.version, ASKS);
        assert_eq!(world.card(world.ana, id).unwrap().level, Level::Ask);
        assert!(matches!(world.sends(id, version), Sent::Held(_)));
        world.pass_seconds(120);
        assert_eq!(draft::release_due(&world.app).unwrap(), 1);
        let (detail, level) = world.flagged(world.thread_of(id));
        let detail = detail.unwrap();
        assert_eq!((detail.said, detail.is_flag()), (None, false));
        assert!(level > 1);
        // Said of a text that asks for nothing, it is kept nowhere.
        let (id, _) = world.keeps(world.typed_new("A form", PLAIN));
        assert!(!world.says_yes(id, Said::Sign) && !world.waits(id));
    }
}

#[test]
fn a_yes_goes_with_the_text_into_another_conversation_and_keeps_nobody_where_nothing_is_checked() {
    for world in World::all_checked() {
        let ana = world.actor(world.ana);
        let thread = world.ana_writes("A form", PLAIN).thread;
        let (id, version) = world.keeps(world.typed_new("A question", ASKS));
        assert!(world.says_yes(id, Said::Harm));
        world.app.write(&ana, move |cx| duplicate::join(cx, id, version, thread)).unwrap();
        let find =
            |cx: &mut app::Cx<'_, '_>| draft::find_in_thread(cx, thread, draft::DraftKind::Reply);
        let reply = world.app.read(&ana, find).unwrap().unwrap().row;
        assert!(world.waits(reply.id));
        assert_eq!(world.card(world.ana, reply.id).unwrap().level, Level::Crisis);
        assert_eq!(world.sends(reply.id, reply.version), Sent::Asked);
        // The check is switched off: no page can be shown, so none is waited for; what was said is told all the same.
        let ada = world.actor(world.add_person(Role::Administrator, "Ada Novak"));
        let site = world.site;
        let row = world.app.read(&ada, |cx| safety::get(cx, site)).unwrap();
        let off = Safety { urgency_check: false, ..row.safety };
        world.app.write(&ada, move |cx| safety::set(cx, site, &off, row.version)).unwrap();
        assert!(world.card(world.ana, reply.id).is_none());
        assert!(matches!(world.sends(reply.id, reply.version), Sent::Held(_)));
        world.pass_seconds(120);
        assert_eq!(draft::release_due(&world.app).unwrap(), 1);
        let (detail, level) = world.flagged(thread);
        assert_eq!((detail.unwrap().said, level), (Some(Said::Harm), 1));
    }
}

#[test]
fn nobody_else_learns_of_a_yes() {
    for world in World::all_checked() {
        let (ana, patient) = (world.actor(world.ana), world.ana_patient);
        let pia = world.helps("Pia Alvarez", "helper", "draft");
        let helper = world.actor(pia);
        let typed = world.typed_new("A question", ASKS);
        let (id, version) =
            world.app.write(&helper, move |cx| draft::save(cx, None, 0, &typed)).unwrap();
        assert!(world.app.write(&helper, move |cx| urgency::say(cx, id, Said::Harm)).unwrap());
        assert_eq!(world.card(pia, id).unwrap().level, Level::Crisis);
        // It is handed over as words, without what its writer said of them.
        world.app.write(&helper, move |cx| prepared::offer(cx, id, version)).unwrap();
        let found = world.app.read(&ana, |cx| prepared::get(cx, patient, id)).unwrap();
        assert!(!format!("{:?}", found.named.draft.content).to_lowercase().contains("harm"));
        assert!(world.app.read(&ana, |cx| urgency::look(cx, id)).is_err());
        assert!(!world.waits(id), "it is no card of hers");
        let taken = world
            .app
            .write(&ana, move |cx| prepared::take(cx, patient, id, found.named.draft.row.version))
            .unwrap()
            .draft;
        assert_eq!(world.card(world.ana, taken).unwrap().said, None);
        // And hers is not Pia's, nor anybody's of the clinic.
        assert!(world.says_yes(taken, Said::Harm));
        for other in [pia, world.nils, world.eve] {
            let actor = world.actor(other);
            assert!(world.app.read(&actor, |cx| urgency::look(cx, taken)).is_err());
            assert!(!world.app.read(&actor, |cx| urgency::waits(cx, taken)).unwrap());
            assert!(
                world.app.write(&actor, move |cx| urgency::say(cx, taken, Said::Sign)).is_err()
            );
        }
        let reply = world.ana_writes("A form", PLAIN).thread;
        let (id, _) = world.keeps(World::typed_reply(reply, ASKS, 9, AfterRelease::Nothing));
        assert!(world.says_yes(id, Said::Harm));
        let view = world.app.read(&helper, |cx| thread::view(cx, reply, i64::MAX, 9)).unwrap();
        assert!(!format!("{view:?}").contains("headache"));
    }
}
