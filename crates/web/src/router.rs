//! Every route on one screen.
//!
//! Each line says method, address and handler. A handler that takes [`crate::extract::Session`] is for
//! signed-in people; the others are open and stand in the block that says so. `/livez` and `/readyz`
//! belong to the listener (`server`). Deliberately absent: route parameters that hold words, and
//! state-changing GETs.

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

use crate::error::Fault;
use crate::extract::Bearer;
use crate::fhir::{communication, metadata, patient};
use crate::middleware::{context, form, headers, outcome};
use crate::portal::{
    account, account_email, again, call, compose, duplicate, enrol, inbox, live, plan, prepared,
    reply, shelf, sign_in, thread, undo_address, urgent, who,
};
use crate::run::WebState;
use crate::staff::admin::{
    activation, dates, direct, directory, ending, ends, read_back, routing, safety, site_rules,
    team,
};
use crate::staff::{
    acts, admin, announce, away, bulk, calling, calls, closing, compose as start, contact,
    conversation, desk, flag, large, live as watch, merge, messages as letters, office, overview,
    pass, patient as patients, plan as plans, precision, questions, queue, refile, replies, roster,
    share, snooze, told,
};

/// The whole site.
pub fn router(state: WebState) -> Router {
    Router::new()
        .merge(portal(&state))
        .nest("/fhir/R4", fhir())
        .route("/assets/{*path}", get(crate::assets::serve))
        .layer(CompressionLayer::new())
        .layer(from_fn(headers::add))
        .with_state(state)
}

/// Pages for people.
fn portal(state: &WebState) -> Router<WebState> {
    let open = Router::new()
        .route("/sign-in", get(sign_in::show).post(sign_in::submit))
        .route("/sign-in/code", get(sign_in::show_code).post(sign_in::submit_code))
        .route("/signed-out", get(sign_in::signed_out))
        .route("/enrol", get(enrol::show).post(enrol::submit))
        .route("/enrol/totp", get(enrol::show_totp).post(enrol::submit_totp))
        .route("/undo-address/{token}", get(undo_address::show).post(undo_address::submit));
    let own = Router::new()
        .route("/sign-out", get(sign_in::nothing_to_see).post(sign_in::sign_out))
        .route("/account", get(account::show))
        .route("/account/language", get(account::back).post(account::set_language))
        .route("/account/look", get(account::back).post(account::set_look))
        .route("/account/notices", get(account::back).post(account::set_notices))
        .route("/account/shared", get(account::back).post(account::set_shared))
        .route("/account/password", get(account::back).post(account::set_password))
        .route("/account/email", get(account_email::show).post(account_email::set))
        .route("/account/email/code", get(account_email::show_code).post(account_email::prove))
        .route("/account/email/send", get(account_email::back).post(account_email::send))
        .route("/account/email/second", get(account_email::show).post(account_email::set))
        .route(
            "/account/email/second/code",
            get(account_email::show_code).post(account_email::prove),
        )
        .route("/account/email/second/send", get(account_email::back).post(account_email::send))
        .route(
            "/account/email/second/remove",
            get(account_email::ask_remove).post(account_email::remove),
        )
        .route("/account/totp", get(account::show_totp).post(account::submit_totp))
        .route("/account/sessions/end", get(account::ask_end_others).post(account::end_others))
        .route("/account/sessions/{id}/end", get(account::ask_end).post(account::end_one));
    Router::new()
        .merge(open)
        .merge(own)
        .route("/", get(inbox::show))
        .route("/helping", get(inbox::helping))
        .merge(messages())
        .merge(work())
        .route("/for/{patient}", get(inbox::with_slash))
        .route("/for/{patient}/", get(inbox::show))
        .nest("/for/{patient}", messages())
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn(form::guard))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(state.clone(), context::provide))
}

/// A patient's messages: at `/…` for oneself, at `/for/{patient}/…` for somebody one helps.
fn messages() -> Router<WebState> {
    Router::new()
        .route("/live", get(live::inbox))
        .route("/new", get(who::new).post(who::begin))
        .route("/drafts", get(shelf::drafts))
        .route("/drafts/{id}", get(compose::write))
        .route("/drafts/{id}/who", get(who::who).post(who::set_who))
        .route("/drafts/{id}/about", get(compose::about).post(compose::set_about))
        .route("/drafts/{id}/write", get(compose::write).post(compose::set_text))
        .route("/drafts/{id}/autosave", post(compose::autosave))
        .route("/drafts/{id}/check", get(compose::check))
        .route("/drafts/{id}/join", post(duplicate::join))
        .route("/drafts/{id}/send", post(compose::send))
        .route("/drafts/{id}/urgent", get(urgent::show).post(urgent::answer))
        .route("/drafts/{id}/urgent/said", post(urgent::say))
        .route("/drafts/{id}/urgent/beside", get(urgent::beside))
        .merge(asked_calls())
        .route("/drafts/{id}/sent", get(compose::sent))
        .route("/drafts/{id}/undo", post(compose::undo))
        .route("/drafts/{id}/delete", get(compose::ask_delete).post(compose::delete))
        .route("/drafts/{id}/offer", post(prepared::offer))
        .route("/drafts/{id}/offered", get(prepared::offered))
        .route("/drafts/{id}/withdraw", post(prepared::withdraw))
        .route("/prepared/{id}", get(prepared::show))
        .route("/prepared/{id}/take", post(prepared::take))
        .route("/prepared/{id}/decline", get(prepared::ask_decline).post(prepared::decline))
        .route("/plan", get(plan::show))
        .route("/search", get(shelf::show_search).post(shelf::run_search))
        .route("/search/{id}", get(shelf::results))
        .route("/threads/{id}", get(thread::show))
        .route("/threads/{id}/live", get(live::thread))
        .route("/threads/{id}/draft", post(reply::autosave))
        .route("/threads/{id}/reply", post(reply::send))
        .route("/threads/{id}/join", post(again::join))
        .route("/threads/{id}/sent", get(thread::sent))
        .route("/threads/{id}/unread", post(thread::unread))
        .route("/threads/{id}/follow-up", post(thread::follow_up))
        .route(
            "/threads/{id}/messages/{message}/correct",
            get(thread::show_correct).post(thread::correct),
        )
        .route(
            "/threads/{id}/messages/{message}/retract",
            get(thread::ask_retract).post(thread::retract),
        )
}

/// A call for who is not sure.
fn asked_calls() -> Router<WebState> {
    Router::new()
        .route("/drafts/{id}/call", get(call::show).post(call::ask))
        .route("/threads/{id}/call/number", get(call::show_number).post(call::set_number))
        .route("/threads/{id}/call/off", post(call::off))
}

/// The staff's work: lists, conversations, envelopes, patients, and the pages of the offices. For
/// anybody else these addresses do not exist.
fn work() -> Router<WebState> {
    Router::new()
        .route("/work", get(queue::show))
        .route("/work/live", get(watch::list))
        .route("/work/calls", get(calls::show))
        .route("/work/away", get(away::show).post(away::add))
        .route("/work/away/{id}/end", post(away::end))
        .route("/work/keys", get(desk::keys).post(desk::set_keys))
        .route("/work/drafts/{id}/undo", post(letters::undo))
        .route("/work/drafts/{id}/delete", post(letters::throw_away))
        .route("/work/envelopes/{id}", get(desk::envelope))
        .route("/work/envelopes/{id}/assign", post(desk::assign))
        .route("/work/envelopes/{id}/pass", post(pass::pass_envelope))
        .route("/work/threads/{id}", get(conversation::show))
        .nest("/work/threads/{id}", conversations())
        .merge(leads())
        .merge(several())
        .route("/patients", get(patients::find).post(patients::search))
        .route("/patients/{id}", get(patients::show))
        .route("/patients/{id}/threads/new", get(start::show))
        .route("/patients/{id}/threads", post(start::start))
        .route("/patients/{id}/told", get(told::show).post(told::enter))
        .route("/patients/{id}/told/autosave", post(told::autosave))
        .route("/billing", get(office::billing))
        .route("/access-log", get(office::log).post(office::find))
        .route("/admin", get(admin::people))
        .route("/admin/teams", get(directory::teams))
        .route("/admin/teams/new", get(directory::show_new_team).post(directory::add_team))
        .route("/admin/teams/{id}", get(directory::team))
        .route("/admin/teams/{id}/settings", get(team::settings).post(team::set))
        .route("/admin/teams/{id}/activate", post(activation::activate))
        .route("/admin/teams/{id}/roster", get(roster::show).post(roster::add))
        .route("/admin/teams/{id}/roster/remove", post(roster::remove))
        .route("/admin/teams/{id}/targets", post(team::add_target))
        .route("/admin/teams/{id}/direct", post(direct::set))
        .route("/admin/teams/{id}/targets/remove", post(team::remove_target))
        .route("/admin/sites", get(directory::sites))
        .route("/admin/teams/{id}/read-back", get(read_back::show).post(read_back::set))
        .merge(special_dates())
        .merge(urgency())
        .route("/admin/teams/{id}/end", get(ending::show).post(ending::end))
        .merge(routing_rules())
        .route("/admin/sites/new", get(directory::show_new_site).post(directory::add_site))
        .route("/admin/people/new", get(admin::show_new).post(admin::add))
        .route("/admin/people/{id}", get(admin::person))
        .nest("/admin/people/{id}", people())
}

/// The same step with several conversations, and taking a step back.
fn several() -> Router<WebState> {
    Router::new()
        .route("/work/acts", post(bulk::act))
        .route("/work/acts/{id}/undo", post(bulk::take_back))
}

/// What leads need.
fn leads() -> Router<WebState> {
    Router::new()
        .route("/work/overview", get(overview::show))
        .route("/work/equity", get(overview::equity_page))
        .route("/work/urgency", get(precision::show))
        .route("/work/replies", get(replies::list))
        .route("/work/replies/new", get(replies::show_new).post(replies::save))
        .route("/work/replies/{id}", get(replies::show).post(replies::save))
        .route("/work/replies/{id}/delete", post(replies::delete))
        .route("/work/announcements", get(announce::list))
        .route("/work/announcements/new", get(announce::show_new).post(announce::save))
        .route("/work/announcements/{id}", get(announce::show))
        .route("/work/announcements/{id}/edit", get(announce::edit))
        .route("/work/announcements/{id}/send", post(announce::send))
        .route("/work/announcements/{id}/stop", post(announce::stop))
        .route("/work/announcements/{id}/delete", post(announce::delete))
}

/// Every act in one conversation of the staff's.
fn conversations() -> Router<WebState> {
    Router::new()
        .route("/live", get(watch::thread))
        .route("/print", get(conversation::print))
        .route("/large", get(large::show))
        .route("/claim", post(acts::claim))
        .route("/release", post(acts::release))
        .route("/assign", post(acts::assign))
        .route("/pass", post(pass::pass))
        .route("/wait", post(acts::wait))
        .route("/close", post(closing::close))
        .route("/contact", get(contact::show).post(contact::record))
        .route("/calling", post(calling::calling))
        .route("/reopen", post(acts::reopen))
        .route("/level", post(acts::level))
        .route("/unread", post(acts::unread))
        .route("/reply", post(letters::reply))
        .route("/reply/autosave", post(letters::autosave))
        .route("/reply/insert", post(replies::insert))
        .route("/notes", post(letters::add_note))
        .route("/notes/autosave", post(letters::autosave_note))
        .route("/notes/{note}/promote", get(letters::ask_promote).post(letters::promote))
        .route("/messages/{message}/correct", post(letters::correct))
        .route("/messages/{message}/retract", post(letters::retract))
        .route("/questions/{question}", post(questions::decide))
        .merge(orders())
        .merge(flags())
        .merge(sharing())
}

/// What clinicians say of a flag of the urgency check.
fn flags() -> Router<WebState> {
    Router::new()
        .route("/messages/{message}/flag", get(flag::show).post(flag::take_back))
        .route("/messages/{message}/flag/again", post(flag::raise_again))
        .route("/messages/{message}/flag/rating", post(flag::rate))
}

/// Asking colleagues about a reply.
fn sharing() -> Router<WebState> {
    Router::new()
        .route("/shared/{draft}", get(share::show))
        .route("/shared/{draft}/ask", get(share::show_ask).post(share::ask))
        .route("/shared/{draft}/take", post(share::take))
        .route("/shared/{draft}/back", post(share::give_back))
        .route("/shared/{draft}/withdraw", post(share::withdraw))
}

/// Putting a conversation where it belongs.
fn orders() -> Router<WebState> {
    Router::new()
        .route("/merge", get(merge::show).post(merge::submit))
        .route("/snooze", post(snooze::put_off))
        .route("/unsnooze", post(snooze::take_back))
        .route("/move", get(refile::show).post(refile::submit))
        .route("/move/find", post(refile::find))
}

/// The special dates of a site or a team.
fn special_dates() -> Router<WebState> {
    Router::new()
        .route("/admin/sites/{id}/duty", post(dates::duty))
        .route("/admin/sites/{id}/dates", get(dates::list).post(dates::put))
        .route("/admin/sites/{id}/dates/remove", post(dates::remove))
        .route("/admin/sites/{id}/dates/import", post(dates::import))
        .route("/admin/teams/{id}/dates", get(dates::list).post(dates::put))
        .route("/admin/teams/{id}/dates/remove", post(dates::remove))
        .route("/admin/teams/{id}/dates/import", post(dates::import))
}

/// What the urgency check rests on: the site's numbers, the patients' limits.
fn urgency() -> Router<WebState> {
    Router::new()
        .route("/admin/sites/{id}/safety", get(safety::show).post(safety::set))
        .route("/admin/sites/{id}/rules", get(site_rules::show).post(site_rules::set))
        .route("/patients/{id}/plan", get(plans::show).post(plans::add))
        .route("/patients/{id}/plan/{limit}/end", post(plans::end))
}

/// Which team of a practice gets a new message.
fn routing_rules() -> Router<WebState> {
    Router::new()
        .route("/admin/routing", get(routing::list))
        .route("/admin/routing/{id}", get(routing::show))
        .route("/admin/routing/{id}/move", post(routing::move_rule))
        .route("/admin/routing/{id}/restore", post(routing::restore))
        .route("/admin/routing/{id}/rules/new", get(routing::new).post(routing::add))
        .route("/admin/routing/{id}/rules/{n}", get(routing::edit).post(routing::set))
        .route("/admin/routing/{id}/try", get(routing::show_try).post(routing::try_out))
}

/// What the administrator does with one log-in.
fn people() -> Router<WebState> {
    Router::new()
        .route("/enrol", post(admin::enrol))
        .route("/sign-out", post(admin::sign_out))
        .route("/enable", post(admin::enable))
        .route("/disable", get(ends::ask_disable).post(ends::disable))
        .route("/memberships", post(admin::add_membership))
        .route("/memberships/{team}/end", get(ends::ask_membership).post(ends::membership))
        .route("/grants/{grant}/end", get(ends::ask_grant).post(ends::grant))
}

/// The API for programs. Whoever has no token learns nothing of what exists.
fn fhir() -> Router<WebState> {
    Router::new()
        .route("/metadata", get(metadata::show))
        .route("/Communication", get(communication::search).post(communication::create))
        .route("/Communication/{id}", get(communication::read))
        .route("/Patient/{id}", get(patient::read))
        .fallback(|_: Bearer| not_found())
        .method_not_allowed_fallback(method_not_allowed)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(outcome::provide))
}

async fn not_found() -> Fault {
    Fault::NotFound
}

async fn method_not_allowed() -> Fault {
    Fault::Method
}

/// A panic is a fault of ours; its payload may quote what somebody wrote and is dropped.
#[allow(clippy::needless_pass_by_value, reason = "the layer hands it over")]
fn panicked(_: Box<dyn std::any::Any + Send + 'static>) -> Response {
    tracing::error!("a handler panicked");
    Fault::Internal.into_response()
}
