//! What a team that has ended leaves behind, and the right to hand it to the team that follows.
//!
//! A [`Succession`] is made only where the owner of a conversation has ended, by whoever writes there or by
//! who administers; with it the conversation is passed on as with a permit to assign. Deliberately absent:
//! which team follows (`care_team::active_or_successor`).

use domain::ids::{CareTeamId, PatientId, ThreadId};
use domain::thread::Category;
use domain::time::Timestamp;
use uuid::Uuid;

use crate::access::closed::Closed;
use crate::access::{Administer, Permit};
use crate::db::{DbError, Tx};
use crate::sql;
use crate::thread::{PassRight, SendRight};
use crate::work_item::WorkRight;

/// Proof that a conversation whose owner had ended has another owner now, by this transaction.
#[derive(Debug)]
pub struct Succession<'t> {
    thread: ThreadId,
    at: Timestamp,
    brand: std::marker::PhantomData<fn(&'t ()) -> &'t ()>,
}

impl Closed for Succession<'_> {}

impl<'t> SendRight<'t> for Succession<'t> {
    fn thread(&self) -> ThreadId {
        self.thread
    }
}

impl<'t> PassRight<'t> for Succession<'t> {}

impl<'t> WorkRight<'t> for Succession<'t> {
    fn thread(&self) -> ThreadId {
        self.thread
    }
    fn at(&self) -> Timestamp {
        self.at
    }
}

/// Makes `to` the owner of the thread in place of `from`, which has ended, for who may write there; `None`
/// when `from` has not ended or owns it no more.
pub fn by_writer<'t>(
    tx: &mut Tx<'t>,
    right: &impl SendRight<'t>,
    (from, to): (CareTeamId, CareTeamId),
    at: Timestamp,
) -> Result<Option<Succession<'t>>, DbError> {
    take(tx, right.thread(), (from, to), at)
}

/// The same for who administers.
pub fn by_administrator<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Administer>,
    thread: ThreadId,
    (from, to): (CareTeamId, CareTeamId),
) -> Result<Option<Succession<'t>>, DbError> {
    take(tx, thread, (from, to), permit.now())
}

fn take<'t>(
    tx: &mut Tx<'t>,
    thread: ThreadId,
    (from, to): (CareTeamId, CareTeamId),
    at: Timestamp,
) -> Result<Option<Succession<'t>>, DbError> {
    let written = tx.execute(
        sql!(
            "UPDATE thread SET owner_team_id = $3, version = version + 1, updated_at = $4 \
             WHERE id = $1 AND owner_team_id = $2 AND EXISTS (SELECT 1 FROM care_team c \
                 WHERE c.id = $2 AND c.status = 'ended')"
        ),
        &[&thread, &from, &to, &at],
    )?;
    let brand = std::marker::PhantomData;
    Ok((written == 1).then_some(Succession { thread, at, brand }))
}

/// A conversation that a team which has ended still owns, and in which it is waited for.
#[derive(Debug, Clone)]
pub struct LeftRow {
    /// The conversation.
    pub thread: ThreadId,
    /// Whom it is about.
    pub patient: Option<PatientId>,
    /// Its category.
    pub category: Category,
}

/// Conversations of a team with work that is open there or a call to be made, at most `limit`, with no
/// word of theirs.
pub fn list_left<'t>(
    tx: &mut Tx<'t>,
    _permit: &Permit<'t, Administer>,
    team: CareTeamId,
    limit: i64,
) -> Result<Vec<LeftRow>, DbError> {
    let mut found = Vec::new();
    for statement in [open_work(), calls()] {
        for row in &tx.query(statement, &[&team, &limit])? {
            let thread: ThreadId = row.get(0)?;
            if found.iter().any(|known: &LeftRow| known.thread == thread) {
                continue;
            }
            let category = Category::from_code(&row.get::<String>(2)?).unwrap_or(Category::Other);
            found.push(LeftRow { thread, patient: row.get(1)?, category });
        }
    }
    Ok(found)
}

const fn open_work() -> crate::db::Sql {
    sql!(
        "SELECT t.id, t.patient_id, t.category FROM work_item w JOIN thread t ON t.id = w.thread_id \
         WHERE w.team_id = $1 AND w.state IN ('queued', 'claimed', 'waiting', 'answered') \
         AND t.owner_team_id = w.team_id ORDER BY w.state, w.level, w.due_at, w.id LIMIT $2"
    )
}

const fn calls() -> crate::db::Sql {
    sql!(
        "SELECT t.id, t.patient_id, t.category FROM read_back r JOIN thread t ON t.id = r.thread_id \
         WHERE r.step = 'calls' AND t.owner_team_id = $1 ORDER BY r.sent_at, t.id LIMIT $2"
    )
}

/// How many conversations [`list_left`] would list without a limit: those with open work, and those with
/// nothing but a call to be made.
pub fn count_left<'t>(
    tx: &mut Tx<'t>,
    _permit: &Permit<'t, Administer>,
    team: CareTeamId,
) -> Result<(i64, i64), DbError> {
    let row = tx.query_one(
        sql!(
            "SELECT (SELECT count(*) FROM work_item w JOIN thread t ON t.id = w.thread_id \
                 WHERE w.team_id = $1 AND w.state IN ('queued', 'claimed', 'waiting', 'answered') \
                 AND t.owner_team_id = w.team_id), \
             (SELECT count(*) FROM read_back r JOIN thread t ON t.id = r.thread_id \
                 WHERE r.step = 'calls' AND t.owner_team_id = $1 AND NOT EXISTS (SELECT 1 \
                     FROM work_item w WHERE w.thread_id = t.id AND w.team_id = $1 \
                     AND w.state <> 'closed'))"
        ),
        &[&team],
    )?;
    Ok((row.get(0)?, row.get(1)?))
}

/// How many conversations have gone from a team that ended to the one that follows.
pub fn count_handed<'t>(
    tx: &mut Tx<'t>,
    _permit: &Permit<'t, Administer>,
    team: CareTeamId,
) -> Result<i64, DbError> {
    // Nobody chose these: whatever else is passed has an actor.
    tx.query_one(
        sql!(
            "SELECT count(DISTINCT e.thread_id) FROM work_item w JOIN work_event e \
             ON e.work_item_id = w.id WHERE w.team_id = $1 AND e.kind = 'passed' \
             AND e.actor_id IS NULL"
        ),
        &[&team],
    )?
    .get(0)
}

/// The teams that have ended with something left, in order.
pub fn list_teams(tx: &mut Tx<'_>) -> Result<Vec<CareTeamId>, DbError> {
    tx.query(
        sql!(
            "SELECT c.id FROM care_team c WHERE c.status = 'ended' AND (EXISTS (SELECT 1 \
                 FROM work_item w JOIN thread t ON t.id = w.thread_id WHERE w.team_id = c.id \
                 AND w.state IN ('queued', 'claimed', 'waiting', 'answered') \
                 AND t.owner_team_id = c.id) \
             OR EXISTS (SELECT 1 FROM read_back r JOIN thread t ON t.id = r.thread_id \
                 WHERE r.step = 'calls' AND t.owner_team_id = c.id)) ORDER BY c.id"
        ),
        &[],
    )?
    .iter()
    .map(|row| row.get(0))
    .collect()
}

/// The teams that have ended with patients whom they treated and a team named that follows, in order.
pub fn list_teams_with_patients(
    tx: &mut Tx<'_>,
    now: Timestamp,
) -> Result<Vec<CareTeamId>, DbError> {
    tx.query(
        sql!(
            "SELECT c.id FROM care_team c WHERE c.status = 'ended' AND c.successor_team_id IS NOT NULL \
             AND EXISTS (SELECT 1 FROM care_relation r WHERE r.team_id = c.id AND r.until_at > $1 \
                 AND r.until_at > r.from_at) ORDER BY c.id"
        ),
        &[&now],
    )?
    .iter()
    .map(|row| row.get(0))
    .collect()
}

/// How many patients a team treats now or will.
pub fn count_patients<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Administer>,
    team: CareTeamId,
) -> Result<i64, DbError> {
    tx.query_one(
        sql!(
            "SELECT count(DISTINCT patient_id) FROM care_relation WHERE team_id = $1 \
             AND until_at > $2 AND until_at > from_at"
        ),
        &[&team, &permit.now()],
    )?
    .get(0)
}

/// That a team treats a patient, now or from some moment on.
#[derive(Debug, Clone, Copy)]
pub struct Treats {
    id: Uuid,
    /// Whom.
    pub patient: PatientId,
}

/// Whom a team treats now or will, at most `limit`.
pub fn list_patients<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Administer>,
    team: CareTeamId,
    limit: i64,
) -> Result<Vec<Treats>, DbError> {
    tx.query(
        sql!(
            "SELECT id, patient_id FROM care_relation WHERE team_id = $1 AND until_at > $2 \
             AND until_at > from_at ORDER BY patient_id, id LIMIT $3"
        ),
        &[&team, &permit.now(), &limit],
    )?
    .iter()
    .map(|row| Ok(Treats { id: row.get(0)?, patient: row.get(1)? }))
    .collect()
}

/// Ends now that a team treats a patient, and states under the id `new` that `to` does for the rest of that time,
/// unless it is stated already.
pub fn take_on<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Administer>,
    of: &Treats,
    (new, to): (Uuid, CareTeamId),
) -> Result<(), DbError> {
    let now = permit.now();
    tx.execute(
        sql!(
            "INSERT INTO care_relation (id, patient_id, team_id, from_at, until_at) \
             SELECT $2, r.patient_id, $3, CASE WHEN r.from_at > $4 THEN r.from_at ELSE $4 END, r.until_at \
             FROM care_relation r WHERE r.id = $1 AND NOT EXISTS (SELECT 1 FROM care_relation o \
                 WHERE o.patient_id = r.patient_id AND o.team_id = $3 AND o.until_at >= r.until_at \
                 AND (o.from_at <= $4 OR o.from_at <= r.from_at))"
        ),
        &[&of.id, &new, &to, &now],
    )?;
    tx.execute_one(
        sql!(
            "UPDATE care_relation SET until_at = CASE WHEN from_at > $2 THEN from_at ELSE $2 END \
             WHERE id = $1 AND until_at > $2"
        ),
        &[&of.id, &now],
    )
}

/// The newest item of the thread, whoever owes it and wherever it stands, for a step of custody; `None`
/// when nothing was ever owed there.
pub fn newest_item<'t>(
    tx: &mut Tx<'t>,
    right: &Succession<'t>,
) -> Result<Option<domain::ids::WorkItemId>, DbError> {
    tx.query_opt(
        sql!(
            "SELECT id FROM work_item WHERE thread_id = $1 ORDER BY opened_at DESC, id DESC LIMIT 1"
        ),
        &[&right.thread],
    )?
    .map(|row| row.get(0))
    .transpose()
}

/// The names of the teams, drafts among them, that another team follows when they end, by name.
pub fn list_followed<'t>(
    tx: &mut Tx<'t>,
    _permit: &Permit<'t, Administer>,
    team: CareTeamId,
) -> Result<Vec<String>, DbError> {
    tx.query(
        sql!(
            "SELECT plain_name FROM care_team WHERE successor_team_id = $1 AND status <> 'ended' \
             ORDER BY plain_name, id"
        ),
        &[&team],
    )?
    .iter()
    .map(|row| row.get(0))
    .collect()
}

/// Whether an announcement of the team is on its way.
pub fn is_announcing<'t>(
    tx: &mut Tx<'t>,
    _permit: &Permit<'t, Administer>,
    team: CareTeamId,
) -> Result<bool, DbError> {
    let found = tx.query_opt(
        sql!("SELECT 1 FROM announcement WHERE team_id = $1 AND state = 'sending' LIMIT 1"),
        &[&team],
    )?;
    Ok(found.is_some())
}
