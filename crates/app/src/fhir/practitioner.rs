//! FHIR R4 Practitioner (practitioner.html) and PractitionerRole (practitionerrole.html).

use super::datatypes::{Concept, ContactPoint, HumanName, Identifier};
use super::element::{Element, Reason};
use super::reference::Reference;

/// Somebody who gives care.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Practitioner {
    /// Business identifiers, such as a national provider number.
    pub identifiers: Vec<Identifier>,
    /// False when the record is no longer in use; true when nothing is said.
    pub active: bool,
    /// Names as given.
    pub names: Vec<HumanName>,
    /// Telephone numbers and other addresses.
    pub telecom: Vec<ContactPoint>,
    /// Certificates and titles.
    pub qualifications: Vec<Concept>,
}

impl Practitioner {
    pub(crate) fn read(e: &Element<'_>) -> Result<Practitioner, Reason> {
        let qualifications = e.objects("qualification")?;
        let codes = qualifications.iter().map(|q| q.required_concept("code"));
        Ok(Practitioner {
            identifiers: e.identifiers("identifier")?,
            active: e.boolean("active")?.unwrap_or(true),
            names: e.names("name")?,
            telecom: e.contact_points("telecom")?,
            qualifications: codes.collect::<Result<_, _>>()?,
        })
    }
}

/// What a practitioner does for an organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PractitionerRole {
    /// Business identifiers.
    pub identifiers: Vec<Identifier>,
    /// False when it is no longer so; true when nothing is said.
    pub active: bool,
    /// Who.
    pub practitioner: Option<Reference>,
    /// For whom.
    pub organization: Option<Reference>,
    /// As what.
    pub codes: Vec<Concept>,
    /// In which specialties.
    pub specialties: Vec<Concept>,
    /// Where.
    pub locations: Vec<Reference>,
    /// Telephone numbers and other addresses in this role.
    pub telecom: Vec<ContactPoint>,
}

impl PractitionerRole {
    pub(crate) fn read(e: &Element<'_>) -> Result<PractitionerRole, Reason> {
        Ok(PractitionerRole {
            identifiers: e.identifiers("identifier")?,
            active: e.boolean("active")?.unwrap_or(true),
            practitioner: e.reference("practitioner")?,
            organization: e.reference("organization")?,
            codes: e.concepts("code")?,
            specialties: e.concepts("specialty")?,
            locations: e.references("location")?,
            telecom: e.contact_points("telecom")?,
        })
    }
}
