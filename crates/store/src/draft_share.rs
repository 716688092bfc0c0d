//! Replies in the making that their owner has asked a colleague to look at.
//!
//! `note_sealed` and `answer_sealed` are sealed under the key of the draft's owner, row
//! `draft_share.draft_id`, at the row's `version`. An asking is in sight only while both its owner and its
//! reader work in the conversation, and goes away with its draft. Deliberately absent: anything for the
//! patient's side.

use domain::ids::{DraftId, PersonId, ThreadId};

use crate::access::{Permit, ReadNotes, ShareDraft, UseOwn};
use crate::db::{DbError, Row, Tx};
use crate::draft::{self, DraftRow};
use crate::seal::Sealed;
use crate::{code, sql};

/// How an asking stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShareState {
    /// Nobody has decided yet.
    Asked,
    /// A colleague has a draft of their own of it.
    Taken,
    /// A colleague gave it back.
    Returned,
}

impl ShareState {
    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Taken => "taken",
            Self::Returned => "returned",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        [Self::Asked, Self::Taken, Self::Returned].into_iter().find(|state| state.code() == code)
    }
}

/// An asking as stored.
#[derive(Debug, Clone)]
pub struct ShareRow {
    /// The draft.
    pub draft: DraftId,
    /// Whose it is.
    pub owner: PersonId,
    /// The conversation it answers in.
    pub thread: ThreadId,
    /// Who is asked; `None` is anyone of the team.
    pub to: Option<PersonId>,
    /// How it stands.
    pub state: ShareState,
    /// Why, sealed.
    pub note: Sealed,
    /// Who took it over or gave it back.
    pub by: Option<PersonId>,
    /// With which words, sealed.
    pub answer: Option<Sealed>,
    /// Its version, 1 for the first asking.
    pub version: i64,
}

fn read(row: &Row, first: usize) -> Result<ShareRow, DbError> {
    let at = |n: usize| first.saturating_add(n);
    Ok(ShareRow {
        draft: row.get(at(0))?,
        owner: row.get(at(1))?,
        thread: row.get(at(2))?,
        to: row.get(at(3))?,
        state: code(row, at(4), ShareState::from_code)?,
        note: row.get(at(5))?,
        by: row.get(at(6))?,
        answer: row.get(at(7))?,
        version: row.get(at(8))?,
    })
}

/// Asks for a draft of the permit's owner, in place of what was asked before at `before` (0: nothing);
/// `false` when somebody was faster. The caller has looked the draft up as the owner's.
pub fn put<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ShareDraft>,
    draft: &DraftRow,
    to: Option<PersonId>,
    note: &Sealed,
    before: i64,
) -> Result<bool, DbError> {
    let written = if before == 0 {
        tx.execute(
            sql!(
                "INSERT INTO draft_share (draft_id, to_id, state, note_sealed, asked_at, version) \
                 VALUES ($1, $2, 'asked', $3, $4, 1) ON CONFLICT (draft_id) DO NOTHING"
            ),
            &[&draft.id, &to, note, &permit.now()],
        )?
    } else {
        tx.execute(
            sql!(
                "UPDATE draft_share SET to_id = $2, state = 'asked', note_sealed = $3, asked_at = $4, \
                 by_id = NULL, answer_sealed = NULL, version = version + 1 \
                 WHERE draft_id = $1 AND version = $5"
            ),
            &[&draft.id, &to, note, &permit.now(), &before],
        )?
    };
    Ok(written == 1)
}

/// What was asked about a draft of the permit's owner.
pub fn get_own<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, UseOwn>,
    id: DraftId,
) -> Result<Option<ShareRow>, DbError> {
    tx.query_opt(
        sql!(
            "SELECT s.draft_id, d.owner_id, d.thread_id, s.to_id, s.state, s.note_sealed, s.by_id, \
             s.answer_sealed, s.version FROM draft_share s JOIN draft d ON d.id = s.draft_id \
             WHERE s.draft_id = $1 AND d.owner_id = $2 AND d.thread_id IS NOT NULL"
        ),
        &[&id, &permit.object().person],
    )?
    .map(|row| read(&row, 0))
    .transpose()
}

/// Takes an asking of the permit's owner back; `false` when there is none.
pub fn remove<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, UseOwn>,
    id: DraftId,
) -> Result<bool, DbError> {
    let removed = tx.execute(
        sql!(
            "DELETE FROM draft_share WHERE draft_id = $1 \
             AND EXISTS (SELECT 1 FROM draft d WHERE d.id = $1 AND d.owner_id = $2)"
        ),
        &[&id, &permit.object().person],
    )?;
    Ok(removed == 1)
}

/// A draft of the permit's thread that `reader` was asked about, however that stands, while its owner works
/// in the thread and it is not on its way.
pub fn get<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ShareDraft>,
    reader: PersonId,
    id: DraftId,
) -> Result<Option<(DraftRow, ShareRow)>, DbError> {
    let Some(row) = tx.query_opt(
        sql!(
            "SELECT d.id, d.owner_id, d.kind, d.patient_id, d.thread_id, d.team_id, d.thread_kind, \
             d.category, d.about_kind, d.about_id, d.ask, d.content_sealed, d.base_seq, d.release_at, \
             d.after_release, d.outcome, d.created_at, d.version, d.updated_at, d.offer, d.offered_at, \
             d.prepared_by, d.unsent_at, s.draft_id, d.owner_id, d.thread_id, s.to_id, s.state, \
             s.note_sealed, s.by_id, s.answer_sealed, s.version \
             FROM draft_share s JOIN draft d ON d.id = s.draft_id \
             WHERE s.draft_id = $1 AND d.thread_id = $2 AND d.kind = 'reply' \
             AND d.release_at IS NULL AND d.owner_id <> $3 AND (s.to_id IS NULL OR s.to_id = $3) \
             AND EXISTS (SELECT 1 FROM thread_access a WHERE a.person_id = d.owner_id \
                 AND a.thread_id = d.thread_id AND a.from_at <= $4 AND a.until_at > $4 \
                 AND a.tie IN ('team_clinician', 'team_nurse') AND a.to_seq = 9223372036854775807)"
        ),
        &[&id, &permit.thread(), &reader, &permit.now()],
    )?
    else {
        return Ok(None);
    };
    Ok(Some((draft::read(&row)?, read(&row, 23)?)))
}

/// Says what a colleague decided; `false` when it is not asked at that version any more.
pub fn settle<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ShareDraft>,
    share: &ShareRow,
    state: ShareState,
    by: PersonId,
    answer: Option<&Sealed>,
) -> Result<bool, DbError> {
    let written = tx.execute(
        sql!(
            "UPDATE draft_share SET state = $3, by_id = $4, answer_sealed = $5 \
             WHERE draft_id = $1 AND version = $2 AND state = 'asked' \
             AND EXISTS (SELECT 1 FROM draft d WHERE d.id = $1 AND d.thread_id = $6)"
        ),
        &[&share.draft, &share.version, &state.code(), &by, &answer, &permit.thread()],
    )?;
    Ok(written == 1)
}

/// Whether anything is asked or given back at all, so that a page asks for more only then. Shows nothing.
pub fn has_any(tx: &mut Tx<'_>) -> Result<bool, DbError> {
    tx.query_opt(
        sql!("SELECT 1 FROM draft_share WHERE state IN ('asked', 'returned') LIMIT 1"),
        &[],
    )
    .map(|row| row.is_some())
}

/// What the permit's person was asked and has not decided, in conversations in which they and the owner
/// work now, the oldest first, at most 20.
pub fn list_asked<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, UseOwn>,
) -> Result<Vec<ShareRow>, DbError> {
    tx.query(
        sql!(
            "SELECT s.draft_id, d.owner_id, d.thread_id, s.to_id, s.state, s.note_sealed, s.by_id, \
             s.answer_sealed, s.version FROM draft_share s JOIN draft d ON d.id = s.draft_id \
             WHERE s.state = 'asked' AND (s.to_id = $1 OR s.to_id IS NULL) AND d.owner_id <> $1 \
             AND d.release_at IS NULL AND d.thread_id IS NOT NULL \
             AND EXISTS (SELECT 1 FROM thread_access a WHERE a.person_id = $1 \
                 AND a.thread_id = d.thread_id AND a.from_at <= $2 AND a.until_at > $2 \
                 AND a.tie IN ('team_clinician', 'team_nurse') AND a.to_seq = 9223372036854775807) \
             AND EXISTS (SELECT 1 FROM thread_access b WHERE b.person_id = d.owner_id \
                 AND b.thread_id = d.thread_id AND b.from_at <= $2 AND b.until_at > $2 \
                 AND b.tie IN ('team_clinician', 'team_nurse') AND b.to_seq = 9223372036854775807) \
             ORDER BY s.asked_at, s.draft_id LIMIT 20"
        ),
        &[&permit.object().person, &permit.now()],
    )?
    .iter()
    .map(|row| read(row, 0))
    .collect()
}

/// What became of the drafts that the permit's person asked about, in conversations they work in now, at
/// most 20; what nobody has decided is left out.
pub fn list_decided<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, UseOwn>,
) -> Result<Vec<ShareRow>, DbError> {
    tx.query(
        sql!(
            "SELECT s.draft_id, d.owner_id, d.thread_id, s.to_id, s.state, s.note_sealed, s.by_id, \
             s.answer_sealed, s.version FROM draft d JOIN draft_share s ON s.draft_id = d.id \
             WHERE d.owner_id = $1 AND s.state <> 'asked' AND d.release_at IS NULL \
             AND d.thread_id IS NOT NULL \
             AND EXISTS (SELECT 1 FROM thread_access a WHERE a.person_id = $1 \
                 AND a.thread_id = d.thread_id AND a.from_at <= $2 AND a.until_at > $2 \
                 AND a.tie IN ('team_clinician', 'team_nurse') AND a.to_seq = 9223372036854775807) \
             ORDER BY s.asked_at, s.draft_id LIMIT 20"
        ),
        &[&permit.object().person, &permit.now()],
    )?
    .iter()
    .map(|row| read(row, 0))
    .collect()
}

/// What was asked about drafts in the permit's thread by or of `reader`, the oldest first.
pub fn list_in_thread<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ReadNotes>,
    reader: PersonId,
) -> Result<Vec<ShareRow>, DbError> {
    tx.query(
        sql!(
            "SELECT s.draft_id, d.owner_id, d.thread_id, s.to_id, s.state, s.note_sealed, s.by_id, \
             s.answer_sealed, s.version FROM draft d JOIN draft_share s ON s.draft_id = d.id \
             WHERE d.thread_id = $1 AND d.kind = 'reply' AND d.release_at IS NULL \
             AND (d.owner_id = $2 OR (s.state = 'asked' AND (s.to_id = $2 OR s.to_id IS NULL) \
                 AND EXISTS (SELECT 1 FROM thread_access b WHERE b.person_id = d.owner_id \
                     AND b.thread_id = d.thread_id AND b.from_at <= $3 AND b.until_at > $3 \
                     AND b.tie IN ('team_clinician', 'team_nurse') \
                     AND b.to_seq = 9223372036854775807))) \
             ORDER BY s.asked_at, s.draft_id LIMIT 20"
        ),
        &[&permit.thread(), &reader, &permit.now()],
    )?
    .iter()
    .map(|row| read(row, 0))
    .collect()
}
