//! `tidings check`: the doctor. It looks at everything and changes nothing.

use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;
use store::migrate::pending;
use store::migrations::RECORD;

use super::Failure;
use crate::cli::Check;
use crate::config::secret::Secrets;
use crate::config::{Config, Engine};
use crate::metrics::Metrics;
use crate::place::Located;
use crate::serve::tls::Certificates;

/// How an examination ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// As it should be.
    Good,
    /// It works, but somebody should know.
    Note,
    /// The server would not start, or would not be safe.
    Bad,
}

/// One examination.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    /// What was examined.
    pub what: &'static str,
    /// How it ended.
    pub verdict: Verdict,
    /// One sentence.
    pub says: String,
}

/// Examines and prints the findings.
///
/// # Errors
/// When a finding is bad.
pub fn run(command: &Check) -> Result<(), Failure> {
    let findings = examine(&command.config);
    let text = if command.json {
        serde_json::to_string_pretty(&findings).map_err(Failure::failed)? + "\n"
    } else {
        findings.iter().fold(String::new(), |all, finding| {
            let mark = match finding.verdict {
                Verdict::Good => "ok  ",
                Verdict::Note => "note",
                Verdict::Bad => "BAD ",
            };
            format!("{all}{mark} {}: {}\n", finding.what, finding.says)
        })
    };
    super::print(&text)?;
    match findings.iter().filter(|finding| finding.verdict == Verdict::Bad).count() {
        0 => Ok(()),
        1 => Err(Failure::failed("one examination ended badly; do what its line says")),
        n => Err(Failure::failed(format!("{n} examinations ended badly; do what their lines say"))),
    }
}

/// All findings for a configuration file.
pub fn examine(file: &Path) -> Vec<Finding> {
    let good = |what, says: &str| Finding { what, verdict: Verdict::Good, says: says.to_owned() };
    let bad = |what, says: String| Finding { what, verdict: Verdict::Bad, says };
    let config = match Config::load(file) {
        Ok(config) => config,
        Err(error) => return vec![bad("configuration", error.to_string())],
    };
    let mut findings = vec![good("configuration", "every key is known and its value allowed")];
    findings.push(match Secrets::load(&config) {
        Ok(_) => good("secrets", "present, closed to others, none of them an example"),
        Err(error) => bad("secrets", error.to_string()),
    });
    findings.push(match &config.tls {
        None => Finding {
            what: "TLS",
            verdict: Verdict::Note,
            says: "left to the proxies in trusted_proxies; make sure nobody else reaches this port"
                .into(),
        },
        Some(tls) => {
            match Certificates::load(&tls.cert_file, &tls.key_file, Arc::new(Metrics::new())) {
                Ok(_) => good("TLS", "certificate and key belong together"),
                Err(error) => bad("TLS", error.to_string()),
            }
        }
    });
    findings.push(data_folder(&config));
    findings.extend(room(&config));
    findings.push(database(&config));
    findings.push(port("listen", config.listen));
    findings.push(port("metrics_listen", config.metrics_listen));
    if !config.metrics_listen.ip().is_loopback() {
        findings.push(Finding {
            what: "metrics",
            verdict: Verdict::Note,
            says: "served in plain http beyond loopback; keep that network private".into(),
        });
    }
    if config.mail.is_none() {
        findings.push(Finding {
            what: "mail",
            verdict: Verdict::Note,
            says: "no [mail] section: nobody is told by mail that an answer waits".into(),
        });
    }
    findings
}

/// Opens the database as the server would; a database of a file that does not exist yet is not made.
fn database(config: &Config) -> Finding {
    let what = "database";
    let finding = |verdict, says: String| Finding { what, verdict, says };
    if config.database.engine == Engine::Sqlite && !config.database_file().exists() {
        return finding(Verdict::Note, "not made yet; `migrate` or `serve` makes it".into());
    }
    if config.database.engine == Engine::Sqlite {
        // A second writer has no place beside a running server: its file is read only.
        return match store::backup::check_sqlite(&config.database_file()) {
            Ok(_) => finding(Verdict::Good, "sound by SQLite's own examination".into()),
            Err(error) => finding(Verdict::Bad, error.to_string()),
        };
    }
    let missing = Located::configured(config.clone()).and_then(|place| {
        let db = place.open_record()?;
        pending(&db, RECORD).map_err(Failure::failed)
    });
    match missing {
        Ok(missing) if missing.is_empty() => {
            finding(Verdict::Good, "answers, sorts as C, and has this version's schema".into())
        }
        Ok(missing) => finding(
            Verdict::Note,
            format!(
                "lacks {} migrations; make a backup, then run `tidings migrate`",
                missing.len()
            ),
        ),
        Err(failure) => finding(Verdict::Bad, failure.sentence),
    }
}

fn data_folder(config: &Config) -> Finding {
    let what = "data folder";
    let folder = &config.data_dir;
    let (verdict, says) = match std::fs::metadata(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            (Verdict::Note, format!("{} does not exist yet; `serve` makes it", folder.display()))
        }
        Err(error) => (Verdict::Bad, format!("{}: {error}", folder.display())),
        Ok(about) if !about.is_dir() => {
            (Verdict::Bad, format!("{} is no folder", folder.display()))
        }
        Ok(about) if about.permissions().mode() & 0o077 != 0 => {
            (Verdict::Bad, format!("others can look into it; run `chmod 700 {}`", folder.display()))
        }
        Ok(_) if folder.join("demo.json").exists() => {
            (Verdict::Bad, "it holds a demo, whose passwords everybody knows; give another".into())
        }
        Ok(_) => (Verdict::Good, "closed to others".into()),
    };
    Finding { what, verdict, says }
}

/// How much room the disk has; nothing for a folder that does not exist yet.
fn room(config: &Config) -> Option<Finding> {
    let free = crate::disk::free_bytes(&config.data_dir).ok()? >> 20;
    let held = std::fs::metadata(config.data_dir.join(crate::disk::RESERVE));
    let held = held.map_or(0, |about| about.len() >> 20);
    let needed = config.disk.low_water_mb + config.disk.reserve_mb.saturating_sub(held);
    let (verdict, says) = if free >= needed {
        (Verdict::Good, format!("{free} MB are free"))
    } else {
        let says = format!(
            "{free} MB are free and {needed} are needed: new messages are refused until there is room"
        );
        (Verdict::Note, says)
    };
    Some(Finding { what: "room on the disk", verdict, says })
}

fn port(what: &'static str, address: SocketAddr) -> Finding {
    match TcpListener::bind(address) {
        Ok(_) => Finding { what, verdict: Verdict::Good, says: format!("{address} is free") },
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => Finding {
            what,
            verdict: Verdict::Note,
            says: format!("{address} is in use; that is right when the server runs already"),
        },
        Err(error) => Finding {
            what,
            verdict: Verdict::Bad,
            says: format!("cannot listen on {address}: {error}"),
        },
    }
}
