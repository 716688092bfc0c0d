//! `/admin/routing`: which team gets a new message. Every change is a new version with a reason.

mod rule;
mod trial;
mod words;

use app::admin::routing::{self, PracticeRules, Saved};
use app::{Cx, Error};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::ids::OrganizationId;
use domain::message::Line;
use domain::routing::Rule;
use http::StatusCode;
use serde::Deserialize;

pub use rule::{add, edit, new, set};
pub use trial::{show as show_try, try_out};

use crate::error::{Fault, Result};
use crate::extract::Form;
use crate::pages::staff::{PracticeRow, RoutingListPage, RoutingPage, RuleLine, VersionRow};
use crate::pages::{self, Chrome, Flash, FlashKind, Problem};
use crate::run::WebState;
use crate::staff::{Rail, Staff, desk, id, see, status};

/// The rail's link.
const RAIL: Rail = Rail::On("/admin/routing");

/// The practice of the address, and the rule's number in it.
#[derive(Debug, Deserialize)]
pub struct RoutingPath {
    id: String,
    #[serde(default)]
    n: String,
}

impl RoutingPath {
    fn practice(&self) -> Result<OrganizationId> {
        id(&self.id)
    }

    /// The place of the rule, from 0.
    fn place(&self) -> Result<usize> {
        let n: Option<usize> = self.n.parse().ok();
        n.and_then(|n| n.checked_sub(1)).ok_or(Fault::NotFound)
    }
}

fn address(practice: OrganizationId) -> String {
    format!("/admin/routing/{practice}")
}

/// `GET /admin/routing`
pub async fn list(State(state): State<WebState>, staff: Staff) -> Result<Response> {
    let (frame, found) = state
        .read(staff.actor(), |cx| {
            let found = routing::list(cx)?;
            Ok((app::staff::frame(cx)?, found))
        })
        .await?;
    let rows = found.into_iter().map(|line| PracticeRow {
        href: address(line.organization.id),
        name: line.organization.name,
        rules: u64::try_from(line.rules).unwrap_or(0),
        version: line.version,
        has_triage: line.has_triage,
    });
    let page = RoutingListPage {
        chrome: staff.chrome(),
        desk: desk(&staff, &frame, RAIL),
        rows: rows.collect(),
    };
    Ok(pages::respond(StatusCode::OK, &page))
}

/// `?version=…` of an old version, and what was just done.
#[derive(Debug, Default, Deserialize)]
pub struct ShowQuery {
    version: Option<i64>,
    done: Option<String>,
}

/// `GET /admin/routing/{id}`
pub async fn show(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<RoutingPath>,
    Query(query): Query<ShowQuery>,
) -> Result<Response> {
    let mut chrome = staff.chrome();
    chrome.flash = match query.done.as_deref() {
        Some("saved") => {
            Some(Flash { kind: FlashKind::Good, text: chrome.t("routing-done"), undo: None })
        }
        Some("changed") => {
            let text = chrome.t("routing-changed");
            Some(Flash { kind: FlashKind::Attention, text, undo: None })
        }
        _ => None,
    };
    page(&state, &staff, path.practice()?, query.version, chrome).await
}

async fn page(
    state: &WebState,
    staff: &Staff,
    practice: OrganizationId,
    version: Option<i64>,
    chrome: Chrome,
) -> Result<Response> {
    let (frame, found) = state
        .read(staff.actor(), move |cx| {
            let found = routing::show(cx, practice, version)?;
            Ok((app::staff::frame(cx)?, found))
        })
        .await?;
    let locale = staff.locale();
    let time = staff.time(state, &frame);
    let address = address(practice);
    let newest = found.version == found.latest;
    let lines = found.rules.iter().enumerate().map(|(place, rule)| {
        let words = words::rule(locale, rule, &found.teams);
        RuleLine {
            n: place + 1,
            when: words.when,
            to: words.to,
            more: words.more,
            wrong: if newest { words::wrong(locale, &found, place, rule) } else { Vec::new() },
            edit: newest.then(|| format!("{address}/rules/{}", place + 1)),
        }
    });
    let versions = found.versions.iter().map(|line| VersionRow {
        version: line.version,
        href: format!("{address}?version={}", line.version),
        at: time.full(locale, line.at.micros()),
        by: line.by.clone().unwrap_or_else(|| locale.t("routing-by-command")),
        reason: line.reason.clone(),
        current: line.version == found.version,
    });
    let shown = RoutingPage {
        desk: desk(staff, &frame, RAIL),
        title: found.organization.name.clone(),
        version: found.version,
        newest,
        otherwise: words::otherwise(locale, &found),
        rules: lines.collect(),
        versions: versions.collect(),
        address,
        chrome,
    };
    Ok(pages::respond(status(&shown.chrome), &shown))
}

/// What a change of a set came to.
enum Change {
    /// The set, and the sentence that says what was done.
    To(Vec<Rule>, String),
    /// There is nothing to do.
    Nothing,
}

/// Reads the newest rules, changes them and saves them as the next version, for forms without fields of
/// their own. What is wrong afterwards is said on the practice's page.
async fn change<F>(
    state: &WebState,
    staff: &Staff,
    practice: OrganizationId,
    version: i64,
    how: F,
) -> Result<Response>
where
    F: Fn(&mut Cx<'_, '_>, PracticeRules) -> app::Result<Change> + Send + Sync + 'static,
{
    let act = move |cx: &mut Cx<'_, '_>| {
        let known = routing::show(cx, practice, None)?;
        let Change::To(rules, said) = how(cx, known)? else {
            return Ok(None);
        };
        let reason = Line::parse(&said).map_err(|_| Error::field("reason", "empty"))?;
        routing::save(cx, practice, version, &rules, &reason).map(Some)
    };
    match state.write(staff.actor(), act).await {
        Ok(Some(Saved::Refused(faults))) => {
            let mut chrome = staff.chrome();
            for fault in faults {
                let field = fault.rule().map(|place| format!("rule-{}", place + 1));
                let text = words::fault(staff.locale(), fault);
                chrome.problems.push(Problem { field: field.unwrap_or_default(), text });
            }
            page(state, staff, practice, None, chrome).await
        }
        Ok(Some(Saved::As(_))) => Ok(see(&format!("{}?done=saved", address(practice)))),
        Ok(None) => Ok(see(&address(practice))),
        Err(Error::Conflict(_)) => Ok(see(&format!("{}?done=changed", address(practice)))),
        Err(error) => Err(error.into()),
    }
}

/// Which rule, and what becomes of it: `up`, `down` or `out`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MoveForm {
    version: i64,
    n: usize,
    way: String,
}

/// `POST /admin/routing/{id}/move`
pub async fn move_rule(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<RoutingPath>,
    Form(form): Form<MoveForm>,
) -> Result<Response> {
    let practice = path.practice()?;
    let (place, version) = (form.n.checked_sub(1).ok_or(Fault::NotFound)?, form.version);
    let locale = staff.locale();
    change(&state, &staff, practice, version, move |_, known| {
        let mut rules = known.rules;
        if place >= rules.len() {
            return Err(Error::NotFound);
        }
        let done = match form.way.as_str() {
            "up" if place > 0 => {
                rules.swap(place, place - 1);
                "routing-reason-up"
            }
            "down" if place + 1 < rules.len() => {
                rules.swap(place, place + 1);
                "routing-reason-down"
            }
            "out" => {
                rules.remove(place);
                "routing-reason-out"
            }
            _ => return Ok(Change::Nothing),
        };
        Ok(Change::To(rules, locale.t1(done, "n", form.n)))
    })
    .await
}

/// Which version.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RestoreForm {
    version: i64,
}

/// `POST /admin/routing/{id}/restore`: the rules of an old version become the next one.
pub async fn restore(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<RoutingPath>,
    Form(form): Form<RestoreForm>,
) -> Result<Response> {
    let practice = path.practice()?;
    let locale = staff.locale();
    let old = form.version;
    let latest =
        state.read(staff.actor(), move |cx| Ok(routing::show(cx, practice, None)?.latest)).await?;
    change(&state, &staff, practice, latest, move |cx, _| {
        let rules = routing::show(cx, practice, Some(old))?.rules;
        Ok(Change::To(rules, locale.t1("routing-reason-restore", "n", old)))
    })
    .await
}
