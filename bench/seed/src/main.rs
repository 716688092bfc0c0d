//! The product's command line, and two commands more: `bench-seed` fills a store for the benchmark, and
//! `bench-deadlines` measures how open items follow a changed calendar.
//!
//! It is a program of its own so that the product carries no way to fill a store. Seeding goes through
//! the product's own operations (policy, sealing, audit, work items, inbox rows), many to a commit;
//! every other command is the product's.

use std::process::ExitCode;

use clap::Parser as _;
use tidings_server::cli::Cli;
use tidings_server::command;

mod deadlines;
mod fill;
mod people;
mod place;

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args[..] {
        ["bench-seed", "--data", data, "--messages", messages, "--listen", listen] => messages
            .parse()
            .map_err(Failure::from)
            .and_then(|messages| fill::fill(data.as_ref(), messages, listen)),
        ["bench-deadlines", "--items", items, "--data", data] => items
            .parse()
            .map_err(Failure::from)
            .and_then(|items| deadlines::measure(data.as_ref(), items)),
        _ => return command::exit(command::run(Cli::parse())),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error}", args.first().copied().unwrap_or_default());
            ExitCode::FAILURE
        }
    }
}
