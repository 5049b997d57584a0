//! tus 1.0: `HEAD` and `PATCH`, offsets, checksums, two writers, and what a finished upload says.

use axum::body::Body;
use bytes::Bytes;
use domain::{Role, TwinHasher};
use futures_util::stream;
use testkit::samples;
use wire::ProblemCode;

use crate::support::people::sha256;
use crate::support::{Doors, Person, Upload, metadata, pair};

async fn doors() -> (Doors, Person) {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    (doors, sam)
}

async fn offset(doors: &Doors, person: &Person, upload: &Upload) -> String {
    doors.look(person, upload).await.expect(200).header("upload-offset").to_owned()
}

#[tokio::test]
async fn bytes_come_in_pieces_and_the_last_one_is_answered_with_the_file() {
    let (doors, sam) = doors().await;
    let bytes = samples::jpeg(7);
    let upload = doors.begin(&sam, "IMG_7.jpg", bytes.len()).await;
    let mut at = 0;
    for piece in bytes.chunks(50) {
        let reply = doors.append(&sam, &upload, at, piece).send().await.expect(204);
        at += piece.len();
        assert_eq!(reply.header("upload-offset"), at.to_string());
        assert_eq!(reply.header("albumen-entry").is_empty(), at < bytes.len());
        assert_eq!(reply.header("tus-resumable"), "1.0.0");
        assert!(!reply.header("upload-expires").is_empty());
        assert_eq!(offset(&doors, &sam, &upload).await, at.to_string());
    }
    let head = doors.look(&sam, &upload).await.expect(200);
    assert_eq!(head.header("albumen-sha256"), sha256(&bytes).to_string());
    let path = format!("/api/v1/entries/{}", head.header("albumen-entry"));
    let entry = doors.get(path).by(&sam).send().await.expect(200).json();
    assert_eq!((&entry["name"], &entry["folder"]), (&"IMG_7.jpg".into(), &"Uploads".into()));
    assert_eq!((doors.staged(), doors.blobs()), (0, 1));
}

#[tokio::test]
async fn a_finished_upload_can_be_asked_for_its_end_again() {
    let (doors, sam) = doors().await;
    let upload = doors.begin(&sam, "a", 3).await;
    let first = doors.append(&sam, &upload, 0, b"abc").send().await.expect(204);
    let again = doors.append(&sam, &upload, 3, b"").send().await.expect(204);
    for name in ["albumen-entry", "albumen-name", "albumen-sha256", "albumen-already-held", "upload-offset"] {
        assert_eq!(again.header(name), first.header(name), "{name}");
    }
    let late = doors.append(&sam, &upload, 0, b"abc").send().await;
    late.problem(409, ProblemCode::OffsetMismatch);
    assert_eq!(late.header("upload-offset"), "3");
}

#[tokio::test]
async fn a_wrong_offset_is_answered_with_the_right_one() {
    let (doors, sam) = doors().await;
    let upload = doors.begin(&sam, "a", 10).await;
    doors.append(&sam, &upload, 0, b"1234").send().await.expect(204);
    for wrong in [0, 3, 5, 10, 11] {
        let reply = doors.append(&sam, &upload, wrong, b"x").send().await;
        let problem = reply.problem(409, ProblemCode::OffsetMismatch);
        assert_eq!(reply.header("upload-offset"), "4");
        assert_eq!((problem.expected, problem.actual), (Some(wrong.to_string()), Some("4".to_owned())));
    }
    for nonsense in ["-1", "four", ""] {
        let ask = doors.patch(&upload.path).by(&sam).header("Upload-Offset", nonsense).chunk("x");
        assert_eq!(
            ask.send().await.problem(400, ProblemCode::Invalid).field.as_deref(),
            Some("upload-offset")
        );
    }
    let missing = doors.patch(&upload.path).by(&sam).chunk("x").send().await;
    assert_eq!(missing.problem(400, ProblemCode::Invalid).field.as_deref(), Some("upload-offset"));
    assert_eq!(offset(&doors, &sam, &upload).await, "4");
}

#[tokio::test]
async fn a_chunk_says_that_it_is_one() {
    let (doors, sam) = doors().await;
    let upload = doors.begin(&sam, "a", 3).await;
    for kind in [None, Some("application/octet-stream"), Some("image/jpeg")] {
        let mut ask = doors.patch(&upload.path).by(&sam).tus().header("Upload-Offset", "0").bytes("abc");
        if let Some(kind) = kind {
            ask = ask.header("Content-Type", kind);
        }
        ask.send().await.problem(415, ProblemCode::WrongType);
    }
    assert_eq!(offset(&doors, &sam, &upload).await, "0");
}

#[tokio::test]
async fn checksums_guard_each_chunk() {
    let (doors, sam) = doors().await;
    let upload = doors.begin(&sam, "a", 9).await;
    let right = TwinHasher::of(b"abc");
    let (sha1, sha256) = (pair("sha1", right.sha1.as_bytes()), pair("sha256", right.sha256.as_bytes()));
    let send = |at: usize, checksum: &str| {
        doors.append(&sam, &upload, at, b"abc").header("Upload-Checksum", checksum).send()
    };
    send(0, &sha1).await.expect(204);
    send(3, &sha256).await.expect(204);
    for wrong in [pair("sha1", [7; 20]), pair("sha256", [7; 32])] {
        let problem = send(6, &wrong).await.problem(460, ProblemCode::ChunkMismatch);
        assert!(problem.retryable);
        assert_eq!(offset(&doors, &sam, &upload).await, "6", "a chunk that does not match changes nothing");
    }
    for unknown in [pair("md5", [0; 16]), pair("sha1", [0; 19]), "sha1".to_owned(), "sha256 !".to_owned()] {
        let problem = send(6, &unknown).await.problem(400, ProblemCode::Invalid);
        assert_eq!(problem.field.as_deref(), Some("upload-checksum"), "{unknown}");
    }
    let done = send(6, &sha1).await.expect(204);
    assert_eq!(done.header("albumen-sha256"), crate::support::people::sha256(b"abcabcabc").to_string());
}

#[tokio::test]
async fn bytes_beyond_the_length_are_refused_and_the_upload_goes_on() {
    let (doors, sam) = doors().await;
    let upload = doors.begin(&sam, "a", 5).await;
    doors.append(&sam, &upload, 0, b"12").send().await.expect(204);
    let problem =
        doors.append(&sam, &upload, 2, b"3456").send().await.problem(422, ProblemCode::LengthMismatch);
    assert_eq!(problem.expected.as_deref(), Some("5"));
    assert_eq!(offset(&doors, &sam, &upload).await, "2");
    doors.append(&sam, &upload, 2, b"345").send().await.expect(204);
}

#[tokio::test]
async fn what_arrived_before_a_connection_broke_is_kept() {
    let (doors, sam) = doors().await;
    let upload = doors.begin(&sam, "a", 10).await;
    let broken = || vec![Ok(Bytes::from("1234")), Err(std::io::Error::other("the train went into a tunnel"))];
    let ask = doors.append(&sam, &upload, 0, b"").pieces(broken());
    assert!(ask.send().await.problem(400, ProblemCode::Invalid).retryable);
    assert_eq!(offset(&doors, &sam, &upload).await, "4");
    // With a checksum half a chunk cannot be told from a wrong one, so none of it counts.
    let checksum = pair("sha1", [0; 20]);
    let ask = doors.append(&sam, &upload, 4, b"").header("Upload-Checksum", &checksum).pieces(broken());
    ask.send().await.problem(400, ProblemCode::Invalid);
    assert_eq!(offset(&doors, &sam, &upload).await, "4");
}

#[tokio::test]
async fn other_bytes_than_declared_end_the_upload() {
    let (doors, sam) = doors().await;
    let wanted = TwinHasher::of(b"other");
    for (key, hash, actual) in [
        ("sha256", wanted.sha256.to_string(), sha256(b"hello").to_string()),
        ("sha1", wanted.sha1.to_string(), TwinHasher::of(b"hello").sha1.to_string()),
    ] {
        let declared = metadata(&[("filename", "a"), (key, &hash)]);
        let begun = doors.creation(&sam, 5).header("Upload-Metadata", &declared).send().await.expect(201);
        let upload = Upload { path: begun.header("location").to_owned() };
        let refused = doors.append(&sam, &upload, 0, b"hello").send().await;
        let problem = refused.problem(422, ProblemCode::HashMismatch);
        assert_eq!((problem.expected, problem.actual), (Some(hash), Some(actual)));
        doors.append(&sam, &upload, 0, b"other").send().await.problem(410, ProblemCode::UploadGone);
        doors.look(&sam, &upload).await.expect(410);
    }
    assert_eq!((doors.staged(), doors.blobs()), (0, 0));
}

#[tokio::test]
async fn the_newest_writer_takes_over_from_one_that_hangs() {
    let (doors, sam) = doors().await;
    let upload = doors.begin(&sam, "a", 10).await;
    let (says_taken, taken) = tokio::sync::oneshot::channel();
    let (first, rest) = (stream::once(async { Ok::<_, std::io::Error>(Bytes::from("1234")) }), async move {
        // Asked for more: the first piece has been taken. More never comes.
        let _ = says_taken.send(());
        std::future::pending().await
    });
    let hanging = Body::from_stream(futures_util::StreamExt::chain(first, stream::once(rest)));
    let old = doors.append(&sam, &upload, 0, b"").body(hanging).send();
    let new = async {
        taken.await.unwrap();
        let at = offset(&doors, &sam, &upload).await;
        assert_eq!(at, "4", "what the old writer brought is there");
        doors.append(&sam, &upload, 4, b"567890").send().await
    };
    let (old, new) = tokio::join!(old, new);
    let problem = old.problem(423, ProblemCode::UploadBusy);
    assert!(problem.retryable);
    assert_eq!(new.expect(204).header("albumen-sha256"), sha256(b"1234567890").to_string());
}

#[tokio::test]
async fn clients_behind_old_proxies_may_say_post() {
    let (doors, sam) = doors().await;
    let upload = doors.begin(&sam, "a", 6).await;
    let post = |method: &'static str| {
        doors
            .post(&upload.path)
            .by(&sam)
            .header("X-HTTP-Method-Override", method)
            .header("Upload-Offset", "0")
    };
    assert_eq!(post("PATCH").chunk("abc").send().await.expect(204).header("upload-offset"), "3");
    let head = post("head").tus().send().await.expect(200);
    assert_eq!((head.header("upload-offset"), head.header("upload-length")), ("3", "6"));
    post("DELETE").tus().send().await.expect(204);
    doors.look(&sam, &upload).await.expect(410);
    post("PUT").tus().send().await.problem(405, ProblemCode::MethodNotAllowed);
    doors.post(&upload.path).by(&sam).tus().send().await.problem(405, ProblemCode::MethodNotAllowed);
}
