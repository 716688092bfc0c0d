//! The files of the repository: what a clean clone would hold, found without git.

use std::fs;
use std::path::{Path, PathBuf};

/// Folders that git ignores or keeps for itself.
const SKIPPED: &[&str] = &[".git", "target", "node_modules", ".venv", ".test-cache", "__pycache__"];

/// A text file of the repository.
pub struct File {
    /// The path from the repository's root, with `/`.
    pub path: String,
    /// The text; a file that is not UTF-8 (a font, a picture) is not listed.
    pub text: String,
}

impl File {
    /// Whether the name ends in one of these extensions (no dot, lower case).
    pub fn is_a(&self, extensions: &[&str]) -> bool {
        Path::new(&self.path)
            .extension()
            .and_then(|ext| ext.to_str())
            .is_some_and(|ext| extensions.contains(&ext))
    }
}

/// The repository's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Every text file, sorted by path.
pub fn files() -> Vec<File> {
    let root = root();
    let mut found = Vec::new();
    walk(&root, &root, &mut found);
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(found.iter().any(|file| file.path == "Cargo.toml"), "the walk missed the root");
    found
}

fn walk(root: &Path, dir: &Path, found: &mut Vec<File>) {
    for entry in fs::read_dir(dir).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name();
        let name = name.to_str().unwrap();
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            // `/data` is ignored at the root only.
            let skipped = SKIPPED.contains(&name) || (name == "data" && dir == root);
            if !skipped {
                walk(root, &entry.path(), found);
            }
        } else if kind.is_file()
            && name != ".git"
            && entry.path().extension().is_none_or(|ext| ext != "log")
            && entry.metadata().unwrap().len() < 4_000_000
        {
            let path = entry.path();
            if let Ok(text) = fs::read_to_string(&path) {
                let path = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                found.push(File { path, text });
            }
        }
    }
}

/// The text without Rust comments and without string and char literals: only code is left, line
/// numbers unchanged.
pub fn code_only(source: &str) -> String {
    strip(source, false)
}

/// The text without Rust comments, literals kept.
pub fn without_comments(source: &str) -> String {
    strip(source, true)
}

fn strip(source: &str, keep_literals: bool) -> String {
    let bytes = source.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let (len, keep) = if rest.starts_with(b"//") {
            (rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len()), false)
        } else if rest.starts_with(b"/*") {
            (block_comment(rest), false)
        } else if let Some(len) = raw_string(bytes, at) {
            (len, keep_literals)
        } else if rest[0] == b'"' {
            (quoted(rest, b'"'), keep_literals)
        } else if let Some(len) = char_literal(rest) {
            (len, keep_literals)
        } else {
            (1, true)
        };
        let piece = &rest[..len];
        if keep {
            out.extend_from_slice(piece);
        } else {
            out.push(b' ');
            out.extend(piece.iter().filter(|b| **b == b'\n'));
        }
        at += len;
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn block_comment(rest: &[u8]) -> usize {
    let (mut depth, mut at) = (0_u32, 0);
    while at < rest.len() {
        if rest[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                break;
            }
        } else {
            at += 1;
        }
    }
    at
}

/// The length of `r"…"`, `r#"…"#` (and `br…`) when one begins here.
fn raw_string(bytes: &[u8], at: usize) -> Option<usize> {
    let named = at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_');
    let rest = &bytes[at..];
    let prefix = usize::from(rest.first() == Some(&b'b'));
    if named || rest.get(prefix) != Some(&b'r') {
        return None;
    }
    let hashes = rest[prefix + 1..].iter().take_while(|b| **b == b'#').count();
    let open = prefix + 1 + hashes;
    if rest.get(open) != Some(&b'"') {
        return None;
    }
    let close = format!("\"{}", "#".repeat(hashes));
    let body = &rest[open + 1..];
    let end = body.windows(close.len()).position(|w| w == close.as_bytes()).unwrap_or(body.len());
    Some((open + 1 + end + close.len()).min(rest.len()))
}

fn quoted(rest: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            b if b == quote => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// A char literal, told from a lifetime by its closing quote.
fn char_literal(rest: &[u8]) -> Option<usize> {
    if rest[0] != b'\'' {
        return None;
    }
    if rest.get(1) == Some(&b'\\') {
        return Some(quoted(rest, b'\''));
    }
    let text = std::str::from_utf8(&rest[1..rest.len().min(6)])
        .or_else(|e| std::str::from_utf8(&rest[1..=e.valid_up_to()]));
    let width = text.ok()?.chars().next()?.len_utf8();
    (rest.get(1 + width) == Some(&b'\'')).then_some(width + 2)
}

#[test]
fn stripping_keeps_code_and_lines() {
    let source = "let a = \"unsafe // no\"; // unsafe\nlet b = r#\"unsafe \" x\"#; /* unsafe /* two */\n */ let c: &'static str; let d = '\"'; let e = '\\''; unsafe_fn();\n";
    let code = code_only(source);
    assert!(!code.replace("unsafe_fn", "").contains("unsafe"), "{code}");
    assert!(code.contains("let c: &'static str;") && code.contains("unsafe_fn();"), "{code}");
    assert_eq!(code.lines().count(), source.lines().count());
    assert!(without_comments(source).contains("unsafe // no"));
    assert!(!without_comments(source).contains("two"));
}
