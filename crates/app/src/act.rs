//! Steps with work that can be taken back for ten seconds, one by one or many at once.
//!
//! A step takes effect at once; beside it stays, for a minute, what it was taken from, so that whoever took it
//! can put that back exactly ([`undo`]). No step of these sends mail: what patients see of them are their
//! pages, which say what is true at every moment. Deliberately absent: the steps themselves (`work`, `closing`,
//! `pass`, `snooze`), which run here as they do anywhere, by the same rules.

pub mod bulk;
pub mod undo;

use domain::ids::{CareTeamId, ThreadId, WorkActId};
use domain::work_act::{ActKind, KEPT_S, seconds_left, undo_until};
use store::access::{Action, ListEnvelopes, ListQueue, Permit, TeamObject, UseOwn};
use store::care_team::TeamRow;
use store::seal::Purpose;
use store::work_act::{self as rows, ActItem, NewAct};
use store::work_item::{LastStep, ListsTeam, WorkItemRow, WorkRight};

pub use store::work_act::ActRow;

use crate::cx::{App, Cx};
use crate::error::Result;
use crate::roster::Duty;
use crate::staff::{self, Colleague};
use crate::thread::Names;
use crate::work::{self, QueueEntry};

/// The result of a conversation whose step was done.
pub const DONE: &str = "done";
/// The result of a conversation whose step was taken back.
pub const UNDONE: &str = "undone";

/// Copies what an item is before a step moves it, when the step belongs to an act.
pub(crate) fn keep<'t>(
    cx: &mut Cx<'_, 't>,
    right: &impl WorkRight<'t>,
    item: &WorkItemRow,
) -> Result<()> {
    match cx.act() {
        Some(act) => Ok(rows::keep(cx.tx(), right, act, item.id)?),
        None => Ok(()),
    }
}

/// Says that the step that is being taken cannot be taken back.
pub(crate) fn not_taken_back(cx: &mut Cx<'_, '_>, thread: ThreadId) -> Result<()> {
    match cx.act() {
        Some(act) => Ok(rows::forget(cx.tx(), act, thread)?),
        None => Ok(()),
    }
}

/// Runs a step as one of an act: whether there is something to take back.
fn taken<'c, 't, T>(
    cx: &mut Cx<'c, 't>,
    act: WorkActId,
    thread: ThreadId,
    step: impl FnOnce(&mut Cx<'c, 't>) -> Result<T>,
) -> Result<(T, bool)> {
    cx.set_act(Some(act));
    let done = step(cx);
    cx.set_act(None);
    Ok((done?, rows::settle(cx.tx(), act, thread)?))
}

/// Takes one step with a conversation so that it can be taken back: what the step returns, and its act;
/// `None` when the step changed nothing, or is one that is not taken back.
///
/// Errors: the step's.
pub fn single<'c, 't, T>(
    cx: &mut Cx<'c, 't>,
    kind: ActKind,
    thread: ThreadId,
    step: impl FnOnce(&mut Cx<'c, 't>) -> Result<T>,
) -> Result<(T, Option<WorkActId>)> {
    let (id, person, now): (WorkActId, _, _) = (cx.new_id()?, cx.person()?, cx.now());
    let key = id.to_string();
    let mac = cx.app().keys().mac(Purpose::Request, key.as_bytes());
    let new = NewAct {
        id,
        person,
        kind,
        is_bulk: false,
        client_key: &key,
        request_mac: &mac,
        undo_until: undo_until(now),
    };
    rows::add(cx.tx(), &new)?;
    let (value, kept) = taken(cx, id, thread, step)?;
    if kept {
        rows::add_item(cx.tx(), id, thread, 0, DONE)?;
    } else {
        rows::remove(cx.tx(), id)?;
    }
    Ok((value, kept.then_some(id)))
}

/// Why something was not done, or not taken back.
#[derive(Debug, Clone)]
pub struct Missed {
    /// The conversation.
    pub thread: ThreadId,
    /// The code of the reason.
    pub why: String,
    /// What it is and where it is now, as its team's list says it; `None` when the reader has no such list.
    pub entry: Option<QueueEntry>,
    /// The newest step with it.
    pub last: Option<LastStep>,
    /// Who took that step, by name.
    pub by: Option<String>,
    /// To whom it went, by name.
    pub to: Option<String>,
}

/// An act and what became of it.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Which step, and whether it was one of several.
    pub row: ActRow,
    /// The conversation, when it was one alone.
    pub only: Option<ThreadId>,
    /// Seconds in which it can still be taken back; 0 when nothing can.
    pub seconds: u32,
    /// How many were done, those taken back since among them.
    pub done: usize,
    /// How many were taken back.
    pub undone: usize,
    /// What was not done; once somebody took the act back, what was not taken back instead.
    pub missed: Vec<Missed>,
}

/// One's own act with what became of it; `None` when there is none, or not any more. Names what a list of
/// `team` names to the reader; anything else is told by its reason alone.
pub fn show(cx: &mut Cx<'_, '_>, id: WorkActId, team: Option<CareTeamId>) -> Result<Option<Shown>> {
    let person = cx.person()?;
    let permit = cx.authorize::<UseOwn>(person)?;
    let Some(row) = rows::get(cx.tx(), &permit, id)? else { return Ok(None) };
    let items = rows::items(cx.tx(), &permit, id)?;
    let count = |test: &dyn Fn(&ActItem) -> bool| items.iter().filter(|item| test(item)).count();
    let is_undone = |item: &ActItem| item.undo_result.as_deref() == Some(UNDONE);
    let tried = items.iter().any(|item| item.undo_result.is_some());
    let open = count(&|item| item.kept && item.undo_result.is_none());
    let seconds = if open > 0 { seconds_left(row.undo_until, cx.now()) } else { 0 };
    let (done, undone) = (count(&|item| item.result == DONE), count(&is_undone));
    let only = items.first().filter(|_| !row.is_bulk).map(|item| item.thread);
    let why = |item: &ActItem| match &item.undo_result {
        Some(why) => (why != UNDONE).then(|| why.clone()),
        None => (!tried && item.result != DONE).then(|| item.result.clone()),
    };
    let missed: Vec<(ThreadId, String)> =
        items.iter().filter_map(|item| Some((item.thread, why(item)?))).collect();
    let missed = named(cx, team, missed)?;
    Ok(Some(Shown { row, only, seconds, done, undone, missed }))
}

/// Names conversations as the list of a team names them to the reader: with words, or by their envelopes.
fn named(
    cx: &mut Cx<'_, '_>,
    team: Option<CareTeamId>,
    missed: Vec<(ThreadId, String)>,
) -> Result<Vec<Missed>> {
    let mut missed: Vec<Missed> = missed
        .into_iter()
        .map(|(thread, why)| Missed { thread, why, entry: None, last: None, by: None, to: None })
        .collect();
    let Some(team) = team.filter(|_| !missed.is_empty()) else { return Ok(missed) };
    if cx.may::<ListQueue>(team)? {
        let permit = cx.authorize::<ListQueue>(team)?;
        name(cx, &permit, true, &mut missed)?;
    } else if cx.may::<ListEnvelopes>(team)? {
        let permit = cx.authorize::<ListEnvelopes>(team)?;
        name(cx, &permit, false, &mut missed)?;
    }
    Ok(missed)
}

/// Names those that stand in a list of the permit's team.
fn name<'t, A>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, A>,
    words: bool,
    missed: &mut [Missed],
) -> Result<()>
where
    A: Action<Object = TeamObject> + ListsTeam,
{
    let mut names = Names::default();
    for one in missed {
        let found = store::work_item::get_listed(cx.tx(), permit, one.thread)?;
        let Some((row, last)) = found else { continue };
        one.entry = Some(work::entry(cx, row, words, &mut names)?);
        if let Some(last) = &last {
            one.by = last.actor.map(|by| names.person(cx, by)).transpose()?;
            one.to = match (last.to_person, last.to_team) {
                (Some(to), _) => Some(names.person(cx, to)?),
                (None, Some(to)) => Some(names.team(cx, to)?),
                (None, None) => None,
            };
        }
        one.last = last;
    }
    Ok(())
}

/// What a list of a team offers to do with several conversations at once.
#[derive(Debug, Clone)]
pub struct Offers {
    /// A key for the form.
    pub key: String,
    /// Whom work can be given to.
    pub colleagues: Vec<Colleague>,
    /// The teams it can be passed to.
    pub targets: Vec<TeamRow>,
    /// Whether the reader does the work; the desk only says who does.
    pub handles: bool,
}

/// What a list of a team offers whoever may list it: `handles` with its words, else without.
pub(crate) fn offers(
    cx: &mut Cx<'_, '_>,
    team: CareTeamId,
    duty: &Duty,
    handles: bool,
) -> Result<Offers> {
    let key: WorkActId = cx.new_id()?;
    let (colleagues, targets) = staff::receivers_beside(cx, team, duty)?;
    Ok(Offers { key: key.to_string(), colleagues, targets, handles })
}

/// Forgets acts whose time was over a minute ago, a hundred at once; how many. For a worker.
pub fn forget_old(app: &App) -> Result<u64> {
    let before = app.now().plus_seconds(-KEPT_S);
    Ok(app.db().write(move |tx| rows::remove_old(tx, before))?)
}
