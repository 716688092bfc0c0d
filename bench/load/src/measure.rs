//! A closed loop: N connections, each asks again as soon as it has its answer. Counts, percentiles,
//! and what the server's process used meanwhile, read from /proc.

use crate::Failure;
use crate::client::Client;
use crate::scenario::{Manifest, Scenario};
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Clock ticks a second in /proc/PID/stat: USER_HZ, 100 on every Linux the kernel ships for.
const TICKS_PER_SECOND: f64 = 100.0;

/// What one run showed.
#[derive(Clone, Default)]
pub struct Outcome {
    /// Right answers a second.
    pub per_second: f64,
    /// Median and 99th percentile of the time of an answer, in milliseconds.
    pub p50_ms: f64,
    /// See `p50_ms`.
    pub p99_ms: f64,
    /// Wrong answers and broken connections.
    pub errors: u64,
    /// The server's CPU time a request, in milliseconds.
    pub cpu_ms: f64,
    /// The server's anonymous and whole resident memory afterwards, in megabytes.
    pub anon_mb: f64,
    /// See `anon_mb`.
    pub rss_mb: f64,
    /// The first wrong answer, for the reader.
    pub first_error: Option<String>,
}

/// A server under test.
pub struct Target<'m> {
    /// Its address.
    pub server: SocketAddr,
    /// Its process.
    pub pid: u32,
    /// What is in its store.
    pub manifest: &'m Manifest,
}

/// User and system time of a process in seconds, its children left out.
pub fn cpu_seconds(pid: u32) -> Result<f64, Failure> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name in parentheses may hold spaces; fields are counted after it (proc(5): 14 and 15).
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or("").split(' ').collect();
    let ticks =
        |n: usize| fields.get(n).and_then(|f| f.parse::<f64>().ok()).ok_or("no CPU time in /proc");
    Ok((ticks(11)? + ticks(12)?) / TICKS_PER_SECOND)
}

/// Anonymous and whole resident memory of a process in megabytes (mapped files are the difference).
pub fn memory_mb(pid: u32) -> Result<(f64, f64), Failure> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let field = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name));
        line.and_then(|l| l.split_whitespace().nth(1))
            .and_then(|kb| kb.parse::<f64>().ok())
            .map(|kb| kb * 1_024.0 / 1e6)
    };
    Ok((field("RssAnon:").ok_or("no RssAnon")?, field("VmRSS:").ok_or("no VmRSS")?))
}

/// A wrong answer, said in one line; none when it is right. The first of each connection is read
/// whole, so that a fast server with empty bundles does not look good.
fn wrong(scenario: Scenario, status: u16, body: &[u8], whole: bool) -> Option<String> {
    if status != scenario.status() {
        let text: String = String::from_utf8_lossy(body).chars().take(200).collect();
        return Some(format!("status {status}: {text}"));
    }
    if let (true, Some(wanted)) = (whole, scenario.entries()) {
        let bundle: Value = serde_json::from_slice(body).unwrap_or_default();
        let got = bundle.get("entry").and_then(Value::as_array).map_or(0, Vec::len);
        return (got != wanted).then(|| format!("a bundle of {got} entries, not {wanted}"));
    }
    None
}

struct Lane {
    micros: Vec<u32>,
    errors: u64,
    first_error: Option<String>,
}

fn lane(
    target: &Target,
    scenario: Scenario,
    run: u64,
    connection: u64,
    counting: &AtomicBool,
    over: &AtomicBool,
) -> Lane {
    let host = target.server.to_string();
    let mut found = Lane { micros: Vec::with_capacity(1 << 16), errors: 0, first_error: None };
    let mut client = None;
    let mut n = 0;
    while !over.load(Ordering::Relaxed) {
        let request = target.manifest.request(scenario, &host, run, connection, n);
        let began = Instant::now();
        let result = match client.take() {
            Some(open) => Ok(open),
            None => Client::connect(target.server),
        };
        let fault = result.and_then(|mut open| {
            let answer = open.call(&request)?;
            let fault = wrong(scenario, answer.status, answer.body, n == 0);
            client = Some(open);
            Ok(fault)
        });
        match fault {
            Ok(None) if counting.load(Ordering::Relaxed) => {
                found.micros.push(u32::try_from(began.elapsed().as_micros()).unwrap_or(u32::MAX));
            }
            Ok(None) => {}
            Ok(Some(text)) => found.note(text),
            Err(error) => found.note(error.to_string()),
        }
        n += 1;
    }
    found
}

impl Lane {
    fn note(&mut self, text: String) {
        self.errors += 1;
        self.first_error.get_or_insert(text);
        // A server that refuses at once must not be drowned.
        thread::sleep(Duration::from_millis(5));
    }
}

/// Runs a scenario with this many connections: a fifth of `length` to warm up, then `length`.
pub fn run(
    target: &Target,
    scenario: Scenario,
    connections: u64,
    length: Duration,
) -> Result<Outcome, Failure> {
    let (counting, over) = (AtomicBool::new(false), AtomicBool::new(false));
    // Message ids of two runs against one store must differ.
    let run = u64::try_from(
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_nanos()
            & 0xffff_ffff_ffff,
    )?;
    let (lanes, seconds, cpu) = thread::scope(|scope| {
        let lanes: Vec<_> = (0..connections)
            .map(|connection| {
                let (counting, over) = (&counting, &over);
                scope.spawn(move || lane(target, scenario, run, connection, counting, over))
            })
            .collect();
        thread::sleep(length / 5);
        let (began, before) = (Instant::now(), cpu_seconds(target.pid));
        counting.store(true, Ordering::Relaxed);
        thread::sleep(length);
        counting.store(false, Ordering::Relaxed);
        let (seconds, after) = (began.elapsed().as_secs_f64(), cpu_seconds(target.pid));
        over.store(true, Ordering::Relaxed);
        let lanes: Vec<Lane> = lanes.into_iter().filter_map(|lane| lane.join().ok()).collect();
        (lanes, seconds, before.and_then(|before| Ok(after? - before)))
    });
    let mut micros: Vec<u32> = lanes.iter().flat_map(|lane| lane.micros.iter().copied()).collect();
    micros.sort_unstable();
    let count = micros.len() as f64;
    let (anon_mb, rss_mb) = memory_mb(target.pid)?;
    Ok(Outcome {
        per_second: count / seconds,
        p50_ms: percentile(&micros, 50),
        p99_ms: percentile(&micros, 99),
        errors: lanes.iter().map(|lane| lane.errors).sum(),
        cpu_ms: if micros.is_empty() { 0.0 } else { cpu? * 1_000.0 / count },
        anon_mb,
        rss_mb,
        first_error: lanes.into_iter().find_map(|lane| lane.first_error),
    })
}

/// The value that `percent` of a sorted list do not exceed (nearest rank), in milliseconds.
fn percentile(sorted: &[u32], percent: usize) -> f64 {
    let rank = (sorted.len() * percent).div_ceil(100).max(1) - 1;
    sorted.get(rank).map_or(0.0, |micros| f64::from(*micros) / 1_000.0)
}

/// What open event streams cost: the share of one core while they idle, and the memory they hold.
pub struct Streams {
    /// How many were open.
    pub count: u64,
    /// CPU seconds a second.
    pub core_share: f64,
    /// Anonymous memory with them open, in megabytes.
    pub anon_mb: f64,
}

/// Opens `count` event streams, leaves them alone for `length`, and reads the server's cost.
pub fn idle_streams(target: &Target, count: u64, length: Duration) -> Result<Streams, Failure> {
    let host = target.server.to_string();
    let mut open = Vec::new();
    for n in 0..count {
        let mut client = Client::connect(target.server)?;
        let status = client.begin(&target.manifest.stream(&host, n))?;
        if status != 200 {
            return Err(format!("event stream {n} was answered with {status}").into());
        }
        open.push(client);
    }
    thread::sleep(Duration::from_secs(1));
    let before = cpu_seconds(target.pid)?;
    thread::sleep(length);
    let core_share = (cpu_seconds(target.pid)? - before) / length.as_secs_f64();
    Ok(Streams { count, core_share, anon_mb: memory_mb(target.pid)?.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_nearest_rank() {
        let hundred: Vec<u32> = (1..=100).map(|n| n * 1_000).collect();
        assert!((percentile(&hundred, 50) - 50.0).abs() < 1e-9);
        assert!((percentile(&hundred, 99) - 99.0).abs() < 1e-9);
        assert!(percentile(&[], 99).abs() < 1e-9);
    }

    #[test]
    fn an_empty_bundle_is_wrong() {
        assert!(wrong(Scenario::Inbox, 200, br#"{"entry":[]}"#, true).is_some());
        assert!(wrong(Scenario::Send, 200, b"", true).is_some());
        assert!(wrong(Scenario::Send, 201, b"", true).is_none());
    }

    #[test]
    fn this_process_uses_memory() {
        let (anon, all) = memory_mb(std::process::id()).unwrap();
        assert!(anon > 0.0 && all >= anon);
        assert!(cpu_seconds(std::process::id()).is_ok());
    }
}
