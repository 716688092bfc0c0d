//! The load generator and its driver. `bench/run` calls `load suite`; `load one` measures one
//! scenario against a server that runs already. Deliberately absent: an open loop (the bars are
//! stated for a number of connections) and any dependency beyond JSON.

mod client;
mod measure;
mod report;
mod scenario;
mod suite;

use measure::Target;
use scenario::{Manifest, Scenario};
use std::collections::HashMap;
use std::process::ExitCode;
use std::time::Duration;

type Failure = Box<dyn std::error::Error + Send + Sync>;

const USAGE: &str = "usage:
  load suite --floor BIN --limits BIN --data DIR --out FILE [--tidings BIN] [--sizes 1000,100000,1000000] [--connections 16,64] [--seconds 5] [--rounds 1] [--scenarios inbox,thread,page,queue,send] [--deadlines 100000]
  load one --manifest FILE --server ADDR:PORT --pid PID --scenario send|inbox|thread|page|queue [--connections 16] [--seconds 5]
  load streams --manifest FILE --server ADDR:PORT --pid PID [--connections 1000] [--seconds 10]";

/// `--name value` pairs; an error names what is not one.
fn options(args: &[String]) -> Result<HashMap<&str, &str>, Failure> {
    let mut found = HashMap::new();
    for pair in args.chunks(2) {
        match pair {
            [name, value] if name.starts_with("--") => found.insert(&name[2..], value.as_str()),
            other => return Err(format!("not an option and its value: {other:?}\n{USAGE}").into()),
        };
    }
    Ok(found)
}

/// The value of an option, or its default, or an error that names it.
fn option<T: std::str::FromStr>(
    options: &HashMap<&str, &str>,
    name: &str,
    default: Option<&str>,
) -> Result<T, Failure> {
    let value = options
        .get(name)
        .copied()
        .or(default)
        .ok_or_else(|| format!("--{name} is missing\n{USAGE}"))?;
    value.parse().map_err(|_| format!("--{name} {value}: not understood").into())
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match command(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("load: {error}");
            ExitCode::FAILURE
        }
    }
}

fn command(args: &[String]) -> Result<(), Failure> {
    let (name, rest) = args.split_first().ok_or(USAGE)?;
    let given = options(rest)?;
    match name.as_str() {
        "suite" => suite::run(&suite::Plan::parse(&given)?),
        "one" | "streams" => {
            let manifest = std::fs::read_to_string(option::<String>(&given, "manifest", None)?)?;
            let manifest =
                Manifest::parse(&manifest).ok_or("the manifest names no patient with threads")?;
            let target = Target {
                server: option(&given, "server", None)?,
                pid: option(&given, "pid", None)?,
                manifest: &manifest,
            };
            if name == "one" { one(&target, &given) } else { streams(&target, &given) }
        }
        _ => Err(USAGE.into()),
    }
}

fn one(target: &Target, given: &HashMap<&str, &str>) -> Result<(), Failure> {
    let word = option::<String>(given, "scenario", None)?;
    let scenario =
        Scenario::from_word(&word).ok_or_else(|| format!("no scenario is called {word}"))?;
    if !target.manifest.offers(scenario) {
        return Err("the manifest lists nothing for this scenario".into());
    }
    let length = Duration::from_secs_f64(option(given, "seconds", Some("5"))?);
    let found = measure::run(target, scenario, option(given, "connections", Some("16"))?, length)?;
    println!(
        "{:.0} requests/s, p50 {:.2} ms, p99 {:.2} ms, {} errors, {:.3} CPU ms each, {:.1} MB anonymous, {:.1} MB resident",
        found.per_second,
        found.p50_ms,
        found.p99_ms,
        found.errors,
        found.cpu_ms,
        found.anon_mb,
        found.rss_mb
    );
    found.first_error.map_or(Ok(()), |error| Err(error.into()))
}

fn streams(target: &Target, given: &HashMap<&str, &str>) -> Result<(), Failure> {
    if !target.manifest.has_streams() {
        return Err("the manifest lists no event streams".into());
    }
    let length = Duration::from_secs_f64(option(given, "seconds", Some("10"))?);
    let found = measure::idle_streams(target, option(given, "connections", Some("1000"))?, length)?;
    println!(
        "{} streams: {:.2}% of a core, {:.1} MB anonymous",
        found.count,
        found.core_share * 100.0,
        found.anon_mb
    );
    Ok(())
}
