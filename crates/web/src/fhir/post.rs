//! From a posted Communication to a text on its way.

use app::communication::{Author, Destination, Post};
use app::fhir::Json;
use domain::ids::{CareTeamId, EncounterId, MessageId, PatientId, PersonId, ThreadId};
use domain::message::{Ask, Body, ClientMsgId, Line, TextError};
use domain::thread::Category;

use super::OWN;
use super::input::{self, Element, REFERENCE};
use super::outcome::Refusal;

/// Every element that is taken. `id`, `meta` and `sent` are the server's to say (FHIR R4, 3.1.0.8);
/// what is sent there is not used.
const TAKEN: &[&str] = &[
    "resourceType",
    "id",
    "meta",
    "language",
    "extension",
    "identifier",
    "partOf",
    "inResponseTo",
    "status",
    "category",
    "priority",
    "subject",
    "topic",
    "about",
    "sent",
    "recipient",
    "sender",
    "payload",
];

/// Elements that only a new conversation has; in a reply they would be lost.
const OF_A_NEW_ONE: [&str; 4] = ["topic", "category", "about", "recipient"];

/// Reads a body. `base_seq` is the version of `If-Match`.
pub fn read(bytes: &[u8], base_seq: Option<i64>) -> Result<Post, Refusal> {
    let json: Json = input::parse(bytes, "Communication")?;
    let top = Element::resource(&json, "Communication", TAKEN)?;
    fixed(&top)?;
    let subject = required(&top, "subject", top.one("subject", REFERENCE)?)?;
    Ok(Post {
        patient: subject.referred::<PatientId>("Patient")?,
        to: destination(&top, base_seq)?,
        author: author(&top)?,
        body: body(&top)?,
        ask: ask(&top)?,
        language: language(&top)?,
        client_msg_id: client_msg_id(&top)?,
    })
}

/// Elements of which Tidings takes one value.
fn fixed(top: &Element<'_>) -> Result<(), Refusal> {
    if top.text("status")?.is_some_and(|status| status != "completed") {
        let text = "A message is sent at once; the status must be completed or absent.";
        return Err(Refusal::unprocessable("not-supported", top.at("status"), text));
    }
    if top.text("priority")?.is_some_and(|priority| priority != "routine") {
        let text = "Only routine is taken; call the clinic about what cannot wait.";
        return Err(Refusal::unprocessable("not-supported", top.at("priority"), text));
    }
    top.text("sent")?;
    top.text("id")?;
    top.one("meta", &["versionId", "lastUpdated", "source", "profile", "security", "tag"])?;
    Ok(())
}

fn required<T>(top: &Element<'_>, name: &str, found: Option<T>) -> Result<T, Refusal> {
    found.ok_or_else(|| Refusal::unprocessable("required", top.at(name), "This is missing."))
}

fn destination(top: &Element<'_>, base_seq: Option<i64>) -> Result<Destination, Refusal> {
    if let Some(part_of) = top.only("partOf", REFERENCE)? {
        if let Some(lost) = OF_A_NEW_ONE.into_iter().find(|name| top.has(name)) {
            let text = "A reply keeps what its conversation began with; leave this out.";
            return Err(Refusal::unprocessable("business-rule", top.at(lost), text));
        }
        let answered = top.only("inResponseTo", REFERENCE)?;
        return Ok(Destination::Thread {
            thread: part_of.referred::<ThreadId>("Communication")?,
            in_reply_to: answered
                .map(|answered| answered.referred::<MessageId>("Communication"))
                .transpose()?,
            base_seq,
        });
    }
    if top.has("inResponseTo") {
        let text = "An answer needs partOf, the conversation it stands in.";
        return Err(Refusal::unprocessable("business-rule", top.at("inResponseTo"), text));
    }
    if base_seq.is_some() {
        return Err(Refusal::parameter(
            "If-Match needs partOf: a new conversation has no version.",
        ));
    }
    let recipient = required(top, "recipient", top.only("recipient", REFERENCE)?)?;
    let topic = required(top, "topic", top.one("topic", &["text"])?)?;
    let headline = required(&topic, "text", topic.text("text")?)?;
    let about = top.only("about", REFERENCE)?;
    Ok(Destination::New {
        team: recipient.referred::<CareTeamId>("CareTeam")?,
        category: category(top)?,
        headline: Line::headline(headline).map_err(|error| text_error(&topic, "text", error))?,
        encounter: about.map(|about| about.referred::<EncounterId>("Encounter")).transpose()?,
    })
}

fn category(top: &Element<'_>) -> Result<Category, Refusal> {
    let Some(concept) = top.only("category", &["coding"])? else { return Ok(Category::Other) };
    let coding = concept.only("coding", &["system", "code", "display"])?;
    let coding = required(&concept, "coding", coding)?;
    let ours =
        coding.text("system")?.is_none_or(|system| system.strip_prefix(OWN) == Some("category"));
    let code = coding.text("code")?.filter(|_| ours);
    coding.text("display")?;
    code.and_then(Category::from_code).ok_or_else(|| {
        let all: Vec<&str> = Category::ALL.iter().map(|category| category.code()).collect();
        let text = format!("Take one of {} of the system {OWN}category.", all.join(", "));
        Refusal::unprocessable("code-invalid", coding.at("code"), text)
    })
}

fn author(top: &Element<'_>) -> Result<Option<Author>, Refusal> {
    let Some(sender) = top.one("sender", REFERENCE)? else { return Ok(None) };
    let kind =
        sender.text("reference")?.and_then(|text| text.split_once('/')).map(|(kind, _)| kind);
    Ok(Some(match kind {
        Some("Practitioner") => Author::Staff(sender.referred::<PersonId>("Practitioner")?),
        Some("RelatedPerson") => Author::Helper(sender.referred::<PersonId>("RelatedPerson")?),
        _ => Author::Patient(sender.referred::<PatientId>("Patient")?),
    }))
}

fn body(top: &Element<'_>) -> Result<Body, Refusal> {
    let payload = top.only("payload", &["contentString"])?;
    let payload = required(top, "payload", payload)?;
    let text = required(&payload, "contentString", payload.text("contentString")?)?;
    Body::parse(text).map_err(|error| text_error(&payload, "contentString", error))
}

fn ask(top: &Element<'_>) -> Result<Ask, Refusal> {
    let Some(extension) = top.only("extension", &["url", "valueCode"])? else {
        return Ok(Ask::Inform);
    };
    if extension.text("url")?.and_then(|url| url.strip_prefix(OWN)) != Some("ask") {
        let text = format!("The only extension taken is {OWN}ask.");
        return Err(Refusal::unprocessable("extension", extension.at("url"), text));
    }
    extension.text("valueCode")?.and_then(Ask::from_code).ok_or_else(|| {
        let text = "Take one of fact, opinion, action, inform.";
        Refusal::unprocessable("code-invalid", extension.at("valueCode"), text)
    })
}

/// A language tag by its outline (RFC 5646, 2.1): letters and digits in groups of one to eight.
fn language(top: &Element<'_>) -> Result<Option<String>, Refusal> {
    let Some(tag) = top.text("language")? else { return Ok(None) };
    let sound = tag.len() <= 35
        && tag.split('-').all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
        });
    if sound {
        return Ok(Some(tag.to_owned()));
    }
    let text = "This must be a language tag, for example es or en-US.";
    Err(Refusal::unprocessable("code-invalid", top.at("language"), text))
}

fn client_msg_id(top: &Element<'_>) -> Result<ClientMsgId, Refusal> {
    let Some(identifier) = top.only("identifier", &["use", "system", "value"])? else {
        let text = "Give your own id for the message, so that sending again after a lost answer does \
                    not send it twice.";
        return Err(Refusal::unprocessable("required", top.at("identifier"), text));
    };
    identifier.text("use")?;
    identifier.text("system")?;
    let value = required(&identifier, "value", identifier.text("value")?)?;
    ClientMsgId::parse(value).map_err(|_| {
        let text = "Take 1 to 128 visible ASCII characters.";
        Refusal::unprocessable("value", identifier.at("value"), text)
    })
}

fn text_error(element: &Element<'_>, name: &str, error: TextError) -> Refusal {
    let text = match error {
        TextError::Empty => "This is empty.".to_owned(),
        TextError::TooLong { max } => format!("This is longer than {max} characters."),
        TextError::NotText => "This holds a character that is no text.".to_owned(),
    };
    Refusal::unprocessable("value", element.at(name), text)
}
