//! What this machine's disk and SQLite can do at best, in the minute it is asked.
//!
//! `limits DIR [SECONDS]` prints one JSON object: the median of an append with fdatasync (ms), rows
//! per second at 1, 16 and 64 one-row statements a commit, and sends per second (four statements:
//! thread counter, inbox row, message, audit) at 1, 16 and 64 sends a commit: the group-commit
//! limit. One thread, WAL, synchronous FULL.

use rusqlite::{Connection, params};
use serde_json::json;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

type Failure = Box<dyn std::error::Error>;

const SCHEMA: &str = "
CREATE TABLE row (id TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE thread (id TEXT PRIMARY KEY, last_seq INTEGER NOT NULL, last_at INTEGER NOT NULL);
CREATE TABLE inbox_row (party TEXT NOT NULL, thread TEXT NOT NULL, last_seq INTEGER NOT NULL, preview TEXT NOT NULL, PRIMARY KEY (party, thread));
CREATE TABLE message (id TEXT PRIMARY KEY, thread TEXT NOT NULL, seq INTEGER NOT NULL, body TEXT NOT NULL, UNIQUE (thread, seq));
CREATE TABLE audit (id TEXT PRIMARY KEY, at INTEGER NOT NULL, object TEXT NOT NULL);
";
const THREADS: i64 = 1_000;
const COMMIT_SIZES: [i64; 3] = [1, 16, 64];

fn key(n: i64) -> String {
    format!("{:016x}-{n:016x}", 0x0019_b000_0000_i64)
}

/// The median time of appending 4 KiB and having it on the disk, in milliseconds.
fn append_p50_ms(dir: &Path, length: Duration) -> Result<f64, Failure> {
    let path = dir.join("append");
    let mut file = File::create(&path)?;
    let (block, began) = ([7_u8; 4096], Instant::now());
    let mut times = Vec::new();
    while began.elapsed() < length || times.len() < 10 {
        let one = Instant::now();
        file.write_all(&block)?;
        file.sync_data()?;
        times.push(one.elapsed());
    }
    fs::remove_file(path)?;
    times.sort_unstable();
    Ok(times[times.len() / 2].as_secs_f64() * 1_000.0)
}

fn insert_row(db: &Connection, n: i64, body: &str) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT INTO row (id, body) VALUES (?1, ?2)")?
        .execute(params![key(n), body])?;
    Ok(())
}

fn insert_send(db: &Connection, n: i64, body: &str) -> rusqlite::Result<()> {
    let (id, thread) = (key(n), key(n.wrapping_mul(7_919) % THREADS));
    let seq: i64 = db
        .prepare_cached("UPDATE thread SET last_seq = last_seq + 1, last_at = ?2 WHERE id = ?1 RETURNING last_seq")?
        .query_row(params![thread, n], |r| r.get(0))?;
    db.prepare_cached(
        "UPDATE inbox_row SET last_seq = ?2, preview = ?3 WHERE party = 'p' AND thread = ?1",
    )?
    .execute(params![thread, seq, &body[..80]])?;
    db.prepare_cached("INSERT INTO message (id, thread, seq, body) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![id, thread, seq, body])?;
    db.prepare_cached("INSERT INTO audit (id, at, object) VALUES (?1, ?2, ?3)")?
        .execute(params![id, n, thread])?;
    Ok(())
}

/// How many operations a second are durable when `per_commit` of them share a commit.
fn per_second(
    db: &mut Connection,
    from: &mut i64,
    per_commit: i64,
    length: Duration,
    operation: fn(&Connection, i64, &str) -> rusqlite::Result<()>,
) -> Result<f64, Failure> {
    let body = "x".repeat(300);
    let (began, first) = (Instant::now(), *from);
    while began.elapsed() < length {
        let tx = db.transaction()?;
        for _ in 0..per_commit {
            operation(&tx, *from, &body)?;
            *from += 1;
        }
        tx.commit()?;
    }
    Ok((*from - first) as f64 / began.elapsed().as_secs_f64())
}

fn main() -> Result<(), Failure> {
    let mut args = std::env::args().skip(1);
    let dir = args.next().ok_or("usage: limits DIR [SECONDS]")?;
    let length = Duration::from_secs_f64(args.next().map_or(Ok(1.0), |s| s.parse())?);
    let dir = Path::new(&dir).join(format!("limits-{}", std::process::id()));
    fs::create_dir_all(&dir)?;
    let fsync = append_p50_ms(&dir, length)?;

    let mut db = Connection::open(dir.join("limits.db"))?;
    db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")?;
    db.execute_batch(SCHEMA)?;
    for n in 0..THREADS {
        db.execute("INSERT INTO thread (id, last_seq, last_at) VALUES (?1, 0, 0)", [key(n)])?;
        db.execute(
            "INSERT INTO inbox_row (party, thread, last_seq, preview) VALUES ('p', ?1, 0, '')",
            [key(n)],
        )?;
        if n == 0 {
            // The rest of the filling needs no fsync of its own.
            db.execute_batch("BEGIN")?;
        }
    }
    db.execute_batch("COMMIT")?;
    let (mut rows, mut sends, mut next) = (json!({}), json!({}), 0);
    for size in COMMIT_SIZES {
        rows[size.to_string()] =
            json!(per_second(&mut db, &mut next, size, length, insert_row)?.round());
        sends[size.to_string()] =
            json!(per_second(&mut db, &mut next, size, length, insert_send)?.round());
    }
    drop(db);
    fs::remove_dir_all(&dir)?;
    println!(
        "{}",
        json!({ "append_p50_ms": (fsync * 1_000.0).round() / 1_000.0, "rows_per_s": rows, "sends_per_s": sends })
    );
    Ok(())
}
