//! The list of all keys with their kinds, for environment overrides and for the documentation.

/// What an override's text is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text as it stands.
    Text,
    /// A whole number.
    Number,
    /// Texts separated by commas.
    List,
}

impl Kind {
    /// Reads the text of an environment variable.
    ///
    /// # Errors
    /// What to do, when the text is not of this kind.
    pub fn parse(self, text: &str) -> Result<toml::Value, String> {
        match self {
            Self::Text => Ok(toml::Value::String(text.to_owned())),
            Self::Number => text
                .trim()
                .parse()
                .map(toml::Value::Integer)
                .map_err(|_| "give a whole number".to_owned()),
            Self::List => Ok(toml::Value::Array(
                text.split(',')
                    .map(str::trim)
                    .filter(|item| !item.is_empty())
                    .map(|item| toml::Value::String(item.to_owned()))
                    .collect(),
            )),
        }
    }
}

/// One key of the configuration.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// `key` or `section.key`.
    pub name: &'static str,
    /// How an override is read.
    pub kind: Kind,
}

impl Key {
    /// The environment variable that overrides the key.
    pub fn variable(&self) -> String {
        format!("TIDINGS_{}", self.name.replace('.', "__").to_ascii_uppercase())
    }
}

const fn text(name: &'static str) -> Key {
    Key { name, kind: Kind::Text }
}

const fn number(name: &'static str) -> Key {
    Key { name, kind: Kind::Number }
}

const fn list(name: &'static str) -> Key {
    Key { name, kind: Kind::List }
}

/// Every key. A test compares it with the struct, the example and the page.
pub const ALL: &[Key] = &[
    text("public_url"),
    text("listen"),
    list("trusted_proxies"),
    text("data_dir"),
    text("breached_passwords_file"),
    number("hold_seconds"),
    text("metrics_listen"),
    text("tls.cert_file"),
    text("tls.key_file"),
    text("database.engine"),
    text("database.url_file"),
    text("keys.root_key_file"),
    text("keys.store"),
    text("keys.url_file"),
    text("backup.key_file"),
    number("disk.low_water_mb"),
    number("disk.reserve_mb"),
    text("mail.host"),
    number("mail.port"),
    text("mail.tls"),
    text("mail.username"),
    text("mail.password_file"),
    text("mail.from"),
    number("session.patient_idle_minutes"),
    number("session.patient_hours"),
    number("session.shared_idle_minutes"),
    number("session.staff_idle_minutes"),
    number("session.staff_hours"),
    text("site.name"),
    text("site.phone"),
    list("site.languages"),
    text("site.time_zone"),
    text("site.country"),
    text("log.level"),
    text("log.format"),
    number("limits.connections_max"),
    number("limits.requests_max"),
    number("limits.header_seconds"),
    number("limits.body_idle_seconds"),
    number("limits.idle_seconds"),
    number("limits.drain_seconds"),
];
