//! Texts not yet sent. A draft is its owner's alone, and nobody else's write touches its words: the patient's
//! decision about what a helper prepared stands beside them.
//!
//! `content_sealed` is sealed under the patient's key (without a patient: the owner's), row
//! `draft.id`, at the row's `version`. A held message is a draft with `release_at`: release inserts
//! the message and removes the draft in one transaction.

use domain::ids::{CareTeamId, DraftId, Id as _, PatientId, PersonId, ThreadId};
use domain::message::Ask;
use domain::thread::{AboutKind, Category, ThreadKind};
use domain::time::Timestamp;

use crate::access::{DecideDraft, ListThreads, Permit, ReadNotes, Scope, UseOwn};
use crate::db::{DbError, Row, Tx};
use crate::seal::Sealed;
use crate::thread::About;
use crate::{code, sql};

/// What a draft will become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DraftKind {
    /// A new thread.
    New,
    /// A reply.
    Reply,
    /// A staff note.
    Note,
    /// Words that came by phone or letter.
    Told,
}

impl DraftKind {
    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Reply => "reply",
            Self::Note => "note",
            Self::Told => "told",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        [Self::New, Self::Reply, Self::Note, Self::Told]
            .into_iter()
            .find(|kind| kind.code() == code)
    }
}

/// How a helper's text stands that only the patient can send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    /// Nobody but its owner has seen it, or the owner took it back.
    None,
    /// The patient may look at it and decide.
    Offered,
    /// The patient has taken it on, as a draft of their own.
    Taken,
    /// The patient does not want it.
    Declined,
}

impl Offer {
    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Offered => "offered",
            Self::Taken => "taken",
            Self::Declined => "declined",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        [Self::None, Self::Offered, Self::Taken, Self::Declined]
            .into_iter()
            .find(|offer| offer.code() == code)
    }
}

/// What happens to the work once the message is out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterRelease {
    /// It is answered.
    Nothing,
    /// The team waits for the patient.
    Wait,
    /// The thread closes with the draft's outcome.
    Close,
}

impl AfterRelease {
    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Wait => "wait",
            Self::Close => "close",
        }
    }

    /// Reads a code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Nothing, Self::Wait, Self::Close].into_iter().find(|after| after.code() == code)
    }
}

/// A draft as stored.
#[derive(Debug, Clone)]
pub struct DraftRow {
    /// Its id.
    pub id: DraftId,
    /// Whose it is.
    pub owner: PersonId,
    /// What it will become.
    pub kind: DraftKind,
    /// About whom.
    pub patient: Option<PatientId>,
    /// In which thread.
    pub thread: Option<ThreadId>,
    /// To which team, for a new thread.
    pub team: Option<CareTeamId>,
    /// Care or staff, for a new thread.
    pub thread_kind: ThreadKind,
    /// Category, for a new thread.
    pub category: Category,
    /// What it is about, for a new thread.
    pub about: About,
    /// What is asked.
    pub ask: Ask,
    /// Headline, text, questions; sealed.
    pub content: Sealed,
    /// The newest sequence number the writer had seen.
    pub base_seq: i64,
    /// When it leaves, if it is held.
    pub release_at: Option<Timestamp>,
    /// When its hold ended without its leaving, until its owner does something with it.
    pub unsent_at: Option<Timestamp>,
    /// What happens to the work afterwards.
    pub after: AfterRelease,
    /// The outcome when it closes the thread, as a code.
    pub outcome: Option<String>,
    /// Whether it was handed to the patient, and what became of that.
    pub offer: Offer,
    /// When it was last handed over.
    pub offered_at: Option<Timestamp>,
    /// The helper whose text the owner has taken on.
    pub prepared_by: Option<PersonId>,
    /// When it was begun.
    pub created_at: Timestamp,
    /// Its version, 1 for the first save.
    pub version: i64,
    /// When it was last saved.
    pub updated_at: Timestamp,
}

/// Writes a draft of the permit's owner. `expected` is the version this write replaces (0: a new
/// row); another version in the store means somebody saved meanwhile, and the answer is `false`.
pub fn put<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, UseOwn>,
    draft: &DraftRow,
    expected: i64,
) -> Result<bool, DbError> {
    let owner = permit.object().person;
    let written = if expected == 0 {
        tx.execute(
            sql!(
                "INSERT INTO draft (id, owner_id, kind, patient_id, thread_id, team_id, thread_kind, \
                 category, about_kind, about_id, ask, content_sealed, base_seq, release_at, \
                 after_release, outcome, offer, created_at, version, updated_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, NULL, $14, $15, 'none', \
                 $16, 1, $16) ON CONFLICT (id) DO NOTHING"
            ),
            &[
                &draft.id,
                &owner,
                &draft.kind.code(),
                &draft.patient,
                &draft.thread,
                &draft.team,
                &draft.thread_kind.code(),
                &draft.category.code(),
                &draft.about.kind.code(),
                &draft.about.id,
                &draft.ask.code(),
                &draft.content,
                &draft.base_seq,
                &draft.after.code(),
                &draft.outcome,
                &permit.now(),
            ],
        )?
    } else {
        tx.execute(
            sql!(
                "UPDATE draft SET team_id = $3, category = $4, about_kind = $5, about_id = $6, ask = $7, \
                 content_sealed = $8, base_seq = $9, after_release = $10, outcome = $11, \
                 version = version + 1, updated_at = $12, unsent_at = NULL \
                 WHERE id = $1 AND owner_id = $2 AND version = $13 AND release_at IS NULL \
                 AND offer = 'none'"
            ),
            &[
                &draft.id,
                &owner,
                &draft.team,
                &draft.category.code(),
                &draft.about.kind.code(),
                &draft.about.id,
                &draft.ask.code(),
                &draft.content,
                &draft.base_seq,
                &draft.after.code(),
                &draft.outcome,
                &permit.now(),
                &expected,
            ],
        )?
    };
    Ok(written == 1)
}

/// A draft of the permit's owner.
pub fn get<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, UseOwn>,
    id: DraftId,
) -> Result<Option<DraftRow>, DbError> {
    tx.query_opt(
        sql!(
            "SELECT id, owner_id, kind, patient_id, thread_id, team_id, thread_kind, category, \
             about_kind, about_id, ask, content_sealed, base_seq, release_at, after_release, outcome, \
             created_at, version, updated_at, offer, offered_at, prepared_by, \
             unsent_at FROM draft \
             WHERE id = $1 AND owner_id = $2"
        ),
        &[&id, &permit.object().person],
    )?
    .as_ref()
    .map(read)
    .transpose()
}

/// The owner's newest draft of this kind in a thread, so that a thread page shows what was begun.
pub fn find_in_thread<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, UseOwn>,
    thread: ThreadId,
    kind: DraftKind,
) -> Result<Option<DraftRow>, DbError> {
    let rows = tx.query(
        sql!(
            "SELECT id, owner_id, kind, patient_id, thread_id, team_id, thread_kind, category, \
             about_kind, about_id, ask, content_sealed, base_seq, release_at, after_release, outcome, \
             created_at, version, updated_at, offer, offered_at, prepared_by, \
             unsent_at FROM draft \
             WHERE owner_id = $1 AND thread_id = $2 AND kind = $3 AND offer = 'none' ORDER BY updated_at DESC LIMIT 1"
        ),
        &[&permit.object().person, &thread, &kind.code()],
    )?;
    rows.first().map(read).transpose()
}

/// Who of the staff has been writing a reply in the permit's thread since `since`, but for the reader.
pub fn list_writers<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ReadNotes>,
    reader: PersonId,
    since: Timestamp,
) -> Result<Vec<PersonId>, DbError> {
    tx.query(
        sql!(
            "SELECT d.owner_id FROM draft d JOIN person p ON p.id = d.owner_id \
             WHERE d.thread_id = $1 AND d.updated_at >= $2 AND d.kind = 'reply' \
             AND d.release_at IS NULL AND d.owner_id <> $3 AND p.role IN ('clinician', 'nurse') \
             ORDER BY d.owner_id"
        ),
        &[&permit.thread(), &since, &reader],
    )?
    .iter()
    .map(|row| row.get(0))
    .collect()
}

/// The owner's newest call or letter in the making about a patient.
pub fn find_told<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, UseOwn>,
    patient: PatientId,
) -> Result<Option<DraftRow>, DbError> {
    let rows = tx.query(
        sql!(
            "SELECT id, owner_id, kind, patient_id, thread_id, team_id, thread_kind, category, \
             about_kind, about_id, ask, content_sealed, base_seq, release_at, after_release, outcome, \
             created_at, version, updated_at, offer, offered_at, prepared_by, \
             unsent_at FROM draft \
             WHERE owner_id = $1 AND patient_id = $2 AND kind = 'told' \
             ORDER BY updated_at DESC, id DESC LIMIT 1"
        ),
        &[&permit.object().person, &patient],
    )?;
    rows.first().map(read).transpose()
}

/// The owner's drafts, newest first, at most 200; those about patients the owner has no tie to now
/// are left out.
pub fn list<'t>(tx: &mut Tx<'t>, permit: &Permit<'t, UseOwn>) -> Result<Vec<DraftRow>, DbError> {
    tx.query(
        sql!(
            "SELECT d.id, d.owner_id, d.kind, d.patient_id, d.thread_id, d.team_id, d.thread_kind, \
             d.category, d.about_kind, d.about_id, d.ask, d.content_sealed, d.base_seq, d.release_at, \
             d.after_release, d.outcome, d.created_at, d.version, d.updated_at, d.offer, d.offered_at, \
             d.prepared_by, d.unsent_at FROM draft d \
             WHERE d.owner_id = $1 AND (d.patient_id IS NULL \
               OR EXISTS (SELECT 1 FROM patient_access a WHERE a.person_id = $1 \
                   AND a.patient_id = d.patient_id AND a.from_at <= $2 AND a.until_at > $2) \
               OR EXISTS (SELECT 1 FROM thread_access b WHERE b.person_id = $1 \
                   AND b.thread_id = d.thread_id AND b.from_at <= $2 AND b.until_at > $2)) \
             ORDER BY d.updated_at DESC, d.id LIMIT 200"
        ),
        &[&permit.object().person, &permit.now()],
    )?
    .iter()
    .map(read)
    .collect()
}

/// Sets or clears the moment a draft leaves. `false` when the owner has no such draft at that version
/// in the other state, so that a hold is set once and cancelled once.
pub fn set_release<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, UseOwn>,
    id: DraftId,
    release_at: Option<Timestamp>,
) -> Result<bool, DbError> {
    let held = release_at.is_none();
    let written = tx.execute(
        sql!(
            "UPDATE draft SET release_at = $3, unsent_at = NULL WHERE id = $1 AND owner_id = $2 \
             AND (release_at IS NOT NULL) = $4 AND offer = 'none'"
        ),
        &[&id, &permit.object().person, &release_at, &held],
    )?;
    Ok(written == 1)
}

/// Notes the newest number that a draft's writer had seen when it was sent.
pub fn set_base<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, UseOwn>,
    id: DraftId,
    seq: i64,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!("UPDATE draft SET base_seq = $3 WHERE id = $1 AND owner_id = $2"),
        &[&id, &permit.object().person, &seq],
    )
}

/// Removes a draft of the permit's owner; `false` when there is none.
pub fn remove<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, UseOwn>,
    id: DraftId,
) -> Result<bool, DbError> {
    crate::urgency_check::forget(tx, permit, id)?;
    let removed = tx.execute(
        sql!("DELETE FROM draft WHERE id = $1 AND owner_id = $2"),
        &[&id, &permit.object().person],
    )?;
    Ok(removed == 1)
}

/// The drafts whose hold is over, with their owners, oldest first: for the releasing worker, which
/// then acts as each owner.
pub fn list_due(
    tx: &mut Tx<'_>,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<(DraftId, PersonId)>, DbError> {
    tx.query(
        sql!(
            "SELECT id, owner_id FROM draft WHERE release_at IS NOT NULL AND release_at <= $1 \
             ORDER BY release_at, id LIMIT $2"
        ),
        &[&now, &limit],
    )?
    .iter()
    .map(|row| Ok((row.get(0)?, row.get(1)?)))
    .collect()
}

pub(crate) fn read(row: &Row) -> Result<DraftRow, DbError> {
    Ok(DraftRow {
        id: row.get(0)?,
        owner: row.get(1)?,
        kind: code(row, 2, DraftKind::from_code)?,
        patient: row.get(3)?,
        thread: row.get(4)?,
        team: row.get(5)?,
        thread_kind: code(row, 6, ThreadKind::from_code)?,
        category: code(row, 7, Category::from_code)?,
        about: About { kind: code(row, 8, AboutKind::from_code)?, id: row.get(9)? },
        ask: code(row, 10, Ask::from_code)?,
        content: row.get(11)?,
        base_seq: row.get(12)?,
        release_at: row.get(13)?,
        after: code(row, 14, AfterRelease::from_code)?,
        outcome: row.get(15)?,
        created_at: row.get(16)?,
        version: row.get(17)?,
        updated_at: row.get(18)?,
        offer: code(row, 19, Offer::from_code)?,
        offered_at: row.get(20)?,
        prepared_by: row.get(21)?,
        unsent_at: row.get(22)?,
    })
}

/// Hands a draft of the permit's owner to the patient; `false` when there is none at that version that
/// could be handed over.
pub fn offer<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, UseOwn>,
    id: DraftId,
    version: i64,
) -> Result<bool, DbError> {
    let written = tx.execute(
        sql!(
            "UPDATE draft SET offer = 'offered', offered_at = $4 WHERE id = $1 AND owner_id = $2 \
             AND version = $3 AND offer = 'none' AND release_at IS NULL AND kind IN ('new', 'reply')"
        ),
        &[&id, &permit.object().person, &version, &permit.now()],
    )?;
    Ok(written == 1)
}

/// Makes a draft that was handed over its owner's alone again, whatever became of it; `false` when there
/// is none.
pub fn withdraw<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, UseOwn>,
    id: DraftId,
) -> Result<bool, DbError> {
    let written = tx.execute(
        sql!("UPDATE draft SET offer = 'none' WHERE id = $1 AND owner_id = $2 AND offer <> 'none'"),
        &[&id, &permit.object().person],
    )?;
    Ok(written == 1)
}

/// Notes whose text a draft of the permit's owner was.
pub fn set_prepared_by<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, UseOwn>,
    id: DraftId,
    by: PersonId,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!("UPDATE draft SET prepared_by = $3 WHERE id = $1 AND owner_id = $2"),
        &[&id, &permit.object().person, &by],
    )
}

/// What helpers have handed to the permit's patient and may still write now, oldest first, at most 100;
/// answers in conversations that the reader may not write in are left out.
pub fn list_offered<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, DecideDraft>,
) -> Result<Vec<DraftRow>, DbError> {
    let scope = permit.scope();
    offered(tx, &scope, permit.patient(), None)
}

/// How many there are, for the patient's list of conversations: 0 for who does not decide on them.
pub fn count_offered<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ListThreads>,
) -> Result<usize, DbError> {
    let scope = permit.scope();
    Ok(offered(tx, &scope, permit.patient(), None)?.len())
}

/// One of them; `None` also when it was taken back or its writer may not write any more.
pub fn get_offered<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, DecideDraft>,
    id: DraftId,
) -> Result<Option<DraftRow>, DbError> {
    let scope = permit.scope();
    Ok(offered(tx, &scope, permit.patient(), Some(id))?.into_iter().next())
}

fn offered(
    tx: &mut Tx<'_>,
    scope: &Scope<'_>,
    patient: PatientId,
    only: Option<DraftId>,
) -> Result<Vec<DraftRow>, DbError> {
    let (one, only) =
        (only.is_some(), only.unwrap_or_else(|| DraftId::from_uuid(uuid::Uuid::nil())));
    tx.query(
        sql!(
            "SELECT d.id, d.owner_id, d.kind, d.patient_id, d.thread_id, d.team_id, d.thread_kind, \
             d.category, d.about_kind, d.about_id, d.ask, d.content_sealed, d.base_seq, d.release_at, \
             d.after_release, d.outcome, d.created_at, d.version, d.updated_at, d.offer, d.offered_at, \
             d.prepared_by, d.unsent_at FROM draft d \
             JOIN person p ON p.id = d.owner_id AND p.status = 'active' \
             WHERE d.patient_id = $1 AND d.offer = 'offered' AND (NOT $5 OR d.id = $4) \
             AND EXISTS (SELECT 1 FROM patient_access r WHERE r.person_id = $2 \
                 AND r.patient_id = $1 AND r.from_at <= $3 AND r.until_at > $3 \
                 AND r.threads AND r.rights = 'write' AND r.tie IN ('self', 'representative')) \
             AND ((d.kind = 'new' AND EXISTS (SELECT 1 FROM patient_access a \
                   WHERE a.person_id = d.owner_id AND a.patient_id = $1 \
                   AND a.from_at <= $3 AND a.until_at > $3 AND a.threads AND a.rights <> 'read' \
                   AND a.tie IN ('helper', 'representative'))) \
               OR (d.kind = 'reply' AND EXISTS (SELECT 1 FROM thread_access a \
                   WHERE a.person_id = d.owner_id AND a.thread_id = d.thread_id \
                   AND a.from_at <= $3 AND a.until_at > $3 AND a.rights <> 'read' \
                   AND a.tie IN ('helper', 'representative')) \
                 AND EXISTS (SELECT 1 FROM thread_access b \
                   WHERE b.person_id = $2 AND b.thread_id = d.thread_id \
                   AND b.from_at <= $3 AND b.until_at > $3 AND b.rights = 'write' \
                   AND b.tie IN ('self', 'representative')))) \
             ORDER BY d.offered_at, d.id LIMIT 100"
        ),
        &[&patient, &scope.person(), &scope.now(), &only, &one],
    )?
    .iter()
    .map(read)
    .collect()
}

/// Whether a draft about the permit's patient was ever handed over: what is not there any more is told
/// apart from what never was.
pub fn was_offered<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, DecideDraft>,
    id: DraftId,
) -> Result<bool, DbError> {
    Ok(tx
        .query_opt(
            sql!(
                "SELECT 1 FROM draft WHERE id = $1 AND patient_id = $2 AND offered_at IS NOT NULL"
            ),
            &[&id, &permit.patient()],
        )?
        .is_some())
}

/// Says what the patient decided; `false` when the draft is not on offer at that version any more.
pub fn settle_offer<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, DecideDraft>,
    id: DraftId,
    version: i64,
    decided: Offer,
) -> Result<bool, DbError> {
    let written = tx.execute(
        sql!(
            "UPDATE draft SET offer = $4 WHERE id = $1 AND patient_id = $2 AND version = $3 \
             AND offer = 'offered'"
        ),
        &[&id, &permit.patient(), &version, &decided.code()],
    )?;
    Ok(written == 1)
}

/// Makes a held draft a plain one again and notes that it did not leave at `at`. For the releasing worker.
pub fn unhold(tx: &mut Tx<'_>, id: DraftId, at: Timestamp) -> Result<(), DbError> {
    tx.execute(
        sql!(
            "UPDATE draft SET release_at = NULL, unsent_at = $2 WHERE id = $1 \
             AND release_at IS NOT NULL"
        ),
        &[&id, &at],
    )
    .map(|_| ())
}

/// Whether a person has a text that did not leave: a page then asks for them. Shows nothing of it.
pub fn has_unsent(tx: &mut Tx<'_>, owner: PersonId) -> Result<bool, DbError> {
    tx.query_opt(
        sql!("SELECT 1 FROM draft WHERE owner_id = $1 AND unsent_at IS NOT NULL LIMIT 1"),
        &[&owner],
    )
    .map(|row| row.is_some())
}

/// How many texts about a patient wait for the permit's person: their own drafts, neither on their way
/// nor handed over, and what helpers prepared for them; only those that could be opened now.
pub fn count_waiting<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, UseOwn>,
    patient: PatientId,
) -> Result<i64, DbError> {
    let own: i64 = tx
        .query_one(
            sql!(
                "SELECT count(*) FROM draft d WHERE d.owner_id = $1 AND d.patient_id = $3 \
                 AND d.kind IN ('new', 'reply') AND d.release_at IS NULL AND d.offer = 'none' \
                 AND (EXISTS (SELECT 1 FROM patient_access a WHERE a.person_id = $1 \
                   AND a.patient_id = d.patient_id AND a.from_at <= $2 AND a.until_at > $2) \
                   OR EXISTS (SELECT 1 FROM thread_access b WHERE b.person_id = $1 \
                   AND b.thread_id = d.thread_id AND b.from_at <= $2 AND b.until_at > $2))"
            ),
            &[&permit.object().person, &permit.now(), &patient],
        )?
        .get(0)?;
    let prepared = offered(tx, &permit.scope(), patient, None)?.len();
    Ok(own.saturating_add(i64::try_from(prepared).unwrap_or(i64::MAX)))
}

/// Notes which thread the permit's owner's new conversation goes on from.
pub fn set_continues<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, UseOwn>,
    id: DraftId,
    thread: ThreadId,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!("UPDATE draft SET thread_id = $3 WHERE id = $1 AND owner_id = $2 AND kind = 'new'"),
        &[&id, &permit.object().person, &thread],
    )
}
