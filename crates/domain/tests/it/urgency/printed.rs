//! What is printed of the rule pack: every rule for clinicians to read, and how the pack does on the cases.
//!
//! To write both anew: `TIDINGS_WRITE=1 cargo test -p tidings-domain printed`.

use std::fmt::Write as _;

use domain::urgency::{Lang, Level, PatientFacts, assess};
use serde::Deserialize;

use super::PACK;

const DOCS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs");
const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/packs/cases");

/// Compares a text with a file of `docs`, or writes it.
fn is_printed(name: &str, text: &str) {
    let path = format!("{DOCS}/{name}");
    if std::env::var_os("TIDINGS_WRITE").is_some() {
        std::fs::write(&path, text).unwrap();
        return;
    }
    let printed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        printed == text,
        "docs/{name} is not what the pack says. Write it anew with TIDINGS_WRITE=1 and read the diff."
    );
}

#[test]
fn every_rule_is_printed_for_those_who_approve_them() {
    let mut text = String::from(
        "# Rules of the urgency check\n\nWritten by a test from the rule pack. `!` marks rules that no site may take \
         away. \"Compared\" says whether\nsomebody has held the wording against the source.\n\n\
         | Rule | Level | Warning sign | Source | Compared |\n|---|---|---|---|---|\n",
    );
    for rule in PACK.rules() {
        let sign = if rule.never_miss { "!" } else { "" };
        writeln!(
            text,
            "| {}{sign} | {} | {} | [{}]({}) | {} |",
            rule.id,
            rule.level.as_str(),
            rule.title,
            rule.source,
            rule.address,
            rule.checked
        )
        .unwrap();
    }
    is_printed("urgency-rules.md", &text);
}

#[derive(Deserialize)]
struct Case {
    lang: String,
    level: String,
    text: String,
    #[serde(default)]
    facts: Facts,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Facts {
    age_years: Option<f64>,
    sex: Option<String>,
    pregnant: bool,
    conditions: Vec<String>,
    medications: Vec<String>,
}

/// Answers of one kind: how many, and how many of them at each level or above.
#[derive(Default)]
struct Counts {
    all: usize,
    emergency: usize,
    card: usize,
    any: usize,
}

/// A share with its 95% interval (Wilson).
fn share(part: usize, all: usize) -> String {
    let of = |n: usize| f64::from(u32::try_from(n).unwrap());
    let (n, z) = (of(all), 1.96_f64);
    let p = of(part) / n;
    let middle = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt() / (1.0 + z * z / n);
    let percent = |x: f64| (x * 100.0).clamp(0.0, 100.0);
    format!("{:.0}% ({:.0}–{:.0})", percent(p), percent(middle - half), percent(middle + half))
}

#[test]
fn how_the_pack_does_on_the_cases_is_printed() {
    let mut files: Vec<_> =
        std::fs::read_dir(CASES).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut text = String::from(
        "# Figures of the urgency check\n\nWritten by a test: shares of the cases in `crates/domain/packs/cases`, by \
         writer, language and what a careful\nnurse would say, with 95% intervals. Cases whose writer's name begins \
         with `hold` were neither\ntrained on nor looked at while rules were written. All others were, and flatter.\n\n\
         | Writer | Language | Should be | Cases | Emergency or crisis | Any card | Any tier |\n\
         |---|---|---|---|---|---|---|\n",
    );
    for path in files {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let mut counts = std::collections::BTreeMap::<(String, String), Counts>::new();
        for line in std::fs::read_to_string(&path).unwrap().lines() {
            let case: Case = serde_json::from_str(line).unwrap();
            let Facts { age_years, sex, pregnant, conditions, medications } = case.facts;
            let limits = Vec::new();
            let facts = PatientFacts { age_years, sex, pregnant, conditions, medications, limits };
            let level = assess(&case.text, Lang::parse(&case.lang), &facts, &PACK).level;
            let count = counts.entry((case.lang, case.level)).or_default();
            count.all += 1;
            count.emergency += usize::from(level >= Level::Emergency);
            count.card += usize::from(level.is_card());
            count.any += usize::from(level >= Level::Ask);
        }
        for ((lang, level), c) in counts {
            let (emergency, card) = (share(c.emergency, c.all), share(c.card, c.all));
            let any = share(c.any, c.all);
            writeln!(
                text,
                "| {name} | {lang} | {level} | {} | {emergency} | {card} | {any} |",
                c.all
            )
            .unwrap();
        }
    }
    is_printed("urgency-figures.md", &text);
}
