//! `tidings restore`: verifies a backup and puts it in place while no server runs.

use std::path::Path;

use super::Failure;
use crate::backup::keys_file;
use crate::backup::restore::{Target, restore, verify};
use crate::backup::stream::{Header, Part};
use crate::cli::Restore;
use crate::config::Engine;
use crate::data_lock::DataLock;
use crate::place::Located;

/// Restores and prints what was restored.
///
/// # Errors
/// [`Failure`] that says what to do; until everything is verified nothing is changed.
pub fn run(command: &Restore) -> Result<(), Failure> {
    let place = Located::find(&command.place)?;
    if place.engine == Engine::Postgres {
        return Err(Failure::failed(
            "PostgreSQL is restored with its own tools: stop tidings and run pg_restore",
        ));
    }
    let newest = |set: store::migrate::MigrationSet| set.files.last().map_or(0, |file| file.number);
    let targets = [
        Target {
            part: Part::Database,
            from: command.from.clone(),
            to: place.database_file.clone(),
            schema_max: newest(store::migrations::RECORD),
        },
        Target {
            part: Part::Keys,
            from: command.keys_from.clone().unwrap_or_else(|| keys_file(&command.from)),
            to: place.key_store_file.clone(),
            schema_max: newest(store::migrations::KEYS),
        },
    ];
    let (headers, aside) = if command.verify_only {
        let folder =
            if place.data_dir.is_dir() { place.data_dir.clone() } else { std::env::temp_dir() };
        let headers = verify(&targets, &place.backup_key, &folder, &examine);
        (headers.map_err(Failure::failed)?, None)
    } else {
        let lock = DataLock::take(&place.data_dir).map_err(Failure::failed)?;
        let done = restore(&targets, &place.backup_key, &lock, command.force, &examine)
            .map_err(Failure::failed)?;
        (done.headers, done.put_aside)
    };
    if command.json {
        let value = serde_json::json!({
            "restored": !command.verify_only, "files": headers, "put_aside": aside,
        });
        return super::print(&format!("{value:#}\n"));
    }
    let mut text = headers.iter().fold(String::new(), |all, header| all + &line(header));
    text += if command.verify_only {
        "Verified; nothing was changed.\n"
    } else {
        "Restored. Start the server, then run `tidings verify`.\n"
    };
    if let Some(aside) = aside {
        let aside = aside.display();
        return super::print(&format!(
            "{text}What was there before is in {aside}; delete it when all is well.\n"
        ));
    }
    super::print(&text)
}

fn line(header: &Header) -> String {
    format!("{} of {}, schema {}\n", header.part.name(), header.created_at, header.schema)
}

fn examine(_: Part, copy: &Path) -> Result<i64, String> {
    store::backup::check_sqlite(copy).map_err(|error| error.to_string())
}
