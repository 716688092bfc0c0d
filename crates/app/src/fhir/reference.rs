//! How records are recognised again, and how one record names another.
//!
//! The forms of a reference are those of FHIR R4 references.html and http.html#trules: an entry's
//! `fullUrl`, `Type/id`, a conditional reference `Type?identifier=system|value`, a logical
//! reference by identifier, and `#id` for a contained resource. Deliberately absent: conditional
//! references by anything but an identifier, and references to other servers; both are kept as
//! unresolved.

use super::datatypes::Identifier;
use super::element::{Element, Reason};

/// What an imported record is recognised by at the next import. It may hold a record number or
/// another identifier of a person: treat it as health data.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// A business identifier.
    Identifier {
        /// The FHIR resource type.
        resource_type: String,
        /// The namespace, a URI.
        system: String,
        /// The value inside the namespace.
        value: String,
    },
    /// The place in the system it came from.
    Source {
        /// The name of that system, chosen by whoever imports.
        system: String,
        /// The FHIR resource type.
        resource_type: String,
        /// The id there: the resource's `id`, else the UUID of the entry's `fullUrl`.
        id: String,
    },
}

impl Key {
    /// The FHIR resource type.
    pub fn resource_type(&self) -> &str {
        match self {
            Key::Identifier { resource_type, .. } | Key::Source { resource_type, .. } => {
                resource_type
            }
        }
    }

    pub(crate) fn identifier(resource_type: &str, identifier: &Identifier) -> Option<Key> {
        Some(Key::Identifier {
            resource_type: resource_type.to_owned(),
            system: identifier.system.clone()?,
            value: identifier.value.clone()?,
        })
    }

    pub(crate) fn source(system: &str, resource_type: &str, id: &str) -> Key {
        Key::Source {
            system: system.to_owned(),
            resource_type: resource_type.to_owned(),
            id: id.to_owned(),
        }
    }
}

/// What a reference leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A record by its key: one of this input, or one that an earlier import may have brought.
    Record(Key),
    /// A resource contained in the same one, by its id without `#`.
    Contained(String),
    /// Nothing this input can know (another server, an entry that is not there).
    Unresolved,
}

/// `Reference`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The reference as it was written.
    pub reference: Option<String>,
    /// The logical identifier, when one was given.
    pub identifier: Option<Identifier>,
    /// `Reference.type`, when one was given.
    pub resource_type: Option<String>,
    /// What the sender shows for it.
    pub display: Option<String>,
    /// What it leads to; set when the whole input has been read.
    pub target: Target,
}

impl Reference {
    pub(crate) fn read(e: &Element<'_>) -> Result<Reference, Reason> {
        Ok(Reference {
            reference: e.text("reference")?,
            identifier: e.one_identifier("identifier")?,
            resource_type: e.text("type")?,
            display: e.text("display")?,
            target: Target::Unresolved,
        })
    }

    /// The key of the record it leads to, if it leads to one.
    pub fn key(&self) -> Option<&Key> {
        match &self.target {
            Target::Record(key) => Some(key),
            Target::Contained(_) | Target::Unresolved => None,
        }
    }
}

/// What a reference says, before anybody looks for the record.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Contained(String),
    /// A `Type/id` without a server.
    Relative(String, String),
    /// The key of a conditional reference by identifier.
    Conditional(Key),
    /// Anything else: a `fullUrl` of this input or something unknown.
    Url(String),
}

/// Sorts a reference text into its form; a version (`/_history/2`) is dropped.
pub(crate) fn form(reference: &str) -> Form {
    if let Some(id) = reference.strip_prefix('#') {
        return Form::Contained(id.to_owned());
    }
    if let Some(key) = conditional(reference) {
        return Form::Conditional(key);
    }
    let unversioned = reference.split("/_history/").next().unwrap_or(reference);
    match unversioned.split_once('/') {
        Some((kind, id))
            if super::resource_types::is_resource_type(kind) && super::is_fhir_id(id) =>
        {
            Form::Relative(kind.to_owned(), id.to_owned())
        }
        _ => Form::Url(unversioned.to_owned()),
    }
}

/// Reads `Type?identifier=system|value`, percent-encoded or not.
fn conditional(reference: &str) -> Option<Key> {
    let (kind, query) = reference.split_once('?')?;
    let identifier = percent_decoded(query.strip_prefix("identifier=")?)?;
    if query.contains('&') || !super::resource_types::is_resource_type(kind) {
        return None;
    }
    let (system, value) = identifier.split_once('|')?;
    (!system.is_empty() && !value.is_empty()).then(|| Key::Identifier {
        resource_type: kind.to_owned(),
        system: system.to_owned(),
        value: value.to_owned(),
    })
}

/// The text with every `%XX` replaced (RFC 3986, section 2.1); `None` when one is broken.
fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        if first != b'%' {
            bytes.push(first);
            continue;
        }
        let (code, after) = rest.split_at_checked(2)?;
        if !code.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        bytes.push(u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok()?);
        rest = after;
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn npi(value: &str) -> Form {
        Form::Conditional(Key::Identifier {
            resource_type: "Practitioner".into(),
            system: "http://hl7.org/fhir/sid/us-npi".into(),
            value: value.into(),
        })
    }

    #[test]
    fn each_form_is_told_from_the_others() {
        assert_eq!(form("#med1"), Form::Contained("med1".into()));
        assert_eq!(form("Patient/1"), Form::Relative("Patient".into(), "1".into()));
        assert_eq!(form("Patient/1/_history/3"), Form::Relative("Patient".into(), "1".into()));
        assert_eq!(form("urn:uuid:5"), Form::Url("urn:uuid:5".into()));
        assert_eq!(form("Planet/1"), Form::Url("Planet/1".into()));
        assert_eq!(form("http://a/Patient/1"), Form::Url("http://a/Patient/1".into()));
    }

    #[test]
    fn a_conditional_reference_by_identifier_is_a_key() {
        let start = "Practitioner?identifier=http";
        assert_eq!(form(&format!("{start}://hl7.org/fhir/sid/us-npi|290")), npi("290"));
        assert_eq!(
            form(&format!("{start}%3A%2F%2Fhl7.org%2Ffhir%2Fsid%2Fus-npi%7C29%2B")),
            npi("29+")
        );
        for other in [
            "Practitioner?name=x",
            "Practitioner?identifier=290",
            "X?identifier=a|b",
            "Practitioner?identifier=a|b&active=true",
            "Practitioner?identifier=a|%4",
        ] {
            assert_eq!(form(other), Form::Url(other.into()), "{other}");
        }
    }

    proptest! {
        #[test]
        fn no_reference_panics(text in r"[%?|#/a-fP0-9é]{0,40}|Patient\?identifier=.*") {
            let _ = form(&text);
        }
    }
}
