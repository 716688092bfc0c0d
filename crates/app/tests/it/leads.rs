//! What leads see: how the team does, and how groups of patients wait, without a patient.

use app::{Error, admin, cover, deadline, equity, figures, import, thread, work};
use domain::access::{Actor, Role};
use domain::equity::{Dimension, Group};
use domain::ids::{AnswerTimeId, CareTeamId, PatientId, PersonId, ThreadId};
use domain::time::Timestamp;
use domain::work_item::Level;
use store::db::DbError;
use store::{sql, work_item::Asked};

use crate::world::World;

const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;

pub(crate) fn make_lead(world: &World, person: PersonId) {
    let team = world.team;
    world
        .app
        .write(&Actor::system(), move |cx| {
            cx.tx().execute_one(
                sql!("UPDATE membership SET is_lead = TRUE WHERE team_id = $1 AND person_id = $2"),
                &[&team, &person],
            )?;
            Ok(())
        })
        .unwrap();
}

fn overview(world: &World, who: PersonId) -> app::Result<figures::Overview> {
    let team = world.team;
    world.app.read(&world.actor(who), move |cx| figures::overview(cx, team))
}

#[test]
fn a_lead_sees_what_is_open_late_held_and_how_long_it_takes() {
    for world in World::all() {
        let (nils, dora, ada) =
            (world.nils, world.dora, world.add_person(Role::Administrator, "Ada Novak"));
        make_lead(&world, nils);
        let quiet = overview(&world, nils).unwrap();
        assert!(quiet.open.is_empty() && quiet.answered.is_none() && quiet.read.is_none());
        let first = world.ana_writes("Dizzy", "I feel dizzy.").thread;
        let second = world.ana_writes("Shaky", "I feel shaky.").thread;
        world.pass_seconds(HOUR);
        // Reading by the patient counts for nothing; the nurse's is the first.
        let look = |who, thread| {
            world.app.read(&world.actor(who), |cx| thread::view(cx, thread, i64::MAX, 5)).unwrap();
        };
        look(world.ana, first);
        world.pass_seconds(HOUR);
        look(nils, first);
        world.pass_seconds(HOUR);
        world.replies(dora, first, "Sit down first.");
        world.app.write(&world.actor(nils), move |cx| work::claim(cx, second, None)).unwrap();
        let shown = overview(&world, nils).unwrap();
        let read = shown.read.unwrap();
        assert!((2 * HOUR..2 * HOUR + 60).contains(&read.half), "{read:?}");
        let answered = shown.answered.unwrap();
        assert!((3 * HOUR..3 * HOUR + 60).contains(&answered.most), "{answered:?}");
        assert_eq!(shown.open.len(), 1);
        assert_eq!((shown.open[0].ages, shown.open[0].late), ([1, 0, 0, 0], 0));
        let load: Vec<(&str, i64, i64, i64)> = shown
            .members
            .iter()
            .map(|member| (member.name.as_str(), member.held, member.week, member.month))
            .collect();
        assert_eq!(load, [("Dora Park", 0, 1, 1), ("Nils Lee", 1, 0, 0)]);
        // Eight hours were promised, and after 80% of them leads are told.
        world.pass_seconds(4 * HOUR);
        let shown = overview(&world, nils).unwrap();
        assert_eq!((shown.open[0].nearly, shown.open[0].late), (1, 0));
        deadline::escalate_due(&world.app).unwrap();
        world.pass_seconds(2 * HOUR);
        let shown = overview(&world, ada).unwrap();
        assert_eq!((shown.open[0].nearly, shown.open[0].late), (0, 1));
        assert_eq!(shown.open[0].ages, [0, 1, 0, 0], "nine hours old");
        assert_eq!(shown.escalated, 1);
        // Somebody away is marked, and what they held is counted where it went.
        let (from, until) = (world.app.now(), world.app.now().plus_seconds(9 * DAY));
        let away = move |cx: &mut app::Cx<'_, '_>| cover::add(cx, from, until, Some(dora));
        world.app.write(&world.actor(nils), away).unwrap();
        world.pass_seconds(8 * DAY);
        cover::move_work(&world.app).unwrap();
        let shown = overview(&world, nils).unwrap();
        let nils_now = shown.members.iter().find(|member| member.name == "Nils Lee").unwrap();
        assert_eq!((nils_now.held, nils_now.away_until), (0, Some(until)));
        let dora_now = shown.members.iter().find(|member| member.name == "Dora Park").unwrap();
        assert_eq!((dora_now.week, dora_now.month), (0, 1), "eight days ago");
        assert_eq!(shown.open[0].ages, [0, 0, 0, 1]);
        assert_eq!(shown.expired + shown.covered, 1);
    }
}

#[test]
fn figures_are_for_leads_and_administrators() {
    for world in World::all() {
        make_lead(&world, world.nils);
        assert!(matches!(overview(&world, world.dora), Err(Error::Forbidden)));
        for who in [world.eve, world.ana, world.add_person(Role::Billing, "Bo Bell")] {
            assert!(matches!(overview(&world, who), Err(Error::NotFound)));
        }
        let other = world.other_team;
        let nils = world.actor(world.nils);
        let theirs = world.app.read(&nils, move |cx| figures::overview(cx, other));
        assert!(matches!(theirs, Err(Error::NotFound)), "another team's");
        let teams = |who| world.app.read(&world.actor(who), figures::teams).unwrap().len();
        assert_eq!((teams(world.nils), teams(world.dora), teams(world.ana)), (1, 0, 0));
        let ada = world.add_person(Role::Administrator, "Ada Novak");
        assert_eq!(teams(ada), 3, "the triage desk too");
        let unknown: CareTeamId = world.app.new_id().unwrap();
        let ada = world.actor(ada);
        let none = world.app.read(&ada, move |cx| figures::overview(cx, unknown));
        assert!(matches!(none, Err(Error::NotFound)));
    }
}

const BEA: &str = r#"{"resourceType":"Bundle","type":"collection","entry":[
 {"fullUrl":"urn:uuid:0198c0de-0000-4000-8000-000000000001","resource":{"resourceType":"Patient",
  "id":"bea","identifier":[{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203",
  "code":"MR"}]},"system":"urn:mrn","value":"B-1"}],
  "extension":[{"url":"http://hl7.org/fhir/us/core/StructureDefinition/us-core-race",
   "extension":[{"url":"text","valueString":"Quetzal race"}]}],
  "communication":[{"language":{"coding":[{"code":"es-US"}]},"preferred":true}],
  "name":[{"family":"Bravo","given":["Bea"]}],"birthDate":"1950-03-05","gender":"female"}},
 {"fullUrl":"urn:uuid:0198c0de-0000-4000-8000-000000000002","resource":{"resourceType":"Coverage",
  "id":"plan","status":"active","beneficiary":{"reference":"urn:uuid:0198c0de-0000-4000-8000-000000000001"},
  "payor":[{"display":"Quetzal Plan"}]}}]}"#;

/// Bea, imported, with an account; she has asked one thing.
fn bea_asks(world: &World) -> ThreadId {
    let app = &world.app;
    let summary = import::import(app, &Actor::system(), "test", BEA.as_bytes(), |_, _| {}).unwrap();
    assert!(summary.rejected.is_empty(), "{:?}", summary.rejected);
    let found = app.write(&Actor::system(), |cx| admin::find_patients(cx, "B-1")).unwrap();
    let (patient, team): (PatientId, CareTeamId) = (found[0], world.team);
    let bea = world.add_person(Role::Patient, "Bea Bravo");
    app.write(&Actor::system(), move |cx| {
        admin::relate(cx, patient, team)?;
        let grant = admin::NewGrant {
            patient,
            person: bea,
            basis: "self".to_owned(),
            rights: "write".to_owned(),
            demographics: true,
            chart: true,
            threads: true,
            from_at: None,
            until_at: None,
            verified_by: "the desk".to_owned(),
        };
        admin::add_grant(cx, &grant).map(|_| ())
    })
    .unwrap();
    let mut typed = world.typed_new("Sugar", "My sugar is high.");
    if let app::draft::Target::New { patient: of, .. } = &mut typed.target {
        *of = patient;
    }
    let actor = world.actor(bea);
    let (id, version) = app.write(&actor, move |cx| app::draft::save(cx, None, 0, &typed)).unwrap();
    app.write(&actor, move |cx| app::draft::send(cx, id, version, None)).unwrap();
    world.pass_seconds(11);
    assert_eq!(app::draft::release_due(app).unwrap(), 1);
    app.read(&actor, move |cx| app::draft::became(cx, id)).unwrap()
}

/// Notes `n` answers in a thread, asked an hour apart, as an answer does.
fn answers(world: &World, thread: ThreadId, n: i64, minutes: i64) {
    let team = world.team;
    world
        .app
        .write(&Actor::system(), move |cx| {
            for at in 0..n {
                let at_moment = cx.now().plus_seconds(-(at + 2) * 9 * HOUR);
                let asked = Asked { at: at_moment, level: Level::SOON, said: None };
                let answered = at_moment.plus_seconds((minutes + at % 7) * 60);
                let id: AnswerTimeId = cx.new_id()?;
                let by = Some((thread, None));
                store::team_forecast::add_answer(cx.tx(), id, team, &asked, answered, by)?;
            }
            Ok(())
        })
        .unwrap();
}

fn count(world: &World, statement: store::db::Sql) -> i64 {
    let read = world.app.db().read(|tx| tx.query_one(statement, &[])?.get(0));
    read.unwrap_or_else(|error: DbError| panic!("{error}"))
}

#[test]
fn groups_are_counted_at_night_and_only_counts_are_kept() {
    for world in World::all() {
        let (nils, team) = (world.nils, world.team);
        make_lead(&world, nils);
        let show =
            |who: PersonId| world.app.read(&world.actor(who), move |cx| equity::show(cx, team));
        assert!(show(nils).unwrap().summary.is_none(), "not counted yet");
        let ana = world.ana_writes("Sugar", "And now?").thread;
        let bea = bea_asks(&world);
        answers(&world, ana, 40, 60);
        answers(&world, bea, 40, 180);
        assert_eq!(equity::measure_due(&world.app).unwrap(), 3, "one summary per team");
        assert_eq!(equity::measure_due(&world.app).unwrap(), 0, "nothing before next night");
        let (summary, made) = show(nils).unwrap().summary.unwrap();
        assert_eq!((summary.answers, made), (80, world.app.now()));
        let rows = summary.rows(Dimension::Language);
        let named = |name: &str| Group::Named(name.to_owned());
        let [first, second] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!((&first.group, first.n), (&named("en"), Some(40)));
        assert_eq!((&second.group, second.n), (&named("es"), Some(40)));
        assert!(second.answered.differs, "{second:?}");
        assert!((2.5..3.2).contains(&second.answered.ratio.unwrap().times));
        let ages = summary.rows(Dimension::Age);
        assert_eq!([&ages[0].group, &ages[1].group], [&Group::Age(2), &Group::Age(3)]);
        let groups =
            |cut| -> Vec<Group> { summary.rows(cut).into_iter().map(|row| row.group).collect() };
        assert_eq!(groups(Dimension::Payer), [named("Quetzal Plan"), Group::NotRecorded]);
        assert_eq!(groups(Dimension::Race), [named("Quetzal race"), Group::NotRecorded]);
        // The next night's count is the same count, put in place of it.
        world.pass_seconds(DAY);
        assert_eq!(equity::measure_due(&world.app).unwrap(), 3);
        let (again, later) = show(nils).unwrap().summary.unwrap();
        assert!(later > made && again.cells == summary.cells);
        // It is in the access log as the system's, without a patient.
        let portions = count(
            &world,
            sql!(
                "SELECT count(*) FROM audit_event WHERE action = 'measure_equity' \
                 AND actor_id IS NULL AND basis = 'system' AND purpose = 'HSYSADMIN'"
            ),
        );
        assert!(portions >= 8, "{portions}");
        let named = count(
            &world,
            sql!(
                "SELECT count(*) FROM audit_subject s JOIN audit_event e ON e.id = s.event_id \
                 WHERE e.action = 'measure_equity'"
            ),
        );
        assert_eq!(named, 0);
        // What was asked longer ago is not counted any more.
        world.clock.set(Timestamp::from_micros(world.app.now().micros()).plus_seconds(92 * DAY));
        equity::measure_due(&world.app).unwrap();
        assert_eq!(show(nils).unwrap().summary.unwrap().0.answers, 0);
    }
}

#[test]
fn how_groups_wait_is_for_leads_and_the_privacy_officer() {
    for world in World::all() {
        make_lead(&world, world.nils);
        equity::measure_due(&world.app).unwrap();
        let team = world.team;
        let show =
            |who| world.app.read(&world.actor(who), move |cx| equity::show(cx, team)).map(|_| ());
        let paula = world.add_person(Role::PrivacyOfficer, "Paula Pratt");
        assert!(show(world.nils).is_ok() && show(paula).is_ok());
        assert!(matches!(show(world.dora), Err(Error::Forbidden)));
        let ada = world.add_person(Role::Administrator, "Ada Novak");
        for who in [world.eve, world.ana, ada] {
            assert!(matches!(show(who), Err(Error::NotFound)));
        }
        // Nobody counts but the system.
        let nobody = world.app.read(&world.actor(ada), |cx| {
            cx.authorize::<store::access::MeasureEquity>(()).map(|_| ())
        });
        assert!(matches!(nobody, Err(Error::Forbidden)));
    }
}
