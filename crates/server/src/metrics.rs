//! Metrics in the OpenMetrics text format, and the health addresses.
//!
//! They live on their own listener, on loopback unless the operator says otherwise. Labels are
//! routes, teams' ids, methods and status classes: never a person, a patient or an address.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};
use tokio::net::TcpListener;

use crate::serve::Shutdown;

/// A gauge of seconds.
pub type Seconds = Gauge<f64, AtomicU64>;

/// Routes on which a message leaves its writer.
const SENDS: [&str; 6] = [
    "/fhir/R4/Communication",
    "/drafts/{id}/send",
    "/threads/{id}/reply",
    "/for/{patient}/drafts/{id}/send",
    "/for/{patient}/threads/{id}/reply",
    "/work/threads/{id}/reply",
];

/// Labels of a request.
#[derive(Debug, Clone, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct RequestLabels {
    method: String,
    route: String,
    status: String,
}

/// The route alone.
#[derive(Debug, Clone, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct RouteLabel {
    route: String,
}

/// A care team, by id.
#[derive(Debug, Clone, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct TeamLabel {
    /// The team's id.
    pub team: String,
}

/// A part of a backup: `database` or `keys`.
#[derive(Debug, Clone, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct PartLabel {
    /// The part.
    pub part: &'static str,
}

/// Answers whether the server can do its work: `Ok` holds what it does not do, if anything; `Err` the
/// reason why it does nothing. Both without any data.
pub type Readiness = Arc<dyn Fn() -> Result<Option<&'static str>, String> + Send + Sync>;

type Refresh = Box<dyn Fn(&Metrics) + Send + Sync>;

/// All metrics of the process.
pub struct Metrics {
    registry: Registry,
    refresh: Option<Refresh>,
    requests: Family<RequestLabels, Counter>,
    request_seconds: Family<RouteLabel, Histogram, fn() -> Histogram>,
    /// Open connections.
    pub connections: Gauge,
    /// Certificate reloads that kept the old pair.
    pub tls_reload_failures: Counter,
    /// Age of the oldest waiting work item, by team.
    pub queue_age: Family<TeamLabel, Seconds>,
    /// Open work items past their due time, by team.
    pub late: Family<TeamLabel, Gauge>,
    /// Time from a send's arrival to its acknowledgement.
    pub send_seconds: Histogram,
    /// Age of the oldest notice that is due and not delivered.
    pub notice_lag: Seconds,
    /// Time since the last finished backup; absent until the first.
    pub backup_age: Family<PartLabel, Seconds>,
    /// Audit rows that are not sequenced yet.
    pub audit_unsequenced: Gauge,
    /// Bytes free for this service on the data folder's disk, without the reserve.
    pub disk_free: Gauge,
    /// Bytes held back for reading.
    pub disk_reserve: Gauge,
    /// 1 while new messages are refused for want of room, else 0.
    pub sends_refused: Gauge,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

fn latency() -> Histogram {
    // 0.5 ms to about 16 s.
    Histogram::new(exponential_buckets(0.0005, 2.0, 16))
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// Makes and registers all metrics.
    pub fn new() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("tidings"),
            refresh: None,
            requests: Family::default(),
            request_seconds: Family::new_with_constructor(latency),
            connections: Gauge::default(),
            tls_reload_failures: Counter::default(),
            queue_age: Family::default(),
            late: Family::default(),
            send_seconds: latency(),
            notice_lag: Seconds::default(),
            backup_age: Family::default(),
            audit_unsequenced: Gauge::default(),
            disk_free: Gauge::default(),
            disk_reserve: Gauge::default(),
            sends_refused: Gauge::default(),
        };
        metrics.register();
        metrics
    }

    fn register(&mut self) {
        let registry = &mut self.registry;
        registry.register("http_requests", "Requests answered", self.requests.clone());
        registry.register_with_unit(
            "http_request",
            "Time to the head of the response",
            Unit::Seconds,
            self.request_seconds.clone(),
        );
        registry.register("connections", "Open connections", self.connections.clone());
        registry.register(
            "tls_reload_failures",
            "Certificate reloads that kept the old pair",
            self.tls_reload_failures.clone(),
        );
        registry.register_with_unit(
            "queue_age",
            "Age of the oldest waiting work item",
            Unit::Seconds,
            self.queue_age.clone(),
        );
        registry.register("late", "Open work items past their due time", self.late.clone());
        registry.register_with_unit(
            "send",
            "Time from a send's arrival to its acknowledgement",
            Unit::Seconds,
            self.send_seconds.clone(),
        );
        registry.register_with_unit(
            "notice_lag",
            "Age of the oldest notice that is due and not delivered",
            Unit::Seconds,
            self.notice_lag.clone(),
        );
        registry.register_with_unit(
            "backup_age",
            "Time since the last finished backup",
            Unit::Seconds,
            self.backup_age.clone(),
        );
        registry.register(
            "audit_unsequenced",
            "Audit rows that have no position yet",
            self.audit_unsequenced.clone(),
        );
        registry.register_with_unit(
            "disk_free",
            "Room on the data folder's disk, without the reserve",
            Unit::Bytes,
            self.disk_free.clone(),
        );
        registry.register_with_unit(
            "disk_reserve",
            "Room held back for reading when the disk is full",
            Unit::Bytes,
            self.disk_reserve.clone(),
        );
        registry.register(
            "sends_refused",
            "1 while new messages are refused because the disk is nearly full",
            self.sends_refused.clone(),
        );
    }

    /// Calls `refresh` before each scrape, to set the gauges that are read from the database.
    #[must_use]
    pub fn with_refresh(mut self, refresh: impl Fn(&Self) + Send + Sync + 'static) -> Self {
        self.refresh = Some(Box::new(refresh));
        self
    }

    /// Counts one answered request. `route` is a template, never an address.
    pub fn request(&self, method: &str, route: &str, status: u16, elapsed: Duration) {
        let method = match method {
            "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" => method,
            _ => "other",
        };
        self.requests
            .get_or_create(&RequestLabels {
                method: method.to_owned(),
                route: route.to_owned(),
                status: format!("{}xx", status / 100),
            })
            .inc();
        if method == "POST" && status < 400 && SENDS.contains(&route) {
            self.send_seconds.observe(elapsed.as_secs_f64());
        }
        self.request_seconds
            .get_or_create(&RouteLabel { route: route.to_owned() })
            .observe(elapsed.as_secs_f64());
    }

    /// The metrics as text.
    pub fn text(&self) -> String {
        if let Some(refresh) = &self.refresh {
            refresh(self);
        }
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

/// `/livez` (the process answers) and `/readyz` (it can do its work; what it does not do stands in the
/// answer), without any other detail: the reason goes to the log.
pub fn health_router(ready: Readiness) -> Router {
    let readyz = move || {
        let ready = Arc::clone(&ready);
        async move {
            match tokio::task::spawn_blocking(move || ready()).await {
                Ok(Ok(None)) => (StatusCode::OK, "ready\n".to_owned()),
                Ok(Ok(Some(limit))) => (StatusCode::OK, format!("ready, but {limit}\n")),
                Ok(Err(reason)) => {
                    tracing::warn!(reason, "not ready");
                    (StatusCode::SERVICE_UNAVAILABLE, "not ready\n".to_owned())
                }
                Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "not ready\n".to_owned()),
            }
        }
    };
    Router::new().route("/livez", get(|| async { "alive\n" })).route("/readyz", get(readyz))
}

/// Serves `/metrics`, `/livez` and `/readyz` on their own listener until `shutdown`.
///
/// # Errors
/// When the listener fails.
pub async fn run(
    listener: TcpListener,
    metrics: Arc<Metrics>,
    ready: Readiness,
    shutdown: Shutdown,
) -> io::Result<()> {
    let scrape = move || {
        let metrics = Arc::clone(&metrics);
        async move {
            match tokio::task::spawn_blocking(move || metrics.text()).await {
                Ok(text) => (
                    [(
                        header::CONTENT_TYPE,
                        "application/openmetrics-text; version=1.0.0; charset=utf-8",
                    )],
                    text,
                )
                    .into_response(),
                Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            }
        }
    };
    let router = health_router(ready).route("/metrics", get(scrape));
    axum::serve(listener, router)
        .with_graceful_shutdown(async move { shutdown.triggered().await })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    async fn get_text(address: std::net::SocketAddr, path: &str) -> String {
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).await.unwrap();
        text
    }

    #[tokio::test]
    async fn metrics_and_health_have_their_own_listener() {
        let metrics = Arc::new(Metrics::new().with_refresh(|metrics| {
            metrics.backup_age.get_or_create(&PartLabel { part: "keys" }).set(42.0);
        }));
        metrics.request("GET", "/threads/{id}", 200, Duration::from_millis(3));
        metrics.request("BREW", "/threads/{id}", 405, Duration::from_millis(3));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let broken = Arc::new(std::sync::atomic::AtomicBool::new(false));
        let seen = Arc::clone(&broken);
        let ready: Readiness = Arc::new(move || {
            if seen.load(std::sync::atomic::Ordering::SeqCst) {
                Err("database".into())
            } else {
                Ok(Some("new messages are refused"))
            }
        });
        let shutdown = Shutdown::default();
        let server = tokio::spawn(run(listener, metrics, ready, shutdown.clone()));
        let text = get_text(address, "/metrics").await;
        assert!(text.contains(
            "tidings_http_requests_total{method=\"GET\",route=\"/threads/{id}\",status=\"2xx\"} 1"
        ), "{text}");
        assert!(text.contains("method=\"other\""), "a client's word must not become a label");
        assert!(text.contains("tidings_backup_age_seconds{part=\"keys\"} 42.0"), "{text}");
        assert!(text.trim_end().ends_with("# EOF"));
        assert!(get_text(address, "/livez").await.starts_with("HTTP/1.1 200"));
        let ready = get_text(address, "/readyz").await;
        assert!(ready.starts_with("HTTP/1.1 200"), "{ready}");
        assert!(ready.ends_with("ready, but new messages are refused\n"), "{ready}");
        broken.store(true, std::sync::atomic::Ordering::SeqCst);
        let refused = get_text(address, "/readyz").await;
        assert!(refused.starts_with("HTTP/1.1 503") && !refused.contains("database"), "{refused}");
        shutdown.trigger();
        server.await.unwrap().unwrap();
    }
}
