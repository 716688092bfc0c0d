//! What stands round every page: language, theme, site, person, navigation, notices and form errors.

use std::fmt::Display;

use crate::i18n::Locale;

/// Light or dark, or whatever the device says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Follow the device.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// The value of `data-theme` and of the account form's `theme` field.
    pub fn code(&self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// A telephone number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Phone {
    /// As people read it: "555-0100".
    pub text: String,
    /// As a link: "tel:+15550100". Built by [`Phone::new`].
    pub href: String,
}

impl Phone {
    /// `text` as printed; the link keeps its digits and a leading plus.
    pub fn new(text: &str) -> Self {
        let digits: String = text.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
        Self { text: text.to_owned(), href: format!("tel:{digits}") }
    }
}

/// Where in the portal a page stands, for `aria-current` in the navigation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// None of the places in the navigation.
    #[default]
    Elsewhere,
    /// The list of conversations and what hangs under it.
    Inbox,
    /// The list of drafts.
    Drafts,
    /// Search.
    Search,
    /// The account of the person signed in.
    Account,
}

/// The addresses of the navigation; a helper's differ from a patient's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Links {
    /// The inbox.
    pub inbox: String,
    /// Start a new message.
    pub compose: String,
    /// The drafts.
    pub drafts: String,
    /// Search.
    pub search: String,
    /// The account.
    pub account: String,
    /// Where the sign-out form posts.
    pub sign_out: String,
    /// Where a helper chooses whom to help; none for a person who helps nobody.
    pub helping: Option<String>,
}

impl Links {
    /// A patient's own addresses.
    pub fn own() -> Self {
        Self::under("")
    }

    /// Addresses under a prefix: "" for oneself, "/for/{patient}" for a helper.
    pub fn under(prefix: &str) -> Self {
        Self {
            inbox: format!("{prefix}/"),
            compose: format!("{prefix}/new"),
            drafts: format!("{prefix}/drafts"),
            search: format!("{prefix}/search"),
            account: "/account".to_owned(),
            sign_out: "/sign-out".to_owned(),
            helping: None,
        }
    }
}

/// The patient a helper is working for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActingFor {
    /// The patient's name.
    pub name: String,
    /// Where the helper chooses somebody else, or returns to their own messages.
    pub switch: String,
}

/// How a notice at the top of a page is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlashKind {
    /// It worked.
    Good,
    /// Good to know.
    Info,
    /// Needs a look.
    Attention,
    /// Urgent or failed.
    Urgent,
}

impl FlashKind {
    /// The class in the style sheet.
    pub fn class(&self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Info => "info",
            Self::Attention => "att",
            Self::Urgent => "urg",
        }
    }
}

/// A notice about what was just done, already in the reader's language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flash {
    /// How it is meant.
    pub kind: FlashKind,
    /// One sentence.
    pub text: String,
    /// A POST form that undoes it: address, and seconds while it can.
    pub undo: Option<(String, u32)>,
}

/// Something wrong in a form, in the reader's language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The `id` (and `name`) of the field; empty for the form as a whole.
    pub field: String,
    /// What is wrong and what to do, one sentence.
    pub text: String,
}

/// Everything a layout needs besides the page's own content.
#[derive(Clone, Debug)]
pub struct Chrome {
    /// The language of the page.
    pub locale: Locale,
    /// Light, dark or as the device.
    pub theme: Theme,
    /// The name in the header, for instance "Riverside Messages".
    pub site_name: String,
    /// The site's telephone, in every footer and on every error page.
    pub site_phone: Phone,
    /// The person signed in; none before sign-in.
    pub user_name: Option<String>,
    /// The hidden field of every form; empty before there is a session.
    pub form_token: String,
    /// Which place of the navigation is current.
    pub place: Place,
    /// The addresses of the navigation.
    pub links: Links,
    /// How many drafts wait, shown in the navigation when not zero.
    pub drafts: u32,
    /// The patient a helper works for, shown as a banner on every page.
    pub acting_for: Option<ActingFor>,
    /// A notice about what was just done.
    pub flash: Option<Flash>,
    /// Form errors, shown as a summary that takes the focus; the title then starts with "Error: ".
    pub problems: Vec<Problem>,
    /// Seconds until the session ends unless something is done, counted from when the page is made.
    pub session_seconds: Option<u32>,
    /// The event stream of this page (`data-live`), if it is live.
    pub live: Option<String>,
}

impl Chrome {
    /// A page before sign-in, with nothing but the site.
    pub fn new(locale: Locale, site_name: &str, site_phone: &str) -> Self {
        Self {
            locale,
            theme: Theme::System,
            site_name: site_name.to_owned(),
            site_phone: Phone::new(site_phone),
            user_name: None,
            form_token: String::new(),
            place: Place::Elsewhere,
            links: Links::own(),
            drafts: 0,
            acting_for: None,
            flash: None,
            problems: Vec::new(),
            session_seconds: None,
            live: None,
        }
    }

    /// The message `key` in the page's language.
    pub fn t(&self, key: &str) -> String {
        self.locale.t(key)
    }

    /// The message `key` with one argument.
    pub fn t1(&self, key: &str, name: &str, value: impl crate::i18n::Word) -> String {
        self.locale.t1(key, name, value)
    }

    /// What stands before and behind the one argument of the message `key`, so that a page can mark its value. Marks of
    /// direction around it are left out: whoever marks the value isolates it.
    pub fn around(&self, key: &str, name: &str) -> (String, String) {
        const HERE: char = '\u{fffc}';
        let text = self.t1(key, name, HERE.to_string());
        let (before, after) = text.split_once(HERE).unwrap_or((&text, ""));
        (before.replace('\u{2068}', ""), after.replace('\u{2069}', ""))
    }

    /// The message `key` with two arguments.
    pub fn t2(
        &self,
        key: &str,
        name1: &str,
        value1: impl crate::i18n::Word,
        name2: &str,
        value2: impl crate::i18n::Word,
    ) -> String {
        self.locale.t2(key, name1, value1, name2, value2)
    }

    /// The message whose key is `before`, a code, and `after`: words for stored codes.
    pub fn code(&self, before: &str, code: &str, after: &str) -> String {
        self.locale.t(&format!("{before}{code}{after}"))
    }

    /// The id of the nth field of a group, counted from 0: the first has the group's own name, so that
    /// the error summary leads to it.
    pub fn nth(&self, field: &str, n: impl Display) -> String {
        let n = n.to_string();
        if n == "0" { field.to_owned() } else { format!("{field}-{n}") }
    }

    /// The same for a group of groups; both numbers count from 0.
    pub fn nth_of(&self, field: &str, group: impl Display, n: impl Display) -> String {
        let place = format!("{group}-{n}");
        if place == "0-0" { field.to_owned() } else { format!("{field}-{place}") }
    }

    /// Names in a row as the language joins them: "A, B and C".
    pub fn joined(&self, names: &[String]) -> String {
        match names {
            [] => String::new(),
            [name] => name.clone(),
            [first @ .., last] => self.t2("and", "first", first.join(", "), "last", last),
        }
    }

    /// What `<title>` starts with while a form has errors.
    pub fn title_prefix(&self) -> String {
        if self.problems.is_empty() { String::new() } else { self.t("title-error") }
    }

    /// The `aria-current` attribute of a navigation link, with its leading space.
    pub fn current(&self, place: Place) -> &'static str {
        if self.place == place { "page" } else { "false" }
    }

    /// The problem of a field, if it has one.
    pub fn problem(&self, field: &str) -> Option<&str> {
        self.problems.iter().find(|p| p.field == field).map(|p| p.text.as_str())
    }

    /// The address of a file of `assets/`.
    pub fn asset(&self, name: &str) -> &'static str {
        crate::assets::address(name)
    }
}

/// Samples of the chrome for other pages' samples.
impl Chrome {
    /// A patient signed in, on `place`.
    pub fn sample(locale: Locale, place: Place) -> Self {
        Self {
            user_name: Some("Ana <b>\"O'Brien\"</b> Reyes".to_owned()),
            form_token: "sample-token".to_owned(),
            place,
            drafts: 2,
            session_seconds: Some(1800),
            ..Self::new(locale, "Riverside Messages", "555-0100")
        }
    }

    /// A helper signed in and working for a patient.
    pub fn sample_helper(locale: Locale, place: Place) -> Self {
        let mut links = Links::under("/for/0198c0de-0000-7000-8000-000000000001");
        links.helping = Some("/helping".to_owned());
        Self {
            user_name: Some("Pia Reyes".to_owned()),
            acting_for: Some(ActingFor {
                name: "Ana Reyes".to_owned(),
                switch: "/helping".to_owned(),
            }),
            links,
            ..Self::sample(locale, place)
        }
    }

    /// Nobody signed in.
    pub fn sample_outside(locale: Locale) -> Self {
        Self {
            form_token: "sample-token".to_owned(),
            ..Self::new(locale, "Riverside Messages", "555-0100")
        }
    }

    /// Adds form errors: pairs of field and message key.
    #[must_use]
    pub fn with_problems(mut self, problems: &[(&str, &str)]) -> Self {
        for (field, key) in problems {
            let text = self.t(key);
            self.problems.push(Problem { field: (*field).to_owned(), text });
        }
        self
    }
}
