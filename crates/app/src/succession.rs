//! What becomes of the conversations of a team that has ended: they go to the team that follows it, else to
//! the triage desk of its organization.
//!
//! A conversation moves when somebody writes in it or opens it again ([`who_reads`]), and at the ending of
//! its team while something is open there ([`move_left`], which a worker calls too, so that an ending that
//! was interrupted is finished). The patient's side reads where it went and why; the clock runs on, and the
//! team that ended keeps what it had seen, as with passing. Where nobody follows, the team keeps it, and its
//! last resort has it. The patients whom the team treated are treated by the team that follows, by name or by that
//! one's ending in turn; a triage desk treats nobody for it. Deliberately absent: ending a team (`admin::ending`).

use std::collections::BTreeSet;

use domain::access::Actor;
use domain::deadline::Tier;
use domain::ids::{CareTeamId, Id as _, PatientId, PersonId, ResourceId, ThreadId};
use domain::pass::PassReason;
use domain::thread::Category;
use domain::work_item::{Level, Outcome, WorkEventKind, WorkState};
use store::access::{Administer, Permit};
use store::care_team::{self, TeamRow};
use store::seal::Place;
use store::succession::{self as rows, LeftRow, Succession};
use store::thread::{self, NewParticipation, Party, SendRight};
use store::work_item::{self, ClockStep, NewWorkEvent, NewWorkItem, WorkItemRow};
use store::{clockwork, team_settings};

use crate::content::thread_owner;
use crate::cx::{App, Cx};
use crate::error::{Conflict, Error, Result};
use crate::pass::Reason;
use crate::work::{moved, tell};
use crate::{cover, deadline, notice, pass};

/// Conversations that are moved in one transaction, so that the writer is held for moments.
const BATCH: i64 = 50;

/// A team that has ended, and who reads what is written to it.
#[derive(Debug, Clone)]
pub struct Follows {
    /// The name of the team that has ended.
    pub ended: String,
    /// The team that reads it; `None` where nobody follows.
    pub team: Option<TeamRow>,
}

/// Who reads what is written to a team that is not active any more.
pub(crate) fn follows(cx: &mut Cx<'_, '_>, team: CareTeamId) -> Result<Follows> {
    let ended = team_settings::get(cx.tx(), team)?.map(|row| row.name).unwrap_or_default();
    let next = match care_team::receiver(cx.tx(), team)? {
        Some(next) => care_team::get(cx.tx(), next)?,
        None => None,
    };
    Ok(Follows { ended, team: next })
}

/// A conversation with its owner.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Of {
    pub thread: ThreadId,
    pub patient: Option<PatientId>,
    pub category: Category,
    pub owner: CareTeamId,
}

/// A conversation that was just handed on.
#[derive(Debug)]
pub(crate) struct Handed<'t> {
    proof: Succession<'t>,
    from: CareTeamId,
    /// The team that has it now.
    pub to: CareTeamId,
    /// The number of the line that says so.
    pub seq: i64,
}

/// Who reads what is written in a conversation.
#[derive(Debug)]
pub(crate) enum Reads<'t> {
    /// Its owner.
    Owner,
    /// Another team, which has it now: the owner had ended.
    Next(Handed<'t>),
    /// The owner has ended and nobody follows: its last resort, if they are there.
    LastResort(Option<PersonId>),
}

/// Who reads what is about to be written in a conversation. One of a team that has ended is handed on; its
/// caller ends the part of that team with [`leave`].
pub(crate) fn who_reads<'t>(
    cx: &mut Cx<'_, 't>,
    right: &impl SendRight<'t>,
    of: &Of,
) -> Result<Reads<'t>> {
    let Some(to) = care_team::receiver(cx.tx(), of.owner)? else {
        let now = cx.now();
        for person in clockwork::list_tier(cx.tx(), of.owner, Tier::LastResort, now)? {
            if let Some(holder) = cover::holder(cx, of.owner, person)? {
                return Ok(Reads::LastResort(Some(holder)));
            }
        }
        return Ok(Reads::LastResort(None));
    };
    if to == of.owner {
        return Ok(Reads::Owner);
    }
    let now = cx.now();
    match rows::by_writer(cx.tx(), right, (of.owner, to), now)? {
        Some(proof) => Ok(Reads::Next(hand_on(cx, proof, of, to)?)),
        None => Err(Error::Conflict(Conflict::Changed)),
    }
}

/// Whether somebody may hold work of a team now.
pub(crate) fn may_hold(
    cx: &mut Cx<'_, '_>,
    team: CareTeamId,
    person: Option<PersonId>,
) -> Result<bool> {
    match person {
        Some(person) => Ok(cover::holder(cx, team, person)? == Some(person)),
        None => Ok(false),
    }
}

/// Hands a conversation to the team that follows: its open work goes there in its state, the clock runs on,
/// and everybody reads a line.
fn hand_on<'t>(
    cx: &mut Cx<'_, 't>,
    proof: Succession<'t>,
    of: &Of,
    to: CareTeamId,
) -> Result<Handed<'t>> {
    let Some(target) = care_team::get(cx.tx(), to)? else {
        return Err(Error::Conflict(Conflict::Changed));
    };
    let items = work_item::list_open(cx.tx(), &proof)?;
    let open = items.into_iter().find(|item| item.team == of.owner);
    let said_at = match &open {
        Some(item) => Some(item.id),
        None => rows::newest_item(cx.tx(), &proof)?,
    };
    if let Some(item) = &open {
        let mut closing = moved(WorkState::Closed, item.assignee);
        closing.outcome = Some(Outcome::HandedOver);
        closing.clock = ClockStep::Stop;
        if !work_item::update(cx.tx(), &proof, item, &closing)? {
            return Err(Error::Conflict(Conflict::Changed));
        }
    }
    let owner = thread_owner(of.patient, None);
    if let Some(item) = said_at {
        let id = cx.new_id()?;
        let place = Place::new("work_event", &id, "reason_sealed", 1);
        let reason = Reason::Prepared(PassReason::Ended).sealed();
        let reason = cx.seal(owner, &place, reason.as_bytes())?;
        let event = NewWorkEvent {
            id,
            item,
            kind: WorkEventKind::Passed,
            // Nobody chose it: the team had ended.
            actor: None,
            to_person: None,
            to_team: Some(to),
            reason: Some(&reason),
            patient_sees: true,
        };
        work_item::add_event(cx.tx(), &proof, &event)?;
    }
    let now = cx.now();
    if !thread::parties_for_work(cx.tx(), &proof)?.contains(&Party::Team(to)) {
        let participation = NewParticipation {
            id: cx.new_id()?,
            party: Party::Team(to),
            from_seq: 1,
            from_at: now,
            added_by: Actor::system(),
            reason: "passed",
        };
        thread::add_participation(cx.tx(), &proof, &participation)?;
    }
    store::inbox_row::copy_for_team(cx.tx(), &proof, of.owner, to)?;
    if let Some(item) = &open {
        open_anew(cx, &proof, of, item, to)?;
    }
    let id = cx.new_id()?;
    let place = Place::new("thread_event", &id, "detail_sealed", 1);
    let sealed = cx.seal(owner, &place, target.name.as_bytes())?;
    let seq = store::message::add_event(cx.tx(), &proof, id, "moved", None, &sealed, now)?;
    for team in [of.owner, to] {
        tell(cx, "work", of.patient, of.thread, team)?;
    }
    Ok(Handed { proof, from: of.owner, to, seq })
}

/// The work that was open goes on: in its state, and with its holder where they belong to the team too.
fn open_anew<'t>(
    cx: &mut Cx<'_, 't>,
    proof: &Succession<'t>,
    of: &Of,
    item: &WorkItemRow,
    to: CareTeamId,
) -> Result<()> {
    let clock = pass::clock(cx, of.category, item, to)?;
    let stays = may_hold(cx, to, item.assignee)?;
    let state = match item.state {
        WorkState::Claimed if !stays => WorkState::Queued,
        state => state,
    };
    let lease_until = match state {
        WorkState::Claimed => Some(deadline::lease(cx, to, item.level())?),
        _ => None,
    };
    let new = NewWorkItem {
        id: cx.new_id()?,
        team: to,
        level_patient: Level::new(item.level),
        level_rules: None,
        level_base: item.level_base,
        clock,
        at: cx.now(),
        assignee: item.assignee.filter(|_| stays),
        state,
        lease_until,
    };
    Ok(work_item::add(cx.tx(), proof, &new)?)
}

/// Ends the part of the team that had ended, which keeps what it has seen up to number `last`; `None` is up
/// to the newest.
pub(crate) fn leave<'t>(cx: &mut Cx<'_, 't>, handed: &Handed<'t>, last: Option<i64>) -> Result<()> {
    let last = match last {
        Some(last) => last,
        None => thread::last_seq(cx.tx(), &handed.proof)?,
    };
    thread::end_participation(cx.tx(), &handed.proof, handed.from, last)?;
    Ok(store::inbox_row::settle_passed(cx.tx(), &handed.proof, handed.from)?)
}

/// What went from a team that has ended to the one that follows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Moved {
    /// How many conversations.
    pub conversations: usize,
    /// How many patients whom it treated.
    pub patients: usize,
}

impl Moved {
    /// Whether nothing did.
    pub const fn is_nothing(self) -> bool {
        self.conversations == 0 && self.patients == 0
    }

    /// With what went besides.
    #[must_use]
    pub const fn and(self, more: Self) -> Self {
        Self {
            conversations: self.conversations.saturating_add(more.conversations),
            patients: self.patients.saturating_add(more.patients),
        }
    }
}

/// Moves a portion of what a team that has ended left: what is open, then whom it treated; nothing when nothing
/// is left or nobody follows. The leads of the team that gets the conversations hear of it once.
pub(crate) fn move_some(cx: &mut Cx<'_, '_>, team: CareTeamId) -> Result<Moved> {
    let permit = cx.authorize::<Administer>(())?;
    let ended = team_settings::get(cx.tx(), team)?;
    let Some(ended) = ended.filter(|row| row.status == domain::care_team::TeamStatus::Ended) else {
        return Ok(Moved::default());
    };
    let conversations = hand_on_some(cx, &permit, team, ended.version)?;
    let patients = if conversations == 0 { take_on_some(cx, &permit, team)? } else { 0 };
    Ok(Moved { conversations, patients })
}

/// A portion of the patients whom a team that has ended treated; how many the team that follows has taken on.
fn take_on_some<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, Administer>,
    team: CareTeamId,
) -> Result<usize> {
    let Some(to) = care_team::active_or_successor(cx.tx(), team)? else { return Ok(0) };
    let mut patients = BTreeSet::new();
    for treats in rows::list_patients(cx.tx(), permit, team, BATCH)? {
        let id: ResourceId = cx.new_id()?;
        rows::take_on(cx.tx(), permit, &treats, (id.as_uuid(), to))?;
        patients.insert(treats.patient);
    }
    let count = patients.len();
    cx.audit_subjects(permit, patients);
    Ok(count)
}

fn hand_on_some<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, Administer>,
    team: CareTeamId,
    version: i64,
) -> Result<usize> {
    let Some(to) = care_team::receiver(cx.tx(), team)? else { return Ok(0) };
    let mut count = 0;
    for left in rows::list_left(cx.tx(), permit, team, BATCH)? {
        let LeftRow { thread, patient, category } = left;
        let of = Of { thread, patient, category, owner: team };
        let proof = rows::by_administrator(cx.tx(), permit, thread, (team, to))?;
        let Some(proof) = proof else { continue };
        let handed = hand_on(cx, proof, &of, to)?;
        leave(cx, &handed, Some(handed.seq))?;
        count += 1;
    }
    if count > 0 {
        let now = cx.now();
        for person in clockwork::list_tier(cx.tx(), to, Tier::Leads, now)? {
            let key = format!("handed:{team}:{version}:{to}:{person}");
            notice::add(cx, person, "handed", &key, None, None)?;
        }
    }
    Ok(count)
}

/// Moves a portion of what each team that has ended left open, for a worker: what an ending that was
/// interrupted left, and calls that became due since. What was moved.
pub fn move_left(app: &App) -> Result<Moved> {
    let mut count = Moved::default();
    let now = app.now();
    let teams = app.db().read(move |tx| -> std::result::Result<_, store::db::DbError> {
        let mut teams: BTreeSet<CareTeamId> = rows::list_teams(tx)?.into_iter().collect();
        for team in rows::list_teams_with_patients(tx, now)? {
            if care_team::active_or_successor(tx, team)?.is_some() {
                teams.insert(team);
            }
        }
        Ok(teams)
    })?;
    for team in teams {
        let moved = app.write_reserved(&Actor::system(), move |cx| move_some(cx, team))?;
        count = count.and(moved);
    }
    Ok(count)
}
