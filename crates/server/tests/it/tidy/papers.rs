//! Every path that a Markdown file names exists.

use super::assert_none;
use super::tree::{files, root};
use std::collections::BTreeSet;
use std::path::Path;

/// Top-level folders and files: a name in backticks that begins with one of them is a path.
const TOPS: &[&str] = &[
    "crates/", "docs/", "tests/", "bench/", "fuzz/", "deploy/", "scripts/", ".ci/", ".config/",
    ".cargo/", ".github/",
];

/// Folders made by a build, or by an operator, that a paper may name.
const MADE: &[&str] = &["target/", "bench/target/", "fuzz/target/"];

/// What a Markdown text names: link targets and names in backticks, outside code blocks.
fn named(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut fenced = false;
    for (n, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            continue;
        }
        if fenced {
            continue;
        }
        for piece in line.split('`').skip(1).step_by(2) {
            let piece = piece.split("::").next().unwrap_or("").trim_start_matches("./");
            if TOPS.iter().any(|top| piece.starts_with(top)) {
                found.push((n + 1, format!("/{piece}")));
            }
        }
        for (at, _) in line.match_indices("](") {
            if let Some(target) = line[at + 2..].split([')', ' ']).next() {
                found.push((n + 1, target.to_owned()));
            }
        }
    }
    found
}

/// Whether a name stands for many files or for none in particular.
fn is_pattern(name: &str) -> bool {
    name.contains(['*', '{', '<', '…', '$', '|']) || name.contains("NNNN") || name.contains("NAME")
}

fn path_faults(file: &str, text: &str, exists: &dyn Fn(&str) -> bool) -> Vec<String> {
    let folder = Path::new(file).parent().and_then(Path::to_str).unwrap_or("");
    let mut faults = Vec::new();
    for (line, name) in named(text) {
        let name = name.split('#').next().unwrap_or("").trim_end_matches('/');
        if name.is_empty()
            || name.contains("://")
            || name.starts_with("mailto:")
            || is_pattern(name)
        {
            continue;
        }
        let path = match name.strip_prefix('/') {
            Some(rooted) => rooted.to_owned(),
            None => join(folder, name),
        };
        // `src/db.rs:12` and `dir/a.rs b.rs` name the first word's file.
        let path = path.split([' ', ':']).next().unwrap_or("");
        if !MADE.iter().any(|made| format!("{path}/").starts_with(made)) && !exists(path) {
            faults.push(format!("{file}:{line}: names {path}, which does not exist"));
        }
    }
    faults
}

fn join(folder: &str, relative: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|p| !p.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    parts.join("/")
}

#[test]
fn every_path_in_a_paper_exists() {
    let root = root();
    let made: BTreeSet<String> = files().into_iter().map(|f| f.path).collect();
    let exists = |path: &str| made.contains(path) || root.join(path).exists();
    let papers = files().into_iter().filter(|file| {
        Path::new(&file.path).extension().is_some_and(|ext| ext.eq_ignore_ascii_case("md"))
            && file.path != "docs/plan.md"
    });
    assert_none(
        &papers.flat_map(|file| path_faults(&file.path, &file.text, &exists)).collect::<Vec<_>>(),
    );
}

#[test]
fn a_wrong_path_is_noticed() {
    let exists =
        |path: &str| ["docs/plan.md", "crates/web/src/lib.rs", "README.md"].contains(&path);
    for bad in [
        "see `docs/plans.md`",
        "[plan](plans.md)",
        "[up](../READ.md)",
        "`crates/web/src/router.rs` has routes",
    ] {
        assert_eq!(path_faults("docs/a.md", bad, &exists).len(), 1, "{bad}");
    }
    for good in [
        "see `docs/plan.md` and `crates/web/src/lib.rs:3`",
        "[plan](plan.md#joints) [up](../README.md) [net](https://example.org/x) [here](#top)",
        "`docs/adr/NNNN-title.md`, `crates/*/src`, `target/debug/tidings`, `cargo test`",
        "```\n`docs/gone.md`\n```",
    ] {
        assert_none(&path_faults("docs/a.md", good, &exists));
    }
}
