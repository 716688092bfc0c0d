//! Questions about suicide (`domain::instrument`) in an Observation or a QuestionnaireResponse (observation.html,
//! questionnaireresponse.html): the worst answer that the resource holds.
//!
//! Systems write it in many ways: as an observation, as a component of the panel, as an item of a form at any depth; the
//! answer as a LOINC answer code, with its ordinal value, as a number, as the words of the answer. Nothing here refuses a
//! resource. Of the PHQ-9 what cannot be read as above zero is no answer; of the screener anything but no is one, except
//! words that say that the question was not answered. Deliberately absent: what follows from it.

use domain::instrument::{Instrument, Item, weight};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use super::date::{FhirDate, FhirDateTime};
use super::json::Json;

/// LOINC's name in FHIR.
const LOINC: &str = "http://loinc.org";
/// FHIR's extension of an answer with its place on the scale.
const ORDINAL: &str = "http://hl7.org/fhir/StructureDefinition/ordinalValue";
/// The PHQ-9's answers in LOINC (list LL358-3) with their words.
const ANSWERS: [(&str, &str, u8); 4] = [
    ("LA6568-5", "not at all", 0),
    ("LA6569-3", "several days", 1),
    ("LA6570-1", "more than half the days", 2),
    ("LA6571-9", "nearly every day", 3),
];

/// Yes and no in LOINC (list LL5384-4) and SNOMED CT, as codes and as words.
const YES: [&str; 8] = ["LA33-6", "373066001", "y", "yes", "true", "1", "s\u{ed}", "si"];
const NO: [&str; 6] = ["LA32-8", "373067005", "n", "no", "false", "0"];
/// Words that say that a question of the screener was not answered.
const UNANSWERED: [&str; 12] = [
    "n/a",
    "na",
    "not applicable",
    "not asked",
    "not assessed",
    "unable to assess",
    "unknown",
    "declined",
    "asked-declined",
    "refused",
    "skipped",
    "-",
];

/// An answer that may be somebody's work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answered {
    /// To which question.
    pub item: Item,
    /// As [`domain::instrument::Above::answer`].
    pub answer: u8,
    /// When it was given; none when the resource does not say.
    pub at: Option<FhirDateTime>,
}

/// The question and what was answered.
type Found = (Item, u8);

impl Answered {
    /// Reads it from a resource of this type. `None` when there is no such answer, or the resource was entered in error
    /// or cancelled.
    pub(crate) fn read(kind: &str, resource: &Json) -> Option<Self> {
        let status = resource.get("status").and_then(Json::text).unwrap_or_default();
        if matches!(status, "entered-in-error" | "cancelled") {
            return None;
        }
        let (found, times): (Option<Found>, &[&str]) = match kind {
            "Observation" => (observed(resource), &["effectiveDateTime", "effectiveInstant"]),
            "QuestionnaireResponse" => (answered(resource), &["authored"]),
            _ => return None,
        };
        let said = |json: &Json| json.text().and_then(FhirDateTime::parse);
        let period = resource.get("effectivePeriod");
        let period = period.and_then(|period| period.get("end").or_else(|| period.get("start")));
        let at = times.iter().find_map(|name| resource.get(name).and_then(said));
        let at = at.or_else(|| period.and_then(said));
        let at = at.or_else(|| resource.get("issued").and_then(said));
        found.map(|(item, answer)| Self { item, answer, at })
    }

    /// The earliest and the latest moment it may have been given at, in microseconds since 1970 in UTC.
    pub fn moments(&self) -> Option<(i64, i64)> {
        let at = self.at?;
        let from = at.earliest_micros();
        let FhirDateTime::Date(date) = at else { return Some((from, from)) };
        let span = match date {
            FhirDate::Year(_) => Span::new().years(1),
            FhirDate::Month(..) => Span::new().months(1),
            FhirDate::Day(_) => Span::new().days(1),
        };
        Some((from, begins(date.first_day().saturating_add(span)).saturating_sub(1).max(from)))
    }
}

fn begins(day: Date) -> i64 {
    let midnight = day.to_datetime(jiff::civil::Time::midnight());
    TimeZone::UTC.to_timestamp(midnight).map_or(i64::MAX, Timestamp::as_microsecond)
}

fn list<'j>(json: &'j Json, name: &str) -> &'j [Json] {
    match json.get(name) {
        Some(Json::Array(items)) => items,
        _ => &[],
    }
}

/// The higher of two answers: a number beyond the scale is above all of it.
fn higher(one: Option<u8>, other: Option<u8>) -> Option<u8> {
    match (one, other) {
        (Some(0), _) | (_, Some(0)) => Some(0),
        (one, other) => one.max(other),
    }
}

/// The worse of two answers: the more urgent, else the later of the questions, else the higher.
fn worse(one: Option<Found>, other: Option<Found>) -> Option<Found> {
    let key = |(item, answer): Found| (item.level(), weight(item, answer));
    match (one, other) {
        (Some(one), Some(other)) => Some(if key(other) > key(one) { other } else { one }),
        (one, other) => one.or(other),
    }
}

/// The question that one of these codings names; a coding without a system is taken for LOINC's.
fn item_of(codings: &[Json]) -> Option<Item> {
    codings.iter().find_map(|coding| {
        let system = coding.get("system").and_then(Json::text).map(str::trim);
        let ours = system.is_none_or(|system| system.trim_end_matches('/') == LOINC);
        coding
            .get("code")
            .and_then(Json::text)
            .map(str::trim)
            .filter(|_| ours)
            .and_then(Item::from_loinc)
    })
}

/// The question that a link or a definition names, alone or at its end.
fn named(name: &str) -> Option<Item> {
    Item::from_loinc(name.rsplit('/').next().unwrap_or_default())
}

fn observed(resource: &Json) -> Option<Found> {
    let parts = list(resource, "component").iter().chain(std::iter::once(resource));
    parts
        .filter_map(|part| {
            let item = part.get("code").and_then(|code| item_of(list(code, "coding")))?;
            says(item, part)
        })
        .fold(None, |worst, found| worse(worst, Some(found)))
}

/// The answers of the items of a form, at every depth: [`Json`] is not deeper than `MAX_DEPTH`.
fn answered(holder: &Json) -> Option<Found> {
    let mut found = None;
    for item in list(holder, "item") {
        let text = |name: &str| item.get(name).and_then(Json::text).unwrap_or_default().trim();
        let asked = named(text("linkId"))
            .or_else(|| named(text("definition")))
            .or_else(|| item_of(list(item, "code")));
        for answer in list(item, "answer") {
            if let Some(asked) = asked {
                found = worse(found, says(asked, answer));
            }
            found = worse(found, answered(answer));
        }
        found = worse(found, answered(item));
    }
    found
}

/// What a `value[x]` answers to a question.
fn says(item: Item, holder: &Json) -> Option<Found> {
    let answer = match item.instrument() {
        Instrument::Phq9 => value(holder),
        Instrument::Columbia => yes(holder),
    };
    answer.map(|answer| (item, answer))
}

/// How a question of the screener was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Said {
    Other,
    No,
    Yes,
}

/// 1 for yes, 0 for what is neither yes nor no; `None` for no and for no answer. Of several a yes counts, then a no.
fn yes(holder: &Json) -> Option<u8> {
    let members = holder.members().unwrap_or_default();
    let values = members.iter().filter_map(|(name, value)| {
        Some((name.strip_prefix("value").filter(|rest| !rest.is_empty())?, value))
    });
    match values.filter_map(|(kind, value)| one_said(kind, value)).max()? {
        Said::Yes => Some(1),
        Said::Other => Some(0),
        Said::No => None,
    }
}

fn one_said(kind: &str, value: &Json) -> Option<Said> {
    let coding = |coding: &Json| {
        let word = |name: &str| coding.get(name).and_then(Json::text).and_then(said);
        match (word("code"), word("display")) {
            (Some(Said::Other) | None, shown @ Some(_)) => shown,
            (coded, _) => coded,
        }
    };
    match (kind, value) {
        ("Boolean", Json::Bool(true)) => Some(Said::Yes),
        ("Boolean", Json::Bool(false)) => Some(Said::No),
        ("CodeableConcept", concept) => {
            let coded = list(concept, "coding").iter().filter_map(coding).max();
            let text = || concept.get("text").and_then(Json::text).and_then(said);
            coded.filter(|said| *said != Said::Other).or_else(text).or(coded)
        }
        ("Coding", one) => coding(one),
        ("Quantity", quantity) => match quantity.get("value")? {
            Json::Number(digits) => Some(counted(digits)),
            _ => None,
        },
        (_, Json::Number(digits)) => Some(counted(digits)),
        (_, Json::Text(text)) => said(text),
        _ => None,
    }
}

/// Zero is no.
fn counted(digits: &str) -> Said {
    match digits.parse::<f64>() {
        Ok(0.0) => Said::No,
        _ => number(digits).map_or(Said::Other, |_| Said::Yes),
    }
}

/// A code or words; `None` where nothing was answered.
fn said(text: &str) -> Option<Said> {
    let text = text.trim();
    let is = |known: &str| known.eq_ignore_ascii_case(text) || known == text.to_lowercase();
    // "Yes, if yes, describe", "No - never".
    let first =
        text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_lowercase();
    if text.is_empty() || UNANSWERED.iter().any(|known| is(known)) {
        None
    } else if YES.iter().any(|known| is(known)) || first == "yes" || first == "s\u{ed}" {
        Some(Said::Yes)
    } else if NO.iter().any(|known| is(known)) || first == "no" {
        Some(Said::No)
    } else {
        Some(Said::Other)
    }
}

/// What a `value[x]` says when it is above zero.
fn value(holder: &Json) -> Option<u8> {
    let members = holder.members().unwrap_or_default();
    let values = members.iter().filter_map(|(name, value)| {
        Some((name.strip_prefix("value").filter(|rest| !rest.is_empty())?, value))
    });
    values.map(|(kind, value)| one_value(kind, value)).fold(None, higher)
}

fn one_value(kind: &str, value: &Json) -> Option<u8> {
    match (kind, value) {
        ("CodeableConcept", concept) => {
            let coded = list(concept, "coding").iter().map(coding).fold(None, higher);
            coded.or_else(|| words(concept.get("text")?.text()?))
        }
        ("Coding", one) => coding(one),
        ("Quantity", quantity) => match quantity.get("value")? {
            Json::Number(digits) => number(digits),
            _ => None,
        },
        ("String", Json::Text(text)) => words(text),
        (_, Json::Number(digits)) => number(digits),
        _ => None,
    }
}

fn coding(coding: &Json) -> Option<u8> {
    let code = coding.get("code").and_then(Json::text).unwrap_or_default().trim();
    if let Some((_, _, answer)) = ANSWERS.iter().find(|(known, _, _)| *known == code) {
        return (*answer > 0).then_some(*answer);
    }
    let ordinal = list(coding, "extension")
        .iter()
        .filter(|one| one.get("url").and_then(Json::text) == Some(ORDINAL))
        .find_map(|one| match one.get("valueDecimal") {
            Some(Json::Number(digits)) => Some(number(digits)),
            _ => None,
        });
    match ordinal {
        Some(said) => said,
        None => words(code).or_else(|| words(coding.get("display")?.text()?)),
    }
}

/// A number that was written as words, or LOINC's words of an answer.
fn words(text: &str) -> Option<u8> {
    let text = text.trim().to_lowercase();
    match ANSWERS.iter().find(|(_, words, _)| *words == text) {
        Some((_, _, answer)) => (*answer > 0).then_some(*answer),
        None => number(&text),
    }
}

/// 1 to 3 for these numbers, 0 for every other above zero. A number too long for a float is read as infinite, one
/// that is none (`nan`) as nothing.
fn number(digits: &str) -> Option<u8> {
    let number: f64 = digits.parse().ok()?;
    let whole = [(1.0, 1), (2.0, 2), (3.0, 3)];
    let exact = whole.iter().find(|(known, _)| f64::to_bits(*known) == number.to_bits());
    (number > 0.0).then(|| exact.map_or(0, |(_, answer)| *answer))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(kind: &str, text: &str) -> Option<u8> {
        Answered::read(kind, &Json::parse(text).unwrap()).map(|found| found.answer)
    }

    const ITEM: &str = r#""code":{"coding":[{"system":"http://loinc.org","code":"44260-8"}]}"#;

    #[test]
    fn an_observation_answers_in_every_form_that_systems_write() {
        let cases = [
            (
                r#""valueCodeableConcept":{"coding":[{"system":"http://loinc.org","code":"LA6568-5"}]}"#,
                None,
            ),
            (r#""valueCodeableConcept":{"coding":[{"code":"LA6569-3"}]}"#, Some(1)),
            (r#""valueCodeableConcept":{"coding":[{"code":"x"},{"code":"LA6570-1"}]}"#, Some(2)),
            (r#""valueCodeableConcept":{"text":" Nearly every day "}"#, Some(3)),
            (
                r#""valueCodeableConcept":{"coding":[{"code":"a","display":"Several days"}]}"#,
                Some(1),
            ),
            (r#""valueInteger":0"#, None),
            (r#""valueInteger":2"#, Some(2)),
            (r#""valueQuantity":{"value":3.0,"unit":"{score}"}"#, Some(3)),
            (r#""valueQuantity":{"value":0.5}"#, Some(0)),
            (r#""valueQuantity":{"value":1e400}"#, Some(0)),
            (r#""valueQuantity":{"value":99999999999999999999999999}"#, Some(0)),
            (r#""valueQuantity":{"value":-3}"#, None),
            (r#""valueQuantity":{"value":"3"}"#, None),
            (r#""valueQuantity":[3]"#, None),
            (r#""valueString":"2""#, Some(2)),
            (r#""valueString":"sometimes""#, None),
            (r#""valueString":"nan""#, None),
            (r#""valueBoolean":true"#, None),
            (r#""dataAbsentReason":{"text":"asked-declined"}"#, None),
            (r#""value":3"#, None),
        ];
        for (value, expected) in cases {
            let text = format!(r#"{{"status":"final",{ITEM},{value}}}"#);
            assert_eq!(read("Observation", &text), expected, "{value}");
            let panel = format!(
                r#"{{"status":"final","code":{{"coding":[{{"code":"44249-1"}}]}},"component":[{{{ITEM},{value}}}]}}"#
            );
            assert_eq!(read("Observation", &panel), expected, "in a panel: {value}");
        }
        let other = r#"{"code":{"coding":[{"code":"44261-6"}]},"valueInteger":3}"#;
        assert_eq!(read("Observation", other), None);
        let elsewhere =
            r#"{"code":{"coding":[{"system":"urn:x","code":"44260-8"}]},"valueInteger":3}"#;
        assert_eq!(read("Observation", elsewhere), None);
        let wrong = format!(r#"{{"status":"entered-in-error",{ITEM},"valueInteger":3}}"#);
        assert_eq!(read("Observation", &wrong), None);
    }

    #[test]
    fn a_form_answers_at_every_depth_and_under_every_name() {
        let answer = r#""answer":[{"valueCoding":{"code":"LA6571-9"}}]"#;
        for (item, expected) in [
            (format!(r#"{{"linkId":"44260-8",{answer}}}"#), Some(3)),
            (format!(r#"{{"linkId":"/44260-8",{answer}}}"#), Some(3)),
            (format!(r#"{{"linkId":"/44249-1/44260-8",{answer}}}"#), Some(3)),
            (
                format!(r#"{{"linkId":"9","definition":"http://loinc.org/44260-8",{answer}}}"#),
                Some(3),
            ),
            (format!(r#"{{"linkId":"9","code":[{{"code":"44260-8"}}],{answer}}}"#), Some(3)),
            (format!(r#"{{"linkId":"144260-8",{answer}}}"#), None),
            (format!(r#"{{"linkId":"9","item":[{{"linkId":"44260-8",{answer}}}]}}"#), Some(3)),
            (
                format!(
                    r#"{{"linkId":"9","answer":[{{"valueBoolean":true,"item":[{{"linkId":"44260-8",{answer}}}]}}]}}"#
                ),
                Some(3),
            ),
            (
                r#"{"linkId":"44260-8","answer":[{"valueInteger":0},{"valueDecimal":1}]}"#
                    .to_owned(),
                Some(1),
            ),
            (
                format!(
                    r#"{{"linkId":"44260-8","answer":[{{"valueCoding":{{"code":"b","extension":[{{"url":"{ORDINAL}","valueDecimal":2}}]}}}}]}}"#
                ),
                Some(2),
            ),
            (r#"{"linkId":"44260-8","answer":{"valueInteger":3}}"#.to_owned(), None),
            (r#"{"linkId":["44260-8"],"answer":[{"valueInteger":3}]}"#.to_owned(), None),
        ] {
            let text = format!(r#"{{"status":"completed","item":[{item}]}}"#);
            assert_eq!(read("QuestionnaireResponse", &text), expected, "{item}");
        }
    }

    #[test]
    fn a_day_is_as_long_as_it_is_written() {
        let at = |text: &str| {
            Answered { item: Item::PhqNine, answer: 1, at: FhirDateTime::parse(text) }.moments()
        };
        let day = 86_400_000_000;
        let (from, until) = at("2026-11-22").unwrap();
        assert_eq!(until - from, day - 1);
        let (from, until) = at("2026-02").unwrap();
        assert_eq!(until - from, 28 * day - 1);
        let (from, until) = at("2026-11-22T10:00:00Z").unwrap();
        assert_eq!(from, until);
        assert!(at("9999").unwrap().1 >= at("9999").unwrap().0);
        assert_eq!(at("yesterday"), None);
    }

    fn asked(kind: &str, text: &str) -> Option<Found> {
        Answered::read(kind, &Json::parse(text).unwrap()).map(|found| (found.item, found.answer))
    }

    #[test]
    fn a_question_of_the_screener_is_answered_by_yes_and_by_whatever_is_not_no() {
        let cases = [
            (
                r#""valueCodeableConcept":{"coding":[{"system":"http://loinc.org","code":"LA33-6"}]}"#,
                Some(1),
            ),
            (
                r#""valueCodeableConcept":{"coding":[{"system":"http://loinc.org","code":"LA32-8"}]}"#,
                None,
            ),
            (r#""valueCodeableConcept":{"coding":[{"code":"373066001"}]}"#, Some(1)),
            (r#""valueCodeableConcept":{"coding":[{"code":"x1"},{"code":"LA32-8"}]}"#, None),
            (r#""valueCodeableConcept":{"coding":[{"code":"x1"},{"code":"LA33-6"}]}"#, Some(1)),
            (
                r#""valueCodeableConcept":{"coding":[{"code":"x1","display":"Yes, past month"}]}"#,
                Some(1),
            ),
            (r#""valueCodeableConcept":{"coding":[{"code":"x1","display":"No, never"}]}"#, None),
            (r#""valueCodeableConcept":{"coding":[{"code":"x1"}],"text":"No"}"#, None),
            (r#""valueCodeableConcept":{"coding":[{"code":"x1"}]}"#, Some(0)),
            (r#""valueCodeableConcept":{"text":"Not applicable"}"#, None),
            (r#""valueBoolean":true"#, Some(1)),
            (r#""valueBoolean":false"#, None),
            (r#""valueInteger":1"#, Some(1)),
            (r#""valueInteger":0"#, None),
            (r#""valueQuantity":{"value":0.0}"#, None),
            (r#""valueString":"S\u00ed""#, Some(1)),
            (r#""valueString":" NO ""#, None),
            (r#""valueString":"has pills at home""#, Some(0)),
            (r#""valueString":"""#, None),
            (r#""dataAbsentReason":{"text":"asked-declined"}"#, None),
        ];
        for item in Item::ALL.into_iter().filter(|item| *item != Item::PhqNine) {
            let code = format!(
                r#""code":{{"coding":[{{"system":"http://loinc.org","code":"{}"}}]}}"#,
                item.loinc()
            );
            for (value, expected) in cases {
                let expected = expected.map(|answer| (item, answer));
                let text = format!(r#"{{"status":"final",{code},{value}}}"#);
                assert_eq!(asked("Observation", &text), expected, "{value}");
                let form = format!(
                    r#"{{"item":[{{"linkId":"/{}","answer":[{{{value}}}]}}]}}"#,
                    item.loinc()
                );
                assert_eq!(asked("QuestionnaireResponse", &form), expected, "in a form: {value}");
            }
        }
    }

    #[test]
    fn the_worst_answer_of_a_form_counts_and_behavior_of_long_ago_least() {
        let form = |yes: &[&str]| {
            let all = ["93246-7", "93247-5", "93248-3", "93249-1", "93250-9", "93267-3", "93269-9"];
            let items = all.map(|code| {
                let answer = if yes.contains(&code) { "LA33-6" } else { "LA32-8" };
                format!(
                    r#"{{"linkId":"/{code}","answer":[{{"valueCoding":{{"code":"{answer}"}}}}]}}"#
                )
            });
            let text = format!(r#"{{"status":"completed","item":[{}]}}"#, items.join(","));
            asked("QuestionnaireResponse", &text).map(|(item, _)| item)
        };
        assert_eq!(form(&[]), None);
        assert_eq!(form(&["93267-3"]), Some(Item::EverActed));
        assert_eq!(form(&["93246-7", "93267-3"]), Some(Item::Wish));
        assert_eq!(form(&["93246-7", "93247-5", "93249-1"]), Some(Item::Intent));
        assert_eq!(form(&["93250-9", "93267-3", "93269-9"]), Some(Item::Acted));
        assert_eq!(form(&["93269-9"]), Some(Item::Acted));
    }

    proptest! {
        #[test]
        fn no_answer_panics(text in ".{0,20}", number in "-?[0-9]{0,30}(\\.[0-9]{1,9})?(e[0-9]{1,4})?") {
            let _ = said(&text);
            let _ = counted(&number);
        }

        #[test]
        fn no_value_panics(digits in "-?[0-9]{0,40}(\\.[0-9]{1,40})?(e[0-9]{1,4})?|.{0,20}") {
            let _ = words(&digits);
            let _ = number(&digits);
        }
    }
}
