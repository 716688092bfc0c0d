//! Drafts, search, choosing whom to help, and the page that asks before something is done.

use askama::Template;

use super::{Chrome, Page, Place, Sample, render};
use crate::i18n::{Locale, SiteTime, When};

/// A draft in the list.
#[derive(Clone, Debug)]
pub struct DraftRow {
    /// Where to go on writing.
    pub href: String,
    /// Where to delete it (a page that asks first).
    pub delete: String,
    /// Its headline or the conversation's; empty when it has none yet.
    pub headline: String,
    /// The first words.
    pub preview: String,
    /// "To Diabetes team"; empty when not chosen yet.
    pub team: String,
    /// When it was saved.
    pub when: When,
    /// Whether it is an answer in a conversation.
    pub reply: bool,
    /// What became of it after it was handed to the patient, in words; none while it was not.
    pub state: Option<String>,
    /// The helper who prepared it, when the reader has taken it on.
    pub prepared_by: Option<String>,
    /// Whether it was sent and could not leave.
    pub unsent: bool,
}

/// A text on its way.
#[derive(Clone, Debug)]
pub struct SendingRow {
    /// Its headline or the conversation's.
    pub headline: String,
    /// The first words.
    pub preview: String,
    /// To which team; may be empty.
    pub team: String,
    /// Where the form that takes it back posts, and the seconds left.
    pub undo: (String, u32),
}

/// A text that a helper prepared for the reader.
#[derive(Clone, Debug)]
pub struct PreparedRow {
    /// The page to look at it and decide.
    pub href: String,
    /// Who prepared it.
    pub by: String,
    /// Its headline or the conversation's.
    pub headline: String,
    /// The first words.
    pub preview: String,
    /// When it was handed over.
    pub when: When,
}

/// `GET /drafts`.
#[derive(Template)]
#[template(path = "patient/drafts.html")]
pub struct Drafts {
    /// Layout.
    pub chrome: Chrome,
    /// What is held for a moment before it leaves.
    pub sending: Vec<SendingRow>,
    /// What helpers prepared for the reader to send, oldest first.
    pub prepared: Vec<PreparedRow>,
    /// The drafts that are the reader's alone, newest first.
    pub rows: Vec<DraftRow>,
    /// What the reader handed to the patient, newest first.
    pub handed: Vec<DraftRow>,
}

impl Drafts {
    /// Whether the reader's own drafts stand alone on the page, without a heading of their own.
    pub fn alone(&self) -> bool {
        self.sending.is_empty() && self.prepared.is_empty() && self.handed.is_empty()
    }

    /// The element of the titles of the reader's own drafts.
    pub fn own_heading(&self) -> &'static str {
        if self.alone() { "h2" } else { "h3" }
    }

    /// The patient to whom something was handed.
    pub fn patient(&self) -> &str {
        self.chrome.acting_for.as_ref().map_or("", |acting| acting.name.as_str())
    }
}

/// A hit of a search.
#[derive(Clone, Debug)]
pub struct Hit {
    /// The message in its conversation: `/threads/{id}#m4`.
    pub href: String,
    /// The conversation's headline.
    pub headline: String,
    /// Who wrote; none for the reader.
    pub author: Option<String>,
    /// When.
    pub when: When,
    /// The text round the word: before, the word, after.
    pub excerpt: (String, String, String),
}

/// What a search has found so far.
#[derive(Clone, Debug)]
pub struct Results {
    /// The hits, newest first.
    pub hits: Vec<Hit>,
    /// Whether older messages are still being looked through.
    pub scanning: bool,
    /// The next page of hits, or this page again while scanning.
    pub more: Option<String>,
}

/// `GET /search` and `GET /search/{result}`; the form posts `q` to `/search`, so that no word of it
/// stands in an address.
#[derive(Template)]
#[template(path = "patient/search.html")]
pub struct Search {
    /// Layout.
    pub chrome: Chrome,
    /// Where the form posts.
    pub action: String,
    /// What was looked for.
    pub query: String,
    /// What was found; none before a search.
    pub results: Option<Results>,
}

/// A patient whom a helper may help.
#[derive(Clone, Debug)]
pub struct Helped {
    /// The patient's name.
    pub name: String,
    /// What the helper may do, in words.
    pub may: String,
    /// The patient's inbox for this helper.
    pub href: String,
    /// How many conversations have something unread.
    pub unread: u32,
}

/// `GET /helping`: a helper chooses whom to help.
#[derive(Template)]
#[template(path = "patient/helping.html")]
pub struct Helping {
    /// Layout.
    pub chrome: Chrome,
    /// The people.
    pub people: Vec<Helped>,
    /// The helper's own messages, if the helper is a patient too.
    pub own: Option<String>,
}

/// Asks before something is done. Posts the hidden fields and, when `reason` is some, `reason`.
#[derive(Template)]
#[template(path = "patient/confirm.html")]
pub struct Confirm {
    /// Layout.
    pub chrome: Chrome,
    /// The question, in the reader's language; no name and no headline, since it is the title too.
    pub title: String,
    /// What it means.
    pub text: String,
    /// Where it posts.
    pub action: String,
    /// Hidden fields: name and value.
    pub fields: Vec<(String, String)>,
    /// The label of a reason field, if one is asked for.
    pub reason: Option<String>,
    /// What the button says.
    pub button: String,
    /// The way back.
    pub back: String,
}

// Samples --------------------------------------------------------------------------------------------

const NOW: i64 = 1_795_361_400_000_000;

fn at(locale: Locale, hours_ago: i64) -> When {
    SiteTime::new("America/New_York", NOW).full(locale, NOW - hours_ago * 3_600_000_000)
}

/// A draft with headline, first words and team.
fn sample_row(
    locale: Locale,
    (headline, preview, team): (&str, &str, &str),
    reply: bool,
) -> DraftRow {
    DraftRow {
        href: "/drafts/d1/write".to_owned(),
        delete: "/drafts/d1/delete".to_owned(),
        headline: headline.to_owned(),
        preview: preview.to_owned(),
        team: team.to_owned(),
        when: at(locale, 3),
        reply,
        state: None,
        prepared_by: None,
        unsent: false,
    }
}

impl Page for Drafts {
    const NAME: &'static str = "drafts";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let row = |headline: &str, preview: &str, team: &str, reply| {
            sample_row(locale, (headline, preview, team), reply)
        };
        let sending = || SendingRow {
            headline: "Your A1c result and next step".to_owned(),
            preview: "Both feet, <i>since May</i>.".to_owned(),
            team: "Diabetes team".to_owned(),
            undo: ("/drafts/d4/undo".to_owned(), 8),
        };
        let mut unsent = row("Refill", "I need more of the white pills.", "Heart clinic", false);
        unsent.unsent = true;
        let prepared = |headline: &str, preview: &str| PreparedRow {
            href: "/prepared/d2".to_owned(),
            by: "Pia <b>\"P\"</b> Reyes".to_owned(),
            headline: headline.to_owned(),
            preview: preview.to_owned(),
            when: at(locale, 2),
        };
        let mut taken = row("New pill", "It makes me sleepy.", "Heart clinic", false);
        taken.prepared_by = Some("Pia Reyes".to_owned());
        let handed = |state: &str| {
            let mut row = row("Your blood test", "She asks what it means.", "Diabetes team", true);
            "/for/p1/drafts/d3/offered".clone_into(&mut row.href);
            row.state = Some(locale.t1(state, "patient", "Ana Reyes"));
            row
        };
        vec![
            (
                "prepared",
                Self {
                    chrome: Chrome::sample(locale, Place::Drafts),
                    sending: Vec::new(),
                    handed: Vec::new(),
                    prepared: vec![
                        prepared("Your A1c result and next step", "Both feet, <i>since May</i>."),
                        prepared("A new question", "Can I stop the water pill?"),
                    ],
                    rows: vec![taken],
                },
            ),
            (
                "handed-over",
                Self {
                    chrome: Chrome::sample_helper(locale, Place::Drafts),
                    sending: Vec::new(),
                    prepared: Vec::new(),
                    rows: vec![row("A question", "Can she swim?", "Heart clinic", false)],
                    handed: vec![
                        handed("offer-state-offered"),
                        handed("offer-state-taken"),
                        handed("offer-state-declined"),
                    ],
                },
            ),
            (
                "sending",
                Self {
                    chrome: Chrome::sample(locale, Place::Drafts),
                    sending: vec![sending()],
                    prepared: Vec::new(),
                    rows: vec![unsent],
                    handed: Vec::new(),
                },
            ),
            (
                "typical",
                Self {
                    chrome: Chrome::sample(locale, Place::Drafts),
                    sending: Vec::new(),
                    handed: Vec::new(),
                    prepared: Vec::new(),
                    rows: vec![
                        row(
                            "My visit on October 28",
                            "My feet <b>tingle</b> at night.",
                            "Diabetes team",
                            false,
                        ),
                        row(
                            "Home blood pressure log",
                            "This week: 135 over 83",
                            "Heart clinic",
                            true,
                        ),
                        row("", "", "", false),
                    ],
                },
            ),
            (
                "empty",
                Self {
                    chrome: Chrome::sample_helper(locale, Place::Drafts),
                    sending: Vec::new(),
                    handed: Vec::new(),
                    prepared: Vec::new(),
                    rows: Vec::new(),
                },
            ),
        ]
    }
}

impl Page for Search {
    const NAME: &'static str = "search";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let page = |query: &str, results| Self {
            chrome: Chrome::sample(locale, Place::Search),
            action: "/search".to_owned(),
            query: query.to_owned(),
            results,
        };
        let hit = |n: i64, author: Option<&str>| Hit {
            href: format!("/threads/t{n}#m{n}"),
            headline: "Your A1c result and next step".to_owned(),
            author: author.map(str::to_owned),
            when: at(locale, n * 30),
            excerpt: (
                "… keep the same dose of ".to_owned(),
                "<b>metformin</b>".to_owned(),
                " for now. …".to_owned(),
            ),
        };
        let found = |scanning, more: Option<&str>| Results {
            hits: vec![hit(1, Some("Nils Berg")), hit(2, None)],
            scanning,
            more: more.map(str::to_owned),
        };
        let none = Results { hits: Vec::new(), scanning: false, more: None };
        let mut error = page("", None);
        error.chrome = error.chrome.with_problems(&[("q", "problem-query")]);
        vec![
            ("start", page("", None)),
            ("found", page("metformin", Some(found(false, Some("/search/r1?before=2"))))),
            ("scanning", page("metformin", Some(found(true, Some("/search/r1"))))),
            ("nothing", page("\"><script>alert(1)</script>", Some(none))),
            ("error", error),
        ]
    }
}

impl Page for Helping {
    const NAME: &'static str = "helping";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let mut chrome = Chrome::sample(locale, Place::Elsewhere);
        chrome.links.helping = Some("/helping".to_owned());
        let person = |name: &str, unread| Helped {
            name: name.to_owned(),
            may: locale.t("helping-may-all"),
            href: "/for/0198c0de-0000-7000-8000-000000000001/".to_owned(),
            unread,
        };
        vec![
            (
                "typical",
                Self {
                    chrome: chrome.clone(),
                    people: vec![person("Ana Reyes", 2), person("Tom <b>Hill</b>", 0)],
                    own: Some("/".to_owned()),
                },
            ),
            ("empty", Self { chrome, people: Vec::new(), own: None }),
        ]
    }
}

impl Page for Confirm {
    const NAME: &'static str = "confirm";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let page = |what: &str, reason: Option<String>| Self {
            chrome: Chrome::sample(locale, Place::Inbox),
            title: locale.t(&format!("confirm-{what}-title")),
            text: locale.t(&format!("confirm-{what}-text")),
            action: "/threads/t1/close".to_owned(),
            fields: vec![("version".to_owned(), "3".to_owned())],
            reason,
            button: locale.t(&format!("confirm-{what}-button")),
            back: "/threads/t1".to_owned(),
        };
        vec![
            ("delete", page("delete", None)),
            ("close", page("close", None)),
            ("sessions", page("sessions", None)),
            ("retract", page("retract", Some(locale.t("confirm-retract-reason")))),
        ]
    }
}

/// Renders the samples of this file.
pub fn gallery(locale: Locale, out: &mut Vec<Sample>) {
    render::<Drafts>(locale, out);
    render::<Search>(locale, out);
    render::<Helping>(locale, out);
    render::<Confirm>(locale, out);
}
