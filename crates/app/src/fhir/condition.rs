//! FHIR R4 Condition (condition.html): a problem or diagnosis.

use super::datatypes::{Concept, Identifier, Period};
use super::date::FhirDateTime;
use super::element::{Element, Reason};
use super::json::Json;
use super::reference::Reference;

/// When something began or ended, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// A date or moment.
    At(FhirDateTime),
    /// A period.
    During(Period),
    /// In words.
    Text(String),
    /// An age or a range, kept in the original only.
    Other,
}

/// A problem or diagnosis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// Business identifiers.
    pub identifiers: Vec<Identifier>,
    /// `active`, `recurrence`, `relapse`, `inactive`, `remission` or `resolved`, when said.
    pub clinical_status: Option<String>,
    /// `confirmed`, `refuted`, `entered-in-error` and so on, when said.
    pub verification_status: Option<String>,
    /// Problem list item or encounter diagnosis.
    pub categories: Vec<Concept>,
    /// What it is.
    pub code: Option<Concept>,
    /// Who has it.
    pub subject: Reference,
    /// At which visit it was written down.
    pub encounter: Option<Reference>,
    /// When it began.
    pub onset: Option<When>,
    /// When it ended.
    pub abatement: Option<When>,
    /// When it was first written down.
    pub recorded_date: Option<FhirDateTime>,
}

impl Condition {
    pub(crate) fn read(e: &Element<'_>) -> Result<Condition, Reason> {
        Ok(Condition {
            identifiers: e.identifiers("identifier")?,
            clinical_status: first_code(e.concept("clinicalStatus")?),
            verification_status: first_code(e.concept("verificationStatus")?),
            categories: e.concepts("category")?,
            code: e.concept("code")?,
            subject: e.required_reference("subject")?,
            encounter: e.reference("encounter")?,
            onset: when(e, "onset")?,
            abatement: when(e, "abatement")?,
            recorded_date: e.date_time("recordedDate")?,
        })
    }
}

fn first_code(concept: Option<Concept>) -> Option<String> {
    concept?.codings.into_iter().find_map(|coding| coding.code)
}

fn when(e: &Element<'_>, prefix: &'static str) -> Result<Option<When>, Reason> {
    let Some((suffix, value)) = e.choices(prefix)? else { return Ok(None) };
    let name = format!("{prefix}{suffix}");
    match suffix {
        "DateTime" => Ok(e.date_time(&name)?.map(When::At)),
        "Period" => Ok(e.period(&name)?.map(When::During)),
        "String" => Ok(e.text(&name)?.map(When::Text)),
        "Age" | "Range" if matches!(value, Json::Object(_)) => Ok(Some(When::Other)),
        _ => Err(e.refuse(&format!("{prefix}[x]"), "is of a type FHIR R4 does not allow there")),
    }
}
