//! Notices: "You have a new message", "Your password was changed", and nothing else. No health data, no
//! team, no subject.
//!
//! [`enqueue`] follows the numbered outbox with a cursor of its own, so that every message of a team
//! makes exactly one notice per recipient, whatever dies in between. A worker takes a few with
//! [`lease`], hands them to the mail server, and says how it went with [`settle`].

use domain::ids::{ContactPointId, NoticeId, PersonId};
use store::change;
use store::notice::{self as rows, Leased, LeasedTo, NewNotice};
use store::seal::{KeyOwner, Place};

pub use store::notice::Attempt;

use crate::address::{self, undo};
use crate::cx::{App, Cx};
use crate::error::{Error, Result};

/// Changes looked at in one transaction.
const BATCH: i64 = 200;
/// Seconds a leased notice stays with its worker.
const LEASE_S: i64 = 120;
/// Seconds after which a notice that was not sent is given up: a mail server that is set up or comes
/// back late must not send a year's news at once.
pub const EXPIRES_S: i64 = 24 * 3_600;
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
            let people = match (change.kind.as_str(), change.thread, change.patient) {
                ("message_team", Some(thread), _) => rows::recipients(tx, thread, now)?,
                // A helper wrote for the patient: she is told in the same words, since no others say less.
                ("draft_offered", _, Some(patient)) => rows::deciders(tx, patient, now)?,
                _ => continue,
            };
            for person in people {
                if change.person == Some(person) {
                    continue;
                }
                let id: NoticeId = app_in.new_id()?;
                let key = format!("change:{}:{person}", numbered.position);
                let new = NewNotice {
                    id,
                    person,
                    dedupe_key: &key,
                    kind: "message",
                    contact_point: None,
                    to: None,
                };
                rows::add(tx, &new, now)?;
            }
        }
        rows::set_cursor(tx, last)?;
        Ok(i64::try_from(changes.len()).unwrap_or(i64::MAX))
    })
}

/// Passes over what has been numbered until now without a notice: nobody wants to hear of the past when
/// a record was filled by a seed.
pub fn pass_over(app: &App) -> Result<()> {
    Ok(app.db().write(|tx| {
        let last = change::last_position(tx)?;
        rows::set_cursor(tx, last)
    })?)
}

/// What happened to an account that its owner hears of, whether or not they want to hear of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Account {
    /// The password was changed.
    Password,
    /// The authenticator app was set up, set up anew or taken away.
    Factor,
    /// The e-mail address was changed.
    Address,
    /// The e-mail address was put back from the one it had replaced.
    AddressUndone,
    /// The second e-mail address was set, replaced or taken away.
    Second,
    /// A paper code was made that can make the log-in anew.
    Paper,
}

impl Account {
    /// The notice's kind.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Factor => "factor",
            Self::Address => "address",
            Self::AddressUndone => "address-undone",
            Self::Second => "address-second",
            Self::Paper => "paper",
        }
    }
}

/// Tells a person at their proved address what happened to their account; `about` tells one such change
/// from the next. Without such an address nothing is done.
pub(crate) fn tell(
    cx: &mut Cx<'_, '_>,
    person: PersonId,
    what: Account,
    about: &str,
) -> Result<()> {
    if !rows::is_reachable(cx.tx(), person)? {
        return Ok(());
    }
    let key = format!("{}:{person}:{about}", what.code());
    add(cx, person, what.code(), &key, None, None)
}

/// Puts a notice in the outbox of the operation's transaction: to an address that is to be proved
/// (`contact_point`), to one that the person no longer has (`to`; with `contact_point` its mail carries
/// the link that puts it back), or to the proved one.
pub(crate) fn add(
    cx: &mut Cx<'_, '_>,
    person: PersonId,
    kind: &str,
    dedupe_key: &str,
    contact_point: Option<ContactPointId>,
    to: Option<&str>,
) -> Result<()> {
    let (id, now): (NoticeId, _) = (cx.new_id()?, cx.now());
    let to = match to {
        Some(address) => {
            let place = Place::new("notice", &id, "to_sealed", 1);
            Some(cx.seal(KeyOwner::Person(person), &place, address.as_bytes())?)
        }
        None => None,
    };
    let new = NewNotice { id, person, dedupe_key, kind, contact_point, to: to.as_ref() };
    Ok(rows::add(cx.tx(), &new, now)?)
}

/// A notice ready for the mail server.
#[derive(Clone)]
pub struct Outbound {
    /// Its id.
    pub id: NoticeId,
    /// The address.
    pub to: String,
    /// The person's language.
    pub language: String,
    /// `message` or another kind.
    pub kind: String,
    /// The code that proves the address, in a notice of kind `code`.
    pub code: Option<String>,
    /// The token of the link that puts the address back, in a notice of kind `address` to the old one.
    pub undo: Option<String>,
    /// How often it was tried, this time included.
    pub attempts: i64,
}

impl std::fmt::Debug for Outbound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outbound")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

/// Takes a few due notices. Those without a usable address are dropped here.
pub fn lease(app: &App, limit: i64) -> Result<Vec<Outbound>> {
    let now = app.now();
    let until = now.plus_seconds(LEASE_S);
    let before = now.plus_seconds(-EXPIRES_S);
    let (expired, leased) = app.db().write(move |tx| {
        let expired = rows::expire(tx, before, now)?;
        Ok::<_, Error>((expired, rows::lease(tx, now, until, limit)?))
    })?;
    if expired > 0 {
        tracing::warn!(expired, "notices that waited for more than a day are not sent any more");
    }
    let mut out = Vec::with_capacity(leased.len());
    for notice in leased {
        let opened = notice.to.as_ref().and_then(|to| opened(app, &notice, to));
        match opened {
            Some(Opened { to, code, undo }) => out.push(Outbound {
                id: notice.id,
                to,
                language: notice.language,
                kind: notice.kind,
                code,
                undo,
                attempts: notice.attempts,
            }),
            None => settle(app, notice.id, Attempt::Dropped)?,
        }
    }
    Ok(out)
}

/// What is sealed or derived of a leased notice.
struct Opened {
    to: String,
    code: Option<String>,
    undo: Option<String>,
}

/// The address of a leased notice, with its code or the token of its link.
fn opened(app: &App, notice: &Leased, to: &LeasedTo) -> Option<Opened> {
    let (mut code, mut undo) = (None, None);
    let (place, sealed) = match to {
        LeasedTo::Point(id, version, sealed) => {
            (Place::new("contact_point", id, "value_sealed", *version), sealed)
        }
        LeasedTo::Unproved(id, version, sealed, row) => {
            code = Some(address::code_of(app.keys(), *id, row.made_at));
            (Place::new("contact_point", id, "value_sealed", *version), sealed)
        }
        LeasedTo::Kept(sealed, point) => {
            undo = point.map(|id| undo::token_of(app.keys(), id).expose().to_owned());
            (Place::new("notice", &notice.id, "to_sealed", 1), sealed)
        }
    };
    let to = app.keys().open_text(KeyOwner::Person(notice.person), &place, sealed).ok()?;
    Some(Opened { to, code, undo })
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
