//! Texts not yet sent. A draft is its owner's alone, and nobody else's write touches it.
//!
//! `content_sealed` is sealed under the patient's key (without a patient: the owner's), row
//! `draft.id`, at the row's `version`. A held message is a draft with `release_at`: release inserts
//! the message and removes the draft in one transaction.

use domain::ids::{CareTeamId, DraftId, PatientId, PersonId, ThreadId};
use domain::message::Ask;
use domain::thread::{AboutKind, Category, ThreadKind};
use domain::time::Timestamp;

use crate::access::{Permit, UseOwn};
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
}

impl DraftKind {
    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Reply => "reply",
            Self::Note => "note",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        [Self::New, Self::Reply, Self::Note].into_iter().find(|kind| kind.code() == code)
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
    /// What happens to the work afterwards.
    pub after: AfterRelease,
    /// The outcome when it closes the thread, as a code.
    pub outcome: Option<String>,
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
                 after_release, outcome, created_at, version, updated_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, NULL, $14, $15, $16, 1, \
                 $16) ON CONFLICT (id) DO NOTHING"
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
                 version = version + 1, updated_at = $12 \
                 WHERE id = $1 AND owner_id = $2 AND version = $13 AND release_at IS NULL"
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
             created_at, version, updated_at FROM draft WHERE id = $1 AND owner_id = $2"
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
             created_at, version, updated_at FROM draft \
             WHERE owner_id = $1 AND thread_id = $2 AND kind = $3 ORDER BY updated_at DESC LIMIT 1"
        ),
        &[&permit.object().person, &thread, &kind.code()],
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
             d.after_release, d.outcome, d.created_at, d.version, d.updated_at FROM draft d \
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
            "UPDATE draft SET release_at = $3 WHERE id = $1 AND owner_id = $2 \
             AND (release_at IS NOT NULL) = $4"
        ),
        &[&id, &permit.object().person, &release_at, &held],
    )?;
    Ok(written == 1)
}

/// Removes a draft of the permit's owner; `false` when there is none.
pub fn remove<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, UseOwn>,
    id: DraftId,
) -> Result<bool, DbError> {
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

fn read(row: &Row) -> Result<DraftRow, DbError> {
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
    })
}

/// Makes a held draft a plain draft again: for the releasing worker, when its owner may not send.
pub fn unhold(tx: &mut Tx<'_>, id: DraftId) -> Result<(), DbError> {
    tx.execute(sql!("UPDATE draft SET release_at = NULL WHERE id = $1"), &[&id]).map(|_| ())
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
