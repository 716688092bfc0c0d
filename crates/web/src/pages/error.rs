//! What went wrong, what to do about it, an id to tell, the site's phone, and a way on.
//!
//! Deliberately absent: the cause. It is in the log under the same id.

use askama::Template;
use http::StatusCode;

use super::{Chrome, Page, Sample, render};
use crate::i18n::Locale;

/// The kinds of failure people are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// Not signed in, or the session has ended.
    SignedOut,
    /// Known but not allowed.
    Forbidden,
    /// Not there, or not for this person: the same words.
    NotFound,
    /// Somebody else changed it meanwhile, or two tabs mix two people.
    Conflict,
    /// The form could not be understood.
    Invalid,
    /// More than the server takes.
    TooLarge,
    /// Too many tries.
    TooMany,
    /// The disk has too little room for anything new.
    Full,
    /// The database cannot answer now.
    Unavailable,
    /// A fault of ours.
    Internal,
}

impl ErrorKind {
    /// Every kind, for the samples and the tests.
    pub const ALL: [Self; 10] = [
        Self::SignedOut,
        Self::Forbidden,
        Self::NotFound,
        Self::Conflict,
        Self::Invalid,
        Self::TooLarge,
        Self::TooMany,
        Self::Full,
        Self::Unavailable,
        Self::Internal,
    ];

    /// The HTTP status it is sent with.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::SignedOut => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Conflict => StatusCode::CONFLICT,
            Self::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Full | Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The word in its message keys: `error-{code}-title`, `error-{code}-text`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::SignedOut => "signed-out",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not-found",
            Self::Conflict => "conflict",
            Self::Invalid => "invalid",
            Self::TooLarge => "too-large",
            Self::TooMany => "too-many",
            Self::Full => "full",
            Self::Unavailable => "unavailable",
            Self::Internal => "internal",
        }
    }
}

/// A page instead of the one that was asked for. Send it with `kind.status()`.
#[derive(Template)]
#[template(path = "patient/error.html")]
pub struct ErrorPage {
    /// Layout; `user_name` may be unknown here.
    pub chrome: Chrome,
    /// What went wrong.
    pub kind: ErrorKind,
    /// What is told on the phone: [`spoken`] makes it of the request's id.
    pub id: String,
    /// The way on: the start page, or the sign-in page with where to return.
    pub way_on: String,
    /// What the person typed, when the form could not be taken: shown so that it is not lost.
    pub typed: Option<String>,
}

impl Page for ErrorPage {
    const NAME: &'static str = "error";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        ErrorKind::ALL
            .iter()
            .map(|kind| {
                let with_text = matches!(kind, ErrorKind::Conflict | ErrorKind::Full);
                let page = Self {
                    chrome: Chrome::sample_outside(locale),
                    kind: *kind,
                    id: spoken("4f09c2d17be04c0b9a37f15d2c6e8a90"),
                    way_on: "/".to_owned(),
                    typed: with_text
                        .then(|| "Both feet. </textarea><script>alert(1)</script>".to_owned()),
                };
                (kind.code(), page)
            })
            .collect()
    }
}

/// The first eight characters of a request's id in two groups, "4f09 c2d1": few enough to say on the
/// phone, and enough to find the request's lines in the log, whose ids begin with them.
pub fn spoken(request_id: &str) -> String {
    let four = |from: usize| request_id.chars().skip(from).take(4).collect::<String>();
    format!("{} {}", four(0), four(4)).trim_end().to_owned()
}

/// Renders the samples of this file.
pub fn gallery(locale: Locale, out: &mut Vec<Sample>) {
    render::<ErrorPage>(locale, out);
}

#[cfg(test)]
mod tests {
    use super::spoken;

    #[test]
    fn two_groups_are_said_of_an_id() {
        assert_eq!(spoken("4f09c2d17be04c0b9a37f15d2c6e8a90"), "4f09 c2d1");
        assert_eq!(spoken("4f0"), "4f0");
        assert_eq!(spoken(""), "");
    }
}
