//! Devices and what they report.

use std::time::Duration;

use domain::Role;
use serde_json::json;
use wire::ProblemCode;

use crate::support::people::text;
use crate::support::{Doors, NOBODYS_ID, Person};

async fn listed(doors: &Doors, person: &Person) -> Vec<serde_json::Value> {
    let page = doors.get("/api/v1/devices").by(person).send().await.expect(200).json();
    page["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_device_shows_its_last_contact_and_report() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    let phone = doors.device(&sam, "phone", 1).await;
    let connected = listed(&doors, &sam).await[0]["last_contact_at_ms"].as_i64().unwrap();
    doors.clock.advance(Duration::from_hours(2));
    doors.get("/api/v1/me").by(&phone).send().await.expect(200);
    assert_eq!(listed(&doors, &sam).await[0]["last_contact_at_ms"], connected + 7_200_000);
    let report = json!({"chosen": 10, "safe": 9, "unsafe_items": 1, "finished_at_ms": 1_748_779_200_000_i64});
    let path = "/api/v1/devices/current/report";
    doors.put(path).by(&phone).json(&report).send().await.expect(204);
    assert_eq!(listed(&doors, &sam).await[0]["last_report"], report);
    doors.put(path).by(&sam).json(&report).send().await.problem(403, ProblemCode::Forbidden);
    doors.put(path).by(&phone).json(&json!({"chosen": -1})).send().await.problem(400, ProblemCode::Invalid);
}

#[tokio::test]
async fn a_device_is_renamed_and_retired() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    let phone = doors.device(&sam, "phone", 1).await;
    doors.device(&sam, "laptop", 2).await;
    let devices = listed(&doors, &sam).await;
    assert_eq!((&devices[0]["name"], &devices[1]["name"]), (&json!("laptop"), &json!("phone")));
    let path = format!("/api/v1/devices/{}", text(&devices[1]["id"]));
    let rename = |name: &str| doors.patch(&path).by(&sam).json(&json!({"name": name})).send();
    rename("laptop").await.problem(409, ProblemCode::NameTaken);
    assert_eq!(rename("old phone").await.expect(200).json()["name"], "old phone");
    doors.delete(&path).by(&sam).send().await.expect(204);
    doors.get("/api/v1/me").by(&phone).send().await.problem(401, ProblemCode::SignInAgain);
    assert!(listed(&doors, &sam).await.iter().any(|device| device["retired_at_ms"].is_i64()));
    let nobody = format!("/api/v1/devices/{NOBODYS_ID}");
    doors.delete(nobody).by(&sam).send().await.problem(404, ProblemCode::NotFound);
}

#[tokio::test]
async fn what_a_device_brings_lies_below_its_name() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    let phone = doors.device(&sam, "Sam's phone", 1).await;
    let ask = doors.put("/api/v1/files").by(&phone).header("Albumen-Filename", "a.txt");
    let stored = ask.header("Albumen-Album", "Trips%2F2026").bytes("a").send().await.expect(201).json();
    let entry =
        doors.get(format!("/api/v1/entries/{}", text(&stored["entry_id"]))).by(&sam).send().await.json();
    assert_eq!(entry["folder"], "Album Backup/Sam's phone/Trips/2026");
}
