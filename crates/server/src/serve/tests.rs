//! The listener driven over real sockets: TLS made by the `openssl` program, slow and oversized
//! clients, proxies, and stopping.

use std::path::Path;
use std::process::Command;

use axum::extract::Path as UrlPath;
use axum::routing::get;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::JoinHandle;

use super::*;

fn make_certificate(folder: &Path, name: &str) {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"])
        .args([
            "-days",
            "2",
            "-subj",
            &format!("/CN={name}"),
            "-addext",
            "basicConstraints=CA:FALSE",
        ])
        .args(["-addext", "subjectAltName=DNS:localhost", "-keyout", "key.pem", "-out", "cert.pem"])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

fn limits() -> Limits {
    Limits {
        header_seconds: 1,
        body_idle_seconds: 1,
        idle_seconds: 1,
        drain_seconds: 2,
        ..Limits::default()
    }
}

fn router() -> Router {
    Router::new()
        .route(
            "/who/{secret}",
            get(
                async |ConnectInfo(client): ConnectInfo<SocketAddr>,
                       UrlPath(_): UrlPath<String>,
                       request: Request| {
                    let id = request.extensions().get::<RequestId>().is_some();
                    let leaked = request.headers().contains_key("x-forwarded-for");
                    format!("{} id={id} leaked={leaked}", client.ip())
                },
            ),
        )
        .route(
            "/slow",
            get(async || {
                tokio::time::sleep(Duration::from_millis(700)).await;
                "slow"
            }),
        )
        .route(
            "/stuck",
            get(async || {
                std::future::pending::<()>().await;
            }),
        )
        .route(
            "/upload",
            axum::routing::post(async |body: axum::body::Bytes| body.len().to_string()),
        )
        .route("/livez", get(async || "alive"))
}

struct Running {
    address: SocketAddr,
    shutdown: Shutdown,
    task: JoinHandle<io::Result<()>>,
    metrics: Arc<Metrics>,
}

async fn start(transport: Transport, trusted: &[&str], limits: Limits) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let metrics = Arc::new(Metrics::new());
    let options = Options {
        transport,
        trusted_proxies: trusted.iter().map(|network| network.parse().unwrap()).collect(),
        public_url: "https://messages.clinic.org".into(),
        limits,
        metrics: Arc::clone(&metrics),
    };
    let shutdown = Shutdown::default();
    let task = tokio::spawn(run(listener, router(), options, shutdown.clone()));
    Running { address, shutdown, task, metrics }
}

async fn plain(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A reset after the answer is as good as an end.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

fn get_request(path: &str, extra: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{extra}\r\n")
}

/// Sends a request over TLS, trusting only the certificate in `folder`; gives the answer and the
/// certificate the server showed.
async fn over_tls(
    address: SocketAddr,
    folder: &Path,
    alpn: &[&[u8]],
    request: Option<&str>,
) -> io::Result<(String, Vec<u8>, Option<Vec<u8>>)> {
    let own = CertificateDer::from_pem_file(folder.join("cert.pem")).unwrap();
    let mut roots = rustls::RootCertStore::empty();
    roots.add(own).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    let stream = TcpStream::connect(address).await?;
    let mut stream = connector.connect(ServerName::try_from("localhost").unwrap(), stream).await?;
    let session = stream.get_ref().1;
    let shown = session.peer_certificates().unwrap()[0].to_vec();
    let protocol = session.alpn_protocol().map(<[u8]>::to_vec);
    let mut answer = Vec::new();
    if let Some(request) = request {
        stream.write_all(request.as_bytes()).await?;
        let _ = stream.read_to_end(&mut answer).await;
    }
    Ok((String::from_utf8_lossy(&answer).into_owned(), shown, protocol))
}

#[tokio::test]
async fn tls_serves_both_protocols_and_new_certificates() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    make_certificate(path, "first");
    let metrics = Arc::new(Metrics::new());
    let certificates = tls::Certificates::load(
        &path.join("cert.pem"),
        &path.join("key.pem"),
        Arc::clone(&metrics),
    )
    .unwrap();
    let running = start(Transport::Tls(Arc::clone(&certificates)), &[], limits()).await;
    let ask = get_request("/who/Ana", "x-forwarded-for: 203.0.113.9\r\n");
    let (answer, first, protocol) =
        over_tls(running.address, path, &[b"http/1.1"], Some(&ask)).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("127.0.0.1 id=true leaked=false"), "{answer}");
    assert!(answer.contains("strict-transport-security: max-age="), "{answer}");
    assert!(answer.contains("x-request-id: "), "{answer}");
    assert_eq!(protocol.as_deref(), Some(&b"http/1.1"[..]));
    let (_, _, protocol) =
        over_tls(running.address, path, &[b"h2", b"http/1.1"], None).await.unwrap();
    assert_eq!(protocol.as_deref(), Some(&b"h2"[..]));

    // A broken pair is refused and the old one stays.
    let good_key = std::fs::read(path.join("key.pem")).unwrap();
    let good_cert = std::fs::read(path.join("cert.pem")).unwrap();
    std::fs::write(path.join("key.pem"), "-----BEGIN PRIVATE KEY-----\nAAAA\n").unwrap();
    assert!(certificates.reload().is_err());
    make_certificate(path, "second");
    let second_key = std::fs::read(path.join("key.pem")).unwrap();
    let second_cert = std::fs::read(path.join("cert.pem")).unwrap();
    std::fs::write(path.join("key.pem"), &good_key).unwrap();
    let error = certificates.reload().unwrap_err();
    assert!(error.contains("do not belong together"), "{error}");
    std::fs::write(path.join("cert.pem"), &good_cert).unwrap();
    let (_, shown, _) = over_tls(running.address, path, &[], None).await.unwrap();
    assert_eq!(shown, first);

    // The watcher finds a good new pair by itself.
    let watch_stop = Shutdown::default();
    let watcher = tokio::spawn(
        Arc::clone(&certificates).watch(Duration::from_millis(20), watch_stop.clone()),
    );
    std::fs::write(path.join("key.pem"), &second_key).unwrap();
    std::fs::write(path.join("cert.pem"), &second_cert).unwrap();
    let mut shown = first.clone();
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        if let Ok((_, now, _)) = over_tls(running.address, path, &[], None).await {
            shown = now;
            break;
        }
    }
    assert_ne!(shown, first, "the new certificate is not in use");
    watch_stop.trigger();
    watcher.await.unwrap();

    // Plain http on a TLS port gets no page.
    let answer = plain(running.address, &get_request("/who/Ana", "")).await;
    assert!(!answer.starts_with("HTTP/1.1 200"), "{answer}");
    running.shutdown.trigger();
    running.task.await.unwrap().unwrap();
}

#[tokio::test]
async fn plain_requests_pass_only_from_a_proxy_that_spoke_https() {
    let running = start(Transport::BehindProxy, &["127.0.0.1/32"], limits()).await;
    let https = "x-forwarded-for: 203.0.113.9\r\nx-forwarded-proto: https\r\n";
    let answer = plain(running.address, &get_request("/who/Ana", https)).await;
    assert!(answer.contains("203.0.113.9 id=true leaked=false"), "{answer}");
    let http = "x-forwarded-for: 203.0.113.9\r\nx-forwarded-proto: http\r\n";
    let answer = plain(running.address, &get_request("/who/Ana?q=words", http)).await;
    assert!(answer.starts_with("HTTP/1.1 308"), "{answer}");
    assert!(answer.contains("location: https://messages.clinic.org/who/Ana\r\n"), "{answer}");
    let answer =
        plain(running.address, &get_request("/who/Ana", http).replace("GET", "POST")).await;
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
    running.shutdown.trigger();
    running.task.await.unwrap().unwrap();

    let running = start(Transport::BehindProxy, &["10.0.0.0/8"], limits()).await;
    let answer = plain(running.address, &get_request("/who/Ana", https)).await;
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
    let answer = plain(running.address, &get_request("/livez", "")).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    running.shutdown.trigger();
    running.task.await.unwrap().unwrap();
}

#[tokio::test]
async fn slow_and_oversized_clients_are_let_go() {
    let running = start(Transport::Demo, &[], limits()).await;
    let started = Instant::now();
    let answer = plain(running.address, "GET /slow HTTP/1.1\r\nhost:").await;
    assert!(!answer.starts_with("HTTP/1.1 200"), "{answer}");
    let answer = plain(running.address, "").await;
    assert!(answer.is_empty() || answer.contains("408"), "{answer}");
    let body = "POST /upload HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nabc";
    let answer = plain(running.address, body).await;
    assert!(!answer.contains("200 OK"), "{answer}");
    assert!(started.elapsed() < Duration::from_secs(10));
    let big = format!("x-big: {}\r\n", "a".repeat(20_000));
    let answer = plain(running.address, &get_request("/livez", &big)).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    // An idle kept-alive connection is closed.
    let started = Instant::now();
    let answer = plain(running.address, "GET /livez HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert!(answer.contains("alive") && started.elapsed() < Duration::from_secs(5), "{answer}");
    // None of it became a log or metric label.
    let text = running.metrics.text();
    assert!(text.contains("route=\"/upload\"") && text.contains("route=\"/livez\""), "{text}");
    running.shutdown.trigger();
    running.task.await.unwrap().unwrap();
    assert!(running.metrics.text().contains("tidings_connections 0"));
}

#[tokio::test]
async fn metrics_hold_templates_not_addresses() {
    let running = start(Transport::Demo, &[], limits()).await;
    for path in ["/who/Ana?word=chest", "/nowhere/Ana"] {
        plain(running.address, &get_request(path, "")).await;
    }
    let text = running.metrics.text();
    assert!(
        text.contains("route=\"/who/{secret}\"") && text.contains("route=\"unmatched\""),
        "{text}"
    );
    assert!(!text.contains("Ana") && !text.contains("chest"), "{text}");
    running.shutdown.trigger();
    running.task.await.unwrap().unwrap();
}

#[tokio::test]
async fn too_many_requests_get_503_and_health_still_answers() {
    let running = start(Transport::Demo, &[], Limits { requests_max: 1, ..limits() }).await;
    let address = running.address;
    let slow = tokio::spawn(async move { plain(address, &get_request("/slow", "")).await });
    tokio::time::sleep(Duration::from_millis(200)).await;
    let refused = plain(address, &get_request("/who/x", "")).await;
    assert!(refused.starts_with("HTTP/1.1 503") && refused.contains("retry-after: 2"), "{refused}");
    assert!(plain(address, &get_request("/livez", "")).await.starts_with("HTTP/1.1 200"));
    assert!(slow.await.unwrap().ends_with("slow"));
    running.shutdown.trigger();
    running.task.await.unwrap().unwrap();
}

#[tokio::test]
async fn stopping_finishes_running_requests_and_cuts_stuck_ones() {
    let running = start(Transport::Demo, &[], limits()).await;
    let address = running.address;
    let slow = tokio::spawn(async move { plain(address, &get_request("/slow", "")).await });
    let stuck = tokio::spawn(async move { plain(address, &get_request("/stuck", "")).await });
    tokio::time::sleep(Duration::from_millis(200)).await;
    let started = Instant::now();
    running.shutdown.trigger();
    running.shutdown.trigger();
    assert!(slow.await.unwrap().ends_with("slow"));
    assert!(TcpStream::connect(address).await.is_err(), "a stopping server takes no connection");
    running.task.await.unwrap().unwrap();
    assert!(started.elapsed() < Duration::from_secs(4));
    assert!(stuck.await.unwrap().is_empty());
}

#[tokio::test]
async fn a_demo_never_listens_beyond_loopback() {
    let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let options = Options {
        transport: Transport::Demo,
        trusted_proxies: Vec::new(),
        public_url: String::new(),
        limits: limits(),
        metrics: Arc::new(Metrics::new()),
    };
    assert!(run(listener, router(), options, Shutdown::default()).await.is_err());
}
