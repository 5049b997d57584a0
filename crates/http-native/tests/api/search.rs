//! Searching, what a search box offers, and the map.

use catalog::descriptions::Findable;
use domain::{Role, words_of};
use library::facts::{Facts, Place};
use serde_json::{Value, json};
use testkit::samples;
use wire::ProblemCode;

use crate::support::people::text;
use crate::support::pictures::{JULY_2024_MS, looked_at};
use crate::support::{Doors, NOBODYS_ID, Person};

const BERLIN_E7: (i64, i64) = (524_597_000, 133_220_000);
const FIJI_E7: (i64, i64) = (-181_416_000, 1_784_419_000);
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

async fn get(doors: &Doors, person: &Person, path: &str) -> Value {
    doors.get(path).by(person).send().await.expect(200).json()
}

/// The ids that a search finds.
async fn found(doors: &Doors, person: &Person, query: &str) -> Vec<String> {
    let page = get(doors, person, &format!("/api/v1/assets/search?{query}")).await;
    page["id"].as_array().unwrap().iter().map(text).collect()
}

fn by(place_e7: (i64, i64), place: &str, camera: &str, words: &str) -> Findable {
    Findable {
        place_e7: Some(place_e7),
        place: Some(place.to_owned()),
        camera: Some(camera.to_owned()),
        words: words_of(words),
        indexed_by: 1,
    }
}

/// Sam's picture of Berlin, and a film of Fiji a day later.
async fn two(doors: &Doors, sam: &Person) -> [String; 2] {
    let still = doors.store(sam, "Dom bei Nacht.jpg", &samples::jpeg(1)).await;
    let findable = by(BERLIN_E7, "Berlin, Germany", "Leica Q3", "steglitz berlin germany leica q3");
    doors.describe_by(&still, looked_at(JULY_2024_MS), findable).await;
    let film = doors.store(sam, "film.mp4", &samples::mp4(2, 5000)).await;
    let findable = by(FIJI_E7, "Suva, Fiji", "Apple iPhone 15", "suva fiji apple iphone 15");
    doors.describe_by(&film, looked_at(JULY_2024_MS + DAY_MS), findable).await;
    [text(&still["asset_id"]), text(&film["asset_id"])]
}

#[tokio::test]
async fn pictures_are_found_by_each_thing_that_is_known_of_them() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    let [still, film] = two(&doors, &sam).await;
    for query in [
        "q=nacht",
        "q=DOM+berl",
        "q=leica",
        "from=2024-07-03&to=2024-07-03",
        "to=2024-07-03",
        "kind=picture",
        "type=image/jpeg",
        "type=IMAGE/JPEG",
        "camera=Leica+Q3",
        "place=Berlin,+Germany",
        "bbox=13,52,14,53",
    ] {
        assert_eq!(found(&doors, &sam, query).await, [still.as_str()], "{query}");
    }
    for query in
        ["q=film", "kind=video", "from=2024-07-04", "bbox=177,-20,-178,-15", "q=fiji&camera=Apple+iPhone+15"]
    {
        assert_eq!(found(&doors, &sam, query).await, [film.as_str()], "{query}");
    }
    for query in ["", "q=", "q=++", "has_place=true", "bbox=-180,-90,180,90"] {
        assert_eq!(found(&doors, &sam, query).await, [film.as_str(), &still], "{query}");
    }
    for query in [
        "has_place=false",
        "q=ilm",
        "q=%25",
        "q=_",
        "q=%F0%9F%8E%82",
        "q=%00",
        "camera=Leica",
        "q=berlin+fiji",
    ] {
        assert_eq!(found(&doors, &sam, query).await, [] as [&str; 0], "{query}");
    }
    // One answer looks like a month of the timeline.
    let page = get(&doors, &sam, "/api/v1/assets/search?q=nacht").await;
    assert_eq!((&page["ratio"], &page["kind"]), (&json!([1.333]), &json!(["picture"])));
}

#[tokio::test]
async fn found_pictures_come_in_pages_and_by_album_and_only_to_those_who_see_them() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Owner).await;
    let bob = doors.person("bob", Role::Member).await;
    let [still, film] = two(&doors, &sam).await;
    let first = get(&doors, &sam, "/api/v1/assets/search?limit=1").await;
    assert_eq!(first["id"], json!([film]));
    let next =
        get(&doors, &sam, &format!("/api/v1/assets/search?limit=1&after={}", text(&first["next"]))).await;
    assert_eq!((&next["id"], next.get("next")), (&json!([still]), None));
    let album = doors.album(&sam, "Ferien").await;
    let path = format!("/api/v1/albums/{album}/assets");
    doors.post(path).by(&sam).json(&json!({"asset_ids": [still]})).send().await.expect(200);
    assert_eq!(found(&doors, &sam, &format!("album={album}")).await, [still.as_str()]);
    assert_eq!(found(&doors, &sam, "q=ferien").await, [still.as_str()]);

    for query in ["", "q=berlin", "camera=Leica+Q3", "bbox=13,52,14,53", "q=ferien"] {
        assert_eq!(found(&doors, &bob, query).await, [] as [&str; 0], "{query}");
    }
    let nothing = json!({"cameras": [], "places": []});
    assert_eq!(get(&doors, &bob, "/api/v1/assets/suggestions").await, nothing);
    assert_eq!(get(&doors, &bob, "/api/v1/assets/places").await["id"], json!([]));
    for album in [album.clone(), NOBODYS_ID.to_owned()] {
        let path = format!("/api/v1/assets/search?album={album}");
        doors.get(path).by(&bob).send().await.problem(404, ProblemCode::NotFound);
    }
    let own = format!("space={}&q=berlin", sam.space_id);
    assert_eq!(found(&doors, &sam, &own).await, [still.as_str()]);
}

#[tokio::test]
async fn questions_that_make_no_sense_are_refused_with_the_field() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    let many = (0..100).map(|number| format!("{number}x")).collect::<Vec<_>>().join("+");
    for (query, field) in [
        (format!("q={many}"), "q"),
        ("from=2024-02-30".to_owned(), "from"),
        ("to=tomorrow".to_owned(), "to"),
        ("bbox=1,2,3".to_owned(), "bbox"),
        ("bbox=0,50,0,40".to_owned(), "bbox"),
        ("limit=0".to_owned(), "limit"),
        ("camera=a%00b".to_owned(), "camera"),
    ] {
        let reply = doors.get(format!("/api/v1/assets/search?{query}")).by(&sam).send().await;
        assert_eq!(reply.problem(400, ProblemCode::Invalid).field.as_deref(), Some(field), "{query}");
    }
    for path in [
        "/api/v1/assets/search?kind=song",
        "/api/v1/assets/search?after=zz",
        "/api/v1/assets/places?points=501",
        "/api/v1/assets/places?bbox=x",
    ] {
        doors.get(path).by(&sam).send().await.problem(400, ProblemCode::Invalid);
    }
}

#[tokio::test]
async fn a_search_box_and_a_map_show_what_there_is() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    let [still, film] = two(&doors, &sam).await;
    let offered = get(&doors, &sam, "/api/v1/assets/suggestions").await;
    let mut cameras: Vec<String> =
        offered["cameras"].as_array().unwrap().iter().map(|one| text(&one["name"])).collect();
    cameras.sort();
    assert_eq!(cameras, ["Apple iPhone 15", "Leica Q3"]);
    assert_eq!(offered["places"][0]["assets"], 1);
    let map = get(&doors, &sam, "/api/v1/assets/places?bbox=0,40,20,60").await;
    assert_eq!(map, json!({"latitude": [52.4597], "longitude": [13.322], "assets": [1], "id": [still]}));
    let map = get(&doors, &sam, "/api/v1/assets/places?bbox=170,-30,-170,0").await;
    assert_eq!(map["id"], json!([film]));
    let one = get(&doors, &sam, "/api/v1/assets/places?points=1").await;
    assert_eq!(one["assets"], json!([2]), "one point for all");
}

#[tokio::test]
async fn a_place_has_its_name() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    let stored = doors.store(&sam, "a.jpg", &samples::jpeg(1)).await;
    let mut look = looked_at(JULY_2024_MS);
    let place = Some(Place { latitude: 52.4569, longitude: 13.3224, altitude_m: None });
    look.facts = serde_json::to_string(&Facts { place, ..Facts::default() }).unwrap();
    doors.describe(&stored, look).await;
    let path = format!("/api/v1/assets/{}/facts", text(&stored["asset_id"]));
    let name = json!({
        "place": "Steglitz", "city": "Berlin", "region": "State of Berlin", "country": "Germany",
        "country_code": "DE", "label": "Berlin, State of Berlin, Germany",
    });
    assert_eq!(get(&doors, &sam, &path).await["place"]["name"], name);
    // What an older program wrote down is found by its place once it is indexed, without another look.
    assert_eq!(found(&doors, &sam, "q=steglitz").await.len(), 0);
    assert_eq!(doors.library.index_what_is_older().await.unwrap(), 1);
    assert_eq!(found(&doors, &sam, "q=steglitz+a+jpg").await.len(), 1);
    assert_eq!(found(&doors, &sam, "place=Berlin,+State+of+Berlin,+Germany").await.len(), 1);
    assert_eq!(doors.library.index_what_is_older().await.unwrap(), 0);
}

#[tokio::test]
async fn the_keeper_sees_how_far_looking_is() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Owner).await;
    let stored = doors.store(&sam, "a.jpg", &samples::jpeg(1)).await;
    doors.store(&sam, "b.jpg", &samples::jpeg(2)).await;
    doors.describe(&stored, looked_at(JULY_2024_MS)).await;
    let status = get(&doors, &sam, "/api/v1/media/status").await;
    let expected =
        json!({"assets": 2, "described": 1, "failed": 0, "waiting": 2, "waiting_is_at_least": false});
    assert_eq!(status, expected);
}
