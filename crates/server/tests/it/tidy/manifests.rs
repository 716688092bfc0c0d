//! Which crate may use which, read from the manifests and from the lock file.

use super::assert_none;
use super::tree::{files, root};
use std::collections::BTreeMap;
use std::process::Command;
use toml::{Table, Value};

/// Each crate of ours and those of ours it may use.
const LAYERS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("store", &["domain"]),
    ("app", &["domain", "store"]),
    ("web", &["domain", "app"]),
    ("server", &["domain", "store", "app", "web"]),
    ("faults", &[]),
];

/// What `domain` may take from outside: data and text, no input or output, no clock, no randomness.
const DOMAIN_MAY_USE: &[&str] = &["uuid", "jiff", "thiserror", "serde", "unicode-normalization"];

/// A second TLS or cryptography stack beside rustls and aws-lc-rs.
const BANNED: &[&str] = &["openssl", "openssl-sys", "native-tls", "ring"];

/// Dev-only crates: nothing that ships may link them.
const DEV_ONLY: &[&str] = &["faults"];

fn keys(manifest: &Table, section: &str) -> Vec<String> {
    let of = |table: Option<&Value>| {
        table
            .and_then(Value::as_table)
            .map(|t| t.keys().cloned().collect::<Vec<_>>())
            .unwrap_or_default()
    };
    let mut all = of(manifest.get(section));
    for target in
        manifest.get("target").and_then(Value::as_table).into_iter().flat_map(|t| t.values())
    {
        all.extend(of(target.get(section)));
    }
    all
}

/// The faults of one crate's manifest against the layers.
fn layer_faults(name: &str, manifest: &str) -> Vec<String> {
    let manifest: Table = manifest.parse().unwrap();
    let mut faults = Vec::new();
    let Some((_, may)) = LAYERS.iter().find(|(layer, _)| *layer == name) else {
        return vec![format!("{name}: a new crate needs an ADR and a line in LAYERS")];
    };
    let ours: Vec<&str> = LAYERS.iter().map(|(layer, _)| *layer).collect();
    for section in ["dependencies", "build-dependencies"] {
        for key in keys(&manifest, section) {
            if DEV_ONLY.contains(&key.as_str()) {
                faults.push(format!("{name}: {key} may only be a dev-dependency"));
            } else if ours.contains(&key.as_str()) && !may.contains(&key.as_str()) {
                faults.push(format!("{name} must not use {key}"));
            } else if name == "domain" && !DOMAIN_MAY_USE.contains(&key.as_str()) {
                faults.push(format!("domain must not use {key}: no I/O, no clock, no randomness"));
            }
        }
    }
    for key in keys(&manifest, "dev-dependencies") {
        if ours.contains(&key.as_str())
            && !may.contains(&key.as_str())
            && !DEV_ONLY.contains(&key.as_str())
        {
            faults.push(format!("{name}: its tests must not use {key}"));
        }
    }
    faults
}

/// Banned packages among the lines of `cargo tree --prefix none` (`name vX.Y.Z …`). The lock file
/// alone says too much: it also lists what an optional feature that nobody enables would bring.
fn tree_faults(tree: &str) -> Vec<String> {
    let names: Vec<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(names.contains(&"tidings-server"), "this is no tree of the workspace:\n{tree}");
    let found = BANNED.iter().filter(|name| names.contains(name));
    found.map(|name| format!("{name} would be linked: cargo tree -i {name}")).collect()
}

#[test]
fn crates_use_only_the_layers_below_them() {
    let manifests: BTreeMap<String, String> = files()
        .into_iter()
        .filter_map(|file| {
            let name = file.path.strip_prefix("crates/")?.strip_suffix("/Cargo.toml")?;
            (!name.contains('/')).then(|| (name.to_owned(), file.text.clone()))
        })
        .collect();
    assert_eq!(manifests.len(), LAYERS.len(), "{:?}", manifests.keys());
    let faults: Vec<String> =
        manifests.iter().flat_map(|(name, text)| layer_faults(name, text)).collect();
    assert_none(&faults);
}

#[test]
fn nothing_links_a_second_crypto_stack() {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--workspace",
            "--locked",
            "--offline",
            "--prefix",
            "none",
            "-e",
            "normal,build,dev",
        ])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_none(&tree_faults(&String::from_utf8_lossy(&output.stdout)));
}

#[test]
fn the_lock_file_is_committed() {
    assert!(root().join("Cargo.lock").is_file());
    let ignored = files().into_iter().find(|file| file.path == ".gitignore").unwrap().text;
    assert!(!ignored.contains("Cargo.lock"));
}

#[test]
fn bad_manifests_are_noticed() {
    for (name, manifest) in [
        ("web", "[dependencies]\nstore.workspace = true"),
        ("domain", "[dependencies]\ntokio = \"1\""),
        ("domain", "[dependencies]\nstore.workspace = true"),
        ("store", "[dependencies]\nfaults.workspace = true"),
        ("store", "[target.'cfg(unix)'.dependencies]\napp.workspace = true"),
        ("web", "[dev-dependencies]\nstore.workspace = true"),
        ("sixth", ""),
    ] {
        assert_eq!(layer_faults(name, manifest).len(), 1, "{name}: {manifest}");
    }
    assert!(layer_faults("store", "[dev-dependencies]\nfaults.workspace = true").is_empty());
    assert_eq!(tree_faults("tidings-server v0.1.0\nring v0.17.0").len(), 1);
    assert!(tree_faults("tidings-server v0.1.0\nstring v0.17.0").is_empty());
}
