//! Moving a conversation to the right patient, when it was opened in the wrong patient's record.
//!
//! [`plan`] says who would lose it and who would read it, before anything happens; [`refile`] does it, as
//! one transaction, only if that is still so. Everything sealed in the thread is sealed anew under the
//! receiving patient's key; who has no tie to the receiving patient loses all of it at once. The old
//! patient's side is told that something was removed when they had seen it, and never to whom it went.
//!
//! Deliberately absent: moving single messages; rewriting what people wrote. Only words that staff wrote
//! down as the patient's stand under another name afterwards, since they were the other patient's.

use domain::ids::{Id as _, PatientId, ThreadId};
use domain::message::Line;
use domain::thread::{Category, ThreadKind};
use domain::work_item::WorkEventKind;
use store::access::{ListThreads, MoveThread, Permit, ReadEnvelope, ReadThread, ReceiveThread};
use store::change::Change;
use store::refile as rows;
use store::seal::{KeyOwner, Place, Purpose};
use store::thread::Party;
use store::verify::SealedTable;
use store::work_item::{self, NewWorkEvent};

use crate::content::{Letter, Preview};
use crate::cx::Cx;
use crate::error::{Conflict, Error, Result};
use crate::patient::{self, Patient};
use crate::thread::Names;

/// Seconds during which the old patient's side is told that a conversation was removed: thirty days.
pub(crate) const TOLD_S: i64 = 30 * 86_400;

/// Somebody of a patient's side, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The name.
    pub name: String,
    /// `self`, `helper` or `representative`.
    pub basis: String,
}

/// What moving would do.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The conversation.
    pub thread: ThreadId,
    /// Whose record it stands in.
    pub from: Patient,
    /// Whose record it would stand in.
    pub to: Patient,
    /// Its headline, for who may read it.
    pub headline: Option<String>,
    /// Its category.
    pub category: Category,
    /// Who of the old patient's side can open it now and could not any more.
    pub losing: Vec<Named>,
    /// Who of the other patient's side could open it then.
    pub gaining: Vec<Named>,
    /// Teams and colleagues who would lose it, by name.
    pub leaving: Vec<String>,
    /// Who wrote in it for the old patient and may not act for the other, by name.
    pub foreign: Vec<String>,
    /// What this was made of, to be given back: another state of things is another plan.
    pub seen: String,
}

/// Which conversation it would be, before anybody is chosen: whose it is now.
pub fn begin(cx: &mut Cx<'_, '_>, thread: ThreadId) -> Result<Patient> {
    let moving = cx.authorize::<MoveThread>(thread)?;
    check_kind(cx, &moving)?;
    of_thread(cx, thread)
}

fn check_kind<'t>(cx: &mut Cx<'_, 't>, moving: &Permit<'t, MoveThread>) -> Result<()> {
    let kind = moving.object().kind;
    let moves = kind.moves(crate::work::has_work(cx, moving, kind)?);
    if moves && moving.object().patient.is_some() { Ok(()) } else { Err(Error::NotFound) }
}

fn of_thread(cx: &mut Cx<'_, '_>, thread: ThreadId) -> Result<Patient> {
    let envelope = cx.authorize::<ReadEnvelope>(thread)?;
    let row = store::patient::get_of_thread(cx.tx(), &envelope)?.ok_or(Error::NotFound)?;
    patient::open(cx, row)
}

/// What moving this conversation to that patient would do; nothing is changed.
///
/// Errors: `NotFound`/`Forbidden` by policy, about either patient; `Invalid` on `to` for the same patient
/// (`same`) or one whom the owning team does not treat (`team`), on `thread` for one that was joined with
/// another (`merged`) or holds files (`files`).
pub fn plan(cx: &mut Cx<'_, '_>, thread: ThreadId, to: PatientId) -> Result<Plan> {
    let moving = cx.authorize::<MoveThread>(thread)?;
    let receiving = cx.authorize::<ReceiveThread>(to)?;
    plan_with(cx, &moving, &receiving)
}

fn plan_with<'t>(
    cx: &mut Cx<'_, 't>,
    moving: &Permit<'t, MoveThread>,
    receiving: &Permit<'t, ReceiveThread>,
) -> Result<Plan> {
    check_kind(cx, moving)?;
    let (thread, to) = (moving.thread(), receiving.patient());
    if moving.object().patient == Some(to) {
        return Err(Error::field("to", "same"));
    }
    let ties = rows::ties(cx.tx(), moving)?;
    if ties.merged || ties.files {
        return Err(Error::field("thread", if ties.merged { "merged" } else { "files" }));
    }
    let parties = rows::parties(cx.tx(), moving, receiving)?;
    if !rows::owner_treats(&parties, moving.object().owner_team) {
        return Err(Error::field("to", "team"));
    }
    let (now, then) = rows::readers(cx.tx(), moving, receiving)?;
    let foreign = rows::foreign_authors(cx.tx(), moving, receiving)?;
    let mut made_of = vec![format!("{thread} {to} {}", moving.object().last_seq)];
    made_of.extend(rows::party_ids(&parties));
    made_of.extend(now.iter().chain(&then).map(|(person, basis)| format!("{person} {basis}")));
    let mac = cx.app().keys().mac(Purpose::Request, made_of.join(" ").as_bytes());
    let seen = mac.first_chunk().map_or(0, |first| u128::from_be_bytes(*first));
    let seen = format!("{seen:032x}");
    let mut names = Names::default();
    let mut leaving = Vec::new();
    for (party, _) in parties.iter().filter(|(_, stays)| !stays) {
        leaving.push(match party {
            Party::Team(team) => names.team(cx, *team)?,
            Party::Person(person) => names.person(cx, *person)?,
            Party::Patient(_) => continue,
        });
    }
    let keeps = |person| then.iter().any(|(other, _)| other == person);
    let has = |person| now.iter().any(|(other, _)| other == person);
    let headline = if cx.may::<ReadThread>(thread)? {
        Some(crate::thread::headline(cx, thread)?.0)
    } else {
        None
    };
    Ok(Plan {
        thread,
        from: of_thread(cx, thread)?,
        to: patient::get(cx, to)?,
        headline,
        category: moving.object().category,
        losing: named(cx, now.iter().filter(|(person, _)| !keeps(person)))?,
        gaining: named(cx, then.iter().filter(|(person, _)| !has(person)))?,
        leaving,
        foreign: foreign
            .into_iter()
            .map(|person| names.person(cx, person))
            .collect::<Result<_>>()?,
        seen,
    })
}

fn named<'r>(
    cx: &mut Cx<'_, '_>,
    readers: impl Iterator<Item = &'r rows::Reader>,
) -> Result<Vec<Named>> {
    readers
        .map(|(person, basis)| {
            Ok(Named { name: cx.profile_of(*person)?.name, basis: basis.clone() })
        })
        .collect()
}

/// Moves the conversation, with a reason that its staff read. `seen` is what [`plan`] gave.
///
/// Errors: as [`plan`]; `Conflict(Changed)` when something of it is not as it was shown.
pub fn refile(
    cx: &mut Cx<'_, '_>,
    thread: ThreadId,
    to: PatientId,
    reason: &Line,
    seen: &str,
) -> Result<()> {
    let moving = cx.authorize::<MoveThread>(thread)?;
    let receiving = cx.authorize::<ReceiveThread>(to)?;
    let plan = plan_with(cx, &moving, &receiving)?;
    if plan.seen != seen {
        return Err(Error::Conflict(Conflict::Changed));
    }
    let Some(from) = moving.object().patient else { return Err(Error::NotFound) };
    reseal(cx, &moving, from, &plan)?;
    for (party, stays) in rows::parties(cx.tx(), &moving, &receiving)? {
        if !stays {
            rows::end_party(cx.tx(), &moving, party)?;
        }
    }
    let part = cx.new_id()?;
    rows::settle(cx.tx(), &moving, &receiving, part)?;
    say(cx, &moving, to, reason)?;
    // Whoever has it open on either side looks again: the old patient's pages find that they may not.
    for patient in [from, to] {
        let team = moving.object().owner_team.filter(|_| patient == to);
        cx.note_change(&Change {
            kind: "refiled".to_owned(),
            patient: Some(patient),
            thread: Some(thread),
            team,
            person: cx.actor().person,
        })?;
    }
    Ok(())
}

/// Seals everything of the thread under the receiving patient's key.
fn reseal<'t>(
    cx: &mut Cx<'_, 't>,
    moving: &Permit<'t, MoveThread>,
    from: PatientId,
    plan: &Plan,
) -> Result<()> {
    let (old, new) = (KeyOwner::Patient(from), KeyOwner::Patient(plan.to.row.id));
    for value in rows::values(cx.tx(), moving)? {
        let (table, field) = value.table.names();
        let key = domain::ids::ResourceId::from_uuid(value.id);
        let place = Place::new(table, &key, field, value.version);
        let text = cx.app().keys().open(old, &place, &value.sealed)?;
        let sealed = cx.seal(new, &place, &text)?;
        rows::put_value(cx.tx(), moving, &value, &sealed)?;
    }
    let name = &plan.to.demographics.name;
    let mut told = Vec::new();
    for message in rows::messages(cx.tx(), moving)? {
        let place = Place::new("message", &message.id, SealedTable::Message.names().1, 1);
        let mut letter: Letter = cx.open_json(old, &place, &message.content)?;
        if message.told_by_patient {
            letter.author.clone_from(name);
            told.push(message.seq);
        }
        let sealed = cx.seal_json(new, &place, &letter)?;
        rows::put_message(cx.tx(), moving, message.id, &sealed)?;
    }
    let thread = moving.thread();
    for (seq, sealed) in rows::previews(cx.tx(), moving)? {
        let place = Place::new("inbox_row", &thread, "preview_sealed", seq);
        let mut preview: Preview = cx.open_json(old, &place, &sealed)?;
        if told.contains(&seq) {
            preview.from.clone_from(name);
        }
        let sealed = cx.seal_json(new, &place, &preview)?;
        rows::put_preview(cx.tx(), moving, seq, &sealed)?;
    }
    Ok(())
}

/// The line that everybody reads, without a name or a reason, and the step of custody that says why.
fn say<'t>(
    cx: &mut Cx<'_, 't>,
    moving: &Permit<'t, MoveThread>,
    to: PatientId,
    reason: &Line,
) -> Result<()> {
    let (owner, now, person) = (KeyOwner::Patient(to), cx.now(), cx.actor().person);
    let id = cx.new_id()?;
    let place = Place::new("thread_event", &id, "detail_sealed", 1);
    let detail = if moving.object().kind == ThreadKind::Staff { reason.as_str() } else { "" };
    let sealed = cx.seal(owner, &place, detail.as_bytes())?;
    store::message::add_event(cx.tx(), moving, id, "refiled", person, &sealed, now)?;
    let Some(item) = rows::newest_item(cx.tx(), moving)? else { return Ok(()) };
    let id = cx.new_id()?;
    let place = Place::new("work_event", &id, "reason_sealed", 1);
    let reason = cx.seal(owner, &place, reason.as_str().as_bytes())?;
    let event = NewWorkEvent {
        id,
        item,
        kind: WorkEventKind::Refiled,
        actor: person,
        to_person: None,
        to_team: None,
        reason: Some(&reason),
        patient_sees: false,
    };
    Ok(work_item::add_event(cx.tx(), moving, &event)?)
}

/// Whether the actor had seen this conversation in the patient's record before it was taken out of it.
pub fn was_removed(cx: &mut Cx<'_, '_>, patient: PatientId, thread: ThreadId) -> Result<bool> {
    if !cx.may::<ListThreads>(patient)? {
        return Ok(false);
    }
    let permit = cx.authorize::<ListThreads>(patient)?;
    let since = cx.now().plus_seconds(-TOLD_S);
    Ok(rows::had_seen(cx.tx(), &permit, thread, since)?)
}
