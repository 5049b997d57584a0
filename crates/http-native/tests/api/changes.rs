//! The change feed.

use domain::Role;
use serde_json::{Value, json};
use testkit::samples;
use wire::ProblemCode;

use crate::support::people::text;
use crate::support::{Doors, Person};

async fn feed(doors: &Doors, person: &Person, query: &str) -> Value {
    doors.get(format!("/api/v1/changes?{query}")).by(person).send().await.expect(200).json()
}

fn kinds(page: &Value) -> Vec<String> {
    page["changes"].as_array().unwrap().iter().map(|change| text(&change["kind"])).collect()
}

#[tokio::test]
async fn what_happened_is_told_in_its_order() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    let start = feed(&doors, &sam, "").await["next_after"].as_i64().unwrap();
    let stored = doors.store(&sam, "a.jpg", &samples::jpeg(1)).await;
    let path = format!("/api/v1/entries/{}", text(&stored["entry_id"]));
    doors.patch(&path).by(&sam).json(&json!({"name": "b.jpg"})).send().await.expect(200);
    doors.delete(&path).by(&sam).send().await.expect(204);
    let restore = format!("/api/v1/trash/{}/restore", text(&stored["entry_id"]));
    doors.post(restore).by(&sam).send().await.expect(200);
    let page = feed(&doors, &sam, &format!("after={start}")).await;
    let expected = [
        "asset-added",
        "entry-added",
        "entry-changed",
        "entry-trashed",
        "content-trashed",
        "content-restored",
        "entry-restored",
    ];
    assert_eq!(kinds(&page), expected);
    assert_eq!(page["hub_id"], doors.library.hub_id().to_string());
    assert_eq!((&page["more"], &page["next_after"]), (&json!(false), &page["newest"]));
    let sequences: Vec<_> = page["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| change["sequence"].as_i64().unwrap())
        .collect();
    assert!(sequences.is_sorted_by(|a, b| a < b), "{sequences:?}");
    let trashed = &page["changes"][4];
    assert_eq!((&trashed["sha256"], &trashed["space_id"]), (&stored["sha256"], &json!(sam.space_id)));
}

#[tokio::test]
async fn a_device_reads_only_what_matters_to_it_and_never_stands_still() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    let mut trashed = Vec::new();
    for number in 0..3 {
        let stored = doors.store(&sam, &format!("{number}"), format!("{number}").as_bytes()).await;
        doors
            .delete(format!("/api/v1/entries/{}", text(&stored["entry_id"])))
            .by(&sam)
            .send()
            .await
            .expect(204);
        trashed.push(stored["sha256"].clone());
        doors.folder(&sam, &sam.root_id, &format!("folder {number}")).await;
    }
    let (mut after, mut seen, mut pages) = (0, Vec::new(), 0);
    loop {
        let page = feed(&doors, &sam, &format!("after={after}&limit=1&content_only=true")).await;
        assert!(kinds(&page).iter().all(|kind| kind.starts_with("content-")));
        seen.extend(page["changes"].as_array().unwrap().iter().map(|change| change["sha256"].clone()));
        let next = page["next_after"].as_i64().unwrap();
        pages += 1;
        if page["more"] == false {
            assert_eq!(next, page["newest"].as_i64().unwrap(), "the end of the feed, matched or not");
            break;
        }
        assert!(next > after && pages < 100, "the feed goes on");
        after = next;
    }
    assert_eq!(seen, trashed);
    assert!(pages >= 3);
}

#[tokio::test]
async fn nothing_of_others_shows_but_its_place_in_the_feed() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    let kim = doors.person("kim", Role::Member).await;
    doors.device(&sam, "phone", 1).await;
    doors.store(&sam, "a.jpg", &samples::jpeg(1)).await;
    let page = feed(&doors, &kim, "").await;
    assert_eq!(page["changes"], json!([]));
    assert_eq!(page["next_after"], page["newest"], "what one may not see is passed over");
    assert!(kinds(&feed(&doors, &sam, "").await).contains(&"device-changed".to_owned()));
}

#[tokio::test]
async fn places_and_limits_that_are_none() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    doors.store(&sam, "a", b"a").await;
    for query in ["limit=0", "limit=1001", "limit=x", "after=x", "content_only=perhaps"] {
        let path = format!("/api/v1/changes?{query}");
        doors.get(path).by(&sam).send().await.problem(400, ProblemCode::Invalid);
    }
    assert_eq!(feed(&doors, &sam, "after=-5").await, feed(&doors, &sam, "after=0").await);
    // A place that the feed has not reached: the hub was restored from an older copy, and says so.
    let ahead = feed(&doors, &sam, "after=1000000").await;
    assert_eq!(ahead["changes"], json!([]));
    assert!(ahead["newest"].as_i64().unwrap() < 1_000_000);
}
