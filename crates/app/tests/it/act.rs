//! Steps with work are taken with many conversations at once, and taken back within seconds: exactly, by who
//! took them, and only while nobody has done anything since.

mod bulk;

use app::act::{self, Shown, undo};
use app::closing::{self, Closing};
use app::pass::{self, Passing, Reason};
use app::{Conflict, Cx, Error, message, note, snooze, thread, work};
use domain::ids::{CareTeamId, PersonId, ThreadId, WorkActId};
use domain::message::{Body, Channel, ClientMsgId, Line};
use domain::pass::PassReason;
use domain::thread::{Ladder, ThreadState};
use domain::time::Timestamp;
use domain::work_act::ActKind;
use domain::work_item::{Level, Outcome, WorkEventKind};
use store::sql;

use crate::told::text;
use crate::world::World;

impl World {
    /// A conversation of Ana's without a question, so that it may be closed as answered.
    fn asks_nothing(&self, headline: &str) -> ThreadId {
        let id = self.ana_writes(headline, "Please look at this.").thread;
        let aside =
            sql!("UPDATE question SET state = 'answered', decided_at = 1 WHERE thread_id = $1");
        self.app
            .write(&domain::access::Actor::system(), move |cx| {
                Ok(cx.tx().execute(aside, &[&id]).map(|_| ())?)
            })
            .unwrap();
        id
    }

    /// Takes one step that can be taken back.
    fn steps<F>(&self, who: PersonId, kind: ActKind, id: ThreadId, step: F) -> WorkActId
    where
        F: for<'t> Fn(&mut Cx<'_, 't>) -> app::Result<()> + Send + Sync + 'static,
    {
        let actor = self.actor(who);
        let ((), act) =
            self.app.write(&actor, move |cx| act::single(cx, kind, id, &step)).expect("a step");
        act.expect("something to take back")
    }

    fn takes_back(&self, who: PersonId, act: WorkActId) -> app::Result<()> {
        undo::run(&self.app, &self.actor(who), act)
    }

    fn act(&self, who: PersonId, act: WorkActId) -> Option<Shown> {
        let team = Some(self.team);
        self.app.read(&self.actor(who), |cx| act::show(cx, act, team)).unwrap()
    }

    /// Everything that a step may change of an item and of what inbox rows say, but the version.
    fn facts(&self, id: ThreadId) -> Vec<String> {
        let items = sql!(
            "SELECT assignee_id, lease_until, covered_for, state, level, level_patient, level_rules, \
             level_clinician, owed_since, clock_from, promised_by, due_at, escalate_at, told, \
             policy_version, asked_at, asked_level, said_half_by, said_most_by, said_per_person, \
             opened_at, snoozed_until, first_answer_at, closed_at, outcome, team_id FROM work_item \
             WHERE thread_id = $1 AND state <> 'closed'"
        );
        let rows = sql!(
            "SELECT party_kind, party_id, needs_reply, asked, is_open, last_seq FROM inbox_row \
             WHERE thread_id = $1 ORDER BY party_kind, party_id"
        );
        let read = |tx: &mut store::db::Tx<'_>| -> Result<Vec<String>, store::db::DbError> {
            let mut facts = Vec::new();
            for row in tx.query(items, &[&id])? {
                let n = |at| row.get::<Option<i64>>(at);
                facts.push(format!(
                    "{:?} {:?} {:?} {:?} {:?} {:?}",
                    row.get::<Option<PersonId>>(0)?,
                    n(1)?,
                    row.get::<Option<PersonId>>(2)?,
                    row.get::<String>(3)?,
                    row.get::<String>(13)?,
                    row.get::<Option<String>>(24)?,
                ));
                for at in [4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23] {
                    facts.push(format!("{at} {:?}", n(at)?));
                }
                facts.push(row.get::<CareTeamId>(25)?.to_string());
            }
            for row in tx.query(rows, &[&id])? {
                facts.push(format!(
                    "{} {} {} {} {} {}",
                    row.get::<String>(0)?,
                    row.get::<uuid::Uuid>(1)?,
                    row.get::<bool>(2)?,
                    row.get::<bool>(3)?,
                    row.get::<bool>(4)?,
                    row.get::<i64>(5)?,
                ));
            }
            Ok(facts)
        };
        self.app.db().read(read).unwrap()
    }

    fn count(&self, statement: store::db::Sql) -> i64 {
        self.app.db().read(|tx| tx.query_one(statement, &[])?.get(0)).expect("a count")
    }

    fn view(&self, who: PersonId, id: ThreadId) -> thread::ThreadView {
        self.app.read(&self.actor(who), |cx| thread::view(cx, id, i64::MAX, 50)).unwrap()
    }

    fn is_sound(&self) {
        let findings = app::verify::run(&self.app, |_| {}).unwrap().findings;
        assert!(findings.is_empty(), "{findings:?}");
    }

    fn ana_replies(&self, id: ThreadId, key: &str) {
        let out = text("It is worse", Channel::Portal, &[], key);
        self.app.write(&self.actor(self.ana), move |cx| message::reply(cx, id, &out)).unwrap();
    }
}

fn too_late(outcome: &app::Result<()>) -> bool {
    matches!(outcome, Err(Error::Conflict(Conflict::TooLate)))
}

fn changed(outcome: &app::Result<()>) -> bool {
    matches!(outcome, Err(Error::Conflict(Conflict::Changed)))
}

fn line(words: &str) -> Line {
    Line::parse(words).unwrap()
}

fn close(id: ThreadId, outcome: Outcome) -> impl for<'t> Fn(&mut Cx<'_, 't>) -> app::Result<()> {
    move |cx: &mut Cx<'_, '_>| {
        let what = (outcome.said() != domain::work_item::Said::Nothing).then(|| line("Metformin"));
        let closing = Closing { outcome, what, on: None, remark: None };
        closing::close(cx, id, &closing, None)
    }
}

fn pass(id: ThreadId, to: CareTeamId) -> impl for<'t> Fn(&mut Cx<'_, 't>) -> app::Result<()> {
    move |cx: &mut Cx<'_, '_>| {
        let reason = Reason::Prepared(PassReason::Medicine);
        let passing = Passing { to, reason, note: None, confirmed: false };
        pass::pass(cx, id, &passing, None).map(|_| ())
    }
}

#[test]
fn every_step_is_taken_back_exactly() {
    for world in World::all() {
        let (nils, dora, to) = (world.nils, world.dora, world.other_team);
        let id = world.asks_nothing("Dizzy");
        let soon = world.app.now().plus_seconds(3_600);
        let back = |kind, step: &dyn Fn() -> WorkActId| {
            world.pass_seconds(30);
            let (before, version) = (world.facts(id), world.view(nils, id).items[0].version);
            let act = step();
            assert_ne!(world.facts(id), before, "{kind:?} does something");
            world.pass_seconds(9);
            assert_eq!(world.act(dora, act).unwrap().seconds, 1);
            world.takes_back(dora, act).unwrap();
            assert_eq!(world.facts(id), before, "{kind:?} is taken back");
            assert_eq!(world.view(nils, id).items[0].version, version + 2, "two steps");
            let steps = world.view(nils, id).custody;
            assert_eq!(steps.last().unwrap().kind, WorkEventKind::Undone);
            assert_eq!(steps.last().unwrap().by.as_deref(), Some("Dora Park"));
            let shown = world.act(dora, act).unwrap();
            assert_eq!((shown.done, shown.undone, shown.seconds), (1, 1, 0));
            // A second time, and after the time, nothing happens.
            world.takes_back(dora, act).unwrap();
            world.pass_seconds(60);
            world.takes_back(dora, act).unwrap();
            assert_eq!(world.facts(id), before);
            world.is_sound();
        };
        let free: [(ActKind, &dyn Fn() -> WorkActId); 6] = [
            (ActKind::Claim, &|| {
                world.steps(dora, ActKind::Claim, id, move |cx| work::claim(cx, id, None))
            }),
            (ActKind::Assign, &|| {
                let step = move |cx: &mut Cx<'_, '_>| work::assign(cx, id, nils, None, None);
                world.steps(dora, ActKind::Assign, id, step)
            }),
            (ActKind::Snooze, &|| {
                let step = move |cx: &mut Cx<'_, '_>| snooze::put_off(cx, id, soon, None);
                world.steps(dora, ActKind::Snooze, id, step)
            }),
            (ActKind::Level, &|| {
                let step =
                    move |cx: &mut Cx<'_, '_>| work::set_level(cx, id, Level::TODAY, None, None);
                world.steps(dora, ActKind::Level, id, step)
            }),
            (ActKind::Close, &|| world.steps(dora, ActKind::Close, id, close(id, Outcome::Refill))),
            (ActKind::Pass, &|| world.steps(dora, ActKind::Pass, id, pass(id, to))),
        ];
        for (kind, step) in free {
            back(kind, step);
        }
        world.app.write(&world.actor(nils), move |cx| work::claim(cx, id, None)).unwrap();
        let held: [(ActKind, &dyn Fn() -> WorkActId); 5] = [
            (ActKind::Release, &|| {
                world.steps(dora, ActKind::Release, id, move |cx| work::release(cx, id, None))
            }),
            (ActKind::Wait, &|| {
                world.steps(dora, ActKind::Wait, id, move |cx| work::wait(cx, id, None))
            }),
            (ActKind::Assign, &|| {
                let step = move |cx: &mut Cx<'_, '_>| work::assign(cx, id, dora, None, None);
                world.steps(dora, ActKind::Assign, id, step)
            }),
            (ActKind::Close, &|| {
                world.steps(dora, ActKind::Close, id, close(id, Outcome::NoAnswerNeeded))
            }),
            (ActKind::Pass, &|| world.steps(dora, ActKind::Pass, id, pass(id, to))),
        ];
        for (kind, step) in held {
            back(kind, step);
        }
        world.app.write(&world.actor(nils), move |cx| snooze::put_off(cx, id, soon, None)).unwrap();
        back(ActKind::Unsnooze, &|| {
            world.steps(dora, ActKind::Unsnooze, id, move |cx| snooze::take_back(cx, id, None))
        });
    }
}

#[test]
fn what_patients_read_is_true_at_every_moment() {
    for world in World::all() {
        let (nils, ana) = (world.nils, world.ana);
        let id = world.asks_nothing("Dizzy");
        let quiet = world.view(ana, id).custody.len();
        let act = world.steps(nils, ActKind::Claim, id, move |cx| work::claim(cx, id, None));
        assert_eq!(world.view(ana, id).holder.as_deref(), Some("Nils Lee"));
        world.takes_back(nils, act).unwrap();
        let hers = world.view(ana, id);
        assert_eq!((hers.ladder, hers.holder), (Ladder::WithTeam(world.team), None));
        assert_eq!(hers.custody.len(), quiet, "of a slip of the hand nothing is left");
        assert_eq!(world.view(nils, id).custody.len(), quiet + 2, "colleagues read both");
        // A closing stands in the conversation, and so does its being taken back.
        let answers = sql!("SELECT count(*) FROM answer_time");
        let mail = sql!("SELECT count(*) FROM notice");
        let (before, sent) = (world.count(answers), world.count(mail));
        let act = world.steps(nils, ActKind::Close, id, close(id, Outcome::Refill));
        assert_eq!(world.view(ana, id).state, ThreadState::Closed);
        assert_eq!(world.count(answers), before + 1);
        world.takes_back(nils, act).unwrap();
        let hers = world.view(ana, id);
        assert_eq!(hers.state, ThreadState::WaitingTeam);
        let lines: Vec<_> =
            hers.lines.iter().map(|line| (line.kind.as_str(), line.detail.as_str())).collect();
        assert_eq!(lines, [("closed", "refill"), ("reopened", "undone")]);
        assert_eq!(world.count(answers), before, "no answer was given");
        while app::sequencer::is_full(app::sequencer::run(&world.app).unwrap()) {}
        while app::notice::enqueue(&world.app).unwrap() > 0 {}
        assert_eq!(world.count(mail), sent, "no mail says any of it");
        world.is_sound();
    }
}

#[test]
fn only_who_did_it_and_only_in_time() {
    for world in World::all() {
        let (nils, dora) = (world.nils, world.dora);
        let id = world.asks_nothing("Dizzy");
        let act = world.steps(nils, ActKind::Claim, id, move |cx| work::claim(cx, id, None));
        for other in [dora, world.eve, world.ana, world.ben] {
            assert!(matches!(world.takes_back(other, act), Err(Error::NotFound)));
            assert!(world.act(other, act).is_none());
        }
        world.pass_seconds(14);
        assert!(too_late(&world.takes_back(nils, act)));
        assert_eq!(world.act(nils, act).unwrap().seconds, 0);
        assert_eq!(world.view(nils, id).ladder, Ladder::BeingHandled(world.team, Some(nils)));
        // Twelve seconds are in time for a hand that was quick and a line that was slow.
        let act = world.steps(nils, ActKind::Release, id, move |cx| work::release(cx, id, None));
        world.pass_seconds(12);
        world.takes_back(nils, act).unwrap();
        // Who is of the team no more takes nothing back.
        let act = world.steps(nils, ActKind::Release, id, move |cx| work::release(cx, id, None));
        world
            .app
            .write(&domain::access::Actor::system(), move |cx| {
                let now = cx.now();
                let leaves = sql!("UPDATE membership SET until_at = $2 WHERE person_id = $1");
                Ok(cx.tx().execute_one(leaves, &[&nils, &now])?)
            })
            .unwrap();
        assert!(matches!(world.takes_back(nils, act), Err(Error::NotFound)));
        // What nothing was done with leaves nothing.
        let actor = world.actor(dora);
        world.app.write(&actor, move |cx| work::claim(cx, id, None)).unwrap();
        let again = move |cx: &mut Cx<'_, '_>| {
            act::single(cx, ActKind::Claim, id, |cx| work::claim(cx, id, None))
        };
        assert_eq!(world.app.write(&actor, again).unwrap().1, None);
        // A minute later nothing of it is kept.
        world.pass_seconds(90);
        while act::forget_old(&world.app).unwrap() > 0 {}
        for table in [
            sql!("SELECT count(*) FROM work_act"),
            sql!("SELECT count(*) FROM work_act_item"),
            sql!("SELECT count(*) FROM work_before"),
            sql!("SELECT count(*) FROM inbox_before"),
        ] {
            assert_eq!(world.count(table), 0);
        }
        assert!(matches!(world.takes_back(dora, act), Err(Error::NotFound)));
    }
}

#[test]
fn whatever_anybody_did_since_wins() {
    for world in World::all() {
        let (nils, dora, ana, eve) = (world.nils, world.dora, world.ana, world.eve);
        let id = world.asks_nothing("Dizzy");
        // A colleague took another step.
        let act = world.steps(nils, ActKind::Claim, id, move |cx| work::claim(cx, id, None));
        let actor = world.actor(dora);
        world
            .app
            .write(&actor, move |cx| work::set_level(cx, id, Level::TODAY, None, None))
            .unwrap();
        assert!(changed(&world.takes_back(nils, act)));
        assert_eq!(world.view(nils, id).ladder, Ladder::BeingHandled(world.team, Some(nils)));
        // The patient wrote, in an open conversation and in a closed one.
        let release = move |cx: &mut Cx<'_, '_>| work::release(cx, id, None);
        let act = world.steps(nils, ActKind::Release, id, release);
        world.ana_replies(id, "a-1");
        assert!(changed(&world.takes_back(nils, act)));
        let act = world.steps(nils, ActKind::Close, id, close(id, Outcome::NoAnswerNeeded));
        world.ana_replies(id, "a-2");
        let replied = (world.facts(id), world.view(ana, id).state);
        assert_eq!(replied.1, ThreadState::WaitingTeam, "a reply always lands");
        assert!(changed(&world.takes_back(nils, act)));
        assert_eq!((world.facts(id), world.view(ana, id).state), replied);
        // A question was settled.
        let other = world.ana_writes("Foot", "My foot hurts.").thread;
        let act = world.steps(nils, ActKind::Claim, other, move |cx| work::claim(cx, other, None));
        let question = world.view(nils, other).messages[0].questions[0].id;
        world.pass_seconds(1);
        let actor = world.actor(dora);
        let settles = move |cx: &mut Cx<'_, '_>| {
            let state = domain::message::QuestionState::Answered;
            app::question::decide(cx, other, question, state, None)
        };
        world.app.write(&actor, settles).unwrap();
        assert!(changed(&world.takes_back(nils, act)));
        // The team it was passed to has begun.
        let act = world.steps(nils, ActKind::Pass, id, pass(id, world.other_team));
        world.app.write(&world.actor(eve), move |cx| work::claim(cx, id, None)).unwrap();
        assert!(changed(&world.takes_back(nils, act)));
        assert_eq!(world.view(eve, id).holder.as_deref(), Some("Eve Stone"));
        world.is_sound();
    }
}

#[test]
fn a_pass_that_is_taken_back_leaves_the_other_team_nothing() {
    for world in World::all() {
        let (nils, eve, to) = (world.nils, world.eve, world.other_team);
        let id = world.asks_nothing("Heart");
        let actor = world.actor(nils);
        world
            .app
            .write(&actor, move |cx| {
                let body = Body::parse("She called before.").expect("a text");
                note::add(cx, id, &body, &ClientMsgId::parse("note").expect("an id"))
            })
            .unwrap();
        let sees = |who: PersonId| {
            world.app.read(&world.actor(who), |cx| thread::view(cx, id, i64::MAX, 50)).is_ok()
        };
        for _ in 0..3 {
            world.pass_seconds(20);
            let act = world.steps(nils, ActKind::Pass, id, pass(id, to));
            assert!(sees(eve));
            world.pass_seconds(3);
            world.takes_back(nils, act).unwrap();
            assert!(!sees(eve), "it is not theirs any more");
            let notes = world.app.read(&actor, |cx| note::list(cx, id)).unwrap();
            assert_eq!(notes.len(), 1, "those who had it see and work on");
            world.app.write(&actor, move |cx| work::claim(cx, id, None)).unwrap();
            world.app.write(&actor, move |cx| work::release(cx, id, None)).unwrap();
            world.is_sound();
        }
        let moved: Vec<String> =
            world.view(world.ana, id).lines.iter().map(|line| line.detail.clone()).collect();
        assert_eq!(moved.len(), 6);
        assert_eq!(moved[..2], ["Heart clinic", "Diabetes team"]);
        // What was taken back is no going to and fro.
        let twice = move |cx: &mut Cx<'_, '_>| {
            let reason = Reason::Prepared(PassReason::Medicine);
            let passing = Passing { to, reason, note: None, confirmed: false };
            pass::pass(cx, id, &passing, None)
        };
        assert_eq!(world.app.write(&actor, twice).unwrap(), pass::Passed::Done);
        goes_back_and_is_taken_back(&world, id);
    }
}

/// What goes back was asked about and is counted; taken back, it is counted no more, and the team that had it
/// keeps what it had.
fn goes_back_and_is_taken_back(world: &World, id: ThreadId) {
    let (nils, eve, to) = (world.nils, world.eve, world.team);
    let back = || {
        world
            .app
            .write(&world.actor(eve), move |cx| {
                act::single(cx, ActKind::Pass, id, |cx| {
                    let reason = Reason::Prepared(PassReason::Medicine);
                    let passing = Passing { to, reason, note: None, confirmed: true };
                    pass::pass(cx, id, &passing, None)
                })
            })
            .unwrap()
    };
    let counted = || {
        let since = Timestamp::EPOCH;
        let count = world.app.db().read(|tx| store::pass::count_bounces(tx, to, since));
        let count: Result<i64, store::db::DbError> = count;
        count.unwrap()
    };
    let row = || {
        let row = sql!(
            "SELECT last_seq, last_at, last_side, preview_sealed, needs_reply, is_open FROM inbox_row \
             WHERE thread_id = $1 AND party_kind = 'team' AND party_id = $2"
        );
        let found = world.app.db().read(|tx| {
            let row = tx.query_one(row, &[&id, &to])?;
            Ok::<(i64, i64, String, Vec<u8>, bool, bool), store::db::DbError>((
                row.get(0)?,
                row.get(1)?,
                row.get(2)?,
                row.get(3)?,
                row.get(4)?,
                row.get(5)?,
            ))
        });
        found.unwrap()
    };
    let (before, seen) = (row(), world.view(nils, id).lines.len());
    for _ in 0..2 {
        world.pass_seconds(20);
        let (passed, act) = back();
        assert_eq!((passed, counted()), (pass::Passed::Done, 1));
        world.pass_seconds(3);
        world.takes_back(eve, act.expect("an act")).unwrap();
        assert_eq!((row(), counted()), (before.clone(), 0));
        assert_eq!(world.view(nils, id).lines.len(), seen, "they see what they saw");
        world.app.write(&world.actor(eve), move |cx| work::claim(cx, id, None)).unwrap();
        let refused = world.app.write(&world.actor(nils), move |cx| work::claim(cx, id, None));
        assert!(refused.is_err(), "it is not theirs");
        world.app.write(&world.actor(eve), move |cx| work::release(cx, id, None)).unwrap();
        world.is_sound();
    }
    let (_, act) = back();
    world.app.write(&world.actor(nils), move |cx| work::claim(cx, id, None)).unwrap();
    let late = world.takes_back(eve, act.expect("an act"));
    assert!(matches!(late, Err(Error::Conflict(_) | Error::NotFound | Error::Forbidden)));
    assert_eq!(counted(), 1);
    world.is_sound();
}

#[test]
fn the_clock_is_what_it_was() {
    for world in World::all() {
        let nils = world.nils;
        let id = world.asks_nothing("Dizzy");
        let due = |at: ThreadId| -> (Timestamp, Option<Timestamp>) {
            let item = world.view(nils, at).items[0].clone();
            (item.due_at, item.owed.map(|owed| owed.since))
        };
        let before = due(id);
        world.pass_seconds(3_600);
        let act = world.steps(nils, ActKind::Close, id, close(id, Outcome::NoAnswerNeeded));
        world.pass_seconds(8);
        world.takes_back(nils, act).unwrap();
        assert_eq!(due(id), before);
        // It is late as if nothing had been.
        world.clock.set(before.0);
        assert!(app::deadline::escalate_due(&world.app).unwrap() > 0);
    }
}
