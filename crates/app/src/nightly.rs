//! What is counted of each team every night and kept as one sealed summary: how groups of patients wait (`equity`), how
//! the rules of the urgency check do (`urgency::precision`).
//!
//! A worker of every node counts what is older than last night; a summary is put in place of the one before it by
//! compare-and-set, so that a count that was cut short, or done twice, changes nothing. Deliberately absent: what is
//! counted.

use domain::ids::{CareTeamId, OrganizationId};
use domain::time::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::care_team::TeamRow;
use store::db::{DbError, Tx};
use store::seal::{KeyOwner, Place, Sealed};

use crate::cx::{App, Cx};
use crate::error::Result;

/// The hour of the night, by the clock of the deployment, from which the count of a day is due.
const NIGHT_HOUR: i8 = 2;
/// The sealed column of each table of summaries.
const COLUMN: &str = "summary_sealed";

/// The teams whose summary is missing or older than a moment, each with its organization.
pub(crate) type ListDue =
    fn(&mut Tx<'_>, Timestamp) -> std::result::Result<Vec<(CareTeamId, OrganizationId)>, DbError>;

/// Counts the teams whose summary is older than last night, one after the other; how many were counted.
///
/// Errors: the first team's that failed, after the others were tried.
pub(crate) fn measure_due(
    app: &App,
    list_due: ListDue,
    measure: impl Fn(&App, CareTeamId, OrganizationId) -> Result<()>,
) -> Result<usize> {
    let before = last_night(app);
    let due = app.db().read(move |tx| list_due(tx, before))?;
    let (mut counted, mut failed) = (0, None);
    for (team, organization) in due {
        match measure(app, team, organization) {
            Ok(()) => counted += 1,
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    failed.map_or(Ok(counted), Err)
}

/// The last moment at which the count of a day became due.
fn last_night(app: &App) -> Timestamp {
    let zone = TimeZone::get(&app.settings().time_zone).unwrap_or(TimeZone::UTC);
    let now = app.now();
    let today = now.to_jiff().to_zoned(zone.clone()).date();
    let night = |date: jiff::civil::Date| -> Option<Timestamp> {
        Some(date.at(NIGHT_HOUR, 0, 0, 0).to_zoned(zone.clone()).ok()?.timestamp().into())
    };
    let tonight = night(today).filter(|night| *night <= now);
    tonight.or_else(|| night(today.yesterday().ok()?)).unwrap_or(now)
}

/// Seals a team's summary for its row of `table`, at `version`.
pub(crate) fn seal<S: Serialize>(
    cx: &mut Cx<'_, '_>,
    table: &'static str,
    (team, organization): (CareTeamId, OrganizationId),
    version: i64,
    summary: &S,
) -> Result<Sealed> {
    let place = Place::new(table, &team, COLUMN, version);
    cx.seal_json(KeyOwner::Organization(organization), &place, summary)
}

/// Opens a team's kept summary of `table`: with its version and when it was made; `None` before the first.
pub(crate) fn open<S: DeserializeOwned>(
    cx: &Cx<'_, '_>,
    table: &'static str,
    team: &TeamRow,
    kept: Option<(Sealed, i64, Timestamp)>,
) -> Result<Option<(S, Timestamp)>> {
    let Some((sealed, version, made_at)) = kept else { return Ok(None) };
    let place = Place::new(table, &team.id, COLUMN, version);
    let owner = KeyOwner::Organization(team.organization);
    Ok(Some((cx.open_json(owner, &place, &sealed)?, made_at)))
}
