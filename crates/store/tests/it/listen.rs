//! What one node tells, another hears, through a lost connection too.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use store::db::{Db, DbError};
use store::sql;

use crate::support::TestDb;

fn wait_for(count: &AtomicUsize, least: usize) {
    let since = Instant::now();
    while count.load(Ordering::SeqCst) < least {
        assert!(since.elapsed() < Duration::from_secs(15), "heard {count:?} of {least}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn another_node_hears_and_finds_its_way_back() {
    let Some(test) = TestDb::postgres() else { return };
    let other = Db::open(test.config().clone()).unwrap();
    let count = Arc::new(AtomicUsize::new(0));
    let heard = Arc::clone(&count);
    let listening = other.listen("tidings_test", move || {
        heard.fetch_add(1, Ordering::SeqCst);
    });
    assert!(listening.is_some());
    wait_for(&count, 1);
    test.db.write(|tx| tx.notify("tidings_test", "")).unwrap();
    wait_for(&count, 2);
    // What is undone is not told.
    let undone: Result<(), DbError> = test.db.write(|tx| {
        tx.notify("tidings_test", "")?;
        Err(DbError::NotFound)
    });
    assert_eq!(undone, Err(DbError::NotFound));
    let ended = test.db.read(|tx| {
        let all = sql!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND query LIKE 'LISTEN%'"
        );
        tx.query(all, &[]).map(|rows| rows.len())
    });
    assert_eq!(ended.unwrap(), 1);
    wait_for(&count, 3);
    test.db.write(|tx| tx.notify("tidings_test", "")).unwrap();
    wait_for(&count, 4);
    drop(listening);
    assert!(TestDb::sqlite().db.listen("tidings_test", || {}).is_none(), "it has no other nodes");
}
