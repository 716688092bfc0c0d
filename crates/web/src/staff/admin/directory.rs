//! `/admin/teams` and `/admin/sites`: the directory that patients choose from.

use app::admin::team::TeamSettings;
use app::admin::{self, TeamInput, activation, ending};
use app::{Error, FieldError};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::care_team::{Missing, TeamStatus};
use domain::ids::{CareTeamId, Id as _, SiteId};
use http::StatusCode;
use serde::Deserialize;

use super::activation::{checklist, need};
use super::team::{day_fields, minutes_of, with_plain_words};
use super::{DoneQuery, PersonPath, saved};
use crate::error::Result;
use crate::extract::Form;
use crate::i18n::Locale;
use crate::pages::staff::{
    Affiliation, Choice, NewSitePage, NewTeamPage, SiteRow, SitesPage, TeamPage, TeamRow, TeamsPage,
};
use crate::pages::{self, Chrome};
use crate::run::WebState;
use crate::staff::{Rail, Staff, desk, id, see, status, with_faults};

/// `GET /admin/teams`
pub async fn teams(State(state): State<WebState>, staff: Staff) -> Result<Response> {
    let (frame, found) = state
        .read(staff.actor(), |cx| {
            let mut found = Vec::new();
            for (team, status) in admin::list_teams(cx)? {
                let members = admin::list_members(cx, team.id)?.len();
                let lacks = match status {
                    TeamStatus::Draft => activation::lacks(cx, team.id)?,
                    TeamStatus::Active | TeamStatus::Ended => Vec::new(),
                };
                found.push((team, status, members, lacks));
            }
            Ok((app::staff::frame(cx)?, found))
        })
        .await?;
    let locale = staff.locale();
    let rows = found
        .into_iter()
        .map(|(team, status, members, lacks)| team_row(locale, &team, status, members, &lacks))
        .collect();
    let page = TeamsPage {
        chrome: staff.chrome(),
        desk: desk(&staff, &frame, Rail::On("/admin/teams")),
        rows,
    };
    Ok(pages::respond(StatusCode::OK, &page))
}

fn team_row(
    locale: Locale,
    team: &app::staff::TeamRow,
    status: TeamStatus,
    members: usize,
    lacks: &[Missing],
) -> TeamRow {
    let short = lacks.iter().map(|what| locale.t(&need(*what)));
    let short = short.collect::<Vec<_>>().join(", ");
    TeamRow {
        href: format!("/admin/teams/{}", team.id),
        name: team.name.clone(),
        purpose: team.purpose.clone(),
        site: team.site_name.clone(),
        members: u64::try_from(members).unwrap_or(0),
        state: locale.t(&format!("staff-team-status-{}", status.code())),
        active: status == TeamStatus::Active,
        missing: (!lacks.is_empty()).then(|| locale.t1("staff-team-missing", "what", short)),
    }
}

/// `GET /admin/teams/{id}`
pub async fn team(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<PersonPath>,
    Query(query): Query<DoneQuery>,
) -> Result<Response> {
    team_page(&state, &staff, id(&path.id)?, saved(staff.chrome(), &query)).await
}

/// The page of a team.
pub(super) async fn team_page(
    state: &WebState,
    staff: &Staff,
    team: CareTeamId,
    chrome: Chrome,
) -> Result<Response> {
    let (frame, known, successor, lacks, ends, left) = state
        .read(staff.actor(), move |cx| {
            let known = admin::team::settings(cx, team)?;
            let all = admin::list_teams(cx)?;
            let successor = all.into_iter().find(|(row, _)| Some(row.id) == known.successor);
            let lacks = activation::of(cx, &known)?;
            // What an ending left can be moved by whoever does not want to wait for the worker.
            let ends = match ending::plan(cx, team) {
                Ok(_) => true,
                Err(Error::NotFound) => false,
                Err(error) => return Err(error),
            };
            let (frame, left) = (app::staff::frame(cx)?, ending::left(cx, &known)?);
            Ok((frame, known, successor.map(|(row, _)| row.name), lacks, ends, left))
        })
        .await?;
    let locale = staff.locale();
    let is_draft = known.status == TeamStatus::Draft;
    let page = TeamPage {
        desk: desk(staff, &frame, Rail::On("/admin/teams")),
        team: team_row(locale, &known.team, known.status, known.members.len(), &[]),
        checklist: if is_draft { checklist(locale, team, &lacks) } else { Vec::new() },
        end: ends.then(|| format!("/admin/teams/{team}/end")),
        left: left.map(|left| super::ending::became(locale, &left)).unwrap_or_default(),
        chrome,
        facts: facts(locale, &known, successor),
        members: known
            .members
            .into_iter()
            .map(|member| Affiliation {
                text: locale.t2(
                    "staff-membership",
                    "team",
                    member.name,
                    "role",
                    locale.t(&format!("staff-role-{}", member.role)),
                ),
                from: None,
                until: None,
                end: Some(format!("/admin/people/{}/memberships/{team}/end", member.person)),
            })
            .collect(),
    };
    Ok(pages::respond(status(&page.chrome), &page))
}

/// Hours, answer time, leads, who stands in and who follows: title, value.
fn facts(locale: Locale, known: &TeamSettings, successor: Option<String>) -> Vec<(String, String)> {
    let mut facts = vec![(locale.t("staff-team-care-type"), known.team.care_type.clone())];
    facts.retain(|(_, care_type)| !care_type.is_empty());
    let open = (1..).zip(known.week.days()).filter(|(_, day)| !day.is_closed());
    let days = open.map(|(n, day)| format!("{} {day}", locale.t(&format!("weekday-{n}"))));
    facts.push((locale.t("staff-team-hours"), days.collect::<Vec<_>>().join("; ")));
    let minutes = known.team.answer_minutes.unsigned_abs();
    facts.push((locale.t("staff-team-target"), length_in_hours(locale, minutes)));
    let name = |id| known.members.iter().find(|member| member.person == id);
    let leads = known.members.iter().filter(|member| member.is_lead);
    let leads: Vec<&str> = leads.map(|member| member.name.as_str()).collect();
    if !leads.is_empty() {
        facts.push((locale.t("staff-team-leads"), leads.join(", ")));
    }
    let cover = known.last_resort.and_then(name).map(|member| member.name.clone());
    let cover = cover.unwrap_or_else(|| locale.t("staff-team-cover-none"));
    facts.push((locale.t("staff-team-cover"), cover));
    facts.extend(successor.map(|name| (locale.t("staff-team-successor"), name)));
    facts
}

/// A length of working time: a working day has no fixed length, so days are never said.
fn length_in_hours(locale: Locale, minutes: u64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, rest) => locale.t1("staff-minutes", "m", rest),
        (hours, 0) => locale.t1("staff-hours", "h", hours),
        (hours, rest) => locale.t2("staff-hours-minutes", "h", hours, "m", rest),
    }
}

/// `GET /admin/sites`
pub async fn sites(
    State(state): State<WebState>,
    staff: Staff,
    Query(query): Query<DoneQuery>,
) -> Result<Response> {
    let (frame, found) = state
        .read(staff.actor(), |cx| {
            let mut found = Vec::new();
            for site in admin::list_sites(cx)? {
                let safety = admin::safety::get(cx, site.id)?.safety;
                found.push((site, safety.checks()));
            }
            Ok((app::staff::frame(cx)?, found))
        })
        .await?;
    let rows = found
        .into_iter()
        .map(|(site, checks)| SiteRow {
            safety: format!("/admin/sites/{}/safety", site.id),
            checks,
            dates: format!("/admin/sites/{}/dates", site.id),
            name: site.name,
            phone: site.phone,
            hours: site.hours,
            zone: site.time_zone,
            emergency: site.emergency_phone,
        })
        .collect();
    let page = SitesPage {
        chrome: saved(staff.chrome(), &query),
        desk: desk(&staff, &frame, Rail::On("/admin/sites")),
        rows,
    };
    Ok(pages::respond(StatusCode::OK, &page))
}

/// A team to be made.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TeamForm {
    site: String,
    kind: String,
    name: String,
    care_type: String,
    purpose: String,
    hours_mon: String,
    hours_tue: String,
    hours_wed: String,
    hours_thu: String,
    hours_fri: String,
    hours_sat: String,
    hours_sun: String,
    answer_minutes: String,
}

impl TeamForm {
    fn days(&self) -> [String; 7] {
        [
            &self.hours_mon,
            &self.hours_tue,
            &self.hours_wed,
            &self.hours_thu,
            &self.hours_fri,
            &self.hours_sat,
            &self.hours_sun,
        ]
        .map(Clone::clone)
    }

    /// The team that was typed, or what is wrong with each field.
    fn read(&self) -> app::Result<TeamInput> {
        let site = SiteId::parse(&self.site).map_err(|_| Error::field("site", "unknown"))?;
        let week = admin::team::read_days(&self.days())?;
        let minutes = minutes_of(&self.answer_minutes);
        Ok(TeamInput {
            site,
            name: self.name.clone(),
            care_type: self.care_type.clone(),
            purpose: self.purpose.clone(),
            kind: self.kind.clone(),
            week: week.to_string(),
            answer_minutes: minutes.ok_or_else(|| Error::field("answer_minutes", "range"))?,
        })
    }
}

/// `GET /admin/teams/new`
pub async fn show_new_team(State(state): State<WebState>, staff: Staff) -> Result<Response> {
    let office = || "08:00-17:00".to_owned();
    let form = TeamForm {
        hours_mon: office(),
        hours_tue: office(),
        hours_wed: office(),
        hours_thu: office(),
        hours_fri: office(),
        answer_minutes: "8".to_owned(),
        ..TeamForm::default()
    };
    new_team(&state, &staff, staff.chrome(), form).await
}

async fn new_team(
    state: &WebState,
    staff: &Staff,
    chrome: Chrome,
    form: TeamForm,
) -> Result<Response> {
    let (frame, sites) = state
        .read(staff.actor(), |cx| Ok((app::staff::frame(cx)?, admin::list_sites(cx)?)))
        .await?;
    let locale = staff.locale();
    let kinds = ["care", "triage", "desk"].into_iter().map(|kind| {
        let text = locale.t(&format!("staff-team-kind-{kind}"));
        Choice { value: kind.to_owned(), text, chosen: kind == form.kind }
    });
    let page = NewTeamPage {
        desk: desk(staff, &frame, Rail::On("/admin/teams")),
        sites: sites
            .into_iter()
            .map(|site| choice(site.id.to_string(), site.name, &form.site))
            .collect(),
        kinds: kinds.collect(),
        days: day_fields(locale, form.days()),
        name: form.name,
        care_type: form.care_type,
        purpose: form.purpose,
        hours: form.answer_minutes,
        chrome,
    };
    Ok(pages::respond(status(&page.chrome), &page))
}

fn choice(value: String, text: String, chosen: &str) -> Choice {
    Choice { chosen: value == chosen, value, text }
}

/// `POST /admin/teams/new`
pub async fn add_team(
    State(state): State<WebState>,
    staff: Staff,
    Form(form): Form<TeamForm>,
) -> Result<Response> {
    // Whoever may not administer learns nothing of the fields.
    state.read(staff.actor(), admin::list_sites).await?;
    let added = match form.read() {
        Ok(input) => state.write(staff.actor(), move |cx| admin::add_team(cx, &input)).await,
        Err(error) => Err(error),
    };
    match added {
        Ok(team) => Ok(see(&format!("/admin/teams/{team}?done=saved"))),
        Err(error) => {
            let faults = fields(error)?;
            let chrome = with_plain_words(staff.chrome(), &faults, &form.name, &form.purpose);
            new_team(&state, &staff, chrome, form).await
        }
    }
}

/// The faults of a form by the names of its fields; another error stays one.
fn fields(error: Error) -> Result<Vec<FieldError>> {
    match error {
        Error::Invalid(faults) => Ok(faults),
        error => Err(error.into()),
    }
}

/// A site to be made.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteForm {
    #[serde(default)]
    organization: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    hours: String,
    #[serde(default)]
    time_zone: String,
    #[serde(default)]
    country: String,
    #[serde(default)]
    emergency: String,
    #[serde(default)]
    crisis: String,
    #[serde(default)]
    nurse: String,
}

/// `GET /admin/sites/new`
pub async fn show_new_site(State(state): State<WebState>, staff: Staff) -> Result<Response> {
    let time_zone = state.app().settings().time_zone.clone();
    let form = SiteForm { time_zone, ..SiteForm::default() };
    new_site(&state, &staff, staff.chrome(), form).await
}

async fn new_site(
    state: &WebState,
    staff: &Staff,
    chrome: Chrome,
    form: SiteForm,
) -> Result<Response> {
    let (frame, organizations) = state
        .read(staff.actor(), |cx| Ok((app::staff::frame(cx)?, admin::list_organizations(cx)?)))
        .await?;
    let page = NewSitePage {
        desk: desk(staff, &frame, Rail::On("/admin/sites")),
        organizations: organizations
            .into_iter()
            .map(|row| choice(row.id.to_string(), row.name, &form.organization))
            .collect(),
        name: form.name,
        phone: form.phone,
        hours: form.hours,
        time_zone: form.time_zone,
        country: form.country,
        emergency: form.emergency,
        crisis: form.crisis,
        nurse: form.nurse,
        chrome,
    };
    Ok(pages::respond(status(&page.chrome), &page))
}

/// `POST /admin/sites/new`
pub async fn add_site(
    State(state): State<WebState>,
    staff: Staff,
    Form(form): Form<SiteForm>,
) -> Result<Response> {
    let organizations = state.read(staff.actor(), admin::list_organizations).await?;
    let known = organizations.iter().find(|row| row.id.to_string() == form.organization);
    let added = match known.map(|row| row.id) {
        Some(organization) => {
            let row = admin::SiteRow {
                id: state.app().new_id::<SiteId>()?,
                organization,
                name: form.name.clone(),
                phone: form.phone.clone(),
                hours: form.hours.clone(),
                time_zone: form.time_zone.clone(),
                country: form.country.clone(),
                emergency_phone: form.emergency.clone(),
                crisis_phone: form.crisis.clone(),
                nurse_phone: form.nurse.clone(),
            };
            state.write(staff.actor(), move |cx| admin::add_site(cx, &row)).await
        }
        None => Err(Error::field("organization", "unknown")),
    };
    match added {
        Ok(_) => Ok(see("/admin/sites?done=saved")),
        Err(error) => {
            let chrome = with_faults(staff.chrome(), &fields(error)?);
            new_site(&state, &staff, chrome, form).await
        }
    }
}
