//! Administration: people, paper codes, rights to act for patients, teams, organizations and sites.
//!
//! Each operation asks for `Administer`: an administrator's session, or the local administrator at the
//! machine's command line (the system). Nothing here shows health data. What takes a right away raises
//! the person's epoch, so that sessions, streams and tokens stop within a second. Deliberately absent:
//! choosing anybody's password, and deleting.

pub mod activation;
pub mod dates;
pub mod ending;
pub mod ends;
pub mod patient;
pub mod routing;
pub mod safety;
pub mod site_rules;
pub mod team;

use domain::access::{Actor, Role};
use domain::care_team::TeamStatus;
use domain::ids::{
    CareTeamId, ContactPointId, GrantId, Id as _, OrganizationId, PatientId, PersonId, SiteId,
};
use domain::time::Timestamp;
use store::access::Administer;
use store::care_team::{self, NewTeam, TeamRow};
use store::contact_point::{self, NewContactPoint, Slot};
use store::db::DbError;
use store::grant::{self, GrantRow};
use store::organization::{self, OrganizationRow};

pub use store::organization::SiteRow;

use store::seal::{KeyOwner, Place};
use store::{credential, enrolment, person, session};
use uuid::Uuid;

use crate::address;
use crate::content::Profile;
use crate::credential::token::EnrolmentCode;
use crate::cx::{App, Cx};
use crate::error::{Error, FieldError, Result};
use crate::notice::{self, Account};
use crate::sign_in::username_key;

/// The longest name, title or purpose, in characters.
const TEXT_MAX: usize = 200;
/// Days a paper code may work.
const CODE_DAYS: std::ops::RangeInclusive<i64> = 1..=60;
/// Log-ins on one page of a list.
pub const PAGE: i64 = 50;

/// A text of a directory: one line, not empty, not too long.
fn line(field: &'static str, text: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::field(field, "empty"));
    }
    if text.chars().count() > TEXT_MAX {
        let problem = FieldError { field, problem: "too-long", max: Some(TEXT_MAX) };
        return Err(Error::Invalid(vec![problem]));
    }
    if text.chars().any(char::is_control) {
        return Err(Error::field(field, "not-text"));
    }
    Ok(text.to_owned())
}

/// The same, or empty.
fn line_or_empty(field: &'static str, text: &str) -> Result<String> {
    if text.trim().is_empty() { Ok(String::new()) } else { line(field, text) }
}

/// No such row any more is no such thing.
pub(crate) fn one(result: std::result::Result<(), DbError>) -> Result<()> {
    match result {
        Err(DbError::RowCount { found: 0 }) => Err(Error::NotFound),
        other => Ok(other?),
    }
}

/// A log-in to be made.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// What it is for.
    pub role: Role,
    /// Whose staff they are; `None` for patients and helpers.
    pub organization: Option<OrganizationId>,
    /// Full name.
    pub name: String,
    /// Role in plain words, for staff.
    pub title: String,
    /// Phone shown with the person's messages; may be empty.
    pub phone: String,
    /// Language of pages and notices.
    pub language: String,
    /// Address for notices that staff have checked; may be empty.
    pub email: String,
}

/// Makes a log-in that cannot sign in yet: a paper code makes it one.
pub fn add_person(app: &App, actor: &Actor, new: &NewPerson) -> Result<PersonId> {
    // The id is made once: the operation runs again when the person's key is not there yet.
    let id: PersonId = app.new_id()?;
    let new = new.clone();
    app.write(actor, move |cx| insert_person(cx, id, &new))?;
    Ok(id)
}

fn insert_person(cx: &mut Cx<'_, '_>, id: PersonId, new: &NewPerson) -> Result<()> {
    let permit = cx.authorize::<Administer>(())?;
    let profile = Profile {
        name: line("name", &new.name)?,
        title: line_or_empty("title", &new.title)?,
        phone: line_or_empty("phone", &new.phone)?,
        username: String::new(),
    };
    if new.language.is_empty()
        || new.language.len() > 10
        || !new.language.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    {
        return Err(Error::field("language", "unknown"));
    }
    let place = Place::new("person", &id, "profile_sealed", 1);
    let sealed = cx.seal_json(KeyOwner::Person(id), &place, &profile)?;
    let row = person::NewPerson {
        id,
        role: new.role,
        organization: new.organization,
        profile: &sealed,
        language: &new.language,
        at: cx.now(),
    };
    person::add(cx.tx(), &permit, &row)?;
    if !new.email.trim().is_empty() {
        let address = address::parse(&new.email).map_err(|error| Error::Invalid(vec![error]))?;
        let contact: ContactPointId = cx.new_id()?;
        let value = address::seal(cx, id, &contact, &address)?;
        // Whoever typed it may have mistyped it: its owner proves it after signing in.
        let (kind, slot) = ("email", Slot::First);
        let new = NewContactPoint { id: contact, kind, slot, value: &value, verified: false };
        contact_point::add(cx.tx(), &permit, id, &new)?;
    }
    Ok(())
}

/// A paper code, shown once.
#[derive(Debug)]
pub struct PaperCode {
    /// The code to print.
    pub code: EnrolmentCode,
    /// Until when it works.
    pub expires_at: Timestamp,
}

/// Makes a paper code for a person; codes handed out before stop working. `NotFound` when the person
/// is unknown or disabled, `Invalid` on `days` outside 1 to 60.
pub fn add_code(app: &App, actor: &Actor, of: PersonId, days: i64) -> Result<PaperCode> {
    if !CODE_DAYS.contains(&days) {
        return Err(Error::field("days", "range"));
    }
    let code = EnrolmentCode::new(app.random())?;
    let hash = *code.digest().as_bytes();
    let expires_at = app.write(actor, move |cx| {
        let permit = cx.authorize::<Administer>(())?;
        if !person::get(cx.tx(), of)?.is_some_and(|row| row.active) {
            return Err(Error::NotFound);
        }
        let expires_at = cx.now().plus_seconds(days * 24 * 3_600);
        enrolment::add(cx.tx(), &permit, of, &hash, expires_at)?;
        // Who has a log-in already hears that somebody may make it anew.
        if credential::get(cx.tx(), of)?.is_some() {
            let about = cx.now().micros().to_string();
            notice::tell(cx, of, Account::Paper, &about)?;
        }
        Ok(expires_at)
    })?;
    Ok(PaperCode { code, expires_at })
}

/// Takes a person's addresses as proved, for people made by a program who have no mailbox: the demo's.
pub fn trust_addresses(cx: &mut Cx<'_, '_>, of: PersonId) -> Result<()> {
    let permit = cx.authorize::<Administer>(())?;
    contact_point::verify_all(cx.tx(), &permit, of)?;
    Ok(())
}

/// Ends the codes of a person that could still be used; how many there were.
pub fn end_codes(cx: &mut Cx<'_, '_>, of: PersonId) -> Result<u64> {
    let permit = cx.authorize::<Administer>(())?;
    Ok(enrolment::end_open(cx.tx(), &permit, of)?)
}

/// The codes that work now, without the codes themselves.
pub fn list_codes(cx: &mut Cx<'_, '_>) -> Result<Vec<enrolment::IssuedRow>> {
    let permit = cx.authorize::<Administer>(())?;
    Ok(enrolment::list_open(cx.tx(), &permit)?)
}

/// Stops a log-in at once: sessions, tokens, streams and open paper codes. `Invalid` on `person`
/// (`last-resort`) for whom an active team counts on when all are away: it names another one first.
pub fn disable(cx: &mut Cx<'_, '_>, of: PersonId) -> Result<()> {
    let permit = cx.authorize::<Administer>(())?;
    activation::may_leave(cx, of, None)?;
    one(person::disable(cx.tx(), &permit, of))?;
    cx.note_revoked(of)?;
    enrolment::end_open(cx.tx(), &permit, of)?;
    Ok(())
}

/// Lets a disabled log-in act again; it signs in anew.
pub fn enable(cx: &mut Cx<'_, '_>, of: PersonId) -> Result<()> {
    let permit = cx.authorize::<Administer>(())?;
    one(person::enable(cx.tx(), &permit, of))
}

/// Ends every session, token and stream of a log-in; it may sign in anew.
pub fn sign_out(cx: &mut Cx<'_, '_>, of: PersonId) -> Result<()> {
    let permit = cx.authorize::<Administer>(())?;
    one(person::raise_epoch(cx.tx(), &permit, of))?;
    cx.note_revoked(of)
}

/// A member of a team, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberLine {
    /// Who.
    pub person: PersonId,
    /// The name.
    pub name: String,
    /// `clinician`, `nurse` or `desk`.
    pub role: String,
    /// Whether they lead the team.
    pub is_lead: bool,
}

/// Who belongs to a team now and may act.
pub fn list_members(cx: &mut Cx<'_, '_>, team: CareTeamId) -> Result<Vec<MemberLine>> {
    cx.authorize::<Administer>(())?;
    let now = cx.now();
    let mut members = Vec::new();
    for row in care_team::members(cx.tx(), team, now)? {
        let name = cx.profile_of(row.person)?.name;
        members.push(MemberLine { person: row.person, name, role: row.role, is_lead: row.is_lead });
    }
    Ok(members)
}

/// A log-in as administration sees it: no health data.
#[derive(Debug, Clone)]
pub struct PersonLine {
    /// Its id.
    pub id: PersonId,
    /// What it is for.
    pub role: Role,
    /// Whose staff they are.
    pub organization: Option<OrganizationId>,
    /// Name, title, phone, user name.
    pub profile: Profile,
    /// Language of pages and notices.
    pub language: String,
    /// Whether it may act.
    pub active: bool,
    /// Whether it has a password.
    pub enrolled: bool,
    /// Whether an authenticator app is set up.
    pub second_factor: bool,
    /// The last activity of any session.
    pub last_seen_at: Option<Timestamp>,
}

fn person_line(cx: &Cx<'_, '_>, row: &person::ListedRow) -> Result<PersonLine> {
    Ok(PersonLine {
        id: row.person.id,
        role: row.person.role,
        organization: row.person.organization,
        profile: cx.profile(&row.person)?,
        language: row.person.language.clone(),
        active: row.person.active,
        enrolled: row.enrolled,
        second_factor: row.second_factor,
        last_seen_at: row.last_seen_at,
    })
}

/// Log-ins in the order they were made, [`PAGE`] at a time; `after` is the last id of the page before.
pub fn list_people(cx: &mut Cx<'_, '_>, after: Option<PersonId>) -> Result<Vec<PersonLine>> {
    let permit = cx.authorize::<Administer>(())?;
    let after = after.unwrap_or_else(|| PersonId::from_uuid(Uuid::nil()));
    let rows = person::list(cx.tx(), &permit, after, PAGE)?;
    rows.iter().map(|row| person_line(cx, row)).collect()
}

/// One log-in with what hangs on it.
#[derive(Debug, Clone)]
pub struct PersonDetail {
    /// The log-in.
    pub line: PersonLine,
    /// Sessions open now.
    pub sessions: i64,
    /// Its teams now, with its role in each.
    pub teams: Vec<(TeamRow, String)>,
    /// Its rights to act for patients, ended ones too.
    pub grants: Vec<GrantRow>,
}

/// One log-in with its sessions, teams and rights. `NotFound` when there is none.
pub fn show_person(cx: &mut Cx<'_, '_>, of: PersonId) -> Result<PersonDetail> {
    let permit = cx.authorize::<Administer>(())?;
    // The list is keyed by id: the one after this id's predecessor is this id's own row.
    let before = PersonId::from_uuid(Uuid::from_u128(of.as_uuid().as_u128().saturating_sub(1)));
    let rows = person::list(cx.tx(), &permit, before, 1)?;
    let row = rows.iter().find(|row| row.person.id == of).ok_or(Error::NotFound)?;
    let line = person_line(cx, row)?;
    let now = cx.now();
    Ok(PersonDetail {
        line,
        sessions: session::count_open(cx.tx(), of, now)?,
        teams: care_team::list_memberships(cx.tx(), &permit, of)?,
        grants: grant::list_of_person(cx.tx(), &permit, of)?,
    })
}

/// The log-in with a user name, disabled ones too. `NotFound` when there is none.
pub fn find_person(cx: &mut Cx<'_, '_>, username: &str) -> Result<PersonId> {
    cx.authorize::<Administer>(())?;
    let key = username_key(cx.app().keys(), username).ok_or(Error::NotFound)?;
    person::find_by_username(cx.tx(), &key)?.ok_or(Error::NotFound)
}

/// A right to be given.
#[derive(Debug, Clone)]
pub struct NewGrant {
    /// Whom it is about.
    pub patient: PatientId,
    /// Who gets it.
    pub person: PersonId,
    /// `self`, `helper` or `representative`.
    pub basis: String,
    /// `read`, `draft` or `write`.
    pub rights: String,
    /// Name, birth date, language.
    pub demographics: bool,
    /// Visits, conditions, medicines, observations.
    pub chart: bool,
    /// Conversations.
    pub threads: bool,
    /// From when; `None` is now.
    pub from_at: Option<Timestamp>,
    /// Until when; `None` is open.
    pub until_at: Option<Timestamp>,
    /// Who examined what proves it; may be empty.
    pub verified_by: String,
}

/// Gives a right to act for a patient; the patient's name comes with every right. `Invalid` on what is
/// not a kind of right, on a right to nothing (`scope` is `required`), on an empty interval
/// and on a log-in of staff (`person` is `staff`: the policy gives staff ties through teams alone, so
/// such a right would open nothing); `NotFound` when patient or person is unknown.
pub fn add_grant(cx: &mut Cx<'_, '_>, new: &NewGrant) -> Result<GrantId> {
    let permit = cx.authorize::<Administer>(())?;
    if !matches!(new.basis.as_str(), "self" | "helper" | "representative") {
        return Err(Error::field("basis", "unknown"));
    }
    if !matches!(new.rights.as_str(), "read" | "draft" | "write") {
        return Err(Error::field("level", "unknown"));
    }
    if !(new.demographics || new.chart || new.threads) {
        return Err(Error::field("scope", "required"));
    }
    let from_at = new.from_at.unwrap_or_else(|| cx.now());
    let until_at = new.until_at.unwrap_or(Timestamp::FOREVER);
    if until_at <= from_at {
        return Err(Error::field("until", "range"));
    }
    let row = person::get(cx.tx(), new.person)?.ok_or(Error::NotFound)?;
    if row.role.is_staff() {
        return Err(Error::field("person", "staff"));
    }
    if !grant::patient_exists(cx.tx(), new.patient)? {
        return Err(Error::NotFound);
    }
    let id: GrantId = cx.new_id()?;
    let verified_by = line_or_empty("verified_by", &new.verified_by)?;
    let row = GrantRow {
        id,
        patient: new.patient,
        person: new.person,
        basis: new.basis.clone(),
        rights: new.rights.clone(),
        // Who reads or writes for somebody must see for whom.
        demographics: new.demographics || new.chart || new.threads,
        chart: new.chart,
        threads: new.threads,
        from_at,
        until_at,
        revoked_at: None,
        verified_by: (!verified_by.is_empty()).then_some(verified_by),
    };
    grant::add(cx.tx(), &permit, &row)?;
    Ok(id)
}

/// Takes a right back at once and ends what the person holds open. `NotFound` when it has ended.
pub fn revoke_grant(cx: &mut Cx<'_, '_>, id: GrantId) -> Result<()> {
    let permit = cx.authorize::<Administer>(())?;
    let row = grant::get(cx.tx(), &permit, id)?.ok_or(Error::NotFound)?;
    one(grant::revoke(cx.tx(), &permit, id))?;
    one(person::raise_epoch(cx.tx(), &permit, row.person))?;
    cx.note_revoked(row.person)
}

/// One right to act for a patient. `NotFound` when there is none of that id.
pub fn show_grant(cx: &mut Cx<'_, '_>, id: GrantId) -> Result<GrantRow> {
    let permit = cx.authorize::<Administer>(())?;
    grant::get(cx.tx(), &permit, id)?.ok_or(Error::NotFound)
}

/// The rights to act for a patient, or of a person.
pub fn list_grants(
    cx: &mut Cx<'_, '_>,
    patient: Option<PatientId>,
    person: Option<PersonId>,
) -> Result<Vec<GrantRow>> {
    let permit = cx.authorize::<Administer>(())?;
    let rows = match (patient, person) {
        (Some(patient), _) => grant::list_of_patient(cx.tx(), &permit, patient)?,
        (None, Some(person)) => grant::list_of_person(cx.tx(), &permit, person)?,
        (None, None) => return Err(Error::field("person", "empty")),
    };
    Ok(rows.into_iter().filter(|row| person.is_none_or(|person| row.person == person)).collect())
}

/// Adds an organization.
pub fn add_organization(cx: &mut Cx<'_, '_>, name: &str, phone: &str) -> Result<OrganizationId> {
    let permit = cx.authorize::<Administer>(())?;
    let (name, phone) = (line("name", name)?, line("phone", phone)?);
    let id: OrganizationId = cx.new_id()?;
    organization::add(cx.tx(), &permit, id, &name, &phone)?;
    Ok(id)
}

/// All organizations.
pub fn list_organizations(cx: &mut Cx<'_, '_>) -> Result<Vec<OrganizationRow>> {
    cx.authorize::<Administer>(())?;
    Ok(organization::list(cx.tx())?)
}

/// Adds a site; the row's own id is not looked at. Every text is a line; name, phone and time zone are
/// needed. A country is one of ISO 3166-1 (`country` is `unknown`), and its numbers have the shape of numbers
/// (`number`). In the United States the emergency numbers left empty are filled in, and texts are checked for
/// urgency ([`safety`]).
pub fn add_site(cx: &mut Cx<'_, '_>, new: &SiteRow) -> Result<SiteId> {
    let permit = cx.authorize::<Administer>(())?;
    let id: SiteId = cx.new_id()?;
    let row = SiteRow {
        id,
        organization: new.organization,
        name: line("name", &new.name)?,
        phone: line("phone", &new.phone)?,
        hours: line_or_empty("hours", &new.hours)?,
        time_zone: line("time_zone", &new.time_zone)?,
        country: match new.country.trim() {
            "" => String::new(),
            code => domain::site::country(code).ok_or(Error::field("country", "unknown"))?,
        },
        emergency_phone: number("emergency", &new.emergency_phone)?,
        crisis_phone: number("crisis", &new.crisis_phone)?,
        nurse_phone: number("nurse", &new.nurse_phone)?,
    };
    if jiff::tz::TimeZone::get(&row.time_zone).is_err() {
        return Err(Error::field("time_zone", "unknown"));
    }
    organization::add_site(cx.tx(), &permit, &row)?;
    safety::begin(cx, &permit, &row)?;
    Ok(id)
}

/// A number people call, or nothing.
fn number(field: &'static str, text: &str) -> Result<String> {
    safety::read_number(field, text).map_err(|fault| Error::Invalid(vec![fault]))
}

/// All sites.
pub fn list_sites(cx: &mut Cx<'_, '_>) -> Result<Vec<SiteRow>> {
    cx.authorize::<Administer>(())?;
    Ok(organization::list_sites(cx.tx())?)
}

/// A team to be made.
#[derive(Debug, Clone)]
pub struct TeamInput {
    /// Where it is; its organization is the site's.
    pub site: SiteId,
    /// Its name in plain words.
    pub name: String,
    /// The kind of care in plain words.
    pub care_type: String,
    /// What it is for.
    pub purpose: String,
    /// `care`, `triage` or `desk`.
    pub kind: String,
    /// Opening hours by the clock of the site, such as `mon 08:00-12:00 13:00-17:00; tue 08:00-17:00`.
    pub week: String,
    /// How long an answer may take, in minutes of working time.
    pub answer_minutes: i64,
}

/// Hours from Monday to Friday, for a team of which nothing else is known.
pub const OFFICE_WEEK: &str =
    "mon 08:00-17:00; tue 08:00-17:00; wed 08:00-17:00; thu 08:00-17:00; fri 08:00-17:00";

/// Adds a team that is being set up; nobody can write to it before [`activation::activate`]. `NotFound`
/// when there is no such site; `Invalid` field by field, a name or purpose that is a code (`code`)
/// included.
pub fn add_team(cx: &mut Cx<'_, '_>, new: &TeamInput) -> Result<CareTeamId> {
    let permit = cx.authorize::<Administer>(())?;
    if !matches!(new.kind.as_str(), "care" | "triage" | "desk") {
        return Err(Error::field("kind", "unknown"));
    }
    if !team::MINUTES.contains(&new.answer_minutes) {
        return Err(Error::field("answer_minutes", "range"));
    }
    let week = team::read_week(&new.week)?;
    let site = organization::get_site(cx.tx(), new.site)?.ok_or(Error::NotFound)?;
    let id: CareTeamId = cx.new_id()?;
    let (name, care_type) = (line("name", &new.name)?, line_or_empty("care_type", &new.care_type)?);
    let purpose = line_or_empty("purpose", &new.purpose)?;
    team::plain(&name, &purpose)?;
    let row = NewTeam {
        id,
        organization: site.organization,
        site: site.id,
        name: &name,
        care_type: &care_type,
        purpose: &purpose,
        kind: &new.kind,
        week: &week.to_string(),
        answer_minutes: new.answer_minutes,
    };
    care_team::add(cx.tx(), &permit, &row)?;
    Ok(id)
}

/// All teams, with where each stands.
pub fn list_teams(cx: &mut Cx<'_, '_>) -> Result<Vec<(TeamRow, TeamStatus)>> {
    let permit = cx.authorize::<Administer>(())?;
    Ok(care_team::list(cx.tx(), &permit)?)
}

/// Adds a person to a team from now on; the role in it follows from the person's. `NotFound` when
/// either is unknown, `Invalid` on `person` when their role does no work in teams.
pub fn add_member(cx: &mut Cx<'_, '_>, team: CareTeamId, of: PersonId) -> Result<()> {
    let permit = cx.authorize::<Administer>(())?;
    activation::not_ended(cx, team)?;
    let row = person::get(cx.tx(), of)?.filter(|row| row.active).ok_or(Error::NotFound)?;
    let role = match row.role {
        Role::Clinician => "clinician",
        Role::Nurse => "nurse",
        Role::Desk => "desk",
        Role::Patient
        | Role::Helper
        | Role::Billing
        | Role::Administrator
        | Role::PrivacyOfficer => return Err(Error::field("person", "role")),
    };
    let now = cx.now();
    let already = care_team::members(cx.tx(), team, now)?.iter().any(|member| member.person == of);
    if already {
        return Err(Error::field("person", "already"));
    }
    let id = cx.new_id()?;
    Ok(care_team::add_member(cx.tx(), &permit, id, team, of, role)?)
}

/// Ends a person's membership of a team at once, and what they hold open. `NotFound` when there is none;
/// `Invalid` on `person` (`last-resort`) when the team is active and counts on them when all are away.
pub fn end_member(cx: &mut Cx<'_, '_>, team: CareTeamId, of: PersonId) -> Result<()> {
    let permit = cx.authorize::<Administer>(())?;
    activation::may_leave(cx, of, Some(team))?;
    if care_team::end_member(cx.tx(), &permit, team, of)? == 0 {
        return Err(Error::NotFound);
    }
    one(person::raise_epoch(cx.tx(), &permit, of))?;
    cx.note_revoked(of)
}

/// States that a team treats a patient from now on, so that the patient can write to it and its members
/// may open the chart; does nothing when it already does. `NotFound` when either is unknown.
pub fn relate(cx: &mut Cx<'_, '_>, patient: PatientId, team: CareTeamId) -> Result<()> {
    let permit = cx.authorize::<Administer>(())?;
    activation::not_ended(cx, team)?;
    if !grant::patient_exists(cx.tx(), patient)? {
        return Err(Error::NotFound);
    }
    let id: Uuid = cx.new_id::<domain::ids::ResourceId>()?.as_uuid();
    Ok(care_team::add_relation(cx.tx(), &permit, id, patient, team)?)
}

/// Ends at once that a team treats a patient. `NotFound` when it does not.
pub fn end_relation(cx: &mut Cx<'_, '_>, patient: PatientId, team: CareTeamId) -> Result<()> {
    let permit = cx.authorize::<Administer>(())?;
    if care_team::end_relation(cx.tx(), &permit, patient, team)? == 0 {
        return Err(Error::NotFound);
    }
    Ok(())
}

/// Says whether a right opens the conversations marked confidential: a young person's father may act
/// for his son and still not read what the son asks in confidence. `NotFound` when there is no such
/// right.
pub fn set_confidential(cx: &mut Cx<'_, '_>, id: GrantId, confidential: bool) -> Result<()> {
    let permit = cx.authorize::<Administer>(())?;
    one(grant::set_confidential(cx.tx(), &permit, id, confidential))
}

/// The patients with this record number or other identifier, by id alone: what an administrator needs to
/// link an account, and no health data.
pub fn find_patients(cx: &mut Cx<'_, '_>, identifier: &str) -> Result<Vec<PatientId>> {
    let permit = cx.authorize::<Administer>(())?;
    let token = cx.app().keys().blind(store::seal::Purpose::Identifier, identifier.trim());
    Ok(store::patient::list_by_identifier(cx.tx(), &permit, &token)?)
}
