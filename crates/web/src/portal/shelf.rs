//! `/drafts` and `/search`.

use app::draft::{self, DraftKind, Named, Offer};
use app::{prepared, search};
use axum::extract::{Path, State};
use axum::response::Response;
use domain::ids::{Id, SearchId};
use domain::message::preview;
use http::StatusCode;
use serde::Deserialize;

use super::prepared::{offered_at, state_words};
use super::subject::Subject;
use super::words::site_time;
use super::{problems, see};
use crate::error::{Fault, Result};
use crate::extract::Form;
use crate::i18n::{Locale, SiteTime};
use crate::pages::shelf::{DraftRow, Drafts, Hit, PreparedRow, Results, Search, SendingRow};
use crate::pages::{self, Chrome, Place};
use crate::run::WebState;

/// Characters of a draft that its row shows.
const PREVIEW_CHARS: usize = 140;

/// `GET /drafts`
pub async fn drafts(State(state): State<WebState>, subject: Subject) -> Result<Response> {
    let patient = subject.patient;
    let (found, waiting) = state
        .read(&subject.session.actor, move |cx| {
            Ok((draft::list_named(cx, patient)?, prepared::list_if_allowed(cx, patient)?))
        })
        .await?;
    let chrome = subject.chrome(Place::Drafts);
    let (locale, time, now) = (chrome.locale, site_time(&state), state.app().now());
    let (mut sending, mut rows, mut handed) = (Vec::new(), Vec::new(), Vec::new());
    for found in found.iter().filter(|found| found.draft.row.kind != DraftKind::Note) {
        let row = &found.draft.row;
        if let Some(at) = row.release_at {
            sending.push(sending_row(&subject, found, at.seconds_since(now)));
        } else if row.offer == Offer::None {
            rows.push(draft_row(&subject, locale, &time, found));
        } else {
            handed.push(draft_row(&subject, locale, &time, found));
        }
    }
    let prepared = waiting
        .into_iter()
        .map(|found| {
            let row = &found.named.draft.row;
            let at = row.offered_at.unwrap_or(row.updated_at);
            PreparedRow {
                href: subject.at(&format!("/prepared/{}", row.id)),
                headline: found.named.headline.clone(),
                preview: preview(&found.named.draft.content.body, PREVIEW_CHARS),
                when: time.full(locale, at.micros()),
                by: found.by,
            }
        })
        .collect();
    Ok(pages::respond(StatusCode::OK, &Drafts { chrome, sending, prepared, rows, handed }))
}

/// A text on its way; `left_s` is how long it can be taken back.
fn sending_row(subject: &Subject, found: &Named, left_s: i64) -> SendingRow {
    let undo = subject.at(&format!("/drafts/{}/undo", found.draft.row.id));
    SendingRow {
        headline: found.headline.clone(),
        preview: preview(&found.draft.content.body, PREVIEW_CHARS),
        team: found.team.clone(),
        undo: (undo, u32::try_from(left_s.max(0) + 1).unwrap_or(1)),
    }
}

fn draft_row(subject: &Subject, locale: Locale, time: &SiteTime, found: &Named) -> DraftRow {
    let row = &found.draft.row;
    let reply = row.thread.filter(|_| row.kind == DraftKind::Reply);
    let href = match reply {
        _ if row.offer != Offer::None => offered_at(subject, row.id),
        Some(thread) => subject.at(&format!("/threads/{thread}#body")),
        None => subject.at(&format!("/drafts/{}/write", row.id)),
    };
    DraftRow {
        href,
        delete: subject.at(&format!("/drafts/{}/delete", row.id)),
        headline: found.headline.clone(),
        preview: preview(&found.draft.content.body, PREVIEW_CHARS),
        team: found.team.clone(),
        when: time.full(locale, row.updated_at.micros()),
        reply: reply.is_some(),
        state: state_words(subject, locale, row.offer),
        prepared_by: found.prepared_by.clone(),
        unsent: row.unsent_at.is_some(),
    }
}

fn search_page(
    chrome: Chrome,
    subject: &Subject,
    query: String,
    results: Option<Results>,
) -> Search {
    Search { chrome, action: subject.at("/search"), query, results }
}

/// `GET /search`
pub async fn show_search(subject: Subject) -> Response {
    let page = search_page(subject.chrome(Place::Search), &subject, String::new(), None);
    pages::respond(StatusCode::OK, &page)
}

/// The words.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SearchForm {
    #[serde(default)]
    q: String,
}

/// `POST /search`
pub async fn run_search(
    State(state): State<WebState>,
    subject: Subject,
    Form(form): Form<SearchForm>,
) -> Result<Response> {
    let (actor, patient, words) = (subject.session.actor.clone(), subject.patient, form.q.clone());
    let found = state.block(move |app| search::run(app, &actor, patient, &words)).await;
    match found {
        Ok(id) => Ok(see(&subject.at(&format!("/search/{id}")))),
        Err(app::Error::Invalid(faults)) => {
            let faults: Vec<_> =
                faults.into_iter().map(|fault| app::FieldError { field: "q", ..fault }).collect();
            let chrome = problems(subject.chrome(Place::Search), &faults);
            let page = search_page(chrome, &subject, form.q, None);
            Ok(pages::respond(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(error) => Err(error.into()),
    }
}

/// The result of the address; `{patient}` is read by [`Subject`].
#[derive(Debug, Deserialize)]
pub struct SearchPath {
    id: String,
}

/// `GET /search/{id}`
pub async fn results(
    State(state): State<WebState>,
    subject: Subject,
    Path(path): Path<SearchPath>,
) -> Result<Response> {
    let id = SearchId::parse(&path.id).map_err(|_| Fault::NotFound)?;
    let patient = subject.patient;
    let found = state.read(&subject.session.actor, move |cx| search::get(cx, patient, id)).await?;
    let chrome = subject.chrome(Place::Search);
    let (locale, time) = (chrome.locale, site_time(&state));
    let reader = subject.session.current().map(|current| current.name.clone()).unwrap_or_default();
    let hits = found
        .hits
        .iter()
        .map(|hit| Hit {
            href: subject.at(&format!("/threads/{}#m{}", hit.thread, hit.seq)),
            headline: hit.headline.clone(),
            author: (hit.from != reader).then(|| hit.from.clone()),
            when: time.full(locale, hit.sent_at.micros()),
            excerpt: search::split_at_match(&hit.snippet, &found.words),
        })
        .collect();
    let results = Results { hits, scanning: false, more: None };
    let page = search_page(chrome, &subject, found.words.clone(), Some(results));
    Ok(pages::respond(StatusCode::OK, &page))
}
