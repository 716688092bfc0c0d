//! A reply that a colleague is asked to look at or to finish.
//!
//! The draft stays its owner's, and no other hand changes it (MODEL, invariant 9): whoever takes it over gets
//! a draft of their own with the same words, which they change, send, or bring back to the writer by asking
//! in turn. The message keeps who wrote and who sent it; the patient reads who sent it. Each asking is a
//! right of those who work in the conversation, and ends when the asker's or the asked one's does.
//! Deliberately absent: two people in one text at once.

use domain::ids::{DraftId, PersonId, ThreadId};
use store::access::{ReadNotes, ShareDraft, UseOwn};
use store::care_team;
use store::draft_share::{self as rows, ShareRow};
use store::seal::{KeyOwner, Place, Sealed};

pub use store::draft_share::ShareState;

use crate::cx::Cx;
use crate::draft::{self, Draft, DraftKind, Typed};
use crate::error::{Conflict, Error, Result};

/// The longest words of an asking or an answer, in characters.
pub const NOTE_MAX: usize = 500;

/// Somebody who can be asked.
pub type Colleague = (PersonId, String);

/// A draft with what was asked about it.
#[derive(Debug, Clone)]
pub struct Shared {
    /// The text.
    pub draft: Draft,
    /// The conversation's headline.
    pub headline: String,
    /// Who wrote it, by name.
    pub by: String,
    /// Whether the reader wrote it.
    pub mine: bool,
    /// Who is asked, by name; `None` is anyone of the team.
    pub to: Option<String>,
    /// How it stands.
    pub state: ShareState,
    /// Why it was asked; may be empty.
    pub note: String,
    /// Who decided, by name; empty while nobody has.
    pub decided_by: String,
    /// With which words; may be empty.
    pub answer: String,
    /// The asking's version.
    pub version: i64,
}

/// A line that points to a draft somebody asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The draft.
    pub draft: DraftId,
    /// Its conversation.
    pub thread: ThreadId,
    /// Whether the reader wrote it.
    pub mine: bool,
    /// How it stands.
    pub state: ShareState,
    /// Who wrote it; for one's own, who decided or is asked, by name; empty is anyone.
    pub name: String,
}

/// Who can be asked about a reply in a conversation: those of its team who may answer, by name.
pub fn colleagues(cx: &mut Cx<'_, '_>, thread: ThreadId) -> Result<Vec<Colleague>> {
    let permit = cx.authorize::<ShareDraft>(thread)?;
    let (me, now) = (cx.person()?, cx.now());
    let Some(team) = permit.object().owner_team else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for member in care_team::members(cx.tx(), team, now)? {
        if member.role != "desk" && member.person != me {
            found.push((member.person, cx.profile_of(member.person)?.name));
        }
    }
    found.sort_by(|a, b| a.1.cmp(&b.1));
    Ok(found)
}

/// The actor's own reply of that thread, not on its way.
fn own_reply(cx: &mut Cx<'_, '_>, thread: ThreadId, id: DraftId) -> Result<Draft> {
    let draft = draft::get(cx, id)?;
    if draft.row.thread != Some(thread) || draft.row.kind != DraftKind::Reply {
        return Err(Error::NotFound);
    }
    if draft.row.release_at.is_some() {
        return Err(Error::Conflict(Conflict::AlreadySent));
    }
    Ok(draft)
}

fn checked<'n>(field: &'static str, note: &'n str) -> Result<&'n str> {
    let note = note.trim();
    if note.chars().count() > NOTE_MAX {
        return Err(Error::field(field, "too-long"));
    }
    Ok(note)
}

fn sealed(
    cx: &mut Cx<'_, '_>,
    (draft, owner): (DraftId, PersonId),
    column: &'static str,
    version: i64,
    text: &str,
) -> Result<Sealed> {
    let place = Place::new("draft_share", &draft, column, version);
    cx.seal(KeyOwner::Person(owner), &place, text.as_bytes())
}

/// Asks a colleague, or anyone of the team (`None`), about the actor's reply at the version last seen. Asking
/// again replaces what was asked before.
///
/// Errors: `Invalid` on `to` for who cannot be asked, on `note` when it is too long, on `body` when nothing is
/// written; `Conflict(Changed)` when another window saved meanwhile, `Conflict(AlreadySent)`;
/// `NotFound`/`Forbidden` by policy.
pub fn ask(
    cx: &mut Cx<'_, '_>,
    thread: ThreadId,
    (id, version): (DraftId, i64),
    to: Option<PersonId>,
    note: &str,
) -> Result<()> {
    let permit = cx.authorize::<ShareDraft>(thread)?;
    let draft = own_reply(cx, thread, id)?;
    if draft.row.version != version {
        return Err(Error::Conflict(Conflict::Changed));
    }
    let note = checked("note", note)?;
    if draft.content.body.trim().is_empty() {
        return Err(Error::field("body", "empty"));
    }
    let known = colleagues(cx, thread)?;
    let found = to.is_none_or(|to| known.iter().any(|(person, _)| *person == to));
    if known.is_empty() || !found {
        return Err(Error::field("to", "unknown"));
    }
    let me = cx.person()?;
    let own = cx.authorize::<UseOwn>(me)?;
    let before = rows::get_own(cx.tx(), &own, id)?.map_or(0, |share| share.version);
    let note = sealed(cx, (id, me), "note_sealed", before + 1, note)?;
    if !rows::put(cx.tx(), &permit, &draft.row, to, &note, before)? {
        return Err(Error::Conflict(Conflict::Changed));
    }
    tell(cx, thread, permit.object().owner_team)
}

/// Colleagues hear that something changed; the patient's side never does.
fn tell(
    cx: &mut Cx<'_, '_>,
    thread: ThreadId,
    team: Option<domain::ids::CareTeamId>,
) -> Result<()> {
    let person = cx.actor().person;
    let (kind, thread) = ("writing".to_owned(), Some(thread));
    cx.note_change(&store::change::Change { kind, patient: None, thread, team, person })
}

/// Takes what the actor asked back: nobody else sees the draft any more. What a colleague took over is
/// theirs. `NotFound` when nothing was asked.
pub fn withdraw(cx: &mut Cx<'_, '_>, id: DraftId) -> Result<()> {
    let me = cx.person()?;
    let own = cx.authorize::<UseOwn>(me)?;
    if rows::remove(cx.tx(), &own, id)? { Ok(()) } else { Err(Error::NotFound) }
}

/// A draft that the actor asked about or was asked about.
///
/// Errors: `NotFound` for any other, and when it was withdrawn, sent, or its writer works there no more.
pub fn view(cx: &mut Cx<'_, '_>, thread: ThreadId, id: DraftId) -> Result<Shared> {
    let (draft, share) = find(cx, thread, id)?;
    opened(cx, thread, draft, share)
}

fn find(cx: &mut Cx<'_, '_>, thread: ThreadId, id: DraftId) -> Result<(Draft, ShareRow)> {
    let permit = cx.authorize::<ShareDraft>(thread)?;
    let me = cx.person()?;
    let own = cx.authorize::<UseOwn>(me)?;
    if let Some(share) = rows::get_own(cx.tx(), &own, id)? {
        return Ok((own_reply(cx, thread, id)?, share));
    }
    let (row, share) = rows::get(cx.tx(), &permit, me, id)?.ok_or(Error::NotFound)?;
    Ok((draft::open(cx, row)?, share))
}

fn opened(cx: &mut Cx<'_, '_>, thread: ThreadId, draft: Draft, share: ShareRow) -> Result<Shared> {
    let me = cx.person()?;
    let owner = KeyOwner::Person(share.owner);
    let place = Place::new("draft_share", &share.draft, "note_sealed", share.version);
    let note = cx.open(owner, &place, &share.note)?;
    let answer = match &share.answer {
        Some(answer) => {
            let place = Place::new("draft_share", &share.draft, "answer_sealed", share.version);
            cx.open(owner, &place, answer)?
        }
        None => String::new(),
    };
    Ok(Shared {
        headline: crate::thread::headline(cx, thread)?.0,
        by: cx.profile_of(share.owner)?.name,
        mine: share.owner == me,
        to: share.to.map(|to| cx.profile_of(to).map(|found| found.name)).transpose()?,
        state: share.state,
        note,
        decided_by: match share.by {
            Some(by) => cx.profile_of(by)?.name,
            None => String::new(),
        },
        answer,
        version: share.version,
        draft,
    })
}

/// What a colleague looked at: the asking's version and the draft's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// The asking's.
    pub share: i64,
    /// The draft's.
    pub draft: i64,
}

/// A draft of a colleague's that waits for the actor's decision, as it was looked at.
fn asked(
    cx: &mut Cx<'_, '_>,
    thread: ThreadId,
    id: DraftId,
    seen: Seen,
) -> Result<(Draft, ShareRow)> {
    let (draft, share) = find(cx, thread, id)?;
    if Some(share.owner) == cx.actor().person {
        return Err(Error::Forbidden);
    }
    if share.state != ShareState::Asked
        || share.version != seen.share
        || draft.row.version != seen.draft
    {
        return Err(Error::Conflict(Conflict::Changed));
    }
    Ok((draft, share))
}

/// Takes a colleague's draft over: a draft of the actor's own with the same words, to change and send. The
/// answer is its id.
///
/// Errors: as [`view`]; `Conflict(Changed)` when its writer changed it, asked somebody else or a colleague was
/// faster; `Invalid` on `own` when the actor has begun a reply there.
pub fn take(cx: &mut Cx<'_, '_>, thread: ThreadId, id: DraftId, seen: Seen) -> Result<DraftId> {
    let (found, share) = asked(cx, thread, id, seen)?;
    let begun = draft::find_in_thread(cx, thread, DraftKind::Reply)?;
    if begun.is_some_and(|begun| !begun.content.body.trim().is_empty()) {
        return Err(Error::field("own", "begun"));
    }
    let permit = cx.authorize::<ShareDraft>(thread)?;
    let me = cx.person()?;
    if !rows::settle(cx.tx(), &permit, &share, ShareState::Taken, me, None)? {
        return Err(Error::Conflict(Conflict::Changed));
    }
    let typed = Typed {
        target: draft::target_of(&found.row)?,
        ask: found.row.ask,
        content: found.content,
        base_seq: found.row.base_seq,
    };
    let (taken, _) = draft::save(cx, None, 0, &typed)?;
    let own = cx.authorize::<UseOwn>(me)?;
    store::draft::set_prepared_by(cx.tx(), &own, taken, share.owner)?;
    Ok(taken)
}

/// Gives a colleague's draft back with a few words. Errors: as [`take`]; `Invalid` on `answer` when it is
/// empty or too long.
pub fn give_back(
    cx: &mut Cx<'_, '_>,
    thread: ThreadId,
    id: DraftId,
    seen: Seen,
    answer: &str,
) -> Result<()> {
    let (_, share) = asked(cx, thread, id, seen)?;
    let answer = checked("answer", answer)?;
    if answer.is_empty() {
        return Err(Error::field("answer", "empty"));
    }
    let permit = cx.authorize::<ShareDraft>(thread)?;
    let me = cx.person()?;
    let answer = sealed(cx, (id, share.owner), "answer_sealed", share.version, answer)?;
    if !rows::settle(cx.tx(), &permit, &share, ShareState::Returned, me, Some(&answer))? {
        return Err(Error::Conflict(Conflict::Changed));
    }
    tell(cx, thread, permit.object().owner_team)
}

/// What waits for the actor: drafts they are asked about, and their own that were given back. No words.
pub fn list(cx: &mut Cx<'_, '_>) -> Result<Vec<Line>> {
    if !cx.actor().role.is_clinical() || !rows::has_any(cx.tx())? {
        return Ok(Vec::new());
    }
    let me = cx.person()?;
    let own = cx.authorize::<UseOwn>(me)?;
    let mut found = rows::list_asked(cx.tx(), &own)?;
    let decided = rows::list_decided(cx.tx(), &own)?;
    found.extend(decided.into_iter().filter(|share| share.state == ShareState::Returned));
    found.into_iter().map(|share| line(cx, &share)).collect()
}

/// What was asked about drafts in a conversation by or of the actor. No words.
pub fn list_in_thread(cx: &mut Cx<'_, '_>, thread: ThreadId) -> Result<Vec<Line>> {
    if !cx.may::<ShareDraft>(thread)? {
        return Ok(Vec::new());
    }
    let permit = cx.authorize::<ReadNotes>(thread)?;
    let me = cx.person()?;
    let found = rows::list_in_thread(cx.tx(), &permit, me)?;
    found.into_iter().map(|share| line(cx, &share)).collect()
}

fn line(cx: &mut Cx<'_, '_>, share: &ShareRow) -> Result<Line> {
    let mine = Some(share.owner) == cx.actor().person;
    let name = match (mine, share.by.or(share.to)) {
        (false, _) => cx.profile_of(share.owner)?.name,
        (true, Some(person)) => cx.profile_of(person)?.name,
        (true, None) => String::new(),
    };
    let (draft, thread) = (share.draft, share.thread);
    Ok(Line { draft, thread, mine, state: share.state, name })
}
