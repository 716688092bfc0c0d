//! Notices by mail: made from the numbered outbox, sent a few at a time, content-free.

use std::time::Duration;

use app::mail::{MailError, SmtpMailer};
use app::notice::{self, Attempt, Outbound};
use app::{App, Settings};
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
    let (subject, body) = words(outbound, app.settings());
    let id = outbound.id.to_string();
    // Neither the address nor what the mail server answered is logged: it may repeat the address.
    match mailer.send(&id, &outbound.to, &subject, &body).await {
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

/// Subject and body in the person's language: what happened to whom is said with no name, no team and
/// no word of a message, and the site's fixed address; about an account, whom to call too; to an address
/// that was replaced, how to put it back.
fn words(notice: &Outbound, settings: &Settings) -> (String, String) {
    let locale = Locale::by_tag(&notice.language).unwrap_or_default();
    // By whichever address: a message has not been opened.
    let kind = if notice.kind == "second" { "unread" } else { notice.kind.as_str() };
    let subject = locale.t(&format!("notice-{kind}-subject"));
    let key = format!("notice-{kind}-body");
    let phone = settings.site_phone.as_str();
    let body = match (kind, &notice.code) {
        ("message" | "late" | "returned" | "handed" | "unread" | "call", _) => locale.t(&key),
        (_, Some(code)) => locale.t1(&key, "code", grouped(code)),
        _ => format!("{}\n\n{}", locale.t(&key), locale.t1("notice-not-you", "phone", phone)),
    };
    // The one link that does something, on a page that asks first: back to the address it is mailed to.
    let body = match &notice.undo {
        Some(token) => {
            let site = settings.public_url.trim_end_matches('/');
            let link = format!("{site}/undo-address/{token}");
            format!("{body}\n\n{}\n\n{link}", locale.t("notice-address-undo"))
        }
        None => body,
    };
    // The marks around inserted words are for pages; in a mail a copied code would bring them along.
    let body = body.replace(['\u{2068}', '\u{2069}'], "");
    (subject, format!("{body}\n\n{}\n", settings.public_url))
}

/// A code in two halves, as people read it: `123 456`.
fn grouped(code: &str) -> String {
    let (front, back) = code.split_at_checked(code.len() / 2).unwrap_or((code, ""));
    format!("{front} {back}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notice(kind: &str, language: &str) -> (String, String) {
        let outbound = Outbound {
            id: domain::ids::Id::from_uuid(uuid::Uuid::nil()),
            to: "ana@example.org".to_owned(),
            language: language.to_owned(),
            kind: kind.to_owned(),
            code: (kind == "code").then(|| "012345".to_owned()),
            undo: None,
            attempts: 1,
        };
        words(&outbound, &crate::open::demo_settings("https://messages.clinic.org"))
    }

    #[test]
    fn a_notice_says_nothing_but_that_there_is_one() {
        let (subject, body) = notice("message", "en");
        assert_eq!(subject, "You have a new message");
        assert_eq!(
            body,
            "You have a new message. Please sign in to read it:\n\nhttps://messages.clinic.org\n"
        );
        let (subject, body) = notice("message", "es");
        assert_eq!(subject, "Tiene un mensaje nuevo");
        assert!(body.ends_with("\n\nhttps://messages.clinic.org\n"), "{body}");
        assert_eq!(notice("message", "xx").0, "You have a new message");
        for kind in ["unread", "second"] {
            let (subject, body) = notice(kind, "en");
            assert_eq!(subject, "A message has not been opened yet");
            assert!(body.ends_with("read it:\n\nhttps://messages.clinic.org\n"), "{body}");
        }
        let (subject, body) = notice("late", "en");
        assert_eq!(subject, "A message is waiting for an answer");
        assert!(body.ends_with("waiting:\n\nhttps://messages.clinic.org\n"), "{body}");
    }

    #[test]
    fn a_notice_about_the_account_says_whom_to_call() {
        for language in ["en", "es"] {
            for kind in
                ["password", "factor", "address", "address-undone", "address-second", "paper"]
            {
                let (subject, body) = notice(kind, language);
                assert!(!subject.contains("notice-") && !body.contains("notice-"), "{body}");
                assert!(body.contains("555-0100"), "{body}");
                assert!(body.ends_with("\n\nhttps://messages.clinic.org\n"), "{body}");
            }
        }
        let (subject, body) = notice("code", "en");
        assert!(body.contains("012 345") && !subject.contains("012"), "{subject}: {body}");
    }
}
