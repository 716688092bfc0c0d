//! Saved replies: kept by a team or by a person, put into a reply with their placeholders filled.
//!
//! The rules of the text are `domain::saved_reply`'s. Putting one in answers with words and a suggested act; the writer
//! reads, changes and sends them. Deliberately absent: sending by itself, and doing the act.

use domain::ids::{CareTeamId, PersonId, SavedReplyId, ThreadId};
use domain::message::Line;
use domain::saved_reply::{Act, BODY_MAX, Placeholder, fill, unknown};
use serde::{Deserialize, Serialize};
use store::access::{DraftReply, KeepReplies, ReadThread, UseOwn};
use store::care_team::{self, TeamRow};
use store::saved_reply::{self as rows, SavedReplyRow};
use store::seal::{KeyOwner, Place};

pub use store::saved_reply::Holder;

use crate::cx::Cx;
use crate::error::{Conflict, Error, FieldError, Result};
use crate::{patient, work};

/// Most replies of one holder.
pub const REPLIES_MAX: usize = 200;
/// The languages a reply may be written in.
pub const LANGUAGES: [&str; 2] = ["en", "es"];

/// `saved_reply.content_sealed`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Content {
    #[serde(rename = "t")]
    title: String,
    /// Language and text.
    #[serde(rename = "x")]
    texts: Vec<(String, String)>,
    #[serde(rename = "a", default)]
    act: String,
}

/// A saved reply, opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedReply {
    /// Its id.
    pub id: SavedReplyId,
    /// Whose it is.
    pub holder: Holder,
    /// Its title.
    pub title: String,
    /// Its texts, each with its language.
    pub texts: Vec<(String, String)>,
    /// What it suggests.
    pub act: Act,
    /// Its version.
    pub version: i64,
}

/// A saved reply as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// Whose it is to be; that of a known reply stays what it is.
    pub team: Option<CareTeamId>,
    /// Its title.
    pub title: String,
    /// The text in each of [`LANGUAGES`]; an empty one is none.
    pub texts: [String; 2],
    /// What it suggests.
    pub act: Act,
}

/// A team with its replies.
pub type OfTeam = (TeamRow, Vec<SavedReply>);

/// The teams whose replies the actor keeps, by name.
pub fn teams(cx: &mut Cx<'_, '_>) -> Result<Vec<TeamRow>> {
    let mut kept = Vec::new();
    for (team, _) in work::my_teams(cx)? {
        if cx.may::<KeepReplies>(team.id)? {
            kept.push(team);
        }
    }
    Ok(kept)
}

/// The actor's own replies, then those of each of their teams, each by title.
///
/// Errors: `Forbidden` for who does no clinical work.
pub fn list(cx: &mut Cx<'_, '_>) -> Result<(Vec<SavedReply>, Vec<OfTeam>)> {
    let me = clinical(cx)?;
    let own = of(cx, Holder::Own(me))?;
    let mut by_team = Vec::new();
    for team in teams(cx)? {
        let replies = of(cx, Holder::Team(team.id))?;
        by_team.push((team, replies));
    }
    Ok((own, by_team))
}

fn clinical(cx: &Cx<'_, '_>) -> Result<PersonId> {
    if cx.actor().role.is_clinical() { cx.person() } else { Err(Error::NotFound) }
}

fn of(cx: &mut Cx<'_, '_>, holder: Holder) -> Result<Vec<SavedReply>> {
    let owner = key_owner(cx, holder)?;
    let found = rows::list(cx.tx(), holder)?;
    let mut replies =
        found.into_iter().map(|row| open(cx, owner, row)).collect::<Result<Vec<_>>>()?;
    replies.sort_by(|a, b| a.title.cmp(&b.title).then(a.id.cmp(&b.id)));
    Ok(replies)
}

fn key_owner(cx: &mut Cx<'_, '_>, holder: Holder) -> Result<KeyOwner> {
    match holder {
        Holder::Own(person) => Ok(KeyOwner::Person(person)),
        Holder::Team(team) => {
            let team = care_team::get(cx.tx(), team)?.ok_or(Error::NotFound)?;
            Ok(KeyOwner::Organization(team.organization))
        }
    }
}

fn open(cx: &Cx<'_, '_>, owner: KeyOwner, row: SavedReplyRow) -> Result<SavedReply> {
    let place = Place::new("saved_reply", &row.id, "content_sealed", row.version);
    let content: Content = cx.open_json(owner, &place, &row.content)?;
    Ok(SavedReply {
        id: row.id,
        holder: row.holder,
        title: content.title,
        texts: content.texts,
        act: Act::from_code(&content.act).unwrap_or_default(),
        version: row.version,
    })
}

/// One of the replies that the actor may use; `NotFound` for any other.
pub fn get(cx: &mut Cx<'_, '_>, id: SavedReplyId) -> Result<SavedReply> {
    let me = clinical(cx)?;
    let row = rows::get(cx.tx(), id)?.ok_or(Error::NotFound)?;
    let usable = match row.holder {
        Holder::Own(person) => person == me,
        Holder::Team(team) => cx.may::<KeepReplies>(team)?,
    };
    if !usable {
        return Err(Error::NotFound);
    }
    let owner = key_owner(cx, row.holder)?;
    open(cx, owner, row)
}

/// What is wrong with a typed reply, every field at once.
fn problems(typed: &Typed) -> Vec<FieldError> {
    let mut problems = Vec::new();
    if let Err(error) = Line::headline(&typed.title) {
        problems.push(FieldError::text("title", error));
    }
    let fields = ["text_en", "text_es"];
    for (field, text) in fields.into_iter().zip(&typed.texts) {
        if text.chars().count() > BODY_MAX {
            problems.push(FieldError { field, problem: "too-long", max: Some(BODY_MAX) });
        } else if unknown(text).is_some() {
            problems.push(FieldError::new(field, "placeholder"));
        }
    }
    if typed.texts.iter().all(|text| text.trim().is_empty()) {
        problems.push(FieldError::new("text_en", "empty"));
    }
    problems
}

/// Saves a reply: a new one (`id` of the page's choosing, `version` 0), or a known one at the version last seen.
///
/// Errors: `Invalid` with every field that is wrong (a placeholder that is none among them), or on `title` when the
/// holder has 200 already; `Conflict(Changed)` when somebody saved meanwhile; `NotFound`/`Forbidden` by policy.
pub fn save(cx: &mut Cx<'_, '_>, id: SavedReplyId, version: i64, typed: &Typed) -> Result<()> {
    let me = clinical(cx)?;
    let problems = problems(typed);
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let holder = if version == 0 {
        typed.team.map_or(Holder::Own(me), Holder::Team)
    } else {
        get(cx, id)?.holder
    };
    let texts = LANGUAGES
        .iter()
        .zip(&typed.texts)
        .filter(|(_, text)| !text.trim().is_empty())
        .map(|(language, text)| ((*language).to_owned(), text.replace("\r\n", "\n")))
        .collect();
    let title = typed.title.trim().to_owned();
    let content = Content { title, texts, act: typed.act.code() };
    let saved = match holder {
        Holder::Team(team) => {
            let permit = cx.authorize::<KeepReplies>(team)?;
            room_for(cx, holder, version)?;
            let sealed = sealed(cx, holder, id, version, &content)?;
            rows::put(cx.tx(), &permit, id, &sealed, version + 1)?
        }
        Holder::Own(person) => {
            let permit = cx.authorize::<UseOwn>(person)?;
            room_for(cx, holder, version)?;
            let sealed = sealed(cx, holder, id, version, &content)?;
            rows::put(cx.tx(), &permit, id, &sealed, version + 1)?
        }
    };
    if saved { Ok(()) } else { Err(Error::Conflict(Conflict::Changed)) }
}

fn room_for(cx: &mut Cx<'_, '_>, holder: Holder, version: i64) -> Result<()> {
    if version == 0 && rows::list(cx.tx(), holder)?.len() >= REPLIES_MAX {
        return Err(Error::field("title", "too-many"));
    }
    Ok(())
}

fn sealed(
    cx: &mut Cx<'_, '_>,
    holder: Holder,
    id: SavedReplyId,
    version: i64,
    content: &Content,
) -> Result<store::seal::Sealed> {
    let owner = key_owner(cx, holder)?;
    let place = Place::new("saved_reply", &id, "content_sealed", version + 1);
    cx.seal_json(owner, &place, content)
}

/// Deletes a reply that the actor may use. `NotFound` when there is none.
pub fn remove(cx: &mut Cx<'_, '_>, id: SavedReplyId) -> Result<()> {
    let removed = match get(cx, id)?.holder {
        Holder::Team(team) => {
            let permit = cx.authorize::<KeepReplies>(team)?;
            rows::remove(cx.tx(), &permit, id)?
        }
        Holder::Own(person) => {
            let permit = cx.authorize::<UseOwn>(person)?;
            rows::remove(cx.tx(), &permit, id)?
        }
    };
    if removed { Ok(()) } else { Err(Error::NotFound) }
}

/// The replies that may be put into a conversation: the reader's own, and those of the team that owns it when the reader
/// belongs to it; id and title, by title. Nobody's for who may not reply.
pub fn offered(
    cx: &mut Cx<'_, '_>,
    team: Option<CareTeamId>,
) -> Result<Vec<(SavedReplyId, String)>> {
    let Ok(me) = clinical(cx) else { return Ok(Vec::new()) };
    let mut found = of(cx, Holder::Own(me))?;
    if let Some(team) = team
        && cx.may::<KeepReplies>(team)?
        && care_team::get(cx.tx(), team)?.is_some()
    {
        found.extend(of(cx, Holder::Team(team))?);
    }
    found.sort_by(|a, b| a.title.cmp(&b.title).then(a.id.cmp(&b.id)));
    Ok(found.into_iter().map(|reply| (reply.id, reply.title)).collect())
}

/// A reply as it is put into a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// The text, its placeholders filled where their values are known.
    pub text: String,
    /// Its language.
    pub language: String,
    /// What it suggests.
    pub act: Act,
}

/// A saved reply in the patient's language where it has one, its placeholders filled for a conversation.
///
/// Errors: `NotFound`/`Forbidden` when the actor may not reply there; `NotFound` for a reply they may not use.
pub fn filled(cx: &mut Cx<'_, '_>, thread: ThreadId, id: SavedReplyId) -> Result<Filled> {
    let permit = cx.authorize::<DraftReply>(thread)?;
    if permit.allowed().patient_side {
        return Err(Error::NotFound);
    }
    let team = match permit.object().owner_team {
        Some(team) => care_team::get(cx.tx(), team)?,
        None => None,
    };
    let reply = get(cx, id)?;
    let reading = cx.authorize::<ReadThread>(thread)?;
    let about = store::patient::get_of_thread(cx.tx(), &reading)?;
    let about = about.map(|row| patient::open(cx, row)).transpose()?;
    let me = cx.person()?;
    let mine = cx.profile_of(me)?.name;
    let spoken = about.as_ref().map_or("", |about| about.row.language.as_str());
    let (language, text) = in_language(&reply.texts, spoken).ok_or(Error::NotFound)?;
    let name = about.map(|about| about.demographics.name).unwrap_or_default();
    let text = fill(&text, |one| match one {
        Placeholder::PatientFirstName => name.split_whitespace().next().map(str::to_owned),
        Placeholder::PatientName => Some(name.clone()),
        Placeholder::Team => team.as_ref().map(|team| team.name.clone()),
        Placeholder::Phone => team.as_ref().map(|team| team.site_phone.clone()),
        Placeholder::NurseLine => team.as_ref().map(|team| team.nurse_phone.clone()),
        Placeholder::MyName => Some(mine.clone()),
    });
    Ok(Filled { text, language, act: reply.act })
}

/// The text in a language, a BCP 47 tag, else the first there is.
fn in_language(texts: &[(String, String)], tag: &str) -> Option<(String, String)> {
    let spoken = tag.split(['-', '_']).next().unwrap_or_default();
    let known = texts.iter().find(|(language, _)| language.eq_ignore_ascii_case(spoken));
    known.or_else(|| texts.first()).cloned()
}
