//! The hub leaves when it is asked to, and loses nothing that it has acknowledged.

use testkit::{HubProcess, samples};

use crate::bench::{Bench, log_in};
use crate::raw::{Line, Reply, get, request};

const LENGTH: usize = 1_000_000;

/// An upload by tus.
struct Upload {
    path: String,
    authorization: String,
}

impl Upload {
    fn begin(hub: &HubProcess, token: &str) -> Self {
        let authorization = format!("authorization: Bearer {token}");
        // "film.mp4" in base64, as tus wants it.
        let headers = [
            &authorization,
            "tus-resumable: 1.0.0",
            &format!("upload-length: {LENGTH}"),
            "upload-metadata: filename ZmlsbS5tcDQ=",
        ];
        let reply = request(hub.address(), "POST", "/tus", &headers, b"");
        assert_eq!(reply.status, 201, "{}", reply.text());
        let location = reply.header("location").unwrap();
        let path = location.split_once("/tus/").map(|(_, id)| format!("/tus/{id}")).unwrap();
        Self { path, authorization }
    }

    fn append_headers(&self, offset: usize) -> [String; 4] {
        [
            self.authorization.clone(),
            "tus-resumable: 1.0.0".to_owned(),
            "content-type: application/offset+octet-stream".to_owned(),
            format!("upload-offset: {offset}"),
        ]
    }

    fn append(&self, hub: &HubProcess, offset: usize, bytes: &[u8]) -> Reply {
        let headers = self.append_headers(offset);
        request(hub.address(), "PATCH", &self.path, &headers.each_ref().map(String::as_str), bytes)
    }

    /// Begins to append and waits until the hub reads the body.
    fn append_slowly(&self, hub: &HubProcess, offset: usize, bytes: &[u8]) -> Line {
        let mut headers = self.append_headers(offset).to_vec();
        headers.push(format!("content-length: {}", LENGTH - offset));
        headers.push("expect: 100-continue".to_owned());
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        let mut line = Line::open(hub.address());
        line.send_head("PATCH", &self.path, &headers);
        assert_eq!(line.head().unwrap().status, 100);
        line.send(bytes);
        line
    }

    fn offset(&self, hub: &HubProcess) -> usize {
        let headers = [self.authorization.as_str(), "tus-resumable: 1.0.0"];
        let reply = request(hub.address(), "HEAD", &self.path, &headers, b"");
        assert_eq!(reply.status, 200);
        reply.header("upload-offset").unwrap().parse().unwrap()
    }
}

#[test]
fn a_stop_in_the_middle_of_a_slow_upload_keeps_what_was_acknowledged() {
    let bench = Bench::with_owner();
    let mut hub = bench.start();
    let token = log_in(&hub);
    let bytes = samples::noise(7, LENGTH);
    let upload = Upload::begin(&hub, &token);
    let reply = upload.append(&hub, 0, &bytes[..200_000]);
    assert_eq!((reply.status, reply.header("upload-offset")), (204, Some("200000")), "{}", reply.text());

    let mut slow = upload.append_slowly(&hub, 200_000, &bytes[200_000..500_000]);
    hub.ask_to_leave();
    // Whoever is in the middle of something is told to come back, or cut off.
    if let Some(reply) = slow.reply("PATCH") {
        assert_eq!(reply.status, 503, "{}", reply.text());
    }
    let (status, said) = hub.wait_and_listen();
    assert!(status.success(), "{said}");
    assert!(!said.contains("dropping the rest"), "it ends by itself, without force:\n{said}");

    hub.restart();
    let offset = upload.offset(&hub);
    assert!((200_000..=500_000).contains(&offset), "{offset}");
    let reply = upload.append(&hub, offset, &bytes[offset..]);
    assert_eq!(reply.status, 204, "{}", reply.text());
    let name = reply.header("albumen-sha256").unwrap();
    assert_eq!(bench.only_blob().file_name().unwrap().to_str(), Some(name));
    assert!(hub.terminate().success());
    assert_eq!(bench.run(&["verify"]).status.code(), Some(0));
}

#[test]
fn idle_connections_do_not_hold_it_up() {
    let bench = Bench::with_owner();
    let mut hub = bench.start();
    let _silent = Line::open(hub.address());
    let mut idle = Line::open(hub.address());
    idle.send_head("GET", "/healthz", &[]);
    assert_eq!(idle.reply("GET").unwrap().status, 200);
    hub.ask_to_leave();
    // The silent one was never asked anything; the idle one is between two requests. Both end.
    assert!(idle.head().is_none());
    let (status, said) = hub.wait_and_listen();
    assert!(status.success() && !said.contains("dropping the rest"), "{said}");
}

#[test]
fn it_starts_again_after_a_power_cut() {
    let bench = Bench::with_owner();
    let mut hub = bench.start();
    let token = log_in(&hub);
    let upload = Upload::begin(&hub, &token);
    let bytes = samples::noise(8, LENGTH);
    assert_eq!(upload.append(&hub, 0, &bytes[..300_000]).status, 204);
    hub.kill();
    hub.restart();
    assert_eq!(get(hub.address(), "/readyz").status, 200);
    assert_eq!(upload.offset(&hub), 300_000);
}
