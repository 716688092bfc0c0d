//! Reaching the patient's side by phone, on paper or in person: the record of a call, which is a message of
//! its own; calls that reached nobody; answers that were read out, handed over or sent by post.
//!
//! Every record stands in the conversation in its order, under the name of who made it, for staff and the
//! patient's side alike. A call that reached nobody is a line: the clock runs on and nothing closes.
//! Deliberately absent: what a patient told (`told`).

use domain::contact::{Brought, Tried, is_recordable};
use domain::ids::{PersonId, QuestionId, ThreadEventId, ThreadId};
use domain::message::{Ask, Body, Channel, ClientMsgId, Line, QuestionState, Side};
use domain::time::Timestamp;
use domain::work_item::Outcome;
use store::access::{CloseThread, Permit, ReadThread, Reply};
use store::change::Change;
use store::draft::AfterRelease;
use store::seal::Place;

use crate::circle;
use crate::content::thread_owner;
use crate::cx::Cx;
use crate::error::{Error, Result};
use crate::line_detail::LineDetail;
use crate::message::{self, Delivered, Outgoing, Sender};
use crate::{patient, question, work};

/// Whom it was about reaching.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum With {
    /// The patient.
    Patient,
    /// Somebody who may read the conversation for the patient.
    Helper(PersonId),
    /// Somebody else, by name.
    Other(Line),
}

/// A call in which somebody was reached.
#[derive(Debug, Clone)]
pub struct Call {
    /// With whom.
    pub with: With,
    /// When it was.
    pub at: Timestamp,
    /// What was said.
    pub said: Body,
    /// The patient's questions that it answered.
    pub answers: Vec<QuestionId>,
    /// Language of the record.
    pub language: String,
    /// The caller's own id for it, so that a retry finds the first result.
    pub client_msg_id: ClientMsgId,
}

/// A call that reached nobody.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// How it ended.
    pub how: Tried,
    /// When it was.
    pub at: Timestamp,
    /// What was said on the voice message; the patient reads it.
    pub said: Option<Line>,
    /// The record's own id, so that a retry writes nothing.
    pub id: ThreadEventId,
}

/// An answer that was brought to somebody.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// How.
    pub how: Brought,
    /// To whom.
    pub to: With,
    /// When.
    pub at: Timestamp,
    /// The record's own id, so that a retry writes nothing.
    pub id: ThreadEventId,
}

/// Records a call in which somebody was reached, as a message of the team's; with `closes` it ends the
/// conversation as called back, if the work is still at `version`.
///
/// Errors: `NotFound`/`Forbidden` by policy; `Invalid` on `at`, `with` or `questions`;
/// `Conflict(Changed)` when somebody moved the work meanwhile; `Conflict(ClientIdReused)` when the id
/// made another message.
pub fn call(
    cx: &mut Cx<'_, '_>,
    thread: ThreadId,
    call: &Call,
    closes: bool,
    version: Option<i64>,
) -> Result<Delivered> {
    let permit = allowed(cx, thread)?;
    let author = cx.person()?;
    let name = name_of(cx, thread, &call.with)?;
    let out = Outgoing {
        body: call.said.clone(),
        ask: Ask::Inform,
        questions: Vec::new(),
        answers: Vec::new(),
        language: call.language.clone(),
        channel: Channel::Phone,
        prepared_by: None,
        client_msg_id: call.client_msg_id.clone(),
        base_seq: None,
        answers_up_to: None,
        after: if closes { AfterRelease::Close } else { AfterRelease::Nothing },
        outcome: closes.then_some(Outcome::Callback),
    };
    let target = format!("{thread} call {name} {} {closes}", call.at.micros());
    let mac = message::request_mac(cx, &target, &out);
    if let Some(first) = message::first_result(cx, author, &out, &mac)? {
        return Ok(first);
    }
    recordable(cx, call.at)?;
    if closes {
        let closing: Permit<'_, CloseThread> = cx.authorize::<CloseThread>(thread)?;
        let item = work::open_item(cx, &closing)?;
        work::at_version(&item, version)?;
    }
    for answered in &call.answers {
        let state = (QuestionState::Answered, None);
        let id = *answered;
        if !store::message::decide_question(cx.tx(), &permit, id, Side::Patient, state)? {
            return Err(Error::field("answers", "unknown"));
        }
    }
    if closes {
        question::none_open(cx, &permit, 0)?;
    }
    let object = permit.object();
    let sender = Sender {
        author,
        side: Side::Team,
        on_behalf_of: None,
        owner: thread_owner(object.patient, None),
        patient: object.patient,
        owner_team: object.owner_team,
        kind: object.kind,
        category: object.category,
        in_reply_to: None,
        told_by: None,
        level_rules: None,
        level_check: None,
        crossed: None,
        spoke: Some((name, call.at)),
    };
    message::deliver(cx, &permit, &sender, &out, &mac)
}

/// Records a call that reached nobody. Errors: as [`call`], without those of its words.
pub fn tried(cx: &mut Cx<'_, '_>, thread: ThreadId, attempt: &Attempt) -> Result<()> {
    let permit = allowed(cx, thread)?;
    if store::message::has_event(cx.tx(), &permit, attempt.id)? {
        return Ok(());
    }
    recordable(cx, attempt.at)?;
    let more = LineDetail {
        by: own_name(cx)?,
        at: attempt.at.micros(),
        remark: attempt.said.as_ref().map(|said| said.as_str().to_owned()).unwrap_or_default(),
        ..LineDetail::default()
    };
    crate::callback::reached_nobody(cx, &permit)?;
    add(cx, &permit, attempt.id, "tried", &more.with(attempt.how.code())?)
}

/// Records that what was written so far was brought to somebody. Errors: as [`call`], without those of
/// its words.
pub fn brought(cx: &mut Cx<'_, '_>, thread: ThreadId, delivery: &Delivery) -> Result<()> {
    let permit = allowed(cx, thread)?;
    if store::message::has_event(cx.tx(), &permit, delivery.id)? {
        return Ok(());
    }
    recordable(cx, delivery.at)?;
    let more = LineDetail {
        by: own_name(cx)?,
        to: name_of(cx, thread, &delivery.to)?,
        at: delivery.at.micros(),
        ..LineDetail::default()
    };
    add(cx, &permit, delivery.id, "brought", &more.with(delivery.how.code())?)
}

/// The right to record something: whoever of a team may answer in this conversation, which is care.
fn allowed<'t>(cx: &mut Cx<'_, 't>, thread: ThreadId) -> Result<Permit<'t, Reply>> {
    let permit = cx.authorize::<Reply>(thread)?;
    let kind = permit.object().kind;
    if permit.allowed().patient_side || !work::is_care(cx, &permit, kind)? {
        return Err(Error::NotFound);
    }
    Ok(permit)
}

fn recordable(cx: &Cx<'_, '_>, at: Timestamp) -> Result<()> {
    if is_recordable(cx.now().seconds_since(at)) {
        Ok(())
    } else {
        Err(Error::field("at", "range"))
    }
}

fn own_name(cx: &mut Cx<'_, '_>) -> Result<String> {
    let me = cx.person()?;
    Ok(cx.profile_of(me)?.name)
}

/// The name under which somebody stands on the record. A helper must be able to read what they are told.
fn name_of(cx: &mut Cx<'_, '_>, thread: ThreadId, with: &With) -> Result<String> {
    match with {
        With::Other(name) => Ok(name.as_str().to_owned()),
        With::Patient => {
            let permit = cx.authorize::<ReadThread>(thread)?;
            let row = store::patient::get_of_thread(cx.tx(), &permit)?.ok_or(Error::NotFound)?;
            Ok(patient::open(cx, row)?.demographics.name)
        }
        With::Helper(person) => {
            let readers = circle::readers(cx, thread)?;
            let found = readers.into_iter().find(|reader| reader.person == *person);
            found.map(|reader| reader.name).ok_or_else(|| Error::field("with", "unknown"))
        }
    }
}

fn add<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, Reply>,
    id: ThreadEventId,
    kind: &str,
    detail: &str,
) -> Result<()> {
    let object = permit.object();
    let (patient, team) = (object.patient, object.owner_team);
    let place = Place::new("thread_event", &id, "detail_sealed", 1);
    let sealed = cx.seal(thread_owner(patient, None), &place, detail.as_bytes())?;
    let (person, now) = (cx.actor().person, cx.now());
    store::message::add_event(cx.tx(), permit, id, kind, person, &sealed, now)?;
    cx.note_change(&Change {
        kind: "work".to_owned(),
        patient,
        thread: Some(permit.thread()),
        team,
        person,
    })
}
