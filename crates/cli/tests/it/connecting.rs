//! Claiming, connecting and disconnecting, with a stub for a hub.

use std::path::Path;

use serde_json::json;

use crate::stub::{Act, Stub, json as answer, reply};
use crate::{Device, Ran};

const ID: &str = "0190d1f2-7e5a-7c3b-9a4d-2f6e8b1c0a57";

fn setup_state(needed: bool) -> Act {
    answer(&json!({"needed": needed, "version": "0.1.0"}))
}

fn login_answer() -> Act {
    answer(&json!({
        "token": "very-secret",
        "me": {
            "hub_id": ID,
            "hub_version": "0.1.0",
            "user": {"id": ID, "name": "anna", "role": "owner", "created_at_ms": 1},
            "device": {"id": ID, "name": "laptop", "platform": "linux", "created_at_ms": 1},
        },
    }))
}

fn connect(device: &Device, hub: &Stub) -> Ran {
    let arguments =
        ["connect", hub.address(), "--user", "anna", "--password-stdin", "--device-name", "laptop"];
    device.run_with("correct horse\n", arguments)
}

/// A device that is connected to this hub.
pub(crate) fn connected(script: Vec<Act>) -> (Device, Stub) {
    let (device, hub) = (
        Device::new(),
        Stub::play([vec![setup_state(false), login_answer()], script].into_iter().flatten().collect()),
    );
    let ran = connect(&device, &hub);
    assert_eq!(ran.code, 0, "{}", ran.err);
    (device, hub)
}

#[test]
fn a_fresh_hub_is_claimed() {
    let device = Device::new();
    let hub = Stub::play(vec![setup_state(true), login_answer(), answer(&json!({}))]);
    let arguments = ["setup", hub.address(), "--code", "ABCD-1234", "--user", "anna", "--password-stdin"];
    let ran = device.run_with("correct horse\n", arguments);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains(&format!("Next: albumen connect {} --user anna", hub.address())), "{}", ran.out);
    let sent: serde_json::Value = serde_json::from_slice(&hub.requests()[1].body).unwrap();
    assert_eq!(sent, json!({"code": "ABCD-1234", "name": "anna", "password": "correct horse"}));
    assert_eq!(hub.requests()[2].line(), "POST /api/v1/logout HTTP/1.1", "the token is not left lying about");
}

#[test]
fn a_hub_is_claimed_once_and_before_anybody_connects() {
    let device = Device::new();
    let claimed = Stub::play(vec![setup_state(false)]);
    let arguments = ["setup", claimed.address(), "--code", "X", "--user", "anna", "--password-stdin"];
    let ran = device.run_with("correct horse\n", arguments);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("has an owner already"), "{}", ran.err);

    let fresh = Stub::play(vec![setup_state(true)]);
    let ran = connect(&device, &fresh);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("albumen setup"), "{}", ran.err);
}

#[test]
fn a_device_connects_and_keeps_its_token_to_itself() {
    let (device, hub) = connected(vec![]);
    let sent: serde_json::Value = serde_json::from_slice(&hub.requests()[1].body).unwrap();
    assert_eq!((&sent["name"], &sent["device"]["name"]), (&json!("anna"), &json!("laptop")));
    assert_eq!(sent["device"]["platform"], std::env::consts::OS);
    let status = device.run(["status", "--json"]);
    assert_eq!(
        (&status.json()["hub"], &status.json()["device_name"]),
        (&json!(hub.address()), &json!("laptop"))
    );
    for ran in [status, device.run(["status"])] {
        assert!(!ran.out.contains("very-secret") && !ran.err.contains("very-secret"), "{ran:?}");
    }
    let printed = std::fs::read_to_string(device.home().join("settings.json")).unwrap();
    assert!(printed.contains("very-secret"), "it is kept: {printed}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(device.home().join("settings.json")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{mode:o}");
    }
}

#[test]
fn a_wrong_password_changes_nothing() {
    let problem = json!({
        "status": 401, "code": "sign-in-again", "title": "Unknown", "detail": "Name or password is wrong.",
        "retryable": false,
    });
    let device = Device::new();
    let hub =
        Stub::play(vec![setup_state(false), Act::Reply(reply("401 Unauthorized", "", &problem.to_string()))]);
    let ran = connect(&device, &hub);
    assert_eq!((ran.code, ran.err.as_str()), (1, "albumen: Name or password is wrong.\n"));
    assert!(device.run(["status"]).out.starts_with("Not connected"));
}

#[test]
fn a_password_is_not_guessed_when_nobody_can_be_asked() {
    let hub = Stub::play(vec![setup_state(false), setup_state(false)]);
    let device = Device::new();
    let ran = device.run(["connect", hub.address(), "--user", "anna"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("--password-stdin"), "{}", ran.err);
    let ran = device.run(["connect", hub.address(), "--user", "anna", "--password-stdin"]);
    assert_eq!(ran.code, 2, "an empty password: {}", ran.err);
}

#[test]
fn a_hub_that_is_not_there_is_said_to_be_away() {
    let stub = Stub::play(vec![Act::Reply(String::new())]);
    let ran = connect(&Device::new(), &stub);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("cannot be reached"), "{}", ran.err);
}

#[test]
fn disconnecting_gives_the_token_back() {
    let (device, hub) = connected(vec![answer(&json!({}))]);
    let ran = device.run(["disconnect"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let request = hub.requests().pop().unwrap();
    assert_eq!(request.line(), "POST /api/v1/logout HTTP/1.1");
    assert_eq!(request.header("authorization"), Some("Bearer very-secret"));
    assert!(device.run(["status"]).out.starts_with("Not connected"));
    assert!(!std::fs::read_to_string(device.home().join("settings.json")).unwrap().contains("very-secret"));
}

#[test]
fn a_hub_that_is_away_is_only_forgotten_on_demand() {
    let (device, _hub) = connected(vec![Act::Reply(String::new()), Act::Reply(String::new())]);
    let ran = device.run(["disconnect"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("--forget"), "{}", ran.err);
    assert!(device.run(["status"]).out.starts_with("Hub: "));
    assert_eq!(device.run(["disconnect", "--forget"]).code, 0);
    assert!(device.run(["status"]).out.starts_with("Not connected"));
}

#[test]
fn albums_are_listed_and_decided_about() {
    let device = Device::new();
    assert_eq!(device.run(["albums"]).code, 2, "no folders yet");
    let pictures = device.pictures("Pictures");
    device.pictures("Pictures/Trips");
    device.run(["source".as_ref(), "add".as_ref(), pictures.as_os_str()]);

    let ran = device.run(["albums", "exclude", "Trisp"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("did you mean \"Trips\"?"), "{}", ran.err);
    assert_eq!(device.run(["albums", "exclude", "Trips"]).code, 0);
    assert_eq!(device.run(["albums", "neutral", "Pictures"]).code, 0);

    let whole = std::fs::canonicalize(&pictures).unwrap();
    let listed = device.run(["albums", "--json"]).json();
    let rows: Vec<_> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|album| {
            let place = Path::new(album["place"].as_str().unwrap());
            (&album["name"], place.to_owned(), &album["state"], &album["items"], &album["bytes"])
        })
        .collect();
    assert_eq!(
        rows,
        [
            (&json!("Pictures"), whole.clone(), &json!("neutral"), &json!(1), &json!(7)),
            (&json!("Trips"), whole.join("Trips"), &json!("exclude"), &json!(1), &json!(7)),
        ]
    );
    assert_eq!(device.run(["albums", "--json", "include", "Trips"]).code, 2);
    let config = device.home();
    let elsewhere = device.run([
        "albums".as_ref(),
        "--config".as_ref(),
        config.as_os_str(),
        "include".as_ref(),
        "Trips".as_ref(),
    ]);
    assert_eq!(elsewhere.code, 0, "{}", elsewhere.err);
}

#[test]
fn a_device_that_backed_up_nothing_is_named() {
    let spaces =
        json!({"items": [{"id": ID, "kind": "my", "name": "My Space", "role": "owner", "root_id": ID}]});
    let missing = json!({
        "status": 404, "code": "not-found", "title": "Not found", "detail": "There is nothing at that path.",
        "retryable": false,
    });
    let devices = json!({"items": [{"id": ID, "name": "laptop", "platform": "linux", "created_at_ms": 1}]});
    let (device, _hub) = connected(vec![
        answer(&spaces),
        Act::Reply(reply("404 Not Found", "", &missing.to_string())),
        answer(&devices),
    ]);
    let to = device.folder.path().join("back");
    let ran = device.run([
        "restore".as_ref(),
        "--device".as_ref(),
        "lapto".as_ref(),
        "--to".as_ref(),
        to.as_os_str(),
    ]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.err.contains("did you mean \"laptop\"?"), "{}", ran.err);
    assert!(!to.exists(), "nothing was written");
}
