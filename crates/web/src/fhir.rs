//! The only API: FHIR R4 for programs with an access token.
//!
//! A conversation is a Communication without payload, a message one with `partOf`. `docs/fhir.md`
//! says what is taken and given, element by element. Answers are written straight to bytes by typed
//! structs ([`resource`]); requests are read strictly ([`input`]): what is not understood is refused
//! and named, never dropped. Deliberately absent: XML, `_include`, history, updates, and any way to a
//! draft, a held message, a staff note or a thread between staff.

pub mod communication;
pub mod input;
pub mod metadata;
pub mod outcome;
pub mod patient;
pub mod post;
pub mod query;
pub mod resource;

use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::response::{IntoResponse, Response};
use domain::access::{Actor, Scopes};
use domain::ids::Id;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Serialize;

use crate::error::Fault;
use crate::extract::Reader;
use crate::run::WebState;
use outcome::Refusal;

/// A name of our own, whole: an extension or a code system. Tidings owns no domain, so these are URNs;
/// they do not change.
macro_rules! own_name {
    ($name:literal) => {
        concat!("urn:tidings:fhir:", $name)
    };
}
use own_name;

/// What every name of our own begins with.
pub const OWN: &str = own_name!("");

/// The media type of every answer.
pub const FHIR_JSON: &str = "application/fhir+json; charset=utf-8";

/// Room for an answer: a page of 25 conversations.
const ANSWER_BYTES: usize = 32 * 1024;

/// The API's address, without a slash at its end.
pub(crate) fn base(public_url: &str) -> String {
    format!("{}/fhir/R4", public_url.trim_end_matches('/'))
}

/// Runs what a program reads. `needed` is the scope it asks for.
pub(crate) async fn read<T, F>(
    state: &WebState,
    reader: Reader,
    needed: (&'static str, char),
    op: F,
) -> Result<(Actor, T), Refusal>
where
    F: for<'t> Fn(&mut app::Cx<'_, 't>) -> app::Result<T> + Send + 'static,
    T: Send + 'static,
{
    let (actor, outcome) = reader.read(state, op).await?;
    match outcome {
        Ok(found) => Ok((actor, found)),
        Err(error) => Err(refused(error, &actor, needed)),
    }
}

/// What a request that is not understood is told, once its token has been found good.
pub(crate) async fn understood<T>(
    state: &WebState,
    reader: Reader,
    request: Result<T, Refusal>,
) -> Result<(Reader, T), Refusal> {
    match request {
        Ok(request) => Ok((reader, request)),
        Err(refusal) => {
            reader.known(state).await?;
            Err(refusal)
        }
    }
}

/// Writes a resource as the answer.
pub(crate) fn answer<T: Serialize>(status: StatusCode, resource: &T) -> Result<Response, Refusal> {
    let mut bytes = Vec::with_capacity(ANSWER_BYTES);
    serde_json::to_writer(&mut bytes, resource).map_err(|error| {
        tracing::error!(%error, "a resource could not be written");
        Refusal::from(Fault::Internal)
    })?;
    let kind = HeaderValue::from_static(FHIR_JSON);
    Ok((status, [(header::CONTENT_TYPE, kind)], bytes).into_response())
}

/// The id an address names. What is no id is nothing's id.
pub(crate) fn named<T: Id>(id: Result<Path<String>, PathRejection>) -> Result<T, Refusal> {
    let id = id.ok().and_then(|Path(id)| T::parse(&id).ok());
    id.ok_or_else(|| Fault::NotFound.into())
}

/// Refuses a request whose `Accept` rules JSON out (RFC 9110, 12.5.1; FHIR R4, 3.1.0.1.11).
pub(crate) fn accepts_json(headers: &HeaderMap) -> Result<(), Refusal> {
    let mut wanted = headers.get_all(header::ACCEPT).iter().peekable();
    if wanted.peek().is_none() {
        return Ok(());
    }
    let taken = |kind: &str| {
        let kind = kind.split(';').next().unwrap_or_default().trim();
        ["application/fhir+json", "application/json", "application/*", "*/*"]
            .iter()
            .any(|ours| kind.eq_ignore_ascii_case(ours))
    };
    let any = wanted.any(|value| value.to_str().is_ok_and(|text| text.split(',').any(taken)));
    if any { Ok(()) } else { Err(Refusal::not_acceptable()) }
}

/// An operation's error as it is told to a program. `needed` is the scope the request asked for: a
/// token without it is told so (RFC 6750, 3.1), but only about a thing its person may know of.
pub(crate) fn refused(error: app::Error, actor: &Actor, needed: (&'static str, char)) -> Refusal {
    let lacks_scope =
        matches!(actor.scopes, Scopes::Token(_)) && !actor.scopes.allow(needed.0, needed.1);
    match error {
        app::Error::Forbidden if lacks_scope => Refusal::scope(needed),
        app::Error::Invalid(fields) => Refusal::fields(&fields),
        app::Error::Conflict(app::Conflict::NewerMessages { last_seq, count }) => {
            Refusal::newer(last_seq, count)
        }
        app::Error::Conflict(app::Conflict::ClientIdReused { .. }) => Refusal::unprocessable(
            "duplicate",
            "Communication.identifier[0].value",
            "This identifier was used for another message. Send a new message under a new one.",
        ),
        other => Fault::from(other).into(),
    }
}
