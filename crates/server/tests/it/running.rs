//! The real binary on a real folder: the demo, administration, verify, kill -9, notices.

mod announce;
mod demo;
mod kill;
mod live;
mod notices;

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// An answer as it came over the wire.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// A running demo.
pub struct Demo {
    child: Child,
    pub folder: PathBuf,
    pub port: u16,
    pub note: Value,
}

impl Demo {
    /// Starts a demo in `folder` and waits until it says its address.
    pub fn start(folder: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_tidings"))
            .args(["demo", "--listen", "127.0.0.1:0", "--data"])
            .arg(folder)
            .env_clear()
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut port = 0;
        let mut line = String::new();
        while lines.read_line(&mut line).unwrap() > 0 {
            if let Some(url) = line.trim().strip_prefix("Tidings demo: http://localhost:") {
                port = url.parse().unwrap();
            }
            if line.contains("Stop with Ctrl-C") {
                break;
            }
            line.clear();
        }
        assert_ne!(port, 0, "the demo did not start");
        let note = std::fs::read(folder.join("demo.json")).unwrap();
        let note = serde_json::from_slice(&note).unwrap();
        Self { child, folder: folder.to_owned(), port, note }
    }

    /// Runs a command on the demo's folder.
    pub fn tidings(&self, words: &[&str]) -> Output {
        run(&self.folder, words)
    }

    /// Runs a command that must succeed and print JSON.
    pub fn json(&self, words: &[&str]) -> Value {
        let output = self.tidings(words);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{words:?}: {error}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    pub fn token(&self, username: &str) -> String {
        let made = self.json(&["token", "--as", username, "--json"]);
        made["token"].as_str().unwrap().to_owned()
    }

    pub fn person(&self, key: &str) -> &Value {
        let people = self.note["people"].as_array().unwrap();
        people.iter().find(|person| person["key"] == key).unwrap()
    }

    pub fn get(&self, path: &str, token: Option<&str>) -> Answer {
        request(self.port, "GET", path, token, None).unwrap()
    }

    /// Ends the process at once, as kill -9 does.
    pub fn kill(mut self) -> PathBuf {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.folder.clone()
    }

    /// Asks the process to stop; how long that took.
    pub fn stop(mut self) -> Duration {
        let started = Instant::now();
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").arg(pid).status().unwrap().success());
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{status}");
        started.elapsed()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs `tidings WORDS… --data FOLDER`, where the data folder belongs.
pub fn run(folder: &Path, words: &[&str]) -> Output {
    let (first, rest) = words.split_first().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_tidings"));
    command.env_clear().arg(first);
    if *first == "key" {
        let (verb, rest) = rest.split_first().unwrap();
        command.arg(verb).arg("--data").arg(folder).args(rest);
    } else {
        command.arg("--data").arg(folder).args(rest);
    }
    command.output().unwrap()
}

/// One request on a connection of its own.
pub fn request(
    port: u16,
    method: &str,
    path: &str,
    token: Option<&str>,
    body: Option<&str>,
) -> std::io::Result<Answer> {
    let mut headers = Vec::new();
    if let Some(token) = token {
        headers.push(("authorization", format!("Bearer {token}")));
    }
    if body.is_some() {
        headers.push(("content-type", "application/fhir+json".to_owned()));
    }
    exchange(port, method, path, &headers, body)
}

/// One request with these headers on a connection of its own.
pub fn exchange(
    port: u16,
    method: &str,
    path: &str,
    headers: &[(&str, String)],
    body: Option<&str>,
) -> std::io::Result<Answer> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let mut text =
        format!("{method} {path} HTTP/1.1\r\nhost: localhost:{port}\r\nconnection: close\r\n");
    for (name, value) in headers {
        let _ = write!(text, "{name}: {value}\r\n");
    }
    if let Some(body) = body {
        let _ = write!(text, "content-length: {}\r\n", body.len());
    }
    text += "\r\n";
    text += body.unwrap_or_default();
    stream.write_all(text.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer
        .split_once("\r\n\r\n")
        .ok_or_else(|| std::io::Error::other("the answer broke off"))?;
    let status = head.get(9..12).and_then(|code| code.parse().ok());
    let status = status.ok_or_else(|| std::io::Error::other("no status"))?;
    let body = if head.to_ascii_lowercase().contains("transfer-encoding: chunked") {
        dechunk(body)?
    } else {
        body.to_owned()
    };
    Ok(Answer { status, head: head.to_owned(), body })
}

fn dechunk(mut rest: &str) -> std::io::Result<String> {
    let broken = || std::io::Error::other("the answer broke off");
    let mut all = String::new();
    loop {
        let (size, after) = rest.split_once("\r\n").ok_or_else(broken)?;
        let size = usize::from_str_radix(size, 16).map_err(|_| broken())?;
        if size == 0 {
            return Ok(all);
        }
        all += after.get(..size).ok_or_else(broken)?;
        rest = after.get(size + 2..).ok_or_else(broken)?;
    }
}
