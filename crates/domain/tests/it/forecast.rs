//! Whether forecasts keep what they say, by a simulation of teams that knows nothing of the forecast.
//!
//! `docs/forecast.md` holds the larger table, which the example `forecast_table` writes.

use std::fmt::Write as _;

use backtest::Kept;

#[allow(dead_code, reason = "some of it is for the table alone")]
mod backtest;
#[allow(dead_code, reason = "some of it is for the table alone")]
mod clinic;
mod hostile;

/// The first 28 days, as long again to learn, and half a year that counts.
const WEEKS: i64 = backtest::BEFORE + 26;

/// A simulated history that was not looked at while the constants of the model were chosen.
const SEED: u64 = 102;

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
        let run = backtest::run(&style, WEEKS, SEED);
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
        let run = backtest::run_without_learning(style, WEEKS, SEED);
        backtest::cells(&run.weekdays)
    });
    let broken = cells.filter(|(_, kept)| !holds(*kept)).count();
    assert!(broken > 2, "the backtest would not notice a model that does not learn: {broken}");
}
