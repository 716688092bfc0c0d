//! Handlers of the staff's pages: parse, call one operation, choose a page.
//!
//! What a role may do is the policy's answer, which comes with the operation; here is only which
//! address belongs to the staff's side. Deliberately absent: rules.

pub mod acts;
pub mod admin;
pub mod announce;
pub mod away;
pub mod bulk;
pub mod calling;
pub mod calls;
pub mod closing;
pub mod compose;
mod conflict;
pub mod contact;
pub mod conversation;
pub mod desk;
pub mod flag;
pub mod large;
pub mod live;
pub mod merge;
pub mod messages;
pub mod office;
pub mod overview;
pub mod pass;
pub mod patient;
pub mod plan;
pub mod precision;
pub mod questions;
pub mod queue;
mod recognised;
pub mod refile;
pub mod replies;
pub mod roster;
mod routed;
mod screening;
pub mod share;
pub mod snooze;
pub mod told;
mod words;

use app::staff::Frame;
use app::work::{QueueCounts, QueueList};
use app::{Error, FieldError};
use axum::extract::FromRequestParts;
use axum::response::Response;
use domain::access::{Actor, Role};
use domain::ids::{CareTeamId, Id, ThreadId};
use http::StatusCode;
use http::request::Parts;
use serde::Deserialize;

use crate::error::Fault;
use crate::extract::Session;
use crate::i18n::{Locale, SiteTime};
use crate::middleware::context::home;
use crate::pages::staff::{Desk, RailGroup, RailLink};
use crate::pages::{Chrome, Flash, FlashKind, Place, Problem};
use crate::run::WebState;

/// A signed-in person of the staff; for anybody else these addresses do not exist.
#[derive(Debug, Clone)]
pub struct Staff(pub Session);

impl FromRequestParts<WebState> for Staff {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &WebState) -> Result<Self, Fault> {
        let session = Session::from_request_parts(parts, state).await?;
        if session.role().is_staff() { Ok(Self(session)) } else { Err(Fault::NotFound) }
    }
}

impl Staff {
    /// Who acts.
    pub const fn actor(&self) -> &Actor {
        &self.0.actor
    }

    /// The language of the pages.
    pub fn locale(&self) -> Locale {
        self.0.locale()
    }

    /// The frame of a page.
    pub fn chrome(&self) -> Chrome {
        let mut chrome = self.0.chrome(Place::Elsewhere);
        home(self.0.role()).clone_into(&mut chrome.links.inbox);
        chrome
    }

    /// The clock on the wall of the reader's place.
    pub fn time(&self, state: &WebState, frame: &Frame) -> SiteTime {
        let app = state.app();
        let zone = match frame.teams.first() {
            Some(team) => &team.time_zone,
            None => &app.settings().time_zone,
        };
        SiteTime::new(zone, app.now().micros())
    }
}

/// A list of the rail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// A part of the team's work.
    Work(QueueList),
    /// Conversations between staff.
    Colleagues,
}

impl List {
    /// Those that the rail shows.
    const ALL: [Self; 6] = [
        Self::Work(QueueList::Team),
        Self::Work(QueueList::Mine),
        Self::Work(QueueList::Waiting),
        Self::Work(QueueList::Snoozed),
        Self::Work(QueueList::Done),
        Self::Colleagues,
    ];

    /// Its word in addresses.
    const fn code(self) -> &'static str {
        match self {
            Self::Work(QueueList::Team) => "team",
            Self::Work(QueueList::First) => "first",
            Self::Work(QueueList::Mine) => "mine",
            Self::Work(QueueList::Waiting) => "waiting",
            Self::Work(QueueList::Snoozed) => "snoozed",
            Self::Work(QueueList::Done) => "done",
            Self::Colleagues => "colleagues",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        let first = Self::Work(QueueList::First);
        Self::ALL.into_iter().chain([first]).find(|list| list.code() == code)
    }

    /// The Fluent key of its name.
    const fn key(self) -> &'static str {
        match self {
            Self::Work(QueueList::Team) => "staff-rail-queue",
            Self::Work(QueueList::First) => "staff-queue-first",
            Self::Work(QueueList::Mine) => "staff-rail-mine",
            Self::Work(QueueList::Waiting) => "staff-rail-waiting",
            Self::Work(QueueList::Snoozed) => "staff-rail-snoozed",
            Self::Work(QueueList::Done) => "staff-rail-closed",
            Self::Colleagues => "staff-rail-colleagues",
        }
    }

    /// The second key of its `g` shortcut.
    const fn go(self) -> Option<&'static str> {
        match self {
            Self::Work(QueueList::Team) => Some("q"),
            Self::Work(QueueList::Mine) => Some("m"),
            Self::Work(QueueList::Waiting) => Some("w"),
            Self::Work(QueueList::First | QueueList::Snoozed | QueueList::Done)
            | Self::Colleagues => None,
        }
    }

    fn count(self, counts: QueueCounts) -> Option<u64> {
        let count = match self {
            Self::Work(QueueList::Team) => counts.team,
            Self::Work(QueueList::Mine) => counts.mine,
            Self::Work(QueueList::Waiting) => counts.waiting,
            Self::Work(QueueList::Snoozed) => counts.snoozed,
            Self::Work(QueueList::First | QueueList::Done) | Self::Colleagues => return None,
        };
        u64::try_from(count).ok()
    }
}

/// The list a page was opened from: as addresses and forms carry it, and read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct From {
    /// The team.
    pub team: CareTeamId,
    /// Its list.
    pub list: List,
}

impl From {
    /// `mine.TEAM`, for the hidden field of forms.
    pub fn text(self) -> String {
        format!("{}.{}", self.list.code(), self.team)
    }

    /// Reads the hidden field; what is none is no list.
    pub fn parse(text: &str) -> Option<Self> {
        let (list, team) = text.split_once('.')?;
        Some(Self { team: CareTeamId::parse(team).ok()?, list: List::from_code(list)? })
    }

    /// The list of the rail that it is, or is a part of.
    fn listed(self) -> Self {
        match self.list {
            List::Work(QueueList::First) => Self { list: List::Work(QueueList::Team), ..self },
            _ => self,
        }
    }

    /// The list as an address names it.
    fn query(self) -> String {
        format!("?team={}&list={}", self.team, self.list.code())
    }

    /// The address of the list.
    pub fn href(self) -> String {
        format!("/work{}", self.query())
    }

    /// The address of a conversation opened from it.
    pub fn thread(self, thread: ThreadId) -> String {
        format!("/work/threads/{thread}{}", self.query())
    }
}

/// `?team=…&list=…` of a page, and what was just done.
#[derive(Debug, Default, Clone, Deserialize)]
pub struct FromQuery {
    team: Option<String>,
    list: Option<String>,
    after: Option<String>,
    before: Option<i64>,
    done: Option<String>,
    saved: Option<String>,
    /// The act that was just taken or taken back.
    act: Option<String>,
}

impl FromQuery {
    /// The list that the address names.
    fn from(&self) -> Option<From> {
        let team = CareTeamId::parse(self.team.as_deref()?).ok()?;
        let list =
            self.list.as_deref().map_or(Some(List::Work(QueueList::Team)), List::from_code)?;
        Some(From { team, list })
    }
}

/// What was done, as an address names it; any other word says nothing.
const DONE: [&str; 33] = [
    "claimed",
    "released",
    "assigned",
    "passed",
    "passed-desk",
    "waiting",
    "closed",
    "called",
    "tried",
    "brought",
    "reopened",
    "level",
    "noted",
    "sent",
    "told",
    "corrected",
    "retracted",
    "question",
    "draft",
    "thrown-away",
    "unread",
    "refiled",
    "merged",
    "snoozed",
    "unsnoozed",
    "goes-on",
    "flag-back",
    "flag-again",
    "flag-rated",
    "shared",
    "share-back",
    "share-taken",
    "share-withdrawn",
];

/// Says what was just done, when the address names it.
fn with_done(mut chrome: Chrome, done: Option<&str>) -> Chrome {
    if let Some(code) = done.filter(|code| DONE.contains(code)) {
        let text = chrome.t(&format!("staff-done-{code}"));
        chrome.flash = Some(Flash { kind: FlashKind::Good, text, undo: None });
    }
    chrome
}

/// What the rail marks as current, with the counts of its team when they were asked for.
#[derive(Debug, Clone, Copy)]
enum Rail {
    /// A list of a team.
    At(From, Option<QueueCounts>),
    /// Another page, by its address.
    On(&'static str),
}

/// The frame round a staff page.
fn desk(staff: &Staff, frame: &Frame, rail: Rail) -> Desk {
    let locale = staff.locale();
    let current = staff.0.current();
    let role = staff.0.role();
    let title = if frame.title.is_empty() {
        locale.t(&format!("staff-role-{}", role.code()))
    } else {
        frame.title.clone()
    };
    let place = match frame.teams.as_slice() {
        [only] if frame.organization.is_empty() => only.name.clone(),
        [only] => format!("{} · {}", frame.organization, only.name),
        _ if frame.organization.is_empty() => staff.0.chrome(Place::Elsewhere).site_name,
        _ => frame.organization.clone(),
    };
    Desk {
        place,
        me: format!("{}, {title}", frame.name),
        rail: groups(locale, role, frame, rail),
        finds_patients: role.is_clinical() || role == Role::Desk,
        single_keys: current.is_some_and(|current| current.single_keys),
    }
}

fn groups(locale: Locale, role: Role, frame: &Frame, rail: Rail) -> Vec<RailGroup> {
    let page = |key: &str, href: &'static str| RailLink {
        text: locale.t(key),
        href: href.to_owned(),
        count: None,
        current: matches!(rail, Rail::On(on) if on == href),
        key: None,
    };
    let group = |key: &str, links: Vec<RailLink>| RailGroup { title: locale.t(key), links };
    match role {
        Role::Clinician | Role::Nurse => {
            let mut groups = team_groups(locale, frame, rail);
            let mut calls = page("staff-rail-calls", "/work/calls");
            calls.count = u64::try_from(frame.calls).ok().filter(|count| *count > 0);
            let away = page("staff-rail-away", "/work/away");
            let others = vec![
                page("staff-find", "/patients"),
                calls,
                away,
                page("replies-rail", "/work/replies"),
            ];
            groups.push(group("staff-rail-patients", others));
            if !frame.leads.is_empty() {
                let figures = vec![
                    page("leads-rail-overview", "/work/overview"),
                    page("leads-rail-equity", "/work/equity"),
                    page("precision-rail", "/work/urgency"),
                    page("announce-rail", "/work/announcements"),
                ];
                groups.push(group("leads-rail", figures));
            }
            groups
        }
        Role::Desk => {
            let mut groups = Vec::new();
            for team in &frame.teams {
                let at = From { team: team.id, list: List::Work(QueueList::Team) };
                groups.push(list_link(at, rail, &team.name));
            }
            vec![
                group("staff-rail-desk", groups),
                group("staff-rail-patients", vec![page("staff-find", "/patients")]),
            ]
        }
        Role::Billing => {
            vec![group("staff-rail-office", vec![page("staff-rail-time", "/billing")])]
        }
        Role::Administrator => vec![group(
            "staff-rail-office",
            vec![
                page("staff-rail-people", "/admin"),
                page("staff-rail-teams-admin", "/admin/teams"),
                page("staff-rail-sites", "/admin/sites"),
                page("routing-rail", "/admin/routing"),
                page("leads-rail-overview", "/work/overview"),
                page("precision-rail", "/work/urgency"),
            ],
        )],
        Role::PrivacyOfficer => {
            let pages = vec![
                page("staff-rail-privacy", "/access-log"),
                page("leads-rail-equity", "/work/equity"),
            ];
            vec![group("staff-rail-office", pages)]
        }
        Role::Patient | Role::Helper => Vec::new(),
    }
}

/// The lists of the current team, then the other teams.
fn team_groups(locale: Locale, frame: &Frame, rail: Rail) -> Vec<RailGroup> {
    let here = match rail {
        Rail::At(at, _) => frame.teams.iter().find(|team| team.id == at.team),
        Rail::On(_) => None,
    };
    let Some(team) = here.or_else(|| frame.teams.first()) else { return Vec::new() };
    let lists = List::ALL
        .into_iter()
        .map(|list| {
            let at = From { team: team.id, list };
            let mut link = list_link(at, rail, &locale.t(list.key()));
            link.key = list.go();
            link
        })
        .collect();
    let title = if frame.teams.len() > 1 { team.name.clone() } else { locale.t("staff-rail-work") };
    let mut groups = vec![RailGroup { title, links: lists }];
    let others: Vec<RailLink> = frame
        .teams
        .iter()
        .filter(|other| other.id != team.id)
        .map(|other| {
            let at = From { team: other.id, list: List::Work(QueueList::Team) };
            RailLink {
                text: other.name.clone(),
                href: at.href(),
                count: None,
                current: false,
                key: None,
            }
        })
        .collect();
    if !others.is_empty() {
        groups.push(RailGroup { title: locale.t("staff-rail-teams"), links: others });
    }
    groups
}

fn list_link(at: From, rail: Rail, text: &str) -> RailLink {
    let (current, count) = match rail {
        Rail::At(here, counts) if here.team == at.team => {
            (here.listed() == at, counts.and_then(|counts| at.list.count(counts)))
        }
        Rail::At(..) | Rail::On(_) => (false, None),
    };
    RailLink { text: text.to_owned(), href: at.href(), count, current, key: None }
}

/// Says on a page what is wrong with the fields of a staff form.
fn with_faults(mut chrome: Chrome, faults: &[FieldError]) -> Chrome {
    for fault in faults {
        let specific = format!("staff-fault-{}", fault.field.replace('_', "-"));
        let text = match (fault.problem, fault.max) {
            ("too-long", Some(max)) => chrome.t1("staff-fault-too-long", "n", max),
            ("not-text", _) => chrome.t("staff-fault-not-text"),
            ("needed" | "last-resort" | "past" | "taken" | "never" | "too-many" | "circle", _)
                if chrome.locale.has(&format!("{specific}-{}", fault.problem)) =>
            {
                chrome.t(&format!("{specific}-{}", fault.problem))
            }
            ("past", _) => chrome.t("staff-fault-snooze-past"),
            ("too-far", _) => chrome.t("staff-fault-snooze-too-far"),
            ("past-due", _) => chrome.t("staff-fault-snooze-past-due"),
            ("code", _) => chrome.t("staff-fault-code"),
            ("hours", _) => chrome.t("staff-fault-hours"),
            ("placeholder", _) => chrome.t("replies-fault-placeholder"),
            ("too-many", _) if fault.field == "title" => chrome.t("replies-fault-full"),
            ("never-opens", _) => chrome.t("staff-fault-never-opens"),
            (missing, _) if fault.field == "activate" => chrome.t(&lack(missing)),
            _ if chrome.locale.has(&specific) => chrome.t(&specific),
            _ => chrome.t("staff-fault-other"),
        };
        chrome.problems.push(Problem { field: fault.field.to_owned(), text });
    }
    chrome
}

/// The sentence on something that a team lacks which is to be opened.
fn lack(code: &str) -> String {
    format!("staff-lack-{}", code.replace('_', "-"))
}

/// 422 while a form has faults, else 200.
fn status(chrome: &Chrome) -> StatusCode {
    if chrome.problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
}

/// "See other": what a form answers when it worked.
fn see(address: &str) -> Response {
    crate::portal::see(address)
}

/// The address of a conversation, opened from a list when the form carried one.
fn thread_address(thread: ThreadId, list: &str, done: &str) -> String {
    let mut address = match From::parse(list) {
        Some(from) => from.thread(thread),
        None => format!("/work/threads/{thread}"),
    };
    if !done.is_empty() {
        address.push(if address.contains('?') { '&' } else { '?' });
        address.push_str("done=");
        address.push_str(done);
    }
    address
}

/// Reads an id of an address; what is none is not found.
fn id<T: Id>(text: &str) -> Result<T, Fault> {
    T::parse(text).map_err(|_| Fault::NotFound)
}

/// Whether an operation was stopped because somebody was faster.
const fn is_stale(error: &Error) -> bool {
    matches!(error, Error::Conflict(_))
}
