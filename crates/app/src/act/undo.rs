//! Taking an act back: each conversation goes back to exactly what it was, by whoever moved it, in time, and
//! only while nobody has done anything with it since.
//!
//! It is a step of its own, in the custody and in the access log; nothing is erased. What the thread said
//! to everybody (closed, moved) it says again the other way round; a quiet line of custody that was taken
//! back is not shown to patients. A patient's word in between always wins.

use domain::access::Actor;
use domain::ids::{ThreadId, WorkActId, WorkEventId};
use domain::work_act::{ActKind, is_in_time};
use store::access::{Permit, UndoWork, UseOwn};
use store::care_team;
use store::seal::Place;
use store::work_act::{self as rows, Kept};

use super::UNDONE;
use super::bulk::refusal;
use crate::content::thread_owner;
use crate::cx::{App, Cx};
use crate::error::{Conflict, Error, Result};
use crate::work::tell;

/// The line of a conversation that was opened again because its closing was taken back.
const TAKEN_BACK: &str = "undone";

/// Takes an act of the actor's back, as much of it as can be; what became of each stands in the act
/// ([`super::show`]). A second time changes nothing.
///
/// Errors: `NotFound` when it is no act of the actor's, or not any more; `Conflict(TooLate)` when its time is
/// over, `Conflict(Changed)` when it was one conversation and somebody has moved it since.
pub fn run(app: &App, actor: &Actor, act: WorkActId) -> Result<()> {
    let (row, items) = app.read(actor, |cx| {
        let person = cx.person()?;
        let permit = cx.authorize::<UseOwn>(person)?;
        let row = rows::get(cx.tx(), &permit, act)?.ok_or(Error::NotFound)?;
        Ok((row, rows::items(cx.tx(), &permit, act)?))
    })?;
    let mut left = items.iter().filter(|item| item.kept && item.undo_result.is_none()).peekable();
    if left.peek().is_some() && !is_in_time(row.undo_until, app.now()) {
        return Err(Error::Conflict(Conflict::TooLate));
    }
    for item in left {
        let thread = item.thread;
        let Err(error) = app.write(actor, move |cx| one(cx, act, thread)) else { continue };
        if !row.is_bulk {
            return Err(error);
        }
        let why = refusal(error)?;
        app.write(actor, move |cx| Ok(rows::set_undo_result(cx.tx(), act, thread, &why)?))?;
    }
    Ok(())
}

/// Takes the step with one conversation back.
fn one(cx: &mut Cx<'_, '_>, act: WorkActId, thread: ThreadId) -> Result<()> {
    let permit = cx.authorize::<UndoWork>(thread)?;
    let kept = rows::get_kept(cx.tx(), &permit, act)?.ok_or(Error::NotFound)?;
    if kept.undo_result.is_some() {
        return Ok(());
    }
    if !is_in_time(kept.undo_until, cx.now()) {
        return Err(Error::Conflict(Conflict::TooLate));
    }
    if !rows::restore(cx.tx(), &permit, act)? {
        return Err(Error::Conflict(Conflict::Changed));
    }
    match kept.kind {
        ActKind::Close => open_again(cx, &permit, act, &kept)?,
        ActKind::Pass => take_back_pass(cx, &permit, act, &kept)?,
        ActKind::Claim
        | ActKind::Release
        | ActKind::Assign
        | ActKind::Wait
        | ActKind::Snooze
        | ActKind::Unsnooze
        | ActKind::Level => {}
    }
    let event: WorkEventId = cx.new_id()?;
    rows::add_event(cx.tx(), &permit, event, &kept)?;
    rows::set_undo_result(cx.tx(), act, thread, UNDONE)?;
    tell(cx, "work", permit.object().patient, thread, kept.team)
}

/// Opens a closed conversation as it was: what was owed is owed, and no answer was given.
fn open_again<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, UndoWork>,
    act: WorkActId,
    kept: &Kept,
) -> Result<()> {
    rows::remove_answer(cx.tx(), permit, kept)?;
    add_line(cx, permit, "reopened", TAKEN_BACK)?;
    Ok(rows::restore_inbox(cx.tx(), permit, act)?)
}

/// Takes a conversation back from the team it was passed to.
fn take_back_pass<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, UndoWork>,
    act: WorkActId,
    kept: &Kept,
) -> Result<()> {
    let (Some(next), Some(team)) = (kept.next, care_team::get(cx.tx(), kept.team)?) else {
        return Err(Error::Conflict(Conflict::Changed));
    };
    let line = add_line(cx, permit, "moved", &team.name)?;
    if !rows::take_back_pass(cx.tx(), permit, act, kept, line)? {
        return Err(Error::Conflict(Conflict::Changed));
    }
    let event: WorkEventId = cx.new_id()?;
    rows::add_given_back(cx.tx(), permit, event, kept)?;
    rows::restore_inbox(cx.tx(), permit, act)?;
    // The other team's lists hear of it too.
    tell(cx, "work", permit.object().patient, permit.thread(), next.1)
}

/// Adds a line that everybody in the conversation sees; its number.
fn add_line<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, UndoWork>,
    kind: &str,
    detail: &str,
) -> Result<i64> {
    let id = cx.new_id()?;
    let place = Place::new("thread_event", &id, "detail_sealed", 1);
    let owner = thread_owner(permit.object().patient, None);
    let sealed = cx.seal(owner, &place, detail.as_bytes())?;
    let (person, now) = (cx.actor().person, cx.now());
    Ok(store::message::add_event(cx.tx(), permit, id, kind, person, &sealed, now)?)
}
