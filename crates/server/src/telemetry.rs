//! Logs on standard error, as JSON or for eyes, and a panic hook that quotes no data.
//!
//! Tidings' own lines follow the configured level; libraries stay at `warn`, since some print SQL
//! parameters, headers or mail below that. By rule no line holds a name, a word of a message, a
//! headline, or an address with its query: requests are logged by route template and id.
//!
//! Deliberately absent: log files (the service manager keeps them), client addresses, OTLP.

use std::io::Write as _;
use std::panic::PanicHookInfo;

use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::{Log, LogFormat, LogLevel};

/// The crates whose lines follow the configured level.
const OURS: [&str; 6] = ["domain", "store", "app", "web", "tidings_server", "tidings"];

/// Starts logging and sets the panic hook. A second call changes nothing.
pub fn start(log: &Log) {
    let started = subscriber(log, std::io::stderr).try_init();
    if started.is_ok() {
        std::panic::set_hook(Box::new(on_panic));
    }
}

/// The subscriber that writes to `writer` as `log` says.
pub fn subscriber<W>(log: &Log, writer: W) -> Box<dyn Subscriber + Send + Sync>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let registry = tracing_subscriber::registry().with(targets(log.level));
    match log.format {
        LogFormat::Json => Box::new(
            registry.with(
                tracing_subscriber::fmt::layer()
                    .json()
                    .flatten_event(true)
                    .with_current_span(true)
                    .with_span_list(false)
                    .with_writer(writer),
            ),
        ),
        LogFormat::Pretty => Box::new(
            registry.with(tracing_subscriber::fmt::layer().with_ansi(false).with_writer(writer)),
        ),
    }
}

fn targets(level: LogLevel) -> Targets {
    let ours = match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    Targets::new()
        .with_default(ours.min(LevelFilter::WARN))
        .with_targets(OURS.into_iter().map(|name| (name, ours)))
}

/// Logs where a panic happened. Its text is logged only when it is a literal of the source: a
/// formatted one may quote what a person wrote.
fn on_panic(info: &PanicHookInfo<'_>) {
    let text = panic_text(info.payload());
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    let thread = std::thread::current();
    tracing::error!(place, thread = thread.name().unwrap_or(""), text, "panic");
    if !tracing::enabled!(tracing::Level::ERROR) {
        let _ = writeln!(std::io::stderr(), "panic at {place}");
    }
}

fn panic_text(payload: &(dyn std::any::Any + Send)) -> &'static str {
    payload.downcast_ref::<&'static str>().copied().unwrap_or("not shown, it may hold data")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Buffer(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Buffer {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn logged(log: &Log, act: impl FnOnce()) -> String {
        let buffer = Buffer::default();
        let writer = buffer.clone();
        tracing::subscriber::with_default(subscriber(log, move || writer.clone()), act);
        let bytes = buffer.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_line_is_json_with_the_request_id() {
        let text = logged(&Log::default(), || {
            let span = tracing::info_span!("request", id = "abc");
            span.in_scope(|| tracing::info!(status = 200, "answered"));
        });
        let line: serde_json::Value = serde_json::from_str(text.trim()).unwrap();
        assert_eq!(line["span"]["id"], "abc");
        assert_eq!(line["status"], 200);
        assert_eq!(line["message"], "answered");
    }

    #[test]
    fn libraries_stay_at_warn_whatever_is_asked() {
        let log = Log { level: LogLevel::Trace, format: LogFormat::Pretty };
        let text = logged(&log, || {
            tracing::debug!(target: "tokio_postgres::query", "SELECT secret");
            tracing::info!(target: "hyper", "header secret");
            tracing::warn!(target: "hyper", "loud");
            tracing::trace!(target: "store::db", "ours");
        });
        assert!(text.contains("loud") && text.contains("ours"), "{text}");
        assert!(!text.contains("secret"), "{text}");
        let log = Log { level: LogLevel::Error, format: LogFormat::Pretty };
        assert!(logged(&log, || tracing::warn!(target: "hyper", "loud")).is_empty());
    }

    #[test]
    fn a_formatted_panic_is_not_quoted() {
        let formatted: Box<dyn std::any::Any + Send> = Box::new(String::from("Ana's message"));
        assert_eq!(panic_text(formatted.as_ref()), "not shown, it may hold data");
        let literal: Box<dyn std::any::Any + Send> = Box::new("index out of order");
        assert_eq!(panic_text(literal.as_ref()), "index out of order");
    }
}
