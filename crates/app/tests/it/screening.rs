//! An answer about suicide in an imported record, to item 9 of the PHQ-9 or the screener of the C-SSRS, is a clinician's
//! work, and the patient's side reads nothing of it.

use app::draft::{self, Target};
use app::import::{Summary, import};
use app::urgency::flag::{self, TakingBack};
use app::urgency::{self, Kept};
use app::work::{self, QueueAfter, QueueEntry, QueueList};
use app::{Cx, Error, closing, communication, inbox, refile, search, thread};
use domain::access::{Actor, Role};
use domain::flag::FlagReason;
use domain::ids::{CareTeamId, Id as _, PatientId, PersonId, ThreadId};
use domain::message::Line;
use domain::urgency::Level;
use domain::work_item::Outcome;
use store::access::Administer;
use store::db::DbError;
use store::inbox_row::{After, Filter};
use store::sql;

use crate::world::World;

const PATIENT: &str = r#"{"resourceType":"Patient","id":"ida","name":[{"family":"Ido","given":["Ida"]}],"birthDate":"1980-01-02","telecom":[{"system":"phone","value":"555-0177"}]}"#;

fn bring(world: &World, entries: &[&str]) -> Summary {
    let lines = entries.join("\n");
    import(&world.app, &Actor::system(), "ehr", lines.as_bytes(), |_, _| {}).unwrap()
}

/// An observation of the item, with its value and its date as they are written.
fn observed(id: &str, value: &str, date: &str) -> String {
    format!(
        r#"{{"resourceType":"Observation","id":"{id}","status":"final","code":{{"coding":[{{"system":"http://loinc.org","code":"44260-8"}}]}},"subject":{{"reference":"Patient/ida"}},{date}{value}}}"#
    )
}

fn on(day: &str) -> String {
    format!(r#""effectiveDateTime":"{day}","#)
}

const TWO: &str =
    r#""valueCodeableConcept":{"coding":[{"system":"http://loinc.org","code":"LA6570-1"}]}"#;
const ZERO: &str = r#""valueInteger":0"#;

fn form(id: &str, answer: &str, authored: &str) -> String {
    format!(
        r#"{{"resourceType":"QuestionnaireResponse","id":"{id}","status":"completed","subject":{{"reference":"Patient/ida"}},"authored":"{authored}","item":[{{"linkId":"44249-1","item":[{{"linkId":"/44260-8","answer":[{answer}]}}]}}]}}"#
    )
}

/// Ida, imported, with Ana's log-in as her own and Pia's as her helper's.
fn ida(world: &World) -> (PatientId, Actor) {
    assert_eq!(bring(world, &[PATIENT]).total().added, 1);
    let found = sql!("SELECT id FROM patient ORDER BY id");
    let mine = world.ana_patient;
    let all: Vec<PatientId> = world
        .app
        .db()
        .read(|tx| -> Result<_, DbError> {
            tx.query(found, &[])?.iter().map(|row| row.get(0)).collect()
        })
        .unwrap();
    let ida = *all.last().unwrap();
    assert_ne!(ida, mine);
    let pia = world.add_person(Role::Helper, "Pia Alvarez");
    app::testing::clinic::grant(&world.app, ida, world.ana, "self").unwrap();
    app::testing::clinic::grant(&world.app, ida, pia, "helper").unwrap();
    (ida, world.actor(pia))
}

fn treats(world: &World, team: CareTeamId, patient: PatientId) {
    let id = world.app.new_id::<domain::ids::CareTeamId>().unwrap().as_uuid();
    world
        .app
        .write(&Actor::system(), move |cx| {
            let permit = cx.authorize::<Administer>(())?;
            Ok(store::care_team::add_relation(cx.tx(), &permit, id, patient, team)?)
        })
        .unwrap();
}

fn queue(world: &World, who: PersonId, team: CareTeamId) -> Vec<QueueEntry> {
    let read = |cx: &mut Cx<'_, '_>| work::queue(cx, team, QueueList::Team, QueueAfter::START, 50);
    world.app.read(&world.actor(who), read).unwrap().entries
}

fn flagged(world: &World) -> Vec<QueueEntry> {
    let all = queue(world, world.nils, world.team);
    all.into_iter().filter(|entry| entry.flag.is_some_and(|flag| flag.record)).collect()
}

fn kept(world: &World, thread: ThreadId) -> Kept {
    let dora = world.actor(world.dora);
    world.app.read(&dora, |cx| urgency::of_thread(cx, thread)).unwrap().remove(0)
}

fn sound(world: &World) {
    let report = app::verify::run(&world.app, |_| {}).unwrap();
    assert_eq!(report.findings, Vec::new());
}

#[test]
fn it_stands_on_top_of_the_list_with_its_clock_and_is_a_clinicians_to_take_back() {
    for world in World::all() {
        let (ida, _) = ida(&world);
        treats(&world, world.team, ida);
        let before = world.ana_writes("A form", "Please sign the form for my school.").thread;
        let taken = bring(&world, &[&observed("o1", TWO, &on("2026-11-20"))]);
        assert_eq!((taken.total().added, taken.rejected.len()), (1, 0));
        let list = queue(&world, world.nils, world.team);
        let (first, second) = (&list[0], &list[1]);
        assert_eq!(second.item.thread, before);
        assert_eq!((first.item.level, first.patient), (1, Some(ida)));
        assert_eq!(first.headline, "PHQ-9, item 9");
        assert_eq!(first.flag.map(|flag| (flag.level, flag.record)), Some((Level::Crisis, true)));
        assert!(first.item.due_at < second.item.due_at);
        let thread = first.item.thread;
        let found = kept(&world, thread);
        let said = found.detail.screening.as_ref().map(|it| (it.answer, it.said.as_str()));
        assert_eq!(said, Some((2, "2026-11-20")));
        assert_eq!(found.pack, "LOINC", "what is not sealed does not name the question");

        // The desk reads a level, and nothing of why.
        let envelope = &world.desk_reads()[0];
        let words = (envelope.headline.as_str(), envelope.preview.as_str(), envelope.from.as_str());
        assert_eq!((envelope.item.level, words, envelope.flag), (1, ("", "", ""), None));

        // Nobody took it: whoever leads or is the last resort hears, in the words of everything late.
        world.pass_seconds(3 * 3_600);
        assert!(app::deadline::escalate_due(&world.app).unwrap() > 0);
        let late = kinds(&world);
        assert!(!late.is_empty() && late.iter().all(|kind| kind == "late"), "{late:?}");

        let (nils, dora) = (world.actor(world.nils), world.actor(world.dora));
        let how = || TakingBack { reason: FlagReason::Known, words: None, rating: None };
        let message = found.message;
        let nurse = world.app.write(&nils, move |cx| flag::take_back(cx, thread, message, &how()));
        assert!(matches!(nurse, Err(Error::Forbidden)));
        world.app.write(&dora, move |cx| flag::take_back(cx, thread, message, &how())).unwrap();
        assert!(flagged(&world).is_empty());
        assert_eq!(audited(&world, "take_flag_back"), 1);
        let level = |world: &World| {
            let all = queue(world, world.nils, world.team);
            all.into_iter().find(|entry| entry.item.thread == thread).unwrap().item.level
        };
        assert_eq!(level(&world), 3);
        world.app.write(&dora, move |cx| flag::raise_again(cx, thread, message)).unwrap();
        assert_eq!(level(&world), 1);

        // It is closed by the call, with what was said, for colleagues alone.
        world.app.write(&nils, move |cx| work::claim(cx, thread, None)).unwrap();
        let remark = work::Remark::Colleagues(Line::parse("Safe, seen on Monday").unwrap());
        let end = closing::Closing {
            outcome: Outcome::Callback,
            what: None,
            on: None,
            remark: Some(remark),
        };
        world.app.write(&nils, move |cx| closing::close(cx, thread, &end, None)).unwrap();
        let view = world.app.read(&dora, |cx| thread::view(cx, thread, i64::MAX, 9)).unwrap();
        assert!(view.items.is_empty());
        assert_eq!(view.lines.last().unwrap().more.remark, "Safe, seen on Monday");
        sound(&world);
    }
}

fn kinds(world: &World) -> Vec<String> {
    app::notice::enqueue(&world.app).unwrap();
    let kinds = sql!("SELECT kind FROM notice ORDER BY kind");
    let read = world.app.db().read(|tx| -> Result<Vec<String>, DbError> {
        tx.query(kinds, &[])?.iter().map(|row| row.get(0)).collect()
    });
    read.unwrap()
}

fn audited(world: &World, action: &'static str) -> i64 {
    let count = sql!("SELECT count(*) FROM audit_event WHERE action = $1 AND outcome = 'allowed'");
    let read = world
        .app
        .db()
        .read(|tx| -> Result<i64, DbError> { tx.query_one(count, &[&action])?.get(0) });
    read.unwrap()
}

#[test]
fn the_patient_and_her_helpers_read_nothing_of_it() {
    for world in World::all() {
        let (ida, helper) = ida(&world);
        treats(&world, world.team, ida);
        let ana = world.actor(world.ana);
        bring(&world, &[&observed("o1", TWO, &on("2026-11-20"))]);
        let thread = flagged(&world)[0].item.thread;
        let message = kept(&world, thread).message;
        for who in [&ana, &helper] {
            let view = world.app.read(who, |cx| thread::view(cx, thread, i64::MAX, 9));
            assert!(matches!(view, Err(Error::NotFound)));
            let checks = world.app.read(who, |cx| urgency::of_thread(cx, thread));
            assert!(matches!(checks, Err(Error::NotFound)));
            let listed = world
                .app
                .read(who, |cx| inbox::list(cx, ida, Filter::All, After::start(), 9))
                .unwrap();
            assert!(listed.items.is_empty());
            assert_eq!(world.app.read(who, |cx| inbox::count_unread(cx, ida)).unwrap(), 0);
            for id in [thread.as_uuid(), message.as_uuid()] {
                let found = world.app.read(who, |cx| communication::get(cx, id));
                assert!(matches!(found, Err(Error::NotFound)));
            }
            let headers =
                world.app.read(who, |cx| communication::headers(cx, ida, After::start(), 50));
            assert!(headers.unwrap().items.is_empty());
            let id = search::run(&world.app, who, ida, "PHQ").unwrap();
            let hits = world.app.read(who, |cx| search::get(cx, ida, id)).unwrap().hits;
            assert!(hits.is_empty());
            let live = world.app.read(who, |cx| thread::live_now(cx, ida, thread)).unwrap();
            assert!(live.is_none());
        }
        // No change names her, so that no page of hers wakes; and nobody gets a mail.
        let named =
            sql!("SELECT count(*) FROM change WHERE thread_id = $1 AND patient_id IS NOT NULL");
        let read = world
            .app
            .db()
            .read(|tx| -> Result<i64, DbError> { tx.query_one(named, &[&thread])?.get(0) });
        assert_eq!(read.unwrap(), 0);
        assert!(kinds(&world).is_empty());
        // A colleague of another team reads nothing either, and it is not to be moved to somebody else.
        let eve = world.actor(world.eve);
        let other = world.app.read(&eve, |cx| thread::view(cx, thread, i64::MAX, 9));
        assert!(matches!(other, Err(Error::NotFound)));
        let dora = world.actor(world.dora);
        let moved = world.app.read(&dora, |cx| refile::begin(cx, thread).map(|_| ()));
        assert!(matches!(moved, Err(Error::NotFound)));
    }
}

#[test]
fn the_same_again_is_one_piece_of_work_and_a_later_answer_another() {
    for world in World::all() {
        let (ida, _) = ida(&world);
        treats(&world, world.team, ida);
        let first = observed("o1", TWO, &on("2026-11-20"));
        for _ in 0..2 {
            bring(&world, &[PATIENT, &first]);
        }
        assert_eq!(flagged(&world).len(), 1);
        // The form that it was taken from, of the same day, and a correction that changes nothing of the answer.
        let same = form("f1", r#"{"valueCoding":{"code":"LA6570-1"}}"#, "2026-11-20T15:00:00Z");
        let final_one = first.replace("\"final\"", "\"amended\"");
        bring(&world, &[&same, &final_one]);
        assert_eq!(flagged(&world).len(), 1);
        // What was before it is history, and zero takes nothing back.
        let older = observed("o0", r#""valueInteger":3"#, &on("2026-11-10"));
        let zero = observed("o2", ZERO, &on("2026-11-21"));
        bring(&world, &[&older, &zero]);
        assert_eq!(flagged(&world).len(), 1);
        assert_eq!(flagged(&world)[0].item.level, 1);
        // Of the same day and higher, and of a later day: each is somebody's work.
        bring(&world, &[&final_one.replace("LA6570-1", "LA6571-9")]);
        assert_eq!(flagged(&world).len(), 2);
        let later = form("f2", r#"{"valueDecimal":1}"#, "2026-11-22T09:00:00Z");
        bring(&world, &[&later]);
        bring(&world, &[&later]);
        assert_eq!(flagged(&world).len(), 3);
        sound(&world);
    }
}

#[test]
fn history_and_zero_alarm_nobody_and_of_several_the_newest_is_the_work() {
    for world in World::all() {
        let (ida, _) = ida(&world);
        treats(&world, world.team, ida);
        let old = observed("old", TWO, &on("2026-10-01"));
        let zero = observed("zero", ZERO, &on("2026-11-21"));
        let wrong = observed("wrong", TWO, &on("2026-11-21")).replace("final", "entered-in-error");
        let text = observed("text", r#""valueString":"sometimes""#, &on("2026-11-21"));
        let taken = bring(&world, &[&old, &zero, &wrong, &text]);
        assert_eq!(taken.total().added, 4);
        assert!(flagged(&world).is_empty());
        let weeks = ["2026-11-01", "2026-11-08", "2026-11-15"];
        let many: Vec<String> = weeks.iter().map(|day| observed(day, TWO, &on(day))).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        bring(&world, &many);
        let found = flagged(&world);
        assert_eq!(found.len(), 1);
        let said = kept(&world, found[0].item.thread).detail.screening.unwrap().said;
        assert_eq!(said, "2026-11-15");
        // Without a date it is taken for new.
        let undated = observed("undated", TWO, "");
        bring(&world, &[&undated]);
        bring(&world, &[&undated]);
        assert_eq!(flagged(&world).len(), 2);
    }
}

#[test]
fn what_means_harm_or_names_nobody_makes_no_work_and_no_guess() {
    for world in World::all() {
        let (ida, _) = ida(&world);
        treats(&world, world.team, ida);
        let nobody = form("f1", r#"{"valueInteger":3}"#, "2026-11-21")
            .replace(r#""subject":{"reference":"Patient/ida"},"#, "");
        let stranger = observed("o1", TWO, &on("2026-11-21")).replace("Patient/ida", "Patient/x");
        let taken = bring(&world, &[&nobody, &stranger]);
        assert_eq!((taken.total().added, taken.total().rejected), (0, 2));
        let reasons: Vec<&str> = taken.rejected.iter().map(|one| one.reason.as_str()).collect();
        assert!(reasons.contains(&"It asks for a clinician today and does not say about whom."));
        assert!(flagged(&world).is_empty());
        // A number beyond the scale is above zero all the same; its page says that the scale has no such answer.
        let huge = observed("o2", r#""valueQuantity":{"value":1e300}"#, &on("2026-11-21"));
        bring(&world, &[&huge]);
        let found = flagged(&world);
        assert_eq!(kept(&world, found[0].item.thread).detail.screening.unwrap().answer, 0);
        // What belonged to one patient does not become another's.
        let other = PATIENT.replace("ida", "idb").replace("Ida", "Bob");
        let moved = huge.replace("Patient/ida", "Patient/idb");
        let taken = bring(&world, &[&other, &moved]);
        assert_eq!((taken.total().added, taken.total().rejected), (1, 1));
        assert_eq!(flagged(&world).len(), 1);
        sound(&world);
    }
}

#[test]
fn it_goes_to_who_knows_her_and_never_to_nobody() {
    for world in World::all() {
        let (ida, _) = ida(&world);
        // Nobody treats her: the triage desk.
        bring(&world, &[&observed("o1", TWO, &on("2026-11-18"))]);
        let nurse = world.add_person(Role::Nurse, "Tess Triage");
        world.join(world.triage, nurse, "nurse");
        assert_eq!(queue(&world, nurse, world.triage).len(), 1);
        treats(&world, world.other_team, ida);
        bring(&world, &[&observed("o2", TWO, &on("2026-11-19"))]);
        assert_eq!(queue(&world, world.eve, world.other_team).len(), 1);
        world.pass_seconds(60);
        treats(&world, world.team, ida);
        bring(&world, &[&observed("o3", TWO, &on("2026-11-20"))]);
        assert_eq!(flagged(&world).len(), 1, "the team that came last");
        // A team that she writes with now comes before.
        let ana = world.actor(world.ana);
        let mut typed = world.typed_new("A form", "Please sign the form.");
        if let Target::New { patient, team, .. } = &mut typed.target {
            (*patient, *team) = (ida, Some(world.other_team));
        }
        let saved = move |cx: &mut Cx<'_, '_>| draft::save(cx, None, 0, &typed);
        let (id, version) = world.app.write(&ana, saved).unwrap();
        world.app.write(&ana, move |cx| draft::send(cx, id, version, None)).unwrap();
        world.pass_seconds(11);
        assert_eq!(draft::release_due(&world.app).unwrap(), 1);
        bring(&world, &[&observed("o4", TWO, &on("2026-11-21"))]);
        assert_eq!(queue(&world, world.eve, world.other_team).len(), 3);
        assert_eq!(flagged(&world).len(), 1);
    }
    for world in World::empty() {
        // No team at all: it is not kept, it is said, and it comes again with the next import.
        bring(&world, &[PATIENT]);
        let taken = bring(&world, &[&observed("o1", TWO, &on("2026-11-20"))]);
        assert_eq!(taken.rejected.len(), 1);
        assert!(taken.rejected[0].reason.contains("there is no team"), "{taken:?}");
    }
}

#[test]
fn a_record_and_its_work_are_kept_together_or_not_at_all() {
    for world in World::all() {
        let (ida, _) = ida(&world);
        treats(&world, world.team, ida);
        let rename = |there: bool| {
            let text = if there {
                sql!("ALTER TABLE urgency_check_away RENAME TO urgency_check")
            } else {
                sql!("ALTER TABLE urgency_check RENAME TO urgency_check_away")
            };
            world.app.db().write(move |tx| tx.execute(text, &[])).unwrap();
        };
        let counts = || {
            let all = sql!(
                "SELECT (SELECT count(*) FROM thread), (SELECT count(*) FROM work_item), \
                 (SELECT count(*) FROM message), (SELECT count(*) FROM imported_version), \
                 (SELECT count(*) FROM chart_item)"
            );
            let read = world.app.db().read(|tx| -> Result<[i64; 5], DbError> {
                let row = tx.query_one(all, &[])?;
                Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?])
            });
            read.unwrap()
        };
        let before = counts();
        let one = observed("o1", TWO, &on("2026-11-20"));
        rename(false);
        let taken = bring(&world, &[&one]);
        assert_eq!(taken.total().rejected, 1);
        assert_eq!(counts(), before);
        rename(true);
        bring(&world, &[&one]);
        assert_eq!(flagged(&world).len(), 1);
        assert_eq!(counts(), before.map(|n| n + 1));
    }
}

/// A question of the screener as an observation, answered yes or no.
fn asked(id: &str, code: &str, yes: bool, at: &str) -> String {
    let value = if yes { "LA33-6" } else { "LA32-8" };
    let value = format!(r#""valueCodeableConcept":{{"coding":[{{"code":"{value}"}}]}}"#);
    observed(id, &value, &on(at)).replace("44260-8", code)
}

/// The screener as a form, with these questions answered yes.
fn screener(id: &str, yes: &[&str], at: &str) -> String {
    let codes = ["93246-7", "93247-5", "93248-3", "93249-1", "93250-9", "93267-3", "93269-9"];
    let items = codes.map(|code| {
        let value = if yes.contains(&code) { "LA33-6" } else { "LA32-8" };
        let coding = format!(r#"{{"system":"http://loinc.org","code":"{value}"}}"#);
        format!(r#"{{"linkId":"/{code}","answer":[{{"valueCoding":{coding}}}]}}"#)
    });
    format!(
        r#"{{"resourceType":"QuestionnaireResponse","id":"{id}","status":"completed","subject":{{"reference":"Patient/ida"}},"authored":"{at}","item":[{}]}}"#,
        items.join(",")
    )
}

/// Headline, level of the work and level of the flag of all that is flagged, as the list shows it.
fn rows(world: &World) -> Vec<(String, i64, Level)> {
    let found = flagged(world).into_iter();
    found.map(|row| (row.headline, row.item.level, row.flag.unwrap().level)).collect()
}

fn row(headline: &str, level: i64, flag: Level) -> (String, i64, Level) {
    (headline.to_owned(), level, flag)
}

#[test]
fn a_screener_is_one_piece_of_work_by_its_most_urgent_answer() {
    for world in World::all() {
        let (ida, helper) = ida(&world);
        treats(&world, world.team, ida);
        // No to all of it is nobody's work; and so is a yes of long ago.
        let none = screener("none", &[], "2026-11-19T09:00:00Z");
        let old = screener("old", &["93250-9", "93269-9"], "2026-09-01T09:00:00Z");
        bring(&world, &[&none, &old]);
        assert!(flagged(&world).is_empty());
        // An observation for each question, seconds apart, what is least urgent last; and the form itself.
        let one = [
            asked("q1", "93246-7", true, "2026-11-20T09:00:01Z"),
            asked("q4", "93249-1", true, "2026-11-20T09:00:04Z"),
            asked("q5", "93250-9", false, "2026-11-20T09:00:05Z"),
            asked("q6", "93267-3", true, "2026-11-20T09:00:06Z"),
            asked("q6r", "93269-9", false, "2026-11-20T09:00:07Z"),
        ];
        let all: Vec<&str> = one.iter().map(String::as_str).collect();
        bring(&world, &all);
        assert_eq!(rows(&world), [row("C-SSRS, item 4", 1, Level::Crisis)]);
        for again in [&one[0], &one[3]] {
            bring(&world, &[&again.replace("\"final\"", "\"amended\"")]);
        }
        let form = screener("form", &["93246-7", "93249-1", "93267-3"], "2026-11-20");
        bring(&world, &[&form]);
        assert_eq!(flagged(&world).len(), 1);
        let thread = flagged(&world)[0].item.thread;
        let found = kept(&world, thread);
        assert_eq!(found.pack, "LOINC");
        let record = found.detail.screening.unwrap();
        assert_eq!((record.item().loinc(), record.answer), ("93249-1", 1));
        // What the patient and her helpers read of it: nothing.
        for who in [&world.actor(world.ana), &helper] {
            let view = world.app.read(who, |cx| thread::view(cx, thread, i64::MAX, 9));
            assert!(matches!(view, Err(Error::NotFound)));
        }
        // The next screening is another piece of work, and so is another instrument.
        bring(&world, &[&screener("next", &["93246-7"], "2026-11-21T09:00:00Z")]);
        bring(&world, &[&observed("phq", TWO, &on("2026-11-20"))]);
        let mut names: Vec<String> = rows(&world).into_iter().map(|row| row.0).collect();
        names.sort();
        assert_eq!(names, ["C-SSRS, item 1", "C-SSRS, item 4", "PHQ-9, item 9"]);
        sound(&world);
    }
}

#[test]
fn behavior_of_long_ago_is_work_of_today_and_hides_nothing_more_urgent() {
    for world in World::all() {
        let (ida, _) = ida(&world);
        treats(&world, world.team, ida);
        let dora = world.actor(world.dora);
        bring(&world, &[&screener("f1", &["93267-3"], "2026-11-21T09:00:00Z")]);
        assert_eq!(rows(&world), [row("C-SSRS, item 6", 2, Level::Sameday)]);
        let found = flagged(&world).remove(0);
        let found = (found.item.thread, kept(&world, found.item.thread));
        // What was said before it and is more urgent comes later: it is work at once.
        bring(&world, &[&asked("q5", "93250-9", true, "2026-11-21T08:59:00Z")]);
        let mut all = rows(&world);
        all.sort();
        let first = row("C-SSRS, item 5", 1, Level::Crisis);
        assert_eq!(all, [first.clone(), row("C-SSRS, item 6", 2, Level::Sameday)]);
        assert_eq!(queue(&world, world.nils, world.team)[0].headline, "C-SSRS, item 5");
        // It is a flag like any other: taken back, and raised again to its own level.
        let (thread, message) = (found.0, found.1.message);
        let how = TakingBack { reason: FlagReason::Known, words: None, rating: None };
        world.app.write(&dora, move |cx| flag::take_back(cx, thread, message, &how)).unwrap();
        assert_eq!(rows(&world), [first]);
        world.app.write(&dora, move |cx| flag::raise_again(cx, thread, message)).unwrap();
        assert_eq!(flagged(&world).len(), 2);
        // Of the past three months it is work at once.
        bring(&world, &[&screener("f2", &["93267-3", "93269-9"], "2026-11-21T09:00:00Z")]);
        assert!(rows(&world).contains(&row("C-SSRS, item 6", 1, Level::Crisis)));
        sound(&world);
    }
}
