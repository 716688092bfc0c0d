//! Handlers of pages: parse, call one operation, choose a page.

pub mod account;
pub mod account_email;
pub mod again;
mod asks;
pub mod call;
pub mod compose;
pub mod custody;
pub mod duplicate;
pub mod enrol;
pub mod inbox;
pub(crate) mod lines;
pub mod live;
pub mod plan;
pub mod prepared;
pub mod reply;
mod routed;
pub mod shelf;
pub mod sign_in;
pub mod subject;
pub mod thread;
pub mod topics;
pub mod undo_address;
pub mod urgent;
pub mod who;
pub mod words;

use app::FieldError;
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use http::{HeaderName, HeaderValue, header};

use crate::i18n::Locale;
use crate::pages::{Chrome, Problem};

/// Headers that set or take away cookies; those that could not be made are left out.
pub(crate) fn cookies(
    all: impl IntoIterator<Item = Option<HeaderValue>>,
) -> AppendHeaders<Vec<(HeaderName, HeaderValue)>> {
    AppendHeaders(all.into_iter().flatten().map(|value| (header::SET_COOKIE, value)).collect())
}

/// "See other": what a form answers when it worked, so that loading again sends nothing twice.
pub(crate) fn see(address: &str) -> Response {
    Redirect::to(address).into_response()
}

/// Says on a page what is wrong: the message of a problem `x` is `problem-x`.
pub(crate) fn with_faults(mut chrome: Chrome, faults: &[FieldError]) -> Chrome {
    for fault in faults {
        let text = words(chrome.locale, fault);
        chrome.problems.push(Problem { field: fault.field.to_owned(), text });
    }
    chrome
}

fn words(locale: Locale, fault: &FieldError) -> String {
    let key = format!("problem-{}", fault.problem);
    match fault.max {
        Some(count) => locale.t1(&key, "count", count),
        None => locale.t(&key),
    }
}

/// Says on a page of messages what is wrong with its fields.
pub(crate) fn problems(mut chrome: Chrome, faults: &[FieldError]) -> Chrome {
    for fault in faults {
        let key = match (fault.field, fault.problem) {
            ("team", _) => "problem-team",
            ("direct", _) => "problem-direct",
            ("about", _) => "problem-about",
            ("ask", _) => "problem-ask",
            ("q", _) => "problem-query",
            ("question", "too-many") => "problem-questions-many",
            (_, "not-text") => "problem-text-odd",
            (_, "changed") => "problem-changed",
            ("headline", "empty") => "problem-headline-empty",
            ("headline", _) => "problem-headline-long",
            ("body", "empty") => "problem-body-empty",
            ("body", _) => "problem-body-long",
            ("reason", "empty") => "problem-reason",
            ("phone", _) => "problem-number",
            (_, "too-long") => "problem-line-long",
            _ => "problem-look-again",
        };
        let text = match (fault.max, key) {
            (Some(count), _) => chrome.locale.t1(key, "count", count),
            // Refused by a limit that is not told in letters.
            (None, "problem-body-long" | "problem-headline-long" | "problem-line-long") => {
                chrome.t("problem-shorter")
            }
            (None, _) => chrome.t(key),
        };
        chrome.problems.push(Problem { field: fault.field.to_owned(), text });
    }
    chrome
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::Place;

    #[test]
    fn a_fault_is_told_in_words_with_its_limit_and_without() {
        for locale in Locale::offered() {
            for field in ["body", "headline", "phone", "number", "reason", "q"] {
                for problem in ["too-long", "empty", "unknown", "not-text"] {
                    for max in [None, Some(12)] {
                        let fault = FieldError { max, ..FieldError::new(field, problem) };
                        let chrome = problems(Chrome::sample(locale, Place::Inbox), &[fault]);
                        let text = &chrome.problems[0].text;
                        let bare =
                            text.contains('{') || text.contains('$') || text.contains("problem-");
                        assert!(!bare, "{field} {problem} {max:?}: {text}");
                    }
                }
            }
        }
        let odd = [FieldError::new("number", "unknown")];
        let chrome = problems(Chrome::sample(Locale::english(), Place::Inbox), &odd);
        assert!(!chrome.problems[0].text.contains("long"), "it is not too long");
    }
}
