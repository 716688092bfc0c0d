//! Passing a conversation to another team, with a reason that the patient reads.
//!
//! The reason is one of the prepared sentences or the writer's own words; what colleagues need to know
//! besides is a note. A conversation that would go back to a team that had it is stopped once, with its
//! history; the third time it goes to the lead of the triage desk, so that somebody decides whose it is.

use domain::deadline::Tier;
use domain::ids::{CareTeamId, StaffNoteId, ThreadId, WorkEventId};
use domain::message::{Body, ClientMsgId, Line};
use domain::pass::{BOUNCES_MAX, PassReason, bounces};
use domain::time::Timestamp;
use domain::work_item::{Level, Outcome, WorkEventKind, WorkState};
use store::access::{AssignWork, Permit};
use store::care_team::{self, TeamRow};
use store::clockwork;
use store::pass as rows;
use store::seal::Place;
use store::thread::{self, NewParticipation, Party};
use store::work_item::{self, ClockStep, NewWorkItem, WorkItemRow};

use crate::content::thread_owner;
use crate::cx::Cx;
use crate::error::{Error, Result};
use crate::thread::Names;
use crate::work::{Step, add_custody, at_version, moved, open_item, step, tell};
use crate::{act, cover, deadline};

/// Why, as the patient reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// A prepared sentence, shown in the reader's language.
    Prepared(PassReason),
    /// The writer's own words.
    Own(Line),
}

impl Reason {
    /// As it is sealed: a prepared one begins with a line break, which no line of words does.
    pub(crate) fn sealed(&self) -> String {
        match self {
            Self::Prepared(reason) => format!("\n{}", reason.code()),
            Self::Own(line) => line.as_str().to_owned(),
        }
    }

    /// The prepared sentence that a sealed reason stands for; `None` for own words.
    pub(crate) fn prepared(sealed: &str) -> Option<PassReason> {
        PassReason::from_code(sealed.strip_prefix('\n')?)
    }
}

/// A conversation to be passed on.
#[derive(Debug, Clone)]
pub struct Passing {
    /// To which team.
    pub to: CareTeamId,
    /// Why.
    pub reason: Reason,
    /// What colleagues need to know besides; no page of the patient's reads it.
    pub note: Option<Line>,
    /// Whether the writer has seen that it goes back to a team that had it.
    pub confirmed: bool,
}

/// A pass that was made before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassLine {
    /// The team that passed it on, by name.
    pub from: String,
    /// The team that got it, by name.
    pub to: String,
    /// Who did it, by name.
    pub by: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// What a pass did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Passed {
    /// The team has it.
    Done,
    /// It went back and forth too often: the triage desk's lead has it.
    ToDesk,
    /// Nothing was done: the team had it before. Its passes so far, and the name of the triage desk when
    /// its lead will get it.
    GoesBack(Vec<PassLine>, Option<String>),
}

/// Passes the thread to another team of the same organization, or to one that treats the patient. The
/// other team becomes the owner with an item of its own and sees the whole thread; this team keeps what it
/// has seen up to the line that says so, and neither works nor writes there any more. The clock runs on.
///
/// Errors: `Invalid` when the team is unknown, the same, or of another organization and no team of the
/// patient's; `Conflict(Changed)` when the item moved since `version`.
pub fn pass(
    cx: &mut Cx<'_, '_>,
    thread: ThreadId,
    passing: &Passing,
    version: Option<i64>,
) -> Result<Passed> {
    let permit = cx.authorize::<AssignWork>(thread)?;
    let item = open_item(cx, &permit)?;
    at_version(&item, version)?;
    let from = care_team::get(cx.tx(), item.team)?;
    let wanted = care_team::get(cx.tx(), passing.to)?;
    let (Some(from), Some(wanted)) = (from, wanted) else {
        return Err(Error::field("team", "unknown"));
    };
    let theirs =
        wanted.organization == from.organization || care_team::treats(cx.tx(), &permit, wanted.id)?;
    if wanted.id == from.id || !theirs {
        return Err(Error::field("team", "unknown"));
    }
    let earlier = rows::list(cx.tx(), &permit)?;
    let mut pairs: Vec<_> = earlier.iter().map(|pass| (pass.from, pass.to)).collect();
    let before = bounces(&pairs);
    pairs.push((from.id, wanted.id));
    let now_bounces = bounces(&pairs);
    let goes_back = now_bounces > before;
    let desk = if goes_back && now_bounces >= BOUNCES_MAX { desk_of(cx, &from)? } else { None };
    if goes_back && !passing.confirmed {
        let lines = history(cx, earlier)?;
        return Ok(Passed::GoesBack(lines, desk.map(|desk| desk.name)));
    }
    if let Some(note) = &passing.note {
        let body = Body::parse(note.as_str()).map_err(|error| Error::text("note", error))?;
        let own_id = cx.new_id::<StaffNoteId>()?.to_string();
        let own_id = ClientMsgId::parse(&own_id).map_err(|error| Error::text("id", error))?;
        crate::note::add(cx, thread, &body, &own_id)?;
    }
    if goes_back {
        let id: WorkEventId = cx.new_id()?;
        rows::add_bounce(cx.tx(), &permit, id, from.id, wanted.id)?;
    }
    match desk {
        Some(desk) => {
            let lead = lead_of(cx, desk.id)?;
            let sort = Reason::Prepared(PassReason::Sort);
            hand(cx, &permit, &item, &desk, &sort, lead)?;
            Ok(Passed::ToDesk)
        }
        None => hand(cx, &permit, &item, &wanted, &passing.reason, None).map(|()| Passed::Done),
    }
}

/// The triage desk of a team's organization, when it is another team.
fn desk_of(cx: &mut Cx<'_, '_>, from: &TeamRow) -> Result<Option<TeamRow>> {
    let desk = care_team::triage_desk(cx.tx(), from.organization)?;
    match desk.filter(|desk| *desk != from.id) {
        Some(desk) => Ok(care_team::get(cx.tx(), desk)?),
        None => Ok(None),
    }
}

/// Who leads a team and is there, or who stands in for them.
fn lead_of(cx: &mut Cx<'_, '_>, team: CareTeamId) -> Result<Option<domain::ids::PersonId>> {
    let now = cx.now();
    for lead in clockwork::list_tier(cx.tx(), team, Tier::Leads, now)? {
        if let Some(holder) = cover::holder(cx, team, lead)? {
            return Ok(Some(holder));
        }
    }
    Ok(None)
}

fn history(cx: &mut Cx<'_, '_>, earlier: Vec<rows::PassRow>) -> Result<Vec<PassLine>> {
    let mut names = Names::default();
    let mut lines = Vec::with_capacity(earlier.len());
    for pass in earlier {
        lines.push(PassLine {
            from: names.team(cx, pass.from)?,
            to: names.team(cx, pass.to)?,
            by: pass.by.map(|by| names.person(cx, by)).transpose()?,
            at: pass.at,
        });
    }
    Ok(lines)
}

/// Hands the thread to a team, and to somebody of it when named.
fn hand<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, AssignWork>,
    item: &WorkItemRow,
    target: &TeamRow,
    reason: &Reason,
    to: Option<domain::ids::PersonId>,
) -> Result<()> {
    let patient = permit.object().patient;
    let mut closing = moved(WorkState::Closed, item.assignee);
    closing.outcome = Some(Outcome::HandedOver);
    closing.clock = ClockStep::Stop;
    let reason = reason.sealed();
    let passed = Step {
        kind: WorkEventKind::Passed,
        moved: closing,
        to_person: None,
        to_team: Some(target.id),
        reason: Some(&reason),
        patient_sees: true,
    };
    step(cx, permit, patient, item, &passed)?;
    thread::move_owner(cx.tx(), permit, target.id)?;
    let now = cx.now();
    let parties = thread::parties_for_work(cx.tx(), permit)?;
    if parties.contains(&Party::Team(target.id)) {
        act::not_taken_back(cx, permit.thread())?;
    }
    if !parties.contains(&Party::Team(target.id)) {
        let participation = NewParticipation {
            id: cx.new_id()?,
            party: Party::Team(target.id),
            from_seq: 1,
            from_at: now,
            added_by: cx.actor().clone(),
            reason: "passed",
        };
        thread::add_participation(cx.tx(), permit, &participation)?;
    }
    store::inbox_row::copy_for_team(cx.tx(), permit, item.team, target.id)?;
    open(cx, permit, item, target.id, to)?;
    let id = cx.new_id()?;
    let place = Place::new("thread_event", &id, "detail_sealed", 1);
    let sealed = cx.seal(thread_owner(patient, None), &place, target.name.as_bytes())?;
    let person = cx.actor().person;
    let moved_seq = store::message::add_event(cx.tx(), permit, id, "moved", person, &sealed, now)?;
    thread::end_participation(cx.tx(), permit, item.team, moved_seq)?;
    store::inbox_row::settle_passed(cx.tx(), permit, item.team)?;
    // The other team's lists hear of it too.
    tell(cx, "work", patient, permit.thread(), target.id)
}

/// The clock of an item that goes to a team. It runs on: passing never gives the patient a later answer
/// than was promised.
pub(crate) fn clock(
    cx: &mut Cx<'_, '_>,
    category: domain::thread::Category,
    item: &WorkItemRow,
    team: CareTeamId,
) -> Result<work_item::Clock> {
    match item.owed {
        Some(owed) => {
            let asked = item.asked.is_some();
            deadline::passed(cx, team, category, owed.passed(item.due_at), asked)
        }
        None => deadline::at_rest(cx, team, category),
    }
}

/// Opens the other team's item.
fn open<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, AssignWork>,
    item: &WorkItemRow,
    team: CareTeamId,
    to: Option<domain::ids::PersonId>,
) -> Result<()> {
    let clock = clock(cx, permit.object().category, item, team)?;
    let lease_until = match to {
        Some(_) => Some(deadline::lease(cx, team, item.level())?),
        None => None,
    };
    let state = if to.is_some() { WorkState::Claimed } else { WorkState::Queued };
    let new = NewWorkItem {
        id: cx.new_id()?,
        team,
        level_patient: Level::new(item.level),
        level_rules: None,
        level_base: item.level_base,
        clock,
        at: cx.now(),
        assignee: to,
        state,
        lease_until,
    };
    work_item::add(cx.tx(), permit, &new)?;
    if to.is_none() {
        return Ok(());
    }
    let assigned = Step {
        kind: WorkEventKind::Assigned,
        moved: moved(state, to),
        to_person: to,
        to_team: None,
        reason: None,
        patient_sees: true,
    };
    add_custody(cx, permit, permit.object().patient, new.id, &assigned)
}
