//! FHIR R4 Organization (organization.html) and Location (location.html).

use super::datatypes::{Address, Concept, ContactPoint, Identifier};
use super::element::{Element, Reason};
use super::reference::Reference;

/// An organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    /// Business identifiers.
    pub identifiers: Vec<Identifier>,
    /// False when it is no longer in use; true when nothing is said.
    pub active: bool,
    /// What kind of organization it is.
    pub types: Vec<Concept>,
    /// Its name.
    pub name: Option<String>,
    /// Telephone numbers and other addresses.
    pub telecom: Vec<ContactPoint>,
    /// Postal addresses.
    pub addresses: Vec<Address>,
    /// The organization it is a part of.
    pub part_of: Option<Reference>,
}

impl Organization {
    pub(crate) fn read(e: &Element<'_>) -> Result<Organization, Reason> {
        let read = Organization {
            identifiers: e.identifiers("identifier")?,
            active: e.boolean("active")?.unwrap_or(true),
            types: e.concepts("type")?,
            name: e.text("name")?,
            telecom: e.contact_points("telecom")?,
            addresses: e.addresses("address")?,
            part_of: e.reference("partOf")?,
        };
        // The invariant org-1 of FHIR R4: a name or an identifier, or both.
        if read.name.is_none() && read.identifiers.is_empty() {
            return Err(Reason::new("Organization needs a name or an identifier."));
        }
        Ok(read)
    }
}

/// A place where care is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// Business identifiers.
    pub identifiers: Vec<Identifier>,
    /// `active`, `suspended` or `inactive`.
    pub status: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Telephone numbers and other addresses.
    pub telecom: Vec<ContactPoint>,
    /// Its postal address.
    pub address: Option<Address>,
    /// Who runs it.
    pub managing_organization: Option<Reference>,
}

impl Location {
    pub(crate) fn read(e: &Element<'_>) -> Result<Location, Reason> {
        Ok(Location {
            identifiers: e.identifiers("identifier")?,
            status: e.code("status", &["active", "suspended", "inactive"])?,
            name: e.text("name")?,
            telecom: e.contact_points("telecom")?,
            address: e.one_address("address")?,
            managing_organization: e.reference("managingOrganization")?,
        })
    }
}
