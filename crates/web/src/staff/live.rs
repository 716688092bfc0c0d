//! `/work/live` and `/work/threads/{id}/live`: that a list or a conversation changed, and how.
//!
//! No name, no word and no figure of the record leaves here: the page fetches its list again, and says
//! of a conversation that a message came, that a colleague took it, or that something changed.

use app::live::{Change, Topic};
use app::staff::watch;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::response::sse::Event;
use domain::ids::{CareTeamId, Id, ThreadId};

use super::conversation::ThreadPath;
use super::{FromQuery, Staff};
use crate::error::{Fault, Result};
use crate::extract::Session;
use crate::live::{Page, Say, stream};
use crate::run::WebState;

/// A list of work, a conversation, or both on one page: a browser has few connections to spare.
struct Watch {
    staff: Staff,
    team: Option<CareTeamId>,
    thread: Option<ThreadId>,
}

/// `GET /work/live?team=…`
pub async fn list(
    State(state): State<WebState>,
    staff: Staff,
    Query(query): Query<FromQuery>,
) -> Result<Response> {
    let team = watched(&query)?.ok_or(Fault::NotFound)?;
    state.read(staff.actor(), move |cx| watch::team(cx, team)).await?;
    stream(state, Watch { staff, team: Some(team), thread: None })
}

/// `GET /work/threads/{id}/live?team=…`
pub async fn thread(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<ThreadPath>,
    Query(query): Query<FromQuery>,
) -> Result<Response> {
    let (thread, team) = (path.id()?, watched(&query)?);
    state
        .read(staff.actor(), move |cx| {
            watch::thread(cx, thread)?;
            team.map_or(Ok(()), |team| watch::team(cx, team))
        })
        .await?;
    stream(state, Watch { staff, team, thread: Some(thread) })
}

fn watched(query: &FromQuery) -> Result<Option<CareTeamId>> {
    let team = query.team.as_deref().map(CareTeamId::parse).transpose();
    team.map_err(|_| Fault::NotFound)
}

/// The word of a change in events.
fn word(kind: &str) -> &'static str {
    match kind {
        "message_patient" | "message_team" | "correction" => "message",
        "claimed" => "claimed",
        "note" => "note",
        "writing" => "writing",
        _ => "changed",
    }
}

impl Page for Watch {
    fn session(&self) -> &Session {
        &self.staff.0
    }

    fn topics(&self) -> Vec<Topic> {
        let (team, thread) = (self.team.map(Topic::Team), self.thread.map(Topic::Thread));
        let own = self.team.map(|_| Topic::Unsent(self.staff.0.person));
        team.into_iter().chain(thread).chain(own).collect()
    }

    async fn say(&self, state: &WebState, change: &Change) -> Say {
        let Some(may) = self.may(state).await else { return Say::Events(Vec::new()) };
        if !may {
            return Say::End;
        }
        let mut events = Vec::new();
        // What the reader did stands on their page already.
        if let Some(thread) = change.thread.filter(|thread| self.thread == Some(*thread))
            && change.person != Some(self.staff.0.person)
        {
            events.push(said(thread, word(&change.kind)));
        }
        // Who is writing changes no list.
        let listed = change.team.is_some() && change.team == self.team && change.kind != "writing";
        if listed || change.kind == "unsent" {
            events.push(Event::default().event("list").data("{}"));
        }
        Say::Events(events)
    }

    async fn say_missed(&self, state: &WebState) -> Say {
        let Some(may) = self.may(state).await else { return Say::Events(Vec::new()) };
        if !may {
            return Say::End;
        }
        let mut events: Vec<Event> =
            self.thread.iter().map(|thread| said(*thread, "changed")).collect();
        if self.team.is_some() {
            events.push(Event::default().event("list").data("{}"));
        }
        Say::Events(events)
    }
}

fn said(thread: ThreadId, what: &str) -> Event {
    let data = serde_json::json!({ "thread": thread.to_string(), "what": what });
    Event::default().event("state").data(data.to_string())
}

impl Watch {
    /// Whether the reader may still see all of the page; `None` when the database does not answer.
    async fn may(&self, state: &WebState) -> Option<bool> {
        let (team, thread) = (self.team, self.thread);
        let read = state
            .read(self.staff.actor(), move |cx| {
                Ok(team.map_or(Ok(true), |team| watch::sees_team(cx, team))?
                    && thread.map_or(Ok(true), |thread| watch::sees_thread(cx, thread))?)
            })
            .await;
        match read {
            Ok(may) => Some(may),
            Err(app::Error::Unavailable | app::Error::Full) => None,
            Err(_) => Some(false),
        }
    }
}
