//! The same step with many conversations at once: each by itself, by the rules of a single step.
//!
//! Every conversation is a transaction of its own: asked for, compared with the version its row was shown
//! with, and moved, or noted with the reason why not. What a crash leaves undone the same form does when
//! it is sent again; what it did it does not do twice.

use std::fmt::Write as _;

use domain::access::Actor;
use domain::ids::{CareTeamId, PersonId, ThreadId, WorkActId};
use domain::message::{ClientMsgId, Line};
use domain::pass::PassReason;
use domain::time::Timestamp;
use domain::work_act::{ActKind, ITEMS_MAX, undo_until};
use domain::work_item::{Level, Outcome, Said};
use store::access::UseOwn;
use store::seal::Purpose;
use store::work_act::{self as rows, NewAct};

use super::{DONE, taken};
use crate::closing::{self, Closing};
use crate::cx::{App, Cx};
use crate::error::{Conflict, Error, Result};
use crate::pass::{self, Passed, Passing, Reason};
use crate::{snooze, work};

/// What is done with each.
#[derive(Debug, Clone)]
pub enum Step {
    /// The actor takes it.
    Claim,
    /// It is given to a member of the team.
    Assign(PersonId),
    /// It is put off until a moment.
    Snooze(Timestamp),
    /// It gets this level; a lower one with the reason.
    Level(Level, Option<Line>),
    /// It is closed with an outcome that says all by itself.
    Close(Outcome),
    /// It goes to another team, for a prepared reason.
    Pass(CareTeamId, PassReason),
}

impl Step {
    const fn kind(&self) -> ActKind {
        match self {
            Self::Claim => ActKind::Claim,
            Self::Assign(_) => ActKind::Assign,
            Self::Snooze(_) => ActKind::Snooze,
            Self::Level(..) => ActKind::Level,
            Self::Close(_) => ActKind::Close,
            Self::Pass(..) => ActKind::Pass,
        }
    }

    /// What tells one step from another, for the digest of a request.
    fn told(&self) -> String {
        match self {
            Self::Claim => String::new(),
            Self::Assign(to) => to.to_string(),
            Self::Snooze(until) => until.micros().to_string(),
            Self::Level(level, reason) => {
                let reason = reason.as_ref().map(Line::as_str).unwrap_or_default();
                format!("{} {reason}", level.number())
            }
            Self::Close(outcome) => outcome.code().to_owned(),
            Self::Pass(to, reason) => format!("{to} {}", reason.code()),
        }
    }
}

/// A form with many conversations.
#[derive(Debug, Clone)]
pub struct Bulk {
    /// The form's own key: the same form again is the same act.
    pub key: ClientMsgId,
    /// What is done with each.
    pub step: Step,
    /// The conversations, each with the version its row was shown with.
    pub chosen: Vec<(ThreadId, i64)>,
}

/// Takes the step with each; the act, in which everything stands that became of them.
///
/// Errors: `Invalid` on `chosen` for none or more than a hundred, on `outcome` for one that needs words;
/// `Unavailable`, `Full`, `SignedOut` when it could not be finished: sent again it goes on where it stopped.
pub fn run(app: &App, actor: &Actor, bulk: &Bulk) -> Result<WorkActId> {
    if bulk.chosen.is_empty() {
        return Err(Error::field("chosen", "empty"));
    }
    if bulk.chosen.len() > ITEMS_MAX {
        return Err(Error::field("chosen", "too-many"));
    }
    if matches!(bulk.step, Step::Close(outcome) if outcome.said() != Said::Nothing) {
        return Err(Error::field("outcome", "empty"));
    }
    let (act, known) = begin(app, actor, bulk)?;
    let mut moved = !known;
    for (n, chosen) in (0_i64..).zip(&bulk.chosen) {
        moved |= one(app, actor, act, (n, *chosen), &bulk.step)?;
    }
    // Its time begins when the last is done; sent again without doing anything, it does not begin anew.
    if moved {
        app.write(actor, move |cx| {
            let until = undo_until(cx.now());
            Ok(rows::set_until(cx.tx(), act, until)?)
        })?;
    }
    Ok(act)
}

/// The act of a form, and whether it was made before.
fn begin(app: &App, actor: &Actor, bulk: &Bulk) -> Result<(WorkActId, bool)> {
    let mut request = format!("{}\n{}\n", bulk.step.kind().code(), bulk.step.told());
    for (thread, version) in &bulk.chosen {
        let _ = writeln!(request, "{thread} {version}");
    }
    let (key, kind) = (bulk.key.clone(), bulk.step.kind());
    app.write(actor, move |cx| {
        let person = cx.person()?;
        let permit = cx.authorize::<UseOwn>(person)?;
        let mac = cx.app().keys().mac(Purpose::Request, request.as_bytes());
        if let Some(act) = rows::find(cx.tx(), &permit, key.as_str(), &mac)? {
            return Ok((act, true));
        }
        let id = cx.new_id()?;
        let new = NewAct {
            id,
            person,
            kind,
            is_bulk: true,
            client_key: key.as_str(),
            request_mac: &mac,
            undo_until: undo_until(cx.now()),
        };
        rows::add(cx.tx(), &new)?;
        Ok((id, false))
    })
}

/// Takes the step with one conversation, or notes why not; whether there was anything to do.
fn one(
    app: &App,
    actor: &Actor,
    act: WorkActId,
    (n, (thread, version)): (i64, (ThreadId, i64)),
    step: &Step,
) -> Result<bool> {
    let doing = step.clone();
    let done = app.write(actor, move |cx| {
        if rows::has_item(cx.tx(), act, thread)? {
            return Ok(false);
        }
        taken(cx, act, thread, |cx| step_with(cx, thread, version, &doing))?;
        rows::add_item(cx.tx(), act, thread, n, DONE)?;
        Ok(true)
    });
    let why = match done {
        Ok(did) => return Ok(did),
        Err(error) => refusal(error)?,
    };
    app.write(actor, move |cx| Ok(rows::add_item(cx.tx(), act, thread, n, &why)?))?;
    Ok(true)
}

/// The step as it is taken with one conversation alone.
fn step_with(cx: &mut Cx<'_, '_>, thread: ThreadId, version: i64, step: &Step) -> Result<()> {
    let version = Some(version);
    match step {
        Step::Claim => work::claim(cx, thread, version),
        Step::Assign(to) => work::assign(cx, thread, *to, None, version),
        Step::Snooze(until) => snooze::put_off(cx, thread, *until, version),
        Step::Level(level, reason) => work::set_level(cx, thread, *level, reason.as_ref(), version),
        Step::Close(outcome) => {
            let closing = Closing { outcome: *outcome, what: None, on: None, remark: None };
            closing::close(cx, thread, &closing, version)
        }
        Step::Pass(to, reason) => {
            let reason = Reason::Prepared(*reason);
            let passing = Passing { to: *to, reason, note: None, confirmed: false };
            match pass::pass(cx, thread, &passing, version)? {
                Passed::Done | Passed::ToDesk => Ok(()),
                Passed::GoesBack(..) => Err(Error::field("pass", "back")),
            }
        }
    }
}

/// Why one was not done, as a code; what concerns all of them is given on.
pub(super) fn refusal(error: Error) -> Result<String> {
    match error {
        Error::Conflict(Conflict::TooLate) => Ok("late".to_owned()),
        Error::Conflict(_) => Ok("changed".to_owned()),
        Error::Forbidden => Ok("forbidden".to_owned()),
        Error::NotFound => Ok("unknown".to_owned()),
        Error::Invalid(faults) => Ok(faults.first().map_or_else(
            || "refused".to_owned(),
            |fault| format!("{}-{}", fault.field, fault.problem),
        )),
        other => Err(other),
    }
}
