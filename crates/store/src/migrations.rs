//! The migration files of the record and of the key store, embedded. A test compares the lists with
//! the folders.

use crate::migrate::{MigrationFile, MigrationSet};

macro_rules! files {
    ($($number:literal $name:literal $path:literal;)+) => {
        &[$(MigrationFile {
            number: $number,
            name: $name,
            text: include_str!(concat!("../migrations/", $path)),
        }),+]
    };
}

/// The database of the record: people, patients, threads, work, audit and the views of ties.
pub const RECORD: MigrationSet = MigrationSet {
    name: "record",
    files: files! {
        1 "people" "0001_people.sql";
        2 "patients" "0002_patients.sql";
        3 "threads" "0003_threads.sql";
        4 "work" "0004_work.sql";
        5 "record" "0005_record.sql";
        6 "ties" "0006_ties.sql";
        7 "roster" "0007_roster.sql";
        8 "routing" "0008_routing.sql";
        9 "queue" "0009_queue.sql";
        10 "answers" "0010_answers.sql";
        11 "leads" "0011_leads.sql";
        12 "urgency" "0012_urgency.sql";
        13 "acts" "0013_acts.sql";
        14 "shared" "0014_shared.sql";
        15 "precision" "0015_precision.sql";
        16 "site_rules" "0016_site_rules.sql";
        17 "callback" "0017_callback.sql";
        18 "crossed" "0018_crossed.sql";
        19 "second_address" "0019_second_address.sql";
    },
};

/// The key store's database: wrapped keys, and nothing else.
pub const KEYS: MigrationSet = MigrationSet {
    name: "keys",
    files: &[MigrationFile {
        number: 1,
        name: "keys",
        text: include_str!("../migrations_keys/0001_keys.sql"),
    }],
};
