//! The configuration: one TOML file, environment overrides, secrets in files of their own.
//!
//! A key is written `key` or `section.key`; its environment override is `TIDINGS_KEY` or
//! `TIDINGS_SECTION__KEY`. Unknown keys are refused in both places, because a misspelt security
//! setting that is silently ignored is worse than a server that does not start.
//!
//! Deliberately absent: secrets as values (only files), a second file, includes, and a reload of
//! anything but TLS certificates.

pub mod keys;
pub mod secret;
pub mod sections;

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::serve::proxy::Cidr;
pub use sections::{
    Backup, Database, Disk, Engine, Keys, Limits, Log, LogFormat, LogLevel, Mail, MailTls, Session,
    Site, Tls,
};

/// A refused configuration: where it stands, which key, and what to do, in one sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// The file or environment variable the value came from.
    pub place: String,
    /// The key as written in the file (`section.key`), empty when the whole file is meant.
    pub key: String,
    /// What is wrong and what to do.
    pub advice: String,
}

impl ConfigError {
    fn new(place: impl fmt::Display, key: &str, advice: impl Into<String>) -> Self {
        Self { place: place.to_string(), key: key.to_owned(), advice: advice.into() }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.key.is_empty() {
            write!(f, "{}: {}", self.place, self.advice)
        } else {
            write!(f, "{}: key `{}`: {}", self.place, self.key, self.advice)
        }
    }
}

impl std::error::Error for ConfigError {}

/// The whole configuration of `tidings serve`. Every key is described in `docs/configuration.md`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The https address people type, without a path: links in mails and cookies are made from it.
    pub public_url: String,
    /// The address and port the pages are served on.
    pub listen: SocketAddr,
    /// Networks whose `Forwarded`/`X-Forwarded-*` headers are believed.
    pub trusted_proxies: Vec<Cidr>,
    /// The folder of the database, the key store, the lock and the admin socket (mode 0700).
    pub data_dir: PathBuf,
    /// A file with one breached password per line, read instead of the built-in list.
    pub breached_passwords_file: Option<PathBuf>,
    /// Seconds in which a sent message can be taken back unseen (0 to 120).
    pub hold_seconds: u32,
    /// The address of the metrics and health listener.
    pub metrics_listen: SocketAddr,
    /// Certificate files; absent only behind a trusted proxy.
    pub tls: Option<Tls>,
    /// The database engine.
    pub database: Database,
    /// The root key and the key store.
    pub keys: Keys,
    /// Backups.
    pub backup: Backup,
    /// Room on the disk.
    pub disk: Disk,
    /// Outgoing mail; absent: no notices by mail.
    pub mail: Option<Mail>,
    /// Session lengths.
    pub session: Session,
    /// The clinic's own facts.
    pub site: Site,
    /// Logs.
    pub log: Log,
    /// Limits of the listener.
    pub limits: Limits,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            public_url: String::new(),
            listen: SocketAddr::from((Ipv4Addr::UNSPECIFIED, 8443)),
            trusted_proxies: Vec::new(),
            data_dir: PathBuf::new(),
            breached_passwords_file: None,
            hold_seconds: 10,
            metrics_listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 9464)),
            tls: None,
            database: Database::default(),
            keys: Keys::default(),
            backup: Backup::default(),
            disk: Disk::default(),
            mail: None,
            session: Session::default(),
            site: Site::default(),
            log: Log::default(),
            limits: Limits::default(),
        }
    }
}

impl Config {
    /// Reads `file`, lays the process environment over it and checks every value.
    ///
    /// # Errors
    /// [`ConfigError`] for the first thing that is wrong.
    pub fn load(file: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(file).map_err(|error| {
            ConfigError::new(
                file.display(),
                "",
                format!(
                    "cannot be read ({error}); give the path of the configuration with --config"
                ),
            )
        })?;
        let environment = std::env::vars_os().filter_map(|(name, value)| {
            let name = name.into_string().ok()?;
            name.starts_with("TIDINGS_").then(|| (name, value.to_string_lossy().into_owned()))
        });
        Self::from_text(&text, file, environment)
    }

    /// As [`Config::load`], from given text and environment.
    ///
    /// # Errors
    /// [`ConfigError`] for the first thing that is wrong.
    pub fn from_text(
        text: &str,
        file: &Path,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        // The file is read once by itself, so that its mistakes are told with their line.
        toml::from_str::<Self>(text).map_err(|error| toml_error(text, file, &error))?;
        let mut table: toml::Table =
            toml::from_str(text).map_err(|error| toml_error(text, file, &error))?;
        for (name, value) in environment {
            overlay(&mut table, &name, &value)?;
        }
        let config: Self = table.try_into().map_err(|error: toml::de::Error| {
            ConfigError::new("environment", "", one_line(error.message()))
        })?;
        config.validate(file)?;
        Ok(config)
    }

    /// The path of the SQLite database inside the data folder.
    pub fn database_file(&self) -> PathBuf {
        self.data_dir.join("tidings.db")
    }

    /// The path of the key store.
    pub fn key_store_file(&self) -> PathBuf {
        self.keys.store.clone().unwrap_or_else(|| self.data_dir.join("keys.db"))
    }

    /// Whether requests reach people over https, by our own TLS or a proxy's. Always true for a
    /// configuration that passed [`Config::load`].
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    fn validate(&self, file: &Path) -> Result<(), ConfigError> {
        let refuse = |key: &str, advice: String| Err(ConfigError::new(file.display(), key, advice));
        if let Err(advice) = check_public_url(&self.public_url) {
            return refuse("public_url", advice);
        }
        if self.tls.is_none() && self.trusted_proxies.is_empty() {
            return refuse(
                "tls",
                "people's messages never travel in the clear: give tls.cert_file and tls.key_file, \
                 or name the https proxy in trusted_proxies"
                    .into(),
            );
        }
        if !self.data_dir.is_absolute() {
            return refuse("data_dir", "give the absolute path of the data folder".into());
        }
        if self.hold_seconds > 120 {
            return refuse("hold_seconds", "give at most 120 seconds".into());
        }
        if self.listen == self.metrics_listen {
            return refuse("metrics_listen", "give another port than `listen` has".into());
        }
        sections::validate(self).or_else(|(key, advice)| refuse(key, advice))
    }
}

fn check_public_url(url: &str) -> Result<(), String> {
    let advice = "give the https address people type, such as \"https://messages.clinic.org\", \
                  without a path or a final slash";
    let uri: axum::http::Uri = url.parse().map_err(|_| advice.to_owned())?;
    let plain = uri.scheme_str() == Some("https")
        && uri.host().is_some_and(|host| !host.is_empty())
        && uri.authority().is_some_and(|authority| !authority.as_str().contains('@'))
        && url.matches('/').count() == 2
        && !url.contains(['?', '#']);
    if plain { Ok(()) } else { Err(advice.to_owned()) }
}

/// Variables that are not keys: for the tests, the bench and the command line itself.
const NOT_KEYS: [&str; 4] = ["TIDINGS_DATA", "TIDINGS_CONFIG", "TIDINGS_TEST", "TIDINGS_BENCH"];

fn overlay(table: &mut toml::Table, name: &str, value: &str) -> Result<(), ConfigError> {
    if NOT_KEYS.iter().any(|known| {
        name.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
            && !name.starts_with("TIDINGS_DATA_")
    }) {
        return Ok(());
    }
    let Some(key) = keys::ALL.iter().find(|key| key.variable() == name) else {
        return Err(ConfigError::new(
            name,
            "",
            "names no key of the configuration; see docs/configuration.md, or unset it",
        ));
    };
    let parsed =
        key.kind.parse(value).map_err(|advice| ConfigError::new(name, key.name, advice))?;
    let (section, leaf) = key.name.split_once('.').map_or((None, key.name), |(s, l)| (Some(s), l));
    let target = match section {
        None => table,
        Some(section) => table
            .entry(section)
            .or_insert_with(|| toml::Value::Table(toml::Table::new()))
            .as_table_mut()
            .ok_or_else(|| ConfigError::new(name, key.name, "the file holds no such section"))?,
    };
    target.insert(leaf.to_owned(), parsed);
    Ok(())
}

fn toml_error(text: &str, file: &Path, error: &toml::de::Error) -> ConfigError {
    let place = error.span().map_or_else(
        || file.display().to_string(),
        |span| {
            let line = text.get(..span.start).map_or(0, |before| before.matches('\n').count()) + 1;
            format!("{} line {line}", file.display())
        },
    );
    ConfigError::new(place, "", one_line(error.message()))
}

fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = include_str!("../../../packaging/tidings.example.toml");
    const DOCS: &str = include_str!("../../../docs/configuration.md");

    fn load(text: &str, environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let environment = environment.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
        Config::from_text(text, Path::new("tidings.toml"), environment)
    }

    /// The example with every commented-out key switched on.
    fn example_with_everything() -> String {
        EXAMPLE
            .lines()
            .map(|line| match line.strip_prefix('#') {
                Some(rest)
                    if !rest.starts_with(' ')
                        && (rest.contains(" = ") || rest.starts_with('[')) =>
                {
                    rest
                }
                _ => line,
            })
            .fold(String::new(), |all, line| all + line + "\n")
    }

    fn leaves(value: &serde_json::Value, prefix: &str, into: &mut Vec<String>) {
        let serde_json::Value::Object(object) = value else { return };
        for (name, value) in object {
            let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
            if value.is_object() { leaves(value, &key, into) } else { into.push(key) }
        }
    }

    #[test]
    fn the_example_holds_every_key_and_loads() {
        load(EXAMPLE, &[]).unwrap();
        let everything = example_with_everything();
        let config = load(&everything, &[]).unwrap();
        let mut of_struct = Vec::new();
        leaves(&serde_json::to_value(&config).unwrap(), "", &mut of_struct);
        let table: toml::Table = toml::from_str(&everything).unwrap();
        let mut of_example = Vec::new();
        leaves(&serde_json::to_value(&table).unwrap(), "", &mut of_example);
        let mut listed: Vec<String> = keys::ALL.iter().map(|key| key.name.to_owned()).collect();
        for list in [&mut of_struct, &mut of_example, &mut listed] {
            list.sort();
        }
        assert_eq!(of_struct, of_example, "the example and the struct differ");
        assert_eq!(of_struct, listed, "config/keys.rs and the struct differ");
    }

    #[test]
    fn the_page_describes_every_key_and_its_variable() {
        for key in keys::ALL {
            assert!(DOCS.contains(&format!("`{}`", key.name)), "{} is not described", key.name);
            assert!(DOCS.contains(&format!("`{}`", key.variable())), "{}", key.variable());
        }
    }

    #[test]
    fn every_variable_overrides_its_key() {
        let everything = example_with_everything();
        for key in keys::ALL {
            let table: toml::Table = toml::from_str(&everything).unwrap();
            let value = key
                .name
                .split('.')
                .fold(toml::Value::Table(table), |value, part| value[part].clone());
            let text = match &value {
                toml::Value::String(text) => text.clone(),
                toml::Value::Array(items) => {
                    items.iter().map(|i| i.as_str().unwrap()).collect::<Vec<_>>().join(", ")
                }
                other => other.as_integer().unwrap().to_string(),
            };
            load(&everything, &[(&key.variable(), &text)]).unwrap();
        }
        let config =
            load(EXAMPLE, &[("TIDINGS_HOLD_SECONDS", "42"), ("TIDINGS_SITE__NAME", "North")])
                .unwrap();
        assert_eq!((config.hold_seconds, config.site.name.as_str()), (42, "North"));
    }

    #[test]
    fn unknown_keys_and_variables_are_refused_with_their_place() {
        let error = load(&format!("{EXAMPLE}\n[site2]\nname = \"x\"\n"), &[]).unwrap_err();
        assert!(
            error.to_string().contains("line") && error.to_string().contains("site2"),
            "{error}"
        );
        let error = load(EXAMPLE, &[("TIDINGS_SITE__NMAE", "x")]).unwrap_err();
        assert!(error.to_string().starts_with("TIDINGS_SITE__NMAE"), "{error}");
        let error = load(EXAMPLE, &[("TIDINGS_HOLD_SECONDS", "soon")]).unwrap_err();
        assert!(error.to_string().contains("hold_seconds"), "{error}");
        load(EXAMPLE, &[("TIDINGS_DATA", "/data"), ("TIDINGS_TEST_PG", "x")]).unwrap();
    }

    #[test]
    fn unsafe_settings_are_refused() {
        let cases: &[(&str, &str, &str)] = &[
            ("TIDINGS_PUBLIC_URL", "http://messages.clinic.org", "public_url"),
            ("TIDINGS_PUBLIC_URL", "https://messages.clinic.org/", "public_url"),
            ("TIDINGS_PUBLIC_URL", "https://me@messages.clinic.org", "public_url"),
            ("TIDINGS_DATA_DIR", "data", "data_dir"),
            ("TIDINGS_HOLD_SECONDS", "3600", "hold_seconds"),
            ("TIDINGS_METRICS_LISTEN", "0.0.0.0:8443", "metrics_listen"),
            ("TIDINGS_SESSION__STAFF_IDLE_MINUTES", "600", "session.staff_idle_minutes"),
            ("TIDINGS_SITE__TIME_ZONE", "Mars/Olympus", "site.time_zone"),
            ("TIDINGS_SITE__COUNTRY", "us", "site.country"),
            ("TIDINGS_SITE__PHONE", "", "site.phone"),
            ("TIDINGS_DATABASE__ENGINE", "postgres", "database.url_file"),
            ("TIDINGS_DISK__LOW_WATER_MB", "15", "disk.low_water_mb"),
            ("TIDINGS_DISK__RESERVE_MB", "0", "disk.reserve_mb"),
            ("TIDINGS_MAIL__HOST", "", "mail.host"),
            ("TIDINGS_MAIL__TLS", "none", "mail.tls"),
            ("TIDINGS_LIMITS__CONNECTIONS_MAX", "0", "limits.connections_max"),
        ];
        for (variable, value, key) in cases {
            let error = load(EXAMPLE, &[(variable, value)]).unwrap_err();
            assert_eq!(error.key, *key, "{variable}={value}: {error}");
            assert!(!error.to_string().contains('\n'));
        }
        let without_tls =
            EXAMPLE.replace("[tls]", "").replace("cert_file =", "#").replace("key_file =", "#");
        let error = load(&without_tls.replace("root_#", "root_key_file ="), &[]).unwrap_err();
        assert_eq!(error.key, "tls", "{error}");
    }
}
