//! The list of conversations.

use askama::Template;

use super::call::RowCall;
use super::common::{Hear, Ladder, Safety};
use super::prepared::PreparedNote;
use super::{Chrome, Page, Place, Sample, render};
use crate::i18n::{Locale, SiteTime, When};

/// Which conversations the list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// What is not closed.
    Open,
    /// Where the patient owes an answer.
    YourTurn,
    /// What is closed.
    Closed,
}

impl Filter {
    /// Every filter in the order of the page.
    pub const ALL: [Self; 3] = [Self::Open, Self::YourTurn, Self::Closed];

    /// The key of its words; the part after `inbox-` is the value of `?show=`.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Open => "inbox-open",
            Self::YourTurn => "inbox-turn",
            Self::Closed => "inbox-closed",
        }
    }
}

/// A link to one filter of the list.
#[derive(Clone, Debug)]
pub struct FilterLink {
    /// The filter.
    pub filter: Filter,
    /// Its address: `/`, `/?show=turn`, `/?show=closed`.
    pub href: String,
    /// How many conversations it shows; none when not counted.
    pub count: Option<u32>,
}

/// One conversation in the list.
#[derive(Clone, Debug)]
pub struct InboxRow {
    /// The address of the conversation.
    pub href: String,
    /// Its id, for live words.
    pub thread: String,
    /// The newest sequence number shown, for live news.
    pub seq: i64,
    /// Whether something in it is unread.
    pub unread: bool,
    /// Who wrote last, as people say it: "Diabetes team, Dr. Okafor"; none when the reader wrote last.
    pub from: Option<String>,
    /// The team it is with, shown when the reader wrote last: "To Diabetes team".
    pub team: String,
    /// When the last message was sent.
    pub when: When,
    /// The headline.
    pub headline: String,
    /// The first words of the last message.
    pub preview: String,
    /// Where it stands.
    pub ladder: Ladder,
    /// When the patient's side will hear, while an answer is owed.
    pub hear: Option<Hear>,
    /// How many files it has.
    pub files: u32,
    /// Whether the reader has a draft in it.
    pub draft: bool,
    /// The call that is waited for.
    pub call: Option<RowCall>,
}

/// `GET /` of a patient, `GET /for/{patient}/` of a helper. `?show=turn|closed`, `?before=…` for older.
#[derive(Template)]
#[template(path = "patient/inbox.html")]
pub struct Inbox {
    /// Layout.
    pub chrome: Chrome,
    /// The filter shown.
    pub filter: Filter,
    /// The links to the filters.
    pub filters: Vec<FilterLink>,
    /// What helpers prepared for the reader to send.
    pub prepared: Vec<PreparedNote>,
    /// That conversations were taken out of this record, in sentences.
    pub removed: Vec<String>,
    /// The conversations, newest first.
    pub rows: Vec<InboxRow>,
    /// The next page of older conversations.
    pub older: Option<String>,
    /// Back to the newest.
    pub newest: Option<String>,
    /// In how many working days most messages are answered.
    pub promise_days: Option<u32>,
    /// Whom to call when that is too slow.
    pub safety: Safety,
    /// Where the patient's plan is, when it has limits that the reader may see.
    pub plan: Option<String>,
}

impl Page for Inbox {
    const NAME: &'static str = "inbox";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let link = |filter, href: &str, count| FilterLink { filter, href: href.to_owned(), count };
        let page = |chrome, filter, rows| Self {
            chrome,
            filter,
            filters: vec![
                link(Filter::Open, "/", Some(4)),
                link(Filter::YourTurn, "/?show=turn", Some(1)),
                link(Filter::Closed, "/?show=closed", None),
            ],
            prepared: Vec::new(),
            removed: Vec::new(),
            rows,
            older: None,
            newest: None,
            promise_days: Some(1),
            safety: Safety::sample(),
            plan: None,
        };
        let mut live = Chrome::sample(locale, Place::Inbox);
        live.live = Some("/live".to_owned());
        let mut full = page(live, Filter::Open, sample_rows(locale));
        full.prepared = vec![PreparedNote {
            text: locale.t1("prepared-note", "name", "Pia <b>Reyes</b>"),
            href: "/prepared/d1".to_owned(),
            link: locale.t("prepared-look"),
        }];
        full.removed = vec![locale.t1("inbox-removed", "date", "Nov 22")];
        full.plan = Some("/plan".to_owned());
        full.older = Some("/?before=0198c0de-0000-7000-8000-000000000009".to_owned());
        let mut last = page(
            Chrome::sample(locale, Place::Inbox),
            Filter::Closed,
            sample_rows(locale).split_off(3),
        );
        last.newest = Some("/?show=closed".to_owned());
        vec![
            ("typical", full),
            ("closed", last),
            ("empty", page(Chrome::sample(locale, Place::Inbox), Filter::Open, Vec::new())),
            (
                "turn-empty",
                page(Chrome::sample(locale, Place::Inbox), Filter::YourTurn, Vec::new()),
            ),
            (
                "helper",
                page(
                    Chrome::sample_helper(locale, Place::Inbox),
                    Filter::Open,
                    sample_rows(locale),
                ),
            ),
        ]
    }
}

fn sample_rows(locale: Locale) -> Vec<InboxRow> {
    let now = 1_795_361_400_000_000;
    let hour = 3_600_000_000_i64;
    let time = SiteTime::new("America/New_York", now);
    let row = |n: i64, from: Option<&str>, headline: &str, preview: &str, ladder| InboxRow {
        href: format!("/threads/0198c0de-0000-7000-8000-00000000000{n}"),
        thread: format!("0198c0de-0000-7000-8000-00000000000{n}"),
        seq: 4,
        unread: n < 3,
        from: from.map(str::to_owned),
        team: "Heart clinic".to_owned(),
        when: time.short(locale, now - n * n * 17 * hour + 16 * hour),
        headline: headline.to_owned(),
        preview: preview.to_owned(),
        hear: matches!(ladder, Ladder::WithTeam { .. }).then(|| Hear::sample(locale)).flatten(),
        ladder,
        files: 0,
        draft: false,
        call: None,
    };
    let mut rows = vec![
        row(
            1,
            Some("Diabetes team, Dr. Okafor"),
            "Your A1c result and next step",
            "Good news: your A1c came down to 7.1. Please keep the same dose for now. About your feet: is the tingling in one foot or both?",
            Ladder::AskedYou,
        ),
        row(
            2,
            Some("Riverside Pharmacy"),
            "Refill: metformin 500 mg",
            "Your refill is ready. You can pick it up after 2 pm.",
            Ladder::Answered,
        ),
        row(
            3,
            None,
            "Which pill did we stop? <script>alert(1)</script>",
            "At the visit you said to stop one of the two \"water pills\" & I forgot which.",
            Ladder::WithTeam { team: "Heart clinic".to_owned(), since: None },
        ),
        row(
            4,
            Some("Front desk"),
            "New time for your eye exam",
            "We moved your exam to December 2 at 10:30 am.",
            Ladder::Closed { outcome: "appointment".to_owned() },
        ),
    ];
    if let Some(first) = rows.first_mut() {
        first.files = 1;
    }
    if let Some(third) = rows.get_mut(2) {
        third.draft = true;
        third.files = 3;
    }
    for (row, call) in rows.iter_mut().zip(RowCall::samples(locale)) {
        row.call = Some(call);
    }
    rows
}

/// Renders the samples of this file.
pub fn gallery(locale: Locale, out: &mut Vec<Sample>) {
    render::<Inbox>(locale, out);
}
