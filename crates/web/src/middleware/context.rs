//! Who asks, in which language, under which request id; and the page for what went wrong.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use app::credential::token::{Token, TokenKind};
use app::session::{self, Activity, Current, Found};
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::access::Role;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use subtle::ConstantTimeEq;
use tower_http::request_id::RequestId;

use super::cookie::Cookie;
use super::form::TypedText;
use crate::error::Fault;
use crate::i18n::Locale;
use crate::pages::error::{ErrorPage, spoken};
use crate::pages::{self, Chrome, Flash, FlashKind, Links, Place, Theme};
use crate::run::WebState;

/// Seconds until the session ends, on every answer to somebody signed in; the common script reads it.
static SESSION_SECONDS: HeaderName = HeaderName::from_static("session-seconds");

/// What the request's session cookie stands for.
#[derive(Debug)]
pub enum Who {
    /// A signed-in person.
    Session(Box<Current>),
    /// A cookie that opens nothing, or not any more.
    Ended,
    /// No cookie.
    Nobody,
}

/// One request's surroundings; handlers meet it through [`crate::extract`].
#[derive(Debug)]
pub struct Context {
    /// The site.
    pub state: WebState,
    /// Who asks.
    pub who: Who,
    /// The language to answer in.
    pub locale: Locale,
    /// The id people tell on the phone.
    pub request_id: String,
    /// Where the request comes from, proxies resolved.
    pub address: IpAddr,
    /// The text of the pending log-in's cookie.
    pub pending: Option<String>,
    /// The texts of the device cookie.
    pub devices: Vec<String>,
    /// What was just done, as the address says it: one of [`DONE`].
    pub done: Option<&'static str>,
    visit: Option<Visit>,
}

/// What an address may say was just done (`?done=CODE`); the sentence is the message `flash-CODE`. Any
/// other word says nothing.
const DONE: [&str; 15] = [
    "draft-saved",
    "draft-deleted",
    "taken-back",
    "unread",
    "corrected",
    "retracted",
    "saved",
    "sessions",
    "code-sent",
    "email",
    "offer-taken",
    "offer-declined",
    "offer-back",
    "offer-gone",
    "offer-changed",
];

fn done(request: &Parts) -> Option<&'static str> {
    let named = request.uri.query()?.split('&').find_map(|pair| pair.strip_prefix("done="))?;
    DONE.into_iter().find(|code| *code == named)
}

/// A visit before signing in.
#[derive(Debug)]
struct Visit {
    token: Token,
    is_new: bool,
    is_used: AtomicBool,
}

impl Context {
    /// The signed-in person.
    pub fn current(&self) -> Option<&Current> {
        match &self.who {
            Who::Session(current) => Some(current),
            Who::Ended | Who::Nobody => None,
        }
    }

    /// Whether this is the demo, whose cookies are plain.
    pub fn demo(&self) -> bool {
        self.state.app().settings().demo
    }

    /// What the forms of this session or visit are bound to.
    fn form_secret(&self) -> Option<String> {
        if let Some(current) = self.current() {
            return Some(current.form_token.clone());
        }
        let visit = self.visit.as_ref()?;
        visit.is_used.store(true, Ordering::Relaxed);
        Some(session::form_token(self.state.app(), visit.token.expose().as_bytes()))
    }

    /// The token for a form of this page, another text each time: a page is compressed, and what
    /// stands in it twice could otherwise be guessed by its length (the BREACH attack).
    pub fn form_token(&self) -> String {
        let Some(secret) = self.form_secret().and_then(|text| URL_SAFE_NO_PAD.decode(text).ok())
        else {
            return String::new();
        };
        let mut mask = vec![0; secret.len()];
        if self.state.app().random().fill(&mut mask).is_err() {
            return String::new();
        }
        let masked: Vec<u8> = secret.iter().zip(&mask).map(|(a, b)| a ^ b).collect();
        mask.extend(masked);
        URL_SAFE_NO_PAD.encode(mask)
    }

    /// Whether a form's token belongs to this session or visit; in constant time.
    pub fn accepts(&self, form_token: &str) -> bool {
        let secret = self.form_secret().and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
        let (Some(secret), Ok(sent)) = (secret, URL_SAFE_NO_PAD.decode(form_token)) else {
            return false;
        };
        let Some((mask, masked)) = sent.split_at_checked(secret.len()) else { return false };
        let bare: Vec<u8> = masked.iter().zip(mask).map(|(a, b)| a ^ b).collect();
        bare.ct_eq(&secret).into()
    }

    /// Light or dark, as the person chose.
    pub fn theme(&self) -> Theme {
        match self.current().map(|current| current.theme.as_str()) {
            Some("light") => Theme::Light,
            Some("dark") => Theme::Dark,
            _ => Theme::System,
        }
    }

    /// The frame of a page for nobody in particular: site, language, theme.
    pub fn plain_chrome(&self) -> Chrome {
        let settings = self.state.app().settings();
        Chrome {
            theme: self.theme(),
            ..Chrome::new(self.locale, &settings.site_name, &settings.site_phone)
        }
    }

    /// The frame of a page with forms, for whoever asks.
    pub fn chrome(&self, place: Place) -> Chrome {
        let mut chrome = Chrome { form_token: self.form_token(), place, ..self.plain_chrome() };
        if let Some(current) = self.current() {
            chrome.user_name = Some(current.name.clone());
            chrome.flash = self.done.map(|code| Flash {
                kind: match code {
                    "offer-gone" | "offer-changed" => FlashKind::Attention,
                    _ => FlashKind::Good,
                },
                text: chrome.t(&format!("flash-{code}")),
                undo: None,
            });
            chrome.session_seconds = u32::try_from(current.ends_in_s).ok();
            if current.actor.role == Role::Helper {
                chrome.links = Links { helping: Some("/helping".to_owned()), ..Links::own() };
            }
        }
        chrome
    }
}

/// Where somebody lands after signing in.
pub const fn home(role: Role) -> &'static str {
    match role {
        Role::Patient | Role::Helper => "/",
        Role::Clinician | Role::Nurse | Role::Desk => "/work",
        Role::Billing => "/billing",
        Role::Administrator => "/admin",
        Role::PrivacyOfficer => "/access-log",
    }
}

/// A local address to return to: a path of this site and nothing a browser could read as another
/// site's (`//host`, `/\host`) or as a header's end. Anything else is no address.
pub fn local(path: &str) -> Option<&str> {
    let rest = path.strip_prefix('/')?;
    let safe = !rest.starts_with(['/', '\\'])
        && path.len() <= 512
        && path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    safe.then_some(path)
}

/// Makes the context, runs the request, and turns a fault into a page.
pub async fn provide(State(state): State<WebState>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let (context, fault) = read(state, &parts).await;
    if let Some(fault) = fault {
        return page(&context, &fault, None, None);
    }
    let context = Arc::new(context);
    let asked = Asked::of(&parts);
    parts.extensions.insert(Arc::clone(&context));
    let mut response = next.run(Request::from_parts(parts, body)).await;
    if let Some(fault) = response.extensions_mut().remove::<Fault>() {
        let typed = response.extensions_mut().remove::<TypedText>().map(|typed| typed.0);
        let rendered = page(&context, &fault, Some(&asked), typed);
        let (mut parts, body) = rendered.into_parts();
        // What the handler said beside its fault stays: cookies, and when to try again.
        for name in [header::SET_COOKIE, header::RETRY_AFTER, header::ALLOW] {
            parts.headers.remove(&name);
            for value in response.headers().get_all(&name) {
                parts.headers.append(name.clone(), value.clone());
            }
        }
        response = Response::from_parts(parts, body);
    }
    finish(&context, &mut response);
    response
}

async fn read(state: WebState, request: &Parts) -> (Context, Option<Fault>) {
    let headers = &request.headers;
    let demo = state.app().settings().demo;
    let text = |cookie: Cookie| cookie.read(headers, demo).map(str::to_owned);
    let (who, fault) = match text(Cookie::Session) {
        None => (Who::Nobody, None),
        Some(token) => {
            let activity = activity(headers);
            match state.block(move |app| session::resolve(app, &token, activity)).await {
                Ok(Found::Session(current)) => (Who::Session(current), None),
                Ok(Found::TimedOut | Found::Nobody) => (Who::Ended, None),
                Err(error) => (Who::Nobody, Some(Fault::from(error))),
            }
        }
    };
    let setting = match &who {
        Who::Session(current) => Some(current.language.as_str()),
        Who::Ended | Who::Nobody => None,
    };
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let context = Context {
        locale: Locale::negotiate(setting, accepted),
        request_id: request_id(request),
        address: address(request),
        pending: text(Cookie::Pending),
        devices: text(Cookie::Device)
            .map(|texts| texts.split('.').map(str::to_owned).collect())
            .unwrap_or_default(),
        done: done(request),
        visit: visit(&state, text(Cookie::Visit)),
        who,
        state,
    };
    (context, fault)
}

/// An event stream and a page fetched ahead are the browser's doing, not the person's.
fn activity(headers: &HeaderMap) -> Activity {
    let is = |name: HeaderName, word: &str| {
        headers.get(name).and_then(|v| v.to_str().ok()).is_some_and(|v| v.contains(word))
    };
    let ahead = is(HeaderName::from_static("sec-purpose"), "prefetch");
    // A page that brings its own list up to date says so.
    let itself = is(HeaderName::from_static("tidings-background"), "1");
    if ahead || itself || is(header::ACCEPT, "text/event-stream") {
        Activity::Background
    } else {
        Activity::Person
    }
}

fn visit(state: &WebState, text: Option<String>) -> Option<Visit> {
    let known = text.and_then(|text| Token::parse(TokenKind::Visit, &text));
    let is_new = known.is_none();
    let token = match known {
        Some(token) => token,
        None => Token::new(TokenKind::Visit, state.app().random()).ok()?,
    };
    Some(Visit { token, is_new, is_used: AtomicBool::new(false) })
}

fn request_id(request: &Parts) -> String {
    let id = request.extensions.get::<RequestId>();
    id.and_then(|id| id.header_value().to_str().ok()).unwrap_or_default().to_owned()
}

fn address(request: &Parts) -> IpAddr {
    let info = request.extensions.get::<ConnectInfo<SocketAddr>>();
    info.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.ip())
}

/// What of a request decides how a fault is shown.
struct Asked {
    is_get: bool,
    next: Option<String>,
}

impl Asked {
    fn of(request: &Parts) -> Self {
        let is_get = matches!(request.method, Method::GET | Method::HEAD);
        let next = request.uri.path_and_query().map(http::uri::PathAndQuery::as_str);
        let next = next.filter(|_| is_get).and_then(local).filter(|next| *next != "/");
        Self { is_get, next: next.map(str::to_owned) }
    }
}

/// The address of the sign-in page, with where to return to.
pub fn sign_in_address(next: Option<&str>) -> String {
    match next {
        None => "/sign-in".to_owned(),
        Some(next) => format!("/sign-in?next={}", encoded(next)),
    }
}

/// Percent-encodes all but unreserved characters and slashes (RFC 3986, 2.3).
fn encoded(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/') {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

/// The page of a fault. Somebody without any session who opens an address is led to signing in; a
/// cookie that opens nothing any more is told so with 401.
fn page(
    context: &Context,
    fault: &Fault,
    asked: Option<&Asked>,
    typed: Option<String>,
) -> Response {
    let next = asked.and_then(|asked| asked.next.as_deref());
    let signed_out = matches!(fault, Fault::SignedOut);
    if signed_out && matches!(context.who, Who::Nobody) && asked.is_some_and(|asked| asked.is_get) {
        return Redirect::to(&sign_in_address(next)).into_response();
    }
    let way_on = if signed_out { sign_in_address(next) } else { "/".to_owned() };
    let page = ErrorPage {
        chrome: context.plain_chrome(),
        kind: fault.kind(),
        id: spoken(&context.request_id),
        way_on,
        typed,
    };
    let mut response = pages::respond(fault.status(), &page);
    if let Some(seconds) = fault.retry_after_s() {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// Adds what the answer says about the session and the visit.
fn finish(context: &Context, response: &mut Response) {
    let demo = context.demo();
    match &context.who {
        Who::Session(current) => {
            let seconds = HeaderValue::from(current.ends_in_s.max(0));
            response.headers_mut().entry(&SESSION_SECONDS).or_insert(seconds);
        }
        Who::Ended if response.status() == StatusCode::UNAUTHORIZED => {
            if let Some(clear) = Cookie::Session.clear(demo) {
                response.headers_mut().append(header::SET_COOKIE, clear);
            }
        }
        Who::Ended | Who::Nobody => {}
    }
    if let Some(visit) = &context.visit
        && visit.is_new
        && visit.is_used.load(Ordering::Relaxed)
        && let Some(set) = Cookie::Visit.set(visit.token.expose(), demo)
    {
        response.headers_mut().append(header::SET_COOKIE, set);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_site_are_returned_to() {
        for good in ["/", "/threads/1", "/account?a=b", "/for/x/"] {
            assert_eq!(local(good), Some(good));
        }
        for bad in
            ["", "x", "//evil.example", "/\\evil.example", "https://evil.example", "/a b", "/a\nb"]
        {
            assert_eq!(local(bad), None, "{bad:?}");
        }
        assert_eq!(sign_in_address(Some("/a?b=c&d")), "/sign-in?next=/a%3Fb%3Dc%26d");
    }
}
