//! Signing in: user name and password, then a code, then a session that did not exist before.
//!
//! Hashing happens between two transactions: the first charges the try and reads the credential, the
//! second makes what the verdict allows. An unknown user name costs the same hash and answers the
//! same. A password alone makes a pending session where a second factor is owed; it opens nothing,
//! lives five minutes and dies with the fifth wrong code. Deliberately absent: adopting a session id
//! that a browser presents, e-mail as a factor, and any message that tells which half was wrong.

use std::net::IpAddr;

use domain::access::{Actor, Scopes};
use domain::fold::fold_joined;
use domain::ids::{DeviceId, Id as _, PersonId, SessionId};
use domain::time::Timestamp;
use store::access::{self, ChangeCredentials, SignIn};
use store::credential::{self, CredentialRow};
use store::device;
use store::seal::{KeyOwner, Keys, Place, Purpose};
use store::session::{self, NewSession, SessionKind, SessionRow};

use crate::credential::password::{Password, Verdict};
use crate::credential::token::{Token, TokenKind};
use crate::credential::totp::TotpSecret;
use crate::cx::{App, Cx};
use crate::error::{Error, Result};
use crate::notice::{self, Account};
use crate::session::{actor_of, purpose_of};
use crate::throttle;

/// Seconds in which a second factor must follow the password.
const PENDING_S: i64 = 5 * 60;
/// Wrong codes after which a pending session is gone.
const CODES_MAX: i64 = 5;
/// Seconds after enrolment in which staff may set up their second factor without a new paper code.
const SET_UP_S: i64 = 24 * 3_600;
/// Device cookies looked at per request.
const DEVICES_MAX: usize = 4;

/// A try to sign in.
#[derive(Debug)]
pub struct Attempt {
    /// The user name as typed.
    pub username: String,
    /// The password as typed; `None` when it is longer than any password.
    pub password: Option<Password>,
    /// Where it comes from.
    pub address: IpAddr,
    /// The texts of the device cookie.
    pub devices: Vec<String>,
    /// Whether others use the browser too.
    pub shared_device: bool,
}

/// A token handed out, to be set as a cookie once.
#[derive(Debug)]
pub struct Issued {
    /// The session's or pending session's token.
    pub token: Token,
    /// A new token for a browser that was not known.
    pub device: Option<Token>,
    /// Whose it is.
    pub person: PersonId,
    /// Their role, which decides where they land.
    pub role: domain::access::Role,
    /// The text forms carry is a digest of this.
    pub session: SessionId,
}

/// What became of a try.
#[derive(Debug)]
pub enum SignedIn {
    /// A session.
    Session(Issued),
    /// A code is owed.
    Code(Issued),
    /// A second factor has to be set up first.
    SetUp(Issued),
    /// The second factor was not set up in time: a new paper code is needed.
    NeedsPaper,
    /// User name or password is wrong, and nobody says which.
    Wrong,
    /// Too many tries: seconds to wait.
    Wait(i64),
    /// The pending session is gone.
    StartOver,
}

/// The blind index of a user name; `None` for one without a letter or digit.
pub fn username_key(keys: &Keys, username: &str) -> Option<[u8; 16]> {
    let folded = fold_joined(username);
    (!folded.is_empty()).then(|| keys.blind(Purpose::LoginName, &folded))
}

/// Where a person's authenticator secret is sealed.
pub(crate) fn totp_place(person: &PersonId) -> Place<'_> {
    Place::new("credential", person, "totp_sealed", 1)
}

/// Opens a person's confirmed authenticator secret.
pub(crate) fn totp_secret(cx: &Cx<'_, '_>, row: &CredentialRow) -> Result<Option<TotpSecret>> {
    let Some(sealed) = &row.totp else { return Ok(None) };
    let owner = KeyOwner::Person(row.person);
    let bytes = cx.app().keys().open(owner, &totp_place(&row.person), sealed)?;
    match TotpSecret::from_bytes(&bytes) {
        Some(secret) => Ok(Some(secret)),
        None => Err(Error::Internal("an authenticator secret is not of its length".to_owned())),
    }
}

/// Digests of the device tokens a browser presents.
fn device_hashes(texts: &[String]) -> Vec<[u8; 32]> {
    texts
        .iter()
        .filter_map(|text| Token::parse(TokenKind::Device, text))
        .map(|token| *token.digest().as_bytes())
        .take(DEVICES_MAX)
        .collect()
}

/// What the first transaction found.
struct Charged {
    credential: Option<CredentialRow>,
    device: Option<DeviceId>,
    /// The counters to forget when the password is right: the account's and the known device's.
    counters: [throttle::Key; 2],
    address: throttle::Key,
}

/// Tries a user name and a password. Blocks for tens of milliseconds of hashing: the caller limits how
/// many run at once. Errors: `Unavailable`, `Full`, `Internal`.
pub fn sign_in(app: &App, attempt: &Attempt) -> Result<SignedIn> {
    let Some(password) = &attempt.password else { return Ok(SignedIn::Wrong) };
    let key = username_key(app.keys(), &attempt.username).unwrap_or_default();
    let charged = match charge(app, key, attempt)? {
        Ok(charged) => charged,
        Err(wait_s) => return Ok(SignedIn::Wait(wait_s)),
    };
    let stored = charged.credential.as_ref().map(|row| row.password_hash.as_str());
    let verdict = password.verify(stored).map_err(password_failed)?;
    if verdict == Verdict::Wrong {
        note_refusal("password");
        return Ok(SignedIn::Wrong);
    }
    let renewed = match verdict {
        Verdict::RightButOutdated => Some(password.hash(app.random()).map_err(password_failed)?),
        Verdict::Right | Verdict::Wrong => None,
    };
    accept(app, charged, attempt.shared_device, renewed)
}

/// Charges the try to the address and to the account, or to the account's known device.
fn charge(
    app: &App,
    username_key: [u8; 16],
    attempt: &Attempt,
) -> Result<std::result::Result<Charged, i64>> {
    let hashes = device_hashes(&attempt.devices);
    let address = throttle::address(app.keys(), attempt.address);
    app.write_reserved(&Actor::system(), move |cx| {
        let keys = cx.app().keys();
        let credential = credential::find_by_username(cx.tx(), &username_key)?;
        // Looked up for a name that nobody has too: what a try costs does not tell which it is.
        let nobody = PersonId::from_uuid(uuid::Uuid::nil());
        let person = credential.as_ref().map_or(nobody, |row| row.person);
        let mut known = None;
        for hash in &hashes {
            let found = device::find(cx.tx(), person, hash)?;
            known = known.or(found);
        }
        let account = throttle::account(keys, &username_key);
        let (counter, budget) = match known {
            Some(id) => (throttle::device(keys, id), throttle::DEVICE),
            None => (account, throttle::ACCOUNT),
        };
        if known.is_none()
            && let Some(wait) = throttle::charge(cx, &address, throttle::ADDRESS)?
        {
            return Ok(Err(wait));
        }
        if let Some(wait) = throttle::charge(cx, &counter, budget)? {
            return Ok(Err(wait));
        }
        let counters = [account, counter];
        Ok(Ok(Charged { credential, device: known, counters, address }))
    })
}

/// Makes what a right password allows, unless the credential changed while it was hashed.
fn accept(app: &App, charged: Charged, shared: bool, renewed: Option<String>) -> Result<SignedIn> {
    let Some(seen) = charged.credential else { return Ok(SignedIn::Wrong) };
    let tokens = Tokens::new(app)?;
    let hashes = tokens.hashes();
    let (device, counters, address) = (charged.device, charged.counters, charged.address);
    let made = app.write_reserved(&Actor::system(), move |cx| {
        let row = credential::get(cx.tx(), seen.person)?;
        let Some(row) = row.filter(|row| row.password_hash == seen.password_hash) else {
            return Ok(Made::Wrong);
        };
        if let Some(new) = &renewed {
            credential::renew_hash(cx.tx(), row.person, &row.password_hash, new)?;
        }
        for counter in &counters {
            throttle::clear(cx, counter)?;
        }
        if device.is_none() {
            throttle::refund(cx, &address)?;
        }
        let owed = if row.totp.is_some() {
            Made::Code
        } else if !row.role.is_staff() {
            return Ok(Made::Session(start(cx, &row, device, shared, &hashes)?));
        } else if cx.now().seconds_since(row.password_changed_at) <= SET_UP_S {
            Made::SetUp
        } else {
            return Ok(Made::NeedsPaper);
        };
        Ok(owed(start_pending(cx, &row, row.epoch, device, shared, &hashes)?))
    })?;
    Ok(made.issue(tokens, seen.person, seen.role))
}

/// The tokens of a try, made before the transaction that may use them.
pub(crate) struct Tokens {
    session: Token,
    pending: Token,
    device: Token,
}

/// Their digests.
#[derive(Clone, Copy)]
pub(crate) struct Hashes {
    session: [u8; 32],
    pending: [u8; 32],
    device: [u8; 32],
}

/// What the transaction made; `bool` says whether the browser got a new device token.
pub(crate) enum Made {
    /// A session.
    Session((SessionId, bool)),
    /// A pending session that waits for a code.
    Code((SessionId, bool)),
    /// A pending session that waits for a second factor to be set up.
    SetUp((SessionId, bool)),
    /// Nothing: a paper code is needed.
    NeedsPaper,
    /// Nothing: the proof was wrong.
    Wrong,
    /// Nothing: too many tries.
    Wait(i64),
    /// Nothing: no pending session any more.
    StartOver,
}

impl Tokens {
    pub(crate) fn new(app: &App) -> Result<Self> {
        Ok(Self {
            session: Token::new(TokenKind::Session, app.random())?,
            pending: Token::new(TokenKind::PendingFactor, app.random())?,
            device: Token::new(TokenKind::Device, app.random())?,
        })
    }

    pub(crate) fn hashes(&self) -> Hashes {
        Hashes {
            session: *self.session.digest().as_bytes(),
            pending: *self.pending.digest().as_bytes(),
            device: *self.device.digest().as_bytes(),
        }
    }
}

impl Made {
    /// Hands out the tokens of what was made.
    pub(crate) fn issue(
        self,
        tokens: Tokens,
        person: PersonId,
        role: domain::access::Role,
    ) -> SignedIn {
        let issue = |token, device, session| Issued { token, device, person, role, session };
        match self {
            Self::Session((id, new)) => {
                SignedIn::Session(issue(tokens.session, new.then_some(tokens.device), id))
            }
            Self::Code((id, _)) => SignedIn::Code(issue(tokens.pending, None, id)),
            Self::SetUp((id, _)) => SignedIn::SetUp(issue(tokens.pending, None, id)),
            Self::NeedsPaper => SignedIn::NeedsPaper,
            Self::Wrong => SignedIn::Wrong,
            Self::Wait(s) => SignedIn::Wait(s),
            Self::StartOver => SignedIn::StartOver,
        }
    }
}

/// Starts a session for a person whose proofs are complete, with the audit row that says so.
pub(crate) fn start(
    cx: &mut Cx<'_, '_>,
    row: &CredentialRow,
    known: Option<DeviceId>,
    shared_device: bool,
    hashes: &Hashes,
) -> Result<(SessionId, bool)> {
    start_at(cx, row, row.epoch, known, shared_device, hashes)
}

/// The same at an epoch that this transaction has just raised.
pub(crate) fn start_at(
    cx: &mut Cx<'_, '_>,
    row: &CredentialRow,
    epoch: i64,
    known: Option<DeviceId>,
    shared_device: bool,
    hashes: &Hashes,
) -> Result<(SessionId, bool)> {
    let (id, now) = (cx.new_id::<SessionId>()?, cx.now());
    // A browser that others use is not a known device: it proves nothing about who sits there.
    let new_device = match known {
        None if !shared_device => Some(cx.new_id::<DeviceId>()?),
        _ => None,
    };
    let device = known.or(new_device);
    let actor = Actor {
        person: Some(row.person),
        role: row.role,
        session: Some(id),
        device,
        scopes: Scopes::Session,
        auth_time: now,
        epoch,
        purpose: purpose_of(row.role),
    };
    let permit = access::authorize::<SignIn>(cx.tx(), &actor, row.person, now)?;
    if let Some(new) = new_device {
        device::add(cx.tx(), &permit, new, &hashes.device)?;
    } else if let Some(known) = known {
        device::touch(cx.tx(), &permit, known)?;
    }
    let (idle_seconds, whole) = cx.app().settings().sessions.of(row.role, shared_device);
    let new = NewSession {
        id,
        token_hash: &hashes.session,
        person: row.person,
        device,
        shared_device,
        epoch,
        auth_time: now,
        idle_seconds,
        expires_at: now.plus_seconds(whole),
    };
    session::add(cx.tx(), &permit, &new)?;
    Ok((id, new_device.is_some()))
}

/// Starts a pending session: five minutes in which a second factor must follow.
pub(crate) fn start_pending(
    cx: &mut Cx<'_, '_>,
    row: &CredentialRow,
    epoch: i64,
    device: Option<DeviceId>,
    shared_device: bool,
    hashes: &Hashes,
) -> Result<(SessionId, bool)> {
    let (id, now) = (cx.new_id::<SessionId>()?, cx.now());
    let new = NewSession {
        id,
        token_hash: &hashes.pending,
        person: row.person,
        device,
        shared_device,
        epoch,
        auth_time: now,
        idle_seconds: PENDING_S,
        expires_at: now.plus_seconds(PENDING_S),
    };
    session::add_pending(cx.tx(), &new)?;
    Ok((id, false))
}

/// A pending session and its person's credential.
fn pending(cx: &mut Cx<'_, '_>, hash: &[u8; 32]) -> Result<Option<(SessionRow, CredentialRow)>> {
    let Some(row) = session::find(cx.tx(), SessionKind::Pending, hash)? else { return Ok(None) };
    if row.expires_at <= cx.now() {
        return Ok(None);
    }
    let found = credential::get(cx.tx(), row.person.id)?;
    Ok(found.map(|credential| (row, credential)))
}

/// What a pending session owes.
#[derive(Debug)]
pub enum Owed {
    /// A code of the authenticator app.
    Code,
    /// An authenticator app: its set-up.
    SetUp(SetUp),
}

/// What an authenticator app is set up with.
#[derive(Debug)]
pub struct SetUp {
    /// The address for the QR code. It holds the secret.
    pub uri: String,
    /// The secret as text, in groups of four.
    pub shown: String,
}

/// The secret offered to a session for setting up an app. It is derived, not stored, so that nothing
/// unconfirmed is kept, and it is the same when the page is loaded again.
pub(crate) fn offered(keys: &Keys, session: SessionId, row: &CredentialRow) -> Result<TotpSecret> {
    let mut of = session.as_uuid().as_bytes().to_vec();
    of.extend_from_slice(row.person.as_uuid().as_bytes());
    of.extend_from_slice(&row.totp_last_step.to_be_bytes());
    let mac = keys.mac(Purpose::TotpSetup, &of);
    mac.first_chunk::<20>()
        .and_then(|bytes| TotpSecret::from_bytes(bytes))
        .ok_or_else(|| Error::Internal("a secret is not of its length".to_owned()))
}

/// The set-up of an offered secret.
pub(crate) fn set_up_of(cx: &Cx<'_, '_>, secret: &TotpSecret, username: &str) -> SetUp {
    let site = &cx.app().settings().site_name;
    SetUp {
        uri: secret.uri(site, username).as_str().to_owned(),
        shown: secret.shown().as_str().to_owned(),
    }
}

/// What the pending session of a cookie's text owes; `None` when there is none.
pub fn owed(app: &App, token: &str) -> Result<Option<(SessionId, Owed)>> {
    let Some(token) = Token::parse(TokenKind::PendingFactor, token) else { return Ok(None) };
    let hash = *token.digest().as_bytes();
    app.read(&Actor::system(), |cx| {
        let Some((row, credential)) = pending(cx, &hash)? else { return Ok(None) };
        if credential.totp.is_some() {
            return Ok(Some((row.id, Owed::Code)));
        }
        let secret = offered(cx.app().keys(), row.id, &credential)?;
        let username = cx.profile(&row.person)?.username;
        Ok(Some((row.id, Owed::SetUp(set_up_of(cx, &secret, &username)))))
    })
}

/// Tries a code: of the app that is set up, or of the one being set up. A right one turns the pending
/// session into a session of another id; the fifth wrong one destroys it.
pub fn try_code(app: &App, token: &str, code: &str) -> Result<SignedIn> {
    let Some(token) = Token::parse(TokenKind::PendingFactor, token) else {
        return Ok(SignedIn::StartOver);
    };
    let hash = *token.digest().as_bytes();
    let tokens = Tokens::new(app)?;
    let hashes = tokens.hashes();
    let code = zeroize::Zeroizing::new(code.to_owned());
    let outcome = app.write_reserved(&Actor::system(), move |cx| {
        let Some((row, credential)) = pending(cx, &hash)? else { return Ok(None) };
        let who = (credential.person, credential.role);
        let made = judge_code(cx, &row, &credential, &code, &hashes)?;
        Ok(Some((made, who)))
    })?;
    let Some((made, (person, role))) = outcome else { return Ok(SignedIn::StartOver) };
    if matches!(made, Made::Wrong | Made::StartOver) {
        note_refusal("code");
    }
    Ok(made.issue(tokens, person, role))
}

fn judge_code(
    cx: &mut Cx<'_, '_>,
    row: &SessionRow,
    credential: &CredentialRow,
    code: &str,
    hashes: &Hashes,
) -> Result<Made> {
    let now = cx.now();
    let factor = throttle::factor(cx.app().keys(), credential.person);
    if let Some(wait) = throttle::charge(cx, &factor, throttle::FACTOR)? {
        return Ok(Made::Wait(wait));
    }
    let right = match totp_secret(cx, credential)? {
        Some(secret) => match secret.verify(code, now, Some(credential.totp_last_step)) {
            Some(step) => credential::use_totp_step(cx.tx(), credential.person, step)?,
            None => false,
        },
        None => confirm(cx, &actor_of(&row.person, row), row.id, credential, code)?,
    };
    if !right {
        let alive = session::add_failure(cx.tx(), row.id, CODES_MAX, now)?;
        return Ok(if alive { Made::Wrong } else { Made::StartOver });
    }
    throttle::clear(cx, &factor)?;
    session::end_pending(cx.tx(), row.id, now)?;
    Ok(Made::Session(start(cx, credential, row.device, row.shared_device, hashes)?))
}

/// Confirms the secret offered to a session with a code of it, and keeps it; whether the code is right.
pub(crate) fn confirm(
    cx: &mut Cx<'_, '_>,
    actor: &Actor,
    session: SessionId,
    row: &CredentialRow,
    code: &str,
) -> Result<bool> {
    let now: Timestamp = cx.now();
    let secret = offered(cx.app().keys(), session, row)?;
    let Some(step) = secret.verify(code, now, None) else { return Ok(false) };
    let owner = KeyOwner::Person(row.person);
    let sealed = cx.seal(owner, &totp_place(&row.person), secret.as_bytes())?;
    let permit = access::authorize::<ChangeCredentials>(cx.tx(), actor, row.person, now)?;
    credential::set_totp(cx.tx(), &permit, &sealed, step)?;
    notice::tell(cx, row.person, Account::Factor, &step.to_string())?;
    Ok(true)
}

/// Gives a pending session up.
pub fn give_up(app: &App, token: &str) -> Result<()> {
    let Some(token) = Token::parse(TokenKind::PendingFactor, token) else { return Ok(()) };
    let hash = *token.digest().as_bytes();
    app.write_reserved(&Actor::system(), move |cx| {
        if let Some(row) = session::find(cx.tx(), SessionKind::Pending, &hash)? {
            let now = cx.now();
            session::end_pending(cx.tx(), row.id, now)?;
        }
        Ok(())
    })
}

/// A hash that could not be computed is no verdict.
pub(crate) fn password_failed(error: crate::credential::password::PasswordError) -> Error {
    use crate::credential::password::PasswordError;
    match error {
        PasswordError::Resources => Error::Unavailable,
        PasswordError::Stored | PasswordError::List(_) => Error::Internal(error.to_string()),
    }
}

/// Says in the log that a proof was refused, without a name, and at most about once a second: strangers
/// must not fill the disk.
fn note_refusal(what: &'static str) {
    use std::sync::atomic::{AtomicU64, Ordering};
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed) + 1;
    // The first hundred, then every hundredth: a sample that still shows an attack.
    if count <= 100 || count.is_multiple_of(100) {
        tracing::warn!(what, count, "a sign-in was refused");
    }
}
