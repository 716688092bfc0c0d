//! `tidings admin site rules`: what a site adds to the rules of the urgency check.

use app::App;
use app::admin::site_rules::{self, SiteRules};
use domain::urgency::{FaultKind, Lang, SiteFault};
use serde_json::{Value, json};

use super::admin::{Outcome, reason};
use super::find;
use crate::cli::site_rules::{SiteRulesSet, SiteRulesTry, SiteRulesVerb};
use crate::command::Failure;

/// Carries out one command.
pub(super) fn act(app: &App, verb: &SiteRulesVerb) -> Outcome {
    match verb {
        SiteRulesVerb::Show(show) => {
            let known = load(app, &show.site, show.version)?;
            let versions = known.versions.iter().map(|line| {
                json!({
                    "version": line.version, "at": line.at.to_jiff().to_string(),
                    "by": line.by, "reason": line.reason,
                })
            });
            Ok(json!({
                "site": known.name, "version": known.version, "text": known.text,
                "versions": versions.collect::<Vec<Value>>(),
            }))
        }
        SiteRulesVerb::Set(set) => save(app, set),
        SiteRulesVerb::Try(trial) => try_out(app, trial),
    }
}

fn load(app: &App, typed: &str, version: Option<i64>) -> Result<SiteRules, Failure> {
    let site = find::site(app, typed)?;
    find::run(app, "the rules", move |cx| site_rules::show(cx, site, version))
}

fn save(app: &App, set: &SiteRulesSet) -> Outcome {
    let reason = reason(&set.why)?;
    let known = load(app, &set.site, None)?;
    let text = set.text.clone();
    let checked = find::run(app, "the rules", move |cx| site_rules::check(cx, &text))?;
    let checked = checked.map_err(|faults| refused(&faults))?;
    let (site, version) = (known.site, set.version.unwrap_or(known.latest));
    let version = find::run(app, "the rules", move |cx| {
        site_rules::save(cx, site, version, &checked, &reason)
    })?;
    Ok(json!({ "version": version }))
}

fn try_out(app: &App, trial: &SiteRulesTry) -> Outcome {
    let known = load(app, &trial.site, None)?;
    let rules = if trial.file.is_some() { trial.text.clone() } else { known.text };
    let (sample, lang) = (trial.sample.clone(), Lang::parse(&trial.language));
    let tried = find::run(app, "the text", move |cx| {
        site_rules::try_out(cx, &rules, (sample.as_str(), lang))
    })?;
    let tried = tried.map_err(|faults| refused(&faults))?;
    let fired = tried.fired.iter().map(|fired| {
        json!({
            "rule": fired.rule, "level": fired.level.as_str(), "title": fired.titles.0,
            "words": fired.words,
        })
    });
    Ok(json!({
        "level": tried.level.as_str(), "without": tried.shipped.as_str(),
        "checked": !tried.off, "fired": fired.collect::<Vec<Value>>(),
    }))
}

fn refused(faults: &[SiteFault]) -> Failure {
    let all: Vec<String> = faults.iter().map(sentence).collect();
    Failure::misused(all.join("; "))
}

/// What is wrong, for an operator.
fn sentence(fault: &SiteFault) -> String {
    let word = &fault.word;
    let what = match fault.kind {
        FaultKind::TooLong => format!("the text is longer than {word} characters"),
        FaultKind::TooMany => format!("there are more than {word}"),
        FaultKind::Line => format!("\"{word}\" is no line of such a text"),
        FaultKind::Nowhere => format!("\"{word}\" belongs to no rule"),
        FaultKind::Name => format!(
            "\"{word}\" is no name for a rule: write site. and small letters, digits and hyphens"
        ),
        FaultKind::Twice => format!("\"{word}\" is there twice"),
        FaultKind::Level => {
            format!("\"{word}\" is no level: write ask, sameday, emergency or crisis")
        }
        FaultKind::Language => format!("\"{word}\" is no language of the check: write en or es"),
        FaultKind::Missing => format!("the rule needs a line \"{word}\""),
        FaultKind::LongLine => format!("the line is longer than {word} characters"),
        FaultKind::Address => format!("\"{word}\" is no address: it begins with https://"),
        FaultKind::Pattern => format!("the pattern cannot be understood: {word}"),
        FaultKind::Concept => format!("there is no concept <{word}>"),
        FaultKind::Wide => "the pattern is nested too deeply or leaves too much open".to_owned(),
        FaultKind::Only => {
            format!("\"{word}\" is no condition: write @pregnant or age<13, with & between")
        }
        FaultKind::Even => format!("\"{word}\" is nothing that is said about words"),
        FaultKind::Examples => {
            format!("the rule has too few examples \"{word}\": it needs three yes and two no")
        }
        FaultKind::Silent => format!("the rule does not fire on \"{word}\", and must"),
        FaultKind::Fires => format!("the rule fires on \"{word}\", and must not"),
        FaultKind::NoRule => format!("there is no rule {word} to raise"),
        FaultKind::NotHigher => {
            format!("the rule has the level {word}; it can be raised, and not lowered")
        }
        FaultKind::NoLanguage => {
            "one language must be left; the check is switched off with `tidings admin site set`"
                .to_owned()
        }
    };
    if fault.line == 0 { what } else { format!("line {}: {what}", fault.line) }
}
