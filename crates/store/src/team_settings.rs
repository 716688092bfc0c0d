//! What an administrator sets of a team besides its clock: its words, who leads it, who stands in when
//! all are away, and which team follows it.
//!
//! Holds no patient data, so reading it takes no permit. Deliberately absent: hours and targets
//! (`team_clock`), and what a team must have before it is opened (`domain::care_team::missing`).

use domain::care_team::TeamStatus;
use domain::ids::{CareTeamId, PersonId};

use crate::access::{Administer, Permit};
use crate::db::{DbError, Tx};
use crate::{code, sql};

/// What is set of a team, ended ones too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsRow {
    /// Its plain name.
    pub name: String,
    /// Where it stands.
    pub status: TeamStatus,
    /// Opening hours, as `domain::calendar::Week` writes them.
    pub week: String,
    /// How long an answer may take, in minutes of working time.
    pub answer_minutes: i64,
    /// At which part of the clock the next tier is told, in percent.
    pub escalate_percent: i64,
    /// Who stands in when all are away.
    pub last_resort: Option<PersonId>,
    /// Which team follows when this one ends.
    pub successor: Option<CareTeamId>,
    /// Whether patients read the names of its people; else their roles.
    pub show_names: bool,
    /// Raised with every change of the team.
    pub version: i64,
}

/// What is set of a team; `None` when there is none of that id.
pub fn get(tx: &mut Tx<'_>, team: CareTeamId) -> Result<Option<SettingsRow>, DbError> {
    tx.query_opt(
        sql!(
            "SELECT status, week, answer_minutes, escalate_percent, last_resort_person_id, \
             successor_team_id, version, show_names, plain_name FROM care_team WHERE id = $1"
        ),
        &[&team],
    )?
    .map(|row| {
        Ok(SettingsRow {
            status: code(&row, 0, TeamStatus::from_code)?,
            week: row.get(1)?,
            answer_minutes: row.get(2)?,
            escalate_percent: row.get(3)?,
            last_resort: row.get(4)?,
            successor: row.get(5)?,
            version: row.get(6)?,
            show_names: row.get(7)?,
            name: row.get(8)?,
        })
    })
    .transpose()
}

/// The words patients read of a team, who stands in, and which team follows.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    /// Its name in plain words.
    pub name: &'a str,
    /// The kind of care in plain words.
    pub care_type: &'a str,
    /// What it is for.
    pub purpose: &'a str,
    /// Who stands in when all are away.
    pub last_resort: Option<PersonId>,
    /// Which team follows when this one ends.
    pub successor: Option<CareTeamId>,
    /// Whether patients read the names of its people.
    pub show_names: bool,
}

/// Sets them. `RowCount` when there is no such team.
pub fn set<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Administer>,
    team: CareTeamId,
    words: &Words<'_>,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "UPDATE care_team SET plain_name = $2, care_type = $3, purpose = $4, \
             last_resort_person_id = $5, successor_team_id = $6, version = version + 1, \
             updated_at = $7, show_names = $8 WHERE id = $1"
        ),
        &[
            &team,
            &words.name,
            &words.care_type,
            &words.purpose,
            &words.last_resort,
            &words.successor,
            &permit.now(),
            &words.show_names,
        ],
    )
}

/// Says whether a member leads the team; how many memberships that concerns.
pub fn set_lead<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Administer>,
    team: CareTeamId,
    person: PersonId,
    is_lead: bool,
) -> Result<u64, DbError> {
    tx.execute(
        sql!(
            "UPDATE membership SET is_lead = $3 WHERE team_id = $1 AND person_id = $2 \
             AND from_at <= $4 AND until_at > $4"
        ),
        &[&team, &person, &is_lead, &permit.now()],
    )
}
