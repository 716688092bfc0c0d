//! For those who write the rule pack: `features` prints what the learned model sees of JSON lines, `guard`
//! prints those words of standard input that would be repaired.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a tool for the people who build the pack"
)]

use std::io::BufRead as _;

use domain::urgency::{Lang, RulePack, features};

fn main() {
    let pack = RulePack::shipped().unwrap();
    let task = std::env::args().nth(1).unwrap_or_default();
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        if task == "guard" {
            if pack.repaired(&line).is_some() {
                println!("{line}");
            }
            continue;
        }
        let case: serde_json::Value = serde_json::from_str(&line).unwrap();
        let lang = case.get("lang").and_then(|tag| tag.as_str()).and_then(Lang::parse);
        let text = case.get("text").and_then(|text| text.as_str()).unwrap_or_default();
        println!("{}", serde_json::json!(features(text, lang, &pack)));
    }
}
