//! `/admin`: people, teams and sites, for the administrator, who sees no health data.
//!
//! Deliberately absent: patients' names, and choosing anybody's password.

pub mod activation;
pub mod dates;
pub mod direct;
pub mod directory;
pub mod ending;
pub mod ends;
pub mod read_back;
pub mod routing;
pub mod safety;
pub mod site_rules;
pub mod team;

use app::admin::{self, NewPerson, PersonDetail, PersonLine};
use app::{Cx, Error, FieldError};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::access::Role;
use domain::care_team::TeamStatus;
use domain::ids::{CareTeamId, Id, OrganizationId, PersonId};
use domain::time::Timestamp;
use http::StatusCode;
use serde::Deserialize;

use super::{Rail, Staff, desk, id, see, status, with_faults};
use crate::error::{Fault, Result};
use crate::extract::Form;
use crate::i18n::{Locale, SiteTime};
use crate::pages::staff::{
    AdminPage, Affiliation, Choice, EnrolmentPage, NewPersonPage, PersonPage, PersonRow,
};
use crate::pages::{self, Chrome, Flash, FlashKind};
use crate::run::WebState;

/// Days a paper code from these pages works.
const CODE_DAYS: i64 = 14;

/// `?show=…&after=…`
#[derive(Debug, Default, Deserialize)]
pub struct PeopleQuery {
    show: Option<String>,
    after: Option<String>,
}

fn row(locale: Locale, time: &SiteTime, line: &PersonLine, teams: &[String]) -> PersonRow {
    PersonRow {
        id: line.id.to_string(),
        name: line.profile.name.clone(),
        username: line.profile.username.clone(),
        roles: locale.t(&format!("staff-role-{}", line.role.code())),
        teams: teams.join(", "),
        last_seen: line.last_seen_at.map(|at| time.short(locale, at.micros())),
        active: line.active,
        second_factor: (line.role.is_staff() || line.second_factor).then_some(line.second_factor),
    }
}

/// `GET /admin`
pub async fn people(
    State(state): State<WebState>,
    staff: Staff,
    Query(query): Query<PeopleQuery>,
) -> Result<Response> {
    let after: Option<PersonId> = query.after.as_deref().map(id).transpose()?;
    let (frame, found) = state
        .read(staff.actor(), move |cx| {
            let mut found = Vec::new();
            for line in admin::list_people(cx, after)? {
                let teams = if line.role.is_staff() {
                    admin::show_person(cx, line.id)?.teams
                } else {
                    Vec::new()
                };
                let teams: Vec<String> = teams.into_iter().map(|(team, _)| team.name).collect();
                found.push((line, teams));
            }
            Ok((app::staff::frame(cx)?, found))
        })
        .await?;
    let locale = staff.locale();
    let time = staff.time(&state, &frame);
    let show = query.show.as_deref().unwrap_or("active");
    let filter = |value: &str| Choice {
        value: value.to_owned(),
        text: locale.t(&format!("staff-filter-{value}")),
        chosen: show == value,
    };
    let last = found.last().map(|(line, _)| line.id);
    let full = i64::try_from(found.len()).is_ok_and(|count| count >= admin::PAGE);
    let rows: Vec<PersonRow> = found
        .iter()
        .filter(|(line, _)| match show {
            "all" => true,
            "no-factor" => line.active && line.role.is_staff() && !line.second_factor,
            _ => line.active,
        })
        .map(|(line, teams)| row(locale, &time, line, teams))
        .collect();
    let known = matches!(show, "active" | "all" | "no-factor");
    let next = last.filter(|_| full && known);
    let page = AdminPage {
        chrome: staff.chrome(),
        desk: desk(&staff, &frame, Rail::On("/admin")),
        filters: vec![filter("active"), filter("all"), filter("no-factor")],
        total: (after.is_none() && !full).then(|| u64::try_from(rows.len()).unwrap_or(0)),
        rows,
        next: next.map(|last| format!("/admin?show={show}&after={last}")),
    };
    Ok(pages::respond(StatusCode::OK, &page))
}

/// The log-in of the address, and what of it is named.
#[derive(Debug, Deserialize)]
pub struct PersonPath {
    id: String,
    #[serde(default)]
    team: String,
    #[serde(default)]
    grant: String,
}

impl PersonPath {
    fn id(&self) -> Result<PersonId> {
        id(&self.id)
    }

    fn page(&self) -> String {
        format!("/admin/people/{}", self.id)
    }
}

/// `?done=…`
#[derive(Debug, Default, Deserialize)]
pub struct DoneQuery {
    done: Option<String>,
}

/// `GET /admin/people/{id}`
pub async fn person(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<PersonPath>,
    Query(query): Query<DoneQuery>,
) -> Result<Response> {
    person_page(&state, &staff, path.id()?, saved(staff.chrome(), &query)).await
}

/// Says that it was saved, when the address says so.
fn saved(mut chrome: Chrome, query: &DoneQuery) -> Chrome {
    if query.done.is_some() {
        let text = chrome.t("staff-done-saved");
        chrome.flash = Some(Flash { kind: FlashKind::Good, text, undo: None });
    }
    chrome
}

async fn person_page(
    state: &WebState,
    staff: &Staff,
    of: PersonId,
    chrome: Chrome,
) -> Result<Response> {
    let (frame, detail, teams, ended) = state
        .read(staff.actor(), move |cx| {
            let detail = admin::show_person(cx, of)?;
            let (teams, ended) = (admin::list_teams(cx)?, admin::ends::list(cx, of)?);
            Ok((app::staff::frame(cx)?, detail, teams, ended))
        })
        .await?;
    let locale = staff.locale();
    let time = staff.time(state, &frame);
    let names: Vec<String> = detail.teams.iter().map(|(team, _)| team.name.clone()).collect();
    let ended = ended.iter().map(|end| ends::line(locale, &time, end, &teams)).collect();
    let in_teams = matches!(detail.line.role, Role::Clinician | Role::Nurse | Role::Desk);
    let others = teams
        .into_iter()
        .filter(|(team, status)| {
            in_teams
                && detail.line.active
                && *status != TeamStatus::Ended
                && !detail.teams.iter().any(|(own, _)| own.id == team.id)
        })
        .map(|(team, _)| Choice { value: team.id.to_string(), text: team.name, chosen: false })
        .collect();
    let page = PersonPage {
        desk: desk(staff, &frame, Rail::On("/admin")),
        person: PersonRow {
            last_seen: detail.line.last_seen_at.map(|at| time.full(locale, at.micros())),
            ..row(locale, &time, &detail.line, &names)
        },
        sessions: u64::try_from(detail.sessions).unwrap_or(0),
        memberships: memberships(locale, of, &detail),
        grants: grants(locale, &time, of, &detail, state.app().now()),
        teams: others,
        ended,
        chrome,
    };
    Ok(pages::respond(status(&page.chrome), &page))
}

fn memberships(locale: Locale, of: PersonId, detail: &PersonDetail) -> Vec<Affiliation> {
    detail
        .teams
        .iter()
        .map(|(team, role)| {
            let role = locale.t(&format!("staff-role-{role}"));
            Affiliation {
                text: locale.t2("staff-membership", "team", &team.name, "role", role),
                from: None,
                until: None,
                end: Some(format!("/admin/people/{of}/memberships/{}/end", team.id)),
            }
        })
        .collect()
}

/// Rights to act for patients, who stay nameless here.
fn grants(
    locale: Locale,
    time: &SiteTime,
    of: PersonId,
    detail: &PersonDetail,
    now: Timestamp,
) -> Vec<Affiliation> {
    detail
        .grants
        .iter()
        .map(|grant| {
            let until = grant.revoked_at.unwrap_or(grant.until_at);
            let key = match grant.basis.as_str() {
                "self" => "staff-grant-self",
                "representative" => "staff-grant-representative",
                _ => "staff-grant-helper",
            };
            let open = grant.revoked_at.is_none() && grant.until_at > now;
            Affiliation {
                text: locale.t1(key, "patient", super::words::tail(&grant.patient.to_string())),
                from: Some(time.day(locale, grant.from_at.micros())),
                until: (until < Timestamp::FOREVER).then(|| time.day(locale, until.micros())),
                end: open.then(|| format!("/admin/people/{of}/grants/{}/end", grant.id)),
            }
        })
        .collect()
}

/// A form that carries nothing but its button.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plain {}

async fn run<F>(state: &WebState, staff: &Staff, path: &PersonPath, act: F) -> Result<Response>
where
    F: for<'t> Fn(&mut Cx<'_, 't>) -> app::Result<()> + Send + Sync + 'static,
{
    state.write(staff.actor(), act).await?;
    Ok(see(&format!("{}?done=saved", path.page())))
}

/// `POST …/enrol`: a paper code, shown once, on a sheet in the person's language.
pub async fn enrol(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<PersonPath>,
    Form(_): Form<Plain>,
) -> Result<Response> {
    let of = path.id()?;
    let actor = staff.actor().clone();
    let paper = state.block(move |app| admin::add_code(app, &actor, of, CODE_DAYS)).await?;
    let (frame, detail, sites) = state
        .read(staff.actor(), move |cx| {
            let detail = admin::show_person(cx, of)?;
            Ok((app::staff::frame(cx)?, detail, admin::list_sites(cx)?))
        })
        .await?;
    let time = staff.time(&state, &frame);
    let mut chrome = staff.chrome();
    if let Some(locale) = Locale::by_tag(&detail.line.language) {
        chrome.locale = locale;
    }
    let settings = state.app().settings();
    let site = sites.into_iter().next().map(|site| (site.name, site.phone));
    let page = EnrolmentPage {
        desk: desk(&staff, &frame, Rail::On("/admin")),
        name: detail.line.profile.name,
        username: detail.line.profile.username,
        groups: paper.code.expose().split('-').map(str::to_owned).collect(),
        address: settings.public_url.clone(),
        until: time.full(chrome.locale, paper.expires_at.micros()),
        site: site.unwrap_or_else(|| (settings.site_name.clone(), settings.site_phone.clone())),
        helps: None,
        back: path.page(),
        chrome,
    };
    Ok(pages::respond(StatusCode::OK, &page))
}

/// `POST …/sign-out`
pub async fn sign_out(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<PersonPath>,
    Form(_): Form<Plain>,
) -> Result<Response> {
    let of = path.id()?;
    run(&state, &staff, &path, move |cx| admin::sign_out(cx, of)).await
}

/// `POST …/enable`
pub async fn enable(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<PersonPath>,
    Form(_): Form<Plain>,
) -> Result<Response> {
    let of = path.id()?;
    run(&state, &staff, &path, move |cx| admin::enable(cx, of)).await
}

/// Which team.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeamForm {
    #[serde(default)]
    team: String,
}

/// `POST …/memberships`
pub async fn add_membership(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<PersonPath>,
    Form(form): Form<TeamForm>,
) -> Result<Response> {
    let of = path.id()?;
    let done = match CareTeamId::parse(&form.team) {
        Ok(team) => state.write(staff.actor(), move |cx| admin::add_member(cx, team, of)).await,
        Err(_) => Err(Error::field("team", "unknown")),
    };
    match done {
        Ok(()) => Ok(see(&format!("{}?done=saved", path.page()))),
        Err(Error::Invalid(_)) => {
            let chrome = with_faults(staff.chrome(), &[FieldError::new("team", "unknown")]);
            person_page(&state, &staff, of, chrome).await
        }
        Err(error) => Err(error.into()),
    }
}

/// A log-in to be made.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewForm {
    #[serde(default)]
    role: String,
    #[serde(default)]
    organization: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    language: String,
    #[serde(default)]
    email: String,
}

/// `GET /admin/people/new`
pub async fn show_new(State(state): State<WebState>, staff: Staff) -> Result<Response> {
    new_page(&state, &staff, staff.chrome(), NewForm::default()).await
}

async fn new_page(
    state: &WebState,
    staff: &Staff,
    chrome: Chrome,
    form: NewForm,
) -> Result<Response> {
    let (frame, organizations) = state
        .read(staff.actor(), |cx| {
            let organizations = admin::list_organizations(cx)?;
            Ok((app::staff::frame(cx)?, organizations))
        })
        .await?;
    let locale = staff.locale();
    let roles = Role::ALL
        .iter()
        .map(|role| Choice {
            value: role.code().to_owned(),
            text: locale.t(&format!("staff-role-{}", role.code())),
            chosen: role.code() == form.role,
        })
        .collect();
    let organizations = organizations
        .into_iter()
        .map(|row| Choice {
            chosen: row.id.to_string() == form.organization,
            value: row.id.to_string(),
            text: row.name,
        })
        .collect();
    let languages = Locale::offered()
        .map(|offered| Choice {
            value: offered.lang().to_owned(),
            text: offered.t("language-own-name"),
            chosen: offered.lang() == form.language,
        })
        .collect();
    let page = NewPersonPage {
        desk: desk(staff, &frame, Rail::On("/admin")),
        roles,
        organizations,
        languages,
        name: form.name,
        title: form.title,
        phone: form.phone,
        email: form.email,
        chrome,
    };
    Ok(pages::respond(status(&page.chrome), &page))
}

/// `POST /admin/people/new`
pub async fn add(
    State(state): State<WebState>,
    staff: Staff,
    Form(form): Form<NewForm>,
) -> Result<Response> {
    let role = Role::from_code(&form.role).ok_or_else(|| Fault::Invalid(Vec::new()))?;
    let organization = match form.organization.as_str() {
        "" => None,
        text => Some(id::<OrganizationId>(text)?),
    };
    let new = NewPerson {
        role,
        organization: organization.filter(|_| role.is_staff()),
        name: form.name.clone(),
        title: if role.is_staff() { form.title.clone() } else { String::new() },
        phone: form.phone.clone(),
        language: form.language.clone(),
        email: form.email.clone(),
    };
    let actor = staff.actor().clone();
    match state.block(move |app| admin::add_person(app, &actor, &new)).await {
        Ok(person) => Ok(see(&format!("/admin/people/{person}?done=saved"))),
        Err(Error::Invalid(faults)) => {
            new_page(&state, &staff, with_faults(staff.chrome(), &faults), form).await
        }
        Err(error) => Err(error.into()),
    }
}
