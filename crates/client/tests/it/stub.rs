//! A server that plays a script, one reply per connection, and remembers what it was asked.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

/// What the stub does with one connection.
pub(crate) enum Act {
    /// Reads the whole request, writes this, closes.
    Reply(String),
    /// Answers several requests on the one connection, then closes.
    Serve(Vec<String>),
    /// Writes this before it reads the body, then leaves the connection open.
    ReplyEarly(String),
    /// Reads the whole request, writes this (perhaps nothing) and then never moves again.
    Freeze(String),
}

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// A header's value, by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        lines.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()
    }

    /// The request's first line.
    pub(crate) fn line(&self) -> &str {
        self.head.lines().next().unwrap()
    }
}

/// A running script.
pub(crate) struct Stub {
    address: String,
    requests: Arc<Mutex<Vec<Request>>>,
    /// Frozen connections, which stand for as long as the stub does.
    open: Arc<Mutex<Vec<TcpStream>>>,
    player: JoinHandle<()>,
}

impl Stub {
    pub(crate) fn play(script: Vec<Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (requests, open) =
            (Arc::<Mutex<Vec<Request>>>::default(), Arc::<Mutex<Vec<TcpStream>>>::default());
        let kept = (Arc::clone(&requests), Arc::clone(&open));
        let player = thread::spawn(move || {
            for act in script {
                let (mut stream, _) = listener.accept().unwrap();
                let _ = perform(act, &mut stream, &requests, &open);
            }
        });
        Self { address, requests: kept.0, open: kept.1, player }
    }

    /// Waits until the script is at its end, and gives what must live on: frozen connections stay frozen.
    pub(crate) fn played(self) -> impl Sized {
        self.player.join().unwrap();
        self.open
    }

    /// Where it listens, such as `http://127.0.0.1:40123`.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// What was asked so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// The only request.
    pub(crate) fn request(&self) -> Request {
        let requests = self.requests();
        assert_eq!(requests.len(), 1, "{requests:?}");
        requests[0].clone()
    }
}

/// A whole reply; the connection is closed after it.
pub(crate) fn reply(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}")
}

/// A JSON reply.
pub(crate) fn json(body: &serde_json::Value) -> Act {
    Act::Reply(reply("200 OK", "Content-Type: application/json\r\n", &body.to_string()))
}

/// `None` when the client left in the middle of its own request, which is one of the tests.
fn perform(
    act: Act,
    stream: &mut TcpStream,
    requests: &Mutex<Vec<Request>>,
    open: &Mutex<Vec<TcpStream>>,
) -> Option<()> {
    let replies = match act {
        Act::ReplyEarly(text) => {
            requests.lock().unwrap().push(read_head(stream).0);
            open.lock().unwrap().push(stream.try_clone().unwrap());
            stream.write_all(text.as_bytes()).unwrap();
            return Some(());
        }
        Act::Freeze(text) => {
            open.lock().unwrap().push(stream.try_clone().unwrap());
            vec![text]
        }
        Act::Reply(text) => vec![text],
        Act::Serve(texts) => texts,
    };
    for text in replies {
        let request = read_request(stream)?;
        requests.lock().unwrap().push(request);
        stream.write_all(text.as_bytes()).unwrap();
    }
    Some(())
}

fn read_head(stream: &mut TcpStream) -> (Request, Vec<u8>) {
    let (mut seen, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        if let Some(at) = seen.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8(seen[..at].to_vec()).unwrap();
            return (Request { head, body: Vec::new() }, seen[at + 4..].to_vec());
        }
        let count = stream.read(&mut piece).unwrap();
        assert_ne!(count, 0, "the client left in the middle of the head");
        seen.extend_from_slice(&piece[..count]);
    }
}

fn read_request(stream: &mut TcpStream) -> Option<Request> {
    let (mut request, mut body) = read_head(stream);
    assert!(request.header("transfer-encoding").is_none(), "bodies have a length: {}", request.head);
    let length: usize = request.header("content-length").map_or(0, |text| text.parse().unwrap());
    let came = body.len();
    body.resize(length, 0);
    stream.read_exact(&mut body[came..]).ok()?;
    request.body = body;
    Some(request)
}
