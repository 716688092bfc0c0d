//! How long sealing and opening take: `cargo run --release -p tidings-store --example seal_speed`.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement prints, and ends when it cannot go on"
)]

use std::time::{Duration, Instant};

use domain::ids::{Id, MessageId, PatientId};
use domain::time::Timestamp;
use store::db::{Db, DbConfig, SqliteConfig};
use store::seal::{KeyDb, KeyOwner, Keys, Place, Purpose, RootKey};
use uuid::Uuid;

/// Rounds of one batch. The fastest batch is printed, since the machine may be busy with others.
const ROUNDS: u32 = 500;
const BATCHES: u32 = 400;
const PATIENTS: u32 = 2_000;

fn main() {
    let now = Timestamp::from_seconds(1_795_342_500);
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(DbConfig::Sqlite(SqliteConfig::new(folder.path().join("keys.db")))).unwrap();
    let store = KeyDb::open(db, now).unwrap();
    let root = RootKey::from_bytes([7; 32]);
    let keys = Keys::load(root.clone(), Box::new(store.clone()), now).unwrap();
    let owners: Vec<KeyOwner> = (0..PATIENTS)
        .map(|n| KeyOwner::Patient(PatientId::from_uuid(Uuid::from_u128(n.into()))))
        .collect();
    let start = Instant::now();
    keys.ensure_all(&owners, now).unwrap();
    print("ensure, 2,000 at once", start.elapsed(), PATIENTS);

    let id = MessageId::from_uuid(Uuid::from_u128(7));
    let place = Place::new("message", &id, "body", 1);
    let body = [b'x'; 300];
    let one = *owners.first().unwrap();
    let sealed = keys.seal(one, &place, &body).unwrap();
    measure("seal 300 bytes", || keys.seal(one, &place, &body).unwrap());
    measure("open 300 bytes", || keys.open(one, &place, &sealed).unwrap());
    measure("blind index of a word", || keys.blind(Purpose::PatientName, "garcia"));

    let fresh = Keys::load(root, Box::new(store), now).unwrap();
    let start = Instant::now();
    for owner in &owners {
        std::hint::black_box(fresh.seal(*owner, &place, &body).unwrap());
    }
    print("first use of a key (look up, unwrap)", start.elapsed(), PATIENTS);
}

fn measure<T>(what: &str, act: impl Fn() -> T) {
    let batch = || {
        let start = Instant::now();
        for _ in 0..ROUNDS {
            std::hint::black_box(act());
        }
        start.elapsed()
    };
    print(what, (0..BATCHES).map(|_| batch()).min().unwrap(), ROUNDS);
}

fn print(what: &str, took: Duration, rounds: u32) {
    println!("{what:40} {:8.2} µs", took.as_secs_f64() * 1e6 / f64::from(rounds));
}
