//! The sections of the configuration and the checks of their values.

use std::net::IpAddr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Config;

/// Certificate files, reloaded when they change.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tls {
    /// PEM file: the certificate first, then its intermediates.
    pub cert_file: PathBuf,
    /// PEM file of the private key, readable by the service alone.
    pub key_file: PathBuf,
}

/// Which database engine is used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    /// SQLite inside the process, its file in the data folder.
    #[default]
    Sqlite,
    /// PostgreSQL 15 or later.
    Postgres,
}

/// The database.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// The engine.
    pub engine: Engine,
    /// File that holds the connection address of PostgreSQL (it carries a password).
    pub url_file: Option<PathBuf>,
}

/// Encryption keys.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Keys {
    /// File of the root key: 32 bytes, raw, as 64 hexadecimal digits or as base64.
    pub root_key_file: PathBuf,
    /// File of the key store; `data_dir/keys.db` when absent.
    pub store: Option<PathBuf>,
    /// File that holds the PostgreSQL address of the key store, when several nodes share it.
    pub url_file: Option<PathBuf>,
}

/// Backups.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Backup {
    /// File of a key for backups only, as `keys.root_key_file`; absent: derived from the root key.
    pub key_file: Option<PathBuf>,
}

/// Room on the disk of the data folder.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Disk {
    /// With fewer free megabytes than this new messages are refused (16 to 1,048,576).
    pub low_water_mb: u64,
    /// Megabytes held back so that reading goes on when the disk is full (8 to 65,536).
    pub reserve_mb: u64,
}

impl Default for Disk {
    fn default() -> Self {
        Self { low_water_mb: 256, reserve_mb: 64 }
    }
}

/// How the connection to the mail server is protected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTls {
    /// In the clear: accepted for a mail server on loopback only.
    None,
    /// STARTTLS, required.
    #[default]
    Starttls,
    /// TLS from the first byte (RFC 8314).
    Implicit,
}

/// Outgoing mail.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mail {
    /// Name of the SMTP server.
    pub host: String,
    /// Its port; absent: 587 for `starttls`, 465 for `implicit`, 25 for `none`.
    pub port: Option<u16>,
    /// Protection of the connection.
    pub tls: MailTls,
    /// Name to sign in with; absent: none.
    pub username: Option<String>,
    /// File of the password.
    pub password_file: Option<PathBuf>,
    /// The sender's address.
    pub from: String,
}

impl Mail {
    /// The port to connect to.
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(match self.tls {
            MailTls::None => 25,
            MailTls::Starttls => 587,
            MailTls::Implicit => 465,
        })
    }
}

/// Session lengths. They can be shortened below the defaults, and lengthened little
/// (NIST SP 800-63B-4, section 5.2: 30 min idle and 12 h at assurance level 2 for staff).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Session {
    /// Idle minutes after which a patient or helper is signed out (1 to 60).
    pub patient_idle_minutes: u32,
    /// Hours after which a patient or helper signs in again (1 to 72).
    pub patient_hours: u32,
    /// Idle minutes on a device marked as shared (1 to 15).
    pub shared_idle_minutes: u32,
    /// Idle minutes after which staff are signed out (1 to 30).
    pub staff_idle_minutes: u32,
    /// Hours after which staff sign in again (1 to 16).
    pub staff_hours: u32,
}

impl Default for Session {
    fn default() -> Self {
        Self {
            patient_idle_minutes: 30,
            patient_hours: 24,
            shared_idle_minutes: 10,
            staff_idle_minutes: 15,
            staff_hours: 12,
        }
    }
}

/// The clinic's own facts, used where no site of the database says otherwise.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Site {
    /// Name shown on the sign-in page and in mails.
    pub name: String,
    /// Phone number shown on every error page.
    pub phone: String,
    /// Languages offered, best first (`en`, `es`).
    pub languages: Vec<String>,
    /// IANA time zone.
    pub time_zone: String,
    /// ISO 3166-1 alpha-2 country code.
    pub country: String,
}

impl Default for Site {
    fn default() -> Self {
        Self {
            name: String::new(),
            phone: String::new(),
            languages: vec!["en".into(), "es".into()],
            time_zone: "UTC".into(),
            country: String::new(),
        }
    }
}

/// How much is logged by Tidings itself. Libraries never log below `warn`: some of them print
/// SQL parameters or headers when asked for more.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// Errors only.
    Error,
    /// And warnings.
    Warn,
    /// And one line per request.
    #[default]
    Info,
    /// And steps inside operations.
    Debug,
    /// Everything.
    Trace,
}

/// The form of a log line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One JSON object per line.
    #[default]
    Json,
    /// For eyes.
    Pretty,
}

/// Logs, written to standard error.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// How much.
    pub level: LogLevel,
    /// In which form.
    pub format: LogFormat,
}

/// Limits of the listener.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Open connections; further ones wait in the kernel's queue.
    pub connections_max: usize,
    /// Requests being answered at once; further ones get 503 with Retry-After.
    pub requests_max: usize,
    /// Seconds within which the TLS handshake, and the head of each request, must arrive.
    pub header_seconds: u64,
    /// Seconds between two pieces of a request body.
    pub body_idle_seconds: u64,
    /// Seconds after which a connection without a request is closed.
    pub idle_seconds: u64,
    /// Seconds that running requests get when the server stops.
    pub drain_seconds: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections_max: 4096,
            requests_max: 512,
            header_seconds: 10,
            body_idle_seconds: 15,
            idle_seconds: 120,
            drain_seconds: 10,
        }
    }
}

type Refusal = (&'static str, String);

/// Checks the sections; the refusal names the key and says what to do.
pub(super) fn validate(config: &Config) -> Result<(), Refusal> {
    if let Some(tls) = &config.tls {
        absolute("tls.cert_file", &tls.cert_file)?;
        absolute("tls.key_file", &tls.key_file)?;
    }
    absolute("keys.root_key_file", &config.keys.root_key_file)?;
    match (config.database.engine, &config.database.url_file) {
        (Engine::Postgres, None) => {
            return Err((
                "database.url_file",
                "name the file that holds the PostgreSQL address".into(),
            ));
        }
        (Engine::Postgres, Some(file)) => absolute("database.url_file", file)?,
        (Engine::Sqlite, _) => {}
    }
    for (key, file) in
        [("keys.store", &config.keys.store), ("keys.url_file", &config.keys.url_file)]
    {
        file.as_deref().map_or(Ok(()), |file| absolute(key, file))?;
    }
    if let Some(file) = &config.backup.key_file {
        absolute("backup.key_file", file)?;
    }
    if let Some(mail) = &config.mail {
        validate_mail(mail)?;
    }
    validate_session(&config.session)?;
    validate_disk(&config.disk)?;
    validate_site(&config.site)?;
    validate_limits(&config.limits)
}

fn absolute(key: &'static str, path: &std::path::Path) -> Result<(), Refusal> {
    if path.is_absolute() { Ok(()) } else { Err((key, "give the absolute path of a file".into())) }
}

fn validate_mail(mail: &Mail) -> Result<(), Refusal> {
    if mail.host.is_empty() || mail.host.contains(char::is_whitespace) {
        return Err(("mail.host", "give the name of the SMTP server".into()));
    }
    let loopback = mail.host == "localhost"
        || mail.host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    if mail.tls == MailTls::None && !loopback {
        return Err((
            "mail.tls",
            "`none` is for a mail server on loopback only: use `starttls` or `implicit`".into(),
        ));
    }
    if !mail.from.contains('@') {
        return Err(("mail.from", "give the sender's address".into()));
    }
    if mail.username.is_some() != mail.password_file.is_some() {
        return Err((
            "mail.password_file",
            "give both mail.username and mail.password_file, or neither".into(),
        ));
    }
    mail.password_file.as_deref().map_or(Ok(()), |file| absolute("mail.password_file", file))
}

fn validate_session(session: &Session) -> Result<(), Refusal> {
    for (key, value, most, unit) in [
        ("session.patient_idle_minutes", session.patient_idle_minutes, 60, "minutes"),
        ("session.patient_hours", session.patient_hours, 72, "hours"),
        ("session.shared_idle_minutes", session.shared_idle_minutes, 15, "minutes"),
        ("session.staff_idle_minutes", session.staff_idle_minutes, 30, "minutes"),
        ("session.staff_hours", session.staff_hours, 16, "hours"),
    ] {
        if value == 0 || value > most {
            return Err((key, format!("give 1 to {most} {unit}")));
        }
    }
    Ok(())
}

fn validate_disk(disk: &Disk) -> Result<(), Refusal> {
    for (key, value, least, most) in [
        ("disk.low_water_mb", disk.low_water_mb, 16, 1_048_576),
        ("disk.reserve_mb", disk.reserve_mb, 8, 65_536),
    ] {
        if !(least..=most).contains(&value) {
            return Err((key, format!("give {least} to {most} megabytes")));
        }
    }
    Ok(())
}

fn validate_site(site: &Site) -> Result<(), Refusal> {
    if site.name.trim().is_empty() {
        return Err(("site.name", "give the clinic's name as people know it".into()));
    }
    if site.phone.chars().filter(char::is_ascii_digit).count() < 3 {
        return Err(("site.phone", "give the number people call when pages fail".into()));
    }
    if site.languages.is_empty()
        || !site.languages.iter().all(|language| matches!(language.as_str(), "en" | "es"))
    {
        return Err(("site.languages", "give some of \"en\" and \"es\", best first".into()));
    }
    if jiff::tz::TimeZone::get(&site.time_zone).is_err() {
        return Err((
            "site.time_zone",
            "give an IANA time zone such as \"America/New_York\"".into(),
        ));
    }
    if site.country.len() != 2 || !site.country.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err((
            "site.country",
            "give the two capital letters of the country, such as \"US\"".into(),
        ));
    }
    Ok(())
}

fn validate_limits(limits: &Limits) -> Result<(), Refusal> {
    let fits = |value: u64, most: u64| (1..=most).contains(&value);
    let connections = u64::try_from(limits.connections_max).unwrap_or(u64::MAX);
    let requests = u64::try_from(limits.requests_max).unwrap_or(u64::MAX);
    for (key, value, most) in [
        ("limits.connections_max", connections, 1_000_000),
        ("limits.requests_max", requests, 100_000),
        ("limits.header_seconds", limits.header_seconds, 60),
        ("limits.body_idle_seconds", limits.body_idle_seconds, 300),
        ("limits.idle_seconds", limits.idle_seconds, 3600),
        ("limits.drain_seconds", limits.drain_seconds, 60),
    ] {
        if !fits(value, most) {
            return Err((key, format!("give 1 to {most}")));
        }
    }
    Ok(())
}
