//! tus and one-shot uploads on the wire.

use std::io;

use bytes::Bytes;
use client::{Declaration, Error, Pieces};
use domain::{EntryId, Name, TwinHasher, UploadId};
use futures_util::{StreamExt as _, stream};
use wire::ProblemCode;

use crate::stub::{Act, Stub, reply};

const UPLOAD: UploadId = UploadId::from_bytes([6; 16]);

fn picture() -> Declaration {
    Declaration {
        sha256: Some(TwinHasher::of(b"hello").sha256),
        album: Some("Trips".into()),
        ..Declaration::named(Name::new("Grüße.jpg").unwrap())
    }
}

fn pieces(texts: &'static [&'static str]) -> Pieces {
    stream::iter(texts.iter().map(|text| Ok(Bytes::from_static(text.as_bytes())))).boxed()
}

fn stored_headers() -> String {
    let entry = EntryId::from_bytes([7; 16]);
    let sum = TwinHasher::of(b"hello").sha256;
    format!(
        "Albumen-Entry: {entry}\r\nAlbumen-Sha256: {sum}\r\nAlbumen-Name: Gr%C3%BC%C3%9Fe%20(2).jpg\r\n\
         Albumen-Already-Held: true\r\n"
    )
}

#[tokio::test]
async fn an_upload_begins_with_its_length_and_its_labels() {
    let location = format!("Location: /base/tus/{UPLOAD}\r\n");
    let stub = Stub::play(vec![Act::Reply(reply("201 Created", &location, ""))]);
    let begun = stub.client().begin_upload(&picture(), 5).await.unwrap();
    assert_eq!((begun.id, begun.offset_bytes, begun.stored), (UPLOAD, 0, None));
    let request = stub.request();
    assert_eq!(request.line(), "POST /base/tus HTTP/1.1");
    assert_eq!(request.header("tus-resumable"), Some("1.0.0"));
    assert_eq!(request.header("upload-length"), Some("5"));
    assert!(request.header("upload-metadata").unwrap().starts_with("filename R3LDvMOfZS5qcGc=,sha256 "));
    assert!(request.body.is_empty());
}

#[tokio::test]
async fn a_small_file_goes_up_in_one_request() {
    let headers =
        format!("Location: http://other/name/tus/{UPLOAD}\r\nUpload-Offset: 5\r\n{}", stored_headers());
    let stub = Stub::play(vec![Act::Reply(reply("201 Created", &headers, ""))]);
    let begun = stub.client().begin_upload_with(&picture(), 5, pieces(&["he", "llo"])).await.unwrap();
    let stored = begun.stored.unwrap();
    assert_eq!((begun.id, begun.offset_bytes), (UPLOAD, 5));
    assert_eq!((stored.name.as_str(), stored.already_held), ("Grüße (2).jpg", true));
    assert_eq!(stored.sha256, TwinHasher::of(b"hello").sha256);
    let request = stub.request();
    assert_eq!(request.header("content-type"), Some("application/offset+octet-stream"));
    assert_eq!(request.header("content-length"), Some("5"));
    assert_eq!(request.body, b"hello");
}

#[tokio::test]
async fn an_upload_goes_on_where_it_stopped() {
    let state = "HTTP/1.1 200 OK\r\nConnection: close\r\nUpload-Offset: 2\r\nUpload-Length: 5\r\n\r\n";
    let done = reply("204 No Content", &format!("Upload-Offset: 5\r\n{}", stored_headers()), "");
    let stub = Stub::play(vec![Act::Reply(state.into()), Act::Reply(done)]);
    let client = stub.client();
    let state = client.upload_state(UPLOAD).await.unwrap();
    assert_eq!((state.offset_bytes, state.length_bytes, state.stored), (2, 5, None));
    let appended = client.append(UPLOAD, state.offset_bytes, pieces(&["l", "lo"]), 3).await.unwrap();
    assert_eq!(appended.offset_bytes, 5);
    assert!(appended.stored.is_some());
    let requests = stub.requests();
    assert_eq!(requests[0].line(), format!("HEAD /base/tus/{UPLOAD} HTTP/1.1"));
    assert_eq!(requests[1].line(), format!("PATCH /base/tus/{UPLOAD} HTTP/1.1"));
    assert_eq!(requests[1].header("upload-offset"), Some("2"));
    assert_eq!(requests[1].body, b"llo");
}

#[tokio::test]
async fn a_wrong_offset_names_the_right_one() {
    let stub = Stub::play(vec![Act::Reply(reply("409 Conflict", "Upload-Offset: 3\r\n", ""))]);
    let error = stub.client().append(UPLOAD, 0, pieces(&["hello"]), 5).await.unwrap_err();
    assert!(matches!(error, Error::OffsetMismatch { offset_bytes: 3 }), "{error}");
}

#[tokio::test]
async fn an_upload_that_is_gone_is_told_apart_without_a_body() {
    let gone = "HTTP/1.1 410 Gone\r\nConnection: close\r\n\r\n";
    let stub = Stub::play(vec![Act::Reply(gone.into())]);
    let error = stub.client().upload_state(UPLOAD).await.unwrap_err();
    assert_eq!((error.code(), error.is_retryable()), (Some(ProblemCode::UploadGone), false));
}

#[tokio::test]
async fn a_refusal_is_heard_before_the_last_byte_is_sent() {
    let full = r#"{"status":507,"code":"storage-full","title":"Full","detail":"The disk is full.","retryable":true}"#;
    let stub = Stub::play(vec![Act::ReplyEarly(reply("507 Insufficient Storage", "", full))]);
    let endless = stream::iter([Ok(Bytes::from_static(b"he"))]).chain(stream::pending()).boxed();
    let error = stub.client().append(UPLOAD, 0, endless, 1 << 40).await.unwrap_err();
    assert_eq!(error.code(), Some(ProblemCode::StorageFull), "{error}");
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_not_the_hubs_fault() {
    let stub = Stub::play(vec![Act::Reply(String::new()), Act::Reply(String::new())]);
    let broken =
        stream::iter([Ok(Bytes::from_static(b"he")), Err(io::Error::other("the card was pulled"))]).boxed();
    let error = stub.client().append(UPLOAD, 0, broken, 5).await.unwrap_err();
    assert!(matches!(&error, Error::Body(_)) && !error.is_retryable(), "{error}");
    assert!(error.to_string().contains("the card was pulled"), "{error}");
    let error = stub.client().put_file(&picture(), 5, pieces(&["hell"])).await.unwrap_err();
    assert!(matches!(error, Error::Body(_)), "shorter than announced: {error}");
}

#[tokio::test]
async fn an_upload_that_hangs_is_given_up() {
    let stub = Stub::play(vec![Act::Freeze(String::new())]);
    let error = stub.hasty_client().append(UPLOAD, 0, pieces(&["hello"]), 5).await.unwrap_err();
    assert!(matches!(error, Error::Stalled { .. }), "{error}");
}

#[tokio::test]
async fn one_put_says_the_same_in_headers() {
    let stub = Stub::play(vec![Act::Reply(reply("201 Created", &stored_headers(), "{}"))]);
    let stored = stub.client().put_file(&picture(), 5, pieces(&["hello"])).await.unwrap();
    assert_eq!(stored.entry_id, EntryId::from_bytes([7; 16]));
    let request = stub.request();
    assert_eq!(request.line(), "PUT /base/api/v1/files HTTP/1.1");
    assert_eq!(request.header("albumen-filename"), Some("Gr%C3%BC%C3%9Fe.jpg"));
    assert_eq!(request.header("albumen-album"), Some("Trips"));
    assert_eq!(request.body, b"hello");
}

#[tokio::test]
async fn a_success_without_a_receipt_is_not_believed() {
    let half = "Albumen-Entry: 0\r\n";
    let stub = Stub::play(vec![Act::Reply(reply("200 OK", "", "")), Act::Reply(reply("200 OK", half, ""))]);
    for _ in 0..2 {
        let error = stub.client().put_file(&picture(), 5, pieces(&["hello"])).await.unwrap_err();
        assert!(matches!(error, Error::Unexpected { .. }), "{error}");
    }
}
