//! A small clinic in a fresh installation: one team that treats Ana and Ben, another that treats
//! nobody, a triage desk, and people with and without a tie to Ana. Its texts are not checked for urgency until a
//! story that is about that says so ([`check_urgency`]).

use domain::access::{Actor, Role, Scopes};
use domain::ids::{CareTeamId, EncounterId, PatientId, PersonId, SiteId, ThreadId, TokenId};
use domain::message::Ask;
use domain::time::Timestamp;
use store::access::{Administer, ImportRecords};
use store::draft::AfterRelease;
use store::patient::PatientRow;
use store::seal::{KeyOwner, Place};

use crate::admin::{self, NewGrant, NewPerson, TeamInput};
use crate::content::DraftContent;
use crate::credential::token::{Token, TokenKind};
use crate::cx::App;
use crate::draft::{self, Sent, Target, Typed};
use crate::error::{Error, Result};
use crate::patient::Demographics;
use crate::session::purpose_of;

/// The clinic's people and teams.
#[derive(Debug, Clone, Copy)]
pub struct Clinic {
    /// The team that treats Ana and Ben.
    pub team: CareTeamId,
    /// A team that treats nobody here.
    pub other_team: CareTeamId,
    /// The organization's triage desk, with a nurse of its own.
    pub triage: CareTeamId,
    /// A patient's log-in.
    pub ana: PersonId,
    /// Her record.
    pub ana_patient: PatientId,
    /// Another patient's log-in.
    pub ben: PersonId,
    /// His record.
    pub ben_patient: PatientId,
    /// Ana's helper: may write.
    pub pia: PersonId,
    /// A nurse of the team.
    pub nils: PersonId,
    /// A physician of the team.
    pub dora: PersonId,
    /// A physician of the other team.
    pub eve: PersonId,
    /// The team's front desk.
    pub fred: PersonId,
    /// A visit of Ana's.
    pub visit: EncounterId,
}

impl Clinic {
    /// Opens the clinic.
    ///
    /// # Errors
    /// As its operations; in a fresh installation none.
    pub fn open(app: &App) -> Result<Self> {
        let system = Actor::system();
        let (site, team, other_team) = app.write(&system, |cx| {
            let organization = admin::add_organization(cx, "Riverside Clinic", "555-0100")?;
            let id = cx.new_id()?;
            let site = store::organization::SiteRow {
                id,
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
            let team = |name: &str| TeamInput {
                site,
                name: name.to_owned(),
                care_type: "Care".to_owned(),
                purpose: "Questions between visits".to_owned(),
                kind: "care".to_owned(),
                week: ALWAYS_OPEN.to_owned(),
                answer_minutes: 480,
            };
            let first = admin::add_team(cx, &team("Diabetes team"))?;
            Ok((site, first, admin::add_team(cx, &team("Heart clinic"))?))
        })?;
        check_urgency(app, false)?;
        let member = |role: Role, name: &'static str, team: CareTeamId| {
            let id = add_person(app, role, name)?;
            app.write(&system, move |cx| admin::add_member(cx, team, id)).map(|()| id)
        };
        let (nils, dora) =
            (member(Role::Nurse, "Nils Lee", team)?, member(Role::Clinician, "Dora Park", team)?);
        let eve = member(Role::Clinician, "Eve Stone", other_team)?;
        let triage = add_triage_desk(app, site)?;
        open_team(app, team, dora)?;
        open_team(app, other_team, eve)?;
        let ana = add_person(app, Role::Patient, "Ana Alvarez")?;
        let ben = add_person(app, Role::Patient, "Ben Brown")?;
        let pia = add_person(app, Role::Helper, "Pia Alvarez")?;
        let ana_patient = add_patient(app, "Ana Alvarez", "1964-03-05", team)?;
        let ben_patient = add_patient(app, "Ben Brown", "1958-01-02", team)?;
        grant(app, ana_patient, ana, "self")?;
        grant(app, ben_patient, ben, "self")?;
        grant(app, ana_patient, pia, "helper")?;
        Ok(Self {
            team,
            other_team,
            triage,
            ana,
            ana_patient,
            ben,
            ben_patient,
            pia,
            nils,
            dora,
            eve,
            fred: member(Role::Desk, "Fred Moss", team)?,
            visit: add_visit(app, ana_patient)?,
        })
    }
}

/// Hours of a team that is always at work, so that working time is wall time.
pub const ALWAYS_OPEN: &str = "mon 00:00-24:00; tue 00:00-24:00; wed 00:00-24:00; \
     thu 00:00-24:00; fri 00:00-24:00; sat 00:00-24:00; sun 00:00-24:00";

/// Switches the urgency check on or off at every site, through the setting that an administrator has.
///
/// # Errors
/// As [`admin::safety::set`]: a site without its numbers cannot be switched on.
pub fn check_urgency(app: &App, on: bool) -> Result<()> {
    app.write(&Actor::system(), move |cx| {
        for site in admin::list_sites(cx)? {
            let row = admin::safety::get(cx, site.id)?;
            let safety = domain::site::Safety { urgency_check: on, ..row.safety };
            admin::safety::set(cx, site.id, &safety, row.version)?;
        }
        Ok(())
    })
}

/// Adds the triage desk of a site's organization, with a nurse of its own, and opens it.
///
/// # Errors
/// As its operations; in a fresh installation none.
pub fn add_triage_desk(app: &App, site: SiteId) -> Result<CareTeamId> {
    let nurse = add_person(app, Role::Nurse, "Tess Wood")?;
    let desk = app.write(&Actor::system(), move |cx| {
        let input = TeamInput {
            site,
            name: "Nurse line".to_owned(),
            care_type: "Nurses".to_owned(),
            purpose: "When you are not sure whom to ask".to_owned(),
            kind: "triage".to_owned(),
            week: ALWAYS_OPEN.to_owned(),
            answer_minutes: 240,
        };
        let desk = admin::add_team(cx, &input)?;
        admin::add_member(cx, desk, nurse)?;
        Ok(desk)
    })?;
    open_team(app, desk, nurse)?;
    Ok(desk)
}

/// Names one of its members as who stands in when all are away, and opens a team.
///
/// # Errors
/// As [`admin::team::set`] and [`admin::activation::activate`].
pub fn open_team(app: &App, team: CareTeamId, last_resort: PersonId) -> Result<()> {
    app.write(&Actor::system(), move |cx| {
        let mut input = admin::team::settings(cx, team)?.input();
        input.last_resort = Some(last_resort);
        admin::team::set(cx, team, &input)?;
        admin::activation::activate(cx, team)
    })
}

/// Makes a log-in without a way to sign in.
///
/// # Errors
/// As [`admin::add_person`].
pub fn add_person(app: &App, role: Role, name: &str) -> Result<PersonId> {
    let new = NewPerson {
        role,
        organization: None,
        name: name.to_owned(),
        title: String::new(),
        phone: String::new(),
        language: "en".to_owned(),
        email: String::new(),
    };
    admin::add_person(app, &Actor::system(), &new)
}

/// Makes a patient whom a team treats.
///
/// # Errors
/// As its operations; in a fresh installation none.
pub fn add_patient(app: &App, name: &str, born: &str, team: CareTeamId) -> Result<PatientId> {
    let id: PatientId = app.new_id()?;
    let relation: TokenId = app.new_id()?;
    let demographics = Demographics {
        name: name.to_owned(),
        birth_date: born.to_owned(),
        gender: "unknown".to_owned(),
        identifiers: vec![("urn:example:mrn".to_owned(), format!("{name}-1"))],
        ..Demographics::default()
    };
    app.write(&Actor::system(), move |cx| {
        let importing = cx.authorize::<ImportRecords>(())?;
        let place = Place::new("patient", &id, "demographics_sealed", 1);
        let row = PatientRow {
            id,
            organization: None,
            status: "active".to_owned(),
            language: "en".to_owned(),
            interpreter: false,
            time_zone: "America/New_York".to_owned(),
            demographics: cx.seal_json(KeyOwner::Patient(id), &place, &demographics)?,
            version: 1,
        };
        let tokens = demographics.tokens(cx.app().keys());
        store::patient::put(cx.tx(), &importing, &row, &tokens)?;
        let permit = cx.authorize::<Administer>(())?;
        let relation = domain::ids::Id::as_uuid(&relation);
        store::care_team::add_relation(cx.tx(), &permit, relation, id, team)?;
        Ok(id)
    })
}

/// Gives somebody every facet of a patient, to write, from now on.
///
/// # Errors
/// As [`admin::add_grant`].
pub fn grant(app: &App, patient: PatientId, person: PersonId, basis: &str) -> Result<()> {
    let new = NewGrant {
        patient,
        person,
        basis: basis.to_owned(),
        rights: "write".to_owned(),
        demographics: true,
        chart: true,
        threads: true,
        from_at: None,
        until_at: None,
        verified_by: String::new(),
    };
    app.write(&Actor::system(), move |cx| admin::add_grant(cx, &new).map(|_| ()))
}

fn add_visit(app: &App, patient: PatientId) -> Result<EncounterId> {
    let id: EncounterId = app.new_id()?;
    app.write(&Actor::system(), move |cx| {
        let permit = cx.authorize::<ImportRecords>(())?;
        let place = Place::new("encounter", &id, "detail_sealed", 1);
        let now = cx.now();
        let row = store::chart::EncounterRow {
            id,
            organization: None,
            status: "finished".to_owned(),
            started_at: now.plus_seconds(-86_400),
            ended_at: Some(now.plus_seconds(-84_600)),
            detail: cx.seal(KeyOwner::Patient(patient), &place, b"{}")?,
            version: 1,
        };
        store::chart::put_encounter(cx.tx(), &permit, patient, None, &row)?;
        Ok(id)
    })
}

/// A token that acts as a person for an hour.
///
/// # Errors
/// As its operations; for an active person none.
pub fn token(app: &App, person: PersonId, scopes: &'static str) -> Result<String> {
    let token = Token::new(TokenKind::Access, app.random())?;
    let hash = *token.digest().as_bytes();
    let expires_at: Timestamp = app.now().plus_seconds(3_600);
    app.write(&Actor::system(), move |cx| {
        let permit = cx.authorize::<Administer>(())?;
        let id = cx.new_id()?;
        Ok(store::access_token::add(cx.tx(), &permit, id, &hash, person, scopes, expires_at)?)
    })?;
    Ok(token.expose().to_owned())
}

/// What a signed-in person is to an operation.
///
/// # Errors
/// `SignedOut` when the person is none or disabled.
pub fn session(app: &App, person: PersonId) -> Result<Actor> {
    let facts = app.db().read(|tx| store::access::actor_facts(tx, person));
    let facts: Option<(Role, i64)> = facts.map_err(|error: store::db::DbError| error)?;
    let (role, epoch) = facts.ok_or(Error::SignedOut)?;
    Ok(Actor {
        person: Some(person),
        role,
        session: None,
        device: None,
        scopes: Scopes::Session,
        auth_time: app.now(),
        epoch,
        purpose: purpose_of(role),
    })
}

/// Types a reply and sends it from the portal; whether it is held now.
///
/// # Errors
/// As the operations of drafts.
pub fn hold_reply(app: &App, actor: &Actor, thread: ThreadId, text: &str) -> Result<bool> {
    let typed = Typed {
        target: Target::Reply { thread, after: AfterRelease::Nothing, outcome: None },
        ask: Ask::Inform,
        content: DraftContent { body: text.to_owned(), ..DraftContent::default() },
        base_seq: i64::MAX,
    };
    let (id, version) = app.write(actor, move |cx| draft::save(cx, None, 0, &typed))?;
    let sent = app.write(actor, move |cx| draft::send(cx, id, version, None))?;
    Ok(matches!(sent, Sent::Held(_)))
}
