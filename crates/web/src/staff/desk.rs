//! The front desk: envelopes, where they are and where they go; and the settings of keys.
//!
//! Deliberately absent: any operation that opens a word of a message.

use app::staff::list::envelopes_page;
use app::staff::{Envelope, Frame};
use app::work::{QueueAfter, QueueEntry, QueueList};
use app::{Cx, Error, act, work};
use axum::extract::{Path, State};
use axum::response::Response;
use domain::ids::ThreadId;
use domain::time::Timestamp;
use domain::work_act::ActKind;
use domain::work_item::WorkState;
use http::StatusCode;
use serde::Deserialize;

use super::acts::{AssignForm, done_with};
use super::conflict::conflict;
use super::queue::{PAGE, cursor, read_cursor};
use super::{
    From, List, Rail, Staff, bulk, conversation, desk, id, see, status, with_faults, words,
};
use crate::error::{Fault, Result};
use crate::extract::Form;
use crate::i18n::{Locale, SiteTime};
use crate::pages::staff::{
    Choice, ConflictKind, DeskPage, EnvelopePage, EnvelopeRow, KeysPage, Step,
};
use crate::pages::{self, Chrome};
use crate::run::WebState;

/// What `GET /work` shows the desk.
pub(super) async fn list(
    state: &WebState,
    staff: &Staff,
    (frame, chrome): (&Frame, Chrome),
    from: Option<From>,
    after: Option<&str>,
) -> Result<DeskPage> {
    let locale = staff.locale();
    let empty = DeskPage {
        desk: desk(staff, frame, Rail::On("")),
        chrome,
        rows: Vec::new(),
        total: 0,
        late: 0,
        next: None,
        filter: None,
        bulk: None,
        missed: Vec::new(),
    };
    let Some(from) = from else { return Ok(empty) };
    let (team, part) = match from.list {
        List::Work(part) => (from.team, part),
        List::Colleagues => return Err(Fault::NotFound),
    };
    let after = after.map_or(Ok(QueueAfter::START), read_cursor)?;
    let read = move |cx: &mut Cx<'_, '_>| envelopes_page(cx, team, part, after, PAGE);
    let found = state.read(staff.actor(), read).await?;
    let page = found.page;
    let now = state.app().now();
    let time = staff.time(state, frame);
    let name = frame.teams.iter().find(|row| row.id == team).map(|row| row.name.clone());
    let name = name.unwrap_or_default();
    let row = |entry| list_row((locale, &time, now), &name, entry);
    let count = |count: i64| u64::try_from(count).unwrap_or(0);
    Ok(DeskPage {
        desk: desk(staff, frame, Rail::At(from, Some(page.counts))),
        rows: page.entries.into_iter().map(row).collect(),
        total: count(page.counts.team),
        late: if part == QueueList::Team { count(page.counts.late) } else { 0 },
        filter: super::queue::filter(locale, from, found.says_first),
        next: page.next.map(|next| format!("{}&after={}", from.href(), cursor(next))),
        bulk: found.offers.map(|offers| bulk::bar(locale, from, offers)),
        ..empty
    })
}

/// A row of the desk's list, with its box.
fn list_row(
    (locale, time, now): (Locale, &SiteTime, Timestamp),
    team: &str,
    entry: QueueEntry,
) -> EnvelopeRow {
    let item = &entry.item;
    EnvelopeRow {
        reference: words::reference(item.thread),
        href: format!("/work/envelopes/{}", item.thread),
        patient: entry.patient_name,
        record_number: entry.record_number,
        team: team.to_owned(),
        step: words::step_of(item.state),
        received: time.short(locale, item.opened_at.micros()),
        due: owed(item.state).then(|| words::due(locale, time, item.due_at, now)),
        pick: Some(bulk::pick(item.thread, item.version)),
        picked: false,
    }
}

const fn owed(state: WorkState) -> bool {
    matches!(state, WorkState::Queued | WorkState::Claimed)
}

/// The envelope of an address.
#[derive(Debug, Deserialize)]
pub struct EnvelopePath {
    id: String,
}

impl EnvelopePath {
    /// The id as it was typed.
    pub(super) fn id(&self) -> &str {
        &self.id
    }
}

/// `GET /work/envelopes/{id}`
pub async fn envelope(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<EnvelopePath>,
) -> Result<Response> {
    let thread: ThreadId = id(&path.id)?;
    envelope_page(&state, &staff, thread, staff.chrome()).await
}

async fn envelope_page(
    state: &WebState,
    staff: &Staff,
    thread: ThreadId,
    chrome: Chrome,
) -> Result<Response> {
    let (frame, found) = load(state, staff, thread).await?;
    let time = staff.time(state, &frame);
    let now = state.app().now();
    let locale = staff.locale();
    let page = EnvelopePage {
        desk: desk(staff, &frame, Rail::On("")),
        thread: thread.to_string(),
        version: found.item.as_ref().map_or(0, |item| item.version),
        row: row(locale, &time, now, thread, &found),
        holder: found.holder.clone(),
        members: members(locale, &found),
        passes: conversation::choices(&found.targets),
        reasons: super::pass::reasons(locale),
        chrome,
    };
    Ok(pages::respond(status(&page.chrome), &page))
}

async fn load(state: &WebState, staff: &Staff, thread: ThreadId) -> Result<(Frame, Envelope)> {
    let loaded = state
        .read(staff.actor(), move |cx| {
            let found = app::staff::envelope(cx, thread)?;
            Ok((app::staff::frame(cx)?, found))
        })
        .await?;
    Ok(loaded)
}

fn row(
    locale: Locale,
    time: &SiteTime,
    now: Timestamp,
    thread: ThreadId,
    found: &Envelope,
) -> EnvelopeRow {
    let who = found.patient.as_ref().map(|patient| patient.demographics.clone());
    let who = who.unwrap_or_default();
    let opened = found.item.as_ref().map_or(now, |item| item.opened_at);
    let owed = found.item.as_ref().filter(|item| owed(item.state));
    EnvelopeRow {
        reference: words::reference(thread),
        href: format!("/work/envelopes/{thread}"),
        patient: who.name,
        record_number: who.record_number,
        team: found.team.as_ref().map(|team| team.name.clone()).unwrap_or_default(),
        step: found.item.as_ref().map_or(Step::Closed, |item| words::step_of(item.state)),
        received: time.short(locale, opened.micros()),
        due: owed.map(|item| words::due(locale, time, item.due_at, now)),
        pick: None,
        picked: false,
    }
}

fn members(locale: Locale, found: &Envelope) -> Vec<Choice> {
    let holder = found.item.as_ref().and_then(|item| item.assignee);
    found
        .colleagues
        .iter()
        .map(|colleague| Choice {
            value: colleague.person.to_string(),
            text: format!(
                "{}, {}",
                colleague.name,
                locale.t(&format!("staff-role-{}", colleague.role))
            ),
            chosen: holder == Some(colleague.person),
        })
        .collect()
}

pub(super) async fn refused(
    state: &WebState,
    staff: &Staff,
    thread: ThreadId,
    error: Error,
) -> Result<Response> {
    match error {
        Error::Conflict(_) => {
            let back = format!("/work/envelopes/{thread}");
            conflict(state, staff, ConflictKind::Changed, None, back).await
        }
        Error::Invalid(faults) => {
            let chrome = with_faults(staff.chrome(), &faults);
            envelope_page(state, staff, thread, chrome).await
        }
        other => Err(other.into()),
    }
}

/// `POST /work/envelopes/{id}/assign`
pub async fn assign(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<EnvelopePath>,
    Form(form): Form<AssignForm>,
) -> Result<Response> {
    let thread: ThreadId = id(&path.id)?;
    let version = form.version();
    let done = match form.person() {
        Ok(to) => {
            let act = move |cx: &mut Cx<'_, '_>| {
                act::single(cx, ActKind::Assign, thread, |cx| {
                    work::assign(cx, thread, to, None, version)
                })
            };
            state.write(staff.actor(), act).await
        }
        Err(error) => Err(error),
    };
    match done {
        Ok(((), act)) => Ok(see(&format!("/work?done={}", done_with("assigned", act)))),
        Err(error) => refused(&state, &staff, thread, error).await,
    }
}

/// `GET /work/keys`
pub async fn keys(State(state): State<WebState>, staff: Staff) -> Result<Response> {
    let frame = state.read(staff.actor(), app::staff::frame).await?;
    let page = KeysPage { chrome: staff.chrome(), desk: desk(&staff, &frame, Rail::On("")) };
    Ok(pages::respond(StatusCode::OK, &page))
}

/// On or off.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeysForm {
    single_keys: String,
}

/// `POST /work/keys`
pub async fn set_keys(
    State(state): State<WebState>,
    staff: Staff,
    Form(form): Form<KeysForm>,
) -> Result<Response> {
    let on = match form.single_keys.as_str() {
        "on" => true,
        "off" => false,
        _ => return Err(Fault::Invalid(Vec::new())),
    };
    let current = staff.0.current().ok_or(Fault::SignedOut)?;
    let (language, theme) = (current.language.clone(), current.theme.clone());
    let save = move |cx: &mut Cx<'_, '_>| app::account::set_preferences(cx, &language, &theme, on);
    state.write(staff.actor(), save).await?;
    Ok(see("/work/keys"))
}
