//! A whole file in one `PUT`.

use bytes::Bytes;
use domain::{Role, TwinHasher};
use serde_json::json;
use testkit::samples;
use wire::ProblemCode;

use crate::support::people::{sha256, text};
use crate::support::{Doors, Person};

async fn doors() -> (Doors, Person) {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    (doors, sam)
}

#[tokio::test]
async fn a_file_is_stored_with_everything_that_its_headers_say() {
    let (doors, sam) = doors().await;
    let bytes = samples::jpeg(1);
    let hashes = TwinHasher::of(&bytes);
    let reply = doors
        .put("/api/v1/files")
        .by(&sam)
        .header("Albumen-Filename", "caf%C3%A9%20%F0%9F%A6%8A%0A.jpg")
        .header("Albumen-Filename-Raw", "Y2Fm6S5qcGc%3D")
        .header("Albumen-Sha256", &hashes.sha256.to_string())
        .header("Albumen-Sha1", &hashes.sha1.to_string())
        .header("Albumen-Modified-At-Ms", "1700000000000")
        .header("Albumen-Space", &sam.space_id)
        .header("Albumen-Folder", "Trips%2F2026%20%E2%98%80")
        .header("Albumen-Album", "Caf%C3%A9s")
        .header("Albumen-Send-Again", "true")
        .bytes(bytes.clone())
        .send()
        .await
        .expect(201);
    let stored = reply.json();
    assert_eq!(reply.header("albumen-entry"), stored["entry_id"]);
    assert_eq!(reply.header("albumen-asset"), stored["asset_id"]);
    assert_eq!(reply.header("albumen-sha256"), hashes.sha256.to_string());
    assert_eq!(reply.header("albumen-name"), "caf%C3%A9%20%F0%9F%A6%8A%0A%2Ejpg");
    assert_eq!(stored["already_held"], false);

    let path = format!("/api/v1/entries/{}", text(&stored["entry_id"]));
    let entry = doors.get(path).by(&sam).send().await.expect(200).json();
    assert_eq!(entry["name"], "café 🦊\n.jpg");
    assert_eq!(entry["name_raw"], "Y2Fm6S5qcGc=");
    assert_eq!(entry["folder"], "Trips/2026 ☀");
    assert_eq!(entry["modified_at_ms"], 1_700_000_000_000_i64);
    let albums = doors.get("/api/v1/albums").by(&sam).send().await.expect(200).json();
    assert_eq!(
        (&albums["items"][0]["name"], &albums["items"][0]["asset_count"]),
        (&json!("Cafés"), &json!(1))
    );
}

#[tokio::test]
async fn without_headers_it_goes_to_uploads_and_has_no_name() {
    let (doors, sam) = doors().await;
    let stored = doors.put("/api/v1/files").by(&sam).bytes("x").send().await.expect(201).json();
    let path = format!("/api/v1/entries/{}", text(&stored["entry_id"]));
    let entry = doors.get(path).by(&sam).send().await.json();
    assert_eq!((&entry["name"], &entry["folder"]), (&json!("unnamed"), &json!("Uploads")));
}

#[tokio::test]
async fn nobody_has_to_tell_the_length() {
    let (doors, sam) = doors().await;
    let bytes = samples::noise(1, 700_000);
    let pieces = bytes.chunks(100_000).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    let stored = doors.put("/api/v1/files").by(&sam).pieces(pieces).send().await.expect(201).json();
    assert_eq!(stored["sha256"], sha256(&bytes).to_string());
}

#[tokio::test]
async fn the_same_again_is_the_same_file() {
    let (doors, sam) = doors().await;
    let first = doors.store_in(&sam, &sam.space_id, "a.jpg", &samples::jpeg(1)).await.expect(201).json();
    let again = doors.store_in(&sam, &sam.space_id, "a.jpg", &samples::jpeg(1)).await.expect(200).json();
    assert_eq!(again["entry_id"], first["entry_id"]);
    assert_eq!(again["asset_id"], first["asset_id"]);
    assert_eq!((&again["already_held"], &again["name"]), (&json!(true), &json!("a.jpg")));
    // Other bytes of this name stand beside it, and the same bytes of another name are one asset.
    let other = doors.store_in(&sam, &sam.space_id, "a.jpg", &samples::jpeg(2)).await.expect(201).json();
    assert_eq!(other["name"], "a (2).jpg");
    let copy = doors.store_in(&sam, &sam.space_id, "b.jpg", &samples::jpeg(1)).await.expect(200).json();
    assert_ne!(copy["entry_id"], first["entry_id"]);
    assert_eq!(copy["asset_id"], first["asset_id"]);
    assert_eq!(doors.blobs(), 2);
}

#[tokio::test]
async fn other_bytes_than_declared_are_refused_with_both_sums() {
    let (doors, sam) = doors().await;
    for (header, algorithm) in [("Albumen-Sha256", "SHA-256"), ("Albumen-Sha1", "SHA-1")] {
        let (declared, came) = (TwinHasher::of(b"declared"), TwinHasher::of(b"came"));
        let (expected, actual) = match algorithm {
            "SHA-1" => (declared.sha1.to_string(), came.sha1.to_string()),
            _ => (declared.sha256.to_string(), came.sha256.to_string()),
        };
        let ask = doors.put("/api/v1/files").by(&sam).header(header, &expected).bytes("came");
        let problem = ask.send().await.problem(422, ProblemCode::HashMismatch);
        assert!(problem.detail.contains(algorithm), "{}", problem.detail);
        assert_eq!((problem.expected, problem.actual), (Some(expected), Some(actual)));
        assert!(!problem.retryable, "the device has to read its file again");
    }
    assert_eq!((doors.staged(), doors.blobs()), (0, 0));
}

#[tokio::test]
async fn a_body_that_breaks_off_leaves_nothing() {
    let (doors, sam) = doors().await;
    let pieces = vec![Ok(Bytes::from(samples::jpeg(1))), Err(std::io::Error::other("gone"))];
    let reply =
        doors.put("/api/v1/files").by(&sam).header("Albumen-Folder", "New").pieces(pieces).send().await;
    assert!(reply.problem(400, ProblemCode::Invalid).retryable);
    assert_eq!((doors.staged(), doors.blobs()), (0, 0));
    let children =
        doors.get(format!("/api/v1/entries/{}/children", sam.root_id)).by(&sam).send().await.json();
    assert_eq!(children["items"], json!([]), "no folder for a file that never came");
}

#[tokio::test]
async fn headers_that_make_no_sense_are_named() {
    let (doors, sam) = doors().await;
    let table = [
        ("Albumen-Filename", "..", "filename"),
        ("Albumen-Filename", "a%2Fb", "filename"),
        ("Albumen-Filename", "caf%E9", "filename"),
        ("Albumen-Filename-Raw", "!", "filename-raw"),
        ("Albumen-Folder", "%2Fetc", "folder"),
        ("Albumen-Folder", "a%2F..%2F..", "folder"),
        ("Albumen-Album", "", "album"),
        ("Albumen-Sha256", "abc", "sha256"),
        ("Albumen-Sha1", "abc", "sha1"),
        ("Albumen-Modified-At-Ms", "1.5", "modified-at-ms"),
        ("Albumen-Space", "mine", "space"),
        ("Albumen-Send-Again", "yes", "send-again"),
    ];
    for (header, value, field) in table {
        let reply = doors.put("/api/v1/files").by(&sam).header(header, value).bytes("x").send().await;
        let problem = reply.problem(400, ProblemCode::Invalid);
        assert_eq!(problem.field.as_deref(), Some(field), "{header}: {value}");
    }
    assert_eq!((doors.staged(), doors.blobs()), (0, 0));
}
