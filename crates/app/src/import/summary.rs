//! What an import did, by resource type.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Change, Piece, Taken};
use crate::fhir::Place;

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// The counts by resource type; entries whose type could not be read stand under `unknown`.
    pub types: BTreeMap<String, Counts>,
    /// The entries that were not taken, in the order they were met.
    pub rejected: Vec<Rejected>,
}

/// How many entries of one type met which fate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// New records.
    pub added: u64,
    /// Records that got another version.
    pub updated: u64,
    /// Records that say what they said before.
    pub unchanged: u64,
    /// Entries not taken.
    pub rejected: u64,
}

/// An entry that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rejected {
    /// Where it stands, for people: `entry 3`, `line 7`, `the input`.
    pub place: String,
    /// Its number: from 0 in a bundle, from 1 for a line; none for the input as a whole.
    pub index: Option<usize>,
    /// Its FHIR resource type, when that could be read.
    pub resource_type: Option<String>,
    /// Why, in one sentence without any content of the record.
    pub reason: String,
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.added += other.added;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
        self.rejected += other.rejected;
    }
}

impl Summary {
    /// The counts over all types.
    pub fn total(&self) -> Counts {
        let mut total = Counts::default();
        for counts in self.types.values() {
            total.add(*counts);
        }
        total
    }

    /// Adds what another file's import did.
    pub fn merge(&mut self, other: Self) {
        for (kind, counts) in other.types {
            self.types.entry(kind).or_default().add(counts);
        }
        self.rejected.extend(other.rejected);
    }

    pub(super) fn reject(&mut self, place: Place, resource_type: Option<&str>, reason: &str) {
        self.types.entry(resource_type.unwrap_or("unknown").to_owned()).or_default().rejected += 1;
        let index = match place {
            Place::Whole => None,
            Place::Entry(index) | Place::Line(index) => Some(index),
        };
        self.rejected.push(Rejected {
            place: place.to_string(),
            index,
            resource_type: resource_type.map(str::to_owned),
            reason: reason.to_owned(),
        });
    }

    pub(super) fn note(&mut self, piece: &Piece, taken: Taken) {
        match taken {
            Err(reason) => self.reject(piece.place, Some(&piece.resource_type), reason),
            Ok(change) => {
                let counts = self.types.entry(piece.resource_type.clone()).or_default();
                match change {
                    Change::Added => counts.added += 1,
                    Change::Updated => counts.updated += 1,
                    Change::Unchanged => counts.unchanged += 1,
                }
            }
        }
    }
}
