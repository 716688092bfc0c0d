//! Cuts an input into resources and reads each one by itself.

use std::collections::HashSet;

use super::element::{Element, Reason};
use super::json::{Json, JsonError, MAX_DEPTH};
use super::reference::Key;
use super::resolve::{Draft, resolve};
use super::resource_types::is_resource_type;
use super::{
    Answered, Condition, Coverage, Encounter, Entry, EntryError, Format, Identifier, Input,
    Location, MAX_INPUT_BYTES, MAX_RESOURCE_BYTES, Medication, MedicationRequest, Observation,
    Organization, Patient, Place, Practitioner, PractitionerRole, Reference, Resource, frame,
    is_fhir_id, patient,
};

const NOT_FHIR: &str =
    "This is not FHIR JSON: it must be a Bundle, one resource, or one resource on each line.";
const BROKEN_OFF: &str =
    "The input breaks off or is damaged here; nothing after this point could be read.";
const NATIONAL_PROVIDER: &str = "http://hl7.org/fhir/sid/us-npi";

/// Reads a FHIR R4 bundle, ndjson or a single resource. `source` names the system it comes from
/// and is part of the keys of records without an identifier. Never fails as a whole: what cannot
/// be taken is an error in its place.
pub fn read_input<'a>(source: &str, bytes: &'a [u8]) -> Input<'a> {
    let whole = |reason: &str| Input {
        format: Format::Unknown,
        entries: vec![Err(error(Place::Whole, None, reason))],
    };
    if bytes.len() > MAX_INPUT_BYTES {
        return whole("This input is larger than 512 MB; split it.");
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if !frame::is_one_value(bytes) && looks_like_lines(bytes) {
        let lines = bytes.split(|b| *b == b'\n').enumerate();
        let lines = lines.filter(|(_, line)| !line.trim_ascii().is_empty());
        let read = lines.map(|(i, line)| {
            read_resource(source, Place::Line(i + 1), None, line.trim_ascii()).into()
        });
        return Input { format: Format::Ndjson, entries: resolve(source, read.collect()) };
    }
    let Some(cut) = frame::members(bytes) else { return whole(NOT_FHIR) };
    match member(&cut.items, "resourceType").and_then(parse_text).as_deref() {
        Some("Bundle") => Input {
            format: Format::Bundle,
            entries: resolve(source, read_bundle(source, bytes, &cut)),
        },
        Some(_) => {
            let read = read_resource(source, Place::Entry(0), None, bytes.trim_ascii());
            Input { format: Format::Resource, entries: resolve(source, vec![read.into()]) }
        }
        None => whole(NOT_FHIR),
    }
}

/// True when one of the first two lines that hold anything is a resource by itself: one damaged
/// first line must not turn a file of lines into a damaged document.
fn looks_like_lines(bytes: &[u8]) -> bool {
    let lines = bytes.split(|b| *b == b'\n').filter(|line| !line.trim_ascii().is_empty());
    lines.take(2).any(|line| {
        frame::is_one_value(line)
            && frame::members(line).is_some_and(|cut| member(&cut.items, "resourceType").is_some())
    })
}

type Members<'a> = [(&'a [u8], &'a [u8])];

/// The value of the first member with that name.
fn member<'a>(members: &Members<'a>, name: &str) -> Option<&'a [u8]> {
    members.iter().find(|(key, _)| parse_text(key).as_deref() == Some(name)).map(|(_, v)| *v)
}

fn parse_text(bytes: &[u8]) -> Option<String> {
    serde_json::from_slice(bytes).ok()
}

fn error(place: Place, resource_type: Option<&str>, reason: impl Into<String>) -> EntryError {
    EntryError { place, resource_type: resource_type.map(str::to_owned), reason: reason.into() }
}

/// Reads every entry of a bundle, and adds an error for each part of it that could not be read.
fn read_bundle<'a>(
    source: &str,
    bytes: &'a [u8],
    cut: &frame::Cut<(&'a [u8], &'a [u8])>,
) -> Vec<Draft<'a>> {
    let refuse = |reason: &str| error(Place::Whole, Some("Bundle"), reason);
    if let Err(reason) = check_members(&cut.items, &["entry"]) {
        return vec![Draft::from(Err(refuse(&reason.0)))];
    }
    let kind = member(&cut.items, "type").and_then(parse_text);
    if !matches!(kind.as_deref(), Some("transaction" | "batch" | "collection")) {
        let reason = "Bundle.type must be transaction, batch or collection.";
        return vec![Draft::from(Err(refuse(reason)))];
    }
    let mut drafts = Vec::new();
    let mut damaged = cut.broken.is_some();
    match member(&cut.items, "entry").map(frame::elements) {
        None => {}
        Some(None) => drafts.push(Draft::from(Err(refuse("Bundle.entry must be a list.")))),
        Some(Some(entries)) => {
            for (index, entry) in entries.items.iter().enumerate() {
                drafts.push(read_entry(source, Place::Entry(index), entry));
            }
            damaged |= entries.broken.is_some();
        }
    }
    if damaged {
        let place = Place::Entry(drafts.len());
        drafts.push(Draft::from(Err(error(place, None, BROKEN_OFF))));
    } else if !frame::rest(bytes, cut.end).is_empty() {
        let reason = "There is more text after the end of the bundle; it was not read.";
        drafts.push(Draft::from(Err(refuse(reason))));
    }
    drafts
}

/// Checks that no name comes twice and that every value except the excused ones is sound JSON.
fn check_members(members: &Members<'_>, excused: &[&str]) -> Result<(), Reason> {
    let mut names = HashSet::new();
    for (key, value) in members {
        let Some(name) = parse_text(key) else {
            return Err(Reason::new("This is not valid JSON."));
        };
        if !excused.contains(&name.as_str()) {
            parse(value)?;
        }
        if !names.insert(name) {
            return Err(json_reason(JsonError::DuplicateKey));
        }
    }
    Ok(())
}

fn read_entry<'a>(source: &str, place: Place, entry: &'a [u8]) -> Draft<'a> {
    let refuse = |reason: &str| Draft::from(Err(error(place, None, reason)));
    let Some(cut) = frame::members(entry) else { return refuse("An entry must be an object.") };
    if cut.broken.is_some() {
        return refuse("This is not valid JSON.");
    }
    if let Err(reason) = check_members(&cut.items, &["resource"]) {
        return refuse(&reason.0);
    }
    let full_url = match member(&cut.items, "fullUrl").map(parse_text) {
        None => None,
        Some(Some(url)) if !url.trim().is_empty() => Some(url),
        Some(_) => return refuse("Bundle.entry.fullUrl must be a text."),
    };
    let Some(resource) = member(&cut.items, "resource") else {
        return Draft { full_url, ..refuse("The entry has no resource.") };
    };
    let mut read = read_resource(source, place, full_url.clone(), resource);
    if let (Ok(taken), Some(request)) = (&read, member(&cut.items, "request"))
        && let Err(reason) = check_request(request, taken)
    {
        read = Err(error(place, Some(&taken.entry.resource_type), reason.0));
    }
    Draft { full_url, ..Draft::from(read) }
}

/// An import adds and updates: anything else an entry asks for is refused rather than ignored.
fn check_request(request: &[u8], taken: &Taken<'_>) -> Result<(), Reason> {
    let request = parse(request)?;
    if request.members().is_none() {
        return Err(Reason::new("Bundle.entry.request must be an object."));
    }
    let request = Element::resource("Bundle.entry.request", &request);
    let method = request.text("method")?;
    if !matches!(method.as_deref(), None | Some("POST" | "PUT")) {
        return Err(Reason::new("The entry asks for something other than to add or update."));
    }
    let Some(url) = request.text("url")? else { return Ok(()) };
    let path = url.split('?').next().unwrap_or_default();
    let (kind, id) = path.split_once('/').map_or((path, None), |(kind, id)| (kind, Some(id)));
    let other_id = id.is_some_and(|id| taken.id.as_deref().is_some_and(|own| own != id));
    if kind != taken.entry.resource_type || other_id {
        return Err(Reason::new(
            "Bundle.entry.request.url names another record than the resource.",
        ));
    }
    Ok(())
}

fn json_reason(error: JsonError) -> Reason {
    Reason::new(match error {
        JsonError::Syntax => "This is not valid JSON.".to_owned(),
        JsonError::Depth => format!("It is nested deeper than {MAX_DEPTH} levels."),
        JsonError::DuplicateKey => "It has the same key twice in one object.".to_owned(),
    })
}

fn parse(bytes: &[u8]) -> Result<Json, Reason> {
    if bytes.len() > MAX_RESOURCE_BYTES {
        return Err(Reason::new("It is larger than 1 MB."));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| Reason::new("It is not UTF-8 text."))?;
    Json::parse(text).map_err(json_reason)
}

/// A resource that was read, with what is still to be looked for in the other entries.
pub(crate) struct Taken<'a> {
    pub(crate) entry: Entry<'a>,
    /// The resource's own `id`.
    pub(crate) id: Option<String>,
    /// The references that may name the patient it is about.
    pub(crate) about: Vec<Reference>,
}

/// Reads one resource; on failure the error names the type when it is a real one.
fn read_resource<'a>(
    source: &str,
    place: Place,
    full_url: Option<String>,
    bytes: &'a [u8],
) -> Result<Taken<'a>, EntryError> {
    let json = parse(bytes).map_err(|reason| error(place, None, reason.0))?;
    if json.members().is_none() {
        return Err(error(place, None, "A resource must be an object."));
    }
    let Some(kind) = json.get("resourceType").and_then(Json::text) else {
        return Err(error(place, None, "The resource has no resourceType."));
    };
    if !is_resource_type(kind) {
        return Err(error(place, None, "The resourceType is not one of FHIR R4."));
    }
    let refuse = |reason: Reason| error(place, Some(kind), reason.0);
    if kind == "Bundle" {
        let reason = "A Bundle inside another input is not taken; import it by itself.";
        return Err(error(place, Some(kind), reason));
    }
    let element = Element::resource(kind, &json);
    let id = element.text("id").map_err(refuse)?;
    if id.as_deref().is_some_and(|id| !is_fhir_id(id)) {
        return Err(refuse(element.refuse("id", "is not a FHIR id")));
    }
    let (resource, about) = read_mapped(kind, &element).map_err(refuse)?;
    let source_id = id.clone().or_else(|| id_of_url(full_url.as_deref()?, kind));
    let identifiers = identifiers(&element).map_err(refuse)?;
    let aliases = keys(source, kind, &identifiers, source_id.as_deref());
    let Some(key) = aliases.first().cloned() else {
        let reason = "It has neither an identifier nor an id, so it could not be recognised again.";
        return Err(error(place, Some(kind), reason));
    };
    // The bytes were UTF-8 above; an error here cannot happen but must not panic either.
    let original = std::str::from_utf8(bytes).map_err(|_| error(place, None, NOT_FHIR))?;
    let resource_type = kind.to_owned();
    let patient = (kind == "Patient").then(|| key.clone());
    let entry = Entry {
        place,
        resource_type,
        original,
        full_url,
        source_id,
        key,
        aliases,
        patient,
        resource,
        answered: Answered::read(kind, &json),
    };
    Ok(Taken { entry, id, about })
}

fn read_mapped(kind: &str, e: &Element<'_>) -> Result<(Resource, Vec<Reference>), Reason> {
    Ok(match kind {
        "Organization" => (Resource::Organization(Organization::read(e)?.into()), vec![]),
        "Location" => (Resource::Location(Location::read(e)?.into()), vec![]),
        "Practitioner" => (Resource::Practitioner(Practitioner::read(e)?.into()), vec![]),
        "PractitionerRole" => {
            (Resource::PractitionerRole(PractitionerRole::read(e)?.into()), vec![])
        }
        "Patient" => (Resource::Patient(Patient::read(e)?.into()), vec![]),
        "Medication" => (Resource::Medication(Medication::read(e)?.into()), vec![]),
        "Encounter" => {
            let read = Encounter::read(e)?;
            let about = read.subject.iter().cloned().collect();
            (Resource::Encounter(read.into()), about)
        }
        "Condition" => {
            let read = Condition::read(e)?;
            let about = vec![read.subject.clone()];
            (Resource::Condition(read.into()), about)
        }
        "MedicationRequest" => {
            let read = MedicationRequest::read(e)?;
            let about = vec![read.subject.clone()];
            (Resource::MedicationRequest(read.into()), about)
        }
        "Observation" => {
            let read = Observation::read(e)?;
            let about = read.subject.iter().cloned().collect();
            (Resource::Observation(read.into()), about)
        }
        "Coverage" => {
            let read = Coverage::read(e)?;
            let about = vec![read.beneficiary.clone()];
            (Resource::Coverage(read.into()), about)
        }
        _ => (Resource::Other, about_of_other(kind, e)?),
    })
}

/// The references of an unmapped resource that may name its patient: `patient`, `subject`, or the
/// actors of an Appointment.
fn about_of_other(kind: &str, e: &Element<'_>) -> Result<Vec<Reference>, Reason> {
    let mut about = Vec::new();
    for name in ["patient", "subject"] {
        // A few types have a list or a text here; only one reference names one patient.
        if matches!(e.get(name), Some(Json::Object(_))) {
            about.extend(e.reference(name)?);
        }
    }
    if kind == "Appointment" {
        for participant in e.objects("participant")? {
            about.extend(participant.reference("actor")?);
        }
    }
    Ok(about)
}

fn identifiers(e: &Element<'_>) -> Result<Vec<Identifier>, Reason> {
    // A few types, such as QuestionnaireResponse, have one identifier instead of a list.
    match e.get("identifier") {
        Some(Json::Object(_)) => Ok(e.one_identifier("identifier")?.into_iter().collect()),
        _ => e.identifiers("identifier"),
    }
}

/// The id at the end of a `fullUrl`: a UUID, or what follows the type in an address.
fn id_of_url(url: &str, kind: &str) -> Option<String> {
    let id = match url.strip_prefix("urn:uuid:") {
        Some(uuid) => uuid,
        None => url.rsplit_once('/').filter(|(path, _)| path.ends_with(&format!("/{kind}")))?.1,
    };
    is_fhir_id(id).then(|| id.to_owned())
}

/// Every key, the one to recognise it by first: a record number for patients, a national provider
/// number for practitioners, else the first identifier with a system, else the place in the source.
/// Identifiers out of use are left out, temporary ones come last.
fn keys(source: &str, kind: &str, identifiers: &[Identifier], id: Option<&str>) -> Vec<Key> {
    let rank = |identifier: &Identifier| match kind {
        _ if identifier.r#use.as_deref() == Some("temp") => 2,
        "Patient" if patient::is_record_number(identifier) => 0,
        "Practitioner" if identifier.system.as_deref() == Some(NATIONAL_PROVIDER) => 0,
        _ => 1,
    };
    let mut ranked: Vec<(u8, Key)> = identifiers
        .iter()
        .filter(|identifier| identifier.r#use.as_deref() != Some("old"))
        .filter_map(|identifier| Some((rank(identifier), Key::identifier(kind, identifier)?)))
        .collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    let mut keys: Vec<Key> = ranked.into_iter().map(|(_, key)| key).collect();
    keys.extend(id.map(|id| Key::source(source, kind, id)));
    keys
}
