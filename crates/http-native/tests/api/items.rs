//! Pictures and videos that are one item, as the API tells of them.

use domain::Role;
use serde_json::{Value, json};
use testkit::samples;
use wire::ProblemCode;

use crate::support::people::text;
use crate::support::pictures::{JULY_2024_MS, looked_at};
use crate::support::{Doors, Person};

/// A still and a film of July 2024, not yet one item.
async fn two(doors: &Doors, sam: &Person) -> (Value, Value) {
    let still = doors.store(sam, "IMG_1.jpg", &samples::jpeg(1)).await;
    doors.describe(&still, looked_at(JULY_2024_MS)).await;
    let film = doors.store(sam, "other.mp4", &samples::mp4(2, 900)).await;
    doors.describe(&film, looked_at(JULY_2024_MS + 1)).await;
    (still, film)
}

async fn get(doors: &Doors, sam: &Person, path: &str) -> Value {
    doors.get(path).by(sam).send().await.expect(200).json()
}

fn path(stored: &Value, behind: &str) -> String {
    format!("/api/v1/assets/{}{behind}", text(&stored["asset_id"]))
}

#[tokio::test]
async fn an_item_is_joined_led_and_split_by_hand_and_lists_say_so() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    let (still, film) = two(&doors, &sam).await;
    let month = "/api/v1/timeline/2024-07";
    assert_eq!(get(&doors, &sam, month).await["marks"], json!([null, null]));

    let others = json!({"asset_ids": [film["asset_id"]]});
    let joined = doors.post(path(&still, "/join")).by(&sam).json(&others).send().await.expect(200).json();
    let part = json!({
        "id": film["asset_id"], "kind": "video", "role": "film", "found_by": "person", "name": "other.mp4",
        "size_bytes": samples::mp4(2, 900).len(), "content_type": "video/mp4",
    });
    assert_eq!((&joined["id"], &joined["parts"]), (&still["asset_id"], &json!([part])));
    let shown = get(&doors, &sam, month).await;
    assert_eq!(shown["id"], json!([still["asset_id"]]));
    assert_eq!(shown["marks"], json!([{"film_id": film["asset_id"]}]));
    assert_eq!(
        get(&doors, &sam, "/api/v1/timeline").await["items"],
        json!([{"month": "2024-07", "assets": 1}])
    );
    // The flat list has both, and the part names its lead.
    let listed = get(&doors, &sam, "/api/v1/assets").await;
    let part_of = json!({"lead_id": still["asset_id"], "role": "film", "found_by": "person"});
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(2));
    assert_eq!((&listed["items"][0]["part_of"], &listed["items"][1]["parts"]), (&part_of, &json!([part])));
    let facts = get(&doors, &sam, &path(&film, "/facts")).await;
    assert_eq!((&facts["part_of"], facts.get("parts")), (&part_of, None));
    assert_eq!(get(&doors, &sam, &path(&still, "/facts")).await["parts"], json!([part]));
    // Each part is downloaded whole.
    let bytes = doors.get(path(&film, "/content")).by(&sam).send().await.expect(200).body;
    assert_eq!(bytes, samples::mp4(2, 900));

    let led = doors.post(path(&film, "/lead")).by(&sam).send().await.expect(200).json();
    assert_eq!((&led["id"], &led["parts"][0]["role"]), (&film["asset_id"], &json!("version")));
    assert_eq!(get(&doors, &sam, month).await["marks"], json!([{"versions": true}]));
    let alone = doors.post(path(&still, "/split")).by(&sam).send().await.expect(200).json();
    assert_eq!((alone.get("part_of"), alone.get("parts")), (None, None));
    assert_eq!(get(&doors, &sam, month).await["marks"], json!([null, null]));
}

#[tokio::test]
async fn what_cannot_be_one_item_is_refused_in_words() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Owner).await;
    let (still, film) = two(&doors, &sam).await;
    let problem =
        doors.post(path(&still, "/split")).by(&sam).send().await.problem(409, ProblemCode::Conflict);
    assert!(problem.detail.contains("alone"), "{}", problem.detail);
    let (group, _) = doors.group(&sam, "Family").await;
    let ours = doors.store_in(&sam, &group, "ours.jpg", &samples::jpeg(6)).await.expect(201).json();
    for others in [json!([]), json!([ours["asset_id"]]), json!([group])] {
        let ask = doors.post(path(&still, "/join")).by(&sam).json(&json!({"asset_ids": others}));
        let problem = ask.send().await.problem(400, ProblemCode::Invalid);
        assert_eq!(problem.field.as_deref(), Some("asset_ids"));
    }
    doors.delete(format!("/api/v1/entries/{}", text(&film["entry_id"]))).by(&sam).send().await.expect(204);
    let others = json!({"asset_ids": [film["asset_id"]]});
    let problem = doors.post(path(&still, "/join")).by(&sam).json(&others).send().await;
    let problem = problem.problem(409, ProblemCode::Conflict);
    assert!(problem.detail.contains("restore"), "{}", problem.detail);
}
