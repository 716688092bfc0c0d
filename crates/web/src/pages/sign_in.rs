//! Signing in and out: one form for patients, helpers and staff; the role decides what opens.

use askama::Template;

use super::{Chrome, Page, Sample, render};
use crate::i18n::Locale;

/// `GET /sign-in`: user name and password. Posts `username`, `password`, `next`.
#[derive(Template)]
#[template(path = "patient/sign_in.html")]
pub struct SignIn {
    /// Layout.
    pub chrome: Chrome,
    /// Where the form posts: `/sign-in`.
    pub action: String,
    /// What was typed before an error; never the password.
    pub username: String,
    /// The local address to go to afterwards; empty for the person's own start page.
    pub next: String,
    /// Where a paper code is used for the first time: `/enrol`.
    pub enrol: String,
}

impl Page for SignIn {
    const NAME: &'static str = "sign-in";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let page = |chrome, username: &str| Self {
            chrome,
            action: "/sign-in".to_owned(),
            username: username.to_owned(),
            next: String::new(),
            enrol: "/enrol".to_owned(),
        };
        let outside = || Chrome::sample_outside(locale);
        vec![
            ("typical", page(outside(), "")),
            (
                "error",
                page(
                    outside().with_problems(&[("", "sign-in-wrong")]),
                    "\"><script>alert(1)</script>",
                ),
            ),
        ]
    }
}

/// Renders the samples of this file.
pub fn gallery(locale: Locale, out: &mut Vec<Sample>) {
    render::<SignIn>(locale, out);
}
