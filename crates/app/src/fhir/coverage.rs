//! FHIR R4 Coverage (coverage.html): insurance. (Somebody standing in for somebody is `cover`.)

use super::datatypes::{Concept, Identifier, Period};
use super::element::{Element, Reason};
use super::reference::Reference;

/// An insurance of a patient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// Business identifiers.
    pub identifiers: Vec<Identifier>,
    /// `active`, `cancelled`, `draft` or `entered-in-error`.
    pub status: String,
    /// What kind of insurance.
    pub kind: Option<Concept>,
    /// Who is insured.
    pub beneficiary: Reference,
    /// Who pays; at least one.
    pub payors: Vec<Reference>,
    /// From when to when.
    pub period: Period,
}

impl Coverage {
    /// The payer in words: the first display of a payor, else the kind of insurance.
    pub fn payer_text(&self) -> Option<&str> {
        self.payors
            .iter()
            .find_map(|payor| payor.display.as_deref())
            .or_else(|| self.kind.as_ref().and_then(Concept::label))
    }

    pub(crate) fn read(e: &Element<'_>) -> Result<Coverage, Reason> {
        let payors = e.references("payor")?;
        if payors.is_empty() {
            return Err(e.refuse("payor", "is missing"));
        }
        Ok(Coverage {
            identifiers: e.identifiers("identifier")?,
            status: e
                .required_code("status", &["active", "cancelled", "draft", "entered-in-error"])?,
            kind: e.concept("type")?,
            beneficiary: e.required_reference("beneficiary")?,
            payors,
            period: e.period("period")?.unwrap_or_default(),
        })
    }
}
