//! `/account/email`: the address for notices, and the code that proves it.

use app::address::{self, Own};
use app::credential::Password;
use axum::extract::{Query, State};
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;

use super::account::{BASE, NewQuery, partly_hidden};
use super::{see, with_faults};
use crate::error::{Fault, Result};
use crate::extract::{Form, Session};
use crate::middleware::context::home;
use crate::pages::account::{ProveEmail, SetEmail};
use crate::pages::{self, Place};
use crate::run::WebState;

/// Where the address is set.
const SET: &str = "/account/email";
/// Where its code is typed.
const CODE: &str = "/account/email/code";
/// Where a code is asked for.
const SEND: &str = "/account/email/send";

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

/// Whether an address waits for its code and can be proved here.
pub(super) async fn waits(state: &WebState, session: &Session) -> Result<bool> {
    Ok(is_offered(state) && own(state, session).await?.iter().any(|own| !own.proved))
}

async fn form(
    state: &WebState,
    session: &Session,
    typed: &str,
    faults: &[app::FieldError],
) -> Result<SetEmail> {
    let current = session.current().ok_or(Fault::SignedOut)?;
    Ok(SetEmail {
        chrome: with_faults(session.chrome(Place::Account), faults),
        action: SET.to_owned(),
        typed: typed.to_owned(),
        username: current.username.clone(),
        replaces: own(state, session).await?.iter().any(|own| own.proved),
        back: BASE.to_owned(),
    })
}

/// `GET /account/email`
pub async fn show(State(state): State<WebState>, session: Session) -> Result<Response> {
    if !is_offered(&state) {
        return Ok(see(BASE));
    }
    Ok(pages::respond(StatusCode::OK, &form(&state, &session, "", &[]).await?))
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

/// `POST /account/email`
pub async fn set(
    State(state): State<WebState>,
    session: Session,
    Form(typed): Form<EmailForm>,
) -> Result<Response> {
    if !is_offered(&state) {
        return Ok(see(BASE));
    }
    let (actor, email) = (session.actor.clone(), typed.email.clone());
    let password = Password::parse(&typed.current_password).ok();
    let outcome = state.hash(move |app| address::set(app, &actor, password.as_ref(), &email)).await;
    match outcome {
        Ok(true) => Ok(see(CODE)),
        Ok(false) => Ok(see("/account?done=saved")),
        Err(app::Error::Invalid(faults)) => {
            let page = form(&state, &session, &typed.email, &faults).await?;
            Ok(pages::respond(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(error) => Err(error.into()),
    }
}

/// The page of the code; none when no address waits for one.
async fn code_form(
    state: &WebState,
    session: &Session,
    faults: &[app::FieldError],
) -> Result<Option<ProveEmail>> {
    let own = own(state, session).await?;
    let Some(waiting) = own.iter().find(|own| !own.proved) else { return Ok(None) };
    Ok(Some(ProveEmail {
        chrome: with_faults(session.chrome(Place::Account), faults),
        action: CODE.to_owned(),
        send: SEND.to_owned(),
        change: SET.to_owned(),
        address: partly_hidden(&waiting.value),
        // A code that was just used up still has its field: there the page says so.
        sent: waiting.code_until.is_some() || !faults.is_empty(),
        demo: state.read(&session.actor, address::demo_code).await?,
        skip: BASE.to_owned(),
    }))
}

/// `GET /account/email/code`; right after enrolment (`?new=1`) it can be passed by.
pub async fn show_code(
    State(state): State<WebState>,
    session: Session,
    Query(query): Query<NewQuery>,
) -> Result<Response> {
    let page = code_form(&state, &session, &[]).await?.filter(|_| is_offered(&state));
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

/// `POST /account/email/code`
pub async fn prove(
    State(state): State<WebState>,
    session: Session,
    Form(typed): Form<CodeForm>,
) -> Result<Response> {
    let actor = session.actor.clone();
    match state.block(move |app| address::prove(app, &actor, &typed.code)).await {
        Ok(()) => Ok(see("/account?done=email")),
        Err(app::Error::NotFound) => Ok(see(BASE)),
        Err(app::Error::Invalid(faults)) => {
            let page = code_form(&state, &session, &faults).await?;
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(page.map_or_else(|| see(BASE), |page| pages::respond(status, &page)))
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /account/email/send`
pub async fn send(State(state): State<WebState>, session: Session) -> Result<Response> {
    if !is_offered(&state) {
        return Ok(see(BASE));
    }
    let actor = session.actor.clone();
    match state.block(move |app| address::send_code(app, &actor)).await {
        Ok(()) => Ok(see("/account/email/code?done=code-sent")),
        Err(app::Error::NotFound) => Ok(see(BASE)),
        Err(error) => Err(error.into()),
    }
}

/// `GET /account/email/send`: loaded again, it leads back.
pub async fn back(_: Session) -> Response {
    see(CODE)
}
