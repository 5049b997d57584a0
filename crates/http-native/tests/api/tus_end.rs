//! tus 1.0: termination and expiration, and uploads that are not there.

use std::time::Duration;

use domain::Role;
use wire::ProblemCode;

use crate::support::people::sha256;
use crate::support::{Doors, NOBODYS_ID, Upload, metadata};

#[tokio::test]
async fn a_terminated_upload_is_gone_and_stays_gone() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    let upload = doors.begin(&sam, "a", 10).await;
    doors.append(&sam, &upload, 0, b"1234").send().await.expect(204);
    doors.delete(&upload.path).by(&sam).tus().send().await.expect(204);
    assert_eq!(doors.staged(), 0);
    doors.append(&sam, &upload, 4, b"567890").send().await.problem(410, ProblemCode::UploadGone);
    doors.delete(&upload.path).by(&sam).tus().send().await.problem(410, ProblemCode::UploadGone);
    doors.look(&sam, &upload).await.expect(410);
}

#[tokio::test]
async fn terminating_a_finished_upload_forgets_it_and_keeps_the_file() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    let upload = doors.begin(&sam, "a", 3).await;
    let done = doors.append(&sam, &upload, 0, b"abc").send().await.expect(204);
    doors.delete(&upload.path).by(&sam).tus().send().await.expect(204);
    doors.look(&sam, &upload).await.expect(404);
    let path = format!("/api/v1/entries/{}/content", done.header("albumen-entry"));
    assert_eq!(doors.get(path).by(&sam).send().await.expect(200).text(), "abc");
}

#[tokio::test]
async fn a_finished_upload_whose_file_was_deleted_is_gone() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    let upload = doors.begin(&sam, "a", 3).await;
    let done = doors.append(&sam, &upload, 0, b"abc").send().await.expect(204);
    doors.look(&sam, &upload).await.expect(200);
    let id = done.header("albumen-entry");
    doors.delete(format!("/api/v1/entries/{id}")).by(&sam).send().await.expect(204);
    doors.look(&sam, &upload).await.expect(410);
    doors.append(&sam, &upload, 3, b"").send().await.problem(410, ProblemCode::UploadGone);
    doors.post(format!("/api/v1/trash/{id}/restore")).by(&sam).send().await.expect(200);
    doors.look(&sam, &upload).await.expect(200);
}

#[tokio::test]
async fn what_never_was_is_not_there() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    for path in
        [format!("/tus/{NOBODYS_ID}"), "/tus/nonsense".into(), "/tus/%FF".into(), "/tus/%2e%2e".into()]
    {
        let upload = Upload { path };
        doors.append(&sam, &upload, 0, b"x").send().await.problem(404, ProblemCode::NotFound);
        doors.delete(&upload.path).by(&sam).tus().send().await.problem(404, ProblemCode::NotFound);
        doors.look(&sam, &upload).await.expect(404);
    }
}

#[tokio::test]
async fn an_upload_expires_when_it_said_so() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    let waiting = doors.begin(&sam, "waiting", 10).await;
    doors.append(&sam, &waiting, 0, b"1234").send().await.expect(204);
    let finished = doors.begin(&sam, "finished", 3).await;
    let file = doors.append(&sam, &finished, 0, b"abc").send().await.expect(204);

    doors.clock.advance(Duration::from_hours(168) - Duration::from_secs(1));
    doors.look(&sam, &waiting).await.expect(200);
    doors.clock.advance(Duration::from_secs(2));
    doors.library.care().await.unwrap();
    doors.append(&sam, &waiting, 4, b"567890").send().await.problem(404, ProblemCode::NotFound);
    doors.look(&sam, &finished).await.expect(404);
    assert_eq!(doors.staged(), 0);
    let path = format!("/api/v1/entries/{}", file.header("albumen-entry"));
    doors.get(path).by(&sam).send().await.expect(200);
}

#[tokio::test]
async fn a_token_revoked_in_mid_upload_brings_nothing_more() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    let phone = doors.device(&sam, "phone", 1).await;
    let upload = doors.begin(&phone, "a", 6).await;
    doors.append(&phone, &upload, 0, b"abc").send().await.expect(204);
    doors.post("/api/v1/logout").by(&phone).send().await.expect(204);
    doors.append(&phone, &upload, 3, b"def").send().await.problem(401, ProblemCode::SignInAgain);
    // The person may go on with what the person's device began.
    doors.append(&sam, &upload, 3, b"def").send().await.expect(204);
}

#[tokio::test]
async fn what_was_deleted_stays_deleted_until_it_is_sent_on_purpose() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    let phone = doors.device(&sam, "phone", 1).await;
    let stored = doors.store(&sam, "a", b"abc").await;
    let path = format!("/api/v1/entries/{}", stored["entry_id"].as_str().unwrap());
    doors.delete(path).by(&sam).send().await.expect(204);

    let hash = sha256(b"abc").to_string();
    let declared = metadata(&[("filename", "a"), ("sha256", &hash)]);
    let ask = doors.creation(&phone, 3).header("Upload-Metadata", &declared).chunk("abc");
    ask.send().await.problem(409, ProblemCode::DeletedEarlier);
    let undeclared = doors.begin(&phone, "a", 3).await;
    doors.append(&phone, &undeclared, 0, b"abc").send().await.problem(409, ProblemCode::DeletedEarlier);
    doors.look(&phone, &undeclared).await.expect(410);
    let declared = metadata(&[("filename", "a"), ("sha256", &hash), ("send-again", "true")]);
    doors.creation(&phone, 3).header("Upload-Metadata", &declared).chunk("abc").send().await.expect(201);
}
