//! `tidings migrate`: forward only; the way back is a restore.

use serde::Serialize;
use store::migrate::{MigrationFile, migrate, pending};
use store::migrations::{KEYS, RECORD};

use super::Failure;
use crate::cli::Migrate;
use crate::data_lock::DataLock;
use crate::place::{Located, now};

#[derive(Debug, Serialize)]
struct Step {
    database: &'static str,
    number: i64,
    name: &'static str,
}

/// Applies what is pending to the record and the key store, or lists it.
///
/// # Errors
/// [`Failure`]; each migration is applied whole or not at all.
pub fn run(command: &Migrate) -> Result<(), Failure> {
    let place = Located::find(&command.place)?;
    let _lock = DataLock::take(&place.data_dir).map_err(Failure::failed)?;
    let record = place.open_record()?;
    let keys = place.open_key_store()?;
    let mut steps = Vec::new();
    for (db, set) in [(&record, RECORD), (&keys, KEYS)] {
        let files: Vec<MigrationFile> =
            if command.dry_run { pending(db, set) } else { migrate(db, set, now()) }
                .map_err(|error| Failure::failed(format!("the {} database: {error}", set.name)))?;
        steps.extend(files.iter().map(|file| Step {
            database: set.name,
            number: file.number,
            name: file.name,
        }));
    }
    if command.json {
        let value = serde_json::json!({ "applied": !command.dry_run, "migrations": steps });
        return super::print(&format!("{value:#}\n"));
    }
    if steps.is_empty() {
        return super::print("The schema is this version's; nothing to do.\n");
    }
    let verb = if command.dry_run { "would apply" } else { "applied" };
    super::print(&steps.iter().fold(String::new(), |all, step| {
        format!("{all}{verb} {} {:04} {}\n", step.database, step.number, step.name)
    }))
}
