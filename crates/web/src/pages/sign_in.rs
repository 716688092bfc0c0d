//! Signing in and out, and the first use of a paper code: one way in for patients, helpers and staff;
//! the role decides what opens. Deliberately absent: any sign whether a user name exists.

use std::fmt::Write as _;

use askama::Template;
use qrcodegen::{QrCode, QrCodeEcc};

use super::{Chrome, Page, Sample, render};
use crate::i18n::Locale;

/// `GET /sign-in`: user name and password. Posts `username`, `password`, `next`, and `shared` = `on` for
/// a device that other people use.
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
    /// Whether the shared-device box is ticked.
    pub shared: bool,
}

/// `GET /sign-in/code`: the second factor. Posts `code`, `next`.
#[derive(Template)]
#[template(path = "patient/sign_in_code.html")]
pub struct SignInCode {
    /// Layout.
    pub chrome: Chrome,
    /// Where the form posts: `/sign-in/code`.
    pub action: String,
    /// The local address to go to afterwards.
    pub next: String,
    /// Back to the first step.
    pub back: String,
}

/// `GET /enrol`: a paper code, then a user name and a password of one's own. Posts `enrolment`,
/// `username`, `password`, `password_again`.
#[derive(Template)]
#[template(path = "patient/enrol.html")]
pub struct Enrol {
    /// Layout.
    pub chrome: Chrome,
    /// Where the form posts: `/enrol`.
    pub action: String,
    /// The paper code as typed.
    pub enrolment: String,
    /// The user name as typed.
    pub username: String,
    /// The least number of letters of a password.
    pub password_min: u32,
    /// Back to signing in.
    pub back: String,
}

/// `GET /enrol/totp` (and from the account): an authenticator app. Posts `code`; for people who may do
/// without, `skip` is the address that goes on.
#[derive(Template)]
#[template(path = "patient/enrol_totp.html")]
pub struct EnrolTotp {
    /// Layout.
    pub chrome: Chrome,
    /// Where the form posts.
    pub action: String,
    /// The `otpauth://` address, drawn as a QR code.
    pub uri: String,
    /// The secret as text in groups of four, for people who cannot scan.
    pub secret: String,
    /// Where to go without it; none for staff, who need it.
    pub skip: Option<String>,
}

impl EnrolTotp {
    /// The QR code as an SVG path on a grid of `size` squares, quiet zone included; none when the
    /// address is too long for a QR code.
    pub fn qr(&self) -> Option<(i32, String)> {
        const QUIET: i32 = 4;
        let code = QrCode::encode_text(&self.uri, QrCodeEcc::Medium).ok()?;
        let mut path = String::new();
        for y in 0..code.size() {
            for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
                let _ = write!(path, "M{} {}h1v1h-1z", x + QUIET, y + QUIET);
            }
        }
        Some((code.size() + 2 * QUIET, path))
    }
}

/// After signing out: `GET /signed-out`, also shown when a session has ended by itself.
#[derive(Template)]
#[template(path = "patient/signed_out.html")]
pub struct SignedOut {
    /// Layout.
    pub chrome: Chrome,
    /// Whether the session ended by itself.
    pub timed_out: bool,
    /// Back in.
    pub sign_in: String,
}

/// What the page of an undo link says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UndoState {
    /// What will happen, and the button.
    Ask,
    /// It was done.
    Done,
    /// The link does not work.
    Gone,
}

/// `GET /undo-address/{token}`: puts a replaced mail address back. Posts nothing but the form's token.
#[derive(Template)]
#[template(path = "patient/undo_address.html")]
pub struct UndoAddress {
    /// Layout.
    pub chrome: Chrome,
    /// Where the form posts: the link itself.
    pub action: String,
    /// What is said.
    pub state: UndoState,
    /// The way in.
    pub sign_in: String,
}

impl UndoAddress {
    /// The key of the title.
    pub const fn title(&self) -> &'static str {
        match self.state {
            UndoState::Ask => "undo-address-title",
            UndoState::Done => "undo-address-done",
            UndoState::Gone => "undo-address-gone",
        }
    }
}

impl Page for UndoAddress {
    const NAME: &'static str = "undo-address";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let page = |state| Self {
            chrome: Chrome::sample_outside(locale),
            action: "/undo-address/ua_0".to_owned(),
            state,
            sign_in: "/sign-in".to_owned(),
        };
        vec![
            ("typical", page(UndoState::Ask)),
            ("done", page(UndoState::Done)),
            ("gone", page(UndoState::Gone)),
        ]
    }
}

impl Page for SignIn {
    const NAME: &'static str = "sign-in";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let page = |chrome, username: &str, shared| Self {
            chrome,
            action: "/sign-in".to_owned(),
            username: username.to_owned(),
            next: String::new(),
            enrol: "/enrol".to_owned(),
            shared,
        };
        let outside = || Chrome::sample_outside(locale);
        vec![
            ("typical", page(outside(), "", false)),
            (
                "error",
                page(
                    outside().with_problems(&[("", "sign-in-wrong")]),
                    "\"><script>alert(1)</script>",
                    true,
                ),
            ),
        ]
    }
}

impl Page for SignInCode {
    const NAME: &'static str = "sign-in-code";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let page = |chrome| Self {
            chrome,
            action: "/sign-in/code".to_owned(),
            next: "/".to_owned(),
            back: "/sign-in".to_owned(),
        };
        let outside = || Chrome::sample_outside(locale);
        vec![
            ("typical", page(outside())),
            ("error", page(outside().with_problems(&[("code", "problem-code")]))),
        ]
    }
}

impl Page for Enrol {
    const NAME: &'static str = "enrol";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let page = |chrome| Self {
            chrome,
            action: "/enrol".to_owned(),
            enrolment: String::new(),
            username: "ana".to_owned(),
            password_min: 15,
            back: "/sign-in".to_owned(),
        };
        let outside = || Chrome::sample_outside(locale);
        let wrong = outside().with_problems(&[
            ("enrolment", "problem-enrol-code"),
            ("username", "problem-username-taken"),
            ("password", "problem-password-common"),
            ("password_again", "problem-password-differs"),
        ]);
        vec![("typical", page(outside())), ("error", page(wrong))]
    }
}

impl Page for EnrolTotp {
    const NAME: &'static str = "enrol-totp";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let page = |chrome, skip: Option<&str>| {
            Self {
            chrome,
            action: "/enrol/totp".to_owned(),
            uri: "otpauth://totp/Riverside:ana?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Riverside".to_owned(),
            secret: "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP".to_owned(),
            skip: skip.map(str::to_owned),
        }
        };
        let outside = || Chrome::sample_outside(locale);
        vec![
            ("typical", page(outside(), Some("/"))),
            ("error", page(outside().with_problems(&[("code", "problem-code")]), None)),
        ]
    }
}

impl Page for SignedOut {
    const NAME: &'static str = "signed-out";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let page = |timed_out| Self {
            chrome: Chrome::sample_outside(locale),
            timed_out,
            sign_in: "/sign-in".to_owned(),
        };
        vec![("typical", page(false)), ("timed-out", page(true))]
    }
}

/// Renders the samples of this file.
pub fn gallery(locale: Locale, out: &mut Vec<Sample>) {
    render::<SignIn>(locale, out);
    render::<SignInCode>(locale, out);
    render::<Enrol>(locale, out);
    render::<EnrolTotp>(locale, out);
    render::<SignedOut>(locale, out);
    render::<UndoAddress>(locale, out);
}
