//! One conversation as a team's list shows it, wherever its work stands now, with the newest step.

use domain::ids::{CareTeamId, PersonId, ThreadId};
use domain::time::Timestamp;
use domain::work_item::WorkEventKind;

use super::QueueRow;
use super::queue::{ListsTeam, shown};
use crate::access::{Action, Permit, TeamObject};
use crate::db::{DbError, Tx};
use crate::{code, sql};

/// The newest step with a conversation.
#[derive(Debug, Clone)]
pub struct LastStep {
    /// What happened.
    pub kind: WorkEventKind,
    /// Who did it; `None` is the system.
    pub actor: Option<PersonId>,
    /// To whom it went.
    pub to_person: Option<PersonId>,
    /// To which team it went.
    pub to_team: Option<CareTeamId>,
    /// When.
    pub at: Timestamp,
}

/// A conversation by its newest item at the permit's team, with the newest step; `None` when it is in none of
/// the team's lists, or not the reader's to see. The desk's caller opens no words of it.
pub fn get_listed<'t, A>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, A>,
    thread: ThreadId,
) -> Result<Option<(QueueRow, Option<LastStep>)>, DbError>
where
    A: Action<Object = TeamObject> + ListsTeam,
{
    let scope = permit.scope();
    let rows = tx.query(
        sql!(
            "SELECT w.id, w.thread_id, w.team_id, w.assignee_id, w.state, w.level, w.due_at, \
             w.opened_at, w.first_answer_at, w.outcome, w.version, w.owed_since, w.clock_from, \
             w.promised_by, t.patient_id, t.category, \
             t.headline_sealed, CASE WHEN EXISTS (SELECT 1 FROM thread_access b \
                 WHERE b.person_id = $2 AND b.thread_id = r.thread_id \
                 AND b.from_at <= $3 AND b.until_at > $3 \
                 AND b.tie <> 'team_desk' AND NOT b.patient_side \
                 AND r.last_seq >= b.from_seq AND r.last_seq <= b.to_seq) \
                 THEN r.preview_sealed END, r.last_seq, r.last_at, r.last_side, \
             CASE WHEN k.unread_flag THEN 0 ELSE coalesce(k.read_seq, 0) END, \
             CASE WHEN w.state = 'queued' THEN w.first_role END \
             FROM inbox_row r JOIN thread t ON t.id = r.thread_id \
             JOIN work_item w ON w.id = (SELECT n.id FROM work_item n \
                 WHERE n.thread_id = r.thread_id AND n.team_id = $1 \
                 ORDER BY n.opened_at DESC, n.id DESC LIMIT 1) \
             LEFT JOIN read_mark k ON k.person_id = $2 AND k.thread_id = r.thread_id \
             WHERE r.party_kind = 'team' AND r.party_id = $1 AND r.thread_id = $4 \
             AND EXISTS (SELECT 1 FROM thread_access a WHERE a.person_id = $2 \
                 AND a.thread_id = r.thread_id AND a.from_at <= $3 AND a.until_at > $3 \
                 AND NOT a.patient_side)"
        ),
        &[&permit.team(), &scope.person(), &scope.now(), &thread],
    )?;
    let Some(row) = shown(tx, permit, &rows)?.pop() else { return Ok(None) };
    let last = tx
        .query_opt(
            sql!(
                "SELECT kind, actor_id, to_person_id, to_team_id, happened_at FROM work_event \
                 WHERE thread_id = $1 ORDER BY happened_at DESC, id DESC LIMIT 1"
            ),
            &[&thread],
        )?
        .map(|row| {
            Ok::<_, DbError>(LastStep {
                kind: code(&row, 0, WorkEventKind::from_code)?,
                actor: row.get(1)?,
                to_person: row.get(2)?,
                to_team: row.get(3)?,
                at: row.get(4)?,
            })
        })
        .transpose()?;
    Ok(Some((row, last)))
}
