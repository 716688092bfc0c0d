//! The listener: HTTP/1.1 and HTTP/2 around a router, over TLS or behind a trusted proxy.
//!
//! It limits what a hostile client can hold (connections, slow heads, slow bodies, header size),
//! decides who the client is, refuses plain http outside the demo, gives each request an id and
//! one log line without names, words or addresses, and stops without dropping running requests.
//!
//! A handler finds `ConnectInfo<SocketAddr>` (the client, proxies resolved) and
//! `tower_http::request_id::RequestId` in the request's extensions.
//!
//! Deliberately absent: HTTP/3, client certificates, automatic certificates, virtual hosts, and a
//! plain-http port that redirects (a proxy's work).

mod body;
pub mod notify;
pub mod proxy;
pub mod tls;

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use axum::middleware::Next;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tower::ServiceExt as _;
use tower_http::request_id::RequestId;
use tracing::Instrument as _;

use crate::config::Limits;
use crate::metrics::Metrics;
use body::Activity;
use proxy::{Cidr, Client};

/// Largest head of a request, in bytes (SECURITY.md, 14).
pub const HEADER_BYTES_MAX: u32 = 16 * 1024;

/// The header that carries the request's id to the client and into its error reports.
pub static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A switch that stops the server, shared by all its parts; turning it twice is harmless.
#[derive(Debug, Clone)]
pub struct Shutdown(Arc<watch::Sender<bool>>);

impl Default for Shutdown {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }
}

impl Shutdown {
    /// Asks every part to stop.
    pub fn trigger(&self) {
        self.0.send_replace(true);
    }

    /// Whether stopping has begun.
    pub fn is_triggered(&self) -> bool {
        *self.0.borrow()
    }

    /// Returns when stopping begins; at once if it has.
    pub async fn triggered(&self) {
        // An error would mean that the sender is gone, and `self` holds it.
        let _ = self.0.subscribe().wait_for(|stopping| *stopping).await;
    }
}

/// How requests may reach the listener.
#[derive(Debug, Clone)]
pub enum Transport {
    /// Only TLS that ends here.
    Tls(Arc<tls::Certificates>),
    /// Plain connections, from trusted proxies that spoke https with the client.
    BehindProxy,
    /// Plain http on loopback: the demo.
    Demo,
}

/// What [`run`] needs beside a socket and a router.
#[derive(Debug, Clone)]
pub struct Options {
    /// How requests may reach the listener.
    pub transport: Transport,
    /// Whose forwarding headers are believed.
    pub trusted_proxies: Vec<Cidr>,
    /// The https address people type; a proxy's plain request is sent there.
    pub public_url: String,
    /// Limits.
    pub limits: Limits,
    /// Counters.
    pub metrics: Arc<Metrics>,
}

struct Shared {
    router: Router,
    options: Options,
    requests: Arc<Semaphore>,
    shutdown: Shutdown,
}

/// Accepts connections on `listener` until `shutdown`, then gives running requests
/// `limits.drain_seconds` and returns.
///
/// # Errors
/// When a demo transport is not on loopback.
pub async fn run(
    listener: TcpListener,
    router: Router,
    options: Options,
    shutdown: Shutdown,
) -> io::Result<()> {
    if matches!(options.transport, Transport::Demo) && !listener.local_addr()?.ip().is_loopback() {
        return Err(io::Error::other("plain http is for the demo on loopback only"));
    }
    let connections = Arc::new(Semaphore::new(options.limits.connections_max));
    let drain = Duration::from_secs(options.limits.drain_seconds);
    let idle = Duration::from_secs(options.limits.body_idle_seconds);
    let router = router
        .layer(axum::middleware::from_fn(note_route))
        .layer(tower_http::timeout::RequestBodyTimeoutLayer::new(idle));
    let shared = Arc::new(Shared {
        router,
        requests: Arc::new(Semaphore::new(options.limits.requests_max)),
        options,
        shutdown: shutdown.clone(),
    });
    let mut tasks = JoinSet::new();
    while let Some((permit, stream, peer)) = next(&listener, &connections, &shutdown).await {
        while tasks.try_join_next().is_some() {}
        let shared = Arc::clone(&shared);
        tasks.spawn(async move {
            shared.options.metrics.connections.inc();
            connection(&shared, stream, peer).await;
            shared.options.metrics.connections.dec();
            drop(permit);
        });
    }
    drop(listener);
    let drained = tokio::time::timeout(drain, async { while tasks.join_next().await.is_some() {} });
    if drained.await.is_err() {
        tracing::warn!(
            connections = tasks.len(),
            "closing connections that did not finish in time"
        );
        tasks.shutdown().await;
    }
    Ok(())
}

/// Waits for room and a connection; `None` when the server stops.
async fn next(
    listener: &TcpListener,
    connections: &Arc<Semaphore>,
    shutdown: &Shutdown,
) -> Option<(OwnedSemaphorePermit, TcpStream, SocketAddr)> {
    loop {
        let accepted = async {
            let permit = Arc::clone(connections).acquire_owned().await.ok()?;
            Some(listener.accept().await.map(|(stream, peer)| (permit, stream, peer)))
        };
        tokio::select! {
            biased;
            () = shutdown.triggered() => return None,
            accepted = accepted => match accepted? {
                Ok(found) => return Some(found),
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    // Out of descriptors or memory: waiting lets running connections end.
                    tracing::warn!(%error, "cannot accept connections; raise LimitNOFILE if this stays");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}

async fn connection(shared: &Arc<Shared>, stream: TcpStream, peer: SocketAddr) {
    let _ = stream.set_nodelay(true);
    match &shared.options.transport {
        Transport::Tls(certificates) => {
            let within = Duration::from_secs(shared.options.limits.header_seconds);
            let handshake = Box::pin(certificates.acceptor().accept(stream));
            match tokio::time::timeout(within, handshake).await {
                // Boxed, so that a plain connection does not keep room for an encrypted one.
                Ok(Ok(stream)) => Box::pin(exchange(shared, stream, peer, true)).await,
                Ok(Err(error)) => tracing::debug!(%error, "TLS handshake failed"),
                Err(_) => tracing::debug!("TLS handshake took too long"),
            }
        }
        Transport::BehindProxy | Transport::Demo => exchange(shared, stream, peer, false).await,
    }
}

async fn exchange<S>(shared: &Arc<Shared>, stream: S, peer: SocketAddr, tls: bool)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let limits = &shared.options.limits;
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(limits.header_seconds))
        .max_buf_size(usize::try_from(HEADER_BYTES_MAX).unwrap_or(16 * 1024));
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(HEADER_BYTES_MAX)
        .max_concurrent_streams(100)
        .keep_alive_interval(Duration::from_secs(30))
        .keep_alive_timeout(Duration::from_secs(20));
    let activity = Activity::default();
    let service = hyper::service::service_fn(|request: Request<Incoming>| {
        let shared = Arc::clone(shared);
        let guard = activity.begin();
        async move {
            let response = answer(&shared, request, peer, tls).await;
            let stream = response
                .headers()
                .get(header::CONTENT_TYPE)
                .is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
            Ok::<_, Infallible>(response.map(|inner| {
                Body::new(if stream {
                    body::Guarded::until(inner, guard, shared.shutdown.clone())
                } else {
                    body::Guarded::new(inner, guard)
                })
            }))
        }
    });
    let served = builder.serve_connection(TokioIo::new(stream), service);
    tokio::pin!(served);
    let idle = Duration::from_secs(limits.idle_seconds);
    let mut stopping = false;
    loop {
        tokio::select! {
            ended = served.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "connection ended");
                }
                return;
            }
            () = shared.shutdown.triggered(), if !stopping => {
                stopping = true;
                served.as_mut().graceful_shutdown();
            }
            () = activity.idle_for(idle), if !stopping => {
                stopping = true;
                served.as_mut().graceful_shutdown();
            }
        }
    }
}

/// Answers one request: who asks, may it come this way, is there room, then the router.
async fn answer(
    shared: &Shared,
    request: Request<Incoming>,
    peer: SocketAddr,
    tls: bool,
) -> Response<Body> {
    let started = Instant::now();
    let id = request_id();
    let method = request.method().clone();
    let span = tracing::info_span!("request", id = %id);
    let dispatched = dispatch(shared, request.map(Body::new), peer, tls, &id);
    let mut response = dispatched.instrument(span.clone()).await;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID.clone(), value);
    }
    if !matches!(shared.options.transport, Transport::Demo) {
        response.headers_mut().insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000"),
        );
    }
    let template = response.extensions_mut().remove::<Template>();
    let template = template.as_ref().map_or("unmatched", |template| template.0.as_str());
    let elapsed = started.elapsed();
    shared.options.metrics.request(method.as_str(), template, response.status().as_u16(), elapsed);
    // The template is logged, never the address: an address may hold ids and words.
    span.in_scope(|| {
        tracing::info!(
            method = known_method(&method),
            route = template,
            status = response.status().as_u16(),
            micros = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX),
            "answered"
        );
    });
    response
}

/// Settles who the client is and whether it may come this way, then asks the router.
async fn dispatch(
    shared: &Shared,
    mut request: Request,
    peer: SocketAddr,
    tls: bool,
    id: &str,
) -> Response<Body> {
    let trusted = &shared.options.trusted_proxies;
    let client = match proxy::resolve(peer, tls, request.headers(), trusted) {
        Ok(client) => client,
        Err(refusal) => return plain_text(StatusCode::BAD_REQUEST, refusal),
    };
    if let Some(refusal) = refuse_plain(shared, &client, &request) {
        return refusal;
    }
    proxy::strip(request.headers_mut());
    request.extensions_mut().insert(ConnectInfo(SocketAddr::new(client.ip, peer.port())));
    // A client's own id is replaced: it could be a word, or the same for two requests.
    if let Ok(value) = HeaderValue::from_str(id) {
        request.headers_mut().insert(REQUEST_ID.clone(), value.clone());
        request.extensions_mut().insert(RequestId::new(value));
    }
    route(shared, request).await
}

async fn route(shared: &Shared, request: Request) -> Response<Body> {
    let path = request.uri().path();
    let probe = path == "/livez" || path == "/readyz";
    let permit = Arc::clone(&shared.requests).try_acquire_owned();
    if permit.is_err() && !probe {
        let mut response = plain_text(
            StatusCode::SERVICE_UNAVAILABLE,
            "Too many requests are being answered just now. Nothing was changed. Try again in a few seconds.",
        );
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        return response;
    }
    // The router never fails: its error type has no value.
    let response =
        shared.router.clone().oneshot(request).await.unwrap_or_else(|never| match never {});
    drop(permit);
    response
}

/// A plain request outside the demo never reaches a handler.
fn refuse_plain(shared: &Shared, client: &Client, request: &Request) -> Option<Response<Body>> {
    if client.https || matches!(shared.options.transport, Transport::Demo) {
        return None;
    }
    let path = request.uri().path();
    if path == "/livez" || path == "/readyz" {
        return None;
    }
    if client.by_proxy && request.method().is_safe() && path.starts_with('/') {
        let mut response =
            plain_text(StatusCode::PERMANENT_REDIRECT, "This site is served over https.");
        let target = format!("{}{path}", shared.options.public_url);
        if let Ok(target) = HeaderValue::from_str(&target) {
            response.headers_mut().insert(header::LOCATION, target);
            return Some(response);
        }
    }
    Some(plain_text(
        StatusCode::FORBIDDEN,
        "This port answers its https proxy only. Use the site's https address.",
    ))
}

fn plain_text(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// A method name from the standard's list: a client's own word must not reach the log.
fn known_method(method: &axum::http::Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

/// A fresh id, random: it is shown to people and must not tell anything.
#[allow(clippy::disallowed_methods, reason = "request ids are made at the listener, before any Cx")]
fn request_id() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

#[derive(Clone)]
struct Template(String);

/// Notes the matched route's template on the response, for the log and the metrics.
async fn note_route(path: Option<MatchedPath>, request: Request, next: Next) -> Response<Body> {
    let mut response = next.run(request).await;
    if let Some(path) = path {
        response.extensions_mut().insert(Template(path.as_str().to_owned()));
    }
    response
}

/// Turns SIGTERM and SIGINT into `shutdown` and SIGHUP into a reload of the certificates.
///
/// # Errors
/// When the signal handlers cannot be set up.
pub async fn signals(
    shutdown: Shutdown,
    certificates: Option<Arc<tls::Certificates>>,
) -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hangup = signal(SignalKind::hangup())?;
    loop {
        tokio::select! {
            _ = terminate.recv() => break,
            _ = interrupt.recv() => break,
            () = shutdown.triggered() => break,
            _ = hangup.recv() => if let Some(certificates) = &certificates {
                certificates.reload_and_log();
            },
        }
    }
    shutdown.trigger();
    Ok(())
}

#[cfg(test)]
mod tests;
