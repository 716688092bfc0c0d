//! Whether forecasts keep what they say, by a simulation of teams that knows nothing of the forecast.
//!
//! `docs/forecast.md` holds the larger table. To write it anew:
//! `TIDINGS_WRITE=1 cargo test -p tidings-domain --test it forecast::table -- --ignored`.

use std::fmt::Write as _;

use backtest::{Kept, Run};

mod backtest;
mod clinic;
mod hostile;

/// The first 28 days, as long again to learn, and half a year that counts.
const WEEKS: i64 = backtest::BEFORE + 26;

/// Simulated histories that were never looked at while the constants of the model were chosen (that was
/// done on 1 to 4).
const SEEDS: [u64; 4] = [101, 102, 103, 104];

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/forecast.md");
const BEGIN: &str = "<!-- table: begin -->\n";
const END: &str = "<!-- table: end -->";

/// 85 to 95 of a hundred, and 40 to 60.
fn holds(kept: Kept) -> bool {
    (85.0..=95.0).contains(&kept.most_share())
}

fn half_holds(kept: Kept) -> bool {
    (40.0..=60.0).contains(&kept.half_share())
}

#[test]
fn the_lines_hold_by_team_and_weekday() {
    let mut broken = String::new();
    for style in clinic::styles() {
        let run = backtest::run(&style, WEEKS, SEEDS[1]);
        let all = run.all();
        assert!(all.n > 1_000, "{}: {} forecasts", style.name, all.n);
        if !half_holds(all) {
            writeln!(broken, "{}: half {:.1}% of {}", style.name, all.half_share(), all.n).unwrap();
        }
        for (name, kept) in backtest::cells(&run.weekdays) {
            if !holds(kept) {
                let share = kept.most_share();
                writeln!(broken, "{}, {name}: {share:.1}% of {}", style.name, kept.n).unwrap();
            }
        }
    }
    assert!(broken.is_empty(), "{broken}");
}

#[test]
fn without_learning_the_lines_would_not_hold() {
    // So that the bars above are known to be able to fail.
    let styles = clinic::styles();
    let hard = ["one physician", "slow specialist"];
    let cells = styles.iter().filter(|style| hard.contains(&style.name)).flat_map(|style| {
        let run = backtest::run_without_learning(style, WEEKS, SEEDS[1]);
        backtest::cells(&run.weekdays)
    });
    let broken = cells.filter(|(_, kept)| !holds(*kept)).count();
    assert!(broken > 2, "the backtest would not notice a model that does not learn: {broken}");
}

#[test]
#[ignore = "four runs of every team; writes the table of docs/forecast.md"]
fn table() {
    let written = tell();
    let page = std::fs::read_to_string(PATH).unwrap();
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (old, after) = rest.split_once(END).unwrap();
    if std::env::var_os("TIDINGS_WRITE").is_some() {
        std::fs::write(PATH, format!("{before}{BEGIN}{written}{END}{after}")).unwrap();
    } else {
        assert_eq!(old, written);
    }
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
