//! `tidings backup` of a clinic on PostgreSQL while messages come in, everything lost, and
//! `tidings restore` into empty databases of a role that is no superuser.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use store::db::{Db, DbConfig, PostgresConfig};
use store::sql;

use super::{CLIENTS, Postgres};
use crate::inside::{Inside, record_with, root_key, send, texts, within};

/// One configuration of the binary, in a folder of its own.
struct Site {
    _folder: tempfile::TempDir,
    root: PathBuf,
}

impl Site {
    /// With the record and the key store at these addresses, or in SQLite files.
    fn new(record: Option<&str>, key_store: Option<&str>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().to_owned();
        let secret = |name: &str, content: &[u8]| {
            std::fs::write(root.join(name), content).unwrap();
            std::fs::set_permissions(root.join(name), PermissionsExt::from_mode(0o600)).unwrap();
        };
        secret("root-key", &root_key());
        let root_name = root.display();
        let (mut database, mut keys) = (String::new(), String::new());
        if let Some(record) = record {
            secret("record-url", record.as_bytes());
            database = format!(
                "[database]\nengine = \"postgres\"\nurl_file = \"{root_name}/record-url\"\n"
            );
        }
        if let Some(key_store) = key_store {
            secret("keys-url", key_store.as_bytes());
            keys = format!("url_file = \"{root_name}/keys-url\"\n");
        }
        let text = format!(
            "public_url = \"https://messages.clinic.org\"\nlisten = \"127.0.0.1:0\"\n\
             trusted_proxies = [\"127.0.0.1\"]\ndata_dir = \"{root_name}/data\"\n\
             {database}[keys]\nroot_key_file = \"{root_name}/root-key\"\n{keys}\
             [site]\nname = \"Clinic\"\nphone = \"555 0100\"\ncountry = \"US\"\n\
             [disk]\nlow_water_mb = 16\n"
        );
        std::fs::write(root.join("tidings.toml"), text).unwrap();
        Self { _folder: folder, root }
    }

    fn run(&self, words: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_tidings"))
            .args(words)
            .env_clear()
            .env("TIDINGS_CONFIG", self.root.join("tidings.toml"))
            .current_dir(&self.root)
            .output()
            .unwrap()
    }

    fn good(&self, words: &[&str]) -> String {
        let output = self.run(words);
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// The one sentence with which it fails.
    fn bad(&self, words: &[&str]) -> String {
        let output = self.run(words);
        let says = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), says.lines().count()), (Some(1), 1), "{words:?}: {says}");
        says
    }

    fn file(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }
}

impl Postgres {
    /// A new database of a role that is no superuser; its address.
    fn database(&self, name: &str) -> String {
        self.ask(&format!("CREATE DATABASE {name} OWNER clinic TEMPLATE template0"));
        format!("postgres://clinic@127.0.0.1:{}/{name}", self.port)
    }
}

fn config(url: &str) -> DbConfig {
    DbConfig::Postgres(PostgresConfig::new(url))
}

/// How many rows stand for what happened: people, patients, messages, threads, the log, the changes.
fn counts(url: &str) -> Vec<i64> {
    let text = sql!(
        "SELECT (SELECT count(*) FROM person), (SELECT count(*) FROM patient), \
         (SELECT count(*) FROM thread), (SELECT count(*) FROM message), \
         (SELECT count(*) FROM inbox_row), (SELECT count(*) FROM work_item), \
         (SELECT count(*) FROM audit_event), (SELECT count(*) FROM change), \
         (SELECT max(position) FROM audit_event), (SELECT value FROM counter WHERE name = 'audit')"
    );
    let row = Db::open(config(url)).unwrap().read(|tx| tx.query_one(text, &[])).unwrap();
    (0..10).map(|column| row.get(column).unwrap()).collect()
}

fn tables(url: &str) -> i64 {
    let text = sql!("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'");
    let db = Db::open(config(url)).unwrap();
    db.read(|tx| tx.query_one(text, &[])?.get(0)).unwrap()
}

type Sent = Arc<Mutex<Vec<String>>>;

/// Sends until `stop`; what was acknowledged is in `sent`.
fn send_all_the_time(
    inside: &Inside,
    thread: &str,
    stop: &Arc<AtomicBool>,
    sent: &Sent,
) -> Vec<std::thread::JoinHandle<()>> {
    let (ana, token) = (inside.patient("ana"), inside.token("ana"));
    (0..CLIENTS)
        .map(|client| {
            let (ana, token, thread) = (ana.clone(), token.clone(), thread.to_owned());
            let (stop, sent, port) = (Arc::clone(stop), Arc::clone(sent), inside.port);
            std::thread::spawn(move || {
                for n in 0.. {
                    if stop.load(Ordering::SeqCst) {
                        break;
                    }
                    let text = format!("client {client} number {n} of a clinic that is saved");
                    let id = format!("saved-{client}-{n}");
                    let answer = send(port, &token, &ana, &thread, &id, &text).unwrap();
                    assert!(matches!(answer.status, 201 | 503), "{answer:?}");
                    if answer.status == 201 {
                        sent.lock().unwrap().push(text);
                    }
                }
            })
        })
        .collect()
}

/// Fails when a word that people wrote, or a name, stands in the file.
fn insist_on_sealed(inside: &Inside, file: &Path, sent: &[String]) {
    let bytes = std::fs::read(file).unwrap();
    let names = inside.note.people.iter().flat_map(|one| [&one.name, &one.username]);
    // A user name of three letters stands in every large file by chance.
    let names = names.filter(|name| name.len() > 6).map(String::as_str);
    let words = ["of a clinic that is saved", "care_grant", "TIDPGCPY", "PGCOPY"];
    for word in names.chain(words).chain(sent.first().map(String::as_str)) {
        let found = bytes.windows(word.len()).any(|window| window == word.as_bytes());
        assert!(!found, "{word} stands in {}", file.display());
    }
}

#[test]
fn a_clinic_on_postgresql_is_saved_while_it_works_and_comes_back() {
    let Some(postgres) = Postgres::start() else { return };
    postgres.ask("CREATE ROLE clinic LOGIN");
    let live = [postgres.database("live"), postgres.database("live_keys")];
    let [live, live_keys] = &live;
    let folder = tempfile::tempdir().unwrap();
    let inside = record_with(config(live), config(live_keys), folder).serve(None);
    let (ana, token) = (inside.patient("ana"), inside.token("ana"));
    let thread = inside.thread(&ana, &token);
    let (stop, sent) = (Arc::new(AtomicBool::new(false)), Sent::default());
    let senders = send_all_the_time(&inside, &thread, &stop, &sent);
    let taken = || sent.lock().unwrap().len();
    within(Duration::from_secs(30), "messages are taken", || taken() > 20);

    // Beside the working server.
    let site = Site::new(Some(live), Some(live_keys));
    let before = sent.lock().unwrap().clone();
    let report = site.good(&["backup", "--to", "busy", "--json"]);
    let during = taken() - before.len();
    within(Duration::from_secs(30), "messages are taken after it", || {
        taken() > before.len() + during + 5
    });
    stop.store(true, Ordering::SeqCst);
    for sender in senders {
        sender.join().unwrap();
    }
    println!("{} sent before the backup, {during} during it", before.len());
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    for (index, part) in [(0, "database"), (1, "keys")] {
        assert_eq!(report[index]["header"]["part"], part);
        assert_eq!(report[index]["header"]["engine"], "postgres");
    }
    for name in ["busy", "busy.keys"] {
        insist_on_sealed(&inside, &site.file(name), &before);
    }
    let left = std::fs::read_dir(site.file("data")).unwrap().count();
    assert_eq!(left, 1, "only the note about the last backup is left, no unsealed copy");

    // Into empty databases on another machine.
    let copy = [postgres.database("copy"), postgres.database("copy_keys")];
    let other = Site::new(Some(&copy[0]), Some(&copy[1]));
    let busy = site.file("busy").display().to_string();
    let says = other.good(&["restore", "--from", &busy, "--verify-only"]);
    assert!(says.contains("nothing was changed"), "{says}");
    assert_eq!((tables(&copy[0]), tables(&copy[1])), (0, 0));
    other.good(&["restore", "--from", &busy]);
    assert!(other.good(&["migrate"]).contains("nothing to do"));
    assert!(other.good(&["verify"]).contains("Nothing differs."));
    let again = inside.restored(config(&copy[0]), config(&copy[1])).serve(None);
    let found = texts(again.port, &thread, &again.token("ana"));
    let all = texts(inside.port, &thread, &token);
    assert!(
        before.iter().all(|text| found.contains(text)),
        "what was acknowledged before is there"
    );
    assert_eq!(found, all[..found.len()], "it is the beginning of what there is");
    let answer = send(again.port, &again.token("ana"), &ana, &thread, "after", "life goes on");
    assert_eq!(answer.unwrap().status, 201);
    let report = app::verify::run(&again.app, |_| {}).unwrap();
    assert!(report.findings.is_empty(), "{report:?}");

    // A second restore finds a database that is not empty, with --force too.
    let held = counts(&copy[0]);
    for words in [&["restore", "--from", &busy][..], &["restore", "--from", &busy, "--force"]] {
        let says = other.bad(words);
        assert!(says.contains("not empty") && says.contains("CREATE DATABASE"), "{says}");
    }
    assert_eq!(counts(&copy[0])[..6], held[..6]);
}

#[test]
fn a_backup_of_a_quiet_postgresql_has_every_row_and_a_bad_one_changes_nothing() {
    let Some(postgres) = Postgres::start() else { return };
    postgres.ask("CREATE ROLE clinic LOGIN");
    let live = [postgres.database("live"), postgres.database("live_keys")];
    let folder = tempfile::tempdir().unwrap();
    drop(record_with(config(&live[0]), config(&live[1]), folder));
    let site = Site::new(Some(&live[0]), Some(&live[1]));
    site.good(&["backup", "--to", "quiet"]);
    let copy = [postgres.database("copy"), postgres.database("copy_keys")];
    let other = Site::new(Some(&copy[0]), Some(&copy[1]));
    let place = |name: &str| other.file(name).display().to_string();
    let whole = ["quiet", "quiet.keys"].map(|name| std::fs::read(site.file(name)).unwrap());
    let put = |name: &str, [database, keys]: [&[u8]; 2]| {
        std::fs::write(other.file(name), database).unwrap();
        std::fs::write(other.file(&format!("{name}.keys")), keys).unwrap();
    };
    let flipped = |bytes: &[u8], at: usize| {
        let mut bytes = bytes.to_vec();
        bytes[at] ^= 1;
        bytes
    };
    let [database, keys] = [&whole[0][..], &whole[1][..]];
    let (middle, last) = (database.len() / 2, database.len() - 1);
    // Two sealed pieces change places.
    let piece = 64 * 1024 + 16;
    let mut turned = database.to_vec();
    let start = turned.len() / piece / 2 * piece;
    turned[start..start + 2 * piece].rotate_left(piece);
    for (name, parts, says) in [
        ("cut", [&database[..last], keys], "cut off"),
        ("half", [&database[..middle], keys], "cut off"),
        ("flipped", [&flipped(database, middle), keys], "changed or is damaged"),
        ("at-the-end", [&flipped(database, last), keys], "changed or is damaged"),
        ("turned", [&turned, keys], "changed or is damaged"),
        ("keys-cut", [database, &keys[..keys.len() - 1]], "cut off"),
        ("keys-flipped", [database, &flipped(keys, keys.len() - 3)], "changed or is damaged"),
        ("exchanged", [keys, database], "exchange the two files"),
    ] {
        put(name, parts);
        let told = other.bad(&["restore", "--from", &place(name)]);
        assert!(told.contains(says), "{name}: {told}");
        assert_eq!((tables(&copy[0]), tables(&copy[1])), (0, 0), "{name}");
    }
    put("good", [database, keys]);
    let sqlite = Site::new(None, None);
    let told = sqlite.bad(&["restore", "--from", &place("good")]);
    assert!(told.contains("from PostgreSQL") && told.contains("in SQLite"), "{told}");
    sqlite.good(&["migrate"]);
    sqlite.good(&["backup", "--to", "lite"]);
    let lite = sqlite.file("lite").display().to_string();
    let told = other.bad(&["restore", "--from", &lite]);
    assert!(told.contains("from SQLite") && told.contains("in PostgreSQL"), "{told}");
    let foreign: [u8; 32] = std::array::from_fn(|i| u8::try_from(i * i % 239 + 5).unwrap());
    std::fs::write(other.file("root-key"), foreign).unwrap();
    let told = other.bad(&["restore", "--from", &place("good")]);
    assert!(told.contains("another key"), "{told}");
    std::fs::write(other.file("root-key"), root_key()).unwrap();
    assert_eq!((tables(&copy[0]), tables(&copy[1])), (0, 0));
    // The key store's database is not empty: the record's stays empty as well.
    let odd = Site::new(Some(&copy[0]), Some(&live[1]));
    assert!(odd.bad(&["restore", "--from", &place("good")]).contains("not empty"));
    assert_eq!(tables(&copy[0]), 0);

    other.good(&["restore", "--from", &place("good")]);
    assert_eq!(counts(&copy[0]), counts(&live[0]));
    assert!(other.good(&["verify"]).contains("Nothing differs."));
}

#[test]
fn a_key_store_in_a_file_beside_postgresql_comes_back_with_the_record_or_not_at_all() {
    let Some(postgres) = Postgres::start() else { return };
    postgres.ask("CREATE ROLE clinic LOGIN");
    let live = postgres.database("live");
    let site = Site::new(Some(&live), None);
    let told = site.bad(&["backup", "--to", "too-early"]);
    assert!(told.contains("made when the server starts"), "{told}");
    site.good(&["migrate"]);
    site.good(&["admin", "organization", "add", "--name", "Riverside", "--phone", "555-0100"]);
    site.good(&["backup", "--to", "monday"]);
    let monday = site.file("monday").display().to_string();
    let copy = postgres.database("copy");
    let other = Site::new(Some(&copy), None);
    let keys = other.file("data/keys.db");

    // What stands in the place of the key store keeps the record's database empty.
    std::fs::create_dir(other.file("data")).unwrap();
    std::fs::set_permissions(other.file("data"), PermissionsExt::from_mode(0o700)).unwrap();
    std::fs::write(&keys, "somebody's").unwrap();
    assert!(other.bad(&["restore", "--from", &monday]).contains("--force"));
    assert_eq!(tables(&copy), 0);
    let said = other.good(&["restore", "--from", &monday, "--force"]);
    assert!(said.contains("What was there before is in"), "{said}");
    assert!(other.good(&["verify"]).contains("Nothing differs."));
    assert!(other.good(&["admin", "organization", "list"]).contains("Riverside"));

    // What stands in the database keeps the file of the key store where it is.
    let held = std::fs::read(&keys).unwrap();
    assert!(other.bad(&["restore", "--from", &monday, "--force"]).contains("not empty"));
    assert_eq!(std::fs::read(&keys).unwrap(), held);
}
