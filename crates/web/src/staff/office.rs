//! Billing, which sees time and never words, and the privacy officer's access log.

use app::access_log::{self, Access, LogPart};
use app::{Error, FieldError};
use axum::extract::{Query, State};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::ids::{AuditEventId, Id, PatientId};
use domain::time::Timestamp;
use http::StatusCode;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::{Rail, Staff, desk, id, status, with_faults};
use crate::error::{Fault, Result};
use crate::extract::Form;
use crate::i18n::{Locale, SiteTime};
use crate::pages::staff::{AccessLogPage, AccessRow, BillingPage, Choice};
use crate::pages::{self, Chrome};
use crate::run::WebState;

/// Rows of a page of the log.
const PAGE: i64 = 50;

/// `GET /billing`: there is no record of time yet, and the page says so.
pub async fn billing(State(state): State<WebState>, staff: Staff) -> Result<Response> {
    let frame = state
        .read(staff.actor(), |cx| {
            app::staff::may_read_time(cx)?;
            app::staff::frame(cx)
        })
        .await?;
    let page = BillingPage {
        chrome: staff.chrome(),
        desk: desk(&staff, &frame, Rail::On("/billing")),
        recorded: false,
        from: String::new(),
        to: String::new(),
        rows: Vec::new(),
        sum: String::new(),
        next: None,
    };
    Ok(pages::respond(StatusCode::OK, &page))
}

/// What is looked for.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogForm {
    #[serde(default)]
    record_number: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    outcome: String,
}

/// Where a log goes on: the patient and the last row, no record number.
#[derive(Debug, Default, Deserialize)]
pub struct LogQuery {
    patient: Option<String>,
    from: Option<String>,
    to: Option<String>,
    outcome: Option<String>,
    after: Option<String>,
}

/// `GET /access-log`
pub async fn log(
    State(state): State<WebState>,
    staff: Staff,
    Query(query): Query<LogQuery>,
) -> Result<Response> {
    let mut form = LogForm::default();
    let Some(patient) = query.patient.as_deref() else {
        state.read(staff.actor(), access_log::may_look).await?;
        return page(&state, &staff, staff.chrome(), form, None).await;
    };
    let patient: PatientId = id(patient)?;
    form.from = query.from.unwrap_or_default();
    form.to = query.to.unwrap_or_default();
    form.outcome = query.outcome.unwrap_or_default();
    let before = query.after.as_deref().map(read_cursor).transpose()?;
    list(&state, &staff, form, patient, before).await
}

/// `POST /access-log`
pub async fn find(
    State(state): State<WebState>,
    staff: Staff,
    Form(form): Form<LogForm>,
) -> Result<Response> {
    let number = form.record_number.clone();
    let found = state.read(staff.actor(), move |cx| access_log::find(cx, &number)).await;
    match found {
        Ok(patient) => list(&state, &staff, form, patient, None).await,
        Err(Error::NotFound) => {
            let faults = [FieldError::new("record_number", "unknown")];
            let chrome = with_faults(staff.chrome(), &faults);
            page(&state, &staff, chrome, form, None).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn list(
    state: &WebState,
    staff: &Staff,
    form: LogForm,
    patient: PatientId,
    before: Option<(Timestamp, AuditEventId)>,
) -> Result<Response> {
    let zone = TimeZone::get(&state.app().settings().time_zone).unwrap_or(TimeZone::UTC);
    let (from, until) = match (day(&form.from, &zone, 0), day(&form.to, &zone, 1)) {
        (Ok(from), Ok(until)) => (from, until),
        (from, _) => {
            let field = if from.is_err() { "from" } else { "to" };
            let chrome = with_faults(staff.chrome(), &[FieldError::new(field, "not-a-date")]);
            return page(state, staff, chrome, form, None).await;
        }
    };
    let part = LogPart {
        from: from.unwrap_or(Timestamp::EPOCH),
        until: until.unwrap_or(Timestamp::FOREVER),
        refused: form.outcome == "refused",
        before,
        limit: PAGE + 1,
    };
    let mut rows =
        state.read(staff.actor(), move |cx| access_log::list(cx, patient, &part)).await?;
    let wanted = usize::try_from(PAGE).unwrap_or(0);
    let more = rows.len() > wanted;
    rows.truncate(wanted);
    let next = rows.last().filter(|_| more).map(|row| {
        format!(
            "/access-log?patient={patient}&from={}&to={}&outcome={}&after={}",
            plain(&form.from),
            plain(&form.to),
            plain(&form.outcome),
            cursor(row)
        )
    });
    page(state, staff, staff.chrome(), form, Some((rows, next))).await
}

/// Only what a date or a code consists of reaches an address.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect()
}

/// The first moment of a day, `more` days later; nothing for an empty field.
fn day(text: &str, zone: &TimeZone, more: i64) -> std::result::Result<Option<Timestamp>, ()> {
    if text.is_empty() {
        return Ok(None);
    }
    let date: Date = text.parse().map_err(|_| ())?;
    let date = date.checked_add(jiff::Span::new().days(more)).map_err(|_| ())?;
    let at = date.to_zoned(zone.clone()).map_err(|_| ())?;
    Ok(Some(Timestamp::from_micros(at.timestamp().as_microsecond())))
}

fn cursor(row: &Access) -> String {
    URL_SAFE_NO_PAD.encode(format!("{} {}", row.at.micros(), row.id))
}

fn read_cursor(text: &str) -> Result<(Timestamp, AuditEventId)> {
    let read = || {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let (at, id) = text.split_once(' ')?;
        Some((Timestamp::from_micros(at.parse().ok()?), AuditEventId::parse(id).ok()?))
    };
    read().ok_or(Fault::NotFound)
}

async fn page(
    state: &WebState,
    staff: &Staff,
    chrome: Chrome,
    form: LogForm,
    found: Option<(Vec<Access>, Option<String>)>,
) -> Result<Response> {
    let frame = state.read(staff.actor(), app::staff::frame).await?;
    let time = staff.time(state, &frame);
    let locale = staff.locale();
    let (rows, next) = match found {
        Some((rows, next)) => {
            (Some(rows.iter().map(|row| access_row(locale, &time, row)).collect()), next)
        }
        None => (None, None),
    };
    let outcome = |value: &str, key: &str| Choice {
        value: value.to_owned(),
        text: locale.t(key),
        chosen: form.outcome == value,
    };
    let page = AccessLogPage {
        desk: desk(staff, &frame, Rail::On("/access-log")),
        outcomes: vec![
            outcome("", "staff-outcomes-all"),
            outcome("refused", "staff-outcomes-refused"),
        ],
        record_number: form.record_number,
        from: form.from,
        to: form.to,
        rows,
        next,
        chrome,
    };
    Ok(pages::respond(status(&page.chrome), &page))
}

fn access_row(locale: Locale, time: &SiteTime, row: &Access) -> AccessRow {
    let role = locale.t(&format!("staff-role-{}", row.role));
    let system = row.person.is_none();
    AccessRow {
        id: row.id.to_string(),
        at: time.full(locale, row.at.micros()),
        who: if system { locale.t("staff-who-system") } else { row.who.clone() },
        role: match (system, row.for_patient) {
            (true, _) => "–".to_owned(),
            (false, true) => locale.t1("staff-role-for", "role", role),
            (false, false) => role,
        },
        what: locale.t(&format!("staff-what-{}", row.action.replace('_', "-"))),
        basis: locale.t(&format!("staff-basis-{}", row.basis.replace('_', "-"))),
        allowed: row.allowed,
        times: u64::try_from(row.times).unwrap_or(1),
    }
}
