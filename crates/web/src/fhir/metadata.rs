//! What this API can do (FHIR R4, CapabilityStatement). Open to everybody; it says nothing of anybody.

use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::outcome::Refusal;
use super::{accepts_json, answer, base};
use crate::run::WebState;

/// When the statement last changed; FHIR wants a date.
const CHANGED: &str = "2026-11-22";

/// `GET /fhir/R4/metadata`
pub async fn show(State(state): State<WebState>, headers: HeaderMap) -> Result<Response, Refusal> {
    accepts_json(&headers)?;
    answer(StatusCode::OK, &statement(&base(&state.app().settings().public_url)))
}

fn statement(base: &str) -> Value {
    let parameter = |name: &str, kind: &str, text: &str| json!({ "name": name, "type": kind, "documentation": text });
    json!({
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": CHANGED,
        "kind": "instance",
        "software": { "name": "Tidings", "version": env!("CARGO_PKG_VERSION") },
        "implementation": { "description": "Secure messages of a clinic", "url": base },
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json"],
        "rest": [{
            "mode": "server",
            "security": {
                "description": "Bearer tokens (RFC 6750) with SMART App Launch 2.0 scopes."
            },
            "resource": [
                {
                    "type": "Communication",
                    "documentation": "A conversation has no partOf, a message has. A message is sent \
                        at once; identifier[0].value makes sending again safe; If-Match with partOf \
                        refuses when others have written since.",
                    "interaction": [
                        { "code": "create" }, { "code": "read" }, { "code": "search-type" }
                    ],
                    "versioning": "versioned",
                    "readHistory": false,
                    "updateCreate": false,
                    "conditionalCreate": false,
                    "searchParam": [
                        parameter("patient", "reference", "With part-of:missing=true: the \
                            patient's conversations, newest first."),
                        parameter("part-of", "reference", "The messages of a conversation; _sort=sent \
                            or -sent."),
                    ]
                },
                {
                    "type": "Patient",
                    "interaction": [{ "code": "read" }],
                    "versioning": "versioned",
                    "readHistory": false,
                    "updateCreate": false,
                    "conditionalCreate": false
                }
            ]
        }]
    })
}
