//! TLS with certificates from files that can be exchanged while the server runs.
//!
//! A pair that does not load, or whose key does not fit its certificate, is logged and the pair in
//! use stays. Deliberately absent: several certificates by name, and OCSP stapling (most public
//! authorities have ended it).

use std::fmt;
use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio_rustls::TlsAcceptor;

use super::Shutdown;
use crate::metrics::Metrics;

/// What tells one version of the two files from another.
type Stamp = [(u64, i64, i64, u64); 2];

/// The certificate in use and the files it came from.
pub struct Certificates {
    cert_file: PathBuf,
    key_file: PathBuf,
    provider: Arc<CryptoProvider>,
    current: Arc<Current>,
    stamp: Mutex<Option<Stamp>>,
    acceptor: TlsAcceptor,
    metrics: Arc<Metrics>,
}

impl fmt::Debug for Certificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificates").field("cert_file", &self.cert_file).finish_non_exhaustive()
    }
}

#[derive(Debug)]
struct Current(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl Certificates {
    /// Loads a certificate chain and its key from two PEM files.
    ///
    /// # Errors
    /// A sentence that names the file and says what to do.
    pub fn load(cert_file: &Path, key_file: &Path, metrics: Arc<Metrics>) -> io::Result<Arc<Self>> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let stamp = stamp(cert_file, key_file);
        let pair = load_pair(&provider, cert_file, key_file).map_err(io::Error::other)?;
        let current = Arc::new(Current(RwLock::new(Arc::new(pair))));
        let resolver: Arc<dyn ResolvesServerCert> = current.clone();
        let mut config = rustls::ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
            .map_err(io::Error::other)?
            .with_no_client_auth()
            .with_cert_resolver(resolver);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        config.ticketer = rustls::crypto::aws_lc_rs::Ticketer::new().map_err(io::Error::other)?;
        Ok(Arc::new(Self {
            cert_file: cert_file.to_owned(),
            key_file: key_file.to_owned(),
            provider,
            current,
            stamp: Mutex::new(stamp),
            acceptor: TlsAcceptor::from(Arc::new(config)),
            metrics,
        }))
    }

    /// The acceptor for new connections.
    pub fn acceptor(&self) -> &TlsAcceptor {
        &self.acceptor
    }

    /// Reads both files again and uses them from the next connection on.
    ///
    /// # Errors
    /// A sentence; the pair in use stays.
    pub fn reload(&self) -> Result<(), String> {
        let pair = load_pair(&self.provider, &self.cert_file, &self.key_file)?;
        *self.current.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(pair);
        Ok(())
    }

    /// As [`Certificates::reload`]; the outcome goes to the log and the metrics.
    pub fn reload_and_log(&self) {
        match self.reload() {
            Ok(()) => tracing::info!("certificate reloaded"),
            Err(error) => {
                self.metrics.tls_reload_failures.inc();
                tracing::error!(%error, "the new certificate is not usable; the old one stays in use");
            }
        }
    }

    /// Looks every `period` whether the files changed, and reloads them when they did.
    pub async fn watch(self: Arc<Self>, period: Duration, shutdown: Shutdown) {
        loop {
            tokio::select! {
                () = shutdown.triggered() => return,
                () = tokio::time::sleep(period) => {}
            }
            let this = Arc::clone(&self);
            // A panic in there would already be in the log.
            let _ = tokio::task::spawn_blocking(move || this.reload_if_changed()).await;
        }
    }

    fn reload_if_changed(&self) {
        let now = stamp(&self.cert_file, &self.key_file);
        {
            let mut seen = self.stamp.lock().unwrap_or_else(PoisonError::into_inner);
            if now.is_none() || *seen == now {
                return;
            }
            *seen = now;
        }
        self.reload_and_log();
    }
}

fn stamp(cert_file: &Path, key_file: &Path) -> Option<Stamp> {
    let of = |metadata: Metadata| {
        (metadata.ino(), metadata.mtime(), metadata.mtime_nsec(), metadata.size())
    };
    Some([of(std::fs::metadata(cert_file).ok()?), of(std::fs::metadata(key_file).ok()?)])
}

fn load_pair(
    provider: &CryptoProvider,
    cert_file: &Path,
    key_file: &Path,
) -> Result<CertifiedKey, String> {
    let chain = CertificateDer::pem_file_iter(cert_file)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| {
            format!("{}: is not a readable PEM certificate ({error})", cert_file.display())
        })?;
    if chain.is_empty() {
        return Err(format!("{}: holds no certificate", cert_file.display()));
    }
    // The error is not shown: it may quote the file.
    let key = PrivateKeyDer::from_pem_file(key_file)
        .map_err(|_| format!("{}: is not a readable PEM private key", key_file.display()))?;
    CertifiedKey::from_der(chain, key, provider).map_err(|error| {
        format!(
            "{} and {} do not belong together ({error})",
            cert_file.display(),
            key_file.display()
        )
    })
}
