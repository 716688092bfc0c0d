//! From an operation's error to what people and programs see.
//!
//! A handler returns [`Fault`]; it leaves as an empty response that carries it, and the middleware,
//! which knows the request's language, id and kind, makes a page or an OperationOutcome of it. The
//! cause goes to the log once, under the request's id, and to nobody else.

use app::FieldError;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};

use crate::pages::error::ErrorKind;

/// The result of a handler.
pub type Result<T> = std::result::Result<T, Fault>;

/// Why a request was not carried out.
#[derive(Debug, Clone)]
pub enum Fault {
    /// No session, or none any more.
    SignedOut,
    /// Known but not allowed.
    Forbidden,
    /// Not there, or not for this person.
    NotFound,
    /// The address exists and does not take this method.
    Method,
    /// The state of things does not allow it.
    Conflict,
    /// The request could not be understood, or a field is wrong that no page shows.
    Invalid(Vec<FieldError>),
    /// The body is larger than is taken.
    TooLarge,
    /// The body is not of a kind that is taken.
    MediaType,
    /// Too many tries; seconds to wait.
    TooMany(i64),
    /// The disk has too little room for anything new; reading goes on.
    Full,
    /// The database does not answer.
    Unavailable,
    /// A fault of ours.
    Internal,
}

impl Fault {
    /// The status it is sent with.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            other => other.kind().status(),
        }
    }

    /// The kind of page it is shown as.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::SignedOut => ErrorKind::SignedOut,
            Self::Forbidden => ErrorKind::Forbidden,
            Self::NotFound | Self::Method => ErrorKind::NotFound,
            Self::Conflict => ErrorKind::Conflict,
            Self::Invalid(_) | Self::MediaType => ErrorKind::Invalid,
            Self::TooLarge => ErrorKind::TooLarge,
            Self::TooMany(_) => ErrorKind::TooMany,
            Self::Full => ErrorKind::Full,
            Self::Unavailable => ErrorKind::Unavailable,
            Self::Internal => ErrorKind::Internal,
        }
    }

    /// The code of FHIR's IssueType (R4, required binding).
    pub const fn issue_code(&self) -> &'static str {
        match self {
            Self::SignedOut => "login",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not-found",
            Self::Method | Self::MediaType => "not-supported",
            Self::Conflict => "conflict",
            Self::Invalid(_) => "invalid",
            Self::TooLarge => "too-long",
            Self::TooMany(_) => "throttled",
            Self::Full => "no-store",
            Self::Unavailable => "transient",
            Self::Internal => "exception",
        }
    }

    /// Seconds after which trying again makes sense.
    pub const fn retry_after_s(&self) -> Option<i64> {
        match self {
            Self::TooMany(seconds) => Some(*seconds),
            Self::Full => Some(60),
            Self::Unavailable => Some(5),
            _ => None,
        }
    }
}

impl From<app::Error> for Fault {
    fn from(error: app::Error) -> Self {
        match error {
            app::Error::NotFound => Self::NotFound,
            app::Error::Invalid(fields) => Self::Invalid(fields),
            app::Error::Conflict(_) => Self::Conflict,
            app::Error::Forbidden => Self::Forbidden,
            app::Error::SignedOut => Self::SignedOut,
            app::Error::TooMany { retry_after_s } => Self::TooMany(retry_after_s),
            app::Error::Full => {
                tracing::warn!("refused: the disk has too little room");
                Self::Full
            }
            app::Error::Unavailable => {
                tracing::error!(%error, "an operation could not be carried out");
                Self::Unavailable
            }
            app::Error::Internal(_) => {
                tracing::error!(%error, "an operation failed");
                Self::Internal
            }
        }
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        if let Some(seconds) = self.retry_after_s() {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// FHIR R4 OperationOutcome of a fault, as JSON text.
pub fn outcome(fault: &Fault, request_id: &str) -> String {
    let issue = |code: &str, text: String| serde_json::json!({ "severity": "error", "code": code, "diagnostics": text });
    let mut issues = Vec::new();
    if let Fault::Invalid(fields) = fault {
        for field in fields {
            issues.push(issue("invalid", format!("{}: {}", field.field, field.problem)));
        }
    }
    if issues.is_empty() {
        let text = match fault {
            Fault::Full => {
                format!("nothing new is taken until there is room; request {request_id}")
            }
            _ => format!("request {request_id}"),
        };
        issues.push(issue(fault.issue_code(), text));
    }
    serde_json::json!({ "resourceType": "OperationOutcome", "issue": issues }).to_string()
}
