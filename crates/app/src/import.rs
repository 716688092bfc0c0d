//! Bringing in records: FHIR R4 bundles and ndjson, as often as one likes.
//!
//! A record is recognised by its identifier when it has one, else by its place in the source system.
//! What has not changed since its sender last said it adds nothing; what has adds a version and updates
//! the row it is shown from. Every version's original is kept sealed, byte for byte. A bad entry is
//! reported with its place and reason and costs nothing else: entries are stored in small batches, and
//! a batch that fails is tried again one by one. Two things are refused rather than guessed: a key that
//! leads to two records, and a patient's identifier that comes back with another name and another birth
//! date.
//!
//! Deliberately absent: deleting (an import adds and updates), merging two patients, and treating
//! relations (which team cares for whom is an administrator's word).

mod map;
mod summary;

use std::sync::Arc;

use domain::access::Actor;
use domain::ids::{Id as _, PatientId, ResourceId};
use store::access::{ImportRecords, Permit};
use store::imported::{self as rows, Known, NewVersion};
use store::seal::{KeyOwner, Keys, Place, Purpose};

use crate::cx::{App, Cx};
use crate::error::{Error, Result};
use crate::fhir::{self, Answered, Entry, Key, Resource};
use crate::urgency::screening::{self, Looked};

pub use summary::{Counts, Rejected, Summary};

/// Entries stored in one transaction.
const BATCH: usize = 64;
/// Longest name of a source system, in bytes.
const SOURCE_MAX: usize = 200;

/// One entry on its way to the database, owning what it needs.
struct Piece {
    place: fhir::Place,
    resource_type: String,
    original: String,
    key: Key,
    /// Its place in the source system.
    source: Option<Key>,
    aliases: Vec<Key>,
    patient: Option<Key>,
    resource: Resource,
    /// An answer to a question about suicide that may be somebody's work, when it holds one.
    answered: Option<Answered>,
    /// The id it gets when it is new; chosen here, because a patient's key must exist before the
    /// transaction that uses it.
    id: ResourceId,
}

/// What became of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Added,
    Updated,
    Unchanged,
}

/// Why an entry was not taken.
enum Stop {
    /// The entry is at fault; nothing of it was written.
    Refused(&'static str),
    /// The transaction is at fault.
    Failed(Error),
}

impl<E: Into<Error>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

type Taken = std::result::Result<Change, &'static str>;

/// Imports everything in `bytes`, which came from the system called `source`. `progress` is told how
/// many entries are done and how many there are.
///
/// Errors: `Invalid` for a source without a name; `Forbidden` or `NotFound` for an actor who may not;
/// `Unavailable` or `Full` when the database stops answering: what was stored until then stays, and the
/// same import again goes on from there. A bad entry is no error; it is in the summary.
pub fn import(
    app: &App,
    actor: &Actor,
    source: &str,
    bytes: &[u8],
    mut progress: impl FnMut(usize, usize),
) -> Result<Summary> {
    if source.trim().is_empty() || source.len() > SOURCE_MAX {
        return Err(Error::field("source", "empty"));
    }
    // Asked before anything is read, so that a stranger learns nothing about the input.
    app.write(actor, |cx| cx.authorize::<ImportRecords>(()).map(|_| ()))?;
    let input = fhir::read_input(source, bytes);
    let total = input.entries.len();
    let mut summary = Summary::default();
    let mut pieces = Vec::with_capacity(total);
    for entry in input.entries {
        match entry {
            Ok(entry) => pieces.push(Piece::of(app, source, entry)?),
            Err(error) => {
                summary.reject(error.place, error.resource_type.as_deref(), &error.reason);
            }
        }
    }
    let track = track(app.keys(), source, &pieces);
    // What others refer to comes first; the order of the input is kept within a rank, but that of several answers about
    // suicide the most urgent and newest is looked at first, so that those before it are history.
    pieces.sort_by_key(|piece| (rank(&piece.resource), screening::first(piece.answered.as_ref())));
    let mut done = total - pieces.len();
    progress(done, total);
    let mut rest = pieces.into_iter();
    loop {
        let batch: Arc<[Piece]> = rest.by_ref().take(BATCH).collect();
        if batch.is_empty() {
            break;
        }
        store_batch(app, actor, &batch, track, &mut summary)?;
        done += batch.len();
        progress(done, total);
    }
    tracing::info!(
        entries = total,
        added = summary.total().added,
        updated = summary.total().updated,
        unchanged = summary.total().unchanged,
        rejected = summary.total().rejected,
        "records imported"
    );
    Ok(summary)
}

impl Piece {
    fn of(app: &App, source: &str, entry: Entry<'_>) -> Result<Self> {
        let own = |key: &&Key| matches!(key, Key::Source { system, .. } if system == source);
        Ok(Self {
            place: entry.place,
            source: entry.aliases.iter().rfind(own).cloned(),
            original: entry.original.to_owned(),
            resource_type: entry.resource_type,
            key: entry.key,
            aliases: entry.aliases,
            patient: entry.patient,
            resource: entry.resource,
            answered: entry.answered,
            id: app.new_id()?,
        })
    }
}

/// Organizations and people before visits, visits before what was found at them.
const fn rank(resource: &Resource) -> u8 {
    match resource {
        Resource::Organization(_) | Resource::Location(_) => 0,
        Resource::Practitioner(_) | Resource::Medication(_) => 1,
        Resource::PractitionerRole(_) | Resource::Patient(_) => 2,
        Resource::Encounter(_) => 3,
        _ => 4,
    }
}

/// Who is speaking: the source system, and in a file about one patient that patient.
fn track(keys: &Keys, source: &str, pieces: &[Piece]) -> [u8; 16] {
    let mut patients = pieces.iter().filter(|piece| matches!(piece.resource, Resource::Patient(_)));
    let only = match (patients.next(), patients.next()) {
        (Some(piece), None) => key_text(&piece.key),
        _ => String::new(),
    };
    keys.blind(Purpose::RecordKey, &joined(&["track", source, &only]))
}

/// Parts with their lengths in front, so that no two lists read alike.
fn joined(parts: &[&str]) -> String {
    let mut text = String::new();
    for part in parts {
        text.push_str(&part.len().to_string());
        text.push(':');
        text.push_str(part);
    }
    text
}

fn key_text(key: &Key) -> String {
    match key {
        Key::Identifier { resource_type, system, value } => {
            joined(&["identifier", resource_type, system, value])
        }
        Key::Source { system, resource_type, id } => joined(&["source", system, resource_type, id]),
    }
}

fn blind(keys: &Keys, key: &Key) -> [u8; 16] {
    keys.blind(Purpose::RecordKey, &key_text(key))
}

/// Stores a batch in one transaction, or one by one when it fails as a whole.
fn store_batch(
    app: &App,
    actor: &Actor,
    batch: &Arc<[Piece]>,
    track: [u8; 16],
    summary: &mut Summary,
) -> Result<()> {
    prepare_keys(app, actor, batch)?;
    match store_range(app, actor, batch, 0, batch.len(), track) {
        Ok(taken) => {
            for (piece, taken) in batch.iter().zip(taken) {
                summary.note(piece, taken);
            }
            return Ok(());
        }
        Err(Error::Internal(_) | Error::Conflict(_) | Error::Invalid(_)) => {}
        Err(error) => return Err(error),
    }
    for (index, piece) in batch.iter().enumerate() {
        let taken = match store_range(app, actor, batch, index, index + 1, track) {
            Ok(taken) => taken.into_iter().next().unwrap_or(Err(NOT_STORED)),
            Err(Error::Internal(_) | Error::Conflict(_) | Error::Invalid(_)) => Err(NOT_STORED),
            Err(error) => return Err(error),
        };
        summary.note(piece, taken);
    }
    Ok(())
}

const NOT_STORED: &str = "The database does not take it.";
const WHOSE: &str = "It asks for a clinician today and does not say about whom.";
const NOBODY: &str = "It asks for a clinician today, and there is no team to give it to: set one up and import again.";

/// Makes the data keys of the batch's new patients, durable before the transaction that uses them.
fn prepare_keys(app: &App, actor: &Actor, batch: &Arc<[Piece]>) -> Result<()> {
    if !batch.iter().any(|piece| matches!(piece.resource, Resource::Patient(_))) {
        return Ok(());
    }
    let new: Vec<PatientId> = app.read(actor, |cx| {
        let permit = cx.authorize::<ImportRecords>(())?;
        let mut new = Vec::new();
        for piece in batch.iter() {
            if matches!(piece.resource, Resource::Patient(_))
                && matches!(recognise(cx, &permit, piece), Ok(None))
            {
                new.push(PatientId::from_uuid(piece.id.as_uuid()));
            }
        }
        Ok(new)
    })?;
    for patient in new {
        app.keys().ensure(KeyOwner::Patient(patient), app.now())?;
    }
    Ok(())
}

fn store_range(
    app: &App,
    actor: &Actor,
    batch: &Arc<[Piece]>,
    from: usize,
    to: usize,
    track: [u8; 16],
) -> Result<Vec<Taken>> {
    let batch = Arc::clone(batch);
    app.write(actor, move |cx| {
        let permit = cx.authorize::<ImportRecords>(())?;
        let mut taken = Vec::with_capacity(to - from);
        for piece in batch.iter().take(to).skip(from) {
            match take(cx, &permit, piece, &track) {
                Ok(change) => taken.push(Ok(change)),
                Err(Stop::Refused(reason)) => taken.push(Err(reason)),
                Err(Stop::Failed(error)) => return Err(error),
            }
        }
        Ok(taken)
    })
}

/// Finds the record that an entry is a version of.
fn recognise<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, ImportRecords>,
    piece: &Piece,
) -> std::result::Result<Option<Known>, Stop> {
    let keys = cx.app().keys();
    let (key, source) =
        (blind(keys, &piece.key), piece.source.as_ref().map(|source| blind(keys, source)));
    let by_key = only(&rows::find(cx.tx(), permit, &key)?)?;
    let by_source = match source.filter(|source| *source != key) {
        Some(source) => only(&rows::find(cx.tx(), permit, &source)?)?,
        None => None,
    };
    match (by_key, by_source) {
        (Some(one), Some(other)) if one.id != other.id => {
            Err(Stop::Refused("Its identifier and its id belong to two different records."))
        }
        (by_key, by_source) => Ok(by_key.or(by_source)),
    }
}

fn only(found: &[Known]) -> std::result::Result<Option<Known>, Stop> {
    match found {
        [] => Ok(None),
        [one] => Ok(Some(*one)),
        _ => Err(Stop::Refused("Its identifier belongs to more than one record.")),
    }
}

/// The record a reference leads to, when it leads to exactly one.
fn referred<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, ImportRecords>,
    key: &Key,
) -> Result<Option<Known>> {
    let alias = blind(cx.app().keys(), key);
    let found = rows::find(cx.tx(), permit, &alias)?;
    Ok(match found.as_slice() {
        [one] => Some(*one),
        _ => None,
    })
}

/// The row that an imported record is shown from; `None` when no import brought it or nothing is shown.
pub fn find(cx: &mut Cx<'_, '_>, key: &Key) -> Result<Option<uuid::Uuid>> {
    let permit = cx.authorize::<ImportRecords>(())?;
    Ok(referred(cx, &permit, key)?.and_then(|found| found.target))
}

/// Stores one entry. A refusal comes before the first write.
fn take<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, ImportRecords>,
    piece: &Piece,
    track: &[u8; 16],
) -> std::result::Result<Change, Stop> {
    let known = recognise(cx, permit, piece)?;
    let patient = patient_of(cx, permit, piece, known.as_ref())?;
    if known.is_some_and(|known| known.patient != patient) {
        return Err(Stop::Refused("It belonged to another patient before."));
    }
    let mac = cx.app().keys().mac(Purpose::RecordContent, piece.original.as_bytes());
    if let Some(known) = &known
        && rows::is_current(cx.tx(), permit, known, track, &mac)?
    {
        add_aliases(cx, permit, piece, known.id)?;
        return Ok(Change::Unchanged);
    }
    let flagged = match (&piece.answered, patient) {
        (Some(found), Some(patient)) => match screening::look(cx, permit, found, patient)? {
            Looked::Work(flagged) => Some(flagged),
            Looked::Nothing => None,
            Looked::Nobody => return Err(Stop::Refused(NOBODY)),
        },
        (Some(found), None) if screening::above(found, cx.now()).is_recent(cx.now()) => {
            return Err(Stop::Refused(WHOSE));
        }
        _ => None,
    };
    let id = known.map_or(piece.id, |known| known.id);
    let target = known.map_or(Some(id.as_uuid()), |known| known.target);
    let shown = map::put(cx, permit, piece, target, patient)?;
    let version = if let Some(known) = &known {
        known.version + 1
    } else {
        let target = if shown { target } else { None };
        let new = Known { id, target, patient, version: 0 };
        let key = blind(cx.app().keys(), &piece.key);
        rows::add(cx.tx(), permit, &new, &piece.resource_type, &key)?;
        1
    };
    add_aliases(cx, permit, piece, id)?;
    let owner = patient.map_or(KeyOwner::Deployment, KeyOwner::Patient);
    let place = Place::new("imported_version", &id, "original_sealed", version);
    let original = cx.seal(owner, &place, piece.original.as_bytes())?;
    let new = NewVersion { id, version, track, content_mac: &mac, original: &original };
    rows::add_version(cx.tx(), permit, &new)?;
    if let Some(flagged) = &flagged {
        screening::open(cx, permit, (id, version), flagged)?;
    }
    // The permit's audit row names every patient of the batch.
    cx.audit_subjects(permit, patient);
    Ok(if known.is_some() { Change::Updated } else { Change::Added })
}

fn add_aliases<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, ImportRecords>,
    piece: &Piece,
    id: ResourceId,
) -> Result<()> {
    for alias in &piece.aliases {
        let alias = blind(cx.app().keys(), alias);
        rows::add_alias(cx.tx(), permit, id, &alias)?;
    }
    Ok(())
}

/// The patient an entry is about; a refusal when the entry names one that no import has brought.
fn patient_of<'t>(
    cx: &mut Cx<'_, 't>,
    permit: &Permit<'t, ImportRecords>,
    piece: &Piece,
    known: Option<&Known>,
) -> std::result::Result<Option<PatientId>, Stop> {
    if matches!(piece.resource, Resource::Patient(_)) {
        let id = known.map_or(piece.id, |known| known.id);
        return Ok(Some(PatientId::from_uuid(id.as_uuid())));
    }
    let Some(key) = &piece.patient else { return Ok(None) };
    let found = referred(cx, permit, key)?.and_then(|found| found.patient);
    found.map(Some).ok_or(Stop::Refused("Its patient is not in the record."))
}
