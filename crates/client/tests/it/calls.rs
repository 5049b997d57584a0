//! What calls look like on the wire.

use client::{Error, Wanted};
use domain::{AlbumId, AssetId, EntryId, SpaceId};
use futures_util::TryStreamExt as _;
use wire::{AssetQuery, ChangeQuery, PageQuery};

use crate::stub::{Act, Stub, json, reply};

const SPACE: SpaceId = SpaceId::from_bytes([2; 16]);

fn empty_page() -> Act {
    json(&serde_json::json!({"items": [], "next": "later"}))
}

#[tokio::test]
async fn a_call_says_who_is_calling() {
    let stub = Stub::play(vec![empty_page()]);
    let page = stub.client().devices(&PageQuery::default()).await.unwrap();
    assert_eq!(page.next.as_deref(), Some("later"));
    let request = stub.request();
    assert_eq!(request.line(), "GET /base/api/v1/devices HTTP/1.1");
    assert_eq!(request.header("authorization"), Some("Bearer a-token"));
    assert_eq!(request.header("user-agent"), Some(concat!("albumen/", env!("CARGO_PKG_VERSION"))));
    assert_eq!(request.header("accept"), Some("application/json"));
}

#[tokio::test]
async fn questions_are_written_into_the_address() {
    let album = AlbumId::from_bytes([3; 16]);
    let changes = serde_json::json!({
        "hub_id": SPACE, "changes": [], "next_after": 7, "newest": 9, "more": false,
    });
    let stub = Stub::play(vec![empty_page(), empty_page(), empty_page(), json(&changes), empty_page()]);
    let client = stub.client();
    let page = PageQuery { after: Some("a+b &c".into()), limit: Some(5) };
    client.albums(Some(SPACE), &page).await.unwrap();
    client.album_assets(album, &PageQuery::default()).await.unwrap();
    client.assets(&AssetQuery { space: Some(SPACE), after: None, limit: Some(3) }).await.unwrap();
    let wanted = ChangeQuery { after: Some(5), content_only: Some(true), limit: None };
    assert_eq!(client.changes(&wanted).await.unwrap().next_after, 7);
    client.look_up(SPACE, "Album Backup/Größe & more").await.unwrap_err();
    let lines: Vec<String> = stub.requests().iter().map(|request| request.line().to_owned()).collect();
    assert_eq!(
        lines,
        [
            format!("GET /base/api/v1/albums?space={SPACE}&after=a%2Bb+%26c&limit=5 HTTP/1.1"),
            format!("GET /base/api/v1/albums/{album}/assets HTTP/1.1"),
            format!("GET /base/api/v1/assets?space={SPACE}&limit=3 HTTP/1.1"),
            "GET /base/api/v1/changes?after=5&content_only=true HTTP/1.1".to_owned(),
            format!(
                "GET /base/api/v1/spaces/{SPACE}/lookup?path=Album+Backup%2FGr%C3%B6%C3%9Fe+%26+more HTTP/1.1"
            ),
        ]
    );
}

#[tokio::test]
async fn one_connection_serves_many_calls() {
    // Were a second connection opened, it would find the end of the script and fail.
    let body = r#"{"items":[]}"#;
    let open = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    let stub = Stub::play(vec![Act::Serve(vec![open; 3])]);
    let client = stub.client();
    for _ in 0..2 {
        client.users(&PageQuery::default()).await.unwrap();
    }
    client.log_out().await.unwrap();
    assert_eq!(stub.requests().len(), 3);
}

#[tokio::test]
async fn a_download_is_the_bytes_and_their_place() {
    let part = reply("206 Partial Content", "Content-Range: bytes 6-10/11\r\nETag: \"abc\"\r\n", "world");
    let whole = reply("200 OK", "Content-Type: image/jpeg\r\n", "hello world");
    let other = reply("206 Partial Content", "Content-Range: bytes 8-10/11\r\n", "rld");
    let stub = Stub::play(vec![Act::Reply(part), Act::Reply(whole), Act::Reply(other)]);
    let entry = EntryId::from_bytes([4; 16]);

    let download = stub.client().download(Wanted::Entry(entry), 6).await.unwrap();
    assert_eq!((download.starts_at_bytes, download.size_bytes), (6, 11));
    assert_eq!(download.etag.as_deref(), Some("\"abc\""));
    let pieces: Vec<_> = download.into_stream().try_collect().await.unwrap();
    assert_eq!(pieces.concat(), b"world");

    let asset = Wanted::Asset(AssetId::from_bytes([5; 16]));
    let download = stub.client().download(asset, 6).await.unwrap();
    assert_eq!((download.starts_at_bytes, download.size_bytes), (0, 11), "the whole file after all");
    assert_eq!(download.content_type.as_deref(), Some("image/jpeg"));

    let error = stub.client().download(asset, 6).await.unwrap_err();
    assert!(matches!(error, Error::Unexpected { .. }), "a gap would be a damaged file: {error}");
    assert_eq!(stub.requests()[0].header("range"), Some("bytes=6-"));
}
