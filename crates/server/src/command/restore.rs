//! `tidings restore`: verifies a backup and puts it in place while no server runs.

use std::path::{Path, PathBuf};

use indicatif::ProgressBar;
use store::backup::postgres::{check_postgres, insist_on_empty, load_postgres};
use store::db::Db;
use store::migrate::MigrationSet;
use store::migrations::{KEYS, RECORD};

use super::Failure;
use crate::backup::keys_file;
use crate::backup::restore::{Target, To, restore, verify};
use crate::backup::stream::{Header, Part};
use crate::cli::Restore;
use crate::config::Engine;
use crate::data_lock::DataLock;
use crate::place::{Located, now};

/// Restores and prints what was restored.
///
/// # Errors
/// [`Failure`] that says what to do; until everything is verified nothing is changed.
pub fn run(command: &Restore) -> Result<(), Failure> {
    let place = Located::find(&command.place)?;
    let target = |part, from: PathBuf| Target {
        part,
        from,
        to: match part {
            Part::Database if place.engine == Engine::Postgres => To::Postgres,
            Part::Database => To::File(place.database_file.clone()),
            Part::Keys if place.key_store_url.is_some() => To::Postgres,
            Part::Keys => To::File(place.key_store_file.clone()),
        },
        schema_max: set_of(part).files.last().map_or(0, |file| file.number),
    };
    let keys_from = command.keys_from.clone().unwrap_or_else(|| keys_file(&command.from));
    let targets = [target(Part::Database, command.from.clone()), target(Part::Keys, keys_from)];
    let examine = |part: Part, copy: &Path| {
        let to_server =
            targets.iter().any(|one| one.part == part && matches!(one.to, To::Postgres));
        if to_server {
            check_postgres(copy, set_of(part)).map_err(|error| error.to_string())
        } else {
            store::backup::check_sqlite(copy).map_err(|error| error.to_string())
        }
    };
    let (headers, aside) = if command.verify_only {
        let folder =
            if place.data_dir.is_dir() { place.data_dir.clone() } else { std::env::temp_dir() };
        let headers = verify(&targets, &place.backup_key, &folder, &examine);
        (headers.map_err(Failure::failed)?, None)
    } else {
        let lock = DataLock::take(&place.data_dir).map_err(Failure::failed)?;
        let servers = Servers::open(&place, &targets)?;
        let bar = super::progress_bar(command.json);
        let load = |part: Part, copy: &Path, last: &mut dyn FnMut() -> Result<(), String>| {
            servers.load(part, copy, &bar, last)
        };
        let done = restore(&targets, &place.backup_key, &lock, command.force, &examine, &load);
        bar.finish_and_clear();
        let done = done.map_err(Failure::failed)?;
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

/// The migrations of a part's database.
fn set_of(part: Part) -> MigrationSet {
    match part {
        Part::Database => RECORD,
        Part::Keys => KEYS,
    }
}

/// The PostgreSQL databases that are to be filled.
struct Servers(Vec<(Part, Db)>);

impl Servers {
    /// Opens them and insists that they are empty, before any time is spent on the backup.
    fn open(place: &Located, targets: &[Target]) -> Result<Self, Failure> {
        let mut all = Vec::new();
        for part in targets.iter().filter(|one| matches!(one.to, To::Postgres)).map(|one| one.part)
        {
            let db = match part {
                Part::Database => place.open_record()?,
                Part::Keys => place.open_key_store()?,
            };
            insist_on_empty(&db).map_err(|error| {
                Failure::failed(format!("the {} in PostgreSQL: {error}", part.name()))
            })?;
            all.push((part, db));
        }
        Ok(Self(all))
    }

    fn load(
        &self,
        part: Part,
        copy: &Path,
        bar: &ProgressBar,
        last: &mut dyn FnMut() -> Result<(), String>,
    ) -> Result<(), String> {
        let found = self.0.iter().find(|(one, _)| *one == part);
        let (_, db) = found.ok_or("the database is not opened")?;
        bar.set_message(part.name());
        let progress = |done, all| {
            bar.set_length(all);
            bar.set_position(done);
        };
        load_postgres(db, set_of(part), copy, now(), progress, last)
            .map_err(|error| error.to_string())
    }
}
