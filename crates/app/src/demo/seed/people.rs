//! The clinic's places, teams and people, and their first sign-in.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use domain::access::{Actor, Role};
use domain::ids::{Id as _, OrganizationId, PatientId, PersonId, SiteId};
use store::organization::SiteRow;
use uuid::Uuid;

use super::{ManifestPerson, Seeder};
use crate::admin::{self, NewGrant, NewPerson, TeamInput};
use crate::credential::password::Password;
use crate::cx::App;
use crate::demo::story::{self, DemoPerson};
use crate::enrol::{self, Form};
use crate::error::{Error, Result};
use crate::sign_in::{self, Owed, SignedIn};

/// Days the paper codes work; they are used at once.
const CODE_DAYS: i64 = 1;
/// Letters and digits that cannot be taken for one another; 32 of them, so that a byte picks evenly.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

impl Seeder<'_> {
    /// Organizations, sites and teams.
    pub(super) fn add_clinic(&mut self) -> Result<()> {
        let (organizations, sites) = self.app.write(&Actor::system(), |cx| {
            let mut organizations: BTreeMap<&str, OrganizationId> = BTreeMap::new();
            for organization in story::organizations() {
                let id = admin::add_organization(cx, organization.name, organization.phone)?;
                organizations.insert(organization.key, id);
            }
            let mut sites: BTreeMap<&str, SiteId> = BTreeMap::new();
            for site in story::sites() {
                let organization = organizations.get(site.organization).copied();
                let new = SiteRow {
                    id: SiteId::from_uuid(Uuid::nil()),
                    organization: organization.ok_or(Error::NotFound)?,
                    name: site.name.to_owned(),
                    phone: site.phone.to_owned(),
                    hours: site.hours.to_owned(),
                    time_zone: site.time_zone.to_owned(),
                    country: "US".to_owned(),
                    emergency_phone: site.emergency_number.to_owned(),
                    crisis_phone: site.crisis_line.to_owned(),
                    nurse_phone: site.nurse_line.to_owned(),
                };
                sites.insert(site.key, admin::add_site(cx, &new)?);
            }
            Ok((organizations, sites))
        })?;
        self.organizations = story::sites()
            .iter()
            .filter_map(|site| Some((site.key, *organizations.get(site.organization)?)))
            .collect();
        self.teams = self.app.write(&Actor::system(), move |cx| {
            let mut teams = BTreeMap::new();
            for team in story::teams() {
                let new = TeamInput {
                    site: sites.get(team.site).copied().ok_or(Error::NotFound)?,
                    name: team.name.to_owned(),
                    care_type: team.care_type.to_owned(),
                    purpose: team.purpose.to_owned(),
                    kind: if team.triage { "triage" } else { "care" }.to_owned(),
                    week: team.week.to_owned(),
                    answer_minutes: i64::from(team.answer_hours) * 60,
                };
                teams.insert(team.key, admin::add_team(cx, &new)?);
            }
            Ok(teams)
        })?;
        Ok(())
    }

    /// Everybody's log-in, who belongs to which team, and the opening of the teams.
    pub(super) fn add_people(&mut self) -> Result<()> {
        for person in story::people() {
            let new = NewPerson {
                role: person.role,
                organization: person.site.and_then(|site| self.organizations.get(site).copied()),
                name: person.display_name(),
                title: if person.role.is_staff() {
                    person.about.trim_end_matches('.').to_owned()
                } else {
                    String::new()
                },
                phone: person.phone.to_owned(),
                language: person.language.to_owned(),
                email: person.email.unwrap_or_default().to_owned(),
            };
            let id = admin::add_person(self.app, &Actor::system(), &new)?;
            self.people.insert(person.key, id);
        }
        let (people, teams) = (self.people.clone(), self.teams.clone());
        self.app.write(&Actor::system(), move |cx| {
            for team in story::teams() {
                let id = teams.get(team.key).copied().ok_or(Error::NotFound)?;
                for member in team.members {
                    let person = people.get(member).copied().ok_or(Error::NotFound)?;
                    admin::add_member(cx, id, person)?;
                }
                let person = |key| people.get(key).copied().ok_or(Error::NotFound);
                let mut input = admin::team::settings(cx, id)?.input();
                input.leads.insert(person(team.lead)?);
                input.last_resort = Some(person(team.last_resort)?);
                admin::team::set(cx, id, &input)?;
            }
            // Triage desks open first: no other team does without one.
            let desks = story::teams().iter().filter(|team| team.triage);
            let others = story::teams().iter().filter(|team| !team.triage);
            for team in desks.chain(others) {
                let id = teams.get(team.key).copied().ok_or(Error::NotFound)?;
                admin::activation::activate(cx, id)?;
            }
            Ok(())
        })
    }

    /// The patients' own rights, and which team treats whom.
    pub(super) fn add_patients_ties(&mut self) -> Result<()> {
        let mut own: Vec<(PatientId, PersonId)> = Vec::new();
        for person in story::people().filter(|person| person.role == Role::Patient) {
            let patient = self.find_target("Patient", person.key)?.ok_or(Error::NotFound)?;
            let patient = PatientId::from_uuid(patient);
            self.patients.insert(person.key, patient);
            own.push((patient, self.person(person.key)?));
        }
        let mut treated = Vec::new();
        for care in story::care() {
            treated.push((self.patient(care.patient)?, self.team(care.team)?));
        }
        self.app.write(&Actor::system(), move |cx| {
            for (patient, person) in &own {
                let new = NewGrant {
                    patient: *patient,
                    person: *person,
                    basis: "self".to_owned(),
                    rights: "write".to_owned(),
                    demographics: true,
                    chart: true,
                    threads: true,
                    from_at: None,
                    until_at: None,
                    verified_by: "Front desk".to_owned(),
                };
                admin::add_grant(cx, &new)?;
            }
            for (patient, team) in &treated {
                admin::relate(cx, *patient, *team)?;
            }
            Ok(())
        })
    }

    /// The demo's addresses have no mailbox to which a code could be mailed.
    pub(super) fn trust_addresses(&self) -> Result<()> {
        let people: Vec<PersonId> = self.people.values().copied().collect();
        self.app.write(&Actor::system(), move |cx| {
            people.iter().try_for_each(|person| admin::trust_addresses(cx, *person))
        })
    }

    /// Everybody who signs in uses a paper code; staff set up their second factor too. The hashing
    /// goes on on every processor.
    pub(super) fn enrol_everybody(&self) -> Result<Vec<ManifestPerson>> {
        let mut all = Vec::new();
        for person in story::people().filter(|person| person.signs_in) {
            all.push((person, self.person(person.key)?));
        }
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let share = all.len().div_ceil(threads).max(1);
        let app = self.app;
        let mut people = Vec::with_capacity(all.len());
        std::thread::scope(|scope| {
            let workers: Vec<_> = all
                .chunks(share)
                .map(|some| {
                    scope.spawn(move || {
                        some.iter().map(|(who, id)| enrol_one(app, who, *id)).collect::<Vec<_>>()
                    })
                })
                .collect();
            for worker in workers {
                let stopped = |_| Error::Internal("enrolling the demo's people stopped".to_owned());
                for enrolled in worker.join().map_err(stopped)? {
                    people.push(enrolled?);
                }
            }
            Ok(people)
        })
    }

    /// Writes each patient's own record into the manifest's people.
    pub(super) fn with_records(&self, mut people: Vec<ManifestPerson>) -> Vec<ManifestPerson> {
        for person in &mut people {
            person.patient_id = self.patients.get(person.key.as_str()).map(PatientId::to_string);
        }
        people
    }
}

fn enrol_one(app: &App, person: &DemoPerson, id: PersonId) -> Result<ManifestPerson> {
    let paper = admin::add_code(app, &Actor::system(), id, CODE_DAYS)?;
    let password = password(app)?;
    let form = Form {
        code: paper.code.expose().to_string(),
        username: person.key.to_owned(),
        password: Password::parse(&password).ok(),
        same_twice: true,
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
    };
    let totp_secret = match enrol::enrol(app, &form)? {
        SignedIn::Session(_) => None,
        SignedIn::SetUp(issued) => Some(set_up(app, issued.token.expose(), id)?),
        other => return Err(Error::Internal(format!("enrolling {}: {other:?}", person.key))),
    };
    Ok(ManifestPerson {
        key: person.key.to_owned(),
        name: person.display_name(),
        role: person.role.code().to_owned(),
        username: person.key.to_owned(),
        password,
        totp_secret,
        patient_id: None,
    })
}

/// Sets up the authenticator app that the pending session offers; its secret in base 32.
fn set_up(app: &App, token: &str, person: PersonId) -> Result<String> {
    let lost = || Error::Internal("a second factor could not be set up".to_owned());
    let Some((session, Owed::SetUp(offer))) = sign_in::owed(app, token)? else {
        return Err(lost());
    };
    let credential = app
        .db()
        .read(|tx| store::credential::get(tx, person))
        .map_err(Error::from)?
        .ok_or_else(lost)?;
    let code = sign_in::offered(app.keys(), session, &credential)?.code_at(app.now());
    match sign_in::try_code(app, token, &code)? {
        SignedIn::Session(_) => Ok(offer.shown.replace(' ', "")),
        _ => Err(lost()),
    }
}

/// Sixteen letters and digits in four groups: 80 bits.
fn password(app: &App) -> Result<String> {
    let mut bytes = [0_u8; 16];
    app.random().fill(&mut bytes)?;
    let mut text = String::with_capacity(19);
    for (index, byte) in bytes.iter().enumerate() {
        if index > 0 && index.is_multiple_of(4) {
            text.push('-');
        }
        let letter = LETTERS.get(usize::from(byte & 31)).copied().unwrap_or(b'a');
        text.push(char::from(letter));
    }
    Ok(text)
}
