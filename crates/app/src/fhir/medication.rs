//! FHIR R4 MedicationRequest (medicationrequest.html) and Medication (medication.html).

use super::datatypes::{Concept, Identifier};
use super::date::FhirDateTime;
use super::element::{Element, Reason};
use super::reference::{Form, Reference, form};

/// The required value set of `MedicationRequest.status`.
const STATUSES: [&str; 8] = [
    "active",
    "on-hold",
    "cancelled",
    "completed",
    "entered-in-error",
    "stopped",
    "draft",
    "unknown",
];

/// The required value set of `MedicationRequest.intent`.
const INTENTS: [&str; 8] = [
    "proposal",
    "plan",
    "order",
    "original-order",
    "reflex-order",
    "filler-order",
    "instance-order",
    "option",
];

/// A medicine as a record of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Medication {
    /// Business identifiers.
    pub identifiers: Vec<Identifier>,
    /// What it is.
    pub code: Option<Concept>,
}

impl Medication {
    pub(crate) fn read(e: &Element<'_>) -> Result<Medication, Reason> {
        Ok(Medication { identifiers: e.identifiers("identifier")?, code: e.concept("code")? })
    }
}

/// A prescription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MedicationRequest {
    /// Business identifiers.
    pub identifiers: Vec<Identifier>,
    /// Its status, such as `active` or `stopped`.
    pub status: String,
    /// Its intent, such as `order`.
    pub intent: String,
    /// The medicine: given here, contained, or taken from the Medication of the same input.
    pub medication: Option<Concept>,
    /// The Medication it refers to, when it does.
    pub medication_reference: Option<Reference>,
    /// For whom.
    pub subject: Reference,
    /// At which visit it was written.
    pub encounter: Option<Reference>,
    /// When it was written.
    pub authored_on: Option<FhirDateTime>,
    /// Who wrote it.
    pub requester: Option<Reference>,
    /// How to take it, in words, one text for each dosage.
    pub dosage: Vec<String>,
    /// Why.
    pub reasons: Vec<Concept>,
}

impl MedicationRequest {
    /// The medicine in words; the display of the reference when nothing better is known.
    pub fn medication_text(&self) -> Option<&str> {
        self.medication
            .as_ref()
            .and_then(Concept::label)
            .or_else(|| self.medication_reference.as_ref()?.display.as_deref())
    }

    pub(crate) fn read(e: &Element<'_>) -> Result<MedicationRequest, Reason> {
        let (medication, medication_reference) = match e.choices("medication")? {
            Some(("CodeableConcept", _)) => (e.concept("medicationCodeableConcept")?, None),
            Some(("Reference", _)) => {
                let reference = e.required_reference("medicationReference")?;
                (contained_medication(e, &reference)?, Some(reference))
            }
            Some(_) => {
                return Err(e.refuse("medication[x]", "must be a CodeableConcept or a Reference"));
            }
            None => return Err(e.refuse("medication[x]", "is missing")),
        };
        let mut dosage = Vec::new();
        for instruction in e.objects("dosageInstruction")? {
            let said = instruction.text("text")?.or(instruction.text("patientInstruction")?);
            dosage.extend(said);
        }
        Ok(MedicationRequest {
            identifiers: e.identifiers("identifier")?,
            status: e.required_code("status", &STATUSES)?,
            intent: e.required_code("intent", &INTENTS)?,
            medication,
            medication_reference,
            subject: e.required_reference("subject")?,
            encounter: e.reference("encounter")?,
            authored_on: e.date_time("authoredOn")?,
            requester: e.reference("requester")?,
            dosage,
            reasons: e.concepts("reasonCode")?,
        })
    }
}

/// The code of the contained Medication that the reference names; an error when it names one that
/// is not there (FHIR R4 invariant ref-1).
fn contained_medication(e: &Element<'_>, reference: &Reference) -> Result<Option<Concept>, Reason> {
    let Some(Form::Contained(id)) = reference.reference.as_deref().map(form) else {
        return Ok(None);
    };
    for contained in e.objects("contained")? {
        if contained.text("id")?.as_deref() == Some(&id) {
            return contained.concept("code");
        }
    }
    Err(e.refuse("medicationReference", "names a contained resource that is not there"))
}
