//! Stories of bringing records in: again, changed, damaged, and unreadable on the disk.

use std::path::{Path, PathBuf};

use app::chart;
use app::import::{Counts, Summary, import};
use domain::access::Actor;
use domain::ids::{GrantId, Id as _, PatientId, PersonId};
use domain::time::Timestamp;
use store::sql;
use uuid::Uuid;

use crate::world::World;

/// The Synthea files in their load order; none when the external data is not on this machine.
#[allow(clippy::print_stdout, reason = "a skipped test says so")]
fn synthea() -> Option<Vec<PathBuf>> {
    let data = std::env::var_os("TIDINGS_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let folder = data.join("synthea");
    if !folder.is_dir() {
        println!(
            "skipped: the external data is not there ({}); set TIDINGS_DATA",
            folder.display()
        );
        return None;
    }
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    files.sort_by_key(|path| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (!name.starts_with("hospital"), !name.starts_with("practitioner"), name)
    });
    assert_eq!(files.len(), 11);
    Some(files)
}

fn bring(world: &World, source: &str, text: &str) -> Summary {
    import(&world.app, &Actor::system(), source, text.as_bytes(), |_, _| {}).unwrap()
}

fn count(world: &World, table: &str) -> i64 {
    world
        .app
        .db()
        .read(|tx| -> Result<i64, store::db::DbError> {
            let row = match table {
                "patient" => tx.query_one(sql!("SELECT count(*) FROM patient"), &[])?,
                "patient_token" => tx.query_one(sql!("SELECT count(*) FROM patient_token"), &[])?,
                "organization" => tx.query_one(sql!("SELECT count(*) FROM organization"), &[])?,
                "site" => tx.query_one(sql!("SELECT count(*) FROM site"), &[])?,
                "practitioner" => tx.query_one(sql!("SELECT count(*) FROM practitioner"), &[])?,
                "encounter" => tx.query_one(sql!("SELECT count(*) FROM encounter"), &[])?,
                "chart_item" => tx.query_one(sql!("SELECT count(*) FROM chart_item"), &[])?,
                "resource" => tx.query_one(sql!("SELECT count(*) FROM imported_resource"), &[])?,
                "alias" => tx.query_one(sql!("SELECT count(*) FROM imported_alias"), &[])?,
                "version" => tx.query_one(sql!("SELECT count(*) FROM imported_version"), &[])?,
                "subject" => tx.query_one(sql!("SELECT count(*) FROM audit_subject"), &[])?,
                other => panic!("no count of {other}"),
            };
            row.get(0)
        })
        .unwrap()
}

const TABLES: [&str; 10] = [
    "patient",
    "patient_token",
    "organization",
    "site",
    "practitioner",
    "encounter",
    "chart_item",
    "resource",
    "alias",
    "version",
];

fn imported(world: &World, kind: &'static str) -> Vec<Uuid> {
    world
        .app
        .db()
        .read(|tx| -> Result<Vec<Uuid>, store::db::DbError> {
            tx.query(
                sql!(
                    "SELECT target_id FROM imported_resource WHERE resource_type = $1 ORDER BY id"
                ),
                &[&kind],
            )?
            .iter()
            .map(|row| row.get(0))
            .collect()
        })
        .unwrap()
}

/// Gives Ana's log-in the imported patient's record, so that somebody may read it.
fn give(world: &World, patient: PatientId, person: PersonId) {
    let grant: GrantId = world.app.new_id().unwrap();
    world
        .app
        .write(&Actor::system(), move |cx| {
            let now = cx.now();
            cx.tx().execute_one(
                sql!(
                    "INSERT INTO care_grant (id, patient_id, person_id, basis, rights, demographics, \
                     chart, threads, care_time, confidential, all_topics, paused, from_at, until_at, \
                     version, updated_at) VALUES ($1, $2, $3, 'self', 'write', TRUE, TRUE, TRUE, TRUE, \
                     TRUE, TRUE, FALSE, $4, $5, 1, $4)"
                ),
                &[&grant, &patient, &person, &now, &Timestamp::FOREVER],
            )?;
            Ok(())
        })
        .unwrap();
}

fn patient_of(world: &World) -> PatientId {
    let found = imported(world, "Patient");
    assert_eq!(found.len(), 1);
    PatientId::from_uuid(found[0])
}

const PATIENT: &str = r#"{"resourceType":"Patient","id":"p1",
  "identifier":[{"type":{"coding":[{"code":"MR"}]},"system":"urn:mrn","value":"M-1"}],
  "name":[{"given":["Marisol1"],"family":"Quintana22"}],"birthDate":"1961-04-09"}"#;

fn bundle(entries: &[&str]) -> String {
    let entries: Vec<String> =
        entries.iter().map(|entry| format!(r#"{{"resource":{entry}}}"#)).collect();
    format!(r#"{{"resourceType":"Bundle","type":"transaction","entry":[{}]}}"#, entries.join(","))
}

fn pressure(id: &str, patient: &str, value: &str) -> String {
    format!(
        r#"{{"resourceType":"Observation","id":"{id}","status":"final",
        "code":{{"text":"Pulse","coding":[{{"system":"http://loinc.org","code":"8867-4"}}]}},
        "subject":{{"reference":"{patient}"}},"effectiveDateTime":"2026-03-04",
        "valueQuantity":{{"value":{value},"unit":"/min"}}}}"#
    )
}

/// Brings in every file, in order.
fn bring_files(world: &World, files: &[PathBuf]) -> Summary {
    let mut all = Summary::default();
    for file in files {
        let bytes = std::fs::read(file).unwrap();
        let (mut last, mut calls) = ((0, 0), 0);
        let summary = import(&world.app, &Actor::system(), "synthea", &bytes, |done, total| {
            assert!(done >= last.0 && done <= total);
            last = (done, total);
            calls += 1;
        })
        .unwrap();
        assert!(calls >= 2 && last.0 == last.1, "progress goes to the end");
        all.merge(summary);
    }
    all
}

fn rows(world: &World) -> Vec<i64> {
    TABLES.iter().map(|table| count(world, table)).collect()
}

#[test]
fn every_synthea_record_is_taken_and_taken_once() {
    let Some(files) = synthea() else { return };
    for world in World::all() {
        // The whole of it on SQLite; on PostgreSQL the lists and the patients who share a hospital.
        let whole = world.sqlite_file().is_some();
        let some = |path: &&PathBuf| {
            let name = path.file_name().unwrap().to_string_lossy();
            whole
                || ["hospital", "practitioner", "Jessi", "Maria"]
                    .iter()
                    .any(|n| name.starts_with(n))
        };
        let files: Vec<PathBuf> = files.iter().filter(some).cloned().collect();
        let before = rows(&world);
        let first = bring_files(&world, &files);
        assert_eq!(first.rejected, []);
        let after = rows(&world);
        if whole {
            let grown = after.iter().zip(&before).map(|(after, before)| after - before).collect();
            the_whole_of_synthea(&first, grown);
        }
        let second = bring_files(&world, &files);
        let total = first.total();
        let entries = total.added + total.updated + total.unchanged;
        assert_eq!(second.total(), Counts { unchanged: entries, ..Counts::default() });
        assert_eq!(rows(&world), after, "the same files again add no row");
        reads_a_synthea_chart(&world);
        nothing_is_in_plain_sight(&world, &files);
    }
}

fn the_whole_of_synthea(first: &Summary, grown: Vec<i64>) {
    // 26 entries repeat an organization or practitioner; two of them word for word.
    assert_eq!(first.total(), Counts { added: 2086, updated: 24, unchanged: 2, rejected: 0 });
    assert_eq!(first.types["Patient"].added, 9);
    assert_eq!(first.types["Encounter"].added, 174);
    assert_eq!(first.types["Observation"].added, 1318);
    assert_eq!(first.types["Organization"].added + first.types["Practitioner"].added, 204);
    let [patients, _, organizations, sites, practitioners, visits, items, records, _, versions] =
        <[i64; 10]>::try_from(grown).unwrap();
    assert_eq!((patients, organizations, sites, practitioners), (9, 102, 102, 102));
    assert_eq!((visits, items), (174, 1318 + 90 + 44));
    assert_eq!((records, versions), (2086, 2110), "each file's own words of a record are kept");
}

fn reads_a_synthea_chart(world: &World) {
    let ana = world.actor(world.ana);
    for patient in imported(world, "Patient").into_iter().map(PatientId::from_uuid) {
        give(world, patient, world.ana);
        let name = world.app.read(&ana, |cx| app::patient::get(cx, patient)).unwrap();
        assert!(!name.demographics.name.is_empty() && name.demographics.birth_date.len() == 10);
        assert!(!name.demographics.record_number.is_empty());
        let visits = world.app.read(&ana, |cx| chart::encounters(cx, patient)).unwrap();
        assert!(!visits.is_empty());
        for visit in &visits {
            assert!(visit.organization.is_some() && !visit.detail.organization.is_empty());
            assert!(!visit.detail.type_text.is_empty() && !visit.detail.began.is_empty());
            assert!(visit.detail.practitioners.iter().all(|name| !name.is_empty()));
            assert_eq!(visit.detail.practitioners.len(), 1);
        }
        assert!(visits.is_sorted_by(|a, b| a.started_at >= b.started_at));
        let results = world.app.read(&ana, |cx| chart::observations(cx, patient)).unwrap();
        assert!(!results.is_empty());
        assert!(results.iter().all(|item| !item.detail.code.text.is_empty()));
        assert!(results.iter().any(|item| item.detail.measured.number().is_some()));
        world.app.read(&ana, |cx| chart::medications(cx, patient)).unwrap();
        let visit = visits[0].id;
        let read =
            world.app.read(&ana, |cx| chart::original(cx, patient, visit.as_uuid(), 1)).unwrap();
        assert!(read.starts_with('{') && read.contains("\"Encounter\""));
    }
}

/// No name and no birth date of a patient is in the files of the database.
fn nothing_is_in_plain_sight(world: &World, files: &[PathBuf]) {
    let Some(database) = world.sqlite_file() else { return };
    let mut bytes = std::fs::read(&database).unwrap();
    for suffix in ["-wal", "-shm"] {
        let mut path = database.clone().into_os_string();
        path.push(suffix);
        bytes.extend(std::fs::read(path).unwrap_or_default());
    }
    assert!(find(&bytes, b"imported_resource"), "the right files were read");
    let mut looked_for = 0;
    for file in files {
        let text = std::fs::read(file).unwrap();
        for entry in app::fhir::read_input("synthea", &text).entries.into_iter().flatten() {
            let app::fhir::Resource::Patient(patient) = entry.resource else { continue };
            let born = patient.birth_date.unwrap().to_string();
            for form in patient.names.iter().flat_map(forms).chain([born]) {
                assert!(form.len() >= FORM_MIN, "chance would find {form:?}");
                assert!(!find(&bytes, form.as_bytes()), "{} is in plain sight", file.display());
                looked_for += 1;
            }
        }
    }
    assert!(looked_for >= 3 * 2);
}

/// The fewest bytes of what is looked for in ciphertext. A text of k bytes stands in N random bytes by
/// chance about N × 2^-8k times: "Liz" in 8 MB (2^23) every second run, six bytes once in 2^25 looks.
const FORM_MIN: usize = 6;

/// The forms in which a name would stand in a file, each long enough that chance does not make it: the
/// whole name, long words as they are, and short words in JSON behind what may stand before them.
fn forms(name: &app::fhir::HumanName) -> Vec<String> {
    let words = || name.given.iter().chain(&name.family);
    let whole = words().map(String::as_str).collect::<Vec<_>>().join(" ");
    let mut forms: Vec<String> = words().filter(|word| word.len() >= FORM_MIN).cloned().collect();
    for word in words().filter(|word| word.len() < FORM_MIN) {
        forms.extend(["[", ",", ":", " "].map(|before| format!("{before}\"{word}\"")));
        forms.extend(
            ["\"given\":[", "\"given\": [", "\"family\":", "\"family\": "]
                .map(|key| format!("{key}\"{word}\"")),
        );
    }
    forms.extend((whole.len() >= FORM_MIN).then_some(whole));
    forms.retain(|form| form.len() >= FORM_MIN);
    forms
}

fn find(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}

#[test]
fn a_changed_record_gets_a_version_and_keeps_the_first_byte_for_byte() {
    for world in World::all() {
        let first = pressure("o1", "Patient/p1", "72.10");
        bring(&world, "s", &bundle(&[PATIENT, &first]));
        let patient = patient_of(&world);
        give(&world, patient, world.ana);
        let ana = world.actor(world.ana);
        let changed = pressure("o1", "Patient/p1", "88");
        let summary = bring(&world, "s", &bundle(&[PATIENT, &changed]));
        assert_eq!(summary.types["Observation"].updated, 1);
        assert_eq!(summary.types["Patient"].unchanged, 1);
        let read = world.app.read(&ana, |cx| chart::observations(cx, patient)).unwrap();
        assert_eq!(read.len(), 1);
        assert_eq!(read[0].detail.measured.value, "88");
        assert_eq!(read[0].version, 2);
        let id = read[0].id.as_uuid();
        let original =
            |version| world.app.read(&ana, |cx| chart::original(cx, patient, id, version));
        assert_eq!(original(1).unwrap(), first);
        assert_eq!(original(2).unwrap(), changed);
        assert!(matches!(original(3), Err(app::Error::NotFound)));
        // Back to what it was: a third version, not silence.
        let summary = bring(&world, "s", &bundle(&[PATIENT, &first]));
        assert_eq!(summary.types["Observation"].updated, 1);
        assert_eq!(original(3).unwrap(), first);
        let stranger = world.actor(world.ben);
        let refused = world.app.read(&stranger, |cx| chart::original(cx, patient, id, 1));
        assert!(matches!(refused, Err(app::Error::NotFound)));
    }
}

#[test]
fn a_bad_entry_costs_nothing_else() {
    for world in World::all() {
        let (good, orphan, later) = (
            pressure("o1", "Patient/p1", "72"),
            pressure("o2", "Patient/nobody", "73"),
            pressure("o3", "Patient/p1", "74"),
        );
        let broken = r#"{"resourceType":"Observation","id":"o4","status":"splendid"}"#;
        // The patient stands last: what others refer to is stored first all the same.
        let summary =
            bring(&world, "s", &bundle(&[&good, &orphan, broken, &later, "{\"a\":1}", PATIENT]));
        let told: Vec<(Option<usize>, Option<&str>)> = summary
            .rejected
            .iter()
            .map(|rejected| (rejected.index, rejected.resource_type.as_deref()))
            .collect();
        assert_eq!(
            told,
            [(Some(2), Some("Observation")), (Some(4), None), (Some(1), Some("Observation"))]
        );
        assert_eq!(summary.rejected[2].reason, "Its patient is not in the record.");
        assert_eq!(summary.total(), Counts { added: 3, rejected: 3, ..Counts::default() });
        assert_eq!(count(&world, "chart_item"), 2);
        let written = serde_json::to_value(&summary).unwrap();
        assert_eq!(written["types"]["Observation"]["rejected"], 2);
        assert!(!written.to_string().contains("nobody"), "a reason quotes nothing");
    }
}

#[test]
fn a_later_file_refers_to_records_of_an_earlier_one_by_any_of_their_keys() {
    for world in World::all() {
        bring(&world, "s", &bundle(&[PATIENT]));
        let by_id = pressure("o1", "Patient/p1", "72");
        let by_number = pressure("o2", "Patient?identifier=urn:mrn|M-1", "73");
        let summary = bring(&world, "s", &bundle(&[&by_id, &by_number]));
        assert_eq!(summary.total(), Counts { added: 2, ..Counts::default() });
        // Another system's patient p1 is somebody else.
        let summary = bring(&world, "elsewhere", &bundle(&[&by_id]));
        assert_eq!(summary.total(), Counts { rejected: 1, ..Counts::default() });
    }
}

#[test]
fn an_identifier_that_comes_back_with_another_human_being_is_refused() {
    for world in World::all() {
        bring(&world, "s", &bundle(&[PATIENT]));
        let married = PATIENT.replace("Quintana22", "Ortega3");
        assert_eq!(bring(&world, "s", &bundle(&[&married])).total().updated, 1);
        let corrected = married.replace("1961-04-09", "1961-09-04");
        assert_eq!(bring(&world, "s", &bundle(&[&corrected])).total().updated, 1);
        let other = corrected.replace("Marisol1", "Edwin9").replace("1961-09-04", "1990-01-01");
        let summary = bring(&world, "s", &bundle(&[&other]));
        assert_eq!(summary.total(), Counts { rejected: 1, ..Counts::default() });
        let patient = patient_of(&world);
        give(&world, patient, world.ana);
        let ana = world.actor(world.ana);
        let read = world.app.read(&ana, |cx| app::patient::get(cx, patient)).unwrap();
        assert_eq!(read.demographics.name, "Marisol1 Ortega3");
    }
}

#[test]
fn a_record_does_not_move_to_another_patient() {
    for world in World::all() {
        let other = PATIENT.replace("p1", "p2").replace("M-1", "M-2");
        let reading = pressure("o1", "Patient/p1", "72");
        bring(&world, "s", &bundle(&[PATIENT, &other, &reading]));
        let moved = pressure("o1", "Patient/p2", "72");
        let summary = bring(&world, "s", &bundle(&[&moved]));
        assert_eq!(summary.total(), Counts { rejected: 1, ..Counts::default() });
    }
}

#[test]
fn the_dead_are_marked_and_text_the_database_cannot_hold_is_cleaned() {
    for world in World::all() {
        let dead =
            PATIENT.replace("\"birthDate\"", "\"deceasedDateTime\":\"2026-01-02\",\"birthDate\"");
        let strange = r#"{"resourceType":"Organization","id":"x","name":"Lake\u0000side"}"#;
        let before = count(&world, "subject");
        let summary = bring(&world, "s", &bundle(&[strange, &dead]));
        assert_eq!(summary.rejected, []);
        assert_eq!(count(&world, "subject") - before, 1, "the access log names the patient");
        let patient = patient_of(&world);
        give(&world, patient, world.ana);
        let ana = world.actor(world.ana);
        let read = world.app.read(&ana, |cx| app::patient::get(cx, patient)).unwrap();
        assert_eq!(read.row.status, "deceased");
    }
}

#[test]
fn only_those_who_may_import_do() {
    for world in World::all() {
        let dora = world.actor(world.dora);
        let refused = import(&world.app, &dora, "s", bundle(&[PATIENT]).as_bytes(), |_, _| {});
        assert!(matches!(refused, Err(app::Error::NotFound | app::Error::Forbidden)));
        assert_eq!(count(&world, "version"), 0);
        let nameless = import(&world.app, &Actor::system(), " ", b"{}", |_, _| {});
        assert!(matches!(nameless, Err(app::Error::Invalid(_))));
    }
}

#[test]
fn a_date_keeps_its_exactness_and_sorts_on_its_day_at_the_practice() {
    for world in World::all() {
        let dated = |id: &str, at: &str| {
            pressure(id, "Patient/p1", "70")
                .replace(r#""2026-03-04""#, &format!(r#""{at}""#))
                .replace("Pulse", id)
        };
        // Evening of the fourth in New York is the fifth in Greenwich.
        let given = [
            dated("year", "2026"),
            dated("evening", "2026-03-04T20:00:00-05:00"),
            dated("day", "2026-03-05"),
            dated("noon", "2026-03-05T12:00:00-05:00"),
            dated("month", "2026-04"),
        ];
        let mut entries = vec![PATIENT];
        entries.extend(given.iter().map(String::as_str));
        assert!(bring(&world, "clinic-a", &bundle(&entries)).rejected.is_empty());
        let patient = PatientId::from_uuid(imported(&world, "Patient")[0]);
        give(&world, patient, world.ana);
        let found = world
            .app
            .read(&world.actor(world.ana), move |cx| chart::observations(cx, patient))
            .unwrap();
        let said: Vec<(&str, &str)> = found
            .iter()
            .map(|item| (item.detail.code.text.as_str(), item.detail.at.as_str()))
            .collect();
        assert_eq!(
            said,
            [
                ("month", "2026-04"),
                ("noon", "2026-03-05T12:00:00-05:00"),
                ("day", "2026-03-05"),
                ("evening", "2026-03-04T20:00:00-05:00"),
                ("year", "2026"),
            ]
        );
        // Midnight in New York, not in Greenwich.
        assert_eq!(found[2].at, Timestamp::from_seconds(1_772_686_800));
        // A visit of that day is called by it.
        let visit = r#"{"resourceType":"Encounter","id":"v-1","status":"finished","class":{"code":"AMB"},
            "subject":{"reference":"Patient/p1"},"period":{"start":"2026-03-05"}}"#;
        assert!(bring(&world, "clinic-a", &bundle(&[visit])).rejected.is_empty());
        let visits = world
            .app
            .read(&world.actor(world.ana), move |cx| chart::encounters(cx, patient))
            .unwrap();
        assert_eq!(
            (visits[0].detail.began.as_str(), visits[0].started_at),
            ("2026-03-05", found[2].at)
        );
    }
}
