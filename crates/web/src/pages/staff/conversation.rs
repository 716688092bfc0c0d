//! One conversation as staff see it: letters, custody, level, notes, and the patient beside it.

use askama::Template;
use domain::instrument::Item;

use super::{Choice, Desk, Due, Level, Piece, Queue, Recognised, sample};
use crate::i18n::{Locale, When};
use crate::pages::{Chrome, Page, Phone};

/// Who the conversation is about, as the header says it.
#[derive(Debug, Clone)]
pub struct PatientLine {
    /// The patient.
    pub id: String,
    /// The full name.
    pub name: String,
    /// Age in years, in words short enough for a line: "62".
    pub age: String,
    /// Administrative gender in the reader's words.
    pub sex: String,
    /// The birth date.
    pub birth_date: When,
    /// The record number staff say on the phone.
    pub record_number: String,
    /// The language to write in, when it is not the reader's.
    pub language: Option<String>,
}

/// What the conversation is about.
#[derive(Debug, Clone)]
pub struct About {
    /// "Visit of 28 October, Dr. Dora Lind".
    pub text: String,
}

/// Somebody who may read the conversation besides the patient and the team.
#[derive(Debug, Clone)]
pub struct HelperLine {
    /// The name.
    pub name: String,
    /// What they are to the patient: "daughter".
    pub relation: String,
    /// What they may do: "reads and writes".
    pub rights: String,
}

/// The step of the ladder that the patient sees (MODEL, invariant 11).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Received, with nobody yet.
    Received,
    /// With a team.
    WithTeam,
    /// Somebody is on it.
    Handled,
    /// The patient has the next move.
    WaitingPatient,
    /// Answered.
    Answered,
    /// Closed, with a reason.
    Closed,
}

impl Step {
    /// The Fluent key of its words.
    pub fn key(self) -> &'static str {
        match self {
            Self::Received => "staff-step-received",
            Self::WithTeam => "staff-step-team",
            Self::Handled => "staff-step-handled",
            Self::WaitingPatient => "staff-step-waiting",
            Self::Answered => "staff-step-answered",
            Self::Closed => "staff-step-closed",
        }
    }
}

/// Who holds it, since when, and until when an answer is owed.
#[derive(Debug, Clone)]
pub struct Custody {
    /// What the patient reads.
    pub step: Step,
    /// The owning team's plain name.
    pub team: String,
    /// Who holds it; absent while the team does.
    pub holder: Option<String>,
    /// The reader holds it.
    pub mine: bool,
    /// When the claim returns it to the team by itself.
    pub lease_until: Option<When>,
    /// When the present wait began.
    pub since: When,
    /// When an answer is owed.
    pub due: Option<Due>,
    /// Until when it is put off.
    pub snoozed: Option<When>,
    /// The words of the outcome, when closed.
    pub outcome: Option<String>,
    /// Why it went to the team it first went to.
    pub routed: Option<String>,
    /// How often it went back and forth between teams, in words.
    pub bounces: Option<String>,
}

/// How urgent, and who said so.
#[derive(Debug, Clone)]
pub struct LevelPanel {
    /// The level in force.
    pub now: Level,
    /// What the patient said.
    pub patient: Option<Level>,
    /// What the urgency rules said.
    pub rules: Option<Level>,
    /// What a clinician said, and who.
    pub clinician: Option<(Level, String)>,
}

/// What the author of the first message wants back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskView {
    /// A fact.
    Fact,
    /// An opinion.
    Opinion,
    /// Something done.
    Action,
    /// Nothing: only to inform.
    Inform,
}

impl AskView {
    /// The Fluent key of its words.
    pub fn key(self) -> &'static str {
        match self {
            Self::Fact => "staff-ask-fact",
            Self::Opinion => "staff-ask-opinion",
            Self::Action => "staff-ask-action",
            Self::Inform => "staff-ask-inform",
        }
    }
}

/// A numbered question that stays open until somebody answers it or sets it aside.
#[derive(Debug, Clone)]
pub struct QuestionView {
    /// The question.
    pub id: String,
    /// Its number in the conversation, from 1.
    pub number: u32,
    /// Its words.
    pub text: String,
    /// Answered or set aside, in the reader's words; absent while open.
    pub settled: Option<String>,
    /// The reply in the making answers it.
    pub ticked: bool,
}

/// What was asked in a conversation, by both sides, and what the reply in the making asks.
#[derive(Debug, Clone)]
pub struct QuestionsView {
    /// What the author of the first message wants.
    pub ask: Option<AskView>,
    /// "1 of 3 questions is open"; absent when none is.
    pub open: Option<String>,
    /// Numbered questions of the patient's side.
    pub theirs: Vec<QuestionView>,
    /// Numbered questions of the team.
    pub ours: Vec<QuestionView>,
    /// The questions of the reply in the making; empty fields at the end.
    pub fields: Vec<String>,
    /// What they are for.
    pub asks: Vec<Choice>,
}

impl QuestionsView {
    /// Whether the reply in the making asks something.
    fn asks_something(&self) -> bool {
        self.fields.iter().any(|field| !field.is_empty())
    }

    /// Whether there is something to list.
    fn any(&self) -> bool {
        self.ask.is_some() || !self.theirs.is_empty() || !self.ours.is_empty()
    }
}

/// An earlier wording of a corrected message.
#[derive(Debug, Clone)]
pub struct WasText {
    /// When and by whom it was changed: "Corrected 10:14 by Nils Berg".
    pub text: String,
    /// The wording before, in paragraphs.
    pub before: Vec<String>,
}

/// One message.
#[derive(Debug, Clone)]
pub struct Letter {
    /// The message.
    pub id: String,
    /// Its number in the thread.
    pub seq: u64,
    /// The author's name as it was then.
    pub author: String,
    /// The author's role as it was then: "nurse, Family medicine".
    pub role: String,
    /// Whom the author wrote for: "for Ana Reyes".
    pub on_behalf_of: Option<String>,
    /// How it came in when not through the portal: "by phone, typed in by Fred Okoye".
    pub channel: Option<String>,
    /// When it was sent.
    pub sent: When,
    /// The text in paragraphs, never HTML.
    pub body: Vec<String>,
    /// From the patient or a helper.
    pub from_patient: bool,
    /// Written by the reader, who may correct it and take it back.
    pub mine: bool,
    /// Came in after the reader began to write.
    pub newer: bool,
    /// Taken back: the body is empty and this says when and why.
    pub taken_back: Option<String>,
    /// Earlier wordings, newest first.
    pub was: Vec<WasText>,
    /// "Ana read it 10:31", only where policy allows it.
    pub seen: Option<String>,
    /// Still in the hold window: the address that cancels it, and seconds while it can.
    pub held: Option<(String, u32)>,
    /// What the urgency check recognised in it.
    pub recognised: Option<Recognised>,
}

impl Letter {
    /// The text with what was recognised marked; empty where it is shown without marks.
    pub fn marked(&self) -> &[Vec<Piece>] {
        self.recognised.as_ref().map_or(&[], |found| found.text.as_slice())
    }
}

/// A line everybody in the conversation sees: joined, moved, closed.
#[derive(Debug, Clone)]
pub struct EventLine {
    /// What happened, in the reader's language.
    pub text: String,
    /// When.
    pub at: When,
    /// Only staff see it.
    pub staff_only: bool,
}

/// What the conversation is made of, in order.
#[derive(Debug, Clone)]
pub enum Entry {
    /// A message.
    Letter(Box<Letter>),
    /// A line.
    Event(EventLine),
}

/// A note to the team: another table, another route, never the patient's.
#[derive(Debug, Clone)]
pub struct NoteView {
    /// The note.
    pub id: String,
    /// Who wrote it, with role.
    pub author: String,
    /// When.
    pub at: When,
    /// The text in paragraphs.
    pub body: Vec<String>,
    /// The reader may copy it into the conversation, after a confirmation.
    pub may_promote: bool,
}

/// One fact of the chart.
#[derive(Debug, Clone)]
pub struct ChartLine {
    /// What it is.
    pub name: String,
    /// Its value or dose, when it has one.
    pub value: Option<String>,
    /// From when it is.
    pub when: Option<When>,
    /// What it was before: "was 7.9".
    pub before: Option<String>,
}

/// One card of imported facts beside the conversation.
#[derive(Debug, Clone)]
pub struct ChartCard {
    /// The title in the reader's language.
    pub title: String,
    /// How many there are in all.
    pub total: u64,
    /// The newest few.
    pub lines: Vec<ChartLine>,
}

/// What the reader may do here; the operation decides again.
#[derive(Debug, Clone, Copy, Default)]
pub struct Can {
    /// Take it from the team.
    pub claim: bool,
    /// Give it back to the team.
    pub release: bool,
    /// Give it to a member.
    pub assign: bool,
    /// Give it to another team.
    pub pass: bool,
    /// Mark it as waiting on the patient.
    pub wait: bool,
    /// Close it with an outcome.
    pub close: bool,
    /// Open it again.
    pub reopen: bool,
    /// Answer.
    pub reply: bool,
    /// Write a note.
    pub note: bool,
    /// Set the level.
    pub level: bool,
    /// Mark it as not read by oneself.
    pub unread: bool,
    /// Move it to the right patient's record.
    pub refile: bool,
    /// Join it with another of the same patient.
    pub merge: bool,
    /// Put it off.
    pub snooze: bool,
}

/// The reply being written.
#[derive(Debug, Clone)]
pub struct ReplyForm {
    /// What has been written.
    pub body: String,
    /// The author as the reader of the message will see it: "Nils Berg, nurse, Family medicine".
    pub shown_as: String,
    /// The last message the author had seen.
    pub base_seq: u64,
    /// The id that makes sending twice one message.
    pub client_msg_id: String,
    /// The version of the draft that was loaded; 0 before the first save.
    pub version: i64,
    /// How many messages came meanwhile: the newer-message stop.
    pub newer: u64,
    /// Who joined since the author's last message: "Pia Reyes can read this now."
    pub joined: Option<String>,
    /// Where the text was last saved as a draft.
    pub saved: Option<When>,
    /// The saved replies that may be put in.
    pub replies: Vec<Choice>,
    /// What the one that was just put in suggests.
    pub offer: Option<OfferView>,
}

/// What a saved reply suggests beside its words, in one press.
#[derive(Debug, Clone)]
pub struct OfferView {
    /// What the press does, in its order; empty for a press that would do nothing more than send.
    pub steps: Vec<String>,
    /// What must be seen to first, or is not done and why.
    pub but: Vec<String>,
    /// What the button posts as `then`.
    pub then: String,
    /// The button's words.
    pub label: String,
    /// The level that the reader is shown, which the press changes.
    pub level_shown: i64,
    /// The reason as typed, when the level goes down and one is needed.
    pub why: Option<String>,
}

/// The note being written.
#[derive(Debug, Clone, Default)]
pub struct NoteForm {
    /// What has been written.
    pub body: String,
    /// The id that makes saving twice one note.
    pub client_msg_id: String,
    /// The version of the draft that was loaded; 0 before the first save.
    pub version: i64,
}

/// A call that somebody who is not sure asked for.
#[derive(Debug, Clone)]
pub struct CallBlock {
    /// By when, and whether that is over.
    pub title: String,
    /// The same moment in full.
    pub by: When,
    /// Who asked.
    pub who: String,
    /// Who is calling now.
    pub calling: Option<String>,
    /// The number that was given.
    pub phone: Option<Phone>,
    /// The other numbers on record.
    pub on_record: Vec<Phone>,
}

/// A conversation with everything beside it.
#[derive(Debug, Clone)]
pub struct ThreadView {
    /// The thread.
    pub id: String,
    /// The version of the work that the page shows; an act on an older one is stopped.
    pub version: i64,
    /// The list it was opened from, as forms carry it on; may be empty.
    pub list: String,
    /// Between colleagues: the patient does not see it.
    pub between_staff: bool,
    /// The headline.
    pub headline: String,
    /// Who it is about.
    pub patient: Option<PatientLine>,
    /// The visit or other thing it is about.
    pub about: Option<About>,
    /// The topic in the reader's words.
    pub category: String,
    /// Helpers who may read it.
    pub helpers: Vec<HelperLine>,
    /// Who holds it.
    pub custody: Custody,
    /// How urgent.
    pub level: LevelPanel,
    /// What is wanted, and the numbered questions of both sides.
    pub questions: QuestionsView,
    /// The address of earlier messages, when there are more.
    pub earlier: Option<String>,
    /// The messages and lines.
    pub entries: Vec<Entry>,
    /// Team notes, oldest first.
    pub notes: Vec<NoteView>,
    /// Facts of the chart.
    pub chart: Vec<ChartCard>,
    /// Where the chart's facts came from and when: "From the record of 21 November".
    pub chart_as_of: Option<String>,
    /// Who is writing at this moment: "Dr. Okafor is writing".
    pub presence: Option<String>,
    /// A call that somebody asked for.
    pub call: Option<CallBlock>,
    /// An answer in an imported record that it is about, while somebody must look at it.
    pub record: Option<super::RecordBlock>,
    /// What the reader may do.
    pub can: Can,
    /// Members it may be given to.
    pub members: Vec<Choice>,
    /// Teams and members it may be passed to.
    pub passes: Vec<Choice>,
    /// Prepared reasons for passing it; the first is own words.
    pub reasons: Vec<Choice>,
    /// Outcomes it may be closed with.
    pub outcomes: Vec<Choice>,
    /// An answer of the reader's left and the patient's side had written meanwhile, in words.
    pub crossed: Option<String>,
    /// The reader's reply that did not leave.
    pub unsent: Option<UnsentView>,
    /// Replies that somebody asked or was asked about, in words, with where they are.
    pub shared: Vec<super::UnsentRow>,
    /// The reply.
    pub reply: ReplyForm,
    /// The note.
    pub note: NoteForm,
}

/// A reply of the reader's that did not leave when its seconds were over.
#[derive(Debug, Clone)]
pub struct UnsentView {
    /// What happened, in words.
    pub text: String,
    /// The text, where no form of reply holds it.
    pub body: Option<String>,
    /// Where a form throws it away.
    pub delete: String,
}

impl ThreadView {
    /// Any of the buttons that move the work.
    pub fn has_actions(&self) -> bool {
        let can = self.can;
        can.claim
            || can.release
            || can.assign
            || can.pass
            || can.wait
            || can.close
            || can.reopen
            || can.unread
    }
}

/// `GET /work/threads/{id}`: the conversation, beside the list it was opened from.
#[derive(Debug, Clone, Template)]
#[template(path = "staff/thread.html")]
pub struct ThreadPage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The staff frame.
    pub desk: Desk,
    /// The list it was opened from, shown beside it on a wide screen.
    pub queue: Option<Queue>,
    /// The conversation.
    pub thread: ThreadView,
}

impl Page for ThreadPage {
    const NAME: &'static str = "staff-thread";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let with = |chrome, desk, thread: ThreadView| Self {
            chrome,
            desk,
            queue: Some(sample::queue(locale, Some(&thread.id))),
            thread,
        };
        let page = |thread| with(sample::chrome(locale), sample::desk(locale), thread);
        let refused = sample::chrome(locale).with_problems(&[
            ("body", "staff-fault-body"),
            ("reason", "staff-fault-reason"),
            ("outcome", "staff-fault-outcome"),
            ("note", "staff-fault-note"),
        ]);
        let passed = sample::flashed(locale, "staff-done-passed");
        vec![
            ("typical", page(sample::thread(locale))),
            ("unclaimed", with(passed, sample::desk(locale), sample::thread_unclaimed(locale))),
            ("newer", page(sample::thread_newer(locale))),
            ("unsent", page(sample::thread_unsent(locale))),
            ("crossed", page(sample::thread_crossed(locale))),
            ("closed", page(sample::thread_closed(locale))),
            ("between-staff", page(sample::thread_between_staff(locale))),
            ("record", page(sample::thread_record(locale, Item::PhqNine))),
            ("record-ever", page(sample::thread_record(locale, Item::EverActed))),
            ("record-plan", page(sample::thread_record(locale, Item::Plan))),
            ("error", with(refused, sample::desk(locale), sample::thread(locale))),
            ("empty", Self { queue: None, ..page(sample::thread_bare(locale)) }),
            (
                "longest",
                with(
                    sample::chrome(locale),
                    sample::long_desk(locale),
                    sample::thread_long(locale),
                ),
            ),
        ]
    }
}

/// `GET /work/threads/{id}/print`: every message on paper; no notes, no buttons.
#[derive(Debug, Clone, Template)]
#[template(path = "staff/print.html")]
pub struct PrintPage {
    /// What every page carries.
    pub chrome: Chrome,
    /// The conversation with all its messages; none of them `mine` or held.
    pub thread: ThreadView,
    /// When it was printed.
    pub at: When,
    /// Who printed it.
    pub by: String,
}

impl Page for PrintPage {
    const NAME: &'static str = "staff-print";

    fn samples(locale: Locale) -> Vec<(&'static str, Self)> {
        let page = |mut thread: ThreadView| {
            for entry in &mut thread.entries {
                if let Entry::Letter(letter) = entry {
                    letter.mine = false;
                    letter.held = None;
                }
            }
            Self {
                chrome: sample::chrome(locale),
                thread,
                at: sample::ago(locale, 0),
                by: sample::NILS.to_owned(),
            }
        };
        vec![
            ("typical", page(sample::thread_closed(locale))),
            ("longest", page(sample::thread_long(locale))),
        ]
    }
}
