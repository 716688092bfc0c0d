//! One keep-alive HTTP/1.1 connection, blocking, with as little of its own cost as can be: the load
//! generator shares its cores with what it measures.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long an answer may take before it counts as an error.
const ANSWER_SECONDS_MAX: u64 = 30;

/// A connection and its read buffer.
pub struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// Where an answer lies in the buffer.
pub struct Answer<'b> {
    /// The HTTP status.
    pub status: u16,
    /// The body, empty when it was chunked and only counted.
    pub body: &'b [u8],
}

fn bad(text: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text)
}

/// The end of the first `needle` in a slice.
fn end_of(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|w| w == needle).map(|at| at + needle.len())
}

/// The status, the length of the body (none: chunked), whether the server will close.
fn head(bytes: &[u8]) -> io::Result<(u16, Option<usize>, bool)> {
    let text = std::str::from_utf8(bytes).map_err(|_| bad("a head that is not text"))?;
    let mut lines = text.split("\r\n");
    let status = lines
        .next()
        .and_then(|l| l.split(' ').nth(1))
        .and_then(|s| s.parse().ok())
        .ok_or_else(|| bad("no status"))?;
    let (mut length, mut chunked, mut close) = (None, false, false);
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().ok(),
            "transfer-encoding" => chunked = value.contains("chunked"),
            "connection" => close = value.trim().eq_ignore_ascii_case("close"),
            _ => {}
        }
    }
    let length = if chunked { None } else { Some(length.unwrap_or(0)) };
    Ok((status, length, close))
}

impl Client {
    /// Connects without delay for small packets.
    pub fn connect(server: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(server)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(ANSWER_SECONDS_MAX)))?;
        Ok(Self { stream, buffer: Vec::with_capacity(64 * 1024) })
    }

    fn fill(&mut self) -> io::Result<()> {
        let mut piece = [0_u8; 16 * 1024];
        let n = self.stream.read(&mut piece)?;
        if n == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.buffer.extend_from_slice(&piece[..n]);
        Ok(())
    }

    /// Reads the head of an answer and leaves what follows in the buffer.
    fn read_head(&mut self) -> io::Result<(u16, Option<usize>, bool)> {
        self.buffer.clear();
        loop {
            if let Some(end) = end_of(&self.buffer, b"\r\n\r\n") {
                let found = head(&self.buffer[..end])?;
                self.buffer.drain(..end);
                return Ok(found);
            }
            self.fill()?;
        }
    }

    /// Sends a whole request and reads its whole answer; an error when the server will close.
    pub fn call(&mut self, request: &[u8]) -> io::Result<Answer<'_>> {
        self.stream.write_all(request)?;
        let (status, length, close) = self.read_head()?;
        match length {
            Some(length) => {
                while self.buffer.len() < length {
                    self.fill()?;
                }
            }
            None => {
                while !self.buffer.ends_with(b"0\r\n\r\n") {
                    self.fill()?;
                }
                self.buffer.clear();
            }
        }
        if close {
            Err(bad("the server closes connections"))
        } else {
            Ok(Answer { status, body: &self.buffer })
        }
    }

    /// Sends a request whose answer does not end (an event stream) and returns its status.
    pub fn begin(&mut self, request: &[u8]) -> io::Result<u16> {
        self.stream.write_all(request)?;
        Ok(self.read_head()?.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read() {
        assert_eq!(
            head(b"HTTP/1.1 201 Created\r\nContent-Length: 12\r\n\r\n").unwrap(),
            (201, Some(12), false)
        );
        assert_eq!(
            head(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nConnection: close\r\n\r\n")
                .unwrap(),
            (200, None, true)
        );
        assert!(head(b"nonsense\r\n\r\n").is_err());
    }
}
