//! The account of the person signed in: small forms, each saved by itself.

use askama::Template;

use super::common::Choice;
use super::{Chrome, Page, Place, Sample, render};
use crate::i18n::{Locale, SiteTime, When};

/// Where mail about news goes. Addresses are partly hidden: "a…@example.com"; empty when there is none.
#[derive(Clone, Debug, Default)]
pub struct Email {
    /// The address in use.
    pub proved: String,
    /// The address that waits for its code.
    pub waiting: String,
    /// The address that only hears that a message has not been opened; none where none is offered.
    pub second: Option<Second>,
    /// Whether news are told by mail.
    pub on: bool,
    /// Whether the site sends mail at all.
    pub sends: bool,
}

/// A second address, partly hidden; empty when there is none.
#[derive(Clone, Debug, Default)]
pub struct Second {
    /// The address in use.
    pub proved: String,
    /// The address that waits for its code.
    pub waiting: String,
}

/// A place where the person is signed in.
#[derive(Clone, Debug)]
pub struct Device {
    /// "Firefox on Android", from the browser's own words.
    pub name: String,
    /// When it was last used.
    pub last_used: When,
    /// Whether it is this one.
    pub here: bool,
    /// Where it can be signed out (a page that asks first); none for this one.
    pub end: Option<String>,
}

/// `GET /account`. Forms post to `{base}/language` (`language`), `{base}/look` (`theme`),
/// `{base}/notices` (`notice_email` = `on` …), `{base}/password` (`current_password`, `password`,
/// `password_again`), `{base}/shared` (`shared` = `on`). Links: `{base}/email`, `{base}/email/code`, the same below
/// `{base}/email/second` with `…/remove`, `{base}/totp`,
/// `{base}/sessions/end`.
#[derive(Template)]
#[template(path = "patient/account.html")]
pub struct Account {
    /// Layout.
    pub chrome: Chrome,
    /// The address of the account: `/account`.
    pub base: String,
    /// The person's full name, as the clinic has it.
    pub name: String,
    /// The user name.
    pub username: String,
    /// The languages; `value` is the tag, `label` the language's own name.
    pub languages: Vec<Choice>,
    /// Where mail goes.
    pub email: Email,
    /// Minutes until a quiet session ends.
    pub minutes: u32,
    /// Whether this device is shared with other people.
    pub shared: bool,
    /// Whether an authenticator app is set up.
    pub totp: bool,
    /// Where the person is signed in, this one first.
    pub devices: Vec<Device>,
    /// The least number of letters of a new password.
    pub password_min: u32,
}

impl Account {
    /// The values of `theme` in the order of the page.
    pub const THEMES: [&'static str; 3] = ["system", "light", "dark"];
}

impl Page for Account {
    const NAME: &'static str = "account";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let now = 1_795_361_400_000_000;
        let time = SiteTime::new("America/New_York", now);
        let device = |name: &str, hours: i64, here| Device {
            name: name.to_owned(),
            last_used: time.full(locale, now - hours * 3_600_000_000),
            here,
            end: (!here).then(|| "/account/sessions/s1/end".to_owned()),
        };
        let page = |chrome| Self {
            chrome,
            base: "/account".to_owned(),
            name: "Ana <b>\"O'Brien\"</b> Reyes".to_owned(),
            username: "ana".to_owned(),
            languages: vec![
                Choice::new("en", "English", "").chosen(),
                Choice::new("es", "Español", ""),
            ],
            email: Email {
                proved: "a…@example.com".to_owned(),
                waiting: String::new(),
                second: Some(Second::default()),
                on: true,
                sends: true,
            },
            minutes: 30,
            shared: false,
            totp: false,
            devices: vec![
                device("Chrome on Android", 0, true),
                device("Firefox on Windows", 30, false),
            ],
            password_min: 15,
        };
        let wrong = Chrome::sample(locale, Place::Account).with_problems(&[
            ("current_password", "problem-password-current"),
            ("password", "problem-password-common"),
        ]);
        let mut bare = page(Chrome::sample(locale, Place::Account));
        bare.totp = true;
        bare.shared = true;
        bare.devices.truncate(1);
        bare.email = Email::default();
        let mut waiting = page(Chrome::sample(locale, Place::Account));
        "a.long.name.for.a.person…@a-very-long-name.example.com"
            .clone_into(&mut waiting.email.waiting);
        waiting.email.second = Some(Second {
            proved: "r…@example.org".to_owned(),
            waiting: "another.long.name.for.a.person…@a-very-long-name.example.com".to_owned(),
        });
        let mut unproved = page(Chrome::sample(locale, Place::Account));
        unproved.email.waiting = std::mem::take(&mut unproved.email.proved);
        unproved.email.second = None;
        let mut two = page(Chrome::sample(locale, Place::Account));
        two.email.second =
            Some(Second { proved: "r…@example.org".to_owned(), waiting: String::new() });
        vec![
            ("typical", page(Chrome::sample(locale, Place::Account))),
            ("bare", bare),
            ("waiting", waiting),
            ("unproved", unproved),
            ("two", two),
            ("error", page(wrong)),
        ]
    }
}

/// `GET /account/email`: posts `email`, `current_password` to `action`.
#[derive(Template)]
#[template(path = "patient/email.html")]
pub struct SetEmail {
    /// Layout.
    pub chrome: Chrome,
    /// Where it posts.
    pub action: String,
    /// Whether it is the second address.
    pub second: bool,
    /// The address as typed.
    pub typed: String,
    /// The user name, for password managers.
    pub username: String,
    /// Whether there is an address in use that this one replaces.
    pub replaces: bool,
    /// The way back.
    pub back: String,
}

impl Page for SetEmail {
    const NAME: &'static str = "email";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let page = |chrome, typed: &str, replaces| Self {
            chrome,
            action: "/account/email".to_owned(),
            second: false,
            typed: typed.to_owned(),
            username: "ana".to_owned(),
            replaces,
            back: "/account".to_owned(),
        };
        let wrong = Chrome::sample(locale, Place::Account).with_problems(&[
            ("email", "problem-email"),
            ("current_password", "problem-password-current"),
        ]);
        let second = |replaces, problems: &[(&str, &str)]| Self {
            action: "/account/email/second".to_owned(),
            second: true,
            ..page(
                Chrome::sample(locale, Place::Account).with_problems(problems),
                if problems.is_empty() { "" } else { "ana@example.com" },
                replaces,
            )
        };
        vec![
            ("second", second(false, &[])),
            ("second-taken", second(true, &[("email", "problem-address-taken")])),
            ("typical", page(Chrome::sample(locale, Place::Account), "", true)),
            ("first", page(Chrome::sample(locale, Place::Account), "", false)),
            ("error", page(wrong, "ana at example", true)),
        ]
    }
}

/// `GET /account/email/code`: posts `code` to `action`; the other form posts to `send`.
#[derive(Template)]
#[template(path = "patient/email_code.html")]
pub struct ProveEmail {
    /// Layout.
    pub chrome: Chrome,
    /// Where the code goes.
    pub action: String,
    /// Whether it is the second address.
    pub second: bool,
    /// Where a mail is asked for.
    pub send: String,
    /// Where another address is typed.
    pub change: String,
    /// The address, partly hidden.
    pub address: String,
    /// Whether a code was mailed that works.
    pub sent: bool,
    /// The code itself, on a demo without mail.
    pub demo: Option<String>,
    /// The way past it.
    pub skip: String,
}

impl Page for ProveEmail {
    const NAME: &'static str = "email-code";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let page = |chrome, sent| Self {
            chrome,
            action: "/account/email/code".to_owned(),
            second: false,
            send: "/account/email/send".to_owned(),
            change: "/account/email".to_owned(),
            address: "a…@example.com".to_owned(),
            sent,
            demo: None,
            skip: "/account".to_owned(),
        };
        let wrong = Chrome::sample(locale, Place::Account)
            .with_problems(&[("code", "problem-address-code")]);
        let mut demo = page(Chrome::sample(locale, Place::Account), true);
        demo.demo = Some("012345".to_owned());
        vec![
            ("typical", page(Chrome::sample(locale, Place::Account), true)),
            ("unsent", page(Chrome::sample(locale, Place::Account), false)),
            (
                "second",
                Self { second: true, ..page(Chrome::sample(locale, Place::Account), false) },
            ),
            ("demo", demo),
            ("error", page(wrong, true)),
        ]
    }
}

/// `GET /account/email/second/remove`: posts `current_password` to `action`.
#[derive(Template)]
#[template(path = "patient/email_remove.html")]
pub struct RemoveEmail {
    /// Layout.
    pub chrome: Chrome,
    /// Where it posts.
    pub action: String,
    /// The address, partly hidden.
    pub address: String,
    /// The user name, for password managers.
    pub username: String,
    /// The way back.
    pub back: String,
}

impl Page for RemoveEmail {
    const NAME: &'static str = "email-remove";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let page = |problems: &[(&str, &str)]| Self {
            chrome: Chrome::sample(locale, Place::Account).with_problems(problems),
            action: "/account/email/second/remove".to_owned(),
            address: "r…@example.org".to_owned(),
            username: "ana".to_owned(),
            back: "/account".to_owned(),
        };
        vec![
            ("typical", page(&[])),
            ("error", page(&[("current_password", "problem-password-current")])),
        ]
    }
}

/// Renders the samples of this file.
pub fn gallery(locale: Locale, out: &mut Vec<Sample>) {
    render::<Account>(locale, out);
    render::<SetEmail>(locale, out);
    render::<ProveEmail>(locale, out);
    render::<RemoveEmail>(locale, out);
}
