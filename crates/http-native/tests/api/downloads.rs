//! Getting bytes back: whole, in part, on conditions, and never run by a browser.

use axum::body::BodyDataStream;
use domain::Role;
use futures_util::TryStreamExt as _;
use std::fs::OpenOptions;
use testkit::samples;
use wire::ProblemCode;

use crate::support::people::{sha256, text};
use crate::support::{Doors, Person, Reply};

const TEN: &[u8] = b"0123456789";

/// A stored file and the address of its content.
async fn kept(name: &str, bytes: &[u8]) -> (Doors, Person, String) {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    let stored = doors.store(&sam, name, bytes).await;
    let path = format!("/api/v1/entries/{}/content", text(&stored["entry_id"]));
    (doors, sam, path)
}

fn tag(bytes: &[u8]) -> String {
    format!("\"{}\"", sha256(bytes))
}

#[tokio::test]
async fn a_file_comes_back_byte_for_byte_with_honest_headers() {
    let bytes = samples::jpeg(1);
    let (doors, sam, path) = kept("not a picture.txt", &bytes).await;
    let entry = doors.get(path.trim_end_matches("/content")).by(&sam).send().await.json();
    let by_asset = format!("/api/v1/assets/{}/content", text(&entry["asset_id"]));
    for path in [path, by_asset] {
        let reply = doors.get(&path).by(&sam).send().await.expect(200);
        assert_eq!(reply.body, bytes);
        assert_eq!(reply.header("content-type"), "image/jpeg", "by its bytes, not by its name");
        assert_eq!(reply.header("content-length"), bytes.len().to_string());
        assert_eq!(reply.header("etag"), tag(&bytes));
        assert_eq!(reply.header("accept-ranges"), "bytes");
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert!(reply.header("content-security-policy").contains("sandbox"));
        assert_eq!(reply.header("cache-control"), "private, no-cache");
        assert_eq!(reply.header("content-disposition"), "inline; filename*=UTF-8''not%20a%20picture.txt");

        let head = doors.ask("HEAD", &path).by(&sam).send().await.expect(200);
        assert!(head.body.is_empty());
        for name in ["content-length", "content-type", "etag", "accept-ranges", "content-disposition"] {
            assert_eq!(head.header(name), reply.header(name), "{name}");
        }
    }
}

#[tokio::test]
async fn ranges() {
    let (doors, sam, path) = kept("ten", TEN).await;
    let table = [
        ("bytes=0-3", "0123", "bytes 0-3/10"),
        ("bytes=7-9", "789", "bytes 7-9/10"),
        ("bytes=9-9", "9", "bytes 9-9/10"),
        ("bytes=7-100", "789", "bytes 7-9/10"),
        ("bytes=4-", "456789", "bytes 4-9/10"),
        ("bytes=-2", "89", "bytes 8-9/10"),
        ("bytes=-100", "0123456789", "bytes 0-9/10"),
    ];
    for (range, expected, told) in table {
        let reply = doors.get(&path).by(&sam).header("Range", range).send().await.expect(206);
        assert_eq!((reply.text().as_str(), reply.header("content-range")), (expected, told), "{range}");
        assert_eq!(reply.header("content-length"), expected.len().to_string(), "{range}");
    }
    for range in ["bytes=10-", "bytes=10-12", "bytes=-0"] {
        let reply = doors.get(&path).by(&sam).header("Range", range).send().await;
        reply.problem(416, ProblemCode::RangeOutside);
        assert_eq!(reply.header("content-range"), "bytes */10", "{range}");
    }
    // What makes no sense, or asks for several pieces, is answered whole (RFC 9110 §14.2).
    for range in ["bytes=3-1", "bytes=0-1,4-5", "lines=1-2", "bytes=a-b", "bytes="] {
        let reply = doors.get(&path).by(&sam).header("Range", range).send().await.expect(200);
        assert_eq!((reply.body.as_ref(), reply.header("content-range")), (TEN, ""), "{range}");
    }
}

#[tokio::test]
async fn conditions() {
    let (doors, sam, path) = kept("ten", TEN).await;
    let (same, other) = (tag(TEN), tag(b"other"));
    let ask = |name: &str, value: &str| doors.get(&path).by(&sam).header(name, value);
    for value in [same.clone(), format!("{other}, W/{same}"), "*".to_owned()] {
        let reply = ask("If-None-Match", &value).send().await.expect(304);
        assert!(reply.body.is_empty());
        assert_eq!(reply.header("etag"), same);
        // RFC 9110 §15.4.5: what 200 would have said of caching; "no-store" would throw the copy away.
        assert_eq!(reply.header("cache-control"), "private, no-cache");
    }
    ask("If-None-Match", &other).send().await.expect(200);
    ask("If-Match", &same).send().await.expect(200);
    let refused = ask("If-Match", &other).send().await;
    refused.problem(412, ProblemCode::ConditionFailed);
    assert_eq!(refused.header("etag"), same);
    // If-Match compares strongly (RFC 9110 §13.1.1).
    ask("If-Match", &format!("W/{same}")).send().await.problem(412, ProblemCode::ConditionFailed);
    ask("If-Range", &same).header("Range", "bytes=1-2").send().await.expect(206);
    let whole = ask("If-Range", &other).header("Range", "bytes=1-2").send().await.expect(200);
    assert_eq!(whole.body, TEN);
}

#[tokio::test]
async fn an_empty_file_is_no_bytes_and_has_no_ranges() {
    let (doors, sam, path) = kept("empty", b"").await;
    let reply = doors.get(&path).by(&sam).send().await.expect(200);
    assert_eq!((reply.body.len(), reply.header("content-length")), (0, "0"));
    let reply = doors.get(&path).by(&sam).header("Range", "bytes=0-").send().await;
    reply.problem(416, ProblemCode::RangeOutside);
}

#[tokio::test]
async fn whatever_a_browser_might_run_is_an_attachment() {
    let svg = br#"<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>"#;
    let table: [(&str, &[u8], &str); 4] = [
        ("holiday.jpg", b"<!DOCTYPE html><html><script>alert(1)</script></html>", "attachment"),
        ("drawing.png", svg, "attachment"),
        ("unknown.jpg", b"\x01\x02\x03 nothing that anybody knows", "attachment"),
        ("picture.html", &samples::png(1), "inline"),
    ];
    for (name, bytes, disposition) in table {
        let (doors, sam, path) = kept(name, bytes).await;
        let reply = doors.get(&path).by(&sam).send().await.expect(200);
        assert!(reply.header("content-disposition").starts_with(&format!("{disposition};")), "{name}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{name}");
        let policy = reply.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("sandbox"), "{name}: {policy}");
        assert_eq!(reply.body, bytes, "{name}");
    }
}

#[tokio::test]
async fn odd_names_stay_inside_their_header() {
    let table = [
        ("two\r\nSet-Cookie: a=b.jpg", "two%0D%0ASet-Cookie%3A%20a%3Db.jpg"),
        ("quo\"te;x=y\\.jpg", "quo%22te%3Bx%3Dy%5C.jpg"),
        ("🦊 café.jpg", "%F0%9F%A6%8A%20caf%C3%A9.jpg"),
        ("100%'s*.jpg", "100%25%27s%2A.jpg"),
    ];
    for (name, encoded) in table {
        let (doors, sam, path) = kept(name, TEN).await;
        let reply = doors.get(&path).by(&sam).send().await.expect(200);
        assert_eq!(reply.header("content-disposition"), format!("attachment; filename*=UTF-8''{encoded}"));
        assert_eq!(reply.header("set-cookie"), "");
    }
}

#[tokio::test]
async fn a_folder_has_no_content() {
    let (doors, sam, _) = kept("ten", TEN).await;
    let path = format!("/api/v1/entries/{}/content", sam.root_id);
    doors.get(path).by(&sam).send().await.problem(409, ProblemCode::Conflict);
}

async fn damaged(doors: &Doors, person: &Person, path: &str) -> Reply {
    let whole = doors.get(path).by(person).send().await;
    let part = doors.get(path).by(person).header("Range", "bytes=0-1").send().await;
    for reply in [&whole, &part] {
        let problem = reply.problem(500, ProblemCode::Damaged);
        assert!(!problem.retryable && !problem.detail.contains('/'), "{}", problem.detail);
    }
    whole
}

#[tokio::test]
async fn bytes_of_another_length_or_none_are_never_given_out() {
    let (doors, sam, path) = kept("ten", TEN).await;
    let blob = doors.blob_path(sha256(TEN));
    std::fs::set_permissions(&blob, std::os::unix::fs::PermissionsExt::from_mode(0o640)).unwrap();
    let resize =
        |size_bytes| OpenOptions::new().write(true).open(&blob).unwrap().set_len(size_bytes).unwrap();
    resize(9);
    damaged(&doors, &sam, &path).await;
    resize(11);
    damaged(&doors, &sam, &path).await;
    std::fs::remove_file(&blob).unwrap();
    damaged(&doors, &sam, &path).await;
    // A question about the file alone is answered truly, too.
    let head = doors.ask("HEAD", &path).by(&sam).send().await;
    assert_eq!(head.status.as_u16(), 500, "a promise that cannot be kept is not made");
}

#[tokio::test]
async fn a_blob_that_shrinks_while_it_is_read_breaks_the_answer_off() {
    let bytes = samples::noise(3, 4 * 1024 * 1024);
    let (doors, sam, path) = kept("noise", &bytes).await;
    let blob = doors.blob_path(sha256(&bytes));
    std::fs::set_permissions(&blob, std::os::unix::fs::PermissionsExt::from_mode(0o640)).unwrap();
    let mut body: BodyDataStream = doors.get(&path).by(&sam).open().await.into_body().into_data_stream();
    let mut seen = body.try_next().await.unwrap().unwrap().len();
    OpenOptions::new().write(true).open(&blob).unwrap().set_len(2 * 1024 * 1024).unwrap();
    let end = loop {
        match body.try_next().await {
            Ok(Some(piece)) => seen += piece.len(),
            end => break end,
        }
    };
    assert!(end.is_err(), "an end would pass for a whole file; {seen} bytes came");
    assert!(seen < bytes.len());
}
