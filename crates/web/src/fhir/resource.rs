//! FHIR R4 resources as they are written: borrowed fields, one pass, no tree in between.
//!
//! Deliberately absent: reading (see `post`), and elements that Tidings has nothing for.

use std::fmt::{self, Display, Write as _};

use app::communication::{Author, Header};
use app::content::Letter;
use app::thread::Shown;
use domain::access::Actor;
use domain::ids::{CareTeamId, EncounterId, MessageId, PatientId, ThreadId};
use domain::message::{Channel, CorrectionKind};
use domain::thread::Ladder;
use domain::time::Timestamp;
use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

use super::own_name;

/// Something written by its `Display`.
#[derive(Debug)]
pub(crate) struct Text<T>(pub T);

impl<T: Display> Serialize for Text<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut short = Short { bytes: [0; 128], length: 0 };
        match write!(short, "{}", self.0).ok().and_then(|()| short.text()) {
            Some(text) => serializer.serialize_str(text),
            None => serializer.collect_str(&self.0),
        }
    }
}

/// A short text on the stack. A page of conversations has some two hundred ids, addresses and times:
/// put together here, each is searched for characters to escape once and not piece by piece.
struct Short {
    bytes: [u8; 128],
    length: usize,
}

impl Short {
    fn text(&self) -> Option<&str> {
        self.bytes.get(..self.length).and_then(|bytes| std::str::from_utf8(bytes).ok())
    }
}

impl fmt::Write for Short {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        let end = self.length.saturating_add(piece.len());
        let room = self.bytes.get_mut(self.length..end).ok_or(fmt::Error)?;
        room.copy_from_slice(piece.as_bytes());
        self.length = end;
        Ok(())
    }
}

/// The kind and id of a resource, as a relative reference writes it.
#[derive(Debug)]
pub(crate) struct To<T>(pub &'static str, pub T);

impl<T: Display> Display for To<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.0, self.1)
    }
}

/// A URL of this API: its base, the kind and the id.
#[derive(Debug)]
pub(crate) struct Url<'a, T>(pub &'a str, pub &'static str, pub T);

impl<T: Display> Display for Url<'_, T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}/{}", self.0, self.1, self.2)
    }
}

/// Datatype Reference.
#[derive(Debug, Serialize)]
pub(crate) struct Reference<'a, T: Display> {
    reference: Text<To<T>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    display: Option<&'a str>,
}

fn to<'a, T: Display>(kind: &'static str, id: T) -> Reference<'a, T> {
    Reference { reference: Text(To(kind, id)), display: None }
}

/// Datatype Meta.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Meta {
    version_id: Text<Version>,
    last_updated: Text<Timestamp>,
}

/// A version as `meta.versionId` and ETag write it: the number in the thread, and after a dot how
/// many corrections stand beside it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Version {
    /// The number in the thread.
    pub seq: i64,
    /// How many corrections.
    pub corrections: usize,
}

impl Display for Version {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.seq)?;
        if self.corrections > 0 { write!(out, ".{}", self.corrections) } else { Ok(()) }
    }
}

/// Datatype Extension with the types that are used.
#[derive(Debug)]
pub(crate) struct Extension<'a> {
    url: &'static str,
    value: Value<'a>,
}

/// FHIR's `value[x]`, each under its own name.
#[derive(Debug)]
enum Value<'a> {
    String(&'a str),
    Boolean(bool),
    Code(&'a str),
    Integer(i64),
    Instant(Timestamp),
}

impl Serialize for Extension<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Extension", 2)?;
        out.serialize_field("url", self.url)?;
        match &self.value {
            Value::String(text) => out.serialize_field("valueString", text)?,
            Value::Boolean(flag) => out.serialize_field("valueBoolean", flag)?,
            Value::Code(code) => out.serialize_field("valueCode", code)?,
            Value::Integer(number) => out.serialize_field("valueInteger", number)?,
            Value::Instant(at) => out.serialize_field("valueInstant", &Text(at))?,
        }
        out.end()
    }
}

const fn own<'a>(url: &'static str, value: Value<'a>) -> Extension<'a> {
    Extension { url, value }
}

#[derive(Debug, Serialize)]
struct Concept<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    coding: Option<[Coding<'a>; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct Coding<'a> {
    system: &'static str,
    code: &'a str,
}

const fn words(text: &str) -> Concept<'_> {
    Concept { coding: None, text: Some(text) }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Payload<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    extension: Option<[Extension<'a>; 1]>,
    content_string: &'a str,
}

#[derive(Debug, Serialize)]
pub(crate) struct Identifier<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<&'a str>,
    pub value: &'a str,
}

/// A conversation.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Conversation<'a> {
    resource_type: &'static str,
    id: Text<ThreadId>,
    meta: Meta,
    extension: Vec<Extension<'a>>,
    status: &'static str,
    category: [Concept<'a>; 1],
    subject: Reference<'a, PatientId>,
    topic: Concept<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    about: Option<[Reference<'a, EncounterId>; 1]>,
    sent: Text<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient: Option<[Reference<'a, CareTeamId>; 1]>,
}

impl<'a> Conversation<'a> {
    /// How a conversation is written.
    pub(crate) fn of(header: &'a Header) -> Self {
        let (step, outcome) = step(&header.ladder);
        let mut extension = Vec::with_capacity(6);
        extension.push(own(own_name!("preview"), Value::String(&header.preview)));
        extension.push(own(own_name!("from"), Value::String(&header.from)));
        extension.push(own(own_name!("unread"), Value::Boolean(header.unread)));
        extension.push(own(own_name!("needs-reply"), Value::Boolean(header.needs_reply)));
        extension.push(own(own_name!("ladder"), Value::Code(step)));
        extension.extend(outcome.map(|code| own(own_name!("outcome"), Value::Code(code))));
        let coding = Coding { system: own_name!("category"), code: header.category.code() };
        Self {
            resource_type: "Communication",
            id: Text(header.thread),
            meta: Meta {
                version_id: Text(Version { seq: header.last_seq, corrections: 0 }),
                last_updated: Text(header.last_at),
            },
            extension,
            status: if outcome.is_some() { "completed" } else { "in-progress" },
            category: [Concept { coding: Some([coding]), text: None }],
            subject: to("Patient", header.patient),
            topic: words(&header.headline),
            about: header.encounter.map(|id| [to("Encounter", id)]),
            sent: Text(header.last_at),
            recipient: header.team.as_ref().map(|(team, name)| {
                [Reference { reference: Text(To("CareTeam", *team)), display: Some(name) }]
            }),
        }
    }
}

/// The step of the ladder as a code, and the outcome of a closed conversation.
const fn step(ladder: &Ladder) -> (&'static str, Option<&'static str>) {
    match ladder {
        Ladder::Received => ("received", None),
        Ladder::WithTeam(_) => ("with-team", None),
        Ladder::BeingHandled(..) => ("being-handled", None),
        Ladder::WaitingForYou(_) => ("waiting-for-you", None),
        Ladder::Answered(_) => ("answered", None),
        Ladder::Closed(_, outcome) => ("closed", Some(outcome.code())),
    }
}

/// A message.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Message<'a> {
    resource_type: &'static str,
    id: Text<MessageId>,
    meta: Meta,
    language: &'a str,
    extension: Vec<Extension<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    identifier: Option<[Identifier<'a>; 1]>,
    part_of: [Reference<'a, ThreadId>; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    in_response_to: Option<[Reference<'a, MessageId>; 1]>,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_reason: Option<Concept<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    medium: Option<[Concept<'a>; 1]>,
    subject: Reference<'a, PatientId>,
    sent: Text<Timestamp>,
    sender: Sender<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    payload: Vec<Payload<'a>>,
}

/// A reference to whoever wrote.
#[derive(Debug, Serialize)]
struct Sender<'a> {
    reference: Text<AuthorRef>,
    #[serde(skip_serializing_if = "Option::is_none")]
    display: Option<&'a str>,
}

#[derive(Debug)]
struct AuthorRef(Author);

impl Display for AuthorRef {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Author::Patient(id) => write!(out, "Patient/{id}"),
            Author::Helper(id) => write!(out, "RelatedPerson/{id}"),
            Author::Staff(id) => write!(out, "Practitioner/{id}"),
        }
    }
}

/// What of a message is known right after it was sent.
#[derive(Debug)]
pub(crate) struct Fresh<'a> {
    pub id: MessageId,
    pub thread: ThreadId,
    pub patient: PatientId,
    pub seq: i64,
    pub sent_at: Timestamp,
    pub author: Author,
    pub in_reply_to: Option<MessageId>,
    pub client_msg_id: &'a str,
    pub ask: &'static str,
    pub language: &'a str,
    pub body: &'a str,
}

impl<'a> Message<'a> {
    /// How a message just sent is written.
    pub(crate) fn fresh(sent: &Fresh<'a>) -> Self {
        let identifier = Identifier { system: None, value: sent.client_msg_id };
        Self {
            resource_type: "Communication",
            id: Text(sent.id),
            meta: Meta {
                version_id: Text(Version { seq: sent.seq, corrections: 0 }),
                last_updated: Text(sent.sent_at),
            },
            language: sent.language,
            extension: vec![
                own(own_name!("seq"), Value::Integer(sent.seq)),
                own(own_name!("ask"), Value::Code(sent.ask)),
            ],
            identifier: Some([identifier]),
            part_of: [to("Communication", sent.thread)],
            in_response_to: sent.in_reply_to.map(|id| [to("Communication", id)]),
            status: "completed",
            status_reason: None,
            medium: None,
            subject: to("Patient", sent.patient),
            sent: Text(sent.sent_at),
            sender: Sender { reference: Text(AuthorRef(sent.author)), display: None },
            payload: vec![Payload { extension: None, content_string: sent.body }],
        }
    }

    /// How a message is written for a reader: with its newest correction's text, or without any when
    /// it was taken back. The sender's own id for it is the sender's alone.
    pub(crate) fn of(
        shown: &'a Shown,
        thread: ThreadId,
        patient: PatientId,
        reader: &Actor,
    ) -> Self {
        let mut extension = Vec::with_capacity(5);
        extension.push(own(own_name!("seq"), Value::Integer(shown.seq)));
        extension.push(own(own_name!("ask"), Value::Code(shown.ask.code())));
        let Letter { prepared_by, written_by, .. } = &shown.letter;
        let names =
            [(own_name!("prepared-by"), prepared_by), (own_name!("entered-by"), written_by)];
        let said = names.into_iter().filter(|(_, person)| !person.is_empty());
        extension.extend(said.map(|(name, person)| own(name, Value::String(person))));
        let mut body = Some(shown.letter.body.as_str());
        let mut reason = None;
        let mut updated = shown.sent_at;
        if let Some((kind, content, at)) = shown.corrections.last() {
            updated = *at;
            let (name, text) = match kind {
                CorrectionKind::Correction => (own_name!("corrected"), Some(content.body.as_str())),
                CorrectionKind::Retraction => (own_name!("retracted"), None),
            };
            extension.push(own(name, Value::Instant(*at)));
            body = text;
            reason = Some(content.reason.as_str()).filter(|reason| !reason.is_empty());
        }
        let identifier = Identifier { system: None, value: &shown.client_msg_id };
        let display = Some(shown.letter.author.as_str()).filter(|name| !name.is_empty());
        Self {
            resource_type: "Communication",
            id: Text(shown.id),
            meta: Meta { version_id: Text(version(shown)), last_updated: Text(updated) },
            language: &shown.language,
            extension,
            identifier: (reader.person == Some(shown.author)).then_some([identifier]),
            part_of: [to("Communication", thread)],
            in_response_to: shown.in_reply_to.map(|id| [to("Communication", id)]),
            status: if body.is_some() { "completed" } else { "entered-in-error" },
            status_reason: reason.map(words),
            medium: medium(shown.channel),
            subject: to("Patient", patient),
            sent: Text(shown.sent_at),
            sender: Sender {
                reference: Text(AuthorRef(Author::of_shown(shown, patient))),
                display,
            },
            payload: payload(shown, body),
        }
    }
}

/// The version of a message.
pub(crate) const fn version(shown: &Shown) -> Version {
    Version { seq: shown.seq, corrections: shown.corrections.len() }
}

/// The text, then its numbered questions; nothing of what was taken back.
fn payload<'a>(shown: &'a Shown, body: Option<&'a str>) -> Vec<Payload<'a>> {
    let Some(text) = body else { return Vec::new() };
    let mut all = Vec::with_capacity(1 + shown.questions.len());
    all.push(Payload { extension: None, content_string: text });
    all.extend(shown.questions.iter().map(|asked| Payload {
        extension: Some([own(own_name!("question"), Value::Code(asked.state.code()))]),
        content_string: &asked.text,
    }));
    all
}

/// By which road a text came, when it was not typed.
const fn medium(channel: Channel) -> Option<[Concept<'static>; 1]> {
    match channel {
        Channel::Portal | Channel::Api => None,
        Channel::Phone => Some([words("phone")]),
        Channel::Letter => Some([words("letter")]),
    }
}

/// A page of a search.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Bundle<'a, T> {
    resource_type: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    link: Vec<Link>,
    entry: Vec<Entry<'a, T>>,
}

#[derive(Debug, Serialize)]
struct Link {
    relation: &'static str,
    url: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a, T> {
    full_url: Text<Url<'a, uuid::Uuid>>,
    resource: T,
    search: Mode,
}

#[derive(Debug, Serialize)]
struct Mode {
    mode: &'static str,
}

impl<'a, T> Bundle<'a, T> {
    /// A page with its own address and the next one's. How many there are in all is not told.
    pub(crate) fn searchset(
        base: &'a str,
        own: String,
        next: Option<String>,
        found: impl ExactSizeIterator<Item = (uuid::Uuid, T)>,
    ) -> Self {
        let mut link = vec![Link { relation: "self", url: own }];
        link.extend(next.map(|url| Link { relation: "next", url }));
        let entry = found
            .map(|(id, resource)| Entry {
                full_url: Text(Url(base, "Communication", id)),
                resource,
                search: Mode { mode: "match" },
            })
            .collect();
        Self { resource_type: "Bundle", kind: "searchset", link, entry }
    }
}
