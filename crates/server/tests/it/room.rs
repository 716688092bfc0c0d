//! A disk that fills up under a running server (SECURITY.md, R5): messages stop at the low-water mark with
//! a clear answer, reading goes on from the reserve and ends when it is spent, and everything comes
//! back by itself.

mod real;

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use app::room::{Disk as _, Room};
use store::db::{DbConfig, SqliteConfig};

use crate::inside::{Browser, Inside, field, record, send, texts, within};

const KB: u64 = 1_024;
/// Below so many free bytes messages are refused.
const LOW_WATER: u64 = 1_024 * KB;
/// Held back for reading.
const RESERVE: u64 = 4 * 1_024 * KB;
/// Programs that send all the time.
const CLIENTS: usize = 3;

/// A disk of this size with a reserve on it; both count against what the files may hold.
#[derive(Debug, Clone)]
struct Filling {
    disk: Arc<faults::Disk>,
    size_held: Arc<Mutex<(u64, u64)>>,
}

impl Filling {
    fn set(&self, change: impl FnOnce(&mut u64, &mut u64)) {
        let mut both = self.size_held.lock().unwrap();
        let (size, held) = &mut *both;
        change(size, held);
        self.disk.set_capacity(Some(usize::try_from(size.saturating_sub(*held)).unwrap()));
    }

    fn used(&self) -> u64 {
        u64::try_from(self.disk.used()).unwrap()
    }

    /// Other programs leave so many bytes free beside the reserve.
    fn leave(&self, bytes: u64) {
        let used = self.used();
        self.set(|size, held| *size = used + *held + bytes);
    }
}

impl app::room::Disk for Filling {
    fn free(&self) -> io::Result<u64> {
        let (size, held) = *self.size_held.lock().unwrap();
        Ok(size.saturating_sub(held).saturating_sub(self.used()))
    }

    fn held(&self) -> io::Result<u64> {
        Ok(self.size_held.lock().unwrap().1)
    }

    fn hold(&self, bytes: u64) -> io::Result<()> {
        self.set(|_, held| *held = bytes);
        Ok(())
    }
}

/// The demo clinic on a disk that can fill up.
fn clinic() -> (Filling, Inside) {
    let disk = Arc::new(faults::Disk::new("filling"));
    let mut config = SqliteConfig::new("record.db");
    config.vfs = Some("filling".to_owned());
    config.checkpoint_pages = 50;
    let record = record(DbConfig::Sqlite(config));
    let filling = Filling { disk, size_held: Arc::default() };
    filling.leave(64 * LOW_WATER);
    let room = Room::new(Box::new(filling.clone()), LOW_WATER, RESERVE);
    let inside = record.serve(Some(room));
    assert_eq!(filling.held().unwrap(), RESERVE);
    (filling, inside)
}

/// What a program sent: its text, and whether it was acknowledged.
type Sent = Arc<Mutex<BTreeMap<String, bool>>>;

/// Sends without pause until `stop`; every answer is 201, or 503 that says why.
fn send_all_the_time(
    inside: &Inside,
    stop: &Arc<AtomicBool>,
    sent: &Sent,
) -> Vec<std::thread::JoinHandle<()>> {
    let (ana, token) = (inside.patient("ana"), inside.token("ana"));
    let (thread, port) = (inside.thread(&ana, &token), inside.port);
    (0..CLIENTS)
        .map(|client| {
            let (ana, token, thread) = (ana.clone(), token.clone(), thread.clone());
            let (stop, sent) = (Arc::clone(stop), Arc::clone(sent));
            std::thread::spawn(move || {
                let mut n = 0;
                while !stop.load(Ordering::SeqCst) {
                    n += 1;
                    let text = format!("client {client} number {n} of a full disk");
                    let id = format!("room-{client}-{n}");
                    let answer = send(port, &token, &ana, &thread, &id, &text).unwrap();
                    let taken = answer.status == 201;
                    assert!(taken || answer.status == 503, "{answer:?}");
                    sent.lock().unwrap().insert(text, taken);
                    std::thread::sleep(Duration::from_millis(if taken { 5 } else { 25 }));
                }
            })
        })
        .collect()
}

#[test]
fn a_disk_that_fills_up_stops_messages_then_reading_and_comes_back() {
    let (filling, inside) = clinic();
    let (ana, token) = (inside.patient("ana"), inside.token("ana"));
    let thread = inside.thread(&ana, &token);
    let luz = inside.note.people.iter().find(|person| person.key == "luz").unwrap();
    let (luz, luz_thread) = (
        (luz.username.clone(), luz.password.clone()),
        inside.thread(&inside.patient("luz"), &inside.token("luz")),
    );
    let mut browser = Browser::new(inside.port);
    assert_eq!(browser.sign_in(&luz.0, &luz.1).status, 303);
    let (stop, sent) = (Arc::new(AtomicBool::new(false)), Sent::default());
    let senders = send_all_the_time(&inside, &stop, &sent);
    within(Duration::from_secs(20), "messages are taken", || sent.lock().unwrap().len() > 10);
    assert_eq!(inside.ready().body, "ready\n");
    assert!(inside.metric("tidings_sends_refused") < 0.5);
    assert!(inside.metric("tidings_send_seconds_count") > 9.5);

    // The low-water mark: messages stop, in the reader's language, and nothing typed is lost.
    filling.leave(LOW_WATER - 100 * KB);
    let refused = || {
        let answer = send(inside.port, &token, &ana, &thread, "room-probe", "probe").unwrap();
        (answer.status == 503).then_some(answer)
    };
    within(Duration::from_secs(2), "messages are refused", || refused().is_some());
    let answer = refused().unwrap();
    assert!(answer.head.to_lowercase().contains("retry-after: 60"), "{answer:?}");
    let outcome = answer.json();
    assert_eq!(outcome["issue"][0]["code"], "no-store", "{outcome}");
    let page = browser.get(&format!("/threads/{luz_thread}"));
    assert_eq!(page.status, 200, "{page:?}");
    let hidden = |name: &str| field(&page.body, name).unwrap();
    let (base_seq, id, version) = (hidden("base_seq"), hidden("client_msg_id"), hidden("version"));
    let fields = [
        ("base_seq", base_seq.as_str()),
        ("client_msg_id", &id),
        ("version", &version),
        ("body", "Me duele <la> cabeza"),
        ("intent", "send"),
    ];
    let answer = browser.post(&format!("/threads/{luz_thread}/reply"), &fields);
    assert_eq!(answer.status, 503);
    for words in ["Ahora no podemos recibir mensajes nuevos", "Me duele &#60;la&#62; cabeza"] {
        assert!(answer.body.contains(words), "{words}: {}", answer.body);
    }
    let ready = inside.ready();
    assert_eq!((ready.status, ready.body.contains("new messages are refused")), (200, true));
    assert!(inside.metric("tidings_sends_refused") > 0.5);

    // No room at all: reading goes on, and its rows find a place in the reserve; so does signing out.
    let rows = || {
        let count = store::sql!("SELECT count(*) FROM audit_event");
        inside.app.db().read(|tx| tx.query_one(count, &[])?.get::<i64>(0)).unwrap()
    };
    let before = rows();
    filling.leave(0);
    for n in 0..200 {
        let read = inside.get(&format!("/fhir/R4/Communication?part-of={thread}"), &token);
        let held = filling.held().unwrap();
        assert_eq!(read.status, 200, "read {n}, {held} bytes in reserve: {read:?}");
        // Another program takes whatever the reserve gives.
        if n % 80 == 79 {
            filling.leave(0);
        }
    }
    assert!(rows() >= before + 200, "{} rows", rows() - before);
    assert!(filling.held().unwrap() < RESERVE, "the reserve was used");
    assert_eq!(browser.post("/sign-out", &[]).status, 303);
    assert_eq!(browser.get("/account").status, 401, "signed out");

    // The reserve is spent: nothing is shown that could not be recorded.
    filling.set(|_, held| *held = 0);
    filling.leave(0);
    let gone = || inside.get(&format!("/fhir/R4/Communication?part-of={thread}"), &token).status;
    within(Duration::from_secs(5), "reading ends", || {
        filling.leave(0);
        gone() == 503
    });
    within(Duration::from_secs(5), "not ready", || inside.ready().status == 503);

    // Room again: everything resumes by itself, within five seconds.
    filling.leave(64 * LOW_WATER);
    let took = within(Duration::from_secs(5), "messages are taken again", || refused().is_none());
    assert_eq!(gone(), 200);
    within(Duration::from_secs(2), "the reserve is whole", || filling.held().unwrap() == RESERVE);
    assert_eq!(inside.ready().body, "ready\n");
    let many = AtomicUsize::new(sent.lock().unwrap().len());
    within(Duration::from_secs(10), "programs go on", || {
        sent.lock().unwrap().len() > many.load(Ordering::SeqCst) + 10
    });
    stop.store(true, Ordering::SeqCst);
    for sender in senders {
        sender.join().unwrap();
    }
    let found = texts(inside.port, &thread, &token);
    let sent = sent.lock().unwrap().clone();
    for (text, taken) in &sent {
        let times = found.iter().filter(|one| *one == text).count();
        assert_eq!(times, usize::from(*taken), "{text}");
    }
    let taken = sent.values().filter(|taken| **taken).count();
    println!("{taken} of {} taken, back after {took:?}", sent.len());
    assert!(taken > 20 && sent.len() > taken + 20, "{taken} of {}", sent.len());
    let report = app::verify::run(&inside.app, |_| {}).unwrap();
    assert!(report.findings.is_empty(), "{report:?}");
}
