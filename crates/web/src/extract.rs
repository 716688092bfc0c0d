//! What a handler asks for: the signed-in person, anybody, a program's token, the fields of a form.
//!
//! `Session` in a handler's arguments is what makes its route one for signed-in people; without it a
//! route is open. Deliberately absent: roles (the policy decides in the operation).

use std::fmt;
use std::sync::Arc;

use app::session::Current;
use app::{Cx, access_token};
use axum::extract::{FromRequest, FromRequestParts, Request};
use domain::access::{Actor, Role};
use domain::ids::PersonId;
use http::header;
use http::request::Parts;
use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{self, DeserializeOwned, Deserializer, IntoDeserializer, Visitor};

use crate::error::Fault;
use crate::i18n::Locale;
use crate::middleware::Context;
use crate::middleware::form::Fields;
use crate::pages::{Chrome, Place};
use crate::run::WebState;

/// A signed-in person. Without one the request is answered 401, or led to signing in.
#[derive(Debug, Clone)]
pub struct Session {
    /// Who acts; hand it to every operation.
    pub actor: Actor,
    /// The log-in.
    pub person: PersonId,
    context: Arc<Context>,
}

impl Session {
    /// Everything known about the session and its person.
    pub fn current(&self) -> Option<&Current> {
        self.context.current()
    }

    /// The person's role.
    pub const fn role(&self) -> Role {
        self.actor.role
    }

    /// The language to answer in.
    pub fn locale(&self) -> Locale {
        self.context.locale
    }

    /// The frame of a page: names, language, theme, form token, navigation of one's own pages.
    pub fn chrome(&self, place: Place) -> Chrome {
        self.context.chrome(place)
    }

    /// The request's surroundings.
    pub const fn context(&self) -> &Arc<Context> {
        &self.context
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Session {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fault> {
        let context = context(parts)?;
        let Some(current) = context.current() else { return Err(Fault::SignedOut) };
        let (actor, person) = (current.actor.clone(), current.person);
        Ok(Self { actor, person, context })
    }
}

/// Anybody, signed in or not.
#[derive(Debug, Clone)]
pub struct Anybody(pub Arc<Context>);

impl<S: Send + Sync> FromRequestParts<S> for Anybody {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fault> {
        context(parts).map(Self)
    }
}

fn context(parts: &Parts) -> Result<Arc<Context>, Fault> {
    parts.extensions.get::<Arc<Context>>().cloned().ok_or(Fault::Internal)
}

/// A program with an access token (RFC 6750). A cookie, or a token of another kind, is none.
#[derive(Debug, Clone)]
pub struct Bearer(pub Actor);

impl FromRequestParts<WebState> for Bearer {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &WebState) -> Result<Self, Fault> {
        let token = token_text(parts)?;
        let found = state.block(move |app| access_token::resolve(app, &token)).await?;
        found.map(Self).ok_or(Fault::SignedOut)
    }
}

/// The text after `Bearer` in the only `Authorization` header.
fn token_text(parts: &Parts) -> Result<String, Fault> {
    let mut sent = parts.headers.get_all(header::AUTHORIZATION).iter();
    let (Some(value), None) = (sent.next(), sent.next()) else { return Err(Fault::SignedOut) };
    let text = value.to_str().ok().and_then(|text| text.split_once(' '));
    let Some((scheme, token)) = text else { return Err(Fault::SignedOut) };
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Fault::SignedOut);
    }
    Ok(token.trim().to_owned())
}

/// A program whose token is looked up in the snapshot that it reads: a look-up of its own would cost as
/// much as the reading.
#[derive(Debug)]
pub struct Reader(String);

impl<S: Send + Sync> FromRequestParts<S> for Reader {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fault> {
        token_text(parts).map(Self)
    }
}

impl Reader {
    /// Looks the token up and runs an operation that reads as its person; the person as an actor and
    /// the operation's outcome.
    pub async fn read<T, F>(self, state: &WebState, op: F) -> Result<(Actor, app::Result<T>), Fault>
    where
        F: for<'t> Fn(&mut Cx<'_, 't>) -> app::Result<T> + Send + 'static,
        T: Send + 'static,
    {
        Ok(state.block(move |app| access_token::read(app, &self.0, op)).await?)
    }

    /// Looks the token up and runs an operation that writes as its person, in one hop; the person as an
    /// actor and the operation's outcome.
    pub async fn write<T, F>(
        self,
        state: &WebState,
        op: F,
    ) -> Result<(Actor, app::Result<T>), Fault>
    where
        F: for<'t> Fn(&mut Cx<'_, 't>) -> app::Result<T> + Send + Sync + 'static,
        T: Send + 'static,
    {
        Ok(state.block(move |app| access_token::write(app, &self.0, op)).await?)
    }

    /// Whether the token opens anything, for a request that is refused before it reads.
    pub async fn known(&self, state: &WebState) -> Result<(), Fault> {
        let token = self.0.clone();
        let found = state.block(move |app| access_token::resolve(app, &token)).await?;
        found.map(|_| ()).ok_or(Fault::SignedOut)
    }
}

/// The fields of a checked form as a struct. Give the struct `#[serde(deny_unknown_fields)]`: a field
/// that no form of ours has is refused. A ticked box reads as `true` with `#[serde(default)]`, a field
/// that may come often as a `Vec`.
#[derive(Debug, Clone)]
pub struct Form<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Form<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, _: &S) -> Result<Self, Fault> {
        let fields = request.extensions().get::<Fields>().ok_or(Fault::Internal)?;
        parse(&fields.0).map(Self).map_err(|error| {
            tracing::info!(%error, "a form was not understood");
            Fault::Invalid(Vec::new())
        })
    }
}

/// Why fields do not make the struct: names of fields of ours, never what was typed.
#[derive(Debug)]
struct FormError(String);

impl fmt::Display for FormError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for FormError {}

impl de::Error for FormError {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self("a value is not of its kind".to_owned())
    }

    fn missing_field(field: &'static str) -> Self {
        Self(format!("the field {field} is missing"))
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self("there is a field that the form does not have".to_owned())
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self(format!("the field {field} comes twice"))
    }
}

fn parse<T: DeserializeOwned>(fields: &[(String, String)]) -> Result<T, FormError> {
    let mut groups: Vec<(&str, Values<'_>)> = Vec::new();
    for (name, value) in fields {
        match groups.iter_mut().find(|(known, _)| known == name) {
            Some((_, values)) => values.0.push(value),
            None => groups.push((name, Values(vec![value]))),
        }
    }
    T::deserialize(MapDeserializer::new(groups.into_iter()))
}

/// The values of one field.
struct Values<'a>(Vec<&'a str>);

impl<'a> Values<'a> {
    /// The only value.
    fn one(&self) -> Result<&'a str, FormError> {
        match self.0.as_slice() {
            [value] => Ok(value),
            _ => Err(FormError("a field comes twice".to_owned())),
        }
    }
}

impl IntoDeserializer<'_, FormError> for Values<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! numbers {
    ($($method:ident $visit:ident $number:ty),*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FormError> {
            let number = self.one()?.parse::<$number>();
            visitor.$visit(number.map_err(|_| FormError("a number is none".to_owned()))?)
        }
    )*};
}

impl<'de> Deserializer<'de> for Values<'_> {
    type Error = FormError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FormError> {
        visitor.visit_str(self.one()?)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FormError> {
        match self.one()? {
            "on" | "true" | "1" => visitor.visit_bool(true),
            "" | "false" | "0" => visitor.visit_bool(false),
            _ => Err(FormError("a box is neither ticked nor not".to_owned())),
        }
    }

    numbers! {
        deserialize_i32 visit_i32 i32, deserialize_i64 visit_i64 i64,
        deserialize_u8 visit_u8 u8, deserialize_u32 visit_u32 u32, deserialize_u64 visit_u64 u64
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FormError> {
        match self.0.as_slice() {
            [""] => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, FormError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FormError> {
        let each = self.0.into_iter().map(|value| Values(vec![value]));
        visitor.visit_seq(SeqDeserializer::new(each))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, FormError> {
        visitor.visit_enum(self.one()?.into_deserializer())
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i128 u16 u128 f32 f64 char str string bytes byte_buf unit unit_struct tuple
        tuple_struct map struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Typed {
        name: String,
        #[serde(default)]
        shared: bool,
        version: Option<i64>,
        #[serde(default)]
        question: Vec<String>,
    }

    fn read(pairs: &[(&str, &str)]) -> Result<Typed, String> {
        let pairs: Vec<(String, String)> =
            pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        parse(&pairs).map_err(|error| error.to_string())
    }

    #[test]
    fn fields_become_a_struct() {
        let typed = read(&[("name", "é & =")]).unwrap();
        assert_eq!(
            typed,
            Typed { name: "é & =".to_owned(), shared: false, version: None, question: vec![] }
        );
        let typed = read(&[
            ("question", "a"),
            ("name", ""),
            ("shared", "on"),
            ("version", "7"),
            ("question", "b"),
        ]);
        assert_eq!(
            typed.unwrap(),
            Typed {
                name: String::new(),
                shared: true,
                version: Some(7),
                question: vec!["a".to_owned(), "b".to_owned()],
            }
        );
        assert_eq!(read(&[("name", "x"), ("version", "")]).unwrap().version, None);
    }

    #[test]
    fn what_no_form_has_is_refused_without_repeating_it() {
        for wrong in [
            &[("name", "x"), ("admin", "secret words")][..],
            &[("shared", "on")],
            &[("name", "x"), ("name", "secret words")],
            &[("name", "x"), ("version", "secret words")],
            &[("name", "x"), ("shared", "secret words")],
        ] {
            let error = read(wrong).unwrap_err();
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
