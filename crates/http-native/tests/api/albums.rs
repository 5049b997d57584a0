//! Albums.

use domain::Role;
use serde_json::{Value, json};
use testkit::samples;
use wire::ProblemCode;

use crate::support::people::text;
use crate::support::pictures::{JULY_2024_MS, looked_at};
use crate::support::{Doors, NOBODYS_ID};

#[tokio::test]
async fn an_album_from_making_to_deleting() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    let id = doors.album(&sam, "Best of").await;
    let path = format!("/api/v1/albums/{id}");
    let taken = json!({"name": "Best of"});
    doors.post("/api/v1/albums").by(&sam).json(&taken).send().await.problem(409, ProblemCode::NameTaken);
    let other = doors.album(&sam, "Other").await;
    let rename = |id: &str, name: &str| {
        doors.patch(format!("/api/v1/albums/{id}")).by(&sam).json(&json!({"name": name})).send()
    };
    rename(&other, "Best of").await.problem(409, ProblemCode::NameTaken);
    rename(&id, "").await.problem(400, ProblemCode::Invalid);
    assert_eq!(rename(&id, "The best").await.expect(200).json()["name"], "The best");
    assert_eq!(doors.get(&path).by(&sam).send().await.expect(200).json()["name"], "The best");
    doors.delete(&path).by(&sam).send().await.expect(204);
    doors.delete(&path).by(&sam).send().await.problem(404, ProblemCode::NotFound);
    doors.get(&path).by(&sam).send().await.problem(404, ProblemCode::NotFound);
}

#[tokio::test]
async fn pictures_come_and_go_and_stay_where_they_are() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    let id = doors.album(&sam, "Best of").await;
    let mut assets = Vec::new();
    for number in 0..3 {
        let stored = doors.store(&sam, &format!("{number}.jpg"), &samples::jpeg(number)).await;
        assets.push(stored["asset_id"].clone());
    }
    let path = format!("/api/v1/albums/{id}/assets");
    let count = |reply: Value| reply["changed"].as_u64().unwrap();
    let add = |ids: &[Value]| doors.post(&path).by(&sam).json(&json!({"asset_ids": ids})).send();
    assert_eq!(count(add(&assets).await.expect(200).json()), 3);
    assert_eq!(count(add(&assets).await.expect(200).json()), 0, "they are in it already");
    assert_eq!(count(add(&[json!(NOBODYS_ID)]).await.expect(200).json()), 0);
    let remove =
        |ids: &[Value]| doors.post(format!("{path}/remove")).by(&sam).json(&json!({"asset_ids": ids})).send();
    assert_eq!(count(remove(&assets[..1]).await.expect(200).json()), 1);
    assert_eq!(count(remove(&assets[..1]).await.expect(200).json()), 0);
    let shown = doors.get(&path).by(&sam).send().await.expect(200).json();
    assert_eq!(shown["items"].as_array().unwrap().len(), 2);
    let album = doors.get(format!("/api/v1/albums/{id}")).by(&sam).send().await.json();
    assert_eq!(album["asset_count"], 2);
    doors.get(format!("/api/v1/assets/{}", text(&assets[0]))).by(&sam).send().await.expect(200);

    let many = vec![json!(NOBODYS_ID); 1001];
    let problem = add(&many).await.problem(400, ProblemCode::Invalid);
    assert_eq!(problem.field.as_deref(), Some("asset_ids"));
}

#[tokio::test]
async fn what_is_in_the_trash_does_not_show_in_an_album_and_comes_back_into_it() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    let id = doors.album(&sam, "Best of").await;
    let stored = doors.store(&sam, "a.jpg", &samples::jpeg(1)).await;
    let body = json!({"asset_ids": [stored["asset_id"]]});
    doors.post(format!("/api/v1/albums/{id}/assets")).by(&sam).json(&body).send().await.expect(200);
    let entry = text(&stored["entry_id"]);
    let count = || async {
        let album = doors.get(format!("/api/v1/albums/{id}")).by(&sam).send().await.json();
        let shown = doors.get(format!("/api/v1/albums/{id}/assets")).by(&sam).send().await.json();
        assert_eq!(album["asset_count"], shown["items"].as_array().unwrap().len());
        album["asset_count"].clone()
    };
    doors.delete(format!("/api/v1/entries/{entry}")).by(&sam).send().await.expect(204);
    assert_eq!(count().await, 0);
    doors.post(format!("/api/v1/trash/{entry}/restore")).by(&sam).send().await.expect(200);
    assert_eq!(count().await, 1);
}

#[tokio::test]
async fn an_album_is_shown_like_a_timeline_with_its_newest_picture_on_the_cover() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    let id = doors.album(&sam, "Best of").await;
    let mut assets = Vec::new();
    for (number, taken_at_ms) in (0..3).zip(JULY_2024_MS..) {
        let stored = doors.store(&sam, &format!("{number}.jpg"), &samples::jpeg(number)).await;
        doors.describe(&stored, looked_at(taken_at_ms)).await;
        assets.push(stored["asset_id"].clone());
    }
    let body = json!({"asset_ids": assets});
    doors.post(format!("/api/v1/albums/{id}/assets")).by(&sam).json(&body).send().await.expect(200);
    let path = format!("/api/v1/albums/{id}/timeline");
    let first = doors.get(format!("{path}?limit=2")).by(&sam).send().await.expect(200).json();
    assert_eq!(first["id"], json!([assets[2], assets[1]]));
    assert_eq!(first["ratio"], json!([1.333, 1.333]));
    let rest = format!("{path}?limit=2&after={}", text(&first["next"]));
    let rest = doors.get(rest).by(&sam).send().await.expect(200).json();
    assert_eq!((&rest["id"], &rest["next"]), (&json!([assets[0]]), &Value::Null));
    let album = doors.get(format!("/api/v1/albums/{id}")).by(&sam).send().await.expect(200).json();
    assert_eq!(album["cover"]["asset_id"], assets[2]);
    assert_eq!(album["cover"]["version"], first["version"][0]);
}
