//! A PostgreSQL server that goes away and comes back, seen through a proxy that can cut the line.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use store::db::{Db, DbConfig, DbError, PostgresConfig};
use store::sql;

use crate::support::{TestDb, count, make_table, put};

/// Bytes pass.
const PASS: u8 = 0;
/// Bytes vanish, new connections get no answer.
const SILENT: u8 = 1;
/// The client's next COMMIT passes, and after it nothing comes back.
const LOSE_COMMIT: u8 = 2;

/// A proxy on this machine.
struct Proxy {
    port: u16,
    mode: Arc<AtomicU8>,
    open: Arc<Mutex<Vec<TcpStream>>>,
}

impl Proxy {
    fn before(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let mode = Arc::new(AtomicU8::new(PASS));
        let open = Arc::new(Mutex::new(Vec::new()));
        let (shared_mode, shared_open) = (Arc::clone(&mode), Arc::clone(&open));
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let server = TcpStream::connect(&server).unwrap();
                let pairs = [(&client, &server), (&server, &client)];
                for (from, to) in
                    pairs.map(|(f, t)| (f.try_clone().unwrap(), t.try_clone().unwrap()))
                {
                    let mode = Arc::clone(&shared_mode);
                    thread::spawn(move || pump(from, to, &mode));
                }
                shared_open.lock().unwrap().extend([client, server]);
            }
        });
        Self { port, mode, open }
    }

    fn set(&self, mode: u8) {
        self.mode.store(mode, Ordering::SeqCst);
    }

    /// Ends every connection there is.
    fn hang_up(&self) {
        for stream in self.open.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

fn pump(mut from: TcpStream, mut to: TcpStream, mode: &AtomicU8) {
    let mut buffer = [0_u8; 16_384];
    while let Ok(n @ 1..) = from.read(&mut buffer) {
        let bytes = buffer.get(..n).unwrap_or_default();
        if mode.load(Ordering::SeqCst) == SILENT {
            continue;
        }
        if mode.load(Ordering::SeqCst) == LOSE_COMMIT && bytes.windows(6).any(|w| w == b"COMMIT") {
            mode.store(SILENT, Ordering::SeqCst);
        }
        if to.write_all(bytes).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
}

/// The database of `test` through a proxy, with the time limits of production.
fn through_proxy(test: &TestDb) -> (Proxy, Db) {
    let url = match test.config() {
        DbConfig::Postgres(direct) => direct.url.clone(),
        DbConfig::Sqlite(_) => String::new(),
    };
    let (scheme, rest) = url.split_once("://").unwrap();
    let (authority, path) = rest.split_once('/').unwrap();
    let (user, host) = authority.rsplit_once('@').map_or(("", authority), |(u, h)| (u, h));
    let server = if host.contains(':') { host.to_owned() } else { format!("{host}:5432") };
    let proxy = Proxy::before(server);
    let at = if user.is_empty() { "" } else { "@" };
    let url = format!("{scheme}://{user}{at}127.0.0.1:{}/{path}", proxy.port);
    let mut config = PostgresConfig::new(url);
    config.accept_fsync_off = true;
    config.pool_max = 4;
    let db = Db::open(DbConfig::Postgres(config)).unwrap();
    make_table(&db);
    (proxy, db)
}

#[test]
fn a_silent_server_is_unavailable_in_two_seconds_and_back_at_once() {
    let Some(test) = TestDb::postgres() else { return };
    let (proxy, db) = through_proxy(&test);
    db.write(|tx| put(tx, "before", 1)).unwrap();
    proxy.set(SILENT);
    for _ in 0..2 {
        let started = Instant::now();
        assert_eq!(db.write(|tx| put(tx, "during", 1)), Err(DbError::Unavailable));
        let took = started.elapsed();
        assert!(took < Duration::from_millis(2_500), "{took:?}");
        let started = Instant::now();
        let read = db.read(|tx| tx.query(sql!("SELECT n FROM counter"), &[]).map(|_| ()));
        assert_eq!(read, Err(DbError::Unavailable));
        assert!(started.elapsed() < Duration::from_millis(2_500));
    }
    proxy.hang_up();
    proxy.set(PASS);
    db.write(|tx| put(tx, "after", 1)).unwrap();
    assert_eq!(count(&test.db), 2);
}

#[test]
fn a_commit_without_an_answer_is_neither_success_nor_repeated() {
    let Some(test) = TestDb::postgres() else { return };
    let (proxy, db) = through_proxy(&test);
    db.write(|tx| put(tx, "a", 0)).unwrap();
    proxy.set(LOSE_COMMIT);
    let lost =
        db.write(|tx| tx.execute_one(sql!("UPDATE counter SET n = n + 1 WHERE name = 'a'"), &[]));
    assert_eq!(lost, Err(DbError::Unavailable));
    proxy.hang_up();
    proxy.set(PASS);
    let n = db.read(|tx| tx.query_one(sql!("SELECT n FROM counter"), &[])?.get::<i64>(0)).unwrap();
    assert_eq!(n, 1, "the server had committed it, once");
}

#[test]
fn terminated_connections_are_replaced() {
    let Some(test) = TestDb::postgres() else { return };
    make_table(&test.db);
    let ended = test.db.write(|tx| {
        put(tx, "gone", 1)?;
        // The connection of this very transaction dies under it.
        tx.query(sql!("SELECT pg_terminate_backend(pg_backend_pid())"), &[]).map(|_| ())
    });
    assert_eq!(ended, Err(DbError::Unavailable));
    let others = test.db.read(|tx| {
        tx.query(
            sql!(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                 WHERE datname = current_database() AND pid <> pg_backend_pid()"
            ),
            &[],
        )
        .map(|_| ())
    });
    assert_eq!(others, Ok(()));
    for n in 0..20_i64 {
        test.db.write(move |tx| put(tx, &n.to_string(), n)).unwrap();
    }
    assert_eq!(count(&test.db), 20);
}
