//! Requests that no well-behaved client makes.

use albumen_tests::{Engine, Hub, RawConnection, RawReply, engines, until};
use domain::TwinHasher;
use testkit::samples;

/// What tus wants in every request, and who is calling.
fn tus<'a>(bearer: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [&[("Authorization", bearer), ("Tus-Resumable", "1.0.0")], more].concat()
}

fn bearer(hub: &Hub) -> String {
    format!("Bearer {}", hub.owner().token())
}

/// Begins an upload and says where it goes on.
fn begin(hub: &Hub, length: &str, metadata: &str) -> RawReply {
    let bearer = bearer(hub);
    let headers = tus(&bearer, &[("Upload-Length", length), ("Upload-Metadata", metadata)]);
    RawConnection::ask(hub.process.address(), "POST /tus", &headers, b"")
}

fn append(hub: &Hub, location: &str, offset: &str, body: &[u8]) -> RawReply {
    let bearer = bearer(hub);
    let kind = ("Content-Type", "application/offset+octet-stream");
    let headers = tus(&bearer, &[("Upload-Offset", offset), kind]);
    RawConnection::ask(hub.process.address(), &format!("PATCH {location}"), &headers, body)
}

fn offset_of(hub: &Hub, location: &str) -> String {
    let bearer = bearer(hub);
    let reply =
        RawConnection::ask(hub.process.address(), &format!("HEAD {location}"), &tus(&bearer, &[]), b"");
    reply.header("Upload-Offset").unwrap_or_else(|| panic!("{reply:?}")).to_owned()
}

/// The path of an upload's address.
fn location(reply: &RawReply) -> String {
    let location = reply.header("Location").unwrap_or_else(|| panic!("no upload began: {reply:?}"));
    let start = location.find("/tus/").expect("a path");
    location[start..].to_owned()
}

/// The hub still does what it is for.
fn assert_unhurt(hub: &Hub) {
    let stored = begin(hub, "5", "filename YS5qcGc=");
    let reply = append(hub, &location(&stored), "0", b"hello");
    assert_eq!(reply.status, Some(204), "{reply:?}");
    assert!(reply.header("Albumen-Entry").is_some(), "{reply:?}");
    let _ = hub.verify();
}

#[test]
fn a_huge_header_is_refused() {
    let hub = Hub::start(Engine::Sqlite);
    let huge = "x".repeat(1_000_000);
    let reply = RawConnection::ask(hub.process.address(), "GET /api/v1/me", &[("X-Huge", &huge)], b"");
    assert!(matches!(reply.status, Some(431 | 400) | None), "{:?}", reply.status);
    let reply = RawConnection::ask(hub.process.address(), &format!("GET /{huge}"), &[], b"");
    assert!(matches!(reply.status, Some(431 | 414 | 400) | None), "{:?}", reply.status);
    assert_unhurt(&hub);
}

#[test]
fn slow_and_silent_connections_keep_nobody_out() {
    let hub = Hub::start(Engine::Sqlite);
    let mut slow: Vec<_> = (0..100).map(|_| RawConnection::open(hub.process.address())).collect();
    for connection in &mut slow {
        assert!(connection.send(b"GET /api/v1/me HTTP/1.1\r\nHost: h"));
    }
    assert_unhurt(&hub);
    for connection in &mut slow {
        connection.send(b"u");
    }
    assert_unhurt(&hub);
}

#[test]
fn a_body_that_ends_early_is_kept_by_tus_and_forgotten_by_put() {
    for engine in engines() {
        let hub = Hub::start(engine);
        let bearer = bearer(&hub);
        let put = format!(
            "PUT /api/v1/files HTTP/1.1\r\nHost: h\r\nAuthorization: {bearer}\r\nAlbumen-Filename: a.jpg\r\n\
             Content-Type: application/octet-stream\r\nContent-Length: 1000\r\n\r\nonly this"
        );
        let mut connection = RawConnection::open(hub.process.address());
        connection.send(put.as_bytes());
        connection.end_sending();
        let reply = connection.read_to_end();
        assert!(reply.status.is_none_or(|status| status >= 400), "{reply:?}");
        assert_eq!((hub.owner().files().len(), hub.blob_count()), (0, 0), "nothing half is shown");

        let upload = location(&begin(&hub, "1000", "filename YS5qcGc="));
        let patch = format!(
            "PATCH {upload} HTTP/1.1\r\nHost: h\r\nAuthorization: {bearer}\r\nTus-Resumable: 1.0.0\r\n\
             Upload-Offset: 0\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: 1000\r\n\r\nfirst bytes"
        );
        let mut connection = RawConnection::open(hub.process.address());
        connection.send(patch.as_bytes());
        connection.end_sending();
        let _ = connection.read_to_end();
        assert_eq!(offset_of(&hub, &upload), "11", "what arrived is kept");
        assert_unhurt(&hub);
    }
}

#[test]
fn wrong_offsets_and_second_writers_change_nothing() {
    for engine in engines() {
        let hub = Hub::start(engine);
        let upload = location(&begin(&hub, "10", "filename YS5qcGc="));
        let reply = append(&hub, &upload, "3", b"abc");
        assert_eq!((reply.status, reply.header("Upload-Offset")), (Some(409), Some("0")), "{reply:?}");
        let too_much = append(&hub, &upload, "0", b"more than ten bytes");
        assert!(too_much.status.is_some_and(|status| (400..500).contains(&status)), "{too_much:?}");

        newest_writer_wins(&hub);
        assert_eq!(hub.owner().files().len(), 1);
        assert_unhurt(&hub);
    }
}

/// One writer is in the middle of its request; a second one comes. The newest wins, because the first
/// may be a dead connection of the same device; but it has to go on where the first was.
fn newest_writer_wins(hub: &Hub) {
    let content = samples::noise(1, 3_000_000);
    let upload = location(&begin(hub, &content.len().to_string(), "filename Yi5qcGc="));
    let bearer = bearer(hub);
    let head = format!(
        "PATCH {upload} HTTP/1.1\r\nHost: h\r\nAuthorization: {bearer}\r\nTus-Resumable: 1.0.0\r\nConnection: close\r\n\
         Upload-Offset: 0\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: {}\r\n\r\n",
        content.len()
    );
    let mut first = RawConnection::open(hub.process.address());
    assert!(first.send(head.as_bytes()) && first.send(&content[..2_000_000]));
    until("the first bytes on the hub", || hub.staged_bytes() > 0);

    let second = append(hub, &upload, "0", &content);
    assert!(matches!(second.status, Some(409 | 423)), "{second:?}");
    let offset = offset_of(hub, &upload);
    first.send(&[b'X'; 1000]);
    let told = first.read_to_end();
    assert!(told.status.is_none_or(|status| status == 423), "{told:?}");
    let rest = &content[offset.parse::<usize>().expect("a number")..];
    let last = append(hub, &upload, &offset, rest);
    assert_eq!(last.status, Some(204), "{last:?}");
    let file = hub.owner().files().into_values().next().expect("a file");
    let expected = TwinHasher::of(&content);
    assert_eq!(hub.owner().hash(file.entry.id), expected, "no byte of the first came in between");
}

#[test]
fn names_that_climb_out_of_their_folder_do_not() {
    // ../../etc/passwd, /etc/passwd, ..
    for name in ["Li4vLi4vZXRjL3Bhc3N3ZA==", "L2V0Yy9wYXNzd2Q=", "Li4="] {
        let hub = Hub::start(Engine::Sqlite);
        let data = hub.process.data_dir().to_owned();
        for metadata in [format!("filename {name}"), format!("filename YS5qcGc=,folder {name}")] {
            let begun = begin(&hub, "5", &metadata);
            if begun.status == Some(201) {
                let _ = append(&hub, &location(&begun), "0", b"hello");
            } else {
                assert_eq!(begun.status, Some(400), "{begun:?}");
            }
        }
        for path in hub.owner().files().keys() {
            let climbs = path.split('/').any(|part| part == ".." || part.is_empty());
            assert!(!climbs, "{path}");
        }
        let beside: Vec<_> = std::fs::read_dir(data.parent().unwrap()).unwrap().flatten().collect();
        assert_eq!(beside.len(), 1, "nothing lies beside the hub's folder: {beside:?}");
        assert_unhurt(&hub);
    }
}

#[test]
fn a_token_that_nobody_gave_opens_nothing() {
    let hub = Hub::start(Engine::Sqlite);
    for authorization in ["Bearer nonsense", "Bearer ", "Basic YTpi", ""] {
        for request in ["GET /api/v1/me", "POST /tus", "PUT /api/v1/files", "GET /api/v1/spaces"] {
            let headers =
                [("Authorization", authorization), ("Tus-Resumable", "1.0.0"), ("Upload-Length", "1")];
            let reply = RawConnection::ask(hub.process.address(), request, &headers, b"");
            assert_eq!(reply.status, Some(401), "{request} {authorization}: {reply:?}");
        }
    }
    assert_unhurt(&hub);
}
