//! Messages, their corrections and their numbered questions.
//!
//! Sealed columns, all under the thread's owner key: `message.content_sealed` (row id, version 1),
//! `correction.content_sealed` (row id, version 1), `question.text_sealed` and `question.reason_sealed` (row id, version 1).
//! Deliberately absent: updates. A message is immutable; corrections stand beside it.

use domain::ids::{
    CorrectionId, Id as _, MessageId, PatientId, PersonId, QuestionId, ThreadEventId, ThreadId,
};
use domain::message::{Ask, Channel, CorrectionKind, QuestionState, Side};
use domain::time::Timestamp;
use uuid::Uuid;

use crate::access::{Permit, ReadThread, Reply};
use crate::db::{DbError, Row, Sql, Tx};
use crate::seal::Sealed;
use crate::thread::{MessageRight, SendRight, next_seq};
use crate::{code, sql};

/// The author of what the server itself writes: no person has this id.
pub fn nobody() -> PersonId {
    PersonId::from_uuid(Uuid::nil())
}

/// A message to be stored.
#[derive(Debug)]
pub struct NewMessage<'a> {
    /// Its id.
    pub id: MessageId,
    /// Who wrote it; [`nobody`] for what the server itself writes.
    pub author: PersonId,
    /// Who wrote the words down when they were told by phone or came on paper: then the words are
    /// those of the side, and the author is the log-in that entered them. Else the helper who prepared
    /// what its author sent.
    pub entered_by: Option<PersonId>,
    /// For whom, when somebody wrote for the patient.
    pub on_behalf_of: Option<PatientId>,
    /// Which side.
    pub side: Side,
    /// By which road.
    pub channel: Channel,
    /// The sender's own id for it.
    pub client_msg_id: &'a str,
    /// Keyed digest of the whole request, to tell a retry from another text under the same id.
    pub request_mac: &'a [u8],
    /// Language of the text.
    pub language: &'a str,
    /// What is asked.
    pub ask: Ask,
    /// Author's name and text, sealed.
    pub content: &'a Sealed,
    /// The message it answers.
    pub in_reply_to: Option<MessageId>,
    /// When.
    pub at: Timestamp,
}

/// A message as stored.
#[derive(Debug, Clone)]
pub struct MessageRow {
    /// Its id.
    pub id: MessageId,
    /// Its thread.
    pub thread: ThreadId,
    /// Its place in the thread.
    pub seq: i64,
    /// Who wrote it.
    pub author: PersonId,
    /// For whom.
    pub on_behalf_of: Option<PatientId>,
    /// Which side.
    pub side: Side,
    /// By which road.
    pub channel: Channel,
    /// Language of the text.
    pub language: String,
    /// What is asked.
    pub ask: Ask,
    /// Author's name and text, sealed.
    pub content: Sealed,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// The message it answers.
    pub in_reply_to: Option<MessageId>,
    /// The sender's own id for it.
    pub client_msg_id: String,
}

/// The first result of a client message id.
#[derive(Debug, Clone)]
pub struct Sent {
    /// The message.
    pub id: MessageId,
    /// Its thread.
    pub thread: ThreadId,
    /// Its place in the thread.
    pub seq: i64,
    /// Keyed digest of the request that made it.
    pub request_mac: Vec<u8>,
    /// Which side it was written on.
    pub side: Side,
    /// For whom, when somebody wrote for the patient.
    pub on_behalf_of: Option<PatientId>,
    /// When it was sent.
    pub sent_at: Timestamp,
}

/// Adds a message at the thread's next sequence number, which it returns.
/// `Conflict` when the author has used the client message id before: ask [`find_sent`] first.
pub fn add<'t>(
    tx: &mut Tx<'t>,
    right: &impl MessageRight<'t>,
    new: &NewMessage<'_>,
) -> Result<i64, DbError> {
    let seq = next_seq(tx, right, new.at)?;
    tx.execute_one(
        sql!(
            "INSERT INTO message (id, thread_id, seq, author_id, on_behalf_of, side, channel, kind, \
             client_msg_id, request_mac, in_reply_to, language, ask, content_sealed, sent_at, \
             entered_by) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $16, $8, $9, $10, $11, $12, $13, $14, $15)"
        ),
        &[
            &new.id,
            &right.thread(),
            &seq,
            &new.author,
            &new.on_behalf_of,
            &new.side.code(),
            &new.channel.code(),
            &new.client_msg_id,
            &new.request_mac,
            &new.in_reply_to,
            &new.language,
            &new.ask.code(),
            new.content,
            &new.at,
            &new.entered_by,
            &if new.author == nobody() { "system" } else { "person" },
        ],
    )?;
    Ok(seq)
}

/// What the author's client message id made the first time; nothing of it is shown to others, since
/// the id is looked up under its author.
pub fn find_sent(
    tx: &mut Tx<'_>,
    author: PersonId,
    client_msg_id: &str,
) -> Result<Option<Sent>, DbError> {
    tx.query_opt(
        sql!(
            "SELECT id, thread_id, seq, request_mac, side, on_behalf_of, sent_at FROM message \
             WHERE author_id = $1 AND client_msg_id = $2"
        ),
        &[&author, &client_msg_id],
    )?
    .map(|row| {
        Ok(Sent {
            id: row.get(0)?,
            thread: row.get(1)?,
            seq: row.get(2)?,
            request_mac: row.get(3)?,
            side: code(&row, 4, Side::from_code)?,
            on_behalf_of: row.get(5)?,
            sent_at: row.get(6)?,
        })
    })
    .transpose()
}

fn read(row: &Row) -> Result<MessageRow, DbError> {
    Ok(MessageRow {
        id: row.get(0)?,
        thread: row.get(1)?,
        seq: row.get(2)?,
        author: row.get(3)?,
        on_behalf_of: row.get(4)?,
        side: code(row, 5, Side::from_code)?,
        channel: code(row, 6, Channel::from_code)?,
        language: row.get(7)?,
        ask: code(row, 8, Ask::from_code)?,
        content: row.get(9)?,
        sent_at: row.get(10)?,
        in_reply_to: row.get(11)?,
        client_msg_id: row.get(12)?,
    })
}

/// The newest `limit` messages with a sequence number below `before`, newest first, within what the
/// permit shows.
pub fn list<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ReadThread>,
    before: i64,
    limit: i64,
) -> Result<Vec<MessageRow>, DbError> {
    let newest_first = sql!(
        "SELECT id, thread_id, seq, author_id, on_behalf_of, side, channel, language, ask, \
         content_sealed, sent_at, in_reply_to, client_msg_id FROM message \
         WHERE thread_id = $1 AND seq >= $2 AND seq <= $3 ORDER BY seq DESC LIMIT $4"
    );
    let up_to = before.saturating_sub(1);
    let parts = permit.allowed().shown.intervals().rev();
    list_parts(tx, permit, newest_first, parts.map(|(from, to)| (from, to.min(up_to))), limit)
}

/// The oldest `limit` messages with a sequence number above `after`, oldest first, within what the
/// permit shows.
pub fn list_after<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ReadThread>,
    after: i64,
    limit: i64,
) -> Result<Vec<MessageRow>, DbError> {
    let oldest_first = sql!(
        "SELECT id, thread_id, seq, author_id, on_behalf_of, side, channel, language, ask, \
         content_sealed, sent_at, in_reply_to, client_msg_id FROM message \
         WHERE thread_id = $1 AND seq >= $2 AND seq <= $3 ORDER BY seq LIMIT $4"
    );
    let since = after.saturating_add(1);
    let parts = permit.allowed().shown.intervals();
    list_parts(tx, permit, oldest_first, parts.map(|(from, to)| (from.max(since), to)), limit)
}

/// Reads messages of the permit's thread part by part, each by its first and last number, until there
/// are `limit` of them.
fn list_parts<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ReadThread>,
    statement: Sql,
    parts: impl Iterator<Item = (i64, i64)>,
    limit: i64,
) -> Result<Vec<MessageRow>, DbError> {
    let mut found = Vec::new();
    let mut left = limit;
    for (from, to) in parts.filter(|(from, to)| from <= to) {
        if left < 1 {
            break;
        }
        let rows = tx.query(statement, &[&permit.thread(), &from, &to, &left])?;
        left = left.saturating_sub(i64::try_from(rows.len()).unwrap_or(i64::MAX));
        for row in &rows {
            found.push(read(row)?);
        }
    }
    Ok(found)
}

/// Whether the sender may point at this message: it stands in the permit's thread, within what the
/// sender is shown.
pub fn is_shown<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Reply>,
    id: MessageId,
) -> Result<bool, DbError> {
    let found = tx.query_opt(
        sql!("SELECT seq FROM message WHERE thread_id = $1 AND id = $2"),
        &[&permit.thread(), &id],
    )?;
    let seq = found.map(|row| row.get::<i64>(0)).transpose()?;
    Ok(seq.is_some_and(|seq| permit.allowed().shown.holds(seq)))
}

/// One message of the permit's thread; looked up through its thread, never by its id alone.
pub fn get<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ReadThread>,
    id: MessageId,
) -> Result<Option<MessageRow>, DbError> {
    let found = tx
        .query_opt(
            sql!(
                "SELECT id, thread_id, seq, author_id, on_behalf_of, side, channel, language, ask, \
                 content_sealed, sent_at, in_reply_to, client_msg_id FROM message \
                 WHERE thread_id = $1 AND id = $2"
            ),
            &[&permit.thread(), &id],
        )?
        .as_ref()
        .map(read)
        .transpose()?;
    Ok(found.filter(|row| permit.allowed().shown.holds(row.seq)))
}

/// The thread a message stands in, for finding the permit to ask for; shows nothing else.
pub fn thread_of(tx: &mut Tx<'_>, id: MessageId) -> Result<Option<ThreadId>, DbError> {
    tx.query_opt(sql!("SELECT thread_id FROM message WHERE id = $1"), &[&id])?
        .map(|row| row.get(0))
        .transpose()
}

/// Who wrote messages after `seq`, for the newer-message stop: the sequence numbers and sides.
pub fn written_since<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Reply>,
    seq: i64,
    but: PersonId,
) -> Result<i64, DbError> {
    tx.query_one(
        sql!("SELECT count(*) FROM message WHERE thread_id = $1 AND seq > $2 AND author_id <> $3"),
        &[&permit.thread(), &seq, &but],
    )?
    .get(0)
}

/// The row, when the number in its column `seq` is within what the permit shows.
fn shown<'r>(
    permit: &Permit<'_, ReadThread>,
    row: &'r Row,
    seq: usize,
) -> Option<Result<&'r Row, DbError>> {
    match row.get::<i64>(seq) {
        Ok(seq) => permit.allowed().shown.holds(seq).then_some(Ok(row)),
        Err(error) => Some(Err(error)),
    }
}

/// A correction or retraction as stored.
#[derive(Debug, Clone)]
pub struct CorrectionRow {
    /// Its id.
    pub id: CorrectionId,
    /// The message it stands beside.
    pub message: MessageId,
    /// First, second, …
    pub n: i64,
    /// Correction or retraction.
    pub kind: CorrectionKind,
    /// The better text (or the reason of a retraction), sealed.
    pub content: Sealed,
    /// When.
    pub made_at: Timestamp,
}

/// Adds a correction to a message of the permit's thread that `author` wrote. `NotFound` when there
/// is no such message of that author.
pub fn add_correction<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Reply>,
    message: MessageId,
    author: PersonId,
    kind: CorrectionKind,
    id: CorrectionId,
    content: &Sealed,
) -> Result<(), DbError> {
    let added = tx.execute(
        sql!(
            "INSERT INTO correction (id, message_id, thread_id, n, kind, author_id, content_sealed, \
             made_at) \
             SELECT $1, m.id, m.thread_id, \
                    1 + (SELECT count(*) FROM correction c WHERE c.message_id = m.id), $2, $3, $4, $5 \
             FROM message m WHERE m.id = $6 AND m.thread_id = $7 AND m.author_id = $3"
        ),
        &[&id, &kind.code(), &author, content, &permit.now(), &message, &permit.thread()],
    )?;
    if added == 1 { Ok(()) } else { Err(DbError::NotFound) }
}

/// The corrections of a thread's messages within what the permit shows, oldest first.
pub fn list_corrections<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ReadThread>,
) -> Result<Vec<CorrectionRow>, DbError> {
    tx.query(
        sql!(
            "SELECT c.id, c.message_id, c.n, c.kind, c.content_sealed, c.made_at, m.seq \
             FROM correction c JOIN message m ON m.id = c.message_id \
             WHERE c.thread_id = $1 ORDER BY c.message_id, c.n"
        ),
        &[&permit.thread()],
    )?
    .iter()
    .filter_map(|row| shown(permit, row, 6))
    .map(|row| {
        let row = row?;
        Ok(CorrectionRow {
            id: row.get(0)?,
            message: row.get(1)?,
            n: row.get(2)?,
            kind: code(row, 3, CorrectionKind::from_code)?,
            content: row.get(4)?,
            made_at: row.get(5)?,
        })
    })
    .collect()
}

/// A numbered question as stored.
#[derive(Debug, Clone)]
pub struct QuestionRow {
    /// Its id.
    pub id: QuestionId,
    /// The message that asks it.
    pub message: MessageId,
    /// Its number in the message, from 1.
    pub n: i64,
    /// Who asks.
    pub side: Side,
    /// The question, sealed.
    pub text: Sealed,
    /// Where it stands.
    pub state: QuestionState,
    /// Why it was set aside, sealed.
    pub reason: Option<Sealed>,
}

/// Adds a message's numbered question.
pub fn add_question<'t>(
    tx: &mut Tx<'t>,
    right: &impl MessageRight<'t>,
    message: MessageId,
    side: Side,
    question: (QuestionId, i64, &Sealed),
) -> Result<(), DbError> {
    let (id, n, text) = question;
    tx.execute_one(
        sql!(
            "INSERT INTO question (id, message_id, thread_id, n, side, text_sealed, state) \
             VALUES ($1, $2, $3, $4, $5, $6, 'open')"
        ),
        &[&id, &message, &right.thread(), &n, &side.code(), text],
    )
}

/// The questions of a thread's messages within what the permit shows, in their order.
pub fn list_questions<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ReadThread>,
) -> Result<Vec<QuestionRow>, DbError> {
    tx.query(
        sql!(
            "SELECT q.id, q.message_id, q.n, q.side, q.text_sealed, q.state, m.seq, q.reason_sealed \
             FROM question q JOIN message m ON m.id = q.message_id \
             WHERE q.thread_id = $1 ORDER BY m.seq, q.n"
        ),
        &[&permit.thread()],
    )?
    .iter()
    .filter_map(|row| shown(permit, row, 6))
    .map(|row| {
        let row = row?;
        Ok(QuestionRow {
            id: row.get(0)?,
            message: row.get(1)?,
            n: row.get(2)?,
            side: code(row, 3, Side::from_code)?,
            text: row.get(4)?,
            state: code(row, 5, QuestionState::from_code)?,
            reason: row.get(7)?,
        })
    })
    .collect()
}

/// How many questions of a side are open in a thread, and in those that go on in it as far as `reader` reads
/// them; without a reader all of those.
pub fn count_open<'t>(
    tx: &mut Tx<'t>,
    right: &impl SendRight<'t>,
    side: Side,
    (reader, now): (Option<PersonId>, Timestamp),
) -> Result<i64, DbError> {
    tx.query_one(
        sql!(
            "SELECT (SELECT count(*) FROM question WHERE thread_id = $1 AND side = $2 \
                 AND state = 'open') \
             + (SELECT count(*) FROM thread t JOIN question q ON q.thread_id = t.id \
                 JOIN message m ON m.id = q.message_id \
                 WHERE t.merged_into = $1 AND q.side = $2 AND q.state = 'open' \
                 AND (CAST($3 AS UUID) IS NULL OR EXISTS (SELECT 1 FROM thread_access a \
                     WHERE a.person_id = $3 AND a.thread_id = t.id AND a.from_at <= $4 \
                     AND a.until_at > $4 AND a.tie <> 'team_desk' \
                     AND m.seq >= a.from_seq AND m.seq <= a.to_seq)))"
        ),
        &[&right.thread(), &side.code(), &reader, &now],
    )?
    .get(0)
}

/// Marks whatever the team asked in a thread answered: somebody of the patient's side wrote.
pub fn answer_team<'t>(
    tx: &mut Tx<'t>,
    right: &impl MessageRight<'t>,
    by: PersonId,
    at: Timestamp,
) -> Result<(), DbError> {
    tx.execute(
        sql!(
            "UPDATE question SET state = 'answered', decided_by = $2, decided_at = $3 \
             WHERE side = 'team' AND state = 'open' AND (thread_id = $1 OR EXISTS ( \
                 SELECT 1 FROM thread t WHERE t.id = question.thread_id AND t.merged_into = $1))"
        ),
        &[&right.thread(), &by, &at],
    )
    .map(|_| ())
}

/// Marks an open question of the permit's thread, or of one that goes on in it, asked by `asked_by`, answered or set aside for a reason
/// (sealed); `false` when there is no such open question.
pub fn decide_question<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Reply>,
    id: QuestionId,
    asked_by: Side,
    (state, reason): (QuestionState, Option<&Sealed>),
) -> Result<bool, DbError> {
    let written = tx.execute(
        sql!(
            "UPDATE question SET state = $3, decided_by = $4, decided_at = $5, reason_sealed = $7 \
             WHERE id = $1 AND side = $6 AND state = 'open' AND (thread_id = $2 OR EXISTS ( \
                 SELECT 1 FROM thread t WHERE t.id = question.thread_id AND t.merged_into = $2))"
        ),
        &[
            &id,
            &permit.thread(),
            &state.code(),
            &permit.person(),
            &permit.now(),
            &asked_by.code(),
            &reason,
        ],
    )?;
    Ok(written == 1)
}

/// A line that everybody in a thread sees.
#[derive(Debug, Clone)]
pub struct ThreadEventRow {
    /// Its id.
    pub id: ThreadEventId,
    /// Its place in the thread.
    pub seq: i64,
    /// What happened, as a code.
    pub kind: String,
    /// Names to show, sealed.
    pub detail: Sealed,
    /// When.
    pub at: Timestamp,
}

/// Adds a line at the thread's next sequence number. `detail` is sealed at row `id`, version 1.
pub fn add_event<'t>(
    tx: &mut Tx<'t>,
    right: &impl SendRight<'t>,
    id: ThreadEventId,
    kind: &str,
    actor: Option<PersonId>,
    detail: &Sealed,
    at: Timestamp,
) -> Result<i64, DbError> {
    let seq = next_seq(tx, right, at)?;
    tx.execute_one(
        sql!(
            "INSERT INTO thread_event (id, thread_id, seq, kind, actor_id, detail_sealed, happened_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)"
        ),
        &[&id, &right.thread(), &seq, &kind, &actor, detail, &at],
    )?;
    Ok(seq)
}

/// Whether the permit's thread has a line of this id: a form that was sent twice made it already.
pub fn has_event<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, Reply>,
    id: ThreadEventId,
) -> Result<bool, DbError> {
    let found = tx.query_opt(
        sql!("SELECT 1 FROM thread_event WHERE id = $1 AND thread_id = $2"),
        &[&id, &permit.thread()],
    )?;
    Ok(found.is_some())
}

/// The lines of a thread, within what the permit shows, oldest first.
pub fn list_events<'t>(
    tx: &mut Tx<'t>,
    permit: &Permit<'t, ReadThread>,
) -> Result<Vec<ThreadEventRow>, DbError> {
    tx.query(
        sql!(
            "SELECT id, seq, kind, detail_sealed, happened_at FROM thread_event \
             WHERE thread_id = $1 ORDER BY seq"
        ),
        &[&permit.thread()],
    )?
    .iter()
    .filter_map(|row| shown(permit, row, 1))
    .map(|row| {
        let row = row?;
        Ok(ThreadEventRow {
            id: row.get(0)?,
            seq: row.get(1)?,
            kind: row.get(2)?,
            detail: row.get(3)?,
            at: row.get(4)?,
        })
    })
    .collect()
}
