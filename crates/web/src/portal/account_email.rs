//! `/account/email`: the address for notices, and the code that proves it. `/account/email/second`: the same for
//! the address that only hears that a message has not been opened, and taking it away.

use app::App;
use app::address::{self, Own, Slot};
use app::credential::Password;
use axum::extract::{FromRequestParts, Query, State};
use axum::response::Response;
use http::StatusCode;
use http::request::Parts;
use serde::Deserialize;

use super::account::{BASE, NewQuery, partly_hidden};
use super::{see, with_faults};
use crate::error::{Fault, Result};
use crate::extract::{Form, Session};
use crate::middleware::context::home;
use crate::pages::account::{ProveEmail, RemoveEmail, SetEmail};
use crate::pages::{self, Place};
use crate::run::WebState;

/// The pages of one of the two addresses.
#[derive(Debug, Clone, Copy)]
pub struct Road {
    slot: Slot,
    /// Where the address is set.
    set: &'static str,
    /// Where its code is typed.
    code: &'static str,
    /// Where a code is asked for.
    send: &'static str,
}

const FIRST: Road = Road {
    slot: Slot::First,
    set: "/account/email",
    code: "/account/email/code",
    send: "/account/email/send",
};
const SECOND: Road = Road {
    slot: Slot::Second,
    set: "/account/email/second",
    code: "/account/email/second/code",
    send: "/account/email/second/send",
};
/// Where the second address is taken away.
const REMOVE: &str = "/account/email/second/remove";

/// By the request's own address.
impl<S: Send + Sync> FromRequestParts<S> for Road {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        Ok(if parts.uri.path().starts_with(SECOND.set) { SECOND } else { FIRST })
    }
}

/// Whether an address can be proved here: by mail, or on a demo that shows its code instead.
pub(super) fn is_offered(state: &WebState) -> bool {
    let settings = state.app().settings();
    settings.mail || settings.demo
}

async fn own(state: &WebState, session: &Session) -> Result<Vec<Own>> {
    let mut own = state.read(&session.actor, address::list).await?;
    own.retain(|own| own.kind == "email");
    Ok(own)
}

/// Whether a first address waits for its code and can be proved here.
pub(super) async fn waits(state: &WebState, session: &Session) -> Result<bool> {
    let waiting = |own: &Own| own.slot == Slot::First && !own.proved;
    Ok(is_offered(state) && own(state, session).await?.iter().any(waiting))
}

async fn form(
    state: &WebState,
    session: &Session,
    road: Road,
    typed: &str,
    faults: &[app::FieldError],
) -> Result<Option<SetEmail>> {
    let current = session.current().ok_or(Fault::SignedOut)?;
    let own = own(state, session).await?;
    if !is_offered(state)
        || (road.slot == Slot::Second && !address::may_keep_second(&session.actor, &own))
    {
        return Ok(None);
    }
    Ok(Some(SetEmail {
        chrome: with_faults(session.chrome(Place::Account), faults),
        action: road.set.to_owned(),
        second: road.slot == Slot::Second,
        typed: typed.to_owned(),
        username: current.username.clone(),
        replaces: own.iter().any(|own| own.slot == road.slot && own.proved),
        back: BASE.to_owned(),
    }))
}

/// `GET /account/email`, `GET /account/email/second`
pub async fn show(State(state): State<WebState>, session: Session, road: Road) -> Result<Response> {
    let page = form(&state, &session, road, "", &[]).await?;
    Ok(page.map_or_else(|| see(BASE), |page| pages::respond(StatusCode::OK, &page)))
}

/// An address as typed. `username` is there for password managers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmailForm {
    #[serde(default, rename = "username")]
    _username: String,
    email: String,
    current_password: String,
}

/// `POST /account/email`, `POST /account/email/second`
pub async fn set(
    State(state): State<WebState>,
    session: Session,
    road: Road,
    Form(typed): Form<EmailForm>,
) -> Result<Response> {
    if !is_offered(&state) {
        return Ok(see(BASE));
    }
    let (actor, email) = (session.actor.clone(), typed.email.clone());
    let password = Password::parse(&typed.current_password).ok();
    let set = move |app: &App| address::set(app, &actor, road.slot, password.as_ref(), &email);
    match state.hash(set).await {
        Ok(true) => Ok(see(road.code)),
        Ok(false) => Ok(see("/account?done=saved")),
        Err(app::Error::NotFound) => Ok(see(BASE)),
        Err(app::Error::Invalid(faults)) => {
            let page = form(&state, &session, road, &typed.email, &faults).await?;
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(page.map_or_else(|| see(BASE), |page| pages::respond(status, &page)))
        }
        Err(error) => Err(error.into()),
    }
}

/// The page of the code; none when no address waits for one.
async fn code_form(
    state: &WebState,
    session: &Session,
    road: Road,
    faults: &[app::FieldError],
) -> Result<Option<ProveEmail>> {
    let own = own(state, session).await?;
    let waiting = own.iter().find(|own| own.slot == road.slot && !own.proved);
    let Some(waiting) = waiting else { return Ok(None) };
    Ok(Some(ProveEmail {
        chrome: with_faults(session.chrome(Place::Account), faults),
        action: road.code.to_owned(),
        second: road.slot == Slot::Second,
        send: road.send.to_owned(),
        change: road.set.to_owned(),
        address: partly_hidden(&waiting.value),
        // A code that was just used up still has its field: there the page says so.
        sent: waiting.code_until.is_some() || !faults.is_empty(),
        demo: state.read(&session.actor, move |cx| address::demo_code(cx, road.slot)).await?,
        skip: BASE.to_owned(),
    }))
}

/// `GET …/code`; right after enrolment (`?new=1`) it can be passed by.
pub async fn show_code(
    State(state): State<WebState>,
    session: Session,
    road: Road,
    Query(query): Query<NewQuery>,
) -> Result<Response> {
    let page = code_form(&state, &session, road, &[]).await?.filter(|_| is_offered(&state));
    let Some(mut page) = page else { return Ok(see(BASE)) };
    if query.new.is_some() {
        home(session.role()).clone_into(&mut page.skip);
    }
    Ok(pages::respond(StatusCode::OK, &page))
}

/// A code as typed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeForm {
    code: String,
}

/// `POST …/code`
pub async fn prove(
    State(state): State<WebState>,
    session: Session,
    road: Road,
    Form(typed): Form<CodeForm>,
) -> Result<Response> {
    let actor = session.actor.clone();
    match state.block(move |app| address::prove(app, &actor, road.slot, &typed.code)).await {
        Ok(()) => Ok(see("/account?done=email")),
        Err(app::Error::NotFound) => Ok(see(BASE)),
        Err(app::Error::Invalid(faults)) => {
            let page = code_form(&state, &session, road, &faults).await?;
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(page.map_or_else(|| see(BASE), |page| pages::respond(status, &page)))
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST …/send`
pub async fn send(State(state): State<WebState>, session: Session, road: Road) -> Result<Response> {
    if !is_offered(&state) {
        return Ok(see(BASE));
    }
    let actor = session.actor.clone();
    match state.block(move |app| address::send_code(app, &actor, road.slot)).await {
        Ok(()) => Ok(see(&format!("{}?done=code-sent", road.code))),
        Err(app::Error::NotFound) => Ok(see(BASE)),
        Err(error) => Err(error.into()),
    }
}

/// `GET …/send`: loaded again, it leads back.
pub async fn back(_: Session, road: Road) -> Response {
    see(road.code)
}

/// The page that asks before the second address is taken away; none when there is none.
async fn removal(
    state: &WebState,
    session: &Session,
    faults: &[app::FieldError],
) -> Result<Option<RemoveEmail>> {
    let current = session.current().ok_or(Fault::SignedOut)?;
    let own = own(state, session).await?;
    let second = own.iter().filter(|own| own.slot == Slot::Second);
    // What is in use is named before what waits to take its place.
    let Some(second) = second.max_by_key(|own| own.proved) else { return Ok(None) };
    Ok(Some(RemoveEmail {
        chrome: with_faults(session.chrome(Place::Account), faults),
        action: REMOVE.to_owned(),
        address: partly_hidden(&second.value),
        username: current.username.clone(),
        back: BASE.to_owned(),
    }))
}

/// `GET /account/email/second/remove`
pub async fn ask_remove(State(state): State<WebState>, session: Session) -> Result<Response> {
    let page = removal(&state, &session, &[]).await?;
    Ok(page.map_or_else(|| see(BASE), |page| pages::respond(StatusCode::OK, &page)))
}

/// A password as typed. `username` is there for password managers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemoveForm {
    #[serde(default, rename = "username")]
    _username: String,
    current_password: String,
}

/// `POST /account/email/second/remove`
pub async fn remove(
    State(state): State<WebState>,
    session: Session,
    Form(typed): Form<RemoveForm>,
) -> Result<Response> {
    let actor = session.actor.clone();
    let password = Password::parse(&typed.current_password).ok();
    match state.hash(move |app| address::remove_second(app, &actor, password.as_ref())).await {
        Ok(()) => Ok(see("/account?done=saved")),
        Err(app::Error::NotFound) => Ok(see(BASE)),
        Err(app::Error::Invalid(faults)) => {
            let page = removal(&state, &session, &faults).await?;
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(page.map_or_else(|| see(BASE), |page| pages::respond(status, &page)))
        }
        Err(error) => Err(error.into()),
    }
}
