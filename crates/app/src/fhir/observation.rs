//! FHIR R4 Observation (observation.html): a result or a reading.

use super::datatypes::{Concept, Identifier, Period, Quantity};
use super::date::FhirDateTime;
use super::element::{Element, Reason};
use super::reference::Reference;

/// The required value set of `Observation.status`.
const STATUSES: [&str; 8] = [
    "registered",
    "preliminary",
    "final",
    "amended",
    "corrected",
    "cancelled",
    "entered-in-error",
    "unknown",
];

/// The value of an observation or of one of its components.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ObservationValue {
    /// A number with its unit.
    Quantity(Quantity),
    /// A coded answer.
    Concept(Concept),
    /// A text.
    Text(String),
    /// Yes or no.
    Boolean(bool),
    /// A whole number, its digits as they were written.
    Integer(String),
    /// A date or moment.
    DateTime(FhirDateTime),
    /// A range, ratio, period, time of day or sampled data, kept in the original only.
    Other,
}

/// When an observation holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effective {
    /// At a date or moment.
    At(FhirDateTime),
    /// During a period.
    During(Period),
}

/// One part of an observation, such as the systolic part of a blood pressure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Component {
    /// What was measured.
    pub code: Concept,
    /// Its value.
    pub value: Option<ObservationValue>,
}

/// A result or a reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// Business identifiers.
    pub identifiers: Vec<Identifier>,
    /// Its status, such as `final`.
    pub status: String,
    /// Vital signs, laboratory and so on.
    pub categories: Vec<Concept>,
    /// What was measured.
    pub code: Concept,
    /// Whose it is.
    pub subject: Option<Reference>,
    /// At which visit.
    pub encounter: Option<Reference>,
    /// When it holds; a repeating time is kept in the original only.
    pub effective: Option<Effective>,
    /// When it was made available.
    pub issued: Option<FhirDateTime>,
    /// Its value.
    pub value: Option<ObservationValue>,
    /// Its parts.
    pub components: Vec<Component>,
    /// High, low and so on.
    pub interpretations: Vec<Concept>,
    /// Why there is no value.
    pub data_absent_reason: Option<Concept>,
}

impl Observation {
    /// What was measured, in words.
    pub fn text(&self) -> Option<&str> {
        self.code.label()
    }

    pub(crate) fn read(e: &Element<'_>) -> Result<Observation, Reason> {
        let mut components = Vec::new();
        for part in e.objects("component")? {
            components
                .push(Component { code: part.required_concept("code")?, value: value(&part)? });
        }
        Ok(Observation {
            identifiers: e.identifiers("identifier")?,
            status: e.required_code("status", &STATUSES)?,
            categories: e.concepts("category")?,
            code: e.required_concept("code")?,
            subject: e.reference("subject")?,
            encounter: e.reference("encounter")?,
            effective: effective(e)?,
            issued: e.instant("issued")?,
            value: value(e)?,
            components,
            interpretations: e.concepts("interpretation")?,
            data_absent_reason: e.concept("dataAbsentReason")?,
        })
    }
}

fn effective(e: &Element<'_>) -> Result<Option<Effective>, Reason> {
    match e.choices("effective")? {
        None => Ok(None),
        Some(("DateTime", _)) => Ok(e.date_time("effectiveDateTime")?.map(Effective::At)),
        Some(("Instant", _)) => Ok(e.instant("effectiveInstant")?.map(Effective::At)),
        Some(("Period", _)) => Ok(e.period("effectivePeriod")?.map(Effective::During)),
        Some(("Timing", _)) => e.object("effectiveTiming").map(|_| None),
        Some(_) => Err(e.refuse("effective[x]", "is of a type FHIR R4 does not allow there")),
    }
}

fn value(e: &Element<'_>) -> Result<Option<ObservationValue>, Reason> {
    let Some((suffix, _)) = e.choices("value")? else { return Ok(None) };
    let name = format!("value{suffix}");
    Ok(match suffix {
        "Quantity" => e.quantity(&name)?.map(ObservationValue::Quantity),
        "CodeableConcept" => e.concept(&name)?.map(ObservationValue::Concept),
        "String" => e.text(&name)?.map(ObservationValue::Text),
        "Boolean" => e.boolean(&name)?.map(ObservationValue::Boolean),
        "Integer" => match e.number(&name)? {
            Some(digits) if digits.parse::<i32>().is_ok() => {
                Some(ObservationValue::Integer(digits))
            }
            _ => return Err(e.refuse(&name, "must be a whole number")),
        },
        "DateTime" => e.date_time(&name)?.map(ObservationValue::DateTime),
        "Range" | "Ratio" | "SampledData" | "Period" => {
            e.object(&name)?.map(|_| ObservationValue::Other)
        }
        "Time" => e.text(&name)?.map(|_| ObservationValue::Other),
        _ => return Err(e.refuse("value[x]", "is of a type FHIR R4 does not allow there")),
    })
}
