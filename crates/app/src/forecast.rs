//! When will I hear: what a team's own recent answers say, and the promise that stands behind it.
//!
//! The estimate is `domain::forecast`'s; its method and how well it holds are in `docs/forecast.md`. A worker
//! keeps one summary per team ([`rebuild`]); a page or a send asks it ([`expected`]), from memory for up to a
//! minute. What was said when a message was sent stays on its work item and comes back with the answer: that
//! is how forecasts learn. Deliberately absent: the words.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::access::Actor;
use domain::deadline::Owed;
use domain::forecast::{Asking, Forecast, Load, Said, Summary, WINDOW};
use domain::ids::CareTeamId;
use domain::thread::Category;
use domain::time::Timestamp;
use domain::work_item::Level;
use store::team_forecast;
use store::work_item::Asked;

use crate::cx::{App, Cx};
use crate::deadline;
use crate::error::Result;

/// A summary is made anew when it is so old, in seconds.
const REBUILD_AFTER_S: i64 = 3_600;
/// What was read of a team is taken from memory for so many seconds.
const KNOWN_FOR_S: i64 = 60;
/// Most messages of a team that one summary reads, the newest first: more than 500 a working day.
const MESSAGES_MAX: i64 = 10_000;

/// The summaries and loads of teams as they were last read.
#[derive(Debug, Default)]
pub(crate) struct TeamForecasts(Mutex<HashMap<CareTeamId, Arc<Known>>>);

/// What was read of one team.
#[derive(Debug)]
struct Known {
    summary: Option<Summary>,
    load: Load,
    read_at: Timestamp,
}

impl TeamForecasts {
    fn known(&self, team: CareTeamId, now: Timestamp) -> Option<Arc<Known>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = |known: &&Arc<Known>| {
            // A clock that was set back makes nothing last longer.
            known.read_at <= now && now < known.read_at.plus_seconds(KNOWN_FOR_S)
        };
        known.get(&team).filter(fresh).cloned()
    }

    fn keep(&self, team: CareTeamId, read: &Arc<Known>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(team, Arc::clone(read));
    }

    /// Reads this team anew the next time.
    fn forget(&self, team: CareTeamId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&team);
    }
}

/// Makes the summaries that are missing or an hour old, each in a short transaction of its own; how many.
///
/// Errors: the first team's that failed, after the others were tried.
pub fn rebuild(app: &App) -> Result<usize> {
    let made_before = app.now().plus_seconds(-REBUILD_AFTER_S);
    let due = app.db().read(|tx| team_forecast::list_due(tx, made_before))?;
    let mut made = 0;
    let mut failed = None;
    for team in due {
        match rebuild_one(app, team) {
            Ok(()) => made += 1,
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    failed.map_or(Ok(made), Err)
}

fn rebuild_one(app: &App, team: CareTeamId) -> Result<()> {
    let now = app.now();
    let since = now.plus_seconds(-WINDOW);
    let (answers, unanswered, clock, previous) = app.db().read(|tx| {
        Ok::<_, store::db::DbError>((
            team_forecast::list_answers(tx, team, since, MESSAGES_MAX)?,
            team_forecast::list_unanswered(tx, team, since, MESSAGES_MAX)?,
            store::team_clock::get(tx, team)?,
            team_forecast::get(tx, team)?,
        ))
    })?;
    let Some(clock) = clock else { return Ok(()) };
    let summary = Summary::build(&answers, &unanswered, &clock.calendar, now, previous.as_ref());
    app.write(&Actor::system(), move |cx| Ok(team_forecast::put(cx.tx(), team, &summary)?))?;
    app.team_forecasts().forget(team);
    Ok(())
}

/// When somebody who asks a team now, at a level, will hear; `latest` is the deadline of the answer clock.
/// Errors: `NotFound` when there is no such team.
pub fn expected(
    cx: &mut Cx<'_, '_>,
    team: CareTeamId,
    level: Level,
    latest: Timestamp,
) -> Result<Forecast> {
    ask(cx, team, level, latest).map(|(forecast, _)| forecast)
}

/// What is said before something is sent to a team: it comes in as a message of the category would now.
/// Errors: `NotFound` when there is no such team.
pub fn before_sending(
    cx: &mut Cx<'_, '_>,
    team: CareTeamId,
    category: Category,
) -> Result<Forecast> {
    at_level(cx, team, category, Level::SOON)
}

/// [`before_sending`] of something that comes in at a level. Errors: `NotFound` when there is no such team.
pub fn at_level(
    cx: &mut Cx<'_, '_>,
    team: CareTeamId,
    category: Category,
    level: Level,
) -> Result<Forecast> {
    let owed = Owed::new(cx.now(), level);
    let clock = deadline::clock_of(cx, team, category, owed)?;
    expected(cx, team, level, clock.deadline.due_at)
}

/// What a message asks of a team from now on, with what is said about its answer.
pub(crate) fn asked(
    cx: &mut Cx<'_, '_>,
    team: CareTeamId,
    level: Level,
    latest: Timestamp,
) -> Result<Asked> {
    let (forecast, load) = ask(cx, team, level, latest)?;
    Ok(Asked { at: cx.now(), level, said: forecast.said(load) })
}

fn ask(
    cx: &mut Cx<'_, '_>,
    team: CareTeamId,
    level: Level,
    latest: Timestamp,
) -> Result<(Forecast, Load)> {
    let settings = deadline::team_clock(cx, team)?;
    let now = cx.now();
    let known = if let Some(known) = cx.app().team_forecasts().known(team, now) {
        known
    } else {
        // While the team is closed, those who will be there when it opens are counted.
        let opens = settings.calendar.open_from(now).next();
        let at = opens.map_or(now, |open| open.from.max(now));
        let read = Arc::new(Known {
            summary: team_forecast::get(cx.tx(), team)?,
            load: team_forecast::load(cx.tx(), team, at)?,
            read_at: now,
        });
        cx.app().team_forecasts().keep(team, &read);
        read
    };
    let asking = Asking { now, level, load: known.load, latest };
    let forecast = match &known.summary {
        Some(summary) => summary.forecast(&settings.calendar, &asking),
        None => Forecast::NewTeam { latest },
    };
    Ok((forecast, known.load))
}

/// When the sender of something that is still owed will hear: what was said when it was sent, beside the
/// promise as it stands now, which a higher urgency or other hours may have moved since.
pub const fn still(said: Option<Said>, latest: Timestamp) -> Forecast {
    match said {
        Some(Said { half_by, most_by, .. }) if most_by.micros() <= latest.micros() => {
            Forecast::Usual { half_by, most_by, latest }
        }
        Some(Said { half_by, most_by, .. }) => Forecast::Behind { half_by, most_by, latest },
        None => Forecast::NewTeam { latest },
    }
}
