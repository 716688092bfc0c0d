//! Sending: one transaction that takes the thread's next number, stores the sealed text, rewrites
//! every party's inbox row and moves the work.
//!
//! Deliberately absent: the hold window (see `draft`), notices (they follow the outbox), what is urgent
//! (see `urgency`).

use domain::ids::{CareTeamId, MessageId, PatientId, PersonId, QuestionId, ThreadId};
use domain::message::{
    Ask, Body, Channel, ClientMsgId, CorrectionKind, Line, QuestionState, Side, preview,
};
use domain::thread::{Category, ThreadKind};
use domain::time::Timestamp;
use domain::urgency::Level as Urgency;
use domain::work_item::{Level, Outcome, WorkEventKind, WorkState, after_answer};
use store::access::{CloseThread, Permit, ReadThread, Reply};
use store::change::Change;
use store::draft::AfterRelease;
use store::inbox_row::{self, InboxEntry, Owed};
use store::message::{self as rows, NewMessage};
use store::seal::{KeyOwner, Place, Purpose};
use store::thread::{MessageRight, SendRight};
use store::work_item::{self, ClockStep, Moved, NewWorkEvent, NewWorkItem, Sending, WorkItemRow};

use crate::content::{CorrectionContent, Letter, Preview, thread_owner};
use crate::cx::Cx;
use crate::error::{Conflict, Error, Result};
use crate::succession::{self, Of, Reads};
use crate::{callback, crossed, deadline, question, read_back, urgency, work};

/// Characters of a text that an inbox row shows.
pub const PREVIEW_CHARS: usize = 140;

/// A text on its way out.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// The text.
    pub body: Body,
    /// What is asked.
    pub ask: Ask,
    /// Numbered questions.
    pub questions: Vec<Line>,
    /// The other side's questions that this answers.
    pub answers: Vec<QuestionId>,
    /// Language of the text.
    pub language: String,
    /// By which road.
    pub channel: Channel,
    /// Who prepared the text, when it was not the author.
    pub prepared_by: Option<PersonId>,
    /// The sender's own id, so that a retry finds the first result.
    pub client_msg_id: ClientMsgId,
    /// The newest number the sender has seen; `None` asks for no newer-message stop.
    pub base_seq: Option<i64>,
    /// The newest number that a text which was held answers: what the patient's side wrote after it stays
    /// owed (`crossed`). `None` for what leaves at once.
    pub answers_up_to: Option<i64>,
    /// What happens to the work afterwards (team side only).
    pub after: AfterRelease,
    /// The outcome when it closes the thread.
    pub outcome: Option<Outcome>,
}

/// What a send did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivered {
    /// The message.
    pub id: MessageId,
    /// Its thread.
    pub thread: ThreadId,
    /// Its number.
    pub seq: i64,
    /// Whether this was a retry: the message is the first send's.
    pub repeated: bool,
    /// What the urgency check recognised; `None` for what nobody has to look at sooner.
    pub urgency: Urgency,
}

/// Sends in an existing thread.
///
/// Errors: `NotFound`/`Forbidden` by policy; `Conflict(NewerMessages)` when others wrote since
/// `base_seq`; `Conflict(ClientIdReused)` when the id made another message.
pub fn reply(cx: &mut Cx<'_, '_>, thread: ThreadId, out: &Outgoing) -> Result<Delivered> {
    let permit = cx.authorize::<Reply>(thread)?;
    reply_with(cx, &permit, out, None)
}

/// [`reply`] under a permit that was asked for already, pointing at the message it answers.
pub(crate) fn reply_with<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, Reply>,
    out: &Outgoing,
    in_reply_to: Option<MessageId>,
) -> Result<Delivered> {
    let thread = permit.thread();
    let author = cx.person()?;
    let target = match in_reply_to {
        None => thread.to_string(),
        Some(message) => format!("{thread} {message}"),
    };
    let mac = request_mac(cx, &target, out);
    if let Some(first) = first_result(cx, author, out, &mac)? {
        return Ok(first);
    }
    if let Some(into) = store::merge::goes_on_in(cx.tx(), permit)? {
        // What was written in a conversation that goes on in another lands there; who may not write there
        // parts the two.
        if cx.may::<Reply>(into)? {
            let there = cx.authorize::<Reply>(into)?;
            // Its numbers are others: whatever is owed there was not read here.
            let answers_up_to = out.answers_up_to.map(|_| 0);
            let out = Outgoing { base_seq: None, answers_up_to, ..out.clone() };
            return answer(cx, &there, author, &out, in_reply_to, &mac);
        }
        store::merge::part(cx.tx(), permit)?;
    }
    answer(cx, permit, author, out, in_reply_to, &mac)
}

/// Sends in the permit's thread what was found to be no retry.
fn answer<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, Reply>,
    author: PersonId,
    out: &Outgoing,
    in_reply_to: Option<MessageId>,
    mac: &[u8; 32],
) -> Result<Delivered> {
    let thread = permit.thread();
    stop_for_newer(cx, permit, author, out.base_seq)?;
    let side = if permit.allowed().patient_side { Side::Patient } else { Side::Team };
    if side == Side::Team && out.after == AfterRelease::Close {
        // Closing is its own right; the permit is asked for so that it is decided and recorded.
        let _: Permit<'_, CloseThread> = cx.authorize::<CloseThread>(thread)?;
    }
    let object = permit.object();
    let verdict = match side {
        Side::Patient => urgency::of_outgoing(cx, permit, object.owner_team, ("", out))?,
        Side::Team => None,
    };
    let crossed = match side {
        Side::Patient => None,
        Side::Team => crossed::since(cx, permit, out)?,
    };
    let sender = Sender {
        author,
        side,
        on_behalf_of: on_behalf(permit),
        owner: thread_owner(object.patient, None),
        patient: object.patient,
        owner_team: object.owner_team,
        kind: object.kind,
        category: object.category,
        in_reply_to,
        told_by: None,
        spoke: None,
        level_rules: None,
        level_check: verdict.as_ref().and_then(urgency::Verdict::work_level),
        crossed,
    };
    // A message of the patient's side answers all that was asked (`deliver`); what the team's answers was
    // perhaps set aside meanwhile.
    for answered in out.answers.iter().filter(|_| side == Side::Team) {
        let state = (QuestionState::Answered, None);
        rows::decide_question(cx.tx(), permit, *answered, Side::Patient, state)?;
    }
    if side == Side::Team && sender.closes(out) {
        question::none_open(cx, permit, 0)?;
    }
    let delivered = deliver(cx, permit, &sender, out, mac)?;
    let Some(verdict) = verdict else { return Ok(delivered) };
    let team = object.owner_team;
    urgency::keep(cx, permit, (sender.owner, team, delivered.id), &verdict)?;
    Ok(Delivered { urgency: verdict.level(), ..delivered })
}

/// Who sends, and where.
#[derive(Debug, Clone)]
pub(crate) struct Sender {
    pub author: PersonId,
    pub side: Side,
    pub on_behalf_of: Option<PatientId>,
    pub owner: KeyOwner,
    pub patient: Option<PatientId>,
    pub owner_team: Option<CareTeamId>,
    pub kind: ThreadKind,
    pub category: Category,
    pub in_reply_to: Option<MessageId>,
    /// Whose words the author wrote down, by name, when they are not the author's own.
    pub told_by: Option<String>,
    /// With whom the author spoke by phone, by name, and when, when it is the record of a call.
    pub spoke: Option<(String, Timestamp)>,
    /// The level that the practice's rules give what is written, when they raise it.
    pub level_rules: Option<Level>,
    /// The level that the urgency check gives it, when it recognised something.
    pub level_check: Option<Level>,
    /// Since when something waits that the patient's side wrote while the text was held (`crossed`).
    pub crossed: Option<Timestamp>,
}

impl Sender {
    /// Whether the work ends with the text.
    fn closes(&self, out: &Outgoing) -> bool {
        out.after == AfterRelease::Close && self.crossed.is_none()
    }
}

pub(crate) fn on_behalf(permit: &Permit<'_, Reply>) -> Option<PatientId> {
    let allowed = permit.allowed();
    (allowed.patient_side && allowed.basis != "self").then_some(permit.object().patient).flatten()
}

/// The keyed digest of a request: the same id with another text is told apart from a retry.
pub(crate) fn request_mac(cx: &Cx<'_, '_>, target: &str, out: &Outgoing) -> [u8; 32] {
    let mut bytes = Vec::with_capacity(out.body.as_str().len() + 64);
    let questions = out.questions.iter().map(Line::as_str);
    for part in [target, out.ask.code(), out.body.as_str()].into_iter().chain(questions) {
        bytes.extend_from_slice(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        bytes.extend_from_slice(part.as_bytes());
    }
    cx.app().keys().mac(Purpose::Request, &bytes)
}

/// The first result of the author's client message id, if it was used before.
pub(crate) fn first_result(
    cx: &mut Cx<'_, '_>,
    author: PersonId,
    out: &Outgoing,
    mac: &[u8; 32],
) -> Result<Option<Delivered>> {
    let Some(first) = rows::find_sent(cx.tx(), author, out.client_msg_id.as_str())? else {
        return Ok(None);
    };
    if first.request_mac != mac.as_slice() {
        return Err(Error::Conflict(Conflict::ClientIdReused { first: first.id }));
    }
    let urgency = urgency::level_of(cx, first.id)?;
    Ok(Some(Delivered {
        id: first.id,
        thread: first.thread,
        seq: first.seq,
        repeated: true,
        urgency,
    }))
}

/// Shows the sender first what others wrote since `base_seq`.
pub(crate) fn stop_for_newer<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, Reply>,
    author: PersonId,
    base_seq: Option<i64>,
) -> Result<()> {
    let last_seq = permit.object().last_seq;
    let Some(base) = base_seq.filter(|base| *base < last_seq) else { return Ok(()) };
    let count = rows::written_since(cx.tx(), permit, base, author)?;
    if count == 0 {
        return Ok(());
    }
    Err(Error::Conflict(Conflict::NewerMessages { last_seq, count }))
}

/// Who holds the work that a message opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keeps {
    /// The author, when they are of the team.
    Author,
    /// Nobody: the author belongs to a team that had it before.
    Nobody,
    /// The last resort of a team that has ended and that nobody follows.
    LastResort(PersonId),
}

/// Stores the message and all that follows from it, in the caller's transaction. What is written to a team
/// that has ended goes to the one that follows it.
pub(crate) fn deliver<'t>(
    cx: &mut Cx<'_, 't>,
    right: &impl MessageRight<'t>,
    sender: &Sender,
    out: &Outgoing,
    mac: &[u8; 32],
) -> Result<Delivered> {
    let Some(owner) = sender.owner_team.filter(|_| sender.kind.with_patient()) else {
        return put(cx, right, sender, out, mac, Keeps::Author);
    };
    let (thread, patient, category) = (right.thread(), sender.patient, sender.category);
    let handed = match succession::who_reads(cx, right, &Of { thread, patient, category, owner })? {
        Reads::Owner | Reads::LastResort(None) => {
            return put(cx, right, sender, out, mac, Keeps::Author);
        }
        Reads::LastResort(Some(person)) => {
            return put(cx, right, sender, out, mac, Keeps::LastResort(person));
        }
        Reads::Next(handed) => handed,
    };
    let sender = Sender { owner_team: Some(handed.to), ..sender.clone() };
    if sender.side == Side::Patient {
        succession::leave(cx, &handed, Some(handed.seq))?;
        return put(cx, right, &sender, out, mac, Keeps::Nobody);
    }
    // Who wrote it sees what they wrote, and no more.
    let stays = succession::may_hold(cx, handed.to, Some(sender.author))?;
    let keeps = if stays { Keeps::Author } else { Keeps::Nobody };
    let delivered = put(cx, right, &sender, out, mac, keeps)?;
    succession::leave(cx, &handed, None)?;
    Ok(delivered)
}

fn put<'t>(
    cx: &mut Cx<'_, 't>,
    right: &impl MessageRight<'t>,
    sender: &Sender,
    out: &Outgoing,
    mac: &[u8; 32],
    keeps: Keeps,
) -> Result<Delivered> {
    let thread = right.thread();
    let now = cx.now();
    let nets = sender.side == Side::Team
        && out.channel != Channel::Phone
        && work::is_care(cx, right, sender.kind)?;
    let level = if nets { level_of(cx, right, sender)? } else { Level::SOON };
    let reopens = move_work(cx, right, sender, out, keeps)?;
    if reopens {
        add_line(cx, right, sender, "reopened", "")?;
    }
    let id: MessageId = cx.new_id()?;
    let profile = cx.profile_of(sender.author)?;
    let body = out.body.as_str().to_owned();
    let prepared_by = match out.prepared_by {
        Some(person) => cx.profile_of(person)?.name,
        None => String::new(),
    };
    let (spoke_with, spoke_at) = match &sender.spoke {
        Some((name, at)) => (name.clone(), at.micros()),
        None => (String::new(), 0),
    };
    let letter = match sender.told_by.clone() {
        Some(author) => Letter {
            author,
            title: String::new(),
            phone: String::new(),
            written_by: profile.name,
            prepared_by,
            spoke_with,
            spoke_at,
            body,
        },
        None => Letter {
            author: profile.name,
            title: profile.title,
            phone: if sender.side == Side::Team { profile.phone } else { String::new() },
            written_by: String::new(),
            prepared_by,
            spoke_with,
            spoke_at,
            body,
        },
    };
    let place = Place::new("message", &id, "content_sealed", 1);
    let content = cx.seal_json(sender.owner, &place, &letter)?;
    let new = NewMessage {
        id,
        author: sender.author,
        entered_by: sender.told_by.is_some().then_some(sender.author).or(out.prepared_by),
        on_behalf_of: sender.on_behalf_of,
        side: sender.side,
        channel: out.channel,
        client_msg_id: out.client_msg_id.as_str(),
        request_mac: mac,
        language: &out.language,
        ask: out.ask,
        content: &content,
        in_reply_to: sender.in_reply_to,
        at: now,
    };
    if sender.side == Side::Patient && sender.kind.with_patient() {
        rows::answer_team(cx.tx(), right, sender.author, now)?;
    }
    let seq = rows::add(cx.tx(), right, &new)?;
    for (n, question) in (1_i64..).zip(&out.questions) {
        let question_id: QuestionId = cx.new_id()?;
        let place = Place::new("question", &question_id, "text_sealed", 1);
        let text = cx.seal(sender.owner, &place, question.as_str().as_bytes())?;
        rows::add_question(cx.tx(), right, id, sender.side, (question_id, n, &text))?;
    }
    if sender.side == Side::Team && sender.crossed.is_none() {
        callback::ended(cx, right, callback::End::Answered)?;
    }
    if nets {
        read_back::spread(cx, right, sender, (id, seq), level)?;
    }
    put_inbox_rows(cx, right, sender, out, (seq, &letter.author))?;
    if sender.crossed.is_some() {
        crossed::keep(cx, right, sender.author, seq)?;
    } else {
        store::read_mark::put_sent(cx.tx(), right, sender.author, seq, now)?;
    }
    if sender.side == Side::Team && sender.closes(out) {
        add_line(cx, right, sender, "closed", out.outcome.unwrap_or(Outcome::Answered).code())?;
    }
    cx.note_change(&Change {
        kind: format!("message_{}", sender.side.code()),
        patient: sender.patient,
        thread: Some(thread),
        team: sender.owner_team,
        person: Some(sender.author),
    })?;
    Ok(Delivered { id, thread, seq, repeated: false, urgency: Urgency::None })
}

/// The level of the work that this answers.
fn level_of<'t>(cx: &mut Cx<'_, 't>, right: &impl SendRight<'t>, sender: &Sender) -> Result<Level> {
    let items = work_item::list_open(cx.tx(), right)?;
    let item = items.iter().find(|item| Some(item.team) == sender.owner_team);
    Ok(item.map_or(Level::SOON, WorkItemRow::level))
}

fn put_inbox_rows<'t>(
    cx: &mut Cx<'_, 't>,
    right: &impl SendRight<'t>,
    sender: &Sender,
    out: &Outgoing,
    (seq, author): (i64, &str),
) -> Result<()> {
    let now = cx.now();
    let content =
        Preview { from: author.to_owned(), text: preview(out.body.as_str(), PREVIEW_CHARS) };
    let place = Place::new("inbox_row", &right.thread(), "preview_sealed", seq);
    let sealed = cx.seal_json(sender.owner, &place, &content)?;
    let waits = out.after == AfterRelease::Wait || !out.questions.is_empty();
    let owed = |theirs: Side| {
        let incoming = theirs != sender.side || sender.kind == ThreadKind::Staff;
        let crossed = theirs == Side::Team && sender.crossed.is_some();
        Owed {
            needs_reply: crossed || incoming && (theirs == Side::Team || waits),
            asked: incoming && waits,
        }
    };
    let entry = InboxEntry {
        last_seq: seq,
        last_at: now,
        last_side: sender.side,
        preview: &sealed,
        patient: owed(Side::Patient),
        clinic: owed(Side::Team),
        is_open: !sender.closes(out),
    };
    Ok(inbox_row::put(cx.tx(), right, &entry)?)
}

/// Adds a line that everybody in the thread sees; `detail` is a code or a name, sealed.
pub(crate) fn add_line<'t>(
    cx: &mut Cx<'_, 't>,
    right: &impl SendRight<'t>,
    sender: &Sender,
    kind: &str,
    detail: &str,
) -> Result<i64> {
    let id = cx.new_id()?;
    let place = Place::new("thread_event", &id, "detail_sealed", 1);
    let sealed = cx.seal(sender.owner, &place, detail.as_bytes())?;
    let now = cx.now();
    Ok(rows::add_event(cx.tx(), right, id, kind, Some(sender.author), &sealed, now)?)
}

/// Moves the owning team's work: a patient's message brings it back or opens it, the team's answers
/// it. Returns whether a closed thread was opened again.
fn move_work<'t>(
    cx: &mut Cx<'_, 't>,
    right: &impl SendRight<'t>,
    sender: &Sender,
    out: &Outgoing,
    keeps: Keeps,
) -> Result<bool> {
    let Some(team) = sender.owner_team.filter(|_| sender.kind.with_patient()) else {
        return Ok(false);
    };
    let items = work_item::list_open(cx.tx(), right)?;
    let item = items.iter().find(|item| item.team == team);
    match (sender.side, item) {
        (Side::Patient, Some(item)) => patient_wrote(cx, right, sender, item).map(|()| false),
        (Side::Patient, None) => {
            let earlier = work_item::count_all(cx.tx(), right)? > 0;
            let held = match keeps {
                Keeps::LastResort(person) => (WorkState::Claimed, Some(person)),
                Keeps::Author | Keeps::Nobody => (WorkState::Queued, None),
            };
            open_item(cx, right, sender, team, held, earlier)?;
            Ok(earlier)
        }
        (Side::Team, Some(item)) => team_wrote(cx, right, sender, out, item, keeps).map(|()| false),
        (Side::Team, None) => {
            let earlier = work_item::count_all(cx.tx(), right)? > 0;
            if !earlier && sender.kind == ThreadKind::Broadcast {
                // An announcement owes nothing until somebody answers it.
                return Ok(false);
            }
            if !earlier || out.after == AfterRelease::Wait {
                let state = after_answer(out.after == AfterRelease::Wait);
                let assignee = Some(sender.author).filter(|_| keeps != Keeps::Nobody);
                open_item(cx, right, sender, team, (state, assignee), earlier)?;
            }
            Ok(earlier && out.after == AfterRelease::Wait)
        }
    }
}

fn open_item<'t>(
    cx: &mut Cx<'_, 't>,
    right: &impl SendRight<'t>,
    sender: &Sender,
    team: CareTeamId,
    (state, assignee): (WorkState, Option<PersonId>),
    again: bool,
) -> Result<()> {
    let now = cx.now();
    let without = Level::effective(None, sender.level_rules, None);
    let rules = sender.level_rules.into_iter().chain(sender.level_check).min();
    let clock = match sender.side {
        Side::Patient => {
            let level = Level::effective(None, rules, None);
            deadline::start(cx, team, sender.category, level)?
        }
        // The team's own words owe nothing to answer.
        Side::Team => deadline::at_rest(cx, team, sender.category)?,
    };
    let lease_until = match state {
        WorkState::Claimed => Some(deadline::lease(cx, team, Level::SOON)?),
        _ => None,
    };
    let new = NewWorkItem {
        id: cx.new_id()?,
        team,
        level_patient: None,
        level_rules: rules,
        level_base: sender.level_check.filter(|check| *check < without).map(|_| without),
        clock,
        at: now,
        assignee,
        state,
        lease_until,
    };
    work_item::add(cx.tx(), right, &new)?;
    let kind = if again { WorkEventKind::Reopened } else { WorkEventKind::Opened };
    add_event(cx, right, new.id, kind, sender.author, Some(team))
}

fn patient_wrote<'t>(
    cx: &mut Cx<'_, 't>,
    right: &impl SendRight<'t>,
    sender: &Sender,
    item: &WorkItemRow,
) -> Result<()> {
    let owed = matches!(item.state, WorkState::Queued | WorkState::Claimed);
    let level = sender.level_check.map_or(item.level(), |check| check.min(item.level()));
    // A clock that runs already runs on: writing again never gives a later answer. A clinician may
    // hold what nobody has written about yet.
    let clock = if owed && item.owed.is_some() {
        ClockStep::Keep
    } else {
        ClockStep::Start(deadline::start(cx, item.team, sender.category, level)?)
    };
    let state = match item.state {
        // Whoever holds it keeps it; what waited or was answered goes back to its holder or the queue.
        WorkState::Queued => WorkState::Queued,
        _ if item.assignee.is_some() => WorkState::Claimed,
        _ => WorkState::Queued,
    };
    let lease_until = match state {
        WorkState::Claimed => Some(deadline::lease(cx, item.team, level)?),
        _ => None,
    };
    let moved = Moved {
        state,
        assignee: item.assignee,
        clock,
        answered_at: None,
        outcome: None,
        lease_until,
    };
    moved_or_changed(cx, right, item, &moved)?;
    if let Some(level) = sender.level_check {
        urgency::raise(cx, right, sender.owner_team, sender.category, level)?;
    }
    if owed {
        return Ok(());
    }
    add_event(cx, right, item.id, WorkEventKind::Reopened, sender.author, Some(item.team))
}

fn team_wrote<'t>(
    cx: &mut Cx<'_, 't>,
    right: &impl SendRight<'t>,
    sender: &Sender,
    out: &Outgoing,
    item: &WorkItemRow,
    keeps: Keeps,
) -> Result<()> {
    if let Some(since) = sender.crossed {
        return answered_in_part(cx, right, sender, item, (keeps, since));
    }
    let (state, kind) = match out.after {
        AfterRelease::Close => (WorkState::Closed, WorkEventKind::Closed),
        AfterRelease::Wait => (after_answer(true), WorkEventKind::Waiting),
        AfterRelease::Nothing => (after_answer(false), WorkEventKind::Answered),
    };
    let closes = state == WorkState::Closed;
    let moved = Moved {
        state,
        assignee: item.assignee.or(Some(sender.author).filter(|_| keeps != Keeps::Nobody)),
        clock: ClockStep::Stop,
        answered_at: Some(cx.now()),
        outcome: closes.then(|| out.outcome.unwrap_or(Outcome::Answered)),
        lease_until: None,
    };
    moved_or_changed(cx, right, item, &moved)?;
    deadline::answered(cx, item)?;
    add_event(cx, right, item.id, kind, sender.author, None)
}

/// The item as if the patient's side had written a moment after the answer left: its holder, else the author,
/// has it, and the clock runs from what they wrote.
fn answered_in_part<'t>(
    cx: &mut Cx<'_, 't>,
    right: &impl SendRight<'t>,
    sender: &Sender,
    item: &WorkItemRow,
    (keeps, since): (Keeps, Timestamp),
) -> Result<()> {
    let holder = item.assignee.or(Some(sender.author).filter(|_| keeps != Keeps::Nobody));
    let level = item.level();
    let lease_until = match holder {
        Some(_) => Some(deadline::lease(cx, item.team, level)?),
        None => None,
    };
    let moved = Moved {
        state: if holder.is_some() { WorkState::Claimed } else { WorkState::Queued },
        assignee: holder,
        clock: ClockStep::Start(deadline::start_at(cx, item.team, sender.category, level, since)?),
        answered_at: Some(cx.now()),
        outcome: None,
        lease_until,
    };
    moved_or_changed(cx, right, item, &moved)?;
    deadline::answered(cx, item)?;
    for kind in [WorkEventKind::Answered, WorkEventKind::Reopened] {
        add_event(cx, right, item.id, kind, sender.author, Some(item.team))?;
    }
    Ok(())
}

fn moved_or_changed<'t>(
    cx: &mut Cx<'_, 't>,
    right: &impl SendRight<'t>,
    item: &WorkItemRow,
    moved: &Moved,
) -> Result<()> {
    let now = cx.now();
    if work_item::update(cx.tx(), &Sending(right, now), item, moved)? {
        Ok(())
    } else {
        Err(Error::Conflict(Conflict::Changed))
    }
}

fn add_event<'t>(
    cx: &mut Cx<'_, 't>,
    right: &impl SendRight<'t>,
    item: domain::ids::WorkItemId,
    kind: WorkEventKind,
    actor: PersonId,
    to_team: Option<CareTeamId>,
) -> Result<()> {
    let event = NewWorkEvent {
        id: cx.new_id()?,
        item,
        kind,
        actor: Some(actor),
        to_person: None,
        to_team,
        reason: None,
        patient_sees: true,
    };
    let now = cx.now();
    Ok(work_item::add_event(cx.tx(), &Sending(right, now), &event)?)
}

/// Puts a better wording beside a message of one's own, or takes it back. The first text stays in the
/// record; everybody sees the marker.
///
/// Errors: `NotFound` when the thread holds no such message of the actor.
pub fn correct(
    cx: &mut Cx<'_, '_>,
    thread: ThreadId,
    message: MessageId,
    kind: CorrectionKind,
    body: Option<&Body>,
    reason: &str,
) -> Result<()> {
    let permit = cx.authorize::<Reply>(thread)?;
    let reading = cx.authorize::<ReadThread>(thread)?;
    let author = cx.person()?;
    let object = permit.object();
    let (patient, owner_team) = (object.patient, object.owner_team);
    let owner = thread_owner(patient, None);
    let Some(row) = rows::get(cx.tx(), &reading, message)? else { return Err(Error::NotFound) };
    if row.author != author {
        return Err(Error::NotFound);
    }
    let reason = if reason.trim().is_empty() {
        String::new()
    } else {
        Line::parse(reason).map_err(|e| Error::text("reason", e))?.as_str().to_owned()
    };
    let id = cx.new_id()?;
    let body = body.map_or("", Body::as_str).to_owned();
    let content = CorrectionContent { body, reason };
    let place = Place::new("correction", &id, "content_sealed", 1);
    let sealed = cx.seal_json(owner, &place, &content)?;
    rows::add_correction(cx.tx(), &permit, message, author, kind, id, &sealed)?;
    // A taken-back text must not live on in previews, those of who has left among them.
    let place = Place::new("message", &message, "content_sealed", 1);
    let first: Letter = cx.open_json(owner, &place, &row.content)?;
    let shown = Preview { from: first.author, text: preview(&content.body, PREVIEW_CHARS) };
    let place = Place::new("inbox_row", &thread, "preview_sealed", row.seq);
    let sealed = cx.seal_json(owner, &place, &shown)?;
    inbox_row::put_preview(cx.tx(), &permit, row.seq, &sealed)?;
    cx.note_change(&Change {
        kind: "correction".to_owned(),
        patient,
        thread: Some(thread),
        team: owner_team,
        person: Some(author),
    })
}
