//! One press that sends a reply and sets the level of its work: both, in one transaction, or neither.
//!
//! The level is set when the text leaves, never while it is held and can be taken back. What was shown at
//! the press must still be true then: when somebody wrote or the level moved in between, nothing is done and
//! the text is a draft of its writer again. Deliberately absent: closing and waiting, which belong to the
//! message itself (`message`).

use domain::ids::ThreadId;
use domain::message::Line;
use domain::work_item::Level;
use store::access::{CloseThread, HandleWork};
use store::draft::AfterRelease;

use super::Draft;
use crate::content::LevelPress;
use crate::cx::Cx;
use crate::error::{Conflict, Error, Result};
use crate::message::Outgoing;
use crate::work;

/// The field of a reply's form that says why the level goes down.
const WHY: &str = "level_why";

fn read(press: &LevelPress) -> Result<(Level, Option<Line>)> {
    let level = Level::new(press.level).ok_or_else(|| Error::field(WHY, "unknown"))?;
    if press.why.trim().is_empty() {
        return Ok((level, None));
    }
    let why = Line::parse(&press.why).map_err(|error| Error::text(WHY, error))?;
    Ok((level, Some(why)))
}

/// Asks at the press for everything that the level and the end of a reply need when it leaves.
///
/// Errors: `Invalid` on `level_why` when the level goes down without a reason; `Forbidden` for who may not
/// set it, or not close; `Conflict(Changed)` when the level is not the one that the writer was shown.
pub(super) fn check(cx: &mut Cx<'_, '_>, thread: ThreadId, draft: &Draft) -> Result<()> {
    let Some(press) = &draft.content.press else { return Ok(()) };
    let (level, why) = read(press)?;
    let permit = cx.authorize::<HandleWork>(thread)?;
    let item = work::open_item(cx, &permit)?;
    if item.level != press.shown {
        return Err(Error::Conflict(Conflict::Changed));
    }
    match work::may_level(cx, &item, level, why.as_ref()) {
        Err(Error::Invalid(_)) => return Err(Error::field(WHY, "empty")),
        other => other?,
    }
    if draft.row.after == AfterRelease::Close {
        cx.authorize::<CloseThread>(thread)?;
    }
    Ok(())
}

/// Sets the level that goes with a reply that is leaving; the reply as it leaves then: only when nobody wrote
/// what its writer had not seen.
///
/// Errors: as [`check`]'s, and those of `work::set_level`.
pub(super) fn level(
    cx: &mut Cx<'_, '_>,
    thread: ThreadId,
    draft: &Draft,
    out: Outgoing,
) -> Result<Outgoing> {
    let Some(press) = &draft.content.press else { return Ok(out) };
    check(cx, thread, draft)?;
    let (level, why) = read(press)?;
    if level.number() != press.shown {
        work::set_level(cx, thread, level, why.as_ref(), None)?;
    }
    Ok(Outgoing { base_seq: Some(draft.row.base_seq), ..out })
}
