//! Seeds the demo clinic into an empty installation, through the operations that everybody uses, with a
//! clock that walks through the year: every row, audit rows included, is one that a real clinic would
//! have.
//!
//! Passwords are made anew at each seeding: sixteen random letters and digits in four groups, written to
//! `demo.json` and nowhere else. Staff get an authenticator secret as well. User names are the keys of
//! the story (`ana`, `dora`, …). Deliberately absent: writing files, and seeding over what is there (the
//! command starts from an empty folder).

use std::collections::BTreeMap;

use domain::access::Actor;
use domain::ids::{CareTeamId, GrantId, MessageId, OrganizationId, PatientId, PersonId, ThreadId};
use domain::time::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::admin::{self, NewGrant};
use crate::clock::SetClock;
use crate::cx::App;
use crate::demo::story::{self, DemoDraft, DemoEntry, DemoGrant, DemoThread, Moment};
use crate::error::{Conflict, Error, Result};
use crate::{forecast, notice, sequencer};

mod answers;
mod people;
mod play;
mod record;
mod routing;

/// Days before now at which the story begins; older than anything told in it.
const START_DAYS: u16 = 372;
/// Days between two looks of the portal at the clinic's record system.
const FEED_DAYS: u16 = 14;

/// What `demo.json` holds: how to reach the demo, who can sign in, and which conversation is which.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoManifest {
    /// The address of the portal.
    pub url: String,
    /// Who can sign in.
    pub people: Vec<ManifestPerson>,
    /// The teams.
    pub teams: Vec<ManifestTeam>,
    /// The id of each conversation, by its key.
    pub threads: BTreeMap<String, String>,
}

/// Somebody who can sign in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestPerson {
    /// Key in the story.
    pub key: String,
    /// Name as shown.
    pub name: String,
    /// Role code.
    pub role: String,
    /// User name.
    pub username: String,
    /// Password.
    pub password: String,
    /// The authenticator secret in base 32; none for who needs no second factor.
    pub totp_secret: Option<String>,
    /// The person's own record; none for who is no patient here.
    pub patient_id: Option<String>,
}

impl std::fmt::Debug for ManifestPerson {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("ManifestPerson").field("key", &self.key).finish_non_exhaustive()
    }
}

/// A team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestTeam {
    /// Key in the story.
    pub key: String,
    /// Plain name.
    pub name: String,
}

/// Fills an empty installation with the clinic's year before `now` and leaves `clock`, which must be the
/// clock of `app`, at `now`. `url` goes into the manifest as it is.
///
/// Errors: `Conflict(Changed)` when there is an organization already; whatever an operation refuses.
pub fn seed(app: &App, clock: &SetClock, now: Timestamp, url: &str) -> Result<DemoManifest> {
    let mut seeder = Seeder::new(app, now)?;
    clock.set(seeder.at(Moment::Day { days: START_DAYS, hour: 8, minute: 0 }));
    let known = app.write(&Actor::system(), admin::list_organizations)?;
    if !known.is_empty() {
        return Err(Error::Conflict(Conflict::Changed));
    }
    seeder.add_clinic()?;
    seeder.add_people()?;
    let people = seeder.enrol_everybody()?;
    seeder.trust_addresses()?;
    seeder.feed()?;
    seeder.add_patients_ties()?;
    seeder.add_answers()?;
    seeder.add_rules()?;
    for (at, event) in seeder.timeline() {
        clock.set(at);
        seeder.happen(event)?;
    }
    clock.set(now);
    seeder.feed()?;
    seeder.link_professionals()?;
    forecast::rebuild(app)?;
    while sequencer::is_full(sequencer::run(app)?) {}
    notice::pass_over(app)?;
    Ok(seeder.manifest(url, people))
}

/// The seeding under way.
struct Seeder<'a> {
    app: &'a App,
    now: Timestamp,
    zone: TimeZone,
    /// By the key of the site.
    organizations: BTreeMap<&'static str, OrganizationId>,
    people: BTreeMap<&'static str, PersonId>,
    patients: BTreeMap<&'static str, PatientId>,
    teams: BTreeMap<&'static str, CareTeamId>,
    threads: BTreeMap<&'static str, ThreadId>,
    messages: BTreeMap<&'static str, Vec<MessageId>>,
    /// Until when the record system has been looked at.
    fed_until: Timestamp,
}

/// Something that happens in the year.
#[derive(Clone, Copy)]
enum Event {
    Feed,
    Forecasts,
    Grant(&'static DemoGrant),
    Entry(&'static DemoThread, usize, &'static DemoEntry),
    Read(&'static DemoThread),
    Draft(&'static DemoDraft),
}

impl<'a> Seeder<'a> {
    fn new(app: &'a App, now: Timestamp) -> Result<Self> {
        let name = story::sites().first().map_or("UTC", |site| site.time_zone);
        let zone = TimeZone::get(name)
            .map_err(|_| Error::Internal("the clinic's time zone is unknown".to_owned()))?;
        Ok(Self {
            app,
            now,
            zone,
            organizations: BTreeMap::new(),
            people: BTreeMap::new(),
            patients: BTreeMap::new(),
            teams: BTreeMap::new(),
            threads: BTreeMap::new(),
            messages: BTreeMap::new(),
            fed_until: Timestamp::from_micros(i64::MIN),
        })
    }

    fn at(&self, moment: Moment) -> Timestamp {
        moment.at(self.now, &self.zone)
    }

    /// Everything that happens, in order.
    fn timeline(&self) -> Vec<(Timestamp, Event)> {
        let mut events = Vec::new();
        let days = (1..START_DAYS).rev().filter(|days| days.is_multiple_of(FEED_DAYS));
        events.extend(
            days.map(|days| (self.at(Moment::Day { days, hour: 5, minute: 0 }), Event::Feed)),
        );
        events.extend(self.mornings().map(|at| (at, Event::Forecasts)));
        events.extend(story::grants().iter().map(|g| (self.at(g.from), Event::Grant(g))));
        for thread in story::threads() {
            for (index, entry) in thread.entries.iter().enumerate() {
                events.push((self.at(entry.at), Event::Entry(thread, index, entry)));
            }
            events.extend(self.reading(thread).map(|at| (at, Event::Read(thread))));
        }
        events.extend(story::drafts().iter().map(|d| (self.at(d.at), Event::Draft(d))));
        events.sort_by_key(|(at, _)| *at);
        events
    }

    fn happen(&mut self, event: Event) -> Result<()> {
        match event {
            Event::Feed => self.feed(),
            Event::Forecasts => forecast::rebuild(self.app).map(|_| ()),
            Event::Grant(grant) => self.grant(grant),
            Event::Entry(thread, index, entry) => self.act(thread, index, entry),
            Event::Read(thread) => self.read(thread),
            Event::Draft(draft) => self.draft(draft),
        }
        .map_err(|error| match error {
            // A story that the product refuses is a fault of this code, and must say where.
            Error::Unavailable | Error::Full => error,
            other => Error::Internal(format!("the demo's {}: {other:?}", event.name())),
        })
    }

    /// A right to act for a patient, given by the desk.
    fn grant(&self, grant: &'static DemoGrant) -> Result<()> {
        let new = NewGrant {
            patient: self.patient(grant.patient)?,
            person: self.person(grant.person)?,
            basis: if grant.representative { "representative" } else { "helper" }.to_owned(),
            rights: grant.rights.code().to_owned(),
            demographics: true,
            chart: true,
            threads: true,
            from_at: None,
            until_at: None,
            verified_by: "Front desk".to_owned(),
        };
        let confidential = grant.confidential;
        self.app.write(&Actor::system(), move |cx| {
            let id: GrantId = admin::add_grant(cx, &new)?;
            admin::set_confidential(cx, id, confidential)
        })
    }

    fn person(&self, key: &str) -> Result<PersonId> {
        self.people.get(key).copied().ok_or_else(|| missing("person", key))
    }

    fn patient(&self, key: &str) -> Result<PatientId> {
        self.patients.get(key).copied().ok_or_else(|| missing("patient", key))
    }

    fn team(&self, key: &str) -> Result<CareTeamId> {
        self.teams.get(key).copied().ok_or_else(|| missing("team", key))
    }

    fn thread(&self, key: &str) -> Result<ThreadId> {
        self.threads.get(key).copied().ok_or_else(|| missing("thread", key))
    }

    fn manifest(&self, url: &str, people: Vec<ManifestPerson>) -> DemoManifest {
        let teams = story::teams()
            .iter()
            .map(|team| ManifestTeam { key: team.key.to_owned(), name: team.name.to_owned() });
        DemoManifest {
            url: url.to_owned(),
            people: self.with_records(people),
            teams: teams.collect(),
            threads: self
                .threads
                .iter()
                .map(|(key, id)| ((*key).to_owned(), id.to_string()))
                .collect(),
        }
    }
}

impl Event {
    fn name(self) -> String {
        match self {
            Self::Feed => "record".to_owned(),
            Self::Forecasts => "forecasts".to_owned(),
            Self::Grant(grant) => format!("grant to {}", grant.person),
            Self::Entry(thread, index, _) => format!("thread {}, entry {index}", thread.key),
            Self::Read(thread) => format!("reading of {}", thread.key),
            Self::Draft(draft) => format!("draft of {}", draft.owner),
        }
    }
}

fn missing(kind: &str, key: &str) -> Error {
    Error::Internal(format!("the demo has no {kind} {key}"))
}
