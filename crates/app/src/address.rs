//! One's own e-mail address, proved by a code that is mailed to it.
//!
//! Notices go only to an address that its owner proved: what somebody else typed, at the front desk too,
//! may belong to a stranger. A new address waits beside the one in use until its code came back; then
//! the old one is told and forgotten. A patient may keep a second address, proved in the same way, which only
//! hears that an answer has not been opened; the first is told whenever it changes. The code is derived from the
//! address's row and the moment it was made, so that none is stored. A replaced address can be put back for a
//! while (`undo`). Deliberately absent: links that do something when they are opened, and any use of an address as a proof of identity.

pub mod undo;

use domain::access::{Actor, Role};
use domain::ids::{ContactPointId, Id as _, PersonId};
use domain::time::Timestamp;
use lettre::Address as MailAddress;
use store::access::{ChangeCredentials, Permit, UseOwn};
use store::contact_point::{self, CodeRow, ContactPointRow, NewContactPoint};
use store::seal::{KeyOwner, Keys, Place, Purpose, Sealed};
use subtle::ConstantTimeEq as _;

pub use store::contact_point::Slot;

use crate::account::prove_again;
use crate::credential::password::Password;
use crate::cx::{App, Cx};
use crate::error::{Error, FieldError, Result};
use crate::notice::{self, Account};
use crate::throttle;

/// Seconds a code works.
const GOOD_S: i64 = 30 * 60;
/// A code with at least so many seconds left is mailed again as it is: the mail that comes late and the
/// one that comes second say the same.
const AGAIN_S: i64 = 10 * 60;
/// Wrong tries after which a code is void: with a million codes, chance finds one in 200,000 tries at five.
const TRIES_MAX: i64 = 5;
/// Digits of a code.
const DIGITS: usize = 6;
/// Seconds in which the same code is mailed once: a form sent twice is one mail.
const ONCE_S: i64 = 30;

/// An address of one's own, for the account page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Own {
    /// Its id.
    pub id: ContactPointId,
    /// `email`, `sms`, `phone` or `letter`.
    pub kind: String,
    /// Which of one's addresses it is.
    pub slot: Slot,
    /// The address.
    pub value: String,
    /// Whether its owner proved it; notices go to no other.
    pub proved: bool,
    /// Whether notices go there.
    pub notices: bool,
    /// Until when its code works, while there is one that does.
    pub code_until: Option<Timestamp>,
}

/// The addresses of the actor.
pub fn list(cx: &mut Cx<'_, '_>) -> Result<Vec<Own>> {
    let me = cx.person()?;
    cx.authorize::<UseOwn>(me)?;
    let now = cx.now();
    let mut own = Vec::new();
    for row in contact_point::list(cx.tx(), me)? {
        own.push(Own {
            id: row.id,
            slot: row.slot,
            value: open(cx, me, &row)?,
            proved: row.verified_at.is_some(),
            notices: row.notices,
            code_until: usable(&row, now).map(|code| code.until),
            kind: row.kind,
        });
    }
    Ok(own)
}

fn open(cx: &mut Cx<'_, '_>, person: PersonId, row: &ContactPointRow) -> Result<String> {
    let place = Place::new("contact_point", &row.id, "value_sealed", row.version);
    cx.open(KeyOwner::Person(person), &place, &row.value)
}

/// The code of an address that is not proved, while it works.
fn usable(row: &ContactPointRow, now: Timestamp) -> Option<CodeRow> {
    let waits = row.verified_at.is_none();
    row.code.filter(|code| waits && code.until > now && code.failures < TRIES_MAX)
}

/// The e-mail address that waits for its code.
fn waiting(rows: &[ContactPointRow], slot: Slot) -> Option<&ContactPointRow> {
    rows.iter().find(|row| row.kind == "email" && row.slot == slot && row.verified_at.is_none())
}

/// Whether the actor, whose addresses these are, may keep a second one: notices that an answer has not been opened go
/// to patients, and their first address is proved.
pub fn may_keep_second(actor: &Actor, own: &[Own]) -> bool {
    let first = |own: &Own| own.kind == "email" && own.slot == Slot::First && own.proved;
    actor.role == Role::Patient && own.iter().any(first)
}

/// Sets the actor's first or second e-mail address after their password, and mails it a code. The address in use
/// stays in use until the code came back. `false` when it is the address in use: nothing is mailed. `Invalid`
/// on `email` (`address-taken` when it is the actor's other one) or `current_password`, `TooMany` after many
/// codes, `NotFound` for a second address of whoever may keep none. Blocks for hashing.
pub fn set(
    app: &App,
    actor: &Actor,
    slot: Slot,
    password: Option<&Password>,
    typed: &str,
) -> Result<bool> {
    let address = parse(typed).map_err(|error| Error::Invalid(vec![error]))?;
    let me = prove_again(app, actor, password)?.person;
    app.write(actor, move |cx| {
        let permit = cx.authorize::<ChangeCredentials>(me)?;
        let own = list(cx)?;
        if slot == Slot::Second && !may_keep_second(cx.actor(), &own) {
            return Ok(Err(Error::NotFound));
        }
        let same = |own: &&Own| own.kind == "email" && own.value.eq_ignore_ascii_case(&address);
        for known in own.iter().filter(same) {
            if known.slot != slot {
                return Ok(Err(Error::field("email", "address-taken")));
            }
            if known.proved {
                contact_point::remove_unverified(cx.tx(), &permit, "email", slot)?;
                return Ok(Ok(false));
            }
        }
        // Before anything is changed: the charge stays when the rest is refused.
        if let Some(retry_after_s) = charge_mail(cx, me)? {
            return Ok(Err(Error::TooMany { retry_after_s }));
        }
        contact_point::remove_unverified(cx.tx(), &permit, "email", slot)?;
        let id: ContactPointId = cx.new_id()?;
        let value = seal(cx, me, &id, &address)?;
        let new = NewContactPoint { id, kind: "email", slot, value: &value, verified: false };
        contact_point::add_own(cx.tx(), &permit, &new)?;
        Ok(Ok(mail_code(cx, &permit, slot)?))
    })?
}

/// Takes the actor's second address away after their password, the one in use and the one that waits, and tells
/// the first. `NotFound` when there is none, `Invalid` on `current_password`. Blocks for hashing.
pub fn remove_second(app: &App, actor: &Actor, password: Option<&Password>) -> Result<()> {
    let me = prove_again(app, actor, password)?.person;
    app.write(actor, move |cx| {
        let permit = cx.authorize::<ChangeCredentials>(me)?;
        let mut rows = contact_point::list(cx.tx(), me)?;
        rows.retain(|row| row.kind == "email" && row.slot == Slot::Second);
        let Some(newest) = rows.last() else { return Err(Error::NotFound) };
        for row in &rows {
            contact_point::remove(cx.tx(), &permit, row.id)?;
        }
        if rows.iter().all(|row| row.verified_at.is_none()) {
            return Ok(());
        }
        notice::tell(cx, me, Account::Second, &format!("{}:gone", newest.id))
    })
}

/// Mails a code to the actor's address that waits for one: the same again while it has ten minutes left.
/// `NotFound` when no address waits, `TooMany` after many codes.
pub fn send_code(app: &App, actor: &Actor, slot: Slot) -> Result<()> {
    app.write(actor, move |cx| {
        let me = cx.person()?;
        let permit = cx.authorize::<ChangeCredentials>(me)?;
        if let Some(retry_after_s) = charge_mail(cx, me)? {
            return Ok(Err(Error::TooMany { retry_after_s }));
        }
        Ok(if mail_code(cx, &permit, slot)? { Ok(()) } else { Err(Error::NotFound) })
    })?
}

/// Nobody fills a stranger's mailbox with codes.
fn charge_mail(cx: &mut Cx<'_, '_>, person: PersonId) -> Result<Option<i64>> {
    let key = throttle::address_code(cx.app().keys(), person);
    throttle::charge(cx, &key, throttle::ADDRESS_CODE)
}

/// Mails a code to the address of the permit's person that waits for one; whether one does. Without a
/// mail server the code is made and stays here.
pub(crate) fn mail_code<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, ChangeCredentials>,
    slot: Slot,
) -> Result<bool> {
    let person = permit.object().person;
    let (now, rows) = (cx.now(), contact_point::list(cx.tx(), person)?);
    let Some(row) = waiting(&rows, slot) else { return Ok(false) };
    let again = now.plus_seconds(AGAIN_S);
    let made_at = if let Some(code) = usable(row, now).filter(|code| code.until >= again) {
        code.made_at
    } else {
        contact_point::set_code(cx.tx(), permit, row.id, now.plus_seconds(GOOD_S))?;
        now
    };
    if !cx.app().settings().mail {
        return Ok(true);
    }
    let window = now.micros() / (ONCE_S * 1_000_000);
    let key = format!("code:{}:{}:{window}", row.id, made_at.micros());
    notice::add(cx, person, "code", &key, Some(row.id), None)?;
    Ok(true)
}

/// Proves the actor's waiting address with the code mailed to it; the first address used until now is told, and
/// forgotten once its link has run out. `Invalid` on `code`: `address-code` when it is wrong, `address-code-old` when there is none
/// that works any more. `NotFound` when no address waits.
pub fn prove(app: &App, actor: &Actor, slot: Slot, typed: &str) -> Result<()> {
    let typed = typed.to_owned();
    app.write(actor, move |cx| {
        let me = cx.person()?;
        let permit = cx.authorize::<ChangeCredentials>(me)?;
        let (now, rows) = (cx.now(), contact_point::list(cx.tx(), me)?);
        let Some(row) = waiting(&rows, slot) else { return Ok(Err(Error::NotFound)) };
        let Some(code) = usable(row, now) else {
            return Ok(Err(Error::field("code", "address-code-old")));
        };
        if !is_code(cx.app().keys(), row.id, code.made_at, &typed) {
            contact_point::add_code_failure(cx.tx(), &permit, row.id)?;
            let last = code.failures + 1 >= TRIES_MAX;
            let problem = if last { "address-code-old" } else { "address-code" };
            return Ok(Err(Error::field("code", problem)));
        }
        contact_point::verify(cx.tx(), &permit, row.id)?;
        contact_point::remove_others(cx.tx(), &permit, "email", slot, row.id)?;
        let proved = |old: &&ContactPointRow| old.kind == "email" && old.verified_at.is_some();
        // A new address wants notices as those before it did.
        let known: Vec<&ContactPointRow> = rows.iter().filter(proved).collect();
        if !known.is_empty() && known.iter().all(|row| !row.notices) {
            let own = cx.authorize::<UseOwn>(me)?;
            contact_point::set_notices(cx.tx(), &own, false)?;
        }
        match slot {
            Slot::First => tell_both(cx, &permit, &known, row.id)?,
            Slot::Second => notice::tell(cx, me, Account::Second, &row.id.to_string())?,
        }
        Ok(Ok(()))
    })?
}

/// Tells a first address that was just proved, and those that it replaced, which also hear how to undo it.
fn tell_both<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, ChangeCredentials>,
    known: &[&ContactPointRow],
    new: ContactPointId,
) -> Result<()> {
    let me = permit.object().person;
    let mut old = known.iter().filter(|row| row.slot == Slot::First).peekable();
    if old.peek().is_none() {
        return Ok(());
    }
    for row in old.filter(|row| !row.is_unsafe) {
        let address = open(cx, me, row)?;
        let key = format!("address:{new}:{}", row.id);
        let undo = undo::keep(cx, permit, row, &address)?;
        notice::add(cx, me, Account::Address.code(), &key, Some(undo), Some(&address))?;
    }
    notice::tell(cx, me, Account::Address, &new.to_string())
}

/// The code of an address: six digits of a keyed digest of its id and the moment the code was made.
pub(crate) fn code_of(keys: &Keys, id: ContactPointId, made_at: Timestamp) -> String {
    let of = [id.as_uuid().as_bytes().as_slice(), &made_at.micros().to_be_bytes()].concat();
    let mac = keys.mac(Purpose::AddressCode, &of);
    let number = mac.first_chunk::<8>().map_or(0, |bytes| u64::from_be_bytes(*bytes));
    format!("{:0DIGITS$}", number % 1_000_000)
}

/// Whether somebody typed the code, with anything between its digits; compared in constant time.
fn is_code(keys: &Keys, id: ContactPointId, made_at: Timestamp, typed: &str) -> bool {
    let typed: String = typed.chars().filter(|c| c.is_alphanumeric()).take(DIGITS + 1).collect();
    code_of(keys, id, made_at).as_bytes().ct_eq(typed.as_bytes()).into()
}

/// The code that waits, on a demo without a mail server only: its people have no mailbox.
pub fn demo_code(cx: &mut Cx<'_, '_>, slot: Slot) -> Result<Option<String>> {
    let settings = cx.app().settings();
    if !settings.demo || settings.mail {
        return Ok(None);
    }
    let me = cx.person()?;
    cx.authorize::<UseOwn>(me)?;
    let (now, rows) = (cx.now(), contact_point::list(cx.tx(), me)?);
    let found = waiting(&rows, slot).and_then(|row| Some((row.id, usable(row, now)?.made_at)));
    Ok(found.map(|(id, made_at)| code_of(cx.app().keys(), id, made_at)))
}

/// Seals an address of a person at its first version.
pub(crate) fn seal(
    cx: &mut Cx<'_, '_>,
    person: PersonId,
    id: &ContactPointId,
    address: &str,
) -> Result<Sealed> {
    let place = Place::new("contact_point", id, "value_sealed", 1);
    cx.seal(KeyOwner::Person(person), &place, address.as_bytes())
}

/// An e-mail address that mail can be sent to (RFC 5321), at most 254 bytes.
pub(crate) fn parse(typed: &str) -> std::result::Result<String, FieldError> {
    let typed = typed.trim();
    let wrong = || FieldError::new("email", "email");
    let parsed: MailAddress = typed.parse().map_err(|_| wrong())?;
    if typed.len() > 254 || !typed.is_ascii() || !parsed.domain().contains('.') {
        return Err(wrong());
    }
    Ok(typed.to_owned())
}
