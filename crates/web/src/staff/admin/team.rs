//! `/admin/teams/{id}/settings`: a team's words, hours, answer times, leads, cover and successor.

use std::collections::BTreeSet;

use app::admin::team::{self, DAY_FIELDS, SettingsInput, TeamSettings};
use app::{Error, FieldError, admin};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::calendar::Week;
use domain::care_team::{TeamStatus, plain_name};
use domain::ids::{CareTeamId, Id as _, PersonId};
use domain::thread::Category;
use domain::work_item::Level;
use http::StatusCode;
use serde::Deserialize;

use super::{DoneQuery, PersonPath, saved};
use crate::error::Result;
use crate::extract::Form;
use crate::i18n::Locale;
use crate::pages::staff::{Choice, DayField, TargetLine, TeamSettingsPage};
use crate::pages::{self, Chrome, Problem};
use crate::run::WebState;
use crate::staff::{Rail, Staff, desk, id, see, status, with_faults};

/// The fields of a week, as forms post them; Monday first.
pub(super) fn day_fields(locale: Locale, days: [String; 7]) -> Vec<DayField> {
    (1..)
        .zip(DAY_FIELDS)
        .zip(days)
        .map(|((n, field), hours)| DayField {
            field,
            name: locale.t(&format!("weekday-{n}")),
            hours,
        })
        .collect()
}

/// The hours of a week as a form shows them.
pub(super) fn day_texts(week: &Week) -> [String; 7] {
    week.days().each_ref().map(ToString::to_string)
}

/// Minutes of hours that somebody typed, with at most two decimals: `1.5` or `1,5` is 90. `None` when it
/// is no such number.
pub(super) fn minutes_of(hours: &str) -> Option<i64> {
    let hours = hours.trim();
    let (whole, part) = hours.split_once(['.', ',']).unwrap_or((hours, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || part.len() > 2 || !digits(part) {
        return None;
    }
    let hundredths = format!("{part:0<2}").parse::<i64>().ok()?;
    let all = whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(hundredths)?;
    all.checked_mul(60)?.checked_add(50)?.checked_div(100)
}

/// Minutes as hours with at most two decimals, so that [`minutes_of`] reads the same minutes.
pub(super) fn hours_of(minutes: i64) -> String {
    let all = minutes.saturating_mul(100).saturating_add(30).div_euclid(60);
    let text = format!("{}.{:02}", all.div_euclid(100), all.rem_euclid(100));
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Says on a page what is wrong with the fields, and how a code is said in plain words.
pub(super) fn with_plain_words(
    chrome: Chrome,
    faults: &[FieldError],
    name: &str,
    purpose: &str,
) -> Chrome {
    let mut chrome = with_faults(chrome, faults);
    for (field, text) in [("name", name), ("purpose", purpose)] {
        let coded = faults.contains(&FieldError::new(field, "code"));
        let Some(plain) = plain_name(text).err().and_then(|fault| fault.suggestion) else {
            continue;
        };
        let said = chrome.t1("staff-fault-code-try", "text", plain);
        if let Some(problem) = chrome.problems.iter_mut().find(|one| coded && one.field == field) {
            problem.text = said;
        }
    }
    chrome
}

/// What the settings form posts.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SettingsForm {
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
    escalate_percent: String,
    leads: Vec<String>,
    last_resort: String,
    successor: String,
    show_names: bool,
    /// The version of the settings that the form showed.
    version: i64,
}

impl SettingsForm {
    fn of(known: &TeamSettings) -> Self {
        let input = known.input();
        let days = day_texts(&input.week);
        let [hours_mon, hours_tue, hours_wed, hours_thu, hours_fri, hours_sat, hours_sun] = days;
        Self {
            name: input.name,
            care_type: input.care_type,
            purpose: input.purpose,
            hours_mon,
            hours_tue,
            hours_wed,
            hours_thu,
            hours_fri,
            hours_sat,
            hours_sun,
            answer_minutes: hours_of(input.answer_minutes),
            escalate_percent: input.escalate_percent.to_string(),
            leads: input.leads.iter().map(ToString::to_string).collect(),
            last_resort: input.last_resort.map(|id| id.to_string()).unwrap_or_default(),
            successor: input.successor.map(|id| id.to_string()).unwrap_or_default(),
            show_names: input.show_names,
            version: input.version,
        }
    }

    /// What was typed here that differs from `now`: what of, and what.
    fn other_than(
        &self,
        now: &Self,
        locale: Locale,
        known: &TeamSettings,
    ) -> Vec<(String, String)> {
        let name = |id: &str| {
            let mut members = known.members.iter();
            let found = members.find(|member| member.person.to_string() == id);
            found.map_or_else(|| locale.t("staff-team-cover-none"), |member| member.name.clone())
        };
        let names = |ids: &[String]| ids.iter().map(|id| name(id)).collect::<Vec<_>>().join(", ");
        let mut lost = Vec::new();
        let mut differs = |label: String, typed: String, now: String| {
            if typed != now {
                lost.push((label, typed));
            }
        };
        differs(locale.t("staff-team-name"), self.name.clone(), now.name.clone());
        differs(locale.t("staff-team-care-type"), self.care_type.clone(), now.care_type.clone());
        differs(locale.t("staff-team-purpose"), self.purpose.clone(), now.purpose.clone());
        for ((n, typed), now) in (1..).zip(self.days()).zip(now.days()) {
            differs(locale.t(&format!("weekday-{n}")), typed, now);
        }
        let minutes = |form: &Self| form.answer_minutes.clone();
        differs(locale.t("staff-team-hours-target"), minutes(self), minutes(now));
        let percent = |form: &Self| form.escalate_percent.clone();
        differs(locale.t("staff-team-escalate"), percent(self), percent(now));
        let mut leads = self.leads.clone();
        leads.sort_unstable();
        differs(locale.t("staff-team-leads"), names(&leads), names(&now.leads));
        differs(locale.t("staff-team-cover"), name(&self.last_resort), name(&now.last_resort));
        lost
    }

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

    /// The settings that were typed, or what is wrong with each field.
    fn read(&self) -> app::Result<SettingsInput> {
        let mut faults = Vec::new();
        let week = match team::read_days(&self.days()) {
            Ok(week) => Some(week),
            Err(Error::Invalid(found)) => {
                faults.extend(found);
                None
            }
            Err(error) => return Err(error),
        };
        let mut or_fault = |read: bool, field: &'static str| {
            if !read {
                faults.push(FieldError::new(field, "unknown"));
            }
        };
        let minutes = minutes_of(&self.answer_minutes);
        or_fault(minutes.is_some(), "answer_minutes");
        let percent = self.escalate_percent.trim().parse().ok();
        or_fault(percent.is_some(), "escalate_percent");
        let leads: Option<BTreeSet<PersonId>> =
            self.leads.iter().map(|text| PersonId::parse(text).ok()).collect();
        or_fault(leads.is_some(), "leads");
        let last_resort = chosen(&self.last_resort, |text| PersonId::parse(text).ok());
        or_fault(matches!(last_resort, Chosen::Read(_)), "last_resort");
        let successor = chosen(&self.successor, |text| CareTeamId::parse(text).ok());
        or_fault(matches!(successor, Chosen::Read(_)), "successor");
        match (week, minutes, percent, leads, last_resort, successor) {
            (
                Some(week),
                Some(answer_minutes),
                Some(escalate_percent),
                Some(leads),
                Chosen::Read(last_resort),
                Chosen::Read(successor),
            ) => Ok(SettingsInput {
                name: self.name.clone(),
                care_type: self.care_type.clone(),
                purpose: self.purpose.clone(),
                week,
                answer_minutes,
                escalate_percent,
                leads,
                last_resort,
                successor,
                show_names: self.show_names,
                version: self.version,
            }),
            _ => Err(Error::Invalid(faults)),
        }
    }
}

/// What a page of settings shows besides what is set.
enum Typed {
    /// Nothing.
    Nothing,
    /// What was typed and cannot be set.
    Wrong(SettingsForm),
    /// What was typed while somebody else set something.
    Late(SettingsForm),
}

/// What was chosen of a select whose first choice is nothing.
enum Chosen<T> {
    /// Nothing, or something that was read.
    Read(Option<T>),
    /// Something that cannot be read.
    Unread,
}

fn chosen<T>(text: &str, read: impl FnOnce(&str) -> Option<T>) -> Chosen<T> {
    match (text, read(text)) {
        ("", _) => Chosen::Read(None),
        (_, Some(read)) => Chosen::Read(Some(read)),
        (_, None) => Chosen::Unread,
    }
}

/// What the form of one more answer time posts.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TargetForm {
    category: String,
    level: String,
    target_hours: String,
}

impl TargetForm {
    fn key(&self) -> app::Result<(Option<Category>, Level)> {
        let category = chosen(&self.category, Category::from_code);
        let level = self.level.parse().ok().and_then(Level::new);
        match (category, level) {
            (Chosen::Read(category), Some(level)) => Ok((category, level)),
            (Chosen::Unread, _) => Err(Error::field("category", "unknown")),
            (_, None) => Err(Error::field("level", "unknown")),
        }
    }
}

/// `GET /admin/teams/{id}/settings`
pub async fn settings(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<PersonPath>,
    Query(query): Query<DoneQuery>,
) -> Result<Response> {
    let team: CareTeamId = id(&path.id)?;
    let chrome = saved(staff.chrome(), &query);
    page(&state, &staff, team, chrome, Typed::Nothing, TargetForm::default()).await
}

/// `POST /admin/teams/{id}/settings`
pub async fn set(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<PersonPath>,
    Form(form): Form<SettingsForm>,
) -> Result<Response> {
    let team: CareTeamId = id(&path.id)?;
    // Whoever may not administer learns nothing of the fields.
    state.read(staff.actor(), move |cx| team::settings(cx, team)).await?;
    let set = match form.read() {
        Ok(input) => state.write(staff.actor(), move |cx| team::set(cx, team, &input)).await,
        Err(error) => Err(error),
    };
    match set {
        Ok(()) => Ok(see(&format!("/admin/teams/{team}?done=saved"))),
        Err(Error::Invalid(faults)) => {
            let chrome = with_plain_words(staff.chrome(), &faults, &form.name, &form.purpose);
            page(&state, &staff, team, chrome, Typed::Wrong(form), TargetForm::default()).await
        }
        Err(Error::Conflict(_)) => {
            let mut chrome = staff.chrome();
            let text = chrome.t("staff-settings-changed");
            chrome.problems.push(Problem { field: String::new(), text });
            page(&state, &staff, team, chrome, Typed::Late(form), TargetForm::default()).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /admin/teams/{id}/targets`
pub async fn add_target(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<PersonPath>,
    Form(form): Form<TargetForm>,
) -> Result<Response> {
    let team: CareTeamId = id(&path.id)?;
    state.read(staff.actor(), move |cx| team::settings(cx, team)).await?;
    let minutes =
        minutes_of(&form.target_hours).ok_or_else(|| Error::field("target_hours", "unknown"));
    let set = match form.key().and_then(|key| Ok((key, minutes?))) {
        Ok(target) => {
            state.write(staff.actor(), move |cx| team::set_target(cx, team, target)).await
        }
        Err(error) => Err(error),
    };
    targets_set(&state, &staff, team, set, form).await
}

/// `POST /admin/teams/{id}/targets/remove`
pub async fn remove_target(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<PersonPath>,
    Form(form): Form<TargetForm>,
) -> Result<Response> {
    let team: CareTeamId = id(&path.id)?;
    state.read(staff.actor(), move |cx| team::settings(cx, team)).await?;
    let set = match form.key() {
        Ok((category, level)) => {
            let remove =
                move |cx: &mut app::Cx<'_, '_>| team::remove_target(cx, team, category, level);
            state.write(staff.actor(), remove).await
        }
        Err(error) => Err(error),
    };
    targets_set(&state, &staff, team, set, form).await
}

async fn targets_set(
    state: &WebState,
    staff: &Staff,
    team: CareTeamId,
    set: app::Result<()>,
    form: TargetForm,
) -> Result<Response> {
    match set {
        Ok(()) => Ok(see(&format!("/admin/teams/{team}/settings?done=saved#targets-title"))),
        Err(Error::Invalid(faults)) => {
            let chrome = with_faults(staff.chrome(), &faults);
            page(state, staff, team, chrome, Typed::Nothing, form).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn page(
    state: &WebState,
    staff: &Staff,
    of: CareTeamId,
    chrome: Chrome,
    typed: Typed,
    target: TargetForm,
) -> Result<Response> {
    let (frame, known, teams) = state
        .read(staff.actor(), move |cx| {
            let known = team::settings(cx, of)?;
            Ok((app::staff::frame(cx)?, known, admin::list_teams(cx)?))
        })
        .await?;
    let locale = staff.locale();
    let now = SettingsForm::of(&known);
    let is_late = matches!(typed, Typed::Late(_));
    let (form, lost) = match typed {
        Typed::Nothing => (now, Vec::new()),
        Typed::Wrong(form) => (form, Vec::new()),
        // What is there now is shown, and beside it what this reader had typed.
        Typed::Late(form) => {
            let lost = form.other_than(&now, locale, &known);
            (now, lost)
        }
    };
    let others = teams.into_iter().filter(|(row, status)| {
        *status == TeamStatus::Active && row.id != of && row.organization == known.team.organization
    });
    let page = TeamSettingsPage {
        desk: desk(staff, &frame, Rail::On("/admin/teams")),
        team: format!("/admin/teams/{of}"),
        title: known.team.name.clone(),
        days: day_fields(locale, form.days()),
        zone: known.team.time_zone.clone(),
        leads: answering(locale, &known, |id| form.leads.iter().any(|lead| lead == id)),
        covers: with_none(
            locale.t("staff-team-cover-none"),
            answering(locale, &known, |id| form.last_resort == id),
        ),
        successors: with_none(
            locale.t("staff-team-successor-none"),
            others.map(|(row, _)| choice(row.id.to_string(), row.name, &form.successor)).collect(),
        ),
        targets: known.targets.iter().map(|target| target_line(locale, target)).collect(),
        categories: categories(locale, &target.category),
        levels: levels(locale, &target.level),
        target_hours: target.target_hours,
        direct: state.read(staff.actor(), move |cx| app::direct::allowed(cx, of)).await?,
        name: form.name,
        care_type: form.care_type,
        purpose: form.purpose,
        hours: form.answer_minutes,
        percent: form.escalate_percent,
        show_names: form.show_names,
        version: form.version,
        lost,
        chrome,
    };
    let status = if is_late { StatusCode::CONFLICT } else { status(&page.chrome) };
    Ok(pages::respond(status, &page))
}

/// The members who may answer, as choices.
fn answering(locale: Locale, known: &TeamSettings, chosen: impl Fn(&str) -> bool) -> Vec<Choice> {
    known
        .members
        .iter()
        .filter(|member| member.role != "desk")
        .map(|member| {
            let value = member.person.to_string();
            let role = locale.t(&format!("staff-role-{}", member.role));
            let text = locale.t2("staff-membership", "team", &member.name, "role", role);
            Choice { chosen: chosen(&value), value, text }
        })
        .collect()
}

fn with_none(text: String, rest: Vec<Choice>) -> Vec<Choice> {
    let none = Choice { value: String::new(), text, chosen: false };
    std::iter::once(none).chain(rest).collect()
}

fn choice(value: String, text: String, chosen: &str) -> Choice {
    Choice { chosen: value == chosen, value, text }
}

fn categories(locale: Locale, chosen: &str) -> Vec<Choice> {
    let each = Category::ALL.iter().map(|category| {
        let text = locale.t(&format!("staff-category-{}", category.code()));
        choice(category.code().to_owned(), text, chosen)
    });
    with_none(locale.t("staff-target-any"), each.collect())
}

fn levels(locale: Locale, chosen: &str) -> Vec<Choice> {
    (1..=4_i64)
        .map(|n| {
            let text = format!("{n} {}", locale.t(&format!("staff-level-{n}")));
            choice(n.to_string(), text, chosen)
        })
        .collect()
}

fn target_line(
    locale: Locale,
    ((category, level), minutes): &((Option<Category>, Level), i64),
) -> TargetLine {
    let about = category.map_or_else(
        || locale.t("staff-target-any"),
        |category| locale.t(&format!("staff-category-{}", category.code())),
    );
    let number = level.number();
    TargetLine {
        what: format!("{about}, {number} {}", locale.t(&format!("staff-level-{number}"))),
        hours: hours_of(*minutes),
        category: category.map_or("", Category::code).to_owned(),
        level: number,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_and_minutes_go_there_and_back() {
        for minutes in 1..=43_200 {
            assert_eq!(minutes_of(&hours_of(minutes)), Some(minutes), "{}", hours_of(minutes));
        }
        assert_eq!((hours_of(90), hours_of(600)), ("1.5".to_owned(), "10".to_owned()));
        assert_eq!(minutes_of(" 1,5 "), Some(90));
        for wrong in ["", ".5", "-1", "1.234", "soon", "1e3", "99999999999999999999", "٣"] {
            assert_eq!(minutes_of(wrong), None, "{wrong}");
        }
    }
}
