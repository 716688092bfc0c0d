//! The binary `tidings`.

use std::process::ExitCode;

use clap::Parser as _;
use tidings_server::cli::Cli;
use tidings_server::command;

fn main() -> ExitCode {
    command::exit(command::run(Cli::parse()))
}
