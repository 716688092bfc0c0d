//! The floor: the least that a durable message server on SQLite can do, to measure Tidings against.
//!
//! It looks up a bearer token, checks membership, and does one indexed read (an inbox of 25, a
//! thread of 20) or one group-committed insert of three rows (message, thread counter, audit) that
//! is answered after the fsync. WAL, synchronous FULL. Deliberately absent: encryption, policy,
//! read audit, idempotency, validation, pages. It speaks just enough of the product's FHIR paths
//! for one load generator to drive both.

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::{Json, Router, routing::get};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use serde::Serialize;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::sync::oneshot;

mod seed;

type Failure = Box<dyn std::error::Error + Send + Sync>;
type Reply = Result<(String, i64), StatusCode>;

/// Operations that share one commit, at most.
const BATCH_MAX: usize = 256;

struct Job {
    person: String,
    thread: String,
    body: String,
    reply: oneshot::Sender<Reply>,
}

struct App {
    file: PathBuf,
    jobs: mpsc::Sender<Job>,
}

#[derive(Serialize)]
struct Bundle {
    #[serde(rename = "resourceType")]
    resource_type: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    entry: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    resource: Resource,
}

#[derive(Serialize)]
struct Resource {
    #[serde(rename = "resourceType")]
    resource_type: &'static str,
    id: String,
    meta: Meta,
    sender: Reference,
    payload: [Payload; 1],
    sent: i64,
}

#[derive(Serialize)]
struct Meta {
    #[serde(rename = "versionId")]
    version: i64,
}

#[derive(Serialize)]
struct Reference {
    reference: String,
}

#[derive(Serialize)]
struct Payload {
    #[serde(rename = "contentString")]
    text: String,
}

thread_local! {
    static READER: RefCell<Option<Connection>> = const { RefCell::new(None) };
}

/// Opens the store as the product must: WAL, and every commit on the disk before it is answered.
fn open(file: &Path) -> rusqlite::Result<Connection> {
    let db = Connection::open(file)?;
    db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")?;
    db.set_prepared_statement_cache_capacity(32);
    Ok(db)
}

fn micros() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |d| i64::try_from(d.as_micros()).unwrap_or(i64::MAX))
}

/// A key that sorts by time, as wide as a UUID.
fn new_id() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("{:016x}-{:016x}", micros(), NEXT.fetch_add(1, Ordering::Relaxed))
}

impl App {
    fn read<T>(&self, f: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StatusCode> {
        READER.with(|slot| {
            let mut slot = slot.borrow_mut();
            let db = match slot.take() {
                Some(db) => slot.insert(db),
                None => slot.insert(open(&self.file).map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?),
            };
            f(db).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
        })
    }

    /// The person of the bearer token, if she is a member of the patient's (or thread's) circle.
    fn member(
        &self,
        headers: &HeaderMap,
        patient: &str,
        thread: &str,
    ) -> Result<String, StatusCode> {
        let header = headers.get("authorization").and_then(|v| v.to_str().ok());
        let token =
            header.and_then(|v| v.strip_prefix("Bearer ")).ok_or(StatusCode::UNAUTHORIZED)?;
        let person: Option<String> = self.read(|db| {
            db.prepare_cached("SELECT person FROM token WHERE token = ?1")?
                .query_row([token], |r| r.get(0))
                .optional()
        })?;
        let person = person.ok_or(StatusCode::UNAUTHORIZED)?;
        let found = self.read(|db| {
            if thread.is_empty() {
                db.prepare_cached("SELECT 1 FROM member WHERE person = ?1 AND patient = ?2")?.exists(params![person, patient])
            } else {
                db.prepare_cached("SELECT 1 FROM thread t JOIN member m ON m.patient = t.patient WHERE t.id = ?2 AND m.person = ?1")?
                    .exists(params![person, thread])
            }
        })?;
        if found { Ok(person) } else { Err(StatusCode::NOT_FOUND) }
    }
}

/// `?patient=ID…` answers the inbox, `?part-of=ID` the thread, newest first.
async fn search(
    State(app): State<Arc<App>>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Result<Json<Bundle>, StatusCode> {
    let count: i64 = query.get("_count").and_then(|c| c.parse().ok()).unwrap_or(25).min(100);
    let text = |key: &str| query.get(key).map_or("", String::as_str);
    let (patient, thread) = (text("patient"), text("part-of"));
    app.member(&headers, patient, thread)?;
    let (sql, key) = if thread.is_empty() {
        (
            "SELECT id, last_seq, patient, preview, last_at FROM thread WHERE patient = ?1 ORDER BY last_at DESC LIMIT ?2",
            patient,
        )
    } else {
        (
            "SELECT id, seq, author, body, sent_at FROM message WHERE thread = ?1 ORDER BY seq DESC LIMIT ?2",
            thread,
        )
    };
    let entry = app.read(|db| {
        let mut statement = db.prepare_cached(sql)?;
        let rows = statement.query_map(params![key, count], |r| {
            let resource = Resource {
                resource_type: "Communication",
                id: r.get(0)?,
                meta: Meta { version: r.get(1)? },
                sender: Reference { reference: r.get(2)? },
                payload: [Payload { text: r.get(3)? }],
                sent: r.get(4)?,
            };
            Ok(Entry { resource })
        })?;
        rows.collect::<rusqlite::Result<Vec<Entry>>>()
    })?;
    Ok(Json(Bundle { resource_type: "Bundle", kind: "searchset", entry }))
}

/// Adds a message to the thread that `partOf` names; answered after the fsync of its batch.
async fn send(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Result<(StatusCode, Json<Value>), StatusCode> {
    let text = |path: &str| {
        body.pointer(path).and_then(Value::as_str).ok_or(StatusCode::UNPROCESSABLE_ENTITY)
    };
    let reference = text("/partOf/0/reference")?;
    let thread = reference.strip_prefix("Communication/").unwrap_or(reference);
    let person = app.member(&headers, "", thread)?;
    let (reply, answer) = oneshot::channel();
    let job = Job {
        person,
        thread: thread.to_owned(),
        body: text("/payload/0/contentString")?.to_owned(),
        reply,
    };
    app.jobs.send(job).map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    let (id, seq) = answer.await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)??;
    Ok((
        StatusCode::CREATED,
        Json(
            json!({ "resourceType": "Communication", "id": id, "meta": { "versionId": seq.to_string() } }),
        ),
    ))
}

fn insert(db: &Connection, job: &Job) -> rusqlite::Result<(String, i64)> {
    let (id, now) = (new_id(), micros());
    let seq: i64 = db
        .prepare_cached("UPDATE thread SET last_seq = last_seq + 1, last_at = ?2, preview = ?3 WHERE id = ?1 RETURNING last_seq")?
        .query_row(params![job.thread, now, job.body.chars().take(80).collect::<String>()], |r| r.get(0))?;
    db.prepare_cached("INSERT INTO message (id, thread, seq, author, body, sent_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
        .execute(params![id, job.thread, seq, job.person, job.body, now])?;
    db.prepare_cached(
        "INSERT INTO audit (id, at, person, action, object) VALUES (?1, ?2, ?3, 'send', ?4)",
    )?
    .execute(params![new_id(), now, job.person, id])?;
    Ok((id, seq))
}

/// The one writer: takes what is queued, commits it once, and only then answers.
fn write_batches(mut db: Connection, jobs: &mpsc::Receiver<Job>) -> rusqlite::Result<()> {
    while let Ok(first) = jobs.recv() {
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut done = Vec::with_capacity(BATCH_MAX);
        let mut next = Some(first);
        while let Some(job) = next {
            let result = insert(&tx, &job).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR);
            done.push((job.reply, result));
            next = if done.len() < BATCH_MAX { jobs.try_recv().ok() } else { None };
        }
        tx.commit()?;
        for (reply, result) in done {
            // A client that went away does not need its answer; its message is stored.
            let _ = reply.send(result);
        }
    }
    Ok(())
}

async fn serve(data: &Path, listen: &str) -> Result<(), Failure> {
    let file = data.join("floor.db");
    let writer = open(&file)?;
    let (jobs, queue) = mpsc::channel();
    std::thread::spawn(move || {
        if let Err(error) = write_batches(writer, &queue) {
            eprintln!("floor: the writer stopped: {error}");
            std::process::exit(1);
        }
    });
    let routes = Router::new()
        .route("/readyz", get(|| async { "ok" }))
        .route("/fhir/R4/Communication", get(search).post(send))
        .with_state(Arc::new(App { file, jobs }));
    let listener = tokio::net::TcpListener::bind(listen).await?;
    let listener = axum::serve::ListenerExt::tap_io(listener, |stream| {
        let _ = stream.set_nodelay(true);
    });
    Ok(axum::serve(listener, routes).await?)
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args[..] {
        ["seed", "--data", data, "--messages", messages] => {
            seed::seed(Path::new(data), messages.parse()?)
        }
        ["serve", "--data", data, "--listen", listen] => serve(Path::new(data), listen).await,
        _ => {
            Err("usage: floor seed --data DIR --messages N | floor serve --data DIR --listen ADDR"
                .into())
        }
    }
}
