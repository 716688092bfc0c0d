//! Browser sessions, and the pending ones that still owe a second factor.
//!
//! Only the SHA-256 of a token is kept. A session counts while it has not ended, its person may act,
//! and its epoch is the person's: whatever raises the epoch ends every session at once. Deliberately
//! absent: the idle and absolute limits (`app::session` judges the row it gets) and any way to make
//! a session without the audit row that a [`SignIn`] permit stands for.

use domain::ids::{DeviceId, PersonId, SessionId};
use domain::time::Timestamp;

use crate::access::{ChangeCredentials, Permit, SignIn, SignOut, UseOwn};
use crate::db::{DbError, Row, Tx};
use crate::person::{self, PersonRow};
use crate::sql;

/// Whether a session is a log-in or only the way to one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionKind {
    /// A signed-in browser.
    Session,
    /// A browser that still owes a second factor; it opens nothing.
    Pending,
}

impl SessionKind {
    const fn code(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Pending => "pending",
        }
    }
}

/// A session to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewSession<'a> {
    /// Its id, new with every sign-in.
    pub id: SessionId,
    /// SHA-256 of the token.
    pub token_hash: &'a [u8; 32],
    /// Whose it is.
    pub person: PersonId,
    /// The browser, when it is known.
    pub device: Option<DeviceId>,
    /// Whether others use the browser too.
    pub shared_device: bool,
    /// The person's epoch.
    pub epoch: i64,
    /// When the person proved who they are.
    pub auth_time: Timestamp,
    /// Seconds without activity after which it ends.
    pub idle_seconds: i64,
    /// When it ends whatever happens.
    pub expires_at: Timestamp,
}

fn insert(tx: &mut Tx<'_>, kind: SessionKind, new: &NewSession<'_>) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "INSERT INTO session (id, token_hash, kind, person_id, device_id, shared_device, epoch, \
             auth_time, last_seen_at, idle_seconds, expires_at, ended_at, failures) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10, NULL, 0)"
        ),
        &[
            &new.id,
            &new.token_hash.as_slice(),
            &kind.code(),
            &new.person,
            &new.device,
            &new.shared_device,
            &new.epoch,
            &new.auth_time,
            &new.idle_seconds,
            &new.expires_at,
        ],
    )
}

/// Adds a signed-in session.
pub fn add<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, SignIn>,
    new: &NewSession<'_>,
) -> Result<(), DbError> {
    if permit.object().person != new.person {
        return Err(DbError::other("a session for somebody else"));
    }
    insert(tx, SessionKind::Session, new)
}

/// Adds a session that still owes its second factor.
pub fn add_pending(tx: &mut Tx<'_>, new: &NewSession<'_>) -> Result<(), DbError> {
    insert(tx, SessionKind::Pending, new)
}

/// A session that has not been ended, of a person who may act.
#[derive(Debug, Clone)]
pub struct SessionRow {
    /// Its id.
    pub id: SessionId,
    /// The browser, when it is known.
    pub device: Option<DeviceId>,
    /// Whether others use the browser too.
    pub shared_device: bool,
    /// The epoch it shares with its person.
    pub epoch: i64,
    /// When the person proved who they are.
    pub auth_time: Timestamp,
    /// The last activity noted; up to a minute behind.
    pub last_seen_at: Timestamp,
    /// Seconds without activity after which it ends.
    pub idle_seconds: i64,
    /// When it ends whatever happens.
    pub expires_at: Timestamp,
    /// Wrong codes so far, of a pending one.
    pub failures: i64,
    /// Whose it is.
    pub person: PersonRow,
}

/// Finds a session by its token's SHA-256: one read of session and person. `None` when there is none
/// of that kind, it was ended, its person is disabled, or the epoch has moved on.
pub fn find(
    tx: &mut Tx<'_>,
    kind: SessionKind,
    token_hash: &[u8; 32],
) -> Result<Option<SessionRow>, DbError> {
    tx.query_opt(
        sql!(
            "SELECT p.id, p.role, p.organization_id, p.profile_sealed, p.language, p.theme, \
             p.single_keys, p.status = 'active', p.version, s.id, s.device_id, s.shared_device, \
             s.epoch, s.auth_time, s.last_seen_at, s.idle_seconds, s.expires_at, s.failures \
             FROM session s JOIN person p ON p.id = s.person_id \
             WHERE s.token_hash = $1 AND s.kind = $2 AND s.ended_at IS NULL \
             AND p.status = 'active' AND p.epoch = s.epoch"
        ),
        &[&token_hash.as_slice(), &kind.code()],
    )?
    .as_ref()
    .map(read)
    .transpose()
}

fn read(row: &Row) -> Result<SessionRow, DbError> {
    Ok(SessionRow {
        person: person::read(row)?,
        id: row.get(9)?,
        device: row.get(10)?,
        shared_device: row.get(11)?,
        epoch: row.get(12)?,
        auth_time: row.get(13)?,
        last_seen_at: row.get(14)?,
        idle_seconds: row.get(15)?,
        expires_at: row.get(16)?,
        failures: row.get(17)?,
    })
}

/// Notes activity; never moves back, so that a clock that jumps lengthens nothing.
pub fn touch(tx: &mut Tx<'_>, id: SessionId, at: Timestamp) -> Result<(), DbError> {
    tx.execute(
        sql!("UPDATE session SET last_seen_at = $2 WHERE id = $1 AND last_seen_at < $2"),
        &[&id, &at],
    )
    .map(|_| ())
}

/// Counts a wrong code against a pending session and ends it when `most` is reached; whether it lives.
pub fn add_failure(
    tx: &mut Tx<'_>,
    id: SessionId,
    most: i64,
    at: Timestamp,
) -> Result<bool, DbError> {
    let row = tx.query_one(
        sql!(
            "UPDATE session SET failures = failures + 1, \
             ended_at = CASE WHEN failures + 1 >= $2 THEN $3 ELSE ended_at END \
             WHERE id = $1 AND kind = 'pending' RETURNING failures"
        ),
        &[&id, &most, &at],
    )?;
    Ok(row.get::<i64>(0)? < most)
}

/// Ends a pending session, because it became a log-in or was given up.
pub fn end_pending(tx: &mut Tx<'_>, id: SessionId, at: Timestamp) -> Result<(), DbError> {
    tx.execute(
        sql!(
            "UPDATE session SET ended_at = $2 WHERE id = $1 AND kind = 'pending' AND ended_at IS NULL"
        ),
        &[&id, &at],
    )
    .map(|_| ())
}

/// Ends one session of the permit's person; does nothing when it has ended already.
pub fn end<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, SignOut>,
    id: SessionId,
) -> Result<(), DbError> {
    tx.execute(
        sql!(
            "UPDATE session SET ended_at = $3 WHERE id = $1 AND person_id = $2 AND ended_at IS NULL"
        ),
        &[&id, &permit.object().person, &permit.now()],
    )
    .map(|_| ())
}

/// Ends every session of the permit's person, pending ones too; how many there were.
pub fn end_all<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ChangeCredentials>,
) -> Result<u64, DbError> {
    tx.execute(
        sql!("UPDATE session SET ended_at = $2 WHERE person_id = $1 AND ended_at IS NULL"),
        &[&permit.object().person, &permit.now()],
    )
}

/// How many sessions of a person have neither ended nor run out by `now`.
pub fn count_open(tx: &mut Tx<'_>, person: PersonId, now: Timestamp) -> Result<i64, DbError> {
    tx.query_one(
        sql!(
            "SELECT count(*) FROM session s JOIN person p ON p.id = s.person_id \
             WHERE s.person_id = $1 AND s.kind = 'session' AND s.ended_at IS NULL \
             AND s.expires_at > $2 AND s.last_seen_at + s.idle_seconds * 1000000 > $2 \
             AND p.epoch = s.epoch"
        ),
        &[&person, &now],
    )?
    .get(0)
}

/// Deletes sessions that ended or ran out before `before`; how many. For a worker.
pub fn remove_old(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, DbError> {
    tx.execute(sql!("DELETE FROM session WHERE expires_at < $1 OR ended_at < $1"), &[&before])
}

/// Until when a session works unless something is done; `None` when it has ended or run out, or its
/// person is not active at the same epoch.
pub fn good_until(
    tx: &mut Tx<'_>,
    person: PersonId,
    id: SessionId,
    now: Timestamp,
) -> Result<Option<Timestamp>, DbError> {
    let row = tx.query_opt(
        sql!(
            "SELECT s.expires_at, s.last_seen_at, s.idle_seconds \
             FROM session s JOIN person p ON p.id = s.person_id \
             WHERE s.id = $1 AND s.person_id = $2 AND s.kind = 'session' AND s.ended_at IS NULL \
             AND p.status = 'active' AND p.epoch = s.epoch"
        ),
        &[&id, &person],
    )?;
    let Some(row) = row else { return Ok(None) };
    let (expires_at, last_seen_at): (Timestamp, Timestamp) = (row.get(0)?, row.get(1)?);
    let until = expires_at.min(last_seen_at.plus_seconds(row.get(2)?));
    Ok((until > now).then_some(until))
}

/// A session of one's own, for the list of places one is signed in.
#[derive(Debug, Clone, Copy)]
pub struct OpenRow {
    /// Its id.
    pub id: SessionId,
    /// When it began.
    pub auth_time: Timestamp,
    /// The last activity noted.
    pub last_seen_at: Timestamp,
    /// Whether others use the browser too.
    pub shared_device: bool,
}

/// The open sessions of the permit's person, the latest activity first.
pub fn list_open<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, UseOwn>,
) -> Result<Vec<OpenRow>, DbError> {
    tx.query(
        sql!(
            "SELECT s.id, s.auth_time, s.last_seen_at, s.shared_device \
             FROM session s JOIN person p ON p.id = s.person_id \
             WHERE s.person_id = $1 AND s.kind = 'session' AND s.ended_at IS NULL \
             AND s.expires_at > $2 AND s.last_seen_at + s.idle_seconds * 1000000 > $2 \
             AND p.epoch = s.epoch ORDER BY s.last_seen_at DESC, s.id LIMIT 100"
        ),
        &[&permit.object().person, &permit.now()],
    )?
    .iter()
    .map(|row| {
        Ok(OpenRow {
            id: row.get(0)?,
            auth_time: row.get(1)?,
            last_seen_at: row.get(2)?,
            shared_device: row.get(3)?,
        })
    })
    .collect()
}

/// Ends the sessions of the permit's person other than `keep`; how many there were.
pub fn end_others<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, SignOut>,
    keep: SessionId,
) -> Result<u64, DbError> {
    tx.execute(
        sql!(
            "UPDATE session SET ended_at = $3 WHERE person_id = $1 AND id <> $2 AND ended_at IS NULL"
        ),
        &[&permit.object().person, &keep, &permit.now()],
    )
}

/// Sets whether others use the browser of one's own session too, and how long it may be quiet.
pub fn set_shared<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, UseOwn>,
    id: SessionId,
    shared_device: bool,
    idle_seconds: i64,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "UPDATE session SET shared_device = $3, idle_seconds = $4 \
             WHERE id = $1 AND person_id = $2"
        ),
        &[&id, &permit.object().person, &shared_device, &idle_seconds],
    )
}
