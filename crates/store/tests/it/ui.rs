//! What must not compile: `tests/ui/*.rs`, each with the error it must end in.
//!
//! A file is one library that uses this crate from outside, and says in `// error: …` what every error
//! it ends in must contain; `control.rs` must compile, so that a file cannot fail for want of the library.
//!
//! They are given to `rustc` against the libraries this test itself was built with. `trybuild` would
//! do it through a second cargo build of all dependencies, SQLite and aws-lc included, which takes
//! minutes on a clean clone.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

/// Where cargo put this test's dependencies: the folder of the test's own binary.
fn built() -> PathBuf {
    std::env::current_exe().unwrap().parent().unwrap().to_owned()
}

/// The builds of a library there, newest first.
fn builds_of(name: &str) -> Vec<PathBuf> {
    let prefix = format!("lib{name}-");
    let mut found: Vec<(SystemTime, PathBuf)> = std::fs::read_dir(built())
        .unwrap()
        .filter_map(|entry| {
            let path = entry.unwrap().path();
            let file = path.file_name()?.to_str()?;
            let ours = file.starts_with(&prefix) && path.extension()? == "rlib";
            ours.then(|| (path.metadata().unwrap().modified().unwrap(), path.clone()))
        })
        .collect();
    found.sort();
    found.into_iter().rev().map(|(_, path)| path).collect()
}

struct Libraries {
    store: PathBuf,
    domain: PathBuf,
    out: tempfile::TempDir,
}

impl Libraries {
    /// The newest builds with which the control compiles.
    fn find() -> Result<Self, String> {
        let out = tempfile::tempdir().unwrap();
        let mut libraries = Self { store: PathBuf::new(), domain: PathBuf::new(), out };
        let mut last = String::new();
        for store in builds_of("store") {
            for domain in builds_of("domain") {
                (libraries.store, libraries.domain) = (store.clone(), domain);
                match libraries.compile(&ui().join("control.rs")) {
                    Ok(()) => return Ok(libraries),
                    Err(said) => last = said,
                }
            }
        }
        Err(format!("the control does not compile: {last}"))
    }

    /// Compiles a file; what the compiler said when it refused.
    fn compile(&self, file: &Path) -> Result<(), String> {
        let named = |name: &str, path: &Path| format!("{name}={}", path.display());
        let done = Command::new("rustc")
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .args(["--edition", "2024", "--crate-type", "lib", "--emit", "metadata"])
            .args(["--color", "never", "-A", "warnings", "--out-dir"])
            .arg(self.out.path())
            .arg("-L")
            .arg(named("dependency", &built()))
            .arg("--extern")
            .arg(named("store", &self.store))
            .arg("--extern")
            .arg(named("domain", &self.domain))
            .arg(file)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        if done.status.success() { Ok(()) } else { Err(said) }
    }
}

fn ui() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui")
}

/// The errors in what the compiler said, without their codes and the closing summary.
fn errors(said: &str) -> Vec<&str> {
    said.lines()
        .filter(|line| line.starts_with("error"))
        .filter_map(|line| line.split_once(": ").map(|(_, text)| text))
        .filter(|text| !text.starts_with("aborting") && !text.starts_with("could not compile"))
        .collect()
}

#[test]
fn what_goes_round_a_permit_does_not_compile() {
    let libraries = Libraries::find().unwrap();
    let mut faults = Vec::new();
    let mut count = 0;
    for entry in std::fs::read_dir(ui()).unwrap() {
        let file = entry.unwrap().path();
        if file.ends_with("control.rs") {
            continue;
        }
        count += 1;
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&file).unwrap();
        let wanted = text.lines().find_map(|line| line.strip_prefix("// error: ")).unwrap();
        match libraries.compile(&file) {
            Ok(()) => faults.push(format!("{name} compiles")),
            Err(said) => match errors(&said).as_slice() {
                [_, ..] if errors(&said).iter().all(|error| error.contains(wanted)) => {}
                other => faults.push(format!("{name}: wanted `{wanted}`, got {other:#?}")),
            },
        }
    }
    assert!(count >= 15, "only {count} files found");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
