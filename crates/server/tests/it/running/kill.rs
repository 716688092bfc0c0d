//! kill -9 at random moments while eight programs send: what was acknowledged is there once and whole,
//! what was not is there once or not at all (SECURITY.md, R1).

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::{Demo, request, run};

/// Programs that send at once.
const CLIENTS: usize = 8;
/// Rounds, unless the time is up before.
const ROUNDS: usize = 100;
/// The most that the rounds may take together.
const TIME: Duration = Duration::from_secs(90);

/// What one program has sent: text by its own id, and the ids that were acknowledged.
#[derive(Default)]
struct Sent {
    texts: BTreeMap<String, String>,
    acknowledged: BTreeSet<String>,
}

/// A number that nobody can foresee, from the standard library's hasher.
pub fn random(below: u64) -> u64 {
    use std::hash::{BuildHasher as _, Hasher as _};
    std::collections::hash_map::RandomState::new().build_hasher().finish() % below
}

#[test]
fn a_killed_server_loses_and_doubles_nothing() {
    let root = tempfile::tempdir().unwrap();
    let mut demo = Demo::start(&root.path().join("demo"));
    let ana = demo.person("ana")["patient_id"].as_str().unwrap().to_owned();
    let token = demo.token("ana");
    let threads: Vec<String> = open_threads(&demo, &ana, &token);
    let sent: Vec<Arc<Mutex<Sent>>> = (0..CLIENTS).map(|_| Arc::default()).collect();
    let started = Instant::now();
    let mut rounds = 0;
    while rounds < ROUNDS && started.elapsed() < TIME {
        let port = demo.port;
        let stop = Arc::new(AtomicBool::new(false));
        let senders: Vec<_> = (0..CLIENTS)
            .map(|client| {
                let (stop, sent) = (Arc::clone(&stop), Arc::clone(&sent[client]));
                let thread = threads[client % threads.len()].clone();
                let (ana, token) = (ana.clone(), token.clone());
                std::thread::spawn(move || {
                    send(port, &stop, &sent, &ana, &thread, &token, (rounds, client));
                })
            })
            .collect();
        std::thread::sleep(Duration::from_millis(20 + random(280)));
        let folder = demo.kill();
        stop.store(true, Ordering::SeqCst);
        for sender in senders {
            sender.join().unwrap();
        }
        demo = restart(&folder);
        rounds += 1;
    }
    let (mut acknowledged, mut unknown) = (0, 0);
    for (client, sent) in sent.iter().enumerate() {
        let thread = &threads[client % threads.len()];
        let sent = sent.lock().unwrap();
        let found = texts(&demo, thread, &token);
        for (id, text) in &sent.texts {
            let times = found.iter().filter(|one| *one == text).count();
            if sent.acknowledged.contains(id) {
                assert_eq!(times, 1, "{id} was acknowledged");
                acknowledged += 1;
            } else {
                assert!(times <= 1, "{id} is there {times} times");
                unknown += 1;
            }
        }
        for text in found.iter().filter(|text| text.contains(&format!("client {client} "))) {
            assert!(sent.texts.values().any(|one| one == text), "torn: {text}");
        }
    }
    assert!(rounds >= 10, "only {rounds} rounds fitted");
    assert!(acknowledged > rounds, "{acknowledged} sends in {rounds} rounds show nothing");
    let report = demo.json(&["verify", "--json"]);
    assert_eq!(report["findings"], serde_json::json!([]), "{report:#}");
    let folder = demo.kill();
    assert!(run(&folder, &["verify"]).status.success());
    println!("{rounds} rounds, {acknowledged} acknowledged, {unknown} unknown");
}

pub fn restart(folder: &Path) -> Demo {
    let started = Instant::now();
    let demo = Demo::start(folder);
    assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
    demo
}

/// Sends one message after the other until the server is gone; after a restart the next round sends the
/// one without an answer again, as a program does.
fn send(
    port: u16,
    stop: &AtomicBool,
    sent: &Mutex<Sent>,
    ana: &str,
    thread: &str,
    token: &str,
    (round, client): (usize, usize),
) {
    let mut n = 0;
    // Half of what has no answer is sent again, the other half shows what was left behind.
    let mut again: Vec<(String, String)> = {
        let sent = sent.lock().unwrap();
        let lost = sent.texts.iter().filter(|(id, _)| !sent.acknowledged.contains(*id));
        lost.filter(|(id, _)| id.len() % 2 == 0).map(|(a, b)| (a.clone(), b.clone())).collect()
    };
    while !stop.load(Ordering::SeqCst) {
        let (id, text) = again.pop().unwrap_or_else(|| {
            n += 1;
            let id = format!("kill-{round}-{client}-{n}");
            let text =
                format!("From client {client} round {round} number {n}, {}", "x".repeat(n % 900));
            (id, text)
        });
        sent.lock().unwrap().texts.insert(id.clone(), text.clone());
        let body = serde_json::json!({
            "resourceType": "Communication", "status": "completed",
            "subject": {"reference": format!("Patient/{ana}")},
            "partOf": [{"reference": format!("Communication/{thread}")}],
            "identifier": [{"value": id}],
            "payload": [{"contentString": text}],
        });
        let answer =
            request(port, "POST", "/fhir/R4/Communication", Some(token), Some(&body.to_string()));
        match answer {
            Ok(answer) if matches!(answer.status, 200 | 201) => {
                sent.lock().unwrap().acknowledged.insert(id);
            }
            Ok(answer) if answer.status == 503 => {}
            Ok(answer) => panic!("{answer:?}"),
            Err(_) => return,
        }
    }
}

/// Some of Ana's conversations.
fn open_threads(demo: &Demo, ana: &str, token: &str) -> Vec<String> {
    let path = format!("/fhir/R4/Communication?patient={ana}&part-of:missing=true&_count=8");
    let bundle = demo.get(&path, Some(token)).json();
    let entries = bundle["entry"].as_array().unwrap();
    let ids = entries.iter().map(|entry| entry["resource"]["id"].as_str().unwrap().to_owned());
    let ids: Vec<String> = ids.collect();
    assert!(ids.len() >= 4);
    ids
}

/// Every text of a conversation.
fn texts(demo: &Demo, thread: &str, token: &str) -> Vec<String> {
    let mut path = format!("/fhir/R4/Communication?part-of={thread}&_sort=sent&_count=100");
    let mut all = Vec::new();
    loop {
        let bundle = demo.get(&path, Some(token)).json();
        for entry in bundle["entry"].as_array().into_iter().flatten() {
            let text = entry["resource"]["payload"][0]["contentString"].as_str();
            all.push(text.unwrap_or_default().to_owned());
        }
        let next = bundle["link"].as_array().into_iter().flatten();
        let next = next.filter(|link| link["relation"] == "next").find_map(|l| l["url"].as_str());
        match next.and_then(|url| url.find("/fhir/R4").map(|at| url[at..].to_owned())) {
            Some(next) => path = next,
            None => return all,
        }
    }
}
