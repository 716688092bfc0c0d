//! Announcements: one text to many of a team's patients, each in a conversation of their own.
//!
//! Whoever leads the team writes it, sees who will get it and how many, and begins the sending; a worker delivers it as
//! them ([`deliver_due`]), each patient in one transaction that moves the recipient and starts the conversation. An answer
//! lands with the team as work like any other. Notices say that there is a message and nothing more. Deliberately absent:
//! lists of patients that somebody types, and any reading receipt.

use domain::access::{Actor, Purpose, Scopes};
use domain::ids::{AnnouncementId, CareTeamId, PatientId, PersonId};
use domain::message::{Ask, Body, Channel, ClientMsgId, Line};
use domain::saved_reply::{Placeholder, fill, unfilled, unknown};
use domain::thread::{Category, ThreadKind};
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use store::access::{Announce, ReadDemographics};
use store::announcement::{self as rows, AnnouncementRow};
use store::care_team::{self, TeamRow};
use store::draft::AfterRelease;
use store::seal::{KeyOwner, Place};
use store::thread::About;

pub use store::announcement::{Progress, State};

use crate::cx::{App, Cx};
use crate::error::{Conflict, Error, FieldError, Result};
use crate::message::Outgoing;
use crate::patient;
use crate::saved_reply::LANGUAGES;
use crate::thread::{self, NewConversation};

/// Patients dealt with in one round of one announcement; other announcements come round in between.
const ROUND: i64 = 50;
/// Most announcements that the list shows.
const LIST_MAX: i64 = 100;

/// `announcement.content_sealed`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Content {
    /// Language, headline and text.
    #[serde(rename = "x")]
    texts: Vec<(String, String, String)>,
}

/// A headline and a text in one language.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    /// The language, one of [`LANGUAGES`].
    pub language: String,
    /// The headline.
    pub headline: String,
    /// The text.
    pub body: String,
}

/// An announcement as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// Only patients of this language (a primary language tag); empty for everybody.
    pub language: String,
    /// Headline and text in each of [`LANGUAGES`]; where both are empty there is none.
    pub texts: [(String, String); 2],
}

/// An announcement, opened.
#[derive(Debug, Clone)]
pub struct Announcement {
    /// Its id.
    pub id: AnnouncementId,
    /// The team.
    pub team: TeamRow,
    /// Who made it.
    pub made_by: PersonId,
    /// Their name.
    pub by: String,
    /// Only patients of this language; empty for everybody.
    pub language: String,
    /// Where it stands.
    pub state: State,
    /// Its texts.
    pub texts: Vec<Text>,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When its sending began.
    pub started_at: Option<Timestamp>,
    /// Its version.
    pub version: i64,
    /// How far it is.
    pub progress: Progress,
}

/// How many patients of a language the team treats now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// The primary language tag; empty for everybody.
    pub language: String,
    /// How many.
    pub patients: i64,
    /// How many of them read here, themselves or somebody for them.
    pub readers: i64,
}

/// The teams whose patients the actor may write to, by name.
pub fn teams(cx: &mut Cx<'_, '_>) -> Result<Vec<TeamRow>> {
    let mut led = Vec::new();
    for (team, _) in crate::work::my_teams(cx)? {
        if cx.may::<Announce>(team.id)? {
            led.push(team);
        }
    }
    Ok(led)
}

/// The announcements of a team, the newest first.
pub fn list(cx: &mut Cx<'_, '_>, team: CareTeamId) -> Result<Vec<Announcement>> {
    let permit = cx.authorize::<Announce>(team)?;
    let found = rows::list(cx.tx(), &permit, LIST_MAX)?;
    found.into_iter().map(|row| open(cx, row)).collect()
}

/// How many patients the team treats now: of everybody, then of each language, the most first.
pub fn reach(cx: &mut Cx<'_, '_>, team: CareTeamId) -> Result<Vec<Reach>> {
    let permit = cx.authorize::<Announce>(team)?;
    let mut all = vec![Reach { language: String::new(), patients: 0, readers: 0 }];
    for (tag, patients, readers) in rows::count(cx.tx(), &permit)? {
        let language = primary(&tag);
        let known = all.iter().position(|reach| reach.language == language);
        let at = known.unwrap_or_else(|| {
            all.push(Reach { language, patients: 0, readers: 0 });
            all.len() - 1
        });
        for at in [0, at] {
            if let Some(reach) = all.get_mut(at) {
                reach.patients += patients;
                reach.readers += readers;
            }
        }
    }
    if let Some((_, languages)) = all.split_first_mut() {
        languages.sort_by(|a, b| b.patients.cmp(&a.patients).then(a.language.cmp(&b.language)));
    }
    Ok(all)
}

fn primary(tag: &str) -> String {
    tag.split(['-', '_']).next().unwrap_or_default().to_lowercase()
}

/// One announcement of a team that the actor leads; `NotFound` for any other.
pub fn get(cx: &mut Cx<'_, '_>, id: AnnouncementId) -> Result<Announcement> {
    let row = rows::get(cx.tx(), id)?.ok_or(Error::NotFound)?;
    cx.authorize::<Announce>(row.team)?;
    open(cx, row)
}

fn open(cx: &mut Cx<'_, '_>, row: AnnouncementRow) -> Result<Announcement> {
    let permit = cx.authorize::<Announce>(row.team)?;
    let team = care_team::get(cx.tx(), row.team)?.ok_or(Error::NotFound)?;
    let texts = texts(cx, &team, &row)?;
    let progress = rows::progress(cx.tx(), &permit, row.id)?;
    Ok(Announcement {
        id: row.id,
        made_by: row.made_by,
        by: cx.profile_of(row.made_by)?.name,
        team,
        language: row.language,
        state: row.state,
        texts,
        created_at: row.created_at,
        started_at: row.started_at,
        version: row.version,
        progress,
    })
}

fn texts(cx: &Cx<'_, '_>, team: &TeamRow, row: &AnnouncementRow) -> Result<Vec<Text>> {
    let place = Place::new("announcement", &row.id, "content_sealed", row.version);
    let owner = KeyOwner::Organization(team.organization);
    let content: Content = cx.open_json(owner, &place, &row.content)?;
    let open = |(language, headline, body)| Text { language, headline, body };
    Ok(content.texts.into_iter().map(open).collect())
}

/// What is wrong with a typed announcement, every field at once.
fn problems(typed: &Typed) -> Vec<FieldError> {
    let mut problems = Vec::new();
    let language = &typed.language;
    if language.len() > 8 || !language.bytes().all(|b| b.is_ascii_lowercase()) {
        problems.push(FieldError::new("language", "unknown"));
    }
    let fields = [("headline_en", "text_en"), ("headline_es", "text_es")];
    let mut written = 0;
    for ((headline_field, body_field), (headline, body)) in fields.into_iter().zip(&typed.texts) {
        if headline.trim().is_empty() && body.trim().is_empty() {
            continue;
        }
        written += 1;
        if let Err(error) = Line::headline(headline) {
            problems.push(FieldError::text(headline_field, error));
        }
        if let Err(error) = Body::parse(body) {
            problems.push(FieldError::text(body_field, error));
        } else if unknown(body).is_some() || unfilled(&fill(body, sample)).is_some() {
            problems.push(FieldError::new(body_field, "placeholder"));
        }
    }
    if written == 0 {
        problems.push(FieldError::new("headline_en", "empty"));
        problems.push(FieldError::new("text_en", "empty"));
    }
    problems
}

/// Something for each placeholder that a worker can fill.
fn sample(one: Placeholder) -> Option<String> {
    (one != Placeholder::MyName).then(|| "x".to_owned())
}

/// Saves an announcement as a draft of a team: a new one (`version` 0) or a known one at the version last seen.
///
/// Errors: `Invalid` with every field that is wrong; `Conflict(Changed)` when somebody saved or sent it meanwhile.
pub fn save(
    cx: &mut Cx<'_, '_>,
    team: CareTeamId,
    id: AnnouncementId,
    version: i64,
    typed: &Typed,
) -> Result<()> {
    let permit = cx.authorize::<Announce>(team)?;
    let row = care_team::get(cx.tx(), team)?.ok_or(Error::NotFound)?;
    let problems = problems(typed);
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let texts = LANGUAGES
        .iter()
        .zip(&typed.texts)
        .filter(|(_, (headline, _))| !headline.trim().is_empty())
        .map(|(language, (headline, body))| {
            ((*language).to_owned(), headline.trim().to_owned(), body.trim().to_owned())
        })
        .collect();
    let place = Place::new("announcement", &id, "content_sealed", version + 1);
    let owner = KeyOwner::Organization(row.organization);
    let sealed = cx.seal_json(owner, &place, &Content { texts })?;
    if rows::put(cx.tx(), &permit, id, &typed.language, &sealed, version + 1)? {
        Ok(())
    } else {
        Err(Error::Conflict(Conflict::Changed))
    }
}

/// Deletes a draft. `NotFound` when there is none of that id.
pub fn remove(cx: &mut Cx<'_, '_>, id: AnnouncementId) -> Result<()> {
    let row = rows::get(cx.tx(), id)?.ok_or(Error::NotFound)?;
    let permit = cx.authorize::<Announce>(row.team)?;
    if rows::remove(cx.tx(), &permit, id)? { Ok(()) } else { Err(Error::NotFound) }
}

/// Begins the sending to as many patients as the page said. The sender is whoever begins it.
///
/// Errors: `Conflict(Changed)` when it changed meanwhile, or the number of patients did: the page then shows it anew.
pub fn begin(cx: &mut Cx<'_, '_>, id: AnnouncementId, version: i64, patients: i64) -> Result<()> {
    let row = rows::get(cx.tx(), id)?.ok_or(Error::NotFound)?;
    let permit = cx.authorize::<Announce>(row.team)?;
    // Who begins it is named to the patients; a text that another lead wrote is saved anew first.
    if cx.actor().person != Some(row.made_by) || row.version != version {
        return Err(Error::Conflict(Conflict::Changed));
    }
    match rows::begin(cx.tx(), &permit, &row)? {
        Some(chosen) if chosen == patients && chosen > 0 => Ok(()),
        _ => Err(Error::Conflict(Conflict::Changed)),
    }
}

/// Stops a sending: nobody who has not got it yet will. `Conflict(Changed)` when it is over already.
pub fn stop(cx: &mut Cx<'_, '_>, id: AnnouncementId) -> Result<()> {
    let row = rows::get(cx.tx(), id)?.ok_or(Error::NotFound)?;
    let permit = cx.authorize::<Announce>(row.team)?;
    if rows::stop(cx.tx(), &permit, id)? { Ok(()) } else { Err(Error::Conflict(Conflict::Changed)) }
}

/// Delivers the next portion of every announcement that is on its way; how many patients were dealt with. 0 when nothing is
/// left to do.
pub fn deliver_due(app: &App) -> Result<usize> {
    let sending = app.db().read(rows::list_sending)?;
    let mut dealt = 0;
    for (id, sender) in sending {
        dealt += deliver_some(app, id, sender)?;
    }
    Ok(dealt)
}

fn deliver_some(app: &App, id: AnnouncementId, sender: PersonId) -> Result<usize> {
    let now = app.now();
    let end = |state| app.db().write(move |tx| rows::end(tx, id, state, now));
    let Some(actor) = actor_of(app, sender)? else {
        end(State::Stopped)?;
        return Ok(0);
    };
    let queued = app.db().read(|tx| rows::list_queued(tx, id, ROUND))?;
    if queued.is_empty() {
        end(State::Done)?;
        return Ok(0);
    }
    let mut dealt = 0;
    for patient in queued {
        match app.write(&actor, move |cx| deliver_one(cx, id, patient)) {
            Ok(true) => dealt += 1,
            Ok(false) => {}
            Err(Error::Unavailable) => return Err(Error::Unavailable),
            Err(Error::Full) => return Err(Error::Full),
            // Who leads the team no more, or is signed out for good, sends no more.
            Err(Error::SignedOut) => {
                end(State::Stopped)?;
                return Ok(dealt);
            }
            Err(error @ (Error::Forbidden | Error::NotFound)) => {
                let lead = app.read(&actor, move |cx| leads_still(cx, id))?;
                if !lead {
                    end(State::Stopped)?;
                    return Ok(dealt);
                }
                tracing::info!(announcement = %id, %error, "a patient is no longer the team's");
                app.db().write(move |tx| rows::skip(tx, id, patient, now))?;
                dealt += 1;
            }
            Err(error) => {
                tracing::warn!(announcement = %id, %error, "a patient could not get an announcement");
                app.db().write(move |tx| rows::skip(tx, id, patient, now))?;
                dealt += 1;
            }
        }
    }
    Ok(dealt)
}

fn leads_still(cx: &mut Cx<'_, '_>, id: AnnouncementId) -> Result<bool> {
    let row = rows::get(cx.tx(), id)?.ok_or(Error::NotFound)?;
    cx.may::<Announce>(row.team)
}

/// The sender as they are now; `None` when their log-in is disabled.
fn actor_of(app: &App, person: PersonId) -> Result<Option<Actor>> {
    let facts = app.db().read(|tx| store::access::actor_facts(tx, person))?;
    Ok(facts.map(|(role, epoch)| Actor {
        person: Some(person),
        role,
        session: None,
        device: None,
        scopes: Scopes::Session,
        auth_time: app.now(),
        epoch,
        purpose: Purpose::Treatment,
    }))
}

/// Gives one patient their conversation, once: the recipient is moved in the same transaction.
fn deliver_one(cx: &mut Cx<'_, '_>, id: AnnouncementId, patient: PatientId) -> Result<bool> {
    let row = rows::get(cx.tx(), id)?.ok_or(Error::NotFound)?;
    let permit = cx.authorize::<Announce>(row.team)?;
    if !rows::take(cx.tx(), &permit, id, patient)? {
        return Ok(false);
    }
    let team = care_team::get(cx.tx(), row.team)?.ok_or(Error::NotFound)?;
    let demographics = cx.authorize::<ReadDemographics>(patient)?;
    let about = store::patient::get(cx.tx(), &demographics)?;
    let about = patient::open(cx, about)?;
    let texts = texts(cx, &team, &row)?;
    let spoken = primary(&about.row.language);
    let text = texts.iter().find(|text| text.language == spoken).or_else(|| texts.first());
    let text = text.ok_or_else(|| Error::Internal("an announcement without words".to_owned()))?;
    let name = &about.demographics.name;
    let body = fill(&text.body, |one| match one {
        Placeholder::PatientFirstName => name.split_whitespace().next().map(str::to_owned),
        Placeholder::PatientName => Some(name.clone()),
        Placeholder::Team => Some(team.name.clone()),
        Placeholder::Phone => Some(team.site_phone.clone()),
        Placeholder::NurseLine => Some(team.nurse_phone.clone()),
        Placeholder::MyName => None,
    });
    if unfilled(&body).is_some() {
        return Err(Error::field("body", "placeholder"));
    }
    let wrong = |field| move |error| Error::text(field, error);
    let out = Outgoing {
        body: Body::parse(&body).map_err(wrong("body"))?,
        ask: Ask::Inform,
        questions: Vec::new(),
        answers: Vec::new(),
        language: text.language.clone(),
        channel: Channel::Portal,
        prepared_by: None,
        client_msg_id: ClientMsgId::parse(&format!("{id}.{patient}")).map_err(wrong("id"))?,
        base_seq: None,
        answers_up_to: None,
        after: AfterRelease::Nothing,
        outcome: None,
    };
    let new = NewConversation {
        kind: ThreadKind::Broadcast,
        team: row.team,
        category: Category::Other,
        about: About::NOTHING,
        headline: Line::headline(&text.headline).map_err(wrong("headline"))?,
        continues: None,
    };
    let delivered = thread::start(cx, patient, &new, &out)?;
    rows::set_thread(cx.tx(), &permit, id, patient, delivered.thread)?;
    Ok(true)
}
