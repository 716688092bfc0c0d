//! A patient's chart as it was imported: visits, problems, medicines, results, insurance.
//!
//! What is inside the sealed details, and reading it for those who may. Times keep the exactness they
//! were written with (`1950` is a year): the text of a time is for showing, the timestamp for sorting.
//! Deliberately absent: writing (the import is the only writer) and any judgement of a value.

use domain::ids::{EncounterId, Id, OrganizationId, PatientId, ResourceId};
use domain::time::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use store::access::{Permit, ReadChart};
use store::chart::{self as rows, ChartItemRow, EncounterRow};
use store::seal::{KeyOwner, Place};
use uuid::Uuid;

use crate::cx::Cx;
use crate::error::{Error, Result};

/// Most visits or items that one look shows.
pub const LIST_MAX: i64 = 500;

/// A code as the sender gave it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    /// The code system, a URI; empty when none was given.
    #[serde(rename = "s", default)]
    pub system: String,
    /// The code; empty when only words were given.
    #[serde(rename = "c", default)]
    pub code: String,
    /// In words; empty when nothing was given.
    #[serde(rename = "t", default)]
    pub text: String,
}

/// `encounter.detail_sealed`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EncounterDetail {
    /// What kind of visit, in words; empty when it is not said.
    #[serde(rename = "t", default)]
    pub type_text: String,
    /// Why, in words; empty when it is not said.
    #[serde(rename = "r", default)]
    pub reason: String,
    /// The visit's class (HL7 v3 `ActCode`), such as `AMB` or `VR`.
    #[serde(rename = "c", default)]
    pub class: String,
    /// Names of those who took part, apart from the patient.
    #[serde(rename = "w", default)]
    pub practitioners: Vec<String>,
    /// The organization's name; empty when it is not known.
    #[serde(rename = "o", default)]
    pub organization: String,
    /// When it began, as exactly as it was written; empty when it is not said.
    #[serde(rename = "b", default)]
    pub began: String,
}

/// The sealed detail of a problem.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConditionDetail {
    /// What it is.
    #[serde(rename = "c", default)]
    pub code: Code,
    /// `confirmed`, `refuted` and so on; empty when it is not said.
    #[serde(rename = "v", default)]
    pub verification: String,
    /// When it began, as exactly as it was written, or in words.
    #[serde(rename = "b", default)]
    pub began: String,
    /// When it ended, likewise; empty while it goes on.
    #[serde(rename = "e", default)]
    pub ended: String,
}

/// The sealed detail of a prescription.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MedicationDetail {
    /// The medicine.
    #[serde(rename = "c", default)]
    pub code: Code,
    /// How to take it, one text for each dosage.
    #[serde(rename = "d", default)]
    pub dosage: Vec<String>,
    /// Who wrote it; empty when it is not known.
    #[serde(rename = "w", default)]
    pub prescriber: String,
    /// Why, in words; empty when it is not said.
    #[serde(rename = "r", default)]
    pub reason: String,
    /// When it was written, as exactly as it is known.
    #[serde(rename = "b", default)]
    pub authored: String,
}

/// A value as it was written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measured {
    /// The digits of a quantity or whole number, or the words of any other value; empty when there is
    /// none or only the original can show it.
    #[serde(rename = "v", default)]
    pub value: String,
    /// The unit as it is shown; empty when there is none.
    #[serde(rename = "u", default)]
    pub unit: String,
    /// `<`, `<=`, `>=` or `>`; empty when the value is exact.
    #[serde(rename = "q", default)]
    pub comparator: String,
}

impl Measured {
    /// The value as a number, for charts only; `None` when it is none.
    pub fn number(&self) -> Option<f64> {
        self.value.parse().ok().filter(|value: &f64| value.is_finite())
    }
}

/// One part of an observation, such as the systolic part of a blood pressure.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedPart {
    /// What was measured.
    #[serde(rename = "c", default)]
    pub code: Code,
    /// Its value.
    #[serde(rename = "m", default)]
    pub measured: Measured,
}

/// The sealed detail of a result or reading.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservationDetail {
    /// What was measured.
    #[serde(rename = "c", default)]
    pub code: Code,
    /// Codes of its categories, such as `vital-signs` or `laboratory`.
    #[serde(rename = "k", default)]
    pub categories: Vec<String>,
    /// Its value.
    #[serde(rename = "m", default)]
    pub measured: Measured,
    /// Its parts.
    #[serde(rename = "p", default)]
    pub parts: Vec<ObservedPart>,
    /// High, low and so on, in words; empty when it is not said.
    #[serde(rename = "i", default)]
    pub interpretation: String,
    /// When it holds, as exactly as it was written; empty when it is not said.
    #[serde(rename = "b", default)]
    pub at: String,
}

/// The sealed detail of an insurance.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoverageDetail {
    /// Who pays; empty when it is not known.
    #[serde(rename = "w", default)]
    pub payer: String,
    /// What kind of insurance; empty when it is not said.
    #[serde(rename = "t", default)]
    pub kind: String,
    /// From when, as exactly as it was written.
    #[serde(rename = "b", default)]
    pub began: String,
    /// Until when, likewise; empty while it goes on.
    #[serde(rename = "e", default)]
    pub ended: String,
}

/// A visit opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encounter {
    /// Its id.
    pub id: EncounterId,
    /// Where.
    pub organization: Option<OrganizationId>,
    /// FHIR encounter status.
    pub status: String,
    /// When it began; the epoch when it is not said (`detail.began` is empty then).
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// The row's version.
    pub version: i64,
    /// Type, reason, people.
    pub detail: EncounterDetail,
}

/// An item of the chart opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item<D> {
    /// Its id.
    pub id: ResourceId,
    /// FHIR status.
    pub status: String,
    /// When it began or was measured, for sorting; the epoch when it is not said.
    pub at: Timestamp,
    /// The row's version.
    pub version: i64,
    /// What it says.
    pub detail: D,
}

/// What kind of item a detail is, as `chart_item.kind`.
pub trait Kind: Serialize + DeserializeOwned {
    /// The stored code.
    const CODE: &'static str;
}

impl Kind for ConditionDetail {
    const CODE: &'static str = "condition";
}
impl Kind for MedicationDetail {
    const CODE: &'static str = "medication";
}
impl Kind for ObservationDetail {
    const CODE: &'static str = "observation";
}
impl Kind for CoverageDetail {
    const CODE: &'static str = "coverage";
}

/// A patient's visits and appointments, newest first.
pub fn encounters(cx: &mut Cx<'_, '_>, patient: PatientId) -> Result<Vec<Encounter>> {
    let permit = cx.authorize::<ReadChart>(patient)?;
    let found = rows::list_encounters(cx.tx(), &permit, LIST_MAX)?;
    found.into_iter().map(|row| open_encounter(cx, patient, row)).collect()
}

/// One visit of a patient; `NotFound` when it is not the patient's.
pub fn encounter(cx: &mut Cx<'_, '_>, patient: PatientId, id: EncounterId) -> Result<Encounter> {
    let permit = cx.authorize::<ReadChart>(patient)?;
    let row = rows::get_encounter(cx.tx(), &permit, id)?.ok_or(Error::NotFound)?;
    open_encounter(cx, patient, row)
}

/// A patient's problems, newest first.
pub fn conditions(cx: &mut Cx<'_, '_>, patient: PatientId) -> Result<Vec<Item<ConditionDetail>>> {
    items(cx, patient)
}

/// A patient's medicines, past ones too, newest first.
pub fn medications(cx: &mut Cx<'_, '_>, patient: PatientId) -> Result<Vec<Item<MedicationDetail>>> {
    items(cx, patient)
}

/// A patient's results and readings, newest first.
pub fn observations(
    cx: &mut Cx<'_, '_>,
    patient: PatientId,
) -> Result<Vec<Item<ObservationDetail>>> {
    items(cx, patient)
}

/// A patient's insurances, newest first.
pub fn coverages(cx: &mut Cx<'_, '_>, patient: PatientId) -> Result<Vec<Item<CoverageDetail>>> {
    items(cx, patient)
}

/// One item of a patient's chart; `NotFound` when it is not the patient's or of another kind.
pub fn item<D: Kind>(cx: &mut Cx<'_, '_>, patient: PatientId, id: ResourceId) -> Result<Item<D>> {
    let permit = cx.authorize::<ReadChart>(patient)?;
    let row = rows::get_item(cx.tx(), &permit, D::CODE, id)?.ok_or(Error::NotFound)?;
    open_item(cx, patient, row)
}

/// The original JSON of a version of a visit or item, byte for byte as it was imported; `NotFound` when
/// it is not the patient's or there is no such version.
pub fn original(cx: &mut Cx<'_, '_>, patient: PatientId, id: Uuid, version: i64) -> Result<String> {
    let permit: Permit<'_, ReadChart> = cx.authorize(patient)?;
    let (resource, sealed) =
        store::imported::original(cx.tx(), &permit, id, version)?.ok_or(Error::NotFound)?;
    let place = Place::new("imported_version", &resource, "original_sealed", version);
    cx.open(KeyOwner::Patient(patient), &place, &sealed)
}

fn items<D: Kind>(cx: &mut Cx<'_, '_>, patient: PatientId) -> Result<Vec<Item<D>>> {
    let permit = cx.authorize::<ReadChart>(patient)?;
    let found = rows::list_items(cx.tx(), &permit, D::CODE, LIST_MAX)?;
    found.into_iter().map(|row| open_item(cx, patient, row)).collect()
}

fn open_encounter(cx: &Cx<'_, '_>, patient: PatientId, row: EncounterRow) -> Result<Encounter> {
    let place = Place::new("encounter", &row.id, "detail_sealed", row.version);
    let detail = cx.open_json(KeyOwner::Patient(patient), &place, &row.detail)?;
    Ok(Encounter {
        id: row.id,
        organization: row.organization,
        status: row.status,
        started_at: row.started_at,
        ended_at: row.ended_at,
        version: row.version,
        detail,
    })
}

fn open_item<D: Kind>(cx: &Cx<'_, '_>, patient: PatientId, row: ChartItemRow) -> Result<Item<D>> {
    let place = Place::new("chart_item", &row.id, "detail_sealed", row.version);
    let detail = cx.open_json(KeyOwner::Patient(patient), &place, &row.detail)?;
    Ok(Item { id: row.id, status: row.status, at: row.effective_at, version: row.version, detail })
}

/// What a thread's reference is called, for a line such as "About your visit on October 28".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The kind of thing.
    pub kind: domain::thread::AboutKind,
    /// A visit's type, or the name of the medicine, result or problem; may be empty.
    pub text: String,
    /// A visit's or result's moment.
    pub at: Option<Timestamp>,
    /// It as exactly as it was written; empty when it is not said.
    pub said: String,
}

/// The name of what a thread is about, for a reader who may see the patient's chart; `None` for
/// others, and for a thread about nothing.
pub fn label(
    cx: &mut Cx<'_, '_>,
    patient: PatientId,
    about: store::thread::About,
) -> Result<Option<Label>> {
    use domain::thread::AboutKind;
    let Some(id) = about.id else { return Ok(None) };
    let resource = ResourceId::from_uuid(id);
    let named = |kind, text, (at, said)| Label { kind, text, at, said };
    let nothing = || (None, String::new());
    let found = match about.kind {
        AboutKind::Nothing => return Ok(None),
        AboutKind::Encounter | AboutKind::Appointment => {
            encounter(cx, patient, EncounterId::from_uuid(id)).map(|visit| {
                let began = (Some(visit.started_at), visit.detail.began);
                named(about.kind, visit.detail.type_text, began)
            })
        }
        AboutKind::Medication => item::<MedicationDetail>(cx, patient, resource)
            .map(|found| named(about.kind, found.detail.code.text, nothing())),
        AboutKind::Result => item::<ObservationDetail>(cx, patient, resource).map(|found| {
            named(about.kind, found.detail.code.text, (Some(found.at), found.detail.at))
        }),
        AboutKind::Problem => item::<ConditionDetail>(cx, patient, resource)
            .map(|found| named(about.kind, found.detail.code.text, nothing())),
    };
    match found {
        Ok(label) => Ok(Some(label)),
        Err(Error::NotFound | Error::Forbidden) => Ok(None),
        Err(error) => Err(error),
    }
}
