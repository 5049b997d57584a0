//! Where the network itself matters: the same doors on a real socket.

use std::net::SocketAddr;
use std::sync::Arc;

use domain::Role;
use http_kit::request_log::{RequestIds, log_request};
use testkit::samples;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::support::people::{sha256, text};
use crate::support::{Doors, PASSWORD, Person, Upload};

/// The doors on a free port; they close when it is dropped.
struct Served {
    address: SocketAddr,
    _server: JoinSet<std::io::Result<()>>,
}

async fn serve(doors: &Doors) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = http_native::router(Arc::clone(&doors.library))
        .layer(axum::middleware::from_fn_with_state(RequestIds::default(), log_request))
        .into_make_service_with_connect_info::<SocketAddr>();
    let mut server = JoinSet::new();
    server.spawn(async move { axum::serve(listener, app).await });
    Served { address, _server: server }
}

/// Sends bytes as they are; answers everything that comes back until the hub closes.
async fn talk(served: &Served, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    stream.write_all(request).await.unwrap();
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).await.unwrap();
    String::from_utf8_lossy(&reply).into_owned()
}

/// Sends bytes and then nothing more, for ever; comes back when the hub has noticed and closed.
async fn break_off(served: &Served, request: &[u8]) {
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    stream.write_all(request).await.unwrap();
    stream.shutdown().await.unwrap();
    // Whether it says something, or resets the connection, is all the same.
    let _ = stream.read_to_end(&mut Vec::new()).await;
}

fn head(method: &str, path: &str, person: &Person, more: &str) -> Vec<u8> {
    let secret = &person.secret;
    format!("{method} {path} HTTP/1.1\r\nHost: hub\r\nConnection: close\r\nAuthorization: Bearer {secret}\r\n{more}\r\n")
        .into_bytes()
}

async fn doors() -> (Doors, Person, Served) {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    let served = serve(&doors).await;
    (doors, sam, served)
}

#[tokio::test]
async fn a_put_that_stops_short_of_its_length_leaves_nothing() {
    let (doors, sam, served) = doors().await;
    let mut request = head("PUT", "/api/v1/files", &sam, "Content-Length: 1000\r\nAlbumen-Folder: New\r\n");
    request.extend(b"only this");
    break_off(&served, &request).await;
    let files = doors.get(format!("/api/v1/entries/{}/files", sam.root_id)).by(&sam).send().await.json();
    assert_eq!(files["items"], serde_json::json!([]));
    assert_eq!(doors.blobs(), 0);
}

#[tokio::test]
async fn a_patch_that_breaks_off_keeps_what_arrived() {
    let (doors, sam, served) = doors().await;
    let upload = doors.begin(&sam, "a", 1000).await;
    let more = "Tus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\nContent-Length: 1000\r\nContent-Type: application/offset+octet-stream\r\n";
    let mut request = head("PATCH", &upload.path, &sam, more);
    request.extend(b"12345");
    break_off(&served, &request).await;
    // HEAD waits for the writer's turn to end, so this asks after the break.
    assert_eq!(doors.look(&sam, &upload).await.expect(200).header("upload-offset"), "5");
}

#[tokio::test]
async fn chunked_bodies_and_relative_locations_work_as_they_are() {
    let (doors, sam, served) = doors().await;
    let chunk = "Tus-Resumable: 1.0.0\r\nContent-Type: application/offset+octet-stream\r\nTransfer-Encoding: chunked\r\n";
    let mut request = head("POST", "/tus", &sam, &format!("{chunk}Upload-Length: 5\r\n"));
    request.extend(b"3\r\nabc\r\n0\r\n\r\n");
    let reply = talk(&served, &request).await;
    assert!(reply.starts_with("HTTP/1.1 201"), "{reply}");
    let location = reply.lines().find_map(|line| line.strip_prefix("location: ")).unwrap().trim().to_owned();
    let mut request = head("PATCH", &location, &sam, &format!("{chunk}Upload-Offset: 3\r\n"));
    request.extend(b"1\r\nd\r\n1\r\ne\r\n0\r\n\r\n");
    let reply = talk(&served, &request).await;
    assert!(reply.starts_with("HTTP/1.1 204") && reply.contains(&sha256(b"abcde").to_string()), "{reply}");
    assert_eq!(doors.look(&sam, &Upload { path: location }).await.header("upload-offset"), "5");
}

#[tokio::test]
async fn a_refused_head_has_no_body_and_its_length_is_no_lie() {
    let (_doors, sam, served) = doors().await;
    let reply = talk(&served, &head("HEAD", "/tus/nonsense", &sam, "Tus-Resumable: 1.0.0\r\n")).await;
    assert!(reply.starts_with("HTTP/1.1 404") && reply.ends_with("\r\n\r\n"), "{reply}");
    assert!(!reply.to_lowercase().contains("content-length: 0"), "{reply}");
}

#[tokio::test]
async fn a_download_comes_whole_and_a_damaged_one_never_ends_well() {
    let (doors, sam, served) = doors().await;
    let bytes = samples::noise(5, 24 * 1024 * 1024);
    let stored = doors.store(&sam, "noise", &bytes).await;
    let path = format!("/api/v1/entries/{}/content", text(&stored["entry_id"]));
    let blob = doors.blob_path(sha256(&bytes));
    std::fs::set_permissions(&blob, std::os::unix::fs::PermissionsExt::from_mode(0o640)).unwrap();

    let mut stream = TcpStream::connect(served.address).await.unwrap();
    stream.write_all(&head("GET", &path, &sam, "")).await.unwrap();
    let mut first = [0; 1024];
    stream.read_exact(&mut first).await.unwrap();
    let told = String::from_utf8_lossy(&first).into_owned();
    assert!(told.contains(&format!("content-length: {}\r\n", bytes.len())), "{told}");
    std::fs::OpenOptions::new().write(true).open(&blob).unwrap().set_len(20 * 1024 * 1024).unwrap();
    let mut rest = Vec::new();
    // Broken off with or without a reset: both are short of the promised length.
    let _ = stream.read_to_end(&mut rest).await;
    assert!(first.len() + rest.len() < bytes.len(), "{} bytes came", rest.len());
}

#[tokio::test]
async fn limits_on_guessing_see_the_address_of_the_socket() {
    let (_doors, sam, served) = doors().await;
    let login = |name: &str, password: &str| {
        let body = serde_json::json!({"name": name, "password": password}).to_string();
        let more = format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len());
        [head("POST", "/api/v1/login", &sam, &more), body.into_bytes()].concat()
    };
    for number in 0..40 {
        let reply = talk(&served, &login(&format!("name {number}"), "a wrong guess")).await;
        assert!(reply.starts_with("HTTP/1.1 401"), "{reply}");
    }
    let reply = talk(&served, &login("sam", PASSWORD)).await;
    assert!(reply.starts_with("HTTP/1.1 429") && reply.contains("retry-after: "), "{reply}");
}
