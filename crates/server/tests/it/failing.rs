//! A disk that can no longer promise anything, under a running server (SECURITY.md, R4): after the first
//! failed commit nothing is acknowledged, the process ends with an error at once, and what was acknowledged
//! before is there.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use faults::{Disk, Fault, Random};
use store::db::{DbConfig, SqliteConfig};

use crate::inside::{record, send, texts, within};

/// Programs that send all the time.
const CLIENTS: usize = 4;

/// When a message was acknowledged, by its text; nothing for one that was not.
type Sent = Arc<Mutex<BTreeMap<String, Option<Instant>>>>;

fn config() -> DbConfig {
    let mut config = SqliteConfig::new("record.db");
    config.vfs = Some("failing".to_owned());
    DbConfig::Sqlite(config)
}

#[test]
fn a_failing_disk_ends_the_server_and_loses_nothing() {
    let disk = Disk::new("failing");
    let inside = record(config()).serve(None);
    let (ana, token) = (inside.patient("ana"), inside.token("ana"));
    let (thread, port) = (inside.thread(&ana, &token), inside.port);
    let (stop, sent) = (Arc::new(AtomicBool::new(false)), Sent::default());
    let senders: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let (ana, token, thread) = (ana.clone(), token.clone(), thread.clone());
            let (stop, sent) = (Arc::clone(&stop), Arc::clone(&sent));
            std::thread::spawn(move || {
                for n in 0.. {
                    if stop.load(Ordering::SeqCst) {
                        return;
                    }
                    let text = format!("client {client} number {n} of a failing disk");
                    sent.lock().unwrap().insert(text.clone(), None);
                    let id = format!("failing-{client}-{n}");
                    match send(port, &token, &ana, &thread, &id, &text) {
                        Ok(answer) if answer.status == 201 => {
                            sent.lock().unwrap().insert(text, Some(Instant::now()));
                        }
                        Ok(answer) => assert_eq!(answer.status, 503, "{answer:?}"),
                        // The server is gone.
                        Err(_) => return,
                    }
                }
            })
        })
        .collect();
    let taken = || sent.lock().unwrap().values().filter(|at| at.is_some()).count();
    within(Duration::from_secs(20), "messages are taken", || taken() > 20);
    // Calls fail one after the other until one of them was part of a commit.
    let mut n = 0;
    while !inside.app.db().poisoned() {
        n += 1;
        assert!(n < 40, "no commit came by");
        disk.fail_at(n % 7 + 1, Fault::Eio);
        let since = Instant::now();
        while !disk.has_failed() && since.elapsed() < Duration::from_millis(500) {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    println!("{n} errors, the last one in a sync: {}", disk.sync_has_failed());
    let failed_at = Instant::now();
    let outcome = inside.ended.recv_timeout(Duration::from_secs(5)).expect("the server ends");
    let took = failed_at.elapsed();
    let failure = outcome.expect_err("with an error");
    assert!(failure.sentence.contains("the disk failed while writing"), "{failure:?}");
    assert!(took < Duration::from_secs(2), "{took:?}");
    stop.store(true, Ordering::SeqCst);
    for sender in senders {
        sender.join().unwrap();
    }
    // An answer that was under way may arrive a moment later; none was made later.
    let late = sent.lock().unwrap().values().flatten().filter(|at| **at > failed_at + took).count();
    assert_eq!(late, 0, "acknowledged after the disk had failed");

    // The machine starts anew and finds what the disk really has.
    disk.power_off();
    disk.power_cut(&mut Random::new(4));
    let again = inside.reopen(config()).serve(None);
    let found = texts(again.port, &thread, &again.token("ana"));
    let sent = sent.lock().unwrap();
    for (text, acknowledged) in sent.iter() {
        let times = found.iter().filter(|one| *one == text).count();
        assert!(times <= 1, "{text} is there {times} times");
        assert!(times == 1 || acknowledged.is_none(), "{text} was acknowledged and is lost");
    }
    let report = app::verify::run(&again.app, |_| {}).unwrap();
    assert!(report.findings.is_empty(), "{report:?}");
}
