//! `/undo-address/{token}`: puts a replaced mail address back, from the mail to it, without a session.
//!
//! Opening the link changes nothing: mail programs open links by themselves. Every link that does not
//! work, whatever the reason, gets the same page.

use app::address::undo;
use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;

use crate::error::Result;
use crate::extract::{Anybody, Form};
use crate::middleware::Context;
use crate::pages::sign_in::{UndoAddress, UndoState};
use crate::pages::{self, Place};
use crate::run::WebState;

/// The start of the link's address; the token follows.
pub(crate) const AT: &str = "/undo-address/";

fn page(context: &Context, token: &str, state: UndoState) -> Response {
    let status = if state == UndoState::Gone { StatusCode::GONE } else { StatusCode::OK };
    let page = UndoAddress {
        chrome: context.chrome(Place::Elsewhere),
        action: format!("{AT}{token}"),
        state,
        sign_in: "/sign-in".to_owned(),
    };
    pages::respond(status, &page)
}

/// `GET /undo-address/{token}`: what the link does, and the button that does it.
pub async fn show(
    State(state): State<WebState>,
    Anybody(context): Anybody,
    Path(token): Path<String>,
) -> Result<Response> {
    let (asked, from) = (token.clone(), context.address);
    let works = state.block(move |app| undo::works(app, &asked, from)).await?;
    let shown = if works { UndoState::Ask } else { UndoState::Gone };
    Ok(page(&context, &token, shown))
}

/// A form without fields.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoFields {}

/// `POST /undo-address/{token}`
pub async fn submit(
    State(state): State<WebState>,
    Anybody(context): Anybody,
    Path(token): Path<String>,
    Form(NoFields {}): Form<NoFields>,
) -> Result<Response> {
    let (asked, from) = (token.clone(), context.address);
    match state.block(move |app| undo::undo(app, &asked, from)).await {
        Ok(()) => Ok(page(&context, &token, UndoState::Done)),
        Err(app::Error::NotFound) => Ok(page(&context, &token, UndoState::Gone)),
        Err(error) => Err(error.into()),
    }
}
