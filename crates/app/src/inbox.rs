//! The list of a patient's conversations, as the patient and their helpers see it.

use domain::forecast::Forecast;
use domain::ids::{PatientId, ThreadId};
use domain::message::Side;
use domain::thread::{Category, Ladder, ThreadState, ladder, state};
use domain::time::Timestamp;
use store::access::ListThreads;
use store::care_team;
use store::inbox_row::{self, InboxRow};

pub use store::inbox_row::{After, Filter};
use store::seal::Place;

use crate::callback;
use crate::content::{Preview, thread_owner};
use crate::cx::Cx;
use crate::error::Result;
use crate::forecast;
use crate::refile;
use crate::thread::Names;

/// A row of the list, opened.
#[derive(Debug, Clone)]
pub struct InboxItem {
    /// The thread.
    pub thread: ThreadId,
    /// Its category.
    pub category: Category,
    /// Its headline.
    pub headline: String,
    /// Who wrote the newest message, by name.
    pub from: String,
    /// Which side wrote it.
    pub last_side: Side,
    /// Its first words.
    pub preview: String,
    /// Its number.
    pub last_seq: i64,
    /// When it was sent.
    pub last_at: Timestamp,
    /// When the conversation began.
    pub created_at: Timestamp,
    /// Where it stands.
    pub ladder: Ladder,
    /// When the patient's side will hear, while the team owes an answer.
    pub hear: Option<Forecast>,
    /// The owning team's plain name.
    pub team: String,
    /// Whether the reader's side owes an answer.
    pub needs_reply: bool,
    /// Whether the team has asked something that is open.
    pub asked: bool,
    /// Whether there is something the reader has not seen.
    pub unread: bool,
    /// The call that is waited for.
    pub call: Option<callback::Listed>,
}

/// A page of the list.
#[derive(Debug, Clone)]
pub struct InboxPage {
    /// Newest first.
    pub items: Vec<InboxItem>,
    /// Where the next page begins, if there is one.
    pub next: Option<After>,
    /// How many open conversations wait for the patient's side.
    pub turn: i64,
    /// How many hold something unread.
    pub unread: i64,
    /// When conversations that the actor had seen were taken out of this record; newest first.
    pub removed: Vec<Timestamp>,
    /// How many texts helpers have prepared that wait for the actor to decide.
    pub prepared: usize,
    /// A team that treats the patient, whose site's numbers the page shows.
    pub team: Option<care_team::TeamRow>,
}

/// Lists a patient's conversations, newest first, within what the actor's ties show.
pub fn list(
    cx: &mut Cx<'_, '_>,
    patient: PatientId,
    filter: Filter,
    after: After,
    limit: i64,
) -> Result<InboxPage> {
    let permit = cx.authorize::<ListThreads>(patient)?;
    let mut rows =
        inbox_row::list_for_patient(cx.tx(), &permit, filter, after, limit.saturating_add(1))?;
    let wanted = usize::try_from(limit).unwrap_or(0);
    let more = rows.len() > wanted;
    rows.truncate(wanted);
    let next =
        rows.last().filter(|_| more).map(|row| After { last_at: row.last_at, thread: row.thread });
    let turn = inbox_row::count_turn(cx.tx(), &permit)?;
    let unread = inbox_row::count_unread(cx.tx(), &permit)?;
    let mut names = Names::default();
    let mut items = Vec::with_capacity(rows.len());
    for row in &rows {
        items.push(open(cx, row, &mut names)?);
    }
    let team = care_team::list_for_patient(cx.tx(), &permit)?.into_iter().next();
    let prepared = store::draft::count_offered(cx.tx(), &permit)?;
    let since = cx.now().plus_seconds(-refile::TOLD_S);
    let removed = store::refile::list_removed(cx.tx(), &permit, since)?;
    Ok(InboxPage { items, next, turn, unread, removed, prepared, team })
}

fn open(cx: &mut Cx<'_, '_>, row: &InboxRow, names: &mut Names) -> Result<InboxItem> {
    let owner = thread_owner(row.patient, None);
    let place = Place::new("thread", &row.thread, "headline_sealed", 1);
    let headline = cx.open(owner, &place, &row.headline)?;
    let place = Place::new("inbox_row", &row.thread, "preview_sealed", row.last_seq);
    let preview: Preview = cx.open_json(owner, &place, &row.preview)?;
    let team = match &row.item {
        Some(item) => names.team(cx, item.team)?,
        None => String::new(),
    };
    let owed = state(row.item.as_slice()) == ThreadState::WaitingTeam;
    let call = match &row.call {
        Some(call) => Some(callback::listed(cx, call, row.item.as_ref().map(|item| item.team))?),
        None => None,
    };
    Ok(InboxItem {
        thread: row.thread,
        category: row.category,
        headline,
        from: preview.from,
        last_side: row.last_side,
        preview: preview.text,
        last_seq: row.last_seq,
        last_at: row.last_at,
        created_at: row.created_at,
        ladder: ladder(row.item.as_slice()),
        hear: row.waits.filter(|_| owed).map(|(asked, due)| forecast::still(asked.said, due)),
        team,
        needs_reply: row.needs_reply,
        asked: row.asked,
        unread: row.is_unread(),
        call,
    })
}

/// How many of a patient's conversations hold something the actor has not seen; counts to 100.
pub fn count_unread(cx: &mut Cx<'_, '_>, patient: PatientId) -> Result<i64> {
    let permit = cx.authorize::<ListThreads>(patient)?;
    Ok(inbox_row::count_unread(cx.tx(), &permit)?)
}
