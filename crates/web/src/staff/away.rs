//! Who is away: one's own absences, those of colleagues, and who stands in.

use app::{Cx, Error, FieldError, cover};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::ids::{AbsenceId, Id as _, PersonId};
use domain::time::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::{Rail, Staff, desk, id, see, status, with_faults};
use crate::error::Result;
use crate::extract::Form;
use crate::i18n::SiteTime;
use crate::pages::staff::{AwayPage, AwayRow, Choice};
use crate::pages::{self, Chrome, Flash, FlashKind};
use crate::run::WebState;

/// An absence to be entered.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AwayForm {
    #[serde(default)]
    from: String,
    #[serde(default)]
    until: String,
    #[serde(default)]
    cover: String,
}

/// What was done last.
#[derive(Debug, Default, Deserialize)]
pub struct AwayQuery {
    #[serde(default)]
    done: String,
}

/// `GET /work/away`
pub async fn show(
    State(state): State<WebState>,
    staff: Staff,
    Query(query): Query<AwayQuery>,
) -> Result<Response> {
    let mut chrome = staff.chrome();
    let key = match query.done.as_str() {
        "saved" => Some("staff-away-saved"),
        "ended" => Some("staff-away-ended"),
        _ => None,
    };
    if let Some(key) = key {
        let text = chrome.t(key);
        chrome.flash = Some(Flash { kind: FlashKind::Good, text, undo: None });
    }
    page(&state, &staff, chrome, AwayForm::default()).await
}

async fn page(state: &WebState, staff: &Staff, chrome: Chrome, form: AwayForm) -> Result<Response> {
    let (frame, rows, colleagues) = state
        .read(staff.actor(), |cx: &mut Cx<'_, '_>| {
            Ok((app::staff::frame(cx)?, cover::list(cx)?, cover::colleagues(cx)?))
        })
        .await?;
    let locale = staff.locale();
    let app = state.app();
    let now = app.now();
    let time = SiteTime::new(&app.settings().time_zone, now.micros());
    let rows = rows.into_iter().map(|row| AwayRow {
        now: row.from <= now,
        from: time.day(locale, row.from.micros()),
        until: time.day(locale, row.until.micros()),
        name: row.name,
        cover: row.cover,
        end: row.own.then(|| format!("/work/away/{}/end", row.id)),
    });
    let team = Choice {
        value: String::new(),
        text: locale.t("staff-away-team"),
        chosen: form.cover.is_empty(),
    };
    let others = colleagues.into_iter().map(|(person, name)| {
        let value = person.to_string();
        Choice { chosen: value == form.cover, value, text: name }
    });
    let page = AwayPage {
        desk: desk(staff, &frame, Rail::On("/work/away")),
        rows: rows.collect(),
        covers: std::iter::once(team).chain(others).collect(),
        from: form.from,
        until: form.until,
        chrome,
    };
    Ok(pages::respond(status(&page.chrome), &page))
}

/// `POST /work/away`
pub async fn add(
    State(state): State<WebState>,
    staff: Staff,
    Form(form): Form<AwayForm>,
) -> Result<Response> {
    let zone = TimeZone::get(&state.app().settings().time_zone).unwrap_or(TimeZone::UTC);
    let added =
        match (midnight(&form.from, &zone), midnight(&form.until, &zone), colleague(&form.cover)) {
            (Some(from), Some(until), Ok(stands_in)) => {
                state.write(staff.actor(), move |cx| cover::add(cx, from, until, stands_in)).await
            }
            (None, _, _) => Err(Error::field("from", "unknown")),
            (_, None, _) => Err(Error::field("until", "range")),
            (_, _, Err(error)) => Err(error),
        };
    match added {
        Ok(_) => Ok(see("/work/away?done=saved")),
        Err(Error::Invalid(faults)) => {
            let named: Vec<FieldError> = faults
                .into_iter()
                .map(|fault| match fault.field {
                    "from" => FieldError { field: "away_from", ..fault },
                    _ => fault,
                })
                .collect();
            let chrome = with_faults(staff.chrome(), &named);
            page(&state, &staff, chrome, form).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The first moment of a day as it is typed.
fn midnight(typed: &str, zone: &TimeZone) -> Option<Timestamp> {
    let date: Date = typed.trim().parse().ok()?;
    Some(date.to_zoned(zone.clone()).ok()?.timestamp().into())
}

/// Who stands in, as chosen: nobody for the team's list.
fn colleague(typed: &str) -> app::Result<Option<PersonId>> {
    if typed.is_empty() {
        return Ok(None);
    }
    PersonId::parse(typed).map(Some).map_err(|_| Error::field("cover", "unknown"))
}

/// The absence of an address.
#[derive(Debug, Deserialize)]
pub struct AwayPath {
    id: String,
}

/// `POST /work/away/{id}/end`
pub async fn end(
    State(state): State<WebState>,
    staff: Staff,
    Path(path): Path<AwayPath>,
) -> Result<Response> {
    let absence: AbsenceId = id(&path.id)?;
    state.write(staff.actor(), move |cx| cover::end(cx, absence)).await?;
    Ok(see("/work/away?done=ended"))
}
