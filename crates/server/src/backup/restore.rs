//! Restore: everything is opened and examined beside the target before the target is touched.

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::stream::{self, Header, Part};
use super::{Scratch, sync_folder, with_suffix};
use crate::config::secret::SecretKey;
use crate::data_lock::DataLock;

/// Examines an opened copy: returns the number of its newest migration, or what is wrong with it.
pub type Examine<'a> = &'a dyn Fn(Part, &Path) -> Result<i64, String>;

/// Fills the empty PostgreSQL database of a part with an opened copy, in one transaction; before that
/// is committed it calls the last argument, whose refusal undoes everything.
pub type Load<'a> =
    &'a dyn Fn(Part, &Path, &mut dyn FnMut() -> Result<(), String>) -> Result<(), String>;

/// Where the content of a part goes.
#[derive(Debug, Clone)]
pub enum To {
    /// To this SQLite file.
    File(PathBuf),
    /// To a PostgreSQL database, which [`Load`] knows.
    Postgres,
}

impl To {
    /// The engine as headers name it.
    fn engine(&self) -> &'static str {
        match self {
            Self::File(_) => "sqlite",
            Self::Postgres => "postgres",
        }
    }

    fn file(&self) -> Option<&Path> {
        match self {
            Self::File(file) => Some(file),
            Self::Postgres => None,
        }
    }
}

/// One file to restore and where its content goes.
#[derive(Debug, Clone)]
pub struct Target {
    /// The part that the file must hold.
    pub part: Part,
    /// The backup file.
    pub from: PathBuf,
    /// The database to put in place.
    pub to: To,
    /// The newest migration this program knows for the part.
    pub schema_max: i64,
}

/// What was restored.
#[derive(Debug, Clone, Serialize)]
pub struct Restored {
    /// The headers of the files, in their order.
    pub headers: Vec<Header>,
    /// Where the former content of the target was put, if there was any.
    pub put_aside: Option<PathBuf>,
}

/// Opens and examines the backup files and changes nothing. Opened copies live in `folder` for the
/// time it takes.
///
/// # Errors
/// A sentence that says which file is wrong and what to do.
pub fn verify(
    targets: &[Target],
    key: &SecretKey,
    folder: &Path,
    examine: Examine<'_>,
) -> Result<Vec<Header>, String> {
    let scratch = scratch(folder)?;
    open_all(targets, key, |_| scratch.0.clone(), examine)
}

/// Restores `targets` into the folder that `lock` owns and the databases that `load` knows. The
/// target's former files are put aside with `force`, and are a reason to refuse without.
///
/// # Errors
/// A sentence that says what to do. Until everything is verified nothing is changed.
pub fn restore(
    targets: &[Target],
    key: &SecretKey,
    lock: &DataLock,
    force: bool,
    examine: Examine<'_>,
    load: Load<'_>,
) -> Result<Restored, String> {
    let files = targets.iter().filter_map(|target| target.to.file());
    let former: Vec<PathBuf> = files
        .flat_map(|file| ["", "-wal", "-shm", "-journal"].map(|end| with_suffix(file, end)))
        .filter(|file| file.exists())
        .collect();
    if let Some(file) = former.first()
        && !force
    {
        return Err(format!(
            "{} exists; restore into an empty data folder, or put it aside with --force",
            file.display()
        ));
    }
    // Opened beside each target, so that putting them in place is one rename.
    let beside = |target: &Target| match target.to.file() {
        Some(file) => scratch(file.parent().unwrap_or(Path::new("."))),
        None => scratch(lock.folder()),
    };
    let scratches = targets.iter().map(beside).collect::<Result<Vec<_>, _>>()?;
    let place = |index: usize| scratches.get(index).map(|s| s.0.clone()).unwrap_or_default();
    let headers = open_all(targets, key, place, examine)?;
    let opened: Vec<(&Target, PathBuf)> = targets
        .iter()
        .enumerate()
        .map(|(index, target)| (target, place(index).join(target.part.name())))
        .collect();
    let mut aside = None;
    put_in_place(&opened, load, &mut || {
        aside = put_aside(&former, lock.folder()).map_err(|error| {
            format!("cannot put aside what the data folder holds ({error}); nothing was restored")
        })?;
        Ok(())
    })?;
    Ok(Restored { headers, put_aside: aside })
}

/// Puts the last part in place first: the keys, because a database without its keys is the worse half
/// to be left with. A PostgreSQL database is filled before all that and committed after it, so that
/// what can fail comes before what cannot be taken back. `first` runs before any file is put in place.
fn put_in_place(
    opened: &[(&Target, PathBuf)],
    load: Load<'_>,
    first: &mut dyn FnMut() -> Result<(), String>,
) -> Result<(), String> {
    let Some(((target, copy), others)) = opened.split_first() else { return first() };
    match &target.to {
        To::Postgres => load(target.part, copy, &mut || put_in_place(others, load, first))
            .map_err(|error| format!("the {} in PostgreSQL: {error}", target.part.name())),
        To::File(file) => {
            put_in_place(others, load, first)?;
            std::fs::rename(copy, file).and_then(|()| sync_folder(file)).map_err(|error| {
                format!(
                    "{}: cannot be put in place ({error}); run restore again with --force",
                    file.display()
                )
            })
        }
    }
}

fn scratch(folder: &Path) -> Result<Scratch, String> {
    Scratch::new(folder)
        .map_err(|error| format!("{}: cannot hold the copy ({error})", folder.display()))
}

/// Opens every file into the folder `place` names for it, examines it, and compares the parts.
fn open_all(
    targets: &[Target],
    key: &SecretKey,
    place: impl Fn(usize) -> PathBuf,
    examine: Examine<'_>,
) -> Result<Vec<Header>, String> {
    let mut headers: Vec<Header> = Vec::new();
    for (index, target) in targets.iter().enumerate() {
        let says =
            |sentence: &dyn std::fmt::Display| format!("{}: {sentence}", target.from.display());
        let copy = place(index).join(target.part.name());
        let header = open_one(&target.from, key, &copy).map_err(|error| says(&error))?;
        if header.part != target.part {
            return Err(says(&format!(
                "holds the {} and not the {}; exchange the two files",
                header.part.name(),
                target.part.name()
            )));
        }
        if header.engine != target.to.engine() {
            return Err(says(&format!(
                "was written from {} and the configuration keeps the {} in {}; restore it with a \
                 configuration like the one it was written with",
                named(&header.engine),
                target.part.name(),
                named(target.to.engine())
            )));
        }
        if header.schema > target.schema_max {
            return Err(says(&format!(
                "has schema {}, newer than this program's {}; restore with the tidings that wrote it ({})",
                header.schema, target.schema_max, header.program
            )));
        }
        let schema = examine(target.part, &copy).map_err(|error| says(&error))?;
        if schema != header.schema {
            return Err(says(&"holds another schema than its header says; use another copy"));
        }
        headers.push(header);
    }
    let of = |part: Part| headers.iter().find(|header| header.part == part);
    if let (Some(database), Some(keys)) = (of(Part::Database), of(Part::Keys))
        && keys.set != database.set
        && keys.created_at < database.created_at
    {
        return Err(format!(
            "the key store ({}) is older than the database ({}) and may lack its keys; give the key \
             store of the same run or a later one",
            keys.created_at, database.created_at
        ));
    }
    Ok(headers)
}

/// An engine as people write it.
fn named(engine: &str) -> &str {
    match engine {
        "sqlite" => "SQLite",
        "postgres" => "PostgreSQL",
        other => other,
    }
}

fn open_one(from: &Path, key: &SecretKey, to: &Path) -> Result<Header, stream::StreamError> {
    let mut sealed = BufReader::with_capacity(1 << 20, File::open(from)?);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    let mut file = BufWriter::with_capacity(1 << 20, options.open(to)?);
    let header = stream::open(key, &mut sealed, &mut file)?;
    file.flush()?;
    file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    Ok(header)
}

/// Moves files into a new folder beside the first of them; returns it.
fn put_aside(files: &[PathBuf], folder: &Path) -> io::Result<Option<PathBuf>> {
    if files.is_empty() {
        return Ok(None);
    }
    let now = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ");
    let random = stream::random_hex::<4>().map_err(io::Error::other)?;
    let aside = folder.join(format!("before-restore-{now}-{random}"));
    std::os::unix::fs::DirBuilderExt::mode(&mut std::fs::DirBuilder::new(), 0o700)
        .create(&aside)?;
    for file in files {
        let Some(name) = file.file_name() else { continue };
        // A key store on another file system stays beside its place instead.
        std::fs::rename(file, aside.join(name)).or_else(|_| {
            std::fs::rename(file, with_suffix(file, &format!(".before-restore-{now}")))
        })?;
    }
    sync_folder(&aside)?;
    Ok(Some(aside))
}
