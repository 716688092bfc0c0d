//! Who is away, from when until when, and who stands in. No patient data; a team's members see it.
//!
//! Deliberately absent: what an absence means for work (`domain::cover`), and why somebody is away.

use domain::cover::{Absence, Cover};
use domain::ids::{AbsenceId, CareTeamId, PersonId};
use domain::time::Timestamp;

use crate::access::{Action, Administer, Permit, UseOwn};
use crate::db::{DbError, Row, Tx};
use crate::sql;

/// An absence as stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AbsenceRow {
    /// Its id.
    pub id: AbsenceId,
    /// Who, when, and who stands in.
    pub absence: Absence,
}

/// Actions that may enter and end absences: one's own, or anybody's for an administrator.
pub trait KeepsAbsences: Action {}
impl KeepsAbsences for UseOwn {}
impl KeepsAbsences for Administer {}

fn read(row: &Row) -> Result<AbsenceRow, DbError> {
    let cover: Option<PersonId> = row.get(4)?;
    Ok(AbsenceRow {
        id: row.get(0)?,
        absence: Absence {
            person: row.get(1)?,
            from: row.get(2)?,
            until: row.get(3)?,
            cover: cover.map_or(Cover::Team, Cover::Person),
        },
    })
}

/// All absences that are not over at `now`, the first to begin first.
pub fn list(tx: &mut Tx<'_>, now: Timestamp) -> Result<Vec<AbsenceRow>, DbError> {
    tx.query(
        sql!(
            "SELECT id, person_id, from_at, until_at, cover_person_id FROM absence \
             WHERE until_at > $1 AND until_at > from_at ORDER BY from_at, id"
        ),
        &[&now],
    )?
    .iter()
    .map(read)
    .collect()
}

/// The absences of members of a team that are not over at `now`, the first to begin first.
pub fn list_of_team(
    tx: &mut Tx<'_>,
    team: CareTeamId,
    now: Timestamp,
) -> Result<Vec<AbsenceRow>, DbError> {
    tx.query(
        sql!(
            "SELECT a.id, a.person_id, a.from_at, a.until_at, a.cover_person_id FROM absence a \
             WHERE a.until_at > $2 AND a.until_at > a.from_at AND EXISTS (SELECT 1 FROM membership m \
                 WHERE m.team_id = $1 AND m.person_id = a.person_id \
                 AND m.from_at <= $2 AND m.until_at > $2) ORDER BY a.from_at, a.id"
        ),
        &[&team, &now],
    )?
    .iter()
    .map(read)
    .collect()
}

/// The absences of a person that are not over at `now`, the first to begin first.
pub fn list_of_person(
    tx: &mut Tx<'_>,
    person: PersonId,
    now: Timestamp,
) -> Result<Vec<AbsenceRow>, DbError> {
    tx.query(
        sql!(
            "SELECT id, person_id, from_at, until_at, cover_person_id FROM absence \
             WHERE person_id = $1 AND until_at > $2 AND until_at > from_at ORDER BY from_at, id"
        ),
        &[&person, &now],
    )?
    .iter()
    .map(read)
    .collect()
}

/// Enters an absence.
pub fn add<'t, A: KeepsAbsences>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, A>,
    id: AbsenceId,
    absence: &Absence,
    by: Option<PersonId>,
) -> Result<(), DbError> {
    let cover = match absence.cover {
        Cover::Person(person) => Some(person),
        Cover::Team => None,
    };
    tx.execute_one(
        sql!(
            "INSERT INTO absence (id, person_id, from_at, until_at, cover_person_id, made_by, made_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)"
        ),
        &[&id, &absence.person, &absence.from, &absence.until, &cover, &by, &permit.now()],
    )
}

/// Ends an absence of `person` now, or takes it back when it has not begun; whether there was one.
pub fn end<'t, A: KeepsAbsences>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, A>,
    id: AbsenceId,
    person: PersonId,
) -> Result<bool, DbError> {
    let now = permit.now();
    let ended = tx.execute(
        sql!(
            "UPDATE absence SET until_at = CASE WHEN from_at < $3 THEN $3 ELSE from_at END \
             WHERE id = $1 AND person_id = $2 AND until_at > $3"
        ),
        &[&id, &person, &now],
    )?;
    Ok(ended == 1)
}
