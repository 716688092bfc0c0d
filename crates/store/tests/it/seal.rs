//! The key store on real databases: what is durable, what two nodes agree on, what is gone.

use domain::ids::{Id, MessageId, PatientId};
use domain::time::Timestamp;
use store::db::Db;
use store::migrate::pending;
use store::migrations::KEYS;
use store::seal::{KeyDb, KeyOwner, Keys, Place, Purpose, RootKey, SealError, Sealed};
use store::sql;
use store::testing::TestDb;
use uuid::Uuid;

const AT: Timestamp = Timestamp::from_seconds(1_795_342_500);

fn node(db: &Db) -> Keys {
    keys_with(db, 1).unwrap()
}

fn keys_with(db: &Db, root: u8) -> Result<Keys, SealError> {
    let store = KeyDb::open(db.clone(), AT).unwrap();
    Keys::load(RootKey::from_bytes([root; 32]), Box::new(store), AT)
}

fn patient(n: u128) -> KeyOwner {
    KeyOwner::Patient(PatientId::from_uuid(Uuid::from_u128(n)))
}

fn body() -> Place<'static> {
    Place::new("message", &MessageId::from_uuid(Uuid::from_u128(7)), "body", 1)
}

fn count(db: &Db, of: &'static str) -> i64 {
    let sql = match of {
        "data" => sql!("SELECT count(*) FROM data_key"),
        _ => sql!("SELECT count(*) FROM deployment_key"),
    };
    db.read(|tx| tx.query_one(sql, &[])?.get(0)).unwrap()
}

#[test]
fn a_key_outlives_the_process_that_made_it() {
    for test in TestDb::all() {
        let keys = node(&test.db);
        keys.ensure(patient(1), AT).unwrap();
        let sealed = keys.seal(patient(1), &body(), b"since Tuesday").unwrap();
        let index = keys.blind(Purpose::PatientName, "garcia");
        // Nothing of the first process is left but the database.
        drop(keys);
        let again = Db::open(test.config().clone()).unwrap();
        let keys = node(&again);
        keys.ensure(patient(1), AT).unwrap();
        assert_eq!(keys.open(patient(1), &body(), &sealed).unwrap(), b"since Tuesday");
        assert_eq!(keys.blind(Purpose::PatientName, "garcia"), index);
        assert_eq!(count(&again, "data"), 3, "the patient, the deployment, the purposes");
    }
}

#[test]
fn nodes_that_start_and_ensure_at_once_agree() {
    for test in TestDb::all() {
        KeyDb::open(test.db.clone(), AT).unwrap();
        let owners: Vec<KeyOwner> = (0..10).map(patient).collect();
        let sealed: Vec<Vec<Sealed>> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| {
                        let db = Db::open(test.config().clone()).unwrap();
                        let keys = node(&db);
                        let each = owners.iter().map(|owner| {
                            keys.ensure(*owner, AT).unwrap();
                            keys.seal(*owner, &body(), b"x").unwrap()
                        });
                        each.collect::<Vec<_>>()
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let keys = node(&test.db);
        for values in &sealed {
            for (owner, value) in owners.iter().zip(values) {
                assert_eq!(keys.open(*owner, &body(), value).unwrap(), b"x");
            }
        }
        assert_eq!((count(&test.db, "data"), count(&test.db, "deployment")), (12, 1));
    }
}

#[test]
fn an_erased_key_is_gone_from_the_file_too() {
    for test in TestDb::all() {
        let keys = node(&test.db);
        let owners: Vec<KeyOwner> = (1..50).map(patient).collect();
        keys.ensure_all(&owners, AT).unwrap();
        let sealed = keys.seal(patient(25), &body(), b"x").unwrap();
        let wrapped = |of: u128| -> Option<Vec<u8>> {
            let id = Uuid::from_u128(of);
            let sql = sql!("SELECT wrapped FROM data_key WHERE owner_id = $1");
            test.db.read(|tx| tx.query_one(sql, &[&id])?.get(0)).unwrap()
        };
        let (victim, bystander) = (wrapped(25).unwrap(), wrapped(26).unwrap());
        assert_eq!(keys.erase(patient(25), AT).unwrap(), 1);
        assert_eq!(wrapped(25), None);
        for keys in [&keys, &node(&test.db)] {
            let refused = keys.open(patient(25), &body(), &sealed);
            assert!(matches!(refused, Err(SealError::Missing)), "{refused:?}");
            assert!(matches!(keys.ensure(patient(25), AT), Err(SealError::Missing)));
        }
        drop(keys);
        if let store::db::DbConfig::Sqlite(config) = test.config().clone() {
            let mut file = std::fs::read(&config.path).unwrap();
            let log = config.path.with_extension("db-wal");
            assert!(log.exists(), "the log is read too");
            file.extend(std::fs::read(log).unwrap_or_default());
            let holds = |what: &[u8]| file.windows(what.len()).any(|window| window == what);
            assert!(holds(&bystander), "the file holds what is not erased");
            // Whole pieces of 12 bytes: a rest of one or two would be found by chance (N × 2^-8k).
            assert!(
                !victim.chunks_exact(12).any(holds),
                "a part of a wrapped key is left in the file"
            );
        }
    }
}

#[test]
fn both_rotations_work_and_an_interrupted_one_goes_on() {
    for test in TestDb::all() {
        let keys = node(&test.db);
        let owners: Vec<KeyOwner> = (0..600).map(patient).collect();
        keys.ensure_all(&owners, AT).unwrap();
        keys.erase(patient(5), AT).unwrap();
        let sealed = keys.seal(patient(1), &body(), b"x").unwrap();

        let old_node = node(&test.db);
        let stopped = keys.rotate_deployment(AT, |_| false).unwrap();
        assert_eq!((stopped.rewrapped, stopped.finished), (500, false));
        assert_eq!(count(&test.db, "deployment"), 2);
        let (old, new) = (RootKey::from_bytes([1; 32]), RootKey::from_bytes([2; 32]));
        keys.rotate_root(&old, &new).unwrap();
        assert!(matches!(keys_with(&test.db, 1), Err(SealError::WrongRoot { .. })));
        let keys = keys_with(&test.db, 2).unwrap();
        let done = keys.rotate_deployment(AT, |_| true).unwrap();
        assert_eq!((done.rewrapped, done.finished), (101, true));
        assert_eq!(count(&test.db, "deployment"), 1);
        assert_eq!(keys.open(patient(1), &body(), &sealed).unwrap(), b"x");

        // A node with the old root key says so when it needs a key that it cannot unwrap.
        let refused = old_node.open(patient(1), &body(), &sealed);
        assert!(matches!(refused, Err(SealError::WrongRoot { .. })), "{refused:?}");
        // Under the same root key a node that missed a rotation finds the new key by itself.
        let late = keys_with(&test.db, 2).unwrap();
        keys.rotate_deployment(AT, |_| true).unwrap();
        late.ensure(patient(7000), AT).unwrap();
        late.renew(patient(7000), AT).unwrap();
        assert_eq!(late.open(patient(1), &body(), &sealed).unwrap(), b"x");
    }
}

#[test]
fn a_renewed_key_keeps_the_old_one_for_opening() {
    for test in TestDb::all() {
        let keys = node(&test.db);
        keys.ensure(patient(1), AT).unwrap();
        let old = keys.seal(patient(1), &body(), b"old").unwrap();
        keys.renew(patient(1), AT.plus_seconds(5)).unwrap();
        let new = keys.seal(patient(1), &body(), b"new").unwrap();
        let keys = node(&test.db);
        assert_eq!(keys.open(patient(1), &body(), &old).unwrap(), b"old");
        assert_eq!(keys.open(patient(1), &body(), &new).unwrap(), b"new");
        assert_ne!(old.as_bytes()[1..17], new.as_bytes()[1..17]);
        assert_eq!(keys.erase(patient(1), AT).unwrap(), 2);
    }
}

#[test]
fn a_sealed_value_passes_through_a_column() {
    for test in TestDb::all() {
        let keys = node(&test.db);
        let sealed = keys.seal(KeyOwner::Deployment, &body(), b"x").unwrap();
        let stored = sealed.clone();
        let back = test
            .db
            .write(move |tx| {
                tx.execute(sql!("CREATE TABLE t (v BYTEA)"), &[])?;
                tx.execute_one(sql!("INSERT INTO t (v) VALUES ($1)"), &[&stored])?;
                tx.query_one(sql!("SELECT v FROM t"), &[])?.get::<Sealed>(0)
            })
            .unwrap();
        assert_eq!(back, sealed);
    }
}

#[test]
fn every_file_of_the_key_store_is_listed() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations_keys");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let listed: Vec<String> =
        KEYS.files.iter().map(|file| format!("{:04}_{}.sql", file.number, file.name)).collect();
    assert_eq!(names, listed);
    let test = TestDb::sqlite();
    node(&test.db);
    assert_eq!(pending(&test.db, KEYS).unwrap().len(), 0);
}
