//! Group commit, watched through a disk whose syncs can be made to wait.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use faults::Disk;
use store::db::{Db, DbConfig, DbError, SqliteConfig};

use crate::support::{count, get, make_table, put};

fn open(name: &str, queue_max: usize) -> (Disk, Db) {
    let disk = Disk::new(name);
    let mut config = SqliteConfig::new("record.db");
    config.vfs = Some(name.to_owned());
    config.readers = 1;
    config.queue_max = queue_max;
    let db = Db::open(DbConfig::Sqlite(config)).unwrap();
    make_table(&db);
    (disk, db)
}

/// Starts a write whose outcome is put into the list when it is answered.
fn start<T: Send + 'static>(
    db: &Db,
    answers: &Arc<Mutex<Vec<Result<T, DbError>>>>,
    f: impl Fn(&mut store::db::Tx<'_>) -> Result<T, DbError> + Send + 'static,
) -> thread::JoinHandle<()> {
    let (db, answers) = (db.clone(), Arc::clone(answers));
    thread::spawn(move || {
        let answer = db.write(f);
        answers.lock().unwrap().push(answer);
    })
}

fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let started = Instant::now();
    while !condition() {
        assert!(started.elapsed() < Duration::from_secs(20), "waited too long for {what}");
        thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn every_outcome_waits_for_the_sync_refusals_too() {
    let (disk, db) = open("held", 64);
    let answers = Arc::new(Mutex::new(Vec::new()));
    let ran = Arc::new(AtomicU32::new(0));
    let held = disk.hold_syncs();
    // The first fills the writer; the two behind it form the next group together.
    let mut clients = vec![start(&db, &answers, |tx| put(tx, "first", 1).map(|()| 1))];
    wait_until("the first to reach the disk", || disk.waiting_syncs() == 1);
    for name in ["second", "third"] {
        let ran = Arc::clone(&ran);
        clients.push(start(&db, &answers, move |tx| {
            ran.fetch_add(1, Ordering::SeqCst);
            match get(tx, "seen")? {
                // Whoever comes second is refused because of what the other has not yet committed.
                Some(_) => Err(DbError::NotFound),
                None => put(tx, "seen", 2).map(|()| i64::try_from(name.len()).unwrap_or(0)),
            }
        }));
    }
    thread::sleep(Duration::from_millis(100));
    assert_eq!(answers.lock().unwrap().len(), 0, "answered before the sync");
    assert_eq!(count(&db), 0, "visible before the commit");
    drop(held);
    for client in clients {
        client.join().unwrap();
    }
    assert_eq!(ran.load(Ordering::SeqCst), 2);
    let answers = answers.lock().unwrap();
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 2);
    assert_eq!(answers.iter().filter(|a| **a == Err(DbError::NotFound)).count(), 1);
    assert_eq!(count(&db), 2);
}

#[test]
fn many_waiting_operations_share_one_sync() {
    let (disk, db) = open("shared", 256);
    let answers = Arc::new(Mutex::new(Vec::new()));
    let held = disk.hold_syncs();
    let first = start(&db, &answers, |tx| put(tx, "first", 1));
    wait_until("the first to reach the disk", || disk.waiting_syncs() == 1);
    let clients: Vec<_> =
        (0..60_i64).map(|n| start(&db, &answers, move |tx| put(tx, &n.to_string(), n))).collect();
    // All are in the queue by now.
    thread::sleep(Duration::from_millis(300));
    let before = disk.syncs();
    drop(held);
    for client in clients {
        client.join().unwrap();
    }
    assert!(answers.lock().unwrap().iter().all(Result::is_ok));
    let syncs = disk.syncs() - before;
    first.join().unwrap();
    assert!(syncs <= 12, "60 operations took {syncs} syncs");
    assert_eq!(count(&db), 61);
}

#[test]
fn who_refuses_after_writing_undoes_only_itself() {
    let (disk, db) = open("undone", 256);
    let answers = Arc::new(Mutex::new(Vec::new()));
    let held = disk.hold_syncs();
    let first = start(&db, &answers, |tx| put(tx, "first", 1));
    wait_until("the first to reach the disk", || disk.waiting_syncs() == 1);
    let clients: Vec<_> = (0..12_i64)
        .map(|n| {
            start(&db, &answers, move |tx| {
                put(tx, &n.to_string(), n)?;
                match n % 4 {
                    0 => Err(DbError::NotFound),
                    1 => panic!("in operation {n}"),
                    _ => Ok(()),
                }
            })
        })
        .collect();
    // All are in the queue by now.
    thread::sleep(Duration::from_millis(300));
    drop(held);
    for client in clients.into_iter().chain([first]) {
        client.join().unwrap();
    }
    let answers = answers.lock().unwrap();
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 7);
    assert_eq!(answers.iter().filter(|a| **a == Err(DbError::NotFound)).count(), 3);
    assert_eq!(count(&db), 7);
    db.read(|tx| {
        for n in 0..12_i64 {
            let kept = get(tx, &n.to_string())?;
            assert_eq!(kept.is_some(), n % 4 > 1, "{n}");
        }
        Ok::<_, DbError>(())
    })
    .unwrap();
    // Alone in its group.
    assert_eq!(
        db.write(|tx| put(tx, "alone", 1).and(Err::<(), _>(DbError::NotFound))),
        Err(DbError::NotFound)
    );
    assert_eq!(count(&db), 7);
}

#[test]
fn a_full_queue_refuses_at_once() {
    let (disk, db) = open("crowded", 3);
    let answers = Arc::new(Mutex::new(Vec::new()));
    let held = disk.hold_syncs();
    let first = start(&db, &answers, |tx| put(tx, "first", 1));
    wait_until("the first to reach the disk", || disk.waiting_syncs() == 1);
    let clients: Vec<_> =
        (0..40_i64).map(|n| start(&db, &answers, move |tx| put(tx, &n.to_string(), n))).collect();
    // One is at the disk and three wait; all others are told without delay.
    wait_until("refusals", || answers.lock().unwrap().len() == 37);
    let started = Instant::now();
    let refused = db.write(|tx| put(tx, "late", 0));
    assert_eq!(refused, Err(DbError::Unavailable));
    assert!(started.elapsed() < Duration::from_millis(500));
    assert!(answers.lock().unwrap().iter().all(|a| *a == Err(DbError::Unavailable)));
    drop(held);
    first.join().unwrap();
    for client in clients {
        client.join().unwrap();
    }
    let answers = answers.lock().unwrap();
    let kept = answers.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!(kept, 4);
    assert_eq!(usize::try_from(count(&db)).unwrap(), kept);
}
