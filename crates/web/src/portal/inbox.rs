//! `/` and `/for/{patient}/`: the list of conversations; `/helping`: whom to help.

use app::inbox;
use axum::extract::{Query, State};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::ids::{Id, ThreadId};
use domain::message::Side;
use domain::time::Timestamp;
use http::StatusCode;
use serde::Deserialize;

use super::subject::Subject;
use super::words::{hear, ladder, safety_for_writing, site_time};
use super::{call, see};
use crate::error::{Fault, Result};
use crate::extract::Session;
use crate::pages::inbox::{Filter, FilterLink, Inbox, InboxRow};
use crate::pages::prepared::PreparedNote;
use crate::pages::shelf::{Helped, Helping};
use crate::pages::{self, Place};
use crate::run::WebState;

/// Conversations on a page.
const PAGE: i64 = 25;

/// `?show=turn|closed`, `?before=…`.
#[derive(Debug, Default, Deserialize)]
pub struct ListQuery {
    show: Option<String>,
    before: Option<String>,
}

/// A place in the list as it stands in an address: no word, only a moment and an id.
fn cursor(after: app::inbox::After) -> String {
    URL_SAFE_NO_PAD.encode(format!("{} {}", after.last_at.micros(), after.thread))
}

fn read_cursor(text: &str) -> Option<app::inbox::After> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (at, thread) = text.split_once(' ')?;
    Some(app::inbox::After {
        last_at: Timestamp::from_micros(at.parse().ok()?),
        thread: ThreadId::parse(thread).ok()?,
    })
}

/// `GET /`
pub async fn show(
    State(state): State<WebState>,
    subject: Subject,
    Query(query): Query<ListQuery>,
) -> Result<Response> {
    let filter = match query.show.as_deref() {
        None => Filter::Open,
        Some("turn") => Filter::YourTurn,
        Some("closed") => Filter::Closed,
        Some(_) => return Err(Fault::NotFound),
    };
    let after = match query.before.as_deref() {
        None => app::inbox::After::start(),
        Some(text) => read_cursor(text).ok_or(Fault::NotFound)?,
    };
    let asked = match filter {
        Filter::Open => app::inbox::Filter::Open,
        Filter::YourTurn => app::inbox::Filter::Turn,
        Filter::Closed => app::inbox::Filter::Closed,
    };
    let patient = subject.patient;
    let (page, has_plan) = state
        .read(&subject.session.actor, move |cx| {
            Ok((
                inbox::list(cx, patient, asked, after, PAGE)?,
                app::plan_limit::has_any(cx, patient)?,
            ))
        })
        .await?;
    let base = match filter {
        Filter::Open => subject.at("/"),
        Filter::YourTurn => subject.at("/?show=turn"),
        Filter::Closed => subject.at("/?show=closed"),
    };
    let older = page.next.map(|next| {
        let joint = if base.contains('?') { '&' } else { '?' };
        format!("{base}{joint}before={}", cursor(next))
    });
    let mut chrome = subject.chrome(Place::Inbox);
    chrome.live = Some(subject.at("/live"));
    let (time, now) = (site_time(&state), state.app().now());
    let locale = chrome.locale;
    let reader = subject.session.current().map(|current| current.name.clone()).unwrap_or_default();
    let rows = page
        .items
        .into_iter()
        .map(|item| {
            let mine = item.last_side == Side::Patient && item.from == reader;
            InboxRow {
                href: subject.at(&format!("/threads/{}", item.thread)),
                thread: item.thread.to_string(),
                seq: item.last_seq,
                unread: item.unread,
                from: (!mine).then_some(item.from),
                when: time.short(locale, item.last_at.micros()),
                headline: item.headline,
                preview: item.preview,
                // One moment is enough: that of the call comes first.
                hear: (item.hear.filter(|_| item.call.is_none()))
                    .and_then(|forecast| hear(&time, locale, forecast, now)),
                ladder: ladder(&item.ladder, &item.team, (None, None), item.asked),
                team: item.team,
                files: 0,
                draft: false,
                call: item.call.map(|call| call::on_row(&state, locale, &call)),
            }
        })
        .collect();
    let link = |filter, path: &str, count| FilterLink { filter, href: subject.at(path), count };
    let team = page.team;
    let prepared = (page.prepared > 0).then(|| PreparedNote {
        text: locale.t1("prepared-waiting", "count", page.prepared),
        href: subject.at("/drafts"),
        link: locale.t("prepared-look"),
    });
    let prepared = prepared.into_iter().collect();
    let removed = page
        .removed
        .iter()
        .map(|at| locale.t1("inbox-removed", "date", time.day(locale, at.micros()).text));
    let removed = removed.collect();
    let page = Inbox {
        chrome,
        filter,
        filters: vec![
            link(Filter::Open, "/", None),
            link(Filter::YourTurn, "/?show=turn", u32::try_from(page.turn).ok()),
            link(Filter::Closed, "/?show=closed", None),
        ],
        prepared,
        removed,
        rows,
        older,
        newest: query.before.is_some().then_some(base),
        promise_days: team.as_ref().map(|team| promise_days(team.answer_minutes)),
        safety: safety_for_writing(&state, &subject, team.as_ref()).await?,
        plan: has_plan.then(|| subject.at("/plan")),
    };
    Ok(pages::respond(StatusCode::OK, &page))
}

/// Minutes of answer time in days, rounded up: at least one.
fn promise_days(minutes: i64) -> u32 {
    u32::try_from(minutes.saturating_add(1_439) / 1_440).unwrap_or(1).max(1)
}

/// `GET /helping`
pub async fn helping(State(state): State<WebState>, session: Session) -> Result<Response> {
    if session.role().is_staff() {
        return Err(Fault::NotFound);
    }
    let helped = state.read(&session.actor, app::circle::helped).await?;
    let chrome = session.chrome(Place::Elsewhere);
    let own = helped.iter().any(|helped| helped.own).then(|| "/".to_owned());
    let mut people = Vec::new();
    for helped in helped.into_iter().filter(|helped| !helped.own) {
        let patient = helped.patient;
        let unread = state.read(&session.actor, move |cx| inbox::count_unread(cx, patient)).await?;
        people.push(Helped {
            may: chrome.t(match helped.rights.as_str() {
                "write" => "helping-may-all",
                "draft" => "helping-may-draft",
                _ => "helping-may-read",
            }),
            href: format!("/for/{patient}/"),
            name: helped.name,
            unread: u32::try_from(unread).unwrap_or(0),
        });
    }
    Ok(pages::respond(StatusCode::OK, &Helping { chrome, people, own }))
}

/// `GET /for/{patient}`: the same with the slash that its links count on.
pub async fn with_slash(subject: Subject) -> Response {
    see(&subject.at("/"))
}
