//! From FHIR resources to the rows they are shown from.

use domain::fold::fold_joined;
use domain::ids::{EncounterId, Id as _, OrganizationId, PatientId, PractitionerId, ResourceId};
use domain::time::Timestamp;
use jiff::tz::TimeZone;
use store::access::{ImportRecords, Permit};
use store::chart::{self, ChartItemRow, EncounterRow};
use store::organization::{self, SiteRow};
use store::patient::PatientRow;
use store::practitioner::{self, PractitionerRow};
use store::seal::{KeyOwner, Place};
use uuid::Uuid;

use super::{Piece, Stop, referred};
use crate::admin;
use crate::chart::{
    Code, ConditionDetail, CoverageDetail, EncounterDetail, Kind, Measured, MedicationDetail,
    ObservationDetail, ObservedPart,
};
use crate::content::Profile;
use crate::cx::Cx;
use crate::error::Result;
use crate::fhir::{
    self, Concept, Effective, FhirDateTime, ObservationValue, Reference, Resource, When, contacts,
    preferred_name,
};
use crate::patient::Demographics;

type Import<'t> = Permit<'t, ImportRecords>;
type Put = std::result::Result<bool, Stop>;

/// Adds or updates the row an entry is shown from. `target` is its id; none for a known record that has
/// no row. False when nothing of the kind is shown: only the original is kept.
pub(super) fn put<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Import<'t>,
    piece: &Piece,
    target: Option<Uuid>,
    patient: Option<PatientId>,
) -> Put {
    let Some(target) = target else { return Ok(false) };
    match (&piece.resource, patient) {
        (Resource::Organization(read), _) => put_organization(cx, permit, target, read)?,
        (Resource::Practitioner(read), _) => put_practitioner(cx, permit, target, read)?,
        (Resource::Patient(read), Some(patient)) => put_patient(cx, permit, patient, read)?,
        (Resource::Encounter(read), Some(patient)) => {
            put_encounter(cx, permit, target, patient, read)?;
        }
        (Resource::Condition(read), Some(patient)) => {
            put_item(cx, permit, target, patient, condition(&zone_of(cx), read))?;
        }
        (Resource::MedicationRequest(read), Some(patient)) => {
            let item = medication(cx, permit, read)?;
            put_item(cx, permit, target, patient, item)?;
        }
        (Resource::Observation(read), Some(patient)) => {
            put_item(cx, permit, target, patient, observation(&zone_of(cx), read))?;
        }
        (Resource::Coverage(read), Some(patient)) => {
            put_item(cx, permit, target, patient, coverage(&zone_of(cx), read))?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// Text for a plain column: no control characters, which PostgreSQL would refuse or a page would print.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().trim().to_owned()
}

fn put_organization<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Import<'t>,
    target: Uuid,
    read: &fhir::Organization,
) -> Result<()> {
    let id = OrganizationId::from_uuid(target);
    let identifier = || read.identifiers.iter().find_map(|known| known.value.as_deref());
    let name = plain(read.name.as_deref().or_else(identifier).unwrap_or_default());
    let phone = plain(contacts(&read.telecom, "phone").first().copied().unwrap_or_default());
    if organization::get(cx.tx(), id)?.is_some() {
        organization::update(cx.tx(), permit, id, &name, &phone)?;
    } else {
        organization::add(cx.tx(), permit, id, &name, &phone)?;
    }
    if organization::list_sites_of(cx.tx(), id)?.is_empty() {
        let country = read.addresses.iter().find_map(|address| address.country.as_deref());
        let site = default_site(cx, id, name, phone, country)?;
        organization::add_site(cx.tx(), permit, &site)?;
        admin::safety::begin(cx, permit, &site)?;
    }
    Ok(())
}

/// A first site, so that pages have a phone; an administrator completes it.
fn default_site(
    cx: &Cx<'_, '_>,
    organization: OrganizationId,
    name: String,
    phone: String,
    country: Option<&str>,
) -> Result<SiteRow> {
    let country = match country.map(str::trim) {
        Some("USA") => Some("US".to_owned()),
        given => given.and_then(domain::site::country),
    };
    // Where the country is not known, texts are not checked for urgency until an administrator says it.
    let country = country.unwrap_or_default();
    // 911 in North America; 112 is the number of ITU-T E.161.1 that mobile phones know elsewhere.
    let (emergency, crisis) = match country.as_str() {
        "US" | "CA" | "" => ("911", "988"),
        _ => ("112", ""),
    };
    Ok(SiteRow {
        id: cx.new_id()?,
        organization,
        name,
        phone,
        hours: String::new(),
        time_zone: cx.app().settings().time_zone.clone(),
        country,
        emergency_phone: emergency.to_owned(),
        crisis_phone: crisis.to_owned(),
        nurse_phone: String::new(),
    })
}

fn put_practitioner<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Import<'t>,
    target: Uuid,
    read: &fhir::Practitioner,
) -> Result<()> {
    let id = PractitionerId::from_uuid(target);
    let known = practitioner::get_for_import(cx.tx(), permit, id)?;
    let version = known.map_or(1, |known| known.version + 1);
    let titles: Vec<&str> = read.qualifications.iter().filter_map(Concept::label).collect();
    let profile = Profile {
        name: preferred_name(&read.names).map(fhir::HumanName::display).unwrap_or_default(),
        title: titles.join(", "),
        phone: contacts(&read.telecom, "phone").first().copied().unwrap_or_default().to_owned(),
        username: String::new(),
    };
    let place = Place::new("practitioner", &id, "profile_sealed", version);
    let profile = cx.seal_json(KeyOwner::Deployment, &place, &profile)?;
    let row = PractitionerRow { id, organization: None, profile, version };
    Ok(practitioner::put(cx.tx(), permit, &row)?)
}

fn put_patient<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Import<'t>,
    id: PatientId,
    read: &fhir::Patient,
) -> std::result::Result<(), Stop> {
    let demographics = demographics(read);
    let known = store::patient::get_for_import(cx.tx(), permit, id)?;
    let version = known.as_ref().map_or(1, |known| known.version + 1);
    if let Some(known) = &known {
        let place = Place::new("patient", &id, "demographics_sealed", known.version);
        let before: Demographics =
            cx.open_json(KeyOwner::Patient(id), &place, &known.demographics)?;
        if somebody_else(&before, &demographics) {
            return Err(Stop::Refused(
                "Its identifier is that of a patient with another name and another birth date.",
            ));
        }
    }
    let status = match (read.deceased, read.active) {
        (fhir::Deceased::Yes | fhir::Deceased::At(_), _) => "deceased",
        (fhir::Deceased::No, true) => "active",
        (fhir::Deceased::No, false) => "moved",
    };
    let place = Place::new("patient", &id, "demographics_sealed", version);
    let row = PatientRow {
        id,
        organization: None,
        status: status.to_owned(),
        language: language(read.language.as_deref()),
        interpreter: read.interpreter.unwrap_or(false),
        time_zone: cx.app().settings().time_zone.clone(),
        demographics: cx.seal_json(KeyOwner::Patient(id), &place, &demographics)?,
        version,
    };
    let tokens = demographics.tokens(cx.app().keys());
    store::patient::put(cx.tx(), permit, &row, &tokens)?;
    Ok(())
}

/// Whether a record that came back under the same key is about another human being: neither the birth
/// date nor one of the names is the same. A marriage or a corrected date changes one of them.
fn somebody_else(before: &Demographics, now: &Demographics) -> bool {
    let names = |of: &Demographics| {
        std::iter::once(&of.name).chain(&of.other_names).map(|name| fold_joined(name)).collect()
    };
    let (old, new): (Vec<String>, Vec<String>) = (names(before), names(now));
    let known = |of: &Demographics| !of.birth_date.is_empty();
    known(before)
        && known(now)
        && before.birth_date != now.birth_date
        && !old.iter().any(|name| new.contains(name))
}

/// A BCP 47 tag in a form that a plain column may hold; `en` when nothing usable is said.
fn language(said: Option<&str>) -> String {
    said.filter(|tag| {
        (2..=35).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    })
    .unwrap_or("en")
    .to_owned()
}

fn demographics(read: &fhir::Patient) -> Demographics {
    let shown = read.display_name().unwrap_or_default();
    let mut other_names = Vec::new();
    for name in read.names.iter().map(fhir::HumanName::display) {
        if !name.is_empty() && name != shown && !other_names.contains(&name) {
            other_names.push(name);
        }
    }
    let identifiers = read.identifiers.iter().filter_map(|identifier| {
        Some((identifier.system.clone().unwrap_or_default(), identifier.value.clone()?))
    });
    let phones = contacts(&read.telecom, "phone").into_iter().map(str::to_owned);
    Demographics {
        name: shown,
        other_names,
        birth_date: read.birth_date.map(|date| date.to_string()).unwrap_or_default(),
        gender: read.gender.clone().unwrap_or_default(),
        identifiers: identifiers.collect(),
        record_number: read.medical_record_number().unwrap_or_default().to_owned(),
        phones: phones.collect(),
        race: read.race.clone(),
        ethnicity: read.ethnicity.clone(),
    }
}

/// The moment that a time is sorted by: of a date without a time of day, when that day begins at the practice.
fn moment(zone: &TimeZone, at: Option<FhirDateTime>) -> Option<Timestamp> {
    at.map(|at| Timestamp::from_micros(at.earliest_micros_in(zone)))
}

fn zone_of(cx: &Cx<'_, '_>) -> TimeZone {
    TimeZone::get(&cx.app().settings().time_zone).unwrap_or(TimeZone::UTC)
}

fn written(at: Option<FhirDateTime>) -> String {
    at.map(|at| at.to_string()).unwrap_or_default()
}

fn put_encounter<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Import<'t>,
    target: Uuid,
    patient: PatientId,
    read: &fhir::Encounter,
) -> Result<()> {
    let id = EncounterId::from_uuid(target);
    let zone = zone_of(cx);
    let version = chart::version_for_import(cx.tx(), permit, target)?.unwrap_or(0) + 1;
    let mut people = Vec::new();
    let mut first = None;
    for participant in &read.participants {
        let (known, name) = named_practitioner(cx, permit, participant)?;
        first = first.or(known);
        people.extend(name);
    }
    let organization = match read.service_provider.as_ref().and_then(Reference::key) {
        Some(key) => referred(cx, permit, key)?.and_then(|found| found.target),
        None => None,
    };
    let organization = match organization {
        Some(id) => organization::get(cx.tx(), OrganizationId::from_uuid(id))?,
        None => None,
    };
    let said = || read.service_provider.as_ref().and_then(|provider| provider.display.clone());
    let detail = EncounterDetail {
        type_text: read.type_text().unwrap_or_default().to_owned(),
        reason: read.reason_text().unwrap_or_default().to_owned(),
        class: read.class.code.clone().unwrap_or_default(),
        practitioners: people,
        organization: organization
            .as_ref()
            .map(|row| row.name.clone())
            .or_else(said)
            .unwrap_or_default(),
        began: written(read.period.start),
    };
    let place = Place::new("encounter", &id, "detail_sealed", version);
    let row = EncounterRow {
        id,
        organization: organization.map(|row| row.id),
        status: read.status.clone(),
        started_at: moment(&zone, read.period.start).unwrap_or(Timestamp::EPOCH),
        ended_at: moment(&zone, read.period.end),
        detail: cx.seal_json(KeyOwner::Patient(patient), &place, &detail)?,
        version,
    };
    Ok(chart::put_encounter(cx.tx(), permit, patient, first, &row)?)
}

/// Who a reference to a professional names: the imported one, else whom the sender shows.
fn named_practitioner<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Import<'t>,
    reference: &Reference,
) -> Result<(Option<PractitionerId>, Option<String>)> {
    let shown = reference.display.clone().filter(|name| !name.is_empty());
    let key = reference.key().filter(|key| key.resource_type() == "Practitioner");
    let Some(key) = key else { return Ok((None, shown)) };
    let Some(target) = referred(cx, permit, key)?.and_then(|found| found.target) else {
        return Ok((None, shown));
    };
    let id = PractitionerId::from_uuid(target);
    let Some(row) = practitioner::get_for_import(cx.tx(), permit, id)? else {
        return Ok((None, shown));
    };
    let place = Place::new("practitioner", &id, "profile_sealed", row.version);
    let profile: Profile = cx.open_json(KeyOwner::Deployment, &place, &row.profile)?;
    Ok((Some(id), Some(profile.name).filter(|name| !name.is_empty()).or(shown)))
}

/// An item of the chart before it is sealed.
struct Item<D> {
    status: String,
    at: Option<Timestamp>,
    detail: D,
}

fn put_item<'t, D: Kind>(
    cx: &mut Cx<'_, 't>,
    permit: &Import<'t>,
    target: Uuid,
    patient: PatientId,
    item: Item<D>,
) -> Result<()> {
    let id = ResourceId::from_uuid(target);
    let version = chart::version_for_import(cx.tx(), permit, target)?.unwrap_or(0) + 1;
    let place = Place::new("chart_item", &id, "detail_sealed", version);
    let row = ChartItemRow {
        id,
        status: item.status,
        effective_at: item.at.unwrap_or(Timestamp::EPOCH),
        detail: cx.seal_json(KeyOwner::Patient(patient), &place, &item.detail)?,
        version,
    };
    Ok(chart::put_item(cx.tx(), permit, patient, D::CODE, &row)?)
}

fn code(concept: Option<&Concept>) -> Code {
    let Some(concept) = concept else { return Code::default() };
    let coding = concept.codings.iter().find(|coding| coding.code.is_some());
    Code {
        system: coding.and_then(|coding| coding.system.clone()).unwrap_or_default(),
        code: coding.and_then(|coding| coding.code.clone()).unwrap_or_default(),
        text: concept.label().unwrap_or_default().to_owned(),
    }
}

/// The sorting moment and the shown text of a time that may be of several kinds.
fn when(zone: &TimeZone, when: Option<&When>) -> (Option<Timestamp>, String) {
    match when {
        Some(When::At(at)) => (moment(zone, Some(*at)), at.to_string()),
        Some(When::During(period)) => {
            let at = period.start.or(period.end);
            (moment(zone, at), written(at))
        }
        Some(When::Text(text)) => (None, text.clone()),
        Some(When::Other) | None => (None, String::new()),
    }
}

fn condition(zone: &TimeZone, read: &fhir::Condition) -> Item<ConditionDetail> {
    let (at, began) = when(zone, read.onset.as_ref());
    let (_, ended) = when(zone, read.abatement.as_ref());
    let verification = read.verification_status.clone().unwrap_or_default();
    let status = match verification.as_str() {
        "entered-in-error" => verification.as_str(),
        _ => read.clinical_status.as_deref().unwrap_or("unknown"),
    };
    Item {
        status: plain(status),
        at: at.or_else(|| moment(zone, read.recorded_date)),
        detail: ConditionDetail { code: code(read.code.as_ref()), verification, began, ended },
    }
}

fn medication<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Import<'t>,
    read: &fhir::MedicationRequest,
) -> Result<Item<MedicationDetail>> {
    let prescriber = match &read.requester {
        Some(reference) => named_practitioner(cx, permit, reference)?.1.unwrap_or_default(),
        None => String::new(),
    };
    let mut name = code(read.medication.as_ref());
    if name.text.is_empty() {
        read.medication_text().unwrap_or_default().clone_into(&mut name.text);
    }
    Ok(Item {
        status: read.status.clone(),
        at: moment(&zone_of(cx), read.authored_on),
        detail: MedicationDetail {
            code: name,
            dosage: read.dosage.clone(),
            prescriber,
            reason: read.reasons.iter().find_map(Concept::label).unwrap_or_default().to_owned(),
            authored: written(read.authored_on),
        },
    })
}

fn measured(value: Option<&ObservationValue>) -> Measured {
    let text = |value: String| Measured { value, ..Measured::default() };
    match value {
        None | Some(ObservationValue::Other) => Measured::default(),
        Some(ObservationValue::Quantity(quantity)) => Measured {
            value: quantity.value.clone().unwrap_or_default(),
            unit: quantity.unit.clone().or_else(|| quantity.code.clone()).unwrap_or_default(),
            comparator: quantity.comparator.clone().unwrap_or_default(),
        },
        Some(ObservationValue::Concept(concept)) => {
            text(concept.label().unwrap_or_default().to_owned())
        }
        Some(ObservationValue::Text(value) | ObservationValue::Integer(value)) => {
            text(value.clone())
        }
        Some(ObservationValue::Boolean(value)) => text(value.to_string()),
        Some(ObservationValue::DateTime(value)) => text(value.to_string()),
    }
}

fn observation(zone: &TimeZone, read: &fhir::Observation) -> Item<ObservationDetail> {
    let at = match read.effective {
        Some(Effective::At(at)) => Some(at),
        Some(Effective::During(period)) => period.start.or(period.end),
        None => None,
    };
    let category = |concept: &Concept| {
        let coded = concept.codings.iter().find_map(|coding| coding.code.clone());
        coded.or_else(|| concept.text.clone())
    };
    let parts = read.components.iter().map(|part| ObservedPart {
        code: code(Some(&part.code)),
        measured: measured(part.value.as_ref()),
    });
    let interpretation = read.interpretations.iter().find_map(Concept::label);
    Item {
        status: read.status.clone(),
        at: moment(zone, at.or(read.issued)),
        detail: ObservationDetail {
            code: code(Some(&read.code)),
            categories: read.categories.iter().filter_map(category).collect(),
            measured: measured(read.value.as_ref()),
            parts: parts.collect(),
            interpretation: interpretation.unwrap_or_default().to_owned(),
            at: written(at),
        },
    }
}

fn coverage(zone: &TimeZone, read: &fhir::Coverage) -> Item<CoverageDetail> {
    let kind = read.kind.as_ref().and_then(Concept::label);
    Item {
        status: read.status.clone(),
        at: moment(zone, read.period.start),
        detail: CoverageDetail {
            payer: read.payer_text().unwrap_or_default().to_owned(),
            kind: kind.unwrap_or_default().to_owned(),
            began: written(read.period.start),
            ended: written(read.period.end),
        },
    }
}
