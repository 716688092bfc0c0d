//! Patients: who they are, for those who may know, and how they are found.

use domain::fold::fold;
use domain::ids::PatientId;
use serde::{Deserialize, Serialize};
use store::access::{FindPatient, ReadDemographics};
use store::patient::{self as rows, PatientRow, Tokens};
use store::seal::{KeyOwner, Keys, Place, Purpose};

use crate::cx::Cx;
use crate::error::{Error, Result};

/// `patient.demographics_sealed`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Demographics {
    /// The name to show, as given.
    #[serde(rename = "n")]
    pub name: String,
    /// Every other name, as given.
    #[serde(rename = "o", default)]
    pub other_names: Vec<String>,
    /// Birth date as exactly as it is known: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    #[serde(rename = "b", default)]
    pub birth_date: String,
    /// FHIR administrative gender, or empty.
    #[serde(rename = "g", default)]
    pub gender: String,
    /// Identifiers as (system, value).
    #[serde(rename = "i", default)]
    pub identifiers: Vec<(String, String)>,
    /// The medical record number, or empty.
    #[serde(rename = "m", default)]
    pub record_number: String,
    /// Phones.
    #[serde(rename = "p", default)]
    pub phones: Vec<String>,
    /// Race as the sender words it, for the equity figures only.
    #[serde(rename = "r", default)]
    pub race: Vec<String>,
    /// Ethnicity as the sender words it, for the equity figures only.
    #[serde(rename = "e", default)]
    pub ethnicity: Vec<String>,
}

impl Demographics {
    /// The keyed hashes that find this patient.
    pub fn tokens(&self, keys: &Keys) -> Tokens {
        let mut words: Vec<String> = fold(&self.name);
        words.extend(self.other_names.iter().flat_map(|name| fold(name)));
        words.sort();
        words.dedup();
        let mut identifiers = Vec::new();
        for (system, value) in &self.identifiers {
            identifiers.push(keys.blind(Purpose::Identifier, &format!("{system}|{value}")));
            identifiers.push(keys.blind(Purpose::Identifier, value));
        }
        Tokens {
            names: words.iter().map(|word| keys.blind(Purpose::PatientName, word)).collect(),
            birth_date: (!self.birth_date.is_empty())
                .then(|| keys.blind(Purpose::BirthDate, &self.birth_date)),
            identifiers,
        }
    }

    /// Whole years of age on `today` (`YYYY-MM-DD`); `None` when the birth date is not exact.
    pub fn age_on(&self, today: jiff::civil::Date) -> Option<i16> {
        let born: jiff::civil::Date = self.birth_date.parse().ok()?;
        let years = today.year() - born.year();
        let had_birthday = (today.month(), today.day()) >= (born.month(), born.day());
        Some(if had_birthday { years } else { years - 1 })
    }
}

/// A patient opened for somebody who may know.
#[derive(Debug, Clone)]
pub struct Patient {
    /// The row.
    pub row: PatientRow,
    /// Name, birth date, identifiers.
    pub demographics: Demographics,
}

/// Who a patient is.
pub fn get(cx: &mut Cx<'_, '_>, id: PatientId) -> Result<Patient> {
    let permit = cx.authorize::<ReadDemographics>(id)?;
    let row = rows::get(cx.tx(), &permit)?;
    open(cx, row)
}

pub(crate) fn open(cx: &Cx<'_, '_>, row: PatientRow) -> Result<Patient> {
    let place = Place::new("patient", &row.id, "demographics_sealed", row.version);
    let demographics = cx.open_json(KeyOwner::Patient(row.id), &place, &row.demographics)?;
    Ok(Patient { row, demographics })
}

/// Whether the actor finds patients at all: `Forbidden` when not.
pub fn may_find(cx: &mut Cx<'_, '_>) -> Result<()> {
    cx.authorize::<FindPatient>(()).map(|_| ())
}

/// Finds patients by identifier (a record number). Those the actor has no tie to are left out, and
/// their number is not told.
pub fn find_by_identifier(cx: &mut Cx<'_, '_>, identifier: &str) -> Result<Vec<Patient>> {
    let permit = cx.authorize::<FindPatient>(())?;
    let token = cx.app().keys().blind(Purpose::Identifier, identifier.trim());
    let ids = rows::find_by_identifier(cx.tx(), &permit, &token)?;
    shown(cx, ids)
}

/// Finds patients by name words and exact birth date (`YYYY-MM-DD`).
///
/// Errors: `Invalid` when there is no word or the date is none.
pub fn find_by_name(cx: &mut Cx<'_, '_>, name: &str, birth_date: &str) -> Result<Vec<Patient>> {
    let permit = cx.authorize::<FindPatient>(())?;
    let words = fold(name);
    if words.is_empty() {
        return Err(Error::field("name", "empty"));
    }
    let date: jiff::civil::Date =
        birth_date.trim().parse().map_err(|_| Error::field("birth_date", "not-a-date"))?;
    let keys = cx.app().keys();
    let names: Vec<[u8; 16]> =
        words.iter().take(8).map(|word| keys.blind(Purpose::PatientName, word)).collect();
    let birth = keys.blind(Purpose::BirthDate, &date.to_string());
    let ids = rows::find_by_name(cx.tx(), &permit, &names, &birth)?;
    shown(cx, ids)
}

fn shown(cx: &mut Cx<'_, '_>, ids: Vec<PatientId>) -> Result<Vec<Patient>> {
    let mut found = Vec::new();
    for id in ids {
        match get(cx, id) {
            Ok(patient) => found.push(patient),
            Err(Error::NotFound | Error::Forbidden) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}
