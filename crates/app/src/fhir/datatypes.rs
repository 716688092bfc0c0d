//! FHIR R4 data types (datatypes.html) as far as the mapped resources use them.
//!
//! Every value is kept as it was written: names with digits in them, phone numbers of any shape.

use super::date::FhirDateTime;
use super::element::{Element, Reason};
use super::reference::Reference;

/// `Identifier`: a business identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identifier {
    /// The namespace, a URI.
    pub system: Option<String>,
    /// The value inside the namespace.
    pub value: Option<String>,
    /// Codes of its type, such as `MR` for a medical record number.
    pub type_codes: Vec<String>,
    /// `usual`, `official`, `temp`, `secondary` or `old`.
    pub r#use: Option<String>,
}

/// `Coding`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coding {
    /// The code system, a URI.
    pub system: Option<String>,
    /// The code.
    pub code: Option<String>,
    /// What the sender shows for it.
    pub display: Option<String>,
}

/// `CodeableConcept`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Concept {
    /// The codes.
    pub codings: Vec<Coding>,
    /// The text as it was entered.
    pub text: Option<String>,
}

impl Concept {
    /// What people read: the text, else the first display, else the first code.
    pub fn label(&self) -> Option<&str> {
        let first = |pick: fn(&Coding) -> Option<&str>| self.codings.iter().find_map(pick);
        self.text
            .as_deref()
            .or_else(|| first(|coding| coding.display.as_deref()))
            .or_else(|| first(|coding| coding.code.as_deref()))
    }

    /// True when one of the codes is `code` of `system`.
    pub fn has(&self, system: &str, code: &str) -> bool {
        self.codings
            .iter()
            .any(|c| c.system.as_deref() == Some(system) && c.code.as_deref() == Some(code))
    }
}

/// `HumanName`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HumanName {
    /// `usual`, `official`, `temp`, `nickname`, `anonymous`, `old` or `maiden`.
    pub r#use: Option<String>,
    /// The whole name as it is shown, when the sender says so.
    pub text: Option<String>,
    /// The family name.
    pub family: Option<String>,
    /// The given names in their order.
    pub given: Vec<String>,
    /// What stands before, such as `Dr.`.
    pub prefix: Vec<String>,
    /// What stands after, such as `MD`.
    pub suffix: Vec<String>,
}

impl HumanName {
    /// The name as given, what stands after it set off by a comma: "Dr. Ana Ruiz, MD". Empty when it
    /// has no part.
    pub fn display(&self) -> String {
        if let Some(text) = &self.text {
            return text.clone();
        }
        let parts = self.prefix.iter().chain(&self.given).chain(&self.family);
        let name = parts.map(String::as_str).collect::<Vec<_>>().join(" ");
        let parts = std::iter::once(name.as_str()).filter(|name| !name.is_empty());
        parts.chain(self.suffix.iter().map(String::as_str)).collect::<Vec<_>>().join(", ")
    }
}

/// The name to show: the usual one, else the official one, else the first that is neither old nor
/// maiden, else the first.
pub fn preferred_name(names: &[HumanName]) -> Option<&HumanName> {
    let with = |wanted: &str| names.iter().find(|n| n.r#use.as_deref() == Some(wanted));
    with("usual")
        .or_else(|| with("official"))
        .or_else(|| names.iter().find(|n| !matches!(n.r#use.as_deref(), Some("old" | "maiden"))))
        .or_else(|| names.first())
}

/// `ContactPoint`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactPoint {
    /// `phone`, `fax`, `email`, `pager`, `url`, `sms` or `other`.
    pub system: Option<String>,
    /// The number or address.
    pub value: Option<String>,
    /// `home`, `work`, `temp`, `old` or `mobile`.
    pub r#use: Option<String>,
}

/// The values of one system that are not old, in their order.
pub fn contacts<'a>(points: &'a [ContactPoint], system: &str) -> Vec<&'a str> {
    points
        .iter()
        .filter(|p| p.system.as_deref() == Some(system) && p.r#use.as_deref() != Some("old"))
        .filter_map(|p| p.value.as_deref())
        .collect()
}

/// `Address`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// `home`, `work`, `temp`, `old` or `billing`.
    pub r#use: Option<String>,
    /// The whole address as it is shown, when the sender says so.
    pub text: Option<String>,
    /// Street lines.
    pub lines: Vec<String>,
    /// City.
    pub city: Option<String>,
    /// District or county.
    pub district: Option<String>,
    /// State or region.
    pub state: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// Country.
    pub country: Option<String>,
}

/// `Period`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Period {
    /// Its start.
    pub start: Option<FhirDateTime>,
    /// Its end; none while it goes on.
    pub end: Option<FhirDateTime>,
}

/// `Quantity`, its number as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quantity {
    /// The digits as they were written, such as `1.10`.
    pub value: Option<String>,
    /// `<`, `<=`, `>=` or `>`.
    pub comparator: Option<String>,
    /// The unit as it is shown.
    pub unit: Option<String>,
    /// The system of the coded unit.
    pub system: Option<String>,
    /// The coded unit (UCUM).
    pub code: Option<String>,
}

impl Quantity {
    /// The value as a floating point number, for charts and comparisons only.
    pub fn value_f64(&self) -> Option<f64> {
        self.value.as_deref()?.parse().ok().filter(|value: &f64| value.is_finite())
    }
}

impl Element<'_> {
    pub(crate) fn identifiers(&self, name: &str) -> Result<Vec<Identifier>, Reason> {
        self.objects(name)?.iter().map(identifier).collect()
    }

    pub(crate) fn one_identifier(&self, name: &str) -> Result<Option<Identifier>, Reason> {
        self.object(name)?.as_ref().map(identifier).transpose()
    }

    pub(crate) fn concept(&self, name: &str) -> Result<Option<Concept>, Reason> {
        self.object(name)?.as_ref().map(concept).transpose()
    }

    pub(crate) fn required_concept(&self, name: &str) -> Result<Concept, Reason> {
        self.concept(name)?.ok_or_else(|| self.refuse(name, "is missing"))
    }

    pub(crate) fn concepts(&self, name: &str) -> Result<Vec<Concept>, Reason> {
        self.objects(name)?.iter().map(concept).collect()
    }

    pub(crate) fn coding(&self, name: &str) -> Result<Option<Coding>, Reason> {
        self.object(name)?.as_ref().map(coding).transpose()
    }

    pub(crate) fn names(&self, name: &str) -> Result<Vec<HumanName>, Reason> {
        self.objects(name)?.iter().map(human_name).collect()
    }

    pub(crate) fn contact_points(&self, name: &str) -> Result<Vec<ContactPoint>, Reason> {
        self.objects(name)?.iter().map(contact_point).collect()
    }

    pub(crate) fn addresses(&self, name: &str) -> Result<Vec<Address>, Reason> {
        self.objects(name)?.iter().map(address).collect()
    }

    pub(crate) fn one_address(&self, name: &str) -> Result<Option<Address>, Reason> {
        self.object(name)?.as_ref().map(address).transpose()
    }

    pub(crate) fn period(&self, name: &str) -> Result<Option<Period>, Reason> {
        let Some(e) = self.object(name)? else { return Ok(None) };
        Ok(Some(Period { start: e.date_time("start")?, end: e.date_time("end")? }))
    }

    pub(crate) fn quantity(&self, name: &str) -> Result<Option<Quantity>, Reason> {
        let Some(e) = self.object(name)? else { return Ok(None) };
        Ok(Some(Quantity {
            value: e.number("value")?,
            comparator: e.code("comparator", &["<", "<=", ">=", ">"])?,
            unit: e.text("unit")?,
            system: e.text("system")?,
            code: e.text("code")?,
        }))
    }

    pub(crate) fn reference(&self, name: &str) -> Result<Option<Reference>, Reason> {
        self.object(name)?.as_ref().map(Reference::read).transpose()
    }

    pub(crate) fn references(&self, name: &str) -> Result<Vec<Reference>, Reason> {
        self.objects(name)?.iter().map(Reference::read).collect()
    }

    pub(crate) fn required_reference(&self, name: &str) -> Result<Reference, Reason> {
        self.reference(name)?.ok_or_else(|| self.refuse(name, "is missing"))
    }
}

fn identifier(e: &Element<'_>) -> Result<Identifier, Reason> {
    let type_codes = e.concept("type")?.map(|t| t.codings).unwrap_or_default();
    Ok(Identifier {
        system: e.text("system")?,
        value: e.text("value")?,
        type_codes: type_codes.into_iter().filter_map(|c| c.code).collect(),
        r#use: e.code("use", &["usual", "official", "temp", "secondary", "old"])?,
    })
}

fn coding(e: &Element<'_>) -> Result<Coding, Reason> {
    Ok(Coding { system: e.text("system")?, code: e.text("code")?, display: e.text("display")? })
}

fn concept(e: &Element<'_>) -> Result<Concept, Reason> {
    let codings = e.objects("coding")?.iter().map(coding).collect::<Result<_, _>>()?;
    Ok(Concept { codings, text: e.text("text")? })
}

fn human_name(e: &Element<'_>) -> Result<HumanName, Reason> {
    const USES: [&str; 7] = ["usual", "official", "temp", "nickname", "anonymous", "old", "maiden"];
    Ok(HumanName {
        r#use: e.code("use", &USES)?,
        text: e.text("text")?,
        family: e.text("family")?,
        given: e.texts("given")?,
        prefix: e.texts("prefix")?,
        suffix: e.texts("suffix")?,
    })
}

fn contact_point(e: &Element<'_>) -> Result<ContactPoint, Reason> {
    const SYSTEMS: [&str; 7] = ["phone", "fax", "email", "pager", "url", "sms", "other"];
    Ok(ContactPoint {
        system: e.code("system", &SYSTEMS)?,
        value: e.text("value")?,
        r#use: e.code("use", &["home", "work", "temp", "old", "mobile"])?,
    })
}

fn address(e: &Element<'_>) -> Result<Address, Reason> {
    Ok(Address {
        r#use: e.code("use", &["home", "work", "temp", "old", "billing"])?,
        text: e.text("text")?,
        lines: e.texts("line")?,
        city: e.text("city")?,
        district: e.text("district")?,
        state: e.text("state")?,
        postal_code: e.text("postalCode")?,
        country: e.text("country")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(r#use: Option<&str>, given: &str) -> HumanName {
        HumanName {
            r#use: r#use.map(Into::into),
            given: vec![given.into()],
            family: Some("Luisa456".into()),
            ..HumanName::default()
        }
    }

    #[test]
    fn a_name_is_shown_as_given_digits_and_all() {
        assert_eq!(name(None, "Maria123").display(), "Maria123 Luisa456");
        assert_eq!(HumanName::default().display(), "");
    }

    #[test]
    fn the_usual_name_is_preferred_and_the_maiden_name_is_last() {
        let names =
            [name(Some("maiden"), "A"), name(Some("official"), "B"), name(Some("usual"), "C")];
        assert_eq!(preferred_name(&names).unwrap().given, ["C"]);
        assert_eq!(preferred_name(&names[..2]).unwrap().given, ["B"]);
        assert_eq!(preferred_name(&names[..1]).unwrap().given, ["A"]);
        assert_eq!(preferred_name(&[]), None);
    }

    #[test]
    fn a_concept_shows_its_text_before_its_codes() {
        let coding = Coding { code: Some("44054006".into()), ..Coding::default() };
        let mut concept = Concept { codings: vec![coding], text: None };
        assert_eq!(concept.label(), Some("44054006"));
        concept.codings[0].display = Some("Diabetes".into());
        assert_eq!(concept.label(), Some("Diabetes"));
        concept.text = Some("Sugar".into());
        assert_eq!(concept.label(), Some("Sugar"));
    }
}
