//! Folders, files, and the trash.

use domain::Role;
use serde_json::{Value, json};
use testkit::samples;
use wire::ProblemCode;

use crate::support::people::text;
use crate::support::{Doors, NOBODYS_ID, Person};

async fn doors() -> (Doors, Person) {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    (doors, sam)
}

fn entry_path(entry: &Value) -> String {
    format!("/api/v1/entries/{}", text(entry))
}

fn names(page: &Value) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|entry| text(&entry["name"])).collect()
}

#[tokio::test]
async fn folders_are_made_listed_and_found_by_path() {
    let (doors, sam) = doors().await;
    let trips = doors.folder(&sam, &sam.root_id, "Trips").await;
    let year = doors.folder(&sam, &trips, "2026 ☀").await;
    doors.store(&sam, "b.txt", b"b").await;
    doors.store(&sam, "a.txt", b"a").await;
    let children = doors.get(format!("/api/v1/entries/{}/children", sam.root_id)).by(&sam).send().await;
    assert_eq!(
        names(&children.expect(200).json()),
        ["Trips", "a.txt", "b.txt"],
        "folders first, then by name"
    );
    let look_up =
        |path: &str| doors.get(format!("/api/v1/spaces/{}/lookup?path={path}", sam.space_id)).by(&sam);
    let found = look_up("Trips/2026%20%E2%98%80").send().await.expect(200).json();
    assert_eq!(
        (&found["id"], &found["folder"], &found["kind"]),
        (&json!(year), &json!("Trips"), &json!("folder"))
    );
    let root = look_up("").send().await.expect(200).json();
    assert_eq!((&root["id"], &root["name"]), (&json!(sam.root_id), &json!("")));
    look_up("Trips/2027").send().await.problem(404, ProblemCode::NotFound);
    look_up("../etc").send().await.problem(400, ProblemCode::Invalid);
    let again = json!({"parent_id": sam.root_id, "name": "Trips"});
    doors.post("/api/v1/folders").by(&sam).json(&again).send().await.problem(409, ProblemCode::NameTaken);
    let nowhere = json!({"parent_id": NOBODYS_ID, "name": "x"});
    doors.post("/api/v1/folders").by(&sam).json(&nowhere).send().await.problem(404, ProblemCode::NotFound);
}

#[tokio::test]
async fn names_are_one_in_both_of_their_unicode_forms() {
    let (doors, sam) = doors().await;
    doors.folder(&sam, &sam.root_id, "caf\u{e9}").await;
    let twin = json!({"parent_id": sam.root_id, "name": "cafe\u{301}"});
    doors.post("/api/v1/folders").by(&sam).json(&twin).send().await.problem(409, ProblemCode::NameTaken);
    doors.folder(&sam, &sam.root_id, "CAF\u{e9}").await;
}

#[tokio::test]
async fn an_entry_is_renamed_moved_or_both() {
    let (doors, sam) = doors().await;
    let (a, b) = (doors.folder(&sam, &sam.root_id, "a").await, doors.folder(&sam, &sam.root_id, "b").await);
    let file = doors.store(&sam, "x.jpg", &samples::jpeg(1)).await;
    let path = entry_path(&file["entry_id"]);
    let change = |body: Value| doors.patch(&path).by(&sam).json(&body).send();
    let renamed = change(json!({"name": "y.jpg"})).await.expect(200).json();
    assert_eq!((&renamed["name"], &renamed["folder"]), (&json!("y.jpg"), &json!("")));
    let moved = change(json!({"parent_id": a})).await.expect(200).json();
    assert_eq!(
        (&moved["name"], &moved["folder"], &moved["parent_id"]),
        (&json!("y.jpg"), &json!("a"), &json!(a))
    );
    let both = change(json!({"name": "z.jpg", "parent_id": b})).await.expect(200).json();
    assert_eq!((&both["name"], &both["folder"]), (&json!("z.jpg"), &json!("b")));
    assert_eq!(both["asset_id"], file["asset_id"], "it is the same picture");
    assert_eq!(change(json!({})).await.expect(200).json(), both, "nothing to change");
}

#[tokio::test]
async fn what_cannot_be_moved_or_named_so() {
    let (doors, sam) = doors().await;
    let outer = doors.folder(&sam, &sam.root_id, "outer").await;
    let inner = doors.folder(&sam, &outer, "inner").await;
    let file = doors.store(&sam, "x", b"x").await;
    let change =
        |id: &str, body: Value| doors.patch(format!("/api/v1/entries/{id}")).by(&sam).json(&body).send();
    let id = text(&file["entry_id"]);
    let taken = change(&id, json!({"name": "outer"})).await.problem(409, ProblemCode::NameTaken);
    assert!(taken.detail.contains("\"outer\""), "{}", taken.detail);
    change(&outer, json!({"parent_id": inner})).await.problem(409, ProblemCode::Conflict);
    change(&outer, json!({"parent_id": outer})).await.problem(409, ProblemCode::Conflict);
    change(&inner, json!({"parent_id": id})).await.problem(409, ProblemCode::Conflict);
    change(&inner, json!({"parent_id": NOBODYS_ID})).await.problem(404, ProblemCode::NotFound);
    change(&sam.root_id, json!({"name": "x"})).await.problem(409, ProblemCode::Conflict);
    for name in ["", ".", "..", "a/b", "nul\0"] {
        change(&id, json!({"name": name})).await.problem(400, ProblemCode::Invalid);
    }
    let (_, other_root) = {
        let owner = doors.person("olga", Role::Owner).await;
        let group = doors.group(&owner, "Family").await;
        doors.join(&owner, &group.0, &sam, "editor").await;
        group
    };
    let away = change(&id, json!({"parent_id": other_root})).await;
    assert_eq!(away.status.as_u16(), 404, "another Space's folder is no place of this one: {}", away.text());
}

#[tokio::test]
async fn to_the_trash_and_back() {
    let (doors, sam) = doors().await;
    let folder = doors.folder(&sam, &sam.root_id, "Trips").await;
    let body = json!({"parent_id": folder});
    for number in 0..3 {
        let file = doors.store(&sam, &format!("{number}.jpg"), &samples::jpeg(number)).await;
        doors.patch(entry_path(&file["entry_id"])).by(&sam).json(&body).send().await.expect(200);
    }
    let path = format!("/api/v1/entries/{folder}");
    doors.delete(&path).by(&sam).send().await.expect(204);
    doors.delete(&path).by(&sam).send().await.problem(409, ProblemCode::Conflict);
    doors.patch(&path).by(&sam).json(&json!({"name": "x"})).send().await.problem(409, ProblemCode::Conflict);
    doors.get(format!("{path}/children")).by(&sam).send().await.problem(409, ProblemCode::Conflict);
    assert!(doors.get(&path).by(&sam).send().await.expect(200).json()["trashed_at_ms"].is_i64());
    assert_eq!(doors.get("/api/v1/assets").by(&sam).send().await.json()["items"], json!([]));

    let trash =
        doors.get(format!("/api/v1/spaces/{}/trash", sam.space_id)).by(&sam).send().await.expect(200).json();
    let item = &trash["items"][0];
    assert_eq!(
        (&item["name"], &item["files"], trash["items"].as_array().unwrap().len()),
        (&json!("Trips"), &json!(3), 1)
    );
    let days = (item["purge_at_ms"].as_i64().unwrap() - item["trashed_at_ms"].as_i64().unwrap()) / 86_400_000;
    assert_eq!(days, 30);

    // Its place may be taken by then; it comes back beside it.
    doors.folder(&sam, &sam.root_id, "Trips").await;
    let restored =
        doors.post(format!("/api/v1/trash/{folder}/restore")).by(&sam).send().await.expect(200).json();
    assert_eq!((&restored["id"], &restored["name"]), (&json!(folder), &json!("Trips (2)")));
    assert!(restored.get("trashed_at_ms").is_none());
    let assets = doors.get("/api/v1/assets").by(&sam).send().await.json();
    assert_eq!(assets["items"].as_array().unwrap().len(), 3);
    let again = doors.post(format!("/api/v1/trash/{folder}/restore")).by(&sam).send().await;
    again.problem(404, ProblemCode::NotFound);
}

#[tokio::test]
async fn purged_is_gone_for_good() {
    let (doors, sam) = doors().await;
    let file = doors.store(&sam, "x.jpg", &samples::jpeg(1)).await;
    let (path, id) = (entry_path(&file["entry_id"]), text(&file["entry_id"]));
    doors.delete(format!("/api/v1/trash/{id}")).by(&sam).send().await.problem(404, ProblemCode::NotFound);
    doors.delete(&path).by(&sam).send().await.expect(204);
    doors.delete(format!("/api/v1/trash/{id}")).by(&sam).send().await.expect(204);
    for gone in
        [path.clone(), format!("{path}/content"), format!("/api/v1/assets/{}", text(&file["asset_id"]))]
    {
        doors.get(gone).by(&sam).send().await.problem(404, ProblemCode::NotFound);
    }
    doors
        .post(format!("/api/v1/trash/{id}/restore"))
        .by(&sam)
        .send()
        .await
        .problem(404, ProblemCode::NotFound);
    let root = format!("/api/v1/entries/{}", sam.root_id);
    doors.delete(root).by(&sam).send().await.problem(409, ProblemCode::Conflict);
}

#[tokio::test]
async fn assets_are_shown_with_their_facts() {
    let (doors, sam) = doors().await;
    let file = doors.store(&sam, "x", &samples::mp4(1, 100)).await;
    let asset = doors.get(format!("/api/v1/assets/{}", text(&file["asset_id"]))).by(&sam).send().await;
    let asset = asset.expect(200).json();
    assert_eq!((&asset["kind"], &asset["content_type"]), (&json!("video"), &json!("video/mp4")));
    assert_eq!((&asset["size_bytes"], &asset["sha256"]), (&json!(132), &file["sha256"]));
    for path in ["assets", "entries", "albums"] {
        for id in [NOBODYS_ID, "nonsense", "%FF"] {
            doors
                .get(format!("/api/v1/{path}/{id}"))
                .by(&sam)
                .send()
                .await
                .problem(404, ProblemCode::NotFound);
        }
    }
}
