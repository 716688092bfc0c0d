//! The report: one table of figures, one of bars. Bars and peers are those of the project's
//! performance page; a peer's figure today is its table figure, times today's floor, divided by the
//! floor of that table (the contended one for sends, which asks the most of us).

use crate::Failure;
use crate::measure::Outcome;
use crate::scenario::Scenario;
use crate::suite::{Deadlines, Limits, Results, Row};
use std::fmt::Write as _;
use std::fs;
use std::process::Command;

/// Peers at 16 and 64 connections (requests/s), and the floor of the same table.
struct Peers {
    scenario: Scenario,
    name: &'static str,
    figures: [f64; 2],
    floor: [f64; 2],
    /// How many times faster we must be.
    times: f64,
}

const PEERS: &[Peers] = &[
    Peers {
        scenario: Scenario::Send,
        name: "Medplum, the fastest at 64",
        figures: [252.0, 319.0],
        floor: [2_800.0, 9_400.0],
        times: 10.0,
    },
    Peers {
        scenario: Scenario::Send,
        name: "Synapse",
        figures: [51.0, 56.0],
        floor: [2_800.0, 9_400.0],
        times: 50.0,
    },
    Peers {
        scenario: Scenario::Inbox,
        name: "Medplum",
        figures: [383.0, 428.0],
        floor: [19_400.0, 19_300.0],
        times: 15.0,
    },
    Peers {
        scenario: Scenario::Thread,
        name: "Medplum",
        figures: [372.0, 384.0],
        floor: [20_200.0, 24_700.0],
        times: 15.0,
    },
];

fn first_line(command: &str, args: &[&str]) -> String {
    let output = Command::new(command).args(args).output();
    let text = output.map(|o| String::from_utf8_lossy(&o.stdout).into_owned()).unwrap_or_default();
    text.lines().next().unwrap_or("unknown").trim().to_owned()
}

fn field(file: &str, name: &str) -> String {
    let text = fs::read_to_string(file).unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with(name)).unwrap_or("");
    line.split_once(':').map_or("unknown", |(_, value)| value.trim()).to_owned()
}

/// A number as people read it: three figures or whole thousands apart.
fn figure(value: f64) -> String {
    if value < 10.0 {
        return format!("{value:.2}");
    }
    let digits = format!("{value:.0}");
    let mut out = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}

/// Shares of the rounds in percent: the best, and all of them when there were several.
fn shares(row: &Row) -> String {
    let percent = |share: f64| format!("{:.0}%", share * 100.0);
    match (row.share(), row.shares.first()) {
        (Some(best), Some(least)) if row.shares.len() > 1 => {
            format!(
                "{} ({}–{})",
                percent(best),
                percent(*least).trim_end_matches('%'),
                percent(best)
            )
        }
        (Some(best), _) => percent(best),
        (None, _) => "–".to_owned(),
    }
}

/// The whole report in Markdown.
pub fn markdown(results: &Results, with_tidings: bool) -> Result<String, Failure> {
    let mut out = String::new();
    writeln!(out, "# Benchmark\n")?;
    let command = std::env::var("BENCH_COMMAND").unwrap_or_else(|_| "bench/run".to_owned());
    writeln!(
        out,
        "Made by `{command}` on {}, commit {}.",
        first_line("date", &["-u", "+%Y-%m-%d %H:%M UTC"]),
        first_line("git", &["rev-parse", "--short", "HEAD"])
    )?;
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    writeln!(
        out,
        "Machine: {}, {} cores, {} of memory, Linux {}; load average at the end {} (the load generator runs on the same cores).\n",
        field("/proc/cpuinfo", "model name"),
        std::thread::available_parallelism()?,
        field("/proc/meminfo", "MemTotal"),
        first_line("uname", &["-r"]),
        load.split(' ').next().unwrap_or("unknown"),
    )?;
    if !with_tidings {
        writeln!(
            out,
            "The product's binary was not given: these are the floor and the limits alone.\n"
        )?;
    }
    limits(&mut out, &results.limits)?;
    figures(&mut out, results)?;
    at_rest(&mut out, results)?;
    deadlines(&mut out, results)?;
    bars(&mut out, results)?;
    Ok(out)
}

fn limits(out: &mut String, limits: &Limits) -> Result<(), Failure> {
    writeln!(out, "## Limits before the runs\n")?;
    writeln!(out, "| | 1 a commit | 16 a commit | 64 a commit |\n|---|---|---|---|")?;
    let line = |name: &str, three: &[f64; 3]| {
        format!("| {name} | {} | {} | {} |", figure(three[0]), figure(three[1]), figure(three[2]))
    };
    writeln!(out, "{}", line("one-statement rows/s", &limits.rows))?;
    writeln!(out, "{}", line("four-statement sends/s", &limits.sends))?;
    writeln!(out, "\nAppend with fdatasync, median: {:.3} ms.\n", limits.append_p50_ms)?;
    Ok(())
}

fn figures(out: &mut String, results: &Results) -> Result<(), Failure> {
    writeln!(out, "## Figures\n")?;
    writeln!(
        out,
        "| messages | scenario | connections | floor req/s | ours req/s | of the floor | of the limit | floor p50 / p99 ms | ours p50 / p99 ms | floor CPU ms | ours CPU ms | ours MB anonymous (resident) | errors |"
    )?;
    writeln!(out, "|---|---|---|---|---|---|---|---|---|---|---|---|---|")?;
    let dash = || "–".to_owned();
    for row in results.rows.iter().filter(|row| row.floor.is_some() || row.tidings.is_some()) {
        let (floor, ours) = (row.floor.as_ref(), row.tidings.as_ref());
        let speed = |o: Option<&Outcome>| o.map_or_else(dash, |o| figure(o.per_second));
        let times = |o: Option<&Outcome>| {
            o.map_or_else(dash, |o| format!("{:.2} / {:.2}", o.p50_ms, o.p99_ms))
        };
        let cpu = |o: Option<&Outcome>| o.map_or_else(dash, |o| format!("{:.3}", o.cpu_ms));
        let percent =
            |share: Option<f64>| share.map_or_else(dash, |share| format!("{:.0}%", share * 100.0));
        let errors = floor.map_or(0, |o| o.errors) + ours.map_or(0, |o| o.errors);
        writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {errors} |",
            figure(row.size as f64),
            row.scenario.name(),
            row.connections,
            speed(floor),
            speed(ours),
            shares(row),
            percent(of_limit(row)),
            times(floor),
            times(ours),
            cpu(floor),
            cpu(ours),
            ours.map_or_else(dash, |o| format!("{:.0} ({:.0})", o.anon_mb, o.rss_mb)),
        )?;
    }
    writeln!(out)?;
    Ok(())
}

/// Our sends (the floor's, without us) as a share of the group-commit limit at 64 a commit.
fn of_limit(row: &Row) -> Option<f64> {
    let sends = row.tidings.as_ref().or(row.floor.as_ref())?.per_second;
    row.limits.as_ref().map(|limits| sends / limits.sends[2])
}

fn at_rest(out: &mut String, results: &Results) -> Result<(), Failure> {
    writeln!(
        out,
        "## At rest\n\n| messages | | start ms | MB anonymous (resident) | bytes on disk a message |\n|---|---|---|---|---|"
    )?;
    for (size, floor, tidings) in &results.rest {
        for (name, rest) in [("floor", Some(floor)), ("ours", tidings.as_ref())] {
            if let Some(rest) = rest {
                writeln!(
                    out,
                    "| {} | {name} | {:.0} | {:.1} ({:.1}) | {} |",
                    figure(*size as f64),
                    rest.start_ms,
                    rest.anon_mb,
                    rest.rss_mb,
                    figure(rest.disk_bytes)
                )?;
            }
        }
    }
    writeln!(out)?;
    Ok(())
}

/// One bar: what it asks, and what was found, with whether that is enough.
struct Bar(String, Option<(String, bool)>);

fn bars(out: &mut String, results: &Results) -> Result<(), Failure> {
    writeln!(out, "## Bars\n\n| bar | found | met |\n|---|---|---|")?;
    let all = [
        speed_bars(results),
        cost_bars(results),
        growth_bars(results),
        rest_bars(results),
        stream_bars(results),
        deadline_bars(results),
    ];
    for Bar(asked, found) in all.into_iter().flatten() {
        let (found, met) = found.map_or(("not measured".to_owned(), "–"), |(found, met)| {
            (found, if met { "yes" } else { "**no**" })
        });
        writeln!(out, "| {asked} | {found} | {met} |")?;
    }
    Ok(())
}

/// The largest size that was measured: the bars hold there unless they name another.
fn rows(results: &Results, scenario: Scenario) -> impl Iterator<Item = &Row> {
    let size = results.rest.iter().map(|(size, _, _)| *size).max().unwrap_or(0);
    results.rows.iter().filter(move |row| row.size == size && row.scenario == scenario)
}

fn row(results: &Results, scenario: Scenario, connections: u64) -> Option<&Row> {
    rows(results, scenario).find(|row| row.connections == connections)
}

fn speed_bars(results: &Results) -> Vec<Bar> {
    let send =
        |connections| row(results, Scenario::Send, connections).filter(|row| row.tidings.is_some());
    let mut bars = vec![
        Bar(
            "1. sends at 64 ≥ 40% of the group-commit limit of the minute (stretch 60%)".to_owned(),
            send(64)
                .and_then(of_limit)
                .map(|share| (format!("{:.0}%", share * 100.0), share >= 0.4)),
        ),
        Bar(
            "1. p99 of a send at 16 ≤ 15 ms quiet (25 ms loaded)".to_owned(),
            send(16)
                .and_then(|row| row.tidings.as_ref())
                .map(|o| (format!("{:.1} ms", o.p99_ms), o.p99_ms <= 15.0)),
        ),
    ];
    for peer in PEERS {
        // Peers were measured with few messages: ours count at the smallest size.
        for (n, connections) in [16_u64, 64]
            .into_iter()
            .enumerate()
            .filter(|(n, _)| peer.scenario != Scenario::Send || *n == 1)
        {
            let row = results
                .rows
                .iter()
                .find(|row| row.scenario == peer.scenario && row.connections == connections);
            let found = row
                .and_then(|row| {
                    Some((row.floor.as_ref()?.per_second, row.tidings.as_ref()?.per_second))
                })
                .map(|(floor, ours)| {
                    let times = ours / (peer.figures[n] * floor / peer.floor[n]);
                    (format!("{times:.1}×"), times >= peer.times)
                });
            let number = if peer.scenario == Scenario::Send { 1 } else { 2 };
            bars.push(Bar(
                format!(
                    "{number}. {} at {connections} ≥ {:.0}× {}",
                    peer.scenario.name(),
                    peer.times,
                    peer.name
                ),
                found,
            ));
        }
    }
    for (scenario, least) in [
        (Scenario::Inbox, 0.25),
        (Scenario::Thread, 0.25),
        (Scenario::Page, 0.10),
        (Scenario::Queue, 0.10),
    ] {
        for row in rows(results, scenario) {
            let found = row.share();
            let asked = format!(
                "2. {} at {} ≥ {:.0}% of the floor",
                scenario.name(),
                row.connections,
                least * 100.0
            );
            bars.push(Bar(asked, found.map(|share| (shares(row), share >= least))));
        }
    }
    bars
}

fn cost_bars(results: &Results) -> Vec<Bar> {
    let most = |scenario| {
        rows(results, scenario)
            .filter_map(|row| row.tidings.as_ref())
            .map(|o| o.cpu_ms)
            .reduce(f64::max)
    };
    let bar = |scenario: Scenario, limit: f64| {
        let asked = format!("3. server CPU ≤ {limit} ms, {}", scenario.name());
        Bar(asked, most(scenario).map(|ms| (format!("{ms:.3} ms"), ms <= limit)))
    };
    vec![bar(Scenario::Send, 0.25), bar(Scenario::Inbox, 0.15), bar(Scenario::Thread, 0.15)]
}

fn growth_bars(results: &Results) -> Vec<Bar> {
    let kept = |scenario: Scenario, of: fn(&Row) -> Option<&Outcome>| {
        let mut runs =
            results.rows.iter().filter(|row| row.scenario == scenario && row.connections == 16);
        let (first, last) = (runs.next()?, runs.next_back()?);
        Some(of(last)?.per_second / of(first)?.per_second)
    };
    [Scenario::Inbox, Scenario::Thread]
        .map(|scenario| {
            let found = kept(scenario, |row| row.tidings.as_ref())
                .zip(kept(scenario, |row| row.floor.as_ref()));
            let asked = format!(
                "3. {}, smallest to largest store: we keep no less than the floor keeps",
                scenario.name()
            );
            Bar(
                asked,
                found.map(|(ours, floor)| {
                    (
                        format!("{:.0}%, the floor {:.0}%", ours * 100.0, floor * 100.0),
                        ours >= floor,
                    )
                }),
            )
        })
        .into()
}

fn rest_bars(results: &Results) -> Vec<Bar> {
    let last = results.rest.last().and_then(|(_, _, tidings)| tidings.as_ref());
    let loaded = results
        .rows
        .iter()
        .filter(|row| row.connections == 64)
        .filter_map(|row| row.tidings.as_ref())
        .map(|o| o.anon_mb)
        .reduce(f64::max);
    vec![
        Bar(
            "4. memory at rest ≤ 30 MB".to_owned(),
            last.map(|r| (format!("{:.1} MB", r.anon_mb), r.anon_mb <= 30.0)),
        ),
        Bar(
            "4. memory at 64 connections ≤ 96 MB".to_owned(),
            loaded.map(|mb| (format!("{mb:.1} MB"), mb <= 96.0)),
        ),
        Bar(
            "4. start on an existing store ≤ 0.2 s".to_owned(),
            last.map(|r| (format!("{:.2} s", r.start_ms / 1_000.0), r.start_ms <= 200.0)),
        ),
        Bar(
            "4. disk ≤ 1.5 kB a message of 300 bytes".to_owned(),
            last.map(|r| (format!("{:.2} kB", r.disk_bytes / 1_000.0), r.disk_bytes <= 1_500.0)),
        ),
    ]
}

fn stream_bars(results: &Results) -> Vec<Bar> {
    let found = |n: usize| results.streams.get(n).map(|streams| streams.as_ref());
    let share = found(0).map(|streams| {
        streams.map_or_else(
            |e| (e.clone(), false),
            |s| (format!("{:.2}%", s.core_share * 100.0), s.core_share <= 0.01),
        )
    });
    let memory = found(1).map(|streams| {
        streams.map_or_else(
            |e| (e.clone(), false),
            |s| (format!("{} streams: {:.0} MB", s.count, s.anon_mb), s.anon_mb <= 256.0),
        )
    });
    vec![
        Bar("5. 1,000 idle event streams ≤ 1% of a core".to_owned(), share),
        Bar("5. 10,000 open streams fit in 256 MB".to_owned(), memory),
    ]
}

fn deadlines(out: &mut String, results: &Results) -> Result<(), Failure> {
    if results.deadlines.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "## Deadlines after a changed calendar\n\n| open items | s | CPU s | items/s, of one-statement rows/s at 64 a commit | chunks | longest chunk ms | a send beside it, median / longest ms |\n|---|---|---|---|---|---|---|"
    )?;
    for d in &results.deadlines {
        writeln!(
            out,
            "| {} | {:.2} | {:.2} | {} ({:.0}%) | {:.0} | {:.1} | {:.1} / {:.1} |",
            figure(d.items),
            d.seconds,
            d.cpu_seconds,
            figure(d.items / d.seconds),
            d.items / d.seconds / results.limits.rows[2] * 100.0,
            d.chunks,
            d.chunk_max_ms,
            d.send_p50_ms,
            d.send_max_ms
        )?;
    }
    writeln!(out)?;
    Ok(())
}

fn deadline_bars(results: &Results) -> Vec<Bar> {
    let best = |of: fn(&Deadlines) -> f64| results.deadlines.iter().map(of).reduce(f64::min);
    vec![
        Bar(
            "6. 100,000 deadlines after a changed calendar < 5 s of one core".to_owned(),
            best(|d| d.seconds.max(d.cpu_seconds))
                .map(|seconds| (format!("{seconds:.2} s"), seconds < 5.0)),
        ),
        Bar(
            "6. longest hold of the writer ≤ 50 ms".to_owned(),
            best(|d| d.chunk_max_ms).map(|ms| (format!("{ms:.1} ms"), ms <= 50.0)),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suite::Rest;

    fn outcome(per_second: f64) -> Option<Outcome> {
        Some(Outcome { per_second, p99_ms: 20.0, cpu_ms: 0.2, anon_mb: 50.0, ..Outcome::default() })
    }

    #[test]
    fn figures_are_grouped() {
        assert_eq!(
            (figure(1_234_567.0), figure(999.4), figure(2.34567)),
            ("1 234 567".into(), "999".into(), "2.35".into())
        );
    }

    #[test]
    fn bars_are_met_or_not() {
        let limits = Limits { append_p50_ms: 0.2, sends: [1.0, 2.0, 10_000.0], rows: [1.0; 3] };
        let rest = Rest { start_ms: 250.0, anon_mb: 20.0, rss_mb: 25.0, disk_bytes: 1_400.0 };
        let rows = vec![
            Row {
                size: 9,
                scenario: Scenario::Inbox,
                connections: 16,
                floor: outcome(100.0),
                tidings: outcome(20.0),
                limits: None,
                shares: vec![0.1, 0.2],
            },
            Row {
                size: 9,
                scenario: Scenario::Send,
                connections: 64,
                floor: outcome(9_400.0),
                tidings: outcome(5_000.0),
                limits: Some(limits.clone()),
                shares: Vec::new(),
            },
        ];
        let results = Results {
            limits,
            rest: vec![(9, rest.clone(), Some(rest))],
            rows,
            streams: Vec::new(),
            deadlines: vec![Deadlines { seconds: 6.0, chunk_max_ms: 20.0, ..Deadlines::default() }],
        };
        let text = markdown(&results, true).unwrap();
        for line in [
            "40% of the group-commit limit of the minute (stretch 60%) | 50% | yes |",
            "durable send at 64 ≥ 10× Medplum, the fastest at 64 | 15.7× | yes |",
            "durable send at 64 ≥ 50× Synapse | 89.3× | yes |",
            "inbox of 25 at 16 ≥ 25% of the floor | 20% (10–20%) | **no** |",
            "after a changed calendar < 5 s of one core | 6.00 s | **no** |",
            "longest hold of the writer ≤ 50 ms | 20.0 ms | yes |",
            "start on an existing store ≤ 0.2 s | 0.25 s | **no** |",
            "1,000 idle event streams ≤ 1% of a core | not measured | – |",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
    }
}
