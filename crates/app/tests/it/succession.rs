//! What is written to a team that has ended goes to the team that follows it, and nothing sits unseen.

use app::admin::ending::{self, Stop};
use app::admin::team::{self, SettingsInput};
use app::thread::{self, ThreadView};
use app::{Error, draft, told, work};
use domain::access::Role;
use domain::ids::{CareTeamId, PatientId, PersonId, ResourceId, ThreadId};
use domain::message::{Ask, Body, Channel, ClientMsgId};
use domain::pass::PassReason;
use domain::thread::{Category, Ladder, ThreadState};
use domain::time::Timestamp;
use domain::work_item::{Outcome, WorkEventKind, WorkState};
use store::draft::AfterRelease;
use store::sql;

use crate::leads::make_lead;
use crate::routing::add_beside;
use crate::world::World;

fn seen(world: &World, who: PersonId, id: ThreadId) -> ThreadView {
    world.app.read(&world.actor(who), |cx| thread::view(cx, id, i64::MAX, 50)).unwrap()
}

fn queue(world: &World, who: PersonId, team: CareTeamId) -> Vec<ThreadId> {
    let (list, start) = (work::QueueList::Team, work::QueueAfter::START);
    let page = world.app.read(&world.actor(who), |cx| work::queue(cx, team, list, start, 200));
    page.unwrap().entries.iter().map(|entry| entry.item.thread).collect()
}

fn close(world: &World, id: ThreadId) {
    world
        .app
        .write(&world.actor(world.nils), move |cx| {
            work::close(cx, id, Outcome::NoAnswerNeeded, None, None)
        })
        .unwrap();
}

fn follow(world: &World, team: CareTeamId, next: Option<CareTeamId>) {
    let set = sql!("UPDATE care_team SET successor_team_id = $2 WHERE id = $1");
    world
        .app
        .write(&domain::access::Actor::system(), move |cx| {
            Ok(cx.tx().execute_one(set, &[&team, &next])?)
        })
        .unwrap();
}

fn end(world: &World, team: CareTeamId) {
    let ada = world.actor(world.add_person(Role::Administrator, "Ada Novak"));
    ending::finish(&world.app, &ada, team).unwrap();
}

fn clean(world: &World) {
    let findings = app::verify::run(&world.app, |_| {}).unwrap().findings;
    assert!(findings.is_empty(), "{findings:?}");
}

/// A nurse of a team beside the clinic's.
fn beside(world: &World, name: &'static str, kind: &'static str) -> (CareTeamId, PersonId) {
    let team = add_beside(world, world.team, name, kind);
    let nurse = world.add_person(Role::Nurse, "Lea Wolf");
    world.join(team, nurse, "nurse");
    (team, nurse)
}

#[test]
fn a_reply_into_an_old_conversation_goes_to_the_team_that_follows() {
    for world in World::all() {
        let (first, _) = beside(&world, "Diabetes and heart", "care");
        let (last, lea) = beside(&world, "Diabetes center", "care");
        let id = world.ana_writes("Pills", "The pills make me dizzy.").thread;
        close(&world, id);
        // The successor has ended too.
        follow(&world, world.team, Some(first));
        follow(&world, first, Some(last));
        end(&world, first);
        end(&world, world.team);
        world.pass_seconds(3_600);
        let before = seen(&world, world.ana, id);
        assert!(before.team.is_none());
        let follows = before.follows.expect("somebody");
        assert_eq!(follows.ended, "Diabetes team");
        assert_eq!(follows.team.unwrap().name, "Diabetes center", "said before she writes");
        assert_eq!(before.state, ThreadState::Closed);
        world.replies(world.ana, id, "Now my feet are numb.");

        let hers = seen(&world, world.ana, id);
        assert_eq!(hers.ladder, Ladder::WithTeam(last));
        assert_eq!(hers.team.map(|team| team.id), Some(last));
        let moved = hers.lines.iter().find(|line| line.kind == "moved").expect("a line");
        assert_eq!(moved.detail, "Diabetes center");
        let step = hers.custody.iter().find(|step| step.kind == WorkEventKind::Passed).unwrap();
        assert_eq!(step.prepared, Some(PassReason::Ended));
        assert_eq!((step.by.as_deref(), step.at), (None, moved.at), "nobody chose it");
        assert!(hers.items[0].asked.is_some(), "she is told when she will hear");

        // The new team reads the whole of it and has the work; the old one keeps what it had seen.
        assert_eq!(queue(&world, lea, last), [id]);
        let theirs = seen(&world, lea, id);
        assert_eq!(theirs.messages.len(), 2);
        let old = seen(&world, world.nils, id);
        let bodies: Vec<&str> = old.messages.iter().map(|m| m.letter.body.as_str()).collect();
        assert_eq!(bodies, ["The pills make me dizzy."]);
        let typed = World::typed_reply(id, "Come in.", hers.last_seq, AfterRelease::Nothing);
        let refused =
            world.app.write(&world.actor(world.nils), move |cx| draft::save(cx, None, 0, &typed));
        assert!(matches!(refused, Err(Error::Forbidden)), "{refused:?}");
        // A second reply goes the ordinary way.
        world.replies(world.ana, id, "And my hands.");
        let again = seen(&world, world.ana, id);
        assert_eq!(again.lines.iter().filter(|line| line.kind == "moved").count(), 1);
        clean(&world);
    }
}

#[test]
fn without_a_successor_it_goes_to_the_desk_and_without_a_desk_to_the_last_resort() {
    for world in World::all() {
        let id = world.ana_writes("Pills", "The pills make me dizzy.").thread;
        close(&world, id);
        let (desk, lea) = beside(&world, "A desk that sorts", "triage");
        end(&world, world.team);
        world.replies(world.ana, id, "Now my feet are numb.");
        assert_eq!(seen(&world, world.ana, id).ladder, Ladder::WithTeam(desk));
        assert_eq!(queue(&world, lea, desk), [id]);
        clean(&world);
    }
    for world in World::all() {
        let id = world.ana_writes("Pills", "The pills make me dizzy.").thread;
        close(&world, id);
        let gone = sql!("UPDATE care_team SET status = 'ended', successor_team_id = NULL");
        world
            .app
            .write(&domain::access::Actor::system(), move |cx| Ok(cx.tx().execute(gone, &[])?))
            .unwrap();
        assert!(seen(&world, world.ana, id).follows.unwrap().team.is_none());
        world.replies(world.ana, id, "Now my feet are numb.");
        let hers = seen(&world, world.ana, id);
        assert_eq!(hers.ladder, Ladder::BeingHandled(world.team, Some(world.dora)));
        let teams = world.app.read(&world.actor(world.dora), work::my_teams).unwrap();
        assert!(teams.iter().any(|(team, _)| team.id == world.team), "its queue stays in sight");
        assert_eq!(queue(&world, world.dora, world.team), [id]);
        clean(&world);
    }
}

#[test]
fn whatever_opens_work_there_goes_on_too() {
    for world in World::all() {
        let (next, lea) = beside(&world, "Diabetes center", "care");
        follow(&world, world.team, Some(next));
        let by_staff = world.ana_writes("Pills", "The pills make me dizzy.").thread;
        let by_phone = world.ana_writes("Feet", "My feet are cold at night.").thread;
        let asked = world.ana_writes("Shoes", "Which shoes are good for me?").thread;
        for id in [by_staff, by_phone, asked] {
            close(&world, id);
        }
        // The moment after it ended: its patients are still to be taken on.
        let (ada, team) =
            (world.actor(world.add_person(Role::Administrator, "Ada Novak")), world.team);
        world.app.write(&ada, move |cx| ending::end(cx, team)).unwrap();
        // Staff open it again: it waits in the next team's queue, since they do not belong to it.
        let nils = world.actor(world.nils);
        world.app.write(&nils, move |cx| work::reopen(cx, by_staff)).unwrap();
        let theirs = seen(&world, lea, by_staff);
        assert_eq!(theirs.ladder, Ladder::WithTeam(next));
        assert!(
            seen(&world, world.nils, by_staff).lines.iter().any(|line| line.kind == "reopened")
        );
        // A call is entered.
        let patient = world.ana_patient;
        let out = app::message::Outgoing {
            body: Body::parse("She says that her feet are numb.").unwrap(),
            ask: Ask::Inform,
            questions: Vec::new(),
            answers: Vec::new(),
            language: "en".to_owned(),
            channel: Channel::Phone,
            prepared_by: None,
            client_msg_id: ClientMsgId::parse("call-1").unwrap(),
            base_seq: None,
            answers_up_to: None,
            after: AfterRelease::Nothing,
            outcome: None,
        };
        let entered = out.clone();
        let first = world.app.write(&nils, move |cx| {
            let into = told::Into::Thread(by_phone);
            told::enter(cx, patient, told::Speaker::Patient, &into, &entered)
        });
        let first = first.unwrap();
        assert_eq!(seen(&world, lea, by_phone).messages.len(), 2);
        // The team asks something back: the patient's side owes an answer, and nobody of the old team
        // holds the work.
        let back = app::message::Outgoing {
            client_msg_id: ClientMsgId::parse("back-1").unwrap(),
            channel: Channel::Portal,
            after: AfterRelease::Wait,
            ..out
        };
        world.app.write(&nils, move |cx| app::message::reply(cx, asked, &back)).unwrap();
        let waits = seen(&world, lea, asked);
        assert_eq!((waits.items[0].team, waits.items[0].state), (next, WorkState::Waiting));
        assert_eq!(waits.items[0].assignee, None);
        assert_eq!(seen(&world, world.nils, asked).messages.len(), 2, "who wrote it sees it");
        world.replies(world.ana, asked, "I wear boots.");
        assert_eq!(seen(&world, world.nils, asked).messages.len(), 2);
        let mut waiting = queue(&world, lea, next);
        waiting.sort();
        let mut all = vec![by_staff, by_phone, asked];
        all.sort();
        assert_eq!(waiting, all);
        assert!(first.seq > 2);
        clean(&world);
    }
}

#[test]
fn an_answer_to_an_announcement_goes_on_too() {
    for world in World::all() {
        let (next, lea) = beside(&world, "Diabetes center", "care");
        follow(&world, world.team, Some(next));
        make_lead(&world, world.nils);
        let thread = crate::announcement::announced(&world);
        end(&world, world.team);
        world.replies(world.ana, thread, "Can I come on Tuesday?");
        assert_eq!(queue(&world, lea, next), [thread]);
        assert_eq!(seen(&world, lea, thread).messages.len(), 2);
        clean(&world);
    }
}

#[test]
fn a_circle_of_successors_is_refused() {
    for world in World::all() {
        let ada = world.actor(world.add_person(Role::Administrator, "Ada Novak"));
        let (a, _) = beside(&world, "First", "care");
        let (b, _) = beside(&world, "Second", "care");
        let name = |of: CareTeamId, next: CareTeamId| {
            world.app.write(&ada, move |cx| {
                let known = team::settings(cx, of)?;
                let last_resort = known.members.first().map(|member| member.person);
                let (input, successor) = (known.input(), Some(next));
                team::set(cx, of, &SettingsInput { last_resort, successor, ..input })
            })
        };
        name(world.team, a).unwrap();
        follow(&world, a, Some(b));
        let circle = |result: app::Result<()>| match result {
            Err(Error::Invalid(faults)) => {
                faults.iter().any(|fault| (fault.field, fault.problem) == ("successor", "circle"))
            }
            _ => false,
        };
        assert!(circle(name(b, world.team)));
        assert!(circle(name(world.team, world.team)));
        // One that was made at the same moment leads nowhere but to the desk.
        follow(&world, b, Some(world.team));
        let id = world.ana_writes("Pills", "The pills make me dizzy.").thread;
        close(&world, id);
        let ended = sql!("UPDATE care_team SET status = 'ended' WHERE id IN ($1, $2, $3)");
        let team = world.team;
        world
            .app
            .write(&domain::access::Actor::system(), move |cx| {
                Ok(cx.tx().execute(ended, &[&team, &a, &b])?)
            })
            .unwrap();
        world.replies(world.ana, id, "Now my feet are numb.");
        assert_eq!(seen(&world, world.ana, id).ladder, Ladder::WithTeam(world.triage));
    }
}

#[test]
fn an_ending_moves_what_is_open_and_goes_on_where_it_was_interrupted() {
    for world in World::all() {
        let ada = world.actor(world.add_person(Role::Administrator, "Ada Novak"));
        let (next, lea) = beside(&world, "Diabetes center", "care");
        make_lead_of(&world, next, lea);
        let mut ids = Vec::new();
        for n in 0..53 {
            ids.push(world.ana_writes(&format!("Matter {n}"), &format!("Words {n}.")).thread);
        }
        let (claimed, waiting, team) = (ids[0], ids[1], world.team);
        let dora = world.actor(world.dora);
        world.app.write(&dora, move |cx| work::claim(cx, claimed, None)).unwrap();
        world.app.write(&dora, move |cx| work::wait(cx, waiting, None)).unwrap();
        let due = seen(&world, world.ana, claimed).items[0].due_at;
        let plan = world.app.read(&ada, move |cx| ending::plan(cx, team)).unwrap();
        assert_eq!((plan.open, plan.succeeds, plan.stops.len()), (53, false, 0));
        assert_eq!(plan.to.map(|to| to.id), Some(world.triage), "nobody was named");
        follow(&world, team, Some(next));
        let refused = world.app.write(&dora, move |cx| ending::end(cx, team));
        assert!(matches!(refused, Err(Error::Forbidden)));

        let plan = world.app.write(&ada, move |cx| ending::end(cx, team)).unwrap();
        assert_eq!((plan.to.map(|to| to.id), plan.succeeds), (Some(next), true));
        // One portion, and then the power fails.
        let moved = world.app.write(&ada, move |cx| ending::move_some(cx, team)).unwrap();
        let moved = moved.conversations;
        assert!(moved > 0 && moved < 53, "{moved}");
        let left = world.app.read(&ada, move |cx| ending::plan(cx, team)).unwrap();
        assert_eq!(left.open, 53 - i64::try_from(moved).unwrap());
        // Whoever writes meanwhile is read by the next team.
        let late =
            *ids[2..].iter().find(|id| seen(&world, world.ana, **id).follows.is_some()).unwrap();
        world.replies(world.ana, late, "Still waiting.");
        assert_eq!(seen(&world, world.ana, late).ladder, Ladder::WithTeam(next));
        // Ended again, it is finished; then there is nothing to end.
        let (_, rest) = ending::finish(&world.app, &ada, team).unwrap();
        assert_eq!(moved + rest.conversations + 1, 53, "each conversation once");
        assert!(matches!(ending::finish(&world.app, &ada, team), Err(Error::NotFound)));
        let hers = seen(&world, world.ana, claimed);
        assert_eq!((hers.items.len(), hers.items[0].due_at), (1, due), "the clock runs on");
        assert_eq!(hers.ladder, Ladder::WithTeam(next), "its holder is no member there");
        assert_eq!(seen(&world, world.ana, waiting).state, ThreadState::WaitingPatient);
        for id in &ids {
            let hers = seen(&world, world.ana, *id);
            let moves = hers.lines.iter().filter(|line| line.kind == "moved").count();
            assert_eq!((moves, hers.items[0].team), (1, next));
        }
        assert_eq!(queue(&world, lea, next).len(), 52);
        // Its lead hears of it once.
        let notices = sql!("SELECT count(*) FROM notice WHERE kind = 'handed' AND person_id = $1");
        let told: Result<i64, store::db::DbError> =
            world.app.db().read(|tx| tx.query_one(notices, &[&lea])?.get(0));
        assert_eq!(told.unwrap(), 1);
        clean(&world);
    }
}

#[test]
fn the_worker_finishes_an_ending_and_what_stops_one_is_said() {
    for world in World::all() {
        let ada = world.actor(world.add_person(Role::Administrator, "Ada Novak"));
        let (team, heart) = (world.team, world.other_team);
        let id = world.ana_writes("Pills", "The pills make me dizzy.").thread;
        follow(&world, team, Some(heart));
        world.app.write(&ada, move |cx| ending::end(cx, team)).unwrap();
        assert_eq!(app::succession::move_left(&world.app).unwrap().conversations, 1);
        assert_eq!(app::succession::move_left(&world.app).unwrap().patients, 2, "then Ana and Ben");
        assert!(app::succession::move_left(&world.app).unwrap().is_nothing());
        assert_eq!(queue(&world, world.eve, heart), [id]);
        let triage = world.triage;
        let plan = world.app.read(&ada, move |cx| ending::plan(cx, triage)).unwrap();
        assert_eq!(plan.stops, [Stop::LastDesk]);
        let stops = world.app.write(&ada, move |cx| ending::end(cx, triage));
        assert!(matches!(stops, Err(Error::Invalid(faults)) if faults[0].problem == "last-desk"));
        // With nobody after it, what is open there has nowhere to go.
        let alone = sql!("UPDATE care_team SET status = 'ended' WHERE id = $1");
        world
            .app
            .write(&domain::access::Actor::system(), move |cx| {
                Ok(cx.tx().execute_one(alone, &[&triage])?)
            })
            .unwrap();
        let plan = world.app.read(&ada, move |cx| ending::plan(cx, heart)).unwrap();
        assert_eq!(plan.stops, [Stop::NobodyFollows]);
        clean(&world);
    }
}

fn make_lead_of(world: &World, team: CareTeamId, person: PersonId) {
    let leads = sql!("UPDATE membership SET is_lead = TRUE WHERE team_id = $1 AND person_id = $2");
    world
        .app
        .write(&domain::access::Actor::system(), move |cx| {
            Ok(cx.tx().execute_one(leads, &[&team, &person])?)
        })
        .unwrap();
}

/// The teams that Ana may choose among, by id.
fn tiles(world: &World) -> Vec<CareTeamId> {
    let patient = world.ana_patient;
    let open = move |cx: &mut app::Cx<'_, '_>| app::picker::open(cx, patient, Category::Other);
    let picker = world.app.read(&world.actor(world.ana), open).unwrap();
    picker.tiles.iter().map(|tile| tile.team.id).collect()
}

fn reads_chart(world: &World, who: PersonId) -> bool {
    let patient = world.ana_patient;
    world.app.read(&world.actor(who), move |cx| app::chart::conditions(cx, patient)).is_ok()
}

/// States that a team treats Ana from a moment on until another.
fn treats(world: &World, team: CareTeamId, from: Timestamp, until: Timestamp) {
    let (patient, id) = (world.ana_patient, world.app.new_id::<ResourceId>().unwrap());
    let add = sql!(
        "INSERT INTO care_relation (id, patient_id, team_id, from_at, until_at) \
         VALUES ($1, $2, $3, $4, $5)"
    );
    world
        .app
        .write(&domain::access::Actor::system(), move |cx| {
            Ok(cx.tx().execute_one(add, &[&id, &patient, &team, &from, &until])?)
        })
        .unwrap();
}

#[test]
fn whom_a_team_treated_the_team_that_follows_takes_on() {
    for world in World::all() {
        let ada = world.actor(world.add_person(Role::Administrator, "Ada Novak"));
        let (next, lea) = beside(&world, "Diabetes center", "care");
        let (team, now) = (world.team, world.app.now());
        // Many more patients than one portion holds.
        world
            .app
            .write(&domain::access::Actor::system(), move |cx| {
                for _ in 0..120 {
                    let patient: PatientId = cx.new_id()?;
                    let id: ResourceId = cx.new_id()?;
                    let copy = sql!(
                        "INSERT INTO patient (id, organization_id, status, merged_into, language, \
                         interpreter, time_zone, demographics_sealed, version, updated_at) \
                         SELECT $1, organization_id, status, merged_into, language, interpreter, \
                         time_zone, demographics_sealed, version, updated_at FROM patient LIMIT 1"
                    );
                    cx.tx().execute_one(copy, &[&patient])?;
                    let add = sql!(
                        "INSERT INTO care_relation (id, patient_id, team_id, from_at, until_at) \
                         VALUES ($1, $2, $3, $4, $5)"
                    );
                    cx.tx().execute_one(add, &[&id, &patient, &team, &now, &Timestamp::FOREVER])?;
                }
                Ok(())
            })
            .unwrap();
        assert!(tiles(&world).contains(&team) && !tiles(&world).contains(&next));
        assert!(reads_chart(&world, world.dora) && !reads_chart(&world, lea));
        follow(&world, team, Some(next));
        let plan = world.app.read(&ada, move |cx| ending::plan(cx, team)).unwrap();
        assert_eq!((plan.patients, plan.succeeds), (122, true));
        world.app.write(&ada, move |cx| ending::end(cx, team)).unwrap();
        // One portion, and then the power fails: ended again, or by the worker, it is finished.
        let some = world.app.write(&ada, move |cx| ending::move_some(cx, team)).unwrap();
        assert!(some.patients > 0 && some.patients < 122, "{some:?}");
        let left = world.app.read(&ada, move |cx| ending::plan(cx, team)).unwrap();
        assert_eq!(left.patients, 122 - i64::try_from(some.patients).unwrap());
        let (_, rest) = ending::finish(&world.app, &ada, team).unwrap();
        assert_eq!(some.patients + rest.patients, 122, "each once");
        assert!(app::succession::move_left(&world.app).unwrap().is_nothing());
        assert!(matches!(ending::finish(&world.app, &ada, team), Err(Error::NotFound)));
        // She may write to the new team, whose members may open the chart; those of the old one may not.
        assert!(tiles(&world).contains(&next) && !tiles(&world).contains(&team));
        assert!(reads_chart(&world, lea) && !reads_chart(&world, world.dora));
        let named = sql!(
            "SELECT count(DISTINCT s.patient_id) FROM audit_subject s JOIN audit_event e ON e.id = s.event_id \
             WHERE e.actor_id = $1"
        );
        let (of, patients) = (ada.person, 122_i64);
        let audited: Result<i64, store::db::DbError> =
            world.app.db().read(move |tx| tx.query_one(named, &[&of])?.get(0));
        assert_eq!(audited.unwrap(), patients, "the log names whom it was about");
    }
}

#[test]
fn who_is_treated_already_or_later_or_by_nobody_who_follows_keeps_that() {
    for world in World::all() {
        let (team, other, now) = (world.team, world.other_team, world.app.now());
        let (soon, year) = (now.plus_seconds(86_400), now.plus_seconds(366 * 86_400));
        // Only a desk follows: nobody is taken on, and the worker does not come back for it.
        end(&world, other);
        treats(&world, other, now.plus_seconds(-60), Timestamp::FOREVER);
        assert!(app::succession::move_left(&world.app).unwrap().is_nothing());
        let desk = world.triage;
        assert!(!tiles(&world).contains(&desk));
        // Ana is treated by the next team already, and by the one that ends again from tomorrow on.
        let (next, lea) = beside(&world, "Diabetes center", "care");
        treats(&world, next, now.plus_seconds(-60), Timestamp::FOREVER);
        treats(&world, team, soon, year);
        follow(&world, team, Some(next));
        end(&world, team);
        assert_eq!(tiles(&world), [next]);
        assert!(reads_chart(&world, lea) && !reads_chart(&world, world.dora));
        let rows = sql!(
            "SELECT count(*) FROM care_relation WHERE patient_id = $1 AND team_id = $2 AND until_at > from_at"
        );
        let count = |team: CareTeamId| -> i64 {
            let patient = world.ana_patient;
            let found: Result<i64, store::db::DbError> =
                world.app.db().read(move |tx| tx.query_one(rows, &[&patient, &team])?.get(0));
            found.unwrap()
        };
        assert_eq!(count(next), 1, "it is stated once");
        world.pass_seconds(2 * 86_400);
        assert_eq!(tiles(&world), [next], "tomorrow's went with the team");
        // That one ends in turn, to a team that had her from a later day on only.
        let (last, _) = beside(&world, "Center of centers", "care");
        let later = world.app.now().plus_seconds(86_400);
        treats(&world, last, later, Timestamp::FOREVER);
        follow(&world, next, Some(last));
        end(&world, next);
        assert_eq!(tiles(&world), [last], "from now on, not from that day");
        clean(&world);
    }
}
