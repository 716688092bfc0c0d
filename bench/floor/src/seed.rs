//! Fills the floor's store: patients of 25 threads of 20 messages of 300 bytes, in order of time,
//! so that a thread's messages lie on many pages as they do in life. Writes `bench.json`, which
//! tells the load generator what there is.

use crate::{Failure, open};
use rusqlite::params;
use serde_json::json;
use std::fs;
use std::path::Path;

const THREADS_PER_PATIENT: i64 = 25;
const MESSAGES_PER_THREAD: i64 = 20;
const BODY_BYTES: usize = 300;
/// 2026-01-01T00:00:00Z in microseconds; messages follow each other by a minute.
const EPOCH: i64 = 1_767_225_600_000_000;
const TOKEN: &str = "bench-token-of-the-floor-0123456789abcdef";

const SCHEMA: &str = "
CREATE TABLE token (token TEXT PRIMARY KEY, person TEXT NOT NULL);
CREATE TABLE member (person TEXT NOT NULL, patient TEXT NOT NULL, PRIMARY KEY (person, patient));
CREATE TABLE thread (id TEXT PRIMARY KEY, patient TEXT NOT NULL, last_seq INTEGER NOT NULL, last_at INTEGER NOT NULL, preview TEXT NOT NULL);
CREATE INDEX thread_by_patient ON thread (patient, last_at);
CREATE TABLE message (id TEXT PRIMARY KEY, thread TEXT NOT NULL, seq INTEGER NOT NULL, author TEXT NOT NULL, body TEXT NOT NULL, sent_at INTEGER NOT NULL, UNIQUE (thread, seq));
CREATE TABLE audit (id TEXT PRIMARY KEY, at INTEGER NOT NULL, person TEXT NOT NULL, action TEXT NOT NULL, object TEXT NOT NULL);
";

fn key(kind: i64, n: i64) -> String {
    format!("{:016x}-{:016x}", EPOCH + kind, n)
}

pub fn seed(data: &Path, messages: i64) -> Result<(), Failure> {
    fs::create_dir_all(data)?;
    let threads = (messages / MESSAGES_PER_THREAD).max(THREADS_PER_PATIENT);
    let patients = threads / THREADS_PER_PATIENT;
    let threads = patients * THREADS_PER_PATIENT;
    let body =
        "Thank you. The swelling is less in the morning. ".repeat(8)[..BODY_BYTES].to_owned();
    let mut db = open(&data.join("floor.db"))?;
    db.execute_batch(SCHEMA)?;
    let tx = db.transaction()?;
    tx.execute("INSERT INTO token (token, person) VALUES (?1, 'nurse')", [TOKEN])?;
    for patient in 0..patients {
        tx.execute("INSERT INTO member (person, patient) VALUES ('nurse', ?1)", [key(1, patient)])?;
    }
    for thread in 0..threads {
        let last_at = EPOCH + ((MESSAGES_PER_THREAD - 1) * threads + thread) * 60_000_000;
        tx.prepare_cached("INSERT INTO thread (id, patient, last_seq, last_at, preview) VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute(params![key(2, thread), key(1, thread / THREADS_PER_PATIENT), MESSAGES_PER_THREAD, last_at, &body[..80]])?;
    }
    for n in 0..threads * MESSAGES_PER_THREAD {
        let (seq, thread, at) = (n / threads + 1, n % threads, EPOCH + n * 60_000_000);
        tx.prepare_cached("INSERT INTO message (id, thread, seq, author, body, sent_at) VALUES (?1, ?2, ?3, 'nurse', ?4, ?5)")?
            .execute(params![key(3, n), key(2, thread), seq, body, at])?;
        tx.prepare_cached("INSERT INTO audit (id, at, person, action, object) VALUES (?1, ?2, 'nurse', 'send', ?3)")?
            .execute(params![key(4, n), at, key(3, n)])?;
    }
    tx.commit()?;
    db.execute_batch("PRAGMA wal_checkpoint(TRUNCATE); ANALYZE;")?;
    let patients: Vec<_> = (0..patients)
        .map(|patient| {
            let threads: Vec<String> = (0..THREADS_PER_PATIENT)
                .map(|t| key(2, patient * THREADS_PER_PATIENT + t))
                .collect();
            json!({ "id": key(1, patient), "threads": threads })
        })
        .collect();
    let manifest =
        json!({ "messages": threads * MESSAGES_PER_THREAD, "token": TOKEN, "patients": patients });
    fs::write(data.join("bench.json"), manifest.to_string())?;
    Ok(())
}
