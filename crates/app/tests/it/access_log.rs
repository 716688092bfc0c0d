//! The record of accesses: a row per access with its basis and its patients, a row per refusal, and
//! positions without a gap.

use app::draft;
use app::{inbox, notice, sequencer, thread, verify, work};
use domain::access::{Actor, Role};
use domain::ids::{AuditEventId, Id as _, PatientId, PersonId};
use store::access::{ListQueue, ReadChart};
use store::db::DbError;
use store::draft::AfterRelease;
use store::inbox_row::{After, Filter};
use store::sql;
use store::work_item::{QueueAfter, QueueList};
use uuid::Uuid;

use crate::world::World;

/// A row of the record with its subjects.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    actor: Option<PersonId>,
    action: String,
    outcome: String,
    basis: String,
    basis_id: Option<Uuid>,
    object: Option<Uuid>,
    acting_for: Option<PatientId>,
    repeats: i64,
    subjects: Vec<PatientId>,
}

fn lines(world: &World) -> Vec<Line> {
    let found: Result<Vec<Line>, DbError> = world.app.db().read(|tx| {
        let rows = tx.query(
            sql!(
                "SELECT id, actor_id, action, outcome, basis, basis_id, object_id, acting_for, repeats \
                 FROM audit_event ORDER BY id"
            ),
            &[],
        )?;
        let mut lines = Vec::new();
        for row in &rows {
            let id: AuditEventId = row.get(0)?;
            let subjects = tx.query(
                sql!("SELECT patient_id FROM audit_subject WHERE event_id = $1 ORDER BY patient_id"),
                &[&id],
            )?;
            lines.push(Line {
                actor: row.get(1)?,
                action: row.get(2)?,
                outcome: row.get(3)?,
                basis: row.get(4)?,
                basis_id: row.get(5)?,
                object: row.get(6)?,
                acting_for: row.get(7)?,
                repeats: row.get(8)?,
                subjects: subjects.iter().map(|row| row.get(0)).collect::<Result<_, _>>()?,
            });
        }
        Ok(lines)
    });
    found.unwrap()
}

/// The rows that `act` leaves.
fn left_by(world: &World, act: impl FnOnce()) -> Vec<Line> {
    let before = lines(world).len();
    act();
    lines(world).split_off(before)
}

fn actions(lines: &[Line]) -> Vec<&str> {
    lines.iter().map(|line| line.action.as_str()).collect()
}

#[test]
fn every_access_leaves_its_rows_with_basis_and_patient() {
    for world in World::all() {
        let id = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        let patient = world.ana_patient;
        let pia = world.add_person(Role::Helper, "Pia Alvarez");
        let new = app::admin::NewGrant {
            patient: world.ana_patient,
            person: pia,
            basis: "helper".to_owned(),
            rights: "write".to_owned(),
            demographics: true,
            chart: true,
            threads: true,
            from_at: None,
            until_at: None,
            verified_by: "test".to_owned(),
        };
        let grant =
            world.app.write(&Actor::system(), move |cx| app::admin::add_grant(cx, &new)).unwrap();
        for (person, basis, acting) in [
            (world.ana, "self", None),
            (pia, "helper", Some(patient)),
            (world.nils, "team_nurse", None),
            (world.dora, "team_clinician", None),
        ] {
            let actor = world.actor(person);
            let left = left_by(&world, || {
                world.app.read(&actor, |cx| thread::view(cx, id, i64::MAX, 50)).unwrap();
            });
            assert_eq!(actions(&left), ["read_thread", "mark_read"], "{basis}");
            for line in &left {
                assert_eq!(line.actor, Some(person));
                assert_eq!((line.outcome.as_str(), line.basis.as_str()), ("allowed", basis));
                assert_eq!(line.object, Some(id.as_uuid()));
                assert_eq!(line.subjects, std::slice::from_ref(&patient));
                assert_eq!(line.acting_for, acting);
                assert_eq!(line.repeats, 1);
                assert!(line.basis_id.is_some(), "which tie");
            }
            if basis == "helper" {
                assert_eq!(left[0].basis_id, Some(grant.as_uuid()));
            }
        }
        // A write: one row per right it used, in the transaction of the act.
        let nils = world.actor(world.nils);
        let left = left_by(&world, || {
            world.app.write(&nils, move |cx| work::claim(cx, id, None)).unwrap();
        });
        assert_eq!(actions(&left), ["handle_work"]);
        assert_eq!(left[0].subjects, std::slice::from_ref(&patient));
        // What is undone leaves no row that says it happened.
        let left = left_by(&world, || {
            let failed = world.app.write(&nils, move |cx| {
                work::claim(cx, id, None)?;
                Err::<(), _>(app::Error::Conflict(app::Conflict::Changed))
            });
            assert!(failed.is_err());
        });
        assert_eq!(left, []);
    }
}

#[test]
fn a_refusal_is_one_row_and_its_repeats_are_counted() {
    for world in World::all() {
        let id = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        let ben = world.actor(world.ben);
        let look = || {
            assert!(world.app.read(&ben, |cx| thread::view(cx, id, i64::MAX, 50)).is_err());
        };
        let left = left_by(&world, look);
        assert_eq!(left.len(), 1);
        assert_eq!((left[0].outcome.as_str(), left[0].basis.as_str()), ("not_found", "none"));
        assert_eq!(left[0].actor, Some(world.ben));
        assert_eq!(left[0].object, Some(id.as_uuid()));
        let left = left_by(&world, || (0..5).for_each(|_| look()));
        assert_eq!(left, [], "the same refusal within a minute is counted");
        // Another action is another refusal.
        let patient = world.ana_patient;
        let left = left_by(&world, || {
            assert!(
                world.app.read(&ben, |cx| cx.authorize::<ReadChart>(patient).map(|_| ())).is_err()
            );
        });
        assert_eq!(actions(&left), ["read_chart"]);
        world.pass_seconds(61);
        let left = left_by(&world, || world.app.flush_denials(false).unwrap());
        assert_eq!(left.len(), 1);
        assert_eq!((left[0].action.as_str(), left[0].repeats), ("read_thread", 5));
        assert_eq!(left[0].outcome, "not_found");
        let left = left_by(&world, || world.app.flush_denials(true).unwrap());
        assert_eq!(left, [], "a count is written once");
        // A write that is refused leaves its row although all else is undone.
        let left = left_by(&world, || {
            let typed = World::typed_reply(id, "Let me in", 0, AfterRelease::Nothing);
            assert!(world.app.write(&ben, move |cx| draft::save(cx, None, 0, &typed)).is_err());
        });
        assert_eq!(actions(&left), ["draft_reply"]);
    }
}

#[test]
fn a_denial_that_comes_back_after_a_minute_loses_no_count() {
    for world in World::all() {
        let id = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        let ben = world.actor(world.ben);
        let look = || {
            assert!(world.app.read(&ben, |cx| thread::view(cx, id, i64::MAX, 50)).is_err());
        };
        let left = left_by(&world, || {
            (0..4).for_each(|_| look());
            world.pass_seconds(61);
            // Nobody flushed meanwhile.
            (0..3).for_each(|_| look());
            world.app.flush_denials(true).unwrap();
        });
        let total: i64 = left.iter().map(|line| line.repeats).sum();
        assert_eq!(total, 7, "{left:#?}");
    }
}

#[test]
fn a_list_is_one_event_with_a_row_per_patient_shown() {
    for world in World::all() {
        world.ana_writes("Dizzy", "I feel dizzy.");
        world.ana_writes("Dizzy again", "I feel dizzy again.");
        let cleo = world.add_person(Role::Patient, "Cleo Cole");
        let cleo_patient = world.add_patient("Cleo Cole", "1990-01-01", cleo);
        let actor = world.actor(cleo);
        let mut typed = world.typed_new("Itchy", "My skin itches.");
        if let draft::Target::New { patient, .. } = &mut typed.target {
            *patient = cleo_patient;
        }
        let (draft, version) =
            world.app.write(&actor, move |cx| draft::save(cx, None, 0, &typed)).unwrap();
        world.app.write(&actor, move |cx| draft::send(cx, draft, version, None)).unwrap();
        world.pass_seconds(11);
        assert_eq!(draft::release_due(&world.app).unwrap(), 1);

        let nils = world.actor(world.nils);
        let team = world.team;
        let left = left_by(&world, || {
            let page = world
                .app
                .read(&nils, |cx| work::queue(cx, team, QueueList::Team, QueueAfter::START, 50))
                .unwrap();
            assert_eq!(page.entries.len(), 3);
        });
        assert_eq!(actions(&left), ["list_queue"]);
        let mut shown = vec![world.ana_patient, cleo_patient];
        shown.sort();
        assert_eq!(left[0].subjects, shown);
        // A patient's list names that patient and nobody else.
        let ana = world.actor(world.ana);
        let patient = world.ana_patient;
        let left = left_by(&world, || {
            world
                .app
                .read(&ana, |cx| inbox::list(cx, patient, Filter::All, After::start(), 25))
                .unwrap();
        });
        assert_eq!(actions(&left), ["list_threads"]);
        assert_eq!(left[0].subjects, [patient]);
    }
}

#[test]
fn a_list_names_its_patients_in_the_entry_that_it_rests_on() {
    for world in World::all() {
        world.ana_writes("Dizzy", "I feel dizzy.");
        let (nils, team) = (world.actor(world.nils), world.team);
        let left = left_by(&world, || {
            let looked = world.app.read(&nils, |cx| {
                cx.authorize::<ListQueue>(team)?;
                draft::list(cx)?;
                work::queue(cx, team, QueueList::Team, QueueAfter::START, 50)
            });
            assert_eq!(looked.unwrap().entries.len(), 1);
        });
        assert_eq!(actions(&left), ["list_queue", "use_own"]);
        assert_eq!(left[0].subjects, [world.ana_patient]);
        assert_eq!(left[1].subjects, []);
    }
}

#[test]
fn positions_have_no_gap_in_the_whole_and_in_each_patients_log() {
    for world in World::all() {
        let id = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        let (ana, ben) = (world.actor(world.ana), world.actor(world.ben));
        for round in 0..3 {
            for actor in [&ana, &ben] {
                let _ = world.app.read(actor, |cx| thread::view(cx, id, i64::MAX, 50));
            }
            world.pass_seconds(61 * round);
            while sequencer::is_full(sequencer::run(&world.app).unwrap()) {}
        }
        let found: Result<(), DbError> = world.app.db().read(|tx| {
            let row = tx.query_one(
                sql!(
                    "SELECT count(*), count(DISTINCT position), min(position), max(position), \
                     (SELECT value FROM counter WHERE name = 'audit') FROM audit_event"
                ),
                &[],
            )?;
            let counts: Vec<i64> = (0..5).map(|n| row.get(n)).collect::<Result<_, _>>()?;
            let all = counts[0];
            assert!(all > 20, "{all}");
            assert_eq!(counts, [all, all, 1, all, all], "numbered from 1 without a gap");
            let rows = tx.query(
                sql!(
                    "SELECT s.patient_id, count(*), count(DISTINCT s.position), min(s.position), \
                     max(s.position), min(p.value) FROM audit_subject s \
                     JOIN patient_audit p ON p.patient_id = s.patient_id GROUP BY s.patient_id"
                ),
                &[],
            )?;
            assert!(!rows.is_empty());
            for row in &rows {
                let counts: Vec<i64> = (1..6).map(|n| row.get(n)).collect::<Result<_, _>>()?;
                let all = counts[0];
                assert_eq!(counts, [all, all, 1, all, all], "a patient's own log");
            }
            // A patient's own numbers follow the order of the whole.
            let pairs = tx.query(
                sql!(
                    "SELECT s.patient_id, e.position, s.position FROM audit_subject s \
                     JOIN audit_event e ON e.id = s.event_id ORDER BY s.patient_id, s.position"
                ),
                &[],
            )?;
            for pair in pairs.windows(2) {
                let (a, b): (PatientId, PatientId) = (pair[0].get(0)?, pair[1].get(0)?);
                let (first, second): (i64, i64) = (pair[0].get(1)?, pair[1].get(1)?);
                assert!(a != b || first < second);
            }
            Ok(())
        });
        found.unwrap();
    }
}

#[test]
fn changes_that_everybody_has_heard_of_are_forgotten_and_the_record_is_not() {
    for world in World::all() {
        let count = |statement: store::db::Sql| -> i64 {
            let found = world.app.db().read(|tx| tx.query_one(statement, &[])?.get(0));
            found.map_err(|error: DbError| error).unwrap()
        };
        world.ana_writes("Dizzy", "I feel dizzy.");
        while sequencer::is_full(sequencer::run(&world.app).unwrap()) {}
        world.pass_seconds(8 * 86_400);
        world.ana_writes("Still dizzy", "I still feel dizzy.");
        while sequencer::is_full(sequencer::run(&world.app).unwrap()) {}
        let (audits, changes) =
            (sql!("SELECT count(*) FROM audit_event"), sql!("SELECT count(*) FROM change"));
        let (kept, all) = (count(audits), count(changes));
        assert_eq!(sequencer::forget_old(&world.app).unwrap(), 0, "no notice was made of them");
        while notice::enqueue(&world.app).unwrap() > 0 {}
        let forgotten = i64::try_from(sequencer::forget_old(&world.app).unwrap()).unwrap();
        assert!(forgotten > 0 && forgotten < all, "the last week's stay");
        assert_eq!((count(audits), count(changes)), (kept, all - forgotten));
        assert_eq!(sequencer::forget_old(&world.app).unwrap(), 0);
        let findings = verify::run(&world.app, |_| {}).unwrap().findings;
        assert_eq!(findings, Vec::<verify::Finding>::new());
        // Numbering goes on above what was forgotten.
        world.ana_writes("Better", "I feel better.");
        while sequencer::is_full(sequencer::run(&world.app).unwrap()) {}
        assert!(verify::run(&world.app, |_| {}).unwrap().findings.is_empty());
    }
}
