//! Reading FHIR R4 input: bundles (transaction, batch, collection), ndjson, or one resource.
//!
//! Pure functions over bytes. Each resource keeps its original text, byte for byte; the dozen types
//! the product uses are also read into small structs; everything else is kept as it is. One bad
//! entry is reported with its place and a plain reason and costs nothing else. Reasons never quote
//! the content. Deliberately absent: storing (see the import operation), XML, profiles and
//! terminology (only the required codes of the mapped elements are checked).

use std::collections::BTreeMap;
use std::fmt;

mod bundle;
mod condition;
mod coverage;
mod datatypes;
mod date;
mod element;
mod encounter;
mod frame;
mod instrument;
mod json;
mod medication;
mod observation;
mod organization;
mod patient;
mod practitioner;
mod reference;
mod resolve;
mod resource_types;

pub use bundle::read_input;
pub use condition::{Condition, When};
pub use coverage::Coverage;
pub use datatypes::{
    Address, Coding, Concept, ContactPoint, HumanName, Identifier, Period, Quantity, contacts,
    preferred_name,
};
pub use date::{FhirDate, FhirDateTime};
pub use encounter::Encounter;
pub use instrument::Answered;
pub use json::{Json, JsonError, MAX_DEPTH};
pub use medication::{Medication, MedicationRequest};
pub use observation::{Component, Effective, Observation, ObservationValue};
pub use organization::{Location, Organization};
pub use patient::{Deceased, Patient};
pub use practitioner::{Practitioner, PractitionerRole};
pub use reference::{Key, Reference, Target};

/// The largest input that is read at once, in bytes; a larger export must be split.
pub const MAX_INPUT_BYTES: usize = 512 * 1024 * 1024;

/// The largest single resource, in bytes.
pub const MAX_RESOURCE_BYTES: usize = 1024 * 1024;

/// What was read, in the order of the input.
#[derive(Debug)]
pub struct Input<'a> {
    /// How the input was written.
    pub format: Format,
    /// One result for each entry, line or resource.
    pub entries: Vec<Result<Entry<'a>, EntryError>>,
}

/// How an input was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One FHIR Bundle.
    Bundle,
    /// One resource on each line.
    Ndjson,
    /// One resource that is no Bundle.
    Resource,
    /// None of them: the only entry is an error.
    Unknown,
}

/// Where in the input something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// The input as a whole.
    Whole,
    /// `Bundle.entry` at this index, counted from 0.
    Entry(usize),
    /// The line with this number, counted from 1.
    Line(usize),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Whole => f.write_str("the input"),
            Place::Entry(index) => write!(f, "entry {index}"),
            Place::Line(number) => write!(f, "line {number}"),
        }
    }
}

/// One resource that can be taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry<'a> {
    /// Where it stands.
    pub place: Place,
    /// Its FHIR resource type.
    pub resource_type: String,
    /// The resource exactly as it was written, without the entry around it.
    pub original: &'a str,
    /// The entry's `fullUrl`, when it has one.
    pub full_url: Option<String>,
    /// Its id in the source system.
    pub source_id: Option<String>,
    /// What it is recognised by at the next import.
    pub key: Key,
    /// Every key that a reference may name it by, `key` first.
    pub aliases: Vec<Key>,
    /// The patient it is about; a Patient is about itself. None for resources about nobody.
    pub patient: Option<Key>,
    /// Its mapped elements.
    pub resource: Resource,
    /// An answer to a question about suicide that may be somebody's work, when it holds one.
    pub answered: Option<Answered>,
}

/// The mapped elements of a resource.
#[derive(Clone, Debug, PartialEq)]
pub enum Resource {
    /// Organization.
    Organization(Box<Organization>),
    /// Location.
    Location(Box<Location>),
    /// Practitioner.
    Practitioner(Box<Practitioner>),
    /// PractitionerRole.
    PractitionerRole(Box<PractitionerRole>),
    /// Patient.
    Patient(Box<Patient>),
    /// Encounter.
    Encounter(Box<Encounter>),
    /// Condition.
    Condition(Box<Condition>),
    /// Medication.
    Medication(Box<Medication>),
    /// MedicationRequest.
    MedicationRequest(Box<MedicationRequest>),
    /// Observation.
    Observation(Box<Observation>),
    /// Coverage.
    Coverage(Box<Coverage>),
    /// Any other type: only the original is kept.
    Other,
}

/// An entry that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryError {
    /// Where it stands.
    pub place: Place,
    /// Its FHIR resource type, when that could be read and exists.
    pub resource_type: Option<String>,
    /// Why, in one sentence without any content of the record.
    pub reason: String,
}

impl fmt::Display for EntryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.resource_type {
            Some(kind) => write!(f, "{} ({kind}): {}", self.place, self.reason),
            None => write!(f, "{}: {}", self.place, self.reason),
        }
    }
}

impl std::error::Error for EntryError {}

/// How many entries of one type were taken and how many were not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Taken.
    pub accepted: usize,
    /// Not taken.
    pub rejected: usize,
}

impl Input<'_> {
    /// The counts by resource type; entries whose type could not be read stand under `unknown`.
    pub fn summary(&self) -> BTreeMap<String, Count> {
        let mut counts: BTreeMap<String, Count> = BTreeMap::new();
        for entry in &self.entries {
            match entry {
                Ok(entry) => counts.entry(entry.resource_type.clone()).or_default().accepted += 1,
                Err(error) => {
                    let kind = error.resource_type.clone().unwrap_or_else(|| "unknown".to_owned());
                    counts.entry(kind).or_default().rejected += 1;
                }
            }
        }
        counts
    }
}

/// True for a FHIR `id`: 1 to 64 ASCII letters, digits, `-` and `.`.
pub(crate) fn is_fhir_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')
}

#[cfg(test)]
mod tests;
