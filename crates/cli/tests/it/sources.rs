//! Folders, and what the device knows without any hub.

use agent::Ledger;

use crate::Device;

#[test]
fn a_folder_is_added_listed_and_removed() {
    let device = Device::new();
    let pictures = device.pictures("Pictures");
    assert_eq!(device.run(["source", "list"]).out, "No folders yet: albumen source add FOLDER\n");
    assert_eq!(device.run(["source", "list", "--json"]).json(), serde_json::json!([]));

    let added = device.run(["source".as_ref(), "add".as_ref(), "--all-files".as_ref(), pictures.as_os_str()]);
    assert_eq!(added.code, 0, "{}", added.err);
    assert!(added.out.contains("all files in it") && added.out.contains("albumen connect"), "{}", added.out);

    let again = device.run(["source".as_ref(), "add".as_ref(), pictures.as_os_str()]);
    assert_eq!(again.code, 2);
    assert!(again.err.contains("is a source already"), "{}", again.err);

    let whole = std::fs::canonicalize(&pictures).unwrap();
    let listed = device.run(["source", "list", "--json"]).json();
    assert_eq!(listed, serde_json::json!([{"path": whole, "all_files": true, "reachable": true}]));

    let removed = device.run(["source".as_ref(), "remove".as_ref(), pictures.as_os_str()]);
    assert_eq!(removed.code, 0, "{}", removed.err);
    assert!(removed.out.contains("Nothing was deleted"), "{}", removed.out);
    assert_eq!(device.run(["source", "list", "--json"]).json(), serde_json::json!([]));
}

#[test]
fn a_folder_that_is_gone_is_listed_as_gone() {
    let device = Device::new();
    let pictures = device.folder.path().join("card");
    std::fs::create_dir(&pictures).unwrap();
    device.run(["source".as_ref(), "add".as_ref(), pictures.as_os_str()]);
    std::fs::remove_dir(&pictures).unwrap();
    let listed = device.run(["source", "list"]).out;
    assert!(listed.contains("(cannot be opened right now)"), "{listed}");
}

#[cfg(unix)]
#[test]
fn a_name_cannot_play_tricks_on_the_terminal() {
    let device = Device::new();
    let tricky = device.pictures("two\nlines \u{1b}[31mred");
    let added = device.run(["source".as_ref(), "add".as_ref(), tricky.as_os_str()]);
    let listed = device.run(["source", "list"]);
    let gone = device.run(["source".as_ref(), "add".as_ref(), tricky.join("missing").as_os_str()]);
    for (printed, lines) in [(added.out, 2), (listed.out, 1), (gone.err, 1)] {
        assert!(printed.contains("two\\nlines \\u{1b}[31mred"), "{printed}");
        assert_eq!(printed.lines().count(), lines, "{printed}");
    }
}

#[test]
fn a_status_says_what_is_missing() {
    let device = Device::new();
    let ran = device.run(["status"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.starts_with("Not connected: albumen connect"), "{}", ran.out);
    let status = device.run(["status", "--json"]).json();
    assert_eq!(status["hub"], serde_json::Value::Null);
    assert_eq!(status["counts"]["stored"], 0);
    assert_eq!((&status["running"], &status["last_run"]), (&false.into(), &serde_json::Value::Null));
}

#[test]
fn while_another_run_has_the_ledger_a_status_is_still_told() {
    let device = Device::new();
    let ledger = Ledger::open(&device.home()).unwrap();
    let ran = device.run(["status"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("A backup is running right now."), "{}", ran.out);
    assert_eq!(device.run(["status", "--json"]).json()["running"], true);
    drop(ledger);
    assert_eq!(device.run(["status", "--json"]).json()["running"], false);
}
