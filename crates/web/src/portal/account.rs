//! `/account`: small forms, each saved by itself.

use app::account::{self, NewPassword, Overview};
use app::address::{self, Own, Slot};
use app::credential::Password;
use app::enrol;
use app::sign_in::SetUp;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::ids::SessionId;
use http::StatusCode;
use serde::Deserialize;

use super::account_email;
use super::sign_in::signed_in;
use super::{see, with_faults};
use crate::error::{Fault, Result};
use crate::extract::{Form, Session};
use crate::i18n::{Locale, SiteTime};
use crate::middleware::context::{home, sign_in_address};
use crate::pages::account::{Account, Device, Email, Second};
use crate::pages::common::Choice;
use crate::pages::shelf::Confirm;
use crate::pages::sign_in::EnrolTotp;
use crate::pages::{self, Chrome, Place};
use crate::run::WebState;

/// The account's address.
pub(super) const BASE: &str = "/account";
/// The same, saying that the change is saved.
const SAVED: &str = "/account?done=saved";

async fn page(state: &WebState, session: &Session, faults: &[app::FieldError]) -> Result<Account> {
    let overview = state.read(&session.actor, account::overview).await?;
    let current = session.current().ok_or(Fault::SignedOut)?;
    let locale = session.locale();
    Ok(Account {
        chrome: with_faults(session.chrome(Place::Account), faults),
        base: BASE.to_owned(),
        name: current.name.clone(),
        username: current.username.clone(),
        languages: languages(&current.language),
        email: email(&overview, state, session),
        minutes: minutes(&overview, session, state),
        shared: current.shared_device,
        totp: overview.second_factor,
        devices: devices(&overview, session, state, locale),
        password_min: password_min(&overview),
    })
}

fn password_min(overview: &Overview) -> u32 {
    u32::try_from(enrol::password_min(overview.second_factor)).unwrap_or_default()
}

fn languages(chosen: &str) -> Vec<Choice> {
    Locale::offered()
        .map(|locale| {
            let choice = Choice::new(locale.lang(), &locale.t("language-own-name"), "");
            if locale.lang() == chosen { choice.chosen() } else { choice }
        })
        .collect()
}

fn email(overview: &Overview, state: &WebState, session: &Session) -> Email {
    let of = |slot: Slot, proved: bool| {
        let is = |own: &&Own| own.kind == "email" && own.slot == slot && own.proved == proved;
        overview.addresses.iter().find(is)
    };
    let shown = |own: Option<&Own>| own.map(|own| partly_hidden(&own.value)).unwrap_or_default();
    let (proved, waiting) = (of(Slot::First, true), of(Slot::First, false));
    let (second, next) = (shown(of(Slot::Second, true)), shown(of(Slot::Second, false)));
    let offered = address::may_keep_second(&session.actor, &overview.addresses);
    let kept = offered || !second.is_empty() || !next.is_empty();
    Email {
        proved: shown(proved),
        waiting: shown(waiting),
        second: kept.then_some(Second { proved: second, waiting: next }),
        on: proved.or(waiting).is_some_and(|own| own.notices),
        sends: account_email::is_offered(state),
    }
}

/// "a…@example.com": enough to recognise one's own, too little to learn somebody's over a shoulder.
pub(super) fn partly_hidden(address: &str) -> String {
    let (name, domain) = address.split_once('@').unwrap_or((address, ""));
    let first: String = name.chars().take(1).collect();
    format!("{first}…@{domain}")
}

fn minutes(overview: &Overview, session: &Session, state: &WebState) -> u32 {
    let limits = &state.app().settings().sessions;
    let here = overview.sessions.iter().find(|row| Some(row.id) == session.actor.session);
    let shared = here.is_some_and(|row| row.shared_device);
    let seconds = limits.idle_s(session.role(), shared);
    u32::try_from(seconds / 60).unwrap_or_default()
}

fn devices(
    overview: &Overview,
    session: &Session,
    state: &WebState,
    locale: Locale,
) -> Vec<Device> {
    let app = state.app();
    let time = SiteTime::new(&app.settings().time_zone, app.now().micros());
    let mut all: Vec<Device> = overview
        .sessions
        .iter()
        .map(|row| {
            let here = Some(row.id) == session.actor.session;
            let key = if row.shared_device { "account-device-shared" } else { "account-device" };
            Device {
                name: locale.t(key),
                last_used: time.full(locale, row.last_seen_at.micros()),
                here,
                end: (!here).then(|| format!("{BASE}/sessions/{}/end", row.id)),
            }
        })
        .collect();
    all.sort_by_key(|device| !device.here);
    all
}

/// `GET /account`
pub async fn show(State(state): State<WebState>, session: Session) -> Result<Response> {
    let page = page(&state, &session, &[]).await?;
    Ok(pages::respond(StatusCode::OK, &page))
}

/// `GET` of an address that only takes a form: loaded again, it leads back.
pub async fn back(_: Session) -> Response {
    see(BASE)
}

/// A language as chosen.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LanguageForm {
    language: String,
}

/// `POST /account/language`
pub async fn set_language(
    State(state): State<WebState>,
    session: Session,
    Form(typed): Form<LanguageForm>,
) -> Result<Response> {
    let chosen = Locale::offered().find(|locale| locale.lang() == typed.language);
    let language = chosen.ok_or(Fault::Invalid(Vec::new()))?.lang();
    let current = session.current().ok_or(Fault::SignedOut)?;
    let (theme, single_keys) = (current.theme.clone(), current.single_keys);
    let save =
        move |cx: &mut app::Cx<'_, '_>| account::set_preferences(cx, language, &theme, single_keys);
    state.write(&session.actor, save).await?;
    Ok(see(SAVED))
}

/// A look as chosen.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LookForm {
    theme: String,
}

/// `POST /account/look`
pub async fn set_look(
    State(state): State<WebState>,
    session: Session,
    Form(typed): Form<LookForm>,
) -> Result<Response> {
    let theme = match typed.theme.as_str() {
        "system" => "auto",
        "light" => "light",
        "dark" => "dark",
        _ => return Err(Fault::Invalid(Vec::new())),
    };
    let current = session.current().ok_or(Fault::SignedOut)?;
    let (language, single_keys) = (current.language.clone(), current.single_keys);
    let save =
        move |cx: &mut app::Cx<'_, '_>| account::set_preferences(cx, &language, theme, single_keys);
    state.write(&session.actor, save).await?;
    Ok(see(SAVED))
}

/// Ticked channels.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticesForm {
    #[serde(default)]
    notice_email: bool,
}

/// `POST /account/notices`
pub async fn set_notices(
    State(state): State<WebState>,
    session: Session,
    Form(typed): Form<NoticesForm>,
) -> Result<Response> {
    state.write(&session.actor, move |cx| account::set_notices(cx, typed.notice_email)).await?;
    Ok(see(SAVED))
}

/// Whether others use the device.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SharedForm {
    #[serde(default)]
    shared: bool,
}

/// `POST /account/shared`
pub async fn set_shared(
    State(state): State<WebState>,
    session: Session,
    Form(typed): Form<SharedForm>,
) -> Result<Response> {
    state.write(&session.actor, move |cx| account::set_shared(cx, typed.shared)).await?;
    Ok(see(SAVED))
}

/// A change of password. `username` is there for password managers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasswordForm {
    #[serde(default, rename = "username")]
    _username: String,
    current_password: String,
    password: String,
    password_again: String,
}

/// `POST /account/password`
pub async fn set_password(
    State(state): State<WebState>,
    session: Session,
    Form(typed): Form<PasswordForm>,
) -> Result<Response> {
    let current = session.current().ok_or(Fault::SignedOut)?;
    let (actor, name, username) =
        (session.actor.clone(), current.name.clone(), current.username.clone());
    let change = NewPassword {
        current: Password::parse(&typed.current_password).ok(),
        new: Password::parse(&typed.password).ok(),
        same_twice: typed.password == typed.password_again,
    };
    let outcome = state
        .hash(move |app| account::change_password(app, &actor, &[&name, &username], &change))
        .await;
    match outcome {
        Ok(issued) => Ok(signed_in(&state, session.context(), issued, BASE).await),
        Err(app::Error::Invalid(faults)) => {
            let page = page(&state, &session, &faults).await?;
            Ok(pages::respond(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether the page comes right after enrolment.
#[derive(Deserialize)]
pub struct NewQuery {
    pub(super) new: Option<String>,
}

fn totp_form(session: &Session, set_up: SetUp, skip: &str, problem: Option<&str>) -> EnrolTotp {
    let chrome: Chrome = session.chrome(Place::Account);
    let chrome = match problem {
        Some(key) => chrome.with_problems(&[("code", key)]),
        None => chrome,
    };
    EnrolTotp {
        chrome,
        action: format!("{BASE}/totp"),
        uri: set_up.uri,
        secret: set_up.shown,
        skip: Some(skip.to_owned()),
    }
}

/// `GET /account/totp`: a new authenticator app, for who proved who they are within five minutes;
/// others sign in again first.
pub async fn show_totp(
    State(state): State<WebState>,
    session: Session,
    Query(query): Query<NewQuery>,
) -> Result<Response> {
    if !account::is_fresh(&session.actor, state.app().now()) {
        return Ok(see(&sign_in_address(Some("/account/totp"))));
    }
    let set_up = state.write(&session.actor, account::totp_set_up).await?;
    let skip = match query.new {
        Some(_) if account_email::waits(&state, &session).await? => "/account/email/code?new=1",
        Some(_) => home(session.role()),
        None => BASE,
    };
    Ok(pages::respond(StatusCode::OK, &totp_form(&session, set_up, skip, None)))
}

/// A code as typed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeForm {
    code: String,
}

/// `POST /account/totp`
pub async fn submit_totp(
    State(state): State<WebState>,
    session: Session,
    Form(typed): Form<CodeForm>,
) -> Result<Response> {
    if !account::is_fresh(&session.actor, state.app().now()) {
        return Ok(see(&sign_in_address(Some("/account/totp"))));
    }
    let actor = session.actor.clone();
    let outcome = state.block(move |app| account::totp_confirm(app, &actor, &typed.code)).await;
    match outcome {
        Ok(()) => Ok(see(BASE)),
        Err(app::Error::Invalid(_)) => {
            let set_up = state.write(&session.actor, account::totp_set_up).await?;
            let page = totp_form(&session, set_up, BASE, Some("problem-code"));
            Ok(pages::respond(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(error) => Err(error.into()),
    }
}

fn confirm(session: &Session, what: &str, action: String) -> Confirm {
    let locale = session.locale();
    let words = |part: &str| locale.t(&format!("confirm-{what}-{part}"));
    Confirm {
        chrome: session.chrome(Place::Account),
        title: words("title"),
        text: words("text"),
        action,
        fields: Vec::new(),
        reason: None,
        button: words("button"),
        back: BASE.to_owned(),
    }
}

/// `GET /account/sessions/end`
pub async fn ask_end_others(session: Session) -> Response {
    let page = confirm(&session, "sessions", format!("{BASE}/sessions/end"));
    pages::respond(StatusCode::OK, &page)
}

/// `POST /account/sessions/end`
pub async fn end_others(State(state): State<WebState>, session: Session) -> Result<Response> {
    state.write_reserved(&session.actor, account::end_other_sessions).await?;
    Ok(see("/account?done=sessions"))
}

/// `GET /account/sessions/{id}/end`
pub async fn ask_end(session: Session, Path(id): Path<String>) -> Result<Response> {
    let id: SessionId = id.parse().map_err(|_| Fault::NotFound)?;
    let page = confirm(&session, "session", format!("{BASE}/sessions/{id}/end"));
    Ok(pages::respond(StatusCode::OK, &page))
}

/// `POST /account/sessions/{id}/end`
pub async fn end_one(
    State(state): State<WebState>,
    session: Session,
    Path(id): Path<String>,
) -> Result<Response> {
    let id: SessionId = id.parse().map_err(|_| Fault::NotFound)?;
    state.write_reserved(&session.actor, move |cx| account::end_session(cx, id)).await?;
    Ok(see("/account?done=sessions"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_in_part() {
        assert_eq!(partly_hidden("ana@example.org"), "a…@example.org");
        assert_eq!(partly_hidden("é"), "é…@");
    }
}
