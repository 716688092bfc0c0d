//! Putting a replaced mail address back, from that address.
//!
//! Whoever takes over a session and changes the address would otherwise hear alone of everything that
//! follows. The mail to the old address therefore carries a link, good once and for seven days, that
//! needs no session: it puts the old address back, takes every other off, and signs everybody out of the
//! account. A link says nothing of whose it is, and one that never existed is answered like one that was
//! used. Deliberately absent: any change of the password or second factor; an address proves nobody.

use std::net::IpAddr;

use domain::access::{Actor, Scopes};
use domain::ids::{ContactPointId, Id as _};
use store::access::{self, ChangeCredentials, Permit, UseOwn};
use store::address_undo::{self, AddressUndoRow, NewAddressUndo};
use store::contact_point::{self, ContactPointRow, NewContactPoint, Slot};
use store::seal::{KeyOwner, Keys, Place, Purpose};
use store::{device, person, session};

use super::{open, seal};
use crate::credential::token::{Token, TokenKind};
use crate::cx::{App, Cx};
use crate::error::{Error, Result};
use crate::notice::{self, Account};
use crate::session::purpose_of;
use crate::throttle;

/// Seconds a link works: seven days.
pub const GOOD_S: i64 = 7 * 24 * 3_600;

/// The token of the link for a replaced address: a keyed digest of its id, so that the mail that waits
/// holds none.
pub(crate) fn token_of(keys: &Keys, id: ContactPointId) -> Token {
    Token::of(TokenKind::Undo, &keys.mac(Purpose::AddressUndo, id.as_uuid().as_bytes()))
}

fn place(id: &ContactPointId) -> Place<'_> {
    Place::new("address_undo", id, "value_sealed", 1)
}

/// Keeps an address that is about to be replaced, so that it can be put back; what the mail to it names.
pub(super) fn keep<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, ChangeCredentials>,
    old: &ContactPointRow,
    address: &str,
) -> Result<ContactPointId> {
    let id: ContactPointId = cx.new_id()?;
    let person = permit.object().person;
    let value = cx.seal(KeyOwner::Person(person), &place(&id), address.as_bytes())?;
    let hash = *token_of(cx.app().keys(), id).digest().as_bytes();
    let new = NewAddressUndo {
        id,
        token_hash: &hash,
        value: &value,
        notices: old.notices,
        until: cx.now().plus_seconds(GOOD_S),
    };
    address_undo::add(cx.tx(), permit, &new)?;
    Ok(id)
}

/// Whether the link with this token works, for the page that says what it does. `TooMany` after many
/// links from one address block that did not.
pub fn works(app: &App, token: &str, from: IpAddr) -> Result<bool> {
    Ok(found(app, token, from)?.is_some())
}

/// The digest of a token that works. A miss is charged to the address block it came from.
fn found(app: &App, token: &str, from: IpAddr) -> Result<Option<[u8; 32]>> {
    let block = throttle::address(app.keys(), from);
    let hash = Token::parse(TokenKind::Undo, token).map(|token| *token.digest().as_bytes());
    let system = Actor::system();
    let hit = app.read(&system, |cx| {
        let now = cx.now();
        if let Some(retry_after_s) = throttle::wait(cx, &block)? {
            return Ok(Err(Error::TooMany { retry_after_s }));
        }
        let Some(hash) = hash else { return Ok(Ok(None)) };
        Ok(Ok(address_undo::find(cx.tx(), &hash, now)?.map(|_| hash)))
    })??;
    if hit.is_none() {
        app.write_reserved(&system, move |cx| throttle::charge(cx, &block, throttle::ADDRESS))?;
    }
    Ok(hit)
}

/// Puts the address of the link with this token back as the person's proved one, takes every other off,
/// ends every session, known device and access token of the person, and tells both addresses. `NotFound`
/// for a link that does not work, whatever the reason; `TooMany` as for [`works`].
pub fn undo(app: &App, token: &str, from: IpAddr) -> Result<()> {
    let Some(hash) = found(app, token, from)? else { return Err(Error::NotFound) };
    app.write_reserved(&Actor::system(), move |cx| {
        let now = cx.now();
        let row = address_undo::find(cx.tx(), &hash, now)?.ok_or(Error::NotFound)?;
        put_back(cx, &row)
    })
}

fn put_back(cx: &mut Cx<'_, '_>, row: &AddressUndoRow) -> Result<()> {
    let (now, me) = (cx.now(), row.person);
    let owner = person::get(cx.tx(), me)?.ok_or(Error::NotFound)?;
    let (_, epoch) = access::actor_facts(cx.tx(), me)?.ok_or(Error::NotFound)?;
    let actor = Actor {
        person: Some(me),
        role: owner.role,
        session: None,
        device: None,
        scopes: Scopes::Session,
        auth_time: now,
        epoch,
        purpose: purpose_of(owner.role),
    };
    let permit = access::authorize::<ChangeCredentials>(cx.tx(), &actor, me, now)?;
    let address = cx.open(KeyOwner::Person(me), &place(&row.id), &row.value)?;
    for other in contact_point::list(cx.tx(), me)? {
        let told = other.kind == "email" && other.verified_at.is_some() && !other.is_unsafe;
        let theirs = if told { open(cx, me, &other)? } else { continue };
        if !theirs.eq_ignore_ascii_case(&address) {
            let key = format!("address-undone:{}:{}", row.id, other.id);
            notice::add(cx, me, Account::AddressUndone.code(), &key, None, Some(&theirs))?;
        }
    }
    // The second one too: whoever changed the first may have set it.
    for slot in [Slot::First, Slot::Second] {
        contact_point::remove_others(cx.tx(), &permit, "email", slot, row.id)?;
    }
    let value = seal(cx, me, &row.id, &address)?;
    let (kind, slot) = ("email", Slot::First);
    let new = NewContactPoint { id: row.id, kind, slot, value: &value, verified: true };
    contact_point::add_own(cx.tx(), &permit, &new)?;
    if !row.notices {
        let own = access::authorize::<UseOwn>(cx.tx(), &actor, me, now)?;
        contact_point::set_notices(cx.tx(), &own, false)?;
    }
    address_undo::remove_since(cx.tx(), &permit, row.created_at)?;
    session::end_all(cx.tx(), &permit)?;
    device::remove_all(cx.tx(), me)?;
    person::raise_own_epoch(cx.tx(), &permit)?;
    cx.note_revoked(me)?;
    notice::tell(cx, me, Account::AddressUndone, &row.id.to_string())
}
