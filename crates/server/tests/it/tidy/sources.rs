//! The shape of the Rust sources: sizes, module files, `unsafe`, machine paths.

use super::assert_none;
use super::tree::{code_only, files};

const LINES_MAX: usize = 800;

/// Files that may be longer, each with the reason.
const LONG: &[(&str, &str)] = &[];

/// Where the homes of those who write this lie.
const MACHINE_PATHS: &[&str] = &["/root/", "/home/", "/Users/"];

fn size_faults(path: &str, text: &str) -> Vec<String> {
    let lines = text.lines().count();
    if lines > LINES_MAX && !LONG.iter().any(|(long, _)| *long == path) {
        return vec![format!("{path}: {lines} lines; look for the noun that wants its own room")];
    }
    Vec::new()
}

fn unsafe_faults(path: &str, text: &str) -> Vec<String> {
    let code = code_only(text);
    let numbered = code.lines().enumerate();
    numbered
        .filter(|(_, line)| {
            line.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == "unsafe")
        })
        .map(|(n, _)| format!("{path}:{}: unsafe outside crates/faults", n + 1))
        .collect()
}

/// A path of a machine: at the start of a word, so that `/for/x/home/` or a URL is not one.
fn machine_path_faults(path: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for (n, line) in text.lines().enumerate() {
        for needle in MACHINE_PATHS {
            let starts = line.match_indices(needle).any(|(at, _)| {
                line[..at].chars().next_back().is_none_or(|c| {
                    !c.is_alphanumeric() && !matches!(c, '}' | '.' | '_' | '-' | ')')
                })
            });
            if starts
                && !faults.iter().any(|f: &String| f.starts_with(&format!("{path}:{}:", n + 1)))
            {
                faults.push(format!("{path}:{}: a path of one machine ({needle})", n + 1));
            }
        }
    }
    faults
}

#[test]
fn modules_are_files_beside_their_folder() {
    let faults: Vec<String> = files()
        .iter()
        .filter(|file| file.path.ends_with("/mod.rs"))
        .map(|file| format!("{}: name the module foo.rs beside foo/", file.path))
        .collect();
    assert_none(&faults);
}

#[test]
fn sources_stay_readable_in_one_sitting() {
    let files = files();
    let sources = files.iter().filter(|f| f.is_a(&["rs", "mjs", "js"]));
    assert_none(&sources.flat_map(|file| size_faults(&file.path, &file.text)).collect::<Vec<_>>());
    for (path, _) in LONG {
        let file = files.iter().find(|file| file.path == *path);
        assert!(
            file.is_some_and(|f| f.text.lines().count() > LINES_MAX),
            "{path} no longer needs its exception"
        );
    }
}

#[test]
fn only_the_fault_injector_is_unsafe() {
    let faults: Vec<String> = files()
        .iter()
        .filter(|file| file.is_a(&["rs"]) && !file.path.starts_with("crates/faults/"))
        .flat_map(|file| unsafe_faults(&file.path, &file.text))
        .collect();
    assert_none(&faults);
}

#[test]
fn no_file_names_a_path_of_one_machine() {
    let faults: Vec<String> = files()
        .iter()
        .filter(|file| !file.path.ends_with("tidy/sources.rs"))
        .flat_map(|file| machine_path_faults(&file.path, &file.text))
        .collect();
    assert_none(&faults);
}

#[test]
fn bad_sources_are_noticed() {
    assert_eq!(size_faults("a.rs", &"x\n".repeat(LINES_MAX + 1)).len(), 1);
    assert!(size_faults("a.rs", &"x\n".repeat(LINES_MAX)).is_empty());
    assert_eq!(unsafe_faults("a.rs", "fn f() {\n    unsafe { g() }\n}").len(), 1);
    assert!(
        unsafe_faults("a.rs", "#![forbid(unsafe_code)] // unsafe\nlet s = \"unsafe\";").is_empty()
    );
    assert_eq!(machine_path_faults("a.md", "see `/root/x.txt`").len(), 1);
    assert_eq!(machine_path_faults("a.md", "cd /root/x").len(), 1);
    assert!(machine_path_faults("a.rs", "format!(\"/for/{patient}/home/\")").is_empty());
    assert!(machine_path_faults("a.rs", "route(\"/work/mine\")").is_empty());
}
