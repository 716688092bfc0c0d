//! What staff do with work: one form, one operation each. An act on an old version of the page is
//! stopped and says what happened meanwhile.

use app::{Cx, Error, act, work};
use axum::extract::{Path, State};
use axum::response::Response;
use domain::ids::{Id, PersonId, ThreadId, WorkActId};
use domain::message::Line;
use domain::thread::Ladder;
use domain::work_act::ActKind;
use domain::work_item::{Level, WorkState};
use http::StatusCode;
use serde::Deserialize;

use super::conversation::{self, ThreadPath, Typed, owner_item};
use super::{From, Rail, Staff, desk, is_stale, see, thread_address, with_faults, words};
use crate::error::{Fault, Result};
use crate::extract::Form;
use crate::pages;
use crate::pages::staff::{ConfirmPage, ConflictKind, ConflictPage, Hidden};
use crate::run::WebState;

/// What every form of an act carries: the version it was made for, and the list the page came from.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActForm {
    pub(super) version: Option<i64>,
    #[serde(default)]
    pub(super) list: String,
}

/// Runs an act, then leads back to the conversation, or says why nothing was done.
pub(super) async fn run<F>(
    state: &WebState,
    staff: &Staff,
    thread: ThreadId,
    list: &str,
    done: &str,
    act: F,
) -> Result<Response>
where
    F: for<'t> Fn(&mut Cx<'_, 't>) -> app::Result<()> + Send + Sync + 'static,
{
    match state.write(staff.actor(), act).await {
        Ok(()) => Ok(see(&thread_address(thread, list, done))),
        Err(error) => refused(state, staff, thread, list, error).await,
    }
}

/// [`run`] for a step that can be taken back: the page after it offers that for some seconds.
pub(super) async fn run_undoable<F>(
    state: &WebState,
    staff: &Staff,
    thread: ThreadId,
    list: &str,
    (done, kind): (&str, ActKind),
    act: F,
) -> Result<Response>
where
    F: for<'t> Fn(&mut Cx<'_, 't>) -> app::Result<()> + Send + Sync + 'static,
{
    let act = move |cx: &mut Cx<'_, '_>| act::single(cx, kind, thread, &act);
    match state.write(staff.actor(), act).await {
        Ok(((), act)) => Ok(see(&thread_address(thread, list, &done_with(done, act)))),
        Err(error) => refused(state, staff, thread, list, error).await,
    }
}

/// What was done, as an address says it, with the act that takes it back.
pub(super) fn done_with(done: &str, act: Option<WorkActId>) -> String {
    act.map_or_else(|| done.to_owned(), |act| format!("{done}&act={act}"))
}

pub(super) async fn refused(
    state: &WebState,
    staff: &Staff,
    thread: ThreadId,
    list: &str,
    error: Error,
) -> Result<Response> {
    match error {
        Error::Conflict(_) => stale(state, staff, thread, list, None).await,
        Error::Forbidden => passed_on(state, staff, thread, list, None).await,
        Error::Invalid(faults) => {
            let chrome = with_faults(staff.chrome(), &faults);
            conversation::again(state, staff, thread, list, chrome, Typed::default()).await
        }
        other => Err(other.into()),
    }
}

/// Somebody was faster: what happened, by whom, and what the reader had written.
pub async fn stale(
    state: &WebState,
    staff: &Staff,
    thread: ThreadId,
    list: &str,
    written: Option<String>,
) -> Result<Response> {
    let opened = conversation::open(state, staff, thread, None, 1).await?;
    let view = &opened.conversation.view;
    let item = owner_item(&opened.conversation);
    let other = item.is_some_and(|item| {
        item.state == WorkState::Claimed && item.assignee != Some(staff.0.person)
    });
    let kind = match &view.ladder {
        Ladder::Closed(..) => ConflictKind::Closed,
        _ if view.kind.with_patient() && !opened.conversation.own_team => ConflictKind::Moved,
        _ if other => ConflictKind::Claimed,
        _ => ConflictKind::Changed,
    };
    Ok(told(state, staff, &opened, (kind, StatusCode::CONFLICT), written, thread, list))
}

/// An act that is not the reader's: when another team has the work, the page says so and gives back what
/// was written; else it is a plain refusal.
pub async fn passed_on(
    state: &WebState,
    staff: &Staff,
    thread: ThreadId,
    list: &str,
    written: Option<String>,
) -> Result<Response> {
    let opened = conversation::open(state, staff, thread, None, 1).await?;
    if !opened.conversation.view.kind.with_patient() || opened.conversation.own_team {
        return Err(Fault::Forbidden);
    }
    let why = (ConflictKind::Moved, StatusCode::FORBIDDEN);
    Ok(told(state, staff, &opened, why, written, thread, list))
}

fn told(
    state: &WebState,
    staff: &Staff,
    opened: &conversation::Opened,
    (kind, status): (ConflictKind, StatusCode),
    written: Option<String>,
    thread: ThreadId,
    list: &str,
) -> Response {
    let view = &opened.conversation.view;
    let time = staff.time(state, &opened.frame);
    let by = view.custody.last().and_then(|step| {
        let at = time.full(staff.locale(), step.at.micros());
        step.by.clone().map(|by| (by, at))
    });
    let page = ConflictPage {
        chrome: staff.chrome(),
        desk: desk(staff, &opened.frame, Rail::On("")),
        kind,
        by,
        written,
        back: thread_address(thread, list, ""),
    };
    pages::respond(status, &page)
}

/// `POST …/claim`
pub async fn claim(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<ThreadPath>,
    Form(form): Form<ActForm>,
) -> Result<Response> {
    let (id, version) = (path.id()?, form.version);
    let act = move |cx: &mut Cx<'_, '_>| work::claim(cx, id, version);
    run_undoable(&state, &staff, id, &form.list, ("claimed", ActKind::Claim), act).await
}

/// `POST …/release`
pub async fn release(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<ThreadPath>,
    Form(form): Form<ActForm>,
) -> Result<Response> {
    let (id, version) = (path.id()?, form.version);
    let act = move |cx: &mut Cx<'_, '_>| work::release(cx, id, version);
    run_undoable(&state, &staff, id, &form.list, ("released", ActKind::Release), act).await
}

/// `POST …/wait`
pub async fn wait(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<ThreadPath>,
    Form(form): Form<ActForm>,
) -> Result<Response> {
    let (id, version) = (path.id()?, form.version);
    let act = move |cx: &mut Cx<'_, '_>| work::wait(cx, id, version);
    run_undoable(&state, &staff, id, &form.list, ("waiting", ActKind::Wait), act).await
}

/// `POST …/reopen`
pub async fn reopen(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<ThreadPath>,
    Form(form): Form<ActForm>,
) -> Result<Response> {
    let id = path.id()?;
    run(&state, &staff, id, &form.list, "reopened", move |cx| work::reopen(cx, id)).await
}

/// `POST …/unread`: only the reader's own mark changes.
pub async fn unread(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<ThreadPath>,
    Form(form): Form<ActForm>,
) -> Result<Response> {
    let id = path.id()?;
    state.write(staff.actor(), move |cx| app::thread::mark_unread(cx, id)).await?;
    let list =
        From::parse(&form.list).map_or_else(|| "/work?".to_owned(), |from| from.href() + "&");
    Ok(see(&format!("{list}done=unread")))
}

/// To whom.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssignForm {
    #[serde(default)]
    person: String,
    version: Option<i64>,
    #[serde(default)]
    list: String,
}

impl AssignForm {
    /// The member, or what is wrong with the field.
    pub(super) fn person(&self) -> app::Result<PersonId> {
        PersonId::parse(&self.person).map_err(|_| Error::field("person", "unknown"))
    }

    /// The version the form was made for.
    pub(super) const fn version(&self) -> Option<i64> {
        self.version
    }
}

/// `POST …/assign`
pub async fn assign(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<ThreadPath>,
    Form(form): Form<AssignForm>,
) -> Result<Response> {
    let (id, version) = (path.id()?, form.version);
    let to = match form.person() {
        Ok(to) => to,
        Err(error) => return refused(&state, &staff, id, &form.list, error).await,
    };
    let act = move |cx: &mut Cx<'_, '_>| work::assign(cx, id, to, None, version);
    run_undoable(&state, &staff, id, &form.list, ("assigned", ActKind::Assign), act).await
}

/// Which level, and why when it is lower.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelForm {
    level: i64,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    confirm: String,
    version: Option<i64>,
    #[serde(default)]
    list: String,
}

/// `POST …/level`
pub async fn level(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<ThreadPath>,
    Form(form): Form<LevelForm>,
) -> Result<Response> {
    let (id, version) = (path.id()?, form.version);
    let level = Level::new(form.level).ok_or_else(|| Fault::Invalid(Vec::new()))?;
    let reason = match form.reason.trim() {
        "" => None,
        text => match Line::parse(text) {
            Ok(line) => Some(line),
            Err(error) => {
                return why_lower(&state, &staff, id, &form, &Error::text("reason", error)).await;
            }
        },
    };
    let act = move |cx: &mut Cx<'_, '_>| {
        act::single(cx, ActKind::Level, id, |cx| {
            work::set_level(cx, id, level, reason.as_ref(), version)
        })
    };
    match state.write(staff.actor(), act).await {
        Ok(((), act)) => Ok(see(&thread_address(id, &form.list, &done_with("level", act)))),
        Err(error) if is_stale(&error) => stale(&state, &staff, id, &form.list, None).await,
        Err(error @ Error::Invalid(_)) => why_lower(&state, &staff, id, &form, &error).await,
        Err(Error::Forbidden) => passed_on(&state, &staff, id, &form.list, None).await,
        Err(error) => Err(error.into()),
    }
}

/// Asks a clinician why the level goes down.
async fn why_lower(
    state: &WebState,
    staff: &Staff,
    id: ThreadId,
    form: &LevelForm,
    error: &Error,
) -> Result<Response> {
    let frame = state.read(staff.actor(), app::staff::frame).await?;
    let locale = staff.locale();
    let asked = form.confirm == "yes";
    let chrome = match error {
        Error::Invalid(faults) if asked => with_faults(staff.chrome(), faults),
        _ => staff.chrome(),
    };
    let name = locale.t(words::level(form.level).key());
    let hidden = |name: &str, value: String| Hidden { name: name.to_owned(), value };
    let version = form.version.map(|version| version.to_string()).unwrap_or_default();
    let page = ConfirmPage {
        desk: desk(staff, &frame, Rail::On("")),
        title: locale.t1("staff-lower-title", "level", name),
        consequences: vec![locale.t("staff-lower-why")],
        action: format!("/work/threads/{id}/level"),
        hidden: vec![
            hidden("level", form.level.to_string()),
            hidden("version", version),
            hidden("list", form.list.clone()),
        ],
        button: locale.t("staff-lower-go"),
        grave: false,
        asks_reason: true,
        reason: form.reason.clone(),
        back: thread_address(id, &form.list, ""),
        chrome,
    };
    let status = if asked { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(pages::respond(status, &page))
}
