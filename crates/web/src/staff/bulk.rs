//! The same step with many conversations, and taking a step back: `POST /work/acts` and
//! `POST /work/acts/{id}/undo`. The page that comes after says what became of them.
//!
//! Deliberately absent: any rule of what may be done (`app::act`).

use app::act::bulk::{self, Bulk, Step};
use app::act::{self, Missed, Shown, undo};
use app::{Conflict, Error};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::access::Role;
use domain::ids::{CareTeamId, Id, PersonId, ThreadId, WorkActId};
use domain::message::{ClientMsgId, Line, Side};
use domain::pass::PassReason;
use domain::work_item::{Level, Outcome, Said};
use serde::Deserialize;

use super::conflict::conflict;
use super::{
    From, FromQuery, Staff, id, pass, queue, see, snooze, thread_address, with_done, words,
};
use crate::error::{Fault, Result};
use crate::extract::Form;
use crate::i18n::Locale;
use crate::pages::staff::{BulkBar, Choice, ConflictKind};
use crate::pages::{Chrome, Flash, FlashKind};
use crate::run::WebState;

/// What is done with the chosen rows of a list.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BulkForm {
    #[serde(default)]
    key: String,
    #[serde(default)]
    act: String,
    /// `THREAD.VERSION`, as each row was shown.
    #[serde(default)]
    chosen: Vec<String>,
    #[serde(default)]
    list: String,
    #[serde(default)]
    person: String,
    #[serde(default)]
    until: String,
    #[serde(default)]
    date: String,
    #[serde(default)]
    level: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    outcome: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    why: String,
}

/// The value of a row's box.
pub fn pick(thread: ThreadId, version: i64) -> String {
    format!("{thread}.{version}")
}

fn picked(text: &str) -> Option<(ThreadId, i64)> {
    let (thread, version) = text.split_once('.')?;
    Some((ThreadId::parse(thread).ok()?, version.parse().ok()?))
}

/// The step that the form asks for, or what is wrong with its fields.
async fn step(state: &WebState, staff: &Staff, form: &BulkForm) -> Result<app::Result<Step>> {
    let step = match form.act.as_str() {
        "claim" => Ok(Step::Claim),
        "assign" => PersonId::parse(&form.person)
            .map(Step::Assign)
            .map_err(|_| Error::field("person", "unknown")),
        "snooze" => snooze::moment_of(state, staff, &form.until, &form.date)
            .await?
            .map(Step::Snooze)
            .ok_or_else(|| Error::field("snooze", "empty")),
        "level" => level(form),
        "close" => Outcome::from_code(&form.outcome)
            .filter(|outcome| outcome.said() == Said::Nothing)
            .map(Step::Close)
            .ok_or_else(|| Error::field("outcome", "empty")),
        "pass" => match (CareTeamId::parse(&form.to), PassReason::from_code(&form.why)) {
            (Ok(to), Some(why)) => Ok(Step::Pass(to, why)),
            (Err(_), _) => Err(Error::field("to", "unknown")),
            (_, None) => Err(Error::field("why", "empty")),
        },
        _ => Err(Error::field("act", "empty")),
    };
    Ok(step)
}

fn level(form: &BulkForm) -> app::Result<Step> {
    let level = form.level.parse().ok().and_then(Level::new);
    let level = level.ok_or_else(|| Error::field("level", "unknown"))?;
    let reason = match form.reason.trim() {
        "" => None,
        text => Some(Line::parse(text).map_err(|error| Error::text("reason", error))?),
    };
    Ok(Step::Level(level, reason))
}

/// `POST /work/acts`
pub async fn act(
    State(state): State<WebState>,
    staff: Staff,
    Form(form): Form<BulkForm>,
) -> Result<Response> {
    let from = From::parse(&form.list).ok_or(Fault::NotFound)?;
    state.read(staff.actor(), move |cx| app::staff::watch::team(cx, from.team)).await?;
    let chosen: Option<Vec<(ThreadId, i64)>> =
        form.chosen.iter().map(|text| picked(text)).collect();
    let (Some(chosen), Ok(key)) = (chosen, ClientMsgId::parse(&form.key)) else {
        return Err(Fault::Invalid(Vec::new()));
    };
    let step = match step(&state, &staff, &form).await? {
        Ok(step) => step,
        Err(error) => return again(&state, &staff, from, &form, error).await,
    };
    let actor = staff.actor().clone();
    let bulk = Bulk { key, step, chosen };
    match state.block(move |app| bulk::run(app, &actor, &bulk)).await {
        Ok(act) => Ok(see(&format!("{}&done=acts&act={act}", from.href()))),
        Err(error) => again(&state, &staff, from, &form, error).await,
    }
}

/// The list once more, with what is wrong and the chosen rows still chosen.
async fn again(
    state: &WebState,
    staff: &Staff,
    from: From,
    form: &BulkForm,
    error: Error,
) -> Result<Response> {
    let Error::Invalid(faults) = error else { return Err(error.into()) };
    queue::again(state, staff, from, &faults, &form.chosen).await
}

/// The act of an address.
#[derive(Debug, Deserialize)]
pub struct ActPath {
    id: String,
}

/// `POST /work/acts/{id}/undo`
pub async fn take_back(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<ActPath>,
    Query(query): Query<FromQuery>,
    Form(_): Form<NoFields>,
) -> Result<Response> {
    let act: WorkActId = id(&path.id)?;
    let shown = state.read(staff.actor(), move |cx| act::show(cx, act, None)).await?;
    let only = shown.ok_or(Fault::NotFound)?.only;
    let from = query.from();
    let actor = staff.actor().clone();
    let done = state.block(move |app| undo::run(app, &actor, act)).await;
    let kind = match done {
        Ok(()) => return Ok(see(&back(&staff, from, only, &format!("undone&act={act}")))),
        Err(Error::Conflict(Conflict::TooLate)) => ConflictKind::TooLate,
        Err(Error::Conflict(_)) => ConflictKind::Changed,
        Err(error) => return Err(error.into()),
    };
    conflict(&state, &staff, kind, None, back(&staff, from, only, "")).await
}

/// A form without fields of its own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoFields {}

/// Where an act was taken: the conversation, when it was one alone, or the list.
fn back(staff: &Staff, from: Option<From>, only: Option<ThreadId>, done: &str) -> String {
    let done = if done.is_empty() { String::new() } else { format!("done={done}") };
    match (only.filter(|_| staff.0.role() != Role::Desk), from) {
        (Some(thread), Some(from)) => format!("{}&{done}", from.thread(thread)),
        (Some(thread), None) => format!("{}?{done}", thread_address(thread, "", "")),
        (None, Some(from)) => format!("{}&{done}", from.href()),
        (None, None) => format!("/work?{done}"),
    }
}

/// Says what was just done, with the form that takes it back while that can be done; and of several what
/// was not done, a line each.
pub(super) async fn said(
    state: &WebState,
    staff: &Staff,
    chrome: Chrome,
    query: &FromQuery,
) -> Result<(Chrome, Vec<String>)> {
    let (done, from) = (query.done.as_deref(), query.from());
    let act = query.act.as_deref().and_then(|act| WorkActId::parse(act).ok());
    let shown = match act {
        Some(act) => {
            let team = from.map(|from| from.team);
            state.read(staff.actor(), move |cx| act::show(cx, act, team)).await?
        }
        None => None,
    };
    let (Some(act), Some(shown)) = (act, shown) else {
        return Ok((with_done(chrome, done), Vec::new()));
    };
    let locale = chrome.locale;
    let mut chrome = with_done(chrome, done);
    let (kind, text) = sentence(locale, &shown, done);
    let query = from.map(From::query).unwrap_or_default();
    let undo =
        (shown.seconds > 0).then(|| (format!("/work/acts/{act}/undo{query}"), shown.seconds));
    let text = text.or_else(|| chrome.flash.take().map(|flash| flash.text));
    chrome.flash = text.map(|text| Flash { kind, text, undo });
    Ok((chrome, missed(locale, shown.missed)))
}

/// What became of an act; no text of its own for one step that stands.
fn sentence(locale: Locale, shown: &Shown, done: Option<&str>) -> (FlashKind, Option<String>) {
    let n = shown.done;
    let (kind, text) = match (shown.row.is_bulk, shown.undone) {
        (false, 0) => return (FlashKind::Good, None),
        (false, _) => (FlashKind::Info, locale.t("bulk-undone-one")),
        (true, 0) if done == Some("undone") => (FlashKind::Attention, locale.t("bulk-undone-none")),
        (true, 0) if n == 0 => (FlashKind::Attention, locale.t("bulk-done-none")),
        (true, 0) => {
            (FlashKind::Good, locale.t1(&format!("bulk-done-{}", shown.row.kind.code()), "n", n))
        }
        (true, undone) => (FlashKind::Info, locale.t1("bulk-undone", "n", undone)),
    };
    (kind, Some(text))
}

/// What was not done and why, each by name; those that are not the reader's to know together.
fn missed(locale: Locale, missed: Vec<Missed>) -> Vec<String> {
    let unnamed = missed.iter().filter(|one| one.entry.is_none()).count();
    let mut lines: Vec<String> = missed.iter().filter_map(|one| line(locale, one)).collect();
    if unnamed > 0 {
        lines.push(locale.t1("bulk-missed-unnamed", "n", unnamed));
    }
    lines
}

fn line(locale: Locale, missed: &Missed) -> Option<String> {
    let entry = missed.entry.as_ref()?;
    let what = if entry.headline.is_empty() {
        let reference = words::reference(missed.thread);
        locale.t2("bulk-what-envelope", "reference", reference, "name", &entry.patient_name)
    } else if entry.patient_name.is_empty() {
        locale.t1("bulk-what", "headline", &entry.headline)
    } else {
        locale.t2("bulk-what-of", "headline", &entry.headline, "name", &entry.patient_name)
    };
    let specific = format!("bulk-why-{}", missed.why);
    let why = match &missed.last {
        _ if missed.why != "changed" => {
            locale.t(if locale.has(&specific) { &specific } else { "bulk-why-refused" })
        }
        Some(last) if entry.last_at <= last.at => {
            let by = missed.by.clone().unwrap_or_else(|| locale.t("staff-who-system"));
            words::step_words(locale, last.kind, by, missed.to.as_deref())
                .unwrap_or_else(|| locale.t("bulk-why-changed"))
        }
        _ if entry.last_side == Side::Patient && !entry.from.is_empty() => {
            locale.t1("bulk-why-wrote", "name", &entry.from)
        }
        _ => locale.t("bulk-why-changed"),
    };
    Some(locale.t2("bulk-missed", "what", what, "why", why))
}

/// What can be done with several rows of a list of the reader's.
pub(super) fn bar(locale: Locale, from: From, offers: act::Offers) -> BulkBar {
    let members = offers
        .colleagues
        .iter()
        .map(|colleague| Choice {
            value: colleague.person.to_string(),
            text: colleague.name.clone(),
            chosen: false,
        })
        .collect();
    let quiet = Outcome::ALL.iter().filter(|outcome| outcome.said() == Said::Nothing);
    let outcomes = quiet
        .map(|outcome| Choice {
            value: outcome.code().to_owned(),
            text: locale.t(&format!("staff-outcome-{}", outcome.code())),
            chosen: false,
        })
        .collect();
    BulkBar {
        key: offers.key,
        list: from.text(),
        handles: offers.handles,
        members,
        passes: super::conversation::choices(&offers.targets),
        reasons: pass::reasons(locale).into_iter().skip(1).collect(),
        outcomes,
    }
}
