//! How the rules of the urgency check do: a nightly count that opens what was recognised and keeps counts.
//!
//! The statistics are `domain::precision`'s; method and limits are in `docs/precision.md`. [`measure_due`] is called by a
//! worker of every node; each portion is an entry of the access log, as the system's, without patients: nobody is
//! shown anything of one.

use std::collections::{BTreeMap, BTreeSet};

use domain::access::Actor;
use domain::ids::{CareTeamId, Id as _, OrganizationId, UrgencyCheckId};
use domain::precision::{SAID_YES, Seen, Summary, Tally};
use domain::time::Timestamp;
use domain::urgency::{PREFIX, RulePack};
use store::access::{MeasureCheck, ReadTeamFigures};
use store::care_team::{self, TeamRow};
use store::precision::{self as rows, CheckedRow};
use store::seal::{KeyOwner, Place};
use uuid::Uuid;

use super::{Detail, opened, pack};
use crate::cx::{App, Cx};
use crate::error::{Error, Result};
use crate::nightly;
use crate::site_rules::{self, OwnRule};

/// Seconds of what was sent that a summary covers: 52 weeks.
pub const WINDOW_S: i64 = 364 * 86_400;
/// Messages counted in one portion.
const PORTION: i64 = 500;

/// A team's summary with the team and when it was made.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The team.
    pub team: TeamRow,
    /// The counts and when they were made; `None` before the first count.
    pub summary: Option<(Summary, Timestamp)>,
    /// What rules of the site's own were called, by the version of the rules and their name.
    pub own: BTreeMap<(String, String), OwnRule>,
}

/// How the rules did for a team. `NotFound`/`Forbidden` by policy, `NotFound` for a team that is not active.
pub fn show(cx: &mut Cx<'_, '_>, id: CareTeamId) -> Result<Shown> {
    let permit = cx.authorize::<ReadTeamFigures>(id)?;
    let team = care_team::get(cx.tx(), id)?.ok_or(Error::NotFound)?;
    let kept = rows::get(cx.tx(), &permit)?;
    let summary: Option<(Summary, Timestamp)> = nightly::open(cx, "check_summary", &team, kept)?;
    let own = match (&summary, pack()) {
        (Some((summary, _)), Some(pack)) => own(cx, &team, summary, pack)?,
        _ => BTreeMap::new(),
    };
    Ok(Shown { team, summary, own })
}

/// What the site's own rules in a summary were called, in the versions they fired in.
fn own(
    cx: &mut Cx<'_, '_>,
    team: &TeamRow,
    summary: &Summary,
    shipped: &RulePack,
) -> Result<BTreeMap<(String, String), OwnRule>> {
    let lines = summary.lines.iter().filter(|line| line.rule.starts_with(PREFIX));
    let packs: BTreeSet<&String> = lines.map(|line| &line.pack).collect();
    let mut found = BTreeMap::new();
    for pack in packs {
        let version = pack.rsplit_once(PREFIX).and_then(|(_, version)| version.parse().ok());
        let Some(version) = version else { continue };
        let titles = site_rules::titles(cx, team, version, shipped)?;
        found.extend(titles.into_iter().map(|(rule, own)| ((pack.clone(), rule), own)));
    }
    Ok(found)
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
    let mut after = (since, UrgencyCheckId::from_uuid(Uuid::nil()));
    loop {
        let (last, portion) = app.read(&Actor::system(), |cx| portion(cx, team, after, until))?;
        let Some(last) = last else { break };
        after = last;
        for seen in &portion {
            tally.add(seen);
        }
    }
    let summary = tally.summary(since, until);
    app.write(&Actor::system(), move |cx| {
        let permit = cx.authorize::<MeasureCheck>(())?;
        let version = rows::version(cx.tx(), &permit, team)? + 1;
        let sealed = nightly::seal(cx, "check_summary", (team, organization), version, &summary)?;
        rows::put(cx.tx(), &permit, team, &sealed, version)?;
        Ok(())
    })
}

/// Where the count goes on.
type After = (Timestamp, UrgencyCheckId);

/// The next messages of a team: where the count goes on, and what is counted of each. What does not open any more,
/// because its key was erased, is left out.
fn portion(
    cx: &mut Cx<'_, '_>,
    team: CareTeamId,
    after: After,
    until: Timestamp,
) -> Result<(Option<After>, Vec<Seen>)> {
    let permit = cx.authorize::<MeasureCheck>(())?;
    let found = rows::list_checked(cx.tx(), &permit, team, after, until, PORTION)?;
    let last = found.last().map(|row| (row.made_at, row.id));
    let mut portion = Vec::with_capacity(found.len());
    for row in found {
        let place = Place::new("urgency_check", &row.id, "detail_sealed", row.version);
        let detail = opened(cx.open_json(KeyOwner::Patient(row.patient), &place, &row.detail));
        portion.extend(detail.map(|detail| seen(&row, detail)));
    }
    Ok((last, portion))
}

/// What is counted of a message.
fn seen(row: &CheckedRow, detail: Detail) -> Seen {
    let taken_back = detail.taken_back().is_some();
    let rating = detail.rating();
    let mut rules: BTreeSet<String> = detail.hits.into_iter().map(|hit| hit.rule).collect();
    if detail.said.is_some() {
        rules.insert(SAID_YES.to_owned());
    }
    let minutes = row.first_read_at.map(|read| read.seconds_since(row.made_at).max(0) / 60);
    Seen {
        rules,
        earlier: detail.earlier_rules,
        pack: row.pack.clone(),
        shown: !detail.card.is_empty(),
        answer: detail.answer,
        taken_back,
        rating,
        minutes,
    }
}
