//! From a parsed command line to the command's own file, and from its outcome to an exit status.

pub mod admin;
pub mod backup;
pub mod check;
pub mod completions;
pub mod demo;
pub mod import;
pub mod key;
pub mod man;
pub mod migrate;
pub mod restore;
pub mod serve;
pub mod token;
pub mod urgency;
pub mod verify;

use std::fmt;
use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;

use crate::cli::{Cli, Command};

/// Why a command did not do its work: one sentence that says what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Whether the command was misused (exit 2) rather than failed (exit 1).
    pub misused: bool,
    /// The sentence.
    pub sentence: String,
}

impl Failure {
    /// The command failed: exit 1.
    pub fn failed(sentence: impl fmt::Display) -> Self {
        Self { misused: false, sentence: sentence.to_string() }
    }

    /// The command was misused: exit 2.
    pub fn misused(sentence: impl fmt::Display) -> Self {
        Self { misused: true, sentence: sentence.to_string() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl std::error::Error for Failure {}

/// Carries out a command.
///
/// # Errors
/// [`Failure`], to be shown on standard error.
pub fn run(cli: Cli) -> Result<(), Failure> {
    match cli.command {
        Command::Backup(command) => backup::run(&command),
        Command::Restore(command) => restore::run(&command),
        Command::Migrate(command) => migrate::run(&command),
        Command::Check(command) => check::run(&command),
        Command::Completions(command) => completions::run(&command),
        Command::Demo(command) => demo::run(&command),
        Command::Man(command) => man::run(&command),
        Command::Key(command) => key::run(&command),
        Command::Serve(command) => serve::run(&command),
        Command::Import(command) => import::run(&command),
        Command::Admin(command) => admin::run(&command),
        Command::Token(command) => token::run(&command),
        Command::Urgency(command) => urgency::run(&command),
        Command::Verify(command) => verify::run(&command),
    }
}

/// Shows a failure in one line and gives its exit status.
pub fn exit(outcome: Result<(), Failure>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let _ = writeln!(io::stderr(), "tidings: {failure}");
            ExitCode::from(if failure.misused { 2 } else { 1 })
        }
    }
}

/// A progress bar on a terminal's standard error, and nothing anywhere else or with `quiet`.
pub fn progress_bar(quiet: bool) -> indicatif::ProgressBar {
    if quiet || !io::stderr().is_terminal() {
        return indicatif::ProgressBar::hidden();
    }
    let style = indicatif::ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {eta}")
        .unwrap_or_else(|_| indicatif::ProgressStyle::default_bar());
    indicatif::ProgressBar::no_length().with_style(style)
}

/// Prints `text` to standard output. A reader that went away is no failure.
///
/// # Errors
/// When standard output cannot be written.
pub fn print(text: &str) -> Result<(), Failure> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::failed(format!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}
