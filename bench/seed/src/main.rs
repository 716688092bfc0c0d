//! The product's command line, and one command more: `bench-seed`, which fills a store for the
//! benchmark.
//!
//! It is a program of its own so that the product carries no way to fill a store. Seeding goes through
//! the product's own operations (policy, sealing, audit, work items, inbox rows), many to a commit;
//! every other command is the product's.

use std::process::ExitCode;

use clap::Parser as _;
use tidings_server::cli::Cli;
use tidings_server::command;

mod fill;
mod people;
mod place;

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let ["bench-seed", "--data", data, "--messages", messages, "--listen", listen] = args[..]
    else {
        return command::exit(command::run(Cli::parse()));
    };
    let filled = messages
        .parse()
        .map_err(Failure::from)
        .and_then(|messages| fill::fill(data.as_ref(), messages, listen));
    match filled {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench-seed: {error}");
            ExitCode::FAILURE
        }
    }
}
