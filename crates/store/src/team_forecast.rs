//! What forecasts are made from and what they come to: how long each team's answers took, what is open, who
//! is there, and the kept summary per team.
//!
//! What is read here of `answer_time` and `team_forecast` is a team and times, never a person or a patient, so
//! no permit is asked for; they are not sealed. Deliberately absent: the estimate (`domain::forecast`).

use domain::forecast::{Answer, Load, Summary, Unanswered};
use domain::ids::{AnswerTimeId, CareTeamId, PersonId, ThreadId};
use domain::time::Timestamp;
use domain::work_item::Level;

use crate::db::{DbError, Row, Tx};
use crate::sql;
use crate::work_item::{Asked, asked, said};

/// Notes how long an answer took, and with `by` in which thread, who gave it, and when somebody of a team in
/// it first opened it after it was asked: the first such entry of the access log, and at the latest the
/// answer itself. Goes into the transaction of the answer.
pub fn add_answer(
    tx: &mut Tx<'_>,
    id: AnswerTimeId,
    team: CareTeamId,
    asked: &Asked,
    answered_at: Timestamp,
    by: Option<(ThreadId, Option<PersonId>)>,
) -> Result<(), DbError> {
    let first_read: Option<Timestamp> = match by {
        Some((thread, _)) => {
            let row = tx.query_one(
                sql!(
                    "SELECT min(at) FROM audit_event WHERE object_id = $1 AND at >= $2 AND at <= $3 \
                     AND action = 'read_thread' AND basis IN ('team_clinician', 'team_nurse')"
                ),
                &[&thread, &asked.at, &answered_at],
            )?;
            Some(row.get::<Option<Timestamp>>(0)?.unwrap_or(answered_at))
        }
        None => None,
    };
    tx.execute_one(
        sql!(
            "INSERT INTO answer_time (id, team_id, level, asked_at, answered_at, half_by, most_by, \
             per_person, thread_id, first_read_at, answered_by) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
        ),
        &[
            &id,
            &team,
            &asked.level.number(),
            &asked.at,
            &answered_at,
            &asked.said.map(|said| said.half_by),
            &asked.said.map(|said| said.most_by),
            &asked.said.map(|said| i64::from(said.per_person)),
            &by.map(|(thread, _)| thread),
            &first_read,
            &by.and_then(|(_, person)| person),
        ],
    )
}

/// The answers of a team to what was asked since a moment, the newest first, at most `limit`.
pub fn list_answers(
    tx: &mut Tx<'_>,
    team: CareTeamId,
    since: Timestamp,
    limit: i64,
) -> Result<Vec<Answer>, DbError> {
    let read = |row: &Row| {
        let level = Level::new(row.get(2)?)
            .ok_or_else(|| DbError::Decode("a level out of range".to_owned()))?;
        Ok(Answer { asked_at: row.get(0)?, answered_at: row.get(1)?, level, said: said(row, 3)? })
    };
    tx.query(
        sql!(
            "SELECT asked_at, answered_at, level, half_by, most_by, per_person FROM answer_time \
             WHERE team_id = $1 AND asked_at >= $2 ORDER BY asked_at DESC LIMIT $3"
        ),
        &[&team, &since, &limit],
    )?
    .iter()
    .map(read)
    .collect()
}

/// What a team was asked since a moment and has not answered, the newest first, at most `limit`. What waits
/// for the patient is not among it.
pub fn list_unanswered(
    tx: &mut Tx<'_>,
    team: CareTeamId,
    since: Timestamp,
    limit: i64,
) -> Result<Vec<Unanswered>, DbError> {
    let rows = tx.query(
        sql!(
            "SELECT asked_at, asked_level, said_half_by, said_most_by, said_per_person FROM work_item \
             WHERE team_id = $1 AND state IN ('queued', 'claimed') AND asked_at >= $2 \
             ORDER BY asked_at DESC LIMIT $3"
        ),
        &[&team, &since, &limit],
    )?;
    let mut open = Vec::with_capacity(rows.len());
    for row in &rows {
        if let Some(Asked { at, level, said }) = asked(row, 0)? {
            open.push(Unanswered { asked_at: at, level, said });
        }
    }
    Ok(open)
}

/// How much work a team has open now, and how many of its people there are at `at` and on a usual day. The
/// desk hands messages on and answers none, so it is not counted.
pub fn load(tx: &mut Tx<'_>, team: CareTeamId, at: Timestamp) -> Result<Load, DbError> {
    let open: i64 = tx
        .query_one(
            sql!(
                "SELECT count(*) FROM work_item WHERE team_id = $1 AND state IN ('queued', 'claimed')"
            ),
            &[&team],
        )?
        .get(0)?;
    let row = tx.query_one(
        sql!(
            "SELECT count(*), count(CASE WHEN EXISTS (SELECT 1 FROM absence a \
             WHERE a.person_id = m.person_id AND a.from_at <= $2 AND a.until_at > $2) \
             THEN NULL ELSE 1 END) FROM membership m JOIN person p ON p.id = m.person_id \
             WHERE m.team_id = $1 AND m.role <> 'desk' AND p.status = 'active' \
             AND m.from_at <= $2 AND m.until_at > $2"
        ),
        &[&team, &at],
    )?;
    let count = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
    Ok(Load {
        open_items_now: count(open),
        people_on_duty_now: count(row.get(1)?),
        people_usually: count(row.get(0)?),
    })
}

/// The kept summary of a team; `None` when there is none that this version reads: then a new one is made.
pub fn get(tx: &mut Tx<'_>, team: CareTeamId) -> Result<Option<Summary>, DbError> {
    let row =
        tx.query_opt(sql!("SELECT summary FROM team_forecast WHERE team_id = $1"), &[&team])?;
    let text: Option<String> = row.map(|row| row.get(0)).transpose()?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}

/// Keeps the summary of a team in place of an older one. `Decode` when it cannot be written as JSON.
pub fn put(tx: &mut Tx<'_>, team: CareTeamId, summary: &Summary) -> Result<(), DbError> {
    let text =
        serde_json::to_string(summary).map_err(|error| DbError::Decode(error.to_string()))?;
    tx.execute(
        sql!(
            "INSERT INTO team_forecast (team_id, summary, answers, made_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (team_id) DO UPDATE SET summary = excluded.summary, \
             answers = excluded.answers, made_at = excluded.made_at \
             WHERE team_forecast.made_at < excluded.made_at"
        ),
        &[&team, &text, &i64::from(summary.answers()), &summary.built_at()],
    )
    .map(|_| ())
}

/// The active teams without a summary made after `made_before`, in order.
pub fn list_due(tx: &mut Tx<'_>, made_before: Timestamp) -> Result<Vec<CareTeamId>, DbError> {
    tx.query(
        sql!(
            "SELECT c.id FROM care_team c LEFT JOIN team_forecast f ON f.team_id = c.id \
             WHERE c.status = 'active' AND (f.made_at IS NULL OR f.made_at <= $1) ORDER BY c.id"
        ),
        &[&made_before],
    )?
    .iter()
    .map(|row| row.get(0))
    .collect()
}
