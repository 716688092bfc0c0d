//! `DIR/admin.sock`: how an administrator's command reaches a running server, so that a
//! revocation acts at once (ARCHITECTURE.md, 11).
//!
//! One JSON object per line: the client sends an [`AdminRequest`], the server answers any number of
//! [`AdminReply::Progress`] and then one other reply. Whoever can open the socket is the local
//! administrator: the socket is 0600 in a 0700 folder, and the server refuses to listen elsewhere.
//!
//! Deliberately absent: a network form, and identities of local users.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::cli::admin::AdminCommand;
use crate::data_lock::DataLock;

/// Name of the socket in the data folder.
pub const NAME: &str = "admin.sock";
/// Longest request or reply line, in bytes.
const LINE_MAX: u64 = 16 * 1024 * 1024;
/// Commands carried out at once.
const RUNNING_MAX: usize = 8;
/// How long a client may take to send its line.
const READ_WITHIN: Duration = Duration::from_secs(10);

/// What a command asks of a running server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "request", rename_all = "snake_case")]
pub enum AdminRequest {
    /// Is somebody there?
    Ping,
    /// An administration command.
    Admin {
        /// The command as it was typed.
        command: AdminCommand,
    },
    /// An access token for scripts.
    Token {
        /// Whose.
        username: String,
        /// What it may do; empty: all the person may.
        scope: Vec<String>,
    },
    /// Recompute everything derived and name what differs.
    Verify,
    /// An import of files that the server can read.
    Import {
        /// The system they come from.
        source: String,
        /// Absolute paths.
        files: Vec<PathBuf>,
    },
}

/// What the server answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "reply", rename_all = "snake_case")]
pub enum AdminReply {
    /// How far a long command has come; more replies follow.
    Progress {
        /// Steps done.
        done: u64,
        /// Steps in all.
        total: u64,
    },
    /// The command is done; what to print.
    Done {
        /// The result.
        data: serde_json::Value,
    },
    /// The command failed.
    Failed {
        /// Whether it was misused (exit 2) rather than failed (exit 1).
        misused: bool,
        /// One sentence that says what to do.
        sentence: String,
    },
}

/// Carries out requests. The function is given to report progress and may be ignored.
pub type Handler =
    Arc<dyn Fn(AdminRequest, &mut dyn FnMut(u64, u64)) -> AdminReply + Send + Sync + 'static>;

/// The listening side; it stops when it is dropped.
#[derive(Debug)]
pub struct AdminServer {
    path: PathBuf,
    stopping: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl AdminServer {
    /// Listens in the folder that `lock` owns and hands requests to `handler`, each on a thread of
    /// its own.
    ///
    /// # Errors
    /// When the socket cannot be made, or its path is longer than sockets allow (107 bytes).
    pub fn start(lock: &DataLock, handler: Handler) -> io::Result<Self> {
        let path = lock.folder().join(NAME);
        if std::fs::metadata(lock.folder())?.permissions().mode() & 0o077 != 0 {
            return Err(io::Error::other(
                "others can look into the data folder; run chmod 700 on it",
            ));
        }
        // Whoever holds the lock may remove what a killed server left.
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(&path)?;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
        let stopping = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&stopping);
        let thread = std::thread::Builder::new()
            .name("admin-socket".into())
            .spawn(move || accept(&listener, &handler, &seen))?;
        Ok(Self { path, stopping, thread: Some(thread) })
    }
}

impl Drop for AdminServer {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::SeqCst);
        // A connection wakes the accepting thread.
        let woken = UnixStream::connect(&self.path).is_ok();
        let _ = std::fs::remove_file(&self.path);
        if let Some(thread) = self.thread.take()
            && woken
        {
            let _ = thread.join();
        }
    }
}

fn accept(listener: &UnixListener, handler: &Handler, stopping: &AtomicBool) {
    let running = Arc::new(AtomicUsize::new(0));
    loop {
        let accepted = listener.accept();
        if stopping.load(Ordering::SeqCst) {
            return;
        }
        let Ok((mut stream, _)) = accepted else {
            std::thread::sleep(Duration::from_millis(50));
            continue;
        };
        if running.load(Ordering::SeqCst) >= RUNNING_MAX {
            let reply = failed("too many administration commands are running; try again");
            let _ = send(&mut stream, &reply);
            continue;
        }
        running.fetch_add(1, Ordering::SeqCst);
        let (handler, counted) = (Arc::clone(handler), Arc::clone(&running));
        let spawned = std::thread::Builder::new().name("admin-command".into()).spawn(move || {
            let outcome = converse(stream, &handler);
            counted.fetch_sub(1, Ordering::SeqCst);
            if let Err(error) = outcome {
                tracing::warn!(%error, "an administration command lost its client");
            }
        });
        if spawned.is_err() {
            running.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

fn converse(mut stream: UnixStream, handler: &Handler) -> io::Result<()> {
    stream.set_read_timeout(Some(READ_WITHIN))?;
    stream.set_write_timeout(Some(READ_WITHIN))?;
    let mut line = Vec::new();
    BufReader::new((&stream).take(LINE_MAX)).read_until(b'\n', &mut line)?;
    if line.last() != Some(&b'\n') {
        return send(&mut stream, &failed("the request is not one whole line of JSON"));
    }
    let reply = match serde_json::from_slice::<AdminRequest>(&line) {
        Err(_) => {
            failed("the running server does not know this command; use its own version of tidings")
        }
        Ok(AdminRequest::Ping) => AdminReply::Done { data: serde_json::Value::Null },
        Ok(request) => {
            let mut progress = |done, total| {
                // A client that went away does not stop the command.
                let _ = send(&mut stream, &AdminReply::Progress { done, total });
            };
            let handle = std::panic::AssertUnwindSafe(|| handler(request, &mut progress));
            std::panic::catch_unwind(handle).unwrap_or_else(|_| {
                failed("the command failed inside the server; its log says where")
            })
        }
    };
    send(&mut stream, &reply)
}

fn failed(sentence: &str) -> AdminReply {
    AdminReply::Failed { misused: false, sentence: sentence.to_owned() }
}

fn send(stream: &mut UnixStream, message: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    stream.write_all(&line)
}

/// Sends `request` to the server that runs on `folder` and returns its last reply; `Ok(None)` when
/// no server is running there, so the caller may take the data lock and act itself.
///
/// # Errors
/// When a server is there and the conversation breaks.
pub fn ask(
    folder: &Path,
    request: &AdminRequest,
    mut progress: impl FnMut(u64, u64),
) -> io::Result<Option<AdminReply>> {
    let mut stream = match UnixStream::connect(folder.join(NAME)) {
        Ok(stream) => stream,
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused
            ) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    send(&mut stream, request)?;
    let mut lines = BufReader::new(stream);
    loop {
        let mut line = Vec::new();
        (&mut lines).take(LINE_MAX).read_until(b'\n', &mut line)?;
        if line.is_empty() {
            return Err(io::Error::other("the running server ended the conversation; see its log"));
        }
        match serde_json::from_slice(&line)? {
            AdminReply::Progress { done, total } => progress(done, total),
            reply => return Ok(Some(reply)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(username: &str) -> AdminRequest {
        AdminRequest::Token { username: username.into(), scope: vec!["user/*.rs".into()] }
    }

    fn start(lock: &DataLock) -> AdminServer {
        let handler: Handler = Arc::new(|request, progress| match request {
            AdminRequest::Token { username, scope } if username == "dora" => {
                progress(1, 2);
                progress(2, 2);
                AdminReply::Done { data: serde_json::json!({"for": username, "scope": scope}) }
            }
            AdminRequest::Token { username, .. } if username == "boom" => panic!("boom"),
            _ => AdminReply::Failed { misused: true, sentence: "no such person".into() },
        });
        AdminServer::start(lock, handler).unwrap()
    }

    #[test]
    fn a_running_server_answers_and_a_stopped_one_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let lock = DataLock::take(&data).unwrap();
        assert_eq!(ask(&data, &AdminRequest::Ping, |_, _| {}).unwrap(), None);
        let server = start(&lock);
        let mode = std::fs::metadata(data.join(NAME)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let mut steps = Vec::new();
        let reply = ask(&data, &token("dora"), |done, total| steps.push((done, total))).unwrap();
        assert_eq!(
            reply,
            Some(AdminReply::Done {
                data: serde_json::json!({"for": "dora", "scope": ["user/*.rs"]})
            })
        );
        assert_eq!(steps, [(1, 2), (2, 2)]);
        let reply = ask(&data, &token("eve"), |_, _| {}).unwrap();
        assert!(matches!(reply, Some(AdminReply::Failed { misused: true, .. })));
        let reply = ask(&data, &token("boom"), |_, _| {}).unwrap();
        assert!(matches!(reply, Some(AdminReply::Failed { misused: false, .. })));
        drop(server);
        assert_eq!(ask(&data, &AdminRequest::Ping, |_, _| {}).unwrap(), None);
        // A socket that a killed server left does not stop the next one.
        drop(UnixListener::bind(data.join(NAME)).unwrap());
        assert_eq!(ask(&data, &AdminRequest::Ping, |_, _| {}).unwrap(), None);
        let _server = start(&lock);
        assert!(ask(&data, &AdminRequest::Ping, |_, _| {}).unwrap().is_some());
    }

    #[test]
    fn nonsense_is_answered_and_the_server_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let lock = DataLock::take(&data).unwrap();
        let _server = start(&lock);
        for nonsense in ["\n", "{}\n", "{\"request\":\"format_disk\"}\n", "[[[[[\n", "\u{0}\n"] {
            let mut stream = UnixStream::connect(data.join(NAME)).unwrap();
            stream.write_all(nonsense.as_bytes()).unwrap();
            let mut line = String::new();
            BufReader::new(stream).read_line(&mut line).unwrap();
            assert!(line.contains("failed"), "{nonsense:?} → {line}");
        }
        let mut half = UnixStream::connect(data.join(NAME)).unwrap();
        half.write_all(b"{\"request\"").unwrap();
        half.shutdown(std::net::Shutdown::Write).unwrap();
        let mut line = String::new();
        BufReader::new(half).read_line(&mut line).unwrap();
        assert!(line.contains("whole line"), "{line}");
        assert!(ask(&data, &AdminRequest::Ping, |_, _| {}).unwrap().is_some());
    }
}
