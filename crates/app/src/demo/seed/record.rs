//! The clinic's record system, as FHIR: what a visit, a prescription or a reading looks like when the
//! portal imports it, and when it does.

use domain::access::{Actor, Role};
use domain::thread::AboutKind;
use domain::time::Timestamp;
use jiff::ToSpan;
use serde_json::{Value, json};
use store::thread::About;
use uuid::Uuid;

use super::Seeder;
use crate::demo::story::{
    self, DemoAbout, DemoCondition, DemoMedication, DemoPerson, DemoPlace, DemoReading, DemoSeries,
    DemoThread, DemoVisit, Moment,
};
use crate::error::{Error, Result};
use crate::fhir::Key;
use crate::import;

/// The name of the record system.
const SOURCE: &str = "demo";
/// Days before now at which coming appointments were made.
const BOOKED_DAYS: u16 = 30;
/// LOINC: blood pressure panel, and its two parts.
const PRESSURE: [&str; 3] = ["85354-9", "8480-6", "8462-4"];
/// LOINC codes of vital signs: weight, blood pressure, pulse.
const VITALS: [&str; 3] = ["29463-7", "85354-9", "8867-4"];

/// Something in the record.
#[derive(Clone, Copy)]
enum Fact {
    Person(&'static DemoPerson, usize),
    Visit(&'static DemoVisit),
    Condition(&'static DemoCondition),
    Medication(&'static DemoMedication),
    Reading(&'static DemoSeries, &'static DemoReading),
}

impl Seeder<'_> {
    /// Imports what the record system has learned since the last look.
    pub(super) fn feed(&mut self) -> Result<()> {
        let (from, until) = (self.fed_until, self.app.now());
        let fresh: Vec<Fact> = self
            .facts()
            .into_iter()
            .filter(|(at, _)| *at > from && *at <= until)
            .map(|(_, fact)| fact)
            .collect();
        self.fed_until = until;
        self.bring(&fresh)
    }

    /// Everything the record system learns, and when.
    fn facts(&self) -> Vec<(Timestamp, Fact)> {
        let always = Timestamp::from_micros(0);
        let morning = |days| self.at(Moment::Day { days, hour: 9, minute: 0 });
        let mut facts: Vec<(Timestamp, Fact)> = Vec::new();
        let recorded = story::people().filter(|p| p.role == Role::Patient || p.role.is_clinical());
        facts.extend(recorded.enumerate().map(|(n, p)| (always, Fact::Person(p, n))));
        for visit in story::visits() {
            let known = match visit.at {
                Moment::Ahead { .. } => morning(BOOKED_DAYS),
                past => self.at(past).plus_seconds(i64::from(visit.minutes) * 60),
            };
            facts.push((known, Fact::Visit(visit)));
        }
        for condition in story::conditions() {
            facts.push((morning(condition.since_days.max(1)), Fact::Condition(condition)));
        }
        for medication in story::medications() {
            let changes = std::iter::once(medication.since_days).chain(medication.until_days);
            facts.extend(changes.map(|days| (morning(days.max(1)), Fact::Medication(medication))));
        }
        for series in story::series() {
            let readings = series.readings.iter();
            facts.extend(readings.map(|r| (self.at(r.at()), Fact::Reading(series, r))));
        }
        facts
    }

    fn bring(&self, facts: &[Fact]) -> Result<()> {
        if facts.is_empty() {
            return Ok(());
        }
        let entries: Vec<Value> = facts
            .iter()
            .map(|fact| Ok(json!({ "resource": self.resource(*fact)? })))
            .collect::<Result<_>>()?;
        let bundle = json!({ "resourceType": "Bundle", "type": "collection", "entry": entries });
        let summary = import::import(
            self.app,
            &Actor::system(),
            SOURCE,
            bundle.to_string().as_bytes(),
            |_, _| {},
        )?;
        match summary.rejected.first() {
            None => Ok(()),
            Some(rejected) => Err(Error::Internal(format!(
                "the demo's record is refused: {} {}",
                rejected.place, rejected.reason
            ))),
        }
    }

    /// The imported row of a resource.
    pub(super) fn find_target(&self, kind: &str, id: &str) -> Result<Option<Uuid>> {
        let key = Key::source(SOURCE, kind, id);
        self.app.write(&Actor::system(), move |cx| import::find(cx, &key))
    }

    /// What a thread that opens now is about, brought in first if the portal does not know it yet.
    pub(super) fn about(&mut self, thread: &DemoThread) -> Result<About> {
        let now = self.app.now();
        let (kind, fact) = match thread.about {
            DemoAbout::Nothing => return Ok(About::NOTHING),
            DemoAbout::Encounter(key) => (AboutKind::Encounter, visit(key)),
            DemoAbout::Appointment(key) => (AboutKind::Appointment, visit(key)),
            DemoAbout::Medication(key) => (
                AboutKind::Medication,
                story::medications().iter().find(|m| m.key == key).map(Fact::Medication),
            ),
            DemoAbout::Problem(key) => (
                AboutKind::Problem,
                story::conditions().iter().find(|c| c.key == key).map(Fact::Condition),
            ),
            DemoAbout::Result(key) => {
                let series = story::series().iter().find(|s| s.key == key);
                let newest = series.and_then(|s| {
                    let taken = s.readings.iter().rfind(|r| self.at(r.at()) <= now);
                    Some((s, taken.or_else(|| s.readings.first())?))
                });
                (AboutKind::Result, newest.map(|(s, r)| Fact::Reading(s, r)))
            }
        };
        let lost = || Error::Internal("a demo thread is about nothing known".to_owned());
        let fact = fact.ok_or_else(lost)?;
        let (resource_type, id) = (fact.resource_type(), fact.id());
        if self.find_target(resource_type, &id)?.is_none() {
            self.bring(&[fact])?;
        }
        let target = self.find_target(resource_type, &id)?.ok_or_else(lost)?;
        Ok(About { kind, id: Some(target) })
    }

    fn resource(&self, fact: Fact) -> Result<Value> {
        let mut resource = match fact {
            Fact::Person(person, n) if person.role == Role::Patient => self.patient_json(person, n),
            Fact::Person(person, _) => json!({ "name": [name(person)] }),
            Fact::Visit(visit) => self.visit_json(visit),
            Fact::Condition(condition) => self.condition_json(condition),
            Fact::Medication(medication) => self.medication_json(medication),
            Fact::Reading(series, reading) => self.reading_json(series, reading)?,
        };
        if let Value::Object(members) = &mut resource {
            members.insert("resourceType".to_owned(), fact.resource_type().into());
            members.insert("id".to_owned(), fact.id().into());
        }
        Ok(resource)
    }

    /// `2026-10-28T14:00:00Z`.
    fn written(&self, moment: Moment, minutes: u16) -> String {
        let at = self.at(moment).plus_seconds(i64::from(minutes) * 60);
        jiff::Timestamp::from_microsecond(at.micros()).unwrap_or_default().to_string()
    }

    /// A day of the clinic's calendar, so many days before today.
    fn date(&self, days: u16) -> String {
        let now = jiff::Timestamp::from_microsecond(self.now.micros()).unwrap_or_default();
        let today = now.to_zoned(self.zone.clone()).date();
        today.checked_sub(i64::from(days).days()).unwrap_or(today).to_string()
    }

    fn patient_json(&self, person: &DemoPerson, n: usize) -> Value {
        let now = jiff::Timestamp::from_microsecond(self.now.micros()).unwrap_or_default();
        let today = now.to_zoned(self.zone.clone()).date();
        json!({
            "identifier": [{
                "type": { "coding": [{ "code": "MR" }] },
                "system": "urn:tidings:demo:record-number",
                "value": format!("R-{}", 1001 + n),
            }],
            "name": [name(person)],
            "birthDate": person.birth_date(today).to_string(),
            "gender": person.gender,
            "telecom": [{ "system": "phone", "value": person.phone }],
            "communication": [{ "language": { "coding": [{ "code": person.language }] } }],
        })
    }

    fn visit_json(&self, visit: &DemoVisit) -> Value {
        let over = self.at(visit.at).plus_seconds(i64::from(visit.minutes) * 60) <= self.app.now();
        let organization =
            story::sites().iter().find(|site| site.key == visit.site).map_or("", |site| site.name);
        let mut resource = json!({
            "status": if over { "finished" } else { "planned" },
            "class": {
                "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode",
                "code": "AMB",
            },
            "type": [{ "text": visit.type_text }],
            "subject": { "reference": format!("Patient/{}", visit.patient) },
            "participant": [{
                "individual": { "reference": format!("Practitioner/{}", visit.practitioner) },
            }],
            "period": {
                "start": self.written(visit.at, 0),
                "end": self.written(visit.at, visit.minutes),
            },
            "serviceProvider": { "display": organization },
        });
        if let (Some(reason), Value::Object(members)) = (visit.reason, &mut resource) {
            members.insert("reasonCode".to_owned(), json!([{ "text": reason }]));
        }
        resource
    }

    fn condition_json(&self, condition: &DemoCondition) -> Value {
        json!({
            "clinicalStatus": { "coding": [{
                "system": "http://terminology.hl7.org/CodeSystem/condition-clinical",
                "code": "active",
            }] },
            "code": {
                "coding": [{ "system": "http://snomed.info/sct", "code": condition.snomed }],
                "text": condition.name,
            },
            "subject": { "reference": format!("Patient/{}", condition.patient) },
            "onsetDateTime": self.date(condition.since_days),
        })
    }

    fn medication_json(&self, medication: &DemoMedication) -> Value {
        let stopped = medication.until_days.is_some_and(|days| {
            self.at(Moment::Day { days: days.max(1), hour: 9, minute: 0 }) <= self.app.now()
        });
        json!({
            "status": if stopped { "stopped" } else { "active" },
            "intent": "order",
            "medicationCodeableConcept": { "text": medication.name },
            "subject": { "reference": format!("Patient/{}", medication.patient) },
            "authoredOn": self.date(medication.since_days),
            "requester": { "reference": format!("Practitioner/{}", medication.prescriber) },
            "dosageInstruction": [{ "text": medication.dosage }],
        })
    }

    fn reading_json(&self, series: &DemoSeries, reading: &DemoReading) -> Result<Value> {
        let mut categories = Vec::new();
        let mut category = |code: &str| {
            categories.push(json!({ "coding": [{
                "system": "http://terminology.hl7.org/CodeSystem/observation-category",
                "code": code,
            }] }));
        };
        if series.place == DemoPlace::Lab {
            category("laboratory");
        }
        if VITALS.contains(&series.loinc) {
            category("vital-signs");
        }
        if series.place == DemoPlace::Home {
            categories.push(json!({ "text": "home" }));
        }
        let mut resource = json!({
            "status": "final",
            "category": categories,
            "code": loinc(series.loinc, series.name),
            "subject": { "reference": format!("Patient/{}", series.patient) },
            "effectiveDateTime": self.written(reading.at(), 0),
        });
        let value = quantity(reading.value, series.unit)?;
        let [panel, first, second] = PRESSURE;
        let Value::Object(members) = &mut resource else {
            return Err(Error::Internal("a resource is an object".to_owned()));
        };
        match reading.second {
            Some(other) if series.loinc == panel => {
                let other = quantity(other, series.unit)?;
                let parts = json!([
                    { "code": loinc(first, "Systolic"), "valueQuantity": value },
                    { "code": loinc(second, "Diastolic"), "valueQuantity": other },
                ]);
                members.insert("component".to_owned(), parts);
            }
            _ => {
                members.insert("valueQuantity".to_owned(), value);
            }
        }
        Ok(resource)
    }
}

impl Fact {
    const fn resource_type(self) -> &'static str {
        match self {
            Self::Person(person, _) => match person.role {
                Role::Patient => "Patient",
                _ => "Practitioner",
            },
            Self::Visit(_) => "Encounter",
            Self::Condition(_) => "Condition",
            Self::Medication(_) => "MedicationRequest",
            Self::Reading(..) => "Observation",
        }
    }

    fn id(self) -> String {
        match self {
            Self::Person(person, _) => person.key.to_owned(),
            Self::Visit(visit) => visit.key.to_owned(),
            Self::Condition(condition) => condition.key.to_owned(),
            Self::Medication(medication) => medication.key.to_owned(),
            Self::Reading(series, reading) => format!("{}-{}", series.key, reading.days),
        }
    }
}

fn visit(key: &str) -> Option<Fact> {
    story::visits().iter().find(|visit| visit.key == key).map(Fact::Visit)
}

fn name(person: &DemoPerson) -> Value {
    json!({
        "use": "official",
        "prefix": person.title.into_iter().collect::<Vec<_>>(),
        "given": [person.given],
        "family": person.family,
        "suffix": person.credentials.into_iter().collect::<Vec<_>>(),
    })
}

fn loinc(code: &str, text: &str) -> Value {
    json!({ "coding": [{ "system": "http://loinc.org", "code": code }], "text": text })
}

/// A quantity with its UCUM unit and the unit as people write it.
fn quantity(value: &str, unit: &str) -> Result<Value> {
    let number: Value = serde_json::from_str(value)
        .map_err(|_| Error::Internal("a reading of the demo is no number".to_owned()))?;
    let shown = match unit {
        "[lb_av]" => "lb",
        "mm[Hg]" => "mmHg",
        other => other,
    };
    Ok(json!({
        "value": number,
        "unit": shown,
        "system": "http://unitsofmeasure.org",
        "code": unit,
    }))
}
