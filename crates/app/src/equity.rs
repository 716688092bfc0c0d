//! How groups of a team's patients wait: a nightly count that opens demographics and keeps counts and sums.
//!
//! The statistics are `domain::equity`'s; method and limits are in `docs/equity.md`. [`measure_due`] is called by
//! a worker of every node: each team is counted anew from the record and its summary put in place of the one
//! before it by compare-and-set, so that a count that was cut short, or done twice, changes nothing. Each
//! portion of it is an entry of the access log, as the system's, without patients: nobody is shown anything of
//! one. Deliberately absent: anything of one patient outside this module's memory.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use domain::access::Actor;
use domain::equity::{Facts, Summary, Tally};
use domain::ids::{AnswerTimeId, CareTeamId, Id as _, OrganizationId, PatientId};
use domain::time::Timestamp;
use jiff::tz::TimeZone;
use store::access::{MeasureEquity, Permit, ReadEquity};
use store::care_team::{self, TeamRow};
use store::equity::{self as rows, ClockRow};
use store::seal::{KeyOwner, Place};
use uuid::Uuid;

use crate::chart::CoverageDetail;
use crate::cx::{App, Cx};
use crate::error::{Error, Result};
use crate::nightly;
use crate::patient::Demographics;

/// Seconds of what was asked that a summary covers: 13 weeks.
pub const WINDOW_S: i64 = 91 * 86_400;
/// Answers counted in one portion; so many patients are known at once at most.
const PORTION: i64 = 500;

/// A team's summary with the team and when it was made.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The team.
    pub team: TeamRow,
    /// The counts and when they were made; `None` before the first count.
    pub summary: Option<(Summary, Timestamp)>,
}

/// How groups of a team's patients wait. `NotFound`/`Forbidden` by policy, `NotFound` for a team that is not
/// active.
pub fn show(cx: &mut Cx<'_, '_>, id: CareTeamId) -> Result<Shown> {
    let permit = cx.authorize::<ReadEquity>(id)?;
    let team = care_team::get(cx.tx(), id)?.ok_or(Error::NotFound)?;
    let kept = rows::get(cx.tx(), &permit)?;
    let summary = nightly::open(cx, "equity_summary", &team, kept)?;
    Ok(Shown { team, summary })
}

/// Counts the teams whose summary is older than last night, one after the other; how many were counted.
///
/// Errors: the first team's that failed, after the others were tried.
pub fn measure_due(app: &App) -> Result<usize> {
    nightly::measure_due(app, rows::list_due, measure)
}

/// Counts one team anew.
fn measure(app: &App, team: CareTeamId, organization: OrganizationId) -> Result<()> {
    let until = app.now();
    let since = until.plus_seconds(-WINDOW_S);
    let mut tally = Tally::default();
    let mut after = (since, AnswerTimeId::from_uuid(Uuid::nil()));
    loop {
        let portion = app.read(&Actor::system(), |cx| portion(cx, team, after, until))?;
        let Some((last, _)) = portion.last() else { break };
        after = (last.asked_at, last.id);
        for (clock, facts) in &portion {
            let read = clock.first_read_at.map(|read| read.seconds_since(clock.asked_at));
            tally.add(facts, read, clock.answered_at.seconds_since(clock.asked_at));
        }
    }
    let summary = tally.summary(since, until);
    app.write(&Actor::system(), move |cx| {
        let permit = cx.authorize::<MeasureEquity>(())?;
        let version = rows::version(cx.tx(), &permit, team)? + 1;
        let sealed = nightly::seal(cx, "equity_summary", (team, organization), version, &summary)?;
        rows::put(cx.tx(), &permit, team, &sealed, version)?;
        Ok(())
    })
}

/// The next answers of a team with what is known of who asked.
fn portion(
    cx: &mut Cx<'_, '_>,
    team: CareTeamId,
    after: (Timestamp, AnswerTimeId),
    until: Timestamp,
) -> Result<Vec<(ClockRow, Facts)>> {
    let permit = cx.authorize::<MeasureEquity>(())?;
    let clocks = rows::list_clocks(cx.tx(), &permit, team, after, until, PORTION)?;
    let mut known: HashMap<PatientId, (Facts, Demographics)> = HashMap::new();
    let mut portion = Vec::with_capacity(clocks.len());
    for clock in clocks {
        let (facts, demographics) = match known.entry(clock.patient) {
            Entry::Occupied(found) => found.into_mut(),
            Entry::Vacant(free) => free.insert(facts_of(cx, &permit, clock.patient)?),
        };
        let day = clock.asked_at.to_jiff().to_zoned(TimeZone::UTC).date();
        let age = demographics.age_on(day);
        portion.push((clock, Facts { age, ..facts.clone() }));
    }
    Ok(portion)
}

/// What the record says of a patient. What does not open any more, because its key was erased, says nothing.
fn facts_of<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, MeasureEquity>,
    patient: PatientId,
) -> Result<(Facts, Demographics)> {
    let Some(row) = rows::facts(cx.tx(), permit, patient)? else {
        return Ok((Facts::default(), Demographics::default()));
    };
    let owner = KeyOwner::Patient(patient);
    let place = Place::new("patient", &patient, "demographics_sealed", row.version);
    let demographics: Demographics =
        cx.open_json(owner, &place, &row.demographics).unwrap_or_default();
    let payer = match &row.coverage {
        Some((id, sealed, version)) => {
            let place = Place::new("chart_item", id, "detail_sealed", *version);
            let detail: CoverageDetail = cx.open_json(owner, &place, sealed).unwrap_or_default();
            if detail.payer.is_empty() { detail.kind } else { detail.payer }
        }
        None => String::new(),
    };
    let race = demographics.race.clone();
    Ok((Facts { language: row.language, age: None, payer, race }, demographics))
}
