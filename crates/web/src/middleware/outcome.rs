//! Faults of the FHIR API as OperationOutcome resources (FHIR R4, 3.1.0.1.6).

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use tower_http::request_id::RequestId;

use crate::error::{Fault, outcome};

/// Runs the request and writes a fault as an OperationOutcome; a refused token is told how to ask
/// (RFC 6750, 3).
pub async fn provide(request: Request, next: Next) -> Response {
    let id = request.extensions().get::<RequestId>();
    let id = id.and_then(|id| id.header_value().to_str().ok()).unwrap_or_default().to_owned();
    let mut response = next.run(request).await;
    let Some(fault) = response.extensions_mut().remove::<Fault>() else { return response };
    let kind = [(header::CONTENT_TYPE, "application/fhir+json; charset=utf-8")];
    let mut shown = (fault.status(), kind, outcome(&fault, &id)).into_response();
    if let Some(seconds) = fault.retry_after_s() {
        shown.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if shown.status() == StatusCode::UNAUTHORIZED {
        let ask = HeaderValue::from_static("Bearer realm=\"fhir\"");
        shown.headers_mut().insert(header::WWW_AUTHENTICATE, ask);
    }
    shown
}
