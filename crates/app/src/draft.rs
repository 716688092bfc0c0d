//! Texts not yet sent: kept as they are typed, held for a moment when sent, and released.
//!
//! A draft is its owner's alone. Sending sets `release_at`; until then the owner can take it back.
//! Nobody else's write inside the window stops or changes it. A worker calls [`release_due`].

mod press;
mod unsent;

use domain::access::{Actor, Purpose, Scopes};
use domain::ids::{CareTeamId, DraftId, Id, PatientId, PersonId, QuestionId, ThreadId};
use domain::message::{Ask, Body, Channel, ClientMsgId, Line, QUESTIONS_MAX};
use domain::thread::{Category, ThreadKind};
use domain::time::Timestamp;
use domain::work_item::Outcome;
use store::access::{
    DraftReply, DraftThread, Reply, StartStaffThread, StartThread, UseOwn, WriteNote,
};
use store::change::Change;
use store::draft::{self as rows, DraftRow};

pub use store::draft::{AfterRelease, DraftKind, Offer};
use store::seal::Place;
use store::thread::About;

use crate::content::{DRAFT_MAX_BYTES, DraftContent, draft_owner};
use crate::cx::{App, Cx};
use crate::error::{Conflict, Error, FieldError, Result};
use crate::message::{self, Delivered, Outgoing};
use crate::thread::{self, NewConversation};

pub use unsent::{Unsent, list_unsent};

/// Where a draft will go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A new conversation of a patient.
    New {
        /// The patient.
        patient: PatientId,
        /// Care, or staff among themselves.
        kind: ThreadKind,
        /// To which team, once chosen.
        team: Option<CareTeamId>,
        /// About what kind of matter.
        category: Category,
        /// About what in the record.
        about: About,
    },
    /// A reply.
    Reply {
        /// The thread.
        thread: ThreadId,
        /// What happens to the work afterwards (team side).
        after: AfterRelease,
        /// The outcome when it closes the thread.
        outcome: Option<Outcome>,
    },
    /// A staff note.
    Note {
        /// The thread.
        thread: ThreadId,
    },
    /// Words that came by phone or letter, to be entered by staff.
    Told {
        /// Whom they are about.
        patient: PatientId,
        /// To which team, for a new conversation, once chosen.
        team: Option<CareTeamId>,
        /// About what kind of matter, for a new conversation.
        category: Category,
    },
}

/// A draft as its owner typed it.
#[derive(Debug, Clone)]
pub struct Typed {
    /// Where it will go.
    pub target: Target,
    /// What is asked.
    pub ask: Ask,
    /// What was typed.
    pub content: DraftContent,
    /// The newest number the writer had seen.
    pub base_seq: i64,
}

/// A draft opened for its owner.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The row, content still sealed.
    pub row: DraftRow,
    /// What was typed.
    pub content: DraftContent,
}

/// Saves a draft. `version` is 0 for a new one, whose id the page may have chosen; the answer is its id
/// and version.
///
/// Errors: `Conflict(Changed)` when another window saved meanwhile; `Conflict(AlreadySent)` when it is held
/// or has left; `Invalid` when it is too long even
/// for a draft; `NotFound`/`Forbidden` when the owner may not write there.
pub fn save(
    cx: &mut Cx<'_, '_>,
    id: Option<DraftId>,
    version: i64,
    typed: &Typed,
) -> Result<(DraftId, i64)> {
    let owner = cx.person()?;
    let patient = allow_target(cx, &typed.target)?;
    if let Target::New { team: Some(team), .. } | Target::Told { team: Some(team), .. } =
        &typed.target
        && store::team_settings::get(cx.tx(), *team)?.is_none()
    {
        return Err(Error::field("team", "unknown"));
    }
    let own = cx.authorize::<UseOwn>(owner)?;
    let size: usize = typed.content.body.len()
        + typed.content.headline.len()
        + typed.content.questions.iter().map(String::len).sum::<usize>();
    if size > DRAFT_MAX_BYTES {
        return Err(Error::field("body", "too-long"));
    }
    let before = match id {
        Some(id) => rows::get(cx.tx(), &own, id)?,
        None => None,
    };
    if let (Some(id), None) = (id, &before) {
        // A page names its draft before it is saved, so that sending the page twice is one message.
        if store::message::find_sent(cx.tx(), owner, &id.to_string())?.is_some() {
            return Err(Error::Conflict(Conflict::AlreadySent));
        }
        if version != 0 {
            return Err(Error::NotFound);
        }
    }
    if before.as_ref().is_some_and(|before| before.release_at.is_some()) {
        return Err(Error::Conflict(Conflict::AlreadySent));
    }
    if before.as_ref().is_some_and(|before| before.offer != Offer::None) {
        // What the patient may be reading does not change under her eyes.
        return Err(Error::Conflict(Conflict::Changed));
    }
    if let Some(before) = &before
        && (before.patient != patient || before.kind != kind_of(&typed.target))
    {
        // A draft never changes its patient or kind: two windows cannot mix two people.
        return Err(Error::Conflict(Conflict::Changed));
    }
    let id = match id {
        Some(id) => id,
        None => cx.new_id()?,
    };
    let place = Place::new("draft", &id, "content_sealed", version + 1);
    let content = cx.seal_json(draft_owner(patient, owner), &place, &typed.content)?;
    let row = row_of(typed, id, owner, patient, content, cx.now());
    let expected = if before.is_some() { version } else { 0 };
    if before.is_some() && version < 1 {
        return Err(Error::Conflict(Conflict::Changed));
    }
    if !rows::put(cx.tx(), &own, &row, expected)? {
        return Err(Error::Conflict(Conflict::Changed));
    }
    tell_writing(cx, typed, before.map(|before| before.updated_at))?;
    Ok((id, version + 1))
}

/// Who saved a reply so many seconds ago or less is writing.
pub(crate) const WRITING_S: i64 = 90;

/// Tells colleagues who have the conversation open that somebody began to write; patients never hear of
/// it (`live::topics`). Said once while the writing goes on.
fn tell_writing(cx: &mut Cx<'_, '_>, typed: &Typed, before: Option<Timestamp>) -> Result<()> {
    let Target::Reply { thread, .. } = &typed.target else { return Ok(()) };
    let goes_on = before.is_some_and(|before| cx.now().seconds_since(before) < WRITING_S);
    if goes_on || !cx.actor().role.is_clinical() {
        return Ok(());
    }
    let team = cx.authorize::<DraftReply>(*thread)?.object().owner_team;
    let (thread, person) = (Some(*thread), cx.actor().person);
    cx.note_change(&Change { kind: "writing".to_owned(), patient: None, thread, team, person })
}

const fn kind_of(target: &Target) -> DraftKind {
    match target {
        Target::New { .. } => DraftKind::New,
        Target::Reply { .. } => DraftKind::Reply,
        Target::Note { .. } => DraftKind::Note,
        Target::Told { .. } => DraftKind::Told,
    }
}

/// Asks for the right to prepare a text there; the patient it is about.
fn allow_target(cx: &mut Cx<'_, '_>, target: &Target) -> Result<Option<PatientId>> {
    match target {
        Target::New { patient, kind: ThreadKind::Staff, .. } => {
            cx.authorize::<StartStaffThread>(*patient).map(|_| Some(*patient))
        }
        Target::New { patient, .. } => {
            cx.authorize::<DraftThread>(*patient).map(|_| Some(*patient))
        }
        Target::Reply { thread, .. } => {
            cx.authorize::<DraftReply>(*thread).map(|permit| permit.object().patient)
        }
        Target::Note { thread } => {
            cx.authorize::<WriteNote>(*thread).map(|permit| permit.object().patient)
        }
        Target::Told { patient, .. } => {
            let permit = cx.authorize::<StartThread>(*patient)?;
            if permit.allowed().patient_side {
                return Err(Error::NotFound);
            }
            Ok(Some(*patient))
        }
    }
}

fn row_of(
    typed: &Typed,
    id: DraftId,
    owner: domain::ids::PersonId,
    patient: Option<PatientId>,
    content: store::seal::Sealed,
    now: Timestamp,
) -> DraftRow {
    let mut row = DraftRow {
        id,
        owner,
        kind: kind_of(&typed.target),
        patient,
        thread: None,
        team: None,
        thread_kind: ThreadKind::Care,
        category: Category::Other,
        about: About::NOTHING,
        ask: typed.ask,
        content,
        base_seq: typed.base_seq,
        release_at: None,
        unsent_at: None,
        after: AfterRelease::Nothing,
        outcome: None,
        offer: Offer::None,
        offered_at: None,
        prepared_by: None,
        created_at: now,
        version: 0,
        updated_at: now,
    };
    match &typed.target {
        Target::New { kind, team, category, about, .. } => {
            row.thread_kind = *kind;
            row.team = *team;
            row.category = *category;
            row.about = *about;
        }
        Target::Reply { thread, after, outcome } => {
            row.thread = Some(*thread);
            row.after = *after;
            row.outcome = outcome.map(|outcome| outcome.code().to_owned());
        }
        Target::Note { thread } => row.thread = Some(*thread),
        Target::Told { team, category, .. } => {
            row.team = *team;
            row.category = *category;
        }
    }
    row
}

/// The target a stored draft has.
pub fn target_of(row: &DraftRow) -> Result<Target> {
    match (row.kind, row.thread, row.patient) {
        (DraftKind::New, _, Some(patient)) => Ok(Target::New {
            patient,
            kind: row.thread_kind,
            team: row.team,
            category: row.category,
            about: row.about,
        }),
        (DraftKind::Reply, Some(thread), _) => Ok(Target::Reply {
            thread,
            after: row.after,
            outcome: row.outcome.as_deref().and_then(Outcome::from_code),
        }),
        (DraftKind::Note, Some(thread), _) => Ok(Target::Note { thread }),
        (DraftKind::Told, _, Some(patient)) => {
            Ok(Target::Told { patient, team: row.team, category: row.category })
        }
        _ => Err(Error::Internal("a draft without a target".to_owned())),
    }
}

/// Opens a draft of the actor's own. It opens only while its owner may still write there.
pub fn get(cx: &mut Cx<'_, '_>, id: DraftId) -> Result<Draft> {
    let owner = cx.person()?;
    let own = cx.authorize::<UseOwn>(owner)?;
    let row = rows::get(cx.tx(), &own, id)?.ok_or(Error::NotFound)?;
    allow_target(cx, &target_of(&row)?)?;
    open(cx, row)
}

pub(crate) fn open(cx: &Cx<'_, '_>, row: DraftRow) -> Result<Draft> {
    let place = Place::new("draft", &row.id, "content_sealed", row.version);
    let content = cx.open_json(draft_owner(row.patient, row.owner), &place, &row.content)?;
    Ok(Draft { row, content })
}

/// The actor's drafts that can be opened now, newest first; held ones included.
pub fn list(cx: &mut Cx<'_, '_>) -> Result<Vec<Draft>> {
    let owner = cx.person()?;
    let own = cx.authorize::<UseOwn>(owner)?;
    let found = rows::list(cx.tx(), &own)?;
    cx.audit_subjects(&own, found.iter().filter_map(|row| row.patient));
    found.into_iter().map(|row| open(cx, row)).collect()
}

/// The actor's newest draft of this kind in a thread.
pub fn find_in_thread(
    cx: &mut Cx<'_, '_>,
    thread: ThreadId,
    kind: DraftKind,
) -> Result<Option<Draft>> {
    let owner = cx.person()?;
    let own = cx.authorize::<UseOwn>(owner)?;
    match rows::find_in_thread(cx.tx(), &own, thread, kind)? {
        Some(row) => open(cx, row).map(Some),
        None => Ok(None),
    }
}

/// The row of a draft of the actor's own that is not held, whether or not it could still be sent: its
/// words stay closed. `NotFound` when there is none, or it is on its way.
pub fn get_kept(cx: &mut Cx<'_, '_>, id: DraftId) -> Result<DraftRow> {
    let owner = cx.person()?;
    let own = cx.authorize::<UseOwn>(owner)?;
    let row = rows::get(cx.tx(), &own, id)?.filter(|row| row.release_at.is_none());
    row.ok_or(Error::NotFound)
}

/// Deletes a draft of the actor's own. `NotFound` when there is none (a released one is gone).
pub fn remove(cx: &mut Cx<'_, '_>, id: DraftId) -> Result<()> {
    let owner = cx.person()?;
    let own = cx.authorize::<UseOwn>(owner)?;
    if rows::remove(cx.tx(), &own, id)? { Ok(()) } else { Err(Error::NotFound) }
}

/// What sending a draft did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// It leaves at this moment; until then it can be taken back.
    Held(Timestamp),
    /// It is out.
    Delivered(Delivered),
    /// It waits for the answer to a card that says whom to call (`urgency`): then it is sent at once.
    Asked,
}

/// Sends a draft of the actor's own at the version last seen. `seen_seq` is the newest number the
/// writer has been shown; confirming a newer-message stop is sending again with the number it named.
///
/// Errors: `Invalid` with every field that is wrong; `Conflict(NewerMessages)`; `Conflict(Changed)` when
/// another window saved meanwhile. Sending twice is one send.
pub fn send(cx: &mut Cx<'_, '_>, id: DraftId, version: i64, seen_seq: Option<i64>) -> Result<Sent> {
    let draft = get(cx, id)?;
    if let Some(at) = draft.row.release_at {
        return Ok(Sent::Held(at));
    }
    if draft.row.version != version || draft.row.offer != Offer::None {
        return Err(Error::Conflict(Conflict::Changed));
    }
    check(cx, &draft)?;
    if let Target::New { patient, team: Some(team), .. } = target_of(&draft.row)?
        && let Ok(person) = PersonId::parse(&draft.content.direct)
        && crate::direct::first(cx, patient, team, person)?.is_none()
    {
        return Err(Error::field("direct", "unknown"));
    }
    if let Target::Reply { thread, .. } = target_of(&draft.row)? {
        let permit = cx.authorize::<Reply>(thread)?;
        let base = seen_seq.unwrap_or(draft.row.base_seq);
        let author = cx.person()?;
        message::stop_for_newer(cx, &permit, author, Some(base))?;
        if draft.row.after == AfterRelease::Close && !permit.allowed().patient_side {
            crate::question::none_open(cx, &permit, draft.content.answers.len())?;
        }
        press::check(cx, thread, &draft)?;
        // What stands there now is what the text answers; what comes while it is held is not (`crossed`).
        let (owner, last_seq) = (cx.person()?, permit.object().last_seq);
        let own = cx.authorize::<UseOwn>(owner)?;
        rows::set_base(cx.tx(), &own, id, last_seq)?;
    }
    if crate::urgency::interrupts(cx, &draft)? {
        return Ok(Sent::Asked);
    }
    let hold = cx.app().settings().hold_seconds;
    if hold <= 0 {
        return release(cx, id).map(Sent::Delivered);
    }
    let release_at = cx.now().plus_seconds(hold);
    let owner = cx.person()?;
    let own = cx.authorize::<UseOwn>(owner)?;
    if rows::set_release(cx.tx(), &own, id, Some(release_at))? {
        Ok(Sent::Held(release_at))
    } else {
        Err(Error::Conflict(Conflict::Changed))
    }
}

/// Takes back a held draft: it is a draft again. `Conflict(AlreadySent)` when it has left.
pub fn undo(cx: &mut Cx<'_, '_>, id: DraftId) -> Result<()> {
    let owner = cx.person()?;
    let own = cx.authorize::<UseOwn>(owner)?;
    if rows::set_release(cx.tx(), &own, id, None)? {
        return Ok(());
    }
    match rows::get(cx.tx(), &own, id)? {
        Some(_) => Ok(()),
        None => Err(Error::Conflict(Conflict::AlreadySent)),
    }
}

/// What is wrong with a draft's own fields, every field at once; empty when it could be sent.
pub fn problems(draft: &Draft) -> Vec<FieldError> {
    let mut problems = Vec::new();
    let content = &draft.content;
    if draft.row.kind == DraftKind::New {
        if draft.row.team.is_none() {
            problems.push(FieldError::new("team", "empty"));
        }
        if let Err(error) = Line::headline(&content.headline) {
            problems.push(FieldError::text("headline", error));
        }
    }
    if let Err(error) = Body::parse(&content.body) {
        problems.push(FieldError::text("body", error));
    }
    if questions_of(content).count() > QUESTIONS_MAX {
        problems.push(FieldError {
            field: "question",
            problem: "too-many",
            max: Some(QUESTIONS_MAX),
        });
    }
    for question in questions_of(content) {
        if let Err(error) = Line::parse(question) {
            problems.push(FieldError::text("question", error));
        }
    }
    problems
}

fn questions_of(content: &DraftContent) -> impl Iterator<Item = &String> {
    content.questions.iter().filter(|question| !question.trim().is_empty())
}

/// Checks everything a send needs and names every field that is wrong.
pub(crate) fn check(cx: &mut Cx<'_, '_>, draft: &Draft) -> Result<Outgoing> {
    let mut problems = problems(draft);
    if let Some(team) = draft.row.team
        && store::care_team::get(cx.tx(), team)?.is_none()
    {
        problems.push(FieldError::new("team", "unknown"));
    }
    let content = &draft.content;
    let of_staff = cx.actor().role.is_staff();
    let sent_by_author = matches!(draft.row.kind, DraftKind::New | DraftKind::Reply);
    if of_staff && sent_by_author && domain::saved_reply::unfilled(&content.body).is_some() {
        problems.push(FieldError::new("body", "placeholder"));
    }
    let body = Body::parse(&content.body);
    let questions: Vec<Line> =
        questions_of(content).filter_map(|question| Line::parse(question).ok()).collect();
    let answers: Vec<QuestionId> =
        content.answers.iter().filter_map(|id| QuestionId::parse(id).ok()).collect();
    let client_msg_id = ClientMsgId::parse(&draft.row.id.to_string());
    match (body, client_msg_id) {
        (Ok(body), Ok(client_msg_id)) if problems.is_empty() => Ok(Outgoing {
            body,
            ask: draft.row.ask,
            questions,
            answers,
            language: language_of(cx)?,
            channel: Channel::Portal,
            prepared_by: draft.row.prepared_by,
            client_msg_id,
            base_seq: None,
            answers_up_to: None,
            after: draft.row.after,
            outcome: draft.row.outcome.as_deref().and_then(Outcome::from_code),
        }),
        _ => Err(Error::Invalid(problems)),
    }
}

pub(crate) fn language_of(cx: &mut Cx<'_, '_>) -> Result<String> {
    let person = cx.person()?;
    Ok(store::person::get(cx.tx(), person)?.map_or_else(|| "en".to_owned(), |row| row.language))
}

/// A draft with the words a list shows for it.
#[derive(Debug, Clone)]
pub struct Named {
    /// The draft.
    pub draft: Draft,
    /// Its headline, or the conversation's; may be empty.
    pub headline: String,
    /// The team it goes to; may be empty.
    pub team: String,
    /// The helper whose text the owner has taken on, by name.
    pub prepared_by: Option<String>,
}

/// The actor's drafts about a patient, newest first, with their headlines and teams.
pub fn list_named(cx: &mut Cx<'_, '_>, patient: PatientId) -> Result<Vec<Named>> {
    let drafts = list(cx)?;
    drafts
        .into_iter()
        .filter(|draft| draft.row.patient == Some(patient))
        .map(|draft| named(cx, draft))
        .collect()
}

/// A draft with its headline and team.
pub fn named(cx: &mut Cx<'_, '_>, draft: Draft) -> Result<Named> {
    let (mut headline, mut team) = (draft.content.headline.clone(), draft.row.team);
    if let Some(id) = draft.row.thread.filter(|_| draft.row.kind == DraftKind::Reply) {
        let (words, owner) = thread::headline(cx, id)?;
        headline = words;
        // Of a team that has ended, the one that reads it now.
        team = match owner {
            Some(owner) => store::care_team::receiver(cx.tx(), owner)?,
            None => None,
        };
    }
    let team = match team {
        Some(team) => store::care_team::get(cx.tx(), team)?.map(|team| team.name),
        None => None,
    };
    let prepared_by = prepared_by(cx, &draft)?;
    Ok(Named { draft, headline, team: team.unwrap_or_default(), prepared_by })
}

/// The helper whose text the draft's owner has taken on, by name.
pub fn prepared_by(cx: &mut Cx<'_, '_>, draft: &Draft) -> Result<Option<String>> {
    match draft.row.prepared_by {
        Some(person) => Ok(Some(cx.profile_of(person)?.name)),
        None => Ok(None),
    }
}

/// The thread that a draft of the actor's own became. `NotFound` when it never left.
pub fn became(cx: &mut Cx<'_, '_>, id: DraftId) -> Result<ThreadId> {
    let owner = cx.person()?;
    let sent = store::message::find_sent(cx.tx(), owner, &id.to_string())?;
    let thread = sent.ok_or(Error::NotFound)?.thread;
    cx.authorize::<store::access::ReadThread>(thread)?;
    Ok(thread)
}

/// Begins a new conversation that goes on from an old one, at its team or, when that has ended, the one that
/// follows it.
pub fn follow_up(
    cx: &mut Cx<'_, '_>,
    patient: PatientId,
    before: ThreadId,
) -> Result<(DraftId, i64)> {
    let permit = cx.authorize::<store::access::ReadThread>(before)?;
    if permit.object().patient != Some(patient) {
        return Err(Error::NotFound);
    }
    let old = store::thread::get(cx.tx(), &permit)?;
    let (headline, team) = thread::headline(cx, before)?;
    let team = match team {
        Some(team) => store::care_team::receiver(cx.tx(), team)?,
        None => None,
    };
    let typed = Typed {
        target: Target::New {
            patient,
            kind: ThreadKind::Care,
            team,
            category: old.category,
            about: old.about,
        },
        ask: Ask::Inform,
        content: DraftContent { headline, ..DraftContent::default() },
        base_seq: 0,
    };
    let (id, version) = save(cx, None, 0, &typed)?;
    let owner = cx.person()?;
    let own = cx.authorize::<UseOwn>(owner)?;
    rows::set_continues(cx.tx(), &own, id, before)?;
    Ok((id, version))
}

/// Turns a draft of the actor's own into what it was meant to be and deletes it, in one transaction.
pub fn release(cx: &mut Cx<'_, '_>, id: DraftId) -> Result<Delivered> {
    let draft = get(cx, id)?;
    let out = check(cx, &draft)?;
    let delivered = match target_of(&draft.row)? {
        Target::New { patient, kind, team, category, about } => {
            let team = team.ok_or_else(|| Error::field("team", "empty"))?;
            let headline = Line::headline(&draft.content.headline)
                .map_err(|error| Error::text("headline", error))?;
            let new = NewConversation {
                kind,
                team,
                category,
                about,
                headline,
                continues: draft.row.thread,
            };
            let direct = PersonId::parse(&draft.content.direct).ok();
            thread::start_to(cx, patient, &new, &out, direct)?
        }
        Target::Reply { thread, .. } => {
            let out = press::level(cx, thread, &draft, out)?;
            let out = Outgoing { answers_up_to: Some(draft.row.base_seq), ..out };
            message::reply(cx, thread, &out)?
        }
        Target::Note { .. } | Target::Told { .. } => {
            return Err(Error::Internal("this text is not sent by its author".to_owned()));
        }
    };
    if let Some(phone) = &draft.content.call {
        crate::callback::asked(cx, &delivered, phone)?;
    }
    let owner = cx.person()?;
    let own = cx.authorize::<UseOwn>(owner)?;
    if rows::remove(cx.tx(), &own, id)? {
        Ok(delivered)
    } else {
        Err(Error::Conflict(Conflict::Changed))
    }
}

/// Asks for what `release` will need, so that a page can say no before the hold and not after it.
pub fn may_send(cx: &mut Cx<'_, '_>, target: &Target) -> Result<()> {
    match target {
        Target::New { patient, kind: ThreadKind::Staff, .. } => {
            cx.authorize::<StartStaffThread>(*patient).map(|_| ())
        }
        Target::New { patient, .. } => cx.authorize::<StartThread>(*patient).map(|_| ()),
        Target::Reply { thread, .. } => cx.authorize::<Reply>(*thread).map(|_| ()),
        Target::Note { thread } => cx.authorize::<WriteNote>(*thread).map(|_| ()),
        Target::Told { .. } => allow_target(cx, target).map(|_| ()),
    }
}

/// Most drafts released by one call.
const RELEASE_BATCH: i64 = 100;

/// Releases the drafts whose hold is over, each as its owner and in its own transaction; how many left.
/// A draft whose owner may not send any more becomes a plain draft again, marked for its owner.
pub fn release_due(app: &App) -> Result<usize> {
    let now = app.now();
    let due = app.db().read(|tx| rows::list_due(tx, now, RELEASE_BATCH))?;
    let mut released = 0;
    for (id, owner) in due {
        let facts = app.db().read(|tx| store::access::actor_facts(tx, owner))?;
        let Some((role, epoch)) = facts else {
            unsent::unhold(app, id, owner)?;
            continue;
        };
        let actor = Actor {
            person: Some(owner),
            role,
            session: None,
            device: None,
            scopes: Scopes::Session,
            auth_time: now,
            epoch,
            purpose: if role.is_staff() { Purpose::Treatment } else { Purpose::PatientRequest },
        };
        // It was accepted when there was room.
        match app.write_reserved(&actor, move |cx| release(cx, id)) {
            Ok(_) => released += 1,
            Err(Error::Unavailable | Error::Full) => return Err(Error::Unavailable),
            Err(error) => {
                tracing::warn!(draft = %id, %error, "a held message could not leave; it is a draft again");
                unsent::unhold(app, id, owner)?;
            }
        }
    }
    Ok(released)
}
