//! Whether somebody of the staff may still be told that something changed.
//!
//! An event says that there is news and of what kind, so it is asked for at each and recorded at none:
//! the page that then fetches the news is recorded as every page is. A refusal at the start is recorded.

use domain::ids::{CareTeamId, ThreadId};
use store::access::{ListEnvelopes, ListQueue, ReadThread};

use crate::cx::Cx;
use crate::error::Result;

/// Whether the actor still sees a team's list of work, with or without words.
pub fn sees_team(cx: &mut Cx<'_, '_>, team: CareTeamId) -> Result<bool> {
    Ok(cx.may::<ListQueue>(team)? || cx.may::<ListEnvelopes>(team)?)
}

/// Whether the actor still reads a conversation.
pub fn sees_thread(cx: &mut Cx<'_, '_>, thread: ThreadId) -> Result<bool> {
    cx.may::<ReadThread>(thread)
}

/// Begins to watch a team's list. `NotFound` or `Forbidden` by policy.
pub fn team(cx: &mut Cx<'_, '_>, team: CareTeamId) -> Result<()> {
    if !sees_team(cx, team)? {
        cx.authorize::<ListQueue>(team)?;
    }
    Ok(())
}

/// Begins to watch a conversation. `NotFound` or `Forbidden` by policy.
pub fn thread(cx: &mut Cx<'_, '_>, thread: ThreadId) -> Result<()> {
    if !sees_thread(cx, thread)? {
        cx.authorize::<ReadThread>(thread)?;
    }
    Ok(())
}
