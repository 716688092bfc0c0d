//! An answer to a question about suicide in an imported record is a clinician's work.
//!
//! The import opens a conversation between staff about the patient, at the top of its team's list, in the transaction
//! that keeps the record; the rule of what is recent, urgent and news is `domain::instrument`'s, the team
//! `store::screening`'s. The patient's side reads nothing of it, and no mail, line or preview that leaves the team says
//! why. Which check a site has switched on does not matter: no text is read. Deliberately absent: any sentence (`web`)
//! but the few words that stand in the record for good.

use std::cmp::Reverse;

use domain::deadline::Owed;
use domain::ids::{
    CareTeamId, MessageId, PatientId, ResourceId, ThreadId, UrgencyCheckId, WorkItemId,
};
use domain::instrument::{Above, HIGHEST, Instrument, Item};
use domain::message::{Ask, Channel, Side};
use domain::thread::{Category, ThreadKind};
use domain::time::Timestamp;
use domain::urgency::Level;
use domain::work_item::{Level as WorkLevel, WorkEventKind, WorkState};
use serde::{Deserialize, Serialize};
use store::access::{ImportRecords, Permit};
use store::inbox_row::{self, InboxEntry};
use store::message::{self, NewMessage};
use store::seal::{KeyOwner, Place, Purpose};
use store::thread::{self, About, NewParticipation, NewThread, Opened, Party, SendRight};
use store::work_item::{self, NewWorkEvent, NewWorkItem, Sending};
use store::{screening as rows, urgency_check};

use super::{Detail, open as open_detail, work_level};
use crate::content::{Letter, Preview};
use crate::cx::Cx;
use crate::error::Result;
use crate::fhir::Answered;
use crate::{deadline, work};

/// Who wrote its message.
const AUTHOR: &str = "Tidings";
/// What says so, as the version of rules does elsewhere: it is not sealed, so it does not name the question.
const SOURCE: &str = "LOINC";
/// Earlier answers that a new one is compared with.
const KNOWN_MAX: i64 = 50;

/// The answer, as it is kept with the conversation's message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Screening {
    /// To which question, as its code in LOINC; empty for item 9 of the PHQ-9.
    #[serde(rename = "i", default, skip_serializing_if = "String::is_empty")]
    code: String,
    /// As [`Above::answer`].
    #[serde(rename = "n")]
    pub answer: u8,
    /// When it was given, as it was written; empty when the record does not say.
    #[serde(rename = "d")]
    pub said: String,
    /// The earliest moment of that, in microseconds.
    #[serde(rename = "f")]
    pub from: i64,
    /// The latest.
    #[serde(rename = "u")]
    pub until: i64,
}

impl Screening {
    fn above(&self) -> Above {
        let (from, until) = (Timestamp::from_micros(self.from), Timestamp::from_micros(self.until));
        Above { item: self.item(), answer: self.answer, from, until }
    }

    /// To which question. One that is not known any more is taken for item 9 of the PHQ-9.
    pub fn item(&self) -> Item {
        Item::from_loinc(&self.code).unwrap_or(Item::PhqNine)
    }
}

/// What follows from an answer.
#[derive(Debug)]
pub(crate) enum Looked {
    /// It is history, or was somebody's work before.
    Nothing,
    /// It is work for this team.
    Work(Flagged),
    /// It would be work, and there is no team.
    Nobody,
}

/// An answer that becomes work.
#[derive(Debug)]
pub(crate) struct Flagged {
    patient: PatientId,
    team: CareTeamId,
    screening: Screening,
}

/// How urgent an answer is, its latest moment, and how bad it is.
type Rank = (Level, i64, (Item, u8));

/// What comes first of an import: the most urgent answer, of those the newest, of those the worst. Equal for all that
/// holds none.
pub(crate) fn first(found: Option<&Answered>) -> Reverse<Option<Rank>> {
    Reverse(found.map(|found| {
        let above = above(found, Timestamp::FOREVER);
        (above.item.level(), above.until.micros(), above.weight())
    }))
}

/// The answer with its moments; one without a date is taken for given now.
pub(crate) fn above(found: &Answered, now: Timestamp) -> Above {
    let (from, until) = found.moments().unwrap_or((now.micros(), now.micros()));
    let (from, until) = (Timestamp::from_micros(from), Timestamp::from_micros(until));
    Above { item: found.item, answer: found.answer, from, until }
}

/// What follows from an answer that an import brings for a patient. Writes nothing.
pub(crate) fn look<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, ImportRecords>,
    found: &Answered,
    patient: PatientId,
) -> Result<Looked> {
    let now = cx.now();
    let above = above(found, now);
    if !above.is_recent(now) {
        return Ok(Looked::Nothing);
    }
    for row in rows::list_known(cx.tx(), permit, patient, KNOWN_MAX)? {
        let known: Detail = open_detail(cx, &row, KeyOwner::Patient(patient))?;
        let known = known.screening.as_ref().map(Screening::above);
        if known.is_some_and(|known| !above.is_news_after(&known)) {
            return Ok(Looked::Nothing);
        }
    }
    let Some(team) = rows::team(cx.tx(), permit, patient)? else { return Ok(Looked::Nobody) };
    let screening = Screening {
        code: match above.item {
            Item::PhqNine => String::new(),
            item => item.loinc().to_owned(),
        },
        answer: above.answer,
        said: found.at.map(|at| at.to_string()).unwrap_or_default(),
        from: above.from.micros(),
        until: above.until.micros(),
    };
    Ok(Looked::Work(Flagged { patient, team, screening }))
}

/// Opens the conversation with its work, in the transaction that keeps the record. `version` of `resource` is what says
/// so: the same one cannot open a second.
pub(crate) fn open<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, ImportRecords>,
    (resource, version): (ResourceId, i64),
    flagged: &Flagged,
) -> Result<()> {
    let (patient, team, now) = (flagged.patient, flagged.team, cx.now());
    let owner = KeyOwner::Patient(patient);
    let id: ThreadId = cx.new_id()?;
    let place = Place::new("thread", &id, "headline_sealed", 1);
    let item = flagged.screening.item();
    let headline = cx.seal(owner, &place, headline_of(item).as_bytes())?;
    let new = NewThread {
        id,
        kind: ThreadKind::Staff,
        category: Category::Other,
        headline: &headline,
        about: About::NOTHING,
        owner_team: team,
        created_by: None,
        continues: None,
        at: now,
    };
    let opened = thread::add_screening(cx.tx(), permit, patient, &new)?;
    let participation = NewParticipation {
        id: cx.new_id()?,
        party: Party::Team(team),
        from_seq: 1,
        from_at: now,
        added_by: cx.actor().clone(),
        reason: "owner",
    };
    thread::add_participation(cx.tx(), &opened, &participation)?;
    let message = add_message(cx, &opened, &format!("{resource}.{version}"), flagged)?;
    add_work(cx, &opened, team, work_level(item.level()).unwrap_or(WorkLevel::NOW))?;
    let mut detail = Detail::empty();
    item.level().as_str().clone_into(&mut detail.level);
    detail.screening = Some(flagged.screening.clone());
    let check: UrgencyCheckId = cx.new_id()?;
    let place = Place::new("urgency_check", &check, "detail_sealed", 1);
    let sealed = cx.seal_json(owner, &place, &detail)?;
    urgency_check::add(cx.tx(), &opened, (check, None, message), (None, SOURCE), (&sealed, now))?;
    // Nobody of the patient's side listens for what is between staff.
    work::tell(cx, "work", None, id, team)
}

/// What such a conversation is called, in every language.
fn headline_of(item: Item) -> String {
    format!("{}, item {}", item.instrument().name(), item.number())
}

/// Who says what is asked, with the question.
fn source(item: Item) -> String {
    format!("{SOURCE} {}", item.loinc())
}

/// The answer as every language writes it.
fn written(found: &Screening) -> String {
    match (found.item().instrument(), found.answer) {
        (Instrument::Phq9, 0) => format!("> {HIGHEST} ?"),
        (Instrument::Phq9, answer) => format!("{answer} / {HIGHEST}"),
        (Instrument::Columbia, 0) => "?".to_owned(),
        (Instrument::Columbia, _) => "+".to_owned(),
    }
}

/// The message that stands in the record: what was answered and when, without a sentence.
fn add_message<'t>(
    cx: &mut Cx<'_, 't>,
    opened: &Opened<'t>,
    own_id: &str,
    flagged: &Flagged,
) -> Result<MessageId> {
    let (owner, now) = (KeyOwner::Patient(flagged.patient), cx.now());
    let (item, answer) = (flagged.screening.item(), written(&flagged.screening));
    let said = format!("{} ({}): {answer}.", headline_of(item), source(item));
    let body = format!("{said} {}", flagged.screening.said);
    let letter = Letter {
        author: AUTHOR.to_owned(),
        title: String::new(),
        phone: String::new(),
        written_by: String::new(),
        prepared_by: String::new(),
        spoke_with: String::new(),
        spoke_at: 0,
        body: body.trim_end().to_owned(),
    };
    let id: MessageId = cx.new_id()?;
    let place = Place::new("message", &id, "content_sealed", 1);
    let content = cx.seal_json(owner, &place, &letter)?;
    let mac = cx.app().keys().mac(Purpose::Request, own_id.as_bytes());
    let new = NewMessage {
        id,
        author: message::nobody(),
        entered_by: None,
        on_behalf_of: None,
        side: Side::Team,
        channel: Channel::Portal,
        client_msg_id: own_id,
        request_mac: &mac,
        language: "en",
        ask: Ask::Action,
        content: &content,
        in_reply_to: None,
        at: now,
    };
    let seq = message::add(cx.tx(), opened, &new)?;
    // Without the date: a list shows the words as they are, in no reader's language.
    let preview = Preview { from: AUTHOR.to_owned(), text: said };
    let place = Place::new("inbox_row", &SendRight::thread(opened), "preview_sealed", seq);
    let preview = cx.seal_json(owner, &place, &preview)?;
    let entry = InboxEntry {
        last_seq: seq,
        last_at: now,
        last_side: Side::Team,
        preview: &preview,
        patient: inbox_row::Owed { needs_reply: false, asked: false },
        clinic: inbox_row::Owed { needs_reply: true, asked: false },
        is_open: true,
    };
    inbox_row::put(cx.tx(), opened, &entry)?;
    Ok(id)
}

/// The work at its level, with the clock of that. Nobody of the patient's side waits to hear.
fn add_work<'t>(
    cx: &mut Cx<'_, 't>,
    opened: &Opened<'t>,
    team: CareTeamId,
    level: WorkLevel,
) -> Result<()> {
    let now = cx.now();
    let id: WorkItemId = cx.new_id()?;
    let clock = deadline::clock_of(cx, team, Category::Other, Owed::new(now, level))?;
    let new = NewWorkItem {
        id,
        team,
        level_patient: None,
        level_rules: Some(level),
        level_base: Some(WorkLevel::SOON),
        clock,
        at: now,
        assignee: None,
        state: WorkState::Queued,
        lease_until: None,
    };
    work_item::add(cx.tx(), opened, &new)?;
    let event = NewWorkEvent {
        id: cx.new_id()?,
        item: id,
        kind: WorkEventKind::Opened,
        actor: None,
        to_person: None,
        to_team: Some(team),
        reason: None,
        patient_sees: false,
    };
    Ok(work_item::add_event(cx.tx(), &Sending(opened, now), &event)?)
}
