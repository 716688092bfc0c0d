//! Notes among staff about a thread. Another type, another table, another route than messages.

use domain::ids::{MessageId, StaffNoteId, ThreadId};
use domain::message::{Body, ClientMsgId};
use domain::time::Timestamp;
use store::access::{ReadNotes, WriteNote};
use store::change::Change;
use store::seal::Place;
use store::staff_note as rows;

use crate::content::{Letter, thread_owner};
use crate::cx::Cx;
use crate::error::{Conflict, Error, Result};
use crate::message::{self, Delivered, Outgoing};

/// A note opened for staff.
#[derive(Debug, Clone)]
pub struct Note {
    /// Its id.
    pub id: StaffNoteId,
    /// Its thread.
    pub thread: ThreadId,
    /// Who wrote it.
    pub author: domain::ids::PersonId,
    /// Author's name, role and the text.
    pub letter: Letter,
    /// When.
    pub at: Timestamp,
    /// The message it was copied into.
    pub promoted_to: Option<MessageId>,
}

/// Writes a note; the same client id with the same text again writes nothing.
///
/// Errors: `Conflict(Changed)` when the id was used for another text.
pub fn add(
    cx: &mut Cx<'_, '_>,
    thread: ThreadId,
    body: &Body,
    client_msg_id: &ClientMsgId,
) -> Result<()> {
    let permit = cx.authorize::<WriteNote>(thread)?;
    let author = cx.person()?;
    let profile = cx.profile_of(author)?;
    let letter = Letter {
        written_by: String::new(),
        author: profile.name,
        title: profile.title,
        phone: String::new(),
        prepared_by: String::new(),
        spoke_with: String::new(),
        spoke_at: 0,
        body: body.as_str().to_owned(),
    };
    let object = permit.object();
    let (patient, team) = (object.patient, object.owner_team);
    let id: StaffNoteId = cx.new_id()?;
    let place = Place::new("staff_note", &id, "content_sealed", 1);
    let content = cx.seal_json(thread_owner(patient, None), &place, &letter)?;
    if !rows::add(cx.tx(), &permit, id, author, client_msg_id.as_str(), &content)? {
        let kept = list(cx, thread)?
            .iter()
            .any(|note| note.author == author && note.letter.body == letter.body);
        return if kept { Ok(()) } else { Err(Error::Conflict(Conflict::Changed)) };
    }
    // No patient in the change: nothing of a note wakes a page of the patient's.
    cx.note_change(&Change {
        kind: "note".to_owned(),
        patient: None,
        thread: Some(thread),
        team,
        person: Some(author),
    })
}

/// The notes of a thread, oldest first.
pub fn list(cx: &mut Cx<'_, '_>, thread: ThreadId) -> Result<Vec<Note>> {
    let permit = cx.authorize::<ReadNotes>(thread)?;
    let owner = thread_owner(permit.object().patient, None);
    let found = rows::list(cx.tx(), &permit)?;
    found
        .into_iter()
        .map(|row| {
            let place = Place::new("staff_note", &row.id, "content_sealed", 1);
            let letter = cx.open_json(owner, &place, &row.content)?;
            Ok(Note {
                id: row.id,
                thread,
                author: row.author,
                letter,
                at: row.at,
                promoted_to: row.promoted_to,
            })
        })
        .collect()
}

/// Copies a note into a message to the patient, in the words of `out` that the page has confirmed.
pub fn promote(
    cx: &mut Cx<'_, '_>,
    thread: ThreadId,
    note: StaffNoteId,
    out: &Outgoing,
) -> Result<Delivered> {
    let permit = cx.authorize::<WriteNote>(thread)?;
    if !list(cx, thread)?.iter().any(|known| known.id == note) {
        return Err(Error::NotFound);
    }
    let delivered = message::reply(cx, thread, out)?;
    rows::set_promoted(cx.tx(), &permit, note, delivered.id)?;
    Ok(delivered)
}
