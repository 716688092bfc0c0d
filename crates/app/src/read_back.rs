//! The net under answers that nobody on the patient's side has opened: spread with every answer, looked at
//! by a worker, and at its end the call list of the team.
//!
//! The rules are `domain::read_back`'s. [`look`] is called by workers of every node; each step is one
//! transaction moved by compare-and-set, so that what dies in between is taken up again and nobody hears
//! twice. Reading, a call that reached somebody and a delivery end it (`store::read_back::is_settled`).

use domain::access::Actor;
use domain::ids::{CareTeamId, MessageId, PersonId, ThreadId};
use domain::read_back::{Class, Limit, Limits, MINUTES, Step, class, next};
use domain::time::Timestamp;
use domain::work_item::Level;
use store::access::{Administer, ListQueue};
use store::change::Change;
use store::read_back::{self as rows, Net};
use store::seal::Place;
use store::thread::MessageRight;

use crate::content::thread_owner;
use crate::cx::{App, Cx};
use crate::error::{Error, Result};
use crate::message::Sender;
use crate::{deadline, notice, patient};

/// Nets looked at in one round.
const BATCH: i64 = 100;
/// What stands on the call list is looked at again after so many seconds, to be taken away once settled.
const AGAIN_S: i64 = 3_600;
/// Most rows of a call list.
const CALLS_MAX: i64 = 200;

/// Spreads the net under an answer that was just sent. An older answer in the same conversation that is
/// not opened yet keeps its own.
pub(crate) fn spread<'t>(
    cx: &mut Cx<'_, 't>,
    right: &impl MessageRight<'t>,
    sender: &Sender,
    (id, seq): (MessageId, i64),
    level: Level,
) -> Result<()> {
    let (thread, now) = (right.thread(), cx.now());
    if let Some(known) = rows::get(cx.tx(), thread)?
        && !rows::is_settled(cx.tx(), &known, now)?
    {
        return Ok(());
    }
    let Some(team) = sender.owner_team else { return Ok(()) };
    let class = class(sender.category, level);
    let limit = limit(cx, team, class)?;
    let roads = rows::roads(cx.tx(), thread, now)?;
    let next_at = next(now, &limit, None, roads).map_or(now, |(_, at)| at);
    Ok(rows::put(cx.tx(), right, (id, seq, now), class, next_at)?)
}

/// The limit of a class, on the team's own calendar.
fn limit(cx: &mut Cx<'_, '_>, team: CareTeamId, class: Class) -> Result<Limit> {
    let limits = rows::limits(cx.tx(), team)?;
    Ok(Limit::new(&limits, class, &deadline::team_clock(cx, team)?.calendar))
}

/// Does what is due for answers that nobody has opened; how many were looked at.
pub fn look(app: &App) -> Result<usize> {
    let now = app.now();
    let due = app.db().read(|tx| rows::list_due(tx, now, BATCH))?;
    let looked = due.len();
    for net in due {
        app.write_reserved(&Actor::system(), move |cx| step(cx, &net))?;
    }
    Ok(looked)
}

fn step(cx: &mut Cx<'_, '_>, net: &Net) -> Result<()> {
    let now = cx.now();
    let team = match net.team {
        Some(team) if !rows::is_settled(cx.tx(), net, now)? => team,
        _ => return Ok(rows::remove(cx.tx(), net).map(|_| ())?),
    };
    let limit = limit(cx, team, net.class)?;
    let roads = rows::roads(cx.tx(), net.thread, now)?;
    let again = now.plus_seconds(AGAIN_S);
    let Some((step, at)) = next(net.sent_at, &limit, net.done, roads) else {
        return Ok(rows::advance(cx.tx(), net, net.done, again).map(|_| ())?);
    };
    if at > now {
        // The limits were changed, or a road is new.
        return Ok(rows::advance(cx.tx(), net, net.done, at).map(|_| ())?);
    }
    let done = Some((step, now));
    let next_at = next(net.sent_at, &limit, done, roads).map_or(again, |(_, at)| at);
    if !rows::advance(cx.tx(), net, done, next_at)? {
        return Ok(());
    }
    let (people, kind) = match step {
        Step::Second => (rows::list_second(cx.tx(), net.thread, now)?, "second"),
        Step::Helper => (rows::list_helpers(cx.tx(), net.thread, now)?, "unread"),
        Step::Calls => (Vec::new(), ""),
    };
    for person in people {
        let key = format!("{kind}:{}:{person}", net.message);
        notice::add(cx, person, kind, &key, None, None)?;
    }
    if step == Step::Calls {
        // No patient in the change: nothing of it wakes a page of the patient's.
        cx.note_change(&Change {
            kind: "work".to_owned(),
            patient: None,
            thread: Some(net.thread),
            team: Some(team),
            person: None,
        })?;
    }
    Ok(())
}

/// Somebody whom a team is to call.
#[derive(Debug, Clone)]
pub struct CallEntry {
    /// The conversation.
    pub thread: ThreadId,
    /// The patient's name.
    pub patient: String,
    /// The phones on record.
    pub phones: Vec<String>,
    /// The conversation's headline.
    pub headline: String,
    /// Since when the answer is unopened.
    pub sent_at: Timestamp,
    /// How soon it was to be opened.
    pub class: Class,
    /// Calls that reached nobody since.
    pub tried: i64,
    /// When the last of them was written down.
    pub tried_at: Option<Timestamp>,
}

/// Whom a team is to call, the most urgent first; at most two hundred. `NotFound`/`Forbidden` by policy.
pub fn calls(cx: &mut Cx<'_, '_>, team: CareTeamId) -> Result<Vec<CallEntry>> {
    let permit = cx.authorize::<ListQueue>(team)?;
    let found = rows::list_calls(cx.tx(), &permit, CALLS_MAX)?;
    let mut entries = Vec::with_capacity(found.len());
    for row in found {
        let place = Place::new("thread", &row.thread, "headline_sealed", 1);
        let headline = cx.open(thread_owner(row.patient(), None), &place, &row.headline)?;
        // The row itself is the tie here: whoever may see it may see whom it is about.
        let shown = store::patient::get_shown(cx.tx(), &row)?;
        let shown = shown.map(|shown| patient::open(cx, shown)).transpose()?;
        let who = shown.map(|shown| shown.demographics).unwrap_or_default();
        entries.push(CallEntry {
            thread: row.thread,
            patient: who.name,
            phones: who.phones,
            headline,
            sent_at: row.sent_at,
            class: row.class,
            tried: row.tried,
            tried_at: row.tried_at,
        });
    }
    Ok(entries)
}

/// How many calls wait in the teams of somebody, for the navigation.
pub(crate) fn count(cx: &mut Cx<'_, '_>, person: PersonId) -> Result<i64> {
    let now = cx.now();
    Ok(rows::count_calls(cx.tx(), person, now)?)
}

/// Within which times answers of a team are to be opened, for an administrator.
pub fn limits(cx: &mut Cx<'_, '_>, team: CareTeamId) -> Result<Limits> {
    let _ = cx.authorize::<Administer>(())?;
    Ok(rows::limits(cx.tx(), team)?)
}

/// Sets them. `Invalid` field by field outside a quarter of an hour to thirty days, and where a more urgent
/// answer would have more time; `NotFound` when there is no such team.
pub fn set_limits(cx: &mut Cx<'_, '_>, team: CareTeamId, limits: Limits) -> Result<()> {
    let permit = cx.authorize::<Administer>(())?;
    if store::team_settings::get(cx.tx(), team)?.is_none() {
        return Err(Error::NotFound);
    }
    let fields = [
        ("urgent", limits.urgent, limits.prompt),
        ("prompt", limits.prompt, limits.ordinary),
        ("ordinary", limits.ordinary, i64::MAX),
    ];
    for (field, minutes, at_most) in fields {
        if !MINUTES.contains(&minutes) || minutes > at_most {
            return Err(Error::field(field, "range"));
        }
    }
    Ok(rows::set_limits(cx.tx(), &permit, team, limits)?)
}
