//! `tidings man DIR`
//!
//! The pages are made from the command line's own definition, as `--help` is, so that they cannot say
//! anything else. Deliberately absent: pages in the repository, and pages for the `help` command.

use std::fs;

use clap::CommandFactory as _;

use super::Failure;
use crate::cli::{Cli, Man};

/// Writes a page for `tidings` and one for each command and each command inside it.
///
/// # Errors
/// When the folder cannot be made or a page cannot be written.
pub fn run(command: &Man) -> Result<(), Failure> {
    let folder = &command.folder;
    let cannot = |what: &std::path::Path, error: &std::io::Error| {
        Failure::failed(format!("cannot write {}: {error}", what.display()))
    };
    fs::create_dir_all(folder).map_err(|error| cannot(folder, &error))?;
    let pages = pages().map_err(|error| cannot(folder, &error))?;
    for (name, text) in &pages {
        let file = folder.join(name);
        fs::write(&file, text).map_err(|error| cannot(&file, &error))?;
    }
    super::print(&format!("wrote {} pages to {}\n", pages.len(), folder.display()))
}

/// Every page: its file name (`tidings-admin-person-add.1`) and its troff text.
fn pages() -> std::io::Result<Vec<(String, Vec<u8>)>> {
    let top = described();
    let source = format!("tidings {}", top.get_version().unwrap_or_default());
    let mut made = Vec::new();
    let mut left = vec![top];
    while let Some(command) = left.pop() {
        left.extend(command.get_subcommands().cloned());
        let page = clap_mangen::Man::new(command).source(&source).manual("Tidings");
        let mut text = Vec::new();
        page.render(&mut text)?;
        made.push((page.get_filename(), text));
    }
    made.sort();
    Ok(made)
}

/// The command line without the `help` commands, each command with its full name.
fn described() -> clap::Command {
    let mut top = Cli::command().disable_help_subcommand(true);
    top.build();
    top
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// The page's words as a reader sees them: troff's escapes and font changes taken out.
    fn plain(text: &[u8]) -> String {
        let text = String::from_utf8(text.to_vec()).unwrap();
        let text =
            [r"\fB", r"\fI", r"\fR", r"\&"].iter().fold(text, |text, font| text.replace(font, ""));
        text.replace(r"\-", "-").replace(r"\*(Aq", "'")
    }

    /// What a page of `command` lacks, and the same for the commands inside it.
    fn look(
        command: &clap::Command,
        name: &str,
        pages: &BTreeMap<String, String>,
        faults: &mut Vec<String>,
    ) -> usize {
        let Some(page) = pages.get(&format!("{name}.1")) else {
            faults.push(format!("{name} has no page"));
            return 1;
        };
        let mut wanted: Vec<String> =
            command.get_about().map(ToString::to_string).into_iter().collect();
        for argument in command.get_arguments() {
            wanted.extend(argument.get_long().map(|long| format!("--{long}")));
            wanted.extend(argument.get_env().map(|name| name.to_string_lossy().into_owned()));
            // Where some help is longer, the help's own help differs too.
            if argument.get_id() != "help" {
                wanted.extend(argument.get_help().map(ToString::to_string));
            }
        }
        let mut count = 1;
        for inner in command.get_subcommands() {
            let inner_name = format!("{name}-{}", inner.get_name());
            wanted.push(format!("{inner_name}(1)"));
            count += look(inner, &inner_name, pages, faults);
        }
        let missing = wanted.iter().filter(|words| !page.contains(words.as_str()));
        faults.extend(missing.map(|words| format!("{name}.1 lacks: {words}")));
        count
    }

    fn shown() -> BTreeMap<String, String> {
        pages().unwrap().into_iter().map(|(name, text)| (name, plain(&text))).collect()
    }

    #[test]
    fn every_command_has_a_page_that_holds_each_option() {
        let (pages, mut faults) = (shown(), Vec::new());
        let count = look(&described(), "tidings", &pages, &mut faults);
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        assert_eq!(count, pages.len(), "{:?}", pages.keys());
        assert!(count > 50 && pages.contains_key("tidings-admin-person-add.1"));
        for (name, page) in &pages {
            assert!(page.contains(".TH tidings"), "{name}: {page}");
            assert!(
                page.contains(concat!("tidings ", env!("CARGO_PKG_VERSION"))),
                "{name}: {page}"
            );
            assert!(!page.contains("-help(1)"), "{name} names the page of a help command");
        }
    }

    #[test]
    fn a_missing_page_and_a_missing_option_are_noticed() {
        let mut pages = shown();
        pages.remove("tidings-verify.1").unwrap();
        let backup = pages.get_mut("tidings-backup.1").unwrap();
        *backup = backup.replace("--keys-to", "");
        let mut faults = Vec::new();
        look(&described(), "tidings", &pages, &mut faults);
        faults.sort();
        assert_eq!(faults, ["tidings-backup.1 lacks: --keys-to", "tidings-verify has no page"]);
    }
}
