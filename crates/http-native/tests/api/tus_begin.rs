//! tus 1.0: the core's handshake, creation and creation-with-upload.
//! <https://tus.io/protocols/resumable-upload>

use domain::Role;
use testkit::samples;
use wire::ProblemCode;

use crate::support::people::sha256;
use crate::support::{Doors, Person, metadata, pair};

async fn doors() -> (Doors, Person) {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    (doors, sam)
}

#[tokio::test]
async fn options_tell_what_there_is_and_need_no_version() {
    let (doors, sam) = doors().await;
    for path in ["/tus", "/tus/anything"] {
        let reply = doors.ask("OPTIONS", path).by(&sam).send().await.expect(204);
        assert_eq!(reply.header("tus-resumable"), "1.0.0");
        assert_eq!(reply.header("tus-version"), "1.0.0");
        assert_eq!(reply.header("tus-checksum-algorithm"), "sha1,sha256");
        let extensions: Vec<_> = reply.header("tus-extension").split(',').collect();
        assert_eq!(extensions, ["creation", "creation-with-upload", "checksum", "termination", "expiration"]);
    }
}

#[tokio::test]
async fn another_version_is_refused_before_anything_happens() {
    let (doors, sam) = doors().await;
    let upload = doors.begin(&sam, "a.jpg", 3).await;
    for (method, path) in
        [("POST", "/tus"), ("HEAD", &*upload.path), ("PATCH", &*upload.path), ("DELETE", &*upload.path)]
    {
        for version in [None, Some("0.2.2"), Some("2.0.0")] {
            let mut ask = doors.ask(method, path).by(&sam).header("Upload-Length", "3");
            if let Some(version) = version {
                ask = ask.header("Tus-Resumable", version);
            }
            let reply = ask.send().await.expect(412);
            assert_eq!(reply.header("tus-version"), "1.0.0", "{method}");
            if method != "HEAD" {
                reply.problem(412, ProblemCode::ConditionFailed);
            }
        }
    }
    assert_eq!(doors.look(&sam, &upload).await.expect(200).header("upload-offset"), "0");
}

#[tokio::test]
async fn creation_answers_where_and_until_when() {
    let (doors, sam) = doors().await;
    let reply = doors.creation(&sam, 10).send().await.expect(201);
    assert_eq!(reply.header("tus-resumable"), "1.0.0");
    // Relative to the address that was asked (RFC 3986): it holds behind every proxy and name.
    assert!(reply.header("location").starts_with("/tus/"), "{}", reply.header("location"));
    // The clock of the tests stands at noon of 2025-06-01; an upload waits for a week.
    assert_eq!(reply.header("upload-expires"), "Sun, 08 Jun 2025 12:00:00 GMT");
    let head = doors.ask("HEAD", reply.header("location")).by(&sam).tus().send().await.expect(200);
    assert_eq!((head.header("upload-offset"), head.header("upload-length")), ("0", "10"));
}

#[tokio::test]
async fn a_length_must_be_a_whole_number() {
    let (doors, sam) = doors().await;
    for length in ["-1", "+1", "1.5", "ten", "", "18446744073709551616"] {
        let ask = doors.post("/tus").by(&sam).tus().header("Upload-Length", length);
        let problem = ask.send().await.problem(400, ProblemCode::Invalid);
        assert_eq!(problem.field.as_deref(), Some("upload-length"), "{length:?}");
    }
    let problem = doors.post("/tus").by(&sam).tus().send().await.problem(400, ProblemCode::Invalid);
    assert_eq!(problem.field.as_deref(), Some("upload-length"));
    assert_eq!(doors.staged(), 0);
}

#[tokio::test]
async fn more_than_fits_is_refused_before_the_first_byte() {
    let (doors, sam) = doors().await;
    for length in [u64::MAX, u64::MAX / 2, 1 << 60] {
        let ask = doors.post("/tus").by(&sam).tus().header("Upload-Length", &length.to_string());
        let reply = ask.send().await;
        let problem = reply.problem(507, ProblemCode::StorageFull);
        assert!(problem.retryable && !reply.header("retry-after").is_empty());
    }
    assert_eq!(doors.staged(), 0);
}

#[tokio::test]
async fn metadata_that_climbs_or_makes_no_sense_is_refused_with_its_key() {
    let (doors, sam) = doors().await;
    let long = "x".repeat(1001);
    let table = [
        (pair("filename", ".."), "filename"),
        (pair("filename", "."), "filename"),
        (pair("filename", ""), "filename"),
        (pair("filename", "../../etc/passwd"), "filename"),
        (pair("filename", "a/b.jpg"), "filename"),
        (pair("filename", "nul\0.jpg"), "filename"),
        (pair("filename", &long), "filename"),
        (pair("filename", b"caf\xe9.jpg"), "filename"),
        (pair("filename-raw", b"a/b"), "filename-raw"),
        (pair("folder", "/etc"), "folder"),
        (pair("folder", "a/../../b"), "folder"),
        (pair("folder", "a//b"), "folder"),
        (pair("album", ".."), "album"),
        (pair("album", ""), "album"),
        (pair("sha256", "abc"), "sha256"),
        (pair("sha1", "0".repeat(64)), "sha1"),
        (pair("space", "mine"), "space"),
        (pair("modified-at-ms", "yesterday"), "modified-at-ms"),
        (pair("send-again", "perhaps"), "send-again"),
        ("filename not*base64".to_owned(), "upload-metadata"),
    ];
    for (text, field) in table {
        let ask = doors.creation(&sam, 3).header("Upload-Metadata", &text);
        let problem = ask.send().await.problem(400, ProblemCode::Invalid);
        assert_eq!(problem.field.as_deref(), Some(field), "{text}: {}", problem.detail);
    }
    assert_eq!(doors.staged(), 0);
}

#[tokio::test]
async fn what_is_not_known_is_passed_over_and_everything_told_back_exactly() {
    let (doors, sam) = doors().await;
    // As clients send it: keys of their own, keys without a value, spaces after commas.
    let text =
        format!("{}, is_confidential,{}", pair("filetype", "image/jpeg"), pair("filename", "tw\no 🦊.jpg"));
    let begun = doors.creation(&sam, 3).header("Upload-Metadata", &text).send().await.expect(201);
    let head = doors.ask("HEAD", begun.header("location")).by(&sam).tus().send().await.expect(200);
    assert_eq!(head.header("upload-metadata"), text);
    assert_eq!(head.header("cache-control"), "no-store");
}

#[tokio::test]
async fn long_metadata_is_kept_or_refused_but_never_cut() {
    let (doors, sam) = doors().await;
    let fits = pair("note", "x".repeat(3_000));
    let begun = doors.creation(&sam, 3).header("Upload-Metadata", &fits).send().await.expect(201);
    let head = doors.ask("HEAD", begun.header("location")).by(&sam).tus().send().await.expect(200);
    assert_eq!(head.header("upload-metadata"), fits);
    let huge = pair("note", "x".repeat(100_000));
    let ask = doors.creation(&sam, 3).header("Upload-Metadata", &huge);
    let problem = ask.send().await.problem(400, ProblemCode::Invalid);
    assert_eq!(problem.field.as_deref(), Some("upload-metadata"));
}

#[tokio::test]
async fn a_whole_file_comes_with_its_creation() {
    let (doors, sam) = doors().await;
    let bytes = samples::jpeg(1);
    let declared = metadata(&[("filename", "IMG 1.jpg"), ("sha256", &sha256(&bytes).to_string())]);
    let reply = doors
        .creation(&sam, bytes.len())
        .header("Upload-Metadata", &declared)
        .chunk(bytes.clone())
        .send()
        .await
        .expect(201);
    assert_eq!(reply.header("upload-offset"), bytes.len().to_string());
    assert_eq!(reply.header("albumen-sha256"), sha256(&bytes).to_string());
    assert_eq!(reply.header("albumen-name"), "IMG%201%2Ejpg");
    assert_eq!(reply.header("albumen-already-held"), "false");
    assert!(!reply.header("albumen-entry").is_empty() && !reply.header("albumen-asset").is_empty());
    // Asking for it later is answered the same.
    let head = doors.ask("HEAD", reply.header("location")).by(&sam).tus().send().await.expect(200);
    for name in ["upload-offset", "albumen-entry", "albumen-asset", "albumen-name", "albumen-sha256"] {
        assert_eq!(head.header(name), reply.header(name), "{name}");
    }
    assert_eq!(head.header("upload-metadata"), declared);
    assert_eq!(doors.staged(), 0);
}

#[tokio::test]
async fn the_first_part_comes_with_the_creation_and_the_rest_later() {
    let (doors, sam) = doors().await;
    let bytes = samples::noise(2, 50_000);
    for told in [true, false] {
        let ask = doors.creation(&sam, bytes.len()).header("Upload-Metadata", &pair("filename", "n"));
        let first = bytes[..20_000].to_vec();
        let ask = if told { ask.chunk(first) } else { ask.chunk("").pieces(vec![Ok(first.into())]) };
        let reply = ask.send().await.expect(201);
        assert_eq!(reply.header("upload-offset"), "20000", "length told: {told}");
        let upload = crate::support::Upload { path: reply.header("location").to_owned() };
        let done = doors.append(&sam, &upload, 20_000, &bytes[20_000..]).send().await.expect(204);
        assert_eq!(done.header("albumen-sha256"), sha256(&bytes).to_string());
        assert!(done.header("albumen-asset").is_empty(), "noise is no picture");
    }
}

#[tokio::test]
async fn a_creation_with_wrong_bytes_leaves_nothing_to_be_seen() {
    let (doors, sam) = doors().await;
    let other = sha256(b"something else").to_string();
    let ask = doors.creation(&sam, 5).header("Upload-Metadata", &metadata(&[("sha256", &other)]));
    let problem = ask.chunk("hello").send().await.problem(422, ProblemCode::HashMismatch);
    assert_eq!(problem.expected, Some(other));
    assert_eq!(problem.actual, Some(sha256(b"hello").to_string()));
    let ask = doors.creation(&sam, 5).chunk("hello and more");
    ask.send().await.problem(422, ProblemCode::LengthMismatch);
    let ask = doors.creation(&sam, 5).header("Upload-Checksum", &pair("sha1", [0; 20])).chunk("hello");
    ask.send().await.problem(460, ProblemCode::ChunkMismatch);
    assert_eq!(doors.blobs(), 0);
    let files = doors.get(format!("/api/v1/entries/{}/files", sam.root_id)).by(&sam).send().await.json();
    assert_eq!(files["items"], serde_json::json!([]));
}

#[tokio::test]
async fn an_empty_file_is_a_file() {
    let (doors, sam) = doors().await;
    for with_body in [false, true] {
        let ask = doors.creation(&sam, 0).header("Upload-Metadata", &pair("filename", "empty"));
        let reply = if with_body { ask.chunk("") } else { ask }.send().await.expect(201);
        assert_eq!(reply.header("upload-offset"), "0");
        assert_eq!(reply.header("albumen-sha256"), sha256(b"").to_string());
    }
}
