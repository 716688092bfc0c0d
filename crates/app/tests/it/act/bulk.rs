//! One step with many conversations: each by itself, once, and back again together.

use app::act::bulk::{self, Bulk, Step};
use app::act::{Shown, undo};
use app::staff::list::envelopes_page;
use app::{App, Cx, Error, work};
use domain::ids::{PersonId, ThreadId, WorkActId};
use domain::message::ClientMsgId;
use domain::pass::PassReason;
use domain::thread::{Ladder, ThreadState};
use domain::work_act::ActKind;
use domain::work_item::{Level, Outcome};
use store::work_item::{QueueAfter, QueueList};

use super::{line, too_late};
use crate::world::World;

impl World {
    /// The team's queue as somebody's page shows it: conversations with their versions.
    fn listed(&self, who: PersonId) -> Vec<(ThreadId, i64)> {
        let team = self.team;
        let page = self
            .app
            .read(&self.actor(who), |cx| {
                work::queue(cx, team, QueueList::Team, QueueAfter::START, 50)
            })
            .unwrap();
        page.entries.iter().map(|entry| (entry.item.thread, entry.item.version)).collect()
    }

    fn with_all(
        &self,
        who: PersonId,
        key: &str,
        step: Step,
        chosen: &[(ThreadId, i64)],
    ) -> app::Result<WorkActId> {
        let key = ClientMsgId::parse(key).unwrap();
        let bulk = Bulk { key, step, chosen: chosen.to_vec() };
        bulk::run(&self.app, &self.actor(who), &bulk)
    }

    fn three(&self) -> [ThreadId; 3] {
        ["Dizzy", "Foot", "Eyes"].map(|headline| self.asks_nothing(headline))
    }
}

fn whys(shown: &Shown) -> Vec<(ThreadId, String)> {
    shown.missed.iter().map(|missed| (missed.thread, missed.why.clone())).collect()
}

#[test]
fn every_step_with_all_and_back() {
    for world in World::all() {
        let (dora, nils) = (world.dora, world.nils);
        let threads = world.three();
        let soon = world.app.now().plus_seconds(7_200);
        let steps = [
            Step::Claim,
            Step::Assign(nils),
            Step::Snooze(soon),
            Step::Level(Level::TODAY, None),
            Step::Level(Level::WHENEVER, Some(line("Can wait"))),
            Step::Close(Outcome::Answered),
            Step::Close(Outcome::NoAnswerNeeded),
            Step::Pass(world.other_team, PassReason::Medicine),
        ];
        for (n, step) in steps.into_iter().enumerate() {
            world.pass_seconds(30);
            let before = threads.map(|id| world.facts(id));
            let chosen = world.listed(dora);
            assert_eq!(chosen.len(), 3);
            let act = world.with_all(dora, &format!("key-{n}"), step.clone(), &chosen).unwrap();
            let shown = world.act(dora, act).unwrap();
            assert_eq!((shown.done, shown.undone, shown.seconds), (3, 0, 10), "{step:?}");
            assert!(shown.missed.is_empty() && shown.only.is_none());
            for (id, before) in threads.iter().zip(&before) {
                assert_ne!(&world.facts(*id), before, "{step:?}");
            }
            // The same form again, before and after it was taken back, does nothing.
            let moved = threads.map(|id| world.facts(id));
            world.pass_seconds(4);
            let again = world.with_all(dora, &format!("key-{n}"), step.clone(), &chosen).unwrap();
            assert_eq!(again, act);
            assert_eq!(world.act(dora, act).unwrap().seconds, 6, "the time runs on");
            assert_eq!(threads.map(|id| world.facts(id)), moved);
            undo::run(&world.app, &world.actor(dora), act).unwrap();
            assert_eq!(threads.map(|id| world.facts(id)), before, "{step:?}");
            assert_eq!(world.with_all(dora, &format!("key-{n}"), step, &chosen).unwrap(), act);
            assert_eq!(threads.map(|id| world.facts(id)), before);
            let shown = world.act(dora, act).unwrap();
            assert_eq!((shown.done, shown.undone, shown.seconds), (3, 3, 0));
        }
        world.is_sound();
    }
}

#[test]
fn what_cannot_be_done_says_why_and_stops_nothing() {
    for world in World::all() {
        let (nils, dora) = (world.nils, world.dora);
        let [first, second, third] = world.three();
        let asks = world.ana_writes("Pill", "What about the pill?").thread;
        let chosen = world.listed(nils);
        let kind = |id: ThreadId| *chosen.iter().find(|(thread, _)| *thread == id).unwrap();
        // Dora takes one meanwhile; one has an open question; one is nobody's conversation.
        world.app.write(&world.actor(dora), move |cx| work::claim(cx, second, None)).unwrap();
        let none: ThreadId = world.app.new_id().unwrap();
        let all = [kind(first), kind(second), kind(third), kind(asks), (none, 1)];
        let act = world.with_all(nils, "k", Step::Close(Outcome::Answered), &all).unwrap();
        let shown = world.act(nils, act).unwrap();
        assert_eq!((shown.done, shown.seconds), (2, 10));
        let expected = [(second, "changed"), (asks, "questions-open"), (none, "unknown")];
        assert_eq!(whys(&shown), expected.map(|(id, why)| (id, why.to_owned())));
        let [theirs, questions, unknown] = shown.missed.as_slice() else { panic!("three") };
        assert_eq!(theirs.entry.as_ref().unwrap().headline, "Foot");
        assert_eq!(theirs.by.as_deref(), Some("Dora Park"));
        let last = theirs.last.as_ref().unwrap();
        assert_eq!(last.kind, domain::work_item::WorkEventKind::Claimed);
        assert_eq!(questions.entry.as_ref().unwrap().patient_name, "Ana Alvarez");
        assert!(unknown.entry.is_none(), "nothing is said of it");
        assert_eq!(world.view(nils, asks).state, ThreadState::WaitingTeam);
        // What was done goes back but for what the patient wrote into.
        world.ana_replies(third, "r-1");
        undo::run(&world.app, &world.actor(nils), act).unwrap();
        let shown = world.act(nils, act).unwrap();
        assert_eq!((shown.done, shown.undone, shown.seconds), (2, 1, 0));
        assert_eq!(whys(&shown), [(third, "changed".to_owned())]);
        assert_eq!(world.view(nils, first).ladder, Ladder::WithTeam(world.team));
        assert_eq!(world.view(nils, third).state, ThreadState::WaitingTeam, "the reply wins");
        // A nurse lowers nothing, a clinician only with a reason; what is due is not put off.
        let lower = Step::Level(Level::WHENEVER, Some(line("Can wait")));
        let one = [world.listed(nils)[0]];
        let act = world.with_all(nils, "l", lower, &one).unwrap();
        assert_eq!(world.act(nils, act).unwrap().missed[0].why, "forbidden");
        let act = world.with_all(dora, "l", Step::Level(Level::WHENEVER, None), &one).unwrap();
        assert_eq!(world.act(dora, act).unwrap().missed[0].why, "reason-empty");
        let past = world.app.now().plus_seconds(-1);
        let act = world.with_all(dora, "s", Step::Snooze(past), &one).unwrap();
        assert_eq!(world.act(dora, act).unwrap().missed[0].why, "snooze-past");
        assert!(world.act(dora, act).unwrap().seconds == 0, "nothing to take back");
        world.is_sound();
    }
}

#[test]
fn the_desk_says_who_does_several_and_reads_no_word_of_them() {
    for world in World::all() {
        let (nils, dora, team) = (world.nils, world.dora, world.team);
        let [first, second, third] = world.three();
        let fred = world.add_desk();
        let envelopes = world.envelopes(fred);
        let chosen: Vec<(ThreadId, i64)> =
            envelopes.iter().map(|entry| (entry.item.thread, entry.item.version)).collect();
        assert_eq!(chosen.len(), 3);
        let list =
            |cx: &mut Cx<'_, '_>| envelopes_page(cx, team, QueueList::Team, QueueAfter::START, 9);
        let offers = world.app.read(&world.actor(fred), list).unwrap().offers.unwrap();
        assert!(!offers.handles && !offers.colleagues.is_empty());
        let before = [first, third].map(|id| world.facts(id));
        world.app.write(&world.actor(dora), move |cx| work::claim(cx, second, None)).unwrap();
        let act = world.with_all(fred, "k", Step::Assign(nils), &chosen).unwrap();
        let shown = world.act(fred, act).unwrap();
        assert_eq!((shown.done, shown.seconds), (2, 10));
        let [missed] = shown.missed.as_slice() else { panic!("one was taken meanwhile") };
        assert_eq!((missed.thread, missed.why.as_str()), (second, "changed"));
        let entry = missed.entry.as_ref().unwrap();
        assert!(entry.headline.is_empty() && entry.preview.is_empty(), "{entry:?}");
        assert_eq!(entry.patient_name, envelopes[0].patient_name);
        assert_eq!(missed.by.as_deref(), Some("Dora Park"));
        world.takes_back(fred, act).unwrap();
        assert_eq!([first, third].map(|id| world.facts(id)), before);
        // Whoever reads no word neither answers nor closes.
        let now = world.envelopes(fred);
        let version = now.iter().find(|entry| entry.item.thread == first).unwrap().item.version;
        let steps = [Step::Claim, Step::Close(Outcome::Answered), Step::Level(Level::NOW, None)];
        for (n, step) in steps.into_iter().enumerate() {
            let act = world.with_all(fred, &format!("key-{n}"), step, &[(first, version)]).unwrap();
            let shown = world.act(fred, act).unwrap();
            assert_eq!((shown.done, shown.missed.len()), (0, 1), "{shown:?}");
        }
        assert_eq!(world.facts(first), before[0]);
        world.is_sound();
    }
}

#[test]
fn strangers_do_nothing_and_learn_nothing() {
    for world in World::all() {
        let threads = world.three();
        let chosen = world.listed(world.nils);
        let before = threads.map(|id| world.facts(id));
        for who in [world.eve, world.ana, world.ben] {
            for step in [Step::Claim, Step::Close(Outcome::NoAnswerNeeded)] {
                let act = world.with_all(who, "k", step, &chosen).unwrap();
                let shown = world.act(who, act).unwrap();
                assert_eq!((shown.done, shown.missed.len()), (0, 3));
                assert!(shown.missed.iter().all(|one| one.entry.is_none() && one.last.is_none()));
            }
        }
        assert_eq!(threads.map(|id| world.facts(id)), before);
        let nils = world.nils;
        let refused = world.with_all(nils, "k", Step::Claim, &[]);
        assert!(matches!(refused, Err(Error::Invalid(_))));
        let many = vec![chosen[0]; 101];
        assert!(matches!(world.with_all(nils, "k", Step::Claim, &many), Err(Error::Invalid(_))));
        for outcome in [Outcome::Callback, Outcome::Refill, Outcome::HandedOver] {
            let refused = world.with_all(nils, "k", Step::Close(outcome), &chosen);
            assert!(matches!(refused, Err(Error::Invalid(_))), "it needs words");
        }
        assert_eq!(threads.map(|id| world.facts(id)), before);
        // The same twice in one form is one.
        let twice = [chosen[0], chosen[0]];
        let act = world.with_all(nils, "t", Step::Claim, &twice).unwrap();
        let shown = world.act(nils, act).unwrap();
        assert_eq!((shown.done, shown.missed.len()), (1, 0));
    }
}

#[test]
fn nothing_of_an_act_is_only_in_memory() {
    for world in World::all() {
        let (nils, actor) = (world.nils, world.actor(world.nils));
        let threads = world.three();
        let before = threads.map(|id| world.facts(id));
        let bulk = Bulk {
            key: ClientMsgId::parse("k").unwrap(),
            step: Step::Close(Outcome::NoAnswerNeeded),
            chosen: world.listed(nils),
        };
        let act = bulk::run(&world.app, &actor, &bulk).unwrap();
        // The server was killed: the form comes again to the next one, and so does the word to take it back.
        let next: App = world.restarted();
        assert_eq!(bulk::run(&next, &actor, &bulk).unwrap(), act);
        undo::run(&next, &actor, act).unwrap();
        assert_eq!(threads.map(|id| world.facts(id)), before);
        let one = threads[0];
        let taken = world.steps(nils, ActKind::Claim, one, move |cx| work::claim(cx, one, None));
        undo::run(&world.restarted(), &actor, taken).unwrap();
        assert_eq!(world.facts(one), before[0]);
        // Too late is too late for all of them.
        let bulk = Bulk { chosen: world.listed(nils), ..bulk };
        let act = bulk::run(&world.app, &actor, &bulk).unwrap();
        world.pass_seconds(14);
        assert!(too_late(&undo::run(&next, &actor, act)));
        assert_eq!(world.act(nils, act).unwrap().done, 3);
        assert!(world.listed(nils).is_empty());
    }
}
