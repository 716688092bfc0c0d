//! `…/contact`: a call that was made, one that reached nobody, an answer that was read out, handed over or
//! sent by post.

use app::contact::{self, Attempt, Call, Delivery, With};
use app::{Cx, Error, FieldError};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::contact::{Brought, Tried};
use domain::ids::{Id as _, PersonId, QuestionId, ThreadEventId, ThreadId};
use domain::message::{Body, ClientMsgId, Line, QuestionState, Side};
use domain::time::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::acts::{passed_on, stale};
use super::conversation::{self, Opened, ThreadPath, owner_item};
use super::{Rail, Staff, desk, see, thread_address, with_faults, words};
use crate::error::{Fault, Result};
use crate::extract::Form;
use crate::pages::staff::{Choice, ContactPage};
use crate::pages::{self, Chrome};
use crate::run::WebState;

/// Messages whose questions are looked at.
const SHOWN: i64 = 50;
/// The value of the choice of somebody who is named in a field.
const OTHER: &str = "other";
/// The value of the choice of a call in which somebody was reached.
const SPOKE: &str = "spoke";

/// What happened, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContactForm {
    #[serde(default)]
    how: String,
    #[serde(default)]
    with: String,
    #[serde(default)]
    who: String,
    #[serde(default)]
    at: String,
    #[serde(default)]
    said: String,
    /// The patient's questions that a call answered.
    #[serde(default)]
    answers: Vec<String>,
    client_msg_id: String,
    /// Whether a call in which somebody was reached ends the conversation.
    #[serde(default)]
    closes: bool,
    version: Option<i64>,
    /// Whether the form was opened from the call list.
    #[serde(default)]
    calls: bool,
    #[serde(default)]
    list: String,
}

/// `?list=…` of the page, and whether it was opened from the call list.
#[derive(Debug, Default, Deserialize)]
pub struct ContactQuery {
    #[serde(default)]
    list: String,
    #[serde(default)]
    calls: bool,
}

/// What a checked form asks for.
enum Record {
    Call(Call),
    Attempt(Attempt),
    Delivery(Delivery),
}

/// The clock by which moments are typed.
fn zone(state: &WebState, opened: &Opened) -> TimeZone {
    let settings = &state.app().settings().time_zone;
    let name = opened.frame.teams.first().map_or(settings, |team| &team.time_zone);
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

impl ContactForm {
    /// An empty form that was opened now.
    fn fresh(state: &WebState, zone: &TimeZone) -> Result<Self> {
        let now = jiff::Timestamp::from_microsecond(state.app().now().micros()).unwrap_or_default();
        Ok(Self {
            at: now.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M").to_string(),
            client_msg_id: state.app().new_id::<ThreadEventId>()?.to_string(),
            ..Self::default()
        })
    }

    /// The questions that were ticked.
    fn answered(&self) -> Vec<QuestionId> {
        self.answers.iter().filter_map(|id| QuestionId::parse(id).ok()).collect()
    }

    /// What is asked for, or what is wrong with the fields.
    fn read(
        &self,
        language: &str,
        zone: &TimeZone,
    ) -> std::result::Result<Record, Vec<FieldError>> {
        let mut faults = Vec::new();
        let with = match self.with.as_str() {
            "" => Some(With::Patient),
            OTHER => match Line::headline(&self.who) {
                Ok(name) => Some(With::Other(name)),
                Err(error) => {
                    faults.push(FieldError::text("who", error));
                    None
                }
            },
            person => PersonId::parse(person).ok().map(With::Helper),
        };
        let at = self.at.trim().parse::<DateTime>().ok();
        let at = at.and_then(|at| at.to_zoned(zone.clone()).ok());
        let at = at.map(|at| Timestamp::from(at.timestamp()));
        if at.is_none() {
            faults.push(FieldError::new("at", "unknown"));
        }
        let id = ThreadEventId::parse(&self.client_msg_id).ok();
        let own_id = ClientMsgId::parse(&self.client_msg_id).ok();
        let record = match (self.how.as_str(), with, at, id, own_id) {
            (SPOKE, with, at, _, Some(client_msg_id)) => {
                let said = Body::parse(&self.said)
                    .map_err(|error| faults.push(FieldError::text("said", error)));
                match (with, at, said) {
                    (Some(with), Some(at), Ok(said)) => Some(Record::Call(Call {
                        with,
                        at,
                        said,
                        answers: self.answered(),
                        language: language.to_owned(),
                        client_msg_id,
                    })),
                    _ => None,
                }
            }
            (how, with, at, Some(id), _) => {
                match (Tried::from_code(how), Brought::from_code(how)) {
                    (Some(how), _) => {
                        let said = match self.said.trim() {
                            "" => Ok(None),
                            text => Line::parse(text).map(Some),
                        };
                        let said =
                            said.map_err(|error| faults.push(FieldError::text("said", error)));
                        // Nobody was reached, whoever is chosen.
                        faults.retain(|fault| fault.field != "who");
                        said.ok()
                            .zip(at)
                            .map(|(said, at)| Record::Attempt(Attempt { how, at, said, id }))
                    }
                    (None, Some(how)) => {
                        with.zip(at).map(|(to, at)| Record::Delivery(Delivery { how, to, at, id }))
                    }
                    (None, None) => {
                        faults.push(FieldError::new("how", "empty"));
                        None
                    }
                }
            }
            _ => None,
        };
        match record {
            Some(record) if faults.is_empty() => Ok(record),
            _ if faults.is_empty() => Err(vec![FieldError::new("with", "unknown")]),
            _ => Err(faults),
        }
    }
}

/// `GET …/contact`
pub async fn show(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<ThreadPath>,
    Query(query): Query<ContactQuery>,
) -> Result<Response> {
    let id = path.id()?;
    let opened = conversation::open(&state, &staff, id, None, SHOWN).await?;
    let form = ContactForm {
        how: if query.calls { Brought::ReadOut.code() } else { SPOKE }.to_owned(),
        list: query.list,
        calls: query.calls,
        ..ContactForm::fresh(&state, &zone(&state, &opened))?
    };
    page(&state, &staff, id, &opened, form, staff.chrome())
}

/// The page when a conversation is closed as called back: the record of the call ends it.
pub async fn ask_closing(
    state: &WebState,
    staff: &Staff,
    id: ThreadId,
    list: &str,
    version: Option<i64>,
) -> Result<Response> {
    let opened = conversation::open(state, staff, id, None, SHOWN).await?;
    if !opened.conversation.rights.close {
        return Err(Fault::Forbidden);
    }
    let form = ContactForm {
        how: SPOKE.to_owned(),
        list: list.to_owned(),
        closes: true,
        version,
        ..ContactForm::fresh(state, &zone(state, &opened))?
    };
    page(state, staff, id, &opened, form, staff.chrome())
}

fn page(
    state: &WebState,
    staff: &Staff,
    id: ThreadId,
    opened: &Opened,
    form: ContactForm,
    chrome: Chrome,
) -> Result<Response> {
    let conversation = &opened.conversation;
    if !conversation.view.is_care() {
        return Err(Fault::NotFound);
    }
    if !conversation.rights.reply {
        return Err(Fault::Forbidden);
    }
    let locale = staff.locale();
    let tried = Tried::ALL.iter().map(|how| how.code());
    let brought = Brought::ALL.iter().map(|how| how.code()).filter(|_| !form.closes);
    let ways = std::iter::once(SPOKE).chain(tried).chain(brought).map(|code| Choice {
        value: code.to_owned(),
        text: locale.t(&format!("staff-contact-{code}")),
        chosen: code == form.how,
    });
    let who = conversation.patient.as_ref();
    let patient = Choice {
        value: String::new(),
        text: who.map(|who| who.demographics.name.clone()).unwrap_or_default(),
        chosen: form.with.is_empty(),
    };
    let helpers = conversation.readers.iter().filter(|reader| reader.basis != "self");
    let helpers = helpers.map(|reader| {
        let value = reader.person.to_string();
        Choice { chosen: value == form.with, value, text: reader.name.clone() }
    });
    let other = Choice {
        value: OTHER.to_owned(),
        text: locale.t("staff-contact-other"),
        chosen: form.with == OTHER,
    };
    let theirs = conversation.view.messages.iter().filter(|shown| shown.side == Side::Patient);
    let asked = theirs.flat_map(|shown| &shown.questions);
    let open = asked.filter(|question| question.state == QuestionState::Open).map(|question| {
        let value = question.id.to_string();
        Choice { chosen: form.answers.contains(&value), value, text: question.text.clone() }
    });
    let open: Vec<Choice> = open.collect();
    let back =
        if form.calls { "/work/calls".to_owned() } else { thread_address(id, &form.list, "") };
    let status = super::status(&chrome);
    let page = ContactPage {
        desk: desk(staff, &opened.frame, Rail::On("")),
        thread: id.to_string(),
        headline: conversation.view.headline.clone(),
        patient: who.map(|who| words::patient(locale, who, state.app().now())),
        phones: who.map(|who| who.demographics.phones.clone()).unwrap_or_default(),
        ways: ways.collect(),
        people: std::iter::once(patient).chain(helpers).chain(std::iter::once(other)).collect(),
        who: form.who,
        at: form.at,
        said: form.said,
        open,
        client_msg_id: form.client_msg_id,
        closes: form.closes,
        version: form.version.or_else(|| owner_item(conversation).map(|item| item.version)),
        calls: form.calls,
        list: form.list,
        back,
        chrome,
    };
    Ok(pages::respond(status, &page))
}

/// `POST …/contact`
pub async fn record(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<ThreadPath>,
    Form(form): Form<ContactForm>,
) -> Result<Response> {
    let id = path.id()?;
    let opened = conversation::open(&state, &staff, id, None, SHOWN).await?;
    let record = match form.read(staff.locale().lang(), &zone(&state, &opened)) {
        Ok(record) => record,
        Err(faults) => {
            let chrome = with_faults(staff.chrome(), &faults);
            return page(&state, &staff, id, &opened, form, chrome);
        }
    };
    let (closes, version) = (form.closes, form.version);
    let (done, made) = match record {
        Record::Call(call) => {
            let act = move |cx: &mut Cx<'_, '_>| {
                contact::call(cx, id, &call, closes, version.filter(|_| closes)).map(|_| ())
            };
            (if closes { "closed" } else { "called" }, state.write(staff.actor(), act).await)
        }
        Record::Attempt(attempt) => {
            let act = move |cx: &mut Cx<'_, '_>| contact::tried(cx, id, &attempt);
            ("tried", state.write(staff.actor(), act).await)
        }
        Record::Delivery(delivery) => {
            let act = move |cx: &mut Cx<'_, '_>| contact::brought(cx, id, &delivery);
            ("brought", state.write(staff.actor(), act).await)
        }
    };
    match made {
        Ok(()) if form.calls => Ok(see(&format!("/work/calls?done={done}"))),
        Ok(()) => Ok(see(&thread_address(id, &form.list, done))),
        Err(Error::Invalid(faults)) => {
            let chrome = with_faults(staff.chrome(), &faults);
            page(&state, &staff, id, &opened, form, chrome)
        }
        Err(Error::Conflict(_)) => stale(&state, &staff, id, &form.list, Some(form.said)).await,
        Err(Error::Forbidden) => passed_on(&state, &staff, id, &form.list, Some(form.said)).await,
        Err(error) => Err(error.into()),
    }
}
