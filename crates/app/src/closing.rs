//! Closing a conversation so that the patient reads what happened and what comes next.
//!
//! An outcome that left the channel needs its words: what was asked for, to whom it went, where it was
//! answered. A call back is closed by its own record (`contact::call`), which is a message.
//! Deliberately absent: the steps of an item (`work`).

use domain::ids::{StaffNoteId, ThreadId};
use domain::message::{Body, ClientMsgId, Line};
use domain::work_item::{Outcome, Said, WorkEventKind, WorkState};
use jiff::civil::Date;
use store::access::{CloseThread, Permit};
use store::work_item::ClockStep;

use crate::cx::Cx;
use crate::deadline;
use crate::error::{Error, Result};
use crate::line_detail::LineDetail;
use crate::question;
use crate::work::{self, Remark, Step};

/// How far from today a day said with an outcome may be, in days.
const DAYS_MAX: i32 = 2 * 366;

/// How a conversation ends.
#[derive(Debug, Clone)]
pub struct Closing {
    /// With which outcome.
    pub outcome: Outcome,
    /// What was asked for, to whom it went, or where it was answered.
    pub what: Option<Line>,
    /// The day that is for, or was.
    pub on: Option<Date>,
    /// What else is said, and to whom.
    pub remark: Option<Remark>,
}

/// Whether a thread that the actor may close is between staff, where the record of a call is no message.
pub fn is_between_staff(cx: &mut Cx<'_, '_>, thread: ThreadId) -> Result<bool> {
    let permit = cx.authorize::<CloseThread>(thread)?;
    Ok(!permit.object().kind.with_patient())
}

/// Closes the thread with an outcome and no message.
///
/// Errors: `Invalid` on `what` when the outcome needs words, on `said` when it is a call, whose record
/// closes, on `on` for a day years away, on `questions` when some are open that the outcome calls answered;
/// `Conflict(Changed)` when somebody moved the work meanwhile; `NotFound`/`Forbidden` by policy.
pub fn close(
    cx: &mut Cx<'_, '_>,
    thread: ThreadId,
    closing: &Closing,
    version: Option<i64>,
) -> Result<()> {
    let permit = cx.authorize::<CloseThread>(thread)?;
    if closing.outcome.said() == Said::What && closing.what.is_none() {
        return Err(Error::field("what", "empty"));
    }
    if let Some(on) = closing.on {
        let now = jiff::Timestamp::from_microsecond(cx.now().micros()).unwrap_or_default();
        let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
        let days = today.until(on).map_or(i32::MAX, |span| span.get_days());
        if !(-DAYS_MAX..=DAYS_MAX).contains(&days) {
            return Err(Error::field("on", "range"));
        }
    }
    close_with(cx, &permit, closing, version)
}

/// [`close`] where the words may be missing: the patient then reads the outcome's own sentence.
pub(crate) fn close_with<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, CloseThread>,
    closing: &Closing,
    version: Option<i64>,
) -> Result<()> {
    let (outcome, thread) = (closing.outcome, permit.thread());
    // Between staff there is no message that the record of a call could be.
    let between_staff = !permit.object().kind.with_patient();
    if outcome.said() == Said::Call && !between_staff {
        return Err(Error::field("said", "empty"));
    }
    let item = work::open_item(cx, permit)?;
    work::at_version(&item, version)?;
    if outcome.settles_questions() {
        question::none_open(cx, permit, 0)?;
    }
    let patient = permit.object().patient;
    let mut closed = work::moved(WorkState::Closed, item.assignee);
    closed.outcome = Some(outcome);
    closed.clock = ClockStep::Stop;
    let step = Step {
        kind: WorkEventKind::Closed,
        moved: closed,
        to_person: None,
        to_team: None,
        reason: None,
        patient_sees: true,
    };
    work::step(cx, permit, patient, &item, &step)?;
    crate::callback::ended(cx, permit, crate::callback::End::Closed)?;
    if outcome.is_answer() {
        deadline::answered(cx, &item)?;
    }
    let mut more = LineDetail {
        what: closing.what.as_ref().map(|line| line.as_str().to_owned()).unwrap_or_default(),
        on: closing.on.map(|on| on.to_string()).unwrap_or_default(),
        ..LineDetail::default()
    };
    match &closing.remark {
        Some(Remark::Patient(line)) => line.as_str().clone_into(&mut more.remark),
        // What stands between staff is read by them alone, and has no notes beside it.
        Some(Remark::Colleagues(line)) if between_staff => {
            line.as_str().clone_into(&mut more.remark);
        }
        Some(Remark::Colleagues(line)) => {
            let body = Body::parse(line.as_str()).map_err(|error| Error::text("remark", error))?;
            let own_id = cx.new_id::<StaffNoteId>()?.to_string();
            let own_id = ClientMsgId::parse(&own_id).map_err(|error| Error::text("id", error))?;
            crate::note::add(cx, thread, &body, &own_id)?;
        }
        None => {}
    }
    work::set_open(cx, permit, patient, false, &more.with(outcome.code())?)
}
