//! A running server: the listener, the workers, metrics, the admin socket, and their common end.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use app::App;
use app::mail::{MailConfig, SmtpMailer};
use app::room::{Level, Room};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::admin_socket::{AdminServer, Handler};
use crate::backup::Note;
use crate::command::Failure;
use crate::config::{self, Limits};
use crate::data_lock::DataLock;
use crate::disk::FolderDisk;
use crate::metrics::{self, Metrics, PartLabel, Readiness, TeamLabel};
use crate::serve::notify::Notifier;
use crate::serve::proxy::Cidr;
use crate::serve::tls::Certificates;
use crate::serve::{self, Options, Shutdown, Transport};
use crate::workers;

/// How often certificate files are looked at.
const CERTIFICATES_EVERY: Duration = Duration::from_secs(30);

/// Which files hold the certificate, or who brings requests instead.
#[derive(Debug)]
pub enum Reach {
    /// TLS that ends here: certificate chain and key.
    Tls(std::path::PathBuf, std::path::PathBuf),
    /// Trusted proxies.
    Proxy,
    /// Plain http on loopback.
    Demo,
}

/// What a server is made of.
pub struct Setup {
    /// Its operations.
    pub app: App,
    /// Its folder.
    pub lock: DataLock,
    /// How requests come in.
    pub reach: Reach,
    /// Where it listens. When there are several, only the first must be free.
    pub listen: Vec<SocketAddr>,
    /// Where metrics are served; nowhere when absent.
    pub metrics_listen: Option<SocketAddr>,
    /// Whose forwarding headers are believed.
    pub trusted_proxies: Vec<Cidr>,
    /// Limits of the listener.
    pub limits: Limits,
    /// How much room is kept on the disk.
    pub disk: config::Disk,
    /// The mail server; without one notices are kept.
    pub mail: Option<MailConfig>,
    /// Carries out administration commands.
    pub handler: Handler,
}

/// Runs the server until a signal stops it. `ready` is called with its address once it answers.
///
/// # Errors
/// [`Failure`] when it cannot start, or when the disk failed and the process has to end.
pub fn run(
    setup: Setup,
    ready: impl FnOnce(SocketAddr) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name("tidings")
        .build()
        .map_err(|error| Failure::failed(format!("the runtime does not start: {error}")))?;
    let outcome = runtime.block_on(serve(setup, ready));
    // After a failed disk nothing is waited for.
    runtime.shutdown_timeout(Duration::from_millis(200));
    outcome
}

async fn serve(
    setup: Setup,
    ready: impl FnOnce(SocketAddr) -> Result<(), Failure>,
) -> Result<(), Failure> {
    // Read beside the rest of the start: the first message shall not wait for the rules.
    let rules = tokio::task::spawn_blocking(app::urgency::ready);
    let app = setup.app.clone();
    let shutdown = Shutdown::default();
    watch_room(&app, &setup.disk, setup.lock.folder());
    let metrics = Arc::new(observed(&app, setup.lock.folder()));
    let transport = transport(&setup.reach, &metrics)?;
    let listeners = listen(&setup.listen).await?;
    let address = listeners
        .first()
        .and_then(|listener| listener.local_addr().ok())
        .ok_or_else(|| Failure::failed("nothing to listen on"))?;
    let mailer = setup
        .mail
        .as_ref()
        .map(SmtpMailer::new)
        .transpose()
        .map_err(|error| Failure::failed(format!("key `mail`: {error}")))?;
    let workers = workers::start(&app, mailer, &shutdown)
        .await
        .map_err(|error| Failure::failed(format!("the database: {error}")))?;
    let readiness = readiness(&app);
    let mut side = JoinSet::new();
    side.spawn(signals(shutdown.clone(), certificates(&transport)));
    if let Some(certificates) = certificates(&transport) {
        side.spawn(certificates.watch(CERTIFICATES_EVERY, shutdown.clone()));
    }
    if let Some(address) = setup.metrics_listen {
        let listener = bind("metrics_listen", address).await?;
        let serving =
            metrics::run(listener, Arc::clone(&metrics), Arc::clone(&readiness), shutdown.clone());
        side.spawn(async move { log_end("metrics", serving.await) });
    }
    let router = web::router::router(web::WebState::new(app.clone()))
        .merge(metrics::health_router(readiness));
    let options = Options {
        transport,
        trusted_proxies: setup.trusted_proxies,
        public_url: app.settings().public_url.clone(),
        limits: setup.limits,
        metrics,
    };
    let mut serving = JoinSet::new();
    for listener in listeners {
        let (router, options, stop) = (router.clone(), options.clone(), shutdown.clone());
        serving.spawn(serve::run(listener, router, options, stop));
    }
    let admin = AdminServer::start(&setup.lock, setup.handler)
        .map_err(|error| Failure::failed(format!("the admin socket: {error}")))?;
    if !rules.await.map_err(Failure::failed)? {
        return Err(Failure::failed("the rules of the urgency check cannot be read"));
    }
    ready(address)?;
    let notifier = notify(&app, &shutdown, &mut side)?;
    let outcome = tokio::select! {
        outcome = all(&mut serving, &shutdown) => outcome,
        () = workers::disk_failed(&app) => {
            tracing::error!("the disk failed while writing; ending without acknowledging anything");
            return Err(Failure::failed(
                "the disk failed while writing: examine it, then start again; nothing that was \
                 acknowledged is lost",
            ));
        }
    };
    if let Some(notifier) = notifier {
        notifier.stopping();
    }
    tokio::task::spawn_blocking(move || drop(admin)).await.map_err(Failure::failed)?;
    workers.finish().await;
    while side.join_next().await.is_some() {}
    tracing::info!("stopped");
    outcome
}

/// Keeps room on the disk of the record. PostgreSQL's disk is seen by its own server alone.
fn watch_room(app: &App, keep: &config::Disk, folder: &Path) {
    if app.db().engine() == store::db::Engine::Sqlite {
        let bytes = |mb: u64| mb.saturating_mul(1 << 20);
        let disk = Box::new(FolderDisk::new(folder));
        let room = Room::new(disk, bytes(keep.low_water_mb), bytes(keep.reserve_mb));
        room.look();
        app.use_room(room);
    }
}

/// Waits for every listener; when one fails the others stop too.
async fn all(
    serving: &mut JoinSet<std::io::Result<()>>,
    shutdown: &Shutdown,
) -> Result<(), Failure> {
    let mut outcome = Ok(());
    while let Some(ended) = serving.join_next().await {
        if let Err(error) = ended.map_err(std::io::Error::other).flatten() {
            shutdown.trigger();
            outcome = Err(Failure::failed(format!("the listener failed: {error}")));
        }
    }
    outcome
}

fn log_end(what: &'static str, outcome: std::io::Result<()>) {
    if let Err(error) = outcome {
        tracing::error!(what, %error, "ended");
    }
}

async fn signals(shutdown: Shutdown, certificates: Option<Arc<Certificates>>) {
    log_end("signals", serve::signals(shutdown, certificates).await);
}

/// Tells the service manager, when there is one.
fn notify(
    app: &App,
    shutdown: &Shutdown,
    side: &mut JoinSet<()>,
) -> Result<Option<Arc<Notifier>>, Failure> {
    let notifier = Notifier::from_environment()
        .map_err(|error| Failure::failed(format!("NOTIFY_SOCKET is not usable: {error}")))?;
    let Some(notifier) = notifier.map(Arc::new) else { return Ok(None) };
    notifier.ready();
    let (watching, app, shutdown) = (Arc::clone(&notifier), app.clone(), shutdown.clone());
    side.spawn(async move { watching.watch(&shutdown, || !app.db().poisoned()).await });
    Ok(Some(notifier))
}

fn transport(reach: &Reach, metrics: &Arc<Metrics>) -> Result<Transport, Failure> {
    Ok(match reach {
        Reach::Tls(certificate, key) => Transport::Tls(
            Certificates::load(certificate, key, Arc::clone(metrics)).map_err(Failure::failed)?,
        ),
        Reach::Proxy => Transport::BehindProxy,
        Reach::Demo => Transport::Demo,
    })
}

fn certificates(transport: &Transport) -> Option<Arc<Certificates>> {
    match transport {
        Transport::Tls(certificates) => Some(Arc::clone(certificates)),
        Transport::BehindProxy | Transport::Demo => None,
    }
}

async fn bind(key: &str, address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        Failure::failed(format!(
            "key `{key}`: cannot listen on {address} ({error}); stop what listens there or give \
             another port"
        ))
    })
}

/// The first address must be free; each further one takes the first one's port and may fail.
async fn listen(addresses: &[SocketAddr]) -> Result<Vec<TcpListener>, Failure> {
    let mut listeners = Vec::new();
    let mut port = None;
    for address in addresses {
        if let Some(port) = port {
            let address = SocketAddr::new(address.ip(), port);
            listeners.extend(TcpListener::bind(address).await.ok());
        } else {
            let listener = bind("listen", *address).await?;
            port = listener.local_addr().ok().map(|address| address.port());
            listeners.push(listener);
        }
    }
    Ok(listeners)
}

/// Ready means that the database answers, the disk has not failed, and reading finds room for its rows.
/// A nearly full disk leaves the server ready: people must still be able to read.
fn readiness(app: &App) -> Readiness {
    let app = app.clone();
    Arc::new(move || {
        if app.db().poisoned() {
            return Err("the disk failed".to_owned());
        }
        let limit = match app.room().map(Room::level) {
            None | Some(Level::Enough) => None,
            Some(Level::Low) => Some("new messages are refused: the disk is nearly full"),
            Some(Level::Spent) => {
                return Err("the disk is full and the reserve is spent".to_owned());
            }
        };
        app.db()
            .read(store::change::last_position)
            .map(|_| limit)
            .map_err(|error| error.to_string())
    })
}

/// The metrics, with the gauges that are read from the database before each scrape.
fn observed(app: &App, folder: &Path) -> Metrics {
    let (app, folder) = (app.clone(), folder.to_owned());
    Metrics::new().with_refresh(move |metrics| {
        let now = app.now();
        let figures = app.db().read(|tx| {
            let loads = store::gauge::team_loads(tx, now)?;
            let unsequenced = store::gauge::unsequenced(tx)?;
            Ok::<_, store::db::DbError>((loads, unsequenced, store::notice::lag_s(tx, now)?))
        });
        // A team whose work is done is no longer in the list and must not keep its last figure.
        metrics.queue_age.clear();
        metrics.late.clear();
        match figures {
            Ok((loads, unsequenced, lag_s)) => {
                for load in loads {
                    let label = TeamLabel { team: load.team.to_string() };
                    let age_s = load.oldest_queued_at.map_or(0, |at| now.seconds_since(at).max(0));
                    metrics.queue_age.get_or_create(&label).set(seconds(age_s));
                    metrics.late.get_or_create(&label).set(load.late);
                }
                metrics.audit_unsequenced.set(unsequenced);
                metrics.notice_lag.set(seconds(lag_s));
            }
            Err(error) => tracing::warn!(%error, "the figures of the database are missing"),
        }
        if let Some(room) = app.room() {
            if let Some(figures) = room.figures() {
                metrics.disk_free.set(count(figures.free));
                metrics.disk_reserve.set(count(figures.held));
            }
            metrics.sends_refused.set(i64::from(room.level() != Level::Enough));
        }
        let note = Note::read(&folder);
        for (part, at) in [("database", note.database), ("keys", note.keys)] {
            if let Some(at) = at {
                let age_s = now.to_jiff().duration_since(at).as_secs();
                metrics.backup_age.get_or_create(&PartLabel { part }).set(seconds(age_s));
            }
        }
    })
}

/// A figure for a gauge of whole numbers.
fn count(figure: u64) -> i64 {
    i64::try_from(figure).unwrap_or(i64::MAX)
}

/// Seconds for a gauge; a figure beyond 136 years is cut.
fn seconds(seconds: i64) -> f64 {
    f64::from(u32::try_from(seconds.max(0)).unwrap_or(u32::MAX))
}
