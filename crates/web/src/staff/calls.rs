//! `/work/calls`: whom the reader's teams are to call, because nobody has opened the answer.

use app::read_back::{self, CallEntry};
use axum::extract::{Query, State};
use axum::response::Response;
use domain::time::Timestamp;
use http::StatusCode;
use serde::Deserialize;

use super::{Rail, Staff, desk, with_done};
use crate::error::{Fault, Result};
use crate::i18n::{Locale, SiteTime};
use crate::pages;
use crate::pages::staff::{CallLine, CallList, CallsPage};
use crate::run::WebState;

/// What was just done.
#[derive(Debug, Default, Deserialize)]
pub struct CallsQuery {
    done: Option<String>,
}

/// `GET /work/calls`
pub async fn show(
    State(state): State<WebState>,
    staff: Staff,
    Query(query): Query<CallsQuery>,
) -> Result<Response> {
    if !staff.0.role().is_clinical() {
        return Err(Fault::Forbidden);
    }
    let (frame, found) = state
        .read(staff.actor(), |cx| {
            let frame = app::staff::frame(cx)?;
            let mut found = Vec::new();
            for (team, role) in app::work::my_teams(cx)? {
                if role != "desk" {
                    let entries = read_back::calls(cx, team.id)?;
                    found.push((team.name, entries));
                }
            }
            Ok((frame, found))
        })
        .await?;
    let (locale, now) = (staff.locale(), state.app().now());
    let time = staff.time(&state, &frame);
    let lists = found.into_iter().map(|(team, entries)| CallList {
        team,
        lines: entries.into_iter().map(|entry| line(locale, &time, now, entry)).collect(),
    });
    let page = CallsPage {
        chrome: with_done(staff.chrome(), query.done.as_deref()),
        desk: desk(&staff, &frame, Rail::On("/work/calls")),
        lists: lists.filter(|list| !list.lines.is_empty()).collect(),
    };
    Ok(pages::respond(StatusCode::OK, &page))
}

fn line(locale: Locale, time: &SiteTime, now: Timestamp, entry: CallEntry) -> CallLine {
    let tried = entry.tried_at.filter(|_| entry.tried > 0);
    CallLine {
        patient: entry.patient,
        phones: entry.phones,
        headline: entry.headline,
        class: locale.t(&format!("staff-class-{}", entry.class.code())),
        since: time.short(locale, entry.sent_at.micros()),
        waits: super::words::due(locale, time, entry.sent_at, now).left,
        tried: tried.map(|at| {
            let count = locale.t1("staff-tried", "n", entry.tried);
            (count, time.short(locale, at.micros()))
        }),
        thread: format!("/work/threads/{}", entry.thread),
    }
}
