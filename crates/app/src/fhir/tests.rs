//! Every form of input, every kind of error, and the promise that nothing panics or is changed.

use super::*;
use proptest::prelude::*;

const EVERY_TYPE: &str = include_str!("../../tests/fixtures/fhir/every-type.json");
const LINES: &str = include_str!("../../tests/fixtures/fhir/lines.ndjson");

fn identifier(kind: &str, system: &str, value: &str) -> Key {
    Key::Identifier { resource_type: kind.into(), system: system.into(), value: value.into() }
}

fn source(kind: &str, id: &str) -> Key {
    Key::Source { system: "ehr".into(), resource_type: kind.into(), id: id.into() }
}

fn every_type() -> Vec<Entry<'static>> {
    let input = read_input("ehr", EVERY_TYPE.as_bytes());
    assert_eq!(input.format, Format::Bundle);
    input.entries.into_iter().map(Result::unwrap).collect()
}

/// A transaction of these entries, each given as the JSON of a resource.
fn bundle(resources: &[&str]) -> String {
    let entries: Vec<String> = resources.iter().map(|r| format!(r#"{{"resource":{r}}}"#)).collect();
    format!(r#"{{"resourceType":"Bundle","type":"collection","entry":[{}]}}"#, entries.join(","))
}

/// The reason why this resource is refused between two good ones, which are not.
fn reason(resource: &str) -> String {
    let good = |id: &str| format!(r#"{{"resourceType":"Patient","id":"{id}"}}"#);
    let text = bundle(&[&good("a"), resource, &good("b")]);
    let input = read_input("ehr", text.as_bytes());
    assert_eq!(input.entries.len(), 3, "{resource}");
    assert!(input.entries[0].is_ok() && input.entries[2].is_ok(), "{resource}");
    let error = input.entries[1].clone().expect_err(resource);
    assert_eq!(error.place, Place::Entry(1));
    error.reason
}

#[test]
fn people_and_places_are_mapped() {
    let entries = every_type();
    let Resource::Organization(organization) = &entries[0].resource else { panic!() };
    assert_eq!(organization.name.as_deref(), Some("Riverside Family Clinic"));
    assert_eq!(contacts(&organization.telecom, "phone"), ["555-0100"]);
    let Resource::Practitioner(practitioner) = &entries[1].resource else { panic!() };
    assert_eq!(preferred_name(&practitioner.names).unwrap().display(), "Dr. Dora123 Lind456");
    let Resource::PractitionerRole(role) = &entries[2].resource else { panic!() };
    let riverside = identifier("Organization", "urn:example:org", "riverside");
    assert_eq!(role.organization.as_ref().unwrap().key(), Some(&riverside));
    assert_eq!(role.practitioner.as_ref().unwrap().key(), Some(&entries[1].key));
    let Resource::Location(location) = &entries[3].resource else { panic!() };
    assert_eq!(location.managing_organization.as_ref().unwrap().key(), Some(&riverside));
}

#[test]
fn a_patient_is_mapped_as_given() {
    let entries = every_type();
    let Resource::Patient(patient) = &entries[4].resource else { panic!() };
    assert_eq!(patient.display_name().as_deref(), Some("Maria123 Luisa456"));
    assert_eq!(patient.medical_record_number(), Some("MRN-1"));
    assert_eq!(patient.birth_date, Some(FhirDate::Month(1964, 2)));
    assert_eq!(patient.language.as_deref(), Some("es"));
    assert_eq!(patient.interpreter, Some(true));
    assert_eq!(patient.race, ["White", "Asian"]);
    assert_eq!(patient.ethnicity, ["Not Hispanic or Latino"]);
    assert_eq!(patient.deceased, Deceased::No);
    assert_eq!(contacts(&patient.telecom, "phone"), ["555-0199"]);
    assert_eq!(contacts(&patient.telecom, "email"), ["maria@example.org"]);
}

#[test]
fn a_patient_without_a_name_or_born_in_the_future_is_taken() {
    let entries = every_type();
    let Resource::Patient(patient) = &entries[14].resource else { panic!() };
    assert_eq!(patient.display_name(), None);
    assert_eq!(patient.birth_date.unwrap().to_string(), "2999-01-01");
    assert_eq!(entries[14].patient.as_ref(), Some(&entries[14].key));
}

#[test]
fn visits_and_problems_are_mapped_and_their_references_followed() {
    let entries = every_type();
    let Resource::Encounter(visit) = &entries[5].resource else { panic!() };
    assert_eq!(visit.type_text(), Some("Check-up"));
    assert_eq!(visit.reason_text(), Some("Cough"));
    assert_eq!(visit.class.code.as_deref(), Some("AMB"));
    assert_eq!(visit.participants[0].key(), Some(&entries[1].key));
    assert_eq!(visit.locations[0].key(), Some(&entries[3].key));
    assert_eq!(visit.period.start.unwrap().to_string(), "2026-03-01T09:00:00-05:00");
    let Resource::Condition(problem) = &entries[6].resource else { panic!() };
    assert_eq!(problem.code.as_ref().unwrap().label(), Some("Type 2 diabetes"));
    assert_eq!(problem.encounter.as_ref().unwrap().key(), Some(&entries[5].key));
    assert_eq!(problem.abatement, Some(When::Text("not yet".into())));
    let year = FhirDateTime::Date(FhirDate::Year(2014));
    assert_eq!(problem.onset, Some(When::At(year)));
}

#[test]
fn medicines_results_and_insurance_are_mapped() {
    let entries = every_type();
    let Resource::MedicationRequest(request) = &entries[8].resource else { panic!() };
    assert_eq!(request.medication_text(), Some("Metformin 500 mg"));
    assert_eq!(request.dosage, ["1 with supper"]);
    let Resource::MedicationRequest(request) = &entries[9].resource else { panic!() };
    assert_eq!(request.medication_text(), Some("Lisinopril 10 mg"));
    let target = &request.medication_reference.as_ref().unwrap().target;
    assert_eq!(target, &Target::Contained("m".into()));
    let Resource::Observation(a1c) = &entries[10].resource else { panic!() };
    let Some(ObservationValue::Quantity(value)) = &a1c.value else { panic!() };
    assert_eq!(value.value.as_deref(), Some("7.10"));
    let Resource::Observation(pressure) = &entries[11].resource else { panic!() };
    assert_eq!(pressure.components.len(), 2);
    let Resource::Coverage(coverage) = &entries[12].resource else { panic!() };
    assert_eq!(coverage.payer_text(), Some("Valley Health Plan"));
}

#[test]
fn everything_about_the_patient_names_the_patient() {
    let entries = every_type();
    let maria = identifier("Patient", "urn:example:mrn", "MRN-1");
    for entry in &entries[4..14] {
        let nobody = entry.resource_type == "Medication";
        assert_eq!(entry.patient.as_ref(), (!nobody).then_some(&maria), "{}", entry.place);
    }
    assert!(entries[..4].iter().all(|entry| entry.patient.is_none()));
}

#[test]
fn keys_prefer_identifiers_and_aliases_know_the_rest() {
    let entries = every_type();
    assert_eq!(entries[1].key, identifier("Practitioner", "http://hl7.org/fhir/sid/us-npi", "290"));
    let other = identifier("Practitioner", "urn:example:staff", "7");
    assert_eq!(entries[1].aliases[1..], [other, source("Practitioner", "p7")]);
    let insurer = identifier("Patient", "urn:example:insurer", "X1");
    assert_eq!(entries[4].aliases[1..], [insurer, source("Patient", "pat-1")]);
    assert_eq!(entries[13].key, source("Immunization", "imm-1"));
    let organization = source("Organization", "00000000-0000-4000-8000-000000000001");
    assert_eq!(entries[0].aliases[1], organization);
}

#[test]
fn the_original_is_the_very_bytes_of_the_input() {
    for entry in every_type() {
        assert!(EVERY_TYPE.contains(entry.original));
        assert!(entry.original.starts_with(r#"{"resourceType": ""#));
        assert!(entry.original.ends_with('}'));
    }
    assert!(every_type()[10].original.contains(r#""value": 7.10,"#));
    assert!(every_type()[13].original.contains(r#""value": 0.50,"#));
}

#[test]
fn lines_are_read_one_by_one() {
    let input = read_input("ehr", LINES.as_bytes());
    assert_eq!(input.format, Format::Ndjson);
    let places: Vec<Place> = input
        .entries
        .iter()
        .map(|e| e.as_ref().map_or_else(|error| error.place, |entry| entry.place))
        .collect();
    assert_eq!(places, [1, 3, 4, 5].map(Place::Line));
    assert_eq!(input.entries[1].as_ref().unwrap().patient, Some(source("Patient", "a1")));
    let error = input.entries[2].as_ref().unwrap_err();
    assert_eq!(error.to_string(), "line 4: This is not valid JSON.");
    assert_eq!(input.entries[3].as_ref().unwrap().patient, Some(source("Patient", "elsewhere")));
}

#[test]
fn a_damaged_first_line_costs_only_itself() {
    let (_, rest) = LINES.split_once('\n').unwrap();
    let text = format!("{{\"resourceType\":\"Patient\",\n{rest}");
    let input = read_input("ehr", text.as_bytes());
    assert_eq!(input.format, Format::Ndjson);
    assert!(input.entries[0].is_err() && input.entries[1].is_ok());
}

#[test]
fn one_resource_alone_is_read() {
    let input =
        read_input("ehr", b"\xEF\xBB\xBF {\n \"resourceType\": \"Patient\",\n \"id\": \"1\"}\n");
    assert_eq!(input.format, Format::Resource);
    let entry = input.entries[0].as_ref().unwrap();
    assert_eq!(entry.original, "{\n \"resourceType\": \"Patient\",\n \"id\": \"1\"}");
}

#[test]
fn a_bundle_that_breaks_off_keeps_what_came_before() {
    let cut = EVERY_TYPE.find("\"Encounter\"").unwrap();
    let input = read_input("ehr", &EVERY_TYPE.as_bytes()[..cut]);
    assert_eq!(input.entries.len(), 6);
    assert!(input.entries[..5].iter().all(Result::is_ok));
    let error = input.entries[5].as_ref().unwrap_err();
    assert_eq!(error.place, Place::Entry(5));
    assert!(error.reason.contains("breaks off"));
    let more = format!("{EVERY_TYPE} x");
    let input = read_input("ehr", more.as_bytes());
    assert_eq!(input.entries.iter().filter(|e| e.is_ok()).count(), 15);
    assert!(input.entries[15].as_ref().unwrap_err().reason.contains("after the end"));
}

#[test]
fn what_is_no_fhir_is_one_error() {
    for text in ["", " ", "[]", "null", "<Patient/>", "hello", "{}", r#"{"a":1}"#, "\u{0}", "\""] {
        let input = read_input("ehr", text.as_bytes());
        assert_eq!(input.format, Format::Unknown, "{text}");
        assert_eq!(input.entries.len(), 1, "{text}");
        let error = input.entries[0].as_ref().unwrap_err();
        assert_eq!((error.place, error.resource_type.as_ref()), (Place::Whole, None));
    }
}

#[test]
fn a_bundle_of_another_kind_or_with_a_doubtful_frame_is_refused_whole() {
    for (text, word) in [
        (r#"{"resourceType":"Bundle","type":"searchset","entry":[]}"#, "Bundle.type"),
        (r#"{"resourceType":"Bundle","entry":[]}"#, "Bundle.type"),
        (r#"{"resourceType":"Bundle","type":"batch","entry":{}}"#, "list"),
        (r#"{"resourceType":"Bundle","type":"batch","entry":[],"entry":[]}"#, "twice"),
        (r#"{"resourceType":"Bundle","type":"batch","meta":{"a":01}}"#, "valid JSON"),
    ] {
        let input = read_input("ehr", text.as_bytes());
        assert_eq!(input.entries.len(), 1, "{text}");
        let error = input.entries[0].as_ref().unwrap_err();
        assert!(error.reason.contains(word), "{error}");
    }
    let empty = read_input("ehr", br#"{"resourceType":"Bundle","type":"batch"}"#);
    assert!(empty.entries.is_empty());
}

#[test]
fn each_kind_of_bad_resource_has_its_reason() {
    let deep =
        format!(r#"{{"resourceType":"Basic","id":"1","x":{}{}}}"#, "[".repeat(32), "]".repeat(32));
    let large =
        format!(r#"{{"resourceType":"Basic","id":"1","x":"{}"}}"#, "x".repeat(MAX_RESOURCE_BYTES));
    for (resource, expected) in [
        ("7", "A resource must be an object."),
        ("{}", "The resource has no resourceType."),
        (r#"{"resourceType":7}"#, "The resource has no resourceType."),
        (r#"{"resourceType":"Planet","id":"1"}"#, "The resourceType is not one of FHIR R4."),
        (
            r#"{"resourceType":"Basic","id":"1","id":"2"}"#,
            "It has the same key twice in one object.",
        ),
        (r#"{"resourceType":"Basic","id":"1",}"#, "This is not valid JSON."),
        (r#"{"resourceType":"Basic","id":"1","x":"\ud800"}"#, "This is not valid JSON."),
        (r#"{"resourceType":"Basic","id":"a b"}"#, "Basic.id is not a FHIR id."),
        (r#"{"resourceType":"Basic","id":5}"#, "Basic.id must be a text."),
        (
            r#"{"resourceType":"Basic"}"#,
            "It has neither an identifier nor an id, so it could not be recognised again.",
        ),
        (
            r#"{"resourceType":"Basic","identifier":"x"}"#,
            "Basic.identifier must be a list of objects.",
        ),
        (
            r#"{"resourceType":"Bundle","type":"batch"}"#,
            "A Bundle inside another input is not taken; import it by itself.",
        ),
        (&deep, "It is nested deeper than 32 levels."),
        (&large, "It is larger than 1 MB."),
    ] {
        assert_eq!(reason(resource), expected);
    }
}

#[test]
fn each_wrong_element_is_named_by_its_path() {
    for (resource, expected) in [
        (
            r#"{"resourceType":"Patient","id":"1","birthDate":"2023-02-30"}"#,
            "Patient.birthDate is not a date (YYYY, YYYY-MM or YYYY-MM-DD).",
        ),
        (
            r#"{"resourceType":"Patient","id":"1","birthDate":1964}"#,
            "Patient.birthDate must be a text.",
        ),
        (
            r#"{"resourceType":"Patient","id":"1","gender":"f"}"#,
            "Patient.gender is not one of the codes FHIR R4 allows there.",
        ),
        (
            r#"{"resourceType":"Patient","id":"1","name":{"family":"x"}}"#,
            "Patient.name must be a list of objects.",
        ),
        (
            r#"{"resourceType":"Patient","id":"1","name":[{},{"given":["a",1]}]}"#,
            "Patient.name[1].given[1] must be a text.",
        ),
        (
            r#"{"resourceType":"Patient","id":"1","name":null}"#,
            "Patient.name must be a list of objects.",
        ),
        (
            r#"{"resourceType":"Patient","id":"1","active":"true"}"#,
            "Patient.active must be true or false.",
        ),
        (
            r#"{"resourceType":"Patient","id":"1","deceasedBoolean":true,"deceasedDateTime":"2020"}"#,
            "Patient.deceased[x] is given more than once.",
        ),
        (
            r#"{"resourceType":"Patient","id":"1","communication":[{}]}"#,
            "Patient.communication[0].language is missing.",
        ),
        (
            r#"{"resourceType":"Organization","id":"1"}"#,
            "Organization needs a name or an identifier.",
        ),
        (
            r#"{"resourceType":"Encounter","id":"1","status":"done","class":{}}"#,
            "Encounter.status is not one of the codes FHIR R4 allows there.",
        ),
        (
            r#"{"resourceType":"Encounter","id":"1","status":"planned"}"#,
            "Encounter.class is missing.",
        ),
        (
            r#"{"resourceType":"Encounter","id":"1","status":"planned","class":{},"period":{"start":"2026-01-01T09:00"}}"#,
            "Encounter.period.start is not a date or a date with time and offset.",
        ),
        (r#"{"resourceType":"Condition","id":"1","code":{}}"#, "Condition.subject is missing."),
        (
            r#"{"resourceType":"Condition","id":"1","subject":{"reference":"Patient/a"},"onsetInteger":5}"#,
            "Condition.onset[x] is of a type FHIR R4 does not allow there.",
        ),
        (
            r#"{"resourceType":"MedicationRequest","id":"1","status":"active","intent":"order","subject":{"reference":"Patient/a"}}"#,
            "MedicationRequest.medication[x] is missing.",
        ),
        (
            r##"{"resourceType":"MedicationRequest","id":"1","status":"active","intent":"order","medicationReference":{"reference":"#x"},"subject":{"reference":"Patient/a"}}"##,
            "MedicationRequest.medicationReference names a contained resource that is not there.",
        ),
        (
            r#"{"resourceType":"Observation","id":"1","status":"final"}"#,
            "Observation.code is missing.",
        ),
        (
            r#"{"resourceType":"Observation","id":"1","status":"final","code":{},"valueQuantity":{"value":"7"}}"#,
            "Observation.valueQuantity.value must be a number.",
        ),
        (
            r#"{"resourceType":"Observation","id":"1","status":"final","code":{},"valueInteger":7.5}"#,
            "Observation.valueInteger must be a whole number.",
        ),
        (
            r#"{"resourceType":"Observation","id":"1","status":"final","code":{},"valueString":"a","valueInteger":1}"#,
            "Observation.value[x] is given more than once.",
        ),
        (
            r#"{"resourceType":"Observation","id":"1","status":"final","code":{},"issued":"2026"}"#,
            "Observation.issued is not a moment with time and offset.",
        ),
        (
            r#"{"resourceType":"Coverage","id":"1","status":"active","beneficiary":{"reference":"Patient/a"}}"#,
            "Coverage.payor is missing.",
        ),
    ] {
        assert_eq!(reason(resource), expected);
    }
}

#[test]
fn text_that_is_not_utf_8_costs_one_entry() {
    let text = bundle(&[
        r#"{"resourceType":"Patient","id":"1"}"#,
        r#"{"resourceType":"Patient","id":"2","language":"@"}"#,
        r#"{"resourceType":"Patient","id":"3"}"#,
    ]);
    let bytes: Vec<u8> = text.bytes().map(|b| if b == b'@' { 0xFF } else { b }).collect();
    let input = read_input("ehr", &bytes);
    assert!(input.entries[0].is_ok() && input.entries[2].is_ok());
    assert_eq!(input.entries[1].as_ref().unwrap_err().reason, "It is not UTF-8 text.");
}

#[test]
fn what_an_entry_asks_for_must_fit_its_resource() {
    let patient = r#""resource":{"resourceType":"Patient","id":"1"}"#;
    for (entry, expected) in [
        ("5".to_owned(), "An entry must be an object."),
        ("{}".to_owned(), "The entry has no resource."),
        (format!(r#"{{{patient},"fullUrl":5}}"#), "Bundle.entry.fullUrl must be a text."),
        (format!("{{{patient},{patient}}}"), "It has the same key twice in one object."),
        (
            format!(r#"{{{patient},"request":{{"method":"DELETE","url":"Patient/1"}}}}"#),
            "The entry asks for something other than to add or update.",
        ),
        (
            format!(r#"{{{patient},"request":{{"method":"PUT","url":"Patient/2"}}}}"#),
            "Bundle.entry.request.url names another record than the resource.",
        ),
        (
            format!(r#"{{{patient},"request":{{"method":"POST","url":"Observation"}}}}"#),
            "Bundle.entry.request.url names another record than the resource.",
        ),
    ] {
        let text = format!(r#"{{"resourceType":"Bundle","type":"transaction","entry":[{entry}]}}"#);
        let input = read_input("ehr", text.as_bytes());
        assert_eq!(input.entries[0].as_ref().unwrap_err().reason, expected);
    }
}

#[test]
fn a_record_whose_patient_is_not_found_is_refused() {
    let text = r#"{"resourceType":"Bundle","type":"collection","entry":[
        {"fullUrl":"urn:uuid:1","resource":{"resourceType":"Patient","id":"1","gender":"?"}},
        {"resource":{"resourceType":"Goal","id":"2","subject":{"reference":"urn:uuid:1"}}},
        {"resource":{"resourceType":"Goal","id":"3","subject":{"reference":"urn:uuid:9"}}},
        {"resource":{"resourceType":"Goal","id":"4","subject":{"reference":"Group/9"}}}]}"#;
    let input = read_input("ehr", text.as_bytes());
    let reason = |i: usize| input.entries[i].as_ref().unwrap_err().to_string();
    assert_eq!(reason(1), "entry 1 (Goal): Its patient is entry 0, which was not taken.");
    assert_eq!(reason(2), "entry 2 (Goal): Its patient cannot be found by the reference given.");
    assert_eq!(input.entries[3].as_ref().unwrap().patient, None);
    let counts = input.summary();
    assert_eq!(counts["Goal"], Count { accepted: 1, rejected: 2 });
    assert_eq!(counts["Patient"], Count { accepted: 0, rejected: 1 });
}

#[test]
fn an_entry_that_would_replace_another_one_is_refused() {
    let observation = |id: &str, value: &str| {
        format!(
            r#"{{"resourceType":"Observation","id":"{id}","status":"final","code":{{"text":"x"}},
            "identifier":[{{"system":"urn:accession","value":"{value}"}}]}}"#
        )
    };
    let npi = r#"{"resourceType":"Practitioner","identifier":[{"system":"http://hl7.org/fhir/sid/us-npi","value":"1"}]}"#;
    let text =
        bundle(&[&observation("1", "A"), &observation("2", "A"), &observation("1", "A"), npi, npi]);
    let input = read_input("ehr", text.as_bytes());
    let taken: Vec<bool> = input.entries.iter().map(Result::is_ok).collect();
    assert_eq!(taken, [true, false, true, true, true]);
    let error = input.entries[1].as_ref().unwrap_err();
    assert_eq!(error.reason, "It has the same identifier as entry 0 but another id.");
}

/// Replaces, drops or doubles one byte of a good input.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let good = prop_oneof![Just(EVERY_TYPE), Just(LINES)];
    (good, any::<prop::sample::Index>(), any::<u8>(), 0..3).prop_map(|(text, at, byte, how)| {
        let mut bytes = text.as_bytes().to_vec();
        let at = at.index(bytes.len());
        match how {
            0 => bytes[at] = byte,
            1 => drop(bytes.remove(at)),
            _ => bytes.insert(at, byte),
        }
        bytes
    })
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        read_input("ehr", &bytes).summary();
    }

    #[test]
    fn one_wrong_byte_never_panics_and_never_changes_an_original(bytes in damaged()) {
        for entry in read_input("ehr", &bytes).entries.into_iter().flatten() {
            let original = entry.original.as_bytes();
            prop_assert!(bytes.windows(original.len()).any(|part| part == original));
            prop_assert!(serde_json::from_slice::<serde_json::Value>(original).is_ok());
        }
    }

    #[test]
    fn any_text_in_a_name_is_kept_and_shown_as_given(given in "\\PC{1,30}") {
        prop_assume!(!given.trim().is_empty());
        let name = serde_json::to_string(&given).unwrap();
        let text = format!(r#"{{"resourceType":"Patient","id":"1","name":[{{"given":[{name}]}}]}}"#);
        let input = read_input("ehr", text.as_bytes());
        let entry = input.entries[0].as_ref().unwrap();
        prop_assert_eq!(entry.original, &text);
        let Resource::Patient(patient) = &entry.resource else { panic!() };
        prop_assert_eq!(patient.display_name(), Some(given));
    }
}
