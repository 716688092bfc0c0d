//! Numbered migrations, applied in order, each in one transaction and each exactly once.
//!
//! A set is a list of files embedded in the binary; one set serves both engines. What was applied is
//! kept with its SHA-256, so an edited file is found instead of skipped. Deliberately absent: ways
//! back (a restore is the way back), and migrations written in code.

use aws_lc_rs::digest;
use domain::time::Timestamp;

use crate::db::{Db, DbError, Tx, WriteMode};
use crate::sql;

/// The advisory lock that keeps two nodes from migrating one PostgreSQL database at a time.
pub(crate) const LOCK: i64 = 7_417_220_001;
/// The longest one statement of a migration may take on PostgreSQL, in milliseconds.
const STATEMENT_MS_MAX: u64 = 3_600_000;

/// One migration file.
#[derive(Debug, Clone, Copy)]
pub struct MigrationFile {
    /// Its number, 1 upwards without gaps.
    pub number: i64,
    /// Its name without number and ending.
    pub name: &'static str,
    /// Its statements, ended by `;`.
    pub text: &'static str,
}

/// The migrations of one database.
#[derive(Debug, Clone, Copy)]
pub struct MigrationSet {
    /// Which database, in a word, for messages.
    pub name: &'static str,
    /// The files in the order of their numbers.
    pub files: &'static [MigrationFile],
}

/// Why a database was not migrated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MigrateError {
    /// The database refused a statement, or could not be reached.
    #[error(transparent)]
    Db(#[from] DbError),
    /// A file that was applied reads differently now.
    #[error("migration {number} ({name}) was changed after it had been applied")]
    Changed {
        /// Its number.
        number: i64,
        /// Its name now.
        name: String,
    },
    /// The database holds a migration this program does not know: a newer program made it.
    #[error("the database is at migration {found}, newer than this program's {known}")]
    Newer {
        /// The newest in the database.
        found: i64,
        /// The newest in the program.
        known: i64,
    },
    /// A statement of a file failed; nothing of that file was applied.
    #[error("migration {number} ({name}), statement {statement}: {error}")]
    Statement {
        /// Its number.
        number: i64,
        /// Its name.
        name: &'static str,
        /// Which statement, from 1.
        statement: usize,
        /// What the database said.
        error: DbError,
    },
    /// The numbers of the set have a gap or are out of order, or a file holds an open quote.
    #[error("migration set {0} is not well formed")]
    Malformed(&'static str),
}

/// The files of `set` that `db` does not have yet, in order; what `migrate` would apply.
pub fn pending(db: &Db, set: MigrationSet) -> Result<Vec<MigrationFile>, MigrateError> {
    check(set)?;
    let applied = match db.read(applied) {
        Ok(applied) => applied,
        // Before the first migration there is no such table, which each engine says in its way.
        Err(DbError::Other(_)) => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    after(set, &applied)
}

/// Applies what is pending and returns it. `now` is recorded as the time of application. Safe to
/// call from several nodes at once.
pub fn migrate(
    db: &Db,
    set: MigrationSet,
    now: Timestamp,
) -> Result<Vec<MigrationFile>, MigrateError> {
    let mode = WriteMode { lock: Some(LOCK), statement_ms_max: Some(STATEMENT_MS_MAX) };
    check(set)?;
    db.write_as(mode, make_table)?;
    let mut done = Vec::new();
    loop {
        let next = db.write_as(mode, move |tx| {
            let next = after(set, &applied(tx)?)?.first().copied();
            if let Some(file) = next {
                apply(tx, file, now)?;
            }
            Ok::<_, MigrateError>(next)
        })?;
        match next {
            Some(file) => done.push(file),
            None => return Ok(done),
        }
    }
}

/// Makes the tables of an empty database as they are after migration `number`, in this transaction.
pub(crate) fn make(
    tx: &mut Tx<'_>,
    set: MigrationSet,
    number: i64,
    now: Timestamp,
) -> Result<(), MigrateError> {
    check(set)?;
    make_table(tx)?;
    set.files.iter().filter(|file| file.number <= number).try_for_each(|file| apply(tx, *file, now))
}

fn make_table(tx: &mut Tx<'_>) -> Result<u64, DbError> {
    tx.execute(
        sql!(
            "CREATE TABLE IF NOT EXISTS migration (number BIGINT PRIMARY KEY, \
             name TEXT NOT NULL, checksum BYTEA NOT NULL, applied_at BIGINT NOT NULL)"
        ),
        &[],
    )
}

/// The tables that the files of `set` up to `number` make, in the order of their making, in which a
/// table comes after those it refers to. The list of migrations itself is not among them.
pub(crate) fn tables(set: MigrationSet, number: i64) -> Vec<&'static str> {
    let mut tables: Vec<&'static str> = Vec::new();
    for file in set.files.iter().filter(|file| file.number <= number) {
        for statement in statements(file.text).unwrap_or_default() {
            let lines = statement.lines().filter(|line| !line.trim_start().starts_with("--"));
            let words: Vec<&str> = lines
                .flat_map(|line| line.split(|c: char| c.is_whitespace() || c == '('))
                .collect();
            let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
            match words.as_slice() {
                ["CREATE", "TABLE", name, ..] => tables.push(name),
                ["DROP", "TABLE", name, ..] => tables.retain(|table| table != name),
                ["ALTER", "TABLE", old, "RENAME", "TO", new] => {
                    tables.iter_mut().filter(|name| *name == old).for_each(|name| *name = new);
                }
                _ => {}
            }
        }
    }
    tables
}

/// Refuses a set whose numbers are not 1, 2, 3… or whose files cannot be split.
fn check(set: MigrationSet) -> Result<(), MigrateError> {
    let ordered = (1_i64..).zip(set.files).all(|(number, file)| file.number == number);
    let whole = set.files.iter().all(|file| statements(file.text).is_some());
    if ordered && whole { Ok(()) } else { Err(MigrateError::Malformed(set.name)) }
}

/// Number and checksum of every applied migration, in order.
pub(crate) fn applied(tx: &mut Tx<'_>) -> Result<Vec<(i64, Vec<u8>)>, DbError> {
    let rows = tx.query(sql!("SELECT number, checksum FROM migration ORDER BY number"), &[])?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// The files not among `applied`, after checking that the applied ones are ours, unchanged.
pub(crate) fn after(
    set: MigrationSet,
    applied: &[(i64, Vec<u8>)],
) -> Result<Vec<MigrationFile>, MigrateError> {
    let mut files = set.files.iter();
    for (number, checksum) in applied {
        let known = set.files.last().map_or(0, |file| file.number);
        let file = files.next().ok_or(MigrateError::Newer { found: *number, known })?;
        if file.number != *number || checksum_of(file) != *checksum {
            return Err(MigrateError::Changed { number: *number, name: file.name.to_owned() });
        }
    }
    Ok(files.copied().collect())
}

fn apply(tx: &mut Tx<'_>, file: MigrationFile, now: Timestamp) -> Result<(), MigrateError> {
    for (index, statement) in (1..).zip(statements(file.text).unwrap_or_default()) {
        tx.execute_migration(statement).map_err(|error| match error {
            passing @ (DbError::Unavailable | DbError::Full) => passing.into(),
            error => MigrateError::Statement {
                number: file.number,
                name: file.name,
                statement: index,
                error,
            },
        })?;
    }
    tx.execute_one(
        sql!("INSERT INTO migration (number, name, checksum, applied_at) VALUES ($1, $2, $3, $4)"),
        &[&file.number, &file.name, &checksum_of(&file), &now],
    )?;
    Ok(())
}

fn checksum_of(file: &MigrationFile) -> Vec<u8> {
    digest::digest(&digest::SHA256, file.text.as_bytes()).as_ref().to_vec()
}

/// The statements of a file: split at every `;` outside quotes and `--` comments, the empty ones
/// left out. `None` when a quote stays open or the last statement has no `;`.
fn statements(text: &str) -> Option<Vec<&str>> {
    let mut found = Vec::new();
    let mut rest = text;
    let mut blank = true;
    let mut inside = None;
    let mut chars = text.char_indices().peekable();
    let mut start = 0;
    while let Some((at, c)) = chars.next() {
        match (inside, c) {
            (None, '\'' | '"') => {
                inside = Some(c);
                blank = false;
            }
            (None, '-') if chars.peek().is_some_and(|(_, next)| *next == '-') => {
                inside = Some('-');
            }
            (None, ';') => {
                let (statement, after) = rest.split_at_checked(at.checked_sub(start)?)?;
                if !blank {
                    found.push(statement.trim());
                }
                rest = after.strip_prefix(';')?;
                start = at.checked_add(1)?;
                blank = true;
            }
            (None, c) if !c.is_whitespace() => blank = false,
            (Some('-'), '\n') => inside = None,
            (Some(quote), c) if quote == c && quote != '-' => inside = None,
            _ => {}
        }
    }
    let closed = matches!(inside, None | Some('-'));
    (closed && blank).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::statements;

    #[test]
    fn statements_end_outside_quotes_and_comments() {
        let text = "-- first; not yet\nCREATE TABLE a (b TEXT DEFAULT 'x;''y');\n;\n \
                    INSERT INTO \"a;b\" VALUES (1); -- the end;\n";
        let found = statements(text).unwrap();
        assert_eq!(found.len(), 2);
        assert!(found[0].ends_with("DEFAULT 'x;''y')"));
        assert_eq!(found[1], "INSERT INTO \"a;b\" VALUES (1)");
    }

    #[test]
    fn half_a_statement_is_refused() {
        assert_eq!(statements("SELECT 'a"), None);
        assert_eq!(statements("SELECT 1"), None);
        assert_eq!(statements("-- nothing but words").unwrap().len(), 0);
    }
}
