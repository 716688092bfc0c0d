//! kill -9 in the midst of an announcement: after the restart each recipient has it exactly once.

use std::path::Path;
use std::time::{Duration, Instant};

use store::db::{Db, DbConfig, DbError, SqliteConfig};
use store::sql;

use super::Demo;
use super::kill::{random, restart};
use super::live::{form_token, get, post, sign_in};

/// Announcements that are killed, unless the time is up before.
const ROUNDS: usize = 12;
/// Kills between two patients that are enough.
const MIDWAY: usize = 3;
/// The most that the rounds may take together.
const TIME: Duration = Duration::from_secs(90);

/// How far an announcement is: queued, sent, skipped, then its conversations and the patients that have one.
fn progress(folder: &Path, id: &str) -> [i64; 5] {
    let db = Db::open(DbConfig::Sqlite(SqliteConfig::new(folder.join("tidings.db")))).unwrap();
    let id: domain::ids::AnnouncementId = id.parse().unwrap();
    let counts = sql!(
        "SELECT count(CASE WHEN r.state = 'queued' THEN 1 END), \
         count(CASE WHEN r.state = 'sent' THEN 1 END), \
         count(CASE WHEN r.state = 'skipped' THEN 1 END), count(t.id), count(DISTINCT t.patient_id) \
         FROM announcement_recipient r LEFT JOIN thread t ON t.id = r.thread_id \
         AND t.kind = 'broadcast' AND t.patient_id = r.patient_id WHERE r.announcement_id = $1"
    );
    let read: Result<[i64; 5], DbError> = db.read(|tx| {
        let row = tx.query_one(counts, &[&id])?;
        Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?])
    });
    read.unwrap()
}

/// Every conversation that began as an announcement, with and without a recipient's row.
fn conversations(folder: &Path) -> i64 {
    let db = Db::open(DbConfig::Sqlite(SqliteConfig::new(folder.join("tidings.db")))).unwrap();
    let count = sql!("SELECT count(*) FROM thread WHERE kind = 'broadcast'");
    let read: Result<i64, DbError> = db.read(|tx| tx.query_one(count, &[])?.get(0));
    read.unwrap()
}

/// The value of a hidden field of a page.
fn field<'p>(page: &'p str, name: &str) -> &'p str {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).expect(name);
    rest.split('"').next().unwrap()
}

/// Writes an announcement and begins its sending; its id and how many patients get it.
fn announce(demo: &Demo, session: &str, n: usize) -> (String, i64) {
    let list = get(demo, "/work/announcements", session);
    let new = "/work/announcements/new?team=";
    let (_, rest) = list.split_once(new).expect("a team to write for");
    let team = rest.split('"').next().unwrap().to_owned();
    let page = get(demo, &format!("{new}{team}"), session);
    let id = field(&page, "id").to_owned();
    let form = format!(
        "form_token={}&id={id}&team={team}&version=0&language=&headline_en=Flu+shots+{n}\
         &text_en=Come+for+your+flu+shot.&headline_es=&text_es=",
        form_token(&page)
    );
    post(demo, "/work/announcements/new", session, &form);
    let address = format!("/work/announcements/{id}");
    let page = get(demo, &address, session);
    let patients = field(&page, "patients").to_owned();
    let (token, version) = (form_token(&page), field(&page, "version"));
    let form = format!("form_token={token}&version={version}&patients={patients}");
    post(demo, &format!("{address}/send"), session, &form);
    (id, patients.parse().unwrap())
}

#[test]
fn a_killed_server_announces_to_each_exactly_once() {
    let root = tempfile::tempdir().unwrap();
    let mut demo = Demo::start(&root.path().join("demo"));
    let session = sign_in(&demo, "dora");
    let before = conversations(&demo.folder);
    let (mut midway, mut all) = (0, 0);
    let started = Instant::now();
    let mut rounds = 0;
    while rounds < ROUNDS && midway < MIDWAY && started.elapsed() < TIME {
        let (id, patients) = announce(&demo, &session, rounds);
        assert!(patients > 3, "{patients} patients show nothing");
        // The worker looks every half second; then it takes one patient after the other.
        let begun = Instant::now();
        while progress(&demo.folder, &id)[1] == 0 && begun.elapsed() < Duration::from_secs(10) {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_millis(random(60)));
        let folder = demo.kill();
        let [queued, sent, ..] = progress(&folder, &id);
        assert_eq!(queued + sent, patients, "nobody is lost");
        midway += usize::from(queued > 0 && sent > 0);
        demo = restart(&folder);
        let begun = Instant::now();
        while progress(&folder, &id)[0] > 0 && begun.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(progress(&folder, &id), [0, patients, 0, patients, patients]);
        all += patients;
        rounds += 1;
    }
    assert!(midway > 0, "no kill of {rounds} fell between two patients");
    assert_eq!(conversations(&demo.folder), before + all, "and nothing besides");
    let report = demo.json(&["verify", "--json"]);
    assert_eq!(report["findings"], serde_json::json!([]), "{report:#}");
    println!("{rounds} announcements, {midway} killed between two patients");
}
