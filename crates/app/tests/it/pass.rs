//! A conversation goes to the right team with a reason the patient reads, and not back and forth for ever.

use app::pass::{self, Passed, Passing, Reason};
use app::{Error, note, thread};
use domain::access::Actor;
use domain::ids::{CareTeamId, PersonId, ThreadId};
use domain::message::Line;
use domain::pass::PassReason;
use domain::thread::Ladder;
use domain::work_item::WorkEventKind;
use store::sql;

use crate::routing::add_beside;
use crate::world::World;

fn passing(to: CareTeamId, confirmed: bool) -> Passing {
    Passing { to, reason: Reason::Prepared(PassReason::Medicine), note: None, confirmed }
}

fn passes(world: &World, who: PersonId, id: ThreadId, how: &Passing) -> app::Result<Passed> {
    let (actor, how) = (world.actor(who), how.clone());
    world.app.write(&actor, move |cx| pass::pass(cx, id, &how, None))
}

fn seen(world: &World, who: PersonId, id: ThreadId) -> thread::ThreadView {
    world.app.read(&world.actor(who), |cx| thread::view(cx, id, i64::MAX, 50)).unwrap()
}

#[test]
fn the_patient_reads_the_reason_and_colleagues_the_note() {
    for world in World::all() {
        let id = world.ana_writes("Pills", "The pills make me dizzy.").thread;
        let before = seen(&world, world.nils, id).items[0].due_at;
        let how = Passing {
            note: Some(Line::parse("She takes them since May").unwrap()),
            ..passing(world.other_team, false)
        };
        assert_eq!(passes(&world, world.nils, id, &how).unwrap(), Passed::Done);
        let hers = seen(&world, world.ana, id);
        let step = hers.custody.iter().find(|step| step.kind == WorkEventKind::Passed).unwrap();
        assert_eq!((step.prepared, step.reason.clone()), (Some(PassReason::Medicine), None));
        assert_eq!(hers.lines[0].detail, "Heart clinic");
        let theirs = seen(&world, world.eve, id);
        assert_eq!(theirs.items[0].due_at, before, "the clock does not restart");
        let notes = world.app.read(&world.actor(world.eve), |cx| note::list(cx, id)).unwrap();
        assert_eq!(notes[0].letter.body, "She takes them since May");
        let refused = world.app.read(&world.actor(world.ana), |cx| note::list(cx, id));
        assert!(matches!(refused, Err(Error::Forbidden)), "a note is no reason");
        let words = Passing {
            reason: Reason::Own(Line::parse("Sugar is theirs").unwrap()),
            ..passing(world.team, true)
        };
        passes(&world, world.eve, id, &words).unwrap();
        let hers = seen(&world, world.ana, id);
        let step = hers.custody.last().unwrap();
        assert_eq!((step.prepared, step.reason.as_deref()), (None, Some("Sugar is theirs")));
    }
}

#[test]
fn what_goes_back_is_asked_about_and_the_third_time_the_desks_lead_gets_it() {
    for world in World::all() {
        let desk = add_beside(&world, world.team, "A desk that sorts", "triage");
        let lead = world.add_person(domain::access::Role::Nurse, "Lea Wolf");
        world.join(desk, lead, "nurse");
        world
            .app
            .write(&Actor::system(), move |cx| {
                let leads = sql!("UPDATE membership SET is_lead = TRUE WHERE person_id = $1");
                Ok(cx.tx().execute_one(leads, &[&lead])?)
            })
            .unwrap();
        let id = world.ana_writes("Pills", "The pills make me dizzy.").thread;
        let (a, b) = (world.team, world.other_team);
        let promised = seen(&world, world.nils, id).items[0].due_at;
        assert_eq!(passes(&world, world.nils, id, &passing(b, false)).unwrap(), Passed::Done);
        world.pass_seconds(60);
        let Passed::GoesBack(lines, None) =
            passes(&world, world.eve, id, &passing(a, false)).unwrap()
        else {
            panic!("it goes back unasked")
        };
        assert_eq!(
            (lines[0].from.as_str(), lines[0].to.as_str()),
            ("Diabetes team", "Heart clinic")
        );
        assert_eq!(lines[0].by.as_deref(), Some("Nils Lee"));
        assert_eq!(seen(&world, world.eve, id).ladder, Ladder::WithTeam(b), "nothing was done");
        assert_eq!(passes(&world, world.eve, id, &passing(a, true)).unwrap(), Passed::Done);
        world.pass_seconds(60);
        assert_eq!(passes(&world, world.nils, id, &passing(b, true)).unwrap(), Passed::Done);
        world.pass_seconds(60);
        let warned = passes(&world, world.eve, id, &passing(a, false)).unwrap();
        assert!(matches!(warned, Passed::GoesBack(lines, Some(_)) if lines.len() == 3));
        assert_eq!(passes(&world, world.eve, id, &passing(a, true)).unwrap(), Passed::ToDesk);
        let hers = seen(&world, world.ana, id);
        assert_eq!(hers.ladder, Ladder::BeingHandled(desk, Some(lead)));
        let reasons: Vec<_> = hers.custody.iter().filter_map(|step| step.prepared).collect();
        assert_eq!(reasons.last(), Some(&PassReason::Sort));
        assert_eq!(seen(&world, lead, id).items[0].due_at, promised, "nobody promised later");
        let shown =
            world.app.read(&world.actor(lead), |cx| app::staff::conversation(cx, id, i64::MAX, 50));
        assert_eq!(shown.unwrap().bounces, 3, "said beside the work");
        for team in [a, b] {
            let since = domain::time::Timestamp::EPOCH;
            let count = world.app.db().read(|tx| store::pass::count_bounces(tx, team, since));
            let count: Result<i64, store::db::DbError> = count;
            assert_eq!(count.unwrap(), 3);
        }
    }
}
