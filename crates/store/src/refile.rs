//! Moving a thread out of one patient's record into another's: whom that touches, everything sealed in
//! it, and the rows that say whose it is.
//!
//! Two permits are needed for each step that writes: one for the thread as it stands, one for the patient
//! who receives it. `misfiled` holds who had seen it there; no word of it. Deliberately absent: opening and
//! sealing, which is the operation's.

use domain::ids::{
    CareTeamId, Id as _, MessageId, ParticipationId, PatientId, PersonId, ThreadId, WorkItemId,
};
use domain::message::Side;
use domain::time::Timestamp;
use uuid::Uuid;

use crate::access::{ListThreads, MoveThread, Permit, ReceiveThread};
use crate::db::{DbError, Sql, Tx};
use crate::seal::Sealed;
use crate::thread::Party;
use crate::verify::SealedTable;
use crate::{code, sql};

/// Somebody of a patient's side.
pub type Reader = (PersonId, String);

/// The people of the old patient's side who can open the permit's thread now, and those of the other
/// patient's side who could if it were there: person and basis. Topics, confidential matters and excluded
/// threads count as they do for `thread_access`.
pub fn readers<'t>(
    tx: &mut Tx<'t>,
    moving: &Permit<'t, MoveThread>,
    receiving: &Permit<'t, ReceiveThread>,
) -> Result<(Vec<Reader>, Vec<Reader>), DbError> {
    let now = readers_of(tx, moving, moving.object().patient)?;
    let then = readers_of(tx, moving, Some(receiving.patient()))?;
    Ok((now, then))
}

fn readers_of(
    tx: &mut Tx<'_>,
    moving: &Permit<'_, MoveThread>,
    patient: Option<PatientId>,
) -> Result<Vec<Reader>, DbError> {
    tx.query(
        sql!(
            "SELECT DISTINCT g.person_id, g.basis FROM care_grant g JOIN thread t ON t.id = $1 \
             JOIN person p ON p.id = g.person_id AND p.status = 'active' \
                 AND p.role IN ('patient', 'helper') \
             WHERE g.patient_id = $2 AND NOT g.paused AND g.threads AND t.kind IN ('care', 'broadcast') \
             AND (g.confidential OR NOT t.confidential) \
             AND (g.all_topics OR EXISTS (SELECT 1 FROM care_grant_topic ct \
                 WHERE ct.grant_id = g.id AND ct.category = t.category)) \
             AND NOT EXISTS (SELECT 1 FROM care_grant_excluded_thread x \
                 WHERE x.grant_id = g.id AND x.thread_id = t.id) \
             AND g.from_at <= $3 AND g.until_at > $3 ORDER BY g.basis DESC, g.person_id"
        ),
        &[&moving.thread(), &patient, &moving.now()],
    )?
    .iter()
    .map(|row| Ok((row.get(0)?, row.get(1)?)))
    .collect()
}

/// The teams and single people of the clinic who take or took part in the permit's thread and still see
/// of it, and whether each has a tie to the receiving patient, without which they lose all of it.
pub fn parties<'t>(
    tx: &mut Tx<'t>,
    moving: &Permit<'t, MoveThread>,
    receiving: &Permit<'t, ReceiveThread>,
) -> Result<Vec<(Party, bool)>, DbError> {
    tx.query(
        sql!(
            "SELECT DISTINCT p.party_kind, p.party_id, \
             CASE WHEN p.party_kind = 'team' THEN EXISTS (SELECT 1 FROM care_relation r \
                 WHERE r.team_id = p.party_id AND r.patient_id = $2 \
                 AND r.from_at <= $3 AND r.until_at > $3) \
             ELSE EXISTS (SELECT 1 FROM patient_access a \
                 WHERE a.person_id = p.party_id AND a.patient_id = $2 \
                 AND a.tie IN ('treating_clinician', 'treating_nurse', 'treating_desk') \
                 AND a.from_at <= $3 AND a.until_at > $3) END \
             FROM participation p WHERE p.thread_id = $1 AND p.party_kind IN ('team', 'person') \
             AND p.from_at <= $3 AND p.until_at > $3 ORDER BY p.party_kind, p.party_id"
        ),
        &[&moving.thread(), &receiving.patient(), &moving.now()],
    )?
    .iter()
    .map(|row| Ok((Party::read(row, 0)?, row.get(2)?)))
    .collect()
}

/// Who of the patient's side wrote in the permit's thread by their own log-in and may not act for the
/// receiving patient: their words and names would show to people they have nothing to do with.
pub fn foreign_authors<'t>(
    tx: &mut Tx<'t>,
    moving: &Permit<'t, MoveThread>,
    receiving: &Permit<'t, ReceiveThread>,
) -> Result<Vec<PersonId>, DbError> {
    tx.query(
        sql!(
            "SELECT DISTINCT m.author_id FROM message m WHERE m.thread_id = $1 AND m.side = 'patient' \
             AND m.channel NOT IN ('phone', 'letter') \
             AND NOT EXISTS (SELECT 1 FROM patient_access a \
                 WHERE a.person_id = m.author_id AND a.patient_id = $2 \
                 AND a.tie IN ('self', 'helper', 'representative') \
                 AND a.from_at <= $3 AND a.until_at > $3) ORDER BY m.author_id"
        ),
        &[&moving.thread(), &receiving.patient(), &moving.now()],
    )?
    .iter()
    .map(|row| row.get(0))
    .collect()
}

/// Why a thread stays where it is, whoever asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ties {
    /// It was joined with another, or another with it.
    pub merged: bool,
    /// It holds files, whose seals are not moved.
    pub files: bool,
}

/// What ties the permit's thread to where it is.
pub fn ties<'t>(tx: &mut Tx<'t>, moving: &Permit<'t, MoveThread>) -> Result<Ties, DbError> {
    let row = tx.query_one(
        sql!(
            "SELECT EXISTS (SELECT 1 FROM thread t WHERE t.id = $1 AND t.merged_into IS NOT NULL) \
             OR EXISTS (SELECT 1 FROM thread t WHERE t.merged_into = $1), \
             EXISTS (SELECT 1 FROM attachment a JOIN message m ON m.id = a.message_id \
                 WHERE m.thread_id = $1) \
             OR EXISTS (SELECT 1 FROM attachment a JOIN draft d ON d.id = a.draft_id \
                 WHERE d.thread_id = $1)"
        ),
        &[&moving.thread()],
    )?;
    Ok(Ties { merged: row.get(0)?, files: row.get(1)? })
}

/// A sealed value of a thread, messages and previews apart.
#[derive(Debug)]
pub struct Value {
    /// Where it stands.
    pub table: SealedTable,
    /// The row's id.
    pub id: Uuid,
    /// The row's version when it was sealed.
    pub version: i64,
    /// The value.
    pub sealed: Sealed,
}

/// How a table's values of one thread are read and written again; `None` for tables that hold nothing of
/// a thread. A new table does not compile until it is decided here.
const fn of_thread(table: SealedTable) -> Option<(Sql, Sql)> {
    match table {
        SealedTable::Person
        | SealedTable::ContactPoint
        | SealedTable::Credential
        | SealedTable::Patient
        | SealedTable::Practitioner
        | SealedTable::Encounter
        | SealedTable::ChartItem
        | SealedTable::ImportedVersion
        | SealedTable::AdministrativeEnd
        | SealedTable::Notice
        | SealedTable::AddressUndo
        | SealedTable::PlanLimit
        // Messages have a road of their own: words that were told stand under the patient's name.
        | SealedTable::Message => None,
        SealedTable::Thread => Some((
            sql!("SELECT id, 1, headline_sealed FROM thread WHERE id = $1"),
            sql!("UPDATE thread SET headline_sealed = $3 WHERE id = $2 AND id = $1"),
        )),
        SealedTable::Correction => Some((
            sql!("SELECT id, 1, content_sealed FROM correction WHERE thread_id = $1"),
            sql!("UPDATE correction SET content_sealed = $3 WHERE id = $2 AND thread_id = $1"),
        )),
        SealedTable::Question => Some((
            sql!("SELECT id, 1, text_sealed FROM question WHERE thread_id = $1"),
            sql!("UPDATE question SET text_sealed = $3 WHERE id = $2 AND thread_id = $1"),
        )),
        SealedTable::QuestionReason => Some((
            sql!(
                "SELECT id, 1, reason_sealed FROM question \
                 WHERE thread_id = $1 AND reason_sealed IS NOT NULL"
            ),
            sql!("UPDATE question SET reason_sealed = $3 WHERE id = $2 AND thread_id = $1"),
        )),
        SealedTable::ThreadEvent => Some((
            sql!("SELECT id, 1, detail_sealed FROM thread_event WHERE thread_id = $1"),
            sql!("UPDATE thread_event SET detail_sealed = $3 WHERE id = $2 AND thread_id = $1"),
        )),
        SealedTable::StaffNote => Some((
            sql!("SELECT id, 1, content_sealed FROM staff_note WHERE thread_id = $1"),
            sql!("UPDATE staff_note SET content_sealed = $3 WHERE id = $2 AND thread_id = $1"),
        )),
        // A draft of a new conversation that goes on from this one stays with its patient.
        SealedTable::Draft => Some((
            sql!(
                "SELECT id, version, content_sealed FROM draft \
                 WHERE thread_id = $1 AND kind IN ('reply', 'note')"
            ),
            sql!("UPDATE draft SET content_sealed = $3 WHERE id = $2 AND thread_id = $1"),
        )),
        SealedTable::UrgencyCheck => Some((
            sql!("SELECT id, version, detail_sealed FROM urgency_check WHERE thread_id = $1"),
            sql!("UPDATE urgency_check SET detail_sealed = $3 WHERE id = $2 AND thread_id = $1"),
        )),
        SealedTable::Callback => Some((
            sql!("SELECT id, phone_version, phone_sealed FROM callback WHERE thread_id = $1"),
            sql!("UPDATE callback SET phone_sealed = $3 WHERE id = $2 AND thread_id = $1"),
        )),
        SealedTable::WorkEvent => Some((
            sql!(
                "SELECT id, 1, reason_sealed FROM work_event \
                 WHERE thread_id = $1 AND reason_sealed IS NOT NULL"
            ),
            sql!("UPDATE work_event SET reason_sealed = $3 WHERE id = $2 AND thread_id = $1"),
        )),
    }
}

/// Everything sealed in the permit's thread, but for messages and previews.
pub fn values<'t>(tx: &mut Tx<'t>, moving: &Permit<'t, MoveThread>) -> Result<Vec<Value>, DbError> {
    let mut found = Vec::new();
    for table in SealedTable::ALL {
        let Some((read, _)) = of_thread(table) else { continue };
        for row in tx.query(read, &[&moving.thread()])? {
            found.push(Value { table, id: row.get(0)?, version: row.get(1)?, sealed: row.get(2)? });
        }
    }
    Ok(found)
}

/// Puts a value sealed anew where it stood.
pub fn put_value<'t>(
    tx: &mut Tx<'t>,
    moving: &Permit<'t, MoveThread>,
    value: &Value,
    sealed: &Sealed,
) -> Result<(), DbError> {
    let Some((_, write)) = of_thread(value.table) else { return Err(DbError::NotFound) };
    tx.execute_one(write, &[&moving.thread(), &value.id, sealed])
}

/// A message of the thread, sealed.
#[derive(Debug)]
pub struct SealedMessage {
    /// Its id.
    pub id: MessageId,
    /// Its number.
    pub seq: i64,
    /// Whether these are words that the patient told and staff wrote down.
    pub told_by_patient: bool,
    /// Author's name and text, sealed.
    pub content: Sealed,
}

/// The messages of the permit's thread, oldest first.
pub fn messages<'t>(
    tx: &mut Tx<'t>,
    moving: &Permit<'t, MoveThread>,
) -> Result<Vec<SealedMessage>, DbError> {
    tx.query(
        sql!(
            "SELECT id, seq, side, channel IN ('phone', 'letter') AND on_behalf_of IS NULL, \
             content_sealed FROM message WHERE thread_id = $1 ORDER BY seq"
        ),
        &[&moving.thread()],
    )?
    .iter()
    .map(|row| {
        let told: bool = row.get(3)?;
        Ok(SealedMessage {
            id: row.get(0)?,
            seq: row.get(1)?,
            told_by_patient: told && code(row, 2, Side::from_code)? == Side::Patient,
            content: row.get(4)?,
        })
    })
    .collect()
}

/// Puts a message's content sealed anew where it stood.
pub fn put_message<'t>(
    tx: &mut Tx<'t>,
    moving: &Permit<'t, MoveThread>,
    id: MessageId,
    content: &Sealed,
) -> Result<(), DbError> {
    tx.execute_one(
        sql!("UPDATE message SET content_sealed = $3 WHERE id = $2 AND thread_id = $1"),
        &[&moving.thread(), &id, content],
    )
}

/// The previews in the rows of the thread's parties, each once: the parties share one ciphertext per
/// message.
pub fn previews<'t>(
    tx: &mut Tx<'t>,
    moving: &Permit<'t, MoveThread>,
) -> Result<Vec<(i64, Sealed)>, DbError> {
    let mut found: Vec<(i64, Sealed)> = tx
        .query(
            sql!(
                "SELECT last_seq, preview_sealed FROM inbox_row WHERE thread_id = $1 ORDER BY last_seq"
            ),
            &[&moving.thread()],
        )?
        .iter()
        .map(|row| Ok((row.get(0)?, row.get(1)?)))
        .collect::<Result<_, DbError>>()?;
    found.dedup_by_key(|(seq, _)| *seq);
    Ok(found)
}

/// Puts a preview sealed anew into the rows that show this message.
pub fn put_preview<'t>(
    tx: &mut Tx<'t>,
    moving: &Permit<'t, MoveThread>,
    last_seq: i64,
    preview: &Sealed,
) -> Result<(), DbError> {
    tx.execute(
        sql!("UPDATE inbox_row SET preview_sealed = $3 WHERE thread_id = $1 AND last_seq = $2"),
        &[&moving.thread(), &last_seq, preview],
    )
    .map(|_| ())
}

/// Ends what a party without a tie to the receiving patient sees: all of it, its row too.
pub fn end_party<'t>(
    tx: &mut Tx<'t>,
    moving: &Permit<'t, MoveThread>,
    party: Party,
) -> Result<(), DbError> {
    tx.execute(
        sql!(
            "UPDATE participation SET until_at = $4 WHERE thread_id = $1 AND party_kind = $2 \
             AND party_id = $3 AND until_at > $4"
        ),
        &[&moving.thread(), &party.kind(), &party.id(), &moving.now()],
    )?;
    tx.execute(
        sql!("DELETE FROM inbox_row WHERE thread_id = $1 AND party_kind = $2 AND party_id = $3"),
        &[&moving.thread(), &party.kind(), &party.id()],
    )
    .map(|_| ())
}

/// Makes the thread the receiving patient's: the thread's own row, the patient's part in it and in lists,
/// for whom its messages were written, drafts, and what pointed from the old record into it. What it was
/// about in the old record is forgotten. `part` is the id of the new patient's interval.
///
/// Everything sealed has been sealed anew before, in the same transaction. `Conflict` (by row count) when
/// the thread has moved meanwhile.
pub fn settle<'t>(
    tx: &mut Tx<'t>,
    moving: &Permit<'t, MoveThread>,
    receiving: &Permit<'t, ReceiveThread>,
    part: ParticipationId,
) -> Result<(), DbError> {
    let (thread, to, now) = (moving.thread(), receiving.patient(), moving.now());
    let Some(from) = moving.object().patient else { return Err(DbError::NotFound) };
    note_seen(tx, moving, to)?;
    tx.execute_one(
        sql!(
            "UPDATE thread SET patient_id = $2, about_kind = 'nothing', about_id = NULL, \
             continues = CASE WHEN EXISTS (SELECT 1 FROM thread c WHERE c.id = thread.continues \
                 AND c.patient_id = $2) THEN continues END, \
             version = version + 1, updated_at = $3 WHERE id = $1 AND patient_id = $4"
        ),
        &[&thread, &to, &now, &from],
    )?;
    tx.execute(
        sql!("UPDATE thread SET continues = NULL WHERE continues = $1 AND patient_id <> $2"),
        &[&thread, &to],
    )?;
    let left = tx.execute(
        sql!(
            "UPDATE participation SET until_at = $3 WHERE thread_id = $1 AND party_kind = 'patient' \
             AND party_id = $2 AND until_at > $3"
        ),
        &[&thread, &from, &now],
    )?;
    if left > 0 {
        tx.execute_one(
            sql!(
                "INSERT INTO participation (id, thread_id, party_kind, party_id, from_seq, to_seq, \
                 from_at, until_at, added_by, reason) \
                 VALUES ($1, $2, 'patient', $3, 1, $4, $5, $6, $7, 'refiled')"
            ),
            &[&part, &thread, &to, &i64::MAX, &now, &Timestamp::FOREVER, &moving.person()],
        )?;
    }
    tx.execute(
        sql!(
            "UPDATE inbox_row SET party_id = $3 \
             WHERE thread_id = $1 AND party_kind = 'patient' AND party_id = $2"
        ),
        &[&thread, &from, &to],
    )?;
    // Words told by the patient stay the patient's; who wrote as somebody else than the new patient, wrote
    // for the new patient.
    tx.execute(
        sql!(
            "UPDATE message SET on_behalf_of = CASE WHEN EXISTS (SELECT 1 FROM care_grant g \
                 WHERE g.person_id = message.author_id AND g.patient_id = $2 AND g.basis = 'self') \
                 THEN NULL ELSE $2 END \
             WHERE thread_id = $1 AND side = 'patient' \
             AND (channel NOT IN ('phone', 'letter') OR on_behalf_of IS NOT NULL)"
        ),
        &[&thread, &to],
    )?;
    settle_drafts(tx, moving, from, to)
}

/// Drafts go along, whosever they are; one on its way waits for another look at whom it is for. Results
/// of searches in the old record hold words of it.
fn settle_drafts(
    tx: &mut Tx<'_>,
    moving: &Permit<'_, MoveThread>,
    from: PatientId,
    to: PatientId,
) -> Result<(), DbError> {
    let (thread, now) = (moving.thread(), moving.now());
    tx.execute(
        sql!(
            "UPDATE draft SET patient_id = $2, \
             unsent_at = CASE WHEN release_at IS NULL THEN unsent_at ELSE $3 END, release_at = NULL \
             WHERE thread_id = $1 AND kind IN ('reply', 'note')"
        ),
        &[&thread, &to, &now],
    )?;
    tx.execute(
        sql!("UPDATE draft SET thread_id = NULL WHERE thread_id = $1 AND kind = 'new'"),
        &[&thread],
    )?;
    tx.execute(sql!("DELETE FROM search_result WHERE patient_id = $1"), &[&from]).map(|_| ())
}

/// Notes who of the old patient's side had opened or written it, before their ties end.
fn note_seen(
    tx: &mut Tx<'_>,
    moving: &Permit<'_, MoveThread>,
    to: PatientId,
) -> Result<(), DbError> {
    let (thread, now) = (moving.thread(), moving.now());
    tx.execute(
        sql!("DELETE FROM misfiled WHERE thread_id = $1 AND patient_id = $2"),
        &[&thread, &to],
    )?;
    tx.execute(
        sql!(
            "INSERT INTO misfiled (thread_id, patient_id, person_id, removed_at) \
             SELECT DISTINCT t.id, t.patient_id, a.person_id, CAST($2 AS BIGINT) \
             FROM thread_access a JOIN thread t ON t.id = a.thread_id \
             JOIN read_mark k ON k.person_id = a.person_id AND k.thread_id = a.thread_id \
             WHERE a.thread_id = $1 AND a.patient_side AND a.from_at <= $2 AND a.until_at > $2 \
             ON CONFLICT (thread_id, patient_id, person_id) \
             DO UPDATE SET removed_at = excluded.removed_at"
        ),
        &[&thread, &now],
    )
    .map(|_| ())
}

/// When conversations that the permit's person had seen were taken out of the permit's patient's record,
/// since `since`, newest first, at most 20: moments, nothing else.
pub fn list_removed<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ListThreads>,
    since: Timestamp,
) -> Result<Vec<Timestamp>, DbError> {
    tx.query(
        sql!(
            "SELECT removed_at FROM misfiled WHERE person_id = $1 AND patient_id = $2 \
             AND removed_at >= $3 ORDER BY removed_at DESC LIMIT 20"
        ),
        &[&permit.scope().person(), &permit.patient(), &since],
    )?
    .iter()
    .map(|row| row.get(0))
    .collect()
}

/// Whether the permit's person had seen this thread in the permit's patient's record before it was taken
/// out of it, since `since`.
pub fn had_seen<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ListThreads>,
    thread: ThreadId,
    since: Timestamp,
) -> Result<bool, DbError> {
    tx.query_opt(
        sql!(
            "SELECT 1 FROM misfiled WHERE person_id = $1 AND patient_id = $2 AND thread_id = $3 \
             AND removed_at >= $4"
        ),
        &[&permit.scope().person(), &permit.patient(), &thread, &since],
    )
    .map(|row| row.is_some())
}

/// The owning team's newest piece of work on the permit's thread, open or closed: where its custody is
/// written.
pub fn newest_item<'t>(
    tx: &mut Tx<'t>,
    moving: &Permit<'t, MoveThread>,
) -> Result<Option<WorkItemId>, DbError> {
    tx.query_opt(
        sql!(
            "SELECT id FROM work_item WHERE thread_id = $1 AND team_id = $2 \
             ORDER BY opened_at DESC, id DESC LIMIT 1"
        ),
        &[&moving.thread(), &moving.object().owner_team],
    )?
    .map(|row| row.get(0))
    .transpose()
}

/// The ids of parties, for what a page of the move was made of: so that another state is another page.
pub fn party_ids(parties: &[(Party, bool)]) -> Vec<String> {
    parties
        .iter()
        .map(|(party, stays)| format!("{} {} {stays}", party.kind(), party.id()))
        .collect()
}

/// Whether the owning team treats the receiving patient: only then the work stays with somebody.
pub fn owner_treats(parties: &[(Party, bool)], owner: Option<CareTeamId>) -> bool {
    parties.iter().any(|(party, stays)| {
        *stays && owner.is_some_and(|team| party.kind() == "team" && party.id() == team.as_uuid())
    })
}
