//! Answers that cross with what the patient's side writes while they are held.
//!
//! Such an answer leaves, and the work on its conversation stays owed, whatever was to happen with it: what
//! nobody has read is neither closed nor called answered. Its writer is told where their other texts stand
//! that did not do what they were to do. Deliberately absent: what becomes of the work (`message`); a press
//! that sets a level, which stops (`draft::press`).

use domain::ids::{PersonId, ThreadId};
use domain::time::Timestamp;
use domain::work_item::WorkState;
use store::access::{Permit, ReadThread, Reply, UseOwn};
use store::change::Change;
use store::crossed as rows;
use store::thread::MessageRight;
use store::work_item;

use crate::cx::Cx;
use crate::error::Result;
use crate::live::UNSENT;
use crate::message::Outgoing;
use crate::thread;

/// A conversation that stays open: its patient's side wrote while the actor's answer was leaving.
#[derive(Debug, Clone)]
pub struct Crossed {
    /// The conversation.
    pub thread: ThreadId,
    /// Its headline.
    pub headline: String,
}

/// Since when something waits that the patient's side wrote while the text was held and that nobody of the
/// team has answered meanwhile.
pub(crate) fn since<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, Reply>,
    out: &Outgoing,
) -> Result<Option<Timestamp>> {
    let Some(seq) = out.answers_up_to.filter(|_| permit.object().kind.with_patient()) else {
        return Ok(None);
    };
    let author = cx.person()?;
    let Some(first) = rows::written_at(cx.tx(), permit, seq, author)? else { return Ok(None) };
    let items = work_item::list_open(cx.tx(), permit)?;
    let owed = items.iter().any(|item| {
        Some(item.team) == permit.object().owner_team
            && matches!(item.state, WorkState::Queued | WorkState::Claimed)
    });
    Ok(owed.then_some(first))
}

/// Keeps that an answer crossed, and tells its writer's open pages.
pub(crate) fn keep<'t>(
    cx: &mut Cx<'_, 't>,
    right: &impl MessageRight<'t>,
    writer: PersonId,
    seq: i64,
) -> Result<()> {
    rows::add(cx.tx(), right, writer, seq)?;
    cx.note_change(&Change {
        kind: UNSENT.to_owned(),
        patient: None,
        thread: None,
        team: None,
        person: Some(writer),
    })
}

/// The conversations that stay open and that the actor has not opened since. Asks for nothing, and leaves no
/// entry in the access log, while there are none.
pub fn list(cx: &mut Cx<'_, '_>) -> Result<Vec<Crossed>> {
    let me = cx.person()?;
    if !rows::has_any(cx.tx(), me)? {
        return Ok(Vec::new());
    }
    let own = cx.authorize::<UseOwn>(me)?;
    let mut found = Vec::new();
    for thread in rows::list(cx.tx(), &own)? {
        // Who may not read the conversation any more is told nothing of it.
        if cx.may::<ReadThread>(thread)? {
            found.push(Crossed { thread, headline: thread::headline(cx, thread)?.0 });
        }
    }
    Ok(found)
}

/// Whether an answer of the actor's crossed in the permit's thread and what it missed still waits.
pub(crate) fn is_open<'t>(cx: &mut Cx<'_, 't>, permit: &Permit<'t, ReadThread>) -> Result<bool> {
    let me = cx.person()?;
    Ok(rows::is_open(cx.tx(), permit, me)?)
}
