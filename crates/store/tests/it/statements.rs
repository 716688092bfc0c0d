//! Every SQL statement of the sources, prepared on both engines against the migrated schema, and
//! planned on SQLite: a misspelt column, a dialect only one engine knows, or a list that walks a whole
//! table fails here and not in a clinic.
//!
//! The statements are the literals of `sql!` in `crates/*/src`, cut out of the source text so that a
//! new one is covered without being listed. Deliberately absent: statements of tests.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use domain::time::Timestamp;
use store::db::DbConfig;
use store::migrate::migrate;
use store::migrations::{KEYS, RECORD};
use store::testing::TestDb;
use tokio_postgres::NoTls;

/// Sources whose statements run on the key store's database.
const KEY_STORE: &[&str] = &["crates/store/src/seal/key_db.rs"];

/// Tables that grow with every message: no statement may walk one from end to end.
const BIG: &[&str] = &[
    "message",
    "thread",
    "inbox_row",
    "audit_event",
    "audit_subject",
    "work_item",
    "work_event",
    "answer_time",
];

/// Statements that may walk a big table, by place and a piece of their text, each with its reason.
/// The list may only shrink: an entry that is no longer needed fails too.
const WALKS: &[(&str, &str, &str)] = &[];

/// Partial indexes that hold only what is still to be done, so that walking one is the work itself.
const TO_DO: &[&str] = &["audit_event_unnumbered"];

/// What only PostgreSQL is asked, by a piece of its text.
const POSTGRES_ONLY: &[&str] = &["FROM pg_database", "FROM pg_class", "pg_notify("];

struct Statement {
    place: String,
    text: String,
}

impl Statement {
    fn of_key_store(&self) -> bool {
        KEY_STORE.iter().any(|file| self.place.starts_with(file))
    }

    fn of_postgres(&self) -> bool {
        POSTGRES_ONLY.iter().any(|piece| self.text.contains(piece))
    }

    /// With SQLite's placeholders.
    fn lite(&self) -> String {
        let mut inside = false;
        let mut chars = self.text.chars().peekable();
        let mut out = String::new();
        while let Some(c) = chars.next() {
            inside ^= c == '\'';
            let placeholder = c == '$' && !inside && chars.peek().is_some_and(char::is_ascii_digit);
            out.push(if placeholder { '?' } else { c });
        }
        out
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// The literals of `sql!("…")`, with lines joined as Rust joins them.
fn literals(place: &str, source: &str) -> Vec<Statement> {
    let shipped = source.split("#[cfg(test)]\nmod ").next().unwrap_or(source);
    let code: Vec<&str> =
        shipped.lines().map(|line| if is_comment(line) { "" } else { line }).collect();
    let code = code.join("\n");
    code.match_indices("sql!(")
        .filter_map(|(at, start)| {
            let text = code[at + start.len()..].trim_start().strip_prefix('"')?;
            let line = code[..at].lines().count();
            Some(Statement { place: format!("{place}:{line}"), text: unescape(text) })
        })
        .collect()
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

fn unescape(quoted: &str) -> String {
    let mut out = String::new();
    let mut chars = quoted.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => break,
            '\\' => match chars.next() {
                Some('\n') => while chars.next_if(|c| c.is_whitespace()).is_some() {},
                Some('n') | None => out.push('\n'),
                Some(other) => out.push(other),
            },
            other => out.push(other),
        }
    }
    out
}

fn statements() -> Vec<Statement> {
    let root = root();
    let mut files = Vec::new();
    for crate_folder in std::fs::read_dir(root.join("crates")).unwrap() {
        let src = crate_folder.unwrap().path().join("src");
        // What `faults` says is for tests alone.
        if src.is_dir() && !src.ends_with("faults/src") {
            sources(&src, &mut files);
        }
    }
    files.sort();
    let mut all = Vec::new();
    for file in files {
        let place = file.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
        let of_tests = place.contains("/tests") || place.ends_with("/testing.rs");
        if !of_tests {
            all.extend(literals(&place, &std::fs::read_to_string(&file).unwrap()));
        }
    }
    assert!(all.len() > 100, "only {} statements found: is the reader broken?", all.len());
    all
}

/// The databases of the record and of the keys, migrated.
struct Migrated {
    record: TestDb,
    keys: TestDb,
}

impl Migrated {
    fn new(record: TestDb, keys: TestDb) -> Self {
        let now = Timestamp::from_seconds(1_795_348_800);
        migrate(&record.db, RECORD, now).unwrap();
        migrate(&keys.db, KEYS, now).unwrap();
        Self { record, keys }
    }
}

fn file_of(db: &TestDb) -> rusqlite::Connection {
    let path = match db.config() {
        DbConfig::Sqlite(config) => Some(&config.path),
        DbConfig::Postgres(_) => None,
    };
    rusqlite::Connection::open(path.unwrap()).unwrap()
}

/// Placeholders and columns of every statement as SQLite sees them, or why it does not.
fn on_sqlite(all: &[Statement]) -> Vec<Result<(usize, usize), String>> {
    let migrated = Migrated::new(TestDb::sqlite(), TestDb::sqlite());
    let (record, keys) = (file_of(&migrated.record), file_of(&migrated.keys));
    all.iter()
        .map(|statement| {
            let connection = if statement.of_key_store() { &keys } else { &record };
            let prepared =
                connection.prepare(&statement.lite()).map_err(|error| error.to_string())?;
            Ok((prepared.parameter_count(), prepared.column_count()))
        })
        .collect()
}

/// The same from PostgreSQL; `None` when there is no server.
fn on_postgres(all: &[Statement]) -> Option<Vec<Result<(usize, usize), String>>> {
    let migrated = Migrated::new(TestDb::postgres()?, TestDb::postgres()?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let found = runtime.block_on(async {
        let mut clients = Vec::new();
        for db in [&migrated.record, &migrated.keys] {
            let url = match db.config() {
                DbConfig::Postgres(config) => Some(&config.url),
                DbConfig::Sqlite(_) => None,
            };
            let connected = tokio_postgres::connect(url.unwrap(), NoTls).await;
            let (client, connection) = connected.unwrap();
            tokio::spawn(connection);
            clients.push(client);
        }
        let mut found = Vec::new();
        for statement in all {
            let client = clients.get(usize::from(statement.of_key_store())).unwrap();
            found.push(match client.prepare(&statement.text).await {
                Ok(prepared) => Ok((prepared.params().len(), prepared.columns().len())),
                Err(error) => Err(error
                    .as_db_error()
                    .map_or_else(|| error.to_string(), |report| report.message().to_owned())),
            });
        }
        found
    });
    drop(runtime);
    Some(found)
}

#[test]
fn every_statement_is_understood_by_both_engines_alike() {
    let all = statements();
    let lite = on_sqlite(&all);
    let postgres = on_postgres(&all);
    let mut faults = Vec::new();
    for (n, statement) in all.iter().enumerate() {
        let mut say = |what: String| faults.push(format!("{}: {what}", statement.place));
        match (&lite[n], postgres.as_ref().map(|found| &found[n])) {
            (Err(_), Some(Ok(_)) | None) if statement.of_postgres() => {}
            (Err(error), _) => say(format!("SQLite: {error}")),
            (_, Some(Err(error))) => say(format!("PostgreSQL: {error}")),
            (Ok(a), Some(Ok(b))) if a != b => {
                say(format!("SQLite sees {a:?} placeholders and columns, PostgreSQL {b:?}"));
            }
            _ => {}
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The names under which `text` speaks of the big tables.
fn names_of_big(text: &str) -> BTreeSet<String> {
    let words: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|w| !w.is_empty()).collect();
    let mut names: BTreeSet<String> = BIG.iter().map(|table| (*table).to_owned()).collect();
    for three in words.windows(3) {
        let [before, table, alias] = three else { continue };
        if ["FROM", "JOIN", "UPDATE", "INTO"].contains(before) && BIG.contains(table) {
            names.insert((*alias).to_owned());
        }
    }
    names
}

/// The steps of SQLite's plan that walk a big table from end to end.
fn walks(connection: &rusqlite::Connection, statement: &Statement, views: &str) -> Vec<String> {
    let plan = format!("EXPLAIN QUERY PLAN {}", statement.lite());
    let mut prepared = connection.prepare(&plan).unwrap();
    for n in 1..=prepared.parameter_count() {
        prepared.raw_bind_parameter(n, rusqlite::types::Null).unwrap();
    }
    // The views bring names of their own into the plan.
    let views = if statement.text.contains("_access") { views } else { "" };
    let names = names_of_big(&format!("{} {views}", statement.text));
    let mut rows = prepared.raw_query();
    let mut found = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        let step: String = row.get(3).unwrap();
        let Some(scanned) = step.strip_prefix("SCAN ") else { continue };
        let name = scanned.split(' ').next().unwrap_or_default();
        let to_do = TO_DO.iter().any(|index| step.ends_with(index));
        if names.contains(name) && !to_do {
            found.push(step);
        }
    }
    found
}

#[test]
fn no_statement_walks_a_big_table() {
    let all = statements();
    let migrated = Migrated::new(TestDb::sqlite(), TestDb::sqlite());
    let record = file_of(&migrated.record);
    let views = std::fs::read_to_string(root().join("crates/store/migrations/0006_ties.sql"));
    let views = views.unwrap();
    let mut faults = Vec::new();
    let mut used = BTreeSet::new();
    for statement in all.iter().filter(|s| !s.of_key_store() && !s.of_postgres()) {
        let steps = walks(&record, statement, &views);
        let file = statement.place.split(':').next().unwrap_or_default();
        let listed = WALKS
            .iter()
            .position(|(place, piece, _)| *place == file && statement.text.contains(piece));
        match listed {
            Some(n) if !steps.is_empty() => drop(used.insert(n)),
            _ => faults.extend(steps.iter().map(|step| format!("{}: {step}", statement.place))),
        }
    }
    for (n, (place, piece, _)) in WALKS.iter().enumerate() {
        if !used.contains(&n) {
            faults.push(format!("{place}: `{piece}` walks no more: take it off the list"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_walk_would_be_noticed() {
    let migrated = Migrated::new(TestDb::sqlite(), TestDb::sqlite());
    let record = file_of(&migrated.record);
    let walk = |text: &str| {
        let statement = Statement { place: "x".to_owned(), text: text.to_owned() };
        walks(&record, &statement, "").len()
    };
    assert_eq!(walk("SELECT id FROM message WHERE author_id <> $1"), 1);
    assert_eq!(walk("SELECT t.id FROM thread t WHERE t.category = $1"), 1);
    assert_eq!(walk("SELECT m.id FROM message m WHERE m.thread_id = $1 AND m.seq < $2"), 0);
}

#[test]
fn statements_are_cut_out_as_rust_reads_them() {
    let source = "f(sql!(\"SELECT id \\\n      FROM a WHERE b = '$9' AND c = $1\"));\n// sql!(\"no\")\n\
                  g(sql!(\n  \"SELECT \\\"d\\\" FROM a\"));\n#[cfg(test)]\nmod tests { sql!(\"not this\") }";
    let found = literals("a.rs", source);
    let texts: Vec<&str> = found.iter().map(|statement| statement.text.as_str()).collect();
    assert_eq!(texts, ["SELECT id FROM a WHERE b = '$9' AND c = $1", "SELECT \"d\" FROM a"]);
    assert_eq!(found[0].lite(), "SELECT id FROM a WHERE b = '$9' AND c = ?1");
}
