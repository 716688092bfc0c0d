//! Notices: "You have a new message", and nothing else. No health data, no team, no subject.
//!
//! [`enqueue`] follows the numbered outbox with a cursor of its own, so that every message of a team
//! makes exactly one notice per recipient, whatever dies in between. A worker takes a few with
//! [`lease`], hands them to the mail server, and says how it went with [`settle`].

use domain::ids::NoticeId;
use store::change;
use store::notice as rows;
use store::seal::{KeyOwner, Place};

pub use store::notice::Attempt;

use crate::cx::App;
use crate::error::{Error, Result};

/// Changes looked at in one transaction.
const BATCH: i64 = 200;
/// Seconds a leased notice stays with its worker.
const LEASE_S: i64 = 120;
/// After so many attempts a notice is dropped.
const ATTEMPTS_MAX: i64 = 10;

/// Makes notices for what has been numbered since the last call; how many changes were looked at.
pub fn enqueue(app: &App) -> Result<i64> {
    let app_in = app.clone();
    app.db().write(move |tx| {
        let now = app_in.now();
        let from = rows::cursor(tx)?;
        let changes = change::list_after(tx, from, BATCH)?;
        let Some(last) = changes.last().map(|change| change.position) else {
            return Ok::<i64, Error>(0);
        };
        for numbered in &changes {
            let change = &numbered.change;
            let (Some(thread), true) = (change.thread, change.kind == "message_team") else {
                continue;
            };
            for person in rows::recipients(tx, thread, now)? {
                if change.person == Some(person) {
                    continue;
                }
                let id: NoticeId = app_in.new_id()?;
                let key = format!("change:{}:{person}", numbered.position);
                rows::add(tx, id, person, &key, "message", now)?;
            }
        }
        rows::set_cursor(tx, last)?;
        Ok(i64::try_from(changes.len()).unwrap_or(i64::MAX))
    })
}

/// Passes over what has been numbered until now without a notice: nobody wants to hear of the past when
/// a record was filled by a seed or a restore.
pub fn pass_over(app: &App) -> Result<()> {
    Ok(app.db().write(|tx| {
        let last = change::last_position(tx)?;
        rows::set_cursor(tx, last)
    })?)
}

/// A notice ready for the mail server.
#[derive(Debug, Clone)]
pub struct Outbound {
    /// Its id.
    pub id: NoticeId,
    /// The address.
    pub to: String,
    /// The person's language.
    pub language: String,
    /// `message` or another kind.
    pub kind: String,
    /// How often it was tried, this time included.
    pub attempts: i64,
}

/// Takes a few due notices. Those without a usable address are dropped here.
pub fn lease(app: &App, limit: i64) -> Result<Vec<Outbound>> {
    let now = app.now();
    let until = now.plus_seconds(LEASE_S);
    let leased = app.db().write(move |tx| rows::lease(tx, now, until, limit))?;
    let mut out = Vec::with_capacity(leased.len());
    for notice in leased {
        let opened = match &notice.address {
            Some((id, version, sealed)) => {
                let place = Place::new("contact_point", id, "value_sealed", *version);
                app.keys().open_text(KeyOwner::Person(notice.person), &place, sealed).ok()
            }
            None => None,
        };
        match opened {
            Some(to) => out.push(Outbound {
                id: notice.id,
                to,
                language: notice.language,
                kind: notice.kind,
                attempts: notice.attempts,
            }),
            None => settle(app, notice.id, Attempt::Dropped)?,
        }
    }
    Ok(out)
}

/// When to try again after this many attempts, or never: 1, 2, 4 … minutes, ten times.
pub fn after_failure(app: &App, attempts: i64) -> Attempt {
    if attempts >= ATTEMPTS_MAX {
        return Attempt::Dropped;
    }
    let minutes = 1_i64 << attempts.clamp(0, 9);
    Attempt::Later(app.now().plus_seconds(minutes * 60))
}

/// Records how an attempt ended.
pub fn settle(app: &App, id: NoticeId, attempt: Attempt) -> Result<()> {
    let now = app.now();
    Ok(app.db().write(move |tx| rows::settle(tx, id, attempt, now))?)
}
