//! `tidings urgency` as those who measure it use it.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn urgency(arguments: &[&str], lines: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_tidings"))
        .arg("urgency")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn answers(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn each_line_gets_its_level_with_the_words_that_made_it() {
    let text = "Refill please. Also since 4 this morning a heavy feeling in my chest";
    let lines = format!(
        "{}\n\n{}\n",
        serde_json::json!({ "id": 7, "text": text, "lang": "en", "source": "ours" }),
        serde_json::json!({ "id": "b", "text": "Gracias por todo", "lang": "es-MX" }),
    );
    let output = urgency(&[], &lines);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let answers = answers(&output);
    assert_eq!(answers.len(), 2);
    assert_eq!((&answers[0]["id"], &answers[0]["level"]), (&7.into(), &"emergency".into()));
    let rule = &answers[0]["rules"][0];
    let place = |key: &str| usize::try_from(rule[key].as_u64().unwrap()).unwrap();
    assert_eq!(text.get(place("start")..place("end")), rule["text"].as_str());
    assert_eq!((&answers[1]["id"], &answers[1]["level"]), (&"b".into(), &"none".into()));
    assert_eq!(answers[0]["pack"], answers[1]["pack"]);
}

#[test]
fn a_bad_line_is_named_and_the_others_are_answered() {
    let lines = "{\"id\":1,\"text\":\"hello\"}\nnonsense\n{\"id\":2}\n{\"id\":3,\"text\":\"x\",\"lang\":\"fr\"}\n\
                 {\"id\":4,\"text\":\"x\",\"facts\":{\"height\":3}}\n{\"id\":5,\"text\":\"bye\"}\n";
    let output = urgency(&[], lines);
    assert_eq!(output.status.code(), Some(2));
    let answers = answers(&output);
    let bad: Vec<u64> = answers.iter().filter_map(|answer| answer["line"].as_u64()).collect();
    assert_eq!(bad, [2, 3, 4, 5]);
    assert!(answers.iter().filter(|a| a["line"].is_u64()).all(|a| a["error"].is_string()));
    assert_eq!(answers.last().unwrap()["id"], 5);
}

#[test]
fn a_limit_of_the_patients_own_plan_counts() {
    let with = |limits: serde_json::Value| {
        serde_json::json!({ "id": 1, "text": "My blood pressure was 152/88 today, I feel fine.",
            "facts": { "age_years": 70, "limits": limits } })
    };
    let limit = |value: f64| {
        with(serde_json::json!([{ "quantity": "systolic", "comparator": ">", "value": value,
            "unit": "mmHg" }]))
    };
    let lines =
        [limit(150.0), limit(160.0), with(serde_json::json!([]))].map(|line| format!("{line}\n"));
    let output = urgency(&[], &lines.concat());
    let answers = answers(&output);
    assert_eq!(answers[0]["level"], "sameday");
    assert_eq!(answers[0]["rules"][0]["id"], "plan-limit");
    assert_eq!(answers[1], answers[2], "a limit that is not reached changes nothing");
    assert_ne!(answers[1]["level"], "sameday");
}

#[test]
fn facts_for_all_lines_come_from_a_file_and_a_bad_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("facts.json");
    let path = file.to_str().unwrap();
    let limit =
        r#"{"limits":[{"quantity":"systolic","comparator":">=","value":150,"unit":"mm[Hg]"}]}"#;
    std::fs::write(&file, limit).unwrap();
    let line = "{\"id\":1,\"text\":\"bp 152/88\"}\n";
    let output = urgency(&["--facts", path], line);
    assert_eq!(answers(&output)[0]["level"], "sameday");
    std::fs::write(
        &file,
        r#"{"limits":[{"quantity":"height","comparator":">=","value":1,"unit":"m"}]}"#,
    )
    .unwrap();
    let output = urgency(&["--facts", path], line);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("height"));
}
