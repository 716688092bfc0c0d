//! Notices on their way out: content-free, one per person and message, sent by a worker with a lease.
//!
//! `to_sealed` is sealed under the person's own key, row `notice.id`, version 1, and emptied once the
//! notice is done. Deliberately absent: words, which the sender brings in the person's language.

use domain::ids::{ContactPointId, NoticeId, PatientId, PersonId, ThreadId};
use domain::time::Timestamp;

use crate::contact_point::CodeRow;
use crate::db::{DbError, Tx};
use crate::seal::Sealed;
use crate::sql;

/// Changes up to which notices have been made.
pub fn cursor(tx: &mut Tx<'_>) -> Result<i64, DbError> {
    Ok(tx
        .query_opt(sql!("SELECT value FROM counter WHERE name = 'notice'"), &[])?
        .map(|row| row.get(0))
        .transpose()?
        .unwrap_or(0))
}

/// Remembers up to which change notices have been made; in the transaction that made them.
pub fn set_cursor(tx: &mut Tx<'_>, position: i64) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "INSERT INTO counter (name, value) VALUES ('notice', $1) \
             ON CONFLICT (name) DO UPDATE SET value = excluded.value"
        ),
        &[&position],
    )
}

/// The people on the patient's side who are to be told by e-mail of a team's message in a thread: those
/// who may read the thread now, have a verified and safe address, and want notices.
pub fn recipients(
    tx: &mut Tx<'_>,
    thread: ThreadId,
    now: Timestamp,
) -> Result<Vec<PersonId>, DbError> {
    tx.query(
        sql!(
            "SELECT DISTINCT a.person_id FROM thread_access a \
             JOIN person p ON p.id = a.person_id AND p.status = 'active' \
                 AND p.role IN ('patient', 'helper') \
             WHERE a.thread_id = $1 AND a.from_at <= $2 AND a.until_at > $2 \
             AND a.tie IN ('self', 'helper', 'representative') \
             AND EXISTS (SELECT 1 FROM contact_point c WHERE c.person_id = a.person_id \
                 AND c.kind = 'email' AND NOT c.is_second AND c.verified_at IS NOT NULL \
                 AND NOT c.is_unsafe AND c.notices) \
             ORDER BY a.person_id"
        ),
        &[&thread, &now],
    )?
    .iter()
    .map(|row| row.get(0))
    .collect()
}

/// The people who decide on what a helper prepared for a patient and are to be told by e-mail that there
/// is something: the patient, and a representative who may send.
pub fn deciders(
    tx: &mut Tx<'_>,
    patient: PatientId,
    now: Timestamp,
) -> Result<Vec<PersonId>, DbError> {
    tx.query(
        sql!(
            "SELECT DISTINCT a.person_id FROM patient_access a \
             JOIN person p ON p.id = a.person_id AND p.status = 'active' \
                 AND p.role IN ('patient', 'helper') \
             WHERE a.patient_id = $1 AND a.from_at <= $2 AND a.until_at > $2 \
             AND a.threads AND a.rights = 'write' AND a.tie IN ('self', 'representative') \
             AND EXISTS (SELECT 1 FROM contact_point c WHERE c.person_id = a.person_id \
                 AND c.kind = 'email' AND NOT c.is_second AND c.verified_at IS NOT NULL \
                 AND NOT c.is_unsafe AND c.notices) \
             ORDER BY a.person_id"
        ),
        &[&patient, &now],
    )?
    .iter()
    .map(|row| row.get(0))
    .collect()
}

/// A notice to be put in the outbox.
#[derive(Debug)]
pub struct NewNotice<'a> {
    /// Its id.
    pub id: NoticeId,
    /// To whom.
    pub person: PersonId,
    /// What it is about, once: the same key again does nothing.
    pub dedupe_key: &'a str,
    /// `message`, or another kind of content-free notice.
    pub kind: &'a str,
    /// An address that is to be proved by this notice's code, or, with `to`, the replaced one that its
    /// link puts back.
    pub contact_point: Option<ContactPointId>,
    /// An address the person no longer has; sealed.
    pub to: Option<&'a Sealed>,
}

/// Puts a notice in the outbox; the same dedupe key again does nothing.
pub fn add(tx: &mut Tx<'_>, new: &NewNotice<'_>, at: Timestamp) -> Result<(), DbError> {
    tx.execute(
        sql!(
            "INSERT INTO notice (id, person_id, channel, dedupe_key, kind, contact_point_id, \
             to_sealed, state, attempts, run_at, lease_until, created_at) \
             VALUES ($1, $2, 'email', $3, $4, $5, $6, 'queued', 0, $7, 0, $7) \
             ON CONFLICT (dedupe_key) DO NOTHING"
        ),
        &[&new.id, &new.person, &new.dedupe_key, &new.kind, &new.contact_point, &new.to, &at],
    )
    .map(|_| ())
}

/// Whether a person has an address that notices about the account may go to: proved and safe. These
/// go out whether or not the person wants to hear of messages.
pub fn is_reachable(tx: &mut Tx<'_>, person: PersonId) -> Result<bool, DbError> {
    tx.query_opt(
        sql!(
            "SELECT 1 FROM contact_point WHERE person_id = $1 AND kind = 'email' \
             AND NOT is_second AND verified_at IS NOT NULL AND NOT is_unsafe LIMIT 1"
        ),
        &[&person],
    )
    .map(|row| row.is_some())
}

/// Where a leased notice goes.
#[derive(Debug, Clone)]
pub enum LeasedTo {
    /// An address of the person: its row, version and sealed value.
    Point(ContactPointId, i64, Sealed),
    /// An address to be proved, and its code.
    Unproved(ContactPointId, i64, Sealed, CodeRow),
    /// An address that the person no longer has, and what puts it back.
    Kept(Sealed, Option<ContactPointId>),
}

/// A notice to be sent, with its address still sealed.
#[derive(Debug, Clone)]
pub struct Leased {
    /// Its id.
    pub id: NoticeId,
    /// To whom.
    pub person: PersonId,
    /// `message`, or another kind of content-free notice.
    pub kind: String,
    /// The person's language.
    pub language: String,
    /// How often it was tried before.
    pub attempts: i64,
    /// The address; `None` when there is none to use any more.
    pub to: Option<LeasedTo>,
}

/// Takes up to `limit` due notices and holds them until `lease_until`, so that two nodes never send the
/// same one at once.
pub fn lease(
    tx: &mut Tx<'_>,
    now: Timestamp,
    lease_until: Timestamp,
    limit: i64,
) -> Result<Vec<Leased>, DbError> {
    let rows = tx.query(
        sql!(
            "UPDATE notice SET lease_until = $2, attempts = attempts + 1 WHERE id IN ( \
               SELECT id FROM notice WHERE state = 'queued' AND run_at <= $1 AND lease_until <= $1 \
               ORDER BY run_at, id LIMIT $3) \
             RETURNING id, person_id, kind, attempts, contact_point_id, to_sealed"
        ),
        &[&now, &lease_until, &limit],
    )?;
    let mut leased = Vec::with_capacity(rows.len());
    for row in &rows {
        let person: PersonId = row.get(1)?;
        let kind: String = row.get(2)?;
        let language = crate::person::get(tx, person)?
            .map_or_else(|| "en".to_owned(), |person| person.language);
        let (point, kept): (Option<ContactPointId>, Option<Sealed>) = (row.get(4)?, row.get(5)?);
        let to = match (kept, point) {
            (Some(kept), point) => Some(LeasedTo::Kept(kept, point)),
            (None, Some(point)) => unproved(tx, person, point, now)?,
            (None, None) if kind == "second" => proved(tx, person, true, true)?,
            (None, None) => {
                let wanted = matches!(kind.as_str(), "message" | "unread");
                proved(tx, person, wanted, false)?
            }
        };
        leased.push(Leased { id: row.get(0)?, person, kind, language, attempts: row.get(3)?, to });
    }
    Ok(leased)
}

/// An address whose code still works.
fn unproved(
    tx: &mut Tx<'_>,
    person: PersonId,
    id: ContactPointId,
    now: Timestamp,
) -> Result<Option<LeasedTo>, DbError> {
    let rows = crate::contact_point::list(tx, person)?;
    let found = rows.into_iter().find(|row| row.id == id && !row.is_unsafe);
    Ok(found.and_then(|row| {
        let code = row.code.filter(|code| code.until > now && row.verified_at.is_none())?;
        Some(LeasedTo::Unproved(row.id, row.version, row.value, code))
    }))
}

/// The proved and safe address, or the `second` one; for messages (`wanted`) only one that the person wants
/// notices at.
fn proved(
    tx: &mut Tx<'_>,
    person: PersonId,
    wanted: bool,
    second: bool,
) -> Result<Option<LeasedTo>, DbError> {
    tx.query_opt(
        sql!(
            "SELECT id, version, value_sealed FROM contact_point WHERE person_id = $1 \
             AND kind = 'email' AND verified_at IS NOT NULL AND NOT is_unsafe \
             AND (notices OR NOT $2) AND is_second = $3 ORDER BY updated_at DESC, id LIMIT 1"
        ),
        &[&person, &wanted, &second],
    )?
    .map(|row| Ok(LeasedTo::Point(row.get(0)?, row.get(1)?, row.get(2)?)))
    .transpose()
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    /// The mail server took it.
    Sent,
    /// Try again at this moment.
    Later(Timestamp),
    /// It will never work, or there is no address any more.
    Dropped,
}

/// Gives up what has waited since before `before`: nobody is helped by old news; how many. For
/// whoever sends, before it takes what is due.
pub fn expire(tx: &mut Tx<'_>, before: Timestamp, now: Timestamp) -> Result<u64, DbError> {
    tx.execute(
        sql!(
            "UPDATE notice SET state = 'expired', to_sealed = NULL, lease_until = 0 \
             WHERE state = 'queued' AND run_at <= $2 AND lease_until <= $2 AND created_at < $1"
        ),
        &[&before, &now],
    )
}

/// Records how an attempt ended.
pub fn settle(
    tx: &mut Tx<'_>,
    id: NoticeId,
    attempt: Attempt,
    now: Timestamp,
) -> Result<(), DbError> {
    let (state, run_at, sent_at) = match attempt {
        Attempt::Sent => ("sent", now, Some(now)),
        Attempt::Later(at) => ("queued", at, None),
        Attempt::Dropped => ("dropped", now, None),
    };
    tx.execute_one(
        sql!(
            "UPDATE notice SET state = $2, run_at = $3, sent_at = $4, lease_until = 0, \
             to_sealed = CASE WHEN $2 = 'queued' THEN to_sealed END WHERE id = $1"
        ),
        &[&id, &state, &run_at, &sent_at],
    )
}

/// Seconds the oldest queued notice has waited; 0 when none waits.
pub fn lag_s(tx: &mut Tx<'_>, now: Timestamp) -> Result<i64, DbError> {
    let oldest: Option<Timestamp> = tx
        .query_one(sql!("SELECT min(created_at) FROM notice WHERE state = 'queued'"), &[])?
        .get(0)?;
    Ok(oldest.map_or(0, |oldest| now.seconds_since(oldest).max(0)))
}
