//! JSON as FHIR R4 uses it: the exact digits of numbers, no key twice, a limit on depth.
//!
//! The grammar is `serde_json`'s own; this module only walks its raw slices, because a plain
//! `serde_json::Value` turns `1.10` into `1.1` and keeps the last of two equal keys, which FHIR
//! (json.html, "JSON representation of resources") forbids. Deliberately absent: writing JSON; the
//! original bytes of a resource are what is kept.

use std::collections::HashSet;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The deepest nesting of objects and arrays in one resource, the resource itself counted as one.
pub const MAX_DEPTH: usize = 32;

/// A JSON value whose numbers keep the digits they were written with.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number as it was written.
    Number(String),
    /// A text.
    Text(String),
    /// A list.
    Array(Vec<Json>),
    /// An object, its members in their order, none twice.
    Object(Vec<(String, Json)>),
}

/// Why a text is not JSON that can be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonError {
    /// Not of JSON's grammar.
    Syntax,
    /// Nested deeper than [`MAX_DEPTH`].
    Depth,
    /// One object has a key twice.
    DuplicateKey,
}

impl Json {
    /// Reads one JSON value that fills the whole text, white space around it allowed.
    pub fn parse(text: &str) -> Result<Json, JsonError> {
        let raw: &RawValue = serde_json::from_str(text).map_err(|_| JsonError::Syntax)?;
        Json::walk(raw.get(), MAX_DEPTH)
    }

    fn walk(raw: &str, levels_left: usize) -> Result<Json, JsonError> {
        match raw.as_bytes().first() {
            Some(b'{') => {
                let below = levels_left.checked_sub(1).ok_or(JsonError::Depth)?;
                let members: Members<'_> =
                    serde_json::from_str(raw).map_err(|_| JsonError::Syntax)?;
                let mut seen = HashSet::with_capacity(members.0.len());
                if !members.0.iter().all(|(name, _)| seen.insert(name.as_str())) {
                    return Err(JsonError::DuplicateKey);
                }
                let walked = members
                    .0
                    .into_iter()
                    .map(|(name, value)| Ok((name, Json::walk(value.get(), below)?)));
                Ok(Json::Object(walked.collect::<Result<_, JsonError>>()?))
            }
            Some(b'[') => {
                let below = levels_left.checked_sub(1).ok_or(JsonError::Depth)?;
                let items: Vec<&RawValue> =
                    serde_json::from_str(raw).map_err(|_| JsonError::Syntax)?;
                let walked = items.into_iter().map(|item| Json::walk(item.get(), below));
                Ok(Json::Array(walked.collect::<Result<_, _>>()?))
            }
            Some(b'"') => serde_json::from_str(raw).map(Json::Text).map_err(|_| JsonError::Syntax),
            Some(b't') => Ok(Json::Bool(true)),
            Some(b'f') => Ok(Json::Bool(false)),
            Some(b'n') => Ok(Json::Null),
            Some(_) => Ok(Json::Number(raw.to_owned())),
            None => Err(JsonError::Syntax),
        }
    }

    /// The members when this is an object.
    pub fn members(&self) -> Option<&[(String, Json)]> {
        match self {
            Json::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The member of that name when this is an object that has it.
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.members()?.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// The text when this is a text.
    pub fn text(&self) -> Option<&str> {
        match self {
            Json::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// The members of an object in their order, equal keys included.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_digits() {
        let json = Json::parse(r#" {"value": 1.10, "big": 1e400} "#).unwrap();
        assert_eq!(json.get("value"), Some(&Json::Number("1.10".into())));
        assert_eq!(json.get("big"), Some(&Json::Number("1e400".into())));
    }

    #[test]
    fn a_key_twice_is_refused_even_when_spelt_with_an_escape() {
        assert_eq!(Json::parse(r#"{"id":"a","id":"b"}"#), Err(JsonError::DuplicateKey));
        assert_eq!(Json::parse(r#"{"x":{"id":"a","\u0069d":"b"}}"#), Err(JsonError::DuplicateKey));
    }

    #[test]
    fn thirty_two_levels_pass_and_thirty_three_do_not() {
        let nested = |n: usize| "[".repeat(n) + &"]".repeat(n);
        assert!(Json::parse(&nested(32)).is_ok());
        assert_eq!(Json::parse(&nested(33)), Err(JsonError::Depth));
        assert_eq!(Json::parse(&nested(100_000)), Err(JsonError::Depth));
    }

    #[test]
    fn broken_json_is_refused() {
        for text in ["", "{", "[1,]", r#"{"a":01}"#, r#"{"a":"\ud800"}"#, "{} {}", "nul", "{'a':1}"]
        {
            assert_eq!(Json::parse(text), Err(JsonError::Syntax), "{text}");
        }
    }
}
