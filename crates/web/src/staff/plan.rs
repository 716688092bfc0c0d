//! `/patients/{id}/plan`: the limits of a patient's plan.

use app::plan_limit::{self, PlanLimit};
use app::{Error, FieldError, patient as patients};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::ids::{PatientId, PlanLimitId};
use domain::plan_limit::{Comparator, Limit, LimitProblem, Quantity, Unit, text};
use serde::Deserialize;

use super::compose::PatientPath;
use super::{Rail, Staff, desk, id, see, status, words};
use crate::error::Result;
use crate::extract::Form;
use crate::i18n::{Locale, SiteTime};
use crate::pages::staff::{Choice, LimitLine, PlanPage};
use crate::pages::{self, Chrome, Flash, FlashKind, Problem};
use crate::plan;
use crate::run::WebState;

/// A limit as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PlanForm {
    what: String,
    value: String,
    side: String,
    days: String,
}

impl PlanForm {
    fn read(&self) -> std::result::Result<Limit, LimitProblem> {
        let (quantity, unit) = self.what.split_once(' ').ok_or(LimitProblem::Quantity)?;
        Limit::parse(quantity, &self.side, &self.value, unit, &self.days)
    }
}

/// `?done=added|ended`
#[derive(Debug, Default, Deserialize)]
pub struct PlanQuery {
    done: Option<String>,
}

/// `GET /patients/{id}/plan`
pub async fn show(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<PatientPath>,
    Query(query): Query<PlanQuery>,
) -> Result<Response> {
    let mut chrome = staff.chrome();
    let key = match query.done.as_deref() {
        Some("added") => Some("staff-plan-added"),
        Some("ended") => Some("staff-plan-ended"),
        _ => None,
    };
    if let Some(key) = key {
        let text = chrome.t(key);
        chrome.flash = Some(Flash { kind: FlashKind::Good, text, undo: None });
    }
    page(&state, &staff, id(&path.id)?, PlanForm::default(), chrome).await
}

/// `POST /patients/{id}/plan`
pub async fn add(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<PatientPath>,
    Form(form): Form<PlanForm>,
) -> Result<Response> {
    let patient: PatientId = id(&path.id)?;
    let problem = match form.read() {
        Ok(limit) => {
            let added =
                state.write(staff.actor(), move |cx| plan_limit::add(cx, patient, &limit)).await;
            match added {
                Ok(_) => return Ok(see(&format!("/patients/{patient}/plan?done=added"))),
                Err(Error::Invalid(faults)) => fault(staff.locale(), &faults),
                Err(error) => return Err(error.into()),
            }
        }
        Err(problem) => {
            // Whoever may not set limits learns nothing of the fields.
            state.read(staff.actor(), move |cx| plan_limit::check_set(cx, patient)).await?;
            said(staff.locale(), &form, problem)
        }
    };
    let mut chrome = staff.chrome();
    chrome.problems.push(problem);
    page(&state, &staff, patient, form, chrome).await
}

/// A limit of the address.
#[derive(Debug, Deserialize)]
pub struct LimitPath {
    id: String,
    limit: String,
}

/// `POST /patients/{id}/plan/{limit}/end`
pub async fn end(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<LimitPath>,
) -> Result<Response> {
    let (patient, limit): (PatientId, PlanLimitId) = (id(&path.id)?, id(&path.limit)?);
    state.write(staff.actor(), move |cx| plan_limit::end(cx, patient, limit)).await?;
    Ok(see(&format!("/patients/{patient}/plan?done=ended")))
}

fn fault(locale: Locale, faults: &[FieldError]) -> Problem {
    let key = match faults.first().map(|fault| fault.problem) {
        Some("too-many") => "staff-fault-plan-many",
        _ => "staff-fault-plan-already",
    };
    Problem { field: "what".to_owned(), text: locale.t(key) }
}

/// What is wrong with a limit, as a sentence at its field.
fn said(locale: Locale, form: &PlanForm, problem: LimitProblem) -> Problem {
    let (field, text) = match problem {
        LimitProblem::Quantity | LimitProblem::Unit => ("what", locale.t("staff-fault-plan-what")),
        LimitProblem::Comparator => ("side", locale.t("staff-fault-plan-side")),
        LimitProblem::Value => ("value", locale.t("staff-fault-plan-value")),
        LimitProblem::PerDays => ("days", locale.t("staff-fault-plan-days")),
        LimitProblem::Range { unit, low, high } => {
            let quantity = form.what.split(' ').next().and_then(Quantity::from_code);
            let what = quantity.map(|found| plan::quantity(locale, found)).unwrap_or_default();
            let (low, high) = (text(low), plan::with_unit(&text(high), unit));
            let range = locale.t_args(
                "staff-fault-plan-range",
                &[("what", &what), ("low", &low), ("high", &high)],
            );
            ("value", range)
        }
    };
    Problem { field: field.to_owned(), text }
}

async fn page(
    state: &WebState,
    staff: &Staff,
    patient: PatientId,
    form: PlanForm,
    chrome: Chrome,
) -> Result<Response> {
    let (frame, found, limits, may_set) = state
        .read(staff.actor(), move |cx| {
            let found = patients::get(cx, patient)?;
            let limits = plan_limit::list(cx, patient)?;
            let may_set = plan_limit::may_set(cx, patient)?;
            Ok((app::staff::frame(cx)?, found, limits, may_set))
        })
        .await?;
    let (locale, now) = (staff.locale(), state.app().now());
    let time = staff.time(state, &frame);
    let page = PlanPage {
        desk: desk(staff, &frame, Rail::On("")),
        patient: words::patient(locale, &found, now),
        limits: limits
            .iter()
            .map(|limit| limit_line(locale, &time, patient, limit, may_set))
            .collect(),
        may_set,
        what: measures(locale, &form.what),
        side: sides(locale, &form.side),
        value: form.value,
        days: form.days,
        chrome,
    };
    Ok(pages::respond(status(&page.chrome), &page))
}

fn limit_line(
    locale: Locale,
    time: &SiteTime,
    patient: PatientId,
    limit: &PlanLimit,
    may_set: bool,
) -> LimitLine {
    LimitLine {
        text: plan::line(locale, &limit.limit),
        by: limit.set_by_name.clone(),
        since: time.short(locale, limit.from.micros()),
        end: may_set.then(|| format!("/patients/{patient}/plan/{}/end", limit.id)),
    }
}

fn measures(locale: Locale, chosen: &str) -> Vec<Choice> {
    let mut what = Vec::new();
    for quantity in Quantity::ALL {
        for (unit, ..) in quantity.ranges() {
            let value = format!("{} {}", quantity.code(), unit.code());
            let name = plan::quantity(locale, *quantity);
            let text = match unit {
                Unit::Ratio => name,
                unit => format!("{name} ({})", unit.written()),
            };
            what.push(Choice { chosen: value == chosen, value, text });
        }
    }
    what
}

fn sides(locale: Locale, chosen: &str) -> Vec<Choice> {
    let side = Comparator::ALL.iter().map(|side| Choice {
        value: side.code().to_owned(),
        text: locale.t(&format!("plan-side-{}", side.code())),
        chosen: side.code() == chosen,
    });
    side.collect()
}
