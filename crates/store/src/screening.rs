//! What an import brought that is somebody's work: an answer to a question about suicide (`domain::instrument`).
//!
//! No table of its own: a thread between staff without a person who began it, its message, its work, and an
//! `urgency_check` whose sealed detail holds the answer.

use domain::ids::{CareTeamId, PatientId};

use crate::access::{ImportRecords, Permit};
use crate::care_team;
use crate::db::{DbError, Tx};
use crate::sql;
use crate::urgency_check::CheckRow;

/// The kind of team that does no clinical work.
const DESK: &str = "desk";

/// What became work before for a patient, the newest first, at most `limit`.
pub fn list_known<'t>(
    tx: &mut Tx<'t>,
    _permit: &Permit<'t, ImportRecords>,
    patient: PatientId,
    limit: i64,
) -> Result<Vec<CheckRow>, DbError> {
    tx.query(
        sql!(
            "SELECT c.id, c.author_id, c.message_id, c.pack, c.detail_sealed, c.made_at, c.version \
             FROM thread t JOIN urgency_check c ON c.thread_id = t.id \
             WHERE t.patient_id = $1 AND t.kind = 'staff' AND c.author_id IS NULL \
             ORDER BY c.made_at DESC, c.id DESC LIMIT $2"
        ),
        &[&patient, &limit],
    )?
    .iter()
    .map(CheckRow::read)
    .collect()
}

/// Who gets the work: the team of the patient's newest open conversation, else of those that treat the patient a care
/// team before a triage desk and the latest first, else the triage desk of the practice, else any active team that does
/// clinical work. Of a team that has ended, whoever reads what is written to it. `None` when there is no team at all.
pub fn team<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ImportRecords>,
    patient: PatientId,
) -> Result<Option<CareTeamId>, DbError> {
    let now = permit.now();
    let mut found = tx.query(
        sql!(
            "SELECT w.team_id FROM thread t JOIN work_item w ON w.thread_id = t.id \
             AND w.team_id = t.owner_team_id WHERE t.patient_id = $1 \
             AND t.kind IN ('care', 'broadcast') AND w.state <> 'closed' \
             ORDER BY w.opened_at DESC, w.id DESC"
        ),
        &[&patient],
    )?;
    found.extend(tx.query(
        sql!(
            "SELECT r.team_id FROM care_relation r JOIN care_team c ON c.id = r.team_id \
             WHERE r.patient_id = $1 AND r.from_at <= $2 AND r.until_at > $2 \
             ORDER BY CASE WHEN c.kind = 'care' THEN 0 ELSE 1 END, r.from_at DESC, c.id"
        ),
        &[&patient, &now],
    )?);
    for row in &found {
        let Some(reader) = care_team::receiver(tx, row.get(0)?)? else { continue };
        if care_team::get(tx, reader)?.is_some_and(|team| team.kind != DESK) {
            return Ok(Some(reader));
        }
    }
    if let Some(desk) = care_team::desks_of(tx, patient, now)?.first() {
        return Ok(Some(desk.id));
    }
    let any = care_team::list_active(tx)?;
    Ok(any.iter().find(|team| team.kind != DESK).map(|team| team.id))
}
