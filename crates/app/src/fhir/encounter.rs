//! FHIR R4 Encounter (encounter.html): a visit.

use super::datatypes::{Coding, Concept, Identifier, Period};
use super::element::{Element, Reason};
use super::reference::Reference;

/// The required value set of `Encounter.status`.
const STATUSES: [&str; 9] = [
    "planned",
    "arrived",
    "triaged",
    "in-progress",
    "onleave",
    "finished",
    "cancelled",
    "entered-in-error",
    "unknown",
];

/// A visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encounter {
    /// Business identifiers.
    pub identifiers: Vec<Identifier>,
    /// Its status, such as `planned` or `finished`.
    pub status: String,
    /// Its class, such as `AMB` (HL7 v3 ActCode).
    pub class: Coding,
    /// What kind of visit it is.
    pub types: Vec<Concept>,
    /// Whose visit it is.
    pub subject: Option<Reference>,
    /// Who took part, apart from the patient.
    pub participants: Vec<Reference>,
    /// From when to when.
    pub period: Period,
    /// Why.
    pub reasons: Vec<Concept>,
    /// Who gave the care.
    pub service_provider: Option<Reference>,
    /// Where.
    pub locations: Vec<Reference>,
}

impl Encounter {
    /// The kind of visit in words: the label of its first type.
    pub fn type_text(&self) -> Option<&str> {
        self.types.iter().find_map(Concept::label)
    }

    /// The reason in words: the label of its first reason.
    pub fn reason_text(&self) -> Option<&str> {
        self.reasons.iter().find_map(Concept::label)
    }

    pub(crate) fn read(e: &Element<'_>) -> Result<Encounter, Reason> {
        let mut participants = Vec::new();
        for participant in e.objects("participant")? {
            participants.extend(participant.reference("individual")?);
        }
        let mut locations = Vec::new();
        for location in e.objects("location")? {
            locations.push(location.required_reference("location")?);
        }
        Ok(Encounter {
            identifiers: e.identifiers("identifier")?,
            status: e.required_code("status", &STATUSES)?,
            class: e.coding("class")?.ok_or_else(|| e.refuse("class", "is missing"))?,
            types: e.concepts("type")?,
            subject: e.reference("subject")?,
            participants,
            period: e.period("period")?.unwrap_or_default(),
            reasons: e.concepts("reasonCode")?,
            service_provider: e.reference("serviceProvider")?,
            locations,
        })
    }
}
