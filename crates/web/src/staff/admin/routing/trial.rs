//! `/admin/routing/{id}/try`: a message that nobody wrote, and what becomes of each rule.

use std::collections::BTreeSet;

use app::admin::routing::{self, PracticeRules, Trial, Tried};
use app::{Error, FieldError};
use axum::extract::{Path, State};
use axum::response::Response;
use domain::calendar::Date;
use domain::care_team::TeamStatus;
use domain::ids::{CareTeamId, Id as _};
use domain::routing::Tie;
use domain::thread::{AboutKind, Category};
use domain::work_item::Level;
use jiff::civil::Time;
use serde::Deserialize;

use super::rule::{abouts, categories, levels};
use super::{RAIL, RoutingPath, address, words};
use crate::error::Result;
use crate::extract::Form;
use crate::i18n::Locale;
use crate::pages::staff::{Choice, RoutingTryPage, TrialResult, TriedRule};
use crate::pages::{self, Chrome};
use crate::run::WebState;
use crate::staff::{Staff, desk, status, with_faults};

/// What is tried.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TryForm {
    category: String,
    about: String,
    level: String,
    chosen: String,
    visit: String,
    treats: Vec<String>,
    clinician: Vec<String>,
    day: String,
    time: String,
}

fn team(text: &str) -> Option<CareTeamId> {
    CareTeamId::parse(text).ok()
}

impl TryForm {
    fn read(&self) -> std::result::Result<Trial, Vec<FieldError>> {
        let mut faults = Vec::new();
        let mut field = |name: &'static str| faults.push(FieldError::new(name, "unknown"));
        let category = Category::from_code(&self.category);
        let about = AboutKind::from_code(&self.about);
        let level = self.level.parse().ok().and_then(Level::new);
        let (day, time) = (self.day.parse::<Date>().ok(), self.time.parse::<Time>().ok());
        let (chosen, visit) = (team(&self.chosen), team(&self.visit));
        let known = [
            (category.is_some(), "category"),
            (about.is_some(), "about"),
            (level.is_some(), "level"),
            (day.is_some(), "day"),
            (time.is_some(), "time"),
            (chosen.is_some() || self.chosen.is_empty(), "chosen"),
            (visit.is_some() || self.visit.is_empty(), "visit"),
        ];
        for (_, name) in known.into_iter().filter(|(good, _)| !good) {
            field(name);
        }
        let tied = |texts: &[String], tie: Tie| -> BTreeSet<(CareTeamId, Tie)> {
            texts.iter().filter_map(|text| Some((team(text)?, tie))).collect()
        };
        let mut ties = tied(&self.treats, Tie::Treats);
        ties.extend(tied(&self.clinician, Tie::Clinician));
        match (category, about, level, day.zip(time)) {
            (Some(category), Some(about), Some(level), Some((day, time))) if faults.is_empty() => {
                let at = day.to_datetime(time);
                Ok(Trial { category, about, level, ties, visit, chosen, at })
            }
            _ => Err(faults),
        }
    }
}

/// `GET …/try`
pub async fn show(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<RoutingPath>,
) -> Result<Response> {
    let known = load(&state, &staff, &path).await?;
    let zone = known.teams.first().map_or("UTC", |team| team.time_zone.as_str());
    let zone = jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let now = zone.to_datetime(state.app().now().to_jiff());
    let form = TryForm {
        level: Level::SOON.number().to_string(),
        day: now.date().to_string(),
        time: format!("{:02}:{:02}", now.hour(), now.minute()),
        ..TryForm::default()
    };
    page(&state, &staff, known, staff.chrome(), form, None).await
}

async fn load(state: &WebState, staff: &Staff, path: &RoutingPath) -> Result<PracticeRules> {
    let practice = path.practice()?;
    Ok(state.read(staff.actor(), move |cx| routing::show(cx, practice, None)).await?)
}

/// `POST …/try`: nothing is written.
pub async fn try_out(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<RoutingPath>,
    Form(form): Form<TryForm>,
) -> Result<Response> {
    let known = load(&state, &staff, &path).await?;
    let practice = known.organization.id;
    let tried = match form.read() {
        Ok(trial) => {
            state.read(staff.actor(), move |cx| routing::try_out(cx, practice, &trial)).await
        }
        Err(faults) => Err(Error::Invalid(faults)),
    };
    match tried {
        Ok(tried) => page(&state, &staff, known, staff.chrome(), form, Some(tried)).await,
        Err(Error::Invalid(faults)) => {
            let chrome = with_faults(staff.chrome(), &faults);
            page(&state, &staff, known, chrome, form, None).await
        }
        Err(error) => Err(error.into()),
    }
}

fn result(locale: Locale, tried: &Tried) -> Option<TrialResult> {
    let decision = tried.decision.as_ref()?;
    let teams = &tried.rules.teams;
    let team = teams.iter().find(|line| line.id == decision.team);
    let first = decision
        .first
        .map_or_else(|| locale.t("routing-anybody"), |first| words::role(locale, first));
    let rules = tried.rules.rules.iter().zip(&decision.looked).zip(1..);
    Some(TrialResult {
        team: team.map(|line| line.name.clone()).unwrap_or_default(),
        why: words::why(locale, decision),
        facts: vec![
            (locale.t("routing-first-title"), first),
            (locale.t("routing-level-title"), words::level(locale, decision.level)),
        ],
        rules: rules
            .map(|((rule, looked), n)| TriedRule {
                n,
                text: words::rule(locale, rule, teams).line(locale),
                outcome: words::looked(locale, *looked),
                fired: *looked == domain::routing::Looked::Fired,
            })
            .collect(),
    })
}

async fn page(
    state: &WebState,
    staff: &Staff,
    known: PracticeRules,
    chrome: Chrome,
    form: TryForm,
    tried: Option<Tried>,
) -> Result<Response> {
    let frame = state.read(staff.actor(), app::staff::frame).await?;
    let locale = staff.locale();
    let address = address(known.organization.id);
    let teams = |chosen: &dyn Fn(&str) -> bool| -> Vec<Choice> {
        let active = known.teams.iter().filter(|team| team.state == TeamStatus::Active);
        active
            .map(|team| {
                let value = team.id.to_string();
                Choice { chosen: chosen(&value), value, text: team.name.clone() }
            })
            .collect()
    };
    let with_none = |key: &str, chosen: &str| -> Vec<Choice> {
        let none = Choice { value: String::new(), text: locale.t(key), chosen: chosen.is_empty() };
        std::iter::once(none).chain(teams(&|id| id == chosen)).collect()
    };
    let shown = RoutingTryPage {
        desk: desk(staff, &frame, RAIL),
        action: format!("{address}/try"),
        back: (address, known.organization.name.clone()),
        nobody: tried.as_ref().is_some_and(|tried| tried.decision.is_none()),
        result: tried.as_ref().and_then(|tried| result(locale, tried)),
        categories: categories(locale, std::slice::from_ref(&form.category)),
        about: abouts(locale, std::slice::from_ref(&form.about)),
        levels: levels(locale, std::slice::from_ref(&form.level)),
        chosen: with_none("routing-try-unsure", &form.chosen),
        visits: with_none("routing-try-no-visit", &form.visit),
        treats: teams(&|id| form.treats.iter().any(|one| one == id)),
        clinicians: teams(&|id| form.clinician.iter().any(|one| one == id)),
        day: form.day,
        time: form.time,
        chrome,
    };
    Ok(pages::respond(status(&shown.chrome), &shown))
}
