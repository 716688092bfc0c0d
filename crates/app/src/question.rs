//! Numbered questions: each stays open until somebody answers it or the team sets it aside and says why.
//!
//! A message of the patient's side answers whatever the team asked. What the patient asked is answered by
//! the team's word that it is, with a message or without. Deliberately absent: asking, which is part of a
//! message (`message`).

use domain::ids::{QuestionId, ThreadId};
use domain::message::{Line, QuestionState, Side};
use domain::work_item::{WorkEventKind, WorkState};
use store::access::Reply;
use store::change::Change;
use store::message as rows;
use store::seal::Place;
use store::thread::SendRight;
use store::work_item::{self, ClockStep, Moved, NewWorkEvent, Sending};

use crate::content::thread_owner;
use crate::cx::Cx;
use crate::error::{Conflict, Error, Result};

/// Says that a question was answered, or is set aside and why. What the team itself asked can only be set
/// aside; with its last open question the patient owes nothing more.
///
/// Errors: `NotFound`/`Forbidden` by policy; `Invalid` on `reason` when it is set aside without one;
/// `Conflict(Changed)` when it is not open any more.
pub fn decide(
    cx: &mut Cx<'_, '_>,
    thread: ThreadId,
    question: QuestionId,
    state: QuestionState,
    reason: Option<&Line>,
) -> Result<()> {
    let permit = cx.authorize::<Reply>(thread)?;
    if permit.allowed().patient_side {
        return Err(Error::NotFound);
    }
    let aside = state == QuestionState::SetAside;
    if aside && reason.is_none() {
        return Err(Error::field("reason", "empty"));
    }
    let (patient, team) = (permit.object().patient, permit.object().owner_team);
    let reason = match reason.filter(|_| aside) {
        Some(reason) => {
            let place = Place::new("question", &question, "reason_sealed", 1);
            Some(cx.seal(thread_owner(patient, None), &place, reason.as_str().as_bytes())?)
        }
        None => None,
    };
    let decided = (state, reason.as_ref());
    if !rows::decide_question(cx.tx(), &permit, question, Side::Patient, decided)? {
        let own = aside && rows::decide_question(cx.tx(), &permit, question, Side::Team, decided)?;
        if !own {
            return Err(Error::Conflict(Conflict::Changed));
        }
        if open(cx, &permit, Side::Team)? == 0 {
            nothing_asked(cx, &permit)?;
        }
    }
    cx.note_change(&Change {
        kind: "question".to_owned(),
        patient,
        thread: Some(thread),
        team,
        person: cx.actor().person,
    })
}

/// The patient's side owes nothing more: its rows say so, and work that waited for it does not.
fn nothing_asked<'t>(cx: &mut Cx<'_, 't>, permit: &store::access::Permit<'t, Reply>) -> Result<()> {
    store::inbox_row::clear_asked(cx.tx(), permit)?;
    let now = cx.now();
    let items = work_item::list_open(cx.tx(), permit)?;
    let waiting = items.iter().filter(|item| Some(item.team) == permit.object().owner_team);
    for item in waiting.filter(|item| item.state == WorkState::Waiting) {
        let moved = Moved {
            state: WorkState::Answered,
            assignee: item.assignee,
            clock: ClockStep::Keep,
            answered_at: None,
            outcome: None,
            lease_until: None,
        };
        if !work_item::update(cx.tx(), &Sending(permit, now), item, &moved)? {
            return Err(Error::Conflict(Conflict::Changed));
        }
        let event = NewWorkEvent {
            id: cx.new_id()?,
            item: item.id,
            kind: WorkEventKind::Answered,
            actor: cx.actor().person,
            to_person: None,
            to_team: None,
            reason: None,
            patient_sees: false,
        };
        work_item::add_event(cx.tx(), &Sending(permit, now), &event)?;
    }
    Ok(())
}

/// How many questions of a side are open in a conversation and in those joined with it that the actor reads.
fn open<'t>(cx: &mut Cx<'_, 't>, right: &impl SendRight<'t>, side: Side) -> Result<i64> {
    let reader = (cx.actor().person, cx.now());
    Ok(rows::count_open(cx.tx(), right, side, reader)?)
}

/// Refuses to call answered what is not: `Invalid` on `questions` while more than `but` of the patient's
/// side's questions are open.
pub(crate) fn none_open<'t>(
    cx: &mut Cx<'_, 't>,
    right: &impl SendRight<'t>,
    but: usize,
) -> Result<()> {
    if open(cx, right, Side::Patient)? > i64::try_from(but).unwrap_or(i64::MAX) {
        return Err(Error::field("questions", "open"));
    }
    Ok(())
}
