//! HTTP as bytes on a connection, for saying what no well-behaved client says.

use std::fmt::Write as _;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

/// A reply that takes longer than this never comes.
const PATIENCE: Duration = Duration::from_mins(1);

/// A connection without any manners.
#[derive(Debug)]
pub struct RawConnection(TcpStream);

/// A reply as it came.
#[derive(Debug, Clone)]
pub struct RawReply {
    /// The three digits; `None` when the connection ended without a reply.
    pub status: Option<u16>,
    /// Everything that came, head and body.
    pub text: String,
}

impl RawReply {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        let head = self.text.split("\r\n\r\n").next()?;
        head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }

    /// What follows the head.
    pub fn body(&self) -> &str {
        self.text.split_once("\r\n\r\n").map_or("", |(_, body)| body)
    }
}

impl RawConnection {
    /// Connects.
    pub fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("somebody listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time limit");
        stream.set_nodelay(true).expect("no delay");
        Self(stream)
    }

    /// Sends bytes; says whether the other side still took them.
    pub fn send(&mut self, bytes: &[u8]) -> bool {
        self.0.write_all(bytes).is_ok()
    }

    /// Says that nothing more comes.
    pub fn end_sending(&self) {
        // The other side may have hung up first.
        let _ = self.0.shutdown(Shutdown::Write);
    }

    /// Reads until the other side ends the connection.
    pub fn read_to_end(mut self) -> RawReply {
        let mut bytes = Vec::new();
        if let Err(error) = self.0.read_to_end(&mut bytes) {
            let cut = matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe);
            assert!(cut, "the other side neither answers nor hangs up: {error}");
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let status = text.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)?.parse().ok());
        RawReply { status, text }
    }

    /// One request with its reply, on a connection of its own.
    pub fn ask(address: SocketAddr, request_line: &str, headers: &[(&str, &str)], body: &[u8]) -> RawReply {
        let mut connection = Self::open(address);
        let mut head = format!("{request_line} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
        for (name, value) in headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        // Writing to a String does not fail.
        let _ = write!(head, "Content-Length: {}\r\n\r\n", body.len());
        connection.send(head.as_bytes());
        connection.send(body);
        connection.read_to_end()
    }
}
