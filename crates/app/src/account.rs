//! One's own account: password, second factor, sessions, preferences, where notices go.
//!
//! Whatever changes a proof of identity asks for the password again, ends the other sessions and is told
//! by mail. The e-mail address is in [`crate::address`]. Deliberately absent: recovery without a paper code, and anything of somebody else's account.

use domain::access::Actor;
use domain::ids::SessionId;
use domain::time::Timestamp;
use store::access::{ChangeCredentials, SignOut, UseOwn};
use store::contact_point;
use store::credential::{self, CredentialRow};
use store::session::{self, OpenRow};
use store::{device, person};

use crate::address::{self, Own};
use crate::credential::password::{Password, Verdict};
use crate::cx::{App, Cx};
use crate::enrol;
use crate::error::{Error, Result};
use crate::notice::{self, Account};
use crate::sign_in::{self, Issued, Made, SetUp, SignedIn, Tokens, password_failed};
use crate::throttle;

/// Seconds after which a proof of identity is too old for changing a factor.
const FRESH_S: i64 = 5 * 60;

/// What the account page shows.
#[derive(Debug, Clone)]
pub struct Overview {
    /// Where the person is signed in, the latest activity first.
    pub sessions: Vec<OpenRow>,
    /// Where notices go.
    pub addresses: Vec<Own>,
    /// Whether an authenticator app is set up.
    pub second_factor: bool,
    /// Whether the role may not do without one.
    pub second_factor_owed: bool,
}

/// What the account page shows.
pub fn overview(cx: &mut Cx<'_, '_>) -> Result<Overview> {
    let me = cx.person()?;
    let permit = cx.authorize::<UseOwn>(me)?;
    let sessions = session::list_open(cx.tx(), &permit)?;
    let addresses = address::list(cx)?;
    let second_factor = credential::get(cx.tx(), me)?.is_some_and(|row| row.totp.is_some());
    let second_factor_owed = cx.actor().role.is_staff();
    Ok(Overview { sessions, addresses, second_factor, second_factor_owed })
}

/// Sets language, theme and single keys.
pub fn set_preferences(
    cx: &mut Cx<'_, '_>,
    language: &str,
    theme: &str,
    single_keys: bool,
) -> Result<()> {
    let me = cx.person()?;
    if !matches!(theme, "auto" | "light" | "dark") {
        return Err(Error::field("theme", "unknown"));
    }
    let permit = cx.authorize::<UseOwn>(me)?;
    person::set_preferences(cx.tx(), &permit, language, theme, single_keys)?;
    Ok(())
}

/// Says whether others use this browser too; the idle limit follows.
pub fn set_shared(cx: &mut Cx<'_, '_>, shared_device: bool) -> Result<()> {
    let me = cx.person()?;
    let id = cx.actor().session.ok_or(Error::Forbidden)?;
    let permit = cx.authorize::<UseOwn>(me)?;
    let (idle_s, _) = cx.app().settings().sessions.of(cx.actor().role, shared_device);
    session::set_shared(cx.tx(), &permit, id, shared_device, idle_s)?;
    Ok(())
}

/// Turns notices on or off.
pub fn set_notices(cx: &mut Cx<'_, '_>, on: bool) -> Result<()> {
    let me = cx.person()?;
    let permit = cx.authorize::<UseOwn>(me)?;
    contact_point::set_notices(cx.tx(), &permit, on)?;
    Ok(())
}

/// Ends one of one's own sessions.
pub fn end_session(cx: &mut Cx<'_, '_>, id: SessionId) -> Result<()> {
    let me = cx.person()?;
    let permit = cx.authorize::<SignOut>(me)?;
    session::end(cx.tx(), &permit, id)?;
    cx.note_revoked(me)
}

/// Ends all of one's sessions but this one; how many there were.
pub fn end_other_sessions(cx: &mut Cx<'_, '_>) -> Result<u64> {
    let me = cx.person()?;
    let keep = cx.actor().session.ok_or(Error::Forbidden)?;
    let permit = cx.authorize::<SignOut>(me)?;
    let ended = session::end_others(cx.tx(), &permit, keep)?;
    cx.note_revoked(me)?;
    Ok(ended)
}

/// Whether the person proved who they are within the last five minutes, which changing a factor needs.
pub fn is_fresh(actor: &Actor, now: Timestamp) -> bool {
    (0..=FRESH_S).contains(&now.seconds_since(actor.auth_time))
}

/// A change of password, as typed.
#[derive(Debug)]
pub struct NewPassword {
    /// The password now; `None` when it is longer than any password.
    pub current: Option<Password>,
    /// The new one; `None` when it is longer than any password.
    pub new: Option<Password>,
    /// Whether the new one was typed the same way twice.
    pub same_twice: bool,
}

/// Checks the person's password again. `Invalid` on `current_password`, `TooMany` after many tries.
pub(crate) fn prove_again(
    app: &App,
    actor: &Actor,
    password: Option<&Password>,
) -> Result<CredentialRow> {
    let wrong = || Error::field("current_password", "password-current");
    let me = actor.person.ok_or(Error::SignedOut)?;
    let (row, wait) = app.write(actor, move |cx| {
        cx.authorize::<ChangeCredentials>(me)?;
        let factor = throttle::factor(cx.app().keys(), me);
        let wait = throttle::charge(cx, &factor, throttle::FACTOR)?;
        let row = credential::get(cx.tx(), me)?.ok_or(Error::Forbidden)?;
        Ok((row, wait))
    })?;
    if let Some(retry_after_s) = wait {
        return Err(Error::TooMany { retry_after_s });
    }
    let password = password.ok_or_else(wrong)?;
    match password.verify(Some(&row.password_hash)).map_err(password_failed)? {
        Verdict::Wrong => Err(wrong()),
        Verdict::Right | Verdict::RightButOutdated => {
            app.write(&Actor::system(), move |cx| {
                let factor = throttle::factor(cx.app().keys(), me);
                throttle::clear(cx, &factor)
            })?;
            Ok(row)
        }
    }
}

/// Changes the password: every session ends, and this browser gets a new one. Blocks for hashing.
pub fn change_password(
    app: &App,
    actor: &Actor,
    names: &[&str],
    form: &NewPassword,
) -> Result<Issued> {
    let seen = prove_again(app, actor, form.current.as_ref())?;
    let second = seen.totp.is_some();
    let wrong = enrol::judge(app, form.new.as_ref(), form.same_twice, second, names)?;
    let (true, Some(new)) = (wrong.is_empty(), &form.new) else {
        return Err(Error::Invalid(wrong));
    };
    let hash = new.hash(app.random()).map_err(password_failed)?;
    let tokens = Tokens::new(app)?;
    let hashes = tokens.hashes();
    let (person, role, old) = (seen.person, seen.role, seen.password_hash);
    let shared = shared_device(app, actor)?;
    let made = app.write(actor, move |cx| {
        let permit = cx.authorize::<ChangeCredentials>(person)?;
        let row = credential::get(cx.tx(), person)?.ok_or(Error::Forbidden)?;
        if row.password_hash != old {
            return Err(Error::Conflict(crate::error::Conflict::Changed));
        }
        credential::set_password(cx.tx(), &permit, &hash)?;
        session::end_all(cx.tx(), &permit)?;
        cx.note_revoked(person)?;
        device::remove_all(cx.tx(), person)?;
        let epoch = person::raise_own_epoch(cx.tx(), &permit)?;
        notice::tell(cx, person, Account::Password, &epoch.to_string())?;
        Ok(Made::Session(sign_in::start_at(cx, &row, epoch, None, shared, &hashes)?))
    })?;
    issued(made.issue(tokens, person, role))
}

fn issued(signed_in: SignedIn) -> Result<Issued> {
    match signed_in {
        SignedIn::Session(issued) => Ok(issued),
        _ => Err(Error::Internal("a session was not made".to_owned())),
    }
}

fn shared_device(app: &App, actor: &Actor) -> Result<bool> {
    let Some(person) = actor.person else { return Err(Error::SignedOut) };
    app.read(actor, |cx| {
        let permit = cx.authorize::<UseOwn>(person)?;
        let open = session::list_open(cx.tx(), &permit)?;
        let mine = open.iter().find(|row| Some(row.id) == cx.actor().session);
        Ok(mine.is_some_and(|row| row.shared_device))
    })
}

/// What a new authenticator app is set up with. The proof of identity must be fresh ([`is_fresh`]),
/// else `Forbidden`.
pub fn totp_set_up(cx: &mut Cx<'_, '_>) -> Result<SetUp> {
    let (row, id) = fresh(cx)?;
    let secret = sign_in::offered(cx.app().keys(), id, &row)?;
    let username = cx.profile_of(row.person)?.username;
    Ok(sign_in::set_up_of(cx, &secret, &username))
}

/// Confirms the new authenticator app with a code and ends the other sessions. `Invalid` on `code`.
pub fn totp_confirm(app: &App, actor: &Actor, code: &str) -> Result<()> {
    let code = zeroize::Zeroizing::new(code.to_owned());
    app.write(actor, move |cx| {
        let (row, id) = fresh(cx)?;
        let factor = throttle::factor(cx.app().keys(), row.person);
        if let Some(retry_after_s) = throttle::charge(cx, &factor, throttle::FACTOR)? {
            return Ok(Err(Error::TooMany { retry_after_s }));
        }
        let actor = cx.actor();
        if !sign_in::confirm(cx, actor, id, &row, &code)? {
            return Ok(Err(Error::field("code", "code")));
        }
        throttle::clear(cx, &factor)?;
        let permit = cx.authorize::<SignOut>(row.person)?;
        session::end_others(cx.tx(), &permit, id)?;
        cx.note_revoked(row.person)?;
        Ok(Ok(()))
    })?
}

fn fresh(cx: &mut Cx<'_, '_>) -> Result<(CredentialRow, SessionId)> {
    let me = cx.person()?;
    let id = cx.actor().session.ok_or(Error::Forbidden)?;
    cx.authorize::<ChangeCredentials>(me)?;
    if !is_fresh(cx.actor(), cx.now()) {
        return Err(Error::Forbidden);
    }
    let row = credential::get(cx.tx(), me)?.ok_or(Error::Forbidden)?;
    Ok((row, id))
}
