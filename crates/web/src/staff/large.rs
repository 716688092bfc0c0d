//! `…/large`: one answer, or all of a conversation, on paper in large type and in the patient's language.

use app::thread::Shown;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::message::{CorrectionKind, Side};
use http::StatusCode;
use serde::Deserialize;

use super::Staff;
use super::conversation::{self, ThreadPath};
use crate::error::{Fault, Result};
use crate::i18n::{Locale, SiteTime};
use crate::pages;
use crate::pages::common::Text;
use crate::pages::staff::{LargeControls, LargeLetter, LargePage};
use crate::run::WebState;

/// Messages on paper.
const SHOWN: i64 = 2_000;

/// What of the conversation: the newest answer of the team, all of it, or one message by its number.
#[derive(Debug, Default, Deserialize)]
pub struct LargeQuery {
    #[serde(default)]
    all: bool,
    message: Option<i64>,
}

/// `GET …/large`
pub async fn show(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<ThreadPath>,
    Query(query): Query<LargeQuery>,
) -> Result<Response> {
    let id = path.id()?;
    let opened = conversation::open(&state, &staff, id, None, SHOWN).await?;
    let view = &opened.conversation.view;
    let Some(patient) = opened.conversation.patient.as_ref().filter(|_| view.is_care()) else {
        return Err(Fault::NotFound);
    };
    let mut chrome = staff.chrome();
    let reader = staff.locale();
    // What the patient reads is in the patient's language, whoever prints it.
    let tag = patient.row.language.split('-').next().unwrap_or_default();
    let locale = Locale::by_tag(tag).unwrap_or(reader);
    chrome.locale = locale;
    let time = staff.time(&state, &opened.frame);
    let newest = view.messages.iter().rev().find(|shown| shown.side == Side::Team);
    let one = query.message.or_else(|| newest.map(|shown| shown.seq));
    let chosen = view.messages.iter().filter(|shown| query.all || Some(shown.seq) == one);
    let back = format!("/work/threads/{id}");
    let other = if query.all {
        (format!("{back}/large"), reader.t("staff-large-one"))
    } else {
        (format!("{back}/large?all=true"), reader.t("staff-large-all"))
    };
    let team = view.team.as_ref();
    let phone = team.map(|team| team.site_phone.clone()).filter(|phone| !phone.is_empty());
    let page = LargePage {
        controls: LargeControls {
            lang: reader.lang().to_owned(),
            back: reader.t("staff-back-thread"),
            print: reader.t("staff-act-print"),
            record: reader.t("staff-large-record"),
            others: vec![other],
        },
        patient: patient.demographics.name.clone(),
        headline: view.headline.clone(),
        team: team.map(|team| team.name.clone()).unwrap_or_default(),
        phone: phone.unwrap_or_else(|| state.app().settings().site_phone.clone()),
        letters: chosen.filter_map(|shown| letter(locale, &time, shown)).collect(),
        printed: time.dated(locale, state.app().now().micros()),
        back,
        chrome,
    };
    Ok(pages::respond(StatusCode::OK, &page))
}

/// A message in its newest wording; nothing of what was taken back.
fn letter(locale: Locale, time: &SiteTime, shown: &Shown) -> Option<LargeLetter> {
    let newest = shown.corrections.last();
    if newest.is_some_and(|(kind, ..)| *kind == CorrectionKind::Retraction) {
        return None;
    }
    let body = newest.map_or(shown.letter.body.as_str(), |(_, content, _)| content.body.as_str());
    let text = if shown.language == locale.lang() {
        Text::new(body)
    } else {
        Text::in_language(body, &shown.language)
    };
    let author = if shown.letter.title.is_empty() {
        shown.letter.author.clone()
    } else {
        format!("{}, {}", shown.letter.author, shown.letter.title)
    };
    Some(LargeLetter {
        author,
        at: time.dated(locale, shown.sent_at.micros()),
        text,
        questions: shown.questions.iter().map(|question| question.text.clone()).collect(),
    })
}
