//! Sessions: from a cookie to an [`Actor`], the idle and absolute limits, and signing out.
//!
//! Every request looks its session up: one read of session and person, so that whatever ends a
//! session ends it for the next request. Activity is noted at most once a minute; background requests
//! (event streams, polls) are not activity, saving a draft is. A session may therefore end up to a
//! minute early, never late. Deliberately absent: cookies (web) and any cache of sessions.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::access::{Actor, Purpose, Role, Scopes};
use domain::ids::{Id as _, OrganizationId, PersonId, SessionId};
use domain::time::Timestamp;
use store::access::SignOut;
use store::person::PersonRow;
use store::seal::Purpose as MacPurpose;
use store::session::{self, SessionKind, SessionRow};

use crate::credential::token::{Token, TokenKind};
use crate::cx::{App, Cx, SessionLimits};
use crate::error::Result;

/// Activity within this many seconds of the last noted one is not written.
const TOUCH_S: i64 = 60;

/// Why somebody of this role acts (HL7 v3 PurposeOfUse).
pub const fn purpose_of(role: Role) -> Purpose {
    match role {
        Role::Patient | Role::Helper => Purpose::PatientRequest,
        Role::Clinician | Role::Nurse | Role::Desk => Purpose::Treatment,
        Role::Billing | Role::Administrator | Role::PrivacyOfficer => Purpose::Operations,
    }
}

impl SessionLimits {
    /// Seconds without activity after which a session of this role ends.
    pub fn idle_s(&self, role: Role, shared_device: bool) -> i64 {
        self.of(role, shared_device).0
    }

    /// Idle and absolute seconds of a session.
    pub(crate) fn of(&self, role: Role, shared_device: bool) -> (i64, i64) {
        let (idle, whole) = if role.is_staff() {
            (self.staff_idle_s, self.staff_s)
        } else {
            (self.patient_idle_s, self.patient_s)
        };
        (if shared_device { idle.min(self.shared_idle_s) } else { idle }, whole)
    }
}

/// A signed-in person on one request.
#[derive(Debug, Clone)]
pub struct Current {
    /// Who acts.
    pub actor: Actor,
    /// The log-in.
    pub person: PersonId,
    /// The session.
    pub session: SessionId,
    /// Whose staff they are.
    pub organization: Option<OrganizationId>,
    /// Full name.
    pub name: String,
    /// User name as typed.
    pub username: String,
    /// Language of pages.
    pub language: String,
    /// `auto`, `light` or `dark`.
    pub theme: String,
    /// Whether single keys act on staff pages.
    pub single_keys: bool,
    /// Whether others use the device too.
    pub shared_device: bool,
    /// Seconds until the session ends unless something is done.
    pub ends_in_s: i64,
    /// The token of every form of this session.
    pub form_token: String,
}

/// What a session cookie stands for.
#[derive(Debug, Clone)]
pub enum Found {
    /// A signed-in person.
    Session(Box<Current>),
    /// A session that ended by itself.
    TimedOut,
    /// Nobody.
    Nobody,
}

/// Whether a request shows that somebody is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activity {
    /// Somebody did something.
    Person,
    /// A page asked by itself: an event stream, a poll.
    Background,
}

/// The actor of a session.
pub(crate) fn actor_of(person: &PersonRow, row: &SessionRow) -> Actor {
    Actor {
        person: Some(person.id),
        role: person.role,
        session: Some(row.id),
        device: row.device,
        scopes: Scopes::Session,
        auth_time: row.auth_time,
        epoch: row.epoch,
        purpose: purpose_of(person.role),
    }
}

/// When the session ends if nothing is done.
fn ends_at(row: &SessionRow, last_seen: Timestamp) -> Timestamp {
    row.expires_at.min(last_seen.plus_seconds(row.idle_seconds))
}

/// Looks up the session of a cookie's text. `Unavailable` when the database does not answer.
///
/// With [`Activity::Person`] the session's idle clock starts anew; that write is tried and not
/// insisted on, because a full disk must not sign everybody out.
pub fn resolve(app: &App, token: &str, activity: Activity) -> Result<Found> {
    let Some(token) = Token::parse(TokenKind::Session, token) else { return Ok(Found::Nobody) };
    let hash = *token.digest().as_bytes();
    let found = app.read(&Actor::system(), |cx| {
        let Some(row) = session::find(cx.tx(), SessionKind::Session, &hash)? else {
            return Ok(None);
        };
        if ends_at(&row, row.last_seen_at) <= cx.now() {
            return Ok(Some(Err(())));
        }
        let current = current(cx, &row)?;
        Ok(Some(Ok((current, row))))
    })?;
    let (mut current, row) = match found {
        None => return Ok(Found::Nobody),
        Some(Err(())) => return Ok(Found::TimedOut),
        Some(Ok(found)) => found,
    };
    let now = app.now();
    if activity == Activity::Person {
        current.ends_in_s = ends_at(&row, now.max(row.last_seen_at)).seconds_since(now);
        if now.seconds_since(row.last_seen_at) >= TOUCH_S {
            let id = row.id;
            let noted = app
                .write_reserved(&Actor::system(), move |cx| Ok(session::touch(cx.tx(), id, now)?));
            if let Err(error) = noted {
                tracing::warn!(%error, "activity of a session could not be noted");
            }
        }
    }
    Ok(Found::Session(Box::new(current)))
}

fn current(cx: &Cx<'_, '_>, row: &SessionRow) -> Result<Current> {
    let profile = cx.profile(&row.person)?;
    Ok(Current {
        actor: actor_of(&row.person, row),
        person: row.person.id,
        session: row.id,
        organization: row.person.organization,
        name: profile.name,
        username: profile.username,
        language: row.person.language.clone(),
        theme: row.person.theme.clone(),
        single_keys: row.person.single_keys,
        shared_device: row.shared_device,
        ends_in_s: ends_at(row, row.last_seen_at).seconds_since(cx.now()),
        form_token: form_token(cx.app(), row.id.as_uuid().as_bytes()),
    })
}

/// Seconds that a session still has unless something is done, for a stream that lives longer than a
/// request; `None` when it has ended, timed out or its person is no longer active. It is no activity.
pub fn seconds_left(app: &App, current: &Current) -> Result<Option<i64>> {
    let (id, person) = (current.session, current.person);
    app.read(&Actor::system(), |cx| {
        let now = cx.now();
        let until = session::good_until(cx.tx(), person, id, now)?;
        Ok(until.map(|until| until.seconds_since(now)))
    })
}

/// The token that forms carry: a keyed digest of what only pages of this session, or this visit before
/// signing in, know. It changes with every session.
pub fn form_token(app: &App, of: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(app.keys().mac(MacPurpose::FormToken, of))
}

/// Ends the session; nothing is left that its cookie opens.
pub fn sign_out(cx: &mut Cx<'_, '_>, id: SessionId) -> Result<()> {
    let person = cx.person()?;
    let permit = cx.authorize::<SignOut>(person)?;
    session::end(cx.tx(), &permit, id)?;
    cx.note_revoked(person)
}

/// Seconds for which ended sessions and quiet counters of failed proofs are kept: 30 days.
pub const KEPT_S: i64 = 30 * 24 * 3_600;

/// Deletes sessions that ended, and counters of failed proofs that did not move and block nothing,
/// longer ago than [`KEPT_S`], and replaced mail addresses that cannot be put back any more; how many
/// rows. For a worker.
pub fn remove_old(app: &App) -> Result<u64> {
    let now = app.now();
    let before = now.plus_seconds(-KEPT_S);
    Ok(app.db().write(move |tx| {
        let sessions = session::remove_old(tx, before)? + store::address_undo::remove_old(tx, now)?;
        Ok::<_, store::db::DbError>(sessions + store::throttle::remove_old(tx, before, now)?)
    })?)
}
