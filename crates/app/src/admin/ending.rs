//! Ending a team: what stops it, who takes over, and how many conversations and patients go there.
//!
//! [`end`] is one audited act after which nobody can write to the team; what is open there, and the patients
//! whom it treats, follow in portions ([`move_some`]), each a transaction of its own. When that is interrupted the worker of
//! `crate::succession` goes on, and so does whoever ends the team again. Deliberately absent: opening an
//! ended team again.

use domain::care_team::TeamStatus;
use domain::ids::CareTeamId;
use store::access::Administer;
use store::care_team::{self, TeamRow};
use store::succession as rows;

use super::one;
use super::team::{TeamSettings, settings};
use crate::cx::{App, Cx};
use crate::error::{Error, FieldError, Result};
use crate::succession::{self, Moved};

/// Why a team cannot end yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// It is the last triage desk of an organization that has other active teams.
    LastDesk,
    /// An announcement of it is on its way.
    Announcing,
    /// Conversations wait or run there, and no team follows.
    NobodyFollows,
}

impl Stop {
    /// Its code, the problem of a fault on `team`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::LastDesk => "last-desk",
            Self::Announcing => "announcing",
            Self::NobodyFollows => "nobody-follows",
        }
    }
}

/// What ending a team would do.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The team as it is set.
    pub known: TeamSettings,
    /// The team that takes over; `None` when there is none.
    pub to: Option<TeamRow>,
    /// Whether that is the team's successor, or that one's; else it is the triage desk.
    pub succeeds: bool,
    /// How many conversations wait or run at it.
    pub open: i64,
    /// How many more have an answer that nobody opened, with a call to be made.
    pub calls: i64,
    /// How many patients it treats. The team that succeeds it takes them on; a triage desk does not.
    pub patients: i64,
    /// The teams that it would have followed, by name.
    pub followed: Vec<String>,
    /// Everything that stops it.
    pub stops: Vec<Stop>,
}

/// What ending a team would do now; nothing is changed. `NotFound` when there is no such team, or it has
/// ended and nothing is left to be moved.
pub fn plan(cx: &mut Cx<'_, '_>, team: CareTeamId) -> Result<Plan> {
    let permit = cx.authorize::<Administer>(())?;
    let known = settings(cx, team)?;
    let (open, calls) = rows::count_left(cx.tx(), &permit, team)?;
    let patients = rows::count_patients(cx.tx(), &permit, team)?;
    let next = match known.successor {
        Some(next) => care_team::active_or_successor(cx.tx(), next)?.filter(|next| *next != team),
        None => None,
    };
    let left = open + calls + if next.is_some() { patients } else { 0 };
    if known.status == TeamStatus::Ended && left == 0 {
        return Err(Error::NotFound);
    }
    let desk = care_team::triage_desk(cx.tx(), known.team.organization)?.filter(|id| *id != team);
    let to = match next.or(desk) {
        Some(to) => care_team::get(cx.tx(), to)?,
        None => None,
    };
    let mut stops = Vec::new();
    if known.status == TeamStatus::Active && known.team.kind == "triage" {
        let (others, desks) = care_team::count_others(cx.tx(), known.team.organization, team)?;
        if others > 0 && desks == 0 {
            stops.push(Stop::LastDesk);
        }
    }
    if rows::is_announcing(cx.tx(), &permit, team)? {
        stops.push(Stop::Announcing);
    }
    if to.is_none() && open + calls > 0 {
        stops.push(Stop::NobodyFollows);
    }
    let followed = rows::list_followed(cx.tx(), &permit, team)?;
    Ok(Plan { known, to, succeeds: next.is_some(), open, calls, patients, followed, stops })
}

/// What became of what a team that has ended left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// The team that takes over, by name; `None` when there is none.
    pub to: Option<String>,
    /// How many conversations have gone there.
    pub gone: i64,
    /// How many, and calls that are still to be made, are on their way.
    pub waiting: i64,
}

/// What became of what a team left; `None` when it has not ended.
pub fn left(cx: &mut Cx<'_, '_>, known: &TeamSettings) -> Result<Option<Left>> {
    let (permit, team) = (cx.authorize::<Administer>(())?, known.team.id);
    if known.status != TeamStatus::Ended {
        return Ok(None);
    }
    let gone = rows::count_handed(cx.tx(), &permit, team)?;
    let (open, calls) = rows::count_left(cx.tx(), &permit, team)?;
    let to = match care_team::receiver(cx.tx(), team)?.filter(|to| *to != team) {
        Some(to) => care_team::get(cx.tx(), to)?.map(|to| to.name),
        None => None,
    };
    Ok(Some(Left { to, gone, waiting: open.saturating_add(calls) }))
}

/// Ends a team: nobody can write to it from now on. What is open there is moved by [`move_some`]. Ending it
/// again while something is left does nothing.
///
/// Errors: `NotFound` as [`plan`]; `Invalid` with a fault on `team` for each [`Stop`], its code as the
/// problem.
pub fn end(cx: &mut Cx<'_, '_>, team: CareTeamId) -> Result<Plan> {
    let permit = cx.authorize::<Administer>(())?;
    let plan = plan(cx, team)?;
    if !plan.stops.is_empty() {
        let fault = |stop: &Stop| FieldError::new("team", stop.code());
        return Err(Error::Invalid(plan.stops.iter().map(fault).collect()));
    }
    if plan.known.status != TeamStatus::Ended {
        one(care_team::end(cx.tx(), &permit, team))?;
    }
    Ok(plan)
}

/// Moves a portion of what a team that has ended left; nothing when nothing is left.
pub fn move_some(cx: &mut Cx<'_, '_>, team: CareTeamId) -> Result<Moved> {
    succession::move_some(cx, team)
}

/// Ends a team and moves everything that it leaves; what it did, and what went. Errors: as [`end`].
pub fn finish(app: &App, actor: &domain::access::Actor, team: CareTeamId) -> Result<(Plan, Moved)> {
    let plan = app.write(actor, move |cx| end(cx, team))?;
    let mut moved = Moved::default();
    loop {
        let some = app.write(actor, move |cx| move_some(cx, team))?;
        if some.is_nothing() {
            return Ok((plan, moved));
        }
        moved = moved.and(some);
    }
}
