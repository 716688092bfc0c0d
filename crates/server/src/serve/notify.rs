//! The start, stop and watchdog messages of systemd's `Type=notify`, see sd_notify(3).
//!
//! Deliberately absent: file descriptor passing and socket activation.

use std::io;
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

use super::Shutdown;

/// The service manager's notification socket.
#[derive(Debug)]
pub struct Notifier {
    socket: UnixDatagram,
    address: SocketAddr,
    watchdog: Option<Duration>,
}

impl Notifier {
    /// The notifier that the environment names; `None` when no service manager asked for one.
    ///
    /// # Errors
    /// When the socket's name is not usable.
    pub fn from_environment() -> io::Result<Option<Self>> {
        let Some(name) = std::env::var_os("NOTIFY_SOCKET").filter(|name| !name.is_empty()) else {
            return Ok(None);
        };
        // WATCHDOG_PID names the process that is meant; a child must not answer for it.
        let ours =
            std::env::var("WATCHDOG_PID").map_or(true, |pid| pid.parse() == Ok(std::process::id()));
        let watchdog = std::env::var("WATCHDOG_USEC")
            .ok()
            .and_then(|micros| micros.parse().ok())
            .filter(|micros| ours && *micros > 0)
            .map(Duration::from_micros);
        Self::new(name.as_bytes(), watchdog).map(Some)
    }

    /// A notifier for the socket `name` (a path, or `@` and an abstract name) that is to hear from
    /// us at least once per `watchdog`.
    ///
    /// # Errors
    /// When the name is not usable.
    pub fn new(name: &[u8], watchdog: Option<Duration>) -> io::Result<Self> {
        let address = match name.strip_prefix(b"@") {
            Some(abstract_name) => SocketAddr::from_abstract_name(abstract_name)?,
            None => SocketAddr::from_pathname(std::ffi::OsStr::from_bytes(name))?,
        };
        Ok(Self { socket: UnixDatagram::unbound()?, address, watchdog })
    }

    /// Says that requests are being answered.
    pub fn ready(&self) {
        self.send("READY=1");
    }

    /// Says that the server is stopping.
    pub fn stopping(&self) {
        self.send("STOPPING=1");
    }

    /// Feeds the watchdog at half its period until `shutdown`, as long as `alive` says so: a
    /// server that hangs is then restarted.
    pub async fn watch(&self, shutdown: &Shutdown, alive: impl Fn() -> bool) {
        let Some(period) = self.watchdog else { return };
        loop {
            if alive() {
                self.send("WATCHDOG=1");
            }
            tokio::select! {
                () = shutdown.triggered() => return,
                () = tokio::time::sleep(period / 2) => {}
            }
        }
    }

    fn send(&self, state: &str) {
        if let Err(error) = self.socket.send_to_addr(state.as_bytes(), &self.address) {
            tracing::warn!(%error, "cannot tell the service manager");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receive(socket: &UnixDatagram) -> String {
        let mut buffer = [0; 64];
        let length = socket.recv(&mut buffer).unwrap();
        String::from_utf8(buffer[..length].to_vec()).unwrap()
    }

    #[tokio::test]
    async fn a_service_manager_hears_ready_watchdog_and_stopping() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let manager = UnixDatagram::bind(&path).unwrap();
        manager.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        let notifier =
            Notifier::new(path.as_os_str().as_bytes(), Some(Duration::from_millis(20))).unwrap();
        notifier.ready();
        assert_eq!(receive(&manager), "READY=1");
        let shutdown = Shutdown::default();
        tokio::select! {
            () = notifier.watch(&shutdown, || true) => {}
            () = tokio::time::sleep(Duration::from_millis(100)) => {}
        }
        assert_eq!(receive(&manager), "WATCHDOG=1");
        assert_eq!(receive(&manager), "WATCHDOG=1");
        manager.set_nonblocking(true).unwrap();
        while manager.recv(&mut [0; 64]).is_ok() {}
        tokio::select! {
            () = notifier.watch(&shutdown, || false) => {}
            () = tokio::time::sleep(Duration::from_millis(60)) => {}
        }
        assert!(manager.recv(&mut [0; 64]).is_err(), "a hanging server must not feed the watchdog");
        notifier.stopping();
        assert_eq!(receive(&manager), "STOPPING=1");
    }

    #[test]
    fn an_abstract_name_works_too() {
        let name = format!("tidings-test-{}", std::process::id());
        let address = SocketAddr::from_abstract_name(&name).unwrap();
        let manager = UnixDatagram::bind_addr(&address).unwrap();
        Notifier::new(format!("@{name}").as_bytes(), None).unwrap().ready();
        assert_eq!(receive(&manager), "READY=1");
    }
}
