//! Where pictures are filed, putting them into the trash from a timeline, and how well they are kept.

use std::time::Duration;

use domain::Role;
use serde_json::{Value, json};
use testkit::samples;
use wire::ProblemCode;

use crate::support::people::text;
use crate::support::{Doors, NOBODYS_ID, Person};

async fn entries(doors: &Doors, sam: &Person, stored: &Value) -> Vec<(String, String)> {
    let path = format!("/api/v1/assets/{}/entries", text(&stored["asset_id"]));
    let listed = doors.get(path).by(sam).send().await.expect(200).json();
    let of = |entry: &Value| (text(&entry["folder"]), text(&entry["name"]));
    listed["items"].as_array().unwrap().iter().map(of).collect()
}

#[tokio::test]
async fn a_picture_says_where_it_is_filed_and_goes_from_everywhere_and_comes_back() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    let first = doors.store(&sam, "a.jpg", &samples::jpeg(1)).await;
    // They are told oldest first.
    doors.clock.advance(Duration::from_secs(1));
    let copy = doors.store(&sam, "b.jpg", &samples::jpeg(1)).await;
    let other = doors.store(&sam, "c.jpg", &samples::jpeg(2)).await;
    let folder = doors.folder(&sam, &sam.root_id, "Trips").await;
    let path = format!("/api/v1/entries/{}", text(&copy["entry_id"]));
    doors.patch(path).by(&sam).json(&json!({"parent_id": folder})).send().await.expect(200);
    let filed = [(String::new(), "a.jpg".to_owned()), ("Trips".to_owned(), "b.jpg".to_owned())];
    assert_eq!(entries(&doors, &sam, &first).await, filed);

    let trash =
        |ids: Value| doors.post("/api/v1/assets/trash").by(&sam).json(&json!({"asset_ids": ids})).send();
    // All or none.
    trash(json!([first["asset_id"], NOBODYS_ID])).await.problem(404, ProblemCode::NotFound);
    assert_eq!(entries(&doors, &sam, &first).await, filed);
    let gone = trash(json!([first["asset_id"], other["asset_id"]])).await.expect(200).json();
    assert_eq!(gone["entry_ids"], json!([first["entry_id"], copy["entry_id"], other["entry_id"]]));
    assert!(entries(&doors, &sam, &first).await.is_empty());
    assert_eq!(doors.get("/api/v1/assets").by(&sam).send().await.json()["items"], json!([]));
    assert_eq!(trash(json!([first["asset_id"]])).await.expect(200).json()["entry_ids"], json!([]));
    trash(json!(vec![NOBODYS_ID; 1001])).await.problem(400, ProblemCode::Invalid);

    for id in gone["entry_ids"].as_array().unwrap() {
        doors.post(format!("/api/v1/trash/{}/restore", text(id))).by(&sam).send().await.expect(200);
    }
    assert_eq!(entries(&doors, &sam, &first).await, filed);
    assert_eq!(
        doors.get("/api/v1/assets").by(&sam).send().await.json()["items"].as_array().unwrap().len(),
        2
    );
}

#[tokio::test]
async fn protection_counts_what_the_caller_sees() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    let kim = doors.person("kim", Role::Member).await;
    let protection =
        async |person: &Person| doors.get("/api/v1/protection").by(person).send().await.expect(200).json();
    assert_eq!(protection(&sam).await, json!({"assets": 0, "size_bytes": 0, "damaged_assets": 0}));
    let bytes = samples::jpeg(1);
    let stored = doors.store(&sam, "a.jpg", &bytes).await;
    let kept = protection(&sam).await;
    assert_eq!((&kept["assets"], &kept["size_bytes"]), (&json!(1), &json!(bytes.len())));
    assert!(kept["oldest_check_ms"].is_i64(), "it was hashed as it came");
    assert_eq!(protection(&kim).await["assets"], 0);
    let rotten = doors.blob_path(text(&stored["sha256"]).parse().unwrap());
    std::fs::set_permissions(&rotten, std::os::unix::fs::PermissionsExt::from_mode(0o640)).unwrap();
    std::fs::OpenOptions::new().write(true).open(&rotten).unwrap().set_len(3).unwrap();
    doors.library.verify(&|_| {}).await.unwrap();
    assert_eq!(protection(&sam).await["damaged_assets"], 1);
}
