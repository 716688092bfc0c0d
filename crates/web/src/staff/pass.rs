//! Passing a conversation to another team: from the conversation, and from its envelope.
//!
//! What goes back to a team that had it is asked about once, with its way so far.

use app::pass::{self, PassLine, Passed, Passing, Reason};
use app::{Cx, Error, act};
use axum::extract::{Path, State};
use axum::response::Response;
use domain::ids::{CareTeamId, Id as _, ThreadId, WorkActId};
use domain::message::Line;
use domain::pass::PassReason;
use domain::work_act::ActKind;
use http::StatusCode;
use serde::Deserialize;

use super::conversation::ThreadPath;
use super::desk::{EnvelopePath, refused as envelope_refused};
use super::{Rail, Staff, acts, desk, id, see, thread_address};
use crate::error::Result;
use crate::extract::Form;
use crate::i18n::Locale;
use crate::pages;
use crate::pages::staff::{Choice, ConfirmPage, Hidden};
use crate::run::WebState;

/// To which team, and why.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PassForm {
    #[serde(default)]
    to: String,
    /// The code of a prepared sentence; empty for own words.
    #[serde(default)]
    why: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    note: String,
    #[serde(default)]
    confirm: String,
    version: Option<i64>,
    #[serde(default)]
    list: String,
}

impl PassForm {
    /// Team, reason and note, or what is wrong with the fields. Own words go before a prepared sentence.
    fn read(&self) -> app::Result<Passing> {
        let to = CareTeamId::parse(&self.to).map_err(|_| Error::field("to", "unknown"))?;
        let chosen = PassReason::from_code(&self.why).filter(|reason| reason.is_chosen());
        let reason = match (self.reason.trim(), chosen) {
            ("", Some(prepared)) => Reason::Prepared(prepared),
            (words, _) => {
                Reason::Own(Line::parse(words).map_err(|error| Error::text("reason", error))?)
            }
        };
        let note = match self.note.trim() {
            "" => None,
            words => Some(Line::parse(words).map_err(|error| Error::text("note", error))?),
        };
        Ok(Passing { to, reason, note, confirmed: self.confirm == "yes" })
    }
}

/// The prepared sentences as choices; the first is own words.
pub fn reasons(locale: Locale) -> Vec<Choice> {
    let own = Choice { value: String::new(), text: locale.t("pass-own-words"), chosen: true };
    let prepared = PassReason::ALL.iter().filter(|reason| reason.is_chosen()).map(|reason| {
        Choice { value: reason.code().to_owned(), text: sentence(locale, *reason), chosen: false }
    });
    std::iter::once(own).chain(prepared).collect()
}

/// A prepared sentence.
pub fn sentence(locale: Locale, reason: PassReason) -> String {
    locale.t(&format!("pass-reason-{}", reason.code()))
}

/// `POST /work/threads/{id}/pass`
pub async fn pass(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<ThreadPath>,
    Form(form): Form<PassForm>,
) -> Result<Response> {
    let thread = path.id()?;
    match run(&state, &staff, thread, &form).await {
        Ok((Passed::Done, act)) => {
            Ok(see(&thread_address(thread, &form.list, &acts::done_with("passed", act))))
        }
        Ok((Passed::ToDesk, act)) => {
            let done = acts::done_with("passed-desk", act);
            Ok(see(&thread_address(thread, &form.list, &done)))
        }
        Ok((Passed::GoesBack(lines, desk), _)) => {
            let places =
                (format!("/work/threads/{thread}"), thread_address(thread, &form.list, ""));
            ask(&state, &staff, &form, (lines, desk), places).await
        }
        Err(error) => acts::refused(&state, &staff, thread, &form.list, error).await,
    }
}

/// `POST /work/envelopes/{id}/pass`
pub async fn pass_envelope(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<EnvelopePath>,
    Form(form): Form<PassForm>,
) -> Result<Response> {
    let thread: ThreadId = id(path.id())?;
    match run(&state, &staff, thread, &form).await {
        Ok((Passed::Done, act)) => {
            Ok(see(&format!("/work?done={}", acts::done_with("passed", act))))
        }
        Ok((Passed::ToDesk, act)) => {
            Ok(see(&format!("/work?done={}", acts::done_with("passed-desk", act))))
        }
        Ok((Passed::GoesBack(lines, desk), _)) => {
            let address = format!("/work/envelopes/{thread}");
            ask(&state, &staff, &form, (lines, desk), (address.clone(), address)).await
        }
        Err(error) => envelope_refused(&state, &staff, thread, error).await,
    }
}

async fn run(
    state: &WebState,
    staff: &Staff,
    thread: ThreadId,
    form: &PassForm,
) -> app::Result<(Passed, Option<WorkActId>)> {
    let (passing, version) = (form.read()?, form.version);
    let act = move |cx: &mut Cx<'_, '_>| {
        act::single(cx, ActKind::Pass, thread, |cx| pass::pass(cx, thread, &passing, version))
    };
    state.write(staff.actor(), act).await
}

/// Asks once before a conversation goes back; `places` are its address and where Cancel leads.
async fn ask(
    state: &WebState,
    staff: &Staff,
    form: &PassForm,
    (lines, lead_of): (Vec<PassLine>, Option<String>),
    (address, back): (String, String),
) -> Result<Response> {
    let frame = state.read(staff.actor(), app::staff::frame).await?;
    let (locale, time) = (staff.locale(), staff.time(state, &frame));
    let mut consequences: Vec<String> = lines
        .iter()
        .map(|line| {
            let way = locale.t2("pass-way", "from", &line.from, "to", &line.to);
            let by = line.by.clone().unwrap_or_else(|| locale.t("staff-who-system"));
            let when = time.full(locale, line.at.micros()).text;
            locale.t2("pass-way-by", "way", way, "by", format!("{by}, {when}"))
        })
        .collect();
    consequences.push(match lead_of {
        Some(desk) => locale.t1("pass-back-desk", "team", desk),
        None => locale.t("pass-back-ask"),
    });
    let hidden =
        |name: &str, value: &str| Hidden { name: name.to_owned(), value: value.to_owned() };
    let version = form.version.map(|version| version.to_string()).unwrap_or_default();
    let page = ConfirmPage {
        chrome: staff.chrome(),
        desk: desk(staff, &frame, Rail::On("")),
        title: locale.t("pass-back-title"),
        consequences,
        action: format!("{address}/pass"),
        hidden: vec![
            hidden("to", &form.to),
            hidden("why", &form.why),
            hidden("reason", &form.reason),
            hidden("note", &form.note),
            hidden("version", &version),
            hidden("list", &form.list),
        ],
        button: locale.t("staff-act-pass-go"),
        grave: false,
        asks_reason: false,
        reason: String::new(),
        back,
    };
    Ok(pages::respond(StatusCode::OK, &page))
}
