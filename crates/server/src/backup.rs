//! Encrypted backups of a running server, and their restore.
//!
//! One run writes two files: the database, and the store of wrapped data keys, which is kept for a
//! shorter time so that erasing a patient's key ends in the backups as well (SECURITY.md, 9). The
//! database is copied first: a data key is committed in its store before its first use, so the later
//! copy of the key store has every key the database needs, on either engine.
//!
//! Deliberately absent: incremental backups, uploads to elsewhere (the files may go anywhere, they
//! are sealed), and attachments until they exist.

pub mod restore;
pub mod stream;

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::config::secret::SecretKey;
use stream::{Header, Part};

/// Name of the note in the data folder that says when the last backup was finished.
pub const NOTE: &str = "last-backup.json";

/// Copies one part to a new file and returns the number of its newest migration. The second
/// argument hears steps done and steps in all.
pub type Copy<'a> = &'a dyn Fn(&Path, &mut dyn FnMut(u64, u64)) -> Result<i64, String>;

/// One part to save.
pub struct Source<'a> {
    /// Which part.
    pub part: Part,
    /// The engine its content is for: `sqlite` or `postgres`.
    pub engine: &'static str,
    /// Makes a consistent copy of it.
    pub copy: Copy<'a>,
    /// The file to write.
    pub to: PathBuf,
}

/// A written backup file.
#[derive(Debug, Clone, Serialize)]
pub struct Written {
    /// The file.
    pub file: PathBuf,
    /// Its length in bytes.
    pub length: u64,
    /// Its header.
    pub header: Header,
}

/// When each part was last saved, for the metrics.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The database.
    pub database: Option<jiff::Timestamp>,
    /// The key store.
    pub keys: Option<jiff::Timestamp>,
}

impl Note {
    /// The note in `folder`; an empty one when there is none.
    pub fn read(folder: &Path) -> Self {
        std::fs::read(folder.join(NOTE))
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default()
    }

    fn write(&self, folder: &Path) -> io::Result<()> {
        let draft = folder.join(format!("{NOTE}.new"));
        std::fs::write(&draft, serde_json::to_vec(self)?)?;
        std::fs::rename(draft, folder.join(NOTE))
    }
}

/// A folder (mode 0700) for unsealed copies, deleted with everything in it when dropped.
#[derive(Debug)]
struct Scratch(PathBuf);

impl Scratch {
    fn new(parent: &Path) -> io::Result<Self> {
        let name = stream::random_hex::<16>().map_err(io::Error::other)?;
        let path = parent.join(format!(".tidings-{name}"));
        DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Saves the sources in their order, each to its own new file, all under `key`. Copies are made in
/// `folder` (the data folder). `progress` hears the part, steps done and steps in all.
///
/// # Errors
/// A sentence that says what to do. Files that were finished before stay.
pub fn write(
    sources: &[Source<'_>],
    key: &SecretKey,
    folder: &Path,
    mut progress: impl FnMut(Part, u64, u64),
) -> Result<Vec<Written>, String> {
    for source in sources {
        if source.to.exists() {
            return Err(format!("{} exists; give a new name", source.to.display()));
        }
    }
    let set = stream::random_hex::<16>().map_err(|error| error.to_string())?;
    let scratch = Scratch::new(folder)
        .map_err(|error| format!("{}: cannot hold the copy ({error})", folder.display()))?;
    let mut note = Note::read(folder);
    let mut written = Vec::new();
    for source in sources {
        let created_at = jiff::Timestamp::now();
        let one = write_one(source, key, &scratch.0, &set, created_at, &mut progress)?;
        match source.part {
            Part::Database => note.database = Some(created_at),
            Part::Keys => note.keys = Some(created_at),
        }
        written.push(one);
    }
    note.write(folder).map_err(|error| format!("{}: {error}", folder.join(NOTE).display()))?;
    Ok(written)
}

fn write_one(
    source: &Source<'_>,
    key: &SecretKey,
    scratch: &Path,
    set: &str,
    created_at: jiff::Timestamp,
    progress: &mut impl FnMut(Part, u64, u64),
) -> Result<Written, String> {
    let copy = scratch.join(source.part.name());
    let schema = (source.copy)(&copy, &mut |done, all| progress(source.part, done, all))?;
    let of_copy = |error: io::Error| format!("cannot read the copy back ({error})");
    let (size, sha256) = File::open(&copy)
        .and_then(|file| stream::measure(&mut BufReader::new(file)))
        .map_err(of_copy)?;
    let header = Header {
        part: source.part,
        engine: source.engine.to_owned(),
        created_at,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        schema,
        set: set.to_owned(),
        size,
        sha256,
        key_id: String::new(),
        salt: String::new(),
    };
    let draft = with_suffix(&source.to, ".unfinished");
    let of_target = |error: &dyn std::fmt::Display| {
        format!("{}: cannot be written ({error})", source.to.display())
    };
    let sealed = (|| {
        let mut content = BufReader::new(File::open(&copy)?);
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        let mut file = BufWriter::with_capacity(1 << 20, options.open(&draft)?);
        let header = stream::seal(key, header, &mut content, &mut file)?;
        file.flush()?;
        let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        // The name appears only when the file is whole, and never replaces another.
        std::fs::hard_link(&draft, &source.to)?;
        sync_folder(&source.to)?;
        Ok::<_, stream::StreamError>((header, file.metadata()?.len()))
    })();
    let _ = std::fs::remove_file(&draft);
    let _ = std::fs::remove_file(&copy);
    let (header, length) = sealed.map_err(|error| of_target(&error))?;
    Ok(Written { file: source.to.clone(), length, header })
}

/// The file of the key store that goes with the database backup `file`.
pub fn keys_file(file: &Path) -> PathBuf {
    with_suffix(file, ".keys")
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Makes the names in the folder of `path` durable.
fn sync_folder(path: &Path) -> io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(test)]
mod tests;
