//! The clinic of the benchmark: one team, one nurse whose token the load uses, and patients.

use app::App;
use app::admin::{self, NewGrant, NewPerson, TeamInput};
use app::credential::token::{Token, TokenKind};
use app::patient::Demographics;
use domain::access::{Actor, Role, Scopes};
use domain::ids::{CareTeamId, Id as _, PatientId, PersonId, SessionId};
use store::access::{Administer, ImportRecords, SignIn};
use store::organization::SiteRow;
use store::patient::PatientRow;
use store::seal::{KeyOwner, Place};

use crate::Failure;

/// Somebody with a record and a log-in.
#[derive(Clone, Copy)]
pub struct Patient {
    pub record: PatientId,
    pub person: PersonId,
}

/// The team of all patients and the triage desk that every organization has, both open, and the team's
/// nurse.
pub fn add_teams(app: &App) -> Result<(CareTeamId, PersonId), Failure> {
    let (team, desk) = app.write(&Actor::system(), |cx| {
        let organization = admin::add_organization(cx, "Riverside Clinic", "555-0100")?;
        let site = SiteRow {
            id: cx.new_id()?,
            organization,
            name: "Main street".to_owned(),
            phone: "555-0100".to_owned(),
            hours: "8 to 5".to_owned(),
            time_zone: "America/New_York".to_owned(),
            country: "US".to_owned(),
            emergency_phone: "911".to_owned(),
            crisis_phone: "988".to_owned(),
            nurse_phone: "555-0101".to_owned(),
        };
        let site = admin::add_site(cx, &site)?;
        let team = |name: &str, kind: &str| TeamInput {
            site,
            name: name.to_owned(),
            care_type: "Cardiology".to_owned(),
            purpose: "Questions between visits".to_owned(),
            kind: kind.to_owned(),
            week: admin::OFFICE_WEEK.to_owned(),
            answer_minutes: 480,
        };
        let desk = admin::add_team(cx, &team("Nurse line", "triage"))?;
        Ok((admin::add_team(cx, &team("Heart team", "care"))?, desk))
    })?;
    open(app, desk, "Tess Wood")?;
    Ok((team, open(app, team, "Nils Lee")?))
}

/// Gives a team a nurse, who stands in when all are away, and opens it.
fn open(app: &App, team: CareTeamId, name: &str) -> Result<PersonId, Failure> {
    let nurse = add_person(app, Role::Nurse, name.to_owned())?;
    app.write(&Actor::system(), move |cx| {
        admin::add_member(cx, team, nurse)?;
        let mut input = admin::team::settings(cx, team)?.input();
        input.last_resort = Some(nurse);
        admin::team::set(cx, team, &input)?;
        admin::activation::activate(cx, team)
    })?;
    Ok(nurse)
}

fn add_person(app: &App, role: Role, name: String) -> Result<PersonId, Failure> {
    let new = NewPerson {
        role,
        organization: None,
        name,
        title: String::new(),
        phone: String::new(),
        language: "en".to_owned(),
        email: String::new(),
    };
    Ok(admin::add_person(app, &Actor::system(), &new)?)
}

pub fn add_patient(app: &App, n: usize, team: CareTeamId) -> Result<Patient, Failure> {
    let name = format!("Patient Number {n}");
    let person = add_person(app, Role::Patient, name.clone())?;
    let record: PatientId = app.new_id()?;
    let relation: SessionId = app.new_id()?;
    let demographics =
        Demographics { name, birth_date: "1964-03-05".to_owned(), ..Demographics::default() };
    app.write(&Actor::system(), move |cx| {
        let importing = cx.authorize::<ImportRecords>(())?;
        let place = Place::new("patient", &record, "demographics_sealed", 1);
        let row = PatientRow {
            id: record,
            organization: None,
            status: "test".to_owned(),
            language: "en".to_owned(),
            interpreter: false,
            time_zone: "America/New_York".to_owned(),
            demographics: cx.seal_json(KeyOwner::Patient(record), &place, &demographics)?,
            version: 1,
        };
        let tokens = demographics.tokens(cx.app().keys());
        store::patient::put(cx.tx(), &importing, &row, &tokens)?;
        let permit = cx.authorize::<Administer>(())?;
        store::care_team::add_relation(cx.tx(), &permit, relation.as_uuid(), record, team)?;
        let grant = NewGrant {
            patient: record,
            person,
            basis: "self".to_owned(),
            rights: "write".to_owned(),
            demographics: true,
            chart: true,
            threads: true,
            from_at: None,
            until_at: None,
            verified_by: String::new(),
        };
        admin::add_grant(cx, &grant).map(|_| ())
    })?;
    Ok(Patient { record, person })
}

/// What a signed-in person is to an operation.
pub fn actor(app: &App, person: PersonId) -> Result<Actor, Failure> {
    let facts = app.db().read(|tx| store::access::actor_facts(tx, person));
    let facts: Option<(Role, i64)> = facts.map_err(|error: store::db::DbError| error)?;
    let (role, epoch) = facts.ok_or("a person of the seed is missing")?;
    Ok(Actor {
        person: Some(person),
        role,
        session: None,
        device: None,
        scopes: Scopes::Session,
        auth_time: app.now(),
        epoch,
        purpose: app::session::purpose_of(role),
    })
}

/// A token that reads and sends for a month.
pub fn add_token(app: &App, person: PersonId) -> Result<String, Failure> {
    let token = Token::new(TokenKind::Access, app.random())?;
    let hash = *token.digest().as_bytes();
    app.write(&Actor::system(), move |cx| {
        let permit = cx.authorize::<Administer>(())?;
        let (id, until) = (cx.new_id()?, cx.now().plus_seconds(30 * 86_400));
        let scopes = "user/Communication.crs user/Patient.r";
        Ok(store::access_token::add(cx.tx(), &permit, id, &hash, person, scopes, until)?)
    })?;
    Ok(token.expose().to_owned())
}

/// The cookie of a patient who is signed in.
pub fn add_session(app: &App, person: PersonId) -> Result<String, Failure> {
    let token = Token::new(TokenKind::Session, app.random())?;
    let hash = *token.digest().as_bytes();
    let who = actor(app, person)?;
    let epoch = who.epoch;
    app.write(&who, move |cx| {
        let permit = cx.authorize::<SignIn>(person)?;
        let now = cx.now();
        let new = store::session::NewSession {
            id: cx.new_id()?,
            token_hash: &hash,
            person,
            device: None,
            shared_device: false,
            epoch,
            auth_time: now,
            idle_seconds: 30 * 86_400,
            expires_at: now.plus_seconds(30 * 86_400),
        };
        Ok(store::session::add(cx.tx(), &permit, &new)?)
    })?;
    Ok(format!("__Host-tidings={}", token.expose()))
}
