//! Consistent copies of databases while they are in use, and the examination of a copy.
//!
//! A copy is one read transaction's view: SQLite's backup interface runs on a connection that holds
//! a snapshot, so writers go on and the copy never starts over; [`postgres`] copies table by table
//! in one snapshot. Deliberately absent: encryption (the caller's).

pub mod postgres;

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags, OptionalExtension as _};

use crate::db::DbError;

/// Pages copied between two calls of `progress`.
const STEP_PAGES: i32 = 4096;

/// Copies the SQLite database at `from`, which may be in use, to the new file `to` (mode 0600),
/// and syncs it. `progress` hears pages done and pages in all. Returns the number of the newest
/// migration in the copy.
///
/// # Errors
/// [`DbError::Unavailable`] when either file cannot be opened, [`DbError::Full`] when the disk is
/// full, [`DbError::Other`] when the database is damaged or `to` exists.
pub fn copy_sqlite(
    from: &Path,
    to: &Path,
    mut progress: impl FnMut(u64, u64),
) -> Result<i64, DbError> {
    let source = open(from)?;
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(to)
        .map_err(|error| DbError::other(format!("cannot create the copy: {error}")))?;
    let mut target = Connection::open_with_flags(
        to,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
    .map_err(failed)?;
    // The snapshot that keeps the copy from starting over at each commit of the server.
    source.execute_batch("BEGIN").map_err(failed)?;
    source.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(())).map_err(failed)?;
    {
        let backup = Backup::new(&source, &mut target).map_err(failed)?;
        loop {
            let step = backup.step(STEP_PAGES).map_err(failed)?;
            let at = backup.progress();
            let all = u64::try_from(at.pagecount).unwrap_or(0);
            progress(all.saturating_sub(u64::try_from(at.remaining).unwrap_or(0)), all);
            match step {
                StepResult::Done => break,
                StepResult::More => {}
                _ => std::thread::sleep(std::time::Duration::from_millis(20)),
            }
        }
    }
    source.execute_batch("COMMIT").map_err(failed)?;
    // A copy is one file: the server turns the write-ahead log on again when it opens it.
    target.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(())).map_err(failed)?;
    let migration = newest_migration(&target)?;
    target.close().map_err(|(_, error)| failed(error))?;
    std::fs::File::open(to)
        .and_then(|file| file.sync_all())
        .map_err(|error| DbError::other(format!("cannot sync the copy: {error}")))?;
    Ok(migration)
}

/// Reads the whole SQLite database at `file` and returns the number of its newest migration.
///
/// # Errors
/// [`DbError::Other`] when SQLite finds damage, with SQLite's first words about it.
pub fn check_sqlite(file: &Path) -> Result<i64, DbError> {
    let connection = open(file)?;
    let verdict: String =
        connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(failed)?;
    if verdict != "ok" {
        return Err(DbError::other(format!("the database is damaged: {verdict}")));
    }
    newest_migration(&connection)
}

fn open(file: &Path) -> Result<Connection, DbError> {
    let connection = Connection::open_with_flags(
        file,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
    .map_err(failed)?;
    connection.busy_timeout(std::time::Duration::from_secs(10)).map_err(failed)?;
    Ok(connection)
}

fn newest_migration(connection: &Connection) -> Result<i64, DbError> {
    let exists: Option<i64> = connection
        .query_row(
            "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migration'",
            [],
            |row| row.get(0),
        )
        .optional()
        .map_err(failed)?;
    if exists.is_none() {
        return Ok(0);
    }
    connection
        .query_row("SELECT coalesce(max(number), 0) FROM migration", [], |row| row.get(0))
        .map_err(failed)
}

fn failed(error: rusqlite::Error) -> DbError {
    use rusqlite::ErrorCode;
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => DbError::Full,
        Some(ErrorCode::CannotOpen | ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            DbError::Unavailable
        }
        // SQLite's own words hold no row content here: no statement with data is run.
        _ => DbError::other(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{Db, DbConfig, SqliteConfig};
    use crate::sql;

    #[test]
    fn a_copy_of_a_busy_database_is_whole_and_one_moment() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("busy.db");
        let db = Db::open(DbConfig::Sqlite(SqliteConfig::new(&path))).unwrap();
        db.write(|tx| tx.execute(sql!("CREATE TABLE pair (a BIGINT, b BIGINT)"), &[])).unwrap();
        let stop = std::sync::atomic::AtomicBool::new(false);
        let copies = std::thread::scope(|scope| {
            scope.spawn(|| {
                while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                    db.write(|tx| {
                        for _ in 0..50 {
                            tx.execute(sql!("INSERT INTO pair (a, b) VALUES (1, 1)"), &[])?;
                        }
                        Ok::<_, DbError>(())
                    })
                    .unwrap();
                }
            });
            let copies: Vec<_> = (0..5)
                .map(|n| {
                    let to = folder.path().join(format!("copy-{n}.db"));
                    let mut last = (0, 0);
                    copy_sqlite(&path, &to, |done, all| last = (done, all)).unwrap();
                    assert!(last.0 == last.1 && last.1 > 0);
                    to
                })
                .collect();
            stop.store(true, std::sync::atomic::Ordering::Relaxed);
            copies
        });
        for copy in copies {
            check_sqlite(&copy).unwrap();
            let rows: i64 = Connection::open(&copy)
                .unwrap()
                .query_row("SELECT count(*) FROM pair", [], |row| row.get(0))
                .unwrap();
            assert_eq!(rows % 50, 0, "half a transaction was copied");
            assert!(!copy.with_extension("db-wal").exists());
        }
    }

    #[test]
    fn damage_and_existing_targets_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("whole.db");
        let connection = Connection::open(&path).unwrap();
        connection
            .execute_batch(
                "CREATE TABLE t (a TEXT); CREATE INDEX i ON t (a);
                 WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 3000)
                 INSERT INTO t SELECT 'row ' || x FROM n;",
            )
            .unwrap();
        drop(connection);
        assert_eq!(check_sqlite(&path).unwrap(), 0);
        assert!(copy_sqlite(&path, &path, |_, _| {}).is_err());
        let mut bytes = std::fs::read(&path).unwrap();
        let middle = bytes.len() / 2 / 4096 * 4096;
        bytes[middle..middle + 64].fill(0xAA);
        std::fs::write(&path, bytes).unwrap();
        assert!(check_sqlite(&path).is_err());
        assert!(check_sqlite(&folder.path().join("none.db")).is_err());
    }
}
