//! Real FHIR R4 input: every Synthea entry of `TIDINGS_DATA` is taken, byte for byte.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use app::fhir::{Format, Key, Resource, read_input};

/// The Synthea folder; none when the external data is not on this machine.
#[allow(clippy::print_stdout, reason = "a skipped test says so")]
fn synthea() -> Option<PathBuf> {
    let data = std::env::var_os("TIDINGS_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let folder = data.join("synthea");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: the external data is not there ({}); set TIDINGS_DATA", folder.display());
    None
}

#[test]
fn every_synthea_entry_is_taken() {
    let Some(folder) = synthea() else { return };
    let mut totals: BTreeMap<String, usize> = BTreeMap::new();
    let (mut without_identifier, mut unfollowed) = (0, 0);
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        let text = std::str::from_utf8(&bytes).unwrap();
        let input = read_input("synthea", &bytes);
        assert_eq!(input.format, Format::Bundle);
        for entry in input.entries {
            let entry = entry.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            *totals.entry(entry.resource_type.clone()).or_default() += 1;
            without_identifier += usize::from(matches!(entry.key, Key::Source { .. }));
            assert!(text.contains(entry.original));
            let about_nobody =
                matches!(entry.resource, Resource::Organization(_) | Resource::Practitioner(_));
            assert_eq!(entry.patient.is_none(), about_nobody, "{}", entry.place);
            if let Resource::Encounter(visit) = &entry.resource {
                assert!(visit.type_text().is_some() && visit.period.start.is_some());
                let named = visit.participants.iter().chain(&visit.service_provider);
                unfollowed += named.filter(|r| r.key().is_none()).count();
            }
            if let Resource::Patient(patient) = &entry.resource {
                assert!(patient.display_name().is_some() && patient.birth_date.is_some());
                assert!(patient.medical_record_number().is_some());
                assert!(!patient.race.is_empty() && !patient.ethnicity.is_empty());
            }
        }
    }
    println!("{} entries taken, 0 refused: {totals:?}", totals.values().sum::<usize>());
    assert_eq!(totals.values().sum::<usize>(), 2112);
    assert_eq!(totals["Patient"], 9);
    assert_eq!(without_identifier, 1873);
    assert_eq!(unfollowed, 0);
}
