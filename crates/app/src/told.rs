//! What a patient or helper told by phone or wrote on paper, entered by staff as the words they are.
//!
//! The message stands on the patient's side under the name of who spoke, with the road it came by and
//! who wrote it down; it brings the work back as any message of a patient does. Its author is the
//! log-in that entered it, who alone may correct it. There is no hold: it was said already.
//! Deliberately absent: the desk, which reads no words and so enters none.

use domain::ids::{PatientId, PersonId, ThreadId};
use domain::message::{Channel, Side};
use domain::thread::ThreadKind;
use store::access::{ReadCircle, Reply};
use store::circle;

use crate::cx::Cx;
use crate::error::{Error, Result};
use crate::message::{self, Delivered, Outgoing, Sender};
use crate::patient;
use crate::thread::{self, NewConversation, ToldBy};

/// Who spoke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker {
    /// The patient.
    Patient,
    /// Somebody who may act for the patient.
    Helper(PersonId),
}

/// Where the words go.
#[derive(Debug, Clone)]
pub enum Into {
    /// Into a conversation.
    Thread(ThreadId),
    /// Into a new one.
    New(NewConversation),
}

/// Enters what somebody told. `out.channel` says by which road and is phone or letter.
///
/// Errors: `NotFound`/`Forbidden` by policy, also when the conversation is not the patient's own care;
/// `Invalid` on `speaker` for who may not act for the patient, on `channel` for another road, and as
/// starting a conversation says; `Conflict(ClientIdReused)` when the id made another message.
pub fn enter(
    cx: &mut Cx<'_, '_>,
    patient: PatientId,
    speaker: Speaker,
    into: &Into,
    out: &Outgoing,
) -> Result<Delivered> {
    if !matches!(out.channel, Channel::Phone | Channel::Letter) {
        return Err(Error::field("channel", "unknown"));
    }
    let told = told_by(cx, patient, speaker)?;
    match into {
        Into::New(new) if new.kind == ThreadKind::Care => {
            thread::start_care(cx, patient, new, out, Some(told))
        }
        Into::New(_) => Err(Error::field("kind", "unknown")),
        Into::Thread(id) => add(cx, patient, *id, told, out),
    }
}

/// The name under which the words stand.
fn told_by(cx: &mut Cx<'_, '_>, patient: PatientId, speaker: Speaker) -> Result<ToldBy> {
    match speaker {
        Speaker::Patient => Ok((patient::get(cx, patient)?.demographics.name, false)),
        Speaker::Helper(person) => {
            let permit = cx.authorize::<ReadCircle>(patient)?;
            let members = circle::list(cx.tx(), &permit)?;
            if !members.iter().any(|row| row.person == person && row.basis != "self") {
                return Err(Error::field("speaker", "unknown"));
            }
            Ok((cx.profile_of(person)?.name, true))
        }
    }
}

fn add(
    cx: &mut Cx<'_, '_>,
    patient: PatientId,
    id: ThreadId,
    (name, helper): ToldBy,
    out: &Outgoing,
) -> Result<Delivered> {
    let permit = cx.authorize::<Reply>(id)?;
    let object = permit.object();
    let theirs = object.patient == Some(patient) && object.kind == ThreadKind::Care;
    if permit.allowed().patient_side || !theirs {
        return Err(Error::NotFound);
    }
    let author = cx.person()?;
    let mac = message::request_mac(cx, &format!("{id} {} {name}", out.channel.code()), out);
    if let Some(first) = message::first_result(cx, author, out, &mac)? {
        return Ok(first);
    }
    let sender = Sender {
        author,
        side: Side::Patient,
        on_behalf_of: helper.then_some(patient),
        owner: crate::content::thread_owner(Some(patient), None),
        patient: Some(patient),
        owner_team: object.owner_team,
        kind: object.kind,
        category: object.category,
        in_reply_to: None,
        told_by: Some(name),
    };
    message::deliver(cx, &permit, &sender, out, &mac)
}
