//! The whole server inside the test's process, on a database of the test's choice: so that its disk can
//! fill up or fail under it.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use app::clock::{SetClock, SystemClock};
use app::demo::seed::DemoManifest;
use app::random::SystemRandomness;
use app::room::Room;
use app::{App, access_token};
use domain::access::Actor;
use store::db::{Db, DbConfig, SqliteConfig};
use store::migrate::migrate;
use store::migrations::RECORD;
use store::seal::{KeyDb, Keys, RootKey};
use tidings_server::acting;
use tidings_server::command::Failure;
use tidings_server::config::{Disk, Limits};
use tidings_server::data_lock::DataLock;
use tidings_server::open::demo_settings;
use tidings_server::place::now;
use tidings_server::running::{self, Reach, Setup};

use crate::running::{Answer, exchange, request};

/// A running server with the demo clinic's record.
pub struct Inside {
    folder: tempfile::TempDir,
    pub app: App,
    pub note: DemoManifest,
    pub port: u16,
    pub metrics_port: u16,
    /// How the server ended, once it has.
    pub ended: Receiver<Result<(), Failure>>,
}

/// A seeded record and its operations, without a server.
pub struct Record {
    folder: tempfile::TempDir,
    pub app: App,
    note: DemoManifest,
}

/// The root key of every record made here; no example that the configuration would refuse.
pub fn root_key() -> [u8; 32] {
    std::array::from_fn(|i| u8::try_from(i * i % 241 + 3).unwrap())
}

/// The keys in the store of `config`.
pub fn keys_in(config: DbConfig) -> Keys {
    let store = KeyDb::open(Db::open(config).unwrap(), now()).unwrap();
    Keys::load(RootKey::from_bytes(root_key()), Box::new(store), now()).unwrap()
}

/// Makes the demo clinic's record in the database of `config`.
pub fn record(config: DbConfig) -> Record {
    let folder = tempfile::tempdir().unwrap();
    let keys_db = DbConfig::Sqlite(SqliteConfig::new(folder.path().join("keys.db")));
    record_with(config, keys_db, folder)
}

/// As [`record`], with the key store in another database.
pub fn record_with(config: DbConfig, keys_db: DbConfig, folder: tempfile::TempDir) -> Record {
    let db = Db::open(config).unwrap();
    migrate(&db, RECORD, now()).unwrap();
    let keys = keys_in(keys_db);
    let random = Arc::new(SystemRandomness::default());
    let clock = Arc::new(SetClock::new(now()));
    let at = now();
    let seeding = App::new(
        db.clone(),
        keys.clone(),
        Arc::<SetClock>::clone(&clock),
        Arc::<SystemRandomness>::clone(&random),
        demo_settings(""),
    );
    let note = app::demo::seed::seed(&seeding, &clock, at, "").unwrap();
    let settings = demo_settings("http://localhost:8080");
    let app = App::new(db, keys, Arc::new(SystemClock), random, settings);
    Record { folder, app, note }
}

impl Record {
    /// Serves it, with `room` in place of the watch over the data folder's disk.
    pub fn serve(self, room: Option<Room>) -> Inside {
        if let Some(room) = room {
            room.look();
            self.app.use_room(room);
        }
        let lock = DataLock::take(&self.folder.path().join("data")).unwrap();
        let metrics_port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let acting = self.app.clone();
        let setup = Setup {
            app: self.app.clone(),
            lock,
            reach: Reach::Demo,
            listen: vec!["127.0.0.1:0".parse().unwrap()],
            metrics_listen: Some(([127, 0, 0, 1], metrics_port).into()),
            trusted_proxies: Vec::new(),
            limits: Limits::default(),
            disk: Disk::default(),
            mail: None,
            handler: Arc::new(move |request, progress: &mut dyn FnMut(u64, u64)| {
                acting::reply(&acting, request, progress)
            }),
        };
        let (ready, listening) = channel();
        let (end, ended) = channel();
        std::thread::spawn(move || {
            let outcome = running::run(setup, |address| {
                ready.send(address.port()).unwrap();
                Ok(())
            });
            let _ = end.send(outcome);
        });
        let port = listening.recv_timeout(Duration::from_secs(30)).unwrap();
        Inside { folder: self.folder, app: self.app, note: self.note, port, metrics_port, ended }
    }
}

impl Inside {
    /// The same record for another server beside this one.
    pub fn beside(&self, config: DbConfig) -> Record {
        let random = Arc::new(SystemRandomness::default());
        let (keys, settings) = (self.app.keys().clone(), self.app.settings().clone());
        let app =
            App::new(Db::open(config).unwrap(), keys, Arc::new(SystemClock), random, settings);
        Record { folder: tempfile::tempdir().unwrap(), app, note: self.note.clone() }
    }

    /// What was restored into the databases of `config` and `keys_db`, for another server.
    pub fn restored(&self, config: DbConfig, keys_db: DbConfig) -> Record {
        let random = Arc::new(SystemRandomness::default());
        let (db, settings) = (Db::open(config).unwrap(), self.app.settings().clone());
        let app = App::new(db, keys_in(keys_db), Arc::new(SystemClock), random, settings);
        Record { folder: tempfile::tempdir().unwrap(), app, note: self.note.clone() }
    }

    /// The record as a new process finds it in the database of `config`.
    pub fn reopen(self, config: DbConfig) -> Record {
        let random = Arc::new(SystemRandomness::default());
        let (keys, settings) = (self.app.keys().clone(), self.app.settings().clone());
        let app =
            App::new(Db::open(config).unwrap(), keys, Arc::new(SystemClock), random, settings);
        Record { folder: self.folder, app, note: self.note }
    }

    pub fn patient(&self, key: &str) -> String {
        let person = self.note.people.iter().find(|person| person.key == key).unwrap();
        person.patient_id.clone().unwrap()
    }

    pub fn token(&self, username: &str) -> String {
        let made = access_token::add(&self.app, &Actor::system(), username, "user/*.cruds", 3_600)
            .unwrap();
        made.token.expose().to_string()
    }

    pub fn get(&self, path: &str, token: &str) -> Answer {
        request(self.port, "GET", path, Some(token), None).unwrap()
    }

    /// What the metrics say about `name`, labels and all.
    pub fn metric(&self, name: &str) -> f64 {
        let text = request(self.metrics_port, "GET", "/metrics", None, None).unwrap().body;
        let mut lines = text.lines().filter_map(|line| line.split_once(' '));
        let found = lines.find(|(what, _)| *what == name);
        found.unwrap_or_else(|| panic!("no {name} in {text}")).1.parse().unwrap()
    }

    pub fn ready(&self) -> Answer {
        request(self.port, "GET", "/readyz", None, None).unwrap()
    }

    /// A conversation of the patient's that she may write in.
    pub fn thread(&self, patient: &str, token: &str) -> String {
        let path =
            format!("/fhir/R4/Communication?patient={patient}&part-of:missing=true&_count=1");
        let bundle = self.get(&path, token).json();
        bundle["entry"][0]["resource"]["id"].as_str().unwrap().to_owned()
    }
}

/// Sends a message as a program does; the server's answer.
pub fn send(
    port: u16,
    token: &str,
    patient: &str,
    thread: &str,
    id: &str,
    text: &str,
) -> std::io::Result<Answer> {
    let body = communication(patient, thread, id, text);
    request(port, "POST", "/fhir/R4/Communication", Some(token), Some(&body))
}

/// A message as a FHIR resource.
pub fn communication(patient: &str, thread: &str, id: &str, text: &str) -> String {
    let resource = serde_json::json!({
        "resourceType": "Communication", "status": "completed",
        "subject": {"reference": format!("Patient/{patient}")},
        "partOf": [{"reference": format!("Communication/{thread}")}],
        "identifier": [{"value": id}],
        "payload": [{"contentString": text}],
    });
    resource.to_string()
}

/// Every text of a conversation, oldest first.
pub fn texts(port: u16, thread: &str, token: &str) -> Vec<String> {
    let mut path = format!("/fhir/R4/Communication?part-of={thread}&_sort=sent&_count=100");
    let mut all = Vec::new();
    loop {
        let bundle = request(port, "GET", &path, Some(token), None).unwrap().json();
        for entry in bundle["entry"].as_array().into_iter().flatten() {
            let text = entry["resource"]["payload"][0]["contentString"].as_str();
            all.push(text.unwrap_or_default().to_owned());
        }
        let links = bundle["link"].as_array().cloned().unwrap_or_default();
        let next = links.iter().find(|link| link["relation"] == "next");
        let next = next.and_then(|link| link["url"].as_str());
        match next.and_then(|url| url.find("/fhir/R4").map(|at| url[at..].to_owned())) {
            Some(next) => path = next,
            None => return all,
        }
    }
}

/// A browser without JavaScript: it keeps cookies and fills in forms.
pub struct Browser {
    port: u16,
    cookies: BTreeMap<String, String>,
    /// The form token of the last page.
    form_token: String,
}

impl Browser {
    pub fn new(port: u16) -> Self {
        Self { port, cookies: BTreeMap::new(), form_token: String::new() }
    }

    pub fn sign_in(&mut self, username: &str, password: &str) -> Answer {
        self.get("/sign-in");
        self.post("/sign-in", &[("username", username), ("password", password), ("next", "/")])
    }

    /// The cookies, for a request of the test's own.
    pub fn cookies(&self) -> String {
        let all: Vec<String> = self.cookies.iter().map(|(a, b)| format!("{a}={b}")).collect();
        all.join("; ")
    }

    pub fn get(&mut self, path: &str) -> Answer {
        self.go("GET", path, None)
    }

    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = ("form_token", self.form_token.as_str());
        let pairs = fields.iter().copied().chain([token]);
        let body: Vec<String> = pairs.map(|(a, b)| format!("{}={}", coded(a), coded(b))).collect();
        self.go("POST", path, Some(&body.join("&")))
    }

    fn go(&mut self, method: &str, path: &str, body: Option<&str>) -> Answer {
        let mut headers = vec![("cookie", self.cookies())];
        if body.is_some() {
            headers.push(("content-type", "application/x-www-form-urlencoded".to_owned()));
            headers.push(("origin", format!("http://localhost:{}", self.port)));
        }
        let answer = exchange(self.port, method, path, &headers, body).unwrap();
        for line in answer.head.lines() {
            let Some((name, value)) = line.split_once(": ") else { continue };
            if name.eq_ignore_ascii_case("set-cookie") {
                let pair = value.split(';').next().unwrap();
                let (name, value) = pair.split_once('=').unwrap();
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        if let Some(token) = field(&answer.body, "form_token") {
            self.form_token = token;
        }
        answer
    }
}

/// The value of the first field with this name on a page.
pub fn field(page: &str, name: &str) -> Option<String> {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\""))?;
    rest.split_once('"').map(|(value, _)| value.to_owned())
}

fn coded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// Waits until `is_so`; how long that took.
pub fn within(most: Duration, what: &str, mut is_so: impl FnMut() -> bool) -> Duration {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < most, "not within {most:?}: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
    started.elapsed()
}
