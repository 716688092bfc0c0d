//! Copies of a PostgreSQL database in use, their restore, and what is refused.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use super::*;
use crate::migrate::{MigrationFile, migrate};
use crate::migrations::{KEYS, RECORD};
use crate::sql;
use crate::testing::TestDb;

const FILES: [MigrationFile; 2] = [
    MigrationFile {
        number: 1,
        name: "first",
        text: "-- A comment; with a word.\nCREATE TABLE parent (id BIGINT PRIMARY KEY, \
               up BIGINT REFERENCES parent (id), word TEXT, raw BYTEA);\n\
               CREATE TABLE child (parent_id BIGINT NOT NULL REFERENCES parent (id), ok BOOLEAN);\n\
               CREATE TABLE counter (name TEXT PRIMARY KEY, value BIGINT NOT NULL);\n\
               INSERT INTO counter (name, value) VALUES ('pairs', 0);",
    },
    MigrationFile { number: 2, name: "second", text: "CREATE TABLE later (id UUID PRIMARY KEY);" },
];
const OLD: MigrationSet = MigrationSet { name: "test", files: &[FILES[0]] };
const NEW: MigrationSet = MigrationSet { name: "test", files: &FILES };
const NOW: Timestamp = Timestamp::from_micros(1);

struct Place {
    folder: tempfile::TempDir,
    from: TestDb,
}

/// A filled database, or nothing where there is no PostgreSQL.
fn place() -> Option<Place> {
    let from = TestDb::postgres()?;
    migrate(&from.db, OLD, NOW).unwrap();
    from.db.write(|tx| pair(tx, 1)).unwrap();
    Some(Place { folder: tempfile::tempdir().unwrap(), from })
}

/// Two parents that refer to each other's kind, their child, and the count of pairs.
fn pair(tx: &mut Tx<'_>, id: i64) -> Result<(), DbError> {
    // The first refers to the second, which comes later in the table.
    tx.execute_one(
        sql!("INSERT INTO parent (id, word, raw) VALUES ($1, $2, $3)"),
        &[&(id * 2), &"tab\t, line\n, \\N, and ü", &vec![0_u8; 300_000].as_slice()],
    )?;
    tx.execute_one(sql!("INSERT INTO parent (id) VALUES ($1)"), &[&(id * 2 + 1)])?;
    tx.execute_one(sql!("UPDATE parent SET up = id + 1 WHERE id = $1"), &[&(id * 2)])?;
    tx.execute_one(sql!("INSERT INTO child (parent_id, ok) VALUES ($1, TRUE)"), &[&(id * 2)])?;
    tx.execute_one(sql!("UPDATE counter SET value = value + 1 WHERE name = 'pairs'"), &[])
}

impl Place {
    fn copy(&self, name: &str) -> PathBuf {
        let to = self.folder.path().join(name);
        let mut last = (0, 1);
        let schema = copy_postgres(&self.from.db, OLD, &to, |done, all| last = (done, all));
        assert_eq!(schema.unwrap(), 1);
        assert_eq!(last.0, last.1);
        to
    }
}

/// Pairs as the counter says, parents and children.
fn counts(db: &Db) -> (i64, i64, i64) {
    let text = sql!(
        "SELECT (SELECT value FROM counter WHERE name = 'pairs'), (SELECT count(*) FROM parent), \
         (SELECT count(*) FROM child)"
    );
    let row = db.read(|tx| tx.query_one(text, &[])).unwrap();
    (row.get(0).unwrap(), row.get(1).unwrap(), row.get(2).unwrap())
}

fn restored(from: &Path, set: MigrationSet) -> (TestDb, Result<(), CopyError>) {
    let to = TestDb::postgres().unwrap();
    let outcome = load_postgres(&to.db, set, from, NOW, |_, _| {}, &mut || Ok(()));
    (to, outcome)
}

#[test]
fn a_copy_of_a_busy_database_is_one_moment_and_comes_back() {
    let Some(place) = place() else { return };
    let stop = AtomicBool::new(false);
    let copies: Vec<PathBuf> = std::thread::scope(|scope| {
        let (db, stop) = (&place.from.db, &stop);
        scope.spawn(move || {
            for n in 2.. {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                db.write(move |tx| pair(tx, n)).unwrap();
            }
        });
        let copies = (0..4).map(|n| place.copy(&format!("copy-{n}"))).collect();
        stop.store(true, Ordering::Relaxed);
        copies
    });
    for copy in copies {
        assert_eq!(check_postgres(&copy, OLD).unwrap(), 1);
        let (to, outcome) = restored(&copy, OLD);
        outcome.unwrap();
        let (pairs, parents, children) = counts(&to.db);
        assert!(pairs >= 1 && parents == pairs * 2 && children == pairs, "{pairs} {parents}");
        let text = sql!("SELECT word FROM parent WHERE id = 2 AND up = 3 AND length(raw) = 300000");
        let word: String = to.db.read(|tx| tx.query_one(text, &[])?.get(0)).unwrap();
        assert_eq!(word, "tab\t, line\n, \\N, and ü");
        assert!(to.db.write(|tx| pair(tx, 1)).is_err(), "the constraints are in force");
        assert!(migrate(&to.db, OLD, NOW).unwrap().is_empty());
    }
}

#[test]
fn an_older_copy_comes_back_at_its_own_migration() {
    let Some(place) = place() else { return };
    let copy = place.copy("old");
    let (to, outcome) = restored(&copy, NEW);
    outcome.unwrap();
    assert_eq!(counts(&to.db), (1, 2, 1));
    assert_eq!(migrate(&to.db, NEW, NOW).unwrap().len(), 1);
}

#[test]
fn what_is_refused_changes_nothing() {
    let Some(place) = place() else { return };
    let whole = place.copy("whole");
    let bytes = std::fs::read(&whole).unwrap();
    let damaged = place.folder.path().join("damaged");
    for cut in [4, 11, 40, bytes.len() / 2, bytes.len() - 20, bytes.len() - 1] {
        std::fs::write(&damaged, &bytes[..cut]).unwrap();
        assert!(check_postgres(&damaged, OLD).is_err(), "cut at {cut}");
        let (to, outcome) = restored(&damaged, OLD);
        assert!(outcome.is_err(), "cut at {cut}");
        insist_on_empty(&to.db).unwrap();
    }
    // A row less than was counted.
    let mut fewer = bytes.clone();
    let last = fewer.len() - END.len() - 1;
    fewer[last] += 1;
    std::fs::write(&damaged, &fewer).unwrap();
    let (to, outcome) = restored(&damaged, OLD);
    assert!(outcome.unwrap_err().to_string().contains("rows and not"));
    insist_on_empty(&to.db).unwrap();
    // Another program's tables.
    let (to, outcome) = restored(&whole, RECORD);
    assert!(outcome.unwrap_err().to_string().contains("was changed"));
    insist_on_empty(&to.db).unwrap();
    // A refusal at the last moment.
    let mut late = || Err("no room for the keys".to_owned());
    let outcome = load_postgres(&to.db, OLD, &whole, NOW, |_, _| {}, &mut late);
    assert!(outcome.unwrap_err().to_string().contains("no room"));
    insist_on_empty(&to.db).unwrap();
    // A database that is not empty.
    load_postgres(&to.db, OLD, &whole, NOW, |_, _| {}, &mut || Ok(())).unwrap();
    to.db.write(|tx| pair(tx, 9)).unwrap();
    let outcome = load_postgres(&to.db, OLD, &whole, NOW, |_, _| {}, &mut || Ok(()));
    assert!(outcome.unwrap_err().to_string().contains("CREATE DATABASE"));
    assert_eq!(counts(&to.db), (2, 4, 2));
    // A database of nothing has no copy.
    let none = TestDb::postgres().unwrap();
    let outcome = copy_postgres(&none.db, OLD, &place.folder.path().join("none"), |_, _| {});
    assert!(outcome.unwrap_err().to_string().contains("no tables yet"));
}

#[test]
fn the_tables_of_the_migrations_are_those_of_the_database() {
    for set in [RECORD, KEYS] {
        let Some(db) = TestDb::postgres() else { return };
        migrate(&db.db, set, NOW).unwrap();
        let names = db.db.read(|tx| {
            let shapes = tx.table_shapes()?.into_iter().map(|shape| shape.name);
            Ok::<_, DbError>(shapes.filter(|name| name != "migration").collect::<Vec<_>>())
        });
        let mut listed = migrate::tables(set, i64::MAX);
        listed.sort_unstable();
        assert_eq!(names.unwrap(), listed, "{}", set.name);
    }
}
