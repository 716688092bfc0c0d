//! `tidings verify`: recomputes everything derived, opens every sealed value, and names what differs.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::Failure;
use crate::acting;
use crate::admin_socket::AdminRequest;
use crate::cli::Verify;
use crate::config::Engine;
use crate::place::Located;

/// Findings shown one by one; the JSON holds them all.
const SHOWN: usize = 50;

/// Verifies and prints what differs.
///
/// # Errors
/// When something differs, or the database cannot be read.
pub fn run(command: &Verify) -> Result<(), Failure> {
    let place = Located::find(&command.place)?;
    let damage = damage(&place);
    let bar = super::progress_bar(command.json);
    bar.set_message("looked at");
    // A damaged file is not recomputed: the first page it lacks would end that.
    let mut report = if damage.is_empty() {
        acting::carry_out(&place, AdminRequest::Verify, &mut |done, _| bar.set_position(done))?
    } else {
        json!({ "findings": [] })
    };
    bar.finish_and_clear();
    if let Some(findings) = report.get_mut("findings").and_then(Value::as_array_mut) {
        findings.extend(damage);
    }
    let findings = report.get("findings").and_then(Value::as_array).map_or(0, Vec::len);
    super::print(&if command.json { format!("{report:#}\n") } else { text(&report) })?;
    match findings {
        0 => Ok(()),
        n => Err(Failure::failed(format!(
            "{n} things differ; keep the data folder as it is and restore the newest good backup \
             elsewhere to compare"
        ))),
    }
}

/// What SQLite says about its own files.
fn damage(place: &Located) -> Vec<Value> {
    let mut files = Vec::new();
    if place.engine == Engine::Sqlite {
        files.push(&place.database_file);
    }
    if place.key_store_url.is_none() {
        files.push(&place.key_store_file);
    }
    files
        .into_iter()
        .filter_map(|file| {
            let error = store::backup::check_sqlite(file).err()?;
            Some(json!({ "rule": error.to_string(), "at": file }))
        })
        .collect()
}

fn text(report: &Value) -> String {
    let count = |name: &str| report.get(name).and_then(Value::as_u64).unwrap_or(0);
    let findings = report.get("findings").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let mut text = format!(
        "Compared {} threads, opened {} sealed values, counted {} positions.\n",
        count("threads"),
        count("values"),
        count("positions")
    );
    let word =
        |one: &Value, key: &str| one.get(key).and_then(Value::as_str).unwrap_or("?").to_owned();
    // A string takes any text.
    for one in findings.iter().take(SHOWN) {
        let _ = writeln!(text, "DIFFERS {}: {}", word(one, "at"), word(one, "rule"));
    }
    if findings.len() > SHOWN {
        let _ = writeln!(text, "and {} more; --json shows all", findings.len() - SHOWN);
    }
    if findings.is_empty() {
        text += "Nothing differs.\n";
    }
    text
}
