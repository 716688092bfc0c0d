//! What a helper prepares and the patient sends.
//!
//! A helper who may only draft hands a finished text over. The patient sees it from then on, takes it on
//! as a draft of her own, changes it and sends it in her name; the message says who prepared it. Or she
//! does not want it. The helper's own draft stays the helper's: the patient's decision is written beside
//! it, and no hand but the helper's changes or deletes it (MODEL, invariant 9). A right that has ended
//! takes what it prepared out of the patient's sight.
//!
//! Deliberately absent: reading along while a helper types, and sending in a helper's name.

use domain::ids::{DraftId, PatientId, ThreadId};
use store::access::{DecideDraft, DraftReply, DraftThread, UseOwn};
use store::change::Change;
use store::draft as rows;

use crate::cx::Cx;
use crate::draft::{self, Draft, DraftKind, Offer, Target, Typed};
use crate::error::{Conflict, Error, Result};

/// A text that somebody prepared for the patient.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// The text, its headline and the team it would go to.
    pub named: draft::Named,
    /// Who prepared it, by name.
    pub by: String,
}

/// Hands a draft of the actor's own to the patient, at the version last seen. Doing so again changes
/// nothing.
///
/// Errors: `Invalid` with every field that is wrong; `Forbidden` for who stands not beside the patient;
/// `NotFound` when the actor may not write there any more; `Conflict(Changed)` when another window saved
/// meanwhile.
pub fn offer(cx: &mut Cx<'_, '_>, id: DraftId, version: i64) -> Result<()> {
    let draft = draft::get(cx, id)?;
    if draft.row.offer == Offer::Offered {
        return Ok(());
    }
    let basis = match draft::target_of(&draft.row)? {
        Target::New { patient, .. } => cx.authorize::<DraftThread>(patient)?.allowed().basis,
        Target::Reply { thread, .. } => cx.authorize::<DraftReply>(thread)?.allowed().basis,
        Target::Note { .. } | Target::Told { .. } => return Err(Error::Forbidden),
    };
    if !matches!(basis, "helper" | "representative") {
        return Err(Error::Forbidden);
    }
    if draft.row.release_at.is_some() {
        return Err(Error::Conflict(Conflict::AlreadySent));
    }
    draft::check(cx, &draft)?;
    let person = cx.person()?;
    let own = cx.authorize::<UseOwn>(person)?;
    if !rows::offer(cx.tx(), &own, id, version)? {
        return Err(Error::Conflict(Conflict::Changed));
    }
    cx.note_change(&Change {
        kind: "draft_offered".to_owned(),
        patient: draft.row.patient,
        thread: draft.row.thread.filter(|_| draft.row.kind == DraftKind::Reply),
        team: None,
        person: Some(person),
    })
}

/// Takes a draft of the actor's own back, to change it or keep it: the patient does not see it any more.
/// What she has taken on already is hers. `NotFound` when nothing of the actor's was handed over.
pub fn withdraw(cx: &mut Cx<'_, '_>, id: DraftId) -> Result<()> {
    let person = cx.person()?;
    let own = cx.authorize::<UseOwn>(person)?;
    if rows::withdraw(cx.tx(), &own, id)? { Ok(()) } else { Err(Error::NotFound) }
}

/// What helpers have prepared for a patient, oldest first.
pub fn list(cx: &mut Cx<'_, '_>, patient: PatientId) -> Result<Vec<Prepared>> {
    let permit = cx.authorize::<DecideDraft>(patient)?;
    let found = rows::list_offered(cx.tx(), &permit)?;
    found.into_iter().map(|row| named(cx, row)).collect()
}

/// The same for a page that leaves it out when the reader is not the one who decides.
pub fn list_if_allowed(cx: &mut Cx<'_, '_>, patient: PatientId) -> Result<Vec<Prepared>> {
    if cx.may::<DecideDraft>(patient)? { list(cx, patient) } else { Ok(Vec::new()) }
}

fn named(cx: &mut Cx<'_, '_>, row: rows::DraftRow) -> Result<Prepared> {
    let by = cx.profile_of(row.owner)?.name;
    let draft = draft::open(cx, row)?;
    Ok(Prepared { named: draft::named(cx, draft)?, by })
}

/// One text that was prepared.
///
/// Errors: `Conflict(Withdrawn)` when it was taken back, decided already, or its writer may not write
/// for the patient any more; `NotFound` when there never was one.
pub fn get(cx: &mut Cx<'_, '_>, patient: PatientId, id: DraftId) -> Result<Prepared> {
    let permit = cx.authorize::<DecideDraft>(patient)?;
    match rows::get_offered(cx.tx(), &permit, id)? {
        Some(row) => named(cx, row),
        None if rows::was_offered(cx.tx(), &permit, id)? => {
            Err(Error::Conflict(Conflict::Withdrawn))
        }
        None => Err(Error::NotFound),
    }
}

/// Where a text went that the patient took on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// The patient's own draft.
    pub draft: DraftId,
    /// The conversation it answers in; `None` for a new one.
    pub thread: Option<ThreadId>,
}

/// Takes a text on at the version last seen: a draft of the actor's own with the same words, to change
/// and send.
///
/// Errors: as [`get`]; `Conflict(Changed)` when the helper changed it meanwhile.
pub fn take(cx: &mut Cx<'_, '_>, patient: PatientId, id: DraftId, version: i64) -> Result<Taken> {
    let found = get(cx, patient, id)?.named.draft;
    settle(cx, patient, &found, version, Offer::Taken)?;
    let typed = Typed {
        target: draft::target_of(&found.row)?,
        ask: found.row.ask,
        content: found.content,
        base_seq: found.row.base_seq,
    };
    let (draft, _) = draft::save(cx, None, 0, &typed)?;
    let person = cx.person()?;
    let own = cx.authorize::<UseOwn>(person)?;
    rows::set_prepared_by(cx.tx(), &own, draft, found.row.owner)?;
    let before = found.row.thread;
    if let Some(before) = before.filter(|_| found.row.kind == DraftKind::New) {
        rows::set_continues(cx.tx(), &own, draft, before)?;
    }
    Ok(Taken { draft, thread: before.filter(|_| found.row.kind == DraftKind::Reply) })
}

/// Sets a text aside at the version last seen. The helper is told and keeps the draft. Errors: as
/// [`take`].
pub fn decline(cx: &mut Cx<'_, '_>, patient: PatientId, id: DraftId, version: i64) -> Result<()> {
    let found = get(cx, patient, id)?.named.draft;
    settle(cx, patient, &found, version, Offer::Declined)
}

fn settle(
    cx: &mut Cx<'_, '_>,
    patient: PatientId,
    found: &Draft,
    version: i64,
    decided: Offer,
) -> Result<()> {
    let permit = cx.authorize::<DecideDraft>(patient)?;
    if rows::settle_offer(cx.tx(), &permit, found.row.id, version, decided)? {
        Ok(())
    } else {
        Err(Error::Conflict(Conflict::Changed))
    }
}

/// What became of the texts the actor handed over in a conversation, newest first.
pub fn handed_over(cx: &mut Cx<'_, '_>, thread: ThreadId) -> Result<Vec<Draft>> {
    let all = draft::list(cx)?;
    Ok(all
        .into_iter()
        .filter(|draft| draft.row.thread == Some(thread) && draft.row.kind == DraftKind::Reply)
        .filter(|draft| draft.row.offer != Offer::None)
        .collect())
}
