//! Notices by mail: made from the numbered outbox, sent a few at a time, content-free.

use std::time::Duration;

use app::App;
use app::mail::{MailError, SmtpMailer};
use app::notice::{self, Attempt, Outbound};
use web::i18n::Locale;

use super::{Backoff, pause, run};
use crate::serve::Shutdown;

/// How often the outbox is looked at.
const EVERY: Duration = Duration::from_millis(500);
/// Notices taken at once: their lease outlasts a mail server that takes its whole time over each.
const LEASED: i64 = 4;

/// Makes notices for what has been numbered.
pub(super) async fn enqueue(app: App, shutdown: Shutdown) {
    let mut backoff = Backoff::default();
    let mut wait = EVERY;
    while pause(&shutdown, wait).await {
        let app = app.clone();
        let outcome = run(move || {
            // Each call looks at a bounded part; nothing left means zero.
            while notice::enqueue(&app)? > 0 {}
            Ok(())
        })
        .await;
        wait = EVERY + backoff.after("notices", &outcome);
    }
}

/// Sends what is due.
pub(super) async fn send(app: App, mailer: SmtpMailer, shutdown: Shutdown) {
    let mut backoff = Backoff::default();
    let mut wait = EVERY;
    while pause(&shutdown, wait).await {
        let outcome = send_due(&app, &mailer, &shutdown).await;
        wait = EVERY + backoff.after("mail", &outcome);
    }
}

async fn send_due(app: &App, mailer: &SmtpMailer, shutdown: &Shutdown) -> app::Result<()> {
    while !shutdown.is_triggered() {
        let leasing = app.clone();
        let leased = run(move || notice::lease(&leasing, LEASED)).await?;
        if leased.is_empty() {
            break;
        }
        for outbound in leased {
            let attempt = attempt(app, mailer, &outbound).await;
            let settling = app.clone();
            run(move || notice::settle(&settling, outbound.id, attempt)).await?;
        }
    }
    Ok(())
}

async fn attempt(app: &App, mailer: &SmtpMailer, outbound: &Outbound) -> Attempt {
    let (subject, body) = words(&outbound.language, &app.settings().public_url);
    // Neither the address nor what the mail server answered is logged: it may repeat the address.
    match mailer.send(&outbound.to, &subject, &body).await {
        Ok(()) => Attempt::Sent,
        Err(error @ (MailError::Address | MailError::Refused)) => {
            tracing::warn!(notice = %outbound.id, %error, "a notice is dropped");
            Attempt::Dropped
        }
        Err(error @ (MailError::Unreachable | MailError::Settings(_))) => {
            tracing::warn!(notice = %outbound.id, attempts = outbound.attempts, %error,
                "a notice waits");
            notice::after_failure(app, outbound.attempts)
        }
    }
}

/// Subject and body in the person's language: that there is a message, and the site's fixed address.
fn words(language: &str, public_url: &str) -> (String, String) {
    let locale = Locale::by_tag(language).unwrap_or_default();
    let body = format!("{}\n\n{public_url}\n", locale.t("notice-message-body"));
    (locale.t("notice-message-subject"), body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_says_nothing_but_that_there_is_one() {
        let (subject, body) = words("en", "https://messages.clinic.org");
        assert_eq!(subject, "You have a new message");
        assert_eq!(
            body,
            "You have a new message. Please sign in to read it:\n\nhttps://messages.clinic.org\n"
        );
        let (subject, body) = words("es", "https://messages.clinic.org");
        assert_eq!(subject, "Tiene un mensaje nuevo");
        assert!(body.ends_with("\n\nhttps://messages.clinic.org\n"), "{body}");
        assert_eq!(words("xx", "u").0, "You have a new message");
    }
}
