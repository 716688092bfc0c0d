//! How a team's clocks run: its hours, the dates that differ from them, and its answer-time targets.
//!
//! Holds no patient data, so reading it takes no permit. Every change raises the version of the teams it
//! concerns: whoever keeps a copy asks for the version first, and open deadlines follow it.

use domain::calendar::{Calendar, CalendarError, Date, Day, Week};
use domain::deadline::{Policy, Targets};
use domain::ids::{CareTeamId, Id, SiteId};
use domain::thread::Category;
use domain::work_item::Level;
use uuid::Uuid;

use crate::access::{Administer, Permit};
use crate::db::{DbError, Tx};
use crate::sql;

/// How a team's clocks run.
#[derive(Debug, Clone)]
pub struct TeamClock {
    /// When the team is at work.
    pub calendar: Calendar,
    /// How long answers may take, and when the next tier is told.
    pub policy: Policy,
}

/// Which version of its settings a team has; `None` when there is no such team.
pub fn version(tx: &mut Tx<'_>, team: CareTeamId) -> Result<Option<i64>, DbError> {
    tx.query_opt(sql!("SELECT policy_version FROM care_team WHERE id = $1"), &[&team])?
        .map(|row| row.get(0))
        .transpose()
}

/// The clock of a team, ended ones too; `None` when there is no such team.
pub fn get(tx: &mut Tx<'_>, team: CareTeamId) -> Result<Option<TeamClock>, DbError> {
    let Some(row) = tx.query_opt(
        sql!(
            "SELECT c.week, c.answer_minutes, c.escalate_percent, c.policy_version, c.site_id, \
             s.time_zone, s.has_duty FROM care_team c JOIN site s ON s.id = c.site_id WHERE c.id = $1"
        ),
        &[&team],
    )?
    else {
        return Ok(None);
    };
    let unreadable = |error: CalendarError| DbError::Decode(error.to_string());
    let week = Week::parse(&row.get::<String>(0)?).map_err(unreadable)?;
    let site: SiteId = row.get(4)?;
    // The team's own dates come later and win.
    let mut dates = list_dates(tx, site.as_uuid())?;
    dates.extend(list_dates(tx, team.as_uuid())?);
    let dates = dates.into_iter().map(|date| (date.day, date.hours));
    let calendar = Calendar::new(&row.get::<String>(5)?, week, dates).map_err(unreadable)?;
    let policy = Policy {
        version: row.get(3)?,
        targets: Targets::new(row.get(1)?, list_targets(tx, team)?),
        escalate_percent: row.get(2)?,
        duty: row.get(6)?,
    };
    Ok(Some(TeamClock { calendar, policy }))
}

/// A date whose hours differ from the week's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecialDate {
    /// The date where the team is.
    pub day: Date,
    /// Its hours; closed when empty.
    pub hours: Day,
    /// What it is called; may be empty.
    pub name: String,
}

/// The special dates of a site or of one team, in order.
pub fn list_dates(tx: &mut Tx<'_>, owner: Uuid) -> Result<Vec<SpecialDate>, DbError> {
    tx.query(
        sql!("SELECT day, hours, name FROM special_date WHERE owner_id = $1 ORDER BY day"),
        &[&owner],
    )?
    .iter()
    .map(|row| {
        let day: String = row.get(0)?;
        let day = day.parse().map_err(|_| DbError::Decode(format!("not a date: {day}")))?;
        let hours: String = row.get(1)?;
        let hours = Day::parse(&hours).map_err(|error| DbError::Decode(error.to_string()))?;
        Ok(SpecialDate { day, hours, name: row.get(2)? })
    })
    .collect()
}

/// A target that differs from the team's ordinary one: category (`None` is any), level, minutes.
pub type Target = ((Option<Category>, Level), i64);

/// The targets of a team that differ from its ordinary one.
pub fn list_targets(tx: &mut Tx<'_>, team: CareTeamId) -> Result<Vec<Target>, DbError> {
    tx.query(
        sql!(
            "SELECT category, level, minutes FROM answer_target WHERE team_id = $1 \
             ORDER BY category, level"
        ),
        &[&team],
    )?
    .iter()
    .map(|row| {
        let category: String = row.get(0)?;
        let level = Level::new(row.get(1)?)
            .ok_or_else(|| DbError::Decode("a level out of range".to_owned()))?;
        Ok(((Category::from_code(&category), level), row.get(2)?))
    })
    .collect()
}

/// Sets the hours of a team, its ordinary target in minutes of working time and the part of the clock at
/// which the next tier is told, in percent. `RowCount` when there is no such team.
pub fn set<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Administer>,
    team: CareTeamId,
    week: &Week,
    answer_minutes: i64,
    escalate_percent: i64,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "UPDATE care_team SET week = $2, answer_minutes = $3, escalate_percent = $4, \
             policy_version = policy_version + 1, version = version + 1, updated_at = $5 WHERE id = $1"
        ),
        &[&team, &week.to_string(), &answer_minutes, &escalate_percent, &permit.now()],
    )
}

/// Sets the targets of a team that differ from its ordinary one, in place of those it had.
pub fn set_targets<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Administer>,
    team: CareTeamId,
    targets: &[Target],
) -> Result<(), DbError> {
    tx.execute(sql!("DELETE FROM answer_target WHERE team_id = $1"), &[&team])?;
    for ((category, level), minutes) in targets {
        tx.execute_one(
            sql!(
                "INSERT INTO answer_target (team_id, category, level, minutes) VALUES ($1, $2, $3, $4)"
            ),
            &[&team, &category.map_or("", Category::code), &level.number(), minutes],
        )?;
    }
    changed(tx, permit, team.as_uuid()).map(|_| ())
}

/// Puts a special date of a site or team, in place of what that date had. The caller calls
/// [`changed`] after the last one.
pub fn put_date<'t>(
    tx: &mut Tx<'t>,
    _permit: &Permit<'t, Administer>,
    owner: Uuid,
    date: &SpecialDate,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "INSERT INTO special_date (owner_id, day, hours, name) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (owner_id, day) DO UPDATE SET hours = excluded.hours, name = excluded.name"
        ),
        &[&owner, &date.day.to_string(), &date.hours.to_string(), &date.name],
    )
}

/// Removes a special date; whether there was one. The caller calls [`changed`] after the last one.
pub fn remove_date<'t>(
    tx: &mut Tx<'t>,
    _permit: &Permit<'t, Administer>,
    owner: Uuid,
    day: Date,
) -> Result<bool, DbError> {
    let removed = tx.execute(
        sql!("DELETE FROM special_date WHERE owner_id = $1 AND day = $2"),
        &[&owner, &day.to_string()],
    )?;
    Ok(removed > 0)
}

/// Whether somebody is on duty around the clock at a site; not when there is no such site.
pub fn has_duty(tx: &mut Tx<'_>, site: SiteId) -> Result<bool, DbError> {
    tx.query_opt(sql!("SELECT has_duty FROM site WHERE id = $1"), &[&site])?
        .map_or(Ok(false), |row| row.get(0))
}

/// Says whether somebody is on duty around the clock at a site. `RowCount` when there is no such site.
pub fn set_duty<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Administer>,
    site: SiteId,
    has_duty: bool,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!("UPDATE site SET has_duty = $2, version = version + 1, updated_at = $3 WHERE id = $1"),
        &[&site, &has_duty, &permit.now()],
    )?;
    changed(tx, permit, site.as_uuid()).map(|_| ())
}

/// Raises the version of a team, or of all teams of a site, after its settings changed; how many teams.
pub fn changed<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Administer>,
    owner: Uuid,
) -> Result<u64, DbError> {
    tx.execute(
        sql!(
            "UPDATE care_team SET policy_version = policy_version + 1, version = version + 1, \
             updated_at = $2 WHERE id = $1 OR site_id = $1"
        ),
        &[&owner, &permit.now()],
    )
}
