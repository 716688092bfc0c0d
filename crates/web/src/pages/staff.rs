//! The staff side: queue, conversation, patient, front desk, billing, administration, access log.
//!
//! Every page is a struct of plain owned data with its samples; the handler fills it and the
//! template only lays it out. Times come as [`When`](crate::i18n::When), already said in the reader's
//! language. Addresses of staff pages are the same for everybody, so templates name them.
//! Deliberately absent: any type of `app` or `store`, any decision about who may do what (a page
//! shows a button when its `can` says so; the operation decides again), and scripts: `desk.js`
//! only adds keys to what buttons and forms already do.

mod admin;
mod announce;
mod away;
mod bulk;
mod calls;
mod closing;
mod conversation;
mod dates;
mod directory;
mod ending;
mod flag;
mod merge;
mod message;
mod office;
mod overview;
mod patient;
mod plan;
mod precision;
mod queue;
mod read_back;
mod recognised;
mod record;
mod replies;
mod roster;
mod routing;
mod safety;
mod sample;
mod share;
mod site_rules;
mod team;
mod told;

pub use admin::{
    AdminPage, Affiliation, CheckLine, ConfirmPage, EndLine, EnrolmentPage, Hidden, NewPersonPage,
    PersonPage, PersonRow, SiteRow, SitesPage, TeamPage, TeamRow, TeamsPage,
};
pub use announce::{
    AnnounceEditPage, AnnouncementPage, AnnouncementRow, AnnouncementsPage, PreviewPart,
};
pub use away::{AwayPage, AwayRow};
pub use bulk::BulkBar;
pub use calls::{CallLine, CallList, CallsPage, LargeControls, LargeLetter, LargePage};
pub use closing::{ClosePage, ContactPage};
pub use conversation::{
    About, AskView, CallBlock, Can, ChartCard, ChartLine, Custody, Entry, EventLine, HelperLine,
    Letter, LevelPanel, NoteForm, NoteView, OfferView, PatientLine, PrintPage, QuestionView,
    QuestionsView, ReplyForm, Step, ThreadPage, ThreadView, UnsentView, WasText,
};
pub use dates::{DateLine, DatesPage, ImportReport};
pub use directory::{NewSitePage, NewTeamPage};
pub use ending::TeamEndPage;
pub use flag::{FlagPage, Judged};
pub use merge::{MergeLine, MergePage};
pub use message::{ConflictKind, ConflictPage, KeysPage, PromotePage, StartKind, StartPage};
pub use office::{
    AccessLogPage, AccessRow, BillingPage, BillingRow, DeskPage, EnvelopePage, EnvelopeRow,
};
pub use overview::{
    CutPart, EquityPage, GroupLine, LoadLine, MeasureLine, OpenLine, OverviewPage, TimesLine,
};
pub use patient::{
    FindFor, FindPatientPage, FoundPatient, StaffPatientPage, ThreadLine, VisitLine,
};
pub use plan::{LimitLine, PlanPage};
pub use precision::{CheckedRule, PrecisionPage};
pub use queue::{Due, Filter, Queue, QueuePage, QueueRow, UnsentRow};
pub use read_back::ReadBackPage;
pub use recognised::{Piece, Recognised, Sign};
pub use record::RecordBlock;
pub use replies::{RepliesPage, ReplyEditPage, SavedGroup, SavedRow};
pub use roster::{RosterPage, RosterRow};
pub use routing::{
    PracticeRow, RoutingListPage, RoutingPage, RoutingTryPage, RuleLine, RulePage, TrialResult,
    TriedRule, VersionRow,
};
pub use safety::SafetyPage;
pub use share::{ShareAskPage, SharedActs, SharedPage};
pub use site_rules::{FiredLine, SiteRulesPage, TriedText};
pub use team::{DayField, TargetLine, TeamSettingsPage};
pub use told::ToldPage;

use super::{Sample, render};
use crate::i18n::Locale;

/// How soon somebody has to look, the highest of patient, rules and clinician.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Crisis or emergency.
    Now,
    /// The same day.
    Today,
    /// In the next days.
    Soon,
    /// Whenever there is time.
    Whenever,
}

impl Level {
    /// All four, the most urgent first.
    pub const ALL: [Self; 4] = [Self::Now, Self::Today, Self::Soon, Self::Whenever];

    /// The figure staff say and type: 1 to 4.
    pub fn number(self) -> u8 {
        match self {
            Self::Now => 1,
            Self::Today => 2,
            Self::Soon => 3,
            Self::Whenever => 4,
        }
    }

    /// The Fluent key of its word.
    pub fn key(self) -> &'static str {
        match self {
            Self::Now => "staff-level-1",
            Self::Today => "staff-level-2",
            Self::Soon => "staff-level-3",
            Self::Whenever => "staff-level-4",
        }
    }
}

/// One choice of a select: what is posted and what people read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The posted value.
    pub value: String,
    /// The words.
    pub text: String,
    /// Chosen when the page opens.
    pub chosen: bool,
}

/// One link of the rail at the side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RailLink {
    /// What people read.
    pub text: String,
    /// Where it leads.
    pub href: String,
    /// How many are waiting there, when that is known.
    pub count: Option<u64>,
    /// The page being shown.
    pub current: bool,
    /// The second key of its `g` shortcut: `q`, `m` or `w`.
    pub key: Option<&'static str>,
}

impl RailLink {
    /// How many are waiting there, as people read it.
    pub fn counted(&self, locale: &Locale) -> Option<String> {
        self.count.map(|count| queue::counted(*locale, count))
    }
}

/// A titled group of the rail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RailGroup {
    /// The title.
    pub title: String,
    /// Its links.
    pub links: Vec<RailLink>,
}

/// What every staff page carries around its content, besides the chrome.
#[derive(Debug, Clone)]
pub struct Desk {
    /// The organization and, when there is only one, the team.
    pub place: String,
    /// The signed-in person as colleagues know them: "Nils Berg, nurse".
    pub me: String,
    /// The lists this person may open.
    pub rail: Vec<RailGroup>,
    /// May look up patients (care roles and the front desk).
    pub finds_patients: bool,
    /// Single-letter keys are on (WCAG 2.2 success criterion 2.1.4).
    pub single_keys: bool,
}

/// Every sample of every staff page in one language.
pub fn gallery(locale: Locale, out: &mut Vec<Sample>) {
    render::<QueuePage>(locale, out);
    render::<ThreadPage>(locale, out);
    render::<PrintPage>(locale, out);
    render::<StartPage>(locale, out);
    render::<ToldPage>(locale, out);
    render::<PromotePage>(locale, out);
    render::<ClosePage>(locale, out);
    render::<ContactPage>(locale, out);
    render::<CallsPage>(locale, out);
    render::<LargePage>(locale, out);
    render::<ReadBackPage>(locale, out);
    render::<TeamEndPage>(locale, out);
    render::<ConflictPage>(locale, out);
    render::<AwayPage>(locale, out);
    render::<KeysPage>(locale, out);
    render::<FindPatientPage>(locale, out);
    render::<StaffPatientPage>(locale, out);
    render::<PlanPage>(locale, out);
    render::<FlagPage>(locale, out);
    render::<PrecisionPage>(locale, out);
    render::<MergePage>(locale, out);
    render::<ShareAskPage>(locale, out);
    render::<SharedPage>(locale, out);
    render::<DeskPage>(locale, out);
    render::<EnvelopePage>(locale, out);
    render::<BillingPage>(locale, out);
    render::<AccessLogPage>(locale, out);
    render::<AdminPage>(locale, out);
    render::<PersonPage>(locale, out);
    render::<NewPersonPage>(locale, out);
    render::<EnrolmentPage>(locale, out);
    render::<TeamsPage>(locale, out);
    render::<TeamPage>(locale, out);
    render::<NewTeamPage>(locale, out);
    render::<TeamSettingsPage>(locale, out);
    render::<RosterPage>(locale, out);
    render::<DatesPage>(locale, out);
    render::<RoutingListPage>(locale, out);
    render::<RoutingPage>(locale, out);
    render::<RulePage>(locale, out);
    render::<RoutingTryPage>(locale, out);
    render::<NewSitePage>(locale, out);
    render::<SitesPage>(locale, out);
    render::<SafetyPage>(locale, out);
    render::<ConfirmPage>(locale, out);
    render::<OverviewPage>(locale, out);
    render::<EquityPage>(locale, out);
    render::<RepliesPage>(locale, out);
    render::<ReplyEditPage>(locale, out);
    render::<AnnouncementsPage>(locale, out);
    render::<AnnounceEditPage>(locale, out);
    render::<AnnouncementPage>(locale, out);
}
