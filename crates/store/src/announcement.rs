//! Announcements: a text for many of a team's patients, and which of them have it.
//!
//! `announcement.content_sealed` is sealed under the key of the team's organization, row `announcement.id`, at the row's
//! version. Who gets one is a row each, chosen in the transaction that begins the sending and moved in the transaction
//! that delivers it, so that a worker that dies sends no one twice and misses no one. Deliberately absent: the message
//! itself, which is a message like any other.

use domain::ids::{AnnouncementId, CareTeamId, PatientId, PersonId, ThreadId};
use domain::time::Timestamp;

use crate::access::{Announce, Permit};
use crate::db::{DbError, Row, Tx};
use crate::seal::Sealed;
use crate::{code, sql};

/// Where an announcement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Being written.
    Draft,
    /// On its way.
    Sending,
    /// Everybody has been dealt with.
    Done,
    /// Stopped before everybody had it.
    Stopped,
}

impl State {
    const ALL: [Self; 4] = [Self::Draft, Self::Sending, Self::Done, Self::Stopped];

    /// The code as it is stored.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Sending => "sending",
            Self::Done => "done",
            Self::Stopped => "stopped",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// An announcement as stored.
#[derive(Debug, Clone)]
pub struct AnnouncementRow {
    /// Its id.
    pub id: AnnouncementId,
    /// The team whose patients get it.
    pub team: CareTeamId,
    /// Who made it and sends it.
    pub made_by: PersonId,
    /// Only patients of this language; empty for everybody.
    pub language: String,
    /// Where it stands.
    pub state: State,
    /// Headline and texts, sealed at `version`.
    pub content: Sealed,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When its sending began.
    pub started_at: Option<Timestamp>,
    /// The row's version.
    pub version: i64,
}

fn read(row: &Row) -> Result<AnnouncementRow, DbError> {
    Ok(AnnouncementRow {
        id: row.get(0)?,
        team: row.get(1)?,
        made_by: row.get(2)?,
        language: row.get(3)?,
        state: code(row, 4, State::from_code)?,
        content: row.get(5)?,
        created_at: row.get(6)?,
        started_at: row.get(7)?,
        version: row.get(8)?,
    })
}

/// One of them, for whoever then asks the policy for its team.
pub fn get(tx: &mut Tx<'_>, id: AnnouncementId) -> Result<Option<AnnouncementRow>, DbError> {
    tx.query_opt(
        sql!(
            "SELECT id, team_id, made_by, language, state, content_sealed, created_at, started_at, \
             version FROM announcement WHERE id = $1"
        ),
        &[&id],
    )?
    .as_ref()
    .map(read)
    .transpose()
}

/// Those of the permit's team, the newest first, at most `limit`.
pub fn list<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Announce>,
    limit: i64,
) -> Result<Vec<AnnouncementRow>, DbError> {
    tx.query(
        sql!(
            "SELECT id, team_id, made_by, language, state, content_sealed, created_at, started_at, \
             version FROM announcement WHERE team_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2"
        ),
        &[&permit.team(), &limit],
    )?
    .iter()
    .map(read)
    .collect()
}

/// Adds a draft of the permit's team (`version` 1), or replaces it (one more than the stored version); `false` when it
/// changed meanwhile or is no draft any more.
pub fn put<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Announce>,
    id: AnnouncementId,
    language: &str,
    content: &Sealed,
    version: i64,
) -> Result<bool, DbError> {
    let written = if version == 1 {
        tx.execute(
            sql!(
                "INSERT INTO announcement (id, team_id, made_by, language, state, content_sealed, \
                 created_at, version, updated_at) VALUES ($1, $2, $3, $4, 'draft', $5, $6, 1, $6) \
                 ON CONFLICT (id) DO NOTHING"
            ),
            &[&id, &permit.team(), &permit.person(), &language, content, &permit.now()],
        )?
    } else {
        tx.execute(
            sql!(
                "UPDATE announcement SET made_by = $3, language = $4, content_sealed = $5, version = $6, \
                 updated_at = $7 WHERE id = $1 AND team_id = $2 AND state = 'draft' AND version = $6 - 1"
            ),
            &[&id, &permit.team(), &permit.person(), &language, content, &version, &permit.now()],
        )?
    };
    Ok(written == 1)
}

/// Deletes a draft of the permit's team; whether there was one.
pub fn remove<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Announce>,
    id: AnnouncementId,
) -> Result<bool, DbError> {
    let written = tx.execute(
        sql!("DELETE FROM announcement WHERE id = $1 AND team_id = $2 AND state = 'draft'"),
        &[&id, &permit.team()],
    )?;
    Ok(written == 1)
}

/// The patients whom the permit's team treats now, by language tag: how many, and how many of them read here, because
/// they or somebody for them has an account.
pub fn count<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Announce>,
) -> Result<Vec<(String, i64, i64)>, DbError> {
    tx.query(
        sql!(
            "SELECT p.language, count(*), count(*) FILTER (WHERE EXISTS (SELECT 1 FROM care_grant g \
                 WHERE g.patient_id = p.id AND g.threads AND NOT g.paused \
                 AND g.from_at <= $2 AND g.until_at > $2)) \
             FROM patient p WHERE p.status = 'active' AND p.id IN (SELECT r.patient_id \
                 FROM care_relation r WHERE r.team_id = $1 AND r.from_at <= $2 AND r.until_at > $2) \
             GROUP BY p.language ORDER BY p.language"
        ),
        &[&permit.team(), &permit.now()],
    )?
    .iter()
    .map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
    .collect()
}

/// Begins the sending of a draft at the version last seen: chooses its patients. How many there are; `None` when it
/// changed meanwhile. A language is met by its own tag and by those that begin with it and a hyphen.
pub fn begin<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Announce>,
    row: &AnnouncementRow,
) -> Result<Option<i64>, DbError> {
    let begun = tx.execute(
        sql!(
            "UPDATE announcement SET state = 'sending', started_at = $4, updated_at = $4 \
             WHERE id = $1 AND team_id = $2 AND state = 'draft' AND version = $3"
        ),
        &[&row.id, &permit.team(), &row.version, &permit.now()],
    )?;
    if begun != 1 {
        return Ok(None);
    }
    let chosen = tx.execute(
        sql!(
            "INSERT INTO announcement_recipient (announcement_id, patient_id, state) \
             SELECT $1, p.id, 'queued' FROM patient p WHERE p.status = 'active' \
             AND ($4 = '' OR lower(p.language) = $4 OR lower(p.language) LIKE $4 || '-%') \
             AND p.id IN (SELECT r.patient_id FROM care_relation r WHERE r.team_id = $2 \
                 AND r.from_at <= $3 AND r.until_at > $3)"
        ),
        &[&row.id, &permit.team(), &permit.now(), &row.language],
    )?;
    Ok(Some(i64::try_from(chosen).unwrap_or(i64::MAX)))
}

/// How many are still to get it, have it, and were passed over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Still to get it.
    pub queued: i64,
    /// Have it.
    pub sent: i64,
    /// Were passed over: the team does not treat them any more, or it could not be filled in for them.
    pub skipped: i64,
}

/// How far an announcement of the permit's team is.
pub fn progress<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Announce>,
    id: AnnouncementId,
) -> Result<Progress, DbError> {
    let row = tx.query_one(
        sql!(
            "SELECT count(*) FILTER (WHERE r.state = 'queued'), count(*) FILTER (WHERE r.state = 'sent'), \
             count(*) FILTER (WHERE r.state = 'skipped') FROM announcement_recipient r \
             JOIN announcement a ON a.id = r.announcement_id \
             WHERE r.announcement_id = $1 AND a.team_id = $2"
        ),
        &[&id, &permit.team()],
    )?;
    Ok(Progress { queued: row.get(0)?, sent: row.get(1)?, skipped: row.get(2)? })
}

/// Stops the sending of an announcement of the permit's team; whether it was being sent.
pub fn stop<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Announce>,
    id: AnnouncementId,
) -> Result<bool, DbError> {
    let stopped = tx.execute(
        sql!(
            "UPDATE announcement SET state = 'stopped', ended_at = $3, updated_at = $3 \
             WHERE id = $1 AND team_id = $2 AND state = 'sending'"
        ),
        &[&id, &permit.team(), &permit.now()],
    )?;
    Ok(stopped == 1)
}

/// The announcements that are on their way, each with its sender, in order: for the worker, which acts as them.
pub fn list_sending(tx: &mut Tx<'_>) -> Result<Vec<(AnnouncementId, PersonId)>, DbError> {
    tx.query(
        sql!(
            "SELECT id, made_by FROM announcement WHERE state = 'sending' ORDER BY started_at, id"
        ),
        &[],
    )?
    .iter()
    .map(|row| Ok((row.get(0)?, row.get(1)?)))
    .collect()
}

/// The next patients who are still to get it, in order, at most `limit`: ids and nothing of them.
pub fn list_queued(
    tx: &mut Tx<'_>,
    id: AnnouncementId,
    limit: i64,
) -> Result<Vec<PatientId>, DbError> {
    tx.query(
        sql!(
            "SELECT patient_id FROM announcement_recipient WHERE announcement_id = $1 \
             AND state = 'queued' ORDER BY patient_id LIMIT $2"
        ),
        &[&id, &limit],
    )?
    .iter()
    .map(|row| row.get(0))
    .collect()
}

/// Takes one patient off those who are still to get it, in the transaction that delivers; `false` when somebody else
/// delivered meanwhile, or the sending was stopped.
pub fn take<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Announce>,
    id: AnnouncementId,
    patient: PatientId,
) -> Result<bool, DbError> {
    let taken = tx.execute(
        sql!(
            "UPDATE announcement_recipient SET state = 'sent', done_at = $4 \
             WHERE announcement_id = $1 AND patient_id = $2 AND state = 'queued' \
             AND EXISTS (SELECT 1 FROM announcement a WHERE a.id = $1 AND a.team_id = $3 \
                 AND a.state = 'sending')"
        ),
        &[&id, &patient, &permit.team(), &permit.now()],
    )?;
    Ok(taken == 1)
}

/// Notes the thread a patient got it in.
pub fn set_thread<'t>(
    tx: &mut Tx<'t>,
    _permit: &Permit<'t, Announce>,
    id: AnnouncementId,
    patient: PatientId,
    thread: ThreadId,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "UPDATE announcement_recipient SET thread_id = $3 \
             WHERE announcement_id = $1 AND patient_id = $2"
        ),
        &[&id, &patient, &thread],
    )
}

/// Passes over a patient who cannot get it.
pub fn skip(
    tx: &mut Tx<'_>,
    id: AnnouncementId,
    patient: PatientId,
    at: Timestamp,
) -> Result<(), DbError> {
    tx.execute(
        sql!(
            "UPDATE announcement_recipient SET state = 'skipped', done_at = $3 \
             WHERE announcement_id = $1 AND patient_id = $2 AND state = 'queued'"
        ),
        &[&id, &patient, &at],
    )
    .map(|_| ())
}

/// Ends the sending when nobody is left to get it (`done`), or because its sender may not send any more (`stopped`).
pub fn end(
    tx: &mut Tx<'_>,
    id: AnnouncementId,
    state: State,
    at: Timestamp,
) -> Result<(), DbError> {
    tx.execute(
        sql!(
            "UPDATE announcement SET state = $2, ended_at = $3, updated_at = $3 \
             WHERE id = $1 AND state = 'sending' AND ($2 <> 'done' OR NOT EXISTS (SELECT 1 \
                 FROM announcement_recipient r WHERE r.announcement_id = $1 AND r.state = 'queued'))"
        ),
        &[&id, &state.code(), &at],
    )
    .map(|_| ())
}
