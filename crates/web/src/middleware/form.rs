//! The guard of everything that changes something: it came from a page of ours, of this session.
//!
//! Three signs are checked on every unsafe method, in this order (OWASP ASVS 5.0, 3.5.1):
//! - `Sec-Fetch-Site`, which every current browser sends and no script can set, must be `same-origin`;
//! - `Origin` must be ours. Because our pages say `Referrer-Policy: no-referrer`, browsers send
//!   `Origin: null` with them; that, and no Origin at all, is accepted only where the sign above or,
//!   for a client that sends neither, the token vouches for the request. `null` without
//!   `Sec-Fetch-Site` is refused: a sandboxed frame of anybody says the same;
//! - the form's token must belong to the session, or before signing in to the visit.
//!
//! The body must be a form of at most 1 MB in UTF-8, with files only where they are text (`multipart`). Its
//! fields reach the handler as [`Fields`]; a handler cannot forget the check, because without it there are
//! none. Deliberately absent: JSON.

mod multipart;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, HeaderName, header};
use http_body_util::{BodyExt as _, Limited};

use super::context::{Context, Who};
use crate::error::{Fault, Result};
use crate::portal::undo_address;

/// The largest form (SECURITY.md, 14).
pub const BODY_BYTES_MAX: usize = 1_000_000;
/// The most fields of a form.
const FIELDS_MAX: usize = 1_000;

/// The fields of a form that was checked, in their order, without the token.
#[derive(Debug, Clone)]
pub struct Fields(pub Arc<Vec<(String, String)>>);

/// Lets a request with an unsafe method through when it came from a page of ours.
pub async fn guard(mut request: Request, next: Next) -> Response {
    if request.method().is_safe() {
        return next.run(request).await;
    }
    if let Err(refusal) = check(&mut request).await {
        return refusal;
    }
    let fields = request.extensions().get::<Fields>().cloned();
    let mut response = next.run(request).await;
    let refused = response.extensions().get::<Fault>();
    if matches!(refused, Some(Fault::Full | Fault::Unavailable | Fault::Internal))
        && let Some(text) = fields.as_ref().and_then(Fields::words)
    {
        let typed = TypedText(text.to_owned());
        response.extensions_mut().insert(typed);
    }
    response
}

/// What somebody wrote into a form that could not be carried out through no fault of theirs: the page
/// that says so gives it back to them.
#[derive(Debug, Clone)]
pub struct TypedText(pub String);

impl Fields {
    /// The text of a message or note, the only thing that is hard to type again.
    fn words(&self) -> Option<&str> {
        let words = self.0.iter().find(|(name, _)| name == "body" || name == "note");
        words.map(|(_, text)| text.as_str()).filter(|text| !text.trim().is_empty())
    }
}

async fn check(request: &mut Request) -> std::result::Result<(), Response> {
    let Some(context) = request.extensions().get::<Arc<Context>>().cloned() else {
        return Err(Fault::Internal.into_response());
    };
    if !is_ours(&context, request.headers()) {
        tracing::warn!("a form from another origin was refused");
        return Err(Fault::Forbidden.into_response());
    }
    let fields = read(request).await.map_err(IntoResponse::into_response)?;
    let (tokens, fields): (Vec<_>, Vec<_>) =
        fields.into_iter().partition(|(name, _)| name == "form_token");
    let accepted = matches!(tokens.as_slice(), [(_, token)] if context.accepts(token));
    if !accepted {
        return Err(stale(&context, request.uri().path()));
    }
    request.extensions_mut().insert(Fields(Arc::new(fields)));
    Ok(())
}

/// What a form of another session or visit is answered: the sign-in form comes anew, a page whose
/// session has ended says so, and anything else is refused.
fn stale(context: &Context, path: &str) -> Response {
    match &context.who {
        Who::Session(_) => Fault::Forbidden.into_response(),
        _ if path == "/sign-in" || path == "/enrol" || path.starts_with(undo_address::AT) => {
            Redirect::to(path).into_response()
        }
        Who::Ended | Who::Nobody => Fault::SignedOut.into_response(),
    }
}

fn is_ours(context: &Context, headers: &HeaderMap) -> bool {
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let site = text(&HeaderName::from_static("sec-fetch-site"));
    let origin = text(&header::ORIGIN);
    let known = match origin {
        None => true,
        Some("null") => site.is_some(),
        Some(origin) => is_own_origin(context, origin, headers),
    };
    known && site.is_none_or(|site| site == "same-origin")
}

/// The site's own origin: in production the configured one; in the demo http on the loopback name or
/// address the request itself was sent to.
fn is_own_origin(context: &Context, origin: &str, headers: &HeaderMap) -> bool {
    let settings = context.state.app().settings();
    if !settings.demo {
        return origin == settings.public_url.trim_end_matches('/');
    }
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let loopback = matches!(name, "localhost" | "127.0.0.1" | "[::1]");
    loopback && origin.strip_prefix("http://") == Some(host)
}

/// Reads the body as a form. The request goes on without a body.
async fn read(request: &mut Request) -> Result<Vec<(String, String)>> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = kind.unwrap_or_default().to_owned();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    let parted = essence.eq_ignore_ascii_case("multipart/form-data");
    if !parted && !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(Fault::MediaType);
    }
    let body = std::mem::replace(request.body_mut(), Body::empty());
    let bytes = match Limited::new(body, BODY_BYTES_MAX).collect().await {
        Ok(collected) => collected.to_bytes(),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => {
            return Err(Fault::TooLarge);
        }
        Err(_) => return Err(Fault::Invalid(Vec::new())),
    };
    let read = if parted {
        let boundary = multipart::boundary(&kind);
        boundary.and_then(|boundary| multipart::fields(&bytes, boundary, FIELDS_MAX))
    } else {
        fields(&bytes)
    };
    read.ok_or(Fault::Invalid(Vec::new()))
}

/// The pairs of a form (WHATWG URL, 5.1), except that what is not UTF-8 or holds U+0000 is refused
/// instead of being changed.
fn fields(bytes: &[u8]) -> Option<Vec<(String, String)>> {
    let mut out = Vec::new();
    for pair in bytes.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
        if out.len() == FIELDS_MAX {
            return None;
        }
        let mut halves = pair.splitn(2, |byte| *byte == b'=');
        let name = decoded(halves.next().unwrap_or_default())?;
        let value = decoded(halves.next().unwrap_or_default())?;
        out.push((name, value));
    }
    Some(out)
}

fn decoded(bytes: &[u8]) -> Option<String> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        match (byte, rest) {
            (b'+', _) => out.push(b' '),
            (b'%', [high, low, after @ ..]) => {
                match (char::from(*high).to_digit(16), char::from(*low).to_digit(16)) {
                    (Some(high), Some(low)) => {
                        out.push(u8::try_from(high * 16 + low).ok()?);
                        rest = after;
                    }
                    _ => out.push(b'%'),
                }
            }
            (other, _) => out.push(*other),
        }
    }
    let text = String::from_utf8(out).ok()?;
    (!text.contains('\0')).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_strictly() {
        let read = |text: &str| fields(text.as_bytes());
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(
            read("a=1&b=x+y%20z%C3%A9&&c"),
            Some(vec![pair("a", "1"), pair("b", "x y zé"), pair("c", ""),])
        );
        assert_eq!(read("a=%zz%4"), Some(vec![pair("a", "%zz%4")]));
        assert_eq!(read("a=%FF"), None, "not UTF-8");
        assert_eq!(read("a=%00"), None, "U+0000");
        assert_eq!(read(&"a&".repeat(FIELDS_MAX + 1)), None);
    }
}
