//! Reading one FHIR element with reasons that name the place and the rule, never the content.
//!
//! A blank text and an empty array are read as absent (FHIR forbids them, real systems write them,
//! and the original is kept anyway); everything else of the wrong type is refused.

use super::date::{FhirDate, FhirDateTime};
use super::json::Json;

/// Why an element cannot be taken: one plain sentence without any content of the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reason(pub(crate) String);

impl Reason {
    pub(crate) fn new(sentence: impl Into<String>) -> Reason {
        Reason(sentence.into())
    }
}

/// An object inside a resource together with its path, such as `Patient.name[0]`.
#[derive(Clone, Debug)]
pub(crate) struct Element<'a> {
    path: String,
    json: &'a Json,
}

impl<'a> Element<'a> {
    /// The resource itself; its path is its type.
    pub(crate) fn resource(resource_type: &str, json: &'a Json) -> Element<'a> {
        Element { path: resource_type.to_owned(), json }
    }

    /// The sentence "`path.name` `rule`."
    pub(crate) fn refuse(&self, name: &str, rule: &str) -> Reason {
        Reason(format!("{}.{name} {rule}.", self.path))
    }

    /// The untyped value of a member.
    pub(crate) fn get(&self, name: &str) -> Option<&'a Json> {
        self.json.get(name)
    }

    /// Every value of a choice element, such as `value[x]`, as (suffix, value).
    pub(crate) fn choices(
        &self,
        prefix: &'static str,
    ) -> Result<Option<(&'a str, &'a Json)>, Reason> {
        let members = self.json.members().unwrap_or_default();
        let mut found = members.iter().filter_map(|(name, value)| {
            let suffix = name.strip_prefix(prefix)?;
            suffix.starts_with(|c: char| c.is_ascii_uppercase()).then_some((suffix, value))
        });
        let first = found.next();
        if found.next().is_some() {
            return Err(self.refuse(&format!("{prefix}[x]"), "is given more than once"));
        }
        Ok(first)
    }

    /// A text as it was written; absent when blank.
    pub(crate) fn text(&self, name: &str) -> Result<Option<String>, Reason> {
        match self.get(name) {
            None => Ok(None),
            Some(Json::Text(text)) if text.trim().is_empty() => Ok(None),
            Some(Json::Text(text)) => Ok(Some(text.clone())),
            Some(_) => Err(self.refuse(name, "must be a text")),
        }
    }

    /// A code out of a required value set.
    pub(crate) fn code(&self, name: &str, allowed: &[&str]) -> Result<Option<String>, Reason> {
        match self.text(name)? {
            Some(code) if !allowed.contains(&code.as_str()) => {
                Err(self.refuse(name, "is not one of the codes FHIR R4 allows there"))
            }
            code => Ok(code),
        }
    }

    /// A code out of a required value set that FHIR requires to be there.
    pub(crate) fn required_code(&self, name: &str, allowed: &[&str]) -> Result<String, Reason> {
        self.code(name, allowed)?.ok_or_else(|| self.refuse(name, "is missing"))
    }

    /// True or false.
    pub(crate) fn boolean(&self, name: &str) -> Result<Option<bool>, Reason> {
        match self.get(name) {
            None => Ok(None),
            Some(Json::Bool(value)) => Ok(Some(*value)),
            Some(_) => Err(self.refuse(name, "must be true or false")),
        }
    }

    /// A number with its digits as they were written.
    pub(crate) fn number(&self, name: &str) -> Result<Option<String>, Reason> {
        match self.get(name) {
            None => Ok(None),
            Some(Json::Number(digits)) => Ok(Some(digits.clone())),
            Some(_) => Err(self.refuse(name, "must be a number")),
        }
    }

    /// A `date`.
    pub(crate) fn date(&self, name: &str) -> Result<Option<FhirDate>, Reason> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        match FhirDate::parse(&text) {
            Some(date) => Ok(Some(date)),
            None => Err(self.refuse(name, "is not a date (YYYY, YYYY-MM or YYYY-MM-DD)")),
        }
    }

    /// A `dateTime`.
    pub(crate) fn date_time(&self, name: &str) -> Result<Option<FhirDateTime>, Reason> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        match FhirDateTime::parse(&text) {
            Some(read) => Ok(Some(read)),
            None => Err(self.refuse(name, "is not a date or a date with time and offset")),
        }
    }

    /// An `instant`.
    pub(crate) fn instant(&self, name: &str) -> Result<Option<FhirDateTime>, Reason> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        match FhirDateTime::parse_instant(&text) {
            Some(read) => Ok(Some(read)),
            None => Err(self.refuse(name, "is not a moment with time and offset")),
        }
    }

    /// One object.
    pub(crate) fn object(&self, name: &str) -> Result<Option<Element<'a>>, Reason> {
        match self.get(name) {
            None => Ok(None),
            Some(json @ Json::Object(_)) => {
                Ok(Some(Element { path: format!("{}.{name}", self.path), json }))
            }
            Some(_) => Err(self.refuse(name, "must be an object")),
        }
    }

    /// A list of objects; absent is empty.
    pub(crate) fn objects(&self, name: &str) -> Result<Vec<Element<'a>>, Reason> {
        let items = match self.get(name) {
            None => return Ok(Vec::new()),
            Some(Json::Array(items)) => items,
            Some(_) => return Err(self.refuse(name, "must be a list of objects")),
        };
        let one = |(i, json): (usize, &'a Json)| match json {
            Json::Object(_) => Ok(Element { path: format!("{}.{name}[{i}]", self.path), json }),
            _ => Err(self.refuse(&format!("{name}[{i}]"), "must be an object")),
        };
        items.iter().enumerate().map(one).collect()
    }

    /// A list of texts. FHIR puts `null` where only an extension stands; those are left out.
    pub(crate) fn texts(&self, name: &str) -> Result<Vec<String>, Reason> {
        let items = match self.get(name) {
            None => return Ok(Vec::new()),
            Some(Json::Array(items)) => items,
            Some(_) => return Err(self.refuse(name, "must be a list of texts")),
        };
        let mut texts = Vec::with_capacity(items.len());
        for (i, item) in items.iter().enumerate() {
            match item {
                Json::Null => {}
                Json::Text(text) if text.trim().is_empty() => {}
                Json::Text(text) => texts.push(text.clone()),
                _ => return Err(self.refuse(&format!("{name}[{i}]"), "must be a text")),
            }
        }
        Ok(texts)
    }
}
