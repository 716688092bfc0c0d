//! Adding a colleague to a conversation. Everybody in it sees a line.
//!
//! Deliberately absent: adding helpers (a grant does that) and choosing how much of the past a newcomer
//! sees: a colleague who is asked for an opinion sees the whole conversation.

use domain::ids::{PersonId, ThreadId};
use store::access::AssignWork;
use store::care_team;
use store::seal::Place;
use store::thread::{self, NewParticipation, Party};

use crate::content::thread_owner;
use crate::cx::Cx;
use crate::error::{Error, Result};

/// Adds a physician or nurse of the owning team's organization to a conversation; doing so again
/// changes nothing.
///
/// Errors: `NotFound`/`Forbidden` by policy; `Invalid` when the person is nobody who can be added.
pub fn add(cx: &mut Cx<'_, '_>, thread: ThreadId, person: PersonId) -> Result<()> {
    let permit = cx.authorize::<AssignWork>(thread)?;
    let (patient, owner_team) = (permit.object().patient, permit.object().owner_team);
    let unknown = || Error::field("person", "unknown");
    let team = match owner_team {
        Some(team) => care_team::get(cx.tx(), team)?.ok_or_else(unknown)?,
        None => return Err(unknown()),
    };
    let row = store::person::get(cx.tx(), person)?
        .filter(|row| row.active && row.role.is_clinical())
        .filter(|row| row.organization == Some(team.organization))
        .ok_or_else(unknown)?;
    if thread::parties_for_work(cx.tx(), &permit)?.contains(&Party::Person(person)) {
        return Ok(());
    }
    let now = cx.now();
    let participation = NewParticipation {
        id: cx.new_id()?,
        party: Party::Person(person),
        from_seq: 1,
        from_at: now,
        added_by: cx.actor().clone(),
        reason: "added",
    };
    thread::add_participation(cx.tx(), &permit, &participation)?;
    let name = cx.profile(&row)?.name;
    let id = cx.new_id()?;
    let place = Place::new("thread_event", &id, "detail_sealed", 1);
    let sealed = cx.seal(thread_owner(patient, None), &place, name.as_bytes())?;
    let by = cx.actor().person;
    store::message::add_event(cx.tx(), &permit, id, "joined", by, &sealed, now)?;
    cx.note_change(&store::change::Change {
        kind: "work".to_owned(),
        patient,
        thread: Some(thread),
        team: owner_team,
        person: by,
    })
}
