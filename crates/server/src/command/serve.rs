//! `tidings serve`: production.

use std::sync::Arc;

use app::credential::Breached;
use app::mail::{MailConfig, MailSecurity};

use super::Failure;
use crate::acting;
use crate::cli::Serve;
use crate::config::secret::read_text;
use crate::config::{Config, MailTls};
use crate::data_lock::DataLock;
use crate::open::{self, Opened};
use crate::place::{DEMO_NOTE, Located};
use crate::running::{self, Reach, Setup};
use crate::telemetry;

/// Serves until a signal.
///
/// # Errors
/// [`Failure`] when the configuration is unsafe, or the server cannot start or go on.
pub fn run(command: &Serve) -> Result<(), Failure> {
    let config = Config::load(&command.config).map_err(Failure::failed)?;
    telemetry::start(&config.log);
    if config.data_dir.join(DEMO_NOTE).exists() {
        return Err(Failure::failed(format!(
            "{} holds a demo, whose passwords everybody can read; give another data_dir",
            config.data_dir.display()
        )));
    }
    let mail = mail(&config)?;
    let reach = match &config.tls {
        Some(tls) => Reach::Tls(tls.cert_file.clone(), tls.key_file.clone()),
        None => Reach::Proxy,
    };
    let (listen, metrics_listen) = (vec![config.listen], Some(config.metrics_listen));
    let (trusted_proxies, limits) = (config.trusted_proxies.clone(), config.limits.clone());
    let disk = config.disk.clone();
    let breached = config.breached_passwords_file.clone();
    let place = Located::configured(config)?;
    let lock = DataLock::take(&place.data_dir).map_err(Failure::failed)?;
    let app = Opened::open(&place)?.app(open::settings(&place));
    if let Some(file) = &breached {
        app.use_breached(Breached::with_file(file).map_err(Failure::failed)?);
    }
    if mail.is_none() {
        tracing::warn!("no [mail] section: notices are kept and nobody is told by mail");
    }
    let acting = app.clone();
    let handler = Arc::new(move |request, progress: &mut dyn FnMut(u64, u64)| {
        acting::reply(&acting, request, progress)
    });
    let setup = Setup {
        app,
        lock,
        reach,
        listen,
        metrics_listen,
        trusted_proxies,
        limits,
        disk,
        mail,
        handler,
    };
    running::run(setup, |address| {
        tracing::info!(%address, "serving");
        Ok(())
    })
}

fn mail(config: &Config) -> Result<Option<MailConfig>, Failure> {
    let Some(mail) = &config.mail else { return Ok(None) };
    let password = mail
        .password_file
        .as_deref()
        .map(|file| read_text("mail.password_file", file))
        .transpose()
        .map_err(Failure::failed)?;
    let login = mail.username.clone().zip(password.map(|text| text.reveal().to_owned()));
    Ok(Some(MailConfig {
        host: mail.host.clone(),
        port: mail.port(),
        security: match mail.tls {
            MailTls::None => MailSecurity::None,
            MailTls::Starttls => MailSecurity::StartTls,
            MailTls::Implicit => MailSecurity::Implicit,
        },
        login,
        from: mail.from.clone(),
    }))
}
