//! Rosters of duty: who of a team works when. No patient data; a team's members see it.
//!
//! Deliberately absent: what a roster means (`domain::roster`).

use domain::calendar::Day;
use domain::ids::{CareTeamId, PersonId};
use domain::roster::{On, Shift};

use crate::access::{Action, Administer, ListQueue, Permit};
use crate::db::{DbError, Tx};
use crate::sql;

/// Actions that may keep a roster: an administrator's, or that of a lead of the team.
pub trait KeepsRoster: Action {}
impl KeepsRoster for Administer {}
impl KeepsRoster for ListQueue {}

/// The roster of a team: weekdays and dates, past ones too.
pub fn list(tx: &mut Tx<'_>, team: CareTeamId) -> Result<Vec<Shift>, DbError> {
    tx.query(
        sql!("SELECT person_id, day, hours FROM duty_shift WHERE team_id = $1 ORDER BY day, person_id"),
        &[&team],
    )?
    .iter()
    .map(|row| {
        let (on, hours): (String, String) = (row.get(1)?, row.get(2)?);
        let unread = || DbError::Decode("a shift that cannot be read".to_owned());
        Ok(Shift {
            person: row.get(0)?,
            on: On::parse(&on).ok_or_else(unread)?,
            hours: Day::parse(&hours).map_err(|_| unread())?,
        })
    })
    .collect()
}

/// Adds a shift; `Conflict` when the person has one on that day.
pub fn add<'t, A: KeepsRoster>(
    tx: &mut Tx<'t>,
    _permit: &Permit<'t, A>,
    team: CareTeamId,
    shift: &Shift,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!("INSERT INTO duty_shift (team_id, person_id, day, hours) VALUES ($1, $2, $3, $4)"),
        &[&team, &shift.person, &shift.on.to_string(), &shift.hours.to_string()],
    )
}

/// Takes a shift away; whether there was one.
pub fn remove<'t, A: KeepsRoster>(
    tx: &mut Tx<'t>,
    _permit: &Permit<'t, A>,
    team: CareTeamId,
    person: PersonId,
    on: On,
) -> Result<bool, DbError> {
    let removed = tx.execute(
        sql!("DELETE FROM duty_shift WHERE team_id = $1 AND person_id = $2 AND day = $3"),
        &[&team, &person, &on.to_string()],
    )?;
    Ok(removed > 0)
}
