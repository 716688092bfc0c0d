//! Putting a piece of work off, and taking it back.
//!
//! It leaves the team's lists until a moment, until somebody takes another step with it, or until the
//! patient's side writes, whichever comes first. Clock and escalation go on. Deliberately absent: anything
//! the patient would see of it.

use domain::ids::ThreadId;
use domain::snooze;
use domain::time::Timestamp;
use domain::work_item::{WorkEventKind, WorkState};
use store::access::{HandleWork, ReadThread};
use store::work_item::NewWorkEvent;

use crate::cx::Cx;
use crate::error::{Conflict, Error, Result};
use crate::work;

/// Puts the owning team's open work on a conversation off until a moment.
///
/// Errors: `NotFound`/`Forbidden` by policy; `Invalid` on `snooze` with what `domain::snooze` refuses;
/// `Conflict(Changed)` when it is not waiting for the team, or was moved since `version`.
pub fn put_off(
    cx: &mut Cx<'_, '_>,
    thread: ThreadId,
    until: Timestamp,
    version: Option<i64>,
) -> Result<()> {
    set(cx, thread, Some(until), version)
}

/// Takes it back into the list at once.
pub fn take_back(cx: &mut Cx<'_, '_>, thread: ThreadId, version: Option<i64>) -> Result<()> {
    set(cx, thread, None, version)
}

fn set(
    cx: &mut Cx<'_, '_>,
    thread: ThreadId,
    until: Option<Timestamp>,
    version: Option<i64>,
) -> Result<()> {
    let permit = cx.authorize::<HandleWork>(thread)?;
    let item = work::open_item(cx, &permit)?;
    work::at_version(&item, version)?;
    if !matches!(item.state, WorkState::Queued | WorkState::Claimed) {
        return Err(Error::Conflict(Conflict::Changed));
    }
    if let Some(until) = until {
        let due = item.owed.map(|_| item.due_at);
        snooze::check(item.level(), due, until, cx.now())
            .map_err(|refused| Error::field("snooze", refused.code()))?;
    }
    crate::act::keep(cx, &permit, &item)?;
    if !store::snooze::put(cx.tx(), &permit, &item, until)? {
        return Err(Error::Conflict(Conflict::Changed));
    }
    let event = NewWorkEvent {
        id: cx.new_id()?,
        item: item.id,
        kind: WorkEventKind::Snoozed,
        actor: cx.actor().person,
        to_person: None,
        to_team: None,
        reason: None,
        patient_sees: false,
    };
    store::work_item::add_event(cx.tx(), &permit, &event)?;
    work::tell(cx, "work", permit.object().patient, thread, item.team)
}

/// Until when the work on a conversation is put off, for its staff.
pub fn until(cx: &mut Cx<'_, '_>, thread: ThreadId) -> Result<Option<Timestamp>> {
    let permit = cx.authorize::<ReadThread>(thread)?;
    Ok(store::snooze::get(cx.tx(), &permit)?)
}
