//! A day with the demo: start, look, administer, verify, damage, exchange keys, stop.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use store::db::{Db, DbConfig, DbError, SqliteConfig};
use store::sql;

use super::{Demo, live, run};

#[test]
fn a_day_with_the_demo() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("demo");
    let demo = Demo::start(&folder);
    the_note_is_as_promised(&demo);
    it_answers_under_both_names(&demo);
    programs_use_tokens(&demo);
    every_noun_lists_and_shows(&demo);
    a_right_taken_back_ends_within_a_second(&demo);
    a_disabled_log_in_ends_within_a_second(&demo);
    a_second_demo_is_refused(&demo);
    let report = demo.json(&["verify", "--json"]);
    assert_eq!(report["findings"], serde_json::json!([]), "{report:#}");
    assert!(report["values"].as_u64().unwrap() > 1_000, "{report:#}");
    it_stops_with_a_stream_open(demo);
    damage_is_named(&folder);
    keys_are_exchanged(&folder);
    let started = Instant::now();
    let demo = Demo::start(&folder);
    assert!(started.elapsed() < Duration::from_secs(5), "an existing demo starts at once");
    let ana = demo.person("ana")["patient_id"].as_str().unwrap().to_owned();
    let inbox = format!("/fhir/R4/Communication?patient={ana}&part-of:missing=true");
    assert_eq!(demo.get(&inbox, Some(&demo.token("ana"))).status, 200);
}

fn the_note_is_as_promised(demo: &Demo) {
    let mode = std::fs::metadata(demo.folder.join("demo.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(demo.note["url"], format!("http://localhost:{}", demo.port));
    for key in [
        "ana", "ben", "vera", "tom", "luz", "pia", "rex", "lena", "paul", "dora", "nils", "okafor",
        "ruiz", "eve", "fred", "bob", "ada", "olga",
    ] {
        let person = demo.person(key);
        assert!(person["password"].as_str().unwrap().len() >= 15, "{key}");
        let patient = matches!(key, "ana" | "ben" | "vera" | "tom" | "luz");
        assert_eq!(person["patient_id"].is_string(), patient, "{key}");
        let helper = matches!(key, "pia" | "rex" | "lena" | "paul");
        assert_eq!(person["totp_secret"].is_null(), patient || helper, "{key}");
    }
    assert!(!demo.note["teams"].as_array().unwrap().is_empty());
    assert!(demo.note["threads"].as_object().unwrap().len() > 10);
    let codes = demo.tidings(&["demo", "--codes"]);
    let codes = String::from_utf8(codes.stdout).unwrap();
    let nils = codes.lines().find(|line| line.starts_with("nils")).unwrap();
    let code = nils.split_whitespace().nth(1).unwrap();
    assert!(code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()), "{codes}");
}

fn it_answers_under_both_names(demo: &Demo) {
    for host in ["localhost", "127.0.0.1"] {
        let mut stream = TcpStream::connect((host, demo.port)).unwrap();
        let head = format!(
            "GET /sign-in HTTP/1.1\r\nhost: {host}:{}\r\nconnection: close\r\n\r\n",
            demo.port
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        assert!(text.starts_with("HTTP/1.1 200") && text.contains("name=\"username\""), "{text}");
    }
    assert_eq!(demo.get("/livez", None).status, 200);
    assert_eq!(demo.get("/readyz", None).status, 200);
}

fn programs_use_tokens(demo: &Demo) {
    let token = demo.token("ana");
    let ana = demo.person("ana")["patient_id"].as_str().unwrap();
    let patient = demo.get(&format!("/fhir/R4/Patient/{ana}"), Some(&token));
    assert_eq!(patient.status, 200);
    assert_eq!(patient.json()["resourceType"], "Patient");
    assert_eq!(demo.get(&format!("/fhir/R4/Patient/{ana}"), None).status, 401);
    let narrow = demo.json(&["token", "--as", "ana", "--scope", "patient/Patient.r", "--json"]);
    let narrow = narrow["token"].as_str().unwrap();
    let inbox = format!("/fhir/R4/Communication?patient={ana}&part-of:missing=true");
    assert_eq!(demo.get(&inbox, Some(&token)).status, 200);
    assert_eq!(demo.get(&inbox, Some(narrow)).status, 403);
    let nobody = demo.tidings(&["token", "--as", "nobody"]);
    assert_eq!(nobody.status.code(), Some(1));
    let wrong = demo.tidings(&["token", "--as", "ana", "--scope", "everything"]);
    assert_eq!(wrong.status.code(), Some(2));
}

fn every_noun_lists_and_shows(demo: &Demo) {
    let list = |words: &[&str]| {
        let all = demo.json(&[&["admin", "--json"], words].concat());
        all.as_array().unwrap_or_else(|| panic!("{words:?}: {all}")).clone()
    };
    let ana = demo.person("ana")["patient_id"].as_str().unwrap();
    for noun in ["person", "organization", "site", "team", "account"] {
        let all = list(&[noun, "list"]);
        assert!(!all.is_empty(), "{noun}");
        let id = all[0]["id"].as_str().unwrap();
        demo.json(&["admin", "--json", noun, "show", id]);
    }
    assert_eq!(list(&["enrol", "list"]).len(), 0);
    let team = list(&["team", "list"])[0]["name"].as_str().unwrap().to_owned();
    let members = list(&["member", "list", "--team", &team]);
    let person = members[0]["person"].as_str().unwrap();
    demo.json(&["admin", "--json", "member", "show", "--team", &team, "--person", person]);
    assert!(!list(&["member", "list", "--person", "nils"]).is_empty());
    let refused = demo.tidings(&["admin", "member", "add", "--team", &team, "--person", "ana"]);
    assert_eq!(refused.status.code(), Some(2));
    let refused = String::from_utf8_lossy(&refused.stderr);
    assert!(refused.contains("roles clinician, nurse, desk"), "{refused}");
    let care = list(&["care", "list", "--patient", ana]);
    let treating = care[0]["team"].as_str().unwrap();
    demo.json(&["admin", "--json", "care", "show", "--patient", ana, "--team", treating]);
    assert!(list(&["grant", "list", "--patient", ana]).len() > 2);
    let code = demo.json(&["admin", "--json", "enrol", "add", "--person", "eve"]);
    assert!(code["code"].as_str().unwrap().len() > 10, "{code}");
    assert_eq!(list(&["enrol", "list"]).len(), 1);
    demo.json(&["admin", "--json", "enrol", "end", "eve"]);
}

/// Asks until the answer is another than 200; fails after a second.
fn ends_within_a_second(demo: &Demo, path: &str, token: &str, since: Instant) -> u16 {
    loop {
        let status = demo.get(path, Some(token)).status;
        if status != 200 {
            return status;
        }
        assert!(since.elapsed() < Duration::from_secs(1), "still answered");
    }
}

fn a_right_taken_back_ends_within_a_second(demo: &Demo) {
    let token = demo.token("rex");
    let ana = demo.person("ana")["patient_id"].as_str().unwrap();
    let inbox = format!("/fhir/R4/Communication?patient={ana}&part-of:missing=true");
    assert_eq!(demo.get(&inbox, Some(&token)).status, 200);
    let grants = demo.json(&["admin", "--json", "grant", "list", "--person", "rex"]);
    let open = grants.as_array().unwrap().iter().find(|grant| grant["until"].is_null()).unwrap();
    let id = open["id"].as_str().unwrap();
    demo.json(&["admin", "--json", "grant", "end", id, "--reason", "Ana asked for it by phone"]);
    let ended = ends_within_a_second(demo, &inbox, &token, Instant::now());
    assert_eq!(ended, 401, "the epoch ends the token");
    // A new token sees nothing of her any more.
    assert_eq!(demo.get(&inbox, Some(&demo.token("rex"))).status, 404);
    let again = demo.tidings(&["admin", "grant", "end", id, "--reason", "Again"]);
    assert_eq!(again.status.code(), Some(1));
    let shown = demo.json(&["admin", "--json", "grant", "show", id]);
    let ended = shown["ended"].as_array().unwrap();
    assert_eq!(ended.len(), 1, "what failed is not kept: {shown}");
    assert_eq!(ended[0]["reason"], "Ana asked for it by phone");
    assert!(ended[0]["by"].is_null() && ended[0]["at"].is_string(), "{shown}");
}

fn a_disabled_log_in_ends_within_a_second(demo: &Demo) {
    let token = demo.token("ben");
    let ben = demo.person("ben")["patient_id"].as_str().unwrap();
    let inbox = format!("/fhir/R4/Communication?patient={ben}&part-of:missing=true");
    assert_eq!(demo.get(&inbox, Some(&token)).status, 200);
    demo.json(&["admin", "--json", "disable", "add", "ben", "--reason", "Lost his phone"]);
    assert_eq!(ends_within_a_second(demo, &inbox, &token, Instant::now()), 401);
    let stopped = demo.json(&["admin", "--json", "disable", "list"]);
    assert_eq!(stopped.as_array().unwrap().len(), 1);
    let shown = demo.json(&["admin", "--json", "disable", "show", "ben"]);
    assert_eq!(shown["ended"][0]["reason"], "Lost his phone");
    assert_eq!(shown["ended"][0]["what"], "log-in");
    demo.json(&["admin", "--json", "disable", "end", "ben"]);
    assert_eq!(demo.get(&inbox, Some(&token)).status, 401, "an ended token stays ended");
    assert_eq!(demo.get(&inbox, Some(&demo.token("ben"))).status, 200);
}

fn a_second_demo_is_refused(demo: &Demo) {
    let second = demo.tidings(&["demo", "--listen", "127.0.0.1:0"]);
    assert_eq!(second.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&second.stderr).contains("already"));
    let outside = demo.tidings(&["demo", "--listen", "0.0.0.0:0"]);
    assert_eq!(outside.status.code(), Some(2));
}

/// Leaves Ana's inbox open, with its event stream, while the server is asked to stop.
fn it_stops_with_a_stream_open(demo: Demo) {
    let session = live::sign_in(&demo, "ana");
    let mut stream = live::listen(&demo, &session, "/live");
    let took = demo.stop();
    assert!(took < Duration::from_secs(5), "stopping waited for a live page: {took:?}");
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
}

/// Changes the database behind the product's back: a flag, a counter, a sealed value, a lost row.
fn damage_is_named(folder: &Path) {
    let healthy = run(folder, &["verify"]);
    let text = String::from_utf8(healthy.stdout).unwrap();
    assert!(healthy.status.success() && text.contains("Nothing differs"), "{text}");
    let db = Db::open(DbConfig::Sqlite(SqliteConfig::new(folder.join("tidings.db")))).unwrap();
    db.write(|tx| {
        tx.execute(
            sql!(
                "UPDATE inbox_row SET is_open = NOT is_open WHERE party_kind = 'patient' \
                 AND thread_id IN (SELECT id FROM thread ORDER BY id LIMIT 1)"
            ),
            &[],
        )?;
        tx.execute(
            sql!("UPDATE thread SET last_seq = last_seq + 1 WHERE id IN (SELECT max(id) FROM thread)"),
            &[],
        )?;
        tx.execute(
            sql!(
                "UPDATE message SET content_sealed = (SELECT content_sealed FROM message \
                 ORDER BY id LIMIT 1) WHERE id IN (SELECT max(id) FROM message)"
            ),
            &[],
        )?;
        tx.execute(
            sql!("DELETE FROM audit_subject WHERE position = 2 AND patient_id IN \
                  (SELECT patient_id FROM audit_subject WHERE position = 2 ORDER BY patient_id LIMIT 1)"),
            &[],
        )?;
        tx.execute_one(sql!("DELETE FROM audit_event WHERE position = 7"), &[])?;
        Ok::<(), DbError>(())
    })
    .unwrap();
    drop(db);
    let output = run(folder, &["verify", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap();
    for (at, rule) in [
        ("inbox_row of patient", "open while its thread"),
        ("thread ", "1 to its counter"),
        ("message ", "opens in its place"),
        ("patient_audit ", "no gap"),
        ("audit_event after 0", "no gap"),
    ] {
        let found = findings.iter().any(|finding| {
            finding["at"].as_str().unwrap().starts_with(at)
                && finding["rule"].as_str().unwrap().contains(rule)
        });
        assert!(found, "{at}: {rule} is not among {findings:#?}");
    }
    assert!(findings.len() < 12, "{findings:#?}");
}

fn keys_are_exchanged(folder: &Path) {
    let (old, new) = (folder.join("root.key"), folder.join("next.key"));
    let before = std::fs::read(&old).unwrap();
    let made = std::process::Command::new(env!("CARGO_BIN_EXE_tidings"))
        .args(["key", "new"])
        .arg(&new)
        .status();
    assert!(made.unwrap().success());
    let rotated = run(folder, &["key", "rotate-root", "--new", new.to_str().unwrap()]);
    assert!(rotated.status.success(), "{}", String::from_utf8_lossy(&rotated.stderr));
    assert_ne!(std::fs::read(&old).unwrap(), before);
    let rewrapped = run(folder, &["key", "rotate-deployment"]);
    assert!(rewrapped.status.success(), "{}", String::from_utf8_lossy(&rewrapped.stderr));
    // The old key opens nothing any more.
    let after = std::fs::read(&old).unwrap();
    std::fs::write(&old, before).unwrap();
    let refused = run(folder, &["token", "--as", "ana"]);
    assert_eq!(refused.status.code(), Some(1));
    std::fs::write(&old, after).unwrap();
}
