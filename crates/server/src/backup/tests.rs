//! Whole runs: backup of two databases, restore, and every refusal that must come before the
//! target is touched.

use super::restore::{Target, To, restore, verify};
use super::*;
use crate::data_lock::DataLock;

struct Clinic {
    _folder: tempfile::TempDir,
    data: PathBuf,
    out: PathBuf,
    key: SecretKey,
}

fn clinic() -> Clinic {
    let folder = tempfile::tempdir().unwrap();
    let (data, out) = (folder.path().join("data"), folder.path().join("out"));
    drop(DataLock::take(&data).unwrap());
    std::fs::create_dir(&out).unwrap();
    std::fs::write(data.join("tidings.db"), vec![7u8; 200_000]).unwrap();
    std::fs::write(data.join("keys.db"), b"wrapped keys").unwrap();
    let key = SecretKey::new(std::array::from_fn(|i| u8::try_from(i * 5 + 1).unwrap()));
    Clinic { _folder: folder, data, out, key }
}

/// No part is in PostgreSQL.
fn no_server(_: Part, _: &Path, _: &mut dyn FnMut() -> Result<(), String>) -> Result<(), String> {
    Err("there is no server".to_owned())
}

impl Clinic {
    fn backup(&self, name: &str) -> Result<Vec<Written>, String> {
        let copy_of = |file: &str| {
            let from = self.data.join(file);
            move |to: &Path, progress: &mut dyn FnMut(u64, u64)| {
                progress(1, 1);
                std::fs::copy(&from, to).map(|_| 3).map_err(|error| error.to_string())
            }
        };
        let (database, keys) = (copy_of("tidings.db"), copy_of("keys.db"));
        let to = self.out.join(name);
        let sources = [
            Source { part: Part::Database, engine: "sqlite", copy: &database, to: to.clone() },
            Source { part: Part::Keys, engine: "sqlite", copy: &keys, to: keys_file(&to) },
        ];
        write(&sources, &self.key, &self.data, |_, _, _| {})
    }

    fn targets(&self, database: &str, keys: &str, into: &Path) -> [Target; 2] {
        [(Part::Database, database, "tidings.db"), (Part::Keys, keys, "keys.db")].map(
            |(part, from, to)| Target {
                part,
                from: self.out.join(from),
                to: To::File(into.join(to)),
                schema_max: 3,
            },
        )
    }

    fn restore(&self, database: &str, keys: &str, force: bool) -> Result<(), String> {
        let into = self.data.parent().unwrap().join("new");
        let lock = DataLock::take(&into).unwrap();
        restore(
            &self.targets(database, keys, &into),
            &self.key,
            &lock,
            force,
            &|_, _| Ok(3),
            &no_server,
        )
        .map(drop)
    }

    /// Names in the folder that a restore fills, besides the lock.
    fn names(&self) -> Vec<String> {
        let mut names: Vec<_> = std::fs::read_dir(self.data.parent().unwrap().join("new"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name != "lock")
            .collect();
        names.sort();
        names
    }
}

#[test]
fn a_backup_comes_back_and_leaves_no_unsealed_copy() {
    let clinic = clinic();
    let written = clinic.backup("monday").unwrap();
    assert_eq!(written[0].header.set, written[1].header.set);
    let sealed = std::fs::read(clinic.out.join("monday.keys")).unwrap();
    assert!(!sealed.windows(7).any(|window| window == b"wrapped"));
    assert_eq!(std::fs::read_dir(&clinic.out).unwrap().count(), 2);
    let left: Vec<_> = std::fs::read_dir(&clinic.data)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with('.'))
        .collect();
    assert!(left.is_empty(), "{left:?}");
    assert!(Note::read(&clinic.data).keys.is_some());

    clinic.restore("monday", "monday.keys", false).unwrap();
    assert_eq!(clinic.names(), ["keys.db", "tidings.db"]);
    let new = clinic.data.parent().unwrap().join("new");
    assert_eq!(std::fs::read(new.join("tidings.db")).unwrap(), vec![7u8; 200_000]);
    assert_eq!(std::fs::read(new.join("keys.db")).unwrap(), b"wrapped keys");
}

#[test]
fn a_filled_target_is_refused_and_put_aside_with_force() {
    let clinic = clinic();
    clinic.backup("monday").unwrap();
    clinic.restore("monday", "monday.keys", false).unwrap();
    let new = clinic.data.parent().unwrap().join("new");
    std::fs::write(new.join("tidings.db-wal"), b"would be replayed into the restored file")
        .unwrap();
    let error = clinic.restore("monday", "monday.keys", false).unwrap_err();
    assert!(error.contains("--force"), "{error}");
    clinic.restore("monday", "monday.keys", true).unwrap();
    let names = clinic.names();
    assert!(!names.contains(&"tidings.db-wal".to_owned()), "{names:?}");
    let aside = names.iter().find(|name| name.starts_with("before-restore-")).unwrap();
    assert_eq!(std::fs::read_dir(new.join(aside)).unwrap().count(), 3);
}

#[test]
fn an_existing_backup_is_never_replaced() {
    let clinic = clinic();
    clinic.backup("monday").unwrap();
    let before = std::fs::read(clinic.out.join("monday")).unwrap();
    assert!(clinic.backup("monday").unwrap_err().contains("exists"));
    assert_eq!(std::fs::read(clinic.out.join("monday")).unwrap(), before);
}

#[test]
fn nothing_is_touched_until_everything_is_verified() {
    let clinic = clinic();
    clinic.backup("monday").unwrap();
    clinic.backup("tuesday").unwrap();
    let keys = std::fs::read(clinic.out.join("monday.keys")).unwrap();
    std::fs::write(clinic.out.join("cut.keys"), &keys[..keys.len() - 1]).unwrap();
    let mut changed = keys.clone();
    *changed.last_mut().unwrap() ^= 1;
    std::fs::write(clinic.out.join("changed.keys"), changed).unwrap();
    for (database, keys, says) in [
        ("monday", "cut.keys", "cut off"),
        ("monday", "changed.keys", "changed or is damaged"),
        ("monday", "none.keys", "No such file"),
        ("monday.keys", "monday", "exchange the two files"),
        ("tuesday", "monday.keys", "older than the database"),
    ] {
        let error = clinic.restore(database, keys, true).unwrap_err();
        assert!(error.contains(says), "{error}");
        assert!(clinic.names().is_empty(), "{:?}", clinic.names());
    }
    // A later key store is right: keys erased since then stay erased.
    clinic.restore("monday", "tuesday.keys", false).unwrap();
}

#[test]
fn a_foreign_key_a_newer_schema_and_a_damaged_database_are_refused() {
    let clinic = clinic();
    clinic.backup("monday").unwrap();
    let into = clinic.data.parent().unwrap().join("new");
    let lock = DataLock::take(&into).unwrap();
    let targets = clinic.targets("monday", "monday.keys", &into);
    let foreign = SecretKey::new([9; 32]);
    let error = restore(&targets, &foreign, &lock, false, &|_, _| Ok(3), &no_server).unwrap_err();
    assert!(error.contains("another key"), "{error}");
    let old = targets.clone().map(|target| Target { schema_max: 2, ..target });
    let error = restore(&old, &clinic.key, &lock, false, &|_, _| Ok(3), &no_server).unwrap_err();
    assert!(error.contains("newer than this program's 2"), "{error}");
    let damaged =
        |part, _: &Path| if part == Part::Keys { Err("damaged".to_owned()) } else { Ok(3) };
    let error = restore(&targets, &clinic.key, &lock, false, &damaged, &no_server).unwrap_err();
    assert!(error.contains("damaged"), "{error}");
    assert!(clinic.names().is_empty());
    assert_eq!(verify(&targets, &clinic.key, &into, &|_, _| Ok(3)).unwrap().len(), 2);
    assert!(clinic.names().is_empty());
}

#[test]
fn a_backup_of_another_engine_is_refused() {
    let clinic = clinic();
    clinic.backup("monday").unwrap();
    let into = clinic.data.parent().unwrap().join("new");
    let lock = DataLock::take(&into).unwrap();
    let mut targets = clinic.targets("monday", "monday.keys", &into);
    targets[0].to = To::Postgres;
    let error = restore(&targets, &clinic.key, &lock, false, &|_, _| Ok(3), &no_server);
    let error = error.unwrap_err();
    assert!(error.contains("from SQLite") && error.contains("in PostgreSQL"), "{error}");
    assert!(clinic.names().is_empty(), "{:?}", clinic.names());
}
