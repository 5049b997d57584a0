//! Against a server that plays a script: what is asked, and what is made of the answers.

#[expect(dead_code, reason = "the client's tests use all of it")]
#[path = "../../../client/tests/it/stub.rs"]
mod stub;

use client::Patience;
use domain::{SpaceId, TwinHasher};
use serde_json::{Value, json};

use self::stub::{Act, Stub, reply};
use super::*;

const SPACE: SpaceId = SpaceId::from_bytes([2; 16]);
const FOLDER: EntryId = EntryId::from_bytes([3; 16]);
const FILE: EntryId = EntryId::from_bytes([4; 16]);

fn client_of(stub: &Stub) -> HubClient {
    HubClient::new(stub.address().parse().unwrap(), Patience::default()).unwrap()
}

fn laptop() -> Name {
    Name::new("Anna\u{2019}s laptop").unwrap()
}

fn lines(stub: &Stub) -> Vec<String> {
    stub.requests().iter().map(|request| request.line().to_owned()).collect()
}

fn space(kind: &str) -> Value {
    json!({"id": SPACE, "kind": kind, "name": "Anna", "role": "owner", "root_id": FOLDER})
}

fn entry(id: EntryId, kind: &str, name: &str) -> Value {
    json!({
        "id": id, "space_id": SPACE, "parent_id": null, "kind": kind, "name": name,
        "created_at_ms": 0, "folder": "Trips",
    })
}

fn problem(status: &str, code: &str, detail: &str) -> Act {
    let number: u16 = status.split(' ').next().unwrap().parse().unwrap();
    let body = json!({
        "status": number, "code": code, "title": "no", "detail": detail, "retryable": false,
    });
    Act::Reply(reply(status, "Content-Type: application/problem+json\r\n", &body.to_string()))
}

async fn collect(
    pieces: Result<BoxStream<'static, Result<Bytes, HubError>>, HubError>,
) -> Result<Vec<u8>, HubError> {
    let mut pieces = pieces?;
    let mut bytes = Vec::new();
    while let Some(piece) = pieces.next().await {
        bytes.extend_from_slice(&piece?);
    }
    Ok(bytes)
}

#[tokio::test]
async fn a_devices_files_are_below_its_folder_in_its_owners_space() {
    let mut file = entry(FILE, "file", "a.jpg");
    let hashes = TwinHasher::of(b"abc");
    file["sha256"] = json!(hashes.sha256);
    file["size_bytes"] = json!(3);
    let stub = Stub::play(vec![
        stub::json(&json!({"items": [space("group"), space("my")]})),
        stub::json(&entry(FOLDER, "folder", "Anna\u{2019}s laptop")),
        stub::json(&json!({"items": [file], "next": "more"})),
        stub::json(&json!({"items": []})),
    ]);
    let archive = RemoteArchive::of_device(client_of(&stub), &laptop()).await.unwrap();
    let first = archive.files(None).await.unwrap();
    assert_eq!((first.items.len(), first.next.as_deref()), (1, Some("more")));
    assert_eq!(
        (first.items[0].entry.sha256, first.items[0].folder.to_string()),
        (Some(hashes.sha256), "Trips".to_owned())
    );
    assert_eq!(archive.files(first.next).await.unwrap().next, None);
    assert_eq!(
        lines(&stub),
        [
            "GET /api/v1/spaces HTTP/1.1".to_owned(),
            format!("GET /api/v1/spaces/{SPACE}/lookup?path=Album+Backup%2FAnna%E2%80%99s+laptop HTTP/1.1"),
            format!("GET /api/v1/entries/{FOLDER}/files?limit=1000 HTTP/1.1"),
            format!("GET /api/v1/entries/{FOLDER}/files?after=more&limit=1000 HTTP/1.1"),
        ]
    );
    assert_eq!(format!("{archive:?}"), format!("RemoteArchive({}, {FOLDER})", client_of(&stub).address()));
}

#[tokio::test]
async fn a_device_without_a_folder_is_told_apart_from_a_hub_that_does_not_answer() {
    let stub = Stub::play(vec![
        stub::json(&json!({"items": [space("my")]})),
        problem("404 Not Found", "not-found", "there is no such folder"),
    ]);
    let error = RemoteArchive::of_device(client_of(&stub), &laptop()).await.unwrap_err();
    assert_eq!(error, HubError::Refused("there is no such folder".into()));

    let stub = Stub::play(vec![stub::json(&json!({"items": [space("group")]}))]);
    let error = RemoteArchive::of_device(client_of(&stub), &laptop()).await.unwrap_err();
    assert!(matches!(&error, HubError::Refused(words) if words.contains("no Space of its own")), "{error}");

    let stub = Stub::play(vec![]);
    let client = client_of(&stub);
    let _nobody = stub.played();
    let error = RemoteArchive::of_device(client, &laptop()).await.unwrap_err();
    assert!(matches!(error, HubError::Away { .. }) && error.is_retryable(), "{error}");
}

#[tokio::test]
async fn a_read_goes_on_where_it_is_asked_to() {
    let stub = Stub::play(vec![
        Act::Reply(reply("206 Partial Content", "Content-Range: bytes 4-9/10\r\n", "456789")),
        Act::Reply(reply("200 OK", "", "0123456789")),
    ]);
    let archive = RemoteArchive::below(client_of(&stub), FOLDER);
    assert_eq!(collect(archive.read(FILE, 4).await).await.unwrap(), b"456789");
    assert_eq!(collect(archive.read(FILE, 0).await).await.unwrap(), b"0123456789");
    let requests = stub.requests();
    assert_eq!(requests[0].line(), format!("GET /api/v1/entries/{FILE}/content HTTP/1.1"));
    assert_eq!((requests[0].header("range"), requests[1].header("range")), (Some("bytes=4-"), None));
}

#[tokio::test]
async fn what_a_server_in_between_sends_too_much_of_is_dropped() {
    let stub = Stub::play(vec![
        Act::Reply(reply("200 OK", "", "0123456789")),
        Act::Reply(reply("206 Partial Content", "Content-Range: bytes 2-9/10\r\n", "23456789")),
        Act::Reply(reply("200 OK", "", "0123456789")),
    ]);
    let archive = RemoteArchive::below(client_of(&stub), FOLDER);
    assert_eq!(collect(archive.read(FILE, 4).await).await.unwrap(), b"456789");
    assert_eq!(collect(archive.read(FILE, 4).await).await.unwrap(), b"456789");
    assert_eq!(collect(archive.read(FILE, 10).await).await.unwrap(), b"");
}

#[tokio::test]
async fn a_download_that_is_cut_is_an_error_after_what_had_come() {
    let cut = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123".to_owned();
    let stub = Stub::play(vec![Act::Reply(cut), problem("401 Unauthorized", "sign-in-again", "who are you")]);
    let archive = RemoteArchive::below(client_of(&stub), FOLDER);
    let pieces: Vec<_> = archive.read(FILE, 0).await.unwrap().collect().await;
    let (last, before) = pieces.split_last().unwrap();
    let came: Vec<u8> = before.iter().flat_map(|piece| piece.as_ref().unwrap().to_vec()).collect();
    assert_eq!(came, b"0123");
    assert!(last.as_ref().unwrap_err().is_retryable(), "{last:?}");
    assert_eq!(collect(archive.read(FILE, 0).await).await.unwrap_err(), HubError::Revoked);
}
