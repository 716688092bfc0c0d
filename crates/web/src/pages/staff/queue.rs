//! The team's list of work: one row per open item, sorted by level and then by time left.

use askama::Template;

use super::{BulkBar, Desk, Level, sample};
use crate::i18n::{Locale, When};
use crate::pages::{Chrome, Page};

/// When an answer is owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The deadline.
    pub at: When,
    /// What is left, or by how much it is late: "1 h 40 min".
    pub left: String,
    /// The deadline has passed.
    pub late: bool,
}

/// One row of the queue.
#[derive(Debug, Clone)]
pub struct QueueRow {
    /// The thread.
    pub thread: String,
    /// The number of its newest message, so that an open page knows what is new.
    pub seq: i64,
    /// The thread's address, the list it was opened from included.
    pub href: String,
    /// The highest of patient, rules and clinician.
    pub level: Level,
    /// The patient's name, family name first; absent in a staff thread about nobody.
    pub patient: Option<String>,
    /// Age and sex in short: "62 F".
    pub patient_short: String,
    /// The headline.
    pub headline: String,
    /// The first words of the newest message.
    pub preview: String,
    /// Who wrote it for the patient, when a helper did.
    pub by_helper: Option<String>,
    /// A conversation between colleagues: the patient does not see it.
    pub between_staff: bool,
    /// The topic in the reader's words.
    pub category: String,
    /// When the wait began.
    pub since: When,
    /// When an answer is owed; absent while the patient has the next move or it is closed.
    pub due: Option<Due>,
    /// Who holds it; absent while the team does.
    pub with: Option<String>,
    /// "For a nurse first", while nobody has it.
    pub first: Option<String>,
    /// Held by the reader.
    pub mine: bool,
    /// Has something the reader has not opened.
    pub unread: bool,
    /// The row whose conversation is open beside the list.
    pub open: bool,
    /// What else is to know: "2 calls tried", "1 of 3 open".
    pub marks: Vec<String>,
    /// The value of its box, with the version it is shown with; absent where nothing is done with several.
    pub pick: Option<String>,
    /// Chosen when the page opens.
    pub picked: bool,
}

impl QueueRow {
    /// What its box is called.
    pub fn pick_label(&self, locale: &Locale) -> String {
        match &self.patient {
            Some(name) => locale.t2("bulk-choose-row-of", "headline", &self.headline, "name", name),
            None => locale.t1("bulk-choose-row", "headline", &self.headline),
        }
    }
}

/// A list of work.
#[derive(Debug, Clone)]
pub struct Queue {
    /// The list's name, as the rail has it.
    pub title: String,
    /// The address of this list.
    pub href: String,
    /// How many are open, counted to one more than a thousand; absent for a list that is not counted.
    pub total: Option<u64>,
    /// How many of them are late.
    pub late: u64,
    /// The rows.
    pub rows: Vec<QueueRow>,
    /// The address of the next page (keyset), when there are more.
    pub next: Option<String>,
    /// What can be done with several rows at once; absent beside a conversation, and where there is nothing.
    pub bulk: Option<BulkBar>,
}

impl Queue {
    /// How many are open, in words.
    pub fn open_words(&self, locale: &Locale) -> Option<String> {
        self.total.map(|total| open_words(*locale, total))
    }

    /// How many of them are late, in words.
    pub fn late_words(&self, locale: &Locale) -> String {
        late_words(*locale, self.late)
    }
}

/// `GET /work?team=…&list=…`
#[derive(Debug, Clone, Template)]
#[template(path = "staff/queue.html")]
pub struct QueuePage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// The list.
    pub queue: Queue,
    /// What the reader sent and could not leave.
    pub unsent: Vec<UnsentRow>,
    /// What was not done of the act that the page tells of, or not taken back.
    pub missed: Vec<String>,
    /// "On duty now: Nils Berg."; none without a roster.
    pub on_duty: Option<String>,
    /// The team's roster, for its leads.
    pub roster: Option<String>,
    /// Only what is for the reader first, or all again.
    pub filter: Option<Filter>,
}

/// The link that narrows a list to what is for the reader first, or shows all of it again.
#[derive(Debug, Clone)]
pub struct Filter {
    /// Where it leads.
    pub href: String,
    /// What people read.
    pub text: String,
}

/// How many a list has, as people read it: lists are counted to a thousand.
pub(super) fn counted(locale: Locale, n: u64) -> String {
    if is_more(n) { locale.t("staff-count-more") } else { n.to_string() }
}

/// "3 open", or "1,000+ open".
pub(super) fn open_words(locale: Locale, n: u64) -> String {
    if is_more(n) {
        locale.t("staff-queue-open-more")
    } else {
        locale.t1("staff-queue-open", "n", n)
    }
}

/// "3 late", or "1,000+ late".
pub(super) fn late_words(locale: Locale, n: u64) -> String {
    if is_more(n) {
        locale.t("staff-queue-late-more")
    } else {
        locale.t1("staff-queue-late", "n", n)
    }
}

const fn is_more(n: u64) -> bool {
    n > 1_000
}

/// A text of the reader's that did not leave.
#[derive(Debug, Clone)]
pub struct UnsentRow {
    /// What happened, in words.
    pub text: String,
    /// Where the text is.
    pub href: String,
}

impl Page for QueuePage {
    const NAME: &'static str = "staff-queue";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let page = |chrome, desk, queue| Self {
            chrome,
            desk,
            queue,
            unsent: Vec::new(),
            missed: Vec::new(),
            on_duty: Some(locale.t1("staff-on-duty", "names", "Nils Berg")),
            roster: Some("/admin/teams/t/roster".to_owned()),
            filter: Some(Filter {
                href: "/work?team=t&list=first".to_owned(),
                text: locale.t("staff-queue-only-first"),
            }),
        };
        let chrome = || sample::chrome(locale);
        let desk = || sample::desk(locale);
        let mut long = sample::queue(locale, None);
        for row in &mut long.rows {
            row.headline = sample::LONG.into();
            row.preview = sample::LONG.repeat(4);
            row.patient = Some(sample::LONG_NAME.to_owned());
            row.category = sample::LONG_NAME.into();
            row.with = Some(sample::LONG_NAME.to_owned());
        }
        long.total = Some(1_204);
        long.late = 1_100;
        let empty = Queue {
            rows: Vec::new(),
            total: Some(0),
            late: 0,
            next: None,
            bulk: None,
            ..sample::queue(locale, None)
        };
        let mut some = sample::queue(locale, None);
        for row in some.rows.iter_mut().take(3) {
            row.picked = true;
        }
        let what =
            locale.t2("bulk-what-of", "headline", "Refill <i>x</i>", "name", "Petrova, Irina");
        let why = locale.t2("staff-event-assigned", "name", "Nils Berg", "to", "Sara Kim");
        vec![
            ("typical", page(chrome(), desk(), sample::queue(locale, None))),
            ("empty", page(chrome(), desk(), empty)),
            ("longest", page(chrome(), sample::long_desk(locale), long)),
            (
                "unsent",
                Self {
                    unsent: vec![
                        UnsentRow {
                            text: locale.t2(
                                "staff-unsent-passed-about",
                                "headline",
                                "Tingling <b>feet</b>",
                                "team",
                                "Heart clinic",
                            ),
                            href: "/work/threads/t1".to_owned(),
                        },
                        UnsentRow {
                            text: locale.t1(
                                "staff-crossed-about",
                                "headline",
                                "Refill <b>today</b>",
                            ),
                            href: "/work/threads/t2".to_owned(),
                        },
                    ],
                    ..page(chrome(), desk(), sample::queue(locale, None))
                },
            ),
            (
                "undo",
                page(
                    sample::flashed(locale, "staff-done-closed"),
                    desk(),
                    sample::queue(locale, None),
                ),
            ),
            ("chosen", page(chrome(), desk(), some.clone())),
            (
                "chosen-error",
                page(sample::faulty(locale, "snooze", "staff-fault-snooze"), desk(), some),
            ),
            (
                "missed",
                Self {
                    missed: vec![
                        locale.t2("bulk-missed", "what", what, "why", why),
                        locale.t1("bulk-missed-unnamed", "n", 2),
                    ],
                    ..page(
                        sample::flashed(locale, "bulk-done-none"),
                        desk(),
                        sample::queue(locale, None),
                    )
                },
            ),
        ]
    }
}
