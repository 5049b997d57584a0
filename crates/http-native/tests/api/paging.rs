//! Every list is followed by its own cursor over at least three pages.

use domain::Role;
use serde_json::{Value, json};
use testkit::samples;
use wire::ProblemCode;

use crate::support::people::text;
use crate::support::pictures::{JULY_2024_MS, looked_at};
use crate::support::{Doors, Person, documented_routes};

/// How many rows each list of the world below has.
const ROWS: usize = 5;

/// A hub in which every list has [`ROWS`] rows, and the addresses of these lists.
async fn world() -> (Doors, Person, Vec<String>) {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Owner).await;
    let (space, _) = doors.group(&sam, "Family").await;
    for number in 1..ROWS {
        let member = doors.person(&format!("member {number}"), Role::Member).await;
        doors.join(&sam, &space, &member, "viewer").await;
        let body = json!({"name": format!("token {number}")});
        doors.post("/api/v1/tokens").by(&sam).json(&body).send().await.expect(201);
    }
    let album = doors.album(&sam, "album 0").await;
    let mut assets = Vec::new();
    for number in 0..ROWS as u64 {
        let stored = doors.store(&sam, &format!("{number}.jpg"), &samples::jpeg(number)).await;
        // Some of the same millisecond, too.
        doors.describe(&stored, looked_at(JULY_2024_MS + i64::from(number > 2))).await;
        assets.push(stored["asset_id"].clone());
        let gone = doors.store(&sam, &format!("gone {number}"), format!("gone {number}").as_bytes()).await;
        let path = format!("/api/v1/entries/{}", text(&gone["entry_id"]));
        doors.delete(path).by(&sam).send().await.expect(204);
        if number > 0 {
            doors.album(&sam, &format!("album {number}")).await;
        }
    }
    let body = json!({"asset_ids": assets});
    doors.post(format!("/api/v1/albums/{album}/assets")).by(&sam).json(&body).send().await.expect(200);
    let (root, own) = (&sam.root_id, &sam.space_id);
    let lists = vec![
        "/api/v1/users".to_owned(),
        "/api/v1/tokens".to_owned(),
        "/api/v1/albums".to_owned(),
        "/api/v1/assets".to_owned(),
        format!("/api/v1/albums/{album}/assets"),
        format!("/api/v1/albums/{album}/timeline"),
        format!("/api/v1/entries/{root}/children"),
        format!("/api/v1/entries/{root}/files"),
        format!("/api/v1/spaces/{space}/members"),
        format!("/api/v1/spaces/{own}/trash"),
        "/api/v1/timeline/2024-07".to_owned(),
        "/api/v1/assets/search".to_owned(),
    ];
    (doors, sam, lists)
}

/// The rows of a page, also of one that comes as columns.
fn rows(page: &Value) -> Vec<Value> {
    if let Some(items) = page["items"].as_array() {
        return items.clone();
    }
    let columns: Vec<(&String, &Vec<Value>)> = page
        .as_object()
        .unwrap()
        .iter()
        .filter_map(|(name, column)| Some((name, column.as_array()?)))
        .collect();
    let length = page["id"].as_array().unwrap().len();
    assert!(columns.iter().all(|(_, column)| column.len() == length), "a column is too short: {page}");
    let row =
        |at: usize| columns.iter().map(|(name, column)| ((*name).clone(), column[at].clone())).collect();
    (0..length).map(row).collect()
}

/// Follows `next` to the end; answers the rows of each page.
async fn follow(doors: &Doors, person: &Person, list: &str, limit: usize) -> Vec<Vec<Value>> {
    let mut pages = Vec::new();
    let mut path = format!("{list}?limit={limit}");
    loop {
        let page = doors.get(&path).by(person).send().await.expect(200).json();
        pages.push(rows(&page));
        let Some(next) = page["next"].as_str() else { return pages };
        assert!(pages.len() <= ROWS, "{list} never ends");
        path = format!("{list}?limit={limit}&after={next}");
    }
}

#[tokio::test]
async fn pages_hold_every_row_once_and_in_the_order_of_the_whole() {
    let (doors, sam, lists) = world().await;
    for list in &lists {
        let whole = follow(&doors, &sam, list, 1000).await.concat();
        assert_eq!(whole.len(), ROWS, "{list}");
        let pages = follow(&doors, &sam, list, 2).await;
        assert!(pages.len() >= 3, "{list}");
        assert!(pages.iter().all(|page| page.len() <= 2), "{list}");
        assert_eq!(pages.concat(), whole, "{list}");
    }
}

#[tokio::test]
async fn devices_page_too() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    for number in 0..5 {
        doors.device(&sam, &format!("device {number}"), number).await;
    }
    let pages = follow(&doors, &sam, "/api/v1/devices", 2).await;
    let names: Vec<_> = pages.concat().iter().map(|device| text(&device["name"])).collect();
    assert_eq!(names, ["device 0", "device 1", "device 2", "device 3", "device 4"]);
    assert_eq!(pages.len(), 3);
}

#[tokio::test]
async fn rows_that_come_and_go_hide_no_other() {
    let (doors, sam, _) = world().await;
    let list = format!("/api/v1/entries/{}/children", sam.root_id);
    let first = doors.get(format!("{list}?limit=2")).by(&sam).send().await.expect(200).json();
    doors.store(&sam, "00 new.jpg", &samples::jpeg(100)).await;
    let seen = format!("/api/v1/entries/{}", text(&first["items"][1]["id"]));
    doors.delete(seen).by(&sam).send().await.expect(204);
    let rest =
        doors.get(format!("{list}?after={}", text(&first["next"]))).by(&sam).send().await.expect(200).json();
    let names: Vec<_> = rest["items"].as_array().unwrap().iter().map(|entry| text(&entry["name"])).collect();
    assert_eq!(names, ["2.jpg", "3.jpg", "4.jpg"]);
}

#[tokio::test]
async fn limits_and_cursors_that_are_none_are_refused_by_every_list() {
    let (doors, sam, mut lists) = world().await;
    lists.push("/api/v1/devices".to_owned());
    for list in lists {
        for (query, field) in
            [("limit=0", Some("limit")), ("limit=1001", Some("limit")), ("after=nonsense", Some("after"))]
        {
            let problem =
                doors.get(format!("{list}?{query}")).by(&sam).send().await.problem(400, ProblemCode::Invalid);
            assert_eq!(problem.field.as_deref(), field, "{list}?{query}");
        }
        for query in ["limit=many", "limit=-1"] {
            let refused = doors.get(format!("{list}?{query}")).by(&sam).send().await;
            assert!(refused.problem(400, ProblemCode::Invalid).detail.contains("limit"), "{list}?{query}");
        }
    }
}

/// A cursor of one list is nothing to another: it must not silently start somewhere.
#[tokio::test]
async fn a_cursor_of_another_list_is_refused() {
    let (doors, sam, lists) = world().await;
    let users = doors.get("/api/v1/users?limit=2").by(&sam).send().await.json();
    let next = text(&users["next"]);
    for list in lists.iter().filter(|list| {
        list.contains("/timeline/")
            || list.ends_with("/search")
            || list.ends_with("/children")
            || list.ends_with("/assets")
    }) {
        doors.get(format!("{list}?after={next}")).by(&sam).send().await.problem(400, ProblemCode::Invalid);
    }
}

/// If this fails, a new list has no paging test: add it to `world`.
#[test]
fn every_list_of_the_document_is_followed() {
    let followed = [
        "GET /api/v1/albums",
        "GET /api/v1/albums/{id}/assets",
        "GET /api/v1/albums/{id}/timeline",
        "GET /api/v1/assets",
        "GET /api/v1/assets/search",
        "GET /api/v1/devices",
        "GET /api/v1/entries/{id}/children",
        "GET /api/v1/entries/{id}/files",
        "GET /api/v1/spaces/{id}/members",
        "GET /api/v1/spaces/{id}/trash",
        "GET /api/v1/timeline/{month}",
        "GET /api/v1/tokens",
        "GET /api/v1/users",
    ];
    let lists: Vec<_> = documented_routes()
        .into_iter()
        .filter(|route| crate::support::takes_parameter(route, "limit") && !route.ends_with("/changes"))
        .collect();
    assert_eq!(lists, followed);
}
