//! Teams: a directory that holds no patient data, and who belongs to them.

use domain::care_team::TeamStatus;
use domain::ids::{CareTeamId, MembershipId, OrganizationId, PatientId, PersonId, SiteId};
use domain::time::Timestamp;

use crate::access::{Action, Administer, PatientObject, Permit, ThreadObject};
use crate::db::{DbError, Row, Tx};
use crate::{code, sql};

/// A team as stored.
#[derive(Debug, Clone)]
pub struct TeamRow {
    /// Its id.
    pub id: CareTeamId,
    /// Whose it is.
    pub organization: OrganizationId,
    /// Where it is.
    pub site: SiteId,
    /// Its name in plain words.
    pub name: String,
    /// The kind of care in plain words.
    pub care_type: String,
    /// What it is for.
    pub purpose: String,
    /// `care`, `triage` or `desk`.
    pub kind: String,
    /// How long an answer may take, in minutes of working time.
    pub answer_minutes: i64,
    /// The site's name.
    pub site_name: String,
    /// The site's phone.
    pub site_phone: String,
    /// The site's time zone (IANA).
    pub time_zone: String,
    /// The emergency number where the site is.
    pub emergency_phone: String,
    /// The crisis line where the site is.
    pub crisis_phone: String,
    /// The site's nurse line.
    pub nurse_phone: String,
}

fn read(row: &Row) -> Result<TeamRow, DbError> {
    Ok(TeamRow {
        id: row.get(0)?,
        organization: row.get(1)?,
        site: row.get(2)?,
        name: row.get(3)?,
        care_type: row.get(4)?,
        purpose: row.get(5)?,
        kind: row.get(6)?,
        answer_minutes: row.get(7)?,
        site_name: row.get(8)?,
        site_phone: row.get(9)?,
        time_zone: row.get(10)?,
        emergency_phone: row.get(11)?,
        crisis_phone: row.get(12)?,
        nurse_phone: row.get(13)?,
    })
}

/// One active team; `None` when there is none of that id.
pub fn get(tx: &mut Tx<'_>, id: CareTeamId) -> Result<Option<TeamRow>, DbError> {
    tx.query_opt(
        sql!(
            "SELECT c.id, c.organization_id, c.site_id, c.plain_name, c.care_type, c.purpose, c.kind, \
             c.answer_minutes, s.name, s.phone, s.time_zone, \
             s.emergency_phone, s.crisis_phone, s.nurse_phone \
             FROM care_team c JOIN site s ON s.id = c.site_id WHERE c.id = $1 AND c.status = 'active'"
        ),
        &[&id],
    )?
    .as_ref()
    .map(read)
    .transpose()
}

/// The team itself while it is active, else its successor, and so on; `None` when the line ends or comes
/// back to a team it passed.
pub fn active_or_successor(
    tx: &mut Tx<'_>,
    team: CareTeamId,
) -> Result<Option<CareTeamId>, DbError> {
    let (mut at, mut seen) = (team, std::collections::BTreeSet::new());
    while seen.insert(at) {
        let Some(row) = tx.query_opt(
            sql!("SELECT status, successor_team_id FROM care_team WHERE id = $1"),
            &[&at],
        )?
        else {
            return Ok(None);
        };
        if row.get::<String>(0)? == "active" {
            return Ok(Some(at));
        }
        match row.get::<Option<CareTeamId>>(1)? {
            Some(next) => at = next,
            None => return Ok(None),
        }
    }
    Ok(None)
}

/// The active teams that treat the permit's patient now, by name.
pub fn list_for_patient<'t, A: Action<Object = PatientObject>>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, A>,
) -> Result<Vec<TeamRow>, DbError> {
    tx.query(
        sql!(
            "SELECT DISTINCT c.id, c.organization_id, c.site_id, c.plain_name, c.care_type, c.purpose, \
             c.kind, c.answer_minutes, s.name, s.phone, s.time_zone, \
             s.emergency_phone, s.crisis_phone, s.nurse_phone \
             FROM care_relation r JOIN care_team c ON c.id = r.team_id JOIN site s ON s.id = c.site_id \
             WHERE r.patient_id = $1 AND r.from_at <= $2 AND r.until_at > $2 AND c.status = 'active' \
             ORDER BY c.plain_name, c.id"
        ),
        &[&permit.patient(), &permit.now()],
    )?
    .iter()
    .map(read)
    .collect()
}

/// The active triage desks of the organizations whose teams treat the permit's patient now; of the
/// patient's own organization when no team does; else all there are, by name.
pub fn list_desks<'t, A: Action<Object = PatientObject>>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, A>,
) -> Result<Vec<TeamRow>, DbError> {
    desks_of(tx, permit.patient(), permit.now())
}

/// The same for a patient whom the caller has a right to.
pub(crate) fn desks_of(
    tx: &mut Tx<'_>,
    patient: PatientId,
    now: Timestamp,
) -> Result<Vec<TeamRow>, DbError> {
    let all = tx.query(
        sql!(
            "SELECT c.id, c.organization_id, c.site_id, c.plain_name, c.care_type, c.purpose, c.kind, \
             c.answer_minutes, s.name, s.phone, s.time_zone, \
             s.emergency_phone, s.crisis_phone, s.nurse_phone, \
             EXISTS (SELECT 1 FROM care_relation r JOIN care_team t ON t.id = r.team_id \
                 WHERE r.patient_id = $1 AND r.from_at <= $2 AND r.until_at > $2 \
                 AND t.status = 'active' AND t.organization_id = c.organization_id), \
             EXISTS (SELECT 1 FROM patient p WHERE p.id = $1 \
                 AND p.organization_id = c.organization_id) \
             FROM care_team c JOIN site s ON s.id = c.site_id \
             WHERE c.kind = 'triage' AND c.status = 'active' ORDER BY c.plain_name, c.id"
        ),
        &[&patient, &now],
    )?;
    let (mut treating, mut own, mut rest) = (Vec::new(), Vec::new(), Vec::new());
    for row in &all {
        let team = read(row)?;
        match (row.get::<bool>(14)?, row.get::<bool>(15)?) {
            (true, _) => treating.push(team),
            (false, true) => own.push(team),
            (false, false) => rest.push(team),
        }
    }
    Ok([treating, own, rest].into_iter().find(|desks| !desks.is_empty()).unwrap_or_default())
}

/// All active teams of an organization, by name.
pub fn list_of_organization(
    tx: &mut Tx<'_>,
    organization: OrganizationId,
) -> Result<Vec<TeamRow>, DbError> {
    tx.query(
        sql!(
            "SELECT c.id, c.organization_id, c.site_id, c.plain_name, c.care_type, c.purpose, c.kind, \
             c.answer_minutes, s.name, s.phone, s.time_zone, \
             s.emergency_phone, s.crisis_phone, s.nurse_phone \
             FROM care_team c JOIN site s ON s.id = c.site_id \
             WHERE c.organization_id = $1 AND c.status = 'active' ORDER BY c.plain_name, c.id"
        ),
        &[&organization],
    )?
    .iter()
    .map(read)
    .collect()
}

/// The team that sorts the messages of an organization: its active triage desk, the first by name;
/// `None` when it has none.
pub fn triage_desk(
    tx: &mut Tx<'_>,
    organization: OrganizationId,
) -> Result<Option<CareTeamId>, DbError> {
    tx.query_opt(
        sql!(
            "SELECT id FROM care_team WHERE organization_id = $1 AND kind = 'triage' \
             AND status = 'active' ORDER BY plain_name, id LIMIT 1"
        ),
        &[&organization],
    )?
    .map(|row| row.get(0))
    .transpose()
}

/// Who reads what is written to a team: the team itself while it is active, else the one that follows it,
/// else the triage desk of its organization; `None` when there is nobody.
pub fn receiver(tx: &mut Tx<'_>, team: CareTeamId) -> Result<Option<CareTeamId>, DbError> {
    if let Some(found) = active_or_successor(tx, team)? {
        return Ok(Some(found));
    }
    let row =
        tx.query_opt(sql!("SELECT organization_id FROM care_team WHERE id = $1"), &[&team])?;
    match row {
        Some(row) => triage_desk(tx, row.get(0)?),
        None => Ok(None),
    }
}

/// A team to be made.
#[derive(Debug)]
pub struct NewTeam<'a> {
    /// Its id.
    pub id: CareTeamId,
    /// Whose it is.
    pub organization: OrganizationId,
    /// Where it is.
    pub site: SiteId,
    /// Its name in plain words.
    pub name: &'a str,
    /// The kind of care.
    pub care_type: &'a str,
    /// What it is for.
    pub purpose: &'a str,
    /// `care`, `triage` or `desk`.
    pub kind: &'a str,
    /// Opening hours by the clock of the site, as `domain::calendar::Week` writes them.
    pub week: &'a str,
    /// How long an answer may take, in minutes of working time.
    pub answer_minutes: i64,
}

/// Adds a team that is being set up: nobody can write to it before [`activate`].
pub fn add<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Administer>,
    new: &NewTeam<'_>,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "INSERT INTO care_team (id, organization_id, site_id, plain_name, care_type, purpose, kind, \
             status, week, answer_minutes, escalate_percent, policy_version, show_names, version, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, 'draft', $8, $9, $10, 1, TRUE, 1, $11)"
        ),
        &[
            &new.id,
            &new.organization,
            &new.site,
            &new.name,
            &new.care_type,
            &new.purpose,
            &new.kind,
            &new.week,
            &new.answer_minutes,
            &domain::deadline::ESCALATE_PERCENT,
            &permit.now(),
        ],
    )
}

/// Opens a team that is being set up. `RowCount` when it is none such.
pub fn activate<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Administer>,
    team: CareTeamId,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "UPDATE care_team SET status = 'active', version = version + 1, updated_at = $2 \
             WHERE id = $1 AND status = 'draft'"
        ),
        &[&team, &permit.now()],
    )
}

/// The active teams of an organization besides one: how many there are, and how many of them are triage
/// desks.
pub fn count_others(
    tx: &mut Tx<'_>,
    organization: OrganizationId,
    team: CareTeamId,
) -> Result<(i64, i64), DbError> {
    let row = tx.query_one(
        sql!(
            "SELECT count(*), count(CASE WHEN kind = 'triage' THEN 1 END) \
             FROM care_team WHERE organization_id = $1 AND id <> $2 AND status = 'active'"
        ),
        &[&organization, &team],
    )?;
    Ok((row.get(0)?, row.get(1)?))
}

/// The active teams whose last resort a person is, by name.
pub fn list_last_resort<'t>(
    tx: &mut Tx<'t>,
    _permit: &Permit<'t, Administer>,
    person: PersonId,
) -> Result<Vec<(CareTeamId, String)>, DbError> {
    tx.query(
        sql!(
            "SELECT id, plain_name FROM care_team WHERE last_resort_person_id = $1 \
             AND status = 'active' ORDER BY plain_name, id"
        ),
        &[&person],
    )?
    .iter()
    .map(|row| Ok((row.get(0)?, row.get(1)?)))
    .collect()
}

/// Adds a person to a team from now on; `role` is `clinician`, `nurse` or `desk`.
pub fn add_member<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Administer>,
    id: MembershipId,
    team: CareTeamId,
    person: PersonId,
    role: &str,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "INSERT INTO membership (id, team_id, person_id, role, is_lead, from_at, until_at) \
             VALUES ($1, $2, $3, $4, FALSE, $5, $6)"
        ),
        &[&id, &team, &person, &role, &permit.now(), &Timestamp::FOREVER],
    )
}

/// Ends a person's memberships of a team now; how many there were.
pub fn end_member<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Administer>,
    team: CareTeamId,
    person: PersonId,
) -> Result<u64, DbError> {
    tx.execute(
        sql!(
            "UPDATE membership SET until_at = $3 WHERE team_id = $1 AND person_id = $2 \
             AND until_at > $3"
        ),
        &[&team, &person, &permit.now()],
    )
}

/// A member of a team.
#[derive(Debug, Clone)]
pub struct MemberRow {
    /// Who.
    pub person: PersonId,
    /// `clinician`, `nurse` or `desk`.
    pub role: String,
    /// Whether they lead it: they hear first of what is nearly late.
    pub is_lead: bool,
}

/// Who belongs to a team now and may act.
pub fn members(
    tx: &mut Tx<'_>,
    team: CareTeamId,
    now: Timestamp,
) -> Result<Vec<MemberRow>, DbError> {
    tx.query(
        sql!(
            "SELECT m.person_id, m.role, m.is_lead FROM membership m JOIN person p ON p.id = m.person_id \
             WHERE m.team_id = $1 AND m.from_at <= $2 AND m.until_at > $2 AND p.status = 'active' \
             ORDER BY m.role, m.person_id"
        ),
        &[&team, &now],
    )?
    .iter()
    .map(|row| Ok(MemberRow { person: row.get(0)?, role: row.get(1)?, is_lead: row.get(2)? }))
    .collect()
}

/// The teams a person belongs to now, those being set up too, with their role in each, for
/// administration.
pub fn list_memberships<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Administer>,
    person: PersonId,
) -> Result<Vec<(TeamRow, String)>, DbError> {
    tx.query(
        sql!(
            "SELECT c.id, c.organization_id, c.site_id, c.plain_name, c.care_type, c.purpose, c.kind, \
             c.answer_minutes, s.name, s.phone, s.time_zone, \
             s.emergency_phone, s.crisis_phone, s.nurse_phone, m.role \
             FROM membership m JOIN care_team c ON c.id = m.team_id JOIN site s ON s.id = c.site_id \
             WHERE m.person_id = $1 AND m.from_at <= $2 AND m.until_at > $2 AND c.status <> 'ended' \
             ORDER BY c.plain_name, c.id"
        ),
        &[&person, &permit.now()],
    )?
    .iter()
    .map(|row| Ok((read(row)?, row.get(14)?)))
    .collect()
}

/// The active teams a person leads now, in order; the desk leads none.
pub fn list_led(
    tx: &mut Tx<'_>,
    person: PersonId,
    now: Timestamp,
) -> Result<Vec<CareTeamId>, DbError> {
    tx.query(
        sql!(
            "SELECT m.team_id FROM membership m JOIN care_team c ON c.id = m.team_id \
             WHERE m.person_id = $1 AND m.is_lead AND m.role <> 'desk' \
             AND m.from_at <= $2 AND m.until_at > $2 AND c.status = 'active' \
             ORDER BY c.plain_name, c.id"
        ),
        &[&person, &now],
    )?
    .iter()
    .map(|row| row.get(0))
    .collect()
}

/// Every active team, by name: the directory, which holds nobody's data.
pub fn list_active(tx: &mut Tx<'_>) -> Result<Vec<TeamRow>, DbError> {
    tx.query(
        sql!(
            "SELECT c.id, c.organization_id, c.site_id, c.plain_name, c.care_type, c.purpose, c.kind, \
             c.answer_minutes, s.name, s.phone, s.time_zone, \
             s.emergency_phone, s.crisis_phone, s.nurse_phone \
             FROM care_team c JOIN site s ON s.id = c.site_id WHERE c.status = 'active' \
             ORDER BY c.plain_name, c.id"
        ),
        &[],
    )?
    .iter()
    .map(read)
    .collect()
}

/// The active teams a person belongs to now, with their role in each, and those that ended with work still
/// open: a patient may write into an old conversation, and it must not wait unseen.
pub fn list_of_person(
    tx: &mut Tx<'_>,
    person: PersonId,
    now: Timestamp,
) -> Result<Vec<(TeamRow, String)>, DbError> {
    tx.query(
        sql!(
            "SELECT c.id, c.organization_id, c.site_id, c.plain_name, c.care_type, c.purpose, c.kind, \
             c.answer_minutes, s.name, s.phone, s.time_zone, \
             s.emergency_phone, s.crisis_phone, s.nurse_phone, m.role \
             FROM membership m JOIN care_team c ON c.id = m.team_id JOIN site s ON s.id = c.site_id \
             WHERE m.person_id = $1 AND m.from_at <= $2 AND m.until_at > $2 AND (c.status = 'active' \
             OR (c.status = 'ended' AND EXISTS (SELECT 1 FROM work_item w WHERE w.team_id = c.id \
                 AND w.state IN ('queued', 'claimed', 'waiting', 'answered')))) \
             ORDER BY c.plain_name, c.id"
        ),
        &[&person, &now],
    )?
    .iter()
    .map(|row| Ok((read(row)?, row.get(14)?)))
    .collect()
}

/// States that a team treats the patient from now on; does nothing when it already does.
pub fn add_relation<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Administer>,
    id: uuid::Uuid,
    patient: PatientId,
    team: CareTeamId,
) -> Result<(), DbError> {
    tx.execute(
        sql!(
            "INSERT INTO care_relation (id, patient_id, team_id, from_at, until_at) \
             SELECT $1, $2, $3, $4, $5 WHERE NOT EXISTS (SELECT 1 FROM care_relation r \
             WHERE r.patient_id = $2 AND r.team_id = $3 AND r.from_at <= $4 AND r.until_at > $4)"
        ),
        &[&id, &patient, &team, &permit.now(), &Timestamp::FOREVER],
    )
    .map(|_| ())
}

/// All teams, drafts and ended ones too, by name, with where each stands.
pub fn list<'t>(
    tx: &mut Tx<'t>,
    _permit: &Permit<'t, Administer>,
) -> Result<Vec<(TeamRow, TeamStatus)>, DbError> {
    tx.query(
        sql!(
            "SELECT c.id, c.organization_id, c.site_id, c.plain_name, c.care_type, c.purpose, c.kind, \
             c.answer_minutes, s.name, s.phone, s.time_zone, \
             s.emergency_phone, s.crisis_phone, s.nurse_phone, c.status \
             FROM care_team c JOIN site s ON s.id = c.site_id ORDER BY c.plain_name, c.id"
        ),
        &[],
    )?
    .iter()
    .map(|row| Ok((read(row)?, code(row, 14, TeamStatus::from_code)?)))
    .collect()
}

/// Ends a team; what it owes stays visible to those who have another tie. `RowCount` when it has
/// ended.
pub fn end<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Administer>,
    team: CareTeamId,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!(
            "UPDATE care_team SET status = 'ended', version = version + 1, updated_at = $2 \
             WHERE id = $1 AND status <> 'ended'"
        ),
        &[&team, &permit.now()],
    )
}

/// Ends now that a team treats the patient; how many relations there were.
pub fn end_relation<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Administer>,
    patient: PatientId,
    team: CareTeamId,
) -> Result<u64, DbError> {
    tx.execute(
        sql!(
            "UPDATE care_relation SET until_at = $3 WHERE patient_id = $1 AND team_id = $2 \
             AND from_at <= $3 AND until_at > $3"
        ),
        &[&patient, &team, &permit.now()],
    )
}

/// Whether the team treats the patient of the permit's thread now.
pub fn treats<'t, A: Action<Object = ThreadObject>>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, A>,
    team: CareTeamId,
) -> Result<bool, DbError> {
    let found = tx.query_opt(
        sql!(
            "SELECT 1 FROM care_relation WHERE patient_id = $1 AND team_id = $2 \
             AND from_at <= $3 AND until_at > $3 LIMIT 1"
        ),
        &[&permit.object().patient, &team, &permit.now()],
    )?;
    Ok(found.is_some())
}

/// A team that treats a patient, from when until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelationRow {
    /// The team.
    pub team: CareTeamId,
    /// Since when.
    pub from_at: Timestamp,
    /// Until when; the end of time while open.
    pub until_at: Timestamp,
}

/// The teams that treat a patient now or will, for administration.
pub fn list_relations<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Administer>,
    patient: PatientId,
) -> Result<Vec<RelationRow>, DbError> {
    tx.query(
        sql!(
            "SELECT team_id, from_at, until_at FROM care_relation WHERE patient_id = $1 \
             AND until_at > $2 ORDER BY from_at, id"
        ),
        &[&patient, &permit.now()],
    )?
    .iter()
    .map(|row| Ok(RelationRow { team: row.get(0)?, from_at: row.get(1)?, until_at: row.get(2)? }))
    .collect()
}
