//! Writes the table of `docs/forecast.md`: four simulated histories of every team, none of them looked at
//! while the constants of the model were chosen (that was done on 1 to 4).
//!
//! `cargo run --release -p tidings-domain --example forecast_table`

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    dead_code,
    reason = "a tool that cannot go on ends, and the tests use the rest of the simulation"
)]

use std::fmt::Write as _;

use backtest::{Kept, Run};

#[path = "../tests/it/forecast/backtest.rs"]
mod backtest;
#[path = "../tests/it/forecast/clinic.rs"]
mod clinic;

/// The first 28 days, as long again to learn, and half a year that counts.
const WEEKS: i64 = backtest::BEFORE + 26;

const SEEDS: [u64; 4] = [101, 102, 103, 104];

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/forecast.md");
const BEGIN: &str = "<!-- table: begin -->\n";
const END: &str = "<!-- table: end -->";

fn main() {
    let written = tell();
    let page = std::fs::read_to_string(PATH).unwrap();
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    std::fs::write(PATH, format!("{before}{BEGIN}{written}{END}{after}")).unwrap();
}

/// 85 to 95 of a hundred.
fn holds(kept: Kept) -> bool {
    (85.0..=95.0).contains(&kept.most_share())
}

fn tell() -> String {
    let (nine, others) = (tell_of(clinic::styles()), tell_of(clinic::others()));
    format!("{nine}\nTeams thought of when the model was finished:\n{others}\n")
}

fn tell_of(styles: Vec<clinic::Style>) -> String {
    let mut out = String::from(
        "\n| team | half line | 90% line | by weekday of asking (n) | single runs outside |\n",
    );
    out.push_str("|---|---|---|---|---|\n");
    let mut hours = String::from(
        "\n| team | answers: median, 9 of 10 | lines: half, 90% (medians) | worst week |\n",
    );
    hours.push_str("|---|---|---|---|\n");
    let (mut outside, mut cells) = (0, 0);
    for style in styles {
        let mut sum = Run::default();
        let mut odd = Vec::new();
        for seed in SEEDS {
            let run = backtest::run(&style, WEEKS, seed);
            for (name, kept) in backtest::cells(&run.weekdays) {
                cells += 1;
                if !holds(kept) {
                    outside += 1;
                    odd.push(format!("{name} {:.1}% ({})", kept.most_share(), kept.n));
                }
            }
            sum.add(run);
        }
        let all = sum.all();
        let by_day = backtest::cells(&sum.weekdays)
            .iter()
            .map(|(name, kept)| format!("{name} {:.1} ({})", kept.most_share(), kept.n))
            .collect::<Vec<_>>();
        let (half, most) = (all.half_share(), all.most_share());
        let odd = if odd.is_empty() { "none".to_owned() } else { odd.join(", ") };
        writeln!(out, "| {} | {half:.1} | {most:.1} | {} | {odd} |", style.name, by_day.join(", "))
            .unwrap();
        writeln!(hours, "| {} | {} |", style.name, sum.hours()).unwrap();
    }
    let inside = cells - outside;
    format!("{out}\n{inside} of {cells} cells of single runs lie inside 85 to 95%.\n{hours}")
}
