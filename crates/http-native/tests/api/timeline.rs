//! Pictures and videos by month.

use domain::Role;
use serde_json::{Value, json};
use testkit::samples;
use wire::{ProblemCode, TimelinePage};

use crate::support::people::text;
use crate::support::pictures::{JULY_2024_MS, looked_at};
use crate::support::{Doors, Person};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

async fn get(doors: &Doors, person: &Person, path: &str) -> Value {
    doors.get(path).by(person).send().await.expect(200).json()
}

#[tokio::test]
async fn months_are_counted_newest_first() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Owner).await;
    let (group, _) = doors.group(&sam, "Family").await;
    assert_eq!(get(&doors, &sam, "/api/v1/timeline").await, json!({"items": []}));
    for (number, days) in [(1, 0), (2, 1), (3, -30), (4, 400)] {
        let stored = doors.store(&sam, &format!("{number}.jpg"), &samples::jpeg(number)).await;
        doors.describe(&stored, looked_at(JULY_2024_MS + days * DAY_MS)).await;
    }
    // Nobody has looked into it: it stands where the device said.
    let new = doors.store(&sam, "new.jpg", &samples::jpeg(5)).await;
    let ours = doors.store_in(&sam, &group, "ours.jpg", &samples::jpeg(6)).await.json();
    doors.describe(&ours, looked_at(JULY_2024_MS)).await;

    let count = |month: &str, assets: u64| json!({"month": month, "assets": assets});
    let all = [count("2025-08", 1), count("2025-06", 1), count("2024-07", 3), count("2024-06", 1)];
    assert_eq!(get(&doors, &sam, "/api/v1/timeline").await["items"], json!(all));
    let of_group = get(&doors, &sam, &format!("/api/v1/timeline?space={group}")).await;
    assert_eq!(of_group["items"], json!([count("2024-07", 1)]));
    let june = get(&doors, &sam, "/api/v1/timeline/2025-06").await;
    assert_eq!((&june["id"], &june["ratio"]), (&json!([new["asset_id"]]), &json!([null])));
    assert_eq!((&june["thumbhash"], &june["version"]), (&json!([null]), &json!([null])));
}

#[tokio::test]
async fn the_takers_clock_says_which_month_it_was() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    let stored = doors.store(&sam, "new year.jpg", &samples::jpeg(1)).await;
    // 2024-12-31 23:00 UTC, two hours east of Greenwich.
    doors.describe(&stored, looked_at(1_735_686_000_000)).await;
    let months = get(&doors, &sam, "/api/v1/timeline").await;
    assert_eq!(months["items"][0]["month"], "2025-01");
    let page = get(&doors, &sam, "/api/v1/timeline/2025-01").await;
    assert_eq!(page["id"], json!([stored["asset_id"]]));
    assert_eq!(page["taken_at_ms"], json!([1_735_686_000_000_i64]));
    assert_eq!(page["local_ms"], json!([1_735_693_200_000_i64]));
}

#[tokio::test]
async fn a_month_comes_as_columns_that_belong_together() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    let still = doors.store(&sam, "still.jpg", &samples::jpeg(1)).await;
    doors.describe(&still, looked_at(JULY_2024_MS)).await;
    let film = doors.store(&sam, "film.mp4", &samples::mp4(2, 5000)).await;
    let mut found = looked_at(JULY_2024_MS + 1);
    (found.width, found.height, found.duration_ms) = (Some(1080), Some(1920), Some(2500));
    doors.describe(&film, found).await;
    let broken = doors.store(&sam, "broken.png", &samples::png(3)).await;
    let mut found = looked_at(JULY_2024_MS - 1);
    (found.width, found.height, found.thumbhash) = (None, None, None);
    found.problem = Some("it ends in the middle".to_owned());
    doors.describe(&broken, found).await;

    let page = get(&doors, &sam, "/api/v1/timeline/2024-07").await;
    assert_eq!(page["id"], json!([film["asset_id"], still["asset_id"], broken["asset_id"]]));
    assert_eq!(page["kind"], json!(["video", "picture", "picture"]));
    assert_eq!(page["taken_at_ms"], json!([JULY_2024_MS + 1, JULY_2024_MS, JULY_2024_MS - 1]));
    assert_eq!(page["ratio"], json!([0.563, 1.333, null]));
    assert_eq!(page["duration_ms"], json!([2500, null, null]));
    assert_eq!(page["thumbhash"], json!(["AAABkHf9MAE=", "AAABkHf9MAA=", null]));
    assert_eq!(page.get("next"), None);
    let versions: Vec<Option<String>> = serde_json::from_value(page["version"].clone()).unwrap();
    assert!(versions[0].is_some() && versions[1].is_some() && versions[0] != versions[1], "{versions:?}");
    assert_eq!(versions[2], None, "there is nothing to show of it");

    // The version is that of the links, so that a browser keeps one copy.
    let path = format!("/api/v1/assets/{}/facts", text(&still["asset_id"]));
    let link = text(&get(&doors, &sam, &path).await["renditions"]["thumbnail"]);
    assert!(link.ends_with(&format!("?v={}", versions[1].as_ref().unwrap())), "{link}");
}

#[tokio::test]
async fn what_is_in_the_trash_is_in_no_month() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    let stored = doors.store(&sam, "a.jpg", &samples::jpeg(1)).await;
    doors.describe(&stored, looked_at(JULY_2024_MS)).await;
    doors.delete(format!("/api/v1/entries/{}", text(&stored["entry_id"]))).by(&sam).send().await.expect(204);
    assert_eq!(get(&doors, &sam, "/api/v1/timeline").await, json!({"items": []}));
    let page: TimelinePage =
        serde_json::from_value(get(&doors, &sam, "/api/v1/timeline/2024-07").await).unwrap();
    assert_eq!(page, TimelinePage::default());
}

#[tokio::test]
async fn what_is_no_month_is_refused_in_words() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    for month in ["2024", "2024-7", "2024-13", "2024-07-01", "July", "0000-01"] {
        let reply = doors.get(format!("/api/v1/timeline/{month}")).by(&sam).send().await;
        let problem = reply.problem(400, ProblemCode::Invalid);
        assert_eq!(problem.field.as_deref(), Some("month"), "{month}");
        assert!(problem.detail.contains("2024-07") && problem.detail.contains("none"), "{}", problem.detail);
    }
    for nothing in ["0001-01", "9999-12", "none"] {
        get(&doors, &sam, &format!("/api/v1/timeline/{nothing}")).await;
    }
    doors.get("/api/v1/timeline?space=mine").by(&sam).send().await.problem(400, ProblemCode::Invalid);
}
