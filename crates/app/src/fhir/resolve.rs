//! Follows the references between the entries of one input.

use std::collections::HashMap;

use super::bundle::Taken;
use super::reference::{Form, Key, Reference, Target, form};
use super::{Concept, Entry, EntryError, Place, Resource};

/// An entry on its way, with the `fullUrl` that others may name even when it is refused.
pub(crate) struct Draft<'a> {
    pub(crate) full_url: Option<String>,
    pub(crate) read: Result<Taken<'a>, EntryError>,
}

impl<'a> From<Result<Taken<'a>, EntryError>> for Draft<'a> {
    fn from(read: Result<Taken<'a>, EntryError>) -> Draft<'a> {
        Draft { full_url: None, read }
    }
}

/// What the entries of one input can be named by.
#[derive(Default)]
struct Index {
    by_url: HashMap<String, Key>,
    by_alias: HashMap<Key, Key>,
    medications: HashMap<Key, Concept>,
    refused: HashMap<String, Place>,
}

/// Resolves every reference and refuses what would replace another record of the same input or
/// whose patient cannot be found.
pub(crate) fn resolve<'a>(
    source: &str,
    mut drafts: Vec<Draft<'a>>,
) -> Vec<Result<Entry<'a>, EntryError>> {
    refuse_doubles(&mut drafts);
    let index = Index::of(&drafts);
    drafts.into_iter().map(|draft| index.finish(source, draft.read?)).collect()
}

/// Refuses an entry that repeats the `fullUrl` of an earlier one (FHIR R4 invariant bdl-7), or its
/// key under another id. Organizations and people who give care may come twice: it is the same one.
fn refuse_doubles(drafts: &mut [Draft<'_>]) {
    let mut urls: HashMap<String, Place> = HashMap::new();
    let mut keys: HashMap<Key, (Place, Option<String>)> = HashMap::new();
    for draft in drafts {
        let Ok(taken) = &draft.read else { continue };
        let entry = &taken.entry;
        let mut reason = None;
        if let Some(url) = &draft.full_url {
            let first = *urls.entry(url.clone()).or_insert(entry.place);
            if first != entry.place {
                reason = Some(format!("It has the same fullUrl as {first}."));
            }
        }
        let own = (entry.place, entry.source_id.clone());
        let (first, id) = keys.entry(entry.key.clone()).or_insert(own);
        let shared = matches!(
            entry.resource_type.as_str(),
            "Organization" | "Location" | "Practitioner" | "PractitionerRole" | "Medication"
        );
        if *first != entry.place && !shared && *id != entry.source_id {
            let said = format!("It has the same identifier as {first} but another id.");
            reason = reason.or(Some(said));
        }
        if let Some(reason) = reason {
            let resource_type = Some(entry.resource_type.clone());
            draft.read = Err(EntryError { place: entry.place, resource_type, reason });
        }
    }
}

impl Index {
    fn of(drafts: &[Draft<'_>]) -> Index {
        let mut index = Index::default();
        for draft in drafts {
            match (&draft.read, &draft.full_url) {
                (Err(error), Some(url)) => {
                    index.refused.entry(url.clone()).or_insert(error.place);
                }
                (Err(_), None) => {}
                (Ok(taken), url) => {
                    let entry = &taken.entry;
                    if let Some(url) = url {
                        index.by_url.insert(url.clone(), entry.key.clone());
                    }
                    for alias in &entry.aliases {
                        index.by_alias.entry(alias.clone()).or_insert_with(|| entry.key.clone());
                    }
                    if let Resource::Medication(medication) = &entry.resource {
                        let code = medication.code.clone();
                        index.medications.extend(code.map(|code| (entry.key.clone(), code)));
                    }
                }
            }
        }
        index
    }

    fn finish<'a>(&self, source: &str, taken: Taken<'a>) -> Result<Entry<'a>, EntryError> {
        let Taken { mut entry, mut about, .. } = taken;
        for reference in entry.resource.references_mut() {
            self.follow(source, reference);
        }
        for reference in &mut about {
            self.follow(source, reference);
        }
        if let Resource::MedicationRequest(request) = &mut entry.resource {
            let named = request.medication_reference.as_ref().and_then(Reference::key);
            let code = named.and_then(|key| self.medications.get(key));
            request.medication = request.medication.take().or_else(|| code.cloned());
        }
        let records: Vec<&Key> = about.iter().filter_map(Reference::key).collect();
        let patient = records.iter().find(|key| key.resource_type() == "Patient");
        if !about.is_empty() && records.is_empty() {
            let mut texts = about.iter().filter_map(|reference| reference.reference.as_ref());
            let refused = texts.find_map(|text| self.refused.get(text));
            let reason = match refused {
                Some(place) => format!("Its patient is {place}, which was not taken."),
                None => "Its patient cannot be found by the reference given.".to_owned(),
            };
            let resource_type = Some(entry.resource_type);
            return Err(EntryError { place: entry.place, resource_type, reason });
        }
        if let Some(patient) = patient {
            entry.patient = Some((*patient).clone());
        }
        Ok(entry)
    }

    /// Sets the target: first by what the reference says, then by its logical identifier.
    fn follow(&self, source: &str, reference: &mut Reference) {
        let said = match reference.reference.as_deref().map(form) {
            None => Target::Unresolved,
            Some(Form::Contained(id)) => Target::Contained(id),
            Some(Form::Relative(kind, id)) => {
                Target::Record(self.own_key(Key::source(source, &kind, &id)))
            }
            Some(Form::Conditional(key)) => Target::Record(self.own_key(key)),
            Some(Form::Url(url)) => {
                self.by_url.get(&url).map_or(Target::Unresolved, |key| Target::Record(key.clone()))
            }
        };
        let logical = || {
            let key = Key::identifier(
                reference.resource_type.as_deref()?,
                reference.identifier.as_ref()?,
            )?;
            Some(Target::Record(self.own_key(key)))
        };
        reference.target = match said {
            Target::Unresolved => logical().unwrap_or(Target::Unresolved),
            found => found,
        };
    }

    /// The key under which a record of this input stands, or the same one when it is not here.
    fn own_key(&self, key: Key) -> Key {
        self.by_alias.get(&key).cloned().unwrap_or(key)
    }
}

impl Resource {
    fn references_mut(&mut self) -> Vec<&mut Reference> {
        match self {
            Resource::Organization(r) => r.part_of.iter_mut().collect(),
            Resource::Location(r) => r.managing_organization.iter_mut().collect(),
            Resource::PractitionerRole(r) => {
                let named = r.practitioner.iter_mut().chain(r.organization.iter_mut());
                named.chain(r.locations.iter_mut()).collect()
            }
            Resource::Encounter(r) => {
                let named = r.subject.iter_mut().chain(r.participants.iter_mut());
                named.chain(r.service_provider.iter_mut()).chain(r.locations.iter_mut()).collect()
            }
            Resource::Condition(r) => {
                std::iter::once(&mut r.subject).chain(r.encounter.iter_mut()).collect()
            }
            Resource::MedicationRequest(r) => {
                let named =
                    std::iter::once(&mut r.subject).chain(r.medication_reference.iter_mut());
                named.chain(r.encounter.iter_mut()).chain(r.requester.iter_mut()).collect()
            }
            Resource::Observation(r) => {
                r.subject.iter_mut().chain(r.encounter.iter_mut()).collect()
            }
            Resource::Coverage(r) => {
                std::iter::once(&mut r.beneficiary).chain(r.payors.iter_mut()).collect()
            }
            Resource::Practitioner(_)
            | Resource::Patient(_)
            | Resource::Medication(_)
            | Resource::Other => Vec::new(),
        }
    }
}
