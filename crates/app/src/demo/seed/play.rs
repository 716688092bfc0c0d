//! The conversations: each entry of the story becomes the operation that its author would have used.

use domain::access::{Actor, Role};
use domain::ids::{MessageId, PatientId, PersonId, QuestionId, ThreadId};
use domain::message::{Ask, Body, Channel, ClientMsgId, CorrectionKind, Line, QuestionState, Side};
use domain::thread::ThreadKind;
use domain::time::Timestamp;
use domain::work_item::{Level, Outcome};
use store::access::actor_facts;
use store::draft::AfterRelease;
use store::thread::About;

use super::Seeder;
use crate::contact::{self, Call, With};
use crate::content::DraftContent;
use crate::cx::Cx;
use crate::demo::story::{self, DemoAct, DemoDraft, DemoDraftPlace, DemoEntry, DemoThread};
use crate::draft::{self, Target, Typed};
use crate::error::{Error, Result};
use crate::message::{self, Delivered, Outgoing};
use crate::session::purpose_of;
use crate::thread::{self, NewConversation, ThreadView};
use crate::told::{self, Into, Speaker};
use crate::work::{self, Remark};
use crate::{note, participation, prepared, question};

/// Seconds after the team's last word at which a patient has read it.
const READ_AFTER_S: i64 = 2 * 3_600;
/// What is younger than this many seconds may still be unread.
const UNREAD_S: i64 = 26 * 3_600;
/// Messages shown at once; no thread of the story has more.
const SHOWN: i64 = 100;

impl Seeder<'_> {
    /// The actor that a signed-in person is.
    fn actor(&self, person: PersonId) -> Result<Actor> {
        let facts = self.app.db().read(|tx| actor_facts(tx, person)).map_err(Error::from)?;
        let (role, epoch) = facts.ok_or(Error::NotFound)?;
        Ok(Actor {
            person: Some(person),
            role,
            session: None,
            device: None,
            scopes: domain::access::Scopes::Session,
            auth_time: self.app.now(),
            epoch,
            purpose: purpose_of(role),
        })
    }

    /// When the patient reads the end of a thread; none when the newest word is the patient's own or
    /// is still unread.
    pub(super) fn reading(&self, thread: &DemoThread) -> Option<Timestamp> {
        let told = thread.entries.iter().rev().find(|entry| is_word(entry.act))?;
        let theirs = story::people().any(|p| p.key == told.author && p.role.is_staff());
        let last = self.at(thread.entries.last()?.at);
        let care = thread.kind == ThreadKind::Care;
        (care && theirs && self.now.seconds_since(last) > UNREAD_S)
            .then(|| last.plus_seconds(READ_AFTER_S))
    }

    /// The patient opens a thread and reads to its end.
    pub(super) fn read(&self, thread: &'static DemoThread) -> Result<()> {
        let actor = self.actor(self.person(thread.patient)?)?;
        let id = self.thread(thread.key)?;
        self.app.write(&actor, move |cx| look(cx, id).map(|_| ()))
    }

    /// One entry.
    pub(super) fn act(
        &mut self,
        thread: &'static DemoThread,
        index: usize,
        entry: &'static DemoEntry,
    ) -> Result<()> {
        let actor = self.actor(self.person(entry.author)?)?;
        let own_id = format!("demo-{}-{index}", thread.key);
        if index == 0 {
            let about = self.about(thread)?;
            let delivered = self.open(&actor, thread, entry, about, own_id)?;
            self.threads.insert(thread.key, delivered.thread);
            self.messages.entry(thread.key).or_default().push(delivered.id);
            return Ok(());
        }
        let id = self.thread(thread.key)?;
        let sent = match entry.act {
            DemoAct::Message { text, questions } => Some(self.say(&actor, id, text, questions)?),
            DemoAct::Phone { text } => {
                let (patient, out) = self.by_phone(thread, text, Ask::Inform, &own_id)?;
                Some(self.app.write(&actor, move |cx| {
                    look(cx, id)?;
                    told::enter(cx, patient, Speaker::Patient, &Into::Thread(id), &out)
                })?)
            }
            other => {
                self.handle(&actor, thread, id, other, &own_id)?;
                None
            }
        };
        if let Some(sent) = sent {
            self.messages.entry(thread.key).or_default().push(sent.id);
        }
        Ok(())
    }

    /// Opens a conversation with its first message.
    fn open(
        &self,
        actor: &Actor,
        thread: &'static DemoThread,
        entry: &'static DemoEntry,
        about: About,
        own_id: String,
    ) -> Result<Delivered> {
        let (patient, team) = (self.patient(thread.patient)?, self.team(thread.team)?);
        let (kind, category, ask) = (thread.kind, thread.category, thread.ask);
        match entry.act {
            DemoAct::Message { text, questions } => {
                let typed = Typed {
                    target: Target::New { patient, kind, team: Some(team), category, about },
                    ask,
                    content: DraftContent {
                        headline: thread.headline.to_owned(),
                        ..content(text, questions)
                    },
                    base_seq: 0,
                };
                self.app.write(actor, move |cx| send(cx, &typed))
            }
            DemoAct::Phone { text } => {
                let (patient, out) = self.by_phone(thread, text, ask, &own_id)?;
                let headline =
                    Line::headline(thread.headline).map_err(|e| Error::text("headline", e))?;
                let new =
                    NewConversation { kind, team, category, about, headline, continues: None };
                let new = Into::New(new);
                self.app
                    .write(actor, move |cx| told::enter(cx, patient, Speaker::Patient, &new, &out))
            }
            _ => Err(Error::Internal("a thread opens with a message".to_owned())),
        }
    }

    /// What the patient said on the phone, in their language.
    fn by_phone(
        &self,
        thread: &DemoThread,
        text: &str,
        ask: Ask,
        own_id: &str,
    ) -> Result<(PatientId, Outgoing)> {
        let who = story::people().find(|person| person.key == thread.patient);
        let out = Outgoing {
            body: Body::parse(text).map_err(|e| Error::text("body", e))?,
            ask,
            questions: Vec::new(),
            answers: Vec::new(),
            language: who.map_or("en", |person| person.language).to_owned(),
            channel: Channel::Phone,
            prepared_by: None,
            client_msg_id: ClientMsgId::parse(own_id).map_err(|e| Error::text("id", e))?,
            base_seq: None,
            answers_up_to: None,
            after: AfterRelease::Nothing,
            outcome: None,
        };
        Ok((self.patient(thread.patient)?, out))
    }

    /// A message typed in the portal by somebody who has read what is there.
    fn say(
        &self,
        actor: &Actor,
        id: ThreadId,
        text: &'static str,
        questions: &'static [&'static str],
    ) -> Result<Delivered> {
        let (side, other) = if actor.role.is_staff() {
            (Side::Team, Side::Patient)
        } else {
            (Side::Patient, Side::Team)
        };
        let waits = side == Side::Team && !questions.is_empty();
        let after = if waits { AfterRelease::Wait } else { AfterRelease::Nothing };
        self.app.write(actor, move |cx| {
            let view = look(cx, id)?;
            let typed = Typed {
                target: Target::Reply { thread: id, after, outcome: None },
                ask: if waits { Ask::Fact } else { Ask::Inform },
                content: DraftContent {
                    answers: open_questions(&view, other).iter().map(ToString::to_string).collect(),
                    ..content(text, questions)
                },
                base_seq: view.last_seq,
            };
            send(cx, &typed)
        })
    }

    /// What is done to a conversation without a message.
    fn handle(
        &self,
        actor: &Actor,
        thread: &'static DemoThread,
        id: ThreadId,
        act: DemoAct,
        own_id: &str,
    ) -> Result<()> {
        let own_id = ClientMsgId::parse(own_id).map_err(|e| Error::text("id", e))?;
        match act {
            DemoAct::Claim => self.app.write(actor, move |cx| {
                look(cx, id)?;
                work::claim(cx, id, None)
            }),
            DemoAct::Assign { to } => {
                let to = self.person(to)?;
                self.app.write(actor, move |cx| work::assign(cx, id, to, None, None))
            }
            DemoAct::Pass { team, reason } => {
                let (team, reason) = (self.team(team)?, line(reason)?);
                self.app.write(actor, move |cx| work::pass(cx, id, team, &reason, None))
            }
            DemoAct::Join { person, .. } => {
                let person = self.person(person)?;
                self.app.write(actor, move |cx| participation::add(cx, id, person))
            }
            DemoAct::Level { level, reason } => {
                let level = Level::new(level).ok_or_else(|| Error::field("level", "unknown"))?;
                let reason = line(reason)?;
                // What the urgency check raised, only a clinician lowers.
                let lowers = actor.role == Role::Clinician;
                self.app.write(actor, move |cx| {
                    let view = look(cx, id)?;
                    if !lowers && view.items.iter().any(|item| item.level() < level) {
                        return Ok(());
                    }
                    work::set_level(cx, id, level, Some(&reason), None)
                })
            }
            DemoAct::Note { text } => {
                let body = Body::parse(text).map_err(|e| Error::text("body", e))?;
                self.app.write(actor, move |cx| {
                    look(cx, id)?;
                    note::add(cx, id, &body, &own_id)
                })
            }
            // A call back is closed by its record, whose words these are.
            DemoAct::Close { outcome: Outcome::Callback, note: text } => {
                let who = story::people().find(|person| person.key == thread.patient);
                let language = who.map_or("en", |person| person.language).to_owned();
                let said = Body::parse(text).map_err(|e| Error::text("body", e))?;
                self.app.write(actor, move |cx| {
                    let view = look(cx, id)?;
                    let call = Call {
                        with: With::Patient,
                        at: cx.now(),
                        said: said.clone(),
                        answers: open_questions(&view, Side::Patient),
                        language: language.clone(),
                        client_msg_id: own_id.clone(),
                    };
                    contact::call(cx, id, &call, true, None).map(|_| ())
                })
            }
            DemoAct::Close { outcome, note: text } => {
                let remark = (!text.is_empty()).then(|| line(text)).transpose()?;
                let remark = remark.map(Remark::Colleagues);
                self.app.write(actor, move |cx| {
                    let view = look(cx, id)?;
                    for open in open_questions(&view, Side::Patient) {
                        question::decide(cx, id, open, QuestionState::Answered, None)?;
                    }
                    work::close(cx, id, outcome, remark.as_ref(), None)
                })
            }
            DemoAct::Correction { message, reason, text } => {
                let of = self.message(thread, message)?;
                let body = Body::parse(text).map_err(|e| Error::text("body", e))?;
                self.app.write(actor, move |cx| {
                    let kind = CorrectionKind::Correction;
                    message::correct(cx, id, of, kind, Some(&body), reason)
                })
            }
            DemoAct::Retraction { message, reason } => {
                let of = self.message(thread, message)?;
                self.app.write(actor, move |cx| {
                    message::correct(cx, id, of, CorrectionKind::Retraction, None, reason)
                })
            }
            DemoAct::Message { .. } | DemoAct::Phone { .. } => {
                Err(Error::Internal("a message is sent, not handled".to_owned()))
            }
        }
    }

    /// The message of a thread with that number, counted from 1.
    fn message(&self, thread: &DemoThread, number: usize) -> Result<MessageId> {
        let index = number.checked_sub(1).ok_or(Error::NotFound)?;
        let known = self.messages.get(thread.key).and_then(|messages| messages.get(index));
        known.copied().ok_or(Error::NotFound)
    }

    /// Something begun and not sent.
    pub(super) fn draft(&self, begun: &'static DemoDraft) -> Result<()> {
        let actor = self.actor(self.person(begun.owner)?)?;
        let patient = self.patient(begun.patient)?;
        match begun.place {
            DemoDraftPlace::Reply { thread } => {
                let id = self.thread(thread)?;
                self.app.write(&actor, move |cx| {
                    let view = look(cx, id)?;
                    let after = AfterRelease::Nothing;
                    let typed = Typed {
                        target: Target::Reply { thread: id, after, outcome: None },
                        ask: Ask::Inform,
                        content: content(begun.text, &[]),
                        base_seq: view.last_seq,
                    };
                    draft::save(cx, None, 0, &typed).map(|_| ())
                })
            }
            DemoDraftPlace::New { team, category, headline } => {
                let typed = Typed {
                    target: Target::New {
                        patient,
                        kind: ThreadKind::Care,
                        team: Some(self.team(team)?),
                        category,
                        about: About::NOTHING,
                    },
                    ask: Ask::Fact,
                    content: DraftContent {
                        headline: headline.to_owned(),
                        ..content(begun.text, &[])
                    },
                    base_seq: 0,
                };
                self.app.write(&actor, move |cx| {
                    let (id, version) = draft::save(cx, None, 0, &typed)?;
                    if begun.handed_over { prepared::offer(cx, id, version) } else { Ok(()) }
                })
            }
        }
    }
}

const fn is_word(act: DemoAct) -> bool {
    matches!(act, DemoAct::Message { .. } | DemoAct::Phone { .. })
}

fn line(text: &str) -> Result<Line> {
    Line::parse(text).map_err(|error| Error::text("reason", error))
}

fn content(text: &str, questions: &[&str]) -> DraftContent {
    DraftContent {
        body: text.to_owned(),
        questions: questions.iter().map(|question| (*question).to_owned()).collect(),
        ..DraftContent::default()
    }
}

/// Opens a thread as its reader does: the words are shown, the mark moves, the access log knows.
fn look(cx: &mut Cx<'_, '_>, id: ThreadId) -> Result<ThreadView> {
    let view = thread::view(cx, id, i64::MAX, SHOWN)?;
    thread::mark_read(cx, id, view.last_seq)?;
    Ok(view)
}

/// The questions of a side that nobody has answered.
fn open_questions(view: &ThreadView, side: Side) -> Vec<QuestionId> {
    let asked = view.messages.iter().filter(|message| message.side == side);
    let questions = asked.flat_map(|message| &message.questions);
    questions.filter(|asked| asked.state == QuestionState::Open).map(|asked| asked.id).collect()
}

/// Saves what was typed and lets it go: the way of every message of the portal, without the wait in
/// which it could be taken back.
fn send(cx: &mut Cx<'_, '_>, typed: &Typed) -> Result<Delivered> {
    let (id, _) = draft::save(cx, None, 0, typed)?;
    draft::release(cx, id)
}
