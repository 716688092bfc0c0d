//! `/work/threads/{id}/messages/{message}/flag`: taking a flag of the urgency check back, raising it again, and one
//! press on whether it was right.

use app::urgency::flag::{self, Mark, TakingBack};
use app::urgency::{Kept, Said};
use app::{Cx, Error, FieldError};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::flag::{FlagActKind, FlagReason, Rating};
use domain::ids::{MessageId, PersonId, ThreadId};
use domain::message::Line;
use domain::urgency::Level;
use serde::Deserialize;

use super::acts::{passed_on, stale};
use super::conversation::ThreadPath;
use super::{Rail, Staff, desk, id, is_stale, see, status, thread_address, with_faults};
use crate::error::Result;
use crate::extract::Form;
use crate::i18n::{Locale, SiteTime};
use crate::pages;
use crate::pages::staff::{Choice, FlagPage, Judged};
use crate::run::WebState;

/// What every form of a flag carries: the list its page came from, the number of the message there, and what is said.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FlagForm {
    list: String,
    seq: i64,
    flag_reason: String,
    flag_words: String,
    answer: String,
}

impl FlagForm {
    /// The conversation, at the message.
    fn back(&self, thread: ThreadId, done: &str) -> String {
        let address = thread_address(thread, &self.list, done);
        if self.seq > 0 { format!("{address}#m{}", self.seq) } else { address }
    }

    fn read(&self) -> std::result::Result<TakingBack, FieldError> {
        let reason = FlagReason::from_code(&self.flag_reason);
        let reason = reason.ok_or_else(|| FieldError::new("flag_reason", "empty"))?;
        let words = match self.flag_words.trim() {
            "" => None,
            text => Some(Line::parse(text).map_err(|error| FieldError::text("flag_words", error))?),
        };
        let rating = Rating::from_code(&self.answer).or(Some(Rating::NotRight));
        Ok(TakingBack { reason, words, rating })
    }
}

/// `GET …/messages/{message}/flag`
pub async fn show(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<ThreadPath>,
    Query(form): Query<FlagForm>,
) -> Result<Response> {
    page(&state, &staff, (path.id()?, id(&path.message)?), &form, &[]).await
}

/// `POST …/messages/{message}/flag`
pub async fn take_back(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<ThreadPath>,
    Form(form): Form<FlagForm>,
) -> Result<Response> {
    let (thread, message): (ThreadId, MessageId) = (path.id()?, id(&path.message)?);
    let how = match form.read() {
        Ok(how) => how,
        Err(fault) => return page(&state, &staff, (thread, message), &form, &[fault]).await,
    };
    let act = move |cx: &mut Cx<'_, '_>| flag::take_back(cx, thread, message, &how);
    match state.write(staff.actor(), act).await {
        Ok(()) => Ok(see(&form.back(thread, "flag-back"))),
        Err(Error::Invalid(faults)) => {
            page(&state, &staff, (thread, message), &form, &faults).await
        }
        Err(error) => refused(&state, &staff, thread, &form, error).await,
    }
}

/// `POST …/messages/{message}/flag/again`
pub async fn raise_again(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<ThreadPath>,
    Form(form): Form<FlagForm>,
) -> Result<Response> {
    let (thread, message): (ThreadId, MessageId) = (path.id()?, id(&path.message)?);
    let act = move |cx: &mut Cx<'_, '_>| flag::raise_again(cx, thread, message);
    match state.write(staff.actor(), act).await {
        Ok(()) => Ok(see(&form.back(thread, "flag-again"))),
        Err(error) => refused(&state, &staff, thread, &form, error).await,
    }
}

/// `POST …/messages/{message}/flag/rating`
pub async fn rate(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<ThreadPath>,
    Form(form): Form<FlagForm>,
) -> Result<Response> {
    let (thread, message): (ThreadId, MessageId) = (path.id()?, id(&path.message)?);
    let Some(rating) = Rating::from_code(&form.answer) else {
        return Ok(see(&form.back(thread, "")));
    };
    let act = move |cx: &mut Cx<'_, '_>| flag::rate(cx, thread, message, rating);
    match state.write(staff.actor(), act).await {
        Ok(()) => Ok(see(&form.back(thread, "flag-rated"))),
        Err(error) => refused(&state, &staff, thread, &form, error).await,
    }
}

async fn refused(
    state: &WebState,
    staff: &Staff,
    thread: ThreadId,
    form: &FlagForm,
    error: Error,
) -> Result<Response> {
    let written = Some(form.flag_words.clone()).filter(|words| !words.is_empty());
    match error {
        error if is_stale(&error) => stale(state, staff, thread, &form.list, written).await,
        Error::Forbidden => passed_on(state, staff, thread, &form.list, written).await,
        other => Err(other.into()),
    }
}

async fn page(
    state: &WebState,
    staff: &Staff,
    (thread, message): (ThreadId, MessageId),
    form: &FlagForm,
    faults: &[FieldError],
) -> Result<Response> {
    let (frame, detail) = state
        .read(staff.actor(), move |cx| {
            Ok((app::staff::frame(cx)?, flag::look(cx, thread, message)?))
        })
        .await?;
    let locale = staff.locale();
    if detail.taken_back().is_some() {
        return Ok(see(&form.back(thread, "")));
    }
    let chrome = with_faults(staff.chrome(), faults);
    let none = Choice {
        value: String::new(),
        text: locale.t("flag-choose"),
        chosen: form.flag_reason.is_empty(),
    };
    let reasons = FlagReason::ALL.iter().map(|reason| Choice {
        value: reason.code().to_owned(),
        text: locale.t(&format!("flag-why-{}", reason.code())),
        chosen: reason.code() == form.flag_reason,
    });
    let rating = Rating::from_code(&form.answer).unwrap_or(Rating::NotRight);
    let page = FlagPage {
        desk: desk(staff, &frame, Rail::On("")),
        action: address(thread, message),
        list: form.list.clone(),
        seq: form.seq,
        reasons: std::iter::once(none).chain(reasons).collect(),
        words: form.flag_words.clone(),
        ratings: ratings(locale, Some(rating)),
        back: form.back(thread, ""),
        chrome,
    };
    Ok(pages::respond(status(&page.chrome), &page))
}

fn address(thread: ThreadId, message: MessageId) -> String {
    format!("/work/threads/{thread}/messages/{message}/flag")
}

fn ratings(locale: Locale, chosen: Option<Rating>) -> Vec<Choice> {
    let choice = |rating: &Rating| Choice {
        value: rating.code().to_owned(),
        text: locale.t(&format!("flag-rating-{}", rating.code())),
        chosen: Some(*rating) == chosen,
    };
    Rating::ALL.iter().map(choice).collect()
}

/// What clinicians said of what was recognised in a message, and what the reader may say.
pub(super) fn judged(locale: Locale, time: &SiteTime, me: PersonId, kept: &Kept) -> Judged {
    let detail = &kept.detail;
    let acts = detail.acts.iter().map(|act| {
        let named = kept.names.iter().find(|(person, _)| person.to_string() == act.by);
        let name = named.map(|(_, name)| name.as_str()).unwrap_or_default();
        let at = time.full(locale, act.at).text;
        if act.kind == FlagActKind::Again.code() {
            return locale.t2("flag-again", "name", name, "time", at);
        }
        let code = FlagReason::from_code(&act.reason).unwrap_or(FlagReason::Other).code();
        let mut reason = locale.t(&format!("flag-why-{code}"));
        if !act.words.is_empty() {
            reason = if code == FlagReason::Other.code() {
                act.words.clone()
            } else {
                format!("{reason}. {}", act.words)
            };
        }
        locale.t_args("flag-back", &[("name", &name), ("time", &at), ("reason", &reason)])
    });
    Judged {
        acts: acts.collect(),
        back: detail.taken_back().is_some(),
        flag: kept.may.take && detail.is_flag(),
        address: kept.may.rate.then(|| address(kept.thread, kept.message)),
        ratings: ratings(locale, detail.rating_of(me)),
    }
}

/// What a row of a list says of a flag: how urgent the words are and how the card was answered, none of the words.
pub(super) fn mark(locale: Locale, mark: Mark) -> String {
    let flag = match mark.level {
        _ if mark.record => locale.t("flag-row-record"),
        _ if mark.said == Some(Said::Harm) => locale.t("flag-row-harm"),
        _ if mark.said.is_some() => locale.t("flag-row-yes"),
        Level::Crisis => locale.t("flag-row-crisis"),
        Level::Emergency => locale.t("flag-row-emergency"),
        Level::Sameday | Level::Ask | Level::None => locale.t("flag-row-sameday"),
    };
    match mark.answer {
        Some(answer) => locale.t1(&format!("flag-row-answer-{}", answer.code()), "flag", flag),
        None => flag,
    }
}
