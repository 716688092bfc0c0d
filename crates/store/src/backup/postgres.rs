//! Copies of PostgreSQL databases in a file, and the way back into an empty database.
//!
//! ```text
//! "TIDPGCPY"  u32 length  what is in it (JSON)
//! for each table, in the order of their making:
//!     u32 length  bytes of COPY … (FORMAT binary)   as often as needed, length > 0
//!     u32 0       u64 number of rows
//! "TIDPGEND"
//! ```
//!
//! The copy is one snapshot; a row of the log that has no position yet gets one after the restore,
//! because positions and their counters are written in one transaction. The migrations are not
//! copied as statements: a restore makes the tables by this program's own files, whose checksums
//! must be those of the copy, and fills them in one transaction. A table comes after those it refers
//! to, so no constraint is switched off and the database's owner may do it. Deliberately absent:
//! tables that no migration of ours makes, and proof against forgery (the caller seals the file).

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use domain::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::db::{Db, DbError, TableShape, Tx};
use crate::migrate::{self, LOCK, MigrateError, MigrationSet};

const MAGIC: &[u8; 8] = b"TIDPGCPY";
const END: &[u8; 8] = b"TIDPGEND";
/// Bytes that are gathered before they are written as one piece; no piece is longer.
const PIECE: usize = 256 * 1024;
/// The longest description that is read.
const CONTENTS_MAX: u32 = 1 << 20;

/// Why a copy was not made, not believed or not loaded.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The database refused or could not be reached.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The database's migrations are not this program's.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    /// The file of the copy cannot be read or written.
    #[error("the copy's file: {0}")]
    File(#[from] io::Error),
    /// A sentence that says what is wrong and what to do.
    #[error("{0}")]
    Refused(String),
}

fn refused<T>(sentence: impl Into<String>) -> Result<T, CopyError> {
    Err(CopyError::Refused(sentence.into()))
}

/// What a copy holds.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Contents {
    /// Number and SHA-256 (as bytes) of every migration that was applied.
    migrations: Vec<(i64, Vec<u8>)>,
    /// The tables in the order of the file.
    tables: Vec<TableShape>,
}

impl Contents {
    fn schema(&self) -> i64 {
        self.migrations.last().map_or(0, |(number, _)| *number)
    }

    /// Refuses contents that this program's migrations do not make.
    fn check(&self, set: MigrationSet) -> Result<(), CopyError> {
        migrate::after(set, &self.migrations)?;
        let names: Vec<&str> = self.tables.iter().map(|table| table.name.as_str()).collect();
        if names != migrate::tables(set, self.schema()) {
            return refused(
                "holds other tables than this program makes; restore with the tidings that wrote it",
            );
        }
        Ok(())
    }
}

/// About how many bytes a copy of `db` takes: what its tables take on the server's disk.
///
/// # Errors
/// [`DbError`] when the database cannot be asked.
pub fn size_of(db: &Db) -> Result<u64, DbError> {
    db.read(|tx| Ok(tx.table_shapes()?.iter().fold(0, |all, one| one.bytes.saturating_add(all))))
}

/// Copies the PostgreSQL database `db`, which may be in use, to the new file `to` (mode 0600), in one
/// snapshot that no writer can make inconsistent, and syncs it. `progress` hears bytes done and about
/// how many in all. Returns the number of the newest migration in the copy.
///
/// # Errors
/// [`CopyError`]; [`DbError::Unavailable`] in it also when no quiet moment for the snapshot came
/// within five minutes.
pub fn copy_postgres(
    db: &Db,
    set: MigrationSet,
    to: &Path,
    mut progress: impl FnMut(u64, u64),
) -> Result<i64, CopyError> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to)?;
    let mut file = BufWriter::with_capacity(PIECE, file);
    let schema = db.snapshot_apart(|tx| copy(tx, set, &mut file, &mut progress))?;
    file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    Ok(schema)
}

fn copy(
    tx: &mut Tx<'_>,
    set: MigrationSet,
    file: &mut impl Write,
    progress: &mut impl FnMut(u64, u64),
) -> Result<i64, CopyError> {
    let mut shapes = tx.table_shapes()?;
    if !shapes.iter().any(|shape| shape.name == "migration") {
        return refused("it has no tables yet; they are made when the server starts");
    }
    let migrations = migrate::applied(tx)?;
    migrate::after(set, &migrations)?;
    let mut contents = Contents { migrations, tables: Vec::new() };
    for name in migrate::tables(set, contents.schema()) {
        let Some(at) = shapes.iter().position(|shape| shape.name == name) else {
            return refused(format!("it lacks the table {name}; run `tidings verify`"));
        };
        contents.tables.push(shapes.swap_remove(at));
    }
    let json = serde_json::to_vec(&contents).map_err(io::Error::from)?;
    file.write_all(MAGIC)?;
    write_piece(file, &json)?;
    let all = contents.tables.iter().fold(0, |all, table| table.bytes.saturating_add(all));
    let mut done = 0_u64;
    for table in &contents.tables {
        let mut gathered = Vec::with_capacity(PIECE);
        tx.copy_out(table, &mut |rows| {
            gathered.extend_from_slice(rows);
            if gathered.len() >= PIECE {
                done = done.saturating_add(write_pieces(file, &mut gathered)?);
                progress(done.min(all), all);
            }
            Ok(())
        })?;
        done = done.saturating_add(write_pieces(file, &mut gathered)?);
        progress(done.min(all), all);
        file.write_all(&0_u32.to_be_bytes())?;
        file.write_all(&tx.count_rows(table)?.to_be_bytes())?;
    }
    file.write_all(END)?;
    file.flush()?;
    progress(all, all);
    Ok(contents.schema())
}

/// Writes and empties what was gathered; how many bytes that was.
fn write_pieces(file: &mut impl Write, gathered: &mut Vec<u8>) -> Result<u64, DbError> {
    for piece in gathered.chunks(PIECE) {
        write_piece(file, piece)
            .map_err(|error| DbError::other(format!("the copy cannot be written: {error}")))?;
    }
    let length = u64::try_from(gathered.len()).unwrap_or(u64::MAX);
    gathered.clear();
    Ok(length)
}

fn write_piece(file: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    file.write_all(&length.to_be_bytes())?;
    file.write_all(bytes)
}

/// A copy while it is read.
struct Reader<R> {
    from: R,
    contents: Contents,
}

impl<R: Read> Reader<R> {
    fn open(mut from: R) -> Result<Self, CopyError> {
        let mut magic = [0; 8];
        from.read_exact(&mut magic)?;
        let length = read_u32(&mut from)?;
        if magic != *MAGIC || length > CONTENTS_MAX {
            return refused("is no copy of a PostgreSQL database");
        }
        let json = read_exactly(&mut from, length)?;
        let contents = serde_json::from_slice(&json).map_err(io::Error::from)?;
        Ok(Self { from, contents })
    }

    /// The next piece of the present table.
    fn piece(&mut self) -> io::Result<Option<Vec<u8>>> {
        match read_u32(&mut self.from)? {
            0 => Ok(None),
            length if usize::try_from(length).is_ok_and(|length| length <= PIECE) => {
                read_exactly(&mut self.from, length).map(Some)
            }
            _ => Err(io::Error::other("a piece of it is too long")),
        }
    }

    /// The number of rows, after the last piece of a table.
    fn rows(&mut self) -> io::Result<u64> {
        let mut bytes = [0; 8];
        self.from.read_exact(&mut bytes)?;
        Ok(u64::from_be_bytes(bytes))
    }

    /// Insists that nothing is left but the end.
    fn end(&mut self) -> Result<(), CopyError> {
        let mut rest = Vec::new();
        self.from.by_ref().take(9).read_to_end(&mut rest)?;
        if rest == *END { Ok(()) } else { refused("does not end where it should") }
    }
}

fn read_u32(from: &mut impl Read) -> io::Result<u32> {
    let mut bytes = [0; 4];
    from.read_exact(&mut bytes)?;
    Ok(u32::from_be_bytes(bytes))
}

fn read_exactly(from: &mut impl Read, length: u32) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(u64::from(length)).read_to_end(&mut bytes)?;
    if u32::try_from(bytes.len()) == Ok(length) {
        Ok(bytes)
    } else {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

/// Reads the whole copy at `file` and returns the number of its newest migration.
///
/// # Errors
/// [`CopyError`] when it is damaged or not of this program's migrations.
pub fn check_postgres(file: &Path, set: MigrationSet) -> Result<i64, CopyError> {
    let mut reader = Reader::open(BufReader::with_capacity(PIECE, File::open(file)?))?;
    reader.contents.check(set)?;
    for _ in 0..reader.contents.tables.len() {
        while reader.piece()?.is_some() {}
        reader.rows()?;
    }
    reader.end()?;
    Ok(reader.contents.schema())
}

/// Refuses a database in whose schema there is anything: a restore never mixes with what is there.
///
/// # Errors
/// [`CopyError::Refused`] with what to do, [`CopyError::Db`] when it cannot be asked.
pub fn insist_on_empty(db: &Db) -> Result<(), CopyError> {
    db.read(empty)
}

fn empty(tx: &mut Tx<'_>) -> Result<(), CopyError> {
    match tx.count_relations()? {
        0 => Ok(()),
        n => refused(format!(
            "it is not empty (it holds {n} tables, indexes and views); make a new one with CREATE \
             DATABASE … TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C' ENCODING 'UTF8' and put its \
             address into the configuration"
        )),
    }
}

/// Makes the tables of the copy at `from` in the empty PostgreSQL database `db` and fills them, in
/// one transaction. `now` is noted as the time of the migrations; `progress` hears bytes done and in
/// all; `before_commit` runs when everything is in its place and its refusal undoes it all.
///
/// # Errors
/// [`CopyError`]; nothing was changed then, unless it is [`DbError::Unavailable`] at the very end.
pub fn load_postgres(
    db: &Db,
    set: MigrationSet,
    from: &Path,
    now: Timestamp,
    mut progress: impl FnMut(u64, u64),
    before_commit: &mut dyn FnMut() -> Result<(), String>,
) -> Result<(), CopyError> {
    let file = File::open(from)?;
    let all = file.metadata()?.len();
    let mut reader = Reader::open(BufReader::with_capacity(PIECE, file))?;
    reader.contents.check(set)?;
    db.load_apart(LOCK, |tx| {
        empty(tx)?;
        migrate::make(tx, set, reader.contents.schema(), now)?;
        load(tx, &mut reader, &mut |done| progress(done, all))?;
        before_commit().map_err(CopyError::Refused)
    })
}

fn load<R: Read>(
    tx: &mut Tx<'_>,
    reader: &mut Reader<R>,
    progress: &mut impl FnMut(u64),
) -> Result<(), CopyError> {
    let tables = reader.contents.tables.clone();
    let made = tx.table_shapes()?;
    for table in &tables {
        let fits = made.iter().any(|one| one.name == table.name && one.columns == table.columns);
        if !fits {
            return refused(format!(
                "the columns of {} are not those this program makes; restore with the tidings that \
                 wrote it",
                table.name
            ));
        }
    }
    // Migrations may put rows into what they make.
    tx.empty_tables(&tables)?;
    let mut done = 0_u64;
    for table in &tables {
        let found = tx.copy_in(table, &mut || {
            let piece = reader
                .piece()
                .map_err(|error| DbError::other(format!("the copy cannot be read: {error}")))?;
            let length = piece.as_ref().map_or(0, Vec::len);
            done = done.saturating_add(u64::try_from(length).unwrap_or(0));
            progress(done);
            Ok(piece)
        })?;
        let expected = reader.rows()?;
        if found != expected {
            return refused(format!("{} has {found} rows and not {expected}", table.name));
        }
    }
    reader.end()
}

#[cfg(test)]
mod tests;
