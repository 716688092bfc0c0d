//! The power fails while an import brings an answer that is a clinician's work at once (docs/phq9.md): the record
//! and its work are there together or not at all, and the same import again leaves exactly one.

use std::sync::Arc;

use app::App;
use app::clock::SystemClock;
use app::import::{Summary, import};
use app::random::SystemRandomness;
use domain::access::Actor;
use faults::{Disk, Random};
use store::db::{Db, DbConfig, DbError, SqliteConfig};
use store::sql;
use tidings_server::open::demo_settings;

use crate::inside::{keys_in, record_with};

/// How often the power fails.
const CUTS: u64 = 100;
/// Within how many changes of the disk: more than an import makes.
const SPAN: usize = 400;

fn record_config() -> DbConfig {
    let mut config = SqliteConfig::new("record.db");
    config.vfs = Some("flagged".to_owned());
    config.readers = 1;
    // Small, so that many cuts fall into checkpoints and log restarts.
    config.checkpoint_pages = 12;
    DbConfig::Sqlite(config)
}

fn keys_config(folder: &std::path::Path) -> DbConfig {
    DbConfig::Sqlite(SqliteConfig::new(folder.join("keys.db")))
}

/// A patient with an answer above zero to item 9, and other results around it.
fn bundle(n: u64) -> String {
    let about = format!(r#""subject":{{"reference":"Patient/cut-{n}"}}"#);
    let result = |id: &str, code: &str| {
        format!(
            r#"{{"resourceType":"Observation","id":"{id}-{n}","status":"final","code":{{"coding":[{{"system":"http://loinc.org","code":"{code}"}}]}},{about},"valueInteger":2}}"#
        )
    };
    let patient = format!(
        r#"{{"resourceType":"Patient","id":"cut-{n}","name":[{{"family":"Cut{n}"}}],"birthDate":"1980-01-02"}}"#
    );
    let flagged = result("item", "44260-8");
    [patient, result("before", "44261-6"), flagged, result("after", "8867-4")].join("\n")
}

fn bring(app: &App, n: u64) -> app::Result<Summary> {
    import(app, &Actor::system(), "cut", bundle(n).as_bytes(), |_, _| {})
}

/// How many records of observations there are, threads that an import opened, their work items at level 1 that
/// wait, and their checks.
fn count(app: &App) -> (i64, i64, i64, i64) {
    let counts = sql!(
        "SELECT (SELECT count(*) FROM imported_resource WHERE resource_type = 'Observation'), \
         (SELECT count(*) FROM thread WHERE kind = 'staff' AND created_by IS NULL), \
         (SELECT count(*) FROM work_item w JOIN thread t ON t.id = w.thread_id \
             WHERE t.kind = 'staff' AND t.created_by IS NULL AND w.level = 1 AND w.state = 'queued'), \
         (SELECT count(*) FROM urgency_check c JOIN thread t ON t.id = c.thread_id \
             WHERE t.kind = 'staff' AND c.author_id IS NULL)"
    );
    let read = app.db().read(|tx| -> Result<_, DbError> {
        let row = tx.query_one(counts, &[])?;
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
    });
    read.unwrap()
}

#[test]
fn a_power_cut_never_parts_an_answer_from_its_work() {
    let disk = Disk::new("flagged");
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_owned();
    let first = record_with(record_config(), keys_config(&place), folder);
    let (observed, before, waiting, _) = count(&first.app);
    assert_eq!((before, waiting), (0, 0), "the demo clinic has none");
    let keys = keys_in(keys_config(&place));
    let open = || {
        App::new(
            Db::open(record_config()).unwrap(),
            keys.clone(),
            Arc::new(SystemClock),
            Arc::new(SystemRandomness::default()),
            demo_settings("http://localhost:8080"),
        )
    };
    let mut app = first.app.clone();
    let (mut lost, mut kept, mut acknowledged) = (0, 0, 0);
    for n in 0..CUTS {
        let mut random = Random::new(n);
        let flagged = i64::try_from(n).unwrap();
        disk.power_off_at(1 + u64::try_from(random.below(SPAN)).unwrap());
        let said = bring(&app, n);
        disk.power_off();
        disk.power_cut(&mut random);
        app = open();
        let there = count(&app);
        // All of it or nothing: three records, and one thread with one work item and one check.
        let taken = there.1 - flagged;
        assert!(taken == 0 || taken == 1, "cut {n}: {there:?}");
        assert_eq!(there, (observed + 3 * there.1, there.1, there.1, there.1), "cut {n}");
        let whole = said.as_ref().is_ok_and(|summary| summary.rejected.is_empty());
        assert!(!whole || taken == 1, "cut {n}: what was acknowledged is lost");
        acknowledged += u64::from(whole);
        *(if taken == 1 { &mut kept } else { &mut lost }) += 1;
        // The same again, twice: exactly one.
        for _ in 0..2 {
            let again = bring(&app, n).unwrap();
            assert!(again.rejected.is_empty(), "cut {n}: {:?}", again.rejected);
            let all = flagged + 1;
            assert_eq!(count(&app), (observed + 3 * all, all, all, all), "cut {n}");
        }
    }
    println!("{CUTS} cuts: {lost} imports gone, {kept} there, {acknowledged} of them acknowledged");
    assert!(lost > 5 && kept > 5, "the power failed on one side of the commit only: {lost} {kept}");
    let findings = app::verify::run(&app, |_| {}).unwrap().findings;
    assert!(findings.is_empty(), "{findings:?}");
}
