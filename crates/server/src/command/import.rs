//! `tidings import`: FHIR R4 bundles and ndjson; importing again changes nothing.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::Failure;
use crate::acting;
use crate::admin_socket::AdminRequest;
use crate::cli::Import;
use crate::place::Located;

/// Rejected entries shown one by one; the JSON holds them all.
const SHOWN: usize = 20;

/// Imports the files and prints a summary by resource type.
///
/// # Errors
/// [`Failure`] when nothing could be done, or when an entry was rejected or a file not read.
pub fn run(command: &Import) -> Result<(), Failure> {
    let place = Located::find(&command.place)?;
    let files = files(&command.files)?;
    let bar = super::progress_bar(command.json);
    bar.set_message("importing");
    let request = AdminRequest::Import { source: command.source.clone(), files };
    let outcome = acting::carry_out(&place, request, &mut |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    let data = outcome?;
    super::print(&if command.json { format!("{data:#}\n") } else { summary(&data) })?;
    let bad = list(&data, "rejected").len() + list(&data, "unread").len();
    match bad {
        0 => Ok(()),
        bad => Err(Failure::failed(format!(
            "{bad} entries or files were not taken; everything else is in the record. Correct them \
             and import again: what is known is not taken twice"
        ))),
    }
}

/// The files to read, absolute, because a running server has another working folder. A folder means
/// its .json and .ndjson files; organizations and practitioners come first by their names.
fn files(given: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut all = Vec::new();
    for path in given {
        let says = |error: std::io::Error| Failure::failed(format!("{}: {error}", path.display()));
        let path = path.canonicalize().map_err(says)?;
        if !path.is_dir() {
            all.push(path);
            continue;
        }
        let mut inside = Vec::new();
        for entry in std::fs::read_dir(&path).map_err(says)? {
            let file = entry.map_err(says)?.path();
            if file.is_file() && is_fhir(&file) {
                inside.push(file);
            }
        }
        if inside.is_empty() {
            return Err(Failure::failed(format!(
                "{} holds no .json or .ndjson file",
                path.display()
            )));
        }
        inside.sort_by_key(|file| (rank(file), file.clone()));
        all.extend(inside);
    }
    Ok(all)
}

fn is_fhir(file: &Path) -> bool {
    file.extension().is_some_and(|end| end == "json" || end == "ndjson")
}

/// Files of what others refer to are read first, as Synthea and bulk exports name them.
fn rank(file: &Path) -> u8 {
    let name = file.file_name().map(|name| name.to_string_lossy().to_lowercase());
    let name = name.unwrap_or_default();
    match () {
        () if name.starts_with("organization") || name.starts_with("hospital") => 0,
        () if name.starts_with("location") => 1,
        () if name.starts_with("practitionerrole") => 3,
        () if name.starts_with("practitioner") => 2,
        () if name.starts_with("patient") => 4,
        () => 5,
    }
}

fn list<'v>(data: &'v Value, name: &str) -> &'v [Value] {
    data.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn summary(data: &Value) -> String {
    let mut text = format!(
        "{:24} {:>9} {:>9} {:>9} {:>9}\n",
        "resource type", "added", "updated", "unchanged", "rejected"
    );
    let line = |name: &str, counts: &Value| {
        let n = |key: &str| counts.get(key).and_then(Value::as_u64).unwrap_or(0);
        format!(
            "{name:24} {:>9} {:>9} {:>9} {:>9}\n",
            n("added"),
            n("updated"),
            n("unchanged"),
            n("rejected")
        )
    };
    for (name, counts) in data.get("types").and_then(Value::as_object).into_iter().flatten() {
        text += &line(name, counts);
    }
    text += &line("all", data.get("total").unwrap_or(&Value::Null));
    let word =
        |one: &Value, key: &str| one.get(key).and_then(Value::as_str).unwrap_or("?").to_owned();
    // A string takes any text.
    let rejected = list(data, "rejected");
    for one in rejected.iter().take(SHOWN) {
        let _ = writeln!(
            text,
            "{}, {}, {}: {}",
            word(one, "file"),
            word(one, "place"),
            word(one, "resource_type"),
            word(one, "reason")
        );
    }
    if rejected.len() > SHOWN {
        let _ = writeln!(text, "and {} more; --json shows all", rejected.len() - SHOWN);
    }
    for one in list(data, "unread") {
        let _ = writeln!(text, "{}: {}", word(one, "file"), word(one, "reason"));
    }
    text
}
