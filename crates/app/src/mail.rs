//! The one channel of notices so far: SMTP.
//!
//! Deliberately absent: any text of our own. The caller brings subject and body in the person's
//! language; they hold no health data.

use std::time::Duration;

use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

/// How the mail server is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailSecurity {
    /// In the clear; for a server on this machine only.
    None,
    /// STARTTLS, required.
    StartTls,
    /// TLS from the first byte.
    Implicit,
}

/// The mail server.
#[derive(Clone)]
pub struct MailConfig {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How it is reached.
    pub security: MailSecurity,
    /// User name and password, when it wants them.
    pub login: Option<(String, String)>,
    /// The sender, for example `Riverside <no-reply@example.org>`.
    pub from: String,
}

impl std::fmt::Debug for MailConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MailConfig")
            .field("host", &self.host)
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}

/// Why a mail was not taken.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The address or sender is none.
    #[error("not a mail address")]
    Address,
    /// The server refuses for good.
    #[error("the mail server refused it for good")]
    Refused,
    /// The server cannot be reached, or refuses for now.
    #[error("the mail server cannot be reached")]
    Unreachable,
    /// The configuration cannot work.
    #[error("the mail settings do not work: {0}")]
    Settings(String),
}

/// Sends mail through one server.
#[derive(Clone)]
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl std::fmt::Debug for SmtpMailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SmtpMailer(…)")
    }
}

impl SmtpMailer {
    /// Prepares the sender; nothing is sent yet. Must be called inside a tokio runtime.
    pub fn new(config: &MailConfig) -> Result<Self, MailError> {
        let from: Mailbox = config.from.parse().map_err(|_| MailError::Address)?;
        let settings = |error: &dyn std::fmt::Display| MailError::Settings(error.to_string());
        let tls = match config.security {
            MailSecurity::None => Tls::None,
            MailSecurity::StartTls => {
                Tls::Required(TlsParameters::new(config.host.clone()).map_err(|e| settings(&e))?)
            }
            MailSecurity::Implicit => {
                Tls::Wrapper(TlsParameters::new(config.host.clone()).map_err(|e| settings(&e))?)
            }
        };
        let mut builder =
            AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(config.host.clone())
                .port(config.port)
                .timeout(Some(Duration::from_secs(20)))
                .tls(tls);
        if let Some((user, password)) = &config.login {
            builder = builder.credentials(Credentials::new(user.clone(), password.clone()));
        }
        Ok(Self { transport: builder.build(), from })
    }

    /// Sends one plain text mail. `id` is the same whenever the same mail is sent again, so that servers
    /// and readers know it for one (`Message-ID`, RFC 5322, 3.6.4): a crash after the server took a mail
    /// and before that was written down sends it twice.
    pub async fn send(
        &self,
        id: &str,
        to: &str,
        subject: &str,
        body: &str,
    ) -> Result<(), MailError> {
        let to: Mailbox = to.parse().map_err(|_| MailError::Address)?;
        let mail = Message::builder()
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            .from(self.from.clone())
            .to(to)
            .subject(subject)
            .header(lettre::message::header::ContentType::TEXT_PLAIN)
            .body(body.to_owned())
            .map_err(|_| MailError::Address)?;
        match self.transport.send(mail).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_permanent() => Err(MailError::Refused),
            Err(_) => Err(MailError::Unreachable),
        }
    }
}
