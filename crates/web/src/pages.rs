//! Pages as typed structs: plain owned data in, HTML out.
//!
//! A page is a struct with a `chrome: Chrome` field, an askama template under `templates/`, and
//! samples. Handlers fill the struct; nothing here knows `app` or `store`. Conventions:
//! - text comes from Fluent by `chrome.t("key")`; templates hold no prose;
//! - addresses come in as fields, never built here, so a helper's page under `/for/{patient}/…` and a
//!   patient's own page are the same struct;
//! - moments come in as [`When`](crate::i18n::When), always shown as `<time datetime>`;
//! - a form posts `form_token` (`parts/form.html`); its errors go to [`Chrome::problems`], named by the
//!   `id` of the field they belong to, which is the same word as the field's `name`;
//! - layouts: `patient.html` (signed in), `plain.html` (sign-in and errors), `desk.html` (staff).
//!
//! Deliberately absent: health data in `<title>` or addresses, inline script and style, `required`.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;

use crate::i18n::Locale;

pub mod account;
pub mod call;
pub mod chrome;
pub mod common;
pub mod compose;
pub mod error;
pub mod inbox;
pub mod markup;
pub mod plan;
pub mod prepared;
pub mod reply;
pub mod shelf;
pub mod sign_in;
pub mod staff;
pub mod thread;
pub mod urgent;

pub use chrome::{ActingFor, Chrome, Flash, FlashKind, Links, Phone, Place, Problem, Theme};

/// A page that can show itself in every state that matters.
pub trait Page: Template + Sized {
    /// The name in the gallery and in test failures, for instance `inbox`.
    const NAME: &'static str;

    /// The page as people meet it: typical, empty, longest, with an error. The first word of each pair
    /// names the case. Names and texts of people hold markup and quotes somewhere, to prove escaping.
    fn samples(locale: Locale) -> Vec<(&'static str, Self)>;
}

/// A page of the gallery, rendered.
pub struct Sample {
    /// `page-case`, for instance `inbox-empty`.
    pub name: String,
    /// The whole document, or what askama refused.
    pub html: Result<String, askama::Error>,
}

/// Renders the samples of one page type.
pub fn render<P: Page>(locale: Locale, out: &mut Vec<Sample>) {
    for (case, page) in P::samples(locale) {
        out.push(Sample { name: format!("{}-{case}", P::NAME), html: page.render() });
    }
}

/// Every sample of every page in one language.
pub fn gallery(locale: Locale) -> Vec<Sample> {
    let mut out = Vec::new();
    sign_in::gallery(locale, &mut out);
    staff::gallery(locale, &mut out);
    inbox::gallery(locale, &mut out);
    compose::gallery(locale, &mut out);
    thread::gallery(locale, &mut out);
    plan::gallery(locale, &mut out);
    urgent::gallery(locale, &mut out);
    call::gallery(locale, &mut out);
    shelf::gallery(locale, &mut out);
    prepared::gallery(locale, &mut out);
    reply::gallery(locale, &mut out);
    account::gallery(locale, &mut out);
    error::gallery(locale, &mut out);
    out
}

/// A page as a response. Pages of a signed-in person are never stored by browsers or proxies; a page
/// that cannot be rendered is a plain 500 without its cause, which is logged.
pub fn respond(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => {
            (status, [(http::header::CACHE_CONTROL, "no-store")], Html(html)).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

#[cfg(test)]
mod tests;
