//! The executor's promises, on both engines.

use std::sync::{Arc, Barrier};
use std::thread;

use domain::ids::{Id as _, ThreadId};
use domain::time::Timestamp;
use store::db::{DbError, Engine, Row, Value};
use store::migrate::{MigrateError, MigrationFile, MigrationSet, migrate, pending};
use store::migrations::RECORD;
use store::sql;

use crate::support::{count, get, make_table, on_each, put};

#[test]
fn values_come_back_as_they_went_in() {
    on_each(|test| {
        make_table(&test.db);
        test.db
            .write(|tx| {
                tx.execute_one(
                    sql!("INSERT INTO counter (b, name, f, n) VALUES ($4, $1, $3, $2)"),
                    &[&"it's $1", &i64::MIN, &true, &[0_u8, 255].as_slice()],
                )?;
                tx.execute_one(
                    sql!("INSERT INTO counter (name, n, b, f) VALUES ($1, $2, $3, $4)"),
                    &[&"null", &0_i64, &None::<Vec<u8>>, &None::<bool>],
                )
            })
            .unwrap();
        let rows = test
            .db
            .read(|tx| {
                tx.query(
                    sql!("SELECT name, n, b, f, '$9' FROM counter WHERE n <= $1 ORDER BY name"),
                    &[&5_i64],
                )
            })
            .unwrap();
        assert_eq!(rows[0].get::<String>(0).unwrap(), "it's $1");
        assert_eq!(rows[0].get::<i64>(1).unwrap(), i64::MIN);
        assert_eq!(rows[0].get::<[u8; 2]>(2).unwrap(), [0, 255]);
        assert!(rows[0].get::<bool>(3).unwrap());
        assert_eq!(rows[0].get::<String>(4).unwrap(), "$9");
        assert_eq!(rows[1].get::<Value>(2).unwrap(), Value::Null);
        assert_eq!(rows[1].get::<Option<bool>>(3).unwrap(), None);
        assert!(matches!(rows[1].get::<bool>(3), Err(DbError::Decode(_))));
        assert!(matches!(rows[1].get::<i64>(9), Err(DbError::Decode(_))));
    });
}

#[test]
fn ids_and_times_bind_as_uuids_and_micros() {
    on_each(|test| {
        let id = |tail: &str| ThreadId::parse(&format!("018f2c5e-7b00-7000-8000-{tail}")).unwrap();
        let (early, late) = (id("00000000000a"), id("0000000000ff"));
        let at = Timestamp::from_seconds(1_795_342_500);
        test.db
            .write(move |tx| {
                let create = sql!("CREATE TABLE thing (id UUID PRIMARY KEY, at BIGINT, of UUID)");
                tx.execute(create, &[])?;
                for id in [late, early] {
                    let add = sql!("INSERT INTO thing (id, at, of) VALUES ($1, $2, $3)");
                    tx.execute_one(add, &[&id, &at, &None::<ThreadId>])?;
                }
                Ok::<_, DbError>(())
            })
            .unwrap();
        let rows = test.db.read(move |tx| {
            let after = sql!("SELECT id, at, of FROM thing WHERE id >= $1 ORDER BY id");
            tx.query(after, &[&early])
        });
        let rows: Vec<Row> = rows.unwrap();
        let ids: Vec<ThreadId> = rows.iter().map(|row| row.get(0).unwrap()).collect();
        assert_eq!(ids, [early, late], "ids sort by their bytes, which are in order of time");
        assert_eq!(rows[0].get::<Timestamp>(1).unwrap(), at);
        assert_eq!(rows[0].get::<Option<ThreadId>>(2).unwrap(), None);
        assert!(matches!(rows[0].get::<ThreadId>(1), Err(DbError::Decode(_))));
    });
}

#[test]
fn refusals_are_told_apart_alike_on_both() {
    on_each(|test| {
        make_table(&test.db);
        test.db.write(|tx| put(tx, "a", 1)).unwrap();
        let again = test.db.write(|tx| put(tx, "a", 2));
        assert_eq!(again, Err(DbError::Conflict("counter.name".to_owned())));
        let none = test.db.write(|tx| {
            tx.execute_one(sql!("UPDATE counter SET n = $2 WHERE name = $1"), &[&"b", &1_i64])
        });
        assert_eq!(none, Err(DbError::RowCount { found: 0 }));
        let missing = test
            .db
            .read(|tx| tx.query_one(sql!("SELECT n FROM counter WHERE name = $1"), &[&"b"]))
            .map(|_| ());
        assert_eq!(missing, Err(DbError::NotFound));
        let null = test.db.write(|tx| {
            tx.execute(sql!("INSERT INTO counter (name, n) VALUES ($1, $2)"), &[&"c", &None::<i64>])
        });
        assert!(matches!(null, Err(DbError::Other(_))));
        let nul = test.db.write(|tx| put(tx, "a\0b", 1));
        assert!(matches!(nul, Err(DbError::Other(_))));
        let few = test.db.read(|tx| {
            tx.query(sql!("SELECT n FROM counter WHERE name = $1 AND n = $2"), &[&"a"]).map(|_| ())
        });
        assert!(matches!(few, Err(DbError::Other(_))));
        assert_eq!(count(&test.db), 1);
    });
}

#[test]
fn an_error_undoes_the_whole_operation_and_no_other() {
    on_each(|test| {
        make_table(&test.db);
        test.db.write(|tx| put(tx, "kept", 1)).unwrap();
        let refused: Result<(), DbError> = test.db.write(|tx| {
            put(tx, "undone", 2)?;
            Err(DbError::NotFound)
        });
        assert_eq!(refused, Err(DbError::NotFound));
        // A closure that swallows a statement's error cannot commit what came before it.
        let swallowed: Result<(), DbError> = test.db.write(|tx| {
            put(tx, "undone too", 3)?;
            let _ = put(tx, "kept", 4);
            Ok(())
        });
        assert_eq!(swallowed, Err(DbError::Conflict("counter.name".to_owned())));
        assert_eq!(count(&test.db), 1);
    });
}

#[test]
fn a_panic_ends_only_its_own_operation() {
    on_each(|test| {
        make_table(&test.db);
        let start = Arc::new(Barrier::new(9));
        let writers: Vec<_> = (0..9_i64)
            .map(|n| {
                let (db, start) = (test.db.clone(), Arc::clone(&start));
                thread::spawn(move || {
                    start.wait();
                    db.write(move |tx| {
                        put(tx, &n.to_string(), n)?;
                        assert!(n != 4, "number four falls over");
                        Ok::<_, DbError>(())
                    })
                })
            })
            .collect();
        let outcomes: Vec<_> = writers.into_iter().map(|w| w.join().unwrap()).collect();
        for (n, outcome) in outcomes.iter().enumerate() {
            assert_eq!(outcome.is_err(), n == 4, "{n}: {outcome:?}");
        }
        assert_eq!(count(&test.db), 8);
        let panicked = test.db.read(|_| -> Result<(), DbError> { panic!("while reading") });
        assert!(matches!(panicked, Err(DbError::Other(_))));
        assert_eq!(count(&test.db), 8);
    });
}

#[test]
fn a_read_sees_one_snapshot_and_cannot_write() {
    on_each(|test| {
        make_table(&test.db);
        test.db.write(|tx| put(tx, "a", 1)).unwrap();
        let writer = test.db.clone();
        let seen = test
            .db
            .read(move |tx| {
                let before = get(tx, "a")?;
                let db = writer.clone();
                thread::spawn(move || {
                    db.write(|tx| {
                        tx.execute_one(sql!("UPDATE counter SET n = 2 WHERE name = 'a'"), &[])
                    })
                })
                .join()
                .unwrap()?;
                Ok::<_, DbError>((before, get(tx, "a")?))
            })
            .unwrap();
        assert_eq!(seen, (Some(1), Some(1)));
        assert_eq!(test.db.read(|tx| get(tx, "a")).unwrap(), Some(2));
        let refused = test.db.read(|tx| put(tx, "b", 1));
        assert!(matches!(refused, Err(DbError::Other(_))), "{refused:?}");
        assert_eq!(count(&test.db), 1);
    });
}

#[test]
fn no_update_is_lost_between_many_writers() {
    on_each(|test| {
        make_table(&test.db);
        test.db.write(|tx| put(tx, "a", 0)).unwrap();
        let writers: Vec<_> = (0..8)
            .map(|_| {
                let db = test.db.clone();
                thread::spawn(move || {
                    for _ in 0..20 {
                        db.write(|tx| {
                            // Read, think, write: what a weaker isolation would lose.
                            let n = get(tx, "a")?.ok_or(DbError::NotFound)?;
                            tx.execute_one(
                                sql!("UPDATE counter SET n = $2 WHERE name = $1"),
                                &[&"a", &(n + 1)],
                            )
                        })
                        .unwrap();
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.join().unwrap();
        }
        assert_eq!(test.db.read(|tx| get(tx, "a")).unwrap(), Some(160));
    });
}

#[test]
fn a_write_inside_a_write_is_refused_on_sqlite() {
    on_each(|test| {
        if test.engine() == Engine::Sqlite {
            make_table(&test.db);
            let inner = test.db.clone();
            let refused = test.db.write(move |_| inner.write(|tx| put(tx, "a", 1)));
            assert!(matches!(refused, Err(DbError::Other(_))));
        }
    });
}

const FIRST: MigrationFile = MigrationFile {
    number: 1,
    name: "first",
    text: "CREATE TABLE a (b TEXT NOT NULL DEFAULT 'x;y'); -- a comment; with a stop\n\
           INSERT INTO a (b) VALUES (';');",
};

const SECOND: MigrationFile =
    MigrationFile { number: 2, name: "second", text: "CREATE TABLE c (d BIGINT);" };

#[test]
fn migrations_apply_once_in_order_and_notice_changes() {
    const ONE: MigrationSet = MigrationSet { name: "test", files: &[FIRST] };
    const BOTH: MigrationSet = MigrationSet { name: "test", files: &[FIRST, SECOND] };
    const EDITED: MigrationSet = MigrationSet {
        name: "test",
        files: &[MigrationFile { text: "CREATE TABLE z (b TEXT);", ..FIRST }, SECOND],
    };
    const BROKEN: MigrationSet = MigrationSet {
        name: "test",
        files: &[
            FIRST,
            SECOND,
            MigrationFile {
                number: 3,
                name: "broken",
                text: "CREATE TABLE e (f BIGINT); CREATE TABLE c (d BIGINT);",
            },
        ],
    };
    on_each(|test| {
        let now = Timestamp::from_seconds(1_795_342_500);
        assert_eq!(pending(&test.db, ONE).unwrap().len(), 1);
        assert_eq!(migrate(&test.db, ONE, now).unwrap().len(), 1);
        assert_eq!(migrate(&test.db, ONE, now).unwrap().len(), 0);
        assert_eq!(pending(&test.db, BOTH).unwrap().len(), 1);
        let nodes: Vec<_> = (0..3)
            .map(|_| {
                let db = test.db.clone();
                thread::spawn(move || migrate(&db, BOTH, now).unwrap().len())
            })
            .collect();
        let applied: usize = nodes.into_iter().map(|node| node.join().unwrap()).sum();
        assert_eq!(applied, 1, "three nodes at once apply it once");
        let edited = MigrateError::Changed { number: 1, name: "first".to_owned() };
        assert_eq!(migrate(&test.db, EDITED, now).unwrap_err(), edited);
        let newer = MigrateError::Newer { found: 2, known: 1 };
        assert_eq!(pending(&test.db, ONE).unwrap_err(), newer);
        let broken = migrate(&test.db, BROKEN, now).unwrap_err();
        assert!(matches!(broken, MigrateError::Statement { number: 3, statement: 2, .. }));
        // Nothing of the broken file stayed.
        let half = test.db.read(|tx| tx.query(sql!("SELECT f FROM e"), &[]).map(|_| ()));
        assert!(matches!(half, Err(DbError::Other(_))));
        let text = test
            .db
            .read(|tx| tx.query_one(sql!("SELECT b FROM a"), &[])?.get::<String>(0))
            .unwrap();
        assert_eq!(text, ";");
    });
}

#[test]
fn the_record_migrates_on_both_and_every_file_of_the_folder_is_listed() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let listed: Vec<String> =
        RECORD.files.iter().map(|file| format!("{:04}_{}.sql", file.number, file.name)).collect();
    assert_eq!(names, listed);
    on_each(|test| {
        let now = Timestamp::from_seconds(1_795_342_500);
        assert_eq!(migrate(&test.db, RECORD, now).unwrap().len(), listed.len());
        assert_eq!(pending(&test.db, RECORD).unwrap().len(), 0);
    });
}
