//! The container image's recipe holds to the repository: nobody builds it on every change, so what it
//! copies, the Rust it compiles with and the user it runs as are checked from its text.

use super::assert_none;
use super::tree::{files, root};
use toml::Table;

/// What the recipe is held against.
struct Repository<'a> {
    /// `rust-version` of the workspace, such as `1.95`.
    rust: &'a str,
    /// The lines of the recipe's ignore file.
    ignore: &'a str,
    /// Whether a path exists.
    exists: &'a dyn Fn(&str) -> bool,
}

/// The recipe's instructions: comments left out, continued lines joined.
fn instructions(recipe: &str) -> Vec<String> {
    let lines = recipe.lines().filter(|line| !line.trim_start().starts_with('#'));
    let joined = lines.collect::<Vec<_>>().join("\n").replace("\\\n", " ");
    joined.lines().map(str::trim).filter(|line| !line.is_empty()).map(ToOwned::to_owned).collect()
}

/// The faults of one `COPY`: a source that is missing or kept out, or a stage that does not exist.
fn copy_faults(words: &[&str], stages: &[String], repository: &Repository<'_>) -> Vec<String> {
    let (options, paths): (Vec<&str>, Vec<&str>) =
        words.iter().partition(|word| word.starts_with("--"));
    if let Some(stage) = options.iter().find_map(|option| option.strip_prefix("--from=")) {
        let known = stages.iter().any(|name| name == stage);
        return (!known)
            .then(|| format!("copies from a stage {stage} that is none"))
            .into_iter()
            .collect();
    }
    let Some((_, sources)) = paths.split_last() else {
        return vec!["a COPY without a source".to_owned()];
    };
    let mut faults = Vec::new();
    for source in sources {
        if !(repository.exists)(source) {
            faults.push(format!("copies {source}, which does not exist"));
        }
        if !repository.ignore.lines().any(|line| line == format!("!{source}")) {
            faults.push(format!("copies {source}, which the ignore file keeps out"));
        }
    }
    faults
}

fn recipe_faults(recipe: &str, repository: &Repository<'_>) -> Vec<String> {
    let (mut faults, mut stages, mut systems, mut user) = (vec![], vec![], vec![], "0".to_owned());
    for line in instructions(recipe) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[0] {
            "FROM" => {
                let (image, tag) = words[1].split_once(':').unwrap_or((words[1], ""));
                systems.push(
                    tag.rsplit("-slim-").next().unwrap_or(tag).trim_end_matches("-slim").to_owned(),
                );
                if image == "rust" && tag.split('-').next() != Some(repository.rust) {
                    faults.push(format!("builds with {tag}, not with Rust {}", repository.rust));
                }
                stages.extend(words.get(3).map(|name| (*name).to_owned()));
                "0".clone_into(&mut user);
            }
            "COPY" => faults.extend(copy_faults(&words[1..], &stages, repository)),
            "ADD" => faults.push("ADD fetches and unpacks; use COPY".to_owned()),
            "USER" => words[1].clone_into(&mut user),
            _ => {}
        }
    }
    systems.dedup();
    if systems.len() != 1 {
        faults.push(format!("its stages are of different systems: {systems:?}"));
    }
    let id = user.split(':').next().and_then(|id| id.parse::<u32>().ok());
    if id.is_none_or(|id| id == 0) {
        faults.push(format!("runs as {user}: name a fixed number other than 0"));
    }
    if repository.ignore.lines().find(|line| !line.starts_with('#')) != Some("*") {
        faults.push("the ignore file must begin by keeping everything out".to_owned());
    }
    faults
}

fn text(path: &str) -> String {
    files().into_iter().find(|file| file.path == path).unwrap_or_else(|| panic!("no {path}")).text
}

fn rust_version() -> String {
    let manifest: Table = text("Cargo.toml").parse().unwrap();
    manifest["workspace"]["package"]["rust-version"].as_str().unwrap().to_owned()
}

#[test]
fn the_image_is_built_from_what_is_here() {
    let (root, rust) = (root(), rust_version());
    let exists = |path: &str| root.join(path).exists();
    let ignore = text("packaging/Dockerfile.dockerignore");
    let repository = Repository { rust: &rust, ignore: &ignore, exists: &exists };
    let recipe = text("packaging/Dockerfile");
    assert_none(&recipe_faults(&recipe, &repository));
    // Every crate that is compiled in takes its own files from folders that are copied.
    for needed in [".cargo", "Cargo.lock", "crates"] {
        assert!(
            instructions(&recipe)
                .iter()
                .any(|line| line.starts_with("COPY") && line.contains(needed)),
            "{needed}"
        );
    }
    // The package and the binary that the recipe names.
    let manifest: Table = text("crates/server/Cargo.toml").parse().unwrap();
    let package = manifest["package"]["name"].as_str().unwrap();
    let binary = manifest["bin"][0]["name"].as_str().unwrap();
    assert!(recipe.contains(&format!("--package {package} --bin {binary}")), "{recipe}");
    assert!(recipe.contains(&format!("/src/target/release/{binary} ")), "{recipe}");
}

#[test]
fn a_recipe_that_has_rotted_is_noticed() {
    let good = "# x\nFROM rust:1.95-slim-bookworm AS build\nCOPY a b ./\nRUN x \\\n && y\n\
                FROM debian:bookworm-slim\nCOPY --from=build /a /b\nUSER 7:7\n";
    let exists = |path: &str| ["a", "b", "c"].contains(&path);
    let repository = Repository { rust: "1.95", ignore: "# x\n*\n!a\n!b", exists: &exists };
    assert_none(&recipe_faults(good, &repository));
    for (from, to) in [
        ("rust:1.95", "rust:1.94"),
        ("COPY a b", "COPY a c"),
        ("--from=build", "--from=built"),
        ("debian:bookworm", "debian:trixie"),
        ("USER 7:7", "USER root"),
        ("USER 7:7", "USER 0"),
        ("USER 7:7\n", ""),
        ("COPY a", "ADD a"),
    ] {
        let bad = good.replace(from, to);
        assert_eq!(recipe_faults(&bad, &repository).len(), 1, "{from} -> {to}");
    }
    let gone = Repository { rust: "1.95", ignore: "*\n!a\n!b", exists: &|path| path == "a" };
    assert_eq!(recipe_faults(good, &gone).len(), 1);
    let open = Repository { rust: "1.95", ignore: "!a\n!b", exists: &exists };
    assert_eq!(recipe_faults(good, &open).len(), 1);
}
