//! The whole benchmark: for each size it seeds the floor (and Tidings, when its binary is given),
//! starts both, and runs each scenario against one and at once against the other, so that ratios
//! come from one minute of one machine. The group-commit limit is taken just before each send run.
//!
//! What it asks of the `tidings` binary: `bench-seed --data DIR --messages N --listen ADDR` fills a
//! new store and writes `DIR/bench.json` (see `scenario.rs`) and `DIR/tidings.toml`;
//! `serve --config DIR/tidings.toml` then answers on ADDR, `/readyz` with 200; and
//! `bench-deadlines --data DIR --items N` prints as JSON how N open items followed a changed calendar.

use crate::client::Client;
use crate::measure::{self, Outcome, Streams, Target, idle_streams, memory_mb};
use crate::scenario::{Manifest, Scenario};
use crate::{Failure, option, report};
use serde_json::Value;
use std::collections::HashMap;
use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How long a server may take to be ready; the bar itself is far below.
const START_SECONDS_MAX: u64 = 60;

/// What to measure, and where.
pub struct Plan {
    floor: PathBuf,
    limits: PathBuf,
    tidings: Option<PathBuf>,
    data: PathBuf,
    out: PathBuf,
    sizes: Vec<u64>,
    connections: Vec<u64>,
    seconds: f64,
    /// How often each pair of floor and product is measured; the best pair is kept.
    rounds: u64,
    scenarios: Vec<Scenario>,
    /// Open items whose deadlines follow a changed calendar; 0 measures none.
    deadlines: u64,
}

fn scenarios(list: &str) -> Result<Vec<Scenario>, Failure> {
    let one = |word: &str| {
        Scenario::from_word(word.trim()).ok_or_else(|| format!("no scenario is called {word}"))
    };
    Ok(list.split(',').map(one).collect::<Result<_, _>>()?)
}

fn numbers(list: &str) -> Result<Vec<u64>, Failure> {
    list.split(',')
        .map(|n| n.trim().parse().map_err(|_| format!("{list}: not a list of numbers").into()))
        .collect()
}

impl Plan {
    /// Reads the options of `load suite`.
    pub fn parse(given: &HashMap<&str, &str>) -> Result<Self, Failure> {
        Ok(Self {
            floor: option(given, "floor", None)?,
            limits: option(given, "limits", None)?,
            tidings: given.get("tidings").map(PathBuf::from),
            data: option(given, "data", None)?,
            out: option(given, "out", None)?,
            sizes: numbers(&option::<String>(given, "sizes", Some("1000,100000,1000000"))?)?,
            connections: numbers(&option::<String>(given, "connections", Some("16,64"))?)?,
            seconds: option(given, "seconds", Some("5"))?,
            rounds: option(given, "rounds", Some("1"))?,
            scenarios: match given.get("scenarios") {
                Some(list) => scenarios(list)?,
                None => Scenario::ALL.to_vec(),
            },
            deadlines: option(given, "deadlines", Some("100000"))?,
        })
    }

    fn length(&self) -> Duration {
        Duration::from_secs_f64(self.seconds)
    }
}

/// The machine's limits at one moment.
#[derive(Clone)]
pub struct Limits {
    /// The median of an append with fdatasync, in milliseconds.
    pub append_p50_ms: f64,
    /// Sends a second by sends a commit (1, 16, 64).
    pub sends: [f64; 3],
    /// One-statement rows a second by rows a commit (1, 16, 64).
    pub rows: [f64; 3],
}

/// A server at rest.
#[derive(Clone)]
pub struct Rest {
    /// From its start on a seeded store until /readyz answers 200, in milliseconds.
    pub start_ms: f64,
    /// Anonymous memory before the first request, in megabytes.
    pub anon_mb: f64,
    /// Resident memory before the first request, in megabytes.
    pub rss_mb: f64,
    /// Bytes on disk for each seeded message.
    pub disk_bytes: f64,
}

/// One scenario at one size and number of connections.
pub struct Row {
    /// Messages in the store.
    pub size: u64,
    /// What was asked.
    pub scenario: Scenario,
    /// How many connections asked.
    pub connections: u64,
    /// The floor's figures; none where it has no such page.
    pub floor: Option<Outcome>,
    /// The product's figures; none when its binary was not given.
    pub tidings: Option<Outcome>,
    /// The limits just before a send run.
    pub limits: Option<Limits>,
    /// Our share of the floor in each round, the least first.
    pub shares: Vec<f64>,
}

/// Deadlines brought to a changed calendar, as `bench-deadlines` printed it.
#[derive(Clone, Default)]
pub struct Deadlines {
    /// Open items whose clock ran.
    pub items: f64,
    /// From the change until everything follows, with nothing beside it, in seconds.
    pub seconds: f64,
    /// The process's CPU time of that, in seconds.
    pub cpu_seconds: f64,
    /// In how many chunks.
    pub chunks: f64,
    /// The longest writing of a chunk, its commit included, in milliseconds.
    pub chunk_max_ms: f64,
    /// The same once more while a patient keeps sending: the longest wait of a send, and the median.
    pub send_max_ms: f64,
    /// See `send_max_ms`.
    pub send_p50_ms: f64,
}

/// Everything the report prints.
pub struct Results {
    /// The limits before anything else ran.
    pub limits: Limits,
    /// Each size's servers at rest: floor, Tidings.
    pub rest: Vec<(u64, Rest, Option<Rest>)>,
    /// Each run.
    pub rows: Vec<Row>,
    /// Idle event streams of Tidings at the largest size.
    pub streams: Vec<Result<Streams, String>>,
    /// Deadlines after a changed calendar, once a round.
    pub deadlines: Vec<Deadlines>,
}

struct Server {
    child: Child,
    address: SocketAddr,
    manifest: Manifest,
    rest: Rest,
}

impl Drop for Server {
    fn drop(&mut self) {
        // Errors mean it is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn checked(command: &mut Command) -> Result<Vec<u8>, Failure> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(format!("{command:?} ended with {}", output.status).into())
    }
}

/// A loopback address that was free a moment ago.
fn free_address() -> Result<SocketAddr, Failure> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

fn disk_bytes(dir: &Path) -> Result<u64, Failure> {
    let mut sum = 0;
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sum += disk_bytes(&entry.path())?;
        } else if entry.file_name() != "bench.json" {
            sum += entry.metadata()?.len();
        }
    }
    Ok(sum)
}

fn is_ready(address: SocketAddr) -> bool {
    let request = format!("GET /readyz HTTP/1.1\r\nHost: {address}\r\n\r\n");
    let answered = Client::connect(address)
        .and_then(|mut client| client.call(request.as_bytes()).map(|answer| answer.status));
    answered.is_ok_and(|status| status == 200)
}

/// Seeds an empty folder with one command and serves it with another.
fn start(
    binary: &Path,
    data: &Path,
    size: u64,
    seed: &[&str],
    serve: &[&str],
) -> Result<Server, Failure> {
    if data.exists() {
        fs::remove_dir_all(data)?;
    }
    fs::create_dir_all(data)?;
    let address = free_address()?;
    let fill = |args: &[&str]| -> Vec<String> {
        let data = data.display().to_string();
        args.iter()
            .map(|a| {
                a.replace("DIR", &data)
                    .replace("ADDR", &address.to_string())
                    .replace("SIZE", &size.to_string())
            })
            .collect()
    };
    checked(Command::new(binary).args(fill(seed)))?;
    let manifest = Manifest::parse(&fs::read_to_string(data.join("bench.json"))?)
        .ok_or("bench.json names no patient with threads")?;
    let disk = disk_bytes(data)? as f64 / size as f64;
    let log = File::create(data.with_extension("log"))?;
    let began = Instant::now();
    let child = Command::new(binary)
        .args(fill(serve))
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .spawn()?;
    let rest = Rest { start_ms: 0.0, anon_mb: 0.0, rss_mb: 0.0, disk_bytes: disk };
    let mut server = Server { child, address, manifest, rest };
    while !is_ready(address) {
        if let Some(status) = server.child.try_wait()? {
            return Err(format!(
                "{} ended with {status}; see {}",
                binary.display(),
                data.with_extension("log").display()
            )
            .into());
        }
        if began.elapsed() > Duration::from_secs(START_SECONDS_MAX) {
            return Err(
                format!("{} was not ready in {START_SECONDS_MAX} s", binary.display()).into()
            );
        }
        thread::sleep(Duration::from_millis(2));
    }
    server.rest.start_ms = began.elapsed().as_secs_f64() * 1_000.0;
    thread::sleep(Duration::from_secs(1));
    (server.rest.anon_mb, server.rest.rss_mb) = memory_mb(server.child.id())?;
    Ok(server)
}

impl Server {
    fn target(&self) -> Target<'_> {
        Target { server: self.address, pid: self.child.id(), manifest: &self.manifest }
    }

    fn measure(
        &self,
        scenario: Scenario,
        connections: u64,
        length: Duration,
    ) -> Result<Option<Outcome>, Failure> {
        if !self.manifest.offers(scenario) {
            return Ok(None);
        }
        let found = measure::run(&self.target(), scenario, connections, length)?;
        if let Some(error) = &found.first_error {
            eprintln!(
                "load: {} at {connections}: {} errors, the first: {error}",
                scenario.name(),
                found.errors
            );
        }
        Ok(Some(found))
    }
}

fn limits(plan: &Plan, seconds: f64) -> Result<Limits, Failure> {
    let printed = checked(Command::new(&plan.limits).arg(&plan.data).arg(seconds.to_string()))?;
    let json: Value = serde_json::from_slice(&printed)?;
    let number = |path: &str| {
        json.pointer(path)
            .and_then(Value::as_f64)
            .ok_or_else(|| format!("limits printed no {path}"))
    };
    let three = |of: &str| -> Result<[f64; 3], String> {
        Ok([
            number(&format!("/{of}/1"))?,
            number(&format!("/{of}/16"))?,
            number(&format!("/{of}/64"))?,
        ])
    };
    Ok(Limits {
        append_p50_ms: number("/append_p50_ms")?,
        sends: three("sends_per_s")?,
        rows: three("rows_per_s")?,
    })
}

/// Fills a store of open items and measures how they follow a changed calendar.
fn deadlines(plan: &Plan, binary: &Path) -> Result<Deadlines, Failure> {
    let data = plan.data.join("deadlines");
    if data.exists() {
        fs::remove_dir_all(&data)?;
    }
    eprintln!("load: {} deadlines", plan.deadlines);
    let printed = checked(
        Command::new(binary)
            .args(["bench-deadlines", "--items", &plan.deadlines.to_string(), "--data"])
            .arg(&data),
    )?;
    fs::remove_dir_all(&data)?;
    let json: Value = serde_json::from_slice(&printed)?;
    let number = |name: &str| {
        json.get(name).and_then(Value::as_f64).ok_or_else(|| format!("deadlines printed no {name}"))
    };
    Ok(Deadlines {
        items: number("items")?,
        seconds: number("seconds")?,
        cpu_seconds: number("cpu_seconds")?,
        chunks: number("chunks")?,
        chunk_max_ms: number("chunk_max_ms")?,
        send_max_ms: number("send_max_ms")?,
        send_p50_ms: number("send_p50_ms")?,
    })
}

/// Measures everything and writes the report.
pub fn run(plan: &Plan) -> Result<(), Failure> {
    fs::create_dir_all(&plan.data)?;
    let mut results = Results {
        limits: limits(plan, 1.0)?,
        rest: Vec::new(),
        rows: Vec::new(),
        streams: Vec::new(),
        deadlines: Vec::new(),
    };
    if let Some(binary) = plan.tidings.as_ref().filter(|_| plan.deadlines > 0) {
        for _ in 0..plan.rounds {
            results.deadlines.push(deadlines(plan, binary)?);
        }
    }
    for size in &plan.sizes {
        eprintln!("load: {size} messages: seeding");
        let data = plan.data.join(format!("floor-{size}"));
        let floor = start(
            &plan.floor,
            &data,
            *size,
            &["seed", "--data", "DIR", "--messages", "SIZE"],
            &["serve", "--data", "DIR", "--listen", "ADDR"],
        )?;
        let tidings = match &plan.tidings {
            Some(binary) => Some(start(
                binary,
                &plan.data.join(format!("tidings-{size}")),
                *size,
                &["bench-seed", "--data", "DIR", "--messages", "SIZE", "--listen", "ADDR"],
                &["serve", "--config", "DIR/tidings.toml"],
            )?),
            None => None,
        };
        results.rest.push((*size, floor.rest.clone(), tidings.as_ref().map(|t| t.rest.clone())));
        measure_size(plan, *size, &floor, tidings.as_ref(), &mut results)?;
        if let Some(tidings) =
            tidings.as_ref().filter(|t| t.manifest.has_streams() && plan.sizes.last() == Some(size))
        {
            for count in [1_000, 10_000] {
                results.streams.push(
                    idle_streams(&tidings.target(), count, Duration::from_secs(10))
                        .map_err(|e| e.to_string()),
                );
            }
        }
        drop((floor, tidings));
        for name in ["floor", "tidings"] {
            let data = plan.data.join(format!("{name}-{size}"));
            if data.exists() {
                fs::remove_dir_all(data)?;
            }
        }
    }
    fs::write(&plan.out, report::markdown(&results, plan.tidings.is_some())?)?;
    eprintln!("load: wrote {}", plan.out.display());
    Ok(())
}

fn measure_size(
    plan: &Plan,
    size: u64,
    floor: &Server,
    tidings: Option<&Server>,
    results: &mut Results,
) -> Result<(), Failure> {
    for scenario in &plan.scenarios {
        for connections in &plan.connections {
            // Pages are held against the floor's JSON inbox.
            let has_page = tidings.is_some_and(|t| t.manifest.offers(*scenario));
            if scenario.of_floor() != *scenario && !has_page {
                continue;
            }
            eprintln!("load: {size} messages: {} at {connections} connections", scenario.name());
            let mut rounds = Vec::new();
            for _ in 0..plan.rounds {
                rounds.push(measure_row(plan, size, (*scenario, *connections), floor, tidings)?);
            }
            let mut shares: Vec<f64> = rounds.iter().filter_map(Row::share).collect();
            shares.sort_by(f64::total_cmp);
            let best = rounds.into_iter().max_by(|a, b| {
                let share = |row: &Row| row.share().unwrap_or(0.0);
                share(a).total_cmp(&share(b))
            });
            results.rows.extend(best.map(|row| Row { shares, ..row }));
        }
    }
    Ok(())
}

/// The floor and the product, one just after the other.
fn measure_row(
    plan: &Plan,
    size: u64,
    (scenario, connections): (Scenario, u64),
    floor: &Server,
    tidings: Option<&Server>,
) -> Result<Row, Failure> {
    let limits = if scenario == Scenario::Send { Some(limits(plan, 1.0)?) } else { None };
    let floor = floor.measure(scenario.of_floor(), connections, plan.length())?;
    let tidings = tidings.map_or(Ok(None), |t| t.measure(scenario, connections, plan.length()))?;
    Ok(Row { size, scenario, connections, floor, tidings, limits, shares: Vec::new() })
}

impl Row {
    /// Our requests a second as a share of the floor's; none when one was not measured.
    pub fn share(&self) -> Option<f64> {
        let floor = self.floor.as_ref()?.per_second;
        (floor > 0.0).then(|| self.tidings.as_ref().map(|o| o.per_second / floor)).flatten()
    }
}
