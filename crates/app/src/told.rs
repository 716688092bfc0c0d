//! What a patient or helper told by phone or wrote on paper, entered by staff as the words they are.
//!
//! The message stands on the patient's side under the name of who spoke, with the road it came by and
//! who wrote it down; it brings the work back as any message of a patient does. Its author is the
//! log-in that entered it, who alone may correct it. There is no hold: it was said already. What is being
//! typed is a draft of its writer's like any other.
//! Deliberately absent: the desk, which reads no words and so enters none.

use domain::ids::{DraftId, PatientId, PersonId, ThreadId};
use domain::message::{Channel, Side};
use domain::thread::ThreadKind;
use store::access::{ReadCircle, ReadThread, Reply, UseOwn};
use store::circle;
use store::draft::{self as rows, DraftKind};

use crate::cx::Cx;
use crate::draft::{self, Draft};
use crate::error::{Error, Result};
use crate::message::{self, Delivered, Outgoing, Sender};
use crate::patient;
use crate::thread::{self, NewConversation, Shown, ToldBy};

/// Most messages that are shown because they came in while somebody typed.
const NEWER_MAX: i64 = 50;

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

/// The actor's newest call or letter in the making about a patient. `NotFound` when the actor may not
/// enter any there.
pub fn begun(cx: &mut Cx<'_, '_>, patient: PatientId) -> Result<Option<Draft>> {
    let person = cx.person()?;
    let own = cx.authorize::<UseOwn>(person)?;
    match rows::find_told(cx.tx(), &own, patient)? {
        Some(row) => draft::get(cx, row.id).map(Some),
        None => Ok(None),
    }
}

/// What others wrote in a conversation after number `base`, oldest first, at most the newest fifty; nothing
/// for who may not read it.
pub fn newer(cx: &mut Cx<'_, '_>, id: ThreadId, base: i64) -> Result<Vec<Shown>> {
    if !cx.may::<ReadThread>(id)? {
        return Ok(Vec::new());
    }
    let me = cx.person()?;
    let view = thread::view(cx, id, i64::MAX, NEWER_MAX)?;
    Ok(view.messages.into_iter().filter(|shown| shown.seq > base && shown.author != me).collect())
}

/// Enters what was kept as this draft, which goes with it. Errors: as [`enter`].
pub fn enter_kept(
    cx: &mut Cx<'_, '_>,
    kept: DraftId,
    patient: PatientId,
    speaker: Speaker,
    into: &Into,
    out: &Outgoing,
) -> Result<Delivered> {
    let done = enter(cx, patient, speaker, into, out)?;
    let person = cx.person()?;
    let own = cx.authorize::<UseOwn>(person)?;
    let row = rows::get(cx.tx(), &own, kept)?;
    if row.is_some_and(|row| row.kind == DraftKind::Told && row.patient == Some(patient)) {
        rows::remove(cx.tx(), &own, kept)?;
    }
    Ok(done)
}

/// Enters what somebody told. `out.channel` says by which road and is phone or letter.
///
/// Errors: `NotFound`/`Forbidden` by policy, also when the conversation is not the patient's own care;
/// `Invalid` on `speaker` for who may not act for the patient, on `channel` for another road, and as
/// starting a conversation says; `Conflict(NewerMessages)` when others wrote since `out.base_seq`;
/// `Conflict(ClientIdReused)` when the id made another message.
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
            thread::start_care(cx, patient, new, out, Some(told), None)
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
    let care = crate::work::is_care(cx, &permit, object.kind)?;
    if permit.allowed().patient_side || object.patient != Some(patient) || !care {
        return Err(Error::NotFound);
    }
    let author = cx.person()?;
    let mac = message::request_mac(cx, &format!("{id} {} {name}", out.channel.code()), out);
    if let Some(first) = message::first_result(cx, author, out, &mac)? {
        return Ok(first);
    }
    message::stop_for_newer(cx, &permit, author, out.base_seq)?;
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
        spoke: None,
        level_rules: None,
        level_check: None,
        crossed: None,
    };
    message::deliver(cx, &permit, &sender, out, &mac)
}
