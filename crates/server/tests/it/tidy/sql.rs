//! The one SQL text for both engines: what it may say, and what every use of a tie view must say.

use super::assert_none;
use super::tree::{files, without_comments};

/// Words that one of the engines lacks or means differently, or that hide an effect.
const BANNED: &[(&str, &str)] = &[
    ("now", "the clock comes from Cx"),
    ("current_timestamp", "the clock comes from Cx"),
    ("current_date", "the clock comes from Cx"),
    ("current_time", "the clock comes from Cx"),
    ("random", "randomness comes from Cx"),
    ("gen_random_uuid", "ids come from Cx"),
    ("serial", "ids come from Cx"),
    ("bigserial", "ids come from Cx"),
    ("autoincrement", "ids come from Cx"),
    ("ilike", "SQLite has none: search folded tokens"),
    ("array", "SQLite has none"),
    ("array_agg", "SQLite has none"),
    ("unnest", "SQLite has none"),
    ("trigger", "an effect that nobody reads"),
    ("jsonb", "sealed values have no inside"),
    ("json_extract", "sealed values have no inside"),
    ("timestamptz", "times are BIGINT microseconds"),
    ("timestamp", "times are BIGINT microseconds"),
    ("varchar", "the types are UUID TEXT BIGINT BOOLEAN BYTEA"),
    ("integer", "the types are UUID TEXT BIGINT BOOLEAN BYTEA"),
    ("rowid", "PostgreSQL has none"),
    ("glob", "PostgreSQL has none"),
    ("pragma", "PostgreSQL has none"),
];

/// The views of why somebody may come near a thread or a patient.
const TIE_VIEWS: &[&str] = &["thread_access", "patient_access"];

/// Files that speak to one engine on purpose.
const ENGINE_FILES: &[&str] = &["crates/store/src/db/sqlite", "crates/store/src/db/postgres"];

/// An SQL statement and where it stands.
struct Statement {
    place: String,
    text: String,
}

/// The literals of every `sql!(…)` in a Rust source.
fn literals(path: &str, source: &str) -> Vec<Statement> {
    let source = without_comments(source);
    let mut found = Vec::new();
    for (at, _) in source.match_indices("sql!") {
        if source[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let rest = &source[at + 4..];
        let Some(body) = rest.trim_start().strip_prefix(['(', '[', '{']) else { continue };
        let body = body.trim_start();
        let text = if let Some(raw) = body.strip_prefix('r') {
            let hashes = raw.len() - raw.trim_start_matches('#').len();
            let close = format!("\"{}", "#".repeat(hashes));
            let raw = raw[hashes..].strip_prefix('"').unwrap_or("");
            raw.split(close.as_str()).next().unwrap_or("").to_owned()
        } else if let Some(quoted) = body.strip_prefix('"') {
            unescape(quoted)
        } else {
            continue;
        };
        let line = source[..at].lines().count();
        found.push(Statement { place: format!("{path}:{line}"), text });
    }
    found
}

/// The text of a quoted literal up to its closing quote; `\` at a line's end joins the lines.
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

/// The statement in lower case without SQL comments and without its own string literals.
fn plain(sql: &str) -> String {
    let uncommented: String = sql
        .lines()
        .map(|line| line.split("--").next().unwrap_or(""))
        .collect::<Vec<_>>()
        .join("\n");
    let outside: Vec<&str> = uncommented.split('\'').step_by(2).collect();
    outside.join("''").to_lowercase()
}

fn words(sql: &str) -> Vec<String> {
    sql.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|w| !w.is_empty())
        .map(str::to_owned)
        .collect()
}

fn dialect_faults(place: &str, sql: &str) -> Vec<String> {
    let sql = plain(sql);
    let words = words(&sql);
    let mut faults: Vec<String> = BANNED
        .iter()
        .filter(|(banned, _)| words.iter().any(|word| word == banned))
        .map(|(banned, why)| format!("{place}: `{banned}` in SQL: {why}"))
        .collect();
    let squeezed = sql.split_whitespace().collect::<Vec<_>>().join(" ");
    for star in ["select *", "select distinct *", ".*", "returning *", ", *"] {
        if squeezed.contains(star) {
            faults.push(format!("{place}: `{star}` in SQL: name the columns"));
        }
    }
    for operator in ["->", "@>", "::", "[]"] {
        if squeezed.contains(operator) {
            faults.push(format!("{place}: `{operator}` in SQL: one engine only"));
        }
    }
    faults
}

/// Every use of a tie view says "now between": `from_at <= $n AND until_at > $n`, with one and the
/// same parameter and after the view's name.
fn validity_faults(place: &str, sql: &str) -> Vec<String> {
    let sql = plain(sql).split_whitespace().collect::<Vec<_>>().join(" ");
    let mut faults = Vec::new();
    for view in TIE_VIEWS {
        let uses = sql.match_indices(view).filter(|(at, _)| {
            let before = sql[..*at].trim_end();
            let word = |c: char| c.is_alphanumeric() || c == '_';
            let whole = !sql[..*at].ends_with(word) && !sql[at + view.len()..].starts_with(word);
            whole && (before.ends_with("from") || before.ends_with("join") || before.ends_with(','))
        });
        for (at, _) in uses {
            let rest = &sql[at + view.len()..];
            // Up to the next tie view, so that one predicate does not serve two uses.
            let end =
                TIE_VIEWS.iter().filter_map(|next| rest.find(next)).min().unwrap_or(rest.len());
            if !has_validity(&rest[..end]) {
                faults.push(format!("{place}: {view} without `from_at <= $n AND until_at > $n`"));
            }
        }
    }
    faults
}

/// Whether a piece of SQL holds `from_at <= $n and until_at > $n` (either may carry an alias).
fn has_validity(sql: &str) -> bool {
    sql.match_indices("from_at <= $").any(|(at, found)| {
        let rest = &sql[at + found.len()..];
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        let Some(rest) = rest[digits.len()..].strip_prefix(" and ") else { return false };
        let column = rest.split_whitespace().next().unwrap_or("");
        let alias_free = column.rsplit('.').next().unwrap_or("");
        let wanted = format!(" > ${digits}");
        !digits.is_empty()
            && alias_free == "until_at"
            && rest[column.len()..]
                .strip_prefix(wanted.as_str())
                .is_some_and(|tail| !tail.starts_with(|c: char| c.is_ascii_digit()))
    })
}

fn statements() -> Vec<Statement> {
    let mut all = Vec::new();
    for file in files() {
        if ENGINE_FILES.iter().any(|engine| file.path.starts_with(engine)) {
            continue;
        }
        if file.is_a(&["rs"])
            && file.path.starts_with("crates/")
            && !file.path.contains("/tests/it/tidy/")
        {
            all.extend(literals(&file.path, &file.text));
        } else if file.path.starts_with("crates/") && file.is_a(&["sql"]) {
            all.push(Statement { place: file.path, text: file.text });
        }
    }
    all
}

#[test]
fn sql_is_portable() {
    assert_none(
        &statements().iter().flat_map(|s| dialect_faults(&s.place, &s.text)).collect::<Vec<_>>(),
    );
}

#[test]
fn every_use_of_a_tie_says_now_between() {
    assert_none(
        &statements().iter().flat_map(|s| validity_faults(&s.place, &s.text)).collect::<Vec<_>>(),
    );
}

#[test]
fn bad_sql_is_noticed() {
    for bad in [
        "SELECT * FROM thread",
        "SELECT t.* FROM thread t",
        "INSERT INTO a (b) VALUES ($1) RETURNING *",
        "SELECT id FROM a WHERE at < now()",
        "CREATE TABLE a (id SERIAL)",
        "CREATE TABLE a (id TEXT[])",
        "SELECT id FROM a WHERE name ILIKE $1",
        "SELECT id FROM a WHERE id = ANY(ARRAY[$1])",
        "CREATE TRIGGER a AFTER INSERT ON b BEGIN DELETE FROM c; END",
        "SELECT body->>'x' FROM a",
        "SELECT id::text FROM a",
    ] {
        assert!(!dialect_faults("x", bad).is_empty(), "{bad}");
    }
    for good in [
        "SELECT id, last_seq FROM thread WHERE kind = 'now serial' -- SELECT *",
        "SELECT COUNT(*) FILTER (WHERE closed_at IS NULL) FROM thread",
        "UPDATE thread SET last_seq = last_seq + 1 WHERE id = $1 RETURNING last_seq",
    ] {
        assert_none(&dialect_faults("x", good));
    }
}

#[test]
fn a_tie_without_validity_is_noticed() {
    for bad in [
        "SELECT 1 FROM thread_access WHERE thread_id = $1",
        "SELECT 1 FROM thread_access a WHERE a.from_at <= $1 AND a.until_at > $2",
        "SELECT 1 FROM thread_access a WHERE a.from_at <= $1 AND a.until_at > $12",
        "SELECT 1 FROM thread_access a WHERE a.from_at <= $1 OR a.until_at > $1",
        "SELECT 1 FROM a JOIN patient_access p ON p.id = a.id WHERE p.until_at > $1",
        "SELECT 1 FROM thread_access a WHERE EXISTS (SELECT 1 FROM patient_access p WHERE p.from_at <= $1 AND p.until_at > $1)",
    ] {
        assert_eq!(validity_faults("x", bad).len(), 1, "{bad}");
    }
    for good in [
        "SELECT 1 FROM thread_access WHERE from_at <= $2 AND until_at > $2 AND thread_id = $1",
        "SELECT 1 FROM a WHERE EXISTS (SELECT 1 FROM thread_access t WHERE t.from_at <= $3\n  AND t.until_at > $3)",
        "CREATE VIEW thread_access AS SELECT from_at, until_at FROM a",
        "SELECT 1 FROM thread_access_log",
    ] {
        assert_none(&validity_faults("x", good));
    }
}

#[test]
fn literals_are_found_in_sources() {
    let source = "fn f() { tx.query(sql!(\"SELECT id \\\n     FROM a\"), &[]); tx.query(sql!(r#\"SELECT \"b\"\"#), &[]);\n// sql!(\"no\")\n}";
    let texts: Vec<String> = literals("a.rs", source).into_iter().map(|s| s.text).collect();
    assert_eq!(texts, ["SELECT id FROM a", "SELECT \"b\""]);
}
