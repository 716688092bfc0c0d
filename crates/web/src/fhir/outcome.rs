//! Refusals with the place in the resource that caused them (FHIR R4, OperationOutcome).
//!
//! Texts are ours; nothing of what was sent is repeated but the names of elements. Deliberately
//! absent: faults that are the same on every page, which `crate::error` words.

use app::FieldError;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

use super::FHIR_JSON;
use crate::error::Fault;

/// Why a program's request was not carried out. Nothing was changed.
#[derive(Debug)]
pub struct Refusal(Box<Kind>);

#[derive(Debug)]
enum Kind {
    Fault(Fault),
    Issues { status: StatusCode, issues: Vec<Issue>, header: Option<(header::HeaderName, String)> },
}

/// One thing that is wrong.
#[derive(Debug, Serialize)]
pub struct Issue {
    severity: &'static str,
    code: &'static str,
    diagnostics: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    expression: Option<[String; 1]>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OperationOutcome<'a> {
    resource_type: &'static str,
    issue: &'a [Issue],
}

impl Refusal {
    fn one(
        status: StatusCode,
        code: &'static str,
        expression: Option<String>,
        diagnostics: impl Into<String>,
    ) -> Self {
        let issue = Issue {
            severity: "error",
            code,
            diagnostics: diagnostics.into(),
            expression: expression.map(|path| [path]),
        };
        Self(Box::new(Kind::Issues { status, issues: vec![issue], header: None }))
    }

    /// 400: the body is not a resource of its type. `expression` is the FHIRPath of the place.
    pub fn structure(expression: impl Into<String>, diagnostics: &str) -> Self {
        Self::one(StatusCode::BAD_REQUEST, "structure", Some(expression.into()), diagnostics)
    }

    /// 400: a search parameter is none of ours or has no value of its kind.
    pub fn parameter(diagnostics: impl Into<String>) -> Self {
        Self::one(StatusCode::BAD_REQUEST, "invalid", None, diagnostics)
    }

    /// 422: a resource of its type that Tidings does not take. `code` is FHIR's IssueType.
    pub fn unprocessable(
        code: &'static str,
        expression: impl Into<String>,
        diagnostics: impl Into<String>,
    ) -> Self {
        let expression = Some(expression.into());
        Self::one(StatusCode::UNPROCESSABLE_ENTITY, code, expression, diagnostics)
    }

    /// 406: there is only JSON.
    pub fn not_acceptable() -> Self {
        let text = "Answers are application/fhir+json.";
        Self::one(StatusCode::NOT_ACCEPTABLE, "not-supported", None, text)
    }

    /// 412: others wrote since the sender last looked.
    pub(crate) fn newer(last_seq: i64, count: i64) -> Self {
        let text = format!(
            "Others have written {count} since the version in If-Match; the newest is {last_seq}. \
             Read them, then send again with that version."
        );
        let refusal = Self::one(StatusCode::PRECONDITION_FAILED, "conflict", None, text);
        refusal.with(header::ETAG, format!("W/\"{last_seq}\""))
    }

    /// 403: the token's scopes do not include what was asked.
    pub(crate) fn scope((resource, letter): (&'static str, char)) -> Self {
        let text = format!("The token needs the scope {resource}.{letter}.");
        let refusal = Self::one(StatusCode::FORBIDDEN, "forbidden", None, text);
        refusal.with(
            header::WWW_AUTHENTICATE,
            format!(
                "Bearer realm=\"fhir\", error=\"insufficient_scope\", \
                 scope=\"patient/{resource}.{letter}\""
            ),
        )
    }

    /// 422: what an operation found wrong.
    pub(crate) fn fields(fields: &[FieldError]) -> Self {
        let issues = fields.iter().map(issue).collect();
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Self(Box::new(Kind::Issues { status, issues, header: None }))
    }

    fn with(mut self, name: header::HeaderName, value: String) -> Self {
        if let Kind::Issues { header, .. } = &mut *self.0 {
            *header = Some((name, value));
        }
        self
    }
}

/// What is said beside a message that was taken: one informational issue (FHIR R4, `informational` of IssueType).
pub(crate) fn advice(text: String) -> Option<Vec<u8>> {
    let issue = Issue {
        severity: "information",
        code: "informational",
        diagnostics: text,
        expression: Some(["Communication".to_owned()]),
    };
    let outcome = OperationOutcome { resource_type: "OperationOutcome", issue: &[issue] };
    serde_json::to_vec(&outcome).ok()
}

/// A wrong field of an operation as the element it came from.
fn issue(field: &FieldError) -> Issue {
    let (code, expression, text) = match (field.field, field.problem) {
        ("subject", _) => (
            "business-rule",
            "Communication.subject",
            "The conversation is about another patient. Nothing was sent.".to_owned(),
        ),
        ("sender", _) => (
            "business-rule",
            "Communication.sender",
            "The sender must be the person the token acts for; leave it out to be sure.".to_owned(),
        ),
        ("inResponseTo", _) => (
            "value",
            "Communication.inResponseTo[0]",
            "The conversation holds no such message.".to_owned(),
        ),
        ("team", _) => (
            "value",
            "Communication.recipient[0]",
            "This team does not treat the patient now.".to_owned(),
        ),
        ("about", _) => (
            "value",
            "Communication.about[0]",
            "The patient's record holds no such encounter.".to_owned(),
        ),
        (field, problem) => ("invalid", "Communication", format!("{field}: {problem}")),
    };
    let expression = Some([expression.to_owned()]);
    Issue { severity: "error", code, diagnostics: text, expression }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self(Box::new(Kind::Fault(fault)))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, issues, extra) = match *self.0 {
            Kind::Fault(fault) => return fault.into_response(),
            Kind::Issues { status, issues, header } => (status, issues, header),
        };
        let outcome = OperationOutcome { resource_type: "OperationOutcome", issue: &issues };
        let Ok(bytes) = serde_json::to_vec(&outcome) else {
            return Fault::Internal.into_response();
        };
        let kind = HeaderValue::from_static(FHIR_JSON);
        let mut response = (status, [(header::CONTENT_TYPE, kind)], bytes).into_response();
        if let Some((name, text)) = extra
            && let Ok(value) = HeaderValue::from_str(&text)
        {
            response.headers_mut().insert(name, value);
        }
        response
    }
}
