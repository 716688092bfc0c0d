//! FHIR R4 Patient (patient.html), with the US Core extensions that equity figures need.
//!
//! Names, digits and all, are kept as given. A patient without a name or with a birth date in the
//! future is valid FHIR and is taken.

use super::datatypes::{Address, ContactPoint, HumanName, Identifier, preferred_name};
use super::date::{FhirDate, FhirDateTime};
use super::element::{Element, Reason};
use super::json::Json;

/// Whether a patient has died.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deceased {
    /// No, or nothing is said.
    No,
    /// Yes, at an unknown time.
    Yes,
    /// Yes, at this time.
    At(FhirDateTime),
}

/// A patient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patient {
    /// Business identifiers.
    pub identifiers: Vec<Identifier>,
    /// False when the record is no longer in use; true when nothing is said.
    pub active: bool,
    /// Names as given.
    pub names: Vec<HumanName>,
    /// Birth date as exactly as it is known.
    pub birth_date: Option<FhirDate>,
    /// Administrative gender: `male`, `female`, `other` or `unknown`.
    pub gender: Option<String>,
    /// Whether the patient has died.
    pub deceased: Deceased,
    /// Telephone numbers and other addresses.
    pub telecom: Vec<ContactPoint>,
    /// Postal addresses.
    pub addresses: Vec<Address>,
    /// The preferred language (else the first given), a BCP 47 tag such as `en-US`.
    pub language: Option<String>,
    /// Whether an interpreter is needed (the extension `patient-interpreterRequired`).
    pub interpreter: Option<bool>,
    /// Race as the sender words it (US Core).
    pub race: Vec<String>,
    /// Ethnicity as the sender words it (US Core).
    pub ethnicity: Vec<String>,
}

impl Patient {
    /// The name to show, as given; none when the patient has no name.
    pub fn display_name(&self) -> Option<String> {
        preferred_name(&self.names).map(HumanName::display).filter(|name| !name.is_empty())
    }

    /// The medical record number: the value of the first identifier of type `MR` not out of use.
    pub fn medical_record_number(&self) -> Option<&str> {
        self.identifiers.iter().find(|i| is_record_number(i)).and_then(|i| i.value.as_deref())
    }

    pub(crate) fn read(e: &Element<'_>) -> Result<Patient, Reason> {
        let deceased = match e.choices("deceased")? {
            None => Deceased::No,
            Some(("Boolean", _)) => match e.boolean("deceasedBoolean")? {
                Some(true) => Deceased::Yes,
                _ => Deceased::No,
            },
            Some(("DateTime", _)) => {
                e.date_time("deceasedDateTime")?.map_or(Deceased::Yes, Deceased::At)
            }
            Some(_) => return Err(e.refuse("deceased[x]", "must be a boolean or a dateTime")),
        };
        Ok(Patient {
            identifiers: e.identifiers("identifier")?,
            active: e.boolean("active")?.unwrap_or(true),
            names: e.names("name")?,
            birth_date: e.date("birthDate")?,
            gender: e.code("gender", &["male", "female", "other", "unknown"])?,
            deceased,
            telecom: e.contact_points("telecom")?,
            addresses: e.addresses("address")?,
            language: language(e)?,
            interpreter: interpreter(e)?,
            race: us_core(e, "http://hl7.org/fhir/us/core/StructureDefinition/us-core-race")?,
            ethnicity: us_core(
                e,
                "http://hl7.org/fhir/us/core/StructureDefinition/us-core-ethnicity",
            )?,
        })
    }
}

/// True for a medical record number (type `MR` of HL7 v2 table 0203) that is not out of use.
pub(crate) fn is_record_number(identifier: &Identifier) -> bool {
    identifier.type_codes.iter().any(|code| code == "MR")
        && identifier.r#use.as_deref() != Some("old")
}

fn language(e: &Element<'_>) -> Result<Option<String>, Reason> {
    let mut first = None;
    for spoken in e.objects("communication")? {
        let language = spoken.required_concept("language")?;
        let tag = language.codings.into_iter().find_map(|coding| coding.code).or(language.text);
        if spoken.boolean("preferred")? == Some(true) {
            return Ok(tag);
        }
        first = first.or(tag);
    }
    Ok(first)
}

fn interpreter(e: &Element<'_>) -> Result<Option<bool>, Reason> {
    const URL: &str = "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired";
    for extension in e.objects("extension")? {
        if extension.get("url").and_then(Json::text) == Some(URL) {
            return extension.boolean("valueBoolean");
        }
    }
    Ok(None)
}

/// The wordings of a US Core race or ethnicity extension: its `text`, else the displays of its
/// categories.
fn us_core(e: &Element<'_>, url: &str) -> Result<Vec<String>, Reason> {
    let mut words = Vec::new();
    for extension in e.objects("extension")? {
        if extension.get("url").and_then(Json::text) != Some(url) {
            continue;
        }
        let (mut text, mut categories) = (None, Vec::new());
        for part in extension.objects("extension")? {
            match part.get("url").and_then(Json::text) {
                Some("text") => text = part.text("valueString")?,
                Some("ombCategory") => {
                    categories.extend(part.coding("valueCoding")?.and_then(|c| c.display));
                }
                _ => {}
            }
        }
        match text {
            Some(text) => words.push(text),
            None => words.append(&mut categories),
        }
    }
    Ok(words)
}
