//! How a team does, counted: open work by level and age, who holds and answered how much, how long it took.
//!
//! Everything here is counts, times and log-ins of the team's own people; no patient and no thread, so
//! nothing is sealed and no patient is noted. Deliberately absent: words and names.

use domain::ids::PersonId;
use domain::time::Timestamp;

use crate::access::{Permit, ReadTeamFigures};
use crate::db::{DbError, Tx};
use crate::sql;

/// Ages of open work, in seconds: below 4 hours, below a day, below three days; what is older is the rest.
pub const AGES_S: [i64; 3] = [4 * 3_600, 86_400, 3 * 86_400];

/// Open work of one level: queued or claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenRow {
    /// 1 now … 4 whenever.
    pub level: i64,
    /// How many of each age, by [`AGES_S`], the oldest last.
    pub ages: [i64; 4],
    /// Past the promised moment.
    pub late: i64,
    /// Not late, and past the share of its time at which leads are told.
    pub nearly: i64,
}

/// The open work of the permit's team by level, the most urgent first. What a team owes ages from the first
/// message that nobody answered.
pub fn open<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ReadTeamFigures>,
) -> Result<Vec<OpenRow>, DbError> {
    let now = permit.now();
    let [four, day, three] = AGES_S.map(|age| now.plus_seconds(-age));
    tx.query(
        sql!(
            "SELECT level, \
             count(*) FILTER (WHERE coalesce(owed_since, opened_at) > $3), \
             count(*) FILTER (WHERE coalesce(owed_since, opened_at) <= $3 \
                 AND coalesce(owed_since, opened_at) > $4), \
             count(*) FILTER (WHERE coalesce(owed_since, opened_at) <= $4 \
                 AND coalesce(owed_since, opened_at) > $5), \
             count(*) FILTER (WHERE coalesce(owed_since, opened_at) <= $5), \
             count(*) FILTER (WHERE owed_since IS NOT NULL AND due_at < $2), \
             count(*) FILTER (WHERE owed_since IS NOT NULL AND due_at >= $2 \
                 AND (told <> 'nobody' OR escalate_at <= $2)) \
             FROM work_item WHERE team_id = $1 AND state IN ('queued', 'claimed') \
             GROUP BY level ORDER BY level"
        ),
        &[&permit.team(), &now, &four, &day, &three],
    )?
    .iter()
    .map(|row| {
        Ok(OpenRow {
            level: row.get(0)?,
            ages: [row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?],
            late: row.get(5)?,
            nearly: row.get(6)?,
        })
    })
    .collect()
}

/// How many items wait for the patient.
pub fn waiting<'t>(tx: &mut Tx<'t>, permit: &Permit<'t, ReadTeamFigures>) -> Result<i64, DbError> {
    tx.query_one(
        sql!("SELECT count(*) FROM work_item WHERE team_id = $1 AND state = 'waiting'"),
        &[&permit.team()],
    )?
    .get(0)
}

/// Who holds how many items now.
pub fn held<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ReadTeamFigures>,
) -> Result<Vec<(PersonId, i64)>, DbError> {
    tx.query(
        sql!(
            "SELECT assignee_id, count(*) FROM work_item \
             WHERE team_id = $1 AND state = 'claimed' AND assignee_id IS NOT NULL \
             GROUP BY assignee_id ORDER BY assignee_id"
        ),
        &[&permit.team()],
    )?
    .iter()
    .map(|row| Ok((row.get(0)?, row.get(1)?)))
    .collect()
}

/// Who stopped how many clocks by answering, since `late` and since `early`, of what was asked since `asked`.
pub fn answered_by<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ReadTeamFigures>,
    (asked, early, late): (Timestamp, Timestamp, Timestamp),
) -> Result<Vec<(PersonId, i64, i64)>, DbError> {
    tx.query(
        sql!(
            "SELECT answered_by, count(*) FILTER (WHERE answered_at >= $4), count(*) FROM answer_time \
             WHERE team_id = $1 AND asked_at >= $2 AND answered_at >= $3 AND answered_by IS NOT NULL \
             GROUP BY answered_by ORDER BY answered_by"
        ),
        &[&permit.team(), &asked, &early, &late],
    )?
    .iter()
    .map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
    .collect()
}

/// How long one question took, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Took {
    /// Until somebody of the team opened it; `None` where that is not known.
    pub read: Option<i64>,
    /// Until it was answered.
    pub answered: i64,
}

/// How long what was asked of the permit's team since a moment took, the newest first, at most `limit`.
pub fn took<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ReadTeamFigures>,
    since: Timestamp,
    limit: i64,
) -> Result<Vec<Took>, DbError> {
    tx.query(
        sql!(
            "SELECT asked_at, first_read_at, answered_at FROM answer_time \
             WHERE team_id = $1 AND asked_at >= $2 ORDER BY asked_at DESC LIMIT $3"
        ),
        &[&permit.team(), &since, &limit],
    )?
    .iter()
    .map(|row| {
        let asked: Timestamp = row.get(0)?;
        let read: Option<Timestamp> = row.get(1)?;
        let answered: Timestamp = row.get(2)?;
        Ok(Took {
            read: read.map(|read| read.seconds_since(asked)),
            answered: answered.seconds_since(asked),
        })
    })
    .collect()
}

/// How many times something happened to the work of the permit's team since a moment: `escalated`, `expired`,
/// `returned`, `covered`.
pub fn happened<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ReadTeamFigures>,
    since: Timestamp,
) -> Result<Vec<(String, i64)>, DbError> {
    tx.query(
        sql!(
            "SELECT e.kind, count(*) FROM work_event e JOIN work_item w ON w.id = e.work_item_id \
             WHERE e.kind IN ('escalated', 'returned', 'expired', 'covered') AND e.happened_at >= $2 \
             AND w.team_id = $1 GROUP BY e.kind ORDER BY e.kind"
        ),
        &[&permit.team(), &since],
    )?
    .iter()
    .map(|row| Ok((row.get(0)?, row.get(1)?)))
    .collect()
}
