//! `tidings backup`: works beside a running server, which it neither stops nor asks.

use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;

use store::db::Db;
use store::migrate::MigrationSet;
use store::migrations::{KEYS, RECORD};

use super::Failure;
use crate::backup::stream::Part;
use crate::backup::{Source, keys_file, write};
use crate::cli::Backup;
use crate::config::Engine;
use crate::place::Located;

/// Writes the backup files and prints what they are.
///
/// # Errors
/// [`Failure`] that says what to do.
pub fn run(command: &Backup) -> Result<(), Failure> {
    let place = Located::find(&command.place)?;
    let keys_to = command.keys_to.clone().unwrap_or_else(|| keys_file(&command.to));
    if keys_to == command.to {
        return Err(Failure::misused("give two different files with --to and --keys-to"));
    }
    let record = (place.engine == Engine::Postgres).then(|| place.open_record()).transpose()?;
    let key_store = place.key_store_url.as_ref().map(|_| place.open_key_store()).transpose()?;
    // Where no server has run yet there is no folder to hold the copies.
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&place.data_dir)
        .map_err(|error| Failure::failed(format!("{}: {error}", place.data_dir.display())))?;
    has_room(&place, record.as_ref(), key_store.as_ref())?;
    let database = |to: &Path, progress: &mut dyn FnMut(u64, u64)| match &record {
        Some(db) => copy_server("the database", db, RECORD, to, progress),
        None => copy("the database", &place.database_file, to, progress),
    };
    let keys = |to: &Path, progress: &mut dyn FnMut(u64, u64)| match &key_store {
        Some(db) => copy_server("the key store", db, KEYS, to, progress),
        None => copy("the key store", &place.key_store_file, to, progress),
    };
    let engine = |db: &Option<Db>| if db.is_some() { "postgres" } else { "sqlite" };
    // The keys last: whatever the database's copy was sealed with is in their store by then.
    let sources = [
        Source {
            part: Part::Database,
            engine: engine(&record),
            copy: &database,
            to: command.to.clone(),
        },
        Source { part: Part::Keys, engine: engine(&key_store), copy: &keys, to: keys_to },
    ];
    let bar = super::progress_bar(command.json);
    let written = write(&sources, &place.backup_key, &place.data_dir, |part, done, all| {
        bar.set_message(part.name());
        bar.set_length(all);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    let written = written.map_err(Failure::failed)?;
    let text = if command.json {
        serde_json::to_string_pretty(&written).map_err(Failure::failed)? + "\n"
    } else {
        written.iter().fold(String::new(), |all, one| {
            format!(
                "{all}{}: {} of {}, schema {}, {} bytes\n",
                one.file.display(),
                one.header.part.name(),
                one.header.created_at,
                one.header.schema,
                one.length
            )
        })
    };
    super::print(&text)
}

/// The copies are made in the data folder: they must not bring the disk below its low-water mark, where
/// the running server refuses messages.
fn has_room(place: &Located, record: Option<&Db>, key_store: Option<&Db>) -> Result<(), Failure> {
    let mark = place.config.as_ref().map_or(0, |config| config.disk.low_water_mb << 20);
    let mut size = 0_u64;
    for (db, file) in [(record, &place.database_file), (key_store, &place.key_store_file)] {
        let one = match db {
            Some(db) => store::backup::postgres::size_of(db).map_err(Failure::failed)?,
            None => std::fs::metadata(file).map_or(0, |about| about.len()),
        };
        size = size.saturating_add(one);
    }
    match crate::disk::free_bytes(&place.data_dir) {
        Ok(free) if free < size.saturating_add(mark) => Err(Failure::failed(format!(
            "{}: a copy needs {} MB beside the {} MB that stay free, and {} MB are there; make room",
            place.data_dir.display(),
            (size >> 20) + 1,
            mark >> 20,
            free >> 20
        ))),
        _ => Ok(()),
    }
}

fn copy_server(
    what: &str,
    from: &Db,
    set: MigrationSet,
    to: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<i64, String> {
    store::backup::postgres::copy_postgres(from, set, to, progress)
        .map_err(|error| format!("{what} in PostgreSQL cannot be copied: {error}"))
}

fn copy(
    what: &str,
    from: &Path,
    to: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<i64, String> {
    if !from.exists() {
        return Err(format!(
            "{} does not exist; {what} is made when the server starts",
            from.display()
        ));
    }
    store::backup::copy_sqlite(from, to, progress)
        .map_err(|error| format!("{}: {what} cannot be copied ({error})", from.display()))
}
