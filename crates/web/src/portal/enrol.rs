//! `/enrol` and `/enrol/totp`: the first use of a paper code.

use app::credential::Password;
use app::enrol;
use app::sign_in::{self, Owed, SetUp, SignedIn};
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;

use super::sign_in::{CodeForm, owes, signed_in, start_over};
use super::{see, with_faults};
use crate::error::{Fault, Result};
use crate::extract::{Anybody, Form};
use crate::middleware::Context;
use crate::middleware::context::home;
use crate::pages::sign_in::{Enrol, EnrolTotp};
use crate::pages::{self, Place};
use crate::run::WebState;

fn form(context: &Context, typed: &EnrolForm, faults: &[app::FieldError]) -> Enrol {
    Enrol {
        chrome: with_faults(context.chrome(Place::Elsewhere), faults),
        action: "/enrol".to_owned(),
        enrolment: typed.enrolment.clone(),
        username: typed.username.clone(),
        password_min: u32::try_from(enrol::password_min(false)).unwrap_or_default(),
        back: "/sign-in".to_owned(),
    }
}

/// `GET /enrol`
pub async fn show(Anybody(context): Anybody) -> Response {
    pages::respond(StatusCode::OK, &form(&context, &EnrolForm::default(), &[]))
}

/// A paper code and what was chosen.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnrolForm {
    enrolment: String,
    username: String,
    password: String,
    password_again: String,
}

/// `POST /enrol`
pub async fn submit(
    State(state): State<WebState>,
    Anybody(context): Anybody,
    Form(typed): Form<EnrolForm>,
) -> Result<Response> {
    let attempt = enrol::Form {
        code: typed.enrolment.clone(),
        username: typed.username.clone(),
        password: Password::parse(&typed.password).ok(),
        same_twice: typed.password == typed.password_again,
        address: context.address,
    };
    match state.hash(move |app| enrol::enrol(app, &attempt)).await {
        // Patients may add a second lock, and may do without.
        Ok(SignedIn::Session(issued)) => {
            Ok(signed_in(&state, &context, issued, "/account/totp?new=1").await)
        }
        Ok(SignedIn::SetUp(issued)) => Ok(owes(&context, &issued, "/enrol/totp")),
        Ok(SignedIn::Wait(seconds)) => Err(Fault::TooMany(seconds)),
        Ok(_) => Err(Fault::Internal),
        Err(app::Error::Invalid(faults)) => {
            let page = form(&context, &typed, &faults);
            Ok(pages::respond(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(error) => Err(error.into()),
    }
}

fn totp_form(context: &Context, set_up: SetUp, problem: Option<&str>) -> EnrolTotp {
    let chrome = context.chrome(Place::Elsewhere);
    let chrome = match problem {
        Some(key) => chrome.with_problems(&[("code", key)]),
        None => chrome,
    };
    EnrolTotp {
        chrome,
        action: "/enrol/totp".to_owned(),
        uri: set_up.uri,
        secret: set_up.shown,
        skip: None,
    }
}

async fn owed(state: &WebState, context: &Context) -> Result<Option<Owed>> {
    let Some(token) = context.pending.clone() else { return Ok(None) };
    let found = state.block(move |app| sign_in::owed(app, &token)).await?;
    Ok(found.map(|(_, owed)| owed))
}

/// `GET /enrol/totp`: staff set up their second factor before any session.
pub async fn show_totp(
    State(state): State<WebState>,
    Anybody(context): Anybody,
) -> Result<Response> {
    match owed(&state, &context).await? {
        Some(Owed::SetUp(set_up)) => {
            Ok(pages::respond(StatusCode::OK, &totp_form(&context, set_up, None)))
        }
        Some(Owed::Code) => Ok(see("/sign-in/code")),
        None => Ok(see("/sign-in")),
    }
}

/// `POST /enrol/totp`
pub async fn submit_totp(
    State(state): State<WebState>,
    Anybody(context): Anybody,
    Form(typed): Form<CodeForm>,
) -> Result<Response> {
    let Some(Owed::SetUp(set_up)) = owed(&state, &context).await? else {
        return Ok(start_over(&context));
    };
    let Some(token) = context.pending.clone() else { return Ok(start_over(&context)) };
    match state.block(move |app| sign_in::try_code(app, &token, &typed.code)).await? {
        SignedIn::Session(issued) => {
            let target = home(issued.role);
            Ok(signed_in(&state, &context, issued, target).await)
        }
        SignedIn::Wait(seconds) => Err(Fault::TooMany(seconds)),
        SignedIn::Wrong => {
            let page = totp_form(&context, set_up, Some("problem-code"));
            Ok(pages::respond(StatusCode::UNAUTHORIZED, &page))
        }
        _ => Ok(start_over(&context)),
    }
}
