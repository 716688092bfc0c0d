//! Patient: read.

use app::patient::{self, Demographics};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::ids::PatientId;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Serialize;

use super::outcome::Refusal;
use super::resource::{Identifier, Text};
use super::{accepts_json, answer, named, understood};
use crate::extract::Reader;
use crate::fhir;
use crate::run::WebState;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Patient<'a> {
    resource_type: &'static str,
    id: Text<PatientId>,
    meta: Meta<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    identifier: Vec<Identifier<'a>>,
    active: bool,
    name: Vec<HumanName<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    telecom: Vec<Telecom<'a>>,
    #[serde(skip_serializing_if = "str::is_empty")]
    gender: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    birth_date: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    deceased_boolean: Option<bool>,
    communication: [Spoken<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Meta<'a> {
    version_id: &'a str,
}

#[derive(Serialize)]
struct HumanName<'a> {
    text: &'a str,
}

#[derive(Serialize)]
struct Telecom<'a> {
    system: &'static str,
    value: &'a str,
}

#[derive(Serialize)]
struct Spoken<'a> {
    language: Concept<'a>,
    preferred: bool,
}

#[derive(Serialize)]
struct Concept<'a> {
    coding: [Coding<'a>; 1],
}

#[derive(Serialize)]
struct Coding<'a> {
    system: &'static str,
    code: &'a str,
}

/// `GET /fhir/R4/Patient/{id}`
pub async fn read(
    State(state): State<WebState>,
    reader: Reader,
    headers: HeaderMap,
    id: Result<Path<String>, PathRejection>,
) -> Result<Response, Refusal> {
    let asked = accepts_json(&headers).and_then(|()| named::<PatientId>(id));
    let (reader, id) = understood(&state, reader, asked).await?;
    let needed = ("Patient", 'r');
    let (_, found) = fhir::read(&state, reader, needed, move |cx| patient::get(cx, id)).await?;
    let version = found.row.version.to_string();
    let mut response = answer(StatusCode::OK, &resource(&found, &version))?;
    if let Ok(tag) = HeaderValue::from_str(&format!("W/\"{version}\"")) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    Ok(response)
}

fn resource<'a>(found: &'a patient::Patient, version: &'a str) -> Patient<'a> {
    let known: &Demographics = &found.demographics;
    let names = std::iter::once(&known.name).chain(&known.other_names);
    let language = Coding { system: "urn:ietf:bcp:47", code: &found.row.language };
    Patient {
        resource_type: "Patient",
        id: Text(found.row.id),
        meta: Meta { version_id: version },
        identifier: known
            .identifiers
            .iter()
            .map(|(system, value)| Identifier {
                system: Some(system.as_str()).filter(|system| !system.is_empty()),
                value,
            })
            .collect(),
        active: found.row.status == "active",
        name: names.filter(|name| !name.is_empty()).map(|text| HumanName { text }).collect(),
        telecom: known.phones.iter().map(|value| Telecom { system: "phone", value }).collect(),
        gender: &known.gender,
        birth_date: &known.birth_date,
        deceased_boolean: (found.row.status == "deceased").then_some(true),
        communication: [Spoken { language: Concept { coding: [language] }, preferred: true }],
    }
}
