//! What was sent and could not leave when its hold was over: a draft again, and its writer is told.

use domain::access::Actor;
use domain::ids::{DraftId, PersonId};
use store::change::Change;
use store::draft as rows;

use super::{DraftKind, Named, list, named};
use crate::cx::{App, Cx};
use crate::error::Result;
use crate::live::UNSENT;
use crate::thread;

/// A text of the actor's that did not leave when its hold was over.
#[derive(Debug, Clone)]
pub struct Unsent {
    /// The draft, its headline and the team that the conversation is with now.
    pub named: Named,
    /// Whether that team is none of the actor's: it was passed on meanwhile.
    pub passed: bool,
}

/// The texts of the actor's that did not leave and wait for a decision, newest first. Asks for nothing,
/// and leaves no entry in the access log, while there are none.
pub fn list_unsent(cx: &mut Cx<'_, '_>) -> Result<Vec<Unsent>> {
    let me = cx.person()?;
    if !rows::has_unsent(cx.tx(), me)? {
        return Ok(Vec::new());
    }
    let teams = crate::work::my_teams(cx)?;
    let mut unsent = Vec::new();
    for draft in list(cx)?.into_iter().filter(|draft| draft.row.unsent_at.is_some()) {
        let owner = match draft.row.thread.filter(|_| draft.row.kind == DraftKind::Reply) {
            // Who may not read the conversation any more is told nothing of it.
            Some(thread) if !cx.may::<store::access::ReadThread>(thread)? => continue,
            Some(thread) => thread::headline(cx, thread)?.1,
            None => None,
        };
        let passed = owner.is_some_and(|owner| !teams.iter().any(|(team, _)| team.id == owner));
        unsent.push(Unsent { named: named(cx, draft)?, passed });
    }
    Ok(unsent)
}

/// Makes a held text that could not leave a draft again, and tells its writer's open pages.
pub(super) fn unhold(app: &App, id: DraftId, owner: PersonId) -> Result<()> {
    app.write_reserved(&Actor::system(), move |cx| {
        let now = cx.now();
        rows::unhold(cx.tx(), id, now)?;
        cx.note_change(&Change {
            kind: UNSENT.to_owned(),
            patient: None,
            thread: None,
            team: None,
            person: Some(owner),
        })
    })
}
