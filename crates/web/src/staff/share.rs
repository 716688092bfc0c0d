//! Asking a colleague about a reply, and deciding about a colleague's.

use app::share::{self, Line, Seen, ShareState, Shared};
use app::{Error, FieldError, draft};
use axum::extract::{Path, State};
use axum::response::Response;
use domain::ids::{DraftId, PersonId, ThreadId};
use serde::Deserialize;

use super::conflict::conflict;
use super::words::paragraphs;
use super::{Rail, Staff, desk, id, see};
use crate::error::Result;
use crate::extract::Form;
use crate::i18n::Locale;
use crate::pages::staff::{Choice, ConflictKind, ShareAskPage, SharedActs, SharedPage, UnsentRow};
use crate::pages::{self, Chrome, Problem};
use crate::run::WebState;

/// A draft of a conversation.
#[derive(Debug, Deserialize)]
pub struct SharePath {
    id: String,
    draft: String,
}

impl SharePath {
    fn ids(&self) -> Result<(ThreadId, DraftId)> {
        Ok((id(&self.id)?, id(&self.draft)?))
    }
}

fn address(thread: ThreadId, draft: DraftId) -> String {
    format!("/work/threads/{thread}/shared/{draft}")
}

/// Where a reply that was just kept is asked about.
pub(super) fn ask_address(thread: ThreadId, draft: DraftId) -> String {
    format!("{}/ask", address(thread, draft))
}

/// The lines that point to drafts somebody asked about.
pub(super) fn lines(locale: Locale, found: Vec<Line>) -> Vec<UnsentRow> {
    let row = |line: Line| UnsentRow {
        text: words(locale, line.mine, line.state, &line.name),
        href: address(line.thread, line.draft),
    };
    found.into_iter().map(row).collect()
}

fn words(locale: Locale, mine: bool, state: ShareState, name: &str) -> String {
    match (mine, state) {
        (true, ShareState::Asked) if name.is_empty() => locale.t("share-line-own-anyone"),
        (true, ShareState::Asked) => locale.t1("share-line-own", "name", name),
        (true, ShareState::Taken) => locale.t1("share-line-taken", "name", name),
        (true, ShareState::Returned) => locale.t1("share-line-returned", "name", name),
        (false, _) => locale.t1("share-line-asked", "name", name),
    }
}

fn with_faults(mut chrome: Chrome, faults: &[FieldError]) -> Chrome {
    for fault in faults {
        let text = chrome.t(&format!("share-fault-{}", fault.field));
        chrome.problems.push(Problem { field: fault.field.to_owned(), text });
    }
    chrome
}

/// The answer to what came too late.
async fn late(
    state: &WebState,
    staff: &Staff,
    written: Option<String>,
    back: String,
) -> Result<Response> {
    conflict(state, staff, ConflictKind::Changed, written, back).await
}

/// What is asked, of whom.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AskForm {
    version: i64,
    #[serde(default)]
    to: String,
    #[serde(default)]
    note: String,
}

/// `GET …/shared/{draft}/ask`
pub async fn show_ask(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<SharePath>,
) -> Result<Response> {
    let (thread, draft) = path.ids()?;
    ask_page(&state, &staff, (thread, draft), &AskForm::default(), staff.chrome()).await
}

async fn ask_page(
    state: &WebState,
    staff: &Staff,
    (thread, draft): (ThreadId, DraftId),
    form: &AskForm,
    chrome: Chrome,
) -> Result<Response> {
    let (frame, found, headline, colleagues) = state
        .read(staff.actor(), move |cx| {
            let colleagues = share::colleagues(cx, thread)?;
            let found = draft::get(cx, draft)?;
            if found.row.thread != Some(thread) {
                return Err(Error::NotFound);
            }
            let headline = app::thread::headline(cx, thread)?.0;
            Ok((app::staff::frame(cx)?, found, headline, colleagues))
        })
        .await?;
    let anyone =
        Choice { value: String::new(), text: chrome.t("share-anyone"), chosen: form.to.is_empty() };
    let people = colleagues.into_iter().map(|(person, name)| Choice {
        chosen: person.to_string() == form.to,
        value: person.to_string(),
        text: name,
    });
    let mut people: Vec<Choice> = people.collect();
    if !people.is_empty() {
        people.insert(0, anyone);
    }
    let status = super::status(&chrome);
    let page = ShareAskPage {
        desk: desk(staff, &frame, Rail::On("")),
        headline,
        body: paragraphs(&found.content.body),
        version: found.row.version,
        people,
        note: form.note.clone(),
        action: ask_address(thread, draft),
        back: format!("/work/threads/{thread}"),
        chrome,
    };
    Ok(pages::respond(status, &page))
}

/// `POST …/shared/{draft}/ask`
pub async fn ask(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<SharePath>,
    Form(form): Form<AskForm>,
) -> Result<Response> {
    let (thread, draft) = path.ids()?;
    let to = match form.to.as_str() {
        "" => None,
        text => Some(id::<PersonId>(text)?),
    };
    let (version, note) = (form.version, form.note.clone());
    let asked = state
        .write(staff.actor(), move |cx| share::ask(cx, thread, (draft, version), to, &note))
        .await;
    match asked {
        Ok(()) => Ok(see(&format!("/work/threads/{thread}?done=shared"))),
        Err(Error::Invalid(faults)) => {
            let chrome = with_faults(staff.chrome(), &faults);
            ask_page(&state, &staff, (thread, draft), &form, chrome).await
        }
        Err(Error::Conflict(_)) => {
            late(&state, &staff, Some(form.note), ask_address(thread, draft)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET …/shared/{draft}`
pub async fn show(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<SharePath>,
) -> Result<Response> {
    let ids = path.ids()?;
    page(&state, &staff, ids, String::new(), staff.chrome()).await
}

async fn page(
    state: &WebState,
    staff: &Staff,
    (thread, draft): (ThreadId, DraftId),
    typed: String,
    chrome: Chrome,
) -> Result<Response> {
    let (frame, found) = state
        .read(staff.actor(), move |cx| {
            Ok((app::staff::frame(cx)?, share::view(cx, thread, draft)?))
        })
        .await?;
    let locale = chrome.locale;
    let Shared { draft: text, headline, by, mine, to, state: stands, .. } = found;
    let name = match (mine, found.decided_by.is_empty()) {
        (false, _) => by,
        (true, false) => found.decided_by,
        (true, true) => to.unwrap_or_default(),
    };
    let can = SharedActs { decide: !mine && stands == ShareState::Asked, withdraw: mine };
    let status = super::status(&chrome);
    let page = SharedPage {
        desk: desk(staff, &frame, Rail::On("")),
        headline,
        state: words(locale, mine, stands, &name),
        note: found.note,
        answer: found.answer,
        body: paragraphs(&text.content.body),
        questions: text.content.questions,
        can,
        typed,
        share: found.version,
        draft: text.row.version,
        here: address(thread, draft),
        back: format!("/work/threads/{thread}"),
        chrome,
    };
    Ok(pages::respond(status, &page))
}

/// What was looked at, and words to the writer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecideForm {
    share: i64,
    draft: i64,
    #[serde(default)]
    answer: String,
}

impl DecideForm {
    const fn seen(&self) -> Seen {
        Seen { share: self.share, draft: self.draft }
    }
}

/// `POST …/shared/{draft}/take`
pub async fn take(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<SharePath>,
    Form(form): Form<DecideForm>,
) -> Result<Response> {
    let (thread, draft) = path.ids()?;
    let seen = form.seen();
    let taken = state.write(staff.actor(), move |cx| share::take(cx, thread, draft, seen)).await;
    match taken {
        Ok(_) => Ok(see(&format!("/work/threads/{thread}?done=share-taken#body"))),
        Err(error) => undecided(&state, &staff, (thread, draft), form.answer, error).await,
    }
}

/// `POST …/shared/{draft}/back`
pub async fn give_back(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<SharePath>,
    Form(form): Form<DecideForm>,
) -> Result<Response> {
    let (thread, draft) = path.ids()?;
    let (seen, answer) = (form.seen(), form.answer.clone());
    let given = state
        .write(staff.actor(), move |cx| share::give_back(cx, thread, draft, seen, &answer))
        .await;
    match given {
        Ok(()) => Ok(see(&format!("/work/threads/{thread}?done=share-back"))),
        Err(error) => undecided(&state, &staff, (thread, draft), form.answer, error).await,
    }
}

async fn undecided(
    state: &WebState,
    staff: &Staff,
    (thread, draft): (ThreadId, DraftId),
    typed: String,
    error: Error,
) -> Result<Response> {
    match error {
        Error::Invalid(faults) => {
            let chrome = with_faults(staff.chrome(), &faults);
            page(state, staff, (thread, draft), typed, chrome).await
        }
        Error::Conflict(_) => {
            let written = (!typed.is_empty()).then_some(typed);
            late(state, staff, written, address(thread, draft)).await
        }
        error => Err(error.into()),
    }
}

/// `POST …/shared/{draft}/withdraw`
pub async fn withdraw(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<SharePath>,
) -> Result<Response> {
    let (thread, draft) = path.ids()?;
    match state.write(staff.actor(), move |cx| share::withdraw(cx, draft)).await {
        Ok(()) => Ok(see(&format!("/work/threads/{thread}?done=share-withdrawn#body"))),
        Err(error) => Err(error.into()),
    }
}
