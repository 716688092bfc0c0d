//! The account of the person signed in: small forms, each saved by itself.

use askama::Template;

use super::common::Choice;
use super::{Chrome, Page, Place, Sample, render};
use crate::i18n::{Locale, SiteTime, When};

/// A channel by which the person can be told of news.
#[derive(Clone, Debug)]
pub struct NoticeChannel {
    /// The field's name: `notice_email`, later `notice_sms`, `notice_push`.
    pub field: String,
    /// The code in its words: `email`, `sms`, `push`.
    pub code: String,
    /// The address it goes to, partly hidden: "a…@example.com"; empty when none is known.
    pub address: String,
    /// Whether it is on.
    pub on: bool,
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
/// `password_again`), `{base}/shared` (`shared` = `on`). Links: `{base}/totp`, `{base}/sessions/end`.
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
    /// The channels.
    pub channels: Vec<NoticeChannel>,
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
            channels: vec![NoticeChannel {
                field: "notice_email".to_owned(),
                code: "email".to_owned(),
                address: "a…@example.com".to_owned(),
                on: true,
            }],
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
        for channel in &mut bare.channels {
            channel.address = String::new();
            channel.on = false;
        }
        vec![
            ("typical", page(Chrome::sample(locale, Place::Account))),
            ("bare", bare),
            ("error", page(wrong)),
        ]
    }
}

/// Renders the samples of this file.
pub fn gallery(locale: Locale, out: &mut Vec<Sample>) {
    render::<Account>(locale, out);
}
