//! `POST …/close`: how a conversation ends. An outcome that needs its words gets a page that asks for them;
//! a call back is closed by the record of the call (`contact`).

use app::closing::{self, Closing};
use app::work::Remark;
use app::{Cx, Error, FieldError, act};
use axum::extract::{Path, State};
use axum::response::Response;
use domain::ids::ThreadId;
use domain::message::Line;
use domain::work_act::ActKind;
use domain::work_item::{Outcome, Said};
use http::StatusCode;
use serde::Deserialize;

use super::acts::{done_with, refused};
use super::conversation::{self, ThreadPath};
use super::{Rail, Staff, contact, desk, see, thread_address, with_faults};
use crate::error::Result;
use crate::extract::Form;
use crate::i18n::Locale;
use crate::pages::staff::{Choice, ClosePage};
use crate::pages::{self, Chrome};
use crate::run::WebState;

/// How it ended.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CloseForm {
    #[serde(default)]
    outcome: String,
    #[serde(default)]
    what: String,
    #[serde(default)]
    on: String,
    #[serde(default)]
    remark: String,
    #[serde(default)]
    tell: bool,
    /// Whether the page that asks for the words was there already.
    #[serde(default)]
    asked: bool,
    version: Option<i64>,
    #[serde(default)]
    list: String,
}

impl CloseForm {
    /// How it ends, or what is wrong with the fields.
    fn read(&self, outcome: Outcome) -> std::result::Result<Closing, Vec<FieldError>> {
        let mut faults = Vec::new();
        let mut line = |field: &'static str, text: &str| match text.trim() {
            "" => None,
            text => Line::parse(text).map_err(|e| faults.push(FieldError::text(field, e))).ok(),
        };
        let (what, remark) = (line("what", &self.what), line("remark", &self.remark));
        if outcome.said() == Said::What && self.what.trim().is_empty() {
            faults.push(FieldError::new("what", "empty"));
        }
        let on = match self.on.trim() {
            "" => None,
            text => text.parse().map_err(|_| faults.push(FieldError::new("on", "unknown"))).ok(),
        };
        if !faults.is_empty() {
            return Err(faults);
        }
        let remark =
            remark.map(|line| if self.tell { Remark::Patient } else { Remark::Colleagues }(line));
        Ok(Closing { outcome, what, on, remark })
    }
}

/// `POST …/close`
pub async fn close(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<ThreadPath>,
    Form(form): Form<CloseForm>,
) -> Result<Response> {
    let (id, version) = (path.id()?, form.version);
    let Some(outcome) = Outcome::from_code(&form.outcome) else {
        let error = Error::field("outcome", "empty");
        return refused(&state, &staff, id, &form.list, error).await;
    };
    match outcome.said() {
        Said::Call if !between_staff(&state, &staff, id).await? => {
            return contact::ask_closing(&state, &staff, id, &form.list, version).await;
        }
        Said::What if !form.asked => {
            return ask(&state, &staff, id, (form, outcome), staff.chrome()).await;
        }
        Said::What | Said::Call | Said::Nothing => {}
    }
    let closing = match form.read(outcome) {
        Ok(closing) => closing,
        Err(faults) => return again(&state, &staff, id, (form, outcome), faults).await,
    };
    let act = move |cx: &mut Cx<'_, '_>| {
        act::single(cx, ActKind::Close, id, |cx| closing::close(cx, id, &closing, version))
    };
    match state.write(staff.actor(), act).await {
        Ok(((), act)) => Ok(see(&thread_address(id, &form.list, &done_with("closed", act)))),
        Err(Error::Invalid(faults)) => again(&state, &staff, id, (form, outcome), faults).await,
        Err(error) => refused(&state, &staff, id, &form.list, error).await,
    }
}

/// Whether a conversation is between staff, where a call leaves no message.
async fn between_staff(state: &WebState, staff: &Staff, id: ThreadId) -> Result<bool> {
    Ok(state.read(staff.actor(), move |cx| closing::is_between_staff(cx, id)).await?)
}

/// How a conversation may end; between staff by a call to the patient or without one.
pub(super) fn outcomes(locale: Locale, with_patient: bool) -> Vec<Choice> {
    Outcome::ALL
        .iter()
        .filter(|outcome| {
            with_patient || matches!(outcome, Outcome::Callback | Outcome::NoAnswerNeeded)
        })
        .map(|outcome| Choice {
            value: outcome.code().to_owned(),
            text: locale.t(&format!("staff-outcome-{}", outcome.code())),
            chosen: false,
        })
        .collect()
}

/// What is wrong, on the page the form came from.
async fn again(
    state: &WebState,
    staff: &Staff,
    id: ThreadId,
    (form, outcome): (CloseForm, Outcome),
    faults: Vec<FieldError>,
) -> Result<Response> {
    if !form.asked || faults.iter().any(|fault| fault.field == "questions") {
        return refused(state, staff, id, &form.list, Error::Invalid(faults)).await;
    }
    let chrome = with_faults(staff.chrome(), &faults);
    ask(state, staff, id, (form, outcome), chrome).await
}

/// The page that asks for the words of an outcome.
async fn ask(
    state: &WebState,
    staff: &Staff,
    id: ThreadId,
    (form, outcome): (CloseForm, Outcome),
    chrome: Chrome,
) -> Result<Response> {
    let opened = conversation::open(state, staff, id, None, 1).await?;
    if !opened.conversation.rights.close {
        return Err(crate::error::Fault::Forbidden);
    }
    let status = super::status(&chrome);
    let page = ClosePage {
        desk: desk(staff, &opened.frame, Rail::On("")),
        thread: id.to_string(),
        headline: opened.conversation.view.headline,
        outcome: outcome.code().to_owned(),
        what: form.what,
        on: form.on,
        remark: form.remark,
        tell: form.tell,
        version: form.version,
        list: form.list.clone(),
        back: thread_address(id, &form.list, ""),
        chrome,
    };
    Ok(pages::respond(status.max(StatusCode::OK), &page))
}
