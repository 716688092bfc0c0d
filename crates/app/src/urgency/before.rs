//! What a writer meets before an urgent text is sent: the card of a draft, the question, and what they say to either.
//!
//! A yes to the question is kept with what was shown of the draft, sealed, in a row that only the writer's own acts
//! touch: saving the text does not reach it, and nobody who may see the draft sees it. It stands until one of the four
//! answers, or until a text is checked in which nothing is recognised any more.

use domain::calendar::Opening;
use domain::ids::{CareTeamId, DraftId, MessageId, UrgencyCheckId};
use domain::site::Safety;
use domain::thread::ThreadKind;
use domain::urgency::Level;
use store::access::{DraftReply, DraftThread, Permit, Reply, UseOwn};
use store::seal::{KeyOwner, Place};
use store::urgency_check::{self as rows, CheckRow};

use super::{
    Answer, Detail, Said, Verdict, keep, open, pack, raise, read, shown, site_of, text_of,
    work_level,
};
use crate::content::draft_owner;
use crate::cx::Cx;
use crate::deadline;
use crate::draft::{self, Draft, Offer, Target};
use crate::error::{Conflict, Error, Result};
use crate::message::Delivered;

/// The text of a draft that is read.
fn text_of_draft(draft: &Draft) -> String {
    let content = &draft.content;
    text_of(&content.body, &content.headline, content.questions.iter().map(String::as_str))
}

/// Bytes of the beginning of a text that are read while it is written.
const BEGINNING_MAX: usize = 32_000;
/// Bytes of its end, where somebody is writing.
const END_MAX: usize = 16_000;

/// What is read of a text while it is written: all of it, or of what is longer than anybody writes its end and then its
/// beginning.
fn ends_of(text: String) -> String {
    if text.len() <= BEGINNING_MAX + END_MAX {
        return text;
    }
    let beginning = text.floor_char_boundary(BEGINNING_MAX);
    let end = text.ceil_char_boundary(text.len() - END_MAX);
    format!("{}\n\n{}", &text[end..], &text[..beginning])
}

/// What the check says of a draft of the actor's own with this text, and the team it goes to; `None` where no text is
/// checked.
fn of_draft(
    cx: &mut Cx<'_, '_>,
    draft: &Draft,
    text: &str,
) -> Result<Option<(Option<Verdict>, CareTeamId)>> {
    if cx.actor().role.is_staff() {
        return Ok(None);
    }
    let language = draft::language_of(cx)?;
    let said = (text, language.as_str());
    let (found, team) = match draft::target_of(&draft.row)? {
        Target::New { patient, kind: ThreadKind::Care, team: Some(team), .. } => {
            let permit = cx.authorize::<DraftThread>(patient)?;
            (read(cx, &permit, Some(team), said)?, team)
        }
        Target::Reply { thread, .. } => {
            let permit = cx.authorize::<DraftReply>(thread)?;
            let Some(team) = permit.object().owner_team else { return Ok(None) };
            (read(cx, &permit, Some(team), said)?, team)
        }
        Target::New { .. } | Target::Note { .. } | Target::Told { .. } => return Ok(None),
    };
    Ok(site_of(cx, Some(team))?.map(|_| (found, team)))
}

/// What a card says of a draft.
#[derive(Debug, Clone)]
pub struct Card {
    /// How urgent it is: `ask` and higher.
    pub level: Level,
    /// The writer's own words that were recognised, without repetition.
    pub words: Vec<String>,
    /// Whom to call.
    pub safety: Safety,
    /// How the team that reads it stands now.
    pub opening: Opening,
    /// Whether somebody is on duty there around the clock.
    pub duty: bool,
    /// What the writer said yes to and has not answered the page for.
    pub said: Option<Said>,
}

impl Card {
    /// The same for a writer who said yes to this.
    fn says(self, said: Said) -> Self {
        let (level, known) = (said.level(), self.level);
        let words = match said {
            // What was recognised is about something else, then.
            Said::Harm if level > known => Vec::new(),
            Said::Harm | Said::Sign => self.words,
        };
        Self { level: level.max(known), words, said: Some(said), ..self }
    }
}

/// Words that a card quotes at most.
const WORDS_MAX: usize = 4;

pub(super) fn card(cx: &mut Cx<'_, '_>, detail: &Detail, team: CareTeamId) -> Result<Option<Card>> {
    let Some(safety) = site_of(cx, Some(team))? else { return Ok(None) };
    let mut words: Vec<String> = Vec::new();
    for hit in detail.hits.iter().filter(|hit| hit.level == detail.level) {
        let said = hit.words.trim();
        if !said.is_empty() && !words.iter().any(|known| known == said) && words.len() < WORDS_MAX {
            words.push(said.to_owned());
        }
    }
    let clock = deadline::team_clock(cx, team)?;
    let opening = clock.calendar.opening(cx.now());
    let duty = clock.policy.duty;
    Ok(Some(Card { level: detail.level(), words, safety, opening, duty, said: None }))
}

/// The card of a draft of the actor's own, `ask` and higher, with what they said yes to; `None` when there is none to
/// show. Writes nothing.
pub fn look(cx: &mut Cx<'_, '_>, id: DraftId) -> Result<Option<Card>> {
    look_said(cx, id, None)
}

/// The same for a writer who says yes to this now, where it could not be kept.
pub fn look_said(cx: &mut Cx<'_, '_>, id: DraftId, said: Option<Said>) -> Result<Option<Card>> {
    let draft = draft::get(cx, id)?;
    let text = text_of_draft(&draft);
    look_at(cx, &draft, &text, said)
}

/// The same of a text that is being written, of which no more is read than what fits.
pub fn look_beside(cx: &mut Cx<'_, '_>, id: DraftId) -> Result<Option<Card>> {
    let draft = draft::get(cx, id)?;
    let text = ends_of(text_of_draft(&draft));
    look_at(cx, &draft, &text, None)
}

fn look_at(
    cx: &mut Cx<'_, '_>,
    draft: &Draft,
    text: &str,
    said: Option<Said>,
) -> Result<Option<Card>> {
    let Some((Some(verdict), team)) = of_draft(cx, draft, text)? else { return Ok(None) };
    let Some(card) = card(cx, &verdict.detail, team)? else { return Ok(None) };
    let owner = cx.person()?;
    let own = cx.authorize::<UseOwn>(owner)?;
    let kept = shown(cx, &own, draft.row.id, draft_owner(draft.row.patient, owner))?;
    let said = said.max(kept.and_then(|(_, shown)| shown.said));
    Ok(Some(match said {
        Some(said) => card.says(said),
        None => card,
    }))
}

/// Whether a draft's card comes before its sending, for what is recognised or for what the writer said yes to. Whatever
/// is shown of it, then or beside it, is kept until it is sent with what was shown of earlier wordings.
pub fn interrupts(cx: &mut Cx<'_, '_>, draft: &Draft) -> Result<bool> {
    put(cx, draft, None)
}

/// Keeps with a draft of the actor's own that they said yes to the question; whether its card comes before its sending
/// now: not when nothing is recognised in the text any more. A yes said before is never lowered.
///
/// Errors: as [`draft::get`].
pub fn say(cx: &mut Cx<'_, '_>, id: DraftId, said: Said) -> Result<bool> {
    let draft = draft::get(cx, id)?;
    put(cx, &draft, Some(said))
}

/// Keeps for a draft what its writer said yes to in another one, whose text went into it.
pub(crate) fn carry(cx: &mut Cx<'_, '_>, from: &Draft, to: DraftId) -> Result<()> {
    let owner = cx.person()?;
    let own = cx.authorize::<UseOwn>(owner)?;
    let key = draft_owner(from.row.patient, owner);
    let Some((_, Detail { said: Some(said), .. })) = shown(cx, &own, from.row.id, key)? else {
        return Ok(());
    };
    say(cx, to, said).map(|_| ())
}

/// Keeps what is shown of a draft, and `said`: what its writer says yes to now. Whether it stops the sending.
fn put(cx: &mut Cx<'_, '_>, draft: &Draft, said: Option<Said>) -> Result<bool> {
    if cx.actor().role.is_staff() {
        return Ok(false);
    }
    let (found, checks) = match of_draft(cx, draft, &text_of_draft(draft))? {
        Some((found, _)) => (found, true),
        None if said.is_none() => return Ok(false),
        None => (None, false),
    };
    let owner = cx.person()?;
    let own = cx.authorize::<UseOwn>(owner)?;
    let key = draft_owner(draft.row.patient, owner);
    let before = shown(cx, &own, draft.row.id, key)?;
    let known = before.as_ref().and_then(|(_, shown)| shown.said);
    // Where nothing is recognised any more it was said of another text.
    let said = said.max(known).filter(|_| found.is_some() || !checks);
    let (mut detail, version) = match (found, &before) {
        (Some(verdict), _) => (verdict.detail, verdict.pack),
        (None, Some((version, _))) => (Detail::empty(), version.clone()),
        (None, None) if said.is_some() => (Detail::empty(), rules_version()),
        (None, None) => return Ok(false),
    };
    let stops = checks && (detail.level() >= Level::Emergency || said.is_some());
    if detail.level() != Level::None {
        detail.card.clone_from(&detail.level);
    }
    if let Some((_, before)) = before {
        detail.after(before);
    }
    detail.said = said;
    let id: UrgencyCheckId = cx.new_id()?;
    let place = Place::new("urgency_check", &id, "detail_sealed", 1);
    let sealed = cx.seal_json(key, &place, &detail)?;
    let row = (id, draft.row.id, draft.row.thread);
    rows::put_shown(cx.tx(), &own, row, (&version, stops), &sealed)?;
    Ok(stops)
}

/// The version of the rules that ship.
fn rules_version() -> String {
    pack().map(|pack| pack.version().to_owned()).unwrap_or_default()
}

/// The same for a draft that is named.
pub fn interrupts_draft(cx: &mut Cx<'_, '_>, id: DraftId) -> Result<bool> {
    let draft = draft::get(cx, id)?;
    interrupts(cx, &draft)
}

/// Whether a card of a draft of the actor's own waits for an answer, so that opening the draft shows it again.
pub fn waits(cx: &mut Cx<'_, '_>, id: DraftId) -> Result<bool> {
    let owner = cx.person()?;
    let own = cx.authorize::<UseOwn>(owner)?;
    Ok(rows::waits(cx.tx(), &own, id)?)
}

/// Answers the card of a draft of the actor's own: the text is sent at once, without a hold, and the answer kept with
/// it. `said`: the writer was asked whether one of the never-miss signs is there now, and said yes to this.
///
/// Errors: as [`draft::release`]; `Conflict(Changed)` when another window saved meanwhile.
pub fn answer(
    cx: &mut Cx<'_, '_>,
    id: DraftId,
    version: i64,
    answer: Answer,
    said: Option<Said>,
) -> Result<Delivered> {
    let draft = draft::get(cx, id)?;
    if draft.row.version != version || draft.row.offer != Offer::None {
        return Err(Error::Conflict(Conflict::Changed));
    }
    let delivered = draft::release(cx, id)?;
    let permit = cx.authorize::<Reply>(delivered.thread)?;
    let author = cx.person()?;
    let answered = Answered { answer, said };
    let level = match rows::of_message(cx.tx(), author, delivered.id)? {
        Some((row, patient)) => {
            let Some(patient) = patient else { return Ok(delivered) };
            put_answer(cx, &permit, &row, KeyOwner::Patient(patient), answered)?
        }
        // Nothing was recognised but what the writer said.
        None if said.is_some() => add_answer(cx, &permit, delivered.id, answered)?,
        None => return Ok(delivered),
    };
    if let Some(work) = work_level(level) {
        let object = permit.object();
        let (team, category) = (object.owner_team, object.category);
        raise(cx, &permit, team, category, work)?;
    }
    Ok(Delivered { urgency: level, ..delivered })
}

/// What was answered.
#[derive(Debug, Clone, Copy)]
struct Answered {
    answer: Answer,
    said: Option<Said>,
}

impl Answered {
    fn onto(self, cx: &Cx<'_, '_>, detail: &mut Detail) -> Level {
        detail.says(self.said);
        detail.card.clone_from(&detail.level);
        self.answer.code().clone_into(&mut detail.answer);
        detail.answered_at = cx.now().micros();
        detail.level()
    }
}

fn put_answer<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, Reply>,
    row: &CheckRow,
    owner: KeyOwner,
    answered: Answered,
) -> Result<Level> {
    let mut detail: Detail = open(cx, row, owner)?;
    if detail.level() == Level::None && answered.said.is_none() {
        return Ok(Level::None);
    }
    let level = answered.onto(cx, &mut detail);
    let place = Place::new("urgency_check", &row.id, "detail_sealed", row.version + 1);
    let sealed = cx.seal_json(owner, &place, &detail)?;
    if rows::put_detail(cx.tx(), permit, row, &sealed)? {
        Ok(level)
    } else {
        Err(Error::Conflict(Conflict::Changed))
    }
}

fn add_answer<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, Reply>,
    message: MessageId,
    answered: Answered,
) -> Result<Level> {
    let Some(patient) = permit.object().patient else { return Ok(Level::None) };
    let mut detail = Detail::empty();
    let level = answered.onto(cx, &mut detail);
    let team = permit.object().owner_team;
    let verdict = Verdict { detail, pack: rules_version() };
    keep(cx, permit, (KeyOwner::Patient(patient), team, message), &verdict)?;
    Ok(level)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_text_the_end_and_the_beginning_are_read() {
        let all = |text: &str| assert_eq!(ends_of(text.to_owned()), text);
        all("");
        all(&"a".repeat(BEGINNING_MAX + END_MAX));
        for filler in ["ñ", "long ", "😀"] {
            let text = format!("¡first {} last!", filler.repeat(40_000));
            let read = ends_of(text.clone());
            assert!(read.len() <= BEGINNING_MAX + END_MAX + 2, "{}", read.len());
            assert!(read.contains("¡first ") && read.contains(" last!"));
            assert!(read.find(" last!") < read.find("¡first "), "the end is read in any case");
        }
    }
}
