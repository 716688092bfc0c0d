//! Power cuts, failing and full disks under the real writer, on the lossy disk of `faults`.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use faults::{Disk, Fault, Random};
use store::db::{Db, DbConfig, DbError, SqliteConfig, Tx};
use store::sql;

/// Clients that send at the same time.
const CLIENTS: u64 = 3;
/// How often the power fails.
const CUTS: u64 = 2_000;
/// How many lives one disk has before a new one takes its place.
const LIVES: u64 = 20;

/// Names the disks of one process apart.
static DISKS: AtomicU64 = AtomicU64::new(0);

fn new_disk() -> (Disk, String) {
    let name = format!("lossy-{}", DISKS.fetch_add(1, Ordering::Relaxed));
    (Disk::new(&name), name)
}

fn config(vfs: &str) -> SqliteConfig {
    let mut config = SqliteConfig::new("record.db");
    config.vfs = Some(vfs.to_owned());
    config.readers = 1;
    // Small, so that many cuts fall into checkpoints and log restarts.
    config.checkpoint_pages = 12;
    config
}

fn open(config: &SqliteConfig) -> Result<Db, DbError> {
    let db = Db::open(DbConfig::Sqlite(config.clone()))?;
    db.write(|tx| {
        let tables = [
            sql!("CREATE TABLE IF NOT EXISTS total (id BIGINT PRIMARY KEY, n BIGINT NOT NULL)"),
            sql!("CREATE TABLE IF NOT EXISTS sent (id BIGINT NOT NULL, seq BIGINT, body BYTEA)"),
            sql!("CREATE TABLE IF NOT EXISTS audit (id BIGINT NOT NULL, size BIGINT NOT NULL)"),
            sql!("CREATE INDEX IF NOT EXISTS sent_id ON sent (id)"),
            sql!("INSERT INTO total (id, n) VALUES (1, 0) ON CONFLICT (id) DO NOTHING"),
        ];
        tables.iter().try_for_each(|sql| tx.execute(*sql, &[]).map(|_| ()))
    })?;
    Ok(db)
}

/// Every byte of a body follows from its id, so that a torn one is seen.
fn body(id: i64) -> Vec<u8> {
    let mut random = Random::new(id.unsigned_abs());
    let words = [3, 40, 90, 750].get(random.below(4)).copied().unwrap_or(1);
    (0..words).flat_map(|_| random.next().to_le_bytes()).collect()
}

/// One send: a counter, a message and an audit row, none of which may be there alone. No table has
/// a unique id, so that a doubled send would show.
fn send(tx: &mut Tx<'_>, id: i64) -> Result<(), DbError> {
    let body = body(id);
    let size = i64::try_from(body.len()).unwrap();
    tx.execute_one(sql!("UPDATE total SET n = n + 1 WHERE id = 1"), &[])?;
    tx.execute_one(
        sql!("INSERT INTO sent (id, seq, body) SELECT $1, n, $2 FROM total WHERE id = 1"),
        &[&id, &body],
    )?;
    tx.execute_one(sql!("INSERT INTO audit (id, size) VALUES ($1, $2)"), &[&id, &size])
}

/// Lets the clients send until nothing is acknowledged any more; `limit` sends each at most.
fn send_until_refused(
    db: &Db,
    ids: &Arc<AtomicU64>,
    acked: &Arc<Mutex<BTreeSet<i64>>>,
    limit: u64,
) {
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let (db, ids, acked) = (db.clone(), Arc::clone(ids), Arc::clone(acked));
            thread::spawn(move || {
                for _ in 0..limit {
                    let id = i64::try_from(ids.fetch_add(1, Ordering::Relaxed)).unwrap();
                    match db.write(move |tx| send(tx, id)) {
                        Ok(()) => acked.lock().unwrap().insert(id),
                        Err(_) => return,
                    };
                }
            })
        })
        .collect();
    for client in clients {
        client.join().unwrap();
    }
}

/// What a restart finds wrong; how many acknowledged sends are gone.
fn examine(vfs: &str, acked: &BTreeSet<i64>, context: &str) -> usize {
    let plain = rusqlite::Connection::open_with_flags_and_vfs(
        "record.db",
        rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE | rusqlite::OpenFlags::SQLITE_OPEN_CREATE,
        vfs,
    )
    .unwrap();
    let state: String = plain.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(state, "ok", "{context}");
    let made: bool = plain
        .query_row("SELECT count(*) FROM sqlite_schema WHERE name = 'total'", [], |row| row.get(0))
        .unwrap();
    if !made {
        return acked.len();
    }
    let mut found = BTreeSet::new();
    let mut statement =
        plain.prepare("SELECT s.id, s.body, a.size, s.seq FROM sent s LEFT JOIN audit a ON a.id = s.id ORDER BY s.seq").unwrap();
    let mut rows = statement.query([]).unwrap();
    let mut seq = 0;
    while let Some(row) = rows.next().unwrap() {
        let id: i64 = row.get(0).unwrap();
        let text: Vec<u8> = row.get(1).unwrap();
        let size: Option<i64> = row.get(2).unwrap();
        seq += 1;
        assert!(found.insert(id), "{context}: send {id} is there twice");
        assert_eq!(text, body(id), "{context}: send {id} is torn");
        assert_eq!(size, i64::try_from(text.len()).ok(), "{context}: send {id} has no audit row");
        assert_eq!(row.get::<_, i64>(3).unwrap(), seq, "{context}: the sequence has a gap");
    }
    let counted: i64 = plain.query_row("SELECT n FROM total", [], |row| row.get(0)).unwrap_or(0);
    let audits: i64 = plain.query_row("SELECT count(*) FROM audit", [], |row| row.get(0)).unwrap();
    assert_eq!((counted, audits), (seq, seq), "{context}: a send is there in part");
    acked.difference(&found).count()
}

/// Cuts the power `cuts` times; how many acknowledged sends were lost, and how many there were.
fn run_cuts(cuts: u64, first_seed: u64, weak: bool, stop_at_loss: bool) -> (usize, usize) {
    let (mut lost, mut sent) = (0, 0);
    let mut seed = first_seed;
    let end = first_seed + cuts;
    while seed < end && !(stop_at_loss && lost > 0) {
        let (disk, vfs) = new_disk();
        let mut config = config(&vfs);
        config.weak_sync = weak;
        let ids = Arc::new(AtomicU64::new(1));
        let acked = Arc::new(Mutex::new(BTreeSet::new()));
        for _ in 0..LIVES.min(end - seed) {
            let mut random = Random::new(seed);
            disk.power_off_at(1 + u64::try_from(random.below(120)).unwrap());
            let before = acked.lock().unwrap().len();
            if let Ok(db) = open(&config) {
                send_until_refused(&db, &ids, &acked, 1_000);
                assert!(!disk.is_on(), "seed {seed}: clients stop only when the power is off");
            }
            disk.power_cut(&mut random);
            let known = acked.lock().unwrap().clone();
            sent += known.len() - before;
            let now_lost = examine(&vfs, &known, &format!("seed {seed}"));
            if now_lost > 0 {
                // Weak settings may lose, and then the rest of this disk's story is void.
                assert!(weak, "seed {seed}: {now_lost} acknowledged sends are lost");
                lost += now_lost;
                seed += 1;
                break;
            }
            seed += 1;
        }
    }
    (lost, sent)
}

#[test]
fn two_thousand_power_cuts_lose_nothing() {
    let halves: Vec<_> = [(0, CUTS / 2), (1_000_000, CUTS / 2)]
        .map(|(seed, cuts)| thread::spawn(move || run_cuts(cuts, seed, false, false)))
        .into_iter()
        .collect();
    let mut sent = 0;
    for half in halves {
        let (lost, acknowledged) = half.join().unwrap();
        assert_eq!(lost, 0);
        sent += acknowledged;
    }
    println!("{CUTS} power cuts (seeds 0.. and 1000000..): 0 of {sent} acknowledged sends lost");
    assert!(sent > usize::try_from(CUTS).unwrap(), "the cuts must come during real work: {sent}");
}

#[test]
fn with_weak_sync_the_same_test_finds_losses() {
    let (lost, sent) = run_cuts(200, 5_000_000, true, true);
    println!("synchronous=NORMAL: {lost} of {sent} acknowledged sends lost");
    assert!(lost > 0, "the power-cut test cannot fail, so it proves nothing");
}

/// Every call of a run fails once, in turn; afterwards the power goes.
#[test]
fn an_error_at_any_call_loses_nothing_acknowledged() {
    let (mut reached, mut syncs, mut seed) = (0, 0, 9_000_000);
    for fault in [Fault::Eio, Fault::Short, Fault::Full] {
        // Clients run in no fixed order, so the length of the run varies a little.
        let (mut n, mut beyond) = (0_u64, 0);
        while beyond < 5 {
            n += 1;
            seed += 1;
            let context = format!("{fault:?} at call {n}, seed {seed}");
            let (disk, vfs) = new_disk();
            let config = config(&vfs);
            let ids = Arc::new(AtomicU64::new(1));
            let acked = Arc::new(Mutex::new(BTreeSet::new()));
            disk.fail_at(n, fault);
            if let Ok(db) = open(&config) {
                send_until_refused(&db, &ids, &acked, 6);
                if disk.has_failed() && disk.sync_has_failed() && db.poisoned() {
                    syncs += 1;
                    let before = acked.lock().unwrap().len();
                    send_until_refused(&db, &ids, &acked, 2);
                    let after = acked.lock().unwrap().len();
                    assert_eq!(before, after, "{context}: acknowledged after a failed sync");
                }
            }
            reached += usize::from(disk.has_failed());
            beyond += usize::from(!disk.has_failed());
            disk.power_off();
            disk.power_cut(&mut Random::new(seed));
            let known = acked.lock().unwrap().clone();
            assert_eq!(examine(&vfs, &known, &context), 0, "{context}: lost");
        }
    }
    println!(
        "{reached} injected errors, {syncs} of them syncs after which nothing was acknowledged"
    );
    assert!(reached > 300 && syncs > 10, "{reached} {syncs}");
}

#[test]
fn a_full_disk_refuses_plainly_and_resumes_when_there_is_room() {
    let (disk, vfs) = new_disk();
    let db = open(&config(&vfs)).unwrap();
    let ids = Arc::new(AtomicU64::new(1));
    let acked = Arc::new(Mutex::new(BTreeSet::new()));
    send_until_refused(&db, &ids, &acked, 10);
    disk.set_capacity(Some(disk.used() + 20_000));
    let refusals = Arc::new(Mutex::new(Vec::new()));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let (db, ids) = (db.clone(), Arc::clone(&ids));
            let (acked, refusals) = (Arc::clone(&acked), Arc::clone(&refusals));
            thread::spawn(move || {
                for _ in 0..60 {
                    let id = i64::try_from(ids.fetch_add(1, Ordering::Relaxed)).unwrap();
                    match db.write(move |tx| send(tx, id)) {
                        Ok(()) => drop(acked.lock().unwrap().insert(id)),
                        Err(error) => refusals.lock().unwrap().push(error),
                    }
                }
            })
        })
        .collect();
    for client in clients {
        client.join().unwrap();
    }
    let refusals = refusals.lock().unwrap().clone();
    assert!(refusals.len() > 10, "the disk was never full");
    assert!(refusals.iter().all(|error| *error == DbError::Full), "{refusals:?}");
    assert!(!db.poisoned());
    // Reads go on, and so do writes once there is room, without a restart.
    let there =
        db.read(|tx| tx.query_one(sql!("SELECT count(*) FROM sent"), &[])?.get::<i64>(0)).unwrap();
    assert_eq!(usize::try_from(there).unwrap(), acked.lock().unwrap().len());
    disk.set_capacity(None);
    let before = acked.lock().unwrap().len();
    send_until_refused(&db, &ids, &acked, 10);
    assert_eq!(acked.lock().unwrap().len(), before + 30);
    drop(db);
    disk.power_off();
    disk.power_cut(&mut Random::new(77));
    assert_eq!(examine(&vfs, &acked.lock().unwrap(), "after the full disk"), 0);
}
