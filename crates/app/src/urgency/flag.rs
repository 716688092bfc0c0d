//! What clinicians do with a flag of the urgency check: take it back with a reason, raise it again, and say whether
//! it was right.
//!
//! All of it is kept with what was recognised, sealed, and none of it is on a page of the patient's side. Taking the
//! last flag back gives the work the level and the clock it would have had; a level that a clinician has set since
//! stands. Nothing is erased: what was taken back can be raised again.

use std::collections::HashMap;

use domain::flag::{FlagActKind, FlagReason, Rating};
use domain::ids::{Id as _, MessageId, PersonId, ThreadId};
use domain::message::Line;
use domain::urgency::Level;
use domain::work_item::{Level as WorkLevel, WorkEventKind};
use serde::{Deserialize, Serialize};
use store::access::{ListQueue, Permit, RateFlag, ReadEnvelope, ReadThread, Reply, TakeFlagBack};
use store::merge;
use store::seal::{KeyOwner, Place};
use store::urgency_check::{self as rows, CheckChange, CheckRow, SettlesLevel};
use store::work_item::{self, LevelBy, NewWorkEvent, QueueRow, Settling, WorkItemRow};

use super::{Answer, Detail, Said, open, opened, set_level, work_level};
use crate::cx::Cx;
use crate::error::{Conflict, Error, Result};
use crate::work::{Step, add_custody, moved, tell};

/// Most clinicians whose answers are kept for one message; a later one's takes the place of the oldest.
const RATINGS_MAX: usize = 50;
/// Most times that one flag is taken back or raised again.
const ACTS_MAX: usize = 50;

/// One taking back of a flag, or raising it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// Which of the two, as a code.
    #[serde(rename = "k")]
    pub kind: String,
    /// Who.
    #[serde(rename = "b")]
    pub by: String,
    /// When, in microseconds.
    #[serde(rename = "t")]
    pub at: i64,
    /// Why it was taken back, as a code.
    #[serde(rename = "r", default)]
    pub reason: String,
    /// Why, in words; may be empty.
    #[serde(rename = "w", default)]
    pub words: String,
}

/// Whether it was right, by one clinician.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// Who.
    #[serde(rename = "b")]
    pub by: String,
    /// When, in microseconds.
    #[serde(rename = "t")]
    pub at: i64,
    /// The answer, as a code.
    #[serde(rename = "a")]
    pub answer: String,
}

impl Detail {
    /// Whether it makes the work more urgent: there is something to take back.
    pub fn is_flag(&self) -> bool {
        work_level(self.level()).is_some()
    }

    /// The taking back that stands; `None` while the flag does.
    pub fn taken_back(&self) -> Option<&Act> {
        self.acts.last().filter(|act| act.kind == FlagActKind::Back.code())
    }

    /// The level of the work that follows from it while its flag stands.
    fn flags(&self) -> Option<WorkLevel> {
        work_level(self.level()).filter(|_| self.taken_back().is_none())
    }

    /// The newest answer to whether it was right.
    pub fn rating(&self) -> Option<Rating> {
        self.ratings.last().and_then(|given| Rating::from_code(&given.answer))
    }

    /// What somebody answered.
    pub fn rating_of(&self, person: PersonId) -> Option<Rating> {
        let person = person.to_string();
        let mine = self.ratings.iter().find(|given| given.by == person);
        mine.and_then(|given| Rating::from_code(&given.answer))
    }

    fn rate(&mut self, by: PersonId, at: i64, rating: Rating) {
        let by = by.to_string();
        self.ratings.retain(|given| given.by != by);
        if self.ratings.len() >= RATINGS_MAX {
            self.ratings.remove(0);
        }
        self.ratings.push(Given { by, at, answer: rating.code().to_owned() });
    }
}

/// What a reader may say of the flags of a conversation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MayJudge {
    /// Take them back and raise them again.
    pub take: bool,
    /// Say whether they were right.
    pub rate: bool,
}

/// What the actor may say of the flags of a conversation that they read. Where it goes on in another, the work is
/// there: who owes that takes back, also without a part in the ended one. Whether a flag was right moves no work, and
/// who owed the ended one's says so too.
pub(super) fn may_judge<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, ReadThread>,
) -> Result<MayJudge> {
    let thread = permit.thread();
    let at = merge::goes_on_in(cx.tx(), permit)?.unwrap_or(thread);
    Ok(MayJudge {
        take: cx.may::<TakeFlagBack>(at)?,
        rate: cx.may::<RateFlag>(at)? || cx.may::<RateFlag>(thread)?,
    })
}

/// The conversation that holds the work of one that the actor may read: itself, or the one it goes on in. Finding out
/// is not opening it: when somebody first did is counted.
fn holds_work(cx: &mut Cx<'_, '_>, thread: ThreadId) -> Result<ThreadId> {
    let envelope = cx.authorize::<ReadEnvelope>(thread)?;
    let at = merge::goes_on_in(cx.tx(), &envelope)?.unwrap_or(thread);
    if cx.may::<ReadThread>(thread)? { Ok(at) } else { Err(Error::Forbidden) }
}

/// The names of those who took the flag back or raised it again.
pub(super) fn names(cx: &mut Cx<'_, '_>, detail: &Detail) -> Result<Vec<(PersonId, String)>> {
    let mut names: Vec<(PersonId, String)> = Vec::new();
    for act in &detail.acts {
        let Ok(person) = PersonId::parse(&act.by) else { continue };
        if !names.iter().any(|(known, _)| *known == person) {
            names.push((person, cx.profile_of(person)?.name));
        }
    }
    Ok(names)
}

/// How a flag is taken back.
#[derive(Debug, Clone)]
pub struct TakingBack {
    /// Why.
    pub reason: FlagReason,
    /// Why, in words.
    pub words: Option<Line>,
    /// Whether it was right, when the clinician says so at once.
    pub rating: Option<Rating>,
}

/// What the page that asks for the reason shows.
///
/// Errors: `NotFound` for a message without a flag, `Forbidden` for who may not take it back.
pub fn look(cx: &mut Cx<'_, '_>, thread: ThreadId, message: MessageId) -> Result<Detail> {
    let at = holds_work(cx, thread)?;
    let permit = cx.authorize::<TakeFlagBack>(at)?;
    Ok(get(cx, &permit, message)?.1)
}

/// Takes the flag of a message back. The work goes back to the level it would have without it, on the clock of that
/// level; what a clinician has said of the level since stands. In a conversation that was joined with another the work
/// is that of the other.
///
/// Errors: `Forbidden` or `NotFound` for who may not there, `NotFound` for a message without a flag, `Invalid` when the reason needs words, `Conflict(Changed)` when it
/// was taken back before.
pub fn take_back(
    cx: &mut Cx<'_, '_>,
    thread: ThreadId,
    message: MessageId,
    how: &TakingBack,
) -> Result<()> {
    let at = holds_work(cx, thread)?;
    let permit = cx.authorize::<TakeFlagBack>(at)?;
    let (row, mut detail, owner) = get(cx, &permit, message)?;
    if how.reason.needs_words() && how.words.is_none() {
        return Err(Error::field("flag_words", "empty"));
    }
    if detail.taken_back().is_some() || detail.acts.len() >= ACTS_MAX {
        return Err(Error::Conflict(Conflict::Changed));
    }
    let (by, at) = (cx.person()?, cx.now().micros());
    let words = how.words.as_ref().map(Line::as_str).unwrap_or_default();
    detail.acts.push(Act {
        kind: FlagActKind::Back.code().to_owned(),
        by: by.to_string(),
        at,
        reason: how.reason.code().to_owned(),
        words: words.to_owned(),
    });
    if let Some(rating) = how.rating {
        detail.rate(by, at, rating);
    }
    put(cx, &permit, &row, owner, &detail)?;
    match settle(cx, &permit)? {
        Some(item) => levelled(cx, &permit, &item, Some(words).filter(|words| !words.is_empty())),
        None => Ok(()),
    }
}

/// Raises a flag again that was taken back. `Conflict(Changed)` when it stands.
pub fn raise_again(cx: &mut Cx<'_, '_>, thread: ThreadId, message: MessageId) -> Result<()> {
    let at = holds_work(cx, thread)?;
    let permit = cx.authorize::<TakeFlagBack>(at)?;
    let (row, mut detail, owner) = get(cx, &permit, message)?;
    if detail.taken_back().is_none() {
        return Err(Error::Conflict(Conflict::Changed));
    }
    let (by, at) = (cx.person()?, cx.now().micros());
    detail.acts.push(Act {
        kind: FlagActKind::Again.code().to_owned(),
        by: by.to_string(),
        at,
        reason: String::new(),
        words: String::new(),
    });
    put(cx, &permit, &row, owner, &detail)?;
    let Some(item) = open_item(cx, &permit)? else { return Ok(()) };
    let Some(level) = detail.flags().filter(|level| *level < item.level()) else { return Ok(()) };
    let category = permit.object().category;
    set_level(cx, &permit, &item, category, (level, LevelBy::Check))?;
    levelled(cx, &permit, &item, None)
}

/// Says whether the flag of a message was right; the newest answer of each clinician counts. In a conversation that
/// was joined with another those who owed the work of either say so.
///
/// Errors: `Forbidden` or `NotFound` for who may not, `NotFound` for a message in which nothing was recognised.
pub fn rate(
    cx: &mut Cx<'_, '_>,
    thread: ThreadId,
    message: MessageId,
    rating: Rating,
) -> Result<()> {
    let at = holds_work(cx, thread)?;
    let at = if cx.may::<RateFlag>(at)? { at } else { thread };
    let permit = cx.authorize::<RateFlag>(at)?;
    let patient = permit.object().patient.ok_or(Error::NotFound)?;
    let row = rows::get(cx.tx(), &permit, message)?.ok_or(Error::NotFound)?;
    let owner = KeyOwner::Patient(patient);
    let mut detail: Detail = open(cx, &row, owner)?;
    if detail.level() == Level::None {
        return Err(Error::NotFound);
    }
    let (by, at) = (cx.person()?, cx.now().micros());
    detail.rate(by, at, rating);
    put(cx, &permit, &row, owner, &detail)
}

/// The flag of a message of the permit's thread, or of one that goes on in it, with the key it is sealed under.
fn get<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, TakeFlagBack>,
    message: MessageId,
) -> Result<(CheckRow, Detail, KeyOwner)> {
    let patient = permit.object().patient.ok_or(Error::NotFound)?;
    let row = rows::get(cx.tx(), permit, message)?.ok_or(Error::NotFound)?;
    let owner = KeyOwner::Patient(patient);
    let detail: Detail = open(cx, &row, owner)?;
    if detail.is_flag() { Ok((row, detail, owner)) } else { Err(Error::NotFound) }
}

fn put(
    cx: &mut Cx<'_, '_>,
    right: &impl CheckChange,
    row: &CheckRow,
    owner: KeyOwner,
    detail: &Detail,
) -> Result<()> {
    let place = Place::new("urgency_check", &row.id, "detail_sealed", row.version + 1);
    let sealed = cx.seal_json(owner, &place, detail)?;
    if rows::put_detail(cx.tx(), right, row, &sealed)? {
        Ok(())
    } else {
        Err(Error::Conflict(Conflict::Changed))
    }
}

fn open_item<'t, A: SettlesLevel>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, A>,
) -> Result<Option<WorkItemRow>> {
    let team = permit.object().owner_team;
    let items = work_item::list_shown(cx.tx(), permit)?;
    Ok(items.into_iter().find(|item| Some(item.team) == team))
}

/// Gives the open work the level that the flags which still stand leave it, and a call that is waited for; the item, as
/// it was, when that moved it. Nothing when neither of them raised it, or a clinician has set a level since.
fn settle<'t, A: SettlesLevel>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, A>,
) -> Result<Option<WorkItemRow>> {
    let Some(item) = open_item(cx, permit)? else { return Ok(None) };
    let (Some(base), Some(patient)) = (item.level_base, permit.object().patient) else {
        return Ok(None);
    };
    let since = work_item::round_began(cx.tx(), permit)?;
    let waits = store::callback::is_open(cx.tx(), permit)?;
    let mut left = waits.then_some(WorkLevel::NOW);
    let mut found = rows::list_since(cx.tx(), permit, since)?;
    found.extend(rows::list_joined(cx.tx(), permit)?);
    for row in found {
        let detail: Detail = open(cx, &row, KeyOwner::Patient(patient))?;
        left = left.into_iter().chain(detail.flags()).min();
    }
    let level = left.map_or(base, |left| left.min(base));
    if level <= item.level() {
        return Ok(None);
    }
    let by = LevelBy::TakenBack(left.map(|_| base));
    set_level(cx, &Settling(permit), &item, permit.object().category, (level, by))?;
    Ok(Some(item))
}

/// Settles the level after the call that raised it is not needed any more. The step of custody is nobody's: who asked
/// said nothing of a level.
pub(crate) fn settle_call<'t>(cx: &mut Cx<'_, 't>, permit: &Permit<'t, Reply>) -> Result<()> {
    let Some(item) = settle(cx, permit)? else { return Ok(()) };
    let event = NewWorkEvent {
        id: cx.new_id()?,
        item: item.id,
        kind: WorkEventKind::Level,
        actor: None,
        to_person: None,
        to_team: None,
        reason: None,
        patient_sees: false,
    };
    Ok(work_item::add_event(cx.tx(), &Settling(permit), &event)?)
}

/// Writes into the custody that the level changed, for staff alone.
fn levelled<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, TakeFlagBack>,
    item: &WorkItemRow,
    reason: Option<&str>,
) -> Result<()> {
    let patient = permit.object().patient;
    let step = Step {
        kind: WorkEventKind::Level,
        moved: moved(item.state, item.assignee),
        to_person: None,
        to_team: None,
        reason,
        patient_sees: false,
    };
    add_custody(cx, permit, patient, item.id, &step)?;
    tell(cx, "work", patient, permit.thread(), item.team)
}

/// What a row of a list says of a flag: never a word of the text, never a sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// How urgent.
    pub level: Level,
    /// What was answered to the card; `None` when none was shown, or it was not answered.
    pub answer: Option<Answer>,
    /// What the writer said yes to, when asked about the never-miss signs.
    pub said: Option<Said>,
    /// Whether it is about an answer in an imported record, not about a text.
    pub record: bool,
}

/// The most urgent flag that stands on what nobody of the team has answered, for each conversation of a list with
/// words. What does not open is left out and logged.
pub(crate) fn marks<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, ListQueue>,
    listed: &[QueueRow],
) -> Result<HashMap<ThreadId, Mark>> {
    let mut found: HashMap<ThreadId, Mark> = HashMap::new();
    for (thread, patient, row) in rows::list_unanswered(cx.tx(), &permit.scope(), listed)? {
        let detail: Option<Detail> = opened(open(cx, &row, KeyOwner::Patient(patient)));
        let Some(detail) = detail.filter(|detail| detail.flags().is_some()) else { continue };
        let mark = Mark {
            level: detail.level(),
            answer: Answer::from_code(&detail.answer),
            said: detail.said,
            record: detail.screening.is_some(),
        };
        let known = found.entry(thread).or_insert(mark);
        if mark.level >= known.level {
            *known = mark;
        }
    }
    Ok(found)
}
