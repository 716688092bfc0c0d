//! `tidings demo`: the demo clinic on this machine, on loopback only, with nothing to set up.
//!
//! The folder holds everything: the database, the keys, and demo.json with who can sign in. demo.json
//! is written last, so a folder without it holds a seeding that was interrupted, which is begun anew.
//! Deliberately absent: any secret that two demos share.

use std::fmt::Write as _;
use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::Arc;

use app::clock::SetClock;
use app::credential::totp::TotpSecret;
use app::demo::seed::{DemoManifest, ManifestPerson, seed};
use store::seal::RootKey;

use super::Failure;
use crate::acting;
use crate::cli::{Demo, Place};
use crate::config::{Disk, Limits, Log, LogFormat, LogLevel};
use crate::data_lock::{DataLock, LockError};
use crate::open::{self, Opened};
use crate::place::{DEMO_NOTE, DEMO_ROOT_KEY, Located, now};
use crate::running::{self, Reach, Setup};
use crate::telemetry;

/// What a demo's folder may hold beside the lock and the socket; `--reset` deletes it.
const FILES: [&str; 9] = [
    DEMO_NOTE,
    DEMO_ROOT_KEY,
    "tidings.db",
    "tidings.db-wal",
    "tidings.db-shm",
    "keys.db",
    "keys.db-wal",
    "keys.db-shm",
    crate::backup::NOTE,
];

/// Runs the demo until a signal, or prints the staff's present codes.
///
/// # Errors
/// [`Failure`] that says what to do.
pub fn run(command: &Demo) -> Result<(), Failure> {
    let folder = &command.data;
    if command.codes {
        return super::print(&codes(&read_note(folder)?)?);
    }
    if !command.listen.ip().is_loopback() {
        return Err(Failure::misused(
            "the demo is for this machine alone; give a loopback address with --listen",
        ));
    }
    telemetry::start(&Log { level: LogLevel::Warn, format: LogFormat::Pretty });
    let lock = DataLock::take(folder).map_err(|error| match error {
        LockError::Held(_) => Failure::failed(format!(
            "a demo is running on {} already; use it, stop it, or give another folder with --data",
            folder.display()
        )),
        other @ LockError::Unusable(_) => Failure::failed(other),
    })?;
    prepare(folder, command.reset)?;
    let place = Place { config: None, data: Some(folder.clone()) };
    let opened = Opened::open(&Located::find(&place)?)?;
    let mut note = match read_note(folder) {
        Ok(note) => note,
        Err(_) => fill(&opened)?,
    };
    let app = opened.app(open::demo_settings(&address(command.listen)));
    let acting = app.clone();
    let handler = Arc::new(move |request, progress: &mut dyn FnMut(u64, u64)| {
        acting::reply(&acting, request, progress)
    });
    let setup = Setup {
        app,
        lock,
        reach: Reach::Demo,
        listen: listen(command.listen),
        metrics_listen: None,
        trusted_proxies: Vec::new(),
        limits: Limits::default(),
        disk: Disk::default(),
        mail: None,
        handler,
    };
    running::run(setup, |listening| {
        note.url = address(listening);
        write_note(folder, &note)?;
        super::print(&welcome(&note, folder))
    })
}

/// A browser may look for the name `localhost` under either loopback address.
fn listen(address: SocketAddr) -> Vec<SocketAddr> {
    let other = match address.ip() {
        IpAddr::V4(ip) if ip == Ipv4Addr::LOCALHOST => Some(IpAddr::V6(Ipv6Addr::LOCALHOST)),
        IpAddr::V6(ip) if ip == Ipv6Addr::LOCALHOST => Some(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        _ => None,
    };
    [Some(address.ip()), other]
        .into_iter()
        .flatten()
        .map(|ip| SocketAddr::new(ip, address.port()))
        .collect()
}

/// What to type into a browser.
fn address(listening: SocketAddr) -> String {
    let ip = listening.ip();
    if ip == Ipv4Addr::LOCALHOST || ip == Ipv6Addr::LOCALHOST {
        format!("http://localhost:{}", listening.port())
    } else {
        format!("http://{listening}")
    }
}

/// Makes the folder ready to be opened: a root key of its own, and nothing left of a seeding that was
/// interrupted or of the demo that is to be reset.
fn prepare(folder: &Path, reset: bool) -> Result<(), Failure> {
    let (database, key) = (folder.join("tidings.db"), folder.join(DEMO_ROOT_KEY));
    if database.exists() && !key.exists() {
        return Err(Failure::failed(format!(
            "{} holds a database that is no demo; give another folder with --data",
            folder.display()
        )));
    }
    if reset || !folder.join(DEMO_NOTE).exists() {
        for name in FILES {
            match std::fs::remove_file(folder.join(name)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(Failure::failed(format!("{name} cannot be deleted: {error}")));
                }
                _ => {}
            }
        }
    }
    if !key.exists() {
        RootKey::create(&key)
            .map_err(|error| Failure::failed(format!("{}: {error}", key.display())))?;
    }
    Ok(())
}

/// Tells the clinic's year to the empty record.
fn fill(opened: &Opened) -> Result<DemoManifest, Failure> {
    let (clock, now) = (Arc::new(SetClock::new(now())), now());
    let _ = writeln!(std::io::stderr(), "Setting up the demo clinic…");
    let app = opened.app_at(open::demo_settings(""), Arc::<SetClock>::clone(&clock));
    seed(&app, &clock, now, "")
        .map_err(|error| Failure::failed(format!("the demo cannot be set up: {error}")))
}

fn read_note(folder: &Path) -> Result<DemoManifest, Failure> {
    let file = folder.join(DEMO_NOTE);
    let text = std::fs::read(&file).map_err(|error| {
        Failure::failed(format!("{}: {error}; start the demo first", file.display()))
    })?;
    serde_json::from_slice(&text).map_err(|error| {
        Failure::failed(format!("{}: {error}; start anew with --reset", file.display()))
    })
}

/// Writes demo.json whole or not at all, for its owner's eyes.
fn write_note(folder: &Path, note: &DemoManifest) -> Result<(), Failure> {
    let (draft, file) = (folder.join("demo.json.new"), folder.join(DEMO_NOTE));
    let text = serde_json::to_string_pretty(note).map_err(Failure::failed)? + "\n";
    let write = || {
        let mut new = std::fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&draft)?;
        new.write_all(text.as_bytes())?;
        new.sync_all()?;
        std::fs::rename(&draft, &file)
    };
    write().map_err(|error| Failure::failed(format!("{}: {error}", file.display())))
}

/// Who can sign in and how, for eyes.
fn welcome(note: &DemoManifest, folder: &Path) -> String {
    let mut text = format!("\nTidings demo: {}\n\nSign in as\n", note.url);
    let widest = |of: fn(&ManifestPerson) -> &str| {
        note.people.iter().map(|person| of(person).chars().count()).max().unwrap_or(0)
    };
    let (names, passwords) = (widest(|p| &p.username), widest(|p| &p.password));
    for person in &note.people {
        let code = if person.totp_secret.is_some() { ", asks for a code" } else { "" };
        // A string takes any text.
        let _ = writeln!(
            text,
            "  {:names$}  {:passwords$}  {} ({}{code})",
            person.username,
            person.password,
            person.name,
            person.role.replace('_', " "),
        );
    }
    let _ = write!(
        text,
        "\nStaff are asked for a code, too. In another terminal `cargo run --release -- demo --codes --data {0}`\n\
         prints the present ones; {0}/{DEMO_NOTE} holds everything, the authenticators' secrets included.\n\
         No mail is sent. Stop with Ctrl-C; --reset starts anew.\n",
        folder.display()
    );
    text
}

/// The present code of everybody who is asked for one.
fn codes(note: &DemoManifest) -> Result<String, Failure> {
    let mut text = String::new();
    for person in &note.people {
        let Some(secret) = &person.totp_secret else { continue };
        let secret = TotpSecret::from_base32(secret).ok_or_else(|| {
            Failure::failed("demo.json holds a secret that is none; start anew with --reset")
        })?;
        let _ = writeln!(text, "{:10} {}", person.username, secret.code_at(now()).as_str());
    }
    Ok(text)
}
