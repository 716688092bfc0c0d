//! Access tokens of programs: made by the local administrator, resolved on every request.
//!
//! A token acts as a person, bounded by its scopes (SMART App Launch 2.0). It dies with the person's
//! epoch, so that whatever ends the person's sessions ends it too. A session cookie is no token and a
//! token no cookie: their kinds are in their text and in the table they are looked up in.
//! Deliberately absent: clients and consent, which come with OAuth.

use domain::access::{Actor, Scopes};
use domain::ids::TokenId;
use domain::time::Timestamp;
use store::access::Administer;
use store::db::Tx;
use store::{access_token, person};

use crate::credential::token::{Token, TokenKind};
use crate::cx::{App, Cx};
use crate::error::{Error, Result};
use crate::session::purpose_of;
use crate::sign_in::username_key;

/// The longest scope text.
const SCOPES_MAX: usize = 1_000;
/// The longest a token lives, in seconds: 90 days.
const LIFE_MAX_S: i64 = 90 * 24 * 3_600;

/// A token handed out once.
#[derive(Debug)]
pub struct Made {
    /// Its id, to revoke it by.
    pub id: TokenId,
    /// The token.
    pub token: Token,
}

/// Makes a token that acts as the person with this user name. `scopes` are SMART v2 scopes with
/// spaces between, for example `patient/Communication.crs`. `Invalid` for scopes that are none,
/// `NotFound` when nobody active has the name.
pub fn add(app: &App, actor: &Actor, username: &str, scopes: &str, life_s: i64) -> Result<Made> {
    let scopes = checked(scopes)?;
    if !(1..=LIFE_MAX_S).contains(&life_s) {
        return Err(Error::field("expires", "range"));
    }
    let key = username_key(app.keys(), username).ok_or(Error::NotFound)?;
    let token = Token::new(TokenKind::Access, app.random())?;
    let hash = *token.digest().as_bytes();
    let id = app.write(actor, move |cx| {
        let permit = cx.authorize::<Administer>(())?;
        let found = person::find_by_username(cx.tx(), &key)?.ok_or(Error::NotFound)?;
        let active = person::get(cx.tx(), found)?.is_some_and(|row| row.active);
        if !active {
            return Err(Error::NotFound);
        }
        let id = cx.new_id()?;
        let expires_at = cx.now().plus_seconds(life_s);
        access_token::add(cx.tx(), &permit, id, &hash, found, &scopes, expires_at)?;
        Ok(id)
    })?;
    Ok(Made { id, token })
}

/// Scopes in one spelling.
fn checked(scopes: &str) -> Result<String> {
    let wrong = || Error::field("scope", "unknown");
    let all: Vec<&str> = scopes.split_whitespace().collect();
    let sound = |scope: &&str| {
        let Some((context, rest)) = scope.split_once('/') else { return false };
        let Some((resource, letters)) = rest.split_once('.') else { return false };
        let letters = letters.split('?').next().unwrap_or_default();
        matches!(context, "patient" | "user" | "system")
            && (resource == "*" || resource.bytes().all(|b| b.is_ascii_alphanumeric()))
            && !resource.is_empty()
            && !letters.is_empty()
            && letters.bytes().all(|b| b"cruds".contains(&b))
    };
    if all.is_empty() || scopes.len() > SCOPES_MAX || !all.iter().all(sound) {
        return Err(wrong());
    }
    Ok(all.join(" "))
}

/// The actor of a token's text; `None` when it opens nothing.
pub fn resolve(app: &App, token: &str) -> Result<Option<Actor>> {
    let Some(hash) = digest(token) else { return Ok(None) };
    app.read(&Actor::system(), |cx| {
        let now = cx.now();
        find(cx.tx(), &hash, now)
    })
}

/// Runs an operation that reads as the actor of a token's text, in the snapshot in which the token was
/// looked up; the actor with the operation's outcome. `SignedOut` when the token opens nothing.
pub fn read<T, F>(app: &App, token: &str, op: F) -> Result<(Actor, Result<T>)>
where
    F: for<'t> Fn(&mut Cx<'_, 't>) -> Result<T>,
{
    let hash = digest(token).ok_or(Error::SignedOut)?;
    app.read_as(|tx, now| find(tx, &hash, now), op)
}

/// Runs an operation that writes as the actor of a token's text; the actor with the operation's outcome.
/// `SignedOut` when the token opens nothing; the operation asks again whether its person still may act.
pub fn write<T, F>(app: &App, token: &str, op: F) -> Result<(Actor, Result<T>)>
where
    F: for<'t> Fn(&mut Cx<'_, 't>) -> Result<T> + Send + Sync + 'static,
    T: Send + 'static,
{
    let actor = resolve(app, token)?.ok_or(Error::SignedOut)?;
    let outcome = app.write(&actor, op);
    Ok((actor, outcome))
}

fn digest(token: &str) -> Option<[u8; 32]> {
    Token::parse(TokenKind::Access, token).map(|token| *token.digest().as_bytes())
}

fn find(tx: &mut Tx<'_>, hash: &[u8; 32], now: Timestamp) -> Result<Option<Actor>> {
    let row = access_token::find(tx, hash, now)?;
    Ok(row.map(|row| Actor {
        person: Some(row.person.id),
        role: row.person.role,
        session: None,
        device: None,
        scopes: Scopes::Token(row.scopes.split(' ').map(str::to_owned).collect()),
        auth_time: row.created_at,
        epoch: row.epoch,
        purpose: purpose_of(row.person.role),
    }))
}

/// Revokes a token at once. `NotFound` when there is none that works.
pub fn revoke(app: &App, actor: &Actor, id: TokenId) -> Result<()> {
    app.write_reserved(actor, move |cx| {
        let permit = cx.authorize::<Administer>(())?;
        match access_token::revoke(cx.tx(), &permit, id) {
            Err(store::db::DbError::RowCount { found: 0 }) => Err(Error::NotFound),
            other => Ok(other?),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_smart_scopes() {
        assert_eq!(
            checked(" patient/*.rs  user/Task.cruds ").unwrap(),
            "patient/*.rs user/Task.cruds"
        );
        for wrong in ["", "patient", "patient/.r", "patient/X.", "patient/X.q", "all/X.r", "a b"] {
            assert!(checked(wrong).is_err(), "{wrong:?}");
        }
    }
}
