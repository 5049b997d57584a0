//! Offers and filings: what is held is not sent again.

use domain::Role;
use serde_json::{Value, json};
use testkit::samples;
use wire::ProblemCode;

use crate::support::people::{sha256, text};
use crate::support::{Doors, NOBODYS_ID, Person};

async fn offer(doors: &Doors, person: &Person, contents: &[&[u8]]) -> Value {
    let hashes: Vec<_> = contents.iter().map(|bytes| sha256(bytes).to_string()).collect();
    let reply = doors.post("/api/v1/offers").by(person).json(&json!({"hashes": hashes})).send().await;
    reply.expect(200).json()["answers"].clone()
}

#[tokio::test]
async fn offers_are_answered_in_their_order() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    let phone = doors.device(&sam, "phone", 1).await;
    let kim = doors.person("kim", Role::Member).await;
    doors.store(&sam, "kept", b"kept").await;
    doors.store(&kim, "kims", b"kims").await;
    let gone = doors.store(&sam, "gone", b"gone").await;
    doors.delete(format!("/api/v1/entries/{}", text(&gone["entry_id"]))).by(&sam).send().await.expect(204);
    let contents: [&[u8]; 5] = [b"new", b"kept", b"gone", b"kims", b"kept"];
    let answers = offer(&doors, &phone, &contents).await;
    assert_eq!(answers, json!(["send", "held", "deleted-earlier", "send", "held"]));
    // A person who sends something by hand means it.
    assert_eq!(offer(&doors, &sam, &contents).await, json!(["send", "held", "send", "send", "held"]));
    assert_eq!(offer(&doors, &sam, &[]).await, json!([]));
}

#[tokio::test]
async fn an_offer_has_at_most_a_thousand_hashes() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    let ask = |count: usize| {
        let hashes = vec![sha256(b"x").to_string(); count];
        doors.post("/api/v1/offers").by(&sam).json(&json!({"hashes": hashes})).send()
    };
    assert_eq!(ask(1000).await.expect(200).json()["answers"].as_array().unwrap().len(), 1000);
    let problem = ask(1001).await.problem(400, ProblemCode::Invalid);
    assert_eq!(problem.field.as_deref(), Some("hashes"));
    let nonsense = json!({"hashes": ["abc"]});
    doors.post("/api/v1/offers").by(&sam).json(&nonsense).send().await.problem(400, ProblemCode::Invalid);
    let elsewhere = json!({"space_id": NOBODYS_ID, "hashes": []});
    doors.post("/api/v1/offers").by(&sam).json(&elsewhere).send().await.problem(404, ProblemCode::NotFound);
}

#[tokio::test]
async fn held_content_is_filed_without_a_byte() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    let phone = doors.device(&sam, "phone", 1).await;
    let picture = samples::jpeg(1);
    let stored = doors.store(&sam, "a.jpg", &picture).await;
    let items = json!({"items": [
        {"sha256": sha256(&picture).to_string(), "name": "b.jpg", "album": "Trips/2026", "modified_at_ms": 7},
        {"sha256": sha256(b"nobody has this").to_string(), "name": "c.jpg"},
        {"sha256": sha256(&picture).to_string(), "name": "caf?.jpg", "folder": "", "name_raw": "Y2Fm6S5qcGc="},
    ]});
    let file = || doors.post("/api/v1/filings").by(&phone).json(&items).send();
    let first = file().await.expect(200).json();
    let outcomes: Vec<_> =
        first["outcomes"].as_array().unwrap().iter().map(|one| text(&one["outcome"])).collect();
    assert_eq!(outcomes, ["stored", "not-held", "stored"]);
    assert_eq!(first["outcomes"][0]["asset_id"], stored["asset_id"]);
    assert_eq!(file().await.expect(200).json(), first, "filing again is the same filing");
    let path = format!("/api/v1/entries/{}", text(&first["outcomes"][0]["entry_id"]));
    let entry = doors.get(path).by(&sam).send().await.expect(200).json();
    assert_eq!(entry["folder"], "Album Backup/phone/Trips/2026");
    assert_eq!(entry["modified_at_ms"], 7);
    let raw = json!({"items": [{"sha256": sha256(b"x").to_string(), "name": "x", "name_raw": "!"}]});
    let problem =
        doors.post("/api/v1/filings").by(&phone).json(&raw).send().await.problem(400, ProblemCode::Invalid);
    assert_eq!(problem.field.as_deref(), Some("name_raw"));
}

#[tokio::test]
async fn a_filing_that_something_is_in_the_way_of_says_so_beside_the_others() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    let picture = samples::jpeg(1);
    doors.store(&sam, "a.jpg", &picture).await;
    let sha256 = sha256(&picture).to_string();
    let items = json!({"items": [
        {"sha256": sha256, "name": "b.jpg", "folder": "a.jpg"},
        {"sha256": sha256, "name": "b.jpg", "folder": "B"},
    ]});
    let reply = doors.post("/api/v1/filings").by(&sam).json(&items).send().await.expect(200).json();
    let why = "there is already something called \"a.jpg\" here";
    assert_eq!(reply["outcomes"][0], json!({"outcome": "not-held", "refused": why}));
    assert_eq!(reply["outcomes"][1]["outcome"], "stored");
}
