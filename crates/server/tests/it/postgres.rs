//! The running server on a PostgreSQL of the test's own: it goes away in the middle of everything and
//! comes back; and a second server beside the first hears what the first did.

mod saved;

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use store::db::{DbConfig, PostgresConfig};

use crate::inside::{Browser, record, send, texts, within};
use crate::running::request;

/// Programs that send all the time.
const CLIENTS: usize = 4;

/// A PostgreSQL server that this test may stop.
struct Postgres {
    folder: tempfile::TempDir,
    bin: PathBuf,
    port: u16,
}

impl Postgres {
    /// A fresh one; `None`, said on standard error, where PostgreSQL is not installed.
    fn start() -> Option<Self> {
        let installed = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        let mut bins: Vec<PathBuf> = installed.map(|one| one.path().join("bin")).collect();
        bins.sort();
        let Some(bin) = bins.pop().filter(|bin| bin.join("initdb").exists()) else {
            eprintln!("LEFT OUT: a PostgreSQL that goes away (it is not installed)");
            return None;
        };
        // In memory where that is possible: what is proved is the server's way through a crash of
        // PostgreSQL, for which its own log in the page cache is enough.
        let parent = Some(Path::new("/dev/shm")).filter(|shm| shm.is_dir());
        let folder = parent.map_or_else(tempfile::tempdir, tempfile::tempdir_in).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = Self { folder, bin, port };
        assert!(
            Command::new("chmod").arg("777").arg(server.folder.path()).status().unwrap().success()
        );
        let data = server.data();
        server.run(
            "initdb",
            &["-D", &data, "-U", "postgres", "--locale=C", "-E", "UTF8", "-A", "trust"],
        );
        server.again();
        server.ask("CREATE DATABASE record TEMPLATE template0");
        Some(server)
    }

    /// Carries out one statement as the superuser.
    fn ask(&self, statement: &str) {
        let url = format!("postgres://postgres@127.0.0.1:{}/postgres", self.port);
        self.run("psql", &["-q", "-d", &url, "-c", statement]);
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    /// Runs one of PostgreSQL's programs, which refuse to run as root.
    fn run(&self, program: &str, words: &[&str]) {
        let program = self.bin.join(program);
        let root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
        let mut command = if root {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        let command = command.args(words).current_dir("/").stdout(Stdio::null());
        assert!(command.stderr(Stdio::null()).status().unwrap().success(), "{words:?}");
    }

    /// Starts it, after [`Postgres::die`] too.
    fn again(&self) {
        let folder = self.folder.path().display();
        let options = format!("-p {} -k {folder} -c listen_addresses=127.0.0.1", self.port);
        let log = format!("{folder}/log");
        self.run("pg_ctl", &["-D", &self.data(), "-w", "-l", &log, "-o", &options, "start"]);
    }

    /// Ends it as a crash does: nothing is finished, nothing is said.
    fn die(&self) {
        self.run("pg_ctl", &["-D", &self.data(), "-m", "immediate", "-w", "stop"]);
    }

    fn config(&self) -> DbConfig {
        let url = format!("postgres://postgres@127.0.0.1:{}/record", self.port);
        DbConfig::Postgres(PostgresConfig::new(url))
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let data = self.data();
        let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            self.run("pg_ctl", &["-D", &data, "-m", "immediate", "-w", "stop"]);
        }));
        drop(ended);
    }
}

#[test]
fn a_postgresql_that_goes_away_and_comes_back_loses_nothing() {
    let Some(postgres) = Postgres::start() else { return };
    let inside = record(postgres.config()).serve(None);
    let (ana, token) = (inside.patient("ana"), inside.token("ana"));
    let (thread, port) = (inside.thread(&ana, &token), inside.port);
    let stop = Arc::new(AtomicBool::new(false));
    let sent: Arc<Mutex<BTreeMap<String, bool>>> = Arc::default();
    let senders: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let (ana, token, thread) = (ana.clone(), token.clone(), thread.clone());
            let (stop, sent) = (Arc::clone(&stop), Arc::clone(&sent));
            std::thread::spawn(move || {
                let mut n = 0;
                while !stop.load(Ordering::SeqCst) {
                    let text = format!("client {client} number {n} of a database that goes away");
                    let id = format!("away-{client}-{n}");
                    let answer = send(port, &token, &ana, &thread, &id, &text).unwrap();
                    let taken = matches!(answer.status, 200 | 201);
                    assert!(taken || answer.status == 503, "{answer:?}");
                    *sent.lock().unwrap().entry(text).or_default() |= taken;
                    // Half of what has no answer is sent again, as a program does: the lost answer
                    // of a commit that happened must not make two.
                    n += i32::from(taken || n % 2 == 0);
                    std::thread::sleep(Duration::from_millis(if taken { 1 } else { 50 }));
                }
            })
        })
        .collect();
    let taken = || sent.lock().unwrap().values().filter(|taken| **taken).count();
    let mut browser = Browser::new(port);
    for round in 1..=3 {
        let before = taken();
        within(Duration::from_secs(30), "messages are taken", || taken() > before + 10);
        postgres.die();
        let started = Instant::now();
        let refused = send(port, &token, &ana, &thread, "away-probe", "probe").unwrap();
        assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
        assert_eq!(refused.status, 503, "round {round}: {refused:?}");
        assert!(refused.head.to_lowercase().contains("retry-after: "), "{refused:?}");
        assert_eq!(refused.json()["issue"][0]["code"], "transient");
        let page = browser.sign_in("ana", "never asked");
        assert_eq!(page.status, 503, "{page:?}");
        assert!(page.body.contains("We cannot do that right now"), "{page:?}");
        assert!(page.body.contains("555-0100"), "the clinic's phone: {page:?}");
        assert_eq!(inside.ready().status, 503);
        postgres.again();
        let since = Instant::now();
        within(Duration::from_secs(10), "it is taken again", || {
            send(port, &token, &ana, &thread, "away-probe", "probe").unwrap().status != 503
        });
        println!("round {round}: back after {:?}", since.elapsed());
        assert_eq!(inside.ready().status, 200);
    }
    stop.store(true, Ordering::SeqCst);
    for sender in senders {
        sender.join().unwrap();
    }
    let found = texts(port, &thread, &token);
    let sent = sent.lock().unwrap();
    for (text, taken) in sent.iter() {
        let times = found.iter().filter(|one| *one == text).count();
        assert!(times <= 1, "{text} is there {times} times");
        assert!(times == 1 || !taken, "{text} was acknowledged and is lost");
    }
    assert_eq!(found.iter().filter(|one| *one == "probe").count(), 1);
    let report = app::verify::run(&inside.app, |_| {}).unwrap();
    assert!(report.findings.is_empty(), "{report:?}");
    println!("{} acknowledged, {} not", taken_of(&sent), sent.len() - taken_of(&sent));
}

fn taken_of(sent: &BTreeMap<String, bool>) -> usize {
    sent.values().filter(|taken| **taken).count()
}

#[test]
fn a_page_of_one_node_hears_what_another_did() {
    let Some(postgres) = Postgres::start() else { return };
    let first = record(postgres.config()).serve(None);
    let second = first.beside(postgres.config()).serve(None);
    let (ana, token) = (first.patient("ana"), first.token("ana"));
    let thread = first.thread(&ana, &token);
    let person = first.note.people.iter().find(|person| person.key == "ana").unwrap();
    let mut browser = Browser::new(second.port);
    assert_eq!(browser.sign_in(&person.username, &person.password).status, 303);
    let mut stream = TcpStream::connect(("127.0.0.1", second.port)).unwrap();
    let head = format!(
        "GET /threads/{thread}/live HTTP/1.1\r\nhost: localhost:{}\r\naccept: text/event-stream\r\n\
         cookie: {}\r\n\r\n",
        second.port,
        browser.cookies()
    );
    stream.write_all(head.as_bytes()).unwrap();
    let (hear, heard) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            let _ = hear.send((Instant::now(), line));
        }
    });
    let (_, status) = heard.recv_timeout(Duration::from_secs(10)).unwrap();
    assert!(status.contains("200"), "{status}");
    std::thread::sleep(Duration::from_secs(1));
    let mut times = Vec::new();
    for n in 0..5 {
        while heard.try_recv().is_ok() {}
        let answer = send(first.port, &token, &ana, &thread, &format!("node-{n}"), "hear me");
        let sent_at = Instant::now();
        assert_eq!(answer.unwrap().status, 201);
        let at = loop {
            let (at, line) = heard.recv_timeout(Duration::from_secs(20)).expect("it is heard");
            if line.starts_with("data:") && !line.contains("hear me") {
                break at;
            }
        };
        times.push(at.saturating_duration_since(sent_at));
    }
    times.sort();
    // Without LISTEN the second node looks every five seconds.
    println!("heard after {times:?}");
    assert!(times[2] < Duration::from_millis(1_500), "{times:?}");
    drop(request(second.port, "GET", "/livez", None, None));
}
