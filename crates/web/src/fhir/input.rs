//! Reading a resource strictly: every element is known, of its type and named by its FHIRPath when it
//! is not.
//!
//! Deliberately absent: leniency. A program whose element was dropped would believe it was taken.

use app::fhir::{Json, JsonError};
use domain::ids::Id;

use super::outcome::Refusal;

/// An object inside a resource, with its FHIRPath.
#[derive(Debug)]
pub struct Element<'a> {
    path: String,
    members: &'a [(String, Json)],
}

/// Reads a body as one JSON value.
pub fn parse(bytes: &[u8], resource: &str) -> Result<Json, Refusal> {
    let text = std::str::from_utf8(bytes)
        .map_err(|_| Refusal::structure(resource, "The body is not UTF-8."))?;
    Json::parse(text).map_err(|error| {
        let why = match error {
            JsonError::Syntax => "The body is not JSON.",
            JsonError::Depth => "The body is nested deeper than 32 levels.",
            JsonError::DuplicateKey => "An object has the same name twice.",
        };
        Refusal::structure(resource, why)
    })
}

impl<'a> Element<'a> {
    /// The resource itself: an object that says it is of this type and has no members but `known`.
    pub fn resource(json: &'a Json, kind: &str, known: &[&str]) -> Result<Self, Refusal> {
        let resource = Self::object(json, kind.to_owned(), known)?;
        if resource.text("resourceType")? == Some(kind) {
            Ok(resource)
        } else {
            let path = resource.at("resourceType");
            Err(Refusal::structure(path, &format!("The resource must be a {kind}.")))
        }
    }

    fn object(json: &'a Json, path: String, known: &[&str]) -> Result<Self, Refusal> {
        let Some(members) = json.members() else {
            return Err(Refusal::structure(path, "This must be an object."));
        };
        for (name, _) in members {
            if !known.contains(&name.as_str()) {
                // The name is repeated only when it can be a name of an element.
                let plain = name.len() <= 64
                    && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
                let place = if plain { format!("{path}.{name}") } else { path };
                return Err(Refusal::structure(place, "This element is not taken here."));
            }
        }
        Ok(Self { path, members })
    }

    /// The FHIRPath of a member.
    pub fn at(&self, name: &str) -> String {
        format!("{}.{name}", self.path)
    }

    /// Whether the member is there.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    fn get(&self, name: &str) -> Option<&'a Json> {
        self.members.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// A text.
    pub fn text(&self, name: &str) -> Result<Option<&'a str>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(Json::Text(text)) => Ok(Some(text)),
            Some(_) => Err(Refusal::structure(self.at(name), "This must be a text.")),
        }
    }

    /// An object with no members but `known`.
    pub fn one(&self, name: &str, known: &[&str]) -> Result<Option<Self>, Refusal> {
        self.get(name).map(|json| Self::object(json, self.at(name), known)).transpose()
    }

    /// The only object of a list; a longer list is 422, for FHIR allows it and Tidings does not.
    pub fn only(&self, name: &str, known: &[&str]) -> Result<Option<Self>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(Json::Array(items)) => match items.as_slice() {
                [item] => Self::object(item, format!("{}.{name}[0]", self.path), known).map(Some),
                [] => Err(Refusal::structure(self.at(name), "A list must not be empty.")),
                _ => Err(Refusal::unprocessable(
                    "not-supported",
                    self.at(name),
                    "Only one is taken here.",
                )),
            },
            Some(_) => Err(Refusal::structure(self.at(name), "This must be a list.")),
        }
    }

    /// The id of a relative reference to a resource of this kind, from the object of a reference.
    pub fn referred<T: Id>(&self, kind: &str) -> Result<T, Refusal> {
        let reference = self.text("reference")?;
        let id = reference.and_then(|text| text.strip_prefix(kind)?.strip_prefix('/'));
        id.and_then(|id| T::parse(id).ok()).ok_or_else(|| {
            Refusal::unprocessable(
                "value",
                self.at("reference"),
                format!("This must be a reference {kind}/id."),
            )
        })
    }
}

/// The members of a reference.
pub const REFERENCE: &[&str] = &["reference", "type", "display"];
