//! `tidings completions SHELL`

use clap::CommandFactory as _;

use super::Failure;
use crate::cli::{Cli, Completions};

/// Prints the completion script.
///
/// # Errors
/// When standard output cannot be written.
pub fn run(command: &Completions) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(command.shell, &mut Cli::command(), "tidings", &mut script);
    super::print(&String::from_utf8_lossy(&script))
}
