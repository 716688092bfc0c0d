//! The first use of a paper code: a user name and a password of one's own, or new ones after losing
//! them. The code was handed over in person, which is the proof of identity.
//!
//! Using a code ends every session of the person, forgets known devices and the authenticator app.
//! Patients and helpers are then signed in; staff have to set up their second factor first.
//! Deliberately absent: passwords chosen by anybody else, and codes by e-mail.

use std::net::IpAddr;

use domain::access::{Actor, Role, Scopes};
use domain::fold::fold_joined;
use domain::ids::PersonId;
use store::access::{self, ChangeCredentials, Permit};
use store::credential::CredentialRow;
use store::seal::{KeyOwner, Place};
use store::{credential, device, enrolment, person, session};

use crate::address;
use crate::content::Profile;
use crate::credential::password::{
    LENGTH_MIN_ALONE, LENGTH_MIN_SECOND, Password, PasswordRefusal, PasswordRules,
};
use crate::credential::token::EnrolmentCode;
use crate::cx::{App, Cx};
use crate::error::{Error, FieldError, Result};
use crate::notice::{self, Account};
use crate::session::purpose_of;
use crate::sign_in::{self, Hashes, Made, SignedIn, Tokens, password_failed};
use crate::throttle;

/// The fewest and most characters of a user name.
const USERNAME_CHARS: std::ops::RangeInclusive<usize> = 3..=64;

/// What somebody typed from a paper and chose.
#[derive(Debug)]
pub struct Form {
    /// The paper code.
    pub code: String,
    /// The user name.
    pub username: String,
    /// The password; `None` when it is longer than any password.
    pub password: Option<Password>,
    /// Whether the password was typed the same way twice.
    pub same_twice: bool,
    /// Where it comes from.
    pub address: IpAddr,
}

/// A user name that can be used: 3 to 64 visible characters with a letter or digit among them.
pub(crate) fn username(typed: &str) -> std::result::Result<String, FieldError> {
    let name = typed.trim();
    let visible = name.chars().all(|c| !c.is_control() && !c.is_whitespace());
    if !visible || !USERNAME_CHARS.contains(&name.chars().count()) || fold_joined(name).is_empty() {
        return Err(FieldError::new("username", "username-short"));
    }
    Ok(name.to_owned())
}

/// The words for a password that is not accepted.
pub(crate) fn refused(refusal: PasswordRefusal) -> FieldError {
    match refusal {
        PasswordRefusal::TooShort { min } => {
            FieldError { field: "password", problem: "password-short", max: Some(min) }
        }
        PasswordRefusal::Breached | PasswordRefusal::Context | PasswordRefusal::Repetitive => {
            FieldError::new("password", "password-common")
        }
    }
}

/// Judges a new password by the rules (NIST SP 800-63B-4, 3.1.1.2).
pub(crate) fn judge(
    app: &App,
    password: Option<&Password>,
    same_twice: bool,
    second_factor: bool,
    names: &[&str],
) -> Result<Vec<FieldError>> {
    let Some(password) = password else {
        return Ok(vec![FieldError::new("password", "password-long")]);
    };
    let mut context = names.to_vec();
    context.extend([app.settings().site_name.as_str(), "Tidings"]);
    let rules = PasswordRules { second_factor, context: &context, breached: app.breached() };
    let mut wrong: Vec<FieldError> =
        rules.refusal(password).map_err(password_failed)?.map(refused).into_iter().collect();
    if !same_twice {
        wrong.push(FieldError::new("password_again", "password-differs"));
    }
    Ok(wrong)
}

/// Whose code it is.
struct Holder {
    person: PersonId,
    role: Role,
    name: String,
}

/// Uses a paper code. Blocks for tens of milliseconds of hashing.
///
/// `Invalid` names what to correct (`enrolment`, `username`, `password`, `password_again`); the code is
/// then still good.
pub fn enrol(app: &App, form: &Form) -> Result<SignedIn> {
    let hash = EnrolmentCode::parse(&form.code)
        .map(|code| *code.digest().as_bytes())
        .map_err(|_| Error::field("enrolment", "enrol-code"))?;
    let address = throttle::address(app.keys(), form.address);
    let holder = match find(app, hash, address)? {
        Err(wait_s) => return Ok(SignedIn::Wait(wait_s)),
        Ok(None) => return Err(Error::field("enrolment", "enrol-code")),
        Ok(Some(holder)) => holder,
    };
    let staff = holder.role.is_staff();
    let mut wrong = Vec::new();
    let name = username(&form.username).unwrap_or_else(|error| {
        wrong.push(error);
        String::new()
    });
    let names = [form.username.as_str(), holder.name.as_str()];
    wrong.extend(judge(app, form.password.as_ref(), form.same_twice, staff, &names)?);
    let (true, Some(password)) = (wrong.is_empty(), &form.password) else {
        return Err(Error::Invalid(wrong));
    };
    let password_hash = password.hash(app.random()).map_err(password_failed)?;
    let tokens = Tokens::new(app)?;
    let hashes = tokens.hashes();
    let made =
        app.write(&Actor::system(), move |cx| use_code(cx, &hash, &name, &password_hash, &hashes))?;
    Ok(made.issue(tokens, holder.person, holder.role))
}

/// Charges a try to the address and finds whose code it is; gives the charge back when there is one.
#[allow(clippy::type_complexity, reason = "wait, nobody, or somebody")]
fn find(
    app: &App,
    hash: [u8; 32],
    address: throttle::Key,
) -> Result<std::result::Result<Option<Holder>, i64>> {
    app.write(&Actor::system(), move |cx| {
        if let Some(wait) = throttle::charge(cx, &address, throttle::ADDRESS)? {
            return Ok(Err(wait));
        }
        let now = cx.now();
        let Some(found) = enrolment::find(cx.tx(), &hash, now)? else { return Ok(Ok(None)) };
        let Some(row) = person::get(cx.tx(), found.person)? else { return Ok(Ok(None)) };
        throttle::refund(cx, &address)?;
        let name = cx.profile(&row)?.name;
        Ok(Ok(Some(Holder { person: row.id, role: row.role, name })))
    })
}

fn use_code(
    cx: &mut Cx<'_, '_>,
    hash: &[u8; 32],
    username: &str,
    password_hash: &str,
    hashes: &Hashes,
) -> Result<Made> {
    let now = cx.now();
    let gone = || Error::field("enrolment", "enrol-code");
    let found = enrolment::find(cx.tx(), hash, now)?.ok_or_else(gone)?;
    let row = person::get(cx.tx(), found.person)?.ok_or_else(gone)?;
    let (_, epoch) = access::actor_facts(cx.tx(), row.id)?.ok_or_else(gone)?;
    let keys = cx.app().keys();
    let key = sign_in::username_key(keys, username).ok_or_else(gone)?;
    if person::find_by_username(cx.tx(), &key)?.is_some_and(|other| other != row.id) {
        return Err(Error::field("username", "username-taken"));
    }
    if !enrolment::use_up(cx.tx(), hash, now)? {
        return Err(gone());
    }
    let actor = Actor {
        person: Some(row.id),
        role: row.role,
        session: None,
        device: None,
        scopes: Scopes::Session,
        auth_time: now,
        epoch,
        purpose: purpose_of(row.role),
    };
    let permit = access::authorize::<ChangeCredentials>(cx.tx(), &actor, row.id, now)?;
    let before = credential::get(cx.tx(), row.id)?;
    credential::set_password(cx.tx(), &permit, password_hash)?;
    credential::remove_totp(cx.tx(), &permit)?;
    let profile = Profile { username: username.to_owned(), ..cx.profile(&row)? };
    let version = row.version + 1;
    let place = Place::new("person", &row.id, "profile_sealed", version);
    let sealed = cx.seal_json(KeyOwner::Person(row.id), &place, &profile)?;
    person::set_username(cx.tx(), &permit, &key, &sealed, version)?;
    session::end_all(cx.tx(), &permit)?;
    cx.note_revoked(row.id)?;
    device::remove_all(cx.tx(), row.id)?;
    let epoch = person::raise_own_epoch(cx.tx(), &permit)?;
    tell(cx, &permit, before.as_ref(), epoch)?;
    throttle::clear(cx, &throttle::account(keys, &key))?;
    throttle::clear(cx, &throttle::factor(keys, row.id))?;
    let Some(credential) = credential::get(cx.tx(), row.id)? else {
        return Err(Error::Internal("a credential is gone".to_owned()));
    };
    if row.role.is_staff() {
        Ok(Made::SetUp(sign_in::start_pending(cx, &credential, epoch, None, false, hashes)?))
    } else {
        Ok(Made::Session(sign_in::start_at(cx, &credential, epoch, None, false, hashes)?))
    }
}

/// Tells who had a log-in already that it was made anew, and asks for a proof of an address that was
/// typed by somebody else.
fn tell<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, ChangeCredentials>,
    before: Option<&CredentialRow>,
    epoch: i64,
) -> Result<()> {
    let person = permit.object().person;
    if let Some(before) = before {
        notice::tell(cx, person, Account::Password, &epoch.to_string())?;
        if before.totp.is_some() {
            notice::tell(cx, person, Account::Factor, &format!("off:{epoch}"))?;
        }
    }
    address::mail_code(cx, permit, address::Slot::First)?;
    Ok(())
}

/// The fewest characters of a new password for somebody with or without a second factor.
pub const fn password_min(second_factor: bool) -> usize {
    if second_factor { LENGTH_MIN_SECOND } else { LENGTH_MIN_ALONE }
}
