//! `tidings urgency`: the urgency check over JSON lines, for those who measure it.

use std::io::{self, BufRead as _, Write as _};

use domain::plan_limit::{Comparator, Limit, Quantity, Unit};
use domain::urgency::{Lang, PatientFacts, RulePack, assess, describe};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Failure;
use crate::cli::Urgency;

/// A line of the input; other fields are ignored.
#[derive(Debug, Deserialize)]
struct Case {
    id: Value,
    text: String,
    lang: Option<String>,
    facts: Option<Facts>,
}

/// What the chart says, as the contract names it.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Facts {
    age_years: Option<f64>,
    sex: Option<String>,
    pregnant: Option<bool>,
    conditions: Vec<String>,
    medications: Vec<String>,
    limits: Vec<GivenLimit>,
}

/// A limit of the patient's own plan.
#[derive(Debug, Clone, Deserialize)]
struct GivenLimit {
    quantity: String,
    comparator: String,
    value: f64,
    unit: String,
    per_days: Option<u8>,
}

/// Assesses each line of standard input and prints a line for it.
///
/// # Errors
/// [`Failure`], misused, when a line or the facts could not be read; all other lines are printed first.
pub fn run(command: &Urgency) -> Result<(), Failure> {
    let pack = RulePack::shipped().map_err(Failure::failed)?;
    let default = match &command.facts {
        None => PatientFacts::default(),
        Some(file) => {
            let says = |error: &dyn std::fmt::Display| {
                Failure::misused(format!("{}: {error}", file.display()))
            };
            let text = std::fs::read_to_string(file).map_err(|error| says(&error))?;
            let facts: Facts = serde_json::from_str(&text).map_err(|error| says(&error))?;
            chart(facts).map_err(|error| says(&error))?
        }
    };
    let mut out = io::BufWriter::new(io::stdout().lock());
    let mut bad = 0_usize;
    for (at, line) in io::stdin().lock().split(b'\n').enumerate() {
        let line = line.map_err(|error| Failure::failed(format!("cannot read: {error}")))?;
        if line.trim_ascii().is_empty() {
            continue;
        }
        let answer = answer(&line, &default, &pack, command.explain).unwrap_or_else(|error| {
            bad = bad.saturating_add(1);
            json!({ "line": at.saturating_add(1), "error": error })
        });
        match writeln!(out, "{answer}") {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
            Err(error) => return Err(Failure::failed(format!("cannot write: {error}"))),
            Ok(()) => {}
        }
    }
    out.flush().map_err(|error| Failure::failed(format!("cannot write: {error}")))?;
    match bad {
        0 => Ok(()),
        1 => Err(Failure::misused("1 line could not be read; its answer says why")),
        n => Err(Failure::misused(format!("{n} lines could not be read; their answers say why"))),
    }
}

/// The answer to one line, or why there is none.
fn answer(
    line: &[u8],
    default: &PatientFacts,
    pack: &RulePack,
    explain: bool,
) -> Result<Value, String> {
    let case: Case = serde_json::from_slice(line).map_err(|error| error.to_string())?;
    let lang = match case.lang.as_deref() {
        None => None,
        Some(tag) => Some(Lang::parse(tag).ok_or_else(|| format!("no pack speaks \"{tag}\""))?),
    };
    let own = case.facts.map(chart).transpose()?;
    let facts = own.as_ref().unwrap_or(default);
    let assessed = assess(&case.text, lang, facts, pack);
    let rules = assessed.hits.iter().map(|hit| {
        let words = case.text.get(hit.start..hit.end).unwrap_or_default();
        json!({ "id": hit.rule, "start": hit.start, "end": hit.end, "text": words })
    });
    let mut answer = json!({
        "id": case.id,
        "level": assessed.level.as_str(),
        "rules": rules.collect::<Vec<_>>(),
        "pack": assessed.pack,
    });
    if explain && let Some(fields) = answer.as_object_mut() {
        fields.insert("explained".to_owned(), describe(&case.text, lang, facts, pack).into());
    }
    Ok(answer)
}

/// The facts as the check takes them.
fn chart(facts: Facts) -> Result<PatientFacts, String> {
    Ok(PatientFacts {
        age_years: facts.age_years,
        sex: facts.sex,
        pregnant: facts.pregnant.unwrap_or(false),
        conditions: facts.conditions,
        medications: facts.medications,
        limits: facts.limits.iter().map(limit).collect::<Result<_, _>>()?,
    })
}

fn limit(given: &GivenLimit) -> Result<Limit, String> {
    let quantity = Quantity::from_code(&given.quantity)
        .ok_or_else(|| format!("\"{}\" is no quantity that has limits", given.quantity))?;
    let (comparator, beyond) = match given.comparator.as_str() {
        "ge" | ">=" => (Comparator::AtLeast, 0.0),
        "gt" | ">" => (Comparator::AtLeast, 0.001),
        "le" | "<=" => (Comparator::AtMost, 0.0),
        "lt" | "<" => (Comparator::AtMost, -0.001),
        other => return Err(format!("\"{other}\" is none of >=, >, <=, <")),
    };
    let unit = Unit::from_code(&given.unit)
        .or_else(|| Unit::ALL.iter().copied().find(|unit| unit.written() == given.unit))
        .ok_or_else(|| format!("\"{}\" is no unit that is known here", given.unit))?;
    let value = format!("{:.3}", given.value + beyond);
    let days = given.per_days.map_or_else(String::new, |days| days.to_string());
    Limit::parse(quantity.code(), comparator.code(), &value, unit.code(), &days)
        .map_err(|problem| format!("the limit of {}: {problem}", given.quantity))
}
