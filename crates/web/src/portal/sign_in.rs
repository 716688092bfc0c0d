//! `/sign-in`, `/sign-in/code`, `/sign-out`, `/signed-out`.

use app::credential::Password;
use app::session;
use app::sign_in::{self, Attempt, Issued, Owed, SignedIn};
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode};
use serde::Deserialize;

use super::{cookies, see};
use crate::error::{Fault, Result};
use crate::extract::{Anybody, Form, Session};
use crate::middleware::Context;
use crate::middleware::context::{home, local};
use crate::middleware::cookie::Cookie;
use crate::pages::sign_in::{SignIn, SignInCode, SignedOut};
use crate::pages::{self, Place};
use crate::run::WebState;

/// What signing out tells the browser to forget (W3C Clear Site Data).
const CLEAR: &str = "\"cache\", \"cookies\", \"storage\"";

/// Where to go after signing in.
#[derive(Debug, Default, Deserialize)]
pub struct NextQuery {
    next: Option<String>,
}

impl NextQuery {
    fn address(&self) -> &str {
        self.next.as_deref().and_then(local).unwrap_or_default()
    }
}

fn form(context: &Context, next: &str, typed: &SignInForm, problem: Option<&str>) -> SignIn {
    let chrome = context.chrome(Place::Elsewhere);
    let chrome = match problem {
        Some(key) => chrome.with_problems(&[("", key)]),
        None => chrome,
    };
    SignIn {
        chrome,
        action: "/sign-in".to_owned(),
        username: typed.username.clone(),
        next: next.to_owned(),
        enrol: "/enrol".to_owned(),
        shared: typed.shared,
    }
}

/// `GET /sign-in`
pub async fn show(Anybody(context): Anybody, Query(query): Query<NextQuery>) -> Response {
    let page = form(&context, query.address(), &SignInForm::default(), None);
    pages::respond(StatusCode::OK, &page)
}

/// User name and password as typed.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInForm {
    username: String,
    password: String,
    #[serde(default)]
    next: String,
    #[serde(default)]
    shared: bool,
}

/// `POST /sign-in`
pub async fn submit(
    State(state): State<WebState>,
    Anybody(context): Anybody,
    Form(typed): Form<SignInForm>,
) -> Result<Response> {
    let attempt = Attempt {
        username: typed.username.clone(),
        password: Password::parse(&typed.password).ok(),
        address: context.address,
        devices: context.devices.clone(),
        shared_device: typed.shared,
    };
    let outcome = state.hash(move |app| sign_in::sign_in(app, &attempt)).await?;
    let next = local(&typed.next).unwrap_or_default();
    let again = |status, key| pages::respond(status, &form(&context, next, &typed, Some(key)));
    Ok(match outcome {
        SignedIn::Session(issued) => {
            let target = if next.is_empty() { home(issued.role) } else { next };
            signed_in(&state, &context, issued, target).await
        }
        SignedIn::Code(issued) => owes(&context, &issued, &with_next("/sign-in/code", next)),
        SignedIn::SetUp(issued) => owes(&context, &issued, "/enrol/totp"),
        SignedIn::Wrong | SignedIn::StartOver => again(StatusCode::UNAUTHORIZED, "sign-in-wrong"),
        SignedIn::NeedsPaper => again(StatusCode::FORBIDDEN, "sign-in-needs-paper"),
        SignedIn::Wait(seconds) => {
            let mut page = again(StatusCode::TOO_MANY_REQUESTS, "sign-in-wait");
            page.headers_mut().insert(http::header::RETRY_AFTER, HeaderValue::from(seconds));
            page
        }
    })
}

/// An address with where to go afterwards.
fn with_next(address: &str, next: &str) -> String {
    if next.is_empty() {
        return address.to_owned();
    }
    let sign_in = crate::middleware::context::sign_in_address(Some(next));
    sign_in.replacen("/sign-in", address, 1)
}

/// Sets the cookies of a new session and goes on. A session that the browser still had is ended: it is
/// replaced, never kept beside.
pub(crate) async fn signed_in(
    state: &WebState,
    context: &Context,
    issued: Issued,
    target: &str,
) -> Response {
    if let Some(old) = context.current() {
        let (actor, id) = (old.actor.clone(), old.session);
        let ended = state.write_reserved(&actor, move |cx| session::sign_out(cx, id)).await;
        if let Err(error) = ended {
            tracing::warn!(%error, "a replaced session could not be ended");
        }
    }
    let demo = context.demo();
    let devices = issued.device.as_ref().map(|new| {
        let known = context.devices.iter().take(3).map(String::as_str);
        std::iter::once(new.expose()).chain(known).collect::<Vec<_>>().join(".")
    });
    let set = cookies([
        Cookie::Session.set(issued.token.expose(), demo),
        Cookie::Pending.clear(demo),
        Cookie::Visit.clear(demo),
        devices.and_then(|devices| Cookie::Device.set(&devices, demo)),
    ]);
    (set, see(target)).into_response()
}

/// Sets the cookie of a pending log-in and goes on to what it owes.
pub(crate) fn owes(context: &Context, issued: &Issued, target: &str) -> Response {
    let set = cookies([Cookie::Pending.set(issued.token.expose(), context.demo())]);
    (set, see(target)).into_response()
}

fn code_form(context: &Context, next: &str, problem: Option<&str>) -> SignInCode {
    let chrome = context.chrome(Place::Elsewhere);
    let chrome = match problem {
        Some(key) => chrome.with_problems(&[("code", key)]),
        None => chrome,
    };
    SignInCode {
        chrome,
        action: "/sign-in/code".to_owned(),
        next: next.to_owned(),
        back: "/sign-in".to_owned(),
    }
}

/// `GET /sign-in/code`
pub async fn show_code(
    State(state): State<WebState>,
    Anybody(context): Anybody,
    Query(query): Query<NextQuery>,
) -> Result<Response> {
    let Some(token) = context.pending.clone() else { return Ok(see("/sign-in")) };
    match state.block(move |app| sign_in::owed(app, &token)).await? {
        Some((_, Owed::Code)) => {
            Ok(pages::respond(StatusCode::OK, &code_form(&context, query.address(), None)))
        }
        Some((_, Owed::SetUp(_))) => Ok(see("/enrol/totp")),
        None => Ok(see("/sign-in")),
    }
}

/// A code as typed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeForm {
    pub(crate) code: String,
    #[serde(default)]
    pub(crate) next: String,
}

/// `POST /sign-in/code`
pub async fn submit_code(
    State(state): State<WebState>,
    Anybody(context): Anybody,
    Form(typed): Form<CodeForm>,
) -> Result<Response> {
    let Some(token) = context.pending.clone() else { return Ok(see("/sign-in")) };
    let code = typed.code.clone();
    let outcome = state.block(move |app| sign_in::try_code(app, &token, &code)).await?;
    let next = local(&typed.next).unwrap_or_default();
    match outcome {
        SignedIn::Session(issued) => {
            let target = if next.is_empty() { home(issued.role) } else { next };
            Ok(signed_in(&state, &context, issued, target).await)
        }
        SignedIn::Wait(seconds) => Err(Fault::TooMany(seconds)),
        SignedIn::StartOver => Ok(start_over(&context)),
        _ => {
            let page = code_form(&context, next, Some("problem-code"));
            Ok(pages::respond(StatusCode::UNAUTHORIZED, &page))
        }
    }
}

/// The pending log-in is gone: the first step again.
pub(crate) fn start_over(context: &Context) -> Response {
    (cookies([Cookie::Pending.clear(context.demo())]), see("/sign-in")).into_response()
}

/// `POST /sign-out`
pub async fn sign_out(State(state): State<WebState>, session: Session) -> Result<Response> {
    let id = session.current().map(|current| current.session).ok_or(Fault::SignedOut)?;
    state.write_reserved(&session.actor, move |cx| session::sign_out(cx, id)).await?;
    let demo = session.context().demo();
    let set = cookies([
        Cookie::Session.clear(demo),
        Cookie::Pending.clear(demo),
        Cookie::Visit.clear(demo),
    ]);
    let clear = [(HeaderName::from_static("clear-site-data"), CLEAR)];
    Ok((set, clear, see("/signed-out")).into_response())
}

/// `GET /sign-out`: a form that was loaded again leads home.
pub async fn nothing_to_see() -> Response {
    see("/")
}

/// Whether a session ended by itself.
#[derive(Debug, Default, Deserialize)]
pub struct WhyQuery {
    why: Option<String>,
}

/// `GET /signed-out`
pub async fn signed_out(Anybody(context): Anybody, Query(query): Query<WhyQuery>) -> Response {
    let page = SignedOut {
        chrome: context.plain_chrome(),
        timed_out: query.why.as_deref() == Some("time"),
        sign_in: "/sign-in".to_owned(),
    };
    pages::respond(StatusCode::OK, &page)
}
