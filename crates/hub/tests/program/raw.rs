//! HTTP/1.1 by hand, so that the tests decide about every byte and every pause.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// Whoever does not answer within this time fails the test instead of hanging it.
const PATIENCE: Duration = Duration::from_mins(1);

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }
}

/// One connection.
pub(crate) struct Line(BufReader<TcpStream>);

impl Line {
    pub(crate) fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        Self(BufReader::new(stream))
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.0.get_mut().write_all(bytes).unwrap();
    }

    /// Sends what the other side may refuse to take.
    pub(crate) fn try_send(&mut self, bytes: &[u8]) {
        let _ = self.0.get_mut().write_all(bytes);
    }

    pub(crate) fn send_head(&mut self, method: &str, path: &str, headers: &[&str]) {
        let first = format!("{method} {path} HTTP/1.1");
        let lines = [&[first.as_str(), "host: hub"], headers, &["", ""]].concat();
        self.send(lines.join("\r\n").as_bytes());
    }

    /// Reads a head; `None` when the connection ended instead.
    pub(crate) fn head(&mut self) -> Option<Reply> {
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            match self.0.read_line(&mut line) {
                Ok(1..) => {}
                Ok(0) | Err(_) => return None,
            }
            match line.trim_end() {
                "" => break,
                line => lines.push(line.to_owned()),
            }
        }
        let status = lines[0].split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines[1..]
            .iter()
            .map(|line| line.split_once(": ").unwrap())
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        Some(Reply { status, headers, body: Vec::new() })
    }

    /// Reads a head and the body that its length tells, or everything up to the end.
    pub(crate) fn reply(&mut self, method: &str) -> Option<Reply> {
        let mut reply = self.head()?;
        match reply.header("content-length").map(|length| length.parse::<usize>().unwrap()) {
            _ if method == "HEAD" || matches!(reply.status, 204 | 304) => {}
            Some(length) => {
                reply.body.resize(length, 0);
                self.0.read_exact(&mut reply.body).unwrap();
            }
            None => {
                self.0.read_to_end(&mut reply.body).unwrap();
            }
        }
        Some(reply)
    }
}

/// One request on a connection of its own.
pub(crate) fn request(address: SocketAddr, method: &str, path: &str, headers: &[&str], body: &[u8]) -> Reply {
    let mut line = Line::open(address);
    let length = format!("content-length: {}", body.len());
    line.send_head(method, path, &[headers, &["connection: close", &length]].concat());
    line.try_send(body);
    line.reply(method).expect("a reply")
}

pub(crate) fn get(address: SocketAddr, path: &str) -> Reply {
    request(address, "GET", path, &[], b"")
}
