//! Conversations as programs see them: the operations behind the FHIR Communication resource.
//!
//! A thread is a header, a message stands in it. Programs see care threads and announcements; threads
//! between staff, notes, drafts and held messages are not reachable from here at all. A program's read
//! moves no read mark, and what it sends has no hold. Deliberately absent: FHIR's shapes (web).

use domain::ids::{CareTeamId, EncounterId, Id as _, MessageId, PatientId, PersonId, ThreadId};
use domain::message::{Ask, Body, Channel, ClientMsgId, Line, Side};
use domain::thread::{AboutKind, Category, Ladder, ThreadKind, ladder};
use domain::time::Timestamp;
use store::access::{ListThreads, Permit, ReadThread, Reply};
use store::draft::AfterRelease;
use store::inbox_row::{self, Filter, InboxRow};
use store::message as rows;
use store::seal::Place;
use store::thread::About;
use uuid::Uuid;

pub use store::inbox_row::After;

use crate::content::{Preview, thread_owner};
use crate::cx::Cx;
use crate::error::{Error, Result};
use crate::merge;
use crate::message::{self, Delivered, Outgoing};
use crate::thread::{self, Names, NewConversation, Shown};
use crate::urgency;

/// A conversation without its messages.
#[derive(Debug, Clone)]
pub struct Header {
    /// The thread.
    pub thread: ThreadId,
    /// Whom it is about.
    pub patient: PatientId,
    /// Its category.
    pub category: Category,
    /// Its headline.
    pub headline: String,
    /// The visit it is about, if it is about one.
    pub encounter: Option<EncounterId>,
    /// The team that owes the work, with its plain name.
    pub team: Option<(CareTeamId, String)>,
    /// Who wrote the newest message, by name.
    pub from: String,
    /// The newest message's first words.
    pub preview: String,
    /// The newest message's number.
    pub last_seq: i64,
    /// When it was sent.
    pub last_at: Timestamp,
    /// Where the conversation stands.
    pub ladder: Ladder,
    /// Whether the patient's side owes an answer.
    pub needs_reply: bool,
    /// Whether there is something that the token's person has not seen.
    pub unread: bool,
}

/// A page of a patient's conversations, newest first.
#[derive(Debug)]
pub struct Headers {
    /// The conversations.
    pub items: Vec<Header>,
    /// Where the next page begins, if there is one.
    pub next: Option<After>,
}

/// Lists a patient's conversations, newest first, within what the actor's ties show.
pub fn headers(
    cx: &mut Cx<'_, '_>,
    patient: PatientId,
    after: After,
    limit: i64,
) -> Result<Headers> {
    let permit = cx.authorize::<ListThreads>(patient)?;
    let mut found = inbox_row::list_for_patient(
        cx.tx(),
        &permit,
        Filter::Each,
        after,
        limit.saturating_add(1),
    )?;
    let more = cut(&mut found, limit);
    let next =
        found.last().filter(|_| more).map(|row| After { last_at: row.last_at, thread: row.thread });
    let mut names = Names::default();
    let items = found.iter().map(|row| open_header(cx, patient, row, &mut names));
    Ok(Headers { items: items.collect::<Result<_>>()?, next })
}

/// Cuts a page that was asked for with one row too many; whether there was one.
fn cut<T>(found: &mut Vec<T>, limit: i64) -> bool {
    let wanted = usize::try_from(limit).unwrap_or(0);
    let more = found.len() > wanted;
    found.truncate(wanted);
    more
}

fn open_header(
    cx: &mut Cx<'_, '_>,
    patient: PatientId,
    row: &InboxRow,
    names: &mut Names,
) -> Result<Header> {
    let owner = thread_owner(Some(patient), None);
    let place = Place::new("thread", &row.thread, "headline_sealed", 1);
    let headline = cx.open(owner, &place, &row.headline)?;
    let place = Place::new("inbox_row", &row.thread, "preview_sealed", row.last_seq);
    let preview: Preview = cx.open_json(owner, &place, &row.preview)?;
    let team = match &row.item {
        Some(item) => Some((item.team, names.team(cx, item.team)?)),
        None => None,
    };
    Ok(Header {
        thread: row.thread,
        patient,
        category: row.category,
        headline,
        encounter: row.about.encounter(),
        team,
        from: preview.from,
        preview: preview.text,
        last_seq: row.last_seq,
        last_at: row.last_at,
        ladder: ladder(row.item.as_slice()),
        needs_reply: row.needs_reply,
        unread: row.is_unread(),
    })
}

/// A message in its thread.
#[derive(Debug)]
pub struct InThread {
    /// The thread.
    pub thread: ThreadId,
    /// Whom it is about.
    pub patient: PatientId,
    /// The message.
    pub message: Shown,
}

/// A page of a thread's messages.
#[derive(Debug)]
pub struct Messages {
    /// The thread.
    pub thread: ThreadId,
    /// Whom it is about.
    pub patient: PatientId,
    /// The messages in the order asked for.
    pub items: Vec<Shown>,
    /// The number the next page goes on from, if there is one.
    pub next: Option<i64>,
}

/// In which order messages come, and from where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Newest first, below this number.
    NewestBefore(i64),
    /// Oldest first, above this number.
    OldestAfter(i64),
}

/// A page of a thread's messages. `NotFound` also for threads between staff.
pub fn messages(
    cx: &mut Cx<'_, '_>,
    thread: ThreadId,
    order: Order,
    limit: i64,
) -> Result<Messages> {
    let permit = cx.authorize::<ReadThread>(thread)?;
    let patient = patient_of(&permit)?;
    let wanted = limit.saturating_add(1);
    let mut found = match order {
        Order::NewestBefore(seq) => rows::list(cx.tx(), &permit, seq, wanted)?,
        Order::OldestAfter(seq) => rows::list_after(cx.tx(), &permit, seq, wanted)?,
    };
    let more = cut(&mut found, limit);
    let next = found.last().filter(|_| more).map(|row| row.seq);
    let items = thread::open_messages(cx, &permit, thread_owner(Some(patient), None), found)?;
    Ok(Messages { thread, patient, items, next })
}

/// The patient of a thread that programs may see.
fn patient_of(permit: &Permit<'_, ReadThread>) -> Result<PatientId> {
    let object = permit.object();
    match object.kind {
        ThreadKind::Care | ThreadKind::Broadcast => object.patient.ok_or(Error::NotFound),
        ThreadKind::Staff | ThreadKind::Interorg => Err(Error::NotFound),
    }
}

/// What an id of a Communication stands for.
#[derive(Debug)]
pub enum Found {
    /// A conversation.
    Header(Box<Header>),
    /// A message.
    Message(Box<InThread>),
    /// A conversation that goes on in another, which the reader may see.
    Merged(ThreadId),
}

/// The conversation or message of this id.
pub fn get(cx: &mut Cx<'_, '_>, id: Uuid) -> Result<Found> {
    let message = MessageId::from_uuid(id);
    let Some(thread) = rows::thread_of(cx.tx(), message)? else {
        let permit = cx.authorize::<ReadThread>(ThreadId::from_uuid(id))?;
        let patient = patient_of(&permit)?;
        if let Some(into) = merge::goes_on_in(cx, &permit)? {
            return Ok(Found::Merged(into));
        }
        let row = inbox_row::get_for_patient(cx.tx(), &permit)?.ok_or(Error::NotFound)?;
        let mut header = open_header(cx, patient, &row, &mut Names::default())?;
        if !permit.allowed().shown.holds(header.last_seq) {
            (header.from, header.preview) = (String::new(), String::new());
        }
        return Ok(Found::Header(Box::new(header)));
    };
    let permit = cx.authorize::<ReadThread>(thread)?;
    let patient = patient_of(&permit)?;
    let found: Vec<_> = rows::get(cx.tx(), &permit, message)?.into_iter().collect();
    let shown = thread::open_messages(cx, &permit, thread_owner(Some(patient), None), found)?;
    let message = shown.into_iter().next().ok_or(Error::NotFound)?;
    Ok(Found::Message(Box::new(InThread { thread, patient, message })))
}

/// Who a program says has written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Author {
    /// The patient.
    Patient(PatientId),
    /// Somebody who acts for the patient.
    Helper(PersonId),
    /// Somebody of the clinic.
    Staff(PersonId),
}

impl Author {
    fn of(person: PersonId, side: Side, patient: PatientId, behalf: Option<PatientId>) -> Self {
        match (side, behalf) {
            (Side::Team, _) => Self::Staff(person),
            (Side::Patient, None) => Self::Patient(patient),
            (Side::Patient, Some(_)) => Self::Helper(person),
        }
    }

    /// Who wrote a message that was read.
    /// Words that staff wrote down are the patient's side's.
    pub fn of_shown(shown: &Shown, patient: PatientId) -> Self {
        if !shown.letter.written_by.is_empty() {
            return Self::Patient(patient);
        }
        Self::of(shown.author, shown.side, patient, shown.on_behalf_of)
    }
}

/// Where a text goes.
#[derive(Debug, Clone)]
pub enum Destination {
    /// Into an existing conversation.
    Thread {
        /// The conversation.
        thread: ThreadId,
        /// The message it answers.
        in_reply_to: Option<MessageId>,
        /// The newest number the sender has seen; `None` asks for no newer-message stop.
        base_seq: Option<i64>,
    },
    /// Into a new one.
    New {
        /// The team that will own it.
        team: CareTeamId,
        /// Its category.
        category: Category,
        /// Its headline.
        headline: Line,
        /// The visit it is about.
        encounter: Option<EncounterId>,
    },
}

/// A text that a program sends.
#[derive(Debug, Clone)]
pub struct Post {
    /// Whom it is about; another patient than the thread's is refused.
    pub patient: PatientId,
    /// Where it goes.
    pub to: Destination,
    /// Who the program says has written; anybody but the token's person is refused.
    pub author: Option<Author>,
    /// The text.
    pub body: Body,
    /// What is asked.
    pub ask: Ask,
    /// The language of the text; the person's own when absent.
    pub language: Option<String>,
    /// The sender's own id for it.
    pub client_msg_id: ClientMsgId,
}

/// What a program's send did.
#[derive(Debug, Clone)]
pub struct Posted {
    /// The message.
    pub delivered: Delivered,
    /// Who wrote it.
    pub author: Author,
    /// When it was sent; of a retry, the first time.
    pub sent_at: Timestamp,
    /// The language of the text.
    pub language: String,
    /// Whom to call, when the text may be about danger to life: the emergency number and the crisis line.
    pub call: Option<(String, String)>,
}

/// Sends a program's text at once.
///
/// Errors: as [`message::reply`] and [`thread::start`]; `Invalid("subject")` when the thread is about
/// another patient; `Invalid("sender")` when the author is not the actor; `Invalid("inResponseTo")`
/// when the thread holds no such message.
pub fn send(cx: &mut Cx<'_, '_>, post: &Post) -> Result<Posted> {
    match &post.to {
        Destination::Thread { thread, in_reply_to, base_seq } => {
            let out = outgoing(cx, post, *base_seq)?;
            reply(cx, post, *thread, *in_reply_to, out)
        }
        Destination::New { team, category, headline, encounter } => {
            let new = NewConversation {
                kind: ThreadKind::Care,
                team: *team,
                category: *category,
                about: encounter.map_or(About::NOTHING, |id| About {
                    kind: AboutKind::Encounter,
                    id: Some(id.as_uuid()),
                }),
                headline: headline.clone(),
                continues: None,
            };
            let out = outgoing(cx, post, None)?;
            let delivered = thread::start(cx, post.patient, &new, &out)?;
            let call = urgency::numbers(cx, Some(*team), delivered.urgency)?;
            let posted = sent_before(cx, post, delivered, out.language)?;
            Ok(Posted { call, ..posted })
        }
    }
}

fn outgoing(cx: &mut Cx<'_, '_>, post: &Post, base_seq: Option<i64>) -> Result<Outgoing> {
    let language = if let Some(language) = &post.language {
        language.clone()
    } else {
        let person = cx.person()?;
        let row = store::person::get(cx.tx(), person)?;
        row.map_or_else(|| "en".to_owned(), |row| row.language)
    };
    Ok(Outgoing {
        body: post.body.clone(),
        ask: post.ask,
        questions: Vec::new(),
        answers: Vec::new(),
        language,
        channel: Channel::Api,
        prepared_by: None,
        client_msg_id: post.client_msg_id.clone(),
        base_seq,
        answers_up_to: None,
        after: AfterRelease::Nothing,
        outcome: None,
    })
}

fn reply(
    cx: &mut Cx<'_, '_>,
    post: &Post,
    thread: ThreadId,
    in_reply_to: Option<MessageId>,
    out: Outgoing,
) -> Result<Posted> {
    let permit = cx.authorize::<Reply>(thread)?;
    let object = permit.object();
    if !matches!(object.kind, ThreadKind::Care | ThreadKind::Broadcast) {
        return Err(Error::NotFound);
    }
    if object.patient != Some(post.patient) {
        return Err(Error::field("subject", "not-this-patient"));
    }
    let side = if permit.allowed().patient_side { Side::Patient } else { Side::Team };
    let team = object.owner_team;
    let author = Author::of(cx.person()?, side, post.patient, message::on_behalf(&permit));
    same_author(post, author)?;
    if let Some(answered) = in_reply_to
        && !rows::is_shown(cx.tx(), &permit, answered)?
    {
        return Err(Error::field("inResponseTo", "unknown"));
    }
    let delivered = message::reply_with(cx, &permit, &out, in_reply_to)?;
    let call = urgency::numbers(cx, team, delivered.urgency)?;
    if delivered.repeated {
        let posted = sent_before(cx, post, delivered, out.language)?;
        return Ok(Posted { call, ..posted });
    }
    Ok(Posted { delivered, author, sent_at: cx.now(), language: out.language, call })
}

/// Completes what a send says from the stored message.
fn sent_before(
    cx: &mut Cx<'_, '_>,
    post: &Post,
    delivered: Delivered,
    language: String,
) -> Result<Posted> {
    let person = cx.person()?;
    let stored = rows::find_sent(cx.tx(), person, post.client_msg_id.as_str())?;
    let stored = stored.ok_or_else(|| Error::Internal("a message was not stored".to_owned()))?;
    let author = Author::of(person, stored.side, post.patient, stored.on_behalf_of);
    same_author(post, author)?;
    Ok(Posted { delivered, author, sent_at: stored.sent_at, language, call: None })
}

fn same_author(post: &Post, author: Author) -> Result<()> {
    if post.author.is_none_or(|said| said == author) {
        Ok(())
    } else {
        Err(Error::field("sender", "not-the-token"))
    }
}
