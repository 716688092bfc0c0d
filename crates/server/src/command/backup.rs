//! `tidings backup`: works beside a running server, which it neither stops nor asks.

use std::path::Path;

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
    let database = |to: &Path, progress: &mut dyn FnMut(u64, u64)| {
        copy("the database", &place.database_file, to, progress)
    };
    let keys = |to: &Path, progress: &mut dyn FnMut(u64, u64)| {
        copy("the key store", &place.key_store_file, to, progress)
    };
    has_room(&place)?;
    let keys_to = command.keys_to.clone().unwrap_or_else(|| keys_file(&command.to));
    if keys_to == command.to {
        return Err(Failure::misused("give two different files with --to and --keys-to"));
    }
    let mut sources = Vec::new();
    match place.engine {
        Engine::Sqlite => sources.push(Source {
            part: Part::Database,
            engine: "sqlite",
            copy: &database,
            to: command.to.clone(),
        }),
        Engine::Postgres => {
            return Err(Failure::failed(
                "PostgreSQL is saved with its own tools: run pg_basebackup or pg_dump for the \
                 record, and keep the key store's dumps apart and for at most 30 days",
            ));
        }
    }
    sources.push(Source { part: Part::Keys, engine: "sqlite", copy: &keys, to: keys_to });
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
fn has_room(place: &Located) -> Result<(), Failure> {
    let mark = place.config.as_ref().map_or(0, |config| config.disk.low_water_mb << 20);
    let size = [&place.database_file, &place.key_store_file]
        .into_iter()
        .filter_map(|file| std::fs::metadata(file).ok())
        .fold(0, |all: u64, about| all.saturating_add(about.len()));
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
