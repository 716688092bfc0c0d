//! What a site says about emergencies: its country, whom its patients call, and whether texts are checked for
//! urgency. The check cannot be switched on where a card could not say whom to call (`domain::site`).

use domain::ids::SiteId;
use domain::site::{self, NUMBER_MAX, Safety};
use store::access::{Administer, KeepsDirectory, Permit};
use store::site_safety;

pub use store::site_safety::SafetyRow;

use super::{SiteRow, line_or_empty};
use crate::cx::Cx;
use crate::error::{Conflict, Error, FieldError, Result};

/// What a site says. `NotFound` when there is no such site.
pub fn get(cx: &mut Cx<'_, '_>, of: SiteId) -> Result<SafetyRow> {
    cx.authorize::<Administer>(())?;
    site_safety::get(cx.tx(), of)?.ok_or(Error::NotFound)
}

/// Sets what a site says. `version` is what the form was filled from: another one is a conflict, and nothing is
/// set. `NotFound` when there is no such site; `Invalid` on `country` (`unknown`), on a number that has not the
/// shape of one (`number`), on `call_minutes` (`range`), and, when texts shall be checked, on what that needs (`needed`).
pub fn set(cx: &mut Cx<'_, '_>, of: SiteId, safety: &Safety, version: i64) -> Result<()> {
    let permit = cx.authorize::<Administer>(())?;
    if site_safety::get(cx.tx(), of)?.is_none() {
        return Err(Error::NotFound);
    }
    if safety.call_minutes != 0 && !site::CALL_RANGE.contains(&safety.call_minutes) {
        return Err(Error::field("call_minutes", "range"));
    }
    let safety = read(safety)?;
    if safety.urgency_check {
        let needed = safety.needed();
        let faults: Vec<FieldError> =
            needed.iter().map(|what| FieldError::new(what.code(), "needed")).collect();
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
    }
    if !site_safety::set(cx.tx(), &permit, of, &safety, version)? {
        return Err(Error::Conflict(Conflict::Changed));
    }
    Ok(())
}

/// Says what a new site begins with (`Safety::begun`). The row's texts have been checked.
pub(crate) fn begin<'t, A: KeepsDirectory>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, A>,
    row: &SiteRow,
) -> Result<()> {
    let safety = Safety {
        country: row.country.clone(),
        emergency: row.emergency_phone.clone(),
        crisis: row.crisis_phone.clone(),
        nurse: row.nurse_phone.clone(),
        ..Safety::default()
    };
    if !site_safety::set(cx.tx(), permit, row.id, &safety.begun(), 1)? {
        return Err(Error::Internal("a site that was just added is not there".to_owned()));
    }
    Ok(())
}

/// The country and the numbers as they will be stored, or every fault there is.
fn read(typed: &Safety) -> Result<Safety> {
    let mut faults = Vec::new();
    let country = match typed.country.trim() {
        "" => String::new(),
        code => site::country(code).unwrap_or_else(|| {
            faults.push(FieldError::new("country", "unknown"));
            String::new()
        }),
    };
    let mut number = |field: &'static str, text: &str| {
        read_number(field, text).unwrap_or_else(|fault| {
            faults.push(fault);
            String::new()
        })
    };
    let safety = Safety {
        country,
        urgency_check: typed.urgency_check,
        emergency: number("emergency", &typed.emergency),
        crisis: number("crisis", &typed.crisis),
        poison: number("poison", &typed.poison),
        maternal: number("maternal", &typed.maternal),
        nurse: number("nurse", &typed.nurse),
        nurse_hours: line_or_empty("nurse_hours", &typed.nurse_hours)?,
        call_minutes: typed.call_minutes,
    };
    if faults.is_empty() { Ok(safety) } else { Err(Error::Invalid(faults)) }
}

/// A number as it was typed, or nothing.
pub(super) fn read_number(
    field: &'static str,
    text: &str,
) -> std::result::Result<String, FieldError> {
    if text.trim().is_empty() {
        return Ok(String::new());
    }
    if text.trim().chars().count() > NUMBER_MAX {
        return Err(FieldError { field, problem: "too-long", max: Some(NUMBER_MAX) });
    }
    site::number(text).ok_or(FieldError::new(field, "number"))
}
