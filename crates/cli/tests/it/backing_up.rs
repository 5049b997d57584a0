//! Backups that cannot end well: what is said then, and with which exit code.

use std::process::{Command, Stdio};

use agent::Ledger;
use serde_json::json;

use crate::connecting::connected;
use crate::stub::{Act, Stub, json as answer, reply};
use crate::{Device, Ran, program};

/// A connected device with one picture.
fn with_a_picture(script: Vec<Act>) -> (Device, Stub) {
    let (device, hub) = connected(script);
    let pictures = device.pictures("Pictures");
    let ran = device.run(["source".as_ref(), "add".as_ref(), pictures.as_os_str()]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    (device, hub)
}

#[test]
fn only_one_backup_runs_at_a_time() {
    let (device, _hub) = connected(vec![]);
    let none = device.run(["backup"]);
    assert_eq!(none.code, 2);
    assert!(none.err.contains("albumen source add"), "{}", none.err);

    let pictures = device.pictures("Pictures");
    device.run(["source".as_ref(), "add".as_ref(), pictures.as_os_str()]);
    let held = Ledger::open(&device.home()).unwrap();
    let ran = device.run(["backup"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("another albumen is running"), "{}", ran.err);
    drop(held);
}

#[test]
fn while_the_hub_is_away_nothing_is_called_safe() {
    // The stub's script is at its end: nobody listens there any more.
    let (device, hub) = with_a_picture(vec![]);
    let _frozen = hub.played();
    let ran = device.run(["backup", "--json", "--patience-seconds", "0"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let outcome = ran.json();
    let mut fields: Vec<_> = outcome.as_object().unwrap().keys().map(String::as_str).collect();
    fields.sort_unstable();
    let promised =
        ["already_held", "bytes_sent", "bytes_total", "failed", "seconds", "seen", "skipped", "stored"];
    assert_eq!(fields, promised);
    assert_eq!(
        (&outcome["seen"], &outcome["stored"], &outcome["bytes_total"]),
        (&json!(1), &json!(0), &json!(7))
    );
    let reason = outcome["failed"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("nothing answers there"), "{reason}");

    let ran = device.run(["backup", "--patience-seconds", "0"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("is away; 0 of 1 item is safe"), "{}", ran.out);
    assert!(device.run(["status"]).out.contains("the hub went away"));
}

/// An answer to "what happened since": nothing.
fn no_changes() -> Act {
    answer(&json!({
        "hub_id": "0190d1f2-7e5a-7c3b-9a4d-2f6e8b1c0a57",
        "changes": [],
        "next_after": 0,
        "newest": 0,
        "more": false,
    }))
}

#[test]
fn a_folder_that_is_empty_now_is_not_called_safe_by_a_backup_or_a_status() {
    let busy = reply("503 Service Unavailable", "", "");
    let script = vec![Act::Reply(busy), no_changes(), no_changes(), answer(&json!({}))];
    let (device, hub) = with_a_picture(script);
    // The picture is met, and the hub is away.
    assert_eq!(device.run(["backup", "--patience-seconds", "0"]).code, 1);
    let pictures = std::fs::canonicalize(device.pictures("Pictures")).unwrap();
    std::fs::remove_file(pictures.join("a.jpg")).unwrap();

    let ran = device.run(["backup"]);
    let said =
        format!("{}: it is empty now, although 1 item was there; is the disk attached?", pictures.display());
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(
        ran.out.starts_with("0 of 1 item is safe; 1 is not:\n") && ran.out.contains(&said),
        "{}",
        ran.out
    );
    let status = device.run(["status"]).out;
    assert!(status.contains("0 items safe, 1 not\n") && status.contains(&said), "{status}");
    assert!(device.run(["backup", "--dry-run"]).out.contains(&said));
    assert!(device.run(["albums"]).out.contains("0 items"), "and can be decided about");

    // What is advised works, and what was kept back stays so.
    assert!(ran.out.contains("take this folder out of the backup and add it again"), "{}", ran.out);
    assert_eq!(device.run(["albums", "exclude", "Pictures"]).code, 0);
    for verb in ["remove", "add"] {
        let ran = device.run(["source".as_ref(), verb.as_ref(), pictures.as_os_str()]);
        assert_eq!(ran.code, 0, "{ran:?}");
    }
    let asked = device.run(["backup", "--dry-run"]).out;
    assert!(!asked.contains("it is empty now"), "{asked}");
    device.pictures("Pictures");
    assert!(device.run(["albums"]).out.contains("exclude  Pictures"));
    drop(hub.played());
}

#[test]
fn a_backup_whose_last_question_is_not_answered_is_not_called_safe() {
    let (device, hub) = connected(vec![no_changes()]);
    let empty = device.pictures("Pictures");
    std::fs::remove_file(empty.join("a.jpg")).unwrap();
    device.run(["source".as_ref(), "add".as_ref(), empty.as_os_str()]);
    let ran = device.run(["backup", "--patience-seconds", "0"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    let said = format!("but {} did not confirm it: the hub does not answer", hub.address());
    assert!(ran.out.contains(&said), "{}", ran.out);
    let status = device.run(["status"]).out;
    assert!(status.contains("the hub did not confirm it\n  the hub does not answer"), "{status}");
}

#[cfg(unix)]
#[test]
fn ctrl_c_stops_cleanly_and_says_that_it_goes_on_next_time() {
    let (device, hub) = with_a_picture(vec![Act::Freeze(String::new())]);
    let running = program(&device.home())
        .arg("backup")
        // Should the hub's silence be waited for, then not for long.
        .env("ALBUMEN_STALL_SECONDS", "5")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let _frozen = hub.played();
    let killed = Command::new("kill").args(["-INT", &running.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let output = running.wait_with_output().unwrap();
    let ran = Ran {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    };
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("Ctrl-C again stops at once"), "{}", ran.err);
    assert!(
        ran.out.starts_with("Stopped; 0 of 1 item is safe. The next run goes on from here."),
        "{}",
        ran.out
    );
    assert!(device.run(["status"]).out.contains("stopped, 0 items safe"));
}

#[test]
fn a_dry_run_asks_nobody() {
    let (device, hub) = connected(vec![]);
    let pictures = device.pictures("Pictures");
    device.run(["source".as_ref(), "add".as_ref(), pictures.as_os_str()]);
    let ran = device.run(["backup", "--dry-run", "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let plan = ran.json();
    assert_eq!(
        (&plan["chosen"], &plan["to_offer"], &plan["to_offer_bytes"]),
        (&json!(1), &json!(1), &json!(7))
    );
    let whole = std::fs::canonicalize(pictures.join("a.jpg")).unwrap();
    assert_eq!(plan["offer"], json!([{"item": whole, "album": "Pictures", "bytes": 7}]));
    assert!(device.run(["backup", "--dry-run"]).out.contains("would be offered to the hub"));
    assert_eq!(hub.requests().len(), 2, "only those of connecting");
}
