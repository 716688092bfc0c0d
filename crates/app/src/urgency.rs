//! The urgency check in the flow: every text of the patient's side is read where its site has switched the check
//! on, in the portal and by programs, before it is sent and again as it is sent.
//!
//! What is recognised raises the work to the top of the list and is kept with the message. A card of an emergency or
//! a crisis comes before the sending and ends in it, whatever is answered: nobody is kept from sending, and no
//! answer lowers anything. Deliberately absent: what is recognised (`domain::urgency`), and any sentence (`web`).

mod before;
pub mod flag;
pub mod precision;
pub mod screening;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use domain::ids::{CareTeamId, DraftId, Id as _, MessageId, PersonId, ThreadId, UrgencyCheckId};
use domain::message::{Channel, Line};
use domain::plan_limit::Limit;
use domain::site::Safety;
use domain::thread::Category;
use domain::urgency::{self as engine, Lang, Level, PatientFacts, RulePack};
use domain::work_item::Level as WorkLevel;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use store::access::{Permit, UseOwn};
use store::seal::{KeyOwner, Place};
use store::site_safety;
use store::thread::{MessageRight, SendRight};
use store::urgency_check::{self as rows, CheckRight, CheckRow};
use store::work_item::{self, LevelBy, Sending, WorkItemRow, WorkRight};

use crate::chart::{ConditionDetail, MedicationDetail};
use crate::content::draft_owner;
use crate::cx::Cx;
use crate::deadline;
use crate::draft;
use crate::error::{Conflict, Error, Result};
use crate::message::Outgoing;
use crate::patient::Demographics;
use crate::site_rules::{self, OwnRule};

pub(crate) use before::carry;
pub use before::{
    Card, answer, interrupts, interrupts_draft, look, look_beside, look_said, say, waits,
};

/// Problems and medicines of the chart that a text is read beside, at most of each.
const FACTS_MAX: i64 = 200;

/// The rules that ship; read once. `None`, which a test of the pack excludes, checks nothing.
static PACK: LazyLock<Option<RulePack>> = LazyLock::new(|| match RulePack::shipped() {
    Ok(pack) => Some(pack),
    Err(error) => {
        tracing::error!(%error, "the rules of the urgency check cannot be read; nothing is checked");
        None
    }
});

/// Reads the rules, so that the first message does not wait for it; whether they could be read.
pub fn ready() -> bool {
    PACK.is_some()
}

/// The rule of this name: its title and who published it. `None` for what is no published sign (the learned layer, a
/// limit of a plan, a symptom alone) and for a rule that was taken out since.
pub fn rule(id: &str) -> Option<&'static engine::Rule> {
    PACK.as_ref().and_then(|pack| pack.rule(id))
}

/// The rules that ship.
pub(crate) fn pack() -> Option<&'static RulePack> {
    PACK.as_ref()
}

/// What somebody answered to a card. All of them send the text; none lowers its level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// They call now.
    Call,
    /// It is not happening now.
    NotNow,
    /// They got care for it already.
    HadCare,
    /// They send the message anyway.
    Send,
}

impl Answer {
    /// Every answer, in the order of the card.
    pub const ALL: [Self; 4] = [Self::Call, Self::NotNow, Self::HadCare, Self::Send];

    /// Its code, as it is stored and posted.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::NotNow => "not_now",
            Self::HadCare => "had_care",
            Self::Send => "send",
        }
    }

    /// The answer of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|answer| answer.code() == code)
    }
}

/// A rule that fired, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recognised {
    /// The rule's name.
    #[serde(rename = "r")]
    pub rule: String,
    /// The level it asks for.
    #[serde(rename = "l")]
    pub level: String,
    /// First byte of the words in the text that was read: body, headline, questions.
    #[serde(rename = "s")]
    pub start: usize,
    /// First byte behind them.
    #[serde(rename = "e")]
    pub end: usize,
    /// The words themselves.
    #[serde(rename = "w")]
    pub words: String,
    /// What the rule says, when it is the site's own.
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    pub own: Option<OwnRule>,
}

/// `urgency_check.detail_sealed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    /// The highest level of what was recognised.
    #[serde(rename = "l")]
    pub level: String,
    /// What was recognised, the highest level first.
    #[serde(rename = "h")]
    pub hits: Vec<Recognised>,
    /// The card that was shown before sending, by its level; empty when none was.
    #[serde(rename = "c", default)]
    pub card: String,
    /// What was answered; empty when nothing was asked or said.
    #[serde(rename = "a", default)]
    pub answer: String,
    /// When, in microseconds; 0 when nothing was.
    #[serde(rename = "t", default)]
    pub answered_at: i64,
    /// What the writer said yes to, when asked about the never-miss signs.
    #[serde(rename = "y", default, skip_serializing_if = "Option::is_none")]
    pub said: Option<Said>,
    /// The highest card that was shown of an earlier wording, by its level; for counting only.
    #[serde(rename = "b", default, skip_serializing_if = "String::is_empty")]
    pub earlier: String,
    /// The rules that made cards of earlier wordings and are not among the hits; for counting only.
    #[serde(rename = "br", default, skip_serializing_if = "BTreeSet::is_empty")]
    pub earlier_rules: BTreeSet<String>,
    /// Each taking back of the flag and raising it again, oldest first.
    #[serde(rename = "f", default, skip_serializing_if = "Vec::is_empty")]
    pub acts: Vec<flag::Act>,
    /// Whether it was right: the newest answer of each clinician, oldest first.
    #[serde(rename = "r", default, skip_serializing_if = "Vec::is_empty")]
    pub ratings: Vec<flag::Given>,
    /// The answer in an imported record that it is about instead of a text.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub screening: Option<screening::Screening>,
}

/// What a writer says yes to, when asked whether one of the never-miss signs is there now; the lower first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Said {
    /// One of the signs of the body.
    #[serde(rename = "yes")]
    Sign,
    /// Thoughts of hurting oneself or others: the crisis line comes before the emergency number.
    #[serde(rename = "harm")]
    Harm,
}

impl Said {
    /// From its code in a form or an address.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Sign, Self::Harm].into_iter().find(|said| said.code() == code)
    }

    /// Its code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Sign => "yes",
            Self::Harm => "harm",
        }
    }

    /// The level that it gives at least.
    pub const fn level(self) -> Level {
        match self {
            Self::Sign => Level::Emergency,
            Self::Harm => Level::Crisis,
        }
    }
}

/// The answer that stands for having sent without saying yes to the question.
pub const SAID_NO: &str = "no";

impl Detail {
    /// Nothing recognised, nothing shown.
    fn empty() -> Self {
        Self {
            level: Level::None.as_str().to_owned(),
            hits: Vec::new(),
            card: String::new(),
            answer: String::new(),
            answered_at: 0,
            said: None,
            earlier: String::new(),
            earlier_rules: BTreeSet::new(),
            acts: Vec::new(),
            ratings: Vec::new(),
            screening: None,
        }
    }

    /// The level.
    pub fn level(&self) -> Level {
        Level::parse(&self.level).unwrap_or_default()
    }

    /// Takes over what the writer said yes to. It raises the level and never lowers what is known.
    fn says(&mut self, said: Option<Said>) {
        self.said = self.said.max(said);
        let level = self.said.map_or(Level::None, Said::level).max(self.level());
        level.as_str().clone_into(&mut self.level);
    }

    /// Takes over what was shown of the text before it was changed to this.
    fn after(&mut self, before: Self) {
        self.earlier_rules = before.earlier_rules;
        self.earlier = before.earlier;
        if !before.card.is_empty() {
            self.earlier_rules.extend(before.hits.into_iter().map(|hit| hit.rule));
        }
        for hit in &self.hits {
            self.earlier_rules.remove(&hit.rule);
        }
        let (known, shown) = (Level::parse(&self.earlier), Level::parse(&before.card));
        if before.card != self.card && shown > known {
            self.earlier = before.card;
        }
    }

    /// Whether anything is to be kept of it.
    fn is_empty(&self) -> bool {
        self.level() == Level::None && self.earlier.is_empty() && self.earlier_rules.is_empty()
    }
}

/// What the check says of a text.
#[derive(Debug, Clone)]
pub(crate) struct Verdict {
    detail: Detail,
    pack: String,
}

impl Verdict {
    /// Its level.
    pub(crate) fn level(&self) -> Level {
        self.detail.level()
    }

    /// The level of the work that follows.
    pub(crate) fn work_level(&self) -> Option<WorkLevel> {
        work_level(self.level())
    }
}

/// The level of the work for what was recognised; `None` leaves it as it is.
const fn work_level(level: Level) -> Option<WorkLevel> {
    match level {
        Level::Crisis | Level::Emergency => Some(WorkLevel::NOW),
        Level::Sameday => Some(WorkLevel::TODAY),
        Level::Ask | Level::None => None,
    }
}

/// The text that is read: what is said first, then the title and the questions.
fn text_of<'a>(
    body: &'a str,
    headline: &'a str,
    questions: impl Iterator<Item = &'a str>,
) -> String {
    let mut text = body.to_owned();
    for part in std::iter::once(headline).chain(questions).filter(|part| !part.trim().is_empty()) {
        text.push_str("\n\n");
        text.push_str(part);
    }
    text
}

/// Reads a text that is being sent. `None` when the site does not check texts or nothing was recognised.
pub(crate) fn of_outgoing(
    cx: &mut Cx<'_, '_>,
    right: &impl CheckRight,
    team: Option<CareTeamId>,
    (headline, out): (&str, &Outgoing),
) -> Result<Option<Verdict>> {
    if !matches!(out.channel, Channel::Portal | Channel::Api) {
        return Ok(None);
    }
    let text = text_of(out.body.as_str(), headline, out.questions.iter().map(Line::as_str));
    let found = read(cx, right, team, (&text, &out.language))?;
    // The draft is the key of what the portal sends.
    let draft = match DraftId::parse(out.client_msg_id.as_str()) {
        Ok(draft) if out.channel == Channel::Portal => draft,
        _ => return Ok(found),
    };
    let author = cx.person()?;
    let own = cx.authorize::<UseOwn>(author)?;
    let owner = draft_owner(right.patient(), author);
    let Some((pack, shown)) = shown(cx, &own, draft, owner)? else { return Ok(found) };
    let checks = site_of(cx, team)?.is_some();
    // A yes that no answer followed counts like one that did, unless the text it was said of is another now.
    let said = shown.said.filter(|_| found.is_some() || !checks);
    if !checks && said.is_none() {
        return Ok(found);
    }
    let Verdict { mut detail, pack } =
        found.unwrap_or_else(|| Verdict { detail: Detail::empty(), pack });
    if shown.level == detail.level {
        detail.card.clone_from(&shown.card);
    }
    detail.after(shown);
    if said.is_some() {
        detail.says(said);
        detail.card.clone_from(&detail.level);
    } else if detail.level() == Level::Ask && !detail.card.is_empty() {
        SAID_NO.clone_into(&mut detail.answer);
        detail.answered_at = cx.now().micros();
    }
    Ok(Some(Verdict { detail, pack }).filter(|verdict| !verdict.detail.is_empty()))
}

/// What was shown of a draft, with the version of the rules. What does not open any more says nothing.
fn shown<'t>(
    cx: &mut Cx<'_, 't>,
    own: &Permit<'t, UseOwn>,
    draft: DraftId,
    owner: KeyOwner,
) -> Result<Option<(String, Detail)>> {
    let Some(row) = rows::shown(cx.tx(), own, draft)? else { return Ok(None) };
    let detail = opened::<Detail>(open(cx, &row, owner));
    Ok(detail.map(|detail| (row.pack, detail)))
}

fn read(
    cx: &mut Cx<'_, '_>,
    right: &impl CheckRight,
    team: Option<CareTeamId>,
    (text, language): (&str, &str),
) -> Result<Option<Verdict>> {
    if site_of(cx, team)?.is_none() {
        return Ok(None);
    }
    let Some(pack) = PACK.as_ref() else { return Ok(None) };
    let (own, lang) = (site_rules::of_team(cx, team, pack)?, Lang::parse(language));
    if own.as_ref().is_some_and(|own| !own.checks(lang)) {
        return Ok(None);
    }
    let facts = facts(cx, right)?;
    let found = match &own {
        Some(own) => own.assess((text, lang), &facts, pack),
        None => engine::assess(text, lang, &facts, pack),
    };
    if found.level == Level::None {
        return Ok(None);
    }
    let hits = found.hits.into_iter().map(|hit| Recognised {
        words: text.get(hit.start..hit.end).unwrap_or_default().to_owned(),
        own: own.as_ref().and_then(|own| own.rule(&hit.rule)),
        rule: hit.rule,
        level: hit.level.as_str().to_owned(),
        start: hit.start,
        end: hit.end,
    });
    let detail =
        Detail { level: found.level.as_str().to_owned(), hits: hits.collect(), ..Detail::empty() };
    Ok(Some(Verdict { detail, pack: found.pack }))
}

/// What the site of a team says, when it checks texts.
fn site_of(cx: &mut Cx<'_, '_>, team: Option<CareTeamId>) -> Result<Option<Safety>> {
    let Some(team) = team else { return Ok(None) };
    let site = site_safety::of_team(cx.tx(), team)?;
    Ok(site.map(|site| site.safety).filter(Safety::checks))
}

/// Whether a team's site checks texts, but not those of the actor's language: what a page says truthfully that others
/// are told whom to call.
pub fn leaves_out(cx: &mut Cx<'_, '_>, team: CareTeamId) -> Result<bool> {
    let Some(pack) = PACK.as_ref() else { return Ok(false) };
    if site_of(cx, Some(team))?.is_none() {
        return Ok(false);
    }
    let language = draft::language_of(cx)?;
    let own = site_rules::of_team(cx, Some(team), pack)?;
    Ok(own.is_some_and(|own| !own.checks(Lang::parse(&language))))
}

/// What the chart says that changes how a text is read. A value that does not open is left out and logged:
/// the text is read all the same.
fn facts(cx: &mut Cx<'_, '_>, right: &impl CheckRight) -> Result<PatientFacts> {
    let Some(patient) = right.patient() else { return Ok(PatientFacts::default()) };
    let owner = KeyOwner::Patient(patient);
    let mut facts = PatientFacts::default();
    if let Some((sealed, version)) = rows::demographics(cx.tx(), right)? {
        let place = Place::new("patient", &patient, "demographics_sealed", version);
        if let Some(who) = opened::<Demographics>(cx.open_json(owner, &place, &sealed)) {
            facts.age_years = age(&who.birth_date, right.at());
            facts.sex = Some(who.gender).filter(|gender| !gender.is_empty());
        }
    }
    for row in rows::current(cx.tx(), right, "condition", FACTS_MAX)? {
        let place = Place::new("chart_item", &row.id, "detail_sealed", row.version);
        let found = opened::<ConditionDetail>(cx.open_json(owner, &place, &row.detail));
        facts.conditions.extend(found.filter(|it| it.ended.is_empty()).map(|it| it.code.text));
    }
    for row in rows::current(cx.tx(), right, "medication", FACTS_MAX)? {
        let place = Place::new("chart_item", &row.id, "detail_sealed", row.version);
        let found = opened::<MedicationDetail>(cx.open_json(owner, &place, &row.detail));
        facts.medications.extend(found.map(|it| it.code.text));
    }
    for row in rows::limits(cx.tx(), right)? {
        let limit: Option<Limit> = opened(crate::plan_limit::open(cx, patient, &row));
        facts.limits.extend(limit);
    }
    Ok(facts)
}

fn opened<T>(result: Result<T>) -> Option<T> {
    result
        .inspect_err(
            |error| tracing::error!(%error, "the urgency check read without a part of the chart"),
        )
        .ok()
}

/// Years, with fractions, since a birth date that is exact.
fn age(birth_date: &str, now: domain::time::Timestamp) -> Option<f64> {
    let born: jiff::civil::Date = birth_date.parse().ok()?;
    let today = now.to_jiff().to_zoned(jiff::tz::TimeZone::UTC).date();
    let days = today.since(born).ok()?.get_days();
    (days >= 0).then(|| f64::from(days) / 365.25)
}

/// Keeps with a message that was just stored for a team what was recognised in it.
pub(crate) fn keep<'t>(
    cx: &mut Cx<'_, 't>,
    right: &impl MessageRight<'t>,
    (owner, team, message): (KeyOwner, Option<CareTeamId>, MessageId),
    verdict: &Verdict,
) -> Result<()> {
    let id: UrgencyCheckId = cx.new_id()?;
    let place = Place::new("urgency_check", &id, "detail_sealed", 1);
    let sealed = cx.seal_json(owner, &place, &verdict.detail)?;
    let (author, now) = (cx.person()?, cx.now());
    let row = (id, Some(author), message);
    Ok(rows::add(cx.tx(), right, row, (team, &verdict.pack), (&sealed, now))?)
}

/// Raises the open work of a thread's owner to a level, with the shorter clock that follows.
pub(crate) fn raise<'t>(
    cx: &mut Cx<'_, 't>,
    right: &impl SendRight<'t>,
    team: Option<CareTeamId>,
    category: Category,
    level: WorkLevel,
) -> Result<()> {
    let items = work_item::list_open(cx.tx(), right)?;
    let Some(item) = items.iter().find(|item| Some(item.team) == team) else { return Ok(()) };
    if item.level() <= level {
        return Ok(());
    }
    let now = cx.now();
    set_level(cx, &Sending(right, now), item, category, (level, LevelBy::Check))
}

/// Sets the level of an item as the urgency check or what is left of it says, with the clock that follows.
fn set_level<'t>(
    cx: &mut Cx<'_, 't>,
    right: &impl WorkRight<'t>,
    item: &WorkItemRow,
    category: Category,
    (level, by): (WorkLevel, LevelBy),
) -> Result<()> {
    let clock = match item.owed {
        Some(owed) => {
            let owed = owed.levelled(level, right.at(), item.due_at);
            Some(deadline::clock_of(cx, item.team, category, owed)?)
        }
        None => None,
    };
    if work_item::set_level(cx.tx(), right, item, (level, by), clock.as_ref())? {
        Ok(())
    } else {
        Err(Error::Conflict(Conflict::Changed))
    }
}

fn open<T: DeserializeOwned>(cx: &Cx<'_, '_>, row: &CheckRow, owner: KeyOwner) -> Result<T> {
    let place = Place::new("urgency_check", &row.id, "detail_sealed", row.version);
    cx.open_json(owner, &place, &row.detail)
}

/// The level of a message of the actor's own that was sent before; `None` when nothing was recognised.
pub(crate) fn level_of(cx: &mut Cx<'_, '_>, message: MessageId) -> Result<Level> {
    let author = cx.person()?;
    let found = rows::of_message(cx.tx(), author, message)?;
    let Some((row, Some(patient))) = found else { return Ok(Level::None) };
    let detail: Detail = open(cx, &row, KeyOwner::Patient(patient))?;
    Ok(detail.level())
}

/// The emergency number and the crisis line of a team's site, for what a program sent that may be about danger to
/// life; `None` for anything else.
pub(crate) fn numbers(
    cx: &mut Cx<'_, '_>,
    team: Option<CareTeamId>,
    level: Level,
) -> Result<Option<(String, String)>> {
    if level < Level::Emergency {
        return Ok(None);
    }
    Ok(site_of(cx, team)?.map(|safety| (safety.emergency, safety.crisis)))
}

/// What was recognised in a message, for those who may see it.
#[derive(Debug, Clone)]
pub struct Kept {
    /// The conversation it was written in.
    pub thread: ThreadId,
    /// The message.
    pub message: MessageId,
    /// The version of the rules that said so.
    pub pack: String,
    /// What was recognised, shown and answered, and what clinicians said of it.
    pub detail: Detail,
    /// What the reader may say of its flag.
    pub may: flag::MayJudge,
    /// Who is named in what clinicians said of it.
    pub names: Vec<(PersonId, String)>,
}

/// What was recognised in the messages of a thread, oldest first. Staff see all of it; on the patient's side
/// everybody sees what they wrote themselves and nothing of another's: a helper never learns from a card what
/// the patient wrote about harming herself.
pub fn of_thread(cx: &mut Cx<'_, '_>, thread: ThreadId) -> Result<Vec<Kept>> {
    let permit = cx.authorize::<store::access::ReadThread>(thread)?;
    let Some(patient) = permit.object().patient else { return Ok(Vec::new()) };
    let me = cx.person()?;
    let all = !permit.allowed().patient_side;
    let found = rows::list(cx.tx(), &permit)?;
    let may = if all && !found.is_empty() {
        flag::may_judge(cx, &permit)?
    } else {
        flag::MayJudge::default()
    };
    let mut kept = Vec::new();
    for row in found {
        let Some(message) = row.message.filter(|_| all || row.author == Some(me)) else { continue };
        let mut detail: Detail = open(cx, &row, KeyOwner::Patient(patient))?;
        if detail.level() == Level::None {
            continue;
        }
        if !all {
            // What clinicians make of it is among themselves.
            (detail.acts, detail.ratings) = (Vec::new(), Vec::new());
        }
        let names = flag::names(cx, &detail)?;
        kept.push(Kept { thread, message, pack: row.pack.clone(), detail, may, names });
    }
    Ok(kept)
}

/// The card of the newest message of the actor's own in a thread, while the team has not answered since; `None`
/// when it needs none.
pub fn card_of_thread(
    cx: &mut Cx<'_, '_>,
    thread: ThreadId,
    newest_own: Option<MessageId>,
) -> Result<Option<Card>> {
    let Some(newest) = newest_own else { return Ok(None) };
    let permit = cx.authorize::<store::access::ReadThread>(thread)?;
    let Some(team) = permit.object().owner_team else { return Ok(None) };
    let kept = of_thread(cx, thread)?;
    match kept.iter().find(|kept| kept.message == newest) {
        Some(kept) => before::card(cx, &kept.detail, team),
        None => Ok(None),
    }
}
