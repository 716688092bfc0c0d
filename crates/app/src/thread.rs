//! Conversations: starting one, and reading one.

use std::collections::HashMap;

use domain::access::Role;
use domain::ids::{CareTeamId, MessageId, PatientId, PersonId, QuestionId, ThreadId};
use domain::message::{Ask, Channel, CorrectionKind, Line, QuestionState, Side};
use domain::thread::{Category, Ladder, ThreadKind, ThreadState, ladder, state};
use domain::time::Timestamp;
use store::access::{
    Action, MarkRead, PatientObject, Permit, ReadThread, StartStaffThread, StartThread,
};
use store::care_team::{self, TeamRow};
use store::message as rows;
use store::seal::{KeyOwner, Place};
use store::thread::{self, NewParticipation, NewThread, Opened, Party};
use store::work_item;

pub use crate::line_detail::LineDetail;
pub use store::thread::About;

pub use crate::custody::{LevelSaid, ShownStep, level_said};

use crate::content::{CorrectionContent, Letter, thread_owner};
use crate::custody;
use crate::cx::Cx;
use crate::direct;
use crate::error::{Error, Result};
use crate::merge::{self, Joined};
use crate::message::{self, Delivered, Outgoing, Sender};
use crate::routing::{self, Routed};
use crate::succession::{self, Follows};
use crate::urgency::{self, Verdict};

/// A conversation to be started.
#[derive(Debug, Clone)]
pub struct NewConversation {
    /// Care, or staff among themselves.
    pub kind: ThreadKind,
    /// The team that will own it.
    pub team: CareTeamId,
    /// About what kind of matter.
    pub category: Category,
    /// About what in the record.
    pub about: About,
    /// Its headline.
    pub headline: Line,
    /// The thread it continues.
    pub continues: Option<ThreadId>,
}

/// Starts a conversation of a patient with its first message.
///
/// Errors: `NotFound`/`Forbidden` by policy; `Invalid` when the team or the thing it is about is not
/// the patient's.
pub fn start(
    cx: &mut Cx<'_, '_>,
    patient: PatientId,
    new: &NewConversation,
    out: &Outgoing,
) -> Result<Delivered> {
    if new.kind == ThreadKind::Staff {
        let permit = cx.authorize::<StartStaffThread>(patient)?;
        refers_to(cx, &permit, new)?;
        let opening = Opening { new, sides: None, routed: None, verdict: None };
        return start_with(cx, patient, opening, out, |cx, row| {
            Ok(thread::add_staff(cx.tx(), &permit, row)?)
        });
    }
    start_care(cx, patient, new, out, None, None)
}

/// [`start`] with a clinician of the team who shall read it first, where the team allows it.
///
/// Errors: as [`start`]; `Invalid` on `direct` when the patient may not write to them.
pub(crate) fn start_to(
    cx: &mut Cx<'_, '_>,
    patient: PatientId,
    new: &NewConversation,
    out: &Outgoing,
    direct: Option<PersonId>,
) -> Result<Delivered> {
    match direct {
        Some(_) if new.kind == ThreadKind::Care => start_care(cx, patient, new, out, None, direct),
        _ => start(cx, patient, new, out),
    }
}

/// Whose words are entered, by name, and whether it is a helper who spoke for the patient.
pub(crate) type ToldBy = (String, bool);

/// Starts a conversation with the patient; with `told` its first message is what somebody told staff.
pub(crate) fn start_care(
    cx: &mut Cx<'_, '_>,
    patient: PatientId,
    new: &NewConversation,
    out: &Outgoing,
    told: Option<ToldBy>,
    direct: Option<PersonId>,
) -> Result<Delivered> {
    let permit = cx.authorize::<StartThread>(patient)?;
    let mut teams = care_team::list_for_patient(cx.tx(), &permit)?;
    // Whoever is not sure writes to a triage desk, whether or not it treats them.
    teams.extend(care_team::list_desks(cx.tx(), &permit)?);
    refers_to(cx, &permit, new)?;
    if !teams.iter().any(|team| team.id == new.team) && !goes_on(cx, new)? {
        return Err(Error::field("team", "unknown"));
    }
    let allowed = permit.allowed().clone();
    let sides = match told {
        Some(_) if allowed.patient_side => return Err(Error::NotFound),
        Some((name, helper)) => (Side::Patient, helper.then_some(patient), Some(name)),
        None if allowed.patient_side => {
            (Side::Patient, (allowed.basis != "self").then_some(patient), None)
        }
        None => (Side::Team, None, None),
    };
    // What the patient's side writes goes where the practice's rules say; staff say themselves.
    let routed = match care_team::get(cx.tx(), new.team)? {
        Some(chosen) if allowed.patient_side => {
            let routed = routing::decide(cx, &permit, &chosen, new.category, new.about)?;
            Some(match direct {
                Some(person) => {
                    direct::check(cx, &permit, chosen.id, person)?;
                    routed.directly(person)
                }
                None => routed,
            })
        }
        _ => None,
    };
    let verdict = match &sides {
        (Side::Patient, _, None) => {
            let team = routed.as_ref().map_or(new.team, |routed| routed.decision.team);
            urgency::of_outgoing(cx, &permit, Some(team), (new.headline.as_str(), out))?
        }
        _ => None,
    };
    let opening = Opening { new, sides: Some(sides), routed, verdict };
    start_with(cx, patient, opening, out, |cx, row| Ok(thread::add(cx.tx(), &permit, row)?))
}

/// A conversation refers to its own patient's record and goes on from its own patient's conversation,
/// between staff too: a mistaken visit would show one patient's care under another's name.
fn refers_to<'t, A: Action<Object = PatientObject>>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, A>,
    new: &NewConversation,
) -> Result<()> {
    if let Some(id) = new.about.id
        && !store::chart::belongs(cx.tx(), permit, new.about.kind, id)?
    {
        return Err(Error::field("about", "unknown"));
    }
    if let Some(before) = new.continues {
        let before = cx.authorize::<ReadThread>(before)?;
        if before.object().patient != Some(permit.patient()) {
            return Err(Error::field("continues", "unknown"));
        }
    }
    Ok(())
}

/// Whether a conversation goes on from one that is read by its team now: whoever follows a team that has
/// ended need not treat the patient yet.
fn goes_on(cx: &mut Cx<'_, '_>, new: &NewConversation) -> Result<bool> {
    let Some(before) = new.continues else { return Ok(false) };
    let before = cx.authorize::<ReadThread>(before)?;
    let Some(owner) = before.object().owner_team else { return Ok(false) };
    Ok(owner != new.team && care_team::receiver(cx.tx(), owner)? == Some(new.team))
}

/// A conversation about to be opened.
struct Opening<'a> {
    new: &'a NewConversation,
    /// Who writes: the side, for which patient, and whose words they are; `None` for staff among
    /// themselves.
    sides: Option<(Side, Option<PatientId>, Option<String>)>,
    /// Where the rules of the practice send it; `None` when staff chose the team.
    routed: Option<Routed>,
    /// What the urgency check recognised.
    verdict: Option<Verdict>,
}

fn start_with<'t>(
    cx: &mut Cx<'_, 't>,
    patient: PatientId,
    Opening { new, sides, routed, verdict }: Opening<'_>,
    out: &Outgoing,
    open: impl FnOnce(&mut Cx<'_, 't>, &NewThread<'_>) -> Result<Opened<'t>>,
) -> Result<Delivered> {
    let author = cx.person()?;
    // A retry names the team that was chosen, whatever the rules say by now.
    let target = format!("{patient} {} {}", new.team, new.headline.as_str());
    let mac = message::request_mac(cx, &target, out);
    if let Some(first) = message::first_result(cx, author, out, &mac)? {
        return Ok(first);
    }
    let team = routed.as_ref().map_or(new.team, |routed| routed.decision.team);
    let owner = KeyOwner::Patient(patient);
    let id: ThreadId = cx.new_id()?;
    let place = Place::new("thread", &id, "headline_sealed", 1);
    let headline = cx.seal(owner, &place, new.headline.as_str().as_bytes())?;
    let now = cx.now();
    let row = NewThread {
        id,
        kind: new.kind,
        category: new.category,
        headline: &headline,
        about: new.about,
        owner_team: team,
        created_by: Some(author),
        continues: new.continues,
        at: now,
    };
    let opened = open(cx, &row)?;
    let mut parties = vec![(Party::Team(team), "owner")];
    match sides {
        Some(_) => parties.push((Party::Patient(patient), "patient")),
        None => parties.push((Party::Person(author), "author")),
    }
    for (party, reason) in parties {
        let participation = NewParticipation {
            id: cx.new_id()?,
            party,
            from_seq: 1,
            from_at: now,
            added_by: cx.actor().clone(),
            reason,
        };
        thread::add_participation(cx.tx(), &opened, &participation)?;
    }
    let (side, on_behalf_of, told_by) = sides.unwrap_or((Side::Team, None, None));
    let sender = Sender {
        author,
        side,
        on_behalf_of,
        owner,
        patient: Some(patient),
        owner_team: Some(team),
        kind: new.kind,
        category: new.category,
        in_reply_to: None,
        told_by,
        spoke: None,
        level_rules: routed.as_ref().and_then(Routed::raised),
        level_check: verdict.as_ref().and_then(Verdict::work_level),
        crossed: None,
    };
    let mut delivered = message::deliver(cx, &opened, &sender, out, &mac)?;
    if let Some(verdict) = &verdict {
        urgency::keep(cx, &opened, (owner, Some(team), delivered.id), verdict)?;
        delivered.urgency = verdict.level();
    }
    if let Some(routed) = &routed {
        routing::keep(cx, &opened, routed)?;
        if let Some(person) = routed.direct {
            direct::assign(cx, &opened, team, person)?;
        }
    }
    Ok(delivered)
}

/// A message opened for a reader.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Its id.
    pub id: MessageId,
    /// Its number.
    pub seq: i64,
    /// Who wrote it.
    pub author: PersonId,
    /// For whom, when somebody wrote for the patient.
    pub on_behalf_of: Option<PatientId>,
    /// Which side.
    pub side: Side,
    /// By which road.
    pub channel: Channel,
    /// What is asked.
    pub ask: Ask,
    /// Language of the text.
    pub language: String,
    /// Author's name, role, phone and the text as they were then.
    pub letter: Letter,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// The message it answers.
    pub in_reply_to: Option<MessageId>,
    /// The sender's own id for it.
    pub client_msg_id: String,
    /// Corrections and retractions, oldest first.
    pub corrections: Vec<(CorrectionKind, CorrectionContent, Timestamp)>,
    /// Its numbered questions.
    pub questions: Vec<ShownQuestion>,
}

/// A numbered question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownQuestion {
    /// Its id.
    pub id: QuestionId,
    /// The question.
    pub text: String,
    /// Where it stands.
    pub state: QuestionState,
    /// Why it was set aside; empty when it was not.
    pub reason: String,
}

/// How many of a side's questions are open, and how many the messages that have an open one ask.
pub fn open_questions<'m>(
    messages: impl IntoIterator<Item = &'m Shown>,
    side: Side,
) -> (usize, usize) {
    let is_open = |question: &&ShownQuestion| question.state == QuestionState::Open;
    let asked = messages.into_iter().filter(|message| message.side == side);
    asked.fold((0, 0), |(open, all), message| {
        match message.questions.iter().filter(is_open).count() {
            0 => (open, all),
            more => (open + more, all + message.questions.len()),
        }
    })
}

/// A line in the thread.
#[derive(Debug, Clone)]
pub struct ShownLine {
    /// Its number.
    pub seq: i64,
    /// What happened, as a code.
    pub kind: String,
    /// A code or a name.
    pub detail: String,
    /// What more was said with it.
    pub more: LineDetail,
    /// When.
    pub at: Timestamp,
}

/// A conversation opened for a reader.
#[derive(Debug, Clone)]
pub struct ThreadView {
    /// Its id.
    pub id: ThreadId,
    /// Whom it is about.
    pub patient: Option<PatientId>,
    /// Care or staff.
    pub kind: ThreadKind,
    /// Its category.
    pub category: Category,
    /// Its headline.
    pub headline: String,
    /// What it is about.
    pub about: About,
    /// The team that owns it; `None` too when that team has ended.
    pub team: Option<TeamRow>,
    /// Who reads what is written here now, when the team that owns it has ended.
    pub follows: Option<Follows>,
    /// Whose move it is.
    pub state: ThreadState,
    /// The patient's ladder.
    pub ladder: Ladder,
    /// Who holds it, by name.
    pub holder: Option<String>,
    /// What they are, for the patient's side of a team that shows no names.
    pub holder_role: Option<Role>,
    /// Messages, oldest first.
    pub messages: Vec<Shown>,
    /// Whether there are older messages than these.
    pub older: bool,
    /// Lines between them.
    pub lines: Vec<ShownLine>,
    /// Custody, oldest first.
    pub custody: Vec<ShownStep>,
    /// The newest number.
    pub last_seq: i64,
    /// When it began.
    pub created_at: Timestamp,
    /// The thread it continues.
    pub continues: Option<ThreadId>,
    /// Whether the reader stands on the patient's side.
    pub patient_side: bool,
    /// Code of the tie it is read by.
    pub basis: &'static str,
    /// The open work items.
    pub items: Vec<work_item::WorkItemRow>,
    /// Whether the reader's mark already covers it.
    pub marked: bool,
    /// What was said in conversations that go on in this one, within the times of `messages`.
    pub joined: Vec<Joined>,
    /// The conversation in which this one goes on, when the reader may read that one too.
    pub goes_on_in: Option<ThreadId>,
}

impl ThreadView {
    /// Its messages and those of the conversations that go on in it, oldest first.
    pub fn said(&self) -> Vec<&Shown> {
        let joined = self.joined.iter().flat_map(|joined| &joined.messages);
        let mut all: Vec<&Shown> = self.messages.iter().chain(joined).collect();
        all.sort_by_key(|shown| shown.sent_at);
        all
    }

    /// Whether it is care: it began as such, or as an announcement that was answered.
    pub fn is_care(&self) -> bool {
        self.kind.with_patient() && self.has_work()
    }

    /// Whether it is, or ever was, somebody's work: care always, another one when something made it so.
    pub fn has_work(&self) -> bool {
        self.kind == ThreadKind::Care || self.state != ThreadState::Open || !self.custody.is_empty()
    }
}

/// Opens a conversation: the newest `limit` messages below `before` (the largest number for the end).
pub fn view(cx: &mut Cx<'_, '_>, id: ThreadId, before: i64, limit: i64) -> Result<ThreadView> {
    let permit = cx.authorize::<ReadThread>(id)?;
    let row = thread::get(cx.tx(), &permit)?;
    let owner = thread_owner(row.patient, None);
    let place = Place::new("thread", &id, "headline_sealed", 1);
    let headline = cx.open(owner, &place, &row.headline)?;
    let (messages, older) = messages(cx, &permit, owner, before, limit)?;
    let lines = lines(cx, &permit, owner)?;
    let facts = thread::item_facts(cx.tx(), &permit)?;
    let items = work_item::list_shown(cx.tx(), &permit)?;
    let mut names = Names::default();
    let custody = custody::steps(cx, &permit, owner, &mut names)?;
    let ladder = ladder(&facts);
    let (holder, holder_role) = match &ladder {
        Ladder::BeingHandled(team, Some(person)) => {
            let named = !permit.allowed().patient_side || custody::shows_names(cx, *team)?;
            if named {
                (Some(names.person(cx, *person)?), None)
            } else {
                (None, custody::role(cx, Some(*person))?)
            }
        }
        _ => (None, None),
    };
    let team = match row.owner_team {
        Some(team) => care_team::get(cx.tx(), team)?,
        None => None,
    };
    let follows = match (row.owner_team, &team) {
        (Some(owner), None) => Some(succession::follows(cx, owner)?),
        _ => None,
    };
    let goes_on_in = merge::goes_on_in(cx, &permit)?;
    let joined = joined(cx, &permit, &messages, older, before)?;
    let marking = cx.authorize::<MarkRead>(id)?;
    let marked = store::read_mark::covers(cx.tx(), &marking, row.last_seq)?;
    Ok(ThreadView {
        id,
        patient: row.patient,
        kind: row.kind,
        category: row.category,
        headline,
        about: row.about,
        team,
        follows,
        state: state(&facts),
        ladder,
        holder,
        holder_role,
        messages,
        older,
        lines,
        custody,
        last_seq: row.last_seq,
        created_at: row.created_at,
        continues: row.continues,
        patient_side: permit.allowed().patient_side,
        basis: permit.allowed().basis,
        items,
        marked,
        joined,
        goes_on_in,
    })
}

/// The joined conversations' messages that belong on this page, by their times: nothing before its first
/// message while there are older ones, nothing from the next page's first message on.
fn joined<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, ReadThread>,
    messages: &[Shown],
    older: bool,
    before: i64,
) -> Result<Vec<Joined>> {
    let mut joined = merge::joined(cx, permit)?;
    if joined.is_empty() {
        return Ok(joined);
    }
    let first = messages.first().filter(|_| older).map(|first| first.sent_at);
    let next = if before == i64::MAX {
        None
    } else {
        rows::list(cx.tx(), permit, before.saturating_add(1), 1)?.first().map(|row| row.sent_at)
    };
    for one in &mut joined {
        one.messages.retain(|message| {
            first.is_none_or(|first| message.sent_at >= first)
                && next.is_none_or(|next| message.sent_at < next)
        });
    }
    Ok(joined)
}

/// Opens a page of messages, oldest first, with their corrections and questions, and whether there are
/// older ones.
pub fn messages<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, ReadThread>,
    owner: KeyOwner,
    before: i64,
    limit: i64,
) -> Result<(Vec<Shown>, bool)> {
    let mut found = rows::list(cx.tx(), permit, before, limit.saturating_add(1))?;
    let wanted = usize::try_from(limit).unwrap_or(0);
    let older = found.len() > wanted;
    found.truncate(wanted);
    found.reverse();
    Ok((open_messages(cx, permit, owner, found)?, older))
}

/// Opens messages of the permit's thread with their corrections and questions, in the order given.
pub(crate) fn open_messages<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, ReadThread>,
    owner: KeyOwner,
    found: Vec<rows::MessageRow>,
) -> Result<Vec<Shown>> {
    let mut shown = Vec::with_capacity(found.len());
    for row in found {
        let place = Place::new("message", &row.id, "content_sealed", 1);
        let mut letter: Letter = cx.open_json(owner, &place, &row.content)?;
        if permit.allowed().patient_side && row.side == Side::Team {
            // Which colleague wrote what another sent is for the team.
            letter.prepared_by.clear();
        }
        shown.push(Shown {
            id: row.id,
            seq: row.seq,
            author: row.author,
            on_behalf_of: row.on_behalf_of,
            side: row.side,
            channel: row.channel,
            ask: row.ask,
            language: row.language,
            letter,
            sent_at: row.sent_at,
            in_reply_to: row.in_reply_to,
            client_msg_id: row.client_msg_id,
            corrections: Vec::new(),
            questions: Vec::new(),
        });
    }
    for row in rows::list_corrections(cx.tx(), permit)? {
        let Some(message) = shown.iter_mut().find(|message| message.id == row.message) else {
            continue;
        };
        let place = Place::new("correction", &row.id, "content_sealed", 1);
        let content = cx.open_json(owner, &place, &row.content)?;
        message.corrections.push((row.kind, content, row.made_at));
    }
    for row in rows::list_questions(cx.tx(), permit)? {
        let Some(message) = shown.iter_mut().find(|message| message.id == row.message) else {
            continue;
        };
        let place = Place::new("question", &row.id, "text_sealed", 1);
        let text = cx.open(owner, &place, &row.text)?;
        let reason = match &row.reason {
            Some(sealed) => {
                let place = Place::new("question", &row.id, "reason_sealed", 1);
                cx.open(owner, &place, sealed)?
            }
            None => String::new(),
        };
        message.questions.push(ShownQuestion { id: row.id, text, state: row.state, reason });
    }
    Ok(shown)
}

fn lines<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, ReadThread>,
    owner: KeyOwner,
) -> Result<Vec<ShownLine>> {
    let found = rows::list_events(cx.tx(), permit)?;
    found
        .into_iter()
        .map(|row| {
            let place = Place::new("thread_event", &row.id, "detail_sealed", 1);
            let detail = cx.open(owner, &place, &row.detail)?;
            let (code, more) = LineDetail::read(&detail);
            Ok(ShownLine { seq: row.seq, kind: row.kind, detail: code, more, at: row.at })
        })
        .collect()
}

/// Names looked up once per page.
#[derive(Debug, Default)]
pub struct Names {
    people: HashMap<PersonId, String>,
    teams: HashMap<CareTeamId, String>,
}

impl Names {
    /// A person's name; empty when there is no such person.
    pub fn person(&mut self, cx: &mut Cx<'_, '_>, id: PersonId) -> Result<String> {
        if let Some(name) = self.people.get(&id) {
            return Ok(name.clone());
        }
        let name = cx.profile_of(id)?.name;
        self.people.insert(id, name.clone());
        Ok(name)
    }

    /// A team's plain name, also of one that has ended; empty when there is none.
    pub fn team(&mut self, cx: &mut Cx<'_, '_>, id: CareTeamId) -> Result<String> {
        if let Some(name) = self.teams.get(&id) {
            return Ok(name.clone());
        }
        let name = store::team_settings::get(cx.tx(), id)?.map(|team| team.name);
        let name = name.unwrap_or_default();
        self.teams.insert(id, name.clone());
        Ok(name)
    }
}

/// A conversation's headline and owning team.
pub fn headline(cx: &mut Cx<'_, '_>, id: ThreadId) -> Result<(String, Option<CareTeamId>)> {
    let permit = cx.authorize::<ReadThread>(id)?;
    let row = thread::get(cx.tx(), &permit)?;
    let place = Place::new("thread", &id, "headline_sealed", 1);
    let headline = cx.open(thread_owner(row.patient, None), &place, &row.headline)?;
    Ok((headline, row.owner_team))
}

/// What live pages are told of a conversation: states only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Live {
    /// The newest number.
    pub last_seq: i64,
    /// Where it stands.
    pub ladder: Ladder,
    /// The owning team's plain name.
    pub team: String,
}

/// The state of a conversation of the patient.
pub fn live(cx: &mut Cx<'_, '_>, patient: PatientId, id: ThreadId) -> Result<Live> {
    let permit = cx.authorize::<ReadThread>(id)?;
    if permit.object().patient != Some(patient) {
        return Err(Error::NotFound);
    }
    let facts = thread::item_facts(cx.tx(), &permit)?;
    let (last_seq, team) = (permit.object().last_seq, permit.object().owner_team);
    let mut names = Names::default();
    let team = match team {
        Some(team) => names.team(cx, team)?,
        None => String::new(),
    };
    Ok(Live { last_seq, ladder: ladder(&facts), team })
}

/// The same for an event, asked again for each; `None` when the actor may not see it, which is no
/// refusal, since nobody asked.
pub fn live_now(cx: &mut Cx<'_, '_>, patient: PatientId, id: ThreadId) -> Result<Option<Live>> {
    if cx.may::<ReadThread>(id)? { live(cx, patient, id).map(Some) } else { Ok(None) }
}

/// Moves the reader's own mark to `seq`; nothing else changes.
pub fn mark_read(cx: &mut Cx<'_, '_>, id: ThreadId, seq: i64) -> Result<()> {
    let permit = cx.authorize::<MarkRead>(id)?;
    let seq = seq.clamp(0, permit.object().last_seq);
    Ok(store::read_mark::put(cx.tx(), &permit, seq)?)
}

/// Flags a conversation as unread for the reader alone.
pub fn mark_unread(cx: &mut Cx<'_, '_>, id: ThreadId) -> Result<()> {
    let permit = cx.authorize::<MarkRead>(id)?;
    Ok(store::read_mark::flag_unread(cx.tx(), &permit)?)
}
