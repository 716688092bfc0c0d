//! The offices that never read a message: front desk (envelopes), billing (time), privacy (access).
//!
//! The structs have no field that could hold a headline or a text, so that no template can show one.

use askama::Template;

use super::{BulkBar, Choice, Desk, Due, Filter, Level, Step, queue, sample};
use crate::i18n::{Locale, When};
use crate::pages::{Chrome, Page};

/// One envelope: that there is a conversation, not what it says.
#[derive(Debug, Clone)]
pub struct EnvelopeRow {
    /// A short reference to say on the phone.
    pub reference: String,
    /// The envelope's page.
    pub href: String,
    /// The patient's name, family name first.
    pub patient: String,
    /// The record number.
    pub record_number: String,
    /// The team.
    pub team: String,
    /// The step the patient sees.
    pub step: Step,
    /// When it came in.
    pub received: When,
    /// When an answer is owed.
    pub due: Option<Due>,
    /// The value of its box; `None` where nothing is done with several.
    pub pick: Option<String>,
    /// Whether it is chosen.
    pub picked: bool,
}

impl EnvelopeRow {
    /// What its box is called.
    pub fn pick_label(&self, locale: &Locale) -> String {
        let (reference, name) = (self.reference.as_str(), self.patient.as_str());
        locale.t2("bulk-choose-envelope", "reference", reference, "name", name)
    }
}

/// `GET /work` for the front desk
#[derive(Debug, Clone, Template)]
#[template(path = "staff/desk.html")]
pub struct DeskPage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// The envelopes, late ones first.
    pub rows: Vec<EnvelopeRow>,
    /// How many are open.
    pub total: u64,
    /// How many are late.
    pub late: u64,
    /// The address of the next page.
    pub next: Option<String>,
    /// Only what is for the desk first, or all again.
    pub filter: Option<Filter>,
    /// What can be done with several; the rows have boxes then.
    pub bulk: Option<BulkBar>,
    /// What of several was not done, and why.
    pub missed: Vec<String>,
}

impl DeskPage {
    /// How many are open, in words.
    pub fn open_words(&self) -> String {
        queue::open_words(self.chrome.locale, self.total)
    }

    /// How many are late, in words.
    pub fn late_words(&self) -> String {
        queue::late_words(self.chrome.locale, self.late)
    }
}

impl Page for DeskPage {
    const NAME: &'static str = "staff-desk";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let typical = sample::envelopes(locale);
        let empty =
            Self { rows: Vec::new(), total: 0, late: 0, next: None, bulk: None, ..typical.clone() };
        let mut long = typical.clone();
        for row in &mut long.rows {
            row.patient = sample::LONG_NAME.into();
            row.team = sample::LONG_NAME.into();
        }
        let missed = Self { missed: vec![sample::missed_envelope(locale)], ..typical.clone() };
        vec![("typical", typical), ("empty", empty), ("longest", long), ("missed", missed)]
    }
}

/// `GET /work/envelopes/{id}`: where one conversation is, and where it can go.
#[derive(Debug, Clone, Template)]
#[template(path = "staff/envelope.html")]
pub struct EnvelopePage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// The thread.
    pub thread: String,
    /// The version of the work that the page shows; an act on an older one is stopped.
    pub version: i64,
    /// The envelope.
    pub row: EnvelopeRow,
    /// Who holds it; absent while the team does.
    pub holder: Option<String>,
    /// Members it may be given to; none when it is closed.
    pub members: Vec<Choice>,
    /// Teams it may be passed to.
    pub passes: Vec<Choice>,
    /// Prepared reasons; the first is own words.
    pub reasons: Vec<Choice>,
}

impl Page for EnvelopePage {
    const NAME: &'static str = "staff-envelope";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let typical = sample::envelope(locale);
        let wrong = Self {
            chrome: typical.chrome.clone().with_problems(&[("reason", "staff-fault-reason")]),
            ..typical.clone()
        };
        let closed =
            Self { holder: None, members: Vec::new(), passes: Vec::new(), ..typical.clone() };
        let mut long = typical.clone();
        long.row.patient = sample::LONG_NAME.into();
        long.row.team = sample::LONG_NAME.into();
        long.members = sample::long_choices();
        long.passes = sample::long_choices();
        vec![("typical", typical), ("error", wrong), ("empty", closed), ("longest", long)]
    }
}

/// One line of recorded time; it names no patient's words.
#[derive(Debug, Clone)]
pub struct BillingRow {
    /// The day.
    pub day: When,
    /// A short reference of the conversation.
    pub reference: String,
    /// The patient's name, family name first.
    pub patient: String,
    /// The record number.
    pub record_number: String,
    /// Who spent it, with role.
    pub person: String,
    /// What was done, in the reader's words.
    pub activity: String,
    /// Whole seconds, shown as minutes and seconds.
    pub time: String,
}

/// `GET /billing?from=…&to=…`
#[derive(Debug, Clone, Template)]
#[template(path = "staff/billing.html")]
pub struct BillingPage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// Whether this installation records time; while it does not, the page says so and lists nothing.
    pub recorded: bool,
    /// First day, as `YYYY-MM-DD`.
    pub from: String,
    /// Last day, as `YYYY-MM-DD`.
    pub to: String,
    /// The lines.
    pub rows: Vec<BillingRow>,
    /// All lines together, in words.
    pub sum: String,
    /// The address of the next page.
    pub next: Option<String>,
}

impl Page for BillingPage {
    const NAME: &'static str = "staff-billing";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let typical = sample::billing(locale);
        let empty =
            Self { rows: Vec::new(), sum: "0:00".to_owned(), next: None, ..typical.clone() };
        let unrecorded = Self { recorded: false, ..empty.clone() };
        let mut long = typical.clone();
        for row in &mut long.rows {
            row.patient = sample::LONG_NAME.into();
            row.person = sample::LONG_NAME.into();
        }
        vec![("typical", typical), ("empty", empty), ("unrecorded", unrecorded), ("longest", long)]
    }
}

/// One access as the privacy officer reads it.
#[derive(Debug, Clone)]
pub struct AccessRow {
    /// The audit event.
    pub id: String,
    /// When.
    pub at: When,
    /// Who.
    pub who: String,
    /// In which role, and for whom when acting for somebody.
    pub role: String,
    /// What they did, in the reader's words.
    pub what: String,
    /// On what ground: "Member of Family medicine", "Grant of 3 May", "Refused".
    pub basis: String,
    /// It was allowed.
    pub allowed: bool,
    /// How often, when repeated refusals are one row.
    pub times: u64,
}

/// `GET /access-log` and `POST /access-log`: who came near one patient's record.
#[derive(Debug, Clone, Template)]
#[template(path = "staff/privacy.html")]
pub struct AccessLogPage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// The record number asked for.
    pub record_number: String,
    /// First day, as `YYYY-MM-DD`, or empty.
    pub from: String,
    /// Last day, as `YYYY-MM-DD`, or empty.
    pub to: String,
    /// Everything, or only refusals.
    pub outcomes: Vec<Choice>,
    /// The rows, newest first; absent before the first search.
    pub rows: Option<Vec<AccessRow>>,
    /// The address of the next page (a sealed result).
    pub next: Option<String>,
}

impl Page for AccessLogPage {
    const NAME: &'static str = "staff-privacy";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let found = sample::access_log(locale);
        let start = Self { record_number: String::new(), rows: None, next: None, ..found.clone() };
        let nothing = Self { rows: Some(Vec::new()), next: None, ..found.clone() };
        let wrong = Self {
            chrome: sample::chrome(locale)
                .with_problems(&[("record_number", "staff-fault-record-number")]),
            ..start.clone()
        };
        let mut long = found.clone();
        for row in long.rows.iter_mut().flatten() {
            row.who = sample::LONG_NAME.into();
            row.basis = sample::LONG.into();
        }
        vec![
            ("typical", found),
            ("start", start),
            ("empty", nothing),
            ("error", wrong),
            ("longest", long),
        ]
    }
}
