//! Importing files, one after the other.

use std::path::PathBuf;

use app::App;
use app::import::Summary;
use domain::access::Actor;
use serde_json::{Value, json};

use super::{Progress, said};
use crate::command::Failure;

/// Largest file that is read, in bytes.
const BYTES_MAX: u64 = 2 * 1024 * 1024 * 1024;

/// Imports `files`, which came from the system called `source`; progress counts entries of the present
/// file. A file that cannot be read is in the summary and stops nothing else.
pub(super) fn import(
    app: &App,
    source: &str,
    files: &[PathBuf],
    progress: Progress<'_>,
) -> Result<Value, Failure> {
    let (mut all, mut rejected, mut unread) = (Summary::default(), Vec::new(), Vec::new());
    for (index, file) in files.iter().enumerate() {
        let bytes = match read(file) {
            Ok(bytes) => bytes,
            Err(reason) => {
                unread.push(json!({ "file": file, "reason": reason }));
                continue;
            }
        };
        let (done_files, files_all) = (count(index), count(files.len()));
        // Each file is one part of the whole, in thousandths.
        let done = app::import::import(app, &Actor::system(), source, &bytes, |done, total| {
            let part = if total == 0 { 1_000 } else { count(done) * 1_000 / count(total) };
            progress(done_files * 1_000 + part, files_all * 1_000);
        });
        let summary = done.map_err(|error| said(&file.display().to_string(), error))?;
        rejected.extend(summary.rejected.iter().map(|one| {
            json!({
                "file": file, "place": one.place, "index": one.index,
                "resource_type": one.resource_type, "reason": one.reason,
            })
        }));
        all.merge(summary);
    }
    Ok(json!({
        "files": files.len(), "types": all.types, "total": all.total(), "rejected": rejected,
        "unread": unread,
    }))
}

fn read(file: &PathBuf) -> Result<Vec<u8>, String> {
    let about = std::fs::metadata(file).map_err(|error| format!("cannot be read ({error})"))?;
    if !about.is_file() {
        return Err("is not a file".to_owned());
    }
    if about.len() > BYTES_MAX {
        return Err("is larger than 2 GiB; split it".to_owned());
    }
    std::fs::read(file).map_err(|error| format!("cannot be read ({error})"))
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}
